"""What every page has, and in which order; and the few shapes of text that pages are made of."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ourpatch.data.analysis.sentences import Sentence

WIDTH = 120
WRITTEN = (
    "This page is written by `tools/methods.py`, which runs the analysis; a test fails when it is out of date. "
    "Figures are worked out when the page is made; those that other programs gave are kept with the tests."
)
NOTHING_CHECKED = "No other tool was checked for this page."


@dataclass(frozen=True, slots=True)
class Difference:
    """Where another tool gives something else: which tool, what it does, and the test that shows it."""

    tool: str
    text: str
    test: str


@dataclass(frozen=True, slots=True)
class Page:
    """One page. All but the title is Markdown; `question` is one sentence."""

    title: str
    question: str
    formula: str
    example: str
    defaults: Sequence[Sequence[object]]
    assumptions: Sequence[str]
    not_shown: Sequence[str]
    promises: str
    others: Sequence[Difference]
    references: Sequence[str]

    def render(self) -> str:
        """The page as a Markdown file."""
        differences = [f"**{one.tool}** {one.text} Shown by `{one.test}`." for one in self.others]
        parts = [
            f"# {self.title}",
            prose(WRITTEN),
            "## The question",
            prose(self.question),
            "## How it is worked out",
            self.formula,
            "## A worked example",
            self.example,
            "## What is chosen for you, and why",
            table(("choice", "default", "why"), self.defaults),
            "## What it takes for granted",
            bullets(self.assumptions),
            "## What it does not show",
            bullets(self.not_shown),
            "## Does it keep its promises?",
            self.promises,
            "## How other tools differ",
            bullets(differences) if differences else prose(NOTHING_CHECKED),
            "## References",
            bullets(self.references),
        ]
        return "\n\n".join(parts) + "\n"


def prose(text: str) -> str:
    """A paragraph, its lines broken for the eye."""
    return _filled(text, "")


def paragraphs(*texts: str) -> str:
    """Paragraphs and blocks, one after another; blocks (tables, fences, lists, headings) stay as they are."""
    return "\n\n".join(text if text.startswith(("|", "```", "- ", "### ", "> ")) else prose(text) for text in texts)


def bullets(texts: Iterable[str]) -> str:
    """A list."""
    return "\n".join(_filled(text, "- ") for text in texts)


def table(heads: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    """A table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def fence(text: str) -> str:
    """Formulae as they are typed."""
    return "```\n" + textwrap.dedent(text).strip("\n") + "\n```"


def said(sentences: Iterable[Sentence]) -> str:
    """What a result says of itself, as a quotation."""
    return "\n>\n".join(
        textwrap.fill(str(one), WIDTH, initial_indent="> ", subsequent_indent="> ", break_on_hyphens=False)
        for one in sentences
    )


def _filled(text: str, mark: str) -> str:
    # A figure and its per cent stay on one line.
    whole = " ".join(text.split()).replace(" %", "\N{NO-BREAK SPACE}%")
    return textwrap.fill(
        whole,
        WIDTH,
        initial_indent=mark,
        subsequent_indent=" " * len(mark),
        break_long_words=False,
        break_on_hyphens=False,
    ).replace("\N{NO-BREAK SPACE}%", " %")
