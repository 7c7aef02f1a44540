#!/usr/bin/env python3
"""Deterministic clusters of a file: exact.py --bin build/release [--rows N]

Rows of simulated customers, two and a half each, with phone, e-mail address and card, each missing in some; read,
joined by what they share, and written. Goal: ten million rows in 60 s and 6 GB."""
import argparse
import json
import pathlib
import subprocess
import tempfile

MASK = (1 << 64) - 1


def mix(x):
    """splitmix64: the same rows for the same number."""
    x = (x + 0x9E3779B97F4A7C15) & MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


def row(number, customers):
    who, kind = mix(number) % customers, mix(number + 7) & 7
    phone = "" if kind == 1 else f"13{who * 7:09d}"
    email = "" if kind == 2 else f"user{who}{'.b' if kind == 3 else ''}@example.com"
    card = "" if kind in (4, 5) else f"C{who:010d}"
    return f"{number + 1},{phone},{email},{card}\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--rows", type=int, default=10_000_000)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="zhike-bench-") as folder:
        file = pathlib.Path(folder) / "rows.csv"
        print(f"{'rows':>10} {'seconds':>8} {'us/row':>7} {'peak MiB':>9} {'clusters':>9}")
        for rows in (args.rows // 10, args.rows):
            with open(file, "w", encoding="ascii", buffering=1 << 22) as out:
                out.write("id,phone,email,card\n")
                out.writelines(row(number, rows * 2 // 5) for number in range(rows))
            done = subprocess.run([args.bin / "zhike", "resolve", file, "--id", "id", "--by", "phone,email,card", "--out",
                                   pathlib.Path(folder) / "clusters.csv", "--json"], stdout=subprocess.PIPE, check=True)
            found = json.loads(done.stdout)
            print(f"{rows:>10} {found['seconds']:>8.1f} {found['seconds'] / rows * 1e6:>7.2f} {found['peak_mib']:>9.0f} {found['clusters']:>9}", flush=True)


if __name__ == "__main__":
    main()
