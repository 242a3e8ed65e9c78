"""The play of all actors on the life of tickets, for Hypothesis, on the real database.

Every step commits with the row security of who acts. How many plays: TANGGAP_TICKET_PLAYS
(100 by itself, of 30 steps each), from which seed: TANGGAP_TICKET_SEED.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from psycopg2.errors import LockNotAvailable
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from dispatch import cases, merging, orders, proofs, tickets
from dispatch.errors import DispatchError
from dispatch.rules import clocks
from dispatch.rules.course import fold
from dispatch.rules.ticketing import (
    NEEDS_ANSWER,
    OVER,
    REASONS,
    TICKET_MOVES,
    Actor,
    TicketState,
    may_follow,
)
from dispatch.rules.workflow import AssignmentState
from dispatch.schema import Assignment, Incident, LogEntry, Merge, Ticket, TicketStep, Unit
from dispatch.scope import Scope
from dispatch.tickets import Move, actor_of
from tests.dispatch.ticket_desk import FIRE, POWER, ROAD, VIOLENCE, Act, Case, Desk

PLAYS = int(os.environ.get("TANGGAP_TICKET_PLAYS", "100"))
SEED = int(os.environ.get("TANGGAP_TICKET_SEED", "112"))
STEPS = 30

S = TicketState
WHICH = st.integers(0, 7)  # of what there is, counted round
ROOM = st.sampled_from(["operator3", "dispatcher2"])
# Who tries: mostly somebody whose turn it may be, now and then anybody.
WHO = st.sampled_from(
    ["dispatcher2"] * 4 + ["operator3", "operator1", "bupati", "timer", "pupr1", "pupr2"]
    + ["officer"] * 8 + ["reporter"] * 4
)  # fmt: skip
LIKELY = "likely"  # one of the moves that the table has for who tries
STATES = st.sampled_from([LIKELY] * 14 + list(TicketState))
STALE = st.sampled_from([0] * 6 + [1])
AGENCIES = st.sampled_from([None, None, "dpupr", "dlh", "bpbd", "pln", "dp3ap2kb", "hantu"])
SAID = st.sampled_from([True] * 6 + [False])  # whether all is said that has to be
KEYS = st.sampled_from([""] * 6 + ["k1", "k2"])
DIES = st.sampled_from([False] * 9 + [True])
CALLED_BACK = AssignmentState.CANCELLED
OUTCOMES = st.sampled_from(["ditangani", "ditangani", "laporan_palsu", "ganda"])


class Died(Exception):
    """The process came to its end in the middle of a transaction."""


class Tickets(RuleBasedStateMachine):
    """The room, officers, reporters, a leader and the clock at work on a few cases."""

    desk: Desk

    @initialize(kinds=st.permutations([ROAD, POWER, FIRE, VIOLENCE]), information=st.booleans())
    def begin(self, kinds: Sequence[str], information: bool) -> None:
        self.cases = [self.desk.open(kind) for kind in kinds[:2]]
        if information:
            self.as_information(self.cases[0])
        self.merges: list[int] = []
        self.sent = False  # whether a unit was ever out
        self.highest: dict[tuple[str, int], int] = {}
        self.look()

    # What is done.

    @rule(who=WHO, which=WHICH, to=STATES, pick=WHICH, stale=STALE, agency=AGENCIES, said=SAID,
          key=KEYS, dies=DIES)  # fmt: skip
    def move(
        self, who: str, which: int, to: Any, pick: int, stale: int, agency: Any, said: bool,
        key: str, dies: bool,
    ) -> None:  # fmt: skip
        act = self.moving(who, which, to, pick, stale, agency, said, key)
        self.do(*act, dies=dies)

    def moving(
        self, who: str, which: int, to: Any, pick: int, stale: int, agency: Any, said: bool,
        key: str,
    ) -> tuple[Scope, Act]:  # fmt: skip
        row, scope = self.one(which), self.scope(who, self.one(which))
        wanted, now, ground = self.wanted(row, scope, to, pick), self.desk.tick(), self.desk.ground
        reasons = REASONS.get(wanted, ("",)) if said else ("",)
        move = Move(
            to=wanted,
            reason=reasons[pick % len(reasons)] or None,
            agency=agency,
            answer="Kami beri tahu." if said and wanted in NEEDS_ANSWER else None,
            key=f"{key}-{row.id}" if key else "",
        )
        version = row.version - stale
        return scope, lambda s: tickets.move(s, row.id, move, version, now, ground)

    @rule(which=WHICH, steps=st.integers(1, 6))
    def go_on(self, which: int, steps: int) -> None:
        """The ordinary way, as far as it goes: else few plays would see its end."""
        way = {
            S.NEW: ("dispatcher2", S.VERIFIED), S.VERIFIED: ("dispatcher2", S.REFERRED),
            S.REFERRED: ("officer", S.ACCEPTED), S.ACCEPTED: ("officer", S.IN_WORK),
            S.IN_WORK: ("officer", S.FOLLOWED_UP), S.FOLLOWED_UP: ("officer", S.AWAITING_REPLY),
            S.AWAITING_REPLY: ("reporter", S.CLOSED), S.CLOSED: ("reporter", S.REOPENED),
            S.REOPENED: ("officer", S.IN_WORK), S.NOT_OURS: ("dispatcher2", S.REFERRED),
        }  # fmt: skip
        for _ in range(steps):
            row = self.one(which)
            if row.state not in way:
                return
            who, to = way[row.state]
            if to is S.FOLLOWED_UP:
                self.prove(which, dies=False)
            agency = "dlh" if row.state is S.NOT_OURS else None
            self.do(*self.moving(who, which, to, 0, 0, agency, True, ""))

    @rule(which=WHICH, dies=DIES)
    def prove(self, which: int, dies: bool) -> None:
        row, now, number = self.one(which), self.desk.tick(), self.desk.made
        url, key = f"https://www.instagram.com/p/{row.id}-{number}", f"p-{now.isoformat()}"
        act = lambda s: proofs.add_link(s, row.id, url, None, key, now)  # noqa: E731
        self.do(self.scope("officer", row), act, dies=dies)

    @rule(who=WHO, which=WHICH, over=st.booleans(), stale=STALE)
    def claim(self, who: str, which: int, over: bool, stale: int) -> None:
        row, now = self.one(which), self.desk.tick()
        act = lambda s: tickets.claim(s, row.id, row.version - stale, now, take_over=over)  # noqa: E731
        self.do(self.scope(who, row), act)

    @rule(who=WHO, which=WHICH)
    def release(self, who: str, which: int) -> None:
        row = self.one(which)
        self.do(self.scope(who, row), lambda s: tickets.release(s, row.id, row.version))

    @rule(which=WHICH)
    def extend(self, which: int) -> None:
        row, now, ground = self.one(which), self.desk.tick(), self.desk.ground
        act = lambda s: tickets.extend(s, row.id, "dokumen", row.version, now, ground)  # noqa: E731
        self.do(self.scope("officer", row), act)

    @rule(who=WHO, which=WHICH)
    def say_a_word(self, who: str, which: int) -> None:
        row, now, ground = self.one(which), self.desk.tick(), self.desk.ground
        if actor_of(self.scope(who, row)) in (Actor.AGENCY, Actor.ROOM):
            act = lambda s: tickets.answered(s, row.id, now, ground)  # noqa: E731
            self.do(self.scope(who, row), act)

    @rule(who=st.sampled_from(["reporter", "reporter", "bupati", "dispatcher2"]), which=WHICH)
    def open_again(self, who: str, which: int) -> None:
        row, now, ground = self.one(which), self.desk.tick(), self.desk.ground
        act = lambda s: tickets.reopen_by(s, row.id, now, ground)  # noqa: E731
        self.do(self.scope(who, row), act)

    @rule(who=ROOM, which=WHICH, agency=AGENCIES, key=KEYS, stale=STALE)
    def add_an_agency(self, who: str, which: int, agency: Any, key: str, stale: int) -> None:
        case, now, ground = self.case(which), self.desk.tick(), self.desk.ground
        code, version = agency or "bpbd", case.version - stale
        act = lambda s: tickets.add(s, case.id, code, version, now, ground, key=key)  # noqa: E731
        self.do(self.desk[who], act)

    @rule(who=ROOM, which=WHICH, outcome=OUTCOMES, dies=DIES)
    def close(self, who: str, which: int, outcome: str, dies: bool) -> None:
        case, now, ground = self.case(which), self.desk.tick(), self.desk.ground
        act = lambda s: cases.close(s, case.id, outcome, case.version, now, ground)  # noqa: E731
        self.do(self.desk[who], act, dies=dies)

    @rule(who=ROOM, dies=DIES)
    def merge(self, who: str, dies: bool) -> None:
        one, other, now = self.incidents[0], self.incidents[1], self.desk.tick()
        act = lambda s: merging.merge(s, one.id, other.id, one.version, other.version, now)  # noqa: E731
        done = self.do(self.desk[who], act, dies=dies)
        self.merges += [done.merge_id] if done else []

    @rule(who=ROOM)
    def part(self, who: str) -> None:
        case, now = self.incidents[0], self.desk.tick()
        for merge in self.merges[-1:]:
            act = lambda s, m=merge: merging.undo(s, m, case.version, now)  # noqa: E731
            self.do(self.desk[who], act)

    @rule(which=WHICH)
    def send_a_unit(self, which: int) -> None:
        case, now = self.case(which), self.desk.tick()
        if self.free is not None:
            unit = self.free
            act = lambda s: orders.send_unit(s, case.id, unit, now)  # noqa: E731
            self.sent = bool(self.do(self.desk["dispatcher2"], act)) or self.sent

    @rule()
    def call_it_back(self) -> None:
        now = self.desk.tick()
        for number in self.out:
            act = lambda s, n=number: orders.advance(s, n, CALLED_BACK, now)  # noqa: E731
            self.do(self.desk["dispatcher2"], act)

    @rule(days=st.sampled_from([0, 1, 3, 16]))
    def wait(self, days: int) -> None:
        now, ground = self.desk.tick(days=days, minutes=1), self.desk.ground
        self.do(self.desk["timer"], lambda s: tickets.lapse(s, now, ground))

    @rule(one=st.tuples(WHO, WHICH), other=st.tuples(WHO, WHICH), which=WHICH)
    def race(self, one: Any, other: Any, which: int) -> None:
        """Two move one ticket at the same moment: each is done whole, or refused."""
        made = [
            self.moving(who, which, LIKELY, pick, 0, None, True, "") for who, pick in (one, other)
        ]
        with ThreadPoolExecutor(2) as pool:
            for task in [pool.submit(self.try_it, *each) for each in made]:
                task.result()
        self.look()

    # How it is done.

    def do(self, scope: Scope, act: Act, *, dies: bool = False) -> Any:
        """Its answer, or None where it was refused: then everything is as it was."""
        before = self.seen
        done = self.try_it(scope, act, dies=dies)
        self.look()
        if done is None:
            assert self.seen == before, "a refused step left a trace"
        return done

    def try_it(self, scope: Scope, act: Act, *, dies: bool = False) -> Any:
        try:
            with self.desk.world.as_scope(scope) as session:
                done = act(session) or "done"
                if dies:
                    raise Died
        except (DispatchError, Died):
            return None
        except OperationalError as error:  # on a busy machine one may wait too long for the other
            if not isinstance(error.orig, LockNotAvailable):
                raise
            return None
        return done

    def one(self, which: int) -> Any:
        return self.tickets[which % len(self.tickets)]

    def case(self, which: int) -> Any:
        return self.incidents[which % len(self.incidents)]

    def scope(self, who: str, row: Any) -> Scope:
        """Who tries; the officer and the reporter are those of the ticket."""
        if who == "officer":
            code = self.desk.ground.catalogue.agencies[row.agency_id].code
            return self.desk["pupr1" if code == "dpupr" else code]
        if who == "reporter":
            return next(c for c in self.cases if c.incident == row.incident_id).reporter
        return self.desk[who]

    def wanted(self, row: Any, scope: Scope, to: Any, pick: int) -> TicketState:
        if to != LIKELY:
            return TicketState(to)
        actor = actor_of(scope)
        likely = may_follow(row.state, actor) if actor else []
        if row.before in likely:
            return TicketState(row.before)
        return likely[pick % len(likely)] if likely else S.VERIFIED

    def as_information(self, case: Case) -> None:
        with self.desk.world.as_owner() as session:
            change = text("UPDATE ticket SET kind = 'informasi' WHERE incident_id = :id")
            session.execute(change, {"id": case.incident})

    # What is seen of it.

    def look(self) -> None:
        numbers = [case.incident for case in self.cases]

        def rows(session: Any, table: Any, column: Any, order: Any) -> list[Any]:
            query = select(table.__table__).where(column.in_(numbers)).order_by(order)
            return list(session.execute(query).all())

        with self.desk.eyes() as session:
            self.incidents = rows(session, Incident, Incident.id, Incident.id)
            self.tickets = rows(session, Ticket, Ticket.incident_id, Ticket.id)
            steps = rows(session, TicketStep, TicketStep.incident_id, TicketStep.id)
            logged = rows(session, LogEntry, LogEntry.incident_id, LogEntry.id)
            merges = rows(session, Merge, Merge.from_id, Merge.id)
            sent = rows(session, Assignment, Assignment.incident_id, Assignment.id)
            self.free = session.scalar(select(Unit.id).where(Unit.state == "siap").limit(1))
        self.out = [row.id for row in sent if row.released_at is None]
        self.logged = [row for row in logged if row.kind == "ticket.moved"]
        self.steps: dict[int, list[Any]] = {}
        for step in steps:
            self.steps.setdefault(step.ticket_id, []).append(step)
        self.seen = (self.incidents, self.tickets, steps, len(logged), merges, sent)

    # What must hold, whatever happened.

    @invariant()
    def no_closed_case_has_open_tickets(self) -> None:
        for case in self.incidents:
            mine = [t for t in self.tickets if t.incident_id == case.id]
            still = [t for t in mine if t.state not in OVER]
            if case.state == "ditutup":
                assert not still
            elif not self.sent:
                assert still, "the last ticket did not close its case"
            assert case.agency_ids == [t.agency_id for t in mine]

    @invariant()
    def the_row_is_the_fold_of_its_steps(self) -> None:
        for row in self.tickets:
            course = fold(self.steps[row.id])
            assert {k: getattr(row, k) for k in course.columns()} == course.columns()

    @invariant()
    def every_step_is_in_the_table_and_in_the_log(self) -> None:
        for row in self.tickets:
            steps = self.steps[row.id]
            for one, other in pairwise(steps):
                if other.reason not in ("diperpanjang", "dijawab"):
                    assert other.actor in TICKET_MOVES[one.state][other.state]
                assert one.at <= other.at
            told = [e for e in self.logged if e.facts["ticket"] == row.id]
            assert [e.facts["state"] for e in told] == [s.state.value for s in steps[1:]]
            assert row.version >= len(steps)

    @invariant()
    def clocks_are_never_negative(self) -> None:
        now, rules = self.desk.now + timedelta(seconds=1), self.desk.ground.regency.clocks
        for row in self.tickets:
            legs = fold(self.steps[row.id]).legs
            spent = clocks.with_holder_s(legs, now)
            over = sum(
                ((leg.end or now) - leg.start).total_seconds() for leg in legs if leg.state in OVER
            )
            assert min(spent.values()) >= 0
            assert over >= 0
            whole = (now - row.opened_at).total_seconds()
            assert abs(sum(spent.values()) + over - whole) < 0.001
            clock = self.desk.ground.catalogue.category(row.category_code).clock
            share = rules.share(row.kind, clock, row.priority, legs, now, extended=row.extended)
            assert share is None or share >= 0
            for due in (row.verify_due_at, row.answer_due_at, row.due_at, row.reply_due_at):
                assert due is None or due >= row.opened_at

    @invariant()
    def work_that_must_be_proven_was_proven(self) -> None:
        for row in self.tickets:
            said = any(step.state is S.FOLLOWED_UP for step in self.steps[row.id])
            assert row.proofs > 0 or not (row.proof_needed and said)
            assert row.holder_id is None or row.state not in OVER - {S.MERGED}

    @invariant()
    def versions_only_grow(self) -> None:
        for kind, rows in (("case", self.incidents), ("ticket", self.tickets)):
            for row in rows:
                assert row.version >= self.highest.get((kind, row.id), 0)
                self.highest[(kind, row.id)] = row.version

    def teardown(self) -> None:
        """Units go home, for the next play."""
        if hasattr(self, "out"):
            self.call_it_back()


def play(desk: Desk) -> None:
    """All plays, always the same ones for a seed."""
    run_state_machine_as_test(
        seed(SEED)(type("Play", (Tickets,), {"desk": desk})),
        settings=settings(
            max_examples=PLAYS,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            # To shrink a play on a real database takes longer than to read it.
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
