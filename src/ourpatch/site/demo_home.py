"""`ourpatch demo`: build a demo home unless it is there, say how to sign in, serve it.

It is built in a folder beside its own by a process of its own, and takes its name only when it is whole, so that an
interrupted build leaves nothing half there.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import say as _

FLAG = "demo"
SHEET = "sign-in.json"
DEFAULTS = {"invented": Path("var/demo"), "lancashire": Path("var/demo-lancashire")}


def run(
    *, area: str, data: Path | None, port: int, fresh: bool, build_only: bool, small: bool, home: Path | None = None
) -> int:
    """Build when wanted or missing, then serve. Raises BadInput: a home that is no demo, or real data that is not there."""
    place = (home or Path(os.environ.get("OURPATCH_HOME") or DEFAULTS[area])).resolve()
    there = _what_is_there(place)
    if there is not None and there != area and not fresh:
        raise BadInput(
            _(
                "%(home)s holds another demo (%(area)s). Say --fresh to replace it, or name another --home.",
                **_at(place, there),
            )
        )
    if there is None or fresh:
        status = _build(place, area, data, small)
        if status:
            return status
    _print_sheet(place, port)
    if not build_only:
        _serve(place, port)
    return 0


def keys_of(home: Path) -> Path:
    """The folder of a home's keys: beside the home, never in it (settings.base)."""
    return Path(f"{home}-keys")


def _at(place: Path, area: str) -> dict[str, object]:
    return {"home": str(place), "area": area}


def _what_is_there(place: Path) -> str | None:
    """The area of the demo that is there, None when nothing is; raises BadInput for anything that is not a demo."""
    for folder in (place, keys_of(place)):
        if _holds_something(folder) and not (folder / FLAG).exists():
            raise BadInput(
                _("%(home)s holds something that is not a demo. Name another place with --home.", home=str(folder))
            )
    return str(json.loads((place / FLAG).read_text())["area"]) if _holds_something(place) else None


def _holds_something(folder: Path) -> bool:
    return folder.exists() and any(folder.iterdir())


def _build(place: Path, area: str, data: Path | None, small: bool) -> int:
    if area == "lancashire":
        data = _real_data(data)
    building = place.with_name(f"{place.name}.building")
    for left_over in (building, keys_of(building)):
        shutil.rmtree(left_over, ignore_errors=True)
    for made in (building, keys_of(building)):
        made.mkdir(parents=True, mode=0o700)
        (made / FLAG).write_text(json.dumps({"area": area}))
    finished = subprocess.run(_command(area, data, small), env=_environment(building), check=False)  # noqa: S603
    if finished.returncode:
        print("ourpatch: the demo was not built; nothing was changed.", file=sys.stderr)
        return 1
    for old in (place, keys_of(place)):
        shutil.rmtree(old, ignore_errors=True)
    keys_of(building).rename(keys_of(place))
    building.rename(place)
    return 0


def _command(area: str, data: Path | None, small: bool) -> list[str]:
    command = [sys.executable, "-m", "ourpatch.site.demo.building", "--area", area]
    return [*command, *(["--data", str(data)] if data else []), *(["--small"] if small else [])]


def _environment(home: Path) -> dict[str, str]:
    """A demo has a home and keys of its own, whatever installation this shell is set up for."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("OURPATCH_")}
    return {**others, "OURPATCH_HOME": str(home), "DJANGO_SETTINGS_MODULE": "ourpatch.settings.embedded"}


def _real_data(data: Path | None) -> Path:
    given = (data or Path("../shared/data")).resolve()
    found = next((each for each in (given / "lancashire", given) if (each / "lancashire_wards.gpkg").exists()), None)
    if found is None:
        raise BadInput(
            _("There are no Lancashire files in %(folder)s. Say where they are with --data.", folder=str(given))
        )
    return found


def _print_sheet(place: Path, port: int) -> None:
    sheet = json.loads((place / SHEET).read_text())
    print(f"\nThe demo of {sheet['county']}, told up to {sheet['until']} (--fresh tells it anew).")
    print(f"\n  For everybody:  http://127.0.0.1:{port}/")
    print(f"  To sign in:     http://127.0.0.1:{port}/demo/   shows the six-digit codes\n")
    width = max(len(each["role"]) for each in sheet["people"])
    for each in sheet["people"]:
        print(f"  {each['role']:{width}}  {each['email']}")
    print(f"\n  The password of each of them:  {sheet['password']}\n", flush=True)


def _serve(place: Path, port: int) -> NoReturn:
    command = [sys.executable, "-m", "ourpatch.site.cli", "--home", str(place), "serve", "--port", str(port)]
    # The server takes this process's place: what building needed is not kept in memory while it serves.
    os.execve(sys.executable, command, _environment(place))  # noqa: S606 - our own command
