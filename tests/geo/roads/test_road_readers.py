"""Files of roads: what is taken from each form, what the tags mean, what is cut."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import shapely

from geo.roads import Clip, Extract, Network, build, read_roads
from geo.roads.crossings import seconds
from geo.roads.tags import direction, speed_kmh, why_not
from tests.geo.roads.moved import BALIKPAPAN, moved_extract, moved_geojson, moved_network
from tests.geo.roads.written import geojson_file, line, osm_file, spot
from tests.shared import shared

CROSS = {1: spot(-3, 0), 2: spot(0, 0), 3: spot(3, 0), 4: spot(0, 3), 5: spot(0, -3)}
RESIDENTIAL = {"highway": "residential"}


def network_of(file: Path, clip: Clip | None = None) -> Network:
    return build(read_roads(file, clip))


@pytest.mark.parametrize(
    ("tags", "why"),
    [
        ({"highway": "primary"}, None),
        ({"highway": "track"}, None),
        ({"highway": "footway"}, "jenis"),
        ({"highway": "construction"}, "jenis"),
        ({"highway": "service", "area": "yes"}, "jenis"),
        ({"highway": "service", "access": "private"}, "akses"),
        ({"highway": "service", "access": "private", "emergency": "yes"}, None),
        ({"highway": "service", "access": "no", "motor_vehicle": "yes"}, None),
        ({"highway": "residential", "motor_vehicle": "no"}, "akses"),
        ({"highway": "primary", "oneway": "reversible"}, "bolak-balik"),
    ],
)
def test_only_what_an_ambulance_may_use_is_taken(tags: dict[str, str], why: str | None):
    assert why_not(tags) == why


@pytest.mark.parametrize(
    ("tags", "sense"),
    [
        ({"oneway": "yes"}, 1),
        ({"oneway": "1"}, 1),
        ({"oneway": "true"}, 1),
        ({"oneway": "-1"}, -1),
        ({"oneway": "reverse"}, -1),
        ({"oneway": "no"}, 0),
        ({}, 0),
        ({"junction": "roundabout"}, 1),
        ({"junction": "roundabout", "oneway": "no"}, 0),
        ({"highway": "motorway"}, 1),
        ({"highway": "motorway", "oneway": "no"}, 0),
        ({"highway": "motorway_link"}, 0),
    ],
)
def test_the_direction_is_read_as_osm_means_it(tags: dict[str, str], sense: int):
    assert direction(tags) == sense


@pytest.mark.parametrize(
    ("said", "speed"),
    [
        ("50", 50.0),
        ("50 km/h", 50.0),
        ("25 mph", 40.2),
        ("60;80", 60.0),
        ("ID:urban", None),
        ("none", None),
        ("walk", None),
        ("0", None),
        ("999", None),
    ],
)
def test_a_signed_speed_is_in_kmh_or_not_known(said: str, speed: float | None):
    assert speed_kmh({"maxspeed": said}) == speed


@pytest.mark.parametrize(
    ("said", "value"),
    [("01:30", 5400), ("90", 5400), ("PT2H", 7200), ("PT1H30M", 5400), ("00:00", None),
     ("PT", None), ("lama", None), ("", None), ("02:00:30", 7230)],
)  # fmt: skip
def test_how_long_a_ferry_takes_is_read(said: str, value: float | None):
    assert seconds(said) == value


def test_a_road_that_only_goes_on_is_one_road(tmp_path: Path):
    ways = {
        1: ([1, 2], RESIDENTIAL | {"name": "Jl. Panjang"}),
        2: ([2, 3], RESIDENTIAL),
        3: ([3, 4], RESIDENTIAL | {"name": "Jl. Lain", "maxspeed": "40"}),
    }
    network = network_of(osm_file(tmp_path, CROSS, ways))
    assert network.names == ("Jl. Panjang", "Jl. Lain")
    assert np.isnan(network.speed_kmh[0])
    assert network.speed_kmh[1] == 40.0
    assert network.way_ids.tolist() == [1, 3]


@pytest.mark.parametrize(
    ("node", "parts"),
    [
        ({"barrier": "bollard"}, 2),
        ({"barrier": "bollard", "emergency": "yes"}, 1),
        ({"barrier": "gate"}, 1),
    ],
)
def test_a_road_ends_at_a_bollard_on_both_sides(tmp_path: Path, node: dict[str, str], parts: int):
    ways = {1: ([1, 2, 3], RESIDENTIAL), 2: ([4, 2, 5], RESIDENTIAL)}
    spots = CROSS | {6: spot(1, 0)}
    ways[1] = ([1, 2, 6, 3], RESIDENTIAL)
    network = network_of(osm_file(tmp_path, spots, ways, node_tags={6: node}))
    assert network.parts_count == parts
    assert len(network.start) == parts + 3


def test_a_one_way_street_drawn_backwards_runs_in_its_direction(tmp_path: Path):
    ways = {1: ([1, 2, 3], RESIDENTIAL | {"oneway": "-1"})}
    network = network_of(osm_file(tmp_path, CROSS, ways))
    assert network.oneway.tolist() == [True]
    assert network.course(0).tolist() == [list(spot(3, 0)), list(spot(0, 0)), list(spot(-3, 0))]


def test_a_ring_without_a_junction_is_a_road_from_where_it_was_drawn_to_there(tmp_path: Path):
    network = network_of(osm_file(tmp_path, CROSS, {1: ([1, 4, 3, 5, 1], RESIDENTIAL)}))
    assert network.start.tolist() == network.finish.tolist() == [0]
    assert len(network.course(0)) == 5


ARMS = {
    10: ([1, 2], RESIDENTIAL),
    20: ([2, 3], RESIDENTIAL),
    30: ([2, 4], RESIDENTIAL),
    40: ([5, 2], RESIDENTIAL),
}


def bans(folder: Path, **about: str) -> set[tuple[int, int]]:
    """Pairs of way ids, from the sign of way 10 over node 2 into way 30."""
    members = [("way", 10, "from"), ("node", 2, "via"), ("way", 30, "to")]
    tags = {"type": "restriction"} | {key.replace("_", ":"): v for key, v in about.items()}
    network = network_of(osm_file(folder, CROSS, ARMS, [(tags, members)]))
    ways = network.way_ids
    for road, junction, other in network.bans.tolist():
        assert junction in (network.start[road], network.finish[road])
        assert junction in (network.start[other], network.finish[other])
    return {(int(ways[road]), int(ways[other])) for road, _, other in network.bans.tolist()}


def test_a_forbidden_turn_is_a_pair_of_roads(tmp_path: Path):
    assert bans(tmp_path, restriction="no_left_turn") == {(10, 30)}


def test_the_only_turn_forbids_the_others(tmp_path: Path):
    assert bans(tmp_path, restriction="only_left_turn") == {(10, 20), (10, 40)}


def test_who_may_not_turn_back_may_go_straight_on(tmp_path: Path):
    ways = {10: ([1, 2, 3], RESIDENTIAL), 30: ([2, 4], RESIDENTIAL)}
    members = [("way", 10, "from"), ("node", 2, "via"), ("way", 10, "to")]
    tags = {"type": "restriction", "restriction": "no_u_turn"}
    network = network_of(osm_file(tmp_path, CROSS, ways, [(tags, members)]))
    halves = np.flatnonzero(network.way_ids == 10).tolist()
    assert len(halves) == 2
    assert [(a, b) for a, _, b in network.bans.tolist()] == [(half, half) for half in halves]


def test_a_turn_that_emergency_vehicles_may_take_is_not_forbidden(tmp_path: Path):
    assert bans(tmp_path, restriction="no_left_turn", **{"except": "psv;emergency"}) == set()


def test_a_turn_over_a_junction_of_two_roads_is_kept(tmp_path: Path):
    # Way 10 goes on as way 20: they would be one road, were it not for the sign.
    ways = {key: ARMS[key] for key in (10, 20)}
    members = [("way", 10, "from"), ("node", 2, "via"), ("way", 20, "to")]
    tags = {"type": "restriction", "restriction": "no_straight_on"}
    network = network_of(osm_file(tmp_path, CROSS, ways, [(tags, members)]))
    assert len(network.bans) == 1


def test_lights_count_for_the_junction_behind_the_stop_line(tmp_path: Path):
    spots = CROSS | {6: spot(-0.2, 0), 7: spot(2, 0), 8: spot(5, 0)}
    ways = {
        1: ([1, 6, 2], RESIDENTIAL),
        2: ([2, 7, 3, 8], RESIDENTIAL),
        3: ([4, 2, 5], RESIDENTIAL),
    }
    lights = {node: {"highway": "traffic_signals"} for node in (6, 7)}
    network = network_of(osm_file(tmp_path, spots, ways, node_tags=lights))
    # The one at 22 m before the junction; the one in the middle of a road is a crossing on foot.
    assert network.nodes[network.signals].tolist() == [2]


def ferry_file(folder: Path, **tags: str) -> Path:
    """Two roads with a strait of 20 km between, and a ferry in two pieces over it."""
    spots = {1: spot(0, 0), 2: spot(0, 5), 3: spot(0, 100), 4: spot(0, 195), 5: spot(0, 200)}
    ferry = {"route": "ferry", "name": "Feri Uji"} | tags
    ways = {
        1: ([1, 2], RESIDENTIAL),
        2: ([4, 5], RESIDENTIAL),
        3: ([2, 3], ferry),
        4: ([4, 3], ferry),
        5: ([3, 99], {"route": "ferry"}),
    }
    return osm_file(folder, spots, ways)


def test_a_ferry_in_pieces_is_one_line_between_two_quays(tmp_path: Path):
    network = network_of(ferry_file(tmp_path, duration="00:45", motor_vehicle="yes"))
    (ferry,) = network.ferries
    assert (ferry.code, ferry.name, ferry.crossing_s) == ("feri-uji", "Feri Uji", 5400.0)
    assert ferry.vehicles
    assert sorted(network.nodes[[ferry.start, ferry.finish]].tolist()) == [2, 4]
    assert len(ferry.course) == 3
    assert network.parts_count == 2  # no road leads over


def test_a_ferry_that_does_not_say_how_long_or_with_what_is_told_as_such(tmp_path: Path):
    (ferry,) = network_of(ferry_file(tmp_path)).ferries
    assert not ferry.is_timed
    assert ferry.vehicles is None
    assert ferry.crossing_s == pytest.approx(21_000 / (18 / 3.6), rel=0.01)


def test_a_ferry_far_from_any_road_is_counted_and_left_out(tmp_path: Path):
    spots = CROSS | {6: spot(100, 0), 7: spot(200, 0)}
    ways = {1: ([1, 2], RESIDENTIAL), 2: ([6, 7], {"route": "ferry"})}
    network = network_of(osm_file(tmp_path, spots, ways))
    assert network.ferries == ()
    assert network.ferries_without_road == 1


def test_a_clip_cuts_at_nodes_and_keeps_what_touches_it(tmp_path: Path):
    spots = {node: spot(node * 10, 0) for node in range(10)}
    file = osm_file(tmp_path, spots, {1: (list(range(10)), RESIDENTIAL)})
    area = shapely.box(*spot(25, -5), *spot(55, 5))
    network = network_of(file, Clip.around([area], 0.0, "uji"))
    # Nodes 3 to 5 lie inside; the pieces that lead out of it end at the next node.
    assert network.nodes.tolist() == [2, 6]


def test_a_ferry_is_not_cut(tmp_path: Path):
    area = shapely.box(*spot(-5, -5), *spot(5, 120))
    clip = Clip.around([area], 0.0, "uji")
    extract = read_roads(ferry_file(tmp_path), clip)
    assert [len(way.nodes) for way in extract.ferries] == [2, 2]


def test_lines_of_geojson_meet_where_their_corners_lie_on_one_spot(tmp_path: Path):
    east, middle = spot(3, 0), spot(0, 0)
    near = [middle[0] + 0.4e-7, middle[1] - 0.4e-7]
    file = geojson_file(
        tmp_path,
        line([spot(-3, 0), middle, east], name="Jl. Satu", osm_id=7),
        line([near, spot(0, 3)], name="Jl. Dua", oneway=True, maxspeed=30),
        {
            "type": "Feature",
            "properties": {"highway": "footway"},
            "geometry": {"type": "LineString", "coordinates": [middle, spot(1, 1)]},
        },
    )
    network = network_of(file)
    assert sorted(network.names) == ["Jl. Dua", "Jl. Satu", "Jl. Satu"]
    two = network.names.index("Jl. Dua")
    assert network.oneway[two]
    assert network.speed_kmh[two] == 30.0
    assert len(network.nodes) == 4
    assert 7 in network.way_ids.tolist()


def test_geofabrik_and_gdal_words_are_understood(tmp_path: Path):
    west, middle, east = spot(-3, 0), spot(0, 0), spot(3, 0)
    fclass = line([west, middle], fclass="tertiary", oneway="T")
    fclass["properties"].pop("highway")
    other = line([middle, east], highway="primary", other_tags='"oneway"=>"yes","maxspeed"=>"40"')
    network = network_of(geojson_file(tmp_path, fclass, other))
    assert sorted(network.kinds) == ["primary", "tertiary"]
    assert network.oneway.all()
    assert network.course(network.kinds.index("tertiary"))[0].tolist() == list(middle)
    assert network.speed_kmh[network.kinds.index("primary")] == 40.0


def test_a_feature_a_line_is_read_too(tmp_path: Path):
    file = tmp_path / "jalan.geojsonl"
    file.write_text(json.dumps(line([spot(0, 0), spot(1, 0)])) + "\n\n")
    assert len(network_of(file).start) == 1


def test_geojson_and_pbf_of_the_same_roads_are_the_same_network(tmp_path: Path):
    ours, theirs = network_of(moved_geojson(tmp_path)), moved_network()
    assert ours.length_m.sum() == pytest.approx(theirs.length_m.sum(), rel=1e-6)
    # Nodes of bridges that lie on one spot are parted in OSM, not in lines.
    assert len(ours.start) == pytest.approx(len(theirs.start), rel=0.01)
    assert ours.oneway.sum() == pytest.approx(theirs.oneway.sum(), rel=0.01)


GRAPHML = """<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key id="x" for="node" attr.name="x" attr.type="string"/>
<key id="y" for="node" attr.name="y" attr.type="string"/>
<key id="h" for="edge" attr.name="highway" attr.type="string"/>
<key id="o" for="edge" attr.name="osmid" attr.type="string"/>
<key id="g" for="edge" attr.name="geometry" attr.type="string"/>
<graph edgedefault="directed">
<node id="1"><data key="x">110.60</data><data key="y">-6.60</data></node>
<node id="2"><data key="x">110.61</data><data key="y">-6.60</data></node>
<node id="3"><data key="x">110.62</data><data key="y">-6.60</data></node>
{}
</graph></graphml>"""


def graphml(folder: Path, *edges: str, whole: str = GRAPHML) -> Path:
    file = folder / "jalan.graphml"
    file.write_text(whole.format("\n".join(edges)))
    return file


def edge(source: int, target: int, highway: str = "residential", geometry: str = "") -> str:
    course = f'<data key="g">{geometry}</data>' if geometry else ""
    return (
        f'<edge source="{source}" target="{target}"><data key="h">{highway}</data>'
        f'<data key="o">[5, 6]</data>{course}</edge>'
    )


def test_there_and_back_in_graphml_is_one_road_both_ways(tmp_path: Path):
    bent = "LINESTRING (110.60 -6.60, 110.605 -6.61, 110.61 -6.60)"
    back = "LINESTRING (110.61 -6.60, 110.605 -6.61, 110.60 -6.60)"
    file = graphml(
        tmp_path,
        edge(1, 2, geometry=bent),
        edge(2, 1, geometry=back),
        edge(1, 2),  # a parallel road, one way
        edge(3, 2, "['primary', 'secondary']"),
    )
    network = network_of(file)
    assert sorted(zip(network.oneway.tolist(), network.kinds, strict=True)) == [
        (False, "residential"), (True, "primary"), (True, "residential"),
    ]  # fmt: skip
    primary = network.kinds.index("primary")
    assert network.course(primary).tolist() == [[110.62, -6.6], [110.61, -6.6]]
    assert network.way_ids.tolist() == [5, 5, 5]
    assert len(network.course(network.oneway.tolist().index(False))) == 3


def test_a_graph_without_directions_has_none(tmp_path: Path):
    whole = GRAPHML.replace('"directed"', '"undirected"')
    network = network_of(graphml(tmp_path, edge(1, 2), whole=whole))
    assert network.oneway.tolist() == [False]


def test_the_edges_of_balikpapan_there_and_back_are_as_long_as_the_file_says():
    extract: Extract = read_roads(shared(BALIKPAPAN))
    network = build(extract)
    both = network.length_m.sum() + network.length_m[~network.oneway].sum()
    # osmnx measures on a sphere, and its file holds 235 km with the closed roads.
    assert both / 1000 == pytest.approx(235, rel=0.01)


def test_the_moved_roads_are_as_long_as_the_real_ones():
    assert moved_network().length_m.sum() / 1000 == pytest.approx(3134, rel=0.003)
    assert len(moved_extract(balikpapan=True).ways) == 1437
