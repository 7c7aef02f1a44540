#!/usr/bin/env python3
"""Complaints go through the whole store (API, ledger, journal, warehouse), are dated anew in the ledger, and the report
of the command line is held against the same figures worked out here the slow way, written down without a look at the
service's.

complaints.py --bin build/release

Needs no data: complaints, scores and dates are drawn here. Standard library only."""
import collections
import datetime
import http.cookiejar
import json
import math
import pathlib
import random
import signal
import sqlite3
import statistics
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import zoneinfo

from tally import Tally, arguments

HOUR = 3_600_000
DAY = 24 * HOUR
ZONE = zoneinfo.ZoneInfo("Asia/Shanghai")
CLOCKS = {"low": (480, 2880), "medium": (240, 1440), "high": (120, 720), "critical": (30, 240)}
CATEGORIES = ("delivery.late", "quality.defect", "price", "service.attitude", "refund")
CAUSES = ((2, "courier"), (2, "stock"), (1, "description"), (3, "tone"), (3, "skills"), (1, "price"))
PEOPLE, COMPLAINTS = 60, 240
Z = 1.959963984540054


class Service:
    def __init__(self, binary, folder):
        self.process = subprocess.Popen(
            [str(binary.resolve() / "zhike"), "serve", "--data", str(folder), "--port", "0", "--json", "--lang", "en", "--write-key", "a-write-key-of-facts"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        if not line.strip():
            raise SystemExit("FAILED complaints: the service did not start")
        started = json.loads(line)
        self.base = f"http://127.0.0.1:{started['port']}"
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        self.call("POST", "/api/setup", {"token": started["setup_url"].split("token=")[1], "user": "owner", "name": "Owner", "password": "a long enough password", "language": "en"})
        self.call("POST", "/api/session", {"user": "owner", "password": "a long enough password"})

    def call(self, method, path, body=None, key=None):
        request = urllib.request.Request(self.base + path, method=method, data=None if body is None else json.dumps(body).encode(),
                                         headers={"X-Zhike": "1", "Content-Type": "application/json"})
        if key:
            request.add_header("X-Write-Key", key)
        try:
            with self.opener.open(request, timeout=60) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            raise SystemExit(f"FAILED complaints: {method} {path}: {error.read().decode()}") from error

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)


def iso(ms):
    return datetime.datetime.fromtimestamp(ms / 1000, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def due(opened, minutes):
    """Minute by minute over working hours, 9 to 21 o'clock in Shanghai; of the last one its milliseconds."""
    at, left = opened, minutes * 60_000
    while True:
        local = datetime.datetime.fromtimestamp(at / 1000, ZONE)
        begin = local.replace(hour=9, minute=0, second=0, microsecond=0).timestamp() * 1000
        end = local.replace(hour=21, minute=0, second=0, microsecond=0).timestamp() * 1000
        if at < begin:
            at = int(begin)
        elif at >= end:
            at = int(begin) + DAY
        elif at + left <= end:
            return at + left
        else:
            left -= int(end) - at
            at = int(end)


def wilson(hits, n):
    middle, half = hits / n + Z * Z / (2 * n), Z * math.sqrt(hits / n * (1 - hits / n) / n + Z * Z / (4 * n * n))
    return (middle - half) / (1 + Z * Z / n), (middle + half) / (1 + Z * Z / n)


def survival_median(lengths, share):
    """Kaplan and Meier with limits on log(-log S), by the definition: at each length, who is still there."""
    value = low = high = None
    alive, greenwood = 1.0, 0.0
    for at in sorted({length for length, ended in lengths if ended}):
        there = sum(length >= at for length, _ in lengths)
        gone = sum(length == at and ended for length, ended in lengths)
        alive *= 1 - gone / there
        if gone < there:
            greenwood += gone / (there * (there - gone))
        if 0 < alive < 1:
            spread = Z * math.sqrt(greenwood) / abs(math.log(alive))
            least, most = alive ** math.exp(spread), alive ** math.exp(-spread)
        else:
            least = most = alive
        for name, limit in (("value", alive), ("low", least), ("high", most)):
            if limit <= 1 - share + 1e-12:
                if name == "value" and value is None:
                    value = at
                if name == "low" and low is None:
                    low = at
                if name == "high" and high is None:
                    high = at
    return value, low, high


def draw(service, rng):
    """Opens complaints through the API; answers what is known of each."""
    now = int(time.time() * 1000)
    made = []
    for number in range(COMPLAINTS):
        opened = now - rng.randrange(20 * DAY, 200 * DAY)
        one = {"person": rng.randrange(PEOPLE), "category": rng.choice(CATEGORIES), "severity": rng.choice(list(CLOCKS)), "opened": opened,
               "channel": rng.choice(("web", "call_center", "store"))}
        answer = service.call("POST", "/api/complaints", {
            "client": str(number), "text": "something is wrong", "category": one["category"], "severity": one["severity"], "opened": iso(opened),
            "channel": one["channel"], "person": [{"kind": "user_id", "value": f"p-{one['person']}"}]})
        one["id"] = int(answer["complaint"]["id"])
        one["due"] = answer["complaint"]["due"]
        made.append(one)
    return now, made


def score(service, rng, made, now):
    """A score before and one after for most people's complaints. Answers them by person."""
    scores, batch = collections.defaultdict(list), []
    for person in range(PEOPLE):
        for one in [one for one in made if one["person"] == person][:2]:
            for at in (one["opened"] - rng.randrange(DAY, 300 * DAY), one["opened"] + rng.randrange(5 * DAY, 80 * DAY)):
                if at >= now:
                    continue
                value = rng.randint(1, 5)
                scores[person].append((at, value))
                batch.append({"type": "track", "event": "CSAT Answered", "userId": f"p-{person}", "messageId": f"s{len(batch)}", "timestamp": iso(at), "properties": {"instrument": "csat", "score": value}})
    for first in range(0, len(batch), 100):
        service.call("POST", "/v1/batch", {"batch": batch[first:first + 100], "writeKey": "a-write-key-of-facts"}, key="a-write-key-of-facts")
    return scores, len(batch)


def date_anew(folder, rng, made, now):
    """States, times, causes and costs as months of work would have left them."""
    ledger = sqlite3.connect(folder / "ledger.db")
    step = ledger.execute("SELECT MAX(id) FROM complaint_steps").fetchone()[0]

    def add(one, at, kind, cost=0, currency="", state=0):
        nonlocal step
        step += 1
        ledger.execute("INSERT INTO complaint_steps (id, complaint, at, actor, kind, detail, note, cost, currency, state, client) VALUES (?, ?, ?, 0, ?, '', x'', ?, ?, ?, '')",
                       (step, one["id"], at, kind, cost, currency, state))

    for one in made:
        one |= {"accepted": 0, "resolved": 0, "closed": 0, "reopened": 0, "class": 0, "cause": "", "state": 0, "first": None, "costs": []}
        if rng.random() < 0.1:
            continue
        one["accepted"], one["state"] = one["opened"] + rng.randrange(1, 12 * HOUR), 1
        for _ in range(rng.randrange(3)):
            cost = (rng.randrange(1, 90_000), rng.choice(("CNY", "USD")), rng.choice((0, 0, 1, 2, 3)))
            one["costs"].append(cost)
            add(one, one["accepted"], "refund", *cost)
        if rng.random() < 0.15:
            continue
        one["first"] = one["resolved"] = one["accepted"] + int(rng.expovariate(1 / (40 * HOUR))) + 1
        one["state"] = 3
        add(one, one["resolved"], "resolved")
        if rng.random() < 0.15:
            one["reopened"], one["state"], one["resolved"] = 1, 5, 0
            if rng.random() < 0.7:
                one["resolved"], one["state"] = one["first"] + rng.randrange(1, 6 * DAY), 3
                add(one, one["resolved"], "resolved")
        if one["state"] == 3 and rng.random() < 0.8:
            one["closed"], one["state"] = one["resolved"] + rng.randrange(1, DAY), 4
            one["class"], one["cause"] = rng.choice(CAUSES)
        for key in ("accepted", "resolved", "closed"):
            assert one[key] < now, key
    for one in made:
        ledger.execute("UPDATE complaints SET accepted = ?, resolved = ?, closed = ?, reopened = ?, cause_class = ?, cause = ?, state = ? WHERE id = ?",
                       (one["accepted"], one["resolved"], one["closed"], one["reopened"], one["class"], one["cause"], one["state"], one["id"]))
    ledger.commit()
    ledger.close()


def again(made, one, after, longest):
    return any(other["person"] == one["person"] and other["category"] == one["category"] and after < other["opened"] <= after + longest for other in made)


def close(found, wanted, tolerance=1e-9):
    if found is None or wanted is None:
        return found is None and wanted is None
    return abs(found - wanted) <= tolerance * max(1, abs(wanted))


def share(report, key, hits, n):
    low, high = wilson(hits, n)
    found = report[key]
    good = found["hits"] == hits and found["n"] == n and close(found["value"], hits / n) and close(found["low"], low) and close(found["high"], high)
    return good, f"{key}: {hits} of {n}"


def compare(report, made, now, scores, days):
    yield report["opened"] == len(made), f"opened: {len(made)}"
    opened = [one for one in made if one["state"] not in (3, 4)]
    yield report["open"] == len(opened) and report["overdue"] == len(opened), f"open and late: {len(opened)}"
    for key, of in (("categories", "category"), ("channels", "channel"), ("severities", "severity")):
        wanted = collections.Counter(one[of] for one in made)
        yield {one["key"]: one["count"] for one in report[key]} == wanted, f"{key}: {len(wanted)}"
    bars = collections.Counter((one["class"], one["cause"]) for one in made if one["class"])
    names = {1: "value", 2: "system", 3: "people"}
    found = {(bar["cause_class"], bar["cause"]): bar["count"] for bar in report["pareto"]}
    counts = [bar["count"] for bar in report["pareto"]]
    together = [sum(counts[:i + 1]) / sum(counts) for i in range(len(counts))]
    yield found == {(names[of], cause): n for (of, cause), n in bars.items()} and counts == sorted(counts, reverse=True), f"pareto: {len(bars)} causes"
    yield all(close(bar["cumulative"], want) for bar, want in zip(report["pareto"], together)), "pareto: adds up"
    lengths = [(((one["resolved"] or now) - one["opened"]) / HOUR, bool(one["resolved"])) for one in made]
    for key, q in (("half", 0.5), ("three_quarters", 0.75), ("nine_tenths", 0.9)):
        wanted = survival_median(lengths, q)
        got = report["recovery"][key]
        yield all(close(got[name], want) for name, want in zip(("value", "low", "high"), wanted)), f"recovery {q}: {wanted[0]} h"
    yield share(report, "accepted_in_time", sum(0 < one["accepted"] <= due(one["opened"], CLOCKS[one["severity"]][0]) for one in made), len(made))
    yield share(report, "in_time", sum(0 < one["resolved"] <= due(one["opened"], CLOCKS[one["severity"]][1]) for one in made), len(made))
    longest = days * DAY
    done = [one for one in made if one["first"] and one["first"] + longest <= now]
    yield share(report, "first_time_right", sum(not one["reopened"] and not again(made, one, one["first"], longest) for one in done), len(done))
    shut = [one for one in made if one["closed"] and one["closed"] + longest <= now]
    yield share(report, "recurrence", sum(again(made, one, one["closed"], longest) for one in shut), len(shut))
    for currency in ("CNY", "USD"):
        given = sum(cost for one in made for cost, of, state in one["costs"] if of == currency and state in (0, 2))
        waiting = sum(cost for one in made for cost, of, state in one["costs"] if of == currency and state == 1)
        found = next(one for one in report["costs"] if one["given"]["currency"] == currency)
        yield int(found["given"]["minor"]) == given and int(found["waiting"]["minor"]) == waiting, f"costs: {given} {currency}, {waiting} wait"
    yield satisfaction(report, made, scores)


def satisfaction(report, made, scores):
    """Newest resolution first; an answer after one complaint is not that of an earlier one too."""
    taken, pairs = set(), []
    for one in sorted((one for one in made if one["resolved"]), key=lambda one: (one["resolved"], one["id"]), reverse=True):
        mine = sorted(scores[one["person"]])
        before = [value for at, value in mine if 0 < one["opened"] - at <= 180 * DAY]
        after = [(at, value) for at, value in mine if 0 < at - one["resolved"] <= 60 * DAY and (one["person"], at) not in taken]
        taken |= {(one["person"], at) for at, _ in after}
        if before and after:
            pairs.append((before[-1], after[0][1]))
    found = report["satisfaction"][0]
    differences = [after - before for before, after in pairs]
    half = found["high"] - found["difference"]
    error = statistics.stdev(differences) / math.sqrt(len(pairs))
    good = (found["pairs"] == len(pairs) and close(found["before"], statistics.mean(b for b, _ in pairs)) and close(found["after"], statistics.mean(a for _, a in pairs))
            and close(found["difference"], statistics.mean(differences)) and Z < half / error < Z * 1.15)
    return good, f"satisfaction: {len(pairs)} pairs, {statistics.mean(differences):+.3f}"


def wait_for(what, longest=60):
    end = time.time() + longest
    while not what():
        if time.time() > end:
            raise SystemExit("FAILED complaints: what was sent did not arrive")
        time.sleep(0.5)


def known_subjects(folder):
    ledger = sqlite3.connect(f"file:{folder / 'ledger.db'}?mode=ro", uri=True)
    try:
        return ledger.execute("SELECT COUNT(*) FROM complaints WHERE subject <> 0").fetchone()[0]
    finally:
        ledger.close()


def main():
    args = arguments(__doc__).parse_args()
    tally, rng = Tally([]), random.Random(23)
    with tempfile.TemporaryDirectory(prefix="zhike-complaints-") as temporary:
        folder = pathlib.Path(temporary) / "data"
        service = Service(args.bin, folder)
        try:
            now, made = draw(service, rng)
            scores, sent = score(service, rng, made, now)
            wait_for(lambda: known_subjects(folder) == len(made))
            wait_for(lambda: service.call("GET", "/api/voice/scores?instrument=csat&from=2000-01-01&to=2100-01-01")["n"] == sent)
        finally:
            service.stop()
        wrong = [one for one in made if one["due"] != iso(due(one["opened"], CLOCKS[one["severity"]][1]))]
        tally.tell(not wrong, f"clock: {len(made)} due times by working hours")
        date_anew(folder, rng, made, now)
        for days in (30, 7):
            out = subprocess.run([str(args.bin.resolve() / "zhike"), "complaint", "report", "--days", str(days), "--json", "--data", str(folder)], capture_output=True, text=True, check=True)
            for good, line in compare(json.loads(out.stdout), made, now, scores, days):
                tally.tell(good, f"{line} ({days} days)")
    tally.end()


if __name__ == "__main__":
    main()
