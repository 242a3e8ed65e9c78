import json

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select
from sqlalchemy.exc import ProgrammingError

from app.cli.places import places
from app.cli.up import _regency_places
from dispatch.schema import LogEntry
from dispatch.scope import Scope
from geo.address import read
from geo.gazetteer import BadPlace, known_villages, learned, sources
from geo.gazetteer.lessons import learnable
from geo.point import Point
from geo.schema import LearnedName, Place
from tests.shared import shared
from tests.world import NOON, World

HEADER = "nama,jenis,desa,bujur,lintang\n"
GOOD = "Pasar Contoh,pasar,,110.65,-6.63\n"
BAD = "Salah,pasar,,,\n"


@pytest.fixture
def run(world: World, monkeypatch):
    """Runs `tanggap places` on an installation as `tanggap up` leaves it."""
    monkeypatch.setenv("DATABASE_URL", world.app_url)
    monkeypatch.setenv("DATABASE_ADMIN_URL", world.owner_url)
    monkeypatch.setenv("SECRET_KEY", "a secret for tests")

    def invoke(*arguments: object) -> Result:
        return CliRunner().invoke(places, [str(one) for one in arguments])

    return invoke


@pytest.fixture
def table(tmp_path):
    """Writes a table of places."""

    def write(*rows: str):
        file = tmp_path / "tabel.csv"
        file.write_text(HEADER + "".join(rows))
        return file

    return write


def counts(world: World, source: str) -> dict[str, int]:
    with world.as_owner() as session:
        return sources(session).get(source, {})


def changes(world: World) -> list[dict]:
    with world.as_owner() as session:
        logged = select(LogEntry.facts).where(LogEntry.kind == "places.changed")
        return list(session.scalars(logged.order_by(LogEntry.id)))


def test_a_file_is_imported_counted_and_logged(run, world):
    result = run("import", shared("data/poi/jepara_tourism.geojson"), "--source", "wisata")
    assert result.exit_code == 0, result.output
    assert "20 tempat wisata" in result.output
    assert sum(counts(world, "wisata").values()) == 20
    assert changes(world) == [{"source": "wisata", "count": 20}]


def test_a_second_import_takes_the_place_of_the_first(run, world, table):
    run("import", table(GOOD, GOOD.replace("Contoh", "Lain")))
    run("import", table(GOOD))
    assert counts(world, "file:tabel.csv") == {"pasar": 1}


def test_a_dry_run_reports_and_writes_nothing(run, world, table):
    result = run("import", table(GOOD, GOOD, BAD), "--dry-run")
    assert "2 tempat terbaca, tidak ditulis" in result.output
    assert "2  pasar" in result.output
    assert "baris 4: tidak ada titik" in result.stderr
    assert (counts(world, "file:tabel.csv"), changes(world)) == ({}, [])


def test_bad_rows_are_told_in_words_and_the_others_written(run, world, table):
    result = run("import", table(*[GOOD] * 30, *[BAD] * 12))
    assert counts(world, "file:tabel.csv") == {"pasar": 30}
    assert result.stderr.count("dilewati: baris") == 10
    assert "2 baris lain" in result.stderr


def test_an_unknown_village_is_a_bad_row(run, world, table):
    strange = "Krajan,dusun,99.99.99.2001,,\n"
    result = run("import", table(GOOD, GOOD, strange))
    assert counts(world, "file:tabel.csv") == {"pasar": 2}
    assert "99.99.99.2001 tidak dikenal" in result.stderr


def test_strict_stops_at_the_first_bad_row(run, world, table):
    result = run("import", table(GOOD, GOOD, BAD), "--strict")
    assert isinstance(result.exception, BadPlace)
    assert counts(world, "file:tabel.csv") == {}


@pytest.mark.parametrize("rows", [[], [BAD], [GOOD, BAD, BAD]])
def test_an_unusable_file_leaves_the_earlier_places_alone(run, world, table, rows):
    run("import", table(GOOD))
    result = run("import", table(*rows))
    assert isinstance(result.exception, BadPlace)
    assert counts(world, "file:tabel.csv") == {"pasar": 1}
    assert len(changes(world)) == 1


@pytest.mark.parametrize("source", ["edition:x", "regency:places", "learned", "a\nb", "x" * 101])
def test_no_file_takes_the_name_of_a_source_of_the_house(run, table, source):
    assert isinstance(run("import", table(GOOD), "--source", source).exception, BadPlace)
    assert isinstance(run("remove", source).exception, BadPlace)


def test_clipped_to_the_villages_and_2_km_round_them(run, world, table):
    far = "Pasar Jauh,pasar,,112.75,-7.25\n"
    run("import", table(GOOD, far), "--clip")
    assert counts(world, "file:tabel.csv") == {"pasar": 1}
    run("import", table(GOOD, far))
    assert counts(world, "file:tabel.csv") == {"pasar": 2}


def test_an_opensid_table_is_taken_for_the_village_that_is_named(run, world, tmp_path):
    file = tmp_path / "cluster.csv"
    file.write_text("id,rt,rw,dusun,id_kepala,lat,lng,path\n1,0,0,MAWAR,7,-6.6145,110.6523,\n")
    assert isinstance(run("import", file).exception, BadPlace)
    with world.as_owner() as session:
        code = min(known_villages(session))
    run("import", file, "--village", code)
    with world.as_owner() as session:
        hamlet = session.scalars(select(Place).where(Place.source == "file:cluster.csv")).one()
        assert (hamlet.name, hamlet.village_codes) == ("Mawar", [code])
        assert hamlet.context.count(", ") == 1


def test_places_are_listed_by_source_kind_and_words(run, table):
    run("import", table(GOOD), "--source", "contoh")
    assert "Pasar Contoh" in run("list", "--source", "contoh").output
    assert "Pasar Contoh" in run("list", "--find", "PASAR contoh").output
    assert "tidak ada" in run("list", "--source", "contoh", "--kind", "desa").output
    assert "1  contoh: pasar 1" in run("sources").output


def test_a_source_is_removed_and_an_unknown_one_named(run, world, table):
    run("import", table(GOOD), "--source", "contoh")
    assert "1 tempat dihapus" in run("remove", "contoh").output
    assert counts(world, "contoh") == {}
    assert len(changes(world)) == 2
    assert isinstance(run("remove", "contoh").exception, BadPlace)


def test_learned_names_are_listed_switched_and_forgotten(run, world):
    lessons = learnable(read("depan pasar kenanga"))
    with world.as_owner() as session:
        learned.learn(session, lessons, Point(lon=110.65, lat=-6.63), "33.20.11.2010", NOON)
        id_ = session.scalars(select(LearnedName.id)).one()
    assert "pasar kenanga" in run("learned").output
    run("learned", "--off", id_)
    assert "pasar kenanga" not in run("learned").output
    assert "mati" in run("learned", "--all").output
    run("learned", "--on", id_)
    assert "pasar kenanga" in run("learned").output
    run("learned", "--forget", id_)
    assert "belum ada" in run("learned", "--all").output
    assert [change["source"] for change in changes(world)] == ["learned"] * 3
    assert isinstance(run("learned", "--off", id_).exception, BadPlace)


def test_the_app_itself_may_learn_but_not_forget(world):
    lessons = learnable(read("depan pasar kenanga"))
    where = Point(lon=110.65, lat=-6.63)
    for _ in range(2):
        with world.as_scope(Scope("operator")) as session:
            assert learned.learn(session, lessons, where, "33.20.11.2010", NOON) == 1
    with pytest.raises(ProgrammingError), world.as_scope(Scope("operator")) as session:
        learned.forget(session, 1)


def test_up_takes_the_regencys_stations_and_its_own_list(world):
    with world.as_owner() as session:
        listed = sources(session)
    assert sum(listed["regency:stations"].values()) == len(world.parts.regency.stations)
    file = world.settings.regency_folder / "places.csv"
    rows = len(file.read_text().splitlines()) - 1 if file.is_file() else 0
    assert sum(listed.get("regency:places", {}).values()) == rows


def test_of_the_regencys_list_villages_that_the_edition_lacks_are_left_out(world, tmp_path):
    file = tmp_path / "places.csv"
    said: list[str] = []
    with world.as_owner() as session:
        code = min(known_villages(session))
        lines = (f"Jalan A,jalan,{code}|99.99.99.2001,,", "Jalan B,jalan,99.99.99.2001,,", ",,,,")
        file.write_text(HEADER + "\n".join((*lines, "Jalan C,jalan,,110.65,-6.63,,")))
        assert _regency_places(session, file, said.append) == 2
        placed = select(Place).where(Place.source == "regency:places").order_by(Place.name)
        first, last = session.scalars(placed)
        assert (first.village_codes, first.position) == ([code], None)
        assert (last.name, last.village_codes != []) == ("Jalan C", True)
    assert ["Jalan B" in line for line in said] == [True]


def test_the_log_names_no_place(run, world, table):
    run("import", table("Rahasia Sekali,pasar,,110.65,-6.63\n"), "--source", "contoh")
    assert "Rahasia" not in json.dumps(changes(world))
