"""Emergencies of a past period as columns to replay, and what of them had to be made up."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from shapely.geometry.base import BaseGeometry
from sqlalchemy import text
from sqlalchemy.orm import Session

from dispatch.ground import Ground
from dispatch.rows import AnyRow
from dispatch.rules.plans import Plan as Response
from dispatch.rules.plans import PlanPart
from dispatch.whatif.calls import Calls, Floats, Ints
from dispatch.whatif.villages_told import villages_told
from geo.point import Point
from geo.uncertainty.scatter import over_area

ENOUGH = 5  # durations of a category that are worth drawing from
_SPOTS = 32  # of a village: where an incident without a pin may have been
_LONGEST_BUSY_S = 24 * 3600.0  # a unit that was not signed off is no unit that worked so long
_LONGEST_HANDLING_S = 3600.0  # who was sent later had to be waited for

# Comes out: an emergency a row, oldest first, with its units' stays and when the first was sent.
# Uses ix_incident_opened_at, ix_assignment_incident_id.
_ROWS = text(
    "SELECT incident.id, opened_at, category_code, priority, level, village_code, district_code,"
    "       agency_ids, ST_X(pin) AS lon, ST_Y(pin) AS lat, incident.demo,"
    "       went.sent_at, went.busy_s"
    "  FROM incident LEFT JOIN LATERAL ("
    "    SELECT min(sent_at) AS sent_at,"
    "           avg(EXTRACT(EPOCH FROM released_at - arrived_at)::float8) AS busy_s"
    "      FROM assignment WHERE incident_id = incident.id AND state <> 'diusulkan'"
    "    ) AS went ON true"
    " WHERE opened_at >= :since AND opened_at < :until"
    "   AND category_code = ANY (CAST(:categories AS text[])) ORDER BY opened_at, incident.id"
)


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """What happened, each row one emergency; `calls` has them with the same numbers as places.

    pool         of each: seconds to draw its work from, where its own is not known
    villages     of each; None: not known, or held back
    agencies     of each: ids
    handling_s   from the call until somebody is sent, where nobody had to be waited for
    made_up      code to count: what was not known of so many of them
    """

    since: date
    days: int
    calls: Calls
    places: tuple[Point, ...]
    opened_at: tuple[datetime, ...]
    categories: tuple[str, ...]
    villages: tuple[str | None, ...]
    districts: tuple[str | None, ...]
    agencies: tuple[tuple[int, ...], ...]
    pool: tuple[Floats, ...]
    handling_s: float
    made_up: dict[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.places)


def emergencies(ground: Ground) -> list[str]:
    """Codes of what units are sent to and may be looked at: nothing that is for a group only."""
    known = ground.catalogue.categories.values()
    return [c.code for c in known if c.kind == "darurat" and c.kept_group is None]


def read(
    session: Session,
    since: date,
    until: date,
    categories: Collection[str],
    ground: Ground,
    target_s: float | None,
    seed: int,
) -> History:
    """Of those days of the regency's clock, `until` not among them; () all emergencies.

    target_s  for all alike; None: as each plan says
    """
    zone = ground.regency.hours.zone
    begin, end = (datetime.combine(day, time(), zone) for day in (since, until))
    codes = list(categories) or emergencies(ground)
    given = {"since": begin, "until": end, "categories": codes}
    found = session.execute(_ROWS, given).all()
    return _history(found, since, (until - since).days, ground, target_s, seed)


def _history(
    rows: Sequence[AnyRow],
    since: date,
    days: int,
    ground: Ground,
    target_s: float | None,
    seed: int,
) -> History:
    chance = np.random.default_rng([seed, 1])
    kinds = [(row.category_code, row.level) for row in rows]
    known = {kind: _response(*kind, ground) for kind in dict.fromkeys(kinds)}
    plans = [known[kind] for kind in kinds]
    areas = {v.code: a for v, a in zip(ground.locator.villages, ground.locator.areas, strict=True)}
    places = [_place(row, areas, chance) for row in rows]
    kept = [
        (row, plan, place)
        for row, plan, place in zip(rows, plans, places, strict=True)
        if place is not None and any(part.required for part in plan.parts)
    ]
    some = [row for row, _, _ in kept]
    codes = [row.category_code for row in some]
    until = since + timedelta(days=days)
    villages = villages_told([r.village_code for r in some], codes, since, until, ground)
    held_back = [v is None and r.village_code for v, r in zip(villages, some, strict=True)]
    busy_s = np.array([_busy_s(row) for row in some], dtype=np.float64)
    pool, made_up = _pools(some, busy_s, ground.regency.plans.choosing.job_s)
    zone = ground.regency.hours.zone
    handling_s = _handling_s(some)
    made_up |= {
        "tanpa_tempat": sum(place is None for place in places),
        "tanpa_rencana": sum(not any(part.required for part in plan.parts) for plan in plans),
        "tempat_diundi": sum(row.lon is None for row in some),
        "penanganan": handling_s is None,
        "desa_ditahan": sum(map(bool, held_back)),
        "latihan": sum(row.demo for row in some),
    }
    return History(
        since,
        days,
        _calls(some, [plan for _, plan, _ in kept], busy_s, since, zone, target_s, ground),
        tuple(place for _, _, place in kept),
        tuple(row.opened_at for row in some),
        tuple(row.category_code for row in some),
        tuple(villages),
        tuple(row.district_code for row in some),
        tuple(tuple(row.agency_ids) for row in some),
        tuple(pool),
        handling_s or 0.0,
        made_up,
    )


def _calls(
    rows: Sequence[AnyRow],
    plans: Sequence[Response],
    busy_s: Floats,
    since: date,
    zone: ZoneInfo,
    target_s: float | None,
    ground: Ground,
) -> Calls:
    numbers: dict[PlanPart, int] = {}
    first, need, required, helps = [0], [], [], []
    for plan in plans:
        helping = _helping(plan, ground)
        for part in plan.parts:
            need += [numbers.setdefault(part, len(numbers))] * part.count
            required += [part.required] * part.count
            helps += [part in helping] * part.count
        first.append(len(need))
    # By the clock on the wall, as shifts are; a row stays with its number.
    midnight = datetime.combine(since, time())
    at = [row.opened_at.astimezone(zone).replace(tzinfo=None) - midnight for row in rows]
    return Calls(
        at_s=np.maximum.accumulate(np.array([one.total_seconds() for one in at])),
        place=np.arange(len(rows), dtype=np.int64),
        priority=np.array([row.priority for row in rows], dtype=np.int64),
        target_s=np.array([target_s or plan.target_s for plan in plans]),
        busy_s=busy_s,
        first=np.array(first, dtype=np.int64),
        need=np.array(need, dtype=np.int64),
        required=np.array(required, dtype=bool),
        needs=tuple(numbers),
        helps=np.array(helps, dtype=bool),
    )


def _helping(plan: Response, ground: Ground) -> list[PlanPart]:
    """Required parts that can do what the case itself needs; all of them where none names it."""
    needs = ground.catalogue.category(plan.category).needs
    required = [part for part in plan.parts if part.required and part.count]
    return [part for part in required if part.skills & needs] or required


def _response(code: str, level: int, ground: Ground) -> Response:
    category = ground.catalogue.category(code)
    return ground.regency.plans.plan_of(category.code, category.needs, level)


def _place(
    row: AnyRow, villages: Mapping[str, BaseGeometry], chance: np.random.Generator
) -> Point | None:
    """Its pin, else anywhere in its village, else None."""
    if row.lon is not None:
        return Point(lon=row.lon, lat=row.lat)
    if (area := villages.get(row.village_code)) is None:
        return None
    lon, lat = chance.choice(over_area(area, _SPOTS)).tolist()
    return Point(lon=lon, lat=lat)


def _busy_s(row: AnyRow) -> float:
    known = row.busy_s is not None and 0 < row.busy_s <= _LONGEST_BUSY_S
    return float(row.busy_s) if known else np.nan


def _pools(
    rows: Sequence[AnyRow], busy_s: Floats, usual_s: float
) -> tuple[list[Floats], dict[str, int]]:
    """Of each row what its work may be drawn from: its category's, else all, else the usual."""
    known = ~np.isnan(busy_s)
    codes = np.array([row.category_code for row in rows], dtype=object)
    own: dict[str, Floats] = {}
    for code in dict.fromkeys(codes.tolist()):
        some = busy_s[known & (codes == code)]
        if len(some) >= ENOUGH:
            own[code] = np.sort(some)
    every = np.sort(busy_s[known]) if known.sum() >= ENOUGH else np.array([usual_s])
    pools = [own.get(code, every) for code in codes.tolist()]
    drawn = int((~known).sum())
    assumed = drawn if known.sum() < ENOUGH else 0
    return pools, {"lama_diundi": drawn - assumed, "lama_diandaikan": assumed}


def _handling_s(rows: Sequence[AnyRow]) -> float | None:
    """The median; None where nothing is known."""
    found = list(_until_sent(rows))
    return float(np.median(found)) if len(found) >= ENOUGH else None


def _until_sent(rows: Sequence[AnyRow]) -> Iterator[float]:
    for row in rows:
        if row.sent_at is not None:
            seconds = (row.sent_at - row.opened_at).total_seconds()
            if 0 <= seconds <= _LONGEST_HANDLING_S:
                yield seconds


def simulated(history: History, days: int, chance: np.random.Generator) -> Calls:
    """Days that might have been: Poisson, by hour, village and category as often as it was.

    Each call is one of the history's, at a random moment of the same hour of a random day. For
    every hour, village and category that is a Poisson process at the rate that was seen.
    """
    count = chance.poisson(len(history) * days / history.days) if len(history) else 0
    rows: Ints = chance.integers(0, max(1, len(history)), count)
    hour_s = history.calls.at_s[rows] % 86_400 // 3600 * 3600
    day_s = chance.integers(0, days, count) * 86_400.0
    return history.calls.taken(rows, day_s + hour_s + chance.random(count) * 3600)
