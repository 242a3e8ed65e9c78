"""Files for other programs: the rows that may be seen, with types, a time, and no formula."""

from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyogrio
import pytest
import shapely
from sqlalchemy import text

from app.files import safe_text
from tests.app.canaries import PANGGANG, TEGALSAMBI, inside
from tests.app.conftest import Office

FORMULA = '=HYPERLINK("http://contoh.invalid","buka")'


@pytest.fixture(scope="module")
def town(office: Office) -> Office:
    """A fire whose place reads as a formula, a broken road, a sensitive case, one without a pin."""
    take(office, "kebakaran", TEGALSAMBI, FORMULA)
    take(office, "jalan", PANGGANG, "depan pasar")
    take(office, "kdrt", TEGALSAMBI, "rumah ketiga", login="operator3")
    take(office, "sampah", None, "entah di mana")
    return office


def take(
    office: Office, category: str, village: str | None, where: str, login: str = "operator1"
) -> None:
    pin = None if village is None else inside(office, village)
    body = {"where": where, "category": category, "pin": pin}
    key = {"Idempotency-Key": f"export-{category}"}
    answer = office.client(login).post("/api/calls", json=body, headers=key)
    assert answer.status_code == 201, answer.get_data(as_text=True)


def export(office: Office, path: str, login: str = "dispatcher1") -> bytes:
    with office.client(login).get(f"/api/export/{path}") as answer:
        assert answer.status_code == 200, answer.get_data(as_text=True)[:400]
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
        body: bytes = answer.get_data()
        assert answer.content_length == len(body)
    return body


def rows_of(folder: Path, body: bytes, layer: str) -> tuple[dict[str, Any], Any]:
    """Columns by name, and the shapes; read as another program would."""
    file = folder / "berkas.gpkg"
    file.write_bytes(body)
    meta, _, shapes, values = pyogrio.raw.read(file, layer=layer)
    return dict(zip(meta["fields"], values, strict=True)) | {"crs": meta["crs"]}, shapes


def features(body: bytes) -> list[dict[str, Any]]:
    read = orjson.loads(body)
    assert read["type"] == "FeatureCollection"
    assert read["count"] == len(read["features"])
    return list(read["features"])


def test_a_geopackage_holds_what_the_table_holds(town: Office, tmp_path: Path):
    columns, shapes = rows_of(tmp_path, export(town, "incidents.gpkg"), "incidents")
    with town.as_owner() as session:
        rows = session.execute(
            text(
                "SELECT id, category_code, priority, village_code, ST_X(pin) AS lon,"
                " ST_Y(pin) AS lat, opened_at FROM incident WHERE restricted_group IS NULL"
                " ORDER BY priority, opened_at, id"
            )
        ).all()
    assert columns["crs"] == "EPSG:4326"
    assert list(columns["incident"]) == [r.id for r in rows]
    assert list(columns["category"]) == [r.category_code for r in rows]
    assert columns["priority"].dtype.kind == "i"
    assert columns["opened_at"].dtype.kind == "M"
    opened = np.array([round(r.opened_at.timestamp() * 1000) for r in rows])
    assert (columns["opened_at"].astype("datetime64[ms]").astype(np.int64) == opened).all()
    for shape, row in zip(shapes, rows, strict=True):
        read = None if shape is None else shapely.from_wkb(shape).coords[0]
        assert read == (None if row.lon is None else (row.lon, row.lat))


def test_the_file_says_of_when_it_is_and_on_which_boundaries(town: Office, tmp_path: Path):
    body = export(town, "incidents.gpkg?category=jalan,kebakaran")
    columns, _ = rows_of(tmp_path, body, "about")
    about = dict(zip(columns["name"], columns["value"], strict=True))
    assert about["as_of"].startswith(f"{town.parts.now():%Y-%m-%dT}")
    assert about["filter"] == "category=jalan,kebakaran"
    assert about["count"] == "2"
    assert about["edition"]
    read = orjson.loads(export(town, "incidents.geojson"))
    assert read["as_of"].endswith("Z")
    assert read["truncated"] is False


def test_a_place_that_reads_as_a_formula_is_words(town: Office, tmp_path: Path):
    columns, _ = rows_of(tmp_path, export(town, "incidents.gpkg"), "incidents")
    assert f"'{FORMULA}" in columns["place"]
    places = [f["properties"]["place"] for f in features(export(town, "incidents.geojson"))]
    assert f"'{FORMULA}" in places
    assert [safe_text(w) for w in ("+1", "-1", "@a", "\ta", "Jl. A-1")] == [
        "'+1", "'-1", "'@a", "'\ta", "Jl. A-1",
    ]  # fmt: skip


def test_geojson_is_as_its_rfc_says(town: Office):
    found = features(export(town, "incidents.geojson"))
    assert [f["geometry"] for f in found].count(None) == 1  # nobody knows where
    villages = features(export(town, "load.geojson"))
    assert all(f["geometry"]["type"] == "MultiPolygon" for f in villages)
    for one in villages[:10]:
        for polygon in shapely.from_geojson(orjson.dumps(one["geometry"])).geoms:
            assert polygon.exterior.is_ccw
    by_code = {f["id"]: f["properties"] for f in villages}
    assert by_code[TEGALSAMBI]["open"] == 1
    assert by_code[TEGALSAMBI]["per_1000"] is None  # nobody said how many live there


def test_each_role_gets_the_rows_that_it_may_see(town: Office):
    def categories(login: str) -> set[str]:
        found = features(export(town, "incidents.geojson", login))
        return {f["properties"]["category"] for f in found}

    assert categories("dispatcher1") == {"kebakaran", "jalan", "sampah"}
    assert "kdrt" not in categories("bupati")
    assert "kebakaran" not in categories("dinkes1")
    leader = features(export(town, "incidents.geojson?category=kebakaran", "bupati"))
    assert leader[0]["properties"]["radius_m"] is None  # as in the API: no location


def test_a_planner_gets_the_load_and_no_case(town: Office):
    villages = features(export(town, "load.geojson", "perencana"))
    assert sum(f["properties"]["open"] for f in villages) == 2
    refused = town.client("perencana").get("/api/export/incidents.gpkg")
    assert refused.status_code == 403
    assert "load by village" in refused.get_json()["detail"]


@pytest.mark.parametrize("login", ["operator1", "tegalsambi", "ambulans", "admin", "pdp"])
def test_who_has_no_right_to_files_gets_none(town: Office, login: str):
    for path in ("incidents.geojson", "load.gpkg"):
        assert town.client(login).get(f"/api/export/{path}").status_code == 403


def test_each_file_is_in_the_log_with_filter_and_count(town: Office):
    export(town, "incidents.geojson?p=4")
    export(town, "load.gpkg")
    entries = town.client("pdp").get("/api/log").get_json()["entries"]
    told = [e for e in entries if e["kind"].startswith("export.")][:2]
    assert [e["kind"] for e in told] == ["export.load", "export.incidents"]
    assert told[1]["facts"]["filter"] == "p=4"
    assert told[1]["facts"]["form"] == "geojson"


@pytest.mark.parametrize("query", ["kind=x", "p=9", "late=1&late=1", "village=x", "limit=3"])
def test_a_forged_filter_is_refused_by_name(town: Office, query: str):
    answer = town.client("dispatcher1").get(f"/api/export/incidents.geojson?{query}")
    assert answer.status_code == 422
    assert answer.get_json()["field"] == query.partition("=")[0]
