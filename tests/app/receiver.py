"""Other people's machines: an HTTP receiver that does what a test says, and a mail server."""

import mailbox
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox

from tests.world import free_port


@dataclass(frozen=True)
class Heard:
    """A request that came in."""

    path: str
    headers: dict[str, str]  # by small letters
    body: bytes


@dataclass
class Receiver:
    """Keeps what it is told. Its faults come one by one, then it answers as set.

    faults   of the next requests: "500", "410", "drop" (taken, but the line breaks before the
             answer), "hang" (no answer for `hang_s`)
    """

    faults: list[str] = field(default_factory=list)
    hang_s: float = 5.0
    heard: list[Heard] = field(default_factory=list)
    _answer: tuple[int, Mapping[str, str], bytes] = (200, {}, b"{}")

    def answer(self, status: int, headers: Mapping[str, str], body: bytes = b"") -> None:
        """What it says from now on."""
        self._answer = (status, headers, body)

    def __enter__(self) -> "Receiver":
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                receiver._take(self)

            def log_message(self, *_: Any) -> None:
                """Silently."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._over = threading.Event()
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        )
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def _take(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        fault = self.faults.pop(0) if self.faults else ""
        headers = {name.lower(): value for name, value in handler.headers.items()}
        self.heard.append(Heard(handler.path, headers, body))
        if fault == "hang":
            self._over.wait(self.hang_s)
        if fault in ("drop", "hang"):
            handler.close_connection = True
            return
        status, more, said = self._answer if not fault else (int(fault), {}, b"")
        try:
            handler.send_response(status)
            for name, value in {"Content-Length": str(len(said)), **more}.items():
                handler.send_header(name, value)
            handler.end_headers()
            handler.wfile.write(said)
        except OSError:
            pass  # who asked has hung up


class Doorman(Mailbox):
    """Takes mail into a Maildir; refuses the addresses that it is told to refuse."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder))
        self.refuse: dict[str, str] = {}  # address -> "550 ..." or "450 ..."
        self.taken = 0  # also what came twice

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.taken += 1
        return await super().handle_DATA(server, session, envelope)


@dataclass
class MailServer:
    """A real SMTP server with its mailbox."""

    url: str
    folder: Path
    doorman: Doorman

    def mails(self) -> list[mailbox.MaildirMessage]:
        """All that arrived, in the order of arrival."""
        box = mailbox.Maildir(self.folder, create=False)
        return [box[key] for key in sorted(box.keys())]

    def await_mails(self, many: int, patience_s: float = 20) -> list[mailbox.MaildirMessage]:
        """As mails(), once there are so many."""
        until = time.monotonic() + patience_s
        while len(found := self.mails()) < many and time.monotonic() < until:
            time.sleep(0.02)
        assert len(found) >= many, f"{len(found)} of {many} mails came"
        return found


@contextmanager
def mail_server(folder: Path) -> Iterator[MailServer]:
    """It listens on a free port of the loopback, without TLS."""
    doorman = Doorman(folder)
    controller = Controller(doorman, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield MailServer(f"smtp://127.0.0.1:{controller.port}?tls=none", folder, doorman)
    finally:
        controller.stop()
