import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import locate_table
from app.cli.locate import locate
from app.cli.village import village
from tests.world import World

KEYS = ["label", "kind", "lon", "lat", "radius_m", "p", "villages", "why"]


@pytest.fixture
def run(shared_world: World, monkeypatch):
    """Runs the command on an installation as `tanggap up` leaves it; `typed` is its input."""
    monkeypatch.setenv("DATABASE_URL", shared_world.app_url)
    monkeypatch.setenv("DATABASE_ADMIN_URL", shared_world.owner_url)
    monkeypatch.setenv("SECRET_KEY", "a secret for tests")

    def invoke(*arguments: str | Path, typed: bytes | None = None) -> Result:
        return CliRunner().invoke(locate, [str(one) for one in arguments], input=typed)

    return invoke


def rows_of(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


@pytest.fixture
def table(tmp_path):
    """Writes a table of these lines."""

    def write(*lines: str, encoding: str = "utf-8") -> Path:
        path = tmp_path / "in.csv"
        path.write_text("\n".join(lines) + "\n", encoding=encoding)
        return path

    return write


def test_words_are_answered_as_json_with_the_keys_that_were_promised(run):
    result = run("Desa Tegalsambi, Kec. Tahunan", "--json")
    assert result.exit_code == 0
    answer = json.loads(result.stdout)
    assert list(answer) == ["candidates", "outside"]
    assert answer["outside"] is None
    best = answer["candidates"][0]
    assert list(best) == KEYS
    assert list(best["villages"][0]) == ["code", "name", "p"]
    assert best["villages"][0]["code"] == "33.20.11.2010"
    shares = [candidate["p"] for candidate in answer["candidates"]]
    assert shares == sorted(shares, reverse=True)


def test_words_may_stand_without_quotes_and_begin_with_a_sign(run):
    apart = run("desa", "tegalsambi", "--json")
    assert json.loads(apart.stdout) == json.loads(run("desa tegalsambi", "--json").stdout)
    (pinned,) = json.loads(run("--json", "--", "-6.63, 110.65").stdout)["candidates"]
    assert (pinned["lon"], pinned["lat"]) == (110.65, -6.63)


def test_another_regency_is_named(run):
    answer = json.loads(run("Kec. Bae, Kabupaten Kudus", "--json").stdout)
    assert answer["outside"] == "Kabupaten Kudus"
    assert run("Kec. Bae, Kabupaten Kudus").stdout.startswith("luar wilayah: Kabupaten Kudus")


def test_without_json_it_is_a_table_for_people(run):
    assert "Tegalsambi" in run("desa tegalsambi").stdout
    assert run("qxqxqx").stdout == "tidak ada tempat yang cocok\n"


@pytest.mark.parametrize(
    "ways", [(), ("x", "--stdin"), ("--csv", __file__, "x"), ("--csv", __file__, "--out", "y")]
)
def test_without_one_clear_question_the_use_is_told(run, ways):
    assert run(*ways).exit_code == 2


def test_every_line_has_an_answer_and_bad_ones_do_not_stop_it(run):
    typed = b"desa tegalsambi\n\n\xff\xfe\x00\n" + b"x" * 200_000 + b"\ndesa semat"
    result = run("--stdin", typed=typed)
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(answers) == 5
    assert answers[1] == {"error": "empty line", "line": 2}
    assert answers[0]["candidates"][0]["villages"][0]["name"] == "Tegalsambi"
    assert answers[4]["candidates"][0]["villages"][0]["name"] == "Semat"
    assert result.exit_code == 1


def test_lines_and_arguments_give_the_same_answer(run):
    lines = ["desa tegalsambi", "telukawur", "kab kudus"]
    typed = "\n".join(lines).encode()
    answers = [json.loads(line) for line in run("--stdin", typed=typed).stdout.splitlines()]
    assert answers == [json.loads(run(line, "--json").stdout) for line in lines]


def test_a_table_of_addresses_gets_its_villages(run, table, tmp_path):
    out = tmp_path / "out.csv"
    path = table(
        "no,alamat", '1,"Ds. Tegalsambi, Tahunan"', "2,", "3,Kabupaten Kudus", "4,Ds. Semat"
    )
    result = run("--csv", path, "--column", "alamat", "--out", out)
    assert result.exit_code == 0, result.output
    rows = rows_of(out)
    assert list(rows[0]) == ["no", "alamat", *locate_table.BY_WORDS]
    assert [row["no"] for row in rows] == ["1", "2", "3", "4"]
    assert [row["village"] for row in rows] == ["Tegalsambi", "", "", "Semat"]
    assert rows[0]["village_code"] == "33.20.11.2010"
    assert rows[0]["district"] == "Tahunan"
    assert float(rows[0]["p"]) > 0.9
    assert rows[2]["outside"] == "Kabupaten Kudus"


def test_points_get_their_village_and_bad_ones_a_note(run, table, tmp_path):
    out = tmp_path / "out.csv"
    path = table(
        "id;bujur;lintang;catatan", "1;110,65;-6,63;a", "2;x;-6.63;b", "3;;;c", "4;110.5;-6.4;d",
        "5;-6.63;110.65;e", "6;nan;inf;f", "7;110.65;-6.63", "8;1_10.65;-6.63;g",
    )  # fmt: skip
    assert run("--csv", path, "--lon", "bujur", "--lat", "lintang", "--out", out).exit_code == 0
    rows = rows_of(out, ";")
    assert len(rows) == 8
    assert [row["catatan"] for row in rows] == ["a", "b", "c", "d", "e", "f", "", "g"]
    notes = [row["tanggap_catatan"] for row in rows]
    none = "koordinat bukan angka"
    swapped = "bujur dan lintang tampak tertukar"
    assert notes == ["", none, none, "luar wilayah", swapped, none, "", none]
    assert [bool(row["village_code"]) for row in rows] == [note == "" for note in notes]


def test_points_have_the_village_that_the_village_command_gives(run, table, tmp_path, monkeypatch):
    monkeypatch.setattr(locate_table, "CHUNK", 3)
    out = tmp_path / "out.csv"
    spots = [(110.65, -6.63), (110.67, -6.59), (110.5, -6.4), (110.7, -6.6), (110.75, -6.7)]
    path = table("lon,lat", *(f"{lon},{lat}" for lon, lat in spots))
    assert run("--csv", path, "--lon", "lon", "--lat", "lat", "--out", out).exit_code == 0
    typed = "".join(f"{lon} {lat}\n" for lon, lat in spots)
    asked = CliRunner().invoke(village, ["--stdin"], input=typed).stdout.splitlines()
    villages = [json.loads(line)["village"] for line in asked]
    codes = [one["code"] if one else "" for one in villages]
    assert [row["village_code"] for row in rows_of(out)] == codes
    assert codes.count("") == 1


def test_coordinates_may_begin_with_their_sign(run):
    (pinned,) = json.loads(run("-6.63, 110.65", "--json").stdout)["candidates"]
    assert (pinned["kind"], pinned["lon"], pinned["lat"]) == ("koordinat", 110.65, -6.63)


def test_nothing_of_a_table_is_lost(run, tmp_path):
    path, out = tmp_path / "in.csv", tmp_path / "out.csv"
    path.write_bytes(
        b'\xef\xbb\xbfnama,lon,lat\r\n"baris\nkedua",110.65,-6.63,lebih\r\n\xe9,110.65\r\n\r\n'
    )
    assert run("--csv", path, "--lon", "lon", "--lat", "lat", "--out", out).exit_code == 0
    header, *rows = list(
        csv.reader(out.read_bytes().decode("utf-8-sig", "surrogateescape").splitlines(True))
    )
    assert header == ["nama", "lon", "lat", *locate_table.BY_POINTS]
    assert rows[0][0] == "baris\nkedua"
    assert rows[0][-1] == "lebih"
    assert rows[1][0].encode("utf-8", "surrogateescape") == b"\xe9"
    assert len(rows) == 2


def test_a_table_that_is_there_is_kept_unless_forced(run, table, tmp_path):
    out = tmp_path / "out.csv"
    out.write_text("mine")
    ask = ("--csv", table("lon,lat", "110.65,-6.63"), "--lon", "lon", "--lat", "lat", "--out", out)
    result = run(*ask)
    assert result.exit_code == 2
    assert "--force" in result.output
    assert out.read_text() == "mine"
    assert run(*ask, "--force").exit_code == 0
    assert len(rows_of(out)) == 1


def test_a_table_without_the_column_leaves_nothing_behind(run, table, tmp_path):
    out = tmp_path / "out.csv"
    result = run("--csv", table("a,b", "1,2"), "--column", "alamat", "--out", out)
    assert result.exit_code == 2
    assert "there are: a, b" in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_a_table_may_be_rewritten_in_its_place(run, table):
    path = table("lon,lat", "110.65,-6.63")
    ask = ("--csv", path, "--lon", "lon", "--lat", "lat", "--out", path, "--force")
    assert run(*ask).exit_code == 0
    assert rows_of(path)[0]["village"]


def test_an_empty_table_has_no_such_column(run, tmp_path):
    path = tmp_path / "in.csv"
    path.write_bytes(b"")
    result = run("--csv", path, "--column", "alamat", "--out", tmp_path / "out.csv")
    assert result.exit_code == 2


def test_the_chance_in_a_table_is_that_of_the_village_over_all_answers(run, table, tmp_path):
    """Half a name means two villages: neither is certain."""
    out = tmp_path / "out.csv"
    written = table("alamat", "pecangaan", "desa ngabul")
    assert run("--csv", written, "--column", "alamat", "--out", out).exit_code == 0
    half, whole = (float(row["p"]) for row in rows_of(out))
    assert half < 0.7
    assert whole > 0.9
