#!/usr/bin/env python3
"""Frictions that were planted with a known effect: does `zhike journey friction` find each, rank them first by harm, and
hold the true effect in its interval? And do its funnels count what ClickHouse's windowFunnel and plain loops count?

friction.py --bin build/release [--worlds N] [--customers N]

A shop on the web and in an app; whoever uses the app is less satisfied and meets more friction, customers differ, and
satisfaction drifts, so that a plain comparison of means would be wrong. Standard library only; needs no data."""
import argparse
import csv
import io
import json
import pathlib
import random
import subprocess
import sys
import tempfile

DAY = 86_400_000
START = 1_767_225_600_000  # 2026-01-01T00:00Z
RANGE = ["--where", "from=2026-01-01T00:00:00Z", "--where", "to=2026-05-01T00:00:00Z"]
# name → (effect on the score, chance on the web, chance in the app)
PLANTED = {("back_and_forth", "cart", "product"): (-3, 0.10, 0.25), ("loop", "search", ""): (-4, 0.08, 0.15),
           ("rage", "checkout", "Checkout Started"): (-6, 0.08, 0.20), ("dead_end", "checkout", "Payment Failed"): (-8, 0.04, 0.10),
           ("channel_bounce", "app", "web"): (-5, 0.06, 0.12), ("repeated_contact", "contact", ""): (-10, 0.30, 0.50),
           ("wait", "Order Shipped", "Order Delivered"): (-12, 0.04, 0.08), ("abandoned", "checkout", ""): (-7, 0.35, 0.35)}
CONTACT = 0.3   # of whole journeys; costs 2 by itself
BROWSES = 0.25  # of journeys that never order
FUNNELS = (("product", "cart", "checkout", "order"), ("search", "browse", "product", "order"))
PLACE = {"Products Searched": "search", "Product List Viewed": "browse", "Product Viewed": "product", "Cart Viewed": "cart", "Checkout Started": "checkout", "Payment Failed": "checkout",
         "Order Completed": "order"}


class World:
    def __init__(self, seed, customers):
        self.random = random.Random(seed)
        self.rows = []
        self.customers = {name: set() for name in PLANTED}
        self.journeys = {name: 0 for name in PLANTED}
        for number in range(customers):
            own = self.random.gauss(0, 8)
            channel = "app" if self.random.random() < 0.4 else "web"
            for trip in range(self.random.randint(1, 3)):
                self.journey(f"c{number}", channel, own, START + trip * 40 * DAY + self.random.randrange(10 * DAY))

    def add(self, who, at, name, channel, **properties):
        self.rows.append({"type": "track", "event": name, "userId": who, "messageId": f"m{len(self.rows)}", "at": at,
                          "properties": {"channel": channel, **properties}})

    def strikes(self, name, who, channel):
        struck = self.random.random() < PLANTED[name][2 if channel == "app" else 1]
        if struck:
            self.customers[name].add(who)
            self.journeys[name] += 1
        return PLANTED[name][0] if struck else 0

    def journey(self, who, channel, own, at):
        names = {name[0]: name for name in PLANTED}
        score = (66 if channel == "app" else 74) + own + (at - START) / (20 * DAY) + self.random.gauss(0, 9)
        clock = at

        def step(name, minutes=4, where=channel, **properties):
            nonlocal clock
            clock += int(minutes * 60_000)
            self.add(who, clock, name, where, **properties)

        def strikes(name):
            nonlocal score
            effect = self.strikes(names[name], who, channel)
            score += effect
            return effect != 0

        step("Product Viewed", 0)
        if self.random.random() < BROWSES:
            if strikes("abandoned"):
                step("Cart Viewed")
                step("Checkout Started")
            else:
                step("Product List Viewed")
            self.answer(who, clock + DAY, score)
            return
        if strikes("loop"):
            step("Products Searched", 60)  # a visit of its own
            for name in ("Product Viewed", "Products Searched", "Product List Viewed", "Products Searched", "Product Viewed",
                         "Products Searched"):
                step(name, 1)
        if strikes("channel_bounce"):
            other = "web" if channel == "app" else "app"
            for where in (other, channel, other, channel):
                step("Product List Viewed", 90, where)
        step("Product Viewed", 60)  # a visit of its own
        step("Cart Viewed")
        if strikes("back_and_forth"):
            step("Product Viewed", 2)
            step("Cart Viewed", 2)
        step("Checkout Started")
        if strikes("rage"):
            for _ in range(3):
                step("Checkout Started", 0.04)
        if strikes("dead_end"):
            step("Payment Failed", 1)
            step("Checkout Started", 120)
        order = f"o{len(self.rows)}"
        step("Order Completed", 3, orderId=order, revenue=round(self.random.uniform(20, 200), 2), currency="CNY")
        step("Order Shipped", 24 * 60, "logistics", orderId=order)
        wait = self.random.uniform(1.5, 2.5) + (12 if strikes("wait") else 0)
        shipped = clock
        if self.random.random() < CONTACT:
            score -= 2
            step("Conversation Started", 300, "call_center", ticketId=f"t{len(self.rows)}")
            if strikes("repeated_contact"):
                step("Conversation Started", 600, "call_center", ticketId=f"t{len(self.rows)}")
        clock = shipped + int(wait * DAY)
        step("Order Delivered", 0, "logistics", orderId=order)
        self.answer(who, clock + DAY, score)

    def answer(self, who, at, score):
        if self.random.random() < 0.7:
            self.add(who, at, "Survey Answered", "email", instrument="feeling", score=round(score, 3))

    def write(self, path):
        import datetime
        with open(path, "w", encoding="utf-8") as file:
            for row in self.rows:
                at = datetime.datetime.fromtimestamp(row["at"] / 1000, datetime.timezone.utc)
                shown = {key: value for key, value in row.items() if key != "at"}
                file.write(json.dumps({**shown, "timestamp": at.isoformat(timespec="milliseconds").replace("+00:00", "Z")}) + "\n")


def run(binary, *words):
    done = subprocess.run([str(binary / "zhike"), *map(str, words)], capture_output=True, text=True, timeout=900, check=False)
    if done.returncode not in (0, 3):
        raise RuntimeError(f"{words}: {done.stdout[-500:]} {done.stderr[-500:]}")
    return done.stdout


def name_of(item):
    return item["detector"], item["place"], item["other"]


def levels_by_loops(rows, steps, order, window):
    """How many customers reach each step, by going through every start of every customer."""
    marks = {}
    for row in rows:
        step = steps.index(PLACE[row["event"]]) + 1 if PLACE.get(row["event"]) in steps else 0
        if step:
            marks.setdefault(row["userId"], []).append((row["at"], step))
    reached = [0] * len(steps)
    for own in marks.values():
        own.sort()
        best = 0
        for i, (start, first) in enumerate(own):
            if order == "unordered":
                best = max(best, len({step for at, step in own[i:] if at - start <= window}))
                continue
            if first != 1:
                continue
            level = 1
            for at, step in own[i + 1:]:
                if at - start > window:
                    break
                if step == level + 1:
                    level += 1
                elif order == "strict" and step != level:
                    break
            best = max(best, level)
        for level in range(best):
            reached[level] += 1
    return reached


def play(binary, seed, customers):
    """(good, line) of each thing that must hold, and of each planted friction whether its interval holds the truth."""
    world = World(seed, customers)
    with tempfile.TemporaryDirectory(prefix="zhike-friction-") as temporary:
        folder = pathlib.Path(temporary)
        world.write(folder / "events.jsonl")
        run(binary, "import", folder / "events.jsonl", "--data", folder / "data", "--json")
        report = json.loads(run(binary, "journey", "friction", "--data", folder / "data", "--json", *RANGE))
        found = {name_of(item): item for item in report["items"]}
        missing = [name for name in PLANTED if name not in found]
        yield not missing, f"world {seed}: all planted frictions are found" if not missing else f"world {seed}: not found: {missing}"
        if missing:
            return
        first = [name_of(item) for item in report["items"][:len(PLANTED)]]
        yield set(first) == set(PLANTED), f"world {seed}: they are the first {len(PLANTED)} of {report['found']}; others: {[name_of(item) for item in report['items'] if name_of(item) not in PLANTED]}"
        yield all(found[name]["holds"] for name in PLANTED), f"world {seed}: each is more than chance"
        harms = [item["harm"]["value"] for item in report["items"][:len(PLANTED)]]
        yield harms == sorted(harms, reverse=True), f"world {seed}: ordered by harm"
        truth = max(PLANTED, key=lambda name: -PLANTED[name][0] * world.journeys[name])
        yield first[0] == truth, f"world {seed}: the worst is {truth[0]}, as planted"
        counted = {name: (found[name]["journeys"], found[name]["customers"]) for name in PLANTED}
        wanted = {name: (world.journeys[name], len(world.customers[name])) for name in PLANTED}
        yield counted == wanted, f"world {seed}: journeys and customers of each are those planted" if counted == wanted else \
            f"world {seed}: {counted} instead of {wanted}"
        for name, (effect, _, _) in PLANTED.items():
            loss = found[name]["loss"]
            yield loss["low"] <= -effect <= loss["high"], \
                (name[0], f"world {seed}: {name[0]} costs {loss['value']:.2f} [{loss['low']:.2f}, {loss['high']:.2f}], planted {-effect}")
        if seed == 1:
            yield from funnels(binary, folder / "data", world)


def funnels(binary, data, world):
    for steps in FUNNELS:
        for hours in (1, 24):
            yield from funnel(binary, data, world, steps, hours)


def funnel(binary, data, world, steps, hours):
    window = hours * 3_600_000
    for order in ("ordered", "strict", "unordered"):
        answer = json.loads(run(binary, "journey", "funnel", "--data", data, "--json", "--steps", ",".join(steps), "--order", order,
                                "--window-hours", hours, *RANGE))
        counts = [level["customers"] for level in answer["all"]["levels"]]
        loops = levels_by_loops(world.rows, steps, order, window)
        yield counts == loops, f"funnel from {steps[0]}, {order}, within {hours} h: {counts}, by plain loops {loops}"
    kinds = ", ".join(f"place = '{step}'" for step in steps)
    sql = f"""SELECT level, count() AS n FROM (SELECT windowFunnel({window})(ms, {kinds}) AS level FROM
        (SELECT dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id) AS customer,
                toUInt64(toUnixTimestamp64Milli(occurred_at)) AS ms, dictGet('kind_of', 'touchpoint', toUInt64(kind)) AS place FROM events)
        GROUP BY customer) GROUP BY level"""
    rows = csv.DictReader(io.StringIO(run(binary, "sql", "--data", data, "--format", "CSVWithNames", sql)))
    levels = {int(row["level"]): int(row["n"]) for row in rows}
    counts = [sum(n for level, n in levels.items() if level >= step) for step in range(1, len(steps) + 1)]
    loops = levels_by_loops(world.rows, steps, "ordered", window)
    yield counts == loops, f"funnel from {steps[0]}, ordered, within {hours} h: {loops}, by windowFunnel {counts}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--worlds", type=int, default=3)
    parser.add_argument("--customers", type=int, default=4000)
    options = parser.parse_args()
    passed = failed = 0
    inside = []
    for seed in range(1, options.worlds + 1):
        for good, line in play(options.bin.resolve(), seed, options.customers):
            if isinstance(line, tuple):  # one interval in twenty may miss: they are judged together
                inside.append(good)
                print(f"{'inside ' if good else 'OUTSIDE'}  {line[1]}", flush=True)
                continue
            print(f"{'passed' if good else 'failed'}   {line}", flush=True)
            passed += good
            failed += not good
    # Of 24 intervals at 95 % fewer than 21 hold their truth with a chance of 2.4 %; the seeds are fixed.
    least = round(0.875 * len(inside))
    good = bool(inside) and sum(inside) >= least
    print(f"{'passed' if good else 'failed'}   {sum(inside)} of {len(inside)} intervals hold the true effect ({least} needed)")
    print(f"{passed + good} passed, {failed + (not good)} failed, 0 skipped")
    return 1 if failed or not good else 0


if __name__ == "__main__":
    sys.exit(main())
