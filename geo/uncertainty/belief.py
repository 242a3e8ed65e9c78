"""What is believed of a place, and how answers, which may be wrong, change it by Bayes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from geo.shapes import Floats
from geo.uncertainty.asks import Landmark, RtArea, ask_of
from geo.uncertainty.chances import OUTSIDE_WEIGHT, SEA_WEIGHT, Chances
from geo.uncertainty.cloud import OUTSIDE, SEA, Cloud, Ground
from geo.uncertainty.location import Location
from geo.uncertainty.scatter import GOLDEN

ACCEPT = 0.965  # a village this likely is accepted by itself; why not 0.95: docs/decisions/0008


@dataclass(frozen=True, slots=True, eq=False)
class Belief:
    """A cloud with the weights (n,) that its points have after the answers so far."""

    cloud: Cloud
    weight: Floats

    @classmethod
    def of(cls, ground: Ground, location: Location, points: int = 4096) -> Belief:
        """Before any answer: the chances are the exact ones."""
        cloud = ground.cloud(location, points)
        return cls(cloud, cloud.weight)

    @property
    def chances(self) -> Chances:
        """Of each village, sea and outside, as they are: what is recorded."""
        mass = dict(zip(self.cloud.places, _by_place(self.cloud, self.weight), strict=True))
        sea, outside = mass.pop(SEA), mass.pop(OUTSIDE)
        return Chances.of_all(mass, sea, outside)

    @property
    def decisive(self) -> Floats:
        """Weights (n,) for decisions, as Chances.weighed: few call from the sea or from beyond."""
        prior = {SEA: SEA_WEIGHT, OUTSIDE: OUTSIDE_WEIGHT}
        factor = np.array([prior.get(place, 1.0) for place in self.cloud.places])
        weight = self.weight * factor[self.cloud.place]
        decisive: Floats = weight / weight.sum()
        return decisive

    def thinned(self, count: int) -> Belief:
        """About the same with so many points of one weight, by the weights for decisions."""
        if len(self.weight) <= count:
            return replace(self, weight=self.decisive)
        nth = np.arange(count)
        at = (nth + np.modf(nth * GOLDEN)[0]) / count  # even, and out of step with the scatter
        kept = np.searchsorted(np.cumsum(self.decisive), at).clip(max=len(self.weight) - 1)
        weight = np.full(count, 1 / count)
        cloud = replace(
            self.cloud,
            spots=self.cloud.spots[kept],
            place=self.cloud.place[kept],
            weight=weight,
        )
        return Belief(cloud, weight)

    def answered(
        self,
        question_key: str,
        answer: str,
        sides: Sequence[Landmark] = (),
        rts: Sequence[RtArea] = (),
        error: float | None = None,
    ) -> Belief:
        """After that answer. The landmarks are those that were given when it was asked.

        error    how often such an answer is wrong, above 0; None takes that of the kind of question
        Raises BadQuestion for a question, landmark or answer that is not known.
        """
        ask = ask_of(question_key, self.cloud, sides, rts, error)
        weight = self.weight * ask.likelihood(answer)
        return replace(self, weight=weight / weight.sum())

    def after(
        self,
        answers: Iterable[tuple[str, str]],
        sides: Sequence[Landmark] = (),
        rts: Sequence[RtArea] = (),
    ) -> Belief:
        """After all these questions and answers, by their keys. Raises as answered()."""
        belief = self
        for question_key, answer in answers:
            belief = belief.answered(question_key, answer, sides, rts)
        return belief


def accepted(belief: Belief) -> str | None:
    """Code of the village that is accepted by itself; None while in doubt."""
    best = belief.chances.weighed().best
    return best[0] if best is not None and best[1] >= ACCEPT else None


def _by_place(cloud: Cloud, weight: Floats) -> list[float]:
    held: list[float] = np.bincount(cloud.place, weight, len(cloud.places)).tolist()
    return held
