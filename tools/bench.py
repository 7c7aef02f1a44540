#!/usr/bin/env python3
"""Runs benchmarks, shows what they print, and collects their figures.

bench.py --bin build/release --out bench/results.json [--only NAME] PROGRAM...

A benchmark is a program made by zhike_bench(), or a script bench/NAME.py, which is called with --bin FOLDER.
A figure is a line of its output:   figure NAME VALUE UNIT [>= TARGET | <= TARGET]
The rest of the output is for the reader. Nothing here fails because of a slow machine: a figure that misses
its target is marked. Exit code 1: a benchmark could not run."""
import argparse
import json
import os
import pathlib
import platform
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
FIGURE = re.compile(r"^figure (\S+) (-?[\d.eE+]+) (\S+)(?: (>=|<=) (-?[\d.eE+]+))?\s*$")


def machine():
    model = next((line.split(":", 1)[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.machine())
    memory = next(int(line.split()[1]) for line in pathlib.Path("/proc/meminfo").read_text().splitlines()
                  if line.startswith("MemTotal"))
    return {"cpu": model, "cores": os.cpu_count(), "memory_gib": round(memory / 2**20, 1), "system": platform.release()}


def run(name, command):
    print(f"── {name} " + "─" * max(0, 90 - len(name)), flush=True)
    figures, started = [], time.monotonic()
    with tempfile.TemporaryDirectory(prefix="zhike-bench-") as folder:
        child = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        for line in child.stdout:
            found = FIGURE.match(line)
            if not found:
                print(line, end="", flush=True)
                continue
            figure = {"name": found[1], "value": float(found[2]), "unit": found[3]}
            if found[4]:
                figure |= {"target": f"{found[4]} {found[5]}",
                           "met": figure["value"] >= float(found[5]) if found[4] == ">=" else figure["value"] <= float(found[5])}
            figures.append(figure)
        code = child.wait()
    return {"benchmark": name, "seconds": round(time.monotonic() - started, 1), "exit": code, "figures": figures}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--only", default="")
    parser.add_argument("programs", nargs="*")
    args = parser.parse_args()
    commands = {name: [str(args.bin.resolve() / name)] for name in args.programs}
    commands |= {path.stem: [sys.executable, str(path), "--bin", str(args.bin.resolve())]
                 for path in sorted((ROOT / "bench").glob("*.py"))}
    chosen = {name: command for name, command in commands.items() if args.only in name}
    if not chosen:
        print(f"no benchmark is called '{args.only}'; there are: {', '.join(commands) or 'none'}", file=sys.stderr)
        return 1
    results = [run(name, command) for name, command in chosen.items()]
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps({"machine": machine(), "at": int(time.time()), "results": results}, indent=1), encoding="utf-8")
    print(f"\n{'figure':44}{'value':>14} {'unit':12}{'target':>14}")
    for result in results:
        for figure in result["figures"]:
            missed = "" if figure.get("met", True) else "  missed"
            print(f"{figure['name']:44}{figure['value']:14,.4g} {figure['unit']:12}{figure.get('target', ''):>14}{missed}")
        if result["exit"]:
            print(f"{result['benchmark']} ended with {result['exit']}")
    return 1 if any(r["exit"] for r in results) else 0


if __name__ == "__main__":
    sys.exit(main())
