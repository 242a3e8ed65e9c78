"""Which free unit should wait elsewhere: the move up that covers most, then the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from dispatch.cover.leaving import BUSY
from dispatch.cover.reaches import Reaches
from dispatch.cover.standing import Standing
from dispatch.ground import Ground
from dispatch.rows import AnyRow
from dispatch.rules.cover import move_sentence
from geo.coverage import Floats, Move, best_move, within
from geo.routing import Start

MOST_MOVES = 3
MOVE_MOST_S = 2_700.0  # a unit that needs longer to get there is not moved up
MOST_NAMES = 5


@dataclass(frozen=True, slots=True)
class MoveUp:
    """A free unit that would cover more from another station."""

    unit_id: int
    call_sign: str
    station_id: int
    station: str
    travel_s: float
    gains: int  # villages reached, those it leaves taken off
    names: tuple[str, ...]
    why: str
    why_en: str


@dataclass(frozen=True, slots=True)
class _Chances:
    """Who could wait where.

    ways_s   (units, stations) NaN where there is no way, and for boats: they stay
    reach_s  by kind of unit (stations, points) until help is there from a station
    """

    units: Sequence[Standing]
    stations: Sequence[AnyRow]
    ways_s: Floats
    reach_s: dict[str, Floats]
    known: Reaches
    limit_s: float

    def best(self, times_s: Floats, moved: set[int]) -> tuple[Move, Floats] | None:
        """The best move of any kind of unit, and what it reaches from there."""
        covers, best = within(times_s, self.limit_s), None
        for kind, reach_s in self.reach_s.items():
            allowed = within(self.ways_s, MOVE_MOST_S)
            allowed[[u.kind != kind or n in moved for n, u in enumerate(self.units)]] = False
            reach = within(reach_s, self.limit_s)
            found = best_move(self.known.demand, covers, reach, allowed, BUSY)
            if found is not None and (best is None or found.gain > best[0].gain):
                best = found, reach_s[found.station]
        return best


def moves_up(
    ground: Ground,
    units: Sequence[Standing],
    known: Reaches,
    times_s: Floats,
    limit_s: float,
    now: datetime,
) -> list[MoveUp]:
    """The best move, then the best after it: a few relocations are nearly all that can be gained.

    units    that are free
    times_s  (units, points) until each is there
    Boats stay, no unit is moved twice, and none across the sea but by a ferry in time.
    """
    chances = _chances(ground, units, known, limit_s, now)
    moves: list[MoveUp] = []
    times_s, moved = times_s.copy(), set[int]()
    while len(moves) < MOST_MOVES and (found := chances.best(times_s, moved)) is not None:
        move, times_s[found[0].unit] = found
        moved.add(move.unit)
        moves.append(_move_up(ground, chances, move))
    return moves


def _chances(
    ground: Ground,
    units: Sequence[Standing],
    known: Reaches,
    limit_s: float,
    now: datetime,
) -> _Chances:
    posts = [row.position for row in known.stations]
    on_land = [n for n, unit in enumerate(units) if not unit.by_sea]
    ways_s = np.full((len(units), len(posts)), np.nan)
    if on_land and posts:
        ways_s[on_land] = known.to_stations_s([units[n].start for n in on_land], now)
    reach_s = {
        kind: known.travel_s([Start(post, kind) for post in posts], now)
        + ground.regency.plans.turnout.mean_s(kind, at_post=True)
        for kind in sorted({units[n].kind for n in on_land})
    }
    return _Chances(units, known.stations, ways_s, reach_s, known, limit_s)


def _move_up(ground: Ground, chances: _Chances, move: Move) -> MoveUp:
    villages = ground.locator.villages
    names = [villages[n].name for n in np.flatnonzero(move.villages)]
    left = [villages[n].name for n in np.flatnonzero(move.lost)]
    unit, station = chances.units[move.unit], chances.stations[move.station]
    travel_s = float(chances.ways_s[move.unit, move.station])
    say = (unit.call_sign, station.name, travel_s, names, left)
    return MoveUp(
        unit.unit_id,
        unit.call_sign,
        station.id,
        station.name,
        travel_s,
        len(names) - len(left),
        tuple(names[:MOST_NAMES]),
        move_sentence(*say, "id"),
        move_sentence(*say, "en"),
    )
