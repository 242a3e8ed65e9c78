"""On which side of the road one drives, as the roundabouts of a network show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geo.roads.raw import RawWay
from geo.roads.tags import direction, is_round
from geo.shapes import LocalScale

_LEAST = 3  # roundabouts, before they are believed
_MOST_AGAINST = 0.2


@dataclass(frozen=True, slots=True)
class Winding:
    """How many (parts of) roundabouts are driven round which way."""

    clockwise: int  # as where one drives on the left
    anticlockwise: int

    @property
    def side(self) -> str | None:
        """left, right; None where there are too few, or they do not agree."""
        most, least = (
            max(self.clockwise, self.anticlockwise),
            min(self.clockwise, self.anticlockwise),
        )
        if most < _LEAST or least > _MOST_AGAINST * (most + least):
            return None
        return "left" if self.clockwise == most else "right"


def winding(ways: Sequence[RawWay]) -> Winding:
    """Of all roundabouts, by the way they turn; those drawn both ways do not count."""
    turns = [
        _turn(way) * direction(way.tags)
        for way in ways
        if is_round(way.tags) and direction(way.tags) and len(way.nodes) > 2
    ]
    return Winding(sum(turn < 0 for turn in turns), sum(turn > 0 for turn in turns))


def _turn(way: RawWay) -> float:
    """Radians that a line turns to the left from its first piece to its last."""
    scale = LocalScale.at(float(way.coords[0, 1]))
    steps = np.diff(way.coords, axis=0) * (scale.lon_m, scale.lat_m)
    headings = np.arctan2(steps[:, 1], steps[:, 0])
    turns = np.diff(headings)
    return float(np.sum((turns + np.pi) % (2 * np.pi) - np.pi))
