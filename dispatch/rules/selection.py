"""Which unit to send to one incident: fitting first, then soonest, each with its reason."""

from collections.abc import Iterable
from dataclasses import dataclass

from dispatch.rules.workflow import UnitState
from geo.routing import Leg, NoRoute


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit that might go."""

    unit_id: int
    call_sign: str
    kind: str  # ambulans, pompa, perahu ...
    agency: str  # its short name
    responsible: bool  # its agency answers for the incident
    skills: frozenset[str]
    leg: Leg | NoRoute  # from where it stands now
    state: UnitState = UnitState.FREE
    station: str = ""
    by_sea: bool = False  # a boat
    straight_m: float | None = None  # as the crow flies, to say how wide the water is


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A unit with what speaks for and against it."""

    unit: Candidate
    lacks: frozenset[str]  # needed skills that it does not bring
    travel_s: float | None  # None: by sea, nobody knows
    distance_m: float | None  # along the way; straight over the water when by sea
    why: str  # one Indonesian sentence


@dataclass(frozen=True, slots=True)
class Ranking:
    """Best first. What no road joins is never mixed with what can drive."""

    units: list[Suggestion]
    by_sea: list[Suggestion]


def rank(candidates: Iterable[Candidate], needs: frozenset[str]) -> Ranking:
    """Free before busy, fewest missing skills, then soonest; ties by call sign.

    Where nothing special is needed, units of the responsible agencies come first.
    By sea, boats before units that would need one; a boat that brings nothing of what
    is needed is left out unless no road leads there.
    """
    all_of_them = list(candidates)
    by_road = [(c, c.leg) for c in all_of_them if isinstance(c.leg, Leg) and not c.by_sea]
    cut_off = bool(all_of_them) and not by_road
    by_water = [c for c in all_of_them if _goes_by_sea(c, needs, cut_off)]
    by_road.sort(key=lambda pair: _road_order(pair[0], pair[1], needs))
    by_water.sort(key=lambda c: _sea_order(c, needs))
    return Ranking(
        [_by_road(c, leg, needs, place) for place, (c, leg) in enumerate(by_road)],
        [_by_sea(c, needs) for c in by_water],
    )


def _goes_by_sea(candidate: Candidate, needs: frozenset[str], cut_off: bool) -> bool:
    if not candidate.by_sea:
        return isinstance(candidate.leg, NoRoute)
    return cut_off or isinstance(candidate.leg, NoRoute) or bool(needs & candidate.skills)


def _road_order(
    candidate: Candidate, leg: Leg, needs: frozenset[str]
) -> tuple[bool, int, bool, float, str]:
    return (
        candidate.state is not UnitState.FREE,
        len(needs - candidate.skills),
        not needs and not candidate.responsible,
        leg.travel_s,
        candidate.call_sign,
    )


def _sea_order(
    candidate: Candidate, needs: frozenset[str]
) -> tuple[bool, bool, int, bool, float, str]:
    return (
        candidate.state is not UnitState.FREE,
        not candidate.by_sea,
        len(needs - candidate.skills),
        not candidate.responsible,
        candidate.straight_m if candidate.straight_m is not None else float("inf"),
        candidate.call_sign,
    )


def _by_road(candidate: Candidate, leg: Leg, needs: frozenset[str], place: int) -> Suggestion:
    lacks = needs - candidate.skills
    best = place == 0 and not lacks and candidate.state is UnitState.FREE
    kind = candidate.kind.capitalize()
    who = f"{kind} terdekat yang siap" if best else f"{kind} {candidate.agency}"
    parts = [who, _km(leg.distance_m), *_remarks(candidate, lacks)]
    return Suggestion(candidate, lacks, leg.travel_s, leg.distance_m, ", ".join(parts))


def _by_sea(candidate: Candidate, needs: frozenset[str]) -> Suggestion:
    lacks = needs - candidate.skills
    kind = candidate.kind.capitalize()
    way = f"{kind} lewat laut" if candidate.by_sea else f"{kind} harus menyeberang"
    straight = [] if candidate.straight_m is None else [f"{_km(candidate.straight_m)} garis lurus"]
    parts = [way, *straight, "waktu tempuh tidak dihitung", *_remarks(candidate, lacks)]
    return Suggestion(candidate, lacks, None, candidate.straight_m, ", ".join(parts))


def _remarks(candidate: Candidate, lacks: frozenset[str]) -> list[str]:
    """What else the dispatcher should know before choosing it."""
    remarks = []
    if lacks:
        skills = ", ".join(sorted(s.replace("_", " ") for s in lacks))
        remarks.append(f"tanpa kemampuan {skills}")
    if not candidate.responsible:
        remarks.append(f"bantuan dari {candidate.agency}")
    if candidate.state is not UnitState.FREE:
        remarks.append(f"sedang {candidate.state.value.replace('_', ' ')}")
    return remarks


def _km(distance_m: float) -> str:
    if distance_m < 950:
        return f"{round(distance_m, -1):.0f} m"
    return f"{distance_m / 1000:.1f} km".replace(".", ",")
