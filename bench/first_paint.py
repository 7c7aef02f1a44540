#!/usr/bin/env python3
"""How soon the page of a survey is seen: first_paint.py --bin build/release [--runs N]

Chromium without a cache opens, over loopback, a survey of the templates and one of 1,000 questions on one page, N times
(5) each. Told are medians: the first paint since the address was asked for, the last large paint, and when the whole page
was there (two frames after its load event); beside them the bytes of the widget that puts a survey into pages of others,
gzipped. Goals: 500 ms to the first paint of an ordinary survey, 500 ms from the first paint to the whole of 1,000
questions, 15 KB. Needs node and Chromium (web/e2e/first_paint.mjs)."""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
LONGEST = 300  # seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--runs", type=int, default=5)
    args = parser.parse_args()
    own = ROOT / "build" / "node" / "node_modules" / "node" / "bin"
    node = shutil.which("node", path=f"{own}:{os.environ['PATH']}")
    if node is None:
        print("skipped: no node")
        return 0
    return subprocess.run([node, str(ROOT / "web" / "e2e" / "first_paint.mjs"), "--bin", str(args.bin.resolve()), "--runs", str(max(1, args.runs))],
                          timeout=LONGEST, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
