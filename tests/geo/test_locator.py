import math
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import bulk
from geo.errors import BadPoint, NoEdition
from geo.locator import Grid, Locator
from geo.placement import VillageRef
from geo.point import Point
from geo.shapes import Shapes
from geo.villages import find_village, placement_at

WEST, EAST = (110.0, -6.01, 110.01, -6.0), (110.01, -6.01, 110.02, -6.0)


@pytest.fixture
def locator(session, jepara) -> Locator:
    return Locator.read(session)


def code_at(locator: Locator, lon: float, lat: float) -> str | None:
    found = locator.village_at(lon, lat)
    return None if found is None else found.code


def points_of_all_sorts(jepara, count: int) -> list[tuple[float, float]]:
    """Everywhere in and round the regency, and close to borders."""
    chance = np.random.default_rng(7)
    west, south, east, north = shapely.total_bounds(jepara.shapes)
    anywhere = chance.uniform((west - 0.3, south - 0.3), (east + 0.3, north + 0.3), (count, 2))
    corners = shapely.get_coordinates(jepara.shapes)
    corners = corners[chance.integers(0, len(corners), count)]
    near = corners + chance.normal(0, 3e-4, (count, 2))
    return np.vstack([anywhere, corners, near]).tolist()


def test_without_an_edition_in_force_there_is_no_locator(session):
    with pytest.raises(NoEdition):
        Locator.read(session)


def test_it_gives_the_village_that_shapely_gives(jepara, locator):
    for lon, lat in points_of_all_sorts(jepara, 3000):
        assert code_at(locator, lon, lat) == next(iter(jepara.codes_at(lon, lat)), None)


def test_on_a_shared_border_it_gives_the_lowest_code(jepara, locator):
    for lon, lat in jepara.shared_border_points(1000):
        assert code_at(locator, lon, lat) == jepara.codes_at(lon, lat)[0]


def test_it_places_points_as_the_database_does(session, jepara, locator):
    for lon, lat in points_of_all_sorts(jepara, 70) + jepara.shared_border_points(50):
        point = Point(lon=lon, lat=lat)
        here, there = locator.placement_at(point), placement_at(session, point)
        assert here.village == there.village
        assert here.neighbour == there.neighbour
        assert here.land_mass_id == there.land_mass_id
        assert (here.edition_id, here.edition) == (there.edition_id, there.edition)
        assert (here.border_m is None) == (there.border_m is None)
        if here.border_m is not None:
            assert here.border_m == pytest.approx(there.border_m, rel=0.01, abs=1)
        assert (here.nearest is None) == (there.nearest is None)
        if here.nearest and there.nearest:
            assert here.nearest.village == there.nearest.village
            assert here.nearest.distance_m == pytest.approx(there.nearest.distance_m, rel=0.01)


def test_a_village_inside_another_is_found_in_its_hole(session, squares):
    hole = shapely.box(110.004, -6.006, 110.006, -6.004)
    squares(a=shapely.box(*WEST).difference(hole), b=hole)
    locator = Locator.read(session)
    assert code_at(locator, 110.005, -6.005) == "b"
    assert code_at(locator, 110.003, -6.005) == "a"
    assert code_at(locator, 110.004, -6.005) == "a"  # on the border of both


def test_where_villages_overlap_the_lowest_code_has_the_whole_of_it(session, squares):
    squares(b=(110.0, -6.01, 110.012, -6.0), a=EAST, c=(110.005, -6.008, 110.015, -6.002))
    locator = Locator.read(session)
    for lon in np.linspace(109.999, 110.021, 400).tolist():
        found = find_village(session, Point(lon=lon, lat=-6.005))
        assert code_at(locator, lon, -6.005) == (found and found.code)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_none_is_refused(session, squares, bad):
    squares(a=WEST)
    locator = Locator.read(session)
    with pytest.raises(BadPoint):
        locator.village_at(bad, -6.0)
    with pytest.raises(BadPoint):
        locator.village_at(110.0, bad)


@pytest.fixture(scope="module")
def one_square() -> Grid:
    ref = VillageRef(1, "a", "A", "desa", "33.20.01", "Kotak")
    return Grid.over(Shapes.of([shapely.box(*WEST)]), [ref])


@given(lon=st.floats(-1e12, 1e12), lat=st.floats(-1e12, 1e12))
def test_far_away_there_is_no_village(one_square, lon, lat):
    inside = 110.0 <= lon <= 110.01 and -6.01 <= lat <= -6.0
    assert (one_square.village_at(lon, lat) is not None) == inside


@given(lon=st.floats(109.999, 110.011), lat=st.floats(-6.011, -5.999))
def test_at_the_edge_of_the_grid_it_is_exact(one_square, lon, lat):
    inside = 110.0 <= lon <= 110.01 and -6.01 <= lat <= -6.0
    assert (one_square.village_at(lon, lat) is not None) == inside


def test_land_is_below_or_within_1_km(session, squares):
    squares(a=WEST, b=(110.02, -6.01, 110.03, -6.0))
    locator = Locator.read(session)
    west, east = locator.land_mass_at(110.005, -6.005), locator.land_mass_at(110.025, -6.005)
    assert west is not None
    assert east is not None
    assert west != east
    assert locator.land_mass_at(110.012, -6.005) == west
    assert locator.land_mass_at(110.05, -6.005) is None


def numbers_one_by_one(locator: Locator, points: list[tuple[float, float]]) -> list[int]:
    number_of = {ref.code: number for number, ref in enumerate(locator.villages)}
    found = (locator.village_at(lon, lat) for lon, lat in points)
    return [-1 if ref is None else number_of[ref.code] for ref in found]


def numbers_at_once(locator: Locator, points: list[tuple[float, float]]) -> list[int]:
    lons, lats = np.array(points).T
    return locator.villages_at(lons, lats).tolist()


def test_very_many_points_have_the_answers_of_each_alone(jepara, locator):
    points = points_of_all_sorts(jepara, 3000) + jepara.shared_border_points(1000)
    numbers = numbers_at_once(locator, points)
    assert numbers == numbers_one_by_one(locator, points)
    assert {-1, 0, 194} <= set(numbers)


def test_chunks_do_not_show(jepara, locator, monkeypatch):
    points = points_of_all_sorts(jepara, 500)
    whole = numbers_at_once(locator, points)
    for size in (1, 7, 1500, 1499):
        monkeypatch.setattr(bulk, "CHUNK", size)
        assert numbers_at_once(locator, points) == whole


@st.composite
def tilings(draw):
    """A few rectangles of whole hundredths: they touch, overlap, share corners, leave gaps."""
    corners = st.tuples(st.integers(0, 8), st.integers(0, 8))
    sizes = st.tuples(st.integers(1, 5), st.integers(1, 5))
    made = draw(st.lists(st.tuples(corners, sizes), min_size=1, max_size=6))
    return [
        shapely.box(110 + x / 100, -6 + y / 100, 110 + (x + w) / 100, -6 + (y + h) / 100)
        for (x, y), (w, h) in made
    ]


@settings(max_examples=25, deadline=None)
@given(areas=tilings())
def test_on_any_borders_and_corners_many_at_once_are_right(areas):
    refs = [VillageRef(n, str(n), "", "desa", "", "") for n in range(len(areas))]
    grid = Grid.over(Shapes.of(areas), refs)
    chance = np.random.default_rng(5)
    corners = shapely.get_coordinates(np.array(areas))
    mixed = np.column_stack([chance.choice(corners[:, 0], 300), chance.choice(corners[:, 1], 300)])
    aside = chance.choice([0, 1e-12, -1e-12, 1e-9, -1e-9, 1e-5], mixed.shape)
    anywhere = chance.uniform((109.99, -6.01), (110.14, -5.86), (300, 2))
    lons, lats = np.vstack([mixed, mixed + aside, anywhere]).T
    covered = [
        np.flatnonzero(shapely.intersects_xy(areas, *spot)) for spot in zip(lons, lats, strict=True)
    ]
    truth = [-1 if not len(which) else int(which[0]) for which in covered]
    assert grid.table.villages_at(lons, lats).tolist() == truth


def test_numbers_that_are_none_lie_in_no_village(one_square):
    lons = [math.nan, 110.005, math.inf, -math.inf, 1e308, -1e308, 110.005, 110.005]
    lats = [-6.005, math.nan, -6.005, -6.005, -6.005, 1e308, -math.inf, -6.005]
    assert one_square.table.villages_at(lons, lats).tolist() == [-1] * 7 + [0]
    masked = np.ma.array([110.005, 110.005], mask=[True, False])
    assert one_square.table.villages_at(masked, [-6.005] * 2).tolist() == [-1, 0]


def test_no_points_have_no_answers(one_square):
    assert one_square.table.villages_at([], []).tolist() == []


def test_lists_of_two_lengths_are_refused(one_square):
    with pytest.raises(ValueError, match="one length"):
        one_square.table.villages_at([110.0], [-6.0, -6.0])


def test_another_edition_is_read_when_asked_for(session, squares):
    old = squares(key="old", in_force=False, a=WEST)
    squares(key="new", b=WEST)
    assert Locator.read(session).edition == "new"
    assert code_at(Locator.read(session, old), 110.005, -6.005) == "a"
    with pytest.raises(NoEdition, match="987654"):
        Locator.read(session, 987654)


def test_a_village_is_found_by_its_code(jepara, locator):
    found = locator.village_of_code("33.20.11.2010")
    assert found is not None
    assert (found.name, found.district) == ("Tegalsambi", "Tahunan")
    assert locator.village_of_code("33.20.99.9999") is None


def test_it_is_read_anew_only_for_another_edition(session, squares):
    squares(a=WEST)
    locator = Locator.read(session)
    assert locator.refreshed(session) is locator
    session.connection().exec_driver_sql("UPDATE edition SET in_force = false")
    squares(key="new", b=WEST)
    session.expire_all()
    fresh = locator.refreshed(session)
    assert fresh.edition == "new"
    assert code_at(fresh, 110.005, -6.005) == "b"
    assert code_at(locator, 110.005, -6.005) == "a"  # the old one still answers who holds it


def test_threads_may_share_it(jepara, locator):
    points = points_of_all_sorts(jepara, 1000)
    alone = [code_at(locator, lon, lat) for lon, lat in points]
    with ThreadPoolExecutor(8) as threads:
        asked = [
            threads.submit(lambda: [code_at(locator, lon, lat) for lon, lat in points])
            for _ in range(8)
        ]
        assert all(answers.result() == alone for answers in asked)


def test_195_villages_are_read_into_less_than_12_mb(session, jepara):
    session.expunge_all()
    locator = Locator.read(session)
    assert locator._grid.cells.nbytes < 9e6
    assert sys.getsizeof(locator._grid.answers) < 1e6
