"""A filter as SQL: as conditions on the table of incidents, or as values for a longer query."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, any_, literal, or_

from dispatch.catalogue import Catalogue
from dispatch.rules.filters import Filter
from dispatch.rules.workflow import IncidentState
from dispatch.schema import Incident
from dispatch.scope import Role, Scope

NO_AGENCY = 0  # the id of none: who asks for an agency that is not there is shown nothing

# The conditions for longer SQL, on a table called i; it brings values(). NULL leaves all in.
CONDITIONS = (
    "(CAST(:categories AS text[]) IS NULL OR i.category_code = ANY (CAST(:categories AS text[])))"
    " AND (CAST(:agency AS integer) IS NULL OR CAST(:agency AS integer) = ANY (i.agency_ids))"
    " AND (CAST(:channel AS text) IS NULL OR i.channel = :channel)"
    " AND (CAST(:priorities AS integer[]) IS NULL"
    "      OR i.priority = ANY (CAST(:priorities AS integer[])))"
    " AND (CAST(:since AS timestamptz) IS NULL OR i.opened_at >= :since)"
    " AND (CAST(:until AS timestamptz) IS NULL OR i.opened_at < :until)"
    " AND (NOT CAST(:late AS boolean) OR i.due_at < :now)"
    " AND (CAST(:groups AS text[]) IS NULL OR i.restricted_group IS NULL"
    "      OR i.restricted_group = ANY (CAST(:groups AS text[])))"
)


def where(
    filter: Filter, now: datetime, catalogue: Catalogue, scope: Scope
) -> Sequence[ColumnElement[bool]]:
    """Conditions on Incident: open, and as the filter says. For select().where(*...)."""
    asked = values(filter, now, catalogue, scope)
    conditions = [Incident.state != IncidentState.CLOSED]
    if asked["categories"] is not None:
        conditions.append(Incident.category_code.in_(asked["categories"]))
    if asked["agency"] is not None:
        conditions.append(literal(asked["agency"]) == any_(Incident.agency_ids))
    if asked["channel"] is not None:
        conditions.append(Incident.channel == asked["channel"])
    if asked["priorities"] is not None:
        conditions.append(Incident.priority.in_(asked["priorities"]))
    if asked["since"] is not None:
        conditions.append(Incident.opened_at >= asked["since"])
    if asked["until"] is not None:
        conditions.append(Incident.opened_at < asked["until"])
    if asked["late"]:
        conditions.append(Incident.due_at < now)
    if asked["groups"] is not None:
        of_group = Incident.restricted_group.in_(asked["groups"])
        conditions.append(or_(Incident.restricted_group.is_(None), of_group))
    return conditions


def values(filter: Filter, now: datetime, catalogue: Catalogue, scope: Scope) -> Mapping[str, Any]:
    """For long SQL: now, categories text[], agency id, channel, priorities int[], since, until,
    late, groups text[]. NULL leaves all in; the kind is told by the categories of it.
    """
    since, until = filter.window(now)
    return {
        "now": now,
        "categories": _categories(filter, catalogue),
        "agency": _agency(filter, catalogue),
        "channel": filter.channel,
        "priorities": sorted(filter.priorities) or None,
        "since": since,
        "until": until,
        "late": filter.late,
        "groups": _groups(filter, scope),
    }


def _groups(filter: Filter, scope: Scope) -> list[str] | None:
    """A crew is not told what its sensitive case is: asking by category must not tell it either."""
    tells = filter.categories or filter.agency
    return sorted(scope.groups) if tells and scope.role == Role.FIELD_UNIT else None


def _categories(filter: Filter, catalogue: Catalogue) -> list[str] | None:
    """Those that are asked for and of the kind; an empty list where that is none."""
    if filter.kind is None:
        return sorted(filter.categories) or None
    of_kind = {c.code for c in catalogue.categories.values() if c.kind == filter.kind}
    return sorted(of_kind & filter.categories if filter.categories else of_kind)


def _agency(filter: Filter, catalogue: Catalogue) -> int | None:
    if filter.agency is None:
        return None
    return next((a.id for a in catalogue.agencies.values() if a.code == filter.agency), NO_AGENCY)
