"""Of what people are told: each happening, who hears of it, and whether it may wait till morning.

`app/migrations/sql/0010_outbox.sql` writes the same table as SQL; a test holds the two together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Event(StrEnum):
    """What happened; also the name of the message that tells of it."""

    NEW = "tiket_baru"
    REFERRED = "didisposisi"  # it is yours now
    RETURNED = "dikembalikan"  # the agency says that it is not its own
    POSTPONED = "ditunda"  # it waits for the reporter
    REPLIED = "ditanggapi"  # the reporter wrote
    REOPENED = "dibuka_kembali"
    NEARLY_LATE = "mendekati_batas"
    LATE = "lewat_batas"
    INSTRUCTION = "instruksi"
    MENTION = "disebut"  # to one user
    ANSWERED = "dijawab"  # to the reporters
    DEAD_LETTER = "surat_mati"  # a message reached nobody
    TRIAL = "percobaan"  # somebody tries an address
    DIGEST = "ikhtisar"  # several of the above in one


class Hearer(StrEnum):
    """Who may be told of something."""

    AGENCY = "opd"  # the one that has the ticket now
    ROOM = "ruang"
    USER = "pengguna"  # who was named
    REPORTER = "pelapor"
    LEADER = "pimpinan"  # by the browser, where the ladder of reminders says so


@dataclass(frozen=True, slots=True)
class Told:
    """To whom an event is told, and whether it comes before all else at any hour."""

    hearers: frozenset[Hearer]
    urgent: bool = False


_AGENCY, _ROOM, _LEADER = (frozenset({h}) for h in (Hearer.AGENCY, Hearer.ROOM, Hearer.LEADER))

# New, referred and late ones are urgent when their kind is darurat; ditunda is told to who did not
# do it; reminders to whom the ladder names (dispatch/escalations.py).
TOLD: Mapping[Event, Told] = {
    Event.NEW: Told(_AGENCY | _ROOM),
    Event.REFERRED: Told(_AGENCY),
    Event.RETURNED: Told(_ROOM),
    Event.POSTPONED: Told(_AGENCY | _ROOM),
    Event.REPLIED: Told(_AGENCY | _ROOM),
    Event.REOPENED: Told(_AGENCY | _ROOM),
    Event.NEARLY_LATE: Told(_AGENCY | _LEADER),
    Event.LATE: Told(_AGENCY | _ROOM | _LEADER),
    Event.INSTRUCTION: Told(_AGENCY, urgent=True),
    Event.MENTION: Told(frozenset({Hearer.USER})),
    Event.ANSWERED: Told(frozenset({Hearer.REPORTER})),
    Event.DEAD_LETTER: Told(_ROOM, urgent=True),
}

# What an agency, or the room, may subscribe to.
SUBSCRIBABLE = tuple(event for event, told in TOLD.items() if told.hearers & (_AGENCY | _ROOM))
REPORTERS = "pelapor"  # in `to` of a subscription: the reporters of the case, by that channel
CALL, PUSH = "call:", "push:"  # in `to` of a message: looked up when it is sent

# Machines take everything at once; people want their night, and no flood.
FOR_MACHINES = frozenset({"webhook"})
