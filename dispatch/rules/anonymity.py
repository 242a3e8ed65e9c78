"""Which counts may be told to everybody, so that no small group of cases can be made out.

Docs: decision 0020, with what is proved and what is not.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

Bucket = tuple[int, int | None]  # from, up to and with; None: or more
EDGES = (10, 20, 50, 100)  # where a bucket begins, after the first, which begins at `least`
# A cell that was not shown appears only with so many more than `least`; see decision 0020.
MARGIN = 2
FEWEST = 3  # categories; of two, neither named, each would be known to hold some


class CellKind(StrEnum):
    """How large an area had to be taken."""

    VILLAGE = "desa"
    DISTRICT = "kecamatan"  # what is left of it
    REGENCY = "kabupaten"  # what is left of it


@dataclass(frozen=True, slots=True)
class Cell:
    """Villages that are counted together. No village is in two cells."""

    kind: CellKind
    code: str  # of the village or district; "" for the regency
    villages: tuple[str, ...]  # by code; also those without any case: which ones is not told
    count: int  # at least `least`; never published, only its bucket


@dataclass(frozen=True, slots=True)
class Table:
    """Cases by category: the ones that may be named, and the rest together."""

    named: Mapping[str, int]
    rest: int | None  # None: there is no rest, or nothing may be said of it


def bucket(count: int, least: int, edges: Sequence[int] = EDGES) -> Bucket | None:
    """The fixed range that the count falls in; None below `least`."""
    starts = [least, *(edge for edge in edges if edge > least)]
    if count < least:
        return None
    for start, following in pairwise(starts):
        if count < following:
            return start, following - 1
    return starts[-1], None


def cells(
    counts: Mapping[str, int],
    districts: Mapping[str, str],
    least: int,
    before: Collection[str] = (),
    margin: int = MARGIN,
) -> list[Cell]:
    """Disjoint cells that may be shown, by kind and code, never by count.

    counts     cases by village; a village that is missing has none
    districts  the district of every village of the regency
    before     codes of the cells that were shown last time
    """
    rule = _Rule(least, frozenset(before), margin)
    alone = [v for v in sorted(districts) if rule.enough(v, counts.get(v, 0))]
    hidden = sorted(districts.keys() - set(alone))
    own = [Cell(CellKind.VILLAGE, v, (v,), counts[v]) for v in alone]
    rests = list(_rests(hidden, counts, districts))
    shown = [r for r in rests if rule.may_show(r, [rule.room(v) for v in r.villages])]
    left = [r for r in rests if r not in shown]
    villages = tuple(sorted(v for r in left for v in r.villages))
    whole = Cell(CellKind.REGENCY, "", villages, sum(r.count for r in left))
    # Of each district's rest it is known that it was too small: they are the members here.
    last = [whole] if rule.may_show(whole, [rule.room_of_rest(r) for r in left]) else []
    return [*own, *shown, *last]


def table(counts: Mapping[str, int], known: Collection[str], least: int) -> Table:
    """Cases by category, so that the rest cannot be reckoned from the sum.

    counts  cases by category, of those in the cells that are shown only: so no sum over
            categories tells of a case that is in no cell
    known   all categories that could occur; others are left out
    """
    if len(known) < FEWEST:
        return Table({}, None)
    all_of = {code: counts.get(code, 0) for code in known}
    small = {code: n for code, n in all_of.items() if n < least}
    named = {code: n for code, n in all_of.items() if n >= least}
    rest = sum(small.values())
    if rest == 0:
        return Table(named, None)
    if named and not (rest >= least and _hides(rest, len(small), least)):
        fewest = min(named.values())  # with all that are as few: which one was taken tells nothing
        rest += sum(n for n in named.values() if n == fewest)
        named = {code: n for code, n in named.items() if n != fewest}
    # A rest that is everything would say nothing that the cells do not say.
    return Table(named, rest) if named else Table({}, None)


@dataclass(frozen=True, slots=True)
class _Rule:
    """When a cell may be shown. Who looks on knows all of this, and what was shown before."""

    least: int
    before: frozenset[str]
    margin: int

    def enough(self, code: str, count: int) -> bool:
        """To stay it takes `least`, to appear a little more."""
        return count > self.room(code)

    def room(self, code: str) -> int:
        """The most that a village or district can hold and still not be shown."""
        return self.least - 1 + (0 if code in self.before else self.margin)

    def room_of_rest(self, rest: Cell) -> int:
        """The same, of a district's rest that was not shown; cautious: its narrowest member's."""
        return min(self.room(rest.code), *(self.room(v) for v in rest.villages))

    def may_show(self, cell: Cell, rooms: Sequence[int]) -> bool:
        """Whether it holds enough, and betrays none of its members.

        Each member holds at most its room. One that may hold `least` is not known to be small;
        of the others each could be empty, if the rest of the cell has room for all.
        """
        narrow = min(rooms, default=0)
        free = sum(rooms) - (narrow if narrow < self.least else 0)
        return self.enough(cell.code, cell.count) and cell.count <= free


def _hides(total: int, members: int, least: int) -> bool:
    """Whether any one of the members could be empty, though each is below `least`.

    Two below 5 that hold 7 together would betray that each holds some.
    """
    return total <= (members - 1) * (least - 1)


def _rests(
    hidden: Sequence[str], counts: Mapping[str, int], districts: Mapping[str, str]
) -> Iterator[Cell]:
    for district in sorted({districts[v] for v in hidden}):
        villages = tuple(v for v in hidden if districts[v] == district)
        total = sum(counts.get(v, 0) for v in villages)
        yield Cell(CellKind.DISTRICT, district, villages, total)
