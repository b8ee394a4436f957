"""What a result says about itself: a key for programs, and the words for people (translated when they are shown)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ourpatch.ground.words import Message


class Tone(StrEnum):
    """Whether a sentence tells a choice that was made, a caution, or a finding."""

    CHOICE = "choice"
    CAUTION = "caution"
    FINDING = "finding"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One thing to say beside a result."""

    key: str
    tone: Tone
    message: Message

    def __str__(self) -> str:
        return str(self.message)

    @property
    def params(self) -> Mapping[str, object]:
        """The numbers that the sentence carries."""
        return self.message.values


def choice(key: str, message: Message) -> Sentence:
    """A default or option that was used."""
    return Sentence(key, Tone.CHOICE, message)


def caution(key: str, message: Message) -> Sentence:
    """A reason to read the result with care."""
    return Sentence(key, Tone.CAUTION, message)


def finding(key: str, message: Message) -> Sentence:
    """What the numbers show."""
    return Sentence(key, Tone.FINDING, message)


def pick(sentences: Sequence[Sentence], *keys: str) -> list[Message]:
    """The words of those sentences that have one of these keys, in their order."""
    return [sentence.message for sentence in sentences if sentence.key in keys]


@dataclass(frozen=True, slots=True)
class Listed:
    """Several names in one sentence, each in the reader's language when it is shown."""

    names: tuple[object, ...]

    def __str__(self) -> str:
        return ", ".join(map(str, self.names))


def spoken(messages: Iterable[object]) -> str:
    """Sentences one after another, in the reader's language now."""
    return " ".join(map(str, messages))
