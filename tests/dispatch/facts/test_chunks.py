"""A chunk at a time, the archive counts to what it counts to at once."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from dispatch.facts import Facts
from dispatch.facts.chunks import Rows, ask_of, counts_by_hexagon, counts_by_village, rows
from dispatch.facts.counting import Asked, Counts, Prepared, Step, by_hexagon, by_village
from dispatch.facts.reading import read
from dispatch.scope import ANALYST
from geo.hotspots.many import Folder, add_up, save
from tests.benches.crowd_incidents import fill
from tests.dispatch.facts.archive import Archive
from tests.world import World

UNTIL = datetime(2026, 3, 1, tzinfo=UTC)
PERIOD = Asked(since=date(2025, 1, 2), until=date(2026, 2, 20))
EVEN = Asked(since=date(2025, 1, 6), until=date(2026, 2, 16))
HIDDEN = frozenset({"lainnya", "sosial"})
CASES = 6_000


@pytest.fixture(scope="module")
def filled(shared_world: World) -> World:
    Archive(shared_world).empty()
    assert fill(shared_world.owner_url, CASES, until=UNTIL) == CASES
    return shared_world


@pytest.fixture(scope="module")
def facts(filled: World) -> Facts:
    with filled.as_scope(ANALYST) as session:
        return read(session, filled.parts.ground(), UNTIL)


def source(world: World, asked: Asked, each: int = 700) -> Rows:
    parts = world.parts
    return rows(lambda: parts.transaction(ANALYST), parts.ground(), asked, UNTIL, each)


def cells(counts: Counts) -> dict[tuple[object, date, str], float]:
    """What is counted where, when, of what."""
    many = zip(counts.area, counts.step, counts.kind, counts.n, strict=True)
    return {(counts.areas[a], counts.steps[s], counts.kinds[k]): n for a, s, k, n in many}


def assert_same(ours: Counts, theirs: Counts) -> None:
    assert cells(ours) == pytest.approx(cells(theirs), abs=1e-6)
    assert len(cells(ours)) > 10
    same = ("total", "withheld", "withheld_kinds", "steps", "kinds")
    assert [getattr(ours, name) for name in same] == [getattr(theirs, name) for name in same]
    assert ours.elsewhere == pytest.approx(theirs.elsewhere, abs=1e-3)


@pytest.mark.parametrize(
    "asked",
    [
        PERIOD,
        EVEN,
        replace(EVEN, step=Step.WHOLE, split=False),
        replace(PERIOD, step=Step.MONTH, categories=("jalan", "kebakaran"), hours=(18, 10)),
        replace(EVEN, step=Step.WHOLE, split=False, whole=True, channel="pesan"),
    ],
    ids=["weeks", "whole weeks", "undivided", "some kinds at night by month", "whole"],
)
def test_chunks_count_to_what_all_at_once_counts_to(filled: World, facts: Facts, asked: Asked):
    ground = filled.parts.ground()
    villages = np.arange(len(facts.villages))
    cut = source(filled, asked)
    assert len(cut) > 8
    sums = add_up(cut, ask_of(asked, ground, hex_m=5000, hidden=HIDDEN))
    assert_same(
        counts_by_village(sums, asked, ground, villages, facts.villages, HIDDEN),
        by_village(Prepared(facts), asked, villages, facts.villages, HIDDEN),
    )
    if not asked.whole:
        ours = counts_by_hexagon(sums, asked, ground, HIDDEN)
        assert_same(ours, by_hexagon(Prepared(facts), asked, 5000, HIDDEN))


def test_what_is_saved_counts_the_same_and_holds_numbers_alone(filled: World, tmp_path: Path):
    ask = ask_of(PERIOD, filled.parts.ground(), hex_m=2000, cells=64)
    saved = save(source(filled, PERIOD, each=2_000), tmp_path)
    assert add_up(saved, ask).equals(add_up(source(filled, PERIOD), ask))
    with np.load(tmp_path / saved.names[0], allow_pickle=False) as columns:
        assert sorted(columns) == sorted(
            ["category", "day", "share", "spread_m", "start", "village", "xy"]
        )
        assert {column.dtype.kind for column in columns.values()} == {"i", "f"}
    assert Folder.open(tmp_path) == saved


def test_an_empty_archive_counts_to_nothing(world: World):
    asked = PERIOD
    Archive(world).empty()
    empty = source(world, asked)
    sums = add_up(empty, ask_of(asked, world.parts.ground()))
    assert (len(empty), sums.incidents, sums.elsewhere()) == (0, 0, 0.0)
