"""Why a boundary file cannot be used: the fact, the place in the file, and what would be right."""

from enum import StrEnum

from geo.errors import BadBoundary


class Fault(StrEnum):
    """What is wrong with a whole file, so that nothing of it can be taken."""

    MISSING = "missing"  # no such file
    UNKNOWN_FORM = "unknown_form"  # neither of the five forms that we read
    UNREADABLE = "unreadable"  # damaged, cut short, nested without end
    TOO_LARGE = "too_large"
    EMPTY = "empty"  # no feature
    NOT_FEATURES = "not_features"  # JSON, but no FeatureCollection
    WRONG_CRS = "wrong_crs"  # says itself that it is not in WGS 84
    NO_CRS = "no_crs"  # a shapefile without .prj
    SWAPPED = "swapped"  # latitude first
    ELSEWHERE = "elsewhere"  # not in degrees, or another country
    MANY_LAYERS = "many_layers"
    NO_FIELD = "no_field"  # no column holds the code
    CONTESTED = "contested"  # two villages claim land wider than a drawing error
    FAULTY = "faulty"  # features that must be put right by hand
    NOT_MENDED = "not_mended"  # the mended set did not pass its own check
    KNOWN_KEY = "known_key"  # an edition of that key is there already
    UNKNOWN_KEY = "unknown_key"
    IN_FORCE = "in_force"  # the edition is in force already
    NO_BRIDGEHEAD = "no_bridgehead"  # a bridge that starts at sea
    BAD_MANIFEST = "bad_manifest"
    NOT_FETCHED = "not_fetched"  # no answer, 404, cut off, too slow
    WRONG_CHECKSUM = "wrong_checksum"


MESSAGES = {
    Fault.MISSING: "{where}: no such file",
    Fault.UNKNOWN_FORM: "{where}: give .geojson, .json, .gpkg, .shp or .sql",
    Fault.UNREADABLE: "{where}: cannot be read: {detail}",
    Fault.TOO_LARGE: "{where}: {found} is over the limit of {limit}",
    Fault.EMPTY: "{where}: holds no feature; give one polygon a village",
    Fault.NOT_FEATURES: "{where}: give a GeoJSON FeatureCollection, found {found}",
    Fault.WRONG_CRS: "{where}: is in {found}; give WGS 84 (EPSG:4326)",
    Fault.NO_CRS: "{where}: does not say its reference system; put the .prj file beside it",
    Fault.SWAPPED: "{where}: position {found} is latitude, longitude; give longitude first",
    Fault.ELSEWHERE: "{where}: position {found} lies outside the country; give degrees of WGS 84",
    Fault.MANY_LAYERS: "{where}: holds several layers ({found}); name one",
    Fault.NO_FIELD: "{where}: no field with the village code; found {found}",
    Fault.CONTESTED: "{first} and {second} both claim {area_m2} m2, up to {width_m} m wide",
    Fault.FAULTY: "{where}: {found} feature(s) must be put right first; run the check",
    Fault.NOT_MENDED: "the mended set still has {found}",
    Fault.KNOWN_KEY: "an edition {key} is loaded already; choose another key",
    Fault.UNKNOWN_KEY: "no edition {key}; known: {found}",
    Fault.IN_FORCE: "edition {key} is in force already",
    Fault.NO_BRIDGEHEAD: "bridge end {found} lies {distance_m} m from land; give a point on land",
    Fault.BAD_MANIFEST: "{where}: {detail}",
    Fault.NOT_FETCHED: "{where}: {detail}",
    Fault.WRONG_CHECKSUM: "{where}: SHA-256 is {found}, {wanted} was expected; nothing was read",
}


class Unusable(BadBoundary):
    """A boundary file cannot be used as it is.

    fault   which of the cases; the door translates it
    facts   the values that its message names
    """

    def __init__(self, fault: Fault, **facts: object) -> None:
        self.fault = fault
        self.facts = facts
        super().__init__(MESSAGES[fault].format(**facts))
