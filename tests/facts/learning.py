#!/usr/bin/env python3
"""What labels of one's own teach: `zhike text retrain` on real sentences of trades that the models which come along have
not seen, its test against the same worked out here in whole numbers, and labels without meaning, from which nothing may
be learned; then the whole way on a store: labels given over HTTP, a model learned, compared, used and taken back. The
same of aspects: of terms in sentences, and on a store, where a correction moves the figures at once.

learning.py --bin build/release [WORD...]     the sets whose name contains a word; all without

Sets come from ../shared/data (or $ZHIKE_DATA); one whose folder is absent is skipped, and counted so. Standard library
only."""
import ast
import csv
import gzip
import json
import math
import pathlib
import random
import subprocess
import tempfile
import time

import absa
from rounds import send, stamp, write_key
from sentiment import EMOTICON, is_test, weibo
from surveys import Service
from tally import DATA, Tally, arguments

NAMES = {"pos": "positive", "neg": "negative", "neu": "neutral"}
LABELLED = 160  # over HTTP


def restaurants():
    """Sentences all of whose opinions are of one polarity."""
    for part in ("train", "dev"):
        with gzip.open(DATA / "chinese_absa" / f"restaurant_aste.{part}.txt.gz", "rt", encoding="utf-8-sig") as file:
            for line in file:
                text, _, found = line.rstrip("\n").partition("####")
                polarities = {NAMES.get(polarity[:3].lower()) for _, _, polarity in ast.literal_eval(found or "[]")}
                if len(polarities) == 1 and None not in polarities:
                    yield polarities.pop(), text.replace(" ", "")


def posts():
    """Of the part for tests, without the pictures that the labels were made from."""
    return (("positive" if label == "1" else "negative", EMOTICON.sub("", text)) for label, text, _ in weibo() if is_test(text))


SETS = {"restaurants": ("chinese_absa", restaurants), "posts": ("weibo_senti_100k", posts)}


def drawn(read, count):
    rows = sorted(set(read()))
    random.Random(7).shuffle(rows)
    return rows[:count]


def retrain(binary, rows, head=("label", "text"), *more):
    with tempfile.TemporaryDirectory(prefix="zhike-learning-") as temporary:
        file = pathlib.Path(temporary) / "labels.csv"
        with file.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([head, *rows])
        done = subprocess.run([str(binary.resolve() / "zhike"), "text", "retrain", str(file), "--text", "text", "--label", "label",
                               *more, "--json"], capture_output=True, text=True, timeout=300, check=False)
    return json.loads(done.stdout)


def mcnemar(one, other):
    n, k = one + other, min(one, other)
    return min(1.0, 2 * sum(math.comb(n, i) for i in range(k + 1)) / 2**n)


def figures(side):
    of = [side[name] for name in ("accuracy", "macro_f1", "ece")]
    return "accuracy {value:.3f} [{low:.3f}, {high:.3f}]".format(**of[0]) + ", F1 {value:.3f}".format(**of[1]) + ", ECE {value:.3f}".format(**of[2])


def files(binary, name, read):
    for count in (300, 1500):
        rows = drawn(read, count)
        card = retrain(binary, rows)["card"]
        yield not card["worse"], (f"{name}, {count} labels make nothing worse beyond chance: before {figures(card['before'])}; "
                                  f"after {figures(card['after'])}; p = {card['p_value']:.4f}")
        yield card["learned_from"] + card["held_out"] <= count and abs(card["held_out"] / count - 0.25) < 0.08, \
            f"{name}: {card['held_out']} of {count} are held out"
        yield abs(card["p_value"] - mcnemar(card["only_before"], card["only_after"])) < 1e-9, \
            f"{name}: McNemar's test of {card['only_before']} against {card['only_after']} as in whole numbers"
        gained = (card["only_after"] - card["only_before"]) / card["held_out"]
        yield abs(card["after"]["accuracy"]["value"] - card["before"]["accuracy"]["value"] - gained) < 1e-9, \
            f"{name}: accuracy moves by what one alone had right ({gained:+.3f})"
    labels = [label for label, _ in rows]
    random.Random(8).shuffle(labels)
    card = retrain(binary, [(label, text) for label, (_, text) in zip(labels, rows)])["card"]
    likeliest = max(labels.count(label) for label in set(labels)) / len(labels)
    yield card["after"]["accuracy"]["low"] <= likeliest + 0.02, \
        f"{name}: of shuffled labels nothing is learned but how common they are ({card['after']['accuracy']['value']:.3f}, commonest {likeliest:.3f})"
    yield "at least 80" in retrain(binary, rows[:60])["error"]["detail"], f"{name}: 60 labels are refused"


def terms(binary):
    """Terms of restaurants, whose sentences no shipped model has seen."""
    for count in (300, 1500):
        rows = drawn(lambda: absa.restaurants("train"), count)
        answer = retrain(binary, rows, ("text", "term", "label"), "--term", "term")
        card = answer["card"]
        yield not card["worse"], (f"terms, {count} labels make nothing worse beyond chance: before {figures(card['before'])}; "
                                  f"after {figures(card['after'])}; p = {card['p_value']:.4f}")
        yield answer["rows"] == count and card["learned_from"] + card["held_out"] == count, f"terms: each of {count} is found"
        yield abs(card["p_value"] - mcnemar(card["only_before"], card["only_after"])) < 1e-9, "terms: McNemar's test as in whole numbers"
    labels = [label for _, _, label in rows]
    random.Random(8).shuffle(labels)
    card = retrain(binary, [(text, term, label) for label, (text, term, _) in zip(labels, rows)], ("text", "term", "label"), "--term", "term")["card"]
    likeliest = max(labels.count(label) for label in set(labels)) / len(labels)
    yield card["after"]["accuracy"]["low"] <= likeliest + 0.02, \
        f"terms: of shuffled labels nothing is learned but how common they are ({card['after']['accuracy']['value']:.3f}, commonest {likeliest:.3f})"


def until(ask, good, seconds=60):
    end = time.monotonic() + seconds
    while True:
        answer = ask()
        if good(answer) or time.monotonic() > end:
            return answer
        time.sleep(0.2)


def told(service, rows):
    """Sends the texts as reviews; answers the summary once all are read."""
    now = time.time()
    send(service, write_key(service), [
        {"type": "track", "event": "Review", "userId": f"u{i}", "messageId": f"m{i}", "timestamp": stamp(now - 60 * (i + 1)),
         "properties": {"comment": text, "unit": "main", "channel": "web"}} for i, (_, text) in enumerate(rows)])
    return until(lambda: service.call("GET", "/api/texts/summary"), lambda a: a["n"] + a["unknown"] >= len(rows))


def store(binary):
    rows = drawn(restaurants, 400)
    with tempfile.TemporaryDirectory(prefix="zhike-learning-") as temporary:
        service = Service(binary, pathlib.Path(temporary))
        try:
            read = told(service, rows)
            yield read["n"] + read["unknown"] == len(rows), f"store: {read['n']} comments are read"
            # A habit of one's own, which can be learned: what is said of the service is called neutral.
            label_of = {text: "neutral" if "服务" in text else label for label, text in rows}
            given, cursor = 0, None
            while given < LABELLED:
                page = service.call("GET", "/api/texts/comments", limit=100, **({"cursor": cursor} if cursor else {}))
                for item in page["items"]:
                    text = "".join(piece["text"] for piece in item["pieces"])
                    if text in label_of and given < LABELLED:
                        service.call("PUT", f"/api/texts/comments/{item['event_id']}/label", {"sentiment": label_of[text]})
                        given += 1
                cursor = page["next_cursor"]
            known = service.call("GET", "/api/texts/learning")
            yield known["labels"]["n"] == LABELLED, f"store: {LABELLED} labels, {known['labels']['agreeing']} of them say what was read"
            service.call("POST", "/api/texts/learning")
            run = until(lambda: service.call("GET", "/api/texts/learning")["run"], lambda a: a["state"] != "running")
            yield run["state"] == "done" and run["version"] == 1, f"store: a model is learned ({run['state']} {run['detail']})"
            detail = service.call("GET", "/api/texts/models/1")
            yield all(row["text"] in label_of and label_of[row["text"]] == row["label"] != row["predicted"] for row in detail["worst"]), \
                f"store: its {len(detail['worst'])} worst errors are told with their texts"
            service.call("PUT", "/api/texts/parts/model/version", {"version": 1})
            after = until(lambda: service.call("GET", "/api/texts/summary"), lambda a: not a["reading"]["renewing"] and a["neutral"]["count"] > 0, 30)
            yield after["n"] == read["n"] and after["neutral"]["count"] > 0, \
                f"store: all are read anew, {after['neutral']['count']} as neutral, which the shipped model of Chinese does not know"
            service.call("PUT", "/api/texts/parts/model/version", {"version": 0})
            back = until(lambda: service.call("GET", "/api/texts/summary"), lambda a: a["negative"]["count"] == read["negative"]["count"] and a["neutral"]["count"] == 0, 30)
            yield [back[tone]["count"] for tone in NAMES.values()] == [read[tone]["count"] for tone in NAMES.values()], \
                "store: taken back, everything is read as before"
        finally:
            service.stop()


def tally_of(service, aspect):
    """Comments that speak of an aspect, by tone, as the figures have it."""
    return next(({tone: item[tone]["count"] for tone in NAMES.values()} for item in service.call("GET", "/api/texts/aspects")["items"]
                 if item["aspect"] == aspect), None)


def aspects_of_store(binary):
    rows = drawn(restaurants, 1250)
    with tempfile.TemporaryDirectory(prefix="zhike-learning-") as temporary:
        service = Service(binary, pathlib.Path(temporary))
        try:
            told(service, rows)
            before = tally_of(service, "service")
            found, cursor = [], None
            while True:
                page = service.call("GET", "/api/texts/comments", aspect="service", limit=100, **({"cursor": cursor} if cursor else {}))
                found += page["items"]
                cursor = page["next_cursor"]
                if cursor is None:
                    break
            tone = {item["event_id"]: next(a["sentiment"] for a in item["aspects"] if a["aspect"] == "service") for item in found}
            yield len(found) == sum(before.values()) >= 125, f"aspects: {len(found)} comments speak of the service: {before}"
            first = found[0]["event_id"]
            wish = "positive" if tone[first] != "positive" else "negative"
            service.call("PUT", f"/api/texts/comments/{first}/aspects/service", {"sentiment": wish})
            expected = {**before, tone[first]: before[tone[first]] - 1}
            expected[wish] += 1
            yield tally_of(service, "service") == expected, "aspects: a correction moves one comment from tone to tone, at once"
            service.call("PUT", f"/api/texts/comments/{first}/aspects/service", {"sentiment": "absent"})
            yield sum(tally_of(service, "service").values()) == len(found) - 1, "aspects: what is not there counts nowhere"
            # A habit that can be learned: who speaks of how they were treated (态度) is called neutral.
            text_of = {item["event_id"]: "".join(piece["text"] for piece in item["pieces"]) for item in found}
            label_of = {event: "neutral" if "态度" in text_of[event] else tone[event] for event in text_of}
            half = [event for i, event in enumerate(text_of) if i % 3 != 0]
            begun = time.monotonic()
            for event in half:
                service.call("PUT", f"/api/texts/comments/{event}/aspects/service", {"sentiment": label_of[event]})
            spent = (time.monotonic() - begun) / len(half)
            known = service.call("GET", "/api/texts/learning", part="aspect_model")["labels"]
            yield known["n"] - known["absent"] == len(half), f"aspects: {len(half)} labels are kept, {1000 * spent:.0f} ms each"
            service.call("POST", "/api/texts/learning", {"part": "aspect_model"})
            ended = until(lambda: service.call("GET", "/api/texts/learning", part="aspect_model"), lambda a: a["run"]["state"] != "running")
            run = ended["run"]
            yield run["state"] == "done" and run["version"] == 1, f"aspects: a model is learned ({run['state']} {run['detail']})"
            model = service.call("GET", "/api/texts/models/1", part="aspect_model")["model"]
            yield not model["worse"], f"aspects: before {figures(model['before'])}; after {figures(model['after'])}"
            rest = [event for event in text_of if event not in half and event != first]
            service.call("PUT", "/api/texts/parts/aspect_model/version", {"version": 1})

            def right():
                page = [item for some in range(0, len(rest), 100)
                        for item in service.call("GET", "/api/texts/comments", ids=",".join(rest[some:some + 100]), limit=100)["items"]]
                return sum(next(a["sentiment"] for a in item["aspects"] if a["aspect"] == "service") == label_of[item["event_id"]] for item in page)

            naive = sum(tone[event] == label_of[event] for event in rest)
            got = until(right, lambda a: a > naive, 30)
            yield got > naive, f"aspects: of {len(rest)} comments without a label {got} are read as the habit has it, before {naive}"
            figures_now = tally_of(service, "service")
            yield sum(figures_now.values()) == len(found) - 1 and figures_now["neutral"] >= sum(label_of[e] == "neutral" for e in half), \
                "aspects: corrections stand in the new reading too"
            for event in [*half, first]:
                service.call("DELETE", f"/api/texts/comments/{event}/aspects/service")
            service.call("PUT", "/api/texts/parts/aspect_model/version", {"version": 0})
            back = until(lambda: tally_of(service, "service"), lambda a: a == before, 30)
            yield back == before, "aspects: all taken back, the figures are those of before"
        finally:
            service.stop()


def main():
    args = arguments(__doc__).parse_args()
    tally = Tally(args.words)
    for name, (folder, read) in SETS.items():
        if tally.wants(name, folder):
            for good, line in files(args.bin, name, read):
                tally.tell(good, line)
    if tally.wants("store", "chinese_absa"):
        for good, line in store(args.bin):
            tally.tell(good, line)
    if tally.wants("terms", "chinese_absa"):
        for good, line in terms(args.bin):
            tally.tell(good, line)
    if tally.wants("aspects", "chinese_absa"):
        for good, line in aspects_of_store(args.bin):
            tally.tell(good, line)
    tally.end()


if __name__ == "__main__":
    main()
