"""The rows of the tasks as meanings, before any language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from xstilts.mini.meaning import Question, Statement

NLI_LABELS = ("entailment", "neutral", "contradiction")
PARAPHRASE_LABELS = ("different", "same")
# Topic -> the verbs that tell of it.
TOPICS = {
    "food": ("eat", "drink", "cook"),
    "leisure": ("sing", "dance", "swim", "run", "laugh"),
    "learning": ("read", "write", "study"),
    "upkeep": ("repair", "build", "wash"),
    "trade": ("buy", "sell", "lend", "borrow"),
    "travel": ("travel", "go", "arrive", "return"),
}


@dataclass(frozen=True)
class Pair:
    """Two statements with a label: what follows for the second from the first, or whether they say the same."""

    first: Statement
    second: Statement
    label: str

    def sentences(self) -> Iterator[Statement | Question]:
        """Every sentence of the row."""
        yield self.first
        yield self.second


@dataclass(frozen=True)
class Choice:
    """A situation and what may come of it; `right` is the index of what does."""

    situation: Statement
    outcomes: tuple[Statement, ...]
    right: int

    def sentences(self) -> Iterator[Statement | Question]:
        """Every sentence of the row."""
        yield self.situation
        yield from self.outcomes


@dataclass(frozen=True)
class Sentence:
    """One sentence, whose words are to be tagged."""

    meaning: Statement | Question

    def sentences(self) -> Iterator[Statement | Question]:
        """The sentence."""
        yield self.meaning


@dataclass(frozen=True)
class Report:
    """Sentences about one topic, a key of `TOPICS`."""

    meanings: tuple[Statement, ...]
    label: str

    def sentences(self) -> Iterator[Statement | Question]:
        """Every sentence of the row."""
        yield from self.meanings


@dataclass(frozen=True)
class Passage:
    """Sentences and a question about one of them.

    Attributes:
        text: The sentences.
        question: What is asked.
        answered: Index of the sentence that answers it; None if none does.
        part: The part of that sentence which is the answer.
    """

    text: tuple[Statement, ...]
    question: Question
    answered: int | None
    part: str

    def sentences(self) -> Iterator[Statement | Question]:
        """Every sentence of the row."""
        yield from self.text
        yield self.question


@dataclass(frozen=True)
class Lines:
    """Sentences that make a line of text together, or that compete with each other in a bitext."""

    meanings: tuple[Statement | Question, ...]

    def sentences(self) -> Iterator[Statement | Question]:
        """Every sentence of the row."""
        yield from self.meanings


Row = Pair | Choice | Sentence | Report | Passage | Lines
