"""Small road files written by hand, for tests."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from geo.roads import RawWay

Spot = tuple[float, float]
MIDDLE = (110.66, -6.60)  # in Jepara


def spot(east: float, north: float) -> Spot:
    """So many thousandths of a degree from the middle: some 110 m each."""
    return round(MIDDLE[0] + east / 1000.0, 7), round(MIDDLE[1] + north / 1000.0, 7)


def raw_way(id_: int, nodes: Sequence[int], coords: Sequence[Spot], **tags: str) -> RawWay:
    return RawWay(
        id_,
        np.array(nodes, dtype=np.int64),
        np.array(coords, dtype=np.float64),
        {"highway": "residential"} | tags,
    )


def osm_file(
    folder: Path,
    spots: Mapping[int, Spot],
    ways: Mapping[int, tuple[Sequence[int], Mapping[str, str]]],
    relations: Sequence[tuple[Mapping[str, str], Sequence[tuple[str, int, str]]]] = (),
    node_tags: Mapping[int, Mapping[str, str]] | None = None,
    name: str = "jalan.osm",
) -> Path:
    """An OSM XML file: nodes, ways with nodes and tags, relations with (type, ref, role)."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6">']
    for id_, (lon, lat) in spots.items():
        lines.append(f'<node id="{id_}" version="1" lon="{lon}" lat="{lat}">')
        lines += [*_tags((node_tags or {}).get(id_, {})), "</node>"]
    for id_, (nodes, tags) in ways.items():
        lines.append(f'<way id="{id_}" version="1">')
        lines += [f'<nd ref="{node}"/>' for node in nodes]
        lines += [*_tags(tags), "</way>"]
    for id_, (tags, members) in enumerate(relations, 1):
        lines.append(f'<relation id="{id_}" version="1">')
        lines += [f'<member type="{t}" ref="{ref}" role="{role}"/>' for t, ref, role in members]
        lines += [*_tags(tags), "</relation>"]
    file = folder / name
    file.write_text("\n".join([*lines, "</osm>"]))
    return file


def _tags(tags: Mapping[str, str]) -> list[str]:
    return [f'<tag k="{key}" v="{value}"/>' for key, value in tags.items()]


def geojson_file(
    folder: Path, *features: Mapping[str, object], name: str = "jalan.geojson"
) -> Path:
    """A FeatureCollection."""
    file = folder / name
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return file


def line(coords: Sequence[Sequence[float]], **about: object) -> dict[str, object]:
    """A feature."""
    return {
        "type": "Feature",
        "properties": {"highway": "residential"} | about,
        "geometry": {"type": "LineString", "coordinates": coords},
    }
