"""geo.search.asking: what lies near enough to be asked about, and how a question is read out."""

import pytest
import shapely

from geo.gazetteer.entries import Entry
from geo.placement import VillageRef
from geo.point import Point
from geo.search.asking import Spots, in_words
from geo.search.names import Names
from geo.shapes import LocalScale
from geo.uncertainty.asks import NEITHER, UNSURE, Kind
from geo.uncertainty.cloud import OUTSIDE, SEA
from geo.uncertainty.questions import Option, Question, Road

MIDDLE = Point(lon=110.65, lat=-6.6)
SCALE = LocalScale.at(MIDDLE.lat)
HILL, SHORE, TWIN = "91.01.01.2001", "91.01.01.2002", "91.01.02.2001"
VILLAGES = (
    VillageRef(1, HILL, "Bukit", "desa", "91.01.01", "Atas"),
    VillageRef(2, SHORE, "Pantai", "desa", "91.01.01", "Atas"),
    VillageRef(3, TWIN, "Bukit", "desa", "91.01.02", "Bawah"),
)


def away(east_m: float, north_m: float = 0.0) -> Point:
    return Point(
        lon=MIDDLE.lon + east_m / SCALE.lon_m,
        lat=MIDDLE.lat + north_m / SCALE.lat_m,
    )


def entry(number: int, kind: str, name: str, **told: object) -> Entry:
    blank = {"point": None, "spread_m": 20.0, "villages": (HILL,), "shape": None, "context": ""}
    return Entry(
        id=number, name=name, kind=kind, names=(name.lower(),), source="file:uji", **blank | told
    )


def road(number: int, east_m: float) -> Entry:
    """It runs north, so many metres east of the middle."""
    ends = [away(east_m, -50), away(east_m, 50)]
    line = shapely.LineString([(end.lon, end.lat) for end in ends])
    return entry(number, "jalan", f"Jl. {number}", shape=line)


def rt(number: int, east_m: float, rw: int = 1) -> Entry:
    name = f"RT {number:03d} RW {rw:03d} Bukit"
    return entry(1000 * rw + number, "rt", name, point=away(east_m))


def roads_near(entries: list[Entry], radius_m: float = 100.0) -> list[str]:
    sides, _ = Spots.of(entries).near(MIDDLE, radius_m)
    return [side.key for side in sides if isinstance(side, Road)]


def test_the_nearest_roads_come_first_whatever_their_ids() -> None:
    assert roads_near([road(1, 200), road(2, -120), road(3, 40)]) == ["3", "2", "1"]


def test_of_many_roads_the_nearest_ten_are_kept() -> None:
    entries = [road(number, 290 - 10 * number) for number in range(25)]
    assert roads_near(entries) == [str(number) for number in range(24, 14, -1)]


def test_a_road_farther_than_the_reach_is_never_asked_about() -> None:
    entries = [road(1, 290), road(2, 310), road(3, 1400), road(4, 1600)]
    assert roads_near(entries, radius_m=100) == ["1"]
    assert roads_near(entries, radius_m=1000) == ["1", "2", "3"]


def test_a_long_road_is_as_near_as_its_nearest_stretch() -> None:
    long = shapely.LineString([(110.2, -6.6), (110.9, -6.6)])
    assert roads_near([road(1, 30), entry(2, "jalan", "Raya", shape=long)]) == ["2", "1"]


def test_roads_as_near_stand_in_their_order() -> None:
    assert roads_near([road(7, 60), road(5, 60), road(6, 60)]) == ["7", "5", "6"]


def test_landmarks_come_before_roads_and_nearest_first() -> None:
    entries = [
        road(1, 10),
        entry(2, "pasar", "Pasar Jauh", point=away(250)),
        entry(3, "sekolah", "SD Dekat", point=away(-90)),
        entry(4, "pasar", "Pasar Terlalu Jauh", point=away(400)),
    ]
    sides, _ = Spots.of(entries).near(MIDDLE, 100)
    assert [side.key for side in sides] == ["3", "2", "1"]


@pytest.mark.parametrize(
    "large", [{"spread_m": 500.0}, {"kind": "dusun"}, {"point": None}], ids=str
)
def test_what_has_no_clear_sides_is_no_landmark(large: dict[str, object]) -> None:
    told = {"kind": "pasar", "point": away(50)} | large
    sides, _ = Spots.of([entry(1, name="Pasar", **told)]).near(MIDDLE, 100)
    assert sides == []


def test_an_empty_gazetteer_has_nothing_to_ask_about() -> None:
    assert Spots.of([]).near(MIDDLE, 5000) == ([], [])


def test_roads_are_found_where_there_is_no_rt_and_the_other_way_round() -> None:
    assert Spots.of([road(1, 20)]).near(MIDDLE, 100)[1] == []
    sides, rts = Spots.of([rt(4, 20)]).near(MIDDLE, 100)
    assert (sides, [one.rt for one in rts]) == ([], [4])


def test_of_many_rt_the_nearest_sixty_are_kept() -> None:
    entries = [rt(number, 295 - 3 * number) for number in range(1, 91)]
    _, rts = Spots.of(entries).near(MIDDLE, 100)
    assert [one.rt for one in rts] == list(range(90, 30, -1))


def test_a_far_rt_is_not_asked_about() -> None:
    _, rts = Spots.of([rt(1, 200), rt(2, 3000)]).near(MIDDLE, 100)
    assert [one.key for one in rts] == [f"{HILL}/1"]


def test_of_two_rt_with_one_number_the_nearer_is_meant() -> None:
    _, rts = Spots.of([rt(3, 250, rw=1), rt(3, 50, rw=2)]).near(MIDDLE, 100)
    assert [(one.key, one.place) for one in rts] == [(f"{HILL}/3", away(50))]


def test_an_rt_with_an_area_is_ready_to_be_asked_by_two_threads() -> None:
    area = shapely.Point(MIDDLE.lon, MIDDLE.lat).buffer(0.001)
    _, rts = Spots.of([entry(1, "rt", "RT 005 RW 001 Bukit", shape=area)]).near(MIDDLE, 100)
    assert shapely.is_prepared(rts[0].place)


QUESTIONS = {
    "villages": (
        Question("k", Kind.VILLAGE, (Option(HILL, HILL), Option(SHORE, SHORE)), 0.9),
        ("Bukit (Atas) atau Pantai?", ("Bukit (Atas)", "Pantai", "bukan keduanya", "tidak tahu")),
        ("Bukit (Atas) or Pantai?", ("Bukit (Atas)", "Pantai", "neither", "not known")),
    ),
    "sea": (
        Question("k", Kind.VILLAGE, (Option(SHORE, SHORE), Option(SEA)), 0.9),
        ("Pantai atau di laut?", ("Pantai", "di laut", "bukan keduanya", "tidak tahu")),
        ("Pantai or at sea?", ("Pantai", "at sea", "neither", "not known")),
    ),
    "outside": (
        Question("k", Kind.VILLAGE, (Option(OUTSIDE), Option(TWIN, TWIN)), 0.9),
        (
            "Luar wilayah atau Bukit (Bawah)?",
            ("luar wilayah", "Bukit (Bawah)", "bukan keduanya", "tidak tahu"),
        ),
        (
            "Another regency or Bukit (Bawah)?",
            ("another regency", "Bukit (Bawah)", "neither", "not known"),
        ),
    ),
    "landmark": (
        Question(
            "k", Kind.SIDE, (Option("utara", side="utara"), Option("selatan", side="selatan")),
            0.9, "Pasar Pagi",
        ),
        ("Di sebelah utara atau selatan Pasar Pagi?", ("utara", "selatan", "tidak tahu")),
        ("To the north or the south of Pasar Pagi?", ("north", "south", "not known")),
    ),
    "road": (
        Question(
            "k", Kind.ROAD, (Option("timur", side="timur"), Option("barat", side="barat")),
            0.9, "Jl. Mawar",
        ),
        ("Di sisi timur atau barat Jl. Mawar?", ("timur", "barat", "tidak tahu")),
        ("On the east or the west side of Jl. Mawar?", ("east", "west", "not known")),
    ),
    "rt": (
        Question(
            "k", Kind.RT, (Option("a/3", SHORE, rt=3), Option("a/7", SHORE, rt=7)), 0.9,
        ),
        (
            "RT 3 Pantai atau RT 7 Pantai?",
            ("RT 3 Pantai", "RT 7 Pantai", "bukan keduanya", "tidak tahu"),
        ),
        ("RT 3 Pantai or RT 7 Pantai?", ("RT 3 Pantai", "RT 7 Pantai", "neither", "not known")),
    ),
}  # fmt: skip


@pytest.mark.parametrize("about", QUESTIONS)
@pytest.mark.parametrize("language", ["id", "en"])
def test_a_question_is_read_out_in_the_operators_language(about: str, language: str) -> None:
    question, *said = QUESTIONS[about]
    asking = in_words(question, Names(VILLAGES, ()), language)
    assert (asking.text, tuple(o.label for o in asking.options)) == said[language == "en"]


@pytest.mark.parametrize("about", QUESTIONS)
def test_the_keys_of_the_answers_are_those_of_the_question(about: str) -> None:
    question = QUESTIONS[about][0]
    keys = [option.key for option in in_words(question, Names(VILLAGES, ()), "en").options]
    others = [NEITHER, UNSURE] if question.neither else [UNSURE]
    assert keys == [*(option.key for option in question.options), *others]


def test_an_unknown_language_is_read_as_indonesian() -> None:
    asking = in_words(QUESTIONS["sea"][0], Names(VILLAGES, ()), "nl")
    assert asking.text == "Pantai atau di laut?"
