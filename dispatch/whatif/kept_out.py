"""Which emergencies are in no figure of the planners', and how that is told."""

from collections.abc import Sequence
from typing import Any

from dispatch.catalogue import CategoryFacts
from dispatch.ground import Ground

_NONE = "Kasus yang dirahasiakan tidak ikut dihitung.", "Cases kept to a group are not counted."


def left_out(ground: Ground) -> tuple[CategoryFacts, ...]:
    """Kinds of emergencies that only a group may look at."""
    known = ground.catalogue.categories.values()
    return tuple(c for c in known if c.kind == "darurat" and c.kept_group is not None)


def caveat(kinds: Sequence[CategoryFacts], more: str = "", more_en: str = "") -> dict[str, Any]:
    """Names them: somebody waits for help there, too. `more`: a sentence that goes with it."""
    text, text_en = _NONE
    if kinds:
        names, names_en = (", ".join(c.name(language) for c in kinds) for language in ("id", "en"))
        text = f"Jenis yang dirahasiakan tidak ikut dihitung: {names}."
        text_en = f"Kinds that are kept to a group are not counted: {names_en}."
    return {
        "code": "kategori_peka",
        "n": None,
        "text": f"{text} {more}".strip(),
        "text_en": f"{text_en} {more_en}".strip(),
    }
