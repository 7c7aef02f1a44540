#!/usr/bin/env python3
"""Journey maps of a simulated shop against plain Python over the same events, and peak-end where it is known what drives
the judgement: journeys that follow peak and end, and journeys that follow the average.

journey_map.py --bin build/release [--customers N]

Standard library only; needs no data. What is told to the store is told to the loops below in the same words, nothing more."""
import argparse
import datetime
import json
import math
import pathlib
import random
import subprocess
import sys
import tempfile

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
START = 1_767_225_600_000  # 2026-01-01T00:00Z
RANGE = ["--where", "from=2026-01-01T00:00:00Z", "--where", "to=2026-07-01T00:00:00Z"]
# event → (touchpoint, stage) of the shipped catalogue
PLACE = {"Product Viewed": ("product", "consider"), "Cart Viewed": ("cart", "consider"), "Order Completed": ("order", "purchase"),
         "Order Shipped": ("shipping", "deliver"), "Order Delivered": ("delivery", "deliver"), "Conversation Started": ("contact", "support")}
SCALE = {"nps": (0, 10), "csat": (1, 5), "ces": (5, 1)}
PEAK, END, AVERAGE = 2.0, 1.5, 3.5  # what a unit is worth in the two worlds


class World:
    def __init__(self, seed, customers, driven_by):
        self.random = random.Random(seed)
        self.rows, self.journeys = [], []
        for number in range(customers):
            mood = self.random.gauss(0, 0.3)
            for trip in range(self.random.randint(1, 2)):
                self.journey(f"c{number}", mood, START + trip * 60 * DAY + self.random.randrange(20 * DAY), driven_by)

    def add(self, who, at, name, channel, **properties):
        self.rows.append({"who": who, "at": at, "name": name, "channel": channel, "properties": properties})
        return self.rows[-1]

    def journey(self, who, mood, at, driven_by):
        own, clock, felt = [], at, []
        channel = "app" if self.random.random() < 0.4 else "web"

        def step(name, ms, where=channel, **properties):
            nonlocal clock
            clock += int(ms)
            own.append(self.add(who, clock, name, where, **properties))

        def feel(instrument):
            nonlocal clock
            clock += 10 * MINUTE
            worst, best = SCALE[instrument]
            score = self.random.randint(min(worst, best), max(worst, best))
            own.append(self.add(who, clock, "Survey Answered", "email", instrument=instrument, score=score))
            felt.append(2 * (score - worst) / (best - worst) - 1)

        for _ in range(self.random.randint(1, 4)):
            step("Product Viewed", self.random.uniform(1, 40) * MINUTE)
        if self.random.random() < 0.6:
            feel("csat")
        step("Cart Viewed", 3 * MINUTE)
        if self.random.random() < 0.8:
            order = f"o{len(self.rows)}"
            step("Order Completed", self.random.uniform(1, 90) * MINUTE, orderId=order)
            feel("ces")
            step("Order Shipped", self.random.uniform(0.2, 1.5) * DAY, "logistics", orderId=order)
            step("Order Delivered", self.random.uniform(0.5, 2.5) * DAY, "logistics", orderId=order)
            feel("csat")
            if self.random.random() < 0.5:
                step("Conversation Started", self.random.uniform(2, 60) * HOUR, "call_center", ticketId=f"t{order}")
                feel("csat")
        if felt:
            peak, average = max(felt, key=abs), sum(felt) / len(felt)
            drive = AVERAGE * average if driven_by == "average" else PEAK * peak + END * felt[-1]
            judged = 5 + drive + mood + self.random.gauss(0, 0.7)
            clock += DAY
            own.append(self.add(who, clock, "Survey Answered", "email", instrument="overall", score=round(judged, 3)))
        self.journeys.append((who, own))

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


def quantile(values, q):
    values = sorted(values)
    at = q * (len(values) - 1)
    low = math.floor(at)
    return values[low] + (at - low) * (values[min(low + 1, len(values) - 1)] - values[low])


def close(one, other, least=1e-6):
    return abs(one - other) <= least * max(1.0, abs(one), abs(other))


def map_by_loops(world):
    """By stage: journeys, steps, customers, journeys that end there, touchpoints, channels, waits, feelings of customers."""
    out = {}
    for who, own in world.journeys:
        steps = [row for row in own if row["name"] in PLACE]
        seen = {}
        for at, row in enumerate(steps):
            place, stage = PLACE[row["name"]]
            of = out.setdefault(stage, {"journeys": 0, "events": 0, "customers": set(), "ended": 0, "touchpoints": {}, "channels": {}, "waits": [], "felt": {}})
            of["events"] += 1
            of["customers"].add(who)
            of["touchpoints"][place] = of["touchpoints"].get(place, 0) + 1
            of["channels"][row["channel"]] = of["channels"].get(row["channel"], 0) + 1
            of["journeys"] += stage not in seen
            seen.setdefault(stage, 0)
            if at + 1 < len(steps) and PLACE[steps[at + 1]["name"]][1] != stage and seen[stage] == 0:
                seen[stage] = 1
                of["waits"].append(steps[at + 1]["at"] - row["at"])
        out[PLACE[steps[-1]["name"]][1]]["ended"] += 1
        stage = ""
        for row in own:
            stage = PLACE[row["name"]][1] if row["name"] in PLACE else stage
            scale = SCALE.get(row["properties"].get("instrument"))
            if scale:
                value = 2 * (row["properties"]["score"] - scale[0]) / (scale[1] - scale[0]) - 1
                out[stage]["felt"].setdefault(who, []).append(value)
    return out


def wilson(hits, n, z=1.959963984540054):
    middle, half = hits + z * z / 2, z * math.sqrt(hits * (n - hits) / n + z * z / 4)
    return (middle - half) / (n + z * z), (middle + half) / (n + z * z)


def the_map(binary, data, world):
    answer = json.loads(run(binary, "journey", "map", "all", "--data", data, "--json", *RANGE))
    wanted = map_by_loops(world)
    n = len(world.journeys)
    yield answer["journeys"] == n, f"{answer['journeys']} journeys, {n} were made"
    yield [stage["stage"] for stage in answer["stages"]] == ["consider", "purchase", "deliver", "support"], "stages in the order of the catalogue"
    for stage in answer["stages"]:
        of, name = wanted[stage["stage"]], stage["stage"]
        counts = (stage["journeys"], stage["events"], stage["customers"], stage["ended"])
        loops = (of["journeys"], of["events"], len(of["customers"]), of["ended"])
        yield counts == loops, f"{name}: journeys, steps, customers, ends {counts}, by loops {loops}"
        yield {one["key"]: one["events"] for one in stage["touchpoints"]} == of["touchpoints"], f"{name}: touchpoints"
        yield {one["key"]: one["events"] for one in stage["channels"]} == of["channels"], f"{name}: channels"
        low, high = wilson(of["journeys"], n)
        yield close(stage["reach"]["low"], low) and close(stage["reach"]["high"], high), f"{name}: reached by {stage['reach']['value']:.3f}, Wilson's interval"
        if of["waits"]:
            for key, q in (("wait_ms", 0.5), ("wait_p90_ms", 0.9)):
                value = quantile(of["waits"], q)
                yield abs(stage[key]["value"] - value) <= 1 and stage[key]["low"] <= value <= stage[key]["high"], f"{name}: {key} {stage[key]['value']:.0f}, by loops {value:.0f}"
        else:
            yield stage["wait_ms"]["value"] is None, f"{name}: nobody leaves it, no wait"
        means = [sum(values) / len(values) for values in of["felt"].values()]
        felt = stage["feelings"][0]["level"] if stage["feelings"] else {"n": 0, "value": 0}
        yield felt["n"] == len(means) and close(felt["value"], sum(means) / max(1, len(means))), f"{name}: feeling {felt['value']:.4f} of {felt['n']} customers"
    yield from compared(binary, data, world)


def compared(binary, data, world):
    """The web against the app: who buys on the web reaches other stages as often, and the loops say how often."""
    answer = json.loads(run(binary, "journey", "map", "all", "--data", data, "--json", *RANGE, "--where", "(channel = web)", "--compare", "channel = app"))
    reach = {}
    for channel in ("web", "app"):
        journeys = [own for _, own in world.journeys if any(row["channel"] == channel for row in own)]
        bought = sum(any(row["name"] == "Order Completed" for row in own) for own in journeys)
        reach[channel] = bought / len(journeys)
    found = [one for one in answer["differences"] if one["stage"] == "purchase" and one["measure"] == "reach"]
    good = len(found) == 1 and close(found[0]["difference"], reach["web"] - reach["app"]) and found[0]["low"] <= found[0]["difference"] <= found[0]["high"]
    yield good, f"purchase is reached by {reach['web']:.3f} on the web, {reach['app']:.3f} in the app"


def judged_by_loops(world):
    rows = []
    for who, own in world.journeys:
        felt, overall = [], None
        for row in own:
            scale = SCALE.get(row["properties"].get("instrument"))
            if scale:
                felt.append((2 * (row["properties"]["score"] - scale[0]) / (scale[1] - scale[0]) - 1))
            elif row["properties"].get("instrument") == "overall":
                overall = row["properties"]["score"]
        if overall is not None and len(felt) >= 2:
            rows.append((who, overall, max(felt, key=abs), felt[-1], sum(felt) / len(felt)))
    return rows


def solve(matrix, right):
    """Gauss with pivots."""
    n = len(right)
    rows = [list(row) + [value] for row, value in zip(matrix, right)]
    for i in range(n):
        pivot = max(range(i, n), key=lambda r: abs(rows[r][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        for r in range(n):
            if r != i:
                factor = rows[r][i] / rows[i][i]
                rows[r] = [a - factor * b for a, b in zip(rows[r], rows[i])]
    return [rows[i][n] / rows[i][i] for i in range(n)]


def least_squares(columns, y):
    """Coefficients with the intercept first, and R²."""
    columns = [[1.0] * len(y), *columns]
    beta = solve([[sum(a * b for a, b in zip(one, other)) for other in columns] for one in columns], [sum(a * b for a, b in zip(one, y)) for one in columns])
    mean = sum(y) / len(y)
    left = sum((value - sum(b * column[i] for b, column in zip(beta, columns))) ** 2 for i, value in enumerate(y))
    return beta, 1 - left / sum((value - mean) ** 2 for value in y)


def remembered(binary, seed, customers, driven_by):
    world = World(seed, customers, driven_by)
    with tempfile.TemporaryDirectory(prefix="zhike-map-") as temporary:
        folder = pathlib.Path(temporary)
        world.write(folder / "events.jsonl")
        run(binary, "import", folder / "events.jsonl", "--data", folder / "data", "--json")
        if driven_by == "peak_end":
            yield from the_map(binary, folder / "data", world)
        answer = json.loads(run(binary, "journey", "peak-end", "all", "--data", folder / "data", "--json", "--instrument", "overall", *RANGE))
        few = json.loads(run(binary, "journey", "peak-end", "all", "--data", folder / "data", "--json", "--instrument", "overall",
                             "--where", "from=2026-01-01T00:00:00Z", "--where", "to=2026-01-03T00:00:00Z"))
    yield few["refused"] == "too_few" and few["models"] is None, f"{driven_by}: two days are too few ({few['used']} journeys)"
    rows = judged_by_loops(world)
    models = answer["models"]
    yield answer["used"] == len(rows), f"{driven_by}: {answer['used']} journeys are used, by loops {len(rows)}"
    _, y, peak, end, average = zip(*rows)
    for key, columns in (("r2_peak", [peak]), ("r2_end", [end]), ("r2_average", [average]), ("r2_peak_end", [[(p + e) / 2 for p, e in zip(peak, end)]])):
        r2 = least_squares(columns, y)[1]
        yield close(models[key]["value"], r2), f"{driven_by}: {key} {models[key]['value']:.4f}, by plain least squares {r2:.4f}"
    beta = least_squares([peak, end], y)[0]
    yield close(models["peak_weight"]["value"], beta[1]) and close(models["end_weight"]["value"], beta[2]), \
        f"{driven_by}: weights {models['peak_weight']['value']:.3f} and {models['end_weight']['value']:.3f}, by plain least squares {beta[1]:.3f} and {beta[2]:.3f}"
    yield models["better"] == driven_by, f"{driven_by}: {models['better']} predicts better, difference {models['difference']['value']:.3f} [{models['difference']['low']:.3f}, {models['difference']['high']:.3f}]"
    if driven_by == "peak_end":
        for key, truth in (("peak_weight", PEAK), ("end_weight", END)):
            yield models[key]["low"] <= truth <= models[key]["high"], f"{key} [{models[key]['low']:.3f}, {models[key]['high']:.3f}] holds {truth}"
        gains = sum(stage["gain"]["value"] for stage in answer["stages"])
        yield close(gains, beta[1] + beta[2]), f"gains of all stages are the weights together: {gains:.3f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--customers", type=int, default=900)
    options = parser.parse_args()
    passed = failed = 0
    for seed, driven_by in ((1, "peak_end"), (2, "average")):
        for good, line in remembered(options.bin.resolve(), seed, options.customers, driven_by):
            print(f"{'passed' if good else 'failed'}   {line}", flush=True)
            passed += bool(good)
            failed += not good
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
