"""Vector tiles of the villages of an edition, which never change once it is loaded."""

import hashlib
import math
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.errors import GeoError
from geo.point import Box

DEEPEST = 18
# Units a side of a tile. A screen shows a tile 512 points wide: 1,024 units are half a point.
# From this zoom on a tile may be stretched, and carries more.
_COARSE, _FINE, _FINE_FROM = 1024, 4096, 12
# Half a point is 38 m at zoom 11, 9.6 m at 13, 4.8 m at 14: below a zoom, outlines simplified by so
# many metres look the same (geo.drawing). 0: the outline itself.
_TOLERANCES_M = ((14, 0), (12, 10), (0, 50))

_SQL = (Path(__file__).parent / "sql" / "village_tile.sql").read_text()
_VILLAGE_TILE = text(_SQL)
# Four signs that change with what a tile holds: browsers keep a tile for ever.
FORM = hashlib.sha256(repr((_SQL, _COARSE, _FINE, _FINE_FROM, _TOLERANCES_M)).encode()).hexdigest()[
    :4
]


class BadTile(GeoError):
    """There is no such tile."""


def village_tile(session: Session, edition_id: int, z: int, x: int, y: int) -> bytes:
    """Mapbox vector tile in Web Mercator z/x/y; b"" where no village lies.

    Layers: villages (areas: code, name, kind, district), borders (lines, each piece once:
    between, "district" or "village") and labels (points well inside a village: code, name).
    Raises BadTile unless 0 <= z <= 18 and x, y lie in the world at that zoom.
    """
    check_tile(z, x, y)
    extent = _FINE if z >= _FINE_FROM else _COARSE
    tile = session.scalar(
        _VILLAGE_TILE,
        {
            "z": z,
            "x": x,
            "y": y,
            "edition_id": edition_id,
            "extent": extent,
            "margin": extent // 32,
            "tolerance_m": next(metres for start, metres in _TOLERANCES_M if z >= start),
        },
    )
    return bytes(tile or b"")


def check_tile(z: int, x: int, y: int) -> None:
    """Raises BadTile unless 0 <= z <= 18 and x, y lie in the world at that zoom."""
    if not (0 <= z <= DEEPEST and 0 <= x < 2**z and 0 <= y < 2**z):
        raise BadTile(f"{z}/{x}/{y}: z from 0 to {DEEPEST}, x and y from 0 to 2^z - 1")


def tile_box(z: int, x: int, y: int) -> Box:
    """What a tile covers, in degrees."""
    west, east = (360 * column / 2**z - 180 for column in (x, x + 1))
    north, south = (
        math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / 2**z)))) for row in (y, y + 1)
    )
    return Box(west=west, south=south, east=east, north=north)
