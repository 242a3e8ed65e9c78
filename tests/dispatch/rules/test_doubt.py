"""When a place is settled, who is told, and when words, pin and choice contradict each other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.rules import doubt
from dispatch.rules.doubt import Code, Witness, against, contradictions, standing
from geo.finding import Heard, VillageChance
from geo.geocoder import PIN_RADIUS_M

A, B, C = "33.20.01.2001", "33.20.01.2002", "33.20.02.2001"
CHANCES = st.dictionaries(st.sampled_from([A, B, C]), st.floats(0, 1), max_size=3)


def said(outside=None, **p):
    villages = tuple(VillageChance({"a": A, "b": B, "c": C}[k], k, "", v) for k, v in p.items())
    return Heard(villages=villages, outside=outside)


def test_words_of_another_village_than_the_pins_contradict_it():
    assert contradictions(Witness(under={A: 1.0}, where=said(b=0.9))) == (Code.WORDS_NOT_PIN,)


def test_words_that_may_mean_the_pins_village_do_not():
    assert contradictions(Witness(under={A: 1.0}, where=said(b=0.6, a=0.4))) == ()


def test_a_pin_at_the_border_contradicts_neither_side():
    near = {A: 0.85, B: 0.15}
    assert contradictions(Witness(under=near, chosen=B, where=said(b=1.0))) == ()


@pytest.mark.parametrize(("clearly", "contradicts"), [(0.69, False), (0.7, True)])
def test_seven_of_ten_is_said_clearly(clearly, contradicts):
    assert against({B: clearly, A: 1 - clearly}, {A: 1.0}) is contradicts


@pytest.mark.parametrize(("there", "contradicts"), [(0.1, False), (0.09, True)])
def test_one_of_ten_is_hardly_there(there, contradicts):
    assert against({B: 1.0}, {A: 1 - there, B: there}) is contradicts


def test_two_villages_of_one_name_count_together():
    assert against({B: 0.5, C: 0.5}, {A: 1.0})


def test_villages_that_are_hardly_possible_each_may_be_possible_together():
    assert not against({B: 0.5, C: 0.5}, {A: 0.84, B: 0.08, C: 0.08})


def test_the_pin_is_held_against_the_chosen_village():
    assert contradictions(Witness(under={A: 1.0}, chosen=B)) == (Code.PIN_NOT_CHOSEN,)


def test_without_a_pin_the_chosen_village_is_held_against_the_words():
    found = contradictions(Witness(chosen=A, where=said(b=1.0)))
    assert found == (Code.CHOSEN_NOT_WORDS,)


def test_with_a_pin_the_words_are_held_against_the_pin_only():
    found = contradictions(Witness(under={A: 1.0}, chosen=A, where=said(b=1.0)))
    assert found == (Code.WORDS_NOT_PIN,)


def test_what_happened_is_asked_only_when_the_place_says_nothing():
    story = said(b=1.0)
    assert contradictions(Witness(under={A: 1.0}, what=story)) == (Code.WORDS_NOT_PIN,)
    assert contradictions(Witness(under={A: 1.0}, where=said(a=1.0), what=story)) == ()


def test_another_regency_in_the_place_contradicts_a_pin_of_ours():
    where = said(outside="Kabupaten Kudus")
    assert contradictions(Witness(under={A: 1.0}, where=where)) == (Code.WORDS_OUTSIDE,)
    assert contradictions(Witness(where=where)) == (Code.WORDS_OUTSIDE,)


def test_another_regency_fits_a_pin_outside():
    where = said(outside="Kabupaten Kudus")
    assert contradictions(Witness(under={}, outside=1.0, where=where)) == ()


def test_another_regency_in_the_story_says_nothing_of_the_place():
    story = said(outside="Kota Semarang")  # "suaminya kerja di Semarang"
    assert contradictions(Witness(under={A: 1.0}, what=story)) == ()


def test_nothing_said_contradicts_nothing():
    assert contradictions(Witness()) == ()
    assert contradictions(Witness(under={A: 1.0})) == ()


@given(CHANCES, CHANCES)
def test_who_stands_in_all_that_was_said_is_not_contradicted(said_of, under):
    if said_of and all(under.get(code, 0) >= doubt.HARDLY_THERE for code in said_of):
        assert not against(said_of, under)


def test_the_doubt_is_what_the_counted_village_lacks():
    found = standing({A: 0.7, B: 0.3}, A)
    assert found.village_p == 0.7
    assert found.doubt == pytest.approx(0.3)
    assert found.also == (B,)


def test_an_accepted_village_leaves_no_doubt():
    assert standing({A: 0.96, B: 0.04}, A, accepted=A).doubt == 0


def test_another_village_accepted_than_the_counted_one_settles_nothing():
    found = standing({B: 0.96, A: 0.04}, A, accepted=B)
    assert found.doubt == pytest.approx(0.96)
    assert found.also == (B,)


def test_a_chosen_village_is_settled_unless_something_contradicts():
    assert standing({A: 0.6}, A, confirmed=True).doubt == 0
    assert standing({A: 0.6}, A, confirmed=True, contradicted=True).doubt == doubt.CONTRADICTED


def test_a_chosen_village_of_which_the_words_say_nothing_has_no_chance_to_its_name():
    assert standing({}, A, confirmed=True).village_p is None


def test_nothing_known_is_all_doubt_and_a_sure_sea_is_none():
    assert standing({}, None).doubt == 1
    assert standing({}, None, elsewhere=1.0).doubt == 0


def test_the_village_across_a_near_border_is_told_once():
    assert standing({A: 0.9, B: 0.1}, A, across=B).also == (B,)
    assert standing({A: 0.6, B: 0.4}, A, across=B).also == (B,)


@given(CHANCES, st.sampled_from([A, B, None]), st.booleans(), st.booleans())
def test_chances_and_doubt_lie_between_0_and_1(chances, counted, confirmed, contradicted):
    found = standing(chances, counted, confirmed=confirmed, contradicted=contradicted)
    assert 0 <= found.doubt <= 1
    assert found.village_p is None or 0 <= found.village_p <= 1
    assert counted not in found.also


def test_a_hand_is_as_exact_here_as_for_the_finder():
    assert doubt.HAND_RADIUS_M == PIN_RADIUS_M
