"""Row-level security, asked in SQL as the app's own role: what the code cannot forget."""

import re

import psycopg2
import pytest
from psycopg2 import errors
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError

from app.cli.doctor import PRIVATE
from app.config import ROOT
from dispatch.scope import AUTH, HUB, Scope
from tests.app.canaries import PANGGANG, TEGALSAMBI, inside
from tests.app.conftest import Office
from tests.cluster import as_role

# Open to whoever is logged in: where things are, and who answers for what.
REFERENCE = {
    "agency", "asset", "category", "edition", "ferry", "land_mass", "place", "responsibility",
    "road", "road_network", "speed_factor", "station", "turn_ban", "village", "village_drawing",
    "village_facts", "village_part",
}  # fmt: skip
# Holds nothing private, but not everybody may write it.
GUARDED = {"learned_name", "passage", "public_snapshot"}
NO_RIGHT = {"alembic_version", "spatial_ref_sys"}
# Seals are written by the app, and read by same_photo() alone.
UNREAD = {"proof_seal", "proof_band"}
# Executed by triggers alone: what is written, where, says who is told of it.
TELLING = {
    "tell", "tell_of_step", "tell_of_rung", "tell_of_instruction", "tell_of_message",
    "tell_of_dead_letter", "tell_of_work", "tickets_follow",
}  # fmt: skip
DEFINERS = TELLING | {  # look past the policies, and answer no more than this
    "counted_load", "demo_is_on", "incident_cells", "open_load", "public_counts", "wall_figures",
    "colleagues",  # names of the room, the leaders and the asker's agency
    "linked_incident", "reported_incident",  # the id of the case of a link, of a code
    "proof_findings", "same_photo",  # codes of what was found in proofs; ids of tickets
    "case_stands", "reports_of",  # how many tickets, orders, reports a case has; till when
    "call_times",  # when people called about which case, for the analyst
    "calls_112",  # hour, class and kind of each call of a month, for dispatchers
}  # fmt: skip


@pytest.fixture(scope="module")
def filled(office: Office) -> Office:
    """A fire and a beating in Tegalsambi, a road in Panggang; a pump is out for the fire."""
    for number, (login, category, village) in enumerate(
        (
            ("operator1", "kebakaran", TEGALSAMBI),
            ("operator3", "kdrt", TEGALSAMBI),
            ("operator1", "jalan", PANGGANG),
        )
    ):
        body = {"what": category, "phone": "081290007431", "category": category}
        taken = office.client(login).post(
            "/api/calls",
            json=body | {"where": f"tempat-{category}", "pin": inside(office, village)},
            headers={"Idempotency-Key": f"row-security-{number}"},
        )
        assert taken.get_json()["incident"]["properties"]["village"]["code"] == village
    pump = ask_owner(office, "SELECT id FROM unit WHERE call_sign = 'DMK-01'")[0][0]
    fire = ask_owner(office, "SELECT id FROM incident WHERE category_code = 'kebakaran'")[0][0]
    sent = office.client("dispatcher1").post(
        f"/api/incidents/{fire}/assignments", json={"unit": pump}
    )
    assert sent.status_code == 201
    return office


def ask_owner(world, query):
    with world.as_owner() as session:
        return session.execute(text(query)).all()


def scope_of(world, login):
    """The scope that this demo login has."""
    query = "SELECT role, id, agency_id, unit_id, village_code, groups FROM app_user WHERE login ="
    row = ask_owner(world, f"{query} '{login}'")[0]
    groups = frozenset(row.groups) | world.parts.regency.groups_of(row.role, None)
    return Scope(
        row.role,
        user_id=row.id,
        agency_id=row.agency_id,
        unit_id=row.unit_id,
        village_code=row.village_code,
        groups=groups,
    )


def seen(world, scope, query="SELECT category_code FROM incident ORDER BY id"):
    with world.as_scope(scope) as session:
        return session.execute(text(query)).scalars().all()


def raw(world, url=None):
    """A psycopg2 connection without any context."""
    plain = make_url(url or world.app_url).set(drivername="postgresql")
    return psycopg2.connect(plain.render_as_string(hide_password=False))


def count(connection, table):
    """Rows that are seen; None where reading is refused altogether."""
    with connection.cursor() as cursor:
        try:
            cursor.execute(f'SELECT count(*) FROM "{table}"')
        except errors.InsufficientPrivilege:
            return None
        return cursor.fetchone()[0]


def test_every_table_is_either_reference_or_private(filled: Office):
    rows = ask_owner(
        filled,
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND"
        " relnamespace = 'public'::regnamespace",
    )
    assert {r[0] for r in rows} == REFERENCE | NO_RIGHT | GUARDED | set(PRIVATE)


def test_private_tables_enable_and_force_row_security_with_a_policy_for_the_app(filled: Office):
    rows = ask_owner(
        filled,
        "SELECT relname FROM pg_class AS c WHERE relrowsecurity AND relforcerowsecurity"
        " AND EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid"
        "             AND 'tanggap_app'::regrole = ANY (polroles))"
        " AND NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid AND 0 = ANY (polroles))",
    )
    assert {r[0] for r in rows} == GUARDED | set(PRIVATE)


def test_columns_that_tell_of_people_stand_in_private_tables_only(filled: Office):
    rows = ask_owner(
        filled,
        "SELECT DISTINCT table_name FROM information_schema.columns WHERE table_schema = 'public'"
        " AND column_name ~ '(phone|said_|password|token|place_text|answer|outcome|login)'"
        "  OR column_name = 'actor' AND table_schema = 'public'",
    )
    assert {r[0] for r in rows} <= set(PRIVATE)


def test_the_apps_role_has_no_power_beyond_its_rows(filled: Office):
    rows = ask_owner(
        filled,
        "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication,"
        " EXISTS (SELECT FROM pg_class WHERE relowner = r.oid),"
        " EXISTS (SELECT FROM pg_proc WHERE proowner = r.oid),"
        " EXISTS (SELECT FROM pg_auth_members WHERE member = r.oid),"
        " has_schema_privilege(oid, 'public', 'CREATE')"
        " FROM pg_roles AS r WHERE rolname = 'tanggap_app'",
    )
    assert rows == [(False, False, False, False, False)]


def test_neither_owner_nor_counter_is_a_way_round(filled: Office):
    rows = ask_owner(
        filled,
        "SELECT rolname, rolsuper, rolbypassrls, rolcanlogin FROM pg_roles"
        " WHERE rolname IN ('tanggap_owner', 'tanggap_counter') ORDER BY rolname",
    )
    assert rows == [("tanggap_counter", False, False, False), ("tanggap_owner", False, False, True)]


def test_only_the_counting_functions_look_past_the_policies(filled: Office):
    rows = ask_owner(
        filled,
        "SELECT proname, proconfig IS NOT NULL, has_function_privilege('public', p.oid, 'EXECUTE'),"
        " proowner::regrole::text FROM pg_proc AS p WHERE prosecdef AND NOT EXISTS"
        " (SELECT FROM pg_depend WHERE objid = p.oid AND deptype = 'e')"
        " AND pronamespace = 'public'::regnamespace",
    )
    assert {r[0] for r in rows} == DEFINERS
    assert {tuple(r[1:]) for r in rows} == {(True, False, "tanggap_counter")}


def test_there_is_no_view_that_could_bypass_the_policies(filled: Office):
    assert (
        ask_owner(
            filled,
            "SELECT relname FROM pg_class AS c WHERE (relkind = 'm' OR relkind = 'v'"
            " AND NOT coalesce('security_invoker=true' = ANY (reloptions), false))"
            " AND relnamespace = 'public'::regnamespace AND NOT EXISTS"
            " (SELECT FROM pg_depend WHERE objid = c.oid AND deptype = 'e')",
        )
        == []
    )


@pytest.mark.parametrize("table", sorted({*PRIVATE, *GUARDED}))
def test_without_a_context_nobody_sees_a_row(filled: Office, table):
    for url in (filled.app_url, filled.owner_url):
        connection = raw(filled, url)
        unread = url == filled.app_url and table in UNREAD
        assert count(connection, table) in ((None, 0) if unread else (0,))
        connection.close()


@pytest.mark.parametrize(
    ("login", "expected"),
    [
        ("operator1", ["kebakaran", "jalan"]),
        ("operator3", ["kebakaran", "kdrt", "jalan"]),
        ("dispatcher1", ["kebakaran", "jalan"]),
        ("damkar1", ["kebakaran"]),
        ("pupr1", ["jalan"]),
        ("tegalsambi", ["kebakaran"]),
        ("panggang", ["jalan"]),
        ("pemadam", ["kebakaran"]),
        ("ambulans", []),
        ("perencana", []),
        ("bupati", ["kebakaran", "jalan"]),
        ("dinding", ["kebakaran", "jalan"]),
        ("admin", []),
        ("pdp", []),
    ],
)
def test_a_role_sees_its_own_incidents(filled: Office, login, expected):
    assert seen(filled, scope_of(filled, login)) == expected


def test_a_village_head_sees_what_may_lie_in_the_own_village_but_nothing_sensitive(filled: Office):
    told = "UPDATE incident SET also_villages = '{%s}' WHERE village_code = '%s'"
    with filled.as_owner() as session:
        session.execute(text(told % (PANGGANG, TEGALSAMBI)))
    try:
        assert seen(filled, scope_of(filled, "panggang")) == ["kebakaran", "jalan"]
        assert seen(filled, scope_of(filled, "tegalsambi")) == ["kebakaran"]
        assert seen(filled, scope_of(filled, "perencana")) == []
    finally:
        with filled.as_owner() as session:
            session.execute(text("UPDATE incident SET also_villages = '{}'"))


@pytest.mark.parametrize(
    ("login", "reads", "writes"),
    [
        ("operator1", True, True),
        ("dispatcher1", True, True),
        *((login, False, False) for login in ("tegalsambi", "bupati", "pemadam", "damkar1", "pdp")),
    ],
)
def test_who_takes_calls_reads_and_teaches_names_of_places(filled: Office, login, reads, writes):
    asked = scope_of(filled, login)
    name = (
        "INSERT INTO learned_name (words, kind, village_code, position, spread_m, times, first_at,"
        f" last_at) VALUES ('warung {login}', 'tempat', '{PANGGANG}',"
        " ST_SetSRID(ST_MakePoint(110.66, -6.58), 4326), 60, 1, now(), now())"
    )
    if writes:
        with filled.as_scope(asked) as session:
            session.execute(text(name))
    else:
        with pytest.raises(ProgrammingError), filled.as_scope(asked) as session:
            session.execute(text(name))
    with filled.as_owner() as session:
        session.execute(text(name.replace("warung", "toko")))
    words = "SELECT words FROM learned_name"
    assert bool(seen(filled, asked, words)) is reads
    assert seen(filled, HUB, words)


def test_the_houses_own_scopes_see_no_case(filled: Office):
    for scope in (HUB, AUTH, Scope("system"), Scope("somebody")):
        assert seen(filled, scope) == []
        assert seen(filled, scope, "SELECT phone FROM call_contact") == []


def test_nobody_changes_what_they_do_not_see(filled: Office):
    touch = "UPDATE incident SET version = version WHERE id > 0 RETURNING category_code"
    assert "kdrt" not in seen(filled, scope_of(filled, "dispatcher1"), touch)
    assert seen(filled, scope_of(filled, "pemadam"), touch) == ["kebakaran"]
    # Says where it is; which columns that takes is for test_audience.py.
    assert seen(filled, scope_of(filled, "tegalsambi"), touch) == ["kebakaran"]
    # Who ends the last ticket ends the case, and writes nothing else of it (test_audience_rows.py).
    assert seen(filled, scope_of(filled, "damkar1"), touch) == ["kebakaran"]
    assert seen(filled, scope_of(filled, "bupati"), touch) == ["kebakaran", "jalan"]
    for login in ("perencana", "admin", "dinding"):
        assert seen(filled, scope_of(filled, login), touch) == []


def test_a_hidden_number_is_not_revealed_by_its_id(filled: Office):
    query = "SELECT set_config('app.reveal', id::text, true) FROM (SELECT 2 AS id) AS x"
    for login in ("operator1", "damkar1", "tegalsambi", "bupati", "admin"):
        with filled.as_scope(scope_of(filled, login)) as session:
            session.execute(text(query))
            found = session.execute(text("SELECT phone FROM call_contact WHERE call_id = 2"))
            assert found.all() == []


def test_a_leaky_function_is_shown_own_rows_only(filled: Office, admin: str):
    database = make_url(filled.app_url).database or ""
    connection = raw(filled, as_role(admin, "tanggap_super", database))
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION peek(words text) RETURNS boolean LANGUAGE plpgsql COST 0.0001"
            " AS $$ BEGIN RAISE NOTICE 'peek %', words; RETURN true; END $$"
        )
    connection.close()
    head = raw(filled)
    with head, head.cursor() as cursor:
        cursor.execute("SELECT set_config('app.role', 'village_head', true)")
        cursor.execute("SELECT set_config('app.village', %s, true)", [PANGGANG])
        cursor.execute("SELECT count(*) FROM incident WHERE peek(place_text)")
    assert re.findall(r"peek (\S+)", "".join(head.notices)) == ["tempat-jalan"]
    head.close()


def test_a_context_ends_with_its_transaction_on_a_pooled_connection(filled: Office):
    one = create_engine(filled.app_url, pool_size=1, max_overflow=0)
    filled_parts, scopes = filled.parts, [scope_of(filled, n) for n in ("tegalsambi", "panggang")]
    filled_parts.sessions.configure(bind=one)
    try:
        for turn in range(400):
            expected = [["kebakaran"], ["jalan"]][turn % 2]
            assert seen(filled, scopes[turn % 2]) == expected
            if turn % 50 == 0:
                with one.connect() as bare:
                    query = "SELECT count(*), max(current_setting('app.role', true)) FROM incident"
                    assert bare.execute(text(query)).one() == (0, None)
    finally:
        filled_parts.sessions.configure(bind=filled_parts.engine)
        one.dispose()


@pytest.mark.parametrize("change", ["UPDATE log_entry SET kind = 'x'", "DELETE FROM log_entry"])
def test_the_log_is_never_changed_not_even_by_the_owner(filled: Office, change):
    before = ask_owner(filled, "SELECT count(*) FROM log_entry WHERE NOT demo")
    with pytest.raises(ProgrammingError) as refused, filled.as_owner() as session:
        session.execute(text(change))
    assert isinstance(refused.value.orig, errors.InsufficientPrivilege)
    for login in ("operator1", "pdp", "admin"):
        with (
            pytest.raises(ProgrammingError) as refused,
            filled.as_scope(scope_of(filled, login)) as session,
        ):
            session.execute(text(change))
        assert isinstance(refused.value.orig, errors.InsufficientPrivilege)
    assert ask_owner(filled, "SELECT count(*) FROM log_entry WHERE NOT demo") == before


def test_the_log_is_not_emptied_and_only_invented_rows_may_go(filled: Office):
    for url in (filled.app_url, filled.owner_url):
        connection = raw(filled, url)
        with pytest.raises(errors.InsufficientPrivilege), connection.cursor() as cursor:
            cursor.execute("TRUNCATE log_entry")
        connection.close()
    with filled.as_owner() as session:
        session.execute(text("INSERT INTO log_entry (kind, actor, demo) VALUES ('x', '', true)"))
        gone = session.execute(text("DELETE FROM log_entry WHERE demo RETURNING kind"))
        assert gone.scalars().all() == ["x"]


@pytest.mark.parametrize("change", [
    "UPDATE assignment SET incident_id = incident_id + 1",
    "UPDATE assignment SET restricted_group = NULL",
    "UPDATE unit SET skills = '{}'",
    "UPDATE incident SET priority = 4",
    "UPDATE incident SET closed_at = now()",
])  # fmt: skip
def test_a_crew_writes_nothing_but_its_steps(filled: Office, change: str):
    with (
        pytest.raises(ProgrammingError, match="a crew does not write that"),
        filled.as_scope(scope_of(filled, "pemadam")) as session,
    ):
        session.execute(text(change))


def test_nobody_writes_the_log_in_anothers_name(filled: Office):
    other = scope_of(filled, "dispatcher1").user_id
    with (
        pytest.raises(ProgrammingError),
        filled.as_scope(scope_of(filled, "operator1")) as session,
    ):
        session.execute(
            text("INSERT INTO log_entry (kind, actor_id, actor) VALUES ('x', :other, 'x')"),
            {"other": other},
        )


def test_a_refused_row_tells_nothing_of_the_rows_that_are_there(filled: Office):
    connection = raw(filled)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.role', 'operator', false)")
        with pytest.raises(errors.InsufficientPrivilege) as refused:
            cursor.execute(
                "INSERT INTO app_user (login, name, password_hash, role, groups)"
                " VALUES ('bupati', 'x', 'x', 'planner', '{}')"
            )
        connection.rollback()
    assert "Bupati" not in str(refused.value)
    connection.close()


def test_no_statement_is_built_from_what_comes_in():
    """f-strings, % and + near SQL in what serves requests; PREPARE is built once from our files."""
    files = [
        p
        for f in ("app/api", "app/pages", "app/auth", "dispatch", "geo")
        for p in (ROOT / f).rglob("*.py")
    ]
    guilty = [str(p) for p in files if re.search(r"text\(\s*f[\"']", p.read_text())]
    assert guilty == []
