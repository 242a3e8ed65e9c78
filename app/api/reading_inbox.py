"""The query string of the inbox, read strictly: an error names the word and what would be right."""

from collections.abc import Collection

from flask import request

from app.api import reading
from app.api.reading_filters import choice, one_of, only_known, some_of
from app.errors import BadRequestField
from dispatch.ground import Ground
from dispatch.inbox import Box, Cursor, Held, InboxAsk, Sort
from dispatch.inbox.asking import SORTS, BadCursor
from dispatch.rules.filters import PRIORITIES
from dispatch.rules.ticketing import TicketKind, TicketState
from dispatch.scope import Scope

WORDS = (
    "box", "state", "kind", "category", "agency", "village", "district", "p", "late", "holder",
    "q", "sort", "after", "limit",
)  # fmt: skip
MOST_LISTED = 200
LONGEST_Q = 200


def query_ask(ground: Ground, scope: Scope, also: Collection[str] = ()) -> InboxAsk:
    """What of the inbox the request asks for; `also`: other words that its route knows.

    Raises BadRequestField: a word that is not known or comes twice, or a value that cannot be.
    """
    only_known((*WORDS, *also))
    box = Box(one_of("box", [box.value for box in Box]) or Box.IN)
    sort = Sort(one_of("sort", [sort.value for sort in SORTS[box]]) or SORTS[box][0])
    catalogue = ground.catalogue
    return InboxAsk(
        box=box,
        states=frozenset(map(TicketState, some_of("state", [s.value for s in TicketState]))),
        kinds=frozenset(map(TicketKind, some_of("kind", [k.value for k in TicketKind]))),
        categories=frozenset(some_of("category", [c.code for c in choice(catalogue, scope)])),
        agencies=frozenset(some_of("agency", sorted(a.code for a in catalogue.agencies.values()))),
        villages=_areas("village", ground.by_code),
        districts=_areas("district", {v.district_code for v in ground.by_code.values()}),
        priorities=frozenset(int(p) for p in some_of("p", [str(p) for p in PRIORITIES])),
        late=one_of("late", ("1",)) == "1",
        holder=_holder(),
        q=_words(),
        order=sort,
        after=_cursor(sort),
        limit=reading.query_whole("limit", default=50, most=MOST_LISTED),
    )


def _areas(field: str, known: Collection[str]) -> frozenset[str]:
    """Codes of the edition in force; hundreds of them, so that the error does not list them."""
    given = [code for code in request.args.get(field, "").split(",") if code]
    for code in given:
        if code not in known:
            raise BadRequestField(field, f"{field}={_short(code)}: no such code in this edition")
    return frozenset(given)


def _holder() -> int | Held | None:
    written = request.args.get("holder")
    if written is None or written in list(Held):
        return Held(written) if written else None
    if written.isascii() and written.isdigit() and len(written) < 10:
        return int(written)
    raise BadRequestField("holder", f"holder={_short(written)}: give me, none or a user's number")


def _words() -> str:
    words = reading.plain(request.args.get("q", "")).strip()
    if len(words) > LONGEST_Q:
        raise BadRequestField("q", f"q: give at most {LONGEST_Q} characters")
    return words


def _cursor(sort: Sort) -> Cursor | None:
    written = request.args.get("after")
    if written is None:
        return None
    try:
        return Cursor.parse(written[:400], sort)
    except BadCursor as wrong:
        raise BadRequestField("after", str(wrong)) from None


def _short(written: str) -> str:
    return repr(reading.plain(written)[:40])
