"""Every method of the studies, one after another in one process, of the partnership over all districts: `every_method.py`.

Where a method has areas to choose, they are LSOAs; what has to be named (the areas of a project, its first month) is the same
few. Each study is asked, worked out, kept as a draft and drawn once, as a page would.

The last line is the whole answer, as JSON: [[method, wall seconds, processor seconds, what kept it from answering or ""], ...].
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import django

if TYPE_CHECKING:
    from ourpatch.data.studies.contract import Method

BEGAN = "2022-07"
WANTED = frozenset(sys.argv[1:])


def main() -> None:
    """Ask, and print."""
    django.setup()
    from ourpatch.data.studies.methods import METHODS

    named = _named()
    asked = [each for each in METHODS if not WANTED or each.key in WANTED]
    print(json.dumps([_measured(each, {**_unit(each), **named.get(each.key, {})}) for each in asked]))


def _measured(method: Method, options: dict[str, Any]) -> tuple[str, float, float, str]:
    wall, used = time.perf_counter(), time.process_time()
    kept = _asked(lambda: _run(method.key, options))
    return method.key, time.perf_counter() - wall, time.process_time() - used, kept


def _asked(ask: Callable[[], None]) -> str:
    from ourpatch.ground.errors import BadInput, RuleBroken

    try:
        ask()
    except (BadInput, RuleBroken) as why:
        return str(why)
    return ""


def _run(method: str, options: dict[str, Any]) -> None:
    from ourpatch.data.disclosure.permissions import Permission as Disclosure
    from ourpatch.data.store.permissions import Permission as Store
    from ourpatch.data.store.rules import POLICE_UK
    from ourpatch.data.studies import actions, exporting
    from ourpatch.data.studies.permissions import Permission
    from ourpatch.data.studies.question import Question
    from ourpatch.ground import clock
    from ourpatch.site.loading import command_line

    by = command_line(Permission.RUN, Permission.VIEW, Store.VIEW, Disclosure.ASK_CONTROLLED)
    question = Question(method=method, dataset=POLICE_UK, area=_place().pk, options=options)
    study = actions.run_study(by=by, question=question, now=clock.now())
    if exporting.Format.SVG in exporting.formats(study):
        exporting.export(study, exporting.Format.SVG)


def _place() -> Any:
    from bench_parts.combined import NAME

    from ourpatch.foundation.places.models import ServiceArea

    return ServiceArea.objects.get(name=NAME)


def _unit(method: Method) -> dict[str, str]:
    from ourpatch.data.studies.contract import Unit

    offered = {code for option in method.options if option.key == "unit" for code, _name in option.choices}
    return {"unit": str(Unit.LSOA)} if str(Unit.LSOA) in offered else {}


def _named() -> dict[str, dict[str, Any]]:
    """For the methods that ask about certain areas: the same few, in the order of their names or codes."""
    from ourpatch.data.studies.contract import Unit
    from ourpatch.foundation.places import queries as places

    names = [each.name for each in places.neighbourhoods(_place().pk).order_by("name")]
    first = places.areas_within(_place(), str(Unit.LSOA)).values_list("code", flat=True)[0]
    return {
        "similar": {"target": first},
        "before-after": {
            "from_month": BEGAN,
            "treated": names[:1],
            "control": names[1:3],
            "buffer": names[3:4],
        },
        "matched": {"from_month": BEGAN, "treated": names[2:6]},
        "differences": {"from_month": BEGAN, "treated": names[:3]},
        "break": {"from_month": BEGAN},
    }


if __name__ == "__main__":
    main()
