#!/usr/bin/env python3
"""Plays tests/facts/*.test: real files go through `zhike import`, and what the store then answers must equal a
plain count of the files, made here with nothing but readers of the Python standard library.

run.py --bin build/release [WORD...]     the files whose name contains a word; all without

import PRESET FOLDER [PATTERN]  the files of ../shared/data/FOLDER (or $ZHIKE_DATA/FOLDER) into an empty store; per
                                file: rows = stored + rejected, and rows = the records of the file
fact NAME                       then one of each:
  csv rows|distinct|mean|sum COLUMN of FILE [where COLUMN (=|!=|starts|lacks) VALUE [and ...]]
  sql SELECT ...                one number
COLUMN: A*B is the product of two, * any; FILE may be a pattern over several files. XES and OCEL files have
a record for each event. A file whose data folder is absent is skipped, and counted so. Standard library only."""
import argparse
import concurrent.futures
import csv
import fnmatch
import gzip
import io
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree
from decimal import Decimal, getcontext

HERE = pathlib.Path(__file__).resolve().parent
getcontext().prec = 60  # sums and products of amounts are exact
DATA = pathlib.Path(os.environ.get("ZHIKE_DATA", HERE.parent.parent.parent / "shared" / "data"))
PLAIN = re.compile(r"(rows|distinct|mean|sum) (.+?) of (\S+)(?: where (.+))?$")
CONDITION = re.compile(r"(.+?) (=|!=|starts|lacks) (.*)$")


class Wrong(Exception):
    pass


def events_of_xes(raw):
    trace, event = {}, {}
    inside = []
    for kind, element in xml.etree.ElementTree.iterparse(raw, events=("start", "end")):
        tag = element.tag.split("}")[-1]
        if kind == "start":
            inside.append(tag)
            continue
        inside.pop()
        if element.get("key") is not None and inside and inside[-1] == "event":
            event[element.get("key")] = element.get("value")
        elif element.get("key") is not None and inside and inside[-1] == "trace":
            trace["case:" + element.get("key")] = element.get("value")
        elif tag == "event":
            yield {**trace, **event}
            event = {}
            element.clear()
        elif tag == "trace":
            trace = {}
            element.clear()


def events_of_ocel(raw):
    log = json.load(raw)
    if "ocel:events" in log:
        for key, event in log["ocel:events"].items():
            yield {"ocel:eid": key, "ocel:activity": event["ocel:activity"]}
    else:
        for event in log["events"]:
            yield {"ocel:eid": event["id"], "ocel:activity": event["type"]}


def records(path):
    opened = gzip.open(path, "rb") if path.suffix == ".gz" else open(path, "rb")
    with opened as raw:
        if ".xes" in path.suffixes:
            yield from events_of_xes(raw)
            return
        if ".jsonocel" in path.suffixes:
            yield from events_of_ocel(raw)
            return
        text = io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")
        header = text.readline()
        delimiter = max(",;\t|", key=header.count)
        yield from csv.DictReader(text, fieldnames=next(csv.reader([header], delimiter=delimiter)), delimiter=delimiter)


def holds(record, condition):
    column, how, value = condition
    cell = record.get(column) or ""
    return {"=": cell == value, "!=": cell != value, "starts": cell.startswith(value),
            "lacks": not cell.startswith(value)}[how]


def cell_of(record, column):
    if "*" in column:
        a, b = (record[c] for c in column.split("*"))
        return Decimal(a) * Decimal(b) if a and b else ""
    return record.get(column) or ""


class Plain:
    """One plain count of the files of a folder, made while their records pass by."""

    def __init__(self, text):
        found = PLAIN.match(text)
        if not found:
            raise Wrong(f"cannot read 'csv {text}'")
        self.what, self.column, self.pattern, where = found.groups()
        self.conditions = []
        for part in where.split(" and ") if where else []:
            condition = CONDITION.match(part)
            if not condition:
                raise Wrong(f"cannot read '{part}'")
            self.conditions.append(condition.groups())
        self.files, self.rows, self.count, self.sum, self.seen = [], 0, 0, Decimal(0), set()

    def see(self, name, record):
        if not all(holds(record, condition) for condition in self.conditions):
            return
        self.rows += 1
        if self.what == "rows":
            return
        cell = cell_of(record, self.column)
        if cell == "":
            return
        self.count += 1
        if self.what == "distinct":
            self.seen.add((name if len(self.files) > 1 else "", cell))
        else:
            self.sum += Decimal(cell)

    def result(self):
        if not self.files:
            raise Wrong(f"no file {self.pattern}")
        if self.what in ("rows", "distinct"):
            return Decimal(self.rows if self.what == "rows" else len(self.seen))
        return self.sum if self.what == "sum" else self.sum / self.count


def count_plainly(files, plains):
    """Reads every file once; the answer is how many records each has."""
    for plain in plains:
        plain.files = [f for f in files if fnmatch.fnmatch(f.name, plain.pattern)]
    there = {}
    for file in files:
        own = [plain for plain in plains if file in plain.files]
        there[file.name] = 0
        for record in records(file):
            there[file.name] += 1
            for plain in own:
                plain.see(file.name, record)
    return there


def call(binary, *words):
    done = subprocess.run([str(binary / "zhike"), *map(str, words), "--json"], capture_output=True, text=True)
    if done.returncode not in (0, 3):  # 3: some rows were rejected
        raise Wrong(f"zhike {words[0]} ended with {done.returncode}: {(done.stdout or done.stderr)[-400:]}")
    return json.loads(done.stdout)


def load(binary, store, preset, files, there):
    answer = call(binary, "import", *files, "--preset", preset, "--data", store)
    for f in answer["files"]:
        if f["rows"] != f["stored"] + f["rejected"]:
            raise Wrong(f"{f['file']}: {f['rows']} rows, but {f['stored']} stored and {f['rejected']} rejected")
        if not f["reference"] and f["rows"] != there[pathlib.Path(f["file"]).name]:
            raise Wrong(f"{f['file']}: {f['rows']} rows, the file has {there[pathlib.Path(f['file']).name]}")
    return answer


def ask(binary, store, facts):
    """All questions at once: starting the store costs more than any of them."""
    parts = [f"SELECT {i} AS fact, toFloat64(({fact['sql']})) AS value" for i, fact in enumerate(facts)]
    answer = call(binary, "sql", "SELECT * FROM (" + " UNION ALL ".join(parts) + ") ORDER BY fact", "--data", store)
    return [float(row[1]) for row in answer["rows"]]


def check(fact, values, at):
    expected = fact["plain"].result()
    if abs(values[at] - float(expected)) > 1e-9 * max(1.0, abs(float(expected))):
        raise Wrong(f"the store says {values[at]}, the files {float(expected)}")
    return f"{values[at]:.15g}"


def read(path):
    """The words of the import, and the facts."""
    lines = [line.rstrip() for line in path.read_text(encoding="utf-8").splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    facts = []
    for line in lines[1:]:
        word, rest = line.strip().split(" ", 1)
        if word == "fact":
            facts.append({"name": rest})
        else:
            facts[-1][word] = rest
    for fact in facts:
        fact["plain"] = Plain(fact["csv"])
    return lines[0].split()[1:], facts


def play(binary, path):
    """The lines to print, and how many passed, failed and were skipped."""
    (preset, name, *pattern), facts = read(path)
    folder = DATA / name
    if not folder.is_dir():
        return [f"skipped  {path.name}: no folder {name} (set ZHIKE_DATA)"], (0, 0, 1 + len(facts))
    lines, passed = [], 0
    with tempfile.TemporaryDirectory(prefix="zhike-facts-") as temporary:
        store = pathlib.Path(temporary) / "store"
        files = sorted(p for p in folder.glob(pattern[0] if pattern else "*") if p.suffix != ".md")
        there = count_plainly(files, [fact["plain"] for fact in facts])
        values = []

        def load_and_ask():
            answer = load(binary, store, preset, files, there)
            values.extend(ask(binary, store, facts))
            return f"{answer['rows']} rows"

        steps = [("import", load_and_ask)]
        steps += [(fact["name"], lambda at=at, fact=fact: check(fact, values, at)) for at, fact in enumerate(facts)]
        for title, step in steps:
            try:
                lines.append(f"passed   {path.stem}/{title}: {step()}")
                passed += 1
            except (Wrong, KeyError, ValueError, IndexError, ZeroDivisionError) as why:
                lines.append(f"failed   {path.stem}/{title}: {why}")
    return lines, (passed, len(lines) - passed, 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("words", nargs="*")
    args = parser.parse_args()
    paths = [p for p in sorted(HERE.glob("*.test")) if not args.words or any(word in p.name for word in args.words)]
    sums = [0, 0, 0]
    # Each has a store of its own, whose start is mostly waiting.
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for lines, counts in pool.map(lambda path: play(args.bin.resolve(), path), paths):
            print("\n".join(lines), flush=True)
            sums = [a + b for a, b in zip(sums, counts)]
    print("{} passed, {} failed, {} skipped".format(*sums))
    sys.exit(1 if sums[1] else 0)


if __name__ == "__main__":
    main()
