"""Who may do what: each role a set of rights. Row security then says with which rows."""

from collections.abc import Mapping
from enum import StrEnum

from dispatch.scope import Role


class Right(StrEnum):
    """One thing that can be done. Every route names one, or says that it is open."""

    OPEN = "open"  # for whoever asks: the log-in page, the state of the server
    LOGGED_IN = "logged_in"  # for everybody who is logged in
    LOG_CALLS = "log_calls"
    DISPATCH = "dispatch"
    MOVE_ASSIGNMENT = "move_assignment"  # berangkat, tiba, selesai
    SEE_BOARD = "see_board"  # map, list, stream; cut to the role's rows
    SEE_LIST = "see_list"  # the list of cases, for who may see any
    SEE_LOAD = "see_load"  # counts by village
    SEE_INCIDENT = "see_incident"  # one case with its history
    SEE_PHOTO = "see_photo"  # a picture from the field; row security says which
    SEE_CONTACT = "see_contact"  # number and name of a caller, each look logged
    SEE_VILLAGE = "see_village"  # the village head's page
    SEE_TASKS = "see_tasks"  # the field unit's page
    MANAGE_DEVICES = "manage_devices"  # tokens with which devices speak for a unit
    SEE_WALL = "see_wall"  # the wallboard
    SAY_WHERE = "say_where"  # a village head: seen, it is here
    EXPORT = "export"  # what may be seen, as a file for other programs
    SEE_INBOX = "see_inbox"  # tickets, as list and one by one
    VERIFY = "verify"  # the room: verify, refer, archive, merge, look at proof
    WORK_TICKET = "work_ticket"  # an agency: accept, work, answer, give back
    INSTRUCT = "instruct"  # instruksi pimpinan
    SEE_LEADERS = "see_leaders"  # figures of agencies, what is late
    SEE_WHOM = "see_whom"  # whom to call for what, where, now
    EXCHANGE = "exchange"  # SP4N-LAPOR: reconciliation and files
    MANAGE_NOTICES = "manage_notices"  # who is told of what, dead letters
    SEE_LOG = "see_log"
    MANAGE_USERS = "manage_users"
    ANALYSE = "analyse"  # hotspots, coverage, what if: counts and maps, never a case


_WATCH = {Right.SEE_BOARD, Right.SEE_LOAD}
_CASE = {*_WATCH, Right.SEE_LIST, Right.SEE_INCIDENT, Right.SEE_PHOTO, Right.SEE_CONTACT}
_TICKETS = {Right.SEE_INBOX, Right.SEE_WHOM}
_ROOM = {
    *_CASE,
    *_TICKETS,
    Right.LOG_CALLS,
    Right.DISPATCH,
    Right.MOVE_ASSIGNMENT,
    Right.VERIFY,
}

RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.OPERATOR: frozenset({*_ROOM, Right.SEE_WALL}),
    Role.DISPATCHER: frozenset(
        {
            *_ROOM,
            Right.MANAGE_DEVICES,
            Right.SEE_WALL,
            Right.EXPORT,
            Right.EXCHANGE,
            Right.MANAGE_NOTICES,
        }
    ),
    Role.AGENCY_OFFICER: frozenset({*_CASE, *_TICKETS, Right.WORK_TICKET, Right.EXPORT}),
    Role.FIELD_UNIT: frozenset({*_CASE, Right.MOVE_ASSIGNMENT, Right.SEE_TASKS}),
    Role.VILLAGE_HEAD: frozenset({*_WATCH, Right.SEE_VILLAGE, Right.SAY_WHERE, Right.SEE_PHOTO}),
    Role.PLANNER: frozenset({*_WATCH, Right.EXPORT, Right.ANALYSE}),
    Role.LEADER: frozenset(
        {
            *_WATCH,
            *_TICKETS,
            Right.SEE_LIST,
            Right.SEE_INCIDENT,
            Right.SEE_WALL,
            Right.EXPORT,
            Right.INSTRUCT,
            Right.SEE_LEADERS,
            Right.ANALYSE,
        }
    ),
    Role.ADMINISTRATOR: frozenset({Right.MANAGE_USERS, Right.MANAGE_DEVICES, Right.MANAGE_NOTICES}),
    Role.DATA_PROTECTION: frozenset({Right.SEE_LOG}),
    Role.WALLBOARD: frozenset({*_WATCH, Right.SEE_WALL}),
}

HOME: Mapping[Role, str] = {
    Role.OPERATOR: "/konsol",
    Role.DISPATCHER: "/papan",
    Role.AGENCY_OFFICER: "/kotak",
    Role.FIELD_UNIT: "/tugas",
    Role.VILLAGE_HEAD: "/desa",
    Role.PLANNER: "/analisis",
    Role.LEADER: "/pimpinan",
    Role.ADMINISTRATOR: "/pengguna",
    Role.DATA_PROTECTION: "/catatan",
    Role.WALLBOARD: "/dinding",
}


def may(role: Role, right: Right) -> bool:
    """Whether a role has a right."""
    return right in (Right.OPEN, Right.LOGGED_IN) or right in RIGHTS[role]
