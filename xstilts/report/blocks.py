"""What a page is made of: chapters of words, tables, figures and folds, as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from xstilts.report.charts import Figure
from xstilts.report.forest import Forest
from xstilts.report.grids import Grid


@dataclass(frozen=True)
class Words:
    """A paragraph, or a list of them.

    Attributes:
        lines: The sentences.
        look: "plain", "quiet", "verdict", "list" or "alarm".
    """

    kind: ClassVar[str] = "words"

    lines: Sequence[str]
    look: str = "plain"


@dataclass(frozen=True)
class Named:
    """Sentences, each of something that has a name.

    Attributes:
        rows: Name, sentence, and 1, -1 or 0 for a certain gain, a certain loss, neither.
    """

    kind: ClassVar[str] = "named"

    rows: Sequence[tuple[str, str, int]]


@dataclass(frozen=True)
class Heading:
    """A heading within a chapter."""

    kind: ClassVar[str] = "heading"

    text: str


@dataclass(frozen=True)
class Code:
    """Text as a file has it."""

    kind: ClassVar[str] = "code"

    text: str


@dataclass(frozen=True)
class Answered:
    """One prediction and who made it.

    Attributes:
        prediction: What was said.
        verdict: "right", "partly right", "wrong" or "not scored".
        recipes: Who said it.
    """

    prediction: str
    verdict: str
    recipes: str


@dataclass(frozen=True)
class SampleRow:
    """One row of a test set.

    Attributes:
        id: Its id.
        texts: What was read, by role.
        gold: The right answer; None where it is hidden.
        answers: What was said, the same things together.
    """

    id: str
    texts: Sequence[tuple[str, str]]
    gold: str | None
    answers: Sequence[Answered]


@dataclass(frozen=True)
class SampleSet:
    """Rows of one language of a test set.

    Attributes:
        language: Its name.
        code: Its code.
        direction: "rtl" or "ltr".
        rows: The rows.
    """

    kind: ClassVar[str] = "samples"

    language: str
    code: str
    direction: str
    rows: Sequence[SampleRow]


@dataclass(frozen=True)
class Fold:
    """Blocks that are shown when they are asked for.

    Attributes:
        title: What they are.
        blocks: The blocks.
        is_open: Whether they are shown at first.
        anchor: Fragment identifier, where something links to it.
        large: Whether the title is that of a part of a chapter.
    """

    kind: ClassVar[str] = "fold"

    title: str
    blocks: Sequence[Block]
    is_open: bool = False
    anchor: str = ""
    large: bool = False

    @property
    def cells(self) -> int:
        """See `cells_of`."""
        return cells_of(self.blocks)


@dataclass(frozen=True)
class Row:
    """Blocks side by side, where there is room."""

    kind: ClassVar[str] = "row"

    blocks: Sequence[Block]


Block = Words | Named | Heading | Code | SampleSet | Fold | Row | Grid | Figure | Forest


def cells_of(blocks: Sequence[Block]) -> int:
    """About how many cells of tables a browser has to build for blocks; a line of a forest plot counts as four."""
    return sum(_cells(block) for block in blocks)


def _cells(block: Block) -> int:
    if isinstance(block, Fold | Row):
        return cells_of(block.blocks)
    if isinstance(block, Grid):
        return block.cells
    if isinstance(block, Forest):
        return 4 * len(block.lines)
    return sum(len(row.texts) + len(row.answers) for row in block.rows) if isinstance(block, SampleSet) else 0


@dataclass(frozen=True)
class Chapter:
    """A chapter.

    Attributes:
        title: Its title.
        anchor: Fragment identifier.
        blocks: What is in it.
        short: Title in the list of chapters.
    """

    title: str
    anchor: str
    blocks: Sequence[Block]
    short: str = ""
