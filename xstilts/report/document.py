"""A short paper as plain data: sections of paragraphs, lists, tables and figures; `latex` and `markdown` write it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xstilts.report.columns import Column


@dataclass(frozen=True)
class Cite:
    """Papers, in parentheses."""

    keys: tuple[str, ...]


@dataclass(frozen=True)
class Name:
    """A name from the study, such as a recipe's, set apart from prose."""

    text: str


@dataclass(frozen=True)
class Strong:
    """Words that stand out."""

    text: str


@dataclass(frozen=True)
class Ref:
    """A section, table or figure of the document, by its label."""

    label: str


Inline = str | Cite | Name | Strong | Ref
Text = tuple[Inline, ...]


@dataclass(frozen=True)
class Paragraph:
    """A paragraph, with a heading that runs in where there is one."""

    text: Text
    heading: str = ""


@dataclass(frozen=True)
class Bullets:
    """A list."""

    items: tuple[Text, ...]


@dataclass(frozen=True)
class Table:
    """A table; cells with a direction are set in bold.

    Attributes:
        label: What `Ref` calls it.
        caption: What it shows.
        columns: Columns, the first one names the rows.
        wide: Columns of running text: place -> share of the line.
        upright: Whether the headings of all but the first column stand upright, for many columns of short numbers.
        groups: Number of rows of each group, which are set apart.
    """

    label: str
    caption: Text
    columns: Sequence[Column]
    wide: tuple[tuple[int, float], ...] = ()
    upright: bool = False
    groups: tuple[int, ...] = ()

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.columns[0].cells) if self.columns else 0


@dataclass(frozen=True)
class Interval:
    """A number and the ends of its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Forest:
    """Differences with their intervals: a row per name in each panel, zero marked.

    Attributes:
        label: What `Ref` calls it.
        caption: What it shows.
        names: Names of the rows.
        panels: Title, and what each row has there.
        axis: What the numbers are.
    """

    label: str
    caption: Text
    names: tuple[str, ...]
    panels: tuple[tuple[str, tuple[Interval | None, ...]], ...]
    axis: str = "points"


@dataclass(frozen=True)
class Point:
    """A named point; its interval is of y."""

    name: str
    x: float
    y: Interval


@dataclass(frozen=True)
class Scatter:
    """Points with vertical intervals.

    Attributes:
        label: What `Ref` calls it.
        caption: What it shows.
        x_axis: What x is.
        y_axis: What y is.
        points: The points.
        logarithmic: Whether x is drawn by its logarithm.
        line: Ends of a fitted line, (x, y) each.
    """

    label: str
    caption: Text
    x_axis: str
    y_axis: str
    points: tuple[Point, ...]
    logarithmic: bool = False
    line: tuple[tuple[float, float], tuple[float, float]] | None = None


Block = Paragraph | Bullets | Table | Forest | Scatter
Figure = Forest | Scatter


@dataclass(frozen=True)
class Section:
    """A section; its label is what `Ref` calls it."""

    title: str
    blocks: tuple[Block, ...]
    label: str = ""


@dataclass(frozen=True)
class Document:
    """A short paper."""

    title: str
    subtitle: str
    abstract: Text
    sections: tuple[Section, ...]

    @property
    def blocks(self) -> Iterator[Block]:
        """All blocks in order."""
        return (block for section in self.sections for block in section.blocks)

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of all that is cited, each once."""
        texts: list[Text] = [self.abstract]
        for block in self.blocks:
            if isinstance(block, Paragraph):
                texts.append(block.text)
            elif isinstance(block, Bullets):
                texts += block.items
            else:
                texts.append(block.caption)
        return tuple(
            dict.fromkeys(key for text in texts for part in text if isinstance(part, Cite) for key in part.keys)
        )

    @property
    def numbers(self) -> dict[str, tuple[str, int]]:
        """Label -> ("Section", "Table" or "Figure", its number)."""
        found = {section.label: ("Section", place) for place, section in enumerate(self.sections, 1) if section.label}
        counts = {"Table": 0, "Figure": 0}
        for block in self.blocks:
            if isinstance(block, Table | Forest | Scatter):
                what = "Table" if isinstance(block, Table) else "Figure"
                counts[what] += 1
                found[block.label] = (what, counts[what])
        return found
