"""What hangs on the wall: counts of all, words of none that is sensitive, and who is truly free."""

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import Engine, create_engine, pool, text, update
from sqlalchemy.orm import Session

from dispatch.regency.plans import Plans
from dispatch.regency.positions import PositionRules
from dispatch.rules.workflow import IncidentState, UnitState
from dispatch.schema import Unit
from dispatch.scope import SYSTEM, enter
from dispatch.wall import (
    EYES,
    LAST,
    Figures,
    count_units,
    queue_of,
    read_figures,
    read_last,
    standing,
)
from geo.point import Point
from tests.cluster import as_role
from tests.dispatch.small_room import HOME, NOON, Room, after, furnish, open_case

AWAY = Point(lon=HOME.lon + 0.05, lat=HOME.lat)
LOST_S = 3600


class SmallGround:
    """The rules of the regency that the wall asks for, without villages."""

    def __init__(self) -> None:
        self.regency = SimpleNamespace(
            plans=Plans(), positions=PositionRules(lost_s=LOST_S), speed_of=lambda kind: 40.0
        )


@pytest.fixture
def session(engine: Engine, admin: str) -> Iterator[Session]:
    """As the superuser, who can look with the app's own eyes; all is undone after the test."""
    url = as_role(admin, "tanggap_super", engine.url.database or "")
    with create_engine(url, poolclass=pool.NullPool).connect() as connection:
        outer = connection.begin()
        session = Session(connection, join_transaction_mode="create_savepoint")
        enter(session, SYSTEM)
        yield session
        session.close()
        outer.rollback()


@pytest.fixture
def room(session: Session) -> Room:
    return furnish(session, priorities=(1, 2))


def look(session: Session) -> Session:
    """The same session with a wallboard's eyes, under row security."""
    session.execute(text("SET LOCAL ROLE tanggap_app"))
    enter(session, EYES)
    return session


def figures(session: Session, seconds: float = 0) -> list[Figures]:
    return read_figures(look(session), after(seconds))


def test_a_sensitive_case_is_counted_and_never_told(session: Session, room: Room):
    hidden = open_case(
        session, room.edition, 1, restricted_group="perlindungan", opened_at=after(-300)
    )
    urgent, high = figures(session)
    assert (urgent.open, urgent.waiting, high.open) == (2, 2, 1)
    assert urgent.oldest_waiting_at == after(-300)
    assert hidden not in [row.id for row in read_last(session)]


def test_the_queue_waits_for_whom_nobody_was_sent_to(session: Session, room: Room):
    open_case(session, room.edition, 1, state=IncidentState.ASSIGNED, opened_at=after(-900))
    queue = queue_of("darurat", figures(session), 900)
    assert (queue.open, queue.waiting) == (3, 2)
    assert (queue.oldest_waiting_at, queue.priority) == (NOON, 1)


def test_a_case_past_its_time_is_late_and_a_closed_one_is_nothing(session: Session, room: Room):
    open_case(session, room.edition, 3, due_at=after(60))
    closed = {"state": IncidentState.CLOSED, "closed_at": after(30), "outcome": "ditangani"}
    open_case(session, room.edition, 3, due_at=after(60), **closed)
    assert [f.late for f in figures(session, 59)] == [0, 0, 0]
    assert [(f.open, f.late) for f in figures(session, 61)] == [(1, 0), (1, 0), (1, 1)]


def test_emergencies_and_complaints_have_clocks_of_their_own():
    both = [
        Figures("aduan", 3, 2, 2, 1, after(-9000), after(-9000)),
        Figures("darurat", 2, 1, 1, 0, after(-60), after(-60)),
        Figures("darurat", 1, 4, 0, 0, after(-800), None),
    ]
    emergencies = queue_of("darurat", both, 900)
    assert (emergencies.oldest_waiting_at, emergencies.priority) == (after(-60), 2)
    assert (emergencies.open, emergencies.late) == (5, 0)
    assert queue_of("aduan", both, 3600).oldest_waiting_at == after(-9000)


def test_a_kind_of_which_nothing_is_open_still_has_its_queue():
    queue = queue_of("darurat", [], 900)
    assert (queue.open, queue.waiting, queue.oldest_waiting_at, queue.priority) == (
        0,
        0,
        None,
        None,
    )


def test_the_last_cases_come_newest_first_and_no_more_than_fit(session: Session, room: Room):
    made = [open_case(session, room.edition, 4, opened_at=after(n)) for n in range(1, LAST + 3)]
    assert [row.id for row in read_last(look(session))] == made[::-1][:LAST]


def test_every_unit_is_counted_once(session: Session, room: Room):
    states = [UnitState.FREE, UnitState.MOVING, UnitState.OFF_DUTY]
    for number, state in zip(room.units, states, strict=True):
        session.execute(update(Unit).where(Unit.id == number).values(state=state))
    (fleet,) = count_units(look(session), SmallGround(), NOON)  # type: ignore[arg-type]
    assert (fleet.kind, fleet.free, fleet.out, fleet.off, fleet.lost) == ("pompa", 1, 1, 1, 0)
    assert fleet.all == 3


@pytest.mark.parametrize(
    ("state", "where", "silent_s", "told"),
    [
        ("siap", HOME, None, "free"),  # never a fix: it is at its post
        ("siap", HOME, 10 * LOST_S, "free"),  # at its post, the device is off
        ("siap", AWAY, LOST_S - 1, "free"),
        ("siap", AWAY, LOST_S + 1, "lost"),
        ("kembali", AWAY, LOST_S + 1, "lost"),
        ("berangkat", AWAY, LOST_S + 1, "out"),
        ("lepas_dinas", AWAY, LOST_S + 1, "off"),
    ],
)
def test_who_was_not_heard_of_for_long_is_lost_but_for_who_is_at_the_post(
    state, where, silent_s, told
):
    fix_at = None if silent_s is None else NOON - timedelta(seconds=silent_s)
    row = SimpleNamespace(
        kind="pompa", state=state, lon=where.lon, lat=where.lat, station_lon=HOME.lon,
        station_lat=HOME.lat, fix_at=fix_at,
    )  # fmt: skip
    assert standing(row, SmallGround(), NOON) == told  # type: ignore[arg-type]
