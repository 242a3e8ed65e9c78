"""Which villages are reached in time, in the whole regency with its real boundaries."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from dispatch.cover import cover_now, left_behind, reserves_s
from dispatch.cover.reaches import reaches
from dispatch.ground import Ground
from dispatch.rules.workflow import UnitState
from dispatch.schema import Station, Unit
from dispatch.scope import Scope, enter
from geo.routing.crow import CrowRouter
from tests.world import NOON, World

MEDIC = frozenset({"medis"})


@pytest.fixture
def ground(shared_world: World) -> Ground:
    return shared_world.parts.ground()


@pytest.fixture
def room(shared_world: World) -> Iterator[Session]:
    """A dispatcher's session; nothing of it stays."""
    with shared_world.parts.sessions() as session:
        enter(session, Scope("dispatcher", 1, "Uji"))
        yield session
        session.rollback()


def set_free(session: Session, *call_signs: str) -> None:
    """Only these medical units are free, at their posts; the others are busy there."""
    session.execute(
        update(Unit).where(Unit.skills.contains(["medis"])).values(state=UnitState.ON_SCENE)
    )
    session.execute(update(Unit).where(Unit.call_sign.in_(call_signs)).values(state=UnitState.FREE))


def test_with_every_unit_at_its_post_nothing_is_lost(room: Session, ground: Ground):
    seen = cover_now(room, ground, "medis", 15, NOON)
    assert seen.lost == []
    assert len(seen.villages) == len(ground.locator.villages)
    assert 0 < seen.covered <= len(seen.villages)
    assert seen.covered == sum(v.share >= 0.5 - 1e-9 for v in seen.villages)
    assert seen.basis


def test_a_busy_unit_takes_its_villages_along_and_is_named(room: Session, ground: Ground):
    before = cover_now(room, ground, "medis", 15, NOON)
    by_sign: dict[str, int] = {}
    for sign, lost in leaves_of(room, ground).items():
        by_sign[sign] = lost
    alone = max(by_sign, key=lambda sign: by_sign[sign])
    room.execute(update(Unit).where(Unit.call_sign == alone).values(state=UnitState.ON_SCENE))
    after = cover_now(room, ground, "medis", 15, NOON)
    assert by_sign[alone] > 0
    assert len(after.lost) == by_sign[alone] == before.covered - after.covered
    assert {one.unit for one in after.lost} == {alone}
    assert all(one.was_s <= 900 for one in after.lost)
    assert all(one.now_s is None or one.now_s > 900 for one in after.lost)


def leaves_of(session: Session, ground: Ground) -> dict[str, int]:
    """Villages that each medical unit leaves without help in a quarter of an hour."""
    cover = left_behind(session, ground, NOON, MEDIC, 900)
    units = session.execute(
        select(Unit.id, Unit.call_sign).where(Unit.skills.contains(["medis"]))
    ).all()
    left = {u.call_sign: cover.leaves(u.id) for u in units}
    return {sign: found.villages for sign, found in left.items() if found is not None}


def test_what_a_unit_leaves_is_what_is_lost_once_it_is_gone(room: Session, ground: Ground):
    """Reckoned beforehand and tried out, for each unit of a few."""
    set_free(room, "AMB-01", "AMB-02", "AMB-04")
    told = leaves_of(room, ground)
    assert set(told) == {"AMB-01", "AMB-02", "AMB-04"}
    full = cover_now(room, ground, "medis", 15, NOON).covered
    for sign, villages in told.items():
        set_free(room, *(set(told) - {sign}))
        assert full - cover_now(room, ground, "medis", 15, NOON).covered == villages


def test_a_unit_without_the_skill_leaves_nothing_of_it(room: Session, ground: Ground):
    police = room.scalars(select(Unit.id).where(Unit.kind == "patroli")).first()
    assert police is not None
    assert left_behind(room, ground, NOON, MEDIC, 900).leaves(police) is None


def test_two_that_stand_together_leave_less_than_one_alone(room: Session, ground: Ground):
    set_free(room, "AMB-01", "AMB-02")
    alone = reserves_s(room, ground, NOON, ["medis"])
    home = room.execute(select(Unit.id, Unit.station_id).where(Unit.call_sign == "AMB-01")).one()
    post = room.scalar(select(Station.position).where(Station.id == home.station_id))
    room.execute(
        update(Unit)
        .where(Unit.call_sign == "AMB-04")
        .values(state=UnitState.FREE, station_id=home.station_id, position=post)
    )
    both = reserves_s(room, ground, NOON, ["medis"])
    assert 0 < both[home.id] < alone[home.id]


def test_a_move_up_mends_a_gap_and_says_so(room: Session, ground: Ground):
    """All stand in the south; somebody should go north."""
    south = room.execute(
        select(Station.id, Station.position).where(Station.code == "pkm-kedung-1")
    ).one()
    set_free(room, "AMB-01", "AMB-03", "AMB-04")
    room.execute(
        update(Unit)
        .where(Unit.call_sign.in_(["AMB-01", "AMB-03", "AMB-04"]))
        .values(station_id=south.id, position=south.position)
    )
    before = cover_now(room, ground, "medis", 15, NOON)
    assert before.move_up
    first = before.move_up[0]
    assert first.gains > 0
    assert first.call_sign in first.why
    assert first.station in first.why_en
    place = room.scalar(select(Station.position).where(Station.id == first.station_id))
    room.execute(
        update(Unit)
        .where(Unit.id == first.unit_id)
        .values(station_id=first.station_id, position=place)
    )
    after = cover_now(room, ground, "medis", 15, NOON)
    assert after.covered - before.covered == first.gains


def test_nobody_is_moved_up_across_the_sea(room: Session, ground: Ground):
    """The islands are the greatest gap there is when their own units are away."""
    island = set(room.scalars(select(Station.id).where(Station.code.like("%karimunjawa%"))))
    assert island
    room.execute(update(Unit).where(Unit.station_id.in_(island)).values(state=UnitState.ON_SCENE))
    seen = cover_now(room, ground, "medis", 15, NOON)
    districts = {one.village.district for one in seen.lost}
    assert any("arimunjawa" in district for district in districts)
    assert not island & {move.station_id for move in seen.move_up}


def test_a_boat_is_not_moved_up(room: Session, ground: Ground):
    boats = set(room.scalars(select(Unit.call_sign).where(Unit.by_sea)))
    for skill in ("sar_air", "sar_laut", "medis"):
        moves = cover_now(room, ground, skill, 15, NOON).move_up
        assert not boats & {move.call_sign for move in moves}


def test_a_skill_that_nobody_has_reaches_nobody(room: Session, ground: Ground):
    seen = cover_now(room, ground, "terbang", 15, NOON)
    assert (seen.covered, seen.lost, seen.move_up, seen.basis) == (0, [], [], None)
    assert all(v.best_s is None and v.by is None for v in seen.villages)


def test_it_is_reckoned_anew_when_the_ways_change(room: Session, ground: Ground):
    once = reaches(room, ground, NOON)
    assert reaches(room, ground, NOON) is once
    slower = replace(ground, router=CrowRouter(10.0, 2.0))
    assert reaches(room, slower, NOON) is not once
    there = cover_now(room, slower, "medis", 15, NOON).covered
    assert there < cover_now(room, ground, "medis", 15, NOON).covered


def test_the_same_unit_elsewhere_reaches_other_points(room: Session, ground: Ground):
    set_free(room, "AMB-01")
    one = cover_now(room, ground, "medis", 15, NOON)
    far = room.scalar(select(Station.position).where(Station.code == "pkm-donorojo"))
    room.execute(update(Unit).where(Unit.call_sign == "AMB-01").values(position=far))
    other = cover_now(room, ground, "medis", 15, NOON)
    assert {v.village.code for v in one.villages if v.share > 0.5}.isdisjoint(
        v.village.code for v in other.villages if v.share > 0.5
    )
