"""A desk for plays with tickets: people of a filled world, cases for them, one look at all."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, create_engine, func, insert, select
from sqlalchemy.orm import Session

from dispatch import proofs, tickets
from dispatch.calls import CallReport, take_call
from dispatch.ground import Ground
from dispatch.rules.course import Course, fold
from dispatch.rules.ticketing import TicketState
from dispatch.schema import Agency, Incident, LogEntry, Ticket, TicketStep, User
from dispatch.scope import REPORTER, SYSTEM, TIMER, Role, Scope, enter
from dispatch.tickets import Move, Moved
from tests.world import NOON, World

S = TicketState
Act = Callable[[Session], Any]
ROAD, POWER, FIRE = "jalan", "listrik", "kebakaran"  # with proof, without, an emergency
VIOLENCE = "kdrt"  # for a group only


@dataclass
class Desk:
    """Who acts, and when."""

    world: World
    ground: Ground
    people: Mapping[str, Scope]
    now: datetime = NOON
    made: int = 0
    line: Connection | None = None

    def __getitem__(self, login: str) -> Scope:
        return self.people[login]

    def tick(self, **more: float) -> datetime:
        """One minute later, or as much as said."""
        self.now += timedelta(**more) if more else timedelta(minutes=1)
        return self.now

    def do(self, scope: Scope, act: Act) -> Any:
        """One transaction with those eyes."""
        with self.world.as_scope(scope) as session:
            return act(session)

    def open(self, category: str = ROAD, by: str = "operator3", **more: Any) -> "Case":
        """A new case at a later minute."""
        self.made += 1
        report = CallReport(where=f"jalan nomor {self.made}", category=category, **more)
        scope, now = self[by], self.tick()
        with self.world.as_scope(scope) as session:
            body = take_call(
                session, report, now, self.ground, key=f"desk-call-number-{self.made}",
                write_answer=lambda t: {"call": t.call_id, "incident": t.incident_id},
            ).body  # fmt: skip
        rows = self.tickets(body["incident"])
        return Case(body["call"], body["incident"], tuple(row.id for row in rows))

    def move(self, who: Scope | str, ticket_id: int, to: TicketState, **more: Any) -> Moved:
        """Move it from the version that it has now."""
        scope = self.people[who] if isinstance(who, str) else who
        version = more.pop("version", None) or self.ticket(ticket_id).version
        move, now = Move(to=to, **more), self.tick()
        act = lambda s: tickets.move(s, ticket_id, move, version, now, self.ground)  # noqa: E731
        moved: Moved = self.do(scope, act)
        return moved

    def walk(self, ticket_id: int, *states: TicketState, officer: str = "pupr1") -> None:
        """Along the ordinary way: the room until it is referred, then the officer."""
        for state in states:
            room = state in (S.VERIFIED, S.REFERRED)
            said = {"answer": "Sudah diperbaiki."} if state is S.AWAITING_REPLY else {}
            self.move("dispatcher2" if room else officer, ticket_id, state, **said)

    def prove(self, ticket_id: int, officer: str = "pupr1") -> None:
        """The agency's post about it."""
        now = self.tick()
        url, key = f"https://www.instagram.com/p/{now:%m%d%H%M}", f"proof-{now.isoformat()}"
        self.do(self[officer], lambda s: proofs.add_link(s, ticket_id, url, None, key, now))

    @contextmanager
    def eyes(self) -> Iterator[Session]:
        """The house's eyes, on one line that stays open: to look is what plays do most."""
        if self.line is None:
            self.line = create_engine(self.world.owner_url, pool_size=1).connect()
        with self.line.begin(), Session(self.line) as session:
            enter(session, SYSTEM)
            yield session

    def close(self) -> None:
        """Hang up."""
        if self.line is not None:
            self.line.close()
            self.line.engine.dispose()

    def ticket(self, ticket_id: int) -> Any:
        """Its row as the database has it."""
        with self.world.as_owner() as session:
            return session.execute(select(Ticket.__table__).where(Ticket.id == ticket_id)).one()

    def tickets(self, incident_id: int) -> Sequence[Any]:
        """Rows of all its tickets."""
        query = select(Ticket.__table__).where(Ticket.incident_id == incident_id)
        with self.world.as_owner() as session:
            return session.execute(query.order_by(Ticket.id)).all()

    def incident(self, incident_id: int) -> Any:
        """Its row as the database has it."""
        query = select(Incident.__table__).where(Incident.id == incident_id)
        with self.world.as_owner() as session:
            return session.execute(query).one()

    def steps(self, ticket_id: int) -> Sequence[Any]:
        """Its steps, oldest first."""
        query = select(TicketStep.__table__).where(TicketStep.ticket_id == ticket_id)
        with self.world.as_owner() as session:
            return session.execute(query.order_by(TicketStep.id)).all()

    def course(self, ticket_id: int) -> Course:
        """The fold of its steps; the row must say the same."""
        course, row = fold(self.steps(ticket_id)), self.ticket(ticket_id)
        said = {name: getattr(row, name) for name in course.columns()}
        assert said == course.columns()
        return course

    def told(self, incident_id: int) -> list[tuple[str, str | None]]:
        """(kind, state) of the rows of the log about a case, in order."""
        query = select(LogEntry.kind, LogEntry.facts).where(LogEntry.incident_id == incident_id)
        with self.world.as_owner() as session:
            rows = session.execute(query.order_by(LogEntry.id)).all()
        return [(row.kind, row.facts.get("state")) for row in rows]


@dataclass(frozen=True)
class Case:
    """Numbers of a case that was opened for a test."""

    call: int
    incident: int
    tickets: tuple[int, ...]

    @property
    def ticket(self) -> int:
        """The first one."""
        return self.tickets[0]

    @property
    def reporter(self) -> Scope:
        """Who called."""
        return Scope(REPORTER, call_id=self.call)


def open_desk(world: World) -> Desk:
    """The people of the regency's users, and a second officer of the same agency."""
    with world.as_owner() as session:
        pupr = session.execute(select(User).where(User.login == "pupr1")).scalar_one()
        if session.scalar(select(func.count()).where(User.login == "pupr2")) == 0:
            session.execute(
                insert(User).values(
                    login="pupr2", name="Joko Susilo", role="agency_officer", password_hash="-",
                    agency_id=pupr.agency_id, language="id", active=True, groups=[],
                )
            )  # fmt: skip
        codes = {a.id: a.code for a in session.scalars(select(Agency))}
        people = {
            user.login: Scope(
                user.role,
                user.id,
                user.name,
                agency_id=user.agency_id,
                groups=frozenset(user.groups)
                | world.parts.regency.groups_of(Role(user.role), codes.get(user.agency_id or 0)),
            )
            for user in session.scalars(select(User))
        }
        # An officer of any agency, to stand in for those that nobody logs in for.
        for number, code in codes.items():
            groups = world.parts.regency.groups_of(Role.AGENCY_OFFICER, code)
            people[code] = replace(
                people["pupr2"], agency_id=number, name=f"Petugas {code}", groups=groups
            )
    return Desk(world, world.parts.read_ground(), people | {"timer": TIMER})
