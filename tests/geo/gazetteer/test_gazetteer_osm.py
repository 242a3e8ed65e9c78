from collections import Counter
from xml.sax.saxutils import quoteattr

import numpy as np
import pytest
import shapely

from geo.gazetteer import BadPlace, NewPlace
from geo.gazetteer.readers import form_of, osm, read_places
from geo.gazetteer.readers.reading import Fence, Told
from geo.point import Box, Point
from tests.shared import shared

AUCKLAND = Box(west=174.7, south=-36.9, east=174.8, north=-36.8)
MANHATTAN = Box(west=-73.99, south=40.75, east=-73.97, north=40.77)
STEP = 0.001  # degrees: about 111 m


class Map:
    """A small map, written as OSM XML. Nodes stand on a grid with a node every 111 m."""

    def __init__(self):
        self.nodes: dict[tuple[float, float], int] = {}
        self.tagged: list[str] = []
        self.ways: list[str] = []

    def at(self, x: float, y: float) -> int:
        return self.nodes.setdefault((x, y), len(self.nodes) + 1)

    def place(self, x: float, y: float, **tags: str) -> None:
        self.tagged.append(_element("node", 10_000 + len(self.tagged), _where(x, y), "", tags))

    def way(self, *spots: tuple[float, float], **tags: str) -> None:
        refs = "".join(f'<nd ref="{self.at(*spot)}"/>' for spot in spots)
        self.ways.append(_element("way", len(self.ways) + 1, "", refs, tags))

    def road(self, name: str, *spots: tuple[float, float], **tags: str) -> None:
        self.way(*spots, highway="residential", **({"name": name} if name else {}), **tags)

    def text(self) -> str:
        nodes = [_element("node", id_, _where(*spot), "", {}) for spot, id_ in self.nodes.items()]
        return f'<osm version="0.6">{"".join([*nodes, *self.tagged, *self.ways])}</osm>'


def _where(x, y):
    return f' lon="{110.65 + x * STEP:.7f}" lat="{-6.63 + y * STEP:.7f}"'


def _element(kind, id_, where, inside, tags):
    said = "".join(
        f"<tag k={quoteattr(key.replace('__', ':'))} v={quoteattr(value)}/>"
        for key, value in tags.items()
    )
    return f'<{kind} id="{id_}" version="1"{where}>{inside}{said}</{kind}>'


@pytest.fixture
def world():
    return Map()


@pytest.fixture
def read(tmp_path, world):
    """Reads the map; answers the places by kind."""

    def reading(fence=None) -> dict[str, list[NewPlace]]:
        file = tmp_path / "map.osm"
        file.write_text(world.text())
        assert form_of(file) == "osm"
        by_kind: dict[str, list[NewPlace]] = {}
        for place in read_places(file, "osm", Told(), fence=fence):
            by_kind.setdefault(place.kind, []).append(place)
        return by_kind

    return reading


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"place": "hamlet"}, "dusun"),
        ({"amenity": "place_of_worship", "religion": "muslim"}, "masjid"),
        ({"amenity": "marketplace"}, "pasar"),
        ({"amenity": "school"}, "sekolah"),
        ({"shop": "convenience"}, "toko"),
        ({"tourism": "hotel"}, "hotel"),
        ({"office": "government"}, "kantor"),
        ({"healthcare": "clinic"}, "klinik"),
        ({"leisure": "pitch"}, "lapangan"),
        ({"historic": "fort"}, "benteng"),
        ({"natural": "beach"}, "pantai"),
        ({"man_made": "lighthouse"}, "mercusuar"),
        ({"railway": "station"}, "stasiun"),
        ({"public_transport": "station"}, "terminal"),
        ({"highway": "traffic_signals"}, "persimpangan"),
        ({"junction": "yes"}, "persimpangan"),
    ],
)
def test_named_places_are_kept_by_kind(world, read, tags, kind):
    world.place(0, 0, name="Contoh", **tags)
    ((place,),) = read().values()
    assert (place.kind, place.name, place.shape) == (kind, "Contoh", None)
    assert place.point.distance_m(Point(lon=110.65, lat=-6.63)) < 0.1


@pytest.mark.parametrize(
    "tags", [{"power": "tower"}, {"highway": "bus_stop"}, {"man_made": "tower"}, {"shop": "no"}]
)
def test_other_things_are_left_out(world, read, tags):
    world.place(0, 0, name="Contoh", **tags)
    assert read() == {}


def test_a_place_without_a_name_in_our_letters_is_left_out(world, read):
    world.place(0, 0, amenity="school")
    world.place(1, 0, amenity="school", name="学校")
    assert read() == {}


def test_other_names_come_along(world, read):
    world.place(
        0,
        0,
        place="hamlet",
        name="Contoh",
        old_name="Lama",
        alt_name="Satu; Dua;Contoh",
        name__jv="Conto",
        name__en="Example",
        name__fr="Exemple",
    )
    assert read()["dusun"][0].aka == ("Lama", "Satu", "Dua", "Conto", "Example")


def test_a_large_area_keeps_its_shape_and_a_small_one_is_a_point(world, read):
    world.way((0, 0), (5, 0), (5, 5), (0, 5), (0, 0), natural="beach", name="Besar")
    world.way((9, 0), (9.5, 0), (9.5, 0.5), (9, 0.5), (9, 0), amenity="school", name="Kecil")
    places = read()
    assert places["pantai"][0].shape.area == pytest.approx(25 * STEP**2)
    assert places["sekolah"][0].shape is None
    assert 30 < places["sekolah"][0].spread_m < 60


def test_pieces_of_one_road_become_one_line(world, read):
    world.road("Jalan Contoh", (0, 0), (1, 0))
    world.road("Jalan Contoh", (1, 0), (2, 0))
    world.road("jalan contoh", (4, 0), (5, 0), old_name="Jalan Lama")  # 222 m farther on
    (road,) = read()["jalan"]
    assert road.shape.geom_type == "MultiLineString"
    assert [len(part.coords) for part in road.shape.geoms] == [3, 2]
    assert (road.name, road.aka) == ("Jalan Contoh", ("jalan contoh", "Jalan Lama"))


def test_roads_of_one_name_out_of_reach_are_two(world, read):
    world.road("Jalan Contoh", (0, 0), (1, 0))
    world.road("Jalan Contoh", (4, 0), (5, 0))  # 333 m
    assert len(read()["jalan"]) == 2


def test_a_river_is_a_line_too(world, read):
    world.way((0, 0), (1, 0), waterway="river", name="Kali Contoh")
    assert read()["sungai"][0].shape.geom_type == "LineString"


@pytest.mark.parametrize(
    ("arms", "name"),
    [
        ([(0, 1), (0, -1)], "Perempatan Jalan A – Jalan B"),
        ([(0, 1)], "Pertigaan Jalan A – Jalan B"),
        ([(0, 1), (0, -1), (1, 1)], "Persimpangan Jalan A – Jalan B"),
    ],
)
def test_a_node_that_two_roads_share_is_a_crossing_named_by_its_arms(world, read, arms, name):
    world.road("Jalan A", (-1, 0), (0, 0), (1, 0))
    for arm in arms:
        world.road("Jalan B", (0, 0), arm)
    (crossing,) = read()["persimpangan"]
    assert crossing.name == name
    assert crossing.aka == (name.replace("Jalan A – Jalan B", "Jalan B – Jalan A"),)
    assert crossing.point.distance_m(Point(lon=110.65, lat=-6.63)) < 0.1


def test_a_road_without_name_is_an_arm(world, read):
    world.road("Jalan A", (-1, 0), (0, 0), (1, 0))
    world.road("Jalan B", (0, 0), (0, 1))
    world.road("", (0, 0), (0, -1))
    assert read()["persimpangan"][0].name.startswith("Perempatan")


def test_a_road_that_goes_on_under_another_name_makes_no_crossing(world, read):
    world.road("Jalan A", (-1, 0), (0, 0))
    world.road("Jalan B", (0, 0), (1, 0))
    assert "persimpangan" not in read()


def test_two_carriageways_make_one_crossing(world, read):
    for y, name in ((0, "Jalan A"), (0.2, "Jalan A")):  # 22 m apart
        world.road(name, (-1, y), (0, y), (1, y), oneway="yes")
    world.road("Jalan B", (0, -1), (0, 0), (0, 0.2), (0, 1))
    (crossing,) = read()["persimpangan"]
    assert crossing.name == "Perempatan Jalan A – Jalan B"


def test_a_fence_keeps_what_it_holds_and_what_runs_through_it(world, read):
    world.place(0, 0, place="hamlet", name="Dalam")
    world.place(9, 0, place="hamlet", name="Luar")
    world.road("Jalan A", (0, 0), (9, 0))
    world.road("Jalan B", (8, 0), (9, 0))
    fence = Fence(Box(west=110.649, south=-6.631, east=110.651, north=-6.629))
    places = read(fence)
    assert [place.name for place in places["dusun"]] == ["Dalam"]
    assert [place.name for place in places["jalan"]] == ["Jalan A"]


def test_more_roads_than_memory_should_hold_are_refused(world, read, monkeypatch):
    monkeypatch.setattr(osm, "MOST_WAY_NODES", 3)
    world.road("Jalan A", (0, 0), (1, 0), (2, 0), (3, 0))
    with pytest.raises(BadPlace, match="--clip"):
        read()


@pytest.mark.parametrize("content", [b"", b"x", b"\x00\x00\x00\x0d\x0a\x09OSMHeader", b"<osm"])
@pytest.mark.parametrize("ending", [".osm", ".osm.pbf"])
def test_a_file_that_is_no_map_is_refused(tmp_path, content, ending):
    file = tmp_path / f"broken{ending}"
    file.write_bytes(content)
    with pytest.raises(BadPlace, match="bukan berkas OSM"):
        list(read_places(file, form_of(file), Told(), fence=Fence()))


def test_a_cut_extract_is_refused(tmp_path):
    whole = shared("data/roads/auckland_main_roads_2017.osm.pbf").read_bytes()
    file = tmp_path / "cut.osm.pbf"
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BadPlace, match="bukan berkas OSM"):
        list(read_places(file, "osm", Told(), fence=Fence(AUCKLAND)))


@pytest.fixture(scope="module")
def auckland():
    file = shared("data/roads/auckland_main_roads_2017.osm.pbf")
    return list(read_places(file, form_of(file), Told(), fence=Fence(AUCKLAND)))


def test_a_real_extract_gives_each_road_once_within_reach(auckland):
    by_name: dict[str, list] = {}
    for road in (place for place in auckland if place.kind == "jalan"):
        by_name.setdefault(road.name.lower(), []).append(road.shape)
    assert len(by_name) > 200
    scaled = [shapely.transform(s, _metres) for shapes in by_name.values() for s in shapes]
    names = [name for name, shapes in by_name.items() for _ in shapes]
    one, other = shapely.STRtree(scaled).query(scaled, predicate="dwithin", distance=299)
    assert not [i for i, j in zip(one, other, strict=True) if i < j and names[i] == names[j]]


def _metres(degrees):
    return degrees * (np.cos(np.radians(36.85)) * 111_320, 110_980)


def test_a_real_crossing_lies_on_both_of_its_roads(auckland):
    roads = {place.name: place.shape for place in auckland if place.kind == "jalan"}
    crossings = [place for place in auckland if " – " in place.name]
    assert len(crossings) > 300
    for crossing in crossings:
        spot = shapely.Point(crossing.point.lon, crossing.point.lat)
        for name in crossing.name.split(" ", 1)[1].split(" – "):
            near = [place.shape for place in auckland if place.name == name]
            assert name in roads
            assert min(shape.distance(spot) for shape in near) < 0.001


def test_in_a_city_of_blocks_most_crossings_have_four_arms():
    file = shared("data/roads/manhattan_roads_2019.osm.pbf")
    places = read_places(file, form_of(file), Told(), fence=Fence(MANHATTAN))
    words = Counter(place.name.split()[0] for place in places if " – " in place.name)
    assert words["Perempatan"] > 3 * words["Pertigaan"] > 0
