import csv
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from geo.name_index import LONGEST_NAME, NameIndex, sound_of
from geo.naming import normalise
from tests.shared import shared


@pytest.fixture(scope="module")
def villages() -> list[str]:
    with shared("data/register/villages_jepara.csv").open(encoding="utf-8-sig") as file:
        return [row["name"] for row in csv.DictReader(file)]


@pytest.fixture(scope="module")
def index(villages) -> NameIndex:
    return NameIndex(villages)


@pytest.fixture
def first(index, villages):
    """The best name for a text; None where none is like it."""

    def find(text: str, **options) -> str | None:
        hits = index.search(text, **options)
        return villages[hits[0].number] if hits else None

    return find


def test_every_name_finds_itself_first_with_likeness_1(index, villages):
    for name in villages:
        best = index.search(name)[0]
        assert normalise(villages[best.number]) == normalise(name)
        assert best.likeness == 1.0


@pytest.mark.parametrize(
    "text",
    [
        "telukawur",
        "Teluk Awur",
        "tlkawur",
        "TELUK-AWUR",
        "t e l u k a w u r",
        "telkuawur",
        "telukaur",
    ],
)
def test_joined_split_short_and_swapped_spellings_find_the_name(first, text):
    assert normalise(first(text)).replace(" ", "") == "telukawur"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Danaraja", "Donorojo"),
        ("Djlegong", "Jlegong"),
        ("Tjepogo", "Cepogo"),
        ("Bandoenghardjo", "Bandungharjo"),
        ("Sukadana", "Sukodono"),
        ("Mantyingan", "Mantingan"),
        ("Pecangan Kulon", "Pecangaan Kulon"),
        ("Tegalsambhi", "Tegalsambi"),
        ("Ujungwathu", "Ujungwatu"),
        ("Kuwasen", "Kuasen"),
        ("Srobyong", "Srobiong"),
        ("Dharang", "Dorang"),
    ],
)
def test_what_sounds_alike_is_found(text, name):
    others = ["Danareja", "Legok", "Cipaku", "Bandung", "Sukadamai", "Matang", "Pecangakan"]
    names = [*others, name]
    assert names[NameIndex(names).search(text)[0].number] == name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("dhukuh", "dukuh"),
        ("soekoredjo", "sukorejo"),
        ("tjilatjap", "cilacap"),
        ("yogya", "jogja"),
        ("syarif", "sarip"),
        ("khamid", "hamid"),
        ("demaq", "demak"),
        ("dema'".replace("'", ""), "demak"),
        ("donorojo", "danaraja"),
        ("surabaya", "surabaia"),
        ("tahunnan", "tahunan"),
        ("vatmawati", "fatmawati"),
    ],
)
def test_two_spellings_have_one_sound(one, other):
    assert sound_of(one) == sound_of(other)


def test_names_that_sound_differently_stay_apart(villages):
    sounds = {sound_of(normalise(name).replace(" ", "")) for name in villages}
    letters = {normalise(name).replace(" ", "") for name in villages}
    assert len(letters) - len(sounds) <= 2


def test_half_a_name_finds_every_village_that_has_it(index, villages):
    found = [villages[hit.number] for hit in index.search("pecangaan")]
    assert set(found[:2]) == {"Pecangaan Kulon", "Pecangaan Wetan"}


def test_the_whole_name_goes_before_its_half():
    index = NameIndex(["Keling Utara", "Keling", "Kelong"])
    assert [hit.number for hit in index.search("keling")][:2] == [1, 0]


def test_while_typing_the_beginning_of_a_name_finds_it(index, villages):
    for typed in ("ka", "karim", "karimun", "karimunja"):
        found = [villages[hit.number] for hit in index.search(typed, unfinished=True)]
        assert "Karimunjawa" in found
    assert villages[index.search("karmunj", unfinished=True)[0].number] == "Karimunjawa"


def test_hits_come_best_first_then_the_shorter_name_then_the_lower_number():
    names = ["Sukamaju", "Suka Maju", "Sukamajuu", "Sukamaju"]
    hits = NameIndex(names).search("sukamaju")
    assert [(hit.number, hit.likeness) for hit in hits[:3]] == [(0, 1.0), (1, 1.0), (3, 1.0)]
    assert hits[3].number == 2
    assert hits[3].likeness < 1


def test_a_name_that_a_thousand_places_have_does_not_crowd_out_the_answer():
    index = NameIndex(["Sukamaju"] * 1000 + ["Sukamaja"])
    assert [hit.number for hit in index.search("sukamaju", limit=5)] == [0, 1, 2, 3, 4]
    assert index.search("sukamaja", limit=3)[0].number == 1000


@given(text=st.text(alphabet="kelingdorawupt ", min_size=1, max_size=12), limit=st.integers(1, 30))
def test_the_answer_is_in_order_and_no_longer_than_asked(index, text, limit):
    hits = index.search(text, limit, at_least=0.6)
    assert len(hits) <= limit
    assert all(0.6 <= hit.likeness <= 1 for hit in hits)
    assert [hit.likeness for hit in hits] == sorted((h.likeness for h in hits), reverse=True)
    assert hits == index.search(text, limit, at_least=0.6)


@given(
    name=st.integers(0, 194), at=st.integers(0, 20), sign=st.sampled_from("abcdeghijklmnoprstuwy")
)
def test_no_single_slip_hides_a_name(index, villages, name, at, sign):
    letters = normalise(villages[name]).replace(" ", "")
    at %= len(letters)
    for slip in (
        letters[:at] + letters[at + 1 :],
        letters[:at] + sign + letters[at:],
        letters[:at] + sign + letters[at + 1 :],
        letters[:at] + letters[at : at + 2][::-1] + letters[at + 2 :],
    ):
        hits = index.search(slip, at_least=0.3)
        assert letters in {normalise(villages[hit.number]).replace(" ", "") for hit in hits}


@given(text=st.text(max_size=400))
@example("\x00\n\t")
@example("مرحبا")
@example("🚒" * 50)
@example("\ud800")
@example("ﷺ" * 300)
@example("a" * 10_000)
@example("' OR 1=1 --")
def test_any_text_is_answered(index, text):
    for unfinished in (False, True):
        assert all(
            0 <= hit.number < len(index) for hit in index.search(text, unfinished=unfinished)
        )


def test_only_the_first_60_letters_are_read():
    long = "ab" * (LONGEST_NAME // 2)
    index = NameIndex([long + "x", "cd"])
    assert index.search(long + "yyy")[0] == index.search(long)[0]
    assert index.search(long)[0].likeness == 1.0


def test_names_without_letters_are_there_but_never_found():
    index = NameIndex(["", "***", "Semat", ""])
    assert len(index) == 4
    assert [hit.number for hit in index.search("semat")] == [2]
    assert index.search("") == index.search("***") == []


def test_an_index_of_nothing_answers_nothing():
    assert NameIndex([]).search("semat") == []


def test_added_names_are_found_and_numbered_on(villages):
    index = NameIndex(villages)
    assert index.add(["Warung Mbah Djoyo", "Semat"]) == range(195, 197)
    assert index.add(["Gardu Pandang"]) == range(197, 198)
    assert len(index) == 198
    assert index.search("warung mbah joyo")[0].number == 195
    assert index.search("gardu pandang")[0].number == 197
    assert [hit.number for hit in index.search("semat")][:2] == [villages.index("Semat"), 196]


def test_a_search_sees_all_names_of_an_add_or_none():
    index = NameIndex(["Semat"])
    twins = ["Gardu", "Gardu"]

    def ask(_: int) -> int:
        return len(index.search("gardu")) % 2

    with ThreadPoolExecutor(4) as threads:
        odd = threads.map(ask, range(400))
        for _ in range(8):
            index.add(twins)
        assert sum(odd) == 0
    assert len(index.search("gardu")) == 16


def test_many_texts_are_answered_as_each_alone(index):
    texts = ["semat", "tlkawur", "", "semat", "pecangaan"]
    assert index.search_many(texts) == [index.search(text) for text in texts]


def test_exact_gives_every_name_of_these_letters():
    index = NameIndex(["Teluk Awur", "Semat", "Telukawur"])
    index.add(["TELUK AWUR"])
    assert index.exact("Teluk-awur") == [0, 2, 3]
    assert index.exact("teluk") == []
