"""Long reckonings: asked for, taken by a worker, told of while they run, kept for a month.

A worker that dies leaves its job behind: once its last beat is old another takes the job over. Each
taking counts up `tries`, and what a worker says of a job holds only while that number is still its
own: so a worker that was thought dead and wakes up again changes nothing.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import delete, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from dispatch.errors import DispatchError, Unknown
from dispatch.rules.doing import Trouble
from dispatch.schema import Job, JobFile
from dispatch.scope import scope_of

MOST_WAITING = 5  # of one user, with those that run
MOST_TRIES = 3
SILENT_FOR = timedelta(seconds=30)  # the worker is held to be dead
KEPT = timedelta(days=30)
LONGEST_STEP, LONGEST_TROUBLE = 200, 500
MOST_FILE_BYTES = 50_000_000
WAITING, RUNNING, DONE, FAILED, CANCELLED = "menunggu", "berjalan", "selesai", "gagal", "batal"
_LIVE = (WAITING, RUNNING)
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(7012, :user)")

Json = dict[str, Any]


class TooManyJobs(DispatchError):
    """Five of your reckonings wait already; let one end, or cancel one."""


class JobOver(DispatchError):
    """It has ended already: there is nothing to cancel."""


class Lost(DispatchError):
    """The job belongs to another worker now, or is over."""


@dataclass(frozen=True, slots=True)
class File:
    """What a job leaves beside its document. name: a-z 0-9 . _ - only, as hasil.gpkg."""

    name: str
    mimetype: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Result:
    """What a job comes to: a JSON object, and files."""

    document: Json
    files: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """A job in the hands of a worker; `tries` says which taking it is."""

    id: int
    kind: str
    params: Json
    tries: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How a job stands, for who looks at it."""

    id: int
    kind: str
    params: Json
    state: str
    by_user: int | None
    by_name: str
    made_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    progress: float  # 0 to 1
    step: str  # a key of dispatch.rules.doing
    tries: int
    cancelling: bool  # asked to stop, and not stopped yet
    trouble: str | None  # a Trouble, or words
    result: Json | None
    files: tuple[tuple[str, str, int], ...]  # name, mimetype, bytes
    ahead: int  # jobs that will be taken before it


def ask(
    session: Session, kind: str, params: Mapping[str, Any], now: datetime, *, anew: bool = False
) -> tuple[int, bool]:
    """Id of the job that reckons this, and whether it was just made.

    The same question of the same day (UTC) is reckoned once, whoever asks.
    anew   put aside a result that is there: the data may have changed since
    Raises TooManyJobs.
    """
    key, scope = key_of(kind, params, now), scope_of(session)
    if (there := _there(session, key, WAITING, RUNNING)) is not None:
        return there, False
    if not anew and (there := _there(session, key, DONE)) is not None:
        return there, False
    # Of two of one user's at once the second must see what the first left waiting.
    session.execute(_ONE_AT_A_TIME, {"user": scope.user_id or 0})
    if _waiting(session, scope.user_id) >= MOST_WAITING:
        raise TooManyJobs
    row = {
        "kind": kind,
        "params": dict(params),
        "key": key,
        "by_user": scope.user_id,
        "by_name": scope.name,
        "made_at": now,
    }
    made = insert(Job).values(row).on_conflict_do_nothing().returning(Job.id)
    if (job_id := session.scalar(made)) is not None:
        return job_id, True
    return ask(session, kind, params, now)  # somebody else asked for it in this very moment


def key_of(kind: str, params: Mapping[str, Any], now: datetime) -> str:
    """What is the same for the same question of the same day, in whatever order it is written."""
    written = orjson.dumps([kind, params, now.date()], option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(written, digest_size=16).hexdigest()


def _there(session: Session, key: str, *states: str) -> int | None:
    query = select(func.max(Job.id)).where(Job.key == key, Job.state.in_(states))
    return session.scalar(query)


def _waiting(session: Session, user_id: int | None) -> int:
    query = select(func.count()).where(Job.by_user == user_id, Job.state.in_(_LIVE))
    return session.scalar(query) or 0


def cancel(session: Session, job_id: int, now: datetime) -> str:
    """Stop one's own job: at once where it waits, else at its next step; its state from now on.

    Raises Unknown for another's job, JobOver.
    """
    held = select(Job).where(Job.id == job_id, Job.by_user == scope_of(session).user_id)
    job = session.scalars(held.execution_options(populate_existing=True)).one_or_none()
    if job is None:
        raise Unknown(f"job {job_id} of yours")
    mine = update(Job).where(Job.id == job_id)
    waits = mine.where(Job.state == WAITING).values(
        state=CANCELLED, ended_at=now, cancel_at=now, step=""
    )
    if session.scalar(waits.returning(Job.id)) is not None:
        return CANCELLED
    runs = mine.where(Job.state == RUNNING).values(cancel_at=func.coalesce(Job.cancel_at, now))
    if session.scalar(runs.returning(Job.id)) is not None:
        return RUNNING
    raise JobOver


def take(
    session: Session, worker: str, now: datetime, silent: timedelta = SILENT_FOR
) -> Held | None:
    """The job that has waited longest, or that a dead worker left; None where there is none.

    silent   after how long without a beat a worker is held to be dead
    """
    _bury(session, now - silent, now)
    left = (Job.state == RUNNING) & (Job.beat_at < now - silent)
    query = (
        select(Job)
        .where(or_(Job.state == WAITING, left))
        .order_by(Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    job = session.scalars(query).one_or_none()
    if job is None:
        return None
    job.state, job.worker, job.tries = RUNNING, worker, job.tries + 1
    job.started_at, job.beat_at, job.progress, job.step = now, now, 0.0, ""
    session.flush()
    return Held(job.id, job.kind, job.params, job.tries)


def _bury(session: Session, heard_before: datetime, now: datetime) -> None:
    """End what was left behind for good: cancelled meanwhile, or tried often enough."""
    left = update(Job).where(Job.state == RUNNING, Job.beat_at < heard_before)
    cancelled = left.where(Job.cancel_at.is_not(None))
    session.execute(cancelled.values(state=CANCELLED, ended_at=now, step=""))
    tried = left.where(Job.tries >= MOST_TRIES)
    session.execute(tried.values(state=FAILED, ended_at=now, trouble=Trouble.GAVE_UP))


def beat(session: Session, held: Held, progress: float, step: str, now: datetime) -> bool:
    """The worker lives and is this far; whether it shall stop. Raises Lost."""
    row = {"beat_at": now, "progress": min(max(progress, 0.0), 1.0), "step": step[:LONGEST_STEP]}
    told = _mine(held).values(row).returning(Job.cancel_at.is_not(None))
    stop = session.scalar(told)
    if stop is None:
        raise Lost
    return bool(stop)


def finish(session: Session, held: Held, result: Result, now: datetime) -> None:
    """Keep what it came to: document, files and state in one transaction. Raises Lost.

    Nothing is kept of what was cancelled in the last moment: its asker was told that it stops.
    """
    cancelled = select(Job.cancel_at).where(Job.id == held.id).with_for_update()
    if session.scalar(cancelled) is not None:
        stopped(session, held, now)
        return
    _end(session, held, state=DONE, ended_at=now, progress=1.0, step="", result=result.document)
    for file in result.files:
        row = {"name": file.name, "mimetype": file.mimetype, "body": file.body}
        session.execute(insert(JobFile).values(job_id=held.id, **row))


def fail(session: Session, held: Held, trouble: str, now: datetime, *, again: bool = False) -> None:
    """Say why it failed: a Trouble, or in words what of the question is wrong. Raises Lost.

    again   another try may help: it waits again, unless it was the third
    """
    said = trouble[:LONGEST_TROUBLE]
    if again and held.tries < MOST_TRIES:
        _end(session, held, state=WAITING, trouble=said, progress=0.0, step="")
    else:
        _end(session, held, state=FAILED, ended_at=now, trouble=said)


def stopped(session: Session, held: Held, now: datetime) -> None:
    """It was cancelled, and the worker has let go of it. Raises Lost."""
    _end(session, held, state=CANCELLED, ended_at=now, step="")


def give_back(session: Session, held: Held) -> None:
    """The worker is told to end: the job waits again, as if it had not been taken. Raises Lost."""
    _end(session, held, state=WAITING, tries=held.tries - 1, progress=0.0, step="")


def _mine(held: Held) -> Any:
    return update(Job).where(Job.id == held.id, Job.tries == held.tries, Job.state == RUNNING)


def _end(session: Session, held: Held, **values: Any) -> None:
    if session.scalar(_mine(held).values(values).returning(Job.id)) is None:
        raise Lost(f"job {held.id}, try {held.tries}")


def read(session: Session, job_id: int) -> Standing:
    """How it stands. Raises Unknown."""
    query = select(Job).where(Job.id == job_id).execution_options(populate_existing=True)
    job = session.scalars(query).one_or_none()
    if job is None:
        raise Unknown(f"job {job_id}")
    return _standing(session, job)


def of_user(session: Session, most: int = 20) -> list[Standing]:
    """The asker's own jobs, newest first."""
    mine = select(Job).where(Job.by_user == scope_of(session).user_id)
    newest = mine.order_by(Job.made_at.desc(), Job.id.desc()).limit(most)
    return [_standing(session, job) for job in session.scalars(newest)]


def file(session: Session, job_id: int, name: str) -> File:
    """A file that it made. Raises Unknown."""
    row = session.get(JobFile, (job_id, name))
    if row is None:
        raise Unknown(f"file {name[:80]!r} of job {job_id}")
    return File(row.name, row.mimetype, row.body)


def _standing(session: Session, job: Job) -> Standing:
    size = func.length(JobFile.body).label("size")
    files = select(JobFile.name, JobFile.mimetype, size).where(JobFile.job_id == job.id)
    earlier = select(func.count()).where(Job.id < job.id, Job.state.in_(_LIVE))
    return Standing(
        **{
            name: getattr(job, name)
            for name in (
                "id", "kind", "params", "state", "by_user", "by_name", "made_at", "started_at",
                "ended_at", "progress", "step", "tries", "trouble", "result",
            )
        },
        cancelling=job.cancel_at is not None and job.state == RUNNING,
        files=tuple((r.name, r.mimetype, r.size) for r in session.execute(files)),
        ahead=(session.scalar(earlier) or 0) if job.state == WAITING else 0,
    )  # fmt: skip


def purge(session: Session, now: datetime) -> int:
    """Forget jobs that ended 30 days ago, with their files; how many there were."""
    gone = delete(Job).where(Job.ended_at < now - KEPT).returning(Job.id)
    return len(session.scalars(gone).all())
