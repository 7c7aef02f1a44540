#!/usr/bin/env python3
"""Prints the weights by which `zhike text aspects` joins its signs (kSignWeights of src/text/aspects.h): a logistic
regression of maximum likelihood on the validation part of the restaurants of chinese_absa, which no shipped model has
seen. Eight terms in ten are praised there.

text_aspects.py --bin build/release"""
import argparse
import csv
import json
import math
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests" / "facts"))
import absa  # noqa: E402

SIGNS = ("opinions", "clause_model", "text_model")


def signs(binary, rows):
    """(1 and the signs, whether it is positive) of each term that is found."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        file, out = absa.write(folder / "in.csv", rows), folder / "out.csv"
        run = subprocess.run([str(binary / "zhike"), "text", "aspects", str(file), "--column", "text", "--term", "term",
                              "--out", str(out), "--json"], capture_output=True, text=True, timeout=600, check=True)
        print(f"{len(rows)} terms, {json.loads(run.stdout)['texts_without']} of them not found")
        with out.open(encoding="utf-8", newline="") as found:
            return [([1.0, *(float(row[sign]) for sign in SIGNS)], rows[int(row["row"]) - 1][2] == "positive")
                    for row in csv.DictReader(found)]


def solve(matrix, right):
    """Gauss, with pivots."""
    rows = [[*row, value] for row, value in zip(matrix, right)]
    for i in range(len(rows)):
        best = max(range(i, len(rows)), key=lambda r: abs(rows[r][i]))
        rows[i], rows[best] = rows[best], rows[i]
        for r in range(len(rows)):
            if r != i:
                factor = rows[r][i] / rows[i][i]
                rows[r] = [a - factor * b for a, b in zip(rows[r], rows[i])]
    return [row[-1] / row[i] for i, row in enumerate(rows)]


def fit(examples):
    """Newton's steps, with a trace of a penalty."""
    share = 1 / len(examples)
    weights = [0.0] * len(examples[0][0])
    for _ in range(25):
        slope, curve = [-1e-4 * w for w in weights], [[1e-4 * (i == j) for j in range(len(weights))] for i in range(len(weights))]
        for x, truth in examples:
            chance = 1 / (1 + math.exp(-sum(w * v for w, v in zip(weights, x))))
            for i, a in enumerate(x):
                slope[i] += share * (truth - chance) * a
                for j, b in enumerate(x):
                    curve[i][j] += share * chance * (1 - chance) * a * b
        weights = [w + step for w, step in zip(weights, solve(curve, slope))]
    return weights


def shown(name, examples, score):
    right = {side: sum((score(x) > 0) == truth for x, truth in examples if truth == side) for side in (True, False)}
    of = {side: sum(truth == side for _, truth in examples) for side in (True, False)}
    print(f"{name:14} accuracy {sum(right.values()) / len(examples):.4f}, of praise {right[True] / of[True]:.4f}, of"
          f" blame {right[False] / of[False]:.4f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    examples = signs(parser.parse_args().bin.resolve(), [*absa.restaurants("dev")])
    for place, sign in enumerate(SIGNS, 1):
        shown(sign, examples, lambda x, place=place: x[place])
    weights = fit(examples)
    shown("together", examples, lambda x: sum(w * v for w, v in zip(weights, x)))
    print("kSignWeights{" + ", ".join(f"{w:.2f}F" for w in weights) + "}")


if __name__ == "__main__":
    main()
