"""How likely each village is, and each other regency, after all clues of a text."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from geo.address.said import Said
from geo.search.abroad import DISTRICT, VILLAGE
from geo.search.clue import Clue

HOME = 3.0  # the regency's own name was said
_ELSEWHERE = -3.0  # before anything is said, a call comes from here
_BUSY = 0.35
_POSTCODE = 1.5
_OTHER_POSTCODE = -0.5  # postcodes are often wrong
_FOREIGN_POSTCODE = 3.5
_IN_PROVINCE = 3.0  # its province was named, too
SOMEWHERE = "?"  # another regency, not known which


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A village (code of four parts), a regency (two), a province (one), or SOMEWHERE."""

    code: str
    score: float
    p: float
    used: tuple[Clue, ...]  # the clues that speak for it, none overlapping

    @property
    def is_village(self) -> bool:
        """Whether it is one of ours."""
        return self.code.count(".") == 3


_Scored = tuple[str, float, tuple[Clue, ...]]


@dataclass(frozen=True, slots=True)
class Postcodes:
    """Which village has which postcode; the first three digits of ours."""

    of: Mapping[str, str]  # by village code
    prefixes: frozenset[str]


def weigh(
    said: Said,
    clues: Sequence[Clue],
    before: Mapping[str, float],
    home: str,
    postcodes: Postcodes,
) -> list[Hypothesis]:
    """The villages and the regencies that anything speaks for, most likely first.

    before   by village code: log-likelihood before anything is said (see before_all)
    p adds up to 1 together with the villages that nothing speaks for; these are left out.
    """
    clues = _longest(clues)
    all_ours = sum(map(math.exp, before.values())) or 1.0
    scored, left = _ours(said, clues, before, home, postcodes)
    scored += _others(clues, home, math.log(all_ours) + _ELSEWHERE, said, postcodes)
    return _normalised(scored, left)


def before_all(villages: Iterable[str], things: Mapping[str, Sequence[object]]) -> dict[str, float]:
    """What speaks for a village before anything is said: where more things are known, more happens.

    Where populations are not known, this is the best that the gazetteer can say.
    """
    return {code: _BUSY * math.log1p(len(things.get(code, ()))) for code in villages}


def _longest(clues: Sequence[Clue]) -> list[Clue]:
    """Without those that only read a part of a longer name: Kedung in "Kedung Malang"."""
    sure = [(c.start, c.end) for c in clues if c.likeness == 1.0 and c.end - c.start > 1]
    return [
        clue
        for clue in clues
        if not any(
            start <= clue.start and clue.end <= end and end - start > clue.end - clue.start
            for start, end in sure
        )
    ]


def _ours(
    said: Said,
    clues: Sequence[Clue],
    before: Mapping[str, float],
    home: str,
    postcodes: Postcodes,
) -> tuple[list[_Scored], float]:
    """Scores of the villages that are spoken for; the log-likelihood of all others together."""
    named = {code for clue in clues for code in clue.worth if code.count(".") == 3}
    if said.postcode:
        named |= {code for code, post in postcodes.of.items() if post == said.postcode}
    said_home = max((clue.worth.get(home, 0.0) for clue in clues), default=0.0)
    here = HOME * min(said_home / 6.0, 1.0)
    against = _against(clues)
    scored = []
    for code in sorted(named & before.keys()):
        score, used = _best(code, clues)
        held = sum(value for spared, value in against if code not in spared)
        post = _post(code, said.postcode, postcodes)
        scored.append((code, score + before[code] + here + held + post, used))
    left = sum(math.exp(prior) for code, prior in before.items() if code not in named)
    held = sum(value for _, value in against) + _post("", said.postcode, postcodes)
    return scored, math.log(left or 1e-9) + here + held


def _others(
    clues: Sequence[Clue], home: str, before: float, said: Said, postcodes: Postcodes
) -> list[_Scored]:
    """Regencies by name; a province, or "somewhere", where no regency in it was named."""
    foreign = _foreign(said.postcode, postcodes)
    direct = {code for c in clues if not c.supports for code in c.worth if code.count(".") < 2} - {
        home
    }
    direct |= _told_by_two(clues, home)
    provinces = {code for code in direct if "." not in code}
    covered = {code[:2] for code in direct if "." in code}
    asked = (direct - (provinces & covered)) | ({SOMEWHERE} if foreign and not direct else set())
    scored = []
    for code in asked:
        score, used = _best(code, clues)
        within = _IN_PROVINCE if "." in code and code[:2] in provinces else 0.0
        scored.append((code, score + before + foreign + within, used))
    return scored


def _told_by_two(clues: Sequence[Clue], home: str) -> set[str]:
    """Regencies of our province that two of their villages or kecamatan were named of."""
    told: dict[str, set[str]] = {}
    for clue in clues:
        for code, worth in clue.worth.items():
            if (
                clue.supports
                and worth in (VILLAGE, DISTRICT)
                and code[:2] == home[:2]
                and code != home
            ):
                told.setdefault(code, set()).add(clue.said)
    return {code for code, said in told.items() if len(said) >= 2}


def _best(code: str, clues: Sequence[Clue]) -> tuple[float, tuple[Clue, ...]]:
    """The best choice of clues that do not overlap: weighted intervals, by dynamic programming."""
    once: dict[object, Clue] = {}  # a name said twice tells no more than said once
    for clue in clues:
        if clue.worth.get(code, 0.0) > 0:
            what = id(clue.known) if clue.known else (clue.said, clue.supports)
            if what not in once or clue.worth[code] > once[what].worth[code]:
                once[what] = clue
    telling = sorted(once.values(), key=lambda clue: clue.end)
    ends: list[int] = [0]
    best: list[tuple[float, tuple[Clue, ...]]] = [(0.0, ())]
    for clue in telling:
        before = next(n for n in range(len(ends) - 1, -1, -1) if ends[n] <= clue.start)
        score = best[before][0] + clue.worth[code]
        if score > best[-1][0]:
            ends.append(clue.end)
            best.append((score, (*best[before][1], clue)))
    return best[-1]


def _against(clues: Iterable[Clue]) -> list[tuple[frozenset[str], float]]:
    """What speaks against all but some: another kecamatan or village was said in as many words."""
    marked: dict[tuple[int, int], list[Clue]] = {}
    for clue in clues:
        if clue.otherwise < 0:
            marked.setdefault((clue.start, clue.end), []).append(clue)
    return [
        (
            frozenset(code for clue in group for code in clue.worth),
            min(clue.otherwise for clue in group),
        )
        for group in marked.values()
    ]


def _post(code: str, said: str | None, postcodes: Postcodes) -> float:
    if said is None or said[:3] not in postcodes.prefixes:
        return 0.0
    return _POSTCODE if postcodes.of.get(code) == said else _OTHER_POSTCODE


def _foreign(said: str | None, postcodes: Postcodes) -> float:
    if said is None or not postcodes.prefixes or said[:3] in postcodes.prefixes:
        return 0.0
    return _FOREIGN_POSTCODE


def _normalised(scored: list[_Scored], left: float) -> list[Hypothesis]:
    """With p; `left` is the log-likelihood of all that is not in the list."""
    top = max((score for _, score, _ in scored), default=left)
    top = max(top, left)
    weights = [math.exp(score - top) for _, score, _ in scored]
    total = sum(weights) + math.exp(left - top)
    found = [
        Hypothesis(code, score, weight / total, used)
        for (code, score, used), weight in zip(scored, weights, strict=True)
    ]
    return sorted(found, key=lambda one: (-one.p, one.code))
