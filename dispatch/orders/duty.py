"""Who is on duty, with how many on board, and until when."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from dispatch import log
from dispatch.errors import IllegalMove, Unknown
from dispatch.orders.moving import advance_unit
from dispatch.rules.workflow import SENDABLE, UnitState
from dispatch.schema import Unit

BY_HAND = (UnitState.FREE, UnitState.OFF_DUTY)
SHIFT = ("crew", "shift_ends_at")


def duty(
    session: Session,
    unit_id: int,
    now: datetime,
    *,
    state: UnitState | None = None,
    shift: Mapping[str, Any] | None = None,
) -> None:
    """Take a unit off duty or on again, and keep what is told of its shift.

    state  siap or lepas_dinas; None: as it is. A unit on its way home is then at its post.
    shift  `crew` (people on board) and `shift_ends_at`, as far as they are told
    Raises Unknown, and IllegalMove for other states or while the unit is out.
    """
    if state is not None and state not in BY_HAND:
        raise IllegalMove(f"{state}: by hand only siap and lepas_dinas; the rest follows orders")
    if state == UnitState.FREE:
        advance_unit(session, unit_id, now)  # first: assignments are locked before units
    row = _locked(session, unit_id)
    values = {name: value for name, value in (shift or {}).items() if name in SHIFT}
    if state is not None and state != row.state:
        if row.state not in SENDABLE and row.state != UnitState.OFF_DUTY:
            raise IllegalMove(f"{row.call_sign} is out on an assignment")
        values |= {"state": state, "state_since": max(now, row.state_since)}
    if state == UnitState.FREE:
        values["silent_since"] = None  # it has answered
    if values:
        session.execute(update(Unit).where(Unit.id == unit_id).values(**values))
    kind = "unit.shift" if state is None else f"unit.{state.value}"
    log.record(session, kind, unit_id=unit_id)


def _locked(session: Session, unit_id: int) -> Any:
    query = select(Unit.call_sign, Unit.state, Unit.state_since).where(
        Unit.id == unit_id, Unit.active
    )
    row = session.execute(query.with_for_update(key_share=True)).one_or_none()
    if row is None:
        raise Unknown(f"unit {unit_id}")
    return row
