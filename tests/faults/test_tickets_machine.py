"""All actors at once on the life of tickets: no rule is ever broken."""

import pytest

from tests.dispatch.ticket_desk import open_desk
from tests.faults.tickets_machine import play
from tests.world import World


@pytest.mark.timeout(3600)
def test_no_play_of_all_actors_breaks_a_rule(shared_world: World):
    desk = open_desk(shared_world)
    play(desk)
    desk.close()
