"""A small stand-in for an S3-compatible store on loopback. In a test file:

#! store                    starts it; {{store}} is its port, its bucket "exports", its key "reader" / "a secret key"
#! object NAME TEXT         puts an object into the bucket; \\n ends a line

It lists (list-type=2, two keys a page), gives objects with their ETag, answers 304, and refuses whatever is not
signed rightly (AWS Signature Version 4), by an implementation of its own that is held against Amazon's published
example first. The object log.csv tells what was asked of it."""
import hashlib
import hmac
import http.server
import threading
import urllib.parse
import xml.sax.saxutils

ACCESS_KEY, SECRET_KEY, REGION, BUCKET = "reader", "a secret key", "eu-test-1", "exports"
NOTHING = hashlib.sha256(b"").hexdigest()


def signature(secret, region, stamp, method, path, query, headers, names, payload):
    """`path` and the parts of `query` as they are sent; `headers` by lower-case name."""
    canonical = "\n".join([method, path, "&".join(sorted(query.split("&"))) if query else "",
                           *(f"{name}:{headers[name].strip()}" for name in names), "", ";".join(names), payload])
    scope = f"{stamp[:8]}/{region}/s3/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = ("AWS4" + secret).encode()
    for part in (stamp[:8], region, "s3", "aws4_request", text):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key.hex()


def check_published_example():
    """Amazon S3 API reference, "Authenticating Requests: Using the Authorization Header", GET Object."""
    headers = {"host": "examplebucket.s3.amazonaws.com", "range": "bytes=0-9", "x-amz-content-sha256": NOTHING,
               "x-amz-date": "20130524T000000Z"}
    got = signature("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1", "20130524T000000Z", "GET", "/test.txt", "",
                    headers, sorted(headers), NOTHING)
    if got != "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41":
        raise AssertionError("the stand-in store signs wrongly")


class ObjectStore:
    def __init__(self):
        check_published_example()
        self.objects, self.log = {}, []
        store = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                path, _, query = self.path.partition("?")
                status, headers, body = store.answer(path, query, {k.lower(): v for k, v in self.headers.items()})
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    @staticmethod
    def error(status, code):
        return status, {"Content-Type": "application/xml"}, f"<Error><Code>{code}</Code></Error>".encode()

    def answer(self, path, query, headers):
        wrong = self.wrong_signature(path, query, headers)
        if wrong:
            return self.error(403, wrong)
        bucket, _, key = urllib.parse.unquote(path)[1:].partition("/")
        if bucket != BUCKET:
            return self.error(404, "NoSuchBucket")
        if not key:
            return self.list(dict(urllib.parse.parse_qsl(query)))
        if key == "log.csv":
            lines = "".join(f"{n},{name},{status}\n" for n, (name, status) in enumerate(self.log, 1))
            return 200, {}, ("n,name,status\n" + lines).encode()
        if key not in self.objects:
            return self.error(404, "NoSuchKey")
        body = self.objects[key]
        etag = '"' + hashlib.md5(body).hexdigest() + '"'
        same = headers.get("if-none-match") == etag
        self.log.append((key, 304 if same else 200))
        return (304, {"ETag": etag}, b"") if same else (200, {"ETag": etag}, body)

    def list(self, query):
        keys = [key for key in sorted(self.objects) if key.startswith(query.get("prefix", ""))]
        keys = [key for key in keys if key > query.get("continuation-token", "")]
        page, more = keys[:2], len(keys) > 2
        items = "".join(f"<Contents><Key>{xml.sax.saxutils.escape(key)}</Key><Size>{len(self.objects[key])}</Size></Contents>"
                        for key in page)
        token = f"<NextContinuationToken>{xml.sax.saxutils.escape(page[-1])}</NextContinuationToken>" if more else ""
        text = (f'<?xml version="1.0"?><ListBucketResult><IsTruncated>{str(more).lower()}</IsTruncated>{token}{items}'
                "</ListBucketResult>")
        return 200, {"Content-Type": "application/xml"}, text.encode()

    @staticmethod
    def wrong_signature(path, query, headers):
        """The code of the refusal; empty: it is right."""
        kind, _, rest = headers.get("authorization", "").partition(" ")
        if kind != "AWS4-HMAC-SHA256":
            return "AccessDenied"
        parts = dict(part.strip().split("=", 1) for part in rest.split(","))
        access_key, _, scope = parts["Credential"].partition("/")
        stamp, names = headers["x-amz-date"], parts["SignedHeaders"].split(";")
        if access_key != ACCESS_KEY or scope != f"{stamp[:8]}/{REGION}/s3/aws4_request":
            return "InvalidAccessKeyId"
        right = signature(SECRET_KEY, REGION, stamp, "GET", path, query, headers, names, headers["x-amz-content-sha256"])
        return "" if right == parts["Signature"] and "host" in names else "SignatureDoesNotMatch"
