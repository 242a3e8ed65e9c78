"""By which ways this installation may send: read from the environment or var/env."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from app.config import BadSetting, Settings

# Every setting of the sender stands here, and in README.md.
SMTP, MAIL_FROM = "TANGGAP_SMTP", "TANGGAP_MAIL_FROM"
TELEGRAM, TELEGRAM_TOKEN = "TANGGAP_TELEGRAM", "TANGGAP_TELEGRAM_TOKEN"
WHATSAPP, WHATSAPP_TOKEN = "TANGGAP_WHATSAPP", "TANGGAP_WHATSAPP_TOKEN"
PUBLIC_URL, LOOPBACK, HOOK = "TANGGAP_URL", "TANGGAP_HOOKS_LOOPBACK", "TANGGAP_HOOK_"
_PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class Smtp:
    """A mail server.

    tls   "start": STARTTLS, or nothing is sent; "whole": TLS from the first byte; "none"
    """

    host: str
    port: int
    user: str | None = None
    password: str | None = None
    tls: str = "start"


@dataclass(frozen=True, slots=True)
class Gateway:
    """An HTTP gateway of messages."""

    base: str  # without a slash at the end
    token: str


@dataclass(frozen=True, slots=True)
class Ways:
    """What is set up. None: that way is not there, and what was meant for it is dropped."""

    public_url: str  # of the pages that messages point to; without a slash at the end
    smtp: Smtp | None = None
    mail_from: str = ""
    telegram: Gateway | None = None
    whatsapp: Gateway | None = None
    hooks_loopback: bool = False  # webhooks and pushes may go to this machine, in clear: tests
    hook_secrets: Mapping[str, str] | None = None  # setting -> one secret or two

    @property
    def contact(self) -> str:
        """Whom a push service may write to."""
        return f"mailto:{self.mail_from}" if self.mail_from else self.public_url


def read(known: Mapping[str, str], settings: Settings) -> Ways:
    """The ways that the environment names. Raises BadSetting."""
    url = (settings.public_url or "http://127.0.0.1:8112").rstrip("/")
    host = urlsplit(url).hostname or "localhost"
    return Ways(
        public_url=url,
        smtp=_smtp(known[SMTP]) if known.get(SMTP) else None,
        mail_from=known.get(MAIL_FROM) or f"tanggap@{host}",
        telegram=_gateway(known, TELEGRAM, TELEGRAM_TOKEN),
        whatsapp=_gateway(known, WHATSAPP, WHATSAPP_TOKEN),
        hooks_loopback=known.get(LOOPBACK) == "on",
        hook_secrets={name: value for name, value in known.items() if name.startswith(HOOK)},
    )


def _smtp(written: str) -> Smtp:
    """smtp://user:pass@host:587, smtps://host:465, smtp://127.0.0.1:25?tls=none."""
    try:
        parts = urlsplit(written)
        port = parts.port
    except ValueError:
        raise BadSetting(f"{SMTP}: the port is no number") from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise BadSetting(f"{SMTP}: give smtp://user:password@host:587 or smtps://host:465")
    tls = "whole" if parts.scheme == "smtps" else parse_qs(parts.query).get("tls", ["start"])[0]
    if tls not in ("start", "whole", "none"):
        raise BadSetting(f"{SMTP}: tls={tls}: give start or none")
    if tls == "none" and parts.username:
        raise BadSetting(f"{SMTP}: a password is not sent in clear; leave ?tls=none out")
    user = unquote(parts.username) if parts.username else None
    password = unquote(parts.password) if parts.password else None
    return Smtp(parts.hostname, port or _PORTS[parts.scheme], user, password, tls)


def _gateway(known: Mapping[str, str], base: str, token: str) -> Gateway | None:
    if not known.get(base):
        return None
    if urlsplit(known[base]).scheme not in ("http", "https"):
        raise BadSetting(f"{base}: give an address that begins with https://")
    if not known.get(token):
        raise BadSetting(f"{token} is not set, but {base} is")
    return Gateway(known[base].rstrip("/"), known[token])
