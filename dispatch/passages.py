"""Ferries and the sea: what runs, and what a dispatcher closed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from dispatch import log
from dispatch.errors import Unknown
from dispatch.regency import Regency
from dispatch.schema import Passage
from dispatch.scope import scope_of
from dispatch.ways import PASSAGE_CHANGED
from geo.road_schema import Ferry, RoadNetwork
from geo.routing.ferries import FerryLine, Sailing, sailings_of
from geo.routing.rules import SEA

FERRY = "feri"  # kind of a passage; the other is SEA
_DAYS = ("Sen", "Sel", "Rab", "Kam", "Jum", "Sab", "Min")


@dataclass(frozen=True, slots=True)
class PassageFacts:
    """One passage as it stands. What nobody has spoken of is open."""

    code: str
    name: str
    kind: str  # feri, laut
    when: str  # it sails, in words; "" for the sea
    open: bool = True
    note: str = ""
    changed_at: datetime | None = None
    by: str | None = None


def list_passages(session: Session, regency: Regency) -> list[PassageFacts]:
    """The sea first, the ferries of the regency, those of the network in force."""
    said = {row.code: row for row in session.scalars(select(Passage))}
    found = []
    for code, name, kind, when in _known(session, regency):
        row = said.get(code)
        found.append(
            PassageFacts(code, name, kind, when)
            if row is None
            else PassageFacts(
                code, name, kind, when, row.open, row.note, row.changed_at, row.changed_by_name
            )
        )
    return found


def set_passage(
    session: Session, regency: Regency, code: str, is_open: bool, note: str, now: datetime
) -> None:
    """Open it, or close it; every router hears of it. Raises Unknown for another code."""
    if code not in {known[0] for known in _known(session, regency)}:
        raise Unknown(f"passage {code}")
    scope = scope_of(session)
    said = {
        "open": is_open,
        "note": note,
        "changed_at": now,
        "changed_by": scope.user_id,
        "changed_by_name": scope.name,
    }
    session.execute(
        insert(Passage)
        .values(code=code, **said)
        .on_conflict_do_update(index_elements=[Passage.code], set_=said)
    )
    log.record(session, PASSAGE_CHANGED, code=code, open=is_open)


def in_words(out: FerryLine, back: FerryLine) -> str:
    """When it sails: "tiap 30 menit 06.00–18.00", "Sen Rab 07.00 · kembali Sel Kam 07.00"."""
    there, here = _sailings(out.sailings), _sailings(back.sailings)
    return there if there == here else f"{there} · kembali {here}"


def _known(session: Session, regency: Regency) -> list[tuple[str, str, str, str]]:
    """Code, name, kind, when: each code once, the regency's word before the network's."""
    rules = regency.roads
    found = {SEA: (SEA, "Laut (perahu)", SEA, "")} if rules.sea and regency.sea else {}
    for out, back in zip(rules.ferries[::2], rules.ferries[1::2], strict=True):
        found[out.code] = (out.code, out.name, FERRY, in_words(out, back))
    rows = session.execute(
        select(Ferry.code, Ferry.name, Ferry.timetable, Ferry.every_s)
        .join(RoadNetwork, RoadNetwork.id == Ferry.network_id)
        .where(RoadNetwork.in_force)
        .order_by(Ferry.name, Ferry.code)
    )
    for row in rows:
        when = _sailings(sailings_of(row.timetable, row.every_s))
        found.setdefault(row.code, (row.code, row.name, FERRY, when))
    return list(found.values())


def _sailings(sailings: tuple[Sailing, ...]) -> str:
    if not sailings:
        return "sewaktu-waktu"
    return ", ".join(
        f"{days} {hours}".strip()
        for days, hours in dict.fromkeys((_days(one), _hours(one)) for one in sailings)
    )


def _days(sailing: Sailing) -> str:
    return "" if len(sailing.days) == 7 else " ".join(_DAYS[day] for day in sorted(sailing.days))


def _hours(sailing: Sailing) -> str:
    first = f"{sailing.first:%H.%M}"
    if sailing.last is None or sailing.every_s is None:
        return first
    return f"tiap {sailing.every_s / 60:g} menit {first}–{sailing.last:%H.%M}"
