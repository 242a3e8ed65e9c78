"""The ways by which a message can go: e-mail, webhook, Telegram, WhatsApp, the browser."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.sender.words import Text
from dispatch.outbox import Letter


@dataclass(frozen=True, slots=True)
class Address:
    """Where to, looked up when the message is sent."""

    to: str
    secrets: tuple[str, ...] = ()  # of a webhook: the newest first
    p256dh: str = ""  # of a browser
    auth: str = ""


class Way(Protocol):
    """Carries messages of one channel. Used by one thread at a time."""

    def send(self, letter: Letter, text: Text, address: Address, now: datetime) -> None:
        """Hand it over. Raises NotSent, Refused."""

    def rest(self) -> None:
        """Nothing more to send for now: hang up."""
