"""What is published of a partnership, for those who choose it: what has been released, and what that gave away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from ourpatch.data.disclosure.models import AreaKind, Detail, Publishing, Release, ReleaseKind
from ourpatch.data.disclosure.permissions import Permission
from ourpatch.foundation.places import queries as places
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground.errors import NotFound
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _


@dataclass(frozen=True, slots=True)
class Released:
    """What holds now of one quarter and kind of area: how many areas, numbers, and numbers that are withheld."""

    quarter: date
    kind: AreaKind
    areas: int
    figures: int
    withheld: int
    rounded_to: tuple[int | None, ...]
    made_at: datetime


def list_partnerships(by: Actor) -> list[ServiceArea]:
    """The partnerships for which the actor may choose what is published, by name. Raises NotAllowed where there are none."""
    by.require(Permission.MAKE)
    held = {grant.partnership_id for grant in by.scopes(Permission.MAKE) if grant.service_areas is None}
    return list(places.partnerships().filter(pk__in=held))


def get_partnership(by: Actor, partnership_id: UUID) -> ServiceArea:
    """One of them. Raises NotAllowed, NotFound."""
    by.require(Permission.MAKE, partnership_id)
    found = places.partnerships().filter(pk=partnership_id).first()
    if found is None:
        raise NotFound(_("There is no such partnership."))
    return found


def list_choices(by: Actor, partnership_id: UUID) -> QuerySet[Publishing]:
    """Every choice that was made for a partnership, the latest first. Raises NotAllowed."""
    by.require(Permission.MAKE, partnership_id)
    return Publishing.objects.filter(partnership_id=partnership_id).order_by("-chosen_at", "-pk")


def list_quarters(by: Actor, partnership_id: UUID) -> QuerySet[Release, date]:
    """The quarters of which anything is published, the latest first. Raises NotAllowed."""
    return _standing(by, partnership_id).order_by("-quarter").values_list("quarter", flat=True).distinct()


def list_released(by: Actor, partnership_id: UUID, quarters: Collection[date]) -> list[Released]:
    """What holds now of these quarters, the latest first, large areas before small ones. Raises NotAllowed."""
    found: dict[tuple[date, AreaKind], list[Release]] = {}
    for release in _standing(by, partnership_id).filter(quarter__in=list(quarters)).defer("behind"):
        found.setdefault((release.quarter, AreaKind(release.area_kind)), []).append(release)
    order = list(AreaKind)
    keys = sorted(found, key=lambda key: (-key[0].toordinal(), order.index(key[1])))
    return [_released(*key, found[key]) for key in keys]


def given_away(by: Actor, partnership_id: UUID) -> dict[date, int]:
    """Quarter -> how many small numbers earlier releases give away whatever is withheld now, the latest first.

    Raises NotAllowed.
    """
    found: dict[date, int] = {}
    telling = _standing(by, partnership_id).filter(rule__given_away_before__gt=0).order_by("-quarter")
    for quarter, rule in telling.values_list("quarter", "rule"):
        found[quarter] = max(found.get(quarter, 0), rule["given_away_before"])
    return found


def left_out(by: Actor, partnership_id: UUID, quarters: Collection[date]) -> dict[date, int]:
    """Of these quarters, how many areas are left out beside what was published of them before, the latest first.

    Raises NotAllowed.
    """
    by.require(Permission.MAKE, partnership_id)
    decided = Release.objects.filter(partnership_id=partnership_id, quarter__in=list(quarters), is_left_out=True)
    standing = _standing(by, partnership_id).filter(quarter__in=list(quarters))
    left = {(each.quarter, each.area) for each in decided.defer("cells", "behind")}
    left -= {(each.quarter, each.area) for each in standing.defer("cells", "behind")}
    counted = Counter(quarter for quarter, _area in left)
    return dict(sorted(counted.items(), reverse=True))


def consequences(before: Publishing, after: Publishing) -> list[Message]:
    """What a choice does that whoever makes it should know before, in words."""
    old, new = Detail(before.detail).kinds, Detail(after.detail).kinds
    found = []
    if set(new) - set(old):
        found.append(
            _(
                "A finer kind of area is added. What is published of it cannot be taken back: whoever keeps the figures has "
                "them. So that no small number can be worked out by subtraction, more numbers of other areas are withheld too, "
                "and an area is left out of a quarter in which earlier figures would tell too much of it."
            )
        )
    if set(old) - set(new):
        found.append(
            _(
                "A finer kind of area is taken away. Its pages go, but what they showed has been seen, and goes on being "
                "counted as known whenever something new is published."
            )
        )
    return [*found, *_of_rounding(before.rounded_to, after.rounded_to)]


def _of_rounding(before: int | None, after: int | None) -> Iterable[Message]:
    if after == before:
        return
    if after is not None and (before is None or after > before):
        yield _(
            "Rounding cannot make numbers unseen that were published more exactly. Quarters that are published already stay as "
            "they are; new ones, and those whose data is corrected, are rounded."
        )
    else:
        yield _(
            "Quarters that are published already are published again, more exactly. That cannot be taken back. Nothing that "
            "is withheld is shown by it."
        )


def _standing(by: Actor, partnership_id: UUID) -> QuerySet[Release]:
    by.require(Permission.MAKE, partnership_id)
    return Release.objects.filter(partnership_id=partnership_id, kind=ReleaseKind.COUNTS, is_latest=True)


def _released(quarter: date, kind: AreaKind, releases: Iterable[Release]) -> Released:
    listed = list(releases)
    numbers = [value for release in listed for _row, _column, value in release.cells["figures"]]
    bases: Mapping[int | None, None] = dict.fromkeys(release.rounded_to for release in listed)
    return Released(
        quarter=quarter,
        kind=kind,
        areas=len(listed),
        figures=len(numbers),
        withheld=sum(value is None for value in numbers),
        rounded_to=tuple(sorted(bases, key=lambda base: base or 0)),
        made_at=max(release.made_at for release in listed),
    )
