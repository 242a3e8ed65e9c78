"""geo.boundaries.publish, land, compare, prepare: beside the one in force, then in its place."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import shapely
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from geo.boundaries import publish
from geo.boundaries.compare import Outline, compare
from geo.boundaries.faults import Fault, Unusable
from geo.boundaries.features import Feature, Flaw, Problem, Reading
from geo.boundaries.indicative import partition
from geo.boundaries.land import land_masses
from geo.boundaries.mend import mend
from geo.boundaries.prepare import load_found, prepare
from geo.boundaries.publish import About
from geo.boundaries.read import read
from geo.boundaries.register import Register, read_register
from geo.boundaries.sources import first_available, named_file, read_manifest
from geo.point import Point
from geo.schema import Edition, LandMass, Village
from tests.geo.boundaries.conftest import KEDUNG, PECANGAAN, feature, reading, square
from tests.shared import shared

CHECKOUT = Path(__file__).resolve().parents[3]
FOLDER = CHECKOUT / "data/village_boundaries"
NOW = datetime(2026, 11, 20, 5, tzinfo=UTC)
BRIDGE = (Point(lon=110.4640, lat=-5.8280), Point(lon=110.4660, lat=-5.8255))


def about(key: str) -> About:
    return About(key, key.title(), "terbitan", "uji", "MIT", "0" * 64)


def load(session: Session, key: str, *features: Feature) -> Edition:
    return publish.load(session, features or (feature(square()),), about(key), NOW)


def count(session: Session, edition: Edition, table: type[Village] | type[LandMass]) -> int:
    query = select(func.count()).select_from(table).where(table.edition_id == edition.id)
    return session.scalar(query) or 0


@pytest.fixture(scope="module")
def register() -> Register:
    return read_register(FOLDER / "register.csv")


def test_an_edition_is_loaded_beside_and_not_in_force(session: Session) -> None:
    edition = load(session, "a")
    assert (edition.in_force, edition.in_force_since) == (False, None)
    assert publish.find_edition_in_force(session) is None
    village = session.scalars(select(Village)).one()
    assert (village.code, village.kind, village.district) == (KEDUNG, "desa", "Kedung")
    assert village.area.equals(square())
    assert village.area.geom_type == "MultiPolygon"
    assert village.area.contains(shapely.Point(village.seat.lon, village.seat.lat))


def test_the_register_gives_kind_kecamatan_and_postal_code(
    session: Session, register: Register
) -> None:
    odd = Feature("33.20.06.1006", "Panggang", "desa", "33.20.06", "?", square(), "feature 1")
    publish.load(session, [odd], about("a"), NOW, register)
    village = session.scalars(select(Village)).one()
    entry = register.entries["33.20.06.1006"]
    assert (village.kind, village.district) == ("kelurahan", entry.district)
    assert village.postal_code == entry.postal_code


def test_without_register_and_kecamatan_nothing_is_loaded(session: Session) -> None:
    odd = Feature(KEDUNG, "A", "desa", "33.20.01", "", square(), "feature 1 (A)")
    with pytest.raises(Unusable, match="district") as caught:
        load(session, "a", odd)
    assert caught.value.fault is Fault.FAULTY


def test_a_key_is_taken_once(session: Session) -> None:
    load(session, "a")
    with pytest.raises(Unusable) as caught:
        load(session, "a")
    assert caught.value.fault is Fault.KNOWN_KEY
    assert session.scalar(select(func.count()).select_from(Edition)) == 1


def test_a_switch_puts_one_in_force_and_the_other_out(session: Session) -> None:
    first, second = load(session, "a"), load(session, "b")
    publish.switch(session, first.id, NOW)
    publish.switch(session, second.id, NOW + timedelta(days=1))
    session.expire_all()
    assert (first.in_force, second.in_force) == (False, True)
    assert second.in_force_since == NOW + timedelta(days=1)
    assert publish.find_edition_in_force(session) is second


def test_a_switch_to_what_is_in_force_or_unknown_is_refused(session: Session) -> None:
    first = publish.switch(session, load(session, "a").id, NOW)
    for edition_id, fault in ((first.id, Fault.IN_FORCE), (-1, Fault.UNKNOWN_KEY)):
        with pytest.raises(Unusable) as caught:
            publish.switch(session, edition_id, NOW)
        assert caught.value.fault is fault
    assert publish.find_edition_in_force(session) is first


def test_the_database_itself_allows_one_in_force_only(session: Session) -> None:
    first, second = load(session, "a"), load(session, "b")
    first.in_force = True
    session.flush()
    second.in_force = True
    with pytest.raises(IntegrityError), session.no_autoflush:
        session.flush()


def test_a_refused_load_leaves_what_was_there(session: Session) -> None:
    edition = publish.switch(session, load(session, "a").id, NOW)
    wide = reading(feature(square()), feature(square(110.607), PECANGAAN, "B"))
    with pytest.raises(Unusable):
        prepare(wide)
    assert publish.find_edition_in_force(session) is edition
    assert count(session, edition, Village) == 1


def test_a_file_with_problems_is_refused_and_the_first_is_named() -> None:
    bad = Reading("test", (feature(square()),), (Problem(Flaw.NO_CODE, "feature 2 (Sawah)"),), 2)
    with pytest.raises(Unusable, match=r"feature 2 \(Sawah\)") as caught:
        prepare(bad)
    assert caught.value.fault is Fault.FAULTY
    assert len(prepare(bad, drop_uncoded=True).mended.features) == 1


def test_dropping_the_uncoded_drops_nothing_else() -> None:
    bad = Reading("test", (feature(square()),), (Problem(Flaw.BAD_CODE, "feature 2"),), 2)
    with pytest.raises(Unusable):
        prepare(bad, drop_uncoded=True)


def test_the_raw_set_of_jepara_is_loaded_with_its_report(
    session: Session, register: Register, tmp_path: Path
) -> None:
    named = named_file(shared("data/village_boundaries/jepara_raw.geojson"), key="mentah")
    found = first_available(read_manifest(FOLDER), CHECKOUT, tmp_path, named)
    edition, _ = load_found(session, found, register, NOW, [BRIDGE])
    session.expire_all()
    assert count(session, edition, Village) == 195
    assert edition.report["found"] == {"overlap": 442, "gap": 1426, "multi_part": 26}
    assert edition.report["largest_shift_m"] == pytest.approx(74.8, abs=0.1)
    assert edition.sha256.startswith("93252f79")
    valid, overlaps = session.execute(
        select(func.bool_and(func.ST_IsValid(Village.area)), func.count()).where(
            Village.edition_id == edition.id
        )
    ).one()
    assert (valid, overlaps) == (True, 195)


def test_postgis_finds_no_overlap_and_no_gap_in_what_was_loaded(
    session: Session, register: Register
) -> None:
    raw = read(shared("data/village_boundaries/jepara_raw.geojson"))
    edition = publish.load(session, mend(raw.features).features, about("a"), NOW, register)
    one, other = select(Village).subquery("one"), select(Village).subquery("other")
    overlaps = session.scalar(
        select(func.count())
        .select_from(one)
        .join(other, func.ST_Overlaps(one.c.area, other.c.area))
        .where(one.c.id < other.c.id)
    )
    holes = session.scalar(
        select(func.sum(func.ST_NumInteriorRings(func.ST_GeometryN(LandMass.area, 1)))).where(
            LandMass.edition_id == edition.id
        )
    )
    assert (overlaps, holes) == (0, 0)


def test_a_bridge_makes_one_land_of_karimunjawa_and_kemujan() -> None:
    features = mend(read(shared("data/village_boundaries/jepara.geojson")).features).features
    apart, joined = land_masses(features), land_masses(features, [BRIDGE])
    assert len(joined) == len(apart) - 1
    names = [(land.name, round(land.area_km2, 1)) for land in apart[:4]]
    assert names[1:] == [("Karimunjawa", 22.7), ("Kemujan", 12.3), ("Parang", 4.5)]
    assert (joined[1].name, round(joined[1].area_km2, 1)) == ("Karimunjawa", 35.0)
    assert joined[0].area_km2 > 900
    assert sum(land.area_km2 for land in joined) == pytest.approx(1020.29, abs=0.01)


def test_a_land_is_named_after_its_largest_village() -> None:
    small = feature(shapely.box(110.6, -6.7, 110.602, -6.69), name="Kecil")
    large = feature(shapely.box(110.602, -6.7, 110.61, -6.69), PECANGAAN, "Besar")
    assert [land.name for land in land_masses([small, large])] == ["Besar"]


def test_a_chain_of_bridges_makes_one_land() -> None:
    islands = [feature(square(110.6 + 0.02 * n), f"33.20.01.200{n}", str(n)) for n in range(3)]
    ends = [Point(lon=110.605 + 0.02 * n, lat=-6.695) for n in range(3)]
    assert len(land_masses(islands)) == 3
    assert len(land_masses(islands, [(ends[2], ends[1]), (ends[0], ends[2])])) == 1


def test_a_bridge_that_ends_at_sea_is_refused() -> None:
    sea = Point(lon=110.7, lat=-6.7)
    with pytest.raises(Unusable) as caught:
        land_masses([feature(square())], [(Point(lon=110.605, lat=-6.695), sea)])
    assert caught.value.fault is Fault.NO_BRIDGEHEAD


def test_what_came_went_was_renamed_and_redrawn_is_told() -> None:
    old = [Outline("1", "A", square()), Outline("2", "B", square(110.61))]
    new = [
        Outline("1", "Aa", shapely.box(110.6, -6.7, 110.6102, -6.69)),
        Outline("3", "C", square(110.62)),
    ]
    found = compare(old, new)
    assert (found.added, found.removed) == ((("3", "C"),), (("2", "B"),))
    assert found.renamed == (("1", "A", "Aa"),)
    assert found.redrawn == (("1", "Aa", 0.02),)
    assert found.same_land == pytest.approx(0.5, abs=0.001)


def test_half_a_hundredth_is_not_redrawn() -> None:
    new = [Outline("1", "A", shapely.box(110.6, -6.7, 110.61005, -6.69))]
    assert compare([Outline("1", "A", square())], new).redrawn == ()


def test_the_first_edition_has_nothing_to_be_compared_with() -> None:
    found = compare([], [Outline("1", "A", square())])
    assert (found.added, found.same_land) == ((("1", "A"),), None)


def test_the_two_public_sets_agree_on_92_percent_of_the_land(
    session: Session, register: Register
) -> None:
    for key, name in (("a", "jepara"), ("b", "jepara_bps2019")):
        found = read(shared(f"data/village_boundaries/{name}.geojson"))
        publish.load(session, mend(found.features).features, about(key), NOW, register)
    publish.switch(session, publish.get_edition(session, "a").id, NOW)
    differences = publish.differences(session, publish.get_edition(session, "b"))
    assert differences.same_land == pytest.approx(0.917, abs=0.001)
    assert (len(differences.renamed), len(differences.redrawn)) == (9, 195)


def test_the_indicative_partition_has_71_percent_of_the_land_right(
    session: Session, register: Register
) -> None:
    guessed = {one.code: one.shape for one in mend(partition(session, register)).features}
    truth = read(shared("data/village_boundaries/jepara.geojson")).features
    found = compare(
        [Outline(one.code, one.name, one.shape) for one in truth],
        [Outline(code, "", shape) for code, shape in guessed.items()],
    )
    assert found.same_land == pytest.approx(0.708, abs=0.005)
    assert len(guessed) == 195


def test_the_indicative_partition_is_a_sound_set_with_islands(
    session: Session, register: Register
) -> None:
    mended = mend(partition(session, register))
    assert shapely.coverage_is_valid([one.shape for one in mended.features])
    assert mended.holes == ()
    names = [land.name for land in land_masses(mended.features, [BRIDGE])]
    assert names[1:] == ["Karimunjawa", "Parang", "Nyamuk"]


def test_every_point_of_the_register_lies_in_its_guessed_village(
    session: Session, register: Register
) -> None:
    for one in partition(session, register):
        point = register.entries[one.code].point
        assert shapely.contains_xy(one.shape, point.lon, point.lat)


def test_without_any_file_the_register_is_loaded_as_indicative(
    session: Session, tmp_path: Path
) -> None:
    manifest = read_manifest(FOLDER)
    found = first_available(manifest, tmp_path, tmp_path, manifest.sources[2])
    edition, _ = load_found(session, found, manifest.register(), NOW, [BRIDGE])
    assert (edition.status, count(session, edition, Village)) == ("indikatif", 195)
    assert edition.sha256 == manifest.register().sha256
