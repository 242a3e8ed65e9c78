"""Classes of a map's shades: few, round, and explained in the legend."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from app.paper.frame import number

SHADES = 4  # beside the shade of none
_LADDER = tuple(step * 10.0**power for power in range(-2, 6) for step in (1, 2, 5))


@dataclass(frozen=True, slots=True)
class Scale:
    """Lower ends of the shades, light to dark; the first takes all that is above zero."""

    ends: tuple[float, ...]
    whole: bool  # counts: 2–4 means 2, 3 and 4

    def shade(self, value: float | None) -> int | None:
        """0 for none, 1 to SHADES for the rest; None where the value is not known."""
        if value is None:
            return None
        return max(1, bisect_right(self.ends, value)) if value > 0 else 0

    def names(self) -> list[str]:
        """What each shade from 1 on stands for, in words."""
        return [self._name(at) for at in range(len(self.ends))]

    def _name(self, at: int) -> str:
        places = 0 if self.whole else 2
        least = number(self.ends[at], places)
        if at + 1 == len(self.ends):
            if at == 0 and not self.whole:
                return str(_("di atas 0"))
            return str(_("%(n)s atau lebih", n=least))
        following = self.ends[at + 1]
        if not self.whole:
            most = number(following, places)
            return str(_("di bawah %(n)s", n=most)) if at == 0 else f"{least} – {most}"
        most = number(following - 1)
        return least if most == least else f"{least}–{most}"


def scale_for(values: Iterable[float | None], whole: bool) -> Scale:
    """Up to SHADES classes with ends of 1, 2 and 5 times a power of ten, the top one not empty."""
    known = [v for v in values if v is not None and v > 0]
    most, least = max(known, default=1.0), min(known, default=1.0)
    steps = [e for e in _LADDER if e <= most and (not whole or e >= 1)] or [_LADDER[0]]
    ends = steps[-SHADES:]
    while len(ends) > 1 and ends[1] <= least and not whole:
        ends = ends[1:]  # nothing lies so low
    if whole:
        ends[0] = 1.0
    return Scale(tuple(ends), whole)


def legend(scale: Scale, unknown: bool) -> Sequence[tuple[str, str]]:
    """(class of the shade, its words), none first; with `unknown` the hatched one last."""
    rows = [("load-0", str(_("tidak ada")))]
    rows += [(f"load-{n}", name) for n, name in enumerate(scale.names(), 1)]
    return rows + ([("unknown", str(_("penduduk belum diketahui")))] if unknown else [])
