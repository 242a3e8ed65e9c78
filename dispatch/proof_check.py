"""Holds a photo against its case and against all photos that were used before."""

from datetime import datetime

from geoalchemy2 import Geography
from sqlalchemy import cast, func, literal, select, text
from sqlalchemy.orm import Session

from dispatch.pictures import Seal
from dispatch.rules import proof
from dispatch.rules.proof import Checked, Scene
from dispatch.schema import Incident
from geo.columns import PointColumn
from geo.point import Point
from geo.schema import Village

# Of two who send the same photo at once, the second one is told.
_ORDER_LOCK = text("SELECT pg_advisory_xact_lock(hashtext('proof_check.same_as'))")
_SAME = text(
    "SELECT same_photo(:ticket_id, :sha256, CAST(:bands AS integer[]),"
    " CAST(:hashes AS bigint[]), CAST(:most AS integer[]))"
)


def same_as(session: Session, ticket_id: int, seal: Seal) -> list[int | None]:
    """Tickets that used the same photo before; None: one that not everybody may know of."""
    session.execute(_ORDER_LOCK)
    hashes = [] if seal.looks is None else [seal.looks.phash, *seal.looks.cut]
    most = [proof.SAME_BITS_CUT if n else proof.SAME_BITS for n in range(len(hashes))]
    asked = {
        "ticket_id": ticket_id,
        "sha256": seal.sha256,
        "bands": [*proof.near_bands(hashes), proof.file_band(seal.sha256)],
        "hashes": [proof.signed(phash) for phash in hashes],
        "most": most,
    }
    return list(session.scalars(_SAME, asked))


def checked(
    session: Session, incident_id: int, seal: Seal, now: datetime, *, used_before: bool
) -> Checked:
    """What the check finds in a photo that came `now` for that case."""
    case = session.execute(
        select(
            Incident.opened_at,
            Incident.pin,
            Incident.pinned_by,
            Incident.location,
            Incident.doubt,
            Incident.village_id,
        ).where(Incident.id == incident_id)
    ).one()
    scene = Scene(
        opened_at=case.opened_at,
        pin=case.pin,
        uncertain_m=proof.uncertain_m(case.location, case.pinned_by, case.doubt),
    )
    off_m = None
    if case.pin is None and seal.position is not None and case.village_id is not None:
        off_m = _off_m(session, case.village_id, seal.position)
    return proof.check(
        scene,
        now,
        taken_at=seal.taken_at,
        position=seal.position,
        off_village_m=off_m,
        used_before=used_before,
    )


def _off_m(session: Session, village_id: int, position: Point) -> float | None:
    """Metres from the village; 0 inside it."""
    here = cast(literal(position, PointColumn), Geography)
    off_m = func.ST_Distance(cast(Village.area, Geography), here)
    return session.scalar(select(off_m).where(Village.id == village_id))
