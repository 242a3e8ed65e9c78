"""Names of places learned from calls: words that the finder did not know, and a pin set by hand."""

from datetime import datetime

from sqlalchemy.orm import Session

from dispatch import log
from dispatch.clues import LONGEST_TEXT
from dispatch.ground import Ground
from dispatch.placing import safely
from dispatch.rules.doubt import COUNTED
from geo.address import read
from geo.gazetteer import learned, lessons
from geo.point import Point


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
    new = lessons.learnable(read(words))
    if not new:
        return 0
    with session.begin_nested():
        return learned.learn(session, new, pin, code, now)
