"""A mailbox that is read while the service is killed again and again: each mail is an event once."""
import json
import pathlib
import random
import shutil
import sys
import tempfile
import time

from harness import Skipped, check_once, drain, expect, stored
from ways import letters

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "api"))
import mail_servers  # noqa: E402

MAILS, LAST = 600, 10
SETTINGS = {"ZHIKE_CONNECTORS_PRIVATE_HOSTS": "127.0.0.1"}
MAPPING = json.dumps({"rules": [{"name": "E-mail Received", "time": "/received", "properties": {"probe": "/subject"},
                                 "identifiers": [{"kind": "email", "value": "/customer/address"}]}]})


def put(servers, first, count):
    """Mails into the mailbox, as a delivery would; their probes."""
    box, probes = servers.folder / "mail/shop", set()
    for number in range(first, first + count):
        probe = f"mail_{letters(number)}"
        probes.add(probe)
        (box / "tmp" / probe).write_text(f"From: {probe}@example.com\nSubject: {probe}\nMessage-ID: <{probe}@example.com>\n\nwords\n")
        (box / "tmp" / probe).chmod(0o644)
        (box / "tmp" / probe).rename(box / "new" / probe)
    return probes


def read_through_kills(context, servers):
    wanted = put(servers, 0, MAILS)
    server = context.serve(settings=SETTINGS)
    server.make("/api/connectors", {
        "kind": "email_in", "key": "box", "name": "Box", "mapping": MAPPING, "secrets": {"password": mail_servers.PASSWORD},
        "settings": {"host": "127.0.0.1", "port": str(servers.imaps), "username": "shop", "begin": "beginning",
                     "poll_seconds": "1", "ca_certificate": (servers.folder / "cert.pem").read_text()}}, server.session())
    chance, kills = random.Random(31), context.kills(15)
    for _ in range(kills):
        time.sleep(chance.uniform(0.02, 0.4))
        server.kill()
        server = context.serve(settings=SETTINGS)
    put_last = put(servers, MAILS, LAST)
    wanted |= put_last
    session, deadline = server.session(), time.monotonic() + 120
    # The first were numbered by the mailbox long ago, so the last ones are read after them, in whatever order.
    for probe in sorted(put_last):
        while not server.get(f"/api/customers?q={probe}@example.com", session)[2].get("items"):
            expect(time.monotonic() < deadline, f"{probe} does not come")
            time.sleep(0.2)
    drain(server)
    expect(server.stop() == 0, "the server did not stop cleanly")
    found = stored(context.binary, context.data)
    check_once(found, wanted)
    expect(found.keys() <= wanted, "the warehouse holds mails that nobody sent")
    return f"{kills} kills, {len(wanted)} mails"


def mailbox_is_read_once(context):
    if not mail_servers.available():
        raise Skipped("dovecot, exim4 or openssl is not installed")
    folder = tempfile.mkdtemp(prefix="zhike-mail-")  # not below the test's own: the servers are other users
    servers = mail_servers.MailServers(folder)
    try:
        return read_through_kills(context, servers.start())
    finally:
        servers.stop()
        shutil.rmtree(folder, ignore_errors=True)


TESTS = [mailbox_is_read_once]
