"""What can go wrong in the work. The docstring of an error is its message."""

from datetime import datetime


class DispatchError(Exception):
    """The work cannot go on like this."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.__doc__)


class IllegalMove(DispatchError):
    """That step does not follow from the present state."""


class UnitTaken(DispatchError):
    """The unit was sent elsewhere a moment ago."""

    def __init__(self, call_sign: str, by: str, at: datetime) -> None:
        self.call_sign, self.by, self.at = call_sign, by, at
        super().__init__(f"{call_sign} was sent by {by} at {at.isoformat()}")


class UnitOffDuty(DispatchError):
    """The unit is not on duty."""


class Unknown(DispatchError):
    """There is no such record, or it is not for you."""


class GroupOnly(DispatchError):
    """A sensitive case: only the group that looks after such cases may do that."""


class KeyReused(DispatchError):
    """The idempotency key was used for other content; make a new key for a new call."""


class ChangedMeanwhile(DispatchError):
    """Somebody else changed it meanwhile; read it again."""

    def __init__(self, detail: str = "", by: str | None = None, at: datetime | None = None) -> None:
        self.by, self.at = by, at
        super().__init__(detail)


class ReasonMissing(DispatchError):
    """Say why you need to see it, in at least 10 letters."""


class NoPin(DispatchError):
    """The incident has no pin yet: put it on the map first."""


class OutsideOwnVillage(DispatchError):
    """A village head shows places in the own village only."""


class NoSuchVillage(DispatchError):
    """There is no village of that code in the edition in force."""


class PinElsewhere(DispatchError):
    """The pin lies far from that village: move the pin first."""


class NotYet(DispatchError):
    """The order may still be answered: wait until its timer has run out."""


class NotMoreUrgent(DispatchError):
    """A unit under way is diverted only to something more urgent."""


class BadToken(DispatchError):
    """The token belongs to no unit, or was revoked."""


class BadImage(DispatchError):
    """The file is no picture that can be read: send JPEG, PNG or WebP."""


class BadConfiguration(DispatchError):
    """The configuration of the regency cannot be used as it is."""
