"""Somebody asks for tiles that nobody has, as fast as can be: calls are taken all the same."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import text

from tests.benches import crowd_map
from tests.benches.tile_crowd import never_asked, tiles
from tests.faults.crowd import call
from tests.faults.talk import TROUBLE, log_in
from tests.world import World, serve

CASES, CALLS, FLOOD = 3000, 24, 16


def test_a_flood_of_tiles_loses_no_call_and_no_tile_breaks(world: World):
    crowd_map.fill(world.owner_url, CASES, 5)
    with serve(world, workers=1) as server:
        flooder, operator = log_in(server.url, "dispatcher1"), log_in(server.url, "operator1")
        paths = iter(never_asked(tiles(world, (9, 11, 13), 40), 20_000))
        over, told = threading.Event(), Counter()
        lock = threading.Lock()

        def flood() -> None:
            while not over.is_set():
                with lock:
                    path = next(paths)
                try:
                    answer = flooder.ask("GET", path)
                except TROUBLE as trouble:
                    told[type(trouble).__name__] += 1
                    continue
                told[answer.status] += 1
                if answer.status == 503:
                    assert answer.json["type"] == "TooBusy"
                    assert answer.headers["Retry-After"] == "1"

        with ThreadPoolExecutor(FLOOD) as pool:
            flooding = [pool.submit(flood) for _ in range(FLOOD)]
            taken = [operator.call(call(f"flood {n}"), f"flood-{n:06d}") for n in range(CALLS)]
            over.set()
            for one in flooding:
                one.result()
    assert [answer.status for answer in taken] == [201] * CALLS
    with world.as_owner() as session:
        kept = session.scalar(text("SELECT count(*) FROM call WHERE said_where LIKE 'flood %'"))
    assert kept == CALLS
    assert told[200] > FLOOD
    assert set(told) <= {200, 503}
