"""What is sent now, what waits for the morning, and what becomes one message out of many."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta, tzinfo

from dispatch.rules.telling import FOR_MACHINES, Event

FIRST_WAIT_S, LONGEST_WAIT_S, FACTOR = 1.0, 1800.0, 4.0
MOST_TRIES = 12
LONGEST_AGE = timedelta(hours=24)
_SINGLE = frozenset({Event.DIGEST, Event.TRIAL, Event.ANSWERED})  # never put together


@dataclass(frozen=True, slots=True)
class QuietRules:
    """When people are left alone, and how much is a flood. Times of day are local.

    from_, until    nothing that is not urgent is sent between them; equal: no quiet hours
    digest_at       when what was collected for a digest is sent
    most, within_s  more than so many of one kind to one receiver in that time become one
    """

    zone: tzinfo = UTC
    from_: time = time(21)
    until: time = time(6)
    digest_at: time = time(7)
    most: int = 5
    within_s: int = 600


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that is due."""

    id: int
    channel: str
    to: str
    event: str
    urgent: bool
    made_at: datetime
    digest: bool = False  # wanted once a day, together
    held: bool = False  # has waited for its digest or for the end of the night already


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of the messages that are due, by id."""

    send: Sequence[int] = ()
    hold: Mapping[int, datetime] = field(default_factory=dict)  # until when
    bundles: Sequence[Sequence[int]] = ()  # each becomes one message


def arrange(
    due: Iterable[Waiting],
    recent: Mapping[tuple[str, str], int],
    now: datetime,
    rules: QuietRules,
) -> Plan:
    """Sort out what is due: urgent things and machines at once, the rest as the rules say.

    recent  (to, event) -> how many went there within the last rules.within_s
    """
    send: list[int] = []
    hold: dict[int, datetime] = {}
    groups: dict[tuple[str, str], list[Waiting]] = defaultdict(list)
    for one in due:
        until = hold_until(one, now, rules)
        if until is not None:
            hold[one.id] = until
        elif one.urgent or one.channel in FOR_MACHINES or one.event in _SINGLE:
            send.append(one.id)
        else:
            groups[(one.to, "" if one.digest else one.event)].append(one)
    bundles: list[list[int]] = []
    for (to, event), group in groups.items():
        ids = [one.id for one in group]
        free = max(0, rules.most - recent.get((to, event), 0))
        alone = len(ids) == 1 and (event == "" or group[0].held)
        if alone or (event and len(ids) <= free):
            send.extend(ids)
        elif event and not free and not all(one.held for one in group):
            hold |= dict.fromkeys(ids, end_of_window(now, rules))
        else:
            bundles.append(ids)
    return Plan(send, hold, bundles)


def hold_until(one: Waiting, now: datetime, rules: QuietRules) -> datetime | None:
    """When it may go, if that is later than now; a digest waits once for its hour."""
    if one.urgent or one.channel in FOR_MACHINES or one.event in (Event.TRIAL, Event.DEAD_LETTER):
        return None
    if one.digest and not one.held:
        return _next(rules.digest_at, one.made_at, rules.zone, after=now)
    if is_quiet(now, rules):
        return _next(rules.until, now, rules.zone, after=now)
    return None


def is_quiet(now: datetime, rules: QuietRules) -> bool:
    """Whether people are left alone at that moment; the first minute is quiet, the last is not."""
    at = now.astimezone(rules.zone).time()
    if rules.from_ <= rules.until:
        return rules.from_ <= at < rules.until
    return at >= rules.from_ or at < rules.until


def end_of_window(now: datetime, rules: QuietRules) -> datetime:
    """The end of the present window of rules.within_s: what waits for it comes due together."""
    into_s = now.timestamp() % rules.within_s
    return now + timedelta(seconds=rules.within_s - into_s)


def _next(at: time, since: datetime, zone: tzinfo, after: datetime) -> datetime | None:
    """The first such time of day after `since`; None where that is not later than `after`."""
    local = since.astimezone(zone)
    moment = datetime.combine(local.date(), at, zone)
    if moment <= local:
        moment = datetime.combine(local.date() + timedelta(days=1), at, zone)
    return moment.astimezone(UTC) if moment > after else None


def next_try(tries: int, made_at: datetime, now: datetime, chance: float) -> datetime | None:
    """When to try again after so many failures; None: it is a dead letter.

    tries   failures so far, this one included
    chance  0 to 1, drawn anew each time: half to one and a half times the wait, so that what
            failed together does not come back together
    """
    if tries >= MOST_TRIES or now - made_at > LONGEST_AGE:
        return None
    wait_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * FACTOR ** (tries - 1))
    return now + timedelta(seconds=wait_s * (0.5 + chance))
