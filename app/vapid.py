"""The key pair by which push services know this installation (VAPID, RFC 8292); kept in var/."""

import base64
import os
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import orjson
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

FILE = "vapid_key"
_HALF = 32  # bytes of a coordinate, and of each number of a signature
_VALID = timedelta(hours=12)  # push services take at most 24


def ensure(folder: Path) -> ec.EllipticCurvePrivateKey:
    """The key of this installation, made on the first call (mode 0600)."""
    file = folder / FILE
    if not file.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        _write(file, ec.generate_private_key(ec.SECP256R1()))
    return _read(file)


def public(key: ec.EllipticCurvePrivateKey) -> str:
    """The public half: 65 bytes, base64url without padding."""
    return b64(point_of(key.public_key()))


def point_of(key: ec.EllipticCurvePublicKey) -> bytes:
    """The uncompressed point, 65 bytes."""
    return key.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )


def authorization(
    key: ec.EllipticCurvePrivateKey, endpoint: str, contact: str, now: datetime
) -> str:
    """The header by which we show a push service that it is us.

    contact   mailto: or https: of who looks after this installation
    """
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((now + _VALID).timestamp()),
        "sub": contact,
    }
    head = b64(orjson.dumps({"typ": "JWT", "alg": "ES256"}))
    signed = f"{head}.{b64(orjson.dumps(claims))}"
    r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    signature = b64(r.to_bytes(_HALF, "big") + s.to_bytes(_HALF, "big"))
    return f"vapid t={signed}.{signature}, k={public(key)}"


def b64(raw: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64(written: str) -> bytes:
    """What b64 wrote. Raises ValueError."""
    return base64.b64decode(written + "=" * (-len(written) % 4), altchars=b"-_", validate=True)


def _write(file: Path, key: ec.EllipticCurvePrivateKey) -> None:
    text = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process was first
        return
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(text)


def _read(file: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{file}: this is no key of the curve P-256")
    return key
