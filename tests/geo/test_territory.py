"""A doubtful place shared out among villages, the sea and beyond; with one edition and two."""

import numpy as np
import pytest
import shapely

from geo.locator import Locator
from geo.point import Point
from geo.schema import Edition
from geo.territory import ISLAND, SeaEdge, Territory
from geo.uncertainty.cloud import OUTSIDE, SEA
from geo.uncertainty.drawing import Drawing
from geo.uncertainty.location import (
    InVillages,
    Location,
    Region,
    Stretch,
    at,
    circle,
    only,
    outline,
)
from tests.geo.uncertainty.simulated import BPS, KEMENDAGRI, drawing_of

# Two villages side by side, coast in the north.
WEST, EAST = (110.0, -6.1, 110.1, -6.0), (110.1, -6.1, 110.2, -6.0)
NORTH_COAST = SeaEdge(
    border_ends=(Point(lon=110.0, lat=-6.0), Point(lon=110.2, lat=-6.0)),
    open_water=Point(lon=110.1, lat=-5.5),
)
BORDER = Point(lon=110.1, lat=-6.05)
BEACH = Point(lon=110.05, lat=-6.0)
CORNER = Point(lon=110.0, lat=-6.0)


def drawing(sea=NORTH_COAST, **boxes):
    shapes = [box if not isinstance(box, tuple) else shapely.box(*box) for box in boxes.values()]
    return Drawing.of(list(boxes), shapes, sea)


@pytest.fixture(scope="module")
def pair():
    return Territory(((drawing(a=WEST, b=EAST), 1.0),))


def whole(chances):
    return sum(p for _, p in chances.villages) + chances.sea + chances.outside


def test_on_a_border_both_villages_are_as_likely(pair):
    assert dict(pair.chances(circle(BORDER, 300)).villages) == pytest.approx({"a": 0.5, "b": 0.5})


def test_on_the_beach_half_of_it_is_sea(pair):
    chances = pair.chances(circle(BEACH, 300))
    assert chances.of("a") == pytest.approx(0.5, abs=1e-6)
    assert chances.sea == pytest.approx(0.5, abs=0.01)
    assert chances.outside == 0.0


def test_where_the_border_meets_the_coast_the_rest_is_halved(pair):
    chances = pair.chances(circle(CORNER, 300))
    assert chances.of("a") == pytest.approx(0.25, abs=1e-6)
    assert chances.sea == pytest.approx(0.375, abs=0.01)
    assert chances.outside == pytest.approx(0.375, abs=0.01)


def test_an_island_has_no_neighbour_and_an_inland_regency_no_sea():
    island = Territory(((drawing(ISLAND, a=WEST), 1.0),))
    inland = Territory(((drawing(None, a=WEST), 1.0),))
    assert island.chances(circle(CORNER, 300)).outside == 0.0
    assert inland.chances(circle(CORNER, 300)).sea == 0.0


def test_an_exact_point_is_certain_wherever_it_lies(pair):
    assert pair.chances(at(Point(lon=110.05, lat=-6.05))).villages == (("a", 1.0),)
    assert pair.chances(at(BORDER)).villages == (("a", 1.0),)
    assert pair.chances(at(Point(lon=110.05, lat=-5.9))).sea == 1.0
    assert pair.chances(at(Point(lon=110.05, lat=-6.2))).outside == 1.0
    assert pair.chances(circle(Point(lon=115.0, lat=-8.0), 300)).outside == 1.0


def test_a_far_tail_off_the_villages_goes_beyond_the_nearest_edge(pair):
    near_coast = circle(Point(lon=110.05, lat=-6.0055), 300)  # 3.06 sigma inside
    chances = pair.chances(near_coast)
    assert chances.sea == pytest.approx(0.0011, abs=2e-4)
    assert chances.outside == 0.0


def test_a_gap_between_villages_goes_to_these():
    gap = shapely.box(110.04, -6.06, 110.06, -6.04)
    holed = Territory(((drawing(a=shapely.box(*WEST) - gap, b=EAST), 1.0),))
    for place in (at(Point(lon=110.05, lat=-6.05)), circle(Point(lon=110.04, lat=-6.05), 200)):
        assert holed.chances(place).villages == (("a", 1.0),)
    cloud = holed.cloud(at(Point(lon=110.05, lat=-6.05)), 100)
    assert cloud.weight.tolist() == [1.0]


def test_named_villages_are_certain_whatever_the_border(pair):
    place = only(InVillages(codes=("b", "new")))
    assert dict(pair.chances(place).villages) == {"b": 0.5, "new": 0.5}


def test_a_mixture_is_the_mean_of_its_parts(pair):
    parts = [
        circle(BORDER, 300).parts[0][1],
        circle(CORNER, 500).parts[0][1],
        Region(area=shapely.box(110.05, -6.05, 110.15, -5.95)),
        Stretch(line=shapely.LineString([(110.05, -6.05), (110.25, -6.05)]), beside_m=20.0),
        InVillages(codes=("b",)),
    ]
    weights = [0.1, 0.3, 0.2, 0.15, 0.25]
    mixed = pair.chances(Location(tuple(zip(weights, parts, strict=True))))
    single = [pair.chances(only(part)) for part in parts]
    assert whole(mixed) == pytest.approx(1.0)
    for get in (
        lambda c: c.of("a"), lambda c: c.of("b"), lambda c: c.sea, lambda c: c.outside
    ):  # fmt: skip
        mean = sum(weight * get(each) for weight, each in zip(weights, single, strict=True))
        assert get(mixed) == pytest.approx(mean, abs=1e-3)


def test_under_two_editions_each_is_believed_as_far_as_its_weight():
    first = drawing(a=WEST, b=EAST)
    moved = drawing(b=(110.05, -6.1, 110.2, -6.0), a=(110.0, -6.1, 110.05, -6.0))
    both = Territory.of_two(first, moved, 0.25)
    disputed = both.chances(at(Point(lon=110.07, lat=-6.05)))
    assert disputed.villages == (("a", 0.75), ("b", 0.25))
    agreed = both.chances(at(Point(lon=110.02, lat=-6.05)))
    assert agreed.villages == (("a", 1.0),)


def test_a_cloud_weighs_what_the_chances_say(territory_of_jepara):
    for place in (
        circle(Point(lon=110.645, lat=-6.645), 300),
        circle(Point(lon=110.73, lat=-6.62), 3000),
        only(Stretch(line=shapely.LineString([(110.66, -6.6), (110.7, -6.62)]), beside_m=30.0)),
    ):
        cloud = territory_of_jepara.cloud(place, 1000)
        chances = territory_of_jepara.chances(place)
        held = np.bincount(cloud.place, cloud.weight, len(cloud.places))
        assert dict(zip(cloud.places, held, strict=True)) == pytest.approx(
            dict(chances.villages) | {SEA: chances.sea, OUTSIDE: chances.outside}
        )
        for which, code in enumerate(cloud.places[:-2]):
            spots = cloud.spots[(cloud.place == which) & ~np.isnan(cloud.spots[:, 0])]
            areas = [one.area_of(code) for one, _ in territory_of_jepara.drawings]
            assert all(any(area.covers(shapely.Point(*spot)) for area in areas) for spot in spots)


@pytest.fixture(scope="module")
def territory_of_jepara():
    return Territory.of_two(drawing_of(KEMENDAGRI), drawing_of(BPS), 0.5)


def test_named_villages_are_drawn_as_their_areas(pair):
    place = only(InVillages(codes=("a", "b")))
    assert pair.outline(place).equals(shapely.box(110.0, -6.1, 110.2, -6.0))
    assert pair.middle(place).lon == pytest.approx(110.1)
    assert 5_000 < pair.radius_68_m(place) < 10_000
    assert outline(place) is None
    assert pair.outline(only(InVillages(codes=("new",)))) is None
    assert pair.outline(circle(BORDER, 100)).equals(outline(circle(BORDER, 100)))


def test_the_sea_is_known_all_round_jepara(territory_of_jepara):
    beach = territory_of_jepara.chances(circle(Point(lon=110.6440, lat=-6.6450), 300))
    inland = territory_of_jepara.chances(circle(Point(lon=110.9087, lat=-6.5500), 300))
    assert beach.sea > 0.1
    assert beach.outside == inland.sea == 0.0
    assert inland.outside > 0.1


def test_it_is_read_with_the_edition_that_has_a_second_weight(session, squares):
    squares(a=WEST, b=EAST)
    locator = Locator.read(session)
    alone = Territory.read(session, locator, NORTH_COAST)
    other = squares(
        key="other", in_force=False, a=(110.0, -6.1, 110.05, -6.0), b=(110.05, -6.1, 110.2, -6.0)
    )
    squares(key="ignored", in_force=False, c=(110.0, -6.1, 110.2, -6.0))
    session.get_one(Edition, other).second_weight = 0.25
    both = Territory.read(session, locator, NORTH_COAST)
    disputed = at(Point(lon=110.07, lat=-6.05))
    assert alone.chances(disputed).villages == (("a", 1.0),)
    assert both.chances(disputed).villages == (("a", 0.75), ("b", 0.25))


def test_two_locators_make_a_territory_of_two(session, squares):
    squares(a=WEST, b=EAST)
    locator = Locator.read(session)
    assert len(Territory.of(locator).drawings) == 1
    both = Territory.of(locator, NORTH_COAST, (locator, 0.3))
    assert [weight for _, weight in both.drawings] == [0.7, 0.3]
    assert both.chances(circle(BEACH, 300)).sea == pytest.approx(0.5, abs=0.01)
