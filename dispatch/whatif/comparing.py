"""One plan against another: the same calls and the same luck, so often that luck is small."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dispatch.whatif import figures
from dispatch.whatif.calls import Calls, Flags, Floats, Luck
from dispatch.whatif.engine import Rules, Told, Travel, replay
from dispatch.whatif.figures import Change, Figure, Pairs
from dispatch.whatif.history import History, simulated
from dispatch.whatif.plan import BadPlan, Plan
from geo.hotspots.discoveries import false_discovery

LEAST = 5  # calls of an area, category or agency: of fewer nothing is said
MOST_ROWS = 2_000_000  # calls of all repeats
Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Group:
    """One category, village, kecamatan or agency."""

    code: str
    calls: int  # of the period that is known
    before: Figure
    after: Figure
    change: Change  # of the share in time
    sure: bool  # with so many groups asked at once (false discoveries controlled)


@dataclass(frozen=True, slots=True)
class Work:
    """How a unit fares; None in a plan without it."""

    call_sign: str
    before: tuple[float, float] | None  # jobs of one repeat; share of its hours on duty at work
    after: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What would be otherwise.

    in_time, p50_s, p90_s   changes with their 95 % intervals
    groups                  by kind: kategori, desa, kecamatan, instansi; the largest first
    withheld                by kind: calls in groups too small to speak of
    repeats_needed          so many that luck moves the change by half a point at most
    luck                    how far it moves it now, 95 %, a share; None: of one repeat none knows
    """

    before: Figure
    after: Figure
    in_time: Change
    p50_s: Change
    p90_s: Change
    groups: Mapping[str, tuple[Group, ...]]
    withheld: Mapping[str, int]
    work: tuple[Work, ...]
    repeats: int
    repeats_needed: int | None
    luck: float | None
    days: int


@dataclass(frozen=True, slots=True, eq=False)
class _Runs:
    pairs: Pairs
    place: np.ndarray[tuple[int], np.dtype[np.int64]]
    changes: Floats  # (repeats,)
    work: tuple[Floats, Floats]  # (2, units) of each plan: jobs, seconds at work


def compare(
    history: History,
    plans: tuple[Plan, Plan],
    travel: Travel,
    rules: Rules,
    spreads: tuple[float, float],
    *,
    repeats: int,
    seed: int,
    simulate_days: int | None = None,
    progress: Progress = lambda _share: None,
) -> Outcome:
    """Plan before against plan after. Raises BadPlan where there is nothing to replay, or too much.

    spreads        of the logarithm of turn-out and journey
    simulate_days  None: the calls of the history; else days drawn from it, each repeat anew
    """
    check(history, repeats, simulate_days)
    days = simulate_days or history.days
    runs = _runs(history, plans, travel, rules, spreads, repeats, seed, simulate_days, progress)
    pairs = runs.pairs
    kinds = groups_of(history)
    return Outcome(
        figures.figure(pairs.before_s, pairs.target_s, repeats),
        figures.figure(pairs.after_s, pairs.target_s, repeats),
        figures.change_in_time(pairs, seed),
        figures.change_of_percentile(pairs, 0.5, seed),
        figures.change_of_percentile(pairs, 0.9, seed),
        {kind: _groups(some, runs, repeats, seed) for kind, some in kinds.items()},
        {kind: _withheld(some) for kind, some in kinds.items()},
        tuple(_work(plans, runs, repeats, days)),
        repeats,
        figures.repeats_needed(runs.changes),
        1.96 * float(np.std(runs.changes, ddof=1)) / repeats**0.5 if repeats > 1 else None,
        days,
    )


def check(history: History, repeats: int, simulate_days: int | None) -> None:
    """Raise BadPlan where there is nothing to replay, or too much."""
    if not len(history):
        raise BadPlan("since", "tidak ada kegawatan dengan tempat yang dikenal dalam masa ini")
    rows = len(history) * repeats * (simulate_days or history.days) / history.days
    if rows > MOST_ROWS:
        most = max(1, int(repeats * MOST_ROWS / rows))
        raise BadPlan("repeats", f"terlalu banyak panggilan; paling banyak {most} ulangan")


def _runs(
    history: History,
    plans: tuple[Plan, Plan],
    travel: Travel,
    rules: Rules,
    spreads: tuple[float, float],
    repeats: int,
    seed: int,
    simulate_days: int | None,
    progress: Progress,
) -> _Runs:
    parts: list[tuple[Floats, ...]] = []
    changes, work = [], (np.zeros((2, len(plans[0].units))), np.zeros((2, len(plans[1].units))))
    for number in range(repeats):
        chance = np.random.default_rng([seed, 2, number])
        calls = simulated(history, simulate_days, chance) if simulate_days else history.calls
        luck = Luck.drawn(calls, history.pool, spreads, chance)
        told = [replay(calls, plan, travel, luck, rules) for plan in plans]
        for sums, one in zip(work, told, strict=True):
            sums += _worked(one, sums.shape[1])
        before_s, after_s = (history.handling_s + one.response_s for one in told)
        changes.append(_gain(before_s, after_s, calls))
        own_days = simulate_days * number if simulate_days else 0
        day = calls.at_s // 86_400 + own_days
        parts.append((day, before_s, after_s, calls.target_s, calls.place.astype(np.float64)))
        progress((number + 1) / repeats)
    day, before_s, after_s, target_s, place = (np.concatenate(p) for p in zip(*parts, strict=True))
    days = simulate_days * repeats if simulate_days else history.days
    pairs = Pairs(day.astype(np.int64), before_s, after_s, target_s, days)
    return _Runs(pairs, place.astype(np.int64), np.array(changes), work)


def _gain(before_s: Floats, after_s: Floats, calls: Calls) -> float:
    if not len(calls):
        return 0.0
    return float(np.mean(after_s <= calls.target_s) - np.mean(before_s <= calls.target_s))


def _worked(told: Told, units: int) -> Floats:
    """(2, units) jobs and seconds at work."""
    jobs = np.bincount(told.unit[told.unit >= 0], minlength=units)
    return np.stack([jobs.astype(np.float64), told.worked_s])


def _work(plans: tuple[Plan, Plan], runs: _Runs, repeats: int, days: int) -> Iterator[Work]:
    found: list[dict[str, tuple[float, float]]] = []
    for plan, sums in zip(plans, runs.work, strict=True):
        on_duty_s = [_hours_s(unit.shift.from_s, unit.shift.until_s) * days for unit in plan.units]
        share = sums[1] / repeats / np.array(on_duty_s)
        signs = [unit.call_sign for unit in plan.units]
        jobs = (sums[0] / repeats).tolist()
        found.append(dict(zip(signs, zip(jobs, share.tolist(), strict=True), strict=True)))
    before, after = found
    for sign in sorted(before.keys() | after.keys()):
        yield Work(sign, before.get(sign), after.get(sign))


def _hours_s(from_s: int, until_s: int) -> int:
    return (until_s - from_s) % 86_400 or 86_400


def groups_of(history: History) -> dict[str, dict[str, Flags]]:
    """By kind and code which rows of the history belong to it; one may belong to two agencies."""
    n = len(history)
    kinds: dict[str, Sequence[Sequence[object]]] = {
        "kategori": [(code,) for code in history.categories],
        "desa": [(code,) if code else () for code in history.villages],
        "kecamatan": [(code,) if code else () for code in history.districts],
        "instansi": history.agencies,
    }
    found: dict[str, dict[str, Flags]] = {kind: {} for kind in kinds}
    for kind, rows in kinds.items():
        for row, codes in enumerate(rows):
            for code in codes:
                found[kind].setdefault(str(code), np.zeros(n, dtype=bool))[row] = True
    return found


def _groups(some: Mapping[str, Flags], runs: _Runs, repeats: int, seed: int) -> tuple[Group, ...]:
    groups = [
        _group(code, rows, runs, repeats, seed)
        for code, rows in some.items()
        if rows.sum() >= LEAST
    ]
    return tuple(sorted(_surely(groups), key=lambda group: (-group.calls, group.code)))


def _surely(groups: Sequence[Group]) -> Iterator[Group]:
    """Of 195 villages ten would be "sure" by chance alone: Benjamini and Hochberg's rule."""
    known = np.array([np.nan if g.change.p is None else g.change.p for g in groups])
    found = false_discovery(known, 1 - figures.LEVEL).found if groups else ()
    for group, sure in zip(groups, found, strict=True):
        yield replace(group, sure=bool(sure))


def _group(code: str, rows: Flags, runs: _Runs, repeats: int, seed: int) -> Group:
    pairs = runs.pairs.some(rows[runs.place])
    return Group(
        code,
        int(rows.sum()),
        figures.figure(pairs.before_s, pairs.target_s, repeats),
        figures.figure(pairs.after_s, pairs.target_s, repeats),
        figures.change_in_time(pairs, seed),
        sure=False,
    )


def _withheld(some: Mapping[str, Flags]) -> int:
    return sum(int(rows.sum()) for rows in some.values() if rows.sum() < LEAST)
