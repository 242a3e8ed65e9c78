import json

import pytest
import shapely

from geo.gazetteer import BadPlace
from geo.gazetteer.readers import form_of, read_places
from geo.gazetteer.readers.geojson import MOST_BYTES
from geo.gazetteer.readers.reading import Fence, Told
from geo.point import Point
from tests.shared import shared

BOX = [[110.60, -6.61], [110.61, -6.61], [110.61, -6.60], [110.60, -6.60], [110.60, -6.61]]
BOW_TIE = [[110.60, -6.61], [110.61, -6.60], [110.61, -6.61], [110.60, -6.60], [110.60, -6.61]]


@pytest.fixture
def read(tmp_path):
    """Reads features as a file of that ending; answers the places and the faults."""

    def reading(*features, ending=".geojson", fence=None):
        file = tmp_path / f"places{ending}"
        if ending == ".geojson":
            file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
        else:
            file.write_text("".join(f"{json.dumps(feature)}\n" for feature in features))
        faults: list[BadPlace] = []
        return list(read_places(file, form_of(file), Told(faults.append), fence=fence)), faults

    return reading


def feature(form="Point", coordinates=(110.65, -6.63), **properties):
    return {
        "type": "Feature",
        "properties": {"name": "Contoh"} | properties,
        "geometry": {"type": form, "coordinates": coordinates},
    }


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("jepara_tourism", 20),
        ("jepara_health", 4),
        ("jepara_health_facilities_2019", 25),
        ("tegalsambi", 33),
    ],
)
def test_real_files_are_read_whole(name, count):
    file = shared(f"data/poi/{name}.geojson")
    places = list(read_places(file, form_of(file), Told()))  # strict: a fault would be raised
    assert len(places) == count
    assert all(place.villages or place.context for place in places)


def test_kinds_of_other_people_become_ours():
    file = shared("data/poi/tegalsambi.geojson")
    kinds = {place.kind for place in read_places(file, "geojson", Told())}
    assert "sekolah" in kinds
    assert "school" not in kinds


def test_a_line_and_an_area_keep_their_shape_and_get_a_point_on_it(read):
    line = [[110.60, -6.60], [110.61, -6.60]]
    places, faults = read(feature("LineString", line), feature("Polygon", [BOX]))
    assert faults == []
    assert [place.shape.geom_type for place in places] == ["LineString", "Polygon"]
    assert places[0].point.distance_m(Point(lon=110.605, lat=-6.60)) < 0.1
    assert places[0].spread_m == pytest.approx(553 + 15, abs=3)  # half of 1.1 km, and beside it


def test_all_properties_are_taken(read):
    told = feature(
        kind="toko", aka="Lama|Tua", villages="33.20.01.2001", spread_m="80", context="Di sana"
    )
    ((place,), _) = read(told)
    assert (place.kind, place.aka, place.villages) == ("toko", ("Lama", "Tua"), ("33.20.01.2001",))
    assert (place.spread_m, place.context, place.row) == (80.0, "Di sana", "fitur 1")


def test_an_outline_that_crosses_itself_is_mended(read):
    ((place,), faults) = read(feature("Polygon", [BOW_TIE]))
    assert faults == []
    assert place.shape.is_valid


def test_heights_are_dropped(read):
    ((line, point), _) = read(
        feature("LineString", [[110.6, -6.6, 5], [110.61, -6.6, 5]]),
        feature("Point", [110.6, -6.6, 5]),
    )
    assert not line.shape.has_z
    assert point.point.lat == -6.6


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (feature("Point", [-6.63, 110.65]), "tertukar"),
        (feature("LineString", [[-6.6, 110.6], [-6.6, 110.61]]), "tertukar"),
        (feature("Point", [2.35, 48.86]), "bukan titik"),
        (feature("MultiPoint", [[110.6, -6.6]]), "MultiPoint"),
        (feature("GeometryCollection", []), "GeometryCollection"),
        (feature("LineString", [[110.6, -6.6]]), "geometry"),
        (feature("LineString", []), "geometry"),
        (feature("Polygon", [[[110.6, -6.6]] * 4]), "geometry"),
        (feature("Polygon", "x"), "geometry"),
        (feature(name=None), "name"),
        (feature(name="  "), "name"),
        (feature(spread_m="lebar"), "spread_m"),
        ({"type": "Feature", "properties": {"name": "x"}, "geometry": None}, "bukan fitur"),
        (["x"], "bukan fitur"),
    ],
)
def test_a_bad_feature_is_told_and_the_others_are_read(read, bad, why):
    places, faults = read(feature(), bad, feature())
    assert len(places) == 2
    assert [str(fault).startswith("fitur 2: ") and why in str(fault) for fault in faults] == [True]


def test_a_feature_a_line_is_read_too_and_a_broken_line_told(read, tmp_path):
    places, _ = read(feature(), feature(), ending=".geojsonl")
    assert len(places) == 2
    broken = tmp_path / "broken.ndjson"
    broken.write_text(f"{json.dumps(feature())}\n{{\n")
    faults: list[BadPlace] = []
    assert len(list(read_places(broken, form_of(broken), Told(faults.append)))) == 1
    assert str(faults[0]).startswith("fitur 2")


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"features": 5}', '{"features": null}'])
def test_a_file_that_is_no_geojson_is_refused_whole(tmp_path, content):
    file = tmp_path / "x.geojson"
    file.write_text(content)
    with pytest.raises(BadPlace, match=r"x\.geojson"):
        list(read_places(file, "geojson", Told(lambda fault: None)))


def test_a_collection_too_large_to_be_read_whole_is_refused(tmp_path):
    file = tmp_path / "x.geojson"
    with file.open("wb") as sparse:
        sparse.truncate(MOST_BYTES + 1)
    with pytest.raises(BadPlace, match="geojsonl"):
        list(read_places(file, "geojson", Told()))


def test_a_fence_leaves_out_what_lies_beyond_it(read):
    fence = Fence.around([shapely.box(110.60, -6.61, 110.61, -6.60)])
    near, far = feature("Point", [110.62, -6.60]), feature("Point", [110.64, -6.60])
    through = feature("LineString", [[110.5, -6.605], [110.7, -6.605]])
    places, faults = read(near, far, through, fence=fence)
    assert faults == []
    assert [place.row for place in places] == ["fitur 1", "fitur 3"]
