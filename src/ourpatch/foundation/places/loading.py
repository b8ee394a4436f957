"""`ourpatch load-boundaries`: a county's boundary sets, what is known of their areas, and the service areas made of them.

Everything is read and checked before anything is written; the report says row by row what did not match, on both sides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from ourpatch.foundation.places import actions, changes, reading, rules
from ourpatch.foundation.places.models import Area, AreaKind, BoundarySet
from ourpatch.foundation.places.permissions import Permission
from ourpatch.foundation.places.reading import AreaRow, DeprivationRow, LsoaChangeRow, PopulationRow, ReadAreas
from ourpatch.ground.clock import london_date
from ourpatch.ground.errors import BadInput
from ourpatch.ground.geo import from_wkb
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

Progress = Callable[[str, int, int | None], None]
"""Told what is being done, how many rows are done, and of how many (None: nobody knows yet)."""

AREAS = r"\.(geojson|json|gpkg|shp|zip)$"
TABLE = r"\.(csv|xlsx)$"
# What each file of a folder is, by its name. Case does not matter.
NAMES: Mapping[str, str] = {
    "districts": rf"(district|\blad|^lad).*{AREAS}",
    "wards": rf"ward.*{AREAS}",
    "lsoas": rf"(lsoa|lower.layer).*{AREAS}",
    "ward_population": rf"pop.*{TABLE}",
    "deprivation": rf"(imd|depriv).*{TABLE}",
    "neighbourhoods": rf"neighbourhood.*{TABLE}",
    "postcodes": r"(postcode|onspd).*\.csv$",
    "place_names": r"(gazetteer|place.?name).*\.csv$",
}
NOT_OF_THE_COUNTY = re.compile(r"[\W_]+|\d+|districts?|lads?|boundar(y|ies)", re.IGNORECASE)
ATTRIBUTION = (
    "Contains public sector information licensed under the Open Government Licence v3.0. "
    "Contains OS data and ONS data, Crown copyright and database right."
)


@dataclass(frozen=True, slots=True)
class Files:
    """The files of one load; each may be left out."""

    districts: Path | None = None
    wards: Path | None = None
    lsoas: Path | None = None
    ward_population: Path | None = None
    deprivation: Path | None = None
    neighbourhoods: Path | None = None
    postcodes: Path | None = None
    place_names: Path | None = None


@dataclass(frozen=True, slots=True)
class Unmatched:
    """One row that found no area, or one area that found no row. `row` is 0 for an area."""

    what: str
    code: str
    name: str
    row: int
    message: Message


@dataclass(slots=True)
class Report:
    """What a load did, or under `dry_run` would do: sentences, counts by name, what did not match, and what was mended."""

    dry_run: bool
    lines: list[Message] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    unmatched: list[Unmatched] = field(default_factory=list)
    notes: list[Message] = field(default_factory=list)

    def say(self, name: str, count: int, line: Message) -> None:
        """Count something and say it."""
        self.counts[name] = count
        self.lines.append(line)

    def as_dict(self) -> dict[str, Any]:
        """The report as plain values, for a program to read."""
        return {
            "dry_run": self.dry_run,
            "counts": self.counts,
            "lines": [str(line) for line in self.lines],
            "notes": [str(note) for note in self.notes],
            "unmatched": [
                {"what": each.what, "code": each.code, "name": each.name, "row": each.row, "message": str(each.message)}
                for each in self.unmatched
            ],
        }


@dataclass(slots=True)
class _Read:
    """Everything that the files say, checked and matched."""

    areas: dict[AreaKind, ReadAreas] = field(default_factory=dict)
    populations: dict[AreaKind, list[PopulationRow]] = field(default_factory=dict)
    deprivation: list[DeprivationRow] = field(default_factory=list)
    neighbourhoods: list[reading.NeighbourhoodRow] | None = None
    said: dict[AreaKind, list[Message]] = field(default_factory=dict)

    def tell(self, kind: AreaKind, *messages: Message) -> None:
        """Put notes to the set they are about."""
        self.said.setdefault(kind, []).extend(messages)


def recognise(folder: Path) -> Files:
    """The files of a folder that can be loaded, by their names. Raises BadInput: no folder, nothing known, two of one kind."""
    if not folder.is_dir():
        raise BadInput(_("There is no folder %(folder)s.", folder=str(folder)))
    found: dict[str, Path] = {}
    for path in sorted(each for each in folder.iterdir() if each.is_file()):
        role = next((role for role, name in NAMES.items() if re.search(name, path.name.casefold())), None)
        if role in found:
            raise BadInput(
                _(
                    "%(one)s and %(other)s could both be the %(role)s. Name the files one by one.",
                    one=found[role].name,
                    other=path.name,
                    role=role.replace("_", " "),
                )
            )
        if role is not None:
            found[role] = path
    if not found:
        raise BadInput(
            _(
                "%(folder)s holds no file that we know as districts, wards or LSOAs. Name the files one by one.",
                folder=str(folder),
            )
        )
    return Files(**found)


def load_boundaries(
    *,
    by: Actor,
    now: datetime,
    folder: Path | None = None,
    districts: Path | None = None,
    wards: Path | None = None,
    lsoas: Path | None = None,
    ward_population: Path | None = None,
    deprivation: Path | None = None,
    neighbourhoods: Path | None = None,
    postcodes: Path | None = None,
    place_names: Path | None = None,
    county: str = "",
    population_year: int | None = None,
    vintages: Mapping[str, str] | None = None,
    valid_from: date | None = None,
    attribution: str = ATTRIBUTION,
    make_service_areas: bool = True,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Load a folder, or the files that are named (which come before the folder's), and say what happened.

    The same content again changes nothing; a new vintage stands beside the old. A vintage that is not given is the one that
    a column names (LSOA11CD: 2011), else the year of `valid_from`; a `valid_from` that is not given is the first day of the
    vintage's year. Partnerships are made of districts and neighbourhoods of wards unless told otherwise; `county` names the
    two-tier county (else the districts file does).
    Raises BadInput, RuleBroken, NotAllowed; a load that fails can be run again and goes on where it stopped.
    """
    by.require(Permission.VIEW if dry_run else Permission.LOAD)
    named = Files(districts, wards, lsoas, ward_population, deprivation, neighbourhoods, postcodes, place_names)
    files = _together(recognise(folder) if folder else Files(), named)
    tell = progress or _quiet
    report = Report(dry_run)
    read = _read(files, report, tell)
    if dry_run:
        return report
    load = _Load(by, now, tell, report)
    for kind, areas in read.areas.items():
        load.boundary_set(kind, areas, (vintages or {}).get(kind, ""), valid_from, attribution, read.said.get(kind, []))
    load.figures(read, population_year)
    if make_service_areas:
        load.service_areas(county or _county(files.districts), read.neighbourhoods)
    load.directories(files)
    load.notes(read.said)
    return report


def load_lsoa_changes(
    *, by: Actor, path: Path, now: datetime, dry_run: bool = False, progress: Progress | None = None
) -> Report:
    """Load the published lookup of LSOAs of 2011 and 2021 (a CSV file), and say what happened; the same again changes nothing.

    The report's notes name the areas about which the file contradicts itself: no trend is reckoned over them. Raises BadInput,
    NotAllowed; a load that fails can be run again and goes on where it stopped.
    """
    by.require(Permission.VIEW if dry_run else Permission.LOAD)
    tell, report = progress or _quiet, Report(dry_run)
    rows = reading.read_lsoa_changes(path)
    _tell_changes(path, rows, report)
    if dry_run:
        return report
    step = _counting(tell, path.name, len(rows))
    _loaded, is_new = actions.load_lsoa_changes(
        by=by, rows=rows, source=path.name, now=now, notes=report.notes, step=step
    )
    new = _("The lookup of LSOA changes is loaded and used from now on.")
    there = _("The lookup of LSOA changes was already there, nothing changed.")
    report.say("new_lsoa_changes", len(rows) if is_new else 0, new if is_new else there)
    return report


# ---------------------------------------------------------------- reading


def _together(of_folder: Files, named: Files) -> Files:
    given = {each.name: getattr(named, each.name) for each in fields(named)}
    return replace(of_folder, **{name: path for name, path in given.items() if path is not None})


def _read(files: Files, report: Report, tell: Progress) -> _Read:
    read = _Read()
    paths = {AreaKind.DISTRICT: files.districts, AreaKind.WARD: files.wards, AreaKind.LSOA: files.lsoas}
    for kind, path in paths.items():
        if path is not None:
            tell(path.name, 0, None)
            areas = reading.read_areas(path, kind)
            read.tell(kind, *areas.notes)
            read.areas[kind] = _placed(kind, areas, read)
            tell(path.name, len(areas.rows), len(areas.rows))
            report.say(
                f"{kind.value}s",
                len(areas.rows),
                _("%(file)s: %(count)s areas (%(kind)s).", file=path.name, count=len(areas.rows), kind=str(kind.label)),
            )
    if files.ward_population:
        _read_population(files.ward_population, read, report)
    if files.deprivation:
        _read_deprivation(files.deprivation, read, report)
    if files.neighbourhoods:
        _read_neighbourhoods(files.neighbourhoods, read, report)
    report.notes += [note for notes in read.said.values() for note in notes if note not in _messages(report.unmatched)]
    return read


def _placed(kind: AreaKind, areas: ReadAreas, read: _Read) -> ReadAreas:
    """Wards and LSOAs, each with its district: of the districts in this load, else of those that are there."""
    if kind is AreaKind.DISTRICT:
        return areas
    given = read.areas.get(AreaKind.DISTRICT)
    districts = list(given.rows) if given else [*_stored(AreaKind.DISTRICT)]
    if not districts:
        raise BadInput(_("Load the districts with, or before, %(file)s.", file=areas.source))
    rows, notes = reading.within_districts(areas.rows, districts, areas.source)
    read.tell(kind, *notes)
    return replace(areas, rows=tuple(rows))


def _read_population(path: Path, read: _Read, report: Report) -> None:
    rows = reading.read_population(path)
    matched = rules.match(rows, _names(AreaKind.WARD, read))
    read.populations[AreaKind.WARD] = list(matched.rows.values())
    line = _(
        "%(file)s: %(count)s of %(rows)s populations put to their wards.",
        file=path.name,
        count=len(matched.rows),
        rows=len(rows),
    )
    report.say("populations", len(matched.rows), line)
    strangers = [
        Unmatched(
            "population",
            row.code,
            row.name,
            row.row,
            _("%(file)s, row %(row)s: there is no ward %(code)s (%(name)s).", file=path.name, **_of(row)),
        )
        for row in matched.without_area
    ]
    twice = [
        Unmatched(
            "population",
            row.code,
            row.name,
            row.row,
            _(
                "%(file)s, row %(row)s: %(code)s (%(name)s) is there twice; the first was used.",
                file=path.name,
                **_of(row),
            ),
        )
        for row in matched.repeated
    ]
    _note_unmatched(
        AreaKind.WARD, [*strangers, *twice, *_missing(AreaKind.WARD, path, matched.without_row, read)], read, report
    )


def _read_deprivation(path: Path, read: _Read, report: Report) -> None:
    rows = reading.read_deprivation(path)
    matched = rules.match(rows, _names(AreaKind.LSOA, read))
    read.deprivation = list(matched.rows.values())
    read.populations[AreaKind.LSOA] = [
        PopulationRow(row.row, row.code, "", row.population) for row in read.deprivation if row.population is not None
    ]
    line = _(
        "%(file)s: %(count)s of %(rows)s LSOAs given their deprivation.",
        file=path.name,
        count=len(matched.rows),
        rows=len(rows),
    )
    report.say("deprivation", len(matched.rows), line)
    strangers = [
        Unmatched(
            "deprivation",
            row.code,
            "",
            row.row,
            _("%(file)s, row %(row)s: there is no LSOA %(code)s.", file=path.name, row=row.row, code=row.code),
        )
        for row in (*matched.without_area, *matched.repeated)
    ]
    _note_unmatched(
        AreaKind.LSOA, [*strangers, *_missing(AreaKind.LSOA, path, matched.without_row, read)], read, report
    )


def _read_neighbourhoods(path: Path, read: _Read, report: Report) -> None:
    rows = reading.read_neighbourhoods(path)
    matched = rules.match(rows, _names(AreaKind.WARD, read))
    read.neighbourhoods = list(matched.rows.values())
    count = len({row.slug for row in read.neighbourhoods})
    line = _(
        "%(file)s: %(wards)s wards in %(count)s neighbourhoods.", file=path.name, wards=len(matched.rows), count=count
    )
    report.say("agreed_neighbourhoods", count, line)
    strangers = [
        Unmatched(
            "neighbourhood",
            row.code,
            row.neighbourhood,
            row.row,
            _(
                "%(file)s, row %(row)s: there is no ward %(code)s, or it is there twice.",
                file=path.name,
                row=row.row,
                code=row.code,
            ),
        )
        for row in (*matched.without_area, *matched.repeated)
    ]
    _note_unmatched(
        AreaKind.WARD, [*strangers, *_missing(AreaKind.WARD, path, matched.without_row, read)], read, report
    )


def _of(row: PopulationRow) -> dict[str, object]:
    return {"row": row.row, "code": row.code, "name": row.name}


def _missing(kind: AreaKind, path: Path, codes: Iterable[str], read: _Read) -> Iterator[Unmatched]:
    names = _names(kind, read)
    for code in codes:
        message = _("%(code)s (%(name)s) is not in %(file)s.", code=code, name=names[code], file=path.name)
        yield Unmatched(kind.value, code, names[code], 0, message)


def _note_unmatched(kind: AreaKind, found: list[Unmatched], read: _Read, report: Report) -> None:
    report.unmatched += found
    read.tell(kind, *_messages(found))


def _messages(unmatched: Iterable[Unmatched]) -> list[Message]:
    return [each.message for each in unmatched]


def _names(kind: AreaKind, read: _Read) -> dict[str, str]:
    """Code -> name of the areas in this load, else of those that are there. Raises BadInput when there are none."""
    areas: Collection[AreaRow] = read.areas[kind].rows if kind in read.areas else [*_stored(kind)]
    if not areas:
        raise BadInput(_("No boundaries of this kind are loaded: %(kind)s. Load them first.", kind=str(kind.label)))
    return {area.code: area.name for area in areas}


def _tell_changes(path: Path, rows: Collection[LsoaChangeRow], report: Report) -> None:
    found = changes.groups(row.line for row in rows)
    of = {code.name.lower(): sum(group.change is code for group in found) for code in changes.ChangeCode}
    report.counts |= {f"{name}_lsoas": count for name, count in of.items()}
    line = _(
        "%(file)s: %(rows)s lines. Groups of LSOAs: %(unchanged)s unchanged, %(split)s split, %(merged)s merged, "
        "%(irregular)s redrawn irregularly.",
        file=path.name,
        rows=len(rows),
        **of,
    )
    report.say("lsoa_changes", len(rows), line)
    report.notes += [group.refusal for group in found if group.contradicts and group.refusal]


def _stored(kind: AreaKind) -> Iterator[AreaRow]:
    newest = BoundarySet.objects.complete().filter(kind=kind).values("pk")[:1]
    for area in Area.objects.filter(boundary_set_id__in=newest).order_by("code"):
        yield AreaRow(area.code, area.name, from_wkb(area.outline), area.name_cy, area.parent_code)


def _county(districts: Path | None) -> str:
    """Lancashire, from lancashire_districts.geojson."""
    words = NOT_OF_THE_COUNTY.sub(" ", districts.stem).split() if districts else []
    return " ".join(word.capitalize() for word in words)


# ---------------------------------------------------------------- writing


@dataclass(slots=True)
class _Load:
    """One load as it is written: who, when, whom to tell, and the sets that were filled."""

    by: Actor
    now: datetime
    tell: Progress
    report: Report
    sets: dict[AreaKind, UUID] = field(default_factory=dict)

    def boundary_set(
        self,
        kind: AreaKind,
        read: ReadAreas,
        vintage: str,
        valid_from: date | None,
        attribution: str,
        notes: list[Message],
    ) -> None:
        """Load one set, unless it is there."""
        today = london_date(self.now)
        chosen = vintage or read.vintage or str((valid_from or today).year)
        begins = valid_from or (date(int(chosen), 1, 1) if re.fullmatch(r"\d{4}", chosen) else today)
        known = BoundarySet.objects.complete().filter(kind=kind, content_sha256=read.content_sha256).exists()
        loaded = actions.load_boundary_set(
            by=self.by,
            kind=kind,
            vintage=chosen,
            valid_from=begins,
            source=read.source,
            areas=read.rows,
            attribution=attribution,
            content_sha256=read.content_sha256,
            now=self.now,
            notes=notes,
            step=self._counting(read.source, len(read.rows)),
        )
        self.sets[kind] = loaded.pk
        values = {"kind": str(kind.label), "vintage": loaded.vintage}
        there = _("%(kind)s %(vintage)s: already there, nothing changed.", **values)
        line = there if known else _("%(kind)s %(vintage)s: loaded.", **values)
        self.report.say(f"new_{kind.value}s", 0 if known else len(read.rows), line)

    def figures(self, read: _Read, year: int | None) -> None:
        """Attach populations and deprivation."""
        for kind, rows in read.populations.items():
            if rows:
                changed = actions.attach_population(
                    by=self.by, boundary_set_id=self._set(kind), rows=rows, year=year, now=self.now
                )
                self.report.counts[f"changed_{kind.value}_populations"] = changed
        if read.deprivation:
            changed = actions.attach_deprivation(
                by=self.by, boundary_set_id=self._set(AreaKind.LSOA), rows=read.deprivation, now=self.now
            )
            self.report.counts["changed_deprivation"] = changed

    def service_areas(self, county: str, mapping: list[reading.NeighbourhoodRow] | None) -> None:
        """Make the partnerships and neighbourhoods of the boundaries that hold today, where both kinds are there."""
        complete = set(BoundarySet.objects.complete().values_list("kind", flat=True))
        if not {AreaKind.DISTRICT, AreaKind.WARD} <= complete:
            return
        partnerships = actions.make_partnerships_from_districts(by=self.by, county=county, now=self.now)
        self.report.say("partnerships", len(partnerships), _("%(count)s partnerships.", count=len(partnerships)))
        if self._wards_hold_another_day(mapping):
            return
        step = self._counting("neighbourhoods", None)
        made = actions.make_neighbourhoods_from_wards(by=self.by, mapping=mapping, now=self.now, step=step)
        self.report.say("neighbourhoods", len(made), _("%(count)s neighbourhoods.", count=len(made)))

    def _wards_hold_another_day(self, mapping: list[reading.NeighbourhoodRow] | None) -> bool:
        """True, and said, when neighbourhoods cannot be made of this load's wards, because today's are others.

        Wards of a review may be loaded before their day, and those of the past for the sake of old figures.
        """
        today = london_date(self.now)
        sets = BoundarySet.objects.complete().filter(kind=AreaKind.WARD)
        loaded = sets.filter(pk__in=[pk for kind, pk in self.sets.items() if kind == AreaKind.WARD]).first()
        if loaded is None or rules.in_force(sets, today)[AreaKind.WARD] == loaded:
            return False
        if loaded.valid_from > today:
            line = _(
                "These wards hold from %(day)s. The present neighbourhoods stay until then: load the same files again on or "
                "after that day to make the neighbourhoods of the new wards.",
                day=loaded.valid_from.isoformat(),
            )
            self.report.say("wards_not_yet_in_force", 1, line)
        return loaded.valid_from > today or mapping is not None

    def directories(self, files: Files) -> None:
        """Load the postcode directory and the gazetteer."""
        if files.postcodes:
            step = self._counting(files.postcodes.name, None)
            kept = actions.load_postcodes(by=self.by, rows=reading.postcodes(files.postcodes), now=self.now, step=step)
            self._say_kept("postcodes", files.postcodes, kept)
        if files.place_names:
            step = self._counting(files.place_names.name, None)
            kept = actions.load_place_names(
                by=self.by, rows=reading.place_names(files.place_names), now=self.now, step=step
            )
            self._say_kept("place_names", files.place_names, kept)

    def notes(self, said: Mapping[AreaKind, list[Message]]) -> None:
        """Keep with each set what this load said of it."""
        for kind, notes in said.items():
            actions.note_on_set(by=self.by, boundary_set_id=self._set(kind), notes=notes, now=self.now)

    def _say_kept(self, name: str, path: Path, kept: actions.Kept) -> None:
        line = _(
            "%(file)s: %(kept)s lie in a neighbourhood and were kept, %(outside)s lie outside.",
            file=path.name,
            kept=kept.kept,
            outside=kept.outside,
        )
        self.report.say(name, kept.kept, line)

    def _set(self, kind: AreaKind) -> UUID:
        """The set of this load, else the newest."""
        if kind not in self.sets:
            self.sets[kind] = BoundarySet.objects.complete().filter(kind=kind).values_list("pk", flat=True)[0]
        return self.sets[kind]

    def _counting(self, words: str, total: int | None) -> Callable[[int], None]:
        return _counting(self.tell, words, total)


def _counting(tell: Progress, words: str, total: int | None) -> Callable[[int], None]:
    done = 0

    def step(count: int) -> None:
        nonlocal done
        done += count
        tell(words, done, total)

    return step


def _quiet(words: str, done: int, total: int | None) -> None:
    """Nobody watches."""
