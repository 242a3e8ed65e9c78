"""The life of tickets on the real database, each step with the eyes of who takes it."""

from types import SimpleNamespace

import pytest
from sqlalchemy import select, update

from dispatch import cases, orders, ticket_file, tickets
from dispatch.errors import ChangedMeanwhile, IllegalMove, Unknown
from dispatch.rules.ticketing import Actor, TicketState
from dispatch.schema import Ticket, TicketMessage, Unit
from dispatch.tickets import AgencyHasTicket, MoveLacks, ProofMissing
from tests.dispatch.ticket_desk import FIRE, POWER, ROAD, Case, Desk, open_desk
from tests.world import World

S = TicketState


@pytest.fixture(scope="module")
def desk(shared_world: World) -> Desk:
    return open_desk(shared_world)


@pytest.fixture
def road(desk: Desk) -> Case:
    """A road that dpupr answers for; done only with proof."""
    case = desk.open(ROAD)
    assert len(case.tickets) == 1
    return case


def close(desk: Desk, case: Case, outcome: str) -> None:
    version = desk.incident(case.incident).version
    now = desk.tick()
    desk.do(
        desk["dispatcher2"],
        lambda s: cases.close(s, case.incident, outcome, version, now, desk.ground),
    )


# From the call on.


def test_a_call_opens_a_ticket_with_its_rule_its_clocks_and_a_first_step(desk: Desk, road: Case):
    row = desk.ticket(road.ticket)
    assert (row.state, row.kind, row.version) == (S.NEW, "aduan", 1)
    assert row.proof_needed
    assert row.rule
    assert row.decided["rule"]
    assert row.opened_at < row.verify_due_at < row.due_at
    assert desk.incident(road.incident).due_at == row.due_at
    [first] = desk.steps(road.ticket)
    assert (first.state, first.actor, first.by_name) == (S.NEW, Actor.ROOM, "Nurul Hidayati")
    desk.course(road.ticket)


def test_an_emergency_keeps_the_clock_on_the_wall(desk: Desk):
    fire = desk.open(FIRE)
    incident = desk.incident(fire.incident)
    assert (incident.due_at - incident.opened_at).total_seconds() == 3600


def test_a_ticket_goes_its_ordinary_way_and_takes_its_case_along(desk: Desk, road: Case):
    desk.walk(road.ticket, S.VERIFIED, S.REFERRED, S.ACCEPTED, S.IN_WORK)
    desk.prove(road.ticket)
    desk.walk(road.ticket, S.FOLLOWED_UP, S.AWAITING_REPLY)
    assert desk.incident(road.incident).state == "baru"
    desk.move(road.reporter, road.ticket, S.CLOSED)
    row, incident = desk.ticket(road.ticket), desk.incident(road.incident)
    assert (row.state, row.flags) == (S.CLOSED, [])
    assert (incident.state, incident.outcome) == ("ditutup", "ditangani")
    assert incident.closed_at == row.closed_at
    assert desk.course(road.ticket).answered_at == row.answered_at
    told = desk.told(road.incident)
    assert told[-2:] == [("incident.closed", None), ("ticket.moved", "ditutup")]
    with desk.world.as_owner() as session:
        words = session.execute(
            select(TicketMessage.text, TicketMessage.kind, TicketMessage.by_name).where(
                TicketMessage.ticket_id == road.ticket
            )
        ).one()
    assert tuple(words) == ("Sudah diperbaiki.", "jawaban", "Endah Lestari")


# What has to be said.


@pytest.mark.parametrize(
    ("to", "said", "field"),
    [
        (S.POSTPONED, {"answer": "Di mana tepatnya?"}, "reason"),
        (S.POSTPONED, {"reason": "data_kurang"}, "answer"),
        (S.POSTPONED, {"reason": "malas", "answer": "Nanti."}, "reason"),
        (S.ARCHIVED, {}, "reason"),
        (S.REFERRED, {"agency": "dinas_hantu"}, "agency"),
    ],
)
def test_a_move_that_lacks_a_word_names_the_field(desk: Desk, road: Case, to, said, field):
    with pytest.raises(MoveLacks) as lacks:
        desk.move("dispatcher2", road.ticket, to, **said)
    assert lacks.value.field == field
    assert len(desk.steps(road.ticket)) == 1


def test_a_return_needs_a_reason_and_keeps_where_to_instead(desk: Desk, road: Case):
    desk.walk(road.ticket, S.VERIFIED, S.REFERRED)
    with pytest.raises(MoveLacks, match="bukan_tugas, bukan_wilayah"):
        desk.move("pupr1", road.ticket, S.NOT_OURS)
    due_at = desk.ticket(road.ticket).due_at
    desk.move("pupr1", road.ticket, S.NOT_OURS, reason="milik_lain", agency="bbpjn")
    assert desk.steps(road.ticket)[-1].facts["instead"] == "bbpjn"
    with pytest.raises(MoveLacks, match="agency"):
        desk.move("dispatcher2", road.ticket, S.REFERRED)
    desk.move("dispatcher2", road.ticket, S.REFERRED, agency="bbpjn")
    row = desk.ticket(road.ticket)
    assert (row.returns, row.due_at) == (1, due_at)  # the citizen's clock went on
    assert desk.incident(road.incident).agency_ids == [row.agency_id]
    desk.move("bbpjn", road.ticket, S.ACCEPTED)
    desk.course(road.ticket)
    with pytest.raises(Unknown):  # the first agency does not see it any more
        desk.do(desk["pupr1"], lambda s: ticket_file.row(s, road.ticket))


def test_two_agencies_work_on_one_case_but_none_of_them_twice(desk: Desk, road: Case):
    version, now = desk.incident(road.incident).version, desk.tick()

    def add(session, code="dlh", key="k1", version=version):
        return tickets.add(session, road.incident, code, version, now, desk.ground, key=key)

    added = desk.do(desk["dispatcher2"], add)
    assert desk.do(desk["dispatcher2"], add).replay
    row = desk.ticket(added.ticket_id)
    assert (row.state, row.kind) == (S.REFERRED, "aduan")
    assert row.due_at > now
    assert desk.incident(road.incident).agency_ids == [
        desk.ticket(road.ticket).agency_id,
        row.agency_id,
    ]
    desk.course(added.ticket_id)
    for code, wrong in (("dlh", AgencyHasTicket), ("dpupr", AgencyHasTicket), ("x", MoveLacks)):
        with pytest.raises(wrong):
            desk.do(desk["dispatcher2"], lambda s, c=code: add(s, c, "k2", version + 1))
    with pytest.raises(AgencyHasTicket):
        desk.move("dispatcher2", road.ticket, S.REFERRED, agency="dlh")
    with pytest.raises(ChangedMeanwhile):
        desk.do(desk["dispatcher2"], lambda s: add(s, "bbpjn", "k3"))
    # The case goes on with the second when the first is over.
    desk.move("dispatcher2", road.ticket, S.ARCHIVED, reason="ganda")
    assert desk.incident(road.incident).state == "baru"


# Proof.


def test_work_that_must_be_proven_is_not_said_to_be_done_without(desk: Desk, road: Case):
    desk.walk(road.ticket, S.VERIFIED, S.REFERRED, S.ACCEPTED, S.IN_WORK)
    with pytest.raises(ProofMissing):
        desk.move("pupr1", road.ticket, S.FOLLOWED_UP)
    with pytest.raises(ProofMissing) as lacking:
        close(desk, road, "ditangani")
    assert lacking.value.tickets == [(road.ticket, "DPUPR")]
    assert desk.incident(road.incident).state == "baru"
    close(desk, road, "tidak_ditemukan")
    row = desk.ticket(road.ticket)
    assert (row.state, row.outcome, row.holder_id) == (S.ARCHIVED, "tidak_ditemukan", None)
    desk.course(road.ticket)


def test_a_complaint_that_ends_without_any_proof_is_marked(desk: Desk):
    power = desk.open(POWER)
    desk.walk(power.ticket, S.VERIFIED, S.REFERRED)
    desk.walk(power.ticket, S.ACCEPTED, S.FOLLOWED_UP, officer="pln")
    assert desk.ticket(power.ticket).flags == ["tanpa_bukti"]


def test_what_is_done_in_the_last_minutes_is_marked_and_judged_anew(desk: Desk, road: Case):
    desk.prove(road.ticket)
    desk.walk(road.ticket, S.VERIFIED, S.REFERRED, S.ACCEPTED)
    before, desk.now = desk.now, desk.ticket(road.ticket).due_at
    desk.tick(minutes=-6)
    desk.move("pupr1", road.ticket, S.FOLLOWED_UP)
    assert desk.ticket(road.ticket).flags == ["menit_terakhir"]
    desk.move("dispatcher2", road.ticket, S.IN_WORK, reason="bukti_ditolak")
    desk.tick(days=3)
    desk.move("pupr1", road.ticket, S.FOLLOWED_UP)  # late, but at no last minute
    assert desk.ticket(road.ticket).flags == []
    desk.now = before


# Waiting for the reporter.


def test_what_waits_for_the_reporter_comes_back_and_its_time_was_not_spent(desk: Desk, road: Case):
    desk.walk(road.ticket, S.VERIFIED, S.REFERRED, S.ACCEPTED)
    due_at = desk.ticket(road.ticket).due_at
    desk.move("pupr1", road.ticket, S.POSTPONED, reason="tempat_tidak_jelas", answer="Di mana?")
    waiting = desk.ticket(road.ticket)
    assert waiting.before is S.ACCEPTED
    assert waiting.reply_due_at > desk.now
    with pytest.raises(IllegalMove, match="goes back to diterima_opd"):
        desk.move("pupr1", road.ticket, S.IN_WORK)
    before = desk.now
    desk.tick(days=7)
    desk.move(road.reporter, road.ticket, S.ACCEPTED)
    row = desk.ticket(road.ticket)
    assert row.due_at > due_at
    assert (row.before, row.reply_due_at) == (None, None)
    desk.course(road.ticket)
    desk.now = before


def test_a_reporter_who_stays_silent_ends_it(desk: Desk):
    answered, asked, fresh = (desk.open(POWER) for _ in range(3))
    desk.walk(answered.ticket, S.VERIFIED, S.REFERRED)
    desk.walk(answered.ticket, S.ACCEPTED, S.FOLLOWED_UP, S.AWAITING_REPLY, officer="pln")
    desk.move("dispatcher2", asked.ticket, S.POSTPONED, reason="data_kurang", answer="Kapan?")
    before = desk.now
    lapse = lambda: desk.do(desk["timer"], lambda s: tickets.lapse(s, desk.now, desk.ground))  # noqa: E731
    assert lapse() == 0
    desk.tick(days=40)
    assert lapse() == 2
    assert lapse() == 0
    ends = [desk.ticket(case.ticket).state for case in (answered, asked, fresh)]
    assert ends == [S.CLOSED, S.ARCHIVED, S.NEW]
    assert desk.course(asked.ticket).outcome == "pelapor_tidak_menanggapi"
    assert desk.incident(answered.incident).state == "ditutup"
    assert desk.steps(asked.ticket)[-1].actor is Actor.HOUSE
    desk.now = before


def test_a_request_of_information_gets_more_time_once(desk: Desk, road: Case):
    def extend(reason: str = "menunggu dokumen"):
        version, now = desk.ticket(road.ticket).version, desk.tick()
        return desk.do(
            desk["pupr1"],
            lambda s: tickets.extend(s, road.ticket, reason, version, now, desk.ground),
        )

    with pytest.raises(IllegalMove, match="only a request of information"):
        extend()
    with desk.world.as_owner() as session:
        session.execute(update(Ticket).where(Ticket.id == road.ticket).values(kind="informasi"))
    desk.walk(road.ticket, S.VERIFIED, S.REFERRED, S.ACCEPTED)
    due_at = desk.ticket(road.ticket).due_at
    with pytest.raises(MoveLacks, match="reason"):
        extend(" ")
    extend()
    row = desk.ticket(road.ticket)
    assert row.extended
    assert row.due_at > due_at
    with pytest.raises(IllegalMove, match="already"):
        extend()
    desk.course(road.ticket)


def test_the_first_word_of_the_agency_is_noted_once(desk: Desk, road: Case):
    desk.walk(road.ticket, S.VERIFIED, S.REFERRED, S.ACCEPTED)
    for _ in range(2):
        now = desk.tick()
        desk.do(desk["pupr1"], lambda s, n=now: tickets.answered(s, road.ticket, n, desk.ground))
    assert desk.course(road.ticket).answered_at == desk.now.replace(minute=desk.now.minute - 1)
    assert [step.reason for step in desk.steps(road.ticket)].count("dijawab") == 1


# Ending and opening again.


@pytest.mark.parametrize("who", ["reporter", "dispatcher2", "bupati"])
def test_what_is_opened_again_opens_its_case_and_is_marked(desk: Desk, road: Case, who: str):
    close(desk, road, "bukan_wewenang")
    scope = road.reporter if who == "reporter" else desk[who]
    now = desk.tick()
    desk.do(scope, lambda s: tickets.reopen_by(s, road.ticket, now, desk.ground, key="b1"))
    desk.do(scope, lambda s: tickets.reopen_by(s, road.ticket, now, desk.ground, key="b1"))
    row, incident = desk.ticket(road.ticket), desk.incident(road.incident)
    assert (row.state, row.reopens, row.flags) == (S.REOPENED, 1, ["dibuka_kembali"])
    assert (incident.state, incident.closed_at, incident.outcome) == ("baru", None, None)
    assert incident.due_at is not None
    desk.course(road.ticket)
    desk.move("pupr1", road.ticket, S.IN_WORK)


def test_what_is_opened_again_needs_new_proof(desk: Desk, road: Case):
    desk.prove(road.ticket)
    desk.walk(road.ticket, S.VERIFIED, S.REFERRED, S.ACCEPTED, S.FOLLOWED_UP, S.AWAITING_REPLY)
    desk.move(road.reporter, road.ticket, S.REOPENED, reason="belum_selesai")
    desk.walk(road.ticket, S.IN_WORK)
    with pytest.raises(ProofMissing):
        desk.walk(road.ticket, S.FOLLOWED_UP)
    desk.prove(road.ticket)
    desk.walk(road.ticket, S.FOLLOWED_UP)
    assert desk.course(road.ticket).reopens == 1


def test_opened_again_after_months_it_is_not_marked(desk: Desk, road: Case):
    close(desk, road, "ganda")
    before, now = desk.now, desk.tick(days=60)
    desk.do(road.reporter, lambda s: tickets.reopen_by(s, road.ticket, now, desk.ground))
    assert desk.ticket(road.ticket).flags == []
    desk.now = before


def test_a_case_with_a_unit_out_stays_open_when_its_last_ticket_ends(desk: Desk):
    fire = desk.open(FIRE)
    with desk.world.as_owner() as session:
        unit = session.scalar(select(Unit.id).where(Unit.call_sign == "DMK-01"))
    now = desk.tick()
    desk.do(desk["dispatcher2"], lambda s: orders.send_unit(s, fire.incident, unit, now))
    for ticket_id in fire.tickets:
        desk.move("dispatcher2", ticket_id, S.ARCHIVED, reason="palsu")
    assert desk.incident(fire.incident).state == "ditugaskan"
    close(desk, fire, "laporan_palsu")
    assert desk.incident(fire.incident).state == "ditutup"


def test_a_case_that_is_merged_and_parted_leaves_its_tickets_as_they_were(desk: Desk, road: Case):
    desk.walk(road.ticket, S.VERIFIED, S.REFERRED, S.ACCEPTED)
    now = desk.tick()
    version = desk.ticket(road.ticket).version
    desk.do(desk["pupr1"], lambda s: tickets.claim(s, road.ticket, version, now))
    was, other = desk.ticket(road.ticket), desk.open(ROAD)
    now = desk.tick()
    room = desk["dispatcher2"]
    desk.do(room, lambda s: tickets.merge_with_case(s, road.incident, other.incident, now))
    assert desk.ticket(road.ticket).state is S.MERGED
    desk.course(road.ticket)
    later = desk.tick(days=2)
    merge = SimpleNamespace(from_id=road.incident)
    desk.do(room, lambda s: tickets.part_with_case(s, merge, later))
    row = desk.ticket(road.ticket)
    assert {**row._mapping, "version": 0} == {**was._mapping, "version": 0}
    desk.course(road.ticket)
    desk.tick(days=-2)
