#!/usr/bin/env python3
"""The service-profit chain on real orders: `zhike chain` against the same figures worked out here the slow way, by
least squares with a column for each unit and period, and errors clustered by unit (Arellano 1987, CR1).

chain.py --bin build/release [WORD...]     the sets whose name contains a word; all without

Sets come from ../shared/data (or $ZHIKE_DATA); one whose folder is absent is skipped, and counted so. Standard
library only."""
import csv
import json
import math
import pathlib
import subprocess
import tempfile

from drivers import inverse, rows_of
from tally import DATA, Tally, arguments

CLOSE = 1e-6  # of the slow figures, relative
LAGS = 2


def orders(place):
    """Orders by state and month: in time or not, stars, price. `place`: whose state, the customer's or the seller's."""
    folder = DATA / "olist_sample"
    stars = {row["order_id"]: row["review_score"] for row in rows_of(folder / "olist_order_reviews_dataset.csv.gz")}
    price, seller = {}, {}
    for row in rows_of(folder / "olist_order_items_dataset.csv.gz"):
        price[row["order_id"]] = price.get(row["order_id"], 0) + float(row["price"])
        seller[row["order_id"]] = row["seller_id"]
    if place == "customer":
        states = {row["customer_id"]: row["customer_state"] for row in rows_of(folder / "olist_customers_dataset.csv.gz")}
    else:
        with open(folder / "olist_sellers_dataset.csv", encoding="utf-8-sig", newline="") as file:
            states = {row["seller_id"]: row["seller_state"] for row in csv.DictReader(file)}
    for row in rows_of(folder / "olist_orders_dataset.csv.gz"):
        key = row["order_id"]
        came, promised = row["order_delivered_customer_date"], row["order_estimated_delivery_date"]
        yield {"state": states.get(row["customer_id"] if place == "customer" else seller.get(key), ""),
               "at": row["order_purchase_timestamp"], "in_time": int(came[:10] <= promised[:10]) if came else "",
               "stars": stars.get(key, ""), "price": price.get(key, "")}


def cells_of(rows):
    """{(state, month): (share in time, mean stars, log of the sum of prices)}, as whole months since year 0."""
    sums = {}
    for row in rows:
        if not row["state"]:
            continue
        month = int(row["at"][:4]) * 12 + int(row["at"][5:7]) - 1
        of = sums.setdefault((row["state"], month), [[], [], []])
        for values, key in zip(of, ("in_time", "stars", "price")):
            if row[key] != "":
                values.append(float(row[key]))
    mean = lambda values: math.fsum(values) / len(values) if values else None
    return {at: (mean(a), mean(b), math.log(math.fsum(c)) if c and sum(c) > 0 else None) for at, (a, b, c) in sums.items()}


def sample(cells, link):
    """(unit, period, y, [x at each lag]) of the rows that have all of it; no unit or period of one row."""
    out = []
    for (unit, period), values in sorted(cells.items()):
        before = [cells.get((unit, period - lag), (None, None, None))[link] for lag in range(LAGS + 1)]
        if values[link + 1] is not None and None not in before:
            out.append((unit, period, values[link + 1], before))
    while True:
        units, periods = [r[0] for r in out], [r[1] for r in out]
        kept = [r for r in out if units.count(r[0]) > 1 and periods.count(r[1]) > 1]
        if len(kept) == len(out):
            return out
        out = kept


def slow(rows, lag):
    """Slope, its error and R² within, by regression on x, and on a column for each unit and each period but one."""
    units, periods = sorted({r[0] for r in rows}), sorted({r[1] for r in rows})
    dummies = [[float(r[0] == u) for u in units] + [float(r[1] == p) for p in periods[1:]] for r in rows]
    bread = inverse([[math.fsum(row[a] * row[b] for row in dummies) for b in range(len(dummies[0]))] for a in range(len(dummies[0]))])

    def left(values):
        moments = [math.fsum(row[a] * v for row, v in zip(dummies, values)) for a in range(len(bread))]
        by = [sum(b * m for b, m in zip(line, moments)) for line in bread]
        return [v - math.fsum(b * d for b, d in zip(by, row)) for v, row in zip(values, dummies)]

    y, x = left([r[2] for r in rows]), left([r[3][lag] for r in rows])
    xx, xy, yy = (math.fsum(a * b for a, b in zip(p, q)) for p, q in ((x, x), (x, y), (y, y)))
    slope = xy / xx
    scores = {}
    for r, a, b in zip(rows, x, y):
        scores[r[0]] = scores.get(r[0], 0) + a * (b - slope * a)
    n, g, k = len(rows), len(units), len(periods) + 1
    meat = g / (g - 1) * (n - 1) / (n - k) * math.fsum(s * s for s in scores.values())
    return slope, math.sqrt(meat) / xx, xy * xy / (xx * yy)


def close(a, b):
    return abs(a - b) <= CLOSE * max(abs(a), abs(b), 1e-3)


def zhike(binary, path, *more):
    run = subprocess.run([str(binary.resolve() / "zhike"), "chain", str(path), "--unit", "state", "--period", "at",
                          "--stage", "quality=in_time", "satisfaction=stars", "value=log(sum(price))", "--lags", str(LAGS),
                          "--json", *more], capture_output=True, text=True, timeout=300, check=False)
    return json.loads(run.stdout)


def told(name, found):
    """(passed, line) of what the set is known to say."""
    link = found["links"][0]
    low, high = link["interval"]
    yield link["lag"] == 0, f"{name}: stars follow deliveries of the same month (lag {link['lag']}, R² {link['r2']:.3f})"
    yield low > 0, f"{name}: all in time against none is {low:.2f} to {high:.2f} stars"
    yield abs(link["standardised"] ** 2 - link["r2"]) < 1e-12, f"{name}: the standardised slope is the root of R²"


def play(binary, name):
    rows = list(orders(name.split("_")[-1]))
    with tempfile.TemporaryDirectory(prefix="zhike-chain-") as temporary:
        path = pathlib.Path(temporary) / "orders.csv"
        with open(path, "w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        found, again = (zhike(binary, path) for _ in range(2))
        fixed = zhike(binary, path, "--fixed", "1,0")
        few = zhike(binary, path, "--grain", "year")
    if "error" in found:
        yield False, f"{name}: {found['error']}"
        return
    yield found == again, f"{name}: the same seed gives the same answer"
    cells = cells_of(rows)
    yield (found["units"] == len({unit for unit, _ in cells}) and found["rows"] == len(rows),
           f"{name}: {found['units']} states over {found['periods']} months from {found['rows']} orders")
    for l, link in enumerate(found["links"]):
        of = sample(cells, l)
        yield link["rows"] == len(of), f"{name}: {link['from']} → {link['to']} has {len(of)} rows of {link['units']} states"
        best = 0
        for lag, at in enumerate(link["lags"]):
            slope, error, r2 = slow(of, lag)
            good = close(at["slope"]["value"], slope) and close(at["slope"]["error"], error) and close(at["r2"], r2)
            yield good, f"{name}: {link['to']} at lag {lag}: {slope:.4f} ± {error:.4f}, R² {r2:.5f} as by a column for each state and month"
            best = lag if r2 > link["lags"][best]["r2"] + 1e-12 else best
        yield link["lag"] == best, f"{name}: lag {best} has the largest R²"
    product = found["links"][0]["slope"]["value"] * found["links"][1]["slope"]["value"]
    yield close(found["effects"][0]["value"], product), f"{name}: the effect on value is the product {product:.4f}"
    low, high = found["effects"][0]["interval"]
    yield low < product < high, f"{name}: its interval {low:.4f} to {high:.4f}"
    yield [link["lag"] for link in fixed["links"]] == [1, 0], f"{name}: lags that are fixed stay"
    yield few.get("error", {}).get("code") == "too_few_rows", f"{name}: three years are refused: {few.get('error', {}).get('detail')}"
    if name.endswith("customer"):
        yield from told(name, found)


def main():
    args = arguments(__doc__).parse_args()
    tally = Tally(args.words)
    for name in ("olist_customer", "olist_seller"):
        if tally.wants(name, "olist_sample"):
            for good, line in play(args.bin, name):
                tally.tell(good, line)
    tally.end()


if __name__ == "__main__":
    main()
