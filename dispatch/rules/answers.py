"""Templates of answers to reporters: what is filled in, what is left open, which begins a move."""

import re
from collections.abc import Iterable, Mapping
from typing import Protocol, TypeAlias, TypeVar

from dispatch.rules.ticketing import TicketKind, TicketState

PLACEHOLDERS = ("nomor", "kategori", "desa", "instansi", "batas", "lacak")
LONGEST_TITLE, LONGEST_TEXT = 80, 5000
_BRACED = re.compile(r"\{([^{}]*)\}")
# "___" is for who answers to fill in; "{desa}" was not known of that ticket.
_OPEN = re.compile(r"(?<!\S)_{3,}|\{(?:" + "|".join(PLACEHOLDERS) + r")\}")

Facts: TypeAlias = Mapping[str, str]  # by placeholder; one that is not known is not there


class Beginning(Protocol):
    """A template as far as it belongs to a move."""

    @property
    def move(self) -> TicketState | None: ...
    @property
    def kind(self) -> TicketKind | None: ...


Begun = TypeVar("Begun", bound=Beginning)


class BadTemplate(ValueError):
    """The template cannot be used: which field, and what would be right."""

    def __init__(self, field: str, detail: str) -> None:
        self.field = field
        super().__init__(f"{field}: {detail}")


def check(title: str, text: str) -> None:
    """Raises BadTemplate for a length, or for braces around a word that is never filled in."""
    if not 1 <= len(title) <= LONGEST_TITLE:
        raise BadTemplate("title", f"give 1 to {LONGEST_TITLE} characters")
    if not 1 <= len(text) <= LONGEST_TEXT:
        raise BadTemplate("text", f"give 1 to {LONGEST_TEXT} characters")
    for word in _BRACED.findall(text):
        if word not in PLACEHOLDERS:
            known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
            raise BadTemplate("text", f"{{{word[:40]}}} is not filled in; known: {known}")


def fill(text: str, facts: Facts) -> str:
    """The text with what is known put in, once: what was put in is not looked at again.

    A word that is not known stays in its braces, for who answers to see.
    """

    def put(found: re.Match[str]) -> str:
        return facts.get(found[1], found[0]) if found[1] in PLACEHOLDERS else found[0]

    return _BRACED.sub(put, text)


def left_open(text: str) -> str | None:
    """The first part that is still to be filled in; None: it can be sent."""
    found = _OPEN.search(text)
    return None if found is None else found[0]


def beginning(of: Iterable[Begun], move: TicketState, kind: TicketKind) -> Begun | None:
    """The template that stands in the field with that move: the one of the kind, else of all."""
    fits = {one.kind: one for one in of if one.move == move}
    return fits.get(kind) or fits.get(None)
