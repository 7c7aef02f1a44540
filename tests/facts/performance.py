#!/usr/bin/env python3
"""Process performance on real logs: `zhike journey performance` against the same figures counted here the slow way, by
loops over the events of the files, with known counts beside them.

performance.py --bin build/release [WORD...]     the logs whose name contains a word; all without

Logs come from ../shared/data/process_logs (or $ZHIKE_DATA); without that folder all are skipped, and counted so.
Standard library only."""
import collections
import csv
import datetime
import gzip
import io
import json
import math
import pathlib
import subprocess
import tempfile
import xml.etree.ElementTree as etree

from tally import DATA, Tally, arguments

FOLDER = DATA / "process_logs"
# cases, steps (of bpic2012: completions)
KNOWN = {"receipt.xes.gz": (1434, 8577), "helpdesk.xes.gz": (4580, 21348), "bpic2012.xes.gz": (13087, 164506),
         "interval_event_log.csv.gz": (None, 8109), "running-example.csv": (6, 42)}
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
MINUTE, DAY = 60_000, 86_400_000


def opened(path):
    return gzip.open(path, "rb") if path.suffix == ".gz" else open(path, "rb")


def ms_of(text):
    at = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (at - EPOCH) // datetime.timedelta(milliseconds=1)


def events_of(path):
    """Of each case its events as dictionaries, in the order of the file."""
    if ".xes" in path.name:
        with opened(path) as file:
            for _, element in etree.iterparse(file):
                if element.tag.rpartition("}")[2] == "trace":
                    yield [{child.get("key"): child.get("value") for child in event} for event in element
                           if event.tag.rpartition("}")[2] == "event"]
                    element.clear()
        return
    cases = {}
    with opened(path) as file:
        for row in csv.DictReader(io.TextIOWrapper(file, encoding="utf-8")):
            cases.setdefault(row["case:concept:name"], []).append(row)
    yield from cases.values()


def steps_of(events):
    """[begin or None, end, activity, resource, event] in order, starts joined with completions first come first served."""
    opens, steps = collections.defaultdict(list), []
    for event in sorted(events, key=lambda event: ms_of(event["time:timestamp"])):
        at, activity = ms_of(event["time:timestamp"]), event["concept:name"]
        phase = event.get("lifecycle:transition", "").lower()
        if phase == "start":
            opens[activity].append((at, event.get("org:resource")))
            continue
        if phase in ("schedule", "assign", "reassign", "suspend", "resume", "withdraw"):
            continue
        begin = ms_of(event["start_timestamp"]) if event.get("start_timestamp") else None
        resource = event.get("org:resource")
        if phase == "complete" and opens[activity]:
            begin, who = opens[activity].pop(0)
            resource = resource or who
        steps.append([begin, at, activity, resource, event])
    return sorted(steps, key=lambda step: (step[1] if step[0] is None else step[0], step[1]))


def quantile(values, q):
    values = sorted(values)
    place = q * (len(values) - 1)
    low = math.floor(place)
    high = min(low + 1, len(values) - 1)
    return values[low] + (place - low) * (values[high] - values[low])


def close(a, b, within=1e-9):
    return (a is None and b is None) or (a is not None and b is not None and abs(a - b) <= within * max(1, abs(a), abs(b)))


def same(spread, values):
    """Whether a spread is that of the values."""
    if spread["n"] != len(values):
        return False
    if not values:
        return spread["median"]["value"] is None
    return (close(spread["total"], sum(values)) and close(spread["median"]["value"], quantile(values, 0.5))
            and close(spread["mean"]["value"], sum(values) / len(values)) and close(spread["p90"]["value"], quantile(values, 0.9)))


class Counted:
    """The figures of a log, by loops."""

    def __init__(self, cases):
        self.throughput, self.steps = [], 0
        self.waits, self.services, self.edges = (collections.defaultdict(list) for _ in range(3))
        self.repeats, self.extra = collections.Counter(), collections.defaultdict(list)
        self.rework_cases = 0
        self.handed, self.kept, self.unknown = [], [], 0
        self.pairs = collections.defaultdict(list)
        self.case_days, self.days, self.of_resource = (collections.defaultdict(set) for _ in range(3))
        self.begun = collections.defaultdict(list)
        self.first, self.lengths, self.reworked = [], [], []
        for number, steps in enumerate(cases):
            self.add(number, steps)

    def add(self, number, steps):
        begins = [step[1] if step[0] is None else step[0] for step in steps]
        self.first.append(begins[0])
        self.throughput.append(max(step[1] for step in steps) - begins[0])
        self.lengths.append(len(steps))
        ends = collections.defaultdict(list)
        for place, (begin, end, activity, resource, _) in enumerate(steps):
            self.steps += 1
            ends[activity].append(end)
            if begin is not None:
                self.services[activity].append(end - begin)
            if resource:
                self.case_days[resource].add((number, end // DAY))
                self.days[resource].add(end // DAY)
                self.of_resource[resource].add((number, place))
                self.begun[activity, resource].append((begins[place], number))
            if place == 0:
                continue
            # Of the steps before, that which ended last, and of equal ones the last in order.
            latest = max(range(place), key=lambda at: (steps[at][1], at))
            before = steps[latest]
            wait = max(0, begins[place] - before[1])
            self.waits[activity].append(wait)
            self.edges[before[2], activity].append(wait)
            if not resource or not before[3]:
                self.unknown += 1
            elif resource == before[3]:
                self.kept.append(wait)
            else:
                self.handed.append(wait)
                self.pairs[before[3], resource].append(wait)
        again = {activity: times for activity, times in ends.items() if len(times) > 1}
        self.reworked.append(bool(again))
        self.rework_cases += bool(again)
        for activity, times in again.items():
            self.repeats[activity] += len(times) - 1
            self.extra[activity].append(max(times) - min(times))

    def batches(self):
        """activity → (batches, steps in them)"""
        out = {}
        for (activity, _), begun in self.begun.items():
            begun.sort()
            run = []
            for item in begun + [None]:
                if run and (item is None or item[0] - run[-1][0] > MINUTE):
                    if len({case for _, case in run}) > 1:
                        count, steps = out.get(activity, (0, 0))
                        out[activity] = (count + 1, steps + len(run))
                    run = []
                run.append(item)
        return out


def zhike(binary, *words, code=0):
    run = subprocess.run([str(binary.resolve() / "zhike"), "journey", "performance", *map(str, words), "--json", "--lang", "en"],
                         capture_output=True, text=True, timeout=300, check=False)
    lines = run.stdout.strip().splitlines()
    if run.returncode != code or len(lines) != 1:
        raise RuntimeError(f"{words} ended with {run.returncode}: {run.stdout[:300]} {run.stderr[-300:]}")
    return json.loads(lines[0])


def times(name, found, mine):
    known = KNOWN[name]
    yield found["cases"] == len(mine.throughput) and known[0] in (None, found["cases"]), f"{name}: {found['cases']} cases"
    yield found["steps"] == mine.steps == known[1], f"{name}: {found['steps']} steps"
    yield same(found["throughput"], mine.throughput), f"{name}: throughput"
    yield same(found["waiting"], [w for waits in mine.waits.values() for w in waits]), f"{name}: waiting of all steps"
    rows = {row["activity"]: row for row in found["activities"]}
    yield (all(same(rows[a]["waiting"], waits) for a, waits in mine.waits.items())
           and all(same(rows[a]["service"], work) for a, work in mine.services.items())), f"{name}: waiting and work of {len(rows)} activities"
    totals = [row["waiting"]["total"] for row in found["activities"]]
    yield totals == sorted(totals, reverse=True), f"{name}: the longest waiting comes first"
    edges = {(row["from"], row["to"]): row for row in found["edges"]}
    shown = {pair: waits for pair, waits in mine.edges.items() if pair in edges}
    yield len(edges) == min(200, len(mine.edges)) and all(same(edges[p]["waiting"], w) for p, w in shown.items()), f"{name}: {len(edges)} edges"


def people(name, found, mine):
    rework = found["rework"]
    yield (rework["cases"], rework["of"]) == (mine.rework_cases, len(mine.throughput)), f"{name}: {rework['cases']} cases done again"
    yield ({row["activity"]: row["repeats"] for row in rework["items"]} == dict(mine.repeats)
           and all(same(row["extra"], mine.extra[row["activity"]]) for row in rework["items"])), f"{name}: what is repeated, and for how long"
    handover = found["handover"]
    yield same(handover["handed"], mine.handed) and same(handover["kept"], mine.kept) and handover["unknown"] == mine.unknown, f"{name}: handovers"
    yield all(same(row["waiting"], mine.pairs[row["from"], row["to"]]) for row in handover["items"]), f"{name}: pairs of handovers"
    load = {row["resource"]: row for row in found["load"]["items"]}
    yield (len(mine.days) == found["load"]["employees"]
           and all((row["steps"], row["active_days"]) == (len(mine.of_resource[who]), len(mine.days[who])) and close(row["per_day"], len(mine.case_days[who]) / len(mine.days[who]))
                   for who, row in load.items())), f"{name}: load of {len(load)} employees"
    if mine.days:
        yield close(found["load"]["value"], sum(map(len, mine.case_days.values())) / sum(map(len, mine.days.values()))), f"{name}: cases per employee and day"
    yield {row["activity"]: (row["batches"], row["steps"]) for row in found["batches"]} == mine.batches(), f"{name}: batches"


def rates(binary, name, steps):
    """The busiest resource is said to be a machine, the rarest activity to be a failure, the first to be automatic."""
    busy = collections.Counter(step[3] for case in steps for step in case if step[3]).most_common(1)[0][0]
    rare = collections.Counter(step[2] for case in steps for step in case).most_common()[-1][0]
    first = steps[0][0][2]
    found = zhike(binary, FOLDER / name, "--machine", f"org:resource={busy}", "--failure", f"concept:name={rare}", "--designed", first)["rates"]
    machines = known = by_hand = wrong = 0
    for case in steps:
        seen = set()
        for _, _, activity, resource, _ in case:
            wrong += activity == rare or activity in seen
            seen.add(activity)
            known += bool(resource)
            machines += resource == busy
            by_hand += bool(resource) and resource != busy and activity == first
    total = sum(map(len, steps))
    yield (close(found["automation"]["value"], machines / known) and close(found["manual"]["value"], by_hand / known)
           and close(found["error"]["value"], wrong / total) and found["automation"]["unknown"] == total - known), f"{name}: rates"
    refused = zhike(binary, FOLDER / name)["rates"]
    yield [refused[key]["refused"] for key in ("automation", "error", "manual")] == ["machines_not_named", "failures_not_named", "design_not_named"], f"{name}: rates that nobody defined are refused"


def compared(binary, name, mine):
    split = sorted(mine.first)[len(mine.first) // 2]
    text = (EPOCH + datetime.timedelta(milliseconds=split)).isoformat()
    found = zhike(binary, FOLDER / name, "--split", text)["comparison"]
    sides = [[time for time, first in zip(mine.throughput, mine.first) if (first >= split) == late] for late in (False, True)]
    yield same(found["before"]["throughput"], sides[0]) and same(found["after"]["throughput"], sides[1]), f"{name}: both sides of {text[:10]}"
    difference = quantile(sides[1], 0.5) - quantile(sides[0], 0.5)
    gap = found["throughput_median"]
    yield close(gap["difference"], difference) and gap["low"] <= difference <= gap["high"], f"{name}: difference of the medians"


def deviations(binary, name, steps, mine):
    """The most frequent sequence as the designed process: what follows it deviates in nothing."""
    design = collections.Counter(tuple(step[2] for step in case) for case in steps).most_common(1)[0]
    places = "".join(f"<place id='p{i}'>{'<initialMarking><text>1</text></initialMarking>' if i == 0 else ''}</place>" for i in range(len(design[0]) + 1))
    moves = "".join(f"<transition id='t{i}'><name><text>{a}</text></name></transition><arc id='a{i}' source='p{i}' target='t{i}'/><arc id='b{i}' source='t{i}' target='p{i + 1}'/>"
                    for i, a in enumerate(design[0]))
    with tempfile.TemporaryDirectory() as folder:
        model = pathlib.Path(folder) / "design.pnml"
        model.write_text(f"<pnml><net id='n' type='http://www.pnml.org/version-2009/grammar/pnmlcoremodel'>{places}{moves}</net></pnml>", encoding="utf-8")
        found = zhike(binary, FOLDER / name, "--model", model, "--top", 200)["deviations"]
    yield found["fitting"] == design[1] and found["cases"] == len(steps), f"{name}: {design[1]} cases follow the design"
    # A step that the design does not have at all is extra wherever it comes.
    foreign = next((row for row in found["items"] if row["activity"] not in design[0]), None)
    if foreign is None:
        return
    has = [any(step[2] == foreign["activity"] for step in case) for case in steps]
    sides = [[time for time, it in zip(mine.throughput, has) if it == wanted] for wanted in (False, True)]
    difference = sum(sides[1]) / len(sides[1]) - sum(sides[0]) / max(1, len(sides[0]))
    yield (foreign["kind"] == "extra" and foreign["cases"] == sum(has) and foreign["times"] == sum(step[2] == foreign["activity"] for case in steps for step in case)
           and (foreign["throughput"] is None or close(foreign["throughput"]["difference"], difference, 1e-6))), f"{name}: {foreign['activity']} is extra in {foreign['cases']} cases"


def of_log(binary, name):
    steps = [case for case in map(steps_of, events_of(FOLDER / name)) if case]
    mine = Counted(steps)
    found = zhike(binary, FOLDER / name, "--top", 200)
    yield from times(name, found, mine)
    yield from people(name, found, mine)
    if name in ("receipt.xes.gz", "helpdesk.xes.gz"):
        yield from rates(binary, name, steps)
        yield from compared(binary, name, mine)
        yield from deviations(binary, name, steps, mine)
    if name == "running-example.csv":
        costs = [sum(float(step[4]["Costs"]) for step in case) for case in steps]
        yield same(zhike(binary, FOLDER / name, "--cost", "Costs")["cost"], costs), f"{name}: cost of cases"
    if name == "bpic2012.xes.gz":
        yield found["with_begin"] > 0 and found["told"]["other_transitions"] > 0, f"{name}: starts are joined, scheduling is no step"


def wrong(binary, folder):
    """What is wrong with a file is told, and an end before its start counted."""
    missing = zhike(binary, FOLDER / "running-example.csv", "--resource", "nobody", code=1)
    yield missing["error"]["code"] == "driver_column_missing", "a column that is not there is told"
    large = zhike(binary, FOLDER / "bpic2012.xes.gz", "--memory-max", 1, code=1)
    yield large["error"]["code"] == "log_too_large", "a log above the limit is told"
    nobody = zhike(binary, FOLDER / "running-example.csv", "--designed", "nobody", code=1)
    yield nobody["error"]["code"] == "bad_filter", "an activity that is not in the log is told"
    backwards = folder / "backwards.csv"
    backwards.write_text("case:concept:name,concept:name,time:timestamp,start_timestamp\n1,a,2026-01-01 10:00:00,2026-01-01 11:00:00\n"
                         "1,b,2026-01-01 12:00:00,2026-01-01 12:00:00\n", encoding="utf-8")
    found = zhike(binary, backwards)
    yield (found["told"]["end_before_start"], found["with_begin"], found["throughput"]["total"]) == (1, 1, 2 * 3_600_000), "an end before its start is told, and the start not used"
    million = folder / "million.csv"
    with million.open("w", encoding="utf-8") as file:
        file.write("case:concept:name,concept:name,time:timestamp,org:resource\n")
        file.writelines(f"1,{'ab'[at % 2]},2026-01-01 10:00:00,ann\n" for at in range(1_000_000))
    found = zhike(binary, million)
    yield (found["cases"], found["steps"], found["rework"]["repeats"], found["waiting"]["total"]) == (1, 1_000_000, 999_998, 0), "one case of a million steps at one time"


def main():
    args = arguments(__doc__).parse_args()
    tally = Tally(args.words)
    for name in KNOWN:
        if tally.wants(name, "process_logs"):
            for good, line in of_log(args.bin, name):
                tally.tell(good, line)
    if tally.wants("files", "process_logs"):
        with tempfile.TemporaryDirectory(prefix="zhike-performance-") as folder:
            for good, line in wrong(args.bin, pathlib.Path(folder)):
                tally.tell(good, line)
    tally.end()


if __name__ == "__main__":
    main()
