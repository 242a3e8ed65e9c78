"""tanggap boundaries: what a person sees, and with which exit code it ends."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import app.cli.boundaries as door
from app.cli.boundaries_words import FAULTS, FINDINGS, number, size
from dispatch.schema import LogEntry
from geo.boundaries import publish
from geo.boundaries.faults import MESSAGES, Fault
from geo.boundaries.features import Flaw
from geo.schema import Edition
from tests.geo.boundaries.conftest import Write, as_json, collection, square
from tests.shared import shared

Tanggap = Callable[..., Result]


@pytest.fixture
def check(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Tanggap:
    """`tanggap boundaries check` where no database is set."""
    monkeypatch.setenv("TANGGAP_VAR", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return lambda *words: CliRunner().invoke(door.boundaries, ["check", *map(str, words)])


@pytest.fixture
def tanggap(session: Session, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Tanggap:
    """`tanggap boundaries ...` on the test's own session; a failure undoes what it did."""

    @contextmanager
    def owner_transaction() -> Iterator[Session]:
        with session.begin_nested():
            yield session

    monkeypatch.setattr(door, "owner_transaction", owner_transaction)
    monkeypatch.setenv("TANGGAP_VAR", str(tmp_path))
    return lambda *words: CliRunner().invoke(door.boundaries, [*map(str, words)])


def test_check_reports_in_words_and_needs_no_database(check: Tanggap) -> None:
    answer = check(shared("data/village_boundaries/jepara_raw.geojson"))
    assert answer.exit_code == 0, answer.output
    assert "195 desa di 16 kecamatan" in answer.output
    assert "442 pasangan desa bertumpang tindih, 36,24 ha [dirapikan saat dimuat]" in answer.output
    assert "1.426 celah antardesa, 36,07 ha" in answer.output
    assert "dapat dimuat" in answer.output


def test_check_answers_in_json(check: Tanggap) -> None:
    answer = check(shared("data/village_boundaries/jepara_raw.geojson"), "--json")
    report = json.loads(answer.stdout)
    assert (report["villages"], report["blocked"]) == (195, False)
    assert {one["kind"]: one["count"] for one in report["findings"]}["overlap"] == 442


def test_check_of_another_regency_ends_with_1(check: Tanggap) -> None:
    path = shared("data/village_boundaries/kota_mojokerto.geojson")
    answer = check(path)
    assert answer.exit_code == 1
    assert "18 kode tidak ada di register [harus diperbaiki di berkas]" in answer.output
    assert check(path, "--no-register").exit_code == 0


def test_a_bad_file_ends_with_2_and_says_what_would_be_right(check: Tanggap, write: Write) -> None:
    crs = {"type": "name", "properties": {"name": "EPSG:3857"}}
    answer = check(write(collection(as_json(square()), crs=crs)))
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert "ogr2ogr -t_srs EPSG:4326" in answer.stderr


def test_a_missing_file_ends_with_2(check: Tanggap) -> None:
    answer = check("nowhere.geojson")
    assert (answer.exit_code, answer.stderr) == (2, "nowhere.geojson: berkas tidak ada.\n")


def test_the_feature_that_is_wrong_is_named(check: Tanggap, write: Write) -> None:
    answer = check(write(collection(as_json(None, name="Kawak"))), "--no-register")
    assert answer.exit_code == 1
    assert "1 fitur tanpa geometri [harus diperbaiki di berkas]\n    fitur 1 (Kawak)" in (
        answer.output
    )


def test_a_column_is_named_by_the_user(check: Tanggap, write: Write) -> None:
    path = write(collection(as_json(square(), code=None, NOMOR="33.20.01.2001")))
    assert check(path, "--no-register").exit_code == 1
    assert check(path, "--no-register", "--field", "code=NOMOR").exit_code == 0
    wrong = check(path, "--field", "kode=NOMOR")
    assert wrong.exit_code == 2
    assert "code=KOLOM" in wrong.stderr


def test_load_look_commit_is_the_way_of_an_edition(tanggap: Tanggap, session: Session) -> None:
    raw = shared("data/village_boundaries/jepara_raw.geojson")
    loaded = tanggap("load", raw, "--key", "mentah", "--status", "resmi")
    assert loaded.exit_code == 0, loaded.output
    assert "Edisi mentah dimuat: 195 desa; belum berlaku." in loaded.output
    assert "batas bergeser paling jauh 74,8 m" in loaded.output

    looked = tanggap("publish", "mentah")
    assert looked.exit_code == 0
    assert "tambahkan --commit" in looked.output
    assert publish.find_edition_in_force(session) is None

    switched = tanggap("publish", "mentah", "--commit")
    assert "Edisi mentah sekarang berlaku." in switched.output
    edition = publish.find_edition_in_force(session)
    assert edition is not None
    assert (edition.key, edition.status) == ("mentah", "resmi")
    assert session.scalars(select(LogEntry.kind)).all() == ["edition.switched"]

    again = tanggap("publish", "mentah", "--commit")
    assert (again.exit_code, again.stderr) == (1, "edisi mentah sudah berlaku.\n")


def test_load_without_a_file_takes_the_first_of_the_manifest(
    tanggap: Tanggap, session: Session
) -> None:
    shared("data/village_boundaries/jepara.geojson")
    answer = tanggap("load", "--json")
    assert json.loads(answer.stdout)["key"] == "kemendagri-2025"


def test_publish_tells_what_changes_in_json(tanggap: Tanggap) -> None:
    for name in ("jepara", "jepara_bps2019"):
        tanggap("load", shared(f"data/village_boundaries/{name}.geojson"), "--drop-uncoded")
    tanggap("publish", "jepara", "--commit")
    told = json.loads(tanggap("publish", "jepara_bps2019", "--json").stdout)
    assert (told["switched"], told["open_incidents"], told["moves"]) == (False, 0, [])
    assert told["differences"]["same_land"] == pytest.approx(0.917, abs=0.001)
    words = tanggap("publish", "jepara_bps2019").output
    assert "91,7 % tanah tetap di desa yang sama" in words
    assert "ganti nama: 33.20.01.2010 Bulak Baru -> Bulakbaru" in words


def test_a_refused_load_writes_nothing(tanggap: Tanggap, session: Session) -> None:
    path = shared("data/village_boundaries/jepara_bps2019.geojson")
    answer = tanggap("load", path)
    assert answer.exit_code == 2
    assert "fitur tanpa kode desa: fitur 141 (Sawah)" in answer.stderr
    assert session.scalar(select(func.count()).select_from(Edition)) == 0


def test_a_key_that_is_taken_or_unknown_ends_with_1(tanggap: Tanggap) -> None:
    path = shared("data/village_boundaries/jepara.geojson")
    tanggap("load", path, "--key", "a")
    taken, unknown = tanggap("load", path, "--key", "a"), tanggap("publish", "b")
    assert (taken.exit_code, unknown.exit_code) == (1, 1)
    assert "pilih nama lain dengan --key" in taken.stderr
    assert unknown.stderr == "tidak ada edisi b; yang ada: a.\n"


def test_list_shows_what_is_loaded_and_what_is_known(tanggap: Tanggap) -> None:
    assert "Belum ada edisi" in tanggap("list").output
    tanggap("load", shared("data/village_boundaries/jepara.geojson"), "--key", "a")
    assert "a [terbitan, menunggu] jepara.geojson" in tanggap("list").output
    told = json.loads(tanggap("list", "--json").stdout)
    assert [one["key"] for one in told["loaded"]] == ["a"]
    assert told["known"][-1]["status"] == "indikatif"


def test_every_fault_and_every_flaw_has_its_words() -> None:
    assert set(FAULTS) == set(Fault) == set(MESSAGES)
    assert {flaw.value for flaw in Flaw} <= set(FINDINGS)


def test_numbers_are_written_as_in_indonesia() -> None:
    assert (number(1426), number(36.24, 2)) == ("1.426", "36,24")
    assert (size(5007.3, "m2"), size(362428, "m2"), size(12, "")) == (
        "5.007,3 m2",
        "36,24 ha",
        "12",
    )
