"""Counts for everybody: no small group can be made out, whoever reckons with whatever is told."""

from collections import defaultdict
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.rules.anonymity import CellKind, bucket, cells, table

DISTRICTS = {"a1": "a", "a2": "a", "a3": "a", "b1": "b", "b2": "b", "b3": "b", "c1": "c", "d1": "d"}
counts_of_villages = st.dictionaries(st.sampled_from(sorted(DISTRICTS)), st.integers(0, 60))
shown_before = st.sets(st.sampled_from([*DISTRICTS, "a", "b", "c", "d", ""]))


def of(counts, least=5, before=(), margin=0, districts=DISTRICTS):
    return {c.code: (c.villages, c.count) for c in cells(counts, districts, least, before, margin)}


def test_a_village_with_enough_stands_alone_and_the_rest_of_its_district_together():
    four = {"a1": "a", "a2": "a", "a3": "a", "a4": "a"}
    shown = of({"a1": 5, "a2": 3, "a3": 4}, districts=four)
    assert shown == {"a1": (("a1",), 5), "a": (("a2", "a3", "a4"), 7)}


def test_a_district_with_too_few_goes_to_the_rest_of_the_regency():
    assert of({"a1": 2, "b1": 2, "c1": 2}) == {"": (tuple(sorted(DISTRICTS)), 6)}


def test_two_villages_that_would_betray_each_other_are_not_shown_together():
    """Both below 5 and 7 together: each would be known to hold some."""
    assert "a" not in of({"a1": 9, "a2": 3, "a3": 4})
    assert "a" in of({"a1": 2, "a2": 2, "a3": 3})


def test_nothing_is_said_where_all_together_are_too_few():
    assert of({"a1": 2, "b1": 2}) == {}
    assert of({}) == {}


def test_a_cell_appears_with_a_margin_and_stays_without_it():
    assert "a1" not in of({"a1": 6}, margin=2)
    assert "a1" in of({"a1": 7}, margin=2)
    assert "a1" in of({"a1": 5}, margin=2, before={"a1"})
    assert "a1" not in of({"a1": 4}, margin=2, before={"a1"})


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, None), (4, None), (5, (5, 9)), (9, (5, 9)), (10, (10, 19)), (49, (20, 49)),
     (99, (50, 99)), (100, (100, None)), (9999, (100, None))],
)  # fmt: skip
def test_a_count_falls_in_its_bucket(count, shown):
    assert bucket(count, 5) == shown


@given(st.integers(0, 500), st.integers(2, 200))
def test_buckets_begin_at_the_least_and_leave_no_gap(count, least):
    shown = bucket(count, least)
    assert (shown is None) == (count < least)
    if shown is not None:
        first, last = shown
        assert first <= count
        assert last is None or first <= count <= last
        assert first >= least


@given(counts_of_villages, shown_before, st.integers(2, 12), st.integers(0, 5))
def test_no_cell_holds_fewer_than_the_least_and_no_village_is_in_two(counts, before, least, margin):
    made = cells(counts, DISTRICTS, least, before, margin)
    villages = [v for cell in made for v in cell.villages]
    assert len(villages) == len(set(villages))
    for cell in made:
        assert cell.count == sum(counts.get(v, 0) for v in cell.villages) >= least
    assert [c.code for c in made if c.kind is CellKind.VILLAGE] == sorted(
        c.code for c in made if c.kind is CellKind.VILLAGE
    )


@given(st.dictionaries(st.sampled_from("kxyz"), st.integers(0, 60)))
def test_no_line_of_the_table_holds_fewer_than_the_least(counts):
    made = table(counts, "kxy", 5)
    lines = [*made.named.values(), *([made.rest] if made.rest is not None else [])]
    assert all(line >= 5 for line in lines)
    assert "z" not in made.named
    if made.named:
        assert sum(lines) == sum(counts.get(code, 0) for code in "kxy")


@given(st.lists(st.integers(0, 30), min_size=2, max_size=60))
def test_between_going_and_coming_back_at_least_a_margin_and_one_came(course):
    """What margin is for: a village that wavers round the least does not blink with each case."""
    before, seen = set(), []
    for count in course:
        before = {c.code for c in cells({"a1": count}, DISTRICTS, 5, before)}
        seen.append("a1" in before)
    went = None
    for (was, _), (shown, count) in pairwise(zip(seen, course, strict=True)):
        if was and not shown:
            went = count
        if shown and not was and went is not None:
            assert count - went >= 3


def isolated(worlds, publish, least):
    """Sets of atoms that some answer tells to hold 1 to least - 1, for who knows all the rules.

    worlds   (n, atoms) every possible state of a small world
    publish  what is told of a state: here with exact sums, which is more than buckets tell
    """
    answers = defaultdict(list)
    for number, world in enumerate(worlds):
        answers[publish(world)].append(number)
    atoms = worlds.shape[1]
    sets = np.array(list(product((0, 1), repeat=atoms)))[1:].T
    found = []
    for answer, numbers in answers.items():
        sums = worlds[numbers] @ sets
        small = ((sums >= 1) & (sums < least)).all(axis=0)
        found += [(answer, tuple(column)) for column in sets.T[small]]
    return found


def every_world(atoms, most):
    """All states with at most `most` in each atom."""
    return np.array(list(product(range(most + 1), repeat=atoms)))


def every_sum(atoms, total):
    """All states with at most `total` cases, however they lie."""
    worlds = [()]
    for _ in range(atoms):
        worlds = [(*w, n) for w in worlds for n in range(total - sum(w) + 1)]
    return np.array(worlds)


LAYOUTS = {
    "three districts": {"a1": "a", "a2": "a", "b1": "b", "b2": "b", "c1": "c"},
    "two districts": {"a1": "a", "a2": "a", "a3": "a", "b1": "b"},
    "one district": {"a1": "a", "a2": "a", "a3": "a", "a4": "a"},
    "four of one": {"a1": "a", "b1": "b", "c1": "c", "d1": "d"},
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    ("least", "most", "before", "margin"),
    [
        (2, 4, (), 0),
        (3, 4, (), 0),
        (3, 4, (), 1),
        (3, 5, ("a", "a1", "b1"), 1),
        (3, 5, ("a1", "a2"), 1),
        (2, 4, ("a1", ""), 2),
        (2, 4, ("a", "b"), 1),
    ],
)
def test_no_set_of_villages_is_told_to_be_small(layout, least, most, before, margin):
    """Every state of a small world: who knows the rules, the last answer and the exact sums."""
    districts = LAYOUTS[layout]
    names = sorted(districts)

    def publish(world):
        counts = dict(zip(names, map(int, world), strict=True))
        return tuple(sorted(of(counts, least, before, margin, districts).items()))

    assert isolated(every_world(len(names), most), publish, least) == []


@pytest.mark.parametrize(
    ("codes", "least", "most"), [("kxyz", 3, 5), ("kxy", 4, 8), ("kx", 4, 9), ("k", 2, 5)]
)
def test_no_set_of_categories_is_told_to_be_small(codes, least, most):
    def publish(world):
        made = table(dict(zip(codes, map(int, world), strict=True)), codes, least)
        total = int(world.sum())
        return (tuple(made.named.items()), made.rest, total if total >= least else None)

    assert isolated(every_world(len(codes), most), publish, least) == []


@pytest.mark.parametrize(
    ("districts", "codes", "least", "total"),
    [
        ({"a1": "a", "a2": "a", "a3": "a"}, "kxy", 2, 7),
        ({"a1": "a", "b1": "b", "b2": "b"}, "kxy", 3, 7),
        ({"a1": "a", "b1": "b"}, "kxyz", 3, 8),
        ({"a1": "a", "b1": "b", "c1": "c"}, "kxy", 2, 7),
    ],
)
def test_villages_and_categories_together_tell_of_no_small_set_either(
    districts, codes, least, total
):
    """Both tables at once, each with exact sums: any set of (village, category) pairs."""
    villages = sorted(districts)

    def publish(world):
        grid = world.reshape(len(villages), len(codes))
        totals = dict(zip(villages, map(int, grid.sum(axis=1)), strict=True))
        shown = of(totals, least, districts=districts)
        inside = [villages.index(v) for vs, _ in shown.values() for v in vs]
        counts = dict(zip(codes, map(int, grid[inside].sum(axis=0)), strict=True))
        made = table(counts, codes, least)
        return (tuple(sorted(shown.items())), tuple(made.named.items()), made.rest)

    assert isolated(every_sum(len(villages) * len(codes), total), publish, least) == []
