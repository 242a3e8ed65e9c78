"""geo.boundaries.read: what is taken from a file, and how a bad one is refused."""

import json
import warnings
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

from geo.boundaries import read as reader
from geo.boundaries.faults import Fault, Unusable
from geo.boundaries.features import Fields, Flaw, village_code
from geo.boundaries.read import read
from tests.geo.boundaries.conftest import KEDUNG, Write, as_json, collection, square
from tests.shared import shared


def fault_of(path: Path) -> Unusable:
    with pytest.raises(Unusable) as caught:
        read(path)
    return caught.value


def flaws_of(path: Path) -> list[Flaw]:
    return [problem.flaw for problem in read(path).problems]


def test_a_village_is_read_with_its_code_kind_and_kecamatan(write: Write) -> None:
    (one,) = read(write(collection(as_json(square(), code="33.20.06.1006")))).features
    assert (one.code, one.name, one.kind) == ("33.20.06.1006", "A", "kelurahan")
    assert (one.district_code, one.district) == ("33.20.06", "Kedung")
    assert one.shape.equals(square())


def test_the_published_set_of_jepara_has_195_villages() -> None:
    found = read(shared("data/village_boundaries/jepara.geojson"))
    assert (len(found.features), found.problems) == (195, ())


def test_the_published_sql_is_turned_to_longitude_first() -> None:
    sql = read(shared("data/village_boundaries/published/wilayah_boundaries_kel_33.20.sql"))
    raw = read(shared("data/village_boundaries/jepara_raw.geojson"))
    assert [one.code for one in sql.features] == [one.code for one in raw.features]
    for ours, theirs in zip(sql.features, raw.features, strict=True):
        # The GeoJSON was rounded to seven decimals.
        assert shapely.hausdorff_distance(ours.shape, theirs.shape) < 2e-7


def test_the_polygon_without_a_code_is_named() -> None:
    found = read(shared("data/village_boundaries/jepara_bps2019.geojson"))
    assert len(found.features) == 195
    assert [(one.flaw, one.where) for one in found.problems] == [
        (Flaw.NO_CODE, "feature 141 (Sawah)")
    ]


def test_a_column_may_have_another_name(write: Write) -> None:
    path = write(collection(as_json(square(), code=None, KODE_KU="3320012001")))
    (one,) = read(path, Fields(code=("kode_ku",))).features
    assert one.code == KEDUNG


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("33.20.11.2010", "33.20.11.2010"),
        ("3320112010", "33.20.11.2010"),
        ("3320110010", None),  # of the statistics office
        ("33.20.11", None),
        ("33.2011.2010", None),
        ("٣٣٢٠١١٢٠١٠", None),
        ("", None),
    ],
)
def test_a_code_has_ten_digits_and_tells_its_kind(written: str, code: str | None) -> None:
    assert village_code(written) == code


def test_a_name_cannot_drive_the_terminal(write: Write) -> None:
    (one,) = read(write(collection(as_json(square(), name="\x1b[31mKa\nwak\u202e ")))).features
    assert one.name == "[31mKa wak"


def test_heights_are_dropped_and_counted(write: Write) -> None:
    found = read(write(collection(as_json(shapely.force_3d(square(), 12.0)))))
    assert (found.with_height, found.features[0].shape.has_z) == (1, False)


def test_a_file_with_latitude_first_is_refused_by_name(write: Write) -> None:
    swapped = shapely.transform(square(), lambda positions: positions[:, ::-1])
    error = fault_of(write(collection(as_json(swapped))))
    assert error.fault is Fault.SWAPPED
    assert "longitude first" in str(error)


def test_one_swapped_feature_among_right_ones_is_a_problem_of_that_feature(write: Write) -> None:
    swapped = shapely.transform(square(), lambda positions: positions[:, ::-1])
    found = read(write(collection(as_json(square()), as_json(swapped, name="B"))))
    assert [one.name for one in found.features] == ["A"]
    assert [(one.flaw, one.where, one.found) for one in found.problems] == [
        (Flaw.OUTSIDE, "feature 2 (B)", "swapped")
    ]


def test_metres_are_refused(write: Write) -> None:
    path = write(collection(as_json(shapely.box(450_000, 9_260_000, 451_000, 9_261_000))))
    assert fault_of(path).fault is Fault.ELSEWHERE


def test_a_crs_member_other_than_wgs84_is_refused(write: Write) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}
    error = fault_of(write(collection(as_json(square()), crs=crs)))
    assert error.fault is Fault.WRONG_CRS
    assert "3857" in str(error)


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326"])
def test_an_old_crs_member_that_says_wgs84_is_taken(write: Write, name: str) -> None:
    crs = {"type": "name", "properties": {"name": name}}
    assert len(read(write(collection(as_json(square()), crs=crs))).features) == 1


@pytest.mark.parametrize("crs", ["EPSG:4326", [], {"type": "name"}, {"properties": [1]}])
def test_a_crs_member_that_says_nothing_known_is_refused(write: Write, crs: object) -> None:
    assert fault_of(write(collection(as_json(square()), crs=crs))).fault is Fault.WRONG_CRS


def test_no_feature_is_no_file(write: Write) -> None:
    assert fault_of(write(collection())).fault is Fault.EMPTY


@pytest.mark.parametrize("text", ["[]", "3", '{"type": "Feature"}', "{}", "null"])
def test_other_json_is_refused(write: Write, text: str) -> None:
    assert fault_of(write(text)).fault is Fault.NOT_FEATURES


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[" * 200_000,
        '{"a":' * 50_000 + "1" + "}" * 50_000,
        '{"type": "FeatureCollection", "features": [{"a": NaN}]}',
        '{"type": "FeatureCollection", "features": [',
        "PK\x03\x04",
    ],
)
def test_what_is_no_json_is_refused(write: Write, text: str) -> None:
    assert fault_of(write(text)).fault is Fault.UNREADABLE


@pytest.mark.parametrize(
    ("geometry", "flaw"),
    [
        (None, Flaw.NO_SHAPE),
        ([], Flaw.NO_SHAPE),
        ({"type": "Polygon"}, Flaw.NO_SHAPE),
        ({"type": "Polygon", "coordinates": []}, Flaw.NO_SHAPE),
        ({"type": "MultiPolygon", "coordinates": []}, Flaw.NO_SHAPE),
        ({"type": "Point", "coordinates": [110.6, -6.7]}, Flaw.NOT_POLYGON),
        ({"type": "GeometryCollection", "geometries": []}, Flaw.NOT_POLYGON),
        ({"type": "Polygon", "coordinates": [7]}, Flaw.BAD_POSITION),
        ({"type": "Polygon", "coordinates": [[["110", "-6"]] * 4]}, Flaw.BAD_POSITION),
        ({"type": "Polygon", "coordinates": [[[True, False]] * 4]}, Flaw.BAD_POSITION),
        ({"type": "Polygon", "coordinates": [[[110.6]] * 4]}, Flaw.BAD_POSITION),
        ({"type": "Polygon", "coordinates": [[[110.6, None]] * 4]}, Flaw.BAD_POSITION),
        ({"type": "Polygon", "coordinates": [[[110.6, -6.7]] * 3]}, Flaw.OPEN_RING),
        (
            {"type": "Polygon", "coordinates": [[[110, -6], [111, -6], [111, -7], [110, -7]]]},
            Flaw.OPEN_RING,
        ),
    ],
)
def test_a_geometry_that_is_no_area_is_a_problem_of_that_feature(
    write: Write, geometry: object, flaw: Flaw
) -> None:
    odd = as_json(None, name="B") | {"geometry": geometry}
    found = read(write(collection(as_json(square()), odd)))
    assert [(one.flaw, one.where) for one in found.problems] == [(flaw, "feature 2 (B)")]


@pytest.mark.parametrize("number", ["1e999", "-1e999", "1" + "0" * 400, "NaN", "Infinity"])
def test_a_number_beyond_all_numbers_is_refused(write: Write, number: str) -> None:
    text = json.dumps(collection(as_json(square()))).replace("110.61", number)
    assert fault_of(write(text)).fault is Fault.UNREADABLE


@pytest.mark.parametrize("odd", [None, 3, "x", [], {"properties": 3}, {"properties": None}])
def test_a_feature_that_is_none_is_counted(write: Write, odd: object) -> None:
    document = collection(as_json(square())) | {"features": [as_json(square()), odd]}
    assert flaws_of(write(document)) == [Flaw.NO_SHAPE]


@pytest.mark.parametrize(
    ("properties", "flaw"),
    [
        ({"code": None}, Flaw.NO_CODE),
        ({"code": {"a": 1}}, Flaw.NO_CODE),
        ({"code": "Kedung"}, Flaw.BAD_CODE),
        ({"name": " "}, Flaw.NO_NAME),
    ],
)
def test_a_feature_without_code_or_name_is_a_problem(
    write: Write, properties: dict[str, object], flaw: Flaw
) -> None:
    assert flaws_of(write(collection(as_json(square(), **properties)))) == [flaw]


def test_too_many_positions_are_refused(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MOST_POSITIONS", 4)
    assert fault_of(write(collection(as_json(square())))).fault is Fault.TOO_LARGE


def test_a_file_too_large_is_not_even_opened(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MOST_BYTES", 10)
    assert fault_of(write("x" * 11)).fault is Fault.TOO_LARGE


def test_an_unknown_ending_and_a_missing_file_are_refused(write: Write, tmp_path: Path) -> None:
    assert fault_of(write("x", "a.kml")).fault is Fault.UNKNOWN_FORM
    assert fault_of(tmp_path / "nowhere.gpkg").fault is Fault.MISSING
    assert fault_of(tmp_path).fault is Fault.MISSING


def write_layer(
    path: Path, crs: str | None = "EPSG:4326", layer: str = "desa", append: bool = False
) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pyogrio.raw.write(
            path,
            geometry=np.array([shapely.to_wkb(square())], dtype=object),
            field_data=[
                np.array([KEDUNG], dtype=object),
                np.array(["A"], dtype=object),
                np.array(["Kedung"], dtype=object),
            ],
            fields=["KDEPUM", "NAMOBJ", "WADMKC"],
            geometry_type="Polygon",
            crs=crs,
            layer=layer,
            append=append,
        )
    return path


@pytest.mark.parametrize("name", ["a.gpkg", "a.shp"])
@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:9470"])
def test_the_agencys_layers_are_read_in_both_national_systems(
    tmp_path: Path, name: str, crs: str
) -> None:
    (one,) = read(write_layer(tmp_path / name, crs)).features
    assert (one.code, one.name, one.district) == (KEDUNG, "A", "Kedung")
    assert one.shape.equals(square())


@pytest.mark.parametrize("name", ["a.gpkg", "a.shp"])
def test_a_layer_in_another_system_is_refused_with_its_name(tmp_path: Path, name: str) -> None:
    error = fault_of(write_layer(tmp_path / name, "EPSG:32749"))
    assert error.fault is Fault.WRONG_CRS
    assert "UTM" in str(error)


def test_a_shapefile_without_its_prj_is_refused(tmp_path: Path) -> None:
    path = write_layer(tmp_path / "a.shp")
    path.with_suffix(".prj").unlink()
    assert fault_of(path).fault is Fault.NO_CRS


@pytest.mark.parametrize("missing", [".shx", ".dbf"])
def test_a_shapefile_without_one_of_its_files_is_refused(tmp_path: Path, missing: str) -> None:
    path = write_layer(tmp_path / "a.shp")
    path.with_suffix(missing).unlink()
    assert fault_of(path).fault in (Fault.UNREADABLE, Fault.NO_FIELD)


@pytest.mark.parametrize("name", ["a.gpkg", "a.shp"])
def test_a_layer_cut_short_is_refused(tmp_path: Path, name: str) -> None:
    path = write_layer(tmp_path / name)
    path.write_bytes(path.read_bytes()[:90])
    assert fault_of(path).fault is Fault.UNREADABLE


def test_of_several_layers_one_must_be_named(tmp_path: Path) -> None:
    path = write_layer(tmp_path / "a.gpkg")
    write_layer(path, layer="dusun", append=True)
    error = fault_of(path)
    assert (error.fault, error.facts["found"]) == (Fault.MANY_LAYERS, "desa, dusun")
    assert len(read(path, layer="desa").features) == 1
    with pytest.raises(Unusable) as caught:
        read(path, layer="rt")
    assert caught.value.fault is Fault.UNREADABLE


def test_a_layer_without_a_column_for_the_code_is_refused(tmp_path: Path) -> None:
    path = write_layer(tmp_path / "a.gpkg")
    with pytest.raises(Unusable) as caught:
        read(path, Fields(code=("nomor",)))
    assert caught.value.fault is Fault.NO_FIELD
    assert "KDEPUM" in str(caught.value)
