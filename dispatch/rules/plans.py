"""Response plans: what a kind of event needs at each level, and what of it is still missing."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

MOST_LEVEL = 9  # the table's own limit


@dataclass(frozen=True, slots=True)
class PlanPart:
    """One line of a plan: so many units that can do this."""

    code: str
    label: str
    label_en: str
    count: int
    skills: frozenset[str]  # all of them
    kinds: tuple[str, ...] = ()  # of unit that may come; () any
    prefers: tuple[str, ...] = ()  # of these kinds rather, where it makes no odds
    required: bool = True  # False: wished, never waited for
    crew: int = 0  # fewest people on board; 0: nobody asks

    def allows(self, kind: str) -> bool:
        """Whether that kind of unit may come for it."""
        return not self.kinds or kind in self.kinds

    def fits(self, skills: frozenset[str], kind: str) -> bool:
        """Whether a unit with these skills can do it."""
        return self.skills <= skills and self.allows(kind)


@dataclass(frozen=True, slots=True)
class Tell:
    """An agency that has to know."""

    agency: str  # its code
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What to send to one kind of event at one level, and whom to tell."""

    category: str
    level: int
    most_level: int  # the highest that the plan knows
    target_s: float  # within which the first help should be there
    parts: tuple[PlanPart, ...]
    tell: tuple[Tell, ...] = ()
    fallback: tuple[str, ...] = ()  # codes of agencies to ask when nobody of these can come

    @property
    def skills(self) -> frozenset[str]:
        """Every skill that some part asks for."""
        return frozenset().union(*(part.skills for part in self.parts))


@dataclass(frozen=True)
class Filled:
    """A plan with how many units each part has already."""

    plan: Plan
    have: dict[str, int] = field(default_factory=dict)  # by code of the part

    @cached_property
    def missing(self) -> tuple[tuple[PlanPart, int], ...]:
        """Parts that lack units, with how many: the required ones first, else as in the plan."""
        open_ones = [
            (part, part.count - self.have.get(part.code, 0))
            for part in self.plan.parts
            if part.count > self.have.get(part.code, 0)
        ]
        return tuple(sorted(open_ones, key=lambda line: not line[0].required))

    @property
    def complete(self) -> bool:
        """Whether every required part has its units; what is only wished for does not count."""
        return not any(part.required for part, _ in self.missing)


def fill(plan: Plan, met: Iterable[str]) -> Filled:
    """The plan with the parts (codes, one for each unit) that were sent for it."""
    codes = {part.code for part in plan.parts}
    return Filled(plan, dict(Counter(code for code in met if code in codes)))


def missing(plan: Plan, met: Iterable[str]) -> tuple[tuple[PlanPart, int], ...]:
    """What the plan still lacks, as Filled.missing."""
    return fill(plan, met).missing


def part_for(filled: Filled, skills: frozenset[str], kind: str) -> PlanPart | None:
    """The first missing part that such a unit fills; None where it fills none."""
    return next((part for part, _ in filled.missing if part.fits(skills, kind)), None)


def derived(category: str, needs: Iterable[str], target_s: float) -> Plan:
    """The plan of a category that has none of its own: one unit for each skill it needs."""
    parts = tuple(
        PlanPart(skill, f"unit {words}", f"{words} unit", 1, frozenset({skill}))
        for skill in needs
        for words in (skill.replace("_", " "),)
    )
    return Plan(category, 1, 1, target_s, parts)
