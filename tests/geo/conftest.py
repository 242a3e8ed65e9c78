"""Kabupaten Jepara as an edition in the test database, and its shapes for a second opinion."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from shapely.geometry import MultiPolygon, Polygon, shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import insert
from sqlalchemy.orm import Session

from geo.point import Point
from geo.schema import Edition, LandMass, Village
from geo.shapes import border_pieces
from tests.shared import shared

JEPARA = "data/village_boundaries/jepara.geojson"


@dataclass(frozen=True)
class Regency:
    """An edition as the tests know it: what was loaded, by code, in the order of the codes."""

    edition_id: int
    codes: list[str]
    shapes: Any  # numpy array of shapely shapes

    def codes_at(self, lon: float, lat: float) -> list[str]:
        """Every village that covers the point, by shapely alone."""
        hits = np.flatnonzero(shapely.intersects_xy(self.shapes, lon, lat))
        return [self.codes[hit] for hit in hits]

    def shared_border_points(self, count: int) -> list[tuple[float, float]]:
        """Points that two or more villages cover: corners, and what lies between them."""
        chance = np.random.default_rng(33)
        pieces, _ = border_pieces(self.shapes)
        pieces = pieces[chance.permutation(len(pieces))]
        share = chance.choice([0.0, 0.25, 0.5, 0.75, 0.3], len(pieces))[:, np.newaxis]
        spots = pieces[:, :2] + share * (pieces[:, 2:] - pieces[:, :2])
        on_both = (spot for spot in spots.tolist() if len(self.codes_at(*spot)) > 1)
        return list(islice(((lon, lat) for lon, lat in on_both), count))


def as_multi(area: BaseGeometry) -> MultiPolygon:
    return MultiPolygon([area]) if isinstance(area, Polygon) else MultiPolygon(area)


def village_rows(path: Path) -> list[dict[str, Any]]:
    """Rows for Village, without the edition, from a GeoJSON file of villages; by code."""
    features = json.loads(path.read_text())["features"]
    rows = [village_row(feature["properties"], shape(feature["geometry"])) for feature in features]
    return sorted(rows, key=lambda row: row["code"])


def village_row(properties: dict[str, Any], area: BaseGeometry) -> dict[str, Any]:
    seat = area.representative_point()
    names = ("code", "name", "kind", "district_code", "district")
    return {name: properties[name] for name in names} | {
        "postal_code": None,
        "population": None,
        "seat": Point(lon=seat.x, lat=seat.y),
        "area": as_multi(area),
    }


def publish(session: Session, key: str, rows: list[dict[str, Any]], in_force: bool = True) -> int:
    """An edition with these villages, and the land they make; answers its id."""
    edition = Edition(
        key=key,
        title=key,
        status="terbitan",
        source="test",
        licence="MIT",
        sha256="0" * 64,
        loaded_at=datetime(2025, 1, 1, tzinfo=UTC),
        in_force=in_force,
        in_force_since=None,
        report={},
    )
    session.add(edition)
    session.flush()
    session.execute(insert(Village), [row | {"edition_id": edition.id} for row in rows])
    land = shapely.get_parts(shapely.union_all([row["area"] for row in rows]))
    session.execute(
        insert(LandMass),
        [
            {"edition_id": edition.id, "name": "land", "area_km2": 1.0, "area": as_multi(part)}
            for part in sorted(land, key=lambda part: -part.area)
        ],
    )
    return edition.id


@pytest.fixture(scope="session")
def jepara_rows() -> list[dict[str, Any]]:
    return village_rows(shared(JEPARA))


@pytest.fixture
def jepara(session: Session, jepara_rows: list[dict[str, Any]]) -> Regency:
    """The 195 villages of Kabupaten Jepara, in force."""
    edition_id = publish(session, "jepara-test", jepara_rows)
    shapes = np.array([row["area"] for row in jepara_rows])
    return Regency(edition_id, [row["code"] for row in jepara_rows], shapes)


Squares = Callable[..., int]


@pytest.fixture
def squares(session: Session) -> Squares:
    """Makes an edition in force of named boxes, west south east north, a village each."""

    def make(*, key: str = "squares", in_force: bool = True, **boxes: Any) -> int:
        rows = [
            village_row(
                {
                    "code": code,
                    "name": code.upper(),
                    "kind": "desa",
                    "district_code": "33.20.01",
                    "district": "Kotak",
                },
                box if isinstance(box, BaseGeometry) else shapely.box(*box),
            )
            for code, box in boxes.items()
        ]
        return publish(session, key, rows, in_force)

    return make
