from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from dispatch import roster
from dispatch.errors import IllegalMove, Unknown
from dispatch.regency import read_regency
from dispatch.rules.workflow import UnitState
from dispatch.schema import Agency, Asset, Category, Responsibility, Station, Unit, User
from geo.point import Point

JEPARA = read_regency(Path(__file__).resolve().parents[2] / "data/regency/jepara")
NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)
LATER = datetime(2026, 11, 20, 6, tzinfo=UTC)


def unit(session, call_sign):
    return session.scalar(select(Unit).where(Unit.call_sign == call_sign))


def count(session, table):
    return session.scalar(select(func.count()).select_from(table))


def shout(password):
    return password.upper()


def test_what_the_configuration_names_is_there_after_a_sync(session):
    roster.sync(session, JEPARA, NOON)
    assert count(session, Unit) == len(JEPARA.units)
    assert count(session, Station) == len(JEPARA.stations)
    assert count(session, Category) == len(JEPARA.categories)
    assert unit(session, "AMB-12").position == next(
        s.position for s in JEPARA.stations if s.code == "pkm-tahunan"
    )


def test_to_sync_twice_changes_nothing(session):
    assert roster.sync(session, JEPARA, NOON).total > 0
    before = [(u.id, u.state_since) for u in session.scalars(select(Unit).order_by(Unit.id))]
    assert roster.sync(session, JEPARA, LATER).total == 0
    session.expire_all()
    assert before == [
        (u.id, u.state_since) for u in session.scalars(select(Unit).order_by(Unit.id))
    ]


def test_a_unit_that_is_out_stays_where_it_is_and_as_it_is(session):
    roster.sync(session, JEPARA, NOON)
    on_its_way = unit(session, "AMB-12")
    on_its_way.state, on_its_way.fix_at = UnitState.MOVING, NOON
    on_its_way.position = Point(lon=110.7, lat=-6.7)
    roster.sync(session, JEPARA, LATER)
    session.expire_all()
    assert unit(session, "AMB-12").state is UnitState.MOVING
    assert unit(session, "AMB-12").position == Point(lon=110.7, lat=-6.7)


def test_a_unit_at_home_moves_with_its_station(session):
    roster.sync(session, JEPARA, NOON)
    moved = Point(lon=110.71, lat=-6.64)
    stations = tuple(
        replace(s, position=moved) if s.code == "pkm-tahunan" else s for s in JEPARA.stations
    )
    done = roster.sync(session, replace(JEPARA, stations=stations), LATER)
    assert done.changed == {"station": 1}
    assert unit(session, "AMB-12").position == moved


def test_what_is_no_longer_named_is_switched_off_and_kept(session):
    roster.sync(session, JEPARA, NOON)
    less = replace(
        JEPARA,
        units=tuple(u for u in JEPARA.units if u.call_sign != "AMB-12"),
        categories=tuple(c for c in JEPARA.categories if c.code != "sosial"),
        agencies=tuple(a for a in JEPARA.agencies if a.code != "dinsospermades"),
        stations=tuple(s for s in JEPARA.stations if s.agency != "dinsospermades"),
    )
    less = replace(less, units=tuple(u for u in less.units if u.agency != "dinsospermades"))
    done = roster.sync(session, less, LATER)
    assert not unit(session, "AMB-12").active
    assert not session.get(Category, "sosial").active
    assert not session.scalar(select(Agency).where(Agency.code == "dinsospermades")).active
    assert done.retired == {"agency": 1, "category": 1, "responsibility": 2, "unit": 2}
    # Its station stays, for the unit that is only switched off still calls it home.
    assert session.scalar(select(Station).where(Station.code == "dinsospermades-jepara"))


def test_what_comes_back_is_switched_on_again(session):
    roster.sync(session, JEPARA, NOON)
    unit(session, "AMB-12").active = False
    assert roster.sync(session, JEPARA, LATER).changed == {"unit": 1}
    assert unit(session, "AMB-12").active


def test_who_answers_in_a_part_of_the_regency_is_written_by_area(session):
    roster.sync(session, JEPARA, NOON)
    rows = session.execute(
        select(Responsibility.area_code, Responsibility.owner, Agency.code)
        .join(Agency, Agency.id == Responsibility.agency_id)
        .where(Responsibility.category_code == "kebakaran")
        .order_by(Responsibility.id)
    ).all()
    assert [tuple(r) for r in rows] == [
        ("", "", "satpolpp_damkar"),
        ("33.20.10", "", "kec_karimunjawa"),
        ("33.20.10", "", "satpolpp_damkar"),
        ("", "hutan_perhutani", "satpolpp_damkar"),
        ("", "hutan_perhutani", "perhutani"),
    ]


def test_the_register_of_things_follows_the_file(session):
    roster.sync(session, JEPARA, NOON)
    name = JEPARA.owners.assets[0].name
    assert session.scalar(select(Asset.owner).where(Asset.name == name)) == "jalan_provinsi"
    fewer = replace(JEPARA, owners=replace(JEPARA.owners, assets=JEPARA.owners.assets[1:]))
    assert roster.sync(session, fewer, LATER).retired == {"asset": 1}
    assert session.scalar(select(Asset.owner).where(Asset.name == name)) is None


def test_demo_users_get_their_role_with_its_key_and_the_password(session):
    roster.sync(session, JEPARA, NOON)
    written = roster.add_demo_users(session, JEPARA, shout, "rahasia")
    assert set(written) == {u.login for u in JEPARA.users}
    users = {u.login: u for u in session.scalars(select(User))}
    assert {u.password_hash for u in users.values()} == {"RAHASIA"}
    assert all(u.demo for u in users.values())
    assert users["ambulans"].unit_id == unit(session, "AMB-12").id
    assert users["tegalsambi"].village_code == "33.20.11.2010"
    assert users["dispatcher2"].groups == ["perlindungan"]


def test_a_new_demo_password_unlocks_demo_users_and_leaves_real_ones_alone(session):
    roster.sync(session, JEPARA, NOON)
    roster.add_demo_users(session, JEPARA, shout, "lama")
    users = {u.login: u for u in session.scalars(select(User))}
    users["admin"].demo, users["operator1"].failed_logins = False, 9
    written = roster.add_demo_users(session, JEPARA, shout, "baru")
    assert "admin" not in written
    assert users["admin"].password_hash == shout("lama")
    assert (users["operator1"].password_hash, users["operator1"].failed_logins) == ("BARU", 0)


def test_units_are_listed_by_call_sign_with_their_home(session):
    roster.sync(session, JEPARA, NOON)
    lines = roster.list_units(session)
    assert [line.call_sign for line in lines] == sorted(u.call_sign for u in JEPARA.units)
    assert lines[0].station == "Kantor PDAM Jepara"
    assert lines[0].assumed


def test_a_unit_goes_off_duty_and_on_again_by_hand(session):
    roster.sync(session, JEPARA, NOON)
    roster.set_duty(session, "AMB-12", UnitState.OFF_DUTY, LATER)
    assert (unit(session, "AMB-12").state, unit(session, "AMB-12").state_since) == (
        UnitState.OFF_DUTY,
        LATER,
    )
    roster.set_duty(session, "AMB-12", UnitState.FREE, LATER)
    assert unit(session, "AMB-12").state is UnitState.FREE


def test_a_unit_that_is_out_does_not_go_off_duty_and_one_on_its_way_home_may(session):
    roster.sync(session, JEPARA, NOON)
    unit(session, "AMB-12").state = UnitState.CARRYING
    with pytest.raises(IllegalMove, match="out on"):
        roster.set_duty(session, "AMB-12", UnitState.OFF_DUTY, LATER)
    unit(session, "AMB-12").state = UnitState.RETURNING
    roster.set_duty(session, "AMB-12", UnitState.OFF_DUTY, LATER)
    assert unit(session, "AMB-12").state is UnitState.OFF_DUTY


def test_what_follows_from_orders_is_not_set_by_hand(session):
    roster.sync(session, JEPARA, NOON)
    with pytest.raises(IllegalMove, match="siap and lepas_dinas"):
        roster.set_duty(session, "AMB-12", UnitState.ON_SCENE, LATER)
    with pytest.raises(Unknown):
        roster.set_duty(session, "XXX-1", UnitState.FREE, LATER)
