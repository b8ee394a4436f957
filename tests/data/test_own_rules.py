"""What a partnership's own dataset may be, what of it may change, and its specification as a file."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.data.factories_own import KNOWN, NEEDLES, data, field, needles

from ourpatch.data.store import files, specs
from ourpatch.data.store.own import rules, texts
from ourpatch.data.store.rules import PlacePrecision
from ourpatch.data.store.specs import FieldKind
from ourpatch.ground.errors import RuleBroken

pytestmark = pytest.mark.rules

WITHOUT = {"fields": [each for each in NEEDLES["fields"] if each["key"] not in ("easting", "northing")]}
POSTCODE = {"key": "postcode", "kind": "postcode", "label_en": "Postcode", "label_cy": "Cod post"}


def faults(**changes: Any) -> dict[str, str]:
    found = rules.check_own(needles(**changes), KNOWN)
    return {place: str(messages[0]) for place, messages in found.by_field.items()}


def refusals(content: str | bytes) -> list[str]:
    with pytest.raises(RuleBroken) as refused:
        texts.read(content.encode() if isinstance(content, str) else content, KNOWN)
    return [str(message) for _name, message in refused.value.problems]


class TestWhatItMayBe:
    def test_needles_may_be_added(self) -> None:
        assert faults() == {}

    @pytest.mark.parametrize(
        "key", ["fire_incidents", "needle-finds", "own-", "own-Needles", "own-a_b", f"own-{'a' * 40}"]
    )
    def test_its_key_is_its_own(self, key: str) -> None:
        assert "own-" in faults(key=key)["key"]

    @pytest.mark.parametrize("name", ["School exclusions", "school  EXCLUSIONS"])
    def test_it_does_not_pass_for_a_statutory_dataset(self, name: str) -> None:
        assert "Ourpatch has a dataset of this name" in faults(label_en=name)["label_en"]

    def test_nothing_personal(self) -> None:
        assert "never a dataset" in faults(data_class="personal")["data_class"]

    def test_an_exact_place_is_not_published(self) -> None:
        assert "cannot be published" in faults(data_class="publishable")["data_class"]
        coarse = {"place_precision": "none", **WITHOUT}
        assert faults(data_class="publishable", **coarse) == {}
        fields = [*WITHOUT["fields"], {"key": "age", "kind": "age", "label_en": "Age", "label_cy": "Oed"}]
        assert (
            "age cannot be published"
            in faults(data_class="publishable", **{**coarse, "fields": fields})["fields.4.kind"]
        )

    def test_only_the_law_makes_a_duty_of_law(self) -> None:
        duty = {"authorities": ["police"], "since": "2026-07-01", "source": "Agreed"}
        assert "by_law" in faults(duty=duty)["duty"]
        assert faults(duty={**duty, "by_law": False}) == {}
        assert (
            "among its senders" in faults(duty={**duty, "authorities": ["fire"], "by_law": False})["duty.authorities"]
        )

    def test_senders_are_kinds_of_organisation(self) -> None:
        assert "at least one" in faults(senders=[])["senders"]
        assert "no kind of organisation" in faults(senders=["police", "<b>spies</b>"])["senders.1"]

    @pytest.mark.parametrize("key", ["row_number", "district", "place", "outcome", "scheme"])
    def test_a_field_does_not_hide_behind_a_column_of_the_store(self, key: str) -> None:
        assert "Every row has" in faults(fields=field("needles", key=key))["fields.5.key"]

    def test_the_columns_that_every_row_has_are_known(self) -> None:
        assert set(files.ROW.names) == rules.TAKEN

    def test_keys_headings_and_lists_are_told_apart(self) -> None:
        assert "Two fields" in faults(fields=field("needles", key="reference"))["fields.0.key"]
        assert "“Day found”" in faults(fields=field("needles", names=["Found on"]))["fields.5.label"]
        assert "which codes" in faults(fields=field("category", list="ghosts"))["fields.4.list"]
        assert "another key" in faults(lists=[{**NEEDLES["lists"][0], "key": "genders"}])["lists.0.key"]
        twice = [{**NEEDLES["lists"][0], "items": [{"code": code, "en": "A", "cy": "A"} for code in "ab"]}]
        assert "written alike" in faults(lists=twice)["lists.0.items.0"]

    def test_rows_have_a_day_and_it_fits_the_precision(self) -> None:
        assert "every row counts under a day" in faults(fields=field("date", required=False))["fields"]
        assert "time of day" in faults(time_precision="instant")["time_precision"]
        timed = [*NEEDLES["fields"], {"key": "time", "kind": "time", "label_en": "Time", "label_cy": "Amser"}]
        assert "finer precision" in faults(fields=timed)["time_precision"]
        assert faults(fields=timed, time_precision="instant") == {}

    def test_the_place_is_as_exact_as_is_said(self) -> None:
        assert "in pairs" in faults(fields=field("northing", key="x", kind="text"))["fields"]
        assert "more exactly" in faults(place_precision="none")["fields.2.kind"]
        assert "No field says the place" in faults(place_precision="outward")["place_precision"]

    def test_a_dataset_of_postcodes_has_their_field_and_no_coordinates(self) -> None:
        found = faults(place_precision="postcode", fields=[*NEEDLES["fields"], POSTCODE])
        assert {key for key in found if key.startswith("fields.")} == {"fields.2.kind", "fields.3.kind"}
        assert faults(place_precision="postcode", fields=[*WITHOUT["fields"], POSTCODE]) == {}
        assert "No field says the place" in faults(place_precision="postcode", **WITHOUT)["place_precision"]
        assert (
            "cannot be published"
            in faults(place_precision="postcode", fields=[*WITHOUT["fields"], POSTCODE], data_class="publishable")[
                "data_class"
            ]
        )

    def test_counts_have_their_number_and_an_area(self) -> None:
        found = faults(aggregate=True)
        assert "field with the number" in found["fields"]
        assert "no exact place" in found["place_precision"]
        assert "month or a quarter" in found["time_precision"]
        assert "one incident" in faults(fields=field("needles", key="n"))["fields"]

    def test_what_singles_out_can_be_mended(self) -> None:
        why = {"why_en": "Somebody would know.", "why_cy": "Byddai rhywun yn gwybod."}
        assert faults(singling=[{"fields": ["needles"], "least": 3, **why}]) == {}
        assert "Name fields" in faults(singling=[{"fields": ["age"], "least": 3, **why}])["singling.0.fields"]
        assert "mend a file" in faults(singling=[{"fields": ["date"], "least": 3, **why}])["singling.0.fields"]
        assert "2 and 100" in faults(singling=[{"fields": ["needles"], "least": 1, **why}])["singling.0.least"]

    def test_ten_thousand_fields_are_one_message(self) -> None:
        many = [{**NEEDLES["fields"][0], "key": f"f{n}"} for n in range(10_000)]
        found = rules.check_own(needles(fields=many), KNOWN)
        assert "this one has 10000" in str(found.by_field["fields"][0])
        assert sum(len(messages) for messages in found.by_field.values()) < 10

    def test_words_are_there_in_both_languages_and_short(self) -> None:
        assert "in English and in Welsh" in faults(label_cy=" ")["label_cy"]
        assert "under 120" in faults(label_en="x" * 121)["label_en"]
        assert "cannot be seen" in faults(label_en="a\u202eb")["label_en"]


class TestKeys:
    def test_a_name_gives_a_key(self) -> None:
        assert rules.key_of("Needle finds (wardens)") == "own-needle-finds-wardens"
        assert rules.key_of("⚠️") == ""
        assert len(rules.key_of("x" * 200)) == rules.LONGEST_KEY

    @given(
        st.text(max_size=60),
        st.sampled_from(FieldKind),
        st.sets(st.sampled_from(["date", "needles", "place", "field"])),
    )
    def test_a_field_gets_a_key_that_may_be_used(self, name: str, kind: FieldKind, taken: set[str]) -> None:
        key = rules.field_key(kind, name, taken)
        assert key not in taken
        spec = needles(fields=[{"key": key, "kind": str(kind), "label_en": "A", "label_cy": "B", "list": None}])
        assert not [place for place, _says in rules.check_own(spec, KNOWN) if place == "fields.0.key"]


class TestRevision:
    def changes(self, **changed: Any) -> dict[str, str]:
        return {place: str(says) for place, says in rules.check_revision(needles(), needles(**changed))}

    def test_words_new_fields_and_new_codes_may_come(self) -> None:
        items = [*NEEDLES["lists"][0]["items"], {"code": "pipe", "en": "Pipe", "cy": "Pibell"}]
        more = [*NEEDLES["fields"], {"key": "notes", "kind": "text", "label_en": "Notes", "label_cy": "Nodiadau"}]
        assert self.changes(label_en="Drug litter", fields=more, lists=[{**NEEDLES["lists"][0], "items": items}]) == {}

    def test_a_field_that_rows_have_stays(self) -> None:
        assert (
            "“Easting”"
            in self.changes(fields=[each for each in NEEDLES["fields"] if each["key"] != "easting"])["fields"]
        )
        assert "new field beside it" in self.changes(fields=field("needles", kind="text"))["fields.5.kind"]

    def test_a_code_that_rows_have_stays(self) -> None:
        fewer = [{**NEEDLES["lists"][0], "items": NEEDLES["lists"][0]["items"][:1]}]
        assert "foil" in self.changes(lists=fewer)["fields.4.list"]
        assert "It stays" in self.changes(fields=field("category", list="council_asb_types"))["fields.4.list"]

    @pytest.mark.parametrize(
        ("name", "value"),
        [("aggregate", True), ("time_precision", "month"), ("place_precision", "snapped"), ("period", "quarter")],
    )
    def test_what_a_row_is_stays(self, name: str, value: object) -> None:
        assert "stays as it was" in self.changes(**{name: value})[name]

    def test_what_was_controlled_is_never_published(self) -> None:
        assert "cannot become publishable" in self.changes(data_class="publishable")["data_class"]
        before = needles(data_class="publishable")
        assert not rules.check_revision(before, needles())


class TestFile:
    def test_what_is_written_is_read(self) -> None:
        spec = needles()
        assert texts.read(texts.write(spec).encode(), KNOWN) == spec
        assert texts.parsed(texts.as_data(spec)) == spec

    def test_a_byte_order_mark_and_windows_lines_are_read(self) -> None:
        content = texts.write(needles()).replace("\n", "\r\n")
        assert texts.read(b"\xef\xbb\xbf" + content.encode(), KNOWN) == needles()

    @pytest.mark.parametrize("spec", specs.every().values(), ids=lambda spec: spec.key)
    def test_what_ourpatch_brings_is_written_as_it_is_read(self, spec: Any) -> None:
        assert texts.parsed(texts.as_data(spec)) == (spec if spec.mapped else specs.parse(texts.as_data(spec)))

    def test_codes_stay_as_they_are_written(self) -> None:
        content = texts.write(needles()).replace("code: needle", "code: 0123").replace("en: Foil", "en: No")
        items = texts.read(content.encode(), KNOWN).lists[0].items
        assert [(item.code, item.label.en) for item in items] == [("0123", "Needle"), ("foil", "No")]

    def test_a_fault_is_told_with_its_line_and_field(self) -> None:
        content = texts.write(needles())
        line = content.split("\n").index("  kind: count") + 1
        assert refusals(content.replace("kind: count", "kind: shape")) == [
            f"Line {line}, fields, needles, kind: Write one of: {', '.join(FieldKind)}."
        ]
        (missing,) = refusals(content.replace("  label_cy: Faint o nodwyddau\n", ""))
        assert "fields, needles: “label_cy” is missing." in missing
        coarse = content.replace("place_precision: exact", "place_precision: outward")
        line = coarse.split("\n").index("place_precision: outward") + 1
        assert refusals(coarse)[0].startswith(f"Line {line}, place_precision: No field says the place")

    def test_unknown_twice_and_half(self) -> None:
        content = texts.write(needles())
        assert any("“secret”" in each for each in refusals(content + "secret: 1\n"))
        assert any("there twice" in each for each in refusals(content + "key: own-other\n"))
        assert any("one language only" in each for each in refusals(content.replace("about_cy", "#about_cy")))

    @pytest.mark.parametrize(
        ("content", "says"),
        [
            (b"", "empty"),
            (b"\xff\xfe\x00", "UTF-8"),
            (b"a: [1, 2\nb: }", "Line 2"),
            (b"x: \x00", "signs"),
            (b"- 1\n- 2\n", "name: value"),
            (b"just words", "name: value"),
            (b"[" * 50_000, "more than any"),
            (b"a: &a [1]\nb: *a\n", "Write values out"),
            (b"a: !!python/object/apply:os.system [ls]\n", "Write values out"),
            (b"a: 1\n" * 30_000, "more than any"),
            (b"x" * (5 * 1024 * 1024), "256 KB"),
            (b"key: own-a\nfields: 3\n", "Write a list"),
            (b"key: [own-a]\n", "Write a text"),
            (b"singling:\n- least: many\n", "whole number"),
        ],
    )
    def test_hostile_files_get_their_message(self, content: bytes, says: str) -> None:
        told = refusals(content)
        assert any(says in each for each in told), told
        assert len(told) <= 20
        assert all(each.startswith("Line ") for each in told)

    def test_ten_thousand_fields(self) -> None:
        one = "- {key: a, kind: text, label_en: A, label_cy: A}\n"
        told = refusals("key: own-a\nfields:\n" + one * 10_000)
        assert any("256 KB" in each or "more than any" in each for each in told)

    def test_a_statutory_key_is_refused_with_its_line(self) -> None:
        told = refusals(texts.write(needles()).replace("own-needle-finds", "fire_incidents"))
        assert told[0].startswith("Line 1, key: The key of a dataset of your own begins with “own-”")


WORDS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1, max_size=30)


@st.composite
def specifications(draw: Any) -> dict[str, Any]:
    """Own datasets of any words, with fields of every kind that goes with them."""
    label = lambda: {"label_en": draw(WORDS), "label_cy": draw(WORDS)}  # noqa: E731 - drawn anew each time
    kinds = draw(st.lists(st.sampled_from(["text", "count", "age"]), max_size=6))
    fields = [{"key": "date", "kind": "date", "required": True, **label()}]
    fields += [
        {"key": f"f{n}", "kind": kind, **label(), "names": draw(st.lists(WORDS, max_size=3))}
        for n, kind in enumerate(kinds)
    ]
    return data(
        label_en=draw(WORDS),
        about_en=draw(WORDS),
        scheme="",
        place_precision=str(PlacePrecision.NONE),
        fields=fields,
        lists=[],
        limitations=[{"en": draw(WORDS), "cy": draw(WORDS)}],
    )


@given(specifications())
@settings(max_examples=50)
def test_a_specification_survives_its_file(plain: dict[str, Any]) -> None:
    spec = specs.parse(plain)
    assert texts.parsed(texts.as_data(spec)) == spec
    content = texts.write(spec).encode()
    problems = rules.check_own(spec, KNOWN)
    if problems:
        assert refusals(content)
    else:
        assert texts.read(content, KNOWN) == spec
