"""Markdown pages as their blocks of code, each with what the page says about running it.

A comment of the form `<!-- test: ... -->` speaks of the next block, or, if it is about a stand-in, of the whole page:

    <!-- test: not run, REASON -->           the block cannot run in a test; tests/docs/test_snippets.py counts these
    <!-- test: real data -->                 the block runs where XSTILTS_DATA names the folder with the real data
    <!-- test: part of a study -->           the YAML is some fields of a study
    <!-- test: output -->                    the text is what the block before it prints
    <!-- test: stand-in NAME.yaml -->        commands of the page find a tiny study of that name, which has been run,
                                             DATA and rows.jsonl; a block with that title is checked, and not written
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[2]
LANGUAGES = ("bash", "console", "python", "yaml", "json", "text")
_DIRECTIVE = re.compile(r"<!--\s*test:\s*(?P<what>.*?)\s*-->", re.DOTALL)
_TITLE = re.compile(r'title="(?P<title>[^"]+)"')
_MARKS = ("not run", "real data", "part of a study", "output", "stand-in")


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        page: Its page, relative to the repository.
        line: Line of its first line of code, from 1.
        language: What the fence says.
        title: The file that it is, if it is one.
        code: The code.
        marks: What the page says about the block: mark -> the rest of the comment.
    """

    page: str
    line: int
    language: str
    title: str
    code: str
    marks: dict[str, str]

    @property
    def place(self) -> str:
        return f"{self.page}:{self.line}"


@dataclass(frozen=True)
class Page:
    """A page: its blocks in order, and the study files that the tiny study stands for."""

    name: str
    blocks: tuple[Block, ...]
    stand_ins: tuple[str, ...]


def page_names() -> list[str]:
    """Every Markdown page that users read, by pattern: a new one is tested from its first day on."""
    patterns = ("*.md", "docs/**/*.md", "xstilts/**/*.md")
    return sorted(str(path.relative_to(ROOT)) for pattern in patterns for path in ROOT.glob(pattern))


@cache
def read_page(name: str) -> Page:
    """Reads a page of the repository."""
    return parse_page(name, (ROOT / name).read_text(encoding="utf-8"))


def parse_page(name: str, text: str) -> Page:
    """Finds the blocks of a page.

    Raises:
        ValueError: If a block or a comment is not of a known form.
    """
    blocks: list[Block] = []
    stand_ins: list[str] = []
    pending: dict[str, str] = {}
    for token in tokens(text):
        line = token.map[0] + 2 if token.map else 0
        if token.type == "html_block":
            for found in _DIRECTIVE.finditer(token.content):
                mark, rest = _mark(found["what"], f"{name}:{line - 1}")
                if mark == "stand-in":
                    stand_ins.append(rest)
                else:
                    pending[mark] = rest
        elif token.type == "fence":
            language, _, rest = token.info.strip().partition(" ")
            if language not in LANGUAGES:
                raise ValueError(f"{name}:{line - 1}: a block of {language or 'no language'}; known are {LANGUAGES}")
            title = _TITLE.search(rest)
            blocks.append(Block(name, line, language, title["title"] if title else "", token.content, pending))
            pending = {}
        elif token.type == "code_block":
            raise ValueError(f"{name}:{line - 1}: indented code is not tested; fence it")
        elif token.type not in ("inline", "paragraph_open", "paragraph_close") and pending:
            raise ValueError(f"{name}:{line - 1}: no block follows the comment {pending}")
    return Page(name, tuple(blocks), tuple(stand_ins))


def _mark(what: str, place: str) -> tuple[str, str]:
    for mark in _MARKS:
        if what.startswith(mark):
            return mark, what.removeprefix(mark).strip(" ,")
    raise ValueError(f"{place}: {what!r} is not known; known are {_MARKS}")


def tokens(text: str) -> list[Token]:
    """The Markdown tokens of a page."""
    return MarkdownIt("commonmark").enable("table").parse(text)


def inline_tokens(name: str) -> Iterator[tuple[int, Token]]:
    """The inline tokens of a page, each with the line on which its paragraph begins."""
    for token in tokens((ROOT / name).read_text(encoding="utf-8")):
        for child in token.children or ():
            yield (token.map[0] + 1 if token.map else 0), child
