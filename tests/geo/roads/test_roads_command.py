"""`tanggap roads` on an installation as `tanggap up` leaves it."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from app.cli.roads import roads
from dispatch.schema import LogEntry
from geo.road_schema import Road, RoadNetwork
from geo.roads import BadRoads, read_table
from tests.geo.roads.moved import AUCKLAND, load_moved_roads, moved_geojson, moved_network
from tests.shared import shared
from tests.world import World


@pytest.fixture
def run(world: World, monkeypatch: pytest.MonkeyPatch):
    """Runs `tanggap roads`."""
    monkeypatch.setenv("DATABASE_URL", world.app_url)
    monkeypatch.setenv("DATABASE_ADMIN_URL", world.owner_url)
    monkeypatch.setenv("SECRET_KEY", "a secret for tests")

    def invoke(*arguments: object) -> Result:
        return CliRunner().invoke(roads, [str(one) for one in arguments])

    return invoke


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return moved_geojson(tmp_path)


def in_force(world: World) -> str | None:
    with world.as_owner() as session:
        return session.scalar(select(RoadNetwork.key).where(RoadNetwork.in_force))


def changes(world: World) -> list[dict]:
    with world.as_owner() as session:
        logged = select(LogEntry.facts).where(LogEntry.kind == "roads.changed")
        return list(session.scalars(logged.order_by(LogEntry.id)))


def counts(world: World) -> tuple[int | None, int | None]:
    with world.as_owner() as session:
        return tuple(
            session.scalar(select(func.count()).select_from(table)) for table in (RoadNetwork, Road)
        )


def test_a_clipped_import_is_in_force_and_told(world: World, run, file: Path):
    result = run("import", file, "--clip", "boundaries+15km", "--key", "uji")
    assert result.exit_code == 0, result.output
    assert in_force(world) == "uji"
    assert changes(world) == [{"network": "uji"}]
    with world.as_owner() as session:
        table = read_table(session)
    assert table is not None
    whole = moved_network()
    assert 0.2 * len(whole.start) < table.count < len(whole.start)
    assert re.search(r"bagian 1: [\d.]+ ruas, [\d.,]+ k?m di sekitar .+ \(.+\)", result.output)
    assert "tidak tersambung pulang-pergi" in result.output
    assert "uji: ditulis dan berlaku" in result.output


def test_status_and_list_tell_what_is_in_force(world: World, run, file: Path):
    assert "garis lurus" in run("status").output
    assert "belum ada jaringan" in run("list").output
    run("import", file, "--key", "uji")
    told = run("status")
    assert told.exit_code == 0
    assert "menurut kelas: " in told.output
    assert "berjalan di kiri" in told.output
    assert "0 hari yang lalu" in told.output
    assert re.search(r"^berlaku\s+uji", run("list").output)


def test_a_dry_run_writes_nothing(world: World, run, file: Path):
    result = run("import", file, "--dry-run")
    assert result.exit_code == 0, result.output
    assert "terbaca, tidak ditulis" in result.output
    assert counts(world) == (0, 0)
    assert changes(world) == []


def test_one_can_write_first_and_use_later_and_go_back(world: World, run, file: Path):
    assert run("import", file, "--key", "satu").exit_code == 0
    assert "belum berlaku" in run("import", file, "--key", "dua", "--no-use").output
    assert in_force(world) == "satu"
    assert run("use", "dua").exit_code == 0
    assert in_force(world) == "dua"
    assert run("use", "satu").exit_code == 0
    assert run("remove", "dua").exit_code == 0
    assert counts(world)[0] == 1
    refused = run("remove", "satu")
    assert isinstance(refused.exception, BadRoads)
    assert "sedang berlaku" in str(refused.exception)
    assert run("remove", "satu", "--in-force").exit_code == 0
    assert counts(world) == (0, 0)


@pytest.mark.parametrize("clip", [(), ("--clip", "boundaries+15km")])
def test_an_extract_of_elsewhere_is_refused_and_the_one_in_force_stays(world: World, run, clip):
    with world.as_owner() as session:
        load_moved_roads(session, key="lama")
    before = counts(world)
    result = run("import", shared(AUCKLAND), *clip)
    assert result.exit_code == 1
    assert isinstance(result.exception, BadRoads)
    said = str(result.exception)
    assert "auckland_main_roads_2017.osm.pbf" in said
    assert "bujur 174,2" in said  # where the file lies
    assert "bujur 110," in said or "bujur 109," in said  # where we are
    assert (in_force(world), counts(world)) == ("lama", before)
    assert changes(world) == []


def test_a_file_that_breaks_off_leaves_the_one_in_force(world: World, run, tmp_path: Path):
    with world.as_owner() as session:
        load_moved_roads(session, key="lama")
    before = counts(world)
    cut = tmp_path / "potong.osm.pbf"
    cut.write_bytes(shared(AUCKLAND).read_bytes()[:500_000])
    result = run("import", cut)
    assert isinstance(result.exception, BadRoads)
    assert "potong.osm.pbf" in str(result.exception)
    assert (in_force(world), counts(world)) == ("lama", before)


def test_an_error_while_writing_leaves_the_one_in_force(
    world: World, run, file: Path, monkeypatch: pytest.MonkeyPatch
):
    with world.as_owner() as session:
        load_moved_roads(session, key="lama")
        # No road with a name can be written any more.
        session.connection().exec_driver_sql(
            "ALTER TABLE road ADD CONSTRAINT uji CHECK (name IS NULL) NOT VALID"
        )
    before = counts(world)
    result = run("import", file, "--key", "baru")
    assert result.exit_code != 0
    assert (in_force(world), counts(world)) == ("lama", before)
    assert changes(world) == []


def test_much_less_than_before_is_loudly_told(world: World, run, file: Path):
    assert run("import", file, "--key", "semua").exit_code == 0
    result = run("import", file, "--key", "kota", "--clip=110.6,-6.7,110.8,-6.5")
    assert result.exit_code == 0
    assert "PERINGATAN: yang berlaku sekarang (semua) 3.1" in result.output
    assert "tanggap roads use semua" in result.output


def test_learning_without_journeys_says_so(run):
    result = run("learn")
    assert result.exit_code == 0, result.output
    assert "Belum ada perjalanan" in result.output


def test_roads_that_turn_the_other_way_are_loudly_told(run, file: Path):
    right = run("import", file, "--drives-on", "right", "--dry-run")
    assert "PERINGATAN" in right.output
    assert "bundaran berputar searah jarum jam" in right.output
    left = run("import", file, "--dry-run")
    assert "PERINGATAN" not in left.output


@pytest.mark.parametrize(
    ("clip", "said"),
    [
        ("boundaries15", "tulis boundaries+15km"),
        ("1,2,3", "tulis boundaries+15km"),
        ("112,-7,110,-6", "barat < timur"),
        ("110,-6,112,nan", "barat < timur"),
    ],
)
def test_a_clip_that_means_nothing_is_refused(run, file: Path, clip: str, said: str):
    result = run("import", file, f"--clip={clip}")
    assert isinstance(result.exception, BadRoads)
    assert said in str(result.exception)


def test_a_box_can_be_the_clip(world: World, run, file: Path):
    assert run("import", file, "--clip=110.6,-6.7,110.8,-6.5", "--key", "kota").exit_code == 0
    with world.as_owner() as session:
        table = read_table(session)
    assert table is not None
    inside = (table.coords >= (110.6, -6.7)).all(axis=1) & (table.coords <= (110.8, -6.5)).all(
        axis=1
    )
    # Only the last corner of a road that leaves may lie outside.
    assert inside.mean() > 0.97
    middle = table.coords[(table.offsets[:-1] + table.offsets[1:]) // 2]
    assert ((middle >= (110.55, -6.75)) & (middle <= (110.85, -6.45))).all()
