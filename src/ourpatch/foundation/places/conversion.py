"""Moving figures between areas whose borders do not agree, with the error stated. Pure: outlines and numbers in, figures out.

What is known of a source area is shared out to the target areas it reaches, by ground or by where people live. Sums are exact:
a share is a whole number of billionths, a source's shares add up to one, and what lies in no target is reported as outside.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

Number = int | Fraction
Outlines = Mapping[str, BaseGeometry]
"""Code -> valid outline, metres (EPSG:27700)."""
Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

OUTSIDE = ""
"""Stands where a target's code would, for what lies in no target."""
BILLION = 10**9

# Published outlines are generalised, so borders that are one border on the ground cross each other on the map. An overlap, or a
# rest outside, below this share of the smaller area is taken for such noise. Measured on 24 November 2026 on 941 LSOAs (2011)
# and 14 districts, which share their borders: all 209 overlaps with a district that an LSOA does not belong to were below it,
# 5 of them above half of it.
SLIVER = 0.02


@dataclass(frozen=True, slots=True)
class Residents:
    """Small areas and how many people live in each (None: nobody knows), to share out by where people live."""

    outlines: Sequence[BaseGeometry]
    people: Sequence[int | None]


@dataclass(frozen=True, slots=True)
class Weights:
    """How each source area is shared out: source code -> target code, or OUTSIDE, -> whole billionths.

    A source's shares add up to a billion. A target that a source reaches, but where none of it counts, is there with nothing.
    `by_area` are sources shared out by ground although people were asked for: nobody is known to live in them.
    """

    shares: Mapping[str, Mapping[str, int]]
    targets: tuple[str, ...]
    by_area: tuple[str, ...] = ()

    def is_whole(self, source: str) -> bool:
        """True for a source that lies wholly in one target, or wholly outside."""
        return len(self.shares[source]) == 1


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of one target area and how far it can be trusted.

    `split` is the part of it (0 to 1) that comes from sources only partly inside. `least` counts only the sources wholly inside,
    `most` everything of every source that reaches it: `sources` of them have a figure, `missing` have none.
    """

    code: str
    value: Fraction
    split: Fraction
    least: Fraction
    most: Fraction
    sources: int
    missing: int

    @property
    def error(self) -> Message:
        """The error in words."""
        if self.least == self.most:
            return _("Exact: nothing in this figure comes from an area that lies only partly inside.")
        return _(
            "%(share)s%% of this figure comes from areas that lie only partly inside; it lies between %(least)s and %(most)s.",
            share=_percent(self.split),
            least=_rounded(self.least, math.floor),
            most=_rounded(self.most, math.ceil),
        )


@dataclass(frozen=True, slots=True)
class Converted:
    """Counts by target area in the order of their codes, what lies outside, and the sources that had no count."""

    figures: tuple[Figure, ...]
    outside: Figure
    missing: tuple[str, ...]

    @property
    def total(self) -> Fraction:
        """Everything, with what lies outside: exactly what went in."""
        return sum((figure.value for figure in self.figures), self.outside.value)


@dataclass(frozen=True, slots=True)
class ConvertedRates:
    """Rates by target area, the people they are reckoned on, and the targets where nobody lives, which have no rate."""

    figures: tuple[Figure, ...]
    people: Converted
    without_people: tuple[str, ...]


# ---------------------------------------------------------------- figures


def convert(counts: Mapping[str, Number], weights: Weights) -> Converted:
    """Counts by source area, shared out to the targets; the total is preserved exactly.

    Raises BadInput: a code that is no source, a count below zero.
    """
    _refuse(counts, weights)
    value: dict[str, Number] = {}
    least: dict[str, Number] = {}
    most: dict[str, Number] = {}
    for source, count in counts.items():
        for target, share in weights.shares[source].items():
            value[target] = value.get(target, 0) + count * share
            most[target] = most.get(target, 0) + count
            if weights.is_whole(source):
                least[target] = least.get(target, 0) + count
    missing = tuple(sorted(weights.shares.keys() - counts.keys()))
    known, lacking = _reaching(counts, weights), _reaching(missing, weights)

    def figure(code: str) -> Figure:
        whole, shared = Fraction(least.get(code, 0)), Fraction(value.get(code, 0)) / BILLION
        split = 1 - whole / shared if shared else Fraction(0)
        reach = known.get(code, 0), lacking.get(code, 0)
        return Figure(code, shared, split, whole, Fraction(most.get(code, 0)), *reach)

    return Converted(tuple(figure(code) for code in weights.targets), figure(OUTSIDE), missing)


def in_whole_numbers(converted: Converted) -> Converted:
    """The same in whole numbers that still add up to the total: the largest remainders are rounded up.

    Raises BadInput when the total is not a whole number.
    """
    if converted.total.denominator != 1:
        raise BadInput(_("These counts do not add up to a whole number. Leave rounding out, or give whole counts."))
    every = [*converted.figures, converted.outside]
    whole = _apportioned([figure.value for figure in every], int(converted.total))
    *rounded, outside = (replace(each, value=Fraction(value)) for each, value in zip(every, whole, strict=True))
    return replace(converted, figures=tuple(rounded), outside=outside)


def convert_rates(rates: Mapping[str, Number], people: Mapping[str, int], weights: Weights) -> ConvertedRates:
    """Rates by source area as rates of the targets: each source weighs as the people of it who are shared out there.

    Within one source the rate is taken to be the same everywhere, so the bounds hold under that alone. Raises BadInput: a code
    that is no source, a rate below zero, a source without people known.
    """
    _refuse(rates, weights)
    if rates.keys() - people.keys():
        raise BadInput(
            _("Nobody knows how many people live in %(count)s of these areas.", count=len(rates.keys() - people.keys()))
        )
    shared = convert({source: people[source] for source in rates}, weights)
    events = convert({source: rates[source] * people[source] for source in rates}, weights)
    reached_by = _sources_by_target(rates, weights)
    figures = [
        Figure(
            living.code,
            happened.value / living.value,
            living.split,
            *_rate_bounds(rates, people, reached_by[living.code], weights),
            living.sources,
            living.missing,
        )
        for living, happened in zip(shared.figures, events.figures, strict=True)
        if living.value
    ]
    return ConvertedRates(tuple(figures), shared, tuple(each.code for each in shared.figures if not each.value))


def _refuse(figures: Mapping[str, Number], weights: Weights) -> None:
    strange = figures.keys() - weights.shares.keys()
    if strange:
        raise BadInput(_("%(count)s of these codes are not among the areas converted from.", count=len(strange)))
    if any(figure < 0 for figure in figures.values()):
        raise BadInput(_("A figure is below zero. Only counts and rates from zero upwards can be converted."))


def _reaching(sources: Iterable[str], weights: Weights) -> dict[str, int]:
    """Target -> how many of these sources reach it."""
    return {target: len(these) for target, these in _sources_by_target(sources, weights).items()}


def _sources_by_target(sources: Iterable[str], weights: Weights) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for source in sources:
        for target in weights.shares[source]:
            found.setdefault(target, []).append(source)
    return found


def _rate_bounds(
    rates: Mapping[str, Number], people: Mapping[str, int], sources: Collection[str], weights: Weights
) -> tuple[Fraction, Fraction]:
    """The lowest and the highest rate, whatever part of each split source's people lives in the target."""
    living = [source for source in sources if people[source]]
    whole = [source for source in living if weights.is_whole(source)]
    loose = sorted((Fraction(rates[source]), people[source]) for source in living if not weights.is_whole(source))
    events = Fraction(sum(rates[source] * people[source] for source in whole))
    base = sum(people[source] for source in whole)
    return _pulled(events, base, loose, -1), _pulled(events, base, loose[::-1], 1)


def _pulled(events: Fraction, base: int, loose: Iterable[tuple[Fraction, int]], direction: int) -> Fraction:
    """The rate with every source taken in that pulls it further this way; the furthest come first."""
    for rate, people in loose:
        if base and (rate - events / base) * direction <= 0:
            break
        events, base = events + rate * people, base + people
    return events / base


def _percent(part: Fraction) -> int:
    """Whole per cent, rounded up; a hundred only for all of it."""
    return 100 if part == 1 else min(99, math.ceil(part * 100))


def _rounded(bound: Fraction, away: Callable[[Fraction], int]) -> str:
    """A bound with one decimal at most, rounded outwards."""
    tenths = away(bound * 10)
    return str(tenths // 10) if tenths % 10 == 0 else f"{tenths / 10:.1f}"


# ---------------------------------------------------------------- weights


def weigh(sources: Outlines, targets: Outlines, residents: Residents | None = None) -> Weights:
    """How each source is shared out to the targets: by ground, or by where people live when `residents` are given.

    A small area's people are taken to live evenly over it. Slivers (see SLIVER) are noise: what they would carry is given back
    to the source's other parts in proportion.
    """
    cut = _cut(sources, targets)
    living = _Living.of(cut, residents) if residents else None
    shares: dict[str, dict[str, int]] = {}
    by_area: list[str] = []
    for place, source in enumerate(cut.sources):
        where, kept = _parts(cut, place)
        ground = np.append(cut.areas[kept], cut.outside[place])[: len(where)]
        masses = living.of_parts(place, kept)[: len(where)] if living else ground
        if not (np.isfinite(masses).all() and masses.sum() > 0):
            masses = ground
            if living and len(where) > 1:
                by_area.append(source)
        shares[source] = _billionths(where, masses.tolist())
    return Weights(shares, tuple(sorted(targets)), tuple(by_area))


@dataclass(frozen=True, slots=True)
class _Cut:
    """Sources cut by targets: n pieces in the order of their sources. `bounds[i]:bounds[i + 1]` are the pieces of source i.

    Areas are in square metres; `outside` is what no target covers of each source.
    """

    sources: tuple[str, ...]
    targets: tuple[str, ...]
    outlines: NDArray[np.object_]
    bounds: Indices
    target: Indices
    pieces: NDArray[np.object_]
    areas: Floats
    noise: NDArray[np.bool_]
    outside: Floats

    def of(self, place: int) -> slice:
        """Where the pieces of a source are."""
        return slice(int(self.bounds[place]), int(self.bounds[place + 1]))


def _cut(sources: Outlines, targets: Outlines) -> _Cut:
    source_codes, target_codes = tuple(sorted(sources)), tuple(sorted(targets))
    source_outlines, target_outlines = _array(sources, source_codes), _array(targets, target_codes)
    of_source, of_target = shapely.STRtree(target_outlines).query(source_outlines)
    pieces = shapely.intersection(source_outlines[of_source], target_outlines[of_target])
    areas = shapely.area(pieces)
    real = np.flatnonzero(areas > 0)
    order = real[np.lexsort((of_target[real], of_source[real]))]
    of_source, of_target, pieces, areas = of_source[order], of_target[order], pieces[order], areas[order]
    ground, target_ground = shapely.area(source_outlines), shapely.area(target_outlines)
    covered = np.bincount(of_source, areas, len(source_codes))
    return _Cut(
        sources=source_codes,
        targets=target_codes,
        outlines=source_outlines,
        bounds=np.searchsorted(of_source, np.arange(len(source_codes) + 1)),
        target=of_target,
        pieces=pieces,
        areas=areas,
        noise=areas < SLIVER * np.minimum(ground[of_source], target_ground[of_target]),
        outside=np.where(ground - covered >= SLIVER * ground, ground - covered, 0.0),
    )


def _array(outlines: Outlines, codes: Sequence[str]) -> NDArray[np.object_]:
    found = np.empty(len(codes), dtype=object)
    found[:] = [outlines[code] for code in codes]
    return found


def _parts(cut: _Cut, place: int) -> tuple[list[str], Indices]:
    """Where a source reaches, OUTSIDE last, and which pieces those are; slivers only where there is nothing else."""
    every = np.arange(len(cut.areas))[cut.of(place)]
    kept = every[~cut.noise[every]]
    if not kept.size and not cut.outside[place]:
        kept = every
    where = [cut.targets[target] for target in cut.target[kept]]
    if cut.outside[place] or not where:
        where.append(OUTSIDE)
    return where, kept


@dataclass(frozen=True, slots=True)
class _Living:
    """People in each piece of a cut and in what of each source no target covers; not a number where nobody knows."""

    pieces: Floats
    outside: Floats

    @classmethod
    def of(cls, cut: _Cut, residents: Residents) -> _Living:
        """Count them."""
        in_pieces, in_sources = _people_in(cut.pieces, residents), _people_in(cut.outlines, residents)
        in_targets = np.array([in_pieces[cut.of(place)].sum() for place in range(len(cut.sources))])
        return cls(in_pieces, np.maximum(in_sources - in_targets, 0.0))

    def of_parts(self, place: int, kept: Indices) -> Floats:
        """People in these pieces of a source, then outside."""
        return np.append(self.pieces[kept], self.outside[place])


def _people_in(places: NDArray[np.object_], residents: Residents) -> Floats:
    """How many people live in each place; not a number where that is not known of a small area in it."""
    outlines = np.array(residents.outlines, dtype=object)
    people = np.array([math.nan if each is None else each for each in residents.people], dtype=float)
    of_place, of_area = shapely.STRtree(outlines).query(places)
    shared = shapely.area(shapely.intersection(places[of_place], outlines[of_area]))
    ground = shapely.area(outlines)[of_area]
    is_sliver = shared < SLIVER * np.minimum(ground, shapely.area(places)[of_place])
    living = np.where(is_sliver & np.isnan(people[of_area]), 0.0, people[of_area]) * shared / ground
    counted: Floats = np.bincount(of_place, living, len(places)).astype(float)
    return counted


def _billionths(where: Sequence[str], masses: Sequence[float]) -> dict[str, int]:
    """Shares in proportion to the masses, in whole billionths that add up; all to the first when nothing has a mass."""
    total = math.fsum(masses)
    exact = [BILLION * mass / total for mass in masses] if total else [BILLION, *[0] * (len(masses) - 1)]
    return dict(zip(where, _apportioned(exact, BILLION), strict=True))


def _apportioned(exact: Sequence[Fraction | float], total: int) -> list[int]:
    """Whole numbers with this total, each less than one from its exact value: the largest remainders go up, then the first."""
    whole = [math.floor(each) for each in exact]
    fullest = sorted(range(len(exact)), key=lambda place: (whole[place] - exact[place], place))
    for place in fullest[: total - sum(whole)]:
        whole[place] += 1
    return whole
