"""Web workers and database connections die in the middle of the work: nothing told is lost."""

import os
import random
import signal
import time

from sqlalchemy import create_engine, make_url, pool, text

from tests.faults.crowd import check_all_there_once, tell_while
from tests.faults.talk import log_in
from tests.world import Server, World

KILLS = 6
CHANCE = random.Random(9)  # noqa: S311 - a play, not a secret


def test_killing_web_workers_loses_nothing(live_server: Server, world: World):
    def kill_now_and_then(told_so_far):
        for _ in range(KILLS):
            await_more(told_so_far, 10)
            workers = wait_for_workers(live_server, 2)
            os.kill(CHANCE.choice(workers), signal.SIGKILL)
        await_more(told_so_far, 10)

    told = tell_while(log_in(live_server.url, "operator1"), kill_now_and_then)
    assert told.troubles, "no client noticed a kill"
    check_all_there_once(world, told)
    assert len(wait_for_workers(live_server, 2)) == 2


def test_killing_database_connections_loses_nothing(admin: str, live_server: Server, world: World):
    server = create_engine(admin, poolclass=pool.NullPool, isolation_level="AUTOCOMMIT")

    def kill_now_and_then(told_so_far):
        for _ in range(KILLS):
            await_more(told_so_far, 10)
            with server.connect() as connection:
                connection.execute(
                    text(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        " WHERE datname = :name AND usename = 'tanggap_app'"
                    ),
                    {"name": make_url(world.app_url).database},
                )
        await_more(told_so_far, 10)

    told = tell_while(log_in(live_server.url, "operator1"), kill_now_and_then)
    assert told.troubles, "no client noticed a kill"
    check_all_there_once(world, told)


def await_more(told_so_far, more: int) -> None:
    """Until that many calls more are told; a moment longer, so that the kill falls anywhere."""
    wanted, until = told_so_far() + more, time.monotonic() + 30
    while told_so_far() < wanted:
        assert time.monotonic() < until, "the service did not come back"
        time.sleep(0.005)
    time.sleep(CHANCE.random() * 0.05)


def wait_for_workers(server: Server, many: int) -> list[int]:
    """The workers, once there are so many: the master replaces those that died."""
    until = time.monotonic() + 30
    while len(workers := server.workers()) < many:
        assert time.monotonic() < until, "the master made no new worker"
        time.sleep(0.02)
    return workers
