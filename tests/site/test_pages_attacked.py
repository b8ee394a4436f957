"""The public pages attacked: everything that a visitor reads of wards, small areas and neighbourhoods is added and subtracted.

The attacker reads the pages and files as anybody does, before and after a correction, and gives every number to an exact
linear program. He knows which places there are, the rule, and that no withheld number is nought.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from html.parser import HTMLParser
from io import StringIO
from itertools import combinations
from typing import Any

import pytest
from django.test import Client
from tests.data.factories_exchange import NOW, Squareshire, make_squareshire
from tests.data.factories_releases import choose, publisher
from tests.data.factories_store import load as load_store
from tests.data.linear_program import between, intervals

from ourpatch.data.disclosure import actions
from ourpatch.data.disclosure.models import Detail
from ourpatch.ground import jobs

pytestmark = [pytest.mark.room, pytest.mark.django_db]

QUARTER = (date(2026, 7, 1), date(2026, 8, 1), date(2026, 9, 1))
MONTHS = {f"{month:%B %Y}": at for at, month in enumerate(QUARTER)}
ALL_MONTHS = frozenset(MONTHS.values())
SMALLEST = WIDTH = 5
ASB, BURGLARY = "anti-social-behaviour", "burglary"
RELOADED, LATER = NOW + timedelta(days=1), NOW + timedelta(days=2)

Place = tuple[str, str, str]
"""Neighbourhood, ward and small area: what lies in the east of ward 1 and in small area 2 is little."""
Counts = Mapping[tuple[Place, str], tuple[int, int, int]]

COUNTS: Counts = {
    (("west", "1", "0"), ASB): (20, 18, 22),
    (("west", "1", "0"), BURGLARY): (6, 7, 9),
    (("west", "1", "2"), ASB): (15, 16, 17),
    (("west", "1", "2"), BURGLARY): (5, 6, 8),
    (("east", "1", "2"), ASB): (1, 0, 1),
    (("east", "1", "2"), BURGLARY): (0, 2, 1),
    (("east", "2", "1"), ASB): (12, 14, 11),
    (("east", "2", "1"), BURGLARY): (9, 8, 7),
    (("east", "2", "3"), ASB): (30, 28, 29),
    (("east", "2", "3"), BURGLARY): (7, 3, 8),
}
CORRECTED: Counts = {**COUNTS, (("east", "2", "3"), ASB): (30, 28, 31), (("west", "1", "0"), BURGLARY): (6, 7, 19)}


@pytest.fixture(autouse=True)
def nothing_queued(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "enqueue", lambda *_queued: None)


@pytest.fixture
def shire() -> Squareshire:
    return make_squareshire()


def load(shire: Squareshire, counts: Counts, months: Sequence[date] = QUARTER, now: datetime = NOW) -> None:
    """The records of a quarter, month by month."""
    hoods = {"west": shire.west, "east": shire.east}
    for month in months:
        rows = [
            {
                "neighbourhood": str(hoods[hood].pk),
                "ward": f"E0599990{ward}",
                "lsoa": f"E0199990{lsoa}",
                "district": "E07999901",
                "category": category,
                "n": by_month[QUARTER.index(month)],
            }
            for ((hood, ward, lsoa), category), by_month in counts.items()
            if by_month[QUARTER.index(month)]
        ]
        load_store(rows, month, by=shire.loader, now=now, partnership_ids=frozenset({shire.partnership.pk}))


def publish(shire: Squareshire, rounded_to: int | None = None, now: datetime = NOW) -> None:
    choose(shire.partnership.pk, Detail.SMALL_AREAS, rounded_to, now=now)
    actions.make_releases(by=publisher(shire.partnership.pk), partnership_id=shire.partnership.pk, now=now)


# ---------------------------------------------------------------- what a visitor reads


@dataclass(frozen=True)
class Read:
    """A number on a page: of which area (part of a place and code), category ("" for all), months; None: withheld."""

    area: tuple[int, str]
    category: str
    months: frozenset[int]
    value: int | None
    base: int = 1

    @property
    def limits(self) -> tuple[int, int]:
        """Between what the count lies, for who knows how it was rounded and that no small count is shown."""
        assert self.value is not None
        half = self.base // 2
        low, high = self.value - half, self.value + half
        if low > 0:
            return max(low, SMALLEST), high
        return 0, high if high >= SMALLEST else 0


class Page(HTMLParser):
    """The tables (rows of cells as text), the links and the words of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.captions: list[str] = []
        self.links: list[str] = []
        self.words: list[str] = []
        self._into: list[str] | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "caption":
            self.captions.append("")
            self._into = self.captions
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self._into = self.tables[-1][-1]
            self._into.append("")
        elif tag == "a":
            self.links.append(dict(attrs).get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "caption"):
            self._into = None

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self._into is not None:
            self._into[-1] = (self._into[-1] + data).strip()


class Visitor:
    """Reads every page and file of figures, and remembers."""

    def __init__(self, client: Client, shire: Squareshire) -> None:
        self.client, self.shire = client, shire
        self.hoods = {shire.west.slug: "west", shire.east.slug: "east"}
        self.names: dict[str, str] = {}

    def read(self) -> list[Read]:
        listed = Page(self._text(f"/areas/{self.shire.partnership.slug}/"))
        found = [read for slug in self.hoods for read in self._csv(f"/n/{slug}/crime.csv", (0, self.hoods[slug]))]
        for link in sorted(set(listed.links)):
            if link.endswith(".csv"):
                found += self._csv(link)
            elif part := re.fullmatch(r"/areas/(ward|lsoa)/\w+(\w)/", link):
                found += self._page(link, (1 if part[1] == "ward" else 2, part[2]))
        for slug, hood in self.hoods.items():
            found += self._page(f"/n/{slug}/crime/", (0, hood))
        return found

    def _text(self, path: str) -> str:
        response = self.client.get(path)
        assert response.status_code == 200, path
        return response.content.decode()

    def _csv(self, path: str, area: tuple[int, str] | None = None) -> Iterator[Read]:
        lines = (line for line in self._text(path).splitlines(True) if not line.lstrip('"').startswith("#"))
        for row in csv.DictReader(StringIO("".join(lines))):
            self.names[row["category_name"]] = category = row["category"].removeprefix("total")
            of = area or (1 if row["kind"] == "ward" else 2, row["code"][-1])
            months = ALL_MONTHS if "Q" in row["period"] else frozenset({int(row["period"][-2:]) - 7})
            value = int(row["count"]) if row["count"] else None
            yield Read(of, category, months, value, int(row["rounded_to"] or 1))

    def _page(self, path: str, area: tuple[int, str]) -> Iterator[Read]:
        page = Page(self._text(path))
        base = re.search(r"rounded[^.]* to the nearest (\d+)", " ".join(page.words))
        for head, *rows in page.tables:
            if head[0] not in ("Category", "Month"):
                continue
            for name, *cells in rows:
                for column, cell in zip(head[1:], cells, strict=True):
                    months = self._months(name if head[0] == "Month" else column)
                    category = "" if head[0] == "Month" else self.names[name]
                    if months and (cell.isdigit() or cell == "withheld"):
                        value = int(cell) if cell.isdigit() else None
                        yield Read(area, category, months, value, int(base[1]) if base else 1)

    @staticmethod
    def _months(words: str) -> frozenset[int]:
        if words in MONTHS:
            return frozenset({MONTHS[words]})
        return ALL_MONTHS if words in ("Quarter", "Recorded", "July to September 2026") else frozenset()


# ---------------------------------------------------------------- what can be worked out


class Outsider:
    """All tables of counts that fit what was read; a count that did not change is one unknown."""

    def __init__(self) -> None:
        self.number: dict[tuple[object, ...], int] = {}
        self.limits: dict[tuple[int, ...], tuple[int, int]] = {}
        self.withheld: set[tuple[int, ...]] = set()

    def hear(self, reads: Sequence[Read], counts: Counts) -> None:
        for read in reads:
            parts = self.parts(counts, {read.area}, read.category, read.months)
            if read.value is None:
                self.withheld.add(parts)
            else:
                low, high = self.limits.get(parts, (0, 10**9))
                self.limits[parts] = max(low, read.limits[0]), min(high, read.limits[1])

    def parts(
        self,
        counts: Counts,
        inside: set[tuple[int, str]],
        category: str = "",
        months: frozenset[int] = ALL_MONTHS,
        outside: tuple[int, str] | None = None,
    ) -> tuple[int, ...]:
        """The unknowns of what lies in all of these areas, and not in another."""
        return tuple(
            sorted(
                self.number.setdefault((place, name, month, n), len(self.number))
                for (place, name), by_month in counts.items()
                for month, n in enumerate(by_month)
                if month in months
                and category in ("", name)
                and all(place[at] == code for at, code in inside)
                and (outside is None or place[outside[0]] != outside[1])
            )
        )

    def protected(self, counts: Counts, before: Counts) -> Iterator[dict[int, int]]:
        """What must not be worked out: numbers never shown, small pieces, small remainders of two areas, small steps."""
        every = {(at, place[at]) for place, _category in counts for at in range(3)}
        sets = [parts for parts in self.withheld if parts not in self.limits]
        for category in (ASB, BURGLARY):
            for one, other in combinations(sorted(every), 2):
                sets.append(self.parts(counts, {one, other}, category))
                sets.append(self.parts(counts, {one}, category, outside=other))
                sets.append(self.parts(counts, {other}, category, outside=one))
            sets += [self.parts(counts, set(enumerate(place)), category) for place, _category in counts]
        true = {number: int(str(cell[-1])) for cell, number in self.number.items()}
        for parts in dict.fromkeys(sets):
            if 0 < sum(true[part] for part in parts) < SMALLEST or parts in self.withheld - self.limits.keys():
                yield dict.fromkeys(parts, 1)
        for cell, by_month in counts.items():
            for month, (n, was) in enumerate(zip(by_month, before[cell], strict=True)):
                if 0 < abs(n - was) < SMALLEST:
                    yield {self.number[*cell, month, n]: 1, self.number[*cell, month, was]: -1}

    def works_out(self, counts: Counts, before: Counts | None = None) -> list[tuple[Fraction, Fraction | None]]:
        """What is left uncertain by less than the rule's width."""
        targets = list(self.protected(counts, before or counts))
        equal, at_least = [], []
        for parts, (low, high) in self.limits.items():
            row = dict.fromkeys(parts, 1)
            if parts and low == high:
                equal.append((row, low))
            elif parts:
                at_least += between(row, low, high)
        at_least += [(dict.fromkeys(parts, 1), 1) for parts in sorted(self.withheld) if parts not in self.limits]
        found = intervals(len(self.number), equal, at_least, targets)
        return [(low, high) for low, high in found if high is not None and high - low < WIDTH]


def attack(client: Client, shire: Squareshire, outsider: Outsider, counts: Counts) -> list[Read]:
    reads = Visitor(client, shire).read()
    # Of every kind, and not only that all is withheld.
    assert {read.area[0] for read in reads if read.value} == {0, 1, 2}
    outsider.hear(reads, counts)
    return reads


@pytest.mark.parametrize("rounded_to", [None, 5])
def test_nothing_small_is_worked_out_from_the_pages_before_and_after_a_correction(
    client: Client, shire: Squareshire, rounded_to: int | None
) -> None:
    outsider = Outsider()
    load(shire, COUNTS)
    publish(shire, rounded_to)
    first = attack(client, shire, outsider, COUNTS)
    assert {read.base for read in first} == {rounded_to or 1}
    assert outsider.works_out(COUNTS) == []

    load(shire, CORRECTED, QUARTER[2:], now=RELOADED)
    publish(shire, rounded_to, now=LATER)
    second = attack(client, shire, outsider, CORRECTED)
    assert second != first
    assert outsider.works_out(CORRECTED, COUNTS) == []


def test_nothing_small_is_worked_out_when_exact_figures_become_rounded_ones(client: Client, shire: Squareshire) -> None:
    outsider = Outsider()
    load(shire, COUNTS)
    publish(shire)
    attack(client, shire, outsider, COUNTS)
    load(shire, CORRECTED, QUARTER[2:], now=RELOADED)
    publish(shire, rounded_to=5, now=LATER)

    reads = attack(client, shire, outsider, CORRECTED)

    assert {read.base for read in reads} == {5}
    assert outsider.works_out(CORRECTED, COUNTS) == []


def test_the_attack_succeeds_where_areas_are_not_decided_together(
    client: Client, shire: Squareshire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "_beside_everything", lambda s, _q, tables, *_more: (tables, s.rule_record))
    outsider = Outsider()
    load(shire, COUNTS)
    publish(shire)
    attack(client, shire, outsider, COUNTS)
    assert outsider.works_out(COUNTS) != []


def test_the_attack_succeeds_where_a_correction_is_not_held_against_what_was_seen(
    client: Client, shire: Squareshire, monkeypatch: pytest.MonkeyPatch
) -> None:
    outsider = Outsider()
    load(shire, COUNTS)
    publish(shire)
    attack(client, shire, outsider, COUNTS)
    monkeypatch.setattr(actions, "published_of", lambda *_asked: [])
    load(shire, CORRECTED, QUARTER[2:], now=RELOADED)
    publish_forgetting(shire, monkeypatch)
    attack(client, shire, outsider, CORRECTED)
    assert outsider.works_out(CORRECTED, COUNTS) != []


def publish_forgetting(shire: Squareshire, monkeypatch: pytest.MonkeyPatch) -> None:
    """A release that takes the place of the one before it without a look at it."""
    made = actions._release

    def superseding(setting: Any, kind: Any, area: Any, quarter: date, cells: Any, _before: Any, rule: Any) -> Any:
        standing = actions._standing(shire.partnership.pk, setting.dataset).get((kind, area, quarter))
        return made(setting, kind, area, quarter, cells, [standing] if standing else [], rule)

    monkeypatch.setattr(actions, "_release", superseding)
    publish(shire, now=LATER)
