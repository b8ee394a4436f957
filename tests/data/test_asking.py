"""Questions to recorded data: for a purpose, by who may, with small numbers hidden, now or as it was known."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.data.factories_deliveries import Senders, incident, incidents, learn_layout, make_senders, person, send
from tests.data.factories_exchange import NOW
from tests.foundation.factories import LONG_AGO, make_partnership, make_person, make_user, sign_in

from ourpatch.data.disclosure import asking
from ourpatch.data.disclosure.asking import Question
from ourpatch.data.disclosure.permissions import Permission
from ourpatch.data.store.query import Dimension
from ourpatch.foundation.accounts.models import RoleGrant
from ourpatch.ground.audit.models import AuditEntry
from ourpatch.ground.errors import NotAllowed, RuleBroken

pytestmark = [pytest.mark.room, pytest.mark.django_db]
PURPOSE = "Problem profile of the western half."


@pytest.fixture
def senders(settings: Any, tmp_path: Path) -> Senders:
    settings.OURPATCH_HOME = tmp_path / "home"
    made = make_senders()
    rows = [incident(str(n)) for n in range(30)] + [incident(f"E{n}", east=3_000) for n in range(25)]
    first = incidents(*rows, incident("X", what="RTC injury"))
    learn_layout(made.clerk, made.police.pk, first, tmp_path)
    sent = send(made.clerk, made.police.pk, incidents(*rows))
    assert sent.rows_kept == 55, sent.message
    return made


def analyst(senders: Senders) -> Any:
    return person("An Analyst", senders.police, senders.area.partnership, Permission.ASK_CONTROLLED)


def asked(senders: Senders, by: Dimension, **more: Any) -> asking.Answer:
    question = Question("police_incidents", by, purpose=PURPOSE, **more)
    return asking.ask(by=analyst(senders), question=question, now=NOW)


def test_it_counts_and_writes_down_who_asked_what_for_which_purpose(senders: Senders) -> None:
    answer = asked(senders, Dimension.NEIGHBOURHOOD)
    assert sorted(count for _key, count in answer.rows if count) == [25, 30]
    assert answer.total == 55
    entry = AuditEntry.objects.get(operation="disclosure.ask")
    assert PURPOSE in entry.reason
    assert entry.actor_name == "An Analyst"


def test_small_numbers_and_what_would_tell_them_are_withheld_and_so_is_the_total(senders: Senders) -> None:
    extra = incidents(
        *[incident(f"A{n}", "03/08/2026") for n in range(3)], *[incident(f"S{n}", "03/09/2026") for n in range(40)]
    )
    send(senders.clerk, senders.police.pk, extra, period=None, months=None, now=NOW + timedelta(hours=1))
    answer = asked(senders, Dimension.MONTH)
    shown = dict(answer.rows)
    assert shown[date(2026, 8, 1)] is None
    assert answer.total is None


def test_it_answers_as_the_data_was_known_on_a_past_day(senders: Senders) -> None:
    fewer = incidents(*[incident(str(n)) for n in range(20)])
    send(senders.clerk, senders.police.pk, fewer, now=NOW + timedelta(days=3), empties_months=True)
    assert asked(senders, Dimension.MONTH).total == 20
    assert asked(senders, Dimension.MONTH, known_on=NOW.date() + timedelta(days=1)).total == 55


def test_without_a_purpose_or_the_permission_there_is_no_answer(senders: Senders) -> None:
    with pytest.raises(RuleBroken, match="purpose"):
        asking.ask(by=analyst(senders), question=Question("police_incidents", Dimension.MONTH, purpose="x"), now=NOW)
    with pytest.raises(NotAllowed):
        asking.ask(by=senders.officer, question=Question("police_incidents", Dimension.MONTH, purpose=PURPOSE), now=NOW)
    assert asking.list_datasets(senders.officer) == []


def test_who_holds_it_elsewhere_counts_nothing_of_here(senders: Senders) -> None:
    stranger = person("A Stranger", senders.police, make_partnership(), Permission.ASK_CONTROLLED)
    question = Question("police_incidents", Dimension.MONTH, purpose=PURPOSE)
    assert asking.ask(by=stranger, question=question, now=NOW).rows == ()


def test_the_page_asks_by_post_and_keeps_what_was_typed(senders: Senders) -> None:
    user = make_user(make_person(senders.police))
    RoleGrant.objects.create(user=user, role="analyst", service_area=senders.area.partnership, from_on=LONG_AGO)
    client = Client()
    sign_in(client, user)
    given = {"dataset": "police_incidents", "by": "neighbourhood", "since": "2026-07-01", "purpose": ""}
    refused = client.post(reverse("disclosure:ask"), given).content.decode()
    assert "for which purpose" in refused
    answered = client.post(reverse("disclosure:ask"), {**given, "purpose": PURPOSE}).content.decode()
    assert "West" in answered
    assert ">30<" in answered.replace(" ", "")
    assert PURPOSE in answered
    far = client.post(reverse("disclosure:ask"), {**given, "purpose": PURPOSE, "known_on": "9999-12-31"})
    assert "from 1900 to 2100" in far.content.decode()
