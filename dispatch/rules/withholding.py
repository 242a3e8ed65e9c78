"""What planners are not shown: kinds that point to a person, and kinds too rare to hide in.

By hexagon, and of a kind that points to a person also by village, the fewest are asked of each area
(dispatch.facts.counting; what remains possible: docs/decisions/0033-facts-and-jobs.md).
What is restricted to a group never gets as far as this: row security keeps it from the analyst.
All that is withheld is counted, and said to be withheld.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from dispatch.rules.audience import Audience

# Widths of hexagons: of any that one likes, two that differ by a metre subtract to a strip.
CELLS_M = (500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)
FEWEST = 5  # cases of a kind in the period: with fewer a map would show single ones


class Shown(StrEnum):
    """How finely cases of a kind may be counted."""

    NEVER = "tidak"  # restricted to a group
    AREAS = "wilayah"  # by village and larger: where exactly points to a person
    FINELY = "rinci"  # by hexagon, as density and as clusters, too


def shown(restricted_group: str | None, audience: Audience) -> Shown:
    """How finely, by what the catalogue says of the kind."""
    if restricted_group is not None:
        return Shown.NEVER
    return Shown.AREAS if audience is Audience.ROOM else Shown.FINELY


def may_show(restricted_group: str | None, audience: Audience, *, finely: bool) -> bool:
    """Whether cases of that kind may be counted by area, or `finely`: by hexagon, as points."""
    how = shown(restricted_group, audience)
    return how is Shown.FINELY or (how is Shown.AREAS and not finely)


def whole_weeks(since: date, until: date) -> bool:
    """Whether the days are whole weeks from Monday on; `until` is not among them."""
    return since.weekday() == until.weekday() == 0


def whole_months(since: date, until: date) -> bool:
    """Whether the days are whole months; `until` is not among them."""
    return since.day == until.day == 1


def rare(counts: Mapping[str, int], least: int = FEWEST) -> frozenset[str]:
    """Kinds with at least one case and fewer than `least` in the period."""
    return frozenset(kind for kind, count in counts.items() if 0 < count < least)
