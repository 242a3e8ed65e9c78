"""Too little, all alike, all in one spot, nobody living there: every method answers in words."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import orjson
import pytest

from app.facts_shelf import exposure_now, facts_now
from dispatch.facts import Facts
from dispatch.facts.exposure import Exposure
from dispatch.reports.areas import areas_of
from dispatch.reports.ask import Method, Unit, from_words
from dispatch.reports.hotspots import run
from tests.reports.figures import whole
from tests.world import World

FIRST = (date(2025, 9, 1) - date(1970, 1, 1)).days
DAYS = {"since": "2025-09-01", "until": "2026-03-02"}
KIND = "jalan"
ODD = ("nan", "inf", "None", "{", "}")  # of no sentence

Made = Callable[[Facts], Facts]


def cases(facts: Facts, village: Any, xy: Any, day: Any) -> Facts:
    """Cases of one kind, each surely in its village, at its point, on its day of the period."""
    many = len(village)
    zeros = {name: np.zeros(many, getattr(facts, name).dtype) for name in ("priority", "channel")}
    return replace(
        facts,
        ids=np.arange(1, many + 1),
        opened_s=(FIRST + np.asarray(day)) * 86_400,
        category=np.full(many, facts.categories.index(KIND), np.int16),
        hour=np.full(many, 10, np.int8),
        day=np.asarray(FIRST + np.asarray(day), np.int32),
        xy=np.asarray(xy, np.float64).reshape(many, 2),
        spread_m=np.zeros(many, np.float32),
        counted=np.asarray(village, np.int16),
        start=np.arange(many + 1),
        village=np.asarray(village, np.int16),
        share=np.ones(many, np.float32),
        **zeros,
    )


MIDDLE = (480_000.0, 9_280_000.0)
CHANCE = np.random.default_rng(4)


def together(many: int, day: Any) -> Made:
    """So many cases in one village, all at one point."""
    return lambda facts: cases(facts, np.full(many, 7), np.tile(MIDDLE, (many, 1)), day)


def alike(facts: Facts) -> Facts:
    """Every village has five, one every three weeks."""
    village = np.tile(np.arange(len(facts.villages)), 5)
    xy = MIDDLE + CHANCE.uniform(-9000, 9000, (len(village), 2))
    return cases(facts, village, xy, np.repeat(np.arange(5) * 21, len(facts.villages)))


def unpinned(facts: Facts) -> Facts:
    """Forty cases in known villages, of which nobody knows the point."""
    village = np.arange(40) % len(facts.villages)
    return cases(facts, village, np.full((40, 2), np.nan), np.arange(40))


def nowhere(facts: Facts) -> Facts:
    """Forty cases without point and village."""
    return replace(unpinned(facts), village=np.full(40, -1, np.int16))


WORLDS: dict[str, Made] = {
    "no case": together(0, []),
    "one case": together(1, [9]),
    "five cases": together(5, [9, 10, 50, 51, 90]),
    "one point": together(60, np.arange(60)),
    "one day": lambda facts: replace(alike(facts), day=np.full(len(alike(facts)), FIRST + 30)),
    "all alike": alike,
    "no points": unpinned,
    "no places": nowhere,
}


def people(exposure: Exposure, known: dict[int, float], others: float) -> Exposure:
    population = np.full(len(exposure.codes), others)
    for at, many in known.items():
        population[at] = many
    return replace(exposure, population=population)


def told(world: World, facts: Facts, exposure: Exposure, **asked: str) -> dict[str, Any]:
    """The document of a question; nothing in it that JSON or a reader does not know."""
    ask = from_words({**DAYS, "permutations": "99", **asked})
    document = run(ask, facts, exposure, world.parts.ground()).document
    assert orjson.dumps(document)
    assert whole(document), "a number that JSON does not know"
    sentences = [document["words"], document["words_en"]]
    sentences += [text for c in document["caveats"] for text in (c["text"], c["text_en"])]
    for said in sentences:
        assert said.endswith((".", ")")), said
        assert not [odd for odd in ODD if odd in said.replace("(", " ").split()], said
    return document


@pytest.mark.parametrize("made", WORLDS.values(), ids=WORLDS.keys())
def test_every_method_has_words_for_a_world_with_too_little(
    shared_world: World, made: Made
) -> None:
    facts, exposure = made(facts_now(shared_world.parts)), exposure_now(shared_world.parts)
    for method in Method:
        for unit in ("desa", "kecamatan") if method is Method.GI else ("desa",):
            found = told(shared_world, facts, exposure, method=method.value, unit=unit)
            assert found["totals"]["n"] == (len(facts) if len(facts) >= 5 else 0)
    for words in ({"compare": "2025-03-01..2025-09-01"}, {"correct": "1"}, {"until": "2025-09-02"}):
        told(shared_world, facts, exposure, **{**words, "step": "hari"})


@pytest.mark.parametrize("method", ["jumlah", "gi", "moran", "muncul", "kepadatan", "cusum"])
def test_where_nobody_lives_or_nobody_knows_no_rate_is_claimed(
    shared_world: World, method: str
) -> None:
    facts, known = alike(facts_now(shared_world.parts)), exposure_now(shared_world.parts)
    for exposure in (
        people(known, {}, 0.0),
        people(known, {3: 500.0}, np.nan),
        people(known, {3: 500.0, 4: 0.0, 5: 1.0}, np.nan),
    ):
        found = told(shared_world, facts, exposure, method=method, against="penduduk")
        places = {place["id"]: place for place in found["places"]}
        assert len(places) == len(known.codes)
        for at, code in enumerate(known.codes):
            if not exposure.population[at] > 0:
                assert (places[code]["rate"], places[code]["sure"]) == (None, False)
                assert places[code]["class"] == "tak_diketahui"


def test_one_spot_is_a_cluster_and_a_hill_and_no_point_is_neither(shared_world: World) -> None:
    empty, exposure = facts_now(shared_world.parts), exposure_now(shared_world.parts)
    land = areas_of(shared_world.parts.ground(), Unit.VILLAGE, 1000, empty.zone)
    spot = tuple(land.centres()[7])
    dense = cases(empty, np.full(60, 7), np.tile(spot, (60, 1)), np.arange(60))
    for method in ("gugus", "gugus_hdbscan"):
        (one,) = told(shared_world, dense, exposure, method=method)["clusters"]
        assert (one["n"], one["places"]) == (60, [land.ids[7]])
    codes = [
        told(shared_world, facts, exposure, method=method)["caveats"][0]["code"]
        for facts, method in (
            (dense, "kepadatan"),
            (unpinned(empty), "kepadatan"),
            (nowhere(empty), "gugus"),
            (nowhere(empty), "gi"),
        )
    ]
    assert codes == ["satu_titik", "tanpa_titik", "tanpa_titik", "tanpa_titik"]
    # Where only the village is known it may have been all over it: that is no gathering.
    spread = told(shared_world, unpinned(empty), exposure, method="gugus", near_m="100")
    assert spread["clusters"] == []
    hill = told(shared_world, dense, exposure, method="kepadatan", bandwidth_m="800")["grid"]
    assert (hill["used"], hill["max"] > 0) == (60, True)


def test_a_village_of_one_person_makes_no_rate_of_its_own(shared_world: World) -> None:
    facts, exposure = alike(facts_now(shared_world.parts)), exposure_now(shared_world.parts)
    for method in ("gi", "moran"):
        few = people(exposure, {9: 1.0, 10: np.nan, 11: 0.0}, 2000.0)
        told(shared_world, facts, few, method=method, against="penduduk")


def test_what_lies_apart_from_all_others_is_never_claimed(shared_world: World) -> None:
    """The islands of the regency touch no other village, or only each other."""
    empty = facts_now(shared_world.parts)
    facts = cases(
        empty,
        np.repeat(np.arange(len(empty.villages)), 1 + 40 * (np.arange(len(empty.villages)) == 0)),
        np.full((len(empty.villages) + 40, 2), np.nan),
        np.arange(len(empty.villages) + 40) % 150,
    )
    exposure = exposure_now(shared_world.parts)
    found = told(shared_world, facts, exposure, method="gi")
    alone = [c["n"] for c in found["caveats"] if c["code"] == "bobot"]
    assert alone == [found["figures"]["islands"]]
