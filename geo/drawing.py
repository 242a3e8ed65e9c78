"""Village outlines as maps draw them: simplified all together, so that neighbours stay neighbours.

Each outline simplified by itself would open slivers along every border. As one coverage (GEOS, the
smallest triangles of Visvalingam and Whyatt 1993) a shared edge is simplified once for both sides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from sqlalchemy import delete, insert, select, text
from sqlalchemy.orm import Session

from geo.schema import Edition, Village
from geo.village_schema import VillageDrawing

# Metres. A screen shows a tile 512 points wide, so half a point is 38 m at zoom 11 and 5 m at 14:
# 50 m serve up to zoom 11, 10 m at 12 and 13, the outline itself from 14 on.
TOLERANCES_M = (50, 10)

Shapes = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Drawn:
    """One edition drawn for one scale, in the order that was given."""

    tolerance_m: int
    shapes: Shapes  # MultiPolygons in degrees
    kept: int  # outlines that would have vanished, and stayed as they are

    @property
    def corners(self) -> int:
        """Of all outlines together."""
        return int(shapely.get_num_coordinates(self.shapes).sum())


def draw_edition(session: Session, edition_id: int) -> tuple[Drawn, ...]:
    """Draws an edition anew for every scale, and writes it to village_drawing; no commit."""
    rows = session.execute(
        select(Village.code, Village.area)
        .where(Village.edition_id == edition_id)
        .order_by(Village.code)
    ).all()
    drawings = draw([row.area for row in rows])
    session.execute(delete(VillageDrawing).where(VillageDrawing.edition_id == edition_id))
    for one in drawings:
        codes = [row.code for row in rows]
        session.execute(insert(VillageDrawing), _rows(edition_id, codes, one))
    return drawings


def draw_missing(session: Session) -> list[str]:
    """Draws the editions that have no drawing yet; their keys. No commit."""
    done = select(VillageDrawing.edition_id).distinct()
    missing = session.execute(
        select(Edition.id, Edition.key).where(Edition.id.not_in(done)).order_by(Edition.id)
    ).all()
    for edition in missing:
        draw_edition(session, edition.id)
    return [edition.key for edition in missing]


_MARK = text(
    "SELECT left(md5(string_agg("
    "    concat_ws(' ', tolerance_m, code, ST_NPoints(area), ST_Area(area)), ','"
    "    ORDER BY tolerance_m, code)), 8)"
    "  FROM village_drawing WHERE edition_id = :edition_id"
)


def mark(session: Session, edition_id: int) -> str:
    """Eight signs that change when the edition is drawn anew; "0" where it is not drawn."""
    return session.scalar(_MARK, {"edition_id": edition_id}) or "0"


def draw(areas: Sequence[shapely.Geometry]) -> tuple[Drawn, ...]:
    """The areas, in degrees, for every scale. Edges that were shared stay shared."""
    if not areas:
        return ()
    shapes: Shapes = np.array(areas, dtype=object)
    there, back = _metres(shapes)
    flat = shapely.transform(shapes, there)
    return tuple(_drawn(shapes, flat, back, metres) for metres in TOLERANCES_M)


# GEOS's tolerance is the side of a square: a corner goes when its triangle is smaller than that.
def _drawn(shapes: Shapes, flat: Shapes, back: Any, tolerance_m: int) -> Drawn:
    simple = shapely.coverage_simplify(flat, tolerance_m)
    vanished = shapely.is_empty(simple) | (shapely.area(simple) == 0)
    drawn = shapely.transform(simple, back)
    drawn[vanished] = shapes[vanished]
    return Drawn(
        tolerance_m, np.array([_multi(one) for one in drawn], dtype=object), int(vanished.sum())
    )


def _metres(shapes: Shapes) -> tuple[Any, Any]:
    """From degrees to metres around the middle of the shapes, and back."""
    west, south, east, north = shapely.total_bounds(shapes)
    local = f"+proj=laea +lon_0={(west + east) / 2} +lat_0={(south + north) / 2} +ellps=WGS84"
    there = Transformer.from_crs("EPSG:4326", local, always_xy=True)
    back = Transformer.from_crs(local, "EPSG:4326", always_xy=True)
    return _as_function(there), _as_function(back)


def _as_function(transformer: Transformer) -> Any:
    return lambda corners: np.column_stack(transformer.transform(corners[:, 0], corners[:, 1]))


def _multi(shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.MultiPolygon(list(shapely.get_parts(shape)))


def _rows(edition_id: int, codes: list[str], drawn: Drawn) -> list[dict[str, Any]]:
    return [
        {"edition_id": edition_id, "tolerance_m": drawn.tolerance_m, "code": code, "area": area}
        for code, area in zip(codes, drawn.shapes, strict=True)
    ]
