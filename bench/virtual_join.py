#!/usr/bin/env python3
"""A million rows of a file source joined with customers: virtual_join.py --bin build/release [--rows N]

100,000 customers are imported with their phones; the file names 125,000, so that four of five rows find theirs. The
file is read where it lies, its keys are standardised, hashed and looked up, and the customers counted: all that
`zhike virtual match` does, for CSV, JSON lines and Parquet. Each figure is the best of three, as the product
measures it."""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

CUSTOMERS, NAMED = 100_000, 125_000
MAPPING = """source = "shop"
[[file]]
name = "customers"
pattern = "*customers*.csv"
[[file.event]]
name = "Member Joined"
time = "2026-01-01T00:00:00Z"
id = "member:{phone}"
identifiers = [{kind = "phone", column = "phone"}]
"""


# The n-th phone; every file has the same rows.
PHONE = "concat('139', leftPad(toString({} * 7919 % 100000000), 8, '0')) AS phone"
CUSTOMER_ROWS = f"SELECT {PHONE.format('(number + 1)')} FROM numbers({CUSTOMERS})"
ROWS = (f"SELECT {PHONE.format(f'(cityHash64(number) % {NAMED} + 1)')}, ['gold', 'silver', 'basic', 'trial'][number % 4 + 1]"
        " AS tariff, toDecimal64(number % 10000 / 100, 2) AS amount, toDate('2026-01-01') + number % 365 AS day"
        " FROM numbers({})")
FORMATS = {"csv": "CSVWithNames", "jsonl": "JSONEachRow", "parquet": "Parquet"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--rows", type=int, default=1_000_000)
    args = parser.parse_args()
    program = str(args.bin.resolve() / "zhike")
    with tempfile.TemporaryDirectory(prefix="zhike-join-") as folder:
        folder = pathlib.Path(folder)
        (folder / "map.toml").write_text(MAPPING, encoding="utf-8")
        environment = {**os.environ, "ZHIKE_VIRTUAL_ALLOWED_FOLDERS": str(folder)}

        def zhike(*words):
            done = subprocess.run([program, *words, "--data", str(folder / "data"), "--json"], env=environment,
                                  capture_output=True, text=True)
            if done.returncode != 0:
                raise SystemExit(f"zhike {words[0]} {words[1]}: {done.stdout}{done.stderr}")
            return json.loads(done.stdout.splitlines()[-1])

        def write(name, sql, form):
            with open(folder / name, "wb") as out:
                subprocess.run([program, "sql", "--data", str(folder / "data"), "--format", form, sql], stdout=out, check=True)

        write("customers.csv", CUSTOMER_ROWS, "CSVWithNames")
        zhike("import", str(folder / "customers.csv"), "--map", str(folder / "map.toml"))
        for kind, form in FORMATS.items():
            write(f"sales.{kind}", ROWS.format(args.rows), form)
            zhike("virtual", "add", kind, "--kind", "file", "--set", f"path={folder}/sales.{kind}", "--key-column", "phone",
                  "--key-kind", "phone", "--time-max", "120")
            matches = [zhike("virtual", "match", kind) for _ in range(3)]
            best = min(match["milliseconds"] for match in matches)
            print(f"{kind}: {matches[0]['rows']} rows, {matches[0]['matched']} matched, {matches[0]['customers']} customers;"
                  f" file of {(folder / f'sales.{kind}').stat().st_size / 1e6:.0f} MB")
            if matches[0]["rows"] != args.rows or not 0.75 < matches[0]["matched"] / args.rows < 0.85:
                raise SystemExit("the join is wrong")
            print(f"figure join_{kind} {best} ms\nfigure join_{kind}_rate {args.rows / best:.0f} rows/ms", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
