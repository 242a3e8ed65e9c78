"""Fills the map: a hundred thousand open cases in the villages of a database `tanggap up` filled.

    python -m tests.benches.crowd_map URL [N [SEED]]

URL is the owner's (`tanggap_owner`). All rows are invented and marked demo. Equal N and SEED give
equal cases, but for their moments, which count back from now. Beside the N open ones there are a
twentieth as many closed ones. They have no calls, no tickets and no log: what a map needs.
"""

# ruff: noqa: T201 - what it prints is what it is for

import io
import json
import math
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import psycopg2
import shapely
from sqlalchemy import make_url

from dispatch.regency.late import LateRules

DAYS = 21  # within which all were opened
CLOSED = 0.05  # as many again, closed
UNPINNED, UNSURE = 0.04, 0.08  # shares of the open ones
CHANNELS = ("112", "tatap_muka", "radio", "pesan", "desa")
CHANNEL_P = (0.72, 0.04, 0.04, 0.15, 0.05)
STATES, STATE_P = ("baru", "ditugaskan", "di_lokasi"), (0.7, 0.2, 0.1)
COLUMNS = [
    "category_code", "priority", "state", "place_text", "pin", "pinned_by", "edition_id",
    "village_id", "village_code", "district_code", "border_m", "outside", "location", "village_p",
    "doubt", "also_villages", "agency_ids", "restricted_group", "audience", "channel",
    "after_hours", "due_at", "opened_at", "closed_at", "outcome", "demo",
]  # fmt: skip
_EAST_M = 111_320.0  # metres of one degree, roughly
_CIRCLE = 24  # corners of an outline


@dataclass(frozen=True, slots=True)
class Village:
    """A village of the edition in force, with as many cases as its weight says."""

    id: int
    edition_id: int
    code: str
    district_code: str
    seat: tuple[float, float]
    area: Any


@dataclass(frozen=True, slots=True)
class Kind:
    """A category of the catalogue and who works on it."""

    code: str
    kind: str
    name: str
    priority: int
    group: str | None
    audience: str
    agencies: tuple[int, ...]


def fill(url: str, n: int = 100_000, seed: int = 1, now: datetime | None = None) -> int:
    """Put n open cases (and n / 20 closed ones) into the database; how many rows it wrote.

    url   of the owner, as SQLAlchemy writes it
    now   the latest moment at which one was opened; the machine's clock when None
    """
    dice = np.random.default_rng(seed)
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    connection = psycopg2.connect(plain)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.role', 'system', true)")
            lines = _lines(cursor, dice, n, now or datetime.now(UTC))
            wrote = _write(cursor, lines)
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE incident")
    finally:
        connection.close()
    return wrote


def _write(cursor: Any, lines: Iterator[str]) -> int:
    """COPY cannot write under row security: through a table of the session's own."""
    named = ", ".join(COLUMNS)
    cursor.execute(
        f"CREATE TEMP TABLE crowd ON COMMIT DROP AS SELECT {named} FROM incident LIMIT 0"
    )
    cursor.copy_expert(f"COPY crowd ({named}) FROM STDIN", io.StringIO("".join(lines)))
    # Each pin was dropped inside its village: asking again takes as long as all the rest.
    cursor.execute("ALTER TABLE incident DISABLE TRIGGER check_incident_place")
    cursor.execute(f"INSERT INTO incident ({named}) SELECT {named} FROM crowd")
    wrote = int(cursor.rowcount)
    cursor.execute("ALTER TABLE incident ENABLE TRIGGER check_incident_place")
    return wrote


def _lines(cursor: Any, dice: np.random.Generator, n: int, now: datetime) -> Iterator[str]:
    villages, kinds = _villages(cursor), _kinds(cursor)
    rows = n + int(n * CLOSED)
    where = dice.choice(len(villages), rows, p=_weights(dice, len(villages)))
    what = dice.choice(len(kinds), rows, p=_weights(dice, len(kinds)))
    pins = _pins(dice, villages, where)
    ages_s = dice.exponential(DAYS * 86_400 / 4, rows) % (DAYS * 86_400)
    rolls = dice.random((rows, 4))
    channels = dice.choice(CHANNELS, rows, p=CHANNEL_P)
    states = dice.choice(STATES, rows, p=STATE_P)
    late = LateRules()
    for at in range(rows):
        beside = villages[(where[at] + 1) % len(villages)]
        case = _case(villages[where[at]], kinds[what[at]], pins[at], rolls[at], beside)
        opened = now - timedelta(seconds=float(ages_s[at]) + 1)
        case |= {
            "place_text": f"contoh {at + 1}",
            "channel": channels[at],
            "state": states[at],
            "opened_at": opened.isoformat(),
            "due_at": late.due_at(kinds[what[at]].kind, case["priority"], opened).isoformat(),
        }
        if at >= n:
            closed = opened + (now - opened) * float(rolls[at, 3])
            case |= {"state": "ditutup", "closed_at": closed.isoformat(), "outcome": "tertangani"}
        yield "\t".join(_field(case.get(column)) for column in COLUMNS) + "\n"


def _case(
    village: Village, kind: Kind, pin: tuple[float, float], roll: Any, beside: Village
) -> dict[str, Any]:
    """What one case is, wherever its moments and words come from."""
    lon, lat = pin
    case: dict[str, Any] = {
        "category_code": kind.code,
        "priority": min(4, kind.priority + int(roll[0] * 1.6)),
        "pin": f"SRID=4326;POINT({lon} {lat})",
        "pinned_by": "petugas",
        "edition_id": village.edition_id,
        "village_id": village.id,
        "village_code": village.code,
        "district_code": village.district_code,
        "border_m": round(float(roll[1]) * 900, 1),
        "outside": "f",
        "village_p": 1.0,
        "doubt": 0.0,
        "also_villages": [],
        "agency_ids": list(kind.agencies),
        "restricted_group": kind.group,
        "audience": kind.audience,
        "after_hours": "f",
        "demo": "t",
    }
    if roll[2] < UNPINNED + UNSURE:
        also = [beside.code] if beside.code != village.code else []
        case |= _doubtful(village, also, pin, roll, pinned=roll[2] >= UNPINNED)
    return case


def _doubtful(
    village: Village, also: list[str], pin: tuple[float, float], roll: Any, *, pinned: bool
) -> dict[str, Any]:
    """A place chosen from the list, drawn as a circle; or a village only. As clues.record()."""
    p = round(0.5 + float(roll[3]) / 2, 4) if also else 1.0
    radius_m = round(100 + 900 * float(roll[3]))
    location = {
        "text": "contoh", "key": None, "label": "contoh" if pinned else None, "kind": None,
        "radius_m": radius_m, "confidence": 0.68, "answers": [],
        "villages": [[village.code, p]] + [[code, round(1 - p, 4)] for code in also],
        "sea": 0.0, "outside": 0.0, "outline": _circle(pin, radius_m) if pinned else None,
        "by": "tempat" if pinned else "desa", "away": None, "confirmed_by": None,
        "chosen": village.code, "heard": [], "heard_outside": False,
    }  # fmt: skip
    doubt = round(0.05 + 0.4 * float(roll[3]), 4) if pinned else 0.7
    told = {"location": json.dumps(location), "village_p": p, "doubt": doubt}
    told["also_villages"] = also if p <= 0.8 else []
    return told if pinned else told | {"pin": None, "pinned_by": None, "border_m": None}


def _circle(pin: tuple[float, float], radius_m: float) -> dict[str, Any]:
    ring = []
    for corner in range(_CIRCLE + 1):
        turn = 2 * math.pi * (corner % _CIRCLE) / _CIRCLE
        up, right = math.sin(turn) * radius_m / _EAST_M, math.cos(turn) * radius_m / _EAST_M
        ring.append([round(pin[0] + right, 6), round(pin[1] + up, 6)])
    return {"type": "Polygon", "coordinates": [ring]}


def _pins(
    dice: np.random.Generator, villages: list[Village], where: Any
) -> list[tuple[float, float]]:
    """A point inside the village of each: half of them near its seat, as houses are."""
    pins: list[tuple[float, float]] = [(0.0, 0.0)] * len(where)
    for number, village in enumerate(villages):
        wanted = np.flatnonzero(where == number)
        for at, point in zip(wanted, _inside(dice, village, len(wanted)), strict=True):
            pins[at] = (float(point[0]), float(point[1]))
    return pins


def _inside(dice: np.random.Generator, village: Village, count: int) -> Any:
    west, south, east, north = village.area.bounds
    found = np.empty((0, 2))
    while len(found) < count:
        even = dice.uniform((west, south), (east, north), (count + 16, 2))
        near = dice.normal(village.seat, (0.004, 0.004), (count // 2 + 8, 2))
        tried = np.concatenate((even, near)).round(6)
        held = tried[shapely.contains_xy(village.area, tried)]
        found = np.concatenate((found, held))
    return dice.permutation(found)[:count]


def _weights(dice: np.random.Generator, count: int) -> Any:
    """Uneven shares, as villages and troubles have: the greatest some ten times the middle one."""
    raw = dice.lognormal(0, 0.8, count)
    return raw / raw.sum()


def _villages(cursor: Any) -> list[Village]:
    cursor.execute(
        "SELECT village.id, edition_id, code, district_code, ST_X(seat), ST_Y(seat),"
        " ST_AsBinary(area) FROM village JOIN edition ON edition.id = edition_id"
        " WHERE in_force ORDER BY code"
    )
    villages = []
    for number, edition_id, code, district, lon, lat, area in cursor:
        shape = shapely.from_wkb(bytes(area))
        shapely.prepare(shape)
        villages.append(Village(number, edition_id, code, district, (lon, lat), shape))
    return villages


def _kinds(cursor: Any) -> list[Kind]:
    cursor.execute(
        "SELECT code, kind, name_id, priority, restricted_group, audience, ARRAY(SELECT agency_id"
        "  FROM responsibility WHERE category_code = code AND area_code = '' ORDER BY agency_id)"
        " FROM category WHERE active ORDER BY rank"
    )
    return [Kind(*row[:-1], tuple(row[-1])) for row in cursor]


def _field(value: Any) -> str:
    """One field in the text form of COPY. Nothing here holds a tab or a line end."""
    if value is None:
        return r"\N"
    if isinstance(value, list):
        return "{" + ",".join(str(item) for item in value) + "}"
    return str(value).replace("\\", r"\\")


if __name__ == "__main__":
    begun = time.perf_counter()
    numbers = [int(given) for given in sys.argv[2:]]
    print(f"{fill(sys.argv[1], *numbers)} rows in {time.perf_counter() - begun:.1f} s")
