"""In which dusun, RW or RT of its village a case lies, as far as its words say; nothing guessed."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.rules.doubt import Code
from dispatch.rules.workflow import IncidentState
from dispatch.schema import Incident
from geo.address import Mark, Said, Span, read
from geo.naming import normalise
from geo.village_schema import VillagePart

Key = tuple[str, str, str]  # dusun, RW, RT; "" where the part is coarser than that


@dataclass(frozen=True, slots=True)
class Part:
    """A dusun, an RW or an RT of the register; "" for what it is not."""

    dusun: str
    rw: str
    rt: str

    @property
    def key(self) -> Key:
        return self.dusun, self.rw, self.rt


@dataclass(frozen=True, slots=True)
class Counted:
    """Open cases of a village by part.

    parts     every finest part of the register, and coarser ones where cases lie; in its order
    unknown   cases whose part nobody knows
    lies_in   the part of each case that is known, by its id
    """

    parts: Sequence[tuple[Part, int]]
    unknown: int
    lies_in: Mapping[int, Part]


def register_of(session: Session, village_code: str) -> tuple[Part, ...]:
    """The parts of a village in order; empty where no register was imported."""
    query = (
        select(VillagePart.dusun, VillagePart.rw, VillagePart.rt)
        .where(VillagePart.village_code == village_code)
        .order_by(VillagePart.dusun, VillagePart.rw, VillagePart.rt)
    )
    return tuple(Part(*row) for row in session.execute(query))


def count_open(session: Session, village_code: str) -> Counted:
    """Open cases that are counted to the village, by part; row security leaves out the others.

    The words are read here and go nowhere.
    """
    register = register_of(session, village_code)
    query = select(
        Incident.id, Incident.place_text, Incident.location, Incident.contradictions
    ).where(Incident.village_code == village_code, Incident.state != IncidentState.CLOSED)
    found = {row.id: _part_of_case(register, row) for row in session.execute(query)}
    lies_in = {number: part for number, part in found.items() if part is not None}
    return Counted(_counts(register, lies_in.values()), len(found) - len(lies_in), lies_in)


def part_of(register: Sequence[Part], words: str) -> Part | None:
    """The finest part that the words name and the register knows; None: none, or not only one.

    An RT by itself is enough where the village has it once; an RW or a dusun likewise. What
    contradicts the register (an RT that its RW has not) is no part at all.
    """
    said = read(words)
    # What the register does not list (no RW at all, no RT) is neither right nor wrong.
    rt = said.rt if any(part.rt for part in register) else None
    rw = said.rw if any(part.rw for part in register) else None
    dusun = _dusun_said(register, said)
    fits = [
        part
        for part in register
        if (rt is None or _number(part.rt) == rt)
        and (rw is None or _number(part.rw) == rw)
        and (not dusun or part.dusun in dusun)
    ]
    if rt is not None:
        return _only(fits, _as_rt, _as_rw, _as_dusun)
    if rw is not None:
        return _only(fits, _as_rw, _as_dusun)
    return _only(fits, _as_dusun) if dusun else None


def _part_of_case(register: Sequence[Part], row: Any) -> Part | None:
    """Words that contradict the pin speak of somewhere else; a hint of the head's does not."""
    if not register or set(row.contradictions) - {Code.VILLAGE_SAYS.value}:
        return None
    searched = str((row.location or {}).get("text") or "")
    return part_of(register, row.place_text) or part_of(register, searched)


def _only(fits: Sequence[Part], *ways: Callable[[Part], Part]) -> Part | None:
    """The one part that all of them are, looked at more and more coarsely."""
    for way in ways:
        seen = {way(part) for part in fits}
        if len(seen) == 1 and any((found := seen.pop()).key):
            return found
    return None


def _as_rt(part: Part) -> Part:
    return part


def _as_rw(part: Part) -> Part:
    return Part(part.dusun, part.rw, "")


def _as_dusun(part: Part) -> Part:
    return Part(part.dusun, "", "")


def _number(digits: str) -> int | None:
    return int(digits) if digits else None


def _dusun_said(register: Sequence[Part], said: Said) -> frozenset[str]:
    """Dusun that the words name, by that mark or by none, and not as something near by."""
    near = {relation.span for relation in said.relations}
    spans = [span for n, span in enumerate(said.spans) if n not in near and _may_be_dusun(span)]
    names = {part.dusun for part in register if part.dusun}
    return frozenset(name for name in names if any(_names(span, name) for span in spans))


def _may_be_dusun(span: Span) -> bool:
    return span.mark in (Mark.HAMLET, Mark.NONE) and not span.title


def _names(span: Span, name: str) -> bool:
    """Whether the words hold the name, whole words in a row; "Krajan" may stand as the mark."""
    words, wanted = span.words, tuple(normalise(name).split())
    if span.letters == "".join(wanted) or (not words and span.kind == normalise(name)):
        return True
    starts = range(len(words) - len(wanted) + 1)
    return any(words[start : start + len(wanted)] == wanted for start in starts)


def _counts(register: Sequence[Part], found: Iterable[Part]) -> list[tuple[Part, int]]:
    counts = Counter(found)
    known = {part.key for part in register}
    listed = {part for part in register if not _has_finer(part, known)} | counts.keys()
    return [(part, counts[part]) for part in sorted(listed, key=lambda part: part.key)]


def _has_finer(part: Part, known: Collection[Key]) -> bool:
    """Whether the register lists what this part is made of."""
    if part.rt:
        return False
    if part.rw:
        return any(key[:2] == (part.dusun, part.rw) and key[2] for key in known)
    return any(dusun == part.dusun and (rw or rt) for dusun, rw, rt in known)
