"""From what is known of a place to a village, with the doubt that remains. Asks no database."""

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from dispatch.clues import LONGEST_TEXT, Attribution, Clues, Json, record
from dispatch.ground import Ground
from dispatch.rules import doubt
from dispatch.rules.doubt import Code, Standing, Witness
from geo.finding import Asking, Candidate, Evidence, Heard, Weighed
from geo.geocoder import BEYOND
from geo.point import Point
from geo.uncertainty.questions import BadQuestion

Told = TypeVar("Told")
_CHOSEN_RADIUS_M = 1_000.0  # of a place that was chosen, and of which nothing more is known


log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """Where an incident is counted, how sure that is, and what speaks against it.

    record    as it is kept with the incident; None when nothing at all is known
    weighed   None when there was nothing to weigh, or the finder failed
    """

    attribution: Attribution
    standing: Standing
    contradictions: tuple[Code, ...] = ()
    record: Json | None = None
    weighed: Weighed | None = None

    @property
    def question(self) -> Asking | None:
        """What to ask the caller."""
        return self.weighed.question if self.weighed else None


def place(clues: Clues, ground: Ground, language: str = "id") -> Placed:
    """The village, its chance and its doubt. A finder that fails costs the doubt, not the call."""
    if clues.said.outside and not safely(lambda: _knows(clues, ground), False):
        clues = replace(clues, said=replace(clues.said, outside=BEYOND))
    candidate = candidate_of(clues, ground, language)
    weighed = _weighed(clues, candidate, ground, language)
    attribution = _attribution(clues, weighed, ground)
    if weighed is None:
        return Placed(attribution=attribution, standing=_unweighed(clues, attribution))
    witness = _witness(clues, attribution, weighed, ground)
    against = doubt.contradictions(witness)
    counted = attribution.village.code if attribution.village else None
    standing = doubt.standing(
        _chances(attribution, weighed),
        counted,
        elsewhere=1.0 if clues.away else weighed.sea + weighed.outside,
        accepted=weighed.accepted,
        confirmed=counted is not None and clues.chosen == counted,
        across=_across(clues, attribution),
        contradicted=bool(against),
    )
    return Placed(
        attribution=attribution,
        standing=standing,
        contradictions=against,
        record=record(clues, candidate, attribution, weighed, witness),
        weighed=weighed,
    )


def _knows(clues: Clues, ground: Ground) -> bool:
    """Free words must not come in as a regency's name: it is shown to more people than they are."""
    return ground.finder.knows_regency(clues.said.outside or "")


def recounted(placed: Placed, code: str) -> Standing:
    """How sure it is when the incident is counted to that village, which the finder accepts."""
    chances = {v.code: float(v.p) for v in placed.weighed.villages} if placed.weighed else {}
    against = bool(placed.contradictions)
    return doubt.standing(chances, code, accepted=code, contradicted=against)


def attribute_pin(pin: Point, ground: Ground) -> Attribution:
    """The village that covers the pin, or one so near that the pin only missed its shore."""
    placement = ground.locator.placement_at(pin)
    if placement.village is not None:
        return Attribution(village=placement.village, placement=placement)
    near = placement.nearest
    if near is not None and near.distance_m <= ground.regency.shore_m:
        return Attribution(village=near.village, off_m=near.distance_m, placement=placement)
    return Attribution(outside=True, placement=placement)


def safely(ask: Callable[[], Told], otherwise: Told) -> Told:
    """What the finder says; `otherwise` when it fails: a fault of the search loses no call.

    The log gets the lines of code, not the message: it may hold the caller's words.
    """
    try:
        return ask()
    except Exception as error:
        steps = "".join(traceback.format_tb(error.__traceback__))
        log.error("the place finder failed: %s\n%s", type(error).__name__, steps)
        return otherwise


def candidate_of(clues: Clues, ground: Ground, language: str = "id") -> Candidate | None:
    """The place that was chosen among the answers; None: none, or not among them any more."""
    key = clues.said.key
    if key is None:
        return None
    return safely(lambda: ground.finder.candidate(clues.text, key, language), None)


def _weighed(
    clues: Clues, candidate: Candidate | None, ground: Ground, language: str
) -> Weighed | None:
    if clues.pin is None and not clues.text:
        return None
    # The pin of a chosen place is only its middle: the place itself says more; where it is not
    # known any more (an outside geocoder's, a list read anew) its radius does.
    pin = clues.pin if clues.by_hand or candidate is None else None
    radius_m = clues.said.radius_m
    if pin is not None and not clues.by_hand and radius_m is None:
        radius_m = _CHOSEN_RADIUS_M
    evidence = Evidence(
        text=clues.text,
        key=candidate.key if candidate else None,
        pin=pin,
        radius_m=radius_m,
        confidence=clues.said.confidence,
        answers=clues.said.answers,
    )
    return safely(lambda: _weigh(evidence, ground, language), None)


def _weigh(evidence: Evidence, ground: Ground, language: str) -> Weighed:
    """Answers to what nobody asks under these boundaries are left out, not the rest."""
    try:
        return ground.finder.weigh(evidence, language)
    except BadQuestion:
        return ground.finder.weigh(replace(evidence, answers=()), language)


def _attribution(clues: Clues, weighed: Weighed | None, ground: Ground) -> Attribution:
    """Pin, else the village that was chosen, else the one that the words rather mean."""
    if clues.pin is not None:
        return attribute_pin(clues.pin, ground)
    if clues.away:
        return Attribution(outside=True)
    if (chosen := ground.by_code.get(clues.chosen or "")) is not None:
        return Attribution(village=chosen)
    best = next(iter(weighed.villages), None) if weighed else None
    if best is None or best.p < doubt.COUNTED:
        return Attribution()
    return Attribution(village=ground.by_code.get(best.code))


def _unweighed(clues: Clues, attribution: Attribution) -> Standing:
    """A pin by itself is believed; a village that was chosen, too; nothing known is doubt."""
    known = attribution.village is not None or attribution.outside
    return Standing(doubt=0.0 if known else 1.0)


def _chances(attribution: Attribution, weighed: Weighed) -> dict[str, float]:
    """By village. Of a pin off the shore the sea's share is the village's to which it counts."""
    chances = {village.code: float(village.p) for village in weighed.villages}
    if attribution.village is not None and attribution.off_m is not None:
        code = attribution.village.code
        chances[code] = min(1.0, chances.get(code, 0.0) + weighed.sea)
    return chances


def _witness(clues: Clues, attribution: Attribution, weighed: Weighed, ground: Ground) -> Witness:
    pinned = clues.pin is not None
    where = _heard(clues.where or clues.text, ground)
    asked = bool(where.villages or where.outside or clues.away)
    if clues.away:  # who hears the caller has said where: the words contradict no more
        where = Heard()
    return Witness(
        under=_chances(attribution, weighed) if pinned else None,
        outside=weighed.sea + weighed.outside if pinned else 0.0,
        chosen=clues.chosen if clues.chosen in ground.by_code else None,
        where=where,
        what=Heard() if asked else _heard(clues.what, ground),
    )


def _heard(words: str, ground: Ground) -> Heard:
    if not words:
        return Heard()
    return safely(lambda: ground.finder.heard(words[:LONGEST_TEXT]), Heard())


def _across(clues: Clues, attribution: Attribution) -> str | None:
    """The village beyond the border, when the pin is no more exact than the border is near."""
    placement = attribution.placement
    if placement is None or placement.border_m is None or placement.neighbour is None:
        return None
    radius_m = doubt.HAND_RADIUS_M if clues.said.radius_m is None else clues.said.radius_m
    return placement.neighbour.code if placement.border_m <= radius_m else None
