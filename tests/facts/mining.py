#!/usr/bin/env python3
"""Process mining on real logs: `zhike journey` against the same figures counted here the slow way from the files, with
known counts beside them. A model that is written as PNML is played here by sets of markings, from the definitions: every
trace must fit a model that nothing was left out of, and precision is worked out anew.

mining.py --bin build/release [WORD...]     the logs whose name contains a word; all without

Logs come from ../shared/data/process_logs (or $ZHIKE_DATA); without that folder all are skipped, and counted so.
Standard library only."""
import collections
import gzip
import json
import pathlib
import statistics
import subprocess
import datetime
import tempfile
import xml.etree.ElementTree as etree

from tally import DATA, Tally, arguments

FOLDER = DATA / "process_logs"
# cases, events, activities, edges, edge total, variants, most frequent variant (None: only as counted here)
KNOWN = {"running-example.xes": (6, 42, 8, 16, 36, 6, None),
         "receipt.xes.gz": (1434, 8577, 27, 99, 7143, 116, 713),
         "helpdesk.xes.gz": (4580, 21348, 14, 55, 16768, 226, None),
         "bpic2012.xes.gz": (13087, 262200, 24, 125, 249113, 4366, None)}
OTHERS = ["bpic2013_closed.xes.gz", "teleclaims.xes.gz", "repairExample.xes.gz", "reviewing.xes.gz",
          "roadtraffic100traces.xes.gz", "roadtraffic_1t_per_variant.xes.gz"]
PLAYED = ["running-example.xes", "receipt.xes.gz", "roadtraffic100traces.xes.gz"]  # small enough to be played slowly
RUNNING_TREE = ("->( 'register request', *( ->( +( X( 'examine casually', 'examine thoroughly' ), 'check ticket' ), "
                "'decide' ), 'reinitiate request' ), X( 'pay compensation', 'reject request' ) )")


def opened(path):
    return gzip.open(path, "rb") if path.suffix == ".gz" else open(path, "rb")


def traces_of(path):
    """[[(activity, time)]], by another parser."""
    traces = []
    with opened(path) as file:
        for _, element in etree.iterparse(file):
            if element.tag.rpartition("}")[2] != "trace":
                continue
            trace = []
            for event in element:
                if event.tag.rpartition("}")[2] == "event":
                    values = {child.get("key"): child.get("value") for child in event}
                    trace.append((values["concept:name"], datetime.datetime.fromisoformat(values["time:timestamp"])))
            traces.append(trace)
            element.clear()
    return traces


def counted(traces):
    gaps = collections.defaultdict(list)
    for trace in traces:
        for (before, begin), (after, end) in zip(trace, trace[1:]):
            gaps[before, after].append((end - begin) / datetime.timedelta(milliseconds=1))
    variants = collections.Counter(tuple(a for a, _ in trace) for trace in traces)
    return gaps, variants


def zhike(binary, *words, code=0):
    run = subprocess.run([str(binary.resolve() / "zhike"), "journey", *map(str, words), "--json", "--lang", "en"],
                         capture_output=True, text=True, timeout=300, check=False)
    lines = run.stdout.strip().splitlines()
    if run.returncode != code or len(lines) != 1:
        raise RuntimeError(f"{words} ended with {run.returncode}: {run.stdout[:300]} {run.stderr[-300:]}")
    return json.loads(lines[0])


class Net:
    """A net read from PNML by another parser, played by sets of markings."""

    def __init__(self, path):
        root = etree.parse(path).getroot()
        local = lambda element: element.tag.rpartition("}")[2]
        self.initial, self.final, self.steps = set(), set(), {}
        for element in root.iter():
            if local(element) == "place" and element.get("id"):
                if any(local(child) == "initialMarking" for child in element):
                    self.initial.add(element.get("id"))
            elif local(element) == "place":
                self.final.add(element.get("idref"))
            elif local(element) == "transition":
                silent = any(child.get("activity") == "$invisible$" for child in element)
                name = next(text.text for text in element.iter() if local(text) == "text")
                self.steps[element.get("id")] = (None if silent else name, set(), set())
        for element in root.iter():
            if local(element) == "arc":
                source, target = element.get("source"), element.get("target")
                if source in self.steps:
                    self.steps[source][2].add(target)
                else:
                    self.steps[target][1].add(source)
        self.begin, self.end = self.closed({frozenset(self.initial)}), frozenset(self.final)

    def after(self, markings, label):
        """The nets that are mined have at most one token in a place, so a marking is a set of places."""
        return {(marking - takes) | gives for marking in markings for name, takes, gives in self.steps.values()
                if name == label and takes <= marking}

    def closed(self, markings):
        found, todo = set(markings), list(markings)
        while todo:
            for marking in self.after([todo.pop()], None):
                if marking not in found:
                    found.add(marking)
                    todo.append(marking)
        return found

    def play(self, variants):
        """Cases that fit; precision of those, and whether all do."""
        labels = {name for name, _, _ in self.steps.values()} - {None}
        known = {(): self.begin}
        seen = collections.defaultdict(lambda: [0, set()])
        fitting = 0
        for variant, count in variants.items():
            for at, activity in enumerate(variant):
                beginning = variant[:at]
                seen[beginning][0] += count
                seen[beginning][1].add(activity)
                if beginning + (activity,) not in known:
                    known[beginning + (activity,)] = self.closed(self.after(known[beginning], activity))
            fitting += count * (self.end in known[variant])
        enabled = escaping = 0
        for beginning, (weight, comes) in seen.items():
            may = {label for label in labels if self.after(known[beginning], label)}
            enabled += weight * len(may)
            escaping += weight * len(may - comes)
        return fitting, 1 - escaping / enabled


def close(a, b, within=1e-9):
    return abs(a - b) <= within * max(1, abs(a), abs(b))


def graph(binary, name, traces, gaps, variants):
    found = zhike(binary, "discover", FOLDER / name, "--graph", "--variants", 1)
    keys = ("cases", "events", "activities", "edges", "edge_total", "variants", "top_variant")
    here = (len(traces), sum(map(len, traces)), len({a for trace in traces for a, _ in trace}), len(gaps),
            sum(map(len, gaps.values())), len(variants), max(variants.values()))
    for key, mine, known in zip(keys, here, KNOWN.get(name, (None,) * 7)):
        yield found[key] == mine and known in (None, mine), f"{name}: {mine} {key}"
    edges = {(edge["from"], edge["to"]): edge for edge in found["graph"]}
    yield (len(edges) == len(gaps) and all(edges[pair]["count"] == len(times) for pair, times in gaps.items()),
           f"{name}: the count of every edge")
    forward = {pair: [gap for gap in times if gap >= 0] for pair, times in gaps.items()}
    yield (all(close(edges[pair]["median_ms"], statistics.median(times)) and
               close(edges[pair]["mean_ms"], statistics.fmean(times)) for pair, times in forward.items() if times),
           f"{name}: mean and median waiting of every edge")
    starts = collections.Counter(trace[0][0] for trace in traces if trace)
    ends = collections.Counter(trace[-1][0] for trace in traces if trace)
    yield (all({one["activity"]: one["count"] for one in found[key]} == mine
               for key, mine in (("starts", starts), ("ends", ends))), f"{name}: starts and ends")


def models(binary, name, traces, variants, folder):
    found = zhike(binary, "conform", FOLDER / name, "--discover", "inductive")
    yield found["alignment_fitness"] == 1 and found["fitting_cases"] == len(traces), f"{name}: every case fits its model"
    yield found["fitness"] == 1, f"{name}: no token is missing or remains"
    yield found["model"]["soundness"] == "sound", f"{name}: the model is sound"
    if name == "running-example.xes":
        yield found["model"]["tree"] == RUNNING_TREE, f"{name}: the tree that is known"
    noisy = zhike(binary, "conform", FOLDER / name, "--discover", "inductive", "--noise", 0.2)
    yield (0.5 < noisy["alignment_fitness"] <= 1 and 0 < noisy["precision"] <= 1,
           f"{name}: with noise 0.2 left out, fitness {noisy['alignment_fitness']:.4f} and precision "
           f"{noisy['precision']:.4f}, which was {found['precision']:.4f}")
    if name not in PLAYED:
        return
    for noise in (0, 0.2):
        path = folder / f"{name}-{noise}.pnml"
        zhike(binary, "discover", FOLDER / name, "--noise", noise, "--miner", "inductive", "--out", path)
        fitting, precision = Net(path).play(variants)
        read = zhike(binary, "conform", FOLDER / name, "--model", path)
        yield read["fitting_cases"] == fitting, f"{name}: {fitting} cases fit, played slowly, noise {noise}"
        if fitting == len(traces):
            yield close(read["precision"], precision), f"{name}: precision {precision:.6f}, played slowly"
        again = zhike(binary, "conform", FOLDER / name, "--discover", "inductive", "--noise", noise)
        yield (all(read[key] == again[key] for key in ("fitness", "precision", "alignment_fitness", "cost")),
               f"{name}: the same with the model from its file")


def table(binary, folder):
    """The running example as CSV, and what is wrong with files."""
    xes = zhike(binary, "discover", FOLDER / "running-example.xes", "--graph")
    rows = zhike(binary, "discover", FOLDER / "running-example.csv", "--graph")
    yield (all(xes[key] == rows[key] for key in ("cases", "events", "activities", "edges", "edge_total", "variants")) and
           {(e["from"], e["to"], e["count"], e["median_ms"]) for e in xes["graph"]} ==
           {(e["from"], e["to"], e["count"], e["median_ms"]) for e in rows["graph"]}), "running-example.csv: as the XES"
    missing = zhike(binary, "discover", FOLDER / "running-example.csv", "--case", "nobody", code=1)
    yield missing["error"]["code"] == "driver_column_missing", "a column that is not there is told"
    broken = folder / "broken.xes"
    broken.write_bytes((FOLDER / "running-example.xes").read_bytes()[:9000])
    yield zhike(binary, "discover", broken, code=1)["error"]["code"] == "bad_file", "a file that is cut off is told"
    large = zhike(binary, "discover", FOLDER / "bpic2012.xes.gz", "--memory-max", 1, code=1)
    yield large["error"]["code"] == "log_too_large", "a log above the limit is told"
    bpmn = folder / "running.bpmn"
    zhike(binary, "discover", FOLDER / "running-example.xes", "--out", bpmn)
    tasks = [e for e in etree.parse(bpmn).getroot().iter() if e.tag.endswith("}task")]
    yield len(tasks) == 8, "the BPMN of the running example has its 8 tasks"


def main():
    args = arguments(__doc__).parse_args()
    tally = Tally(args.words)
    with tempfile.TemporaryDirectory(prefix="zhike-mining-") as temporary:
        folder = pathlib.Path(temporary)
        for name in [*KNOWN, *OTHERS]:
            if tally.wants(name, "process_logs"):
                traces = traces_of(FOLDER / name)
                gaps, variants = counted(traces)
                for good, line in graph(args.bin, name, traces, gaps, variants):
                    tally.tell(good, line)
                for good, line in models(args.bin, name, traces, variants, folder):
                    tally.tell(good, line)
        if tally.wants("files", "process_logs"):
            for good, line in table(args.bin, folder):
                tally.tell(good, line)
    tally.end()


if __name__ == "__main__":
    main()
