"""Does this call tell of an incident that we know? Near in place, in time and in kind."""

import math
from dataclasses import dataclass

FADE_M = 400.0  # a pin by hearsay is easily this far off; the score falls to a third
FADE_MINUTES = 90.0
OTHER_KIND = 0.3  # "kebakaran" may be told as "ledakan", but less likely
UNKNOWN_KIND = 0.6  # the operator has not chosen yet
LEAST = 0.05  # below, it is not worth a look


@dataclass(frozen=True, slots=True)
class Likeness:
    """How likely two calls tell of one event: 0 no, 1 surely; and why in Indonesian."""

    score: float
    why: str


def likeness(
    distance_m: float, minutes: float, category: str | None, other_category: str
) -> Likeness:
    """Compare a new call with an open incident.

    distance_m  between the two pins
    minutes     since the incident was opened; a clock that is ahead counts as 0
    category    of the new call; None: not chosen yet
    The score fades with exp(-distance / 400 m) and exp(-time / 90 min): chosen by
    judgement, not fitted. Below 0.05 it is 0.
    """
    minutes = max(minutes, 0.0)
    score = (
        math.exp(-distance_m / FADE_M)
        * math.exp(-minutes / FADE_MINUTES)
        * _kind_weight(category, other_category)
    )
    why = ", ".join([_distance(distance_m), _age(minutes), _kinds(category, other_category)])
    return Likeness(round(score, 3) if score >= LEAST else 0.0, why)


def _kind_weight(category: str | None, other: str) -> float:
    if category is None:
        return UNKNOWN_KIND
    return 1.0 if category == other else OTHER_KIND


def _distance(distance_m: float) -> str:
    if distance_m < 995:
        return f"{round(distance_m, -1):.0f} m"
    return f"{distance_m / 1000:.1f} km".replace(".", ",")


def _age(minutes: float) -> str:
    if minutes < 1:
        return "baru saja"
    if minutes < 90:
        return f"{minutes:.0f} menit lalu"
    return f"{minutes / 60:.0f} jam lalu"


def _kinds(category: str | None, other: str) -> str:
    name = other.replace("_", " ")
    if category is None:
        return f"di sana {name}"
    return f"sama-sama {name}" if category == other else f"tetapi di sana {name}"
