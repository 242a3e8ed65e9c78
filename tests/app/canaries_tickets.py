"""What is planted beside the cases of the canaries: words, proof and instructions of tickets."""

from sqlalchemy import text

from tests.app.canaries import Planted
from tests.world import World

FAR = "111.4441717"  # where the sealed photo says that it was taken: told to nobody
# Case and what of its ticket is planted; each word holds the number of its case.
SAID = ("note", "answer", "reply", "step", "proof", "contractor", "instruction")
CASES = ("fire", "road", "violence")
_WORDS = {
    "note": "catatan", "answer": "jawaban", "reply": "tanggapan", "step": "langkah",
    "proof": "bukti", "contractor": "rekanan", "instruction": "instruksi",
}  # fmt: skip
_STATEMENTS = (
    "INSERT INTO ticket_message (ticket_id, incident_id, restricted_group, at, kind, by_name,"
    " call_id, text, key)"
    " SELECT t.id, t.incident_id, t.restricted_group, now(), said.kind, 'x', said.call, said.text,"
    "        said.kind"
    "   FROM ticket AS t, (VALUES ('catatan', NULL::bigint, :note), ('jawaban', NULL, :answer),"
    "     ('tanggapan', CAST(:call AS bigint), :reply)) AS said (kind, call, text)"
    "  WHERE t.id = :ticket",
    "INSERT INTO ticket_step (ticket_id, incident_id, at, state, agency_id, actor, by_name, note)"
    " SELECT id, incident_id, now(), state, agency_id, 'ruang', 'x', :step FROM ticket"
    "  WHERE id = :ticket",
    "INSERT INTO work_link (ticket_id, incident_id, restricted_group, token_hash, name, made_at,"
    " made_name, note, expires_at)"
    " SELECT id, incident_id, restricted_group, CAST(:hash AS bytea), :contractor, now(), 'x', '',"
    "  now() + interval '9 days' FROM ticket WHERE id = :ticket",
    "INSERT INTO instruction (ticket_id, incident_id, restricted_group, at, by_user, by_name, text,"
    " due_at)"
    " SELECT t.id, t.incident_id, t.restricted_group, now(), u.id, u.name, :instruction,"
    "  now() + interval '9 days' FROM ticket AS t, app_user AS u"
    "  WHERE t.id = :ticket AND u.login = 'bupati'",
)
_PROOF = text(
    "INSERT INTO proof (ticket_id, incident_id, restricted_group, kind, at, by_name, note, width,"
    " height, image, key)"
    " SELECT id, incident_id, restricted_group, 'foto', now(), 'x', :proof, 1, 1, :image, 'k'"
    "   FROM ticket WHERE id = :ticket RETURNING id"
)
_SEAL = text(
    "INSERT INTO proof_seal (proof_id, ticket_id, sha256, phash, position)"
    " VALUES (:id, :ticket, :image, 0, ST_SetSRID(ST_MakePoint(:far, -6.6), 4326))"
)


# What desks keep for themselves: who sees it stands in test_canary.
DESKS = {
    "shift.room": "kenari9serahruang", "shift.agency": "kenari9serahopd",
    "filter": "kenari9saringan", "template": "kenari9templat",
    "hook": "kenari9.webhook.example", "secret": "kenari9rahasia",
}  # fmt: skip
_DESK_STATEMENTS = (
    "INSERT INTO handover (agency_id, at, by_user, by_name, text, figures)"
    " SELECT NULL, now(), id, 'x', :shift_room, '{}' FROM app_user WHERE login = 'operator2'",
    "INSERT INTO handover (agency_id, at, by_user, by_name, text, figures)"
    " SELECT agency_id, now(), id, 'x', :shift_agency, '{}' FROM app_user WHERE login = 'pupr1'",
    "INSERT INTO stored_filter (user_id, name, query)"
    " SELECT id, :filter, 'box=saya' FROM app_user WHERE login = 'operator2'",
    "INSERT INTO answer_template (agency_id, title, text, by_name)"
    " SELECT agency_id, 'x', :template, 'x' FROM app_user WHERE login = 'pupr1'",
    'INSERT INTO subscription (agency_id, channel, "to", events, secret)'
    " SELECT agency_id, 'webhook', 'https://' || :hook || '/terima', '{}', :secret"
    "   FROM app_user WHERE login = 'pupr1'",
)


def plant_tickets(planted: Planted) -> None:
    """Tickets of all cases by name; on some of them words, a proof, a link, an instruction."""
    given = {name.replace(".", "_"): word for name, word in DESKS.items()}
    with planted.world.as_owner() as session:
        for statement in _DESK_STATEMENTS:
            session.execute(text(statement), given)
    planted.tokens |= DESKS
    found = _tickets(planted.world)
    planted.tickets = {
        case.name: found[case.incident] for case in planted.cases.values() if case.incident in found
    }
    for name in CASES:
        _plant(planted, name)
    planted.tokens["seal"] = FAR


def _tickets(world: World) -> dict[int | None, int]:
    """The first ticket of each case."""
    with world.as_owner() as session:
        rows = session.execute(text("SELECT incident_id, min(id) FROM ticket GROUP BY 1")).all()
    return {row[0]: row[1] for row in rows}


def _plant(planted: Planted, name: str) -> None:
    case, ticket = planted.cases[name], planted.tickets[name]
    words = {part: f"kenari{case.number}{_WORDS[part]}" for part in SAID}
    image = b"\xff\xd8" + f"kenari{case.number}gambar".encode()
    given = {"ticket": ticket, "call": case.call, "hash": name.encode(), **words}
    with planted.world.as_owner() as session:
        for statement in _STATEMENTS:
            session.execute(text(statement), given)
        proof = session.execute(_PROOF, {"ticket": ticket, "image": image, **words}).scalar_one()
        seal = {"id": proof, "ticket": ticket, "image": image, "far": float(FAR)}
        session.execute(_SEAL, seal)
        instruction = "SELECT id FROM instruction WHERE ticket_id = :ticket"
        planted.instructions[name] = session.execute(
            text(instruction), {"ticket": ticket}
        ).scalar_one()
    planted.proofs[name] = proof
    planted.tokens |= {f"{name}.{part}": word for part, word in words.items()}
    planted.tokens[f"{name}.picture"] = f"kenari{case.number}gambar"
