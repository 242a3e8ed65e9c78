"""The outbox: messages that wait, are being sent, were sent, or reached nobody.

A message is written by the triggers of 0010_outbox.sql. The sender takes it with a lease, sends it
outside any transaction and then marks it; if it dies between, the lease runs out and the message is
sent again under the same uid, by which a receiver knows it.
"""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from dispatch import log, scope
from dispatch.errors import Unknown
from dispatch.rows import AnyRow
from dispatch.rules.digest import Plan, QuietRules, Waiting, arrange, next_try
from dispatch.rules.telling import CALL, PUSH, Event
from dispatch.schema import CallContact, Outgoing, PushSubscription, Subscription

LOOK_AT = 500  # messages of one channel that are sorted out at once
KEPT = timedelta(days=30)  # what was sent, or given up
LATE_AFTER = timedelta(minutes=5)  # a message that is due and still waits: does the sender run?
WAITING, SENT, DEAD, DROPPED = "menunggu", "terkirim", "mati", "batal"


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as the sender holds it for the length of the lease."""

    id: int
    uid: str  # what the receiver knows it by, however often it is sent
    channel: str
    to: str
    event: str
    facts: dict[str, Any]
    made_at: datetime
    tries: int  # failures so far


def take(
    session: Session,
    channel: str,
    now: datetime,
    rules: QuietRules,
    *,
    most: int = 20,
    lease: timedelta = timedelta(seconds=60),
) -> list[Letter]:
    """Messages of the channel to be sent now, urgent ones first, ours until the lease ends.

    What should wait for the morning is put off, and what is too much becomes one message, in this
    same transaction: nothing is sent singly and then again within a digest.
    """
    due = _due(session, channel, now)
    if not due:
        return []
    plan = arrange(
        [_waiting(row) for row in due], _recent(session, channel, now, rules), now, rules
    )
    by_id = {row.id: row for row in due}
    bundles = [_bundle(session, [by_id[n] for n in ids], now) for ids in plan.bundles]
    _hold(session, plan)
    taken = [*(by_id[n] for n in plan.send), *bundles][:most]
    _lease(session, [row.id for row in taken], now + lease)
    return [_letter(row) for row in taken]


def _due(session: Session, channel: str, now: datetime) -> Sequence[Outgoing]:
    query = (
        select(Outgoing)
        .where(Outgoing.state == WAITING, Outgoing.next_at <= now, Outgoing.channel == channel)
        .order_by(Outgoing.urgent.desc(), Outgoing.next_at)
        .limit(LOOK_AT)
        .with_for_update(skip_locked=True)
    )
    return session.scalars(query).all()


def _waiting(row: Outgoing) -> Waiting:
    # What was tried before may have arrived: only alone, under its own uid, would it be known.
    tried = row.tries > 0 or bool(row.facts.get("taken"))
    return Waiting(
        id=row.id,
        channel=row.channel,
        to=row.to,
        event=row.template,
        urgent=row.urgent or tried,
        made_at=row.made_at,
        digest=bool(row.facts.get("digest")),
        held=bool(row.facts.get("held")),
    )


def _recent(
    session: Session, channel: str, now: datetime, rules: QuietRules
) -> Counter[tuple[str, str]]:
    """How many of each kind each receiver got of late; a bundle counts as a whole flood."""
    of = Outgoing.facts["of"].astext
    query = (
        select(
            Outgoing.to,
            func.coalesce(of, Outgoing.template).label("event"),
            func.sum(case((of.is_not(None), rules.most), else_=1)).label("many"),
        )
        .where(
            Outgoing.made_at > now - 2 * timedelta(seconds=rules.within_s),
            Outgoing.sent_at > now - timedelta(seconds=rules.within_s),
            Outgoing.channel == channel,
        )
        .group_by(Outgoing.to, "event")
    )
    return Counter({(row.to, row.event): int(row.many) for row in session.execute(query)})


def _bundle(session: Session, rows: Sequence[Outgoing], now: datetime) -> Outgoing:
    """One message in place of many, with what they were about; they are not sent themselves."""
    kinds = Counter(row.template for row in rows)
    first = rows[0]
    made = {
        "uid": str(uuid.uuid4()),
        "once": f"bundle:{min(r.id for r in rows)}:{max(r.id for r in rows)}",
        "channel": first.channel,
        "to": first.to,
        "template": Event.DIGEST.value,
        "facts": {
            "agency": first.facts.get("agency"),
            "counts": dict(kinds),
            "tickets": sorted({row.ticket_id for row in rows if row.ticket_id is not None}),
            "since": min(row.made_at for row in rows).isoformat(),
        }
        | ({"of": first.template} if len(kinds) == 1 else {}),
        "made_at": now,
        "next_at": now,
    }
    bundle = session.scalars(insert(Outgoing).values(**made).returning(Outgoing)).one()
    ids = [row.id for row in rows]
    session.execute(
        update(Outgoing).where(Outgoing.id.in_(ids)).values(state=DROPPED, trouble="digabung")
    )
    return bundle


def _hold(session: Session, plan: Plan) -> None:
    held = Outgoing.facts.op("||")(func.jsonb_build_object("held", True))
    for until in sorted(set(plan.hold.values())):
        ids = [n for n, moment in plan.hold.items() if moment == until]
        session.execute(
            update(Outgoing).where(Outgoing.id.in_(ids)).values(next_at=until, facts=held)
        )


def _lease(session: Session, ids: Sequence[int], until: datetime) -> None:
    if ids:
        taken = Outgoing.facts.op("||")(func.jsonb_build_object("taken", True))
        session.execute(
            update(Outgoing).where(Outgoing.id.in_(ids)).values(next_at=until, facts=taken)
        )


def _letter(row: Outgoing) -> Letter:
    return Letter(
        row.id, row.uid, row.channel, row.to, row.template, dict(row.facts), row.made_at, row.tries
    )


def give_back(session: Session, ids: Sequence[int], now: datetime) -> None:
    """They were not sent after all: who looks next may take them at once."""
    session.execute(
        update(Outgoing).where(Outgoing.id.in_(ids), Outgoing.state == WAITING).values(next_at=now)
    )


def mark_sent(session: Session, letter_id: int, now: datetime) -> None:
    """It arrived. Twice is as good as once."""
    session.execute(
        update(Outgoing)
        .where(Outgoing.id == letter_id, Outgoing.state == WAITING)
        .values(state=SENT, sent_at=now, trouble=None)
    )


def drop(session: Session, letter_id: int, reason: str) -> None:
    """There is nobody to send it to: no such way, no number. No alarm."""
    session.execute(
        update(Outgoing)
        .where(Outgoing.id == letter_id, Outgoing.state == WAITING)
        .values(state=DROPPED, trouble=reason)
    )


def mark_failed(
    session: Session,
    letter: Letter,
    trouble: str,
    now: datetime,
    chance: float,
    *,
    for_good: bool = False,
) -> bool:
    """Put it off, or give it up with an alarm; whether it was given up.

    trouble   what the other side said, without what was sent
    for_good  to try again would not help
    """
    tries = letter.tries + 1
    again = None if for_good else next_try(tries, letter.made_at, now, chance)
    values: dict[str, Any] = {"tries": tries, "trouble": trouble[:200]}
    values |= {"state": DEAD} if again is None else {"next_at": again}
    done = session.execute(
        update(Outgoing)
        .where(Outgoing.id == letter.id, Outgoing.state == WAITING)
        .values(**values)
        .returning(Outgoing.id)
    ).first()
    if again is not None or done is None:
        return False
    log.record(
        session, "message.dead", message=letter.id, channel=letter.channel, event=letter.event
    )
    return True


def send_again(session: Session, letter_id: int, now: datetime) -> AnyRow:
    """A dead letter, or one that was dropped, is tried anew from the start. Raises Unknown."""
    row = session.execute(
        update(Outgoing)
        .where(Outgoing.id == letter_id, Outgoing.state.in_((DEAD, DROPPED)))
        .where(or_(Outgoing.trouble.is_(None), Outgoing.trouble != "digabung"))
        .values(state=WAITING, tries=0, next_at=now, made_at=now, trouble=None)
        .returning(*_COLUMNS)
    ).one_or_none()
    if row is None:
        raise Unknown(f"no dead letter {letter_id}")
    log.record(session, "message.again", message=letter_id, channel=row.channel)
    return row


_COLUMNS = (
    Outgoing.id,
    Outgoing.channel,
    Outgoing.to,
    Outgoing.template,
    Outgoing.urgent,
    Outgoing.ticket_id,
    Outgoing.made_at,
    Outgoing.state,
    Outgoing.tries,
    Outgoing.next_at,
    Outgoing.sent_at,
    Outgoing.trouble,
)


def page(
    session: Session, state: str | None, before: int | None, most: int = 100
) -> Sequence[AnyRow]:
    """Messages, the newest first, without what they say; all states when none is named."""
    query = select(*_COLUMNS).order_by(Outgoing.id.desc()).limit(most)
    if state is not None:
        query = query.where(Outgoing.state == state)
    return session.execute(query if before is None else query.where(Outgoing.id < before)).all()


@dataclass(frozen=True, slots=True)
class Standing:
    """How the outbox does."""

    waiting: int
    dead: int
    sent_day: int  # within the last 24 hours
    overdue_since: datetime | None  # the oldest that should have gone: the sender may not run


def standing(session: Session, now: datetime) -> Standing:
    """The figures above, as the asker may see them."""
    is_late = (Outgoing.state == WAITING) & (Outgoing.next_at < now - LATE_AFTER)
    row = session.execute(
        select(
            func.count().filter(Outgoing.state == WAITING).label("waiting"),
            func.count().filter(Outgoing.state == DEAD).label("dead"),
            func.count().filter(Outgoing.sent_at > now - timedelta(days=1)).label("sent_day"),
            func.min(Outgoing.next_at).filter(is_late).label("overdue_since"),
        ).where(
            or_(Outgoing.state.in_((WAITING, DEAD)), Outgoing.made_at > now - timedelta(days=2))
        )
    ).one()
    return Standing(row.waiting, row.dead, row.sent_day, row.overdue_since)


def phone_of(session: Session, to: str) -> str | None:
    """The number of a reporter, whose report `to` names; None where none was given.

    As the sender only, while the message waits; that it was looked up is written down.
    """
    call_id = int(to.removeprefix(CALL))
    scope.reveal(session, call_id)
    phone = session.scalar(select(CallContact.phone).where(CallContact.call_id == call_id))
    if phone is not None:
        log.record(session, "contact.read", call_id=call_id, reason=Event.ANSWERED.value)
    return phone


def browser_of(session: Session, to: str) -> PushSubscription | None:
    """The browser that `to` names; None when it takes no push any more."""
    found = session.get(PushSubscription, int(to.removeprefix(PUSH)))
    return found if found is not None and found.gone_at is None else None


def browser_gone(session: Session, to: str, now: datetime) -> None:
    """Its push service says that the browser has left."""
    session.execute(
        update(PushSubscription)
        .where(PushSubscription.id == int(to.removeprefix(PUSH)))
        .values(gone_at=now)
    )


def secret_of(session: Session, channel: str, to: str) -> str | None:
    """What signs messages to that address, as it is kept; None where there is none."""
    return session.scalar(
        select(Subscription.secret)
        .where(Subscription.channel == channel, Subscription.to == to, Subscription.secret != "")
        .order_by(Subscription.active.desc(), Subscription.id)
        .limit(1)
    )


def purge(session: Session, now: datetime) -> int:
    """Take away what was done with long ago; how many there were."""
    gone = session.execute(
        delete(Outgoing)
        .where(Outgoing.state != WAITING, Outgoing.made_at < now - KEPT)
        .returning(Outgoing.id)
    )
    return len(gone.all())
