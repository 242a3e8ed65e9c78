"""Tiles of incidents: sums that are exact at every zoom, for everybody's eyes."""

import json
import math
from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import text

from dispatch.rules.filters import ALL, Filter
from dispatch.scope import Scope
from dispatch.tiles import cell_bits, cell_run, incident_tile
from geo.map_cells import box_runs, column_row, point_cell, tile_run
from geo.point import Box, Point
from geo.tiles import BadTile, tile_box
from tests import mvt
from tests.benches import crowd_map
from tests.world import NOON, World

CASES = 100
ZOOMS = (0, 6, 9, 11, 13, 14, 16, 18)
GROUP = frozenset({"ppa"})
_AWAY = (
    "UPDATE incident SET pin = ST_Point(:x, :y, 4326), outside = true, village_id = NULL,"
    " village_code = NULL, district_code = NULL, village_p = NULL, border_m = NULL, off_m = NULL,"
    " also_villages = '{}' WHERE id = :id"
)
_OPEN = "FROM incident WHERE state <> 'ditutup' AND pin IS NOT NULL"


@pytest.fixture(scope="module")
def town(shared_world: World) -> World:
    """A world with cases everywhere, some of them exactly on the borders of tiles."""
    crowd_map.fill(shared_world.owner_url, CASES, 3, NOON)
    with shared_world.as_owner() as session:
        ids = list(session.scalars(text(f"SELECT id {_OPEN} ORDER BY id LIMIT 30")))
        for z in (5, 9, 11, 12, 13, 14, 15, 16, 17, 18):
            corner = tile_box(z, *column_row(Point(lon=110.68, lat=-6.6), z))
            for lon, lat in (
                (corner.west, corner.north),
                (corner.west, -6.6),
                (110.68, corner.south),
            ):
                session.execute(
                    text(_AWAY),
                    {"x": lon, "y": lat, "id": ids.pop()},
                )
    return shared_world


def eyes(town: World) -> list[Scope]:
    with town.as_owner() as session:
        code = session.scalar(
            text(
                "SELECT village_code FROM incident WHERE audience <> 'ruang' GROUP BY 1"
                " ORDER BY count(*) DESC LIMIT 1"
            )
        )
        agency, unit = session.execute(text("SELECT agency_id, id FROM unit LIMIT 1")).one()
    return [
        Scope("dispatcher"),
        Scope("dispatcher", groups=GROUP),
        Scope("agency_officer", agency_id=agency),
        Scope("village_head", village_code=code),
        Scope("wallboard"),
        Scope("field_unit", unit_id=unit),
    ]


def pins(town: World) -> list[Point]:
    with town.as_owner() as session:
        rows = session.execute(text(f"SELECT ST_X(pin), ST_Y(pin) {_OPEN}")).all()
    return [Point(lon=lon, lat=lat) for lon, lat in rows]


def read(town: World, scope: Scope, z: int, x: int, y: int, filter: Filter = ALL):
    with town.as_scope(scope) as session:
        catalogue = town.parts.ground().catalogue
        return mvt.layers(incident_tile(session, z, x, y, NOON, catalogue, filter))


def test_the_database_numbers_cells_as_we_do(town: World):
    with town.as_owner() as session:
        rows = session.execute(text(f"SELECT ST_X(pin) AS x, ST_Y(pin) AS y, cell {_OPEN}")).all()
    assert len(rows) > 80
    assert all(point_cell(Point(lon=row.x, lat=row.y)) == row.cell for row in rows)


@pytest.mark.parametrize("z", ZOOMS)
def test_the_sums_of_all_tiles_are_the_open_cases_that_one_may_see(town: World, z: int):
    tiles = {column_row(pin, z) for pin in pins(town)}
    for scope in eyes(town) if z in (0, 9, 11, 14) else eyes(town)[:1]:
        with town.as_scope(scope) as session:
            seen = session.execute(
                text(f"SELECT priority, due_at < :now AS late {_OPEN}"), {"now": NOON}
            ).all()
        found = [
            f.properties for x, y in tiles for f in read(town, scope, z, x, y).get("incidents", ())
        ]
        assert sum(f["n"] for f in found) == len(seen), scope
        for p in (1, 2, 3, 4):
            assert sum(f[f"p{p}"] for f in found) == sum(row.priority == p for row in seen), scope
        assert sum(f["late"] for f in found) == sum(bool(row.late) for row in seen)
    assert len(seen) > 0 or scope.role == "field_unit"


@pytest.mark.parametrize("z", [9, 13, 14, 16])
def test_a_cluster_holds_what_its_cell_holds_and_stands_among_it(town: World, z: int):
    here = pins(town)
    x, y = Counter(column_row(pin, z) for pin in here).most_common(1)[0][0]
    signs = read(town, Scope("dispatcher", groups=GROUP), z, x, y)["incidents"]
    side, box = 2 ** cell_bits(z), tile_box(z, x, y)
    for sign in signs:
        cx, cy = sign.properties["cx"], sign.properties["cy"]
        run = cell_run(z, x, y, cx, cy)
        inside = [pin for pin in here if run.low <= point_cell(pin) < run.high]
        assert len(inside) >= sign.properties["n"] > 0
        ((east, south),) = sign.points
        assert cx * 4096 / side - 1 <= east <= (cx + 1) * 4096 / side
        assert cy * 4096 / side - 1 <= south <= (cy + 1) * 4096 / side
        if len(inside) == 1:
            assert sign.id == sign.properties["id"]
            lon = box.west + (box.east - box.west) * east / 4096
            assert abs(lon - inside[0].lon) <= (box.east - box.west) / 4096


def test_one_that_stands_alone_says_what_it_is_a_cluster_does_not(town: World):
    alone = [
        f.properties
        for x, y in {column_row(pin, 18) for pin in pins(town)}
        for f in read(town, Scope("dispatcher"), 18, x, y).get("incidents", ())
        if f.properties["n"] == 1
    ][:20]
    assert len(alone) == 20
    assert all({"id", "category", "state", "unsure", "oldest", "p"} <= set(f) for f in alone)
    (far, *_) = read(town, Scope("dispatcher"), 0, 0, 0)["incidents"]
    assert "id" not in far.properties
    assert far.id is None


def test_a_filter_holds_in_the_tile_as_in_the_table(town: World):
    scope = Scope("dispatcher")
    for asked, sql in (
        (Filter(priorities=frozenset({1, 2})), "priority IN (1, 2)"),
        (Filter(late=True), "due_at < :now"),
        (Filter(channel="radio"), "channel = 'radio'"),
        (Filter(hours=48), "opened_at >= :since"),
    ):
        with town.as_scope(scope) as session:
            count = session.scalar(
                text(f"SELECT count(*) {_OPEN} AND {sql}"),
                {"now": NOON, "since": NOON - timedelta(hours=48)},
            )
        found = read(town, scope, 0, 0, 0, asked).get("incidents", ())
        assert sum(f.properties["n"] for f in found) == count, asked


def test_a_crew_is_not_told_what_its_sensitive_case_is(town: World):
    with town.as_owner() as session:
        unit = session.scalar(text("SELECT id FROM unit ORDER BY id LIMIT 1"))
        case = session.execute(
            text(
                f"SELECT id, category_code, ST_X(pin) AS x, ST_Y(pin) AS y {_OPEN}"
                " AND restricted_group IS NOT NULL LIMIT 1"
            )
        ).one()
        session.execute(
            text(
                "INSERT INTO assignment (incident_id, unit_id, state, state_since, sent_at,"
                " sent_by_name, restricted_group)"
                " SELECT id, :unit, 'ditugaskan', now(), now(), 'x', restricted_group"
                "   FROM incident WHERE id = :id"
            ),
            {"unit": unit, "id": case.id},
        )
    place = column_row(Point(lon=case.x, lat=case.y), 14)
    (sign,) = read(town, Scope("field_unit", unit_id=unit), 14, *place)["incidents"]
    assert sign.properties["id"] == case.id
    assert sign.properties["category"] == "prioritas_khusus" != case.category_code


def test_areas_of_doubt_are_for_who_may_know_how_sure_a_place_is(town: World):
    with town.as_owner() as session:
        rows = session.execute(
            text(
                f"SELECT id, ST_X(pin) AS x, ST_Y(pin) AS y {_OPEN} AND doubt > 0.035"
                " AND restricted_group IS NULL AND location ? 'outline'"
            )
        ).all()
    assert rows
    drawn, told = set(), set()
    for row in rows:
        place = column_row(Point(lon=row.x, lat=row.y), 16)
        drawn |= {f.id for f in read(town, Scope("dispatcher"), 16, *place).get("doubt", ())}
        told |= set(read(town, Scope("leader"), 16, *place)) - {"incidents"}
    assert drawn
    assert drawn <= {row.id for row in rows}
    assert not told
    far = column_row(Point(lon=rows[0].x, lat=rows[0].y), 10)
    assert "doubt" not in read(town, Scope("dispatcher"), 10, *far)


def test_an_area_that_reaches_into_the_next_tile_is_drawn_there_too(town: World):
    with town.as_owner() as session:
        row = session.execute(
            text(
                f"SELECT id {_OPEN} AND doubt > 0.035 AND restricted_group IS NULL"
                " AND jsonb_typeof(location -> 'outline') = 'object' LIMIT 1"
            )
        ).one()
        box = tile_box(15, *column_row(Point(lon=110.6, lat=-5.2), 15))  # at sea, alone
        x, y = box.east - 0.0001, (box.south + box.north) / 2
        ring = [
            [x - 0.002, y - 0.002],
            [x + 0.002, y - 0.002],
            [x, y + 0.002],
            [x - 0.002, y - 0.002],
        ]
        session.execute(text(_AWAY), {"x": x, "y": y, "id": row.id})
        area = json.dumps({"type": "Polygon", "coordinates": [ring]})
        session.execute(
            text(
                "UPDATE incident SET location = jsonb_set(location, '{outline}',"
                " CAST(:area AS jsonb)) WHERE id = :id"
            ),
            {"area": area, "id": row.id},
        )
    east, south = column_row(Point(lon=x, lat=y), 15)
    here = read(town, Scope("dispatcher"), 15, east, south)
    beside = read(town, Scope("dispatcher"), 15, east + 1, south)
    assert [f.id for f in here["doubt"]] == [f.id for f in beside["doubt"]] == [row.id]
    assert "incidents" not in beside


def test_a_pin_set_by_hand_has_the_circle_of_its_radius(town: World):
    lon, lat, radius_m = 110.9, -5.3, 200.0  # at sea, alone
    with town.as_owner() as session:
        one = session.scalar(text(f"SELECT max(id) {_OPEN} AND restricted_group IS NULL"))
        session.execute(text(_AWAY), {"x": lon, "y": lat, "id": one})
        kept = {"by": "petugas", "outline": None, "radius_m": radius_m, "confidence": 0.68}
        session.execute(
            text("UPDATE incident SET doubt = 0.3, location = CAST(:it AS jsonb) WHERE id = :id"),
            {"it": json.dumps(kept), "id": one},
        )
    at = column_row(Point(lon=lon, lat=lat), 14)
    (area,) = read(town, Scope("dispatcher"), 14, *at)["doubt"]
    assert area.properties == {"id": one, "p": area.properties["p"]}
    unit_m = 40_075_016 * math.cos(math.radians(lat)) / 2**14 / 4096
    for axis in (0, 1):
        along = [point[axis] for point in area.points]
        assert (max(along) - min(along)) * unit_m == pytest.approx(2 * radius_m, rel=0.03)


def test_a_near_tile_is_found_by_its_cells_under_row_security(town: World):
    place = column_row(Point(lon=110.67, lat=-6.59), 14)
    run = tile_run(14, *place)
    with town.as_scope(Scope("dispatcher")) as session:
        session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = session.scalars(
            text(
                "EXPLAIN SELECT id FROM incident WHERE state <> 'ditutup'"
                f" AND cell >= {run.low} AND cell < {run.high}"
            )
        ).all()
    found = "\n".join(plan)
    assert "ix_incident_open_cell" in found
    assert f"Index Cond: ((cell >= '{run.low}'::bigint) AND (cell < '{run.high}'::bigint))" in found


@pytest.mark.parametrize(("z", "x", "y"), [(19, 0, 0), (3, 8, 0), (3, 0, -1), (-1, 0, 0)])
def test_a_tile_that_there_is_not_is_refused(town: World, z, x, y):
    with pytest.raises(BadTile, match="z from 0 to 18"):
        read(town, Scope("dispatcher"), z, x, y)


@pytest.mark.parametrize(("cx", "cy"), [(8, 0), (0, 8), (-1, 0)])
def test_a_cell_that_there_is_not_is_refused(cx, cy):
    with pytest.raises(BadTile, match="from 0 to 7"):
        cell_run(9, 413, 265, cx, cy)


@pytest.mark.parametrize("most", [1, 4, 16])
def test_runs_cover_their_box_and_little_else(most):
    box = Box(west=110.65, south=-6.62, east=110.70, north=-6.58)
    runs = box_runs(box, most)
    assert len(runs) <= max(most, 4)
    for lon in (box.west, 110.67, box.east):
        for lat in (box.south, -6.6, box.north):
            cell = point_cell(Point(lon=lon, lat=lat))
            assert any(run.low <= cell < run.high for run in runs)
    assert all(a.high < b.low for a, b in pairwise(runs))
    assert runs[0].low >= tile_run(0, 0, 0).low
