"""The dispatch board: who goes, by keyboard and mouse; what must be heard; many at once."""

import re
import uuid
from datetime import timedelta
from typing import Any

from playwright.sync_api import Page, expect
from sqlalchemy import func, select, update

from dispatch.schema import Assignment, Incident, Unit
from tests.browser.conftest import Open, Watched
from tests.browser.test_every_page import SCROLL, serious
from tests.world import Server

PANGGANG = (110.667, -6.595)
GEMULUNG = (110.735, -6.70)
SRIKANDANG = (110.80, -6.55)
BAR = "#bar"


def test_a_unit_is_sent_by_keyboard_alone(server: Server, open_page: Open):
    page = board(server, open_page)
    number = report(page, "kesehatan", PANGGANG)
    card = page.locator(f'#queue [data-id="{number}"]')
    expect(card).to_contain_text("Gawat medis")

    page.keyboard.press(str(number)[0])
    expect(page.locator("#command")).to_be_focused()
    page.keyboard.type(f"{str(number)[1:]} > amb12")
    preview = page.locator("#command-preview")
    expect(preview).to_contain_text(re.compile(r"Kirim AMB-12 ke .*mnt"))
    page.keyboard.press("Enter")
    expect(preview).to_contain_text("Enter sekali lagi")
    assert sent_units(server, number) == []

    page.keyboard.press("Enter")
    expect(page.locator(BAR)).to_contain_text("AMB-12 dikirim")
    assert sent_units(server, number) == ["AMB-12"]
    expect(unit_card(page, "AMB-12")).to_have_attribute("data-state", "ditugaskan")
    expect(unit_card(page, "AMB-12")).to_contain_text(f"▸ {number}")


def test_a_digit_behind_the_arrow_picks_from_the_list(server: Server, open_page: Open):
    page = board(server, open_page)
    number = report(page, "kebakaran", PANGGANG)
    page.locator(f'#queue [data-id="{number}"]').click()
    second = page.locator(".choice:has(kbd:text-is('2')) b").first
    expect(second).to_be_visible()
    call_sign = second.inner_text()
    page.locator("#queue-title").click()
    page.keyboard.press("/")
    page.keyboard.type(f"{number} > 2")
    expect(page.locator("#command-preview")).to_contain_text(f"Kirim {call_sign} ke")
    page.keyboard.press("Escape")
    expect(page.locator("#command")).to_have_value("")
    assert sent_units(server, number) == []


def test_a_unit_is_dragged_on_a_card_and_on_the_map(server: Server, open_page: Open):
    page = board(server, open_page)
    on_card = report(page, "lalu_lintas", GEMULUNG)
    page.locator("#fleet-find").fill("AMB-05")
    unit_card(page, "AMB-05").drag_to(page.locator(f'#queue [data-id="{on_card}"]'))
    expect(page.locator(BAR)).to_contain_text("Kirim AMB-05 ke")
    assert sent_units(server, on_card) == []
    page.wait_for_timeout(300)  # the Enter of a hand that was still pressing does not count
    page.keyboard.press("Enter")
    expect(page.locator(BAR)).to_contain_text("AMB-05 dikirim")
    assert sent_units(server, on_card) == ["AMB-05"]

    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    on_map = report(page, "pohon_tumbang", SRIKANDANG)
    page.locator("#fleet-find").fill("DLH")
    spot = marker(page, SRIKANDANG)
    page.locator("#fleet .unit-card[draggable=true]").first.drag_to(
        page.locator("#map"), target_position=spot
    )
    expect(page.locator(BAR)).to_contain_text(re.compile("Kirim DLH-.* Pohon tumbang"))
    page.keyboard.press("Escape")
    expect(page.locator(BAR)).to_be_hidden()
    assert sent_units(server, on_map) == []


def test_an_order_without_answer_alarms_and_is_taken_over(server: Server, open_page: Open):
    every_order_is_answered(server)
    page = board(server, open_page)
    number = report(page, "kesehatan", GEMULUNG)
    answer = post(page, f"/api/incidents/{number}/assignments", {"unit": unit_id(server, "AMB-04")})
    let_the_time_run_out(server, answer["assignment"])

    strip = page.locator("#alarms")
    expect(strip).to_contain_text("AMB-04 belum menjawab", timeout=15_000)
    assert page.evaluate("() => window.tanggap.rung()") > 0
    page.locator("#queue-title").click()
    page.keyboard.press("g")
    button = page.get_by_role("button", name=re.compile("Gantikan dengan AMB-"))
    expect(button).to_be_focused()
    other = re.search(r"AMB-\d+", button.inner_text())
    assert other is not None
    page.keyboard.press("Enter")
    expect(page.locator(BAR)).to_contain_text(f"{other.group()} menggantikan AMB-04")
    page.wait_for_timeout(300)
    page.keyboard.press("Enter")
    expect(page.locator(BAR)).to_contain_text("menggantikan AMB-04, pukul")
    assert sent_units(server, number) == [other.group()]
    expect(strip).to_be_hidden()


def test_a_crew_in_danger_stands_above_all(server: Server, open_page: Open):
    page = board(server, open_page)
    number = report(page, "kepolisian", SRIKANDANG)
    late = post(page, f"/api/incidents/{number}/assignments", {"unit": unit_id(server, "POL-31")})
    let_the_time_run_out(server, late["assignment"])
    held = post(page, f"/api/incidents/{number}/assignments", {"unit": unit_id(server, "POL-32")})
    for state in ("diterima", "berangkat", "tiba"):
        post(page, f"/api/assignments/{held['assignment']}/state", {"state": state})
    expect(page.locator("#alarms")).to_contain_text("POL-31 belum menjawab", timeout=15_000)
    post(page, f"/api/assignments/{held['assignment']}/help", {"kind": "petugas_terancam"})

    first = page.locator("#alarms li").first
    expect(first).to_contain_text("POL-32: Petugas terancam")
    first.get_by_role("button", name="Sudah didengar").click()
    expect(page.locator("#alarms")).not_to_contain_text("POL-32")
    with server.world.as_owner() as session:
        seen = select(Assignment.help_seen_at).where(Assignment.id == held["assignment"])
        assert session.scalar(seen) is not None


def test_who_was_faster_is_told_and_the_next_is_offered(server: Server, open_page: Open):
    deaf = open_page(server)
    deaf.page.route("**/api/events*", lambda route: route.abort())
    page = deaf.login("dispatcher2", "/papan")
    other = open_page(server).login("operator1", "/konsol")
    number = report(other, "kesehatan", PANGGANG)
    page.reload()
    deaf.wait_until_ready()
    page.locator(f'#queue [data-id="{number}"]').click()
    button = page.locator("#case-choices button.send-unit").first
    expect(button).to_be_visible()
    unit = int(page.locator("#case-choices li[data-unit]").first.get_attribute("data-unit") or 0)
    post(other, f"/api/incidents/{number}/assignments", {"unit": unit})

    button.click()
    bar = page.locator(BAR)
    expect(bar).to_contain_text("baru saja dikirim oleh Wulan Sekarsari pukul")
    bar.get_by_role("button", name=re.compile(r"Kirim .*mnt")).click()
    expect(bar).to_contain_text("dikirim ke")
    assert len(sent_units(server, number)) == 2


def test_a_level_changed_meanwhile_says_who_and_when(server: Server, open_page: Open):
    deaf = open_page(server)
    deaf.page.route("**/api/events*", lambda route: route.abort())
    page = deaf.login("dispatcher1", "/papan")
    other = open_page(server).login("dispatcher2", "/papan")
    number = report(other, "kebakaran", SRIKANDANG)
    page.reload()
    deaf.wait_until_ready()
    page.locator(f'#queue [data-id="{number}"]').click()
    raising = page.get_by_role("button", name="Naikkan ke tingkat 2")
    expect(raising).to_be_visible()
    post(other, f"/api/incidents/{number}/level", {"level": 2, "version": version(server, number)})
    raising.click()
    page.wait_for_timeout(300)
    page.keyboard.press("Enter")
    expect(page.locator(BAR)).to_contain_text(
        re.compile("Baru saja diubah oleh Ratna Kusumawardani pukul")
    )


def test_many_at_once_are_proposed_kept_and_sent_by_another(server: Server, open_page: Open):
    page = board(server, open_page)
    for _ in range(2):
        report(page, "kesehatan", GEMULUNG)
    page.locator("#queue-title").click()
    page.keyboard.press("s")
    rows = page.locator("#sheet table.surge tbody tr")
    expect(rows.nth(1)).to_be_visible()
    before = orders(server)
    page.get_by_role("button", name="Simpan sebagai usulan").click()
    expect(page.locator("#kept")).to_contain_text("oleh Danang Wicaksono")
    assert orders(server) == before

    other = board(server, open_page, "dispatcher2")
    other.locator("#queue-title").click()
    other.keyboard.press("s")
    kept = other.locator("#kept")
    expect(kept).to_contain_text("oleh Danang Wicaksono")
    many = kept.locator("tbody tr").count()
    kept.get_by_role("button", name="Kirim usulan yang dicentang").click()
    expect(other.locator(BAR)).to_contain_text(f"Kirim {many} unit sekaligus?")
    other.wait_for_timeout(300)
    other.keyboard.press("Enter")
    expect(other.locator(BAR)).to_contain_text(f"{many} unit dikirim", timeout=30_000)
    assert orders(server) == before + many


def test_a_unit_long_unheard_is_an_area_and_no_dot(server: Server, open_page: Open):
    page = board(server, open_page)
    number = report(page, "kesehatan", SRIKANDANG)
    answer = post(page, f"/api/incidents/{number}/assignments", {"unit": unit_id(server, "AMB-16")})
    with server.world.as_owner() as session:
        now = server.world.parts.now()
        heard = {"fix_at": now - timedelta(minutes=9), "fix_received_at": now}
        session.execute(update(Unit).where(Unit.call_sign == "AMB-16").values(heard))
    for state in ("diterima", "berangkat"):
        post(page, f"/api/assignments/{answer['assignment']}/state", {"state": state})
    expect(unit_card(page, "AMB-16")).to_contain_text("posisi 9 menit lalu")
    drawn = page.evaluate(
        """async (id) => {
          const {map} = window.tanggap;
          const [dots, areas] = await Promise.all(
            ["units", "areas"].map((name) => map.getSource(name).getData()));
          return [dots, areas].map(({features}) => features.some((one) => one.id === id));
        }""",
        unit_id(server, "AMB-16"),
    )
    assert drawn == [False, True]


def test_the_reach_is_shaded_and_said(server: Server, open_page: Open):
    page = board(server, open_page)
    page.locator("#queue-title").click()
    page.keyboard.press("j")
    expect(page.locator("#sheet")).to_contain_text(re.compile(r"\d+ dari \d+ desa terjangkau"))
    page.wait_for_function(
        "() => window.tanggap.map.queryRenderedFeatures({layers: ['village-reach']}).length > 20"
    )
    page.keyboard.press("Escape")
    page.wait_for_function(
        "() => window.tanggap.map.queryRenderedFeatures({layers: ['village-reach']}).length === 0"
    )


def test_the_sea_is_closed_with_a_reason_and_opened_again(server: Server, open_page: Open):
    page = board(server, open_page)
    page.locator("#queue-title").click()
    page.keyboard.press("p")
    sea = page.locator("#sheet .passage").first
    expect(sea).to_contain_text("buka")
    sea.get_by_role("button", name="Tutup", exact=True).first.click()
    sea.get_by_label("Alasan").fill("ombak 2,5 m")
    sea.locator(".closing button").click()
    expect(sea).to_contain_text("ombak 2,5 m")
    expect(sea).to_contain_text("oleh Danang Wicaksono")
    sea.get_by_role("button", name="Buka lagi").first.click()
    sea.locator(".closing button").click()
    expect(sea.locator(".state")).to_have_text("buka")


def test_who_must_be_told_is_told_with_one_tap(server: Server, open_page: Open):
    page = board(server, open_page)
    number = report(page, "kebakaran", GEMULUNG)
    page.locator(f'#queue [data-id="{number}"]').click()
    tell = page.locator("#case-tell")
    tell.get_by_role("button", name="Sudah diberi tahu").first.click()
    expect(tell.locator(".met").first).to_contain_text("oleh Danang Wicaksono")


def test_news_moves_nothing_under_the_hand(server: Server, open_page: Open):
    page = board(server, open_page)
    first = report(page, "sampah", PANGGANG)
    card = page.locator(f'#queue [data-id="{first}"]')
    card.focus()
    other = open_page(server).login("operator2", "/konsol")
    number = report(other, "kebakaran", PANGGANG)
    expect(page.locator(f'#queue [data-id="{number}"]')).to_be_attached()
    expect(card).to_be_focused()
    page.keyboard.press("/")
    page.keyboard.type("7")
    again = report(other, "kebakaran", GEMULUNG)
    expect(page.locator(f'#queue [data-id="{again}"]')).to_be_attached()
    expect(page.locator("#command")).to_be_focused()
    expect(page.locator("#command")).to_have_value("7")


def test_the_queue_names_what_is_missing(server: Server, open_page: Open):
    page = board(server, open_page)
    number = report(page, "lalu_lintas", GEMULUNG)
    card = page.locator(f'#queue [data-id="{number}"]')
    expect(card).to_contain_text("kurang: 1 Ambulans, 1 Polisi")


def test_the_question_mark_lists_the_keys(server: Server, open_page: Open):
    page = board(server, open_page)
    page.locator("#queue-title").click()
    page.keyboard.press("?")
    expect(page.locator("#keys-list")).to_contain_text("Tangani alarm pertama")


def test_axe_finds_nothing_serious_and_a_phone_is_wide_enough(server: Server, open_page: Open):
    for scheme in ("light", "dark"):
        watched: Watched = open_page(server, color_scheme=scheme)
        page = watched.login("dispatcher1", "/papan")
        number = report(page, "kebakaran", PANGGANG)
        page.locator(f'#queue [data-id="{number}"]').click()
        expect(page.locator("#case-choices button.send-unit").first).to_be_visible()
        assert serious(page) == []
    phone = open_page(server, 360, 740, has_touch=True).login("dispatcher1", "/papan")
    assert phone.evaluate(SCROLL) <= 0


def board(server: Server, open_page: Open, login: str = "dispatcher1") -> Page:
    """The board, ready, with the first click that lets it sound."""
    page = open_page(server).login(login, "/papan")
    expect(page.locator("#fleet .unit-card").first).to_be_visible()
    return page


POST = """async ([path, body, key]) => {
  const headers = {
    "Content-Type": "application/json",
    "X-CSRF-Token": document.querySelector("meta[name=csrf-token]").content,
    ...(key ? {"Idempotency-Key": key} : {}),
  };
  const answer = await fetch(path, {method: "POST", headers, body: JSON.stringify(body)});
  return [answer.status, await answer.json()];
}"""


def post(page: Page, path: str, body: dict[str, Any], key: str | None = None) -> dict[str, Any]:
    """As the person of the page, past its buttons."""
    status, answer = page.evaluate(POST, [path, body, key])
    assert status < 300, answer
    return dict(answer)


def report(page: Page, category: str, spot: tuple[float, float]) -> int:
    """A call about something there; the number of its incident."""
    call = {
        "channel": "112",
        "class": "normal",
        "where": "dekat balai desa",
        "what": "kata pelapor",
        "category": category,
        "pin": {"lon": spot[0], "lat": spot[1]},
        "pinned_by": "petugas",
    }
    return int(post(page, "/api/calls", call, str(uuid.uuid4()))["incident"]["id"])


def unit_card(page: Page, call_sign: str) -> Any:
    """Its row among the units."""
    return page.locator(f'#fleet .unit-card:has(b:text-is("{call_sign}"))')


def marker(page: Page, spot: tuple[float, float]) -> dict[str, float]:
    """Where an incident is drawn, in pixels of the map."""
    page.evaluate("([lon, lat]) => window.tanggap.map.jumpTo({center: [lon, lat], zoom: 12})", spot)
    page.wait_for_function(
        """([lon, lat]) => {
          const {map} = window.tanggap;
          const at = map.project([lon, lat]);
          return map.queryRenderedFeatures(at, {layers: ["incidents"]}).length > 0;
        }""",
        arg=spot,
    )
    found = page.evaluate(
        "([lon, lat]) => {const p = window.tanggap.map.project([lon, lat]); return [p.x, p.y]}",
        spot,
    )
    return {"x": found[0], "y": found[1]}


def let_the_time_run_out(server: Server, assignment_id: int) -> None:
    """The crew had its thirty seconds."""
    with server.world.as_owner() as session:
        past = server.world.parts.now() - timedelta(seconds=1)
        due = update(Assignment).where(Assignment.id == assignment_id).values(ack_due_at=past)
        session.execute(due)


def every_order_is_answered(server: Server) -> None:
    """Those of other tests do not alarm."""
    with server.world.as_owner() as session:
        answered = {"state": "diterima", "accepted_at": server.world.parts.now()}
        session.execute(update(Assignment).where(Assignment.state == "ditugaskan").values(answered))


def unit_id(server: Server, call_sign: str) -> int:
    """Its number."""
    with server.world.as_owner() as session:
        return session.scalars(select(Unit.id).where(Unit.call_sign == call_sign)).one()


def version(server: Server, incident_id: int) -> int:
    """The version of an incident."""
    with server.world.as_owner() as session:
        return session.scalars(select(Incident.version).where(Incident.id == incident_id)).one()


def sent_units(server: Server, incident_id: int) -> list[str]:
    """Who is out for it."""
    with server.world.as_owner() as session:
        return list(
            session.scalars(
                select(Unit.call_sign)
                .join(Assignment, Assignment.unit_id == Unit.id)
                .where(Assignment.incident_id == incident_id, Assignment.released_at.is_(None))
                .where(Assignment.state != "diusulkan")
                .order_by(Assignment.id)
            )
        )


def orders(server: Server) -> int:
    """How many orders were ever given."""
    with server.world.as_owner() as session:
        given = select(func.count()).where(Assignment.state != "diusulkan")
        return session.scalar(given.select_from(Assignment)) or 0
