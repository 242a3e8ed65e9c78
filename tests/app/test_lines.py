"""The socket under an open stream: past which of them the hub may write."""

import ssl
from collections.abc import Iterator

import gevent.socket
import gevent.ssl
import pytest

from app.lines import Message, line_of

PATIENCE_S = 5.0


@pytest.fixture
def pair() -> Iterator[tuple[gevent.socket.socket, gevent.socket.socket]]:
    ours, theirs = gevent.socket.socketpair()
    yield ours, theirs
    ours.close()
    theirs.close()


def test_a_message_goes_out_in_the_frame_of_a_chunked_answer(pair):
    ours, theirs = pair
    line = line_of({"gunicorn.socket": ours, "SERVER_PROTOCOL": "HTTP/1.1"}, PATIENCE_S)
    assert line is not None
    assert line.send(Message(b"event: tick\n\n"))
    assert theirs.recv(100) == b"d\r\nevent: tick\n\n\r\n"


def test_nothing_is_written_bare_into_an_enciphered_line(pair):
    ours, _theirs = pair
    cipher = gevent.ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    wrapped = cipher.wrap_socket(ours, server_side=True, do_handshake_on_connect=False)
    assert line_of({"gunicorn.socket": wrapped, "SERVER_PROTOCOL": "HTTP/1.1"}, PATIENCE_S) is None
    wrapped.close()
