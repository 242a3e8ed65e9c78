"""How likely a place lies in each village, at sea, or in another regency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# How many calls come from there, against as much land of the regency. Assumed: a neighbour has a
# 112 of its own, and the network sends most of its callers there (docs/decisions/0008).
SEA_WEIGHT, OUTSIDE_WEIGHT = 0.05, 0.25
_LEAST = 1e-4  # a smaller chance is not told


@dataclass(frozen=True, slots=True)
class Chances:
    """All chances add up to 1.

    villages   Kemendagri code and chance, most likely first, the lower code before its like
    sea        off every village, nearer to the coast than to the border on land
    outside    off every village, beyond the border on land: another regency
    """

    villages: tuple[tuple[str, float], ...]
    sea: float = 0.0
    outside: float = 0.0

    @classmethod
    def of_all(cls, villages: Mapping[str, float], sea: float, outside: float) -> Chances:
        """From any masses: what is below 1e-4 is left out, the rest grows to 1."""
        least = _LEAST * (sum(villages.values()) + sea + outside)
        told = {code: mass for code, mass in villages.items() if mass >= least}
        sea, outside = (mass if mass >= least else 0.0 for mass in (sea, outside))
        whole = sum(told.values()) + sea + outside
        ranked = sorted(told.items(), key=lambda each: (-each[1], each[0]))
        return cls(
            tuple((code, mass / whole) for code, mass in ranked), sea / whole, outside / whole
        )

    def of(self, code: str) -> float:
        """The chance of that village; 0 where it is not among them."""
        return dict(self.villages).get(code, 0.0)

    @property
    def best(self) -> tuple[str, float] | None:
        """The most likely village and its chance; None where no village can be meant."""
        return self.villages[0] if self.villages else None

    def credible(self, share: float = 0.9) -> tuple[str, ...]:
        """The fewest villages that together hold that share; all of them where they hold less."""
        codes: list[str] = []
        held = 0.0
        for code, chance in self.villages:
            if held >= share:
                break
            codes.append(code)
            held += chance
        return tuple(codes)

    def weighed(
        self, sea_weight: float = SEA_WEIGHT, outside_weight: float = OUTSIDE_WEIGHT
    ) -> Chances:
        """With what is known beforehand: few call from the sea or from beyond. For decisions.

        The chances as they are stay what is recorded.
        """
        return Chances.of_all(
            dict(self.villages), self.sea * sea_weight, self.outside * outside_weight
        )
