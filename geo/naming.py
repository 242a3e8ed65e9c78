"""How well a text, as callers say it, names a place: misspelt, joined, cut short, with marks."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.fuzz import ratio

LONGEST_TEXT = 300  # letters of a question that are read
_MOST_WORDS, _MOST_LETTERS = 8, 60  # of these, that can name something
LONGEST_NAME = 4  # words that one name is looked for in
_LIKE = 0.6  # below this a name is another name

AREA_KINDS = ("desa", "kelurahan", "kecamatan")
VILLAGE_MARKS = frozenset({"ds", "desa", "kel", "kelurahan"})
DISTRICT_MARKS = frozenset({"kec", "kecamatan"})
REGENCY_MARKS = frozenset({"kab", "kabupaten"})
# Said round a name, never the name itself.
_NEARNESS = frozenset({"dekat", "depan", "belakang", "samping", "sebelah", "seberang", "sekitar"})
_WAYS = frozenset({"di", "ke", "dari", "arah", "daerah", "wilayah", "jl", "jln", "jalan", "gang"})
_PARTS = frozenset({"gg", "rt", "rw", "dk", "dukuh", "dusun", "dsn"})
_MARKS = VILLAGE_MARKS | DISTRICT_MARKS | REGENCY_MARKS | _NEARNESS | _WAYS | _PARTS


@dataclass(frozen=True, slots=True)
class Word:
    """A word that may belong to a name, and the mark that stood before it ("desa", "kec")."""

    letters: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """Up to four words in a row, joined: one name as it may have been said."""

    start: int
    end: int
    letters: str
    mark: str
    unfinished: bool  # the end of the text: it may still be being typed


def normalise(text: str) -> str:
    """Lower case, no accents, no signs, single spaces: "Ds.  Tegal-Sambi" is "ds tegal sambi"."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return " ".join("".join(sign if sign.isalnum() else " " for sign in plain).split())


def telling_words(text: str) -> list[Word]:
    """The words of a text that can be part of a name, each with the mark before it.

    At most eight words and 60 letters, from the first 300 letters of the text: no question may
    take long. The regency's own name after "kabupaten" tells nothing here and is left out.
    """
    words = normalise(text[:LONGEST_TEXT]).split()
    telling: list[Word] = []
    room = _MOST_LETTERS
    for mark, letters in pairwise(["", *words]):
        if letters in _MARKS or mark in REGENCY_MARKS:
            continue
        if len(telling) == _MOST_WORDS or len(letters) > room:
            break
        telling.append(Word(letters, mark))
        room -= len(letters)
    return telling


class Question:
    """The words of a text, cut into runs once and held against one place after the other."""

    def __init__(self, text: str) -> None:
        words = telling_words(text)
        self.words = [word.letters for word in words]
        self.total = len(_letters(words))
        self.runs = list(_runs(words))
        self._naming: dict[str, list[Run]] = {}

    def score(self, name: str, kind: str, context: str) -> float:
        """0 (another place) to a little above 1 (name, kind and context fit the whole text)."""
        letters = _letters(telling_words(name)) or normalise(name).replace(" ", "")
        around = [run for part in context.split(",") for run in self._runs_naming(part)]
        best = 0.0
        for run in self.runs:
            like = _likeness(run, letters)
            if like < _LIKE:
                continue
            apart = [len(r.letters) for r in around if r.end <= run.start or r.start >= run.end]
            explained = len(run.letters) + max(apart, default=0)
            score = like * (0.4 + 0.6 * explained / self.total) + _kind_bonus(run.mark, kind)
            best = max(best, score)
        return best

    def _runs_naming(self, context: str) -> list[Run]:
        """Runs that say where the place is; remembered, as many places share a kecamatan."""
        if context not in self._naming:
            letters = _letters(telling_words(context))
            self._naming[context] = [
                run for run in self.runs if ratio(run.letters, letters, score_cutoff=80) > 0
            ]
        return self._naming[context]


def _letters(words: list[Word]) -> str:
    return "".join(word.letters for word in words)


def _runs(words: list[Word]) -> Iterator[Run]:
    for start, first in enumerate(words):
        for end in range(start + 1, min(start + LONGEST_NAME, len(words)) + 1):
            yield Run(start, end, _letters(words[start:end]), first.mark, end == len(words))


def _likeness(run: Run, name: str) -> float:
    """0 to 1; the start of a name counts nearly as the name while it is being typed."""
    like = ratio(run.letters, name, score_cutoff=100 * _LIKE) / 100
    if run.unfinished and len(run.letters) >= 2 and name.startswith(run.letters):
        return max(like, 0.85 + 0.15 * len(run.letters) / len(name))
    return like


def _kind_bonus(mark: str, kind: str) -> float:
    if mark in VILLAGE_MARKS:
        return 0.05 if kind in ("desa", "kelurahan") else 0.0
    if mark in DISTRICT_MARKS:
        return 0.05 if kind == "kecamatan" else 0.0
    return 0.0
