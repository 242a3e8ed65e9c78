"""Reads incidents as columns: a few thousand rows at a time, each column as one string of bytes.

So no row becomes a Python object, and a process that serves others, too, is not held up for long.
(COPY would be a little quicker still, but cannot be used where greenlets wait for the database.)
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS
from sqlalchemy import text
from sqlalchemy.orm import Session

from dispatch import log
from dispatch.facts.columns import ELSEWHERE, KINDS, Facts, Whole
from dispatch.facts.shares import share_out
from dispatch.ground import Ground
from dispatch.log import Cursor
from dispatch.rules.workflow import Channel
from geo.hotspots.grid import project, zone_of

MOST = 25_000  # rows at once: some 30 ms of the processor
SURE = 0.995  # a village this likely counts as known

# (name of the column, SQL, as it is sent)
_SENT: Sequence[tuple[str, str, str]] = (
    ("id", "int8send(id)", ">i8"),
    ("opened_s", "int8send(floor(date_part('epoch', opened_at))::int8)", ">i8"),
    (
        "local_s",
        "int8send(floor(date_part('epoch', opened_at AT TIME ZONE :zone))::int8)",
        ">i8",
    ),
    (
        "category",
        "int2send(coalesce(array_position(:categories, category_code::text), 0)::int2)",
        ">i2",
    ),
    ("priority", "int2send(priority::int2)", ">i2"),
    ("channel", "int2send(coalesce(array_position(:channels, channel::text), 0)::int2)", ">i2"),
    ("lon", "float8send(coalesce(ST_X(pin), 'NaN'))", ">f8"),
    ("lat", "float8send(coalesce(ST_Y(pin), 'NaN'))", ">f8"),
    ("village_id", "int4send(coalesce(village_id, 0))", ">i4"),
    ("unsure", "int2send((coalesce(village_p, 0) < :sure)::int::int2)", ">i2"),
)
_COLUMNS = ", ".join(f"string_agg({sent}, ''::bytea) AS {name}" for name, sent, _ in _SENT)
_NAMED = "id, opened_at, category_code, priority, channel, pin, village_id, village_p"
# Both are made here once, of the names above; values come in as parameters alone.
_PART = "SELECT COLUMNS FROM (SELECT NAMED FROM incident WHERE WHICH) AS part".replace(
    "COLUMNS", _COLUMNS
).replace("NAMED", _NAMED)
_RUN = text(_PART.replace("WHICH", "id > :after ORDER BY id LIMIT :most"))
_SOME = text(_PART.replace("WHICH", "id = ANY(CAST(:ids AS bigint[])) ORDER BY id"))
# Villages of what is in doubt, as dispatch.clues.record wrote them; else what the columns say.
_DOUBTFUL = text(
    "SELECT string_agg(int8send(id), ''::bytea) AS id,"
    "       string_agg(float4send(p::float4), ''::bytea) AS p,"
    "       string_agg(float4send(radius_m::float4), ''::bytea) AS radius_m,"
    "       string_agg(code, ' ') AS code"
    "  FROM (SELECT i.id, coalesce(v.code, '-') AS code, coalesce(v.p, 0) AS p,"
    "               coalesce((i.location ->> 'radius_m')::float8, 0) AS radius_m"
    "          FROM incident AS i LEFT JOIN LATERAL ("
    "            SELECT e ->> 0 AS code, (e ->> 1)::float8 AS p"
    "              FROM jsonb_array_elements(i.location -> 'villages') AS e"
    "            UNION ALL"
    "            SELECT i.village_code, coalesce(i.village_p, 1)"
    "             WHERE jsonb_exists(i.location, 'villages') IS NOT TRUE"
    "            UNION ALL"
    "            SELECT also, (1 - i.village_p) / cardinality(i.also_villages)"
    "              FROM unnest(i.also_villages) AS also"
    "             WHERE jsonb_exists(i.location, 'villages') IS NOT TRUE"
    "          ) AS v ON true"
    "         WHERE i.id = ANY(CAST(:ids AS bigint[])) ORDER BY i.id) AS shared"
)
_VILLAGES = text("SELECT id, code FROM village ORDER BY id")


@dataclass(frozen=True, slots=True)
class Keys:
    """What codes and numbers of the database are called in the columns."""

    categories: tuple[str, ...]
    channels: tuple[str, ...]
    villages: tuple[str, ...]
    place_of: Mapping[str, int]  # of a village's code
    village_ids: Whole  # rising; of all editions
    village_at: NDArray[np.int16]  # place of each of them
    timezone: str
    zone: CRS

    @classmethod
    def read(cls, session: Session, ground: Ground) -> "Keys":
        """As the ground stands now."""
        codes = tuple(village.code for village in ground.locator.villages)
        place_of = {code: place for place, code in enumerate(codes)}
        rows = session.execute(_VILLAGES).all()
        west, south, east, north = ground.bounds
        return cls(
            categories=tuple(ground.catalogue.categories),
            channels=tuple(channel.value for channel in Channel),
            villages=codes,
            place_of=place_of,
            village_ids=np.array([0, *(row.id for row in rows)], dtype=np.int64),
            village_at=np.array(
                [ELSEWHERE, *(place_of.get(row.code, ELSEWHERE) for row in rows)], dtype=np.int16
            ),
            timezone=ground.regency.timezone,
            zone=zone_of((west + east) / 2, (south + north) / 2),
        )

    def given(self) -> dict[str, Any]:
        """What the statements are given."""
        return {
            "categories": list(self.categories),
            "channels": list(self.channels),
            "zone": self.timezone,
            "sure": SURE,
        }


def quiet() -> None:
    """Nobody listens."""


def read(
    session: Session,
    ground: Ground,
    now: datetime,
    most: int = MOST,
    heard: Callable[[], None] = quiet,
) -> Facts:
    """All incidents that the session's scope (dispatch.scope.ANALYST) may see.

    heard   called between runs of `most` rows; may raise to stop
    """
    keys = Keys.read(session, ground)
    cursor = log.here(session)  # first the place in the log: late news comes twice, not never
    parts = [empty(keys, cursor, now)]
    for part in _runs(session, keys, cursor, now, most):
        parts.append(part)
        heard()
    return join(parts)


def _runs(
    session: Session, keys: Keys, cursor: Cursor, now: datetime, most: int
) -> Iterator[Facts]:
    after = 0
    while True:
        row = session.execute(_RUN, keys.given() | {"after": after, "most": most}).one()
        if row.id is None:
            return
        part = _part(session, keys, row._mapping, cursor, now)
        yield part
        after = int(part.ids[-1])


def read_some(
    session: Session, ground: Ground, ids: Sequence[int], cursor: Cursor, now: datetime
) -> Facts:
    """Those of these incidents that may be seen."""
    keys = Keys.read(session, ground)
    row = session.execute(_SOME, keys.given() | {"ids": list(ids)}).one()
    if row.id is None:
        return empty(keys, cursor, now)
    return _part(session, keys, row._mapping, cursor, now)


def _part(
    session: Session, keys: Keys, row: Mapping[Any, Any], cursor: Cursor, now: datetime
) -> Facts:
    got = {name: np.frombuffer(row[name], dtype) for name, _, dtype in _SENT}
    ids = got["id"].astype(np.int64)
    counted = _village_places(keys, got["village_id"])
    spread_m, shared = _shared(session, keys, ids, counted, got["unsure"].astype(np.bool_))
    return Facts(
        cursor=cursor,
        as_of=now,
        ids=ids,
        opened_s=got["opened_s"].astype(np.int64),
        category=(got["category"] - 1).astype(np.int16),
        priority=got["priority"].astype(np.int8),
        channel=(got["channel"] - 1).astype(np.int8),
        hour=(got["local_s"] // 3600 % 24).astype(np.int8),
        day=(got["local_s"] // 86_400).astype(np.int32),
        xy=project(np.column_stack((got["lon"], got["lat"])).astype(np.float64), keys.zone),
        spread_m=spread_m,
        counted=counted,
        **shared,
        **_names(keys),
    )


def _village_places(keys: Keys, village_ids: NDArray[Any]) -> NDArray[np.int16]:
    known = village_ids.astype(np.int64)
    at = np.searchsorted(keys.village_ids, known).clip(max=len(keys.village_ids) - 1)
    found = keys.village_ids[at] == known
    return np.where(found, keys.village_at[at], ELSEWHERE).astype(np.int16)


def _shared(
    session: Session,
    keys: Keys,
    ids: Whole,
    counted: NDArray[np.int16],
    unsure: NDArray[np.bool_],
) -> tuple[NDArray[np.float32], dict[str, Any]]:
    """Spread of each, and how the doubtful ones are shared among villages."""
    spread_m = np.zeros(len(ids), dtype=np.float32)
    owner, village, share = np.empty(0, np.int64), np.empty(0, np.int16), np.empty(0)
    if unsure.any():
        row = session.execute(_DOUBTFUL, {"ids": ids[unsure].tolist()}).one()
        owner = np.searchsorted(ids, np.frombuffer(row.id, ">i8").astype(np.int64))
        share = np.frombuffer(row.p, ">f4").astype(np.float64)
        places = (keys.place_of.get(code, ELSEWHERE) for code in row.code.split(" "))
        village = np.fromiter(places, np.int16, len(owner))
        spread_m[owner] = np.frombuffer(row.radius_m, ">f4")
    start, village, given = share_out(counted, owner, village, share)
    return spread_m, {"start": start, "village": village, "share": given}


def _names(keys: Keys) -> dict[str, Any]:
    return {
        "categories": keys.categories,
        "channels": keys.channels,
        "villages": keys.villages,
        "zone": keys.zone.to_epsg() or 0,
    }


def empty(keys: Keys, cursor: Cursor, now: datetime) -> Facts:
    """No incident at all."""
    none: Any = np.empty(0)
    columns: dict[str, Any] = {name: none.astype(kind) for name, kind in KINDS.items()}
    columns |= {"xy": np.empty((0, 2)), "start": np.zeros(1, np.int64)}
    return Facts(cursor=cursor, as_of=now, **columns, **_names(keys))


def join(parts: Sequence[Facts]) -> Facts:
    """One after the other; names and moment as in the first."""
    many = np.concatenate([np.diff(part.start) for part in parts])
    columns: dict[str, Any] = {
        name: np.concatenate([getattr(part, name) for part in parts]) for name in KINDS
    }
    columns["start"] = np.concatenate([[0], np.cumsum(many)]).astype(np.int64)
    return replace(parts[0], **columns)
