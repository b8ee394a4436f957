"""The methods page of the gate, written from what the corpus measures."""

from __future__ import annotations

from collections.abc import Iterable

from tests.data.gate import corpus, held_out, tuned, welsh
from tests.data.gate.measuring import Figures, Tally, measure, total, wilson
from tests.data.gate.welsh import measure_welsh

from ourpatch.data.exchange.gate import headings

SORTS = {
    "street": "places in words (streets called after people, junctions)",
    "school": "schools",
    "offence": "offences, codes and reasons",
    "free text": "free text without an identifier",
    "reference": "the senders' own numbers, LSOA codes, property numbers",
    "grid reference": "grid references",
    "three words": "places in three words",
    "date and time": "dates and times",
    "number": "coordinates, ages and counts",
    "outward code": "first halves of postcodes",
    "postcode in its own field": "postcodes where the dataset asks for them",
}

INTRODUCTION = """# How well the depersonalisation gate works

This page is written by `tools/methods_gate.py` from a run of the gate over its corpus; a test fails when it is out of date.

Every file that a partner sends is looked at, cell by cell, before anything of it is loaded: every column, matched to a field or
not, and the headings. What surely identifies a person **holds** the file until a named person lets it through with a reason; what
only may is **noted**. A finding names the row, the column and the kind, and never repeats the value.

## The corpus

The corpus is built by a program with fixed seeds (`tests/data/gate`): files in the shapes of the twelve statutory datasets, with
extra columns that nobody asked for. Identifiers are invented, with right check digits, and planted in free text, in ignored
columns and in columns with another purpose. All other cells are clean, and many are chosen to look like identifiers.

It has two halves. The detectors were **tuned** on one. The other was written before the detectors and **held out**: what the
gate missed or wrongly held in it was never looked at one by one, only its totals were. Its names were drawn by a program from the
name lists of the Faker library (GB, IN, PK, PL, RO, IE, TR, NG, GH, PT, LT, ES, VN and DZ) and not read. Be aware of what that is
worth: one author wrote the sentences of both halves and the detectors, and all of it is invented. No file of a real partner
was used. The first run on the held-out half found {first_structured} of the identifiers with a shape and {first_names} of the
names in free text, with {first_alarms}. The rules for names that are in no list were then improved on the tuned half and on other
prose, with other names drawn for it, and the shares below are of the gate as it stands. The held-out totals were seen seven times
on the way, so that half is no longer quite unseen.

The intervals are Wilson's (1927) 95 % score intervals: for a share p of n, (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n) with
z = 1.96. Sentences are repeated with other values, so cells of one sentence succeed or fail together, and the intervals are
narrower than they should be.
"""

WELSH = """## Welsh

Some names are Welsh words as well: Beth is "what", Dan "under", Ion "January", Gwyn "white", and *tân* is fire. A text with more
Welsh than English words is read as Welsh: there such a word is a name where a capital stands within a sentence or a name follows
it, and not at the beginning of a question. The sentences below were written, in two halves, before the gate read any Welsh; as it
was then it found 55 of 56 and 53 of 56 of the names, and held 14 of 47 and 14 of 44 of the texts without one. The held-out half
was seen by its totals alone. The headings were written together with the words by which they are known, so their shares say
little.

"""

LIMITS = """## What it does not find

- A given name alone or a surname alone, when it is also a word, a town or a month (Rose, Will, Preston), unless a title or a word
  such as "named" stands before it. A surname alone is only noted.
- A given name that is a Welsh word too (Beth, Gwyn), at the beginning of a sentence in Welsh or in a text of capitals, without a
  surname behind it.
- Names that are in none of its lists and stand where nothing says that a person is meant, above all in text without capitals.
- A name that is also what a street is called, before a word for a street: "Mark Lane" and "Emma Court" are taken for places. In
  columns of places only clear names are held.
- Somebody described without a name: "the butcher's son", "the only doctor of the village", a nickname, a job at a named place.
- A house by its name alone ("Rose Cottage"), and outside hospital datasets a numbered address unless the text says that
  somebody lives there. A full postcode is let pass in columns of places where the dataset asks for exact places.
- One right NHS, card or police number in a column of references of the same shape, most of which are not right: one reference in
  eleven is a valid NHS number by chance, so such a column is held only when half of them are.
- Mobile numbers that a spreadsheet has stripped of their first 0; numbers 03 and 08, which belong to organisations; a
  registration mark without a letter or number for its year ("ABC 123") unless the text says that it is one; a birth date in free
  text without "born" or "DOB"; numbers of patients, prisoners and accounts in systems that it does not know, without a word that
  says so.
- Names in scripts other than the Latin, and what is in pictures, comments or hidden sheets.
- Who somebody is by rare facts together: that is the rule about singling out, which looks only at the fields that each dataset
  names.

What it holds without need: mostly free text that uses capitals for things that it does not know, and shops called after people.
The share for free text above is the one to expect there.

The gate is the last of several safeguards. A file without findings is not thereby anonymous.
"""

FIRST = {
    "first_structured": "450 of 456",
    "first_names": "60 of 72",
    "first_alarms": "36 false alarms in 19,840 clean cells",
}


def figures() -> dict[str, Figures]:
    """Both halves, measured."""
    return {half: measure(half) for half in corpus.halves()}


def render(measured: dict[str, Figures]) -> str:
    """The page."""
    parts = [
        INTRODUCTION.format(**FIRST),
        "## In short\n\n" + _summary(measured),
        "## Identifiers found, by kind\n\n"
        "Found: the cell holds the file. Named: it says the right kind too. Noted: not held, but the sender is asked to look.\n\n"
        + _by_kind(measured),
        "## False alarms, by what the clean cells hold\n\n" + _by_sort(measured),
        "## Headings\n\n" + _headings(),
        WELSH + _welsh(),
        LIMITS,
    ]
    return "\n".join(parts)


def _summary(measured: dict[str, Figures]) -> str:
    rows: list[tuple[str, ...]] = []
    for half, found in measured.items():
        rows += [
            (half, "identifiers with a shape, found", *_share(found.structured())),
            (half, "names in free text, found", *_share(found.names_in_text)),
            (half, "all identifiers, found", *_share(found.all_planted())),
            (half, "clean cells wrongly held", *_share(found.all_clean())),
            (half, "of these, free text wrongly held", *_share(found.clean["free text"])),
        ]
    return _table(("half", "measure", "cells", "share", "95 % interval"), rows)


def _by_kind(measured: dict[str, Figures]) -> str:
    rows = []
    for half, found in measured.items():
        for kind, tally in sorted(found.planted.items()):
            _cells, share, interval = _share(tally)
            counts = (str(tally.of), str(tally.held), str(tally.right), str(tally.noted))
            rows.append((half, kind.replace("_", " "), *counts, share, interval))
    return _table(("half", "kind", "planted", "found", "named", "noted", "share found", "95 % interval"), rows)


def _by_sort(measured: dict[str, Figures]) -> str:
    rows = []
    for half, found in measured.items():
        for sort, tally in sorted(found.clean.items()):
            _cells, share, interval = _share(tally)
            rows.append((half, SORTS[sort], f"{tally.of:,}", str(tally.held), str(tally.noted), share, interval))
    return _table(("half", "clean cells", "cells", "held", "noted", "share held", "95 % interval"), rows)


def _headings() -> str:
    rows = []
    for half, module in (("tuned", tuned), ("held out", held_out)):
        found = sum(headings.announced(each, ()) is not None for each in module.HEADINGS)
        alarms = sum(headings.announced(each, ()) is not None for each in module.CLEAN_HEADINGS)
        rows.append((half, "that announce an identifier, found", *_share(Tally(len(module.HEADINGS), found))))
        rows.append((half, "that announce none, wrongly held", *_share(Tally(len(module.CLEAN_HEADINGS), alarms))))
    return _table(("half", "headings", "number", "share", "95 % interval"), rows)


def _welsh() -> str:
    rows: list[tuple[str, ...]] = []
    for half in welsh.NAMED:
        found, alarms = measure_welsh(half)
        rows += [
            (half, "names in Welsh sentences, found", *_share(found)),
            (half, "Welsh words and sentences without one, wrongly held", *_share(alarms)),
        ]
    announced, clean = (
        Tally(len(each), sum(headings.announced(one, ()) is not None for one in each))
        for each in (welsh.HEADINGS, welsh.CLEAN_HEADINGS)
    )
    rows.append(("both", "Welsh headings that announce an identifier, found", *_share(announced)))
    rows.append(("both", "Welsh headings that announce none, wrongly held", *_share(clean)))
    return _table(("half", "measure", "number", "share", "95 % interval"), rows)


def _share(tally: Tally) -> tuple[str, str, str]:
    low, high = wilson(tally.held, tally.of)
    share = tally.held / tally.of if tally.of else 0.0
    return f"{tally.held:,} of {tally.of:,}", _percent(share), f"{_percent(low)} to {_percent(high)}"


def _percent(share: float) -> str:
    # One in a thousand is not nought: what is small has two decimals.
    return f"{share:.2%}" if 0.00005 < share < 0.00995 else f"{share:.1%}"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in (head, ("---",) * len(head), *rows)]
    return "\n".join(lines) + "\n"


def planted_in_all(measured: dict[str, Figures]) -> int:
    """How many identifiers were planted in both halves."""
    return total(each.all_planted() for each in measured.values()).of
