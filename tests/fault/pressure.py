"""A warehouse that does not keep up, clocks that jump, senders that invent names: bounded, reported, and nothing lost."""
import http.client
import json
import os
import pathlib
import random
import signal
import socket
import time

from harness import WRITE_KEY, Load, Skipped, drain, expect, latency, overview, resident
from ways import basic, letters

JOURNAL_BYTES = 4_000_000
FAKETIME = pathlib.Path("/usr/lib") / f"{os.uname().machine}-linux-gnu" / "faketime" / "libfaketimeMT.so.1"


# ---- a warehouse that does not keep up --------------------------------------------------------------------

def notices(server, session):
    status, _, answer = server.get("/api/status", session)
    expect(status == 200, f"the status was answered {status}: {answer}")
    return {notice["key"]: notice for notice in answer["notices"]}


def fill_the_journal(server, load, session):
    """Until events are refused; checks what is told then, and that telling does not wait for the warehouse."""
    load.start(server)
    deadline = time.monotonic() + 60
    while len(load.refusals) < 20:
        expect(time.monotonic() < deadline, "the journal has a limit and nothing was refused")
        time.sleep(0.05)
    asked = time.monotonic()
    ready, headers, why = server.get("/readyz")
    expect(ready == 503 and why["code"] == "journal_full" and headers["Retry-After"], f"/readyz answered {ready}: {why}")
    told = notices(server, session)
    expect(told.get("journal_full", {}).get("limit") == JOURNAL_BYTES, f"the status says {told}")
    took = time.monotonic() - asked
    expect(took < 10, f"/readyz and the status took {took:.0f} s")
    load.stop()
    wrong = [one for one in load.refusals if one[0] != 503 or one[1] != "journal_full" or not one[2]]
    expect(not wrong, f"refusals must be 503 journal_full with Retry-After: {wrong[:3]}")
    return told


def resume(context, server, load):
    freed = time.monotonic()
    load.settle(server)
    resumed = time.monotonic() - freed
    # What is in the warehouse leaves the journal when the hot state is written, every few seconds.
    while server.get("/readyz")[0] != 200:
        expect(time.monotonic() - freed < 60, "the service is not ready again")
        time.sleep(0.1)
    load.run_for(server, 0.3)
    return resumed, context.finish(server, load)


def stopped_warehouse_fills_the_journal(context):
    server, load = context.serve(settings={"ZHIKE_JOURNAL_BYTES_MAX": str(JOURNAL_BYTES)}), Load()
    load.run_for(server, 0.3)
    session = server.session()
    drain(server)
    engine = server.engine()
    os.kill(engine, signal.SIGSTOP)
    try:
        fill_the_journal(server, load, session)
    finally:
        os.kill(engine, signal.SIGCONT)
    resumed, events = resume(context, server, load)
    return f"{len(load.refusals)} refusals, resumed after {resumed:.1f} s, {events} events"


class Engine(http.client.HTTPConnection):
    """The engine's own interface, which only the service's user can open."""

    def __init__(self, data):
        super().__init__("engine")
        self.path = str(data / "engine.sock")

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)

    def execute(self, statement):
        self.request("POST", "/", statement.encode())
        answer = self.getresponse()
        body = answer.read()
        expect(answer.status == 200, f"{statement}: {body[:300]}")


def refusing_warehouse_fills_the_journal(context):
    server, load = context.serve(settings={"ZHIKE_JOURNAL_BYTES_MAX": str(JOURNAL_BYTES)}), Load()
    load.run_for(server, 0.3)
    session = server.session()
    drain(server)
    Engine(context.data).execute("ALTER TABLE events ADD CONSTRAINT nothing CHECK 0")
    told = fill_the_journal(server, load, session)
    expect("mover_waits" in told, f"the status does not say what the warehouse refuses: {told}")
    Engine(context.data).execute("ALTER TABLE events DROP CONSTRAINT nothing")
    resumed, events = resume(context, server, load)
    return f"{len(load.refusals)} refusals, resumed after {resumed:.1f} s, {events} events"


# ---- clocks -----------------------------------------------------------------------------------------------

def clock_jumps(context):
    if not FAKETIME.exists():
        raise Skipped("libfaketime is not installed")
    dial = context.folder / "time"
    preloaded = {"LD_PRELOAD": str(FAKETIME), "FAKETIME_TIMESTAMP_FILE": str(dial), "FAKETIME_NO_CACHE": "1",
                 "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"}
    chance, load = random.Random(41), Load()
    dial.write_text("+0\n")
    server = context.serve(settings=preloaded)
    for jump in ("+0", "+40d", "+0", "-400d", "+0", "+3h", "-3h", "+0"):
        dial.write_text(jump + "\n")
        load.run_for(server, 0.4)
        again = chance.sample(sorted(load.acknowledged), min(20, len(load.acknowledged)))  # what a client repeats counts once, whatever the time is
        load.unanswered += again
        load.acknowledged -= set(again)
        if jump == "-400d":
            expect("clock_jumped" in notices(server, server.session()), "the jump is not reported")
            server.kill()  # and a start with the wrong time
            server = context.serve(settings=preloaded)
            load.run_for(server, 0.3)
    events = context.finish(server, load)
    kinds = sorted({f"{status} {code}" for status, code, _ in load.refusals})
    return f"{events} events; refused meanwhile: {', '.join(kinds) or 'none'}"


# ---- invented names ---------------------------------------------------------------------------------------

def invent(server, context, event):
    """Sends batches of 100 made by event(number); again what is refused for want of room."""
    connection = server.connect()
    for first in range(0, context.names, 100):
        body = json.dumps({"batch": [event(number) for number in range(first, min(first + 100, context.names))]})
        while True:
            connection.request("POST", "/v1/batch", body, {"Content-Type": "application/json", "Authorization": basic(WRITE_KEY)})
            answer = connection.getresponse()
            text = answer.read()
            if answer.status == 200:
                break
            expect(answer.status == 503, f"a batch was answered {answer.status}: {text}")
            time.sleep(0.2)
    connection.close()


def named(number):
    return {"type": "track", "event": f"Opened {letters(number)}", "userId": f"u{letters(number % 100)}", "channel": f"c{letters(number)}",
            "messageId": f"n{number}", "properties": {"unit": f"unit {letters(number)}", "instrument": f"i{letters(number)}"}}


def with_properties(number):
    return {"type": "track", "event": "Known", "userId": f"u{letters(number % 100)}", "messageId": f"p{number}",
            "properties": {f"key {letters(number)}": letters(number), "value": letters(number)}}


def with_traits(number):
    return {"type": "identify", "userId": "one", "messageId": f"t{number}", "traits": {f"trait {letters(number)}": letters(number)}}


def invented_names_are_bounded(context):
    server = context.serve()
    session = server.session()
    before, memory = latency(server), resident(server.process.pid)
    for event in (named, with_properties, with_traits):
        invent(server, context, event)
    drain(server)
    after = latency(server)
    grown, engine = resident(server.process.pid), resident(server.engine())
    told = notices(server, session)
    expect("names_full" in told, f"the flood is not reported: {told}")
    first = server.get("/api/sources", session)[2]["items"][0]["id"]
    seen = server.get(f"/api/sources/{first}/observed", session)[2]
    expect(seen["names_beyond"] > 0, "the schema does not say that it has left names out")
    expect(any(event["properties_beyond"] > 0 for event in seen["events"]), "nor properties")
    # Another source is not shut out by this one.
    other = server.make("/api/sources", {"name": "other"}, session)
    expect(grown < 1200, f"the server holds {grown:.0f} MB after the flood, {memory:.0f} MB before")
    pictures = overview(server, session)
    customer = server.get("/api/customers?q=one", session)
    expect(customer[0] == 200 and other["write_key"], "the customers cannot be searched")
    server.stop()
    stored_names = context.command("sql", "SELECT count(), uniqExact(kind) FROM events")["rows"][0]
    expect(int(stored_names[0]) >= 3 * context.names, f"of {3 * context.names} events {stored_names[0]} are stored")
    return (f"{context.names} names, properties and traits: server {memory:.0f} → {grown:.0f} MB, engine {engine:.0f} MB, a call {before:.2f} → "
            f"{after:.2f} ms, overview {pictures:.0f} ms, {stored_names[1]} kinds")


TESTS = [stopped_warehouse_fills_the_journal, refusing_warehouse_fills_the_journal, clock_jumps, invented_names_are_bounded]
