"""What whoever comes is shown: counts only, no cookie, no script, and nothing of the database."""

import gzip
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine, event
from sqlalchemy.orm import sessionmaker

from app.config import ROOT
from app.pages import public
from app.public_shelf import KEPT_PAGES, shelf
from app.timer import Timer
from tests.public_counts import count, plant
from tests.world import World

TEGALSAMBI, PANGGANG, NOWHERE = "33.20.11.2010", "33.20.06.1006", "33.20.99.2001"
PAGES = ("/publik", "/publik/angka", f"/sematan/{TEGALSAMBI}", f"/sematan/{TEGALSAMBI}/angka")
WORDS = "kenari-simpang-lima"
OLD = datetime.now(UTC) - timedelta(days=3)


@pytest.fixture(scope="module")
def told(shared_world: World) -> World:
    """A world whose timer has counted: twelve in a village, some of every other audience."""
    with shared_world.as_owner() as session:
        plant(session, TEGALSAMBI, 12, opened=OLD, words=WORDS)
        plant(session, PANGGANG, 3, opened=OLD, words=WORDS)
        plant(session, PANGGANG, 40, "kebakaran", opened=OLD, audience="desa", words=WORDS)
        plant(session, PANGGANG, 40, "kepolisian", opened=OLD, audience="ruang", words=WORDS)
        plant(session, PANGGANG, 40, "kdrt", opened=OLD, audience="ruang",
              restricted="perlindungan", words=WORDS)  # fmt: skip
    assert count(shared_world) is not None
    return shared_world


@contextmanager
def rules(world: World, **changed: object) -> Iterator[None]:
    """Other rules of [public] for a while."""
    usual = world.parts.regency
    world.parts.regency = replace(usual, public=replace(usual.public, **changed))
    world.app.extensions.pop("public", None)
    yield
    world.parts.regency = usual
    world.app.extensions.pop("public", None)


@contextmanager
def statements(world: World) -> Iterator[list[str]]:
    """What the database is asked meanwhile."""
    asked: list[str] = []

    def hear(_connection, _cursor, statement, *_):
        asked.append(statement)

    event.listen(world.parts.engine, "before_cursor_execute", hear)
    yield asked
    event.remove(world.parts.engine, "before_cursor_execute", hear)


def edition(world):
    return world.parts.ground().locator.edition


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["", "?lang=en"])
def test_a_page_needs_no_log_in_sets_no_cookie_and_runs_no_script(told: World, path, language):
    answer = told.client().get(path + language)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200, page[:400]
    assert "Set-Cookie" not in answer.headers
    assert "<script" not in page
    assert not re.search(r"\son\w+=|style=", page)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert f'<html lang="{"en" if language else "id"}">' in page
    assert re.search(r"\D10–19\D", page)


def test_the_language_comes_from_the_address_alone(told: World):
    """Else a page kept for all would be in the language of whoever came first."""
    client = told.client()
    client.set_cookie("bahasa", "en", domain="localhost")
    assert "Hubungi 112" in client.get("/publik").get_data(as_text=True)
    assert "Call 112" in client.get("/publik?lang=en").get_data(as_text=True)
    assert "Hubungi 112" in client.get("/publik?lang=xx&fbclid=1").get_data(as_text=True)


def test_the_snapshot_is_told_as_the_contract_says(told: World):
    body = told.client().get("/api/public").get_json()
    (cell,) = body["cells"]
    assert cell == {
        "code": TEGALSAMBI, "kind": "desa", "name": "Tegalsambi", "villages": [TEGALSAMBI],
        "open": [10, 19],
    }  # fmt: skip
    assert body["categories"] == [
        {"code": "jalan", "name": "Jalan rusak", "name_en": "Damaged road", "open": [10, 19]}
    ]
    assert (body["open"], body["closed_30d"], body["least"]) == ([10, 19], None, 5)
    assert body["edition"] == edition(told)
    assert set(body) == {
        "at", "made_at", "next_at", "least", "appears", "edition", "demo", "cells", "categories",
        "open", "closed_30d",
    }  # fmt: skip


def test_no_parameter_lets_anybody_choose_and_subtract(told: World):
    for query in ("village=1", "at=2026-01-01", "category=jalan", "x"):
        answer = told.client().get(f"/api/public?{query}")
        assert answer.status_code == 400
        assert "takes no parameter" in answer.get_json()["detail"]


def test_who_has_the_snapshot_is_told_so_and_anybodys_page_may_read_it(told: World):
    client = told.client()
    first = client.get("/api/public")
    assert first.headers["Cache-Control"] == "public, max-age=60"
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    again = client.get("/api/public", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")
    packed = client.get("/api/public", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.get_data()) == first.get_data()
    assert packed.headers["ETag"] != first.headers["ETag"]


def test_outlines_are_kept_for_ever_under_the_name_of_their_edition(told: World):
    client = told.client()
    path = "/api/public/villages.geojson"
    answer = client.get(f"{path}?edition={edition(told)}")
    features = answer.get_json()["features"]
    assert "immutable" in answer.headers["Cache-Control"]
    assert len(features) == len(told.parts.ground().by_code)
    assert set(features[0]["properties"]) == {"code", "name", "kind", "district"}
    for query, status in (("", 400), ("?edition=x", 404), (f"?edition={edition(told)}&x=1", 400)):
        refused = client.get(path + query)
        assert refused.status_code == status
        assert edition(told) in refused.get_json()["detail"]


def test_no_word_of_any_case_is_in_any_answer(told: World):
    client = told.client()
    paths = [*PAGES, f"/sematan/{PANGGANG}", "/api/public", "/sematan/x",
             f"/api/public/villages.geojson?edition={edition(told)}"]  # fmt: skip
    for path in paths:
        answer = client.get(path)
        words = f"{answer.headers}\n{answer.get_data(as_text=True)}"
        for secret in (WORDS, "simpang-lima", "kdrt", "kepolisian", "kebakaran", "perlindungan"):
            assert secret not in words, path


def test_a_village_with_too_few_is_not_told_how_many(told: World):
    page = told.client().get(f"/sematan/{PANGGANG}").get_data(as_text=True)
    assert "Belum cukup untuk ditampilkan" in page
    assert "Kelurahan Panggang" in page
    assert "10–19" not in page


def test_a_village_that_does_not_exist_is_said_so_in_a_sentence_without_a_cookie(told: World):
    for path in (f"/sematan/{NOWHERE}", "/sematan/%00'/angka", f"/sematan/{'9' * 900}"):
        answer = told.client().get(path)
        assert answer.status_code == 404
        assert "Tidak ada desa dengan kode itu." in answer.get_data(as_text=True)
        assert "Set-Cookie" not in answer.headers


def test_a_crowd_costs_the_database_nothing(told: World):
    client = told.client()
    codes = list(told.parts.ground().by_code)[::5]
    paths = [*PAGES, "/api/public", *(f"/sematan/{code}" for code in codes)]
    with rules(told), told.app.app_context():
        for path in paths:
            client.get(path)
        with statements(told) as asked:
            for path in paths * 2:
                assert client.get(path).status_code == 200
            for number in range(100):
                assert client.get(f"/sematan/{number}").status_code == 404
                assert client.get(f"/api/public?x={number}").status_code == 400
            for code in codes:
                client.get(f"/sematan/{code}/angka?lang=en&n={code}")
        looks = [s for s in asked if "public_snapshot" in s]
        assert len(looks) <= len([s for s in asked if "set_config" in s]) <= 30  # one each 10 s
        assert len(asked) <= 2 * len(looks) + 2
        assert len(shelf()._pages) <= KEPT_PAGES


def test_the_counter_is_light(told: World):
    """With all that it loads, packed as it travels."""
    client = told.client()
    page = client.get("/publik/angka", headers={"Accept-Encoding": "gzip"}).get_data()
    linked = re.findall(r'href="/static/([^"?]+)', gzip.decompress(page).decode())
    assert len(linked) == 3
    assert len(page) + sum((ROOT / "static" / name).stat().st_size for name in linked) < 15_000


def test_the_small_map_may_be_framed_where_the_regency_says_and_nothing_else_may(told: World):
    client = told.client()
    with rules(told, embed_on=("https://desa.example",)):
        framed = client.get(f"/sematan/{TEGALSAMBI}")
        assert framed.headers["Content-Security-Policy"].endswith(
            "frame-ancestors 'self' https://desa.example"
        )
        assert framed.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        for path in ("/publik", "/publik/angka", "/masuk", "/api/public"):
            policy = client.get(path).headers["Content-Security-Policy"]
            assert policy.endswith("frame-ancestors 'none'"), path
    policy = client.get(f"/sematan/{TEGALSAMBI}").headers["Content-Security-Policy"]
    assert policy.endswith("frame-ancestors 'self'")


def test_a_regency_that_shows_nothing_shows_nothing(told: World):
    with rules(told, shown=False):
        for path in (*PAGES, "/api/public", "/api/public/villages.geojson"):
            answer = told.client().get(path)
            assert answer.status_code == 404, path
            assert "Set-Cookie" not in answer.headers


def test_while_the_database_is_away_the_last_counts_stay(told: World, monkeypatch):
    away = create_engine("postgresql+psycopg2://nobody@/nothing?host=/nowhere")
    client = told.client()
    with rules(told), told.app.app_context():
        client.get("/api/public")
        with monkeypatch.context() as patch:
            patch.setattr(told.parts, "sessions", sessionmaker(away))
            patch.setattr("app.public_shelf.LOOK_EACH_S", 0.0)
            assert client.get("/api/public").get_json()["open"] == [10, 19]
            told.app.extensions.pop("public")
            answer = client.get("/publik/angka")
            assert answer.status_code == 503
            assert "Coba lagi" in answer.get_data(as_text=True)
            assert answer.headers["Cache-Control"] == "no-store"
            assert client.get("/api/public").status_code == 503
            told.app.extensions.pop("public")
        assert client.get("/publik/angka").status_code == 200


def test_a_page_that_is_written_while_newer_counts_come_is_not_kept_for_them(told, monkeypatch):
    render = public._render

    def overtaken(*given, **named):
        monkeypatch.setattr(public, "_render", render)
        there, kept = shelf(), shelf().snapshot()
        newer = dict(kept.told) | {"open": [50, 99]}
        there._snapshot = replace(kept, told=newer, made_at=kept.made_at + timedelta(hours=1))
        there._pages.clear()
        return render(*given, **named)

    with rules(told):
        client = told.client()
        monkeypatch.setattr(public, "_render", overtaken)
        assert "50–99" not in client.get("/publik/angka").get_data(as_text=True)
        assert "50–99" in client.get("/publik/angka").get_data(as_text=True)


def test_counts_that_are_overdue_say_so(told: World, monkeypatch):
    later = datetime.now(UTC) + timedelta(hours=13)  # two rounds of six, and one
    monkeypatch.setattr(told.parts, "now", lambda: later)
    page = told.client().get("/publik").get_data(as_text=True)
    assert "Pembaruan terlambat" in page


def test_before_the_first_counts_and_with_too_few_the_pages_say_why(world: World):
    client = world.client()
    assert "Hitungan pertama" in client.get("/publik").get_data(as_text=True)
    assert "Hitungan pertama" in client.get(f"/sematan/{TEGALSAMBI}").get_data(as_text=True)
    assert client.get("/api/public").status_code == 503
    timer = Timer(world.parts)
    assert timer.count() is not None
    assert timer.count() is None
    timer.stop()
    world.app.extensions.pop("public", None)
    for path in ("/publik", "/publik/angka"):
        page = client.get(path).get_data(as_text=True)
        assert "Belum ada cukup laporan untuk ditampilkan." in page
    assert client.get("/api/public").get_json()["cells"] == []
