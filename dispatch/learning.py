"""Names of places learned from calls: words that the finder did not know, and a pin set by hand."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import log
from dispatch.clues import LONGEST_TEXT
from dispatch.ground import Ground
from dispatch.placing import Placed, safely
from dispatch.rules.doubt import COUNTED
from geo.address import read
from geo.address.said import Mark
from geo.gazetteer import learned, lessons
from geo.gazetteer.lessons import Lesson
from geo.point import Point
from geo.schema import Place

TEACHES_M = 100.0  # radius of a pin that is exact enough to be learned from
_ROADS = ("jalan", "gang")
_ROAD_MARKS = ("jl", "jln", "jalan", "jl raya", "jalan raya", "gg", "gang")


def is_sure(placed: Placed, radius_m: float | None) -> bool:
    """Whether a pin set by hand is to be believed: nothing contradicts it, and it is exact.

    radius_m  of the pin; None: as exact as a hand on a map
    """
    return not placed.contradictions and (radius_m is None or radius_m <= TEACHES_M)


def learn(session: Session, ground: Ground, words: str, pin: Point | None, now: datetime) -> None:
    """Takes the names in the words, in this transaction; a fault of it loses no call.

    Nothing is learned of words that lead to the pin's village by themselves. The words stand in
    no log.
    """
    village = None if pin is None else ground.locator.village_at(pin.lon, pin.lat)
    if pin is None or village is None:
        return
    words = words[:LONGEST_TEXT]
    if _known(ground, words, village.code):
        return
    taken = safely(lambda: _take(session, words, pin, village.code, now), 0)
    if taken:
        log.record(session, "place.learned", village=village.code)


def _known(ground: Ground, words: str, code: str) -> bool:
    """Also when the finder fails: then it is not the words that are to blame."""
    heard = safely(lambda: ground.finder.heard(words), None)
    return heard is None or any(v.code == code and v.p >= COUNTED for v in heard.villages)


def _take(session: Session, words: str, pin: Point, code: str, now: datetime) -> int:
    """How many names took the pin. In a savepoint: what fails in here is undone by itself."""
    said = lessons.learnable(read(words))
    if not said:
        return 0
    with session.begin_nested():
        new = lessons.unknown(said, _in_gazetteer(session, said))
        return learned.learn(session, new, pin, code, now)


def _in_gazetteer(session: Session, said: Sequence[Lesson]) -> set[str]:
    """Beginnings of the lessons that some place is called by, with the word for its kind or not."""
    bare = {}
    for lesson in said:
        words = lesson.words.split()
        own = 0 if lesson.kind == Mark.HAMLET else 1  # where the words after the kind begin
        for end in range(own + 1, len(words) + 1):
            bare[" ".join(words[:end])] = _spellings(words[:own], words[own:end])
    every = {name for names in bare.values() for name in names} | {*bare}
    known = set(session.scalars(select(Place.search_name).where(Place.search_name.in_(every))))
    return {start for start, names in bare.items() if start in known or names & known}


def _spellings(kind: Sequence[str], own: Sequence[str]) -> set[str]:
    """The name alone, and a road's with each word for road: lists write "Jl. Mawar"."""
    name = " ".join(own)
    marks = _ROAD_MARKS if kind and kind[0] in _ROADS else ()
    return {name, *(f"{mark} {name}" for mark in marks)}
