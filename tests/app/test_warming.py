"""The cover of the land is reckoned before anybody asks, and again when the ways change."""

import time
from collections.abc import Callable

from sqlalchemy import func, select

from dispatch.cover import reaches as keeping
from dispatch.schema import Station, Unit
from tests.world import World

LONG_S = 30.0


def until(done: Callable[[], bool]) -> bool:
    """Whether it came to be; asked again and again for a while."""
    begun = time.monotonic()
    while not done():
        if time.monotonic() - begun > LONG_S:
            return False
        time.sleep(0.05)
    return True


def rows_of(world: World) -> int:
    """How many starts are reckoned for the ways as last read."""
    router = world.parts.router
    return sum(len(kept._rows) for kept in keeping._kept if kept.router is router)


def test_when_a_ferry_is_closed_the_posts_are_reckoned_anew(world: World):
    world.app.extensions["hub"].start()
    before = world.parts.router
    with world.as_owner() as session:
        homes = select(Station.position, Unit.kind, Unit.by_sea).join(Unit).where(Unit.active)
        posts = session.scalar(select(func.count()).select_from(homes.distinct().subquery()))
    assert rows_of(world) == 0
    closing = {"open": False, "note": "ombak 2,5 m"}
    answer = world.client("dispatcher1").post("/api/passages/feri-karimunjawa", json=closing)
    assert answer.status_code == 200
    assert until(lambda: world.parts.router is not before)
    assert posts > 10
    assert until(lambda: rows_of(world) > 0.8 * posts)  # some posts stand side by side
