"""What a play shows of villages: a made-up register, complaints that wait, work that is done."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, insert, select
from sqlalchemy.orm import Session

from dispatch.demo import drawn
from dispatch.demo.agenda import PLAYER, Act, Stage, Step
from dispatch.demo.course import Course
from dispatch.demo.plan import DemoCall
from dispatch.demo.teller import DemoVillage, Teller
from dispatch.regency import Regency
from dispatch.rows import AnyRow
from dispatch.rules.audience import Audience
from dispatch.rules.workflow import IncidentState
from dispatch.schema import Incident, MarkKind, Photo, VillageMark
from geo.village_schema import VillagePart

VILLAGE_KEYS = 600_000  # keys of these calls, far from those of a plan
SOURCE = "contoh peragaan, bukan data desa"  # of the register; by it `clear` knows its own
PARTS = {"001": ("001", "002", "003"), "002": ("004", "005", "006"), "003": ("007", "008")}
WAITING, DONE = 3, 2  # complaints of each village whose head looks on
CROWD = 6  # in each of the two villages with the most people: the public map counts from five
LATE = 9  # complaints from all over that wait too long
STANDS = Course(  # nobody is sent
    send_after_s=None, units=0, answer_s=0, turnout_s=0, on_scene_s=0, close_after_s=0
)


def add_registers(session: Session, villages: Sequence[DemoVillage]) -> None:
    """RW and RT for villages that have none, numbered only: nothing is said of who lives there."""
    for village in (v for v in villages if v.watched):
        there = exists().where(VillagePart.village_code == village.code)
        if session.scalar(select(there)):
            continue
        rows = [
            {"village_code": village.code, "dusun": "", "rw": rw, "rt": rt, "source": SOURCE}
            for rw, numbers in PARTS.items()
            for rt in numbers
        ]
        session.execute(insert(VillagePart), rows)


def forget_registers(session: Session) -> None:
    """Take away the made-up ones; what a village gave itself stays."""
    session.execute(delete(VillagePart).where(VillagePart.source == SOURCE))


def calls_of_villages(
    stage: Stage, villages: Sequence[DemoVillage], now: datetime
) -> list[DemoCall]:
    """Complaints from public space: where a head looks on, in two crowded villages, and late ones.

    Those that are done by now are put on the stage's agenda, too.
    """
    regency = stage.ground.regency
    told = [c for c in regency.categories if c.audience is Audience.PUBLIC]
    if not told:
        return []
    teller = Teller(stage.chance, villages, told)
    places = [*_places(teller)]
    calls = [_call(teller, VILLAGE_KEYS + n, now, *place) for n, place in enumerate(places)]
    for call, (_, days, done) in zip(calls, places, strict=True):
        if done:
            worked = timedelta(days=min(days) * teller.chance.uniform(0.2, 0.8))
            stage.later(call.at + worked, Step(Act.CLOSE, call.key))
    return calls


def _places(teller: Teller) -> Iterator[tuple[DemoVillage, tuple[float, float], bool]]:
    """Village, age in days from and to, and whether it is done."""
    for village in (v for v in teller.villages if v.watched):
        yield from [(village, (0.2, 3.0), False)] * WAITING
        yield from [(village, (2.0, 6.0), True)] * DONE
    crowded = sorted(teller.villages, key=lambda v: (-v.weight, v.code))[:2]
    for village in crowded:
        yield from [(village, (0.2, 6.0), False)] * CROWD
    for _ in range(LATE):
        yield teller.village(), (8.0, 20.0), False


def _call(
    teller: Teller,
    key: int,
    now: datetime,
    village: DemoVillage,
    days: tuple[float, float],
    _done: bool,
) -> DemoCall:
    chance = teller.chance
    report = teller.tells(teller.category("aduan"), village, pinned=True)
    if village.watched:
        rw = chance.choice([*PARTS])
        rt = chance.choice(PARTS[rw])
        report = replace(report, where=f"{village.name} RT {int(rt)} RW {int(rw)}")
    return DemoCall(key, now - timedelta(days=chance.uniform(*days)), report, course=STANDS)


def tell_by_heads(session: Session, regency: Regency, now: datetime) -> None:
    """Marks of the heads on what waits in their villages, and a drawn picture of what is done."""
    for user in regency.users:
        if user.village is None:
            continue
        for number, case in enumerate(_cases(session, user.village)):
            if case.state == IncidentState.CLOSED:
                if case.outcome == "ditangani":
                    session.execute(insert(Photo), [_photo(case)])
            elif number % 3 != 2:
                session.execute(insert(VillageMark), [_mark(case, user.name, number, now)])


def _cases(session: Session, village: str) -> Sequence[AnyRow]:
    return session.execute(
        select(
            Incident.id, Incident.state, Incident.pin, Incident.outcome, Incident.closed_at,
            Incident.village_code, Incident.opened_at,
        )
        .where(Incident.demo, Incident.village_code == village, Incident.pin.is_not(None))
        .where(Incident.audience == Audience.PUBLIC)
        .order_by(Incident.id)
    ).all()  # fmt: skip


def _mark(case: AnyRow, name: str, number: int, now: datetime) -> dict[str, object]:
    here = number % 3 == 1
    return {
        "incident_id": case.id,
        "village_code": case.village_code,
        "kind": MarkKind.HERE if here else MarkKind.SEEN,
        "position": case.pin if here else None,
        "at": case.opened_at + (now - case.opened_at) / 3,
        "by_user": None,  # by this `clear` knows its own
        "by_name": name,
        "demo": True,
    }


def _photo(case: AnyRow) -> dict[str, object]:
    width, height = drawn.SIZE
    return {
        "incident_id": case.id,
        "key": f"peraga-{case.id}",
        "at": case.closed_at,
        "by_name": PLAYER.name,
        "width": width,
        "height": height,
        "image": _sketch(case.id),
        "demo": True,
    }


def _sketch(number: int) -> bytes:
    out = io.BytesIO()
    drawn.drawn(number).save(out, "JPEG", quality=80)
    return out.getvalue()
