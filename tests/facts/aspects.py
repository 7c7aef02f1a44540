#!/usr/bin/env python3
"""Sentiment of aspects on reviews of cameras, cars and notebooks: of each term, whether the sentence praises or blames
it, on the parts for tests, less the sentences that are in a part for learning too: neither the shipped models nor the
weights of the signs have seen them. Beside it the commoner label, and a linear reference: `zhike text train` on the
same set's own sentences for learning.

aspects.py --bin build/release [WORD...]     the sets whose name contains a word; all without

Sets come from ../shared/data (or $ZHIKE_DATA); skipped, and counted so, when the folder is absent. Standard library
only."""
import csv
import json
import pathlib
import subprocess
import tempfile

import absa
from tally import Tally, arguments

LABELS = ("negative", "positive")
# Least accuracy and macro-F1, a little below what was measured.
LEAST = {"camera": (0.89, 0.86), "car": (0.91, 0.89), "notebook": (0.92, 0.90)}


def zhike(binary, *words):
    run = subprocess.run([str(binary.resolve() / "zhike"), "text", *map(str, words), "--json"], capture_output=True,
                         text=True, timeout=300, check=False)
    answer = json.loads(run.stdout)
    if "error" in answer:
        raise RuntimeError(answer["error"])
    return answer


def figures(pairs):
    """Accuracy and macro-F1 of pairs (label, answer)."""
    f1 = []
    for label in LABELS:
        both = sum(truth == label == found for truth, found in pairs)
        either = sum((truth == label) + (found == label) for truth, found in pairs)
        f1.append(2 * both / either if either else 0)
    return sum(truth == found for truth, found in pairs) / len(pairs), sum(f1) / len(f1)


def play(binary, name):
    """(passed, line) of each thing that is held against a goal."""
    learned = {text for other in absa.GOODS for text, _, _ in absa.goods(other, "train")}
    every, learn = [*absa.goods(name, "test")], [*absa.goods(name, "train")]
    test = [row for row in every if row[0] not in learned]
    with tempfile.TemporaryDirectory(prefix="zhike-aspects-") as temporary:
        folder = pathlib.Path(temporary)
        files = {part: absa.write(folder / f"{part}.csv", rows) for part, rows in (("test", test), ("learn", learn))}
        out, model = folder / "out.csv", folder / "model.bin"
        answer = zhike(binary, "aspects", files["test"], "--column", "text", "--term", "term", "--out", out)
        with out.open(encoding="utf-8", newline="") as file:
            found = {int(row["row"]): float(row["positive"]) >= 0.5 for row in csv.DictReader(file)}
        zhike(binary, "train", files["learn"], "--text", "text", "--label", "label", "--out", model)
        reference = zhike(binary, "evaluate", files["test"], "--text", "text", "--label", "label", "--model", model)
    pairs = [(truth, LABELS[found[row]]) for row, (_, _, truth) in enumerate(test, 1) if row in found]
    accuracy, f1 = figures(pairs)
    commoner = max(LABELS, key=[truth for _, _, truth in test].count)
    majority, majority_f1 = figures([(truth, commoner) for _, _, truth in test])
    least, least_f1 = LEAST[name]
    yield (accuracy >= least and f1 >= least_f1,
           f"{name}: {len(pairs)} terms ({len(every) - len(test)} more left out: their sentence is also one for"
           f" learning), accuracy {accuracy:.4f}, macro-F1 {f1:.4f} (at least {least}, {least_f1});"
           f" {answer['texts_per_second']:.0f} texts/s")
    yield (len(pairs) == len(test) and accuracy > max(majority, reference["accuracy"]) and f1 > reference["macro_f1"],
           f"{name}: every term found, and better than the commoner label ({majority:.4f}, {majority_f1:.4f}) and than the"
           f" linear reference trained on {len(learn)} sentences of the set ({reference['accuracy']:.4f},"
           f" {reference['macro_f1']:.4f})")


def main():
    args = arguments(__doc__).parse_args()
    tally = Tally(args.words)
    for name in absa.GOODS:
        if tally.wants(name, "chinese_absa"):
            for good, line in play(args.bin, name):
                tally.tell(good, line)
    tally.end()


if __name__ == "__main__":
    main()
