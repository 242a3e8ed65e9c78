"""Files that are no roads, or not ours: each refused in one sentence that names file and remedy."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import osmium
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.roads import BadRoads, Clip, build, read_roads
from tests.geo.roads.moved import AUCKLAND, BALIKPAPAN
from tests.geo.roads.written import geojson_file, line, osm_file, spot
from tests.shared import shared

JEPARA = Clip.around([shapely.box(110.4, -6.9, 111.0, -6.4)], 15_000.0, "boundaries+15km")


def refusal(file: Path, clip: Clip | None = None) -> str:
    """What is said when the file is refused; always with its name."""
    with pytest.raises(BadRoads) as refused:
        build(read_roads(file, clip))
    said = str(refused.value)
    assert said.startswith(file.name)
    return said


@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.95, 0.999])
def test_a_pbf_that_breaks_off_is_refused(tmp_path: Path, share: float):
    whole = shared(AUCKLAND).read_bytes()
    cut = tmp_path / "potong.osm.pbf"
    cut.write_bytes(whole[: int(len(whole) * share)])
    assert "bukan berkas OSM yang utuh" in refusal(cut)


def test_a_text_that_calls_itself_pbf_is_refused(tmp_path: Path):
    file = tmp_path / "catatan.osm.pbf"
    file.write_text("nama,jenis\nJl. Contoh,jalan\n" * 50)
    assert "bukan berkas OSM yang utuh" in refusal(file)


@pytest.mark.parametrize("name", ["a.osm.pbf", "a.osm", "a.graphml", "a.geojson", "a.geojsonl"])
def test_an_empty_file_is_refused(tmp_path: Path, name: str):
    file = tmp_path / name
    file.touch()
    assert "kosong" in refusal(file)


def test_an_unknown_ending_names_what_can_be_read(tmp_path: Path):
    file = tmp_path / "jalan.docx"
    file.write_bytes(b"PK")
    said = refusal(file)
    assert ".osm.pbf" in said
    assert ".geojson" in said


@pytest.mark.parametrize("share", [0.05, 0.5, 0.99])
def test_a_graphml_that_is_cut_is_refused(tmp_path: Path, share: float):
    whole = shared(BALIKPAPAN).read_bytes()
    file = tmp_path / "potong.graphml"
    file.write_bytes(whole[: int(len(whole) * share)])
    assert "bukan GraphML yang utuh" in refusal(file)


def test_an_xml_that_is_no_graph_is_refused(tmp_path: Path):
    file = tmp_path / "halaman.graphml"
    file.write_text("<html><body/></html>")
    assert "bukan GraphML" in refusal(file)


def test_a_graphml_that_declares_entities_is_refused(tmp_path: Path):
    file = tmp_path / "bom.graphml"
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    file.write_text(f'<!DOCTYPE g [<!ENTITY l0 "lol">{lol}]><graphml>&l11;</graphml>')
    assert "DOCTYPE" in refusal(file)


@pytest.mark.parametrize("word", ["nan", "inf", "", "empat"])
def test_a_graphml_whose_coordinates_are_no_numbers_is_refused(tmp_path: Path, word: str):
    text = shared(BALIKPAPAN).read_text()
    assert text.count("116.8613969</data>") == 1
    file = tmp_path / "aneh.graphml"
    file.write_text(text.replace("116.8613969</data>", f"{word}</data>"))
    assert "simpul 315509414" in refusal(file)


def test_a_graphml_in_metres_is_refused(tmp_path: Path):
    text = shared(BALIKPAPAN).read_text()
    file = tmp_path / "meter.graphml"
    file.write_text(text.replace("116.8", "4116").replace("-1.2", "-98612"))
    assert "bukan derajat" in refusal(file)


def test_a_file_that_lacks_most_of_its_nodes_is_refused(tmp_path: Path):
    file = osm_file(
        tmp_path,
        {1: spot(0, 0), 2: spot(1, 0)},
        {1: ([1, 2, 3, 4, 5], {"highway": "primary"})},
    )
    assert "lebih dari separuh titik jalannya tanpa letak" in refusal(file)


def test_points_alone_are_no_roads(tmp_path: Path):
    points = [
        {
            "type": "Feature",
            "properties": {"name": "Halte"},
            "geometry": {"type": "Point", "coordinates": spot(n, 0)},
        }
        for n in range(5)
    ]
    said = refusal(geojson_file(tmp_path, *points))
    assert "tidak ada garis" in said
    assert "5 fitur" in said
    assert "highway" in said


def test_lines_that_no_one_drives_on_are_no_roads(tmp_path: Path):
    said = refusal(geojson_file(tmp_path, line([spot(0, 0), spot(1, 0)], highway="footway")))
    assert "tidak ada jalan yang dapat dilalui kendaraan" in said


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_a_geojson_with_nan_is_refused(tmp_path: Path, word: str):
    file = geojson_file(tmp_path, line([spot(0, 0), spot(1, 0)]))
    file.write_text(file.read_text().replace(str(spot(1, 0)[0]), word))
    said = refusal(file)
    assert word in said
    assert "bukan angka" in said


@pytest.mark.parametrize("axis", [None, "110,66", True, [1]])
def test_a_geojson_whose_coordinates_are_no_numbers_is_refused(tmp_path: Path, axis: object):
    file = geojson_file(tmp_path, line([spot(0, 0), spot(1, 0)]), line([[axis, -6.6], spot(1, 0)]))
    assert "fitur 2" in refusal(file)


@pytest.mark.parametrize(
    "text", ["{", "[]", "3", '{"type": "FeatureCollection"}', "[" * 100_000, "\x00\xff"]
)
def test_what_is_no_geojson_is_refused(tmp_path: Path, text: str):
    file = tmp_path / "rusak.geojson"
    file.write_text(text)
    assert "bukan GeoJSON" in refusal(file)


def test_an_extract_of_elsewhere_says_where_it_lies_and_where_we_are():
    said = refusal(shared(AUCKLAND), JEPARA)
    assert "bujur 174,2" in said
    assert "lintang -37,3" in said
    assert "wilayah kita di bujur 110,2" in said


def swapped(at: tuple[float, float]) -> tuple[float, float]:
    return at[1], at[0]


@pytest.mark.parametrize("clip", [None, JEPARA])
def test_swapped_axes_are_named_as_such(tmp_path: Path, clip: Clip | None):
    file = geojson_file(tmp_path, line([swapped(spot(0, 0)), swapped(spot(1, 0))]))
    assert "lintang dan bujur tertukar" in refusal(file, clip)


@pytest.mark.parametrize("clip", [None, JEPARA])
def test_swapped_axes_in_a_pbf_are_named_as_such(tmp_path: Path, clip: Clip | None):
    file = tmp_path / "terbalik.osm.pbf"
    with osmium.SimpleWriter(file) as writer:
        for node in range(3):
            location = osmium.osm.Location(-6.6 + node / 1000, 110.66)
            writer.add_node(osmium.osm.mutable.Node(id=node + 1, location=location))
        tags = {"highway": "residential"}
        writer.add_way(osmium.osm.mutable.Way(id=1, nodes=[1, 2, 3], tags=tags))
    assert "lintang dan bujur tertukar" in refusal(file, clip)


def test_ways_without_their_nodes_are_told_as_such(tmp_path: Path):
    file = osm_file(tmp_path, {}, {1: ([1, 2], {"highway": "primary"})})
    assert "letak titik-titiknya tidak ada" in refusal(file)


def test_a_way_of_absurdly_many_corners_is_refused(tmp_path: Path):
    north = np.linspace(0, 100, 60_000).tolist()
    said = refusal(geojson_file(tmp_path, line([spot(0, at) for at in north], osm_id=99)))
    assert "jalan 99 punya 60000 titik" in said


def test_a_road_that_jumps_over_the_sea_is_refused(tmp_path: Path):
    said = refusal(geojson_file(tmp_path, line([spot(0, 0), (0.0, 0.0)], osm_id=99)))
    assert "jalan 99 melompat" in said


def test_a_road_elsewhere_that_jumps_does_not_matter(tmp_path: Path):
    ours, odd = line([spot(0, 0), spot(1, 0)]), line([(10.0, 50.0), (20.0, 60.0)])
    extract = read_roads(geojson_file(tmp_path, ours, odd), JEPARA)
    assert len(extract.ways) == 1


def test_an_osm_xml_that_is_packed_wrongly_is_refused(tmp_path: Path):
    file = tmp_path / "jalan.osm.gz"
    file.write_bytes(gzip.compress(b"<osm>" + b" " * 10_000)[:-12])
    assert "bukan berkas OSM yang utuh" in refusal(file)


nasty = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.integers(-200, 200),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=12,
)
features = st.fixed_dictionaries(
    {},
    optional={
        "type": st.just("Feature"),
        "properties": nasty | st.just({"highway": "primary"}),
        "geometry": nasty
        | st.fixed_dictionaries(
            {"type": st.sampled_from(["LineString", "MultiLineString"]), "coordinates": nasty}
        ),
    },
)


@settings(max_examples=300, deadline=None)
@given(st.lists(features | nasty, max_size=4))
def test_whatever_a_geojson_holds_it_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, found: list[object]
):
    file = tmp_path_factory.getbasetemp() / "apa-saja.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": found}))
    try:
        network = build(read_roads(file))
    except BadRoads as refused:
        assert str(refused).startswith(file.name)  # noqa: PT017  # either is right
    else:
        assert np.isfinite(network.coords).all()
