"""geo.boundaries.mend: neighbours meet, nothing real is filled, every move is told."""

import random

import numpy as np
import pytest
import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from geo.boundaries.check import check
from geo.boundaries.faults import Fault, Unusable
from geo.boundaries.features import Feature
from geo.boundaries.ground import Ground, shapes_of
from geo.boundaries.mend import Mended, mend
from geo.boundaries.read import read
from tests.geo.boundaries.conftest import KEDUNG, PECANGAAN, feature, reading, square
from tests.shared import shared

THIRD = "33.20.01.2003"


@pytest.fixture(scope="module")
def raw() -> tuple[Feature, ...]:
    return read(shared("data/village_boundaries/jepara_raw.geojson")).features


@pytest.fixture(scope="module")
def jepara(raw: tuple[Feature, ...]) -> Mended:
    return mend(raw)


def shapes(mended: Mended) -> dict[str, BaseGeometry]:
    return {one.code: one.shape for one in mended.features}


def pair(left: BaseGeometry, right: BaseGeometry) -> Mended:
    return mend([feature(left), feature(right, PECANGAAN, "B")])


def same(one: BaseGeometry, other: BaseGeometry) -> bool:
    """Equal but for the grid of a ten-millionth of a degree."""
    return bool(one.symmetric_difference(other).area < 1e-12)


def test_jepara_comes_out_without_overlap_and_without_gap(jepara: Mended) -> None:
    report = check(reading(*jepara.features))
    assert (report.count("overlap"), report.count("gap"), report.count("hole")) == (0, 0, 0)
    assert shapely.coverage_is_valid(shapes_of(list(shapes(jepara).values())))
    assert all(shape.is_valid for shape in shapes(jepara).values())


def test_jepara_keeps_its_area_to_a_thousandth(jepara: Mended) -> None:
    assert abs(jepara.area_after_m2 / jepara.area_before_m2 - 1) < 0.0001
    code, share = jepara.largest_change
    assert (code, share < 0.01) == ("33.20.11.2006", True)


def test_jepara_is_the_set_that_was_mended_by_others(jepara: Mended) -> None:
    theirs = {
        one.code: one.shape
        for one in read(shared("data/village_boundaries/jepara.geojson")).features
    }
    ours = shapes(jepara)
    ground = Ground(shapes_of(list(ours.values())))
    one = ground.metres(shapes_of(list(ours.values())))
    other = ground.metres(shapes_of([theirs[code] for code in ours]))
    same = shapely.area(shapely.intersection(one, other))
    assert same.sum() / shapely.area(other).sum() > 0.9999
    assert (same / shapely.area(shapely.union(one, other))).min() > 0.999
    assert np.median(shapely.hausdorff_distance(one, other)) < 0.1


def test_jeparas_islands_and_exclaves_all_stay(jepara: Mended, raw: tuple[Feature, ...]) -> None:
    before = sum(len(shapely.get_parts(one.shape)) for one in raw)
    after = sum(len(shapely.get_parts(one.shape)) for one in jepara.features)
    assert (before, after) == (249, 249)


def test_every_move_says_who_won_what_and_how_far_the_border_went(jepara: Mended) -> None:
    first = jepara.moves[0]
    assert (first.kind, first.gains, first.loses) == ("gap", "33.20.01.2005", ())
    assert first.shift_m == pytest.approx(74.8, abs=0.1)
    assert first.area_m2 == pytest.approx(1269.1, abs=0.1)
    assert sum(move.area_m2 for move in jepara.moves) == pytest.approx(723_126, abs=200)


def test_the_order_of_the_file_has_no_say(jepara: Mended, raw: tuple[Feature, ...]) -> None:
    shuffled = list(raw)
    random.Random(7).shuffle(shuffled)  # noqa: S311
    again = mend(shuffled)
    assert again.moves == jepara.moves
    for one, other in zip(again.features, jepara.features, strict=True):
        assert (one.code, one.shape.equals(other.shape)) == (other.code, True)


def test_a_mended_set_is_left_alone(jepara: Mended) -> None:
    again = mend(jepara.features)
    assert (again.moves, again.largest_change[1]) == ((), 0.0)


@pytest.mark.parametrize(
    "name", ["jepara", "jepara_bps2019", "kota_mojokerto", "kota_tasikmalaya", "sumenep"]
)
def test_a_sound_set_is_left_alone(name: str) -> None:
    mended = mend(read(shared(f"data/village_boundaries/{name}.geojson")).features)
    assert mended.moves == ()
    assert mended.area_after_m2 == pytest.approx(mended.area_before_m2, rel=1e-9)


def test_an_overlap_goes_whole_to_one_of_the_two() -> None:
    mended = pair(square(), square(110.6099))
    (move,) = mended.moves
    assert (move.kind, {move.gains, *move.loses}) == ("overlap", {KEDUNG, PECANGAAN})
    assert move.area_m2 == pytest.approx(12_217, rel=0.01)
    assert move.shift_m == pytest.approx(11.05, abs=0.05)
    one, other = shapes(mended).values()
    assert one.intersection(other).area == 0
    assert one.union(other).equals(shapely.box(110.6, -6.7, 110.6199, -6.69))


def test_a_gap_goes_to_the_neighbour_with_the_longer_border() -> None:
    gap = Polygon([(110.61, -6.7), (110.6101, -6.698), (110.6101, -6.692), (110.61, -6.69)])
    right = square(110.61).difference(gap)
    mended = pair(square(), right)
    (move,) = mended.moves
    assert (move.kind, move.gains, move.loses) == ("gap", PECANGAAN, ())
    assert shapes(mended)[KEDUNG].equals(square())


def test_a_ring_that_crosses_itself_is_made_an_area() -> None:
    bow = Polygon([(110.6, -6.7), (110.61, -6.69), (110.61, -6.7), (110.6, -6.69)])
    (shape,) = shapes(mend([feature(bow)])).values()
    assert shape.is_valid
    assert shape.area == pytest.approx(0.5e-4)


def test_a_lake_stays_and_is_told() -> None:
    lake = shapely.box(110.602, -6.698, 110.604, -6.696)
    mended = mend([feature(square().difference(lake))])
    assert shapes(mended)[KEDUNG].area == pytest.approx(square().area - lake.area)
    assert [round(hole.width_m) for hole in mended.holes] == [221]


def test_the_sea_between_islands_is_not_filled() -> None:
    # 5 m of water: narrower than any gap that would be filled, but open to the sea.
    mended = pair(square(), square(110.61005))
    assert mended.moves == ()
    assert shapes(mended)[PECANGAAN].equals(square(110.61005))


def test_a_bay_between_two_villages_is_not_filled() -> None:
    bay = Polygon([(110.61, -6.7), (110.6101, -6.7), (110.61, -6.695)])
    assert pair(square(), square(110.61).difference(bay)).moves == ()


def test_a_village_inside_another_keeps_its_land_though_no_hole_was_drawn_for_it() -> None:
    inner = square(110.602, -6.698, 0.004)
    mended = pair(square(), inner)
    (move,) = mended.moves
    assert (move.gains, move.loses) == (PECANGAAN, (KEDUNG,))
    assert same(shapes(mended)[PECANGAAN], inner)
    assert same(shapes(mended)[KEDUNG], square().difference(inner))


def test_an_enclave_with_a_hole_drawn_for_it_is_left_alone() -> None:
    inner = square(110.602, -6.698, 0.004)
    assert pair(square().difference(inner), inner).moves == ()


def test_land_that_two_claim_in_earnest_is_refused_with_both_names() -> None:
    with pytest.raises(Unusable) as caught:
        pair(square(), square(110.607))
    assert caught.value.fault is Fault.CONTESTED
    assert KEDUNG in str(caught.value)
    assert PECANGAAN in str(caught.value)


def test_one_outline_under_two_codes_is_refused() -> None:
    with pytest.raises(Unusable) as caught:
        pair(square(), square())
    assert caught.value.fault is Fault.CONTESTED


def test_a_scrap_that_others_cut_off_goes_to_its_neighbour() -> None:
    # The strip crosses the tip of A, so that 11 m of A are left beyond it.
    left = shapely.union_all([square(), shapely.box(110.61, -6.695, 110.6103, -6.6949)])
    strip = shapely.box(110.61, -6.7, 110.6102, -6.69)
    right = shapely.box(110.6102, -6.7, 110.62, -6.69)
    mended = mend([feature(left), feature(strip, PECANGAAN, "B"), feature(right, THIRD, "C")])
    assert all(len(shapely.get_parts(shape)) == 1 for shape in shapes(mended).values())
    assert shapely.coverage_is_valid(shapes_of(list(shapes(mended).values())))


def test_a_shape_without_area_is_refused() -> None:
    line = Polygon([(110.6, -6.7), (110.61, -6.7), (110.6, -6.7), (110.6, -6.7)])
    with pytest.raises(Unusable) as caught:
        mend([feature(line), feature(square(), PECANGAAN, "B")])
    assert caught.value.fault is Fault.FAULTY


def test_a_tangle_is_refused_before_it_is_made_valid() -> None:
    spots = np.random.default_rng(1).random((3000, 2)) / 100 + (110.6, -6.7)
    with pytest.raises(Unusable) as caught:
        mend([feature(Polygon(spots))])
    assert caught.value.fault is Fault.FAULTY


@pytest.mark.parametrize("seed", range(8))
def test_any_shaken_coverage_is_mended(seed: int) -> None:
    """A 4 by 4 board whose squares were each simplified and shifted apart by up to 9 m."""
    rng = np.random.default_rng(seed)
    board = []
    for number in range(16):
        at = square(110.6 + 0.01 * (number % 4), -6.7 + 0.01 * (number // 4))
        ring = shapely.get_coordinates(shapely.segmentize(at, 0.002))[:-1]
        closed = Polygon(ring + rng.uniform(-8e-5, 8e-5, ring.shape))
        board.append(feature(closed, f"33.20.01.20{number:02}", str(number)))
    mended = mend(board)
    report = check(reading(*mended.features))
    assert (report.count("overlap"), report.count("gap")) == (0, 0)
    assert abs(mended.area_after_m2 / mended.area_before_m2 - 1) < 0.01
