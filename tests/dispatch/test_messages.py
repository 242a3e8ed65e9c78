"""Notes, answers, colleagues who are named, templates: who may say what, and who is told."""

from pathlib import Path

import pytest
from sqlalchemy import select, text

from dispatch import desk as desks
from dispatch import messages
from dispatch.errors import BadConfiguration, IllegalMove, KeyReused, Unknown
from dispatch.messages import AnswerEntry, BadMessage
from dispatch.rules import answers
from dispatch.rules.ticketing import TicketKind, TicketState
from dispatch.schema import TicketMessage
from dispatch.scope import Scope
from tests.dispatch.ticket_desk import ROAD, VIOLENCE, Case, Desk, open_desk
from tests.world import World

S = TicketState


@pytest.fixture(scope="module")
def desk(shared_world: World) -> Desk:
    return open_desk(shared_world)


@pytest.fixture
def road(desk: Desk) -> Case:
    return desk.open(ROAD)


def say(desk: Desk, who: str, ticket: int, kind: str, words: str, key: str, mentions=()):
    now, regency = desk.tick(), desk.world.parts.regency
    return desk.do(
        desk[who], lambda s: messages.say(s, ticket, kind, words, mentions, key, now, regency)
    )


def kept(desk: Desk, ticket: int) -> list[TicketMessage]:
    with desk.world.as_owner() as session:
        query = select(TicketMessage).where(TicketMessage.ticket_id == ticket)
        rows = session.scalars(query.order_by(TicketMessage.id)).all()
        session.expunge_all()
        return list(rows)


def unseen(desk: Desk, who: str) -> list[tuple[str, int | None]]:
    rows = desk.do(desk[who], lambda s: [(n.kind, n.ticket_id) for n in desks.notices(s)[1]])
    return list(rows)


def test_words_are_kept_as_they_were_typed(desk: Desk, road: Case):
    words = '=HYPERLINK("http://x.invalid") <script>alert(1)</script> ; DROP TABLE ticket; 🌧'
    say(desk, "pupr1", road.ticket, "catatan", f"  {words}\x00 ", "as-typed")
    [message] = kept(desk, road.ticket)
    assert message.text == words
    assert (message.kind, message.by_name, message.agency_id) == (
        "catatan",
        "Endah Lestari",
        desk["pupr1"].agency_id,
    )


def test_the_same_key_says_it_once(desk: Desk, road: Case):
    first = say(desk, "pupr1", road.ticket, "catatan", "sudah dicek", "once")
    again = say(desk, "pupr1", road.ticket, "catatan", "sudah dicek", "once")
    assert (again.message_id, first.replay, again.replay) == (first.message_id, False, True)
    for who, words in (("pupr1", "lain"), ("pupr2", "sudah dicek")):
        with pytest.raises(KeyReused):
            say(desk, who, road.ticket, "catatan", words, "once")
    assert len(kept(desk, road.ticket)) == 1


def test_who_is_named_is_told_once_and_only_who_sees_the_ticket_can_be(desk: Desk, road: Case):
    pupr2, operator = desk["pupr2"].user_id, desk["operator1"].user_id
    named = [pupr2, operator, pupr2, desk["pupr1"].user_id]
    say(desk, "pupr1", road.ticket, "catatan", "tolong dicek", "named", named)
    say(desk, "pupr1", road.ticket, "catatan", "tolong dicek", "named", named)
    assert unseen(desk, "pupr2").count(("disebut", road.ticket)) == 1
    assert unseen(desk, "operator1").count(("disebut", road.ticket)) == 1
    assert ("disebut", road.ticket) not in unseen(desk, "pupr1")  # nobody tells oneself
    for login in ("damkar1", "tegalsambi"):
        with pytest.raises(BadMessage, match=r"mentions: user \d+ does not see"):
            say(desk, "pupr1", road.ticket, "catatan", "x", login, [desk[login].user_id])
    with pytest.raises(BadMessage, match="mentions: name at most 20"):
        say(desk, "pupr1", road.ticket, "catatan", "x", "many", list(range(21)))


def test_colleagues_are_the_room_the_leaders_and_the_own_agency(desk: Desk, road: Case):
    regency = desk.world.parts.regency
    look = lambda s: messages.colleagues(s, road.ticket, regency)  # noqa: E731
    found = {c.id for c in desk.do(desk["pupr1"], look)}
    logins = {login for login, scope in desk.people.items() if scope.user_id in found}
    assert {"pupr2", "operator1", "dispatcher1", "bupati"} <= logins
    assert not logins & {"pupr1", "damkar1", "dinkes1", "tegalsambi"}


def test_of_a_sensitive_ticket_only_the_group_is_told(desk: Desk):
    case = desk.open(VIOLENCE)
    row = next(t for t in desk.tickets(case.incident) if t.agency_id == desk["ppa1"].agency_id)
    regency = desk.world.parts.regency
    found = desk.do(desk["ppa1"], lambda s: messages.colleagues(s, row.id, regency))
    ids = {c.id for c in found}
    assert desk["operator3"].user_id in ids
    assert desk["operator1"].user_id not in ids
    with pytest.raises(BadMessage, match="mentions"):
        say(desk, "ppa1", row.id, "catatan", "x", "outside", [desk["operator1"].user_id])


def test_another_agencys_ticket_is_not_there(desk: Desk, road: Case):
    for who in ("damkar1", "tegalsambi", "perencana"):
        with pytest.raises(Unknown):
            say(desk, who, road.ticket, "catatan", "halo", "not-there")
    assert kept(desk, road.ticket) == []


def test_a_leader_writes_notes_and_answers_nobody(desk: Desk, road: Case):
    say(desk, "bupati", road.ticket, "catatan", "mohon perhatian", "leader")
    with pytest.raises(BadMessage, match="kind: a leader writes catatan"):
        say(desk, "bupati", road.ticket, "jawaban", "sudah", "leader-2")


@pytest.mark.parametrize(
    ("kind", "words", "field"),
    [
        ("tanggapan", "x", "kind"),
        ("catatan", " \x00 ", "text"),
        ("jawaban", "x" * 5001, "text"),
        ("jawaban", "Tindak lanjutnya: ___", "text"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_its_field(desk, road, kind, words, field):
    with pytest.raises(BadMessage) as refused:
        say(desk, "pupr1", road.ticket, kind, words, "bad")
    assert refused.value.field == field
    assert kept(desk, road.ticket) == []


def test_nobody_answers_on_a_case_that_went_into_another(desk: Desk, road: Case):
    with desk.world.as_owner() as session:
        session.execute(text("ALTER TABLE ticket DISABLE TRIGGER USER"))
        session.execute(
            text("UPDATE ticket SET state = 'digabung', closed_at = now() WHERE id = :id"),
            {"id": road.ticket},
        )
        session.execute(text("ALTER TABLE ticket ENABLE TRIGGER USER"))
    with pytest.raises(IllegalMove, match="answer there"):
        say(desk, "pupr1", road.ticket, "jawaban", "sudah", "merged")
    say(desk, "pupr1", road.ticket, "catatan", "lihat kasus induk", "merged-note")


# Notices.


def test_notices_are_seen_up_to_one_by_whom_they_are_for_alone(desk: Desk, road: Case):
    pupr2 = desk["pupr2"].user_id
    for number in range(3):
        say(desk, "pupr1", road.ticket, "catatan", "lihat", f"seen-{number}", [pupr2])
    before, newest = desk.do(desk["pupr2"], desks.notices)
    desk.do(desk["operator1"], lambda s: desks.see_notices(s, newest[0].id, desk.now))
    assert desk.do(desk["pupr2"], desks.notices)[0] == before
    desk.do(desk["pupr2"], lambda s: desks.see_notices(s, newest[1].id, desk.now))
    left, shown = desk.do(desk["pupr2"], desks.notices)
    assert left == 1
    assert shown[0].seen_at is None
    assert shown[1].seen_at == desk.now


# Templates.


def test_the_regencys_templates_come_from_its_files_and_all_can_be_filled_in(desk: Desk):
    entries = messages.read_answers(desk.world.settings.regency_folder)
    found = desk.do(desk["pupr1"], lambda s: [(t.title, t.text) for t in messages.templates(s)])
    assert len(entries) > 3
    assert {(e.title, e.text) for e in entries} <= set(found)
    facts = dict.fromkeys(answers.PLACEHOLDERS, "ISI")
    for entry in entries:
        assert "{" not in answers.fill(entry.text, facts)


def test_an_agencys_own_template_is_its_own(desk: Desk):
    made = desk.do(
        desk["pupr1"], lambda s: messages.add_template(s, "Tambal", "Ditambal {batas}.").id
    )
    titles = lambda who: desk.do(  # noqa: E731
        desk[who], lambda s: [t.title for t in messages.templates(s)]
    )
    assert titles("pupr2")[0] == "Tambal"  # the own ones first
    assert "Tambal" not in titles("damkar1") + titles("bupati")
    with pytest.raises(Unknown):
        desk.do(desk["damkar1"], lambda s: messages.drop_template(s, made))
    desk.do(desk["pupr2"], lambda s: messages.drop_template(s, made))
    assert "Tambal" not in titles("pupr1")


def test_nobody_deletes_what_the_whole_regency_uses(desk: Desk):
    house = desk.do(
        desk["pupr1"],
        lambda s: next(t.id for t in messages.templates(s) if t.agency_id is None),
    )
    with pytest.raises(Unknown):
        desk.do(desk["pupr1"], lambda s: messages.drop_template(s, house))


def test_what_the_files_no_longer_say_goes_and_the_rest_keeps_its_number(desk: Desk):
    entries = messages.read_answers(desk.world.settings.regency_folder)
    query = text("SELECT title, id FROM answer_template WHERE agency_id IS NULL")
    with desk.world.as_owner() as session:
        before = dict(session.execute(query).all())
        assert messages.sync_answers(session, entries) == len(entries)
        assert dict(session.execute(query).all()) == before
        changed = [*entries[1:], AnswerEntry("Baru", "Nomor {nomor}")]
        assert messages.sync_answers(session, changed) == len(changed)
        after = dict(session.execute(query).all())
        assert set(after) == {entry.title for entry in changed}
        assert all(after[title] == before[title] for title in set(after) & set(before))
        messages.sync_answers(session, entries)


def test_a_mistake_in_the_file_is_named(tmp_path: Path):
    assert messages.read_answers(tmp_path) == []
    file = tmp_path / "answers.toml"
    file.write_text('[[answer]]\ntitle = "A"\ntext = "Nomor {nomer}"\n')
    with pytest.raises(BadConfiguration, match=r"answers.toml: .*\{nomer\} is not filled in"):
        messages.read_answers(tmp_path)
    file.write_text('[[answer]]\ntitle = "A"\ntext = "Nomor {nomor}"\n')
    assert messages.read_answers(tmp_path) == [AnswerEntry("A", "Nomor {nomor}")]


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        (['move = "ditutup"'], r"move: 'ditutup' is none of: ditunda, menunggu_tanggapan"),
        (['move = "ditunda"\nkind = "kabar"'], "kind: 'kabar' is none of: aduan, darurat"),
        (['kind = "saran"'], "kind: say the move, too: one of ditunda, menunggu_tanggapan"),
        (['move = "ditunda"'] * 2, "move: another template begins ditunda of every kind already"),
        (['move = "ditunda"\nkind = "saran"'] * 2, "begins ditunda of saran already"),
    ],
)
def test_a_move_that_no_template_can_begin_is_named(tmp_path: Path, lines, wrong):
    entries = [f'[[answer]]\ntitle = "T{n}"\ntext = "x"\n{more}\n' for n, more in enumerate(lines)]
    (tmp_path / "answers.toml").write_text("".join(entries))
    with pytest.raises(BadConfiguration, match=wrong):
        messages.read_answers(tmp_path)


def test_the_template_of_the_kind_begins_a_move_before_that_of_all(tmp_path: Path):
    (tmp_path / "answers.toml").write_text(
        '[[answer]]\ntitle = "Semua"\ntext = "x"\nmove = "menunggu_tanggapan"\n'
        '[[answer]]\ntitle = "Saran"\ntext = "x"\nmove = "menunggu_tanggapan"\nkind = "saran"\n'
    )
    entries = messages.read_answers(tmp_path)
    begins = lambda move, kind: answers.beginning(entries, move, kind)  # noqa: E731
    assert begins(TicketState.AWAITING_REPLY, TicketKind.SUGGESTION) == entries[1]
    assert begins(TicketState.AWAITING_REPLY, TicketKind.COMPLAINT) == entries[0]
    assert begins(TicketState.POSTPONED, TicketKind.SUGGESTION) is None


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ("Tindak lanjutnya: ___", "___"),
        ("_____ sudah kami kerjakan", "_____"),
        ("Lubang di {desa} ditambal.", "{desa}"),
        ("Lihat https://contoh.go.id/a___b", None),
        ("Ditambal {hari ini}.", None),
        ("Sudah.", None),
    ],
)
def test_what_is_left_open_is_found(words: str, part: str | None):
    assert answers.left_open(words) == part


@pytest.mark.parametrize(
    ("text_", "filled"),
    [
        ("No. {nomor}", "No. 12"),
        ("{kategori} {nomor}", "{nomor} 12"),  # what was put in is not looked at again
        ("{desa}", "{desa}"),  # not known: stays to be seen
        ("{nomor.__class__} {0} {} {nomor!r}", "{nomor.__class__} {0} {} {nomor!r}"),
        ("{{nomor}}", "{12}"),
        ("tanpa", "tanpa"),
    ],
)
def test_only_the_known_words_are_filled_in(text_: str, filled: str):
    assert answers.fill(text_, {"nomor": "12", "kategori": "{nomor}"}) == filled


@pytest.mark.parametrize(
    ("title", "words", "field"),
    [
        ("", "x", "title"),
        ("x" * 81, "x", "title"),
        ("x", "", "text"),
        ("x", "x" * 5001, "text"),
        ("x", "{password}", "text"),
    ],
)
def test_a_template_that_cannot_be_filled_in_is_not_kept(desk: Desk, title, words, field):
    with pytest.raises(BadMessage) as refused:
        desk.do(desk["pupr1"], lambda s: messages.add_template(s, title, words))
    assert refused.value.field == field


def test_a_stranger_to_the_house_sees_no_colleague(desk: Desk, road: Case):
    for scope in (Scope("planner", user_id=1), Scope("reporter", call_id=road.call)):
        rows = desk.do(scope, lambda s: s.execute(text("SELECT * FROM colleagues(1)")).all())
        assert rows == []
