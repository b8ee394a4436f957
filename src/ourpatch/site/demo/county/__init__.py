"""The invented county of Carrowshire: map, organisations, people, a year of incidents and of neighbourhood life.

Pure data: nothing here knows the database. `build()` makes it, `County.write_files()` gives the files that the ordinary
loaders read, `County.life()` gives what people said and did, for the demo to play through the ordinary actions.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from . import design, tell_meetings, tell_problems, tell_voices
from . import files as _files
from . import incidents as _incidents
from . import map as _map
from .files import Files
from .incidents import Table, Window
from .life import Life
from .map import CountyMap
from .organisations import ORGANISATIONS, Organisation
from .people import Person, employ
from .setting import Setting
from .truths import Truths

__all__ = ["County", "build"]

UNTIL = date(2026, 10, 31)


@dataclass(frozen=True, slots=True)
class County:
    """One invented county; everything follows from `seed` and `until`, the last day that has happened."""

    seed: int
    name: str
    force: str
    window: Window
    map: CountyMap
    organisations: tuple[Organisation, ...]
    people: tuple[Person, ...]
    incidents: Table
    truths: Truths

    @property
    def start(self) -> date:
        """First day of the year of data."""
        return self.window.start

    @property
    def until(self) -> date:
        """Last day of the year of data."""
        return self.window.until

    def write_files(self, folder: Path) -> Files:
        """Write the files a partnership would be given; the same county writes the same bytes."""
        return _files.write_files(folder, self.map, self.incidents, self.truths, self.window, self.seed)

    def life(self, seed: int | None = None) -> Life:
        """A year of concerns, meetings, priorities, plans and answers, told with this seed or the county's own."""
        told_with = self.seed if seed is None else seed
        setting = Setting(told_with, self.window, self.map, self.people, self.incidents, self.truths)
        told = tell_problems.tell(setting)
        concerns = tell_voices.tell(setting)
        met = tell_meetings.tell(setting, told, concerns)
        return Life(
            "wyndmoor", concerns, told.problems, met.forums, met.meetings, told.priorities, told.plans, told.answers
        )


def build(seed: int = 2026, until: date = UNTIL) -> County:
    """Invent the county: some two seconds of work, no file touched."""
    window = Window(until)
    county_map = _map.draw(seed)
    happened, truths = _incidents.happen(county_map, seed, window)
    return County(
        seed, design.NAME, design.FORCE_NAME, window, county_map, ORGANISATIONS, employ(seed), happened, truths
    )
