#!/usr/bin/env python3
"""The budget response of channels on planted worlds, whose truth is known: `zhike channel budget FILE` against a search
over a grid worked out here, and its intervals against the truth.

budget.py --bin build/release [WORD...]     the parts whose name contains a word; all without

Worlds are drawn here; no data set is needed. Standard library only."""
import csv
import datetime
import itertools
import json
import math
import pathlib
import random
import subprocess
import tempfile

from tally import Tally, arguments

WORLDS, DRAWS = 40, 100
MONDAY = datetime.date(2021, 1, 4)
CHANNELS = {"tv": (0.3, 80, 2.0), "search": (0.5, 300, 0.6), "mail": (0.0, 120, 1.0)}  # carry, half, slope


def stock_of(spend, carry):
    out, stock = [], sum(spend) / len(spend)
    for x in spend:
        stock = (1 - carry) * x + carry * stock
        out.append(stock)
    return out


def brings(stock, half, slope):
    return slope * stock * half / (stock + half) if half else slope * stock


def world(seed, channels=CHANNELS, weeks=156, noise=10.0):
    """(spend by channel, outcome by week, what each channel brought in all)"""
    chance = random.Random(seed)
    spend = {}
    for name in channels:
        level, values = 0.0, []
        for t in range(weeks):
            if t % 4 == 0:
                level = chance.uniform(20, 220)
            values.append(0.0 if chance.random() < 0.2 else level * chance.uniform(0.5, 1.5))
        spend[name] = values
    outcome = [100 + 0.2 * t + noise * chance.gauss(0, 1) for t in range(weeks)]
    brought = {}
    for name, (carry, half, slope) in channels.items():
        due = [brings(a, half, slope) for a in stock_of(spend[name], carry)]
        brought[name] = sum(due)
        outcome = [y + d for y, d in zip(outcome, due)]
    return spend, outcome, brought


def week(t):
    year, number, _ = (MONDAY + datetime.timedelta(weeks=t)).isocalendar()
    return f"{year}-W{number:02}"


class Folder:
    def __init__(self, binary, path):
        self.zhike, self.path = binary.resolve() / "zhike", pathlib.Path(path)

    def ask(self, spend, outcome, *more, wide=False, period=week):
        path = self.path / "weeks.csv"
        with open(path, "w", encoding="utf-8", newline="") as file:
            out = csv.writer(file)
            out.writerow(["period", *spend, "outcome"] if wide else ["period", "channel", "spend", "outcome"])
            for t, y in enumerate(outcome):
                if wide:
                    out.writerow([period(t), *(repr(values[t]) for values in spend.values()), repr(y)])
                else:
                    out.writerows([period(t), name, repr(values[t]), repr(y)] for name, values in spend.items())
        return self.run(path, *(["--columns", *spend] if wide else []), *more)

    def run(self, path, *more):
        done = subprocess.run([str(self.zhike), "channel", "budget", str(path), "--json", *more], capture_output=True,
                              text=True, timeout=300, check=False)
        return json.loads(done.stdout)


def by_name(found):
    return {one["channel"]: one for one in found["channels"]}


def solve(matrix, right):
    """Gauss with pivots."""
    rows = [row[:] + [b] for row, b in zip(matrix, right)]
    for i in range(len(rows)):
        pivot = max(range(i, len(rows)), key=lambda r: abs(rows[r][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        for r in range(len(rows)):
            if r != i:
                part = rows[r][i] / rows[i][i]
                rows[r] = [a - part * b for a, b in zip(rows[r], rows[i])]
    return [row[-1] / row[i] for i, row in enumerate(rows)]


def left_over(columns, outcome):
    """Least sum of squares of the outcome on a constant, a trend, waves of a year, and columns whose slopes are not
    negative, by trying every set of columns that are used: the plain definition of non-negative least squares."""
    n = len(outcome)
    waves = [[f(2 * math.pi * t / (365.25 / 7)) for t in range(n)] for f in (math.sin, math.cos)] if n >= 104 else []
    base = [[1.0] * n, [-1 + 2 * t / (n - 1) for t in range(n)], *waves]
    best = math.inf
    for size in range(len(columns) + 1):
        for used in itertools.combinations(columns, size):
            design = base + list(used)
            gram = [[math.fsum(a * b for a, b in zip(p, q)) for q in design] for p in design]
            slopes = solve(gram, [math.fsum(a * y for a, y in zip(p, outcome)) for p in design])
            if min(slopes[len(base):], default=0) < 0:
                continue
            rest = [y - sum(s * c[t] for s, c in zip(slopes, design)) for t, y in enumerate(outcome)]
            best = min(best, math.fsum(r * r for r in rest))
    return best


def recovered(folder):
    spend, outcome, brought = world(3, noise=0.0)
    found = by_name(folder.ask(spend, outcome, "--resamples", "0"))
    for name, (carry, half, slope) in CHANNELS.items():
        one = found[name]
        good = abs(one["carry"] - carry) < 2e-3 and abs(one["slope"] / slope - 1) < 5e-3 and one["half"] and abs(one["half"] / half - 1) < 2e-2
        yield good, f"without noise {name} comes back: {one['carry']:.3f} {one['half']:.1f} {one['slope']:.3f}"
        yield abs(one["share"]["value"] * sum(outcome) / brought[name] - 1) < 1e-3, f"and what it brought, {brought[name]:.0f}"


def searched(folder):
    two = {name: CHANNELS[name] for name in ("tv", "search")}
    for seed in (5, 6):
        spend, outcome, _ = world(seed, two, weeks=120, noise=20)
        found = folder.ask(spend, outcome, "--resamples", "0")
        mean = sum(outcome) / len(outcome)
        all_of = math.fsum((y - mean) ** 2 for y in outcome)
        least = math.inf
        for carries in itertools.product((0, 0.2, 0.4, 0.6, 0.8), repeat=2):
            for halves in itertools.product((50, 150, 600, 0), repeat=2):
                columns = [[brings(a, h, 1) for a in stock_of(x, c)] for x, c, h in zip(spend.values(), carries, halves)]
                least = min(least, left_over(columns, outcome))
        at = [[brings(a, one["half"] or 0, 1) for a in stock_of(spend[one["channel"]], one["carry"])] for one in found["channels"]]
        own = left_over(at, outcome)
        yield abs(found["r2"] - (1 - own / all_of)) < 1e-6, f"seed {seed}: R² {found['r2']:.6f} is that of its curves by every set of columns"
        yield own <= least * (1 + 1e-9), f"seed {seed}: nothing on a grid of 400 fits better: {own:.1f}, {least:.1f}"


def divided(folder):
    for seed in (11, 12):
        spend, outcome, _ = world(seed)
        found = folder.ask(spend, outcome, "--resamples", "0")
        one = found["channels"]
        def gain(parts):
            return sum(brings(p, c["half"] or 0, c["slope"]) - brings(c["present"], c["half"] or 0, c["slope"]) for p, c in zip(parts, one))
        yield abs(sum(c["better"] for c in one) - found["total"]) < 1e-6 * found["total"], f"seed {seed}: the same total {found['total']:.1f} is divided"
        yield abs(gain([c["better"] for c in one]) - found["gain"]["value"]) < 1e-6, f"seed {seed}: the gain is that of its curves"
        best = 0
        for a, b in itertools.product(range(201), repeat=2):
            parts = [one[0]["least"] + (one[0]["most"] - one[0]["least"]) * a / 200, one[1]["least"] + (one[1]["most"] - one[1]["least"]) * b / 200]
            parts.append(found["total"] - sum(parts))
            if one[2]["least"] <= parts[2] <= one[2]["most"]:
                best = max(best, gain(parts))
        yield -1e-9 <= found["gain"]["value"] - best < 0.05 + 0.01 * best, f"seed {seed}: of 40,401 divisions none is better: {found['gain']['value']:.3f}, {best:.3f}"


def held(folder):
    """How often the intervals of 95 % hold the truth. Between binomial bounds that a right one leaves once in thousands."""
    hits = {key: [0, 0] for key in ("share", "average", "marginal", "gain")}
    for seed in range(100, 100 + WORLDS):
        spend, outcome, brought = world(seed)
        found = folder.ask(spend, outcome, "--resamples", str(DRAWS))
        gained = 0.0
        for name, (_, half, slope) in CHANNELS.items():
            one = by_name(found)[name]
            truth = {"share": brought[name] / sum(outcome), "average": brought[name] / sum(spend[name]),
                     "marginal": slope * (half / (one["present"] + half)) ** 2}
            gained += brings(one["better"], half, slope) - brings(one["present"], half, slope)
            for key, value in truth.items():
                hits[key][0] += one[key]["low"] <= value <= one[key]["high"]
                hits[key][1] += 1
        hits["gain"][0] += found["gain"]["low"] <= gained <= found["gain"]["high"]
        hits["gain"][1] += 1
    for key, (hit, of) in hits.items():
        yield hit / of >= (0.86 if of > WORLDS else 0.8), f"the interval of the {key} holds the truth in {hit} of {of}"


def nothing(folder):
    planted = {**CHANNELS, "mail": (0.5, 100, 0.0)}
    told = 0
    for seed in range(200, 200 + WORLDS // 2):
        spend, outcome, _ = world(seed, planted)
        told += by_name(folder.ask(spend, outcome, "--resamples", str(DRAWS)))["mail"]["share"]["low"] > 0
    yield told <= 3, f"a channel that brings nothing is said to bring something in {told} of {WORLDS // 2} worlds"


def shaped(folder):
    spend, outcome, _ = world(21)
    found = folder.ask(spend, outcome, "--resamples", "50")
    for one in found["channels"]:
        values = [point["value"] for point in one["curve"]]
        steps = [b - a for a, b in zip(values, values[1:])]
        yield min(steps) >= 0 and all(b <= a + 1e-9 for a, b in zip(steps, steps[1:])), f"{one['channel']}: more spend brings more, and less and less of it"
        yield all(point["low"] <= point["high"] for point in one["curve"]) and one["share"]["low"] >= 0, f"{one['channel']}: intervals"
    whole = found["base"]["value"] + sum(one["share"]["value"] for one in found["channels"])
    yield abs(whole - 1) < 1e-9, "base and channels are the whole outcome"
    yield folder.ask(spend, outcome, "--resamples", "50") == found, "the same seed gives the same answer"
    wide = folder.ask(spend, outcome, "--resamples", "50", wide=True)
    yield [c["share"] for c in wide["channels"]] == [c["share"] for c in found["channels"]], "a column for each channel says the same"
    cents = folder.ask({name: [100 * x for x in values] for name, values in spend.items()}, outcome, "--resamples", "0")
    same = all(abs(a["share"]["value"] - b["share"]["value"]) < 1e-4 for a, b in zip(cents["channels"], found["channels"]))
    yield same, "spend in cents brings the same"


def refused(folder):
    spend, outcome, _ = world(31)
    def why(*asked, **how):
        found = folder.ask(*asked, "--resamples", "0", **how)
        return found.get("error", {}).get("code") or (found["refused"][0]["issue"] if found["refused"] else "answered")
    short = {name: values[:30] for name, values in spend.items()}
    yield why(spend, outcome) == "answered", "a good file is answered"
    yield why(short, outcome[:30]) == "too_few_periods", "30 weeks are too few for three channels"
    yield why(spend, [0] * len(outcome)) == "no_outcome", "an outcome of 0"
    yield why({"tv": [50.0] * len(outcome)}, outcome) == "nothing_varies", "spend that never changes"
    twin = {**spend, "radio": [0.5 * x + 1 for x in spend["tv"]]}
    yield why(twin, outcome) == "move_together", "two channels that move together"
    yield why(spend, outcome, period=lambda t: week(t + (t > 80))) == "gap", "a week without an entry"
    found = folder.ask(spend, outcome, "--grain", "month")
    yield found["refused"][0]["issue"] == "coarse", "weeks are not months"
    chance = random.Random(1)
    after = [100 + 15 * chance.gauss(0, 1) for _ in outcome]
    after_spend = {"search": [max(0.0, y - 60 + 3 * chance.gauss(0, 1)) for y in [100.0] + after[:-1]]}
    noted = [note["issue"] for note in folder.ask(after_spend, after, "--resamples", "0")["notes"]]
    yield "spend_follows_outcome" in noted, f"spend that follows the outcome is told: {noted}"
    path = folder.path / "wrong.csv"
    for text, what in (("period,channel,spend,outcome\n2024-W01,tv,-1,5\n", "spend below 0"), ("period,channel,spend,outcome\n2024-W01,tv,1,5\n2024-W01,tv,1,5\n", "a row that stands there twice"),
                       ("period,channel,spend,outcome\nsoon,tv,1,5\n", "a period that is none"), ("period,channel,spend,outcome\n2024-W01,tv,1,5\n2024-W01,mail,1,6\n", "two outcomes of one week")):
        path.write_text(text, encoding="utf-8")
        yield folder.run(path).get("error", {}).get("code") == "bad_field", what
    path.write_text("week,channel,spend,outcome\n2024-W01,tv,1,5\n", encoding="utf-8")
    yield folder.run(path)["error"]["code"] == "driver_column_missing", "a column that is missing"


PARTS = (recovered, searched, divided, shaped, refused, nothing, held)


def main():
    args = arguments(__doc__).parse_args()
    tally = Tally(args.words)
    for part in PARTS:
        if tally.words and not any(word in part.__name__ for word in tally.words):
            continue
        with tempfile.TemporaryDirectory(prefix="zhike-budget-") as temporary:
            for good, line in part(Folder(args.bin, temporary)):
                tally.tell(good, f"{part.__name__}: {line}")
    tally.end()


if __name__ == "__main__":
    main()
