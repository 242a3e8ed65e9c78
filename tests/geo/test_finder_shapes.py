"""geo.search.candidates: roads with a course, crossings, RT, landmarks with relations."""

from collections.abc import Iterator

import pytest
import shapely
from sqlalchemy.orm import Session

from geo.finding import Candidate
from geo.gazetteer.place import NewPlace
from geo.gazetteer.store import replace_places
from geo.geocoder import Finder
from geo.point import Point
from tests.world import World

# Two invented roads and things beside them in desa Tegalsambi (33.20.11.2010).
CENTRE = Point(lon=110.6539, lat=-6.6181)
VILLAGE = "33.20.11.2010"


def line(*ends: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString([(CENTRE.lon + east, CENTRE.lat + north) for east, north in ends])


PLACES = [
    NewPlace(
        name="Jl. Ujicoba Melintang", kind="jalan", point=None, spread_m=0,
        shape=line((-0.004, 0), (0.004, 0)),
    ),
    NewPlace(
        name="Jl. Ujicoba Membujur", kind="jalan", point=None, spread_m=0,
        shape=line((0.001, -0.004), (0.001, 0.004)),
    ),
    NewPlace(name="Tugu Ujicoba", kind="tempat", point=CENTRE, spread_m=20),
    NewPlace(
        name="RT 003 RW 001 Ujicoba", kind="rt", point=CENTRE, spread_m=60, villages=(VILLAGE,)
    ),
]  # fmt: skip


@pytest.fixture(scope="module")
def finder(shared_world: World) -> Iterator[Finder]:
    with shared_world.as_owner() as session:
        replace_places(session, PLACES, "file:uji")
        yield Finder.read(session)
        Session.rollback(session)


def first(finder: Finder, text: str) -> Candidate:
    return finder.locate(text).candidates[0]


def test_a_road_with_a_course_is_a_stretch_in_its_village(finder: Finder) -> None:
    found = first(finder, "jl ujicoba melintang")
    assert found.label == "Jl. Ujicoba Melintang"
    assert found.villages[0].code == VILLAGE
    assert finder.territory.outline(found.location).area > 0


def test_the_crossing_of_two_roads_is_where_they_meet(finder: Finder) -> None:
    found = first(finder, "perempatan jl ujicoba melintang jl ujicoba membujur")
    assert found.kind == "persimpangan"
    assert found.point.distance_m(Point(lon=CENTRE.lon + 0.001, lat=CENTRE.lat)) < 5
    assert found.radius_m < 60


def test_a_direction_with_a_distance_moves_the_place(finder: Finder) -> None:
    tower = first(finder, "tugu ujicoba")
    moved = first(finder, "200 m timur tugu ujicoba")
    assert tower.point.distance_m(CENTRE) < 1
    assert moved.point.distance_m(CENTRE) == pytest.approx(200, rel=0.02)
    assert moved.point.lon > CENTRE.lon
    assert moved.radius_m > tower.radius_m


def test_javanese_words_for_the_sides_are_sides(finder: Finder) -> None:
    north = first(finder, "lor tugu ujicoba")
    assert north.point.lat > CENTRE.lat
    assert first(finder, "kidul tugu ujicoba").point.lat < CENTRE.lat


def test_in_front_of_is_nearer_than_near(finder: Finder) -> None:
    front, near = first(finder, "depan tugu ujicoba"), first(finder, "dekat tugu ujicoba")
    assert front.radius_m < near.radius_m


def test_an_rt_of_a_village_is_its_own_place(finder: Finder) -> None:
    found = first(finder, "desa tegalsambi rt 3 rw 1")
    assert found.kind == "rt"
    assert found.point.distance_m(CENTRE) < 1


def test_an_rt_that_the_list_does_not_know_is_the_village(finder: Finder) -> None:
    found = first(finder, "desa tegalsambi rt 77")
    assert found.villages[0].code == VILLAGE
    assert "RT 77" in found.label
