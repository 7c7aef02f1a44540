#!/usr/bin/env python3
"""precompiled_sum.py OUT COMPILER FOLDER FLAG...: what a precompiled header was made of, as one line for ccache:
the headers of FOLDER, the flags, and the versions of the compiler and of the packages that the headers belong to."""
import hashlib
import pathlib
import subprocess
import sys

PACKAGES = ["libstdc++-12-dev", "libc6-dev", "libfmt-dev", "libboost1.81-dev", "libgtest-dev", "libgmock-dev"]

out, compiler, folder, *flags = sys.argv[1:]
digest = hashlib.sha256()
for header in sorted(pathlib.Path(folder).glob("precompiled*.h")):
    digest.update(header.read_bytes())
digest.update("\0".join(flags).encode())
for command in ([compiler, "--version"], ["dpkg-query", "-W", "-f=${Package} ${Version}\n", *PACKAGES]):
    digest.update(subprocess.run(command, capture_output=True, check=False).stdout)
pathlib.Path(out).write_text(digest.hexdigest() + "\n", encoding="utf-8")
