#!/usr/bin/env python3
"""A long quiet life: load over every way in, queries beside it, a restart or a kill each minute. At the end every
acknowledged event is there exactly once, and neither memory nor the time of a call or a query has grown.

soak.py [--bin build/release] [--minutes 60] [--every 60]

Prints a line for each stretch between two restarts; ends with "N passed, N failed, N skipped". Standard library only."""
import argparse
import pathlib
import random
import shutil
import signal
import statistics
import sys
import tempfile
import threading
import time

from harness import Context, Failed, Load, expect, latency, overview, resident

# How much the last third of the stretches may lie above the first: room for a busy machine, not for growth.
GROWTH = 1.5
ROOM_MB, ROOM_MS = 100, 50


class Watch:
    """Asks what a console asks, all the time."""

    def __init__(self, server, session):
        self.server, self.session, self.times, self.failures = server, session, [], 0
        self.running = threading.Event()
        self.running.set()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        while self.running.is_set():
            try:
                self.times.append(overview(self.server, self.session))
            except (Failed, OSError):
                self.failures += 1
            time.sleep(0.5)

    def stop(self):
        self.running.clear()
        self.thread.join(60)


def stretch(context, load, seconds, kill):
    server = context.serve()
    load.start(server)
    watch = Watch(server, load.session)
    time.sleep(seconds)
    watch.stop()
    load.stop()
    figures = {"server_mb": resident(server.process.pid), "engine_mb": resident(server.engine()),
               "call_ms": latency(server, load.beside), "overview_ms": statistics.median(watch.times or [0])}
    expect(watch.failures == 0, f"{watch.failures} queries failed: {server.tail()}")
    if kill:
        server.kill()
    else:
        expect(server.stop() == 0, f"the server did not stop cleanly: {server.tail()}")
    return figures


def check_flat(stretches):
    third = max(1, len(stretches) // 3)
    for name, room in (("server_mb", ROOM_MB), ("engine_mb", ROOM_MB * 4), ("call_ms", ROOM_MS), ("overview_ms", ROOM_MS * 4)):
        first = statistics.median(one[name] for one in stretches[:third])
        last = statistics.median(one[name] for one in stretches[-third:])
        expect(last <= first * GROWTH + room, f"{name} has grown from {first:.1f} to {last:.1f}")


def soak(context, minutes, every):
    load, chance, stretches = Load(clients=2, pause=0.02), random.Random(43), []
    until = time.monotonic() + minutes * 60
    while time.monotonic() < until or len(stretches) < 3:
        kill = chance.random() < 0.5
        stretches.append(stretch(context, load, every, kill))
        shown = ", ".join(f"{name} {value:.1f}" for name, value in stretches[-1].items())
        print(f"{len(stretches):4} {'killed ' if kill else 'stopped'} {load.sent} requests, {len(load.refusals)} refused; {shown}", flush=True)
    events = context.finish(context.serve(), load)
    check_flat(stretches)
    return f"{len(stretches)} stretches, {events} events exactly once"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default="build/release", help="folder of zhike and zhike-engine")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--every", type=float, default=60, help="seconds between restarts")
    options = parser.parse_args()
    options.rounds = options.requests = options.names = 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    folder = pathlib.Path(tempfile.mkdtemp(prefix="zhike_soak_"))
    context = Context(options, folder)
    try:
        print("passed  ", soak(context, options.minutes, options.every))
        shutil.rmtree(folder, ignore_errors=True)
        print("1 passed, 0 failed, 0 skipped")
        return 0
    except Failed as why:
        print(f"failed   {why}\n  data and log: {folder}")
        print("0 passed, 1 failed, 0 skipped")
        return 1
    finally:
        for server in context.servers:
            server.discard()


if __name__ == "__main__":
    sys.exit(main())
