"""What is told to whom is written with what it tells of, in the same transaction, and once."""

import json

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from dispatch import outbox, telling
from dispatch.regency.notices import NoticeEntry, NoticeRules
from dispatch.rules.telling import TOLD, Event, Hearer
from dispatch.scope import SENDER, Scope
from tests.dispatch.outbox_house import PHONE, House
from tests.world import World


@pytest.fixture
def house(shared_world: World) -> House:
    """Nobody is told of anything yet."""
    house = House(shared_world)
    house.empty()
    return house


@pytest.fixture
def told(house: House) -> House:
    """A hearer of each kind, who is told of all; a road of DPUPR to tell of."""
    house.subscribe("dpupr", "opd@x.example")
    house.subscribe("dlh", "lain@x.example")
    house.subscribe(None, "ruang@x.example")
    house.subscribe(None, "pelapor", "whatsapp")
    return house


HEARERS = {"opd@x.example": Hearer.AGENCY, "ruang@x.example": Hearer.ROOM}


def happen(house: House, event: Event) -> None:
    """Let it happen to a new ticket."""
    ticket = house.case("jalan")
    if event is not Event.NEW:
        house.forget()
    match event:
        case Event.REFERRED | Event.REOPENED:
            house.step(ticket, event.value)
        case Event.RETURNED:
            house.step(ticket, "bukan_wewenang", "opd")
        case Event.POSTPONED:
            house.step(ticket, "ditunda", "pelapor")
        case Event.REPLIED:
            house.say(ticket, "tanggapan")
        case Event.ANSWERED:
            house.say(ticket, "jawaban")
        case Event.MENTION:
            house.say(ticket, "catatan", (house.user("damkar1"),))
        case Event.NEARLY_LATE | Event.LATE:
            share, tell = (
                (0.8, ["petugas"]) if event is Event.NEARLY_LATE else (1, ["kepala_opd", "ruang"])
            )
            rung = json.dumps({"rung": 1, "share": share, "tell": [*tell, "pimpinan"]})
            with house.world.as_owner() as session:
                session.execute(text("SELECT set_config('app.rung', :rung, true)"), {"rung": rung})
                session.execute(
                    text("UPDATE ticket SET escalated = escalated + 1 WHERE id = :id"),
                    {"id": ticket},
                )
        case Event.INSTRUCTION:
            house.sql(
                "INSERT INTO instruction"
                " (ticket_id, incident_id, at, by_user, by_name, text, due_at)"
                " SELECT id, incident_id, now(), :user, '', 'rahasia sekali', now() + '1 day'"
                "  FROM ticket WHERE id = :id",
                id=ticket,
                user=house.user("bupati"),
            )
        case Event.DEAD_LETTER:
            dead = house.subscribe("dlh", "mati@x.example", "telegram")
            with house.world.as_scope(Scope("dispatcher", house.user("dispatcher1"))) as session:
                telling.try_one(session, dead, house.world.parts.now())
            house.sql("UPDATE outgoing SET state = 'mati'")
            house.sql("DELETE FROM outgoing WHERE template = 'percobaan'")


@pytest.mark.parametrize("event", TOLD)
def test_the_database_tells_those_whom_the_rules_name(told: House, event: Event):
    browsers = {
        f"push:{told.browser('bupati')}": Hearer.LEADER,
        f"push:{told.browser('damkar1')}": Hearer.USER,  # of another agency: told when named
    }
    happen(told, event)
    call = told.one("SELECT max(id) FROM call")
    known = HEARERS | browsers | {f"call:{call}": Hearer.REPORTER}
    rows = told.outbox()
    assert {row.template for row in rows} == {event.value}
    assert {known[row.to] for row in rows} == TOLD[event].hearers
    assert {row.urgent for row in rows} == {TOLD[event].urgent}
    assert len({row.uid for row in rows}) == len(rows)


def test_browsers_of_the_agency_and_the_room_are_told(house: House):
    mine, room = house.browser("pupr1"), house.browser("dispatcher1")
    house.browser("damkar1")
    ticket = house.case("jalan")
    house.forget()
    house.step(ticket, "didisposisi")
    house.step(ticket, "bukan_wewenang", "opd")
    assert house.told() == {("didisposisi", f"push:{mine}"), ("dikembalikan", f"push:{room}")}


def test_an_emergency_is_told_urgently(house: House):
    house.subscribe("satpolpp_damkar", "damkar@x.example")
    house.case("kebakaran")
    assert [(row.template, row.urgent) for row in house.outbox()] == [("tiket_baru", True)]


def test_of_a_sensitive_ticket_only_its_agency_hears_and_only_that_there_is_one(house: House):
    house.subscribe(None, "ruang@x.example")
    house.subscribe(None, "pelapor", "whatsapp")
    house.subscribe("dp3ap2kb", "khusus@x.example")
    house.browser("dispatcher1")
    house.browser("operator3")
    ticket = house.case("kdrt", login="operator3")
    house.step(ticket, "dibuka_kembali")
    house.say(ticket, "jawaban", (house.user("operator3"),))
    house.say(ticket, "tanggapan")
    rows = house.outbox()
    assert {row.to for row in rows} == {"khusus@x.example"}
    assert len(rows) == 3
    for row in rows:
        assert set(row.facts) == {"agency", "kind", "restricted"}
        assert (row.ticket_id, row.incident_id) == (None, None)


def test_facts_hold_codes_and_times_only(told: House):
    ticket = told.case("jalan")
    told.say(ticket, "tanggapan")
    told.say(ticket, "jawaban")
    told.step(ticket, "bukan_wewenang", "opd", reason="Bu Karti, 0812 9000 1100")
    written = json.dumps([dict(row._mapping) for row in told.outbox()], default=str)
    for secret in ("rahasia", "di sana", "Karti", PHONE, "rusak"):
        assert secret not in written


def test_what_did_not_happen_is_not_told(told: House):
    ticket = told.case("jalan")
    told.forget()
    with told.world.as_owner() as session:
        written = session.execute(
            text(
                "INSERT INTO ticket_step"
                " (ticket_id, incident_id, at, state, agency_id, actor, by_name)"
                " SELECT id, incident_id, now(), 'didisposisi', agency_id, 'ruang', ''"
                "  FROM ticket WHERE id = :id"
            ),
            {"id": ticket},
        )
        assert written.rowcount == 1
        session.rollback()  # the power goes
    assert told.outbox() == []


def test_the_same_happening_is_told_once(told: House):
    ticket = told.case("jalan")
    step = told.one("SELECT max(id) FROM ticket_step")
    before = told.outbox()
    told.sql(
        "SELECT tell(:happening, 'tiket_baru', id, agency_id, true, true, NULL, now(), '{}')"
        " FROM ticket WHERE id = :id",
        happening=f"step:{step}",
        id=ticket,
    )
    assert told.outbox() == before


def test_a_demonstration_tells_nobody(told: House):
    ticket = told.case("jalan")
    told.forget()
    told.sql("UPDATE ticket SET demo = true WHERE id = :id", id=ticket)
    told.step(ticket, "didisposisi")
    assert told.outbox() == []


def test_back_from_waiting_is_no_new_disposition(told: House):
    ticket = told.case("jalan")
    told.step(ticket, "didisposisi")
    told.step(ticket, "ditunda", "opd")
    told.forget()
    told.step(ticket, "didisposisi", "pelapor")
    assert told.outbox() == []


def test_who_put_it_off_is_not_told_of_it(told: House):
    ticket = told.case("jalan")
    told.forget()
    told.step(ticket, "ditunda", "opd")
    assert told.told() == {("ditunda", "ruang@x.example")}
    told.forget()
    told.step(ticket, "ditunda", "ruang")
    assert told.told() == {("ditunda", "opd@x.example")}


def test_an_answer_goes_to_all_who_reported_the_case_or_one_merged_into_it(told: House):
    first, second = told.case("jalan"), told.case("jalan")
    told.sql(
        "UPDATE incident SET merged_into = (SELECT incident_id FROM ticket WHERE id = :into),"
        " state = 'ditutup', closed_at = now()"
        " WHERE id = (SELECT incident_id FROM ticket WHERE id = :id)",
        id=first,
        into=second,
    )
    told.forget()
    told.say(second, "jawaban")
    calls = told.sql(
        "SELECT 'call:' || c.id FROM call AS c JOIN ticket AS t ON t.incident_id = c.incident_id"
        " WHERE t.id IN (:first, :second)",
        first=first,
        second=second,
    )
    assert {row.to for row in told.outbox()} == {c[0] for c in calls}
    assert len(calls) == 2


def test_the_sender_sees_a_number_only_while_an_answer_to_that_report_waits(told: House):
    ticket = told.case("jalan")
    call = f"call:{told.one('SELECT max(id) FROM call')}"

    def phone() -> str | None:
        with told.world.as_scope(SENDER) as session:
            return outbox.phone_of(session, call)

    assert phone() is None
    told.say(ticket, "jawaban")
    assert phone() == PHONE
    with told.world.as_scope(SENDER) as session:
        assert session.execute(text("SELECT count(*) FROM call_contact")).scalar_one() == 0
        assert session.execute(text("SELECT count(*) FROM call")).scalar_one() == 0
        assert session.execute(text("SELECT count(*) FROM ticket")).scalar_one() == 0
    told.sql("UPDATE outgoing SET state = 'batal'")
    assert phone() is None


@pytest.mark.parametrize(
    "role", ["operator", "agency_officer", "leader", "planner", "hub", "timer"]
)
def test_nobody_else_reads_the_outbox_or_who_is_told(told: House, role: str):
    told.case("jalan")
    told.browser("dispatcher1")
    with told.world.as_scope(Scope(role, user_id=1, agency_id=1)) as session:
        for table in ("outgoing", "subscription", "push_subscription"):
            assert session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0


def test_nobody_calls_the_teller_or_writes_a_message_of_their_own(told: House):
    told.case("jalan")
    scope = Scope("dispatcher", user_id=told.user("dispatcher1"))
    for query in (
        "SELECT tell('x', 'tiket_baru', 1, 1, true, true, NULL, now(), '{}')",
        'INSERT INTO outgoing (uid, once, channel, "to", template, facts, made_at, next_at)'
        " VALUES ('u', 'o', 'surel', 'a@x.example', 'tiket_baru', '{}', now(), now())",
    ):
        with pytest.raises(ProgrammingError), told.world.as_scope(scope) as session:
            session.execute(text(query))


def test_a_dead_letter_knocks_once_until_it_is_seen(told: House):
    told.case("jalan")
    told.sql("UPDATE outgoing SET state = 'mati' WHERE \"to\" = 'opd@x.example'")
    told.sql("UPDATE outgoing SET state = 'menunggu' WHERE state = 'mati'")
    told.sql("UPDATE outgoing SET state = 'mati' WHERE \"to\" = 'opd@x.example'")
    knocks = told.sql(
        "SELECT login, count(*) FROM notice JOIN app_user ON app_user.id = user_id"
        " WHERE kind = 'surat_mati' GROUP BY login"
    )
    assert {(row.login, row.count) for row in knocks} >= {("dispatcher1", 1), ("admin", 1)}
    assert {row.count for row in knocks} == {1}
    dead = told.outbox("template = 'surat_mati'")
    assert [row.to for row in dead] == ["ruang@x.example"], "once an hour"
    told.sql("UPDATE outgoing SET state = 'mati' WHERE template = 'surat_mati'")
    assert len(told.outbox("template = 'surat_mati'")) == 1, "and not of itself"


def test_the_file_is_taken_in_and_what_was_stopped_by_hand_stays_stopped(house: House):
    by_hand = house.subscribe("dlh", "tangan@x.example")
    entry = NoticeEntry("dpupr", "surel", "berkas@x.example", ("didisposisi",))
    other = NoticeEntry(None, "surel", "pergi@x.example")

    def sync(*entries: NoticeEntry, reporters: str | None = None) -> int:
        with house.world.as_owner() as session:
            return telling.sync(session, NoticeRules(notices=entries, reporters=reporters))

    assert sync(entry, other, reporters="whatsapp") == 3
    house.sql("UPDATE subscription SET active = false WHERE \"to\" = 'berkas@x.example'")
    changed = NoticeEntry("dpupr", "surel", "berkas@x.example", ("instruksi",))
    assert sync(changed) == 1
    rows = house.sql('SELECT id, "to", events, active, from_files FROM subscription ORDER BY id')
    assert tuple(rows[0]) == (by_hand, "tangan@x.example", [], True, False)
    assert [tuple(row)[1:] for row in rows[1:]] == [
        ("berkas@x.example", ["instruksi"], False, True)
    ]
