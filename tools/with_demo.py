#!/usr/bin/env python3
"""Serves a small simulated world while a command runs: with_demo.py --bin build/release -- COMMAND...

The command finds ZHIKE_URL, ZHIKE_USER and ZHIKE_PASSWORD in its environment. Its exit code is passed on."""
import argparse
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile


def main():
    own, command = sys.argv[1:], []
    if "--" in own:
        at = own.index("--")
        own, command = own[:at], own[at + 1:]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--customers", default="400")
    parser.add_argument("--days", default="60")
    args = parser.parse_args(own)
    with tempfile.TemporaryDirectory(prefix="zhike-demo-") as folder:
        server = subprocess.Popen(
            [str(args.bin.resolve() / "zhike"), "demo", "--data", folder + "/data", "--customers", args.customers,
             "--days", args.days, "--seed", "3", "--port", "0", "--json", "--lang", "en"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        try:
            line = server.stdout.readline()
            started = json.loads(line) if line.strip() else {}
            if "port" not in started:
                print(f"the demo did not start: {line.strip() or 'see its messages above'}")
                return 1
            env = dict(os.environ, ZHIKE_URL=f"http://127.0.0.1:{started['port']}", ZHIKE_USER="demo",
                       ZHIKE_PASSWORD="zhike-demo-2026")
            return subprocess.run(command, env=env, check=False).returncode
        finally:
            server.send_signal(signal.SIGTERM)
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


if __name__ == "__main__":
    sys.exit(main())
