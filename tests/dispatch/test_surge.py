"""Many incidents at once: proposed together, kept for all, and sent only by a person."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text, update

from dispatch import surge
from dispatch.errors import GroupOnly, Unknown
from dispatch.orders import raise_due
from dispatch.rules.workflow import AssignmentState, UnitState
from dispatch.schema import Assignment, AssignmentStep, Unit
from dispatch.scope import TIMER, Scope
from tests.world import NOON, World

# Two places in the south, near the same posts, and one in the north; an island.
KEDUNG = {"lon": 110.664, "lat": -6.683}
PECANGAAN = {"lon": 110.707, "lat": -6.693}
KELING = {"lon": 110.86, "lat": -6.47}
KARIMUNJAWA = {"lon": 110.43, "lat": -5.85}

keys = count()


class Room:
    """A control room whose clock stands."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.clients: dict[str, FlaskClient] = {}

    def ask(self, method: str, path: str, body: object = None, login: str = "dispatcher1") -> Any:
        """The answer; `body` goes as JSON."""
        if login not in self.clients:
            self.clients[login] = self.world.client(login)
        given = {} if body is None else {"json": body}
        return self.clients[login].open(path, method=method, **given)

    def case(self, category: str, pin: dict[str, float] | None, login: str = "operator1") -> int:
        """Id of a new incident."""
        key = {"Idempotency-Key": f"surge-{next(keys):06d}"}
        if login not in self.clients:
            self.clients[login] = self.world.client(login)
        body = {"what": "uji", "category": category, "pin": pin}
        answer = self.clients[login].post("/api/calls", json=body, headers=key)
        assert answer.status_code == 201, answer.get_data(as_text=True)
        return int(answer.get_json()["incident"]["id"])

    def propose(self, *incidents: int, login: str = "dispatcher1") -> Any:
        body = {"incidents": list(incidents)} if incidents else {}
        answer = self.ask("POST", "/api/surge", body, login)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.get_json()

    def keep(self, proposals: list[Any], login: str = "dispatcher1") -> Any:
        wanted = [{key: p[key] for key in ("incident", "unit", "part")} for p in proposals]
        answer = self.ask("POST", "/api/proposals", {"proposals": wanted}, login)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.get_json()["proposals"]

    def unit(self, call_sign: str) -> int:
        with self.world.as_owner() as session:
            return int(session.scalar(select(Unit.id).where(Unit.call_sign == call_sign)) or 0)

    def only(self, *call_signs: str) -> None:
        """All others are off duty."""
        with self.world.as_owner() as session:
            session.execute(update(Unit).values(state=UnitState.OFF_DUTY))
            session.execute(
                update(Unit).where(Unit.call_sign.in_(call_signs)).values(state=UnitState.FREE)
            )

    def assignment(self, number: int) -> Any:
        with self.world.as_owner() as session:
            table = Assignment.__table__
            return session.execute(select(table).where(Assignment.id == number)).one()

    def state_of(self, call_sign: str) -> str:
        with self.world.as_owner() as session:
            return str(session.scalar(select(Unit.state).where(Unit.call_sign == call_sign)))


@pytest.fixture
def room(shared_world: World) -> Iterator[Room]:
    """Nothing open, every unit free at its post."""
    yield Room(shared_world)
    with shared_world.as_owner() as session:
        for table in ("assignment_step", "assignment", "ticket_step", "ticket", "call_contact"):
            session.execute(text(f"DELETE FROM {table}"))
        session.execute(
            text("UPDATE incident SET state = 'ditutup', closed_at = opened_at + interval '1 h'")
        )
        session.execute(text("UPDATE unit SET state = 'siap', crew = NULL, silent_since = NULL"))


def sent_to(found: Any) -> dict[int, list[str]]:
    """Call signs by incident."""
    by_incident: dict[int, list[str]] = {}
    for one in found["proposals"]:
        by_incident.setdefault(one["incident"], []).append(one["call_sign"])
    return by_incident


def test_two_emergencies_get_a_unit_each_and_both_sooner_than_one_after_the_other(room: Room):
    first, second = room.case("kesehatan", PECANGAAN), room.case("kesehatan", KEDUNG)
    found = room.propose(first, second)
    assert set(sent_to(found)) == {first, second}
    units = [p["unit"] for p in found["proposals"]]
    assert len(units) == len(set(units))
    ours, theirs = found["objective"], found["nearest_first"]
    assert (ours["unmet"], ours["seconds"]) <= (theirs["unmet"], theirs["seconds"])
    assert found["proven"]


def test_every_proposal_says_when_how_sure_and_why_this_one(room: Room):
    incident = room.case("kesehatan", KEDUNG)
    (one,) = room.propose(incident)["proposals"]
    assert "menit" in one["why"]
    assert "yang paling cepat tiba" in one["why"]
    assert "the first that can be there" in one["why_en"]
    assert 0 < one["p_target"] <= 1
    assert one["expected_s"] > 0


def test_the_one_that_would_be_sooner_is_named_with_what_it_is_needed_for(room: Room):
    """One ambulance is near to both, the other far from both and farther from the second."""
    room.only("AMB-01", "AMB-02")
    lesser = room.case("lalu_lintas", KEDUNG)
    with room.world.as_owner() as session:
        session.execute(text("UPDATE incident SET priority = 3 WHERE id = :id"), {"id": lesser})
    urgent = room.case("kesehatan", KEDUNG)
    found = room.propose(lesser, urgent)
    assert sent_to(found)[urgent] == ["AMB-01"]
    why = next(p["why"] for p in found["proposals"] if p["incident"] == lesser)
    assert "AMB-01 lebih cepat" in why
    assert "(prioritas 1)" in why


def test_what_nobody_can_do_is_told_with_the_reason(room: Room):
    room.only("AMB-01")
    first, second = room.case("kesehatan", KEDUNG), room.case("kesehatan", PECANGAAN)
    fire = room.case("kebakaran", KEDUNG)
    nowhere = room.case("kesehatan", None)
    found = room.propose()
    reasons = {u["incident"]: u["why"] for u in found["unmet"]}
    assert len(sent_to(found)) == 1
    left = ({first, second} - set(sent_to(found))).pop()
    assert "dipakai kejadian yang lebih gawat" in reasons[left]
    assert "tidak ada unit siap" in reasons[fire]
    assert "lokasi belum diketahui" in reasons[nowhere]


def test_a_multi_unit_need_gets_all_its_parts_from_different_units(room: Room):
    incident = room.case("lalu_lintas", KEDUNG)
    found = room.propose(incident)
    parts = [p["part"] for p in found["proposals"]]
    assert len(parts) >= 2
    assert len({p["unit"] for p in found["proposals"]}) == len(parts)


def test_proposing_sends_nothing_and_keeps_nothing(room: Room):
    room.case("kesehatan", KEDUNG)
    found = room.propose()
    assert found["proposals"]
    assert room.ask("GET", "/api/proposals").get_json() == {"proposals": []}
    assert room.state_of(found["proposals"][0]["call_sign"]) == "siap"


def test_a_kept_proposal_is_seen_by_all_dispatchers_and_holds_no_unit(room: Room):
    incident = room.case("kesehatan", KEDUNG)
    (one,) = room.propose(incident)["proposals"]
    (kept,) = room.keep([one])
    (seen,) = room.ask("GET", "/api/proposals", login="dispatcher2").get_json()["proposals"]
    assert seen == kept
    assert (seen["incident"], seen["unit"]) == (incident, one["unit"])
    assert seen["eta"]["expected_s"] == pytest.approx(one["expected_s"], abs=2)
    assert room.state_of(one["call_sign"]) == "siap"
    direct = {"unit": one["unit"]}
    other = room.case("kesehatan", PECANGAAN)
    assert room.ask("POST", f"/api/incidents/{other}/assignments", direct).status_code == 201


def test_to_keep_anew_replaces_what_was_kept_for_the_same_incidents_or_units(room: Room):
    incident = room.case("kesehatan", KEDUNG)
    (one,) = room.propose(incident)["proposals"]
    (old,) = room.keep([one])
    (new,) = room.keep([one], login="dispatcher2")
    assert new["id"] != old["id"]
    assert room.assignment(old["id"]).state == AssignmentState.CANCELLED


def test_a_person_sends_it_and_the_order_stands_in_their_name(room: Room):
    incident = room.case("kesehatan", KEDUNG)
    (one,) = room.propose(incident)["proposals"]
    (kept,) = room.keep([one])
    answer = room.ask("POST", "/api/proposals/send", {"ids": [kept["id"]]}, "dispatcher2")
    assert answer.get_json() == {"sent": [kept["id"]], "refused": []}
    order = room.assignment(kept["id"])
    assert order.state == AssignmentState.SENT
    assert order.ack_due_at is not None
    assert order.part == one["part"]
    assert room.state_of(one["call_sign"]) == "ditugaskan"
    assert room.ask("GET", "/api/proposals").get_json() == {"proposals": []}
    assert room.propose()["proposals"] == []  # the need is met
    with room.world.as_owner() as session:
        steps = session.scalars(
            select(AssignmentStep.state).where(AssignmentStep.assignment_id == kept["id"])
        ).all()
    assert AssignmentState.SENT in steps


def test_what_cannot_be_sent_any_more_is_told_and_the_others_go(room: Room):
    first, second = room.case("kesehatan", KEDUNG), room.case("kesehatan", KELING)
    kept = room.keep(room.propose(first, second)["proposals"])
    taken = next(k for k in kept if k["incident"] == first)
    other = room.case("kesehatan", PECANGAAN)
    body = {"unit": taken["unit"]}
    assert room.ask("POST", f"/api/incidents/{other}/assignments", body).status_code == 201
    ids = [k["id"] for k in kept] + [999_999]
    answer = room.ask("POST", "/api/proposals/send", {"ids": ids}).get_json()
    assert answer["sent"] == [k["id"] for k in kept if k is not taken]
    assert {r["id"]: r["why"] for r in answer["refused"]} == {
        taken["id"]: "unit sudah dikirim ke kejadian lain",
        999_999: "usulan ini tidak ada lagi",
    }


def test_sent_twice_is_sent_once(room: Room):
    incident = room.case("kesehatan", KEDUNG)
    (kept,) = room.keep(room.propose(incident)["proposals"])
    ids = {"ids": [kept["id"], kept["id"]]}
    assert room.ask("POST", "/api/proposals/send", ids).get_json()["sent"] == [kept["id"]]
    again = room.ask("POST", "/api/proposals/send", ids).get_json()
    assert again["sent"] == []
    assert [r["id"] for r in again["refused"]] == [kept["id"]]


def test_a_dropped_proposal_is_gone_for_all_and_cannot_be_sent(room: Room):
    incident = room.case("kesehatan", KEDUNG)
    (kept,) = room.keep(room.propose(incident)["proposals"])
    ids = {"ids": [kept["id"]]}
    assert room.ask("POST", "/api/proposals/drop", ids).get_json() == {"dropped": ids["ids"]}
    assert room.ask("GET", "/api/proposals").get_json() == {"proposals": []}
    assert room.ask("POST", "/api/proposals/send", ids).get_json()["sent"] == []
    assert room.ask("POST", "/api/proposals/drop", ids).get_json() == {"dropped": []}


def test_a_proposal_that_grew_old_lapses_and_cannot_be_sent(room: Room):
    incident = room.case("kesehatan", KEDUNG)
    (kept,) = room.keep(room.propose(incident)["proposals"])
    ids = {"ids": [kept["id"]]}
    with room.world.as_owner() as session:
        long_ago = Assignment.sent_at - timedelta(minutes=11)
        session.execute(update(Assignment).values(sent_at=long_ago, state_since=long_ago))
    answer = room.ask("POST", "/api/proposals/send", ids).get_json()
    assert "kedaluwarsa" in answer["refused"][0]["why"]
    with room.world.as_scope(TIMER) as session:
        assert raise_due(session, room.world.parts.now()).lapsed == 1
    assert room.assignment(kept["id"]).reason == "kedaluwarsa"


def test_a_crew_sees_nothing_of_a_proposal(room: Room):
    incident = room.case("kesehatan", KEDUNG)
    (one,) = room.propose(incident)["proposals"]
    with room.world.as_owner() as session:
        session.execute(
            text("UPDATE app_user SET unit_id = :unit WHERE login = 'ambulans'"),
            {"unit": one["unit"]},
        )
    room.keep([one])
    tasks = room.world.client("ambulans").get("/api/tasks").get_json()["tasks"]
    assert tasks == []
    assert room.world.client("ambulans").get("/api/proposals").status_code == 403


# Sensitive cases


def sensitive(room: Room) -> int:
    """A case of the group "perlindungan", taken by somebody outside it."""
    category = next(
        c.code
        for c in room.world.parts.ground().catalogue.categories.values()
        if c.restricted_group == "perlindungan"
    )
    return room.case(category, KEDUNG, login="dispatcher1")


def test_a_sensitive_case_is_proposed_for_by_its_group_only(room: Room):
    incident = sensitive(room)
    assert room.propose(login="dispatcher1")["proposals"] == []
    refused = room.ask("POST", "/api/surge", {"incidents": [incident]}, "dispatcher1")
    assert refused.status_code == 403
    found = room.propose(incident, login="dispatcher2")
    assert set(sent_to(found)) == {incident}
    (kept, *_) = room.keep(found["proposals"], login="dispatcher2")
    assert room.assignment(kept["id"]).restricted_group == "perlindungan"
    assert room.ask("GET", "/api/proposals", login="dispatcher1").get_json() == {"proposals": []}
    refused = room.ask("POST", "/api/proposals/send", {"ids": [kept["id"]]}, "dispatcher1")
    assert refused.get_json()["sent"] == []
    refused = room.ask("POST", "/api/proposals/drop", {"ids": [kept["id"]]}, "dispatcher1")
    assert refused.get_json() == {"dropped": []}
    wanted = {"proposals": [{"incident": incident, "unit": kept["unit"], "part": kept["part"]}]}
    assert room.ask("POST", "/api/proposals", wanted, "dispatcher1").status_code == 403


def test_who_is_not_in_the_group_is_stopped_by_the_use_case_too(room: Room):
    incident = sensitive(room)
    ground = room.world.parts.ground()
    with room.world.as_owner() as session:
        opener = session.scalar(
            text("SELECT opened_by FROM incident WHERE id = :i"), {"i": incident}
        )
    with (
        room.world.as_scope(Scope("dispatcher", opener, "Uji")) as session,
        pytest.raises(GroupOnly),
    ):
        surge.propose(session, ground, [incident], NOON)
    with (
        room.world.as_scope(Scope("dispatcher", 10_000, "Uji")) as session,
        pytest.raises(Unknown),
    ):
        surge.propose(session, ground, [incident], NOON)


# What cannot be meant


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/api/surge", {"incidents": []}, "incidents"),
        ("/api/surge", {"incidents": ["7"]}, "incidents.0"),
        ("/api/surge", {"unit": 7}, "unit"),
        ("/api/proposals", {"proposals": [{"incident": 1}]}, "proposals.0.unit"),
        ("/api/proposals/send", {"ids": [0]}, "ids.0"),
        ("/api/proposals/drop", {}, "ids"),
    ],
)
def test_a_field_that_cannot_be_used_is_named(room: Room, path: str, body: object, field: str):
    answer = room.ask("POST", path, body)
    assert answer.status_code == 422
    assert answer.get_json()["field"] == field


def test_what_is_not_there_is_said_to_be_unknown(room: Room):
    assert room.ask("POST", "/api/surge", {"incidents": [999_999]}).status_code == 404
    incident = room.case("kesehatan", KEDUNG)
    wanted = {"proposals": [{"incident": incident, "unit": 999_999, "part": None}]}
    assert room.ask("POST", "/api/proposals", wanted).status_code == 404
    twice = {"proposals": [{"incident": incident, "unit": room.unit("AMB-01")}] * 2}
    assert room.ask("POST", "/api/proposals", twice).status_code == 422


def test_the_cover_of_the_land_is_told_over_http(room: Room):
    answer = room.ask("GET", "/api/cover?skill=medis&minutes=15").get_json()
    assert answer["of"] == len(answer["villages"]) > 100
    assert answer["covered"] == sum(v["share"] >= 0.5 for v in answer["villages"])
    assert answer["lost"] == []
    assert room.ask("GET", "/api/cover?minutes=0").status_code == 422
    assert room.ask("GET", "/api/cover?skill=medis", login="bupati").status_code == 403
