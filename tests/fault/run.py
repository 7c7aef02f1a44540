#!/usr/bin/env python3
"""Faults against the real server, over every way in (ways.py): kill -9, a full disk, a second process, a dead, stopped or
refusing engine, a damaged journal, clocks that jump, invented names, malformed requests; imports, replays and what
brokers hold, killed and resumed.

run.py [--bin build/release] [--rounds N] [--only NAME] [--keep]     --kills is another name of --rounds

Each test has a data folder of its own and checks that every acknowledged event is in the warehouse exactly once.
Ends with one line "N passed, N failed, N skipped". Standard library only."""
import argparse
import errno
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback

import complaint_rules
import mail_kills
import matching
import paths
import pressure
import survey_triggers
from harness import Context, Failed, Load, Skipped, expect, is_root, segments
from malformed import flood

FULL_DISK_BYTES = 900 << 20


def killed_at_random_moments(context):
    chance, load = random.Random(17), Load()
    slowest = 0.0
    for _ in range(context.rounds):
        server = context.serve()
        slowest = max(slowest, time.monotonic() - server.started)
        load.start(server)
        time.sleep(chance.uniform(0.02, 0.8))
        server.kill()
        load.stop()
    server = context.serve()
    events = context.finish(server, load)
    return f"{context.rounds} kills, {events} events, slowest start {slowest:.2f} s"


def full_disk(context):
    if not is_root():
        raise Skipped("needs root to mount a small file system")
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={FULL_DISK_BYTES}", "tmpfs", str(context.data)],
                      check=False).returncode != 0:
        raise Skipped("a tmpfs cannot be mounted here")
    try:
        load = Load()
        server = context.serve()
        load.run_for(server, 1)
        free = shutil.disk_usage(context.data).free
        ballast = context.data / "ballast"
        try:
            with ballast.open("wb", buffering=0) as file:
                block = bytes(1 << 20)
                for _ in range(max(0, (free >> 20) - 1)):
                    file.write(block)
        except OSError as wrong:  # the service's own writes came first: full is what it should be
            if wrong.errno != errno.ENOSPC:
                raise
        load.start(server)
        deadline = time.monotonic() + 60
        while not load.refusals and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(1)
        load.stop()
        expect(load.refusals, "the disk filled up and nothing was refused")
        wrong = [one for one in load.refusals if one[0] not in (503, 507) or not one[1]]
        expect(not wrong, f"refusals must be 503 or 507 with a code: {wrong[:3]}")
        expect(server.process.poll() is None, f"the server ended on a full disk: {server.tail()}")
        ballast.unlink()
        freed = time.monotonic()
        load.settle(server)
        resumed = time.monotonic() - freed
        load.run_for(server, 0.5)
        events = context.finish(server, load)
        kinds = sorted({f"{status} {code}" for status, code, _ in load.refusals})
        return f"{len(load.refusals)} refusals ({', '.join(kinds)}), resumed after {resumed:.1f} s, {events} events"
    finally:
        for server in context.servers:
            server.discard()
        subprocess.run(["umount", "--lazy", str(context.data)], check=False)


def second_process_is_refused(context):
    server = context.serve()
    second = subprocess.run([context.binary, "serve", "--data", str(context.data), "--port", "0", "--json"],
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=30,
                            check=False)
    expect(second.returncode == 1, f"the second process ended with {second.returncode}")
    error = json.loads(second.stdout).get("error", {})
    expect(error.get("code") == "data_in_use", f"the second process said {error}")
    expect(str(server.process.pid) in error.get("detail", ""), "the error does not name the process that holds it")
    load = Load()
    load.run_for(server, 0.5)
    return f"{context.finish(server, load)} events in the first"


def engine_killed_under_load(context):
    load = Load()
    server = context.serve()
    session = server.session()
    slowest = 0.0
    for _ in range(5):
        load.start(server)
        time.sleep(0.5)
        engine = server.engine()
        expect(engine, "the server has no engine process")
        os.kill(engine, signal.SIGKILL)
        killed = time.monotonic()
        while True:
            status, headers, answer = server.get("/api/events?limit=1", session)
            if status == 200 and server.engine() not in (None, engine):
                break
            if status != 200:
                expect(status == 503 and headers.get("Retry-After"), f"a query was answered {status}: {answer}")
                expect(isinstance(answer, dict) and answer.get("code"), f"no problem document: {answer}")
            expect(time.monotonic() - killed < 20, f"no engine 20 s after it was killed: {server.tail()}")
            time.sleep(0.02)
        slowest = max(slowest, time.monotonic() - killed)
        load.stop()
    expect(not load.refusals, f"events were refused while the engine was away: {load.refusals[:3]}")
    return f"{context.finish(server, load)} events, queries answered again after {slowest:.2f} s at most"


def torn_tail_is_cut_and_reported(context):
    load = Load()
    server = context.serve()
    load.run_for(server, 0.7)
    server.kill()
    last = segments(context.data)[-1]
    with last.open("ab") as file:
        file.write(random.Random(3).randbytes(1000))
    size = last.stat().st_size
    server = context.serve()
    expect("journal_tail_cut" in server.tail(), f"the cut was not reported: {server.tail()}")
    expect(last.stat().st_size <= size - 1000, "the torn bytes are still there")
    load.run_for(server, 0.3)
    return f"{context.finish(server, load)} events"


def damage_in_the_middle_is_never_skipped(context):
    load = Load()
    server = context.serve()
    load.run_for(server, 0.7)
    server.kill()
    last = segments(context.data)[-1]
    whole = last.read_bytes()
    expect(len(whole) > 4096, "too little was written for a middle")
    damaged = bytearray(whole)
    damaged[200] ^= 4
    last.write_bytes(damaged)
    server = context.serve(wait=False)
    try:
        expect(server.process.wait(30) == 1, "the server must refuse a damaged journal")
    except subprocess.TimeoutExpired:
        raise Failed("the server serves a damaged journal") from None
    expect("journal_corrupt" in server.tail() and last.name in server.tail(), f"it must name the file: {server.tail()}")
    expect(last.read_bytes() == damaged, "the damaged file was changed")
    last.write_bytes(whole)
    server = context.serve()
    return f"{context.finish(server, load)} events after the file was restored"


def nothing_is_left_of_a_killed_service(context):
    temporary = context.folder / "t"
    temporary.mkdir()
    before, os.environ["TMPDIR"] = os.environ.get("TMPDIR"), str(temporary)
    try:
        return leaves_nothing(context, temporary)
    finally:
        del os.environ["TMPDIR"]
        if before is not None:
            os.environ["TMPDIR"] = before


def leaves_nothing(context, temporary):
    context.serve().kill()
    server = context.serve()
    expect((context.data / "engine.sock").is_socket(), "the socket lies in the data folder")
    server.stop()
    expect(not (context.data / "engine.sock").exists(), "an orderly end removes the socket")
    expect(not list(temporary.iterdir()), f"left in the temporary directory: {list(temporary.iterdir())}")
    context.data = context.data / ("deep-" * 20)  # the path of a socket in it would not fit
    context.data.mkdir(parents=True)
    context.serve().kill()
    left = list(temporary.iterdir())
    expect(len(left) == 1, f"one short folder: {left}")
    server = context.serve()
    expect(not left[0].exists(), "the next start removes the short folder of the one that was killed")
    server.stop()
    expect(not list(temporary.iterdir()), f"left in the temporary directory: {list(temporary.iterdir())}")
    return "killed twice"


def malformed_requests(context):
    server, load = context.serve(), Load()
    load.run_for(server, 0.3)
    sums = flood(server, context.requests, load.session)
    expect(server.process.poll() is None, "the server has ended")
    status = pathlib.Path(f"/proc/{server.process.pid}/status").read_text()
    resident = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")) / 1000
    expect(resident < 1000, f"the server holds {resident:.0f} MB")
    load.run_for(server, 0.3)
    events = context.finish(server, load)
    return f"{sum(sums.values())} requests of {len(sums)} kinds, each refused with a reason; {resident:.0f} MB; {events} events beside them"


TESTS = [killed_at_random_moments, full_disk, second_process_is_refused, engine_killed_under_load,
         torn_tail_is_cut_and_reported, damage_in_the_middle_is_never_skipped, nothing_is_left_of_a_killed_service,
         malformed_requests, *paths.TESTS, *pressure.TESTS, *mail_kills.TESTS,
         *matching.TESTS, *survey_triggers.TESTS, *complaint_rules.TESTS]


def run(test, options):
    """passed, failed or skipped, and a line for the reader."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="zhike_fault_"))
    context = Context(options, folder)
    outcome = "failed"
    try:
        line = test(context)
        outcome = "passed"
        return outcome, line
    except Skipped as why:
        outcome = "skipped"
        return outcome, str(why)
    except Failed as why:
        return outcome, f"{why}\n  data and log: {folder}"
    except Exception:  # a broken test must not hide the others
        return outcome, f"{traceback.format_exc()}\n  data and log: {folder}"
    finally:
        for server in context.servers:
            server.discard()
        if outcome != "failed" and not options.keep:
            shutil.rmtree(folder, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default="build/release", help="folder of zhike and zhike-engine")
    parser.add_argument("--rounds", "--kills", type=int, default=50,
                        help="how often the server is killed; the other kills are in proportion")
    parser.add_argument("--requests", type=int, default=20000, help="how many malformed requests are sent")
    parser.add_argument("--names", type=int, default=30000, help="how many names and properties are invented")
    parser.add_argument("--only", default="", help="tests whose name contains this")
    parser.add_argument("--keep", action="store_true", help="keep the data folders")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for test in TESTS:
        if options.only not in test.__name__:
            continue
        began = time.monotonic()
        outcome, line = run(test, options)
        counts[outcome] += 1
        print(f"{outcome:8} {test.__name__} ({time.monotonic() - began:.1f} s): {line}", flush=True)
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
