"""The terms that clocks are set by: of each kind of ticket, and of classes within a kind."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from dispatch.rules.ticketing import TicketKind

Done = tuple[float, float, float, float]  # by priority, 1 gawat to 4 rendah


@dataclass(frozen=True, slots=True)
class Terms:
    """What a kind of ticket, or a class of its clocks, may take; None: no such clock.

    wall    True: minutes by the clock on the wall; False: whole working days
    answer  from the first disposition on; all others from the report on
    """

    wall: bool = False
    verify: float | None = None
    answer: float | None = None
    done: Done | None = None
    extension: float = 0  # PPID: asked for once, with a reason
    reply: float | None = None

    def by(self, own: "OwnTerms | None") -> "Terms":
        """The same with what a class says instead."""
        if own is None:
            return self
        return replace(
            self,
            verify=own.verify or self.verify,
            answer=own.answer or self.answer,
            done=own.done or self.done,
            reply=own.reply or self.reply,
        )


@dataclass(frozen=True, slots=True)
class OwnTerms:
    """What a class of clocks says instead of its kind; None: as the kind does."""

    verify: float | None = None
    answer: float | None = None
    done: Done | None = None
    reply: float | None = None


def same_for_all(done: float) -> Done:
    """One term for the four priorities."""
    return (done, done, done, done)


# SP4N: verify 3, first answer 5, completion 5, 14 or 60, closing after 10 without a reply; PPID:
# UU 14/2008 art. 22 (7) and (8). Minutes of emergencies come from [late_minutes].
USUAL: Mapping[TicketKind, Terms] = MappingProxyType(
    {
        TicketKind.EMERGENCY: Terms(wall=True, done=(60, 120, 240, 480), reply=1440),
        TicketKind.COMPLAINT: Terms(verify=3, answer=5, done=same_for_all(14), reply=10),
        TicketKind.SUGGESTION: Terms(verify=3, answer=5, done=same_for_all(14), reply=10),
        TicketKind.INFORMATION: Terms(
            verify=3, answer=5, done=same_for_all(10), extension=7, reply=10
        ),
    }
)
USUAL_CLASSES: Mapping[str, OwnTerms] = MappingProxyType(
    {
        "normatif": OwnTerms(done=same_for_all(5)),
        "non_pengawasan": OwnTerms(done=same_for_all(14)),
        "pengawasan": OwnTerms(done=same_for_all(60)),
    }
)
