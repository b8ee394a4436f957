"""The pages of the duty ledger: the answer, the tables, declaring, reminding, the download and the sheet."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date
from io import StringIO

import pytest
from django.template.loader import render_to_string
from django.test import Client
from tests.data.factories_duties import SUMMER, Owing, at, deliver, owing, spec
from tests.foundation.factories import hold_role, make_organisation, make_partnership, make_person, make_user, sign_in
from tests.foundation.test_documents import pages_of

from ourpatch.data.duties import sheet
from ourpatch.data.duties.models import DataContact, Declaration, LedgerStart, Reminder
from ourpatch.data.duties.permissions import Permission
from ourpatch.data.exchange.models import DeliveryState
from ourpatch.data.exchange.permissions import Permission as Exchange
from ourpatch.data.store import specs
from ourpatch.foundation import documents
from ourpatch.foundation.directory.models import Membership, Organisation, OrganisationKind
from ourpatch.ground import clock

pytestmark = [pytest.mark.room, pytest.mark.django_db]
__all__ = ["owing"]

HOME = "/workspace/duties/"
NOW = at(2027, 1, 10)


@pytest.fixture(autouse=True)
def january(monkeypatch: pytest.MonkeyPatch) -> None:
    """July to September 2026 has been due for ten days."""
    monkeypatch.setattr(clock, "now", lambda: NOW)


def staff(client: Client, owing: Owing, organisation: Organisation, *permissions: Permission | Exchange) -> Client:
    user = make_user(make_person(organisation))
    hold_role(user, owing.partnership, permissions)
    sign_in(client, user)
    return client


@pytest.fixture
def keeper(client: Client, owing: Owing) -> Client:
    return staff(client, owing, make_organisation(OrganisationKind.VOLUNTARY), *Permission)


def of(owing: Owing, tail: str = "", organisation: Organisation | None = None, dataset: str = "police_crimes") -> str:
    return f"{HOME}{owing.partnership.pk}/{(organisation or owing.police).pk}/{dataset}/{tail}"


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return " ".join(answer.content.decode().split())


def test_the_first_sentence_answers(keeper: Client, owing: Owing) -> None:
    deliver(owing.police, "police_crimes", SUMMER, at(2026, 10, 5))
    deliver(owing.police, "police_incidents", SUMMER, at(2026, 10, 5), state=DeliveryState.REFUSED)

    text = text_of(keeper, HOME)

    assert "No: 4 of 5 returns for July to September 2026 are overdue." in text
    assert "Not accepted, overdue" in text
    assert "5 October 2026" in text
    assert "returns for other quarters of the last two years are overdue" in text


def test_quarters_authority_and_past_days_are_chosen(keeper: Client, owing: Owing) -> None:
    deliver(owing.police, "police_crimes", SUMMER, at(2026, 10, 5))

    later = text_of(keeper, f"{HOME}?quarter=2026-10")
    assert "returns for October to December 2026" in later
    assert "Quarter before: July to September 2026" in later
    one = text_of(keeper, f"{HOME}?quarter=2026-07&authority={owing.health.pk}")
    assert f"/{owing.police.pk}/police_crimes/" not in one
    then = text_of(keeper, f"{HOME}?quarter=2026-07&as_on=2026-10-04")
    assert "as it was known on 4 October 2026" in then
    assert "Received</strong>" not in then
    assert "Received</strong>" in text_of(keeper, f"{HOME}?quarter=2026-07&as_on=2026-10-05")


@pytest.mark.parametrize(
    "address",
    [
        "?quarter=nonsense",
        "?quarter=1999-01",
        "?quarter=2099-01",
        "?as_on=yesterday",
        "?as_on=1999-01-01",
        "?authority=x",
    ],
)
def test_an_odd_address_still_answers(keeper: Client, address: str) -> None:
    assert keeper.get(HOME + address).status_code == 200


def test_nobody_without_a_part_sees_a_ledger(client: Client, owing: Owing) -> None:
    stranger = make_user()
    hold_role(stranger, make_partnership("Elsewhere"), Permission)
    sign_in(client, stranger)

    assert "Millbrook" not in text_of(client, f"{HOME}?partnership={owing.partnership.slug}")
    for tail in ("", "2026-07-01/nothing/", "2026-07-01/not-held/"):
        assert client.get(of(owing, tail)).status_code in (403, 404)
    assert client.post(of(owing, "2026-07-01/remind/")).status_code in (403, 404)
    assert client.get(f"{HOME}{owing.partnership.pk}/{owing.police.pk}/contact/").status_code == 403


def test_a_user_without_any_part_is_told_how_the_page_fills(client: Client, owing: Owing) -> None:
    sign_in(client, make_user())

    assert "an administrator gives you a role" in text_of(client, HOME).lower()
    for tail in ("ledger.csv", "answer.pdf", "print/"):
        assert client.get(f"{HOME}{tail}").headers["Location"] == HOME


def test_a_clerk_sees_and_declares_their_own(client: Client, owing: Owing) -> None:
    staff(client, owing, owing.police, Permission.DECLARE)

    assert "Brook Health" not in text_of(client, HOME)
    assert client.get(of(owing, "", owing.health, "ed_assaults")).status_code == 404
    answer = client.post(of(owing, "2026-07-01/nothing/"), {"said_by": "P. Clerk, data officer"}, follow=True)
    assert "It is on record that there is nothing to report." in answer.content.decode()
    assert "P. Clerk, data officer" in answer.content.decode()
    assert client.post(of(owing, "2026-07-01/remind/")).status_code == 403


def test_declaring_asks_for_a_name_and_says_what_a_rule_refuses(keeper: Client, owing: Owing) -> None:
    empty = keeper.post(of(owing, "2026-07-01/nothing/"), {"said_by": ""})
    early = keeper.post(of(owing, "2027-01-01/nothing/"), {"said_by": "P. Clerk"})

    assert "Aire Police: Police crimes, July to September 2026" in " ".join(empty.content.decode().split())
    assert "Give the name and office" in empty.content.decode()
    assert "The period has not ended" in early.content.decode()
    assert not Declaration.objects.exists()


def test_not_held_and_withdrawn(keeper: Client, owing: Owing) -> None:
    said = {"said_by": "P. Clerk", "reason": "The county records it", "review_on": "2027-06-01"}
    answer = keeper.post(of(owing, "2026-07-01/not-held/"), said, follow=True).content.decode()
    assert "Not owed" in answer
    assert "1 June 2027" in answer

    made = Declaration.objects.get()
    page = f"{HOME}declarations/{made.pk}/withdraw/"
    assert "The county records it" in text_of(keeper, page)
    answer = keeper.post(page, {"reason": "A file was found"}, follow=True).content.decode()
    assert "A file was found" in answer
    assert "Overdue" in answer


def test_reminding_by_hand(keeper: Client, owing: Owing) -> None:
    assert "nobody can be reminded" in text_of(keeper, of(owing))
    keeper.post(
        f"{HOME}{owing.partnership.pk}/{owing.police.pk}/contact/",
        {"version": 0, "name": "Data team", "email": "data@aire.example", "language": "en"},
    )
    assert DataContact.objects.get().email == "data@aire.example"

    answer = keeper.post(of(owing, "2026-07-01/remind/"), follow=True).content.decode()
    assert "A reminder is on its way to Data team." in answer
    assert "Sent by hand" in answer
    again = keeper.post(of(owing, "2026-07-01/remind/"), follow=True).content.decode()
    assert "sent today already" in again
    assert Reminder.objects.count() == 1


def test_a_returns_page_shows_what_came(keeper: Client, owing: Owing) -> None:
    sent = deliver(owing.police, "police_crimes", SUMMER, at(2026, 10, 5), state=DeliveryState.REFUSED)

    text = text_of(keeper, of(owing, "?period=2026-07-01"))

    assert "Police crimes, July to September 2026 <strong" in text
    assert sent.receipt in text
    assert "Column 4 holds dates that cannot be read." in text
    assert text_of(keeper, of(owing)).count("October to December 2026") > 1


def test_who_may_send_is_led_to_the_page_that_takes_the_file(client: Client, owing: Owing) -> None:
    staff(client, owing, owing.police, Permission.DECLARE, Exchange.SEND)
    sent = deliver(owing.police, "police_incidents", SUMMER, at(2026, 10, 5))
    text = text_of(client, of(owing, "?period=2026-07-01"))

    wanted = f"organisation={owing.police.pk}&amp;dataset=police_crimes&amp;period=2026-07-01%2F3"
    assert f'href="/workspace/data/send/?{wanted}"' in text
    done = text_of(client, of(owing, "?period=2026-07-01", dataset="police_incidents"))
    assert "/workspace/data/send/" not in done
    assert f'href="/workspace/data/deliveries/{sent.pk}/"' in done


def test_who_keeps_the_ledger_and_sends_nothing_sees_no_such_link(keeper: Client, owing: Owing) -> None:
    deliver(owing.police, "police_incidents", SUMMER, at(2026, 10, 5))

    assert "/workspace/data/send/" not in text_of(keeper, of(owing))
    assert "/workspace/data/deliveries/" not in text_of(keeper, of(owing, dataset="police_incidents"))


def test_an_unknown_dataset_is_not_found(keeper: Client, owing: Owing) -> None:
    assert keeper.get(of(owing, "", dataset="published")).status_code == 404
    assert keeper.get(of(owing, "", dataset="nonsense")).status_code == 404
    assert keeper.get(of(owing, "yesterday/nothing/")).status_code == 404


def test_the_download_holds_every_return_and_no_formula(keeper: Client, owing: Owing) -> None:
    Organisation.objects.filter(pk=owing.police.pk).update(name="=Aire Police")
    deliver(owing.police, "police_crimes", SUMMER, at(2026, 10, 5))

    answer = keeper.get(f"{HOME}ledger.csv?quarter=2026-07")
    rows = list(csv.DictReader(StringIO(answer.content.decode())))

    assert len(rows) == 5
    first = rows[0]
    assert first["authority"] == "'=Aire Police"
    assert (first["state"], first["state_on"], first["due"]) == ("received", "2026-10-05", "2026-12-31")
    assert [each["overdue"] for each in rows] == ["no", "yes", "yes", "yes", "yes"]


def test_who_sees_only_their_own_is_told_that_only_those_count(client: Client, owing: Owing) -> None:
    deliver(owing.police, "police_crimes", SUMMER, at(2026, 10, 5))
    deliver(owing.police, "police_incidents", SUMMER, at(2026, 10, 5))
    staff(client, owing, owing.police, Permission.DECLARE)

    for address in (HOME, f"{HOME}print/"):
        text = text_of(client, address)
        assert "Yes: 2 of 2 returns" in text
        assert "Only the returns of your own organisation are counted here." in text


def test_the_whole_ledger_does_not_say_so(keeper: Client, owing: Owing) -> None:
    assert "Only the returns of your own" not in text_of(keeper, HOME)


def test_everything_on_a_page_of_a_past_day_is_of_that_day(keeper: Client, owing: Owing) -> None:
    deliver(owing.police, "police_crimes", date(2026, 4, 1), at(2026, 9, 1))
    deliver(owing.police, "police_incidents", date(2026, 4, 1), at(2026, 9, 1))

    assert "Received</td>" in text_of(keeper, HOME)
    assert "Duty radar" in text_of(keeper, HOME)
    then = text_of(keeper, f"{HOME}?as_on=2026-08-31")
    assert "Received" not in then
    assert "Duty radar" not in then


def test_months_that_were_replaced_are_told_apart(keeper: Client, owing: Owing) -> None:
    deliver(owing.police, "police_crimes", SUMMER, at(2026, 10, 5))
    deliver(owing.police, "police_crimes", date(2026, 8, 1), at(2026, 11, 2), months=1)

    text = text_of(keeper, of(owing, "?period=2026-07-01"))

    assert "Corrected" in text
    assert "July 2026, August 2026, September 2026" in text
    assert "July 2026, September 2026" in text


def test_an_old_period_is_shown_when_its_page_is_asked_for(keeper: Client, owing: Owing) -> None:
    Membership.objects.update(from_on=date(2015, 4, 1))

    assert "October to December 2018" in text_of(keeper, of(owing, "?period=2018-10-01"))


def test_the_page_to_print_says_the_same(keeper: Client, owing: Owing) -> None:
    assert "No: 5 of 5 returns for July to September 2026 are overdue." in text_of(keeper, f"{HOME}print/")


def test_where_no_pdf_can_be_made_the_page_to_print_says_what_to_install(
    keeper: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_pango() -> None:
        raise documents.PdfUnavailable(f"Install: {documents.INSTALL}")

    monkeypatch.setattr(documents, "_engine", without_pango)
    answer = keeper.get(f"{HOME}answer.pdf?quarter=2026-07", follow=True)

    assert answer.redirect_chain[-1][0] == f"{HOME}print/?quarter=2026-07"
    assert "libpango-1.0-0" in answer.content.decode()


def test_the_sheet_is_a_tagged_pdf(keeper: Client, owing: Owing) -> None:
    pytest.importorskip("weasyprint", exc_type=(ImportError, OSError))  # type: ignore[arg-type]
    answer = keeper.get(f"{HOME}answer.pdf")

    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in answer.content or b"/ObjStm" in answer.content


@pytest.mark.parametrize("authorities", [1, 12, 40])
def test_the_answer_fits_on_one_sheet(
    keeper: Client, owing: Owing, authorities: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("weasyprint", exc_type=(ImportError, OSError))  # type: ignore[arg-type]
    label = "Deliberate fires, violence against fire staff and dwelling fires without a smoke alarm"
    long = [spec(f"dataset_{number}", "fire", label_en=label) for number in range(4)]
    monkeypatch.setattr(specs, "every", lambda: {each.key: each for each in long})
    for number in range(authorities):
        make_organisation(
            OrganisationKind.FIRE, f"The very long named fire and rescue authority of place {number}", owing.partnership
        )
    tried: list[str] = []

    def watched(bodies: Iterable[str], title: str, language: str) -> bytes:
        return documents.render_one_page((tried.append(body) or body for body in bodies), title, language)  # type: ignore[func-returns-value]

    monkeypatch.setattr(sheet, "render_one_page", watched)
    answer = keeper.get(f"{HOME}answer.pdf?quarter=2026-07")

    owed = 4 * authorities
    listed = tried[-1].count('<th scope="row">')
    assert listed == owed or f"Left out for lack of space: {owed - listed} (" in tried[-1]
    assert listed >= 8 or listed == owed
    assert pages_of(answer.content) == 1


def test_the_sheet_uses_no_colour_and_fetches_nothing(owing: Owing) -> None:
    html = render_to_string("data_duties/answer_document.html", {"answer": "Yes"})

    assert "color" not in html
    assert "<img" not in html
    assert "http" not in html


def test_in_welsh_the_document_says_so(keeper: Client, owing: Owing, monkeypatch: pytest.MonkeyPatch) -> None:
    Organisation.objects.filter(pk=owing.police.pk).update(name_cy="Heddlu Aire")
    asked: list[str] = []
    monkeypatch.setattr(sheet, "render_one_page", lambda bodies, *rest: asked.extend((next(bodies), *rest)) or b"%PDF-")
    keeper.get(f"{HOME}answer.pdf", headers={"accept-language": "cy"})

    html, _title, language = asked
    assert language == "cy"
    assert "Heddlu Aire" in html


def test_the_twelve_statutory_datasets_are_owed_by_a_unitary_partnership(client: Client) -> None:
    partnership = make_partnership("Whole")
    LedgerStart.objects.create(partnership=partnership, on=date(2007, 7, 1))
    kinds = (OrganisationKind.POLICE, OrganisationKind.FIRE, OrganisationKind.UNITARY_COUNCIL, OrganisationKind.HEALTH)
    for kind in kinds:
        make_organisation(kind, partnership=partnership)
    user = make_user()
    hold_role(user, partnership, Permission)
    sign_in(client, user)

    rows = list(csv.DictReader(StringIO(client.get(f"{HOME}ledger.csv?quarter=2026-07").content.decode())))
    quarterly = {each["dataset"] for each in rows if each["from"] == "2026-07-01" and each["to"] == "2026-09-30"}

    assert quarterly == {
        "police_incidents",
        "police_crimes",
        "fire_incidents",
        "fire_false_alarms",
        "road_collisions",
        "school_exclusions",
        "racial_incidents",
        "council_asb",
        "hospital_assault_alcohol",
        "hospital_domestic_abuse",
        "health_counts",
        "ambulance_callouts",
    }
    assert all(date.fromisoformat(each["due"]) == date(2026, 12, 31) for each in rows if each["dataset"] in quarterly)
