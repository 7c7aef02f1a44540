"""Messages that a broker holds until the service has taken them: MQTT by mosquitto, Kafka by librdkafka's mock cluster."""
import json
import pathlib
import shutil
import socket
import subprocess
import threading
import time

from harness import expect
from ways import letters, person

MAPPING = json.dumps({"rules": [{"name": "Probe Sent", "id": "/id", "identifiers": [{"kind": "user_id", "value": "/user"}],
                                 "properties": {"probe": "/probe"}}]})
# Kafka names each message by itself (topic, partition, offset): no id of the sender is needed to count it once.
KAFKA_MAPPING = MAPPING.replace('"id": "/id", ', "")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port, seconds=10):
    deadline = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            expect(time.monotonic() < deadline, f"nothing listens on port {port}")
            time.sleep(0.05)


class Stream:
    """Sends probes one after the other; each is acknowledged by the broker before it counts as sent."""

    def __init__(self, name):
        self.name, self.sent = name, []
        self.running, self.thread, self.error = threading.Event(), None, None

    def message(self):
        number = len(self.sent)
        probe = f"{self.name}_{letters(number)}"
        return probe, json.dumps({"id": probe, "user": person(number), "probe": probe}).encode()

    def start(self):
        self.running.set()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def stop(self):
        self.running.clear()
        self.thread.join(30)
        expect(not self.thread.is_alive(), f"the sender of {self.name} hangs")
        if self.error:
            raise self.error

    def _run(self):
        try:
            while self.running.is_set():
                probe, body = self.message()
                self.publish(body)
                self.sent.append(probe)
                time.sleep(0.002)
        except Exception as error:  # told by stop()
            self.error = error


class Mqtt(Stream):
    """A broker that keeps sessions, and a device that publishes with QoS 1."""

    def __init__(self, folder):
        super().__init__("mqtt")
        self.port = free_port()
        config = pathlib.Path(folder) / "mosquitto.conf"
        config.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true\nlog_dest none\nmax_queued_messages 0\nuser root\n")
        self.broker = subprocess.Popen([shutil.which("mosquitto") or "/usr/sbin/mosquitto", "-c", str(config)],
                                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(self.port)
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        name = b"device"
        self._send(0x10, b"\x00\x04MQTT\x04\x02\x00\x00" + len(name).to_bytes(2, "big") + name)
        expect(self._read(0x20)[1] == 0, "the broker refuses the device")

    def connector(self):
        return {"kind": "mqtt", "key": "devices", "name": "Devices", "mapping": MAPPING,
                "settings": {"host": "127.0.0.1", "port": str(self.port), "topics": "probes/#"}}

    def publish(self, body):
        topic, number = b"probes/one", len(self.sent) % 65535 + 1
        self._send(0x32, len(topic).to_bytes(2, "big") + topic + number.to_bytes(2, "big") + body)
        expect(int.from_bytes(self._read(0x40), "big") == number, "another message was acknowledged")

    def _send(self, kind, body):
        length, size = b"", len(body)
        while True:
            size, digit = divmod(size, 128)
            length += bytes([digit | (0x80 if size else 0)])
            if not size:
                break
        self.socket.sendall(bytes([kind]) + length + body)

    def _read(self, kind):
        head = self._exactly(2)  # every answer is short
        expect(head[0] == kind, f"the broker answered {head.hex()}")
        return self._exactly(head[1])

    def _exactly(self, size):
        out = b""
        while len(out) < size:
            piece = self.socket.recv(size - len(out))
            expect(piece, "the broker has hung up")
            out += piece
        return out

    def close(self):
        self.socket.close()
        self.broker.terminate()
        self.broker.wait()


class Kafka(Stream):
    """The mock cluster in a program of its own (kafka_cluster.cpp): a line in is a message, a line out its delivery."""

    def __init__(self, program):
        super().__init__("kafka")
        self.cluster = subprocess.Popen([str(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.brokers = self.cluster.stdout.readline().decode().strip()
        expect(self.brokers, "the mock cluster does not start")

    def connector(self):
        return {"kind": "kafka_in", "key": "topic", "name": "Topic", "mapping": KAFKA_MAPPING,
                "settings": {"brokers": self.brokers, "topics": "probes", "begin": "beginning"}}

    def publish(self, body):
        self.cluster.stdin.write(body + b"\n")
        self.cluster.stdin.flush()
        answer = self.cluster.stdout.readline().decode().strip()
        expect(answer == "delivered", f"the cluster said {answer!r}")

    def close(self):
        self.cluster.stdin.close()
        self.cluster.wait(20)
