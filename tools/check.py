#!/usr/bin/env python3
"""The checks that keep the sources in order. Each says what it demands, where it is broken and what to do.

check.py [NAME...]   run them all, or the named ones; exits 1 when one is broken
check.py --suites    the same, recorded for ./dev test
check.py --list      what there is"""
import argparse
import concurrent.futures
import os
import pathlib
import sys
import time

import source
import source_cpp
import source_sql
import source_text

CHECKS = {
    "layers": (source_cpp.layers, "a module includes lower layers only (tools/layers.json)",
               "move the code, or declare a port in the lower module's header and let `app` supply it"),
    "headers": (source_cpp.headers_alone, "every header compiles alone",
                "include in the header what it uses"),
    "format": (source_cpp.format_, "C++ is formatted by clang-format-19 (.clang-format)", "./dev fmt"),
    "length": (source_text.length, f"files ≤ {source.FILE_MAX} lines, functions ≤ {source.FUNCTION_MAX}",
               "cut along the ideas in it; a second file is cheap"),
    "sql-contract": (source_sql.contract, "a .sql file opens with its contract; a migration with Why, Cost, Lock, Way back",
                     "see migrations/warehouse/0001_events.sql; a query says what it answers and `-- In:` its parameters"),
    "sql-tests": (source_sql.tested, "every query and every metric has a text test under tests/text",
                  "add a case to tests/text; see the folder's README"),
    "sql-scope": (source_sql.scoped, "a query on events is bounded by the Grant's units",
                  "filter by the units parameter, or say in the contract `-- Scope: ` why it needs none"),
    "sql-clocks": (source_sql.by_unit_clock, "SQL that uses zone, from or to can follow each unit's own clock",
                   "see query/prepare.h: keep to its shapes, and carry the unit of a derived time"),
    "catalogue": (source_text.catalogue, "catalog/ obeys its schemas", "mend the named entry; tools/catalog.py check"),
    "i18n": (source_text.i18n, "every text of the console exists in zh-CN and in en", "add the missing key"),
    "words": (source_text.words, "no machine paths, registry addresses or unfinished notes in the repository",
              "name the path by a variable or an option; finish the work or open an issue"),
}


def run(name):
    check, _, _ = CHECKS[name]
    started = time.monotonic()
    return name, list(check()), time.monotonic() - started


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", choices=[*CHECKS, []])
    parser.add_argument("--suites", action="store_true")
    parser.add_argument("--list", action="store_true")
    args = parser.parse_args()
    if args.list:
        for name, (_, demand, _) in CHECKS.items():
            print(f"{name:14}{demand}")
        return 0
    broken = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, problems, seconds in pool.map(run, args.names or CHECKS):
            _, demand, remedy = CHECKS[name]
            print(f"{'FAILED' if problems else 'ok':7}check/{name:21}{seconds:6.1f} s  {demand}", flush=True)
            for problem in problems[:40]:
                print(f"       {problem}")
            if len(problems) > 40:
                print(f"       … and {len(problems) - 40} more")
            if problems:
                broken += 1
                print(f"       What to do: {remedy}")
            if args.suites:
                source.record(f"check/{name}", not problems, seconds)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).parent))
    sys.exit(main())
