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
import csv
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
from fractions import Fraction

HERE = pathlib.Path(__file__).resolve().parent
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
        return Fraction(a) * Fraction(b) if a and b else ""
    return record.get(column) or ""


def plain(folder, text):
    found = PLAIN.match(text)
    if not found:
        raise Wrong(f"cannot read 'csv {text}'")
    what, column, name, where = found.groups()
    conditions = []
    for part in where.split(" and ") if where else []:
        condition = CONDITION.match(part)
        if not condition:
            raise Wrong(f"cannot read '{part}'")
        conditions.append(condition.groups())
    files = sorted(folder.glob(name))
    if not files:
        raise Wrong(f"no file {name}")
    rows = [(f.name, r) for f in files for r in records(f) if all(holds(r, c) for c in conditions)]
    if what == "rows":
        return Fraction(len(rows))
    cells = [(name, cell_of(r, column)) for name, r in rows]
    if what == "distinct":
        return Fraction(len({(name if len(files) > 1 else "", c) for name, c in cells if c != ""}))
    values = [Fraction(c) for _, c in cells if c != ""]
    return sum(values, Fraction(0)) if what == "sum" else sum(values, Fraction(0)) / len(values)


def call(binary, *words):
    done = subprocess.run([str(binary / "zhike"), *map(str, words), "--json"], capture_output=True, text=True)
    if done.returncode not in (0, 3):  # 3: some rows were rejected
        raise Wrong(f"zhike {words[0]} ended with {done.returncode}: {(done.stdout or done.stderr)[-400:]}")
    return json.loads(done.stdout)


def load(binary, store, preset, folder, pattern):
    files = sorted(p for p in folder.glob(pattern) if p.suffix != ".md")
    answer = call(binary, "import", *files, "--preset", preset, "--data", store)
    for f in answer["files"]:
        if f["rows"] != f["stored"] + f["rejected"]:
            raise Wrong(f"{f['file']}: {f['rows']} rows, but {f['stored']} stored and {f['rejected']} rejected")
        there = sum(1 for _ in records(folder / pathlib.Path(f["file"]).name))
        if not f["reference"] and f["rows"] != there:
            raise Wrong(f"{f['file']}: {f['rows']} rows, the file has {there}")
    return answer


def check(binary, store, folder, fact):
    expected = plain(folder, fact["csv"])
    cell = call(binary, "sql", fact["sql"], "--data", store)["rows"][0][0]
    if abs(float(cell) - float(expected)) > 1e-9 * max(1.0, abs(float(expected))):
        raise Wrong(f"the store says {cell}, the file {float(expected)}")
    return cell


def play(binary, path, count):
    lines = [line.rstrip() for line in path.read_text(encoding="utf-8").splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    _, preset, name, *pattern = lines[0].split()
    folder = DATA / name
    facts = []
    for line in lines[1:]:
        word, rest = line.strip().split(" ", 1)
        if word == "fact":
            facts.append({"name": rest})
        else:
            facts[-1][word] = rest
    if not folder.is_dir():
        print(f"skipped  {path.name}: no folder {name} (set ZHIKE_DATA)")
        count["skipped"] += 1 + len(facts)
        return
    with tempfile.TemporaryDirectory(prefix="zhike-facts-") as temporary:
        store = pathlib.Path(temporary) / "store"
        wanted = pattern[0] if pattern else "*"
        steps = [("import", lambda: f"{load(binary, store, preset, folder, wanted)['rows']} rows")]
        steps += [(f["name"], lambda f=f: check(binary, store, folder, f)) for f in facts]
        for title, step in steps:
            try:
                print(f"passed   {path.stem}/{title}: {step()}")
                count["passed"] += 1
            except (Wrong, KeyError, ValueError) as why:
                print(f"failed   {path.stem}/{title}: {why}")
                count["failed"] += 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("words", nargs="*")
    args = parser.parse_args()
    count = {"passed": 0, "failed": 0, "skipped": 0}
    for path in sorted(HERE.glob("*.test")):
        if not args.words or any(word in path.name for word in args.words):
            play(args.bin.resolve(), path, count)
    print("{passed} passed, {failed} failed, {skipped} skipped".format(**count))
    sys.exit(1 if count["failed"] else 0)


if __name__ == "__main__":
    main()
