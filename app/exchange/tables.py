"""The exchange by files: the same columns out and in, CSV or XLSX; what is wrong names its cell."""

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.exchange.wire import BadAnswer, remote_of
from app.exchange.workbook import BadWorkbook, rows_of
from app.files import Column, Row, safe_text
from app.parts import Parts
from dispatch.schema import ExchangeLink
from dispatch.scope import EXCHANGE
from dispatch.sp4n import exchange, standing
from dispatch.sp4n.hearing import Heard, would_be
from dispatch.sp4n.mapping import CLASSES, Origin, Remote

MOST_ROWS = 20_000
NEEDED = ("nomor_sp4n", "status", "isi")
COLUMNS = [
    Column("kunci", "text"), Column("nomor_tiket", "whole"), Column("nomor_sp4n", "text"),
    Column("asal", "text"), Column("status", "text"), Column("golongan", "text"),
    Column("jenis", "text"), Column("kategori", "text"), Column("instansi", "text"),
    Column("isi", "text"), Column("tindak_lanjut", "text"), Column("alasan", "text"),
    Column("lokasi", "text"), Column("lon", "number"), Column("lat", "number"),
    Column("rahasia", "text"), Column("tanggapan", "text"), Column("dibuat", "text"),
]  # fmt: skip
_NAMES = tuple(column.name for column in COLUMNS)
_YES = {"ya": True, "tidak": False, "": False}


@dataclass(frozen=True, slots=True)
class Wrong:
    """What cannot be read. row: as the spreadsheet counts them, 1 is the heading."""

    row: int
    column: str
    detail: str


@dataclass(frozen=True, slots=True)
class Read:
    """A file as it was read; with anything wrong nothing of it is taken."""

    remotes: Sequence[Remote]
    wrong: Sequence[Wrong]


def outgoing(session: Session, parts: Parts) -> list[Row]:
    """All that the other side should have, as rows; each has its key from here on."""
    now, ground = parts.now(), parts.ground()
    while exchange.plan(session, now, ground):
        session.flush()
    told = standing.tellable(session, now, ground)
    query = select(ExchangeLink.ticket_id, ExchangeLink.key, ExchangeLink.remote_id)
    links = {row.ticket_id: row for row in session.execute(query)}
    zone = ground.regency.hours.zone
    rows = []
    for one in told:
        link = links.get(one.ticket_id)
        if link is None:
            continue  # another worker has it this very moment: it comes with the next file
        values = one.face.record() | {
            "kunci": link.key,
            "nomor_tiket": one.ticket_id,
            "nomor_sp4n": link.remote_id,
            "asal": (Origin.THEIRS if one.theirs else Origin.OURS).value,
            "golongan": CLASSES.get(one.face.status),
            "rahasia": "tidak",
            "dibuat": one.opened_at.astimezone(zone).isoformat(timespec="seconds"),
        }
        rows.append(Row(one.ticket_id, None, values))
    return rows


def read(sent: bytes) -> Read:
    """Reports of a file, CSV or XLSX by what it is. Nothing is kept."""
    try:
        rows = rows_of(sent) if sent[:2] == b"PK" else _csv_rows(sent)
    except BadWorkbook as bad:
        return Read([], [Wrong(1, "", str(bad))])
    filled = [(n, row) for n, row in enumerate(rows, 1) if any(cell.strip() for cell in row)]
    if not filled:
        return Read([], [Wrong(1, "", "berkas ini kosong")])
    head = [name.strip().lower() for name in filled[0][1]]
    if wrong := _wrong_head(filled[0][0], head):
        return Read([], wrong)
    return _read_rows(head, filled[1:])


def _csv_rows(sent: bytes) -> list[list[str]]:
    """UTF-8, parted by commas, or by semicolons as Indonesian spreadsheets write them."""
    try:
        written = sent.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadWorkbook("simpan berkas ini sebagai CSV UTF-8, atau sebagai XLSX") from None
    first = written.partition("\n")[0]
    sign = ";" if first.count(";") > first.count(",") else ","
    try:
        return list(csv.reader(io.StringIO(written, newline=""), delimiter=sign, strict=True))
    except csv.Error as bad:
        raise BadWorkbook(f"CSV ini tidak terbaca: {bad}") from None


def _wrong_head(row: int, head: list[str]) -> list[Wrong]:
    wrong = [Wrong(row, name, "kolom ini tidak ada") for name in NEEDED if name not in head]
    wrong += [Wrong(row, name, "kolom ini ada dua kali") for name in _NAMES if head.count(name) > 1]
    return wrong


def _read_rows(head: list[str], rows: Iterable[tuple[int, list[str]]]) -> Read:
    remotes: list[Remote] = []
    wrong: list[Wrong] = []
    seen: dict[str, int] = {}
    for number, cells in rows:
        if len(remotes) >= MOST_ROWS:
            return Read([], [Wrong(number, "", f"lebih dari {MOST_ROWS} baris")])
        values = dict(zip(head, (_plain(cell) for cell in cells), strict=False))
        if not values.get("nomor_sp4n"):
            if values.get("kunci"):
                continue  # one of ours that has no number over there yet
            wrong.append(Wrong(number, "nomor_sp4n", "isi nomor laporan di SP4N-LAPOR"))
            continue
        try:
            remote = remote_of(_body(values))
        except BadAnswer as bad:
            column, _, detail = str(bad).partition(": ")
            wrong.append(Wrong(number, {"nomor": "nomor_sp4n"}.get(column, column), detail))
            continue
        if remote.id in seen:
            wrong.append(Wrong(number, "nomor_sp4n", f"sudah ada di baris {seen[remote.id]}"))
        seen[remote.id] = number
        remotes.append(remote)
    return Read([] if wrong else remotes, wrong)


def _plain(cell: str) -> str:
    """Without the apostrophe that keeps a spreadsheet from reckoning (files.safe_text)."""
    bare = cell[1:]
    return bare if cell.startswith("'") and safe_text(bare) == cell else cell


def _body(values: Mapping[str, str]) -> dict[str, Any]:
    """The row as the other side would write it. Raises BadAnswer, naming the column."""
    secret = values.get("rahasia", "").strip().lower()
    if secret not in _YES:
        raise BadAnswer("rahasia: tulis ya atau tidak")
    replies = values.get("tanggapan", "").strip()
    digest = hashlib.sha256(replies.encode()).hexdigest()[:16]
    plain = ("status", "jenis", "kategori", "instansi", "isi", "tindak_lanjut", "alasan", "dibuat")
    return {name: values.get(name, "") for name in plain} | {
        "nomor": values["nomor_sp4n"],
        "kunci": values.get("kunci", ""),
        "asal": values.get("asal", "").strip() or Origin.THEIRS.value,
        "rahasia": _YES[secret],
        "lokasi": {
            "teks": values.get("lokasi", ""),
            "lon": _number("lon", values.get("lon", "")),
            "lat": _number("lat", values.get("lat", "")),
        },
        "tanggapan": [{"id": f"berkas-{digest}", "isi": replies}] if replies else [],
    }


def _number(column: str, written: str) -> float | None:
    """A comma for the decimals is how it is written here."""
    if not written.strip():
        return None
    try:
        return float(written.strip().replace(",", "."))
    except ValueError:
        raise BadAnswer(f"{column}: {written[:20]!r} bukan angka") from None


def foretell(parts: Parts, remotes: Sequence[Remote]) -> dict[Heard, int]:
    """What would become of them; writes nothing."""
    counts = dict.fromkeys(Heard, 0)
    with parts.transaction(EXCHANGE) as session:
        for remote in remotes:
            counts[would_be(session, remote, parts.ground())] += 1
    return counts
