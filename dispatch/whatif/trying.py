"""Use case: try out other stations, units and shifts on what happened, or might have."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from dispatch.choosing.reckoning import read_spreads
from dispatch.ground import Ground
from dispatch.rules.doing import Doing
from dispatch.whatif import comparing, history
from dispatch.whatif.asking import Trial
from dispatch.whatif.document import document
from dispatch.whatif.engine import Rules
from dispatch.whatif.history import History
from dispatch.whatif.plan import Plan, changed
from dispatch.whatif.standing import plan_now
from dispatch.whatif.ways import travel
from geo.point import Point

Json = dict[str, Any]
Progress = Callable[[float, str], None]
_ROAD = "jalan"  # basis of most ways: their spread stands for all
_READ, _WAYS = 0.05, 0.5  # shares of the work


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """What is read of the database, so that nothing holds a connection while it is reckoned."""

    plan: Plan
    history: History
    spreads: tuple[float, float]


def given(session: Session, trial: Trial, ground: Ground) -> Given:
    """Needs the analyst's eyes."""
    past = history.read(
        session, trial.since, trial.until, trial.categories, ground, trial.target_s, trial.seed
    )
    way_sd = read_spreads(session, ground).of(_ROAD, "*")
    return Given(plan_now(session), past, (ground.regency.plans.turnout.sd, way_sd))


def try_out(found: Given, trial: Trial, asked: Json, ground: Ground, progress: Progress) -> Json:
    """The document. Raises BadPlan where there is nothing to replay, or too much."""
    plans = (found.plan, changed(found.plan, trial.changes))
    regency, past = ground.regency, found.history
    comparing.check(past, trial.repeats, trial.simulate_days)
    progress(_READ, Doing.WAYS)
    ways = travel(
        ground.router,
        regency,
        plans,
        past.places,
        past.opened_at,
        spots_of(ground),
        lambda share: progress(_READ + (_WAYS - _READ) * share, Doing.WAYS),
    )
    rules = Rules(
        turnout=regency.plans.turnout,
        job_s=regency.plans.choosing.job_s,
        shift_s=regency.plans.choosing.shift_s,
    )
    outcome = comparing.compare(
        past,
        plans,
        ways,
        rules,
        found.spreads,
        repeats=trial.repeats,
        seed=trial.seed,
        simulate_days=trial.simulate_days,
        progress=lambda share: progress(_WAYS + (1 - _WAYS) * share * 0.95, Doing.REPLAY),
    )
    return document(outcome, trial, asked, past, plans, ground)


def spots_of(ground: Ground) -> list[Point]:
    """A place in each village: where a unit on its way home is taken to turn round."""
    middles = (area.representative_point() for area in ground.locator.areas)
    return [Point(lon=middle.x, lat=middle.y) for middle in middles]
