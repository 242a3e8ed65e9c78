"""Who goes where, when many incidents want many units at once."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.rules.matching import Given, Job, Part, Problem, match, match_slots, nearest_first

NAN = float("nan")


def one(incident: int, priority: int = 2, units: int = 2, **how: object) -> Job:
    """An incident that needs one unit of any sort; the higher its number the younger."""
    part = Part("satu", 1, np.ones(units, dtype=bool))
    return Job(incident, priority, float(incident), (part,), **how)  # type: ignore[arg-type]


def ways(*rows: tuple[float, ...]) -> np.ndarray:
    return np.array(rows, dtype=np.float64).reshape(len(rows), -1)


def pairs(problem: Problem) -> set[tuple[int, int]]:
    """(incident, unit) of the answer."""
    return {(problem.jobs[g.job].incident, problem.units[g.unit]) for g in match(problem).given}


# The smallest cases that show a rule


def test_together_they_are_served_sooner_than_one_after_the_other():
    times = ways((60, 70), (60, 600))
    problem = Problem((one(1), one(2)), (7, 8), times)
    assert pairs(problem) == {(1, 8), (2, 7)}
    assert {(g.job, g.unit) for g in nearest_first(problem).given} == {(0, 0), (1, 1)}


def test_the_more_urgent_gets_the_one_that_is_there_first_whatever_it_costs_the_others():
    times = ways((60, 70), (60, 6000))
    assert pairs(Problem((one(1, priority=1), one(2, priority=2)), (7, 8), times)) == {
        (1, 7),
        (2, 8),
    }


def test_keeping_a_reserve_counts_below_the_top_priority_only():
    times, reserve = ways((60, 100)), np.array([300.0, 0.0])
    assert pairs(Problem((one(1, priority=2),), (7, 8), times, None, reserve)) == {(1, 8)}
    assert pairs(Problem((one(1, priority=1),), (7, 8), times, None, reserve)) == {(1, 7)}


def test_the_chance_to_be_there_in_time_counts_below_the_top_priority_only():
    times, chance = ways((60, 100)), ways((0.2, 0.9))
    assert pairs(Problem((one(1, priority=3),), (7, 8), times, chance)) == {(1, 8)}
    assert pairs(Problem((one(1, priority=1),), (7, 8), times, chance)) == {(1, 7)}


def test_of_two_units_as_near_the_top_priority_leaves_the_one_that_others_need():
    """Both are as good for the first; only one of them fits the second."""
    diver = Part("selam", 1, np.array([True, False]))
    jobs = (one(1, priority=1), Job(2, 2, 2.0, (diver,)))
    assert pairs(Problem(jobs, (7, 8), ways((60, 60), (300, 300)))) == {(1, 8), (2, 7)}


def test_of_two_alike_the_older_gets_the_nearer():
    assert pairs(Problem((one(2), one(1)), (7, 8), ways((60, 90), (60, 90)))) == {(1, 7), (2, 8)}


def test_of_two_alike_the_older_is_served_at_all():
    problem = Problem((one(2, units=1), one(1, units=1)), (7,), ways((60,), (60,)))
    assert pairs(problem) == {(1, 7)}


def test_a_unit_without_a_way_is_never_sent():
    done = match(Problem((one(1, units=1),), (7,), ways((NAN,))))
    assert done.given == ()
    assert [slot.job for slot in done.empty] == [0]


def test_serving_one_more_is_worth_any_detour():
    times = ways((60, 5000), (60, NAN))
    assert pairs(Problem((one(1), one(2)), (7, 8), times)) == {(1, 8), (2, 7)}


@pytest.mark.parametrize("how", [{}, {"whole": True}, {"doubles": True}])
@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0)])
def test_nothing_to_do_or_nobody_to_do_it_is_an_answer(
    shape: tuple[int, int], how: dict[str, bool]
):
    jobs = tuple(one(n, units=shape[1], **how) for n in range(shape[0]))
    problem = Problem(jobs, tuple(range(shape[1])), np.zeros(shape))
    assert match(problem).given == ()
    assert match(problem).proven
    assert len(match(problem).empty) == shape[0]


def test_a_table_of_the_wrong_shape_is_named():
    with pytest.raises(ValueError, match="reserve_s"):
        Problem((one(1),), (7, 8), ways((60, 70)), None, np.zeros(3))


def test_all_or_nothing_leaves_the_unit_to_others():
    both = tuple(Part(code, 1, np.array([True, False])) for code in ("a", "b"))
    jobs = (Job(1, 2, 1.0, both, whole=True), one(2))
    done = match(Problem(jobs, (7, 8), ways((60, 60), (60, 900))))
    assert done.given == (Given(1, 0, 0),)  # not its half to the older
    assert done.proven


def test_one_unit_with_two_skills_fills_two_parts_where_that_is_allowed():
    parts = (Part("api", 1, np.array([True, False])), Part("medis", 1, np.array([True, True])))
    job = Job(1, 2, 1.0, parts, doubles=True)
    done = match(Problem((job,), (7, 8), ways((60, 70))))
    assert {g.unit for g in done.given} == {0}
    assert done.empty == ()


# Against every possible assignment


@st.composite
def problems(draw: st.DrawFn, coupled: bool = False) -> Problem:
    """Up to 6 slots and 6 units, few different times: ties, holes, skills."""
    units = draw(st.integers(0, 4 if coupled else 6))
    slots = draw(st.integers(0, 4 if coupled else 6))
    jobs: list[Job] = []
    while slots > 0:
        count = draw(st.integers(1, min(slots, 3)))
        split = draw(st.integers(0, count - 1))
        parts = tuple(
            Part(code, n, np.array(draw(st.lists(st.booleans(), min_size=units, max_size=units))))
            for code, n in (("a", count - split), ("b", split))
            if n
        )
        parts = tuple(Part(p.code, p.count, p.fits.astype(bool)) for p in parts)
        how = draw(st.sampled_from(["whole", "doubles", ""])) if coupled else ""
        jobs.append(
            Job(
                len(jobs),
                draw(st.integers(1, 3)),
                float(draw(st.integers(0, 2))),
                parts,
                whole=how == "whole",
                doubles=how == "doubles",
            )
        )
        slots -= count
    tied = draw(st.booleans())  # sums that are equal: there the order of the stages shows
    odd = [NAN, 0.0, 60.0, 61.5, 90.0, 600.0, 3600.0]
    seconds = st.sampled_from([NAN, 60.0, 120.0, 180.0, 240.0] if tied else odd)
    times = [draw(seconds) for _ in range(len(jobs) * units)]
    chances = st.sampled_from([1.0] if tied else [0.0, 0.5, 1.0])
    chance = [draw(chances) for _ in range(len(jobs) * units)]
    reserves = st.sampled_from([0.0, 60.0] if tied else [0.0, 30.0, 45.5, 400.0])
    reserve = [draw(reserves) for _ in range(units)]
    shape = (len(jobs), units)
    return Problem(
        tuple(jobs),
        tuple(range(units)),
        np.array(times, dtype=np.float64).reshape(shape),
        np.array(chance, dtype=np.float64).reshape(shape),
        np.array(reserve, dtype=np.float64),
    )


def price(problem: Problem, job: int, unit: int) -> int:
    """Tenths of a second, by the formula in the words of dispatch.rules.matching."""
    assert problem.p_target is not None
    assert problem.reserve_s is not None
    seconds = float(problem.times_s[job, unit])
    if problem.jobs[job].priority > 1:
        seconds += 600.0 * (1 - float(problem.p_target[job, unit]))
        seconds += float(problem.reserve_s[unit])
    return round(seconds * 10)


Sent = dict[int, tuple[int, tuple[int, ...]]]  # unit: job, and the parts it fills


def every_assignment(problem: Problem, unit: int = 0) -> Iterator[Sent]:
    """All that can be done with the units from this one on, by trying."""
    if unit == len(problem.units):
        yield {}
        return
    options: list[tuple[int, tuple[int, ...]]] = []
    for j, job in enumerate(problem.jobs):
        if np.isnan(problem.times_s[j, unit]):
            continue
        fits = [p for p, part in enumerate(job.parts) if part.fits[unit]]
        most = len(fits) if job.doubles else 1
        options += [(j, some) for n in range(1, most + 1) for some in combinations(fits, n)]
    for rest in every_assignment(problem, unit + 1):
        yield rest
        for job, parts in options:
            if all(_room(problem, rest, job, p) for p in parts):
                yield {unit: (job, parts), **rest}


def _room(problem: Problem, sent: Sent, job: int, part: int) -> bool:
    taken = sum(j == job and part in parts for j, parts in sent.values())
    return taken < problem.jobs[job].parts[part].count


def worth(problem: Problem, sent: Sent) -> tuple[int, ...] | None:
    """The objective, from the docstring of dispatch.rules.matching; None: not allowed."""
    jobs = problem.jobs
    filled = {
        (j, p): sum(job == j and p in parts for job, parts in sent.values())
        for j, job in enumerate(jobs)
        for p in range(len(job.parts))
    }
    for j, job in enumerate(jobs):
        have = [filled[j, p] == part.count for p, part in enumerate(job.parts)]
        some = any(filled[j, p] for p in range(len(job.parts)))
        if job.whole and some and not all(have):
            return None
    prices = {
        (j, u): price(problem, j, u)
        for j in range(len(jobs))
        for u in range(len(problem.units))
        if not np.isnan(problem.times_s[j, u])
    }
    dearest = max(prices.values(), default=0) + 1
    numbers: list[int] = []
    for level in sorted({job.priority for job in jobs}):
        own = sorted(
            (j for j, job in enumerate(jobs) if job.priority == level),
            key=lambda j: (jobs[j].opened, jobs[j].incident),
        )
        rank = {j: len(own) - n for n, j in enumerate(own)}
        paid = {(job, u): prices[job, u] for u, (job, _) in sent.items() if job in rank}
        asked = sum(part.count for j in own for part in jobs[j].parts)
        empty = asked - sum(filled[j, p] for j in own for p in range(len(jobs[j].parts)))
        turn = -sum(rank[j] * (dearest - cost) for (j, _), cost in paid.items())
        numbers += [empty, sum(paid.values()), turn]
    return tuple(numbers)


def best_of_every(problem: Problem) -> tuple[int, ...]:
    found = (worth(problem, sent) for sent in every_assignment(problem))
    return min(value for value in found if value is not None)


@settings(deadline=None, max_examples=150)
@given(problems())
def test_equals_the_best_of_every_assignment(problem: Problem):
    done = match(problem)
    assert done.proven
    assert done.objective() == best_of_every(problem)


@settings(deadline=None, max_examples=150)
@given(problems(coupled=True))
def test_equals_the_best_of_every_assignment_where_needs_hang_together(problem: Problem):
    done = match(problem, time_limit_s=60)
    assert done.proven
    assert done.objective() == best_of_every(problem)


@settings(deadline=None, max_examples=150)
@given(problems())
def test_is_the_same_when_asked_again_in_another_order(problem: Problem):
    back = tuple(reversed(range(len(problem.jobs))))
    assert problem.p_target is not None
    turned = Problem(
        tuple(problem.jobs[j] for j in back),
        problem.units,
        problem.times_s[list(back)],
        problem.p_target[list(back)],
        problem.reserve_s,
    )
    once = [(problem.jobs[g.job].incident, g.part, g.unit) for g in match(problem).given]
    again = [(turned.jobs[g.job].incident, g.part, g.unit) for g in match(turned).given]
    assert once == again


def tied(seed: int) -> Problem:
    """Four or five slots and units, two or three different times."""
    chance = np.random.default_rng(seed)
    slots, units = (int(n) for n in chance.integers(3, 6, 2))
    part = [(Part("a", 1, chance.random(units) < 0.8),) for _ in range(slots)]
    jobs = tuple(
        Job(n, int(chance.integers(1, 4)), float(chance.integers(0, 3)), part[n])
        for n in range(slots)
    )
    times = chance.choice([60.0, 120.0, 180.0], (slots, units))
    times[chance.random((slots, units)) < 0.15] = NAN
    return Problem(jobs, tuple(range(units)), times, np.ones((slots, units)), np.zeros(units))


def test_ties_are_settled_by_what_the_less_urgent_need_in_each_of_300_small_cases():
    for seed in range(300):
        problem = tied(seed)
        assert match(problem).objective() == best_of_every(problem), seed


# Greater ones, that nobody can try through


def crowd(seed: int, jobs: int, units: int, **how: bool) -> Problem:
    chance = np.random.default_rng(seed)
    needs = [
        tuple(
            Part(code, int(chance.integers(1, 3)), chance.random(units) < 0.4)
            for code in ("a", "b")[: int(chance.integers(1, 3))]
        )
        for _ in range(jobs)
    ]
    times = chance.uniform(60, 3600, (jobs, units))
    times[chance.random((jobs, units)) < 0.1] = NAN
    return Problem(
        tuple(
            Job(n, int(chance.integers(1, 5)), float(n), parts, **how)
            for n, parts in enumerate(needs)
        ),
        tuple(range(units)),
        times,
        chance.random((jobs, units)),
        chance.uniform(0, 300, units),
    )


def is_allowed(problem: Problem, done: tuple[Given, ...]) -> bool:
    """Each unit once, fitting, with a way there; no more than is asked."""
    units = [g.unit for g in done]
    return (
        len(units) == len(set(units))
        and all(problem.jobs[g.job].parts[g.part].fits[g.unit] for g in done)
        and all(np.isfinite(problem.times_s[g.job, g.unit]) for g in done)
        and all(
            sum((g.job, g.part) == (j, p) for g in done) <= part.count
            for j, job in enumerate(problem.jobs)
            for p, part in enumerate(job.parts)
        )
    )


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10**6), st.integers(1, 40), st.integers(1, 30))
def test_is_never_worse_than_nearest_first(seed: int, jobs: int, units: int):
    problem = crowd(seed, jobs, units)
    ours, theirs = match(problem), nearest_first(problem)
    assert is_allowed(problem, ours.given)
    assert is_allowed(problem, theirs.given)
    assert ours.objective() <= theirs.objective()


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 10**6), st.sampled_from(["whole", "doubles"]))
def test_is_never_worse_than_nearest_first_even_without_time(seed: int, how: str):
    problem = crowd(seed, 30, 25, **{how: True})
    assert match(problem, time_limit_s=0.01).objective() <= nearest_first(problem).objective()


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6))
def test_nobody_below_or_in_reserve_would_be_at_a_top_priority_incident_sooner(seed: int):
    problem = crowd(seed, 20, 25)
    done = match_slots(problem)
    kept = {g.unit for g in done.given if problem.jobs[g.job].priority == 1}
    for one_of_them in done.given:
        if problem.jobs[one_of_them.job].priority != 1:
            continue
        times = problem.times_s[one_of_them.job].round(1)
        fits = problem.jobs[one_of_them.job].parts[one_of_them.part].fits
        others = [u for u in np.flatnonzero(fits & np.isfinite(times)) if u not in kept]
        assert all(times[u] >= times[one_of_them.unit] for u in others)
