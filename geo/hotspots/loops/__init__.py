"""The innermost loops, compiled on first use: import them inside the functions that need them.

Numba takes half a second to import, which a process that only serves pages shall not pay. The
machine code is kept beside the source, so it is made once per machine, not once per process.
"""

from collections.abc import Callable
from typing import TypeVar, cast

import numba

_Function = TypeVar("_Function", bound=Callable[..., object])


def compiled(function: _Function) -> _Function:
    """The same function as machine code; other threads may run meanwhile."""
    return cast(_Function, numba.njit(cache=True, nogil=True)(function))
