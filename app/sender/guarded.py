"""HTTP to addresses that others chose: never to machines of our own network (SSRF).

The name is resolved once, every address it has must be public, and the connection goes to the
address that was checked. No redirects, no more than a few seconds and bytes.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from app.sender.failing import NotSent, Refused

PATIENCE_S = 3.0
MOST_BYTES = 256 * 1024
_LONGEST_URL = 2000
_LEAST_PORT = 1024  # below it only 443: mail servers and the like are no webhooks
_HELD_IN: Mapping[ipaddress.IPv6Network, Callable[[int], int]] = {
    ipaddress.IPv6Network("64:ff9b::/96"): lambda n: n & 0xFFFFFFFF,  # NAT64
    ipaddress.IPv6Network("64:ff9b:1::/48"): lambda n: n & 0xFFFFFFFF,
    ipaddress.IPv6Network("2002::/16"): lambda n: (n >> 80) & 0xFFFFFFFF,  # 6to4
    ipaddress.IPv6Network("2001::/32"): lambda n: ~n & 0xFFFFFFFF,  # Teredo
    ipaddress.IPv6Network("::/96"): lambda n: n & 0xFFFFFFFF,  # IPv4-compatible
}

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Limits:
    """What is allowed.

    trusted    the address was chosen by who runs the house: any machine, with or without TLS
    loopback   this machine may be called, without TLS: for tests
    """

    patience_s: float = PATIENCE_S
    most_bytes: int = MOST_BYTES
    trusted: bool = False
    loopback: bool = False


def post(url: str, body: bytes, headers: Mapping[str, str], limits: Limits) -> Answer:
    """What came back. Raises Refused for an address that we do not call, NotSent without answer."""
    parts = check_url(url, limits)
    host = str(parts.hostname)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = resolve(host, port, limits)
    line = _Line(host, port, str(address), parts.scheme == "https", limits.patience_s)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    watchdog = threading.Timer(limits.patience_s, line.cut)
    watchdog.daemon = True
    watchdog.start()  # a slow drip of bytes would outlast any timeout of a single read
    try:
        line.request("POST", path, body, dict(headers) | {"Host": parts.netloc})
        answer = line.getresponse()
        told = answer.read(limits.most_bytes + 1)
    except (OSError, http.client.HTTPException, ValueError, AttributeError) as error:
        raise NotSent(_reason(error, line)) from None
    finally:
        watchdog.cancel()
        line.close()
    if len(told) > limits.most_bytes:
        raise NotSent("jawabannya terlalu panjang")
    return Answer(answer.status, told)


def check_url(url: str, limits: Limits) -> SplitResult:
    """The parts of an address that may be called, by its form. Raises Refused."""
    if len(url) > _LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        raise Refused("alamatnya tidak sah atau terlalu panjang")
    if "\\" in url:
        raise Refused("alamatnya memuat garis miring terbalik")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refused("alamatnya tidak terbaca") from None
    if parts.scheme != "https" and not (
        parts.scheme == "http" and (limits.trusted or limits.loopback)
    ):
        raise Refused("hanya https:// yang dihubungi")
    if not parts.hostname or parts.username is not None or parts.password is not None:
        raise Refused("alamatnya tanpa nama mesin, atau memuat nama pengguna")
    if "%" in parts.hostname:
        raise Refused("nama mesin memuat tanda persen")
    if port is not None and port != 443 and port < _LEAST_PORT and not limits.trusted:
        raise Refused(f"port {port} tidak dihubungi")
    return parts


def resolve(host: str, port: int, limits: Limits) -> Address:
    """The address to connect to. Raises Refused where any that the name has is not public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotSent("nama mesin tidak dikenal") from None
    addresses = [ipaddress.ip_address(str(entry[4][0])) for entry in found]
    for address in addresses:
        allowed = limits.trusted or is_public(address) or (limits.loopback and address.is_loopback)
        if not allowed:
            raise Refused("alamatnya di jaringan sendiri")
    return addresses[0]


def is_public(address: Address) -> bool:
    """Whether it lies in the open internet, and not within another address that does not."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        for network, held in _HELD_IN.items():
            if address in network:
                return is_public(ipaddress.IPv4Address(held(int(address))))
        if address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


class _Line(http.client.HTTPConnection):
    """To that address; the certificate must be the host's."""

    def __init__(self, host: str, port: int, address: str, tls: bool, patience_s: float) -> None:
        super().__init__(host, port, timeout=patience_s)
        self._address, self._tls, self._was_cut = address, tls, False

    @property
    def was_cut(self) -> bool:
        return self._was_cut

    def connect(self) -> None:
        sock = socket.create_connection((self._address, self.port), self.timeout)
        self.sock = sock  # so that it can be cut while the two sides shake hands
        if self._tls:
            self.sock = ssl.create_default_context().wrap_socket(sock, server_hostname=self.host)

    def cut(self) -> None:
        self._was_cut = True
        if self.sock is not None:
            try:
                self.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                self.sock.close()


def _reason(error: Exception, line: _Line) -> str:
    if line.was_cut or isinstance(error, TimeoutError):
        return "tidak menjawab pada waktunya"
    if isinstance(error, ssl.SSLCertVerificationError):
        return "sertifikatnya bukan milik mesin itu"
    return f"tidak menjawab ({type(error).__name__})"
