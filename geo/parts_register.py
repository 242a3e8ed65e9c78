"""Registers of villages as they are kept: their dusun, RW and RT, and how many live there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from geoalchemy2 import Geography
from sqlalchemy import bindparam, cast, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from geo.columns import PointColumn
from geo.parts_table import (
    BadRegister,
    Fault,
    Part,
    Population,
    Read,
    read_populations,
    read_register,
    words_of,
)
from geo.schema import Village
from geo.village_schema import VillageFacts, VillagePart
from geo.villages import edition_in_force

__all__ = [
    "BadRegister",
    "Fault",
    "Part",
    "Population",
    "Read",
    "far_parts",
    "keep_populations",
    "listed",
    "read_populations",
    "read_register",
    "replace_register",
    "words_of",
]

FAR_M = 2_000.0  # a point this far outside its village is a slip

_OFF_M = func.ST_Distance(
    cast(Village.area, Geography), cast(bindparam("at", type_=PointColumn), Geography)
)


def far_parts(session: Session, village_code: str, parts: Sequence[Part]) -> list[str]:
    """In words those whose point lies over 2 km outside the village. Raises BadRegister."""
    village_id = _village_id(session, village_code)
    told = []
    for part in parts:
        if part.position is None:
            continue
        query = select(_OFF_M).where(Village.id == village_id)
        off_m = session.execute(query, {"at": part.position}).scalar_one()
        if off_m > FAR_M:
            told.append(f"{words_of(part)}: titiknya {off_m / 1000:.1f} km di luar desa")
    return told


def replace_register(
    session: Session, village_code: str, parts: Sequence[Part], source: str
) -> None:
    """These parts in place of all that the village had. Raises BadRegister: no such village."""
    _village_id(session, village_code)
    session.execute(delete(VillagePart).where(VillagePart.village_code == village_code))
    session.add_all(
        VillagePart(
            village_code=village_code,
            dusun=part.dusun,
            rw=part.rw,
            rt=part.rt,
            position=part.position,
            households=part.households,
            population=part.population,
            source=source,
        )
        for part in parts
    )
    session.flush()


def _village_id(session: Session, code: str) -> int:
    query = select(Village.id).where(
        Village.edition_id == edition_in_force(session).id, Village.code == code
    )
    found: int | None = session.scalar(query)
    if found is None:
        raise BadRegister(f"{code[:40]}: tidak ada desa dengan kode itu (seperti 11.22.44.2001)")
    return found


def keep_populations(session: Session, rows: Sequence[Population]) -> None:
    """What is said of a village replaces what was said before; the others stay."""
    for row in rows:
        values = {"population": row.population, "source": row.source}
        statement = insert(VillageFacts).values(code=row.code, **values)
        session.execute(statement.on_conflict_do_update(index_elements=["code"], set_=values))


@dataclass(frozen=True, slots=True)
class Listed:
    """What is known of one village beside its outline."""

    code: str
    name: str
    parts: int
    population: int | None
    source: str


def listed(session: Session) -> list[Listed]:
    """Villages in force that have a register or a population, in the order of their codes."""
    counts = (
        select(
            VillagePart.village_code,
            func.count().label("parts"),
            func.min(VillagePart.source).label("source"),
        )
        .group_by(VillagePart.village_code)
        .subquery()
    )
    source = func.concat_ws("; ", counts.c.source, VillageFacts.source)
    query = (
        select(
            Village.code,
            Village.name,
            func.coalesce(counts.c.parts, 0),
            VillageFacts.population,
            source,
        )
        .outerjoin(counts, counts.c.village_code == Village.code)
        .outerjoin(VillageFacts, VillageFacts.code == Village.code)
        .where(Village.edition_id == edition_in_force(session).id)
        .where((counts.c.parts > 0) | VillageFacts.code.is_not(None))
        .order_by(Village.code)
    )
    return [Listed(*row) for row in session.execute(query)]
