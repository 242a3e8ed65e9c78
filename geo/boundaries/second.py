"""A second opinion on the borders: another edition, believed in part, for the doubt of a place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from geo.boundaries import sources
from geo.boundaries.faults import Fault, Unusable
from geo.boundaries.land import Bridge
from geo.boundaries.prepare import load_found
from geo.boundaries.publish import get_edition
from geo.boundaries.sources import Manifest
from geo.schema import Edition


def second_edition(session: Session) -> Edition | None:
    """The edition that is asked beside the one in force; None where there is none."""
    return session.scalar(
        select(Edition).where(Edition.second_weight.is_not(None), Edition.in_force.is_(False))
    )


def believe(session: Session, key: str | None, weight: float = 0.5) -> Edition | None:
    """Makes that edition the second opinion, and no other; None takes any away. No commit.

    Raises Unusable: UNKNOWN_KEY; IN_FORCE for the edition in force; ValueError for the weight.
    """
    if not 0 < weight < 1:
        raise ValueError(f"weight {weight}: give a number above 0 and below 1")
    chosen = None if key is None else get_edition(session, key)
    if chosen is not None and chosen.in_force:
        raise Unusable(Fault.IN_FORCE, key=chosen.key)
    session.execute(update(Edition).values(second_weight=None))
    if chosen is not None:
        session.execute(update(Edition).where(Edition.id == chosen.id).values(second_weight=weight))
        session.refresh(chosen)
    return chosen


def load_second(
    session: Session,
    manifest: Manifest,
    checkout: Path,
    state: Path,
    now: datetime,
    bridges: Sequence[Bridge] = (),
) -> Edition | None:
    """The manifest's second opinion, loaded once and believed as it says; None where it names none.

    Raises Unusable where the file cannot be had or not be used; then nothing was written.
    """
    source = manifest.second
    if source is None:
        return None
    there = session.scalar(select(Edition).where(Edition.key == source.key))
    if there is not None:
        return there if there.second_weight is not None else None
    found = sources.available(source, manifest, checkout, state)
    edition, _ = load_found(session, found, manifest.register(), now, bridges)
    return believe(session, edition.key, source.weight)
