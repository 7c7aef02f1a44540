#!/usr/bin/env python3
"""Branches whose truth is known go through the whole store: the service-profit chain over metrics, and key drivers of
customers, held against the same worked out here the slow way from the rows that were imported (chain.py, drivers.py).

driver_store.py --bin build/release

Needs no data: branches and customers are drawn here. Standard library only."""
import csv
import json
import math
import pathlib
import random
import subprocess
import tempfile

import chain as slow_chain
import drivers as slow_drivers
from surveys import Service
from tally import Tally, arguments

BRANCHES, MONTHS, EACH = 12, 10, 12  # customers of a branch in a month
MAPPING = """source = "branches"
pattern = "*events*"
zone = "UTC"
currency = "CNY"
required = ["id", "what"]

[[event]]
name = "Order Placed"
when = {column = "what", equals = "order"}
time = "{at}"
id = "e:{id}"
identifiers = [{kind = "user_id", column = "who"}]
unit = "{branch}"
channel = "web"
case = "o:{who}"
amount = {value = "{amount}"}

[[event]]
name = "Order Delivered"
when = {column = "what", equals = "delivery"}
time = "{at}"
id = "e:{id}"
identifiers = [{kind = "user_id", column = "who"}]
unit = "{branch}"
channel = "logistics"
case = "o:{who}"
properties = {on_time = "{on_time}"}

[[event]]
name = "Contact Opened"
when = {column = "what", equals = "contact"}
time = "{at}"
id = "e:{id}"
identifiers = [{kind = "user_id", column = "who"}]
unit = "{branch}"
channel = "call_center"
case = "c:{id}"

[[event]]
name = "CSAT Answered"
when = {column = "what", equals = "answer"}
time = "{at}"
id = "e:{id}"
identifiers = [{kind = "user_id", column = "who"}]
unit = "{branch}"
channel = "email"
instrument = "csat"
score = {value = "{score}", min = 1, max = 5}

[[event]]
type = "identify"
when = {column = "what", equals = "answer"}
time = "{at}"
id = "i:{id}"
identifiers = [{kind = "user_id", column = "who"}]
unit = "{branch}"
traits = {tenure = "{tenure}"}
"""


def lived():
    """Rows of events, customers as the slow way has them, cells of branch and month as chain.py has them."""
    rng = random.Random(17)
    quality = {(b, m): rng.uniform(0.3, 0.95) for b in range(BRANCHES) for m in range(-1, MONTHS)}
    rows, customers, cells = [], [], {}

    def happened(branch, month, day, who, what, **more):
        rows.append({"id": len(rows), "at": f"2024-{month + 1:02}-{day:02} {rng.randrange(24):02}:{rng.randrange(60):02}:00", "who": who,
                     "branch": f"branch{branch:02}", "what": what, **more})

    for b in range(BRANCHES):
        for m in range(MONTHS):
            times, scores, amounts = [], [], []
            for i in range(EACH):
                who, contacts, tenure = f"u{b}-{m}-{i}", rng.randrange(5), rng.randrange(1, 120)
                on_time = rng.random() < quality[b, m]
                mood = 2.2 + 3 * quality[b, m - 1] + (b % 3) / 4 - 0.8 * max(0, contacts - 2) + tenure / 200 + rng.gauss(0, 0.4)
                score = min(5, max(1, round(mood)))
                amount = round(100 * math.exp(0.4 * score / 2 + rng.gauss(0, 0.1)), 2)
                happened(b, m, 3, who, "order", amount=amount)
                happened(b, m, 8, who, "delivery", on_time=str(on_time).lower())
                for _ in range(contacts):
                    happened(b, m, 12, who, "contact")
                happened(b, m, 20, who, "answer", score=score, tenure=tenure)
                if rng.random() < 0.5:  # after the answer, so it cannot have moved it
                    happened(b, m, 25, who, "contact")
                times.append(on_time)
                scores.append(score)
                amounts.append(amount)
                customers.append({"csat": score, "contacts": contacts, "spend": amount, "trait.tenure": tenure, "on_time": int(on_time)})
            cells[f"branch{b:02}", m] = (sum(times) / EACH, sum(scores) / EACH, math.log(math.fsum(amounts)))
    return rows, customers, cells


def close(a, b, within=1e-6):
    return abs(a - b) <= within * max(abs(a), abs(b), 1e-3)


def play_chain(service, cells):
    ask = {"stages": "on_time_share,csat_mean,log(revenue)", "lags": slow_chain.LAGS, "from": "2024-01-01", "to": "2024-11-01"}
    found = service.call("GET", "/api/drivers/chain", **ask)
    if "links" not in found:
        yield False, f"chain: {found}"
        return
    yield (found["units"], found["periods"], found["first_period"], found["last_period"]) == (BRANCHES, MONTHS, "2024-01-01", "2024-10-01"), f"chain: {found['units']} branches over {found['periods']} months"
    yield [stage["known"] for stage in found["stages"]] == [BRANCHES * MONTHS] * 3, "chain: every cell is known"
    for l, link in enumerate(found["links"]):
        of = slow_chain.sample(cells, l)
        yield link["rows"] == len(of), f"chain: {link['from']} → {link['to']} from {len(of)} rows"
        for lag, at in enumerate(link["lags"]):
            slope, error, r2 = slow_chain.slow(of, lag)
            yield (close(at["slope"]["value"], slope) and close(at["slope"]["error"], error) and close(at["r2"], r2),
                   f"chain: {link['to']} at lag {lag}: {slope:.4f} ± {error:.4f}, R² {r2:.4f} as by a column for each branch and month")
    yield [link["lag"] for link in found["links"]] == [1, 0], "chain: satisfaction follows quality by a month, revenue satisfaction at once"
    low, high = found["effects"][0]["interval"]
    yield 0 < low < high, f"chain: quality to revenue {low:.2f} to {high:.2f}"
    yield service.call("GET", "/api/drivers/chain", **ask) == found, "chain: asked again, the same"
    part = service.call("GET", "/api/drivers/chain", **{**ask, "from": "2024-01-02", "to": "2024-10-31"})
    yield part["periods"] == MONTHS - 2, f"chain: parts of months are none: {part['periods']}"
    few = service.call("GET", "/api/drivers/chain", **{**ask, "units": "branch01,branch02,branch03"})
    yield few.get("code") == "too_few_rows" and "3 of 3 units" in few["detail"], f"chain: {few.get('detail')}"
    flat = service.call("GET", "/api/drivers/chain", **{**ask, "stages": "on_time_share,delivery_days", "grain": "week"})
    yield flat.get("code") == "too_few_rows", f"chain: weeks have too little: {flat.get('detail')}"
    by = service.call("GET", "/api/drivers/chain", **{**ask, "by": "trait.tenure"})
    yield by.get("code") in ("too_few_rows", "bad_drivers"), f"chain: values of a trait with few customers each: {by.get('detail')}"


def play_customers(service, customers):
    span = {"from": "2024-01-01", "to": "2024-11-01"}
    columns = service.call("GET", "/api/drivers/customers/columns", **span)
    state = {one["column"]["key"]: one for one in columns["columns"]}
    yield columns["customers"] == len(customers) and columns["outcome"] == "csat" and columns["currency"] == "CNY", f"customers: {columns['customers']} with an answer"
    yield state["contacts"]["customers"] == len(customers) and state["contacts"]["varies"] and not state["orders"]["varies"] and state["nps"]["customers"] == 0, "customers: what is known, and what varies"
    yield "contacts" in columns["drivers"] and "orders" not in columns["drivers"], f"customers: begin with {', '.join(columns['drivers'])}"
    drivers = ["contacts", "spend", "trait.tenure", "on_time"]
    found = service.call("GET", "/api/drivers/customers", outcome="csat", drivers=",".join(drivers), **span)
    if "drivers" not in found:
        yield False, f"customers: {found}"
        return
    yield found["complete"] == len(customers), f"customers: {found['complete']} are complete"
    reference = slow_drivers.slow([one["csat"] for one in customers], [[one[key] for one in customers] for key in drivers])
    for key, of in (("coefficient", "value"), ("relative_weight", "value"), ("lmg", "value"), ("performance", "value")):
        yield (all(close(one[key][of], right) for one, right in zip(found["drivers"], reference[key])),
               f"customers: {key} as worked out from the definitions: {', '.join(f'{one[key][of]:.4f}' for one in found['drivers'])}")
    yield (all(close(one["coefficient"]["error"], right) for one, right in zip(found["drivers"], reference["error"])) and close(found["r2"], reference["r2"]),
           f"customers: errors, and R² {found['r2']:.4f}; contacts after the answer do not count")
    contacts = service.call("GET", "/api/drivers/customers", outcome="csat", drivers="contacts,trait.tenure", **span)["drivers"][0]
    yield contacts["kind"] == "must_be", f"customers: few contacts please nobody more, many annoy: {contacts['kind']}"
    tenure = service.call("GET", "/api/drivers/customers", outcome="spend", drivers="trait.tenure,contacts", **span)
    after = sum(one["contacts"] for one in customers) / len(customers)
    yield tenure["drivers"][1]["performance"]["value"] > after, "customers: of what was done, the whole range counts"
    for ask, code in (({"outcome": "mood"}, "bad_field"), ({"drivers": "orders"}, "bad_drivers"), ({"outcome": "nps", "drivers": "contacts"}, "too_few_rows"),
                      ({"drivers": "trait.none"}, "too_few_rows"), ({"outcome": "csat", "drivers": "csat"}, "bad_field")):
        answer = service.call("GET", "/api/drivers/customers", **span, **ask)
        yield answer.get("code") == code, f"customers: {ask} is {answer.get('code')}: {answer.get('detail')}"


def command_line(binary, folder, found_chain, found_customers):
    run = lambda *words: json.loads(subprocess.run([str(binary.resolve() / "zhike"), *words, "--data", str(folder), "--json"], capture_output=True, text=True, timeout=120, check=False).stdout)
    told = run("chain", "--stage", "on_time_share", "csat_mean", "log(revenue)", "--lags", str(slow_chain.LAGS), "--where", "from=2024-01-01", "to=2024-11-01")
    yield told.get("links") == found_chain["links"], "the command line tells the same chain"
    told = run("customer", "drivers", "--outcome", "csat", "--driver", "contacts", "trait.tenure", "--where", "from=2024-01-01", "to=2024-11-01")
    yield [one["coefficient"] for one in told.get("drivers", [])] == [one["coefficient"] for one in found_customers["drivers"]], "and the same drivers"


def main():
    args = arguments(__doc__).parse_args()
    tally = Tally(args.words)
    rows, customers, cells = lived()
    with tempfile.TemporaryDirectory(prefix="zhike-drivers-") as temporary:
        folder = pathlib.Path(temporary)
        (folder / "map.toml").write_text(MAPPING, encoding="utf-8")
        with open(folder / "events.csv", "w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, ["id", "at", "who", "branch", "what", "amount", "on_time", "score", "tenure"])
            writer.writeheader()
            writer.writerows(rows)
        done = subprocess.run([str(args.bin.resolve() / "zhike"), "import", str(folder / "events.csv"), "--map", str(folder / "map.toml"), "--data", str(folder / "data"), "--json"],
                              capture_output=True, text=True, timeout=300, check=False)
        tally.tell(done.returncode == 0, f"{len(rows)} rows are imported{'' if done.returncode == 0 else ': ' + done.stdout[-300:]}")
        service = Service(args.bin, folder / "data")
        try:
            for good, line in (*play_chain(service, cells), *play_customers(service, customers)):
                tally.tell(good, line)
            span = {"from": "2024-01-01", "to": "2024-11-01"}
            chain = service.call("GET", "/api/drivers/chain", stages="on_time_share,csat_mean,log(revenue)", lags=slow_chain.LAGS, **span)
            moved = service.call("GET", "/api/drivers/customers", outcome="csat", drivers="contacts,trait.tenure", **span)
        finally:
            service.stop()
        for good, line in command_line(args.bin, folder / "data", chain, moved):
            tally.tell(good, line)
    tally.end()


if __name__ == "__main__":
    main()
