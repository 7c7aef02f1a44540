#!/usr/bin/env python3
"""Sentiment on labelled texts of real customers: `zhike text train` on one part, `zhike text evaluate` on the other,
against what each set must reach; then the models that come with the program, which have seen neither part.

sentiment.py --bin build/release [WORD...]     the sets whose name contains a word; all without

The part for tests is fixed: a fifth, by the hash of the text, so that equal texts are on one side. Sets come from
../shared/data (or $ZHIKE_DATA); one whose folder is absent is skipped, and counted so. Standard library only."""
import argparse
import csv
import gzip
import hashlib
import io
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
DATA = pathlib.Path(os.environ.get("ZHIKE_DATA", HERE.parent.parent.parent / "shared" / "data"))
CLASS = {"1": "positive", "0": "negative", "pos": "positive", "neg": "negative", "neu": "neutral"}
EMOTICON = re.compile(r"\[[^\[\]]{1,12}\]")  # [怒]: the labels of weibo_senti_100k were made from them


def opened(path):
    return io.TextIOWrapper(gzip.open(path, "rb"), encoding="utf-8", newline="")


def shopping():
    with opened(DATA / "online_shopping_10_cats" / "online_shopping_10_cats_dev70.csv.gz") as file:
        return [(row["label"], row["review"]) for row in csv.DictReader(file)]


def weibo():
    """Quotes are no CSV quotes here."""
    with opened(DATA / "weibo_senti_100k" / "weibo_senti_dev.tsv.gz") as file:
        return [tuple(line.rstrip("\r\n").split("\t", 1)) for line in file.read().split("\n")[1:] if "\t" in line]


def airline():
    with opened(DATA / "airline_tweets" / "Tweets.csv.gz") as file:
        return [(row["airline_sentiment"], row["text"]) for row in csv.DictReader(file)]


READERS = {"online_shopping_10_cats": shopping, "weibo_senti_100k": weibo, "airline_tweets": airline}


def is_test(text):
    # Digits 9 to 16: the first eight have already decided which rows online_shopping_10_cats keeps back.
    return int(hashlib.sha256("".join(text.split()).encode()).hexdigest()[8:16], 16) % 5 == 0


def part(name, test):
    """Rows of label and text of one side: "weibo_senti_100k without emoticons" splits by the text as it was."""
    folder, _, without = name.partition(" ")
    rows = [(CLASS.get(label, label), text) for label, text in READERS[folder]() if is_test(text) == test]
    return [(label, EMOTICON.sub("", text)) for label, text in rows] if without else rows


def write(path, rows):
    with open(path, "w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([("label", "text"), *rows])
    return path


def zhike(binary, verb, *words):
    run = subprocess.run([str(binary.resolve() / "zhike"), "text", verb, *words, "--text", "text", "--label", "label",
                          "--json"], capture_output=True, text=True, timeout=600, check=False)
    answer = json.loads(run.stdout)
    if "error" in answer:
        raise RuntimeError(answer["error"])
    return answer


# name, least accuracy of a model trained on the other part, least accuracy of the model that comes along
SETS = [
    ("online_shopping_10_cats", 0.93, 0.80),
    ("weibo_senti_100k", 0.97, None),
    ("weibo_senti_100k without emoticons", 0.73, None),
    ("airline_tweets", 0.80, None),
]


def shown(found):
    return (f"{found['rows']} rows, accuracy {found['accuracy']:.4f}, macro-F1 {found['macro_f1']:.4f}, calibration"
            f" error {found['ece']:.4f}, {found['rows'] / max(found['classify_seconds'], 1e-9):.0f} texts/s")


def play(binary, name, trained_least, shipped_least):
    """(passed, line) of each thing that is held against a goal."""
    with tempfile.TemporaryDirectory(prefix="zhike-sentiment-") as temporary:
        folder = pathlib.Path(temporary)
        learn, test = (write(folder / f"{side}.csv", part(name, test=side == "test")) for side in ("learn", "test"))
        model = str(folder / "model.bin")
        seconds = zhike(binary, "train", str(learn), "--out", model)["seconds"]
        found = zhike(binary, "evaluate", str(test), "--model", model)
        yield (found["accuracy"] >= trained_least,
               f"{name}, trained: {shown(found)} (at least {trained_least}); trained in {seconds:.1f} s")
        found = zhike(binary, "evaluate", str(test))
        goal = f" (at least {shipped_least})" if shipped_least else ""
        yield shipped_least is None or found["accuracy"] >= shipped_least, f"{name}, shipped: {shown(found)}{goal}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("words", nargs="*")
    args = parser.parse_args()
    passed = failed = skipped = 0
    for name, *least in SETS:
        if args.words and not any(word in name for word in args.words):
            continue
        if not (DATA / name.partition(" ")[0]).is_dir():
            print(f"skipped  {name}: no folder {name.partition(' ')[0]} (set ZHIKE_DATA)")
            skipped += 1
            continue
        for good, line in play(args.bin, name, *least):
            print(f"{'passed' if good else 'failed'}   {line}", flush=True)
            passed += good
            failed += not good
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
