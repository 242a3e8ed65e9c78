"""What was said of a place, taken apart but not yet looked up."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from geo.coordinates import Typed

LONGEST_TEXT = 400  # letters of a text that are read


class Mark(StrEnum):
    """What the word before a name says that it names."""

    VILLAGE = "desa"  # ds, desa, kel, kelurahan
    DISTRICT = "kecamatan"  # kec
    REGENCY = "kabupaten"  # kab, kabupaten, kota
    PROVINCE = "provinsi"  # also "jawa tengah", "jateng" with nothing before it: kind is "" then
    HAMLET = "dusun"  # dsn, dusun, dk, dkh, dukuh, kp, kampung, krajan, lingkungan, blok
    ROAD = "jalan"  # jl, jln, jalan, jalur, gg, gang
    CROSSING = "persimpangan"  # perempatan, prapatan, pertigaan, protelon, bangjo, bundaran ...
    PLACE = "tempat"  # a word for a kind of place: masjid, pasar, sdn, puskesmas, jembatan ...
    NONE = ""


@dataclass(frozen=True, slots=True)
class Span:
    """Words in a row that may hold a name (or several, where nothing parts them).

    words   lower case, no signs, abbreviations of kinds written out ("sdn", "tlk" -> "teluk");
            empty where a place or a crossing has no name of its own ("depan pasar")
    mark    said before them; NONE when nothing was
    kind    the word that marked them, in one spelling ("gang" for gg, "masjid", "protelon");
            "" when none
    start   number of the first word in the text; the marks and numbers count, too
    comma   whether a comma, a line's end or a bracket stands before the span
    number  of a school, a lane, a block ("2" of "SDN 02", of "Puskesmas Mawar II"); "" when none
    title   "pak", "bu", "haji" stood before it and no mark: perhaps a person, never to be learned
    """

    words: tuple[str, ...]
    mark: Mark
    kind: str
    start: int
    comma: bool
    number: str = ""
    title: bool = False

    @property
    def letters(self) -> str:
        """The words, joined."""
        return "".join(self.words)

    @property
    def with_kind(self) -> str:
        """Kind and words, joined: "Kali Wungu" is marked as a river, but may be Kaliwungu."""
        return self.kind.replace(" ", "") + self.letters


@dataclass(frozen=True, slots=True)
class Relation:
    """Where the place lies as seen from what is named after the relation.

    word          depan, belakang, samping, sebelah, seberang, dekat, sekitar, antara, arah,
                  sebelum, sesudah; dari where only a distance was said. Javanese words and
                  abbreviations in Indonesian; a bare compass word ("lor pasar") is sebelah
    bearing_deg   0 north, 90 east; None where no direction was said
    distance_m    None where none was said
    span          number of the span it speaks of; None when nothing follows. It may stand
                  before the relation ("pasar ke utara 200 meter")
    """

    word: str
    bearing_deg: float | None
    distance_m: float | None
    span: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """A text taken apart. Every field may be empty."""

    text: str  # as read: cut to LONGEST_TEXT, control signs gone, phone numbers as three dots
    spans: tuple[Span, ...] = ()
    relations: tuple[Relation, ...] = ()
    rt: int | None = None
    rw: int | None = None
    km: float | None = None  # kilometre post
    house: str | None = None  # house number, "12A"
    postcode: str | None = None  # five digits
    coordinates: Typed | None = None  # also from a map link, anywhere in the text
    plus_code: str | None = None  # upper case; short ("9M5X+QC") or full
