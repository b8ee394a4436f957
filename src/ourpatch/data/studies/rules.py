"""What must hold of a question before it is asked, and of a result before it is shown. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, cast

from ourpatch.data.analysis.sentences import Sentence
from ourpatch.data.disclosure.rules import wrong_with_purpose
from ourpatch.data.store.rules import whole_months
from ourpatch.data.studies.contract import Kind, Method, Option, Result
from ourpatch.data.studies.question import Question
from ourpatch.ground.errors import Problems
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

LONGEST_TITLE = 200
FIRST_YEAR, LAST_YEAR = 1900, 2100
# Sentences and figures that count the incidents that a result leaves out or treats by themselves.
LEFT_OUT = frozenset(
    {
        "outside",
        "elsewhere",
        "without_place",
        "left_out",
        "midnight",
        "shared",
        "others_without_place",
        "nobody_at_risk",
    }
)
_FLAGS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "": False}


def check_question(question: Question, *, controlled: bool) -> Problems:
    """A period in order; where the data is controlled, whole months and a purpose.

    Whole months: two questions whose periods differ by a day would tell what was recorded on it. Categories, places and the day
    it was known on can still be asked about one by one: what two answers differ by is not held back, and the trail of questions
    is what shows it.
    """
    backwards = question.since and question.until and question.until < question.since
    days = {"since": question.since, "until": question.until, "known_on": question.known_on}
    strange = [name for name, day in days.items() if day and not FIRST_YEAR <= day.year <= LAST_YEAR]
    in_part = controlled and not strange and not whole_months(question.since, question.until)
    aimless = wrong_with_purpose(question.purpose) if controlled else None
    return Problems.collect(
        [
            *(
                (name, _("Write a day from %(first)s to %(last)s.", first=FIRST_YEAR, last=LAST_YEAR))
                for name in strange
            ),
            ("until", _("The last day lies before the first.")) if backwards else None,
            ("since", _("This dataset is controlled: ask for whole months, from a first day to a last."))
            if in_part
            else None,
            ("purpose", aimless) if aimless else None,
        ]
    )


def check_method(method: Method, *, controlled: bool) -> Problems:
    """Controlled data is not told incident by incident."""
    if not (controlled and method.singles):
        return Problems()
    message = _(
        "This analysis tells of single incidents, and this dataset is controlled. Choose one that tells of many together."
    )
    return Problems({"": (message,)})


def check_base(options: Mapping[str, object]) -> Problems:
    """Counts are held against other incidents exactly where a dataset of these is named."""
    wanted, named = options.get("against") == "dataset", options.get("against_dataset")
    if wanted and not named:
        return Problems({"against_dataset": (_("Choose the dataset of the other incidents."),)})
    if named and not wanted:
        message = _("Hold the counts against other recorded incidents, or leave this empty.")
        return Problems({"against_dataset": (message,)})
    return Problems()


def check_result(result: Result, smallest: int | None) -> Problems:
    """No figure of a controlled dataset comes from fewer than may be shown, on the screen either. None: it is publishable."""
    if smallest is None or result.smallest is None or result.smallest >= smallest:
        return Problems()
    message = _(
        "Some figures would come from fewer than %(smallest)s incidents, which may not be shown of this dataset. Ask for a "
        "longer period, a larger place or more categories.",
        smallest=smallest,
    )
    return Problems({"": (message,)})


def without_small(sentences: Sequence[Sentence], smallest: int | None) -> tuple[Sentence, ...]:
    """Sentences of controlled data with what was left out said without its number where that is small. None: publishable."""
    return tuple(sentences if smallest is None else (_masked(each, smallest) for each in sentences))


def _masked(told: Sentence, smallest: int) -> Sentence:
    if told.key not in LEFT_OUT:
        return told
    few = _("fewer than %(smallest)s", smallest=smallest)
    values = {name: few if is_small(value, smallest) else value for name, value in told.params.items()}
    return Sentence(told.key, told.tone, Message(told.message.text, values))


def is_small(value: object, smallest: int) -> bool:
    """Whether a count, as a number or written out, is above nought and too small to be told."""
    text = str(value).replace(",", "")
    return text.isdigit() and 0 < int(text) < smallest


def check_title(title: str) -> Problems:
    """A kept study has a title."""
    if not title.strip():
        return Problems({"title": (_("Give it a title, so that others know what it is."),)})
    if len(title.strip()) > LONGEST_TITLE:
        return Problems({"title": (_("Shorten the title to 200 signs."),)})
    return Problems()


def read_options(method: Method, given: Mapping[str, Any]) -> tuple[dict[str, object], Problems]:
    """What was given for a method's options (text, or values of their kind), with the defaults of the others."""
    known = [option.key for option in method.options]
    unknown = [
        ("", _("This analysis has no option %(key)s. It has: %(names)s.", key=key, names=", ".join(known)))
        for key in given
        if key not in known
    ]
    read = {option.key: _read(option, given.get(option.key)) for option in method.options}
    wrong = [(key, message) for key, (_value, message) in read.items() if message is not None]
    return {key: value for key, (value, _message) in read.items()}, Problems.collect([*unknown, *wrong])


def _read(option: Option, given: object) -> tuple[object, Message | None]:
    if given is None or given in ("", [], ()):
        return option.default, _("Fill this in: %(name)s.", name=option.label) if option.required else None
    return _parse(option, given)


def _parse(option: Option, given: object) -> tuple[object, Message | None]:
    if option.kind is Kind.TICK:
        flag = given if isinstance(given, bool) else _FLAGS.get(str(given).lower())
        return flag, None if flag is not None else _("Say yes or no.")
    if option.kind in (Kind.WHOLE, Kind.NUMBER):
        return _parse_number(option, given)
    if option.kind is Kind.MONTH:
        return _parse_month(given)
    if option.kind is Kind.DATASET:
        return str(given).strip(), None
    if option.kind in (Kind.AREAS, Kind.CATEGORIES):
        named = given.split(",") if isinstance(given, str) else cast("Iterable[object]", given)
        return [name for name in (str(each).strip() for each in named) if name], None
    known = [key for key, _name in option.choices]
    return str(given), None if str(given) in known else _("Choose one of these: %(names)s.", names=", ".join(known))


def _parse_number(option: Option, given: object) -> tuple[object, Message | None]:
    try:
        number = float(str(given).replace(",", ""))
    except ValueError:
        return None, _("Write a number.")
    whole = option.kind is Kind.WHOLE
    if whole and number != int(number if number == number and abs(number) < 2**53 else 0):
        return None, _("Write a whole number.")
    if not (option.least is None or number >= option.least) or not (option.most is None or number <= option.most):
        return None, _(
            "Write a number from %(least)s to %(most)s.", least=f"{option.least:g}", most=f"{option.most:,g}"
        )
    return int(number) if whole else number, None


def _parse_month(given: object) -> tuple[object, Message | None]:
    if isinstance(given, date):
        return given.replace(day=1), None
    text = str(given).strip()
    try:
        return date.fromisoformat(text if len(text) > len("2026-07") else f"{text}-01").replace(day=1), None
    except ValueError:
        return None, _("Write a month as 2026-07.")
