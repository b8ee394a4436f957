"""A partnership's own dataset in the store and on its way through the exchange, as real as those that the law names."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.data.factories_deliveries import Senders, learn_layout, make_senders, organisation, person, send
from tests.data.factories_exchange import E0, N0, NOW
from tests.data.factories_own import NEEDLES, data, field, needles
from tests.foundation.factories import make_partnership

from ourpatch.data.disclosure import asking
from ourpatch.data.disclosure.asking import Question
from ourpatch.data.disclosure.permissions import Permission as Releases
from ourpatch.data.duties import queries as ledger
from ourpatch.data.duties.models import LedgerStart
from ourpatch.data.duties.permissions import Permission as Duties
from ourpatch.data.duties.rules import Verdict, period_of
from ourpatch.data.exchange import queries as exchange
from ourpatch.data.exchange.actions import folder
from ourpatch.data.exchange.models import DeliveryState, Extent
from ourpatch.data.exchange.permissions import Permission as Exchange
from ourpatch.data.store import catalogue, specs
from ourpatch.data.store import queries as store
from ourpatch.data.store.models import OwnDataset, OwnDatasetVersion, SubmissionScope
from ourpatch.data.store.own import actions, queries
from ourpatch.data.store.own.actions import add_own_dataset, retire_own_dataset, revise_own_dataset
from ourpatch.data.store.permissions import Permission
from ourpatch.data.store.query import CountBy, Dimension, Where
from ourpatch.foundation.directory.models import Membership
from ourpatch.ground import clock
from ourpatch.ground.errors import BadInput, Conflict, NotAllowed, NotFound, RuleBroken
from ourpatch.ground.permission.actor import Actor

pytestmark = [pytest.mark.room, pytest.mark.django_db]
KEY = "own-needle-finds"
HEADER = "Job number,Found on,Easting,Northing,What was found,How many needles"
JULY = date(2026, 7, 1)
DUTY = {"authorities": ["police"], "since": "2026-07-01", "source": "Agreed", "by_law": False}


@pytest.fixture
def senders() -> Senders:
    return make_senders()


def keeper(senders: Senders) -> Actor:
    held = (Permission.VIEW, Permission.SPECIFY, Exchange.MAP, Exchange.VIEW, Releases.ASK_CONTROLLED, Duties.VIEW)
    return person("A Keeper", senders.police, senders.area.partnership, *held)


def add(senders: Senders, /, **changes: Any) -> OwnDataset:
    return add_own_dataset(
        by=keeper(senders), partnership_id=senders.area.partnership.pk, spec=needles(**changes), now=NOW
    )


def found(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *rows]).encode() + b"\n"


def find(job: int, day: str = "02/07/2026", what: str = "Syringe", n: int = 3, east: int = 1_000) -> str:
    return f"J{job},{day},{E0 + east},{N0 + 1_000},{what},{n}"


def sent(senders: Senders, content: bytes, **options: Any) -> Any:
    given = {"dataset": KEY, "period": JULY, "months": 1, "filename": "needles.csv", **options}
    return send(senders.clerk, senders.police.pk, content, **given)


class TestAdding:
    def test_it_is_known_from_then_on_to_its_own_partnership(self, senders: Senders) -> None:
        stranger = person("A Stranger", senders.police, make_partnership("Elsewhere"), Permission.VIEW)
        added = add(senders)
        spec = catalogue.dataset(KEY)
        assert (spec.owner, spec.retired, spec.mapped) == (senders.area.partnership.pk, False, True)
        assert spec.fields == needles().fields
        assert KEY in catalogue.visible_to(senders.clerk)
        assert catalogue.seen_by(senders.clerk, KEY) == spec
        assert KEY not in catalogue.visible_to(stranger)
        with pytest.raises(BadInput, match="no dataset called"):
            catalogue.seen_by(stranger, KEY)
        assert KEY not in specs.every()
        assert [each.number for each in queries.list_versions(added)] == [1]

    def test_only_who_may_for_the_whole_partnership(self, senders: Senders) -> None:
        with pytest.raises(NotAllowed):
            add_own_dataset(by=senders.clerk, partnership_id=senders.area.partnership.pk, spec=needles(), now=NOW)
        other = make_partnership("Elsewhere")
        with pytest.raises(NotAllowed):
            add_own_dataset(by=keeper(senders), partnership_id=other.pk, spec=needles(), now=NOW)
        add(senders)
        afar = person("A Keeper", senders.police, other, Permission.SPECIFY)
        with pytest.raises(NotFound):
            revise_own_dataset(by=afar, key=KEY, version=1, spec=needles(), now=NOW)
        with pytest.raises(NotFound):
            retire_own_dataset(by=afar, key=KEY, reason="Nobody collects it.", now=NOW)
        with pytest.raises(NotAllowed):
            retire_own_dataset(by=senders.clerk, key=KEY, reason="Nobody collects it.", now=NOW)

    def test_what_is_wrong_is_refused_whoever_asks(self, senders: Senders) -> None:
        for changes in ({"key": "fire_incidents"}, {"data_class": "personal"}, {"senders": []}, {"scheme": "ghosts"}):
            with pytest.raises(RuleBroken):
                add(senders, **changes)
        named = [*NEEDLES["fields"], {"key": "a", "kind": "text", "label_en": "Surname", "label_cy": "Cyfenw"}]
        with pytest.raises(RuleBroken, match="sounds like the name of a person"):
            add(senders, fields=named)
        hidden = field("needles", kind="text", names=["NHS number"])
        with pytest.raises(RuleBroken, match="NHS"):
            add(senders, fields=hidden)
        assert not OwnDataset.objects.exists()

    def test_a_key_is_given_once(self, senders: Senders) -> None:
        add(senders)
        with pytest.raises(RuleBroken, match="called own-needle-finds already"):
            add(senders)
        other = make_partnership("Elsewhere")
        with pytest.raises(RuleBroken, match="already"):
            add_own_dataset(
                by=person("B", senders.police, other, Permission.SPECIFY),
                partnership_id=other.pk,
                spec=needles(),
                now=NOW,
            )

    def test_two_at_one_moment_are_told_apart_by_the_database(
        self, senders: Senders, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        add(senders)
        monkeypatch.setattr(actions, "_check_free", lambda key: None)
        with pytest.raises(RuleBroken, match="already"):
            add(senders)

    @pytest.mark.parametrize("key", ["fire_incidents", "needles"])
    def test_the_database_refuses_another_kind_of_key(self, key: str) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            OwnDataset.objects.create(
                partnership_id="00000000-0000-7000-8000-000000000000", key=key, version=1, added_at=NOW, added_by="x"
            )


class TestRevising:
    def test_a_version_stands_beside_the_others(self, senders: Senders) -> None:
        add(senders)
        kept = revise_own_dataset(by=keeper(senders), key=KEY, version=1, spec=needles(label_en="Drug litter"), now=NOW)
        assert kept.version == 2
        assert catalogue.dataset(KEY).label.en == "Drug litter"
        assert list(kept.versions.order_by("number").values_list("number", flat=True)) == [1, 2]
        assert kept.versions.get(number=1).specification["label_en"] == "Needle finds"

    def test_the_same_again_is_no_version(self, senders: Senders) -> None:
        add(senders)
        assert revise_own_dataset(by=keeper(senders), key=KEY, version=1, spec=needles(), now=NOW).version == 1

    def test_the_second_of_two_is_asked_to_look_again(self, senders: Senders) -> None:
        add(senders)
        revise_own_dataset(by=keeper(senders), key=KEY, version=1, spec=needles(label_en="Litter"), now=NOW)
        with pytest.raises(Conflict, match="meanwhile"):
            revise_own_dataset(by=keeper(senders), key=KEY, version=1, spec=needles(label_en="Foil"), now=NOW)
        assert catalogue.dataset(KEY).label.en == "Litter"

    def test_it_keeps_its_key(self, senders: Senders) -> None:
        add(senders)
        with pytest.raises(RuleBroken, match="keeps that name"):
            revise_own_dataset(by=keeper(senders), key=KEY, version=1, spec=needles(key="own-x"), now=NOW)

    def test_what_rows_depend_on_stays(self, senders: Senders, tmp_path: Path) -> None:
        add(senders)
        fewer = data(fields=[each for each in NEEDLES["fields"] if each["key"] != "needles"])
        revise_own_dataset(by=keeper(senders), key=KEY, version=1, spec=specs.parse(fewer), now=NOW)
        revise_own_dataset(by=keeper(senders), key=KEY, version=2, spec=needles(), now=NOW)
        learn_layout(senders.clerk, senders.police.pk, found(find(1)), tmp_path, dataset=KEY)
        delivery = sent(senders, found(find(1)))
        assert delivery.state == DeliveryState.LOADED
        with pytest.raises(RuleBroken, match="cannot be taken out"):
            revise_own_dataset(by=keeper(senders), key=KEY, version=3, spec=specs.parse(fewer), now=NOW)
        assert queries.has_rows(KEY)

    def test_what_came_before_a_new_field_is_corrected_all_the_same(self, senders: Senders, tmp_path: Path) -> None:
        add(senders)
        learn_layout(senders.clerk, senders.police.pk, found(find(1)), tmp_path, dataset=KEY)
        sent(senders, found(find(1), find(2)))
        more = [*NEEDLES["fields"], {"key": "notes", "kind": "text", "label_en": "Notes", "label_cy": "Nodiadau"}]
        revise_own_dataset(by=keeper(senders), key=KEY, version=1, spec=needles(fields=more), now=NOW)
        corrected = sent(senders, found(find(2, what="Foil")), extent=Extent.CORRECTION, period=None, months=None)
        assert corrected.state == DeliveryState.LOADED
        by = store.run(CountBy(Where(KEY), by=(Dimension.CATEGORY,)))
        assert sorted(by) == [("foil", 1), ("needle", 1)]

    def test_a_row_that_a_new_code_lets_in_is_loaded_by_the_same_file(self, senders: Senders, tmp_path: Path) -> None:
        add(senders)
        learn_layout(senders.clerk, senders.police.pk, found(find(1)), tmp_path, dataset=KEY)
        file = found(*(find(n) for n in range(1, 21)), find(21, what="Pipe"))
        assert sent(senders, file).rows_kept == 20
        assert sent(senders, file).state == DeliveryState.UNCHANGED
        items = [*NEEDLES["lists"][0]["items"], {"code": "pipe", "en": "Pipe", "cy": "Pibell"}]
        lists = [{**NEEDLES["lists"][0], "items": items}]
        revise_own_dataset(by=keeper(senders), key=KEY, version=1, spec=needles(lists=lists), now=NOW)
        again = sent(senders, file)
        assert (again.state, again.rows_kept) == (DeliveryState.LOADED, 21)


class TestRetiring:
    def test_no_more_is_taken_and_what_there_is_stays(self, senders: Senders, tmp_path: Path) -> None:
        add(senders)
        learn_layout(senders.clerk, senders.police.pk, found(find(1)), tmp_path, dataset=KEY)
        sent(senders, found(find(1)))
        with pytest.raises(RuleBroken, match="in a sentence"):
            retire_own_dataset(by=keeper(senders), key=KEY, reason="no", now=NOW)
        retire_own_dataset(by=keeper(senders), key=KEY, reason="Wardens stopped.", now=NOW)
        with pytest.raises(RuleBroken, match="retired"):
            sent(senders, found(find(1), find(2)))
        with pytest.raises(RuleBroken, match="retired"):
            revise_own_dataset(by=keeper(senders), key=KEY, version=1, spec=needles(label_en="x"), now=NOW)
        with pytest.raises(RuleBroken, match="retired"):
            retire_own_dataset(by=keeper(senders), key=KEY, reason="Wardens stopped.", now=NOW)
        assert KEY not in {spec.key for spec in exchange.datasets_sent_by(senders.clerk, ["police"])}
        assert store.run(CountBy(Where(KEY))) == [(1,)]
        assert KEY in {spec.key for spec in asking.list_datasets(keeper(senders))}


class TestOnItsWay:
    def test_sent_matched_judged_stored_and_asked(self, senders: Senders, tmp_path: Path) -> None:
        add(senders)
        layout = learn_layout(senders.clerk, senders.police.pk, found(find(1)), tmp_path, dataset=KEY)
        mapped = {each["field"]: each["column"] for each in layout.data["fields"]}
        assert mapped == {
            "reference": "Job number",
            "date": "Found on",
            "easting": "Easting",
            "northing": "Northing",
            "category": "What was found",
            "needles": "How many needles",
        }
        content = found(*(find(n, what="Foil" if n % 2 else "Syringe") for n in range(1, 21)), find(21, "31/06/2026"))
        delivery = sent(senders, content)
        assert (delivery.state, delivery.rows_kept) == (DeliveryState.LOADED, 20)
        assert KEY in store.datasets_loaded()
        rows = store.run(CountBy(Where(KEY), by=(Dimension.CATEGORY,)))
        assert sorted(rows) == [("foil", 10), ("needle", 10)]
        assert KEY in {state.spec.key for state in exchange.list_datasets(keeper(senders))}
        question = Question(KEY, Dimension.CATEGORY, purpose="Where bins are needed")
        answer = asking.ask(by=keeper(senders), question=question, now=NOW)
        assert {str(key): count for key, count in answer.rows} == {"foil": 10, "needle": 10}
        named = asking.names_of(Dimension.CATEGORY, answer.spec, ["needle"], "cy", JULY)
        assert named == {"needle": "Nodwydd"}

    def test_the_gate_holds_it_like_any_other(self, senders: Senders, tmp_path: Path) -> None:
        add(senders)
        learn_layout(senders.clerk, senders.police.pk, found(find(1)), tmp_path, dataset=KEY)
        header = f"{HEADER},Remarks"
        rows = [f"{find(n)},Seen by Mrs Jane Wilkinson of 07700 900123" for n in range(3)]
        learn_layout(senders.clerk, senders.police.pk, found(rows[0], header=header), tmp_path, dataset=KEY)
        assert sent(senders, found(*rows, header=header)).state == DeliveryState.HELD
        assert KEY not in store.datasets_loaded()

    def test_another_partnership_neither_sees_nor_sends_it(self, senders: Senders, tmp_path: Path) -> None:
        add(senders)
        learn_layout(senders.clerk, senders.police.pk, found(find(1)), tmp_path, dataset=KEY)
        sent(senders, found(find(1)))
        elsewhere = make_partnership("Elsewhere")
        force = organisation("Other Police", "police", elsewhere)
        clerk = person("B", force, elsewhere, Exchange.SEND, Permission.VIEW, Releases.ASK_CONTROLLED)
        with pytest.raises(BadInput, match="no dataset called"):
            send(clerk, force.pk, found(find(1)), dataset=KEY)
        assert KEY not in {spec.key for spec in exchange.datasets_sent_by(clerk, ["police"])}
        assert KEY not in {state.spec.key for state in exchange.list_datasets(clerk)}
        assert asking.list_datasets(clerk) == []
        with pytest.raises(BadInput, match="no dataset called"):
            asking.ask(by=clerk, question=Question(KEY, Dimension.MONTH, purpose="Out of interest"), now=NOW)

    def test_a_sender_of_two_partnerships_brings_rows_into_the_one_that_added_it(
        self, senders: Senders, tmp_path: Path
    ) -> None:
        elsewhere = make_partnership("Elsewhere")
        Membership.objects.create(
            organisation=senders.police, partnership=elsewhere, duty="responsible", from_on=date(2007, 7, 1)
        )
        add(senders)
        learn_layout(senders.clerk, senders.police.pk, found(find(1)), tmp_path, dataset=KEY)
        delivery = sent(senders, found(find(1)))
        scopes = SubmissionScope.objects.filter(submission_id=delivery.parts.get().submission_id)
        assert [each.partnership_id for each in scopes] == [senders.area.partnership.pk]

    def test_the_watched_folder_has_a_place_for_it_in_its_own_partnership(self, senders: Senders) -> None:
        organisation("Other Police", "police", make_partnership("Elsewhere"))
        add(senders)
        places = [each for each in folder.places(clock.london_date(NOW)) if each.dataset == KEY]
        assert {each.organisation.name for each in places} == {"Square Constabulary", "Square Council"}


class TestLedger:
    def returns(self, senders: Senders, **changes: Any) -> Any:
        add(senders, **changes)
        partnership = senders.area.partnership
        return ledger.get_ledger(keeper(senders), partnership.pk, period_of(JULY), NOW)

    def test_nobody_owes_what_was_only_added(self, senders: Senders) -> None:
        assert KEY not in {each.spec.key for each in self.returns(senders).returns}

    def test_what_is_due_is_expected_and_no_breach(self, senders: Senders) -> None:
        LedgerStart.objects.create(partnership=senders.area.partnership, on=date(2007, 7, 1))
        before = ledger.get_ledger(keeper(senders), senders.area.partnership.pk, period_of(JULY), NOW)
        found = self.returns(senders, duty=DUTY)
        expected = [each for each in found.returns if each.spec.key == KEY]
        assert [each.period.start for each in expected] == [date(2026, 7, 1), date(2026, 8, 1), date(2026, 9, 1)]
        assert not any(each.by_law for each in expected)
        assert found.answer == before.answer
        assert found.answer.verdict is not Verdict.NOTHING_OWED

    def test_another_partnership_expects_nothing(self, senders: Senders) -> None:
        elsewhere = make_partnership("Elsewhere")
        LedgerStart.objects.create(partnership=elsewhere, on=date(2007, 7, 1))
        Membership.objects.create(
            organisation=senders.police, partnership=elsewhere, duty="responsible", from_on=date(2007, 7, 1)
        )
        add(senders, duty=DUTY)
        reader = person("R", senders.police, elsewhere, Duties.VIEW)
        found = ledger.get_ledger(reader, elsewhere.pk, period_of(JULY), NOW)
        assert KEY not in {each.spec.key for each in found.returns}
        assert found.returns


class TestCatalogue:
    def test_one_small_query_and_none_for_what_ourpatch_brings(self, senders: Senders) -> None:
        add(senders)
        catalogue.every()
        with CaptureQueriesContext(
            connection,
        ) as asked:
            catalogue.dataset("police_crimes")
        assert len(asked) == 0
        with CaptureQueriesContext(connection) as asked:
            catalogue.dataset(KEY)
            catalogue.every()
        assert len(asked) == 2

    def test_a_change_that_was_rolled_back_is_not_remembered(self, senders: Senders) -> None:
        add(senders)
        undone = transaction.savepoint()
        revise_own_dataset(by=keeper(senders), key=KEY, version=1, spec=needles(label_en="Gone"), now=NOW)
        assert catalogue.dataset(KEY).label.en == "Gone"
        transaction.savepoint_rollback(undone)
        assert catalogue.dataset(KEY).label.en == "Needle finds"

    def test_one_that_cannot_be_read_hides_no_other(self, senders: Senders) -> None:
        add(senders)
        add(senders, key="own-bins", label_en="Bins", label_cy="Biniau")
        OwnDatasetVersion.objects.filter(dataset__key=KEY).update(specification={"key": KEY})
        catalogue._remembered.cache_clear()
        assert "own-bins" in catalogue.every()
        with pytest.raises(BadInput):
            catalogue.dataset(KEY)

    def test_senders_of_any_kind_that_it_names_may_send(self, senders: Senders) -> None:
        school = organisation("A School", "education", senders.area.partnership)
        clerk = person("S", school, senders.area.partnership, Exchange.SEND)
        add(senders, senders=["faith"])
        mosque = organisation("A Mosque", "faith", senders.area.partnership)
        keeps = person("M", mosque, senders.area.partnership, Exchange.SEND)
        assert list(exchange.senders_for(keeps, clock.london_date(NOW))) == [mosque]
        with pytest.raises(RuleBroken, match="not one that your kind"):
            send(clerk, school.pk, found(find(1)), dataset=KEY)
