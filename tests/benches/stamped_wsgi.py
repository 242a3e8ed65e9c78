"""The server with a stamp at each stage of the way from a commit to the screens. For the benches.

Appends lines `seconds TAB process TAB stage TAB number TAB scope` to the file that STAMPS names:
seconds of the clock that the database and the kernel's stamps have, too; number is an incident's.
Stages that last are written at their end, with the seconds they took in place of the scope.
"""

import gc
import os
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from app import bell, live
from app.api import calls
from app.bell import Ringer
from app.channel import Channel
from app.load_news import LoadTeller

_FILE = os.open(os.environ["STAMPS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
_HERE = threading.local()  # under gevent: of the greenlet


def stamp(stage: str, numbers: Iterable[int] = (0,), more: object = "") -> None:
    at, pid = time.time(), os.getpid()
    lines = (f"{at:.6f}\t{pid}\t{stage}\t{number}\t{more}\n" for number in numbers)
    os.write(_FILE, "".join(lines).encode())


def lasting(owner: Any, name: str, stage: str, least_s: float = 0.001) -> None:
    """Stamp how long each call of it took, where that was not next to nothing."""
    whole: Callable[..., Any] = getattr(owner, name)

    def stamped(*given: Any, **named: Any) -> Any:
        begun = time.perf_counter()
        try:
            return whole(*given, **named)
        finally:
            if (took := time.perf_counter() - begun) >= least_s:
                stamp(stage, more=f"{took:.6f}")

    setattr(owner, name, stamped)


def _intake(take_call: Any) -> Any:
    def stamped(*given: Any, **named: Any) -> Any:
        stamp("asked")
        answer = take_call(*given, **named)
        _HERE.taken = (answer.body["incident"] or {}).get("id", 0)
        stamp("taken", [_HERE.taken])
        return answer

    return stamped


def _ring(ring: Any) -> Any:
    def stamped(self: Ringer) -> None:
        stamp("committed", [getattr(_HERE, "taken", 0)])
        ring(self)

    return stamped


def _since(since: Any) -> Any:
    def stamped(*given: Any, **named: Any) -> Any:
        changes = since(*given, **named)
        stamp("read", [c.incident_id for c in changes if c.kind == "incident.opened"])
        return changes

    return stamped


def _tell(tell: Any) -> Any:
    def stamped(self: live.Hub, channel: Channel, about: Any) -> None:
        _HERE.about = about.incident_ids
        stamp("asking", about.incident_ids, channel.scope.role)
        tell(self, channel, about)
        stamp("told", about.incident_ids, channel.scope.role)
        _HERE.about = ()

    return stamped


def _changed(changed: Any) -> Any:
    def stamped(session: Any, incidents: Any, units: Any) -> Any:
        seen = changed(session, incidents, units)
        stamp("rows", incidents, session.info["scope"].role)
        return seen

    return stamped


def _add(add: Any) -> Any:
    def stamped(self: Channel, plain: bytes) -> None:
        stamp("framed", getattr(_HERE, "about", ()), self.scope.role)
        begun = time.perf_counter()
        add(self, plain)
        stamp("written", more=f"{time.perf_counter() - begun:.6f}")

    return stamped


def _garbage(phase: str, info: dict[str, int]) -> None:
    if phase == "start":
        _HERE.garbage = time.perf_counter()
    elif (took := time.perf_counter() - _HERE.garbage) > 0.001:
        stamp("garbage", more=f"{took:.6f}")


calls.take_call = _intake(calls.take_call)
Ringer.ring = _ring(Ringer.ring)  # type: ignore[method-assign]
lasting(Ringer, "_notify", "notify", 0)
live.work_log.since = _since(live.work_log.since)
live.board.changed = _changed(live.board.changed)
lasting(live.Hub, "_read", "reading")
lasting(live.Hub, "_read_moves", "moves")
live.Hub._tell = _tell(live.Hub._tell)  # type: ignore[method-assign]
Channel.add = _add(Channel.add)  # type: ignore[method-assign]
lasting(LoadTeller, "tell_due", "load")
lasting(LoadTeller, "counted", "counted")
lasting(LoadTeller, "sweep", "sweep")
lasting(live.Pace, "rest_s", "pace", 0)
gc.callbacks.append(_garbage)

from app import timer  # noqa: E402
from app.api import streams  # noqa: E402

for name in ("tick", "_do", "count"):
    lasting(timer.Timer, name, f"timer {name}")
lasting(streams.LogIns, "_ask", "log-ins", 0)

from app.wsgi import application  # noqa: E402 - stamped before it is built

__all__ = ["application", "bell"]
