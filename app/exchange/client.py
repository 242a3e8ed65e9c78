"""Calls SP4N-LAPOR: one address and one token, set by who runs the house; never who else says."""

import ssl
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import orjson
import urllib3

from app.config import BadSetting
from app.exchange.wire import BadAnswer, body_of, remote_of
from dispatch.sp4n.exchange import Telling
from dispatch.sp4n.mapping import Remote

SETTING = "TANGGAP_SP4N"
PATIENCE_S = 15.0
MOST_BYTES = 4 * 1024 * 1024
PAGE = 200  # reports of one page
MOST_PAGES = 500


class NotDone(Exception):
    """The other side did not do it; its words are the reason. for_good: asking again is no use."""

    def __init__(self, reason: str, *, for_good: bool = False) -> None:
        self.for_good = for_good
        super().__init__(reason)


class Refused(NotDone):
    """The token is not taken: nothing else will be, either."""


@dataclass(frozen=True, slots=True)
class Line:
    """Where to call, and with what."""

    base: str  # without a slash at the end
    token: str


def read_line(known: Mapping[str, str]) -> Line | None:
    """https://TOKEN@host/path of TANGGAP_SP4N; None where it is not set. Raises BadSetting."""
    written = known.get(SETTING)
    if not written:
        return None
    try:
        parts = urlsplit(written)
        port = parts.port
    except ValueError:
        raise BadSetting(f"{SETTING}: the port is no number") from None
    token = unquote(parts.password or parts.username or "")
    local = parts.hostname in ("127.0.0.1", "localhost", "::1")
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        raise BadSetting(f"{SETTING}: give https://TOKEN@host/path; http only for this machine")
    if not parts.hostname or not token or not token.isascii() or not token.isprintable():
        raise BadSetting(f"{SETTING}: give https://TOKEN@host/path")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    where = host if port is None else f"{host}:{port}"
    return Line(f"{parts.scheme}://{where}{parts.path.rstrip('/')}", token)


class Client:
    """Reports over there: written under a key, so that to ask twice is as good as once."""

    def __init__(self, line: Line, patience_s: float = PATIENCE_S) -> None:
        self._line = line
        self._patience_s = patience_s
        # No retries and no redirects of its own: what is tried again is written down by us.
        self._pool = urllib3.PoolManager(
            maxsize=4,
            retries=False,
            timeout=urllib3.Timeout(connect=min(5.0, patience_s), read=patience_s),
            ssl_context=ssl.create_default_context(),
        )

    def tell(self, telling: Telling) -> Remote:
        """Make the report, or change it. Raises NotDone, Refused."""
        body = body_of(telling)
        if telling.remote_id is None:
            return self._report("POST", "/laporan", body, telling.key)
        path = f"/laporan/{quote(telling.remote_id, safe='')}"
        return self._report("PUT", path, body, f"{telling.key}:{telling.number}")

    def all(self) -> list[Remote]:
        """All reports that concern us, each once. Raises NotDone, Refused."""
        found: dict[str, Remote] = {}
        for remote in self._pages():
            found[remote.id] = remote
        return list(found.values())

    def _pages(self) -> Iterator[Remote]:
        cursor: str | None = ""
        for _ in range(MOST_PAGES):
            query = f"?batas={PAGE}" + (f"&setelah={quote(cursor, safe='')}" if cursor else "")
            page = self._ask("GET", f"/laporan{query}", None, None)
            reports, cursor = page.get("laporan"), page.get("lanjut")
            if not isinstance(reports, list) or not (cursor is None or isinstance(cursor, str)):
                raise NotDone("jawabannya bukan daftar laporan")
            for report in reports:
                yield _read(report)
            if not cursor:
                return
        raise NotDone(f"lebih dari {MOST_PAGES} halaman")

    def _report(self, method: str, path: str, body: dict[str, Any], key: str) -> Remote:
        return _read(self._ask(method, path, body, key))

    def _ask(
        self, method: str, path: str, body: dict[str, Any] | None, key: str | None
    ) -> dict[str, Any]:
        headers = {
            "Authorization": f"Bearer {self._line.token}",
            "Accept": "application/json",
            "User-Agent": "tanggap",
        }
        if key is not None:
            headers |= {"Idempotency-Key": key, "Content-Type": "application/json"}
        sent = None if body is None else orjson.dumps(body)
        status, told = self._exchange(method, self._line.base + path, sent, headers)
        _check(status)
        try:
            answer = orjson.loads(told)
        except orjson.JSONDecodeError:
            raise NotDone("jawabannya bukan JSON") from None
        if not isinstance(answer, dict):
            raise NotDone("jawabannya bukan objek JSON")
        return answer

    def _exchange(
        self, method: str, url: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[int, bytes]:
        """Status and bytes. A slow drip outlasts any timeout of one read: it is cut off."""
        answer = None
        try:
            answer = self._pool.request(
                method, url, body=body, headers=headers, preload_content=False, redirect=False
            )
            watchdog = threading.Timer(self._patience_s, answer.close)
            watchdog.daemon = True
            watchdog.start()
            try:
                told = answer.read(MOST_BYTES + 1)
            finally:
                watchdog.cancel()
        except (urllib3.exceptions.HTTPError, OSError, ValueError, AttributeError) as error:
            raise NotDone(f"tidak menjawab ({type(error).__name__})") from None
        finally:
            if answer is not None:
                answer.close()
        if len(told) > MOST_BYTES:
            raise NotDone("jawabannya terlalu panjang")
        return answer.status, told


def _check(status: int) -> None:
    """Raises for whatever is no success."""
    if status in (401, 403):
        raise Refused(f"kunci ditolak ({status})")
    if 200 <= status < 300:
        return
    # Later it may go: 404 after a loss, 408, 409, 425, 429. All else of ours is wrong for good.
    passing = status >= 500 or status in (404, 408, 409, 425, 429)
    raise NotDone(f"dijawab {status}", for_good=400 <= status < 500 and not passing)


def _read(report: Any) -> Remote:
    try:
        return remote_of(report)
    except BadAnswer as bad:
        raise NotDone(f"laporannya tidak terbaca: {bad}") from None
