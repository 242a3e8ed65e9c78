"""The router of the house: roads, ferries and the sea as last read, else the straight line."""

from sqlalchemy.orm import Session

from dispatch.regency import Regency
from geo.routing import Router
from geo.routing.crow import CrowRouter

ROADS_CHANGED, PASSAGE_CHANGED = "roads.changed", "passage.changed"  # kinds of log rows


def read_router(session: Session, regency: Regency) -> Router:
    """The router of the network in force."""
    return CrowRouter(regency.speed_kmh, regency.detour, regency.speed_kmh_by_kind)
