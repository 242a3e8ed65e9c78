"""Our words for a report and theirs: states, categories, agencies, and where the two differ.

Pure. The states of SP4N-LAPOR are those of its manual (vocabulary §4): not yet verified; A1 at
work, in three steps; A2 put off; A3 not ours; A4 archived. How its interface writes them is
assumed (docs/decisions/0028-sp4n.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from dispatch.regency.sp4n import ExchangeRules
from dispatch.rules.cleaning import clean, cut
from dispatch.rules.ticketing import TicketState

LONGEST_TEXT, LONGEST_ANSWER = 1000, 2000


class Status(StrEnum):
    """Where a report stands over there."""

    UNSEEN = "belum_terverifikasi"
    REFERRED = "disposisi"  # A1
    IN_WORK = "proses"  # A1
    DONE = "selesai"  # A1
    PUT_OFF = "tunda"  # A2
    NOT_OURS = "bukan_wewenang"  # A3
    ARCHIVED = "arsip"  # A4


class Origin(StrEnum):
    """Who wrote a report down first."""

    OURS = "tanggap"
    THEIRS = "sp4n"


CLASSES: Mapping[Status, str] = {
    Status.REFERRED: "A1",
    Status.IN_WORK: "A1",
    Status.DONE: "A1",
    Status.PUT_OFF: "A2",
    Status.NOT_OURS: "A3",
    Status.ARCHIVED: "A4",
}
STATUS: Mapping[TicketState, Status] = {
    TicketState.NEW: Status.UNSEEN,
    TicketState.VERIFIED: Status.REFERRED,
    TicketState.REFERRED: Status.REFERRED,
    TicketState.ACCEPTED: Status.IN_WORK,
    TicketState.IN_WORK: Status.IN_WORK,
    TicketState.FOLLOWED_UP: Status.IN_WORK,
    TicketState.AWAITING_REPLY: Status.IN_WORK,
    TicketState.REOPENED: Status.IN_WORK,
    TicketState.CLOSED: Status.DONE,
    TicketState.POSTPONED: Status.PUT_OFF,
    TicketState.NOT_OURS: Status.NOT_OURS,
    TicketState.ARCHIVED: Status.ARCHIVED,
    TicketState.MERGED: Status.ARCHIVED,
}
# Their clock of ten working days may close what still waits for its reporter here.
ALSO: Mapping[TicketState, frozenset[Status]] = {
    TicketState.AWAITING_REPLY: frozenset({Status.DONE}),
}
# What is taken in when it is seen for the first time; the rest is history, or still with others.
TAKEN = frozenset({Status.UNSEEN, Status.REFERRED, Status.IN_WORK})
KINDS = {"aduan": "pengaduan", "darurat": "pengaduan", "saran": "aspirasi",
         "informasi": "permintaan_informasi"}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """What of a ticket may be told, as the database has it."""

    state: TicketState
    kind: str
    category: str
    category_name: str
    agency: str
    place: str = ""  # village and district, in words; never what a caller said
    words: str = ""  # of the first report
    answer: str = ""  # the last one to the reporters
    reason: str | None = None  # of the last step, a code
    remote_words: str | None = None  # of a report that came from there: its own text


@dataclass(frozen=True, kw_only=True, slots=True)
class Face:
    """How a report looks from the other side: what is sent, and what is compared."""

    status: Status
    kind: str
    category: str
    agency: str
    text: str
    answer: str = ""
    reason: str = ""
    also: frozenset[Status] = field(default=frozenset(), compare=False)

    def record(self) -> dict[str, str]:
        """As JSON keeps it."""
        return {
            "status": self.status.value,
            "jenis": self.kind,
            "kategori": self.category,
            "instansi": self.agency,
            "isi": self.text,
            "tindak_lanjut": self.answer,
            "alasan": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Reply:
    """What the reporter wrote over there, after the report."""

    id: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Remote:
    """A report as the other side has it."""

    id: str
    origin: Origin
    face: Face
    key: str = ""  # ours, under which it was sent
    place: str = ""
    lon: float | None = None
    lat: float | None = None
    anonymous: bool = False
    secret: bool = False  # rahasia: its reporter wants it kept from others
    replies: tuple[Reply, ...] = ()
    made_at: datetime | None = None


def face_of(standing: Standing, rules: ExchangeRules) -> Face:
    """What the other side is told of a ticket. Its text is never longer than it takes."""
    status = STATUS[standing.state]
    if standing.state is TicketState.NOT_OURS:
        status = Status(rules.returned)
    text = standing.remote_words
    if text is None:
        text = _own_text(standing, rules)
    reason = "digabung" if standing.state is TicketState.MERGED else standing.reason or ""
    return Face(
        status=status,
        kind=KINDS[standing.kind],
        category=rules.category_there(standing.category),
        agency=rules.agency_there(standing.agency),
        text=text,
        answer=clean(standing.answer, LONGEST_ANSWER),
        reason=reason if status in (Status.PUT_OFF, Status.NOT_OURS, Status.ARCHIVED) else "",
        also=ALSO.get(standing.state, frozenset()),
    )


def _own_text(standing: Standing, rules: ExchangeRules) -> str:
    """Category and village; the caller's words only where the regency's file says so."""
    head = cut(". ".join(part for part in (standing.category_name, standing.place) if part), 300)
    if not rules.words or not standing.words.strip():
        return head
    return cut(f"{head}.\n{clean(standing.words, LONGEST_TEXT)}", LONGEST_TEXT)


def differences(ours: Face, theirs: Face) -> list[str]:
    """Names of what the two sides say differently: status, instansi, teks, jawaban."""
    found = []
    if theirs.status is not ours.status and theirs.status not in ours.also:
        found.append("status")
    if theirs.agency != ours.agency:
        found.append("instansi")
    if _even(theirs.text) != _even(ours.text):
        found.append("teks")
    if _even(theirs.answer) != _even(ours.answer):
        found.append("jawaban")
    return found


def is_taken(remote: Remote, rules: ExchangeRules, sensitive: frozenset[str]) -> bool:
    """Whether a report that is new to us may come in by itself: open, and not sensitive."""
    return remote.face.status in TAKEN and not is_sensitive(remote, rules, sensitive)


def is_sensitive(remote: Remote, rules: ExchangeRules, sensitive: frozenset[str]) -> bool:
    """Whether only people may take it in. sensitive: our categories that belong to a group."""
    return remote.secret or rules.category_here(remote.face.category) in sensitive


def _even(words: str) -> str:
    """Without blanks at the ends of lines: other programs change them."""
    return " ".join(words.split())
