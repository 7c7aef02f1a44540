#!/usr/bin/env python3
"""Brand reputation of six airlines from real tweets: what `zhike reputation` counts against plain counts of the file.

reputation.py --bin build/release [WORD...]     the steps whose name contains a word; all without

Sets come from ../shared/data (or $ZHIKE_DATA); one whose folder is absent is skipped, and counted so. Standard library
only."""
import csv
import datetime
import gzip
import io
import json
import math
import pathlib
import re
import subprocess
import tempfile
import zoneinfo

from tally import DATA, Tally, arguments

# As people call them; "Delta" and "United" are declared by the mapping too.
BRANDS = {"united": ("United", []), "us_airways": ("US Airways", []), "american": ("American", ["American Airlines", "AmericanAir"]),
          "southwest": ("Southwest", ["SouthwestAir"]), "delta": ("Delta", []), "virgin": ("Virgin America", [])}
WHERE = ["--where", "from=2015-02-01", "--where", "to=2015-03-01"]
DECLARED = {"United": "united", "US Airways": "us_airways", "American": "american", "Southwest": "southwest", "Delta": "delta",
            "Virgin America": "virgin"}

HERE = zoneinfo.ZoneInfo("Asia/Shanghai")  # where an installation's days begin unless it says otherwise


def run(binary, *words):
    done = subprocess.run([str(binary.resolve() / "zhike"), *map(str, words)], capture_output=True, text=True, timeout=900,
                          check=False)
    if done.returncode not in (0, 3):
        raise RuntimeError(f"{words}: {done.stdout[-500:]} {done.stderr[-500:]}")
    return done.stdout


def tweets():
    """Each tweet once, as the first line has it."""
    seen = {}
    with io.TextIOWrapper(gzip.open(DATA / "airline_tweets" / "Tweets.csv.gz", "rb"), encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            seen.setdefault(row["tweet_id"], row)
    return list(seen.values())


def pattern(name):
    """A name as whole words, blanks as any run of them or none."""
    words = [re.escape(word) for word in re.split(r"[\s_-]+", name)]
    return re.compile(r"(?<![A-Za-z0-9])" + r"[\s_-]*".join(words) + r"(?![A-Za-z0-9])", re.IGNORECASE)


def named(row):
    out = {DECLARED[row["airline"]]}
    for key, (name, more) in BRANDS.items():
        if any(pattern(one).search(row["text"]) for one in (name, *more)):
            out.add(key)
    return out


def wilson(hits, n, z):
    middle = (hits + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * math.sqrt(hits * (n - hits) / n + z * z / 4)
    return middle - half, middle + half


def play(binary):
    """(step, passed, line) of each thing that must hold."""
    rows = tweets()
    with tempfile.TemporaryDirectory(prefix="zhike-reputation-") as temporary:
        folder = pathlib.Path(temporary)
        data = folder / "data"
        brands = folder / "brands.json"
        brands.write_text(json.dumps({"items": [{"key": key, "own": key == "united", "name_en": name, "names": more}
                                                for key, (name, more) in BRANDS.items()]}), encoding="utf-8")
        run(binary, "import", DATA / "airline_tweets" / "Tweets.csv.gz", "--preset", "airline_tweets", "--data", data, "--json")
        run(binary, "reputation", "brands", "--set", brands, "--data", data, "--json")
        report = json.loads(run(binary, "reputation", "report", "--data", data, "--json", *WHERE))

        counts = {key: 0 for key in BRANDS}
        plain = {key: 0 for key in BRANDS}
        for row in rows:
            plain[DECLARED[row["airline"]]] += 1
            for key in named(row):
                counts[key] += 1
        found = {one["key"]: one for one in report["brands"]}
        yield "counts", report["posts"] == len(rows) and report["nameless"] == 0, f"{report['posts']} posts of {len(rows)}"
        yield "counts", {key: one["mentions"] for key, one in found.items()} == counts, \
            f"mentions {({key: one['mentions'] for key, one in found.items()})}, by plain search {counts}"
        yield "counts", all(counts[key] >= plain[key] for key in counts), f"at least those that the file names: {plain}"
        total = sum(counts.values())
        z = 2.6382572734  # of 1 - 0.05 / 12: six brands together
        apart = max(abs(found[key]["share"][end] - wilson(n, total, z)[side])
                    for key, n in counts.items() for side, end in enumerate(("low", "high")))
        yield "share", apart < 1e-9 and abs(sum(one["share"]["value"] for one in found.values()) - 1) < 1e-9, \
            f"shares of voice add up to 1; limits are within {apart:.1e} of Wilson's at 1 - 0.05 / 6"

        # What the readings have, brand by brand, by their events.
        kept = run(binary, "sql", "--data", data, "--format", "CSVWithNames",
                   "SELECT case_id, sentiment FROM readings WHERE reading = (SELECT max(reading) FROM readings)")
        tones = {row["case_id"]: row["sentiment"] for row in csv.DictReader(io.StringIO(kept))}
        wanted = {key: {"negative": 0, "neutral": 0, "positive": 0} for key in BRANDS}
        for row in rows:
            tone = tones.get(row["tweet_id"], "")
            for key in named(row) if tone else ():
                wanted[key][tone] += 1
        same = all(found[key][tone]["count"] == n for key, of in wanted.items() for tone, n in of.items())
        yield "sentiment", same, "negative, neutral and positive of each airline are those of the readings"
        net = {key: 100 * (of["positive"] - of["negative"]) / sum(of.values()) for key, of in wanted.items()}
        yield "sentiment", all(abs(found[key]["net"]["value"] - value) < 1e-9 for key, value in net.items()), \
            "net sentiment: " + ", ".join(f"{key} {value:.1f}" for key, value in sorted(net.items(), key=lambda one: one[1]))
        yield "sentiment", max(net, key=net.get) == "virgin" and net["us_airways"] < net["southwest"], \
            "Virgin America is liked best, and US Airways less than Southwest, as the labels of the set have it"

        yield from further(binary, data, rows, report, counts)


def further(binary, data, rows, report, counts):
    """By day and by hour, bursts, and posts that repeat one another."""
    found = {one["key"]: one for one in report["brands"]}
    days = {}
    zone = zoneinfo.ZoneInfo("America/Los_Angeles")
    for row in rows:
        at = datetime.datetime.strptime(row["tweet_created"], "%m/%d/%Y %H:%M").replace(tzinfo=zone)
        days.setdefault(at.astimezone(HERE).date(), []).append(named(row))
    series = {datetime.datetime.fromisoformat(at.replace("Z", "+00:00")).astimezone(HERE).date(): found["united"]["series"][i]
              for i, at in enumerate(report["at"])}
    same = all(sum("united" in one for one in posts) == series.get(day) for day, posts in days.items())
    yield "counts", same and sum(series.values()) == counts["united"], "mentions by day are those of the file"

    bursts = json.loads(run(binary, "reputation", "bursts", "--data", data, "--json", *WHERE))
    hours = {one["brand"]: one for one in bursts["hours"]}
    yield "bursts", all(sum(one["counts"]) == counts[key] for key, one in hours.items()), "hours add up to the mentions"
    tested = hours["united"]["tested"]
    yield "bursts", 0 < tested < 48, f"{tested} hours had a week of history before them; {len(bursts['items'])} bursts"
    right = all(one["p_value"] < bursts["limit"] and one["mentions"] > one["expected"] and one["mentions"] >= bursts["least"]
                for one in bursts["items"])
    yield "bursts", right, "each burst has more than was expected, beyond the limit"

    posts = json.loads(run(binary, "reputation", "posts", "--data", data, "--json", "--order", "posts", "--count", 5, *WHERE))
    top = posts["items"][0]
    yield "posts", posts["posts"] == len(rows) and posts["texts"] < len(rows) and top["posts"] >= 5, \
        f"{posts['posts']} posts are {posts['texts']} texts; the commonest stands there {top['posts']} times"


def main():
    args = arguments(__doc__).parse_args()
    tally = Tally(args.words)
    if tally.wants("airline_tweets", "airline_tweets"):
        for step, good, line in play(args.bin):
            tally.tell(good, f"{step}: {line}")
    tally.end()


if __name__ == "__main__":
    main()
