"""QGIS reads the views as its own role: all of them, and nothing besides."""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, pool, text
from sqlalchemy.exc import ProgrammingError

from app.api.coverage import work
from dispatch import jobs
from dispatch.scope import WORKER
from tests.cluster import ROOT, as_role
from tests.reports.conftest import Town

VIEWS = {"desa", "kecamatan", "kejadian_mingguan", "kejadian_kategori", "heksagon", "isochrones"}
PROJECT = ROOT / "docs/qgis/tanggap.qgs"
# What PostGIS itself gives to everybody: names of projections, lists of columns.
OF_POSTGIS = {"spatial_ref_sys", "geometry_columns", "geography_columns", "us_lex", "us_gaz"}


@pytest.fixture(scope="module")
def qgis(admin: str, town: Town) -> Iterator[Connection]:
    """A connection of the superuser that has become tanggap_qgis for good."""
    name = str(town.parts.engine.url.database)
    engine = create_engine(as_role(admin, "tanggap_super", name), poolclass=pool.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql("SET SESSION AUTHORIZATION tanggap_qgis")
        connection.exec_driver_sql("SET TimeZone = 'Asia/Jakarta'")
        connection.commit()
        yield connection
    engine.dispose()


def rows(connection: Connection, statement: str) -> list[tuple[object, ...]]:
    try:
        return [tuple(row) for row in connection.execute(text(statement))]
    finally:
        connection.rollback()


def test_all_views_are_readable_and_hold_what_they_say(qgis: Connection, town: Town) -> None:
    found = rows(qgis, "SELECT viewname FROM pg_views WHERE schemaname = 'qgis'")
    assert {str(one) for (one,) in found} == VIEWS
    villages = rows(qgis, "SELECT kode, nama, luas_km2 FROM qgis.desa")
    assert len(villages) == len(town.parts.ground().locator.villages)
    with town.as_owner() as session:
        latest = session.execute(text("SELECT max(opened_at) FROM incident")).scalar_one()
        counted = session.execute(
            text(
                "SELECT count(*) FROM incident WHERE restricted_group IS NULL"
                " AND merged_into IS NULL AND village_code IS NOT NULL AND opened_at >="
                " date_trunc('week', now(), 'Asia/Jakarta') - interval '52 weeks'"
            )
        ).scalar_one()
    weekly = rows(qgis, "SELECT sum(jumlah), max(minggu) FROM qgis.kejadian_mingguan")[0]
    assert (weekly[0] or 0) == counted, (weekly, latest)
    assert all(int(str(n)) >= 5 for (n,) in rows(qgis, "SELECT jumlah FROM qgis.kejadian_kategori"))
    cells = rows(qgis, "SELECT jumlah FROM qgis.heksagon")
    assert len(cells) > 200
    assert all(n is None or int(str(n)) >= 5 for (n,) in cells)


def test_no_sensitive_category_stands_in_a_view(qgis: Connection, town: Town) -> None:
    kinds = {str(k) for (k,) in rows(qgis, "SELECT kode_kategori FROM qgis.kejadian_kategori")}
    catalogue = town.parts.ground().catalogue
    assert kinds
    assert not [k for k in kinds if catalogue.category(k).restricted_group]


def test_kinds_for_the_control_room_alone_are_in_no_hexagon(qgis: Connection, town: Town) -> None:
    told = rows(qgis, "SELECT coalesce(sum(jumlah), 0) FROM qgis.heksagon WHERE jumlah >= 5")[0][0]
    with town.as_owner() as session:
        fine, all_of_them = session.execute(
            text(
                "SELECT count(*) FILTER (WHERE audience <> 'ruang'), count(*) FROM incident"
                " WHERE restricted_group IS NULL AND merged_into IS NULL AND pin IS NOT NULL"
                " AND NOT outside AND opened_at >= now() - interval '1 year'"
            )
        ).one()
    assert fine < all_of_them, "the town has none of them: nothing is tested"
    assert int(str(told)) <= fine


def test_the_newest_isochrones_are_a_layer(qgis: Connection, town: Town) -> None:
    link = {"what": "isokron", "skill": "api", "minutes": 10, "cell_m": 1000}
    for hour in (7, 8):
        answer = town.client("perencana").post("/api/coverage", json={**link, "hour": hour})
        job = answer.get_json()["job"]["id"]
        with town.as_scope(WORKER) as session:
            held = jobs.take(session, "tes", town.parts.now())
        assert held is not None
        assert held.id == job
        result = work(town.parts, held.params, lambda share, step="": None)
        with town.as_scope(WORKER) as session:
            jobs.finish(session, held, result, town.parts.now())
    told = json.loads(result.files[0].body)["features"]
    found = rows(
        qgis, "SELECT id, unit, menit, jam, keahlian, ST_Area(geom) > 0 FROM qgis.isochrones"
    )
    assert len(found) == len(told) > 0
    assert {(str(sign), minutes) for _, sign, minutes, *_ in found} == {
        (f["properties"]["call_sign"], f["properties"]["minutes"]) for f in told
    }
    assert {(hour, skill, drawn) for *_, hour, skill, drawn in found} == {(8, "api", True)}
    with pytest.raises(ProgrammingError, match="permission denied"):
        rows(qgis, "SELECT * FROM job_file")


def test_no_table_and_no_other_function_is_for_qgis(qgis: Connection) -> None:
    tables = rows(
        qgis,
        "SELECT c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace"
        " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'v', 'm', 'p')",
    )
    mine = {str(name) for (name,) in tables} - OF_POSTGIS
    assert {"incident", "call", "app_user", "village"} <= mine
    readable = rows(
        qgis,
        "SELECT relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace"
        " WHERE n.nspname = 'public' AND relkind IN ('r', 'v', 'm', 'p')"
        " AND (has_table_privilege(c.oid, 'SELECT') OR has_any_column_privilege(c.oid, 'SELECT'))",
    )
    assert {str(name) for (name,) in readable} <= OF_POSTGIS
    for statement in ("SELECT * FROM incident", "SELECT * FROM qgis.spots()",
                      "UPDATE village SET name = 'x'"):  # fmt: skip
        with pytest.raises(ProgrammingError, match="permission denied"):
            rows(qgis, statement)


def test_every_layer_of_the_project_is_a_view_with_that_geometry(qgis: Connection) -> None:
    written = PROJECT.read_text()
    assert not re.search(r"password|authcfg|host=", written), "the project names no server"
    layers = [layer.findtext("datasource") or "" for layer in _layers(PROJECT)]
    assert len(layers) == len(VIEWS)
    there = {
        str(table): (column, srid, kind)
        for table, column, srid, kind in rows(
            qgis,
            "SELECT f_table_name, f_geometry_column, srid, type FROM geometry_columns"
            " WHERE f_table_schema = 'qgis'",
        )
    }
    for source in layers:
        found = re.search(
            r"^service='tanggap' key='(\w+)' .*srid=(\d+) type=(\w+) .*"
            r'table="qgis"\."(\w+)" \((\w+)\)$',
            source,
        )
        assert found, source
        key, srid, kind, table, column = found.groups()
        assert there[table] == (column, int(srid), kind.upper())
        total, distinct = rows(qgis, f"SELECT count(*), count(DISTINCT {key}) FROM qgis.{table}")[0]
        assert total == distinct, f"{key} is no key of {table}"


def _layers(path: Path) -> list[ET.Element]:
    root = ET.parse(path).getroot()  # noqa: S314 - our own file
    assert root.tag == "qgis"
    tree = {one.get("id") for one in root.iter("layer-tree-layer")}
    layers = root.findall("projectlayers/maplayer")
    assert tree == {layer.findtext("id") for layer in layers}
    return layers
