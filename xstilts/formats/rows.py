"""From named values of one row (a line of TSV, an object of JSON Lines) to an example."""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xstilts.data.examples import ChoiceExample, Example, TextExample, TokenExample
from xstilts.data.sources import Drops
from xstilts.errors import InputError
from xstilts.formats.text import checked_text


@dataclass(frozen=True)
class Row:
    """One row of a file.

    Attributes:
        where: File and line.
        number: Number of the row among all rows that are read together, from 1; its id where it has none.
        values: Role -> value. A role whose value the file hides is missing or None.
    """

    where: str
    number: int
    values: Mapping[str, Any]

    def text(self, role: str) -> str:
        """The text of a role.

        Raises:
            InputError: If it is missing or no text.
        """
        return checked_text(self.values.get(role), self.where, role)

    def texts(self, role: str) -> tuple[str, ...]:
        """The texts of a role that holds a list.

        Raises:
            InputError: If it is missing or no list of texts.
        """
        value = self.values.get(role)
        if not isinstance(value, list | tuple):
            raise InputError(f"{role} is not a list", where=self.where, found=repr(value), expected="a list of strings")
        return tuple(checked_text(item, self.where, role) for item in value)

    @property
    def id(self) -> str:
        """The id that the file gives, else the number."""
        given = self.values.get("id")
        return str(self.number) if given is None else checked_text(str(given), self.where, "id")


Builder = Callable[[Row, Drops], Example | None]


class DistinctIds:
    """Makes ids unique within a split: the second row with id `x` becomes `x#2`, the third `x#3`.

    Some distributions repeat ids (TyDiQA's training files give the document's id to each question), and predictions
    are aligned with gold by id. The order of the file decides, so the same file always gets the same ids.
    """

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def __call__(self, wanted: str) -> str:
        """The id, made different from all ids given out before."""
        unique = wanted
        while unique in self._counts:
            self._counts[wanted] += 1
            unique = f"{wanted}#{self._counts[wanted]}"
        self._counts[unique] = 1
        return unique


def text_row(rename: Mapping[str, str] | None = None, unlabeled: Sequence[str] = ()) -> Builder:
    """Builder of a text or a pair of texts with a label; roles `text`, `pair`, `label`, `id`.

    Args:
        rename: The file's names of labels -> the task's.
        unlabeled: Marks of rows on whose label the annotators did not agree; such rows are left out and counted.
    """

    def build(row: Row, drops: Drops) -> TextExample | None:
        label = row.values.get("label")
        if isinstance(label, str) and label in unlabeled:
            drops.add("no label that the annotators agreed on")
            return None
        if not (label is None or isinstance(label, str | int)):
            raise InputError(
                "label is no label", where=row.where, found=repr(label)[:60], expected="a text or a number"
            )
        name = None if label is None else (rename or {}).get(str(label), str(label))
        pair = row.text("pair") if "pair" in row.values else None
        return TextExample(row.id, row.text("text"), pair, name)

    return build


def choice_row(label_base: int = 0, letters: bool = False) -> Builder:
    """Builder of a context with choices; roles `context`, `question` (put after the context), `choices`, `label`, `id`.

    Args:
        label_base: The number that stands for the first choice.
        letters: Whether labels are letters from A instead of numbers.
    """

    def build(row: Row, drops: Drops) -> ChoiceExample:
        choices = row.texts("choices")
        label = row.values.get("label")
        index = None if label is None else _index(label, label_base, letters)
        if index is not None and not 0 <= index < len(choices):
            first, last = label_base, label_base + len(choices) - 1
            names = f"A to {string.ascii_uppercase[len(choices) - 1]}" if letters else f"{first} to {last}"
            raise InputError("a label names no choice", where=row.where, found=repr(label), expected=names)
        context = f"{row.text('context')} {row.text('question')}" if "question" in row.values else row.text("context")
        return ChoiceExample(row.id, context, choices, index)

    return build


def _index(label: object, base: int, letters: bool) -> int:
    """The position that a label names, or -1 if it is not even a label."""
    text = str(label)
    if letters:
        return string.ascii_uppercase.find(text) if len(text) == 1 else -1
    return int(text) - base if text.isascii() and text.isdigit() else -1


def token_row() -> Builder:
    """Builder of a tokenized sentence with a tag per token; roles `tokens`, `tags` (lists), `id`."""

    def build(row: Row, drops: Drops) -> TokenExample:
        tokens = row.texts("tokens")
        tags = None if row.values.get("tags") is None else row.texts("tags")
        if tags is not None and len(tags) != len(tokens):
            raise InputError(
                "a sentence has not one tag per token",
                where=row.where,
                found=f"{len(tags)} tags",
                expected=f"{len(tokens)}, as many as tokens",
            )
        return TokenExample(row.id, tokens, tags)

    return build
