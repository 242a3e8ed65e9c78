"""Real written addresses, set aside while the finder was built, and those of other regencies."""

from collections import Counter

import pytest

from geo.geocoder import Finder
from tests.geo import measure
from tests.geo.measure import Right
from tests.world import World

# What a perfect finder must say of a spoken text: see tests/geo/elsewhere/README.md.
SPOKEN_RIGHT = 0.95


@pytest.fixture(scope="module")
def finder(shared_world: World) -> Finder:
    with shared_world.as_owner() as session:
        return Finder.read(session)


@pytest.fixture(scope="module")
def aside() -> list[dict[str, str]]:
    return measure.rows("addresses/aside.csv")


def told(right: Right) -> str:
    """For the test's report: how many, never which."""
    return f"{right.first} first, {right.three} in three, of {right.asked}"


def test_the_village_of_a_written_address_is_the_first_answer(
    finder: Finder, aside: list[dict[str, str]]
) -> None:
    right = measure.villages_right(finder.locate, aside)
    assert right.asked >= 150
    assert right.first_share >= 0.97, told(right)


def test_a_village_that_the_address_names_is_always_among_the_first_three(
    finder: Finder, aside: list[dict[str, str]]
) -> None:
    named = [row for row in aside if row["truth"] == "named"]
    right = measure.villages_right(finder.locate, named)
    assert right.three_share == 1.0, told(right)


def test_no_address_of_ours_is_sent_to_another_regency(
    finder: Finder, aside: list[dict[str, str]]
) -> None:
    beyond = Counter(finder.locate(row["text"]).outside for row in aside)
    assert beyond == {None: len(aside)}


def test_addresses_of_other_regencies_are_luar_wilayah_with_the_right_name(finder: Finder) -> None:
    right = measure.outside_right(finder.locate, measure.rows("elsewhere/aside.csv"))
    assert right.asked >= 150
    assert right.first_share >= 0.98, told(right)
    assert right.three_share >= 0.98, told(right)


def test_what_callers_say_is_answered_as_a_careful_person_would(finder: Finder) -> None:
    rows = measure.rows("elsewhere/spoken.csv")
    wrong = [row["text"] for row in rows if not measure.spoken_right(finder, row["expect"], row)]
    assert 1 - len(wrong) / len(rows) >= SPOKEN_RIGHT, wrong


def test_an_address_that_tells_only_the_kecamatan_is_answered_within_it(finder: Finder) -> None:
    rows = measure.rows("addresses/thin.csv")
    districts = {village.code: village.district for village in finder.locator.villages}
    found = [next(measure.villages_of(finder.locate(row["text"])), "") for row in rows]
    wrong = [
        (row["text"], districts.get(code))
        for code, row in zip(found, rows, strict=True)
        if districts.get(code) != row["district"]
    ]
    assert 1 - len(wrong) / len(rows) >= 0.9, wrong


def test_a_simple_match_of_names_is_wrong_far_more_often(
    finder: Finder, aside: list[dict[str, str]]
) -> None:
    """The baseline: else the set would be too easy to say anything."""
    names = [(village.name.lower(), village.code) for village in finder.locator.villages]

    def first(text: str) -> str | None:
        there = [(len(name), code) for name, code in names if name in text.lower()]
        return max(there)[1] if there else None

    simple = sum(first(row["text"]) == row["code"] for row in aside)
    assert simple / len(aside) < 0.9
