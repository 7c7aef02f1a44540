"""Runs the real server on a data folder, sends it events, and counts what the warehouse holds. Standard library only."""
import http.client
import json
import os
import pathlib
import signal
import statistics
import subprocess
import threading
import time
import urllib.parse

from ways import WAYS, basic, letters, prepare

WRITE_KEY = "fault-test-write-key-0001"
START_SECONDS = 60


class Failed(Exception):
    """What a test expected and did not find."""


def expect(holds, what):
    if not holds:
        raise Failed(what)


class Server:
    """One process of `zhike serve`. Its log is kept beside the data folder."""

    def __init__(self, binary, data, wait=True, settings=None):
        self.binary, self.data = binary, pathlib.Path(data)
        self.log_path = self.data.parent / (self.data.name + ".log")
        self.log = self.log_path.open("ab")
        self.process = subprocess.Popen(
            [binary, "serve", "--data", str(data), "--port", "0", "--write-key", WRITE_KEY, "--json"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.log, env={**os.environ, **(settings or {})})
        self.started = time.monotonic()
        self.told = {}
        if wait:
            self.wait_ready()

    def wait_ready(self):
        reader = threading.Thread(target=self._read_told, daemon=True)
        reader.start()
        reader.join(START_SECONDS)
        expect(self.told.get("port"), f"the server did not start: {self.told or self.tail()}")
        while True:
            try:
                if self.get("/readyz")[0] == 200:
                    return
            except OSError:
                pass
            expect(self.process.poll() is None, f"the server ended while starting: {self.tail()}")
            expect(time.monotonic() - self.started < START_SECONDS, f"not ready in {START_SECONDS} s: {self.tail()}")
            time.sleep(0.02)

    def _read_told(self):
        line = self.process.stdout.readline()
        try:
            self.told = json.loads(line)
        except ValueError:
            self.told = {"unreadable": line.decode(errors="replace")}

    def tail(self):
        return self.log_path.read_text(encoding="utf-8", errors="replace")[-2000:]

    def connect(self, timeout=20):
        return http.client.HTTPConnection("127.0.0.1", self.told["port"], timeout=timeout)

    def request(self, method, path, body=None, headers=None):
        """(status, headers, JSON or text)"""
        connection = self.connect()
        try:
            content = None if body is None else json.dumps(body)
            connection.request(method, path, content, {"Content-Type": "application/json", **(headers or {})})
            answer = connection.getresponse()
            raw = answer.read()
            try:
                return answer.status, answer.headers, json.loads(raw)
            except ValueError:
                return answer.status, answer.headers, raw.decode(errors="replace")
        except http.client.HTTPException as error:
            raise OSError(str(error)) from error
        finally:
            connection.close()

    def get(self, path, headers=None):
        return self.request("GET", path, None, headers)

    def make(self, path, body, session, method="POST"):
        """What a signed-in user sends; its answer."""
        status, _, answer = self.request(method, path, body, {"X-Zhike": "1", **session})
        expect(200 <= status < 300, f"{method} {path} answered {status}: {answer}")
        return answer

    def session(self):
        """Headers of a signed-in administrator; the first call makes one."""
        account = {"user": "fault", "password": "a long enough password"}
        token = urllib.parse.parse_qs(urllib.parse.urlsplit(self.told.get("setup_url", "")).query).get("token")
        if token:
            del self.told["setup_url"]  # works once
            body = {**account, "token": token[0], "name": "Fault tests", "language": "en"}
            status, headers, answer = self.request("POST", "/api/setup", body)
        else:
            status, headers, answer = self.request("POST", "/api/session", account)
        expect(status == 200, f"sign-in answered {status}: {answer}")
        return {"Cookie": headers["Set-Cookie"].split(";")[0]}

    def engine(self):
        """The process id of the engine; nothing while there is none."""
        for entry in pathlib.Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue
            name, rest = stat[stat.index("(") + 1:stat.rindex(")")], stat[stat.rindex(")") + 2:].split()
            if name.startswith("zhike-engine") and int(rest[1]) == self.process.pid and rest[0] != "Z":
                return int(entry.name)
        return None

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self._ended(10)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self._ended(60)

    def _ended(self, seconds):
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise Failed(f"the server did not end in {seconds} s") from None
        finally:
            self.process.stdout.close()
            self.log.close()

    def discard(self):
        """However the test ended: nothing is left running."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class Load:
    """Clients that send over every way in until each request is acknowledged, as a sender does: after an error the same
    again."""

    def __init__(self, clients=4, ways=tuple(WAYS), pause=0.0):
        self.pause = pause  # seconds between two requests of a client
        self.ways = [WAYS[way] for way in ways]
        self.clients = clients
        self.key = WRITE_KEY
        self.session = {}
        self.began = int(time.time() * 1000)
        self.mutex = threading.Lock()
        self.sent = 0           # requests made
        self.unanswered = []    # numbers of requests whose answer never came
        self.acknowledged = set()
        self.beside = set()     # probes that were acknowledged outside of it
        self.refusals = []      # (status, code, has Retry-After)
        self.running = threading.Event()
        self.threads = []

    def start(self, server):
        if not self.session:
            self.session = prepare(server)
        self.running.set()
        self.threads = [threading.Thread(target=self._client, args=(server,), daemon=True)
                        for _ in range(self.clients)]
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.running.clear()
        for thread in self.threads:
            thread.join(60)
            expect(not thread.is_alive(), "a client is still waiting for an answer after 60 s")

    def run_for(self, server, seconds):
        self.start(server)
        time.sleep(seconds)
        self.stop()

    def settle(self, server):
        """Sends again whatever was not answered."""
        deadline = time.monotonic() + 60
        connection = server.connect()
        while self.unanswered:
            expect(time.monotonic() < deadline, f"batches are still refused: {self.refusals[-1:]}")
            number = self._take()
            if not self._send(connection, number):
                connection.close()
                time.sleep(0.1)
        connection.close()

    def _take(self):
        with self.mutex:
            if self.unanswered:
                return self.unanswered.pop(0)
            self.sent += 1
            return self.sent

    def _client(self, server):
        connection = server.connect()
        while self.running.is_set():
            if not self._send(connection, self._take()):
                connection.close()
                time.sleep(0.02)
            time.sleep(self.pause)
        connection.close()

    def probes(self, number):
        return [f"{letters(number)}_{letters(row)}" for row in range(self.ways[number % len(self.ways)][0])]

    def _send(self, connection, number):
        path, body, headers = self.ways[number % len(self.ways)][1](self, number, self.probes(number))
        try:
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException):
            with self.mutex:
                self.unanswered.append(number)
            return False
        with self.mutex:
            if answer.status in (200, 201):
                self.acknowledged.add(number)
                return True
            self.unanswered.append(number)
            try:
                code = json.loads(body).get("code", "")
            except ValueError:
                code = ""
            self.refusals.append((answer.status, code, answer.headers.get("Retry-After") is not None))
        return False


def drain(server):
    """Waits until everything acknowledged is in the warehouse."""
    session = server.session()
    deadline = time.monotonic() + 120
    while True:
        status, _, answer = server.get("/api/status", session)
        if status == 200 and answer["journal"]["waiting_bytes"] == 0 and answer["mover"]["lag_ms"] == 0:
            return
        expect(time.monotonic() < deadline, f"events are still waiting after 120 s: {answer}")
        time.sleep(0.05)


def stored(binary, data):
    """How often each probe is in the warehouse. The server must not be running."""
    def ask(statement):
        done = subprocess.run([binary, "sql", "--data", str(data), "--json", statement], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, check=False)
        expect(done.returncode == 0, f"zhike sql ended with {done.returncode}: {done.stderr[-1000:]}")
        return json.loads(done.stdout)["rows"]

    # An answer holds at most a million rows.
    pieces = 1 + int(ask("SELECT count() FROM events")[0][0]) // 500_000
    probe = "coalesce(nullIf(properties['probe'], ''), properties['task'])"
    found = {}
    for piece in range(pieces):
        rows = ask(f"SELECT {probe} AS probe, count() AS times FROM events WHERE cityHash64({probe}) % {pieces} = {piece} GROUP BY probe")
        found.update((row[0], int(row[1])) for row in rows)
    return found


def check_once(found, wanted):
    """Every event that is wanted is there, and none twice."""
    twice = [probe for probe, times in found.items() if times != 1]
    missing = wanted - found.keys()
    expect(not missing, f"{len(missing)} of {len(wanted)} acknowledged events are missing, such as {sorted(missing)[:3]}")
    expect(not twice, f"{len(twice)} events are stored more than once, such as {sorted(twice)[:3]}")


def check_exactly_once(binary, data, load):
    """Every acknowledged event is in the warehouse once; none is there twice. Answers how many."""
    found = stored(binary, data)
    wanted = {probe for number in load.acknowledged for probe in load.probes(number)} | load.beside
    check_once(found, wanted)
    known = {probe for number in range(1, load.sent + 1) for probe in load.probes(number)}
    expect(found.keys() <= known | load.beside, "the warehouse holds events that nobody sent")
    return len(wanted)


def segments(data):
    return sorted((pathlib.Path(data) / "journal").glob("*.segment"))


def is_root():
    return os.geteuid() == 0


def resident(process):
    with open(f"/proc/{process}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS:")) / 1000


def latency(server, beside=None):
    """Median time of a single call to be acknowledged, in milliseconds. Adds the probes it sent to `beside`."""
    connection, times = server.connect(), []
    for number in range(200):
        probe = f"watch_{time.time_ns()}_{number}"
        body = json.dumps({"type": "track", "event": "Known", "userId": "watch", "messageId": probe,
                           "properties": {"probe": probe}})
        began = time.perf_counter()
        connection.request("POST", "/v1/track", body, {"Content-Type": "application/json", "Authorization": basic(WRITE_KEY)})
        answer = connection.getresponse()
        answer.read()
        times.append((time.perf_counter() - began) * 1000)
        expect(answer.status == 200, f"a call was answered {answer.status}")
        if beside is not None:
            beside.add(probe)
    connection.close()
    return statistics.median(times)


def overview(server, session):
    began = time.perf_counter()
    status, _, answer = server.get("/api/overview", session)
    expect(status == 200, f"the overview was answered {status}: {answer}")
    return (time.perf_counter() - began) * 1000


class Skipped(Exception):
    """Why a test cannot run here."""


class Context:
    def __init__(self, options, folder):
        self.binary = str(pathlib.Path(options.bin).resolve() / "zhike")
        self.rounds = options.rounds
        self.requests, self.names = options.requests, options.names
        self.folder = folder
        self.data = folder / "data"
        self.data.mkdir()
        self.servers = []

    def serve(self, wait=True, settings=None):
        self.servers.append(Server(self.binary, self.data, wait, settings))
        return self.servers[-1]

    def kills(self, usual):
        """How many of a test that kills fewer times than killed_at_random_moments does."""
        return max(1, usual * self.rounds // 50)

    def command(self, *words):
        """A command of zhike on the data folder, which no server uses; its JSON."""
        done = subprocess.run([self.binary, *words, "--data", str(self.data), "--json"], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, check=False)
        expect(done.stdout, f"zhike {words[0]} ended with {done.returncode}: {done.stderr[-1000:]}")
        return json.loads(done.stdout)

    def finish(self, server, load):
        """Drains, stops, checks."""
        load.settle(server)
        drain(server)
        expect(server.stop() == 0, "the server did not stop cleanly")
        return check_exactly_once(self.binary, self.data, load)
