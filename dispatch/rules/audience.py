"""How far a case may be told beyond the control room and the agencies that work on it."""

from enum import StrEnum


class Audience(StrEnum):
    """Said by its category. What is sensitive (restricted to a group) never leaves the room."""

    ROOM = "ruang"  # control room and agencies only: it points to a person
    VILLAGE = "desa"  # the village head may know that, and about where
    PUBLIC = "umum"  # something in public space: may be counted for everybody
