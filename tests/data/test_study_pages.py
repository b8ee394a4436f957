"""The analyst's pages without JavaScript: choose, ask, read, keep, open, download; and whatever anybody may post."""

from __future__ import annotations

import json
import re
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.data.factories_deliveries import Senders, make_senders, organisation
from tests.data.factories_exchange import E0, N0, NOW
from tests.data.factories_store import load
from tests.data.test_delivery_pages import sign_in

from ourpatch.data.store.rules import POLICE_UK
from ourpatch.data.studies.methods import METHODS
from ourpatch.data.studies.models import Study, pack
from ourpatch.foundation.directory.models import Organisation
from ourpatch.ground import clock

pytestmark = [pytest.mark.room, pytest.mark.django_db]
MONTHS = [date(2026, month, 1) for month in (1, 2, 3, 4)]
QUICK = {"option_against": "none", "option_shape": "square", "option_side": "500", "option_permutations": "1999"}
PURPOSE = "Problem profile of the western half."


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    settings.OURPATCH_HOME = tmp_path / "home"
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def senders() -> Senders:
    return make_senders()


@pytest.fixture
def loaded(senders: Senders) -> Senders:
    """Four months of street crime, most of it in one corner of the western half; and a day of the police's own incidents."""
    cluster = [(250 + at % 4 * 500, 250 + at // 4 % 3 * 500) for at in range(24)]
    places = [*cluster, *((250 + at * 300, 3_250) for at in range(12))]
    area = senders.area
    for month in MONTHS:
        rows = [
            {
                "easting": float(E0 + east),
                "northing": float(N0 + north),
                "neighbourhood": str((area.west if east < 2_000 else area.east).pk),
            }
            for east, north in places
        ]
        load(rows, month, partnership_ids=frozenset({area.partnership.pk}))
    own = {"category": "asb_nuisance", "scheme": "nsir", "neighbourhood": str(area.west.pk)}
    one_scope = frozenset({area.partnership.pk})
    load([own], MONTHS[0], dataset="police_incidents", supplier="police", partnership_ids=one_scope)
    return senders


@pytest.fixture
def analyst(senders: Senders) -> Client:
    return sign_in(senders.police, "analyst", senders)


def colleague(senders: Senders, role: str = "partner_worker") -> Client:
    return sign_in(Organisation.objects.get(name="Square Council"), role, senders)


def address(name: str, *key: object) -> str:
    return reverse(f"studies:{name}", args=key)


def text_of(answer: Any) -> str:
    return " ".join(unescape(answer.content.decode()).split())


def filled(senders: Senders, **more: Any) -> dict[str, Any]:
    """A question about street crime in the whole partnership, as the form sends it."""
    return {"dataset": POLICE_UK, "area": str(senders.area.partnership.pk), **more}


def post(client: Client, senders: Senders, method: str = "power", **more: Any) -> Any:
    return client.post(address("ask", method), filled(senders, **more))


def asked(client: Client, senders: Senders, method: str = "power", **more: Any) -> Study:
    """The study that a question leads to."""
    answer = post(client, senders, method, **more)
    assert answer.status_code == 302, errors(answer)
    return Study.objects.get(pk=answer["Location"].rstrip("/").rsplit("/", 1)[-1])


def errors(answer: Any) -> dict[str, list[str]]:
    """Field -> what is said beside it."""
    return {name: list(said) for name, said in answer.context["form"].errors.items()}


def keep(client: Client, study: Study, title: str = "Spring", **more: str) -> Any:
    given = {"title": title, "notes": "", "version": str(study.version), **more}
    return client.post(address("study", study.pk), given, follow=True)


# --- choosing ---------------------------------------------------------------------------------------------------------


def test_without_data_the_page_says_what_to_load(senders: Senders, analyst: Client) -> None:
    for page in (address("choose"), address("ask", "hot-spots")):
        answer = analyst.get(page)
        assert answer.status_code == 200
        assert "Nothing is loaded that you may analyse." in text_of(answer)
        assert '<form method="post" novalidate' not in answer.content.decode()


def test_an_analyst_chooses_among_questions_and_a_reader_among_what_is_kept(loaded: Senders, analyst: Client) -> None:
    chosen = analyst.get(address("choose")).content.decode()
    assert all(address("ask", each.key) in chosen for each in METHODS)
    reader = colleague(loaded)
    shown = reader.get(address("choose"))
    assert shown.status_code == 200
    assert address("ask", "hot-spots") not in shown.content.decode()
    assert reader.get(address("ask", "hot-spots")).status_code == 403


def test_nobody_looks_without_signing_in(client: Client) -> None:
    for page in (address("choose"), address("ask", "hot-spots"), address("study", uuid4())):
        assert client.get(page).status_code == 302


def test_what_is_not_there_is_not_found(loaded: Senders, analyst: Client) -> None:
    study = asked(analyst, loaded)
    for page in (
        address("ask", "pie"),
        address("study", uuid4()),
        address("download", study.pk, "pdf"),
        address("download", study.pk, "geojson"),
        f"{address('download', study.pk, 'svg')}?picture=99",
    ):
        assert analyst.get(page).status_code == 404, page


def test_the_list_asks_no_more_questions_for_more_studies(loaded: Senders, analyst: Client) -> None:
    study = asked(analyst, loaded)

    def queries_for(many: int) -> int:
        rows = [
            Study(**{f.attname: getattr(study, f.attname) for f in Study._meta.fields if f.name != "id"})
            for _each in range(many)
        ]
        for at, row in enumerate(rows):
            row.title = f"Study {at}" if at % 2 else ""
        Study.objects.bulk_create(rows)
        with CaptureQueriesContext(connection) as asked_of:
            assert analyst.get(address("choose")).status_code == 200
        return len(asked_of)

    queries_for(1)
    assert queries_for(2) == queries_for(40)


# --- from question to colleague ----------------------------------------------------------------------------------------


def test_a_study_is_asked_read_kept_opened_and_closed_again(loaded: Senders, analyst: Client) -> None:
    study = asked(analyst, loaded, "hot-spots", **QUICK)
    found = text_of(analyst.get(address("study", study.pk)))
    assert "This is a draft." in found
    assert study.shown["findings"][0] in found
    assert "January 2026 to April 2026" in found
    reader = colleague(loaded)
    page = address("study", study.pk)
    assert reader.get(page).status_code == 404
    assert "The study is kept." in text_of(keep(analyst, study, "Spring <b>hot</b>", notes="For the chair."))
    assert reader.get(page).status_code == 404
    opened = analyst.post(address("open", study.pk), {"open": "yes", "version": "2"}, follow=True)
    assert "The partnership can read it now." in text_of(opened)
    read = reader.get(page)
    assert "Spring &lt;b&gt;hot" in read.content.decode()
    assert "For the chair." in text_of(read)
    assert "Let the partnership read it" not in text_of(read)
    assert "Spring" in text_of(reader.get(address("choose")))
    assert reader.get(address("download", study.pk, "csv")).status_code == 200
    assert reader.post(page, {"title": "Mine", "version": "3"}).status_code in (403, 404)
    assert reader.post(address("open", study.pk), {"version": "3"}).status_code in (403, 404)
    closed = analyst.post(address("open", study.pk), {"version": "3"}, follow=True)
    assert "Only your organisation can read it now." in text_of(closed)
    assert reader.get(page).status_code == 404


def test_a_draft_is_not_opened_and_not_shared(loaded: Senders, analyst: Client) -> None:
    study = asked(analyst, loaded)
    refused = analyst.post(address("open", study.pk), {"open": "yes", "version": "1"}, follow=True)
    assert "Keep the study with a title first" in text_of(refused)
    council = str(Organisation.objects.get(name="Square Council").pk)
    assert "Keep the study with a title first" in text_of(
        analyst.post(address("share", study.pk), {"organisation": council})
    )
    assert analyst.post(address("share", study.pk), {"organisation": "nobody"}).status_code == 200


def test_without_an_agreement_sharing_says_what_is_missing_and_keeps_the_choice(
    loaded: Senders, analyst: Client
) -> None:
    study = asked(analyst, loaded)
    keep(analyst, study)
    council = Organisation.objects.get(name="Square Council")
    answer = analyst.post(address("share", study.pk), {"organisation": str(council.pk)})
    assert errors(answer)["__all__"]
    assert f'value="{council.pk}" selected' in answer.content.decode()


def test_a_title_that_somebody_changed_meanwhile_is_not_overwritten(loaded: Senders, analyst: Client) -> None:
    study = asked(analyst, loaded)
    keep(analyst, study, "First")
    second = keep(analyst, study, "Second", notes="What I typed")
    assert "Somebody else changed this" in text_of(second)
    assert "What I typed" in text_of(second)
    assert Study.objects.get(pk=study.pk).title == "First"


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30, "1e9", "\0"])
def test_no_version_that_anybody_posts_breaks_a_page(loaded: Senders, analyst: Client, version: str) -> None:
    study = asked(analyst, loaded)
    assert keep(analyst, study, version=version).status_code == 200
    answer = analyst.post(address("open", study.pk), {"open": "yes", "version": version}, follow=True)
    assert answer.status_code < 500
    assert Study.objects.get(pk=study.pk).is_draft


# --- files -------------------------------------------------------------------------------------------------------------


def test_it_is_downloaded_as_every_kind_of_file(loaded: Senders, analyst: Client) -> None:
    study = asked(analyst, loaded, "hot-spots", **QUICK)
    begins = {
        "svg": b"<svg",
        "png": b"\x89PNG",
        "geojson": b"{",
        "csv": "\ufeff".encode(),
        "xlsx": b"PK",
        "json": b"{",
    }
    page = analyst.get(address("study", study.pk)).content.decode()
    for kind, signature in begins.items():
        where = address("download", study.pk, kind)
        assert where in page
        answer = analyst.get(where)
        assert answer.content.startswith(signature), kind
        assert answer["Content-Disposition"] == f'attachment; filename="hot-spots-2026-11-18.{kind}"'
    assert json.loads(analyst.get(address("download", study.pk, "json")).content)["where"] == study.shown["where"]


def test_every_file_of_words_says_what_it_is_from_which_data_and_for_whom(loaded: Senders, analyst: Client) -> None:
    study = asked(analyst, loaded, "hot-spots", **QUICK)
    for kind in ("svg", "geojson", "csv", "json"):
        text = analyst.get(address("download", study.pk, kind)).content.decode()
        for said in (study.data_version, study.shown["where"], "For use inside the partnership."):
            assert said in text, (kind, said)


# --- what goes wrong -----------------------------------------------------------------------------------------------------


def test_errors_stand_beside_their_fields_and_nothing_typed_is_lost(loaded: Senders, analyst: Client) -> None:
    answer = post(
        analyst,
        loaded,
        "hot-spots",
        option_side="3",
        option_shape="circle",
        option_alpha="lots",
        since="yesterday",
        purpose=PURPOSE,
    )
    assert answer.status_code == 200
    assert {"option_side", "option_shape", "option_alpha", "since"} <= set(errors(answer))
    for typed in ('value="3"', 'value="lots"', 'value="yesterday"', f'value="{PURPOSE}"'):
        assert typed in answer.content.decode()
    assert not Study.objects.exists()


def test_what_only_the_analysis_finds_wrong_is_said_on_the_form(loaded: Senders, analyst: Client) -> None:
    backwards = post(analyst, loaded, since="2026-04-01", until="2026-01-31")
    assert errors(backwards)["until"] == ["The last day lies before the first."]
    soon = post(analyst, loaded, "break", option_from_month="soon")
    assert errors(soon)["option_from_month"] == ["Write a month as 2026-07."]
    empty = post(analyst, loaded, "differences", option_from_month="2026-03", option_unit="neighbourhood")
    assert list(errors(empty)) == ["option_treated"]
    assert "Fill this in" in errors(empty)["option_treated"][0]
    nothing = post(analyst, loaded, since="2020-01-01", until="2020-01-31")
    assert "Ask for another period" in errors(nothing)["__all__"][0]
    assert 'value="2020-01-31"' in nothing.content.decode()
    aimless = post(analyst, loaded, dataset="police_incidents")
    assert "purpose" in errors(aimless)


@pytest.mark.parametrize(
    "garbage",
    [
        {"option_before": "9" * 400},
        {"option_before": "NaN"},
        {"option_comparison": "inf"},
        {"option_comparison": "1e400"},
        {"option_power": "nan"},
        {"purpose": "a\0b"},
        {"categories": [f"code-{n}" for n in range(900)]},
        {"categories": ["bur\0glary"]},
        {"area": "00000000-0000-0000-0000-000000000000"},
        {"area": "not-an-id"},
        {"area": "\0"},
        {"dataset": "own-nothing"},
        {"dataset": "\0"},
        {"since": "0000-00-00"},
        {"known_on": "31/31/2026"},
        {"known_on": "9999-12-31"},
        {"until": "9999-12-31"},
        {"since": "0001-01-01"},
        {"known_on": "0001-01-01"},
        {"since": "0001-01-01", "until": "0001-01-01"},
    ],
)
def test_garbage_never_breaks_the_page(loaded: Senders, analyst: Client, garbage: dict[str, Any]) -> None:
    typed = {"option_reduction": "0.37", **garbage}
    answer = post(analyst, loaded, **typed)
    assert answer.status_code in (200, 302)
    if answer.status_code == 200:
        assert errors(answer)
        assert 'value="0.37"' in answer.content.decode()
    again = post(analyst, loaded, again="yes", **typed)
    assert again.status_code == 200
    assert 'value="0.37"' in again.content.decode()


@pytest.mark.parametrize("key", ["hot-spots", "chart", "before-after", "differences", "similar"])
def test_a_form_full_of_garbage_is_shown_again(loaded: Senders, analyst: Client, key: str) -> None:
    fields = re.findall(r'name="(\w+)"', analyst.get(address("ask", key)).content.decode())
    for rubbish in ("\0", "9" * 5_000, "-1", "nan", "<script>", "é" * 3_000):
        answer = analyst.post(address("ask", key), dict.fromkeys({*fields} - {"again"}, rubbish))
        assert answer.status_code == 200
        assert errors(answer)
        assert "<script>alert" not in answer.content.decode()


def test_more_fields_than_a_form_has_are_refused_and_not_failed(loaded: Senders, analyst: Client) -> None:
    assert post(analyst, loaded, categories=["burglary"] * 10_000).status_code == 400


# --- asking again ---------------------------------------------------------------------------------------------------------


def test_street_crime_is_asked_about_first_and_its_categories_are_there(loaded: Senders, analyst: Client) -> None:
    form = analyst.get(address("ask", "hot-spots")).context["form"]
    assert form.fields["dataset"].choices[0][0] == "police_incidents"
    assert form["dataset"].value() == POLICE_UK
    assert "burglary" in dict(form.fields["categories"].choices)


def test_a_draft_says_its_method_once(loaded: Senders, analyst: Client) -> None:
    study = asked(analyst, loaded, "hot-spots", **QUICK)
    assert analyst.get(address("study", study.pk)).content.decode().count(">Hot spots</") == 1
    kept = keep(analyst, study, "Winter").content.decode()
    assert (kept.count(">Hot spots</"), kept.count(">Winter</h1>")) == (1, 1)


def test_another_dataset_shows_its_categories_and_keeps_what_was_typed(loaded: Senders, analyst: Client) -> None:
    west, east = str(loaded.area.west.pk), str(loaded.area.east.pk)
    answer = post(
        analyst,
        loaded,
        "differences",
        dataset="police_incidents",
        again="yes",
        option_from_month="2026-03",
        option_treated=[west, east],
        since="2026-01-01",
        purpose=PURPOSE,
    )
    shown = answer.content.decode()
    assert 'value="asb_nuisance"' in shown
    assert (
        "anti-social-behaviour" in analyst.get(address("ask", "differences"), {"dataset": POLICE_UK}).content.decode()
    )
    assert 'value="anti-social-behaviour"' not in shown
    for typed in ('value="2026-03"', 'value="2026-01-01"', f'value="{PURPOSE}"'):
        assert typed in shown
    assert set(answer.context["form"]["option_treated"].value()) == {west, east}
    assert not Study.objects.exists()


def test_a_tick_that_was_taken_away_stays_away(loaded: Senders, analyst: Client) -> None:
    for ticked in (True, False):
        given = {"option_season": "on"} if ticked else {}
        form = post(analyst, loaded, "chart", again="yes", **given).context["form"]
        assert bool(form["option_season"].value()) is ticked


def test_an_earlier_question_is_asked_again_by_those_who_may_read_it(loaded: Senders, analyst: Client) -> None:
    study = asked(analyst, loaded, option_before="7", since="2026-02-01", categories=["burglary"])
    page = f"{address('ask', 'power')}?from={study.pk}"
    form = analyst.get(page).context["form"]
    assert form["option_before"].value() == 7
    assert form["since"].value() == "2026-02-01"
    assert form["categories"].value() == ["burglary"]
    other = sign_in(organisation("Square Fire", "fire_rescue", loaded.area.partnership), "analyst", loaded)
    hidden = other.get(page)
    assert hidden.status_code == 200
    assert hidden.context["form"]["option_before"].value() == 12
    for wrong in ("", "x", "\0", str(uuid4())):
        assert analyst.get(address("ask", "power"), {"from": wrong}).status_code == 200


def test_a_neighbourhood_as_the_place_still_offers_areas_to_name(loaded: Senders, analyst: Client) -> None:
    answer = post(analyst, loaded, "differences", area=str(loaded.area.west.pk), again="yes")
    assert [key for key, _name in answer.context["form"].fields["option_treated"].choices] == [str(loaded.area.west.pk)]


def test_wards_are_offered_where_wards_are_compared(loaded: Senders, analyst: Client) -> None:
    answer = post(analyst, loaded, "differences", again="yes", option_unit="ward")
    assert answer.context["form"].fields["option_treated"].choices == [("E05999901", "West"), ("E05999902", "East")]


def test_in_welsh_it_says_everything_in_welsh(loaded: Senders, analyst: Client) -> None:
    study = asked(analyst, loaded, "hot-spots", **QUICK)
    analyst.cookies["django_language"] = "cy"
    page = analyst.get(address("study", study.pk))
    shown = text_of(page)
    assert '<html lang="cy"' in page.content.decode()
    assert study.document["cy"]["findings"][0] in shown
    assert study.document["en"]["findings"][0] not in shown
    assert "What was found" not in shown
    assert "Picture (SVG)" not in shown
    chosen = text_of(analyst.get(address("choose")))
    assert "What would you like to know?" not in chosen
    wrong = post(analyst, loaded, "hot-spots", option_side="3")
    assert "Side of a cell in metres" not in text_of(wrong)


# --- held against something ---------------------------------------------------------------------------------------------


def test_counts_are_held_against_other_incidents_on_the_page(loaded: Senders, analyst: Client) -> None:
    page = address("ask", "hot-spots")
    first = analyst.get(page).content.decode()
    assert 'name="option_against"' in first
    assert 'name="option_against_categories"' not in first
    given = {**QUICK, "option_against": "dataset", "categories": ["burglary"]}
    without = post(analyst, loaded, "hot-spots", **given)
    assert errors(without)["option_against_dataset"] == ["Choose the dataset of the other incidents."]
    given = {**given, "option_against_dataset": POLICE_UK}
    again = post(analyst, loaded, "hot-spots", again="yes", **given).content.decode()
    assert 'name="option_against_categories"' in again
    study = asked(analyst, loaded, "hot-spots", **given)
    shown = text_of(analyst.get(address("study", study.pk)))
    assert "per cent of all these" in shown
    assert "of the same place and months" in shown
    changed = analyst.get(f"{page}?from={study.pk}").content.decode()
    assert f'value="{POLICE_UK}" selected' in changed


def test_without_populations_the_page_says_what_to_load(loaded: Senders, analyst: Client) -> None:
    refused = post(analyst, loaded, "hot-spots", **{**QUICK, "option_against": "residents"})
    assert any("Load populations" in each for each in errors(refused)["__all__"])


def test_a_study_from_before_counts_were_held_against_anything_is_still_read(loaded: Senders, analyst: Client) -> None:
    study = asked(analyst, loaded)
    old = study.document
    del old["base"]
    for language in ("en", "cy"):
        del old[language]["base"]
    Study.objects.filter(pk=study.pk).update(packed=pack(old))
    assert analyst.get(address("study", study.pk)).status_code == 200
    assert analyst.get(address("download", study.pk, "csv")).status_code == 200
    assert analyst.get(address("download", study.pk, "json")).json()["base"] is None


def test_what_was_found_in_controlled_data_has_one_permission_on_every_page(loaded: Senders, analyst: Client) -> None:
    study = asked(analyst, loaded)
    keep(analyst, study, "Controlled")
    Study.objects.filter(pk=study.pk).update(controlled=True)
    pages = (address("study", study.pk), address("download", study.pk, "csv"), address("share", study.pk))
    assert [analyst.get(page).status_code for page in pages] == [200, 200, 200]
    colleague = sign_in(loaded.police, "partner_worker", loaded)
    assert [colleague.get(page).status_code for page in pages] == [404, 404, 404]
    assert "Controlled" not in text_of(colleague.get(address("choose")))
    Study.objects.filter(pk=study.pk).update(controlled=False)
    assert colleague.get(pages[0]).status_code == 200
