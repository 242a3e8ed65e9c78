"""What was said of a place, taken apart but not yet looked up."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from geo.coordinates import Typed


class Mark(StrEnum):
    """What the word before a name says that it names."""

    VILLAGE = "desa"  # ds, desa, kel, kelurahan
    DISTRICT = "kecamatan"  # kec
    REGENCY = "kabupaten"  # kab, kabupaten, kota
    PROVINCE = "provinsi"
    HAMLET = "dusun"  # dsn, dusun, dk, dkh, dukuh, kp, kampung, krajan, lingkungan, blok
    ROAD = "jalan"  # jl, jln, jalan, jalur, gg, gang
    CROSSING = "persimpangan"  # perempatan, prapatan, pertigaan, protelon, bangjo, bundaran ...
    PLACE = "tempat"  # a word for a kind of place: masjid, pasar, sdn, puskesmas, jembatan ...
    NONE = ""


@dataclass(frozen=True, slots=True)
class Span:
    """Words in a row that may hold a name (or several, where nothing parts them).

    words   lower case, no signs, abbreviations of kinds written out ("sdn", "tlk" -> "teluk")
    mark    said before them; NONE when nothing was
    kind    the very word that marked them ("gang", "masjid", "protelon"); "" when none
    start   number of the first word in the text; the marks count, too
    comma   whether a comma, a line's end or a bracket stands before the span
    """

    words: tuple[str, ...]
    mark: Mark
    kind: str
    start: int
    comma: bool

    @property
    def letters(self) -> str:
        """The words, joined."""
        return "".join(self.words)


@dataclass(frozen=True, slots=True)
class Relation:
    """Where the place lies as seen from what is named after the relation.

    word          depan, belakang, sebelah, samping, seberang, dekat, sekitar, arah ...
    bearing_deg   0 north, 90 east; None where no direction was said
    distance_m    None where none was said
    span          number of the span it speaks of; None when nothing follows
    """

    word: str
    bearing_deg: float | None
    distance_m: float | None
    span: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """A text taken apart. Every field may be empty."""

    text: str  # as read: cut to LONGEST_TEXT, control signs gone
    spans: tuple[Span, ...] = ()
    relations: tuple[Relation, ...] = ()
    rt: int | None = None
    rw: int | None = None
    km: float | None = None  # kilometre post
    house: str | None = None  # house number, "12A"
    postcode: str | None = None  # five digits
    coordinates: Typed | None = None  # also from a map link, anywhere in the text
    plus_code: str | None = None  # upper case; short ("9M5X+QC") or full
