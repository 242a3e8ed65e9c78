"""Many who tell of calls at once, and what the database must hold afterwards."""

import threading
import time
import uuid
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text

from tests.faults.talk import TROUBLE, Talker
from tests.world import World

PASAR = {"lon": 110.7146, "lat": -6.6957}
PATIENCE_S = 60.0


@dataclass
class Told:
    """What the tellers got answers to."""

    answers: dict[str, Any] = field(default_factory=dict)  # by the words for the place
    tries: int = 0
    replays: int = 0
    troubles: list[str] = field(default_factory=list)


def call(where: str) -> dict[str, Any]:
    """A call that can be told from the others by its words."""
    return {"where": where, "what": "warung terbakar", "category": "kebakaran", "pin": PASAR}


def tell(talker: Talker, where: str, told: Told, *, fresh_keys: bool = False) -> None:
    """Tell of one call until an answer comes, each try under the same key (or a fresh one)."""
    key = f"key of {where}"
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        told.tries += 1
        try:
            answer = talker.call(call(where), uuid.uuid4().hex if fresh_keys else key)
        except TROUBLE as trouble:
            told.troubles.append(type(trouble).__name__)
            time.sleep(0.01)
            continue
        if answer.status == 201:
            told.replays += "Idempotent-Replay" in answer.headers
            told.answers[where] = answer.json
            return
        told.troubles.append(str(answer.status))
        assert answer.status in (400, 503), answer.body  # cut on the way, or to be tried again
        time.sleep(0.05)
    raise TimeoutError(f"{where}: no answer in {PATIENCE_S:.0f} s")


def tell_all(talker: Talker, wheres: Iterable[str], **how: bool) -> Told:
    """Eight at a time."""
    told = Told()
    with ThreadPoolExecutor(8) as tellers:
        for done in [tellers.submit(tell, talker, where, told, **how) for where in wheres]:
            done.result()
    return told


def tell_while(talker: Talker, mischief: Callable[[Callable[[], int]], None]) -> Told:
    """Eight tell call after call while the mischief lasts; it can ask how many are told."""
    told, over = Told(), threading.Event()

    def go_on(teller: int) -> None:
        number = 0
        while not over.is_set():
            tell(talker, f"teller {teller} call {number}", told)
            number += 1

    with ThreadPoolExecutor(8) as tellers:
        tasks = [tellers.submit(go_on, teller) for teller in range(8)]
        try:
            mischief(lambda: len(told.answers))
        finally:
            over.set()
        for task in tasks:
            task.result()
    return told


def check_all_there_once(world: World, told: Told) -> None:
    """Each call is one incident with ticket, log row and key; each answer names the one kept."""
    with world.as_owner() as session:
        rows = session.execute(
            text("""
                SELECT c.said_where, c.id AS call, c.incident_id AS incident,
                       (SELECT count(*) FROM incident AS i WHERE i.id = c.incident_id) AS incidents,
                       (SELECT count(*) FROM ticket AS t WHERE t.incident_id = c.incident_id)
                         AS tickets,
                       (SELECT count(*) FROM log_entry AS l WHERE l.call_id = c.id
                           AND l.kind = 'incident.opened') AS logged,
                       (SELECT count(*) FROM idempotency_key AS k
                         WHERE k.key = 'key of ' || c.said_where) AS keys
                  FROM call AS c
            """)
        ).all()
    assert len(rows) == len({r.said_where for r in rows}), "a call is there twice"
    kept = {r.said_where: (r.call, r.incident) for r in rows}
    assert kept.keys() == told.answers.keys()
    for where, answer in told.answers.items():
        assert (answer["call"], answer["incident"]["id"]) == kept[where]
    for row in rows:
        assert (row.incidents, row.tickets, row.logged, row.keys) == (1, 1, 1, 1), row
    with world.as_owner() as session:
        incidents = session.scalar(text("SELECT count(*) FROM incident"))
    assert incidents == len(rows), "an incident that no call opened"
