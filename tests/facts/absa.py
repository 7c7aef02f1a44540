"""Sentences of chinese_absa with the term that is spoken of and its polarity. Standard library only."""
import ast
import csv
import gzip

from tally import DATA

GOODS = ("camera", "car", "notebook")
POLARITY = {"pos": "positive", "neg": "negative"}


def goods(name, part):
    """(sentence, term, polarity): three lines an example, $T$ stands for the term, blanks between characters."""
    lines = (DATA / "chinese_absa" / f"{name}.{part}.txt").read_text(encoding="utf-8").split("\n")
    for text, term, polarity in zip(lines[::3], lines[1::3], lines[2::3]):
        if polarity := POLARITY.get(polarity.strip().lower()[:3]):
            yield text.replace("$T$", term).replace(" ", ""), term.replace(" ", ""), polarity


def restaurants(part):
    """The same of restaurants. Terms that are not in the sentence, or of two polarities, are left out."""
    with gzip.open(DATA / "chinese_absa" / f"restaurant_aste.{part}.txt.gz", "rt", encoding="utf-8-sig") as file:
        for line in file:
            text, _, found = line.rstrip("\n").partition("####")
            characters, terms = text.split(" "), {}
            for aspect, _, polarity in ast.literal_eval(found or "[]"):
                if aspect[0] >= 0:
                    terms.setdefault("".join(characters[aspect[0]:aspect[-1] + 1]), set()).add(POLARITY.get(polarity[:3].lower()))
            for term, polarities in terms.items():
                if len(polarities) == 1 and None not in polarities and term:
                    yield "".join(characters), term, polarities.pop()


def write(path, rows):
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([("text", "term", "label"), *rows])
    return path
