#!/usr/bin/env python3
"""What a precompiled header was made of, as one line for ccache.

precompiled_sum.py OUT COMPILER FOLDER FLAG...   the headers of FOLDER, the flags, and the versions of the compiler and
                                                 of the packages that the headers belong to
precompiled_sum.py --own OUT BASE DEPS FOLDER... the sum of the header below it, and those of the files in DEPS (of a
                                                 compiler) that are in one of the FOLDERs"""
import hashlib
import pathlib
import subprocess
import sys

PACKAGES = ["libstdc++-12-dev", "libc6-dev", "libfmt-dev", "libboost1.81-dev", "libgtest-dev", "libgmock-dev"]



def sum_of_own(out, base, deps, *folders):
    digest = hashlib.sha256(pathlib.Path(base).read_bytes())
    named = pathlib.Path(deps).read_text(encoding="utf-8").replace("\\\n", " ").split()[1:]
    files = {pathlib.Path(name).resolve() for name in named}
    for folder in map(pathlib.Path, folders):
        for path in sorted(files):
            if path.is_relative_to(folder.resolve()):
                digest.update(str(path.relative_to(folder.resolve())).encode() + b"\0" + path.read_bytes())
    pathlib.Path(out).write_text(digest.hexdigest() + "\n", encoding="utf-8")


if sys.argv[1] == "--own":
    sum_of_own(*sys.argv[2:])
    sys.exit()
out, compiler, folder, *flags = sys.argv[1:]
digest = hashlib.sha256()
for header in sorted(pathlib.Path(folder).glob("precompiled*.h")):
    digest.update(header.read_bytes())
digest.update("\0".join(flags).encode())
for command in ([compiler, "--version"], ["dpkg-query", "-W", "-f=${Package} ${Version}\n", *PACKAGES]):
    digest.update(subprocess.run(command, capture_output=True, check=False).stdout)
pathlib.Path(out).write_text(digest.hexdigest() + "\n", encoding="utf-8")
