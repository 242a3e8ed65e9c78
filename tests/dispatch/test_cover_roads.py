"""The cover of the land with a network of roads in force: real roads, laid over the regency."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from app.warming import warm_cover
from dispatch import calls, choosing
from dispatch.calls import CallReport
from dispatch.cover import cover_now, left_behind
from dispatch.cover import reaches as keeping
from dispatch.cover.reaches import reaches
from dispatch.cover.standing import standing
from dispatch.ground import Ground
from dispatch.rules.workflow import UnitState
from dispatch.schema import Incident, Unit
from dispatch.scope import HUB, Role, Scope, enter
from geo.point import Point
from geo.routing import Start
from tests.geo.roads.moved import MIDDLE, load_moved_roads
from tests.world import NOON, World

MEDIC = frozenset({"medis"})
_ROADSIDE = text(
    "SELECT ST_X(spot) AS lon, ST_Y(spot) AS lat"
    "  FROM (SELECT ST_LineInterpolatePoint(course, 0.5) AS spot FROM road"
    "         WHERE component = 0 ORDER BY md5(id::text)) AS middle"
    " WHERE EXISTS (SELECT FROM village JOIN edition ON edition.id = edition_id"
    "                WHERE in_force AND ST_Covers(area, spot)) LIMIT :most"
)


@pytest.fixture(scope="module")
def ground(shared_world: World) -> Ground:
    """Roads in force, and all ambulances beside one."""
    with shared_world.as_owner() as session:
        load_moved_roads(session, ferry=True)
        medics = select(Unit).where(Unit.skills.contains(["medis"]), ~Unit.by_sea)
        units = session.scalars(medics.order_by(Unit.id)).all()
        spots = session.execute(_ROADSIDE, {"most": len(units)}).all()
        for unit, spot in zip(units, spots, strict=True):
            unit.position = Point(lon=spot.lon, lat=spot.lat)
    shared_world.parts.read_ways()
    return shared_world.parts.ground()


@pytest.fixture
def room(shared_world: World) -> Iterator[Session]:
    """A dispatcher's session; nothing of it stays."""
    with shared_world.parts.sessions() as session:
        enter(session, Scope(Role.DISPATCHER, name="Uji"))
        yield session
        session.rollback()


def crash(session: Session, ground: Ground, priority: int) -> int:
    """An accident on a road."""
    spot = session.execute(_ROADSIDE, {"most": 1}).one()
    pin = Point(lon=spot.lon, lat=spot.lat)
    report = CallReport(where="", what="tabrakan", category="lalu_lintas", pin=pin)
    answer = calls.take_call(
        session, report, NOON, ground, write_answer=lambda t: {"incident": t.incident_id}
    )
    opened = int(answer.body["incident"])
    session.get_one(Incident, opened).priority = priority
    session.flush()
    return opened


def test_what_a_suggested_unit_leaves_behind_is_told_over_roads_too(room: Session, ground: Ground):
    some = room.scalars(select(Unit.id).where(Unit.skills.contains(["medis"]))).all()[:4]
    busy = update(Unit).where(Unit.skills.contains(["medis"]), Unit.id.not_in(some))
    room.execute(busy.values(state=UnitState.ON_SCENE))
    found = choosing.suggest_units(room, crash(room, ground, 2), ground, NOON)
    medics = [s for s in found.units if s.part and s.unit.unit_id in some]
    cover = left_behind(room, ground, NOON, MEDIC, found.target_s)
    assert medics
    assert found.basis == "jalan"
    assert [s.leaves for s in medics] == [cover.leaves(s.unit.unit_id) for s in medics]
    assert any(s.leaves.villages for s in medics)


def test_at_top_priority_it_is_not_asked_for(room: Session, ground: Ground):
    found = choosing.suggest_units(room, crash(room, ground, 1), ground, NOON)
    assert found.units
    assert all(s.leaves is None for s in found.units)


def test_what_a_unit_leaves_is_what_is_lost_once_it_is_gone(room: Session, ground: Ground):
    cover = left_behind(room, ground, NOON, MEDIC, 1_800)
    before = cover_now(room, ground, "medis", 30, NOON)
    assert before.basis == "jalan"
    medics = room.scalars(select(Unit.id).where(Unit.skills.contains(["medis"]))).all()
    told = {unit_id: left for unit_id in medics if (left := cover.leaves(unit_id)) is not None}
    worst = max(told, key=lambda unit_id: told[unit_id].villages)
    assert told[worst].villages > 0
    room.execute(update(Unit).where(Unit.id == worst).values(state=UnitState.ON_SCENE))
    after = cover_now(room, ground, "medis", 30, NOON)
    assert before.covered - after.covered == told[worst].villages


def test_the_land_is_searched_from_the_units_not_from_its_thousand_points(
    room: Session, ground: Ground
):
    known = reaches(room, ground, NOON)
    cover_now(room, ground, "", 15, NOON)
    roads = ground.router.overland.roads
    assert len(known.goals) > 1_000
    assert len(roads._kept.trees) < 100
    assert len(roads._kept.searches._found) > 10


def test_after_warming_nothing_is_reckoned_for_units_at_their_posts(
    shared_world: World, ground: Ground
):
    assert warm_cover(shared_world.parts) > 10
    with shared_world.as_scope(HUB) as session:
        known = reaches(session, shared_world.parts.ground(), shared_world.parts.now())
    posts = set(known._rows)
    with shared_world.parts.sessions() as session:
        enter(session, Scope(Role.DISPATCHER, name="Uji"))
        at_home = [unit.home for unit in standing(session)]
        session.rollback()
    known.travel_s(at_home, shared_world.parts.now())
    assert at_home
    assert set(known._rows) == posts


def test_only_the_rows_asked_for_last_are_kept(
    room: Session, ground: Ground, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(keeping, "MOST_KEPT", 3)
    known = reaches(room, ground, NOON)
    spots = [Point(lon=MIDDLE[0] + 0.01 * n, lat=MIDDLE[1]) for n in range(5)]
    first = known.travel_s([Start(spot) for spot in spots], NOON)
    assert len(known._rows) == 3
    again = known.travel_s([Start(spot) for spot in spots], NOON)
    assert (first == again)[~(first != first)].all()
    known.travel_s([Start(spots[2])], NOON)
    known.travel_s([Start(spots[0])], NOON)
    assert keeping._key(Start(spots[2])) in known._rows
