"""Jobs: reckoned once, held by one worker at a time, taken over, stopped, given up, forgotten."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from dispatch import jobs
from dispatch.errors import Unknown
from dispatch.jobs import File, Held, JobOver, Lost, Result, TooManyJobs
from dispatch.rules.doing import Trouble
from dispatch.scope import WORKER, Scope
from tests.world import NOON, World

RESULT = Result({"words": "Selesai."}, (File("hasil.csv", "text/csv", b"desa,n\n"),))


@pytest.fixture
def house(shared_world: World) -> World:
    with shared_world.as_owner() as session:
        session.execute(text("DELETE FROM job"))
    return shared_world


def scope(world: World, login: str = "perencana") -> Scope:
    with world.as_owner() as session:
        query = text("SELECT id, role FROM app_user WHERE login = :login")
        row = session.execute(query, {"login": login}).one()
    return Scope(row.role, user_id=row.id, name=login)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def ask(world: World, number: int = 1, login: str = "perencana", **more: bool) -> tuple[int, bool]:
    with world.as_scope(scope(world, login)) as session:
        return jobs.ask(session, "main", {"n": number, "a": [1]}, NOON, **more)


def take(world: World, at: datetime = NOON, name: str = "w1") -> Held:
    with world.as_scope(WORKER) as session:
        held = jobs.take(session, name, at)
    assert held is not None
    return held


@contextmanager
def working(world: World) -> Iterator[Session]:
    with world.as_scope(WORKER) as session:
        yield session


def state(world: World, job_id: int) -> jobs.Standing:
    with world.as_scope(scope(world)) as session:
        return jobs.read(session, job_id)


def test_the_same_question_is_reckoned_once_whoever_asks(house: World):
    first, made = ask(house)
    again, made_again = ask(house, login="bupati")
    assert (made, made_again, again) == (True, False, first)
    with working(house) as session:
        jobs.finish(session, take(house), RESULT, after(1))
    assert ask(house) == (first, False)
    anew, made = ask(house, anew=True)
    assert made
    assert anew != first
    with working(house) as session:
        jobs.finish(session, take(house), RESULT, after(2))
    assert ask(house) == (anew, False), "the newest is offered"


def test_the_order_in_which_a_question_is_written_makes_no_other_of_it():
    one, other = {"a": 1, "b": {"c": 2, "d": 3}}, {"b": {"d": 3, "c": 2}, "a": 1}
    assert jobs.key_of("main", one, NOON) == jobs.key_of("main", other, NOON)
    assert jobs.key_of("main", one, NOON) != jobs.key_of("main", one, NOON + timedelta(days=1))


def test_five_of_one_user_wait_and_the_sixth_is_refused_in_words(house: World):
    made = [ask(house, number)[0] for number in range(5)]
    with pytest.raises(TooManyJobs):
        ask(house, 6)
    assert ask(house, 6, login="bupati")[1], "another user has five of their own"
    assert ask(house, 2)[0] == made[2], "what waits already may be asked for again"
    with house.as_scope(scope(house)) as session:
        assert jobs.cancel(session, made[0], NOON) == "batal"
    assert ask(house, 6, login="perencana")[1] is False, "the other's job is the same question"
    assert ask(house, 7)[1]


def test_the_one_that_waited_longest_comes_first_and_each_goes_to_one_worker(house: World):
    made = [ask(house, number)[0] for number in range(3)]
    assert state(house, made[2]).ahead == 2
    with working(house) as one, working(house) as other:
        first, second = (jobs.take(s, "w", NOON) for s in (one, other))
        assert first is not None
        assert second is not None
        assert (first.id, second.id) == (made[0], made[1])


def test_progress_is_told_and_the_result_with_its_files_kept(house: World):
    job_id, _ = ask(house)
    held = take(house)
    with working(house) as session:
        assert jobs.beat(session, held, 0.4, "menghitung desa", after(3)) is False
    seen = state(house, job_id)
    assert (seen.state, seen.progress, seen.step) == ("berjalan", 0.4, "menghitung desa")
    with working(house) as session:
        jobs.finish(session, held, RESULT, after(4))
    seen = state(house, job_id)
    assert (seen.state, seen.progress, seen.result) == ("selesai", 1.0, RESULT.document)
    assert seen.files == (("hasil.csv", "text/csv", 7),)
    with house.as_scope(scope(house, "bupati")) as session:
        assert jobs.file(session, job_id, "hasil.csv") == RESULT.files[0]
        with pytest.raises(Unknown):
            jobs.file(session, job_id, "lain.csv")


def test_a_silent_worker_loses_its_job_and_its_late_result_changes_nothing(house: World):
    job_id, _ = ask(house)
    dead = take(house)
    with working(house) as session:
        assert jobs.take(session, "w2", after(29)) is None
    heir = take(house, after(31), "w2")
    assert (heir.id, heir.tries) == (job_id, 2)
    for late in (
        lambda s: jobs.beat(s, dead, 0.9, "", after(32)),
        lambda s: jobs.finish(s, dead, Result({"words": "lama"}), after(32)),
        lambda s: jobs.fail(s, dead, "x", after(32)),
    ):
        with pytest.raises(Lost), working(house) as session:
            late(session)
    with working(house) as session:
        jobs.finish(session, heir, RESULT, after(33))
    assert state(house, job_id).result == RESULT.document


def test_after_three_tries_it_has_failed_with_words(house: World):
    job_id, _ = ask(house)
    for number in range(3):
        assert take(house, after(40 * number)).tries == number + 1
    with working(house) as session:
        assert jobs.take(session, "w", after(200)) is None
    seen = state(house, job_id)
    assert (seen.state, seen.trouble) == ("gagal", Trouble.GAVE_UP)
    assert ask(house)[0] != job_id, "what failed may be asked for again"


def test_what_may_pass_is_tried_again_and_what_cannot_be_is_not(house: World):
    job_id, _ = ask(house)
    for _ in range(2):
        with working(house) as session:
            jobs.fail(session, take(house), "sebentar", NOON, again=True)
        assert state(house, job_id).state == "menunggu"
    with working(house) as session:
        jobs.fail(session, take(house), "Masa ini tanpa kejadian.", NOON)
    assert state(house, job_id).trouble == "Masa ini tanpa kejadian."


def test_a_running_job_hears_that_it_is_to_stop_and_one_that_is_over_cannot(house: World):
    job_id, _ = ask(house)
    held = take(house)
    with house.as_scope(scope(house)) as session:
        assert jobs.cancel(session, job_id, after(1)) == "berjalan"
    assert state(house, job_id).cancelling
    with working(house) as session:
        assert jobs.beat(session, held, 0.5, "", after(2)) is True
        jobs.stopped(session, held, after(2))
    with house.as_scope(scope(house)) as session, pytest.raises(JobOver):
        jobs.cancel(session, job_id, after(3))
    with house.as_scope(scope(house, "bupati")) as session, pytest.raises(Unknown):
        jobs.cancel(session, job_id, after(3))


def test_a_job_cancelled_while_its_worker_is_dead_is_not_begun_again(house: World):
    job_id, _ = ask(house)
    take(house)
    with house.as_scope(scope(house)) as session:
        jobs.cancel(session, job_id, after(1))
    with working(house) as session:
        assert jobs.take(session, "w2", after(60)) is None
    assert state(house, job_id).state == "batal"


def test_a_worker_told_to_end_gives_its_job_back_untried(house: World):
    ask(house)
    with working(house) as session:
        jobs.give_back(session, take(house))
    assert take(house).tries == 1


def test_what_ended_a_month_ago_is_forgotten_with_its_files(house: World):
    old, _ = ask(house, 1)
    with working(house) as session:
        jobs.finish(session, take(house), RESULT, NOON)
    waiting, _ = ask(house, 2)
    with working(house) as session:
        assert jobs.purge(session, NOON + timedelta(days=29)) == 0
        assert jobs.purge(session, NOON + timedelta(days=31)) == 1
    with house.as_owner() as session:
        kept = session.execute(text("SELECT id FROM job")).scalars().all()
        assert kept == [waiting] != [old]
        assert session.execute(text("SELECT count(*) FROM job_file")).scalar_one() == 0


@pytest.mark.parametrize(
    "login", ["operator1", "dispatcher1", "dinkes1", "admin", "pdp", "tegalsambi"]
)
def test_who_is_no_planner_neither_sees_nor_asks_for_a_job(house: World, login: str):
    job_id, _ = ask(house)
    with house.as_scope(scope(house, login)) as session, pytest.raises(Unknown):
        jobs.read(session, job_id)
    with pytest.raises(ProgrammingError), house.as_scope(scope(house, login)) as session:
        jobs.ask(session, "main", {"n": 9}, NOON)


def test_a_planner_cannot_write_a_result_nor_ask_in_anothers_name(house: World):
    job_id, _ = ask(house)
    mine, other = scope(house), scope(house, "bupati")
    forged = "UPDATE job SET state = 'selesai', result = '{}', ended_at = now() WHERE id = :id"
    with pytest.raises(ProgrammingError), house.as_scope(mine) as session:
        session.execute(text(forged), {"id": job_id})
    with house.as_scope(other) as session:
        stop = text("UPDATE job SET cancel_at = now() WHERE id = :id")
        assert session.execute(stop, {"id": job_id}).rowcount == 0
    row = "INSERT INTO job (kind, params, key, by_user, by_name, made_at) VALUES"
    named = text(f"{row} ('main', '{{}}', 'k', {other.user_id}, 'x', now())")
    with pytest.raises(ProgrammingError), house.as_scope(mine) as session:
        session.execute(named)
