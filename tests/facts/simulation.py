#!/usr/bin/env python3
"""Simulation of a redesign: `zhike journey simulate` against formulas of queues, against another simulation written here
(plain loops over a heap, random numbers of its own), and against what real logs show.

simulation.py --bin build/release [WORD...]     formulas, worlds, files, and the logs whose name contains a word; all without

Logs come from ../shared/data/process_logs (or $ZHIKE_DATA); without that folder they are skipped, and counted so.
Standard library only."""
import collections
import csv
import datetime
import heapq
import json
import math
import pathlib
import random
import statistics
import subprocess
import tempfile

from performance import events_of, quantile, steps_of
from tally import DATA, Tally, arguments

FOLDER = DATA / "process_logs"
MINUTE, DAY = 60_000, 1440
MONDAY = datetime.datetime(2026, 3, 2, tzinfo=datetime.timezone.utc)
LOGS = ("receipt.xes.gz", "helpdesk.xes.gz", "bpic2012.xes.gz", "interval_event_log.csv.gz")


def zhike(binary, log, changes=None, *more, code=0):
    command = [binary / "zhike", "journey", "simulate", log, "--json", *map(str, more)]
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(changes or {}, file)
        file.flush()
        done = subprocess.run([*command, "--changes", file.name], capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout)


def table(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["case:concept:name", "concept:name", "start_timestamp", "time:timestamp", "org:resource"])
        out.writerows(rows)
    return path


def time_of(minutes):
    return (MONDAY + datetime.timedelta(milliseconds=round(minutes * MINUTE))).isoformat()


# --- Queues that have formulas ---

def erlang_c(servers, load):
    terms = [load ** k / math.factorial(k) for k in range(servers)]
    last = load ** servers / math.factorial(servers) * servers / (servers - load)
    return last / (sum(terms) + last)


def formulas(binary, folder):
    """Cases at random at a constant rate; one desk that is always open."""
    log = table(folder / "queue.csv", [(c, "serve", "", time_of(10 * c), "") for c in range(20_000)])
    for people, minutes, spread in ((1, 7, "exponential"), (3, 24, "exponential"), (5, 44, "exponential"), (1, 7, "fixed")):
        found = zhike(binary, log, {"arrivals": "hour_of_week", "replications": 40, "service": [{"step": "serve", "minutes": minutes, "spread": spread}],
                                    "groups": [{"name": "desk", "steps": ["serve"], "people": people}]})
        load = minutes / 10
        wait = erlang_c(people, load) * minutes / (people - load) * (1 if spread == "exponential" else 0.5)
        got = found["waited"]["before"]
        # The queue begins empty, and intervals miss one in twenty: two percent beside them.
        good = got["low"] / MINUTE - 0.02 * wait <= wait <= got["high"] / MINUTE + 0.02 * wait
        yield good, f"{'M/M' if spread == 'exponential' else 'M/D'}/{people}: wait {got['value'] / MINUTE:.3f} min, formula {wait:.3f}"
        used = found["groups"][0]["utilisation"]["before"]["value"]
        yield abs(used - load / people) < 0.01, f"{'M/M' if spread == 'exponential' else 'M/D'}/{people}: utilisation {used:.3f}, formula {load / people:.3f}"
    target = zhike(binary, log, {"arrivals": "hour_of_week", "replications": 20, "service": [{"step": "serve", "minutes": 44, "spread": "exponential"}],
                                 "groups": [{"name": "desk", "steps": ["serve"], "people": 9}], "target": {"wait_minutes": 15, "share": 0.9}})["staffing"]
    fewest = next(c for c in range(5, 20) if 1 - erlang_c(c, 4.4) * math.exp(-(c - 4.4) * 15 / 44) >= 0.9)
    yield [one["people"] for one in target["groups"]] == [fewest], f"fewest people: {target['groups'][0]['people']}, Erlang C {fewest}"


# --- A world of two offices, simulated here ---

WORKDAYS, ALL_DAYS = range(5), range(7)


def shift(days=WORKDAYS, begin=8, end=17, weeks=(0, 1)):
    """Hours of one person; an end after 24 is of the next day. `weeks`: of those that are even, odd."""
    return days, begin * 60, end * 60, weeks


class World:
    """Cases come on days and in hours of `comes`; people of both offices work in shifts, each of them in one or several. Who
    began a step ends it; the one who has been free longest takes the next."""

    def __init__(self, front=2, back=3, checked=0.4, decide=15.0, rate=6.0, comes=(WORKDAYS, 8, 16)):
        self.people = {office: [[shift()]] * people if isinstance(people, int) else people for office, people in (("front", front), ("back", back))}
        self.checked, self.rate, self.comes = checked, rate, comes
        self.mean = {"enter": 12.0, "check": 20.0, "decide": decide}
        self.office = {"enter": "front", "check": "back", "decide": "back"}

    def hours(self, office):
        """Of work in a week, of all its people."""
        return sum(len(days) * (end - begin) * len(weeks) / 120 for shifts in self.people[office] for days, begin, end, weeks in shifts)

    def changes(self, days):
        """Minutes at which anybody of an office comes, or leaves."""
        for office, people in self.people.items():
            for who, shifts in enumerate(people):
                for on, begin, end, weeks in shifts:
                    for day in range(-1, days + 14):
                        if day % 7 in on and day // 7 % 2 in weeks:
                            yield day * DAY + begin, "in", (office, who)
                            yield day * DAY + end, "out", (office, who)

    def play(self, seed, days):
        """[arrival, [(step, office, begin, end, who)]] of each case."""
        luck = random.Random(seed)
        # Who leaves has left before anything else happens at that minute.
        events, cases = [(at, -2 if what == "out" else -1, what, who) for at, what, who in self.changes(days)], []
        heapq.heapify(events)
        on, opens, closes = self.comes
        for day in range(days):
            now = day * DAY + opens * 60 + luck.expovariate(self.rate / 60)
            while day % 7 in on and now < day * DAY + closes * 60:
                route = ["enter", "check", "decide"] if luck.random() < self.checked else ["enter", "decide"]
                heapq.heappush(events, (now, len(cases), "come", None))
                cases.append([now, route, []])
                now += luck.expovariate(self.rate / 60)
        there, busy = collections.Counter(), set()
        free = {office: [] for office in self.people}
        queues = {office: collections.deque() for office in self.people}
        while events:
            now, case, what, who = heapq.heappop(events)
            if what == "come":
                queues[self.office[cases[case][1][0]]].append(case)
            elif what == "in":
                there[who] += 1
                if who not in busy and who[1] not in free[who[0]]:
                    free[who[0]].append(who[1])
            elif what == "out":
                there[who] -= 1
                if not there[who] and who[1] in free[who[0]]:
                    free[who[0]].remove(who[1])
            else:
                busy.remove(who)
                if there[who]:
                    free[who[0]].append(who[1])
                done = cases[case]
                if len(done[2]) < len(done[1]):
                    queues[self.office[done[1][len(done[2])]]].append(case)
            for office, queue in queues.items():
                while queue and free[office]:
                    following, one = queue.popleft(), free[office].pop(0)
                    taken = cases[following]
                    step = taken[1][len(taken[2])]
                    end = now + luck.expovariate(1 / self.mean[step])
                    taken[2].append((step, office, now, end, f"{office} {one}"))
                    busy.add((office, one))
                    heapq.heappush(events, (end, following, "end", (office, one)))
        return [(came, steps) for came, route, steps in cases if len(steps) == len(route)]

    def rows(self, seed, days):
        out = []
        for case, (came, steps) in enumerate(self.play(seed, days)):
            out.append((case, "arrive", time_of(came), time_of(came), "bot"))
            out += [(case, step, time_of(begin), time_of(end), who) for step, _, begin, end, who in steps]
        return out

    def truth(self, days, times):
        """Mean and p90 of cycle times, minutes."""
        spans = [[steps[-1][3] - came for came, steps in self.play(1000 + seed, days)] for seed in range(times)]
        return statistics.fmean(map(statistics.fmean, spans)), statistics.fmean(quantile(one, 0.9) for one in spans)


def worlds(binary, folder):
    """A log of the world tells what changes of the world would do."""
    log = table(folder / "world.csv", World().rows(1, 364))
    machine = ("--machine", "org:resource=bot")
    before = World().truth(364, 20)
    for words, change, world in (("one more behind", {"people": [{"group": "decide", "add": 1}]}, World(back=4)),
                                 ("decided in 12 minutes", {"duration": [{"step": "decide", "minutes": 12}]}, World(decide=12)),
                                 ("a quarter is checked", {"routing": [{"step": "check", "share": 0.25}]}, World(checked=0.25)),
                                 ("a tenth more cases", {"arrivals": 1.1}, World(rate=6.6))):
        found = zhike(binary, log, {"change": change}, *machine)
        after = world.truth(364, 20)
        for at, key in enumerate(("mean", "p90")):
            truth, got = after[at] - before[at], found[key]["difference"]
            # One year of a world is not its mean: the log is of a year with longer waits than most.
            near = abs(truth) / 3
            yield (got["low"] / MINUTE - near <= truth <= got["high"] / MINUTE + near and got["value"] * truth > 0,
                   f"{words}: {key} {got['value'] / MINUTE:+.1f} min [{got['low'] / MINUTE:.1f}, {got['high'] / MINUTE:.1f}], another simulation {truth:+.1f}")
    fit = found["fit"]
    yield fit["reproduced"], f"the log is reproduced: mean {fit['mean']['value'] / MINUTE:.1f} min of {fit['observed_mean']['value'] / MINUTE:.1f}, p90 {fit['p90']['value'] / MINUTE:.1f} of {fit['observed_p90']['value'] / MINUTE:.1f}"
    groups = {tuple(sorted(one["steps"])): one for one in found["groups"]}
    yield sorted(groups) == [("check", "decide"), ("enter",)], "two groups of people are seen"
    yield abs(groups["check", "decide"]["people"] - 3) < 0.3 and abs(groups["enter",]["people"] - 2) < 0.3, "of three and of two people at work"
    shared = zhike(binary, log, {"change": {"people": [{"group": "decide", "add": 1}]}}, *machine)["mean"]
    width = {key: shared[key]["high"] - shared[key]["low"] for key in shared}
    yield width["difference"] < 0.9 * math.hypot(width["before"], width["after"]), "common random numbers: the difference is known better than from independent runs"
    again = [zhike(binary, log, {"seed": 7, "replications": 5}, *machine) for _ in range(2)]
    yield again[0] == again[1] and again[0]["mean"] != zhike(binary, log, {"seed": 8, "replications": 5}, *machine)["mean"], "the seed decides"


# How the people of other worlds work. The log does not say it.
EARLY, LATE, NIGHT = shift(ALL_DAYS, 6, 14), shift(ALL_DAYS, 14, 22), shift(ALL_DAYS, 22, 30)
TURNS = [[shift(WORKDAYS, 6, 14, (0,)), shift(WORKDAYS, 14, 22, (1,))], [shift(WORKDAYS, 6, 14, (1,)), shift(WORKDAYS, 14, 22, (0,))]]
LUNCH = [shift(WORKDAYS, 8, 12), shift(WORKDAYS, 13, 17)]
CALENDARS = {
    "cases come until one o'clock": {"rate": 8.4, "comes": (WORKDAYS, 8, 13)},
    "day and night": {"front": [[EARLY], [LATE], [NIGHT]], "back": 2 * [[EARLY], [LATE], [NIGHT]], "rate": 3.6, "comes": (ALL_DAYS, 0, 24)},
    "two shifts that change every week": {"front": TURNS, "back": 2 * TURNS, "rate": 3.3, "comes": (WORKDAYS, 6, 22)},
    "part of the week, and of the day": {"front": [[shift()], [shift(range(3))], [shift(range(2, 5))]], "back": [[shift()], [shift()], [shift(WORKDAYS, 8, 12)], [shift(WORKDAYS, 13, 17)]], "rate": 5.6},
    "an hour of lunch": {"front": 2 * [LUNCH], "back": 3 * [LUNCH], "rate": 5.6, "comes": (WORKDAYS, 8, 15)},
    "Saturdays too, with fewer people": {"front": [[shift()], [shift(), shift([5], 9, 13)]], "back": [[shift()], [shift(), shift([5], 9, 13)], [shift(), shift([5], 9, 13)]], "rate": 5.6, "comes": (range(6), 8, 15)},
}


def calendars(binary, folder):
    """How people work is found in the log, and more cases do what they do in the world."""
    for words, kind in CALENDARS.items():
        world, more = World(**kind), World(**{**kind, "rate": 1.1 * kind["rate"]})
        log = table(folder / "calendar.csv", world.rows(3, 364))
        found = zhike(binary, log, {"change": {"arrivals": 1.1}}, "--machine", "org:resource=bot")
        fit = found["fit"]
        yield fit["reproduced"], f"{words}: mean {fit['mean']['value'] / MINUTE:.1f} min of {fit['observed_mean']['value'] / MINUTE:.1f}, p90 {fit['p90']['value'] / MINUTE:.1f} of {fit['observed_p90']['value'] / MINUTE:.1f}"
        for office, step in (("front", "enter"), ("back", "decide")):
            hours, truth = next(one["hours_a_week"] for one in found["groups"] if step in one["steps"]), world.hours(office)
            # After one o'clock nobody asks for the front: that they are there cannot be seen, and makes no difference.
            least = 0.75 if "until" in words and office == "front" else 0.95
            yield least * truth < hours < 1.05 * truth, f"{words}: {office} {hours:.1f} hours of work a week, {truth:.0f} in the world"
        before, after = world.truth(364, 20), more.truth(364, 20)
        for at, key in enumerate(("mean", "p90")):
            truth, got = after[at] - before[at], found[key]["difference"]
            yield got["low"] / MINUTE - abs(truth) / 3 <= truth <= got["high"] / MINUTE + abs(truth) / 3, (
                f"{words}: a tenth more cases: {key} {got['value'] / MINUTE:+.1f} min [{got['low'] / MINUTE:.1f}, {got['high'] / MINUTE:.1f}], another simulation {truth:+.1f}")


# --- Real logs ---

def observed(steps, warmup):
    """Cycle times of cases that come after the warm-up, ms."""
    came = sorted((case[0][1] if case[0][0] is None else case[0][0], max(step[1] for step in case)) for case in steps)
    hour = came[0][0] // (60 * MINUTE) * 60 * MINUTE
    return [end - begin for begin, end in came if begin - hour >= warmup]


def of_log(binary, name):
    steps = [case for case in map(steps_of, events_of(FOLDER / name)) if case]
    people = any(step[3] for case in steps for step in case)
    machine = ("--machine", "org:resource=112") if name.startswith("bpic2012") else ()
    if people:
        refused = zhike(binary, FOLDER / name, None, *machine, code=1)
        yield refused["error"]["code"] == "service_unknown", f"{name}: without start times, work must be given"
    given = {"service": [{"step": "*", "minutes": 2}], "customer_waits": ["*"], "replications": 10}
    found = zhike(binary, FOLDER / name, given, *machine)
    times, fit = observed(steps, found["warmup_ms"]), found["fit"]
    yield (fit["cases"] == len(times) and math.isclose(fit["observed_mean"]["value"], statistics.fmean(times))
           and math.isclose(fit["observed_p90"]["value"], quantile(times, 0.9))), f"{name}: observed cycle times, mean {fit['observed_mean']['value'] / MINUTE / DAY:.2f} days"
    near = all(abs(fit[key]["value"] - fit[f"observed_{key}"]["value"]) <= 0.15 * fit[f"observed_{key}"]["value"]
               or fit[f"observed_{key}"]["low"] <= fit[key]["value"] <= fit[f"observed_{key}"]["high"] for key in ("mean", "p90"))
    yield (fit["reproduced"] and near and near == ("mean_off" not in fit["doubts"] and "p90_off" not in fit["doubts"])), (
        f"{name}: pauses of the log kept, {'reproduced' if near else 'not reproduced'}: mean {fit['mean']['value'] / MINUTE / DAY:.2f} days of {fit['observed_mean']['value'] / MINUTE / DAY:.2f}, "
        f"p90 {fit['p90']['value'] / MINUTE / DAY:.2f} of {fit['observed_p90']['value'] / MINUTE / DAY:.2f}")
    if not people:
        yield "no_people" in fit["doubts"] and found["groups"] == [], f"{name}: nobody is known to work, and it is said"
        return
    bare = zhike(binary, FOLDER / name, {"service": [{"step": "*", "minutes": 2}], "replications": 3}, *machine)["fit"]
    yield not bare["reproduced"] and "mean_off" in bare["doubts"] and "waits_unexplained" in bare["doubts"], f"{name}: queues alone do not explain its waits, and it is said"
    busy = max(one["utilisation"]["before"]["value"] or 0 for one in found["groups"])
    yield 0 < busy < 1, f"{name}: {len(found['groups'])} groups, the busiest at {busy:.2f}"


def wrong(binary, folder):
    """What is wrong is told, and where."""
    log = table(folder / "small.csv", [(c, "serve", "", time_of(30 * c), "ann") for c in range(50)])
    for changes, code, words in (({"changes": {}}, "bad_field", "changes"), ({"change": {"removed": ["serve"]}}, "bad_field", "removed"),
                                 ({}, "service_unknown", "serve"), ({"change": {"remove": ["nothing"]}, "service": [{"step": "*", "minutes": 1}]}, "bad_simulation", "nothing"),
                                 ({"change": {"people": [{"group": "serve", "add": -5}]}, "service": [{"step": "*", "minutes": 1}]}, "bad_simulation", "serve"),
                                 ({"service": [{"step": "*", "minutes": 9000000}]}, "bad_simulation", "piles up")):
        error = zhike(binary, log, changes, code=1)["error"]
        yield error["code"] == code and words in json.dumps(error), f"{json.dumps(changes)}: {error['code']}"
    lone = table(folder / "lone.csv", [(1, "serve", "", time_of(0), "ann")])
    yield zhike(binary, lone, {"service": [{"step": "*", "minutes": 1}]}, code=1)["error"]["code"] == "bad_log", "one case is no process"


def main():
    args = arguments(__doc__).parse_args()
    tally = Tally(args.words)
    with tempfile.TemporaryDirectory(prefix="zhike-simulation-") as folder:
        for name, check in (("formulas", formulas), ("worlds", worlds), ("calendars", calendars), ("files", wrong)):
            if not args.words or any(word in name for word in args.words):
                for good, line in check(args.bin, pathlib.Path(folder)):
                    tally.tell(good, line)
    for name in LOGS:
        if tally.wants(name, "process_logs"):
            for good, line in of_log(args.bin, name):
                tally.tell(good, line)
    tally.end()


if __name__ == "__main__":
    main()
