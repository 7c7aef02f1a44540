#!/usr/bin/env python3
"""Channels on the store against the same worked out here the slow way: contacts, waiting, abandonment, handling and return
of real calls to a bank; attribution of real conversions from their touches; and switches between channels, with what became
of the context, of customers drawn here.

channels.py --bin build/release [WORD...]     the cases whose name contains a word; all without

Calls and touches come from ../shared/data (or $ZHIKE_DATA); what is absent is skipped, and counted so. Standard library
only."""
import collections
import csv
import datetime
import gzip
import io
import json
import math
import pathlib
import random
import statistics
import subprocess
import tempfile

from attribution import slow
from tally import DATA, Tally, arguments

Z = statistics.NormalDist().inv_cdf(0.975)
DAY = 86_400
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
case = "{case}"
properties = {topic = "{topic}", resolved = "{resolved}"}
"""


def zhike(binary, folder, *words):
    run = subprocess.run([str(binary.resolve() / "zhike"), *map(str, words), "--data", str(folder), "--json"], capture_output=True, text=True, timeout=300, check=False)
    lines = run.stdout.strip().splitlines()
    if run.returncode != 0 or len(lines) != 1:
        raise RuntimeError(f"{words}: {run.stdout[:300]} {run.stderr[-300:]}")
    return json.loads(lines[0])


def rows_of(file, **how):
    with io.TextIOWrapper(gzip.open(file, "rb"), encoding="utf-8", newline="") as text:
        yield from csv.DictReader(text, **how)


def near(a, b):
    return a is not None and b is not None and abs(a - b) <= 1e-9 * max(1, abs(b))


def wilson(hits, n):
    middle, spread = (hits / n + Z * Z / 2 / n), Z * math.sqrt(hits / n * (1 - hits / n) / n + Z * Z / 4 / n / n)
    return (middle - spread) / (1 + Z * Z / n), (middle + spread) / (1 + Z * Z / n)


# ---- calls to a bank ---------------------------------------------------------------------------------------------


def came_again(calls, days):
    """Of customers by their first call: old enough, of them back, and too young. An unknown caller is a customer of their own."""
    at = lambda row: datetime.datetime.strptime(f"{row['date']} {row['vru_entry']}", "%y%m%d %H:%M:%S").timestamp()
    times = collections.defaultdict(list)
    for number, row in enumerate(calls):
        times[row["customer_id"] if row["customer_id"] != "0" else ("unknown", number)].append(at(row))
    newest = max(map(max, times.values()))
    old = [sorted(mine) for mine in times.values() if min(mine) + days * DAY <= newest]
    back = sum(any(DAY < later - mine[0] <= days * DAY for later in mine) for mine in old)
    return len(old), back, len(times) - len(old), len(times)


def bank(binary, folder):
    file = DATA / "anonymous_bank_calls" / "anonymous_bank_february_1999.tsv.gz"
    calls = list(rows_of(file, delimiter="\t"))
    zhike(binary, folder, "import", "--preset", "anonymous_bank_calls", file)
    card = zhike(binary, folder, "channel", "scorecard", "--where", "from=1999-01-01", "to=1999-04-01", "--retention-days", 7, "--cost", "call_center=100000")
    row = card["items"][0]
    found = {measure["key"]: measure for measure in row["measures"]}
    yield len(card["items"]) == 1 and row["contacts"] == row["events"] == len(calls), f"bank: {row['contacts']} calls"
    waits = [int(call["q_time"]) for call in calls]
    yield near(found["waiting"]["value"], statistics.fmean(waits)) and found["waiting"]["n"] == len(waits), f"bank: mean waiting {found['waiting']['value']:.3f} s"
    yield near(row["waiting_median"], statistics.median(waits)), f"bank: median waiting {row['waiting_median']} s"
    half = Z * statistics.stdev(waits) / math.sqrt(len(waits))
    yield abs(found["waiting"]["high"] - statistics.fmean(waits) - half) < 1e-3 * half, "bank: its interval"
    outcomes = collections.Counter(call["outcome"] for call in calls)
    ended = outcomes["HANG"] + outcomes["AGENT"]
    yield near(found["abandonment"]["value"], outcomes["HANG"] / ended) and found["abandonment"]["n"] == ended, f"bank: {outcomes['HANG']} of {ended} given up"
    yield all(near(found["abandonment"][end], bound) for end, bound in zip(("low", "high"), wilson(outcomes["HANG"], ended))), "bank: interval of the share given up"
    talks = [int(call["ser_time"]) for call in calls if call["outcome"] == "AGENT" and int(call["ser_time"]) > 0]
    yield near(found["handling"]["value"], statistics.fmean(talks)) and found["handling"]["n"] == len(talks), f"bank: mean handling {found['handling']['value']:.3f} s"
    old, back, young, customers = came_again(calls, 7)
    told = found["retention"]
    yield row["customers"] == customers, f"bank: {row['customers']} customers"
    yield (told["n"], told["young"]) == (old, young) and near(told["value"], back / old), f"bank: {back} of {old} came back within 7 days, {young} are young"
    yield near(found["acquisition"]["value"], 100_000 / customers) and row["won"] == customers, "bank: cost of a new customer"
    yield found["first_contact"]["why"] == "not_recorded" and found["satisfaction"]["why"] == "no_answers", "bank: what is not recorded is not told"
    later = zhike(binary, folder, "channel", "scorecard", "--where", "from=1999-01-01", "to=1999-04-01", "--retention-days", 60)["items"][0]
    told = {measure["key"]: measure for measure in later["measures"]}
    yield told["retention"]["why"] == "too_young" and told["cost"]["why"] == "no_cost", "bank: what cannot be known yet is not told"


# ---- conversions of real touches ---------------------------------------------------------------------------------


def touched(name_of, window, each):
    """{path: [converted, lost]}: a path ends with each conversion; what comes after the last did not convert."""
    customers = collections.defaultdict(list)
    for row in rows_of(DATA / "attribution_touchpoints" / "attribution_data.csv.gz"):
        at = datetime.datetime.fromisoformat(row["time"].replace("Z", "+00:00")).timestamp()
        customers[row["customer_id"]].append((at, name_of(row["channel"]), row["interaction"] == "conversion"))
    paths = collections.defaultdict(lambda: [0, 0])

    def end(path, converted):
        kept = [name for at, name in path if at >= path[-1][0] - window * DAY]
        if not each:
            kept = [name for i, name in enumerate(kept) if i == 0 or kept[i - 1] != name]
        paths[tuple(kept[-100:])][0 if converted else 1] += 1

    for touches in customers.values():
        touches.sort(key=lambda touch: touch[0])
        path = []
        for at, name, conversion in touches:
            path.append((at, name))
            if conversion:
                end(path, True)
                path = []
        if path:
            end(path, False)
    return paths


def credited(name, found, paths):
    effects, models = slow(paths)
    everything = sum(map(sum, paths.values()))
    items = {item["key"]: item for item in found["items"]}
    shares = {key: {one["model"]: one["share"] for one in item["models"]} for key, item in items.items()}
    yield (found["journeys"], found["conversions"], found["paths"]) == (everything, sum(c for c, _ in paths.values()), len(paths)), \
        f"{name}: {found['journeys']} journeys on {found['paths']} paths, {found['conversions']} converted"
    if found["left_out"]:
        return
    yield set(items) == set(effects) and all(near(items[key]["removal_effect"], effects[key]) for key in effects), f"{name}: removal effects"
    for model, wanted in models.items():
        yield all(near(shares[key][model], wanted.get(key, 0)) for key in shares), f"{name}: shares by {model}"


def touches(binary, folder):
    zhike(binary, folder, "import", "--preset", "attribution_touchpoints", DATA / "attribution_touchpoints" / "attribution_data.csv.gz")
    ask = lambda *words, draws=0: zhike(binary, folder, "channel", "attribution", "--conversion", "Conversion Recorded", "--where", "from=2018-06-01", "to=2018-09-01", "--resamples", draws, *words)
    yield from credited("touches", ask("--property", "advertising", "--each", "--window", 90), touched(lambda channel: channel, 90, True))
    yield from credited("touches within 3 days", ask("--property", "advertising", "--window", 3), touched(lambda channel: channel, 3, False))
    medium = lambda channel: "social" if channel in ("Facebook", "Instagram") else "web"
    found = ask("--window", 90)
    yield from credited("touches by channel", found, touched(medium, 90, False))
    orders = zhike(binary, folder, "channel", "attribution", "--where", "from=2018-06-01", "to=2018-09-01", "--window", 90, "--resamples", 0)
    yield orders["items"] == found["items"], "touches: without a name, the events at the touchpoint of orders"
    drawn = ask("--window", 90, draws=100)
    yield all(one["low"] <= one["share"] <= one["high"] for item in drawn["items"] for one in item["models"]), "touches: every interval holds its share"


# ---- switches of customers drawn here ------------------------------------------------------------------------------

CHANNELS = ("web", "app", "chat", "call_center", "store")
NAMES = {"look": "Product Viewed", "order": "Order Placed", "ask": "Contact Opened", "solve": "Contact Resolved", "prove": "Identity Verified"}


def lived(customers, rng):
    rows = []
    for who in range(customers):
        at, cases = 1_772_323_200, []
        for _ in range(rng.randint(1, 14)):
            at += rng.choice((60, 3_600, 40_000, 300_000, 900_000)) + rng.randint(0, 59)
            what = rng.choice(("look", "look", "order", "ask", "ask", "solve", "prove"))
            case, topic = "", ""
            if what in ("order", "ask"):
                case = rng.choice(cases) if cases and rng.random() < 0.3 else f"{who}-{len(rows)}"
                topic = rng.choice(("", "delivery", "refund")) if what == "ask" else ""
                cases.append(case)
            elif what == "solve":
                if not cases:
                    continue
                case = rng.choice(cases)
            rows.append({"id": len(rows), "at": datetime.datetime.fromtimestamp(at, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"), "who": f"p{who}", "name": NAMES[what],
                         "channel": rng.choice(CHANNELS), "case": case, "topic": topic, "resolved": "", "what": what, "seconds": at})
    return rows


def journeys_of(events):
    """A pause of more than 7 days ends a journey, unless a case goes on over it."""
    last_of = {event["case"]: event["seconds"] for event in events if event["case"]}
    out, reach = [], None
    for event in events:
        if reach is None or event["seconds"] - reach > 7 * DAY:
            out.append([])
        out[-1].append(event)
        reach = max(reach or 0, last_of.get(event["case"], event["seconds"]))
    return out


def switches_of(events):
    """(journeys, switching, [(from, to, gap, carried, identified again, matter anew)])."""
    topics = {}
    for event in events:
        if event["case"]:
            topics[event["case"]] = max(topics.get(event["case"], ""), event["topic"])
    place_of, solved, found = {}, set(), []
    journeys = journeys_of(events)
    switching = 0
    for journey in journeys:
        visits, proved = [], False
        for event in journey:
            if not visits or visits[-1]["channel"] != event["channel"]:
                visits.append({"channel": event["channel"], "began": event["seconds"], "carries": False, "proves": False, "opened": None, "last": None, "proved": proved})
            visit, case = visits[-1], event["case"]
            visit["ended"] = event["seconds"]
            if event["what"] == "prove":
                visit["proves"] = proved = True
            if not case:
                continue
            is_service = event["what"] in ("ask", "solve")
            visit["carries"] |= place_of.get(case, event["channel"]) != event["channel"]
            if event["what"] == "solve":
                solved.add(case)
            if is_service and case not in place_of and visit["opened"] is None:
                visit["opened"] = case
            if is_service:
                visit["last"] = (case, case in solved)
            place_of[case] = event["channel"]
        switching += len(visits) > 1
        for before, now in zip(visits, visits[1:]):
            again = now["proves"] and now["proved"]
            anew = now["opened"] is not None and before["last"] is not None and before["last"][0] != now["opened"] and not before["last"][1] and \
                ("" in (topics[before["last"][0]], topics[now["opened"]]) or topics[before["last"][0]] == topics[now["opened"]])
            found.append((before["channel"], now["channel"], now["began"] - before["ended"], now["carries"] and not again and not anew, again, anew))
    return len(journeys), switching, found


def drawn(binary, folder):
    rows = lived(1500, random.Random(7))
    with open(folder / "events.csv", "w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, ["id", "at", "who", "name", "channel", "case", "topic", "resolved"], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    (folder / "map.toml").write_text(MAPPING, encoding="utf-8")
    zhike(binary, folder / "data", "import", folder / "events.csv", "--map", folder / "map.toml")
    told = zhike(binary, folder / "data", "channel", "switching", "--where", "from=2026-01-01", "to=2027-01-01")
    customers = collections.defaultdict(list)
    for row in rows:
        customers[row["who"]].append(row)
    pairs, journeys, switching = collections.defaultdict(list), 0, 0
    for who, events in customers.items():
        some, few, found = switches_of(events)
        journeys, switching = journeys + some, switching + few
        for switch in found:
            pairs[switch[:2]].append((who, *switch[2:]))
    every = [switch for of_pair in pairs.values() for switch in of_pair]
    carried, lost = sum(s[2] for s in every), sum(s[3] or s[4] for s in every)
    yield (told["journeys"], told["switching"], told["switches"]) == (journeys, switching, len(every)), f"drawn: {told['switches']} switches in {switching} of {journeys} journeys"
    yield (told["carried"], told["lost"], told["untold"]) == (carried, lost, len(every) - carried - lost), f"drawn: {carried} carried, {lost} lost"
    yield min(carried, lost, sum(s[3] for s in every), sum(s[4] for s in every)) > 50, "drawn: there is enough of each"
    yield near(told["degree"]["value"], carried / len(every)) and all(near(told["degree"][end], bound) for end, bound in zip(("low", "high"), wilson(carried, len(every)))), \
        f"drawn: integration degree {told['degree']['value']:.4f} and its interval"
    mine = {key: (len(of), len({s[0] for s in of}), int(1000 * statistics.median(s[1] for s in of)), sum(s[2] for s in of), sum(s[3] for s in of), sum(s[4] for s in of)) for key, of in pairs.items()}
    theirs = {(i["from"], i["to"]): (i["count"], i["customers"], i["median_ms"], i["carried"], i["lost_identity"], i["lost_matter"]) for i in told["items"]}
    wrong = [(key, mine.get(key), theirs.get(key)) for key in mine.keys() | theirs.keys() if mine.get(key) != theirs.get(key)]
    yield not wrong, f"drawn: each of {len(mine)} pairs of channels{'' if not wrong else f': {wrong[:3]}'}"


def main():
    args = arguments(__doc__).parse_args()
    tally = Tally(args.words)
    for name, data, play in (("bank", "anonymous_bank_calls", bank), ("touches", "attribution_touchpoints", touches), ("drawn", ".", drawn)):
        if tally.wants(name, data):
            with tempfile.TemporaryDirectory(prefix="zhike-channels-") as temporary:
                for good, line in play(args.bin, pathlib.Path(temporary)):
                    tally.tell(good, line)
    tally.end()


if __name__ == "__main__":
    main()
