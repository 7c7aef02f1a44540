#!/usr/bin/env python3
"""Plays tests/facts/*.test: real files go through `zhike import`, and what the store then answers must equal a
plain count of the files, made here with nothing but a CSV reader.

run.py --bin build/release [WORD...]     the files whose name contains a word; all without

import PRESET FOLDER            all files of ../shared/data/FOLDER (or $ZHIKE_DATA/FOLDER) into an empty store; per
                                file: rows = stored + rejected, and rows = the records of the file
fact NAME                       then one of each:
  csv rows|distinct|mean|sum COLUMN of FILE [where COLUMN = VALUE]
  sql SELECT ...                one number
A file whose data folder is absent is skipped, and counted so. Standard library only."""
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
from fractions import Fraction

HERE = pathlib.Path(__file__).resolve().parent
DATA = pathlib.Path(os.environ.get("ZHIKE_DATA", HERE.parent.parent.parent / "shared" / "data"))
PLAIN = re.compile(r"(rows|distinct|mean|sum)(?: (\w+))? of (\S+)(?: where (\w+) = (.+))?$")


class Wrong(Exception):
    pass


def records(path):
    opened = gzip.open(path, "rb") if path.suffix == ".gz" else open(path, "rb")
    with opened as raw:
        yield from csv.DictReader(io.TextIOWrapper(raw, encoding="utf-8-sig", newline=""))


def plain(folder, text):
    found = PLAIN.match(text)
    if not found:
        raise Wrong(f"cannot read 'csv {text}'")
    what, column, name, where, value = found.groups()
    rows = [r for r in records(folder / name) if where is None or r[where] == value]
    if what == "rows":
        return Fraction(len(rows))
    cells = [r[column] for r in rows if r[column] != ""]
    if what == "distinct":
        return Fraction(len(set(cells)))
    total = sum((Fraction(c) for c in cells), Fraction(0))
    return total if what == "sum" else total / len(cells)


def call(binary, *words):
    done = subprocess.run([str(binary / "zhike"), *map(str, words), "--json"], capture_output=True, text=True)
    if done.returncode != 0:
        raise Wrong(f"zhike {words[0]} ended with {done.returncode}: {(done.stdout or done.stderr)[-400:]}")
    return json.loads(done.stdout)


def load(binary, store, preset, folder):
    files = sorted(p for p in folder.iterdir() if ".csv" in p.suffixes)
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
    _, preset, name = lines[0].split()
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
        steps = [("import", lambda: f"{load(binary, store, preset, folder)['rows']} rows")]
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
