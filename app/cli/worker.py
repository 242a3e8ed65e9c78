"""`tanggap worker`: does the long reckonings of planners, beside the server, until told to stop."""

import logging
import os
import signal
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import click

from app.config import Settings
from app.parts import build
from app.worker.loop import Office, one, run
from app.worker.pulse import Pulse
from dispatch import jobs

NICE = 10  # calls that come in go first
DISPENSABLE = "500"  # of 1000, added to what the memory makes of it
LINES = 2  # of the database: the work, and one to spare
BEATS = 6  # in the time after which a worker is held to be dead


@click.command()
@click.option("--once", is_flag=True, help="Do the jobs that wait now, and end.")
@click.option("--beside", type=int, help="Process that started it: the worker ends with it.")
@click.option(
    "--lease",
    default=jobs.SILENT_FOR.total_seconds(),
    show_default=True,
    type=click.FloatRange(0.5, 3600),
    help="Seconds of silence after which another worker is held to be dead, its job taken over.",
)
def worker(once: bool, beside: int | None, lease: float) -> None:
    """Do long analyses that planners asked for: hotspots, coverage, what if."""
    logging.basicConfig(level=logging.WARNING, format="worker: %(message)s")
    settings = Settings.from_environment()
    with Pulse(settings.database_url, lease / BEATS) as pulse:  # before: it does not make way
        _make_way()
        parts = build(replace(settings, pool_size=LINES))
        office = Office(parts, silent=timedelta(seconds=lease), pulse=pulse)
        for told in (signal.SIGTERM, signal.SIGINT):
            signal.signal(told, lambda *_: office.over.set())
        if once:
            click.echo(f"pekerjaan yang dikerjakan: {_once(office)}")
        else:
            run(office, lambda: beside is None or os.getppid() == beside)


def _once(office: Office) -> int:
    """Do what waits; how many there were."""
    done = 0
    while not office.over.is_set() and one(office):
        done += 1
    return done


def _make_way() -> None:
    """Behind all else, and never on the first processor: one is always left for calls.

    Some libraries reckon on all there are; to be nice alone would let them fill the caches.
    """
    if not hasattr(os, "sched_setaffinity"):
        os.nice(max(0, NICE - os.nice(0)))
        return
    processors = sorted(os.sched_getaffinity(0))
    # Linux keeps both of each thread, and numpy has started threads of its own by now; those that
    # come later are as who starts them.
    for thread in [int(entry.name) for entry in Path("/proc/self/task").iterdir()]:
        nice = os.getpriority(os.PRIO_PROCESS, thread)
        os.setpriority(os.PRIO_PROCESS, thread, max(nice, NICE))
        os.sched_setaffinity(thread, processors[1:] or processors)
    # Where the memory does not suffice, the system ends the worker first: its job waits.
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(DISPENSABLE)
