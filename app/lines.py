"""Writes to many open screens at once; what one of them does not take holds nobody up."""

import socket
from typing import Any


class Message:
    """Bytes for many screens, and the same in the frame of a chunked answer (RFC 9112, 7.1)."""

    __slots__ = ("framed", "plain")

    def __init__(self, plain: bytes) -> None:
        self.plain = plain
        self.framed = b"%x\r\n%b\r\n" % (len(plain), plain)


class SocketLine:
    """The socket under an answer that has begun, under gevent.

    The hub writes to a thousand of these in a row, in a loop without a switch: to wake a greenlet
    for each of them, which then goes through gunicorn and Flask, would take far longer
    (docs/decisions/0017-live-wire-at-scale.md).
    """

    def __init__(self, wrapped: Any, *, chunked: bool) -> None:
        self._wrapped = wrapped  # gevent's: waits without blocking the others
        self._bare: socket.socket = wrapped._sock  # never blocks
        self._chunked = chunked
        self.rest = b""  # of a message that was taken in part

    def send(self, message: Message) -> bool:
        """Whether it took the message, or has begun to; what is left of it is for flush()."""
        if self.rest:
            return False
        content = message.framed if self._chunked else message.plain
        try:
            sent = self._bare.send(content)
        except OSError:  # full, or gone: whoever writes next will know
            return False
        self.rest = content[sent:]
        return True

    def flush(self) -> None:
        """Write what is left. Raises OSError: the screen is gone, or takes nothing any more."""
        if self.rest:
            self._wrapped.sendall(self.rest)
            self.rest = b""


def line_of(environ: dict[str, Any], patience_s: float) -> SocketLine | None:
    """The line of a request; None where the server does not let us write past it.

    patience_s  a screen that takes nothing for so long is given up
    """
    wrapped: Any = environ.get("gunicorn.socket")
    protocol = environ.get("SERVER_PROTOCOL")
    bare: socket.socket | None = getattr(wrapped, "_sock", None)
    if bare is None or protocol not in ("HTTP/1.0", "HTTP/1.1"):
        return None
    if hasattr(wrapped, "_sslobj"):  # what is written past it would go out bare, into the cipher
        return None
    if bare.gettimeout() != 0.0:  # a blocking one would hold all of them up
        return None
    wrapped.settimeout(patience_s)
    return SocketLine(wrapped, chunked=protocol == "HTTP/1.1")
