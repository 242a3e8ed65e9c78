"""What a planner asks of coverage: for which help, from whom, within how long, at what hour."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import isfinite
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from dispatch.reports.ask import BadAsk
from dispatch.reports.yardsticks import yardstick_of

STEPS = (5, 10, 15)  # minutes that are always told
MOST_MINUTES, MOST_SITES = 120, 20
USUAL_MINUTES, USUAL_CELL_M = 15, 200
LEAST_CELL_M, MOST_CELL_M = 100, 1_000
MOST_RADIUS_KM = 100.0
Word = TypeVar("Word", bound=StrEnum)


class Who(StrEnum):
    """Which units count. All stand at their posts: this tells of plans, not of who is where."""

    ON_DUTY = "semua"
    FREE = "bebas"


class What(StrEnum):
    """What a job reckons."""

    REACH = "isokron"
    SITES = "lokasi"


class Goal(StrEnum):
    """What good sites are."""

    COVER = "terjangkau"  # most people within the minutes (MCLP)
    NEAR = "dekat"  # the shortest way on average (p-median)


@dataclass(frozen=True, slots=True)
class CoverageAsk:
    """One question; the words of the API are its fields."""

    skill: str = ""  # "": any unit
    who: Who = Who.ON_DUTY
    minutes: int = USUAL_MINUTES
    radius_km: float | None = None  # of the circle on paper; None: no circle
    hour: int | None = None  # of the regency's clock, on the day of asking; None: now
    what: What = What.REACH  # of a job
    cell_m: int = USUAL_CELL_M  # side of a plot
    count: int = 1  # of new sites
    goal: Goal = Goal.COVER
    keep: bool = True  # existing posts stay; False: all posts are looked for anew

    @property
    def limits(self) -> tuple[int, ...]:
        """Minutes that are told, rising."""
        return tuple(sorted({*STEPS, self.minutes}))

    def moment(self, now: datetime, zone: ZoneInfo) -> datetime:
        """When one sets out: now, or at that hour of the same day."""
        if self.hour is None:
            return now
        local = now.astimezone(zone).replace(minute=0, second=0, microsecond=0)
        return (local + timedelta(hours=self.hour - local.hour)).astimezone(now.tzinfo)

    def to_json(self) -> dict[str, Any]:
        """All words, so that the same can be asked again."""
        return {
            "skill": self.skill,
            "who": self.who.value,
            "minutes": self.minutes,
            "radius_km": self.radius_km,
            "hour": self.hour,
            "what": self.what.value,
            "cell_m": self.cell_m,
            "count": self.count,
            "goal": self.goal.value,
            "keep": self.keep,
        }


def read_ask(words: Mapping[str, Any], skills: frozenset[str]) -> CoverageAsk:
    """From JSON or a query string; what a law says of the skill is the usual.

    Raises BadAsk with the word that is wrong.
    """
    for word in words:
        if word not in CoverageAsk.__dataclass_fields__:
            known = ", ".join(CoverageAsk.__dataclass_fields__)
            raise BadAsk(word[:40], f"tidak dikenal; yang ada: {known}")
    skill = str(words.get("skill") or "")
    if skill and skill not in skills:
        raise BadAsk("skill", f"{skill[:40]!r} tidak ada; pilih salah satu: {_list(skills)}")
    law = yardstick_of(skill)
    radius_km = _number(words, "radius_km", 0.1, MOST_RADIUS_KM, law.radius_km if law else None)
    usual = law.minutes if law else USUAL_MINUTES
    return CoverageAsk(
        skill=skill,
        who=_choice(words, "who", Who, Who.ON_DUTY),
        minutes=_whole(words, "minutes", 1, MOST_MINUTES, int(usual)),
        radius_km=radius_km,
        hour=None if _empty(words, "hour") else _whole(words, "hour", 0, 23, 0),
        what=_choice(words, "what", What, What.REACH),
        cell_m=_whole(words, "cell_m", LEAST_CELL_M, MOST_CELL_M, USUAL_CELL_M),
        count=_whole(words, "count", 1, MOST_SITES, 1),
        goal=_choice(words, "goal", Goal, Goal.COVER),
        keep=_yes_no(words, "keep", True),
    )


def _empty(words: Mapping[str, Any], word: str) -> bool:
    return words.get(word) in (None, "")


def _list(words: frozenset[str]) -> str:
    return ", ".join(sorted(words))


def _number(
    words: Mapping[str, Any], word: str, least: float, most: float, usual: float | None
) -> float | None:
    if _empty(words, word):
        return usual
    try:
        value = float(words[word])
    except (TypeError, ValueError, OverflowError):
        value = float("nan")
    if isinstance(words[word], bool) or not isfinite(value) or not least <= value <= most:
        raise BadAsk(word, f"isi angka {least:g} sampai {most:g}")
    return value


def _whole(words: Mapping[str, Any], word: str, least: int, most: int, usual: int) -> int:
    value = _number(words, word, least, most, usual)
    if value is None or value != int(value):
        raise BadAsk(word, f"isi bilangan bulat {least} sampai {most}")
    return int(value)


def _choice(words: Mapping[str, Any], word: str, kind: type[Word], usual: Word) -> Word:
    if _empty(words, word):
        return usual
    try:
        return kind(words[word])
    except ValueError:
        raise BadAsk(word, f"pilih salah satu: {', '.join(kind)}") from None


def _yes_no(words: Mapping[str, Any], word: str, usual: bool) -> bool:
    if _empty(words, word):
        return usual
    if words[word] not in (True, False, "1", "0"):
        raise BadAsk(word, "isi 1 (ya) atau 0 (tidak)")
    return words[word] in (True, "1")
