"""The commands as scripts use them: exit codes, exactly one JSON object, clear errors."""
import csv
import gzip
import json
import math
import pathlib
import random
import shutil
import sqlite3
import subprocess
import tempfile
import urllib.request

from cli_channels import channels_of_the_store
from cli_journeys import journeys_of_the_store

PASSWORD = "a long password"


class Wrong(Exception):
    pass


def expect(holds, what):
    if not holds:
        raise Wrong(what)


class Commands:
    def __init__(self, binary):
        self.binary = str(binary)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="zhike-cli-"))
        self.data = str(self.folder / "data")

    def run(self, *words, code=0, text=None, data=True):
        """The JSON object that a command prints."""
        command = [self.binary, *words, "--json", "--lang", "en"] + (["--data", self.data] if data else [])
        done = subprocess.run(command, input=text, stdin=subprocess.DEVNULL if text is None else None,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120, check=False)
        expect(done.returncode == code, f"{words} ended with {done.returncode}, not {code}: {done.stderr[-500:]}")
        lines = done.stdout.strip().splitlines()
        expect(len(lines) == 1, f"{words} printed {len(lines)} lines instead of one object: {done.stdout[:300]}")
        return json.loads(lines[0])

    def plain(self, *words, lang="en"):
        done = subprocess.run([self.binary, *words, "--lang", lang] if lang else [self.binary, *words],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              timeout=60, check=False)
        return done.returncode, done.stdout, done.stderr


def usage_errors(c):
    expect(c.run("import", code=2, data=False)["error"]["code"] == "usage", "missing files")
    expect(c.run("metric", "show", "none", code=1, data=False)["error"]["code"] == "unknown_metric", "unknown metric")
    code, _, text = c.plain("dance", lang=None)
    expect(code == 2 and "dance" in text, f"unknown command: {code} {text}")
    code, text, _ = c.plain("import", "--help", lang=None)
    expect(code == 0 and "Example: zhike import" in text, "help has an example")
    code, _, text = c.plain("metric", "show", "none", lang="zh")
    expect(code == 1 and "处理办法" in text, f"errors speak Chinese: {text}")


def metric_catalogue(c):
    metrics = c.run("metric", "list", data=False)["metrics"]
    expect(len(metrics) >= 25, f"{len(metrics)} metrics")
    nps = c.run("metric", "show", "nps", data=False)
    expect(nps["formula_en"] and nps["formula_zh"] and nps["source"], "a metric says how it is computed")


def files_in(c):
    world = c.folder / "world"
    made = c.run("simulate", "--customers", "60", "--days", "20", "--seed", "3", "--out", str(world), data=False)
    files = [str(world / f["name"]) for f in made["files"]]
    dry = c.run("import", *files, "--preset", "world", "--dry-run", code=3 if any(f["broken"] for f in made["files"]) else 0)
    expect(dry["dry_run"] and dry["files"][0]["first_events"], "a dry run shows first events")
    broken = sum(f["broken"] for f in made["files"])
    first = c.run("import", *files, "--preset", "world", code=3 if broken else 0)
    for file, truth in zip(first["files"], made["files"]):
        expect(file["rows"] == truth["rows"], f"{truth['name']}: {file['rows']} rows of {truth['rows']}")
        expect(file["rows"] == file["stored"] + file["rejected"], f"{truth['name']}: rows in ≠ stored + rejected")
        expect(file["rejected"] == truth["broken"], f"{truth['name']}: {file['rejected']} of {truth['broken']} rejected")
    counted = c.run("sql", "SELECT count() FROM events")["rows"][0][0]
    again = c.run("import", *files, "--preset", "world", code=3 if broken else 0)
    expect(again["duplicates"] > 0, "the same files again are duplicates")
    expect(c.run("sql", "SELECT count() FROM events")["rows"][0][0] == counted, "the same files again change nothing")


SHAPES = {  # preset: files of its shape, then a question and its answer
    "call_transcripts": ({"july_transcripts.csv": "call_id,line,speaker,text,said_at,phone,agent\n"
                          "K1,1,agent,How may I help?,2026-07-01T10:00:00Z,13926487153,a-1\n"
                          "K1,2,customer,My parcel is lost. Call 13912345678,2026-07-01T10:00:05Z,13926487153,a-1\n"},
                         "SELECT count(), countIf(text = 'My parcel is lost. Call [phone]'), uniqExact(case_id), "
                         "countIf(properties['said'] = 'How may I help?') FROM events", [2, 1, 1, 1]),
    "ivr_paths": ({"ivr.jsonl": '{"call_id": "K1", "step": 1, "menu": "main", "key": "2", "entered_at": "2026-07-01T09:59:00Z", "phone": "13926487153"}\n'
                                '{"call_id": "K1", "step": 2, "menu": "delivery", "key": "0", "entered_at": "2026-07-01T09:59:09Z", "phone": "13926487153"}\n'},
                  "SELECT count(), uniqExact(session_id), countIf(dictGet('kind_of', 'touchpoint', toUInt64(kind)) = 'self_service'), "
                  "countIf(properties['menu'] = 'delivery') FROM events", [2, 1, 2, 1]),
    "fulfilment": ({"fulfilment.csv": "event;id;at;order;customer_id;store;total;promised_at;sku;in_stock\n"
                    "ordered_ahead;1;2026-07-01 08:00;O-1;42;north;68.5;2026-07-01 08:20;;\n"
                    "ordered_ahead;2;2026-07-01 08:00;O-1;42;north;68.5;2026-07-01 08:20;;\n"
                    "ready;3;2026-07-01 08:16;O-1;42;north;;2026-07-01 08:20;;\n"
                    "picked_up;4;2026-07-01 08:31;O-1;42;north;;2026-07-01 08:20;;\n"
                    "scanned;5;2026-07-01 08:32;;42;north;;;P1;true\nstock_checked;6;2026-07-01 08:33;;42;north;;;P2;false\n"},
                   "SELECT count(), countIf(properties['on_time'] = 'true'), countIf(properties['on_time'] = 'false'), "
                   "sum(amount_minor) FROM events", [6, 1, 1, 6850 + 6850]),
}


def presets_read_files_of_their_shape(c):
    for preset, (files, question, answer) in SHAPES.items():
        own = Commands(c.binary)
        try:
            paths = []
            for name, text in files.items():
                paths.append(str(own.folder / name))
                pathlib.Path(paths[-1]).write_text(text, encoding="utf-8")
            report = own.run("import", *paths, "--preset", preset)
            expect(all(f["rows"] == f["stored"] for f in report["files"]), f"{preset}: {report}")
            found = [int(cell) for cell in own.run("sql", question)["rows"][0]]
            expect(found == answer, f"{preset}: {found}, not {answer}")
        finally:
            shutil.rmtree(own.folder, ignore_errors=True)


def items_are_listed(c):
    own = Commands(c.binary)
    try:
        path = own.folder / "calls.jsonl"
        path.write_text('{"type": "group", "userId": "u1", "groupId": "org-1", "messageId": "g1", "timestamp": "2026-07-01T10:00:00Z", "traits": {"name": "North"}}\n')
        own.run("import", str(path))
        listed = own.run("item", "list", "--type", "group")["items"]
        expect([(i["id"], i["properties"]) for i in listed] == [("org-1", {"name": "North"})], f"{listed}")
        expect(own.run("item", "list", "--type", "product")["items"] == [], "of this type alone")
    finally:
        shutil.rmtree(own.folder, ignore_errors=True)


def sql_is_read_only(c):
    expect(c.run("sql", "DROP TABLE events", code=2)["error"]["code"] == "usage", "DROP needs --write")
    expect(c.run("sql", "SELECT 1; DROP TABLE events", code=1)["error"]["code"] == "query_failed", "one statement only")
    expect(c.run("sql", "SELECT 1 AS one")["rows"] == [[1]], "a plain answer")


def accounts_and_keys(c):
    link = c.run("user", "link")["path"]
    expect(link.startswith("/setup?token="), link)
    expect(c.run("user", "add", "li", "--role", "analyst", text=PASSWORD + "\n")["user"]["user"] == "li", "add")
    expect(c.run("user", "add", "li", text=PASSWORD + "\n", code=1)["error"]["code"] == "login_taken", "taken")
    expect(c.run("user", "add", "x", text="short\n", code=1)["error"]["code"] == "weak_password", "weak")
    expect([u["user"] for u in c.run("user", "list")["users"]] == ["li"], "list")
    c.run("user", "password", "li", text="another password\n")
    c.run("user", "link", code=2)
    key = c.run("source", "add", "shop", "--zone", "Asia/Shanghai")["write_key"]
    expect(len(key) > 20, "a write key")
    made = c.run("key", "add", "shop")
    expect(len(c.run("key", "list", "shop")["keys"]) == 2, "two keys")
    c.run("key", "end", "shop", made["id"])
    expect(len(c.run("key", "list", "shop")["keys"]) == 1, "one key")
    expect(c.run("key", "list", "none", code=1)["error"]["code"] == "unknown_source", "unknown source")
    expect("shop" in [s["name"] for s in c.run("source", "list")["sources"]], "source list")
    c.run("source", "add", "bad", "--zone", "Mars/Olympus", code=1)


def units_and_zones(c):
    made = c.run("unit", "set", "europe", "--name-en", "Europe", "--name-zh", "欧洲", "--zone", "Europe/Berlin")
    expect(made["zone"] == "Europe/Berlin", f"{made}")
    expect(c.run("unit", "set", "paris", "--parent", "europe")["zone"] == "Europe/Berlin", "the zone is inherited")
    expect(c.run("unit", "set", "paris", "--name-en", "Paris")["parent"] == "europe", "what is not given stays")
    listed = {u["key"]: u for u in c.run("unit", "list")["units"]}
    expect(listed["paris"]["name_en"] == "Paris" and listed["europe"]["name_zh"] == "欧洲", f"{listed}")
    expect(c.run("unit", "set", "x", "--zone", "Mars/Olympus", code=1)["error"]["code"] == "unknown_zone", "zone")
    expect(c.run("unit", "set", "europe", "--parent", "paris", code=1)["error"]["code"] == "bad_unit", "circle")
    expect(c.run("unit", "set", "europe", "--forget", code=1)["error"]["code"] == "bad_unit", "Paris lies below it")
    c.run("unit", "set", "paris", "--forget")
    c.run("unit", "set", "europe", "--forget")
    expect(not any(u["listed"] for u in c.run("unit", "list")["units"]), "both are forgotten")


def a_lost_block_is_named(c):
    blocks = pathlib.Path(c.data) / "blocks"
    lost = blocks / f"{987654321:012}.block"
    change(c, "INSERT INTO blocks SELECT 987654321, to_segment, to_offset, to_segment, to_offset, 1, mark, 1, created_at "
              "FROM blocks ORDER BY id DESC LIMIT 1")
    refused = c.run("serve", "--port", "0", code=1)["error"]
    expect(refused["code"] == "block_damaged" and str(lost) in refused["detail"], f"{refused}")
    expect("No such file" in refused["detail"] and refused["fix"], f"{refused}")
    sick = c.run("doctor", "--port", "0", code=1)["findings"]
    told = [f for f in sick if f["check"] == "store" and f["verdict"] == "problem"]
    expect(told and str(lost) in told[0]["text"] and "block_damaged" in told[0]["text"] and told[0]["fix"], f"{sick}")
    lost.write_bytes(b"not a block")
    expect("no block" in c.run("serve", "--port", "0", code=1)["error"]["detail"], "a damaged file is told from a lost one")
    lost.unlink()
    change(c, "DELETE FROM blocks WHERE id = 987654321")
    expect(c.run("doctor", "--port", "0")["problems"] == 0, "all is well again")


def change(c, sql):
    database = sqlite3.connect(pathlib.Path(c.data) / "identity.db")
    with database:
        expect(database.execute(sql).rowcount == 1, sql)
    database.close()


def the_console_lies_where_it_is_said_to(c):
    toml = pathlib.Path(c.data) / "zhike.toml"
    toml.write_text('[server]\nweb_folder = "console"\n')
    named = str(pathlib.Path(c.data) / "console" / "index.html")
    refused = c.run("serve", "--port", "0", code=1)["error"]
    expect(refused["code"] == "bad_setting" and named in refused["detail"], f"{refused}")
    told = [f for f in c.run("doctor", "--port", "0", code=1)["findings"] if f["check"] == "console"]
    expect(told and named in told[0]["text"], f"{told}")
    (pathlib.Path(c.data) / "console").mkdir()
    (pathlib.Path(c.data) / "console" / "index.html").write_text("<!doctype html>mine")
    expect(served(c) == "<!doctype html>mine", "a relative folder begins in the data folder")
    toml.unlink()


def served(c):
    """The first page, from a service that runs for the question."""
    process = subprocess.Popen([c.binary, "serve", "--port", "0", "--json", "--data", c.data], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        url = json.loads(process.stdout.readline())["url"]
        with urllib.request.urlopen(url + "/", timeout=20) as answer:
            return answer.read().decode()
    finally:
        process.terminate()
        process.wait(30)


def a_write_key_of_ones_own(c):
    """For scripts: the key is accepted at once, on a new folder and on one that has sources."""
    own = Commands(c.binary)
    try:
        for key in ("my-first-key-0123456789", "another-key-0123456789"):
            process = subprocess.Popen([own.binary, "serve", "--port", "0", "--json", "--data", own.data, "--write-key", key],
                                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            try:
                started = json.loads(process.stdout.readline())
                expect("port" in started, f"{started}")
                request = urllib.request.Request(f"http://127.0.0.1:{started['port']}/v1/track", json.dumps(
                    {"event": "A", "userId": "u1", "messageId": key, "writeKey": key}).encode())
                with urllib.request.urlopen(request, timeout=20) as answer:
                    expect(json.loads(answer.read()) == {"success": True}, "the key is accepted")
            finally:
                process.terminate()
                process.wait(30)
        (own.folder / "later.csv").write_text("who,at\nu1,2026-01-01\n")
        (own.folder / "later.toml").write_text('source = "later"\n[[event]]\nname = "B"\ntime = "{at}"\n'
                                               'identifiers = [{kind = "user_id", column = "who"}]\n')
        own.run("import", str(own.folder / "later.csv"), "--map", str(own.folder / "later.toml"))  # ends when all that was acknowledged before is in the warehouse too
        counted = own.run("sql", "SELECT countIf(dictGet('kind_of', 'name', toUInt64(kind)) = 'A') FROM events")
        expect(int(counted["rows"][0][0]) == 2, f"{counted}")
    finally:
        shutil.rmtree(own.folder, ignore_errors=True)


def people(path, count=300, encoding="utf-8"):
    """A file of customers, every third of them twice with a mistake; the truth in its last column."""
    chance = random.Random(7)  # drawn one by one: columns that follow from each other would be one column
    syllables = ["ma", "ri", "lo", "ken", "sa", "tor", "vi", "el", "dan", "ju", "pe", "an", "so", "fi", "gor", "bel", "nu", "hart"]

    def word(parts):
        return "".join(chance.choice(syllables) for _ in range(parts)).capitalize()

    given_names, family_names = [word(2) for _ in range(60)], [word(3) for _ in range(150)]
    lines = ["id,given_name,surname,date_of_birth,city,phone,who"]
    for i in range(count):
        given, family = chance.choice(given_names), chance.choice(family_names)
        born = f"{chance.randint(1940, 2004)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        row = [given, family, born, chance.choice(["北京", "上海", "广州", "Köln" if encoding == "utf-8" else "成都"]),
               f"138{chance.randrange(10**8):08}"]
        lines.append(",".join([str(2 * i), *row, str(i)]))
        if i % 3 == 0:
            row[i // 3 % 2] = row[i // 3 % 2][:2] + "x" + row[i // 3 % 2][3:]
            row[4] = "" if i % 2 else row[4]
            lines.append(",".join([str(2 * i + 1), *row, str(i)]))
    path.write_bytes(("\n".join(lines) + "\n").encode(encoding))


def records_are_matched(c):
    one, out, pairs, model = (c.folder / name for name in ("people.csv", "clusters.csv", "pairs.csv", "model.toml"))
    people(one)
    found = c.run("resolve", str(one), "--id", "id", "--auto", "--truth-column", "who", "--out", str(out), "--explain",
                  str(pairs), "--model", str(model), data=False)
    expect(found["records"] == 400 and found["f1"] > 0.95 and found["best_f1"] >= found["f1"], f"{found}")
    for name in ("compared_pairs", "threshold", "precision", "recall", "clusters", "seconds", "peak_mib"):
        expect(isinstance(found[name], (int, float)), f"{name} is a number")
    rows = out.read_text().splitlines()
    expect(rows[0] == "id,source,cluster_id" and len(rows) == 401, f"{rows[:2]} of {len(rows)}")
    expect(len({row.split(",")[2] for row in rows[1:]}) == found["clusters"], "as many clusters as counted")
    head, first = (line.split(",") for line in pairs.read_text().splitlines()[:2])
    why = dict(zip(head, first))
    added = float(why["prior"]) + sum(float(v) for k, v in why.items() if k.endswith("_weight"))
    expect(abs(added - float(why["log2_odds"])) < 0.01, f"the steps add up: {added} {why['log2_odds']}")
    again = c.run("resolve", str(one), "--id", "id", "--model", str(model), "--truth-column", "who", data=False)
    expect((again["clusters"], again["f1"]) == (found["clusters"], found["f1"]), "the saved model does the same")
    lines = one.read_text().splitlines(keepends=True)
    old, new = c.folder / "old.csv", c.folder / "new.csv"
    old.write_text("".join(lines[:321]))
    new.write_text(lines[0] + "".join(lines[321:]))
    args = ("--id", "id", "--model", str(model), "--truth-column", "who")
    c.run("resolve", str(old), *args, "--out", str(out), data=False)
    grown = c.folder / "grown.csv"
    more = c.run("resolve", str(old), str(new), *args, "--known", str(out), "--out", str(grown), data=False)
    expect(more["known_records"] == 320 and 0 < more["compared_pairs"] < found["compared_pairs"] / 2, f"{more}")
    expect(abs(more["f1"] - found["f1"]) < 0.02, f"as good as all at once: {more['f1']} {found['f1']}")
    was, now = ({(row["source"], row["id"]): row["cluster_id"] for row in csv.DictReader(path.open())} for path in (out, grown))
    expect(len(now) == 400 and all(now[key] == cluster for key, cluster in was.items()), "known clusters keep their names")
    expect(len(set(now.values())) == more["clusters"], "new ones have names of their own")
    refused = c.run("resolve", str(old), str(new), "--auto", "--known", str(out), code=2, data=False)
    expect(refused["error"]["code"] == "usage", f"known clusters need the model that made them: {refused}")
    gbk = c.folder / "gbk.csv"
    people(gbk, encoding="gbk")
    linked = c.run("resolve", str(one), str(gbk), "--auto", "--truth-column", "who", data=False)
    expect(linked["records"] == 800 and linked["recall"] > 0.3, f"two files in two encodings: {linked['recall']}")


def labels_of_records(c):
    one, labels = c.folder / "people.csv", c.folder / "labels.csv"
    labels.write_text("id_l,id_r,is_match\n0,1,1\n6,7,1\n0,6,0\n12,13,1\n12,13,0\n0,nobody,1\n")
    found = c.run("resolve", str(one), "--id", "id", "--auto", "--labels", str(labels), data=False)
    notes = " ".join(found["notes"])
    expect("1 pairs are labelled both ways" in notes and "1 labels name no record" in notes, notes)
    expect(found["f1"] is not None, "labels are measured")
    taught = c.run("resolve", str(one), "--id", "id", "--auto", "--teach", str(labels), "--labels", str(labels), data=False)
    expect(taught["f1"] == 1, f"what is taught holds: {taught['f1']}")


def a_phone_of_ten_thousand(c):
    """A shop's own number in the records of its customers makes none of them one."""
    file, hotline = c.folder / "hotline.csv", c.folder / "with_hotline.csv"
    people(file, count=8000)
    header, *lines = file.read_text().splitlines()
    shared = [",".join([*line.split(",")[:5], "02088880000", line.split(",")[6]]) for line in lines[:10_000]]
    hotline.write_text("\n".join([header, *shared, *lines[10_000:]]) + "\n")
    found = c.run("resolve", str(hotline), "--id", "id", "--auto", "--truth-column", "who", data=False)
    expect(len(shared) == 10_000 and found["records"] == len(lines), f"{found['records']} records")
    expect(found["precision"] > 0.9, f"strangers with one phone stay strangers: {found['precision']}")
    expect(found["recall"] > 0.5, f"and the rest still finds customers: {found['recall']}")


def records_by_identifiers(c):
    shop, crm, out = c.folder / "by_shop.csv", c.folder / "by_crm.csv", c.folder / "by.csv"
    shop.write_text("id,phone,email\n" + "s1,139 1234 5678,a@b.io\ns2,,A@B.io\ns3,13900000000,\n"
                    + "".join(f"h{i},13911112222,g{i}@b.io\n" for i in range(200)))
    crm.write_text("id,phone,email\nc1,13912345678,\nc2,,z@b.io\n")
    found = c.run("resolve", str(shop), str(crm), "--id", "id", "--by", "phone,email", "--out", str(out), data=False)
    expect(found["records"] == 205 and found["clusters"] == 203 and found["shared"] == 1, f"{found}")
    clusters = {row["id"]: row["cluster_id"] for row in csv.DictReader(out.open())}
    expect(clusters["s1"] == clusters["s2"] == clusters["c1"] and len(set(clusters.values())) == 203, "s1, s2 and c1 are one")
    whole = c.run("resolve", str(shop), str(crm), "--by", "phone,email", "--shared-after", "1000", data=False)
    expect(whole["clusters"] == 4 and whole["shared"] == 0, f"{whole}")
    wrong = c.run("resolve", str(shop), "--by", "card", code=1, data=False)["error"]
    expect(wrong["code"] == "match_column_missing" and "card" in wrong["detail"], f"{wrong}")


def texts(c):
    good, bad = ("很好", "不错", "非常满意"), ("很差", "不好", "非常失望")
    draw = random.Random(4)
    rows = [(draw.choice(("物流", "客服", "味道")) + draw.choice(good if label else bad) + f"，第{i}单", label)
            for i, label in enumerate([1, 0] * 150)]
    file, model = c.folder / "reviews.csv", c.folder / "reviews.bin"
    with file.open("w", encoding="gbk", newline="") as out:
        csv.writer(out).writerows([("review", "stars"), *rows])
    words = [str(file), "--text", "review", "--label", "stars"]
    trained = c.run("text", "train", *words, "--out", str(model), "--bits", "12", "--licence", "own", data=False)
    expect(trained["rows"] == 300 and trained["card"]["files"][0]["licence"] == "own", f"trained: {trained['card']}")
    first = model.read_bytes()
    c.run("text", "train", *words, "--out", str(model), "--bits", "12", "--licence", "own", data=False)
    expect(model.read_bytes() == first, "the same seed gives the same bytes")
    found = c.run("text", "evaluate", *words, "--model", str(model), data=False)
    expect(found["rows"] == 300 and found["accuracy"] > 0.95, f"what it was trained on: {found['accuracy']}")
    expect({"macro_f1", "ece", "seconds", "confusion", "worst"} <= found.keys(), "all figures")
    shipped = c.run("text", "evaluate", *words, "--positive", "1", data=False)
    expect(shipped["accuracy"] > 0.7 and len(shipped["models"]) == 4, f"the model that comes along: {shipped['accuracy']}")
    wrong = c.run("text", "evaluate", str(file), "--text", "none", "--label", "stars", code=1, data=False)
    expect(wrong["error"]["code"] == "text_column_missing", "a column that is not there")
    wrong = c.run("text", "evaluate", *words, "--positive", "7", code=1, data=False)
    expect(wrong["error"]["code"] == "bad_text_labels", "a label that is not there")
    model.write_bytes(first[:-1])
    wrong = c.run("text", "evaluate", *words, "--model", str(model), code=1, data=False)
    expect(wrong["error"]["code"] == "bad_text_model", "a damaged model")


def drivers_of_a_target(c):
    """A survey whose truth is known: overall = 1 + speed / 2 + the mean of two items on staff / 4, and noise."""
    rng = random.Random(5)
    lines = ["Overall;speed;polite;able;price;flat;copy"]
    for i in range(600):
        speed, staff, price = rng.randint(1, 5), rng.randint(2, 4), rng.randint(1, 5)
        polite, able = staff + rng.randint(-1, 1), staff + rng.randint(-1, 1)
        overall = 1 + speed / 2 + (polite + able) / 8 + rng.gauss(0, 0.3)
        cells = [f"{overall:.3f}", speed, polite, able, price, 3, 2 * speed]
        if i in (7, 8, 9):
            cells[i - 6] = ("", "many", "inf")[i - 7]
        lines.append(";".join(map(str, cells)))
    lines.append("2;1;1;1;99;3;2")
    file = c.folder / "survey.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    words = [str(file), "--target", "overall", "--driver", "speed", "price", "--scale", "1:5"]
    found = c.run("drivers", *words, "--group", "staff=polite,able", data=False)
    expect(found["rows"] == 601 and found["complete"] == 597 and found["left_out"] == 4, f"rows: {found['rows']}")
    missing = {at["name"]: (at["empty"], at["not_numbers"], at["outside_scale"]) for at in found["columns"]}
    expect(missing == {"Overall": (0, 0, 0), "speed": (1, 0, 0), "price": (0, 0, 1), "polite": (0, 1, 0),
                       "able": (0, 1, 0)}, f"why rows are left out: {missing}")
    by = {at["name"]: at for at in found["drivers"]}
    for name, truth in (("speed", 0.5), ("staff", 0.25), ("price", 0)):
        low, high = by[name]["coefficient"]["interval"]
        expect(low <= truth <= high and high - low < 0.1, f"{name}: {low} to {high}")
    expect(by["speed"]["relative_weight"]["value"] > by["staff"]["relative_weight"]["value"] > 0.01, "order of weights")
    for measure in ("relative_weight", "lmg"):
        total = sum(at[measure]["value"] for at in found["drivers"])
        expect(abs(total - found["r2"]) < 1e-9, f"{measure} sums to {total}, not {found['r2']}")
    expect(by["speed"]["kind"] == "linear" and by["price"]["kind"] == "cannot_tell", f"kinds: {by['speed']['kind']}")
    expect(by["staff"]["items"] == ["polite", "able"] and by["staff"]["alpha"] and by["speed"]["alpha"] is None, "alpha")
    expect(found["matrix"] and by["speed"]["quadrant"] in ("keep_up", "concentrate"), "the matrix")
    expect(found == c.run("drivers", *words, "--group", "staff=polite,able", data=False), "the same seed, the same answer")
    preset = c.run("drivers", str(file), "--target", "overall", "--preset", "satisfaction", "--quality", "speed",
                   "--interaction", "polite,able", "--personalisation", "price", "--scale", "1:5", data=False)
    expect([at["symbol"] for at in preset["drivers"]] == ["α", "β", "γ"] and preset["r2"] == found["r2"], "the preset")
    reversed_copy = file.read_text(encoding="utf-8").replace(";copy", ";effort").splitlines()
    file.write_text("\n".join(reversed_copy[:1] + [row.rpartition(";")[0] + f";{6 - int(row.split(';')[1])}"
                                                   for row in reversed_copy[1:] if row.split(";")[1].isdigit()]))
    turned = c.run("drivers", str(file), "--target", "overall", "--driver", "effort", "able", data=False)
    expect(turned["matrix"] is None and turned["no_matrix"] == "reversed_driver", f"effort: {turned['no_matrix']}")
    code, text, notes = c.plain("drivers", *words, lang="zh")
    expect(code == 0 and "相对权重" in text and "超出量表" in notes, f"a table in Chinese: {text} {notes}")


def drivers_that_cannot_be_told(c):
    file = c.folder / "thin.csv"

    def failed(text, *words):
        file.write_text(text, encoding="utf-8")
        error = c.run("drivers", str(file), "--target", "y", *words, code=1, data=False)["error"]
        return error["code"], error["detail"]

    rows = "y,a,b,flat\n" + "".join(f"{i * i % 7},{i},{2 * i + 1},3\n" for i in range(12))
    code, detail = failed(rows, "--driver", "a", "flat")
    expect(code == "bad_drivers" and "flat" in detail, f"a column that never changes: {detail}")
    code, detail = failed(rows, "--driver", "a", "b")
    expect(code == "bad_drivers" and "a" in detail and "b" in detail, f"columns that make each other up: {detail}")
    code, detail = failed(rows, "--driver", "none")
    expect(code == "driver_column_missing" and "none" in detail and "flat" in detail, f"no such column: {detail}")
    code, detail = failed("y,a,b,flat\n1,2,3,4\n2,5,1,1\n", "--driver", "a", "b")
    expect(code == "too_few_rows" and "2 rows" in detail, f"fewer rows than drivers: {detail}")
    expect(failed("y,a\nx,1\n,2\ninf,3\n", "--driver", "a")[0] == "too_few_rows", "no number in the target")
    expect(failed("", "--driver", "a")[0] == "bad_file", "an empty file")
    for words in (["--driver", "a", "a"], ["--driver", "y"], [], ["--group", "a"], ["--driver", "a", "--scale", "5:1"],
                  ["--preset", "satisfaction", "--quality", "a"], ["--preset", "none"], ["--quality", "a"]):
        error = c.run("drivers", str(file), "--target", "y", *words, code=2, data=False)["error"]
        expect(error["code"] == "usage", f"{words}")


def panel(rng, branches, months):
    """Satisfaction follows quality of the month before by 0.8, value satisfaction at once by 0.5."""
    lines, quality = ["branch,month,quality,csat,revenue"], {}
    for branch in range(branches):
        for month in range(months):
            quality[branch, month] = rng.gauss(0, 1)
            csat = 0.8 * quality.get((branch, month - 1), 0) + branch + month % 3 + rng.gauss(0, 0.1)
            for part in (0.25, 0.75):  # two rows of a cell: means of quality, sums of revenue
                lines.append(f"b{branch},2024-{month + 1:02},{quality[branch, month] + (part - 0.5)},{csat},{part * math.exp(0.5 * csat + rng.gauss(0, 0.1))}")
    return "\n".join(lines) + "\n"


def a_chain_of_a_file(c):
    file = c.folder / "branches.csv"
    file.write_text(panel(random.Random(3), 15, 12), encoding="utf-8")
    words = [str(file), "--unit", "branch", "--period", "month", "--stage", "quality=quality", "satisfaction=csat",
             "value=log(sum(revenue))"]
    found = c.run("chain", *words, data=False)
    expect((found["units"], found["periods"], found["first_period"], found["last_period"]) == (15, 12, "2024-01", "2024-12"), "the panel")
    first, second = found["links"]
    expect(first["lag"] == 1 and second["lag"] == 0 and len(first["lags"]) == 4, f"lags {first['lag']}, {second['lag']}")
    expect(first["rows"] == 15 * 9 and first["units"] == 15 and first["periods"] == 9, "one sample for all lags")
    for link, truth in ((first, 0.8), (second, 0.5)):
        low, high = link["interval"]
        expect(low <= truth <= high and high - low < 0.2, f"{link['to']}: {low} to {high}")
    low, high = found["effects"][0]["interval"]
    expect(low <= 0.4 <= high and found["effects"][0]["lag"] == 1, f"the product: {low} to {high}")
    expect(found == c.run("chain", *words, data=False), "the same seed, the same answer")
    fixed = c.run("chain", *words, "--lags", "2", "--fixed", "0", data=False)
    expect(fixed["links"][0]["lag"] == 0 and fixed["links"][0]["fixed"] and not fixed["links"][1]["fixed"], "a fixed lag")
    code, text, _ = c.plain("chain", *words, lang="zh")
    expect(code == 0 and "滞后" in text and "并非因果" in text, f"a table in Chinese: {text}")


def chains_that_cannot_be_told(c):
    file = c.folder / "few.csv"

    def failed(text, *words, stages=("a=quality", "b=csat")):
        file.write_text(text, encoding="utf-8")
        error = c.run("chain", str(file), "--unit", "branch", "--period", "month", "--stage", *stages, *words, code=1, data=False)["error"]
        return error["code"], error["detail"]

    code, detail = failed(panel(random.Random(3), 7, 12))
    expect(code == "too_few_rows" and "7 of 7 units" in detail and "at least 8" in detail, f"too few units: {detail}")
    code, detail = failed(panel(random.Random(3), 9, 5))
    expect(code == "too_few_rows" and "2 of 5 periods" in detail, f"too few periods: {detail}")
    flat = "\n".join(line if n == 0 else ",".join([*line.split(",")[:3], line.split(",")[0][1:], "1"])
                     for n, line in enumerate(panel(random.Random(3), 9, 9).strip().split("\n")))
    code, detail = failed(flat)
    expect(code == "bad_drivers" and "b never changes within a unit" in detail, f"a constant stage: {detail}")
    code, detail = failed(flat, stages=("a=quality", "b=none"))
    expect(code == "driver_column_missing" and "none" in detail, f"no such column: {detail}")
    expect(failed("branch,month,quality,csat\nx,soon,1,2\n")[0] == "too_few_rows", "no period")
    for words in ([str(file), "--unit", "branch", "--stage", "a=quality", "b=csat"],
                  [str(file), "--unit", "branch", "--period", "month", "--stage", "a=quality", "a=csat"],
                  [str(file), "--unit", "branch", "--period", "month", "--stage", "a=quality", "csat"],
                  [str(file), "--unit", "branch", "--period", "month", "--stage", "a=quality", "b=csat", "--fixed", "9"],
                  [str(file), "--unit", "branch", "--period", "month", "--stage", "a=quality", "b=csat", "--by", "unit"],
                  [str(file), "--unit", "branch", "--period", "month", "--stage", "a=quality", "b=csat", "--grain", "decade"],
                  ["--unit", "branch", "--stage", "nps", "csat"]):
        error = c.run("chain", *words, code=2, data=False)["error"]
        expect(error["code"] == "usage", f"{words}: {error}")


def indices_of_a_file(c):
    """Cases worked by hand: two respondents whose gaps of tangibles are 0 and -2, and so on."""
    file = c.folder / "servqual.csv"
    of = (4, 5, 4, 4, 5)
    header = [f"e{i + 1}" for i in range(22)] + [f"p{i + 1}" for i in range(22)] + ["w1", "w2", "w3", "w4", "w5"]
    rows = [",".join(header)]
    for gaps, weights in (((0, -1, 0, 0, 0), (50, 20, 10, 10, 10)), ((-2,) * 5, (1,) * 5)):
        perceived = [5 + gap for gap, items in zip(gaps, of) for _ in range(items)]
        rows.append(",".join(map(str, [5] * 22 + perceived + list(weights))))
    file.write_text("\n".join(rows), encoding="utf-8")
    words = ["indices", "servqual", str(file), "--expected", "e1:e22", "--perceived", "p1:p22", "--scale", "1:7"]
    found = c.run(*words, "--weight-columns", "w1:w5", "--minimum", "2", data=False)
    tangibles, reliability = found["dimensions"][:2]
    # Mean -1, t(1) at 97.5 % 12.7062, standard error 1.
    expect(tangibles["mean"] == -1 and abs(tangibles["interval"][0] + 13.7062) < 1e-3, f"tangibles: {tangibles}")
    expect(tangibles["perceived"] == 4 and tangibles["expected"] == 5, f"both sides: {tangibles}")
    expect(reliability["dimension"] == "reliability" and reliability["mean"] == -1.5 and reliability["n"] == 2, "reliability")
    expect(abs(found["weighted"]["mean"] - (-0.2 - 2) / 2) < 1e-12, f"the weighted score: {found['weighted']}")
    expect(len(found["items"]) == 22 and found["items"][4]["mean"] == -1.5 and found["items"][0]["mean"] == -1, "items")
    fixed = c.run(*words, "--weights", "0,1,0,0,0", "--minimum", "2", data=False)
    expect(fixed["weighted"]["mean"] == -1.5, f"one dimension alone counts: {fixed['weighted']}")
    few = c.run(*words, data=False)
    expect(few["weighted"] == {"n": 2, "enough": False, "mean": None, "interval": None}, f"two are too few: {few['weighted']}")
    code, text, _ = c.plain(*words, lang="zh")
    expect(code == 0 and "移情性" in text and "样本不足（n = 2）" in text, f"in Chinese: {text}")
    file.write_text("\n".join(rows + [",".join(["99"] * 22 + ["5"] * 22 + [""] * 5)]), encoding="utf-8")
    with_codes = c.run(*words, "--minimum", "2", data=False)
    expect(with_codes["rows"] == 3 and with_codes["dimensions"][0]["n"] == 2 and with_codes["columns"][22]["outside_scale"] == 1,
           "99 is no answer")

    # Gap 5: 6 less 4, 5 less 5, 7 less 3: mean 2, and of two columns each mean. Gap 1: a column of shortfalls.
    file.write_text("e1,e2,p,g1\n6,6,4,0\n5,5,5,1\n8,6,3,\n,,3,0\n", encoding="utf-8")
    found = c.run("indices", "gap", str(file), "--gap", "1=g1", "5=e1,e2/p", "--minimum", "3", data=False)
    first, second = found["gaps"]
    expect((first["gap"], first["name"], first["mean"], first["n"]) == (5, "service", 2, 3), f"the widest: {first}")
    # Shortfalls 2, 0, 4: error 2/sqrt(3), t(2) 4.3027.
    expect(abs(first["interval"][1] - (2 + 4.302653 * 2 / 3 ** 0.5)) < 1e-5, f"its interval: {first['interval']}")
    expect((second["gap"], second["n"]) == (1, 3) and not first["apart"], f"the next: {second}")

    # Ten answers: 8 have their needs met, 6 of these easily, 3 of these with delight; one delight without ease.
    answers = [(5, 1, 5)] * 3 + [(4, 2, 2)] * 3 + [(4, 5, 4)] + [(4, 3, 1)] + [(2, 1, 1)] + [(1, 4, 1)]
    file.write_text("met,effort,joy\n" + "".join(f"{a},{b},{d}\n" for a, b, d in answers) + "5,,5\n", encoding="utf-8")
    found = c.run("indices", "pyramid", str(file), "--needs", "met:4..", "--ease", "effort:..2", "--delight", "joy:4..", data=False)
    expect([found[level]["hits"] for level in ("needs_met", "easy", "delight")] == [8, 6, 3], f"levels: {found}")
    expect(found["complete"] == 10 and found["rows"] == 11 and found["out_of_order"] == 2, f"out of order: {found['out_of_order']}")
    # Wilson of 8 in 10.
    low, high = found["needs_met"]["interval"]
    expect(abs(low - 0.4902) < 1e-4 and abs(high - 0.9433) < 1e-4, f"Wilson: {low} {high}")
    code, text, _ = c.plain("indices", "pyramid", str(file), "--needs", "met:4..", "--ease", "effort:..2", "--delight", "joy:4..")
    expect(code == 0 and "80.0 %" in text and "needs met" in text, f"as a table: {text}")


def indices_that_cannot_be_told(c):
    file = c.folder / "thin.csv"
    file.write_text("a,b,c,d,e,f\n1,2,3,4,5,\n", encoding="utf-8")
    for words in (["servqual", "--expected", "a,b", "--perceived", "c,d"], ["gap", "--gap", "6=a"], ["gap", "--gap", "1=a,/b"],
                  ["gap", "--gap", "1=a", "1=b"], ["pyramid", "--needs", "a", "--ease", "b:2..", "--delight", "c:2.."],
                  ["pyramid", "--needs", "a:x..", "--ease", "b:2..", "--delight", "c:2.."],
                  ["servqual", "--expected", "a", "--perceived", "b", "--items", "1,0,0,0,0"],
                  ["servqual", "--expected", "a", "--perceived", "b", "--weights", "0,0,0,0,0"], ["gap", "--gap", "1=a", "--scale", "7:1"]):
        error = c.run("indices", words[0], str(file), *words[1:], code=2, data=False)["error"]
        expect(error["code"] == "usage", f"{words}: {error}")
    error = c.run("indices", "gap", str(file), "--gap", "1=a/none", code=1, data=False)["error"]
    expect(error["code"] == "driver_column_missing" and "none" in error["detail"], f"no such column: {error}")
    error = c.run("indices", "gap", str(file), "--gap", "1=a/f", code=1, data=False)["error"]
    expect(error["code"] == "too_few_rows", f"nobody answered both: {error}")
    error = c.run("indices", "servqual", str(file), "--expected", "e:a", "--perceived", "a:e", code=1, data=False)["error"]
    expect(error["code"] == "driver_column_missing" and "before" in error["detail"], f"backwards: {error}")


def texts_are_read(c):
    """Sentiment, keywords and aspects of files, and the rows that they write."""
    def table(path):
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    review = "酒店位置很好，但是隔音太差了。早餐“丰富”, 回访单很快"
    file, out = c.folder / "stays.tsv.gz", c.folder / "told.csv"
    with gzip.open(file, "wt", encoding="utf-8", newline="") as packed:
        packed.write(f"id\tReview\n1\t{review}\n2\t房间不干净，客服一直推诿\n3\t👍👍\n4\t\n")
    words = [str(file), "--column", "review", "--out", str(out)]

    told = c.run("text", "sentiment", *words, data=False)
    expect(told["rows"] == 4 and told["empty"] == 1 and sum(told["counts"].values()) == 3, f"sentiment: {told}")
    rows = table(out)
    expect([row["row"] for row in rows] == ["1", "2", "3", "4"] and rows[1]["sentiment"] == "negative", f"{rows}")
    expect(abs(sum(float(rows[0][name]) for name in ("negative", "neutral", "positive")) - 1) < 0.001, "probabilities")
    expect(rows[3]["sentiment"] == "" and rows[3]["positive"] == "", "an empty text has no sentiment")

    told = c.run("text", "aspects", *words, "--domain", "hotel", data=False)
    counts = {one["aspect"]: one for one in told["aspects"]}
    expect(counts["location"]["positive"] == 1 and counts["service"]["negative"] == 1, f"aspects: {counts}")
    expect(counts["room"]["negative"] == 2 and told["texts_without"] == 2, f"aspects: {counts}")
    for row in table(out):
        text = (review if row["row"] == "1" else "房间不干净，客服一直推诿").encode()
        expect(text[int(row["begin"]):int(row["end"])].decode() == row["word"], f"bytes of the text: {row}")
        for why in filter(None, row["why"].split("; ")):
            place, value, word = why.split(" ", 2)
            begin, end = map(int, place.split("-"))
            expect(text[begin:end].decode() == word and float(value) != 0, f"why: {row}")

    asked = c.folder / "asked.csv"
    asked.write_text("text,what\n价格太高,价格\n屏幕很好,屏幕\n屏幕很好,电池\n屏幕,\n", encoding="utf-8")
    told = c.run("text", "aspects", str(asked), "--column", "text", "--term", "what", data=False)
    expect(told["counts"] == {"negative": 1, "neutral": 0, "positive": 1} and told["texts_without"] == 1, f"{told}")

    own = c.folder / "own.txt"
    own.write_text("# ours\n回访单 10 n\n", encoding="utf-8")
    plain = c.run("text", "keywords", *words, "--idf", "large", data=False)
    told = c.run("text", "keywords", *words, "--dictionary", str(own), "--each", "20", data=False)
    expect(told["idf"] == "large" and len(told["keywords"]) > 5, f"keywords: {told}")
    expect(all(one["keyword"] != "回访单" for one in plain["keywords"]), f"in no dictionary: {plain['keywords']}")
    expect(any(one["keyword"] == "回访单" for one in told["keywords"]), f"a word of one's own: {told['keywords']}")
    expect("回访单" in table(out)[0]["keywords"].split(" ") and table(out)[2]["keywords"] == "", "keywords of each text")
    ranked = c.run("text", "keywords", *words, "--method", "textrank", "--top", "3", data=False)
    expect(len(ranked["keywords"]) == 3 and ranked["idf"] is None, f"keywords by TextRank: {ranked}")

    calls = c.folder / "calls.csv"
    calls.write_text("said\n气死我了，请尽快退款\n没有生气\nhello\n", encoding="utf-8")
    told = c.run("text", "intent", str(calls), "--column", "said", "--out", str(out), data=False)
    counts = {one["label"]: one["texts"] for one in told["labels"]}
    expect(counts["anger"] == counts["refund"] == counts["urgent"] == 1 and told["texts_without"] == 2, f"{told}")
    row = table(out)[0]
    expect(row["emotions"] == "anger" and "refund" in row["intents"].split(" ") and row["flags"] == "urgent", f"{row}")
    expect(row["why"].startswith("0-6 anger 气死; "), f"{row}")


def texts_that_cannot_be_read(c):
    broken, own = c.folder / "broken.csv", c.folder / "wrong.txt"
    words = [str(broken), "--column", "review"]
    broken.write_text('id,review\n1,很好\n2,很差,too,many\n3,"一般"\n', encoding="utf-8")
    told = c.run("text", "sentiment", *words, code=3, data=False)
    expect(told["rows"] == 2 and told["bad_rows"] == 1 and "line 3" in told["notes"][0], f"bad rows are told: {told}")
    for verb in ("sentiment", "keywords", "aspects", "intent"):
        wrong = c.run("text", verb, str(broken), "--column", "none", code=1, data=False)
        expect(wrong["error"]["code"] == "text_column_missing", f"{verb}: a column that is not there")
    expect(c.run("text", "aspects", *words, "--domain", "moon", code=1, data=False)["error"]["code"] == "bad_catalogue",
           "a domain that is not there")
    own.write_bytes(b"\xff\xfe\n")
    wrong = c.run("text", "keywords", *words, "--dictionary", str(own), code=1, data=False)
    expect(wrong["error"]["code"] == "bad_file" and "line 1" in wrong["error"]["detail"], f"a bad dictionary: {wrong}")
    own.write_text('{"key": "x"}')
    wrong = c.run("text", "aspects", *words, "--aspects", str(own), code=1, data=False)
    expect(wrong["error"]["code"] == "bad_catalogue", f"bad aspects: {wrong}")
    expect(c.run("text", "keywords", *words, "--method", "magic", code=2, data=False)["error"]["code"] == "usage", "method")


def records_that_cannot_be_matched(c):
    def failed(text, *words):
        path = c.folder / "bad.csv"
        path.write_text(text)
        return c.run("resolve", str(path), *words, "--auto", code=1, data=False)["error"]

    expect(failed("")["code"] == "bad_file", "empty file")
    expect(failed("id,name\n1,a\n1,b\n", "--id", "id")["code"] == "bad_record_id", "repeated ids")
    expect(failed("id,name\n1,a\n2,b\n", "--id", "no")["code"] == "bad_record_id", "no such column")
    expect(failed("name,city\n,\n,\n")["code"] == "nothing_to_compare", "all empty")
    giant = failed("surname,n\n" + "".join(f"smith,{i}\n" if i % 4 else f"s{i},{i}\n" for i in range(4000)), "--giant",
                   "refuse")
    expect(giant["code"] == "giant_block" and "surname" in giant["detail"], f"{giant}")
    expect(c.run("resolve", "x.csv", code=2, data=False)["error"]["code"] == "usage", "neither --auto nor --model")


def process_mining(c):
    rows = ["case:concept:name,concept:name,time:timestamp"]
    for number, steps in enumerate(["abd", "acd", "abcd", "acbd", "abd"]):
        rows += [f"{number},{step},2026-01-0{at + 1}T00:00:00Z" for at, step in enumerate(steps)]
    log = c.folder / "log.csv"
    log.write_text("\n".join([*rows, "9,,2026-01-01T00:00:00Z"]) + "\n")
    found = c.run("journey", "discover", str(log), "--graph", data=False)
    expect([found[key] for key in ("cases", "events", "activities", "edges", "edge_total", "variants", "top_variant")] ==
           [5, 17, 4, 6, 12, 4, 2], f"counts: {found}")
    expect(found["left_out"]["without_activity"] == 1, "what was left out")
    day = 86_400_000
    expect(all(edge["median_ms"] == day for edge in found["graph"]), "waiting is a day")
    model = c.folder / "model.pnml"
    mined = c.run("journey", "discover", str(log), "--miner", "inductive", "--out", str(model), data=False)
    expect(mined["model"]["tree"] == "->( 'a', +( X( tau, 'b' ), X( tau, 'c' ) ), 'd' )", f"{mined['model']}")
    same = [c.run("journey", "conform", str(log), *words, data=False)
            for words in (("--model", str(model)), ("--discover", "inductive"))]
    expect(all(one["fitness"] == one["alignment_fitness"] == 1 and one["model"]["soundness"] == "sound" for one in same),
           f"{same}")
    # Before a: 1 of 1. After it (5 times) b, c, or d at once: 2 of 3 come. After ab (3) and ac (2): both of two. After abc and
    # acb (1 each): d. Sums: 5 + 15 + 6 + 4 + 2 = 32 may come, 5 never do.
    expect(all(abs(one["precision"] - (1 - 5 / 32)) < 1e-12 for one in same), f"{same[0]['precision']}")
    bpmn = c.folder / "model.bpmn"
    c.run("journey", "discover", str(log), "--out", str(bpmn), data=False)
    expect(bpmn.read_text().count("<task ") == 4, "BPMN")
    fail = lambda *words, code=1: c.run("journey", *words, code=code, data=False)["error"]["code"]
    expect(fail("discover", str(log), "--case", "nobody") == "driver_column_missing", "no such column")
    expect(fail("discover", str(log), "--out", "model.png", code=2) == "usage", "no such format")
    expect(fail("conform", str(log), code=2) == "usage", "no model")
    read = c.run("journey", "conform", str(log), "--model", str(bpmn), data=False)
    expect((read["fitness"], read["alignment_fitness"], read["precision"]) == (1, 1, same[0]["precision"]), f"as BPMN it is the same: {read}")
    (c.folder / "broken.xes").write_text("<?xml version='1.0'?><log><trace><event></trace></log>")
    expect(fail("discover", str(c.folder / "broken.xes")) == "bad_file", "broken XML")
    (c.folder / "empty.xes").write_text("<?xml version='1.0'?><log><trace/></log>")
    expect(fail("discover", str(c.folder / "empty.xes")) == "bad_log", "no events")
    code, text, _ = c.plain("journey", "conform", str(log), "--discover", "inductive", lang="zh")
    expect(code == 0 and "精确度" in text, text)


def channels_are_credited(c):
    file = c.folder / "paths.csv"
    file.write_text("path,sales,lost\nC1 > C2 > C3,1,0\nC1,0,1\nC2 > C3,,1\n")
    words = ("channel", "attribution", str(file), "--path", "path", "--conversions", "sales", "--null", "lost")
    found = c.run(*words, data=False)
    shares = [one["share"] for one in found["models"]["markov"]]
    expect(all(abs(a - b) < 1e-12 for a, b in zip(shares, (0.2, 0.4, 0.4))), f"{shares}")
    expect(all(abs(found["removal_effects"][key] - value) < 1e-12 for key, value in (("C1", 0.5), ("C2", 1), ("C3", 1))),
           f"{found['removal_effects']}")
    expect(set(found["models"]) == {"first", "last", "linear", "time_decay", "position", "markov", "shapley"}, "models")
    expect(found == c.run(*words, data=False), "the same seed, the same answer")
    file.write_text("path,sales\na,half\n")
    fail = lambda *more: c.run(*words[:3], *more, code=1, data=False)["error"]["code"]
    expect(fail("--path", "path", "--conversions", "sales") == "bad_paths", "no number")
    expect(fail("--path", "path", "--conversions", "none") == "driver_column_missing", "no such column")
    file.write_text("path,sales\na,0\n")
    expect(fail("--path", "path", "--conversions", "sales") == "bad_paths", "no conversion")


def texts_are_taught(c):
    labels, out = c.folder / "labels.csv", c.folder / "own.bin"
    rows = [("the package was " + ("glorped" if i % 2 else "zinged") + f" on day {i}", i % 2) for i in range(200)]
    labels.write_text("text,label\n" + "".join(f"{text},{('positive', 'negative')[at]}\n" for text, at in rows), encoding="utf-8")
    words = (str(labels), "--text", "text", "--label", "label")
    card = c.run("text", "retrain", *words, "--out", str(out), data=False)["card"]
    expect(card["better"] and card["after"]["accuracy"]["value"] > 0.95, f"invented words are learned: {card['after']}")
    first = out.read_bytes()
    c.run("text", "retrain", *words, "--out", str(out), data=False)
    expect(out.read_bytes() == first, "the same labels give the same model")
    labels.write_text("text,label\ngood,positive\nbad,negative\n", encoding="utf-8")
    expect(c.run("text", "retrain", *words, code=1, data=False)["error"]["code"] == "bad_text_labels", "two labels are too few")
    expect(c.run("text", "retrain", str(labels), code=2, data=False)["error"]["code"] == "usage", "columns are missing")
    expect(c.run("text", "retrain", code=1)["error"]["code"] == "bad_text_labels", "a store without labels")
    expect(c.run("text", "label", "7", "negative", code=1)["error"]["code"] == "not_found", "no such comment")
    expect(c.run("text", "label", "7", code=2)["error"]["code"] == "usage", "no sentiment")
    own = c.folder / "words.txt"
    own.write_text("glorped\n", encoding="utf-8")
    expect(c.run("text", "save", "words", str(own), "--note", "ours")["in_use"] == 1, "words are saved")
    expect(c.run("text", "save", "routes", str(own), code=1)["error"]["code"] == "bad_catalogue", "words are no routes")
    expect(c.run("text", "use", "words", "0")["in_use"] == 0, "back to none")
    expect(c.run("text", "use", "words", "9", code=1)["error"]["code"] == "not_found", "no such version")
    expect(c.run("text", "use", "colours", "0", code=1)["error"]["code"] == "bad_field", "no such part")
    parts = {part["part"]: part for part in c.run("text", "models")["parts"]}
    expect(parts["words"]["in_use"] == 0 and parts["words"]["versions"][0]["note"] == "ours", f"{parts['words']}")


def doctor_tells(c):
    found = c.run("doctor", "--port", "0")
    expect(found["problems"] == 0, f"{found['findings']}")
    (pathlib.Path(c.data) / "zhike.toml").write_text("[server]\nprot = 1\n")
    sick = c.run("doctor", code=1)
    expect("server.prot" in json.dumps(sick["findings"]), "doctor names the misspelt setting")
    expect(c.run("source", "list", code=1)["error"]["code"] == "bad_setting", "a bad setting stops a command")
    (pathlib.Path(c.data) / "zhike.toml").unlink()


CASES = (usage_errors, metric_catalogue, files_in, presets_read_files_of_their_shape, items_are_listed, sql_is_read_only, accounts_and_keys, units_and_zones, records_are_matched, labels_of_records, a_phone_of_ten_thousand,
         records_by_identifiers, records_that_cannot_be_matched, texts, texts_are_read, texts_that_cannot_be_read, texts_are_taught, drivers_of_a_target, drivers_that_cannot_be_told, a_chain_of_a_file, chains_that_cannot_be_told, indices_of_a_file, indices_that_cannot_be_told,
         process_mining, channels_are_credited, channels_of_the_store, journeys_of_the_store,
         doctor_tells, a_write_key_of_ones_own, a_lost_block_is_named, the_console_lies_where_it_is_said_to)


def run(binary):
    passed = failed = 0
    told = []
    commands = Commands(binary)
    try:
        for case in CASES:
            try:
                case(commands)
                passed += 1
            except (Wrong, subprocess.TimeoutExpired, ValueError, KeyError) as error:
                failed += 1
                told.append(f"FAILED cli: {case.__name__}: {error}")
    finally:
        shutil.rmtree(commands.folder, ignore_errors=True)
    told.append(f"cli: {passed} passed")
    return passed, failed, told
