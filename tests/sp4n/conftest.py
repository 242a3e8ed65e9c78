"""Fixtures for plays with SP4N-LAPOR: the stand-in, a desk, an office whose clock the test sets."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.exchange import worker
from app.exchange.client import Client, read_line
from app.exchange.worker import Office
from dispatch.schema import ExchangeLink, Ticket, TicketMessage
from dispatch.scope import EXCHANGE
from dispatch.sp4n.reconciling import Run
from tests.dispatch.ticket_desk import Desk, open_desk
from tests.sp4n.mock import Sp4n
from tests.world import World

PATIENCE_S = 0.3  # of the client; the stand-in hangs for longer


@dataclass
class Both:
    """Our side and theirs."""

    desk: Desk
    there: Sp4n
    office: Office

    def later(self, **more: float) -> None:
        """Time passes, for desk and office alike."""
        self.desk.tick(**more)

    def push_all(self, rounds: int = 40) -> None:
        """Tell until nothing waits, through all pauses between tries."""
        for _ in range(rounds):
            with suppress(worker.Refused):  # the next round has a token that is taken
                worker.push(self.office)
            self.later(hours=1)
            with self.desk.world.as_scope(EXCHANGE) as session:
                waits = ExchangeLink.state.in_(("menunggu", "gagal"))
                if session.scalar(select(ExchangeLink.id).where(waits).limit(1)) is None:
                    return

    def compare(self, *, repair: bool = False) -> Run:
        """Reconcile."""
        return worker.reconcile(self.office, repair=repair)[0]

    def links(self) -> Sequence[Any]:
        """Rows of all of them, as the owner sees them."""
        table = ExchangeLink.__table__
        with self.desk.world.as_owner() as session:
            return session.execute(select(table).order_by(table.c.id)).all()

    def link(self, *, ticket: int | None = None, remote: str | None = None) -> Any:
        """That of a ticket, or of a number over there."""
        found = [
            one for one in self.links()
            if (ticket and one.ticket_id == ticket) or (remote and one.remote_id == remote)
        ]  # fmt: skip
        assert len(found) == 1
        return found[0]

    def messages(self, ticket_id: int) -> list[tuple[str, str]]:
        """Kind and text, in order."""
        query = select(TicketMessage.kind, TicketMessage.text).order_by(TicketMessage.id)
        with self.desk.world.as_owner() as session:
            rows = session.execute(query.where(TicketMessage.ticket_id == ticket_id)).all()
        return [(row.kind, row.text) for row in rows]

    def tickets(self) -> int:
        """How many there are."""
        with self.desk.world.as_owner() as session:
            return len(session.scalars(select(Ticket.id)).all())


@pytest.fixture
def both(world: World) -> Iterator[Both]:
    """A world of its own, whose rules tell from the first day on."""
    regency = world.parts.regency
    world.parts.regency = replace(regency, sp4n=replace(regency.sp4n, since=date(2026, 1, 1)))
    world.parts.read_ground()
    desk = open_desk(world)
    with Sp4n(hang_s=3 * PATIENCE_S) as there:
        line = read_line({"TANGGAP_SP4N": there.url})
        assert line is not None
        world.parts.now = lambda: desk.now + timedelta(seconds=1)
        office = Office(world.parts, Client(line, PATIENCE_S))
        yield Both(desk, there, office)
