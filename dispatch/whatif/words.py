"""A what-if in a plain sentence, and what must be known before it is believed."""

from collections.abc import Iterator, Sequence
from typing import Any

from dispatch.catalogue import CategoryFacts
from dispatch.whatif import kept_out
from dispatch.whatif.asking import Trial
from dispatch.whatif.comparing import Outcome
from dispatch.whatif.history import History
from dispatch.whatif.plan import AddUnit

Json = dict[str, Any]

_CAVEATS = {
    "tanpa_tempat": (
        "{n} panggilan tanpa tempat tidak ikut dihitung.",
        "{n} calls without a place are left out.",
    ),
    "tempat_diundi": (
        "{n} panggilan tanpa titik ditaruh di sembarang tempat di desanya.",
        "{n} calls without a pin were put anywhere in their village.",
    ),
    "tanpa_rencana": (
        "{n} panggilan yang tidak membutuhkan unit tidak ikut dihitung.",
        "{n} calls that need no unit are left out.",
    ),
    "lama_diundi": (
        "Lama kerja unit pada {n} panggilan diundi dari panggilan lain yang lamanya tercatat.",
        "For {n} calls the units' time at work was drawn from calls whose time is on record.",
    ),
    "lama_diandaikan": (
        "Lama kerja unit pada {n} panggilan diandaikan: terlalu sedikit yang tercatat.",
        "For {n} calls the units' time at work is assumed: too few are on record.",
    ),
    "penanganan": (
        "Waktu dari panggilan sampai penugasan tidak tercatat; dihitung nol.",
        "The time from call to order is not on record; it counts as nothing.",
    ),
    "desa_ditahan": (
        "{n} panggilan tidak dirinci per desa: jenisnya menunjuk pada orang, dan masanya bukan"
        " minggu atau bulan utuh, atau kurang dari 5 di desa itu.",
        "{n} calls are not told by village: their kind points to a person, and the period is not of"
        " whole weeks or months, or there are fewer than 5 in that village.",
    ),
    "latihan": ("{n} panggilan adalah data latihan.", "{n} calls are invented for practice."),
}
_ALWAYS = (
    (
        "giliran_sekarang",
        "Keadaan sekarang diandaikan dengan semua unit bertugas sepanjang hari.",
        "Today's plan is taken to have every unit on duty round the clock.",
    ),
    (
        "banyak_kelompok",
        "Desa, kategori dan instansi disebut pasti sesudah dikoreksi untuk banyaknya kelompok.",
        "Villages, categories and agencies are called sure only after control for their number.",
    ),
    (
        "pilihan_unit",
        "Unit dipilih yang paling cepat tiba; desa yang ditinggalkan tidak ikut ditimbang.",
        "The unit that is there first is sent; the villages it leaves behind are not weighed.",
    ),
)


_BUSY = (
    "Kesibukan unit karenanya juga tidak.",
    "Nor is the work that they gave the units.",
)


def sentence(outcome: Outcome, trial: Trial) -> tuple[str, str]:
    """In Indonesian and in English."""
    change = outcome.in_time
    if change.by is None or change.low is None or change.high is None:
        return (
            "Terlalu sedikit hari untuk mengatakan apa yang berubah.",
            "Too few days to tell what would change.",
        )
    of = "batas waktunya" if trial.target_s is None else _minutes(trial.target_s)
    of_en = "their target" if trial.target_s is None else f"{trial.target_s / 60:g} minutes"
    if change.by == change.low == change.high == 0:
        return _same(outcome, of, of_en)
    low, high = _points(change.low), _points(change.high)
    if not change.sure:
        return (
            f"Tidak terbukti ada bedanya: {_signed(change.by)} poin persen ditolong dalam {of}"
            f" (95 %: {low} sampai {high}).",
            f"No difference is shown: {change.by * 100:+.1f} points helped within {of_en}"
            f" (95 %: {change.low * 100:+.1f} to {change.high * 100:+.1f}).",
        )
    more, more_en = ("lebih banyak", "more") if change.by > 0 else ("lebih sedikit", "fewer")
    return (
        f"{_points(abs(change.by))} poin persen {more} panggilan ditolong dalam {of}"
        f" (95 %: {low} sampai {high}).",
        f"{abs(change.by) * 100:.1f} points {more_en} calls would be helped within {of_en}"
        f" (95 %: {change.low * 100:+.1f} to {change.high * 100:+.1f}).",
    )


def _same(outcome: Outcome, of: str, of_en: str) -> tuple[str, str]:
    """As many in time as before; whether help came sooner or later all the same."""
    if not any(change.by for change in (outcome.p50_s, outcome.p90_s)):
        return "Tidak ada yang berubah.", "Nothing would change."
    return (
        f"Yang ditolong dalam {of} sama banyaknya; hanya lama menunggu yang berubah.",
        f"As many would be helped within {of_en} as now; only the time to wait would change.",
    )


def caveats(
    history: History, outcome: Outcome, trial: Trial, kinds: Sequence[CategoryFacts]
) -> list[Json]:
    """Each with its code, a number where there is one, and both languages; `kinds` are left out."""
    told = [
        _caveat(code, int(history.made_up.get(code, 0)), *texts)
        for code, texts in _CAVEATS.items()
        if history.made_up.get(code, 0)
    ]
    told += [{"code": c, "n": None, "text": i, "text_en": e} for c, i, e in _ALWAYS]
    told += _idle(history, trial)
    told.append(kept_out.caveat(kinds, *_BUSY))
    needed = outcome.repeats_needed
    if needed is None or needed > outcome.repeats:
        told.append(_repeats(outcome.repeats, needed))
    if trial.simulate_days:
        told.append(
            _caveat(
                "hari_diundi",
                trial.simulate_days,
                "{n} hari diundi dari masa itu, setiap ulangan lain.",
                "{n} days were drawn from that period, anew for each repeat.",
            )
        )
    return told


def _idle(history: History, trial: Trial) -> Iterator[Json]:
    """New units that no call has any need of: without a word one would take them for useless."""
    new = [change.unit for change in trial.changes if isinstance(change, AddUnit)]
    idle = [u for u in new if not any(n.fits(u.skills, u.kind) for n in history.calls.needs)]
    if idle:
        names = ", ".join(unit.call_sign for unit in idle)
        yield {
            "code": "tak_dibutuhkan",
            "n": len(idle),
            "text": f"Tidak ada panggilan yang membutuhkan jenis atau keahlian {names}.",
            "text_en": f"No call needs the kind or the skills of {names}.",
        }


def _caveat(code: str, n: int, text: str, text_en: str) -> Json:
    return {"code": code, "n": n, "text": text.format(n=n), "text_en": text_en.format(n=n)}


def _repeats(done: int, needed: int | None) -> Json:
    if needed is None:
        text, text_en = "satu ulangan", "one repeat"
        return {
            "code": "ulangan",
            "n": None,
            "text": f"Dari {text} tidak terlihat berapa besar pengaruh undian.",
            "text_en": f"Of {text_en} nobody can tell how much is luck.",
        }
    return _caveat(
        "ulangan",
        needed,
        f"{done} ulangan belum cukup: {{n}} membuat undian mengubah hasil paling banyak 0,5 poin.",
        f"{done} repeats are too few: with {{n}} luck moves the result by half a point at most.",
    )


def _points(share: float) -> str:
    return f"{share * 100:.1f}".replace(".", ",")


def _signed(share: float) -> str:
    return f"{share * 100:+.1f}".replace(".", ",")


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:g} menit".replace(".", ",")
