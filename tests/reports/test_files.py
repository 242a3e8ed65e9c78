"""Files of an analysis open elsewhere: tables by their readers, the map with the network off."""

import csv
import io
import re
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import orjson
import pyogrio
import pytest
import shapely
from playwright.sync_api import sync_playwright

from app.press import find_program
from tests.reports.conftest import HOT, SINCE, UNTIL, Town

QUERY = f"since={SINCE}&until={UNTIL}&category=jalan&compare=2025-03-01..2025-09-01"


def file(town: Town, form: str, more: str = "", login: str = "perencana") -> bytes:
    answer = town.client(login).get(f"/api/analyses/file.{form}?{QUERY}{more}")
    assert answer.status_code == 200, answer.get_data(as_text=True)[:400]
    body = bytes(answer.get_data())
    answer.close()
    return body


def document(town: Town) -> dict[str, Any]:
    answer = town.client("perencana").get(f"/api/analyses?{QUERY}")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json()
    return found


def test_a_geopackage_holds_the_table_with_outlines_in_degrees(town: Town, tmp_path: Path) -> None:
    path = tmp_path / "analisis.gpkg"
    path.write_bytes(file(town, "gpkg"))
    assert {name for name, _ in pyogrio.list_layers(path)} == {"analisis", "about"}
    meta, _, shapes, columns = pyogrio.raw.read(path, layer="analisis")
    told = {place["id"]: place for place in document(town)["places"]}
    assert meta["crs"] == "EPSG:4326"
    assert meta["geometry_type"] == "MultiPolygon"
    by_name = dict(zip(meta["fields"], columns, strict=True))
    assert set(by_name["id"]) == set(told)
    counts = [told[one]["n"] for one in by_name["id"]]
    assert np.allclose(by_name["n"], counts)
    ratio = [(told[one]["before"] or {}).get("ratio") for one in by_name["id"]]
    assert np.array_equal(np.isnan(by_name["before_ratio"]), [r is None for r in ratio])
    areas = shapely.from_wkb(shapes)
    assert shapely.is_valid(areas).all()
    west, south, east, north = town.parts.ground().bounds
    assert shapely.box(west, south, east, north).buffer(0.001).covers(shapely.union_all(areas))
    own = town.parts.ground().locator
    at = list(by_name["id"]).index(HOT[0])
    village = own.areas[[v.code for v in own.villages].index(HOT[0])]
    assert areas[at].symmetric_difference(village).area < 1e-6 * village.area


def test_all_tables_say_the_same(town: Town) -> None:
    told = {place["id"]: place for place in document(town)["places"]}
    collection = orjson.loads(file(town, "geojson"))
    assert collection["words"] == document(town)["words"]
    lines = list(csv.DictReader(io.StringIO(file(town, "csv").decode("utf-8-sig"))))
    book = openpyxl.load_workbook(io.BytesIO(file(town, "xlsx")), read_only=True)
    rows = list(book["analisis"].iter_rows(values_only=True))
    sheet = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    book.close()
    assert len(collection["features"]) == len(lines) == len(sheet) == len(told)
    for feature, line, row in zip(collection["features"], lines, sheet, strict=True):
        own = told[feature["id"]]
        assert feature["properties"]["class"] == line["class"] == row["class"] == own["class"]
        assert float(line["n"]) == row["n"] == feature["properties"]["n"] == own["n"]


def test_a_file_of_the_course_of_time_adds_up_to_all(town: Town) -> None:
    lines = list(
        csv.DictReader(io.StringIO(file(town, "csv", "&bagian=waktu").decode("utf-8-sig")))
    )
    total = sum(float(line["n"]) for line in lines if not line["category"])
    assert total == document(town)["totals"]["n"] > 0


def test_names_cannot_become_formulas(town: Town) -> None:
    hostile = re.compile(r"^[=+@\t\r]")
    for line in csv.reader(io.StringIO(file(town, "csv").decode("utf-8-sig"))):
        assert not [cell for cell in line if hostile.match(cell)]


def test_the_map_opens_with_no_network(town: Town, tmp_path: Path) -> None:
    page_file = tmp_path / "peta.html"
    page_file.write_bytes(file(town, "html"))
    asked: list[str] = []
    program = find_program()
    if program is None:
        pytest.skip("no Chromium is installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu"]
        )
        context = browser.new_context(offline=True, viewport={"width": 800, "height": 1200})
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        broken: list[str] = []
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.goto(page_file.as_uri())
        page.wait_for_selector("path.village")
        drawn = page.locator("path.village").count()
        page.locator("path.village").first.hover(force=True)
        browser.close()
    assert not broken
    assert drawn >= len(town.parts.ground().locator.villages)
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []


def test_sheet_and_picture_come_out_of_the_press(town: Town) -> None:
    if find_program() is None:
        pytest.skip("no Chromium is installed")
    assert file(town, "pdf").startswith(b"%PDF-")
    assert file(town, "png").startswith(b"\x89PNG")


def test_a_form_that_is_not_known_is_refused_by_name(town: Town) -> None:
    answer = town.client("perencana").get(f"/api/analyses/file.shp?{QUERY}")
    assert answer.status_code == 422
    assert answer.get_json()["field"] == "form"


def test_an_operator_gets_no_file_and_no_answer(town: Town) -> None:
    client = town.client("operator1")
    assert client.get(f"/api/analyses/file.csv?{QUERY}").status_code == 403
    assert client.get(f"/api/analyses?{QUERY}").status_code == 403


def test_notes_of_the_meeting_stand_on_the_sheet_as_words(town: Town) -> None:
    hostile = "<script>alert(1)</script> jembatan dulu"
    body = {"meeting": "Forum", "lon": 110.66, "lat": -6.6, "words": hostile}
    made = town.client("perencana").post("/api/analysis-notes", json=body)
    assert made.status_code in (200, 201), made.get_data(as_text=True)
    page = file(town, "html", "&rapat=Forum").decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; jembatan dulu" in page
    assert hostile not in page
    assert "jembatan dulu" not in file(town, "html").decode()
