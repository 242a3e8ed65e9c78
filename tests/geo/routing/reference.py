"""The same travel times by networkx and plain loops, written from the rules and not from the code.

Forwards from the start, where the router searches backwards from the goal.
"""

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import networkx as nx

from geo.routing.joins import Join
from geo.routing.rules import RoadRules
from geo.routing.table import RoadTable

State = tuple[int, bool]  # a road, and whether it is driven against its drawn direction


def seconds(table: RoadTable, rules: RoadRules, road: int) -> float:
    """To drive along the whole of a road."""
    kmh = float(table.speed_kmh[road]) * rules.signed_share
    if math.isnan(kmh):
        kmh = rules.kmh_of(table.kinds[table.kind[road]])
    return float(table.length_m[road]) / kmh * 3.6


def states(table: RoadTable) -> Iterator[tuple[State, int, int]]:
    """Each direction of each road, with the junctions it leads from and to."""
    for road in range(table.count):
        ends = int(table.start[road]), int(table.finish[road])
        yield (road, False), *ends
        if not table.oneway[road]:
            yield (road, True), *ends[::-1]


class ByTurns:
    """A graph whose nodes are the ends of directed roads."""

    def __init__(self, table: RoadTable, rules: RoadRules) -> None:
        self.table, self.rules = table, rules
        self.graph = nx.DiGraph()
        leaving = defaultdict(list)
        meet: defaultdict[int, int] = defaultdict(int)
        for state, tail, _ in states(table):
            leaving[tail].append(state)
        for road in range(table.count):
            meet[int(table.start[road])] += 1
            meet[int(table.finish[road])] += 1
        bans = {tuple(ban) for ban in table.bans.tolist()}
        lights = set(table.signals.tolist())
        for state, _, head in states(table):
            self.graph.add_node(state)
            may = [s for s in leaving[head] if (state[0], head, s[0]) not in bans]
            on = [s for s in may if s != (state[0], not state[1])]
            for following in on or may:
                turn_s = self._turn_s(state, following, meet[head]) + (
                    rules.turns.signals_s if head in lights else 0.0
                )
                spent_s = turn_s + seconds(table, rules, following[0])
                self.graph.add_edge(state, following, seconds=spent_s)

    def _turn_s(self, one: State, other: State, roads_meet: int) -> float:
        if one == (other[0], not other[1]):
            return self.rules.turns.back_s
        (ax, ay), (bx, by) = self._way_out(one), self._way_in(other)
        angle = math.degrees(math.atan2(ax * by - ay * bx, ax * bx + ay * by))
        if abs(angle) < 40 or roads_meet < 3:
            return 0.0
        to_the_left = angle > 0  # counted against the clock
        with_traffic = to_the_left == (self.table.drives_on == "left")
        return self.rules.turns.along_s if with_traffic else self.rules.turns.across_s

    def _way_in(self, state: State) -> tuple[float, float]:
        """East and north, as one sets out on it."""
        course = self.table.course(state[0])
        return _step(course[-1], course[-2]) if state[1] else _step(course[0], course[1])

    def _way_out(self, state: State) -> tuple[float, float]:
        course = self.table.course(state[0])
        return _step(course[1], course[0]) if state[1] else _step(course[-2], course[-1])

    def from_start(self, start: Join) -> dict[State, float]:
        """Seconds to the end of every directed road."""
        graph = self.graph
        graph.add_node("start")
        for state, share in self._on(start):
            left_s = (1 - share) * seconds(self.table, self.rules, start.road)
            graph.add_edge("start", state, seconds=left_s)
        found = nx.single_source_dijkstra_path_length(graph, "start", weight="seconds")
        graph.remove_node("start")
        return dict(found)

    def to_goal(self, start: Join, after: dict[State, float], goal: Join) -> float:
        """Seconds; infinite where no way leads there."""
        whole_s = seconds(self.table, self.rules, goal.road)
        best = math.inf
        for state, share in self._on(goal):
            for before in self.graph.predecessors(state):
                edge_s = self.graph.edges[before, state]["seconds"]
                best = min(best, after.get(before, math.inf) + edge_s - (1 - share) * whole_s)
        return min(best, _along(self, start, goal, whole_s))

    def _on(self, join: Join) -> list[tuple[State, float]]:
        return _directions(self.table, join)


@dataclass
class ByJunctions:
    """Without turns: the common graph whose nodes are junctions."""

    table: RoadTable
    rules: RoadRules

    def __post_init__(self) -> None:
        self.graph = nx.DiGraph()
        for state, tail, head in states(self.table):
            spent_s = seconds(self.table, self.rules, state[0])
            known = self.graph.get_edge_data(tail, head, {"seconds": math.inf})["seconds"]
            self.graph.add_edge(tail, head, seconds=min(known, spent_s))

    def from_start(self, start: Join) -> dict[int, float]:
        """Seconds to every junction."""
        whole_s = seconds(self.table, self.rules, start.road)
        graph = self.graph
        for (_, against), share in self._on(start):
            graph.add_edge("start", self._end(start.road, against), seconds=(1 - share) * whole_s)
        found = nx.single_source_dijkstra_path_length(graph, "start", weight="seconds")
        graph.remove_node("start")
        return dict(found)

    def to_goal(self, start: Join, after: dict[int, float], goal: Join) -> float:
        """Seconds; infinite where no way leads there."""
        whole_s = seconds(self.table, self.rules, goal.road)
        over = [
            after.get(self._end(goal.road, not against), math.inf) + share * whole_s
            for (_, against), share in self._on(goal)
        ]
        return min(*over, math.inf, _along(self, start, goal, whole_s))

    def _end(self, road: int, against: bool) -> int:
        return int((self.table.start if against else self.table.finish)[road])

    def _on(self, join: Join) -> list[tuple[State, float]]:
        return _directions(self.table, join)


def _directions(table: RoadTable, join: Join) -> list[tuple[State, float]]:
    both: list[tuple[State, float]] = [
        ((join.road, False), join.share),
        ((join.road, True), 1 - join.share),
    ]
    return both[:1] if table.oneway[join.road] else both


def _along(graph: ByTurns | ByJunctions, start: Join, goal: Join, whole_s: float) -> float:
    """Where the goal lies ahead on the same road."""
    if start.road != goal.road:
        return math.inf
    ahead = goal.share - start.share
    if graph.table.oneway[start.road] and ahead < 0:
        return math.inf
    return abs(ahead) * whole_s


def _step(one: list[float], other: list[float]) -> tuple[float, float]:
    return (other[0] - one[0]) * math.cos(math.radians(one[1])), other[1] - one[1]
