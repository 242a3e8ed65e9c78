"""Posts calls over a few connections, each as soon as the last was answered; says how it went.

    python -m tests.benches.pound PORT CONNECTIONS SECONDS FILE

A process of its own: raw sockets and epoll, so that little of the machine goes to asking.
FILE holds JSON: the head of a request and bodies to take in turn. Prints JSON.
"""

# ruff: noqa: T201 - what it prints is what it is for

import json
import selectors
import socket
import sys
import time
import uuid
from pathlib import Path


class Line:
    """One connection and the request that is out on it."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.heard = b""
        self.sent_at = 0.0

    def ask(self, request: bytes) -> None:
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def whole(self) -> bool:
        """Read what is there; whether the answer has come to its end."""
        got = self.socket.recv(65536)
        if not got:
            raise ConnectionError("the server hung up")
        self.heard += got
        head, found, body = self.heard.partition(b"\r\n\r\n")
        if not found:
            return False
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        return len(body) >= length


def pound(port: int, connections: int, seconds: float, head: bytes, bodies: list[bytes]) -> dict:
    """Answers by status and the seconds each took; no request is left without its answer."""
    run, number, took, statuses = uuid.uuid4().hex[:12], 0, [], {}
    ways = selectors.EpollSelector()
    lines = [Line(port) for _ in range(connections)]

    def request() -> bytes:
        nonlocal number
        number += 1
        body = bodies[number % len(bodies)]
        return head % (run.encode(), number, len(body)) + body

    begun = time.perf_counter()
    for line in lines:
        ways.register(line.socket, selectors.EVENT_READ, line)
        line.ask(request())
    out = connections
    while out:
        for key, _ in ways.select(30):
            line = key.data
            if not line.whole():
                continue
            now = time.perf_counter()
            took.append(now - line.sent_at)
            status = line.heard[9:12].decode()
            statuses[status] = statuses.get(status, 0) + 1
            line.heard = b""
            if now - begun < seconds:
                line.ask(request())
            else:
                out -= 1
    elapsed = time.perf_counter() - begun
    for line in lines:
        line.socket.close()
    took.sort()
    return {
        "statuses": statuses,
        "rate": len(took) / elapsed,
        "p50_ms": 1000 * took[len(took) // 2],
        "p99_ms": 1000 * took[int(len(took) * 0.99)],
    }


if __name__ == "__main__":
    port, connections, seconds, file = sys.argv[1:]
    given = json.loads(Path(file).read_text())
    bodies = [body.encode() for body in given["bodies"]]
    print(
        json.dumps(
            pound(int(port), int(connections), float(seconds), given["head"].encode(), bodies)
        )
    )
