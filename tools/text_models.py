#!/usr/bin/env python3
"""Makes the models of sentiment that come with the program, and scores them on parts that no model has seen.

text_models.py --bin build/release --date 2026-11-29 --out models            those of the program
text_models.py --bin build/release --date DAY --out FOLDER --open            from openly licensed files alone
text_models.py --bin build/release --date DAY --out FOLDER --without WORD    without a kind of goods or an airline

The last leaves WORD out of the learning and scores on it alone: how well a model does on what it has never met.
Data sets: ../shared/data (or $ZHIKE_DATA). Standard library only."""
import argparse
import ast
import csv
import gzip
import json
import os
import pathlib
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
DATA = pathlib.Path(os.environ.get("ZHIKE_DATA", ROOT.parent / "shared" / "data"))
UNSTATED = "not stated in the source repository"
OPEN = {"chinese_absa": "MIT", "chinese_absa goods": "MIT",
        "stc3_helpdesk_dialogues": "CC BY 4.0 (annotations), MIT-style (rest)"}
PLAIN_SENTENCES = 6000

sys.path.insert(0, str(ROOT / "tests" / "facts"))
import plain_sentences  # noqa: E402
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


def balanced(rows):
    """The rarer of two labels as often as the other: one kind of file is nearly all praise, another all blame."""
    of = {label: [row for row in rows if row[0] == label] for label in ("pos", "neg")}
    less, more = sorted(of.values(), key=len)
    return more + [less[i % len(less)] for i in range(len(more))]


def learned(name, without):
    """The learning part; without the kind of goods or the airline that is left out."""
    return [row for row in sentiment.part(name, test=False, groups=True) if row[2] != without]


def sources(args):
    """model: [(file, weight of each text, licence, rows of label and text)]"""
    absa, goods_rows, helpdesk_rows = [*restaurants()], [*goods()], [*helpdesk()]
    own = [("chinese_absa", 0.3, OPEN["chinese_absa"], absa),
           ("chinese_absa goods", 1, OPEN["chinese_absa goods"], goods_rows),
           ("stc3_helpdesk_dialogues", 1, OPEN["stc3_helpdesk_dialogues"], helpdesk_rows)]
    plain = ("plain sentences of this project", 1, "Apache-2.0", list(plain_sentences.sentences(PLAIN_SENTENCES)))
    if args.open:
        return {"sentiment_en": [plain], "sentiment_zh_reviews": [(name, weight, licence, balanced(rows)) for name, weight, licence, rows in own]}
    shop = ("online_shopping_10_cats", 1, UNSTATED, [row[:2] for row in learned("online_shopping_10_cats", args.without)])
    posts = [(name, 1, UNSTATED, sentiment.part(name, test=False))
             for name in ("weibo_senti_100k", "weibo_senti_100k without emoticons")]
    # Both kinds count about the same: which of them a text is likelier to be is not known.
    kinds = [(name, weight * (3 if kind == "posts" else 1), licence, [(kind, text) for _, text in rows])
             for kind, files in (("reviews", [shop, *own]), ("posts", posts)) for name, weight, licence, rows in files]
    tweets = [("airline_tweets", 1, UNSTATED, [row[:2] for row in learned("airline_tweets", args.without)])]
    return {"sentiment_zh_reviews": [shop, *own], "sentiment_zh_posts": posts, "kinds_zh": kinds,
            "sentiment_en": [*tweets, plain]}


def make(args, model, files, folder):
    out = args.out / f"{model}.bin"
    words = []
    for name, weight, licence, rows in files:
        rows = [(sentiment.CLASS.get(label, label), text) for label, text in rows]
        words += [str(sentiment.write(folder / f"{name}.csv", rows))]
    for _, weight, licence, _ in files:
        words += ["--weight", str(weight), "--licence", licence]
    run = sentiment.zhike(args.bin, "train", *words, "--out", str(out), "--date", args.date, "--bits", str(args.bits))
    held = run["card"]["held_out"]
    print(f"{out.name}: {run['rows']} texts in {run['seconds']:.1f} s, {run['bytes'] / 2**20:.2f} MiB; held out"
          f" {held['rows']}: accuracy {held['accuracy']:.4f}, macro-F1 {held['macro_f1']:.4f}, calibration error"
          f" {held['ece']:.4f}", flush=True)
    return out


def scored(args, made, folder):
    """(name, model, rows) of what the models are scored on."""
    if args.without:
        for name, model in (("online_shopping_10_cats", "sentiment_zh_reviews"), ("airline_tweets", "sentiment_en")):
            rows = [row[:2] for test in (False, True) for row in sentiment.part(name, test=test, groups=True)
                    if row[2] == args.without]
            if rows:
                yield f"{name}: {args.without} alone", model, rows
        return
    for name, model in (("online_shopping_10_cats", "sentiment_zh_reviews"), ("weibo_senti_100k", "sentiment_zh_posts"),
                        ("weibo_senti_100k without emoticons", "sentiment_zh_posts"), ("airline_tweets", "sentiment_en"),
                        ("plain_english", "sentiment_en")):
        if args.open and model != "sentiment_en":
            model = "sentiment_zh_reviews"
        if model in made:
            yield name, model, sentiment.part(name, test=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--date", required=True, help="for the cards")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--bits", type=int, default=21)
    parser.add_argument("--only", default="", help="make this model alone")
    parser.add_argument("--open", action="store_true")
    parser.add_argument("--without", default="")
    args = parser.parse_args()
    if (args.open or args.without) and args.out.resolve() == ROOT / "models":
        sys.exit("models has those of the program: choose another folder")
    args.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="zhike-models-") as temporary:
        folder = pathlib.Path(temporary)
        made = {model: make(args, model, files, folder) for model, files in sources(args).items()
                if args.only in ("", model)}
        for name, model, rows in scored(args, made, folder):
            file = sentiment.write(folder / "test.csv", rows)
            found = sentiment.zhike(args.bin, "evaluate", str(file), "--model", str(made[model]))
            print(f"{name}: {found['rows']} rows, accuracy {found['accuracy']:.4f}, macro-F1 {found['macro_f1']:.4f},"
                  f" calibration error {found['ece']:.4f}", flush=True)


if __name__ == "__main__":
    main()
