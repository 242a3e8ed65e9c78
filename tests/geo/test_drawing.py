"""Outlines for maps: simpler, and still neighbours."""

import numpy as np
import pytest
import shapely
from sqlalchemy import func, select

from geo import drawing
from geo.drawing import TOLERANCES_M, draw, draw_edition, draw_missing
from geo.tiles import village_tile
from geo.village_schema import VillageDrawing
from tests.geo.test_tiles import opened, tile_of

DEGREE_M = 110_574.0


@pytest.fixture(scope="module")
def drawn(jepara_rows):
    return draw([row["area"] for row in jepara_rows])


def test_every_scale_is_a_coverage_without_overlap_or_gap(jepara_rows, drawn):
    before = np.array([row["area"] for row in jepara_rows])
    holes = shapely.get_num_interior_rings(shapely.get_parts(shapely.union_all(before))).sum()
    assert [one.tolerance_m for one in drawn] == list(TOLERANCES_M)
    for one in drawn:
        whole = shapely.union_all(one.shapes)
        assert shapely.is_valid(one.shapes).all()
        assert shapely.coverage_is_valid(one.shapes)
        assert abs(shapely.area(one.shapes).sum() / whole.area - 1) < 1e-9
        assert shapely.get_num_interior_rings(shapely.get_parts(whole)).sum() <= holes


def test_nothing_disappears_and_nothing_moves_far(jepara_rows, drawn):
    before = np.array([row["area"] for row in jepara_rows])
    for one in drawn:
        assert len(one.shapes) == len(before)
        assert (shapely.area(one.shapes) > 0).all()
        assert one.corners < shapely.get_num_coordinates(before).sum()
        off = shapely.hausdorff_distance(before, one.shapes).max() * DEGREE_M
        # A corner goes by the area of its triangle: a long thin one may reach further.
        assert off < 3 * one.tolerance_m
        seats = np.array([shapely.Point(row["seat"].lon, row["seat"].lat) for row in jepara_rows])
        assert shapely.covers(one.shapes, seats).all()


def test_borders_that_were_shared_still_are(jepara_rows, drawn):
    before = np.array([row["area"] for row in jepara_rows])
    pairs = shapely.STRtree(before).query(before, predicate="touches").T
    pairs = [(a, b) for a, b in pairs if a < b and _shared_m(before, a, b) > 500]
    assert len(pairs) > 400
    for one in drawn:
        assert all(_shared_m(one.shapes, a, b) > 100 for a, b in pairs)


def _shared_m(shapes, a: int, b: int) -> float:
    return shapely.length(shapely.intersection(shapes[a], shapes[b])) * DEGREE_M


def test_a_village_too_small_to_be_simplified_stays(session, squares):
    edition = squares(a=(110.0, -6.0, 110.1, -5.9), dot=(110.1, -6.0, 110.1001, -5.9999))
    draw_edition(session, edition)
    areas = session.scalars(
        select(VillageDrawing.area).where(VillageDrawing.edition_id == edition)
    ).all()
    assert len(areas) == 2 * len(TOLERANCES_M)
    assert all(area.area > 0 for area in areas)


def test_an_edition_is_drawn_once_and_its_mark_tells_how(session, squares):
    edition = squares(a=(110.0, -6.0, 110.1, -5.9), b=(110.1, -6.0, 110.2, -5.9))
    other = squares(key="other", in_force=False, a=(110.0, -6.0, 110.1, -5.9))
    assert drawing.mark(session, edition) == "0"
    assert set(draw_missing(session)) >= {"squares", "other"}
    assert draw_missing(session) == []
    mark = drawing.mark(session, edition)
    assert mark != drawing.mark(session, other)
    draw_edition(session, edition)
    assert drawing.mark(session, edition) == mark
    count = select(func.count()).where(VillageDrawing.edition_id == edition)
    assert session.scalar(count) == 2 * len(TOLERANCES_M)


def test_tiles_take_the_drawing_of_their_zoom_and_the_outline_where_there_is_none(session, jepara):
    places = {z: tile_of(110.75, -6.65, z) for z in (9, 12, 13, 14)}
    plain = {z: village_tile(session, jepara.edition_id, *at) for z, at in places.items()}
    draw_edition(session, jepara.edition_id)
    drawn = {z: village_tile(session, jepara.edition_id, *at) for z, at in places.items()}
    assert all(0 < len(drawn[z]) < len(plain[z]) for z in (9, 12, 13))
    assert drawn[14] == plain[14]


@pytest.mark.parametrize("z", [10, 11, 12, 13])
def test_neighbouring_tiles_and_villages_meet_at_the_seam(session, jepara, tmp_path, z):
    draw_edition(session, jepara.edition_id)
    _, x, y = tile_of(110.70, -6.65, z)  # its eastern edge is the same at all these zooms
    units = 4096 if z >= 12 else 1024
    here, there = (_cut(session, jepara, tmp_path, (z, x + n, y), units * (1 - n)) for n in (0, 1))
    assert here
    assert here.keys() == there.keys()
    for code, line in here.items():
        # Rounded to whole units on both sides; a border that runs along the seam may graze it.
        assert shapely.symmetric_difference(line, there[code]).length <= 6, code
    along = [shapely.union_all(list(lines.values())) for lines in (here, there)]
    assert shapely.symmetric_difference(*along).length < 0.002 * along[0].length
    _, _, shapes = opened(village_tile(session, jepara.edition_id, z, x, y), tmp_path, "villages")
    overlap = shapely.area(shapes).sum() - shapely.union_all(shapes).area
    assert overlap < 0.002 * shapely.area(shapes).sum()


def _cut(session, jepara, folder, tile, at: int):
    """What of each village lies along the edge of a tile, by code."""
    body = village_tile(session, jepara.edition_id, *tile)
    _, columns, shapes = opened(body, folder, "villages")
    seam = shapely.LineString([(at, -(10**5)), (at, 10**5)])
    lines = shapely.intersection(shapely.make_valid(shapes), seam)
    lines = shapely.transform(lines, lambda corners: corners - [at, 0])
    return {
        code: line for code, line in zip(columns["code"], lines, strict=True) if line.length > 4
    }
