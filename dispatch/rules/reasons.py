"""Why a unit is suggested, in one sentence: when it is there, how sure, what speaks against it."""

import math
from collections.abc import Mapping

from dispatch.rules.candidates import Busy, Candidate, Suggestion
from geo.routing import Leg, NoRoute

_WORDS: Mapping[str, Mapping[str, str]] = {
    "id": {
        "by_road": "lewat jalan",
        "by_sea": "lewat laut",
        "by_line": "menurut {basis}",
        "ferry": "dengan feri {names}",
        "chance": "{share} % di bawah {target} menit",
        "no_road": "tidak ada jalan",
        "straight": "{far} garis lurus",
        "lacks": "tanpa kemampuan {skills}",
        "kind": "bukan jenis yang diminta",
        "help": "bantuan dari {agency}",
        "nobody": "tidak ada awak",
        "crew": "awak {crew} dari {least} yang diminta",
        "no_crew": "awak belum dilaporkan",
        "shift": "giliran jaga hampir habis",
        "silent": "belum menjawab perintah terakhir",
        "returning": "sedang kembali ke pos",
        "leaves": "{n} desa tanpa jangkauan selama bertugas",
        "stale": "posisi {age} lalu",
        "lost": "posisi sudah lama tidak diketahui",
        "busy": "sedang ke {category} (prioritas {priority})",
        "gain": "{gain} menit lebih cepat daripada {rival}",
        "alone": "tidak ada unit siap yang bisa ke sana",
        "min": "menit",
        "hour": "jam",
    },
    "en": {
        "by_road": "by road",
        "by_sea": "by sea",
        "by_line": "by {basis}",
        "ferry": "with ferry {names}",
        "chance": "{share} % within {target} minutes",
        "no_road": "no road leads there",
        "straight": "{far} straight line",
        "lacks": "without {skills}",
        "kind": "not of the kind asked for",
        "help": "help from {agency}",
        "nobody": "no crew on board",
        "crew": "crew {crew} of {least} asked for",
        "no_crew": "crew not reported",
        "shift": "shift about to end",
        "silent": "has not answered its last order",
        "returning": "on its way back to its post",
        "leaves": "leaves {n} villages out of reach meanwhile",
        "stale": "position {age} old",
        "lost": "position long unknown",
        "busy": "on its way to {category} (priority {priority})",
        "gain": "{gain} minutes sooner than {rival}",
        "alone": "no free unit can get there",
        "min": "minutes",
        "hour": "hours",
    },
}
_ENGLISH = {"garis lurus": "straight line", "jalan": "road", "laut": "sea", "feri": "ferry"}
_NO_WAY = {  # how the router's reasons begin
    "terpisah laut": "the sea lies between",
    "di laut": "at sea",
    "tidak ada laut": "no sea here",
    "laut ditutup": "the sea is closed",
    "terlalu jauh dari air": "too far from the water",
}
_LOST_S = 3600.0


def sentence(s: Suggestion, target_s: float, shift_ends: bool, language: str) -> str:
    """First who and when, then after a semicolon what else to know."""
    say = _WORDS[language]
    head = [f"{s.unit.kind.capitalize()} {s.unit.agency}".strip(), *_when(s, target_s, say)]
    remarks = _remarks(s, shift_ends, say, language)
    return ", ".join(head) + (f"; {', '.join(remarks)}" if remarks else "")


def _when(s: Suggestion, target_s: float, say: Mapping[str, str]) -> list[str]:
    arrival = s.arrival
    if arrival is None:
        straight = s.unit.straight_m
        line = [] if straight is None else [say["straight"].format(far=_km(straight, say))]
        return [_no_way(s.unit.leg, say), *line]
    chance = say["chance"].format(share=_percent(arrival.p_target), target=_number(target_s / 60))
    return [f"{_span(arrival.low_s, arrival.high_s, say)} {_way(s.unit, say)}".strip(), chance]


def _way(unit: Candidate, say: Mapping[str, str]) -> str:
    """How the time was found, for nobody to take a straight line for a road."""
    leg = unit.leg
    if not isinstance(leg, Leg):
        return say["by_sea"] if unit.by_sea else ""
    words = _basis(leg.basis, say)
    if leg.by_ferry:
        return f"{words} {say['ferry'].format(names=', '.join(leg.by_ferry))}"
    return words


def _basis(basis: str, say: Mapping[str, str]) -> str:
    basis = basis.removesuffix(" + feri")  # the ferry is named by itself
    if basis == "jalan" or basis.startswith("jalan "):
        return say["by_road"]
    if basis == "laut":
        return say["by_sea"]
    if say is _WORDS["en"]:
        basis = in_english(basis)
    return say["by_line"].format(basis=basis)


def in_english(basis: str) -> str:
    """How a travel time was found, as the router says it of its legs, in English."""
    for known, english in _ENGLISH.items():
        basis = basis.replace(known, english)
    return basis.replace(",", ".")


def _no_way(leg: Leg | NoRoute | None, say: Mapping[str, str]) -> str:
    reason = leg.reason if isinstance(leg, NoRoute) else ""
    if say is not _WORDS["en"]:
        return reason or say["no_road"]
    return next((en for known, en in _NO_WAY.items() if reason.startswith(known)), say["no_road"])


def _remarks(s: Suggestion, shift_ends: bool, say: Mapping[str, str], language: str) -> list[str]:
    """What else a dispatcher should know before choosing it."""
    unit, remarks = s.unit, []
    if unit.busy is not None:
        remarks += _diversion(s, unit.busy, say, language)
    if s.lacks:
        skills = ", ".join(sorted(skill.replace("_", " ") for skill in s.lacks))
        remarks.append(say["lacks"].format(skills=skills))
    elif s.unfit:
        remarks.append(say["kind"])
    if not unit.responsible:
        remarks.append(say["help"].format(agency=unit.agency))
    remarks += _crew(s, say)
    if shift_ends:
        remarks.append(say["shift"])
    if unit.silent_since is not None:
        remarks.append(say["silent"])
    if unit.state.value == "kembali":
        remarks.append(say["returning"])
    if s.leaves is not None and s.leaves.villages:
        remarks.append(say["leaves"].format(n=s.leaves.villages))
    if unit.stale and unit.fix_age_s is not None:
        remarks.append(_stale(unit.fix_age_s, say))
    return remarks


def _diversion(s: Suggestion, busy: Busy, say: Mapping[str, str], language: str) -> list[str]:
    name = busy.category_name_en if language == "en" else busy.category_name
    doing = say["busy"].format(category=name, priority=busy.priority)
    if s.gain_s is None or s.rival is None:
        return [doing, say["alone"]]
    return [doing, say["gain"].format(gain=_number(s.gain_s / 60), rival=s.rival)]


def _crew(s: Suggestion, say: Mapping[str, str]) -> list[str]:
    crew, least = s.unit.crew, s.fills.crew if s.fills else 0
    if crew == 0:
        return [say["nobody"]]
    if crew is None:
        return [say["no_crew"]] if least else []
    return [say["crew"].format(crew=crew, least=least)] if crew < least else []


def _stale(age_s: float, say: Mapping[str, str]) -> str:
    if age_s >= 24 * _LOST_S:
        return say["lost"]
    if age_s >= 2 * _LOST_S:
        return say["stale"].format(age=f"{age_s / 3600:.0f} {say['hour']}")
    return say["stale"].format(age=f"{_minutes(age_s)} {say['min']}")


def _span(low_s: float, high_s: float, say: Mapping[str, str]) -> str:
    """As "4–6 menit"; from three hours on in hours."""
    unit, size = ("hour", 3600.0) if high_s >= 3 * 3600 else ("min", 60.0)
    low, high = max(0, math.floor(low_s / size + 0.25)), math.ceil(high_s / size - 0.25)
    span = f"{low}–{high}" if low < high else f"{max(high, 1)}"
    return f"{span} {say[unit]}"


def _minutes(seconds: float) -> int:
    return max(1, round(seconds / 60))


def _percent(chance: float) -> str:
    """Never 0 or 100: nobody knows that."""
    if chance < 0.01:
        return "< 1"
    return "> 99" if chance > 0.99 else f"{chance * 100:.0f}"


def _number(value: float) -> str:
    return f"{round(value)}" if value >= 1 else "< 1"


def _km(distance_m: float, say: Mapping[str, str]) -> str:
    if distance_m < 950:
        return f"{round(distance_m, -1):.0f} m"
    written = f"{distance_m / 1000:.1f} km"
    return written if say is _WORDS["en"] else written.replace(".", ",")
