"""Invents calls for a demonstration. The same seed gives the same calls; nobody in them exists."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from dispatch.calls import CallReport
from dispatch.demo.course import Course, course_of
from dispatch.demo.teller import DemoVillage, Teller
from dispatch.regency import CategoryEntry
from geo.point import Point

CALLS_A_DAY = 60
PRANK_SHARE, INFORMATION_SHARE = 0.35, 0.05  # Jakarta 23 %, Semarang 38.6 % (reliability.md 2.2)
AGAIN_SHARE = 0.3  # of the emergencies: a second caller tells of it minutes later
WAITING_EACH = 2
COMPLAINT_SHARE = 0.45  # of what opens an incident
JUST_NOW, LATELY, OLD = timedelta(minutes=45), timedelta(hours=16), timedelta(hours=17)
# Calls by hour of the day, 0 to 23: few at night, most before noon and after work.
BY_HOUR = (2, 1, 1, 1, 1, 2, 4, 7, 8, 8, 8, 7, 6, 6, 6, 7, 8, 8, 7, 7, 6, 5, 4, 3)


@dataclass(frozen=True, slots=True)
class DemoCall:
    """An invented call and what becomes of it."""

    key: int  # of the call in its plan
    at: datetime
    report: CallReport  # demo=True
    same_as: int | None = None  # key of the call that opened the incident
    course: Course | None = None  # None: opens no incident

    @property
    def pinned_opener(self) -> bool:
        """Whether it opens an incident whose place is known."""
        return self.course is not None and self.report.pin is not None


def plan_day(
    seed: int,
    villages: Sequence[DemoVillage],
    categories: Sequence[CategoryEntry],
    now: datetime,
    *,
    at_sea: Sequence[Point] = (),
    calls: int = CALLS_A_DAY,
) -> list[DemoCall]:
    """About that many calls up to `now`, oldest first; some days old and still open.

    now  in the zone of the regency: by its hours people are awake
    """
    chance = random.Random(seed)  # noqa: S311  # a play, not a secret
    newest = oldest = max(3, calls // 6)
    moments = [
        *_moments(chance, now - OLD * 5, now - OLD, oldest),
        *_moments(chance, now - LATELY, now - JUST_NOW, calls - newest - oldest),
        *_moments(chance, now - JUST_NOW, now, newest),
    ]
    return _plan(chance, moments, villages, categories, at_sea, now)


def plan_ahead(
    seed: int,
    villages: Sequence[DemoVillage],
    categories: Sequence[CategoryEntry],
    now: datetime,
    hours: float,
    *,
    at_sea: Sequence[Point] = (),
) -> list[DemoCall]:
    """The calls of the coming hours at the pace of a busy day, soonest first."""
    chance = random.Random(seed)  # noqa: S311  # a play, not a secret
    count = max(1, round(CALLS_A_DAY * hours / 14))
    moments = _moments(chance, now, now + timedelta(hours=hours), count)
    return _plan(chance, moments, villages, categories, at_sea, None)


def _moments(chance: random.Random, start: datetime, end: datetime, count: int) -> list[datetime]:
    """That many moments, thicker where people are awake, sorted."""
    span_s = (end - start).total_seconds()
    found: list[datetime] = []
    while len(found) < count:
        moment = start + timedelta(seconds=chance.uniform(0, span_s))
        # Within a few hours there is no day to follow: else a plan made at night had no end.
        if span_s < 4 * 3600 or chance.random() * max(BY_HOUR) < BY_HOUR[moment.hour]:
            found.append(moment)
    return sorted(found)


def _plan(
    chance: random.Random,
    moments: Sequence[datetime],
    villages: Sequence[DemoVillage],
    categories: Sequence[CategoryEntry],
    at_sea: Sequence[Point],
    now: datetime | None,
) -> list[DemoCall]:
    teller = Teller(chance, villages, categories)
    first = [_call(teller, key, at, now) for key, at in enumerate(moments)]
    told = _with_watched_villages(teller, _with_special_places(teller, first, at_sea))
    again = _again(teller, told, now)
    return sorted([*told, *again], key=lambda call: (call.at, call.key))


def _call(teller: Teller, key: int, at: datetime, now: datetime | None) -> DemoCall:
    chance = teller.chance
    # What is days old stands there because it is still open: it was no prank.
    old = now is not None and now - at > OLD
    if not old and chance.random() < PRANK_SHARE:
        return DemoCall(key, at, teller.prank())
    if not old and chance.random() < INFORMATION_SHARE:
        return DemoCall(key, at, teller.information())
    kind = "aduan" if old or chance.random() < COMPLAINT_SHARE else "darurat"
    report = teller.tells(teller.category(kind), teller.village())
    return DemoCall(key, at, report, course=course_of(chance, kind, old=old))


def _with_special_places(
    teller: Teller, plan: Sequence[DemoCall], at_sea: Sequence[Point]
) -> list[DemoCall]:
    """The latest calls come from an island and from the sea, where the regency has such."""
    reports: list[CallReport] = []
    if islands := [v for v in teller.villages if v.island]:
        village = teller.village(islands)
        reports.append(teller.tells(teller.category("darurat"), village, pinned=True))
    if at_sea:
        reports.append(teller.at_sea(teller.chance.choice(at_sea)))
    late = [call.key for call in reversed(plan) if call.pinned_opener]
    special = dict(zip(late, reports, strict=False))
    return [
        replace(call, report=special[call.key], course=course_of(teller.chance, "darurat"))
        if call.key in special
        else call
        for call in plan
    ]


def _with_watched_villages(teller: Teller, plan: Sequence[DemoCall]) -> list[DemoCall]:
    """Two complaints that still wait come from each village whose head looks on."""
    watched = [v for v in teller.villages if v.watched for _ in range(WAITING_EACH)]
    waiting = [
        call.key
        for call in plan
        if call.pinned_opener and call.course is not None and call.course.send_after_s is None
    ]
    home = dict(zip(waiting, watched, strict=False))
    return [
        replace(call, report=teller.tells(teller.category("aduan"), home[call.key], pinned=True))
        if call.key in home
        else call
        for call in plan
    ]


def _again(teller: Teller, plan: Sequence[DemoCall], now: datetime | None) -> list[DemoCall]:
    """Second calls about emergencies, two to nine minutes after the first."""
    kinds = {c.code: c.kind for c in teller.categories}
    found: list[DemoCall] = []
    for call in plan:
        at = call.at + timedelta(minutes=teller.chance.uniform(2, 9))
        emergency = call.pinned_opener and kinds.get(call.report.category or "") == "darurat"
        if emergency and teller.chance.random() < AGAIN_SHARE and (now is None or at < now):
            report = teller.again(call.report)
            found.append(DemoCall(len(plan) + len(found), at, report, same_as=call.key))
    return found
