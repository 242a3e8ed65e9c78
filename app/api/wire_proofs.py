"""Proofs and contractors' links as JSON, and what was found in sentences."""

from collections.abc import Sequence
from typing import Any

from flask_babel import format_decimal
from flask_babel import gettext as _

from app.api.wire_forms import Json, time_of
from dispatch.pictures import Why
from dispatch.rules.post_links import host_of


def proof(row: Any) -> Json:
    """A row of proofs.of_ticket() or proofs.find()."""
    return {
        "id": row.id,
        "kind": row.kind,
        "at": time_of(row.at),
        "by": row.by_name,
        "company": row.company,
        "note": row.note,
        "url": row.url,
        "host": host_of(row.url) if row.url else None,
        "width": row.width,
        "height": row.height,
        "found": list(row.found),
        "far_m": None if row.far_m is None else round(row.far_m),
        "same_as": list(row.same_as),
        "accepted": row.accepted,
    }


def link(row: Any) -> Json:
    """A row of contractors.of_ticket()."""
    return {
        "id": row.id,
        "name": row.name,
        "note": row.note,
        "made_at": time_of(row.made_at),
        "made_by": row.made_name,
        "expires_at": time_of(row.expires_at),
        "done_at": time_of(row.done_at),
        "done_note": row.done_note,
        "revoked_at": time_of(row.revoked_at),
    }


def warnings(row: Any) -> list[Json]:
    """What was found in a photo, in sentences for whoever sent it."""
    return [{"code": code, "text": _found(code, row)} for code in row.found]


def refused(why: Why) -> str:
    """Why a photo was not taken, and what would be right."""
    said = {
        Why.TOO_LARGE: _("Foto lebih besar dari 10 MB. Kirim yang lebih kecil."),
        Why.TOO_MANY_PIXELS: _("Foto lebih dari 64 megapiksel. Kecilkan resolusi kamera."),
        Why.NO_PHOTO: _("Berkas ini bukan foto. Kirim JPEG, PNG, atau WebP."),
        Why.BROKEN: _("Foto ini rusak atau tidak utuh. Pilih lagi, atau foto ulang."),
        Why.MOVING: _("Gambar bergerak tidak dapat menjadi bukti. Kirim satu foto."),
        Why.TWO_FILES: _("Di dalam foto ini ada berkas lain. Kirim foto yang asli."),
    }  # fmt: skip
    return str(said[why])


def _found(code: str, row: Any) -> str:
    said = {
        "tanpa_lokasi": _("Foto ini tidak memuat lokasi."),
        "tanpa_waktu": _("Foto ini tidak memuat waktu pengambilan."),
        "jauh": _("Foto ini diambil %(far)s dari tempat kejadian.", far=_distance(row.far_m)),
        "sebelum_kejadian": _("Foto ini diambil sebelum kejadian dilaporkan."),
        "di_masa_depan": _("Waktu foto ini di masa depan. Periksa jam ponsel."),
        "lama": _("Foto ini diambil lebih dari 7 hari sebelum dikirim."),
        "sama": _same(row.same_as),
    }
    return str(said[code])


def _distance(far_m: float | None) -> str:
    if far_m is None:
        return "?"
    if far_m < 1000:
        return f"{round(far_m, -1):.0f} m"
    return f"{format_decimal(round(far_m / 1000, 1))} km"


def _same(tickets: Sequence[int]) -> str:
    if not tickets:
        return str(_("Foto ini pernah dipakai sebagai bukti."))
    said = _(
        "Foto ini pernah dipakai sebagai bukti, di tiket %(tickets)s.",
        tickets=", ".join(map(str, tickets)),
    )
    return str(said)
