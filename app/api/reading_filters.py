"""The filter in a query string, read strictly: an error names the word and what would be right."""

from collections.abc import Collection, Iterable
from datetime import datetime

from flask import request

from app.api import reading
from app.errors import BadRequestField
from dispatch.catalogue import Catalogue, CategoryFacts
from dispatch.rules.audience import Audience
from dispatch.rules.filters import KINDS, MOST_HOURS, PRIORITIES, Filter
from dispatch.rules.workflow import Channel
from dispatch.scope import Role, Scope

WORDS = ("kind", "category", "agency", "channel", "p", "late", "since", "until", "hours")
_LONGEST = 40  # of a wrong word that is told back


def query_filter(catalogue: Catalogue, scope: Scope, also: Collection[str] = ()) -> Filter:
    """The filter that the request names; `also`: other words that its route knows.

    Raises BadRequestField: a word that is not known or comes twice, or a value that cannot be.
    """
    only_known((*WORDS, *also))
    try:
        return Filter(
            kind=one_of("kind", KINDS),
            categories=frozenset(some_of("category", [c.code for c in choice(catalogue, scope)])),
            agency=one_of("agency", sorted(a.code for a in catalogue.agencies.values())),
            channel=one_of("channel", [c.value for c in Channel]),
            priorities=frozenset(int(p) for p in some_of("p", [str(p) for p in PRIORITIES])),
            late=one_of("late", ("1",)) == "1",
            since=_moment("since"),
            until=_moment("until"),
            hours=_hours(),
        )
    except ValueError as error:
        field, _, _ = str(error).partition(":")
        raise BadRequestField(field, str(error)) from None


def choice(catalogue: Catalogue, scope: Scope) -> list[CategoryFacts]:
    """Categories by which one may ask: those whose cases one may see as what they are."""
    return [c for c in catalogue.categories.values() if _may_name(c, scope)]


def _may_name(category: CategoryFacts, scope: Scope) -> bool:
    if scope.role in (Role.OPERATOR, Role.DISPATCHER):
        return True  # any call may be about any of them
    if scope.role == Role.VILLAGE_HEAD:
        return category.audience is not Audience.ROOM
    return category.restricted_group is None or category.restricted_group in scope.groups


def only_known(known: Iterable[str]) -> None:
    """Raises BadRequestField for a word of the query that nobody reads, or that comes twice."""
    words = list(known)
    for name, given in request.args.lists():
        short = reading.plain(name)[:_LONGEST]
        if name not in words:
            raise BadRequestField(short, f"{short}: not known here; known: {', '.join(words)}")
        if len(given) > 1:
            raise BadRequestField(short, f"{short}: given {len(given)} times; give it once")


def one_of(field: str, known: Iterable[str]) -> str | None:
    """The word, which must be one of these; None where it is not given."""
    written, words = request.args.get(field), list(known)
    if written is None:
        return None
    if written not in words:
        raise _wrong(field, written, words)
    return written


def some_of(field: str, known: Iterable[str]) -> list[str]:
    """Words parted by commas, each one of these, none twice."""
    written, words = request.args.get(field), list(known)
    if written is None:
        return []
    given = written.split(",")
    for one in given:
        if one not in words:
            raise _wrong(field, one, words)
    if len(set(given)) < len(given):
        raise BadRequestField(field, f"{field}: a value is there twice; give each once")
    return given


def _wrong(field: str, written: str, words: list[str]) -> BadRequestField:
    short = reading.plain(written)[:_LONGEST]
    return BadRequestField(field, f"{field}={short!r}: give one of {', '.join(words)}")


def _moment(field: str) -> datetime | None:
    return reading.moment(field, request.args.get(field))


def _hours() -> int | None:
    if "hours" not in request.args:
        return None
    return reading.query_whole("hours", default=0, most=MOST_HOURS)
