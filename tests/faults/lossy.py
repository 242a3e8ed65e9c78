"""A line that loses and cuts: a proxy on the loopback that carries one exchange a connection."""

import asyncio
import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress

# Out of three exchanges one goes wrong; each way in about equal parts.
FAULTS = {
    "none": 66,
    "request lost": 8,
    "request cut": 9,
    "answer lost": 9,  # carried out, but nobody hears of it: the case that makes duplicates
    "answer cut": 8,
}


class LossyLine:
    """Carries exchanges to a port, or drops them. Seeded: the same faults each time."""

    def __init__(self, upstream: int, seed: int) -> None:
        self.upstream = upstream
        self.port = 0
        self.happened: Counter[str] = Counter()
        self._chance = random.Random(seed)  # noqa: S311 - a play, not a secret

    async def carry(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        fault = self._chance.choices(list(FAULTS), list(FAULTS.values()))[0]
        self.happened[fault] += 1
        with suppress(OSError, asyncio.IncompleteReadError):
            await self._exchange(fault, near, back)
        back.transport.abort()

    async def _exchange(
        self, fault: str, near: asyncio.StreamReader, back: asyncio.StreamWriter
    ) -> None:
        request = await _message(near)
        if fault == "request lost":
            return
        far, on = await asyncio.open_connection("127.0.0.1", self.upstream)
        try:
            if fault == "request cut":
                on.write(self._part(request))
                await on.drain()
                return
            on.write(request)
            answer = await _message(far)
            if fault == "answer lost":
                return
            back.write(self._part(answer) if fault == "answer cut" else answer)
            await back.drain()
            back.close()
            await back.wait_closed()
        finally:
            on.transport.abort()

    def _part(self, message: bytes) -> bytes:
        return message[: self._chance.randrange(1, len(message))]


async def _message(stream: asyncio.StreamReader) -> bytes:
    """Head and body, whole."""
    head = await stream.readuntil(b"\r\n\r\n")
    length = head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0]
    return head + await stream.readexactly(int(length or 0))


@contextmanager
def lossy_line(upstream: int, seed: int = 112) -> Iterator[LossyLine]:
    """The line, on a port of its own, in a thread of its own."""
    line, loop, ready = LossyLine(upstream, seed), asyncio.new_event_loop(), threading.Event()

    async def open_line() -> asyncio.Server:
        server = await asyncio.start_server(line.carry, "127.0.0.1", 0)
        line.port = server.sockets[0].getsockname()[1]
        ready.set()
        return server

    async def close_line(server: asyncio.Server) -> None:
        server.close()
        under_way = asyncio.all_tasks() - {asyncio.current_task()}
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)

    def live() -> None:
        server = loop.run_until_complete(open_line())
        loop.run_forever()
        loop.run_until_complete(close_line(server))
        loop.close()

    thread = threading.Thread(target=live, name="lossy line")
    thread.start()
    try:
        assert ready.wait(10)
        yield line
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
