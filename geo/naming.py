"""Names as they are compared: lower case, without accents and signs."""

import unicodedata


def normalise(text: str) -> str:
    """Lower case, no accents, no signs, single spaces: "Ds.  Tegal-Sambi" is "ds tegal sambi"."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return " ".join("".join(sign if sign.isalnum() else " " for sign in plain).split())
