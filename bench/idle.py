#!/usr/bin/env python3
"""How fast the service starts, and what it holds while nobody asks: idle.py --bin build/release [--rest SECONDS]

Starts on an empty folder; loads the demo and rests for a minute; starts again on the demo's folder, and once with
the files of program and store dropped from the machine's memory. A start ends when /readyz answers 200, so it
includes the engine. Memory is what the kernel counts as resident, of server and engine."""
import argparse
import http.client
import json
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import tempfile
import time

STARTS = 5


def resident_mb(pid):
    """Private and shared pages; those that both processes share are counted in each."""
    text = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("VmRSS:")) / 1000


def engine_of(pid):
    for entry in pathlib.Path("/proc").iterdir():
        try:
            stat = (entry / "stat").read_text(encoding="utf-8") if entry.name.isdigit() else ""
        except OSError:
            continue  # it has just ended
        name, _, rest = stat.rpartition(")")
        if "(zhike-engine" in name and rest.split()[1] == str(pid):
            return int(entry.name)
    raise SystemExit("the service has no engine")


class Service:
    def __init__(self, program, *arguments):
        began = time.monotonic()
        self.process = subprocess.Popen([str(program), *arguments, "--port", "0", "--json"], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        if '"port"' not in line:
            raise SystemExit(f"zhike {arguments[0]} did not start: {line}")
        connection = http.client.HTTPConnection("127.0.0.1", json.loads(line)["port"], timeout=20)
        while True:
            connection.request("GET", "/readyz")
            answer = connection.getresponse()
            answer.read()
            if answer.status == 200:
                break
            time.sleep(0.005)
        self.start_ms = (time.monotonic() - began) * 1000

    def resident(self):
        return resident_mb(self.process.pid), resident_mb(engine_of(self.process.pid))

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            if self.process.wait(60) != 0:
                raise SystemExit(f"zhike ended with {self.process.returncode}")
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()


def started(program, data):
    service = Service(program, "serve", "--data", str(data))
    service.stop()
    return service.start_ms


def drop_from_memory(paths):
    """Asks the kernel to forget what it keeps of these files; it may keep what another process uses."""
    for path in paths:
        fd = os.open(path, os.O_RDONLY)
        try:
            os.fdatasync(fd)
            os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        except OSError:
            pass
        finally:
            os.close(fd)


def libraries(program):
    text = subprocess.run(["ldd", str(program)], capture_output=True, text=True, check=True).stdout
    return [word for word in text.split() if "chdb" in word and word.startswith("/")]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--rest", type=float, default=60)
    args = parser.parse_args()
    program = args.bin.resolve() / "zhike"
    with tempfile.TemporaryDirectory(prefix="zhike-idle-") as folder:
        folder = pathlib.Path(folder)
        print(f"figure cold_start_empty {started(program, folder / 'empty'):.0f} ms <= 1000", flush=True)
        demo = Service(program, "demo", "--data", str(folder / "data"))
        loaded = demo.resident()
        time.sleep(args.rest)
        server, engine = demo.resident()
        demo.stop()
        print(f"demo loaded and served after {demo.start_ms / 1000:.1f} s, holding {loaded[0]:.0f} + {loaded[1]:.0f} MB;"
              f" {args.rest:.0f} s later:")
        print(f"figure idle_server {server:.0f} MB\nfigure idle_engine {engine:.0f} MB")
        print(f"figure idle {server + engine:.0f} MB <= 500", flush=True)
        times = sorted(started(program, folder / "data") for _ in range(STARTS))
        print(f"{STARTS} starts on the demo's folder: " + ", ".join(f"{ms:.0f}" for ms in times) + " ms")
        print(f"figure cold_start {statistics.median(times):.0f} ms <= 1000", flush=True)
        drop_from_memory([program, program.parent / "zhike-engine", *libraries(program.parent / "zhike-engine"),
                          *(path for path in (folder / "data").rglob("*") if path.is_file())])
        print(f"figure cold_start_from_disk {started(program, folder / 'data'):.0f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
