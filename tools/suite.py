#!/usr/bin/env python3
"""Runs test suites, counts what they say, and adds it up.

suite.py run NAME [--kind line|exit|gtest|vitest] [--timeout S] -- COMMAND...
suite.py ctest BUILD --group G [--jobs N] [--only a,b]   every test that CMake knows in a build folder
suite.py targets BUILD                                   the programs those tests need
suite.py record NAME --passed N --failed N [--note TEXT]
suite.py total                                           the table, then "N passed, N failed, N skipped"

Kinds: line   the command ends with a line "N passed, N failed, N skipped"
       exit   the exit code decides about one test
       gtest  GoogleTest's JSON; vitest  Vitest's JSON
Results and output are kept under test-output/. Standard library only."""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
OUT = ROOT / "test-output"
CLOSING = re.compile(r"(\d+) passed, (\d+) failed(?:, (\d+) skipped)?")


def execute(command, log, timeout, env=None, cwd=None):
    """The exit code and the seconds; 124 when the time ran out. The whole process group ends with it."""
    started = time.monotonic()
    with log.open("wb") as sink:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=sink, stderr=subprocess.STDOUT,
                                 env=env, cwd=cwd or ROOT, start_new_session=True)
        try:
            code = child.wait(timeout)
        except subprocess.TimeoutExpired:
            code = 124
        finally:
            try:
                os.killpg(child.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            child.wait()
    return code, time.monotonic() - started


def count_gtest(path, code):
    if not path.exists():
        return 0, 1, 0, f"ended with {code} before it could report"
    passed = failed = skipped = 0
    for group in json.loads(path.read_text(encoding="utf-8")).get("testsuites", []):
        for test in group["testsuite"]:
            if test.get("failures"):
                failed += 1
            elif test.get("result") == "SKIPPED":
                skipped += 1
            elif test.get("result") == "COMPLETED":
                passed += 1
    return passed, failed, skipped, ""


def count_vitest(path, code):
    if not path.exists():
        return 0, 1, 0, f"ended with {code} before it could report"
    report = json.loads(path.read_text(encoding="utf-8"))
    return (report["numPassedTests"], report["numFailedTests"] + report.get("numRuntimeErrorTestSuites", 0),
            report["numPendingTests"] + report.get("numTodoTests", 0), "")


def count_line(log, code):
    for line in reversed(log.read_text(encoding="utf-8", errors="replace").splitlines()[-20:]):
        found = CLOSING.search(line)
        if found:
            passed, failed, skipped = (int(n or 0) for n in found.groups())
            return passed, failed, skipped, ""
    return 0, 1, 0, f"ended with {code} and without a closing line"


def run(name, kind, command, timeout, env=None, cwd=None):
    slug = re.sub(r"[^A-Za-z0-9_.-]", "_", name)
    logs = OUT / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    log, report = logs / f"{slug}.log", logs / f"{slug}.json"
    report.unlink(missing_ok=True)
    if kind == "gtest":
        command = [*command, f"--gtest_output=json:{report}", "--gtest_color=no"]
    elif kind == "vitest":
        command = [*command, "--reporter=json", f"--outputFile={report}"]
    try:
        code, seconds = execute(command, log, timeout, env, cwd)
    except OSError as error:
        log.write_text(str(error), encoding="utf-8")
        code, seconds = 127, 0.0
    if kind == "exit":
        passed, failed, skipped, note = (1, 0, 0, "") if code == 0 else (0, 1, 0, f"ended with {code}")
    elif kind == "line":
        passed, failed, skipped, note = count_line(log, code)
    else:
        passed, failed, skipped, note = (count_gtest if kind == "gtest" else count_vitest)(report, code)
    if code == 124:
        note = f"stopped after {timeout:.0f} s"
    if code != 0 and failed == 0:  # a sanitizer's report at the end, a crash in a destructor
        failed, note = 1, note or f"ended with {code}"
    record(name, passed, failed, skipped, seconds, note, log if failed else None)


def what_failed(text):
    """The lines that name a failure, and those set in below a step that failed: they say why."""
    found, inside = [], False
    for line in text:
        inside = line.startswith("FAIL ") or inside and line.startswith("  ")
        if inside or re.search(r"FAILED|Failure|ERROR: |runtime error|✗|×|^not ok", line):
            found.append(line)
    return found


def record(name, passed, failed, skipped, seconds, note, log=None):
    OUT.mkdir(parents=True, exist_ok=True)
    with (OUT / "suites.jsonl").open("a", encoding="utf-8") as sink:
        sink.write(json.dumps({"suite": name, "passed": passed, "failed": failed, "skipped": skipped,
                               "seconds": round(seconds, 1), "note": note}) + "\n")
    lines = [f"{'FAILED' if failed else 'ok':7}{name:27}{seconds:6.1f} s  {passed} passed"
             + (f", {failed} failed" if failed else "") + (f", {skipped} skipped" if skipped else "")
             + (f"  ({note})" if note else "")]
    if log:
        text = log.read_text(encoding="utf-8", errors="replace").splitlines()
        lines += [f"       | {line[:300]}" for line in what_failed(text)[:30]]
        lines += [f"       --- last lines of {log.relative_to(ROOT)}"] + [f"       | {line[:200]}" for line in text[-25:]]
    print("\n".join(lines), flush=True)


def known_tests(build):
    """What CMake would run: (name, command, properties)."""
    text = subprocess.run(["ctest", "--show-only=json-v1"], cwd=build, capture_output=True, text=True, check=True).stdout
    for test in json.loads(text)["tests"]:
        properties = {p["name"]: p["value"] for p in test.get("properties", [])}
        if test.get("command"):
            yield test["name"], test["command"], properties


def is_gtest(program):
    try:
        return b"gtest_output" in pathlib.Path(program).read_bytes()
    except OSError:
        return False


def run_ctest(build, group, jobs, only):
    build = pathlib.Path(build).resolve()
    tests = [t for t in known_tests(build) if not only or t[0] in only.split(",")]

    def one(test):
        name, command, properties = test
        env = dict(os.environ)
        for pair in properties.get("ENVIRONMENT", []):
            key, _, value = pair.partition("=")
            env[key] = value
        kind = "gtest" if is_gtest(command[0]) else "line"
        run(f"{group}/{name}", kind, command, float(properties.get("TIMEOUT", 1200)), env,
            properties.get("WORKING_DIRECTORY"))

    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        list(pool.map(one, tests))
    if not tests:
        record(group, 0, 1, 0, 0.0, "no test was found")


def targets(build):
    """Programs of the tests, found in the files CMake wrote: they need not exist yet."""
    names = set()
    for path in pathlib.Path(build).rglob("CTestTestfile.cmake"):
        for program in re.findall(r'^add_test\(\S+ "([^"]+)"', path.read_text(encoding="utf-8"), re.M):
            if pathlib.Path(build).resolve() in pathlib.Path(program).parents:
                names.add(pathlib.Path(program).name)
    if (ROOT / "src/engine/CMakeLists.txt").exists():
        names.add("zhike-engine")
    print(" ".join(sorted(names)))


def total():
    path = OUT / "suites.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
    groups = {}
    for row in rows:
        sums = groups.setdefault(row["suite"].split("/")[0], [0, 0, 0, 0.0])
        for i, key in enumerate(("passed", "failed", "skipped", "seconds")):
            sums[i] += row[key]
    print(f"{'suite':22}{'passed':>8}{'failed':>8}{'skipped':>9}{'seconds':>9}")
    for name, sums in groups.items():
        print(f"{name:22}{sums[0]:8}{sums[1]:8}{sums[2]:9}{sums[3]:9.1f}")
    passed, failed, skipped = (sum(s[i] for s in groups.values()) for i in range(3))
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["run", "ctest", "targets", "record", "total"])
    parser.add_argument("name", nargs="?")
    parser.add_argument("--kind", default="line", choices=["line", "exit", "gtest", "vitest"])
    parser.add_argument("--timeout", type=float, default=600)
    parser.add_argument("--group", default="unit")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--passed", type=int, default=0)
    parser.add_argument("--failed", type=int, default=0)
    parser.add_argument("--note", default="")
    own, command = sys.argv[1:], []
    if "--" in own:
        at = own.index("--")
        own, command = own[:at], own[at + 1:]
    args = parser.parse_args(own)
    if args.what == "run":
        run(args.name, args.kind, command, args.timeout)
    elif args.what == "ctest":
        run_ctest(args.name, args.group, args.jobs, args.only)
    elif args.what == "targets":
        targets(args.name)
    elif args.what == "record":
        record(args.name, args.passed, args.failed, 0, 0.0, args.note)
    else:
        sys.exit(total())


if __name__ == "__main__":
    main()
