"""Use case: the response report of a period, read with the analyst's eyes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

import numpy as np
from sqlalchemy import text
from sqlalchemy.orm import Session

from dispatch.catalogue import CategoryFacts
from dispatch.ground import Ground
from dispatch.reports import response
from dispatch.reports.response import Cases, Floats, Report, Sendings
from dispatch.rows import AnyRow
from dispatch.whatif.history import emergencies
from dispatch.whatif.kept_out import left_out
from dispatch.whatif.villages_told import villages_told

Json = dict[str, Any]
BY = ("semua", "desa", "kecamatan", "kategori", "instansi", "prioritas", "jam")
_CLAIM_S = 86_400.0  # a caller's clock that is a day off says nothing

# Comes out: a case a row, with when it was heard of first. Uses ix_incident_opened_at, ix_call_at.
_CASES = text(
    "WITH heard AS (SELECT incident_id, min(EXTRACT(EPOCH FROM CASE"
    "      WHEN said_at <= at AND said_at > at - :claim * interval '1 second'"
    "      THEN said_at ELSE at END)::float8) AS heard_s"
    "    FROM call_times(:since, :until) GROUP BY incident_id)"
    " SELECT id, EXTRACT(EPOCH FROM opened_at)::float8 AS opened_s,"
    "        EXTRACT(EPOCH FROM closed_at)::float8 AS closed_s, heard.heard_s,"
    "        category_code, level, village_code, district_code, agency_ids, priority, demo,"
    "        EXTRACT(HOUR FROM opened_at AT TIME ZONE :zone)::integer AS hour"
    "   FROM incident LEFT JOIN heard ON heard.incident_id = incident.id"
    "  WHERE opened_at >= :since AND opened_at < :until"
    "    AND category_code = ANY (CAST(:categories AS text[]))"
    "    AND (CAST(:priority AS integer) IS NULL OR priority = :priority)"
    "  ORDER BY id"
)
# Comes out: a unit that was sent a row, by its case. Uses ix_assignment_incident_id.
_SENDINGS = text(
    "SELECT a.incident_id, EXTRACT(EPOCH FROM a.sent_at)::float8,"
    "       EXTRACT(EPOCH FROM a.accepted_at)::float8, EXTRACT(EPOCH FROM a.departed_at)::float8,"
    "       EXTRACT(EPOCH FROM a.arrived_at)::float8, EXTRACT(EPOCH FROM a.released_at)::float8,"
    "       a.state IN ('selesai', 'kembali'),"
    "       cardinality(c.needs) = 0 OR coalesce(u.skills && c.needs, true)"
    "  FROM assignment AS a JOIN incident AS i ON i.id = a.incident_id"
    "  JOIN category AS c ON c.code = i.category_code LEFT JOIN unit AS u ON u.id = a.unit_id"
    " WHERE a.incident_id = ANY (:ids) AND a.state <> 'diusulkan'"
    " ORDER BY a.incident_id, a.id"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question. `until` is not among the days; target_s None: each by its own plan."""

    since: date
    until: date
    by: str = "semua"
    categories: tuple[str, ...] = ()  # all emergencies that are not sensitive
    priority: int | None = None
    target_s: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The report with what has to be said beside it."""

    asked: Asked
    report: Report
    names: dict[str, str]
    demo: int
    as_of: datetime
    left_out: tuple[CategoryFacts, ...]  # emergencies that are for a group only
    held_back: int = 0  # cases of whom it is not told in which village they were


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What the database holds of the period."""

    rows: Sequence[AnyRow]
    sendings: Sequence[AnyRow]


def read(session: Session, asked: Asked, ground: Ground) -> Found:
    """Needs the analyst's eyes: what is sensitive is not seen, and so not counted."""
    rows = _rows(session, asked, ground)
    ids = [row[0] for row in rows]
    return Found(rows, session.execute(_SENDINGS, {"ids": ids}).all() if ids else [])


def answer(found: Found, asked: Asked, ground: Ground, now: datetime) -> Answer:
    """The report of what was found. Needs no database."""
    rows = found.rows
    sendings = _sendings(found)
    labels = [] if asked.by == "semua" else [_labels(row, asked.by) for row in rows]
    held_back = _hold_back(labels, rows, asked, ground) if asked.by == "desa" else 0
    groups = response.by_label(labels)
    made = response.report(_cases(rows, asked, ground), sendings, groups, now.timestamp())
    if asked.by == "jam":
        made = _by_the_clock(made)
    made = replace(made, withheld=made.withheld + held_back)
    names = {code: name_of(code, asked.by, ground) for code in groups}
    demo = sum(row.demo for row in rows)
    return Answer(asked, made, names, demo, now, left_out(ground), held_back)


def _hold_back(
    labels: list[Sequence[str]], rows: Sequence[AnyRow], asked: Asked, ground: Ground
) -> int:
    """Take away the village of whom it is not told; of how many."""
    told = villages_told(
        [row.village_code for row in rows],
        [row.category_code for row in rows],
        asked.since,
        asked.until,
        ground,
    )
    gone = [n for n, village in enumerate(told) if village is None and labels[n]]
    for n in gone:
        labels[n] = []
    return len(gone)


def _by_the_clock(made: Report) -> Report:
    rows = tuple(sorted(made.rows, key=lambda row: int(row.code)))
    return replace(made, rows=rows)


def _rows(session: Session, asked: Asked, ground: Ground) -> Sequence[AnyRow]:
    zone = ground.regency.hours.zone
    given = {
        "since": datetime.combine(asked.since, time(), zone),
        "until": datetime.combine(asked.until, time(), zone),
        "zone": zone.key,
        "claim": _CLAIM_S,
        "categories": list(asked.categories) or emergencies(ground),
        "priority": asked.priority,
    }
    return session.execute(_CASES, given).all()


def _cases(rows: Sequence[AnyRow], asked: Asked, ground: Ground) -> Cases:
    opened_s = _column([row.opened_s for row in rows])
    return Cases(
        np.full(len(rows), np.nan),  # the house hears no ring: its telephones tell of none
        _column([row.heard_s for row in rows]),
        opened_s,
        _column([row.closed_s for row in rows]),
        _targets_s(rows, asked, ground),
    )


def _targets_s(rows: Sequence[AnyRow], asked: Asked, ground: Ground) -> Floats:
    if asked.target_s is not None:
        return np.full(len(rows), asked.target_s, dtype=np.float64)
    kinds = [(row.category_code, row.level) for row in rows]
    of = {kind: _target_s(*kind, ground) for kind in dict.fromkeys(kinds)}
    return np.array([of[kind] for kind in kinds], dtype=np.float64)


def _target_s(code: str, level: int, ground: Ground) -> float:
    category = ground.catalogue.category(code)
    return ground.regency.plans.plan_of(category.code, category.needs, level).target_s


def _sendings(found: Found) -> Sendings:
    ids = [row[0] for row in found.rows]
    columns = list(zip(*found.sendings, strict=True)) or [()] * 8
    sent_s, accepted_s, departed_s, arrived_s, released_s = map(_column, columns[1:6])
    return Sendings(
        np.searchsorted(np.array(ids, dtype=np.int64), np.array(columns[0], dtype=np.int64)),
        sent_s,
        accepted_s,
        departed_s,
        arrived_s,
        released_s,
        np.array(columns[6], dtype=bool),
        np.array(columns[7], dtype=bool),
    )


def _column(values: Sequence[float | None]) -> Floats:
    return np.array(values, dtype=np.float64)  # None becomes NaN


def _labels(row: AnyRow, by: str) -> Sequence[str]:
    one = {
        "desa": row.village_code,
        "kecamatan": row.district_code,
        "kategori": row.category_code,
        "prioritas": str(row.priority),
        "jam": str(row.hour),
    }
    if by == "instansi":
        return [str(agency) for agency in row.agency_ids]
    return [one[by]] if one[by] is not None else []


def name_of(code: str, by: str, ground: Ground) -> str:
    """What a group is called on the screen."""
    if by == "desa":
        village = ground.by_code.get(code)
        return village.name if village else code
    if by == "kecamatan":
        return next((v.district for v in ground.by_code.values() if v.district_code == code), code)
    if by == "kategori":
        return ground.catalogue.category(code).name_id
    if by == "instansi":
        agency = ground.catalogue.agencies.get(int(code))
        return agency.short if agency else code
    return f"{int(code):02d}.00" if by == "jam" else code


def code_of(code: str, by: str, ground: Ground) -> str:
    """As the API writes it: agencies by their code, not their number."""
    known = ground.catalogue.agencies.get(int(code)) if by == "instansi" and code else None
    return known.code if known else code
