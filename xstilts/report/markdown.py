"""A document as Markdown with its figures as SVG files beside it."""

from __future__ import annotations

from xstilts.report.bibliography import bibliography, cited
from xstilts.report.columns import ABSENT
from xstilts.report.document import (
    Bullets,
    Cite,
    Document,
    Forest,
    Inline,
    Name,
    Paragraph,
    Ref,
    Scatter,
    Strong,
    Table,
    Text,
)
from xstilts.report.svg_figures import forest, scatter
from xstilts.report.tables import markdown_text

_CODE = str.maketrans({"`": "'", "\n": " "})


def markdown(document: Document) -> tuple[str, dict[str, str]]:
    """The text, and the figures by their file names.

    Args:
        document: What it says.
    """
    numbers = document.numbers
    figures: dict[str, str] = {}
    parts = [f"# {markdown_text(document.title)}", f"*{markdown_text(document.subtitle)}*"]
    parts.append(f"**Abstract.** {_text(document.abstract, numbers)}")
    for place, section in enumerate(document.sections, start=1):
        parts.append(f"## {place} {markdown_text(section.title)}")
        for block in section.blocks:
            if isinstance(block, Forest | Scatter):
                number = numbers[block.label][1]
                name = f"figure-{number}.svg"
                figures[name] = forest(block) if isinstance(block, Forest) else scatter(block)
                caption = _text(block.caption, numbers)
                parts.append(f"![Figure {number}]({name})\n\n**Figure {number}.** {caption}")
            else:
                parts.append(_block(block, numbers))
    if document.keys:
        entries = "\n".join(f"- {markdown_text(entry.full)}" for entry in cited(document.keys))
        parts.append(f"## References\n\n{entries}")
    return "\n\n".join(parts) + "\n", figures


def _block(block: Paragraph | Bullets | Table, numbers: dict[str, tuple[str, int]]) -> str:
    if isinstance(block, Paragraph):
        heading = f"**{markdown_text(block.heading)}** " if block.heading else ""
        return heading + _text(block.text, numbers)
    if isinstance(block, Bullets):
        return "\n".join(f"- {_text(item, numbers)}" for item in block.items)
    lines = [
        [markdown_text(column.title) for column in block.columns],
        ["---:" if column.numeric else "---" for column in block.columns],
        *([_cell(column.cells[at], column.directions[at]) for column in block.columns] for at in range(block.rows)),
    ]
    rows = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"**Table {numbers[block.label][1]}.** {_text(block.caption, numbers)}\n\n{rows}"


def _cell(text: str, direction: int | None) -> str:
    return f"**{markdown_text(text)}**" if direction and text != ABSENT else markdown_text(text)


def _text(text: Text, numbers: dict[str, tuple[str, int]]) -> str:
    return "".join(_inline(part, numbers) for part in text)


def _inline(part: Inline, numbers: dict[str, tuple[str, int]]) -> str:
    if isinstance(part, Cite):
        known = bibliography()
        return f"({markdown_text('; '.join(known[key].short for key in part.keys))})"
    if isinstance(part, Name):
        return f"`{part.text.translate(_CODE)}`"
    if isinstance(part, Strong):
        return f"**{markdown_text(part.text)}**"
    if isinstance(part, Ref):
        what, number = numbers[part.label]
        return f"{what} {number}"
    return markdown_text(part)
