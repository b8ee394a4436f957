"""Places and records: the files of the county go in through the loaders that real files go through."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from ourpatch.data.exchange import actions as exchange
from ourpatch.data.store.permissions import Permission as Store
from ourpatch.foundation.law.clocks import add_months
from ourpatch.foundation.places import loading
from ourpatch.foundation.places import queries as places
from ourpatch.foundation.places.permissions import Permission as Places
from ourpatch.site.demo.county.incidents import HANDED_OVER
from ourpatch.site.demo.stage import Stage
from ourpatch.site.loading import command_line


def set_up(stage: Stage) -> None:
    """Load the boundaries, what is known of them, the postcodes and the gazetteer, and name the places."""
    files, set_up_at = stage.files, stage.set_up_at
    loading.load_boundaries(
        by=command_line(Places.VIEW, Places.LOAD),
        now=set_up_at,
        districts=files.districts,
        wards=files.wards,
        lsoas=files.lsoas,
        ward_population=files.population,
        deprivation=files.deprivation,
        neighbourhoods=files.neighbourhoods,
        postcodes=files.postcodes,
        place_names=files.gazetteer,
        county=stage.county.name,
        population_year=stage.county.start.year - 1,
        valid_from=date(set_up_at.year - 1, 4, 1),
        attribution="Invented for this demo.",
    )
    stage.neighbourhoods = {each.slug: each for each in places.neighbourhoods().select_related("partnership")}
    stage.partnerships = {each.name: each for each in places.partnerships()}


def set_records(stage: Stage) -> None:
    """Each month's records come when the month is over; a month that is not over is not there."""
    for month, path in _months(stage.files.police, stage.folder):
        after = add_months(month, 1)
        if after <= stage.county.until + timedelta(days=1):
            stage.timeline.at(stage.morning(after + HANDED_OVER, 7), _loader(path))


def _loader(path: Path) -> Callable[[datetime], None]:
    def load(now: datetime) -> None:
        exchange.load_police_uk(by=command_line(Store.LOAD), paths=[path], now=now)

    return load


def _months(archive: Path, folder: Path) -> Iterator[tuple[date, Path]]:
    """The archive as twelve, one a month, as a force hands them over."""
    with zipfile.ZipFile(archive) as whole:
        for name in sorted(whole.namelist()):
            month = name.split("/")[0]
            path = folder / f"police-uk-{month}.zip"
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as part:
                part.writestr(name, whole.read(name))
            yield date.fromisoformat(f"{month}-01"), path
