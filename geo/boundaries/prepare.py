"""From a source to an edition that lies ready: read, check, mend, load."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from geo.boundaries.check import Finding, Report, Weight, check
from geo.boundaries.faults import Fault, Unusable
from geo.boundaries.features import NOT_A_VILLAGE, Reading
from geo.boundaries.indicative import partition
from geo.boundaries.land import Bridge
from geo.boundaries.mend import Mended, mend
from geo.boundaries.publish import load
from geo.boundaries.read import read
from geo.boundaries.register import Register
from geo.boundaries.sources import Found
from geo.schema import Edition

MOST_MOVES = 200  # kept with the edition; the counts are of all


@dataclass(frozen=True, slots=True)
class Prepared:
    """A set that can be loaded, with the report on what it was."""

    report: Report
    mended: Mended

    def summary(self) -> dict[str, Any]:
        """What is kept with the edition: faults found and moves made, in counts and worst cases."""
        mended = self.mended
        code, share = mended.largest_change
        return {
            "found": {one.kind: one.count for one in self.report.findings},
            "findings": [asdict(one) for one in self.report.findings],
            "moves": dict(Counter(move.kind for move in mended.moves)),
            "moved_m2": round(sum(move.area_m2 for move in mended.moves), 1),
            "largest_shift_m": max((move.shift_m for move in mended.moves), default=0.0),
            "largest_change": {"code": code, "share": round(share, 6)},
            "area_km2": round(mended.area_after_m2 / 1e6, 3),
            "worst_moves": [asdict(move) for move in mended.moves[:MOST_MOVES]],
            "holes": [asdict(hole) for hole in mended.holes],
        }


def prepare(
    reading: Reading, register: Register | None = None, drop_uncoded: bool = False
) -> Prepared:
    """Checked and mended. Raises Unusable (FAULTY) with the first thing to put right.

    drop_uncoded   leave out features that have no village code at all
    """
    if drop_uncoded:
        kept = tuple(one for one in reading.problems if one.flaw not in NOT_A_VILLAGE)
        reading = replace(reading, problems=kept)
    report = check(reading, register)
    if report.blocked:
        raise blocked(report)
    return Prepared(report, mend(reading.features))


def blocked(report: Report) -> Unusable:
    """The refusal of a file that a person must put right, naming the first case."""
    findings = [one for one in report.findings if one.weight is Weight.BLOCKS]
    cases = [(one.kind, _first(one)) for one in findings[:3]]
    return Unusable(
        Fault.FAULTY,
        where="; ".join(f"{kind}: {what}" for kind, what in cases),
        found=sum(one.count for one in findings),
        cases=cases,
    )


def _first(finding: Finding) -> str:
    return finding.worst[0].what if finding.worst else str(finding.count)


def load_found(
    session: Session,
    found: Found,
    register: Register,
    now: datetime,
    bridges: Sequence[Bridge] = (),
) -> tuple[Edition, Prepared]:
    """The edition that a source gives, beside the one in force; not switched, no commit.

    Raises Unusable; then nothing was written.
    """
    if found.path is None:
        shapes = partition(session, register)
        reading = Reading("register", tuple(shapes), (), len(shapes), sha256=found.sha256)
    else:
        reading = read(found.path, found.source.fields, found.source.layer)
    prepared = prepare(reading, register, found.source.drop_uncoded)
    edition = load(
        session,
        prepared.mended.features,
        found.about(),
        now,
        register,
        bridges,
        prepared.summary(),
    )
    return edition, prepared
