"""Who is told of what: subscriptions of agencies and of the room, and browsers that take a push."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from dispatch import log
from dispatch.errors import DispatchError, Unknown
from dispatch.regency.notices import NoticeEntry, NoticeRules
from dispatch.rows import AnyRow
from dispatch.rules.telling import REPORTERS, Event
from dispatch.schema import Agency, Outgoing, PushSubscription, Subscription
from dispatch.scope import scope_of

MOST_SUBSCRIPTIONS = 1000  # each costs every intake a little
MOST_BROWSERS = 10  # of one user


class AlreadyTold(DispatchError):
    """That address is told already: change the entry that is there."""


class FromFiles(DispatchError):
    """It stands in notices.toml: stop it here, or take it out of the file."""


class TooManyAddresses(DispatchError):
    """There are too many: take away what is no longer used."""


class BrowserTaken(DispatchError):
    """Another account uses this browser's push: subscribe anew."""


@dataclass(frozen=True, slots=True)
class NewSubscription:
    """What somebody wants to be told, and where."""

    agency_id: int | None  # None: the room
    channel: str
    to: str
    events: tuple[str, ...] = ()  # () all
    digest: bool = False
    secret: str | None = None  # sealed, or the name of a setting


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be different; None: as it is."""

    events: tuple[str, ...] | None = None
    digest: bool | None = None
    active: bool | None = None
    secret: str | None = None


def sync(session: Session, rules: NoticeRules) -> int:
    """Make the entries of the file what it says; how many there are. Twice is as good as once.

    What was stopped by hand stays stopped. Entries made on the page are left alone.
    """
    ids = {row.code: row.id for row in session.execute(select(Agency.code, Agency.id))}
    reporters = [NoticeEntry(None, rules.reporters, REPORTERS)] if rules.reporters else []
    wanted = {
        (ids[e.agency] if e.agency else None, e.channel, e.to): e
        for e in (*rules.notices, *reporters)
    }
    there = {(r.agency_id, r.channel, r.to): r for r in session.scalars(select(Subscription))}
    for key, row in there.items():
        if row.from_files and key not in wanted:
            session.delete(row)
    for key, entry in wanted.items():
        row = there.get(key) or Subscription(agency_id=key[0], channel=key[1], to=key[2])
        row.events, row.digest, row.secret = list(entry.events), entry.digest, entry.secret
        row.from_files = True
        session.add(row)
    session.flush()
    return len(wanted)


def list_of(session: Session) -> Sequence[AnyRow]:
    """All subscriptions with the agency's code and short name; the room first."""
    return session.execute(
        select(Subscription, Agency.code, Agency.short)
        .outerjoin(Agency, Agency.id == Subscription.agency_id)
        .order_by(Agency.short.nulls_first(), Subscription.channel, Subscription.to)
    ).all()


def agency_id_of(session: Session, code: str) -> int:
    """The id of an agency in service. Raises Unknown."""
    found = session.scalar(select(Agency.id).where(Agency.code == code, Agency.active))
    if found is None:
        raise Unknown(f"agency {code[:40]}")
    return found


def add(session: Session, new: NewSubscription) -> int:
    """Tell somebody from now on; the id. Raises AlreadyTold, TooManyAddresses."""
    if (session.scalar(select(func.count(Subscription.id))) or 0) >= MOST_SUBSCRIPTIONS:
        raise TooManyAddresses
    row = Subscription(
        agency_id=new.agency_id,
        channel=new.channel,
        to=new.to,
        events=list(new.events),
        digest=new.digest,
        secret=new.secret,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        raise AlreadyTold from None
    log.record(session, "notice.added", subscription=row.id, channel=new.channel)
    return row.id


def change(session: Session, subscription_id: int, wanted: Change) -> Subscription:
    """Change what is told, stop it, or begin again. Raises Unknown."""
    row = find(session, subscription_id)
    row.events = row.events if wanted.events is None else list(wanted.events)
    row.digest = row.digest if wanted.digest is None else wanted.digest
    row.active = row.active if wanted.active is None else wanted.active
    row.secret = row.secret if wanted.secret is None else wanted.secret
    session.flush()
    log.record(session, "notice.changed", subscription=row.id, active=row.active)
    return row


def remove(session: Session, subscription_id: int) -> None:
    """Tell that address no longer. Raises Unknown, FromFiles."""
    row = find(session, subscription_id)
    if row.from_files:
        raise FromFiles
    session.delete(row)
    session.flush()
    log.record(session, "notice.removed", subscription=subscription_id)


def try_one(session: Session, subscription_id: int, now: datetime) -> int:
    """Send a trial there; the id of the message. Raises Unknown."""
    row = find(session, subscription_id)
    if row.to == REPORTERS:
        raise Unknown("an address for trials: reporters are told of answers only")
    uid = str(uuid4())
    made = {
        "uid": uid,
        "once": f"trial:{uid}",
        "channel": row.channel,
        "to": row.to,
        "template": Event.TRIAL.value,
        "facts": {"agency": row.agency_id} if row.agency_id else {},
        "urgent": True,
        "made_at": now,
        "next_at": now,
    }
    message = session.execute(insert(Outgoing).values(**made).returning(Outgoing.id)).scalar_one()
    log.record(session, "notice.tried", subscription=row.id, message=message)
    return message


def find(session: Session, subscription_id: int) -> Subscription:
    """One subscription. Raises Unknown."""
    row = session.get(Subscription, subscription_id, with_for_update=True)
    if row is None:
        raise Unknown(f"subscription {subscription_id}")
    return row


def take_browser(session: Session, endpoint: str, p256dh: str, auth: str, now: datetime) -> int:
    """A browser of the asker takes pushes from now on; its id. Twice is as good as once.

    Raises BrowserTaken, TooManyAddresses.
    """
    user_id = scope_of(session).user_id
    keys = {"p256dh": p256dh, "auth": auth, "gone_at": None}
    again = update(PushSubscription).where(PushSubscription.endpoint == endpoint)
    found: int | None = session.scalar(again.values(**keys).returning(PushSubscription.id))
    if found is not None:
        return found
    mine = select(func.count()).where(
        PushSubscription.user_id == user_id, PushSubscription.gone_at.is_(None)
    )
    if (session.scalar(mine) or 0) >= MOST_BROWSERS:
        raise TooManyAddresses
    new = {"user_id": user_id, "endpoint": endpoint, "made_at": now} | keys
    try:
        with session.begin_nested():
            return session.execute(
                insert(PushSubscription).values(**new).returning(PushSubscription.id)
            ).scalar_one()
    except IntegrityError:
        raise BrowserTaken from None


def leave_browser(session: Session, endpoint: str) -> None:
    """A browser of the asker takes no pushes any more."""
    session.execute(delete(PushSubscription).where(PushSubscription.endpoint == endpoint))


def browsers_of(session: Session) -> int:
    """How many browsers of the asker take pushes."""
    return (
        session.scalar(
            select(func.count()).where(
                PushSubscription.user_id == scope_of(session).user_id,
                PushSubscription.gone_at.is_(None),
            )
        )
        or 0
    )


def agencies(session: Session) -> Sequence[Agency]:
    """Agencies in service, by their short names."""
    return session.scalars(select(Agency).where(Agency.active).order_by(Agency.short)).all()
