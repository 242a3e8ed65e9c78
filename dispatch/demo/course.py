"""What becomes of an invented incident: when somebody is sent, and how it ends."""

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Course:
    """Times in seconds. Travel is not here: it follows from who is sent."""

    send_after_s: float | None  # from the call to the first order; None: nobody is sent
    units: int
    answer_s: float  # from the order to the crew's answer
    turnout_s: float  # from the order to the wheels rolling
    on_scene_s: float
    close_after_s: float  # from the last release


def course_of(chance: random.Random, kind: str, *, old: bool = False) -> Course:
    """A course for an emergency (darurat) or a complaint (aduan).

    An old complaint still waits; half of the others get a team the same day.
    """
    if kind == "darurat":
        return Course(
            send_after_s=chance.uniform(60, 240),
            units=2 if chance.random() < 0.25 else 1,
            answer_s=chance.uniform(5, 25),
            turnout_s=chance.uniform(40, 150),
            on_scene_s=chance.uniform(15, 70) * 60,
            close_after_s=chance.uniform(2, 10) * 60,
        )
    sent = chance.random() < 0.5 and not old
    return Course(
        send_after_s=chance.uniform(10, 90) * 60 if sent else None,
        units=1,
        answer_s=chance.uniform(5, 25),
        turnout_s=chance.uniform(5, 20) * 60,
        on_scene_s=chance.uniform(30, 120) * 60,
        close_after_s=chance.uniform(5, 30) * 60,
    )
