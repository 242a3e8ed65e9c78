"""Has an agency given such things back before? Said before the next one is sent to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scipy.stats import beta

# Before anything is known: one in ten comes back, as sure as ten tickets would make one.
PRIOR_BACK, PRIOR_KEPT = 1.0, 9.0
OFTEN = 0.3  # from here on it costs the citizen more than a second look costs the operator
SURE = 0.8  # chance that it is above OFTEN
LEAST_BACK = 2  # once may be a slip


@dataclass(frozen=True, slots=True)
class Tally:
    """Of the tickets that an agency has settled itself or given back."""

    settled: int  # all of them
    back: int  # bukan wewenang


@dataclass(frozen=True, slots=True)
class Posterior:
    """The share that comes back: mean, and 80 % of the belief between low and high."""

    mean: float
    low: float
    high: float
    often_p: float  # chance that the share is above OFTEN


@dataclass(frozen=True, slots=True)
class Warned:
    """A sentence of warning."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Held:
    """One stay of a ticket with an agency; `back` whether it gave it back."""

    ticket_id: int
    agency_id: int
    back: bool


def posterior(tally: Tally) -> Posterior:
    """Beta-binomial, from PRIOR_BACK and PRIOR_KEPT on."""
    a, b = PRIOR_BACK + tally.back, PRIOR_KEPT + tally.settled - tally.back
    low, high = beta.ppf([0.1, 0.9], a, b)
    return Posterior(a / (a + b), float(low), float(high), float(beta.sf(OFTEN, a, b)))


def tallies(stays: Sequence[Held]) -> dict[int, Tally]:
    """By agency."""
    found: dict[int, Tally] = {}
    for stay in stays:
        before = found.get(stay.agency_id, Tally(0, 0))
        found[stay.agency_id] = Tally(before.settled + 1, before.back + stay.back)
    return found


def usual_instead(stays: Sequence[Held], agency_id: int) -> int | None:
    """Who mostly settles what that agency gave back; None: nobody has yet."""
    given = {stay.ticket_id for stay in stays if stay.agency_id == agency_id and stay.back}
    took: dict[int, int] = {}
    for stay in stays:
        if stay.ticket_id in given and not stay.back and stay.agency_id != agency_id:
            took[stay.agency_id] = took.get(stay.agency_id, 0) + 1
    return max(took, key=lambda agency: (took[agency], -agency)) if took else None


def warned(
    stays: Sequence[Held], agency_id: int, names: Mapping[int, str], what: str
) -> Warned | None:
    """What to say before one more is sent to that agency; None: nothing speaks against it.

    what  in words, of which things: "jalan rusak, jalan provinsi"
    """
    tally = tallies(stays).get(agency_id, Tally(0, 0))
    if tally.back < LEAST_BACK or posterior(tally).often_p < SURE:
        return None
    text = f"{names[agency_id]} mengembalikan {tally.back} dari {tally.settled} aduan {what}"
    instead = usual_instead(stays, agency_id)
    if instead is not None:
        text += f"; biasanya ditangani {names[instead]}"
    return Warned("sering_dikembalikan", f"{text}.")
