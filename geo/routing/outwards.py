"""Searches outwards from a start: quicker where few starts have many goals.

They answer the same as those backwards from a goal (tree.py), to rounding.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from geo.routing.joins import Join
from geo.routing.network import Costs, Network
from geo.routing.table import Floats, Ints
from geo.routing.tree import ends_of

_BYTES = 24_000_000  # of searches that are kept


@dataclass(frozen=True, slots=True, eq=False)
class Onward:
    """The turns of a network by the state that they lead out of, in the hours of a band.

    turn_at  (s + 1,) where the turns OUT OF each state begin in turn_to
    turn_to  (t,) the state that each turn leads into
    step_s   (t,) seconds of the turn and of the whole road that it leads into
    """

    network: Network
    costs: Costs
    turn_at: Ints
    turn_to: Ints
    step_s: Floats

    @classmethod
    def of(cls, network: Network, costs: Costs) -> Onward:
        """The network turned round."""
        into = np.repeat(np.arange(network.states, dtype=np.int32), np.diff(network.turn_at))
        order = np.argsort(network.turn_from, kind="stable")
        counts = np.bincount(network.turn_from, minlength=network.states)
        turn_at = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
        return cls(network, costs, turn_at, into[order], costs.step_s[order])

    def search(self, join: Join) -> Floats:
        """(s,) seconds from a point of a road through a turn into each state and to its end.

        Infinite where no way leads there. So the start's own road counts as come back to.
        """
        first, count = self._first(join), self.network.states
        graph = csr_matrix(
            (
                np.concatenate([self.step_s, np.array(list(first.values()), dtype=np.float64)]),
                np.concatenate([self.turn_to, np.array(list(first), dtype=np.int32)]),
                np.append(self.turn_at, len(self.turn_to) + len(first)).astype(np.int32),
            ),
            shape=(count + 1, count + 1),
        )
        found: Floats = dijkstra(graph, indices=count)[:count]
        return found

    def _first(self, join: Join) -> dict[int, float]:
        """The states that one turns into first: seconds until their end."""
        first: dict[int, float] = {}
        for own, share in zip(*ends_of(self.network, join), strict=True):
            rest_s = (1.0 - share) * float(self.costs.cost_s[own])
            for turn in range(*self.turn_at[own : own + 2].tolist()):
                state = int(self.turn_to[turn])
                total_s = rest_s + float(self.step_s[turn])
                first[state] = min(first.get(state, total_s), total_s)
        return first

    def driven_s(
        self, until_s: Floats, join: Join, state: NDArray[np.intp], share: Floats
    ) -> Floats:
        """Seconds of a usual unit from a join to shares of states, of any shape.

        until_s  what search(join) found
        """
        cost_s = self.costs.cost_s[state]
        # A rounding error must not make it negative.
        found_s = np.maximum(until_s[state] - (1.0 - share) * cost_s, 0.0)
        for own, begin in zip(*ends_of(self.network, join), strict=True):
            ahead = (state == own) & (share >= begin)
            found_s[ahead] = np.minimum(found_s, (share - begin) * cost_s)[ahead]
        return found_s


@dataclass(slots=True)
class Searches:
    """The searches that the threads of a process share; those asked for last are kept."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _onward: dict[str, Onward] = field(default_factory=dict)  # by band of hours
    _found: OrderedDict[tuple[Join, str], Floats] = field(default_factory=OrderedDict)

    def onward(self, network: Network, costs: Costs) -> Onward:
        """The turns of that band, turned round once."""
        if (known := self._onward.get(costs.band)) is None:
            known = self._onward[costs.band] = Onward.of(network, costs)
        return known

    def missing(self, joins: Iterable[Join], band: str) -> int:
        """How many would have to be searched."""
        return sum((join, band) not in self._found for join in joins)

    def until_s(self, onward: Onward, join: Join) -> Floats:
        """As Onward.search()."""
        key = (join, onward.costs.band)
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
                return self._found[key]
        found = onward.search(join)
        most = max(4, _BYTES // (1 + found.nbytes))
        with self._lock:
            self._found[key] = found
            while len(self._found) > most:
                self._found.popitem(last=False)
        return found
