"""The sets of real data that a script of facts goes through: those asked for, whose folder is there, and what became
of each. Standard library only."""
import argparse
import os
import pathlib
import sys

DATA = pathlib.Path(os.environ.get("ZHIKE_DATA", pathlib.Path(__file__).resolve().parents[3] / "shared" / "data"))


def arguments(text):
    """What every script of facts is told; a parser, so that a script may ask for more."""
    parser = argparse.ArgumentParser(description=text, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("words", nargs="*")
    return parser


class Tally:
    def __init__(self, words):
        self.words = words
        self.passed = self.failed = self.skipped = 0

    def wants(self, name, folder):
        """Whether to play it; one whose folder is absent is skipped, and counted so."""
        if self.words and not any(word in name for word in self.words):
            return False
        if (DATA / folder).is_dir():
            return True
        print(f"skipped  {name}: no folder {folder} (set ZHIKE_DATA)")
        self.skipped += 1
        return False

    def tell(self, good, line):
        print(f"{'passed' if good else 'failed'}   {line}", flush=True)
        self.passed += good
        self.failed += not good

    def end(self):
        print(f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped")
        sys.exit(1 if self.failed else 0)
