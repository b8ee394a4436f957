"""The list of all pages, and how they are kept true."""

from __future__ import annotations

from collections.abc import Mapping

from tools.methods_pages.layout import Page, bullets, prose, table

_OTHER = (
    "[How well the depersonalisation gate works](depersonalisation.md)",
    "Does a file name anybody? (its own tool writes it)",
)


def render(pages: Mapping[str, Page]) -> str:
    """The index as a Markdown file."""
    rows = [(f"[{page.title}]({name}.md)", page.question) for name, page in pages.items()]
    faults = sum(len(page.others) for page in pages.values())
    return (
        "\n\n".join(
            (
                "# Methods",
                prose(
                    "How each figure is worked out, with real numbers, what is taken for granted, what it does not "
                    "show, and how often it errs when there is nothing to find. Each page is for two readers: "
                    "somebody who has to decide by the figure, who can read the question, the example and what it "
                    "does not show; and somebody who checks it."
                ),
                table(("page", "question"), [*rows, _OTHER]),
                "## How these pages are kept true",
                bullets(
                    (
                        "`tools/methods.py` runs the analysis and writes what comes out into the pages. "
                        "`tests/docs/test_methods_pages.py` fails when a page is not what the tool would write today.",
                        "Simulations that take minutes are kept in `tools/methods_pages/measured.json` with fixed "
                        "seeds and a digest of the code that they came from. The same test fails when that code has "
                        "changed; `tools/methods.py --measure` runs them again.",
                        f"What is said about other tools ({faults} points) is shown by tests that restate their rule "
                        "in a few lines, in `tests/docs/other_tools.py`, and compare it with ours. Each point names "
                        "its test, and says whether the tool was run, its source read, or its fault taken from a "
                        "published account. Other tools are left out.",
                        "Permutations and simulations have seeds, which are printed; the same data give the same "
                        "answer.",
                    )
                ),
                "## How to read the figures",
                bullets(
                    (
                        "p: how often chance alone gives as much as was seen, or more. A small p is a reason to "
                        "look, not a proof.",
                        "q: p adjusted for asking many questions at once. Of those called at q of 0.05, about one in "
                        "twenty is false.",
                        "95 % interval: made in a way that holds the truth 95 times in a hundred, if what is taken "
                        "for granted is true.",
                        '"Not shown": the figures do not tell it from chance. It does not mean that there is nothing.',
                        "False alarm: a call where there is nothing. Each page says how many to expect.",
                    )
                ),
            )
        )
        + "\n"
    )
