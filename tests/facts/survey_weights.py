#!/usr/bin/env python3
"""Answers weighted to those who were asked, held against raking written out here the slow way, and against the truth of
the population that they were drawn from; and what the command makes of a file, against the same.

survey_weights.py --bin build/release

Needs no data: customers, what they think and who of them answers are drawn here. Standard library only."""
import csv
import json
import math
import pathlib
import random
import subprocess
import tempfile
import time

from rounds import customers_of, send, stamp, write_key
from surveys import Service, same, t_quantile
from tally import Tally, arguments

CUSTOMERS = 900
DOCUMENT = {"id": "shop", "title": {"en": "Shop"}, "pages": [{"id": "p", "questions": [
    {"id": "recommend", "type": "nps", "text": {"en": "?"}}, {"id": "overall", "type": "stars", "instrument": "csat", "text": {"en": "?"}},
    {"id": "speed", "type": "scale", "least": 1, "most": 7, "text": {"en": "?"}}]}]}
BY = ("channel", "tier")


def people(rng):
    """Asked by e-mail or in the app, of three tiers; the content ones answer more often."""
    out = []
    for number in range(CUSTOMERS):
        channel = "email" if rng.random() < 0.6 else "app"
        tier = rng.choices(("gold", "silver", ""), (2, 5, 3))[0]
        mood = (1.2 if tier == "gold" else 0) - (1 if channel == "app" else 0)
        score = max(0, min(10, round(7 + 1.5 * mood + rng.gauss(0, 2))))
        out.append({"user": f"w{number}", "channel": channel, "tier": tier, "recommend": score,
                    "overall": max(1, min(5, round(score / 2))), "speed": max(1, min(7, round(4 + mood + rng.gauss(0, 1)))),
                    "answers": rng.random() < (0.45 if channel == "email" else 0.12) * (1.3 if tier == "gold" else 0.8)})
    return out


def raked(asked, answered):
    """Weights of `answered`, of mean 1, by scaling one margin after the other."""
    weights = [1.0] * len(answered)
    for _ in range(2_000):
        moved = 0.0
        for key in BY:
            wanted, have = {}, {}
            for one in asked:
                wanted[one[key]] = wanted.get(one[key], 0) + 1 / len(asked)
            for one, weight in zip(answered, weights):
                have[one[key]] = have.get(one[key], 0) + weight / len(answered)
            for i, one in enumerate(answered):
                factor = wanted[one[key]] / have[one[key]]
                moved = max(moved, abs(factor - 1))
                weights[i] *= factor
        if moved < 1e-13:
            break
    return weights


def mean(values, weights):
    """(value, effective, low, high) of the weighted mean with its linearised variance."""
    total, n = sum(weights), len(values)
    value = sum(w * y for w, y in zip(weights, values)) / total
    effective = total ** 2 / sum(w * w for w in weights)
    error = math.sqrt(n / (n - 1) * sum((w * (y - value)) ** 2 for w, y in zip(weights, values))) / total
    half = t_quantile(effective - 1) * error
    return value, effective, value - half, value + half


def points(score):
    return 100 if score >= 9 else -100 if score <= 6 else 0


def answer(service, link, one):
    service.sent += 1
    service.form(link, [("p", "p"), ("lang", "en"), *[("seen", key) for key in ("recommend", "overall", "speed")],
                        *[(f"q.{key}", one[key]) for key in ("recommend", "overall", "speed")], ("go", "next")])


def ask_all(service, survey, everybody, whose):
    """Two rounds; those who answer do so by their own links."""
    by_customer = {whose[i]: one for i, one in enumerate(everybody)}
    for channel in ("email", "app"):
        ids = [str(customer) for customer, one in by_customer.items() if one["channel"] == channel]
        made = service.call("POST", f"/api/surveys/{survey}/rounds", {"key": channel, "customers": ids, "channel": channel})
        for link in service.call("POST", f"/api/surveys/{survey}/rounds/{made['id']}/links", {})["items"]:
            one = by_customer[int(link["customer"])]
            if one["answers"]:
                answer(service, link["path"], one)


def close(found, wanted, eps=1e-5):
    return found is not None and abs(found - wanted) < eps * max(1, abs(wanted))


def play(service, binary, folder):
    rng = random.Random(3)
    everybody = people(rng)
    now = time.time()
    batch = []
    for i, one in enumerate(everybody):
        if one["tier"]:
            batch.append({"type": "identify", "userId": one["user"], "messageId": f"i{i}", "traits": {"tier": one["tier"]}})
        batch.append({"type": "track", "event": "Order Completed", "userId": one["user"], "messageId": f"o{i}", "timestamp": stamp(now - 60), "properties": {"who": str(i)}})
    send(service, write_key(service), batch)
    whose = None
    for _ in range(150):
        whose = customers_of(service, CUSTOMERS)
        if whose and len(whose) == CUSTOMERS:
            break
        time.sleep(0.2)
    yield whose is not None and len(whose) == CUSTOMERS, f"{CUSTOMERS} customers arrive"
    survey = service.call("POST", "/api/surveys", {"document": DOCUMENT})["id"]
    service.call("POST", f"/api/surveys/{survey}/open")
    ask_all(service, survey, everybody, whose)
    answered = [one for one in everybody if one["answers"]]
    found = {}
    for _ in range(150):
        found = service.call("GET", f"/api/surveys/{survey}/weights", by="channel,trait.tier", weight_max=1000, **{"from": stamp(now - 86400)})
        if found.get("answered") == len(answered):
            break
        time.sleep(0.2)
    yield found.get("answered") == len(answered) and found.get("invited") == CUSTOMERS, f"{len(answered)} of {CUSTOMERS} have answered"
    weights = raked(everybody, answered)
    scores = {one["column"]["key"]: one for one in found["scores"]}
    nps = mean([points(one["recommend"]) for one in answered], weights)
    told = scores["recommend"]["weighted"]
    yield (close(told["value"], nps[0]) and close(found["effective"], nps[1]) and close(told["interval"][0], nps[2], 1e-4) and close(told["interval"][1], nps[3], 1e-4)), \
        f"NPS {told['value']:.3f} of {found['effective']:.1f} effective answers, as raking written out has it"
    speed = mean([one["speed"] for one in answered], weights)
    yield close(scores["speed"]["weighted"]["value"], speed[0]) and close(scores["speed"]["weighted"]["interval"][0], speed[2], 1e-4), f"a mean of {speed[0]:.4f}"
    share = sum(w for w, one in zip(weights, answered) if one["overall"] >= 4) / sum(weights)
    yield close(scores["overall"]["weighted"]["value"], share), f"a share of {share:.4f}"
    truth = sum(points(one["recommend"]) for one in everybody) / CUSTOMERS
    plain = scores["recommend"]["plain"]["value"]
    yield abs(told["value"] - truth) < abs(plain - truth) and told["interval"][0] <= truth <= told["interval"][1], \
        f"of the true {truth:.1f} the answers as they came say {plain:.1f}, weighted {told['value']:.1f}"
    for margin in found["margins"]:
        yield all(close(level["weighted_share"], level["invited_share"], 1e-6) for level in margin["levels"]), f"{margin['by']}: shares are those of who was asked"
    file = folder / "asked.csv"
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(["channel", "tier", "nps"])
        writer.writerows([one["channel"], one["tier"], one["recommend"] if one["answers"] else ""] for one in everybody)
    done = subprocess.run([str(binary.resolve() / "zhike"), "indices", "score", str(file), "--score", "nps", "--measure", "nps", "--weight-by", "channel,tier",
                           "--weight-max", "1000", "--json"], stdout=subprocess.PIPE, check=False, timeout=60)
    by_file = json.loads(done.stdout)
    yield done.returncode == 0 and close(by_file["weighted"]["value"], nps[0]) and close(by_file["effective"], nps[1]), "the command on a file comes to the same"
    yield same(by_file["plain"]["value"], plain), "and to the same without weights"


def main():
    binary = arguments(__doc__).parse_args().bin
    tally = Tally([])
    with tempfile.TemporaryDirectory(prefix="zhike-weights-") as folder:
        service = Service(binary, pathlib.Path(folder) / "data")
        try:
            for good, line in play(service, binary, pathlib.Path(folder)):
                tally.tell(good, line)
        finally:
            service.stop()
    tally.end()


if __name__ == "__main__":
    main()
