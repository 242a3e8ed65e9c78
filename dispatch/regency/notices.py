"""Who is told of what from the first day on, and when people are left alone: notices.toml."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from dispatch.regency.entry import YES_NO, Entry
from dispatch.rules.digest import QuietRules
from dispatch.rules.telling import SUBSCRIBABLE

CHANNELS = ("surel", "webhook", "telegram", "whatsapp")
TO_REPORTERS = ("whatsapp",)
_MAIL = re.compile(r"[^\s@<>\"]{1,64}@[^\s@<>\"]{1,190}")
_CHAT = re.compile(r"-?[0-9]{3,20}|@[A-Za-z0-9_]{4,40}")
_PHONE = re.compile(r"\+?[0-9]{8,15}")
WANTED = {
    "surel": "an address as petugas@instansi.example",
    "webhook": "an address as https://aplikasi.example/terima",
    "telegram": "the number of a chat, or @channel",
    "whatsapp": "a number as 6281...",
}


@dataclass(frozen=True, slots=True)
class NoticeEntry:
    """One who is told."""

    agency: str | None  # code; None: the room
    channel: str
    to: str
    events: tuple[str, ...] = ()  # () all
    digest: bool = False
    secret: str | None = None  # setting of the environment that holds a webhook's secret


@dataclass(frozen=True, slots=True)
class NoticeRules:
    """All of notices.toml."""

    quiet: QuietRules = field(default_factory=QuietRules)
    notices: tuple[NoticeEntry, ...] = ()
    reporters: str | None = None  # the channel by which reporters are told; None: they are not


def is_address(channel: str, to: str) -> bool:
    """Whether the channel can send there, by the form alone."""
    if channel == "webhook":
        try:
            parts = urlsplit(to)
        except ValueError:
            return False
        return parts.scheme == "https" and bool(parts.hostname) and len(to) <= 500
    form = {"surel": _MAIL, "telegram": _CHAT, "whatsapp": _PHONE}.get(channel)
    return form is not None and form.fullmatch(to) is not None


def read(entry: Entry, zone: ZoneInfo) -> NoticeRules:
    """Raises BadConfiguration."""
    reporters = entry.entry("reporters", needed=False)
    channel = reporters.choice("channel", TO_REPORTERS) if reporters.values else None
    rules = NoticeRules(
        quiet=_quiet(entry, zone),
        notices=tuple(_notice(e) for e in entry.entries("notice", "notice")),
        reporters=channel,
    )
    reporters.done()
    entry.done()
    return rules


def _quiet(entry: Entry, zone: ZoneInfo) -> QuietRules:
    usual = QuietRules()
    quiet, flood = entry.entry("quiet", needed=False), entry.entry("flood", needed=False)
    rules = QuietRules(
        zone=zone,
        from_=quiet.time_of("from", quiet.text("from", usual.from_.isoformat("minutes"))),
        until=quiet.time_of("until", quiet.text("until", usual.until.isoformat("minutes"))),
        digest_at=quiet.time_of(
            "digest", quiet.text("digest", usual.digest_at.isoformat("minutes"))
        ),
        most=int(flood.number("most", 1, 1000, usual.most)),
        within_s=int(60 * flood.number("minutes", 1, 1440, usual.within_s / 60)),
    )
    quiet.done()
    flood.done()
    return rules


def _notice(entry: Entry) -> NoticeEntry:
    notice = NoticeEntry(
        agency=entry.text("agency", "") or None,
        channel=entry.choice("channel", CHANNELS),
        to=entry.text("to"),
        events=entry.words("events", [event.value for event in SUBSCRIBABLE]),
        digest=YES_NO[entry.choice("digest", YES_NO, "tidak")],
        secret=entry.text("secret", "") or None,
    )
    if not is_address(notice.channel, notice.to):
        entry.wrong("to", f"{notice.to!r}: give {WANTED[notice.channel]}")
    if (notice.channel == "webhook") != (notice.secret is not None):
        entry.wrong("secret", "a webhook, and nothing else, names the setting with its secret")
    if notice.secret is not None and not re.fullmatch(
        r"TANGGAP_HOOK_[A-Z0-9_]{1,40}", notice.secret
    ):
        entry.wrong("secret", f"{notice.secret!r}: name a setting as TANGGAP_HOOK_DPUPR")
    entry.done()
    return notice
