"""From a page of ours to PNG or PDF: headless Chromium without network, one at a time."""

import base64
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.errors import NoPress, TooBusy

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
MAGIC = {"pdf": b"%PDF-", "png": b"\x89PNG\r\n\x1a\n"}
MOST_S = 60.0  # for one print, from the start of the program to the file
WAITING = 3  # prints that may wait for the one under way
WIDTH_PX, HEIGHT_PX, SCALE = 794, 1123, 2  # A4 at 96 points an inch; twice as sharp
_MOST_BYTES = 64 * 1024 * 1024  # of an answer
_LONGEST_PX = 8000  # of a picture: what is below is cut off
# Resolved when the page has drawn: images decoded, fonts there, Leaflet's last frame painted.
_DRAWN = (
    "Promise.all([document.fonts.ready,"
    " ...[...document.images].map((i) => i.decode().catch(() => 0))])"
    ".then(() => new Promise((r) => setTimeout(() => requestAnimationFrame(() => r("
    "Math.ceil(document.documentElement.getBoundingClientRect().height))), 150)))"
)
# Chromium talks over descriptors 3 and 4, which a child gets by no other portable way.
_HAND_OVER = (
    "import os, sys; n = int(sys.argv[1]); os.dup2(n, 3); os.dup2(n, 4);"
    " os.execvp(sys.argv[2], sys.argv[2:])"
)
_ARGUMENTS = (
    "--headless", "--remote-debugging-pipe", "--disable-gpu", "--no-first-run",
    "--no-default-browser-check", "--disable-extensions", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-breakpad",
    "--disable-crash-reporter", "--disable-dev-shm-usage", "--hide-scrollbars",
    "--mute-audio", "--font-render-hinting=none",
    "--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>", "--password-store=basic",
)  # fmt: skip


class PressFailed(Exception):
    """Chromium gave no file in time; the HTML can be printed by any browser."""


class Form(StrEnum):
    """What comes out of the press."""

    PNG = "png"
    PDF = "pdf"


@dataclass(kw_only=True)
class Press:
    """One Chromium at a time, started for one print and gone after it.

    Works in threads and in gevent's greenlets: it waits on sockets only.
    """

    program: str | None  # path of Chromium; None: there is none
    most_s: float = MOST_S
    waiting: int = WAITING

    def __post_init__(self) -> None:
        self._turn = threading.BoundedSemaphore(1)
        self._places = threading.BoundedSemaphore(1 + self.waiting)

    def print(self, html: str, form: Form) -> bytes:
        """The page as a PDF (pages as its CSS says) or as one picture of all of it.

        Raises NoPress where no Chromium is, TooBusy when enough wait already or the turn does not
        come within most_s, PressFailed when it does not answer.
        """
        if self.program is None:
            raise NoPress
        if not self._places.acquire(blocking=False):
            raise TooBusy
        try:
            if not self._turn.acquire(timeout=self.most_s):
                raise TooBusy
            try:
                return self._print(html, form)
            finally:
                self._turn.release()
        finally:
            self._places.release()

    def _print(self, html: str, form: Form) -> bytes:
        try:
            with _started(str(self.program), time.monotonic() + self.most_s) as talk:
                made = talk.pdf(html) if form is Form.PDF else talk.png(html)
        except (OSError, ValueError, KeyError) as error:
            raise PressFailed(f"{type(error).__name__}: {error}") from error
        if not made.startswith(MAGIC[form]):
            raise PressFailed(f"what came is no {form.upper()}")
        return made


def find_program(wanted: str | None = None) -> str | None:
    """The Chromium that is set, else the first that is installed; None where there is none."""
    if wanted:
        return shutil.which(wanted)
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


class _Talk:
    """Chromium's debugging protocol over a socket: one question, one answer."""

    def __init__(self, line: socket.socket, until: float) -> None:
        self._line, self._until = line, until
        self._heard = bytearray()
        self._number = 0
        self._page: str | None = None

    def pdf(self, html: str) -> bytes:
        self._open(html)
        # Size, margins and page numbers are said by the page's own CSS.
        made = self._ask(
            "Page.printToPDF", preferCSSPageSize=True, printBackground=True, generateTaggedPDF=True
        )
        return base64.b64decode(made["data"])

    def png(self, html: str) -> bytes:
        height = self._open(html)
        clip = {"x": 0, "y": 0, "width": WIDTH_PX, "height": min(height, _LONGEST_PX), "scale": 1}
        made = self._ask(
            "Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip
        )
        return base64.b64decode(made["data"])

    def end(self) -> None:
        self._page = None
        self._ask("Browser.close")

    def _open(self, html: str) -> int:
        """Show the page and wait until it has drawn; its height in CSS pixels.

        It is set into an empty document: it has no origin, and lies in no file.
        """
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        attached = self._ask("Target.attachToTarget", targetId=target, flatten=True)
        self._page = str(attached["sessionId"])
        self._ask(
            "Emulation.setDeviceMetricsOverride",
            width=WIDTH_PX, height=HEIGHT_PX, deviceScaleFactor=SCALE, mobile=False,
        )  # fmt: skip
        self._ask("Emulation.setEmulatedMedia", media="print")
        frame = self._ask("Page.getFrameTree")["frameTree"]["frame"]["id"]
        self._ask("Page.setDocumentContent", frameId=frame, html=html)
        told = self._ask(
            "Runtime.evaluate", expression=_DRAWN, awaitPromise=True, returnByValue=True
        )
        return int(told["result"]["value"])

    def _ask(self, method: str, **params: Any) -> dict[str, Any]:
        self._number += 1
        question = {"id": self._number, "method": method, "params": params}
        if self._page is not None:
            question["sessionId"] = self._page
        self._line.settimeout(self._left_s())
        self._line.sendall(json.dumps(question).encode() + b"\0")
        while (answer := self._next()).get("id") != self._number:
            pass  # events; nobody asked
        if "error" in answer:
            raise ValueError(f"{method}: {answer['error'].get('message')}")
        result: dict[str, Any] = answer["result"]
        return result

    def _next(self) -> dict[str, Any]:
        while (end := self._heard.find(0)) < 0:
            self._line.settimeout(self._left_s())
            piece = self._line.recv(1 << 18)
            if not piece:
                raise OSError("Chromium is gone")
            self._heard += piece
            if len(self._heard) > _MOST_BYTES:
                raise OSError("more than anybody prints")
        message: dict[str, Any] = json.loads(self._heard[:end])
        del self._heard[: end + 1]
        return message

    def _left_s(self) -> float:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("not in time")
        return left


@contextmanager
def _started(program: str, until: float) -> Iterator[_Talk]:
    """A Chromium with a profile of its own; afterwards neither of them is left."""
    ours, theirs = socket.socketpair()
    own = tempfile.TemporaryDirectory(prefix="tanggap-press-", ignore_cleanup_errors=True)
    with ours, own as home:
        with theirs:
            process = _start(program, theirs, home)
        talk = _Talk(ours, until)
        try:
            yield talk
            with suppress(OSError, ValueError, KeyError):
                talk.end()
        finally:
            _end(process)


def _start(program: str, line: socket.socket, home: str) -> subprocess.Popen[bytes]:
    os.set_blocking(line.fileno(), True)  # gevent's sockets are not, and Chromium reads plainly
    root = ("--no-sandbox",) if os.geteuid() == 0 else ()  # it refuses to sandbox for root
    command = [
        sys.executable, "-S", "-E", "-c", _HAND_OVER, str(line.fileno()),
        program, *_ARGUMENTS, *root, f"--user-data-dir={home}/profile", "about:blank",
    ]  # fmt: skip
    return subprocess.Popen(  # noqa: S603 - our own words, no shell
        command,
        pass_fds=[line.fileno()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # a group of its own, to end its helpers with it
        env=_environment(home),
    )


def _environment(home: str) -> dict[str, str]:
    """What a browser needs, and no secret of the server's."""
    kept = ("PATH", "LANG", "LD_LIBRARY_PATH", "FONTCONFIG_FILE", "XDG_DATA_DIRS")
    known = {name: os.environ[name] for name in kept if name in os.environ}
    return known | {"HOME": home, "XDG_CONFIG_HOME": home, "XDG_CACHE_HOME": home, "TMPDIR": home}


def _end(process: subprocess.Popen[bytes]) -> None:
    """Wait a moment for it to go by itself, then end its whole group, and take the zombie in."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(1.5)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
