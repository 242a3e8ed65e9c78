"""The mainland and the islands: land between which nobody drives, each judged for itself."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dispatch.ground import Ground
from geo.coverage import Demand
from geo.routing.house import HouseRouter
from geo.routing.land import AT_SEA

MAINLAND = "daratan"
_MOST_NAMES = 3


@dataclass(frozen=True, slots=True, eq=False)
class Regime:
    """Villages of one land mass."""

    code: str  # "daratan", or "pulau-" with the lowest code of its villages
    name: str
    island: bool
    villages: NDArray[np.intp]  # by their place in the locator


def regimes_of(ground: Ground, demand: Demand) -> list[Regime]:
    """The mainland first, then the islands by weight; one for all where no land masses are known.

    Bridges of the regency's configuration have made one mass of two before.
    """
    mass = village_masses(ground, demand)
    weights = demand.by_village(demand.weights)
    masses = np.unique(mass)
    main = max(masses.tolist(), key=lambda one: float(weights[mass == one].sum()))
    islands = sorted(
        (one for one in masses.tolist() if one != main),
        key=lambda one: -float(weights[mass == one].sum()),
    )
    first = Regime(MAINLAND, "Daratan", False, np.flatnonzero(mass == main))
    return [first, *(_island(ground, np.flatnonzero(mass == one)) for one in islands)]


def village_masses(ground: Ground, demand: Demand) -> NDArray[np.intp]:
    """(villages,) number of the land mass that most points of each lie on."""
    if not isinstance(ground.router, HouseRouter):
        return np.zeros(len(demand.starts), dtype=np.intp)
    of_points = ground.router.overland.lands.masses(demand.spots)
    ends = np.append(demand.starts[1:], len(of_points))
    found = np.zeros(len(demand.starts), dtype=np.intp)
    for n, (start, end) in enumerate(zip(demand.starts, ends, strict=True)):
        own = of_points[start:end]
        on = own[own != AT_SEA]
        found[n] = np.bincount(on).argmax() if len(on) else AT_SEA
    return found


def _island(ground: Ground, villages: NDArray[np.intp]) -> Regime:
    refs = [ground.locator.villages[n] for n in villages.tolist()]
    names = ", ".join(ref.name for ref in refs[:_MOST_NAMES])
    more = " …" if len(refs) > _MOST_NAMES else ""
    return Regime(f"pulau-{min(ref.code for ref in refs)}", f"Pulau: {names}{more}", True, villages)
