"""A worker that also plays jobs of its own, for tests: python -m tests.worker_play --beside PID."""

import ctypes
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from app.cli.worker import worker
from app.parts import Parts
from app.progress import Progress
from app.worker import kinds
from dispatch.errors import DispatchError
from dispatch.jobs import File, Result


class NotLikeThis(DispatchError):
    """Nothing can be reckoned of that."""


def play(parts: Parts, params: Mapping[str, Any], progress: Progress) -> Result:
    """Steps of a length; leaves a line in a file at the start, so that each try can be seen."""
    if "mark" in params:
        with Path(params["mark"]).open("a") as tries:
            tries.write(f"{parts.now().isoformat()}\n")
    if params.get("fault") == "words":
        raise NotLikeThis
    if params.get("fault"):
        raise ZeroDivisionError("081234567890 must not be told")
    steps = int(params.get("steps", 1))
    for step in range(steps):
        progress(step / steps, f"langkah {step + 1}")
        time.sleep(float(params.get("each_s", 0)))
    return Result({"steps": steps}, (File("hasil.txt", "text/plain", b"ini hasilnya"),))


def burn(_parts: Parts, params: Mapping[str, Any], progress: Progress) -> Result:
    """A processor at full load for so many seconds, as an analysis of millions is."""
    until = time.monotonic() + float(params["seconds"])
    table = np.random.default_rng(1).random(2_000_000)
    while time.monotonic() < until:
        table.sort()
        table = np.roll(table, 7)[::-1].copy()
        progress(0.5, "menghitung")
    return Result({"seconds": params["seconds"]})


def seize(_parts: Parts, params: Mapping[str, Any], progress: Progress) -> Result:
    """Holds the interpreter for so many seconds at a stretch: no other thread of it runs."""
    progress(0.5)
    ctypes.PyDLL(None).sleep(int(params["seconds"]))
    return Result({"seconds": params["seconds"]})


kinds.KINDS["main"] = "tests.worker_play:play"
kinds.KINDS["sita"] = "tests.worker_play:seize"
kinds.KINDS["bakar"] = "tests.worker_play:burn"

if __name__ == "__main__":
    worker()
