import math
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

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
