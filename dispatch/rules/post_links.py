"""Addresses of posts that prove work: which ones are taken, and the host that readers are shown."""

import ipaddress
from urllib.parse import urlsplit, urlunsplit

from dispatch.errors import DispatchError

LONGEST = 500


class BadLink(DispatchError):
    """The address of the post cannot be used."""


def post_link(written: str) -> str:
    """The address as it is kept: https, a host with a name, its signs as ASCII (xn--).

    Nobody fetches it here. Raises BadLink, which says what would be right.
    """
    words = written.strip()
    if not words or len(words) > LONGEST:
        raise BadLink(f"give 1 to {LONGEST} characters")
    if not words.isprintable() or any(sign in words for sign in ' \\"<>`'):
        raise BadLink("no spaces, quotes, angle brackets or backslashes")
    try:
        parts = urlsplit(words)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise BadLink("not an address") from None
    if parts.scheme.lower() != "https":
        raise BadLink("begin with https://")
    if "@" in parts.netloc or port not in (None, 443):
        raise BadLink("no user name and no port before the path")
    return urlunsplit(("https", _plain_host(host), parts.path or "/", parts.query, parts.fragment))


def host_of(url: str) -> str:
    """The host, as it is shown beside the address."""
    return urlsplit(url).hostname or ""


def _plain_host(host: str) -> str:
    """A name that looks like another one is shown as what it is: xn--..."""
    try:
        plain = host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise BadLink("the host has no such name") from None
    if "." not in plain.strip(".") or plain.startswith(".") or _is_number(plain):
        raise BadLink("give the public name of the site, as instagram.com")
    if plain.endswith((".local", ".localhost", ".internal", ".")):
        raise BadLink("give the public name of the site, as instagram.com")
    return plain


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host.replace(".", "").isdigit() or host.rpartition(".")[2].isdigit()
    return True
