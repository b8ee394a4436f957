"""Keys, field envelopes and follow-up codes.

Keys live in the file named by OURPATCH_KEYS, outside the data folder. A stolen database alone opens no sealed field.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets as randomness
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

from ourpatch.ground.errors import BadInput

# Letters and digits that cannot be taken for one another when a person writes a code down.
CODE_LETTERS = "23456789CFGHJMPQRVWX"
CODE_LENGTH = 10
NONCE_BYTES = 12


def make_keys(path: Path) -> None:
    """Write a fresh key file, readable by its owner only; leaves one that is there alone."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    keys = {name: randomness.token_hex(32) for name in ("django", "audit", "fields", "codes")}
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as out:
        json.dump(keys, out, indent=1)


def read_keys(path: Path) -> dict[str, str]:
    """The keys in the file, as hexadecimal text by name."""
    try:
        keys: dict[str, str] = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise BadInput(f"The key file {path} could not be read. Restore it from where your keys are kept.") from error
    return keys


@lru_cache(maxsize=8)
def _key(name: str) -> bytes:
    return bytes.fromhex(settings.OURPATCH_KEY_RING[name])


def seal_text(text: str, about: str) -> bytes:
    """Encrypt text with AES-256-GCM, bound to what it is about (table and column)."""
    nonce = randomness.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(_key("fields")).encrypt(nonce, text.encode(), about.encode())


def open_text(envelope: bytes, about: str) -> str:
    """Decrypt what seal_text made; raises when it was changed or belongs elsewhere."""
    nonce, body = envelope[:NONCE_BYTES], envelope[NONCE_BYTES:]
    return AESGCM(_key("fields")).decrypt(nonce, body, about.encode()).decode()


class SealedTextField(models.BinaryField):  # type: ignore[type-arg]
    """Text held only as an AES-GCM envelope; the empty text is stored as no bytes."""

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        self._about = f"{cls.__name__}.{name}"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        sealed = seal_text(value, self._about) if value else b""
        return super().get_db_prep_value(sealed, connection, prepared)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str:
        return open_text(bytes(value), self._about) if value else ""

    def get_default(self) -> Any:
        return ""

    def value_to_string(self, obj: Any) -> str:
        return str(self.value_from_object(obj))

    def to_python(self, value: Any) -> Any:
        return value


def new_code() -> str:
    """A follow-up code a person can write down: ten letters and digits, about 43 bits, shown once."""
    return "".join(randomness.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


def fold_code(typed: str) -> str:
    """A code as people type it (spaces, dashes, small letters), as it is kept."""
    return "".join(letter for letter in typed.upper() if letter.isalnum())


def digest_code(code: str) -> str:
    """The keyed digest under which a code is kept; the code itself is nowhere."""
    return hmac.new(_key("codes"), fold_code(code).encode(), hashlib.sha256).hexdigest()


def keyed_digest(name: str, text: bytes) -> str:
    """A keyed SHA-256 digest in hexadecimal."""
    return hmac.new(_key(name), text, hashlib.sha256).hexdigest()
