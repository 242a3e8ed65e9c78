"""Asks for pages over a few connections, each as soon as the last was answered; says how it went.

    python -m tests.benches.fetch PORT CONNECTIONS SECONDS FILE

A process of its own, as pound.py. FILE holds JSON: lines of the head that all requests share, and
paths to take in turn (each may have lines of its own after a line end). Prints JSON.
"""

# ruff: noqa: T201 - what it prints is what it is for

import json
import selectors
import sys
import time
from pathlib import Path

from tests.benches.pound import Line


class Reader(Line):
    """As Line, but an answer without a length ends with its head (204, 304) or its last chunk."""

    def whole(self) -> bool:
        """Read what is there; whether the answer has come to its end."""
        got = self.socket.recv(262144)
        if not got:
            raise ConnectionError("the server hung up")
        self.heard += got
        head, found, body = self.heard.partition(b"\r\n\r\n")
        if not found:
            return False
        low = head.lower()
        if b"transfer-encoding: chunked" in low:
            return body.endswith(b"0\r\n\r\n")
        if b"content-length:" not in low:
            return True
        length = int(low.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        return len(body) >= length or b" 304 " in head[:16]


def fetch(port: int, connections: int, seconds: float, head: str, paths: list[str]) -> dict:
    """Answers by status, seconds and bytes; no request is left without its answer."""
    number, took, statuses, size = 0, [], {}, 0
    requests = []
    for path in paths:
        address, _, own = path.partition("\n")
        lines = f"GET {address} HTTP/1.1\r\nHost: localhost\r\n{head}{own}\r\n"
        requests.append(lines.encode())
    ways = selectors.EpollSelector()
    readers = [Reader(port) for _ in range(connections)]
    begun = time.perf_counter()
    for reader in readers:
        ways.register(reader.socket, selectors.EVENT_READ, reader)
        reader.ask(requests[number % len(requests)])
        reader.sent_at = time.perf_counter()
        number += 1
    out = connections
    while out:
        for key, _ in ways.select(30):
            reader = key.data
            if not reader.whole():
                continue
            now = time.perf_counter()
            took.append(now - reader.sent_at)
            status = reader.heard[9:12].decode()
            statuses[status] = statuses.get(status, 0) + 1
            size += len(reader.heard)
            reader.heard = b""
            if now - begun < seconds:
                reader.ask(requests[number % len(requests)])
                reader.sent_at = time.perf_counter()
                number += 1
            else:
                out -= 1
    elapsed = time.perf_counter() - begun
    for reader in readers:
        reader.socket.close()
    took.sort()
    return {
        "statuses": statuses,
        "answers": len(took),
        "rate": len(took) / elapsed,
        "bytes": size / len(took),
        "p50_ms": 1000 * took[len(took) // 2],
        "p99_ms": 1000 * took[int(len(took) * 0.99)],
    }


if __name__ == "__main__":
    port, connections, seconds, file = sys.argv[1:]
    given = json.loads(Path(file).read_text())
    told = fetch(int(port), int(connections), float(seconds), given["head"], given["paths"])
    print(json.dumps(told))
