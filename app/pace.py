"""How long the live wire rests between readings: a flood must leave the machine to the calls."""

LEAST_S = 0.02  # under load one reading brings many changes
MOST_S = 0.25  # screens are told no later than this, however much there is to tell
SHARE = 0.2  # of the time that the wire may work for long
SAVED_S = 0.2  # of work that may be done at a stretch before that


class Pace:
    """Work is paid from what resting has saved; in debt, one rests until it is paid."""

    def __init__(self, now_s: float) -> None:
        self._saved_s = SAVED_S
        self._at_s = now_s

    def rest_s(self, worked_s: float, now_s: float) -> float:
        """Seconds to rest after having worked so long, by a clock that never goes back."""
        earned = SHARE * max(0.0, now_s - self._at_s)
        self._at_s = now_s
        self._saved_s = min(self._saved_s + earned, SAVED_S) - worked_s
        debt_s = max(0.0, -self._saved_s)
        self._saved_s = max(self._saved_s, -SHARE * MOST_S)  # a long stall is forgiven
        return min(max(LEAST_S, debt_s / SHARE), MOST_S)
