"""What may be learned of the words of a call: names of places, never of persons."""

from __future__ import annotations

from dataclasses import dataclass

from geo.address.said import Said


@dataclass(frozen=True, slots=True)
class Lesson:
    """Words that name a place, normalised, and the kind that their mark says (a Mark)."""

    words: str
    kind: str


def learnable(said: Said) -> list[Lesson]:
    """Nothing yet."""
    return []
