"""Cases whose every word, number and point is unique, planted through the API."""

import json
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any

from PIL import Image
from sqlalchemy import text

from dispatch import public
from dispatch.scope import TIMER
from tests.cluster import DEMO_PASSWORD
from tests.world import World, token_of

TEGALSAMBI, PANGGANG = "33.20.11.2010", "33.20.06.1006"
REASON = "kenari9alasan: menelepon kembali pelapor"
ACCOUNT = "kenari9akun"
UNITS = ("DMK-01", "AMB-12", "POL-33")
# Category and agency of a sensitive case say what happened: they are secrets of their own.
SENSITIVE = {"medical": "kesehatan", "violence": "kdrt", "own": "kekerasan_anak"}


@dataclass(kw_only=True)
class Case:
    """A call with its incident, and the numbers under which the API knows them."""

    name: str
    number: int  # makes its words, phone number and pin unique
    login: str  # who took the call
    category: str | None = None
    village: str | None = None  # code; None: no pin
    call_class: str = "normal"
    pin: dict[str, float] | None = None
    incident: int | None = None
    call: int = 0
    assignment: int | None = None

    @property
    def phone(self) -> str:
        """Twelve digits that occur nowhere else."""
        return f"0812{self.number}7654{self.number}90"

    def body(self) -> dict[str, Any]:
        """POST /api/calls."""
        return {
            "where": f"kenari{self.number}tempat",
            "what": f"kenari{self.number}kata",
            "location": {"text": f"kenari{self.number}lokasi"},
            "phone": self.phone,
            "caller": f"kenari{self.number}nama",
            "category": self.category,
            "pin": self.pin,
            "class": self.call_class,
        }


CASES = (
    Case(name="old", number=1, login="operator2", category="kebakaran", village=TEGALSAMBI),
    Case(name="fire", number=2, login="operator2", category="kebakaran", village=TEGALSAMBI),
    Case(name="road", number=3, login="operator2", category="jalan", village=PANGGANG),
    Case(name="medical", number=4, login="dispatcher1", category="kesehatan", village=TEGALSAMBI),
    Case(name="violence", number=5, login="operator3", category="kdrt", village=TEGALSAMBI),
    Case(name="own", number=6, login="operator1", category="kekerasan_anak", village=TEGALSAMBI),
    Case(name="lost", number=7, login="operator2"),
    Case(name="prank", number=8, login="operator2", call_class="prank"),
    # Not sensitive, and yet nothing for outside the room: it points to a person.
    Case(name="theft", number=9, login="operator2", category="kepolisian", village=TEGALSAMBI),
)


@dataclass
class Planted:
    """The cases in their world, and every secret by its name: `fire.phone`, `unit.DMK-01`."""

    world: World
    cursor: str  # of the log before the first case
    edition: int
    units: dict[str, int] = field(default_factory=dict)  # ids by call sign
    cases: dict[str, Case] = field(default_factory=dict)
    photos: dict[str, int] = field(default_factory=dict)  # ids by the case's name
    tickets: dict[str, int] = field(default_factory=dict)  # first ticket by the case's name
    proofs: dict[str, int] = field(default_factory=dict)
    instructions: dict[str, int] = field(default_factory=dict)
    jobs: dict[str, int] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def seen_in(self, words: str) -> set[str]:
        """Names of the secrets that stand in the words."""
        return {name for name, token in self.tokens.items() if token in words}


def plant(world: World) -> Planted:
    """All cases, with units out, one closed, one number revealed for a reason."""
    room = {n: world.client(n) for n in ("operator1", "operator2", "operator3", "dispatcher1")}
    room["dispatcher2"] = world.client("dispatcher2")
    board = room["dispatcher1"].get("/api/board").get_json()
    planted = Planted(world, board["cursor"], world.parts.ground().locator.edition_id)
    units = planted.units = _place_units(planted)
    _accounts(planted)
    for case in map(replace, CASES):
        _take(planted, room[case.login], case)
        if case.name == "old":
            _send(room["dispatcher1"], case, units["DMK-01"])
            body = {"outcome": "kenari1hasil", "version": 2}
            _ok(room["dispatcher1"].post(f"/api/incidents/{case.incident}/close", json=body))
    _send(room["dispatcher1"], planted.cases["fire"], units["DMK-01"])
    _send(room["dispatcher1"], planted.cases["medical"], units["AMB-12"])
    _send(room["dispatcher2"], planted.cases["violence"], units["POL-33"])
    _photo(planted, "pemadam", "fire")
    _photo(planted, "ambulans", "medical")
    _photo(planted, "polisi", "violence")
    _walk(planted)
    path = f"/api/calls/{planted.cases['medical'].call}/contact"
    _ok(world.client("dinkes1").post(path, json={"reason": REASON}))
    for case in planted.cases.values():
        _doubt(planted, case)
    _mark(planted)
    with world.as_scope(TIMER) as session:
        assert public.make_snapshot(session, world.parts.ground(), world.parts.now())
    planted.tokens |= {"old.outcome": "kenari1hasil", "reason": "kenari9alasan", "account": ACCOUNT}
    return planted


def _take(planted: Planted, client: Any, case: Case) -> None:
    case.pin = _pin(planted.world, case) if case.village else None
    key = {"Idempotency-Key": f"canary-{case.name:-<8}"}
    taken = _ok(client.post("/api/calls", json=case.body(), headers=key)).get_json()
    case.call, case.assignment = taken["call"], None
    case.incident = taken["incident"]["id"] if taken["incident"] else None
    planted.cases[case.name] = case
    said = {"place": "tempat", "words": "kata", "name": "nama"}
    tokens = {part: f"kenari{case.number}{word}" for part, word in said.items()}
    tokens |= {"phone": case.phone[2:], "mask": f"{case.phone[:4]}••••{case.phone[-3:]}"}
    if case.pin:
        tokens["pin"] = str(case.pin["lon"])
        assert taken["incident"]["properties"]["village"]["code"] == case.village
    if case.name in SENSITIVE:
        tokens["category"] = f'"category":"{SENSITIVE[case.name]}"'
    planted.tokens |= {f"{case.name}.{part}": token for part, token in tokens.items()}


def _doubt(planted: Planted, case: Case) -> None:
    """What is kept of the place beside the pin. Two cases may lie in the other village, too."""
    if case.incident is None:
        return
    number, other = case.number, {"road": TEGALSAMBI, "violence": PANGGANG}.get(case.name)
    kept = {
        "label": f"kenari{number}label",
        "outline": {"type": "Point", "coordinates": [float(f"110.{number}61743"), -6.5]},
        "heard_outside": f"kenari{number}kabupaten",
    }
    values = {"id": case.incident, "kept": json.dumps(kept), "also": [other] if other else []}
    with planted.world.as_owner() as session:
        session.execute(_DOUBT, values)
    tokens = {
        "text": f"kenari{number}lokasi",
        "label": kept["label"],
        "shape": f"110.{number}61743",
    }
    tokens |= {"against": f"kenari{number}kabupaten"}
    planted.tokens |= {f"{case.name}.{part}": str(token) for part, token in tokens.items()}


_DOUBT = text(
    "UPDATE incident SET location = location || CAST(:kept AS jsonb), doubt = 0.4,"
    " also_villages = CAST(:also AS text[]), contradictions = '{kata_luar_wilayah}'"
    " WHERE id = :id"
)


def inside(world: World, code: str) -> dict[str, float]:
    """A point well inside the village."""
    query = text(
        "SELECT ST_X(p), ST_Y(p) FROM village, ST_PointOnSurface(area) AS p WHERE code = :code"
        " AND edition_id = (SELECT id FROM edition WHERE in_force)"
    )
    with world.as_owner() as session:
        lon, lat = session.execute(query, {"code": code}).one()
    return {"lon": round(lon, 3), "lat": round(lat, 4)}


def _pin(world: World, case: Case) -> dict[str, float]:
    """One whose longitude nobody else has."""
    pin = inside(world, case.village or "")
    return pin | {"lon": float(f"{pin['lon']:.3f}{case.number}7319")}


def _place_units(planted: Planted) -> dict[str, int]:
    """Ids by call sign; each unit stands where no other does."""
    ids = {}
    with planted.world.as_owner() as session:
        for number, call_sign in enumerate(UNITS, start=1):
            lon = f"110.671{number}8843"
            ids[call_sign] = session.execute(
                text(
                    "UPDATE unit SET position = ST_SetSRID(ST_MakePoint(:lon, -6.6123), 4326),"
                    " fix_at = now() WHERE call_sign = :sign RETURNING id"
                ),
                {"lon": float(lon), "sign": call_sign},
            ).scalar_one()
            planted.tokens[f"unit.{call_sign}"] = lon
    return ids


def _photo(planted: Planted, login: str, name: str) -> None:
    """A picture that the crew sends of its case."""
    client, case = planted.world.client(login), planted.cases[name]
    out = BytesIO()
    Image.new("RGB", (30, 20)).save(out, "JPEG")
    answer = client.post(
        f"/api/assignments/{case.assignment}/photos",
        data={"key": f"canary-{name}", "image": (BytesIO(out.getvalue()), "x.jpg")},
        headers={"X-CSRF-Token": token_of(client), "Referer": "https://localhost/"},
    )
    planted.photos[name] = _ok(answer).get_json()["photo"]["id"]
    planted.tokens[f"{name}.photo"] = f"/api/photos/{planted.photos[name]}"


def _walk(planted: Planted) -> None:
    """Where each unit was a while ago."""
    with planted.world.as_owner() as session:
        for number, call_sign in enumerate(UNITS, start=1):
            lon = f"110.672{number}9957"
            given = {"unit": planted.units[call_sign], "lon": float(lon)}
            session.execute(_TRACK, given)
            planted.tokens[f"track.{call_sign}"] = lon


_TRACK = text(
    "INSERT INTO unit_fix (unit_id, at, received_at, position, source)"
    " SELECT :unit, t, t, ST_SetSRID(ST_MakePoint(:lon, -6.6123), 4326), 'halaman'"
    "   FROM (SELECT now() - interval '10 minutes' AS t) AS earlier"
)


def _mark(planted: Planted) -> None:
    """What the head of the village said of the fire: another point, under a name."""
    given = {"id": planted.cases["fire"].incident, "village": TEGALSAMBI}
    planted.tokens |= {"fire.mark": "110.6528853", "fire.head": "kenari9kades"}
    with planted.world.as_owner() as session:
        session.execute(_MARK, given)


_MARK = text(
    "INSERT INTO village_mark (incident_id, village_code, kind, position, by_name)"
    " VALUES (:id, :village, 'di_sini', ST_SetSRID(ST_MakePoint(110.6528853, -6.6123), 4326),"
    " 'kenari9kades')"
)


def _accounts(planted: Planted) -> None:
    """A police patrol, which belongs to no restricted group; and one whose name is a secret."""
    admin = planted.world.client("admin")
    patrol = {"login": "polisi", "name": "Regu patroli", "role": "field_unit"}
    guest = {"login": "tamu", "name": ACCOUNT, "role": "planner"}
    for user in (patrol | {"unit_id": planted.units["POL-33"]}, guest):
        _ok(admin.post("/api/users", json=user | {"password": DEMO_PASSWORD}))


def _send(client: Any, case: Case, unit: int) -> None:
    path = f"/api/incidents/{case.incident}/assignments"
    case.assignment = _ok(client.post(path, json={"unit": unit})).get_json()["assignment"]


def _ok(answer: Any) -> Any:
    assert answer.status_code in (200, 201), answer.get_data(as_text=True)
    return answer
