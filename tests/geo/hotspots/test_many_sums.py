import numpy as np
import pytest
from numpy.typing import NDArray

from geo.hotspots.density import density
from geo.hotspots.errors import BadSetting
from geo.hotspots.grid import bin_points, bin_steps
from geo.hotspots.hexagons import bin_hexes
from geo.hotspots.local import gi_star
from geo.hotspots.many import Ask, BadChunk, Chunk, Done, Made, Sums, add_up
from geo.hotspots.many.counting import count
from geo.hotspots.many.sums import OFF_CELLS, OFF_HEXAGONS, PINLESS, READ, UNIT, Packed
from geo.hotspots.weights import nearest

BOUNDS = (0.0, 0.0, 60_000.0, 60_000.0)
MADE = Made(chunks=4, rows=30_000)
ASK = Ask(
    edges=tuple(range(19_723, 20_454, 28)),  # the last days belong to no step
    villages=195,
    kinds=20,
    finely=tuple(range(18)),
    bounds=BOUNDS,
    hex_m=2_000.0,
    cells=128,
)


@pytest.fixture(scope="module")
def sums() -> Sums:
    return add_up(MADE, ASK)


@pytest.fixture(scope="module")
def chunks() -> list[Chunk]:
    return [MADE.read(number) for number in range(len(MADE))]


def one(**given: object) -> Chunk:
    """A single incident in village 3, of kind 2, on the first day, but for what is given."""
    columns: dict[str, object] = {
        "day": np.array([ASK.edges[0]], np.int32),
        "category": np.array([2], np.int16),
        "xy": np.array([[1_000.0, 1_000.0]]),
        "spread_m": np.zeros(1, np.float32),
        "start": np.array([0, 1]),
        "village": np.array([3], np.int16),
        "share": np.ones(1, np.float32),
    }
    return Chunk(**(columns | given))  # type: ignore[arg-type]


def fine_of(chunk: Chunk) -> NDArray[np.bool_]:
    """Which of its incidents are counted by hexagon and cell."""
    step = (chunk.day >= ASK.edges[0]) & (chunk.day < ASK.edges[-1])
    return step & (chunk.category >= 0) & (chunk.category < 18)


def test_villages_are_those_that_a_plain_sum_finds(sums: Sums, chunks: list[Chunk]):
    plain = np.zeros((195, ASK.steps * 20))
    for chunk in chunks:
        step = (chunk.day - ASK.edges[0]) // 28
        row = np.where((step < ASK.steps) & (chunk.category >= 0), step * 20 + chunk.category, -1)
        rows = np.repeat(row, np.diff(chunk.start))
        plain += bin_steps(chunk.village, rows, plain.shape, chunk.share.astype(float))
    np.testing.assert_allclose(sums.by_village().reshape(195, -1), plain, rtol=0, atol=1e-6)
    assert sums.seen[READ] == 120_000
    assert sums.by_village().sum() + sums.elsewhere() == pytest.approx(sums.incidents, abs=1e-6)


def test_hexagons_and_cells_are_those_of_the_grids(sums: Sums, chunks: list[Chunk]):
    xy = np.concatenate([chunk.xy[fine_of(chunk)] for chunk in chunks])
    there = xy[np.isfinite(xy).all(axis=1)]
    assert sums.seen[PINLESS] == len(xy) - len(there)
    found = dict(zip(*bin_hexes(there, 2_000.0), strict=True))
    ours = sums.hexagon.sum(axis=(1, 2))
    assert ours.tolist() == [found.get(number, 0) for number in ASK.hex_ids.tolist()]
    assert sums.seen[OFF_HEXAGONS] == len(there) - ours.sum() > 0
    assert ASK.grid is not None
    np.testing.assert_array_equal(sums.cell.sum(axis=0), bin_points(ASK.grid, there))
    assert sums.seen[OFF_CELLS] == len(there) - sums.cell.sum() > 0


def test_the_surface_of_the_cells_is_that_of_the_incidents(sums: Sums, chunks: list[Chunk]):
    xy, spread_m = (
        np.concatenate([getattr(chunk, name)[fine_of(chunk)] for chunk in chunks])
        for name in ("xy", "spread_m")
    )
    assert ASK.grid is not None
    on = ASK.grid.cells_of(xy) >= 0
    theirs = density(ASK.grid, xy[on], bandwidth_m=900, spread_m=spread_m[on].astype(float))
    spots, w, wide = sums.spots()
    ours = density(ASK.grid, spots, w, bandwidth_m=900, spread_m=wide)
    np.testing.assert_allclose(ours.values, theirs.values, rtol=1e-5, atol=1e-9)


def test_statistics_go_on_from_the_sums(sums: Sums, chunks: list[Chunk]):
    values = sums.by_village().sum(axis=2)
    chance = np.random.default_rng(1).random((195, 2)) * 1_000
    local = gi_star(values, nearest(chance, 6))
    assert local.z.shape == values.shape
    assert np.isfinite(local.z).all()


def test_whatever_the_order_the_total_is_the_same_to_the_bit(sums: Sums, chunks: list[Chunk]):
    backwards, packed = Sums.none(ASK), Sums.none(ASK)
    for chunk in reversed(chunks):
        part = Sums.none(ASK)
        count(chunk, part)
        backwards.add(part)
        Packed.of(part).add_to(packed)
    assert sums.equals(backwards)
    assert sums.equals(packed)
    assert sums.digest() == packed.digest()
    packed.village[3, 2, 1] += 1  # one billionth of an incident
    assert not sums.equals(packed)
    assert sums.digest() != packed.digest()


def test_what_goes_over_the_wire_is_small_and_holds_great_numbers_too():
    part = Sums.none(ASK)
    part.village[5, 3, 1] = 7_000_000_000 * UNIT
    packed = Packed.of(part)
    total = Sums.none(ASK)
    packed.add_to(total)
    assert total.equals(part)
    assert total.by_village()[5, 3, 1] == 7e9
    assert packed.nbytes < ASK.nbytes / 1_000


def test_a_chunk_is_the_same_whenever_it_is_drawn():
    first, again = MADE.read(2), MADE.read(2)
    for name in Chunk.__slots__:
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))
    assert not np.array_equal(first.day, MADE.read(3).day)


def test_shares_of_one_incident_come_to_one(chunks: list[Chunk]):
    whole = np.add.reduceat(chunks[0].share.astype(float), chunks[0].start[:-1])
    np.testing.assert_allclose(whole, 1, atol=1e-6)
    assert (chunks[0].village == -1).any()


def test_only_the_kinds_that_are_meant_are_counted():
    ask = Ask(edges=ASK.edges, villages=195, kinds=20, only=(2,))
    some = Sums.none(ask)
    for category in (2, 3, -1):
        count(one(category=np.array([category], np.int16)), some)
    assert (some.incidents, some.by_village()[3, 0, 2], some.village.sum()) == (1, 1.0, UNIT)
    every = Sums.none(ASK)
    count(one(category=np.array([-1], np.int16)), every)
    assert (every.meant[-1], every.elsewhere()) == (1, 1.0)


@pytest.mark.parametrize("day", [ASK.edges[0] - 1, ASK.edges[-1], -(2**31), 2**31 - 1])
def test_a_day_outside_the_period_is_not_meant(day: int):
    total = Sums.none(ASK)
    count(one(day=np.array([day], np.int32)), total)
    assert (total.seen[READ], total.incidents, total.village.sum()) == (1, 0, 0)


@pytest.mark.parametrize("spot", [np.nan, np.inf, -np.inf, 1e300, -1.0, 200_000.0])
def test_a_place_off_the_map_is_told_and_not_counted(spot: float):
    total = Sums.none(ASK)
    count(one(xy=np.array([[spot, 100_000.0]])), total)
    lost = [0, 1, 1] if np.isfinite(spot) else [1, 0, 0]
    assert total.seen.tolist() == [1, *lost]
    assert total.hexagon.sum() == total.cell.sum() == 0
    assert total.village.sum() == UNIT  # the village is known all the same


@pytest.mark.parametrize(
    ("column", "wrong"),
    [
        ("village", np.array([195], np.int16)),
        ("village", np.array([-2], np.int16)),
        ("category", np.array([20], np.int16)),
        ("share", np.array([1.5], np.float32)),
        ("share", np.array([np.nan], np.float32)),
        ("spread_m", np.array([-1], np.float32)),
        ("start", np.array([0, 2])),
        ("xy", np.zeros((1, 3))),
        ("share", np.zeros(2, np.float32)),
    ],
)
def test_a_wrong_column_is_named_and_nothing_of_it_counted(column: str, wrong: object):
    total = Sums.none(ASK)
    with pytest.raises(BadChunk, match=column):
        count(one(**{column: wrong}), total)
    assert total.equals(Sums.none(ASK))


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("edges", {"edges": (5,)}),
        ("edges", {"edges": (5, 5)}),
        ("villages", {"villages": 0}),
        ("kinds", {"kinds": 40_000}),
        ("only", {"only": (20,)}),
        ("bounds", {"bounds": None}),
        ("bounds", {"bounds": (0.0, 0.0, 0.0, 0.0)}),
        ("cells", {"cells": 0}),
        ("width_m", {"hex_m": 0.0}),
        ("tables", {"hex_m": 150.0}),
    ],
)
def test_a_question_that_cannot_be_counted_says_what_would_be_right(
    name: str, wrong: dict[str, object]
):
    given = {key: getattr(ASK, key) for key in Ask.__slots__} | wrong
    with pytest.raises(BadSetting, match=name):
        Ask(**given)


def test_sums_of_another_question_are_not_added(sums: Sums):
    other = Sums.none(Ask(edges=(0, 7), villages=1, kinds=1))
    with pytest.raises(ValueError, match="different questions"):
        sums.add(other)
    with pytest.raises(ValueError, match="different questions"):
        Packed.of(other).add_to(sums)


def test_progress_tells_of_each_chunk_and_can_give_up():
    told: list[Done] = []

    def enough(done: Done) -> None:
        told.append(done)
        if done.done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        add_up(MADE, ASK, enough)
    assert [(done.number, done.done, done.of) for done in told] == [(0, 1, 4), (1, 2, 4)]
    assert told[0].peak_bytes > 10_000_000


def test_without_hexagons_and_cells_villages_are_counted_alone():
    ask = Ask(edges=(19_723, 20_454), villages=195, kinds=20)
    sums = add_up(Made(chunks=1, rows=1_000), ask)
    assert sums.hexagon.size == sums.cell.size == 0
    assert [len(part) for part in sums.spots()] == [0, 0, 0]
    assert sums.incidents == 1_000
