#!/usr/bin/env python3
"""Runs benchmarks, shows what they print, and collects their figures.

bench.py --bin build/release --out bench/results.json [--only NAME] [--list] PROGRAM...

A benchmark is a program NAME_bench made by zhike_bench(), or a script bench/NAME.py, which is called with
--bin FOLDER. --only takes every benchmark whose name contains the word; the others keep their last figures in
the file. A figure is a line of the output:   figure NAME VALUE UNIT [>= GOAL | <= GOAL]
The rest of the output is for the reader. Nothing here fails because of a slow machine: a figure that misses
its goal is marked. Exit code 1: a benchmark could not run."""
import argparse
import json
import os
import pathlib
import platform
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
LONGEST_SECONDS = 1800  # half an hour: five minutes of load, and what it leaves to be done
FIGURE = re.compile(r"^figure (\S+) (-?[\d.eE+]+) (\S+)(?: (>=|<=) (-?[\d.eE+]+))?\s*$")


def machine():
    model = next((line.split(":", 1)[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.machine())
    memory = next(int(line.split()[1]) for line in pathlib.Path("/proc/meminfo").read_text().splitlines()
                  if line.startswith("MemTotal"))
    return {"cpu": model, "cores": os.cpu_count(), "memory_gib": round(memory / 2**20, 1), "system": platform.release()}


def read_figure(line):
    found = FIGURE.match(line)
    if not found:
        return None
    figure = {"name": found[1], "value": float(found[2]), "unit": found[3]}
    if found[4]:
        goal = float(found[5])
        figure |= {"goal": f"{found[4]} {found[5]}",
                   "met": figure["value"] >= goal if found[4] == ">=" else figure["value"] <= goal}
    return figure


def run(name, command):
    """Runs one benchmark; what it makes in the current or the temporary folder goes with it."""
    print(f"── {name} " + "─" * max(0, 90 - len(name)), flush=True)
    figures, started = [], time.monotonic()
    with tempfile.TemporaryDirectory(prefix="zhike-bench-") as folder:
        child = subprocess.Popen(command, cwd=folder, env=dict(os.environ, TMPDIR=folder), stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, text=True, start_new_session=True)
        late = threading.Timer(LONGEST_SECONDS, os.killpg, (child.pid, signal.SIGKILL))
        late.start()
        for line in child.stdout:
            figure = read_figure(line)
            if figure:
                figures.append(figure)
            else:
                print(line, end="", flush=True)
        code = child.wait()
        late.cancel()
    return {"benchmark": name, "seconds": round(time.monotonic() - started, 1), "exit": code, "figures": figures}


def table(results):
    print(f"\n{'benchmark':14}{'figure':34}{'value':>12} {'unit':13}{'goal':>10}  met")
    for result in results:
        name = result["benchmark"]
        for figure in result["figures"]:
            met = {True: "yes", False: "NO"}.get(figure.get("met"), "")
            print(f"{name:14}{figure['name']:34}{number(figure['value']):>12} {figure['unit']:13}"
                  f"{figure.get('goal', ''):>10}  {met}")
            name = ""
        if result["exit"]:
            print(f"{result['benchmark']:14}ended with {result['exit']}")
    goals = [figure["met"] for result in results for figure in result["figures"] if "met" in figure]
    print(f"{sum(goals)} of {len(goals)} goals met, {sum(result['seconds'] for result in results):.0f} s")


def number(value):
    return f"{value:,.0f}" if abs(value) >= 1000 or value == int(value) else f"{value:,.3g}"


def kept(path, results):
    """The file as it was, with what has just been run in place of its older figures."""
    try:
        old = json.loads(path.read_text(encoding="utf-8"))["results"]
    except (OSError, ValueError, KeyError):
        old = []
    new = {result["benchmark"]: result for result in results}
    return sorted(({result["benchmark"]: result for result in old} | new).values(), key=lambda one: one["benchmark"])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--only", default="")
    parser.add_argument("--list", action="store_true", help="print the programs that the chosen names need, and end")
    parser.add_argument("programs", nargs="*")
    args = parser.parse_args()
    commands = {name.removesuffix("_bench"): [str(args.bin.resolve() / name)] for name in args.programs}
    commands |= {path.stem: [sys.executable, str(path), "--bin", str(args.bin.resolve())]
                 for path in sorted((ROOT / "bench").glob("*.py"))}
    chosen = {name: commands[name] for name in sorted(commands) if args.only in name}
    if not chosen:
        print(f"no benchmark is called '{args.only}'; there are: {', '.join(sorted(commands))}", file=sys.stderr)
        return 1
    if args.list:
        print(" ".join(pathlib.Path(command[0]).name for command in chosen.values() if len(command) == 1))
        return 0
    results = [dict(run(name, command), at=int(time.time())) for name, command in chosen.items()]
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps({"machine": machine(), "results": kept(args.out, results)}, indent=1) + "\n",
                        encoding="utf-8")
    table(results)
    return 1 if any(r["exit"] for r in results) else 0


if __name__ == "__main__":
    sys.exit(main())
