"""The JSON of the load: by village, in all, and the board that goes with it."""

from typing import Any

from app.api.wire_forms import Json, time_of
from dispatch.board import Board
from dispatch.load import Counted, Total, VillageLoad


def load(of: Counted) -> Json:
    """Open incidents by village code; what is counted to no village is in the total alone."""
    return {code: _village(there) for code, there in of.items() if code is not None}


def total(of: Total) -> Json:
    """All that is open, as far as the asker may count it."""
    return {
        "open": of.open,
        "urgent": of.urgent,
        "late": of.late,
        "oldest_at": time_of(of.oldest_at),
        "mean_opened_at": time_of(of.mean_opened_at),
        "villages": of.villages,
        "unpinned": of.unpinned,
        "elsewhere": of.elsewhere,
    }


def counts(shown: Board) -> Json:
    """The figures beside a board: exact, also where not all incidents are on it."""
    of = shown.total
    return {
        "open": of.open,
        "unpinned": of.unpinned,
        "urgent": of.urgent,
        "late": of.late,
        "unsure": of.unsure,
        "maybe": shown.maybe,
        "oldest_at": time_of(of.oldest_at),
    }


def _village(of: VillageLoad) -> dict[str, Any]:
    return {
        "open": of.open,
        "urgent": of.urgent,
        "late": of.late,
        "oldest_at": time_of(of.oldest_at),
        "mean_opened_at": time_of(of.mean_opened_at),
    }
