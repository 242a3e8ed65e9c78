"""How often a finder is right about real written addresses: shared by tests and bench."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from geo.finding import Found
from geo.geocoder import Finder

HERE = Path(__file__).parent

Locate = Callable[[str], Found]


@dataclass(frozen=True)
class Right:
    """Of `asked` texts so many were right in the first answer, and in the first three."""

    asked: int
    first: int
    three: int
    misses: tuple[str, ...]

    @property
    def first_share(self) -> float:
        """0 to 1."""
        return self.first / self.asked

    @property
    def three_share(self) -> float:
        """0 to 1."""
        return self.three / self.asked


def rows(file: str) -> list[dict[str, str]]:
    """Of a CSV beside this file: addresses/aside.csv."""
    with (HERE / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def villages_of(found: Found) -> Iterator[str]:
    """Codes of the villages answered, best first, each once: by candidate, then by its chances."""
    seen: list[str] = []
    first = [c.villages[0].code for c in found.candidates if c.villages]
    rest = [v.code for c in found.candidates for v in c.villages[1:]]
    for code in [*first, *rest]:
        if code not in seen:
            seen.append(code)
            yield code


def villages_right(locate: Locate, addresses: list[dict[str, str]]) -> Right:
    """Whether the stated village was answered."""
    first = three = 0
    misses = []
    for row in addresses:
        found = locate(row["text"])
        answered = list(villages_of(found))
        first += answered[:1] == [row["code"]]
        three += row["code"] in answered[:3]
        if answered[:1] != [row["code"]]:
            misses.append(f"{row['code']}  {row['text']}  ->  {answered[:3]} {found.outside or ''}")
    return Right(len(addresses), first, three, tuple(misses))


def outside_right(locate: Locate, addresses: list[dict[str, str]]) -> Right:
    """Whether another regency was answered (first), and by its right name (three)."""
    outside = named = 0
    misses = []
    for row in addresses:
        found = locate(row["text"]).outside
        outside += found is not None
        named += found in row["regency"].split("|")
        if found not in row["regency"].split("|"):
            misses.append(f"{row['regency']}  {row['text']}  ->  {found}")
    return Right(len(addresses), outside, named, tuple(misses))


def spoken_right(finder: Finder, expect: str, row: dict[str, str]) -> bool:
    """Whether a spoken text is answered as elsewhere/spoken.csv says.

    Codes joined by | are left open by the words: all of them must be offered, one of them first.
    """
    found = finder.locate(row["text"])
    wanted = expect.split("|")
    if wanted[0].startswith("regency:"):
        return found.outside in {one.removeprefix("regency:") for one in wanted}
    if wanted == ["none"]:
        return not found.candidates or found.candidates[0].p < 0.3
    codes = [one for one in wanted if not one.startswith("district:")]
    districts = tuple(one.removeprefix("district:") for one in wanted if one not in codes)
    answered = list(villages_of(found))
    first = bool(answered) and (answered[0] in codes or answered[0].startswith(districts or "-"))
    offered = len(codes) < 2 or set(codes) <= set(answered[: len(codes) + 2])
    return first and offered and found.outside is None
