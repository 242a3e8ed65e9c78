"""Passwords: argon2id, and how long one must be."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.errors import BadRequestField

_HASHER = PasswordHasher()  # RFC 9106, low-memory profile, as the library keeps it up to date
SHORTEST = 12


@cache
def _nobodys() -> str:
    """Verified when the name is unknown, so that the answer takes as long as for a known one."""
    return _HASHER.hash("nobody has this password")


def hash_password(password: str) -> str:
    """The hash to keep. Raises BadRequestField for one that is too short or too long."""
    if not SHORTEST <= len(password) <= 200:
        raise BadRequestField("password", f"give {SHORTEST} to 200 characters; no other rule")
    return _HASHER.hash(password)


def fits(password: str, kept: str | None) -> bool:
    """Whether the password is the one that was hashed; None: nobody's, and as slow."""
    try:
        _HASHER.verify(kept or _nobodys(), password)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None
