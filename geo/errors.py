"""What can go wrong on the ground. The docstring of an error is its message."""


class GeoError(Exception):
    """Something on the map is not as it should be."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.__doc__)


class BadPoint(GeoError):
    """The coordinates are not a point that can be meant."""


class OutsideCoverage(GeoError):
    """The point lies in no village that we know."""


class NoEdition(GeoError):
    """No edition of the village boundaries is in force: run `tanggap up`."""


class BadBoundary(GeoError):
    """A boundary file cannot be used as it is."""


class NoMatch(GeoError):
    """No place fits the description."""
