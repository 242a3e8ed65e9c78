"""The inbox as SQL: which tickets are meant, when each is due next, in which order they come.

Whatever a filter compares is leak-proof to PostgreSQL (equality, times), so the indexes are used
under row security, too; words are looked at last, or by places_said() (0010_desk.sql).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dispatch.catalogue import Catalogue
from dispatch.filtering import NO_AGENCY
from dispatch.inbox.asking import Box, Cursor, Held, InboxAsk, Sort
from dispatch.rules.ticketing import (
    OVER,
    WITH_AGENCY,
    WITH_REPORTER,
    WITH_ROOM,
    TicketKind,
    TicketState,
)
from dispatch.scope import Role, Scope

# Written as the partial indexes of `ticket` write it: only then are they used.
IS_OPEN = "t.state NOT IN ('ditutup', 'digabung', 'diarsipkan')"
IS_OVER = "t.closed_at IS NOT NULL"
# The next moment at which an open ticket becomes late, as app.api.wire_tickets.late() reads it.
NEXT_DUE = (
    "coalesce(least(CASE WHEN t.referred_at IS NULL THEN t.verify_due_at END,"
    " CASE WHEN t.answered_at IS NULL THEN t.answer_due_at END,"
    " CASE WHEN t.state NOT IN ('ditindaklanjuti', 'menunggu_tanggapan', 'ditunda')"
    " THEN t.due_at END), 'infinity')"
)
# What an agency may take before the room has looked at it: what is urgent.
_EARLY = (TicketState.NEW, TicketState.VERIFIED)


@dataclass(frozen=True, slots=True)
class Order:
    """Columns of the list that a page is sorted by, the id last; all up, or all down."""

    columns: Sequence[str]
    casts: Sequence[str]
    down: bool = False

    def clause(self) -> str:
        """For ORDER BY."""
        return ", ".join(f"{column} DESC" if self.down else column for column in self.columns)

    def beyond(self, cursor: Cursor | None, values: dict[str, Any]) -> str:
        """The condition for what comes after the cursor; `values` are given its keys."""
        if cursor is None:
            return "true"
        named = []
        for number, (key, cast) in enumerate(zip(cursor.keys, self.casts, strict=True)):
            values[f"key_{number}"] = key
            named.append(f"CAST(:key_{number} AS {cast})")
        sign = "<" if self.down else ">"
        return f"({', '.join(self.columns)}) {sign} ({', '.join(named)})"

    def written(self) -> str:
        """The keys of a row as an array of words."""
        return f"ARRAY[{', '.join(f'{column}::text' for column in self.columns)}]"


ORDERS: Mapping[Sort, Order] = {
    Sort.DUE: Order(("next_due", "id"), ("timestamptz", "bigint")),
    Sort.PRIORITY: Order(("priority", "next_due", "id"), ("integer", "timestamptz", "bigint")),
    Sort.NEW: Order(("opened_at", "id"), ("timestamptz", "bigint"), down=True),
    Sort.OLD: Order(("opened_at", "id"), ("timestamptz", "bigint")),
    Sort.CLOSED: Order(("closed_at", "id"), ("timestamptz", "bigint"), down=True),
}


def filters(
    ask: InboxAsk, scope: Scope, catalogue: Catalogue, now: datetime
) -> tuple[str, dict[str, Any]]:
    """Condition and values for `ticket AS t`, box, states and words left out.

    For longer SQL of others (exports, figures), too.
    """
    parts: list[str] = []
    values: dict[str, Any] = {"now": now}
    for column, name, wanted in (
        ("t.kind", "kinds", [kind.value for kind in ask.kinds]),
        ("t.category_code", "categories", ask.categories),
        ("t.agency_id", "agencies", _agencies(ask, scope, catalogue)),
        ("t.village_code", "villages", ask.villages),
        ("t.district_code", "districts", ask.districts),
        ("t.priority", "priorities", ask.priorities),
    ):
        if wanted:
            parts.append(_one_of(column, name, sorted(wanted), values))
    if ask.late:
        parts.append(f"{IS_OPEN} AND {NEXT_DUE} < :now")
    if ask.number is not None:
        values["number"] = ask.number
        parts.append("(t.id = :number OR t.incident_id = :number)")
    parts += _held(ask, scope, values)
    return " AND ".join(parts) or "true", values


def in_box(ask: InboxAsk, scope: Scope) -> str:
    """Which of the open ones lie in the box and have the states; on columns without a table."""
    parts = [_OF_BOX.get(ask.box, "true")]
    if ask.box is Box.IN:
        parts = [waits_for(scope)]
    if ask.states:
        parts.append(f"state IN ({_listed(ask.states)})")
    return " AND ".join(parts)


def waits_for(scope: Scope) -> str:
    """What the asker's side has to do something about; for a leader all that is open."""
    if scope.role == Role.AGENCY_OFFICER:
        return (
            f"(state IN ({_listed(WITH_AGENCY)})"
            f" OR state IN ({_listed(_EARLY)}) AND kind = '{TicketKind.EMERGENCY}')"
        )
    if scope.role in (Role.OPERATOR, Role.DISPATCHER):
        return f"state IN ({_listed(WITH_ROOM)})"
    return "true"


def new_for(scope: Scope) -> str:
    """What the asker's side has not touched yet."""
    if scope.role == Role.AGENCY_OFFICER:
        return (
            f"(state = '{TicketState.REFERRED}'"
            f" OR state IN ({_listed(_EARLY)}) AND kind = '{TicketKind.EMERGENCY}')"
        )
    return f"state = '{TicketState.NEW}'"


def came_back_to(scope: Scope) -> str:
    """What was given back to the room, or opened again for an agency."""
    agency = scope.role == Role.AGENCY_OFFICER
    return f"state = '{TicketState.REOPENED if agency else TicketState.NOT_OURS}'"


IS_WAITING = f"state IN ({', '.join(repr(s.value) for s in sorted(WITH_REPORTER))})"
_OF_BOX: Mapping[Box, str] = {
    Box.MINE: "holder_id = :me",
    Box.LATE: "next_due < :now",
    Box.WAITING: IS_WAITING,
}


def states_of(ask: InboxAsk) -> str:
    """The states that are asked for, of a list that holds what is over; on `ticket AS t`."""
    if ask.box is Box.OVER:
        wanted = (ask.states & OVER) if ask.states else None
        return IS_OVER if wanted is None else f"{IS_OVER} AND {_state_in(wanted)}"
    return _state_in(ask.states) if ask.states else "true"


def said(ask: InboxAsk, values: dict[str, Any]) -> str:
    """The condition on the words of the place, for `incident AS i`; "" where none is asked for."""
    parts = []
    for number, word in enumerate(ask.words):
        values[f"word_{number}"] = pattern(word)
        parts.append(f"i.place_text ILIKE :word_{number}")
    return " AND ".join(parts)


def pattern(word: str) -> str:
    r"""The word as LIKE finds it anywhere: its own %, _ and \ stand for themselves."""
    escaped = word.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{escaped}%"


def _held(ask: InboxAsk, scope: Scope, values: dict[str, Any]) -> list[str]:
    values["me"] = scope.user_id
    if ask.holder is None:
        return []
    if ask.holder is Held.NOBODY:
        return ["t.holder_id IS NULL"]
    values["holder"] = scope.user_id if ask.holder is Held.ME else ask.holder
    return ["t.holder_id = :holder"]


def _agencies(ask: InboxAsk, scope: Scope, catalogue: Catalogue) -> set[int]:
    """Ids; for an officer the own agency, said so that its index is used. Empty: all."""
    asked = {a.id for a in catalogue.agencies.values() if a.code in ask.agencies}
    if scope.role == Role.AGENCY_OFFICER and scope.agency_id is not None:
        own = {scope.agency_id}
        return (own & asked or {NO_AGENCY}) if ask.agencies else own
    return (asked or {NO_AGENCY}) if ask.agencies else set()


def _one_of(column: str, name: str, wanted: Sequence[Any], values: dict[str, Any]) -> str:
    if len(wanted) == 1:
        values[name] = wanted[0]
        return f"{column} = :{name}"
    values[name] = list(wanted)
    return f"{column} = ANY (:{name})"


def _state_in(states: frozenset[TicketState]) -> str:
    return f"t.state IN ({_listed(states)})" if states else "false"


def _listed(states: frozenset[TicketState] | Sequence[TicketState]) -> str:
    return ", ".join(f"'{state.value}'" for state in sorted(states))
