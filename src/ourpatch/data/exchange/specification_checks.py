"""What the depersonalisation gate has against a field of a dataset that a partnership adds."""

from __future__ import annotations

from ourpatch.data.exchange.gate import headings
from ourpatch.data.exchange.gate.kinds import WHAT, Kind
from ourpatch.data.store.specs import Field, FieldKind
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

_NUMBERS = frozenset(
    (FieldKind.COUNT, FieldKind.AGE, FieldKind.EASTING, FieldKind.NORTHING, FieldKind.LONGITUDE, FieldKind.LATITUDE)
)
# What a field of a kind cannot keep, whatever its heading says: a number no name, a code of a list nobody's.
_CANNOT_KEEP = {
    Kind.NAME: _NUMBERS | {FieldKind.CODE},
    Kind.POSTCODE: _NUMBERS | {FieldKind.CODE, FieldKind.OUTWARD, FieldKind.POSTCODE},
}


def check_field(field: Field) -> Message | None:
    """A field whose name, or another heading of it, says who somebody is: no specification opens the gate for that."""
    for name in (field.label.en, field.label.cy, *field.names):
        kind = headings.announced(name, frozenset())
        if kind is not None and field.kind not in _CANNOT_KEEP.get(kind, frozenset()):
            return _(
                "“%(name)s” sounds like %(what)s, and no dataset holds that. Take the field out, or name what it says of the "
                "incident.",
                name=name,
                what=WHAT[kind],
            )
    return None
