"""Hot spots of counts that are held against something: rates, their intervals and maps."""

from __future__ import annotations

from dataclasses import replace

from ourpatch.data.analysis.exposure import Risk, Risks, risks
from ourpatch.data.analysis.grids import Grid
from ourpatch.data.analysis.hotspots import HotSpot, count_points
from ourpatch.data.analysis.pictures import Picture, rate_map, risk_map
from ourpatch.data.analysis.sentences import Tone, caution, finding
from ourpatch.data.studies.contract import Captioned, Result, Shape, Source, Unit
from ourpatch.data.studies.methods.bases import against_cells
from ourpatch.data.studies.methods.common import Options, by_point, grid_of, needed, without_place
from ourpatch.ground.words import say as _

# Cells wide enough that people or other incidents are in most of them.
CELLS_ACROSS = 30


def find_risks(source: Source, options: Options) -> Result:
    """Cells among more incidents than what they are held against brings by chance; of controlled data no small cell's figures."""
    grid, points = grid_of(source, options, across=CELLS_ACROSS), source.points()
    against = against_cells(source, options, grid)
    found = risks(
        grid,
        count_points(grid, *points.each()),
        against.amounts,
        against.held.base,
        months=len(source.months),
        alpha=needed(options, "alpha", float),
        least=max(needed(options, "least", int), source.smallest or 1),
        place_precision=source.place_precision,
    )
    open_to_all = source.smallest is None
    shown = found if source.smallest is None else only_large_risks(found, source.smallest)
    tables = [Captioned(_("Hot spots, the one with most incidents first"), shown.table())]
    if open_to_all:
        tables.append(
            Captioned(
                _("Cells by their rate, those that are surely highest first"),
                _named(source, options, found).cell_table(),
            )
        )

    def draw() -> list[Picture]:
        spots = risk_map(grid, shown, what=source.what, where=source.where, when=source.when)
        if not open_to_all:
            return [spots]
        return [spots, rate_map(grid, found, what=source.what, where=source.where, when=source.when)]

    return Result(
        found=found if open_to_all else {"spots": len(shown.spots), "tested": found.tested},
        sentences=(*shown.sentences, *against.sentences, *by_point(options), *without_place(points)),
        tabulate=lambda: tables,
        draw=draw,
        smallest=min(int(points.n.sum()), int(against.amounts.sum())) if found.base.counted else int(points.n.sum()),
        shapes=_cells(grid, found) if open_to_all else _hot(grid, shown),
        held=against.held,
    )


def _named(source: Source, options: Options, found: Risks) -> Risks:
    """The same with areas called by their names where the cells are areas."""
    shape = needed(options, "shape", str)
    if shape not in (Unit.WARD, Unit.LSOA):
        return found
    areas = source.areas(Unit(shape))
    labels = dict(zip(areas.keys, areas.labels, strict=True))
    return replace(found, keys=tuple(labels[key] for key in found.keys))


def only_large_risks(found: Risks, smallest: int) -> Risks:
    """The same without hot spots whose incidents, or those that they are held against, are fewer than may be told, and without
    sums from which these could be worked out.
    """
    kept = [
        (spot, risk)
        for spot, risk in zip(found.spots, found.of_spots, strict=True)
        if _is_large(found, spot, risk, smallest)
    ]
    cells = {cell for spot, _risk in kept for cell in spot.cells}
    told = finding(
        "shown", _("Hot spots with %(smallest)s incidents or more: %(spots)s.", smallest=smallest, spots=len(kept))
    )
    others = [each for each in found.sentences if each.tone is not Tone.FINDING or each.key == "average"]
    if len(kept) < len(found.spots):
        text = _(
            "Hot spots with fewer than %(smallest)s incidents are left out: the dataset is controlled.",
            smallest=smallest,
        )
        others.append(caution("small_spots", text))
    return replace(
        found,
        hot=tuple(cell in cells for cell in range(len(found.hot))),
        spots=tuple(spot for spot, _risk in kept),
        of_spots=tuple(risk for _spot, risk in kept),
        sentences=(told, *others),
    )


def _is_large(found: Risks, spot: HotSpot, risk: Risk | None, smallest: int) -> bool:
    """Whether a spot's incidents, and of a counted base those they are held against and those left over, may be told."""
    if spot.incidents < smallest or risk is None:
        return False
    if not found.base.counted:
        return True
    rest = risk.amount - risk.count if found.base.holds else 0
    return risk.amount >= smallest and (rest == 0 or rest >= smallest)


def _hot(grid: Grid, found: Risks) -> tuple[Shape, ...]:
    """The hot cells alone, without counts."""
    return tuple(Shape(grid.shapes[i], {"cell": grid.keys[i], "hot": True}) for i in range(len(grid)) if found.hot[i])


def _cells(grid: Grid, found: Risks) -> tuple[Shape, ...]:
    """Every cell that holds an incident or has a rate, with what was found of it."""
    return tuple(
        Shape(
            grid.shapes[i],
            {
                "cell": grid.keys[i],
                "incidents": found.counts[i],
                "held_against": round(found.amounts[i], 4),
                "rate": None if risk is None else round(risk.rate, 4),
                "rate_from": None if risk is None else round(risk.interval.lower, 4),
                "rate_to": None if risk is None else round(risk.interval.upper, 4),
                "times_average": None if risk is None else round(risk.ratio, 4),
                "around": found.around[i],
                "p": found.p[i],
                "q": found.q[i],
                "hot": found.hot[i],
            },
        )
        for i, risk in enumerate(found.cells)
        if found.counts[i] or risk is not None
    )
