"""A caller's number: one way to write it, a mask to show, a keyed hash to know it again."""

import hashlib
import hmac

SHOWN_FIRST = 4
SHOWN_LAST = 3
HIDDEN_LEAST = 4  # a mask that hides less is no mask
LONGEST = 20  # digits; the longest international number has 15
DOT = "•"


def normalise_phone(phone: str) -> str:
    """The number as it is dialled at home: 0812…, without signs; "" when it has no digits.

    +62, 62 and 0062 become 0; other countries keep their + and code, and so does what
    cannot be dialled at home (+62 000 …: no national number begins with 0).
    """
    digits = "".join(c for c in phone if c.isascii() and c.isdigit())[:LONGEST]
    foreign = phone.lstrip(" (").startswith("+")
    if not foreign and digits.startswith("00"):
        digits, foreign = digits[2:], True
    # "62 812": nobody dials a local number that begins so and is this long.
    if digits.startswith("62") and (foreign or len(digits) >= 10):
        national = digits[2:].removeprefix("0")
        if national and not national.startswith("0"):
            return "0" + national
    return "+" + digits if foreign and digits else digits


def mask_phone(phone: str) -> str:
    """0812••••567: the first four and last three digits at most, all hidden in short numbers.

    The number of dots is always four, so that the length says nothing either.
    """
    plain = normalise_phone(phone).removeprefix("+")
    if len(plain) < SHOWN_FIRST + HIDDEN_LEAST + SHOWN_LAST:
        return DOT * 4
    return plain[:SHOWN_FIRST] + DOT * 4 + plain[-SHOWN_LAST:]


def hash_phone(phone: str, key: bytes) -> bytes:
    """HMAC-SHA256 (32 bytes) of the normalised number: equal for all ways of writing it.

    Without the key it cannot be tried out number by number, as a bare hash could.
    """
    return hmac.digest(key, normalise_phone(phone).encode(), hashlib.sha256)
