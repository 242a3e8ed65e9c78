"""Use case: compare all that both sides have, say what differs, and mend what can be mended safely.

Safe is: to tell the other side again what our ticket says, to take in a report that was missed, to
keep a changed text as a note. Nobody's words are overwritten, and no ticket is moved by it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import cast, insert, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from dispatch.ground import Ground
from dispatch.rows import AnyRow
from dispatch.schema import ExchangeLink, ExchangeRun
from dispatch.sp4n import exchange, standing
from dispatch.sp4n.hearing import Heard, hear, sensitive_codes
from dispatch.sp4n.mapping import Origin, Remote, differences, is_sensitive, is_taken
from dispatch.sp4n.standing import SYSTEM_NAME, Told

MOST_KEPT = 1000  # findings of a run that are kept; the counts are of all


class Kind(StrEnum):
    """What may be wrong between the two."""

    NOT_HERE = "tidak_ada_di_sini"
    NOT_THERE = "tidak_ada_di_sana"
    DIFFERS = "berbeda"
    TWICE = "ganda"  # two over there under one key: people must ask SP4N to take one away
    STRANGE = "tak_dikenal"  # it says it is ours: of a database that was restored, perhaps
    WITHHELD = "peka"  # for people: sensitive there, or has become so here


MENDED = frozenset({Kind.NOT_HERE, Kind.NOT_THERE, Kind.DIFFERS})


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One difference, as numbers and states, without words: a case may become sensitive later."""

    kind: Kind
    ticket: int | None = None
    link: int | None = None
    remote: str | None = None
    ours: str | None = None  # status
    theirs: str | None = None
    fields: tuple[str, ...] = ()

    def record(self) -> dict[str, Any]:
        """As exchange_run keeps it."""
        return {
            "kind": self.kind.value,
            "ticket": self.ticket,
            "link": self.link,
            "remote": self.remote,
            "ours": self.ours,
            "theirs": self.theirs,
            "fields": list(self.fields),
            "mends": self.kind in MENDED,
        }


@dataclass(frozen=True, slots=True)
class Run:
    """What a comparison came to."""

    at: datetime
    ours: int
    theirs: int
    found: tuple[Finding, ...]

    @property
    def is_even(self) -> bool:
        """Whether nothing is left to mend or to ask; what people must do themselves aside."""
        return all(finding.kind is Kind.WITHHELD for finding in self.found)


def reconcile(
    session: Session, remotes: Sequence[Remote], now: datetime, ground: Ground, *, keep: bool = True
) -> Run:
    """Compare; `remotes` is all that the other side has of ours. keep: as a row of exchange_run."""
    links = session.execute(_LINKS.where(ExchangeLink.system == SYSTEM_NAME)).all()
    told = {one.ticket_id: one for one in standing.tellable(session, now, ground)}
    found = [*_theirs(remotes, links, told, ground), *_ours(remotes, links, told)]
    run = Run(now, len(told), len(remotes), tuple(found))
    _keep_seen(session, found, remotes)
    if keep:
        kept = [finding.record() for finding in found[:MOST_KEPT]]
        values = {"system": SYSTEM_NAME, "at": now, "ours": run.ours, "theirs": run.theirs}
        session.execute(insert(ExchangeRun).values(**values, found=kept))
    return run


def _keep_seen(session: Session, found: Iterable[Finding], remotes: Iterable[Remote]) -> None:
    """What they say where it differs: with the link, which nobody sees once a case is sensitive."""
    by_id = {remote.id: remote for remote in remotes}
    for finding in found:
        if finding.kind is Kind.DIFFERS and finding.remote in by_id:
            seen = {"seen": by_id[finding.remote].face.record()}
            heard = ExchangeLink.heard.op("||")(cast(seen, JSONB))
            session.execute(
                update(ExchangeLink).where(ExchangeLink.id == finding.link).values(heard=heard)
            )


_LINKS = select(
    ExchangeLink.id,
    ExchangeLink.ticket_id,
    ExchangeLink.remote_id,
    ExchangeLink.key,
    ExchangeLink.state,
)


def _theirs(
    remotes: Iterable[Remote],
    links: Sequence[AnyRow],
    told: dict[int, Told],
    ground: Ground,
) -> Iterable[Finding]:
    """Of each report over there."""
    by_id = {link.remote_id: link for link in links if link.remote_id}
    by_key = {link.key: link for link in links}
    under: dict[str, list[str]] = defaultdict(list)
    for remote in remotes:
        link = by_id.get(remote.id) or by_key.get(remote.key)
        if remote.key:
            under[remote.key].append(remote.id)
        if link is None:
            yield from _unknown(remote, ground)
        elif link.remote_id not in (None, remote.id) or len(under[remote.key]) > 1:
            yield Finding(kind=Kind.TWICE, ticket=link.ticket_id, link=link.id, remote=remote.id)
        else:
            yield from _known(remote, link, told)


def _unknown(remote: Remote, ground: Ground) -> Iterable[Finding]:
    rules, sensitive = ground.regency.sp4n, sensitive_codes(ground)
    theirs = remote.face.status.value
    if remote.origin is Origin.OURS:
        yield Finding(kind=Kind.STRANGE, remote=remote.id, theirs=theirs)
    elif is_taken(remote, rules, sensitive):
        yield Finding(kind=Kind.NOT_HERE, remote=remote.id, theirs=theirs)
    elif is_sensitive(remote, rules, sensitive) and _is_open(remote):
        yield Finding(kind=Kind.WITHHELD, remote=remote.id, theirs=theirs)


def _is_open(remote: Remote) -> bool:
    return remote.face.status.value not in ("selesai", "arsip", "bukan_wewenang")


def _known(remote: Remote, link: AnyRow, told: dict[int, Told]) -> Iterable[Finding]:
    ours = told.get(link.ticket_id)
    if ours is None:
        # Ended long ago, or nobody may tell of it any more: over there it should not be open.
        if _is_open(remote):
            yield Finding(kind=Kind.WITHHELD, link=link.id, remote=remote.id,
                          theirs=remote.face.status.value)  # fmt: skip
        return
    if fields := differences(ours.face, remote.face):
        yield Finding(
            kind=Kind.DIFFERS,
            ticket=ours.ticket_id,
            link=link.id,
            remote=remote.id,
            ours=ours.face.status.value,
            theirs=remote.face.status.value,
            fields=tuple(fields),
        )


def _ours(
    remotes: Iterable[Remote], links: Sequence[AnyRow], told: dict[int, Told]
) -> Iterable[Finding]:
    """What we have told, or should have, and they do not show."""
    ids, keys = set(), set()
    for remote in remotes:
        ids.add(remote.id)
        keys.add(remote.key)
    linked = {link.ticket_id: link for link in links if link.ticket_id}
    for ticket_id, one in told.items():
        link = linked.get(ticket_id)
        if link is not None and (link.remote_id in ids or link.key in keys):
            continue
        yield Finding(
            kind=Kind.NOT_THERE,
            ticket=ticket_id,
            link=None if link is None else link.id,
            remote=None if link is None else link.remote_id,
            ours=one.face.status.value,
        )


def mend(
    session: Session, run: Run, remotes: Sequence[Remote], now: datetime, ground: Ground
) -> int:
    """Mend what can be mended safely; how many. What must be told goes with the next sending."""
    by_id = {remote.id: remote for remote in remotes}
    exchange.plan(session, now, ground)
    mended = 0
    for finding in run.found:
        if finding.kind not in MENDED:
            continue
        remote = by_id.get(finding.remote or "")
        if remote is not None:
            heard = hear(session, remote, now, ground)
            mended += finding.kind is Kind.NOT_HERE and heard is Heard.NEW
        if finding.link is not None:
            exchange.again(session, finding.link, now, anew=finding.kind is Kind.NOT_THERE)
        mended += finding.kind is not Kind.NOT_HERE
    return mended


def last_run(session: Session) -> AnyRow | None:
    """The latest comparison; None before the first."""
    query = select(*ExchangeRun.__table__.columns).where(ExchangeRun.system == SYSTEM_NAME)
    return session.execute(query.order_by(ExchangeRun.id.desc()).limit(1)).one_or_none()
