"""How much of a file of roads is taken: so many kilometres round the villages, or a box."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from geo.point import Box
from geo.roads.raw import BadRoads, Floats
from geo.shapes import LocalScale
from geo.villages import edition_in_force, villages_of

_AROUND = re.compile(r"boundaries(?:\+(\d{1,3}(?:\.\d{1,3})?)km)?")
_LONGEST_WAY_DEG = 0.3  # a road that begins and ends so far outside does not come in between


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """An area, borders included."""

    said: str  # "boundaries+15km"
    box: Box
    area: BaseGeometry

    @classmethod
    def around(cls, areas: Sequence[BaseGeometry], margin_m: float, said: str) -> Clip:
        """So many metres round some areas."""
        land = shapely.union_all(areas)
        scale = LocalScale.at(land.centroid.y)
        # Degrees of longitude are shorter: a circle in the shorter ones reaches far enough.
        wide = shapely.buffer(land, margin_m / min(scale.lon_m, scale.lat_m), quad_segs=4)
        return cls._of(said, wide)

    @classmethod
    def of_box(cls, box: Box, said: str) -> Clip:
        """All of a box."""
        return cls._of(said, shapely.box(box.west, box.south, box.east, box.north))

    @classmethod
    def _of(cls, said: str, area: BaseGeometry) -> Clip:
        shapely.prepare(area)
        west, south, east, north = area.bounds
        return cls(said, Box(west=west, south=south, east=east, north=north), area)

    def inside(self, coords: Floats) -> NDArray[np.bool_]:
        """Which points (n, 2) lie in it (n,)."""
        inside: NDArray[np.bool_] = shapely.intersects_xy(self.area, coords[:, 0], coords[:, 1])
        return inside

    def may_reach(self, lon: float, lat: float) -> bool:
        """Whether a road with its end there can come in: a quick first question."""
        box, wide = self.box, _LONGEST_WAY_DEG
        return (
            box.west - wide <= lon <= box.east + wide
            and box.south - wide <= lat <= box.north + wide
        )


def read_clip(session: Session, said: str) -> Clip:
    """What `--clip` means: boundaries, boundaries+15km, or W,S,E,N in degrees.

    Raises BadRoads for other words, NoEdition where no villages are in force.
    """
    if found := _AROUND.fullmatch(said.strip().lower()):
        return around_villages(session, float(found[1] or 0), said)
    try:
        west, south, east, north = (float(part) for part in said.split(","))
    except ValueError:
        raise BadRoads(f"--clip {said!r}: tulis boundaries+15km atau B,S,T,U (derajat)") from None
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise BadRoads(f"--clip {said!r}: barat < timur dan selatan < utara, dalam derajat")
    return Clip.of_box(Box(west=west, south=south, east=east, north=north), said)


def around_villages(session: Session, margin_km: float, said: str = "") -> Clip:
    """So many kilometres round the villages in force. Raises NoEdition."""
    villages = villages_of(session, edition_in_force(session).id)
    return Clip.around([one.area for one in villages], margin_km * 1000.0, said)


def refuse_elsewhere(name: str, coords: Floats, around: Clip) -> None:
    """Raises BadRoads where none of these points (n, 2) lies there, saying where they lie."""
    if not around.inside(coords).any():
        (west, south), (east, north) = coords.min(axis=0).tolist(), coords.max(axis=0).tolist()
        extent = Box(west=west, south=south, east=east, north=north)
        raise BadRoads(f"{name}: {elsewhere(extent, around.box)}")


def elsewhere(extent: Box, ours: Box) -> str:
    """Why roads of this extent are of no use here: they lie elsewhere, or the axes are swapped."""
    turned = Box(west=extent.south, south=extent.west, east=extent.north, north=extent.east)
    if _meet(turned, ours) and not _meet(extent, ours):
        return swapped(extent)
    return (
        f"tidak ada jalan di wilayah kita: berkas ini {where(extent)},"
        f" sedangkan wilayah kita {where(ours)}"
    )


def swapped(extent: Box) -> str:
    """That latitude and longitude have changed places."""
    return (
        f"lintang dan bujur tertukar (berkas ini {where(extent)});"
        " yang benar: bujur dulu, lalu lintang"
    )


def where(box: Box) -> str:
    """A box in words: di bujur 110,37 s.d. 110,95, lintang -6,90 s.d. -5,72."""
    return f"di bujur {_span(box.west, box.east)}, lintang {_span(box.south, box.north)}"


def _meet(one: Box, other: Box) -> bool:
    return (
        one.west <= other.east
        and one.east >= other.west
        and one.south <= other.north
        and one.north >= other.south
    )


def _span(least: float, most: float) -> str:
    return " s.d. ".join(f"{edge:.2f}".replace(".", ",") for edge in (least, most))
