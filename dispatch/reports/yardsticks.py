"""What the law asks of help: minutes and radius by skill, from data/country/yardsticks.toml."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dispatch.errors import BadConfiguration

FILE = Path(__file__).parents[2] / "data" / "country" / "yardsticks.toml"
_WORDS = "skill", "law", "note", "note_en"
_NUMBERS = "minutes", "radius_km"


@dataclass(frozen=True, slots=True)
class Yardstick:
    """Of one skill."""

    skill: str
    minutes: float
    radius_km: float  # of the circle that one post serves on paper
    law: str
    note: str
    note_en: str


@cache
def yardsticks(file: Path = FILE) -> tuple[Yardstick, ...]:
    """All of them; none where the file is missing. Raises BadConfiguration."""
    if not file.exists():
        return ()
    try:
        entries = tomllib.loads(file.read_text(encoding="utf-8")).get("yardstick", [])
    except tomllib.TOMLDecodeError as wrong:
        raise BadConfiguration(f"{file.name}: {wrong}") from wrong
    return tuple(_yardstick(entry, file.name) for entry in entries)


def yardstick_of(skill: str) -> Yardstick | None:
    """What a law asks of that skill; None: no law is known."""
    return next((one for one in yardsticks() if one.skill == skill), None)


def _yardstick(entry: dict[str, object], file: str) -> Yardstick:
    for field in _WORDS:
        if not isinstance(entry.get(field), str):
            raise BadConfiguration(f"{file}: [[yardstick]]: {field}: give words")
    for field in _NUMBERS:
        value = entry.get(field)
        if not isinstance(value, int | float) or isinstance(value, bool) or value <= 0:
            raise BadConfiguration(f"{file}: [[yardstick]]: {field}: give a number above 0")
    if unknown := sorted(set(entry) - {*_WORDS, *_NUMBERS}):
        raise BadConfiguration(f"{file}: [[yardstick]]: {unknown[0]}: is not known here")
    return Yardstick(**entry)  # type: ignore[arg-type]
