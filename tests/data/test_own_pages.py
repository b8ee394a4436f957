"""The pages on which a partnership adds a dataset of its own, without JavaScript: by the form and by a file."""

from __future__ import annotations

from html import unescape
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.data.factories_deliveries import Senders, make_senders
from tests.data.factories_exchange import E0, N0, NOW
from tests.data.factories_own import KNOWN, NEEDLES, data, needles
from tests.data.test_delivery_pages import match_form, read, sign_in, upload
from tests.foundation.factories import make_partnership

from ourpatch.data.exchange import actions as exchange
from ourpatch.data.exchange import specification_forms as forms
from ourpatch.data.exchange import specification_lines as lines
from ourpatch.data.exchange.models import DeliveryState
from ourpatch.data.exchange.specification_forms import SpecificationForm
from ourpatch.data.store import catalogue, specs
from ourpatch.data.store import queries as store
from ourpatch.data.store.models import OwnDataset
from ourpatch.data.store.own import rules, texts
from ourpatch.data.store.own.actions import add_own_dataset
from ourpatch.data.store.permissions import Permission
from ourpatch.data.store.query import CountBy, Where
from ourpatch.foundation import law
from ourpatch.ground import clock
from ourpatch.ground.permission.actor import Actor

TODAY = clock.london_date(NOW)
KEY = "own-needle-finds"
database = [pytest.mark.room, pytest.mark.django_db]


@pytest.fixture
def senders() -> Senders:
    return make_senders()


@pytest.fixture
def officer(senders: Senders) -> Client:
    return sign_in(senders.police, "information_officer", senders)


def text_of(answer: Any) -> str:
    return " ".join(unescape(answer.content.decode()).split())


def page(name: str, *key: str) -> str:
    return reverse(f"exchange:{name}", args=key)


def typed(**changes: Any) -> dict[str, Any]:
    """What an officer types for needles, as a browser posts it."""
    values = {**forms.values_of(needles()), **changes}
    posted = {name: value for name, value in values.items() if value not in (None, False)}
    return {**posted, "rows": "6"}


def keeper(senders: Senders) -> Actor:
    return Actor.job("A keeper", [Permission.SPECIFY], [senders.area.partnership.pk])


def add(senders: Senders, /, **changes: Any) -> OwnDataset:
    return add_own_dataset(
        by=keeper(senders), partnership_id=senders.area.partnership.pk, spec=needles(**changes), now=NOW
    )


def take_over(client: Client, content: bytes, **more: str) -> Any:
    file = SimpleUploadedFile("needles.yaml", content)
    return client.post(page("upload_specification"), {"file": file, **more}, follow=True)


class TestByForm:
    pytestmark = database

    def test_added_field_by_field_looked_at_and_kept(self, officer: Client) -> None:
        first = officer.get(page("add_specification"))
        assert first.status_code == 200
        assert first.context["form"].rows == forms.ROWS_AT_FIRST
        grown = officer.post(page("add_specification"), {**typed(), "rows": "5", "add": "1"})
        assert grown.context["form"].rows == 6
        assert grown.context["form"].errors == {}
        assert grown.context["form"]["name_en"].value() == "Needle finds"
        assert grown.context["form"]["senders"].value() == ["district_council", "housing", "police"]
        looked = officer.post(page("add_specification"), {**typed(), "look": "1"})
        assert looked.context["form"].errors == {}
        assert "Needle finds, as people will see it" in text_of(looked)
        assert "When there is something to send" in text_of(looked)
        assert not OwnDataset.objects.exists()
        kept = officer.post(page("add_specification"), {**typed(), "save": "1"}, follow=True)
        assert "The dataset is added" in text_of(kept)
        spec = catalogue.dataset(KEY)
        assert spec.lists[0].codes == ("needle", "foil")
        kept_under = ["reference", "date", "easting", "northing", "category", "how_many_needles"]
        assert [each.key for each in spec.fields] == kept_under
        listed = text_of(officer.get(page("specifications")))
        assert listed.index("Datasets that your partnership added") < listed.index("Needle finds")

    def test_a_field_taken_out_moves_the_others_up(self, officer: Client) -> None:
        less = officer.post(page("add_specification"), {**typed(), "remove": "2"})
        form = less.context["form"]
        assert form.rows == 5
        assert [form[f"name_{at}"].value() for at in range(3)] == ["Job number", "Easting", "Northing"]

    @pytest.mark.parametrize(
        ("changes", "field", "says"),
        [
            ({"name_en": ""}, "name_en", "Give the dataset a name."),
            ({"name_en": "School exclusions"}, "name_en", "Ourpatch has a dataset of this name"),
            ({"name_en": "⚠"}, "name_en", "The key of a dataset"),
            ({"senders": []}, "senders", "at least one kind"),
            ({"data_class": "personal"}, "data_class", "Select a valid choice"),
            ({"data_class": "publishable"}, "data_class", "cannot be published"),
            ({"limits": ""}, "limits", "at least one thing"),
            ({"limits_cy": "Un\nDau"}, "limits_cy", "as many lines in Welsh"),
            ({"kind_5": ""}, "kind_5", "Choose what the field holds."),
            ({"name_5": ""}, "name_5", "Give the field a name."),
            ({"name_5": "Surname", "kind_5": "text"}, "name_5", "sounds like the name of a person"),
            ({"codes_4": ""}, "codes_4", "which codes"),
            ({"codes_4": "a b | Needle"}, "codes_4", "A code is of letters"),
            ({"codes_4": "needle\nneedle"}, "codes_4", "written alike"),
            ({"time_precision": "instant"}, "time_precision", "No field holds a time of day"),
            ({"place_precision": "none"}, "kind_2", "more exactly"),
            ({"kind_5": "n"}, "__all__", "A row is one incident here"),
            ({"needed_1": ""}, "__all__", "every row counts under a day"),
            ({"singles_1": "on"}, "least", "All of these fields are needed"),
        ],
    )
    def test_what_is_wrong_stands_beside_its_input(
        self, officer: Client, changes: dict[str, Any], field: str, says: str
    ) -> None:
        answer = officer.post(page("add_specification"), {**typed(**changes), "save": "1"})
        assert answer.status_code == 200
        assert any(says in message for message in answer.context["form"].errors[field]), answer.context["form"].errors
        assert not OwnDataset.objects.exists()

    def test_html_in_names_is_shown_as_it_is(self, officer: Client) -> None:
        sharp = "<script>alert(1)</script>"
        given = typed(
            name_en=f"Finds {sharp}", name_5=sharp, codes_4=f"a | {sharp}\nb | Foil", limits=sharp, limits_cy=sharp
        )
        kept = officer.post(page("add_specification"), {**given, "save": "1"}, follow=True)
        assert sharp not in kept.content.decode()
        assert kept.content.decode().count("&lt;script&gt;") >= 4
        for name in ("specifications", "send"):
            assert sharp not in officer.get(page(name)).content.decode()

    @pytest.mark.parametrize("rows", ["", "-1", "9" * 400, "10000", "x"])
    def test_ten_thousand_fields_are_forty(self, officer: Client, rows: str) -> None:
        answer = officer.post(page("add_specification"), {**typed(), "rows": rows, "look": "1"})
        assert answer.status_code == 200
        assert answer.context["form"].rows <= forms.MOST_ROWS
        more = officer.post(page("add_specification"), {**typed(), "rows": "40", "add": "1"})
        assert more.context["form"].rows == forms.MOST_ROWS
        assert "Add another field" not in text_of(more)

    def test_a_new_version_is_made_and_an_old_page_is_told(self, officer: Client, senders: Senders) -> None:
        add(senders)
        form = officer.get(page("revise_specification", KEY)).context["form"]
        assert form["name_5"].value() == "How many needles"
        assert form["codes_4"].value() == "needle | Needle | Nodwydd | Syringe\nfoil | Foil | Ffoil"
        changed = {**typed(name_en="Drug litter"), "version": "1", "save": "1"}
        assert "Version 2 of the dataset" in text_of(
            officer.post(page("revise_specification", KEY), changed, follow=True)
        )
        assert catalogue.dataset(KEY).label.en == "Drug litter"
        late = officer.post(page("revise_specification", KEY), {**changed, "name_en": "Foil"})
        assert "Somebody else revised" in text_of(late)
        assert late.context["version"] == "1"
        assert catalogue.dataset(KEY).label.en == "Drug litter"

    def test_retired_with_a_reason(self, officer: Client, senders: Senders) -> None:
        add(senders)
        assert "in a sentence" in text_of(officer.post(page("retire_specification", KEY), {"reason": "no"}))
        done = officer.post(page("retire_specification", KEY), {"reason": "Wardens stopped."}, follow=True)
        assert "The dataset is retired" in text_of(done)
        assert "Revise this dataset" not in text_of(done)
        assert officer.get(page("revise_specification", KEY)).status_code == 302
        assert "Needle finds (retired)" in text_of(officer.get(page("specifications")))


class TestByFile:
    pytestmark = database

    def test_downloaded_changed_and_taken_in(self, officer: Client, senders: Senders) -> None:
        add(senders)
        answer = officer.get(page("specification_file", KEY))
        assert answer["Content-Disposition"] == 'attachment; filename="own-needle-finds.yaml"'
        assert texts.read(answer.content, KNOWN) == needles()
        changed = answer.content.replace(b"own-needle-finds", b"own-foil").replace(b"Needle finds", b"Foil finds")
        assert "The dataset is added" in text_of(take_over(officer, changed))
        again = changed.replace(b"Foil finds", b"Foil and spoons")
        assert "Version 2 of the dataset" in text_of(take_over(officer, again))
        assert catalogue.dataset("own-foil").label.en == "Foil and spoons"

    @pytest.mark.parametrize(
        ("content", "says"),
        [
            (b"x" * (5 * 1024 * 1024), "larger than 256 KB"),
            (
                texts.write(needles()).replace("kind: count", "kind: shape").encode(),
                "fields, needles, kind: Write one of",
            ),
            (texts.write(needles()).replace(KEY, "fire_incidents").encode(), "Line 1, key: The key of a dataset"),
            (texts.write(needles(data_class="personal")).encode(), "never a dataset"),
            (b"\xff\xfe", "not text in UTF-8"),
            (b"", "The file is empty."),
        ],
    )
    def test_a_hostile_file_is_refused_with_its_line(self, officer: Client, content: bytes, says: str) -> None:
        answer = take_over(officer, content)
        assert any(says in message for message in answer.context["form"].errors["file"])
        assert not OwnDataset.objects.exists()

    def test_what_rows_depend_on_is_told_with_its_line(
        self, officer: Client, senders: Senders, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        add(senders)
        monkeypatch.setattr("ourpatch.data.store.own.queries.has_rows", lambda key: True)
        content = texts.write(needles()).replace("kind: count", "kind: text")
        line = content.split("\n").index("  kind: text") + 1
        answer = take_over(officer, content.encode())
        assert f"Line {line}, fields, needles, kind: Rows are loaded" in answer.context["form"].errors["file"][0]


class TestWhoMay:
    pytestmark = database

    def test_a_clerk_reads_and_changes_nothing(self, senders: Senders) -> None:
        add(senders)
        clerk = sign_in(senders.police, "data_clerk", senders)
        shown = text_of(clerk.get(page("specification", KEY)))
        assert ">Needle finds <" in shown
        assert "Wardens look where they are sent." in shown
        assert "Revise this dataset" not in shown
        assert "Add a dataset of your own" not in text_of(clerk.get(page("specifications")))
        assert clerk.get(page("specification_file", KEY)).status_code == 200
        for name, key in (("add_specification", ()), ("upload_specification", ())):
            assert clerk.get(page(name, *key)).status_code == 403
        for name in ("revise_specification", "retire_specification"):
            assert clerk.post(page(name, KEY), {"reason": "Wardens stopped."}).status_code == 404

    def test_another_partnership_finds_nothing(self, officer: Client, senders: Senders) -> None:
        other = make_partnership("Elsewhere")
        by = Actor.job("x", [Permission.SPECIFY], [other.pk])
        add_own_dataset(by=by, partnership_id=other.pk, spec=needles(), now=NOW)
        for name in ("specification", "specification_file", "revise_specification", "retire_specification"):
            assert officer.get(page(name, KEY)).status_code == 404
        assert "Needle finds" not in text_of(officer.get(page("specifications")))
        assert "Needle finds" not in text_of(officer.get(page("send")))
        taken = officer.post(page("add_specification"), {**typed(), "save": "1"})
        assert "already" in taken.context["form"].errors["name_en"][0]


class TestEndToEnd:
    pytestmark = database

    def test_a_clerk_sends_it_by_the_page(self, officer: Client, senders: Senders) -> None:
        officer.post(page("add_specification"), {**typed(), "save": "1"})
        clerk = sign_in(senders.police, "data_clerk", senders)
        assert "Needle finds" in text_of(clerk.get(page("send")))
        header = "Job number,Found on,Easting,Northing,What was found,How many needles"
        rows = [f"J{n},0{n}/07/2026,{E0 + 1000},{N0 + 1000},Spoon,2" for n in range(1, 5)]
        content = "\n".join([header, *rows]).encode()
        delivery = upload(clerk, senders, content, dataset=KEY, period="2026-07-01/1")
        assert delivery is not None
        assert read(delivery).state == DeliveryState.UNMAPPED
        given = {**match_form(clerk, delivery), "code_category_0": "foil", "name": "Wardens' app", "save": "1"}
        assert (given["column_date"], given["column_how_many_needles"]) == ("Found on", "How many needles")
        assert clerk.post(page("match", str(delivery.pk)), given).status_code == 302
        assert read(delivery).state == DeliveryState.LOADED
        assert store.run(CountBy(Where(KEY))) == [(4,)]
        assert "Needle finds" in text_of(clerk.get(page("deliveries")))
        assert "Needle finds" in text_of(clerk.get(page("layouts")))
        assert "Needle finds" in text_of(officer.get(page("data")))
        asked = officer.post(
            reverse("disclosure:ask"), {"dataset": KEY, "by": "category", "purpose": "Where bins are needed"}
        )
        assert "Foil" in text_of(asked)

    def test_a_list_of_deliveries_asks_once_for_all_datasets(
        self, officer: Client, senders: Senders, django_assert_max_num_queries: Any
    ) -> None:
        add(senders)
        for n in range(6):
            exchange.receive(
                by=senders.clerk,
                organisation_id=senders.police.pk,
                dataset=KEY,
                filename=f"{n}.csv",
                content=BytesIO(b"a\n1\n"),
                size=4,
                channel="browser",
                now=NOW,
            )
        officer.get(page("deliveries"))
        with django_assert_max_num_queries(200) as asked:
            officer.get(page("deliveries"))
        marks = [each for each in asked.captured_queries if "catalogue" in each["sql"]]
        assert len(marks) == 2


FORM_LISTS = {
    "genders": law.book(TODAY).codes("genders"),
    "council_asb_types": law.book(TODAY).codes("council_asb_types"),
}
WORDS = st.text("abcdefgh ÂŵŷÉ'’-()/", min_size=1, max_size=20).filter(lambda text: len(set(text) - set(" '’-()/")) > 1)


def bound(spec: specs.DatasetSpec) -> SpecificationForm:
    values = {name: value for name, value in forms.values_of(spec).items() if value not in (None, False)}
    return SpecificationForm(values, rows=len(spec.fields), lists=FORM_LISTS)


@st.composite
def specifications(draw: Any) -> dict[str, Any]:
    """Own datasets that the form can say: every kind of list, lines in both languages, with and without a rhythm."""
    names = iter(draw(st.lists(WORDS, min_size=40, max_size=40, unique_by=lambda text: rules._plain(text))))

    def label() -> dict[str, str]:
        return {"label_en": lines.one_line(next(names)), "label_cy": lines.one_line(next(names))}

    items = [
        {"code": code, "en": lines.one_line(next(names)), "cy": lines.one_line(next(names))}
        for code in draw(st.lists(st.sampled_from(["a", "B2", "c-3", "04"]), min_size=1, max_size=4, unique=True))
    ]
    fields: list[dict[str, Any]] = [
        {"key": "date", "kind": "date", "required": True, **label(), "names": [lines.one_line(next(names))]},
        {"key": "category", "kind": "code", "list": "own_category", "required": draw(st.booleans()), **label()},
        {"key": "who", "kind": "code", "list": "genders", **label()},
        {"key": "notes", "kind": "text", **label(), "hint_en": lines.one_line(next(names)), "hint_cy": "Awgrym"},
    ]
    own = {"key": "own_category", "label_en": fields[1]["label_en"], "label_cy": fields[1]["label_cy"], "items": items}
    why = dict(zip(("why_en", "why_cy"), forms._in_both(forms.few_alike(4)), strict=True))
    duty = {"authorities": NEEDLES["senders"], "since": "2026-11-01", "source": "Agreed", "by_law": False}
    return data(
        fields=fields,
        lists=[own],
        scheme="own_category",
        place_precision="none",
        source="Agreed",
        must_not_hold=[{"en": lines.one_line(next(names)), "cy": lines.one_line(next(names))}],
        **({"duty": duty, "period": draw(st.sampled_from(["month", "quarter"]))} if draw(st.booleans()) else {}),
        singling=[{"fields": ["who", "notes"], "least": 4, **why}] if draw(st.booleans()) else [],
    )


@pytest.mark.rules
@given(specifications())
@settings(max_examples=50, deadline=None)
def test_form_to_specification_to_file_and_back(plain: dict[str, Any]) -> None:
    spec = specs.parse(plain)
    if rules.check_own(spec, KNOWN):
        return
    form = bound(spec)
    assert form.is_valid(), form.errors
    made = specs.parse(form.made(spec, TODAY))
    assert made == spec
    taken_in = texts.read(texts.write(made).encode(), KNOWN)
    assert taken_in == spec
    assert forms.values_of(taken_in) == forms.values_of(spec)


@pytest.mark.rules
@given(
    st.lists(
        st.tuples(st.from_regex(r"[A-Za-z0-9_.-]{1,8}", fullmatch=True), WORDS, WORDS, st.lists(WORDS, max_size=2)),
        max_size=6,
    )
)
@settings(max_examples=50)
def test_codes_as_lines_and_back(rows: list[tuple[str, str, str, list[str]]]) -> None:
    plain = [
        {
            "code": code,
            "en": lines.one_line(en),
            "cy": lines.one_line(cy),
            **({"also": said} if (said := [lines.one_line(each) for each in also]) else {}),
        }
        for code, en, cy, also in rows
    ]
    listed = specs.parse(data(lists=[{"key": "k", "label_en": "K", "label_cy": "K", "items": plain}])).lists[0]
    assert lines.codes_in(lines.code_lines(listed)) == plain


@pytest.mark.rules
def test_a_name_alone_is_a_code() -> None:
    assert lines.codes_in("Broken glass\n\n  Broken   glass \nx | Foil") == [
        {"code": "broken_glass", "en": "Broken glass", "cy": "Broken glass"},
        {"code": "broken_glass_2", "en": "Broken glass", "cy": "Broken glass"},
        {"code": "x", "en": "Foil", "cy": "Foil"},
    ]


@pytest.mark.rules
def test_rules_that_the_form_has_no_room_for_are_kept() -> None:
    why = {"why_en": "A", "why_cy": "B"}
    two = needles(
        singling=[{"fields": ["needles"], "least": 3, **why}, {"fields": ["needles", "easting"], "least": 5, **why}]
    )
    form = bound(two)
    assert form.is_valid()
    assert specs.parse(form.made(two, TODAY)).singling == two.singling
