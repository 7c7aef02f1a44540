"""Ways in that take longer than a request: brokers and files. Killed on the way, resumed, and everything is there
exactly once."""
import pathlib
import random
import shutil
import subprocess
import time

from harness import Skipped, check_once, drain, expect, segments, stored
from streams import Kafka, Mqtt
from ways import letters, person

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
    cluster = pathlib.Path(context.binary).parent / "tests" / "fault" / "kafka_cluster"
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


TESTS = [brokers_are_read_once, import_is_killed_and_repeated]
