"""How long the live wire rests between readings: a flood must leave the machine to the calls."""

LEAST_S = 0.005  # what came together is told together
MOST_S = 0.25  # in a flood screens are told this often, however much there is to tell
CALM_PER_S = 10.0  # changes that are told at once, each as it comes; so many may be saved up


class Pace:
    """Counts what is told, not how long it took: to wait for the database is no work.

    Nor is it a sign of a flood. Where the wire rested for the time that a reading lasted, a machine
    with much else to do made it rest, at five events a second, a quarter of a second each time.
    """

    def __init__(self, now_s: float) -> None:
        self.flood = False  # whether more came of late than is told at once
        self._saved = CALM_PER_S
        self._at_s = now_s

    def rest_s(self, changes: int, now_s: float) -> float:
        """Seconds to rest after having told of so many, by a clock that never goes back."""
        earned = CALM_PER_S * max(0.0, now_s - self._at_s)
        self._at_s = now_s
        saved = min(self._saved + earned, CALM_PER_S) - changes
        self._saved = max(saved, -CALM_PER_S * MOST_S)  # a flood that is over is forgiven
        self.flood = saved < 0
        return MOST_S if self.flood else LEAST_S
