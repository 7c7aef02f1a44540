#!/usr/bin/env python3
"""The best channel for a customer, against the same worked out here another way: customers drawn here, whose shares are
estimated on a grid of both parameters of the beta-binomial distribution, and probabilities by drawing; and real calls to a
bank, whose one channel leaves nothing to choose from.

channel_best.py --bin build/release [WORD...]     the cases whose name contains a word; all without

Calls come from ../shared/data (or $ZHIKE_DATA); what is absent is skipped, and counted so. Standard library only."""
import collections
import csv
import datetime
import math
import pathlib
import random
import tempfile

from channels import zhike
from tally import DATA, Tally, arguments

MAPPING = """source = "visits"
pattern = "*events*"
zone = "UTC"
required = ["id", "name"]

[[event]]
name = "{name}"
time = "{at}"
id = "e:{id}"
identifiers = [{kind = "user_id", column = "who"}]
channel = "{channel}"
"""
PLANTED = {"web": (0.15, 6.0), "app": (0.30, 3.0), "store": (0.45, 20.0)}  # mean share of visits with an order; size
CUSTOMERS = 1200


def lived(chance):
    """Events, and of each customer by channel how many visits and how many of them with an order. Everybody uses the terminal most."""
    rows, histories = [], []
    begin = datetime.datetime(2026, 1, 1)
    for who in range(CUSTOMERS):
        mine = {}
        for _ in range(25):
            rows.append({"at": begin.isoformat(), "who": f"u{who}", "name": "Door Opened", "channel": "kiosk"})
        for place, (channel, (mean, size)) in enumerate(PLANTED.items()):
            share = chance.betavariate(mean * size, (1 - mean) * size)
            visits = chance.randrange(0, 8)
            hits = 0
            for visit in range(visits):
                at = begin + datetime.timedelta(days=visit, hours=place, minutes=chance.randrange(50))
                rows.append({"at": at.isoformat(), "who": f"u{who}", "name": "Product Viewed", "channel": channel})
                if chance.random() < share:
                    hits += 1
                    rows.append({"at": (at + datetime.timedelta(minutes=7)).isoformat(), "who": f"u{who}", "name": "Order Placed", "channel": channel})
            if visits:
                mine[channel] = (visits, hits)
        histories.append(mine)
    for number, row in enumerate(rows):
        row["id"] = number
    return rows, histories


def beta_binomial(pairs):
    """Mean and size of largest likelihood, by a grid that closes in."""
    counts = collections.Counter(pairs)
    def likelihood(mean, log_size):
        a, b = mean * math.exp(log_size), (1 - mean) * math.exp(log_size)
        return sum(times * (math.lgamma(a + h) + math.lgamma(b + n - h) - math.lgamma(a + b + n) - math.lgamma(a) - math.lgamma(b) + math.lgamma(a + b)) for (n, h), times in counts.items())
    mean, size, wide, tall = 0.4, 2.0, 0.35, 3.0
    for _ in range(7):
        mean, size = max(((m, s) for m in (mean + wide * k / 6 for k in range(-6, 7)) if 0.001 < m < 0.999 for s in (size + tall * k / 6 for k in range(-6, 7))), key=lambda of: likelihood(*of))
        wide, tall = wide / 3, tall / 3
    return mean, math.exp(size)


def drawn(binary, folder):
    chance = random.Random(11)
    rows, histories = lived(chance)
    with open(folder / "events.csv", "w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, ["id", "at", "who", "name", "channel"])
        writer.writeheader()
        writer.writerows(rows)
    (folder / "map.toml").write_text(MAPPING, encoding="utf-8")
    data = folder / "data"
    zhike(binary, data, "import", folder / "events.csv", "--map", folder / "map.toml")
    told = zhike(binary, data, "channel", "best", "--purpose", "buy", "--sample", 5000, "--out", folder / "best.csv")
    yield told["customers"] == told["drawn"] == CUSTOMERS, f"drawn: all of {told['drawn']} customers"
    named = {one["channel"]: one["customers"] for one in told["items"]}
    yield named.get("store", 0) > named.get("app", 0) > named.get("web", 0), f"drawn: as planted, {named}, refused {told['refused']}"
    fits = {channel: beta_binomial([mine[channel] for mine in histories if channel in mine]) for channel in PLANTED}
    for channel, (mean, size) in fits.items():
        planted = PLANTED[channel]
        yield abs(mean - planted[0]) < 0.03 and 0.6 < size / planted[1] < 1.7, f"drawn: {channel}: share {mean:.3f}, size {size:.1f}, planted {planted}"
    expect = lambda channel, n, h: (fits[channel][0] * fits[channel][1] + h) / (fits[channel][1] + n)
    with open(folder / "best.csv", encoding="utf-8", newline="") as lines:
        found = list(csv.DictReader(lines))
    away = max(abs(float(row["expected"]) - expect(row["first"], int(row["own_n"]), int(row["own_hits"]))) for row in found)
    yield away < 0.012, f"drawn: expected shares of {len(found)} customers as the grid has them, at most {away:.4f} away"
    yield all((float(row["probability"]) >= 0.8) == (row["best"] != "") for row in found), "drawn: a channel is named where its probability is 80 %"
    known = collections.Counter(tuple(sorted(mine.items())) for mine in histories)
    for row in chance.sample(found, 6):
        one = zhike(binary, data, "channel", "best", row["customer_id"], "--purpose", "buy")
        own = {item["channel"]: (item["own"]["n"], item["own"]["hits"]) for item in one["items"] if item["own"]["n"]}
        wins, draws = collections.Counter(), 20_000
        for _ in range(draws):
            value = {}
            for item in one["items"]:
                n, h = own.get(item["channel"], (0, 0))
                mean, size = fits[item["channel"]]
                value[item["channel"]] = chance.betavariate(mean * size + h, (1 - mean) * size + n - h)
            wins[max(value, key=value.get)] += 1
        off = max(abs(item["best"] - wins[item["channel"]] / draws) for item in one["items"])
        yield known[tuple(sorted(own.items()))] > 0 and off < 0.03 and (one["best"], one["why"]) == (row["best"], row["why"]), f"drawn: {own}: probabilities within {off:.3f} of drawing"
    dear = zhike(binary, data, "channel", "best", "--purpose", "buy", "--sample", 5000, "--worth", 10, "--cost", "store=9", "--cost", "app=0", "--cost", "web=0")
    yield not any(one["channel"] == "store" for one in dear["items"]), "drawn: a channel that costs more than it brings is nobody's best"


def bank(binary, folder):
    file = DATA / "anonymous_bank_calls" / "anonymous_bank_february_1999.tsv.gz"
    zhike(binary, folder, "import", "--preset", "anonymous_bank_calls", file)
    told = zhike(binary, folder, "channel", "best", "--purpose", "get_through", "--sample", 300)
    yield told["drawn"] > 100 and told["items"] == [] and {one["why"] for one in told["refused"]} <= {"one_channel", "no_channel"}, f"bank: one channel is no choice, {told['refused']}"


def main():
    args = arguments(__doc__).parse_args()
    tally = Tally(args.words)
    for name, data, play in (("drawn", ".", drawn), ("bank", "anonymous_bank_calls", bank)):
        if tally.wants(name, data):
            with tempfile.TemporaryDirectory(prefix="zhike-channel-best-") as temporary:
                for good, line in play(args.bin, pathlib.Path(temporary)):
                    tally.tell(good, line)
    tally.end()


if __name__ == "__main__":
    main()
