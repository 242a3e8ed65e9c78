"""The states of calls, incidents, tickets, units and assignments, and the moves between them.

The words are those of the field (shared vocabulary §4.3); Python names are English.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from dispatch.errors import IllegalMove


class CallClass(StrEnum):
    NORMAL = "normal"  # opens an incident, or joins one
    GHOST = "ghost"  # nobody speaks
    PRANK = "prank"
    INFORMASI = "informasi"  # a question, answered on the spot


class Channel(StrEnum):
    PHONE_112 = "112"
    WALK_IN = "tatap_muka"  # at the desk in the Mal Pelayanan Publik
    RADIO = "radio"
    MESSAGE = "pesan"
    VILLAGE = "desa"


class IncidentState(StrEnum):
    NEW = "baru"  # nobody sent
    ASSIGNED = "ditugaskan"  # a unit was sent
    ON_SCENE = "di_lokasi"  # the first unit arrived
    CLOSED = "ditutup"


class TicketState(StrEnum):
    NEW = "baru"
    VERIFIED = "diverifikasi"
    REFERRED = "didisposisi"
    ACCEPTED = "diterima_opd"
    IN_WORK = "dikerjakan"
    FOLLOWED_UP = "ditindaklanjuti"  # with proof
    AWAITING_REPLY = "menunggu_tanggapan"
    CLOSED = "ditutup"


class UnitState(StrEnum):
    FREE = "siap"
    SENT = "ditugaskan"  # told, not moving yet
    MOVING = "berangkat"
    ON_SCENE = "di_lokasi"
    OFF_DUTY = "lepas_dinas"


class AssignmentState(StrEnum):
    SENT = "ditugaskan"
    DEPARTED = "berangkat"
    ARRIVED = "tiba"
    DONE = "selesai"
    CANCELLED = "dibatalkan"


INCIDENT_MOVES: Mapping[IncidentState, frozenset[IncidentState]] = {
    IncidentState.NEW: frozenset({IncidentState.ASSIGNED, IncidentState.CLOSED}),
    IncidentState.ASSIGNED: frozenset(
        # to itself: a second unit is sent; to NEW: the only unit was called back
        {
            IncidentState.ASSIGNED,
            IncidentState.NEW,
            IncidentState.ON_SCENE,
            IncidentState.CLOSED,
        }
    ),
    IncidentState.ON_SCENE: frozenset({IncidentState.ON_SCENE, IncidentState.CLOSED}),
    IncidentState.CLOSED: frozenset(),
}

ASSIGNMENT_MOVES: Mapping[AssignmentState, frozenset[AssignmentState]] = {
    AssignmentState.SENT: frozenset(
        {AssignmentState.DEPARTED, AssignmentState.ARRIVED, AssignmentState.CANCELLED}
    ),
    AssignmentState.DEPARTED: frozenset({AssignmentState.ARRIVED, AssignmentState.CANCELLED}),
    AssignmentState.ARRIVED: frozenset({AssignmentState.DONE, AssignmentState.CANCELLED}),
    AssignmentState.DONE: frozenset(),
    AssignmentState.CANCELLED: frozenset(),
}

TICKET_MOVES: Mapping[TicketState, frozenset[TicketState]] = {
    TicketState.NEW: frozenset({TicketState.VERIFIED, TicketState.REFERRED, TicketState.CLOSED}),
    TicketState.VERIFIED: frozenset({TicketState.REFERRED, TicketState.CLOSED}),
    TicketState.REFERRED: frozenset({TicketState.ACCEPTED, TicketState.CLOSED}),
    TicketState.ACCEPTED: frozenset({TicketState.IN_WORK, TicketState.CLOSED}),
    TicketState.IN_WORK: frozenset({TicketState.FOLLOWED_UP}),
    TicketState.FOLLOWED_UP: frozenset({TicketState.AWAITING_REPLY}),
    TicketState.AWAITING_REPLY: frozenset({TicketState.CLOSED}),
    TicketState.CLOSED: frozenset(),
}

# What the unit does while its assignment stands so; a released unit is free again.
UNIT_WHILE: Mapping[AssignmentState, UnitState] = {
    AssignmentState.SENT: UnitState.SENT,
    AssignmentState.DEPARTED: UnitState.MOVING,
    AssignmentState.ARRIVED: UnitState.ON_SCENE,
    AssignmentState.DONE: UnitState.FREE,
    AssignmentState.CANCELLED: UnitState.FREE,
}

State = TypeVar("State", IncidentState, AssignmentState, TicketState)


def check_move(moves: Mapping[State, frozenset[State]], now: State, wanted: State) -> State:
    """The wanted state, if it may follow the present one. Raises IllegalMove otherwise."""
    if wanted not in moves[now]:
        allowed = ", ".join(sorted(moves[now])) or "nothing: it is final"
        raise IllegalMove(f"{now} -> {wanted}; from {now} may follow: {allowed}")
    return wanted
