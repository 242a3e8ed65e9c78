"""What answers about coverage are made of, read at once: units, people, posts, the edition."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.cover.people import people_of
from dispatch.cover.standing import Standing, free, standing
from dispatch.ground import Ground
from dispatch.reports.coverage_ask import CoverageAsk, Who
from dispatch.reports.coverage_words import caveat
from dispatch.schema import Station
from geo.point import Point
from geo.routing import Leg
from geo.schema import Edition

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Given:
    """All that is read from the database: what is reckoned from it may take its time."""

    units: list[Standing]  # that the question means, by call sign
    people: list[int | None]  # of each village of the locator; None where it is not known
    stations: list[tuple[int, str, Point]]  # id, name, place
    edition: tuple[str, str]  # title, status


def read_given(session: Session, ground: Ground, ask: CoverageAsk) -> Given:
    """With the session's eyes: the house's analyst sees all units."""
    units = standing(session, [ask.skill] if ask.skill else [])
    edition = session.get(Edition, ground.locator.edition_id)
    rows = session.execute(select(Station.id, Station.name, Station.position).order_by(Station.id))
    return Given(
        free(units) if ask.who is Who.FREE else units,
        people_of(session, ground.locator),
        [(row.id, row.name, row.position) for row in rows],
        (edition.title, str(edition.status)) if edition else (ground.title, ""),
    )


def basis_of(ground: Ground, given: Given, goals: Sequence[Point], when: datetime) -> str | None:
    """How the ways were found; of units on land rather than of boats. None: there is no way."""
    for unit in sorted(given.units, key=lambda unit: unit.by_sea)[:3]:
        nearest = min(goals[:: len(goals) // 200 + 1], key=unit.post.distance_m)
        leg = ground.router.legs([unit.home], nearest, when)[0]
        if isinstance(leg, Leg):
            return leg.basis
    return None


def general_caveats(given: Given, points: int, basis: str | None) -> list[Json]:
    """What holds for every answer about coverage; `points` stand for a village."""
    unknown = sum(count is None for count in given.people)
    title, status = given.edition
    told = [] if given.units else [caveat("tanpa_unit")]
    if unknown:
        told.append(caveat("penduduk_tak_diketahui", unknown, of=len(given.people)))
    told += [caveat("titik", points), caveat("asumsi_waktu"), caveat("dari_pos")]
    if basis is not None and basis.startswith("garis"):
        told.append(caveat("garis_lurus", basis=basis))
    return [*told, caveat("batas_desa", title=title, status=status)]
