"""Checks of SQL files: contract header, text test, bound by the Grant."""
import re

from source import text, under


def queries():
    return [f for f in under("src/", suffixes=(".sql",)) if f.parts[2] == "sql"]


def migrations():
    return under("migrations/", suffixes=(".sql",))


def header(file):
    lines = []
    for line in text(file).splitlines():
        if not line.startswith("--"):
            break
        lines.append(line)
    return "\n".join(lines)


def contract():
    for file in queries():
        if not re.match(r"-- \S", header(file)):
            yield f"{file}: says nothing about what it answers"
        parameters = set(re.findall(r"\{(\w+):", "\n".join(l for l in text(file).splitlines() if not l.startswith("--"))))
        if parameters and "-- In:" not in header(file):
            yield f"{file}: has parameters ({', '.join(sorted(parameters))}) but no line `-- In:`"
    for file in migrations():
        for word in ("Why", "Cost", "Lock", "Way back"):
            if not re.search(rf"\b{word}:", header(file), re.I):
                yield f"{file}: the header lacks `{word}:`"


def tested():
    tests = "\n".join(text(f) for f in under("tests/text/") if f.suffix not in (".py", ".cpp", ".h", ".md"))
    for file in queries():
        if not re.search(rf"\b{file.parts[1]}/{re.escape(file.stem)}\b", tests):
            yield f"{file}: no text test names {file.parts[1]}/{file.stem}"
    for file in under("catalog/metrics/", suffixes=(".json",)):
        if not re.search(rf"\b{re.escape(file.stem)}\b", tests):
            yield f"{file}: no text test names {file.stem}"


def scoped():
    for file in queries():
        body = "\n".join(l for l in text(file).splitlines() if not l.startswith("--"))
        if re.search(r"\b(?:FROM|JOIN)\s+events\b", body, re.I) and not re.search(r"\bunits?\b|\{scope", body) \
                and "-- Scope:" not in header(file):
            yield f"{file}: reads events without the Grant's units"

