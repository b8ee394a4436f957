"""All pages: their names, their text, and whether what lies in docs is that text."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from tools.methods_pages import (
    change,
    comparison,
    concentration,
    density,
    evaluation,
    forecasts,
    hot_spots,
    index,
    near_repeat,
    patterns,
    surveys,
)
from tools.methods_pages.layout import Page

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "methods"
PAGES: dict[str, Callable[[], Page]] = {
    "hot-spots": hot_spots.page,
    "density": density.page,
    "hot-spot-patterns": patterns.page,
    "near-repeat": near_repeat.page,
    "concentration": concentration.page,
    "change": change.page,
    "forecasts": forecasts.page,
    "comparison": comparison.page,
    "evaluation": evaluation.page,
    "surveys": surveys.page,
}
INDEX = "README"


@cache
def made(name: str) -> Page:
    """A page from runs of today."""
    return PAGES[name]()


def text(name: str) -> str:
    """What a page says today."""
    if name == INDEX:
        return index.render({name: made(name) for name in PAGES})
    return made(name).render()


def names() -> list[str]:
    """Every page and the index."""
    return [*PAGES, INDEX]


def path(name: str) -> Path:
    """Where a page lies."""
    return FOLDER / f"{name}.md"


def out_of_date() -> list[str]:
    """Names of the pages that do not say what the analysis does today."""
    return [name for name in names() if not path(name).exists() or path(name).read_text("utf-8") != text(name)]


def write() -> None:
    """Write every page anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in names():
        path(name).write_text(text(name), encoding="utf-8")
