"""The rows of every data set: one small frozen class per kind of task, each with its gold answer or None.

`gold` is None where a distribution hides its labels; such rows are predicted and never scored.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TextExample:
    """One text, or a pair of texts, with one label."""

    id: str
    text: str
    pair: str | None
    label: str | None

    @property
    def gold(self) -> str | None:
        """The label's name."""
        return self.label


@dataclass(frozen=True, slots=True)
class ChoiceExample:
    """A context with several candidate continuations or answers; the label is the index of the right one."""

    id: str
    context: str
    choices: tuple[str, ...]
    label: int | None

    @property
    def gold(self) -> int | None:
        """The index of the right choice, from 0."""
        return self.label


@dataclass(frozen=True, slots=True)
class TokenExample:
    """A tokenized sentence with one tag per token."""

    id: str
    tokens: tuple[str, ...]
    tags: tuple[str, ...] | None

    @property
    def gold(self) -> tuple[str, ...] | None:
        """The tags, as many as tokens."""
        return self.tags


@dataclass(frozen=True, slots=True)
class Answer:
    """A span of the context: its text and the character offset at which it starts."""

    text: str
    start: int


@dataclass(frozen=True, slots=True)
class QuestionExample:
    """A question about a context. No answers (an empty tuple) means unanswerable; None means hidden."""

    id: str
    question: str
    context: str
    answers: tuple[Answer, ...] | None

    @property
    def gold(self) -> tuple[Answer, ...] | None:
        """All reference answers."""
        return self.answers


@dataclass(frozen=True, slots=True)
class SentenceExample:
    """One row of one side of a bitext, or a query or a candidate of a ranking.

    A split is one list: the source side (queries) first, then the target side (candidates). `matches` are the ids of
    the target rows that belong to a source row, an empty tuple where there are none; of a target row it is empty.
    `pair` is a second text beside the first, such as the paragraph around an answer.
    """

    id: str
    text: str
    side: str
    matches: tuple[str, ...] | None
    pair: str | None = None

    @property
    def gold(self) -> tuple[str, ...] | None:
        """Ids of the target rows that belong to this source row."""
        return self.matches


@dataclass(frozen=True, slots=True)
class RawTextExample:
    """Text without labels, for masked language modeling; with its translation, for translation language modeling."""

    id: str
    text: str
    translation: str | None = None

    @property
    def gold(self) -> str:
        """The text itself: what is hidden of it is to be found again."""
        return self.text


Example = RawTextExample | TextExample | ChoiceExample | TokenExample | QuestionExample | SentenceExample
