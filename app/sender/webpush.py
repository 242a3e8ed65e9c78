"""Web Push: a message that only the browser can read (RFC 8291), with our VAPID key on it."""

import os
import struct
from datetime import datetime

import orjson
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app import vapid
from app.sender.failing import Gone, NotSent, Refused
from app.sender.guarded import Limits, post
from app.sender.ways import Address
from app.sender.words import Text
from dispatch.outbox import Letter
from dispatch.rules.telling import Event

KEPT_S = 24 * 3600  # for a browser that is off
_RECORD = 4096
_LAST = b"\x02"  # ends the last record (RFC 8188)
_CURVE = ec.SECP256R1()
_URGENT = frozenset({Event.INSTRUCTION, Event.DEAD_LETTER, Event.MENTION, Event.TRIAL})


class Push:
    """Posts to the push service that the browser chose."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, contact: str, limits: Limits) -> None:
        self._key, self._contact, self._limits = key, contact, limits

    def send(self, letter: Letter, text: Text, address: Address, now: datetime) -> None:
        """Raises Gone where the browser has left, Refused, NotSent."""
        told = {
            "title": text.title,
            "body": text.lines[0] if text.lines else "",
            "url": text.link,
            "tag": letter.uid,  # shown once, however often it comes
        }
        try:
            body = encrypt(orjson.dumps(told), address.p256dh, address.auth)
        except ValueError:
            raise Gone("kunci peramban tidak sah") from None
        headers = {
            "Authorization": vapid.authorization(self._key, address.to, self._contact, now),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(KEPT_S),
            "Topic": letter.uid.replace("-", ""),  # of the same topic the service keeps the last
            "Urgency": "high" if letter.event in _URGENT else "normal",
        }
        status = post(address.to, body, headers, self._limits).status
        if status in (404, 410):
            raise Gone(f"layanan push menjawab {status}")
        if not 200 <= status < 300:
            raise (Refused if status in (400, 413) else NotSent)(f"the push service: {status}")

    def rest(self) -> None:
        """Each post hangs up by itself."""


def encrypt(
    words: bytes,
    p256dh: str,
    auth: str,
    *,
    ours: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """What is posted: salt, record size, our public key, and the words, closed.

    p256dh, auth   as the browser gave them, base64url
    ours, salt     drawn anew for each message; given by a test
    Raises ValueError for keys that are none.
    """
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, vapid.unb64(p256dh))
    ours, salt = ours or ec.generate_private_key(_CURVE), salt or os.urandom(16)
    mine = vapid.point_of(ours.public_key())
    shared = ours.exchange(ec.ECDH(), theirs)
    info = b"WebPush: info\x00" + vapid.point_of(theirs) + mine
    ikm = _derive(shared, vapid.unb64(auth), info, 32)
    key = _derive(ikm, salt, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derive(ikm, salt, b"Content-Encoding: nonce\x00", 12)
    closed = AESGCM(key).encrypt(nonce, words + _LAST, None)
    return salt + struct.pack("!IB", _RECORD, len(mine)) + mine + closed


def _derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)
