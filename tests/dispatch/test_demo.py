"""The invented day: the plan is pure, the play uses the real use cases, clearing takes only it."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from shapely import MultiPolygon, box
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from dispatch import calls, orders, roster
from dispatch.calls import CallReport
from dispatch.demo import desks, words
from dispatch.demo.agenda import Stage
from dispatch.demo.clear import clear, status
from dispatch.demo.day import load_day, play_until
from dispatch.demo.plan import plan_ahead, plan_day
from dispatch.demo.teller import DemoVillage
from dispatch.ground import Ground
from dispatch.regency import read_regency
from dispatch.rules.course import fold
from dispatch.rules.ticketing import TicketState
from dispatch.rules.workflow import AssignmentState, CallClass, UnitState
from dispatch.schema import (
    Assignment,
    Call,
    CallContact,
    Incident,
    Instruction,
    LogEntry,
    Notice,
    Outgoing,
    Proof,
    Ticket,
    TicketMessage,
    TicketRating,
    TicketStep,
    Unit,
    User,
)
from dispatch.scope import Role
from dispatch.tickets import rows as rows_of
from geo.point import Point
from geo.routing.crow import CrowRouter
from geo.schema import Edition, LandMass, Village

JEPARA = read_regency(Path(__file__).resolve().parents[2] / "data/regency/jepara")
NOW = datetime(2026, 11, 20, 14, 30, tzinfo=JEPARA.hours.zone)
SEA = (Point(lon=110.5, lat=-6.2),)
VILLAGES = [
    DemoVillage("33.20.11.2012", "Tahunan", "Tahunan", box(110.6, -6.7, 110.7, -6.6), 9.0),
    DemoVillage("33.20.02.2005", "Rengging", "Pecangaan", box(110.7, -6.7, 110.8, -6.6), 3.0),
    DemoVillage("33.20.10.2003", "Parang", "Karimunjawa", box(110.2, -5.8, 110.3, -5.7), 1.0, True),
]


def plan(seed=1, count=600):
    return plan_day(seed, VILLAGES, JEPARA.categories, NOW, at_sea=SEA, calls=count)


def test_the_same_seed_gives_the_same_day():
    assert plan(seed=5) == plan(seed=5)
    assert plan(seed=5) != plan(seed=6)


def test_nothing_in_the_plan_is_later_than_now_and_all_of_it_is_marked():
    day = plan()
    assert all(call.at <= NOW and call.report.demo for call in day)
    assert [call.at for call in day] == sorted(call.at for call in day)


def test_about_a_third_are_pranks_or_silent_and_they_open_nothing():
    lately = [c for c in plan() if NOW - c.at < timedelta(hours=16)]
    pranks = [c for c in lately if c.report.call_class in (CallClass.PRANK, CallClass.GHOST)]
    assert 0.25 < len(pranks) / len(lately) < 0.45
    assert all(c.course is None for c in pranks)


def test_every_pin_lies_in_the_village_that_the_caller_names():
    areas = {v.code: v.area for v in VILLAGES}
    for call in plan():
        if call.course is not None and call.report.pin and call.report.said_village:
            pin = call.report.pin
            area = areas[call.report.said_village]
            assert area.intersects(box(pin.lon, pin.lat, pin.lon, pin.lat))


def test_some_have_no_pin_one_is_at_sea_and_one_on_the_island():
    day = plan(count=60)
    openers = [c.report for c in day if c.course is not None]
    assert any(r.pin is None for r in openers)
    assert [r.category for r in openers if r.pin in SEA] == ["laka_laut"]
    assert any(r.said_village == "33.20.10.2003" and r.pin for r in openers)


def test_a_village_whose_head_looks_on_has_two_complaints_that_wait():
    watched = DemoVillage(
        "33.20.11.2010", "Tegalsambi", "Tahunan", box(110.6, -6.7, 110.61, -6.69), 0, watched=True
    )
    day = plan_day(1, [*VILLAGES, watched], JEPARA.categories, NOW)
    waiting = [c for c in day if c.report.said_village == watched.code]
    assert len(waiting) == 2
    assert all(c.course.send_after_s is None for c in waiting)


def test_some_tell_again_of_an_event_that_is_known():
    day = {call.key: call for call in plan(count=60)}
    again = [c for c in day.values() if c.same_as is not None]
    assert again
    for call in again:
        first = day[call.same_as]
        assert first.course is not None
        assert first.report.category == call.report.category
        assert first.at < call.at


def test_some_are_minutes_old_and_some_are_days_old():
    ages = [NOW - call.at for call in plan(count=60) if call.course is not None]
    assert min(ages) < timedelta(minutes=45)
    assert max(ages) > timedelta(days=1)


def test_no_number_can_ring_and_no_caller_is_anybody():
    assert {c.report.phone[:9] for c in plan()} == {"+62000112"}


def test_callers_say_many_different_things():
    assert sum(len(said) for said in words.SAID.values()) >= 60
    said = [c.report.what for c in plan() if c.course is not None]
    assert len(set(said)) > 50


def test_every_sentence_belongs_to_a_category_of_the_regency():
    assert words.SAID.keys() <= {c.code for c in JEPARA.categories}


def test_a_regency_with_other_categories_gets_sentences_too():
    only = [c for c in JEPARA.categories if c.code == "kekerasan_seksual"]
    report = plan_ahead(1, VILLAGES[:1], only, NOW, hours=5)
    assert any(call.report.what in words.SAID_BY_KIND["darurat"] for call in report)


def test_hours_ahead_begin_now_and_end_in_time():
    ahead = plan_ahead(3, VILLAGES, JEPARA.categories, NOW, hours=7)
    assert 25 <= len(ahead) <= 45
    assert all(NOW <= c.at <= NOW + timedelta(hours=7, minutes=10) for c in ahead)


@pytest.fixture
def ground(session: Session) -> Ground:
    """Jepara's catalogue and roster over three square villages, one of them on an island."""
    roster.sync(session, JEPARA, NOW)
    edition = Edition(
        key="t",
        title="t",
        status="indikatif",
        source="test",
        licence="-",
        sha256="-",
        loaded_at=NOW,
        in_force=True,
        report={},
    )
    session.add(edition)
    session.flush()
    for v in VILLAGES:
        seat = v.area.centroid
        session.add(
            Village(
                edition_id=edition.id,
                code=v.code,
                name=v.name,
                kind="desa",
                district_code=v.code[:8],
                district=v.district,
                seat=Point(lon=seat.x, lat=seat.y),
                area=MultiPolygon([v.area]),
            )
        )
    for name, lands in (("Jawa", VILLAGES[:2]), ("Parang", VILLAGES[2:])):
        area = MultiPolygon([box(*MultiPolygon([v.area for v in lands]).bounds)])
        session.add(LandMass(edition_id=edition.id, name=name, area_km2=len(lands), area=area))
    session.flush()
    return Ground.read(session, JEPARA)


def real_call(session: Session, ground: Ground, joins: int | None = None) -> dict[str, int]:
    report = CallReport(
        where="Rengging", what="asap", category="kebakaran", phone="081234567890", joins=joins,
        pin=None if joins else Point(lon=110.75, lat=-6.65),
    )  # fmt: skip
    answer = calls.take_call(
        session,
        report,
        NOW,
        ground,
        write_answer=lambda taken: {"call": taken.call_id, "incident": taken.incident_id},
    )
    return answer.body


def rows(session: Session) -> dict[str, int]:
    """Rows of each table that a demonstration writes to."""
    tables = (
        Call, CallContact, Incident, Ticket, Assignment, LogEntry, TicketStep, TicketMessage,
        TicketRating, Instruction, Proof, Notice, Outgoing,
    )  # fmt: skip
    return {
        t.__tablename__: session.scalar(select(func.count()).select_from(t)) or 0 for t in tables
    }


def units(session: Session) -> list[tuple[object, ...]]:
    session.expire_all()
    found = session.scalars(select(Unit).order_by(Unit.id))
    return [(u.id, u.state, u.position, u.fix_at, u.active) for u in found]


def test_a_loaded_day_has_cases_in_every_state_with_units_at_work(session, ground):
    count = load_day(session, ground, NOW)
    assert count >= 60
    states = dict(
        session.execute(select(Incident.state, func.count()).group_by(Incident.state)).all()
    )
    assert {"baru", "ditutup"} <= {s.value for s in states}
    assert status(session).is_on
    over = (AssignmentState.DONE, AssignmentState.RETURNED)
    done = select(func.count()).where(Assignment.state.in_(over))
    assert session.scalar(done) > 5


@pytest.fixture
def leader(session: Session) -> User:
    """Who gives the instructions."""
    user = User(login="uji", name="Pimpinan Uji", password_hash="x", role=Role.LEADER, groups=[])
    session.add(user)
    session.flush()
    return user


def test_the_desks_of_a_loaded_day_have_tickets_in_every_state(session, ground, leader):
    load_day(session, ground, NOW)
    states = set(session.scalars(select(Ticket.state).where(Ticket.demo)))
    assert set(TicketState) - states <= {TicketState.MERGED, TicketState.REOPENED}
    kinds = set(session.scalars(select(TicketMessage.kind)))
    assert kinds == {"catatan", "jawaban", "tanggapan"}
    assert session.scalar(select(func.count()).where(TicketRating.stars > 0)) > 2
    given = session.scalars(select(Instruction)).all()
    assert {i.by_user for i in given} == {leader.id}
    late = select(func.count()).where(Ticket.due_at < NOW, Ticket.closed_at.is_(None))
    assert session.scalar(late) > 0
    # What is invented is told to nobody.
    assert session.scalar(select(func.count()).select_from(Outgoing)) == 0


def test_desks_work_on_while_a_play_goes_on(session, ground):
    chance = random.Random(3)  # noqa: S311
    stage = Stage(ground, CrowRouter(), chance, b"", haste=60)
    ahead = plan_ahead(5, VILLAGES, JEPARA.categories, NOW, hours=14)
    desks.work_ahead(stage, ahead)
    play_until(session, stage, ahead, NOW + timedelta(hours=20))
    states = set(session.scalars(select(Ticket.state).where(Ticket.demo)))
    assert {TicketState.CLOSED, TicketState.AWAITING_REPLY, TicketState.FOLLOWED_UP} <= states
    photos = session.scalars(select(Proof).where(Proof.kind == "foto")).all()
    assert photos
    # Of a call that nobody pinned no place is known, so its photo names none.
    assert {code for p in photos for code in p.found} <= {"tanpa_lokasi"}


def test_drawn_proof_says_that_it_is_drawn_and_stands_beside_the_case(session, ground):
    load_day(session, ground, NOW)
    photos = session.scalars(select(Proof).where(Proof.kind == "foto")).all()
    assert photos
    assert all(p.demo and p.far_m is not None and p.far_m < 100 for p in photos)
    assert {code for p in photos for code in p.found} == set()


def test_the_row_of_an_invented_ticket_is_the_fold_of_its_steps(session, ground):
    load_day(session, ground, NOW)
    for ticket in session.scalars(select(Ticket).where(Ticket.demo)):
        steps = rows_of.steps_of(session, ticket.id)
        assert fold(steps).state == ticket.state
        times = [step.at for step in steps]
        assert times == sorted(times)
        assert times[-1] <= NOW


def test_a_unit_that_a_demo_user_rides_with_has_a_task(session, ground):
    load_day(session, ground, NOW, calls=10)
    signs = session.scalars(
        select(Unit.call_sign)
        .join(Assignment, Assignment.unit_id == Unit.id)
        .where(Assignment.released_at.is_(None))
    )
    # The other one's station lies in none of the three villages.
    assert "DMK-01" in signs.all()


def test_a_day_is_loaded_once(session, ground):
    assert load_day(session, ground, NOW, calls=30) > 0
    assert load_day(session, ground, NOW, calls=30) == 0


def test_the_log_of_a_loaded_day_tells_when_things_would_have_happened(session, ground):
    load_day(session, ground, NOW, calls=30)
    wrong = session.scalar(
        text(
            "SELECT count(*) FROM log_entry l JOIN call c ON c.id = l.call_id"
            " WHERE l.demo AND l.at <> c.at"
        )
    )
    assert wrong == 0
    ids = select(LogEntry.at).where(LogEntry.demo).order_by(LogEntry.id)
    times = session.scalars(ids).all()
    assert times == sorted(times)


def test_who_is_on_the_way_stands_on_the_way_and_who_is_there_stands_there(session, ground):
    load_day(session, ground, NOW, calls=30)
    out = session.execute(
        select(Unit, Incident.pin)
        .join(Assignment, Assignment.unit_id == Unit.id)
        .join(Incident, Incident.id == Assignment.incident_id)
        .where(Assignment.released_at.is_(None))
    ).all()
    assert out
    for unit, pin in out:
        if unit.state is UnitState.ON_SCENE:
            assert unit.position == pin
        if unit.state is UnitState.MOVING:
            assert unit.fix_at == NOW


def test_clearing_takes_all_that_was_invented_and_nothing_else(session, ground):
    before_units = units(session)
    kept = real_call(session, ground)
    busy = session.scalar(select(Unit).where(Unit.call_sign == "DMK-03"))
    orders.send_unit(session, kept["incident"], busy.id, NOW)
    real = rows(session)
    load_day(session, ground, NOW, calls=30)
    assert rows(session)["call"] > real["call"]

    done = clear(session, NOW)

    assert rows(session) | {"log_entry": 0} == real | {"log_entry": 0}
    # One row says that it was cleared, so that every screen reads anew.
    assert rows(session)["log_entry"] == real["log_entry"] + 1
    assert session.get(Incident, kept["incident"]) is not None
    after = {u[0]: u for u in units(session)}
    assert after.pop(busy.id)[1] is UnitState.SENT
    assert list(after.values()) == [u for u in before_units if u[0] != busy.id]
    assert done.kept == 0


def test_an_invented_incident_that_a_real_call_joined_is_kept_and_counts_as_real(session, ground):
    load_day(session, ground, NOW, calls=30)
    open_one = session.scalar(
        select(Incident.id).where(Incident.demo, Incident.closed_at.is_(None)).limit(1)
    )
    told = real_call(session, ground, joins=open_one)
    assert clear(session, NOW).kept == 1
    session.expire_all()
    assert session.get(Call, told["call"]).incident_id == open_one
    assert session.get(Incident, open_one).demo is False


def test_what_is_cleared_can_be_loaded_again(session, ground):
    load_day(session, ground, NOW, calls=30)
    clear(session, NOW)
    assert not status(session).is_on
    assert load_day(session, ground, NOW, calls=30) > 0


def test_clearing_nothing_does_nothing(session, ground):
    before = rows(session)
    done = clear(session, NOW)
    assert (done.calls, done.incidents, done.units_freed) == (0, 0, 0)
    assert rows(session) == before


def test_a_play_at_speed_shortens_every_wait(session, ground):
    chance = random.Random(1)  # noqa: S311
    stage = Stage(ground, CrowRouter(), chance, b"", haste=60)
    ahead = plan_ahead(4, VILLAGES, JEPARA.categories, NOW, hours=5)
    play_until(session, stage, ahead, NOW + timedelta(hours=6))
    times = session.execute(
        select(Assignment.sent_at, Assignment.released_at).where(
            Assignment.released_at.is_not(None)
        )
    ).all()
    assert times
    assert all(r.released_at - r.sent_at < timedelta(minutes=10) for r in times)


def test_crews_answer_bring_patients_and_come_home(session, ground):
    chance = random.Random(1)  # noqa: S311
    stage = Stage(ground, ground.router, chance, b"", haste=60)
    ahead = plan_ahead(4, VILLAGES, JEPARA.categories, NOW, hours=5)
    play_until(session, stage, ahead, NOW + timedelta(hours=6))
    rows = session.scalars(select(Assignment)).all()
    assert all(r.accepted_at for r in rows)
    assert any(r.at_facility_at and r.facility_id for r in rows)
    assert {r.state for r in rows} == {AssignmentState.RETURNED}
    assert {u[1] for u in units(session)} == {UnitState.FREE}


def test_the_demo_is_the_houses_own_deed_and_not_a_users(session, ground):
    load_day(session, ground, NOW.astimezone(UTC), calls=10)
    assert set(session.scalars(select(LogEntry.actor).where(LogEntry.demo))) == {"peraga"}
