#!/usr/bin/env python3
"""The slowest steps of the last build of each file, from ninja's log: slowest.py [BUILD] [COUNT]

BUILD is build/release unless said otherwise. Times are those of the last time a step ran: after a cold build
(rm -rf BUILD, CCACHE_DISABLE=1) they say which files to cut or which headers to slim."""
import pathlib
import sys


def steps(build):
    """(seconds, output), the slowest first."""
    last = {}
    for line in (build / ".ninja_log").read_text(encoding="utf-8").splitlines()[1:]:
        start, end, _, output, _ = line.split("\t")
        last[output] = (int(end) - int(start)) / 1000
    return sorted(((seconds, output) for output, seconds in last.items()), reverse=True)


def main():
    build = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "build/release")
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 10
    if not (build / ".ninja_log").exists():
        print(f"{build} has not been built: ./dev build", file=sys.stderr)
        return 1
    all_steps = steps(build)
    for seconds, output in all_steps[:count]:
        print(f"{seconds:7.1f} s  {output}")
    print(f"{sum(seconds for seconds, _ in all_steps):7.1f} s  all {len(all_steps)} steps")
    return 0


if __name__ == "__main__":
    sys.exit(main())
