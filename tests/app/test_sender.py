"""The sender against real receivers: mail, webhooks, chats and browsers, with all their faults."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.header import decode_header, make_header
from pathlib import Path

import pytest
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from app import seal
from app.sender.lanes import NO_NUMBER, NO_WAY, Lane, Office, carry_all
from app.sender.settings import Gateway, Smtp, Ways
from dispatch import outbox
from dispatch.rules.tracking import call_of
from dispatch.scope import SENDER
from tests.app.receiver import MailServer, Receiver, mail_server
from tests.app.test_webpush import AUTH, THEIRS
from tests.cluster import SECRET
from tests.dispatch.outbox_house import PHONE, House
from tests.world import World

URL = "https://tanggap.example"
NOON = datetime(2026, 11, 23, 5, tzinfo=UTC)  # noon in WIB: nobody sleeps
# Told to the room with the call, or written about it; none of it may leave.
CANARIES = (PHONE, PHONE[1:], "81290001100", "di sana", "rahasia", "Karti", "Sari")


@pytest.fixture
def house(shared_world: World) -> Iterator[House]:
    """Nobody is told of anything yet; it is noon."""
    house = House(shared_world)
    house.empty()
    shared_world.parts.now = lambda: NOON
    yield house
    shared_world.parts.now = lambda: datetime.now(UTC)


def office(house: House, **ways) -> Office:
    """A sender that sends by these ways; its dice always show the middle."""
    return Office(
        house.world.parts, Ways(URL, mail_from="112@tanggap.example", **ways), chance=lambda: 0.5
    )


@contextmanager
def post_office(house: House, folder: Path) -> Iterator[tuple[MailServer, Office]]:
    """With a mail server."""
    with mail_server(folder / "mail") as server:
        port = int(server.url.rpartition(":")[2].partition("?")[0])
        yield server, office(house, smtp=Smtp("127.0.0.1", port, tls="none"))


def later(house: House, by: timedelta) -> None:
    """The clock goes on."""
    then = house.world.parts.now() + by
    house.world.parts.now = lambda: then


def rows(house: House) -> list[tuple[str, str, int, str | None]]:
    return [(r.template, r.state, r.tries, r.trouble) for r in house.outbox()]


def set_due(house: House) -> None:
    """What the database wrote at its own time is due now, by the clock of the test."""
    house.sql("UPDATE outgoing SET made_at = :now, next_at = :now", now=house.world.parts.now())


def test_a_disposition_comes_by_mail_in_plain_words(house: House, tmp_path: Path):
    house.subscribe("dpupr", "aduan@dpupr.example")
    with post_office(house, tmp_path) as (server, sender):
        ticket = house.case("jalan")
        house.forget()
        house.step(ticket, "didisposisi")
        set_due(house)
        uid = house.outbox()[0].uid
        assert carry_all(sender) == 1
        (mail,) = server.mails()
    assert mail["Message-ID"] == f"<{uid}@tanggap.example>"
    assert mail["To"] == "aduan@dpupr.example"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "pemberitahuan.tanggap.example" in mail["List-Id"]
    title = str(make_header(decode_header(mail["Subject"])))
    assert title == f"Tiket diteruskan: #{ticket} Jalan rusak"
    words = mail.get_payload(decode=True).decode()
    assert "diteruskan kepada DPUPR" in words
    assert f"{URL}/tiket/{ticket}" in words
    assert rows(house) == [("didisposisi", "terkirim", 0, None)]


def test_no_message_of_any_kind_tells_anything_private(house: House, tmp_path: Path):
    with Receiver() as machine, post_office(house, tmp_path) as (server, sender):
        secret = seal.seal(seal.new_secret(), SECRET)
        for agency in ("dpupr", None):
            house.subscribe(agency, "semua@x.example")
            house.subscribe(agency, machine.url, "webhook", secret=secret)
        house.subscribe("dp3ap2kb", "khusus@x.example")
        sender.ways = Ways(URL, smtp=sender.ways.smtp, mail_from="a@x.example", hooks_loopback=True)
        ticket, sensitive = house.case("jalan"), house.case("kdrt", login="operator3")
        for number in (ticket, sensitive):
            house.say(number, "tanggapan")
            house.say(number, "jawaban")
            house.step(number, "dibuka_kembali", reason="Bu Karti minta")
        set_due(house)
        carry_all(sender)
        mails = [str(mail) + mail.get_payload(decode=True).decode() for mail in server.mails()]
        posts = [heard.body.decode() + str(heard.headers) for heard in machine.heard]
    assert len(mails) >= 5
    assert len(posts) >= 4
    for told in (*mails, *posts):
        assert [canary for canary in CANARIES if canary in told] == []
    special = [told for told in mails if "khusus@x.example" in told]
    assert special
    for told in special:
        assert "prioritas khusus" in told.replace("=\n", "")
        assert f"/tiket/{sensitive}" not in told
        assert "ekerasan" not in told
    assert [told for told in posts if "kdrt" in told or f'"ticket":{sensitive},' in told] == []


def test_a_mail_server_that_is_away_is_tried_again_with_growing_waits(house: House, tmp_path: Path):
    house.subscribe("dpupr", "aduan@dpupr.example")
    house.case("jalan")
    set_due(house)
    away = office(house, smtp=Smtp("127.0.0.1", 1, tls="none"))
    carry_all(away)
    row = house.outbox()[0]
    assert (row.state, row.tries) == ("menunggu", 1)
    assert row.next_at == NOON + timedelta(seconds=1)
    for wait_s in (1, 4, 16):
        later(house, timedelta(seconds=wait_s))
        carry_all(away)
    assert house.outbox()[0].tries == 4
    with post_office(house, tmp_path) as (server, sender):
        later(house, timedelta(seconds=64))
        carry_all(sender)
        assert len(server.mails()) == 1
    assert rows(house) == [("tiket_baru", "terkirim", 4, None)]


def test_after_twelve_tries_it_is_a_dead_letter_that_knocks_and_can_be_sent_again(
    house: House, tmp_path: Path
):
    house.subscribe("dpupr", "aduan@dpupr.example", events=["tiket_baru"])
    house.subscribe(None, "ruang@x.example", events=["surat_mati"])
    house.case("jalan")
    set_due(house)
    away = office(house, smtp=Smtp("127.0.0.1", 1, tls="none"))
    for _ in range(12):
        carry_all(away)
        later(house, timedelta(minutes=46))
        house.sql("UPDATE outgoing SET made_at = :now WHERE state = 'menunggu'",
                  now=house.world.parts.now())  # fmt: skip
    dead = house.outbox("state = 'mati' AND template = 'tiket_baru'")
    assert [row.tries for row in dead] == [12]
    assert house.one("SELECT count(*) FROM log_entry WHERE kind = 'message.dead'") >= 1
    assert house.one("SELECT count(*) FROM notice WHERE kind = 'surat_mati'") >= 2
    assert house.outbox("template = 'surat_mati'")

    client = house.world.client("dispatcher1")
    assert client.post(f"/api/outbox/{dead[0].id}/again", json={}).status_code == 200
    with post_office(house, tmp_path) as (server, sender):
        carry_all(sender)
        assert f"<{dead[0].uid}@tanggap.example>" in {m["Message-ID"] for m in server.mails()}


def test_an_address_that_does_not_exist_is_dead_at_once_and_a_full_one_is_not(
    house: House, tmp_path: Path
):
    house.subscribe("dpupr", "tidak-ada@dpupr.example", events=["tiket_baru"])
    house.subscribe("dpupr", "penuh@dpupr.example", events=["tiket_baru"])
    house.subscribe("dpupr", "ada@dpupr.example", events=["tiket_baru"])
    house.case("jalan")
    set_due(house)
    with post_office(house, tmp_path) as (server, sender):
        server.doorman.refuse = {
            "tidak-ada@dpupr.example": "550 no such user",
            "penuh@dpupr.example": "452 mailbox full",
        }
        carry_all(sender)
        assert [mail["To"] for mail in server.mails()] == ["ada@dpupr.example"]
    states = {row.to: (row.state, row.trouble) for row in house.outbox()}
    assert states["tidak-ada@dpupr.example"] == ("mati", "ditolak server penerima (550)")
    assert states["penuh@dpupr.example"] == ("menunggu", "ditolak server penerima (452)")


def test_a_webhook_is_signed_as_the_standard_says(house: House):
    key = seal.new_secret()
    with Receiver() as machine:
        house.subscribe("dpupr", machine.url + "/terima", "webhook", secret=seal.seal(key, SECRET))
        ticket = house.case("jalan")
        house.world.parts.now = lambda: datetime.now(UTC)
        set_due(house)
        carry_all(office(house, hooks_loopback=True))
        (heard,) = machine.heard
    told = Webhook(key).verify(heard.body, heard.headers)
    assert told["type"] == "tiket.tiket_baru"
    assert told["data"]["ticket"] == ticket
    assert heard.headers["webhook-id"] == house.outbox()[0].uid
    for change in ({"webhook-id": "other"}, {"webhook-timestamp": "1700000000"}):
        with pytest.raises(WebhookVerificationError):
            Webhook(key).verify(heard.body, heard.headers | change)
    with pytest.raises(WebhookVerificationError):
        Webhook(key).verify(heard.body.replace(b"jalan", b"jalen"), heard.headers)


def test_while_a_secret_changes_the_old_and_the_new_one_both_fit(house: House):
    old, new = seal.new_secret(), seal.new_secret()
    with Receiver() as machine:
        house.subscribe("dpupr", machine.url, "webhook", secret="TANGGAP_HOOK_DPUPR")
        house.case("jalan")
        house.world.parts.now = lambda: datetime.now(UTC)
        set_due(house)
        secrets = {"TANGGAP_HOOK_DPUPR": f"{new} {old}"}
        carry_all(office(house, hooks_loopback=True, hook_secrets=secrets))
        (heard,) = machine.heard
    for key in (old, new):
        Webhook(key).verify(heard.body, heard.headers)


def test_a_receiver_with_faults_gets_it_in_the_end_and_knows_it_by_its_id(house: House):
    with Receiver(faults=["500", "hang", "drop", "503"], hang_s=4) as machine:
        house.subscribe(
            "dpupr", machine.url, "webhook", secret=seal.seal(seal.new_secret(), SECRET)
        )
        house.case("jalan")
        set_due(house)
        sender = office(house, hooks_loopback=True)
        for _ in range(6):
            carry_all(sender)
            later(house, timedelta(minutes=10))
        assert len(machine.heard) == 5
        assert len({heard.headers["webhook-id"] for heard in machine.heard}) == 1
        assert len({heard.body for heard in machine.heard}) == 1, "the same, byte for byte"
    assert rows(house) == [("tiket_baru", "terkirim", 4, None)]


def test_a_receiver_that_refuses_the_line_is_tried_again_and_410_ends_it(house: House):
    with Receiver() as machine:
        house.subscribe(
            "dpupr", machine.url, "webhook", secret=seal.seal(seal.new_secret(), SECRET)
        )
        closed = machine.url
    house.case("jalan")
    set_due(house)
    carry_all(office(house, hooks_loopback=True))
    assert [(r.state, r.tries) for r in house.outbox()] == [("menunggu", 1)], closed
    with Receiver() as machine:
        machine.answer(410, {})
        house.sql('UPDATE outgoing SET "to" = :url', url=machine.url)
        house.sql('UPDATE subscription SET "to" = :url', url=machine.url)
        later(house, timedelta(minutes=1))
        carry_all(office(house, hooks_loopback=True))
    assert [(r.state, r.trouble) for r in house.outbox()] == [("mati", "penerima menjawab 410")]


def test_a_webhook_into_our_own_network_is_dead_at_once(house: House):
    with Receiver() as machine:
        inside = machine.url.replace("http:", "https:")
        house.subscribe("dpupr", inside, "webhook", secret=seal.seal(seal.new_secret(), SECRET))
        house.case("jalan")
        set_due(house)
        carry_all(office(house))
        assert machine.heard == []
    assert [r.state for r in house.outbox()] == ["mati"]


def test_telegram_and_whatsapp_go_through_the_gateways_of_the_settings(house: House):
    """The receiver only behaves like them: no test here speaks with the real ones."""
    with Receiver() as gateway:
        ways = {
            "telegram": Gateway(gateway.url, "42:token"),
            "whatsapp": Gateway(gateway.url + "/v21.0/1555", "token"),
        }
        house.subscribe("dpupr", "-100123456", "telegram", events=["tiket_baru"])
        house.subscribe(None, "pelapor", "whatsapp")
        ticket = house.case("jalan")
        house.say(ticket, "jawaban")
        set_due(house)
        carry_all(office(house, **ways))
        chat, phone = sorted(gateway.heard, key=lambda heard: heard.path)
    assert chat.path == "/bot42:token/sendMessage"
    assert json.loads(chat.body)["chat_id"] == "-100123456"
    assert phone.path == "/v21.0/1555/messages"
    assert phone.headers["authorization"] == "Bearer token"
    told = json.loads(phone.body)
    assert told["to"] == "62" + PHONE[1:]
    words = told["text"]["body"]
    assert "rahasia" not in words
    code = words.rpartition("/lacak/")[2].strip()
    call = house.one("SELECT max(id) FROM call")
    assert call_of(code, house.world.parts.tracking_key) == call
    looks = house.sql("SELECT call_id, facts FROM log_entry WHERE kind = 'contact.read'")
    assert [(look.call_id, look.facts) for look in looks][-1] == (call, {"reason": "dijawab"})


def test_what_has_no_way_or_no_number_is_dropped_without_an_alarm(house: House):
    house.subscribe(None, "pelapor", "whatsapp")
    ticket = house.case("jalan", phone=None)
    house.say(ticket, "jawaban")
    set_due(house)
    before = house.one("SELECT count(*) FROM log_entry WHERE kind = 'contact.read'")
    carry_all(office(house))
    assert rows(house) == [("dijawab", "batal", 0, NO_WAY)]
    house.sql("UPDATE outgoing SET state = 'menunggu'")
    set_due(house)
    with Receiver() as gateway:
        carry_all(office(house, whatsapp=Gateway(gateway.url, "token")))
        assert gateway.heard == []
    assert rows(house) == [("dijawab", "batal", 0, NO_NUMBER)]
    assert house.one("SELECT count(*) FROM log_entry WHERE kind = 'contact.read'") == before


def test_a_browser_that_has_left_is_asked_no_more(house: House):
    with Receiver() as service:
        service.answer(410, {})
        browser = house.browser("pupr1", service.url)
        house.sql(
            "UPDATE push_subscription SET p256dh = :key, auth = :auth",
            key=THEIRS,
            auth=AUTH,
        )
        house.case("jalan")
        set_due(house)
        carry_all(office(house, hooks_loopback=True))
        assert len(service.heard) == 1
    assert [r.state for r in house.outbox()] == ["batal"]
    assert house.one("SELECT gone_at FROM push_subscription WHERE id = :id", id=browser) is not None


def test_a_flood_becomes_one_mail_and_the_night_waits(house: House, tmp_path: Path):
    house.subscribe("dpupr", "aduan@dpupr.example", events=["didisposisi"])
    ticket = house.case("jalan")
    for _ in range(9):
        house.step(ticket, "didisposisi")
    night = datetime(2026, 11, 23, 15, tzinfo=UTC)  # 22.00 WIB
    house.world.parts.now = lambda: night
    set_due(house)
    with post_office(house, tmp_path) as (server, sender):
        carry_all(sender)
        assert server.mails() == []
        later(house, timedelta(hours=8))
        carry_all(sender)
        (mail,) = server.mails()
        title = str(make_header(decode_header(mail["Subject"])))
        assert title == "Ikhtisar: 9 pemberitahuan"
        assert f"#{ticket}" in mail.get_payload(decode=True).decode()
    states = [(r.template, r.state) for r in house.outbox()]
    assert states == [("didisposisi", "batal")] * 9 + [("ikhtisar", "terkirim")]


def test_what_a_dead_sender_held_is_sent_alone_under_its_own_id(house: House, tmp_path: Path):
    """It may have arrived: within a digest nobody would know it again."""
    house.subscribe("dpupr", "aduan@dpupr.example", events=["tiket_baru", "didisposisi"])
    ticket = house.case("jalan")
    set_due(house)
    held = house.outbox()[0]
    with post_office(house, tmp_path) as (server, sender):
        dead = Lane(sender, "surel")
        dead._send = lambda _: (_ for _ in ()).throw(SystemExit)  # as if killed at that moment
        with pytest.raises(SystemExit):
            dead.round()
        for _ in range(9):
            house.step(ticket, "didisposisi")
        house.sql("UPDATE outgoing SET made_at = :now, next_at = :now WHERE id <> :id",
                  now=NOON, id=held.id)  # fmt: skip
        carry_all(sender)
        later(house, timedelta(seconds=61))
        carry_all(sender)
        ids = [mail["Message-ID"] for mail in server.mails()]
    assert ids.count(f"<{held.uid}@tanggap.example>") == 1
    assert len(ids) == 2, "itself, and one digest of the nine"


def test_two_senders_never_hold_the_same_message(house: House):
    for number in range(30):
        house.subscribe("dpupr", f"{number}@dpupr.example")
    house.case("jalan")
    set_due(house)
    rules = house.world.parts.regency.notices.quiet
    with house.world.as_scope(SENDER) as one, house.world.as_scope(SENDER) as other:
        mine = outbox.take(one, "surel", NOON, rules, most=12)
        theirs = outbox.take(other, "surel", NOON, rules, most=12)
        assert len(mine) == 12
        assert {m.id for m in mine}.isdisjoint({t.id for t in theirs})
