"""Outside geocoders of geopy behind ours: bounded in time and size, never needed, never in the way.

An OnlineSource answers or says why it did not; it never raises. It sends the words that it is
given to somebody else's machine: ask it only where the installation has been set up so. It must
not be called while a database session is open (nothing here takes one): an answer may take
seconds, and a connection of the pool would wait with it.
"""

from __future__ import annotations

import json
import math
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener

from geopy.adapters import AdapterHTTPError, BaseSyncAdapter
from geopy.exc import GeocoderParseError, GeocoderServiceError, GeocoderTimedOut
from geopy.geocoders import Nominatim

from geo.errors import BadPoint, GeoError
from geo.finding import Candidate
from geo.point import INDONESIA, Box, Point
from geo.uncertainty.location import circle

LONGEST_TEXT = 300  # letters that are sent
LARGEST_ANSWER = 1 << 20  # bytes that are read
MOST_ANSWERS = 8
_READ = 1 << 16
_NEAR_M, _FAR_M, _UNTOLD_M = 25.0, 20_000.0, 200.0  # least and most doubt, and where none is told
OSM = "© OpenStreetMap contributors"


class BadAddress(GeoError):
    """The address of an outside geocoder is not one of http or https."""


class Breaker:
    """Leaves alone what has failed three times in a row; after a minute one call tries again.

    now   seconds that only go up, such as time.monotonic
    Threads may share it.
    """

    def __init__(
        self, now: Callable[[], float] = time.monotonic, failures: int = 3, open_s: float = 60.0
    ) -> None:
        self._now, self._most, self._open_s = now, failures, open_s
        self._in_a_row = 0
        self._closed_at = -math.inf  # until then nobody may try
        self._lock = threading.Lock()
        self.asked = self.failed = self.refused = 0  # since the start

    @property
    def is_open(self) -> bool:
        return self._in_a_row >= self._most

    def allows(self) -> bool:
        """Whether a call may go out now; counts the call or the refusal."""
        with self._lock:
            if self.is_open and self._now() < self._closed_at:
                self.refused += 1
                return False
            self._closed_at = self._now() + self._open_s  # the others wait for this one's trial
            self.asked += 1
            return True

    def succeeded(self) -> None:
        with self._lock:
            self._in_a_row = 0

    def went_wrong(self) -> None:
        with self._lock:
            self.failed += 1
            self._in_a_row += 1
            self._closed_at = self._now() + self._open_s


class Told(StrEnum):
    """What came of asking."""

    ANSWERED = "answered"  # perhaps with no candidates
    NOT_ASKED = "not asked"  # nothing to ask, too soon after the last, or the last still waits
    FAILED = "failed"  # time-out, refusal or nonsense
    OPEN = "open"  # the breaker leaves it alone


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an outside geocoder said.

    candidates    without villages: where they lie is for the locator to say; the source of each
                  names the service and whom to credit
    attribution   to be shown wherever a candidate is
    why           one sentence for the log, without the text that was asked; empty when answered
    """

    told: Told
    candidates: tuple[Candidate, ...]
    attribution: str
    why: str = ""


Options = Callable[[Box], Mapping[str, Any]]


class OnlineSource:
    """One geocoder of geopy, asked one call at a time. Threads may share it.

    timeout_s   after that the answer is FAILED, whatever the other side does
    pause_s     least time between two calls; a call that comes too soon is not made
    options     what this geocoder's geocode() takes to keep to a box
    """

    def __init__(
        self,
        geocoder: Any,
        name: str,
        attribution: str,
        timeout_s: float = 3.0,
        breaker: Breaker | None = None,
        *,
        pause_s: float = 1.0,
        options: Options = lambda box: {},
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name, self.attribution = name, attribution
        self.breaker = breaker or Breaker(now)
        self._geocoder, self._timeout_s, self._options = geocoder, timeout_s, options
        self._pause_s, self._now = pause_s, now
        self._last = -math.inf
        self._busy = threading.Lock()

    def ask(self, text: str, within: Box = INDONESIA) -> Outcome:
        """Places within the box that the text may mean, in the service's order. Never raises."""
        text = _clean(text)
        if not text:
            return self._nothing(Told.NOT_ASKED, "no words to ask with")
        if not self._busy.acquire(blocking=False):
            return self._nothing(Told.NOT_ASKED, "the call before has not come back")
        if self._now() - self._last < self._pause_s:
            self._busy.release()
            return self._nothing(Told.NOT_ASKED, f"asked less than {self._pause_s:g} s ago")
        if not self.breaker.allows():
            self._busy.release()
            return self._nothing(Told.OPEN, "left alone after failures")
        self._last = self._now()
        return self._asked(text, within)

    def _asked(self, text: str, within: Box) -> Outcome:
        """In a thread: looking up the service's name and its first bytes know no time-out."""
        box: list[Outcome] = []
        caller = threading.Thread(target=self._call, args=(text, within, box), daemon=True)
        try:
            caller.start()
        except RuntimeError:  # no more threads
            self._busy.release()
            return self._wrong("no thread to ask in")
        caller.join(self._timeout_s)
        # What comes later than this counts no more, neither for good nor for bad.
        outcome = box[0] if box else None
        if outcome is None:
            return self._wrong(f"no answer within {self._timeout_s:g} s")
        if outcome.told is Told.ANSWERED:
            self.breaker.succeeded()
            return outcome
        return self._wrong(outcome.why)

    def _call(self, text: str, within: Box, box: list[Outcome]) -> None:
        try:
            places = self._geocoder.geocode(
                text, exactly_one=False, timeout=self._timeout_s, **self._options(within)
            )
            found = tuple(self._candidates(places or [], within))
            box.append(Outcome(Told.ANSWERED, found, self.attribution))
        except Exception as wrong:
            # Whatever it was, a call that is being taken must not end for it. Only the kind is
            # told: the message may hold the caller's words.
            box.append(Outcome(Told.FAILED, (), self.attribution, type(wrong).__name__))
        finally:
            self._busy.release()

    def _candidates(self, places: list[Any], within: Box) -> list[Candidate]:
        told = [_read_place(place) for place in places[: 4 * MOST_ANSWERS]]
        inside = [one for one in told if one and within.holds(one.point.lon, one.point.lat)]
        share = 1.0 / max(len(inside), 1)
        return [self._candidate(one, share) for one in inside[:MOST_ANSWERS]]

    def _candidate(self, told: _Place, share: float) -> Candidate:
        return Candidate(
            key=f"{self.name}:{told.key}",
            label=told.label,
            kind=told.kind,
            context=told.context,
            point=told.point,
            radius_m=told.radius_m,
            location=circle(told.point, told.radius_m),
            p=share,
            villages=(),
            why=f"{self.name}: {told.label}",
            source=f"{self.name}, {self.attribution}",
        )

    def _wrong(self, why: str) -> Outcome:
        self.breaker.went_wrong()
        return self._nothing(Told.FAILED, why)

    def _nothing(self, told: Told, why: str) -> Outcome:
        return Outcome(told, (), self.attribution, f"{self.name}: {why}")


def from_settings(url: str, user_agent: str, timeout_s: float = 3.0) -> OnlineSource:
    """A Nominatim server at http(s)://host[:port][/path]. Raises BadAddress. Calls nobody yet.

    user_agent   must name the installation (Nominatim's usage policy), and at most one call a
                 second goes out from each process.
    """
    try:
        parts = urlsplit(url.strip())
        sound = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        sound = False
    if not sound:
        raise BadAddress(f"{url[:80]!r}: give http(s)://host[:port][/path]")
    nominatim = Nominatim(
        scheme=parts.scheme,
        domain=f"{parts.netloc}{parts.path.rstrip('/')}",
        user_agent=user_agent,
        adapter_factory=BoundedAdapter,
    )
    return OnlineSource(nominatim, "Nominatim", OSM, timeout_s, options=_nominatim_options)


def _nominatim_options(box: Box) -> Mapping[str, Any]:
    return {
        "viewbox": [(box.south, box.west), (box.north, box.east)],
        "bounded": True,
        "limit": MOST_ANSWERS,
        "language": "id",
    }


class BoundedAdapter(BaseSyncAdapter):  # type: ignore[misc]  # geopy has no types
    """Fetches for a geocoder of geopy; gives up at a megabyte and at the end of the time."""

    def __init__(self, *, proxies: Any, ssl_context: Any) -> None:
        super().__init__(proxies=proxies, ssl_context=ssl_context)
        self._opener = build_opener(HTTPSHandler(context=ssl_context), ProxyHandler(proxies))

    def get_json(self, url: str, *, timeout: float, headers: Mapping[str, str]) -> Any:
        text = self.get_text(url, timeout=timeout, headers=headers)
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            raise GeocoderParseError("the answer is no JSON") from None

    def get_text(self, url: str, *, timeout: float, headers: Mapping[str, str]) -> str:
        """Raises a geopy error for what is no answer, too long or too late."""
        until = time.monotonic() + timeout
        try:
            with self._opener.open(Request(url, headers=dict(headers)), timeout=timeout) as page:  # noqa: S310  # from_settings has looked at the scheme
                return _read(page, until).decode(errors="replace")
        except HTTPError as refused:
            refused.close()
            code, told = refused.code, dict(refused.headers.items())
            raise AdapterHTTPError(
                f"HTTP {code}", status_code=code, headers=told, text=""
            ) from None
        except TimeoutError:
            raise GeocoderTimedOut("too late") from None
        except OSError as wrong:
            raise GeocoderServiceError(type(wrong).__name__) from wrong


def _read(page: Any, until: float) -> bytes:
    read = bytearray()
    while piece := page.read1(_READ):
        read += piece
        if len(read) > LARGEST_ANSWER:
            raise GeocoderServiceError(f"more than {LARGEST_ANSWER} bytes")
        if time.monotonic() > until:
            raise TimeoutError
    return bytes(read)


@dataclass(frozen=True, slots=True)
class _Place:
    key: str
    label: str
    context: str
    kind: str
    point: Point
    radius_m: float


def _read_place(place: Any) -> _Place | None:
    """From a geopy location; None where it makes no sense."""
    raw = place.raw if isinstance(place.raw, Mapping) else {}
    try:
        point = Point(lon=float(place.longitude), lat=float(place.latitude))
    except (BadPoint, TypeError, ValueError):
        return None
    label, _, context = _clean(str(place.address)).partition(", ")
    kind = raw.get("addresstype") or raw.get("type") or "tempat"
    osm = f"{raw.get('osm_type', '')}{raw.get('osm_id', '')}"
    return _Place(
        key=osm or f"{point.lon:.6f},{point.lat:.6f}",
        label=label,
        context=context,
        kind=_clean(str(kind)),
        point=point,
        radius_m=_radius_m(raw.get("boundingbox")),
    )


def _radius_m(corners: Any) -> float:
    """Half the diagonal of Nominatim's box (south, north, west, east), within reason."""
    try:
        south, north, west, east = map(float, corners)
        diagonal_m = Point(lon=west, lat=south).distance_m(Point(lon=east, lat=north))
    except (BadPoint, TypeError, ValueError):
        return _UNTOLD_M
    return min(max(diagonal_m / 2, _NEAR_M), _FAR_M)


def _clean(text: str) -> str:
    """No control signs, no halves of letters, single spaces, not too long."""
    text = text[: 4 * LONGEST_TEXT].encode(errors="ignore").decode()
    return " ".join("".join(s if s.isprintable() else " " for s in text).split())[:LONGEST_TEXT]
