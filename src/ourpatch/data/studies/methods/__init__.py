"""The methods that a study can use, in the order in which the page offers them."""

from __future__ import annotations

from ourpatch.data.studies.contract import Method
from ourpatch.data.studies.methods import change, comparing, places, repeating, standardising, times, working
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import say as _

METHODS: tuple[Method, ...] = (
    *places.METHODS,
    *times.METHODS,
    *repeating.METHODS,
    *change.METHODS,
    *comparing.METHODS,
    *standardising.METHODS,
    *working.METHODS,
)
BY_KEY: dict[str, Method] = {each.key: each for each in METHODS}


def method(key: str) -> Method:
    """A method by its key. Raises BadInput."""
    found = BY_KEY.get(key)
    if found is None:
        names = ", ".join(BY_KEY)
        raise BadInput(_("There is no method %(key)s. There are: %(names)s.", key=key, names=names))
    return found
