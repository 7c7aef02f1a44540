#!/usr/bin/env python3
"""Personas of a simulated shop: the answers for a persona are those for its condition, and its customers are those that
plain Python counts over the same events.

personas.py --bin build/release [--customers N]

Standard library only; needs no data. What is told to the store is told to the loops below in the same words, nothing more."""
import argparse
import datetime
import json
import pathlib
import random
import subprocess
import sys
import tempfile

MINUTE, DAY = 60_000, 86_400_000
START = 1_767_225_600_000  # 2026-01-01T00:00Z
FROM, TO = START, START + 60 * DAY
RANGE = ["--where", "from=2026-01-01T00:00:00Z", "--where", "to=2026-03-02T00:00:00Z"]
# event → stage of the shipped catalogue
STAGE = {"Product Viewed": "consider", "Cart Viewed": "consider", "Order Completed": "purchase", "Order Shipped": "deliver", "Conversation Started": "support"}
# key → (condition, the same over traits and the events of a customer within the range)
PERSONAS = {
    "gold": ("trait.tier = gold", lambda traits, events: traits["tier"] == "gold"),
    "mobile": ("did(channel = app)", lambda traits, events: any(one["channel"] == "app" for one in events)),
    "waiting": ("trait.tier in (basic, silver) and did(touchpoint = cart) and not did(name = 'Order Completed')",
                lambda traits, events: traits["tier"] in ("basic", "silver") and any(one["name"] == "Cart Viewed" for one in events) and not any(one["name"] == "Order Completed" for one in events)),
    "spender": ("trait.points >= 500 or trait.tier = gold and did(stage = support)",
                lambda traits, events: traits["points"] >= 500 or traits["tier"] == "gold" and any(STAGE[one["name"]] == "support" for one in events)),
}


def shop(seed, customers):
    """Traits of each customer, and what each did; some of it after the range."""
    chance = random.Random(seed)
    traits, events = {}, []
    for number in range(customers):
        who = f"c{number}"
        traits[who] = {"tier": chance.choice(["basic", "basic", "silver", "gold"]), "points": chance.randrange(800)}
        for _ in range(chance.randint(1, 3)):
            at, channel = START + chance.randrange(70 * DAY), chance.choice(["web", "web", "app", "store"])
            walk = ["Product Viewed"] + ["Cart Viewed"] * (chance.random() < 0.7)
            if len(walk) == 2 and chance.random() < 0.5:
                walk += ["Order Completed"] + ["Order Shipped"] * (chance.random() < 0.9) + ["Conversation Started"] * (chance.random() < 0.3)
            for name in walk:
                at += int(chance.uniform(1, 60) * MINUTE)
                events.append({"who": who, "at": at, "name": name, "channel": channel})
    return traits, events


def write(path, traits, events):
    clock = lambda ms: datetime.datetime.fromtimestamp(ms / 1000, datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    with open(path, "w", encoding="utf-8") as file:
        for who, known in traits.items():  # long before, so that who is known did nothing yet
            file.write(json.dumps({"type": "identify", "userId": who, "messageId": f"i{who}", "timestamp": clock(START - 400 * DAY), "traits": known}) + "\n")
        for number, one in enumerate(events):
            file.write(json.dumps({"type": "track", "event": one["name"], "userId": one["who"], "messageId": f"m{number}", "timestamp": clock(one["at"]), "properties": {"channel": one["channel"]}}) + "\n")


def run(binary, *words, code=0):
    done = subprocess.run([str(binary / "zhike"), *map(str, words), "--json"], capture_output=True, text=True, timeout=900, check=False)
    if done.returncode != code:
        raise RuntimeError(f"{words}: {done.returncode} {done.stdout[-500:]} {done.stderr[-500:]}")
    return json.loads(done.stdout)


def belonging(traits, events):
    """Who belongs to each persona, of the customers with an event in the range; and those customers."""
    own = {}
    for one in events:
        if FROM <= one["at"] < TO:
            own.setdefault(one["who"], []).append(one)
    return {key: {who for who in own if rule(traits[who], own[who])} for key, (_, rule) in PERSONAS.items()}, own


def sizes(ask, members, own):
    found = ask("persona", "list", *RANGE)
    by_loops = {key: len(who) for key, who in members.items()}
    yield {one["key"]: one["customers"] for one in found["items"]} == by_loops, f"customers of each persona, by loops {by_loops}"
    several = sum(sum(who in one for one in members.values()) > 1 for who in own)
    none = sum(not any(who in one for one in members.values()) for who in own)
    yield (found["customers"], found["in_none"], found["in_several"]) == (len(own), none, several), \
        f"{found['customers']} customers, {found['in_none']} in none, {found['in_several']} in several; by loops {len(own)}, {none}, {several}"


def answers(ask, members, own):
    questions = (("map", ["journey", "map", "all"]), ("friction", ["journey", "friction"]), ("funnel", ["journey", "funnel", "--steps", "product,cart,order"]))
    for key, (condition, _) in PERSONAS.items():
        for name, words in questions:
            named, spelt = ask(*words, "--persona", key, *RANGE), ask(*words, "--where", f"({condition})", *RANGE)
            yield named == spelt, f"{key}: the {name} is that of its condition"
            if name != "map":
                continue
            yield named["customers"] == len(members[key]), f"{key}: the map is of {named['customers']} customers, by loops {len(members[key])}"
            by_loops = {}
            for who in members[key]:
                for stage in {STAGE[one["name"]] for one in own[who]}:
                    by_loops[stage] = by_loops.get(stage, 0) + 1
            yield {one["stage"]: one["customers"] for one in named["stages"]} == by_loops, f"{key}: customers of its stages, by loops {by_loops}"
    pair = ask("journey", "map", "all", "--persona", "gold", "--compare", "persona = mobile", *RANGE)
    alone = ask("journey", "map", "all", "--persona", "mobile", *RANGE)
    yield pair["customers"] == len(members["gold"]) and pair["other"]["customers"] == alone["customers"] and pair["other"]["journeys"] == alone["journeys"], \
        f"two personas side by side: {pair['customers']} and {pair['other']['customers']} customers"


def checked(binary, customers):
    traits, events = shop(11, customers)
    members, own = belonging(traits, events)
    with tempfile.TemporaryDirectory(prefix="zhike-personas-") as temporary:
        folder = pathlib.Path(temporary)
        write(folder / "events.jsonl", traits, events)
        ask = lambda *words, code=0: run(binary, *words, "--data", folder / "data", code=code)
        ask("import", folder / "events.jsonl")
        for key, (condition, _) in PERSONAS.items():
            ask("persona", "set", key, "--name-en", key.title(), "--condition", condition)
        yield from sizes(ask, members, own)
        yield from answers(ask, members, own)
        ask("persona", "remove", "gold")
        gone = ask("journey", "map", "all", "--persona", "gold", *RANGE, code=1)
        yield gone["error"]["code"] == "not_found" and "gold" in gone["error"]["detail"], "a persona that was removed is missed by its name"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--customers", type=int, default=800)
    options = parser.parse_args()
    passed = failed = 0
    for good, line in checked(options.bin.resolve(), options.customers):
        print(f"{'passed' if good else 'failed'}   {line}", flush=True)
        passed += bool(good)
        failed += not good
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
