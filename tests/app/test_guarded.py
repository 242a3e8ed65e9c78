"""Addresses that others chose: none of them leads into a network of our own (SSRF)."""

import ipaddress
import socket
import threading

import pytest

from app.sender import guarded
from app.sender.failing import NotSent, Refused
from app.sender.guarded import Limits, check_url, is_public, post, resolve
from tests.app.receiver import Receiver

STRICT = Limits()

# Written so that a careless reader takes them for something else.
OURS = [
    "https://127.0.0.1/",
    "https://127.1/",
    "https://127.0.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://017700000001/",
    "https://127.0.0.1.:443/",
    "https://localhost/",
    "https://LOCALHOST/",
    "https://localhost./",
    "https://0/",
    "https://0.0.0.0/",
    "https://10.0.0.1/",
    "https://10.255.255.255/",
    "https://172.16.0.1/",
    "https://172.31.255.254/",
    "https://192.168.0.1/",
    "https://192.168.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://169.254.1.1/",
    "https://100.64.0.1/",
    "https://192.0.0.1/",
    "https://198.18.0.1/",
    "https://192.0.2.1/",
    "https://198.51.100.1/",
    "https://203.0.113.1/",
    "https://224.0.0.1/",
    "https://240.0.0.1/",
    "https://255.255.255.255/",
    "https://[::1]/",
    "https://[::]/",
    "https://[0:0:0:0:0:0:0:1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[::ffff:169.254.169.254]/",
    "https://[::127.0.0.1]/",
    "https://[fe80::1]/",
    "https://[fc00::1]/",
    "https://[fd12:3456:789a::1]/",
    "https://[fec0::1]/",
    "https://[ff02::1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[64:ff9b::a00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[2002:a00:1::1]/",
    "https://[2002:c0a8:101::]/",
    "https://[2001:db8::1]/",
    "https://[100::1]/",
]
# Refused by their form, before any name is looked up.
MALFORMED = [
    "http://example.com/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://example.com/",
    "https:///path",
    "https://",
    "//example.com/",
    "example.com",
    "",
    "https://user@example.com/",
    "https://user:pass@example.com/",
    "https://example.com@127.0.0.1/",
    "https://example.com:22/",
    "https://example.com:25/",
    "https://example.com:80/",
    "https://example.com:0/",
    "https://example.com:99999/",
    "https://example.com:x/",
    "https://[fe80::1%25eth0]/",
    "https://[::1",
    "https://exa mple.com/",
    "https://example.com\\@127.0.0.1/",
    "https://example.com/\r\nHost: ours",
    "https://example.com/\t",
    "https://example.com/\x00",
    "https://ⓛocalhost/",
    "https://127。0。0。1/",
    "https://example.com/" + "a" * 2000,
]


@pytest.mark.parametrize("url", OURS)
def test_no_form_of_an_address_leads_to_a_machine_of_our_own(url):
    parts = check_url(url, STRICT)
    with pytest.raises((Refused, NotSent)) as refused:
        resolve(str(parts.hostname), 443, STRICT)
    assert "sendiri" in str(refused.value) or "tidak dikenal" in str(refused.value)


@pytest.mark.parametrize("url", MALFORMED)
def test_what_is_no_plain_address_is_not_looked_up(url, monkeypatch):
    monkeypatch.setattr(guarded.socket, "getaddrinfo", lambda *_, **__: pytest.fail("looked up"))
    with pytest.raises(Refused):
        post(url, b"", {}, STRICT)


def test_there_are_more_than_sixty_forms():
    assert len({*OURS, *MALFORMED}) >= 60


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1"])
def test_the_open_internet_is_public(address):
    assert is_public(ipaddress.ip_address(address))


MIXED = ("1.1.1.1", "10.0.0.1")


def test_a_name_with_one_address_of_our_own_among_public_ones_is_refused(monkeypatch):
    monkeypatch.setattr(
        guarded.socket, "getaddrinfo", lambda *_, **__: _found("1.1.1.1", "10.0.0.1")
    )
    with pytest.raises(Refused):
        resolve("mixed.example", 443, STRICT)


def test_the_name_is_resolved_once_and_the_connection_goes_to_what_was_checked(monkeypatch):
    """A second answer (DNS rebinding) is never asked for."""
    asked, called = [], []

    def answer(host, *_, **__):
        asked.append(host)
        return _found("1.1.1.1" if len(asked) == 1 else "127.0.0.1")

    def connect(address, *_, **__):
        called.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(guarded.socket, "getaddrinfo", answer)
    monkeypatch.setattr(guarded.socket, "create_connection", connect)
    with pytest.raises(NotSent):
        post("https://rebinding.example/x", b"", {}, STRICT)
    assert (asked, called) == (["rebinding.example"], [("1.1.1.1", 443)])


def _found(*addresses):
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in addresses]


def test_a_redirect_is_an_answer_and_is_not_followed():
    with Receiver() as receiver:
        receiver.answer(302, {"Location": receiver.url + "/secret"})
        answer = post(receiver.url, b"{}", {}, Limits(loopback=True))
        assert answer.status == 302
        assert [heard.path for heard in receiver.heard] == ["/"]


def test_an_answer_that_is_too_long_is_not_read():
    with Receiver() as receiver:
        receiver.answer(200, {}, b"x" * 300_000)
        with pytest.raises(NotSent, match="terlalu panjang"):
            post(receiver.url, b"{}", {}, Limits(loopback=True))


def test_a_slow_drip_is_cut_off():
    """Each byte comes in time, all of them together would take for ever."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        over = threading.Event()

        def drip():
            line, _ = server.accept()
            with line:
                while not over.wait(0.05):
                    try:
                        line.sendall(b"H")
                    except OSError:
                        return

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        with pytest.raises(NotSent, match="pada waktunya"):
            post(url, b"{}", {}, Limits(loopback=True, patience_s=0.4))
        over.set()
        thread.join(5)


def test_without_tls_only_this_machine_and_only_where_tests_say_so():
    with Receiver() as receiver:
        for limits in (STRICT, Limits(patience_s=1)):
            with pytest.raises(Refused):
                post(receiver.url, b"{}", {}, limits)
        assert receiver.heard == []
        with pytest.raises(Refused):
            resolve("10.0.0.1", 443, Limits(loopback=True))
