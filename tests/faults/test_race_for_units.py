"""Eight dispatchers want one unit at one moment: one gets it, the others hear who has it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError

from dispatch.schema import Assignment, Unit
from tests.faults.crowd import call
from tests.faults.talk import Answer, Talker, log_in
from tests.world import Server, World

RACERS, UNITS = 8, 200


def test_8_dispatchers_racing_for_200_units_give_no_unit_twice(live_server: Server, world: World):
    units = free_units(world)
    racers = [log_in(live_server.url, f"dispatcher{1 + n % 2}") for n in range(RACERS)]
    incidents = [
        racers[0].call(call(f"case {n}"), f"case {n:06d}").json["incident"]["id"]
        for n in range(RACERS)
    ]
    start = threading.Barrier(RACERS)

    def race(talker: Talker, incident: int) -> list[Answer]:
        answers = []
        for unit in units:
            start.wait(60)
            path = f"/api/incidents/{incident}/assignments"
            answers.append(talker.ask("POST", path, {"unit": unit}))
        return answers

    with ThreadPoolExecutor(RACERS) as pool:
        tasks = [pool.submit(race, *pair) for pair in zip(racers, incidents, strict=True)]
        by_racer = [task.result() for task in tasks]

    names = {racer.ask("GET", "/api/me").json["name"] for racer in racers}
    for answers in zip(*by_racer, strict=True):
        assert sorted(a.status for a in answers) == [201, *[409] * (RACERS - 1)]
        for problem in (a.json for a in answers if a.status == 409):
            assert problem["type"] == "UnitTaken"
            assert problem["by"] in names
            assert datetime.fromisoformat(problem["at"])
    with world.as_owner() as session:
        held = session.scalars(select(Assignment.unit_id)).all()
    assert sorted(held) == sorted(units)


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
