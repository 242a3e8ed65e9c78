"""Networks in the database: written, put in force, read as arrays, taken out."""

from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.road_schema import Road, RoadNetwork
from geo.roads import (
    About,
    BadRoads,
    build,
    in_force,
    networks,
    publish,
    read_roads,
    read_table,
    remove,
    report_of,
    table_of,
    use,
)
from tests.geo.roads.moved import KEY, load_moved_roads, moved_network
from tests.geo.roads.written import geojson_file, line, spot
from tests.world import NOON


def test_the_table_that_is_read_is_the_network_that_was_built(session: Session):
    load_moved_roads(session, ferry=True)
    table, network = read_table(session), moved_network(ferry=True)
    assert table is not None
    assert (table.key, table.drives_on, table.count) == (KEY, "left", len(network.start))
    for name in ("start", "finish", "oneway", "length_m", "component", "coords", "offsets"):
        assert np.array_equal(getattr(table, name), getattr(network, name)), name
    assert np.array_equal(table.speed_kmh, network.speed_kmh, equal_nan=True)
    assert np.array_equal(table.signals, network.signals)
    assert [table.kinds[kind] for kind in table.kind] == list(network.kinds)
    assert table.names == tuple(name or "" for name in network.names)
    assert table.bans.shape == (0, 3)
    there, back = table.ferries
    assert (there.start, there.finish) == (back.finish, back.start)
    assert there.crossing_s == 7200.0
    assert there.vehicles


def test_no_network_in_force_is_no_table(session: Session):
    assert read_table(session) is None


def test_a_name_that_no_database_takes_comes_in_without_its_fault(session: Session, tmp_path: Path):
    named = line([spot(0, 0), spot(1, 0)], name="Jl. \ud800Raya\0 A")
    extract = read_roads(geojson_file(tmp_path, named))
    network = build(extract)
    about = About(KEY, "Jalan uji", "tests", "-", "0" * 64, "left")
    publish(session, network, about, report_of(network, extract, "left"), NOON)
    assert session.scalars(select(Road.name)).all() == ["Jl. ?Raya A"]


def test_only_one_network_is_in_force_and_the_one_before_stays(session: Session):
    load_moved_roads(session, balikpapan=True, key="lama")
    load_moved_roads(session, balikpapan=True, key="baru")
    assert [(row.key, row.in_force) for row in networks(session)] == [
        ("baru", True),
        ("lama", False),
    ]
    use(session, "lama", NOON)
    current = in_force(session)
    assert current is not None
    assert current.key == "lama"
    assert current.in_force_since == NOON


def test_the_same_key_twice_is_refused_and_nothing_is_lost(session: Session):
    load_moved_roads(session, balikpapan=True)
    before = session.scalar(select(func.count()).select_from(Road))
    with pytest.raises(BadRoads, match="sudah ada"):
        load_moved_roads(session, balikpapan=True)
    assert session.scalar(select(func.count()).select_from(Road)) == before


def test_the_network_in_force_is_removed_only_when_that_is_said(session: Session):
    load_moved_roads(session, balikpapan=True)
    with pytest.raises(BadRoads, match="sedang berlaku"):
        remove(session, KEY)
    remove(session, KEY, even_in_force=True)
    assert session.scalar(select(func.count()).select_from(Road)) == 0
    assert in_force(session) is None


def test_two_networks_do_not_share_a_road(session: Session):
    old = load_moved_roads(session, balikpapan=True, key="lama")
    new = load_moved_roads(session, key="baru")
    first, second = table_of(session, old), table_of(session, new)
    assert not set(first.road_ids.tolist()) & set(second.road_ids.tolist())
    assert first.count < second.count


def test_an_unknown_network_is_named(session: Session):
    with pytest.raises(BadRoads, match="bukan-ini"):
        use(session, "bukan-ini", NOON)
    assert session.scalars(select(RoadNetwork)).all() == []
