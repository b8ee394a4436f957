"""Running, keeping and sharing studies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from ourpatch.data.disclosure.permissions import Permission as Disclosure
from ourpatch.data.store import catalogue
from ourpatch.data.store import queries as store
from ourpatch.data.store.permissions import Permission as Store
from ourpatch.data.store.specs import DatasetSpec
from ourpatch.data.studies import documents, exporting, queries, rules
from ourpatch.data.studies.gathering import Against, Gathering
from ourpatch.data.studies.methods import method as method_of
from ourpatch.data.studies.models import Study, pack
from ourpatch.data.studies.permissions import Permission
from ourpatch.data.studies.question import Question
from ourpatch.foundation import law
from ourpatch.foundation.agreements import actions as agreements
from ourpatch.foundation.agreements.models import Purpose
from ourpatch.foundation.places.models import ServiceArea, ServiceAreaKind
from ourpatch.ground import clock
from ourpatch.ground.audit.trail import change
from ourpatch.ground.errors import NotAllowed, NotFound, RuleBroken
from ourpatch.ground.permission.actor import Actor, Level
from ourpatch.ground.permission.models import Sensitivity, Share
from ourpatch.ground.words import say as _

ACTIVITY = "analysis"


def run_study(*, by: Actor, question: Question, now: datetime) -> Study:
    """Analyse recorded data as the question says and keep what was found as a draft; the question is written down before it is
    answered.

    Raises NotAllowed, NotFound (the place), RuleBroken, BadInput (no such method or dataset, or data that cannot carry the
    question).
    """
    spec = catalogue.seen_by(by, question.dataset)
    method = method_of(question.method)
    options, wrong = rules.read_options(method, question.options)
    against = _against(by, options)
    read = [spec] if against is None else [spec, against.spec]
    controlled = any(map(queries.is_controlled, read))
    with change(by, "studies.ask") as audit:
        place = _place(question.area)
        for each in read:
            _require(by, each, place, controlled=queries.is_controlled(each))
        found = (
            rules.check_question(question, controlled=controlled),
            rules.check_method(method, controlled=controlled),
            rules.check_base(options),
        )
        (wrong | found[0] | found[1] | found[2]).raise_if_any()
        audit.noted("study", reason=_told(question))
    source = Gathering(question, spec, place, now, controlled=controlled, against=against)
    result = method.run(source, options)
    rules.check_result(result, source.smallest).raise_if_any()
    document = documents.whole(method, source, result, options)
    partnership_id = queries.partnership_of(place)
    with change(by, "studies.run") as audit:
        study = Study.objects.create(
            partnership_id=partnership_id,
            controller_id=by.organisation_id or partnership_id,
            service_area_id=place.pk,
            activity=ACTIVITY,
            sensitivity=Sensitivity.RESTRICTED,
            made_at=now,
            method=method.key,
            dataset=spec.key,
            controlled=controlled,
            question=question.as_data(),
            purpose=question.purpose.strip(),
            data_version=store.data_version(spec.key),
            packed=pack(document),
            user_id=by.id,
            by_name=by.name,
        )
        audit.collected(study)
    return study


def keep_study(*, by: Actor, study_id: UUID, version: int, title: str, notes: str, now: datetime) -> Study:
    """Give a study a title, and so keep it. Raises NotAllowed, NotFound, Conflict, RuleBroken."""
    with change(by, "studies.keep") as audit:
        study: Study = Study.objects.for_change(by, Permission.RUN, study_id, version)
        _check_own(by, study)
        rules.check_title(title).raise_if_any()
        study.keep(title.strip(), notes.strip())
        audit.altered(study)
    return study


def open_study(*, by: Actor, study_id: UUID, version: int, is_open: bool, now: datetime) -> Study:
    """Let the whole partnership read a kept study, or no longer. Raises NotAllowed, NotFound, Conflict, RuleBroken."""
    with change(by, "studies.open") as audit:
        study: Study = Study.objects.for_change(by, Permission.SHARE, study_id, version)
        _check_own(by, study)
        if is_open and study.is_draft:
            raise RuleBroken(_("Keep the study with a title first, then share it."))
        if is_open and study.controlled:
            raise RuleBroken(
                _("This dataset is controlled: share the study with one organisation at a time, under an agreement.")
            )
        study.open_up(is_open=is_open)
        audit.altered(study)
    return study


def share_study(*, by: Actor, study_id: UUID, organisation_id: UUID, now: datetime) -> Share:
    """Let another organisation read a kept study under the agreement on analysis that both have signed.

    Raises NotAllowed, NotFound, RuleBroken (which says what is missing).
    """
    with change(by, "studies.share"):
        study: Study = Study.objects.for_change(by, Permission.SHARE, study_id)
        _check_own(by, study)
        if study.is_draft:
            raise RuleBroken(_("Keep the study with a title first, then share it."))
        return agreements.share_record(
            by=by, record=study, to_organisation_id=organisation_id, purpose=Purpose.ANALYSIS, level=Level.FULL, now=now
        )


def download_study(*, by: Actor, study_id: UUID, wanted: exporting.Format, picture: int = 0) -> bytes:
    """A study as a file, which leaves with whoever asked: that is written down as what it is, before it goes.

    Raises NotFound (the study, or nothing of that kind in it).
    """
    study: Study = Study.objects.get_visible(by, Permission.VIEW, study_id)
    content = exporting.export(study, wanted, picture)
    with change(by, "studies.download") as audit:
        audit.disclosed(study, [each for each in (by.id,) if each], reason=_copied(by, study, wanted))
    return content


def let_drafts_go(*, by: Actor, now: datetime) -> int:
    """Remove drafts that nobody kept in time; how many went. Raises NotAllowed."""
    by.require(Permission.RUN)
    days = law.book(clock.london_date(now)).number("study_draft_kept_days")
    with change(by, "studies.let_drafts_go") as audit:
        gone = list(queries.drafts_before(now - timedelta(days=days)).values_list("pk", flat=True)[:500])
        Study.objects.filter(pk__in=gone).delete()
        if gone:
            audit.noted("study", gone, reason="drafts")
    return len(gone)


def _copied(by: Actor, study: Study, wanted: exporting.Format) -> str:
    """What left, to whom, and for which purpose the study was made."""
    purpose = f": {study.purpose}" if study.purpose else ""
    return f"copy as {wanted} to {by.name}{purpose}"


def _check_own(by: Actor, study: Study) -> None:
    if not queries.is_own(by, study):
        raise NotAllowed(_("Only the organisation that made this study can change or share it."))


def _place(area: UUID) -> ServiceArea:
    kinds = (ServiceAreaKind.PARTNERSHIP, ServiceAreaKind.NEIGHBOURHOOD)
    found = ServiceArea.objects.filter(pk=area, kind__in=kinds).first()
    if found is None:
        raise NotFound(_("There is no such partnership or neighbourhood."))
    return found


def _against(by: Actor, options: Mapping[str, object]) -> Against | None:
    """The other dataset that was named, and its categories. Raises BadInput where there is none of that key for this actor."""
    key = options.get("against_dataset")
    if not key:
        return None
    return Against(catalogue.seen_by(by, str(key)), tuple(cast("list[str]", options.get("against_categories") or [])))


def _require(by: Actor, spec: DatasetSpec, place: ServiceArea, *, controlled: bool) -> None:
    partnership_id = queries.partnership_of(place)
    within = None if place.pk == partnership_id else place.pk
    data = Disclosure.ASK_CONTROLLED if controlled else Store.VIEW
    for permission in (Permission.RUN, data):
        by.require(permission, partnership_id, within)
    # What a partnership added itself is no more another's to read where it happened to lie within that other.
    if spec.owner not in (None, partnership_id):
        by.require(data, spec.owner)


def _told(question: Question) -> str:
    asked = json.dumps(question.as_data(), ensure_ascii=False, sort_keys=True)
    return f"{asked}: {question.purpose.strip()}" if question.purpose.strip() else asked
