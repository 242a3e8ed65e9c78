"""How sure the village of a call is, who else is told, and what speaks against what."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from geo.finding import Heard, VillageChance
from geo.uncertainty.questions import ACCEPT

# Below this an incident is settled; above it stands in the worklist "lokasi belum pasti".
UNSURE = round(1 - ACCEPT, 6)
TOLD = 0.2  # one in five: a village head would rather hear of it for nothing than not at all
COUNTED = 0.5  # without a pin an incident is counted to a village that is likelier than all others
HAND_RADIUS_M = 40.0  # how exactly a hand sets a pin, when nobody says; as geo.geocoder has it
# Words contradict a pin when they rather clearly (7 of 10) speak of villages in which the pin
# hardly can be (1 of 10). Nearer to even, both may be right: a name that two villages share, a
# pin at a border. Two in three would already cry at every "Pecangaan" that means one of two.
SAID_CLEARLY = 0.7
HARDLY_THERE = 0.1
# A pin and words that contradict each other: one of two witnesses is wrong, and nobody knows which.
CONTRADICTED = 0.5

Chances = Mapping[str, float]  # by village code


NOTHING = Heard()


class Code(StrEnum):
    """What contradicts what."""

    PIN_NOT_CHOSEN = "pin_bukan_desa_disebut"  # the pin lies elsewhere than the chosen village
    WORDS_NOT_PIN = "kata_bukan_pin"  # the words speak of another village than the pin's
    WORDS_OUTSIDE = "kata_luar_wilayah"  # the words name another regency
    CHOSEN_NOT_WORDS = "desa_bukan_kata"  # no pin: the words speak of another than the chosen one
    VILLAGE_SAYS = "desa_menunjuk_lain"  # a village head says that it is elsewhere than noted


@dataclass(frozen=True, kw_only=True, slots=True)
class Witness:
    """What pin, choice and words say, each by itself.

    under     chances of the villages where the pin may be; None: no pin, or not reckoned
    outside   chance that the pin lies in no village of ours (sea included)
    chosen    code of the village that the call taker chose
    where     what the words for the place say
    what      what the caller's other words say
    """

    under: Chances | None = None
    outside: float = 0.0
    chosen: str | None = None
    where: Heard = NOTHING
    what: Heard = NOTHING

    @property
    def heard(self) -> tuple[VillageChance, ...]:
        """The villages of the words. What happened is asked only when the place says none:
        it is full of places where people come from or go to.
        """
        return self.where.villages or self.what.villages


def contradictions(seen: Witness) -> tuple[Code, ...]:
    """What does not fit together; empty when all of it may be true."""
    found = []
    said = {village.code: village.p for village in seen.heard}
    if seen.under is not None:
        if seen.chosen and against({seen.chosen: 1.0}, seen.under):
            found.append(Code.PIN_NOT_CHOSEN)
        if against(said, seen.under):
            found.append(Code.WORDS_NOT_PIN)
    elif seen.chosen and against(said, {seen.chosen: 1.0}):
        found.append(Code.CHOSEN_NOT_WORDS)
    if seen.where.outside and not (seen.under is not None and seen.outside >= COUNTED):
        found.append(Code.WORDS_OUTSIDE)
    return tuple(found)


def against(said: Chances, under: Chances) -> bool:
    """Whether so much of what is said lies where hardly anything can be.

    The said villages are taken in, least possible first, as long as they are hardly possible
    together.
    """
    clearly = there = 0.0
    for code in sorted(said, key=lambda code: under.get(code, 0.0)):
        there += under.get(code, 0.0)
        if there >= HARDLY_THERE:
            break
        clearly += said[code]
    return clearly >= SAID_CLEARLY


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How sure it is.

    village_p   chance of the village that the incident is counted to; None without one
    doubt       0 settled, 1 nothing known
    also        codes of the other villages whose heads are told, likeliest first
    """

    village_p: float | None = None
    doubt: float = 1.0
    also: tuple[str, ...] = ()


def standing(
    chances: Chances,
    counted: str | None,
    *,
    elsewhere: float = 0.0,
    accepted: str | None = None,
    confirmed: bool = False,
    across: str | None = None,
    contradicted: bool = False,
) -> Standing:
    """How sure the counted village is, and who else is told.

    elsewhere     chance of sea and other regencies; what an incident counted to none is sure of
    accepted      the village that the finder takes without asking
    confirmed     a person chose the village; counts only while nothing contradicts
    across        the village beyond a border that lies within the pin's radius
    """
    # A village that was only chosen, of which the words say nothing, has no chance to its name.
    village_p = chances.get(counted, None if confirmed else 0.0) if counted else None
    best = (village_p or 0.0) if counted else max([elsewhere, *chances.values()])
    settled = confirmed or (counted is not None and accepted == counted)
    doubt = 0.0 if settled else _between(1.0 - best)
    if contradicted:
        doubt = max(CONTRADICTED, _between(1.0 - best))
    told = sorted((c for c, p in chances.items() if p >= TOLD), key=lambda c: (-chances[c], c))
    if across is not None and across not in told:
        told.append(across)
    return Standing(
        village_p=None if village_p is None else _between(village_p),
        doubt=doubt,
        also=tuple(code for code in told if code != counted),
    )


def _between(p: float) -> float:
    """Sums of chances may be off by a rounding."""
    return min(1.0, max(0.0, p))
