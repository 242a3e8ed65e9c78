"""What is sent now, what waits for the morning, and what becomes one message out of many."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dispatch.rules.digest import (
    LONGEST_WAIT_S,
    MOST_TRIES,
    Plan,
    QuietRules,
    Waiting,
    arrange,
    is_quiet,
    next_try,
)

WIB = ZoneInfo("Asia/Jakarta")
RULES = QuietRules(WIB, time(21), time(6), time(7), most=3, within_s=600)
NOON = datetime(2026, 3, 2, 12, tzinfo=WIB)
NIGHT = datetime(2026, 3, 2, 23, tzinfo=WIB)


def waiting(number, event="didisposisi", to="a@x.example", at=NOON, **more):
    return Waiting(
        number, **{"channel": "surel", "urgent": False} | more, to=to, event=event, made_at=at
    )


def test_by_day_a_message_goes_at_once():
    assert arrange([waiting(1)], {}, NOON, RULES) == Plan(send=[1], bundles=[])


def test_at_night_only_what_is_urgent_and_machines():
    due = [
        waiting(1),
        waiting(2, urgent=True),
        waiting(3, channel="webhook", to="https://x.example"),
        waiting(4, event="percobaan"),
    ]
    plan = arrange(due, {}, NIGHT, RULES)
    assert plan.send == [2, 3, 4]
    assert plan.hold == {1: datetime(2026, 3, 3, 6, tzinfo=WIB)}


def test_after_midnight_the_night_ends_the_same_day():
    plan = arrange([waiting(1)], {}, datetime(2026, 3, 3, 2, tzinfo=WIB), RULES)
    assert plan.hold == {1: datetime(2026, 3, 3, 6, tzinfo=WIB)}


def test_the_edges_of_the_night():
    assert is_quiet(datetime(2026, 3, 2, 21, tzinfo=WIB), RULES)
    assert not is_quiet(datetime(2026, 3, 2, 20, 59, 59, tzinfo=WIB), RULES)
    assert not is_quiet(datetime(2026, 3, 2, 6, tzinfo=WIB), RULES)
    # 23:30 UTC is half past six in the morning in Jepara.
    assert not is_quiet(datetime(2026, 3, 1, 23, 30, tzinfo=UTC), RULES)
    none = QuietRules(WIB, time(6), time(6))
    assert not any(is_quiet(NOON + timedelta(hours=h), none) for h in range(24))


def test_a_digest_waits_once_for_its_hour_and_is_one_message():
    one, other = waiting(1, digest=True), waiting(2, event="ditanggapi", digest=True)
    morning = datetime(2026, 3, 3, 7, tzinfo=WIB)
    assert arrange([one, other], {}, NOON, RULES).hold == {1: morning, 2: morning}
    held = [
        waiting(1, digest=True, held=True),
        waiting(2, event="ditanggapi", digest=True, held=True),
    ]
    assert arrange(held, {}, morning, RULES) == Plan(bundles=[[1, 2]], send=[])
    assert arrange(held[:1], {}, morning, RULES).send == [1]


def test_a_digest_that_was_missed_is_not_put_off_for_another_day():
    late = datetime(2026, 3, 3, 9, tzinfo=WIB)
    assert arrange([waiting(1, digest=True)], {}, late, RULES).send == [1]


def test_more_than_a_few_of_one_kind_become_one():
    flood = [waiting(n) for n in range(1, 6)]
    others = [waiting(6, event="ditanggapi"), waiting(7, to="b@x.example")]
    plan = arrange([*flood, *others], {}, NOON, RULES)
    assert plan.bundles == [[1, 2, 3, 4, 5]]
    assert sorted(plan.send) == [6, 7]
    assert arrange(flood[:3], {}, NOON, RULES).send == [1, 2, 3]


def test_a_trickle_waits_for_the_end_of_its_ten_minutes_and_then_goes_as_one():
    recent = {("a@x.example", "didisposisi"): 3}
    first = arrange([waiting(1)], recent, NOON + timedelta(minutes=2), RULES)
    other = arrange([waiting(2)], recent, NOON + timedelta(minutes=7), RULES)
    end = NOON + timedelta(minutes=10)
    assert (first.hold, other.hold) == ({1: end}, {2: end})
    held = [waiting(1, held=True), waiting(2, held=True)]
    assert arrange(held, recent, end, RULES).bundles == [[1, 2]]
    assert arrange(held[:1], recent, end, RULES).send == [1], "nothing waits for ever"


def test_what_is_urgent_and_what_reporters_get_is_never_put_together():
    urgent = [waiting(n, urgent=True) for n in range(20)]
    answers = [waiting(n, event="dijawab", to="call:7") for n in range(20, 40)]
    plan = arrange([*urgent, *answers], {}, NOON, RULES)
    assert sorted(plan.send) == list(range(40))


def test_every_message_gets_exactly_one_fate():
    due = [
        waiting(n, event=event, digest=digest, held=held, urgent=urgent)
        for n, (event, digest, held, urgent) in enumerate(
            (event, digest, held, urgent)
            for event in ("didisposisi", "ditanggapi", "percobaan")
            for digest in (False, True)
            for held in (False, True)
            for urgent in (False, True)
        )
    ]
    for now in (NOON, NIGHT):
        plan = arrange(due, {("a@x.example", "didisposisi"): 2}, now, RULES)
        fates = [*plan.send, *plan.hold, *(n for bundle in plan.bundles for n in bundle)]
        assert sorted(fates) == [one.id for one in due]


def test_the_wait_between_tries_grows_up_to_half_an_hour():
    waits = [(next_try(n, NOON, NOON, 0.5) - NOON).total_seconds() for n in range(1, MOST_TRIES)]
    assert waits[:4] == [1, 4, 16, 64]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT_S


def test_the_wait_is_drawn_from_half_to_one_and_a_half():
    low, high = (next_try(3, NOON, NOON, chance) - NOON for chance in (0.0, 1.0))
    assert (low.total_seconds(), high.total_seconds()) == (8, 24)


def test_twelve_failures_or_a_day_make_a_dead_letter():
    assert next_try(MOST_TRIES - 1, NOON, NOON, 0.5) is not None
    assert next_try(MOST_TRIES, NOON, NOON, 0.5) is None
    assert next_try(2, NOON, NOON + timedelta(hours=24, seconds=1), 0.5) is None
