"""Which dusun, RW or RT the words of a case mean, checked against the village's register."""

import pytest

from dispatch.neighbourhoods import Part, count_open, part_of
from dispatch.scope import Scope
from geo import parts_register
from tests.app.canaries import TEGALSAMBI, inside
from tests.world import World

# As in Tegalsambi: RT numbers run through the village, RW numbers begin anew in each dusun.
# Which RT lies in which dusun is invented.
TEGAL = tuple(
    Part(dusun, rw, f"{rt:03d}")
    for dusun, rw, numbers in (
        ("Gegunung", "001", (1, 2, 3)),
        ("Gegunung", "002", (4, 5, 6)),
        ("Lembah", "001", (7, 10, 12)),
        ("Lembah", "002", (8, 9, 11)),
    )
    for rt in numbers
)
# A kelurahan: no dusun, RT numbers begin anew in each RW.
PANGGANG = tuple(Part("", f"{rw:03d}", f"{rt:03d}") for rw in (1, 2, 3) for rt in (1, 2))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("depan masjid RT 08 RW 02", ("Lembah", "002", "008")),
        ("RT.08/RW.02 tegalsambi", ("Lembah", "002", "008")),
        ("rt 12", ("Lembah", "001", "012")),  # RT identifies
        ("RW 2 dukuh Lembah", ("Lembah", "002", "")),
        ("dukuh gegunung, dekat pos ronda", ("Gegunung", "", "")),
        ("Gegunung RW 01", ("Gegunung", "001", "")),
        ("RW 02", None),  # RW does not: both dusun have one
        ("RT 08 RW 01", None),  # the register says RW 02: nothing guessed
        ("RT 08 dukuh Gegunung", None),
        ("RT 40", None),
        ("di seberang Lembah", None),  # near it, not in it
        ("toko Lembah Jaya", None),
        ("warung Pak Lembah", None),
        ("antara Gegunung dan Lembah", None),
        ("pinggir jalan raya", None),
        ("", None),
    ],
)
def test_words_of_a_village_whose_rt_numbers_run_through(words, expected):
    found = part_of(TEGAL, words)
    assert (found and found.key) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("RT 02/RW 03", ("", "003", "002")),
        ("RW 3 dekat pasar", ("", "003", "")),
        ("RT 02", None),  # three RW have one
        ("RT 05 RW 03", None),
    ],
)
def test_words_of_a_kelurahan_need_the_rw(words, expected):
    found = part_of(PANGGANG, words)
    assert (found and found.key) == expected


def test_what_a_register_does_not_list_neither_helps_nor_harms():
    only_rt = [Part("", "", "001"), Part("", "", "002")]
    only_rw = [Part("", "001", ""), Part("", "002", "")]
    assert part_of(only_rt, "RT 02 RW 05") == Part("", "", "002")
    assert part_of(only_rw, "RT 07 RW 02") == Part("", "002", "")
    assert part_of([], "RT 02 RW 05") is None


def test_open_cases_are_counted_by_part_and_their_words_stay_behind(shared_world: World):
    world, operator = shared_world, shared_world.client("operator1")
    said = ("dekat SD, RT 11 RW 02", "RT 11", "dukuh Gegunung", "pinggir sawah", "RT 11 RW 01")
    for number, where in enumerate(said):
        body = {"where": where, "category": "jalan", "pin": inside(world, TEGALSAMBI)}
        headers = {"Idempotency-Key": f"part-{number:08d}"}
        assert operator.post("/api/calls", json=body, headers=headers).status_code == 201
    with world.as_owner() as session:
        parts = [parts_register.Part(dusun=p.dusun, rw=p.rw, rt=p.rt) for p in TEGAL]
        parts_register.replace_register(session, TEGALSAMBI, parts, "uji")

    with world.as_scope(Scope("village_head", village_code=TEGALSAMBI)) as session:
        counted = count_open(session, TEGALSAMBI)
    with world.as_scope(Scope("village_head", village_code="33.20.06.1006")) as session:
        others = count_open(session, TEGALSAMBI)

    assert {part.key: n for part, n in counted.parts if n} == {
        ("Lembah", "002", "011"): 2,
        ("Gegunung", "", ""): 1,
    }
    assert len(counted.parts) == 13, "all twelve RT, and the dusun in which one case lies"
    assert counted.unknown == 2
    assert len(counted.lies_in) == 3
    assert "sawah" not in repr(counted)
    assert (others.unknown, others.lies_in) == (0, {}), "row security: not the own village"
