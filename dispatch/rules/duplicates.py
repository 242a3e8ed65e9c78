"""Do two reports tell of one event? Each thing that speaks for or against it, weighed and said.

The weights are log-likelihood ratios (natural logarithm): how much likelier what is seen would be
if both told of one event than if they told of two (Fellegi and Sunter 1969). They add up with the
odds that a report has beforehand. All numbers here are judgement, not fitted: no labelled pairs of
the regency exist yet.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from rapidfuzz import fuzz

from geo.naming import normalise
from geo.point import Point

# Of the reports that another one could be compared with, one in twenty tells of the same event.
BEFOREHAND = math.log(0.05 / 0.95)
LEAST_P = 0.15  # below, it is not worth a look

USUAL_RADIUS_M = 300.0  # of a pin whose exactness nobody knows
VILLAGE_RADIUS_M = 1500.0  # of what is known by its village alone
_EVENT_M = 60.0  # callers stand around a thing, not on it
_AROUND_KM2 = 25.0  # two events that have nothing to do with each other lie anywhere in here
_STRAY = 0.1  # so often a pin is simply wrong ...
_STRAY_M = 1200.0  # ... by so much
_MOST_PLACE, _LEAST_PLACE = 5.0, -6.0

_WINDOW = 6.0  # two events that have nothing to do with each other: so many usual times apart
_LEAST_TIME = -10.0

_SAME_KIND, _LIKE_KIND, _OTHER_KIND = (
    math.log(0.8 / 0.1),
    math.log(0.15 / 0.1),
    math.log(0.01 / 0.1),
)
_SAME_CALLER = math.log(0.2 / 0.005)
_SAME_VILLAGE, _OTHER_VILLAGE = math.log(0.9 / 0.15), math.log(0.1 / 0.85)
_NGRAM = 3
_SLOPE, _EVEN, _LEAST_TEXT, _MOST_TEXT = 6.0, 0.22, -0.6, 2.5  # of the likeness of words
_R68 = math.sqrt(-2.0 * math.log(1 - 0.68))  # radius that holds 68 %, in standard deviations
_GAIN, _LEAST_MOVE_M = 0.8, 40.0  # a place is worth proposing when it is so much sharper, and moves
_WORTH = 0.05  # a weight below says nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one report, or one case with all its reports, says."""

    at: datetime
    category: str | None = None  # None: not chosen yet
    pin: Point | None = None
    radius_m: float | None = None  # of the pin; None: not known
    confidence: float = 0.68  # with which it lies within the radius
    village: str | None = None
    texts: tuple[str, ...] = ()  # what was said of it
    callers: frozenset[bytes] = frozenset()  # keyed hashes of numbers


@dataclass(frozen=True, slots=True)
class Kinds:
    """What must be known of categories.

    lasts_h  for how long such a thing is usually told of
    like     categories that the same event may be told as; each pair in both directions
    unclear  categories that say nothing of the event ("lainnya")
    """

    lasts_h: Mapping[str, float] = field(default_factory=dict)
    like: Mapping[str, Collection[str]] = field(default_factory=dict)
    unclear: Collection[str] = ("lainnya",)
    names: Mapping[str, str] = field(default_factory=dict)
    usual_h: float = 3.0

    def lasts(self, category: str | None) -> float:
        """Hours."""
        return self.lasts_h.get(category or "", self.usual_h)

    def name(self, category: str) -> str:
        """As it is said."""
        return self.names.get(category, category.replace("_", " ")).lower()


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that speaks for it (weight above 0) or against it, in Indonesian."""

    code: str  # tempat, desa, waktu, jenis, kata, pelapor
    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """How likely two reports tell of one event, and why, the weightiest reason first."""

    p: float
    reasons: tuple[Reason, ...]

    @property
    def why(self) -> str:
        """The reasons as one line, in the order in which one asks: where, when, what, who."""
        order = ("tempat", "desa", "waktu", "jenis", "kata", "pelapor")
        return ", ".join(r.text for r in sorted(self.reasons, key=lambda r: order.index(r.code)))


def compare(new: Told, known: Told, kinds: Kinds) -> Verdict:
    """Whether `new` tells of the event that `known` tells of. Never asks which came first."""
    found = [
        _place(new, known),
        _time(new, known, kinds),
        _kind(new.category, known.category, kinds),
        _words(new.texts, known.texts),
        _caller(new.callers, known.callers),
    ]
    reasons = sorted((r for r in found if r is not None), key=lambda r: (-abs(r.weight), r.code))
    odds = BEFOREHAND + sum(r.weight for r in reasons)
    return Verdict(round(1 / (1 + math.exp(-odds)), 4), tuple(reasons))


def sigma_m(radius_m: float | None, confidence: float) -> float:
    """The standard deviation along one axis of a place that lies within the radius so surely."""
    radius = USUAL_RADIUS_M if radius_m is None else radius_m
    return max(radius, 1.0) / math.sqrt(-2.0 * math.log1p(-min(confidence, 0.999)))


def _place(new: Told, known: Told) -> Reason | None:
    if new.pin is None or known.pin is None:
        return _village(new.village, known.village)
    distance = new.pin.distance_m(known.pin)
    weight = place_weight(
        distance,
        sigma_m(new.radius_m, new.confidence),
        sigma_m(known.radius_m, known.confidence),
    )
    return Reason("tempat", _metres(distance), round(weight, 2))


def place_weight(distance_m: float, sigma_one_m: float, sigma_other_m: float) -> float:
    """The weight of a distance in units of the combined uncertainty. All in metres."""
    variance = sigma_one_m**2 + sigma_other_m**2 + _EVENT_M**2
    same = (1 - _STRAY) * _bell(distance_m, variance) + _STRAY * _bell(
        distance_m, variance + _STRAY_M**2
    )
    apart = 1 / (_AROUND_KM2 * 1e6)
    return min(_MOST_PLACE, max(_LEAST_PLACE, math.log(max(same / apart, 1e-12))))


def _bell(distance_m: float, variance_m2: float) -> float:
    """Density of a round normal distribution in the plane, 1/m²."""
    return math.exp(-(distance_m**2) / (2 * variance_m2)) / (2 * math.pi * variance_m2)


@dataclass(frozen=True, slots=True)
class Sharper:
    """Where both reports together put the event: the product of their two beliefs."""

    pin: Point
    radius_m: float  # at 68 %
    moved_m: float | None  # from where it was thought to be; None: nowhere yet


def sharpened(known: Told, new: Told) -> Sharper | None:
    """What `known` would gain in place from `new`; None where that is nothing worth a look.

    Each belief as a round normal distribution: the means weighed by their precision.
    """
    if new.pin is None:
        return None
    sigma_new = math.hypot(sigma_m(new.radius_m, new.confidence), _EVENT_M)
    if known.pin is None:
        return Sharper(new.pin, round(sigma_new * _R68), None)
    sigma = sigma_m(known.radius_m, known.confidence)
    share = sigma**2 / (sigma**2 + sigma_new**2)
    both = 1 / math.sqrt(sigma**-2 + sigma_new**-2)
    pin = Point(
        lon=round(known.pin.lon + share * (new.pin.lon - known.pin.lon), 6),
        lat=round(known.pin.lat + share * (new.pin.lat - known.pin.lat), 6),
    )
    moved = known.pin.distance_m(pin)
    if both > _GAIN * sigma or moved < _LEAST_MOVE_M:
        return None
    return Sharper(pin, round(both * _R68), round(moved))


def _village(new: str | None, known: str | None) -> Reason | None:
    if new is None or known is None:
        return None
    if new == known:
        return Reason("desa", "desa yang sama", round(_SAME_VILLAGE, 2))
    return Reason("desa", "desa lain", round(_OTHER_VILLAGE, 2))


def _time(new: Told, known: Told, kinds: Kinds) -> Reason:
    minutes = abs((new.at - known.at).total_seconds()) / 60
    lasts = max(kinds.lasts(new.category), kinds.lasts(known.category)) * 60
    weight = max(_LEAST_TIME, math.log(_WINDOW) - minutes / lasts)
    return Reason("waktu", _gap(minutes), round(weight, 2))


def _kind(new: str | None, known: str | None, kinds: Kinds) -> Reason | None:
    if known is None:
        return None
    there = kinds.name(known)
    if new is None:
        return Reason("jenis", f"di sana {there}", 0.0)
    if new == known:
        return Reason("jenis", f"sama-sama {there}", round(_SAME_KIND, 2))
    if new in kinds.unclear or known in kinds.unclear:
        return Reason("jenis", f"di sana {there}", 0.0)
    if known in kinds.like.get(new, ()) or new in kinds.like.get(known, ()):
        return Reason("jenis", f"di sana {there}, yang sering tertukar", round(_LIKE_KIND, 2))
    return Reason("jenis", f"tetapi di sana {there}", round(_OTHER_KIND, 2))


def _words(new: Sequence[str], known: Sequence[str]) -> Reason | None:
    each = [alike(a, b) for a in new for b in known]
    likeness = max((one for one in each if one is not None), default=None)
    if likeness is None:
        return None
    weight = max(_LEAST_TEXT, min(_MOST_TEXT, _SLOPE * (likeness - _EVEN)))
    if abs(weight) < _WORTH:
        return None
    said = "kata-katanya mirip" if weight > 0 else "kata-katanya lain"
    return Reason("kata", said, round(weight, 2))


def alike(one: str, other: str) -> float | None:
    """Of two texts the share of common character trigrams (Dice), 0 to 1; None: nothing said.

    Words in another order count as the same: rapidfuzz sorts them where that is better.
    """
    a, b = normalise(one), normalise(other)
    if len(a) < _NGRAM or len(b) < _NGRAM:
        return None
    grams_a, grams_b = _grams(a), _grams(b)
    dice = 2 * len(grams_a & grams_b) / (len(grams_a) + len(grams_b))
    ordered = fuzz.token_sort_ratio(a, b) / 100
    # Of any two sentences half the letters are common: that much says nothing.
    return max(dice, 2 * ordered - 1, 0.0)


def _grams(words: str) -> set[str]:
    padded = f" {words} "
    return {padded[i : i + _NGRAM] for i in range(len(padded) - _NGRAM + 1)}


def _caller(new: frozenset[bytes], known: frozenset[bytes]) -> Reason | None:
    if not new & known:
        return None
    return Reason("pelapor", "nomor pelapor yang sama", round(_SAME_CALLER, 2))


def _metres(distance_m: float) -> str:
    if distance_m < 995:
        return f"{round(distance_m, -1):.0f} m"
    return f"{distance_m / 1000:.1f} km".replace(".", ",")


def _gap(minutes: float) -> str:
    """How long apart, as one says it of the earlier one."""
    if minutes < 1:
        return "selang kurang dari semenit"
    if minutes < 90:
        return f"selang {minutes:.0f} menit"
    if minutes < 36 * 60:
        return f"selang {minutes / 60:.0f} jam"
    return f"selang {minutes / 1440:.0f} hari"
