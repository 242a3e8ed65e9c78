"""The names of our ground, ready to be looked up: spelt right, misspelt, cut short."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from enum import StrEnum

from geo.elsewhere import letters
from geo.gazetteer.entries import Entry
from geo.name_index import NameIndex
from geo.naming import normalise
from geo.placement import VillageRef

LONGEST = 5  # words of one name
_SHORTEST_FUZZY = 4  # letters; "RA" is like too much
_FUZZY = 0.72
_HITS = 6
_REMEMBERED = 4096
_LENGTH = 0.75
_ROAD_WORDS = frozenset({"jl", "jln", "jalan", "raya", "gang", "gg", "jalur"})
_BEGUN = 6  # letters that tell a name by its beginning


class Sort(StrEnum):
    """What a name is the name of, as far as its worth goes."""

    VILLAGE = "village"
    DISTRICT = "district"
    HAMLET = "hamlet"
    ROAD = "road"
    CROSSING = "crossing"
    PLACE = "place"


_SORTS = {
    "desa": Sort.VILLAGE,
    "kelurahan": Sort.VILLAGE,
    "kecamatan": Sort.DISTRICT,
    "dusun": Sort.HAMLET,
    "rw": Sort.HAMLET,
    "jalan": Sort.ROAD,
    "persimpangan": Sort.CROSSING,
}


@dataclass(frozen=True, slots=True)
class Known:
    """A thing with a name; `villages` it lies in or holds, in the order that counts."""

    sort: Sort
    name: str
    kind: str
    villages: tuple[str, ...]
    entry: Entry | None  # None for a village or district, which the territory holds
    weight: float = 1.0
    half: bool = False  # found by the first word of its name only


@dataclass(frozen=True, slots=True)
class Match:
    """A known thing and how like its name the words are, 0 to 1."""

    known: Known
    likeness: float


class Names:
    """All names; never changes. A few more can stand beside them: see beside()."""

    _tail: Names | None = None

    def __init__(self, villages: Sequence[VillageRef], entries: Iterable[Entry]) -> None:
        self.by_code: Mapping[str, VillageRef] = {v.code: v for v in villages}
        self._members: dict[str, list[str]] = defaultdict(list)  # codes by district
        for village in villages:
            self._members[village.district_code].append(village.code)
        self._exact: dict[str, list[Known]] = defaultdict(list)
        self._remembered: dict[tuple[str, bool], list[Match]] = {}  # typing asks the same again
        self._halves: dict[str, list[Known]] = defaultdict(list)
        self._areas: list[tuple[str, Known]] = []  # villages and districts, by letters
        self.rts: dict[str, list[Entry]] = defaultdict(list)  # by village
        self.things: dict[str, list[Entry]] = defaultdict(list)  # by village
        fuzzy: dict[str, list[Known]] = defaultdict(list)
        for name, known in self._all(villages, entries):
            self._exact[letters(name)].append(known)
            fuzzy[name].append(known)
            if known.entry is None:
                self._areas.append((letters(name), known))
        self._spelt = list(fuzzy.values())
        self._letters = [letters(name) for name in fuzzy]
        self._index = NameIndex(list(fuzzy))

    def _all(
        self, villages: Sequence[VillageRef], entries: Iterable[Entry]
    ) -> Iterable[tuple[str, Known]]:
        districts: dict[str, list[VillageRef]] = defaultdict(list)
        for village in villages:
            districts[village.district_code].append(village)
            known = Known(Sort.VILLAGE, village.name, village.kind, (village.code,), None)
            yield " ".join(_words(village.name)), known
            self._take_half(village)
        for members in districts.values():
            codes = tuple(v.code for v in members)
            yield (
                " ".join(_words(members[0].district)),
                Known(Sort.DISTRICT, members[0].district, "kecamatan", codes, None),
            )
        for entry in entries:
            if entry.kind == "rt":
                for code in entry.villages:
                    self.rts[code].append(entry)
            elif entry.kind != "kecamatan" and not entry.source.startswith("edition:"):
                known = _known(entry)
                for code in entry.villages:
                    self.things[code].append(entry)
                yield from ((_bare(name, known.sort), known) for name in entry.names)

    def _take_half(self, village: VillageRef) -> None:
        first, *rest = _words(village.name)
        if rest:
            known = Known(
                Sort.VILLAGE, village.name, village.kind, (village.code,), None, half=True
            )
            self._halves[first].append(known)

    def beside(self, entries: Iterable[Entry]) -> Names:
        """These names and a few more, without building the index of all anew."""
        both = copy(self)
        both._tail = Names((), entries)
        return both

    def exact(self, joined: str) -> Sequence[Known]:
        """What bears these letters as its name."""
        found = self._exact.get(joined, ())
        return [*found, *self._tail.exact(joined)] if self._tail else found

    def same_district(self, code: str) -> Sequence[str]:
        """Codes of the villages in the kecamatan of that village; empty for an unknown one."""
        village = self.by_code.get(code)
        return self._members.get(village.district_code, ()) if village else ()

    def is_district(self, name: str) -> bool:
        """Whether a kecamatan bears that name, too."""
        return any(known.sort is Sort.DISTRICT for known in self.exact(letters(name)))

    def halves(self, word: str) -> Sequence[Known]:
        """Villages whose name of two words begins with this one, when there are several."""
        found = self._halves.get(word, ())
        return found if len(found) > 1 else ()

    def begun(self, joined: str) -> list[Known]:
        """Villages and districts of one word that begin so: "karimun" for Karimunjawa."""
        if len(joined) < _BEGUN:
            return []
        return [
            replace(known, half=True)
            for name, known in self._areas
            if name.startswith(joined) and name != joined and " " not in known.name
        ]

    def like(self, words: Sequence[str], *, unfinished: bool = False) -> list[Match]:
        """What bears a name like these words; best first; few."""
        text = " ".join(words)
        if len(text) < _SHORTEST_FUZZY and not unfinished:
            return []
        asked = (text, unfinished)
        if asked not in self._remembered:
            if len(self._remembered) >= _REMEMBERED:
                self._remembered.clear()
            self._remembered[asked] = self._like(text, unfinished)
        found = self._remembered[asked]
        return [*found, *self._tail.like(words, unfinished=unfinished)] if self._tail else found

    def _like(self, text: str, unfinished: bool) -> list[Match]:
        hits = self._index.search(text, _HITS, _FUZZY, unfinished=unfinished)
        return [
            Match(known, hit.likeness)
            for hit in hits
            if unfinished or self._as_long(hit.number, text)
            for known in self._spelt[hit.number]
        ]

    def _as_long(self, number: int, text: str) -> bool:
        """Whether the name is about as long: "batu" is no misspelt Batukali."""
        name, said = len(self._letters[number]), len(text.replace(" ", ""))
        return min(name, said) >= _LENGTH * max(name, said)


def _known(entry: Entry) -> Known:
    sort = _SORTS.get(entry.kind, Sort.PLACE)
    return Known(sort, entry.name, entry.kind, entry.villages, entry, entry.weight)


def _bare(name: str, sort: Sort) -> str:
    """A road's name without the word for road, as the reading leaves it."""
    words = name.split()
    if sort is Sort.ROAD:
        while len(words) > 1 and words[0] in _ROAD_WORDS:
            words = words[1:]
    return " ".join(words)


def _words(name: str) -> list[str]:
    return normalise(name).split()
