#!/usr/bin/env python3
"""The digital-experience score of a simulated shop against plain Python over the same events, whether it finds what was
planted, and what real sessions can say of it.

experience.py --bin build/release [--customers N]

The sessions come from ../shared/data/airbnb_sessions (or $ZHIKE_DATA); without that folder they are skipped, and counted so.
Standard library only. What is told to the store is told to the loops below in the same words, nothing more."""
import argparse
import csv
import datetime
import gzip
import json
import math
import os
import pathlib
import random
import subprocess
import sys
import tempfile

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
START = 1_767_225_600_000  # 2026-01-01T00:00Z
CUT = START + 60 * DAY     # the site was rebuilt
PARTS = ("steps", "load", "findability", "errors", "interface", "personalisation")
WEIGHTS = dict(zip(PARTS, (25, 20, 20, 15, 10, 10)))
DIGITAL = {"web", "app"}
# event → touchpoint of the shipped catalogue; those without are no steps
PLACE = {"Products Searched": "search", "Product List Viewed": "browse", "Product Viewed": "product", "Cart Viewed": "cart",
         "Checkout Started": "checkout", "Payment Failed": "checkout", "Order Completed": "order", "Call Started": "contact"}
STAGE = {"Call Started": "support"}  # of other places: discover, consider or purchase
STARTS = {"search", "browse", "product", "cart"}
TARGETS = {"product", "cart", "checkout", "order"}
CHOSEN = {"Product Viewed"}
SORTS = ("shoes", "hats", "coats")
SCALE = {"csat": (1, 5), "ces": (5, 1)}
# What is planted, before and after the rebuild
TRUTH = {"before": {"more": 3, "load": 2.4, "finds": 0.45, "fails": 0.35, "csat": 3, "taste": 0.3},
         "after": {"more": 1, "load": 0.8, "finds": 0.8, "fails": 0.08, "csat": 4.2, "taste": 0.8}}


class World:
    def __init__(self, seed, customers):
        self.random = random.Random(seed)
        self.rows = []
        for number in range(customers):
            mood = self.random.gauss(0, 0.3)
            loves = self.random.choice(SORTS)
            for trip in range(4):
                at = START + trip * 30 * DAY + self.random.randrange(20 * DAY)
                self.trip(f"c{number}", at, mood, loves, TRUTH["before" if at < CUT else "after"])
        self.rows.sort(key=lambda row: row["at"])

    def add(self, who, at, name, channel, **properties):
        self.rows.append({"who": who, "at": at, "name": name, "channel": channel, "properties": properties})

    def trip(self, who, at, mood, loves, truth):
        clock, chance = at, self.random
        channel = "app" if chance.random() < 0.4 else "web"

        def step(name, ms=MINUTE, **properties):
            nonlocal clock
            clock += int(ms) + chance.randrange(1000)
            self.add(who, clock, name, properties.pop("channel", channel), **properties)

        def load():
            step("Page Loaded", 500, load_time_ms=round(1000 * truth["load"] * math.exp(chance.gauss(mood, 0.5)), 1))

        for _ in range(chance.randint(1, 2)):
            step("Products Searched")
            load()
            if chance.random() < truth["finds"]:
                step("Product Viewed", category=loves if chance.random() < 0.8 else chance.choice(SORTS))
            elif chance.random() < 0.3:
                clock += 40 * MINUTE  # what comes then does not count as found
        for _ in range(chance.randint(0, truth["more"])):
            step("Product List Viewed", category=loves if chance.random() < truth["taste"] else chance.choice(SORTS))
        if chance.random() < 0.1:
            step("Call Started", channel="call_center")
        step("Cart Viewed")
        load()
        step("Checkout Started")
        if chance.random() < truth["fails"]:
            step("Payment Failed")
        if chance.random() < truth["fails"]:
            step("Script Error", 500)
        if chance.random() < 0.85:
            step("Order Completed", orderId=f"o{len(self.rows)}")
        for instrument in SCALE:
            if chance.random() < 0.5:
                worst, best = SCALE[instrument]
                share = min(1, max(0, (truth["csat"] + chance.gauss(mood, 0.8) - 1) / 4))
                clock += HOUR
                self.add(who, clock, "Survey Answered", "email", instrument=instrument, score=round(worst + share * (best - worst)))

    def write(self, path):
        with open(path, "w", encoding="utf-8") as file:
            for number, row in enumerate(self.rows):
                at = datetime.datetime.fromtimestamp(row["at"] / 1000, datetime.timezone.utc).isoformat(timespec="milliseconds")
                file.write(json.dumps({"type": "track", "event": row["name"], "userId": row["who"], "messageId": f"m{number}", "timestamp": at.replace("+00:00", "Z"),
                                       "properties": {"channel": row["channel"], **row["properties"]}}) + "\n")


def run(binary, *words):
    done = subprocess.run([str(binary / "zhike"), *map(str, words)], capture_output=True, text=True, timeout=900, check=False)
    if done.returncode not in (0, 3):
        raise RuntimeError(f"{words}: {done.stdout[-500:]} {done.stderr[-500:]}")
    return done.stdout


def close(one, other, least=1e-6):
    return one is not None and other is not None and abs(one - other) <= least * max(1.0, abs(one), abs(other))


def cases_of(rows):
    """Cases of one customer's rows: from a start to an end, or to a pause of 7 days; steps of stages discover, consider, purchase."""
    cases, current, last = [], None, None
    for row in rows:
        if last is not None and row["at"] - last > 7 * DAY:
            current = None
        if row["name"] == "Survey Answered":
            if current or cases:
                last = row["at"] if current else last
            continue
        place = PLACE.get(row["name"])
        if place is None or STAGE.get(row["name"]) == "support":
            continue
        last = row["at"]
        if current is None:
            if place not in STARTS:
                continue
            current = {"steps": [], "complete": False}
            cases.append(current)
        current["steps"].append(row)
        if place == "order":
            current["complete"] = True
            current = None
    return cases


def load_score(seconds):
    return 100 if seconds <= 0.3 else 0 if seconds >= 10 else 100 * math.log(10 / seconds) / math.log(10 / 0.3)


def by_loops(world, low, high):
    """Customer → component → [sum of scores, observations], and the lengths of complete cases."""
    people = {}
    for row in world.rows:
        if low <= row["at"] < high:
            people.setdefault(row["who"], []).append(row)
    out = {}
    for who, rows in people.items():
        cases = cases_of(rows)
        sums = out[who] = {part: [0.0, 0] for part in (*PARTS, "effort", "seconds")}
        sums["lengths"] = []

        def count(part, value):
            sums[part][0] += value
            sums[part][1] += 1

        def case_at(at, slack):
            found = [case for case in cases if case["steps"][0]["at"] <= at]
            return found[-1] if found and at <= found[-1]["steps"][-1]["at"] + slack else None

        in_steps = {id(row) for case in cases for row in case["steps"]}
        for case in cases:
            for row in case["steps"]:
                count("errors", 0 if "Fail" in row["name"] else 100)
            if case["complete"]:
                sums["lengths"].append(len(case["steps"]))
        chosen, pending = {}, []
        begins = {id(case["steps"][0]) for case in cases}
        for number, row in enumerate(rows):
            case = case_at(row["at"], 30 * MINUTE)
            if id(row) in begins:
                for sort in pending:
                    chosen[sort] = chosen.get(sort, 0) + 1
                pending = []
            if row["name"] == "Page Loaded" and case:
                count("load", load_score(row["properties"]["load_time_ms"] / 1000))
                count("seconds", row["properties"]["load_time_ms"] / 1000)
            if row["name"] == "Products Searched" and case:
                found = 0
                for later in rows[number + 1:]:
                    if later["name"] == "Products Searched":
                        break
                    if PLACE.get(later["name"]) in TARGETS:
                        found = 100 * (later["at"] - row["at"] <= 30 * MINUTE)
                        break
                count("findability", found)
            if ("Fail" in row["name"] or "Error" in row["name"]) and case and id(row) not in in_steps:
                count("errors", 0)
            if row["name"] == "Product List Viewed" and case and chosen:
                count("personalisation", 100 * chosen.get(row["properties"]["category"], 0) / max(chosen.values()))
            if row["name"] in CHOSEN:
                pending.append(row["properties"]["category"])
            if row["name"] == "Survey Answered" and case_at(row["at"], 7 * DAY):
                before = [step for case in cases for step in case["steps"] if step["at"] <= row["at"]]
                if before and before[-1]["channel"] in DIGITAL:
                    worst, best = SCALE[row["properties"]["instrument"]]
                    count("interface", 100 * (row["properties"]["score"] - worst) / (best - worst))
                    if row["properties"]["instrument"] == "ces":
                        count("effort", row["properties"]["score"])
        if not cases:
            del out[who]
    return out


def shortest_of(people):
    lengths = sorted(length for sums in people.values() for length in sums["lengths"])
    return lengths[max(3, math.ceil(len(lengths) / 100)) - 1]


def with_steps(people, shortest):
    for sums in people.values():
        sums["steps"] = [sum(100 * min(1, shortest / length) for length in sums["lengths"]), len(sums["lengths"])]
        sums["step_count"] = [sum(sums["lengths"]), len(sums["lengths"])]


def value_of(people, part):
    total = sum(sums[part][1] for sums in people.values())
    return sum(sums[part][0] for sums in people.values()) / total


def score_of(people):
    return sum(WEIGHTS[part] * value_of(people, part) for part in PARTS) / 100


def residuals(people, weights):
    """Of each customer what it moves the weighted sum by, in the first order."""
    totals = {part: sum(sums[part][1] for sums in people.values()) for part in weights}
    values = {part: value_of(people, part) for part in weights}
    return [sum(weight * (sums[part][0] - values[part] * sums[part][1]) / totals[part] for part, weight in weights.items()) for sums in people.values()]


def error_of(people, weights):
    m = min(sum(sums[part][1] > 0 for sums in people.values()) for part in weights)
    return math.sqrt(m / (m - 1) * sum(one * one for one in residuals(people, weights)))


def figures(found, people, name):
    for part in found["parts"]:
        key, figure = part["part"], part["figure"]
        n = sum(sums[key][1] for sums in people.values())
        yield figure["n"] == n, f"{name}: {key} of {figure['n']} observations, by loops {n}"
        yield close(figure["value"], value_of(people, key)), f"{name}: {key} {figure['value']:.3f}, by loops {value_of(people, key):.3f}"
    yield close(found["score"]["value"], score_of(people)), f"{name}: score {found['score']['value']:.3f}, by loops {score_of(people):.3f}"
    for key, by in (("effort", "effort"), ("step_count", "step_count"), ("load_seconds", "seconds")):
        yield close(found[key]["value"], value_of(people, by)), f"{name}: {key} {found[key]['value']:.3f}, by loops {value_of(people, by):.3f}"
    error = error_of(people, {part: WEIGHTS[part] / 100 for part in PARTS})
    half = (found["score"]["high"] - found["score"]["low"]) / 2
    yield 1.96 * error <= half <= 2.1 * error, f"{name}: half the interval {half:.3f}, by loops {1.96 * error:.3f} and more (Student's t)"


def planted(binary, customers):
    world = World(1, customers)
    end = START + 200 * DAY
    with tempfile.TemporaryDirectory(prefix="zhike-experience-") as temporary:
        folder = pathlib.Path(temporary)
        world.write(folder / "events.jsonl")
        data = folder / "data"
        run(binary, "import", folder / "events.jsonl", "--data", data, "--json")
        ask = ("journey", "experience", "purchase", "--data", data, "--json")
        whole = json.loads(run(binary, *ask, "--since", "2026-01-01T00:00:00Z", "--before", "2026-07-20T00:00:00Z"))["items"][0]["found"]
        after = json.loads(run(binary, *ask, "--since", "2026-03-02T00:00:00Z", "--before", "2026-04-30T00:00:00Z", "--compare", "previous"))["items"][0]
        few = json.loads(run(binary, *ask, "--since", "2026-01-01T00:00:00Z", "--before", "2026-01-01T04:00:00Z"))["items"][0]["found"]
        kinds = json.loads(run(binary, "journey", "experience", "--data", data, "--json", "--since", "2026-01-01", "--before", "2026-07-20"))["items"]
        yield from edited(binary, data, folder, ask)
    people = by_loops(world, START, end)
    shortest = shortest_of(people)
    with_steps(people, shortest)
    yield whole["shortest"] == shortest, f"shortest way {whole['shortest']} steps, by loops {shortest}"
    yield whole["weight"] == 100, "all components have data"
    yield from figures(whole, people, "all")
    channels = {one["channel"]: one["cases"] for one in whole["channels"]}
    yield set(channels) == {"web", "app"} and sum(channels.values()) == whole["cases"], f"cases by channel {channels} add up to {whole['cases']}"
    yield few["score"]["value"] is None and few["score"]["refused"] in ("little_weight", "no_data"), f"four hours are no score: {few['score']['refused']}"
    refusals = {one["definition"]: one["found"]["score"]["refused"] for one in kinds}
    yield "complaint" in refusals and refusals["complaint"] == "no_data" and refusals["purchase"] == "", f"each process by itself: {refusals}"
    yield from compared(world, after)


def compared(world, after):
    ranges = {"found": (CUT, CUT + 59 * DAY), "other": (CUT - 59 * DAY, CUT)}
    people = {key: by_loops(world, *between) for key, between in ranges.items()}
    shortest = min(shortest_of(one) for one in people.values())
    for one in people.values():
        with_steps(one, shortest)
    for key in ("found", "other"):
        yield from figures(after[key], people[key], "after" if key == "found" else "before")
    changes = {one["what"]: one for one in after["changes"]}
    difference = score_of(people["found"]) - score_of(people["other"])
    half = 1.96 * math.hypot(*(error_of(one, {part: WEIGHTS[part] / 100 for part in PARTS}) for one in people.values()))
    one = changes["score"]
    yield close(one["difference"], difference) and close(one["high"] - one["low"], 2 * half, 1e-3), f"score {one['difference']:+.2f} [{one['low']:.2f}, {one['high']:.2f}], by loops {difference:+.2f} ± {half:.2f}"
    for part in PARTS:
        yield changes[part]["low"] > 0, f"{part} is better after the rebuild: {changes[part]['difference']:+.2f} [{changes[part]['low']:.2f}, {changes[part]['high']:.2f}]"
    for what in ("effort", "step_count", "load_seconds"):
        yield changes[what]["high"] < 0, f"{what} is lower after the rebuild: {changes[what]['difference']:+.2f}"


def edited(binary, data, folder, ask):
    """Other weights count at once; weights that are not 100 together are refused."""
    settings = json.loads(run(binary, "journey", "experience", "--settings", "--data", data, "--json"))
    yield settings["version"] == 0, "the settings are as shipped"
    file = folder / "settings.json"
    file.write_text(json.dumps({**settings, "weights": {**dict.fromkeys(PARTS, 0), "load": 100}}), encoding="utf-8")
    changed = json.loads(run(binary, "journey", "experience", "--set", file, "--data", data, "--json"))
    yield changed["version"] == 1 and changed["weights"]["load"] == 100, "the weights were changed"
    found = json.loads(run(binary, *ask, "--since", "2026-01-01", "--before", "2026-07-20"))["items"][0]["found"]
    load = next(part["figure"] for part in found["parts"] if part["part"] == "load")
    yield close(found["score"]["value"], load["value"]), f"with all weight on load the score is load: {found['score']['value']:.2f}"
    file.write_text(json.dumps({**settings, "weights": dict.fromkeys(PARTS, 10)}), encoding="utf-8")
    refused = subprocess.run([str(binary / "zhike"), "journey", "experience", "--set", str(file), "--data", str(data), "--json"], capture_output=True, text=True, timeout=300, check=False)
    yield refused.returncode == 1, "weights of 60 together are refused"


def sessions(binary, file):
    """Visits to a marketplace of homes: what there is of them is searches, and what customers did after."""
    with gzip.open(file, "rt", encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened, delimiter="|"))
    searched = sum(row["did_search"] == "1" for row in rows)
    with tempfile.TemporaryDirectory(prefix="zhike-sessions-") as temporary:
        data = pathlib.Path(temporary) / "data"
        run(binary, "import", file, "--preset", "airbnb_sessions", "--data", data, "--json")
        item = json.loads(run(binary, "journey", "experience", "purchase", "--data", data, "--json", "--since", "2000-01-01", "--before", "2100-01-01"))["items"][0]["found"]
    parts = {part["part"]: part["figure"] for part in item["parts"]}
    yield parts["findability"]["n"] <= searched and parts["findability"]["n"] > 0.9 * searched, f"{parts['findability']['n']} of {searched} searches belong to a case"
    yield parts["findability"]["value"] is not None and parts["findability"]["low"] <= parts["findability"]["value"] <= parts["findability"]["high"], f"findability {parts['findability']['value']:.2f} [{parts['findability']['low']:.2f}, {parts['findability']['high']:.2f}]"
    for part, why in (("load", "no_data"), ("interface", "no_data"), ("personalisation", "no_data"), ("errors", "no_error_kind")):
        yield parts[part]["value"] is None and parts[part]["refused"] == why, f"{part} is refused: {parts[part]['refused']}"
    yield item["score"]["value"] is None and item["score"]["refused"] == "little_weight", f"no score stands on {item['weight']} % of the weights"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--customers", type=int, default=600)
    options = parser.parse_args()
    passed = failed = skipped = 0
    checks = [planted(options.bin.resolve(), options.customers)]
    folder = pathlib.Path(os.environ.get("ZHIKE_DATA") or pathlib.Path(__file__).resolve().parents[2] / "../shared/data")
    files = sorted(folder.glob("airbnb_sessions/*session*.gz"))
    if files:
        checks.append(sessions(options.bin.resolve(), files[0]))
    else:
        print("skipped  sessions of a marketplace: no such data")
        skipped += 1
    for check in checks:
        for good, line in check:
            print(f"{'passed' if good else 'failed'}   {line}", flush=True)
            passed += bool(good)
            failed += not good
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
