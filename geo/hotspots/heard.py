"""How long reckoning says how far it is, and hears that nobody wants it any more."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

Heard = Callable[[float], None]  # told the share that is done, 0 to 1; may raise to stop
_T = TypeVar("_T")
_EACH_S = 0.2


def quiet(_share: float) -> None:
    """Tells nobody."""


def part_of(heard: Heard, low: float, high: float) -> Heard:
    """For a piece of work that goes from `low` to `high` of the whole."""
    return lambda share: heard(low + (high - low) * share)


def in_turns(count: int, at_once: int, heard: Heard) -> Iterator[slice]:
    """Slices that together are range(count), with a word after each."""
    step = max(1, at_once)
    for start in range(0, count, step):
        yield slice(start, min(count, start + step))
        heard(min(1.0, (start + step) / count))


def waited(work: Callable[[], _T], heard: Callable[[], None], each_s: float = _EACH_S) -> _T:
    """What a foreign solver gives that cannot be asked in between: it works in a thread beside.

    Where `heard` raises, that goes through at once; the thread ends by itself, unheeded, so only
    what is bounded may be given to it.
    """
    answer: list[_T] = []
    trouble: list[BaseException] = []
    over = threading.Event()

    def run() -> None:
        try:
            answer.append(work())
        except BaseException as error:  # for whoever waits, not for this thread
            trouble.append(error)
        finally:
            over.set()

    threading.Thread(target=run, name="beside", daemon=True).start()
    while not over.wait(each_s):
        heard()
    if trouble:
        raise trouble[0]
    return answer[0]
