"""Pages of wards and small areas: only what was released, why a number is not there, and what holds when nothing is."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from tests.data.factories_exchange import NOW, Squareshire, make_squareshire
from tests.data.factories_releases import choose, publisher
from tests.data.factories_store import load as load_store

from ourpatch.data.disclosure.actions import make_releases
from ourpatch.data.disclosure.models import AreaKind, Detail, Release
from ourpatch.foundation.places.models import Area, ServiceArea
from ourpatch.ground import jobs

pytestmark = [pytest.mark.room, pytest.mark.django_db]

JULY, AUGUST, SEPTEMBER = (date(2026, month, 1) for month in (7, 8, 9))
LATER = NOW + timedelta(days=1)
LSOA, OTHER_LSOA, EASTERN = "E01999900", "E01999902", "E01999901"


@pytest.fixture(autouse=True)
def nothing_queued(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "enqueue", lambda *_queued: None)


@pytest.fixture
def shire() -> Squareshire:
    return make_squareshire()


def load(shire: Squareshire, year: int = 2026, **counts: int) -> None:
    """A quarter in the west: all of it in one ward, by default in one small area."""
    counts = counts or {"burglary": 13, "drugs": 20, "robbery": 1, "shoplifting": 8}
    load_at(shire, [(shire.west, "E05999901", LSOA, counts)], year)


def load_at(shire: Squareshire, given: list[tuple[ServiceArea, str, str, dict[str, int]]], year: int = 2026) -> None:
    """A quarter of the same in every month: neighbourhood, ward, small area, counts."""
    for month in (JULY, AUGUST, SEPTEMBER):
        rows = [
            {
                "neighbourhood": str(neighbourhood.pk),
                "ward": ward,
                "lsoa": lsoa,
                "district": "E07999901",
                "category": category,
                "n": n,
            }
            for neighbourhood, ward, lsoa, counts in given
            for category, n in counts.items()
        ]
        load_store(rows, month.replace(year=year), by=shire.loader, partnership_ids=frozenset({shire.partnership.pk}))


def publish(
    shire: Squareshire, detail: Detail = Detail.SMALL_AREAS, rounded_to: int | None = None, now: Any = NOW
) -> None:
    choose(shire.partnership.pk, detail, rounded_to, now=now)
    make_releases(by=publisher(shire.partnership.pk), partnership_id=shire.partnership.pk, now=now)


def body(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, path
    return " ".join(response.content.decode().split())


def csv_rows(client: Client, path: str) -> list[dict[str, str]]:
    text = client.get(path).content.decode()
    return list(
        csv.DictReader(
            StringIO("".join(line for line in text.splitlines(True) if not line.lstrip('"').startswith("#")))
        )
    )


def test_a_visitor_finds_a_small_area_from_its_neighbourhood(client: Client, shire: Squareshire) -> None:
    many = {"burglary": 30}
    load_at(shire, [(shire.west, "E05999901", LSOA, many), (shire.east, "E05999903", EASTERN, many)])
    publish(shire)

    for page in (f"/n/{shire.west.slug}/", f"/n/{shire.west.slug}/crime/"):
        assert f'/areas/{shire.partnership.slug}/?n={shire.west.slug}"' in body(client, page)
    listed = body(client, f"/areas/{shire.partnership.slug}/?n={shire.west.slug}")
    assert f"/areas/lsoa/{LSOA}/" in listed
    assert "/areas/ward/E05999901/" in listed
    # What lies in the east is not listed for the west, and is for all; of an area that no record names nothing is said.
    assert f"/areas/lsoa/{EASTERN}/" not in listed
    everywhere = body(client, f"/areas/{shire.partnership.slug}/")
    assert f"/areas/lsoa/{EASTERN}/" in everywhere
    assert "E05999902" not in everywhere
    assert shire.partnership.name in body(client, "/areas/")
    assert f"/n/{shire.west.slug}/" in body(client, f"/areas/lsoa/{LSOA}/")
    assert "/areas/" in body(client, "/about-the-figures/")


def test_an_area_without_figures_of_the_latest_quarter_is_still_found(client: Client, shire: Squareshire) -> None:
    many = {"burglary": 30}
    load_at(shire, [(shire.west, "E05999901", LSOA, many), (shire.west, "E05999901", OTHER_LSOA, many)], 2025)
    load_at(shire, [(shire.west, "E05999901", LSOA, many)])
    publish(shire)

    assert f"/areas/lsoa/{OTHER_LSOA}/" in body(client, f"/areas/{shire.partnership.slug}/")
    shown = body(client, f"/areas/lsoa/{OTHER_LSOA}/")
    assert "July to September 2025" in shown
    assert "July to September 2026" not in shown


def test_a_page_shows_the_latest_quarter_the_year_before_and_why_not(client: Client, shire: Squareshire) -> None:
    load(shire, year=2025, burglary=5, drugs=30, robbery=9, shoplifting=6)
    load(shire)
    publish(shire)

    page = body(client, "/areas/ward/E05999901/")
    assert "July to September 2026" in page
    assert "July to September 2025" in page
    burglary = page.split("Burglary")[1].split("</tr>")[0]
    assert ">39<" in burglary
    assert ">15<" in burglary
    assert ">withheld<" in page.split("Robbery")[1].split("</tr>")[0]
    assert "from 1 to below 5" in page
    assert "too few" not in page
    assert "Numbers are exact." in page
    assert "Open Government Licence" in page
    assert "Released on 18 November 2026" in page


def test_only_so_many_quarters_are_read_however_many_there_are(
    client: Client, shire: Squareshire, django_assert_max_num_queries: Any
) -> None:
    load(shire)
    publish(shire)
    (newest,) = Release.objects.filter(area_kind=AreaKind.LSOA, area_code=LSOA)
    for back in range(1, 12):
        newest.pk, newest._state.adding = None, True
        Release.objects.create(
            **{
                name: getattr(newest, name)
                for name in ("kind", "dataset", "area_kind", "area_code", "partnership_id", "rule", "cells", "made_at")
            },
            quarter=date(2026 - back, 7, 1),
            data_version="a",
        )
    with django_assert_max_num_queries(9):
        page = body(client, f"/areas/lsoa/{LSOA}/")
    assert page.count('scope="col"') == 3 + 1 + 5


def test_rounded_figures_say_so_and_none_is_exact(client: Client, shire: Squareshire) -> None:
    load(shire)
    publish(shire, rounded_to=5)

    page = body(client, f"/areas/lsoa/{LSOA}/")
    assert "rounded to the nearest 5" in page
    assert ">40<" in page.split("Burglary")[1].split("</tr>")[0]
    crime = body(client, f"/n/{shire.west.slug}/crime/")
    assert "rounded to the nearest 5" in crime
    assert ">40<" in crime.split("Burglary")[1].split("</tr>")[0]
    for path in (f"/areas/{shire.partnership.slug}/2026-Q3.csv", f"/n/{shire.west.slug}/crime.csv"):
        rows = csv_rows(client, path)
        assert {row["rounded_to"] for row in rows} == {"5"}
        assert all(int(row["count"]) % 5 == 0 for row in rows if row["count"])


def test_the_file_holds_every_area_of_a_quarter(client: Client, shire: Squareshire) -> None:
    Area.objects.filter(code=LSOA).update(name="=1+1")
    counts = {"burglary": 13, "drugs": 20, "robbery": 1, "shoplifting": 8}
    load_at(
        shire,
        [(shire.west, "E05999901", LSOA, counts), (shire.west, "E05999901", OTHER_LSOA, {"burglary": 30, "drugs": 30})],
    )
    publish(shire)

    response = client.get(f"/areas/{shire.partnership.slug}/2026-Q3.csv")
    assert f'filename="{shire.partnership.slug}-areas-2026-Q3.csv"' in response["Content-Disposition"]
    rows = csv_rows(client, f"/areas/{shire.partnership.slug}/2026-Q3.csv")
    assert {(row["kind"], row["code"]) for row in rows} >= {("ward", "E05999901"), ("lsoa", LSOA), ("lsoa", OTHER_LSOA)}
    drugs = next(row for row in rows if (row["code"], row["category"]) == (LSOA, "drugs"))
    assert (drugs["count"], drugs["status"], drugs["period"], drugs["rounded_to"]) == ("60", "published", "2026-Q3", "")
    robbery = next(row for row in rows if (row["code"], row["category"]) == (LSOA, "robbery"))
    assert (robbery["count"], robbery["status"]) == ("", "withheld")
    # A name that a spreadsheet would reckon is made a text.
    assert drugs["name"] == "'=1+1"


@pytest.mark.parametrize("quarter", ["2026-Q5", "2026-Q4", "0000-Q1", "latest", "2026-Q3x"])
def test_a_quarter_that_is_not_published_is_not_there(client: Client, shire: Squareshire, quarter: str) -> None:
    load(shire)
    publish(shire)
    assert client.get(f"/areas/{shire.partnership.slug}/{quarter}.csv").status_code == 404


class TestNothing:
    def test_neighbourhoods_only_is_said_and_no_link_leads_nowhere(self, client: Client, shire: Squareshire) -> None:
        load(shire)
        publish(shire, Detail.NEIGHBOURHOODS)

        assert "No figures of wards or small areas are published here" in body(
            client, f"/areas/{shire.partnership.slug}/"
        )
        assert "No figures are published of this area" in body(client, f"/areas/lsoa/{LSOA}/")
        assert "/areas/" not in body(client, f"/n/{shire.west.slug}/crime/")
        assert "not for wards or small areas" in body(client, "/areas/")

    def test_chosen_but_not_yet_released_is_said(self, client: Client, shire: Squareshire) -> None:
        publish(shire)
        assert "have been released yet" in body(client, f"/areas/{shire.partnership.slug}/")

    def test_what_was_taken_away_is_gone(self, client: Client, shire: Squareshire) -> None:
        load(shire)
        publish(shire)
        publish(shire, Detail.WARDS, now=LATER)
        assert "No figures are published of this area" in body(client, f"/areas/lsoa/{LSOA}/")
        assert LSOA not in body(client, f"/areas/{shire.partnership.slug}/")
        assert {row["kind"] for row in csv_rows(client, f"/areas/{shire.partnership.slug}/2026-Q3.csv")} == {"ward"}

    @pytest.mark.parametrize("path", ["/areas/nowhere/", "/areas/ward/E05000000/", "/areas/lsoa/E05999901/"])
    def test_an_area_that_nobody_knows_is_not_there(self, client: Client, shire: Squareshire, path: str) -> None:
        assert client.get(path).status_code == 404

    @pytest.mark.parametrize("language", ["en", "cy"])
    def test_every_page_is_there_in_both_languages(self, client: Client, shire: Squareshire, language: str) -> None:
        load(shire)
        publish(shire, rounded_to=11)
        client.cookies["django_language"] = language
        for path in ("/areas/", f"/areas/{shire.partnership.slug}/", f"/areas/lsoa/{LSOA}/", "/areas/ward/E05999901/"):
            assert f'<html lang="{language}"' in body(client, path)


def test_page_and_file_name_the_same_day_of_release(client: Client, shire: Squareshire) -> None:
    """Half past eleven in the evening, in the universal time of a summer's day, is the next day in London."""
    load(shire)
    publish(shire, now=datetime(2027, 6, 30, 23, 30, tzinfo=UTC))
    assert "Released on 1 July 2027" in body(client, f"/areas/lsoa/{LSOA}/")
    for path in (f"/areas/{shire.partnership.slug}/2026-Q3.csv", f"/n/{shire.west.slug}/crime.csv"):
        assert "Released: 2027-07-01" in body(client, path)
