"""The papers that tasks, encoders and methods come from, by cite key, as BibTeX and as a list for reading.

The facts stand in `references.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

import yaml

from xstilts.report.latex_text import latex_text

_VENUES = {"article": "journal", "inproceedings": "booktitle", "book": "publisher", "misc": "howpublished"}
_OTHERS = "others"


@dataclass(frozen=True)
class Entry:
    """One paper.

    Attributes:
        key: Its cite key.
        type: BibTeX's type.
        title: Title.
        authors: Names in full; "others" ends a list that goes on. In braces: a body, not a person.
        venue: Journal, proceedings or publisher.
        year: Year; None for what is not dated.
    """

    key: str
    type: Literal["article", "inproceedings", "book", "misc"]
    title: str
    authors: tuple[str, ...]
    venue: str
    year: int | None = None

    @property
    def short(self) -> str:
        """As it is cited in a sentence: `Phang et al., 2020`."""
        names = [author.strip("{}") if author.startswith("{") else author.split()[-1] for author in self.authors]
        people = names[0] if len(names) == 1 else " and ".join(names) if len(names) == 2 else f"{names[0]} et al."
        people = f"{names[0]} et al." if _OTHERS in names else people
        return people if self.year is None else f"{people}, {self.year}"

    @property
    def full(self) -> str:
        """As a list of references has it."""
        people = ", ".join(author.strip("{}") for author in self.authors if author != _OTHERS)
        people += " et al." if _OTHERS in self.authors else "." if not people.endswith(".") else ""
        end = "" if self.year is None else f", {self.year}"
        stop = "" if self.title.endswith(("?", "!")) else "."
        return f"{people} {self.title}{stop} {self.venue}{end}."

    @property
    def bibtex(self) -> str:
        """The entry for a `.bib` file, in ASCII."""
        fields = {
            "author": " and ".join(latex_text(author, keep="{}") for author in self.authors),
            "title": "{" + latex_text(self.title) + "}",
            _VENUES[self.type]: latex_text(self.venue),
        }
        if self.year is None:
            fields["key"] = self.key
        else:
            fields["year"] = str(self.year)
        lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
        return f"@{self.type}{{{self.key},\n{lines}}}\n"


@cache
def bibliography() -> dict[str, Entry]:
    """All known papers by their keys."""
    text = resources.files("xstilts.report").joinpath("references.yaml").read_text(encoding="utf-8")
    return {
        key: Entry(
            key, facts["type"], facts["title"], tuple(facts["authors"].split("; ")), facts["venue"], facts.get("year")
        )
        for key, facts in yaml.safe_load(text).items()
    }


def known(keys: Iterable[str]) -> tuple[str, ...]:
    """Those keys that have an entry, each once: a study's own tasks may cite what nobody here knows."""
    return tuple(key for key in dict.fromkeys(keys) if key in bibliography())


def cited(keys: Iterable[str]) -> list[Entry]:
    """The entries of keys, each once, in the order of a list of references."""
    entries = [bibliography()[key] for key in known(keys)]
    return sorted(entries, key=lambda entry: (entry.short.casefold(), entry.year or 0, entry.title))
