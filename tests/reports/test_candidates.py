"""Where a doubtful incident may have been: each village keeps its chance, and no heap is made."""

from dataclasses import replace

import numpy as np
import pytest

from app.facts_shelf import exposure_now
from dispatch.facts import Facts
from dispatch.reports.areas import areas_of
from dispatch.reports.ask import Period, Unit, from_words
from dispatch.reports.candidates import Spots, spots_of
from dispatch.reports.gathering import Gathered, gather, villages_of
from dispatch.reports.hotspots import run
from tests.reports.conftest import SINCE, UNTIL, Town

ASK = from_words({"since": SINCE, "until": UNTIL, "category": "jalan"})


def spots(town: Town, fine_m: float = 50.0) -> tuple[Spots, Gathered]:
    facts, ground = town.facts(), town.parts.ground()
    areas = areas_of(ground, Unit.VILLAGE, 1000, facts.zone)
    gathered = gather(replace(ASK, categories=()), Period(ASK.since, ASK.until), facts, areas)
    return spots_of(gathered, areas, areas, fine_m), gathered


def test_every_village_keeps_the_chance_that_was_recorded(town: Town) -> None:
    found, gathered = spots(town)
    facts, many = gathered.facts, len(gathered.n)
    areas = areas_of(town.parts.ground(), Unit.VILLAGE, 1000, facts.zone)
    village, owner = villages_of(facts, areas), facts.owner()
    kept = (village >= 0) & found.doubtful[owner]
    told = np.bincount(
        owner[kept] * many + village[kept], facts.share[kept], minlength=len(facts) * many
    )
    mine = found.doubtful[found.of]
    laid = np.bincount(
        found.of[mine] * many + found.area[mine], found.chance[mine], minlength=len(told)
    )
    assert found.doubtful.sum() > 10
    worth = told >= 0.01
    assert laid[worth] == pytest.approx(told[worth], abs=1e-6)
    assert laid[~worth].max() < 0.01 + 1e-6


def test_the_sure_are_where_their_pin_is_and_no_two_places_are_one(town: Town) -> None:
    found, gathered = spots(town)
    sure = ~found.doubtful[found.of]
    assert (found.chance[sure] == 1).all()
    assert np.array_equal(found.xy[sure], gathered.facts.xy[found.of[sure]])
    loose = found.xy[~sure]
    assert len(np.unique(loose, axis=0)) == len(loose)
    assert np.isfinite(found.xy).all()


def clusters(town: Town, facts: Facts, method: str) -> list[dict[str, object]]:
    ask = replace(ASK, method=from_words({"since": SINCE, "until": UNTIL, "method": method}).method)
    found = run(replace(ask, near_m=300), facts, exposure_now(town.parts), town.parts.ground())
    told: list[dict[str, object]] = found.document["clusters"]
    return told


@pytest.mark.parametrize("method", ["gugus", "gugus_hdbscan"])
def test_a_heap_of_unsure_pins_is_no_cluster_and_of_sure_ones_it_is(
    town: Town, method: str
) -> None:
    facts = town.facts()
    jalan = facts.mask(ASK.since, ASK.until, ("jalan",))
    lone = np.flatnonzero(jalan & (np.diff(facts.start) == 1) & ~np.isnan(facts.xy[:, 0]))
    facts = facts.select(np.sort(lone))  # all sure, wherever they are
    few = np.arange(0, len(facts), max(1, len(facts) // 40))[:40]
    xy, spread = facts.xy.copy(), facts.spread_m.copy()
    xy[few] = xy[few[0]]
    heaped = clusters(town, replace(facts, xy=xy), method)[0]
    assert float(str(heaped["n"])) >= 40
    assert heaped["doubt"] == 0
    spread[few] = 6000.0
    unsure = clusters(town, replace(facts, xy=xy, spread_m=spread), method)
    assert all(float(str(one["doubt"])) < 0.5 for one in unsure)


def test_hexagons_of_one_village_are_told_apart(town: Town) -> None:
    places = town.run("unit=heksagon&cell_m=2000&category=jalan").places
    names = [(place["name"], place["district"]) for place in places]
    assert len(set(names)) == len(names)
    assert any(" · 2" in name for name, _ in names)
    later = town.run("unit=heksagon&cell_m=2000&category=jalan", until="2026-01-12").places
    told = {place["id"]: place["name"] for place in places}
    assert all(told.get(place["id"], place["name"]) == place["name"] for place in later)
