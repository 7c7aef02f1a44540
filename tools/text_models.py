#!/usr/bin/env python3
"""Makes the models of sentiment that come with the program, and scores them.

text_models.py --bin build/release --vader vaderSentiment-3.3.2.tar.gz --date 2026-11-29 --out models
text_models.py --bin build/release --vader FILE --date DAY --out FOLDER --all     with files that may only be measured on

Without --all the training files are those with an open licence: they may be used for what is passed on. With --all
there come the files whose licence is not stated, for a comparison that stays on this machine. Either way the scores
are those on parts that no model has seen. Data sets: ../shared/data (or $ZHIKE_DATA); --vader is the source package
of vaderSentiment. Standard library only."""
import argparse
import ast
import csv
import gzip
import hashlib
import io
import json
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
DATA = pathlib.Path(os.environ.get("ZHIKE_DATA", ROOT.parent / "shared" / "data"))
VADER_SHA256 = "5d7c06e027fc8b99238edb0d53d970cf97066ef97654009890b83703849632f9"
TIMES_OF_STC3 = 3  # beside ten times as many praising snippets, complaints would drown

sys.path.insert(0, str(ROOT / "tests" / "facts"))
import sentiment  # noqa: E402  the test parts are those of the facts


def tuples(line):
    """The characters of a sentence, and (aspect, opinion, polarity) of each of its tuples."""
    text, _, found = line.rstrip("\n").partition("####")
    for aspect, opinion, polarity in ast.literal_eval(found or "[]"):
        yield text.split(" "), aspect, opinion, polarity[:3].lower()


def restaurants():
    """Sentences whose opinions agree, and the words around each opinion. MIT."""
    longest = 25  # characters from an aspect to its opinion; beyond, the opinion alone
    with gzip.open(DATA / "chinese_absa" / "restaurant_aste.train.txt.gz", "rt", encoding="utf-8-sig") as file:
        for line in file:
            snippets, polarities, characters = set(), set(), []
            for characters, aspect, opinion, polarity in tuples(line):
                polarities.add(polarity)
                first, last = min(aspect[0], opinion[0]), max(aspect[-1], opinion[-1])
                if last - first >= longest:
                    first, last = opinion[0], opinion[-1]
                snippets.add((polarity, "".join(characters[first:last + 1])))
            whole = [(next(iter(polarities)), "".join(characters))] if len(polarities) == 1 else []
            for polarity, text in whole + sorted(snippets):
                if polarity in ("pos", "neg"):
                    yield polarity, text


def goods():
    """Three lines an example: the sentence, its aspect, the polarity. MIT."""
    for name in ("camera", "car", "notebook"):
        lines = (DATA / "chinese_absa" / f"{name}.train.txt").read_text(encoding="utf-8").split("\n")
        for text, aspect, polarity in zip(lines[::3], lines[1::3], lines[2::3]):
            if polarity.strip().lower()[:3] in ("pos", "neg"):
                yield polarity.strip().lower()[:3], text.replace("$T$", aspect).replace(" ", "")


def helpdesk():
    """What customers of a help desk say, by how satisfied the annotators took them to be. CC BY 4.0, MIT-style."""
    with gzip.open(DATA / "stc3_helpdesk_dialogues" / "train_data_cn_dev70.json.gz", "rt", encoding="utf-8") as file:
        dialogues = json.load(file)
    for dialogue in dialogues:
        marks = [float(one["quality"]["S"]) for one in dialogue["annotations"]]
        satisfied = sum(marks) / len(marks)
        said = [" ".join(turn["utterances"]) for turn in dialogue["turns"] if turn["sender"] == "customer"]
        if satisfied <= 0:
            yield "neg", said[0]
        if satisfied <= -0.5:
            yield from (("neg", text) for text in said[1:])
        if satisfied >= 0.5 and len(said) > 1:
            yield "pos", said[-1]


def rated(package):
    """Tweets and snippets of reviews and editorials with their mean mark of 20 people, -4 to 4. MIT."""
    least = 0.5
    if hashlib.sha256(package.read_bytes()).hexdigest() != VADER_SHA256:
        sys.exit(f"{package} is not the source package of vaderSentiment 3.3.2")
    with tarfile.open(package) as outer:
        inner = outer.extractfile("vaderSentiment-3.3.2/additional_resources/hutto_ICWSM_2014.tar.gz")
        with tarfile.open(fileobj=io.BytesIO(inner.read())) as files:
            for name in ("tweets", "amazonReviewSnippets", "nytEditorialSnippets", "movieReviewSnippets"):
                text = files.extractfile(f"hutto_ICWSM_2014/{name}_GroundTruth.txt").read().decode("utf-8", "replace")
                for line in text.splitlines():
                    cells = line.split("\t")
                    if len(cells) == 3:
                        mark = float(cells[1])
                        yield "pos" if mark > least else "neg" if mark < -least else "neu", cells[2]


def sources(args):
    """language: [(file, licence, rows of label and text)]"""
    out = {"zh": [("chinese_absa.csv", "MIT", [*restaurants(), *goods()]),
                  ("stc3_helpdesk_dialogues.csv", "CC BY 4.0 (annotations), MIT-style (rest)",
                   [*helpdesk()] * TIMES_OF_STC3)],
           "en": [("vader_ground_truth.csv", "MIT", [*rated(args.vader)])]}
    if args.all:
        unstated = "not stated: measurement only"
        out["zh"] += [(f"{name}.csv", unstated, sentiment.part(name, test=False))
                      for name in ("online_shopping_10_cats", "weibo_senti_100k")]
        out["en"] += [("airline_tweets.csv", unstated, sentiment.part("airline_tweets", test=False))]
    return out


def make(args, language, files, folder):
    out = args.out / f"text_sentiment_{language}.bin"
    words = []
    for name, licence, rows in files:
        rows = [(sentiment.CLASS.get(label, label), text) for label, text in rows]
        words += [str(sentiment.write(folder / name, rows))]
    for _, licence, _ in files:
        words += ["--licence", licence]
    run = sentiment.zhike(args.bin, "train", *words, "--out", str(out), "--date", args.date, "--bits", str(args.bits))
    held = run["card"]["held_out"]
    print(f"{out.name}: {run['rows']} texts, {run['bytes'] / 2**20:.2f} MiB; held out {held['rows']}: accuracy"
          f" {held['accuracy']:.4f}, macro-F1 {held['macro_f1']:.4f}, calibration error {held['ece']:.4f}", flush=True)
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--vader", type=pathlib.Path, required=True)
    parser.add_argument("--date", required=True, help="for the cards")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--bits", type=int, default=21)
    parser.add_argument("--all", action="store_true")
    args = parser.parse_args()
    if args.all and args.out.resolve() == ROOT / "models":
        sys.exit("--all makes models for measurement only: choose another folder than models")
    args.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="zhike-models-") as temporary:
        folder = pathlib.Path(temporary)
        made = {language: make(args, language, files, folder) for language, files in sources(args).items()}
        for name, language in (("online_shopping_10_cats", "zh"), ("weibo_senti_100k", "zh"),
                               ("weibo_senti_100k without emoticons", "zh"), ("airline_tweets", "en")):
            file = sentiment.write(folder / "test.csv", sentiment.part(name, test=True))
            found = sentiment.zhike(args.bin, "evaluate", str(file), "--model", str(made[language]))
            print(f"{name}: {found['rows']} rows, accuracy {found['accuracy']:.4f}, macro-F1 {found['macro_f1']:.4f},"
                  f" calibration error {found['ece']:.4f}", flush=True)


if __name__ == "__main__":
    main()
