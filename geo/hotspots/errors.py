"""What can go wrong with an analysis. The docstring of an error is its message."""

from typing import Literal

from geo.errors import GeoError

# none: no incident that can be seen; alike: all places are; one spot: they all lie there
Why = Literal["none", "alike", "one spot"]


class HotspotError(GeoError):
    """The analysis cannot be made."""


class NothingToAnalyse(HotspotError):
    """There is nothing to analyse: no incident lies in this place and time."""

    def __init__(self, *said: str, why: Why = "none") -> None:
        super().__init__(*said)
        self.why = why


class TooFew(HotspotError):
    """There is too little to tell chance from pattern."""

    def __init__(self, needed: int, have: int, what: str = "incidents") -> None:
        super().__init__(f"{what}: {needed} needed, {have} there")
        self.needed, self.have, self.what = needed, have, what


class BadSetting(HotspotError):
    """A setting of the analysis is not one that can be used."""

    def __init__(self, name: str, wanted: str = "") -> None:
        super().__init__(f"{name}: {wanted}" if wanted else name)
