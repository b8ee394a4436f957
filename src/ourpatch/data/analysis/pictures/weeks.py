"""The week: seven days by 24 hours, every hour with its number."""

from __future__ import annotations

from collections.abc import Iterator

from ourpatch.data.analysis.hours import WEEKDAYS, HoursAndWeekdays
from ourpatch.data.analysis.pictures.axes import box_sample, key
from ourpatch.data.analysis.pictures.svg import INK, LINE, PAPER, Picture, number, picture, tag, words
from ourpatch.data.analysis.sentences import Listed, pick, spoken
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

# By lightness alone, so in order for every kind of colour sight and in black and white; and ink that can be read on each.
_CLASSES: tuple[tuple[float, str, str, Message], ...] = (
    (0.5, PAPER, INK, _("under half of the average hour")),
    (1.0, "#eff3ff", INK, _("half to under the average")),
    (2.0, "#bdd7e7", INK, _("1 to under 2 times")),
    (3.0, "#6baed6", INK, _("2 to under 3 times")),
    (float("inf"), "#08519c", PAPER, _("3 times or more")),
)
_LEFT, _TOP, _HIGH = 96.0, 44.0, 28.0
_MOST_WRITTEN = 1000


def week_grid(
    found: HoursAndWeekdays, *, what: str, where: str, when: str, width: int = 800, ident: str | None = None
) -> Picture:
    """Days down, hours across, shaded by how many times the average hour each holds; the busiest is framed. The whole number
    stands in each where there is room for it. Title and description are made from the numbers.
    """
    across = (width - _LEFT - 8) / 24
    bottom = _TOP + _HIGH * 7
    legend, end = key([(box_sample(fill, LINE), name) for _most, fill, _ink, name in _CLASSES], width, bottom + 32)
    parts = [
        words(_("Hour from"), 8, _TOP - 8, size=13),
        *(words(f"{h:02}", _LEFT + across * (h + 0.5), _TOP - 8, size=13, anchor="middle") for h in range(24)),
        *(words(name, 8, _TOP + _HIGH * (d + 0.5) + 5, size=13) for d, name in enumerate(WEEKDAYS)),
        *_cells(found, across),
        words(_("In each cell: incidents. Framed: the busiest hour."), 8, bottom + 22, size=13),
        *legend,
    ]
    title = _(
        "%(what)s by weekday and hour, %(where)s, %(when)s (%(count)s incidents)",
        what=what,
        where=where,
        when=when,
        count=f"{found.incidents:,}",
    )
    desc = [*pick(found.sentences, "peak", "no_peak"), *_told(found)]
    return picture(parts, width=width, height=end, title=str(title), desc=spoken(desc), ident=ident)


def _cells(found: HoursAndWeekdays, across: float) -> Iterator[str]:
    average = found.incidents / (7 * 24)
    written = max(map(max, found.counts)) < _MOST_WRITTEN
    for d, row in enumerate(found.counts):
        for h, count in enumerate(row):
            fill, ink = next((f, k) for most, f, k, _name in _CLASSES if count / average < most)
            x, y = _LEFT + across * h, _TOP + _HIGH * d
            yield tag("rect", x=x, y=y, width=across, height=_HIGH, fill=fill, stroke=LINE, stroke_width=0.5)
            if written:
                yield words(number(round(count)), x + across / 2, y + 19, size=12, anchor="middle", fill=ink)
    day, hour = found.busiest
    frame = {"x": _LEFT + across * hour, "y": _TOP + _HIGH * day, "width": across, "height": _HIGH}
    yield tag("rect", **frame, fill="none", stroke=PAPER, stroke_width=5)
    yield tag("rect", **frame, fill="none", stroke=INK, stroke_width=2.5)


def _told(found: HoursAndWeekdays) -> list[Message]:
    by_day = [
        _("%(day)s %(count)s", day=name, count=number(round(sum(row))))
        for name, row in zip(WEEKDAYS, found.counts, strict=True)
    ]
    night = sum(sum(row[:6]) for row in found.counts)
    return [
        _("By day: %(days)s.", days=Listed(tuple(by_day))),
        _("From midnight to 06:00: %(count)s.", count=number(round(night))),
    ]
