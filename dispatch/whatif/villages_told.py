"""Of which cases their village may be told: who asks twice must not find a single one."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from dispatch.ground import Ground
from dispatch.rules.withholding import FEWEST, whole_months, whole_weeks


def villages_told(
    villages: Sequence[str | None],
    categories: Sequence[str],
    since: date,
    until: date,
    ground: Ground,
) -> list[str | None]:
    """The code of each case's village; None where it has none, or where it is held back.

    Kinds that point to a person are told of a village from FEWEST cases of the kind on, and only of
    whole weeks or months: docs/decisions/0033. `until` is not among the days.
    """
    even = whole_weeks(since, until) or whole_months(since, until)
    personal = ground.catalogue.personal
    cases = Counter(zip(villages, categories, strict=True))
    return [
        village if kind not in personal or (even and cases[village, kind] >= FEWEST) else None
        for village, kind in zip(villages, categories, strict=True)
    ]
