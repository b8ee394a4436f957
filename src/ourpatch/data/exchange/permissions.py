"""Who may hand in files: whoever may load the store (`store.load`), in every partnership that a file has records of."""

from __future__ import annotations

from ourpatch.data.store.permissions import Permission

__all__ = ["Permission"]
