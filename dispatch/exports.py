"""Cases and villages as files and prints need them: rows, cells, outlines. Cut by row security."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import cos, radians
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from dispatch.catalogue import Catalogue
from dispatch.filtering import CONDITIONS, values
from dispatch.load import only_village
from dispatch.rows import AnyRow
from dispatch.rules.filters import ALL, Filter
from dispatch.schema import Incident
from dispatch.scope import scope_of
from geo.schema import Village
from geo.village_schema import VillageDrawing, VillageFacts

MOST = 100_000  # cases of one file
AT_ONCE = 1000  # rows that are held at a time
_DEGREE_M = 111_000
PAPER_M = 50  # an outline this coarse is finer than a printer's dot on a sheet


@dataclass(frozen=True, slots=True)
class Asked:
    """Which cases: as the filter says, of one village or of all.

    Open ones; where the filter names a time, all that were opened in it, the closed as well,
    except where it asks for what is late: a closed case is not late any more.
    """

    filter: Filter = ALL
    village: str | None = None

    @property
    def closed(self) -> bool:
        """Whether closed cases come, too."""
        of = self.filter
        timed = of.since is not None or of.until is not None or of.hours is not None
        return timed and not of.late


@dataclass(frozen=True, slots=True)
class Cell:
    """Cases that lie so near to each other that a print shows one sign for them."""

    n: int
    priority: int  # the most urgent of them
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Sum:
    """How many there are, whatever a list shows of them."""

    n: int
    open: int
    late: int
    unpinned: int
    by_priority: Mapping[int, int]
    by_category: Mapping[str, int]
    by_agency: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Outlined:
    """A village with its outline and what is known of it."""

    code: str
    name: str
    kind: str
    district: str
    district_code: str
    population: int | None
    area: BaseGeometry


# A village head's neighbours' cases are told elsewhere, and counted nowhere.
_WHICH = (
    f" WHERE {CONDITIONS} AND (CAST(:closed AS boolean) OR i.state <> 'ditutup')"
    " AND (CAST(:village AS text) IS NULL OR i.village_code = :village)"
    " AND (CAST(:only AS text) IS NULL OR i.village_code = :only)"
)
_ROWS = text(
    "SELECT i.id, i.category_code, i.priority, i.state, i.place_text, ST_X(i.pin) AS lon,"
    "       ST_Y(i.pin) AS lat, i.village_code, v.name AS village_name, v.kind AS village_kind,"
    "       v.district, i.border_m, i.off_m, i.outside, i.village_p, i.doubt,"
    "       (i.location ->> 'radius_m')::float8 AS radius_m, i.agency_ids, i.channel,"
    "       i.restricted_group, i.opened_at, i.due_at, i.closed_at, i.after_hours, i.demo,"
    "       e.key AS edition"
    "  FROM incident AS i JOIN edition AS e ON e.id = i.edition_id"
    "  LEFT JOIN village AS v ON v.id = i.village_id <which>"
    " ORDER BY CASE WHEN :oldest_first THEN 0 ELSE i.priority END, i.opened_at, i.id"
    " LIMIT :most".replace("<which>", _WHICH)
)
# Squares of equal size on the ground: a degree of longitude is shorter by :squeeze.
_CELLS = text(
    "SELECT count(*) AS n, min(i.priority) AS priority, avg(ST_X(i.pin)) AS lon,"
    "       avg(ST_Y(i.pin)) AS lat"
    "  FROM incident AS i <which> AND i.pin IS NOT NULL"
    " GROUP BY floor(ST_X(i.pin) * :squeeze / :side), floor(ST_Y(i.pin) / :side)"
    " ORDER BY n DESC, lat, lon".replace("<which>", _WHICH)
)
_SUM = text(
    "SELECT i.priority, i.category_code, i.agency_ids, count(*) AS n,"
    "       count(*) FILTER (WHERE i.state <> 'ditutup') AS open,"
    "       count(*) FILTER (WHERE i.state <> 'ditutup' AND i.due_at < :now) AS late,"
    "       count(*) FILTER (WHERE i.pin IS NULL) AS unpinned"
    "  FROM incident AS i <which>"
    " GROUP BY i.priority, i.category_code, i.agency_ids".replace("<which>", _WHICH)
)


def cases(
    session: Session,
    asked: Asked,
    now: datetime,
    catalogue: Catalogue,
    most: int = MOST,
    oldest_first: bool = False,
) -> Iterator[Sequence[AnyRow]]:
    """The cases, most urgent first, then the oldest, at most so many, AT_ONCE at a time.

    As they stood at one moment. The session stays open meanwhile: never wait for a client between.
    """
    limits = {**_values(session, asked, now, catalogue), "most": most, "oldest_first": oldest_first}
    found = session.execute(
        _ROWS, limits, execution_options={"stream_results": True, "max_row_buffer": AT_ONCE}
    )
    yield from found.partitions(AT_ONCE)  # by name: else all that is there comes as one


def cells(
    session: Session, asked: Asked, now: datetime, catalogue: Catalogue, side_deg: float, lat: float
) -> list[Cell]:
    """Pinned cases by squares of a grid, exact sums, the fullest first.

    side_deg  side of a square in degrees of latitude; `lat`: where squares are square
    """
    limits = _values(session, asked, now, catalogue)
    rows = session.execute(_CELLS, {**limits, "side": side_deg, "squeeze": cos(radians(lat))})
    return [Cell(r.n, r.priority, float(r.lon), float(r.lat)) for r in rows]


def sums(session: Session, asked: Asked, now: datetime, catalogue: Catalogue) -> Sum:
    """How many there are, by priority, category and agency."""
    rows = session.execute(_SUM, dict(_values(session, asked, now, catalogue))).all()
    priority: dict[int, int] = {}
    category: dict[str, int] = {}
    agency: dict[int, int] = {}
    for row in rows:
        priority[row.priority] = priority.get(row.priority, 0) + row.n
        category[row.category_code] = category.get(row.category_code, 0) + row.n
        for one in row.agency_ids:
            agency[one] = agency.get(one, 0) + row.n
    return Sum(
        n=sum(r.n for r in rows),
        open=sum(r.open for r in rows),
        late=sum(r.late for r in rows),
        unpinned=sum(r.unpinned for r in rows),
        by_priority=priority,
        by_category=category,
        by_agency=agency,
    )


def closed_in(session: Session, village: str, since: datetime) -> int:
    """Cases of a village that were closed from then on, of those that may be seen."""
    closed = select(func.count()).select_from(Incident)
    return (
        session.scalar(closed.where(Incident.village_code == village, Incident.closed_at >= since))
        or 0
    )


def outlines(session: Session, edition_id: int, tolerance_m: int | None = None) -> list[Outlined]:
    """All villages of an edition by code; with a tolerance as drawn for it, edges still shared."""
    drawn: dict[str, BaseGeometry] = {}
    if tolerance_m is not None:
        rows = session.execute(
            select(VillageDrawing.code, VillageDrawing.area).where(
                VillageDrawing.edition_id == edition_id, VillageDrawing.tolerance_m == tolerance_m
            )
        )
        drawn = {code: area for code, area in rows}  # noqa: C416 - rows are no pairs for mypy
    villages = session.scalars(
        select(Village).where(Village.edition_id == edition_id).order_by(Village.code)
    ).all()
    if tolerance_m is not None and not drawn:  # nobody has drawn them yet
        thinned = shapely.coverage_simplify([v.area for v in villages], tolerance_m / _DEGREE_M)
        drawn = dict(zip((v.code for v in villages), thinned, strict=True))
    facts = select(VillageFacts.code, VillageFacts.population)
    people = {code: population for code, population in session.execute(facts)}  # noqa: C416
    return [
        Outlined(
            v.code, v.name, v.kind, v.district, v.district_code,
            people.get(v.code) or v.population, drawn.get(v.code, v.area),
        )
        for v in villages
    ]  # fmt: skip


def _values(
    session: Session, asked: Asked, now: datetime, catalogue: Catalogue
) -> Mapping[str, Any]:
    scope = scope_of(session)
    limits = {
        "closed": asked.closed,
        "village": asked.village,
        "only": only_village(scope),
    }
    return {**values(asked.filter, now, catalogue, scope), **limits}
