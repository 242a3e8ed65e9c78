"""Webhooks as Standard Webhooks describes them: an id, a time, a signature for each secret."""

from datetime import datetime
from typing import Any

import orjson
from standardwebhooks import Webhook

from app.sender.failing import NotSent, Refused
from app.sender.guarded import Limits, post
from app.sender.ways import Address
from app.sender.words import Text
from dispatch.outbox import Letter

_KEPT_BACK = ("digest", "held", "taken")  # how we went about it is nobody's business
_GONE = 410  # the receiver asks not to be called again


class Hook:
    """Posts JSON to the address of a machine."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    def send(self, letter: Letter, text: Text, address: Address, now: datetime) -> None:
        """Raises Refused for an address that we do not call, and for 410; NotSent for all else."""
        if not address.secrets:
            raise Refused("tidak ada kunci untuk tanda tangan")
        body = content(letter, text)
        headers = sign(letter.uid, body, address.secrets, now)
        answer = post(address.to, body, headers, self._limits)
        if answer.status == _GONE:
            raise Refused("penerima menjawab 410")
        if not 200 <= answer.status < 300:
            raise NotSent(f"penerima menjawab {answer.status}")

    def rest(self) -> None:
        """Each post hangs up by itself."""


def content(letter: Letter, text: Text) -> bytes:
    """The JSON that is posted; the same whenever it is sent again."""
    facts: dict[str, Any] = {k: v for k, v in letter.facts.items() if k not in _KEPT_BACK}
    told = {
        "type": f"tiket.{letter.event}",
        "timestamp": letter.made_at.isoformat(),
        "data": facts | {"title": text.title, "url": text.link},
    }
    return orjson.dumps(told, option=orjson.OPT_SORT_KEYS)


def sign(uid: str, body: bytes, keys: tuple[str, ...], now: datetime) -> dict[str, str]:
    """The headers; one signature for each secret, so that a receiver can change over."""
    signed = [Webhook(key).sign(uid, now, body.decode()) for key in keys]
    return {
        "Content-Type": "application/json",
        "User-Agent": "tanggap",
        "webhook-id": uid,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signed),
    }
