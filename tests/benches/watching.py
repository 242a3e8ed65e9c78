"""Keeps many streams of events open, and notes when each incident came to each of them.

    python -m tests.benches.watching PORT CURSOR SCREENS FILE

A process of its own: raw sockets and epoll, so that little of the machine goes to watching. FILE
holds JSON: cookies to take in turn. Prints `open` when all streams are; on the end of its input
prints JSON: how many were held, and by incident the moments at which it came, each twice: by the
kernel's stamp on the packet, and when this process had read it (seconds of the clock that the
database has, too). The difference is the lag of this one reader of all screens; a real screen has
a machine of its own. Where two messages wait in a socket, both get the stamp of the later packet.
"""

# ruff: noqa: T201 - what it prints is what it is for

import gc
import json
import re
import selectors
import socket
import struct
import sys
import time
from pathlib import Path
from typing import Any

_INCIDENT = re.compile(rb'event: incident\ndata: \{"type":"Feature","id":(\d+)')
# linux/net_tstamp.h, asm-generic/socket.h: the kernel stamps a packet when it comes in.
_SO_TIMESTAMPING, _RX_SOFTWARE, _SOFTWARE = 37, 1 << 3, 1 << 4
_STAMP = struct.Struct("@6q")  # three pairs of seconds and nanoseconds; the first is software's
_AT_ONCE = 50  # streams that begin together; the server takes them in turn


def watch(port: int, cursor: str, screens: int, cookies: list[str]) -> dict[str, Any]:
    """Until somebody closes our input."""
    ways = selectors.EpollSelector()
    lines = []
    for first in range(0, screens, _AT_ONCE):
        begun = [
            _open(port, cursor, cookies[n % len(cookies)])
            for n in range(first, min(first + _AT_ONCE, screens))
        ]
        for line in begun:
            head = line.recv(4096)
            assert head.startswith(b"HTTP/1.1 200"), head[:200]
            ways.register(line, selectors.EVENT_READ, [b""])
        lines += begun
    print("open", flush=True)
    ways.register(sys.stdin, selectors.EVENT_READ)
    gc.disable()
    came = _read(ways)
    held = sum(line.fileno() >= 0 for line in lines)
    return {"held": held, "came": came}


def _open(port: int, cursor: str, cookie: str) -> socket.socket:
    line = socket.create_connection(("127.0.0.1", port), timeout=60)
    line.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPING, _RX_SOFTWARE | _SOFTWARE)
    line.sendall(
        f"GET /api/events?after={cursor} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Cookie: {cookie}\r\n\r\n".encode()
    )
    return line


def _read(ways: selectors.BaseSelector) -> dict[int, list[tuple[float, float]]]:
    came: dict[int, list[tuple[float, float]]] = {}
    while True:
        for key, _ in ways.select():
            if key.fileobj is sys.stdin:
                return came
            heard, beside, _, _ = key.fileobj.recvmsg(262_144, 256)
            now = time.time()
            if not heard:  # the server hung up: not held
                ways.unregister(key.fileobj)
                key.fileobj.close()
                continue
            whole, _, key.data[0] = (key.data[0] + heard).rpartition(b"\n\n")
            for found in _INCIDENT.finditer(whole):
                came.setdefault(int(found[1]), []).append((_stamp(beside), now))


def _stamp(beside: list[tuple[int, int, bytes]]) -> float:
    """When the last packet that was read came in. Raises ValueError where no stamp came along."""
    (stamp,) = (data for _, kind, data in beside if kind == _SO_TIMESTAMPING)
    seconds, nanoseconds, *_ = _STAMP.unpack(stamp)
    return float(seconds + nanoseconds / 1e9)


if __name__ == "__main__":
    port, cursor, screens, file = sys.argv[1:]
    cookies = json.loads(Path(file).read_text())
    print(json.dumps(watch(int(port), cursor, int(screens), cookies)))
