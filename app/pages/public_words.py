"""What the pages for everybody say of a snapshot: sentences, rows and shades, ready to print."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from flask_babel import gettext as _

from app.public_shelf import Snapshot
from dispatch.ground import Ground
from dispatch.rules.anonymity import EDGES, bucket

MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Row:
    """A cell as a line of the table and a shade of the map."""

    code: str  # "" for the regency
    name: str
    many: str  # "5–9"
    shade: int  # 1 to 5
    villages: Sequence[str]
    district: str  # of one village; of several the first one's
    alone: bool  # one village, not several counted together


@dataclass(frozen=True, slots=True)
class Told:
    """A snapshot in words, in the language that is asked for."""

    open: str | None  # None: not enough to say
    closed: str | None
    rows: Sequence[Row]
    categories: Sequence[tuple[str, str]]
    at: str
    next_at: str
    late: bool  # the next one should long have been there
    least: int
    appears: int
    demo: bool
    most: tuple[str, str] | None  # villages with the most, and how many; None where they are many


def tell(snapshot: Snapshot, ground: Ground, language: str, now: datetime) -> Told:
    """All that a page may say."""
    body, zone = snapshot.told, ground.regency.hours.zone
    rows = sorted((_row(cell, ground) for cell in body["cells"]), key=_most_first)
    every = snapshot.next_at - snapshot.made_at
    return Told(
        open=many(body["open"]),
        closed=many(body["closed_30d"]),
        rows=rows,
        categories=[
            (line["name_en" if language == "en" else "name"], many(line["open"]) or "")
            for line in body["categories"]
        ],
        at=moment(datetime.fromisoformat(body["at"]), zone, ground, language),
        next_at=moment(snapshot.next_at, zone, ground, language),
        late=now > snapshot.next_at + every,
        least=body["least"],
        appears=body["appears"],
        demo=body["demo"],
        most=_most(rows),
    )


def moment(at: datetime, zone: ZoneInfo, ground: Ground, language: str) -> str:
    """22 November 2026, 13.00 WIB."""
    words = format_datetime(at, "d MMMM y, HH.mm", tzinfo=zone, locale=language)
    return f"{words} {ground.regency.hours.zone_name}"


def many(told: Sequence[int | None] | None) -> str | None:
    """A bucket in words; None for one that may not be told."""
    if told is None:
        return None
    first, last = told
    return _("%(n)s atau lebih", n=first) if last is None else f"{first}–{last}"


def place(cell: Mapping[str, Any], ground: Ground) -> str:
    """The name of a cell: what is left of a district is said to be that."""
    name, kind = cell["name"], cell["kind"]
    if kind == "kecamatan":
        whole = sum(v.district_code == cell["code"] for v in ground.by_code.values())
        if len(cell["villages"]) == whole:
            return str(_("Kecamatan %(name)s", name=name))
        return str(_("Desa lain di Kecamatan %(name)s", name=name))
    if kind == "kabupaten":
        return str(_("Desa lain di Kabupaten %(name)s", name=name))
    return str(name)


def shade(told: Sequence[int | None]) -> int:
    """1 (lightest) to 5."""
    return 1 + sum(edge <= (told[0] or 0) for edge in EDGES)


def legend(least: int) -> list[tuple[int, str]]:
    """Shades with the buckets that they stand for, the lightest first."""
    starts = [least, *(edge for edge in EDGES if edge > least)]
    shown = [bucket(start, least) for start in starts]
    return [(shade(one), many(one) or "") for one in shown if one is not None]


def _row(cell: Mapping[str, Any], ground: Ground) -> Row:
    return Row(
        code=cell["code"],
        name=place(cell, ground),
        many=many(cell["open"]) or "",
        shade=shade(cell["open"]),
        villages=cell["villages"],
        district=known.district if (known := ground.by_code.get(cell["villages"][0])) else "",
        alone=cell["kind"] == "desa",
    )


def _most(rows: Sequence[Row]) -> tuple[str, str] | None:
    """At most three villages: of those in one bucket nobody is told which has more.

    What is left of a kecamatan is no place of its own.
    """
    alone = [row for row in rows if row.alone]
    first = [row for row in alone if row.shade == alone[0].shade]
    if not 0 < len(first) <= MOST_NAMED < len(alone):
        return None
    return ", ".join(row.name for row in first), first[0].many


def _most_first(row: Row) -> tuple[int, bool, str]:
    return -row.shade, not row.alone, row.name
