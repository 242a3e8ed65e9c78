"""What the tags of a way mean to who drives an ambulance along it (OSM's words)."""

from __future__ import annotations

import re
from collections.abc import Mapping

Tags = Mapping[str, str]

KINDS = (
    "motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link",
    "secondary", "secondary_link", "tertiary", "tertiary_link", "unclassified", "residential",
    "living_street", "service", "road", "track",
)  # fmt: skip
_KINDS = frozenset(KINDS)
_CLOSED = frozenset({"no", "private"})
_LET_IN = frozenset({"yes", "designated", "permissive", "official"})
_FROM_START = frozenset({"yes", "1", "true", "t", "f", "forward"})
_FROM_END = frozenset({"-1", "reverse", "backward"})
_ROUND = frozenset({"roundabout", "circular"})
_SPEED = re.compile(r"(\d{1,3}(?:\.\d{1,2})?)\s{0,2}(km/h|kmh|kph|mph)?", re.ASCII)
_MPH = 1.609344
_LEAST_KMH, _MOST_KMH = 5.0, 150.0  # a sign beyond them is a slip of the pen


def why_not(tags: Tags) -> str | None:
    """Why no vehicle drives there: "jenis", "akses", "bolak-balik"; None where one does."""
    if tags.get("highway") not in _KINDS or tags.get("area") == "yes":
        return "jenis"
    if _is_closed(tags) and tags.get("emergency") not in _LET_IN:
        return "akses"
    # The direction changes with the hour: nobody here knows which it is.
    return "bolak-balik" if tags.get("oneway") == "reversible" else None


def _is_closed(tags: Tags) -> bool:
    """The most special word counts, as OSM has it: motorcar before motor_vehicle before access."""
    for key in ("motorcar", "motor_vehicle", "vehicle", "access"):
        if key in tags:
            return tags[key] in _CLOSED
    return False


def is_round(tags: Tags) -> bool:
    """Whether it is (a part of) a roundabout."""
    return tags.get("junction") in _ROUND


def direction(tags: Tags) -> int:
    """1: one way, as it was drawn; -1: one way against that; 0: both ways."""
    said = tags.get("oneway", "").strip().lower()
    if said in _FROM_START:
        return 1
    if said in _FROM_END:
        return -1
    if said:  # "no", and whatever we do not know
        return 0
    return int(is_round(tags) or tags.get("highway") == "motorway")


def speed_kmh(tags: Tags) -> float | None:
    """The signed speed; None where there is no sign, or none that is a number ("ID:urban")."""
    said = tags.get("maxspeed") or tags.get("maxspeed:forward") or ""
    # "50;60" is of a way that nobody has split yet: the first one then.
    if (found := _SPEED.fullmatch(said.split(";")[0].strip())) is None:
        return None
    speed = float(found[1]) * (_MPH if found[2] == "mph" else 1.0)
    return round(speed, 1) if _LEAST_KMH <= speed <= _MOST_KMH else None


def name_of(tags: Tags) -> str | None:
    """The name, or the number of the road."""
    said = (tags.get("name") or tags.get("ref") or "").strip()
    return said[:200] or None
