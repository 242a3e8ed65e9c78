"""What a job is doing, and why it failed, in the language of who looks."""

from flask_babel import gettext as _

from dispatch.catalogue import Catalogue
from dispatch.rules.doing import Doing, Trouble, watched


def step_words(step: str, catalogue: Catalogue, language: str) -> str:
    """A step in words, "" for none. What older versions kept as words is told as it is."""
    if (code := watched(step)) is not None:
        category = catalogue.categories.get(code)
        name = code if category is None else category.name(language)
        return str(_("menjaga lonjakan: %(name)s", name=name))
    return _steps().get(step, step)


def trouble_words(trouble: str | None) -> str | None:
    """Why it failed, in words; what the question itself says of its mistake is told as it is."""
    return None if trouble is None else _troubles().get(trouble, trouble)


def _steps() -> dict[str, str]:
    return {
        Doing.READ_INCIDENTS: _("membaca kejadian"),
        Doing.READ_CALLS: _("membaca panggilan"),
        Doing.AREAS: _("menyusun wilayah"),
        Doing.DIVIDE: _("membagi kejadian menurut wilayah"),
        Doing.TEST: _("menguji"),
        Doing.SHUFFLE_PLACES: _("mengacak letak kejadian"),
        Doing.SHUFFLE_TIMES: _("mengacak waktu kejadian"),
        Doing.TEST_STEPS: _("menguji tiap langkah"),
        Doing.TEST_TRENDS: _("menguji arah tiap tempat"),
        Doing.DENSITY: _("menghitung kepadatan"),
        Doing.CLUSTERS: _("mencari gugus"),
        Doing.DRAW_PLACES: _("mengundi tempat"),
        Doing.DRAW_CLUSTERS: _("menggambar gugus"),
        Doing.ALARMS: _("menjaga lonjakan"),
        Doing.TABLES: _("menyusun tabel"),
        Doing.WAYS: _("mencari jalan"),
        Doing.REPLAY: _("memutar ulang"),
        Doing.WAYS_TO_PLOTS: _("mencari jalan ke tiap petak"),
        Doing.UNIT_TIMES: _("menghitung waktu tempuh tiap unit"),
        Doing.DRAW_REACH: _("menggambar jangkauan"),
        Doing.VILLAGE_SHARES: _("menghitung bagian tiap desa"),
        Doing.SITE_TIMES: _("menghitung waktu tempuh dari tiap calon lokasi"),
        Doing.SITES: _("mencari lokasi terbaik"),
        Doing.SITE_RESULTS: _("menyusun hasil"),
    }


def _troubles() -> dict[str, str]:
    return {
        Trouble.GAVE_UP: _(
            "Pekerjaan ini terhenti tiga kali di tengah jalan. Coba kurangi masa atau wilayahnya."
        ),
        Trouble.UNKNOWN_KIND: _("Jenis pekerjaan ini tidak dikenal."),
        Trouble.STUMBLED: _(
            "Ada kesalahan saat menghitung. Coba lagi, atau kurangi masa atau wilayahnya."
        ),
        Trouble.NO_MEMORY: _("Memori tidak cukup. Kurangi masa, wilayah atau jumlah sel."),
    }
