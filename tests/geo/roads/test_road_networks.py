"""The four real networks: counts, lengths, sides of driving, parts, ways between junctions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import networkx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from geo.roads import Extract, Network, RawWay, build, read_roads
from geo.roads.tags import direction
from tests.geo.roads.moved import AUCKLAND, BALIKPAPAN
from tests.geo.roads.written import raw_way, spot
from tests.shared import shared

EDMONTON = "data/roads/edmonton_main_roads_2019.osm.pbf"
MANHATTAN = "data/roads/manhattan_roads_2019.osm.pbf"
ALL = (AUCKLAND, EDMONTON, MANHATTAN, BALIKPAPAN)
CLOSED = ("private", "no")
EARTH = Geod(ellps="WGS84")


@cache
def read(path: str) -> Extract:
    return read_roads(shared(path))


@cache
def built(path: str) -> Network:
    return build(read(path))


@dataclass(frozen=True)
class Known:
    """What each file holds, counted by another program (osmium fileinfo, networkx)."""

    ways: int  # with a highway that can be driven on
    side: str
    least_oneway: float  # share of the roads
    most_oneway: float


KNOWN = {
    AUCKLAND: Known(6833 - 36, "left", 0.5, 0.6),
    EDMONTON: Known(10386 - 4, "right", 0.8, 0.9),
    MANHATTAN: Known(16384 - 78 - 7, "right", 0.55, 0.62),
    BALIKPAPAN: Known(1440 - 3, "left", 0.1, 0.2),
}


@pytest.mark.parametrize("path", ALL)
def test_no_metre_is_lost_between_the_file_and_the_roads(path: str):
    extract, network = read(path), built(path)
    metres = sum(EARTH.line_length(*way.coords.T) for way in extract.ways)
    assert network.length_m.sum() == pytest.approx(metres, rel=1e-9)
    courses = [EARTH.line_length(*network.course(road).T) for road in range(1000)]
    assert network.length_m[:1000] == pytest.approx(courses, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("path", ALL)
def test_the_ways_of_the_file_are_all_there(path: str):
    taken = len({id(way.tags) for way in read(path).ways})
    # A way whose nodes are all cut away is none.
    assert KNOWN[path].ways - 150 <= taken <= KNOWN[path].ways


@pytest.mark.parametrize("path", ALL)
def test_the_roundabouts_tell_on_which_side_one_drives(path: str):
    assert built(path).winding.side == KNOWN[path].side


@pytest.mark.parametrize("path", ALL)
def test_one_way_streets_stay_one_way(path: str):
    known, network = KNOWN[path], built(path)
    assert known.least_oneway < network.oneway.mean() < known.most_oneway
    metres = sum(EARTH.line_length(*w.coords.T) for w in read(path).ways if direction(w.tags))
    assert network.length_m[network.oneway].sum() == pytest.approx(metres, rel=1e-9)


def test_the_extracts_are_as_long_as_their_description_says():
    # SOURCES.md counts the closed roads, too: these are at most 0.5 %.
    for path, km in ((AUCKLAND, 3146), (EDMONTON, 2717), (MANHATTAN, 3357)):
        assert built(path).length_m.sum() / 1000 == pytest.approx(km, rel=0.005)


@pytest.mark.parametrize("path", ALL)
def test_parts_are_those_that_networkx_finds(path: str):
    network, graph = built(path), contracted(built(path))
    found = sorted(networkx.strongly_connected_components(graph), key=len, reverse=True)
    ends = np.stack([network.start, network.finish])
    inside = ends[:, network.component == 0]
    assert set(inside.ravel().tolist()) == found[0]
    largest = np.isin(ends, list(found[0])).all(axis=0)
    assert np.array_equal(largest, network.component == 0)
    part_of = {node: number for number, part in enumerate(found) for node in part}
    numbers = {
        (part_of[a], number)
        for a, b, number in zip(*ends.tolist(), network.component.tolist(), strict=True)
        if part_of[a] == part_of[b]
    }
    assert len(numbers) == len({a for a, _ in numbers}) == len({b for _, b in numbers})
    assert len(numbers) == network.parts_count


def test_balikpapan_has_its_25_nodes_outside_the_largest_part():
    graph = networkx.read_graphml(shared(BALIKPAPAN))
    largest = max(networkx.strongly_connected_components(graph), key=len)
    assert len(graph) - len(largest) == 25
    # Ours leaves out the closed roads; without them the reference has these parts.
    shut = [edge[:3] for edge in graph.edges(keys=True, data="access") if edge[3] in CLOSED]
    graph.remove_edges_from(shut)
    graph.remove_nodes_from([node for node in list(graph) if graph.degree(node) == 0])
    largest = max(networkx.strongly_connected_components(graph), key=len)
    network = built(BALIKPAPAN)
    inside = network.component == 0
    ours = network.nodes[np.union1d(network.start[inside], network.finish[inside])]
    assert {str(node) for node in ours} <= largest
    others = np.setdiff1d(network.nodes, ours)
    assert not {str(node) for node in others} & largest
    assert 0 < len(others) <= len(graph) - len(largest)


def test_waiheke_is_a_part_of_its_own_and_is_named():
    island = built(AUCKLAND).parts(2)[1]
    assert island.number == 1
    assert island.name in {way.tags.get("name") for way in read(AUCKLAND).ways}
    assert 174.95 < island.lon < 175.25
    assert -36.9 < island.lat < -36.7


@pytest.mark.parametrize("path", ALL)
def test_ways_between_junctions_are_as_long_as_in_the_file(path: str):
    raw, ours = raw_graph(read(path).ways), contracted(built(path))
    node_of = built(path).nodes.tolist()
    compared = 0
    for source in np.random.default_rng(4).choice(len(node_of), 4, replace=False).tolist():
        reached = networkx.single_source_dijkstra_path_length(ours, source)
        as_in_file = networkx.single_source_dijkstra_path_length(raw, node_of[source])
        same_node = {node: as_in_file[node] for node in node_of if node in as_in_file}
        assert {node_of[at]: metres for at, metres in reached.items()} == pytest.approx(
            same_node, rel=1e-6, abs=1e-3
        )
        compared += len(reached)
    assert compared > len(node_of)


@st.composite
def tangles(draw: st.DrawFn) -> list[RawWay]:
    """Ways over a dozen nodes: loops, rings, parallel roads, dead ends, one-way streets."""
    places = [spot(x * 3.1, y * 2.3 + x * 0.7) for x in range(4) for y in range(3)]
    ways = []
    for number in range(draw(st.integers(1, 7))):
        nodes = draw(st.lists(st.integers(0, 11), min_size=2, max_size=7))
        nodes = [n for at, n in enumerate(nodes) if at == 0 or n != nodes[at - 1]]
        if len(nodes) > 1:
            tags = {
                "oneway": draw(st.sampled_from(["no", "yes", "-1"])),
                "name": draw(st.sampled_from(["", "A", "B"])),
            }
            ways.append(raw_way(number, nodes, [places[n] for n in nodes], **tags))
    return ways


@settings(max_examples=300, deadline=None)
@given(tangles())
def test_whatever_the_tangle_no_way_gets_shorter_longer_or_lost(ways: list[RawWay]):
    if not ways:
        return
    network = build(Extract(ways))
    raw, ours = raw_graph(ways), contracted(network)
    raw_m = sum(EARTH.line_length(*way.coords.T) for way in ways)
    assert network.length_m.sum() == pytest.approx(raw_m, rel=1e-9)
    node_of = network.nodes.tolist()
    raw_lengths = dict(networkx.all_pairs_dijkstra_path_length(raw))
    for junction, reached in networkx.all_pairs_dijkstra_path_length(ours):
        as_in_file = raw_lengths[node_of[junction]]
        same_node = {node: as_in_file[node] for node in node_of if node in as_in_file}
        assert {node_of[at]: m for at, m in reached.items()} == pytest.approx(same_node, rel=1e-9)


def contracted(network: Network) -> networkx.DiGraph:
    """Junctions and the shortest road between each two."""
    graph = networkx.DiGraph()
    for start, finish, oneway, metres in zip(
        network.start.tolist(),
        network.finish.tolist(),
        network.oneway.tolist(),
        network.length_m.tolist(),
        strict=True,
    ):
        add(graph, start, finish, metres)
        if not oneway:
            add(graph, finish, start, metres)
    return graph


def raw_graph(ways: list[RawWay]) -> networkx.DiGraph:
    """Every node of the file."""
    graph = networkx.DiGraph()
    for way in ways:
        lons, lats = way.coords.T
        steps = EARTH.inv(lons[:-1], lats[:-1], lons[1:], lats[1:])[2].tolist()
        nodes, sense = way.nodes.tolist(), direction(way.tags)
        for one, other, metres in zip(nodes[:-1], nodes[1:], steps, strict=True):
            if sense >= 0:
                add(graph, one, other, metres)
            if sense <= 0:
                add(graph, other, one, metres)
    return graph


def add(graph: networkx.DiGraph, one: int, other: int, metres: float) -> None:
    if metres < graph.get_edge_data(one, other, {"weight": np.inf})["weight"]:
        graph.add_edge(one, other, weight=metres)
    graph.add_node(one)
    graph.add_node(other)
