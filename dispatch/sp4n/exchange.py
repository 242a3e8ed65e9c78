"""Use cases: plan what SP4N-LAPOR must be told, take it with a lease, keep what it answered.

As dispatch/outbox.py does: what is taken is sent outside any transaction; if the worker dies
between, the lease runs out and it is sent again under the same key, by which it is known there.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from dispatch.errors import DispatchError, Unknown
from dispatch.ground import Ground
from dispatch.rules.digest import next_try
from dispatch.schema import ExchangeLink
from dispatch.sp4n import standing
from dispatch.sp4n.mapping import Face, Remote, differences
from dispatch.sp4n.standing import SYSTEM_NAME, Told

WAITING, EVEN, FAILED, DEAD = "menunggu", "selaras", "gagal", "mati"
MOST_PLANNED = 500  # tickets of one round
HIDDEN_FOR = timedelta(days=1)  # what has become sensitive is looked at again tomorrow
HIDDEN = "peka: tidak dikirim"


class TakenByAnother(DispatchError):
    """The number over there belongs to another ticket of ours already."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What is to be sent, held for the length of the lease.

    number   counts up with each sending: of two that arrive in the wrong order the higher holds
    """

    link_id: int
    key: str
    remote_id: str | None  # None: it is not known there yet
    number: int
    mark: str
    tries: int
    face: Face


def plan(session: Session, now: datetime, ground: Ground, most: int = MOST_PLANNED) -> int:
    """Mark what the other side does not know yet; how many reports were looked at anew."""
    news = standing.news(session, now, ground, most)
    marked = _begin(session, [told for told in news if told.link_id is None], now)
    for told in news:
        if told.link_id is not None:
            marked += _mark(session, told, now)
    session.flush()
    return marked


def _begin(session: Session, news: Sequence[Told], now: datetime) -> int:
    """Links of what was never told; another worker may have made some this very moment."""
    if not news:
        return 0
    rows = [
        {
            "system": SYSTEM_NAME,
            "ticket_id": told.ticket_id,
            "incident_id": told.incident_id,
            "key": str(uuid.uuid4()),
            "state": WAITING,
            "next_at": now,
            "at": now,
        }
        for told in news
    ]
    made = insert(ExchangeLink).values(rows)
    once = made.on_conflict_do_nothing(index_elements=["system", "ticket_id"])
    return len(session.execute(once.returning(ExchangeLink.id)).all())


def _mark(session: Session, told: Told, now: datetime) -> int:
    """What has changed since it was told waits to be told anew; 1 unless another has it."""
    query = select(ExchangeLink).where(ExchangeLink.id == told.link_id)
    link = session.scalars(query.with_for_update(skip_locked=True)).one_or_none()
    if link is None or link.state != EVEN:
        return 0
    if link.told.get("face") == told.face.record():
        link.told = link.told | {"v": told.mark}  # claimed, say: nothing that is told has changed
        return 1
    link.state, link.next_at, link.tries = WAITING, now, 0
    return 1


def take(
    session: Session,
    now: datetime,
    ground: Ground,
    *,
    most: int = 20,
    lease: timedelta = timedelta(seconds=60),
) -> list[Telling]:
    """What is due, ours until the lease ends; what has become sensitive is left out."""
    due = session.scalars(
        select(ExchangeLink)
        .where(
            ExchangeLink.system == SYSTEM_NAME,
            ExchangeLink.state.in_((WAITING, FAILED)),
            ExchangeLink.next_at <= now,
            ExchangeLink.ticket_id.is_not(None),
        )
        .order_by(ExchangeLink.next_at, ExchangeLink.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()
    seen = standing.of_tickets(session, [link.ticket_id for link in due if link.ticket_id], ground)
    taken = []
    for link in due:
        told = seen.get(link.ticket_id or 0)
        if told is None:
            link.next_at, link.trouble = now + HIDDEN_FOR, HIDDEN
            continue
        number = int(link.told.get("n", 0)) + 1
        link.told = link.told | {"n": number}
        link.next_at = now + lease
        taken.append(
            Telling(link.id, link.key, link.remote_id, number, told.mark, link.tries, told.face)
        )
    session.flush()
    return taken


def give_back(session: Session, tellings: Sequence[Telling], now: datetime) -> None:
    """They were not sent after all: who looks next may take them at once."""
    session.execute(
        update(ExchangeLink)
        .where(ExchangeLink.id.in_([t.link_id for t in tellings]), ExchangeLink.state != EVEN)
        .values(next_at=now)
    )


def answered(session: Session, telling: Telling, remote: Remote, now: datetime) -> bool:
    """Keep what came back; whether both sides say the same now.

    A report that was sent before, and is found under its key, may still say what it said then: it
    is told anew. Raises TakenByAnother.
    """
    link = _held(session, telling.link_id)
    _check_own(session, link, remote)
    first = link.remote_id is None
    link.remote_id = remote.id
    link.heard = link.heard | {"face": remote.face.record()}
    # Who was slower than the lease says nothing of what was sent meanwhile.
    if int(link.told.get("n", 0)) != telling.number:
        return False
    if differences(telling.face, remote.face):
        if first:
            link.state, link.next_at = WAITING, now
        else:
            _put_off(link, telling, "jawabannya berbeda", now, 0.5)
        return False
    link.told = link.told | {"v": telling.mark, "face": telling.face.record()}
    link.state, link.next_at, link.tries, link.trouble = EVEN, None, 0, None
    return True


def failed(
    session: Session,
    telling: Telling,
    trouble: str,
    now: datetime,
    chance: float,
    *,
    for_good: bool = False,
) -> bool:
    """Put it off, or give it up after the twelfth time; whether it was given up.

    chance    0 to 1, drawn anew each time
    for_good  to try again would not help
    """
    link = _held(session, telling.link_id)
    if link.state == EVEN or int(link.told.get("n", 0)) != telling.number:
        return False
    return _put_off(link, telling, trouble, now, chance, for_good=for_good)


def _put_off(
    link: ExchangeLink,
    telling: Telling,
    trouble: str,
    now: datetime,
    chance: float,
    *,
    for_good: bool = False,
) -> bool:
    link.tries = telling.tries + 1
    link.trouble = trouble[:200]
    again = None if for_good else next_try(link.tries, now, now, chance)
    link.state, link.next_at = (DEAD, None) if again is None else (FAILED, again)
    return again is None


def again(session: Session, link_id: int, now: datetime, *, anew: bool = False) -> None:
    """Tell it from the start, however often it failed. Raises Unknown.

    anew   the other side has lost it: it gets a new number there, under the same key
    """
    link = _held(session, link_id)
    link.state, link.next_at, link.tries, link.trouble = WAITING, now, 0, None
    if anew:
        link.remote_id = None


def _held(session: Session, link_id: int) -> ExchangeLink:
    query = select(ExchangeLink).where(ExchangeLink.id == link_id).with_for_update()
    link = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if link is None:
        raise Unknown(f"exchange link {link_id}")
    return link


def _check_own(session: Session, link: ExchangeLink, remote: Remote) -> None:
    other = session.scalar(
        select(ExchangeLink.id).where(
            ExchangeLink.system == SYSTEM_NAME,
            ExchangeLink.remote_id == remote.id,
            ExchangeLink.id != link.id,
        )
    )
    if other is not None:
        raise TakenByAnother(f"{remote.id[:40]!r} of link {link.id} is that of link {other}")


@dataclass(frozen=True, slots=True)
class Counts:
    """How the exchange stands."""

    waiting: int
    even: int
    failed: int
    dead: int
    trouble: str | None  # of the last that failed

    def record(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "waiting": self.waiting,
            "even": self.even,
            "failed": self.failed,
            "dead": self.dead,
            "trouble": self.trouble,
        }


def counts(session: Session) -> Counts:
    """Of the links that the asker may see."""
    rows = session.execute(
        select(ExchangeLink.state, func.count().label("n"))
        .where(ExchangeLink.system == SYSTEM_NAME)
        .group_by(ExchangeLink.state)
    ).all()
    by = {row.state: row.n for row in rows}
    trouble = session.scalar(
        select(ExchangeLink.trouble)
        .where(ExchangeLink.trouble.is_not(None), ExchangeLink.state.in_((FAILED, DEAD)))
        .order_by(ExchangeLink.id.desc())
        .limit(1)
    )
    waiting, even, failed_, dead = (by.get(s, 0) for s in (WAITING, EVEN, FAILED, DEAD))
    return Counts(waiting, even, failed_, dead, trouble)
