"""What speaks for a move up, in one sentence."""

import math
from collections.abc import Mapping, Sequence

NAMED = 3  # villages

_WORDS: Mapping[str, Mapping[str, str]] = {
    "id": {
        "move": "Pindahkan {unit} ke {station} ({minutes} menit): {villages} terjangkau lagi",
        "more": "{names} dan {n} desa lain",
        "left": "; {villages} kehilangan jangkauan",
    },
    "en": {
        "move": "Move {unit} to {station} ({minutes} min): {villages} within reach again",
        "more": "{names} and {n} more villages",
        "left": "; {villages} out of reach then",
    },
}


def move_sentence(
    unit: str,
    station: str,
    travel_s: float,
    gained: Sequence[str],
    lost: Sequence[str],
    language: str,
) -> str:
    """Which villages are reached again, and which not any more."""
    say = _WORDS[language]
    sentence = say["move"].format(
        unit=unit,
        station=station,
        minutes=max(1, math.ceil(travel_s / 60)),
        villages=_listed(gained, say),
    )
    return sentence + (say["left"].format(villages=_listed(lost, say)) if lost else "")


def _listed(names: Sequence[str], say: Mapping[str, str]) -> str:
    shown = ", ".join(names[:NAMED])
    more = len(names) - NAMED
    return say["more"].format(names=shown, n=more) if more > 0 else shown
