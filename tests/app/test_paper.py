"""Prints: whole in themselves, cut to who asks, and deaf to names that would be scripts."""

import re
from datetime import timedelta

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from app.paper.scale import SHADES, scale_for
from tests.app.canaries import PANGGANG, TEGALSAMBI, inside
from tests.app.conftest import Office

HOSTILE = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "`${alert(1)}`",
    "');alert(1);//",
    '"><svg onload=alert(1)>',
    "</title></style><script>alert(1)</script>",
    "{{ 7 * 7 }}",
]
PRINTS = ["/laporan/beban", "/laporan/kejadian", f"/laporan/desa/{TEGALSAMBI}"]


@pytest.fixture(scope="module")
def town(office: Office) -> Office:
    """Three cases in Tegalsambi, one of them sensitive, one closed; one in Panggang."""
    take(office, "kebakaran", TEGALSAMBI, "gudang kayu timur")
    take(office, "jalan", TEGALSAMBI, "jalan raya barat")
    take(office, "kdrt", TEGALSAMBI, "rumah ketiga", login="operator3")
    done = take(office, "jalan", PANGGANG, "depan pasar")
    answer = office.client("dispatcher1").post(
        f"/api/incidents/{done}/close", json={"outcome": "ganda", "version": 1}
    )
    assert answer.status_code == 200
    return office


def take(office: Office, category: str, village: str, where: str, login: str = "operator1") -> int:
    """The id of a new case inside the village."""
    body = {"where": where, "category": category, "pin": inside(office, village)}
    key = {"Idempotency-Key": f"paper-{category}-{where}"}
    answer = office.client(login).post("/api/calls", json=body, headers=key)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return int(answer.get_json()["incident"]["id"])


def page(office: Office, path: str, login: str = "dispatcher1", status: int = 200) -> str:
    answer = office.client(login).get(path)
    assert answer.status_code == status, answer.get_data(as_text=True)[:600]
    return answer.get_data(as_text=True)


def own_part(html: str) -> str:
    """Without Leaflet, which is ours but not our writing."""
    html = re.sub(r"<script>/\* @preserve.*?</script>", "", html, flags=re.DOTALL)
    return re.sub(r"/\*.*?\*/", "", html, flags=re.DOTALL)  # comments of its style sheet


def words_of(html: str) -> str:
    """What a reader sees: no scripts, no styles, no marks."""
    bare = re.sub(r"<(script|style|title)\b.*?</\1>", " ", own_part(html), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", bare).split())


@pytest.mark.parametrize("path", [*PRINTS, f"/laporan/desa/{TEGALSAMBI}/poster"])
def test_a_print_fetches_nothing(town: Office, path: str):
    html = page(town, path)
    assert not re.search(r"<(script|img|iframe)\b[^>]+src=", html)
    assert not re.search(r"<link\b", html)
    assert not re.search(r"@import|url\(\s*[\"']?(https?:)?//", html)
    without = own_part(html).replace("http://www.w3.org", "")
    assert not re.search(r"https?://", without)
    assert "default-src 'none'" in html


def test_the_load_stands_in_the_map_and_as_words(town: Office):
    html = page(town, "/laporan/beban")
    assert "Tegalsambi, Kec. Tahunan: 2 terbuka" in html  # the room may not count the third
    assert "Tegalsambi Tahunan 2" in words_of(html)
    assert "2 laporan terbuka di 1 desa" in words_of(html)


def test_a_measure_can_be_chosen_and_people_may_be_unknown(town: Office):
    assert "Laporan lewat waktu" in page(town, "/laporan/beban?measure=late")
    assert "penduduk belum diketahui" in page(town, "/laporan/beban?measure=per_1000")
    with town.as_owner() as session:
        session.execute(
            text("INSERT INTO village_facts VALUES (:code, 4000, 'tes') ON CONFLICT DO NOTHING"),
            {"code": TEGALSAMBI},
        )
    html = page(town, "/laporan/beban?measure=per_1000")
    assert "Tegalsambi, Kec. Tahunan: 0,5 terbuka per 1.000 penduduk" in html


def test_without_days_the_open_ones_and_with_days_the_closed_as_well(town: Office):
    assert "2 kejadian terbuka" in words_of(page(town, "/laporan/kejadian"))
    today = (town.parts.now() - timedelta(days=1)).date()
    html = words_of(page(town, f"/laporan/kejadian?from={today}"))
    assert "3 kejadian, 2 masih terbuka" in html
    assert "Panggang" in html
    late = words_of(page(town, f"/laporan/kejadian?from={today}&late=1"))
    assert "Tidak ada kejadian yang cocok" in late
    before = words_of(page(town, "/laporan/kejadian?to=2020-01-01"))
    assert "Tidak ada kejadian yang cocok" in before


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("as=doc", "as: beri salah satu dari html, png, pdf"),
        ("from=kemarin", "from: beri hari seperti 2026-11-22"),
        ("from=2026-11-22&to=2026-11-01", "hari pertama harus sebelum"),
        ("from=2026-11-22&hours=3", "jangan keduanya"),
        ("from=0001-01-01", "tahun antara"),
        ("measure=x", "measure: beri salah satu"),
        ("category=tidak-ada", "category"),
        ("p=1&p=2", "given 2 times"),
        ("bbox=1,2,3,4", "not known here"),
    ],
)
def test_bad_words_are_named_with_what_would_be_right(town: Office, query: str, said: str):
    assert said in page(town, f"/laporan/kejadian?{query}", status=422)


def test_fields_left_open_in_the_form_are_no_error(town: Office):
    answer = town.client("dispatcher1").get("/laporan/kejadian?category=&from=&p=1&as=html")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/laporan/kejadian?p=1&as=html"
    chosen = town.client("dispatcher1").get(
        f"/laporan/desa?village={TEGALSAMBI}&print=poster&as=png"
    )
    assert chosen.headers["Location"] == f"/laporan/desa/{TEGALSAMBI}/poster?as=png"


def test_the_place_stands_only_before_who_may_see_it(town: Office):
    sheet = f"/laporan/desa/{TEGALSAMBI}"
    assert "gudang kayu timur" in page(town, sheet, "dispatcher1")
    for login in ("tegalsambi", "perencana"):
        html = page(town, sheet, login)
        assert "gudang kayu timur" not in html
        assert "rumah ketiga" not in html
    assert "rumah ketiga" not in page(town, "/laporan/kejadian", "dispatcher1")
    assert "Hanya kejadian yang menjadi tugas Anda" in page(town, "/laporan/kejadian", "dinkes1")
    assert "gudang kayu timur" not in page(town, "/laporan/kejadian", "dinkes1")


def test_a_planner_gets_figures_and_no_list(town: Office):
    html = words_of(page(town, f"/laporan/desa/{TEGALSAMBI}", "perencana"))
    assert "Terbuka 2" in html
    assert "Daftar" not in html
    page(town, "/laporan/kejadian", "perencana", status=403)


@pytest.mark.parametrize("rest", ["", "/poster"])
def test_a_village_head_gets_the_own_village_only(town: Office, rest: str):
    page(town, f"/laporan/desa/{TEGALSAMBI}{rest}", "tegalsambi")
    page(town, f"/laporan/desa/{PANGGANG}{rest}", "tegalsambi", status=403)
    page(town, f"/laporan/desa/99.99.99.9999{rest}", "tegalsambi", status=404)
    others = town.client("tegalsambi").get(f"/laporan/desa?village={PANGGANG}")
    assert others.status_code == 403


def test_a_village_head_sees_the_own_village_on_the_map_and_no_other(town: Office):
    html = page(town, "/laporan/beban", "tegalsambi")
    assert "Tegalsambi, Kec." in html
    assert "Panggang, Kec." not in html


def test_the_poster_leads_to_the_villages_page_by_the_address_one_came_by(town: Office):
    html = page(town, f"/laporan/desa/{TEGALSAMBI}/poster?paper=A3")
    code = segno.make(f"https://localhost/sematan/{TEGALSAMBI}", error="q", micro=False)
    drawn = code.svg_inline(border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr")
    assert drawn in html
    assert "size: A3" in html
    assert "Buka halaman ini lewat alamat" in html  # localhost is known to nobody else
    assert "Desa Tegalsambi" in words_of(html)


def test_a_hostile_name_stays_a_name(town: Office):
    name = " ".join(HOSTILE)
    paths = [*PRINTS, f"/laporan/desa/{TEGALSAMBI}/poster"]
    harmless = {path: own_part(page(town, path)) for path in paths}
    renamed(town, name)
    try:
        for path in paths:
            html = own_part(page(town, path))
            # As many scripts as with a harmless name, and the name nowhere as it came.
            assert html.count("<script") == harmless[path].count("<script")
            assert html.count("<svg") == harmless[path].count("<svg")
            assert "<img" not in html
            assert not [one for one in HOSTILE if "<" in one and one in html]
            for script in re.findall(r"<script>(.*?)</script>", html, re.DOTALL):
                bare = re.sub(r'"(?:[^"\\]|\\.)*"', '""', script)  # strings of JSON taken out
                assert "alert(1)" not in bare
    finally:
        renamed(town, "Tegalsambi")


def renamed(office: Office, name: str) -> None:
    """The village, its district and what a case says of its place, all of that name."""
    with office.as_owner() as session:
        session.execute(
            text("UPDATE village SET name = :name, district = :name WHERE code = :code"),
            {"name": name, "code": TEGALSAMBI},
        )
        session.execute(text("UPDATE incident SET place_text = :name"), {"name": name})
    office.parts.read_ground()


def test_the_index_offers_what_the_role_may_have(town: Office):
    head = page(town, "/laporan", "tegalsambi")
    assert 'action="/laporan/kejadian"' not in head
    assert "GeoPackage" not in head
    planner = page(town, "/laporan", "perencana")
    assert planner.count('value="gpkg"') == 1  # of the load only
    assert page(town, "/laporan", "dispatcher1").count('value="gpkg"') == 2


COUNTS = st.lists(st.integers(0, 100_000), min_size=1, max_size=200)


@given(COUNTS)
def test_every_count_has_one_shade_and_the_darkest_is_used(counts: list[int]):
    scale = scale_for(counts, whole=True)
    shades = [scale.shade(n) for n in counts]
    assert all((shade == 0) == (n == 0) for shade, n in zip(shades, counts, strict=True))
    assert 1 <= len(scale.ends) <= SHADES
    if any(counts):
        assert max(shade or 0 for shade in shades) == len(scale.ends)
    assert list(scale.ends) == sorted(set(scale.ends))
