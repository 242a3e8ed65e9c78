"""dispatch.editions: what another edition means for open incidents, and the switch."""

from datetime import UTC, datetime

import pytest
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import editions
from dispatch.editions import Move
from dispatch.rules.workflow import IncidentState
from dispatch.schema import Category, Incident, LogEntry
from geo.boundaries import publish
from geo.boundaries.faults import Unusable
from geo.boundaries.publish import About
from geo.point import Point
from geo.schema import Edition, Village
from tests.geo.boundaries.conftest import KEDUNG, PECANGAAN, feature, square

NOW = datetime(2026, 11, 20, 5, tzinfo=UTC)


def load(session: Session, key: str, border: float) -> Edition:
    """Two villages side by side with their border at that longitude."""
    about = About(key, key, "terbitan", "uji", "MIT", "0" * 64)
    left = shapely.box(110.60, -6.70, border, -6.69)
    right = shapely.box(border, -6.70, 110.62, -6.69)
    return publish.load(session, [feature(left), feature(right, PECANGAAN, "B")], about, NOW)


@pytest.fixture
def old(session: Session) -> Edition:
    session.add(
        Category(
            code="uji", kind="darurat", name_id="Uji", name_en="Test", priority=1, needs=[], rank=1
        )
    )
    return publish.switch(session, load(session, "lama", 110.61).id, NOW)


@pytest.fixture
def new(session: Session, old: Edition) -> Edition:
    """The border has moved east by 550 m."""
    return load(session, "baru", 110.615)


def incident(
    session: Session,
    edition: Edition,
    lon: float,
    code: str | None,
    closed: bool = False,
    off_m: float | None = None,
) -> Incident:
    village = session.scalar(
        select(Village).where(Village.edition_id == edition.id, Village.code == (code or ""))
    )
    one = Incident(
        category_code="uji",
        priority=1,
        state=IncidentState.CLOSED if closed else IncidentState.NEW,
        place_text="",
        pin=Point(lon=lon, lat=-6.695),
        edition_id=edition.id,
        village_id=village.id if village else None,
        village_code=village.code if village else None,
        off_m=off_m,
        outside=village is None,
        agency_ids=[],
        after_hours=False,
        opened_at=NOW,
        closed_at=NOW if closed else None,
    )
    session.add(one)
    session.flush()
    return one


def test_incidents_between_the_old_and_the_new_border_would_move(
    session: Session, old: Edition, new: Edition
) -> None:
    for lon, code in ((110.605, KEDUNG), (110.612, PECANGAAN), (110.613, PECANGAAN)):
        incident(session, old, lon, code)
    assert editions.moves(session, new.id) == [Move(PECANGAAN, "B", KEDUNG, "A", 2)]
    assert editions.open_incidents(session) == 3


def test_closed_and_unpinned_incidents_are_not_counted(
    session: Session, old: Edition, new: Edition
) -> None:
    incident(session, old, 110.612, PECANGAAN, closed=True)
    incident(session, old, 110.612, PECANGAAN).pin = None
    session.flush()
    assert editions.moves(session, new.id) == []
    assert editions.open_incidents(session) == 0


def test_incidents_that_leave_or_enter_the_regency_are_told(session: Session, old: Edition) -> None:
    about = About("kecil", "", "terbitan", "uji", "MIT", "0" * 64)
    smaller = publish.load(session, [feature(square())], about, NOW)
    incident(session, old, 110.615, PECANGAAN)
    incident(session, old, 110.605, None)
    assert editions.moves(session, smaller.id) == [
        Move(PECANGAAN, "B", None, None, 1),
        Move(None, None, KEDUNG, "A", 1),
    ]


def test_a_pin_just_off_the_shore_counts_as_in_its_village(
    session: Session, old: Edition, new: Edition
) -> None:
    incident(session, old, 110.6205, PECANGAAN, off_m=55.3)  # east of B
    assert editions.moves(session, new.id, shore_m=300) == []
    assert editions.moves(session, new.id) == [Move(PECANGAAN, "B", None, None, 1)]


def test_on_a_shared_border_the_lowest_code_wins(
    session: Session, old: Edition, new: Edition
) -> None:
    incident(session, old, 110.615, PECANGAAN)
    for shore_m in (0, 300):
        assert editions.moves(session, new.id, shore_m) == [Move(PECANGAAN, "B", KEDUNG, "A", 1)]


def test_an_incident_keeps_the_edition_under_which_it_was_placed(
    session: Session, old: Edition, new: Edition
) -> None:
    one = incident(session, old, 110.612, PECANGAAN)
    editions.switch(session, new.id, NOW)
    session.expire_all()
    assert (one.edition_id, one.village_code) == (old.id, PECANGAAN)


def test_a_switch_is_logged(session: Session, old: Edition, new: Edition) -> None:
    editions.switch(session, new.id, NOW)
    entry = session.scalars(select(LogEntry).where(LogEntry.kind == "edition.switched")).one()
    assert entry.facts == {"edition": "baru", "edition_id": new.id}


def test_a_refused_switch_is_not_logged(session: Session, old: Edition) -> None:
    with pytest.raises(Unusable):
        editions.switch(session, old.id, NOW)
    assert session.scalars(select(LogEntry)).all() == []
