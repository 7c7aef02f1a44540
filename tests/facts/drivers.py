#!/usr/bin/env python3
"""Key drivers of real ratings: `zhike drivers` against the same figures worked out here the slow way, from the
definitions: normal equations, the sandwich of HC3, LMG over every order of the drivers, relative weights through an
iterated root of the correlations.

drivers.py --bin build/release [WORD...]     the sets whose name contains a word; all without

Sets come from ../shared/data (or $ZHIKE_DATA); one whose folder is absent is skipped, and counted so. Standard
library only."""
import csv
import datetime
import gzip
import io
import itertools
import json
import math
import pathlib
import subprocess
import tempfile

from tally import DATA, Tally, arguments

CLOSE = 1e-7  # of the slow figures, relative


def rows_of(path):
    with io.TextIOWrapper(gzip.open(path, "rb"), encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def calls():
    """Rating after a call. The file says nothing of why: its ratings look drawn at random."""
    for row in rows_of(DATA / "call_center_calls" / "call_center_calls.csv.gz"):
        hours, minutes, seconds = (row["AvgTalkDuration"] or "0:0:0").split(":")
        yield {"rating": row["Satisfaction rating"], "wait": row["Speed of answer in seconds"],
               "talk": int(hours) * 3600 + int(minutes) * 60 + int(seconds) if row["AvgTalkDuration"] else "",
               "resolved": {"Y": 1, "N": 0}.get(row["Resolved"], "")}


def orders():
    """Stars after an order: how long it took, how late it came, what it cost."""
    folder = DATA / "olist_sample"
    cost = {}
    for row in rows_of(folder / "olist_order_items_dataset.csv.gz"):
        price, freight = cost.get(row["order_id"], (0, 0))
        cost[row["order_id"]] = (price + float(row["price"]), freight + float(row["freight_value"]))
    stars = {row["order_id"]: row["review_score"] for row in rows_of(folder / "olist_order_reviews_dataset.csv.gz")}
    moment = lambda text: datetime.datetime.fromisoformat(text).timestamp() / 86400
    for row in rows_of(folder / "olist_orders_dataset.csv.gz"):
        came = row["order_delivered_customer_date"]
        price, freight = cost.get(row["order_id"], ("", ""))
        yield {"stars": stars.get(row["order_id"], ""),
               "days": moment(came) - moment(row["order_purchase_timestamp"]) if came else "",
               "late": max(0, moment(came) - moment(row["order_estimated_delivery_date"])) if came else "",
               "price": price, "freight": freight}


def inverse(matrix):
    size = len(matrix)
    work = [row[:] + [float(i == k) for k in range(size)] for i, row in enumerate(matrix)]
    for column in range(size):
        pivot = max(range(column, size), key=lambda r: abs(work[r][column]))
        work[column], work[pivot] = work[pivot], work[column]
        work[column] = [value / work[column][column] for value in work[column]]
        for row in range(size):
            if row != column:
                times = work[row][column]
                work[row] = [a - times * b for a, b in zip(work[row], work[column])]
    return [row[size:] for row in work]


def product(a, b):
    return [[sum(x * y for x, y in zip(row, column)) for column in zip(*b)] for row in a]


def fit(target, drivers):
    """Coefficients and HC3 errors, the intercept first; R²."""
    rows = [[1.0, *values] for values in zip(*drivers)]
    size = len(rows[0])
    bread = inverse([[math.fsum(row[a] * row[b] for row in rows) for b in range(size)] for a in range(size)])
    moments = [math.fsum(row[a] * y for row, y in zip(rows, target)) for a in range(size)]
    slopes = [sum(bread[a][b] * moments[b] for b in range(size)) for a in range(size)]
    residuals = [y - sum(s * x for s, x in zip(slopes, row)) for row, y in zip(rows, target)]
    variances = [0.0] * size
    for row, residual in zip(rows, residuals):
        pull = [sum(b * x for b, x in zip(line, row)) for line in bread]
        leverage = sum(p * x for p, x in zip(pull, row))
        for a in range(size):
            variances[a] += (pull[a] * residual / (1 - leverage)) ** 2
    mean = math.fsum(target) / len(target)
    r2 = 1 - math.fsum(e * e for e in residuals) / math.fsum((y - mean) ** 2 for y in target)
    return slopes, [math.sqrt(v) for v in variances], r2


def correlation(a, b):
    am, bm = math.fsum(a) / len(a), math.fsum(b) / len(b)
    return math.fsum((x - am) * (y - bm) for x, y in zip(a, b)) / math.sqrt(
        math.fsum((x - am) ** 2 for x in a) * math.fsum((y - bm) ** 2 for y in b))


def lmg(r2_of, count):
    shares = [0.0] * count
    orders_all = list(itertools.permutations(range(count)))
    for order in orders_all:
        for place, driver in enumerate(order):
            shares[driver] += r2_of(order[:place + 1]) - r2_of(order[:place])
    return [share / len(orders_all) for share in shares]


def relative_weights(between, with_target):
    size = len(between)
    root, root_inverse = between, [[float(a == b) for b in range(size)] for a in range(size)]
    for _ in range(50):  # Denman and Beavers (1976)
        half = lambda a, b: [[(x + y) / 2 for x, y in zip(p, q)] for p, q in zip(a, b)]
        root, root_inverse = half(root, inverse(root_inverse)), half(root_inverse, inverse(root))
    slopes = [row[0] for row in product(root_inverse, [[r] for r in with_target])]
    return [sum(root[d][k] ** 2 * slopes[k] ** 2 for k in range(size)) for d in range(size)]


def slow(target, drivers):
    """What `zhike drivers` is held against."""
    slopes, errors, r2 = fit(target, drivers)
    between = [[correlation(a, b) for b in drivers] for a in drivers]
    with_target = [correlation(a, target) for a in drivers]
    known = {(): 0.0}

    def r2_of(chosen):
        key = tuple(sorted(chosen))
        if key not in known:
            part = inverse([[between[a][b] for b in key] for a in key])
            known[key] = sum(with_target[a] * part[i][k] * with_target[b]
                             for i, a in enumerate(key) for k, b in enumerate(key))
        return known[key]

    return {"r2": r2, "intercept": slopes[0], "intercept error": errors[0], "coefficient": slopes[1:],
            "error": errors[1:], "vif": [row[i] for i, row in enumerate(inverse(between))],
            "lmg": lmg(r2_of, len(drivers)), "relative_weight": relative_weights(between, with_target),
            "performance": [math.fsum(d) / len(d) for d in drivers]}


def close(a, b):
    return abs(a - b) <= CLOSE * max(abs(a), abs(b), 1e-3)


def zhike(binary, path, target, drivers):
    run = subprocess.run([str(binary.resolve() / "zhike"), "drivers", str(path), "--target", target, "--driver",
                          *drivers, "--json"], capture_output=True, text=True, timeout=300, check=False)
    answer = json.loads(run.stdout)
    if "error" in answer:
        raise RuntimeError(answer["error"])
    return answer


def figures(found):
    by = lambda key, part: [d[key][part] for d in found["drivers"]]
    return {"r2": found["r2"], "intercept": found["intercept"]["value"],
            "intercept error": found["intercept"]["error"], "coefficient": by("coefficient", "value"),
            "error": by("coefficient", "error"), "vif": [d["vif"] for d in found["drivers"]],
            "lmg": by("lmg", "value"), "relative_weight": by("relative_weight", "value"),
            "performance": by("performance", "value")}


SETS = {"call_center_calls": (calls, "rating", ["wait", "talk", "resolved"]),
        "olist_sample": (orders, "stars", ["days", "late", "price", "freight"])}


def told(name, found):
    """(passed, line) of what the set is known to say."""
    drivers = {d["name"]: d for d in found["drivers"]}
    if name == "call_center_calls":
        # Nothing moves ratings drawn at random, and nothing may be said to.
        quiet = all(d["coefficient"]["interval"][0] <= 0 <= d["coefficient"]["interval"][1] for d in drivers.values())
        yield found["r2"] < 0.005, f"{name}: R² {found['r2']:.5f} below 0.005"
        yield quiet, f"{name}: every interval holds 0"
        yield all(d["kind"] == "cannot_tell" for d in drivers.values()), f"{name}: no driver has a kind"
    else:
        weights = {key: d["relative_weight"]["value"] for key, d in drivers.items()}
        delivery = weights["days"] + weights["late"]
        yield delivery > 0.9 * found["r2"], f"{name}: delivery has {delivery:.4f} of R² {found['r2']:.4f}"
        low, high = drivers["days"]["coefficient"]["interval"]
        yield high < 0, f"{name}: a day more costs {-high:.4f} to {-low:.4f} stars"


def play(binary, name):
    make, target, drivers = SETS[name]
    rows = list(make())
    with tempfile.TemporaryDirectory(prefix="zhike-drivers-") as temporary:
        path = pathlib.Path(temporary) / "answers.csv"
        with open(path, "w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, [target, *drivers], extrasaction="ignore")
            writer.writeheader()
            writer.writerows(rows)
        found, again = (zhike(binary, path, target, drivers) for _ in range(2))
    yield found == again, f"{name}: the same seed gives the same answer"
    whole = [row for row in rows if all(row[key] != "" for key in (target, *drivers))]
    yield (found["rows"] == len(rows) and found["complete"] == len(whole),
           f"{name}: {len(whole)} of {len(rows)} rows are complete")
    reference = slow([float(row[target]) for row in whole], [[float(row[key]) for row in whole] for key in drivers])
    for key, value in figures(found).items():
        pairs = zip(value, reference[key]) if isinstance(value, list) else [(value, reference[key])]
        yield all(close(a, b) for a, b in pairs), f"{name}: {key} as worked out from the definitions"
    for key in ("lmg", "relative_weight"):
        total = sum(d[key]["value"] for d in found["drivers"])
        yield close(total, found["r2"]), f"{name}: {key} sums to R² {found['r2']:.5f}"
    yield from told(name, found)


def main():
    args = arguments(__doc__).parse_args()
    tally = Tally(args.words)
    for name in SETS:
        if tally.wants(name, name):
            for good, line in play(args.bin, name):
                tally.tell(good, line)
    tally.end()


if __name__ == "__main__":
    main()
