"""What the sweep asks of the routes of tickets: ids, queries, and bodies that change nothing."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.app.canaries import TEGALSAMBI, Planted

MISSING = 4_000_000  # an id that nobody has

PARAMETERS: Mapping[str, Callable[[Planted], list[Any]]] = {
    "ticket_id": lambda p: [*p.tickets.values(), MISSING],
    "proof_id": lambda p: [*p.proofs.values(), MISSING],
    "link_id": lambda p: [MISSING],
    "merge_id": lambda p: [MISSING],
    "number": lambda p: [*p.instructions.values(), MISSING],
    "subscription_id": lambda p: [MISSING],
    "message_id": lambda p: [MISSING],
    "token": lambda p: ["kenari", "0" * 43],
}
INBOX = (
    "box=semua", "box=masuk", "box=saya", "box=selesai", "late=1", "q=kenari",
    "category=kdrt", f"village={TEGALSAMBI}", "holder=1", "box=semua&limit=200",
)  # fmt: skip
QUERIES: Mapping[str, Callable[[Planted], list[str]]] = {
    "exchange.get_calls_csv": lambda p: ["", "each=1&month=2026-03", "month=x"],
    "exchange.get_calls_xlsx": lambda p: ["each=1&month=2026-03"],
    "exchange_page.get_report": lambda p: ["", "bulan=2026-03", "bulan=x"],
    "inbox.get_tickets": lambda p: ["", *INBOX, "after=kenari", "box=x"],
    "inbox.get_points": lambda p: ["", *INBOX[:1], *INBOX[-4:]],
    "desk.get_answers": lambda p: ["", *(f"ticket={n}" for n in p.tickets.values())],
    "leaders.get_leaders": lambda p: ["", "by=desa", "by=kategori", "by=kecamatan", "by=x"],
    "leaders.get_late": lambda p: ["", "by=opd", "limit=0"],
    "leaders.get_own_late": lambda p: [""],
    "merging.get_same": lambda p: ["", "most=20", "most=0"],
    "notices_out.get_outbox": lambda p: ["", "state=mati", "state=menunggu", "before=2"],
    "proofs.get_proof": lambda p: [""],
    "receipts.get_receipt": lambda p: ["", "as=exe"],
    "prints_weekly.get_weekly": lambda p: ["", "as=exe"],
    "ticket_exports.get_tickets_csv": lambda p: ["box=semua", "box=x", "category=kdrt"],
    "ticket_exports.get_tickets_xlsx": lambda p: ["box=semua"],
    "ticket_exports.get_tickets_geojson": lambda p: ["box=semua"],
    "ticket_exports.get_leaders_csv": lambda p: ["", "by=desa"],
    "ticket_exports.get_leaders_xlsx": lambda p: [""],
    "whom.get_whom": lambda p: [
        "", "category=kdrt", f"category=jalan&village={TEGALSAMBI}", "lon=110.65&lat=-6.62",
        "q=kenari", "at=kapan",
    ],
}  # fmt: skip
_OLD = {"version": 0}  # of no ticket
BODIES: Mapping[str, Callable[[Planted], list[Any]]] = {
    "tickets.post_move": lambda p: [{"to": "diverifikasi"} | _OLD, {"to": "x"} | _OLD],
    "tickets.post_claim": lambda p: [_OLD],
    "tickets.post_release": lambda p: [_OLD],
    "tickets.post_extend": lambda p: [{"reason": "x"} | _OLD],
    "tickets.post_ticket": lambda p: [{"agency": "dpupr"} | _OLD, {"agency": "x"} | _OLD],
    "bulk.post_bulk": lambda p: [
        {"ids": [*p.tickets.values(), MISSING], "move": {"to": "digabung"}, "key": "sapuan"},
        {"ids": [MISSING], "claim": True, "key": "sapuan-ambil"},
    ],
    "desk.post_message": lambda p: [{"kind": "x", "text": "x", "key": "sapuan"}],
    "desk.post_filter": lambda p: [{"name": "", "query": "box=semua"}],
    "desk.delete_filter": lambda p: [None],
    "desk.post_answer": lambda p: [{"title": "", "text": ""}],
    "desk.delete_answer": lambda p: [None],
    "desk.post_handover": lambda p: [{"text": ""}],
    "desk.post_take": lambda p: [None],
    "desk.post_seen": lambda p: [{"upto": 0}],
    "instructions.post_instruction": lambda p: [
        {"text": "x", "due_at": "2020-01-01T00:00:00Z", "key": "sapuan"}
    ],
    "instructions.post_answer": lambda p: [{"answer": ""}],
    "merging.post_merge": lambda p: [
        {"into": n, "version": 0, "into_version": 0} for n in (MISSING, p.cases["own"].incident)
    ],
    "merging.post_undo": lambda p: [_OLD],
    "whom.post_owner": lambda p: [{"owner": None} | _OLD],
    "notices_out.post_subscription": lambda p: [{"channel": "x", "to": "x"}],
    "notices_out.patch_subscription": lambda p: [{}],
    "notices_out.delete_subscription": lambda p: [None],
    "notices_out.post_trial": lambda p: [None],
    "notices_out.post_again": lambda p: [None],
    "push.post_push": lambda p: [{"endpoint": "x", "keys": {"p256dh": "x", "auth": "x"}}],
    "push.delete_push": lambda p: [None],
    "proofs.post_proof": lambda p: [{"url": "x", "key": "sapuan"}],
    "proofs.post_look": lambda p: [{"accepted": False}, {"accepted": True}],
    "proofs.post_link": lambda p: [{"name": " ", "days": 1}],
    "proofs.delete_link": lambda p: [None],
    "exchange.post_reconcile": lambda p: [{"repair": True}],  # no line is set up
}
FORMS: Mapping[str, dict[str, str]] = {
    "track.post_form": {"code": "1-AAAA-BBBB"},
    "track.post_reply": {"text": "x", "key": "sapuan"},
    "track.post_reopen": {"text": "x", "key": "sapuan"},
    "track.post_rating": {"stars": "5"},
    "work_link.post_photo": {"key": "sapuan"},
    "work_link.post_done": {},
    "exchange.post_import": {"take": "1"},
}
