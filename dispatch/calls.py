"""Use case: a call becomes an incident with a village and a ticket. No call is refused."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import learning, log, responsible
from dispatch.catalogue import CategoryFacts
from dispatch.clues import Attribution, Clues, SaidPlace
from dispatch.errors import KeyReused
from dispatch.ground import Ground
from dispatch.placing import Placed, place
from dispatch.prepared import Prepared
from dispatch.rules import hours, masking, triage
from dispatch.rules.audience import Audience
from dispatch.rules.clocks import Dues
from dispatch.rules.ticketing import TicketKind
from dispatch.rules.workflow import CallClass, Channel, IncidentState
from dispatch.schema import IdempotencyKey, Incident
from dispatch.scope import scope_of
from geo.point import Point

INTAKE_SQL = (Path(__file__).parent / "sql" / "intake.sql").read_text()
IDS_SQL = (
    "SELECT nextval('call_id_seq') AS call_id,"
    " CASE WHEN :opens THEN nextval('incident_id_seq') END AS incident_id"
)
_INTAKE, _IDS = Prepared("intake", INTAKE_SQL), Prepared("ids", IDS_SQL)

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class CallReport:
    """What the call taker typed. Only the words are needed."""

    where: str = ""
    what: str = ""
    channel: Channel = Channel.PHONE_112
    call_class: CallClass = CallClass.NORMAL
    phone: str | None = None
    caller: str | None = None
    category: str | None = None
    life_at_risk: bool = False
    pin: Point | None = None
    pinned_by: str | None = None  # petugas, tempat
    said_village: str | None = None  # the village that the caller named, by code
    location: SaidPlace | None = None  # the place that was chosen, and what was answered
    joins: int | None = None  # the incident that this call tells of again
    owner: str | None = None  # of the thing that it is about, as the caller says; a code
    said_at: datetime | None = None  # by the client's clock
    demo: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class TakenCall:
    """A call with all that was decided about it, before it is written."""

    call_id: int
    incident_id: int | None
    report: CallReport
    at: datetime
    category: CategoryFacts
    priority: int
    placed: Placed
    agency_ids: tuple[int, ...]
    rule: str
    decided: Json  # what the rule looked at
    owner: str | None  # of the thing that it is about
    dues: Dues  # of each ticket
    restricted_group: str | None
    after_hours: bool
    opens: bool  # a new incident; else the call joins one, or has none
    warnings: tuple[str, ...]

    @property
    def attribution(self) -> Attribution:
        """The village, and how it came to that."""
        return self.placed.attribution


@dataclass(frozen=True, slots=True)
class Answer:
    """What the client is told, and whether it had been told before."""

    body: Json
    replayed: bool


def take_call(
    session: Session,
    report: CallReport,
    now: datetime,
    ground: Ground,
    *,
    key: str | None = None,
    phone_key: bytes = b"",
    write_answer: Callable[[TakenCall], Json] = lambda taken: {"call": taken.call_id},
    language: str = "id",
    learns: bool = False,
) -> Answer:
    """Write call, incident, village, ticket, log row and answer, all or nothing.

    key          idempotency key of the client; needed when a user asks, not for the house's own
    phone_key    secret under which the caller's number is hashed for the history
    write_answer makes the answer, which is kept with the key and given again to a repeated request
    language     of the question that may have to be asked
    learns       whether names of places are learned from pins set by hand
    Raises KeyReused when the key was used for other content.
    """
    taken = decide(session, report, now, ground, language)
    fingerprint = _fingerprint(report)
    body = write_answer(taken)
    fresh = _INTAKE.run(
        session, values(session, taken, ground, key, fingerprint, phone_key, body)
    ).scalar_one()
    if not fresh:
        return _replay(session, key or "", fingerprint)
    if learns and _teaches(taken):
        learning.learn(session, ground, report.where, report.pin, now)
    log.ask_to_ring(session)
    return Answer(body, replayed=False)


def decide(
    session: Session, report: CallReport, now: datetime, ground: Ground, language: str = "id"
) -> TakenCall:
    """All that follows from the report: place, urgency, who answers. Writes nothing."""
    joined = _joined(session, report.joins)
    opens = report.call_class is CallClass.NORMAL and joined is None
    ids = _IDS.run(session, {"opens": opens}).one()
    category = ground.catalogue.category(report.category)
    placed = place(_clues(report), ground, language)
    attribution = placed.attribution
    decision = responsible.decide(
        ground,
        category.code,
        attribution.village,
        now,
        said_owner=report.owner,
        texts=(report.what, report.where),
        pin=report.pin,
        radius_m=report.location.radius_m if report.location else None,
    )
    priority = triage.priority(category.priority, report.life_at_risk)
    return TakenCall(
        call_id=ids.call_id,
        incident_id=ids.incident_id if opens else (joined.id if joined else None),
        report=report,
        at=now,
        category=category,
        priority=priority,
        placed=placed,
        agency_ids=tuple(decision.choice.agency_ids),
        rule=decision.choice.reason,
        decided=dict(decision.choice.decided),
        owner=decision.owner.code,
        dues=ground.regency.clocks.at_opening(category.kind, category.clock, priority, now),
        # Of two calls about one event one may tell more than the other: each keeps its own secret.
        restricted_group=(joined.restricted_group if joined else None) or category.restricted_group,
        after_hours=not hours.is_open(ground.regency.hours, now),
        opens=opens,
        warnings=_warnings(report, placed, joined),
    )


def _clues(report: CallReport) -> Clues:
    return Clues(
        where=report.where,
        what=report.what,
        pin=report.pin,
        by_hand=report.pinned_by != "tempat",
        chosen=report.said_village,
        said=report.location or SaidPlace(),
    )


def _teaches(taken: TakenCall) -> bool:
    """Whether words and pin may be learned from: an open call, no secret, no joke, no play.

    And the pin was set by hand, and learning.is_sure of it.
    """
    report, said = taken.report, taken.report.location
    if report.pin is None or report.pinned_by != "petugas":
        return False
    if not learning.is_sure(taken.placed, None if said is None else said.radius_m):
        return False
    return taken.opens and taken.restricted_group is None and not report.demo


@dataclass(frozen=True, slots=True)
class _Joined:
    id: int
    restricted_group: str | None


def _joined(session: Session, incident_id: int | None) -> _Joined | None:
    """The open incident that the call joins; None for a closed or unknown one."""
    if incident_id is None:
        return None
    row = session.execute(
        select(Incident.id, Incident.restricted_group).where(
            Incident.id == incident_id, Incident.state != IncidentState.CLOSED
        )
    ).one_or_none()
    return _Joined(row.id, row.restricted_group) if row else None


def _warnings(report: CallReport, placed: Placed, joined: _Joined | None) -> tuple[str, ...]:
    """Codes of what the operator should look at; the call is taken all the same."""
    found, attribution = [], placed.attribution
    if report.joins is not None and joined is None:
        found.append("gabung_tidak_ditemukan")
    if report.call_class is CallClass.NORMAL and report.pin is None and joined is None:
        found.append("belum_berpin")
    if attribution.outside:
        found.append("luar_wilayah")
    if attribution.off_m is not None:
        found.append("di_luar_batas_desa")
    if (
        report.pin is not None
        and report.said_village
        and (attribution.village is None or attribution.village.code != report.said_village)
    ):
        found.append("desa_tidak_cocok")
    return (*found, *(code.value for code in placed.contradictions))


def values(
    session: Session,
    taken: TakenCall,
    ground: Ground,
    key: str | None,
    fingerprint: bytes,
    phone_key: bytes,
    body: Json,
) -> Json:
    """What intake.sql is given."""
    scope, report, where = scope_of(session), taken.report, taken.attribution
    standing, record = taken.placed.standing, taken.placed.record
    phone = masking.normalise_phone(report.phone) if report.phone else None
    return {
        "user_id": scope.user_id,
        "key": key,
        "fingerprint": fingerprint,
        "answer": orjson.dumps(body).decode(),
        "incident_id": taken.incident_id,
        "call_id": taken.call_id,
        "opens": taken.opens,
        "category": taken.category.code,
        "priority": taken.priority,
        "place_text": report.where,
        "lon": report.pin.lon if report.pin else None,
        "lat": report.pin.lat if report.pin else None,
        "pinned_by": (report.pinned_by or "petugas") if report.pin else None,
        "edition_id": ground.locator.edition_id,
        "village_id": where.village.id if where.village else None,
        "village_code": where.village.code if where.village else None,
        "district_code": where.village.district_code if where.village else None,
        "border_m": where.placement.border_m if where.placement else None,
        "off_m": where.off_m,
        "outside": where.outside,
        "land_mass_id": where.placement.land_mass_id if where.placement else None,
        "location": None if record is None else orjson.dumps(record).decode(),
        "village_p": standing.village_p,
        "doubt": standing.doubt,
        "also_villages": list(standing.also),
        "contradictions": [code.value for code in taken.placed.contradictions],
        "agency_ids": list(taken.agency_ids),
        "rule": taken.rule,
        "restricted_group": taken.restricted_group,
        "audience": _audience(taken).value,
        "owner": taken.owner,
        "due_at": _due_at(taken, ground),
        "after_hours": taken.after_hours,
        "now": taken.at,
        "said_at": report.said_at,
        "demo": report.demo,
        "channel": report.channel.value,
        "call_class": report.call_class.value,
        "said_where": report.where,
        "said_what": report.what,
        "phone": phone,
        "phone_masked": masking.mask_phone(phone) if phone else None,
        "phone_hash": masking.hash_phone(phone, phone_key) if phone else None,
        "caller": report.caller,
        "log_kind": _log_kind(taken),
        "actor": scope.name,
        "kind": taken.category.kind,
        "decided": orjson.dumps(taken.decided).decode(),
        "verify_due_at": taken.dues.verify,
        "answer_due_at": taken.dues.answer,
        "ticket_due_at": taken.dues.done,
        "escalate_at": taken.dues.escalate_at,
        "proof_needed": taken.category.proof,
        "facts": orjson.dumps(
            {"class": report.call_class.value, "channel": report.channel.value}
        ).decode(),
    }


def _due_at(taken: TakenCall, ground: Ground) -> datetime:
    """An emergency by the clock on the wall; all else when its tickets are due."""
    if taken.category.kind != TicketKind.EMERGENCY and taken.dues.done is not None:
        return taken.dues.done
    return ground.regency.late.due_at(taken.category.kind, taken.priority, taken.at)


def _audience(taken: TakenCall) -> Audience:
    """What is sensitive for any reason stays in the room."""
    return Audience.ROOM if taken.restricted_group is not None else taken.category.audience


def _log_kind(taken: TakenCall) -> str:
    if taken.opens:
        return "incident.opened"
    return "call.joined" if taken.incident_id else "call.noted"


def _fingerprint(report: CallReport) -> bytes:
    """SHA-256 of all that was asked; the client's clock may differ between two tries."""
    said = replace(report, said_at=None)
    return hashlib.sha256(repr(said).encode()).digest()


def _replay(session: Session, key: str, fingerprint: bytes) -> Answer:
    """The stored answer of a request that was carried out before."""
    stored = session.execute(
        select(IdempotencyKey.fingerprint, IdempotencyKey.answer).where(
            IdempotencyKey.user_id == scope_of(session).user_id, IdempotencyKey.key == key
        )
    ).one()
    if bytes(stored.fingerprint) != fingerprint:
        raise KeyReused
    return Answer(stored.answer, replayed=True)
