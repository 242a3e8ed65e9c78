"""The response plan of an incident with what of it is met."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from dispatch.choosing import reading
from dispatch.ground import Ground
from dispatch.rules import plans
from dispatch.rules.plans import Filled
from dispatch.rules.workflow import UnitState


def plan_for(category_code: str, level: int, parts: Sequence[str], ground: Ground) -> Filled:
    """The plan at that level; `parts`: codes of those that were sent, one for each unit."""
    category = ground.catalogue.category(category_code)
    plan = ground.regency.plans.plan_of(
        category.code, category.needs, level, complaint=category.kind != "darurat"
    )
    return plans.fill(plan, parts)


def part_for(session: Session, incident_id: int, unit_id: int, ground: Ground) -> str | None:
    """Code of the missing part that the unit would fill; None where it fills none.

    Raises Unknown for an incident that is none, or none to see.
    """
    row = reading.incident(session, incident_id)
    filled = plan_for(row.category_code, row.level, row.parts, ground)
    found = reading.units(session, UnitState, only=unit_id)
    if not found:
        return None
    part = plans.part_for(filled, frozenset(found[0].skills), found[0].kind)
    return part.code if part else None
