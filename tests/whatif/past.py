"""A small past to draw from: two posts, calls by day and by night, some villages."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np

from dispatch.rules.eta import Turnout
from dispatch.whatif.engine import Rules, Travel
from dispatch.whatif.history import History
from dispatch.whatif.plan import Plan, RemoveUnit, changed
from geo.point import Point
from tests.whatif.small import calls, post, team, ways

SINCE = date(2026, 1, 5)
RULES = Rules(turnout=Turnout(post_s=60.0, moving_s=20.0))
NOW = Plan.of(
    [post("A"), post("B", 110.2)], [team("M1"), team("M2"), team("M3", "B"), team("M4", "B")]
)
FEWER = changed(NOW, [RemoveUnit("M2")])
SPREADS = (0.4, 0.3)


def past(days: int = 60, a_day: float = 12.0, seed: int = 1) -> tuple[History, Travel]:
    """So many days, and the ways of the two posts; busy by day, work takes an hour or so."""
    chance = np.random.default_rng(seed)
    n = round(days * a_day)
    hour = chance.choice(24, n, p=np.array([1] * 7 + [3] * 14 + [1] * 3) / 52)
    at_s = np.sort(chance.integers(0, days, n) * 86_400.0 + hour * 3600 + chance.random(n) * 3600)
    given = replace(
        calls(at_s.tolist(), priority=chance.integers(1, 4, n).tolist()),
        busy_s=np.where(chance.random(n) < 0.5, chance.uniform(1800, 9000, n), np.nan),
    )
    near, far = chance.uniform(120, 900, n), chance.uniform(700, 1600, n)
    west = chance.random(n) < 0.6
    travel = ways(
        [NOW],
        {"A": np.where(west, near, far).tolist(), "B": np.where(west, far, near).tolist()},
    )
    midnight = datetime.combine(SINCE, datetime.min.time(), UTC)
    return (
        History(
            SINCE,
            days,
            given,
            tuple(Point(lon=110.0 + i / 1e4, lat=-6.5) for i in range(n)),
            tuple(midnight + timedelta(seconds=at) for at in at_s.tolist()),
            tuple("kesehatan" if i % 3 else "kebakaran" for i in range(n)),
            tuple(None if i == 0 else "langka" if i < 4 else f"desa{i % 4}" for i in range(n)),
            tuple("barat" if w else "timur" for w in west),
            tuple((1, 2) if i % 2 else (1,) for i in range(n)),
            (np.array([1800.0, 3600.0, 7200.0]),) * n,
            60.0,
        ),
        travel,
    )
