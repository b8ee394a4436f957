"""Disclosure control: what may be published of a whole force, all kinds of area together; what another small area costs."""

from __future__ import annotations

from pathlib import Path

from bench_parts.measuring import run, table

AREAS = (100, 300, 900)
NOTE = (
    "An invented force: wards, small areas, districts and neighbourhoods that cut through wards, fourteen categories, three "
    "months. First all tables together, then the same once some counts were corrected, with what was published standing. "
    "Not counted: each area's table by itself"
)


def section(_work: Path) -> list[str]:
    """What the joint decision takes, and how that grows."""
    runs = [run("joint.py", areas) for areas in AREAS]
    rows = []
    for areas, one in zip(AREAS, runs, strict=True):
        first, second, withheld, again = one.numbers
        more = areas - AREAS[0]
        cost = f"{(first - runs[0].numbers[0]) / more * 1e9:,.0f}" if more else ""
        ratio = f"{first / areas / (runs[0].numbers[0] / AREAS[0]):.2f}"
        rows.append(
            [
                f"{areas:,}",
                f"{first:.1f}",
                cost,
                ratio,
                f"{second:.1f}",
                f"{withheld:,.0f}",
                f"{again:,.0f}",
                f"{one.megabytes:,.0f}",
            ]
        )
    heads = [
        "Small areas",
        "s",
        "ns for each added area",
        "s an area, first = 1",
        "s after a correction",
        "withheld besides",
        "after a correction",
        "peak MB",
    ]
    return [*table(heads, rows), "", f"{NOTE}."]
