"""Every request that the route table allows, with the planted ids: the generator behind the tests.

A route with a parameter, or a way of writing, that is not taught here fails test_canary.py.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from flask.testing import FlaskClient
from werkzeug.routing import Rule

from tests.app import sweep_analysis, sweep_tickets
from tests.app.canaries import PANGGANG, TEGALSAMBI, Planted
from tests.app.sweep_tickets import MISSING
from tests.world import World, token_of

READS = frozenset({"GET"})
WRITES = frozenset({"POST", "PATCH", "PUT", "DELETE"})
LAST = "session.post_logout"  # ends the sweep of whoever asks

PARAMETERS: Mapping[str, Callable[[Planted], list[Any]]] = {
    "incident_id": lambda p: [c.incident for c in p.cases.values() if c.incident] + [MISSING],
    "call_id": lambda p: [c.call for c in p.cases.values()] + [MISSING],
    "assignment_id": lambda p: [c.assignment for c in p.cases.values() if c.assignment],
    "unit_id": lambda p: [*p.units.values(), MISSING],
    "photo_id": lambda p: [*p.photos.values(), MISSING],
    "token_id": lambda p: [MISSING],
    "code": lambda p: ["laut", "nowhere", TEGALSAMBI, PANGGANG],
    "user_id": lambda p: [1, MISSING],
    "edition_id": lambda p: [p.edition],
    "z": lambda p: [9],
    "x": lambda p: [413],
    "y": lambda p: [265],
    "rest": lambda p: ["awan/9/413/265", "users"],
    "filename": lambda p: ["css/base.css"],
} | {**sweep_tickets.PARAMETERS, **sweep_analysis.PARAMETERS}

# What a filter may be asked, to learn of a case by whether it is counted or told.
FILTERS = (
    "", "kind=darurat", "category=kdrt", "category=kesehatan,kepolisian", "agency=dp3ap2kb",
    "channel=112&p=1", "late=1", "hours=24",
)  # fmt: skip

# Query strings of a route; without an entry it is asked bare.
QUERIES: Mapping[str, Callable[[Planted], list[str]]] = {
    "board.get_events": lambda p: [f"after={p.cursor}", "after=0-0", "after=kapan"],
    "ground.get_places_online": lambda p: ["q=kenari"],
    "ground.get_places": lambda p: ["q=kenari", "q=tegalsambi"],
    "incidents.get_incidents": lambda p: ["unsure=1", "", "unsure=2"],
    "ground.get_village_at": lambda p: ["lon=110.65&lat=-6.62", "lon=110&lat=-6", "lon=x&lat=y"],
    "ground.get_outline": lambda p: ["", "village=33.20.11.2010", "village=nowhere"],
    "incidents.get_list": lambda p: [
        *FILTERS,
        *(f"id={n}" for n in PARAMETERS["incident_id"](p)),
        "unpinned=1",
        f"village={TEGALSAMBI}",
        f"village={PANGGANG}",
        "bbox=110,-7,111,-6",
        "limit=0",
        *(f"cell={cell}" for cell in _cells(p)),
    ],
    "load.get_load": lambda p: [*FILTERS, "p=9"],
    "load.get_filters": lambda p: ["", "x=1"],
    "exports.get_cases_geojson": lambda p: [*FILTERS[:3], "p=9"],
    "exports.get_cases_gpkg": lambda p: FILTERS[:1],
    "exports.get_load_geojson": lambda p: FILTERS[:1],
    "exports.get_load_gpkg": lambda p: FILTERS[:1],
    "prints.get_load": lambda p: ["", "as=exe"],
    "prints.get_cases": lambda p: ["", "category=kdrt", "as=exe"],
    "prints.get_chosen": lambda p: ["", f"code={TEGALSAMBI}"],
    "public.get_public_map": lambda p: ["", "lang=en"],
    "public_api.get_public": lambda p: ["", f"village={TEGALSAMBI}"],
    "incidents.get_near": lambda p: [f"lon={lon}&lat={lat}" for lon, lat in _pins(p)],
    "cover.get_cover": lambda p: ["skill=medis&minutes=15", "skill=x", "minutes=x"],
    "units.get_facilities": lambda p: ["lon=110.65&lat=-6.62", "", "lon=x&lat=y"],
    "positions.get_track": lambda p: ["minutes=60", "minutes=x"],
    "positions.get_osmand": lambda p: ["", "id=kenari&lat=-6.62&lon=110.65&timestamp=1"],
    "people.get_log": lambda p: ["", "kind=contact", "before=9", "since=2020-01-01T00:00:00Z"],
} | {**sweep_tickets.QUERIES, **sweep_analysis.QUERIES}

# Bodies of a route that writes: such as change nothing, or nothing that matters to the sweep.
BODIES: Mapping[str, Callable[[Planted], list[Any]]] = {
    "calls.post_call": lambda p: [
        {"class": "informasi", "joins": n} for n in PARAMETERS["incident_id"](p)
    ],
    "calls.post_caller": lambda p: [{"phone": c.phone} for c in p.cases.values()],
    "calls.post_contact": lambda p: [{}, {"reason": "menelepon kembali pelapor"}],
    "assignments.post_assignment": lambda p: [{"unit": n} for n in (MISSING, *p.units.values())],
    "assignments.post_assignment_state": lambda p: [{"state": "ditugaskan"}, {"state": "x"}],
    "assignments.post_take_over": lambda p: [{"unit": MISSING, "version": 0}],
    "assignments.post_divert": lambda p: [
        {"incident": n, "version": 0} for n in PARAMETERS["incident_id"](p)
    ],
    "assignments.post_help": lambda p: [{"kind": "x"}],
    "assignments.post_help_seen": lambda p: [{}],
    "assignments.post_level": lambda p: [{"level": 2, "version": 0}, {"level": 0, "version": 1}],
    "assignments.post_told": lambda p: [{"agency": MISSING}],
    "units.post_duty": lambda p: [{}, {"crew": -1}],
    "surge.post_surge": lambda p: [{"incidents": PARAMETERS["incident_id"](p)[:-1]}, {}],
    "surge.post_proposals": lambda p: [
        {"proposals": []},
        {"proposals": [{"incident": MISSING, "unit": MISSING, "part": None}]},
    ],
    "surge.post_proposals_send": lambda p: [{"ids": [MISSING]}],
    "surge.post_proposals_drop": lambda p: [{"ids": [MISSING]}],
    "passages.post_passage": lambda p: [{"open": True}, {"open": "x"}],
    "photos.post_photo": lambda p: [{}],
    "positions.post_positions": lambda p: [{"fixes": []}],
    "positions.post_osmand": lambda p: [{}],
    "positions.post_owntracks": lambda p: [{"_type": "location"}],
    "tokens.post_token": lambda p: [{}],
    "tokens.post_revoke": lambda p: [{}],
    "incidents.post_pin": lambda p: [{"lon": 110.65, "lat": -6.62, "version": 0}],
    "incidents.post_place": lambda p: [
        {"version": 0},
        {"version": 0, "answers": [["desa", "1"]]},
        {"version": 0, "village": "33.20.11.2010", "key": "x"},
    ],
    "village.post_seen": lambda p: [{"x": 1}],
    "village.post_here": lambda p: [{"version": 0}, {"version": 0, "lon": 110.65, "lat": -6.62}],
    "village.post_not_here": lambda p: [{"version": 0}],
    "ground.post_weigh": lambda p: [{"text": "kenari"}, {"text": "tegalsambi", "radius_m": -1}],
    "incidents.post_close": lambda p: [{"outcome": "selesai", "version": 0}],
    "people.post_user": lambda p: [{"login": "bupati", "name": "x", "role": "x", "password": "x"}],
    "people.patch_user": lambda p: [{}],
} | {**sweep_tickets.BODIES, **sweep_analysis.BODIES}
FORMS: Mapping[str, dict[str, str]] = {
    "session.post_login": {"login": "nobody", "password": "wrong"},
    "session.post_logout": {},
    "session.post_language": {"lang": "en"},
} | sweep_tickets.FORMS


@dataclass(frozen=True)
class Ask:
    """One request."""

    endpoint: str
    method: str
    path: str
    body: Any = None
    form: dict[str, str] | None = None

    @property
    def by_reason(self) -> bool:
        """Whether a reason is given for seeing more."""
        return isinstance(self.body, dict) and "reason" in self.body

    def of(self, client: FlaskClient) -> Any:
        """The answer."""
        if self.form is not None:
            fields = self.form | {"csrf_token": token_of(client)}
            return client.open(self.path, method=self.method, data=fields)
        if self.body is None:
            return client.open(self.path, method=self.method)
        headers = {"Idempotency-Key": f"sweep-{self.body}"[:200]}
        return client.open(self.path, method=self.method, json=self.body, headers=headers)


def untaught(world: World) -> list[str]:
    """Routes that the generator cannot ask: a parameter or a body that nobody has told it."""
    found = []
    for rule in world.app.url_map.iter_rules():
        found += [f"{rule}: {name}" for name in rule.arguments - PARAMETERS.keys()]
        writes = (rule.methods or set()) & WRITES
        if writes and rule.endpoint not in BODIES and rule.endpoint not in FORMS:
            found.append(f"{rule}: what to send")
    return found


def every_ask(planted: Planted) -> Iterator[Ask]:
    """Every route, method, id, query and body; logging out comes last."""
    rules = sorted(planted.world.app.url_map.iter_rules(), key=lambda r: r.endpoint == LAST)
    for rule in rules:
        for path in _paths(planted, rule):
            for method in sorted((rule.methods or set()) & (READS | WRITES)):
                yield from _asks(planted, rule.endpoint, method, path)


def _paths(planted: Planted, rule: Rule) -> Iterator[str]:
    """The route with each of the ids; only what the route's own converters take."""
    names = sorted(rule.arguments)
    bound = planted.world.app.url_map.bind("localhost", url_scheme="https")
    for values in product(*(PARAMETERS[name](planted) for name in names)):
        yield bound.build(rule.endpoint, dict(zip(names, values, strict=True)))


def _asks(planted: Planted, endpoint: str, method: str, path: str) -> Iterator[Ask]:
    if method in READS:
        for query in QUERIES.get(endpoint, lambda p: [""])(planted):
            yield Ask(endpoint, method, f"{path}?{query}" if query else path)
    elif endpoint in FORMS:
        yield Ask(endpoint, method, path, form=FORMS[endpoint])
    else:
        for body in BODIES[endpoint](planted):
            yield Ask(endpoint, method, path, body=body)


def all_of(answer: Any) -> str:
    """Everything that is told: status, headers, body; of a stream its first message."""
    streamed = answer.mimetype == "text/event-stream"
    body = next(answer.response) if streamed else answer.get_data()
    answer.close()
    return f"{answer.status}\n{answer.headers}\n{body.decode('utf-8', 'replace')}"


def _cells(planted: Planted) -> list[str]:
    """The cells of the map at zoom 16 in which the pinned cases lie, as a tile's point names it."""
    found = set()
    for lon, lat in _pins(planted):
        x = (lon + 180) / 360
        y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
        across, down = int(x * 2**21), int(y * 2**21)
        found.add(f"16/{across >> 5}/{down >> 5}/{across & 31}/{down & 31}")
    return sorted(found)


def _pins(planted: Planted) -> list[tuple[float, float]]:
    """Roughly where the pinned cases lie: the question must not hold the answer."""
    pins = [c.pin for c in planted.cases.values() if c.pin]
    return sorted({(round(p["lon"], 3), round(p["lat"], 3)) for p in pins})
