"""The words of an analysis on paper: methods in plain sentences, classes and their colours."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from dispatch.reports.ask import Method

# Classes that a method names, in the order of the legend, with the colour of each.
CLASSES: dict[Method, dict[str, str]] = {
    Method.GI: {
        "panas": "hot", "maybe_more": "load-1", "maybe_less": "cold-1", "dingin": "cold",
        "wajar": "load-0", "tak_diketahui": "unknown",
    },
    Method.MORAN: {
        "tinggi_tinggi": "hot", "tinggi_rendah": "load-2", "rendah_tinggi": "cold-1",
        "rendah_rendah": "cold", "wajar": "load-0", "tak_diketahui": "unknown",
    },
    Method.EMERGING: {
        "baru": "hot", "tumbuh": "load-3", "tetap": "load-2", "memudar": "load-1",
        "sporadis": "load-1", "dingin": "cold", "wajar": "load-0", "tak_diketahui": "unknown",
    },
    Method.SCAN: {"alarm": "hot", "wajar": "load-0", "tak_diketahui": "unknown"},
}  # fmt: skip


MAYBE_Z = 1.645  # as static/js/analysis/classes.js


def class_of(place: Mapping[str, Any], method: Method) -> str:
    """The class that a map shows: of Gi* also what stands out and may well be chance."""
    found, z = str(place["class"]), place["z"]
    if method is not Method.GI or found != "wajar" or z is None or abs(z) < MAYBE_Z:
        return found
    return "maybe_more" if z > 0 else "maybe_less"


def class_name(kind: str) -> str:
    """A class in words."""
    names = {
        "lebih": _("di atas rata-rata"),
        "kurang": _("di bawah rata-rata"),
        "wajar": _("wajar"),
        "tak_diketahui": _("pembaginya tidak diketahui"),
        "panas": _("lebih banyak dari yang wajar"),
        "dingin": _("lebih sedikit dari yang wajar"),
        "maybe_more": _("cenderung banyak, belum terbukti"),
        "maybe_less": _("cenderung sedikit, belum terbukti"),
        "tinggi_tinggi": _("banyak, tetangganya juga banyak"),
        "rendah_rendah": _("sedikit, tetangganya juga sedikit"),
        "tinggi_rendah": _("banyak, tetangganya sedikit"),
        "rendah_tinggi": _("sedikit, tetangganya banyak"),
        "baru": _("titik rawan baru"),
        "tumbuh": _("titik rawan yang makin parah"),
        "tetap": _("titik rawan yang menetap"),
        "memudar": _("titik rawan yang mereda"),
        "sporadis": _("titik rawan yang hilang-timbul"),
        "alarm": _("melonjak"),
    }
    return str(names.get(kind, kind))


def method_words(method: Method) -> str:
    """How it was looked at, in a plain sentence."""
    words = {
        Method.COUNTS: _(
            "Jumlah tiap wilayah dibandingkan dengan yang diharapkan bila semua wilayah sama; uji "
            "binomial."
        ),
        Method.DENSITY: _(
            "Kepadatan kejadian per km² dengan inti Gauss dalam zona UTM; tepi pantai dan batas "
            "dikoreksi."
        ),
        Method.GI: _(
            "Getis-Ord Gi*: apakah suatu wilayah bersama tetangganya memuat lebih banyak (atau "
            "lebih sedikit) dari yang dibagikan secara acak."
        ),
        Method.MORAN: _(
            "Moran lokal: apakah suatu wilayah serupa dengan tetangganya, atau menonjol di "
            "antaranya."
        ),
        Method.CLUSTERS: _(
            "DBSCAN: kejadian yang berdekatan dikelompokkan; yang sendirian tidak ikut."
        ),
        Method.CLUSTERS_H: _(
            "HDBSCAN: seperti DBSCAN, tetapi kerapatan kelompok boleh berbeda-beda."
        ),
        Method.EMERGING: _(
            "Titik rawan yang muncul: Gi* tiap langkah waktu, lalu uji kecenderungan Mann-Kendall."
        ),
        Method.SCAN: _(
            "Pemindaian ruang-waktu Kulldorff: di mana pada hari-hari terakhir terjadi lebih "
            "banyak dari biasanya di tempat dan hari itu."
        ),
        Method.CUSUM: _(
            "CUSUM per kategori: kapan jumlah harian naik dari yang biasa pada hari dan musim itu."
        ),
    }
    return str(words[method])
