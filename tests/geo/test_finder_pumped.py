"""geo.geocoder: no text makes the finder work without end, counted in look-ups, not in seconds."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from geo.address.said import LONGEST_TEXT
from geo.elsewhere import Country
from geo.finding import Evidence
from geo.geocoder import Finder
from geo.name_index import NameIndex
from geo.search import abroad, clues, hypotheses
from geo.search.names import Names
from tests.benches.pumped import PUMPED
from tests.world import World

# All runs of up to 5 among the first 48 words; four passes go over them: ours, those of other
# regencies, names of several words, guesses.
WINDOWS = 230
MOST = {
    "windows": 4 * WINDOWS,
    "likenesses": 2 * WINDOWS,
    "searches": 2 * WINDOWS,
    "regencies": 3 * WINDOWS,
    "names": 6 * WINDOWS,
    "clues": 3 * WINDOWS,
    "scores": 300,  # one for each village or regency that is spoken for
}
# Names of ours and of our neighbours in a row find more than any noise does.
NAMED = [
    "jepara ", "jl jepara ", "jepara kudus ", "pecangaan ", "karimun ", "ds ngabul ", "kauman ",
    "kec tahunan ", "kec jepara, ", "jl kartini ", "pasar ", "rt 3 ngabul ", "pati demak ",
]  # fmt: skip
SALAD = [
    "jl", "rt 3", "rw", "jepara", "kudus", "pecangaan", "kauman", "ngabul", "a", "pasar", "ds",
    "kec", "lor", ",", "200 m", "kira kira", "dpn", "masjid", "kab", "-6.6", "depan", "jawa tengah",
]  # fmt: skip
PIECES = [*PUMPED, *NAMED]


@pytest.fixture(scope="module")
def finder(shared_world: World) -> Finder:
    with shared_world.as_owner() as session:
        return Finder.read(session)


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often the finder did what costs it time; goes on counting."""
    done: Counter[str] = Counter()

    def counted(owner: Any, name: str, label: str) -> None:
        before = getattr(owner, name)

        def counting(*given: Any, **named: Any) -> Any:
            done[label] += 1
            return before(*given, **named)

        monkeypatch.setattr(owner, name, counting)

    def counted_windows(count: int) -> Iterator[tuple[int, int]]:
        for window in every(count):
            done["windows"] += 1
            yield window

    every = clues.windows
    for module in (clues, abroad):
        monkeypatch.setattr(module, "windows", counted_windows)
    counted(NameIndex, "search", "searches")
    counted(Names, "like", "likenesses")
    counted(Names, "exact", "names")
    counted(Country, "regencies_named", "regencies")
    counted(clues, "_clue", "clues")
    counted(hypotheses, "_best", "scores")
    return done


def over(done: Counter[str], times: int = 1) -> dict[str, int]:
    """What was done more often than is allowed."""
    return {what: count for what, count in done.items() if count > times * MOST[what]}


def letters(seed: int) -> str:
    """Noise in words of some letters."""
    chance = random.Random(seed)  # noqa: S311
    return "".join(chance.choices("abcdefghijklmnoprstuwy    ,.1", k=LONGEST_TEXT))


def words(seed: int) -> str:
    """Real names and marks in no order."""
    chance = random.Random(seed)  # noqa: S311
    return " ".join(chance.choices(SALAD, k=LONGEST_TEXT))[:LONGEST_TEXT]


@pytest.mark.parametrize("typing", [False, True])
@pytest.mark.parametrize("piece", PIECES)
def test_a_repeated_piece_costs_so_many_look_ups_at_most(
    finder: Finder, work: Counter[str], piece: str, typing: bool
) -> None:
    finder.locate(piece * LONGEST_TEXT, typing=typing)
    assert over(work) == {}


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize("salad", [letters, words])
def test_a_salad_costs_so_many_look_ups_at_most(
    finder: Finder, work: Counter[str], salad: Callable[[int], str], seed: int
) -> None:
    finder.locate(salad(seed))
    assert over(work) == {}


def test_a_road_named_after_towns_only_asks_all_its_words_for_each_run_of_them(
    finder: Finder, work: Counter[str]
) -> None:
    finder.locate("jl " + "jepara kudus " * LONGEST_TEXT)
    words_read = 48
    assert work.pop("regencies") <= 2 * words_read * WINDOWS  # plain look-ups
    assert over(work) == {}


@pytest.mark.parametrize("piece", PIECES)
def test_ten_thousand_letters_cost_as_much_as_one_hundred_too_many(
    finder: Finder, work: Counter[str], piece: str
) -> None:
    def cost(count: int) -> dict[str, int]:
        work.clear()
        finder.locate((piece * count)[:count])
        # Not the searches: what was asked before is remembered.
        return {what: times for what, times in work.items() if what != "searches"}

    # One hundred, for a text of just the length keeps its last word, and one that is cut may not.
    assert cost(10_000) == cost(LONGEST_TEXT + 100)


@pytest.mark.parametrize("piece", PIECES)
def test_weighing_reads_a_text_three_times_at_most(
    finder: Finder, work: Counter[str], piece: str
) -> None:
    finder.weigh(Evidence(text=piece * LONGEST_TEXT))
    assert over(work, times=3) == {}


def test_the_counters_count(finder: Finder, work: Counter[str]) -> None:
    finder.locate("kebakaran di pecangaen dekat pasar, kab kudus")
    assert work.keys() == MOST.keys()
