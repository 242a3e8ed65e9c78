"""Who reaches which part of the land in time, what is lost when one goes, where help should stand.

Villages are stood for by weighed points (demand); a unit covers a point that it reaches within the
limit. isochrones draws how far each comes, people counts for whom that is, sites looks for the best
places. What needs a compiler or a solver is imported only where it is used.
"""

from geo.coverage.demand import ENOUGH, Demand, Flags, Floats, Ints, within
from geo.coverage.moving import Move, best_move, leaving, worth

__all__ = [
    "ENOUGH",
    "Demand",
    "Flags",
    "Floats",
    "Ints",
    "Move",
    "best_move",
    "leaving",
    "within",
    "worth",
]
