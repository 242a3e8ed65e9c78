import csv

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod
from sqlalchemy import text

from geo.errors import NoEdition, OutsideCoverage
from geo.point import Point
from geo.schema import Village
from geo.shapes import LocalScale
from geo.villages import edition_in_force, find_village, placement_at, village_at, villages_of
from tests.shared import shared

ELLIPSOID = Geod(ellps="WGS84")
CODES = text("""
    SELECT (SELECT code FROM village
             WHERE edition_id = :edition_id
               AND ST_Covers(area, ST_SetSRID(ST_MakePoint(x, y), 4326))
             ORDER BY code LIMIT 1)
      FROM unnest(CAST(:x AS float8[]), CAST(:y AS float8[])) WITH ORDINALITY AS p (x, y, n)
     ORDER BY n
""")


def codes_at(session, jepara, points) -> list[str | None]:
    lon, lat = np.array(points).T.tolist()
    asked = {"edition_id": jepara.edition_id, "x": lon, "y": lat}
    return list(session.scalars(CODES, asked))


def register_points() -> list[tuple[str, float, float]]:
    with shared("data/register/villages_jepara.csv").open() as file:
        rows = csv.DictReader(file)
        return [(r["code"], float(r["point_lon"]), float(r["point_lat"])) for r in rows]


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    return ELLIPSOID.inv(*a, *b)[2]


# Two squares of about 1.1 km that share the border at 110.01.
WEST, EAST = (110.0, -6.01, 110.01, -6.0), (110.01, -6.01, 110.02, -6.0)


def test_a_point_is_in_the_village_that_covers_it(session, squares):
    squares(a=WEST, b=EAST)
    assert village_at(session, Point(lon=110.015, lat=-6.005)).code == "b"


def test_a_point_on_a_shared_border_is_in_the_village_with_the_lowest_code(session, squares):
    squares(b=WEST, a=EAST)
    assert village_at(session, Point(lon=110.01, lat=-6.005)).code == "a"


def test_off_every_village_there_is_none(session, squares):
    squares(a=WEST)
    at_sea = Point(lon=111.0, lat=-6.0)
    assert find_village(session, at_sea) is None
    with pytest.raises(OutsideCoverage, match="luar wilayah"):
        village_at(session, at_sea)


def test_only_the_edition_in_force_counts_unless_another_is_asked(session, squares):
    old = squares(key="old", in_force=False, old=WEST)
    new = squares(key="new", new=EAST)
    point = Point(lon=110.005, lat=-6.005)
    assert edition_in_force(session).id == new
    assert find_village(session, point) is None
    assert placement_at(session, point, old).village.code == "old"
    assert [v.code for v in villages_of(session, old)] == ["old"]


def test_without_an_edition_in_force_it_is_said_what_to_do(session):
    for ask in (edition_in_force, lambda s: placement_at(s, Point(lon=110, lat=-6))):
        with pytest.raises(NoEdition, match="tanggap up"):
            ask(session)


def test_the_border_is_as_near_as_it_is_along_the_ellipsoid(session, squares):
    squares(a=WEST, b=EAST)
    placed = placement_at(session, Point(lon=110.009, lat=-6.005))
    assert placed.border_m == pytest.approx(metres((110.009, -6.005), (110.01, -6.005)), abs=0.01)
    assert (placed.village.code, placed.neighbour.code) == ("a", "b")
    assert (placed.edition, placed.status, placed.nearest) == ("squares", "terbitan", None)


def test_beyond_the_coast_there_is_no_neighbour(session, squares):
    squares(a=WEST, b=EAST)
    placed = placement_at(session, Point(lon=110.001, lat=-6.005))
    assert placed.village.code == "a"
    assert placed.neighbour is None


@pytest.mark.parametrize(("gap_m", "expected"), [(20, "b"), (40, None)])
def test_a_gap_of_up_to_30_m_still_makes_neighbours(session, squares, gap_m, expected):
    gap = gap_m / LocalScale.at(-6.0).lon_m
    squares(a=WEST, b=(110.01 + gap, -6.01, 110.02, -6.0))
    neighbour = placement_at(session, Point(lon=110.009, lat=-6.005)).neighbour
    assert (neighbour and neighbour.code) == expected


def test_the_border_of_a_hole_is_a_border(session, squares):
    hole = shapely.box(110.004, -6.006, 110.006, -6.004)
    squares(a=shapely.box(*WEST).difference(hole), b=hole)
    placed = placement_at(session, Point(lon=110.0035, lat=-6.005))
    assert (placed.village.code, placed.neighbour.code) == ("a", "b")
    assert placed.border_m == pytest.approx(55.3, abs=0.5)


def test_off_the_shore_the_nearest_village_is_told_with_its_distance(session, squares):
    squares(a=WEST, b=EAST)
    placed = placement_at(session, Point(lon=110.03, lat=-6.005))
    assert (placed.village, placed.border_m, placed.neighbour) == (None, None, None)
    assert placed.nearest.village.code == "b"
    away = metres((110.03, -6.005), (110.02, -6.005))
    assert placed.nearest.distance_m == pytest.approx(away, abs=0.01)


def test_two_villages_as_near_give_the_lowest_code(session, squares):
    squares(b=WEST, a=EAST)
    assert placement_at(session, Point(lon=110.01, lat=-5.99)).nearest.village.code == "a"


def test_beyond_50_km_nothing_is_near(session, squares):
    squares(a=WEST)
    assert placement_at(session, Point(lon=110.005, lat=-5.5)).nearest is None
    assert placement_at(session, Point(lon=110.005, lat=-5.6)).nearest is not None


def test_the_land_mass_is_the_one_below_or_within_1_km(session, squares):
    squares(a=WEST, b=(110.02, -6.01, 110.03, -6.0))
    land = {lon: placement_at(session, Point(lon=lon, lat=-6.005)) for lon in (110.005, 110.025)}
    assert land[110.005].land_mass_id != land[110.025].land_mass_id
    near = placement_at(session, Point(lon=110.012, lat=-6.005))
    assert near.land_mass_id == land[110.005].land_mass_id
    assert placement_at(session, Point(lon=110.05, lat=-6.005)).land_mass_id is None


def test_every_register_point_lies_in_its_village(session, jepara):
    points = register_points()
    assert len(points) == 195
    codes = codes_at(session, jepara, [(lon, lat) for _, lon, lat in points])
    assert codes == [code for code, _, _ in points]
    for code, lon, lat in points[::20]:
        assert village_at(session, Point(lon=lon, lat=lat)).code == code


def test_2000_random_points_get_the_village_that_shapely_gives(session, jepara):
    chance = np.random.default_rng(112)
    west, south, east, north = shapely.total_bounds(jepara.shapes)
    points = chance.uniform((west, south), (east, north), (2000, 2))
    answers = codes_at(session, jepara, points)
    assert answers == [next(iter(jepara.codes_at(*point)), None) for point in points]
    assert 100 < sum(answer is not None for answer in answers) < 1900


def test_1000_points_on_shared_borders_get_exactly_one(session, jepara):
    points = jepara.shared_border_points(1000)
    answers = codes_at(session, jepara, points)
    shared_by = [jepara.codes_at(*point) for point in points]
    assert all(len(codes) >= 2 for codes in shared_by)
    assert answers == [codes[0] for codes in shared_by]
    for point, answer in list(zip(points, answers, strict=True))[::50]:
        assert village_at(session, Point(lon=point[0], lat=point[1])).code == answer


@given(lat=st.floats(-12, 7), lon=st.floats(94, 142))
def test_the_local_scale_agrees_with_the_ellipsoid(lat, lon):
    scale, step = LocalScale.at(lat), 1e-4
    assert metres((lon, lat), (lon + step, lat)) == pytest.approx(scale.lon_m * step, rel=1e-5)
    north = metres((lon, lat - step / 2), (lon, lat + step / 2))
    assert north == pytest.approx(scale.lat_m * step, rel=1e-5)


def test_the_look_up_leans_on_the_index(session, jepara):
    session.execute(text("ANALYZE village"))
    plan = session.scalars(
        text(
            "EXPLAIN SELECT code FROM village WHERE edition_id = :edition"
            " AND ST_Covers(area, ST_SetSRID(ST_MakePoint(110.65, -6.63), 4326))"
        ),
        {"edition": jepara.edition_id},
    )
    assert Village.__table__.indexes
    assert "ix_village_area" in "\n".join(plan)
