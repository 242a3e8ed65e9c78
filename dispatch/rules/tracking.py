"""The code of a report: who holds it may read what became of the report, without a log-in."""

import hashlib
import hmac

# Crockford's alphabet: no I, L, O, U, so that nothing is misread on the telephone.
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SECRET = 8  # letters of five bits: 1.1e12 codes for each report
LONGEST = 40  # what is typed; the longest number of a report has 19 digits
_MEANT = str.maketrans("OIL", "011")
_BREAKS = str.maketrans("", "", " -–.·/\t")


def code_of(call_id: int, key: bytes) -> str:
    """4512-K7QF-93MD: the number of the report, and letters that nobody can guess.

    key  secret; another one makes all codes that were given out worthless
    """
    secret = _secret(call_id, key)
    return f"{call_id}-{secret[:4]}-{secret[4:]}"


def call_of(typed: str, key: bytes) -> int | None:
    """The report whose code was typed; None for any other word, in the same time.

    Small letters, spaces and dashes do not matter; O is 0, I and L are 1.
    """
    plain = typed[:LONGEST].translate(_BREAKS).upper().translate(_MEANT)
    number, secret = plain[:-SECRET], plain[-SECRET:]
    readable = number.isascii() and number.isdigit() and len(number) <= 18
    call_id = int(number) if readable else 0
    right = hmac.compare_digest(_secret(call_id, key).encode(), secret.encode())
    return call_id if right and readable else None


def _secret(call_id: int, key: bytes) -> str:
    digest = hmac.digest(key, f"lacak {call_id}".encode(), hashlib.sha256)
    bits = int.from_bytes(digest[:5], "big")
    return "".join(LETTERS[(bits >> (5 * place)) & 31] for place in reversed(range(SECRET)))
