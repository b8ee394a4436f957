"""A dataset that a partnership adds itself: needles that street wardens find."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from ourpatch.data.store import specs
from ourpatch.data.store.own.rules import Known
from ourpatch.data.store.specs import DatasetSpec
from ourpatch.foundation.directory.models import OrganisationKind

KNOWN = Known(frozenset({"genders", "council_asb_types"}), frozenset(OrganisationKind.values))
NEEDLES: dict[str, Any] = {
    "key": "own-needle-finds",
    "label_en": "Needle finds",
    "label_cy": "Nodwyddau a ganfuwyd",
    "about_en": "Needles and other drug litter that wardens pick up.",
    "about_cy": "Nodwyddau a sbwriel cyffuriau arall a godir gan wardeniaid.",
    "data_class": "controlled",
    "scheme": "finds",
    "period": "month",
    "time_precision": "day",
    "place_precision": "exact",
    "senders": ["district_council", "housing", "police"],
    "source": "Agreed by the partnership",
    "fields": [
        {"key": "reference", "kind": "reference", "label_en": "Job number", "label_cy": "Rhif y gwaith"},
        {
            "key": "date",
            "kind": "date",
            "required": True,
            "label_en": "Day found",
            "label_cy": "Dydd y canfuwyd",
            "names": ["Found on"],
        },
        {"key": "easting", "kind": "easting", "label_en": "Easting", "label_cy": "Dwyreiniad"},
        {"key": "northing", "kind": "northing", "label_en": "Northing", "label_cy": "Gogleddiad"},
        {
            "key": "category",
            "kind": "code",
            "list": "finds",
            "required": True,
            "label_en": "What was found",
            "label_cy": "Math o ddarganfyddiad",
        },
        {"key": "needles", "kind": "count", "label_en": "How many needles", "label_cy": "Faint o nodwyddau"},
    ],
    "must_not_hold": [{"en": "Who found it.", "cy": "Pwy a'i canfu."}],
    "limitations": [{"en": "Wardens look where they are sent.", "cy": "Mae wardeniaid yn edrych lle y'u hanfonir."}],
    "lists": [
        {
            "key": "finds",
            "label_en": "Finds",
            "label_cy": "Darganfyddiadau",
            "items": [
                {"code": "needle", "en": "Needle", "cy": "Nodwydd", "also": ["Syringe"]},
                {"code": "foil", "en": "Foil", "cy": "Ffoil"},
            ],
        }
    ],
}


def needles(**changes: Any) -> DatasetSpec:
    """The specification, with what is given changed."""
    return specs.parse(data(**changes))


def data(**changes: Any) -> dict[str, Any]:
    """The specification as plain data."""
    return {**deepcopy(NEEDLES), **changes}


def field(which: str, /, **changes: Any) -> list[dict[str, Any]]:
    """The fields, one of them changed; None takes a part away."""
    found = deepcopy(NEEDLES["fields"])
    at = next(at for at, each in enumerate(found) if each["key"] == which)
    found[at] = {name: value for name, value in {**found[at], **changes}.items() if value is not None}
    return list(found)
