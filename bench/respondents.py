#!/usr/bin/env python3
"""A survey that many answer at once: respondents.py --bin build/release [--count N] [--pages N]

N people (1,000) open the page of a survey over loopback at the same moment, each on a connection and an address of
its own, and answer it page by page, as fast as the service lets them. What goes wrong is counted, and every response
must be stored, once. Goal: no errors. Ends after two minutes whatever happens. Standard library only."""
import argparse
import asyncio
import http.cookiejar
import json
import os
import pathlib
import resource
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

LONGEST = 120  # seconds, for all of it
PATIENCE = 60  # of one answer


class Service:
    def __init__(self, binary, folder, queue):
        self.process = subprocess.Popen(
            [str(binary.resolve() / "zhike"), "serve", "--data", str(folder), "--port", "0", "--json", "--lang", "en"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env=dict(os.environ, **({"ZHIKE_SERVER_QUEUE_MAX": str(queue)} if queue else {})))
        line = self.process.stdout.readline()
        if not line.strip():
            raise SystemExit("FAILED respondents: the service did not start")
        started = json.loads(line)
        self.port = started["port"]
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        user = {"user": "owner", "password": "a long enough password"}
        self.call("POST", "/api/setup", {"token": started["setup_url"].split("token=")[1], "name": "Owner", "language": "en", **user})
        self.call("POST", "/api/session", user)

    def call(self, method, path, body=None):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", method=method, data=None if body is None else json.dumps(body).encode(),
                                         headers={"X-Zhike": "1", "Content-Type": "application/json"})
        with self.opener.open(request, timeout=30) as answer:
            return json.loads(answer.read() or b"null")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)


def document(pages):
    rating = lambda page, number: {"id": f"q{page}-{number}", "type": "scale", "least": 1, "most": 5, "text": {"en": f"Question {number} of page {page}"}}
    return {"id": "crowd", "title": {"en": "Crowd"},
            "pages": [{"id": f"p{page}", "questions": [{"id": "recommend", "type": "nps", "text": {"en": "Recommend?"}}] * (page == 0) + [rating(page, n) for n in range(4)]}
                      for page in range(pages)]}


async def ask(streams, head, body=b""):
    """Status of the answer, and where it sends; the connection stays open."""
    reader, writer = streams
    writer.write(head.encode() + b"\r\n" + body)
    await writer.drain()
    answer = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in answer.split("\r\n")[1:])}
    await reader.readexactly(int(fields.get("content-length", 0)))
    return int(answer.split()[1]), fields.get("location", "")


async def respond(number, port, path, survey, begin, times, wrong):
    """Opens the survey when all are there, and answers it."""
    address = f"Host: 127.0.0.1:{port}\r\nAccept: text/html\r\nX-Forwarded-For: 10.{number // 62500}.{number // 250 % 250}.{number % 250}\r\n"
    await begin.wait()
    started = time.monotonic()
    stage, streams = "connect", None
    try:
        async with asyncio.timeout(PATIENCE):
            streams = await asyncio.open_connection("127.0.0.1", port)
            stage = "open"
            status, _ = await ask(streams, f"GET {path}?lang=en HTTP/1.1\r\n{address}")
            if status != 303 and status != 200:
                raise ValueError(f"status {status}")
            times["open"].append(time.monotonic() - started)
            for page in survey["pages"]:
                stage, sent = page["id"], time.monotonic()
                keys = [question["id"] for question in page["questions"]]
                form = [("r", f"{number:022d}"), ("p", page["id"]), ("lang", "en"), *[("seen", key) for key in keys], *[(f"q.{key}", 1 + number % 5) for key in keys], ("go", "next")]
                body = urllib.parse.urlencode(form).encode()
                status, _ = await ask(streams, f"POST {path} HTTP/1.1\r\n{address}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n", body)
                if status != 303:
                    raise ValueError(f"status {status}")
                times["page"].append(time.monotonic() - sent)
            times["whole"].append(time.monotonic() - started)
    except (OSError, ValueError, TimeoutError, EOFError) as error:
        what = f"{stage}: {error or type(error).__name__}"
        wrong[what] = wrong.get(what, 0) + 1
    finally:
        if streams:
            streams[1].close()


async def crowd(count, port, path, survey):
    begin, times, wrong = asyncio.Event(), {"open": [], "page": [], "whole": []}, {}
    people = [asyncio.create_task(respond(number, port, path, survey, begin, times, wrong)) for number in range(count)]
    await asyncio.sleep(0.2)
    started = time.monotonic()
    begin.set()
    await asyncio.gather(*people)
    return time.monotonic() - started, times, wrong


def quantile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(share * len(values)))] if values else float("nan")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--count", type=int, default=1000, help="respondents, at most 10,000")
    parser.add_argument("--pages", type=int, default=3)
    parser.add_argument("--queue", type=int, default=0, help="requests that may wait (server.queue_max); 0: as it is set")
    args = parser.parse_args()
    args.count = max(1, min(10_000, args.count))
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 65_536) if most > 0 else 65_536, most))
    signal.alarm(LONGEST + 30)  # whatever hangs
    survey = document(args.pages)
    with tempfile.TemporaryDirectory(prefix="zhike-bench-") as folder:
        service = Service(args.bin, pathlib.Path(folder) / "data", args.queue)
        try:
            made = service.call("POST", "/api/surveys", {"document": survey})
            service.call("POST", f"/api/surveys/{made['id']}/open")
            path = service.call("POST", f"/api/surveys/{made['id']}/links", {"kind": "public"})["items"][0]["path"]
            took, times, wrong = asyncio.run(asyncio.wait_for(crowd(args.count, service.port, path, survey), LONGEST))
            answered, until = len(times["whole"]), time.monotonic() + 30
            stored = -1
            while stored != answered and time.monotonic() < until:
                stored = service.call("GET", f"/api/surveys/{made['id']}/columns?from=2000-01-01")["responses"]
                time.sleep(0.2)
        finally:
            service.stop()
    print(f"{answered} of {args.count} at once answered {args.pages} pages in {took:.1f} s, {stored} stored;"
          f" the first page after {quantile(times['open'], .5):.2f} s (99 %: {quantile(times['open'], .99):.2f} s),"
          f" a form {quantile(times['page'], .5):.2f} s (99 %: {quantile(times['page'], .99):.2f} s)")
    for what, often in sorted(wrong.items()):
        print(f"  {often} times {what}")
    print(f"figure respondents_errors {sum(wrong.values()) + abs(answered - stored)} errors <= 0")
    print(f"figure respondents_form_p99 {1000 * quantile(times['page'], .99):.0f} ms")
    print(f"figure respondents_requests {(len(times['open']) + len(times['page'])) / took:.0f} requests/s")
    sys.exit(0)


if __name__ == "__main__":
    main()
