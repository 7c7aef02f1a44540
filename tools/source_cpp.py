"""Checks of the C++ sources: layers, headers that compile alone, format."""
import concurrent.futures
import hashlib
import json
import os
import re
import subprocess
import sys

from source import ROOT, text, under

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)
GENERATED = {"catalog"}  # headers made from catalog/ belong to nobody's layer


def layer_of():
    rules = json.loads((ROOT / "tools/layers.json").read_text(encoding="utf-8"))
    return {m: i for i, layer in enumerate(rules["layers"]) for m in layer}, set(rules["alone"])


def layers():
    rank, alone = layer_of()
    for file in under("src/", suffixes=(".h", ".cpp")):
        module = file.parts[1]
        if module not in rank and module not in alone:
            yield f"{file}: module '{module}' is in no layer"
            continue
        for number, line in enumerate(text(file).splitlines(), 1):
            found = INCLUDE.match(line)
            if not found:
                continue
            other = found.group(1).split("/")[0] if "/" in found.group(1) else ""
            if not other:
                yield f'{file}:{number}: "{found.group(1)}" should be named from src/: "{module}/{found.group(1)}"'
            elif other in GENERATED or other == module:
                continue
            elif module in alone or other in alone:
                yield f"{file}:{number}: '{module}' and '{other}' share nothing: engine stands alone"
            elif other not in rank:
                yield f"{file}:{number}: '{other}' is in no layer"
            elif rank[other] >= rank[module]:
                kind = "a sibling" if rank[other] == rank[module] else "higher"
                yield f"{file}:{number}: {module} includes {found.group(1)}, but {other} is {kind}"


def closure(header, gen, seen):
    """The header and every header of ours it reaches: what its result depends on."""
    path = next((p for p in (ROOT / "src" / header, gen / header) if p.exists()), None)
    if path is None or path in seen:
        return
    seen.add(path)
    for other in INCLUDE.findall(path.read_text(encoding="utf-8", errors="replace")):
        closure(other, gen, seen)


def generate(gen):
    subprocess.run([sys.executable, ROOT / "tools/catalog.py", "generate", "--out", gen / "catalog"], check=True)
    for folder in sorted({ROOT / "src" / f.parts[1] / "sql" for f in under("src/", suffixes=(".sql",)) if f.parts[2] == "sql"}):
        module = folder.parent.name
        subprocess.run([sys.executable, ROOT / "tools/embed_sql.py", module, folder, gen / module / "sql.h"], check=True)


def proven_by_build():
    """Headers that a source file includes before anything else: the build compiles them alone."""
    first = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)', re.M)
    found = (first.search(text(file)) for file in under("src/", suffixes=(".cpp",)))
    return {f.group(2) for f in found if f and f.group(1) == '"'}


def headers_alone():
    """The rest is compiled here; a header is compiled again when it or what it includes has changed."""
    gen = ROOT / "build/check/gen"
    gen.mkdir(parents=True, exist_ok=True)
    try:
        generate(gen)
    except subprocess.CalledProcessError as error:
        yield f"the generated headers cannot be made: {error}"
        return
    memory = ROOT / "build/check/headers.json"
    known = json.loads(memory.read_text(encoding="utf-8")) if memory.exists() else {}
    fresh, open_, proven = {}, [], proven_by_build()
    for file in under("src/", suffixes=(".h",)):
        if file.name.startswith("test_"):  # helpers of tests: their target gives them definitions
            continue
        header = str(file.relative_to("src"))
        if header in proven:
            continue
        seen = set()
        closure(header, gen, seen)
        digest = hashlib.sha256(b"".join(p.read_bytes() for p in sorted(seen))).hexdigest()
        if known.get(header) == digest:
            fresh[header] = digest
        else:
            open_.append((header, digest))
    include = ROOT / "build/deps/node_modules/@chdb/lib-linux-x64-gnu"

    def compile_(item):
        command = ["clang++-19", "-std=c++23", "-fsyntax-only", "-x", "c++", f"-I{ROOT}/src", f"-I{gen}",
                   f"-isystem{include}", "-Wno-pragma-once-outside-header", str(ROOT / "src" / item[0])]
        return item, subprocess.run(command, capture_output=True, text=True, check=False)

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for (header, digest), done in pool.map(compile_, open_):
            if done.returncode == 0:
                fresh[header] = digest
            else:
                first = next((line for line in done.stderr.splitlines() if "error:" in line), "failed")
                yield f"src/{header}: {first.replace(str(ROOT) + '/', '')}"
    memory.write_text(json.dumps(fresh), encoding="utf-8")


def format_():
    names = [str(f) for f in under("src/", "tests/", suffixes=(".h", ".cpp"))]
    if not names:
        return
    size = max(1, len(names) // (2 * (os.cpu_count() or 1)) + 1)
    chunks = [names[i:i + size] for i in range(0, len(names), size)]

    def one(chunk):
        return subprocess.run(["clang-format-19", "--dry-run", *chunk], cwd=ROOT, capture_output=True, text=True, check=False)

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for done in pool.map(one, chunks):
            places = {}
            for line in done.stderr.splitlines():
                found = re.match(r"([^:]+):(\d+):\d+: (?:warning|error)", line)
                if found:
                    places.setdefault(found.group(1), []).append(found.group(2))
            for name, lines in sorted(places.items()):
                yield f"{name}: line {', '.join(lines[:5])}{' …' if len(lines) > 5 else ''}"
            if done.returncode != 0 and not places:
                yield done.stderr.strip()[:200]
