"""The list of all pages, and how they are kept true."""

from __future__ import annotations

from collections.abc import Mapping

from tools.methods_pages.layout import Page, bullets, prose, table

_OTHERS = (
    (
        "[How well the depersonalisation gate works](depersonalisation.md)",
        "Does a file name anybody? (its own tool writes it)",
    ),
    (
        "[Disclosure control](disclosure.md)",
        "Could published figures give away a small one? (written by hand)",
    ),
    (
        "[Small faults put in on purpose](mutations.md)",
        "Would the tests notice a fault in the analysis or in the rules of publication? (written by hand)",
    ),
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
                table(("page", "question"), [*rows, *_OTHERS]),
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
                        "its test, and says whether the tool was run, its source read, or its rule taken from a "
                        "published account. It is true of the version that is named; a later one may do otherwise. "
                        "Of a tool that is not named nothing is said.",
                        "Permutations and simulations have fixed seeds, so the same data give the same answer. A "
                        "result prints its own seed.",
                    )
                ),
                "## How to read the figures",
                bullets(
                    (
                        "p: how often chance alone gives as much as was seen, or more. A small p is a reason to "
                        "look, not a proof. It is not how likely it is that there is nothing.",
                        "q: p adjusted for asking many questions at once. Of those called at a q of 0.05 or less, on "
                        "average no more than about one in twenty is false.",
                        "95 % interval: made in a way that holds the truth 95 times in a hundred, if what is taken "
                        "for granted is true.",
                        "Seed: the number that a run of chance begins with. With the same seed it comes out the same.",
                        "Wilson's interval: a 95 % interval for a share of so many trials.",
                        '"Not shown": the figures do not tell it from chance. It does not mean that there is nothing.',
                        "False alarm: a call where there is nothing. Each page about a test says how many to expect; "
                        "maps of density, lists of similar areas and indices test nothing.",
                    )
                ),
            )
        )
        + "\n"
    )
