import json

import pytest
from click.testing import CliRunner, Result

from app.cli.places import places
from app.cli.village import village
from geo.errors import BadPoint
from geo.gazetteer import BadPlace
from tests.world import World

KEYS = ["village", "border_m", "neighbour", "nearest", "edition", "status"]


@pytest.fixture
def run(shared_world: World, monkeypatch):
    """Runs a command on an installation as `tanggap up` leaves it; `typed` is its input."""
    monkeypatch.setenv("DATABASE_URL", shared_world.app_url)
    monkeypatch.setenv("DATABASE_ADMIN_URL", shared_world.owner_url)
    monkeypatch.setenv("SECRET_KEY", "a secret for tests")

    def invoke(command, *arguments: str, typed: str | bytes | None = None) -> Result:
        return CliRunner().invoke(command, arguments, input=typed)

    return invoke


def test_a_point_is_answered_as_json_with_the_keys_that_were_promised(run):
    result = run(village, "110.65", "-6.63", "--json")
    assert result.exit_code == 0
    answer = json.loads(result.output)
    assert list(answer) == KEYS
    assert set(answer["village"]) == {"code", "name", "kind", "district"}
    assert answer["nearest"] is None


def test_a_point_at_sea_has_no_village_but_a_nearest_one(run):
    answer = json.loads(run(village, "110.5", "-6.4", "--json").output)
    assert (answer["village"], answer["border_m"], answer["neighbour"]) == (None, None, None)
    assert set(answer["nearest"]) == {"code", "name", "kind", "district", "distance_m"}


def test_without_json_it_is_a_sentence(run):
    assert "Kecamatan Tahunan" in run(village, "110.65", "-6.63").output
    assert run(village, "110.5", "-6.4").output.startswith("Luar wilayah; terdekat")
    assert "lebih dari 50 km" in run(village, "120", "-6.4").output


@pytest.mark.parametrize("bad", [("-6.63", "110.65"), ("x", "y"), ("nan", "-6"), ("1_10.6", "-6")])
def test_what_is_no_point_is_refused(run, bad):
    assert isinstance(run(village, *bad).exception, BadPoint)


def test_without_a_point_the_use_is_told(run):
    result = run(village)
    assert result.exit_code == 2
    assert "give LON and LAT" in result.output


def test_lines_are_answered_one_by_one_and_bad_ones_do_not_stop_it(run):
    typed = b"110.65 -6.63\n\nfoo\n110.65 nan\n\xff\xfe 3\n110.5 -6.4\n"
    result = run(village, "--stdin", typed=typed)
    answers = [json.loads(line) for line in result.output.splitlines()]
    assert [answer.get("line") for answer in answers] == [None, 3, 4, 5, None]
    assert list(answers[0]) == list(answers[-1]) == KEYS
    assert result.exit_code == 1
    assert run(village, "--stdin", typed="110.65 -6.63\n").exit_code == 0


def test_lines_and_arguments_give_the_same_answer(run):
    for point in ("110.65 -6.63", "110.67 -6.59", "110.5 -6.4"):
        by_line = json.loads(run(village, "--stdin", typed=f"{point}\n").output)
        by_argument = json.loads(run(village, *point.split(), "--json").output)
        for key in ("village", "neighbour", "edition", "status"):
            assert by_line[key] == by_argument[key]
        if by_line["border_m"] is not None:
            assert by_line["border_m"] == pytest.approx(by_argument["border_m"], rel=0.01, abs=1)


def test_a_file_that_is_no_geojson_is_refused(run, tmp_path):
    file = tmp_path / "x.geojson"
    file.write_text("[]")
    assert isinstance(run(places, "import", str(file)).exception, BadPlace)
