"""The ways in: how each protocol carries a probe. A way makes the request for a number, and the same one whenever it is
asked again, as a client that repeats does; what is signed is signed anew. Standard library only."""
import base64
import gzip
import hashlib
import hmac
import json
import time
import urllib.parse

HOOK_SECRET = "the secret of the fault tests"
WECHAT_TOKEN = "faulttoken"
PERSONS = 97  # customers that the probes belong to

HOOK_MAPPING = {"rules": [{"name": "Probe Sent", "id": "/id", "identifiers": [{"kind": "user_id", "value": "/user"}],
                           "properties": {"probe": "/probe"}}]}
WECHAT_MAPPING = {"rules": [{"name": "Probe Sent", "id": "/MsgId", "time": "/CreateTime",
                             "identifiers": [{"kind": "wechat_openid", "value": "/FromUserName"}],
                             "properties": {"probe": "/Content"}}]}
CONNECTORS = [
    {"kind": "webhook_in", "key": "probes", "name": "Probes", "secrets": {"secret": HOOK_SECRET},
     "mapping": json.dumps(HOOK_MAPPING)},
    {"kind": "wechat", "key": "chat", "name": "Chat", "settings": {"app_id": "wx0123456789", "mode": "plain"},
     "secrets": {"token": WECHAT_TOKEN}, "mapping": json.dumps(WECHAT_MAPPING)},
]


def letters(number):
    """A number in letters only, so that no detector of phone or card numbers takes it for one."""
    text = ""
    while True:
        number, digit = divmod(number, 26)
        text = chr(ord("a") + digit) + text
        if number == 0:
            return text


def person(number):
    return f"probe_{letters(number % PERSONS)}"


def basic(key):
    return "Basic " + base64.b64encode(f"{key}:".encode()).decode()


def sign_hook(body, secret=HOOK_SECRET):
    stamp = str(int(time.time()))
    digest = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"Content-Type": "application/json", "X-Timestamp": stamp, "X-Signature": "sha256=" + digest}


def wechat_path(key="chat", token=WECHAT_TOKEN, nonce="n"):
    stamp = str(int(time.time()))
    signature = hashlib.sha1("".join(sorted([token, stamp, nonce])).encode()).hexdigest()
    return f"/hooks/{key}?" + urllib.parse.urlencode({"signature": signature, "timestamp": stamp, "nonce": nonce})


def track(number, probe):
    return {"type": "track", "event": "Probe Sent", "userId": person(number), "messageId": f"message_{probe}",
            "properties": {"probe": probe}}


def batch(load, number, probes):
    body = json.dumps({"batch": [track(number, probe) for probe in probes]}).encode()
    return "/v1/batch", body, {"Content-Type": "application/json", "Authorization": basic(load.key)}


def zipped(load, number, probes):
    path, body, headers = batch(load, number, probes)
    return path, gzip.compress(body), {**headers, "Content-Encoding": "gzip"}


def single(load, number, probes):
    return "/v1/track", json.dumps(track(number, probes[0])).encode(), {"Content-Type": "application/json",
                                                                      "Authorization": basic(load.key)}


def browser(load, number, probes):
    """As the browser SDK sends: text/plain, the write key in the body."""
    return "/v1/t", json.dumps({**track(number, probes[0]), "writeKey": load.key}).encode(), {"Content-Type": "text/plain"}


def sensors(load, number, probes):
    records = [{"type": "track", "event": "ProbeSent", "distinct_id": person(number), "time": load.began, "_track_id": number * 1000 + row,
                "properties": {"probe": probe}} for row, probe in enumerate(probes)]
    form = "data_list=" + urllib.parse.quote(base64.b64encode(json.dumps(records).encode()).decode(), safe="") + "&gzip=0"
    return f"/sa?project=default&token={load.key}", form.encode(), {"Content-Type": "application/x-www-form-urlencoded"}


def hook(load, number, probes):
    body = json.dumps([{"id": f"hook_{probe}", "user": person(number), "probe": probe} for probe in probes]).encode()
    return "/hooks/probes", body, sign_hook(body)


def wechat(load, number, probes):
    body = (f"<xml><ToUserName>us</ToUserName><FromUserName>{person(number)}</FromUserName><CreateTime>{load.began // 1000}</CreateTime>"
            f"<MsgType>text</MsgType><Content>{probes[0]}</Content><MsgId>{10**12 + number}</MsgId></xml>")
    return wechat_path(), body.encode(), {"Content-Type": "text/xml"}


def form(load, number, probes):
    body = {"id": f"entry-{probes[0]}", "customer": [{"kind": "user_id", "value": person(number)}], "values": {"task": probes[0]}}
    return "/api/forms/terminal_use/entries", json.dumps(body).encode(), {
        "Content-Type": "application/json", "X-Zhike": "1", **load.session}


# name: (events of one request, how it is made)
WAYS = {"batch": (20, batch), "gzip": (20, zipped), "single": (1, single), "browser": (1, browser), "sensors": (10, sensors),
        "hook": (10, hook), "wechat": (1, wechat), "form": (1, form)}


def prepare(server):
    """Connectors that the ways lead to, made once; the headers of who set them up."""
    session = server.session()
    status, _, answer = server.get("/api/connectors", session)
    if status == 200 and not answer["items"]:
        for connector in CONNECTORS:
            server.make("/api/connectors", connector, session)
    return session
