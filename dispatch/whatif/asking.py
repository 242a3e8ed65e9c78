"""What a planner wants to try out, read from JSON: every mistake named by its field."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any, NoReturn

from dispatch.ground import Ground
from dispatch.regency import UnitEntry
from dispatch.whatif.history import emergencies
from dispatch.whatif.plan import (
    AddPost,
    AddUnit,
    BadPlan,
    Change,
    MovePost,
    MoveUnit,
    Plan,
    Post,
    RemovePost,
    RemoveUnit,
    SetShift,
    SetSkills,
    Shift,
    Team,
    changed,
)
from geo.point import Point

MOST_CHANGES, MOST_REPEATS, MOST_DAYS = 50, 200, 366
LONGEST_DAYS = 3 * 366  # of a past period
LONGEST_WORD = 60
USUAL_REPEATS = 10
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Trial:
    """Changes to try out on a past period, or on days that might have been.

    until          not among the days
    categories     () all emergencies that may be looked at
    simulate_days  None: the period as it was; else so many days drawn from it, each repeat anew
    target_s       None: as the plan of each category says
    """

    changes: tuple[Change, ...]
    since: date
    until: date
    categories: tuple[str, ...] = ()
    simulate_days: int | None = None
    target_s: float | None = None
    repeats: int = USUAL_REPEATS
    seed: int = 1

    @property
    def days(self) -> int:
        """Of one repeat."""
        return self.simulate_days or (self.until - self.since).days


_FIELDS = (
    "changes", "since", "until", "categories", "simulate_days", "target_s", "repeats", "seed",
)  # fmt: skip


def read(given: object, plan: Plan, ground: Ground) -> Trial:
    """The trial, its changes possible with this plan. Raises BadPlan."""
    body = _object(given, "", _FIELDS)
    listed = body.get("changes")
    if not isinstance(listed, list) or not 1 <= len(listed) <= MOST_CHANGES:
        _wrong("changes", f"beri 1 sampai {MOST_CHANGES} perubahan")
    since, until = _day(body, "since"), _day(body, "until")
    if since >= until:
        _wrong("since", "harus sebelum until; until sendiri tidak ikut")
    if (until - since).days > LONGEST_DAYS:
        _wrong("since", f"paling lama {LONGEST_DAYS} hari sebelum until")
    known = _Known.of(plan, ground)
    names = count(1)
    trial = Trial(
        tuple(_change(one, f"changes.{n}", known, names) for n, one in enumerate(listed)),
        since,
        until,
        _categories(body, ground),
        _whole(body, "simulate_days", None, 1, MOST_DAYS),
        _whole(body, "target_s", None, 60, 86_400),
        _whole(body, "repeats", USUAL_REPEATS, 1, MOST_REPEATS) or USUAL_REPEATS,
        _whole(body, "seed", 1, 0, 2**31 - 1) or 0,
    )
    if not changed(plan, trial.changes).units:
        _wrong("changes", "sesudah perubahan ini tidak ada unit lagi; sisakan paling sedikit satu")
    return trial


@dataclass(frozen=True, slots=True)
class _Known:
    """Words that mean something here."""

    ground: Ground
    skills: frozenset[str]
    kinds: frozenset[str]

    @classmethod
    def of(cls, plan: Plan, ground: Ground) -> "_Known":
        units: list[Team | UnitEntry] = [*plan.units, *ground.regency.units]
        skills = {skill for unit in units for skill in unit.skills}
        skills |= {s for c in ground.catalogue.categories.values() for s in c.needs}
        return cls(ground, frozenset(skills), frozenset(unit.kind for unit in units))


def _change(given: object, field: str, known: _Known, names: "count[int]") -> Change:
    does = given.get("do") if isinstance(given, dict) else None
    if not isinstance(does, str) or does not in _KINDS:
        _wrong(f"{field}.do", f"beri salah satu dari {', '.join(_KINDS)}")
    fields, make = _KINDS[does]
    return make(_object(given, field, ("do", *fields)), field, known, next(names))


def _add_unit(one: Json, field: str, known: _Known, number: int) -> Change:
    return AddUnit(
        Team(
            _word(one, field, "call_sign", f"BARU-{number}"),
            _word(one, field, "station"),
            _among(_word(one, field, "kind"), f"{field}.kind", known.kinds),
            _skills(one, field, known),
            _flag(one, field, "by_sea"),
            Shift.parse(one.get("shift", "24"), f"{field}.shift"),
        )
    )


def _add_post(one: Json, field: str, known: _Known, number: int) -> Change:
    code = _word(one, field, "code", f"pos-baru-{number}")
    return AddPost(Post(code, _word(one, field, "name", code), _place(one, field, known)))


def _move_unit(one: Json, field: str, _known: _Known, _number: int) -> Change:
    return MoveUnit(_word(one, field, "unit"), _word(one, field, "station"))


def _move_post(one: Json, field: str, known: _Known, _number: int) -> Change:
    return MovePost(_word(one, field, "station"), _place(one, field, known))


def _remove_unit(one: Json, field: str, _known: _Known, _number: int) -> Change:
    return RemoveUnit(_word(one, field, "unit"))


def _remove_post(one: Json, field: str, _known: _Known, _number: int) -> Change:
    return RemovePost(_word(one, field, "station"))


def _set_shift(one: Json, field: str, _known: _Known, _number: int) -> Change:
    shift = Shift.parse(one.get("shift"), f"{field}.shift")
    if "unit" in one and "station" in one:
        _wrong(f"{field}.unit", "beri unit atau station, bukan keduanya; tanpa keduanya: semua")
    if "unit" in one:
        return SetShift(shift, call_sign=_word(one, field, "unit"))
    return SetShift(shift, post=_word(one, field, "station") if "station" in one else None)


def _set_skills(one: Json, field: str, known: _Known, _number: int) -> Change:
    return SetSkills(_word(one, field, "unit"), _skills(one, field, known))


_Maker = Callable[[Json, str, _Known, int], Change]
_KINDS: Mapping[str, tuple[tuple[str, ...], _Maker]] = {
    "tambah_unit": (("call_sign", "station", "kind", "skills", "by_sea", "shift"), _add_unit),
    "tambah_pos": (("code", "name", "at"), _add_post),
    "pindah_unit": (("unit", "station"), _move_unit),
    "pindah_pos": (("station", "at"), _move_post),
    "hapus_unit": (("unit",), _remove_unit),
    "hapus_pos": (("station",), _remove_post),
    "giliran": (("unit", "station", "shift"), _set_shift),
    "keahlian": (("unit", "skills"), _set_skills),
}


def _object(given: object, field: str, fields: Collection[str]) -> Json:
    if not isinstance(given, dict):
        _wrong(field or "body", "beri satu objek JSON")
    for name in given:
        if name not in fields:
            known = ", ".join(fields)
            _wrong(f"{field}.{name}".lstrip("."), f"tidak dikenal; yang ada: {known}")
    return given


def _word(one: Json, field: str, name: str, usual: str | None = None) -> str:
    value = one.get(name, usual)
    if not isinstance(value, str) or not 1 <= len(value.strip()) <= LONGEST_WORD:
        _wrong(f"{field}.{name}", f"beri 1 sampai {LONGEST_WORD} huruf")
    return value.strip()


def _place(one: Json, field: str, known: _Known) -> Point:
    """A place on the regency's own ground."""
    at = one.get("at")
    numbers = isinstance(at, list) and len(at) == 2 and all(_number(n) for n in at)
    if not isinstance(at, list) or not numbers or not (abs(at[0]) <= 180 and abs(at[1]) <= 90):
        _wrong(f"{field}.at", "beri [bujur, lintang] dalam derajat")
    if known.ground.locator.village_at(at[0], at[1]) is None:
        _wrong(f"{field}.at", "di luar wilayah kabupaten; pilih titik di salah satu desa")
    return Point(lon=float(at[0]), lat=float(at[1]))


def _skills(one: Json, field: str, known: _Known) -> frozenset[str]:
    value = one.get("skills")
    if not isinstance(value, list) or not value or not all(isinstance(s, str) for s in value):
        _wrong(f"{field}.skills", 'beri paling sedikit satu, seperti ["medis"]')
    return frozenset(_among(skill, f"{field}.skills", known.skills) for skill in value)


def _among(word: str, field: str, known: Collection[str]) -> str:
    if word not in known:
        _wrong(
            field, f"{word[:LONGEST_WORD]!r} tidak dikenal; yang ada: {', '.join(sorted(known))}"
        )
    return word


def _flag(one: Json, field: str, name: str) -> bool:
    value = one.get(name, False)
    if not isinstance(value, bool):
        _wrong(f"{field}.{name}", "beri true atau false")
    return value


def _categories(body: Json, ground: Ground) -> tuple[str, ...]:
    value = body.get("categories") or []
    if not isinstance(value, list) or not all(isinstance(code, str) for code in value):
        _wrong("categories", "beri daftar kode kategori; kosong: semua kegawatan")
    known = emergencies(ground)
    return tuple(sorted({_among(code, "categories", known) for code in value}))


def _day(body: Json, name: str) -> date:
    value = body.get(name)
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        day = None
    if day is None or not 1970 <= day.year <= 2200:
        _wrong(name, "beri hari seperti 2026-01-31")
    return day


def _whole(body: Json, name: str, usual: int | None, least: int, most: int) -> int | None:
    value = body.get(name, usual)
    if value is None:
        return usual
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        _wrong(name, f"beri bilangan bulat {least} sampai {most}")
    return value


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _wrong(field: str, detail: str) -> NoReturn:
    raise BadPlan(field, detail)
