#!/usr/bin/env python3
"""A simulated company whose people are known goes through the store: are its customers its people, and does
matching propose the few that are left? Identity is scored over pairs of identifiers, matching over pairs of
customers.

store.py --bin build/release [--customers N] [--seed N]

Standard library only; needs no data but what it simulates."""
import argparse
import collections
import csv
import http.cookiejar
import json
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

KINDS = ("user_id", "email", "phone", "loyalty_id", "crm")


class Service:
    def __init__(self, binary, folder, options):
        self.process = subprocess.Popen(
            [str(binary / "zhike"), "demo", "--data", str(folder), "--customers", str(options.customers), "--days", "30",
             "--seed", str(options.seed), "--port", "0", "--json", "--lang", "en"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        if not line.strip():
            raise SystemExit("FAILED store: the demo did not start")
        self.base = f"http://127.0.0.1:{json.loads(line)['port']}"
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        self.call("POST", "/api/session", {"user": "demo", "password": "zhike-demo-2026"})

    def call(self, method, path, body=None, **query):
        text = self.base + path + ("?" + urllib.parse.urlencode(query) if query else "")
        request = urllib.request.Request(text, method=method, data=None if body is None else json.dumps(body).encode(),
                                         headers={"X-Zhike": "1", "Content-Type": "application/json"})
        with self.opener.open(request) as answer:
            return json.load(answer)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)


def known_people(folder):
    """(kind, value) → person, of identifiers that are one person's alone."""
    out, twice = {}, set()
    rows = [(row["kind"], row["value"], row["person_id"]) for row in csv.DictReader(open(folder / "identifiers.csv", encoding="utf-8"))]
    rows += [("crm", "crm:" + row["crm_no"], row["person_id"]) for row in csv.DictReader(open(folder / "crm.csv", encoding="utf-8"))]
    for kind, value, person in rows:
        if kind in KINDS and out.setdefault((kind, value), person) != person:
            twice.add((kind, value))
    return {key: person for key, person in out.items() if key not in twice}


def pairs_of(counts):
    return sum(n * (n - 1) // 2 for n in counts)


def scored(right, found, wanted):
    precision, recall = right / max(1, found), right / max(1, wanted)
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def identity(service, people):
    """Customer by identifier, and how well they fit the people."""
    customer_of = {}
    for kind, value in people:
        items = service.call("GET", "/api/customers", q=value)["items"]
        if len(items) == 1:
            customer_of[kind, value] = items[0]["id"]
    both = collections.Counter((customer, people[key]) for key, customer in customer_of.items())
    found = pairs_of(collections.Counter(customer_of.values()).values())
    wanted = pairs_of(collections.Counter(people[key] for key in customer_of).values())
    return customer_of, scored(pairs_of(both.values()), found, wanted)


def matching(service, people, customer_of):
    persons = collections.defaultdict(set)
    for key, customer in customer_of.items():
        if key[0] in ("crm", "user_id"):
            persons[customer].add(people[key])
    customers = collections.defaultdict(set)
    for customer, of in persons.items():
        for person in of:
            customers[person].add(customer)
    service.call("POST", "/api/identity/matching", {})
    while (run := service.call("GET", "/api/identity/matching")["items"][0])["state"] == "running":
        time.sleep(0.2)
    if run["state"] != "done":
        raise SystemExit(f"FAILED store: matching ended as {run}")
    right = wrong = 0
    query = {"limit": 200}
    while True:
        page = service.call("GET", "/api/identity/review", **query)
        for pair in page["items"]:
            left, other = (persons.get(one["id"]) for one in pair["customers"])
            if pair["probability"] < 0.5 or not left or not other:
                continue
            right += bool(left & other)
            wrong += not left & other
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    wanted = sum(pairs_of([len(of)]) for of in customers.values())
    return run, wanted, scored(right, right + wrong, wanted)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--customers", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=11)
    options = parser.parse_args()
    failed = 0

    def check(name, text, good):
        nonlocal failed
        failed += not good
        print(f"{'ok    ' if good else 'FAILED'} {name:<9} {text}", flush=True)

    with tempfile.TemporaryDirectory(prefix="zhike-store-") as folder:
        service = Service(options.bin.resolve(), pathlib.Path(folder) / "data", options)
        try:
            people = known_people(pathlib.Path(folder) / "data" / "demo-files" / "truth")
            customer_of, (precision, recall, f1) = identity(service, people)
            check("identity", f"precision {precision:.4f} recall {recall:.4f} F1 {f1:.4f} over {len(customer_of)} identifiers "
                  "(goal 0.99 and 0.95)", precision >= 0.99 and recall >= 0.95)
            run, wanted, (precision, recall, f1) = matching(service, people, customer_of)
            check("matching", f"precision {precision:.3f} recall {recall:.3f} F1 {f1:.3f} of {wanted} pairs that events left, "
                  f"{run['proposed']} proposed of {run['compared_pairs']:.0f} compared in {run['seconds']:.1f} s (goal F1 0.7)",
                  f1 >= 0.7 or wanted < 5)
        finally:
            service.stop()
    print(f"{2 - failed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
