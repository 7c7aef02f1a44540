"""Checks of any text: length, words that do not belong here, the catalogue, the console's languages."""
import ast
import json
import re
import subprocess
import sys

from source import FILE_MAX, FUNCTION_MAX, ROOT, files, text, under

CODE = {".h", ".cpp", ".py", ".ts", ".tsx", ".js", ".mjs", ".css", ".sh", ".sql", ".cmake"}
NOT_A_FUNCTION = re.compile(r"^\s*(?:namespace|class|struct|enum|union|extern|concept|using|typedef)\b|=\s*$|\b(?:if|for|while|switch|catch)\s*\(")


def blank(code):
    """The same text with comments, strings and character literals blanked: braces that count remain."""
    pattern = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'|^[ \t]*#[^\n]*', re.S | re.M)
    return pattern.sub(lambda m: re.sub(r"[^\n]", " ", m.group(0)), code)


def cpp_functions(code):
    """(first line, last line) of every outermost function body with its head."""
    code, stack, head = blank(code), [], 0
    inside = None
    for at, c in enumerate(code):
        if c == "{":
            before = code[head:at]
            is_function = inside is None and ")" in before and not NOT_A_FUNCTION.search(before.strip("\n"))
            stack.append(is_function)
            if is_function:
                start = head + len(before) - len(before.lstrip())
                inside = (len(stack), code.count("\n", 0, start) + 1)
            head = at + 1
        elif c == "}" and stack:
            stack.pop()
            if inside and len(stack) < inside[0]:
                yield inside[1], code.count("\n", 0, at) + 1
                inside = None
            head = at + 1
        elif c == ";":
            head = at + 1


def python_functions(code):
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.lineno, node.end_lineno


def web_functions(code):
    start = None
    for number, line in enumerate(code.splitlines(), 1):
        if start is None and re.match(r"(export )?(default )?(async )?function\b|(export )?const \w+[^=]*=.*(=>|function).*[{(]$", line):
            start = number
        elif start is not None and re.match(r"[})]", line):
            yield start, number
            start = None


def length():
    for file in files():
        if file.suffix not in CODE and file.name != "dev":
            continue
        code = text(file)
        lines = code.count("\n")
        if lines > FILE_MAX:
            yield f"{file}: {lines} lines"
        functions = {".h": cpp_functions, ".cpp": cpp_functions, ".py": python_functions,
                     ".ts": web_functions, ".tsx": web_functions}.get(file.suffix)
        for first, last in functions(code) if functions else ():
            if last - first + 1 > FUNCTION_MAX:
                yield f"{file}:{first}: a function of {last - first + 1} lines"


# Written so that this file does not find itself.
FORBIDDEN = {
    "an unfinished note": r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X)\b",
    "a machine's path": r"(?<![\w.])/(?:wo" r"rk|ro" r"ot|ho" r"me)/[\w.-]+|/tmp/bo" r"ot",
    "a registry address": r"registry\.npm" r"js\.org|regis" r"try\.npmmirror|deb\.deb" r"ian\.org|proxy\.gol" r"ang\.org",
}


def words():
    for file in files():
        if file.suffix in (".png", ".jpg", ".woff2", ".ico", ".gz", ".zip") or (ROOT / file).stat().st_size > 4_000_000:
            continue
        for number, line in enumerate(text(file).splitlines(), 1):
            for what, pattern in FORBIDDEN.items():
                if re.search(pattern, line):
                    yield f"{file}:{number}: {what}: {line.strip()[:100]}"
        if file.name == "package-lock.json" and '"resolved": "http' in text(file):
            yield f"{file}: holds addresses of a registry (npm install with omit-lockfile-registry-resolved=true)"


def catalogue():
    done = subprocess.run([sys.executable, ROOT / "tools/catalog.py", "check"], capture_output=True, text=True, check=False)
    if done.returncode:
        yield from (line.replace(str(ROOT) + "/", "") for line in done.stderr.splitlines())
    for file in under("catalog/errors/", suffixes=(".json",)):
        for entry in json.loads(text(file)):
            for key in ("en", "zh", "fix_en", "fix_zh"):
                if not entry.get(key):
                    yield f"{file}: {entry.get('code')} has no {key}"


def keys(node, prefix=""):
    if isinstance(node, dict):
        for key, value in node.items():
            yield from keys(value, f"{prefix}.{key}" if prefix else key)
    else:
        yield prefix, node


def i18n():
    catalogues = {}
    for file in under("web/", suffixes=(".json",)):
        if file.stem in ("zh-CN", "zh", "en") or file.parent.name in ("zh-CN", "zh", "en"):
            language = file.stem if file.stem in ("zh-CN", "zh", "en") else file.parent.name
            part = "" if language == file.stem else file.stem
            group = str(file.parent if language == file.stem else file.parent.parent)
            catalogues.setdefault((group, part), {})["en" if language == "en" else "zh"] = (file, dict(keys(json.loads(text(file)))))
    for both in catalogues.values():
        if len(both) < 2:
            yield f"{next(iter(both.values()))[0]}: exists in one language only"
            continue
        (en_file, en), (zh_file, zh) = both["en"], both["zh"]
        # Chinese has no plural: key_one is covered by key or key_other.
        en_bases, zh_bases = ({re.sub(r"_(zero|one|two|few|many|other)$", "", key) for key in side} for side in (en, zh))
        yield from (f"{zh_file}: lacks {key}" for key in sorted(en_bases - zh_bases))
        yield from (f"{en_file}: lacks {key}" for key in sorted(zh_bases - en_bases))
        for name, entries in ((en_file, en), (zh_file, zh)):
            yield from (f"{name}: {key} is empty" for key, value in entries.items() if value == "")
