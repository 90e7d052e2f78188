"""What the key makes of an identity: pseudonyms, UIDs and shifts of dates, the same each time.

All by HMAC-SHA256, so that nobody without the key can find what a value was made of, nor try
whether it was made of a value that they know. What is replaced is the matter of `cleaning`.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, field

from viewer.dicom.errors import NegatoError

_KEY_BYTES = 32
_SHORTEST = 32  # hexadecimal digits of a key that somebody brings
_LONGEST_SHIFT = 3650  # days
_SECRET_MODE = 0o600


@dataclass(frozen=True, slots=True)
class Key:
    """The secret of a run; ``told`` says where it comes from."""

    secret: bytes = field(repr=False)
    told: str

    def uid(self, uid: str) -> str:
        """Give the UID that stands for another one. PS3.5 B.2."""
        return f"2.25.{int.from_bytes(self._digest('uid', uid)[:16])}"

    def pseudonym(self, patient: tuple[str, ...]) -> str:
        """Give the name that stands for a patient."""
        return f"N-{self._digest('patient', *patient)[:6].hex().upper()}"

    def days(self, patient: tuple[str, ...]) -> int:
        """Say by how many days the dates of a patient are set back, 1 at least."""
        return 1 + int.from_bytes(self._digest("days", *patient)[:8]) % _LONGEST_SHIFT

    def _digest(self, *parts: str) -> bytes:
        message = b"".join(
            len(part).to_bytes(8) + part
            for part in (one.encode("utf-8", "surrogatepass") for one in parts)
        )
        return hmac.digest(self.secret, message, hashlib.sha256)


def read_key(path: str | None, *, may_make: bool) -> Key:
    """Give the key of a file, a new one where there is no file, or one for this run alone.

    Raises
    ------
    NegatoError
        The file holds none, or cannot be read or written.
    """
    if not path:
        return Key(secrets.token_bytes(_KEY_BYTES), "random, of this run alone")
    try:
        return Key(_read(path), f"of {path}")
    except FileNotFoundError:
        pass
    except OSError as error:
        raise _refused(path, error) from error
    secret = secrets.token_bytes(_KEY_BYTES)
    if not may_make:
        return Key(secret, "random, as nothing is written")
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _SECRET_MODE)
        with os.fdopen(descriptor, "wb") as target:
            target.write(secret.hex().encode() + b"\n")
    except OSError as error:
        raise _refused(path, error) from error
    return Key(secret, f"of {path}, newly made")


def _read(path: str) -> bytes:
    with open(path, "rb") as stream:
        text = stream.read(4096).strip()
    try:
        secret = bytes.fromhex(text.decode("ascii"))
    except ValueError:
        secret = b""
    if len(text) < _SHORTEST or not secret:
        told = "It holds no key: at least 32 hexadecimal digits. Name a new file to have one made."
        raise NegatoError(told, path)
    return secret


def _refused(path: str, error: OSError) -> NegatoError:
    return NegatoError(f"The key file cannot be used ({error.strerror}).", path)
