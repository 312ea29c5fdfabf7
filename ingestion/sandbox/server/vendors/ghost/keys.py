"""An integration's keys, derived from a token of sandbox.toml, and tokens they sign."""

import base64
import binascii
import hashlib
import hmac
from typing import Any

import orjson

KEY_ID_LENGTH, CONTENT_KEY_LENGTH = 24, 26
# Ghost's documentation says five minutes; servers accept more, nobody should rely on it.
LONGEST_LIFE = 300


class BadTokenError(Exception):
    """A token is not acceptable; the message is jsonwebtoken's."""


def admin_key(token: str) -> str:
    """Return the Admin API key, `id:secret`."""
    key_id = hashlib.sha256(f"id {token}".encode()).hexdigest()[:KEY_ID_LENGTH]
    return f"{key_id}:{hashlib.sha256(f'secret {token}'.encode()).hexdigest()}"


def content_key(token: str) -> str:
    """Return the Content API key."""
    digest = hashlib.sha256(f"content {token}".encode()).hexdigest()
    return digest[:CONTENT_KEY_LENGTH]


def check_token(token: str, secrets: dict[str, str], now: float) -> None:
    """Check a JSON web token.

    Args:
        token: as sent.
        secrets: the secret of each key id, in hexadecimal.
        now: seconds since 1970.

    Raises:
        BadTokenError: it is not one that Ghost accepts.
    """
    parts = token.split(".")
    if len(parts) != 3:
        message = "jwt malformed"
        raise BadTokenError(message)
    header, payload = _read(parts[0]), _read(parts[1])
    secret = secrets.get(str(header.get("kid")))
    if secret is None or header.get("alg") != "HS256":
        message = "Unknown Admin API Key"
        raise BadTokenError(message)
    signed = f"{parts[0]}.{parts[1]}".encode()
    expected = hmac.digest(bytes.fromhex(secret), signed, hashlib.sha256)
    if not hmac.compare_digest(_decoded(parts[2]), expected):
        message = "invalid signature"
        raise BadTokenError(message)
    if payload.get("aud") not in ("/admin/", "/admin", "admin/", "admin"):
        message = r"jwt audience invalid. expected: /\/?admin\/?$/"
        raise BadTokenError(message)
    issued, expires = payload.get("iat"), payload.get("exp")
    if not isinstance(issued, int) or not isinstance(expires, int) or expires <= now:
        message = "jwt expired"
        raise BadTokenError(message)
    if expires - issued > LONGEST_LIFE or issued > now + LONGEST_LIFE:
        message = "maxAge exceeded"
        raise BadTokenError(message)


def _read(part: str) -> dict[str, Any]:
    try:
        found = orjson.loads(_decoded(part))
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        message = "invalid token"
        raise BadTokenError(message)
    return found


def _decoded(part: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (binascii.Error, ValueError):
        message = "invalid token"
        raise BadTokenError(message) from None
