"""What the sweep asks of the planners' routes: questions, bodies that make no work, and jobs."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.app.canaries import Planted
from tests.app.sweep_tickets import MISSING

# The cases are planted today.
TODAY = datetime.now(UTC).date()
SINCE, UNTIL = (str(TODAY + timedelta(days=days)) for days in (-60, 2))
PERIOD = f"since={SINCE}&until={UNTIL}"
PARAMETERS: Mapping[str, Callable[[Planted], list[Any]]] = {
    "job_id": lambda p: [*p.jobs.values(), MISSING],
    "note_id": lambda p: [MISSING],
    "name": lambda p: ["hasil.txt", "lain.txt"],
    "form": lambda p: ["geojson", "csv", "html", "exe"],
}
QUERIES: Mapping[str, Callable[[Planted], list[str]]] = {
    "analysis_counts.get_counts": lambda p: [
        "",
        PERIOD,
        f"{PERIOD}&whole=1&step=hari",
        f"{PERIOD}&by=heksagon&cell_m=100",
        f"{PERIOD}&by=heksagon&cell_m=500&step=hari",
        f"{PERIOD}&category=kdrt",
        f"{PERIOD}&category=kepolisian",
    ],
    "analyses.get_analysis": lambda p: ["", PERIOD, f"{PERIOD}&unit=heksagon", f"{PERIOD}&x=1"],
    "analyses.get_shapes": lambda p: ["", "unit=heksagon&cell_m=5000"],
    "analyses.get_file": lambda p: ["", PERIOD, f"{PERIOD}&rapat=kenari9rapat"],
    "analysis_notes.get_notes": lambda p: ["", "meeting=kenari9rapat"],
    "coverage.get_coverage": lambda p: ["", "skill=medis&who=bebas", "minutes=x"],
    "response.get_response": lambda p: [
        "",
        "by=desa",
        "by=instansi",
        f"{PERIOD}&category=kdrt",
        "by=x",
    ],
    "response.get_response_csv": lambda p: ["by=desa", PERIOD],
}
BODIES: Mapping[str, Callable[[Planted], list[Any]]] = {
    "analyses.post_analysis": lambda p: [
        {"since": SINCE, "until": UNTIL},
        {"since": SINCE, "until": UNTIL, "category": ["kdrt"]},
        {"since": UNTIL, "until": SINCE},
    ],
    "analysis_notes.post_note": lambda p: [{"words": "", "lon": 110.65, "lat": -6.62}],
    "analysis_notes.delete_note": lambda p: [None],
    "coverage.post_coverage": lambda p: [{"what": "x"}],
    "whatif.ask": lambda p: [
        {},
        {"changes": [{"do": "hapus_unit", "unit": "AMB-999"}], "since": SINCE},
        {"changes": [{"do": "giliran", "shift": "24"}], "categories": ["kdrt"]}
        | {"since": SINCE, "until": UNTIL},
    ],
    "jobs.delete_job": lambda p: [None],
}
