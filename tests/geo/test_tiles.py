import gzip
import math
from pathlib import Path

import numpy as np
import pytest
import shapely
from pyogrio import list_layers
from pyogrio.raw import read as read_layer

from geo.tiles import BadTile, village_tile


def tile_of(lon: float, lat: float, z: int) -> tuple[int, int, int]:
    x = (lon + 180) / 360 * 2**z
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**z
    return z, int(x), int(y)


def opened(tile: bytes, folder: Path, layer: str) -> tuple[list[str], dict[str, list], np.ndarray]:
    """Field names, columns and shapes of one layer, as GDAL reads it."""
    file = folder / "tile.mvt"
    file.write_bytes(tile)
    meta, _, shapes, columns = read_layer(file, layer=layer)
    names = list(meta["fields"])
    return names, dict(zip(names, columns, strict=True)), shapely.from_wkb(shapes)


@pytest.mark.parametrize(
    ("z", "x", "y"), [(-1, 0, 0), (19, 0, 0), (3, 8, 0), (3, 0, 8), (3, -1, 0), (0, 0, 1)]
)
def test_a_tile_that_there_is_not_is_refused(session, z, x, y):
    with pytest.raises(BadTile, match="z from 0 to 18"):
        village_tile(session, 1, z, x, y)


def test_where_no_village_lies_the_tile_is_empty(session, jepara):
    assert village_tile(session, jepara.edition_id, *tile_of(112.0, -6.6, 12)) == b""
    assert village_tile(session, jepara.edition_id + 1, *tile_of(110.65, -6.63, 12)) == b""


def test_a_tile_carries_villages_borders_and_labels(session, jepara, tmp_path):
    tile = village_tile(session, jepara.edition_id, *tile_of(110.65, -6.61, 12))
    (tmp_path / "tile.mvt").write_bytes(tile)
    layers = {name for name, _ in list_layers(tmp_path / "tile.mvt")}
    assert layers == {"villages", "borders", "labels"}
    _, villages, _ = opened(tile, tmp_path, "villages")
    assert {"code", "name", "kind", "district"} <= set(villages)
    assert "Tegalsambi" in set(villages["name"])
    _, borders, _ = opened(tile, tmp_path, "borders")
    assert sorted(borders["between"]) == ["district", "village"]
    _, labels, shapes = opened(tile, tmp_path, "labels")
    assert {"Bulu", "Demangan"} <= set(labels["name"]) < set(villages["name"])
    assert set(shapely.get_type_id(shapes)) == {shapely.GeometryType.POINT}


@pytest.mark.parametrize("z", [8, 10, 12])
def test_neighbours_keep_their_shared_border(session, jepara, tmp_path, z):
    tile = village_tile(session, jepara.edition_id, *tile_of(110.75, -6.65, z))
    _, _, shapes = opened(tile, tmp_path, "villages")
    overlap = shapely.area(shapes).sum() - shapely.union_all(shapes).area
    assert overlap < 0.002 * shapely.area(shapes).sum()


@pytest.mark.parametrize("z", [8, 10, 12])
def test_each_border_is_drawn_once_and_none_is_missing(session, jepara, tmp_path, z):
    tile = village_tile(session, jepara.edition_id, *tile_of(110.75, -6.65, z))
    _, _, villages = opened(tile, tmp_path, "villages")
    _, facts, lines = opened(tile, tmp_path, "borders")
    between = dict(zip(facts["between"], lines, strict=True))
    extent = 1024 if z < 12 else 4096
    inside = shapely.box(2, 2, extent - 2, extent - 2)  # GDAL ends areas at the tile's own edge
    outlines = shapely.intersection(shapely.unary_union(shapely.boundary(villages)), inside)
    drawn = shapely.unary_union(list(lines))
    # Of a thousand units of length less than five are elsewhere: a corner is rounded by itself.
    assert shapely.length(shapely.difference(outlines, shapely.buffer(drawn, 1))) < (
        0.005 * shapely.length(outlines)
    )
    assert shapely.length(shapely.intersection(*between.values())) < 0.005 * shapely.length(drawn)
    assert sum(shapely.length(line) for line in lines) < 1.01 * shapely.length(drawn)


@pytest.mark.parametrize(("z", "most_kb"), [(8, 25), (10, 18), (12, 12), (14, 5)])
def test_tiles_stay_small(session, jepara, z, most_kb):
    for lon, lat in [(110.75, -6.65), (110.67, -6.59), (110.75, -6.72), (110.45, -5.85)]:
        tile = village_tile(session, jepara.edition_id, *tile_of(lon, lat, z))
        assert len(gzip.compress(tile, 6)) < most_kb * 1000
