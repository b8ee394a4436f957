"""The command line's analyses: the same methods, questions and results as the analyst's page."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from ourpatch.data.store.rules import POLICE_UK
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import say as _
from ourpatch.site.whole_files import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ourpatch.data.studies.models import Study
    from ourpatch.foundation.places.models import ServiceArea
    from ourpatch.ground.permission.actor import Actor

FILES = ("svg", "png", "geojson", "csv", "xlsx")


def add_parser(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `analyse` to the commands."""
    analyse = verbs.add_parser("analyse", help="analyse recorded data; without a method, list the methods")
    analyse.add_argument("method", nargs="?", help="for example hot-spots; --list-options says what it can be told")
    analyse.add_argument("--dataset", metavar="KEY", default=POLICE_UK, help="default: police_uk_street")
    analyse.add_argument(
        "--area", metavar="SLUG", help="a partnership or neighbourhood; needed where there are several"
    )
    analyse.add_argument("--category", action="append", default=[], metavar="CODE", help="can be given again; else all")
    analyse.add_argument("--since", type=date.fromisoformat, metavar="DATE", help="first day, as 2026-01-01")
    analyse.add_argument("--until", type=date.fromisoformat, metavar="DATE", help="last day")
    analyse.add_argument("--known-on", type=date.fromisoformat, metavar="DATE", help="as the data stood that evening")
    analyse.add_argument("--option", action="append", default=[], metavar="NAME=VALUE", help="can be given again")
    analyse.add_argument("--purpose", default="", help="needed for controlled datasets; it is kept")
    analyse.add_argument("--keep", metavar="TITLE", help="keep it as a study under this title")
    analyse.add_argument("--list-options", action="store_true", help="say what the method can be told")
    analyse.add_argument("--json", action="store_true", help="print question, words and numbers for a program")
    for each in FILES:
        analyse.add_argument(f"--{each}", type=Path, metavar="FILE", help=f"write it as {each.upper()}, too")
    analyse.set_defaults(command=analyse_command)


def analyse_command(arguments: argparse.Namespace) -> int:
    """`ourpatch analyse`: 0 when it was answered. Raises BadInput, RuleBroken, NotFound."""
    import django

    django.setup()
    if arguments.method is None or arguments.list_options:
        for line in _methods() if arguments.method is None else _options(arguments.method):
            print(line)
        return 0
    by = _analyst()
    study = _run(by, arguments)
    _write_files(by, study, arguments)
    if arguments.json:
        print(_file(by, study, "json").decode())
    else:
        for line in _told(study):
            print(line)
    return 0


def _analyst() -> Actor:
    from ourpatch.data.disclosure.permissions import Permission as Disclosure
    from ourpatch.data.store.permissions import Permission as Store
    from ourpatch.data.studies.permissions import Permission
    from ourpatch.site.loading import command_line

    return command_line(Permission.RUN, Permission.VIEW, Store.VIEW, Disclosure.ASK_CONTROLLED)


def _run(by: Actor, arguments: argparse.Namespace) -> Study:
    from ourpatch.data.studies import actions
    from ourpatch.data.studies.question import Question
    from ourpatch.ground import clock

    now = clock.now()
    question = Question(
        method=arguments.method,
        dataset=arguments.dataset,
        area=_area(by, arguments.area).pk,
        categories=tuple(arguments.category),
        since=arguments.since,
        until=arguments.until,
        known_on=arguments.known_on,
        options=_given(arguments.option),
        purpose=arguments.purpose,
    )
    study = actions.run_study(by=by, question=question, now=now)
    if arguments.keep:
        study = actions.keep_study(
            by=by, study_id=study.pk, version=study.version, title=arguments.keep, notes="", now=now
        )
    return study


def _area(by: Actor, slug: str | None) -> ServiceArea:
    from ourpatch.data.studies import queries
    from ourpatch.foundation.places.models import ServiceAreaKind

    every = queries.list_places(by)
    wholes = [each for each in every if each.kind == ServiceAreaKind.PARTNERSHIP]
    chosen = [each for each in every if each.slug == slug] if slug else wholes
    if not every:
        raise BadInput(_("There is no partnership yet. Begin with ourpatch demo, or set one up in the browser."))
    if len(chosen) != 1:
        names = ", ".join(each.slug for each in (wholes if slug is None else every))
        raise BadInput(_("Name one of these places with --area: %(names)s.", names=names))
    return chosen[0]


def _given(options: list[str]) -> dict[str, str]:
    """NAME=VALUE pairs. Raises BadInput."""
    pairs = [each.partition("=") for each in options]
    wrong = next((each for each, (_name, sign, _value) in zip(options, pairs, strict=True) if not sign), None)
    if wrong is not None:
        raise BadInput(_("Write an option as name=value; %(given)s has no equals sign.", given=wrong))
    return {name.strip(): value.strip() for name, _sign, value in pairs}


def _methods() -> Iterator[str]:
    from ourpatch.data.studies.methods import METHODS

    width = max(len(each.key) for each in METHODS)
    for each in METHODS:
        yield f"{each.key:<{width}}  {each.asks}"


def _options(key: str) -> Iterator[str]:
    from ourpatch.data.studies.methods import method

    found = method(key)
    yield f"{found.key}: {found.asks}"
    for option in found.options:
        choices = f" ({', '.join(key for key, _name in option.choices)})" if option.choices else ""
        default = "" if option.default is None else f" [{option.default}]"
        yield f"  {option.key}={option.kind}{choices}{default}  {option.label}"


def _told(study: Study) -> Iterator[str]:
    """What a person reads: what was asked, what was found, the tables."""
    shown: dict[str, list[str]] = study.shown
    yield f"{shown['method']}: {shown['what']}, {shown['where']}, {shown['when']}"
    yield ""
    yield from shown["findings"]
    for heading, key in ((_("Read with care:"), "cautions"), (_("Chosen:"), "choices")):
        if shown[key]:
            yield ""
            yield str(heading)
            yield from (f"- {line}" for line in shown[key])


def _write_files(by: Actor, study: Study, arguments: argparse.Namespace) -> None:
    """Write each file whole or not at all. Raises BadInput, NotFound."""
    for each in FILES:
        path: Path | None = getattr(arguments, each)
        if path is None:
            continue
        write_whole(path, _file(by, study, each))


def _file(by: Actor, study: Study, wanted: str) -> bytes:
    from ourpatch.data.studies import actions, exporting

    return actions.download_study(by=by, study_id=study.pk, wanted=exporting.Format(wanted))
