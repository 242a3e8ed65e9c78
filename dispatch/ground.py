"""What every call needs and hardly ever changes: villages, catalogue, configuration."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from dispatch.catalogue import Catalogue
from dispatch.regency import Regency
from geo.locator import Locator


@dataclass(frozen=True, slots=True)
class Ground:
    """Held in the process and swapped as a whole; PostGIS stays the truth."""

    locator: Locator
    catalogue: Catalogue
    regency: Regency

    @classmethod
    def read(cls, session: Session, regency: Regency) -> "Ground":
        """Raises NoEdition when no boundaries are in force."""
        return cls(Locator.read(session), Catalogue.read(session), regency)
