"""What a partnership's own dataset may be, and what of it may change once rows are loaded.

Problems stand under the place of the specification that they are about: `label`, `fields.2.kind`, `lists.0.items.4`; a form and a
file put them beside the input or the line that stands for it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ourpatch.data.store import specs
from ourpatch.data.store.rules import DataClass, PlacePrecision, TimePrecision
from ourpatch.data.store.specs import DatasetSpec, Field, FieldKind, Period
from ourpatch.foundation.law import entries
from ourpatch.foundation.law.entries import CodeList
from ourpatch.ground.contributions import Point
from ourpatch.ground.errors import Problems
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

PREFIX = "own-"
LONGEST_KEY = 40
MOST_FIELDS = 40
MOST_LISTS = 20
MOST_CODES = 300
MOST_NAMES = 40
MOST_SENTENCES = 12
MOST_SINGLING = 6
LONGEST_LABEL = 120
LONGEST_SENTENCE = 500
LONGEST_CODE = 60
SHORTEST_REASON = 10
FEWEST_ALIKE, MOST_ALIKE = 2, 100

CATEGORY, COUNTED = "category", "n"
# What the store calls the columns that every row has (`files.ROW`): a field of another kind would lose its values to them.
TAKEN = frozenset(
    (
        *("row_number", "source_reference", "starts_at", "ends_at", "local_date", "local_hour", "time_precision"),
        *("easting", "northing", "place_precision", "place", "ward", "lsoa", "district", "neighbourhood"),
        *("publisher_lsoa", "category", "scheme", "outcome", "n"),
    )
)
WHEN = (FieldKind.DATE, FieldKind.DATETIME, FieldKind.MONTH)
CLOCKS = (FieldKind.TIME, FieldKind.DATETIME)
PAIRS = ((FieldKind.EASTING, FieldKind.NORTHING), (FieldKind.LONGITUDE, FieldKind.LATITUDE))
POINTS = frozenset((*PAIRS[0], *PAIRS[1]))
FINE = (PlacePrecision.EXACT, PlacePrecision.SNAPPED, PlacePrecision.ADDRESS, PlacePrecision.POSTCODE)
_PLACES = frozenset((*POINTS, FieldKind.POSTCODE, FieldKind.OUTWARD, FieldKind.LSOA, FieldKind.PLACE))
# By what a place of each precision can be said.
_SAID_BY: Mapping[PlacePrecision, frozenset[FieldKind]] = {
    PlacePrecision.EXACT: POINTS | {FieldKind.POSTCODE},
    PlacePrecision.SNAPPED: POINTS,
    PlacePrecision.ADDRESS: POINTS | {FieldKind.POSTCODE, FieldKind.PLACE},
    PlacePrecision.POSTCODE: frozenset({FieldKind.POSTCODE}),
    PlacePrecision.OUTWARD: frozenset({FieldKind.OUTWARD}),
    PlacePrecision.AREA: frozenset({FieldKind.LSOA, FieldKind.PLACE, FieldKind.OUTWARD}),
    PlacePrecision.NONE: frozenset(),
}
# What says it more exactly.
_FINER_THAN: Mapping[PlacePrecision, frozenset[FieldKind]] = {
    PlacePrecision.SNAPPED: frozenset({FieldKind.POSTCODE}),
    PlacePrecision.POSTCODE: POINTS,
    PlacePrecision.OUTWARD: POINTS | {FieldKind.POSTCODE},
    PlacePrecision.AREA: POINTS | {FieldKind.POSTCODE},
    PlacePrecision.NONE: _PLACES,
}
_KEY = re.compile(r"own-[a-z0-9]+(-[a-z0-9]+)*")
_FIELD_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,59}")

FieldCheck = Callable[[Field], Message | None]
FIELD_CHECKS: Point[FieldCheck] = Point("checks of a field of an own dataset")
"""What later rooms have against a field: the depersonalisation gate refuses those that say who somebody is."""

Found = Iterator[tuple[str, Message]]
Texts = Iterator[tuple[str, str, int]]


@dataclass(frozen=True, slots=True)
class Known:
    """What a specification may name: code lists of the law book, kinds of organisation."""

    lists: Collection[str]
    kinds: Collection[str]


def check_own(spec: DatasetSpec, known: Known) -> Problems:
    """Whether a specification can be one that a partnership adds."""
    checks = (_about_itself, _about_class, _about_fields, _about_time, _about_place, _about_counts, _about_singling)
    found = [problem for check in checks for problem in check(spec)]
    found += [*_about_senders(spec, known.kinds), *_about_lists(spec, known.lists), *_about_words(spec)]
    return Problems.collect(found)


def check_revision(before: DatasetSpec, after: DatasetSpec) -> Problems:
    """What may not change once rows are loaded: they were judged and stored by it, and nobody asks them again."""
    return Problems.collect(_changed(before, after))


def check_same_key(before: DatasetSpec, after: DatasetSpec) -> Problems:
    """A dataset keeps its key: rows, layouts and deliveries are kept under it."""
    if before.key == after.key:
        return Problems()
    return Problems.collect(
        [("key", _("This dataset is called %(key)s and keeps that name. Write it so in the file.", key=before.key))]
    )


def check_not_retired(spec: DatasetSpec) -> Problems:
    """A retired dataset is changed no more."""
    if not spec.retired:
        return Problems()
    return Problems.collect([("", _("This dataset is retired. What is loaded stays; add a new dataset for new data."))])


def check_retiring(reason: str) -> Problems:
    """Whoever retires a dataset says why."""
    length = len(reason.strip())
    return Problems.collect(
        [
            ("reason", _("Say why no more of it is sent, in a sentence.")) if length < SHORTEST_REASON else None,
            ("reason", _("Keep the reason under %(most)s letters.", most=LONGEST_SENTENCE))
            if length > LONGEST_SENTENCE
            else None,
        ]
    )


def key_of(name: str) -> str:
    """The key that a dataset of this name gets; "" where nothing of the name can stand in one."""
    slug = _squeezed(name, "-")[: LONGEST_KEY - len(PREFIX)].strip("-")
    return f"{PREFIX}{slug}" if slug else ""


def field_key(kind: FieldKind, name: str, taken: Collection[str]) -> str:
    """A key for a field that has none yet: its kind, or its name where the store keeps it in a column of its own."""
    own_column = kind in (FieldKind.COUNT, FieldKind.CODE, FieldKind.AGE, FieldKind.TEXT)
    begins = _squeezed(name, "_")[:34].strip("_") if own_column else str(kind)
    if not _FIELD_KEY.fullmatch(begins):
        begins = f"field_{begins}".strip("_")
    # A kind of place is called like its column; every other field keeps away from those of the store.
    busy = {*taken, *(TAKEN - {str(kind)} if not own_column else TAKEN)}
    return next(each for each in (begins, *(f"{begins}_{n}" for n in range(2, 99))) if each not in busy)


def code_of(name: str, taken: Collection[str]) -> str:
    """A code for a name in a list."""
    begins = _squeezed(name, "_")[:50].strip("_") or "code"
    return next(each for each in (begins, *(f"{begins}_{n}" for n in range(2, MOST_CODES + 2))) if each not in taken)


def _squeezed(text: str, joint: str) -> str:
    return re.sub(r"[^a-z0-9]+", joint, text.casefold()).strip(joint)


def _plain(text: str) -> str:
    """A heading without case and signs."""
    return "".join(sign for sign in text.casefold() if sign.isalnum())


# The dataset as a whole


def _about_itself(spec: DatasetSpec) -> Found:
    if not _KEY.fullmatch(spec.key) or len(spec.key) > LONGEST_KEY:
        says = _(
            "The key of a dataset of your own begins with “own-”, then small letters, figures and hyphens, at most 40 in "
            "all: for example own-needle-finds."
        )
        yield "key", says
    named = {_plain(name) for each in specs.every().values() for name in (each.label.en, each.label.cy)}
    for at, name in (("label_en", spec.label.en), ("label_cy", spec.label.cy)):
        if _plain(name) in named:
            yield at, _("Ourpatch has a dataset of this name. Choose another, or send to that one.")
    if not spec.mapped:
        yield "mapped", _("A dataset of your own is read by its senders' layouts. Leave “mapped” out.")
    if len(spec.limitations) == 0:
        yield "limitations", _("Say at least one thing that this data cannot tell.")
    if spec.duty is not None:
        yield from _about_duty(spec)


def _about_duty(spec: DatasetSpec) -> Found:
    assert spec.duty is not None
    if spec.duty.by_law:
        yield (
            "duty",
            _("A dataset of your own is agreed, not asked by law. Write “by_law: false”, or leave the duty out."),
        )
    if not set(spec.duty.authorities) <= set(spec.senders):
        yield "duty.authorities", _("Whoever is expected to send it must be among its senders.")


def _about_class(spec: DatasetSpec) -> Found:
    if spec.data_class is DataClass.PERSONAL:
        says = _(
            "Records of named people are never a dataset: they live in protected records, one by one. Take out what "
            "identifies anybody and choose “controlled”."
        )
        yield "data_class", says
    if spec.data_class is not DataClass.PUBLISHABLE or spec.aggregate:
        return
    if spec.place_precision in (PlacePrecision.EXACT, PlacePrecision.ADDRESS, PlacePrecision.POSTCODE):
        says = _("Rows with an exact place cannot be published. Choose “controlled”, or a coarser place.")
        yield "data_class", says
    for at, each in enumerate(spec.fields):
        if each.kind is FieldKind.AGE:
            yield f"fields.{at}.kind", _("Rows with an age cannot be published. Choose “controlled”, or send counts.")


def _about_senders(spec: DatasetSpec, kinds: Collection[str]) -> Found:
    if not spec.senders:
        yield "senders", _("Choose at least one kind of organisation that holds it.")
    for at, each in enumerate(spec.senders):
        if each not in kinds:
            yield f"senders.{at}", _("“%(kind)s” is no kind of organisation.", kind=each[:LONGEST_CODE])


# Fields


def _about_fields(spec: DatasetSpec) -> Found:
    if not 1 <= len(spec.fields) <= MOST_FIELDS:
        yield (
            "fields",
            _(
                "A dataset has at least one field and at most %(most)s; this one has %(n)s.",
                most=MOST_FIELDS,
                n=len(spec.fields),
            ),
        )
        return
    often = Counter(each.key for each in spec.fields)
    for at, each in enumerate(spec.fields):
        here = f"fields.{at}"
        if often[each.key] > 1:
            yield f"{here}.key", _("Two fields are called “%(key)s”.", key=each.key[:LONGEST_CODE])
        yield from ((f"{here}.key", says) for says in _about_key(each))
        for _key, check in FIELD_CHECKS.all():
            refused = check(each)
            if refused is not None:
                yield f"{here}.label", refused
    yield from _about_headings(spec)


def _about_key(each: Field) -> Iterator[Message]:
    if not _FIELD_KEY.fullmatch(each.key):
        yield _("A field's key is of small letters, figures and underscores, at most 40, a letter first.")
        return
    by_kind = {CATEGORY: FieldKind.CODE, COUNTED: FieldKind.COUNT}
    if each.key in TAKEN and each.kind != by_kind.get(each.key, each.key):
        yield _("Every row has “%(key)s” already: give this field another key.", key=each.key)


def _about_headings(spec: DatasetSpec) -> Found:
    owners: dict[str, int] = {}
    for at, each in enumerate(spec.fields):
        if len(each.names) > MOST_NAMES:
            yield f"fields.{at}.names", _("A field has at most %(most)s other headings.", most=MOST_NAMES)
        for name in {_plain(name) for name in (each.label.en, each.label.cy, *each.names)}:
            if name and owners.setdefault(name, at) != at:
                other = spec.fields[owners[name]].label
                says = _(
                    "A column of this name would also fill “%(other)s”. Call one of the two otherwise.", other=other
                )
                yield f"fields.{at}.label", says
                break


def _about_time(spec: DatasetSpec) -> Found:
    kinds = {each.kind for each in spec.fields}
    if sum(each.kind in WHEN for each in spec.fields) > 1:
        yield "fields", _("Only one field can say on which day or in which month a row counts.")
    needed = any(each.required and each.kind in WHEN for each in spec.fields)
    if not spec.aggregate and not needed:
        yield "fields", _("Add a field for the date or the month, and mark it as needed: every row counts under a day.")
    if FieldKind.MONTH in kinds and spec.time_precision in (
        TimePrecision.INSTANT,
        TimePrecision.HOUR,
        TimePrecision.DAY,
    ):
        yield "time_precision", _("A month is no more exact than a month. Choose that precision, or ask for the date.")
    to_the_minute = spec.time_precision in (TimePrecision.INSTANT, TimePrecision.HOUR)
    if to_the_minute and kinds.isdisjoint(CLOCKS):
        yield "time_precision", _("No field holds a time of day. Add one, or choose “day”.")
    if not to_the_minute and not kinds.isdisjoint(CLOCKS):
        yield "time_precision", _("A field holds the time of day. Take it out, or choose a finer precision.")
    if not spec.aggregate and spec.time_precision is TimePrecision.QUARTER:
        yield "time_precision", _("Only counts can be of a whole quarter. Choose “month” or finer.")


def _about_place(spec: DatasetSpec) -> Found:
    kinds = {each.kind for each in spec.fields}
    for first, second in PAIRS:
        if (first in kinds) != (second in kinds):
            yield "fields", _("Coordinates come in pairs: easting with northing, longitude with latitude.")
    places, said_by = kinds & _PLACES, _SAID_BY[spec.place_precision]
    if said_by and not places & said_by:
        yield (
            "place_precision",
            _("No field says the place as exactly as this. Add one, or choose a coarser precision."),
        )
    finer = _FINER_THAN.get(spec.place_precision, frozenset())
    for at, each in enumerate(spec.fields):
        if each.kind in finer:
            says = _(
                "This field says the place more exactly than the dataset may. Take it out, or choose a finer precision."
            )
            yield f"fields.{at}.kind", says


def _about_counts(spec: DatasetSpec) -> Found:
    counted = [each for each in spec.fields if each.key == COUNTED]
    if spec.aggregate and not any(each.required for each in counted):
        yield "fields", _("Rows are counts: add the field with the number, and mark it as needed.")
    if counted and not spec.aggregate:
        yield (
            "fields",
            _("A row is one incident here, so no field says how many it stands for. Choose “a whole number”."),
        )
    if spec.aggregate and spec.place_precision in FINE:
        yield (
            "place_precision",
            _("Counts have no exact place. Choose an area, the first half of the postcode, or none."),
        )
    if spec.aggregate and spec.time_precision not in (TimePrecision.MONTH, TimePrecision.QUARTER):
        yield "time_precision", _("Counts are of a month or a quarter.")
    of_quarters = spec.aggregate and spec.time_precision is TimePrecision.QUARTER
    if of_quarters and spec.period is not Period.QUARTER:
        yield "period", _("Counts of a quarter are sent every quarter, not every month.")


def _about_singling(spec: DatasetSpec) -> Found:
    keys = {each.key: each for each in spec.fields}
    if len(spec.singling) > MOST_SINGLING:
        yield "singling", _("At most %(most)s rules can say what singles somebody out.", most=MOST_SINGLING)
    for at, rule in enumerate(spec.singling):
        here = f"singling.{at}"
        if not rule.fields or not set(rule.fields) <= set(keys):
            yield f"{here}.fields", _("Name fields of this dataset.")
        elif all(keys[each].required for each in rule.fields):
            yield (
                f"{here}.fields",
                _("All of these fields are needed, so a sender could not mend a file. Let one of them be left out."),
            )
        if not FEWEST_ALIKE <= rule.least <= MOST_ALIKE:
            yield f"{here}.least", _("Between 2 and 100 rows must be alike.")


# Lists


def _about_lists(spec: DatasetSpec, law_lists: Collection[str]) -> Found:
    if len(spec.lists) > MOST_LISTS:
        yield "lists", _("At most %(most)s code lists.", most=MOST_LISTS)
        return
    own = Counter(each.key for each in spec.lists)
    for at, listed in enumerate(spec.lists):
        here = f"lists.{at}"
        if own[listed.key] > 1 or listed.key in law_lists or not _FIELD_KEY.fullmatch(listed.key):
            yield f"{here}.key", _("Give the list another key, of small letters, figures and underscores.")
        yield from ((f"{here}{where}", says) for where, says in _about_codes(listed))
    for at, each in enumerate(spec.fields):
        if each.kind is FieldKind.CODE and (each.code_list or "") not in {*own, *law_lists}:
            yield f"fields.{at}.list", _("Say which codes the field may hold: one a line, or a list that there is.")
        if each.kind is not FieldKind.CODE and each.code_list:
            yield f"fields.{at}.list", _("Only a field of codes has a list.")
    category = next((each for each in spec.fields if each.key == CATEGORY), None)
    if spec.scheme != ((category.code_list or "") if category else ""):
        yield "scheme", _("“scheme” is the list of the field “category”, and empty where there is none.")


def _about_codes(listed: CodeList) -> Found:
    if not 1 <= len(listed) <= MOST_CODES:
        yield ".items", _("A list has at least one code and at most %(most)s.", most=MOST_CODES)
        return
    often = Counter(item.code.casefold() for item in listed)
    spelt = Counter(name for item in listed for name in {_plain(item.label.en), _plain(item.label.cy)})
    for at, item in enumerate(listed):
        if not _CODE.fullmatch(item.code):
            says = _(
                "A code is of letters, figures, hyphens and underscores, at most 60: “%(code)s” is not.",
                code=item.code[:60],
            )
            yield f".items.{at}", says
        if any("|" in text for text in (item.label.en, item.label.cy, *specs.also_written(item))):
            yield f".items.{at}", _("Write the names and spellings of a code without the sign “|”.")
        if often[item.code.casefold()] > 1 or spelt[_plain(item.label.en)] > 1:
            yield f".items.{at}", _("Two codes of the list are written alike: “%(code)s”.", code=item.code[:60])


# Words


def _about_words(spec: DatasetSpec) -> Found:
    for place, text, most in _texts(spec):
        if not text.strip():
            yield place, _("Say it in English and in Welsh.")
        elif len(text) > most:
            yield place, _("Keep it under %(most)s letters.", most=most)
        elif not text.isprintable():
            yield place, _("Leave out line breaks and signs that cannot be seen.")
    for place, several in (("limitations", spec.limitations), ("must_not_hold", spec.must_not_hold)):
        if len(several) > MOST_SENTENCES:
            yield place, _("At most %(most)s sentences.", most=MOST_SENTENCES)


def _texts(spec: DatasetSpec) -> Texts:
    """Every text that people read: its place, itself, how long it may be."""
    yield from _both("label", spec.label)
    if spec.about is not None:
        yield from _both("about", spec.about, LONGEST_SENTENCE)
    yield "source", spec.source, LONGEST_SENTENCE
    if spec.duty is not None:
        yield "duty.source", spec.duty.source, LONGEST_SENTENCE
    for place, several in (("limitations", spec.limitations), ("must_not_hold", spec.must_not_hold)):
        for at, each in enumerate(several):
            yield f"{place}.{at}.en", each.en, LONGEST_SENTENCE
            yield f"{place}.{at}.cy", each.cy, LONGEST_SENTENCE
    for at, rule in enumerate(spec.singling):
        yield from _both(f"singling.{at}.why", rule.why, LONGEST_SENTENCE)
    yield from _texts_of_fields(spec.fields)
    yield from _texts_of_lists(spec.lists)


def _texts_of_fields(fields: Sequence[Field]) -> Texts:
    for at, field in enumerate(fields):
        yield from _both(f"fields.{at}.label", field.label)
        if field.hint is not None:
            yield from _both(f"fields.{at}.hint", field.hint, LONGEST_SENTENCE)
        yield from ((f"fields.{at}.names", name, LONGEST_LABEL) for name in field.names)


def _texts_of_lists(lists: Sequence[CodeList]) -> Texts:
    for at, listed in enumerate(lists):
        yield from _both(f"lists.{at}.label", listed.label)
        for place, item in enumerate(listed):
            here = f"lists.{at}.items.{place}"
            yield f"{here}.en", item.label.en, LONGEST_LABEL
            yield f"{here}.cy", item.label.cy, LONGEST_LABEL
            yield from ((f"{here}.also", name, LONGEST_LABEL) for name in specs.also_written(item))


def _both(at: str, label: entries.Label, most: int = LONGEST_LABEL) -> Texts:
    yield f"{at}_en", label.en, most
    yield f"{at}_cy", label.cy, most


# Changing it


def _changed(before: DatasetSpec, after: DatasetSpec) -> Found:
    fixed = (
        ("aggregate", _("Rows are loaded, so what a row is cannot change: it stays as it was.")),
        ("time_precision", _("Rows are loaded, so how exactly the time is known stays as it was.")),
        ("place_precision", _("Rows are loaded, so how exactly the place is known stays as it was.")),
        ("period", _("Rows are loaded, so the period of a file stays as it was.")),
    )
    yield from ((name, says) for name, says in fixed if getattr(before, name) != getattr(after, name))
    if before.data_class is DataClass.CONTROLLED and after.data_class is not DataClass.CONTROLLED:
        says = _("Rows are loaded that were promised to be controlled. They cannot become publishable afterwards.")
        yield "data_class", says
    now = {each.key: (at, each) for at, each in enumerate(after.fields)}
    for each in before.fields:
        if each.key not in now:
            yield "fields", _("Rows are loaded that have “%(label)s”. The field cannot be taken out.", label=each.label)
            continue
        at, same = now[each.key]
        if same.kind is not each.kind:
            says = _("Rows are loaded that have “%(label)s” as it was. Add a new field beside it.", label=each.label)
            yield f"fields.{at}.kind", says
        elif each.kind is FieldKind.CODE:
            yield from ((f"fields.{at}.list", says) for says in _codes_gone(before, each, after, same))


def _codes_gone(before: DatasetSpec, each: Field, after: DatasetSpec, same: Field) -> Iterator[Message]:
    was = next((listed for listed in before.lists if listed.key == each.code_list), None)
    now = next((listed for listed in after.lists if listed.key == same.code_list), None)
    if was is None or now is None:
        if each.code_list != same.code_list:
            yield _("Rows are loaded with codes of the list that “%(label)s” has. It stays.", label=each.label)
        return
    gone = [item.code for item in was if item.code not in now]
    if gone:
        yield _("Rows are loaded, so these codes stay in the list: %(codes)s.", codes=", ".join(gone[:10]))
