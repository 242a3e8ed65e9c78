"""Gateways for chats: Telegram's bot API, and WhatsApp's Cloud API or one that speaks like it."""

from datetime import datetime
from typing import Any

import orjson

from app.sender.failing import NotSent, Refused
from app.sender.guarded import Answer, Limits, post
from app.sender.settings import Gateway
from app.sender.ways import Address
from app.sender.words import Text
from dispatch.outbox import Letter

# Who runs the house chose the gateway: it may stand in our own network.
LIMITS = Limits(patience_s=10.0, trusted=True)
_NO_SUCH = (400, 403, 404)  # no such chat or number, or it has blocked us
COUNTRY = "62"


class Telegram:
    """Writes to chats by a bot."""

    def __init__(self, gateway: Gateway) -> None:
        self._url = f"{gateway.base}/bot{gateway.token}/sendMessage"

    def send(self, letter: Letter, text: Text, address: Address, now: datetime) -> None:
        """Raises Refused where there is no such chat, NotSent for all else."""
        told = {
            "chat_id": address.to,
            "text": f"{text.title}\n\n{text.body}",
            "link_preview_options": {"is_disabled": True},
        }
        _check(_post(self._url, told, {}))

    def rest(self) -> None:
        """Each post hangs up by itself."""


class WhatsApp:
    """Writes to numbers."""

    def __init__(self, gateway: Gateway) -> None:
        self._url = f"{gateway.base}/messages"
        self._headers = {"Authorization": f"Bearer {gateway.token}"}

    def send(self, letter: Letter, text: Text, address: Address, now: datetime) -> None:
        """Raises Refused where there is no such number, NotSent for all else."""
        told = {
            "messaging_product": "whatsapp",
            "to": international(address.to),
            "type": "text",
            "text": {"preview_url": False, "body": f"{text.title}\n\n{text.body}"},
            "biz_opaque_callback_data": letter.uid,  # comes back with the receipt
        }
        _check(_post(self._url, told, self._headers))

    def rest(self) -> None:
        """Each post hangs up by itself."""


def international(phone: str) -> str:
    """62812... of 0812..., +62 812-...; digits only."""
    digits = "".join(sign for sign in phone if sign.isascii() and sign.isdigit())
    return COUNTRY + digits[1:] if digits.startswith("0") else digits


def _post(url: str, told: dict[str, Any], headers: dict[str, str]) -> Answer:
    body = orjson.dumps(told)
    return post(url, body, headers | {"Content-Type": "application/json"}, LIMITS)


def _check(answer: Answer) -> None:
    if 200 <= answer.status < 300:
        return
    kind = Refused if answer.status in _NO_SUCH else NotSent
    raise kind(f"gerbang menjawab {answer.status}")
