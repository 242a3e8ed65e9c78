"""A line that loses or cuts a third of what it carries makes no call twice and loses none."""

from sqlalchemy import text

from tests.faults.crowd import check_all_there_once, tell_all
from tests.faults.lossy import lossy_line
from tests.faults.talk import Talker, log_in
from tests.world import Server, World


def test_1000_calls_over_a_lossy_line_give_1000_incidents(live_server: Server, world: World):
    operator = log_in(live_server.url, "operator1")
    with lossy_line(operator.port) as line:
        told = tell_all(through(operator, line.port), [f"call {n}" for n in range(1000)])
    assert len(told.answers) == 1000
    check_all_there_once(world, told)
    faults = told.tries - line.happened["none"]
    assert faults > told.tries / 4, line.happened
    assert told.replays > 50, "answers were lost, and told again from what was kept"


def test_without_its_key_the_same_line_makes_duplicates(live_server: Server, world: World):
    """The control: what the test above would see if the key did not work."""
    operator = log_in(live_server.url, "operator1")
    with lossy_line(operator.port) as line:
        tell_all(through(operator, line.port), [f"call {n}" for n in range(100)], fresh_keys=True)
    with world.as_owner() as session:
        incidents = session.scalar(text("SELECT count(*) FROM incident"))
    assert incidents > 105


def through(talker: Talker, port: int) -> Talker:
    return talker.through(port, timeout_s=20)
