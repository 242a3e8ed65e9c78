"""Reports as JSON, as we assume that SP4N-LAPOR writes them (docs/decisions/0028-sp4n.md)."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from dispatch.rules.cleaning import clean
from dispatch.sp4n.exchange import Telling
from dispatch.sp4n.hearing import LONGEST_REPLY
from dispatch.sp4n.mapping import (
    CLASSES,
    LONGEST_ANSWER,
    LONGEST_TEXT,
    Face,
    Origin,
    Remote,
    Reply,
    Status,
)

_LONGEST_ID, _MOST_REPLIES = 80, 200


class BadAnswer(Exception):
    """What came is no report as we know it; the field is named, its content is not."""


def body_of(telling: Telling) -> dict[str, Any]:
    """What is sent of a ticket. `urutan` counts up: of two that cross, the higher holds."""
    face = telling.face
    return {
        "kunci": telling.key,
        "urutan": telling.number,
        "asal": Origin.OURS.value,
        "golongan": CLASSES.get(face.status),
        "anonim": True,  # who called is never told
        **face.record(),
    }


def remote_of(body: Any) -> Remote:
    """A report; its words cleaned, for what is not needed is not kept. Raises BadAnswer."""
    if not isinstance(body, dict):
        raise BadAnswer("laporan: bukan objek")
    place = body.get("lokasi") or {}
    if not isinstance(place, dict):
        raise BadAnswer("lokasi: bukan objek")
    return Remote(
        id=_word(body, "nomor", needed=True),
        origin=_origin(body),
        key=_word(body, "kunci"),
        face=_face(body),
        place=clean(_text(place, "teks"), 300),
        lon=_number(place, "lon"),
        lat=_number(place, "lat"),
        anonymous=body.get("anonim") is True,
        secret=body.get("rahasia") is True,
        replies=_replies(body),
        made_at=_moment(body, "dibuat"),
    )


def _face(body: Mapping[str, Any]) -> Face:
    try:
        status = Status(_word(body, "status", needed=True))
    except ValueError:
        known = ", ".join(Status)
        raise BadAnswer(f"status: bukan salah satu dari {known}") from None
    return Face(
        status=status,
        kind=_word(body, "jenis"),
        category=_word(body, "kategori"),
        agency=_word(body, "instansi"),
        text=clean(_text(body, "isi"), LONGEST_TEXT),
        answer=clean(_text(body, "tindak_lanjut"), LONGEST_ANSWER),
        reason=_word(body, "alasan"),
    )


def _origin(body: Mapping[str, Any]) -> Origin:
    try:
        return Origin(_word(body, "asal") or Origin.THEIRS)
    except ValueError:
        raise BadAnswer("asal: bukan tanggap atau sp4n") from None


def _replies(body: Mapping[str, Any]) -> tuple[Reply, ...]:
    given = body.get("tanggapan") or []
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise BadAnswer("tanggapan: bukan daftar")
    return tuple(
        Reply(_word(one, "id", needed=True), clean(_text(one, "isi"), LONGEST_REPLY))
        for one in given[:_MOST_REPLIES]
    )


def _text(body: Mapping[str, Any], field: str) -> str:
    value = body.get(field)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadAnswer(f"{field}: bukan teks")
    return value.replace("\x00", "")


def _word(body: Mapping[str, Any], field: str, *, needed: bool = False) -> str:
    """A code or a number: short, of one line."""
    value = body.get(field)
    value = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if value is None and not needed:
        return ""
    if not isinstance(value, str) or (needed and not value.strip()):
        raise BadAnswer(f"{field}: tidak ada")
    if len(value) > _LONGEST_ID or not value.isprintable():
        raise BadAnswer(f"{field}: lebih dari {_LONGEST_ID} huruf, atau tidak terbaca")
    return value.strip()


def _number(body: Mapping[str, Any], field: str) -> float | None:
    value = body.get(field)
    if value is None or isinstance(value, bool):
        return None
    if not isinstance(value, int | float) or not math.isfinite(value):
        raise BadAnswer(f"{field}: bukan angka")
    return float(value)


def _moment(body: Mapping[str, Any], field: str) -> datetime | None:
    written = _word(body, field)
    if not written:
        return None
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise BadAnswer(f"{field}: bukan waktu seperti 2026-12-01T08:30:00+07:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
