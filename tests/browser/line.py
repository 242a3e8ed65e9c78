"""A phone's line to the server that a test can cut: in a dead spot no request gets through at all.

Chromium's own emulation is not enough: while a page is loaded anew in it a request may get through,
five times in forty on a busy machine, and is shown to nobody (docs/decisions/0036-test-walk.md).
"""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

from playwright.sync_api import Page

from tests.world import Server

CHUNK_BYTES = 65536
PATIENCE_S = 10


class Line:
    """Carries connections from a port of its own to the server's; hangs up on all while cut."""

    def __init__(self, server: Server) -> None:
        self._upstream = int(server.url.rsplit(":", 1)[1])
        self._loop = asyncio.new_event_loop()
        self._phones: set[asyncio.StreamWriter] = set()
        self._cut = False
        self.server = server  # as whoever asks over this line knows it, once it lives

    @contextmanager
    def dead_spot(self, page: Page) -> Iterator[None]:
        """While it lasts the phone reaches nobody, and its browser knows."""
        self._turn(cut=True)
        page.context.set_offline(True)
        yield
        self._turn(cut=False)
        page.context.set_offline(False)

    def _turn(self, *, cut: bool) -> None:
        asyncio.run_coroutine_threadsafe(self._change(cut), self._loop).result(PATIENCE_S)

    async def _change(self, cut: bool) -> None:
        self._cut = cut
        if cut:
            for phone in self._phones:
                phone.transport.abort()

    async def _answer(self, says: asyncio.StreamReader, phone: asyncio.StreamWriter) -> None:
        self._phones.add(phone)
        try:
            if not self._cut:
                await self._carry(says, phone)
        except OSError:
            pass  # the server has hung up, or is not there: so do we
        finally:
            self._phones.discard(phone)
            phone.transport.abort()

    async def _carry(self, says: asyncio.StreamReader, phone: asyncio.StreamWriter) -> None:
        answers, server = await asyncio.open_connection("127.0.0.1", self._upstream)
        ways = [
            asyncio.ensure_future(_pour(says, server)),
            asyncio.ensure_future(_pour(answers, phone)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            server.transport.abort()

    def live(self, ready: threading.Event) -> None:
        """Until `stop` is called from another thread."""
        listening = self._loop.run_until_complete(self._listen())
        ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(_close(listening))
        self._loop.close()

    async def _listen(self) -> asyncio.Server:
        listening = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        self.server = replace(self.server, url=f"http://127.0.0.1:{port}")
        return listening

    def stop(self) -> None:
        """End `live`."""
        self._loop.call_soon_threadsafe(self._loop.stop)


async def _pour(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while chunk := await source.read(CHUNK_BYTES):
            target.write(chunk)
            await target.drain()
        target.close()  # once all of it has gone out
        await target.wait_closed()


async def _close(listening: asyncio.Server) -> None:
    listening.close()
    under_way = asyncio.all_tasks() - {asyncio.current_task()}
    for task in under_way:
        task.cancel()
    await asyncio.gather(*under_way, return_exceptions=True)
    await asyncio.sleep(0)  # what was hung up on is closed in the loop's next round


@contextmanager
def open_line(server: Server) -> Iterator[Line]:
    """A line to the server, in a thread of its own."""
    line, ready = Line(server), threading.Event()
    thread = threading.Thread(target=line.live, args=[ready], name="line")
    thread.start()
    try:
        assert ready.wait(PATIENCE_S)
        yield line
    finally:
        line.stop()
        thread.join(PATIENCE_S)
