"""Where the land ends: coast, border on land, gaps between villages."""

import numpy as np
import pytest
import shapely

from geo.point import Point
from geo.uncertainty.location import BadLocation
from geo.uncertainty.shore import ISLAND, Beyond, SeaEdge, Shore

# Two villages side by side, coast in the north, an island off it.
WEST, EAST = shapely.box(110.0, -6.1, 110.1, -6.0), shapely.box(110.1, -6.1, 110.2, -6.0)
ISLE = shapely.box(110.1, -5.9, 110.12, -5.88)
NORTH_COAST = SeaEdge(
    border_ends=(Point(lon=110.0, lat=-6.0), Point(lon=110.2, lat=-6.0)),
    open_water=Point(lon=110.1, lat=-5.5),
)


def beyond(shore, *spots):
    off, lies_in = shore.beyond(np.array(spots))
    return [Beyond(lies_in[off.tolist().index(n)]) if n in off else None for n in range(len(spots))]


def test_off_the_villages_lies_the_sea_or_another_regency_whichever_edge_is_nearer():
    shore = Shore.of([WEST, EAST, ISLE], NORTH_COAST)
    asked = beyond(
        shore, (110.1, -5.99), (110.05, -6.11), (110.21, -6.05), (109.99, -6.05), (110.05, -6.05)
    )
    assert asked == [Beyond.SEA, Beyond.OUTSIDE, Beyond.OUTSIDE, Beyond.OUTSIDE, None]


def test_off_the_corner_where_they_meet_coast_and_border_share_the_rest():
    shore = Shore.of([WEST, EAST, ISLE], NORTH_COAST)
    asked = beyond(shore, (109.99, -5.999), (109.999, -5.99), (110.201, -5.99), (110.21, -5.999))
    assert asked == [Beyond.OUTSIDE, Beyond.SEA, Beyond.SEA, Beyond.OUTSIDE]


def test_all_round_an_island_lies_the_sea():
    shore = Shore.of([WEST, EAST, ISLE], NORTH_COAST)
    assert beyond(shore, (110.13, -5.89), (110.11, -5.91)) == [Beyond.SEA, Beyond.SEA]


def test_the_ends_may_be_told_in_either_order_and_beside_the_edge():
    one, other = NORTH_COAST.border_ends
    turned = SeaEdge(
        border_ends=(other, Point(lon=109.999, lat=-5.999)), open_water=NORTH_COAST.open_water
    )
    for sea in (turned, SeaEdge(border_ends=(other, one), open_water=NORTH_COAST.open_water)):
        shore = Shore.of([WEST, EAST, ISLE], sea)
        assert beyond(shore, (110.1, -5.99), (110.05, -6.11)) == [Beyond.SEA, Beyond.OUTSIDE]


def test_an_island_regency_has_no_neighbour_and_an_inland_one_no_sea():
    around = (110.1, -5.99), (110.05, -6.11)
    assert beyond(Shore.of([WEST, EAST], ISLAND), *around) == [Beyond.SEA, Beyond.SEA]
    assert beyond(Shore.of([WEST, EAST], None), *around) == [Beyond.OUTSIDE, Beyond.OUTSIDE]


def test_a_gap_between_villages_is_neither():
    holed = WEST - shapely.box(110.04, -6.06, 110.06, -6.04)
    shore = Shore.of([holed, EAST], NORTH_COAST)
    assert beyond(shore, (110.05, -6.05)) == [Beyond.GAP]


def test_half_a_sea_edge_is_refused():
    with pytest.raises(BadLocation, match="open_water"):
        SeaEdge(border_ends=NORTH_COAST.border_ends)
    same = Point(lon=110.0, lat=-6.0)
    with pytest.raises(BadLocation, match="border_ends"):
        Shore.of([WEST], SeaEdge(border_ends=(same, same), open_water=NORTH_COAST.open_water))


def test_jepara_has_the_java_sea_in_the_north_and_west_and_neighbours_beyond(kemendagri, bps):
    places = {
        (110.60, -6.60): Beyond.SEA,  # off the town of Jepara
        (110.80, -6.35): Beyond.SEA,  # off Keling
        (110.50, -5.80): Beyond.SEA,  # among the Karimunjawa islands
        (110.87, -6.72): Beyond.OUTSIDE,  # Kudus
        (111.03, -6.50): Beyond.OUTSIDE,  # Pati
        (110.66, -6.80): Beyond.OUTSIDE,  # Demak
    }
    for drawing in (kemendagri, bps):
        assert beyond(drawing.shore, *places) == list(places.values())
