"""Keeps networks of roads in the database: writes one, puts one in force, takes one out."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.orm import Session

from geo.columns import WGS84
from geo.road_schema import Ferry, Road, RoadNetwork, TurnBan
from geo.roads.network import Network
from geo.roads.raw import BadRoads

_ONE_AT_A_TIME = 0x0520AD5  # of the advisory lock: two imports would share the numbers of roads


@dataclass(frozen=True, slots=True)
class About:
    """What is to be known of a network besides its roads."""

    key: str  # short name, "osm-2026-11"
    title: str
    source: str
    licence: str
    sha256: str
    drives_on: str  # left, right


def publish(
    session: Session, network: Network, about: About, report: dict[str, Any], now: datetime
) -> RoadNetwork:
    """Writes a network, not yet in force; 60,000 roads take 2 to 3 s.

    Raises BadRoads where the key is taken: the network of that name stays as it is.
    """
    session.execute(select(func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))
    if find(session, about.key) is not None:
        raise BadRoads(f"{about.key}: jaringan dengan nama itu sudah ada; beri --key yang lain")
    row = RoadNetwork(
        key=about.key,
        title=about.title,
        source=about.source,
        licence=about.licence,
        sha256=about.sha256,
        drives_on=about.drives_on,
        loaded_at=now,
        in_force=False,
        in_force_since=None,
        report=report,
        signals=network.signals.tolist(),
    )
    session.add(row)
    session.flush()
    road_ids = _write_roads(session, row.id, network)
    _write_bans(session, row.id, network, road_ids)
    _write_ferries(session, row.id, network)
    return row


def use(session: Session, key: str, now: datetime) -> RoadNetwork:
    """Puts a network in force in place of the one before, which stays until it is removed.

    Raises BadRoads for an unknown key.
    """
    row = _known(session, key)
    if not row.in_force:
        session.execute(update(RoadNetwork).where(RoadNetwork.in_force).values(in_force=False))
        row.in_force, row.in_force_since = True, now
        session.flush()
    return row


def remove(session: Session, key: str, even_in_force: bool = False) -> None:
    """Takes a network out, with its roads. Raises BadRoads for an unknown one, or one in force."""
    row = _known(session, key)
    if row.in_force and not even_in_force:
        raise BadRoads(
            f"{key}: sedang berlaku; pakai yang lain dulu (`tanggap roads use`),"
            " atau hapus dengan --in-force: sesudahnya waktu tempuh dari garis lurus"
        )
    # Roads first, in one statement each: the cascade would do it row by row.
    for table in (TurnBan, Ferry, Road):
        session.execute(delete(table).where(table.network_id == row.id))
    session.delete(row)
    session.flush()


def find(session: Session, key: str) -> RoadNetwork | None:
    """The network of that name, if there is one."""
    return session.scalar(select(RoadNetwork).where(RoadNetwork.key == key))


def in_force(session: Session) -> RoadNetwork | None:
    """The network that counts; None where the straight line has to do."""
    return session.scalar(select(RoadNetwork).where(RoadNetwork.in_force))


def networks(session: Session) -> Sequence[RoadNetwork]:
    """All that are kept, the youngest first."""
    return session.scalars(
        select(RoadNetwork).order_by(RoadNetwork.loaded_at.desc(), RoadNetwork.id.desc())
    ).all()


def _known(session: Session, key: str) -> RoadNetwork:
    if (row := find(session, key)) is None:
        raise BadRoads(f"{key}: tidak ada jaringan itu; lihat `tanggap roads list`")
    return row


def _write_roads(session: Session, network_id: int, network: Network) -> range:
    """Their ids, in a row."""
    count = len(network.start)
    first = session.execute(text("SELECT nextval('road_id_seq')")).scalar_one()
    session.execute(text("SELECT setval('road_id_seq', :last)"), {"last": first + count - 1})
    ids = range(first, first + count)
    shapes = shapely.linestrings(
        network.coords, indices=np.repeat(np.arange(count), np.diff(network.offsets))
    )
    courses = shapely.to_wkb(shapely.set_srid(shapes, WGS84), hex=True, include_srid=True)
    rows = zip(
        ids,
        [network_id] * count,
        (way or None for way in network.way_ids.tolist()),
        network.start.tolist(),
        network.finish.tolist(),
        network.kinds,
        network.names,
        network.oneway.tolist(),
        network.length_m.tolist(),
        (None if speed != speed else speed for speed in network.speed_kmh.tolist()),
        network.component.tolist(),
        courses.tolist(),
        strict=True,
    )
    columns = (
        "id", "network_id", "way_id", "start", "finish", "kind", "name", "oneway",
        "length_m", "speed_kmh", "component", "course",
    )  # fmt: skip
    _copy(session, "road", columns, rows)
    return ids


def _write_bans(session: Session, network_id: int, network: Network, ids: range) -> None:
    rows = ((network_id, ids[a], via, ids[b]) for a, via, b in network.bans.tolist())
    _copy(session, "turn_ban", ("network_id", "from_road", "via", "to_road"), rows)


def _write_ferries(session: Session, network_id: int, network: Network) -> None:
    rows = [
        {
            "network_id": network_id,
            "code": ferry.code,
            "name": ferry.name,
            "start": ferry.start,
            "finish": ferry.finish,
            "crossing_s": ferry.crossing_s,
            "every_s": ferry.every_s,
            "timetable": [],
            # One that does not say so is not trusted with an ambulance.
            "vehicles": bool(ferry.vehicles),
            "course": shapely.LineString(ferry.course),
        }
        for ferry in network.ferries
    ]
    if rows:
        session.execute(insert(Ferry), rows)


def _copy(
    session: Session, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> None:
    """COPY, within the session's transaction; table and columns are ours, never a reader's."""
    written = io.StringIO()
    written.writelines("\t".join(map(_cell, row)) + "\n" for row in rows)
    written.seek(0)
    raw: Any = session.connection().connection.dbapi_connection
    with raw.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", written)


def _cell(value: Any) -> str:
    if value is None:
        return r"\N"
    if not isinstance(value, str):
        return repr(value)
    # COPY's own signs; NUL is in no text of PostgreSQL's.
    plain = value.replace("\0", "").replace("\\", "\\\\")
    return plain.replace("\t", " ").replace("\n", " ").replace("\r", " ")
