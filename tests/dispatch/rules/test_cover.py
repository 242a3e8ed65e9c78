"""What is said for a move up, and for a unit that is proposed among many."""

import numpy as np
import pytest

from dispatch.rules import surge
from dispatch.rules.cover import move_sentence
from dispatch.rules.matching import Job, Part, Problem, match, nearest_first
from dispatch.rules.needs import Slot

NAN = float("nan")


def test_a_move_names_the_first_villages_and_counts_the_others():
    names = ["Bandengan", "Kedungcino", "Wonorejo", "Mulyoharjo", "Kuwasen"]
    assert move_sentence("AMB-02", "Puskesmas Jepara", 481, names, [], "id") == (
        "Pindahkan AMB-02 ke Puskesmas Jepara (9 menit): "
        "Bandengan, Kedungcino, Wonorejo dan 2 desa lain terjangkau lagi"
    )


def test_a_move_tells_what_it_leaves_behind():
    said = move_sentence("AMB-02", "Mlonggo", 30, ["Jambu", "Sekuro"], ["Srobyong"], "en")
    assert said == (
        "Move AMB-02 to Mlonggo (1 min): Jambu, Sekuro within reach again; "
        "Srobyong out of reach then"
    )


def problem(*times: tuple[float, ...], priorities: tuple[int, ...] = (1, 2)) -> Problem:
    units = len(times[0])
    part = (Part("medis", 1, np.ones(units, dtype=bool)),)
    jobs = tuple(
        Job(n, p, float(n), part) for n, p in zip(range(len(times)), priorities, strict=False)
    )
    return Problem(
        jobs,
        tuple(range(units)),
        np.array(times, dtype=np.float64),
        np.full((len(times), units), 0.934),
        np.array([0.0, *[900.0] * (units - 1)]),
    )


def names(asked: Problem) -> surge.Names:
    return surge.Names(
        [f"AMB-0{n + 1}" for n in asked.units], ["Kebakaran"] * len(asked.jobs), [900.0] * 9
    )


def said(asked: Problem, job: int, language: str = "id") -> str:
    found = match(asked)
    one = next(g for g in found.given if g.job == job)
    return surge.why(asked, found, one, names(asked), language)


def test_the_soonest_is_called_so_with_its_chance():
    assert said(problem((300, 400)), 0) == (
        "5 menit, 93 % di bawah 15 menit; yang paling cepat tiba"
    )


def test_the_sooner_one_is_named_with_what_it_is_needed_for():
    asked = problem((300, 900), (240, 600))
    assert said(asked, 1).endswith(
        "AMB-01 lebih cepat (4 menit) tetapi dibutuhkan untuk Kebakaran (prioritas 1)"
    )


def test_the_sooner_one_may_be_kept_for_the_villages_around_it():
    asked = problem((300, 290), priorities=(3,))
    assert said(asked, 0, "en").endswith(
        "AMB-02 would be sooner (5 min) but keeps the villages around it"
    )


@pytest.mark.parametrize(
    ("times", "fits", "reason"),
    [
        ((NAN,), True, "tidak ada jalan ke sana bagi unit yang cocok"),
        ((60.0,), False, "tidak ada unit siap yang dapat mengisi kebutuhan ini"),
        ((60.0,), True, "semua unit yang cocok dipakai kejadian yang lebih gawat atau lebih dulu"),
    ],
)
def test_a_need_that_stays_open_is_told_why(times: tuple[float], fits: bool, reason: str):
    part = Part("api", 1, np.array([fits]))
    asked = Problem((Job(1, 1, 0.0, (part,)),), (7,), np.array([times]))
    assert surge.why_empty(asked, Slot(0, 0), ["BPBD"], "id") == f"{reason}; mintakan bantuan BPBD"
    assert surge.why_empty(asked, Slot(0, 0), [], "id") == reason


def test_the_plan_is_set_against_doing_one_after_the_other():
    more = problem((60, 70), (60, NAN), priorities=(1, 1))
    assert surge.better(match(more), nearest_first(more), "id").startswith("1 kebutuhan lebih")
    sooner = problem((60, 70), (60, 600), priorities=(1, 1))
    assert surge.better(match(sooner), nearest_first(sooner), "en") == (
        "8 minutes sooner in all than one after the other"
    )
    same = problem((60, 70), priorities=(1,))
    assert surge.better(match(same), nearest_first(same), "id") == "sama dengan cara satu per satu"
