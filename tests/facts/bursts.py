#!/usr/bin/env python3
"""Messages about bursts of talk, the whole way through a running service: posts of two weeks arrive, bursts are planted
in two of three brands, and a gateway on this machine takes what is written to it, with its signature checked: one
message for each brand and burst, and no other after the service was started again, or after the burst grew.

bursts.py --bin build/release

Needs no data: posts are made here. Standard library only."""
import hashlib
import hmac
import http.server
import json
import pathlib
import signal
import subprocess
import tempfile
import threading
import time

from rounds import send, stamp, write_key
from surveys import Service
from tally import Tally, arguments

SECRET = "a secret of the gateway"
PUBLIC = "https://voice.example.com"
BRANDS = {"shanhai": ("Shanhai", True), "beihai": ("Beihai", False), "donghai": ("Donghai", False)}
BURST = {"shanhai": ("negative", 40), "beihai": ("all", 45)}
QUIET_SECONDS = 8  # in which a second message would have come: a service looks as soon as it starts


class Gateway(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        stamped = self.headers.get("X-Timestamp", "").encode() + b"." + body
        signed = "sha256=" + hmac.new(SECRET.encode(), stamped, hashlib.sha256).hexdigest()
        self.server.taken.append((hmac.compare_digest(self.headers.get("X-Signature", ""), signed), json.loads(body)))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Lasting(Service):
    """A service that is stopped and started again on one folder."""

    def __init__(self, binary, folder):
        self.binary, self.folder = binary, folder
        super().__init__(binary, folder)
        super().stop()
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [str(self.binary.resolve() / "zhike"), "serve", "--data", str(self.folder), "--port", "0", "--json", "--lang", "en"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env={"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "ZHIKE_CONNECTORS_PRIVATE_HOSTS": "127.0.0.1", "ZHIKE_SERVER_PUBLIC_URL": PUBLIC})
        self.base = f"http://127.0.0.1:{json.loads(self.process.stdout.readline())['port']}"
        self.call("POST", "/api/session", {"user": "owner", "password": "a long enough password"})

    def again(self, killed=False):
        self.process.send_signal(signal.SIGKILL if killed else signal.SIGTERM)
        self.process.wait(60)
        self.start()


def post(number, at, brand, text):
    return {"type": "track", "event": "Post Published", "anonymousId": f"writer{number}", "messageId": f"post{number}", "timestamp": stamp(at),
            "properties": {"channel": "social", "comment": f"{brand} {text} {number}"}}


def posts_of(now):
    """A post of each brand every six hours for twelve days, and in the running hour the bursts."""
    out = []
    for key, (name, _) in BRANDS.items():
        for hour in range(24 * 12, 6, -6):
            out.append(post(len(out), now - 3600 * hour, name, "shop visit, an ordinary day"))
        tone, count = BURST.get(key, ("all", 0))
        words = "freezer broken, rotten fish, terrible" if tone == "negative" else "opens a new shop in town, wonderful"
        for i in range(count):
            out.append(post(len(out), now - 1 - i / 10, name, words))
    return out


def until(ask, good, seconds=90):
    end = time.monotonic() + seconds
    while True:
        answer = ask()
        if good(answer) or time.monotonic() > end:
            return answer
        time.sleep(0.3)


def play(binary, folder):
    inbox = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    inbox.taken = []
    threading.Thread(target=inbox.serve_forever, daemon=True).start()
    service = Lasting(binary, folder)
    try:
        gate = service.call("POST", "/api/connectors", {"kind": "message_out", "key": "gate", "name": "Gate", "secrets": {"secret": SECRET},
                                                        "settings": {"url": f"http://127.0.0.1:{inbox.server_port}/"}})["id"]
        service.call("PUT", "/api/reputation/brands", {"version": 0, "items": [
            {"key": key, "own": own, "name_en": name, "name_zh": name, "names": [], "exclusions": []} for key, (name, own) in BRANDS.items()]})
        now = time.time()
        batch, key = posts_of(now), write_key(service)
        send(service, key, batch)
        read = until(lambda: service.call("GET", "/api/texts/summary", **{"from": stamp(now - 14 * 86400), "to": stamp(now + 3600)}),
                     lambda a: a["n"] + a["unknown"] >= len(batch))
        yield read["n"] + read["unknown"] == len(batch), f"{len(batch)} posts are read"
        service.again()
        time.sleep(QUIET_SECONDS)
        yield not inbox.taken, "nobody is written to while nobody is named"
        named = service.call("PUT", "/api/reputation/messages", {"recipient": {"connector": gate, "to": "pr@example.com", "language": "en", "negative_only": False}})
        yield "recipient" in named, "a recipient is named"
        until(lambda: inbox.taken, lambda taken: len(taken) >= len(BURST))
        time.sleep(QUIET_SECONDS)
        letters = [letter for _, letter in inbox.taken]
        yield len(letters) == len(BURST) and all(good for good, _ in inbox.taken), \
            f"{len(letters)} messages for {len(BURST)} bursts, {sum(good for good, _ in inbox.taken)} rightly signed"
        about = sorted(key for key, (name, _) in BRANDS.items() for letter in letters if name in letter["subject"])
        yield about == sorted(BURST), f"one about each brand that has a burst: {about}"
        yield all(letter["to"] == "pr@example.com" and letter["link"].startswith(PUBLIC) for letter in letters), \
            "to the recipient, with a link to the console: " + "; ".join(letter["subject"] for letter in letters)
        numbers = [sum(str(count) in letter["text"] for letter in letters) for _, count in BURST.values()]
        yield min(numbers) >= 1, "they say how many posts there were: " + " ".join(letter["text"].split("\n")[0] for letter in letters)
        kept = service.call("GET", "/api/reputation/messages")["items"]
        yield [one["state"] for one in kept] == ["sent"] * len(BURST), f"the console says that they were sent: {[one['state'] for one in kept]}"

        for killed in (False, True):
            service.again(killed)
            time.sleep(QUIET_SECONDS)
            yield len(inbox.taken) == len(BURST), f"no other after {'a kill' if killed else 'a restart'}: {len(inbox.taken)}"
        send(service, key, [post(len(batch) + i, time.time() - 1, "Shanhai", "rotten fish again, terrible") for i in range(30)])
        until(lambda: service.call("GET", "/api/texts/summary", **{"from": stamp(now - 14 * 86400), "to": stamp(now + 3600)}),
              lambda a: a["n"] + a["unknown"] >= len(batch) + 30)
        service.again()
        grown = until(lambda: service.call("GET", "/api/reputation/messages")["items"], lambda a: max(one["mentions"] for one in a) > 45, 15)
        time.sleep(QUIET_SECONDS)
        yield len(inbox.taken) == len(BURST) and max(one["mentions"] for one in grown) > 45, \
            f"nor when a burst grows, to {max(one['mentions'] for one in grown)} posts: {len(inbox.taken)}"
    finally:
        service.stop()
        inbox.shutdown()


def main():
    args = arguments(__doc__).parse_args()
    tally = Tally([])
    with tempfile.TemporaryDirectory(prefix="zhike-bursts-") as folder:
        for good, line in play(args.bin, pathlib.Path(folder)):
            tally.tell(good, line)
    tally.end()


if __name__ == "__main__":
    main()
