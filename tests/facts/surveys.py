#!/usr/bin/env python3
"""Answers go through the whole store (the page of a survey, journal, warehouse, API), and the key drivers and indices
that the API tells are held against the same figures worked out here the slow way (drivers.py has the drivers').

surveys.py --bin build/release [WORD...]     drivers, servqual, gap, pyramid, figures; all without

Needs no data: the answers are drawn here, some questions left out. Standard library only."""
import http.cookiejar
import json
import math
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

import drivers as slow_drivers
from tally import Tally, arguments

CLOSE = 1e-9
HERE = pathlib.Path(__file__).resolve().parent
TEMPLATES = HERE.parents[1] / "catalog" / "surveys"


class Service:
    def __init__(self, binary, folder):
        self.process = subprocess.Popen(
            [str(binary.resolve() / "zhike"), "serve", "--data", str(folder), "--port", "0", "--json", "--lang", "en"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        if not line.strip():
            raise SystemExit("FAILED surveys: the service did not start")
        started = json.loads(line)
        self.base = f"http://127.0.0.1:{started['port']}"
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        self.call("POST", "/api/setup", {"token": started["setup_url"].split("token=")[1], "user": "owner", "name": "Owner", "password": "a long enough password", "language": "en"})
        self.call("POST", "/api/session", {"user": "owner", "password": "a long enough password"})
        self.sent = 0

    def call(self, method, path, body=None, **query):
        text = self.base + path + ("?" + urllib.parse.urlencode(query) if query else "")
        request = urllib.request.Request(text, method=method, data=None if body is None else json.dumps(body).encode(),
                                         headers={"X-Zhike": "1", "Content-Type": "application/json"})
        try:
            with self.opener.open(request, timeout=60) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            return json.load(error)

    def form(self, path, fields):
        """As a browser sends it; each respondent from an address of its own."""
        request = urllib.request.Request(self.base + path, data=urllib.parse.urlencode(fields).encode(), method="POST",
                                         headers={"X-Forwarded-For": f"10.0.{self.sent // 250}.{self.sent % 250}"})
        try:
            urllib.request.build_opener(NoRedirect).open(request, timeout=30).close()
        except urllib.error.HTTPError as answer:
            if answer.code != 303:
                raise

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def opened(service, document, channels=("web",)):
    """Id of a survey that takes answers, and a public link for each channel."""
    made = service.call("POST", "/api/surveys", {"document": document})
    service.call("POST", f"/api/surveys/{made['id']}/open")
    links = [service.call("POST", f"/api/surveys/{made['id']}/links", {"kind": "public", "channel": channel})["items"][0]["path"]
             for channel in channels]
    return made["id"], links


def questions_of(page):
    return [question["id"] for question in page["questions"]]


def answer(service, document, link, response):
    """`response`: {question: value} or {question.row: value}; page by page, only what is shown is sent."""
    service.sent += 1
    respondent = f"{service.sent:022d}"
    for page in document["pages"]:
        mine = [(f"q.{key}", value) for key, value in response.items() if key.split(".")[0] in questions_of(page)]
        shown = [q for q in page["questions"] if "show_if" not in q or response.get(q["show_if"]["question"]) in q["show_if"]["in"]]
        if not shown:
            continue
        service.form(link, [("r", respondent), ("p", page["id"]), ("lang", "en"), *[("seen", q["id"]) for q in shown], *mine, ("go", "next")])


def arrived(service, survey, count):
    for _ in range(300):
        if service.call("GET", f"/api/surveys/{survey}/columns").get("responses") == count:
            return True
        time.sleep(0.2)
    return False


def template(name, first_alone=False):
    """A template with its pages made one, so that a response is few requests."""
    document = json.loads((TEMPLATES / f"{name}.json").read_text(encoding="utf-8"))
    pages = document["pages"]
    head = [pages.pop(0)] if first_alone else []
    whole = {"id": "whole", "questions": [dict(q, required=False) for page in pages for q in page["questions"]]}
    document["pages"] = head + [whole]
    return document


# ---- references -------------------------------------------------------------------------------------------------

def t_quantile(degrees, share=0.975):
    """Student's t by integrating its density (Simpson) and halving."""
    log_scale = math.lgamma((degrees + 1) / 2) - math.lgamma(degrees / 2) - math.log(degrees * math.pi) / 2
    density = lambda x: math.exp(log_scale - (degrees + 1) / 2 * math.log1p(x * x / degrees))

    def below(x, steps=2000):
        width = x / steps
        return 0.5 + width / 3 * sum(density(i * width) * (1 if i in (0, steps) else 4 if i % 2 else 2) for i in range(steps + 1))
    low, high = 0.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if below(middle) < share else (low, middle)
    return (low + high) / 2


def mean_interval(values):
    n = len(values)
    mean = math.fsum(values) / n
    error = math.sqrt(math.fsum((v - mean) ** 2 for v in values) / (n - 1) / n)
    half = t_quantile(n - 1) * error
    return mean, [mean - half, mean + half]


def wilson(hits, n, z=1.959963984540054):
    centre = (hits + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * math.sqrt(hits * (n - hits) / n + z * z / 4)
    return [centre - half, centre + half]


def same(a, b, close=CLOSE):
    if isinstance(a, list):
        return len(a) == len(b) and all(same(x, y, close) for x, y in zip(a, b))
    return abs(a - b) <= close * max(1, abs(a), abs(b))


def fits(score, values):
    """A score of the API against the values that it is of."""
    mean, interval = mean_interval(values)
    return score["n"] == len(values) and same(score["mean"], mean) and same(score["interval"], interval, 1e-6)


# ---- what is played ---------------------------------------------------------------------------------------------

DRIVERS = {"id": "drivers", "title": {"en": "Drivers"}, "pages": [{"id": "p", "questions": [
    {"id": "overall", "type": "nps", "required": True, "text": {"en": "Recommend?"}},
    {"id": "speed", "type": "stars", "text": {"en": "Speed"}},
    {"id": "price", "type": "scale", "least": 1, "most": 5, "text": {"en": "Price"}},
    {"id": "staff", "type": "matrix", "most": 5, "text": {"en": "Staff"},
     "rows": [{"id": "polite", "text": {"en": "Polite"}}, {"id": "able", "text": {"en": "Able"}}]},
    {"id": "copy", "type": "scale", "least": 1, "most": 5, "text": {"en": "Speed again"}},
    {"id": "flat", "type": "scale", "least": 1, "most": 5, "text": {"en": "Always 3"}}]}]}


def drawn(rng):
    """Recommendation from speed and staff; price does nothing. One in eight leaves something out."""
    speed, price, staff = rng.randint(1, 5), rng.randint(1, 5), rng.randint(2, 4)
    polite, able = staff + rng.randint(-1, 1), staff + rng.randint(-1, 1)
    overall = min(10, max(0, round(0.5 + speed + 0.4 * (polite + able) / 2 * 2 + rng.gauss(0, 1))))
    out = {"overall": overall, "speed": speed, "price": price, "staff.polite": polite, "staff.able": able, "copy": speed, "flat": 3}
    if rng.random() < 0.125:
        del out[rng.choice(["speed", "price", "staff.able"])]
        out.pop("copy") if "speed" not in out else None
    return out


def told(found):
    by = lambda key, part: [d[key][part] for d in found["drivers"]]
    return {"r2": found["r2"], "intercept": found["intercept"]["value"], "intercept error": found["intercept"]["error"],
            "coefficient": by("coefficient", "value"), "error": by("coefficient", "error"), "vif": [d["vif"] for d in found["drivers"]],
            "lmg": by("lmg", "value"), "relative_weight": by("relative_weight", "value"), "performance": by("performance", "value")}


def compared(name, found, rows, outcome, columns):
    """Lines of a comparison; `columns` are functions of a response, None where it lacks an answer."""
    whole = [row for row in rows if outcome in row and all(column(row) is not None for column in columns)]
    yield "drivers" in found, f"{name}: an answer ({found.get('code', 'of drivers')})"
    if "drivers" not in found:
        return
    yield found["responses"] == len(rows) and found["complete"] == len(whole), f"{name}: {len(whole)} of {len(rows)} are complete"
    reference = slow_drivers.slow([float(row[outcome]) for row in whole], [[float(column(row)) for row in whole] for column in columns])
    for key, value in told(found).items():
        pairs = zip(value, reference[key]) if isinstance(value, list) else [(value, reference[key])]
        yield all(slow_drivers.close(a, b) for a, b in pairs), f"{name}: {key} as worked out from the definitions"
    for key in ("lmg", "relative_weight"):
        total = sum(d[key]["value"] for d in found["drivers"])
        yield slow_drivers.close(total, found["r2"]), f"{name}: {key} sums to R² {found['r2']:.5f}"


def play_drivers(service):
    rng = random.Random(7)
    survey, (web, email) = opened(service, DRIVERS, ("web", "email"))
    yield "code" in service.call("GET", f"/api/surveys/{survey}/drivers"), "drivers: none without answers"
    rows = [(drawn(rng), i % 3 == 0) for i in range(240)]
    for row, by_email in rows:
        answer(service, DRIVERS, email if by_email else web, row)
    yield arrived(service, survey, len(rows)), f"drivers: {len(rows)} responses arrive"
    everything = [row for row, _ in rows]
    ask = lambda **query: service.call("GET", f"/api/surveys/{survey}/drivers", **query)
    value = lambda key: lambda row: row.get(key)
    staff = lambda row: (row["staff.polite"] + row["staff.able"]) / 2 if "staff.polite" in row and "staff.able" in row else None
    single = ask(outcome="overall", drivers="speed,price,staff.polite,staff.able")
    yield from compared("drivers", single, everything, "overall", [value(k) for k in ("speed", "price", "staff.polite", "staff.able")])
    yield single == ask(outcome="overall", drivers="speed,price,staff.polite,staff.able"), "drivers: the same question, the same answer"
    mean = ask(outcome="overall", drivers="speed,staff,price")
    yield from compared("mean of a matrix", mean, everything, "overall", [value("speed"), staff, value("price")])
    yield mean["drivers"][1]["alpha"] is not None and mean["drivers"][0]["alpha"] is None, "mean of a matrix: alpha"
    by_email = ask(outcome="overall", drivers="speed,price", channel="email")
    yield from compared("one channel", by_email, [row for row, flag in rows if flag], "overall", [value("speed"), value("price")])
    # The outcome asked as a driver: 0 to 10 beside 1 to 5, so both become percent of their scale.
    percent = lambda key, low, high: lambda row: None if key not in row else 100 * (row[key] - low) / (high - low)
    turned = ask(outcome="speed", drivers="overall,price")
    yield turned["unit"] == "percent", "two scales: percent"
    yield from compared("two scales", turned, everything, "speed", [percent("overall", 0, 10), percent("price", 1, 5)])
    low, high = single["drivers"][0]["coefficient"]["interval"]
    yield low > 0.5 and single["drivers"][1]["coefficient"]["interval"][0] < 0 < single["drivers"][1]["coefficient"]["interval"][1], \
        f"drivers: speed moves it ({low:.2f} to {high:.2f}), price does not"
    for query, code, word in (({"drivers": "speed,flat"}, "bad_drivers", "flat"), ({"drivers": "speed,copy"}, "bad_drivers", "copy"),
                              ({"drivers": "none"}, "bad_field", "none"), ({"outcome": "none"}, "bad_field", "none"),
                              ({"drivers": "staff,staff.able"}, "bad_field", "staff.able"), ({"drivers": "overall"}, "bad_field", "overall"),
                              ({"drivers": "speed", "from": "2020-01-01", "to": "2020-02-01"}, "too_few_rows", "30 are needed")):
        error = ask(**query)
        yield error.get("code") == code and word in error.get("detail", ""), f"refused: {query}: {error.get('code')}: {error.get('detail', '')[:90]}"


DIMENSIONS = ("tangibles", "reliability", "responsiveness", "assurance", "empathy")


def play_servqual(service):
    rng = random.Random(11)
    document = template("servqual")
    survey, (link,) = opened(service, document)
    rows_of = {q["id"]: [row["id"] for row in q["rows"]] for q in document["pages"][0]["questions"]}
    rows = []
    for i in range(25):
        row = {}
        for d, dimension in enumerate(DIMENSIONS):
            for item in rows_of[f"expected-{dimension}"]:
                row[f"expected-{dimension}.{item}"] = rng.randint(5, 7)
                if rng.random() > 0.1:
                    row[f"perceived-{dimension}.{item}"] = rng.randint(5 - d, 7 - d // 2)
        if i % 5:
            row.update({f"servqual-weights.{dimension}": rng.randint(1, 10) for dimension in DIMENSIONS})
        rows.append(row)
        answer(service, document, link, row)
    yield arrived(service, survey, len(rows)), f"servqual: {len(rows)} responses arrive"

    def gap(row, dimension):
        pairs = [(row.get(f"perceived-{dimension}.{item}"), row.get(f"expected-{dimension}.{item}")) for item in rows_of[f"expected-{dimension}"]]
        gaps = [p - e for p, e in pairs if p is not None and e is not None]
        return sum(gaps) / len(gaps) if gaps else None
    found = service.call("GET", f"/api/surveys/{survey}/indices")["servqual"]
    for one in found["dimensions"]:
        values = [g for g in (gap(row, one["dimension"]) for row in rows) if g is not None]
        yield fits(one, values) and same(one["perceived"] - one["expected"], one["mean"]), f"servqual: {one['dimension']} {one['mean']:.4f} of {one['n']}"
    weigh = lambda row, weights: sum(w * gap(row, d) for w, d in zip(weights, DIMENSIONS)) / sum(weights)
    own = [weigh(row, [row[f"servqual-weights.{d}"] for d in DIMENSIONS]) for row in rows
           if f"servqual-weights.{DIMENSIONS[0]}" in row and all(gap(row, d) is not None for d in DIMENSIONS)]
    yield found["weights"] == "respondents" and fits(found["weighted"], own), f"servqual: weighted {found['weighted']['mean']:.4f} of {len(own)}"
    given = service.call("GET", f"/api/surveys/{survey}/indices", weights="11,32,22,19,16")["servqual"]
    every = [weigh(row, [11, 32, 22, 19, 16]) for row in rows if all(gap(row, d) is not None for d in DIMENSIONS)]
    yield given["weights"] == "given" and fits(given["weighted"], every), f"servqual: by given weights {given['weighted']['mean']:.4f}"
    wrong = service.call("GET", f"/api/surveys/{survey}/indices", weights="1,2")
    yield wrong.get("code") == "bad_field", "servqual: two weights are refused"


def play_gap(service):
    rng = random.Random(13)
    document = template("gap", first_alone=True)
    survey, (link,) = opened(service, document)
    rows = []
    for i in range(45):
        role = ("customer", "customer", "staff", "manager", "staff")[i % 5] if i < 40 else "customer"
        row = {"role": role}
        for question in document["pages"][1]["questions"]:
            if role in question["show_if"]["in"]:
                worst = 6 if question["instrument"] == "gap1" else 4
                row.update({f"{question['id']}.{item['id']}": rng.randint(7 - worst, 7) for item in question["rows"]})
        rows.append(row)
        answer(service, document, link, row)
    yield arrived(service, survey, len(rows)), f"gap: {len(rows)} responses arrive"
    found = service.call("GET", f"/api/surveys/{survey}/indices")["gap"]
    by_instrument = {q["instrument"]: q["id"] for q in document["pages"][1]["questions"]}
    for one in found["gaps"]:
        question = by_instrument[f"gap{one['gap']}"] + "."
        values = []
        for row in rows:
            mine = [7 - value for key, value in row.items() if key.startswith(question)]
            if mine:
                values.append(sum(mine) / len(mine))
        if len(values) < 10:
            yield one["mean"] is None and one["n"] == len(values), f"gap: {one['name']} of {len(values)} is too little"
        else:
            yield fits(one, values), f"gap: {one['name']} {one['mean']:.4f} of {one['n']}"
    means = [one["mean"] for one in found["gaps"] if one["enough"]]
    yield means == sorted(means, reverse=True) and len(found["gaps"]) == 5, "gap: the widest first"


def play_pyramid(service):
    rng = random.Random(17)
    document = template("pyramid")
    survey, (link,) = opened(service, document)
    rows = []
    for _ in range(40):
        row = {key: rng.randint(2, 5) for key in ("needs", "ease", "delight") if rng.random() > 0.05}
        rows.append(row)
        answer(service, document, link, row)
    yield arrived(service, survey, len(rows)), f"pyramid: {len(rows)} responses arrive"
    whole = [row for row in rows if len(row) == 3]
    for query, limits in (({}, (4, 4, 4)), ({"delight_from": 5, "needs_from": 3}, (3, 4, 5))):
        found = service.call("GET", f"/api/surveys/{survey}/indices", **query)["pyramid"]
        hits, left = [], whole
        for key, limit in zip(("needs", "ease", "delight"), limits):
            left = [row for row in left if row[key] >= limit]
            hits.append(len(left))
        for level, count in zip(("needs_met", "easy", "delight"), hits):
            one = found[level]
            yield (one["n"] == len(whole) and one["hits"] == count and same(one["interval"], wilson(count, len(whole)), 1e-6)), \
                f"pyramid: {level} {count} of {len(whole)} ({query or 'the two best'})"


# ---- figures of indices -----------------------------------------------------------------------------------------

def between():
    """A moment between two answers, as the API reads it; the clock of the service is this one."""
    time.sleep(0.05)
    now = time.time()
    time.sleep(0.05)
    return now


def instant(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{int(seconds * 1000) % 1000:03d}Z"


def welch(before, now):
    """Difference and interval, each side with its own variance."""
    def parts(values):
        mean = math.fsum(values) / len(values)
        return mean, math.fsum((v - mean) ** 2 for v in values) / (len(values) - 1) / len(values)
    (m0, e0), (m1, e1) = parts(before), parts(now)
    degrees = (e0 + e1) ** 2 / (e0 ** 2 / (len(before) - 1) + e1 ** 2 / (len(now) - 1))
    half = t_quantile(degrees) * math.sqrt(e0 + e1)
    return m1 - m0, [m1 - m0 - half, m1 - m0 + half]


def newcombe(hits0, n0, hits1, n1):
    """Newcombe's method 10: the square root of sums of squares of the distances to both Wilson intervals."""
    p0, p1 = hits0 / n0, hits1 / n1
    (l0, u0), (l1, u1) = wilson(hits0, n0), wilson(hits1, n1)
    return [p1 - p0 - math.sqrt((p1 - l1) ** 2 + (u0 - p0) ** 2), p1 - p0 + math.sqrt((u1 - p1) ** 2 + (p0 - l0) ** 2)]


def play_figures(service):
    rng = random.Random(23)
    document = dict(template("servqual"), id="servqual-figures")
    survey, links = opened(service, document, channels=("web", "email"))
    rows_of = {q["id"]: [row["id"] for row in q["rows"]] for q in document["pages"][0]["questions"]}

    def ask(count, better):
        out = []
        for i in range(count):
            row = {}
            for d, dimension in enumerate(DIMENSIONS):
                for item in rows_of[f"expected-{dimension}"]:
                    row[f"expected-{dimension}.{item}"] = 7
                    row[f"perceived-{dimension}.{item}"] = rng.randint(2, 5) + (better if d == 4 else 0)
            out.append((row, i % 3 == 0))
            answer(service, document, links[i % 3 == 0], row)
        return out
    start = between()
    before = ask(14, 0)
    middle = between()
    now = ask(16, 2)
    yield arrived(service, survey, 30), "figures: 30 responses of two periods arrive"
    gap = lambda row, dimension: sum(row[f"perceived-{dimension}.{i}"] - 7 for i in rows_of[f"expected-{dimension}"]) / len(rows_of[f"expected-{dimension}"])
    whole = lambda row: sum(gap(row, d) for d in DIMENSIONS) / 5
    values_of = {"servqual": whole, **{f"servqual.{d}": (lambda row, d=d: gap(row, d)) for d in DIMENSIONS}}
    # What an industry says: of empathy with n and spread, of the whole without, and an index that is not this survey's.
    year = time.strftime("%Y", time.gmtime())
    period = f"{int(year) - 1}-01-01/{int(year) + 1}-12-31"
    csv = f"metric,period,value,n,source,sd\nservqual.empathy,{period},-2,400,Industry,1.5\nservqual,{period},-9,,Rival,\npyramid.ease,{year},50 %,100,Industry,\n"
    yield service.call("POST", "/api/benchmarks", {"csv": csv})["stored"] == 3, "figures: three benchmarks are stored"
    length = max(time.time() - middle, middle - start) + 1
    found = service.call("GET", f"/api/surveys/{survey}/indices/figures", **{"from": instant(middle), "to": instant(middle + length)}, compare="previous", by="channel", grain="day", weights="1,1,1,1,1")
    yield found["responses"] == 16 and [one["key"] for one in found["figures"]] == list(values_of), f"figures: {found['responses']} of now, {len(found['figures'])} figures"
    for one in found["figures"]:
        read = values_of[one["key"]]
        old, new = [read(row) for row, _ in before], [read(row) for row, _ in now]
        mean, interval = mean_interval(new)
        yield one["score"]["n"] == 16 and same(one["score"]["value"], mean) and same(one["score"]["interval"], interval, 1e-6), f"figures: {one['key']} {mean:.3f}"
        difference, interval = welch(old, new)
        yield same(one["change"]["difference"], difference) and same(one["change"]["interval"], interval, 1e-5), f"figures: {one['key']} changed by {difference:+.3f} ({interval[0]:.3f} to {interval[1]:.3f})"
        yield one["change"]["significant"] == (not interval[0] <= 0 <= interval[1]), f"figures: {one['key']}: significant is when the interval lies clear of 0"
        web = [read(row) for row, is_email in now if not is_email]
        groups = {group["key"]: group for group in one["groups"]}
        yield same(groups["web"]["value"], sum(web) / len(web)) and groups["email"]["value"] is None and groups["email"]["n"] == 16 - len(web), \
            f"figures: {one['key']}: {len(web)} by web have a value, {16 - len(web)} by e-mail are too few"
        yield sum(point["n"] for point in one["series"]) == 16, f"figures: {one['key']}: the days hold all"
    by_key = {one["key"]: one for one in found["figures"]}
    both = [gap(row, "empathy") for row, _ in before + now]
    mean, (low, high) = mean_interval(both)
    beside = by_key["servqual.empathy"]["benchmarks"][0]
    half = t_quantile(399) * 1.5 / 20
    moved = [mean + 2 - math.hypot(mean - low, half), mean + 2 + math.hypot(high - mean, half)]
    yield beside["own"]["n"] == 30 and same(beside["difference"]["value"], mean + 2) and same(beside["difference"]["interval"], moved, 1e-5), \
        f"figures: empathy is {mean + 2:+.3f} ({moved[0]:.3f} to {moved[1]:.3f}) from the industry's"
    rival = by_key["servqual"]["benchmarks"][0]
    yield rival["theirs"] is None and rival["difference"]["standing"] == "above", "figures: above a rival who tells no n"
    listed = service.call("GET", "/api/benchmarks/comparison")["items"]
    yield all(not one["benchmark"]["metric"].startswith("servqual") for one in listed), "figures: of a survey's index, not among the scores'"


def play_shares(service):
    """The pyramid, worse in the second period."""
    document = dict(template("pyramid"), id="pyramid-figures")
    survey, (link,) = opened(service, document)
    counts = []
    start = between()
    for period, good in enumerate((25, 12)):
        for i in range(30):
            answer(service, document, link, {"needs": 5, "ease": 5 if i < good else 2, "delight": 2})
        counts.append(good)
        if period == 0:
            middle = between()
    yield arrived(service, survey, 60), "figures: 60 responses of the pyramid arrive"
    length = max(time.time() - middle, middle - start) + 1
    found = service.call("GET", f"/api/surveys/{survey}/indices/figures", **{"from": instant(middle), "to": instant(middle + length)}, compare="previous")
    ease = next(one for one in found["figures"] if one["key"] == "pyramid.ease")
    wanted = newcombe(counts[0], 30, counts[1], 30)
    yield same(ease["score"]["value"], 12 / 30) and same(ease["score"]["interval"], wilson(12, 30), 1e-6), "figures: easy for 12 of 30"
    yield same(ease["change"]["difference"], (12 - 25) / 30) and same(ease["change"]["interval"], wanted, 1e-6) and ease["change"]["significant"], \
        f"figures: the share fell by {25 / 30 - 12 / 30:.3f} ({wanted[0]:.3f} to {wanted[1]:.3f})"
    first = service.call("GET", f"/api/surveys/{survey}/indices/figures", **{"from": instant(middle), "to": instant(middle + length)})
    yield all(one["before"] is None and one["change"] is None and not one["groups"] and not one["series"] for one in first["figures"]), "figures: nothing that was not asked for"


def main():
    args = arguments(__doc__).parse_args()
    tally = Tally([])
    with tempfile.TemporaryDirectory(prefix="zhike-surveys-") as folder:
        service = Service(args.bin, pathlib.Path(folder) / "data")
        try:
            for name, play in (("drivers", play_drivers), ("servqual", play_servqual), ("gap", play_gap), ("pyramid", play_pyramid), ("figures", play_figures), ("figures", play_shares)):
                if not args.words or any(word in name for word in args.words):
                    for good, line in play(service):
                        tally.tell(good, line)
        finally:
            service.stop()
    tally.end()


if __name__ == "__main__":
    main()
