"""The response report equals what one reckons by hand, on real alarms and arrivals."""

import csv
import gzip
from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest

from dispatch.reports.response import STAGES, Cases, Sendings, by_label, report
from dispatch.reports.response_rows import Answer, Asked
from dispatch.reports.response_words import caveats, sentence
from tests.shared import shared

NO = np.nan
LATE = 1e9  # long after everything


def cases(opened, closed=None, heard=None, target_s=900.0):
    n = len(opened)
    blank = np.full(n, NO)
    return Cases(
        blank,
        blank if heard is None else np.array(heard, dtype=float),
        np.array(opened, dtype=float),
        blank if closed is None else np.array(closed, dtype=float),
        np.full(n, target_s),
    )


def sendings(case, *rows):
    """Each row: sent, accepted, departed, arrived, released, done."""
    columns = np.array([row[:5] for row in rows], dtype=float).reshape(-1, 5).T
    return Sendings(np.array(case, dtype=np.int64), *columns, np.array([r[5] for r in rows], bool))


def stage(found, name):
    return found.total.stages[name]


def toronto():
    with gzip.open(
        shared("data/incidents/toronto_fire_2011_2022.csv.gz"), "rt", encoding="utf-8", newline=""
    ) as lines:
        rows = [row for row in csv.DictReader(lines) if row["alarm_time"] and row["arrival_time"]]
    alarm, there = (
        np.array(
            [datetime.fromisoformat(row[name]).replace(tzinfo=UTC).timestamp() for row in rows]
        )
        for name in ("alarm_time", "arrival_time")
    )
    return alarm, there


def test_torontos_fires_come_to_what_numpy_says():
    alarm, there = toronto()
    n = len(alarm)
    blank = np.full(n, NO)
    units = Sendings(np.arange(n), alarm, blank, blank, there, there + 1800, np.ones(n, bool))
    hours = [[str(datetime.fromtimestamp(at, UTC).hour)] for at in alarm]
    found = report(cases(alarm, there + 1800, target_s=320.0), units, by_label(hours), LATE * 3)
    took = there - alarm
    right = took >= 0
    assert n > 15_000
    assert stage(found, "buka_tiba").n == stage(found, "buka_tiba").ended == right.sum()
    assert stage(found, "buka_tiba").missing == (~right).sum()
    for share, got in ((0.5, "p50_s"), (0.9, "p90_s")):
        by_hand = np.quantile(took[right], share, method="inverted_cdf")
        assert getattr(stage(found, "buka_tiba"), got) == by_hand
    assert stage(found, "buka_tiba").mean_s == pytest.approx(took[right].mean())
    met = (took[right] <= 320).mean()
    assert stage(found, "buka_tiba").within == pytest.approx(met)
    assert found.total.in_time.p == pytest.approx(met)
    assert found.total.in_time.low < met < found.total.in_time.high
    # What nobody tapped is missing, never nought.
    assert stage(found, "kirim_terima").n == 0
    assert stage(found, "kirim_terima").missing == n
    assert stage(found, "berangkat_tiba").missing == n
    assert sum(row.incidents for row in found.rows) == n
    for row in found.rows:
        own = took[right & (np.array([hour[0] for hour in hours]) == row.code)]
        by_hand = np.quantile(own, 0.9, method="inverted_cdf")
        assert row.stages["buka_tiba"].p90_s == by_hand


def test_ten_real_records_with_stages_that_nobody_wrote_down():
    path = shared("data/incidents/sf_fire_units_10.csv")
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))

    def column(name):
        return np.array(
            [
                datetime.fromisoformat(row[name]).replace(tzinfo=UTC).timestamp()
                if row[name]
                else NO
                for row in rows
            ]
        )

    heard, opened, sent = column("received_dttm"), column("entry_dttm"), column("dispatch_dttm")
    departed, there, free = map(column, ("response_dttm", "on_scene_dttm", "available_dttm"))
    units = Sendings(np.arange(10), sent, np.full(10, NO), departed, there, free, ~np.isnan(free))
    found = report(cases(opened, free, heard), units, {}, LATE * 3)
    known = {
        "telepon_buka": (opened - heard),
        "kirim_berangkat": (departed - sent),
        "berangkat_tiba": (there - departed),
        "tiba_selesai": (free - there),
        "buka_kirim": (sent - opened),
    }
    for name, seconds in known.items():
        own = seconds[~np.isnan(seconds)]
        assert stage(found, name).ended == len(own), name
        assert stage(found, name).mean_s == pytest.approx(own.mean())
    # Of the first nobody wrote that it left, arrived or was free: it lasts to this day.
    unknown = np.isnan(there).sum()
    assert unknown == 1
    assert stage(found, "buka_tiba").ended == 10 - unknown
    assert stage(found, "kirim_berangkat").missing == (np.isnan(departed) & ~np.isnan(there)).sum()
    assert stage(found, "berangkat_tiba").missing == stage(found, "kirim_berangkat").missing
    assert stage(found, "dering_jawab").missing == 10


def test_what_still_lasts_counts_for_as_long_as_it_has_lasted():
    # Six are there after 1 to 6 minutes, four were opened an hour ago and wait.
    opened = [0.0] * 10
    there = [60.0 * (n + 1) for n in range(6)]
    rows = [(10, 20, 30, at, NO, False) for at in there] + [(10, 20, 30, NO, NO, False)] * 4
    found = report(cases(opened), sendings(range(10), *rows), {}, 3600.0)
    response = stage(found, "buka_tiba")
    assert (response.n, response.ended, response.censored) == (10, 6, 4)
    assert response.p50_s == 300  # of ten the fifth
    assert response.p90_s is None  # it never came so far
    # Who waits longer than the target is late at once.
    assert (found.total.in_time.k, found.total.in_time.n) == (6, 10)
    fresh = report(cases(opened), sendings(range(10), *rows), {}, 600.0)
    assert (fresh.total.in_time.k, fresh.total.in_time.n) == (6, 6)


def test_a_unit_that_was_called_back_does_not_make_help_look_quick():
    rows = [(0, 10, 20, NO, 100, False)] * 5 + [(0, 10, 20, 400, 900, True)] * 5
    closed = [100.0] * 5 + [900.0] * 5
    found = report(cases([0.0] * 10, closed), sendings(range(10), *rows), {}, LATE)
    way = stage(found, "berangkat_tiba")
    assert (way.n, way.ended, way.censored, way.missing) == (10, 5, 5, 0)
    assert way.p50_s == 380  # of those that went through, none was quicker
    assert stage(found, "buka_tiba").censored == 5


def test_a_tap_that_was_left_out_is_missing_on_both_sides():
    rows = [(0, NO, 60, 300, 900, True)] * 3 + [(0, 30, 60, 300, 900, True)] * 5
    found = report(cases([0.0] * 8, [900.0] * 8), sendings(range(8), *rows), {}, LATE)
    for name in ("kirim_terima", "terima_berangkat"):
        assert (stage(found, name).n, stage(found, name).missing) == (5, 3)
    assert stage(found, "kirim_berangkat").n == 8


def test_an_arrival_that_nobody_tapped_is_not_a_case_without_help():
    rows = [(0, 30, 60, NO, 900, True)] * 2 + [(0, 30, 60, 300, 900, True)] * 5
    found = report(cases([0.0] * 7, [900.0] * 7), sendings(range(7), *rows), {}, LATE)
    assert (stage(found, "buka_tiba").n, stage(found, "buka_tiba").missing) == (5, 2)
    assert found.total.in_time.n == 5
    assert stage(found, "tiba_selesai").missing == 2


def test_the_first_of_several_units_is_the_help():
    case = [n for n in range(5) for _ in range(2)]
    rows = [(0, 5, 10, 500, 900, True), (0, 5, 10, 200, 900, True)] * 5
    found = report(cases([0.0] * 5, [900.0] * 5), sendings(case, *rows), {}, LATE)
    assert stage(found, "buka_tiba").p90_s == 200
    assert stage(found, "berangkat_tiba").n == 10


def test_who_was_sent_nobody_is_counted_and_waits_only_while_it_is_open():
    found = report(cases([0.0] * 8, [60.0] * 3 + [NO] * 5), sendings([]), {}, 600.0)
    assert found.total.unsent == 8
    assert (stage(found, "buka_kirim").n, stage(found, "buka_kirim").ended) == (5, 0)
    assert stage(found, "buka_tiba").n == 5
    assert stage(found, "buka_tiba").missing == 0


def test_times_that_run_backwards_are_missing():
    rows = [(0, 30, 20, 10, 900, True)] * 6
    found = report(cases([5.0] * 6, [900.0] * 6), sendings(range(6), *rows), {}, LATE)
    for name in ("buka_kirim", "terima_berangkat", "berangkat_tiba"):
        assert (stage(found, name).n, stage(found, name).missing) == (0, 6)


def test_small_groups_are_counted_and_not_shown():
    rows = [(0, 10, 20, 300, 900, True)] * 12
    labels = [["a"]] * 8 + [["b"]] * 4
    found = report(
        cases([0.0] * 12, [900.0] * 12), sendings(range(12), *rows), by_label(labels), LATE
    )
    assert [row.code for row in found.rows] == ["a"]
    assert (found.withheld_groups, found.withheld) == (1, 4)
    few = report(cases([0.0] * 4, [900.0] * 4), sendings(range(4), *rows[:4]), {}, LATE)
    assert few.total.in_time is None
    assert stage(few, "buka_tiba").p90_s is None
    assert stage(few, "buka_tiba").n == 4


def test_of_nothing_there_is_nothing_to_tell():
    found = report(cases([]), sendings([]), {}, LATE)
    assert found.total.incidents == 0
    assert set(found.total.stages) == set(STAGES)
    assert all(s.n == 0 and s.p90_s is None for s in found.total.stages.values())


def test_a_tap_that_is_missing_is_told_as_two_open_stretches_and_no_more():
    """The longer stretches miss the same tap once more: they are not added."""
    rows = [(60.0, 90.0, NO, 400.0, 900.0, True)] * 6  # nobody tapped that they left
    found = report(cases([0.0] * 6, [950.0] * 6, [0.0] * 6), sendings(range(6), *rows), {}, LATE)
    assert stage(found, "kirim_berangkat").missing == 6
    told = {c["code"]: c for c in caveats(answer_of(found))}
    assert told["langkah_hilang"]["n"] == 12
    assert "belum_selesai" not in told


def answer_of(found):
    """As the door would have it."""
    day = date(2026, 1, 1)
    return Answer(Asked(day, day), found, {}, 0, datetime(2026, 1, 1, tzinfo=UTC), ())


def test_many_emergencies_without_any_unit_are_not_called_few():
    none = sendings([])
    found = answer_of(report(cases([0.0] * 305), none, {}, LATE))
    assert sentence(found)[0].startswith("305 kegawatan, tetapi tidak satu pun dengan unit")


def test_who_cannot_do_what_is_needed_ends_no_response():
    """The patrol is at each fire after 200 s, the engine after 800; one fire saw no engine yet."""
    patrol = (60.0, 70.0, 90.0, 200.0, NO, False)
    engine = (60.0, 70.0, 90.0, 800.0, NO, False)
    late = (60.0, 70.0, 90.0, NO, NO, False)
    rows = [patrol, engine] * 5 + [patrol, late]
    sent = replace(sendings(np.repeat(range(6), 2), *rows), helps=np.array([False, True] * 6))
    found = report(cases([0.0] * 6), sent, {}, 5000.0)
    first_help = stage(found, "buka_tiba")
    assert (first_help.p50_s, first_help.ended, first_help.censored) == (800, 5, 1)
    assert found.total.in_time.n == 6
    assert found.total.in_time.p == pytest.approx(5 / 6)
    assert stage(found, "berangkat_tiba").n == 12  # each unit's own way counts all the same
