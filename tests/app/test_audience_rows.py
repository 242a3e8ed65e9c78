"""Audiences asked in SQL as the app's own role: functions, triggers, marks, old rows."""

from itertools import product

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from dispatch.scope import AUTH, HUB, SYSTEM, TIMER, Role, Scope
from tests.app.canaries import PANGGANG, TEGALSAMBI, inside
from tests.app.conftest import Office
from tests.app.test_rights import LOGINS
from tests.app.test_row_security import scope_of, seen

# What is told to whom, in Tegalsambi but for the last; the kdrt is sensitive.
CASES = ("kebakaran", "kdrt", "kepolisian", "pohon_tumbang", "lampu_jalan")
HOUSE = {scope.role: scope for scope in (AUTH, HUB, TIMER, SYSTEM, Scope("public"), Scope("x"))}
FUNCTIONS = {  # each with a call of it, who is answered, and how many cases it counts
    "open_load": ("SELECT coalesce(sum(open), 0) FROM open_load()", {"planner", "leader"}, 4),
    "counted_load": (
        "SELECT coalesce(sum(open), 0) FROM counted_load(now(), NULL, NULL, NULL, NULL, NULL,"
        " NULL, NULL, NULL)",
        {"planner"},
        4,
    ),
    # Cells of the sensitive grow stale, too: their tiles are some people's.
    "incident_cells": ("SELECT count(*) FROM incident_cells(NULL)", {"hub"}, 5),
    "wall_figures": (
        "SELECT coalesce(sum(open), 0) FROM wall_figures(now())",
        {"operator", "dispatcher", "leader", "wallboard"},
        5,
    ),
    "public_counts": ("SELECT coalesce(sum(open), 0) FROM public_counts(now())", {"timer"}, 2),
}
# A village head says where it is: these columns, and no other.
WHERE = {
    "pin", "pinned_by", "edition_id", "village_id", "border_m", "off_m", "outside",
    "land_mass_id", "location", "village_p", "doubt", "also_villages", "contradictions", "version",
}  # fmt: skip
ROLES = [str(role.value) for role in LOGINS]
MARK = (
    "INSERT INTO village_mark (incident_id, village_code, kind, by_user, by_name)"
    " VALUES (:incident, :village, 'dilihat', :by, 'x') RETURNING id"
)


@pytest.fixture(scope="module")
def told(office: Office) -> dict[str, int]:
    """One case of each kind; ids by category."""
    ids = {}
    for number, category in enumerate(CASES):
        login = "operator3" if category == "kdrt" else "operator1"
        village = PANGGANG if category == "lampu_jalan" else TEGALSAMBI
        taken = office.client(login).post(
            "/api/calls",
            json={"what": "x", "category": category, "pin": inside(office, village)},
            headers={"Idempotency-Key": f"audience-{number}"},
        )
        ids[category] = taken.get_json()["incident"]["id"]
    return ids


def eyes(office: Office, role: str) -> Scope:
    return HOUSE[role] if role in HOUSE else scope_of(office, LOGINS[Role(role)])


@pytest.mark.parametrize(("function", "role"), list(product(FUNCTIONS, sorted([*HOUSE, *ROLES]))))
def test_a_function_counts_for_its_roles_and_is_still_for_all_others(
    office: Office, told, function, role
):
    query, roles, expected = FUNCTIONS[function]
    assert seen(office, eyes(office, role), query) == [expected if role in roles else 0]


def test_no_function_tells_a_village_or_a_category_of_what_is_sensitive(office: Office, told):
    planner, timer = eyes(office, "planner"), TIMER
    named = "SELECT count(*) FROM counted_load(now(), NULL, {}, NULL, NULL, NULL, NULL, NULL, NULL)"
    assert seen(office, planner, named.format("ARRAY['kdrt']")) == [0]
    assert seen(office, planner, named.format("ARRAY['kepolisian']")) == [1]
    query = "SELECT category_code FROM public_counts(now()) ORDER BY 1"
    assert seen(office, timer, query) == ["lampu_jalan", "pohon_tumbang"]


def test_the_public_is_counted_as_things_stood(office: Office, told):
    query = "SELECT count(*) FROM public_counts(now() - interval '1 day')"
    assert seen(office, TIMER, query) == [0]


@pytest.mark.parametrize(
    ("login", "expected"),
    [
        ("tegalsambi", ["kebakaran", "pohon_tumbang"]),
        ("panggang", ["lampu_jalan"]),
        ("dinding", ["kebakaran", "kepolisian", "pohon_tumbang", "lampu_jalan"]),
        ("bupati", ["kebakaran", "kepolisian", "pohon_tumbang", "lampu_jalan"]),
    ],
)
def test_a_role_sees_what_may_be_told_to_it(office: Office, told, login, expected):
    assert seen(office, scope_of(office, login)) == expected


def columns(office: Office) -> set[str]:
    query = (
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = 'incident' AND is_generated = 'NEVER'"
    )
    with office.as_owner() as session:
        return set(session.execute(text(query)).scalars())


def test_a_village_head_writes_where_it_is_and_no_other_column(office: Office, told):
    head, refused = scope_of(office, "tegalsambi"), {}
    for column in columns(office):
        change = f"UPDATE incident SET {column} = {column} WHERE id = {told['pohon_tumbang']}"
        try:
            with office.as_scope(head) as session:
                assert session.execute(text(change)).rowcount == 1
        except ProgrammingError as error:
            refused[column] = str(error)
    other = {why for why in refused.values() if "a village head says where it is" not in why}
    assert other == set()
    assert columns(office) - refused.keys() == WHERE


@pytest.mark.parametrize("login", ["tegalsambi", "pemadam", "perencana", "dinding", "damkar1"])
@pytest.mark.parametrize("column", ["owner", "merged_into"])
def test_only_the_room_says_whose_a_case_is_and_that_two_are_the_same(
    office: Office, told, login, column
):
    value = "'x'" if column == "owner" else str(told["kebakaran"])
    change = text(f"UPDATE incident SET {column} = {value}")
    try:
        with office.as_scope(scope_of(office, login)) as session:
            touched = session.execute(change).rowcount
    except ProgrammingError:
        return  # refused: it is among the columns that this role does not write
    assert touched == 0  # no row is there to be changed
    assert login not in ("tegalsambi", "damkar1"), "sees the case, and was not refused"


@pytest.mark.parametrize("login", ["damkar1", "bupati"])
@pytest.mark.parametrize("change", ["priority = 1", "place_text = ''", "owner = 'x'", "pin = NULL"])
def test_who_ends_a_case_writes_nothing_else_of_it(office: Office, told, login, change):
    with (
        pytest.raises(ProgrammingError, match="writes only how the case ends"),
        office.as_scope(scope_of(office, login)) as session,
    ):
        session.execute(text(f"UPDATE incident SET {change}"))


@pytest.mark.parametrize("column", ["audience", "channel", "due_at", "also_villages", "location"])
def test_a_crew_says_nothing_of_how_far_a_case_is_told_or_when_it_is_late(
    office: Office, told, column
):
    pump = "SELECT id FROM unit WHERE call_sign = 'DMK-01'"
    with office.as_owner() as session:
        unit = session.execute(text(pump)).scalar_one()
    path = f"/api/incidents/{told['kebakaran']}/assignments"
    assert office.client("dispatcher1").post(path, json={"unit": unit}).status_code in (201, 409)
    with (
        pytest.raises(ProgrammingError, match="a crew does not write that"),
        office.as_scope(scope_of(office, "pemadam")) as session,
    ):
        session.execute(text(f"UPDATE incident SET {column} = {column}"))


def test_a_village_head_moves_nothing_out_of_the_own_village(office: Office, told):
    elsewhere = inside(office, PANGGANG)
    change = text(
        "UPDATE incident SET pin = ST_SetSRID(ST_MakePoint(:lon, :lat), 4326) WHERE id = :id"
    )
    with (
        pytest.raises(IntegrityError, match="pin is not in village"),
        office.as_scope(scope_of(office, "tegalsambi")) as session,
    ):
        session.execute(change, elsewhere | {"id": told["pohon_tumbang"]})


@pytest.mark.parametrize("category", ["kdrt", "kepolisian", "lampu_jalan"])
def test_a_village_head_changes_no_case_that_is_not_told(office: Office, told, category):
    change = (
        f"UPDATE incident SET doubt = doubt WHERE id = {told[category]} RETURNING category_code"
    )
    assert seen(office, scope_of(office, "tegalsambi"), change) == []


def test_a_blind_change_betrays_no_case_that_is_not_told(office: Office, told):
    """Without WHERE no SELECT policy is asked: a refused row would say that there is one."""
    with office.as_scope(scope_of(office, "tegalsambi")) as session:
        touched = session.execute(text("UPDATE incident SET doubt = 0")).rowcount
    assert touched == 2


def test_a_village_head_marks_what_is_told_in_the_own_name_and_village(office: Office, told):
    head = scope_of(office, "tegalsambi")
    given = {"incident": told["kebakaran"], "village": TEGALSAMBI, "by": head.user_id}
    other = scope_of(office, "panggang").user_id
    bad = [
        {"incident": told["kdrt"]}, {"incident": told["kepolisian"]}, {"village": PANGGANG},
        {"incident": told["lampu_jalan"]}, {"by": other}, {"by": None},
    ]  # fmt: skip
    with office.as_scope(head) as session:
        assert session.execute(text(MARK), given).scalars().all()
    for change in bad:
        with (
            pytest.raises(ProgrammingError, match="row-level security"),
            office.as_scope(head) as session,
        ):
            session.execute(text(MARK), given | change)


@pytest.mark.parametrize("role", sorted({*ROLES} - {"village_head"}))
def test_nobody_else_marks(office: Office, told, role):
    asked = eyes(office, role)
    given = {"incident": told["kebakaran"], "village": TEGALSAMBI, "by": asked.user_id}
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        office.as_scope(asked) as session,
    ):
        session.execute(text(MARK), given)


def test_marks_are_seen_by_who_may_see_the_case_and_never_changed(office: Office, told):
    query = "SELECT count(*) > 0 FROM village_mark"
    sees = {"operator1", "dispatcher1", "bupati", "damkar1", "tegalsambi"}
    for login in (*LOGINS.values(), "damkar1", "pupr1", "panggang", "ppa1"):
        expected = login in sees
        if login != "pemadam":  # a crew on the case sees them as long as it is on it
            assert seen(office, scope_of(office, login), query) == [expected], login
    for change in ("UPDATE village_mark SET kind = 'di_sini'", "DELETE FROM village_mark"):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            office.as_scope(scope_of(office, "tegalsambi")) as session,
        ):
            session.execute(text(change))


def test_only_the_timer_makes_what_the_public_sees(office: Office):
    made = "INSERT INTO public_snapshot (at, body) VALUES (now(), '{}') RETURNING 1"
    for role in (*HOUSE, *ROLES):
        if role == "timer":
            continue
        with pytest.raises(ProgrammingError), office.as_scope(eyes(office, role)) as session:
            session.execute(text(made))
    assert seen(office, TIMER, made) == [1]
    assert seen(office, Scope("public"), "SELECT count(*) FROM public_snapshot") == [1]
    assert seen(office, eyes(office, "leader"), "DELETE FROM public_snapshot RETURNING 1") == []
    assert seen(office, TIMER, "DELETE FROM public_snapshot RETURNING 1") == [1]


PHOTO = text(
    "INSERT INTO photo (incident_id, restricted_group, key, at, by_name, width, height, image)"
    " VALUES (:incident, :group, :key, now(), 'x', 1, 1, :image)"
)


def test_pictures_are_shown_to_the_village_only_of_what_stands_in_public_space(
    office: Office, told
):
    with office.as_owner() as session:
        for category, number in told.items():
            group = "perlindungan" if category == "kdrt" else None
            given = {"incident": number, "group": group, "key": category, "image": b"x"}
            session.execute(PHOTO, given)
    query = "SELECT key FROM photo ORDER BY id"
    assert seen(office, scope_of(office, "tegalsambi"), query) == ["pohon_tumbang"]
    assert seen(office, scope_of(office, "panggang"), query) == ["lampu_jalan"]
    for login in ("dinding", "perencana", "bupati", "admin"):
        assert seen(office, scope_of(office, login), query) == [], login
