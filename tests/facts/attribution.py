#!/usr/bin/env python3
"""Attribution of real conversions: `zhike channel attribution` against shares worked out here from the definitions. The
removal effects come from running the chain step by step, Shapley values from all orders of the channels.

attribution.py --bin build/release [WORD...]     the cases whose name contains a word; all without

Touches come from ../shared/data/attribution_touchpoints (or $ZHIKE_DATA); without that folder they are skipped, and
counted so. Standard library only."""
import collections
import csv
import gzip
import io
import itertools
import json
import math
import pathlib
import subprocess
import tempfile

from tally import DATA, Tally, arguments


def touched():
    """{path: [converted, lost]}: a customer's channels in order of time, up to the first conversion."""
    customers = collections.defaultdict(list)
    with io.TextIOWrapper(gzip.open(DATA / "attribution_touchpoints" / "attribution_data.csv.gz", "rb"),
                          encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            values = {key.lower(): value for key, value in row.items()}
            customer = values.get("customer_id") or values["cookie"]
            customers[customer].append((values["time"], values["channel"], values["conversion"] == "1"))
    paths = collections.defaultdict(lambda: [0, 0])
    for touches in customers.values():
        touches.sort(key=lambda touch: touch[0])
        path, converted = [], False
        for _, channel, conversion in touches:
            path.append(channel)
            if conversion:
                converted = True
                break
        paths[tuple(path)][0 if converted else 1] += 1
    return paths


def shares_by(paths, weigh):
    out = collections.Counter()
    for path, (converted, _) in paths.items():
        weights = [weigh(i, len(path)) for i in range(len(path))]
        for channel, weight in zip(path, weights):
            out[channel] += converted * weight / sum(weights)
    total = sum(converted for converted, _ in paths.values())
    return {channel: value / total for channel, value in out.items()}


def chance_of_conversion(paths, removed=None):
    """By running the chain until nothing is under way; journeys that would touch `removed` are lost."""
    moves = collections.defaultdict(collections.Counter)
    for path, (converted, lost) in paths.items():
        for before, after in zip(("start", *path), path):
            moves[before][after] += converted + lost
        moves[path[-1]]["converted"] += converted
        moves[path[-1]]["lost"] += lost
    now, done = {"start": 1.0}, 0.0
    while sum(now.values()) > 1e-15:
        following = collections.Counter()
        for at, mass in now.items():
            total = sum(moves[at].values())
            for to, count in moves[at].items():
                if to == "converted":
                    done += mass * count / total
                elif to not in ("lost", removed):
                    following[to] += mass * count / total
        now = following
    return done


def shapley(paths, channels):
    worth = {}
    for size in range(len(channels) + 1):
        for members in itertools.combinations(sorted(channels), size):
            worth[frozenset(members)] = sum(c for path, (c, _) in paths.items() if set(path) <= set(members))
    out = collections.Counter()
    for order in itertools.permutations(sorted(channels)):
        for at, channel in enumerate(order):
            out[channel] += worth[frozenset(order[:at + 1])] - worth[frozenset(order[:at])]
    total = sum(c for c, _ in paths.values()) * math.factorial(len(channels))
    return {channel: value / total for channel, value in out.items()}


def slow(paths):
    channels = {channel for path in paths for channel in path}
    all_of_them = chance_of_conversion(paths)
    effects = {channel: 1 - chance_of_conversion(paths, channel) / all_of_them for channel in channels}
    return effects, {"first": shares_by(paths, lambda i, n: i == 0), "last": shares_by(paths, lambda i, n: i == n - 1),
                     "linear": shares_by(paths, lambda i, n: 1), "time_decay": shares_by(paths, lambda i, n: 2.0 ** (i + 1 - n)),
                     "position": shares_by(paths, lambda i, n: 1 if n <= 2 else 0.4 if i in (0, n - 1) else 0.2 / (n - 2)),
                     "markov": {c: e / sum(effects.values()) for c, e in effects.items()},
                     "shapley": shapley(paths, channels)}


def zhike(binary, folder, paths):
    file = folder / "paths.csv"
    with open(file, "w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["path", "sales", "lost"])
        writer.writerows([" > ".join(path), converted, lost] for path, (converted, lost) in paths.items())
    run = subprocess.run([str(binary.resolve() / "zhike"), "channel", "attribution", str(file), "--path", "path",
                          "--conversions", "sales", "--null", "lost", "--resamples", "200", "--json"],
                         capture_output=True, text=True, timeout=300, check=False)
    lines = run.stdout.strip().splitlines()
    if run.returncode != 0 or len(lines) != 1:
        raise RuntimeError(f"{run.stdout[:300]} {run.stderr[-300:]}")
    return json.loads(lines[0])


def compared(name, found, paths):
    effects, models = slow(paths)
    close = lambda a, b: abs(a - b) < 1e-9
    yield (found["journeys"] == sum(map(sum, paths.values())) and
           found["conversions"] == sum(c for c, _ in paths.values()), f"{name}: {found['journeys']} journeys, "
           f"{found['conversions']} converted")
    yield all(close(found["removal_effects"][c], e) for c, e in effects.items()), f"{name}: removal effects"
    for model, shares in models.items():
        mine = {one["channel"]: one for one in found["models"][model]}
        yield all(close(mine[c]["share"], shares.get(c, 0)) for c in mine), f"{name}: shares by {model}"
        yield close(sum(one["share"] for one in mine.values()), 1), f"{name}: shares by {model} sum to 1"


def main():
    args = arguments(__doc__).parse_args()
    tally = Tally(args.words)
    with tempfile.TemporaryDirectory(prefix="zhike-attribution-") as temporary:
        folder = pathlib.Path(temporary)
        example = {("C1", "C2", "C3"): [1, 0], ("C1",): [0, 1], ("C2", "C3"): [0, 1]}
        if not args.words or any(word in "example" for word in args.words):
            found = zhike(args.bin, folder, example)
            for good, line in compared("example", found, example):
                tally.tell(good, line)
            tally.tell(all(abs(found["removal_effects"][c] - e) < 1e-12 for c, e in (("C1", 0.5), ("C2", 1), ("C3", 1))),
                       "example: removal effects 0.5, 1, 1")
        if tally.wants("touchpoints", "attribution_touchpoints"):
            paths = touched()
            found = zhike(args.bin, folder, paths)
            for good, line in compared("touchpoints", found, paths):
                tally.tell(good, line)
            tally.tell(all(one["interval"][0] <= one["share"] <= one["interval"][1]
                           for model in found["models"].values() for one in model),
                       "touchpoints: every interval holds its share")
    tally.end()


if __name__ == "__main__":
    main()
