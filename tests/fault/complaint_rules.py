"""Events open complaints by rules while the service is killed again and again: each event opens one complaint, and the
store holds one event of each opening."""
import random
import time

from harness import WRITE_KEY, expect
from ways import basic, letters

WAVE = 30


def send(server, key, numbers):
    """One refused refund for each; a repeat is recognised. False: the service was killed first."""
    batch = []
    for number in numbers:
        name = f"buyer_{letters(number)}"
        batch.append({"type": "track", "event": "Refund Refused", "userId": name, "messageId": f"refused-{name}"})
    try:
        return server.request("POST", "/v1/batch", {"batch": batch}, {"Authorization": basic(key)})[0] == 200
    except OSError:
        return False


def every_complaint(server, session):
    out, cursor = [], ""
    while True:
        page = server.get(f"/api/complaints?limit=200{cursor}", session)[2]
        out += page["items"]
        if page["next_cursor"] is None:
            return out
        cursor = f"&cursor={page['next_cursor']}"


def opened_once_through_kills(context):
    server = context.serve()
    session = server.session()
    # Two rules fit every event: the older has it.
    for name, category in (("Refused refunds", "delivery.late"), ("Anything refused", "service")):
        server.make("/api/complaints/rules", {"name": name, "filter": {"name": "Refund Refused"}, "category": category}, session)
    chance, kills, sent = random.Random(11), context.kills(12), 0
    for _ in range(kills):
        wave = range(sent, sent + WAVE)
        while not send(server, WRITE_KEY, wave):
            time.sleep(0.05)
        sent += WAVE
        time.sleep(chance.uniform(0.05, 3.0))
        server.kill()
        server = context.serve()
    session, deadline = server.session(), time.monotonic() + 180
    while True:
        rules = server.get("/api/complaints/rules", session)[2]["items"]
        if all(one["events"] == sent for one in rules):
            break
        expect(time.monotonic() < deadline, f"{sent} events were sent, and the rules say {rules}")
        time.sleep(0.3)
    expect(sum(one["opened"] for one in rules) == sent and not any(one["joined"] for one in rules),
           f"{sent} events, and the rules say {rules}")
    complaints = every_complaint(server, session)
    expect(len(complaints) == sent, f"{len(complaints)} complaints of {sent} events")
    customers = {one["customer_id"] for one in complaints}
    expect(len(customers) == sent and None not in customers, f"{len(customers)} customers complained, of {sent}")
    while (stored := told(server, session)) < sent:  # what tells of them arrives behind
        expect(time.monotonic() < deadline, f"{stored} openings of {sent} are stored")
        time.sleep(0.5)
    time.sleep(2)
    stored = told(server, session)
    expect(stored == sent, f"{stored} openings are stored of {sent}")
    expect(server.stop() == 0, "the server did not stop cleanly")
    return f"{kills} kills, {sent} events, {sent} complaints, each told once"


def told(server, session):
    """How many events tell of an opening."""
    found, cursor = 0, ""
    while True:
        page = server.get(f"/api/events?name=Complaint%20Opened&limit=200{cursor}", session)[2]
        found += len(page["items"])
        if page.get("next_cursor") is None:
            return found
        cursor = f"&cursor={page['next_cursor']}"


TESTS = [opened_once_through_kills]
