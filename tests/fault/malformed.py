"""Requests that no honest client sends, drawn from a table with a fixed seed: each is answered with a 4xx that says why."""
import base64
import gzip
import json
import random
import socket
import threading
import urllib.parse

from harness import WRITE_KEY, expect
from ways import sign_hook, wechat_path

CLIENTS = 4
KEY = "Basic " + base64.b64encode(f"{WRITE_KEY}:".encode()).decode()
CALL = {"type": "track", "event": "Product Viewed", "userId": "u1", "messageId": "m1", "properties": {"sku": "A1", "n": [1, 2.5, None]}}
RECORD = {"type": "track", "event": "ViewProduct", "distinct_id": "d1", "time": 1700000000000, "properties": {"$os": "iOS"}}


def noise(chance, most=200):
    return chance.randbytes(chance.randrange(1, most))


def cut(chance, text):
    """A JSON object without its end."""
    return text[:chance.randrange(1, len(text))].encode()


def request(method, path, body=b"", headers=(), key=KEY, length=None):
    lines = [f"{method} {path} HTTP/1.1", "Host: fault", *headers]
    if key:
        lines.append(f"Authorization: {key}")
    lines.append(f"Content-Length: {len(body) if length is None else length}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def segment(chance, body, headers=()):
    path = chance.choice(["/v1/batch", "/v1/track", "/v1/identify", "/v1/b", "/v1/t"])
    return request("POST", path, body, ("Content-Type: application/json", *headers))


def sensors(text):
    form = "data=" + urllib.parse.quote(text, safe="")
    return request("POST", f"/sa?project=default&token={WRITE_KEY}", form.encode(), ("Content-Type: application/x-www-form-urlencoded",), key=None)


def hook(chance, body, signed=True, headers=()):
    marks = [f"{name}: {value}" for name, value in (sign_hook(body) if signed else {"Content-Type": "application/json"}).items()]
    return request("POST", "/hooks/probes", body, (*marks, *headers), key=None)


def wechat(chance, body, path=None):
    return request("POST", path or wechat_path(), body, ("Content-Type: text/xml",), key=None)


def signed_in(chance, method, path, body, kind="application/json"):
    return request(method, path, body, (f"Content-Type: {kind}", "X-Zhike: 1", f"Cookie: {SESSION.get('Cookie', '')}"), key=None)


def entry(chance, **changes):
    fields = {"id": "entry-malformed", "customer": [{"kind": "user_id", "value": "u1"}], "values": {"task": "x"}, **changes}
    return signed_in(chance, "POST", "/api/forms/terminal_use/entries", json.dumps(fields).encode())


def upload(chance, path, body=b"a,b\n1,2\n"):
    return signed_in(chance, "PUT", "/api/imports/" + path, body, "application/octet-stream")


SESSION = {}  # headers of a signed-in user, for what needs one
XML = b"<xml><ToUserName>us</ToUserName><FromUserName>o1</FromUserName><CreateTime>1700000000</CreateTime><MsgType>text</MsgType><Content>x</Content><MsgId>1</MsgId></xml>"
ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><xml><Content>&b;</Content></xml>'

# What is wrong, and how to make one of it.
KINDS = {
    "cut JSON": lambda c: segment(c, cut(c, json.dumps({"batch": [CALL] * c.randrange(1, 4)}))),
    "not JSON": lambda c: segment(c, b"\x01" + noise(c)),
    "not an object": lambda c: segment(c, json.dumps(c.choice([[], 1, "text", None, True, [[CALL]]])).encode()),
    "broken UTF-8": lambda c: segment(c, json.dumps(CALL).encode().replace(b"Viewed", b"\xff\xfe\xc0")),
    "too deep": lambda c: segment(c, b"[" * c.randrange(1100, 4000)),
    "broken gzip": lambda c: segment(c, noise(c), ("Content-Encoding: gzip",)),
    "cut gzip": lambda c: segment(c, gzip.compress(json.dumps({"batch": [CALL] * 20}).encode())[:-c.randrange(1, 40)], ("Content-Encoding: gzip",)),
    "unknown encoding": lambda c: segment(c, json.dumps(CALL).encode(), ("Content-Encoding: rot13",)),
    "no key": lambda c: request("POST", "/v1/track", json.dumps(CALL).encode(), key=None),
    "wrong key": lambda c: request("POST", "/v1/track", json.dumps(CALL).encode(), key="Basic " + base64.b64encode(noise(c, 40)).decode()),
    "broken key": lambda c: request("POST", "/v1/batch", json.dumps({"batch": [CALL]}).encode(), key="Basic " + c.choice(["%%%", "=", "x" * 4000])),
    "unknown path": lambda c: request("GET", "/api/" + urllib.parse.quote(noise(c, 40), safe=""), key=None),
    "wrong method": lambda c: request(c.choice(["PUT", "DELETE", "PATCH"]), "/v1/track", b"{}"),
    "signed out": lambda c: request("GET", c.choice(["/api/customers", "/api/sources", "/api/users", "/api/events?from=x"]), key=None),
    "no base64": lambda c: sensors(c.choice(["%%%", "!!!!", "=", "数据"])),
    "base64 of noise": lambda c: sensors(base64.b64encode(b"\x02" + noise(c)).decode()),
    "base64 of cut JSON": lambda c: sensors(base64.b64encode(cut(c, json.dumps(RECORD))).decode()),
    "sensors without data": lambda c: request("POST", f"/sa?project=default&token={WRITE_KEY}", c.choice([b"", b"x=1", b"data", b"&&&"]), ("Content-Type: application/x-www-form-urlencoded",), key=None),
    "sensors of broken gzip": lambda c: request("POST", f"/sa?token={WRITE_KEY}", b"gzip=1&data=" + urllib.parse.quote(base64.b64encode(b"\x1f\x8b" + noise(c))).encode(), ("Content-Type: application/x-www-form-urlencoded",), key=None),
    "sensors with a wrong key": lambda c: request("GET", f"/sa.gif?token=no&data={base64.b64encode(json.dumps(RECORD).encode()).decode()}".replace("+", "%2B"), key=None),
    "hook unsigned": lambda c: hook(c, b"{}", signed=False),
    "hook signed wrongly": lambda c: hook(c, b"{}", signed=False, headers=("X-Timestamp: 1700000000", "X-Signature: " + c.choice(["sha256=00", "sha256=zz", "=", "md5=1", "x" * 500]))),
    "hook of noise": lambda c: hook(c, b"\x01" + noise(c)),
    "hook of cut JSON": lambda c: hook(c, cut(c, json.dumps([{"id": "1", "user": "u", "probe": "p"}]))),
    "hook too deep": lambda c: hook(c, b"[" * c.randrange(1100, 4000)),
    "hook unknown": lambda c: request("POST", "/hooks/" + urllib.parse.quote(noise(c, 30), safe=""), b"{}", key=None),
    "wechat unsigned": lambda c: wechat(c, XML, c.choice(["/hooks/chat", "/hooks/chat?signature=0&timestamp=1&nonce=n", "/hooks/chat?timestamp=" + "9" * 300])),
    "wechat cut": lambda c: wechat(c, XML[:c.randrange(1, len(XML) - 1)]),
    "wechat of noise": lambda c: wechat(c, b"\x01" + noise(c)),
    "wechat with entities": lambda c: wechat(c, ENTITIES),
    "wechat too deep": lambda c: wechat(c, b"<a>" * c.randrange(200, 4000)),
    "wechat in JSON": lambda c: wechat(c, json.dumps(CALL).encode()),
    "wechat echo forged": lambda c: request("GET", "/hooks/chat?echostr=1&timestamp=1&nonce=n&signature=" + "0" * 40, key=None),
    "form signed out": lambda c: request("POST", "/api/forms/terminal_use/entries", b"{}", ("Content-Type: application/json",), key=None),
    "form of noise": lambda c: signed_in(c, "POST", "/api/forms/terminal_use/entries", b"\x01" + noise(c)),
    "form without what it needs": lambda c: entry(c, **c.choice([{"values": {}}, {"customer": []}, {"id": "x"}, {"customer": "u1"}, {"values": []}, {"at": "yesterday"}, {"values": {"task": "x" * 5000}}])),
    "form unknown": lambda c: signed_in(c, "POST", "/api/forms/none/entries", b"{}"),
    "import that is not there": lambda c: upload(c, f"{c.randrange(10**6, 10**9)}/files/a.csv"),
    "import with a hostile name": lambda c: upload(c, "1/files/" + c.choice(["..%2F..%2Fetc%2Fpasswd", ".hidden", "a%00b", "%2e%2e", "a%2fb", "x" * 400])),
    "import mapped by noise": lambda c: signed_in(c, "PUT", "/api/imports/mappings/m", json.dumps({"mapping": c.choice(["source = ", "[[event]", "\x00", "source = 1", "x" * 2000])}).encode()),
    "import started without files": lambda c: signed_in(c, "POST", f"/api/imports/{c.randrange(10**6, 10**9)}/start", b'{"mapping": ""}'),
    "no HTTP": lambda c: b"\x16\x03\x01" + noise(c) + b"\r\n\r\n",
    "bad header": lambda c: b"POST /v1/track HTTP/1.1\r\nHost: fault\r\n" + b"no colon here\r\n\r\n",
    "bad length": lambda c: request("POST", "/v1/track", b"{}", length=c.choice(["-1", "1e3", "0x10", "99999999999999999999999"])),
    "huge length": lambda c: request("POST", "/v1/batch", b"", length=10**12),
}
CLOSES = {"no HTTP", "bad header", "bad length", "huge length"}  # the service cannot know where the next request begins


class Client:
    """One kept-alive connection, opened again when the service has closed it."""

    def __init__(self, port):
        self.port, self.socket, self.left = port, None, b""

    def close(self):
        if self.socket:
            self.socket.close()
        self.socket, self.left = None, b""

    def ask(self, content):
        """(status, body)"""
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        self.socket.sendall(content)
        while b"\r\n\r\n" not in self.left:
            self.read()
        head, _, body = self.left.partition(b"\r\n\r\n")
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        length = int(fields[b"content-length"])
        while len(body) < length:
            self.left = body
            self.read()
            body = self.left
        self.left = body[length:]
        if fields.get(b"connection") == b"close":
            self.close()
        return int(head.split(b" ", 2)[1]), body[:length]

    def read(self):
        piece = self.socket.recv(65536)
        if not piece:
            raise ConnectionError("closed without an answer")
        self.left += piece


def check(kind, status, body):
    expect(400 <= status < 500, f"{kind}: answered {status}: {body[:200]}")
    try:
        problem = json.loads(body)
    except ValueError:
        problem = {}
    expect(problem.get("code") and problem.get("title"), f"{kind}: {status} without a reason: {body[:200]}")


def send(port, seed, count, outcome):
    chance, client = random.Random(seed), Client(port)
    kinds = list(KINDS)
    try:
        for _ in range(count):
            kind = chance.choice(kinds)
            try:
                status, body = client.ask(KINDS[kind](chance))
            except ConnectionError as error:
                raise ConnectionError(f"{kind}: {error}") from error
            check(kind, status, body)
            outcome[kind] = outcome.get(kind, 0) + 1
            if kind in CLOSES:
                client.close()
    except Exception as error:  # told by the thread that waits
        outcome["error"] = error
    finally:
        client.close()


def flood(server, count, session):
    """Sends `count` of them; how many of each kind."""
    SESSION.update(session)
    outcomes = [{} for _ in range(CLIENTS)]
    threads = [threading.Thread(target=send, args=(server.told["port"], seed, count // CLIENTS, outcome), daemon=True)
               for seed, outcome in enumerate(outcomes)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sums = {}
    for outcome in outcomes:
        if "error" in outcome:
            raise outcome["error"]
        for kind, number in outcome.items():
            sums[kind] = sums.get(kind, 0) + number
    return sums
