"""The states of calls, incidents, units and assignments, and the moves between them.

The words are those of the field (shared vocabulary §4.3); Python names are English.
"""

from collections.abc import Iterable, Mapping
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


class UnitState(StrEnum):
    FREE = "siap"
    SENT = "ditugaskan"  # told, not moving yet
    MOVING = "berangkat"
    ON_SCENE = "di_lokasi"
    CARRYING = "membawa_pasien"
    AT_FACILITY = "di_faskes"
    RETURNING = "kembali"  # on the way home, and may be sent again
    OFF_DUTY = "lepas_dinas"


SENDABLE = frozenset({UnitState.FREE, UnitState.RETURNING})


class AssignmentState(StrEnum):
    PROPOSED = "diusulkan"  # by a plan; holds no unit, and is sent only by a person
    SENT = "ditugaskan"
    ACCEPTED = "diterima"
    DEPARTED = "berangkat"
    ARRIVED = "tiba"
    CARRYING = "membawa_pasien"
    AT_FACILITY = "tiba_di_faskes"
    DONE = "selesai"  # the unit is free from here on
    RETURNED = "kembali"  # at its post again
    CANCELLED = "dibatalkan"
    DIVERTED = "dialihkan"  # its unit was sent to something more urgent, or another unit took over


class Reason(StrEnum):
    """Why an assignment was cancelled or diverted."""

    NOT_NEEDED = "tidak_diperlukan"
    NO_ANSWER = "tidak_dijawab"  # the order's timer ran out, another unit took over
    BROKEN = "kendala"  # breakdown, crew cannot go on
    MORE_URGENT = "lebih_gawat"  # diverted to something more urgent
    CLOSER = "ada_yang_lebih_dekat"
    MISTAKE = "salah_kirim"
    EXPIRED = "kedaluwarsa"  # a proposal that nobody took up


class Help(StrEnum):
    """What a crew asks for."""

    MORE = "unit_tambahan"
    MEDICAL = "medis"
    FIRE = "damkar"
    POLICE = "polisi"
    DANGER = "petugas_terancam"  # first of all


OVER = frozenset({AssignmentState.RETURNED, AssignmentState.CANCELLED, AssignmentState.DIVERTED})

# What a crew goes through, in this order.
COURSE = (
    AssignmentState.SENT,
    AssignmentState.ACCEPTED,
    AssignmentState.DEPARTED,
    AssignmentState.ARRIVED,
    AssignmentState.CARRYING,
    AssignmentState.AT_FACILITY,
    AssignmentState.DONE,
    AssignmentState.RETURNED,
)
UNDER_WAY = frozenset(COURSE[:3])
ON_SITE = frozenset(COURSE[3:6])
HOLDING = UNDER_WAY | ON_SITE  # the unit is not free

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
    # back again: the one that had arrived was called away, and the work is still to be done
    IncidentState.ON_SCENE: frozenset(
        {
            IncidentState.ON_SCENE,
            IncidentState.ASSIGNED,
            IncidentState.NEW,
            IncidentState.CLOSED,
        }
    ),
    # re-opened with one of its tickets, or parted again from the one it was merged into
    IncidentState.CLOSED: frozenset({IncidentState.NEW}),
}

_STOPS = frozenset({AssignmentState.CANCELLED, AssignmentState.DIVERTED})

# A crew under way forgets to tap: steps may be left out, never gone back.
ASSIGNMENT_MOVES: Mapping[AssignmentState, frozenset[AssignmentState]] = {
    AssignmentState.PROPOSED: _STOPS | {AssignmentState.SENT},
    AssignmentState.SENT: _STOPS
    | {AssignmentState.ACCEPTED, AssignmentState.DEPARTED, AssignmentState.ARRIVED},
    AssignmentState.ACCEPTED: _STOPS | {AssignmentState.DEPARTED, AssignmentState.ARRIVED},
    AssignmentState.DEPARTED: _STOPS | {AssignmentState.ARRIVED},
    AssignmentState.ARRIVED: _STOPS
    | {AssignmentState.CARRYING, AssignmentState.AT_FACILITY, AssignmentState.DONE},
    AssignmentState.CARRYING: _STOPS | {AssignmentState.AT_FACILITY, AssignmentState.DONE},
    AssignmentState.AT_FACILITY: _STOPS | {AssignmentState.DONE},
    AssignmentState.DONE: frozenset({AssignmentState.RETURNED}),
    AssignmentState.RETURNED: frozenset(),
    AssignmentState.CANCELLED: frozenset(),
    AssignmentState.DIVERTED: frozenset(),
}

# What the unit does while its assignment stands so; a proposal leaves it alone.
UNIT_WHILE: Mapping[AssignmentState, UnitState] = {
    AssignmentState.SENT: UnitState.SENT,
    AssignmentState.ACCEPTED: UnitState.SENT,
    AssignmentState.DEPARTED: UnitState.MOVING,
    AssignmentState.ARRIVED: UnitState.ON_SCENE,
    AssignmentState.CARRYING: UnitState.CARRYING,
    AssignmentState.AT_FACILITY: UnitState.AT_FACILITY,
    AssignmentState.DONE: UnitState.RETURNING,
    AssignmentState.RETURNED: UnitState.FREE,
    AssignmentState.CANCELLED: UnitState.FREE,
    AssignmentState.DIVERTED: UnitState.FREE,
}

State = TypeVar("State", IncidentState, AssignmentState)


def check_move(moves: Mapping[State, frozenset[State]], now: State, wanted: State) -> State:
    """The wanted state, if it may follow the present one. Raises IllegalMove otherwise."""
    if wanted not in moves[now]:
        allowed = ", ".join(sorted(moves[now])) or "nothing: it is final"
        raise IllegalMove(f"{now} -> {wanted}; from {now} may follow: {allowed}")
    return wanted


def is_behind(now: AssignmentState, wanted: AssignmentState) -> bool:
    """Whether a reported step tells nothing new: it was passed, or all was called off."""
    if wanted not in COURSE[1:] or now is AssignmentState.PROPOSED:
        return False
    return now not in COURSE or COURSE.index(wanted) <= COURSE.index(now)


def incident_while(assignments: Iterable[AssignmentState]) -> IncidentState:
    """The state of an open incident whose assignments stand so; whose work was done, stays so."""
    states = set(assignments)
    if states & (ON_SITE | {AssignmentState.DONE, AssignmentState.RETURNED}):
        return IncidentState.ON_SCENE
    return IncidentState.ASSIGNED if states & UNDER_WAY else IncidentState.NEW
