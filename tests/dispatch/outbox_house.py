"""A room with subscribers: cases to tell of, and what the outbox then holds."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from sqlalchemy import text

from dispatch.calls import CallReport, take_call
from dispatch.scope import Scope
from tests.world import World

_NUMBERS = count(1)
PHONE = "081290001100"  # of a range that is given to nobody


@dataclass
class House:
    """A world, driven as the database sees it."""

    world: World
    agencies: dict[str, int] = field(default_factory=dict)

    def sql(self, query: str, **values: Any) -> Any:
        """Rows, as the owner."""
        with self.world.as_owner() as session:
            answer = session.execute(text(query), values)
            return answer.all() if answer.returns_rows else None

    def one(self, query: str, **values: Any) -> Any:
        """The first value of the first row."""
        return self.sql(query, **values)[0][0]

    def subscribe(self, agency: str | None, to: str, channel: str = "surel", **more: Any) -> int:
        """Somebody who is told."""
        given = {"events": [], "digest": False, "secret": None} | more
        return int(
            self.one(
                'INSERT INTO subscription (agency_id, channel, "to", events, digest, secret)'
                " SELECT (SELECT id FROM agency WHERE code = :agency), :channel, :to,"
                " CAST(:events AS text[]), :digest, :secret RETURNING id",
                agency=agency, channel=channel, to=to, **given,
            )
        )  # fmt: skip

    def browser(self, login: str, endpoint: str = "") -> int:
        """A browser of that user takes pushes."""
        return int(
            self.one(
                "INSERT INTO push_subscription (user_id, endpoint, p256dh, auth, made_at)"
                " SELECT id, :endpoint, 'k', 'a', now() FROM app_user WHERE login = :login"
                " RETURNING id",
                login=login, endpoint=endpoint or f"https://push.example/{next(_NUMBERS)}",
            )
        )  # fmt: skip

    def case(self, category: str, phone: str | None = PHONE, login: str = "operator1") -> int:
        """A call comes in; the id of its first ticket."""
        report = CallReport(where="di sana", what="rusak", category=category, phone=phone)
        groups = self.world.parts.regency.groups_of("operator", None)
        more = self.one("SELECT groups FROM app_user WHERE login = :login", login=login)
        scope = Scope("operator", self.user(login), "tes", groups=groups | frozenset(more))
        with self.world.as_scope(scope) as session:
            take_call(
                session,
                report,
                self.world.parts.now(),
                self.world.parts.ground(),
                key=f"outbox-house-{next(_NUMBERS)}",
            )
        incident = self.one("SELECT max(id) FROM incident")
        ticket = self.one("SELECT min(id) FROM ticket WHERE incident_id = :id", id=incident)
        return int(ticket)

    def step(self, ticket: int, state: str, actor: str = "ruang", reason: str = "tes") -> int:
        """The ticket takes a step; its id."""
        return int(
            self.one(
                "INSERT INTO ticket_step (ticket_id, incident_id, at, state, agency_id, actor,"
                " by_name, reason) SELECT id, incident_id, now(), :state, agency_id, :actor, 'tes',"
                " :reason FROM ticket WHERE id = :id RETURNING id",
                id=ticket, state=state, actor=actor, reason=reason,
            )
        )  # fmt: skip

    def say(self, ticket: int, kind: str, mentions: tuple[int, ...] = ()) -> int:
        """Words about the ticket; a reply is the reporter's."""
        return int(
            self.one(
                "INSERT INTO ticket_message (ticket_id, incident_id, restricted_group, at, kind,"
                " by_name, call_id, text, mentions, key)"
                " SELECT id, incident_id, restricted_group, now(), :kind, '',"
                " CASE WHEN :kind = 'tanggapan' THEN (SELECT min(c.id) FROM call AS c"
                "   WHERE c.incident_id = ticket.incident_id) END,"
                " 'rahasia sekali', CAST(:mentions AS integer[]), :key"
                "  FROM ticket WHERE id = :id RETURNING id",
                id=ticket, kind=kind, mentions=list(mentions), key=f"say-{next(_NUMBERS)}",
            )
        )  # fmt: skip

    def user(self, login: str) -> int:
        """The id of a login."""
        return int(self.one("SELECT id FROM app_user WHERE login = :login", login=login))

    def empty(self) -> None:
        """Nobody subscribes, nothing waits."""
        self.sql("DELETE FROM outgoing")
        self.sql("DELETE FROM subscription")
        self.sql("DELETE FROM push_subscription")
        self.sql("DELETE FROM notice")

    def forget(self) -> None:
        """What was told so far is gone."""
        self.sql("DELETE FROM outgoing")

    def outbox(self, where: str = "true") -> list[Any]:
        """What waits to be sent, in the order in which it was written."""
        return list(self.sql(f"SELECT * FROM outgoing WHERE {where} ORDER BY id"))

    def told(self) -> set[tuple[str, str]]:
        """(event, to) of all that is in the outbox."""
        return {(row.template, row.to) for row in self.outbox()}
