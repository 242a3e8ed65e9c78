"""Small boundary files: squares of a hundredth of a degree, about 1.1 km a side."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from geo.boundaries.features import Feature, Reading

KEDUNG, PECANGAAN = "33.20.01.2001", "33.20.01.2002"
Write = Callable[..., Path]


def square(west: float = 110.60, south: float = -6.70, side: float = 0.01) -> BaseGeometry:
    return shapely.box(west, south, west + side, south + side)


def feature(shape: BaseGeometry, code: str = KEDUNG, name: str = "A") -> Feature:
    return Feature(code, name, "desa", code[:8], "Kedung", shape, f"feature ({name})")


def reading(*features: Feature) -> Reading:
    return Reading("test", features, (), len(features))


def as_json(shape: BaseGeometry | None, **properties: Any) -> dict[str, Any]:
    """A GeoJSON feature of village A in Kedung, unless the properties say otherwise."""
    base = {"code": KEDUNG, "name": "A", "district": "Kedung"}
    geometry = None if shape is None else json.loads(shapely.to_geojson(shape))
    return {"type": "Feature", "properties": base | properties, "geometry": geometry}


def collection(*features: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)} | members


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Makes a file: of a document or text, with a name; answers its path."""

    def make(content: Any, name: str = "a.geojson") -> Path:
        path = tmp_path / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    return make
