"""Finds names by their letters though they are misspelt, joined, split, halved or unfinished.

Each name is kept twice: by its letters and by its sound, in which the spellings of Indonesian and
Javanese that are heard alike fall together. The sounds' trigrams find some sixty names that may
be meant; these are then compared letter by letter. After Angell et al. 1983 (trigrams),
Tversky 1977 (names that hold the question count more than those that share parts of it).
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA, Indel
from rapidfuzz.process import cdist

from geo.naming import normalise

LONGEST_NAME = 60  # letters of a name, and of a question, that are read
_COMPARED = 60  # names that the trigrams hand over
_SHORT = 5  # letters up to which one slip may leave no trigram whole: each slip is looked up
_SHORT_SWAP = 10  # a swap or a letter too many spoils more of them
_MOST_POSTINGS = 12_000  # looked at for one question; the rarest trigrams are read first
_LONGER = 0.4  # what a trigram that only the name has costs, when one that is asked for costs 1
_LONGER_UNFINISHED = 0.05
_SAME_SOUND = 0.87  # likeness of what is heard alike, however it is spelt

# In this order; what comes later sees what came before. "\n" ends a name.
_SOUNDS = (
    *(("oe", "u"), ("dj", "j"), ("tj", "c"), ("sj", "s"), ("sy", "s"), ("uw", "u")),
    *(("kh", "h"), ("ch", "c"), ("dh", "d"), ("th", "t"), ("bh", "b"), ("gh", "g")),
    *(("v", "p"), ("f", "p"), ("q", "k"), ("x", "ks"), ("z", "s")),
    *(("j", "i"), ("y", "i"), ("o", "a"), ("k\n", "\n")),
)
_DOUBLED = re.compile(r"([a-z])\1+")

# Letters are numbered 1 to 26, digits 27 to 36, and 0 stands before and after a name.
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
_LETTERS = "\n" + _ALPHABET + "0123456789"
_NUMBER_OF = np.zeros(256, dtype=np.uint16)
_NUMBER_OF[list(_LETTERS.encode())] = np.arange(len(_LETTERS))
_BASE = len(_LETTERS)

Floats = NDArray[np.float64]
Numbers = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Hit:
    """A name that may be meant, by its place in the list, and how like it is (0 to 1)."""

    number: int
    likeness: float


def sound_of(letters: str) -> str:
    """The letters, lower case and without spaces, as they are heard: "djepara" is "iepara".

    Spellings that sound alike give the same: donorojo and danaraja, oe and u, dh and d, th and t,
    doubled letters, a last k. Never shown to people.
    """
    return _sounds([letters])[0]


class NameIndex:
    """Names in a fixed order, ready to be searched; more can be added at the end.

    Threads may search while one adds: a search sees all names of an add or none of them.
    100,000 names take about a second to build and some 20 MB.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._shelves: tuple[_Shelf, ...] = (_Shelf.of(names, first=0),)
        self._added: list[str] = []
        self._adding = threading.Lock()

    def __len__(self) -> int:
        return sum(len(shelf.numbers) for shelf in self._shelves)

    def add(self, names: Iterable[str]) -> range:
        """Puts names at the end; answers their numbers.

        All added names are read again each time (10 µs a name): meant for some thousands.
        """
        with self._adding:
            main = self._shelves[0]
            start = len(self)
            self._added.extend(names)
            self._shelves = (main, _Shelf.of(self._added, first=len(main.numbers)))
            return range(start, len(self))

    def search(
        self, text: str, limit: int = 20, at_least: float = 0.5, *, unfinished: bool = False
    ) -> list[Hit]:
        """Names that the text can mean, best first; ties: the shorter name, then the lower number.

        unfinished   the text may be the beginning of a name that is still being typed
        Only the first 60 letters are read. No text takes long.
        """
        letters = _joined(normalise(text[: 4 * LONGEST_NAME]))
        if not letters or limit < 1:
            return []
        asked = _Asked.of(letters, unfinished)
        found = [hit for shelf in self._shelves for hit in shelf.search(asked, limit, at_least)]
        return [Hit(number, -unlike) for unlike, _, number in sorted(found)[:limit]]

    def search_many(
        self, texts: Iterable[str], limit: int = 20, at_least: float = 0.5
    ) -> list[list[Hit]]:
        """An answer for each text, in their order; what comes twice is searched once."""
        texts = list(texts)
        answers = {text: self.search(text, limit, at_least) for text in dict.fromkeys(texts)}
        return [answers[text] for text in texts]

    def exact(self, text: str) -> list[int]:
        """Numbers of the names with just these letters, spaces apart, in their order."""
        letters = _joined(normalise(text[: 4 * LONGEST_NAME]))
        return [number for shelf in self._shelves for number in shelf.exact(letters)]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question, taken apart once."""

    letters: str
    sound: str
    trigrams: list[int]  # codes, each once
    unfinished: bool

    @classmethod
    def of(cls, letters: str, unfinished: bool) -> _Asked:
        sound = sound_of(letters)
        signs = [0, 0, *map(_LETTERS.index, sound), 0]
        codes = {
            (first * _BASE + second) * _BASE + third
            for first, second, third in zip(signs, signs[1:], signs[2:], strict=False)
            if third or not unfinished  # an unfinished text does not say where the name ends
        }
        return cls(letters, sound, sorted(codes), unfinished)


_Found = tuple[float, int, int]  # likeness below zero, letters, number: sorts as hits do


@dataclass(frozen=True, slots=True)
class _Shelf:
    """Names that were read in one go. Names with the same letters are one form.

    letters    (n,) of each form, joined
    sounds     (n,) how each is heard
    breaks     (n,) where words end inside it
    sizes      (n,) its trigrams
    starts     where the postings of each trigram begin
    postings   the forms that hold a trigram, rising
    firsts     (n + 1,) where the names of each form begin in `numbers`
    """

    letters: list[str]
    sounds: list[str]
    breaks: list[tuple[int, ...]]
    sizes: NDArray[np.int16]
    starts: NDArray[np.int32]
    postings: Numbers
    firsts: Numbers
    numbers: Numbers
    form_of: dict[str, int]

    @classmethod
    def of(cls, names: Sequence[str], first: int) -> _Shelf:
        plain = [normalise(name[: 4 * LONGEST_NAME]) for name in names]
        form_of: dict[str, int] = {}
        forms = [form_of.setdefault(_joined(name), len(form_of)) for name in plain]
        letters = list(form_of)
        sounds = _sounds(letters)
        starts, postings = _postings(sounds)
        order = np.argsort(np.array(forms, dtype=np.int64), kind="stable")
        return cls(
            letters=letters,
            sounds=[same if same == s else s for same, s in zip(letters, sounds, strict=True)],
            breaks=_breaks(plain, forms, len(letters)),
            sizes=np.bincount(postings, minlength=len(letters)).astype(np.int16),
            starts=starts,
            postings=postings,
            firsts=_offsets(np.bincount(np.array(forms, dtype=np.int64), minlength=len(letters))),
            numbers=(order + first).astype(np.int32),
            form_of=form_of,
        )

    def exact(self, letters: str) -> list[int]:
        form = self.form_of.get(letters)
        return [] if form is None else self._numbers(form)

    def search(self, asked: _Asked, limit: int, at_least: float) -> list[_Found]:
        same = self.exact(asked.letters)
        if len(same) >= limit:
            return [(-1.0, len(asked.letters), number) for number in same[:limit]]
        forms = [*{*self._alike(asked), *self._one_slip_off(asked)}]
        likeness = self._compare(asked, forms)
        ranked = sorted(
            (-like, len(self.letters[form]), form)
            for like, form in zip(likeness, forms, strict=True)
            if like >= at_least
        )
        return self._names_of(ranked, limit)

    def _names_of(self, ranked: list[tuple[float, int, int]], limit: int) -> list[_Found]:
        """The names of the forms, some more than the limit where forms are equally like."""
        found: list[_Found] = []
        for unlike, length, form in ranked:
            if len(found) >= limit and (unlike, length) != found[-1][:2]:
                break
            found.extend((unlike, length, number) for number in self._numbers(form)[:limit])
        return found

    def _numbers(self, form: int) -> list[int]:
        numbers: list[int] = self.numbers[self.firsts[form] : self.firsts[form + 1]].tolist()
        return numbers

    def _alike(self, asked: _Asked) -> list[int]:
        """Forms that share most trigrams with the question, in no order."""
        lists = self._rarest(asked.trigrams)
        if not lists:
            return []
        shared = np.bincount(np.concatenate(lists))
        forms = np.flatnonzero(shared >= (len(lists) + 2) // 3)
        if len(forms) > _COMPARED:
            longer = _LONGER_UNFINISHED if asked.unfinished else _LONGER
            both = shared[forms]
            score = both / (len(asked.trigrams) + longer * (self.sizes[forms] - both))
            forms = forms[np.argpartition(-score, _COMPARED)[:_COMPARED]]
        found: list[int] = forms.tolist()
        return found

    def _rarest(self, trigrams: list[int]) -> list[Numbers]:
        """Postings of the trigrams, the rarest first, until they are too many to read."""
        ends = sorted((int(self.starts[one + 1] - self.starts[one]), one) for one in trigrams)
        lists: list[Numbers] = []
        room = _MOST_POSTINGS
        for count, one in ends:
            if room <= 0:
                break
            lists.append(self.postings[self.starts[one] : self.starts[one + 1]])
            room -= count
        return lists

    def _one_slip_off(self, asked: _Asked) -> list[int]:
        """Forms one slip away from a short question."""
        forms = map(self.form_of.get, _slips(asked.letters))
        return [form for form in forms if form is not None]

    def _compare(self, asked: _Asked, forms: list[int]) -> list[float]:
        """Likeness of each form."""
        if not forms:
            return []
        letters = [self.letters[form] for form in forms]
        sounds = [self.sounds[form] for form in forms]
        whole = _likeness(asked.letters, asked.sound, letters, sounds)
        likeness: list[float] = whole.tolist()
        if asked.unfinished:
            parts = (_begun(asked, *both) for both in zip(letters, sounds, strict=True))
            return [max(pair) for pair in zip(likeness, parts, strict=True)]
        for place, form in enumerate(forms):
            if (breaks := self.breaks[form]) and len(letters[place]) > len(asked.letters) + 1:
                half = _halved(asked.letters, letters[place], breaks)
                likeness[place] = max(likeness[place], half)
        return likeness


def _likeness(letters: str, sound: str, others: list[str], sounds: list[str]) -> Floats:
    """1 for the same letters; less for each slip."""
    spelt = cdist([letters], others, scorer=OSA.normalized_similarity)[0]
    in_order = cdist([letters], others, scorer=Indel.normalized_similarity)[0]
    heard = cdist([sound], sounds, scorer=OSA.normalized_similarity)[0]
    like = 0.4 * spelt + 0.4 * in_order + 0.2 * heard
    alike = np.where(heard == 1.0, _SAME_SOUND + (1 - _SAME_SOUND) * spelt, 0.0)
    best: Floats = np.maximum(like, alike).astype(np.float64).round(4)
    return best


def _halved(asked: str, letters: str, breaks: tuple[int, ...]) -> float:
    """Likeness where only the first or the last words of the name were said; else 0."""
    best = 0.0
    slack = 1 + len(asked) // 8
    for at in breaks:
        for half, worth in ((letters[:at], 0.75), (letters[at:], 0.6)):
            if abs(len(half) - len(asked)) <= slack:
                like = OSA.normalized_similarity(asked, half, score_cutoff=0.7)
                best = max(best, like * like * (worth + 0.2 * len(half) / len(letters)))
    return round(best, 4)


def _begun(asked: _Asked, letters: str, sound: str) -> float:
    """Likeness where the question may be the beginning of the name."""
    share = len(asked.letters) / max(len(letters), 1)
    if letters.startswith(asked.letters):
        return round(0.85 + 0.15 * share, 4)
    spelt = OSA.normalized_similarity(asked.letters, letters[: len(asked.letters)])
    heard = OSA.normalized_similarity(asked.sound, sound[: len(asked.sound)])
    return round((0.55 * spelt + 0.45 * heard) * (0.8 + 0.1 * min(share, 1.0)), 4)


def _slips(letters: str) -> list[str]:
    """What was meant if there is one slip: a letter too many, two swapped, one lost or wrong."""
    if len(letters) > _SHORT_SWAP:
        return []
    places = range(len(letters))
    slips = [letters[:at] + letters[at + 1 :] for at in places]
    slips += [letters[:at] + letters[at : at + 2][::-1] + letters[at + 2 :] for at in places]
    if len(letters) <= _SHORT:
        for at in range(len(letters) + 1):
            before, here, after = letters[:at], letters[at:], letters[at + 1 :]
            slips += [before + sign + here for sign in _ALPHABET]
            slips += [before + sign + after for sign in _ALPHABET]
    return slips


def _joined(name: str) -> str:
    return name.replace(" ", "")[:LONGEST_NAME]


def _sounds(letters: list[str]) -> list[str]:
    """Of many at once: each rule then runs over one long text."""
    if not letters:
        return []
    text = "\n".join(letters) + "\n"
    for spelt, heard in _SOUNDS:
        text = text.replace(spelt, heard)
    return _DOUBLED.sub(r"\1", text).split("\n")[:-1]


def _breaks(plain: list[str], forms: list[int], count: int) -> list[tuple[int, ...]]:
    """Where the words of each form end, in any of its spellings: "teluk awur" ends one at 5."""
    found: list[tuple[int, ...]] = [()] * count
    known: dict[tuple[int, ...], tuple[int, ...]] = {}
    for name, form in zip(plain, forms, strict=True):
        if " " in name:
            ends = accumulate(len(word) for word in name.split(" ")[:-1])
            merged = tuple(sorted({*found[form], *(end for end in ends if end < LONGEST_NAME)}))
            found[form] = known.setdefault(merged, merged)
    return found


def _postings(sounds: list[str]) -> tuple[NDArray[np.int32], Numbers]:
    codes, owners = _trigrams(sounds)
    span = max(len(sounds), 1)
    pairs = np.sort(codes.astype(np.int64) * span + owners)  # np.unique would hash: slower
    pairs = pairs[np.diff(pairs, prepend=-1) > 0]
    starts = np.searchsorted(pairs, np.arange(_BASE**3 + 1, dtype=np.int64) * span)
    return starts.astype(np.int32), (pairs % span).astype(np.int32)


def _trigrams(sounds: list[str]) -> tuple[NDArray[np.uint16], NDArray[np.int64]]:
    """Codes of all trigrams, two empty places before each name and one after it; and whose.

    37 signs make 50,653 trigrams: a code fits 16 bits.
    """
    text = "".join(["\n\n" + sound for sound in sounds]) + "\n\n"
    signs = _NUMBER_OF[np.frombuffer(text.encode("ascii"), dtype=np.uint8)]
    codes = (signs[:-2] * _BASE + signs[1:-1]) * _BASE + signs[2:]
    lengths = np.fromiter((len(sound) + 2 for sound in sounds), dtype=np.int64, count=len(sounds))
    owners = np.repeat(np.arange(len(sounds)), lengths)
    kept = (signs[1:-1] != 0) | (signs[2:] != 0)  # not the one that holds the last letter alone
    return codes[kept], owners[kept]


def _offsets(counts: NDArray[Any]) -> Numbers:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
