"""What a message says: made when it is sent, from codes and times, in plain Indonesian.

No name, number, place or words of a caller can be in it: they are not in `facts`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from dispatch.outbox import Letter
from dispatch.regency import Regency
from dispatch.rules.telling import Event
from dispatch.schema import Agency

PRIORITIES = {1: "gawat", 2: "tinggi", 3: "sedang", 4: "rendah"}
DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
MONTHS = ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September",
          "Oktober", "November", "Desember")  # fmt: skip
CHANNELS = {
    "surel": "surel",
    "webhook": "webhook",
    "telegram": "Telegram",
    "whatsapp": "WhatsApp",
    "webpush": "pemberitahuan peramban",
}
MOST_LISTED = 20  # tickets in a digest

# {agency}: short name. What a sentence lacks (a sensitive ticket) is left out, see write().
SENTENCES: Mapping[str, str] = {
    Event.NEW: "Tiket baru untuk {agency}.",
    Event.REFERRED: "Tiket ini diteruskan kepada {agency}. Mohon diterima atau dikembalikan.",
    Event.RETURNED: "{agency} mengembalikan tiket ini: bukan wewenangnya. Mohon diteruskan lagi.",
    Event.POSTPONED: "Tiket ini ditunda: menunggu keterangan pelapor.",
    Event.REPLIED: "Pelapor menanggapi. Mohon dibaca.",
    Event.REOPENED: "Tiket ini dibuka kembali. Mohon dikerjakan lagi.",
    Event.NEARLY_LATE: "Tenggat tiket ini sudah dekat.",
    Event.LATE: "Tiket ini lewat tenggat.",
    Event.INSTRUCTION: "Ada instruksi pimpinan untuk tiket ini. Mohon dijawab.",
    Event.MENTION: "Anda disebut dalam catatan tiket ini.",
    Event.ANSWERED: "Laporan Anda sudah dijawab. Baca, dan tanggapi bila belum sesuai.",
    Event.DEAD_LETTER: "Ada pesan {channel} yang tidak sampai. Mohon diperiksa.",
    Event.TRIAL: "Ini pesan percobaan. Bila Anda membacanya, pemberitahuan sudah sampai ke sini.",
}
TITLES: Mapping[str, str] = {
    Event.NEW: "Tiket baru",
    Event.REFERRED: "Tiket diteruskan",
    Event.RETURNED: "Tiket dikembalikan",
    Event.POSTPONED: "Tiket ditunda",
    Event.REPLIED: "Pelapor menanggapi",
    Event.REOPENED: "Tiket dibuka kembali",
    Event.NEARLY_LATE: "Mendekati tenggat",
    Event.LATE: "Lewat tenggat",
    Event.INSTRUCTION: "Instruksi pimpinan",
    Event.MENTION: "Anda disebut",
    Event.ANSWERED: "Laporan Anda sudah dijawab",
    Event.DEAD_LETTER: "Pesan tidak sampai",
    Event.TRIAL: "Percobaan pemberitahuan",
}


@dataclass(frozen=True, slots=True)
class Names:
    """What codes are called."""

    service: str
    zone: tzinfo
    zone_name: str
    categories: Mapping[str, str]
    agencies: Mapping[int, str] = field(default_factory=dict)  # id to short name
    villages: Mapping[str, str] = field(default_factory=dict)  # code to name and kecamatan


@dataclass(frozen=True, slots=True)
class Text:
    """A message in words."""

    title: str  # one line
    lines: tuple[str, ...]  # the rest, without the link
    link: str

    @property
    def body(self) -> str:
        """As an e-mail or a chat shows it."""
        return "\n".join([*self.lines, "", self.link])


_VILLAGES = text(
    "SELECT code, name, kind, district FROM village"
    " WHERE edition_id = (SELECT id FROM edition WHERE in_force)"
)


def read_names(session: Session, regency: Regency) -> Names:
    """As the database and the configuration call them now."""
    return Names(
        service=regency.service,
        zone=regency.hours.zone,
        zone_name=regency.hours.zone_name,
        categories={c.code: c.name_id for c in regency.categories},
        agencies={a.id: a.short for a in session.query(Agency)},
        villages={
            row.code: f"{row.kind.capitalize()} {row.name}, Kec. {row.district}"
            for row in session.execute(_VILLAGES)
        },
    )


def write(letter: Letter, names: Names, url: str, code: str | None = None) -> Text:
    """The message in words, with a link under `url` to where one goes on.

    code   of the report, where the message is for who reported
    """
    facts = letter.facts
    if letter.event == Event.DIGEST:
        return _digest(letter, names, url)
    if facts.get("restricted"):
        title = f"Tiket prioritas khusus: {TITLES[letter.event].lower()}"
        return Text(title, ("Rinciannya hanya terlihat setelah masuk.",), f"{url}/kotak")
    given = {
        "agency": names.agencies.get(facts.get("agency") or 0, "OPD"),
        "channel": CHANNELS.get(facts.get("channel", ""), "") or "",
    }
    title, number = TITLES[letter.event], facts.get("ticket")
    about = names.categories.get(facts.get("category", ""), "")
    if number is not None:
        title = f"{title}: #{number}{f' {about}' if about else ''}"
    lines = [SENTENCES[letter.event].format(**given), *_facts(facts, names)]
    return Text(title, tuple(lines), url + _path(letter.event, number, code))


def _path(event: str, number: int | None, code: str | None) -> str:
    if event == Event.ANSWERED:
        return f"/lacak/{code}" if code else "/lacak"
    if event == Event.DEAD_LETTER:
        return "/pemberitahuan"
    return f"/tiket/{number}" if number is not None else "/"


def _facts(facts: Mapping[str, Any], names: Names) -> list[str]:
    told = (
        ("Kategori", names.categories.get(facts.get("category", ""))),
        ("Desa", names.villages.get(facts.get("village", ""))),
        ("Prioritas", PRIORITIES.get(facts.get("priority", 0))),
        ("Tenggat", moment(facts.get("due_at"), names)),
        ("Dijawab paling lambat", moment(facts.get("answer_by"), names)),
    )
    lines = [f"{what}: {said}" for what, said in told if said]
    return ["", *lines] if lines else []


def moment(written: str | None, names: Names) -> str | None:
    """As "Senin, 2 Maret 2026 pukul 12.00 WIB"; None for None."""
    if written is None:
        return None
    at = datetime.fromisoformat(written).astimezone(names.zone)
    day = f"{DAYS[at.weekday()]}, {at.day} {MONTHS[at.month - 1]} {at.year}"
    return f"{day} pukul {at:%H.%M} {names.zone_name}"


def _digest(letter: Letter, names: Names, url: str) -> Text:
    """Several happenings in one message: how many of each, and on which tickets."""
    counts: Mapping[str, int] = letter.facts.get("counts", {})
    many = sum(counts.values())
    lines = [f"{TITLES.get(event, event)}: {number}" for event, number in sorted(counts.items())]
    tickets = letter.facts.get("tickets", [])
    if tickets:
        more = f" dan {len(tickets) - MOST_LISTED} lagi" if len(tickets) > MOST_LISTED else ""
        lines += ["", "Tiket: " + ", ".join(f"#{n}" for n in tickets[:MOST_LISTED]) + more]
    since = moment(letter.facts.get("since"), names)
    lines += ["", f"Terkumpul sejak {since}."] if since else []
    return Text(f"Ikhtisar: {many} pemberitahuan", tuple(lines), f"{url}/kotak")
