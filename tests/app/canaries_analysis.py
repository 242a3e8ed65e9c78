"""What planners leave behind: a note on the map, and a job with a result and a file."""

from sqlalchemy import text

from tests.app.canaries import Planted

_JOB = text(
    "INSERT INTO job (kind, params, key, by_user, by_name, made_at, state, ended_at, result)"
    " SELECT 'analisis', '{}', 'kenari', id, name, now(), 'selesai', now(),"
    "        '{\"words\": \"kenari9kesimpulan\"}' FROM app_user WHERE login = 'perencana'"
    " RETURNING id"
)
_FILE = text(
    "INSERT INTO job_file (job_id, name, mimetype, body)"
    " VALUES (:id, 'hasil.txt', 'text/plain', 'kenari9berkas')"
)


def plant_analysis(planted: Planted) -> None:
    """As a planner leaves them: for the other planners, and for leaders, and for nobody else."""
    planner = planted.world.client("perencana")
    note = {"meeting": "kenari9rapat", "words": "kenari9catatan", "lon": 110.65, "lat": -6.62}
    written = planner.post("/api/analysis-notes", json=note)
    assert written.status_code == 201, written.get_data(as_text=True)[:400]
    with planted.world.as_owner() as session:
        job_id = int(session.execute(_JOB).scalar_one())
        session.execute(_FILE, {"id": job_id})
    planted.jobs["done"] = job_id
    planted.tokens |= {
        "analysis.note": "kenari9catatan",
        "analysis.result": "kenari9kesimpulan",
        "analysis.file": "kenari9berkas",
    }
