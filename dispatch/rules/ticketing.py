"""The states of a ticket, who may move it from one to the next, and what a move must bring along.

The words are those of the field (shared vocabulary §4.3); Python names are English.
"""

from collections.abc import Mapping
from enum import StrEnum

from dispatch.errors import IllegalMove


class TicketKind(StrEnum):
    """What is asked for; each kind has clocks of its own."""

    EMERGENCY = "darurat"
    COMPLAINT = "aduan"  # pengaduan
    SUGGESTION = "saran"  # criticism and suggestions
    INFORMATION = "informasi"  # PPID: permintaan informasi


class TicketState(StrEnum):
    NEW = "baru"  # the room has not looked at it
    VERIFIED = "diverifikasi"  # it is real and complete
    REFERRED = "didisposisi"  # an agency was told
    ACCEPTED = "diterima_opd"
    IN_WORK = "dikerjakan"
    FOLLOWED_UP = (
        "ditindaklanjuti"  # done, with proof; the room or the officer answers the reporter
    )
    AWAITING_REPLY = "menunggu_tanggapan"  # the reporter was answered
    CLOSED = "ditutup"
    POSTPONED = "ditunda"  # waits for the reporter; its clock stands
    NOT_OURS = "bukan_wewenang"  # the agency gave it back, with a reason
    MERGED = "digabung"  # its case was merged into another
    ARCHIVED = "diarsipkan"  # nothing to be done: a prank, no answer from the reporter
    REOPENED = "dibuka_kembali"


class Actor(StrEnum):
    """Who moves a ticket."""

    ROOM = "ruang"  # operators and dispatchers
    AGENCY = "opd"
    REPORTER = "pelapor"  # on the tracking page
    CONTRACTOR = "rekanan"  # by a one-time link; adds proof, moves nothing
    LEADER = "pimpinan"
    HOUSE = "sistem"  # a clock that ran out; a case that closed


OVER = frozenset({TicketState.CLOSED, TicketState.MERGED, TicketState.ARCHIVED})
OPEN = frozenset(TicketState) - OVER

# Who holds the clock. What is over runs for nobody.
WITH_ROOM = frozenset({TicketState.NEW, TicketState.VERIFIED, TicketState.NOT_OURS})
WITH_AGENCY = frozenset(
    {
        TicketState.REFERRED,
        TicketState.ACCEPTED,
        TicketState.IN_WORK,
        TicketState.FOLLOWED_UP,
        TicketState.REOPENED,
    }
)
WITH_REPORTER = frozenset({TicketState.POSTPONED, TicketState.AWAITING_REPLY})

_ROOM = frozenset({Actor.ROOM})
_AGENCY = frozenset({Actor.AGENCY})
_BOTH = _ROOM | _AGENCY
_HOUSE = frozenset({Actor.HOUSE})
_BACK = frozenset({Actor.REPORTER, Actor.ROOM, Actor.LEADER})  # who may have it opened again

# HOUSE to ditutup or diarsipkan: the dispatcher closed the case, and its tickets with it.
# HOUSE to digabung and back: the case was merged, or parted again.
TICKET_MOVES: Mapping[TicketState, Mapping[TicketState, frozenset[Actor]]] = {
    TicketState.NEW: {
        TicketState.VERIFIED: _ROOM,
        TicketState.REFERRED: _ROOM,
        TicketState.POSTPONED: _ROOM,
        TicketState.ARCHIVED: _ROOM | _HOUSE,
        # What is urgent is not kept waiting for a disposition.
        TicketState.ACCEPTED: _AGENCY,
        TicketState.NOT_OURS: _AGENCY,
        TicketState.MERGED: _HOUSE,
        TicketState.CLOSED: _HOUSE,
    },
    TicketState.VERIFIED: {
        TicketState.REFERRED: _ROOM,
        TicketState.POSTPONED: _ROOM,
        TicketState.ARCHIVED: _ROOM | _HOUSE,
        TicketState.ACCEPTED: _AGENCY,
        TicketState.NOT_OURS: _AGENCY,
        TicketState.MERGED: _HOUSE,
        TicketState.CLOSED: _HOUSE,
    },
    TicketState.REFERRED: {
        TicketState.ACCEPTED: _AGENCY,
        TicketState.NOT_OURS: _AGENCY,
        TicketState.REFERRED: _ROOM,  # to another agency, before the first has taken it
        TicketState.POSTPONED: _BOTH,
        TicketState.ARCHIVED: _ROOM | _HOUSE,
        TicketState.MERGED: _HOUSE,
        TicketState.CLOSED: _HOUSE,
    },
    TicketState.ACCEPTED: {
        TicketState.IN_WORK: _AGENCY,
        TicketState.FOLLOWED_UP: _AGENCY,
        TicketState.NOT_OURS: _AGENCY,
        TicketState.POSTPONED: _BOTH,
        TicketState.ARCHIVED: _HOUSE,
        TicketState.MERGED: _HOUSE,
        TicketState.CLOSED: _HOUSE,
    },
    TicketState.IN_WORK: {
        TicketState.FOLLOWED_UP: _AGENCY,
        TicketState.NOT_OURS: _AGENCY,
        TicketState.POSTPONED: _BOTH,
        TicketState.ARCHIVED: _HOUSE,
        TicketState.MERGED: _HOUSE,
        TicketState.CLOSED: _HOUSE,
    },
    TicketState.FOLLOWED_UP: {
        TicketState.AWAITING_REPLY: _BOTH,  # with an answer to the reporter
        TicketState.IN_WORK: _BOTH,  # the proof does not show it
        TicketState.ARCHIVED: _HOUSE,
        TicketState.MERGED: _HOUSE,
        TicketState.CLOSED: _HOUSE,
    },
    TicketState.AWAITING_REPLY: {
        TicketState.CLOSED: frozenset({Actor.REPORTER, Actor.HOUSE}),  # content, or silent too long
        TicketState.REOPENED: _BACK,
        TicketState.ARCHIVED: _HOUSE,
        TicketState.MERGED: _HOUSE,
    },
    # Back to where it was (Ticket.before), or given up when the reporter stays silent.
    TicketState.POSTPONED: {
        TicketState.NEW: frozenset({Actor.ROOM, Actor.REPORTER}),
        TicketState.VERIFIED: frozenset({Actor.ROOM, Actor.REPORTER}),
        TicketState.REFERRED: frozenset({Actor.ROOM, Actor.AGENCY, Actor.REPORTER}),
        TicketState.ACCEPTED: frozenset({Actor.ROOM, Actor.AGENCY, Actor.REPORTER}),
        TicketState.IN_WORK: frozenset({Actor.ROOM, Actor.AGENCY, Actor.REPORTER}),
        TicketState.REOPENED: frozenset({Actor.ROOM, Actor.AGENCY, Actor.REPORTER}),
        TicketState.ARCHIVED: _ROOM | _HOUSE,
        TicketState.MERGED: _HOUSE,
        TicketState.CLOSED: _HOUSE,
    },
    TicketState.NOT_OURS: {
        TicketState.REFERRED: _ROOM,
        TicketState.ARCHIVED: _ROOM | _HOUSE,
        TicketState.MERGED: _HOUSE,
        TicketState.CLOSED: _HOUSE,
    },
    # Parted again: back to where it was.
    TicketState.MERGED: dict.fromkeys(sorted(OPEN), _HOUSE),
    TicketState.ARCHIVED: {TicketState.REOPENED: _BACK},
    TicketState.CLOSED: {TicketState.REOPENED: _BACK},
    TicketState.REOPENED: {
        TicketState.ACCEPTED: _AGENCY,
        TicketState.IN_WORK: _AGENCY,
        TicketState.REFERRED: _ROOM,
        TicketState.NOT_OURS: _AGENCY,
        TicketState.POSTPONED: _BOTH,
        TicketState.ARCHIVED: _ROOM | _HOUSE,
        TicketState.MERGED: _HOUSE,
        TicketState.CLOSED: _HOUSE,
    },
}

# What must be said with a move: to which agency, why, what the reporter is told.
NEEDS_AGENCY = frozenset({TicketState.REFERRED})
NEEDS_REASON = frozenset({TicketState.NOT_OURS, TicketState.ARCHIVED, TicketState.POSTPONED})
NEEDS_ANSWER = frozenset({TicketState.AWAITING_REPLY, TicketState.POSTPONED})

# Codes that may be given as the reason of a move; to other states none has to be one of a list.
REASONS: Mapping[TicketState, tuple[str, ...]] = {
    TicketState.NOT_OURS: (
        "bukan_tugas",
        "bukan_wilayah",
        "milik_lain",
        "sudah_ditangani_lain",
        "lainnya",
    ),
    TicketState.POSTPONED: ("data_kurang", "tempat_tidak_jelas", "menunggu_pelapor", "lainnya"),
    TicketState.ARCHIVED: ("palsu", "ganda", "tidak_ditemukan", "tanpa_jawaban", "lainnya"),
    TicketState.REOPENED: ("belum_selesai", "bukti_tidak_sesuai", "lainnya"),
}


def check_step(now: TicketState, wanted: TicketState, actor: Actor) -> TicketState:
    """The wanted state, if that actor may move the ticket there. Raises IllegalMove otherwise."""
    if actor not in TICKET_MOVES[now].get(wanted, frozenset()):
        allowed = ", ".join(may_follow(now, actor)) or f"nothing by {actor}"
        raise IllegalMove(f"{now} -> {wanted} by {actor}; from {now} may follow: {allowed}")
    return wanted


def may_follow(now: TicketState, actor: Actor) -> list[TicketState]:
    """Where that actor may move a ticket, in the order of the table."""
    return [wanted for wanted, by in TICKET_MOVES[now].items() if actor in by]
