"""A bar that grows on a terminal while long work goes on."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

_STEPS = 1000


@contextmanager
def bar(label: str) -> Iterator[Callable[[float], None]]:
    """A bar on a terminal, nothing elsewhere; takes the share that is done."""
    with click.progressbar(length=_STEPS, label=label, file=sys.stderr) as shown:

        def progress(done: float) -> None:
            if (steps := int(done * _STEPS) - shown.pos) > 0:
                shown.update(steps)

        yield progress
