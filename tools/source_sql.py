"""Checks of SQL files: contract header, text test, bound by the Grant."""
import json
import pathlib
import re

from compose_sql import MARK, compose, is_part
from source import files, text, under


def fixed():
    return [f for f in under("src/", suffixes=(".sql",)) if f.parts[2] == "sql"]


def queries():
    return [f for f in fixed() if not is_part(f)]


def body(file):
    """Without comments; of a query, with its parts put in."""
    try:
        return compose(file, text)
    except ValueError:  # contract() says it
        return "\n".join(line for line in text(file).splitlines() if not line.startswith("--"))


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
    included = set()
    for file in fixed():
        if not re.match(r"-- \S", header(file)):
            yield f"{file}: says nothing about what it answers"
        try:
            compose(file, text)
        except ValueError as error:
            yield str(error)
        parameters = set(re.findall(r"\{(\w+):", body(file)))
        if parameters and "-- In:" not in header(file):
            yield f"{file}: has parameters ({', '.join(sorted(parameters))}) but no line `-- In:`"
        included |= {(file.parts[1], found[1]) for found in map(MARK.match, text(file).splitlines()) if found}
    for file in fixed():
        if is_part(file) and (file.parts[1], file.stem) not in included:
            yield f"{file}: no query includes it"
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
    for file in fixed():
        sql = body(file)
        if re.search(r"\b(?:FROM|JOIN)\s+events\b", sql, re.I) and not re.search(r"\bunits?\b|\{scope", sql) \
                and "-- Scope:" not in header(file):
            yield f"{file}: reads events without the Grant's units"


ZONED = re.compile(r"(?:toDate|toStartOfWeek|toStartOfMonth)\((\w+)(?:, \d+)?, \{zone:String\}\)")
RANGED = re.compile(r"\b(\w+) (?:>= \{from|< \{to):DateTime64\(3, 'UTC'\)\}")


def by_unit_clock():
    """query/prepare.h: units may have clocks of their own, so every day and every end of a range belongs to a unit."""
    for file in queries():
        sql = body(file)
        calls, ends = ZONED.findall(sql), RANGED.findall(sql)
        if len(calls) != sql.count("{zone:String}"):
            yield f"{file}: {{zone:String}} stands elsewhere than in toDate, toStartOfWeek or toStartOfMonth of a column"
        if len(ends) != len(re.findall(r"\{(?:from|to):", sql)):
            yield f"{file}: {{from:...}} or {{to:...}} is not compared as `column >= {{from:...}}`, `column < {{to:...}}`"
        for time in {*calls, *ends} - {"occurred_at"}:
            unit = time.removesuffix("at") + "unit"
            if not time.endswith("_at") or not re.search(rf"\bAS {unit}\b", sql):
                yield f"{file}: {time} is put on a day, but there is no {unit} to say whose"
