"""Real roads laid over Jepara, so that tests have a network in force where incidents may lie.

Auckland's main roads, its harbour at Jepara's middle; its island Waiheke, which no road leads to,
lies over Karimunjawa. Lengths stay as they were, to 0.3 %. Balikpapan likewise, for small tests.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np
from sqlalchemy.orm import Session

from geo.point import Box
from geo.road_schema import RoadNetwork
from geo.roads import About, Extract, Network, RawWay, build, publish, read_roads, use
from geo.roads.raw import Floats
from geo.roads.report import report_of
from geo.shapes import LocalScale
from tests.shared import shared

AUCKLAND = "data/roads/auckland_main_roads_2017.osm.pbf"
BALIKPAPAN = "data/roads/balikpapan_kota_drive.graphml"
MIDDLE = (110.78, -6.60)  # of Jepara's mainland
JEPARA_TOWN = (110.668, -6.589)
KARIMUNJAWA = (110.44, -5.84)
KEY = "jepara-uji"
QUAYS = ((110.645, -6.588), (110.44, -5.88))  # about where the ferry lands

_HARBOUR = (174.765, -36.85)
_WAIHEKE = (175.10, -36.80)
_WAIHEKE_BOX = Box(west=174.99, south=-36.86, east=175.22, north=-36.74)
_BALIKPAPAN = (116.84, -1.268)
_LOADED = datetime(2026, 3, 1, tzinfo=UTC)


def load_moved_roads(
    session: Session, *, ferry: bool = False, balikpapan: bool = False, key: str = KEY
) -> RoadNetwork:
    """Writes the moved roads and puts them in force, in 1 to 2 s; skips without ../shared.

    ferry       with a line (2 hours, takes cars) from the mainland to the island
    balikpapan  the 1,400 streets of Balikpapan over Jepara town instead of Auckland's 7,900
    The session needs the house's rights (fixture `session`, World.as_owner()).
    """
    network, extract = _moved_network(ferry, balikpapan)
    about = About(key, "Jalan uji", "tests", "ODbL 1.0", "0" * 64, "left")
    publish(session, network, about, report_of(network, extract, "left"), _LOADED)
    return use(session, key, _LOADED)


def moved_extract(*, ferry: bool = False, balikpapan: bool = False) -> Extract:
    """The moved ways."""
    return _moved_network(ferry, balikpapan)[1]


def moved_network(*, ferry: bool = False, balikpapan: bool = False) -> Network:
    """What load_moved_roads() writes."""
    return _moved_network(ferry, balikpapan)[0]


def moved_geojson(folder: Path, *, balikpapan: bool = False) -> Path:
    """The moved ways as a GeoJSON file in that folder, for `tanggap roads import`."""
    features = [
        {
            "type": "Feature",
            "properties": {"osm_id": way.id, **way.tags},
            "geometry": {"type": "LineString", "coordinates": way.coords.round(9).tolist()},
        }
        for way in moved_extract(balikpapan=balikpapan).ways
    ]
    file = folder / "jalan_uji.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return file


@cache
def _moved_network(ferry: bool, balikpapan: bool) -> tuple[Network, Extract]:
    extract = _balikpapan() if balikpapan else _auckland()
    if ferry:
        extract = replace(extract, ferries=[_ferry()])
    return build(extract), extract


def _auckland() -> Extract:
    extract = read_roads(shared(AUCKLAND))
    ways = [
        _moved(way, _WAIHEKE, KARIMUNJAWA) if _on_island(way) else _moved(way, _HARBOUR, MIDDLE)
        for way in extract.ways
    ]
    return replace(extract, ways=ways, extent=None)


def _balikpapan() -> Extract:
    extract = read_roads(shared(BALIKPAPAN))
    ways = [_moved(way, _BALIKPAPAN, JEPARA_TOWN) for way in extract.ways]
    return replace(extract, ways=ways, extent=None)


def _on_island(way: RawWay) -> bool:
    return _all_in(_WAIHEKE_BOX, way.coords.tolist())


def _all_in(box: Box, spots: Iterable[list[float]]) -> bool:
    return all(box.holds(*spot) for spot in spots)


def _moved(way: RawWay, here: tuple[float, float], there: tuple[float, float]) -> RawWay:
    return replace(way, coords=moved_spots(way.coords, here, there))


def moved_spots(coords: Floats, here: tuple[float, float], there: tuple[float, float]) -> Floats:
    """Lon, lat (n, 2) carried from one place to the other; metres east and north stay the same."""
    old, new = LocalScale.at(here[1]), LocalScale.at(there[1])
    stretch = np.array([old.lon_m / new.lon_m, old.lat_m / new.lat_m])
    return np.array(there) + (coords - np.array(here)) * stretch


def _ferry() -> RawWay:
    """A line that ends near roads on both sides; the import joins it to them."""
    ways = _auckland().ways
    corners = np.concatenate([way.coords for way in ways])
    ends = [corners[np.argmin(np.hypot(*(corners - quay).T))] for quay in map(np.array, QUAYS)]
    tags = {
        "route": "ferry",
        "name": "Feri Kartini - Karimunjawa",
        "duration": "02:00",
        "motor_vehicle": "yes",
    }
    return RawWay(-1, np.array([-11, -12]), np.array(ends), tags)
