"""The play of all actors on the life of orders, with crashes among them, for Hypothesis.

1,000 plays of 30 steps, in four parts: two files (test_orders_machine_*.py) so that they run side
by side. Every step commits in a real PostGIS, with the row security of who acts.
"""

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from dispatch import cases, orders
from dispatch.errors import DispatchError
from dispatch.rules.workflow import (
    ASSIGNMENT_MOVES,
    COURSE,
    HOLDING,
    SENDABLE,
    UNIT_WHILE,
    AssignmentState,
    Help,
    Reason,
    UnitState,
    incident_while,
)
from dispatch.scope import TIMER, Scope
from geo.point import Point
from tests.dispatch import small_room
from tests.dispatch.small_room import NOON
from tests.faults.orders_house import (
    CUT,
    ROOM,
    Aborted,
    Act,
    Crash,
    House,
    crew,
    open_case,
)

PLAYS, PARTS, STEPS = 1000, 4, 30
TIMES = (
    "sent_at", "accepted_at", "departed_at", "arrived_at", "carrying_at", "at_facility_at",
    "released_at", "returned_at",
)  # fmt: skip

S = AssignmentState
FOLLOWED = HOLDING | {S.DONE}
WHICH = st.integers(0, 7)  # of what there is, counted round
WHO = st.sampled_from(ROOM)
CRASHES = st.sampled_from(
    # mostly none; "dies" before the commit, cut off before the n-th statement, or at the commit
    [None] * 12 + ["dies", Crash(), *(Crash(n) for n in (1, 2, 3, 4, 6, 8))]
)
NEXT = "next"  # what follows on the present state
STATES = st.sampled_from([NEXT] * 12 + [*COURSE[1:], S.SENT, S.DIVERTED])
STALE = st.sampled_from([0, 0, 0, 1])  # a version that was read before the last change
DUTIES = st.sampled_from([*[UnitState.FREE, UnitState.OFF_DUTY] * 3, UnitState.MOVING])
KEYS = st.sampled_from([None, None, "k1", "k2", "k3", "k4", "k5", "k6", "k7", "k8"])
DRIFT = st.sampled_from([0, 0, 0, 0, -2, 2])  # clocks of several machines do not agree

# What is drawn never hangs on how the house stands: two who race may end either way.
RACES = ("send", "send", "close", "alarm", "report", "report", "call back", "divert", "take over",
         "proposal")  # fmt: skip
RACER = st.tuples(st.sampled_from(RACES), WHICH, WHICH, WHICH, STATES, KEYS)


def after(row: Any, state: Any) -> S:
    """The state itself, or the one that follows where the next one is wanted."""
    if state != NEXT:
        return S(state)
    here = S(row["state"])
    return COURSE[min(COURSE.index(here) + 1, len(COURSE) - 1)] if here in COURSE else S.ACCEPTED


class Orders(RuleBasedStateMachine):
    """Dispatchers, crews, the timer and the plan at work on four units and a few cases."""

    house: House

    @initialize()
    def begin(self) -> None:
        self.now: datetime = NOON
        self.house.tidy()
        one, other, *_ = self.house.room.units
        for unit, case in zip((one, other), self.house.room.incidents[1:], strict=False):
            self.house.act(ROOM[0], lambda s, u=unit, c=case: orders.send_unit(s, c, u, NOON))
        self.seen = self.house.look()
        self.highest: dict[tuple[str, int], int] = {}

    # The room.

    @rule(who=WHO, unit=WHICH, case=WHICH, drift=DRIFT, crash=CRASHES)
    def send(self, who: Scope, unit: int, case: int, drift: int, crash: Any) -> None:
        self.do(who, self.sending(unit, case, self.tick(drift)), crash)

    def sending(self, unit: int, case: int, now: datetime) -> Act:
        unit_id, incident = self.unit(unit), self.case(case)["id"]
        return lambda s: orders.send_unit(s, incident, unit_id, now, part="pompa")

    @rule(who=WHO, which=WHICH, state=STATES, drift=DRIFT, crash=CRASHES)
    def move_for_a_crew(self, who: Scope, which: int, state: Any, drift: int, crash: Any) -> None:
        row = self.order(which, FOLLOWED)
        now, wanted = self.tick(drift), after(row, state)
        self.do(who, lambda s: orders.advance(s, row["id"], wanted, now), crash)

    @rule(who=WHO, which=WHICH, stale=STALE, crash=CRASHES)
    def call_back(self, who: Scope, which: int, stale: int, crash: Any) -> None:
        row = self.order(which, HOLDING | {S.PROPOSED})
        self.do(who, self.calling_back(row, row["version"] - stale, self.tick()), crash)

    def calling_back(self, row: Any, version: int, now: datetime) -> Act:
        return lambda s: orders.advance(
            s, row["id"], S.CANCELLED, now, version=version, reason=Reason.BROKEN
        )

    @rule(who=WHO, which=WHICH, case=WHICH, stale=STALE, crash=CRASHES)
    def divert(self, who: Scope, which: int, case: int, stale: int, crash: Any) -> None:
        row = self.order(which, HOLDING)
        self.do(who, self.diverting(row, case, row["version"] - stale, self.tick()), crash)

    def diverting(self, row: Any, case: int, version: int, now: datetime) -> Act:
        there = self.case(case)["id"]
        return lambda s: orders.divert(s, row["id"], there, now, version)

    @rule(who=WHO, which=WHICH, unit=WHICH, waited=st.sampled_from([0, 31, 31]), crash=CRASHES)
    def take_over(self, who: Scope, which: int, unit: int, waited: int, crash: Any) -> None:
        self.now += timedelta(seconds=waited)
        row = self.order(which, {S.SENT})
        self.do(who, self.taking_over(row, unit, self.tick()), crash)

    def taking_over(self, row: Any, unit: int, now: datetime) -> Act:
        other = self.unit(unit)
        return lambda s: orders.take_over(s, row["id"], other, now, row["version"])

    @rule(who=WHO, case=WHICH, sure=st.sampled_from([True, False, False]), crash=CRASHES)
    def close(self, who: Scope, case: int, sure: bool, crash: Any) -> None:
        if sure or self.case(case)["state"] == "di_lokasi":
            self.do(who, self.closing(case, self.tick()), crash)

    def closing(self, case: int, now: datetime) -> Act:
        row = self.case(case)
        return lambda s: cases.close(s, row["id"], "padam", row["version"], now)

    @rule(who=WHO, priority=st.integers(1, 4))
    def take_a_call(self, who: Scope, priority: int) -> None:
        now = self.tick()
        if len(self.seen["incidents"]) < 8:
            self.do(who, lambda s: open_case(s, self.house, priority, now), None)

    @rule(who=WHO, which=WHICH)
    def hear_the_alarm(self, who: Scope, which: int) -> None:
        row = self.order(which, HOLDING)
        now = self.tick()
        self.do(who, lambda s: orders.help_seen(s, row["id"], now), None)

    @rule(who=WHO, unit=WHICH, state=DUTIES, crash=CRASHES)
    def duty(self, who: Scope, unit: int, state: UnitState, crash: Any) -> None:
        unit_id, now = self.unit(unit), self.tick()
        self.do(who, lambda s: orders.duty(s, unit_id, now, state=state), crash)

    # The plan for many cases at once.

    @rule(who=WHO, unit=WHICH, case=WHICH)
    def propose(self, who: Scope, unit: int, case: int) -> None:
        unit_id, row, now = self.unit(unit), self.case(case), self.tick()
        if row["state"] != "ditutup":
            self.do(who, lambda s: small_room.propose(s, row["id"], unit_id, now), None)

    @rule(who=WHO, which=WHICH, crash=CRASHES)
    def send_a_proposal(self, who: Scope, which: int, crash: Any) -> None:
        row = self.order(which, {S.PROPOSED})
        self.do(who, self.sending_proposed(row, self.tick()), crash)

    def sending_proposed(self, row: Any, now: datetime) -> Act:
        return lambda s: orders.send_proposal(s, row["id"], now)

    # The crews, out of dead spots too: late, in order or not, twice.

    @rule(which=WHICH, state=STATES, key=KEYS, ago=st.integers(0, 900), crash=CRASHES)
    def report(self, which: int, state: Any, key: str | None, ago: int, crash: Any) -> None:
        row = self.order(which, FOLLOWED)
        self.do(crew(row["unit_id"]), self.reporting(row, state, key, ago, self.tick()), crash)

    def reporting(self, row: Any, state: Any, key: str | None, ago: int, now: datetime) -> Act:
        claimed, wanted = now - timedelta(seconds=ago) if key else None, after(row, state)
        return lambda s: orders.advance(s, row["id"], wanted, now, key=key, claimed_at=claimed)

    @rule(which=WHICH, steps=st.integers(1, 7), first=st.integers(1, 6), ago=st.integers(0, 900))
    def come_out_of_a_dead_spot(self, which: int, steps: int, first: int, ago: int) -> None:
        row = self.order(which, FOLLOWED)
        for state in COURSE[first : first + steps]:
            key, now = f"queue-{state}", self.tick()
            self.do(crew(row["unit_id"]), self.reporting(row, state, key, ago, now), None)

    @rule(which=WHICH, key=st.sampled_from(["k1", "k2", "lost-1", "lost-2"]), state=STATES)
    def repeat_what_was_never_answered(self, which: int, key: str, state: Any) -> None:
        """The step was taken, its answer lost: told again, it changes nothing."""
        row = self.order(which, FOLLOWED)
        act = self.reporting(row, state, key, 60, self.tick())
        if self.do(crew(row["unit_id"]), act, None) is None:
            return
        before = self.seen
        again = self.do(crew(row["unit_id"]), act, None)
        assert again.replay
        assert self.seen == before

    @rule(which=WHICH, kind=st.sampled_from(Help), key=KEYS, crash=CRASHES)
    def ask_for_help(self, which: int, kind: Help, key: str | None, crash: Any) -> None:
        row = self.order(which, HOLDING)
        now = self.tick()
        act = lambda s: orders.help(s, row["id"], kind, now, key=key)  # noqa: E731
        self.do(crew(row["unit_id"]), act, crash)

    @rule(unit=WHICH, east=st.floats(110.5, 110.9))
    def drive(self, unit: int, east: float) -> None:
        unit_id, spot = self.unit(unit), Point(lon=east, lat=-6.6)
        self.do(crew(unit_id), lambda s: small_room.place(s, unit_id, spot, self.now), None)

    # The clock.

    @rule(seconds=st.sampled_from([1, 10, 31, 31, 120, 601]), crash=CRASHES)
    def wait(self, seconds: int, crash: Any) -> None:
        self.now += timedelta(seconds=seconds)
        now = self.now
        self.do(TIMER, lambda s: orders.raise_due(s, now), crash)

    # Two at the same moment.

    @rule(one=RACER, other=RACER)
    def race(self, one: Any, other: Any) -> None:
        """Whatever two may do, they do at once: each is done whole, or refused."""
        made = [self.racing(0, *one), self.racing(1, *other)]
        with ThreadPoolExecutor(2) as pool:
            for task in [pool.submit(self.try_it, *each) for each in made]:
                task.result()
        self.seen = self.house.look()

    def racing(
        self, lane: int, kind: str, which: int, unit: int, case: int, state: Any, key: Any
    ) -> tuple[Scope, Act]:
        now, who = self.tick(), ROOM[lane]
        if kind == "send":
            return who, self.sending(unit, case, now)
        if kind == "close":
            return who, self.closing(case, now)
        if kind == "alarm":
            return TIMER, lambda s: orders.raise_due(s, now)
        row = self.order(which, HOLDING)
        if kind == "report":
            return crew(row["unit_id"]), self.reporting(row, state, key, 5, now)
        acts = {
            "call back": lambda: self.calling_back(row, row["version"], now),
            "divert": lambda: self.diverting(row, case, row["version"], now),
            "take over": lambda: self.taking_over(row, unit, now + timedelta(seconds=31)),
            "proposal": lambda: self.sending_proposed(self.order(which, {S.PROPOSED}), now),
        }
        return who, acts[kind]()

    # How a step is done.

    def do(self, scope: Scope, act: Act, crash: Any) -> Any:
        """Its answer, or None where it was refused; a crash leaves everything as it was."""
        if crash is not None:
            self.fail(scope, act, crash)
        done = self.try_it(scope, act)
        before, self.seen = self.seen, self.house.look()
        if done is None:
            assert self.seen == before, "a refused step left a trace"
        return done

    def try_it(self, scope: Scope, act: Act) -> Any:
        try:
            return self.house.act(scope, act) or "done"
        except DispatchError:
            return None

    def fail(self, scope: Scope, act: Act, crash: Any) -> None:
        """The same step, begun by somebody who does not come to its end."""
        try:
            if crash == "dies":
                self.house.act(scope, act, dies=True)
            else:
                self.house.act_cut_off(scope, act, Crash(crash.statement))
        except (Aborted, CUT, DispatchError):
            pass
        else:
            raise AssertionError("it came to its end")
        assert self.house.look() == self.seen, "half of a step was left behind"

    def tick(self, drift: int = 0) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now + timedelta(seconds=drift)

    def unit(self, which: int) -> int:
        """One that can be sent, where there is one; now and then any."""
        able = [u["id"] for u in self.seen["units"] if u["state"] in SENDABLE]
        units = able if able and which < 7 else self.house.room.units
        return units[which % len(units)]

    def case(self, which: int) -> Any:
        """An open one, where there is one; now and then any."""
        still = [i for i in self.seen["incidents"] if i["state"] != "ditutup"]
        found = still if still and which < 7 else self.seen["incidents"]
        return found[which % len(found)]

    def order(self, which: int, states: Collection[S]) -> Any:
        """An order in one of those states, the newest ones first; now and then any."""
        rows = [r for r in self.seen["assignments"] if which == 7 or r["state"] in states]
        rows = rows or self.seen["assignments"]
        return rows[-1 - which % len(rows)]

    # What must hold, whatever happened.

    @invariant()
    def one_order_a_unit_and_the_unit_does_what_it_says(self) -> None:
        for unit in self.seen["units"]:
            mine = [r for r in self.seen["assignments"] if r["unit_id"] == unit["id"]]
            held = [r for r in mine if r["released_at"] is None and r["state"] != S.PROPOSED]
            assert len(held) <= 1, "a unit was sent twice"
            assert all(r["state"] in HOLDING for r in held)
            if held:
                assert unit["state"] == UNIT_WHILE[S(held[0]["state"])]
                continue
            assert unit["state"] in (UnitState.FREE, UnitState.RETURNING, UnitState.OFF_DUTY)
            if unit["state"] == UnitState.RETURNING:
                # The one that moved last: a proposal that was sent late has an older number.
                sent = {r["id"]: r for r in mine if r["ack_due_at"]}
                moved = [s["assignment_id"] for s in self.seen["steps"] if s["note"] is None]
                last = sent[[number for number in moved if number in sent][-1]]
                assert last["state"] == S.DONE

    @invariant()
    def a_case_stands_as_its_orders_do(self) -> None:
        for case in self.seen["incidents"]:
            mine = [r for r in self.seen["assignments"] if r["incident_id"] == case["id"]]
            if case["state"] == "ditutup":
                assert all(r["released_at"] is not None for r in mine)
            else:
                assert case["state"] == incident_while(S(r["state"]) for r in mine)

    @invariant()
    def times_run_forward(self) -> None:
        for row in self.seen["assignments"]:
            times = [row[name] for name in TIMES if row[name] is not None]
            assert times == sorted(times)
            assert row["state_since"] == times[-1]
        moves = [s for s in self.seen["steps"] if s["note"] is None]  # a note follows its own clock
        for _, steps in self.by_order(moves, "assignment_id"):
            assert all(one["at"] <= other["at"] for one, other in pairwise(steps))

    @invariant()
    def every_move_has_its_step_and_its_row_in_the_log(self) -> None:
        steps = dict(self.by_order(self.seen["steps"], "assignment_id"))
        told: dict[int, str] = {}
        for entry in self.seen["log"]:
            if "state" in entry["facts"]:
                told[entry["facts"]["assignment"]] = entry["facts"]["state"]
        for row in self.seen["assignments"]:
            proposed = [S.PROPOSED.value] if row["proposed_at"] else []
            moves = [s["state"] for s in steps.get(row["id"], ()) if s["note"] is None]
            whole = proposed + moves
            assert whole[-1] == row["state"] == told.get(row["id"], S.PROPOSED)
            assert len(whole) == row["version"]
            assert all(S(b) in ASSIGNMENT_MOVES[S(a)] for a, b in pairwise(whole))

    @invariant()
    def versions_only_grow(self) -> None:
        for kind in ("assignments", "incidents"):
            for row in self.seen[kind]:
                key = (kind, row["id"])
                assert row["version"] >= self.highest.get(key, 0)
                self.highest[key] = row["version"]

    @invariant()
    def an_alarm_sounds_once_and_not_too_soon(self) -> None:
        silent = [e["facts"]["assignment"] for e in self.seen["log"] if e["kind"] == "order.silent"]
        assert len(silent) == len(set(silent))
        for row in self.seen["assignments"]:
            assert (row["alarmed_at"] is not None) == (row["id"] in silent)
            assert row["alarmed_at"] is None or row["alarmed_at"] >= row["ack_due_at"]
            if row["state"] == S.DIVERTED:
                assert row["next_id"] is not None
                assert row["reason"] in (Reason.MORE_URGENT, Reason.NO_ANSWER)

    @staticmethod
    def by_order(rows: list[Any], name: str) -> list[tuple[int, list[Any]]]:
        found: dict[int, list[Any]] = {}
        for row in rows:
            found.setdefault(row[name], []).append(row)
        return list(found.items())


def play(house: House, part: int) -> None:
    """One part of the plays, always the same ones."""
    run_state_machine_as_test(
        seed(112 + part)(type("Play", (Orders,), {"house": house})),
        settings=settings(
            max_examples=PLAYS // PARTS,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
