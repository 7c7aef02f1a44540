#!/usr/bin/env python3
"""Prints the table by which the settings of `zhike text train` were chosen: text_settings.py --bin build/release

Five folds of the learning parts; the parts for tests (tests/facts/sentiment.py) are not looked at. The program is
built by: ninja -C build/release text_settings. Data sets: ../shared/data (or $ZHIKE_DATA). Standard library only."""
import argparse
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "facts"))
import sentiment  # noqa: E402

CLASS = {"negative": 0, "positive": 1, "neutral": 2}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("words", nargs="*", help="the sets whose name contains a word; all without")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="zhike-settings-") as temporary:
        files = []
        for name, *_ in sentiment.SETS:
            if args.words and not any(word in name for word in args.words):
                continue
            files.append(pathlib.Path(temporary) / name)
            with open(files[-1], "w", encoding="utf-8") as out:
                for label, text in sentiment.part(name, test=False):
                    out.write(f"{CLASS[label]}\t{' '.join(text.split())}\n")
        subprocess.run([args.bin / "text_settings", *files], check=True)


if __name__ == "__main__":
    main()
