"""Kinds of jobs: by what each is called, and where the function stands that does it.

A function takes (parts, params, progress) and gives a dispatch.jobs.Result. It is read when the
first such job comes: the worker starts at once, and numba is paid for by who needs it. What it
raises of the families DispatchError and GeoError is told to the user in its own words.
"""

import importlib
from collections.abc import Callable, Mapping
from typing import Any, cast

from app.parts import Parts
from app.progress import Progress
from dispatch.jobs import Result

Work = Callable[[Parts, Mapping[str, Any], Progress], Result]

# kind: "module:function"
KINDS: dict[str, str] = {
    "analisis": "app.api.analyses:work",
    "cakupan": "app.api.coverage:work",
    "andai": "app.api.whatif:work",
}


def work_of(kind: str) -> Work | None:
    """The function for a kind; None for one that nobody knows."""
    if kind not in KINDS:
        return None
    module, _, name = KINDS[kind].partition(":")
    return cast(Work, getattr(importlib.import_module(module), name))
