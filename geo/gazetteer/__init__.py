"""The gazetteer: named places, who told of them, and names learned from confirmed pins."""

from geo.gazetteer.entries import Entry, read_entries, read_learned
from geo.gazetteer.place import BadPlace, NewPlace
from geo.gazetteer.store import (
    checked,
    fill_from_edition,
    import_places,
    known_villages,
    remove_source,
    replace_places,
    sources,
)

__all__ = [
    "BadPlace",
    "Entry",
    "NewPlace",
    "checked",
    "fill_from_edition",
    "import_places",
    "known_villages",
    "read_entries",
    "read_learned",
    "remove_source",
    "replace_places",
    "sources",
]
