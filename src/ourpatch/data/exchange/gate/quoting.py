"""What of a file may be quoted: its headings, the names of its worksheets and elements, and the file's own name are a sender's
words, and whoever writes them may write down a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ourpatch.data.exchange.gate import addresses, names, numbers
from ourpatch.data.exchange.gate.kinds import Hit
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

_LONGEST = 2_000
# "john_smith", "JohnSmith07700900123": names of elements and files leave out the spaces between words.
_JOINED = re.compile(r"[_.\-]+|(?<=[a-z])(?=[A-Z0-9])|(?<=[A-Za-z])(?=[0-9])")


def found_in(label: str) -> Hit | None:
    """What a label surely is, if it is itself an identifier."""
    return next((hit for hit in _hits(label) if hit.sure), None)


def quotable(label: str) -> bool:
    """Whether a message may repeat a label: not when it holds, or may hold, what identifies somebody, or is endless."""
    return len(label) <= _LONGEST and not any(True for _hit in (*_hits(label), *_hits(_JOINED.sub(" ", label))))


def discreet(message: object) -> Message:
    """A message whose quoted words identify nobody; those that may are held back. One that carries no values quotes nothing."""
    if not isinstance(message, Message):
        return Message(str(message))
    return Message(message.text, {name: _shown(value) for name, value in message.values.items()})


def _shown(value: object) -> object:
    if isinstance(value, Message):
        return discreet(value)
    return _("[held back]") if isinstance(value, str) and not quotable(value) else value


def _hits(label: str) -> Iterator[Hit]:
    named = names.find(label)
    if named is not None:
        yield named
    yield from numbers.find(label)
    yield from (hit for hit in (addresses.find_postcode(label), addresses.find_house(label)) if hit is not None)
