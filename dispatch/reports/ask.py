"""What a planner asks: period, kinds, areas and method, in one value that page and file share."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from enum import StrEnum
from math import isfinite
from typing import Any
from urllib.parse import quote

from dispatch.errors import DispatchError
from dispatch.rules.withholding import CELLS_M
from dispatch.rules.workflow import Channel

LONGEST_YEARS = 30  # of a period
PERMUTATIONS = (99, 9999)
ALPHA = (0.001, 0.2)
NEAR_M = (10, 20_000)
LEAST = (5, 1000)  # incidents of a cluster: fewer would point at single ones
BANDWIDTH_M = (250, 50_000)  # a narrower one would draw single cases
QUIET_DAYS = (7, 3650)  # days between two false alarms
MOST_CATEGORIES = 100
_SEED_END = 2**31
_LONGEST_WORD = 40  # of a wrong word that is told back


class BadAsk(DispatchError):
    """That cannot be asked: which field, and what would be right."""

    def __init__(self, field: str, detail: str) -> None:
        self.field = field
        super().__init__(f"{field}: {detail}")


class Unit(StrEnum):
    """By what areas."""

    VILLAGE = "desa"
    DISTRICT = "kecamatan"
    HEXAGON = "heksagon"


class Step(StrEnum):
    """By what stretches of time."""

    DAY = "hari"
    WEEK = "minggu"
    MONTH = "bulan"


class Method(StrEnum):
    """How it is looked at."""

    COUNTS = "jumlah"
    DENSITY = "kepadatan"  # kernel density
    GI = "gi"  # Getis-Ord Gi*
    MORAN = "moran"  # local Moran
    CLUSTERS = "gugus"  # DBSCAN
    CLUSTERS_H = "gugus_hdbscan"
    EMERGING = "muncul"  # emerging hotspots
    SCAN = "pindai"  # prospective space-time scan
    CUSUM = "cusum"  # alarms by category


BY_POINTS = (Method.DENSITY, Method.CLUSTERS, Method.CLUSTERS_H)


class Against(StrEnum):
    """What a count is held against."""

    NOTHING = "tanpa"
    PEOPLE = "penduduk"
    AREA = "luas"
    ROADS = "jalan"


@dataclass(frozen=True, slots=True)
class Period:
    """Days of the regency's clock, `until` not among them."""

    since: date
    until: date

    @property
    def days(self) -> int:
        """How many."""
        return (self.until - self.since).days


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One question. Raises BadAsk naming the field; equal questions have equal `query()`.

    cell_m       width of a hexagon, edge to edge, metres; only for Unit.HEXAGON
    hours        from, until (not among them) by the regency's clock; (18, 6) is the night
    compare      a second period to set beside the first; the two must not overlap
    correct      divide by the rate at which a place reports at all
    bandwidth_m  of the kernel; None: by rule of thumb
    near_m       how near neighbours of a cluster lie; None: from the data
    least        incidents that make a cluster
    quiet_days   days between two false alarms of CUSUM on the average
    """

    since: date
    until: date
    categories: tuple[str, ...] = ()  # all that may be shown
    unit: Unit = Unit.VILLAGE
    cell_m: int = 1000
    step: Step = Step.WEEK
    method: Method = Method.COUNTS
    against: Against = Against.NOTHING
    correct: bool = False
    hours: tuple[int, int] | None = None
    channel: str | None = None
    compare: Period | None = None
    alpha: float = 0.05
    permutations: int = 999
    seed: int = 1
    bandwidth_m: int | None = None
    near_m: int | None = None
    least: int = 10
    quiet_days: int = 90

    def __post_init__(self) -> None:
        _check_period("since", "until", self.since, self.until)
        _check_compare(self.period, self.compare)
        _check_hours(self.hours)
        if self.cell_m not in CELLS_M:
            raise BadAsk("cell_m", f"beri salah satu dari {_CELLS}")
        for name, (low, high) in _RANGES.items():
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise BadAsk(name, f"beri angka antara {low} dan {high}")
        object.__setattr__(self, "categories", tuple(sorted(set(self.categories))))

    @property
    def period(self) -> Period:
        """The days that are asked for."""
        return Period(self.since, self.until)

    @property
    def second(self) -> "Ask | None":
        """The same question of the second period alone; None where none is compared."""
        if self.compare is None:
            return None
        return replace(self, since=self.compare.since, until=self.compare.until, compare=None)

    def among(self, known: Iterable[str]) -> "Ask":
        """Itself. Raises BadAsk for a category that is not among those that may be asked for."""
        allowed = set(known)
        wrong = [code for code in self.categories if code not in allowed]
        if wrong:
            raise BadAsk(
                "category", f"tidak ada kategori {_short(wrong[0])} yang boleh ditampilkan"
            )
        return self

    def to_json(self) -> dict[str, Any]:
        """All fields by their names; days as 2026-11-22."""
        made: dict[str, Any] = {f.name: getattr(self, f.name) for f in fields(self)}
        made |= {"since": self.since.isoformat(), "until": self.until.isoformat()}
        made["category"] = list(made.pop("categories"))
        for name in ("unit", "step", "method", "against"):
            made[name] = made[name].value
        made["hours"] = list(self.hours) if self.hours else None
        made["compare"] = self.compare and {
            "since": self.compare.since.isoformat(),
            "until": self.compare.until.isoformat(),
        }
        return made

    def query(self) -> str:
        """The permalink: a query string that from_words() reads back, without what is usual."""
        words = [(name, value) for name, value in self._words() if value is not None]
        return "&".join(f"{name}={quote(value, safe=',.-')}" for name, value in words)

    def _words(self) -> Iterable[tuple[str, str | None]]:
        yield "since", self.since.isoformat()
        yield "until", self.until.isoformat()
        yield "category", ",".join(self.categories) or None
        for of in _PLAIN:
            value = getattr(self, of)
            yield of, None if value == _USUAL[of] else _written(value)
        yield "hours", f"{self.hours[0]}-{self.hours[1]}" if self.hours else None
        yield "compare", f"{self.compare.since}..{self.compare.until}" if self.compare else None


_PLAIN = (
    "unit", "cell_m", "step", "method", "against", "correct", "channel", "alpha",
    "permutations", "seed", "bandwidth_m", "near_m", "least", "quiet_days",
)  # fmt: skip
_CELLS = ", ".join(map(str, CELLS_M))
_USUAL = {of.name: of.default for of in fields(Ask)}
_RANGES: Mapping[str, tuple[float, float]] = {
    "permutations": PERMUTATIONS, "alpha": ALPHA, "near_m": NEAR_M,
    "least": LEAST, "bandwidth_m": BANDWIDTH_M, "quiet_days": QUIET_DAYS,
    "seed": (0, _SEED_END - 1),
}  # fmt: skip
WORDS = ("since", "until", "category", "hours", "compare", *_PLAIN)  # of the query and the JSON


def from_words(given: Mapping[str, str]) -> Ask:
    """The question of a query string, or of a JSON object (from_json). Empty words say nothing.

    Raises BadAsk for a word that is not known, or a value that cannot be.
    """
    wrong = [name for name in given if name not in WORDS]
    if wrong:
        raise BadAsk(_short(wrong[0]), f"tidak dikenal; yang ada: {', '.join(WORDS)}")
    words = {name: value.strip() for name, value in given.items() if value.strip()}
    for name in ("since", "until"):
        if name not in words:
            raise BadAsk(name, "beri hari seperti 2026-11-22")
    read = {name: _READERS[name](name, value) for name, value in words.items()}
    if "category" in read:
        read["categories"] = read.pop("category")
    return Ask(**read)


def from_json(body: object) -> Ask:
    """The question of a JSON object as to_json() writes it; what is left out is as usual."""
    if not isinstance(body, dict):
        raise BadAsk("body", "beri objek JSON")
    return from_words({str(name): _word(str(name), v) for name, v in body.items() if v is not None})


def _word(name: str, value: object) -> str:
    """A JSON value as the query string writes it."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, str | int | float):
        return str(value)
    if name == "category" and isinstance(value, list):
        return ",".join(str(code) for code in value)
    if name == "hours" and isinstance(value, list) and len(value) == 2:
        return f"{value[0]}-{value[1]}"
    if name == "compare" and isinstance(value, dict) and set(value) == {"since", "until"}:
        return f"{value['since']}..{value['until']}"
    raise BadAsk(_short(name), "nilai itu tidak bisa dibaca")


def _day(name: str, value: str) -> date:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise BadAsk(name, "beri hari seperti 2026-11-22") from None
    if not 1970 <= day.year <= 2200:
        raise BadAsk(name, "tahun antara 1970 dan 2200")
    return day


def _whole(name: str, value: str) -> int:
    low, high = _RANGES[name]
    if not (value.isascii() and value.isdigit() and len(value) < 12):
        raise BadAsk(name, f"beri angka bulat antara {low} dan {high}")
    return int(value)


def _width(name: str, value: str) -> int:
    if value not in map(str, CELLS_M):
        raise BadAsk(name, f"beri salah satu dari {_CELLS}")
    return int(value)


def _number(name: str, value: str) -> float:
    low, high = _RANGES[name]
    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    if not isfinite(number):
        raise BadAsk(name, f"beri angka antara {low} dan {high}")
    return number


def _yes(name: str, value: str) -> bool:
    if value not in ("0", "1"):
        raise BadAsk(name, "beri 1 (ya) atau 0 (tidak)")
    return value == "1"


def _codes(name: str, value: str) -> tuple[str, ...]:
    codes = tuple(dict.fromkeys(code.strip() for code in value.split(",") if code.strip()))
    if len(codes) > MOST_CATEGORIES:
        raise BadAsk(name, f"paling banyak {MOST_CATEGORIES} kategori")
    return codes


def _hours(name: str, value: str) -> tuple[int, int]:
    first, _, last = value.partition("-")
    if not all(part.isascii() and part.isdigit() and len(part) <= 2 for part in (first, last)):
        raise BadAsk(name, "beri dua jam seperti 18-6")
    return int(first), int(last)


def _compare(name: str, value: str) -> Period:
    first, dots, last = value.partition("..")
    if not dots:
        raise BadAsk(name, "beri dua hari seperti 2025-01-01..2025-04-01")
    return Period(_day(name, first), _day(name, last))


def _choice(kind: type[StrEnum]) -> Any:
    def read(name: str, value: str) -> StrEnum:
        try:
            return kind(value)
        except ValueError:
            known = ", ".join(one.value for one in kind)
            raise BadAsk(name, f"beri salah satu dari {known}") from None

    return read


def _channel(name: str, value: str) -> str:
    return str(_choice(Channel)(name, value).value)


_READERS: Mapping[str, Any] = {
    "since": _day, "until": _day, "category": _codes, "unit": _choice(Unit), "cell_m": _width,
    "step": _choice(Step), "method": _choice(Method), "against": _choice(Against),
    "correct": _yes, "hours": _hours, "channel": _channel, "compare": _compare,
    "alpha": _number, "permutations": _whole, "seed": _whole, "bandwidth_m": _whole,
    "near_m": _whole, "least": _whole, "quiet_days": _whole,
}  # fmt: skip


def _check_period(first: str, last: str, since: date, until: date) -> None:
    if since >= until:
        raise BadAsk(first, f"harus sebelum {last}; {last} sendiri tidak ikut")
    if until - since > timedelta(days=366 * LONGEST_YEARS):
        raise BadAsk(last, f"paling lama {LONGEST_YEARS} tahun")


def _check_compare(period: Period, other: Period | None) -> None:
    if other is None:
        return
    if other.since >= other.until:
        raise BadAsk("compare", "hari pertama harus sebelum hari terakhir")
    if other.since < period.until and period.since < other.until:
        raise BadAsk("compare", "kedua periode tidak boleh bertumpang tindih")


def _check_hours(hours: tuple[int, int] | None) -> None:
    if hours is None:
        return
    if not (0 <= hours[0] <= 23 and 0 <= hours[1] <= 24):
        raise BadAsk("hours", "jam antara 0 dan 24, seperti 18-6")
    if hours[0] == hours[1]:
        raise BadAsk("hours", "jam awal dan akhir harus berbeda")


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return value.value if isinstance(value, StrEnum) else str(value)


def _short(word: str) -> str:
    return "".join(c if c.isprintable() else " " for c in word)[:_LONGEST_WORD]
