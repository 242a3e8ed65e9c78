"""A response report in a plain sentence, and what must be known before it is believed."""

from collections.abc import Iterator
from typing import Any

from dispatch.reports.response import LEAST, OF_UNITS, Report
from dispatch.reports.response_rows import Answer
from dispatch.whatif import kept_out

Json = dict[str, Any]
_APART = "telepon_buka", "buka_kirim", *(name for name in OF_UNITS if name != "kirim_berangkat")


def sentence(found: Answer) -> tuple[str, str]:
    """In Indonesian and in English."""
    total, target_s = found.report.total, found.asked.target_s
    p90_s, share = total.stages["buka_tiba"].p90_s, total.in_time
    if not found.report.incidents:
        return "Tidak ada kegawatan dalam masa ini.", "There was no emergency in this period."
    if not found.report.assignments:
        return _nobody_sent(found.report.incidents)
    if share is None:
        return (
            "Terlalu sedikit kegawatan untuk menyebut waktu tanggap.",
            "Too few emergencies to speak of response times.",
        )
    of = "batas waktunya" if target_s is None else f"{target_s / 60:g} menit".replace(".", ",")
    of_en = "their target" if target_s is None else f"{target_s / 60:g} minutes"
    p, low, high = _percent(share.p), _percent(share.low), _percent(share.high)
    text = f"{p} kegawatan ditolong dalam {of} (95 %: {low} sampai {high})"
    text_en = f"{p} of emergencies were helped within {of_en} (95 %: {low} to {high})"
    if p90_s is None:
        return (
            f"{text}; 90 % belum pernah tercapai.",
            f"{text_en}; 90 % were never reached.",
        )
    minutes = f"{p90_s / 60:.1f}"
    return (
        f"{text}; 90 % dalam {minutes.replace('.', ',')} menit.",
        f"{text_en}; 90 % within {minutes} minutes.",
    )


def caveats(found: Answer) -> list[Json]:
    """Each with its code, a number where there is one, and both languages."""
    report, told = found.report, []
    told.append(kept_out.caveat(found.left_out))
    if not report.incidents:
        told.append(_caveat("kosong", 0, "Tidak ada yang dihitung.", "Nothing was counted."))
    if found.held_back:
        told.append(_by_village(found.held_back))
    if small := report.withheld - found.held_back:
        told.append(
            _caveat(
                "kelompok_kecil",
                small,
                f"{{n}} kejadian dalam kelompok di bawah {LEAST} tidak dirinci.",
                f"{{n}} cases in groups of fewer than {LEAST} are not shown apart.",
            )
        )
    told += _open_and_missing(report)
    if report.total.stages["dering_jawab"].n == 0:
        told.append(_unheard())
    if found.demo:
        told.append(
            _caveat(
                "latihan",
                found.demo,
                "{n} kejadian adalah data latihan.",
                "{n} cases are invented for practice.",
            )
        )
    return told


def _open_and_missing(report: Report) -> Iterator[Json]:
    open_still = report.total.stages["buka_tiba"].censored
    if open_still:
        yield _caveat(
            "belum_selesai",
            open_still,
            "{n} kejadian belum dicapai bantuan, atau unitnya dipanggil kembali: dihitung sebagai"
            " belum selesai (Kaplan-Meier) dan dianggap serupa dengan yang lain.",
            "{n} cases were not reached yet, or their unit was called off: they count as not ended"
            " (Kaplan-Meier), and are taken to be like the others.",
        )
    # Only stretches that do not overlap: the longer ones miss the same tap once more.
    missing = sum(report.total.stages[name].missing for name in _APART)
    if missing:
        yield _caveat(
            "langkah_hilang",
            missing,
            "{n} selang antara dua langkah tidak lengkap tercatat, dan tidak ikut dihitung.",
            "{n} stretches between two steps are not fully on record, and in no figure.",
        )


def _nobody_sent(incidents: int) -> tuple[str, str]:
    """Of the sendings there is no record: that is no small number of emergencies."""
    return (
        f"{incidents} kegawatan, tetapi tidak satu pun dengan unit yang tercatat dikirim.",
        f"{incidents} emergencies, and of none it is on record that a unit was sent.",
    )


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"


def _by_village(n: int) -> Json:
    return _caveat(
        "desa_ditahan",
        n,
        "{n} kejadian tidak dirinci per desa: jenisnya menunjuk pada orang, dan masanya bukan"
        " minggu atau bulan utuh, atau kurang dari 5 di desa itu.",
        "{n} cases are not told by village: their kind points to a person, and the period is not of"
        " whole weeks or months, or there are fewer than 5 in that village.",
    )


def _unheard() -> Json:
    return {
        "code": "tak_tercatat",
        "n": None,
        "text": "Waktu telepon berdering sampai dijawab tidak tercatat di sini.",
        "text_en": "How long the telephone rang is not on record here.",
    }


def _caveat(code: str, n: int, text: str, text_en: str) -> Json:
    return {"code": code, "n": n, "text": text.format(n=n), "text_en": text_en.format(n=n)}
