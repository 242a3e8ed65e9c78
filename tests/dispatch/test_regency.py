import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from dispatch.errors import BadConfiguration
from dispatch.regency import Regency, read_regency
from dispatch.rules.audience import Audience
from dispatch.rules.hours import is_open
from dispatch.scope import Role
from geo.point import Point
from geo.uncertainty.shore import ISLAND, SeaEdge
from tests.shared import shared

JEPARA = Path(__file__).resolve().parents[2] / "data/regency/jepara"


@pytest.fixture(scope="module")
def jepara() -> Regency:
    return read_regency(JEPARA)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the configuration that a test may spoil."""
    return Path(shutil.copytree(JEPARA, tmp_path / "regency"))


def spoil(folder: Path, file: str, old: str, new: str) -> None:
    written = (folder / file).read_text()
    assert old in written
    (folder / file).write_text(written.replace(old, new, 1))


def test_the_regency_is_read_as_a_whole(jepara):
    assert (jepara.code, jepara.short) == ("33.20", "Jepara")
    assert jepara.service == "Jepara Tanggap 112"
    assert jepara.digital_villages == {"33.20.11.2010", "33.20.06.1006"}
    assert jepara.boundaries.name == "village_boundaries"
    assert (jepara.shore_m, jepara.detour) == (300, 1.4)
    assert jepara.speed_of("ambulans") != jepara.speed_of("what nobody has")


def test_every_facility_of_the_ministrys_list_is_a_station_with_an_ambulance(jepara):
    listed = shared("data/poi/jepara_health_facilities_2019.geojson").read_text()
    homes = {u.station for u in jepara.units if u.kind == "ambulans"}
    sources = [s.note for s in jepara.stations if s.code in homes]
    assert len(sources) == 25
    assert all(note.split("; ")[0].split(", ")[1] in listed for note in sources)


def test_a_place_that_is_only_thought_likely_says_so(jepara):
    for station in jepara.stations:
        assert station.assumed == ("perkiraan" in station.note), station.code


def test_the_three_misplaced_puskesmas_are_where_their_address_says(jepara):
    places = {s.code: s for s in jepara.stations}
    assert all(places[c].assumed for c in ("pkm-donorojo", "pkm-mayong-2", "pkm-welahan-2"))
    assert places["pkm-donorojo"].position.lon > 110.8  # not in Kedung


def test_the_islands_have_units_of_their_own(jepara):
    islands = {s.code for s in jepara.stations if s.position.lat > -6}
    kinds = {u.kind for u in jepara.units if u.station in islands}
    assert {"ambulans", "patroli", "regu", "perahu"} <= kinds


def test_every_skill_that_a_category_needs_is_brought_by_somebody(jepara):
    skills = {skill for unit in jepara.units for skill in unit.skills}
    assert {need for category in jepara.categories for need in category.needs} <= skills


def test_the_sensitive_categories_are_restricted(jepara):
    groups = {c.code: c.group for c in jepara.categories}
    assert groups["kesehatan"] == "medis"
    for code in ("kdrt", "kekerasan_anak", "kekerasan_seksual", "bunuh_diri"):
        assert groups[code] == "perlindungan"


def test_groups_come_with_a_role_or_an_agency(jepara):
    assert jepara.groups_of("operator", None) == {"medis"}
    assert jepara.groups_of("agency_officer", "polres") == {"perlindungan"}
    assert jepara.groups_of("agency_officer", None) == frozenset()
    assert jepara.groups_of("field_unit", "dinkes") == {"medis"}
    assert jepara.groups_of("field_unit", "polres") == frozenset()
    assert jepara.groups_of("village_head", None) == frozenset()


def test_there_is_a_demo_user_for_every_role(jepara):
    roles = [user.role for user in jepara.users]
    assert roles.count("operator") >= 3
    assert len(set(roles)) == len(Role)


def test_no_hours_means_that_it_is_always_closed_and_every_call_marked(folder):
    written = (folder / "regency.toml").read_text()
    start, end = written.index("[[hours.windows]]"), written.index("# Diandaikan: no measured")
    (folder / "regency.toml").write_text(written[:start] + written[end:])
    assert not is_open(read_regency(folder).hours, datetime(2026, 11, 20, 5, tzinfo=UTC))


SEA = "[sea]\none_end = [110.5943, -6.7243]\nother_end = [110.9752, -6.4130]\n"


def with_sea(folder, table):
    (folder / "regency.toml").write_text(without_sea(folder) + table)
    return read_regency(folder).sea


def without_sea(folder):
    """What stands in the file before a table for the sea, which comes last where there is one."""
    return (folder / "regency.toml").read_text().partition("\n[sea]")[0] + "\n"


def test_the_coast_begins_and_ends_where_the_configuration_says(folder):
    sea = with_sea(folder, SEA + "open_water = [110.55, -6.5]\n")
    assert sea == SeaEdge(
        border_ends=(Point(lon=110.5943, lat=-6.7243), Point(lon=110.9752, lat=-6.4130)),
        open_water=Point(lon=110.55, lat=-6.5),
    )


def test_an_island_is_coast_all_round_and_without_a_word_there_is_no_sea(folder):
    assert with_sea(folder, '[sea]\nisland = "ya"\n') == ISLAND
    assert with_sea(folder, "") is None


def test_half_a_coast_is_refused_by_name(folder):
    with pytest.raises(BadConfiguration, match="open_water"):
        with_sea(folder, SEA)


WRONG = [
    (
        "regency.toml",
        'code = "33.20"',
        'code = "3320"',
        "[regency]: code: '3320': give province and regency",
    ),
    ("regency.toml", "shore_m = 300", 'shore_m = "near"', "shore_m: 'near' is not a number"),
    ("regency.toml", "shore_m = 300", "shore_m = -1", "shore_m: -1: give 0 to 5000"),
    ("regency.toml", "shore_m = 300", "shore_n = 300", "shore_m: is missing"),
    ("regency.toml", '"Asia/Jakarta"', '"Asia/Jakart"', "timezone: 'Asia/Jakart' is not known"),
    ("regency.toml", '"07:00"', '"7 pagi"', "opens: '7 pagi': give a time of day as 07:00"),
    ("regency.toml", '"07:00"', '"22:00"', "closes: must be later than opens"),
    ("regency.toml", '"senin",', '"monday",', "days: 'monday' is none of: jumat, "),
    ("regency.toml", "[110.4640, -5.8280]", "[-5.8280, 110.4640]", "bridge 1: one: "),
    ("regency.toml", "[110.4640, -5.8280]", "[110.4640]", "one: [110.464]: give [longitude,"),
    (
        "regency.toml",
        '"33.20.11.2010"',
        '"33.21.11.2010"',
        "'33.21.11.2010' is no village of 33.20",
    ),
    ("regency.toml", "detour = 1.4", "detour = 1.4\ndetuor = 2", "detuor: unknown field; did you"),
    ("regency.toml", "[travel]", "[travel", "regency.toml: Expected"),
    ("agencies.toml", 'kind = "opd"', 'kind = "dinas"', "dinkes: kind: 'dinas' is none of: bumd,"),
    ("agencies.toml", 'code = "bpbd"', 'code = "dinkes"', "dinkes: code: stands there 2 times"),
    ("agencies.toml", 'code = "bpbd"', 'code = "b p b d"', "use letters a to z"),
    ("categories.toml", "priority = 1", "priority = 9", "kesehatan: priority: 9: give 1 to 4"),
    ("categories.toml", '["dinkes"]', '["dinkez"]', "kesehatan: agencies: 'dinkez' is none of:"),
    ("categories.toml", '["dinkes"]', "[]", "name at least one for the whole regency"),
    ("categories.toml", '["medis"]', '["terbang"]', "kesehatan: needs: 'terbang' is none of: air_"),
    (
        "categories.toml",
        'group = "medis"',
        'group = "rahasia"',
        "group: 'rahasia' is none of: medis",
    ),
    ("categories.toml", '"33.20.10", agencies', '"33.20.1", agencies', "'33.20.1' is no area of"),
    ("categories.toml", 'code = "lainnya"', 'code = "lain"', "needed for what fits nowhere"),
    (
        "groups.toml",
        '"dp3ap2kb", "polres"',
        '"dp3ap2kb"',
        "polres is not in the group perlindungan",
    ),
    (
        "groups.toml",
        '"dispatcher"]',
        '"dispacher"]',
        "roles: 'dispacher' is none of: administrator",
    ),
    ("stations.csv", "110.66436,-6.6828", "-6.6828,110.66436", "pkm-kedung-1: lon, lat: "),
    ("stations.csv", "110.66436,-6.6828", "abc,-6.6828", "lon: 'abc' is not a number"),
    ("stations.csv", "-6.6828,tidak", "-6.6828,no", "assumed: 'no': write ya or tidak"),
    ("stations.csv", "code,agency,name", "code,agensi,name", "pkm-kedung-1: agency: is missing"),
    ("units.csv", "AMB-02,pkm-donorojo", "AMB-02,pkm-x", "AMB-02: station: 'pkm-x' is none of"),
    ("units.csv", "AMB-02,", "amb-01,", "AMB-01: call_sign: stands there 2 times"),
    ("units.csv", "AMB-02,pkm-donorojo,", "AMB-02,", "line 3: not as many values"),
    ("users.toml", 'unit = "AMB-12"', "", "ambulans: unit: a field_unit needs it"),
    ("users.toml", '"33.20.11.2010"', '"33.20.11"', "'33.20.11' is no village of 33.20"),
    ("users.toml", 'role = "operator"', 'role = "boss"', "operator1: role: 'boss' is none of"),
    ("demo.toml", '"33.20.01" =', '"33.20.01.2001" =', "is no kecamatan of this regency"),
]


@pytest.mark.parametrize(("file", "old", "new", "said"), WRONG)
def test_what_is_wrong_is_named_with_its_file_entry_and_field(folder, file, old, new, said):
    spoil(folder, file, old, new)
    with pytest.raises(BadConfiguration) as wrong:
        read_regency(folder)
    assert file in str(wrong.value)
    assert said in str(wrong.value)


@pytest.mark.parametrize("file", ["regency.toml", "agencies.toml", "stations.csv", "units.csv"])
def test_a_file_that_is_missing_is_named(folder, file):
    (folder / file).unlink()
    with pytest.raises(BadConfiguration, match=file):
        read_regency(folder)


@pytest.mark.parametrize("file", ["users.toml", "demo.toml"])
def test_demo_users_and_the_demo_world_may_be_absent(folder, file):
    (folder / file).unlink()
    read_regency(folder)


@pytest.fixture(scope="module")
def villages() -> list[tuple[BaseGeometry, dict[str, str]]]:
    published = json.loads(shared("data/village_boundaries/jepara.geojson").read_text())
    return [(shape(f["geometry"]), f["properties"]) for f in published["features"]]


def village_at(villages, point):
    """Properties of the village that covers the point; None off all."""
    spot = shapely.Point(point.lon, point.lat)
    return next((about for area, about in villages if area.covers(spot)), None)


def test_a_station_named_after_a_kecamatan_lies_in_it(jepara, villages):
    districts = sorted({about["district"] for _, about in villages})
    for station in jepara.stations:
        about = village_at(villages, station.position)
        assert about is not None, station.code
        if station.kind in ("puskesmas", "polsek", "pos_damkar"):
            named = [d for d in districts if d in station.name]
            assert about["district"] in named, station.code


def test_a_bridge_has_a_foot_on_either_island(jepara, villages):
    (bridge,) = jepara.bridges
    ends = [village_at(villages, point)["name"] for point in (bridge.one, bridge.other)]
    assert ends == ["Karimunjawa", "Kemujan"]


def test_the_sea_of_the_demo_is_off_every_village(jepara, villages):
    assert [village_at(villages, point) for point in jepara.demo.at_sea] == [None, None]


def test_people_are_guessed_for_every_kecamatan(jepara, villages):
    assert set(jepara.demo.people) == {about["district_code"] for _, about in villages}


def test_what_is_sensitive_stays_in_the_room_and_the_rest_is_told_as_it_says(jepara):
    told = {category.code: category.audience for category in jepara.categories}
    assert {told[c.code] for c in jepara.categories if c.group} == {Audience.ROOM}
    assert (told["jalan"], told["kebakaran"]) == (Audience.PUBLIC, Audience.VILLAGE)
    assert told["orang_hilang"] is Audience.ROOM, "it points to a person"


def test_a_sensitive_category_cannot_be_told_to_a_village(folder):
    spoil(folder, "categories.toml", 'group = "medis"', 'group = "medis"\naudience = "desa"')
    with pytest.raises(BadConfiguration, match="audience: 'desa': a category with a group"):
        read_regency(folder)


def test_each_kind_and_priority_has_its_time_until_it_is_late(jepara):
    opened = datetime(2026, 11, 22, tzinfo=UTC)
    assert jepara.late.due_at("darurat", 1, opened) - opened == timedelta(hours=1)
    assert jepara.late.due_at("aduan", 4, opened) - opened == timedelta(days=14)


@pytest.mark.parametrize("given", ["[60, 120]", '"60"', "[60, 120, 240, 0]", "[1, 2, 3, true]"])
def test_times_until_late_are_four_numbers(folder, given):
    spoil(folder, "regency.toml", "darurat = [60, 120, 240, 480]", f"darurat = {given}")
    with pytest.raises(BadConfiguration, match="darurat: "):
        read_regency(folder)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("least = 5", "least = 2", "least: 2: give 5 to"),
        ("embed_on = []", 'embed_on = ["http://desa.example"]', "give an origin as https"),
        ("embed_on = []", 'embed_on = ["https://desa.example/x"]', "give an origin as https"),
        ('shown = "ya"', 'shown = "mungkin"', "is none of: tidak, ya"),
    ],
)
def test_the_public_is_never_shown_small_counts_by_a_slip_of_the_pen(folder, old, new, said):
    spoil(folder, "regency.toml", old, new)
    with pytest.raises(BadConfiguration, match=said):
        read_regency(folder)
