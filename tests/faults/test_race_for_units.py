"""Sixteen dispatchers want the same units at the same moment, while web workers are killed."""

import os
import random
import signal
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sized
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError

from dispatch.schema import Assignment, Unit
from tests.faults.crowd import call
from tests.faults.talk import TROUBLE, Answer, Talker, log_in
from tests.world import Server, World

RACERS, UNITS, WANT_EACH = 16, 2000, 2  # so many want each unit
KILL_EACH, PATIENCE_S = 500, 60.0  # answers between two kills
LOGINS = ("dispatcher1", "dispatcher2", "operator1", "operator2")
CHANCE = random.Random(16)  # noqa: S311 - a play, not a secret


@pytest.mark.timeout(600)
def test_16_racing_for_2000_units_give_none_twice_while_workers_die(
    live_server: Server, world: World
):
    units = free_units(world)
    people = [log_in(live_server.url, login) for login in LOGINS]
    racers = [people[n % len(people)] for n in range(RACERS)]
    # Two racers a case: they wait for its row as well.
    cases = [
        people[0].call({"what": "asap", "category": "kebakaran"}, f"race {n:06d}").json["incident"]
        for n in range(RACERS // 2)
    ]
    wanted: dict[int, list[int]] = defaultdict(list)
    for unit in units:
        for racer in CHANCE.sample(range(RACERS), WANT_EACH):
            wanted[racer].append(unit)
    names = {racer.ask("GET", "/api/me").json["name"] for racer in people}

    answers: list[tuple[int, Answer]] = []

    def race(n: int) -> None:
        for unit in wanted[n]:
            answers.append((unit, ask(racers[n], cases[n // 2]["id"], unit)))

    with killing_workers(live_server, answers) as kills, ThreadPoolExecutor(RACERS) as pool:
        for task in [pool.submit(race, n) for n in range(RACERS)]:
            task.result()

    assert len(kills) >= 5
    won = Counter(unit for unit, answer in answers if answer.status == 201)
    assert max(won.values()) == 1, "two were told that they have the unit"
    for _, answer in answers:
        assert answer.status in (201, 409), answer.body
        if answer.status == 409:
            problem = answer.json
            assert problem["type"] == "UnitTaken"
            assert problem["by"] in names
            assert datetime.fromisoformat(problem["at"])
    with world.as_owner() as session:
        held = session.scalars(select(Assignment.unit_id)).all()
    assert sorted(held) == sorted(units), "each unit was sent, and once"


def ask(talker: Talker, incident: int, unit: int) -> Answer:
    """The answer; what a killed worker did not answer is asked again."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        try:
            path = f"/api/incidents/{incident}/assignments"
            answer = talker.ask("POST", path, {"unit": unit})
        except TROUBLE:
            time.sleep(0.05)
            continue
        if answer.status not in (400, 503):  # cut on the way, or to be tried again
            return answer
    raise TimeoutError(f"unit {unit}: no answer in {PATIENCE_S:.0f} s")


@contextmanager
def killing_workers(server: Server, answers: Sized) -> Iterator[list[int]]:
    """A worker dies each so many answers, whichever; the master makes another."""
    over, killed = threading.Event(), list[int]()

    def go_on() -> None:
        while not over.wait(0.02):
            workers = server.workers()
            if len(workers) > 1 and len(answers) >= KILL_EACH * (len(killed) + 1):
                killed.append(CHANCE.choice(workers))
                os.kill(killed[-1], signal.SIGKILL)

    killer = threading.Thread(target=go_on)
    killer.start()
    try:
        yield killed
    finally:
        over.set()
        killer.join()


def test_the_index_decides_and_not_the_code(world: World):
    """Whoever goes round the code is stopped too, and without the index nobody would be."""
    unit = free_units(world)[0]
    talker = world.client("dispatcher1")
    taken = talker.post("/api/calls", json=call("x"), headers={"Idempotency-Key": "case-000"})
    row = {
        "incident_id": taken.get_json()["incident"]["id"],
        "unit_id": unit,
        "state": "ditugaskan",
        "sent_at": datetime.fromisoformat("2026-01-01T00:00:00Z"),
        "sent_by_name": "somebody",
    }
    with (
        pytest.raises(IntegrityError, match="uq_assignment_unit_open"),
        world.as_owner() as session,
    ):
        session.execute(insert(Assignment), [row, row])
    with world.as_owner() as session:
        session.execute(text("DROP INDEX uq_assignment_unit_open"))
        session.execute(insert(Assignment), [row, row])
        held = session.scalars(select(Assignment.id).where(Assignment.unit_id == unit)).all()
    assert len(held) == 2


def free_units(world: World) -> list[int]:
    """So many units: those of the regency, and copies of one of them."""
    with world.as_owner() as session:
        model = session.execute(select(Unit.__table__).limit(1)).mappings().one()
        have = len(session.scalars(select(Unit.id)).all())
        copies = [
            {k: v for k, v in model.items() if k != "id"} | {"call_sign": f"TEST-{n}"}
            for n in range(UNITS - have)
        ]
        session.execute(insert(Unit), copies)
        return list(session.scalars(select(Unit.id).order_by(Unit.id)).all())
