"""How many people live in each village, as far as anybody has told."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.locator import Locator

# What was imported for this house comes before what stood in the edition's file.
_PEOPLE = text(
    "SELECT v.code, coalesce(f.population, v.population) AS people"
    "  FROM village AS v LEFT JOIN village_facts AS f ON f.code = v.code"
    " WHERE v.edition_id = :edition"
)


def people_of(session: Session, locator: Locator) -> list[int | None]:
    """Of each village of the locator, in its order; None where it is not known."""
    rows = session.execute(_PEOPLE, {"edition": locator.edition_id}).all()
    found: dict[str, int | None] = {row.code: row.people for row in rows}
    return [found.get(village.code) for village in locator.villages]
