"""How requests are read: strict models, and errors that name the field and what would be right."""

import unicodedata
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, TypeVar

import orjson
from flask import request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from app.errors import BadRequestField, TooLong
from dispatch.calls import CallReport
from dispatch.clues import LONGEST_TEXT, Clues, SaidPlace
from dispatch.rules.workflow import CallClass, Channel
from geo.errors import BadPoint
from geo.point import Point, pin_at

Model = TypeVar("Model", bound=BaseModel)
Word = TypeVar("Word", bound=StrEnum)


def _clean(value: object) -> object:
    """PostgreSQL keeps no zero bytes: they go, the words stay."""
    return value.replace("\x00", "") if isinstance(value, str) else value


def _plain(value: object) -> object:
    """Control signs say nothing of a place; each becomes a space."""
    return plain(value) if isinstance(value, str) else value


def _cut(value: object) -> object:
    """As _plain, and no longer than what is searched."""
    return plain(value)[:LONGEST_TEXT] if isinstance(value, str) else value


def plain(words: str) -> str:
    """The words with a space for every control sign."""
    return "".join(" " if unicodedata.category(c) == "Cc" else c for c in words)


MOST_ANSWERS = 40
Words = Annotated[str, BeforeValidator(_clean), Field(max_length=20_000)]
Line = Annotated[str, BeforeValidator(_clean), Field(max_length=200)]
Text = Annotated[str, BeforeValidator(_plain), Field(max_length=LONGEST_TEXT)]
# Beside a call these only help to find the place: what is too long is cut, no call is refused.
CutText = Annotated[str, BeforeValidator(lambda value: _cut(value))]
Answers = Annotated[
    list[Annotated[list[Line], Field(min_length=2, max_length=2)]],
    BeforeValidator(lambda value: value[-MOST_ANSWERS:] if isinstance(value, list) else value),
]
RadiusM = Annotated[float, Field(ge=0, le=50_000)]
Confidence = Annotated[float, Field(ge=0.5, le=0.99)]

Number = Annotated[int, Field(ge=1, le=2**31 - 1)]  # the id of a row that is kept as integer
Version = Annotated[int, Field(le=2**31 - 2)]  # the next one must fit, too


class Body(BaseModel):
    """Strict: "110.7" is not a number, and a field nobody knows is a mistake."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)


class Pin(Body):
    lon: float
    lat: float


class LocationBody(Body):
    text: CutText = ""
    key: Line | None = None
    radius_m: RadiusM | None = None
    confidence: Confidence = 0.68
    answers: Answers = []
    outside: Line | None = None


class WeighBody(LocationBody):
    pin: Pin | None = None
    pinned_by: Line | None = None
    said_village: Line | None = None


class PlaceBody(Body):
    version: Version
    village: Line | None = None
    key: Line | None = None
    answers: Answers = []


class CallBody(Body):
    channel: str = Channel.PHONE_112.value
    call_class: str = Field(default=CallClass.NORMAL.value, alias="class")
    phone: Line | None = None
    caller: Line | None = None
    where: Words = ""
    what: Words = ""
    category: Line | None = None
    life_at_risk: bool = False
    pin: Pin | None = None
    pinned_by: str | None = None
    said_village: Line | None = None
    location: LocationBody | None = None
    joins: int | None = Field(default=None, ge=1, le=2**62)
    owner: Line | None = None
    said_at: str | None = None


class PhoneBody(Body):
    phone: Line


class ReasonBody(Body):
    reason: Words | None = None


class PinBody(Body):
    lon: float
    lat: float
    version: Version
    radius_m: RadiusM | None = None
    confirmed: bool = False


class CloseBody(Body):
    outcome: Words
    version: Version


class NewUserBody(Body):
    login: Line
    name: Line
    role: str
    password: Annotated[str, Field(max_length=200)]
    agency_id: Number | None = None
    unit_id: Number | None = None
    village_code: Line | None = None
    groups: list[Line] = []


class ChangeUserBody(Body):
    name: Line | None = None
    password: Annotated[str, Field(max_length=200)] | None = None
    active: bool | None = None


def body(model: type[Model]) -> Model:
    """The request's JSON as the model. Raises BadRequestField."""
    raw = request.get_data(cache=False)
    if not request.is_json:
        raise BadRequestField("Content-Type", "send application/json")
    try:
        parsed = orjson.loads(raw)  # refuses NaN, Infinity and absurd nesting
    except orjson.JSONDecodeError as error:
        raise BadRequestField("body", f"not JSON: {error}") from None
    try:
        return model.model_validate(parsed)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "body"
        raise BadRequestField(field, f"{field}: {first['msg']}") from None


def call_report(read: CallBody) -> CallReport:
    """The call as the work knows it. Raises BadRequestField for a word that is not one of ours."""
    return CallReport(
        channel=word(Channel, "channel", read.channel),
        call_class=word(CallClass, "class", read.call_class),
        phone=read.phone or None,
        caller=read.caller or None,
        where=read.where.strip(),
        what=read.what.strip(),
        category=read.category,
        life_at_risk=read.life_at_risk,
        pin=_pin(read.pin) if read.pin else None,
        pinned_by=_pinned_by(read.pinned_by),
        said_village=read.said_village or None,
        location=said_place(read.location) if read.location else None,
        joins=read.joins,
        owner=read.owner or None,
        said_at=moment("said_at", read.said_at),
    )


def said_place(read: LocationBody) -> SaidPlace:
    """What was found out of the place."""
    return SaidPlace(
        text=read.text.strip(),
        key=read.key or None,
        radius_m=read.radius_m,
        confidence=read.confidence,
        answers=pairs(read.answers),
        outside=(read.outside or "").strip() or None,
    )


def weigh_clues(read: WeighBody) -> Clues:
    """What is to be weighed. Raises BadRequestField for a pin that cannot be meant."""
    return Clues(
        pin=_pin(read.pin) if read.pin else None,
        by_hand=_pinned_by(read.pinned_by) != "tempat",
        chosen=read.said_village or None,
        said=said_place(read),
    )


def pairs(answers: list[list[str]]) -> tuple[tuple[str, str], ...]:
    """(question key, option key) of each answer; of two to one question the last."""
    return tuple(dict(answers).items())


def query_text(name: str) -> str:
    """Words of the query string without control signs. Raises TooLong beyond LONGEST_TEXT."""
    words = plain(request.args.get(name, ""))
    if len(words) > LONGEST_TEXT:
        raise TooLong(name, f"{name}: give at most {LONGEST_TEXT} characters")
    return words.strip()


def point(lon: float, lat: float) -> Point:
    """A point in the country. Raises BadRequestField, naming the field."""
    try:
        return pin_at(lon, lat)
    except BadPoint as error:
        raise BadRequestField("pin", str(error)) from None


def query_word(name: str) -> str | None:
    """A word of the query string; None where there is none."""
    return request.args.get(name, "").replace("\x00", "") or None


def query_whole(name: str, default: int, most: int) -> int:
    """A whole number of the query string, 1 to `most`. Raises BadRequestField."""
    written = request.args.get(name, "") or str(default)
    if not (written.isascii() and written.isdigit() and 1 <= int(written[:9]) <= most):
        raise BadRequestField(name, f"{name}={written[:40]!r}: give 1 to {most}")
    return int(written[:9])


def query_number(name: str, default: float | None = None) -> float:
    """A number of the query string. Raises BadRequestField."""
    written = request.args.get(name, "")
    if not written and default is not None:
        return default
    try:
        return float(written)
    except ValueError:
        raise BadRequestField(name, f"{name}={written[:40]!r}: give a number") from None


def query_point() -> Point:
    """Lon and lat of the query string. Raises BadRequestField."""
    return point(query_number("lon"), query_number("lat"))


def _pin(pin: Pin) -> Point:
    return point(pin.lon, pin.lat)


def _pinned_by(written: str | None) -> str | None:
    if written not in (None, "petugas", "tempat"):
        raise BadRequestField("pinned_by", "pinned_by: give petugas or tempat")
    return written


def word(kind: type[Word], field: str, written: str) -> Word:
    """One of the words of that kind. Raises BadRequestField."""
    try:
        return kind(written)
    except ValueError:
        words = ", ".join(w.value for w in kind)
        raise BadRequestField(field, f"{field}: give one of {words}") from None


def moment(field: str, written: str | None) -> datetime | None:
    """A time with its zone, in UTC. Raises BadRequestField."""
    if written is None:
        return None
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise BadRequestField(field, f"{field}: give a time as 2026-11-22T10:00:00Z") from None
    if moment.tzinfo is None:
        raise BadRequestField(field, f"{field}: give the time zone too, as ...Z or ...+07:00")
    # A day from the ends of the calendar: read back in another zone it would not be a date at all,
    # and nobody could read the row any more.
    if not 1 < moment.year < 9999:
        raise BadRequestField(field, f"{field}: no such time")
    return moment.astimezone(UTC)  # PostgreSQL knows no zone beyond 16 hours
