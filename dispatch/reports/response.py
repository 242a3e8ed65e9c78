"""How long it takes from the ring to help on the ground, step by step: columns in, figures out.

What still lasts, or was called off, counts for as long as it had lasted (Kaplan and Meier 1958); a
step that nobody tapped is in no figure, but counted. "90 % within" is the convention of fire and
ambulance services (NFPA 1710); a mean stands beside it, and is never the yardstick.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dispatch.rules import standing
from dispatch.rules.standing import Share
from dispatch.rules.survival import kaplan_meier

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

LEAST = standing.LEAST  # of fewer nothing is said
STEPS = ("sent_s", "accepted_s", "departed_s", "arrived_s", "released_s")
# name: from, to; of each unit that was sent
OF_UNITS: Mapping[str, tuple[str, str]] = {
    "kirim_terima": ("sent_s", "accepted_s"),
    "terima_berangkat": ("accepted_s", "departed_s"),
    "berangkat_tiba": ("departed_s", "arrived_s"),
    "tiba_selesai": ("arrived_s", "released_s"),
    "kirim_berangkat": ("sent_s", "departed_s"),  # turn-out
}
STAGES = (
    "dering_jawab", "telepon_buka", "buka_kirim", "kirim_terima", "terima_berangkat",
    "berangkat_tiba", "tiba_selesai", "kirim_berangkat", "buka_tiba", "telepon_tiba",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Cases:
    """Cases, a row each. Times in seconds of any one clock; NaN: not, or not known.

    rang_s, heard_s  when the telephone rang, when somebody answered
    closed_s         NaN: open
    target_s         within which the first help should be there
    """

    rang_s: Floats
    heard_s: Floats
    opened_s: Floats
    closed_s: Floats
    target_s: Floats

    def __len__(self) -> int:
        return len(self.opened_s)


@dataclass(frozen=True, slots=True, eq=False)
class Sendings:
    """Units that were sent, a row each. Times as of Cases.

    case   (m,) row of its case
    done   (m,) ended as it should: what has no time then was not tapped. False with a
           `released_s`: called off then
    helps  (m,) whether it can do what the case needs: a patrol car at a fire is no help yet.
           None: each can
    """

    case: Ints
    sent_s: Floats
    accepted_s: Floats
    departed_s: Floats
    arrived_s: Floats
    released_s: Floats
    done: Flags
    helps: Flags | None = None

    @property
    def helping(self) -> "Sendings":
        """Those whose arrival is help."""
        if self.helps is None:
            return self
        columns = [getattr(self, name)[self.helps] for name in ("case", *STEPS, "done")]
        return Sendings(*columns)


@dataclass(frozen=True, slots=True)
class Stage:
    """One stretch; seconds. None: too few, or it never came so far."""

    n: int
    ended: int
    missing: int
    mean_s: float | None
    p50_s: float | None
    p90_s: float | None
    within: float | None  # share within the target; only of buka_tiba

    @property
    def censored(self) -> int:
        """Still lasts, or was called off."""
        return self.n - self.ended


@dataclass(frozen=True, slots=True)
class Row:
    """One village, category, hour ... or all together."""

    code: str
    incidents: int
    unsent: int
    in_time: Share | None
    stages: Mapping[str, Stage]


@dataclass(frozen=True, slots=True)
class Report:
    """The largest first; groups of fewer than LEAST are only counted."""

    total: Row
    rows: tuple[Row, ...]
    withheld_groups: int
    withheld: int
    incidents: int
    assignments: int


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """Stretches (n,): how long, whether they ended, and which rows of the cases they are of."""

    long_s: Floats
    ended: Flags
    row: Ints
    missing: Ints  # rows of what is missing


def report(cases: Cases, sendings: Sendings, groups: Mapping[str, Flags], now_s: float) -> Report:
    """The total, and a row for each group (code to which cases are in it).

    A unit's stages belong to its case's group. Raises ValueError where a time lies after now_s.
    """
    spans = _all_spans(cases, sendings, now_s)
    gone = np.isin(np.arange(len(cases)), sendings.case)
    in_time = _in_time(spans["buka_tiba"], cases.target_s)
    every = np.ones(len(cases), dtype=bool)

    def row(code: str, rows: Flags) -> Row:
        return _row(code, rows, cases, gone, in_time, spans)

    known = {code: rows for code, rows in groups.items() if rows.sum() >= LEAST}
    small = [int(rows.sum()) for rows in groups.values() if 0 < rows.sum() < LEAST]
    made = [row(code, rows) for code, rows in known.items()]
    return Report(
        row("", every),
        tuple(sorted(made, key=lambda one: (-one.incidents, one.code))),
        len(small),
        sum(small),
        len(cases),
        len(sendings.case),
    )


def _row(
    code: str,
    rows: Flags,
    cases: Cases,
    gone: Flags,
    in_time: tuple[Flags, Flags],
    spans: Mapping[str, Spans],
) -> Row:
    decided, met = in_time
    return Row(
        code,
        int(rows.sum()),
        int((rows & ~gone).sum()),
        standing.share(int((rows & met).sum()), int((rows & decided).sum())),
        {name: _stage(spans[name], rows, cases, name == "buka_tiba") for name in STAGES},
    )


def _stage(spans: Spans, rows: Flags, cases: Cases, targeted: bool) -> Stage:
    some = rows[spans.row]
    long_s, ended = spans.long_s[some], spans.ended[some]
    n, missing = len(long_s), int(rows[spans.missing].sum())
    if n < LEAST:
        return Stage(n, int(ended.sum()), missing, None, None, None, None)
    curve = kaplan_meier(long_s, ended)
    within = None
    if targeted:  # each has its own target: what is measured is the part of it
        part = kaplan_meier(long_s / cases.target_s[spans.row[some]], ended)
        at = int(np.searchsorted(part.times, 1.0, side="right"))
        within = 1.0 - float(part.open[at - 1]) if at else 0.0
    mean_s = float(long_s[ended].mean()) if ended.sum() >= LEAST else None
    p50_s, p90_s = curve.within(0.5), curve.within(0.9)
    return Stage(n, int(ended.sum()), missing, mean_s, p50_s, p90_s, within)


def _in_time(response: Spans, target_s: Floats) -> tuple[Flags, Flags]:
    """(cases,) where it is decided whether help was in time, and where it was."""
    decided, met = np.zeros(len(target_s), dtype=bool), np.zeros(len(target_s), dtype=bool)
    due_s = target_s[response.row]
    over = response.ended | (response.long_s > due_s)
    decided[response.row[over]] = True
    met[response.row[response.ended & (response.long_s <= due_s)]] = True
    return decided, met


def _all_spans(cases: Cases, sendings: Sendings, now_s: float) -> dict[str, Spans]:
    first_sent_s = _first(sendings.sent_s, sendings.case, len(cases))
    helping = sendings.helping
    help_sent_s = _first(helping.sent_s, helping.case, len(cases))
    help_there_s = _first(helping.arrived_s, helping.case, len(cases))
    found = {name: _of_units(sendings, *ends, now_s) for name, ends in OF_UNITS.items()}
    found["dering_jawab"] = _between(cases.rang_s, cases.heard_s)
    found["telepon_buka"] = _between(cases.heard_s, cases.opened_s)
    found["buka_kirim"] = _until_sent(cases, first_sent_s, now_s)
    for name, begin_s in (("buka_tiba", cases.opened_s), ("telepon_tiba", cases.heard_s)):
        found[name] = _until_there(cases, helping, begin_s, help_sent_s, help_there_s, now_s)
    return found


def _first(at_s: Floats, case: Ints, count: int) -> Floats:
    """(cases,) the earliest; NaN where there is none."""
    found = np.full(count, np.inf)
    np.minimum.at(found, case, np.where(np.isnan(at_s), np.inf, at_s))
    return np.where(np.isinf(found), np.nan, found)


def _spans(long_s: Floats, ended: Flags, held: Flags, missing: Flags, row: Ints) -> Spans:
    """A time that runs backwards is no time: somebody's clock was wrong."""
    wrong = held & (np.isnan(long_s) | (long_s < 0))
    held = held & ~wrong
    return Spans(long_s[held], ended[held], row[held], row[missing | wrong])


def _between(begin_s: Floats, end_s: Floats) -> Spans:
    known = ~(np.isnan(begin_s) | np.isnan(end_s))
    return _spans(end_s - begin_s, known, known, ~known, np.arange(len(begin_s)))


def _until_sent(cases: Cases, first_sent_s: Floats, now_s: float) -> Spans:
    """A case that was closed without any unit needed none: it is not waited for."""
    sent = ~np.isnan(first_sent_s)
    waits = ~sent & np.isnan(cases.closed_s)
    long_s = np.where(sent, first_sent_s, now_s) - cases.opened_s
    return _spans(long_s, sent, sent | waits, np.zeros_like(sent), np.arange(len(cases)))


def _until_there(
    cases: Cases,
    sendings: Sendings,
    begin_s: Floats,
    first_sent_s: Floats,
    first_there_s: Floats,
    now_s: float,
) -> Spans:
    """Until the first help; of a case whose units did their work untapped nobody knows."""
    there = ~np.isnan(first_there_s)
    untapped = np.zeros(len(cases), dtype=bool)
    untapped[sendings.case[sendings.done & np.isnan(sendings.arrived_s)]] = True
    over = ~np.isnan(cases.closed_s)
    needed_none = over & np.isnan(first_sent_s)
    missing = ~there & (untapped | np.isnan(begin_s)) & ~needed_none
    missing |= there & np.isnan(begin_s)
    end_s = np.where(there, first_there_s, np.where(over, cases.closed_s, now_s))
    held = ~missing & ~needed_none
    return _spans(end_s - begin_s, there, held, missing, np.arange(len(cases)))


def _of_units(sendings: Sendings, begin: str, end: str, now_s: float) -> Spans:
    begin_s, end_s = getattr(sendings, begin), getattr(sendings, end)
    later = _some(sendings, STEPS[STEPS.index(begin) + 1 : -1])
    beyond = _some(sendings, STEPS[STEPS.index(end) + 1 : -1])
    begun, ended = ~np.isnan(begin_s), ~np.isnan(end_s)
    over = ~np.isnan(sendings.released_s)
    # It was begun: either the step was tapped, or a later one shows that it happened.
    untapped_begin = ~begun & (later | sendings.done)
    untapped_end = begun & ~ended & (beyond | sendings.done)
    open_until_s = np.where(over, sendings.released_s, now_s)
    long_s = np.where(ended, end_s, open_until_s) - begin_s
    held = begun & ~untapped_end
    return _spans(long_s, ended, held, untapped_begin | untapped_end, sendings.case)


def _some(sendings: Sendings, steps: Sequence[str]) -> Flags:
    """(m,) whether one of these was tapped."""
    found = np.zeros(len(sendings.case), dtype=bool)
    for step in steps:
        found |= ~np.isnan(getattr(sendings, step))
    return found


def by_label(labels: Sequence[Sequence[str]]) -> dict[str, Flags]:
    """Groups of cases by their labels; one case may have two, or none."""
    found: dict[str, Flags] = {}
    for row, codes in enumerate(labels):
        for code in codes:
            found.setdefault(code, np.zeros(len(labels), dtype=bool))[row] = True
    return found
