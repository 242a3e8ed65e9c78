"""Whose eyes a transaction looks with: the context that row-level security reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import CursorResult, text
from sqlalchemy.orm import Session

from dispatch.errors import GroupOnly
from dispatch.prepared import Prepared


class Role(StrEnum):
    """What somebody who logs in is here for."""

    OPERATOR = "operator"
    DISPATCHER = "dispatcher"
    AGENCY_OFFICER = "agency_officer"
    FIELD_UNIT = "field_unit"
    VILLAGE_HEAD = "village_head"
    PLANNER = "planner"
    LEADER = "leader"
    ADMINISTRATOR = "administrator"
    DATA_PROTECTION = "data_protection"
    WALLBOARD = "wallboard"  # a screen on the wall, not a person


@dataclass(frozen=True, slots=True)
class Scope:
    """A role with its keys. Two users with equal keys see the same rows, but for their own."""

    role: str  # a Role, or one of the house's own: auth, hub, system
    user_id: int | None = None
    name: str = field(default="", compare=False)
    agency_id: int | None = None
    unit_id: int | None = None
    village_code: str | None = None
    groups: frozenset[str] = frozenset()
    call_id: int | None = None  # of a reporter on the tracking page
    ticket_id: int | None = None  # of a contractor with a link

    def shared(self) -> "Scope":
        """The same eyes without the person: what one stream can be encoded for."""
        return Scope(
            role=self.role,
            agency_id=self.agency_id,
            unit_id=self.unit_id,
            village_code=self.village_code,
            groups=self.groups,
        )


REPORTER = "reporter"  # who holds the code of a report: Scope(REPORTER, call_id=...)
CONTRACTOR = "contractor"  # who holds a link to a ticket: Scope(CONTRACTOR, ticket_id=...)

AUTH = Scope("auth")  # reads users and sessions, nothing else
HUB = Scope("hub")  # reads which things changed, not what they are
TIMER = Scope("timer", name="sistem")  # raises alarms, purges old positions
SENDER = Scope("sender", name="sistem")  # sends what the outbox holds
EXCHANGE = Scope("exchange", name="sistem")  # tells SP4N-LAPOR and hears from it
ANALYST = Scope("analyst", name="sistem")  # reads what is not sensitive, to count it
WORKER = Scope("worker", name="sistem")  # does the jobs that planners ask for
SYSTEM = Scope("system", name="sistem")  # the owner's connection only: set-up, demo, reports

LOOSE = "loose"  # in session.info: its connection has no transactions, see look_once

ENTER_SQL = (
    "SELECT set_config('app.role', :role, true), set_config('app.user_id', :user_id, true),"
    " set_config('app.agency_id', :agency_id, true), set_config('app.unit_id', :unit_id, true),"
    " set_config('app.village', :village, true), set_config('app.groups', :groups, true),"
    " set_config('app.reveal', '', true), set_config('app.call_id', :call_id, true),"
    " set_config('app.ticket_id', :ticket_id, true)"
)
_ENTER = Prepared("enter", ENTER_SQL)
_REVEAL = text("SELECT set_config('app.reveal', :call_id, true)")


def enter(session: Session, scope: Scope) -> None:
    """From here to the end of the transaction the session sees what the scope may see."""
    session.info["scope"] = scope
    _ENTER.run(session, settings(scope))


def stay(session: Session, scope: Scope) -> None:
    """As enter, but until the connection is closed. Never on one that goes back to a pool."""
    session.info["scope"] = scope
    session.execute(text(ENTER_SQL.replace("true", "false")), settings(scope))


def look_once(
    session: Session, statement: Prepared, values: Mapping[str, Any]
) -> CursorResult[Any]:
    """The statement with the eyes of the session's scope, on a connection without transactions.

    Context and statement go as one message: who sees it is settled, and over, with it.
    """
    return statement.run_after(_ENTER, session, settings(scope_of(session)), values)


def settings(scope: Scope) -> dict[str, str]:
    """What ENTER_SQL is given."""
    return {
        "role": scope.role,
        "user_id": _text(scope.user_id),
        "agency_id": _text(scope.agency_id),
        "unit_id": _text(scope.unit_id),
        "village": scope.village_code or "",
        "groups": ",".join(sorted(scope.groups)),
        "call_id": _text(scope.call_id),
        "ticket_id": _text(scope.ticket_id),
    }


def reveal(session: Session, call_id: int) -> None:
    """Open one caller's number to this transaction. Log the reason in the same transaction."""
    session.execute(_REVEAL, {"call_id": str(call_id)})


def scope_of(session: Session) -> Scope:
    """The scope that was entered. Raises KeyError when none was: nothing would be visible."""
    scope: Scope = session.info["scope"]
    return scope


def check_group(session: Session, restricted_group: str | None) -> None:
    """Who took a sensitive call sees the case, but its work is the group's. Raises GroupOnly."""
    scope = scope_of(session)
    if restricted_group is None or restricted_group in scope.groups or scope.role == SYSTEM.role:
        return
    raise GroupOnly


def _text(number: int | None) -> str:
    return "" if number is None else str(number)
