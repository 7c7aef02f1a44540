"""Events start a survey while the service is killed again and again: each event asks its customer once, and every
message has the id of its one link."""
import http.server
import json
import random
import threading
import time

from harness import WRITE_KEY, expect
from ways import basic, letters

WAVE = 30


class Gateway(http.server.BaseHTTPRequestHandler):
    """Takes messages as a gateway of the enterprise would, some of them twice: {id: link}."""

    def do_POST(self):
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.taken.setdefault(message["id"], set()).add(message["link"])
        self.server.told.setdefault(message["to"], set()).add(message["link"])
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def gateway():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    server.taken, server.told = {}, {}
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def send(server, key, numbers):
    """One call that ended for each; a repeat is recognised. False: the service was killed first."""
    batch = []
    for number in numbers:
        name = f"caller_{letters(number)}"  # alone, letters spell words that name nobody, such as "na"
        batch.append({"type": "identify", "userId": name, "messageId": f"who-{name}", "traits": {"email": f"{name}@example.com"}})
        batch.append({"type": "track", "event": "Call Ended", "userId": name, "messageId": f"call-{name}"})
    try:
        return server.request("POST", "/v1/batch", {"batch": batch}, {"Authorization": basic(key)})[0] == 200
    except OSError:
        return False


def triggered_once_through_kills(context):
    inbox = gateway()
    settings = {"ZHIKE_CONNECTORS_PRIVATE_HOSTS": "127.0.0.1", "ZHIKE_SERVER_PUBLIC_URL": "https://voice.example.com"}
    try:
        server = context.serve(settings=settings)
        session = server.session()
        gate = server.make("/api/connectors", {"kind": "message_out", "key": "gate", "name": "Gate", "secrets": {"secret": "a secret of the gate"},
                                               "settings": {"url": f"http://127.0.0.1:{inbox.server_port}/"}}, session)["id"]
        survey = server.make("/api/surveys", {"template": "after-contact", "key": "calls"}, session)["id"]
        server.make(f"/api/surveys/{survey}/open", {}, session)
        server.make(f"/api/surveys/{survey}/triggers", {"key": "calls", "filter": {"name": "Call Ended"}, "channel": "email", "connector": gate}, session)
        chance, kills, sent = random.Random(7), context.kills(12), 0
        for _ in range(kills):
            wave = range(sent, sent + WAVE)
            while not send(server, WRITE_KEY, wave):
                time.sleep(0.05)
            sent += WAVE
            time.sleep(chance.uniform(0.05, 2.5))
            server.kill()
            server = context.serve(settings=settings)
        session, deadline = server.session(), time.monotonic() + 180
        while True:
            trigger = server.get(f"/api/surveys/{survey}/triggers", session)[2]["items"][0]
            if trigger["asked"] == sent and trigger["unsent"] == 0:
                break
            expect(time.monotonic() < deadline, f"{sent} events were sent, and the trigger says {trigger}")
            time.sleep(0.3)
        expect(trigger["events"] == sent and not trigger["left"], f"{sent} events, and the trigger says {trigger}")
        channels = server.get(f"/api/surveys/{survey}/rounds", session)[2]["channels"]
        expect([one["funnel"]["sent"] for one in channels] == [sent], f"links: {channels}")
        expect(len(inbox.taken) == sent, f"{len(inbox.taken)} messages of {sent}")
        expect(all(len(links) == 1 for links in inbox.taken.values()), "a message was sent again with another link")
        expect(len(inbox.told) == sent and all(len(links) == 1 for links in inbox.told.values()), "somebody was asked twice")
        expect(server.stop() == 0, "the server did not stop cleanly")
        return f"{kills} kills, {sent} events, {sent} customers asked once"
    finally:
        inbox.shutdown()


TESTS = [triggered_once_through_kills]
