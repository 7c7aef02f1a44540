#!/usr/bin/env python3
"""What the store says of real comments, imported as any file is, against what `zhike text sentiment` and `zhike text
aspects` say of the same texts.

comments.py --bin build/release [--rows N] [WORD...]     the sets whose name contains a word; all without

Sets come from ../shared/data (or $ZHIKE_DATA); one whose folder is absent is skipped, and counted so. Standard library
only."""
import csv
import gzip
import io
import json
import pathlib
import subprocess
import tempfile
import time

from tally import DATA, Tally, arguments

# Reviews without a time and an author: each is a case of its own, an hour apart.
SHOPPING = """source = "shop_reviews"
pattern = "*reviews*"
zone = "Asia/Shanghai"
required = ["id", "review"]

[[event]]
name = "Review Posted"
time = "{at}"
id = "review:{id}"
identifiers = [{kind = "order_id", value = "review:{id}"}]
channel = "web"
unit = "{cat}"
case = "{id}"
text = "{review}"
"""


def run(binary, *words):
    done = subprocess.run([str(binary.resolve() / "zhike"), *map(str, words)], capture_output=True, text=True, timeout=900,
                          check=False)
    if done.returncode not in (0, 3):
        raise RuntimeError(f"{words}: {done.stdout[-500:]} {done.stderr[-500:]}")
    return done.stdout


def rows_of(path, name):
    with io.TextIOWrapper(gzip.open(path, "rb"), encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row[name].strip()]


def shopping(folder, most):
    rows = rows_of(DATA / "online_shopping_10_cats" / "online_shopping_10_cats_dev70.csv.gz", "review")
    rows = rows[::max(1, len(rows) // most)][:most]
    file = folder / "reviews.csv"
    with open(file, "w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["id", "at", "cat", "review"])
        for number, row in enumerate(rows):
            at = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(1_700_000_000 + 3600 * number))
            writer.writerow([number, at, row["cat"], row["review"]])
    mapping = folder / "reviews.toml"
    mapping.write_text(SHOPPING, encoding="utf-8")
    return file, "review", ["--map", mapping]


def tweets(_folder, _most):
    return DATA / "airline_tweets" / "Tweets.csv.gz", "text", ["--preset", "airline_tweets"]


def share(found, tone):
    return sum(1 for one in found if one == tone) / max(1, len(found))


def play(binary, read, most):
    """(passed, line) of each thing that must hold."""
    with tempfile.TemporaryDirectory(prefix="zhike-comments-") as temporary:
        folder = pathlib.Path(temporary)
        data, stored, told = folder / "data", folder / "stored.csv", folder / "told.csv"
        file, column, how = read(folder, most)
        begin = time.monotonic()
        imported = json.loads(run(binary, "import", file, *how, "--data", data, "--json"))
        report = json.loads(run(binary, "text", "report", "--data", data, "--json", "--where", "from=2000-01-01"))
        seconds = time.monotonic() - begin
        yield (report["read"] == imported["stored"] - imported["duplicates"] or report["read"] == imported["stored"],
               f"{report['read']} of {imported['stored']} stored comments were read, {seconds:.1f} s with the import")

        query = ("SELECT text, sentiment, language, arrayStringConcat(arraySort(aspects), ' ') AS found FROM readings "
                 "INNER JOIN events USING (event_id) ORDER BY event_id")
        stored.write_text(run(binary, "sql", "--data", data, "--format", "CSVWithNames", query), encoding="utf-8")
        with open(stored, encoding="utf-8", newline="") as lines:
            kept = list(csv.DictReader(lines))
        run(binary, "text", "sentiment", stored, "--column", "text", "--out", told)
        with open(told, encoding="utf-8", newline="") as lines:
            said = {int(row["row"]): row["sentiment"] for row in csv.DictReader(lines)}
        judged = [(row["sentiment"], said[number]) for number, row in enumerate(kept, 1) if row["language"] != "other"]
        same = sum(a == b for a, b in judged)
        yield len(judged) > 0.95 * len(kept) and same == len(judged), \
            f"sentiment of {len(judged)} stored texts: {same} as `zhike text sentiment` has them"
        unjudged = [row for row in kept if row["language"] == "other"]
        yield all(row["sentiment"] == "" for row in unjudged) and report["unknown"] == len(unjudged), \
            f"{len(unjudged)} in other languages have none"

        counts = {tone: report[tone]["count"] for tone in ("negative", "neutral", "positive")}
        yield counts == {tone: sum(a == tone for a, _ in judged) for tone in counts}, f"the report counts {counts}"

        # Of the file itself: scrubbing of phone numbers and the like may turn a few.
        run(binary, "text", "sentiment", file, "--column", column, "--out", told)
        with open(told, encoding="utf-8", newline="") as lines:
            raw = [row["sentiment"] for row in csv.DictReader(lines) if row["sentiment"]]
        apart = max(abs(share(raw, tone) - share([a for a, _ in judged], tone)) for tone in counts)
        yield apart <= 0.005, f"shares of the file itself differ by {apart:.4f} at most (0.005)"

        run(binary, "text", "aspects", stored, "--column", "text", "--out", told)
        with open(told, encoding="utf-8", newline="") as lines:
            named = {}
            for row in csv.DictReader(lines):
                named.setdefault(int(row["row"]), set()).add(row["aspect"])
        wrong = sum(set(row["found"].split()) != named.get(number, set())
                    for number, row in enumerate(kept, 1) if row["language"] != "other")
        yield wrong == 0, f"aspects of {wrong} texts are not those of `zhike text aspects`"


def main():
    parser = arguments(__doc__)
    parser.add_argument("--rows", type=int, default=6000, help="reviews of online_shopping_10_cats")
    args = parser.parse_args()
    tally = Tally(args.words)
    for name, read in (("airline_tweets", tweets), ("online_shopping_10_cats", shopping)):
        if tally.wants(name, name):
            for good, line in play(args.bin, read, args.rows):
                tally.tell(good, f"{name}: {line}")
    tally.end()


if __name__ == "__main__":
    main()
