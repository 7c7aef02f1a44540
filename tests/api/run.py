#!/usr/bin/env python3
"""Plays tests/api/*.test against `zhike serve` and checks every answer against the served OpenAPI document; then
the commands (cli.py).

run.py --bin build/dev [WORD...]   the files whose name contains a word; all without
"""
import argparse
import contextlib
import base64
import concurrent.futures
import gzip
import hashlib
import hmac
import http.client
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import smtplib
import subprocess
import sys
import tempfile
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import cli  # noqa: E402
import database  # noqa: E402
import mail_servers  # noqa: E402
import object_store  # noqa: E402
import schema  # noqa: E402
import websocket  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
PASSWORD = "correct horse battery"
# A step that fits is done at once; on a busy machine one that does not yet is given so much longer than it says.
PATIENCE = 5
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "OPEN", "MESSAGE", "MAIL")


class Broken(Exception):
    pass


class Service:
    """One `zhike serve` on a fresh folder."""

    def __init__(self, binary, log, settings=()):
        self.folder = tempfile.mkdtemp(prefix="zhike-api-")
        self.log = open(log, "wb")
        self.process = subprocess.Popen(
            [str(binary), "serve", "--data", self.folder + "/data", "--port", "0", "--json", "--lang", "en"],
            stdout=subprocess.PIPE, stderr=self.log, env={**os.environ, **dict(s.split("=", 1) for s in settings)})
        line = self.process.stdout.readline()
        if not line:
            self.stop()
            raise Broken(f"the service did not start: see {log}")
        self.started = json.loads(line)
        if "error" in self.started:
            self.stop()
            raise Broken(f"the service did not start: {self.started['error']}")
        self.port = self.started["port"]

    def stop(self):
        code = None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                code = self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                code = "killed after 20 s"
        else:
            code = f"gone before: {self.process.returncode}"
        self.process.stdout.close()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        return code


def fits(got, want, where="$"):
    """Where `got` differs from the part that is wanted; empty: it fits."""
    if want == "*":
        return []
    if isinstance(want, str) and want.startswith("~"):
        return [] if isinstance(got, str) and want[1:] in got else [f"{where}: {got!r} does not contain {want[1:]!r}"]
    if isinstance(want, dict) and set(want) == {"#"}:
        ok = isinstance(got, list) and len(got) == want["#"]
        return [] if ok else [f"{where}: not a list of {want['#']}: {str(got)[:200]}"]
    if isinstance(want, dict) and set(want) == {"has"}:
        ok = isinstance(got, list) and any(not fits(g, want["has"]) for g in got)
        return [] if ok else [f"{where}: no element fits {want['has']}: {str(got)[:300]}"]
    if isinstance(want, dict):
        if not isinstance(got, dict):
            return [f"{where}: {got!r} is not an object"]
        out = []
        for key, part in want.items():
            out += fits(got[key], part, f"{where}.{key}") if key in got else [f"{where}: '{key}' is missing"]
        return out
    if isinstance(want, list):
        if not isinstance(got, list) or len(got) != len(want):
            return [f"{where}: {str(got)[:300]} is not a list of {len(want)}"]
        return [p for i, (g, w) in enumerate(zip(got, want)) for p in fits(g, w, f"{where}[{i}]")]
    if isinstance(want, float) and isinstance(got, (int, float)):
        return [] if abs(got - want) <= 1e-6 * max(1, abs(want)) else [f"{where}: {got} is not {want}"]
    return [] if got == want else [f"{where}: {got!r} is not {want!r}"]


class Step:
    def __init__(self, line, number):
        words = shlex.split(line, comments=True)
        self.method, self.path, self.number = words[0], words[1], number
        self.jar, self.headers, self.query, self.within = "owner", {}, [], 0.0
        self.gzip = self.raw = self.base64 = False
        self.gets = []
        self.times = 0
        self.secret = None
        self.body, self.status, self.want, self.saves = "", None, None, []
        for word in words[2:]:
            name, _, value = word.partition("=")
            if word == "gzip":
                self.gzip = True
            elif word == "raw":
                self.raw = True
            elif word == "base64":
                self.base64 = True
            elif name == "times":
                self.times = int(value)
            elif name == "as":
                self.jar = value
            elif name == "key":
                self.headers["Authorization"] = "Basic " + base64.b64encode((value + ":").encode()).decode()
            elif name == "signed":
                self.secret = value
            elif name == "within":
                self.within = float(value.rstrip("s")) * PATIENCE
            elif name.startswith("gets:"):
                self.gets.append((name[5:], value))
            elif name.startswith("h:"):
                self.headers[name[2:]] = value
            else:
                self.query.append((name, value))


def parse(text, name):
    """Cases: (title, steps)."""
    cases, mode, pending = [], None, ""
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        word = bare.split(" ", 1)[0]
        if mode == "want" and pending and line.startswith((" ", "\t")):
            pending += "\n" + line
            continue
        if pending:
            cases[-1][1][-1].want, pending = json.loads(pending), ""
        if mode == "body" and cases[-1][1][-1].method == "MAIL" and not bare.startswith("=>"):
            cases[-1][1][-1].body += line + "\n"  # empty lines mean something there
            continue
        if not bare or bare.startswith("#"):
            continue
        if word == "case":
            cases.append((bare[5:], []))
            mode = None
        elif bare.startswith("=>"):
            step = cases[-1][1][-1]
            status, _, rest = bare[2:].strip().partition(" ")
            step.status, pending, mode = int(status), rest.strip(), "want"
        elif word == "save":
            _, variable, path = bare.split()
            cases[-1][1][-1].saves.append((variable, path))
        elif word in METHODS and mode != "body":
            cases[-1][1].append(Step(bare, number))
            mode = "body"
        elif mode == "body":
            cases[-1][1][-1].body += line + "\n"
        else:
            raise Broken(f"{name} line {number}: not understood: {bare}")
    if pending:
        cases[-1][1][-1].want = json.loads(pending)
    return cases


class Player:
    def __init__(self, service, document):
        self.service, self.document = service, document
        self.schemas = document["components"]["schemas"]
        self.variables = {"port": str(service.port), "write_key": service.started.get("write_key", "")}
        self.jars = {"none": {}}
        self.checked = 0

    def fill(self, text):
        return re.sub(r"\{\{(\w+)\}\}", lambda m: self.variables.get(m.group(1), m.group(0)), text)

    def body(self, step):
        if not step.body:
            return None
        text = step.body.strip()
        if step.times:
            lines = [[line.replace("{{n}}", str(n)) for n in range(1, step.times + 1)] if "{{n}}" in line else [line]
                     for line in text.splitlines()]
            text = "\n".join(line for group in lines for line in group)
        return base64.b64decode(text) if step.base64 else self.fill(text).encode()

    def send(self, step):
        query = urllib.parse.urlencode([(k, self.fill(v)) for k, v in step.query])
        path = self.fill(step.path)
        headers = {k: self.fill(v) for k, v in step.headers.items()}
        if "Authorization" in headers:
            key = base64.b64decode(headers["Authorization"][6:]).decode()
            headers["Authorization"] = "Basic " + base64.b64encode(self.fill(key).encode()).decode()
        jar = self.jars.setdefault(step.jar, {})
        if jar:
            headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in jar.items())
        if step.method not in ("GET", "HEAD", "OPTIONS") and "Origin" not in headers and jar:
            headers.setdefault("X-Zhike", "1")
        body = self.body(step)
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
            if step.secret:
                stamp = headers.setdefault("X-Timestamp", str(int(time.time())))
                digest = hmac.new(step.secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
                headers.setdefault("X-Signature", "sha256=" + digest)
            if step.gzip:
                body = gzip.compress(body)
                headers["Content-Encoding"] = "gzip"
        connection = http.client.HTTPConnection("127.0.0.1", self.service.port, timeout=60)
        connection.request(step.method, path + ("?" + query if query else ""), body, headers)
        response = connection.getresponse()
        payload = response.read()
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                cookie, _, value = value.split(";", 1)[0].partition("=")
                if value:
                    jar[cookie] = value
                else:
                    jar.pop(cookie, None)
        connection.close()
        return response, payload

    def operation(self, method, path):
        best = None
        for route, methods in self.document["paths"].items():
            pattern = "^" + re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(route)) + "$"
            if re.match(pattern, path) and method.lower() in methods:
                if best is None or route.count("{") < best[0].count("{"):
                    best = (route, methods[method.lower()])
        return best and best[1]

    def check_contract(self, step, response, payload):
        operation = self.operation(step.method, urllib.parse.unquote(self.fill(step.path)))
        kind = (response.getheader("Content-Type") or "").split(";")[0]
        if response.status >= 400:
            if kind == "text/html" == step.headers.get("Accept"):  # a person's page says it in words
                return []
            if kind != "application/problem+json":
                return [f"an error must be a problem document, not {kind}"]
            return schema.problems(json.loads(payload), self.schemas["Problem"], self.schemas) if payload else []
        if operation is None or step.method == "HEAD":
            return []
        self.checked += 1
        declared = operation["responses"].get(str(response.status))
        if declared is None:
            return [f"status {response.status} is not in the contract"]
        content = declared.get("content", {})
        if not content:
            return ["a body where the contract has none"] if payload else []
        if kind not in content:
            return [f"media type {kind} is not in the contract"]
        if kind != "application/json":
            return []
        return schema.problems(json.loads(payload), content[kind]["schema"], self.schemas)

    def attempt(self, step):
        response, payload = self.send(step)
        out = []
        if response.status != step.status:
            out.append(f"status {response.status} instead of {step.status}: {payload[:300].decode(errors='replace')}")
        out += self.check_contract(step, response, payload)
        for name, part in step.gets:
            header = response.getheader(name)
            if (part not in (header or "")) if part else header is not None:
                out.append(f"header {name} is {header!r}, not {part!r}")
        value = None
        if payload and "json" in (response.getheader("Content-Type") or ""):
            value = json.loads(payload)
        if not out and step.want is not None:
            out += fits(value, json.loads(self.fill(json.dumps(step.want))))
        return out, value

    def open_socket(self, step):
        """OPEN /ws: keeps the connection and sends the body. Its answer is 101, or the refusal."""
        headers = dict(step.headers)
        jar = self.jars.setdefault(step.jar, {})
        if jar:
            headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in jar.items())
        headers.setdefault("Origin", f"http://127.0.0.1:{self.service.port}")
        try:
            self.socket = websocket.WebSocket(self.service.port, step.path, headers)
        except websocket.Refused as refused:
            out = [] if refused.status == step.status else [f"status {refused.status} instead of {step.status}"]
            value = json.loads(refused.body)
            return out or schema.problems(value, self.schemas["Problem"], self.schemas) + fits(value, step.want or {})
        if step.body:
            self.socket.send(self.fill(step.body).strip())
        return [] if step.status == 101 else [f"the socket opened instead of {step.status}"]

    def send_mail(self, step):
        """MAIL address: its body is a mail, handed to the mail server as it stands."""
        with smtplib.SMTP("127.0.0.1", int(self.variables["smtp"]), timeout=20) as server:
            server.login("shop", mail_servers.PASSWORD)
            server.mail("sender@example.com")
            server.rcpt(step.path)
            status, said = server.data(self.fill(step.body).encode().replace(b"\n", b"\r\n"))
        return [] if status == step.status else [f"status {status} instead of {step.status}: {said}"]

    def await_message(self, step):
        """MESSAGE topic: the next messages of the topic until one fits; each is checked against the contract."""
        until, out = time.monotonic() + (step.within or 3), ["no message came"]
        name = {"event": "LiveEvent", "counters": "LiveCounters"}[step.path]
        while (left := until - time.monotonic()) > 0:
            message = self.socket.receive(left)
            if message is None or message["topic"] != step.path:
                continue
            self.checked += 1
            wrong = schema.problems(message, self.schemas[name], self.schemas)
            if wrong:
                return wrong
            out = fits(message, json.loads(self.fill(json.dumps(step.want))))
            if not out:
                break
        return out

    def play(self, step):
        if step.method == "OPEN":
            return self.open_socket(step)
        if step.method == "MAIL":
            return self.send_mail(step)
        if step.method == "MESSAGE":
            return self.await_message(step)
        until = time.monotonic() + step.within
        while True:
            out, value = self.attempt(step)
            if not out or time.monotonic() >= until:
                break
            time.sleep(0.05)
        if not out:
            for variable, path in step.saves:
                at = value
                for part in path.split("."):
                    at = at[int(part)] if isinstance(at, list) else at[part]
                self.variables[variable] = str(at)
        return out

    def sign_in(self):
        """The first hour: the one-time link makes the administrator."""
        token = self.service.started["setup_url"].split("token=")[1]
        step = Step("POST /api/setup", 0)
        step.body = json.dumps({"token": token, "user": "owner", "name": "Owner", "password": PASSWORD, "language": "en"})
        step.status = 200
        problems = self.play(step)
        if problems:
            raise Broken(f"setup: {problems}")
        self.variables["setup_token"] = token
        self.variables["password"] = PASSWORD


def mail_variables(servers):
    """Ports, and the certificate as it stands within a JSON text."""
    certificate = json.dumps((servers.folder / "cert.pem").read_text())[1:-1]
    return {"imap": str(servers.imap), "imaps": str(servers.imaps), "smtp": str(servers.smtp), "smtps": str(servers.smtps),
            "certificate": certificate}


def run_file(path, binary, out):
    """How many cases passed and failed, and the lines that say so."""
    text = path.read_text(encoding="utf-8")
    settings = re.findall(r"^#! (\S+=\S*)$", text, re.MULTILINE)
    if "\n#! mail\n" in text and not mail_servers.available():
        return 0, 0, [f"SKIPPED {path.name}: dovecot, exim4 or openssl is not installed"]
    if "\n#! mariadb\n" in text and not database.Mariadb.available():
        return 0, 0, [f"SKIPPED {path.name}: mariadb-server is not installed"]
    variables = {}
    with contextlib.ExitStack() as servers:
        if "\n#! mail\n" in text:
            folder = servers.enter_context(tempfile.TemporaryDirectory(prefix="zhike-mail-", ignore_cleanup_errors=True))
            mail = mail_servers.MailServers(folder)
            servers.callback(mail.stop)
            variables |= mail_variables(mail.start())
        for word, start in (("postgres", database.Postgres), ("mariadb", database.Mariadb)):
            if f"\n#! {word}\n" not in text:
                continue
            server = start()
            servers.callback(server.stop)
            for statement in re.findall(r"^#! sql (.+)$", text, re.MULTILINE):
                server.run(statement)
            variables |= {word: str(server.port)}
        if "\n#! store\n" in text:
            store = object_store.ObjectStore()
            servers.callback(store.stop)
            for name, lines in re.findall(r"^#! object (\S+) (.+)$", text, re.MULTILINE):
                store.objects[name] = lines.replace("\\n", "\n").encode()
            variables |= {"store": str(store.port)}
        if re.search(r"^#! folder$", text, re.MULTILINE):
            folder = servers.enter_context(tempfile.TemporaryDirectory(prefix="zhike-files-"))
            for name, lines in re.findall(r"^#! file (\S+) (.+)$", text, re.MULTILINE):
                pathlib.Path(folder, name).write_text(lines.replace("\\n", "\n"), encoding="utf-8")
            settings.append("ZHIKE_VIRTUAL_ALLOWED_FOLDERS=" + folder)
            variables |= {"folder": folder}
        return play_file(path, text, binary, out, settings, variables)


def play_file(path, text, binary, out, settings, variables):
    passed = failed = 0
    told = []
    service = Service(binary, out / (path.stem + ".log"), settings)
    try:
        connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=30)
        connection.request("GET", "/api/openapi.json")
        player = Player(service, json.loads(connection.getresponse().read()))
        connection.close()
        player.variables.update(variables)
        player.sign_in()
        for title, steps in parse(text, path.name):
            wrong = []
            for step in steps:
                wrong = [f"line {step.number} {step.method} {step.path}: {p}" for p in player.play(step)]
                if wrong:
                    break
            if wrong:
                failed += 1
                told += [f"FAILED {path.name}: {title}", *(f"       {line}" for line in wrong[:8])]
            else:
                passed += 1
        told.append(f"{path.name}: {passed} passed, {player.checked} answers checked against the contract")
    finally:
        code = service.stop()
    if code != 0:
        failed += 1
        told.append(f"FAILED {path.name}: the service ended with {code} instead of 0")
    return passed, failed, told


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--bin", default="build/dev", type=pathlib.Path)
    arguments.add_argument("words", nargs="*")
    options = arguments.parse_args()
    out = HERE.parent.parent / "test-output" / "api"
    out.mkdir(parents=True, exist_ok=True)
    binary = options.bin / "zhike"

    def play(path):
        try:
            return run_file(path, binary, out)
        except (Broken, OSError) as error:
            return 0, 1, [f"FAILED {path.name}: {error}"]

    # Each file has a service of its own, whose start is mostly waiting; so do the commands.
    work = [lambda: cli.run(binary)] if not options.words or "cli" in options.words else []
    work += [lambda path=path: play(path) for path in sorted(HERE.glob("*.test"))
             if not options.words or any(word in path.name for word in options.words)]
    passed = failed = skipped = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for good, bad, told in pool.map(lambda one: one(), work):
            passed, failed = passed + good, failed + bad
            skipped += sum(line.startswith("SKIPPED") for line in told)
            print("\n".join(told), flush=True)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
