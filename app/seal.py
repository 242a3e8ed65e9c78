"""Secrets that the database keeps sealed: with the house's own secret alone they can be read."""

import base64
import hashlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MARK = "sealed:"
PREFIX = "whsec_"  # of Standard Webhooks
_NONCE = 12


class BrokenSeal(Exception):
    """It was sealed with another SECRET_KEY, or changed since."""


def new_secret() -> str:
    """Of a webhook: 256 bits, as receivers' libraries want it."""
    return PREFIX + base64.b64encode(os.urandom(32)).decode()


def seal(words: str, secret_key: str) -> str:
    """The words as they may be kept (AES-256-GCM)."""
    nonce = os.urandom(_NONCE)
    closed = AESGCM(_key(secret_key)).encrypt(nonce, words.encode(), MARK.encode())
    return MARK + base64.b64encode(nonce + closed).decode()


def unseal(kept: str, secret_key: str) -> str:
    """What was sealed. Raises BrokenSeal."""
    try:
        raw = base64.b64decode(kept.removeprefix(MARK), validate=True)
        nonce, closed = raw[:_NONCE], raw[_NONCE:]
        return AESGCM(_key(secret_key)).decrypt(nonce, closed, MARK.encode()).decode()
    except (ValueError, InvalidTag):
        raise BrokenSeal from None


def _key(secret_key: str) -> bytes:
    return hashlib.blake2b(b"seal", key=secret_key.encode()[:64], digest_size=32).digest()
