"""The errors a person can meet. Each message tells them what to do next; pages, the API and the command line show it as it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field


class OurpatchError(Exception):
    """Something went wrong that the person in front of the screen can be told about."""

    def __init__(self, message: object = "") -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class NotAllowed(OurpatchError):
    """The actor holds no permission for this; the attempt is written to the audit."""


class NotFound(OurpatchError):
    """There is no such record, or this actor may not know that there is."""


class BadInput(OurpatchError):
    """A file, an argument or a value that we could not read or use."""


class Conflict(OurpatchError):
    """Somebody else changed the record meanwhile; the person sees both and chooses."""


@dataclass(frozen=True, slots=True)
class Problems:
    """What is wrong with an input: field name -> messages; the empty name is the record as a whole."""

    by_field: Mapping[str, tuple[object, ...]] = field(default_factory=dict)

    @classmethod
    def collect(cls, found: Iterable[tuple[str, object] | None]) -> Problems:
        """Gather (field, message) pairs, leaving out the checks that found nothing."""
        by_field: dict[str, tuple[object, ...]] = {}
        for item in found:
            if item is not None:
                name, message = item
                by_field[name] = (*by_field.get(name, ()), message)
        return cls(by_field)

    def __bool__(self) -> bool:
        return bool(self.by_field)

    def __iter__(self) -> Iterator[tuple[str, object]]:
        return ((name, message) for name, messages in self.by_field.items() for message in messages)

    def __or__(self, other: Problems) -> Problems:
        return Problems.collect([*self, *other])

    def raise_if_any(self) -> None:
        """Raise RuleBroken when there is at least one problem."""
        if self:
            raise RuleBroken(self)


class RuleBroken(OurpatchError):
    """A rule of the domain says no; carries the Problems so that a form can put each beside its field."""

    def __init__(self, problems: Problems | object) -> None:
        self.problems = problems if isinstance(problems, Problems) else Problems({"": (problems,)})
        super().__init__(" ".join(str(message) for _, message in self.problems))
