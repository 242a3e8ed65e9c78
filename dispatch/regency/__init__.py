"""A regency by configuration: who answers, with what, where from, and when. Knows no web."""

from dispatch.regency.facts import (
    AgencyEntry,
    Area,
    Bridge,
    CategoryEntry,
    DemoWorld,
    GroupEntry,
    Regency,
    StationEntry,
    UnitEntry,
    UserEntry,
)
from dispatch.regency.reading import read_regency

__all__ = [
    "AgencyEntry",
    "Area",
    "Bridge",
    "CategoryEntry",
    "DemoWorld",
    "GroupEntry",
    "Regency",
    "StationEntry",
    "UnitEntry",
    "UserEntry",
    "read_regency",
]
