#!/usr/bin/env python3
"""Topics of real texts: how far `zhike text topics` finds the groups that a file's column knows (normalised mutual
information, counted here from the file that it writes), against a plain k-means over TF-IDF that is written here too;
and on complaints without such a column whether its topics come again, and its words are distinctive by a plain count.

topics.py --bin build/release [WORD...]     the sets whose name contains a word; all without

Sets come from ../shared/data (or $ZHIKE_DATA); one whose folder is absent is skipped, and counted so. Standard library
only."""
import collections
import csv
import gzip
import io
import json
import math
import pathlib
import random
import re
import subprocess
import tempfile

from tally import DATA, Tally, arguments

BASELINE_TEXTS = 3000  # of the plain k-means


def read(folder, name):
    with io.TextIOWrapper(gzip.open(DATA / folder / name, "rb"), encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def shopping():
    rows = read("online_shopping_10_cats", "online_shopping_10_cats_dev70.csv.gz")
    return [(row["cat"], row["review"]) for row in rows]


def banking():
    return [(row["category"], row["text"]) for row in read("banking77", "train.csv.gz")]


def airline():
    return [(row["negativereason"], row["text"]) for row in read("airline_tweets", "Tweets.csv.gz")
            if row["negativereason"] not in ("", "Can't Tell")]


def zhike(binary, *words):
    run = subprocess.run([str(binary.resolve() / "zhike"), "text", "topics", *words, "--json"], capture_output=True,
                         text=True, timeout=600, check=False)
    return json.loads(run.stdout)


def found_in(binary, rows, topics=None):
    """The answer, and the topic of each row ("" for none)."""
    with tempfile.TemporaryDirectory(prefix="zhike-topics-") as temporary:
        file, out = pathlib.Path(temporary) / "texts.csv", pathlib.Path(temporary) / "topics.csv"
        with file.open("w", encoding="utf-8", newline="") as handle:
            csv.writer(handle).writerows([("label", "text"), *rows])
        words = [str(file), "--text", "text", "--label", "label", "--out", str(out)]
        answer = zhike(binary, *words, *(["--topics", str(topics)] if topics else []))
        if "error" in answer:
            return answer, []
        with out.open(encoding="utf-8-sig", newline="") as handle:
            return answer, [row["topic"] for row in csv.DictReader(handle)]


def nmi(a, b):
    """2 I(a; b) / (H(a) + H(b))."""
    n = len(a)
    of_a, of_b, both = collections.Counter(a), collections.Counter(b), collections.Counter(zip(a, b, strict=True))
    mutual = sum(c / n * math.log(c * n / (of_a[x] * of_b[y])) for (x, y), c in both.items())
    entropies = -sum(c / n * math.log(c / n) for counts in (of_a, of_b) for c in counts.values())
    return 2 * mutual / entropies


def tokens(text):
    """Words of Latin letters; Chinese by two characters, as k-means of the shelf would be given it."""
    han = re.findall(r"[一-鿿]+", text)
    return set(re.findall(r"[a-z']{3,}", text.lower())) | {run[i:i + 2] for run in han for i in range(len(run) - 1)}


def plain_k_means(texts, groups, passes=8):
    """Spherical k-means over TF-IDF from random texts."""
    bags = [tokens(text) for text in texts]
    with_word = collections.Counter(word for bag in bags for word in bag)
    idf = {word: math.log((1 + len(texts)) / (1 + n)) + 1 for word, n in with_word.items() if n >= 3}
    points = []
    for bag in bags:
        point = {word: idf[word] for word in bag if word in idf}
        length = math.sqrt(sum(value * value for value in point.values())) or 1
        points.append({word: value / length for word, value in point.items()})
    centres = [dict(points[i]) for i in random.Random(1).sample(range(len(points)), groups)]
    of = []
    for _ in range(passes):
        by_word = collections.defaultdict(list)
        for g, centre in enumerate(centres):
            for word, value in centre.items():
                by_word[word].append((g, value))
        of = []
        for point in points:
            near = [0.0] * groups
            for word, value in point.items():
                for g, weight in by_word[word]:
                    near[g] += value * weight
            of.append(max(range(groups), key=near.__getitem__))
        centres = [collections.Counter() for _ in range(groups)]
        for g, point in zip(of, points, strict=True):
            for word, value in point.items():
                centres[g][word] += value
        for g, centre in enumerate(centres):
            length = math.sqrt(sum(value * value for value in centre.values())) or 1
            centres[g] = {word: value / length for word, value in centre.items()}
    return of


# name, rows, topics (as many as the column has groups), least NMI of all rows
SETS = [
    ("online_shopping_10_cats", shopping, 10, 0.58),
    ("banking77", banking, 77, 0.60),
    ("airline_tweets", airline, 9, 0.20),
]


def play(binary, name, reader, topics, least):
    """(passed, line) of each thing that is held against a goal."""
    rows = reader()
    answer, of = found_in(binary, rows, topics)
    counted = nmi([label for label, _ in rows], of)
    yield (counted >= least and abs(counted - answer["nmi"]) < 1e-9,
           f"{name}: {len(rows)} texts, {topics} topics, NMI {counted:.4f} (at least {least}; said {answer['nmi']:.4f}),"
           f" stability {answer['stability']:.3f}, coherence {answer['coherence']:.3f},"
           f" {answer['texts_per_second']:.0f} texts/s")
    some = rows[::max(1, len(rows) // BASELINE_TEXTS)]
    labels = [label for label, _ in some]
    ours = nmi(labels, found_in(binary, some, topics)[1])
    plain = nmi(labels, plain_k_means([text for _, text in some], topics))
    yield ours > plain, f"{name}: {len(some)} texts, NMI {ours:.4f} against {plain:.4f} of a plain k-means"


def complaints(binary):
    rows = [("", row["Customer Complaint"]) for row in read("comcast_complaints", "Comcast_telecom_complaints_data.csv.gz")]
    rows = [(str(i % 2), text) for i, (_, text) in enumerate(rows)]  # a label that has nothing to do with the texts
    answer, of = found_in(binary, rows)
    names = [f"{topic['name']} ({topic['texts']}, {topic['stability']:.2f})" for topic in answer["topics"]]
    sizes = collections.Counter(of)
    yield (answer["nmi"] < 0.01 and [sizes[str(t + 1)] for t in range(len(names))] ==
           [topic["texts"] for topic in answer["topics"]] and sizes[""] == answer["without"],
           f"comcast_complaints: {len(names)} topics of {len(rows)} texts, stability {answer['stability']:.3f},"
           f" NMI with a column of chance {answer['nmi']:.4f}: {'; '.join(names)}")
    shares = []
    for t, topic in enumerate(answer["topics"]):
        for word in topic["words"][:3]:
            has = [word["word"] in re.findall(r"[a-z0-9']+", text.lower()) for _, text in rows]
            inside = sum(h for h, o in zip(has, of, strict=True) if o == str(t + 1)) / sizes[str(t + 1)]
            outside = sum(h for h, o in zip(has, of, strict=True) if o != str(t + 1)) / (len(rows) - sizes[str(t + 1)])
            shares.append(inside > outside)
    yield all(shares), f"comcast_complaints: {sum(shares)} of {len(shares)} naming words are commoner in their topic"
    again, _ = found_in(binary, rows)
    yield again["topics"] == answer["topics"], "comcast_complaints: the same topics on a second run"
    few, _ = found_in(binary, rows[:40])
    yield few.get("error", {}).get("code") == "too_few_rows", f"40 complaints: {few.get('error', few)}"


def main():
    args = arguments(__doc__).parse_args()
    tally = Tally(args.words)
    for name, *rest in SETS:
        if tally.wants(name, name):
            for good, line in play(args.bin, name, *rest):
                tally.tell(good, line)
    if tally.wants("comcast_complaints", "comcast_complaints"):
        for good, line in complaints(args.bin):
            tally.tell(good, line)
    tally.end()


if __name__ == "__main__":
    main()
