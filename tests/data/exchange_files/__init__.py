"""Broken and odd files as partners send them, built by code."""

from tests.data.exchange_files.corpus import CORPUS, Broken

__all__ = ["CORPUS", "Broken"]
