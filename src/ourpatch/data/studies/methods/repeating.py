"""Again: repeats at the same place, and near repeats."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ourpatch.data.analysis.near_repeat import NearRepeat, near_repeat
from ourpatch.data.analysis.pairs import Metric, near_pairs
from ourpatch.data.analysis.pictures import Bar, Picture, band_grid, bar_list
from ourpatch.data.analysis.repeats import LONGEST, Repeats, repeats
from ourpatch.data.studies.contract import Captioned, Floats, Group, Kind, Method, Option, Result, Source, least_shown
from ourpatch.data.studies.methods.common import SEED, Options, chosen, needed
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

# Pairs near in space times permutations: about half a minute.
MOST_WORK = 2_000_000_000


def find_near_repeats(source: Source, options: Options) -> Result:
    """Knox grid of distance and time bands."""
    incidents = source.incidents()
    placed = incidents.easting == incidents.easting
    distance, days = needed(options, "distance_step", float), needed(options, "day_step", float)
    bands, permutations = needed(options, "bands", int), needed(options, "permutations", int)
    metric: Metric = "manhattan" if needed(options, "metric", str) == "manhattan" else "euclidean"
    refuse_too_much(incidents.easting[placed], incidents.northing[placed], distance * bands, metric, permutations)
    found = near_repeat(
        incidents.easting[placed],
        incidents.northing[placed],
        incidents.starts[placed],
        incidents.ends[placed],
        distance_edges=[distance * i for i in range(bands + 1)],
        day_edges=[days * i for i in range(bands + 1)],
        metric=metric,
        precision=incidents.precision,
        place_precision=incidents.place_precision,
        permutations=permutations,
        seed=needed(options, "seed", int),
    )
    _refuse_few(found, source.smallest)
    return Result(
        found=found,
        sentences=found.sentences,
        tabulate=lambda: [Captioned(_("Pairs of incidents by distance and days between them"), found.table())],
        draw=lambda: [band_grid(found, what=source.what, where=source.where, when=source.when)],
        smallest=found.incidents,
    )


def _refuse_few(found: NearRepeat, smallest: int | None) -> None:
    """Raises BadInput where of controlled data a band holds so few pairs that single incidents would be told of."""
    pairs = [*found.near_in_space, *found.near_in_time, *(count for row in found.observed for count in row)]
    if smallest is None or (least_shown(pairs) or smallest) >= smallest:
        return
    raise BadInput(
        _(
            "Some bands would hold fewer than %(smallest)s pairs of incidents, which may not be shown of this dataset. Ask with "
            "wider bands or for a longer period.",
            smallest=smallest,
        )
    )


def refuse_too_much(easting: Floats, northing: Floats, reach: float, metric: Metric, permutations: int) -> None:
    """Raises BadInput for more pairs times permutations than are worked out while somebody waits."""
    pairs = 0
    for first, _second, _apart in near_pairs(easting, northing, reach, metric):
        pairs += len(first)
        if pairs * permutations > MOST_WORK:
            raise BadInput(
                _(
                    "More than %(pairs)s pairs of incidents lie within %(reach)s m, too many for %(permutations)s permutations "
                    "while you wait. Ask about a shorter distance, a shorter period, or with fewer permutations.",
                    pairs=f"{MOST_WORK // permutations:,}",
                    reach=f"{reach:,.0f}",
                    permutations=f"{permutations:,}",
                )
            )


def find_repeats(source: Source, options: Options) -> Result:
    """How often the same place was hit, and how soon again."""
    incidents = source.incidents()
    if not any(incidents.places):
        raise BadInput(
            _("No incident that fits the question says where it happened. Ask for another period, category or dataset.")
        )
    found = repeats(
        incidents.places,
        incidents.starts,
        incidents.ends,
        longest=_longest(incidents.places, source.smallest),
        of="places",
        at_risk=chosen(options, "at_risk", int),
        precision=incidents.precision,
        place_precision=incidents.place_precision,
        seed=needed(options, "seed", int),
    )
    return Result(
        found=found,
        sentences=found.sentences,
        tabulate=lambda: [Captioned(_("Places by how often they were hit"), found.table())],
        draw=lambda: [_bars(source, found)],
        smallest=_least_of([row.those for row in found.rows], [wait.count for wait in found.waits]),
    )


def _least_of(*groups: Sequence[int]) -> int | None:
    return least_shown([count for each in groups for count in each])


def _longest(places: Sequence[object], smallest: int | None) -> int:
    """The row that takes in all above it: of controlled data so low that it stands for enough places."""
    if smallest is None:
        return LONGEST
    times = Counter(Counter(place for place in places if place is not None).values())
    or_more = {row: sum(n for hits, n in times.items() if hits >= row) for row in range(1, LONGEST + 1)}
    return max((row for row, n in or_more.items() if n >= smallest and row > 1), default=2)


def _bars(source: Source, found: Repeats) -> Picture:
    """Incidents by how often their place was hit."""
    title = _(
        "%(what)s by how often its place was hit: %(where)s, %(when)s",
        what=source.what,
        where=source.where,
        when=source.when,
    )
    bars = [Bar(str(_times(row.times, row.or_more)), row.incidents) for row in found.rows]
    desc = _("%(incidents)s incidents at %(those)s places.", incidents=f"{found.incidents:,}", those=f"{found.those:,}")
    return bar_list(bars, title=str(title), desc=str(desc))


def _times(times: int, or_more: bool) -> Message:
    if or_more:
        return _("%(times)s times or more", times=times)
    return _("Once") if times == 1 else _("%(times)s times", times=times)


METHODS = (
    Method(
        "near-repeats",
        Group.AGAIN,
        _("Near repeats"),
        _("After one, is there soon another close by?"),
        find_near_repeats,
        "near-repeat",
        (
            Option(
                "distance_step", Kind.WHOLE, _("Width of a distance band in metres"), default=100, least=10, most=5_000
            ),
            Option("day_step", Kind.WHOLE, _("Width of a time band in days"), default=7, least=1, most=366),
            Option("bands", Kind.WHOLE, _("Bands of each"), default=5, least=1, most=20),
            Option(
                "metric",
                Kind.CHOICE,
                _("Distance"),
                default="euclidean",
                choices=(("euclidean", _("As the crow flies")), ("manhattan", _("Along streets at right angles"))),
            ),
            Option("permutations", Kind.WHOLE, _("Permutations"), default=999, least=99, most=9_999),
            SEED,
        ),
    ),
    Method(
        "repeats",
        Group.AGAIN,
        _("Repeat places"),
        _("How much of it happens where it happened before?"),
        find_repeats,
        "near-repeat",
        (
            Option(
                "at_risk",
                Kind.WHOLE,
                _("How many places there are where it could have happened"),
                hint=_(
                    "For example dwellings. Leave it empty where nobody knows: nothing is then compared with chance."
                ),
                least=2,
                most=100_000_000,
            ),
            SEED,
        ),
    ),
)
