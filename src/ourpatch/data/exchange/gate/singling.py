"""Rows that single somebody out: too few are alike in what, taken together, says who it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ourpatch.data.exchange.findings import Finding, Findings, Weight
from ourpatch.data.store.specs import DatasetSpec, Singling
from ourpatch.ground.words import say as _

Mask = NDArray[np.bool_]


class ReadRows(Protocol):
    """Rows read by a layout: one array a field, all as long as `numbers` and `kept`."""

    @property
    def columns(self) -> dict[str, pa.Array]: ...
    @property
    def numbers(self) -> NDArray[np.int64]: ...
    @property
    def kept(self) -> NDArray[np.bool_]: ...


def examine_rows(read: ReadRows, spec: DatasetSpec) -> Findings:
    """Rows that are kept and that one of the dataset's rules about singling out holds. A row that lacks one of a rule's fields is
    singled out by none of its values.
    """
    findings = Findings()
    for rule in spec.singling:
        findings.extend(_found(read, rule))
    return findings


def _found(read: ReadRows, rule: Singling) -> Iterator[Finding]:
    if not all(key in read.columns for key in rule.fields):
        return
    alone = few_alike([read.columns[key] for key in rule.fields], read.kept, rule.least)
    says = _("%(why)s", why=rule.why)
    do = _("Leave one of these out, or give it less exactly, in the whole file, and send it again.")
    for number in read.numbers[alone]:
        yield Finding(int(number), "", "gate_singled_out", Weight.HOLDS, says, do)


def few_alike(columns: list[pa.Array], kept: Mask, least: int) -> Mask:
    """Which kept rows have every value and share them with fewer than `least` kept rows, themselves counted."""
    alone: Mask = np.zeros(len(kept), dtype=np.bool_)
    full = kept.copy()
    for column in columns:
        full &= _filled(column)
    places = np.flatnonzero(full)
    if not columns or not len(places):
        return alone
    keys = np.zeros(len(places), dtype=np.int64)
    for column in columns:
        codes = column.take(pa.array(places)).dictionary_encode().indices.to_numpy(zero_copy_only=False)
        # Numbered anew after each column, so that the pair of numbers never grows beyond 64 bits.
        keys = np.unique(keys * (int(codes.max()) + 1) + codes, return_inverse=True)[1]
    alone[places] = np.bincount(keys)[keys] < least
    return alone


def _filled(column: pa.Array) -> Mask:
    filled = pc.is_valid(column)
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        filled = pc.and_(filled, pc.fill_null(pc.not_equal(pc.utf8_trim_whitespace(column), ""), fill_value=False))
    mask: Mask = filled.to_numpy(zero_copy_only=False).astype(np.bool_)
    return mask
