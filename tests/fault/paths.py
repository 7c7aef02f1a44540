"""Ways in that take longer than a request: brokers, files, replays. Killed on the way, resumed, and everything is there
exactly once."""
import json
import pathlib
import random
import shutil
import subprocess
import threading
import time

from harness import Skipped, check_once, drain, expect, segments, stored
from streams import Kafka, Mqtt
from ways import CONNECTORS, HOOK_MAPPING, HOOK_SECRET, letters, person, sign_hook

ROWS = 60_000
FILE_MAPPING = """source = "visits"
zone = "Asia/Shanghai"
[[event]]
name = "Probe Sent"
time = "{when}"
id = "{no}"
identifiers = [{kind = "user_id", column = "person"}]
properties = ["probe"]
"""


def finish(context, server, wanted):
    drain(server)
    expect(server.stop() == 0, "the server did not stop cleanly")
    found = stored(context.binary, context.data)
    check_once(found, wanted)
    expect(found.keys() <= wanted, "the warehouse holds events that nobody sent")
    return len(wanted)


# ---- brokers ----------------------------------------------------------------------------------------------

def settle_streams(server, session, streams):
    """Waits until the service has taken from the brokers what they hold."""
    deadline = time.monotonic() + 90
    while True:
        sources = {source["name"]: source["id"] for source in server.get("/api/sources", session)[2]["items"]}
        counts = {name: server.get(f"/api/sources/{sources[name]}/stats", session)[2] for name in streams}
        if all(counts[name]["stored"] >= len(stream.sent) for name, stream in streams.items()):
            return
        expect(time.monotonic() < deadline, f"still missing after 90 s: {counts}, {[len(s.sent) for s in streams.values()]}")
        time.sleep(0.2)


def brokers_are_read_once(context):
    cluster = pathlib.Path(context.binary).parent / "kafka_cluster"
    if not cluster.exists():
        raise Skipped("the mock cluster is not built: ninja -C build/release kafka_cluster")
    if not shutil.which("mosquitto") and not pathlib.Path("/usr/sbin/mosquitto").exists():
        raise Skipped("mosquitto is not installed")
    streams = {"Devices": Mqtt(context.folder), "Topic": Kafka(cluster)}
    allowed = {"ZHIKE_CONNECTORS_PRIVATE_HOSTS": "127.0.0.1"}
    try:
        server = context.serve(settings=allowed)
        session = server.session()
        for stream in streams.values():
            server.make("/api/connectors", stream.connector(), session)
        time.sleep(1)  # the broker keeps what is sent from the first subscription on
        for stream in streams.values():
            stream.start()
        chance, kills = random.Random(23), context.kills(4)
        for _ in range(kills):
            time.sleep(chance.uniform(0.5, 2))
            server.kill()
            server = context.serve(settings=allowed)
        time.sleep(1)
        for stream in streams.values():
            stream.stop()
        settle_streams(server, session, streams)
        wanted = {probe for stream in streams.values() for probe in stream.sent}
        return f"{kills} kills, {finish(context, server, wanted)} messages of MQTT and Kafka"
    finally:
        for stream in streams.values():
            stream.close()


# ---- files ------------------------------------------------------------------------------------------------

def write_rows(context):
    """A file of visits; every hundredth row has no person and is rejected. The probes that are stored."""
    wanted = set()
    path = context.folder / "visits.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("no,person,when,probe\n")
        for row in range(ROWS):
            probe = f"row_{letters(row)}"
            who = "" if row % 100 == 99 else person(row)
            file.write(f"visit_{letters(row)},{who},2026-03-01 10:{row // 60 % 60:02}:{row % 60:02},{probe}\n")
            if who:
                wanted.add(probe)
    return path, wanted


def check_stored(context, wanted):
    found = stored(context.binary, context.data)
    check_once(found, wanted)
    expect(found.keys() <= wanted, "the warehouse holds rows that are not in the file")


def wait_for_rows(context, process):
    """Until rows of this run lie in the journal, or it has ended."""
    before, deadline = sum(one.stat().st_size for one in segments(context.data)), time.monotonic() + 30
    while process.poll() is None and sum(one.stat().st_size for one in segments(context.data)) < before + 50_000:
        expect(time.monotonic() < deadline, "no row reaches the journal")
        time.sleep(0.01)


def import_is_killed_and_repeated(context):
    path, wanted = write_rows(context)
    mapping = context.folder / "visits.toml"
    mapping.write_text(FILE_MAPPING)
    words = ["import", "--data", str(context.data), "--map", str(mapping), "--json", str(path)]
    chance, kills = random.Random(29), context.kills(4)
    for _ in range(kills):
        process = subprocess.Popen([context.binary, *words], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        wait_for_rows(context, process)
        time.sleep(chance.uniform(0, 0.3))
        process.kill()
        process.wait()
    done = context.command(*[word for word in words if word not in ("--data", str(context.data), "--json")])
    expect(done.get("rows") == ROWS and done["stored"] == len(wanted), f"the last run says {done}")
    check_stored(context, wanted)
    return f"{kills} kills, {len(wanted)} rows, of which {done['duplicates']} were stored by runs that were killed"


def upload(server, session, name, path):
    made = server.make("/api/imports", {}, session)
    connection = server.connect()
    connection.request("PUT", f"/api/imports/{made['id']}/files/{name}", path.read_bytes(),
                       {"Content-Type": "application/octet-stream", "X-Zhike": "1", **session})
    answer = connection.getresponse()
    expect(answer.status == 200, f"the upload was answered {answer.status}: {answer.read()}")
    connection.close()
    return made["id"]


def console_import_is_killed_and_resumed(context):
    path, wanted = write_rows(context)
    server = context.serve()
    session = server.session()
    number = upload(server, session, "visits.csv", path)
    chance, kills, mapping = random.Random(31), context.kills(4), FILE_MAPPING
    for _ in range(kills):
        server.make(f"/api/imports/{number}/start", {"mapping": mapping}, session)
        mapping = ""  # go on with the same
        time.sleep(chance.uniform(0.05, 0.5))
        server.kill()
        server = context.serve()
        state = server.get(f"/api/imports/{number}", session)[2]["state"]
        expect(state in ("interrupted", "done"), f"after the kill the import is {state}")
        if state == "done":
            break
    deadline, started = time.monotonic() + 60, False
    while True:
        view = server.get(f"/api/imports/{number}", session)[2]
        if view["state"] == "done":
            break
        if view["state"] == "interrupted" and not started:
            server.make(f"/api/imports/{number}/start", {"mapping": mapping}, session)
            started = True
        expect(view["state"] in ("running", "interrupted") and time.monotonic() < deadline, f"the import ends as {view}")
        time.sleep(0.05)
    report = view["reports"][0]
    expect(report["rows"] == ROWS and report["stored"] == len(wanted), f"the report says {report}")
    total = server.get("/api/quarantine", session)[2]["total"]
    expect(total == ROWS // 100, f"{total} rejected rows lie in the quarantine, not {ROWS // 100}")
    drain(server)
    expect(server.stop() == 0, "the server did not stop cleanly")
    check_stored(context, wanted)
    return f"{kills} kills, {len(wanted)} rows, {total} rejected once"


# ---- the quarantine ---------------------------------------------------------------------------------------

def send_hook(server, items):
    body = json.dumps(items).encode()
    connection = server.connect()
    connection.request("POST", "/hooks/probes", body, sign_hook(body, HOOK_SECRET))
    answer = connection.getresponse()
    expect(answer.status == 200, f"the hook answered {answer.status}: {answer.read()}")
    connection.close()


def replay(server, session, source, outcome):
    """On a thread of its own: the server is killed meanwhile."""
    try:
        outcome.append(server.request("POST", "/api/quarantine/replay", {"source": source}, {"X-Zhike": "1", **session}))
    except OSError:
        pass


def replay_is_killed_and_repeated(context):
    server = context.serve()
    session = server.session()
    closed = {"rules": [{**HOOK_MAPPING["rules"][0], "when": [{"at": "/never", "one_of": ["x"]}]}]}
    made = server.make("/api/connectors", {**CONNECTORS[0], "mapping": json.dumps(closed)}, session)
    probes = [f"held_{letters(number)}" for number in range(6000)]
    for first in range(0, len(probes), 500):
        send_hook(server, [{"id": f"id_{probe}", "user": person(first), "probe": probe} for probe in probes[first:first + 500]])
    drain(server)
    expect(server.get("/api/quarantine", session)[2]["total"] == len(probes), "not all were held")
    server.make(f"/api/connectors/{made['id']}", {"mapping": json.dumps(HOOK_MAPPING)}, session, "PUT")
    chance, kills = random.Random(37), context.kills(4)
    for _ in range(kills):
        thread = threading.Thread(target=replay, args=(server, session, made["source"], []), daemon=True)
        thread.start()
        time.sleep(chance.uniform(0.02, 0.25))
        server.kill()
        thread.join()
        server = context.serve()
    outcome = []
    replay(server, session, made["source"], outcome)
    expect(outcome and outcome[0][0] == 200 and outcome[0][2]["still_quarantined"] == 0, f"the replay was answered {outcome}")
    left = server.get("/api/quarantine", session)[2]["total"]
    expect(left == 0, f"{left} entries are still held")
    return f"{kills} kills, {finish(context, server, set(probes))} entries replayed, the last time {outcome[0][2]['replayed']}"


TESTS = [brokers_are_read_once, import_is_killed_and_repeated, console_import_is_killed_and_resumed,
         replay_is_killed_and_repeated]
