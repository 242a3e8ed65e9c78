"""The inbox shows all that is meant to who may see it: compared with a plain look at all."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from dispatch import inbox
from dispatch.inbox import Box, Cursor, Held, InboxAsk, Sort
from dispatch.inbox.asking import BadCursor
from dispatch.rules.ticketing import (
    OVER,
    WITH_AGENCY,
    WITH_REPORTER,
    WITH_ROOM,
    TicketKind,
    TicketState,
)
from dispatch.scope import Scope
from tests.benches import crowd_tickets
from tests.world import World

NOW = datetime(2026, 11, 20, 5, tzinfo=UTC)
MANY = 1500
DISPATCHER = Scope("dispatcher", user_id=1)
LEADER = Scope("leader", user_id=2)


@pytest.fixture(scope="module")
def town(shared_world: World) -> World:
    """A crowd of tickets of a month, so that about half of them are open."""
    crowd_tickets.fill(shared_world.owner_url, MANY, 7, NOW, days=30)
    return shared_world


@pytest.fixture(scope="module")
def all_of_it(town: World) -> list[Any]:
    """Every ticket with its place, as the owner sees it."""
    with town.as_owner() as session:
        return list(
            session.execute(
                text(
                    "SELECT t.*, a.code AS agency, i.place_text, i.pin IS NOT NULL AS pinned"
                    " FROM ticket AS t JOIN incident AS i ON i.id = t.incident_id"
                    " JOIN agency AS a ON a.id = t.agency_id"
                )
            )
        )


@pytest.fixture(scope="module")
def officer(all_of_it: list[Any]) -> Scope:
    """Of the agency that has most."""
    had = [row.agency_id for row in all_of_it]
    return Scope("agency_officer", user_id=3, agency_id=max(set(had), key=had.count))


@pytest.fixture(scope="module")
def page(town: World) -> Callable[[Scope, InboxAsk], inbox.InboxPage]:
    def look(scope: Scope, ask: InboxAsk) -> inbox.InboxPage:
        with town.as_scope(scope) as session:
            return inbox.page(session, ask, NOW, town.parts.ground().catalogue)

    return look


def walked(page: Any, scope: Scope, ask: InboxAsk) -> list[int]:
    """All pages, one after the other, by their cursors as a client writes them."""
    found: list[int] = []
    while True:
        shown = page(scope, ask)
        found += shown.ids
        if shown.next is None:
            return found
        ask = replace(ask, after=Cursor.parse(str(shown.next), ask.sort))


def sees(scope: Scope, row: Any) -> bool:
    if scope.role == "agency_officer" and row.agency_id != scope.agency_id:
        return False
    return row.restricted_group is None or row.restricted_group in scope.groups


def next_due(row: Any) -> datetime:
    """As docs/api-tiket.md says of `late`, in plain words."""
    running = []
    if row.referred_at is None:
        running.append(row.verify_due_at)
    if row.answered_at is None:
        running.append(row.answer_due_at)
    if row.state not in ("ditindaklanjuti", "menunggu_tanggapan", "ditunda"):
        running.append(row.due_at)
    return min((due for due in running if due), default=datetime.max.replace(tzinfo=UTC))


def is_open(row: Any) -> bool:
    return row.state not in OVER


def in_box(scope: Scope, box: Box, row: Any) -> bool:
    early = row.state in ("baru", "diverifikasi") and row.kind == "darurat"
    mine = {
        "agency_officer": row.state in WITH_AGENCY or early,
        "dispatcher": row.state in WITH_ROOM,
    }.get(scope.role, True)
    return {
        Box.IN: is_open(row) and mine,
        Box.MINE: is_open(row) and row.holder_id == scope.user_id,
        Box.LATE: is_open(row) and next_due(row) < NOW,
        Box.WAITING: row.state in WITH_REPORTER,
        Box.OVER: not is_open(row),
        Box.ALL: True,
    }[box]


ORDERS: dict[Sort, Callable[[Any], Any]] = {
    Sort.DUE: lambda row: (next_due(row), row.id),
    Sort.PRIORITY: lambda row: (row.priority, next_due(row), row.id),
    Sort.NEW: lambda row: (-row.opened_at.timestamp(), -row.id),
    Sort.OLD: lambda row: (row.opened_at, row.id),
    Sort.CLOSED: lambda row: (-row.closed_at.timestamp(), -row.id),
}


@pytest.mark.parametrize("who", ["officer", "dispatcher", "leader"])
def test_every_box_in_every_order_shows_exactly_what_a_plain_look_finds(
    page: Any, all_of_it: list[Any], officer: Scope, who: str
) -> None:
    scope = {"officer": officer, "dispatcher": DISPATCHER, "leader": LEADER}[who]
    for box in Box:
        for sort in inbox.asking.SORTS[box]:
            meant = [row for row in all_of_it if sees(scope, row) and in_box(scope, box, row)]
            expected = [row.id for row in sorted(meant, key=ORDERS[sort])]
            ask = InboxAsk(box=box, order=sort, limit=max(7, len(expected) // 6))
            assert walked(page, scope, ask) == expected, (box, sort)


def test_filters_narrow_the_page_and_the_counts_alike(
    page: Any, all_of_it: list[Any], officer: Scope
) -> None:
    village = max(row.village_code for row in all_of_it)
    for wanted, fits in filtered(village, all_of_it[0].agency):
        for scope in (officer, DISPATCHER):
            ask = InboxAsk(box=Box.ALL, limit=200, **wanted)
            meant = [row for row in all_of_it if sees(scope, row) and fits(row, scope)]
            shown = page(scope, ask)
            assert set(walked(page, scope, ask)) == {row.id for row in meant}, wanted
            standing = [row for row in meant if is_open(row)]
            assert shown.counts.open == len(standing), wanted
            assert shown.counts.late == sum(next_due(row) < NOW for row in standing)
            assert sum(shown.counts.by_state.values()) == len(meant)
            assert shown.counts.box_in == sum(in_box(scope, Box.IN, row) for row in standing)
            assert not shown.counts.capped


def filtered(village: str, agency: str) -> Iterator[tuple[dict[str, Any], Callable[..., bool]]]:
    yield {"kinds": frozenset({TicketKind.EMERGENCY})}, lambda row, _: row.kind == "darurat"
    yield (
        {"categories": frozenset({"jalan", "sampah"})},
        lambda row, _: row.category_code in ("jalan", "sampah"),
    )
    yield {"villages": frozenset({village})}, lambda row, _: row.village_code == village
    yield {"districts": frozenset({village[:8]})}, lambda row, _: row.district_code == village[:8]
    yield {"priorities": frozenset({1, 3})}, lambda row, _: row.priority in (1, 3)
    yield {"agencies": frozenset({agency})}, lambda row, _: row.agency == agency
    yield {"holder": Held.NOBODY}, lambda row, _: row.holder_id is None
    yield {"late": True}, lambda row, _: is_open(row) and next_due(row) < NOW
    yield {"agencies": frozenset({"tidak_ada"})}, lambda row, _: False


def test_states_choose_within_the_box_and_leave_the_counts(
    page: Any, all_of_it: list[Any], officer: Scope
) -> None:
    wanted = frozenset({TicketState.IN_WORK})
    chosen = page(officer, InboxAsk(states=wanted, limit=200))
    whole = page(officer, InboxAsk(limit=200))
    mine = [row for row in all_of_it if sees(officer, row) and row.state == "dikerjakan"]
    assert set(walked(page, officer, InboxAsk(states=wanted))) == {row.id for row in mine}
    assert chosen.counts == whole.counts
    assert page(officer, InboxAsk(states=frozenset({TicketState.CLOSED}))).ids == []


def test_words_are_found_in_the_place_and_numbers_as_tickets_or_cases(
    page: Any, all_of_it: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "STRETCH", 200)  # several stretches of the list
    for words in ("PASAR mawar", "dekat jembatan", "100%", "_", "tidakadakata"):
        expected = {
            row.id
            for row in all_of_it
            if sees(DISPATCHER, row)
            and all(word.lower() in row.place_text.lower() for word in words.split())
        }
        if words == "_":  # too short to be looked for
            continue
        for box in (Box.ALL, Box.IN):
            fits = {r.id for r in all_of_it if r.id in expected and in_box(DISPATCHER, box, r)}
            assert set(walked(page, DISPATCHER, InboxAsk(box=box, q=words))) == fits, words
    row = next(row for row in all_of_it if sees(DISPATCHER, row))
    for number, expected in (
        (f"#{row.id}", {r.id for r in all_of_it if row.id in (r.id, r.incident_id)}),
        (
            str(row.incident_id),
            {r.id for r in all_of_it if row.incident_id in (r.id, r.incident_id)},
        ),
        ("9" * 18, set()),
    ):
        seen = {r.id for r in all_of_it if r.id in expected and sees(DISPATCHER, r)}
        assert set(walked(page, DISPATCHER, InboxAsk(box=Box.ALL, q=number))) == seen


def test_the_map_shows_the_same_tickets_that_have_a_pin(
    town: World, all_of_it: list[Any], officer: Scope
) -> None:
    for box in Box:
        with town.as_scope(officer) as session:
            found = inbox.points(session, InboxAsk(box=box), NOW, town.parts.ground().catalogue)
        meant = [
            row
            for row in all_of_it
            if sees(officer, row) and in_box(officer, box, row) and row.pinned
        ]
        assert {row.id for row in found.rows} == {row.id for row in meant}
        assert {row.id for row in found.rows if row.late} == {
            row.id for row in meant if is_open(row) and next_due(row) < NOW
        }
        assert not found.truncated


def test_who_has_no_inbox_sees_no_ticket(page: Any) -> None:
    for scope in (Scope("planner", user_id=9), Scope("village_head", user_id=9, village_code="x")):
        assert page(scope, InboxAsk(box=Box.ALL)).ids == []
        assert page(scope, InboxAsk()).counts.open == 0


@pytest.mark.parametrize("written", ["", "x", "W10", "WyJkdWUiLCIxIiwiMiJd", "💥", "W" * 400])
def test_a_cursor_that_no_page_gave_is_refused(written: str) -> None:
    with pytest.raises(BadCursor, match="after: "):
        Cursor.parse(written, Sort.DUE)


def test_a_cursor_of_another_order_is_refused() -> None:
    cursor = Cursor(Sort.NEW, ("2026-11-20 05:00:00.5+00", "12"))
    assert Cursor.parse(str(cursor), Sort.NEW) == cursor
    with pytest.raises(BadCursor, match="another order"):
        Cursor.parse(str(cursor), Sort.OLD)
    with pytest.raises(ValueError, match="another order"):
        InboxAsk(after=cursor)
    with pytest.raises(ValueError, match="sort: of box selesai"):
        InboxAsk(box=Box.OVER, order=Sort.DUE)


def test_late_is_what_is_past_the_first_of_its_running_clocks(
    town: World, page: Any, all_of_it: list[Any]
) -> None:
    row = next(r for r in all_of_it if r.state == "dikerjakan" and r.restricted_group is None)
    moment = NOW + timedelta(days=1)
    with town.as_owner() as session:
        session.execute(
            text(
                "UPDATE ticket SET answered_at = NULL, answer_due_at = :before, due_at = :after"
                " WHERE id = :id"
            ),
            {"before": NOW - timedelta(hours=1), "after": moment, "id": row.id},
        )
    assert row.id in walked(page, DISPATCHER, InboxAsk(box=Box.LATE, limit=200))
    with town.as_owner() as session:
        session.execute(
            text("UPDATE ticket SET answered_at = :now WHERE id = :id"), {"now": NOW, "id": row.id}
        )
    assert row.id not in walked(page, DISPATCHER, InboxAsk(box=Box.LATE, limit=200))


def test_a_page_follows_its_cursor_though_tickets_come_and_go(
    town: World, page: Any, officer: Scope
) -> None:
    before = page(officer, InboxAsk(limit=10)).ids
    first = page(officer, InboxAsk(limit=5))
    with town.as_owner() as session:  # the place in the list that the cursor stands for is gone
        session.execute(
            text("UPDATE ticket SET due_at = :never WHERE id = :id"),
            {"never": NOW + timedelta(days=900), "id": first.ids[-1]},
        )
    second = page(officer, InboxAsk(limit=5, after=first.next))
    assert [*first.ids, *second.ids] == before
