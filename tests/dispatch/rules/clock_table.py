"""Writes clock_cases.csv: the cases by hand, and others by the slow reckoning.

usage: python -m tests.dispatch.rules.clock_table   (some minutes: it counts minute by minute)
"""

import csv
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.dispatch.rules import clock_hand as hand
from tests.dispatch.rules.clock_slow import Slow, Steps, add_days, add_minutes, minutes_between
from tests.dispatch.rules.clock_world import WIB

TABLE = Path(__file__).parent / "clock_cases.csv"
COLUMNS = (
    "by",
    "ask",
    "kind",
    "class",
    "priority",
    "steps",
    "extended",
    "asked",
    "expected",
    "why",
)
FORM = "%Y-%m-%d %H:%M"
PAUSE = ("ditunda", "menunggu_tanggapan", "ditutup")
# Weeks in which something is odd, and one in which nothing is.
TIMES = (
    ("pekan biasa", "2026-11-09"),
    ("tahun baru", "2026-12-28"),
    ("Natal", "2026-12-21"),
    ("Imlek dan awal Ramadan", "2026-02-11"),
    ("akhir Ramadan", "2026-03-10"),
    ("Lebaran 2025", "2025-03-24"),
    ("Mei 2026", "2026-05-11"),
    ("hari kabisat", "2028-02-22"),
    ("Agustus 2025", "2025-08-12"),
)

ASKED = (
    ("aduan", ""),
    ("aduan", "normatif"),
    ("aduan", "berjenjang"),
    ("informasi", ""),
    ("saran", ""),
    ("darurat", ""),
)

Row = tuple[str, ...]


def read(written: str) -> datetime:
    """A time of the table: WIB, or UTC with a Z."""
    zone = UTC if written.endswith("Z") else WIB
    return datetime.strptime(written.rstrip("Z"), FORM).replace(tzinfo=zone)


def shown(moment: datetime | None) -> str:
    """As the table writes it."""
    return "-" if moment is None else moment.astimezone(WIB).strftime(FORM)


def read_steps(written: str) -> Steps:
    """`baru 2026-11-21 22:00, didisposisi …`."""
    split = (one.strip().split(" ", 1) for one in written.split(","))
    return [(read(at), state) for state, at in split]


def by_hand() -> Iterator[Row]:
    """The rows of clock_hand.py."""
    for start, asked, expected, why in hand.DAYS:
        yield "tangan", "days", "", "", "", start, "", asked, expected, why
    for start, asked, expected, why in hand.ADD:
        yield "tangan", "add", "", "", "", start, "", asked, expected, why
    for start, asked, expected, why in hand.BETWEEN:
        yield "tangan", "between", "", "", "", start, "", asked, expected, why
    for kind, own, priority, steps, extended, expected, why in hand.DUES:
        more = "ya" if extended else ""
        yield "tangan", "dues", kind, own, str(priority), steps, more, "", expected, why
    for kind, own, priority, steps, now, used, of, why in hand.SHARE:
        share = f"{used / of:.6f}"
        yield "tangan", "share", kind, own, str(priority), steps, "", now, share, why
    for kind, own, priority, steps, climbed, expected, why in hand.RUNGS:
        asked = str(climbed)
        yield "tangan", "rung", kind, own, str(priority), steps, "", asked, expected, why


def by_counting(chance: random.Random) -> Iterator[Row]:
    """Rows whose answers the slow reckoning gives."""
    for name, week in TIMES:
        for _ in range(4):
            start = _some_time(chance, week)
            days = chance.choice([1, 2, 3, 5, 10, 14])
            yield _plain("days", start, str(days), shown(add_days(start, days)), name)
            long = chance.randrange(1, 3000)
            yield _plain("add", start, str(long), shown(add_minutes(start, long)), name)
            end = start + timedelta(minutes=chance.randrange(20_000))
            yield _plain("between", start, shown(end), str(minutes_between(start, end)), name)
        for _ in range(8):
            yield _ticket(chance, _some_time(chance, week), name)


def slow_answer(row: dict[str, str]) -> str:
    """What the slow reckoning says of a row; of rungs it knows nothing."""
    start, asked = row["steps"], row["asked"]
    if row["ask"] == "days":
        return shown(add_days(read(start), int(asked)))
    if row["ask"] == "add":
        return shown(add_minutes(read(start), int(asked)))
    if row["ask"] == "between":
        return str(minutes_between(read(start), read(asked)))
    ticket = Slow(
        row["kind"], row["class"], int(row["priority"]), read_steps(start), row["extended"] == "ya"
    )
    if row["ask"] == "share":
        return f"{ticket.share(read(asked)):.6f}"
    return " / ".join(shown(due) for due in ticket.dues())


def _some_time(chance: random.Random, week: str) -> datetime:
    """Any minute of ten days: nights and Sundays among them; one in four near midnight of UTC."""
    start = datetime.fromisoformat(week).replace(tzinfo=WIB)
    start += timedelta(minutes=chance.randrange(10 * 1440))
    return start.replace(hour=chance.choice([6, 7])) if chance.random() < 0.25 else start


def _plain(ask: str, start: datetime, asked: str, expected: str, why: str) -> Row:
    return "hitung", ask, "", "", "", shown(start), "", asked, expected, why


def _ticket(chance: random.Random, opened: datetime, why: str) -> Row:
    kind, own = chance.choice(ASKED)
    longest = 300 if kind == "darurat" else 5000
    at, steps = opened, [f"baru {shown(opened)}"]
    for state in _course(chance):
        at += timedelta(minutes=chance.randrange(1, longest))
        steps.append(f"{state} {shown(at)}")
    extended = "ya" if kind == "informasi" and chance.random() < 0.5 else ""
    row: dict[str, str] = dict(zip(COLUMNS, ("hitung", "dues", kind, own), strict=False))
    row |= {"priority": str(chance.randrange(1, 5)), "steps": ", ".join(steps)}
    row |= {"extended": extended, "asked": "", "why": why}
    if chance.random() < 0.3:
        row |= {"ask": "share", "asked": shown(at + timedelta(minutes=chance.randrange(longest)))}
    row["expected"] = slow_answer(row)
    return tuple(row[column] for column in COLUMNS)


def _course(chance: random.Random) -> list[str]:
    """States one after the other: work, and now and then a pause or a return."""
    course = ["didisposisi"]
    for _ in range(chance.randrange(3)):
        aside = chance.choice([*PAUSE, "bukan_wewenang"])
        course += [aside, "dibuka_kembali" if aside == "ditutup" else "didisposisi"]
    return course[: chance.randrange(len(course) + 1)]


def main() -> None:
    """Write the table; stop where hand and count disagree."""
    rows = list(by_hand())
    for row in rows:
        named = dict(zip(COLUMNS, row, strict=True))
        if named["ask"] != "rung" and slow_answer(named) != named["expected"]:
            raise SystemExit(f"{named}: counted {slow_answer(named)}")
    rows += by_counting(random.Random(6))  # noqa: S311 - cases, no secret
    with TABLE.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)
    print(len(rows), "cases,", sum(row[0] == "tangan" for row in rows), "by hand")  # noqa: T201


if __name__ == "__main__":
    main()
