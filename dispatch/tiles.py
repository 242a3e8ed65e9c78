"""Vector tiles of the open incidents: clusters whose sums are exact, and areas of doubt."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from dispatch.catalogue import Catalogue
from dispatch.filtering import CONDITIONS, values
from dispatch.prepared import Prepared
from dispatch.rules.doubt import HAND_RADIUS_M, UNSURE
from dispatch.rules.filters import ALL, Filter
from dispatch.scope import LOOSE, Role, Scope, look_once, scope_of
from geo.map_cells import DEPTH, Run, box_runs, interleave, tile_run
from geo.point import Box
from geo.tiles import BadTile, check_tile, tile_box

# Cells along a side of a tile: 2 to the power of this, from that zoom on. On a screen they are 64,
# 32 and 16 points wide: as wide as a sign, and smaller where incidents stand close by nature.
_BITS = ((16, 5), (14, 4), (0, 3))
DOUBT_FROM = 11  # zoom; further out an area is smaller than its sign
_REACH_M, _SHORT_REACH_M, _SHORT_FROM = 2000.0, 1000.0, 15
_METRES = 110_574.0  # of a degree of latitude, where it has the fewest
SEE_DOUBT = frozenset({Role.OPERATOR, Role.DISPATCHER, Role.AGENCY_OFFICER, Role.FIELD_UNIT})
VEIL = "prioritas_khusus"  # what a crew is told instead of a sensitive category

_SQL = Path(__file__).parent / "sql"
# As so many conditions: joined to a list of runs, the table would be read for each of them.
_RUNS = "abcdefgh"
_AROUND = " OR ".join(f"i.cell >= :low_{n} AND i.cell < :high_{n}" for n in _RUNS)
_INCIDENTS = (_SQL / "incident_tile.sql").read_text().format(conditions=CONDITIONS)
_DOUBT = (_SQL / "doubt_tile.sql").read_text().format(conditions=CONDITIONS, around=_AROUND)
# To plan them under row security takes longer than to draw a near tile: these are planned once a
# connection. Far out it depends on the tile what is best.
_NEAR_FROM = 12
_FAR_INCIDENTS, _FAR_DOUBT = text(_INCIDENTS), text(_DOUBT)
_NEAR_INCIDENTS = Prepared("incident_tile", _INCIDENTS)
_NEAR_DOUBT = Prepared("doubt_tile", _DOUBT)


def incident_tile(
    session: Session,
    z: int,
    x: int,
    y: int,
    now: datetime,
    catalogue: Catalogue,
    filter: Filter = ALL,
) -> bytes:
    """Mapbox vector tile of what the session's scope may see; b"" where nothing is open.

    Layers as docs/api.md has them: incidents, and doubt for who may know how sure a place is.
    Raises BadTile as geo.tiles.check_tile does.
    """
    check_tile(z, x, y)
    scope = scope_of(session)
    asked = {**values(filter, now, catalogue, scope), **_place(z, x, y), **_eyes(scope)}
    near = is_near(z)
    tile = _drawn(session, _NEAR_INCIDENTS if near else _FAR_INCIDENTS, asked)
    if z < DOUBT_FROM or scope.role not in SEE_DOUBT:
        return tile
    around = {**asked, **_around(z, x, y)}
    return tile + _drawn(session, _NEAR_DOUBT if near else _FAR_DOUBT, around)


def is_near(z: int) -> bool:
    """Whether tiles of that zoom are drawn by what was planned before."""
    return z >= _NEAR_FROM


def _drawn(session: Session, sql: Prepared | TextClause, asked: Mapping[str, Any]) -> bytes:
    if isinstance(sql, TextClause):
        return bytes(session.execute(sql, asked).scalar_one())
    if session.info.get(LOOSE):
        return bytes(look_once(session, sql, asked).scalar_one())
    return bytes(sql.run(session, asked).scalar_one())


def cell_run(z: int, x: int, y: int, cx: int, cy: int) -> Run:
    """The cells of one cluster, as a tile's feature names it by cx and cy.

    Raises BadTile where the tile has no such cell.
    """
    check_tile(z, x, y)
    bits = cell_bits(z)
    if not (0 <= cx < 1 << bits and 0 <= cy < 1 << bits):
        raise BadTile(f"{z}/{x}/{y}/{cx}/{cy}: the cells of this tile go from 0 to {2**bits - 1}")
    return tile_run(z + bits, (x << bits) + cx, (y << bits) + cy)


def cell_bits(z: int) -> int:
    """How many zooms below a tile its clusters are."""
    return next(bits for start, bits in _BITS if z >= start)


def reach_m(z: int) -> float:
    """How far from its pin an area of doubt is drawn at that zoom."""
    return _SHORT_REACH_M if z >= _SHORT_FROM else _REACH_M


def _place(z: int, x: int, y: int) -> Mapping[str, Any]:
    run, shift = tile_run(z, x, y), 2 * (DEPTH - z - cell_bits(z))
    return {
        "z": z,
        "x": x,
        "y": y,
        "low": run.low,
        "high": run.high,
        "shift": shift,
        "first": interleave(x, y) << 2 * cell_bits(z),
    }


def _eyes(scope: Scope) -> Mapping[str, Any]:
    return {
        "veiled": scope.role == Role.FIELD_UNIT,
        "own_groups": sorted(scope.groups),
        "veil": VEIL,
        "unsure": UNSURE,
    }


def _around(z: int, x: int, y: int) -> Mapping[str, Any]:
    """The tile and as much around it as areas reach."""
    reach = reach_m(z) / _METRES
    box = tile_box(z, x, y)
    wider = Box(
        west=max(box.west - reach, -180.0),
        south=max(box.south - reach, -85.0),
        east=min(box.east + reach, 179.999),
        north=min(box.north + reach, 85.0),
    )
    runs = box_runs(wider, len(_RUNS), z + cell_bits(z))
    runs += [Run(0, 0)] * (len(_RUNS) - len(runs))
    return {
        **{f"low_{n}": run.low for n, run in zip(_RUNS, runs, strict=True)},
        **{f"high_{n}": run.high for n, run in zip(_RUNS, runs, strict=True)},
        "reach": reach,
        "hand_radius_m": HAND_RADIUS_M,
    }
