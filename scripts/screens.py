"""Takes a picture of every screen, in both languages, wide and on a phone, into docs/img.

    python scripts/screens.py [NAME ...]

Starts a demonstration of its own (a throw-away cluster, an invented day, a server on a free port)
and a Chromium without network; NAME: only these screens. Writes the gallery docs/layar.md, too.
"""

# ruff: noqa: T201 - what it prints is what it is for

import io
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from PIL import Image  # noqa: E402
from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402
from sqlalchemy import text  # noqa: E402

from dispatch import tally  # noqa: E402
from dispatch.demo.day import load_day  # noqa: E402
from dispatch.ground import Ground  # noqa: E402
from dispatch.rules.tracking import code_of  # noqa: E402
from dispatch.scope import TIMER  # noqa: E402
from tests.benches import crowd_incidents  # noqa: E402
from tests.browser.conftest import ARGUMENTS, READY  # noqa: E402
from tests.cluster import admin_url, database  # noqa: E402
from tests.dispatch.facts.archive import Archive  # noqa: E402
from tests.world import Server, World, make_world, serve  # noqa: E402

IMAGES = ROOT / "docs/img"
MOST_BYTES = 120_000
WIDE, PHONE, SHEET = (1366, 768), (360, 740), (900, 1180)
ANSWERED = "() => document.querySelector('#answer').getAttribute('aria-busy') !== 'true'"
STILL_MS = 2_500  # for a map to draw, a stream to say that it is there
OFFICER = "pupr1"
WALL = "/dinding?layar=penuh"
VILLAGE = "33.20.11.2010"  # a digital village of the demonstration
CORNER = (VILLAGE, "33.20.11.2009", "33.20.11.2011")  # side by side
CASES, GATHERED = 6000, 240


@dataclass(frozen=True, slots=True)
class Screen:
    """A page as somebody sees it; `paper`: a sheet, no phone; `night`: a second picture.

    archive   taken when two years of invented cases lie behind the day: for who looks back
    """

    name: str
    login: str | None
    path: str
    title: str
    night: bool = False
    paper: bool = False
    phone: bool = True
    archive: bool = False


SCREENS = (
    Screen("peta", "bupati", "/peta", "Peta beban: desa, gugus kejadian, unit", night=True),
    Screen("konsol", "operator1", "/konsol", "Konsol penerima panggilan"),
    Screen("papan", "dispatcher1", "/papan", "Papan dispatcher"),
    Screen("daftar", "dispatcher1", "/daftar", "Daftar kejadian"),
    Screen("dinding", "dinding", f"{WALL}&tema=siang", "Layar dinding", phone=False),
    Screen("dinding-malam", "dinding", f"{WALL}&tema=malam", "Layar dinding, malam", phone=False),
    Screen("desa", "tegalsambi", "/desa", "Halaman desa", night=True),
    Screen("tugas", "ambulans", "/tugas", "Tugas kru"),
    Screen("laporan", "dispatcher1", "/laporan", "Cetak dan unduh"),
    Screen("lembar-beban", "dispatcher1", "/laporan/beban", "Cetak: beban per desa", paper=True),
    Screen("lembar-kejadian", "dispatcher1", "/laporan/kejadian", "Cetak: kejadian", paper=True),
    Screen("lembar-desa", "tegalsambi", f"/laporan/desa/{VILLAGE}", "Cetak: desa", paper=True),
    Screen("poster", "tegalsambi", f"/laporan/desa/{VILLAGE}/poster", "Poster desa", paper=True),
    Screen("kotak", "pupr1", "/kotak", "Kotak tiket instansi", night=True),
    Screen("kotak-ruang", "operator1", "/kotak", "Kotak tiket ruang 112"),
    Screen(
        "tiket", "pupr1", "/tiket/{ticket}", "Satu tiket: langkah, jam, bukti, kata", night=True
    ),
    Screen("angka-instansi", "pupr1", "/kotak/angka", "Angka instansi sendiri"),
    Screen("pimpinan", "bupati", "/pimpinan", "Halaman pimpinan", night=True),
    Screen("mingguan", "bupati", "/laporan/mingguan", "Cetak: laporan mingguan", paper=True),
    Screen(
        "analisis",
        "perencana",
        "/analisis?method=jumlah",
        "Analisis: titik rawan",
        night=True,
        archive=True,
    ),
    Screen(
        "analisis-petak",
        "perencana",
        "/analisis?method=jumlah&unit=heksagon&cell_m=5000",
        "Analisis: jumlah per petak segi enam",
        archive=True,
    ),
    Screen("jangkauan", "perencana", "/analisis/jangkauan", "Analisis: jangkauan bantuan"),
    Screen("andai", "perencana", "/analisis/andai", "Analisis: andai-andai"),
    Screen("tanggap", "bupati", "/analisis/tanggap", "Analisis: waktu tanggap"),
    Screen("kontak", "operator1", "/kontak", "Siapa yang dihubungi"),
    Screen("pemberitahuan", "dispatcher1", "/pemberitahuan", "Siapa yang diberi tahu"),
    Screen("sp4n", "dispatcher1", "/sp4n", "SP4N-LAPOR: berkas, perbandingan, laporan 112"),
    Screen(
        "laporan-112", "dispatcher1", "/sp4n/laporan-112", "Cetak: panggilan sebulan", paper=True
    ),
    Screen("lacak", None, "/lacak", "Lacak laporan: nomor"),
    Screen("laporan-saya", None, "/lacak/{code}", "Lacak laporan: apa jadinya", night=True),
    Screen("pekerjaan", None, "/pekerjaan/{token}", "Tautan untuk rekanan"),
    Screen("tanda-terima", "operator1", "/laporan/tanda-terima/{call}", "Tanda terima", paper=True),
    Screen("pengguna", "admin", "/pengguna", "Pengguna"),
    Screen("catatan", "pdp", "/catatan", "Catatan"),
    Screen("masuk", None, "/masuk", "Masuk"),
    Screen("publik", None, "/publik", "Peta untuk umum", night=True),
    Screen("angka", None, "/publik/angka", "Angka untuk umum, tanpa peta"),
    Screen("sematan", None, f"/sematan/{VILLAGE}", "Peta kecil untuk situs desa"),
)


def main(names: list[str]) -> int:
    """Exit code 1 when a page could not be taken."""
    chosen = [s for s in SCREENS if not names or s.name in names]
    chosen.sort(key=lambda screen: screen.archive)
    IMAGES.mkdir(exist_ok=True)
    failed = 0
    with demonstration() as (server, found), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        filled = False
        for screen in chosen:
            if screen.archive and not filled:
                fill_archive(server.world)
                filled = True
            for lang in ("id", "en"):
                try:
                    take(browser, server, replace(screen, path=screen.path.format(**found)), lang)
                except Exception as error:  # the other screens shall have theirs
                    failed += 1
                    print(f"{screen.name} {lang}: {type(error).__name__}: {str(error)[:200]}")
        browser.close()
    gallery()
    return int(failed > 0)


@contextmanager
def demonstration() -> Iterator[tuple[Server, dict[str, Any]]]:
    """A server over an invented day, and what the paths of some pages need of it."""
    with (
        admin_url() as admin,
        database(admin, "filled") as name,
        tempfile.TemporaryDirectory() as folder,
    ):
        world = make_world(admin, name, Path(folder))
        try:
            _play(world)
            found = _find(world)
            with serve(world, workers=2) as server:
                yield server, found
        finally:
            world.close()


def _play(world: World) -> None:
    with world.as_owner() as session:
        ground = Ground.read(session, world.parts.regency)
        load_day(session, ground, datetime.now(UTC), phone_key=world.parts.phone_key)
    with world.as_scope(TIMER) as session:  # the figures of agencies
        while tally.refresh(session, ground):
            pass


def fill_archive(world: World) -> None:
    """Two years of cases, and in three villages of one corner more of one kind than elsewhere."""
    crowd_incidents.fill(world.owner_url, CASES)
    archive, now = Archive(world), datetime.now(UTC)
    for nth in range(GATHERED):
        archive.add(CORNER[nth % len(CORNER)], "jalan", now - timedelta(days=1 + nth % 85))


# The ticket with the most to be seen, of the agency whose officer looks.
_TICKET = text(
    "SELECT t.id, min(c.id) AS call FROM ticket AS t"
    "  JOIN agency AS a ON a.id = t.agency_id"
    "  JOIN app_user AS u ON u.agency_id = a.id AND u.login = :login"
    "  JOIN call AS c ON c.incident_id = t.incident_id"
    " WHERE t.demo AND t.closed_at IS NULL"
    " GROUP BY t.id ORDER BY (SELECT count(*) FROM ticket_message AS m WHERE m.ticket_id = t.id)"
    "  + t.proofs DESC, t.id LIMIT 1"
)


# A report that was answered, whosever it is.
_REPORT = text(
    "SELECT min(c.id) FROM call AS c JOIN ticket AS t ON t.incident_id = c.incident_id"
    " WHERE t.demo AND t.state = 'menunggu_tanggapan' AND t.proofs > 0"
)


def _find(world: World) -> dict[str, Any]:
    """A ticket with a contractor's token for it, and a report with the reporter's code."""
    with world.as_owner() as session:
        row = session.execute(_TICKET, {"login": OFFICER}).one()
        call = session.scalar(_REPORT) or row.call
    made = world.client(OFFICER).post(
        f"/api/tickets/{row.id}/links", json={"name": "CV Contoh", "days": 5, "note": "Bawa rambu."}
    )
    token = made.get_json()["url"].rsplit("/", 1)[1]
    code = code_of(call, world.parts.tracking_key)
    return {"ticket": row.id, "call": call, "code": code, "token": token}


def take(browser: Browser, server: Server, screen: Screen, lang: str) -> None:
    """Wide, by night where there is one, and on a phone."""
    width, height = SHEET if screen.paper else WIDE
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="light", locale=lang
    )
    page = context.new_page()
    try:
        _go(server, page, screen, lang)
        keep(page, f"{screen.name}-{lang}")
        if screen.night:
            page.emulate_media(color_scheme="dark")
            page.wait_for_timeout(STILL_MS)
            keep(page, f"{screen.name}-{lang}-malam")
            page.emulate_media(color_scheme="light")
        if screen.phone and not screen.paper:
            page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
            page.wait_for_timeout(STILL_MS)
            keep(page, f"{screen.name}-{lang}-hp")
    finally:
        context.close()


def _go(server: Server, page: Page, screen: Screen, lang: str) -> None:
    query = "&" if "?" in screen.path else "?"
    if screen.login is not None:
        server.login(page, screen.login)
        _speak(server, page, lang)
    public = screen.login is None and screen.path != "/masuk"
    if screen.path == "/masuk":
        page.goto(server.url + screen.path)
        _speak(server, page, lang)
    page.goto(server.url + screen.path + (f"{query}lang={lang}" if public else ""))
    page.wait_for_load_state("load")
    if page.locator("#map").count() and page.evaluate("() => 'tanggap' in window"):
        page.evaluate(READY)
    if page.locator("#answer").count():
        page.wait_for_function(ANSWERED, timeout=120_000)
    page.wait_for_timeout(STILL_MS)


def _speak(server: Server, page: Page, lang: str) -> None:
    """As the switch in the menu does."""
    token = page.locator('meta[name="csrf-token"]').get_attribute("content") or ""
    answer = page.request.post(
        f"{server.url}/bahasa",
        form={"lang": lang, "csrf_token": token},
        headers={"Referer": f"{server.url}/"},
    )
    if not answer.ok:
        raise RuntimeError(f"/bahasa: {answer.status}")


def keep(page: Page, name: str) -> None:
    """The picture with as many colours as fit into MOST_BYTES; a smaller one rather than few."""
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    for colours, scale in ((256, 1.0), (128, 1.0), (96, 1.0), (128, 0.8), (128, 0.7), (96, 0.6)):
        size = round(shot.width * scale), round(shot.height * scale)
        small = shot.resize(size, Image.Resampling.LANCZOS) if scale < 1 else shot
        out = io.BytesIO()
        small.quantize(colours, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        if out.tell() <= MOST_BYTES:
            break
    (IMAGES / f"{name}.png").write_bytes(out.getvalue())
    print(f"{name}.png {out.tell() // 1000} kB, {colours} colours, {scale:g}", flush=True)


def gallery() -> None:
    """docs/layar.md: what there is, by screen."""
    lines = [
        "# Layar\n",
        "Semua layar Tanggap, dalam dua bahasa, lebar dan di ponsel (360 titik). Semua isinya",
        "karangan (peragaan). Dibuat oleh `python scripts/screens.py`.\n",
    ]
    for screen in SCREENS:
        lines.append(f"## {screen.title}\n")
        named = {"ticket": "NOMOR", "code": "NOMOR-LAPORAN", "token": "TAUTAN", "call": "NOMOR"}
        lines.append(f"`{screen.path.partition('?')[0].format(**named)}`\n")
        lines += [_shown(screen, variant) for variant in ("", "-malam") if _there(screen, variant)]
        if _there(screen, "-hp"):
            lines.append(_shown(screen, "-hp", width=220))
    (ROOT / "docs/layar.md").write_text("\n".join(lines).rstrip() + "\n")


def _there(screen: Screen, variant: str) -> bool:
    return (IMAGES / f"{screen.name}-id{variant}.png").is_file()


def _shown(screen: Screen, variant: str, width: int = 440) -> str:
    kinds = {"": "lebar", "-malam": "malam", "-hp": "ponsel"}
    pictures: list[Any] = [
        f'<img src="img/{screen.name}-{lang}{variant}.png" width="{width}"'
        f' alt="{screen.title}, {kinds[variant]}, {words}">'
        for lang, words in (("id", "Indonesia"), ("en", "Inggris"))
        if (IMAGES / f"{screen.name}-{lang}{variant}.png").is_file()
    ]
    return " ".join(pictures) + "\n"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
