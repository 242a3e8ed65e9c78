"""What stood in the tables before there was doubt, or an audience: kept, and marked as known."""

from datetime import UTC, datetime

import pytest
from alembic import command
from sqlalchemy import create_engine, pool, text
from sqlalchemy.exc import IntegrityError

from app import migrate
from tests.cluster import EXTENSIONS, as_role

AREA = "SRID=4326;MULTIPOLYGON(((110 -7, 111 -7, 111 -6, 110 -6, 110 -7)))"
ROWS = {  # name: (pin, village), what it becomes
    "pinned": ("SRID=4326;POINT(110.5 -6.5)", True, 0.0),
    "outside": ("SRID=4326;POINT(112 -6.5)", False, 0.0),
    "said": (None, True, 0.5),
    "unknown": (None, False, 1.0),
}


@pytest.fixture
def old(admin: str):
    """The owner's address of a database that stopped at 0003, with an incident of each kind."""
    name = f"t_old_{datetime.now(UTC):%H%M%S%f}"
    server = create_engine(admin, poolclass=pool.NullPool, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} OWNER tanggap_owner")
    try:
        inside = create_engine(as_role(admin, "tanggap_super", name), poolclass=pool.NullPool)
        with inside.begin() as connection:
            for extension in EXTENSIONS:
                connection.exec_driver_sql(f"CREATE EXTENSION {extension}")
        owner = as_role(admin, "tanggap_owner", name)
        command.upgrade(migrate.alembic_config(owner), "0003")
        _fill(owner)
        yield owner
    finally:
        with server.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


def _fill(owner):
    with create_engine(owner, poolclass=pool.NullPool).begin() as connection:
        connection.execute(text("SELECT set_config('app.role', 'system', true)"))
        connection.execute(
            text(
                "INSERT INTO edition (id, key, title, status, source, licence, sha256, in_force,"
                " loaded_at, report)"
                " VALUES (1, 'uji', 'Uji', 'resmi', '', '', '', true, now(), '{}')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO village (id, edition_id, code, name, kind, district_code, district,"
                " seat, area) VALUES (1, 1, '33.20.01.2001', 'Uji', 'desa', '33.20.01', 'Uji',"
                " 'SRID=4326;POINT(110.5 -6.5)', :area)"
            ),
            {"area": AREA},
        )
        connection.execute(
            text(
                "INSERT INTO category (code, kind, name_id, name_en, priority, needs, rank)"
                " VALUES ('lainnya', 'aduan', 'Lainnya', 'Other', 4, '{}', 1)"
            )
        )
        for name, (pin, placed, _) in ROWS.items():
            connection.execute(
                text(
                    "INSERT INTO incident (category_code, priority, state, place_text, pin,"
                    " edition_id, village_id, village_code, outside, agency_ids, after_hours,"
                    " opened_at) VALUES ('lainnya', 4, 'baru', :name, :pin, 1, :id, :code, false,"
                    " '{}', false, now())"
                ),
                {
                    "name": name,
                    "pin": pin,
                    "id": 1 if placed else None,
                    "code": "33.20.01.2001" if placed else None,
                },
            )


def rows(owner):
    with create_engine(owner, poolclass=pool.NullPool).begin() as connection:
        connection.execute(text("SELECT set_config('app.role', 'system', true)"))
        found = connection.execute(
            text(
                "SELECT place_text, doubt, village_p, also_villages, contradictions, location"
                " FROM incident"
            )
        )
        return {row.place_text: tuple(row)[1:] for row in found}


def test_old_incidents_keep_what_is_known_and_claim_no_more(old: str):
    migrate.upgrade(old)
    expected = {name: (doubt, None, [], [], None) for name, (_, _, doubt) in ROWS.items()}
    assert rows(old) == expected
    migrate.differences(old)


BAD = {
    "doubt above 1": "doubt = 1.1",
    "no doubt at all": "doubt = NULL",
    "not a number": "doubt = 'NaN'",
    "a negative chance": "village_p = -0.1",
    "a chance of no village": "village_p = 0.5, village_code = NULL, village_id = NULL",
    "told twice": "also_villages = ARRAY['33.20.01.2001']",
    "a list for a place": "location = '[]'",
}


@pytest.mark.parametrize("change", BAD.values(), ids=BAD)
def test_what_cannot_be_is_refused_by_the_database(old: str, change):
    migrate.upgrade(old)
    update = text(f"UPDATE incident SET {change} WHERE place_text = 'pinned'")
    with create_engine(old, poolclass=pool.NullPool).begin() as connection:
        connection.execute(text("SELECT set_config('app.role', 'system', true)"))
        with pytest.raises(IntegrityError):
            connection.execute(update)
        connection.rollback()


TOLD = {  # category: its kind and group, the channel of its first call; what its case becomes
    "jalan": ("aduan", None, "pesan", ("desa", "pesan", 20_160)),
    "kebakaran": ("darurat", None, None, ("desa", "112", 480)),
    "kdrt": ("darurat", "perlindungan", "radio", ("ruang", "radio", 480)),
}


def test_old_incidents_are_told_as_far_as_before_and_late_by_their_priority(old: str):
    command.upgrade(migrate.alembic_config(old), "0007")
    engine = create_engine(old, poolclass=pool.NullPool)
    with engine.begin() as connection:
        connection.execute(text("SELECT set_config('app.role', 'system', true)"))
        for code, (kind, group, channel, _) in TOLD.items():
            given = {"code": code, "kind": kind, "group": group, "channel": channel}
            connection.execute(_CATEGORY, given)
            connection.execute(_CASE, given)
            if channel is not None:
                connection.execute(_CALL, given | {"second": "tatap_muka"})
    migrate.upgrade(old)
    with engine.begin() as connection:
        connection.execute(text("SELECT set_config('app.role', 'system', true)"))
        found = connection.execute(_TOLD, {"codes": list(TOLD)}).all()
    assert {row[0]: tuple(row)[1:] for row in found} == {c: told[-1] for c, told in TOLD.items()}


_CATEGORY = text(
    "INSERT INTO category (code, kind, name_id, name_en, priority, needs, rank, restricted_group)"
    " VALUES (:code, :kind, :code, :code, 4, '{}', 1, :group)"
)
_CASE = text(
    "INSERT INTO incident (category_code, priority, state, place_text, edition_id, outside,"
    " agency_ids, after_hours, opened_at, restricted_group)"
    " VALUES (:code, 4, 'baru', '', 1, false, '{}', false, now(), :group)"
)
_CALL = text(
    "INSERT INTO call (incident_id, channel, call_class, at, after_hours, said_where, said_what)"
    " SELECT id, unnest(ARRAY[:channel, :second]), 'normal', now(), false, '', ''"
    "   FROM incident WHERE category_code = :code"
)
_TOLD = text(
    "SELECT category_code, audience, channel,"
    " (extract(epoch FROM due_at - opened_at) / 60)::integer"
    " FROM incident WHERE category_code = ANY (:codes)"
)


STOOD = ("baru", "dikerjakan", "ditutup")  # tickets from before they had a life of their own


def test_old_tickets_keep_their_state_and_their_steps_say_so(old: str):
    command.upgrade(migrate.alembic_config(old), "0009")
    engine = create_engine(old, poolclass=pool.NullPool)
    with engine.begin() as connection:
        connection.execute(text("SELECT set_config('app.role', 'system', true)"))
        connection.execute(_AGENCY)
        for number, state in enumerate(STOOD, start=1):
            over = "now()" if state == "ditutup" else "NULL"
            connection.execute(
                text(
                    f"UPDATE incident SET closed_at = {over}, state = :case, outcome = :ended"
                    " WHERE id = :id"
                ),
                {
                    "case": "ditutup" if state == "ditutup" else "baru",
                    "ended": "ditangani" if state == "ditutup" else None,
                    "id": number,
                },
            )
            connection.execute(_TICKET, {"id": number, "state": state})
    migrate.upgrade(old)
    with engine.begin() as connection:
        connection.execute(text("SELECT set_config('app.role', 'system', true)"))
        rows = connection.execute(_TICKETS).all()
        steps = connection.execute(_STEPS).all()
    assert [(r.state, r.kind, r.category_code, r.priority) for r in rows] == [
        (state, "aduan", "lainnya", 4) for state in STOOD
    ]
    assert [r.closed_at is not None for r in rows] == [False, False, True]
    assert [r.outcome for r in rows] == [None, None, "ditangani"]
    assert [list(s.states) for s in steps] == [
        ["baru"],
        ["baru", "dikerjakan"],
        ["baru", "ditutup"],
    ]
    migrate.differences(old)


_AGENCY = text(
    "INSERT INTO agency (id, code, name, short, kind) VALUES (1, 'uji', 'Uji', 'Uji', 'opd')"
)
_TICKET = text(
    "INSERT INTO ticket (incident_id, agency_id, state, rule, opened_at)"
    " VALUES (:id, 1, :state, '', now() - interval '1 day')"
)
_TICKETS = text(
    "SELECT state, kind, category_code, priority, closed_at, outcome FROM ticket"
    " ORDER BY incident_id"
)
_STEPS = text(
    "SELECT array_agg(state ORDER BY id) AS states FROM ticket_step GROUP BY ticket_id"
    " ORDER BY ticket_id"
)
