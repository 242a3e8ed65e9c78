"""What a report's page says: where it stands, what happens next and by when, in plain words."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from flask_babel import get_locale
from flask_babel import gettext as _

from dispatch.reporter import Followed, Report
from dispatch.rules.ticketing import TicketState


@dataclass(frozen=True, slots=True)
class Sentences:
    """One agency's work on the report, in words."""

    now: str
    next: str | None
    late: bool  # past the day that was promised


@dataclass(frozen=True, slots=True)
class Clock:
    """Times as people say them, in the regency's zone."""

    zone: ZoneInfo
    zone_name: str
    now: datetime

    def at(self, moment: datetime) -> str:
        """Selasa, 24 November 2026, 14.05 WIB."""
        words = format_datetime(
            moment, "EEEE, d MMMM y, HH.mm", tzinfo=self.zone, locale=get_locale()
        )
        return f"{words} {self.zone_name}"

    def day(self, moment: datetime) -> str:
        """Selasa, 24 November."""
        local: date = moment.astimezone(self.zone).date()
        return str(format_date(local, "EEEE, d MMMM", locale=get_locale()))


def heading(report: Report) -> str:
    """What the report is about: nothing of what is sensitive."""
    if report.sensitive:
        return str(_("Laporan Anda"))
    if report.category is None:
        return str(_("Panggilan Anda"))
    return report.category.name(str(get_locale()))


def alone(report: Report) -> str | None:
    """What is said where no agency is at work on it; None: some is."""
    if report.followed:
        return None
    if report.category is None and not report.sensitive:
        return str(_("Panggilan Anda tercatat. Tidak ada yang perlu ditindaklanjuti."))
    if report.is_open:
        return str(_("Laporan Anda ada di ruang 112. Instansinya sedang dicari."))
    return str(_("Laporan Anda sudah selesai ditangani."))


def sentences(of: Followed, clock: Clock) -> Sentences:
    """Where it stands and what comes next."""
    who, since = of.agency.short, clock.day(of.since)
    now, due = _now(of, who, since), _due_at(of)
    late = due is not None and due < clock.now
    return Sentences(now, _next(of, who, due, clock, late=late), late)


def _now(of: Followed, who: str, since: str) -> str:
    said = {
        TicketState.NEW: _("Diterima ruang 112."),
        TicketState.VERIFIED: _("Sudah diperiksa ruang 112."),
        TicketState.REFERRED: _("%(who)s sudah diberi tahu sejak %(since)s.", who=who, since=since),
        TicketState.ACCEPTED: _("%(who)s menerimanya %(since)s.", who=who, since=since),
        TicketState.IN_WORK: _("%(who)s mengerjakannya sejak %(since)s.", who=who, since=since),
        TicketState.FOLLOWED_UP: _("%(who)s menyatakan sudah ditangani.", who=who),
        TicketState.AWAITING_REPLY: _("%(who)s sudah menjawab Anda.", who=who),
        TicketState.CLOSED: _("Selesai pada %(since)s.", since=since),
        TicketState.POSTPONED: _("%(who)s menunggu keterangan dari Anda.", who=who),
        TicketState.NOT_OURS: _("Dikembalikan oleh %(who)s: bukan tugasnya.", who=who),
        TicketState.ARCHIVED: _("Ditutup tanpa tindak lanjut pada %(since)s.", since=since),
        TicketState.REOPENED: _("Dibuka kembali pada %(since)s.", since=since),
    }
    return str(said.get(of.state, _("Sedang ditangani.")))


def _due_at(of: Followed) -> datetime | None:
    """The day that counts now; None: nobody owes anything, or the reporter does."""
    if of.state in (TicketState.NEW, TicketState.VERIFIED, TicketState.NOT_OURS):
        return of.verify_due_at or of.due_at
    if of.state in (TicketState.REFERRED, TicketState.ACCEPTED) and of.answered_at is None:
        return of.answer_due_at or of.due_at
    if of.state in (
        TicketState.REFERRED,
        TicketState.ACCEPTED,
        TicketState.IN_WORK,
        TicketState.FOLLOWED_UP,
        TicketState.REOPENED,
    ):
        return of.due_at
    return None


def _next(of: Followed, who: str, due: datetime | None, clock: Clock, *, late: bool) -> str | None:
    if of.state is TicketState.AWAITING_REPLY:
        return _silence(of, clock)
    if of.state is TicketState.POSTPONED:
        if of.reply_due_at is None:
            return str(_("Jawab di bawah ini supaya dapat dilanjutkan."))
        by = clock.day(of.reply_due_at)
        return str(
            _("Jawab di bawah ini paling lambat %(by)s; sesudah itu laporan ditutup.", by=by)
        )
    if due is None:
        return None
    by = clock.day(due)
    if late:
        said = _(
            "Seharusnya sudah sampai %(by)s. Ini terlambat, dan pimpinan dapat melihatnya.", by=by
        )
    elif of.state in (TicketState.NEW, TicketState.VERIFIED, TicketState.NOT_OURS):
        said = _("Ruang 112 meneruskannya ke instansi yang tepat, paling lambat %(by)s.", by=by)
    elif due == of.answer_due_at and of.answered_at is None:
        said = _("Jawaban pertama paling lambat %(by)s.", by=by)
    elif of.state is TicketState.FOLLOWED_UP:
        said = _("Jawaban untuk Anda sedang disiapkan, paling lambat %(by)s.", by=by)
    else:
        said = _("%(who)s menyelesaikannya paling lambat %(by)s.", who=who, by=by)
    return str(said)


def _silence(of: Followed, clock: Clock) -> str:
    if of.reply_due_at is None:
        return str(_("Sudah beres? Beri nilai, atau minta dibuka kembali."))
    by = clock.day(of.reply_due_at)
    said = _(
        "Sudah beres? Beri nilai, atau minta dibuka kembali. Tanpa kabar dari Anda laporan ini"
        " ditutup %(by)s.",
        by=by,
    )
    return str(said)
