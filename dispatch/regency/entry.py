"""One entry of a configuration file, read field by field; what is wrong names its place."""

import difflib
from collections.abc import Iterable, Mapping
from datetime import time
from typing import Any, NoReturn

from dispatch.errors import BadConfiguration
from dispatch.rules.hours import DAYS
from geo.errors import BadPoint
from geo.point import Point, pin_at

YES_NO = {"ya": True, "tidak": False}


class Entry:
    """A table of a TOML file or a row of a CSV file. Call done() after the last field."""

    def __init__(self, file: str, name: str, values: Mapping[str, Any]) -> None:
        self.file, self.name, self.values = file, name, values
        self._asked: set[str] = set()

    def wrong(self, field: str, what: str) -> NoReturn:
        """Raise BadConfiguration with file, entry, field and what would be right."""
        raise BadConfiguration(f"{self.file}: {self.name}: {field}: {what}")

    def text(self, field: str, usual: str | None = None, *, empty: bool = False) -> str:
        """A text; `usual` when the field is absent, an error when that is None too."""
        value = self._get(field, usual)
        if not isinstance(value, str) or not (value.strip() or empty or value == usual):
            self.wrong(field, f"{value!r} is not a text; write it in quotes")
        return value.strip()

    def choice(self, field: str, words: Iterable[str], usual: str | None = None) -> str:
        """One of the words."""
        value = self.text(field, usual)
        if value not in words:
            self.wrong(field, f"{value!r} is none of: {', '.join(sorted(words))}")
        return value

    def code(self, field: str) -> str:
        """A short name for machines: small letters, digits, - and _."""
        value = self.text(field)
        if not value.isascii() or not value.replace("-", "").replace("_", "").isalnum():
            self.wrong(field, f"{value!r}: use letters a to z, digits, - and _ only")
        return value

    def number(self, field: str, least: float, most: float, usual: float | None = None) -> float:
        """A number within the range, borders included."""
        value = self._get(field, usual)
        if isinstance(value, str):
            try:
                value = float(value)
            except ValueError:
                self.wrong(field, f"{value!r} is not a number")
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.wrong(field, f"{value!r} is not a number")
        if not least <= value <= most:
            self.wrong(field, f"{value:g}: give {least:g} to {most:g}")
        return float(value)

    def numbers(
        self, field: str, least: float, most: float, usual: tuple[float, ...]
    ) -> tuple[float, ...]:
        """A list of numbers within the range; `usual` when absent."""
        given = self._get(field, list(usual))
        if not isinstance(given, list):
            self.wrong(field, f"{given!r} is not a list of numbers")
        each = [Entry(self.file, self.name, {field: one}) for one in given]
        return tuple(one.number(field, least, most) for one in each)

    def flag(self, field: str) -> bool:
        """True for ya, False for tidak."""
        value = self.text(field)
        if value not in YES_NO:
            self.wrong(field, f"{value!r}: write ya or tidak")
        return YES_NO[value]

    def words(self, field: str, known: Iterable[str] | None = None) -> tuple[str, ...]:
        """A list of texts (TOML list, or words with spaces in CSV); () when absent."""
        value = self._get(field, [])
        if isinstance(value, str):
            value = value.split()
        if not isinstance(value, list) or not all(isinstance(w, str) and w for w in value):
            self.wrong(field, f"{value!r} is not a list of texts")
        for word in value:
            if known is not None and word not in known:
                self.wrong(field, f"{word!r} is none of: {', '.join(sorted(known))}")
        if len(set(value)) != len(value):
            self.wrong(field, "a word stands there twice")
        return tuple(value)

    def time_of(self, field: str, written: str | None = None) -> time:
        """A time of day, 07:00; `written` where it is one word of a list."""
        written = self.text(field) if written is None else written
        try:
            return time.fromisoformat(written)
        except ValueError:
            self.wrong(field, f"{written!r}: give a time of day as 07:00")

    def days(self) -> frozenset[int]:
        """Days of the week in the field `days`, Monday 0; empty when absent."""
        return frozenset(DAYS.index(day) for day in self.words("days", DAYS))

    def point(self, field: str) -> Point:
        """[lon, lat] in degrees, inside the country."""
        value = self._get(field, None)
        if not isinstance(value, list) or len(value) != 2:
            self.wrong(field, f"{value!r}: give [longitude, latitude]")
        return self.pin(field, value[0], value[1])

    def pin(self, field: str, lon: object, lat: object) -> Point:
        """A point inside the country."""
        try:
            return pin_at(lon, lat)
        except BadPoint as bad:
            self.wrong(field, str(bad))

    def entries(self, field: str, name: str) -> list["Entry"]:
        """The tables of a list of tables; [] when absent."""
        value = self._get(field, [])
        if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
            self.wrong(field, f"write it as [[{field}]]")
        return [Entry(self.file, f"{name} {n}", v) for n, v in enumerate(value, 1)]

    def entry(self, field: str, *, needed: bool = True) -> "Entry":
        """One table; an empty one when it may be absent."""
        value = self._get(field, None if needed else {})
        if not isinstance(value, dict):
            self.wrong(field, f"write it as [{field}]")
        return Entry(self.file, f"[{field}]", value)

    def done(self) -> None:
        """Refuse keys that nobody asked for: most are slips of the pen."""
        for key in self.values:
            if key not in self._asked:
                like = difflib.get_close_matches(str(key), self._asked, 1)
                hint = f"did you mean {like[0]}?" if like else f"known: {', '.join(self._known())}"
                self.wrong(str(key), f"unknown field; {hint}")

    def _known(self) -> list[str]:
        return sorted(self._asked)

    def _get(self, field: str, usual: Any) -> Any:
        self._asked.add(field)
        value = self.values.get(field, usual)
        if value is None:
            self.wrong(field, "is missing")
        return value
