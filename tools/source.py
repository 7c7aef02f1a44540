"""What the checks share: the files of the repository, and where results are recorded."""
import functools
import json
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
FILE_MAX = 800
FUNCTION_MAX = 70


@functools.cache
def files():
    """Every file that is or would be committed, relative to the root."""
    try:
        listing = subprocess.run(
            ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, capture_output=True, check=True).stdout
        names = listing.decode().split("\0")
    except (OSError, subprocess.CalledProcessError):  # an unpacked archive
        names = []
        for folder, inner, leaves in os.walk(ROOT):
            inner[:] = [d for d in inner if d not in ("build", "node_modules", "dist", "test-output", ".git")]
            names += [os.path.relpath(os.path.join(folder, leaf), ROOT) for leaf in leaves]
    return [pathlib.PurePosixPath(n) for n in sorted(set(names)) if n and (ROOT / n).is_file()]


def under(*prefixes, suffixes=()):
    return [f for f in files() if str(f).startswith(prefixes) and (not suffixes or f.suffix in suffixes)]


@functools.cache
def text(file):
    return (ROOT / file).read_text(encoding="utf-8", errors="replace")


def record(name, passed, seconds):
    out = ROOT / "test-output"
    out.mkdir(exist_ok=True)
    with (out / "suites.jsonl").open("a", encoding="utf-8") as sink:
        sink.write(json.dumps({"suite": name, "passed": int(passed), "failed": int(not passed), "skipped": 0,
                               "seconds": round(seconds, 1), "note": ""}) + "\n")
