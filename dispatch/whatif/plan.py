"""Stations, units and shifts as they are or might be, and what leads from one to the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NoReturn

from dispatch.errors import DispatchError
from geo.point import Point

DAY_S = 86_400


class BadPlan(DispatchError):
    """That cannot be tried out like this: which field, and what would be right."""

    def __init__(self, field: str, detail: str) -> None:
        self.field = field
        super().__init__(f"{field}: {detail}")


@dataclass(frozen=True, slots=True)
class Shift:
    """Hours of the day in which a unit can be sent. Seconds since midnight, local time.

    until_s  not included; at or before from_s: over midnight; both 0: round the clock
    """

    from_s: int = 0
    until_s: int = 0

    @classmethod
    def parse(cls, written: object, field: str = "shift") -> "Shift":
        """Of "24", "07-21", "07:30-21:00". Raises BadPlan."""
        if written == "24":
            return cls()
        ends = written.split("-") if isinstance(written, str) else []
        if len(ends) != 2:
            _wrong(field, "tulis 24 (sepanjang hari) atau jam seperti 07-21")
        first, last = (_clock_s(end, field) for end in ends)
        if first % DAY_S == last % DAY_S:
            _wrong(field, "awal dan akhir giliran sama; untuk sepanjang hari tulis 24")
        return cls(first % DAY_S, last % DAY_S)

    @property
    def all_day(self) -> bool:
        """Whether it never ends."""
        return self.from_s == self.until_s

    def holds(self, at_s: float) -> bool:
        """Whether a unit of it can be sent then; seconds since any midnight."""
        of_day = at_s % DAY_S
        if self.from_s < self.until_s:
            return self.from_s <= of_day < self.until_s
        return self.all_day or of_day >= self.from_s or of_day < self.until_s

    def __str__(self) -> str:
        if self.all_day:
            return "24"
        return f"{_clock(self.from_s)}-{_clock(self.until_s)}"


@dataclass(frozen=True, slots=True)
class Post:
    """Where units have their home."""

    code: str
    name: str
    at: Point


@dataclass(frozen=True, slots=True)
class Team:
    """A unit that can be sent, in a plan."""

    call_sign: str
    post: str  # code
    kind: str
    skills: frozenset[str]
    by_sea: bool = False
    shift: Shift = Shift()


@dataclass(frozen=True, slots=True)
class Plan:
    """Who stands where, and when."""

    posts: Mapping[str, Post]
    units: tuple[Team, ...]

    @classmethod
    def of(cls, posts: Sequence[Post], units: Sequence[Team]) -> "Plan":
        """Units in the order of their call signs, whoever names them first."""
        ordered = tuple(sorted(units, key=lambda unit: unit.call_sign))
        return cls({post.code: post for post in posts}, ordered)

    def unit(self, call_sign: str, field: str) -> Team:
        """Raises BadPlan where there is none of that name."""
        found = next((unit for unit in self.units if unit.call_sign == call_sign), None)
        if found is None:
            _wrong(field, f"tidak ada unit {call_sign!r}")
        return found

    def post(self, code: str, field: str) -> Post:
        """Raises BadPlan where there is none of that code."""
        if (found := self.posts.get(code)) is None:
            _wrong(field, f"tidak ada pos berkode {code!r}")
        return found


class Change:
    """One thing that would be otherwise: each kind knows what the plan would be then."""

    def of(self, plan: Plan, field: str) -> Plan:
        """The plan after it. Raises BadPlan, naming `field` and what of it is wrong."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class AddPost(Change):
    """A new station."""

    post: Post

    def of(self, plan: Plan, field: str) -> Plan:
        """As Change.of."""
        if self.post.code in plan.posts:
            _wrong(f"{field}.code", f"pos {self.post.code!r} sudah ada; beri kode lain")
        return Plan.of([*plan.posts.values(), self.post], plan.units)


@dataclass(frozen=True, slots=True)
class MovePost(Change):
    """A station with its units at another place."""

    code: str
    at: Point

    def of(self, plan: Plan, field: str) -> Plan:
        """As Change.of."""
        moved = replace(plan.post(self.code, f"{field}.station"), at=self.at)
        return Plan({**plan.posts, self.code: moved}, plan.units)


@dataclass(frozen=True, slots=True)
class RemovePost(Change):
    """A station is closed, and its units with it."""

    code: str

    def of(self, plan: Plan, field: str) -> Plan:
        """As Change.of."""
        plan.post(self.code, f"{field}.station")
        posts = [post for post in plan.posts.values() if post.code != self.code]
        return Plan.of(posts, [unit for unit in plan.units if unit.post != self.code])


@dataclass(frozen=True, slots=True)
class AddUnit(Change):
    """A new unit at a station."""

    unit: Team

    def of(self, plan: Plan, field: str) -> Plan:
        """As Change.of."""
        plan.post(self.unit.post, f"{field}.station")
        if any(unit.call_sign == self.unit.call_sign for unit in plan.units):
            _wrong(f"{field}.call_sign", f"unit {self.unit.call_sign!r} sudah ada; beri nama lain")
        return Plan.of(list(plan.posts.values()), [*plan.units, self.unit])


@dataclass(frozen=True, slots=True)
class MoveUnit(Change):
    """A unit with its home at another station."""

    call_sign: str
    post: str

    def of(self, plan: Plan, field: str) -> Plan:
        """As Change.of."""
        plan.post(self.post, f"{field}.station")
        return _with(plan, plan.unit(self.call_sign, f"{field}.unit"), post=self.post)


@dataclass(frozen=True, slots=True)
class RemoveUnit(Change):
    """A unit is given up."""

    call_sign: str

    def of(self, plan: Plan, field: str) -> Plan:
        """As Change.of."""
        gone = plan.unit(self.call_sign, f"{field}.unit")
        return Plan(plan.posts, tuple(unit for unit in plan.units if unit is not gone))


@dataclass(frozen=True, slots=True)
class SetShift(Change):
    """Other hours for one unit, for all of a station, or for all (call_sign and post None)."""

    shift: Shift
    call_sign: str | None = None
    post: str | None = None

    def of(self, plan: Plan, field: str) -> Plan:
        """As Change.of."""
        if self.call_sign is not None:
            return _with(plan, plan.unit(self.call_sign, f"{field}.unit"), shift=self.shift)
        if self.post is not None:
            plan.post(self.post, f"{field}.station")
        units = [
            replace(unit, shift=self.shift) if self.post in (None, unit.post) else unit
            for unit in plan.units
        ]
        return Plan.of(list(plan.posts.values()), units)


@dataclass(frozen=True, slots=True)
class SetSkills(Change):
    """A unit that can do other things."""

    call_sign: str
    skills: frozenset[str]

    def of(self, plan: Plan, field: str) -> Plan:
        """As Change.of."""
        return _with(plan, plan.unit(self.call_sign, f"{field}.unit"), skills=self.skills)


def changed(plan: Plan, changes: Sequence[Change]) -> Plan:
    """The plan after all of them, in their order. Raises BadPlan: "changes.0.unit: ..."."""
    for number, change in enumerate(changes):
        plan = change.of(plan, f"changes.{number}")
    return plan


def _with(plan: Plan, old: Team, **new: object) -> Plan:
    made = replace(old, **new)  # type: ignore[arg-type]  # the callers above name real fields
    return Plan(plan.posts, tuple(made if unit is old else unit for unit in plan.units))


def _clock_s(written: str, field: str) -> int:
    """Seconds since midnight of "07" or "07:30"; 24 is allowed as an end."""
    hour, _, minute = written.strip().replace(".", ":").partition(":")
    right = hour.isdecimal() and (not minute or (minute.isdecimal() and len(minute) == 2))
    seconds = int(hour) * 3600 + int(minute or 0) * 60 if right and len(hour) <= 2 else -1
    if not 0 <= seconds <= DAY_S or int(minute or 0) > 59:
        _wrong(field, f"jam {written.strip()!r} tidak ada; tulis jam 00 sampai 24, seperti 07-21")
    return seconds


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"


def _wrong(field: str, detail: str) -> NoReturn:
    raise BadPlan(field, detail)
