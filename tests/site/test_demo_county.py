"""The invented county is the same each time, tiles, holds its planted truths, and its files and stories are sound."""

from __future__ import annotations

import csv
import io
import itertools
import zipfile
from collections import Counter
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import openpyxl
import pyogrio
import pytest
import shapely

from ourpatch.ground.geo import in_cover, to_bng
from ourpatch.site.demo import county
from ourpatch.site.demo.county.files import POLICE_HEADER, Files
from ourpatch.site.demo.county.incidents import Window
from ourpatch.site.demo.county.life import Concern, Life
from ourpatch.site.demo.county.people import ROLES
from ourpatch.site.demo.county.profiles import CATEGORIES
from ourpatch.site.demo.county.setting import Setting

pytestmark = pytest.mark.rules

DAYS_OF_TELLING = (date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 14), date(2026, 2, 28), date(2026, 5, 2))
"""A whole last month, one just begun, one half gone; and short months at other ends of the year."""

REAL_NAMES = {
    "bedfordshire", "berkshire", "buckinghamshire", "cambridgeshire", "cheshire", "cornwall", "cumbria", "derbyshire",
    "devon",
    "dorset", "durham", "essex", "gloucestershire", "hampshire", "herefordshire", "hertfordshire", "kent", "lancashire",
    "leicestershire", "lincolnshire", "norfolk", "northamptonshire", "northumberland", "nottinghamshire", "oxfordshire",
    "rutland", "shropshire", "somerset", "staffordshire", "suffolk", "surrey", "sussex", "warwickshire", "wiltshire",
    "worcestershire", "yorkshire", "harrow", "harwich", "harrogate", "carrick", "carlisle", "stamford", "wychavon",
    "wyre",
    "telford", "wolverhampton", "dudley", "walsall", "sandwell", "birmingham", "solihull", "coventry", "redditch",
    "bromsgrove", "kidderminster", "bridgnorth", "shrewsbury", "ludlow", "cannock chase", "lichfield", "tamworth",
    "stafford",
    "south staffordshire", "east staffordshire", "wyre forest", "malvern hills", "worcester", "hereford",
    "vale of glamorgan",
    "vale of white horse", "norwich", "burnley", "pendle", "rossendale", "hyndburn", "preston", "chorley", "fylde",
    "blackpool", "clydebank", "cardiff", "swansea", "newport", "wrexham", "flintshire", "powys", "gwynedd", "conwy",
}  # fmt: skip


@cache
def county_until(until: date) -> county.County:
    """The county as it is told of on a day; made once for all tests that look at that day."""
    return county.build(until=until)


@pytest.fixture(scope="module")
def carrowshire() -> county.County:
    return county.build()


@pytest.fixture(scope="module")
def told(carrowshire: county.County) -> Life:
    return carrowshire.life()


@pytest.fixture(scope="module")
def files(carrowshire: county.County, tmp_path_factory: pytest.TempPathFactory) -> Files:
    return carrowshire.write_files(tmp_path_factory.mktemp("county"))


def police_rows(path: Path) -> list[dict[str, str]]:
    with zipfile.ZipFile(path) as archive:
        texts = [archive.read(name).decode() for name in archive.namelist()]
    return [row for text in texts for row in csv.DictReader(io.StringIO(text))]


class TestTheSameEachTime:
    def test_incidents_and_people(self, carrowshire: county.County) -> None:
        again = county.build()
        assert np.array_equal(again.incidents, carrowshire.incidents)
        assert again.people == carrowshire.people
        assert again.truths == carrowshire.truths

    def test_life(self, carrowshire: county.County, told: Life) -> None:
        assert carrowshire.life() == told

    def test_bytes_of_every_file(self, carrowshire: county.County, files: Files, tmp_path: Path) -> None:
        again = carrowshire.write_files(tmp_path)
        for name in Files.__slots__:
            assert getattr(again, name).read_bytes() == getattr(files, name).read_bytes(), name

    def test_another_seed_is_another_county(self, carrowshire: county.County) -> None:
        other = county.build(seed=7)
        assert other.map.lsoas[0].geometry != carrowshire.map.lsoas[0].geometry


class TestMap:
    def test_lsoas_tile_the_county(self, carrowshire: county.County) -> None:
        areas = [lsoa.geometry for lsoa in carrowshire.map.lsoas]
        assert all(area.is_valid and area.geom_type == "Polygon" for area in areas)
        assert shapely.coverage_is_valid(areas)
        assert sum(area.area for area in areas) == pytest.approx(carrowshire.map.outline.area, rel=1e-9)

    @pytest.mark.parametrize("level", ["wards", "neighbourhoods", "districts"])
    def test_larger_areas_tile_too(self, carrowshire: county.County, level: str) -> None:
        areas = [area.geometry for area in getattr(carrowshire.map, level)]
        assert all(area.is_valid and area.geom_type == "Polygon" for area in areas)
        assert shapely.coverage_is_valid(areas)
        assert sum(area.area for area in areas) == pytest.approx(carrowshire.map.outline.area, rel=1e-9)

    def test_lsoas_nest(self, carrowshire: county.County) -> None:
        wards = {ward.code: ward for ward in carrowshire.map.wards}
        hoods = {hood.key: hood for hood in carrowshire.map.neighbourhoods}
        for lsoa in carrowshire.map.lsoas:
            ward = wards[lsoa.ward_code]
            assert (ward.neighbourhood, ward.district_code) == (lsoa.neighbourhood, lsoa.district_code)
            assert lsoa.geometry.difference(ward.geometry).area < 1
            assert lsoa.geometry.difference(hoods[lsoa.neighbourhood].geometry).area < 1

    def test_counts(self, carrowshire: county.County) -> None:
        drawn = carrowshire.map
        assert [len(drawn.districts), len(drawn.neighbourhoods), len(drawn.wards)] == [3, 12, 36]
        assert Counter(district.tier for district in drawn.districts) == {"district": 2, "unitary": 1}
        assert 150 <= len(drawn.lsoas) <= 210
        assert len(drawn.streets) > 300
        assert len(drawn.postcodes) > 1_900
        assert all(ward.population > 4_000 for ward in drawn.wards)
        assert sum(ward.population for ward in drawn.wards) == sum(lsoa.population for lsoa in drawn.lsoas)

    def test_codes_are_of_the_right_kind_and_of_nobody(self, carrowshire: county.County) -> None:
        drawn = carrowshire.map
        assert all(lsoa.code.startswith("E01999") and len(lsoa.code) == 9 for lsoa in drawn.lsoas)
        assert all(ward.code.startswith("E05999") and len(ward.code) == 9 for ward in drawn.wards)
        assert {district.code[:6] for district in drawn.districts} == {"E06999", "E07999"}
        assert len({one.postcode for one in drawn.postcodes}) == len(drawn.postcodes)
        assert all(one.postcode.startswith("QX") for one in drawn.postcodes)

    def test_points_are_where_they_say(self, carrowshire: county.County) -> None:
        drawn = carrowshire.map
        areas = np.array([lsoa.geometry for lsoa in drawn.lsoas])
        assert shapely.contains_xy(areas[drawn.anchors.lsoa], drawn.anchors.e, drawn.anchors.n).all()
        assert (drawn.anchors.addresses >= 8).all()
        assert in_cover(drawn.anchors.e, drawn.anchors.n).all()
        hoods = {hood.key: hood.geometry for hood in drawn.neighbourhoods}
        assert all(shapely.contains_xy(hoods[place.neighbourhood], place.e, place.n) for place in drawn.places)

    def test_street_names_are_told_apart_within_a_neighbourhood(self, carrowshire: county.County) -> None:
        names = Counter((street.neighbourhood, street.name) for street in carrowshire.map.streets)
        assert max(names.values()) == 1

    def test_every_decile_of_deprivation_is_met_and_neighbours_are_alike(self, carrowshire: county.County) -> None:
        lsoas = carrowshire.map.lsoas
        assert {lsoa.deprivation_decile for lsoa in lsoas} == set(range(1, 11))
        tree = shapely.STRtree([lsoa.geometry for lsoa in lsoas])
        one, other = tree.query([lsoa.geometry for lsoa in lsoas], predicate="touches")
        score = np.array([lsoa.deprivation_score for lsoa in lsoas])
        assert np.corrcoef(score[one], score[other])[0, 1] > 0.5

    def test_no_name_of_a_real_county_or_district(self, carrowshire: county.County) -> None:
        drawn = carrowshire.map
        names = [carrowshire.name, *(d.name for d in drawn.districts), *(n.name for n in drawn.neighbourhoods)]
        names += [place.name for place in drawn.places if place.kind in ("town", "village")]
        assert not {name.lower() for name in names} & REAL_NAMES


class TestPeople:
    def test_everyone_has_an_organisation_and_places_to_serve(self, carrowshire: county.County) -> None:
        organisations = {organisation.key for organisation in carrowshire.organisations}
        hoods = {hood.key for hood in carrowshire.map.neighbourhoods}
        for person in carrowshire.people:
            assert person.organisation in organisations
            assert person.neighbourhoods
            assert set(person.neighbourhoods) <= hoods

    def test_counts_and_roles(self, carrowshire: county.County) -> None:
        assert len(carrowshire.people) == 160
        assert 58 <= len(carrowshire.organisations) <= 65
        assert {person.role for person in carrowshire.people} == set(ROLES)
        assert len({person.email for person in carrowshire.people}) == 160
        assert len({person.name for person in carrowshire.people}) == 160

    def test_nobody_can_be_reached_by_accident(self, carrowshire: county.County) -> None:
        assert all(person.email.endswith(".example") for person in carrowshire.people)
        assert all(person.phone.startswith("01632 960") for person in carrowshire.people)

    def test_every_neighbourhood_has_its_team(self, carrowshire: county.County) -> None:
        for hood in carrowshire.map.neighbourhoods:
            roles = Counter(person.role for person in carrowshire.people if hood.key in person.neighbourhoods)
            assert roles["resident_facing_officer"] == 3
            assert roles["sergeant"] == roles["neighbourhood_manager"] == 1


class TestIncidents:
    def test_they_lie_in_the_year(self, carrowshire: county.County) -> None:
        days = carrowshire.incidents["at"].astype("M8[D]")
        assert days.min() >= np.datetime64(carrowshire.start)
        assert days.max() <= np.datetime64(carrowshire.until)

    @pytest.mark.parametrize("until", DAYS_OF_TELLING)
    def test_about_so_many_in_the_months_that_are_handed_over(self, until: date) -> None:
        told_of = county_until(until)
        handed = told_of.window.is_handed_over(told_of.incidents["at"])
        assert 118_000 < handed.sum() < 122_000
        assert len(np.unique(told_of.incidents["at"][handed].astype("M8[M]"))) == (10 if until.day == 1 else 11)

    def test_anti_social_behaviour_is_about_three_in_ten_and_peaks_in_summer(self, carrowshire: county.County) -> None:
        asb = carrowshire.incidents[carrowshire.incidents["category"] == 0]
        assert 0.27 < len(asb) / len(carrowshire.incidents) < 0.33
        month = asb["at"].astype("M8[M]").astype(int) % 12 + 1
        assert np.isin(month, (6, 7, 8)).sum() > 1.3 * np.isin(month, (12, 1, 2)).sum()
        assert set(np.unique(asb["asb_kind"])) == {1, 2, 3}

    def test_few_streets_hold_many(self, carrowshire: county.County) -> None:
        counts = np.bincount(carrowshire.map.anchors.street[carrowshire.incidents["anchor"]])
        ranked = np.sort(counts)[::-1]
        assert 0.30 < ranked[: len(ranked) // 20].sum() / ranked.sum() < 0.60

    def test_rhythm_of_day_and_week(self, carrowshire: county.County) -> None:
        def hours(category: str) -> np.ndarray:
            rows = carrowshire.incidents[carrowshire.incidents["category"] == CATEGORIES.index(category)]
            return np.bincount(rows["at"].astype("M8[h]").astype(int) % 24, minlength=24)

        assert 10 <= hours("Shoplifting").argmax() <= 18
        assert hours("Violence and sexual offences").argmax() >= 17
        rows = carrowshire.incidents[carrowshire.incidents["category"] == CATEGORIES.index("Public order")]
        weekday = (rows["at"].astype("M8[D]").astype(int) + 3) % 7
        assert np.bincount(weekday).argmax() == 5

    def test_deprived_areas_have_more_per_head(self, carrowshire: county.County) -> None:
        lsoas = carrowshire.map.lsoas
        counts = np.bincount(carrowshire.map.anchors.lsoa[carrowshire.incidents["anchor"]], minlength=len(lsoas))
        rates = counts / np.array([lsoa.population for lsoa in lsoas])
        poor = np.array([lsoa.deprivation_decile <= 3 for lsoa in lsoas])
        assert np.median(rates[poor]) > 1.5 * np.median(rates[~poor])

    def test_no_time_in_the_hour_that_spring_takes_away(self, carrowshire: county.County) -> None:
        hour = carrowshire.incidents["at"].astype("M8[h]")
        assert not (hour == np.datetime64("2026-03-29T01")).any()

    def test_snapped_to_the_nearest_map_point(self, carrowshire: county.County) -> None:
        anchors, rows = carrowshire.map.anchors, carrowshire.incidents[::50]
        distance = np.hypot(rows["e"][:, None] - anchors.e[None, :], rows["n"][:, None] - anchors.n[None, :])
        assert (distance.argmin(axis=1) == rows["anchor"]).mean() > 0.999

    def test_window_may_end_within_a_month(self) -> None:
        window = Window(date(2027, 2, 14))
        assert window.start == date(2026, 3, 1)
        assert len(window.months) == 12
        assert window.days()[-1] == np.datetime64("2027-02-14")


class TestPlantedTruths:
    def test_every_spot_holds_exactly_its_numbers(self, carrowshire: county.County) -> None:
        rows, month = carrowshire.incidents, carrowshire.window.month_number(carrowshire.incidents["at"])
        for spot in carrowshire.truths.spots():
            here = (rows["category"] == CATEGORIES.index(spot.category)) & np.isin(rows["anchor"], spot.circle.anchors)
            assert np.bincount(month[here], minlength=12).tolist() == list(spot.monthly), spot.key

    def test_the_intervention_worked_and_can_be_shown(self, carrowshire: county.County) -> None:
        truth = carrowshire.truths.intervention
        assert truth.after / truth.before == pytest.approx(0.55, abs=0.02)
        assert truth.comparison_after / truth.comparison_before == pytest.approx(1, abs=0.05)
        difference = (truth.after - truth.before) - (truth.comparison_after - truth.comparison_before)
        error = (truth.before + truth.after + truth.comparison_before + truth.comparison_after) ** 0.5
        assert difference / error < -2.5

    def test_the_hot_spot_moved(self, carrowshire: county.County) -> None:
        moved = carrowshire.truths.moved
        assert moved.moved_on == carrowshire.window.months[7]
        assert min(moved.before.monthly[:7]) > 3 * max(moved.before.monthly[7:])
        assert min(moved.after.monthly[7:]) > 3 * max(moved.after.monthly[:7])
        apart = np.hypot(moved.before.circle.e - moved.after.circle.e, moved.before.circle.n - moved.after.circle.n)
        assert apart > 800

    def test_the_burglary_series_is_near_in_place_and_time(self, carrowshire: county.County) -> None:
        series = carrowshire.truths.burglaries
        for earlier, later in itertools.pairwise(series.events):
            assert np.hypot(later.e - earlier.e, later.n - earlier.n) <= series.metres
            assert timedelta(0) < later.at - earlier.at <= timedelta(days=series.days)
        burglary = carrowshire.incidents[carrowshire.incidents["category"] == CATEGORIES.index("Burglary")]
        for event in series.events:
            assert (burglary["at"] == np.datetime64(event.at, "m")).any()


class TestFiles:
    def test_police_header_and_layout(self, files: Files) -> None:
        header = (
            "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
            "Last outcome category,Context"
        )
        assert ",".join(POLICE_HEADER) == header
        with zipfile.ZipFile(files.police) as archive:
            assert len(archive.namelist()) == 12
            for name in archive.namelist():
                month = name.split("/")[0]
                assert name == f"{month}/{month}-carrowshire-street.csv"
                assert archive.read(name).decode().splitlines()[0] == header

    def test_police_oddities(self, files: Files, carrowshire: county.County) -> None:
        rows = police_rows(files.police)
        asb = [row for row in rows if row["Crime type"] == "Anti-social behaviour"]
        assert all(not row["Crime ID"] and not row["Last outcome category"] and row["Longitude"] for row in asb)
        assert any(not row["Crime ID"] for row in rows if row["Crime type"] != "Anti-social behaviour")
        assert any(row["Location"] == "No Location" and not row["Longitude"] and not row["LSOA code"] for row in rows)
        assert max(Counter(row["Crime ID"] for row in rows if row["Crime ID"]).values()) > 1
        placed = [row for row in rows if row["Longitude"]]
        e, n = to_bng([float(row["Longitude"]) for row in placed], [float(row["Latitude"]) for row in placed])
        inside = shapely.contains_xy(carrowshire.map.outline, e, n)
        assert 0 < (~inside).sum() < 600
        assert all(row["Context"] == "" for row in rows)

    def test_the_truths_can_be_found_in_the_published_rows(self, files: Files, carrowshire: county.County) -> None:
        rows = [row for row in police_rows(files.police) if row["Longitude"]]
        e, n = to_bng([float(row["Longitude"]) for row in rows], [float(row["Latitude"]) for row in rows])
        month = np.array([row["Month"] for row in rows])
        kind = np.array([row["Crime type"] for row in rows])
        months = [first.strftime("%Y-%m") for first in carrowshire.window.months]
        for spot in carrowshire.truths.spots():
            near = (np.hypot(e - spot.circle.e, n - spot.circle.n) <= spot.circle.radius) & (kind == spot.category)
            assert [int((month[near] == one).sum()) for one in months] == list(spot.monthly), spot.key

    def test_boundaries_read_back(self, files: Files, carrowshire: county.County) -> None:
        assert pyogrio.read_info(files.wards)["crs"] == "EPSG:27700"
        assert pyogrio.read_info(files.wards)["features"] == 36
        assert pyogrio.read_info(files.districts)["features"] == 3
        with zipfile.ZipFile(files.lsoas) as archive:
            assert sorted(archive.namelist()) == [f"lsoa-2021/{d.code}.json" for d in carrowshire.map.districts]

    def test_population_and_postcodes(self, files: Files, carrowshire: county.County) -> None:
        sheet = openpyxl.load_workbook(files.population).active
        assert sheet is not None
        rows = list(sheet.iter_rows(values_only=True))
        assert rows[0] == ("gss_code", "ward", "population")
        assert {row[0]: row[2] for row in rows[1:]} == {ward.code: ward.population for ward in carrowshire.map.wards}
        with files.postcodes.open(encoding="utf-8") as text:
            postcodes = list(csv.DictReader(text))
        assert {"pcds", "oseast1m", "osnrth1m", "lsoa21"} <= set(postcodes[0])
        assert len(postcodes) == len(carrowshire.map.postcodes)


class TestLife:
    def test_about_so_much_of_everything(self, told: Life) -> None:
        assert 380 <= len(told.concerns) <= 430
        assert 34 <= len(told.problems) <= 40
        assert sum(priority.adopted_at is not None for priority in told.priorities) >= 30
        assert len(told.plans) >= 20
        assert len(told.forums) == 12
        assert sum(meeting.held for meeting in told.meetings) == 48
        assert len(told.answers) >= 12

    @pytest.mark.parametrize("until", DAYS_OF_TELLING)
    def test_every_neighbourhood_has_a_current_priority_and_an_answer(self, until: date) -> None:
        told_of = county_until(until)
        told = told_of.life()
        hoods = {hood.key for hood in told_of.map.neighbourhoods}
        current = {p.neighbourhood for p in told.priorities if p.adopted_at and not p.closed_at}
        in_both = {a.neighbourhood for a in told.answers if all((a.said_en, a.did_en, a.said_cy, a.did_cy))}
        assert len(hoods) == 12
        assert hoods - current == set()
        assert hoods - in_both == set()

    def test_each_forum_has_called_its_next_meeting(self, told: Life, carrowshire: county.County) -> None:
        coming = [meeting for meeting in told.meetings if not meeting.held]
        assert len(coming) == 12
        assert all(meeting.starts.date() > carrowshire.until for meeting in coming)
        assert all(not meeting.choices and not meeting.attendance for meeting in coming)

    def test_every_point_lies_in_its_neighbourhood(self, told: Life, carrowshire: county.County) -> None:
        hoods = {hood.key: hood.geometry for hood in carrowshire.map.neighbourhoods}
        placed = [one for one in told.concerns if one.e is not None and one.n is not None]
        assert len(placed) > 250
        assert all(shapely.contains_xy(hoods[one.neighbourhood], one.e, one.n) for one in placed)

    def test_every_name_points_at_something(self, told: Life, carrowshire: county.County) -> None:
        people = {person.key for person in carrowshire.people}
        organisations = {organisation.key for organisation in carrowshire.organisations}
        problems = {problem.key: problem for problem in told.problems}
        priorities = {priority.key for priority in told.priorities}
        meetings = {meeting.key for meeting in told.meetings}
        assert all(problem.owner in people for problem in told.problems)
        for plan in told.plans:
            assert plan.problem in problems
            assert plan.priority is None or plan.priority in priorities
            assert set(plan.partners) <= organisations
            assert {plan.owner, *(action.person for action in plan.actions)} <= people
            assert all(step.person in people for action in plan.actions for step in action.steps)
        for concern in told.concerns:
            assert concern.problem is None or problems[concern.problem].neighbourhood == concern.neighbourhood
            assert concern.meeting is None or concern.meeting in meetings
            assert all(reply.person in people for reply in concern.replies)

    def test_nothing_happens_before_its_cause_or_after_the_end(self, told: Life, carrowshire: county.County) -> None:
        end = Setting(0, carrowshire.window, carrowshire.map, (), carrowshire.incidents, carrowshire.truths).end
        problems = {problem.key: problem for problem in told.problems}
        for concern in told.concerns:
            stamps = [concern.received, *(reply.at for reply in concern.replies)]
            assert stamps == sorted(stamps)
            assert stamps[-1] <= end
        for priority in told.priorities:
            assert problems[priority.problem].opened <= priority.proposed_at
            assert priority.adopted_at is None or priority.proposed_at < priority.adopted_at <= end
        for plan in told.plans:
            assert problems[plan.problem].opened <= plan.opened
            for action in plan.actions:
                stamps = [plan.opened, *(step.at for step in action.steps)]
                assert stamps == sorted(stamps)
                assert stamps[-1] <= (plan.closed_at or end)

    def test_answers_follow_the_close_and_are_in_both_languages(self, told: Life) -> None:
        closed = {plan.problem: plan.closed_at for plan in told.plans}
        for answer in told.answers:
            at = closed[answer.problem]
            assert at is None or at < answer.published
            assert all((answer.said_en, answer.did_en, answer.said_cy, answer.did_cy))
        assert {answer.outcome for answer in told.answers} == {"worked", "partly", "not_yet"}

    def test_most_are_answered_in_time_and_some_are_not(self, told: Life) -> None:
        waits = [_wait(one) for one in told.concerns]
        in_time = sum(wait is not None and wait <= timedelta(hours=72) for wait in waits)
        assert 0.8 < in_time / len(waits) < 0.95
        assert any(wait is not None and wait > timedelta(hours=72) for wait in waits)
        assert any(wait is None for wait in waits)
        assert any(reply.holding for one in told.concerns for reply in one.replies)

    def test_tasks_are_done_accepted_returned_with_a_reason_and_still_offered(self, told: Life) -> None:
        last = [action.steps[-1] for plan in told.plans for action in plan.actions]
        assert {step.state for step in last} == {"offered", "accepted", "done", "returned"}
        assert all(step.note for step in last if step.state == "returned")

    def test_results_on_police_incidents_are_the_counts_of_the_files(
        self, told: Life, carrowshire: county.County
    ) -> None:
        setting = Setting(0, carrowshire.window, carrowshire.map, (), carrowshire.incidents, carrowshire.truths)
        measured = [p.result for p in told.plans if p.result and p.result.category and p.result.place]
        assert len(measured) >= 5
        for result in measured:
            assert result.category is not None
            assert result.place is not None
            counted = setting.count(result.category, result.place, result.after_from, result.after_to)
            assert counted == result.after
            assert result.after_to < result.at.date()
        assert {"worked", "not_shown", "moved"} <= {result.judged for result in measured}

    def test_the_show_case_has_one_loop_closed_one_running_and_one_fresh(
        self, told: Life, carrowshire: county.County
    ) -> None:
        here = [plan for plan in told.plans if plan.problem in {"copperfield-parade", "harvest-hill-garages"}]
        closed = [plan for plan in here if plan.closed_at]
        assert len(closed) == 1
        assert closed[0].closed_at is not None
        assert closed[0].closed_at.date() >= carrowshire.window.months[-1]
        assert any(plan.closed_at is None for plan in here)
        fresh = [one for one in told.concerns if one.neighbourhood == told.showcase and not one.replies]
        assert max(one.received for one in fresh).date() == carrowshire.until

    def test_votes_are_no_more_than_people_in_the_room(self, told: Life) -> None:
        for meeting in told.meetings:
            came = dict(meeting.attendance)
            for choice in meeting.choices:
                voters = came["residents"] + came["young people"]
                most = voters * 3 if choice.method == "dot_vote" else voters
                votes = {count.priority: count.votes for count in choice.counts}
                assert sum(count.votes for count in choice.counts) <= most
                if choice.method != "duty" and choice.chosen:
                    best = max(count.votes for count in choice.counts)
                    assert best in [votes[key] for key in choice.chosen]

    def test_forums_meet_on_working_evenings(self, told: Life) -> None:
        assert all(meeting.starts.weekday() in (1, 2, 3, 4) for meeting in told.meetings)

    def test_no_placeholder_is_left_unfilled(self, told: Life) -> None:
        assert "{" not in repr(told)

    def test_a_shorter_year_leaves_out_what_has_not_happened(self, told: Life) -> None:
        whole = told
        short = county.build(until=date(2026, 10, 10))
        end = datetime.combine(short.until + timedelta(days=1), datetime.min.time(), tzinfo=None)
        told = short.life()
        assert all(one.received.replace(tzinfo=None) < end for one in told.concerns)
        assert all(answer.published.replace(tzinfo=None) < end for answer in told.answers)
        assert len(told.answers) < len(whole.answers)


def _wait(concern: Concern) -> timedelta | None:
    replies = [reply for reply in concern.replies if not reply.holding]
    return replies[0].at - concern.received if replies else None


def test_no_sergeant_has_to_be_at_two_meetings_at_once(carrowshire: county.County, told: Life) -> None:
    for first, second in itertools.combinations(told.meetings, 2):
        if first.starts.date() == second.starts.date():
            pair = {first.neighbourhood, second.neighbourhood}
            busy = [one for one in carrowshire.people if one.role == "sergeant" and pair <= set(one.neighbourhoods)]
            assert not busy, (first.key, second.key)
