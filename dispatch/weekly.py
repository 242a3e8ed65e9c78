"""The report of one week: what came in, what was done, how agencies stand, what is late, where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from dispatch import figures, leaders, ticket_file
from dispatch.figures import Asked, Figures
from dispatch.ground import Ground
from dispatch.leaders import LateAsked, Overview
from dispatch.ticket_file import ListedTicket

LISTED = 40  # late tickets of the list; the sums and the map hold all
_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Weekly:
    """A week as the report shows it. What is open and late is so now, whichever week it is."""

    week: date  # its Monday
    overview: Overview  # by agency, with the trend up to that week
    before: Figures  # of the week before
    villages: Mapping[str, Figures]  # by code; "": of no village
    categories: Sequence[leaders.Ranked]
    late: Sequence[ListedTicket]  # the longest first


def of_week(session: Session, week: date, now: datetime, ground: Ground) -> Weekly:
    """The report of the week that begins on that Monday."""
    asked = Asked(week, week + _WEEK)
    before = Figures()
    earlier = figures.of_period(session, Asked(week - _WEEK, week), now, ground)
    for one in earlier.values():
        before.add(one)
    rows, _next = leaders.late(session, LateAsked(), now, most=LISTED)
    return Weekly(
        week,
        leaders.overview(session, asked, now, ground),
        before,
        figures.of_period(session, replace(asked, by="desa"), now, ground),
        leaders.overview(session, replace(asked, by="kategori"), now, ground).rows,
        ticket_file.rows(session, [row.id for row in rows]),
    )


def last_week(now: datetime, ground: Ground) -> date:
    """The Monday of the last week that is over."""
    return leaders.this_week(now, ground) - _WEEK
