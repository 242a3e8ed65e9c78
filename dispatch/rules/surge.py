"""Why a unit is proposed for an incident when many want many, and why a need stays open."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dispatch.rules.needs import Given, Level, Matching, Problem, Slot

_WORDS: Mapping[str, Mapping[str, str]] = {
    "id": {
        "when": "{minutes} menit",
        "chance": "{share} % di bawah {target} menit",
        "first": "yang paling cepat tiba",
        "wanted": "{unit} lebih cepat ({minutes} menit) tetapi dibutuhkan untuk {case}",
        "reserve": "{unit} lebih cepat ({minutes} menit) tetapi menjaga desa di sekitarnya",
        "nobody": "tidak ada unit siap yang dapat mengisi kebutuhan ini",
        "no_way": "tidak ada jalan ke sana bagi unit yang cocok",
        "taken": "semua unit yang cocok dipakai kejadian yang lebih gawat atau lebih dulu",
        "unplaced": "lokasi belum diketahui",
        "ask": "mintakan bantuan {agencies}",
        "priority": "{name} (prioritas {priority})",
        "same": "sama dengan cara satu per satu",
        "more": "{n} kebutuhan lebih banyak terpenuhi daripada satu per satu",
        "sooner": "{minutes} menit lebih cepat seluruhnya daripada satu per satu",
        "other": "yang paling gawat lebih dulu tertolong daripada dengan cara satu per satu",
    },
    "en": {
        "when": "{minutes} min",
        "chance": "{share} % within {target} minutes",
        "first": "the first that can be there",
        "wanted": "{unit} would be sooner ({minutes} min) but is needed for {case}",
        "reserve": "{unit} would be sooner ({minutes} min) but keeps the villages around it",
        "nobody": "no free unit can fill this need",
        "no_way": "no way leads there for the units that fit",
        "taken": "all units that fit go to incidents that are more urgent or older",
        "unplaced": "the place is not known yet",
        "ask": "ask {agencies} for help",
        "priority": "{name} (priority {priority})",
        "same": "the same as one after the other",
        "more": "{n} needs more are met than one after the other",
        "sooner": "{minutes} minutes sooner in all than one after the other",
        "other": "the most urgent are helped sooner than one after the other",
    },
}


@dataclass(frozen=True, slots=True)
class Names:
    """What the sentences call things: by their places in the problem."""

    units: Sequence[str]  # call signs
    cases: Sequence[str]  # "Kebakaran"
    targets_s: Sequence[float]


def why(problem: Problem, found: Matching, one: Given, names: Names, language: str) -> str:
    """When it is there, how sure, and what became of the one that would be there sooner."""
    say, seconds = _WORDS[language], problem.times_s[one.job]
    parts = [say["when"].format(minutes=_minutes(seconds[one.unit]))]
    if problem.p_target is not None:
        share = math.floor(100 * float(problem.p_target[one.job, one.unit]))
        target = round(names.targets_s[one.job] / 60)
        parts.append(say["chance"].format(share=min(share, 99), target=target))
    return ", ".join(parts) + "; " + _rival(problem, found, one, names, say)


def _rival(
    problem: Problem, found: Matching, one: Given, names: Names, say: Mapping[str, str]
) -> str:
    """The soonest that fits is this one, or is wanted elsewhere, or is kept back."""
    seconds = problem.times_s[one.job]
    fits = problem.jobs[one.job].parts[one.part].fits & np.isfinite(seconds)
    own = {g.unit for g in found.given if g.job == one.job} - {one.unit}
    fits[list(own)] = False
    soonest = int(np.where(fits, seconds, np.inf).argmin())
    if seconds[soonest] >= seconds[one.unit]:
        return say["first"]
    told = {"unit": names.units[soonest], "minutes": _minutes(seconds[soonest])}
    elsewhere = next((g.job for g in found.given if g.unit == soonest), None)
    if elsewhere is None:
        return say["reserve"].format(**told)
    return say["wanted"].format(case=_case(problem, elsewhere, names, say), **told)


def why_empty(
    problem: Problem, slot: Slot, agencies: Sequence[str], language: str, *, placed: bool = True
) -> str:
    """What stands in the way, and whom to ask."""
    say = _WORDS[language]
    if not placed:
        reason = say["unplaced"]
    else:
        fits = problem.jobs[slot.job].parts[slot.part].fits
        ways = np.isfinite(problem.times_s[slot.job])
        reason = say["taken" if (fits & ways).any() else "no_way" if fits.any() else "nobody"]
    ask = "; " + say["ask"].format(agencies=", ".join(agencies)) if agencies and placed else ""
    return reason + ask


def unplaced(language: str) -> str:
    """Of an incident of which nobody knows where it is."""
    return _WORDS[language]["unplaced"]


def better(ours: Matching, theirs: Matching, language: str) -> str:
    """How the plan stands against nearest-first, in a sentence."""
    say = _WORDS[language]
    more = _empty(theirs.levels) - _empty(ours.levels)
    saved_s = sum(one.times_s for one in theirs.levels) - sum(one.times_s for one in ours.levels)
    if more > 0:
        return say["more"].format(n=more)
    if ours.objective() == theirs.objective():
        return say["same"]
    if more == 0 and saved_s >= 60:
        return say["sooner"].format(minutes=_minutes(saved_s, up=False))
    return say["other"]


def _empty(levels: Sequence[Level]) -> int:
    return sum(level.empty for level in levels)


def _case(problem: Problem, job: int, names: Names, say: Mapping[str, str]) -> str:
    return say["priority"].format(name=names.cases[job], priority=problem.jobs[job].priority)


def _minutes(seconds: float, *, up: bool = True) -> int:
    return max(1, math.ceil(seconds / 60) if up else math.floor(seconds / 60))
