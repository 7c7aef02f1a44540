"""A WebSocket client of a few lines (RFC 6455), for the live channel."""
import base64
import json
import os
import socket
import struct
import time


class Refused(Exception):
    """The server answered the upgrade with something else."""

    def __init__(self, status, body):
        super().__init__(f"status {status}")
        self.status, self.body = status, body


class WebSocket:
    def __init__(self, port, path, headers):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.buffer = b""
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Upgrade: websocket", "Connection: Upgrade",
                 f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13"] + [f"{k}: {v}" for k, v in headers.items()]
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        while b"\r\n\r\n" not in self.buffer:
            self._more()
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        status = int(head.split()[1])
        if status != 101:
            while self._more_until_end():
                pass
            body = self.buffer
            self.close()
            raise Refused(status, body)

    def _more(self):
        piece = self.socket.recv(65536)
        if not piece:
            raise OSError("the server closed the connection")
        self.buffer += piece

    def _more_until_end(self):
        piece = self.socket.recv(65536)
        self.buffer += piece
        return bool(piece)

    def send(self, text):
        data, mask = text.encode(), os.urandom(4)
        size = bytes([0x80 | len(data)]) if len(data) < 126 else bytes([0x80 | 126]) + struct.pack(">H", len(data))
        self.socket.sendall(b"\x81" + size + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(data)))

    def _take(self, count):
        while len(self.buffer) < count:
            self._more()
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def receive(self, seconds):
        """The next text as JSON; None when none came in time."""
        self.socket.settimeout(max(seconds, 0.01))
        until = time.monotonic() + seconds
        try:
            while time.monotonic() < until:
                first, size = self._take(2)
                if size & 0x7F == 126:
                    size = struct.unpack(">H", self._take(2))[0]
                elif size & 0x7F == 127:
                    size = struct.unpack(">Q", self._take(8))[0]
                payload = self._take(size)
                if first & 0x0F == 1:
                    return json.loads(payload)
        except TimeoutError:
            pass
        return None

    def close(self):
        self.socket.close()
