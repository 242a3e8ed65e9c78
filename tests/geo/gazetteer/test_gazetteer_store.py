import json

import pytest
import shapely
from sqlalchemy import func, select

from geo.errors import NoEdition
from geo.gazetteer import (
    BadPlace,
    NewPlace,
    checked,
    fill_from_edition,
    import_places,
    known_villages,
    read_entries,
    remove_source,
    replace_places,
    sources,
)
from geo.point import Point
from geo.schema import Place
from tests.shared import shared

HERE = Point(lon=110.65, lat=-6.63)
# Two villages of 1.1 km side by side, and one more beyond, in another kecamatan.
BOXES = {
    "33.20.01.2001": (110.60, -6.61, 110.61, -6.60),
    "33.20.01.2002": (110.61, -6.61, 110.62, -6.60),
}
WEST, EAST = BOXES


def place(name: str = "Pasar Contoh", **told: object) -> NewPlace:
    given = {"kind": "pasar", "point": HERE, "spread_m": 50.0} | told
    return NewPlace(name=name, **given)


def feature(name: object, coordinates: object = (110.65, -6.63), **properties: object) -> dict:
    return {
        "type": "Feature",
        "properties": {"name": name} | properties,
        "geometry": {"type": "Point", "coordinates": coordinates},
    }


def only(session) -> Place:
    return session.scalars(select(Place).execution_options(populate_existing=True)).one()


def test_an_edition_gives_its_villages_and_kecamatan_once(session, jepara):
    written = fill_from_edition(session, jepara.edition_id)
    assert written == 195 + 16
    assert fill_from_edition(session, jepara.edition_id) == written
    assert session.scalar(select(func.count()).select_from(Place)) == written
    with pytest.raises(NoEdition):
        fill_from_edition(session, jepara.edition_id + 1)


def test_a_new_edition_takes_the_place_of_the_old(session, squares):
    fill_from_edition(session, squares(key="old", in_force=False, a=(110, -6.01, 110.01, -6)))
    fill_from_edition(session, squares(key="new", b=(110, -6.01, 110.01, -6)))
    assert set(sources(session)) == {"edition:new"}


def test_the_spread_reaches_the_farthest_corner(session, squares):
    fill_from_edition(session, squares(a=(110.0, -6.01, 110.01, -6.0)))
    village = session.scalars(select(Place).where(Place.kind == "desa")).one()
    assert village.spread_m == pytest.approx(784, abs=5)  # half a diagonal of 1.1 km squared


def test_a_kecamatan_lies_in_all_its_villages_and_repeats_no_shape(session, squares):
    fill_from_edition(session, squares(**BOXES))
    district = session.scalars(select(Place).where(Place.kind == "kecamatan")).one()
    assert (district.village_codes, district.shape) == ([WEST, EAST], None)


def test_real_places_are_imported_in_place_of_the_earlier_ones(session, jepara):
    features = json.loads(shared("data/poi/jepara_tourism.geojson").read_text())["features"]
    assert import_places(session, features, "wisata") == 20
    assert import_places(session, features, "wisata") == 20
    beach = session.scalars(select(Place).where(Place.name == "Pantai Kartini")).one()
    assert (beach.kind, beach.village_codes) == ("pantai", ["33.20.06.1008"])


def test_a_point_is_told_the_village_it_lies_in(session, squares):
    squares(a=(110.6, -6.7, 110.7, -6.6))
    import_places(session, [feature("Pasar"), feature("Perahu", (110.8, -6.6))], "test")
    market, boat = session.scalars(select(Place).order_by(Place.name)).all()
    assert (market.name, market.village_codes, market.context) == ("Pasar", ["a"], "A, Kotak")
    assert (boat.village_codes, boat.context) == ([], "")


def test_a_road_lies_in_the_villages_where_it_runs_for_more_than_30_m(session, squares):
    squares(**BOXES)
    # 330 m in the west, 20 m in the east; then 55 m in the east.
    short = shapely.LineString([(110.607, -6.605), (110.61018, -6.605)])
    replace_places(session, [place(shape=short, point=None)], "test")
    assert only(session).village_codes == [WEST]
    longer = shapely.LineString([(110.607, -6.605), (110.6105, -6.605)])
    replace_places(session, [place(shape=longer, point=None)], "test")
    assert only(session).village_codes == [WEST, EAST]
    assert only(session).context == "Kotak"


def test_a_short_lane_lies_where_most_of_it_is(session, squares):
    squares(**BOXES)
    lane = shapely.LineString([(110.60999, -6.605), (110.61015, -6.605)])
    replace_places(session, [place(shape=lane, point=None)], "test")
    assert (only(session).village_codes, only(session).context) == (
        [EAST],
        f"{EAST}, Kotak",
    )


def test_an_area_lies_in_the_villages_that_hold_more_than_a_hundredth_of_it(session, squares):
    squares(**BOXES)
    replace_places(
        session, [place(shape=shapely.box(110.602, -6.605, 110.61005, -6.601), point=None)], "test"
    )
    assert only(session).village_codes == [WEST]  # 0.6 % in the east
    replace_places(
        session, [place(shape=shapely.box(110.608, -6.605, 110.616, -6.601), point=None)], "test"
    )
    assert only(session).village_codes == [EAST, WEST]  # most of it first


def test_a_shape_without_point_gets_a_point_on_it(session, squares):
    squares(**BOXES)
    bent = shapely.LineString([(110.601, -6.609), (110.601, -6.601), (110.609, -6.601)])
    replace_places(session, [place(shape=bent, point=None)], "test")
    where = only(session).position
    assert bent.distance(shapely.Point(where.lon, where.lat)) < 1e-9


def test_villages_that_are_given_stay_and_need_no_point(session, squares):
    squares(**BOXES)
    given = place("Jalan Contoh", point=None, villages=(EAST, WEST), aka=("Jalan Lama",))
    replace_places(session, [given], "test")
    assert (only(session).village_codes, only(session).position) == ([EAST, WEST], None)
    (entry,) = read_entries(session)
    assert (entry.point, entry.villages) == (None, (EAST, WEST))
    assert entry.names == ("jalan contoh", "jalan lama")


def test_villages_that_are_given_stay_where_the_point_lies_in_another(session, squares):
    squares(**BOXES)
    west = Point(lon=110.605, lat=-6.605)
    replace_places(session, [place(point=west), place(point=west, villages=(EAST,))], "test")
    assert [entry.villages for entry in read_entries(session)] == [(WEST,), (EAST,)]


def test_an_entry_says_all_that_was_written(session, squares):
    squares(**BOXES)
    line = shapely.LineString([(110.601, -6.605), (110.607, -6.605)])
    replace_places(session, [place("Jl. Contoh", kind="jalan", point=None, shape=line)], "test")
    (entry,) = read_entries(session)
    assert entry.shape == line
    assert (entry.name, entry.kind, entry.names) == ("Jl. Contoh", "jalan", ("jl contoh",))
    assert (entry.villages, entry.context, entry.source) == ((WEST,), f"{WEST}, Kotak", "test")
    assert (entry.spread_m, entry.weight) == (50.0, 1.0)


def test_entries_come_in_the_order_of_their_ids(session):
    replace_places(session, [place(name) for name in "CAB"], "test")
    entries = read_entries(session)
    assert [entry.name for entry in entries] == ["C", "A", "B"]
    assert [entry.id for entry in entries] == sorted(entry.id for entry in entries)


def test_a_source_is_taken_out_and_no_other(session):
    replace_places(session, [place("A"), place("B", kind="toko")], "one")
    replace_places(session, [place("C")], "two")
    assert sources(session) == {"one": {"pasar": 1, "toko": 1}, "two": {"pasar": 1}}
    assert remove_source(session, "one") == 2
    assert remove_source(session, "one") == 0
    assert sources(session) == {"two": {"pasar": 1}}


BOW_TIE = shapely.Polygon([(110, -6), (110.1, -6.1), (110.1, -6), (110, -6.1)])


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        (place(""), "name"),
        (place("?!"), "name"),
        (place("a" * 201), "name"),
        (place("a\x00b"), "name"),
        (place(aka=("x" * 201,)), "name"),
        (place(kind=""), "kind"),
        (place(kind="k" * 41), "kind"),
        (place(spread_m=float("nan")), "spread_m"),
        (place(spread_m=-1.0), "spread_m"),
        (place(spread_m=1e9), "spread_m"),
        (place(point=Point(lon=2.35, lat=48.86)), "point"),
        (place(point=None), "point"),
        (place(point=None, shape=shapely.LineString()), "shape"),
        (place(point=None, shape=BOW_TIE), "shape"),
        (place(point=None, shape=shapely.box(2, 48, 3, 49)), "shape"),
        (place(point=None, shape=shapely.Point(110, -6)), "shape"),
        (place(villages=("33.20.99.2001",)), "villages"),
    ],
)
def test_a_bad_place_is_refused_with_its_row_and_field(session, squares, bad, field):
    squares(**BOXES)
    bad = NewPlace(**{name: getattr(bad, name) for name in bad.__slots__} | {"row": "baris 7"})
    with pytest.raises(BadPlace, match=f"^baris 7: .*{field}"):
        replace_places(session, [bad], "test")
    told: list[BadPlace] = []
    good = list(checked([bad, place("Baik")], known_villages(session), told.append))
    assert [one.name for one in good] == ["Baik"]
    assert len(told) == 1


@pytest.mark.parametrize(
    "bad",
    [
        feature(""),
        feature("?"),
        feature(7),
        feature("x", (-6.63, 110.65)),
        feature("x", ("110", "-6")),
        feature("x", ()),
        feature("x", 5),
        feature("x", spread_m="wide"),
        {"type": "Feature", "properties": None, "geometry": None},
        {"type": "Feature"},
        None,
        "feature",
    ],
)
def test_a_bad_feature_is_named_and_nothing_is_written(session, bad):
    with pytest.raises(BadPlace, match="fitur 2"), session.begin_nested():
        import_places(session, [feature("Pasar"), bad], "test")
    assert session.scalars(select(Place)).all() == []


def test_nobody_touches_the_places_of_an_edition_but_the_edition(session):
    with pytest.raises(ValueError, match="fill_from_edition"):
        replace_places(session, [], "edition:2025")
    with pytest.raises(ValueError, match="edition:2025"):
        remove_source(session, "edition:2025")
