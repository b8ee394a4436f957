"""How audit rows are sealed: leaves, Merkle root, keyed chain. Pure; the key is an argument."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

GENESIS = "0" * 64


class Kind(StrEnum):
    """The six operations that DPA 2018 s.62 names, and what else must be provable."""

    COLLECTION = "collection"
    ALTERATION = "alteration"
    CONSULTATION = "consultation"
    DISCLOSURE = "disclosure"
    COMBINATION = "combination"
    ERASURE = "erasure"
    REFUSAL = "refusal"
    SIGN_IN = "sign_in"
    BREAK_GLASS = "break_glass"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class SealBody:
    """What a seal fixes: its number, the seal before it, the Merkle root of its rows and how many there are."""

    number: int
    previous: str
    root: str
    count: int
    sealed_at: str

    def mac(self, key: bytes) -> str:
        """The keyed digest of this seal (HMAC-SHA-256, hexadecimal)."""
        text = f"{self.number}|{self.previous}|{self.root}|{self.count}|{self.sealed_at}"
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def leaf(values: dict[str, object]) -> str:
    """The digest of one audit row: SHA-256 of its canonical JSON, marked as a leaf."""
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), default=str, ensure_ascii=False)
    return hashlib.sha256(b"\x00" + text.encode()).hexdigest()


def merkle_root(leaves: Sequence[str]) -> str:
    """The root over leaves in order; an odd one out is carried up as it is (RFC 6962)."""
    if not leaves:
        return hashlib.sha256(b"").hexdigest()
    level = [bytes.fromhex(each) for each in leaves]
    while len(level) > 1:
        pairs = [level[i : i + 2] for i in range(0, len(level), 2)]
        level = [hashlib.sha256(b"\x01" + p[0] + p[1]).digest() if len(p) == 2 else p[0] for p in pairs]
    return level[0].hex()


def digest_of(value: object, salt: str) -> str:
    """A salted digest that proves a value later without holding it now."""
    return hashlib.sha256(f"{salt}|{value!r}".encode()).hexdigest()
