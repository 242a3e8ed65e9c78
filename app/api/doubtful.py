"""The JSON of places in doubt: chances, shapes, questions, and contradictions in plain words."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dispatch.cases import VILLAGE_SAYS
from dispatch.clues import outline
from dispatch.ground import Ground
from dispatch.placing import Placed
from dispatch.rules.doubt import HAND_RADIUS_M, Code
from dispatch.scope import Role, Scope
from geo.finding import Asking, Candidate, VillageChance
from geo.placement import VillageRef
from geo.point import Point
from geo.uncertainty import location as whereabouts

Json = dict[str, Any]

# The stream encodes once for readers of both languages: hence both stand in every message.
_WORDS: Mapping[str, Mapping[str, str]] = {
    "id": {
        Code.PIN_NOT_CHOSEN: "Pin di {here}, tetapi desa yang dipilih {chosen}.",
        Code.WORDS_NOT_PIN: "Pin di {here}, tetapi kata pelapor menunjuk ke {said}.",
        Code.CHOSEN_NOT_WORDS: "Desa pilihan {chosen}, tetapi kata pelapor menunjuk ke {said}.",
        Code.WORDS_OUTSIDE: "Kata pelapor menyebut {outside}, tetapi kejadian dicatat di {here}.",
        Code.VILLAGE_SAYS: "Kepala desa {village} menunjuk tempat lain{far}.",
        "not_ours": "Kepala desa {village} berkata: bukan di desa ini.",
        "far": ", {metres} m dari pin",
        "nowhere": "Kata pelapor menyebut {outside}: mungkin luar wilayah.",
        "off": "luar wilayah",
        "or": " atau ",
    },
    "en": {
        Code.PIN_NOT_CHOSEN: "The pin is in {here}, but the village chosen is {chosen}.",
        Code.WORDS_NOT_PIN: "The pin is in {here}, but the caller's words point to {said}.",
        Code.CHOSEN_NOT_WORDS: "The village chosen is {chosen}, but the words point to {said}.",
        Code.WORDS_OUTSIDE: "The caller's words name {outside}, but the incident is in {here}.",
        Code.VILLAGE_SAYS: "The head of {village} points to another place{far}.",
        "not_ours": "The head of {village} says: not in this village.",
        "far": ", {metres} m from the pin",
        "nowhere": "The caller's words name {outside}: perhaps outside the area.",
        "off": "no village of ours",
        "or": " or ",
    },
}
_NAMED = 2  # villages that a sentence names at most


def doubt_of(row: Any, ground: Ground) -> Json:
    """Chances and contradictions of an incident; nothing of it are a caller's words."""
    kept = row.location or {}
    here = ground.by_code.get(row.village_code or "")
    chances = dict(kept.get("villages", ()))
    return {
        "doubt": round(row.doubt, 3),
        "village_p": None if row.village_p is None else round(row.village_p, 3),
        "also_villages": [village(code, chances.get(code), ground) for code in row.also_villages],
        "contradictions": contradictions(row.contradictions, kept, here, ground),
    }


def location_of(row: Any, ground: Ground, question: Asking | None = None) -> Json | None:
    """Where an incident may be; None when nothing of it is kept. The words are not in it."""
    kept = row.location
    if kept is None:
        return None
    return {
        "label": kept.get("label"),
        "kind": kept.get("kind"),
        "radius_m": kept.get("radius_m"),
        "villages": [village(code, p, ground) for code, p in kept.get("villages", ())],
        "sea": kept.get("sea", 0.0),
        "outside": kept.get("outside", 0.0),
        "away": kept.get("away"),
        "by": kept.get("by"),
        "key": kept.get("key"),
        "confirmed": kept.get("confirmed_by") is not None,
        "shape": kept.get("outline") or _circle(row, kept),
        "question": asking(question),
    }


def _circle(row: Any, kept: Json) -> Json | None:
    """Round a pin set by hand; None for any other place, and on the board, which has no room."""
    if "outline" not in kept or kept.get("by") != "petugas" or row.lon is None:
        return None
    radius_m = HAND_RADIUS_M if kept.get("radius_m") is None else kept["radius_m"]
    pin = Point(lon=row.lon, lat=row.lat)
    round_it = whereabouts.circle(pin, radius_m, kept.get("confidence", 0.68))
    return outline(whereabouts.outline(round_it))


def cut_location(location: Json | None, scope: Scope) -> Json | None:
    """What of it the scope's role may see."""
    if location is None or scope.role in (Role.OPERATOR, Role.DISPATCHER):
        return location
    if scope.role == Role.FIELD_UNIT:  # is told where, and asks nobody
        return location | {"question": None, "key": None}
    seen = ("radius_m", "villages", "sea", "outside", "shape")
    return {key: location[key] for key in seen}


def chance_for(row: Any, code: str | None) -> float | None:
    """How likely the incident lies in that village; None where that was not reckoned."""
    if code == row.village_code:
        return None if row.village_p is None else round(row.village_p, 3)
    chances = dict((row.location or {}).get("villages", ()))
    return chances.get(code)


def contradictions(
    codes: Iterable[str], kept: Json, here: VillageRef | None, ground: Ground
) -> list[Json]:
    """Each with a sentence in both languages that names what does not fit together."""
    return [
        {
            "code": code,
            "text": _sentence(code, kept, here, ground, "id"),
            "text_en": _sentence(code, kept, here, ground, "en"),
        }
        for code in codes
    ]


def _sentence(code: str, kept: Json, here: VillageRef | None, ground: Ground, language: str) -> str:
    words = _WORDS[language]
    if code == Code.VILLAGE_SAYS:
        return _village_says(words, kept.get(VILLAGE_SAYS) or {}, ground)
    unplaced = here is None and kept.get("by") is None
    form = words["nowhere" if code == Code.WORDS_OUTSIDE and unplaced else Code(code)]
    heard = [ground.by_code.get(code) for code, _ in kept.get("heard", ())[:_NAMED]]
    chosen = ground.by_code.get(kept.get("chosen") or "")
    return form.format(
        here=_named(here) if here else words["off"],
        chosen=_named(chosen) if chosen else kept.get("chosen"),
        said=words["or"].join(_named(v) for v in heard if v),
        outside=kept.get("heard_outside"),
    )


def _village_says(words: Mapping[str, str], said: Json, ground: Ground) -> str:
    """As village_desk keeps it: {"village", "metres" | null, "here"}."""
    who = ground.by_code.get(said.get("village") or "")
    metres = said.get("metres")
    return words[Code.VILLAGE_SAYS if said.get("here") else "not_ours"].format(
        village=_named(who) if who else said.get("village"),
        far="" if metres is None else words["far"].format(metres=metres),
    )


def _named(of: VillageRef) -> str:
    return f"{of.name} ({of.district})"


def village(code: str, p: float | None, ground: Ground) -> Json:
    """A village with its chance; only the code where this edition does not know it."""
    known = ground.by_code.get(code)
    return {
        "code": code,
        "name": known.name if known else code,
        "district": known.district if known else None,
        "p": p,
    }


def chances(villages: Sequence[VillageChance]) -> list[Json]:
    """Villages with their chances, most likely first."""
    return [
        {"code": v.code, "name": v.name, "district": v.district, "p": round(float(v.p), 4)}
        for v in villages
    ]


def asking(question: Asking | None) -> Json | None:
    """The question with its options."""
    if question is None:
        return None
    return {
        "key": question.key,
        "kind": question.kind,
        "text": question.text,
        "options": [{"key": option.key, "label": option.label} for option in question.options],
        "gain_bits": round(float(question.gain_bits), 3),
    }


def candidate(of: Candidate) -> Json:
    """One place that the words can mean."""
    return {
        "key": of.key,
        "label": of.label,
        "kind": of.kind,
        "context": of.context,
        "lon": of.point.lon,
        "lat": of.point.lat,
        "radius_m": round(float(of.radius_m), 1),
        "p": round(float(of.p), 4),
        "villages": chances(of.villages),
        "why": of.why,
        "source": of.source,
        "shape": outline(whereabouts.outline(of.location)),
    }


def weighing(placed: Placed, ground: Ground) -> Json:
    """What the evidence comes to; without any of it all is null and 0."""
    weighed, kept = placed.weighed, placed.record or {}
    against = contradictions(placed.contradictions, kept, placed.attribution.village, ground)
    return {
        "villages": chances(weighed.villages) if weighed else [],
        "sea": round(float(weighed.sea), 4) if weighed else 0.0,
        "outside": round(float(weighed.outside), 4) if weighed else 0.0,
        "accepted": weighed.accepted if weighed else None,
        "question": asking(placed.question),
        "shape": outline(weighed.shape) if weighed else None,
        "radius_m": kept.get("radius_m"),
        "doubt": round(placed.standing.doubt, 3),
        "contradictions": against,
    }
