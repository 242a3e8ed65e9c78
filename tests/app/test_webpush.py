"""Web Push: only the browser can read it, and the push service knows whom it comes from."""

import struct
from datetime import UTC, datetime

import orjson
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hmac import HMAC

from app import vapid
from app.sender.failing import Gone, NotSent
from app.sender.guarded import Limits
from app.sender.ways import Address
from app.sender.webpush import Push, encrypt
from app.sender.words import Text
from app.vapid import b64, unb64
from dispatch.outbox import Letter
from tests.app.receiver import Receiver

NOW = datetime(2026, 3, 2, 5, tzinfo=UTC)
TEXT = Text("Tiket diteruskan: #7", ("Mohon diterima.",), "https://tanggap.example/tiket/7")
LETTER = Letter(
    1, "0b6f4c1e-0000-4000-8000-000000000001", "webpush", "push:1", "didisposisi", {}, NOW, 0
)

# RFC 8291, section 5: the example of the standard itself.
PLAIN = b"When I grow up, I want to be a watermelon"
THEIRS = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
OURS = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
CLOSED = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6T"
    "lzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4"
    "a-fN"
)


def test_it_closes_the_example_of_the_standard_byte_for_byte():
    ours = ec.derive_private_key(int.from_bytes(unb64(OURS), "big"), ec.SECP256R1())
    assert b64(encrypt(PLAIN, THEIRS, AUTH, ours=ours, salt=unb64(SALT))) == CLOSED


class Browser:
    """Reads as RFC 8291 and 8188 say, by other code than ours."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.auth = b"sixteen bytes ok"
        self.p256dh = b64(vapid.point_of(self.key.public_key()))

    def read(self, body: bytes) -> bytes:
        """The words. Raises InvalidTag."""
        salt, (size, length) = body[:16], struct.unpack("!IB", body[16:21])
        theirs, closed = body[21 : 21 + length], body[21 + length :]
        assert len(closed) <= size
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
        shared = self.key.exchange(ec.ECDH(), point)
        mine = vapid.point_of(self.key.public_key())
        ikm = mac(mac(self.auth, shared), b"WebPush: info\0" + mine + theirs + b"\1")
        prk = mac(salt, ikm)
        key = mac(prk, b"Content-Encoding: aes128gcm\0\1")[:16]
        nonce = mac(prk, b"Content-Encoding: nonce\0\1")[:12]
        padded = AESGCM(key).decrypt(nonce, closed, None)
        words, mark, _ = padded.rpartition(b"\x02")
        assert mark == b"\x02"
        return words


def mac(key: bytes, words: bytes) -> bytes:
    made = HMAC(key, hashes.SHA256())
    made.update(words)
    return made.finalize()


def carry(tmp_path, receiver, browser, path="/push/abc"):
    push = Push(vapid.ensure(tmp_path), "mailto:a@x.example", Limits(loopback=True, patience_s=1))
    address = Address(receiver.url + path, p256dh=browser.p256dh, auth=b64(browser.auth))
    push.send(LETTER, TEXT, address, NOW)
    return receiver.heard[-1]


def test_the_browser_alone_reads_it(tmp_path):
    browser = Browser()
    with Receiver() as service:
        service.answer(201, {})
        heard = carry(tmp_path, service, browser)
    told = orjson.loads(browser.read(heard.body))
    assert told["title"] == TEXT.title
    assert told["tag"] == LETTER.uid
    assert b"Tiket" not in heard.body
    assert heard.headers["content-encoding"] == "aes128gcm"
    assert int(heard.headers["ttl"]) > 0
    with pytest.raises(InvalidTag):
        Browser().read(heard.body)


def test_the_push_service_can_check_who_it_comes_from(tmp_path):
    with Receiver() as service:
        service.answer(201, {})
        header = carry(tmp_path, service, Browser()).headers["authorization"]
        at = service.url
    token, key = (part.split("=", 1)[1] for part in header.removeprefix("vapid ").split(", "))
    head, claims, signature = token.split(".")
    raw = unb64(signature)
    numbers = (int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unb64(key))
    # Raises InvalidSignature.
    public.verify(
        encode_dss_signature(*numbers), f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256())
    )
    told = orjson.loads(unb64(claims))
    assert told["aud"] == at
    assert 0 < told["exp"] - NOW.timestamp() <= 24 * 3600
    assert told["sub"] == "mailto:a@x.example"


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_has_left_is_gone(tmp_path, status):
    with Receiver() as service:
        service.answer(status, {})
        with pytest.raises(Gone):
            carry(tmp_path, service, Browser())


def test_a_service_that_is_busy_is_asked_again(tmp_path):
    with Receiver() as service:
        service.answer(429, {})
        with pytest.raises(NotSent) as busy:
            carry(tmp_path, service, Browser())
    assert not busy.value.for_good


def test_the_key_of_an_installation_is_made_once_and_is_nobody_elses(tmp_path):
    first = vapid.public(vapid.ensure(tmp_path))
    assert vapid.public(vapid.ensure(tmp_path)) == first
    assert (tmp_path / vapid.FILE).stat().st_mode & 0o777 == 0o600
    assert vapid.public(vapid.ensure(tmp_path / "other")) != first
    assert len(unb64(first)) == 65
