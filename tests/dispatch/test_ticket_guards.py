"""What the database itself refuses, asked in SQL as the app's own role, whatever the code says."""

from itertools import product
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from dispatch import merging, ticket_file
from dispatch.rules.ticketing import TICKET_MOVES, Actor, TicketState
from dispatch.scope import CONTRACTOR, EXCHANGE, Scope
from tests.dispatch.ticket_desk import ROAD, VIOLENCE, Case, Desk, open_desk
from tests.world import World

S = TicketState
REFUSED = r"does not (write that|move a ticket)|by a contractor"
TICKET_OF_THE_ROOM = (
    "agency_id = agency_id + 1",
    "opened_at = opened_at + interval '9 days'",
    "kind = 'saran'",
    "rule = 'lain'",
    "decided = '{}'",
    "proof_needed = false",
    "demo = true",
)
INCIDENT_OF_THE_ROOM = (
    "agency_ids = agency_ids || 1",
    "restricted_group = NULL",
    "opened_at = opened_at + interval '9 days'",
    "category_code = 'lainnya'",
    "priority = 4",
    "pin = NULL",
    "merged_into = NULL",
    "owner = 'jalan_desa'",
)


@pytest.fixture(scope="module")
def desk(shared_world: World) -> Desk:
    return open_desk(shared_world)


@pytest.fixture(scope="module")
def case(desk: Desk) -> Case:
    """A road that waits for its reporter's reply."""
    case = desk.open(ROAD)
    desk.prove(case.ticket)
    desk.walk(case.ticket, S.VERIFIED, S.REFERRED, S.ACCEPTED, S.FOLLOWED_UP, S.AWAITING_REPLY)
    return case


def others(desk: Desk, case: Case) -> dict[str, Scope]:
    """All who write something of a ticket but are not the room."""
    return {
        "officer": desk["pupr1"],
        "leader": desk["bupati"],
        "reporter": case.reporter,
        "timer": desk["timer"],
        "contractor": Scope(CONTRACTOR, ticket_id=case.ticket),
        "exchange": EXCHANGE,
    }


def written(desk: Desk, scope: Scope, statement: str, **values: Any) -> int:
    """How many rows it wrote; all is undone."""

    def run(session: Any) -> int:
        count = int(session.execute(text(statement), values).rowcount)
        session.rollback()
        return count

    return int(desk.do(scope, run))


@pytest.mark.parametrize(
    "who", ["officer", "leader", "reporter", "timer", "contractor", "exchange"]
)
def test_only_the_room_says_whose_a_ticket_is_and_since_when(desk: Desk, case: Case, who: str):
    scope = others(desk, case)[who]
    for change in TICKET_OF_THE_ROOM:
        with pytest.raises(ProgrammingError, match=REFUSED):
            written(desk, scope, f"UPDATE ticket SET {change} WHERE id = {case.ticket}")


@pytest.mark.parametrize("who", ["officer", "leader", "reporter", "timer", "exchange"])
def test_nobody_else_writes_of_a_case_more_than_its_end(desk: Desk, case: Case, who: str):
    scope = others(desk, case)[who]
    for change in INCIDENT_OF_THE_ROOM:
        with pytest.raises(ProgrammingError, match="writes only how the case ends"):
            written(desk, scope, f"UPDATE incident SET {change} WHERE id = {case.incident}")


def test_no_role_forges_a_state_past_the_table(desk: Desk, case: Case):
    allowed = {
        "officer": set(),
        "leader": {S.REOPENED},
        "reporter": {S.REOPENED, S.CLOSED},
        "timer": {S.CLOSED, S.ARCHIVED, S.MERGED},
        "contractor": set(),
    }
    for who, may in allowed.items():
        scope = others(desk, case)[who]
        for state in set(TicketState) - {S.AWAITING_REPLY}:
            over = "now()" if state in (S.CLOSED, S.ARCHIVED, S.MERGED) else "NULL"
            change = f"state = '{state}', closed_at = {over}"
            forge = f"UPDATE ticket SET {change} WHERE id = {case.ticket}"
            if state in may:
                assert written(desk, scope, forge) == 1
                continue
            with pytest.raises(ProgrammingError, match=REFUSED):
                written(desk, scope, forge)


def test_nobody_takes_a_step_in_anothers_name(desk: Desk, case: Case):
    own = {"officer": "opd", "leader": "pimpinan", "reporter": "pelapor", "timer": "sistem"}
    for who, scope in others(desk, case).items():
        for actor in Actor:
            step = (
                "INSERT INTO ticket_step (ticket_id, incident_id, at, state, agency_id, actor,"
                f" by_user, by_name) SELECT {case.ticket}, {case.incident}, now(), 'baru', 1,"
                f" '{actor}', ctx_user(), 'x'"
            )
            if own.get(who) == actor or (
                who == "exchange" and actor in ("ruang", "pelapor", "sistem")
            ):
                assert written(desk, scope, step) == 1
                continue
            with pytest.raises(ProgrammingError, match="takes no step as"):
                written(desk, scope, step)


def test_a_step_that_was_taken_stays(desk: Desk, case: Case):
    for scope in (desk["dispatcher2"], *others(desk, case).values()):
        for change in ("UPDATE ticket_step SET state = 'baru'", "DELETE FROM ticket_step"):
            with pytest.raises(ProgrammingError, match="permission denied"):
                written(desk, scope, change)


def test_the_table_of_the_database_is_that_of_the_rules(desk: Desk):
    pairs = list(product(TicketState, TicketState, Actor))
    asked = text("SELECT ticket_may_move(:was, :wanted, ARRAY[:actor])")
    with desk.world.as_owner() as session:
        for was, wanted, actor in pairs:
            values = {"was": was.value, "wanted": wanted.value, "actor": actor.value}
            said = session.execute(asked, values).scalar_one()
            assert said == (actor in TICKET_MOVES[was].get(wanted, ())), values


def test_how_a_case_stands_is_told_as_counts_even_to_who_sees_one_ticket(desk: Desk):
    case = desk.open("kdrt")
    asked = text("SELECT open, units_out FROM case_stands(:id)")
    for who in ("ppa1", "dispatcher2"):
        found = desk.do(desk[who], lambda s: s.execute(asked, {"id": case.incident}).one())
        assert tuple(found) == (len(case.tickets), 0)


@pytest.mark.parametrize("role", ["planner", "village_head", "field_unit", "wallboard", "sender"])
def test_who_sees_no_case_is_told_no_count_of_one(desk: Desk, role: str):
    case = desk.open()
    asked = text("SELECT open, units_out, due_at, reports_of(:id) FROM case_stands(:id)")
    found = desk.do(Scope(role), lambda s: s.execute(asked, {"id": case.incident}).one())
    assert tuple(found) == (None, None, None, None)


def merged(desk: Desk, category: str) -> tuple[Case, Case]:
    """Two cases of that kind, the second merged into the first."""
    into, case = desk.open(category), desk.open(category)
    now = desk.tick()
    desk.do(
        desk["dispatcher2"], lambda s: merging.merge(s, case.incident, into.incident, 1, 1, now)
    )
    return into, case


def counted(desk: Desk, incident: int) -> dict[str, int]:
    """How many reports each of them is told."""
    asked = text("SELECT reports_of(:id)")
    return {
        who: desk.do(desk[who], lambda s: s.scalar(asked, {"id": incident}))
        for who in ("ppa1", "dispatcher2", "operator1", "pupr1", "bupati")
    }


def test_reports_of_merged_cases_of_a_group_are_counted_for_the_group_alone(desk: Desk):
    into, case = merged(desk, VIOLENCE)
    nobody = {"operator1": 0, "pupr1": 0, "bupati": 0}
    assert counted(desk, into.incident) == {"ppa1": 2, "dispatcher2": 2} | nobody
    assert counted(desk, case.incident) == {"ppa1": 1, "dispatcher2": 1} | nobody
    listed = desk.do(desk["ppa1"], lambda s: ticket_file.row(s, into.ticket))
    assert listed.row.reports == 2
    further = desk.open(VIOLENCE)
    now, versions = desk.tick(), [desk.incident(c.incident).version for c in (into, further)]
    desk.do(
        desk["dispatcher2"],
        lambda s: merging.merge(s, into.incident, further.incident, *versions, now),
    )
    assert counted(desk, further.incident)["ppa1"] == 3


def test_a_merged_case_that_became_a_secret_is_no_number_to_others(desk: Desk):
    into, case = merged(desk, ROAD)
    everybody = dict.fromkeys(("ppa1", "dispatcher2", "operator1", "pupr1", "bupati"), 2)
    assert counted(desk, into.incident) == everybody
    with desk.world.as_owner() as session:
        secret = text("UPDATE incident SET restricted_group = 'perlindungan' WHERE id = :id")
        session.execute(secret, {"id": case.incident})
    others = {"operator1": 1, "pupr1": 1, "bupati": 1}
    assert counted(desk, into.incident) == everybody | others
