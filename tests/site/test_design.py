"""The design system keeps its promises: components hold to their contract, forms can be used without seeing or pointing."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils.translation import override

from ourpatch.site.design import components
from ourpatch.site.design.forms import error_links
from ourpatch.site.design.templatetags.ourpatch import london_date, london_datetime, london_time

pytestmark = pytest.mark.room

VOID = {"input", "br", "hr", "img", "link", "meta", "path", "rect"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    text: str = ""


@dataclass
class Markup(HTMLParser):
    """A fragment of HTML as a flat list of elements, with what is wrong about it."""

    elements: list[Element] = field(default_factory=list)
    _open: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    @classmethod
    def of(cls, html: str) -> Markup:
        markup = cls()
        markup.feed(html)
        return markup

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open, f"</{tag}> closes nothing"
            assert self._open.pop().tag == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def all(self, *tags: str) -> list[Element]:
        return [element for element in self.elements if element.tag in tags]

    def ids(self) -> list[str]:
        return [element.attributes["id"] for element in self.elements if "id" in element.attributes]

    def faults(self) -> Iterator[str]:
        """What would stop somebody: everything here is a rule that each fragment must keep."""
        if self._open:
            yield f"not closed: {[element.tag for element in self._open]}"
        yield from (f"id twice: {name}" for name, count in Counter(self.ids()).items() if count > 1)
        yield from (f"empty id on {e.tag}" for e in self.elements if e.attributes.get("id") == "")
        for element in self.elements:
            yield from self._faults_of(element)

    def _faults_of(self, element: Element) -> Iterator[str]:
        attributes, ids = element.attributes, set(self.ids())
        if {"style", "onclick", "onchange"} & attributes.keys() or element.tag in ("style", "script"):
            yield f"inline style or script on {element.tag}"
        for name in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
            yield from (f"{name} leads nowhere: {one}" for one in attributes.get(name, "").split() if one not in ids)
        if element.tag in ("a", "button", "label", "legend", "summary", "th") and not element.text.strip():
            yield f"{element.tag} without words"
        if element.tag == "a" and not attributes.get("href"):
            yield "a link that leads nowhere"
        labelled = {label.attributes.get("for") for label in self.all("label")} - {None}
        takes_input = element.tag in ("input", "select", "textarea") and attributes.get("type") != "hidden"
        if takes_input and attributes.get("id") not in labelled:
            yield f"no label for {attributes.get('name')}"
        if element.tag == "svg" and attributes.get("aria-hidden") != "true":
            yield "a drawing that is not hidden from screen readers"


EXAMPLES = [(name, example) for name in components.names() for example in components.get(name).examples]


# ---------------------------------------------------------------- components


@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=[f"{name}: {example.name}" for name, example in EXAMPLES])
def test_every_example_is_sound_markup(name: str, example: components.Example) -> None:
    html = components.render(name, example.params)
    assert list(Markup.of(html).faults()) == []
    assert "None" not in html


@pytest.mark.parametrize("name", components.names())
def test_every_component_says_when_not_to_use_it(name: str) -> None:
    guidance = components.get(name).guidance
    for heading in ("## When to use\n", "## When not to use\n", "## Accessibility\n"):
        assert heading in guidance


def test_every_parameter_that_is_shown_by_an_example_is_described() -> None:
    for name in components.names():
        component = components.get(name)
        for example in component.examples:
            component.check(example.params)


@pytest.mark.parametrize("name", ["no-such-thing", "../base", ""])
def test_a_component_that_does_not_exist_raises(name: str) -> None:
    with pytest.raises(components.ComponentError, match="There is no component"):
        components.render(name, {})


def test_a_misspelled_parameter_raises_and_names_the_right_ones() -> None:
    with pytest.raises(components.ComponentError, match=r"unknown \['color'\].*colour"):
        components.render("tag", {"text": "Open", "color": "red"})


def test_a_missing_parameter_raises() -> None:
    with pytest.raises(components.ComponentError, match=r"missing \['text'\]"):
        components.render("button", {})


def test_what_people_wrote_is_escaped() -> None:
    html = components.render("summary-list", {"rows": [{"key": "What", "value": "<script>alert(1)</script>"}]})
    assert "<script>" not in html


def test_a_block_becomes_the_body() -> None:
    source = '{% load ourpatch %}{% componentblock "details" summary="Why" %}<p>{{ reason }}</p>{% endcomponentblock %}'
    html = Template(source).render(Context({"reason": "a < b"}))
    assert "<p>a &lt; b</p>" in html


def test_columns_of_figures_are_aligned_in_head_and_body() -> None:
    html = components.render(
        "table", {"caption": "C", "head": ["Area", {"text": "N", "numeric": True}], "rows": [["Mill Lane", 3]]}
    )
    markup = Markup.of(html)
    assert "govuk-table__header--numeric" in markup.all("th")[1].attributes["class"]
    assert "govuk-table__cell--numeric" in markup.all("td")[1].attributes["class"]


def test_a_row_that_does_not_fit_its_head_raises() -> None:
    with pytest.raises(ValueError):
        components.render("table", {"caption": "C", "head": ["One"], "rows": [["a", "b"]]})


def test_paging_keeps_the_rest_of_the_address() -> None:
    request = RequestFactory().get("/concerns/", {"state": "open", "page": "2"})
    html = components.render("pagination", {"page": Paginator(range(100), 10).page(2)}, request)
    assert "?state=open&amp;page=3" in html


@pytest.mark.parametrize("state", ["running", "soon", "overdue", "met", "paused"])
def test_a_clock_says_its_state_in_words(state: str) -> None:
    due = dt.datetime(2026, 6, 5, 14, 30, tzinfo=dt.UTC)
    html = components.render("clock", {"promise": "Answer", "state": state, "due": due})
    words = {"running": "Running", "soon": "Due soon", "overdue": "Overdue", "met": "Kept", "paused": "Paused"}
    assert words[state] in html
    assert "5 June 2026 at 3:30pm" in html


# ---------------------------------------------------------------- dates


def test_moments_are_written_in_london_time() -> None:
    assert london_datetime(dt.datetime(2026, 1, 5, 23, 5, tzinfo=dt.UTC)) == "5 January 2026 at 11:05pm"
    assert london_datetime(dt.datetime(2026, 7, 5, 23, 5, tzinfo=dt.UTC)) == "6 July 2026 at 12:05am"


@pytest.mark.parametrize(
    ("hour", "minute", "words"),
    [(0, 0, "midnight"), (12, 0, "midday"), (15, 0, "3pm"), (15, 30, "3:30pm"), (0, 30, "12:30am"), (12, 5, "12:05pm")],
)
def test_times_are_written_as_people_say_them(hour: int, minute: int, words: str) -> None:
    assert london_time(dt.datetime(2026, 1, 5, hour, minute, tzinfo=dt.UTC)) == words


def test_nothing_is_written_for_nothing() -> None:
    assert (london_date(None), london_time(None), london_datetime(None)) == ("", "", "")


def test_days_are_written_in_welsh() -> None:
    with override("cy"):
        assert london_date(dt.date(2026, 6, 5)) == "5 Mehefin 2026"


# ---------------------------------------------------------------- forms


class Everything(forms.Form):
    """One field of each kind that a room may use."""

    what = forms.CharField(
        label="What happened?", help_text="In your own words.", max_length=300, widget=forms.Textarea
    )
    name = forms.CharField(label="Your name", required=False)
    people = forms.IntegerField(label="How many people?", min_value=1)
    birth_day = forms.DateField(label="When was it?", help_text="For example, 31 3 2026", widget=forms.SelectDateWidget)
    day = forms.DateField(label="Which day?", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    kind = forms.ChoiceField(label="What was it?", choices=[("a", "Noise"), ("b", "Fire")], widget=forms.RadioSelect)
    reach = forms.MultipleChoiceField(
        label="How may we reach you?", choices=[("a", "Phone"), ("b", "Post")], widget=forms.CheckboxSelectMultiple
    )
    area = forms.ChoiceField(label="Area", choices=[("", ""), ("b", "Mill Lane")])
    agree = forms.BooleanField(label="I agree", help_text="You can change your mind.")
    secret = forms.CharField(label="Password", widget=forms.PasswordInput)
    photo = forms.FileField(label="Photo", required=False)
    version = forms.CharField(widget=forms.HiddenInput)


def test_every_field_can_be_used_without_seeing_it() -> None:
    assert list(Markup.of(Everything().render()).faults()) == []
    assert list(Markup.of(Everything({}).render()).faults()) == []


def test_every_error_leads_to_the_box_to_change() -> None:
    form = Everything({})
    ids = set(Markup.of(form.render()).ids())
    links = [link["href"] for link in error_links(form) if link["href"]]
    assert len(links) == 9
    assert {href.removeprefix("#") for href in links} <= ids
    assert "#id_birth_day_day" in links
    assert "#id_kind_0" in links


def test_a_wrong_field_says_so_where_it_stands() -> None:
    markup = Markup.of(Everything({}).render())
    what = next(element for element in markup.all("textarea") if element.attributes["name"] == "what")
    assert what.attributes["aria-invalid"] == "true"
    assert what.attributes["aria-describedby"] == "id_what_helptext id_what_error"
    group = next(element for element in markup.all("fieldset") if "What was it?" in element.text)
    assert group.attributes["aria-describedby"] == "id_kind_error"


def test_errors_stand_once_above_the_heading_or_else_above_the_fields() -> None:
    above = "{% load ourpatch %}{% form_errors form %}<h1>H</h1>{% form form %}"
    plain = "{% load ourpatch %}<h1>H</h1>{% form form %}"
    for source in (above, plain):
        html = Template(source).render(Context({"form": Everything({})}))
        assert html.count("There is a problem") == 1
    assert Template(above).render(Context({"form": Everything()})).startswith("<h1>")


def test_an_error_of_the_form_as_a_whole_and_of_a_hidden_field_is_told() -> None:
    form = Everything({})
    form.add_error(None, "Somebody changed this meanwhile.")
    texts = [link["text"] for link in error_links(form) if not link["href"]]
    assert texts == ["Somebody changed this meanwhile.", "This field is required."]
    assert form.render().count("Somebody changed this meanwhile.") == 1
    tagged = Template("{% load ourpatch %}{% form form %}").render(Context({"form": form}))
    assert tagged.count("Somebody changed this meanwhile.") == 1


@pytest.mark.parametrize("language", ["en", "cy"])
def test_dates_are_asked_day_first_and_come_back_as_typed(language: str) -> None:
    with override(language):
        form = Everything({"birth_day_day": "31", "birth_day_month": "3", "birth_day_year": "2026"})
        markup = Markup.of(str(form["birth_day"]))
        boxes = [(box.attributes["name"], box.attributes["value"]) for box in markup.all("input")]
        assert boxes == [("birth_day_day", "31"), ("birth_day_month", "3"), ("birth_day_year", "2026")]
        form.is_valid()
        assert form.cleaned_data["birth_day"] == dt.date(2026, 3, 31)


def test_a_day_that_does_not_exist_is_refused_and_shown_again() -> None:
    form = Everything({"birth_day_day": "31", "birth_day_month": "2", "birth_day_year": "2026"})
    assert form.has_error("birth_day")
    values = [box.attributes["value"] for box in Markup.of(str(form["birth_day"])).all("input")]
    assert values == ["31", "2", "2026"]


def test_words_beyond_the_limit_can_be_typed_and_are_counted() -> None:
    html = str(Everything()["what"])
    assert 'data-maxlength="300"' in html
    assert " maxlength=" not in html
    assert "You can enter up to 300 characters" in html


def test_numbers_are_asked_in_a_text_box() -> None:
    box = Markup.of(str(Everything()["people"])).all("input")[0]
    assert (box.attributes["type"], box.attributes["inputmode"]) == ("text", "numeric")


def test_only_optional_fields_are_marked_and_no_browser_bubbles_appear() -> None:
    html = Everything().render()
    assert html.count("(optional)") == 2
    assert " required" not in html
    assert "placeholder" not in html


def test_a_question_can_be_the_heading_of_its_page() -> None:
    source = "{% load ourpatch %}{% field form.what page_heading=True %}{% field form.kind page_heading=True %}"
    markup = Markup.of(Template(source).render(Context({"form": Everything()})))
    assert [heading.text.split() for heading in markup.all("h1")] == [["What", "happened?"], ["What", "was", "it?"]]
    assert list(markup.faults()) == []
