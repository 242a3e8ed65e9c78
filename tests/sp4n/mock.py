"""A stand-in for SP4N-LAPOR: a real HTTP server on the loopback, in memory, with faults as asked.

Its interface is assumed, not known (docs/decisions/0028-sp4n.md). What is certain is how lines and
servers fail; a fault is taken from `faults` for each request that writes, then all goes well.
"""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

TOKEN = "kunci-percobaan"  # noqa: S105  # of a server that lives a minute
# 500: not done. hang: not done, no answer. cut: done, no answer. twice: it arrives twice.
# late: it arrives after the next one. 401: the token is not taken, once. garbled: done, no JSON.
FAULTS = ("500", "hang", "cut", "twice", "late", "401", "garbled", "422")
OWN_FIELDS = ("status", "jenis", "kategori", "instansi", "isi", "tindak_lanjut", "alasan")

Json = dict[str, Any]


@dataclass
class Sp4n:
    """The other side.

    ordered   whether it looks at `urutan` and leaves aside what comes late
    """

    faults: list[str] = field(default_factory=list)
    ordered: bool = True
    hang_s: float = 2.0
    reports: dict[str, Json] = field(default_factory=dict)
    writes: int = 0
    _made: int = 0
    _late: list[Callable[[], object]] = field(default_factory=list)
    _keys: dict[str, str] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def __enter__(self) -> "Sp4n":
        other = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                other._list(self)

            def do_POST(self) -> None:
                other._write(self)

            def do_PUT(self) -> None:
                other._write(self)

            def log_message(self, *_: Any) -> None:
                """Silently."""

        self._over = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """As TANGGAP_SP4N."""
        return f"http://{TOKEN}@127.0.0.1:{self._server.server_port}/api"

    def _next(self) -> str:
        self._made += 1
        return f"L{self._made:06d}"

    # What people do over there.

    def file(self, text: str, **more: Any) -> str:
        """Somebody reports over there; its number."""
        with self._lock:
            number = self._next()
            usual = {"status": "belum_terverifikasi", "jenis": "pengaduan", "kategori": "lainnya",
                     "instansi": "", "tindak_lanjut": "", "alasan": ""}  # fmt: skip
            self.reports[number] = usual | {
                "nomor": number, "asal": "sp4n", "kunci": "", "urutan": 0, "isi": text,
                "anonim": True, "rahasia": False, "tanggapan": [],
                "dibuat": "2026-03-02T11:00:00+07:00",
            } | more  # fmt: skip
            return number

    def reply(self, number: str, text: str) -> None:
        """The reporter writes again."""
        with self._lock:
            replies = self.reports[number]["tanggapan"]
            replies.append({"id": f"{number}-{len(replies) + 1}", "isi": text})

    def change(self, number: str, **fields: Any) -> None:
        """Somebody changes a report by hand."""
        with self._lock:
            self.reports[number].update(fields)

    def lose(self, number: str) -> None:
        """It is gone, its key too, as after a restored backup."""
        with self._lock:
            lost = self.reports.pop(number)
            self._keys.pop(lost["kunci"], None)

    def copy(self, number: str) -> str:
        """The same report once more, under the same key: what must never happen."""
        with self._lock:
            twin = f"{number}B"
            self.reports[twin] = self.reports[number] | {"nomor": twin}
            return twin

    def settle(self) -> None:
        """All that is still under way arrives."""
        with self._lock:
            late, self._late = self._late, []
            for arrive in late:
                arrive()

    # What the server does.

    def _list(self, request: BaseHTTPRequestHandler) -> None:
        if not self._is_ours(request):
            return self._answer(request, 401, {})
        query = parse_qs(urlsplit(request.path).query)
        after, most = query.get("setelah", [""])[0], int(query.get("batas", ["200"])[0])
        with self._lock:
            numbers = sorted(n for n in self.reports if n > after)
            page = [dict(self.reports[n]) for n in numbers[:most]]
        more = numbers[most - 1] if len(numbers) > most else None
        return self._answer(request, 200, {"laporan": page, "lanjut": more})

    def _write(self, request: BaseHTTPRequestHandler) -> None:
        body = json.loads(request.rfile.read(int(request.headers["Content-Length"])))
        key = request.headers.get("Idempotency-Key", "")
        if not self._is_ours(request):
            return self._answer(request, 401, {})
        with self._lock:
            fault = self.faults.pop(0) if self.faults else ""
        if fault in ("500", "401", "422"):
            return self._answer(request, int(fault), {"galat": fault})
        if fault == "hang":
            self._over.wait(self.hang_s)
            return self._drop(request)
        number = unquote(urlsplit(request.path).path.partition("/laporan")[2].strip("/"))
        if fault == "late":
            with self._lock:
                self._late.append(lambda: self._store(number, key, body))
            return self._drop(request)
        with self._lock:
            status, report = self._store(number, key, body)
            if fault == "twice":
                status, report = self._store(number, key, body)
            self.settle()
        if fault == "cut":
            return self._drop(request)
        return self._answer(request, status, report, garbled=fault == "garbled")

    def _store(self, number: str, key: str, body: Json) -> tuple[int, Json]:
        """Make or change a report: under a key that was used before nothing is made anew."""
        with self._lock:
            self.writes += 1
            if number and number not in self.reports:
                return 404, {"galat": "tidak ada"}
            number = number or self._keys.get(key, "")
            if number and not key.partition(":")[2]:  # a key of a report that is there
                return 200, dict(self.reports[number])
            if not number:
                number = self._next()
                self._keys[key] = number
                self.reports[number] = {
                    "nomor": number, "asal": "tanggap", "kunci": key, "urutan": 0,
                    "anonim": True, "rahasia": False, "tanggapan": [],
                    "dibuat": "2026-03-02T11:00:00+07:00",
                }  # fmt: skip
            report = self.reports[number]
            if not self.ordered or body["urutan"] > report["urutan"]:
                theirs = report["asal"] == "sp4n"
                own = [f for f in OWN_FIELDS if not (theirs and f in ("isi", "kategori", "jenis"))]
                report.update({f: body[f] for f in own}, urutan=body["urutan"])
            return 200, dict(report)

    def _is_ours(self, request: BaseHTTPRequestHandler) -> bool:
        return request.headers.get("Authorization") == f"Bearer {TOKEN}"

    def _answer(
        self, request: BaseHTTPRequestHandler, status: int, body: Json, *, garbled: bool = False
    ) -> None:
        sent = b"<html>" if garbled else json.dumps(body).encode()
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(sent)))
        request.end_headers()
        request.wfile.write(sent)

    def _drop(self, request: BaseHTTPRequestHandler) -> None:
        """The line breaks before a word comes back."""
        request.close_connection = True
        request.connection.close()
