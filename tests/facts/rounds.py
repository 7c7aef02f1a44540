#!/usr/bin/env python3
"""Whom a round of a survey asks, held against the same worked out here the slow way from the events that were sent: who
is silent, who refused, who was asked before, and which of the rest a seed draws.

rounds.py --bin build/release

Needs no data: customers and what they did are drawn here. Standard library only."""
import base64
import json
import pathlib
import random
import tempfile
import time
import urllib.request

from surveys import Service
from tally import Tally, arguments

MASK = (1 << 64) - 1
CUSTOMERS, DAYS = 400, 120
KINDS = (("Order Completed", {}), ("Product Viewed", {}), ("Contact Started", {"touchpoint": "contact"}),
         ("Survey Answered", {"instrument": "nps", "score": 9}), ("Remark", {"comment": "it is fine"}))
LOUD = {"Contact Started", "Survey Answered", "Remark"}


def mix(x):
    """The finaliser of splitmix64."""
    x = (x + 0x9E3779B97F4A7C15) & MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


def drawn(customers, seed):
    return sorted(customers, key=lambda one: (mix((mix(seed) + mix(one)) & MASK), one))


def write_key(service):
    source = service.call("GET", "/api/sources")["items"][0]["id"]
    return service.call("POST", f"/api/sources/{source}/keys", {})["write_key"]


def send(service, key, events):
    for i in range(0, len(events), 200):
        request = urllib.request.Request(
            service.base + "/v1/batch", data=json.dumps({"batch": events[i:i + 200]}).encode(), method="POST",
            headers={"Content-Type": "application/json", "Authorization": "Basic " + base64.b64encode((key + ":").encode()).decode()})
        urllib.request.urlopen(request, timeout=60).close()


def lived(rng, now):
    """[(user, name, seconds ago)], and who refuses to be asked."""
    events = []
    for user in range(CUSTOMERS):
        events.append((user, KINDS[rng.randrange(2)][0], rng.uniform(1, DAYS) * 86400))
        for _ in range(rng.randrange(4)):
            name = rng.choices([kind for kind, _ in KINDS], (5, 5, 1, 1, 1))[0]
            events.append((user, name, rng.uniform(0.5, DAYS) * 86400))
    return events, {user for user in range(CUSTOMERS) if rng.random() < 0.1}


def stamp(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def customers_of(service, count):
    """{user: customer}, by a property of the events."""
    out, seen = {}, 0
    cursor = None
    while True:
        page = service.call("GET", "/api/events", **{"from": "2000-01-01", "limit": 100, **({"cursor": cursor} if cursor else {})})
        for event in page["items"]:
            seen += 1
            if "who" in event["properties"]:
                out[int(event["properties"]["who"])] = int(event["customer_id"])
        cursor = page["next_cursor"]
        if not cursor:
            return out if seen >= count else None


def play(service):
    rng = random.Random(5)
    now = time.time()
    events, refused = lived(rng, now)
    more = dict(KINDS)
    batch = [{"type": "track", "event": name, "userId": f"u{user}", "messageId": f"e{i}", "timestamp": stamp(now - ago),
              "properties": {"who": str(user), **more[name]}} for i, (user, name, ago) in enumerate(events)]
    batch += [{"type": "identify", "userId": f"u{user}", "messageId": f"i{user}", "timestamp": stamp(now - DAYS * 86400),
               "traits": {"consent.survey": "false"}} for user in refused]
    send(service, write_key(service), batch)
    whose = None
    for _ in range(100):
        whose = customers_of(service, len(batch))
        if whose:
            break
        time.sleep(0.2)
    yield whose is not None and len(whose) == CUSTOMERS, f"{len(batch)} events of {CUSTOMERS} customers arrive"
    surveys = []
    for name in ("nps", "csat"):
        surveys.append(service.call("POST", "/api/surveys", {"template": name})["id"])
        service.call("POST", f"/api/surveys/{surveys[-1]}/open")
    whole = {"from": stamp(now - 2 * DAYS * 86400), "to": stamp(now + 60)}
    asked_before = set()
    for round_number, (survey, silent, sample, seed) in enumerate(
            ((surveys[0], 30, 40, 11), (surveys[1], 30, 40, 11), (surveys[1], 90, 30, 12), (surveys[0], 0, 50, 2**40 + 3))):
        loud = {user for user, name, ago in events if name in LOUD and ago < silent * 86400}
        pool = {whose[user] for user in range(CUSTOMERS)}
        quiet = pool - {whose[user] for user in loud}
        free = quiet - asked_before
        no = {whose[user] for user in refused}
        order = drawn(free, seed)
        expected = [one for one in order if one not in no][:sample]
        looked_at = order.index(expected[-1]) + 1
        body = {"filter": whole, "silent_days": silent, "sample": sample, "seed": seed}
        found = service.call("POST", f"/api/surveys/{survey}/rounds/preview", body)
        left = {one["why"]: one["count"] for one in found["left"]}
        yield (found["population"] == CUSTOMERS and found["asked"] == sample and found["looked_at"] == looked_at and
               left.get("spoke", 0) == len(pool) - len(quiet) and left.get("quarantined", 0) == len(quiet) - len(free) and
               left.get("refused", 0) == looked_at - sample and left.get("not_drawn", 0) == len(free) - looked_at), \
            f"round {round_number}: {len(pool) - len(quiet)} spoke within {silent} days, {len(quiet) - len(free)} asked before, {looked_at - sample} refused"
        made = service.call("POST", f"/api/surveys/{survey}/rounds", {"key": f"r{round_number}", **body})
        links = service.call("POST", f"/api/surveys/{survey}/rounds/{made['id']}/links")["items"]
        yield [int(one["customer"]) for one in links] == expected, f"round {round_number}: the same {sample} customers in the same order"
        asked_before |= set(expected)


def main():
    args = arguments(__doc__).parse_args()
    tally = Tally([])
    with tempfile.TemporaryDirectory(prefix="zhike-rounds-") as folder:
        service = Service(args.bin, pathlib.Path(folder) / "data")
        try:
            for good, line in play(service):
                tally.tell(good, line)
        finally:
            service.stop()
    tally.end()


if __name__ == "__main__":
    main()
