"""Who goes: the plan of an incident, and the units that fit it, by when help would be there."""

from dispatch.choosing.plan import part_for, plan_for
from dispatch.choosing.promise import eta_for
from dispatch.choosing.spots import Place, place_of
from dispatch.choosing.suggesting import Choice, suggest_units
from dispatch.choosing.surveying import Case, Outlook, UnitFacts, outlook

__all__ = [
    "Case",
    "Choice",
    "Outlook",
    "Place",
    "UnitFacts",
    "eta_for",
    "outlook",
    "part_for",
    "place_of",
    "plan_for",
    "suggest_units",
]
