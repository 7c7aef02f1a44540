"""Checks of SQL files: contract header, text test, bound by the Grant."""
import json
import pathlib
import re

from source import files, text, under


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
    """Runner and format: tests/text/README.md."""
    named = set()
    for file in [f for f in files() if f.suffix == ".test"]:
        named.update(re.findall(r"^query\s+(\w+/\w+)", text(file), re.M))
    for file in queries():
        if f"{file.parts[1]}/{file.stem}" not in named:
            yield f"{file}: no text test has `query {file.parts[1]}/{file.stem}`"
    for file in under("catalog/metrics/", suffixes=(".json",)):
        sql = json.loads(text(file)).get("sql", "")
        if f"metric/{pathlib.PurePosixPath(sql).stem}" not in named:
            yield f"{file}: no text test has a query of its SQL, {sql}"


def scoped():
    for file in queries():
        body = "\n".join(l for l in text(file).splitlines() if not l.startswith("--"))
        if re.search(r"\b(?:FROM|JOIN)\s+events\b", body, re.I) and not re.search(r"\bunits?\b|\{scope", body) \
                and "-- Scope:" not in header(file):
            yield f"{file}: reads events without the Grant's units"

