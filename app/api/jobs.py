"""/api/jobs: how long reckonings stand, what came of them, and taking them back."""

import hashlib
from typing import Any

import orjson
from flask import Blueprint, Response, request
from flask_babel import gettext as _

from app import i18n
from app.api import reading_filters
from app.auth.guard import me, needs
from app.auth.roles import Right, may
from app.errors import NotAllowed
from app.job_words import step_words, trouble_words
from app.parts import parts
from dispatch import jobs, log
from dispatch.jobs import Standing

bp = Blueprint("jobs", __name__, url_prefix="/api/jobs")


@bp.get("")
@needs(Right.ANALYSE)
def get_jobs() -> dict[str, Any]:
    """The asker's own, newest first, without what came of them."""
    reading_filters.only_known(())
    with parts().transaction(me().scope) as session:
        found = jobs.of_user(session)
    return {"jobs": [_wire(job) | {"result": None} for job in found]}


@bp.get("/<int:job_id>")
@needs(Right.ANALYSE)
def get_job(job_id: int) -> Response:
    """One of them; asked again with its ETag, 304 while nothing has changed."""
    reading_filters.only_known(())
    with parts().transaction(me().scope) as session:
        job = jobs.read(session, _number(job_id))
    body = orjson.dumps(_wire(job))
    answer = Response(body, mimetype="application/json")
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.set_etag(hashlib.blake2b(body, digest_size=12).hexdigest())
    answer.make_conditional(request)
    return answer


@bp.delete("/<int:job_id>")
@needs(Right.ANALYSE)
def delete_job(job_id: int) -> dict[str, Any]:
    """Take one's own back: at once while it waits, else at its next step."""
    with parts().transaction(me().scope) as session:
        state = jobs.cancel(session, _number(job_id), parts().now())
    return {"id": job_id, "state": state, "cancelling": state == jobs.RUNNING}


@bp.get("/<int:job_id>/files/<name>")
@needs(Right.ANALYSE)
def get_file(job_id: int, name: str) -> Response:
    """A file that it made, to be kept: never shown as a page of ours."""
    reading_filters.only_known(())
    if not may(me().role, Right.EXPORT):
        raise NotAllowed("files are for those who may export")
    with parts().transaction(me().scope) as session:
        file = jobs.file(session, _number(job_id), name)
        log.record(session, "export.analysis", job=job_id, form=file.name)
    answer = Response(file.body, mimetype=file.mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _number(job_id: int) -> int:
    """As a row can have it; nothing has the number 0."""
    return job_id if job_id < 2**63 else 0


def _wire(job: Standing) -> dict[str, Any]:
    return {
        "id": job.id,
        "kind": job.kind,
        "params": job.params,
        "state": job.state,
        "words": _words(job),
        "mine": job.by_user == me().scope.user_id,
        "by": job.by_name,
        "made_at": job.made_at,
        "started_at": job.started_at,
        "ended_at": job.ended_at,
        "progress": round(job.progress, 3),
        "step": _step(job),
        "tries": job.tries,
        "ahead": job.ahead,
        "cancelling": job.cancelling,
        "trouble": trouble_words(job.trouble) if job.state == jobs.FAILED else None,
        "result": job.result,
        "files": [
            {"name": name, "mimetype": mimetype, "bytes": size}
            for name, mimetype, size in job.files
        ],
    }


def _step(job: Standing) -> str:
    return step_words(job.step, parts().ground().catalogue, i18n.language())


def _words(job: Standing) -> str:
    """How it stands, in one line."""
    return str(_said(job))


def _said(job: Standing) -> Any:
    if job.cancelling:
        return _("Sedang dihentikan.")
    if job.state == jobs.WAITING:
        return _("Menunggu giliran; %(n)s pekerjaan di depannya.", n=job.ahead)
    if job.state == jobs.RUNNING:
        return _step(job) or _("Sedang dihitung.")
    if job.state == jobs.DONE:
        return _("Selesai.")
    if job.state == jobs.CANCELLED:
        return _("Dibatalkan.")
    return trouble_words(job.trouble) or _("Gagal.")
