"""What requests about orders and units may hold."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from app.api import reading
from app.api.reading import Body, Line, Number, Version
from dispatch.orders.extent import HIGHEST
from dispatch.rules.workflow import AssignmentState, Help, Reason, UnitState

Key = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[!-~]+$")]
BigNumber = Annotated[int, Field(ge=1, le=2**62)]  # the id of a row that is kept as bigint


class SendBody(Body):
    unit: Number
    part: Line | None = None


class MoveBody(Body):
    state: str
    version: Version | None = None
    key: Key | None = None
    claimed_at: str | None = None
    facility: Number | None = None
    reason: str | None = None

    def asked(self) -> dict[str, Any]:
        """As orders.advance takes it. Raises BadRequestField."""
        return {
            "wanted": reading.word(AssignmentState, "state", self.state),
            "version": self.version,
            "key": self.key,
            "claimed_at": reading.moment("claimed_at", self.claimed_at),
            "facility": self.facility,
            "reason": reading.word(Reason, "reason", self.reason) if self.reason else None,
        }


class TakeOverBody(Body):
    unit: Number
    version: Version


class DivertBody(Body):
    incident: BigNumber
    version: Version
    part: Line | None = None


class HelpBody(Body):
    kind: str
    key: Key | None = None

    def asked(self) -> Help:
        """Raises BadRequestField."""
        return reading.word(Help, "kind", self.kind)


class LevelBody(Body):
    level: Annotated[int, Field(ge=1, le=HIGHEST)]
    version: Version


class ToldBody(Body):
    agency: Number


class DutyBody(Body):
    state: str | None = None
    crew: Annotated[int, Field(ge=0, le=60)] | None = None
    shift_ends_at: str | None = None

    def wanted(self) -> UnitState | None:
        """Raises BadRequestField."""
        return reading.word(UnitState, "state", self.state) if self.state else None

    def shift(self) -> dict[str, int | datetime | None]:
        """What is told of the shift; null takes back what was told. Raises BadRequestField."""
        told: dict[str, int | datetime | None] = {}
        if "crew" in self.model_fields_set:
            told["crew"] = self.crew
        if "shift_ends_at" in self.model_fields_set:
            told["shift_ends_at"] = reading.moment("shift_ends_at", self.shift_ends_at)
        return told
