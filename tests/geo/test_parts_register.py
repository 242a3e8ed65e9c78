"""Registers of villages: OpenSID's table, plain tables, what is wrong with a row, what is kept."""

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from app.cli.parts_register import desa
from geo.address import read as read_address
from geo.parts_register import BadRegister, read_register, words_of
from tests.shared import shared
from tests.world import World

TEGALSAMBI, PANGGANG = "33.20.11.2010", "33.20.06.1006"
PERSON = "987654"  # stands in id_kepala: must never come out
# RT numbers run through the village, RW numbers begin anew in each dusun (research/peers.md, 3.2);
# which RT lies in which dusun is invented here.
RTS = {
    ("GEGUNUNG", "001"): (1, 2, 3),
    ("GEGUNUNG", "002"): (4, 5, 6),
    ("LEMBAH", "001"): (7, 10, 12),
    ("LEMBAH", "002"): (8, 9, 11),
}


def opensid() -> str:
    """tweb_wil_clusterdesa of Tegalsambi: a row for each dusun, RW and RT, as OpenSID has them."""
    lines = ["id,rt,rw,dusun,id_kepala,lat,lng,zoom,path,map_tipe,warna"]
    for dusun in ("GEGUNUNG", "LEMBAH"):
        lines += [f"1,0,0,{dusun},{PERSON},,,,,,", f"2,-,-,{dusun},{PERSON},,,,,,"]
    for (dusun, rw), numbers in RTS.items():
        lines += [f"3,0,{rw},{dusun},{PERSON},,,,,,", f"4,-,{rw},{dusun},{PERSON},,,,,,"]
        lines += [f"5,{n:03d},{rw},{dusun},{PERSON},-6.616,110.655,,,," for n in numbers]
    return "\n".join(lines) + "\n"


@pytest.fixture
def file(tmp_path):
    def write(words, name="daftar.csv"):
        path = tmp_path / name
        path.write_text(words)
        return path

    return write


@pytest.fixture
def shell(shared_world: World, monkeypatch):
    """`tanggap desa` over a real database, emptied of registers again."""
    monkeypatch.setenv("DATABASE_URL", shared_world.app_url)
    monkeypatch.setenv("DATABASE_ADMIN_URL", shared_world.owner_url)
    monkeypatch.setenv("SECRET_KEY", shared_world.settings.secret_key)
    runner = CliRunner()
    yield lambda *words: runner.invoke(desa, [str(word) for word in words])
    with shared_world.as_owner() as session:
        session.execute(text("DELETE FROM village_part"))
        session.execute(text("DELETE FROM village_facts"))


def kept(world: World, code: str):
    with world.as_owner() as session:
        query = "SELECT dusun, rw, rt FROM village_part WHERE village_code = :c ORDER BY 1, 2, 3"
        return [tuple(row) for row in session.execute(text(query), {"c": code})]


def test_opensids_table_gives_each_dusun_rw_and_rt_once_and_no_person(file):
    read = read_register(file(opensid()))
    assert read.faults == ()
    assert len(read.parts) == 2 + 4 + 12
    assert ("Gegunung", "001", "003") in {part.key for part in read.parts}
    assert PERSON not in repr(read)
    [rt] = [part for part in read.parts if part.rt == "008"]
    assert (rt.position.lon, rt.position.lat) == (110.655, -6.616)


def test_the_register_of_the_pilot_village_knows_the_addresses_of_its_places(file):
    """The places of Tegalsambi name their RT and RW: each is one part of the register."""
    places = json.loads(shared("data/poi/tegalsambi.geojson").read_text())["features"]
    addresses = {place["properties"].get("address", "") for place in places} - {""}
    known = {(int(p.rt), int(p.rw)) for p in read_register(file(opensid())).parts if p.rt}
    said = {(found.rt, found.rw) for found in map(read_address, addresses)}
    assert len(said) >= 5
    assert said <= known


def test_a_dump_of_opensid_is_read_like_its_table(file):
    dump = (
        "INSERT INTO `keluarga` VALUES (1,'x');\n"
        "INSERT INTO `tweb_wil_clusterdesa` (`id`,`rt`,`rw`,`dusun`,`id_kepala`,`lat`,`lng`,`zoom`,"
        f"`path`,`map_tipe`,`warna`) VALUES (1,'001','002','LEMBAH',{PERSON},NULL,NULL,0,NULL,'',"
        "'');\n"
    )
    read = read_register(file(dump, "dump.sql"))
    assert [words_of(part) for part in read.parts] == ["RT 001/RW 002 Lembah"]


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("dusun,rw,rt\nLembah,2,3\n", "RT 003/RW 002 Lembah"),
        ("Dukuh;RW;RT\nLembah;RW 02;RT 03\n", "RT 003/RW 002 Lembah"),
        ("RT/RW\tLingkungan\nRT 03/RW 02\t\n", "RT 003/RW 002"),
        ("no rw,no rt,ketua\n001,007,Bapak Anu\n", "RT 007/RW 001"),
        ("hamlet,rt\nKrajan,-\n", "Krajan"),
    ],
)
def test_a_plain_table_may_say_it_as_people_do(file, table, expected):
    read = read_register(file(table))
    assert read.faults == ()
    assert [words_of(part) for part in read.parts] == [expected]
    assert "Anu" not in repr(read)


def test_people_and_points_are_read_with_either_names(file):
    [one] = read_register(file("rt,kk,penduduk,lintang,bujur\n1,45,1.240,-6.6,110.65\n")).parts
    [two] = read_register(file("rt;households;population;lat;lon\n1;45;1240;-6,6;110,65\n")).parts
    assert one == two
    assert (one.households, one.population) == (45, 1240)


@pytest.mark.parametrize(
    ("row", "column", "right"),
    [
        ("Lembah,1,RT A,,,,", "rt", "tulis 3, 003"),
        ("Lembah,satu,1,,,,", "rw", "RW 02"),
        ("Lembah,1,1,banyak,,,", "kk", "bilangan bulat"),
        ("Lembah,1,1,,-5,,", "penduduk", "bilangan bulat"),
        ("Lembah,1,1,,,utara,110.6", "lat", "110.65 dan -6.61"),
        ("Lembah,1,1,,,110.65,-6.6", "lat, lon", "tertukar?"),
        ("Lembah,1,RT 1/RW 2,,,,", "rw", "RW 001, tetapi kolom rt berkata RW 002"),
        ("-,0,0,4,,,", "dusun, rw, rt", "isi sedikitnya satu"),
        ("Mawar,1,9,,,,", "rt", "sudah ada di baris 2"),
    ],
)
def test_a_wrong_row_is_named_with_its_number_its_column_and_what_is_right(
    file, row, column, right
):
    header = "dusun,rw,rt,kk,penduduk,lat,lon\n"
    read = read_register(file(f"{header}Mawar,1,9,,,,\n{row}\n"))
    assert [words_of(part) for part in read.parts] == ["RT 009/RW 001 Mawar"]
    [fault] = read.faults
    assert (fault.row, fault.column) == (3, column)
    assert right in str(fault)


@pytest.mark.parametrize(
    ("name", "words"),
    [("a.csv", "nama,umur\nx,3\n"), ("a.csv", ""), ("a.sql", "SELECT 1;\n"), ("b.csv", "\x00\n")],
)
def test_a_file_without_a_register_is_refused_in_one_sentence(file, name, words):
    with pytest.raises(BadRegister, match=name):
        read_register(file(words, name))


def test_an_import_replaces_the_whole_register_of_that_village_only(shell, shared_world, file):
    done = shell("import", file(opensid()), "--village", TEGALSAMBI, "--source", "OpenSID 2026")
    assert done.exit_code == 0, done.output
    assert "2 dusun, 4 RW, 12 RT" in done.output
    assert len(kept(shared_world, TEGALSAMBI)) == 18
    kelurahan = file("rw,rt\n1,1\n1,2\n2,1\n", "panggang.csv")
    assert shell("import", kelurahan, "--village", PANGGANG).exit_code == 0
    assert kept(shared_world, PANGGANG) == [
        ("", "001", "001"),
        ("", "001", "002"),
        ("", "002", "001"),
    ]

    again = file("dusun\nGegunung\n", "baru.csv")
    assert shell("import", again, "--village", TEGALSAMBI, "--dry-run").exit_code == 0
    assert len(kept(shared_world, TEGALSAMBI)) == 18, "a dry run writes nothing"
    assert shell("import", again, "--village", TEGALSAMBI).exit_code == 0
    assert kept(shared_world, TEGALSAMBI) == [("Gegunung", "", "")]
    assert len(kept(shared_world, PANGGANG)) == 3
    told = shell("list").output
    assert "Panggang" in told
    assert "panggang.csv" in told
    assert "OpenSID 2026" not in told


def test_bad_rows_are_told_and_left_out_or_nothing_is_kept(shell, shared_world, file):
    bad = file("rw,rt\n1,1\n1,RT A\n")
    refused = shell("import", bad, "--village", PANGGANG, "--strict")
    assert isinstance(refused.exception, BadRegister)
    assert kept(shared_world, PANGGANG) == []
    done = shell("import", bad, "--village", PANGGANG)
    assert "baris 3, kolom rt" in done.output
    assert kept(shared_world, PANGGANG) == [("", "001", "001")]


def test_a_point_far_from_the_village_and_a_village_nobody_knows_are_told(shell, file):
    far = file("rt,lat,lon\n1,-6.59,110.95\n")
    told = shell("import", far, "--village", TEGALSAMBI, "--strict")
    assert "km di luar desa" in told.output
    nobody = shell("import", file(opensid()), "--village", "33.20.99.2001")
    assert "33.20.99.2001: tidak ada desa" in str(nobody.exception)


def test_populations_are_kept_with_their_source_and_year(shell, shared_world, file):
    table = f"kode;penduduk;sumber;tahun\n{TEGALSAMBI};5.123;BPS;2024\n{PANGGANG};0;BPS;2024\n"
    done = shell("population", file(table))
    assert done.exit_code == 0, done.output
    assert "baris 3, kolom penduduk" in done.output
    with shared_world.as_owner() as session:
        rows = session.execute(text("SELECT code, population, source FROM village_facts")).all()
    assert [tuple(row) for row in rows] == [(TEGALSAMBI, 5123, "BPS 2024")]
    assert shell("population", file(f"kode,penduduk\n{TEGALSAMBI},5200\n")).exit_code == 0
    assert "5200 jiwa" in shell("list").output
