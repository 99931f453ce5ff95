"""Facts about languages, by the codes that data sets write; the table is `languages.tsv` beside this file.

Families, genera and the order of subject, object and verb (feature 81A, where it is sure) follow WALS (Dryer and
Haspelmath, 2013), codes ISO 639. `gib` is the text that XLM-R was pretrained on (Conneau et al., 2020, table 6):
0.0 for a language that it never saw. One row is one language, whichever of its codes a data set uses: `sw`, `swa` and
`swh` are Swahili.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from xstilts.errors import InputError

_CODE = re.compile(r"[a-z]{2,3}(-[a-z]{2,3})?")
UNKNOWN = "unknown"
_SHOWN_GUESSES = 3
_ALIKE = 0.7  # of difflib: two of three letters are too few, three of four are enough
_RIGHT_TO_LEFT = ("Arabic", "Hebrew", "Syriac", "Thaana", "N'Ko", "Adlam")


@dataclass(frozen=True)
class Language:
    """One language, or a pair of which the first is meant.

    Attributes:
        code: The two-letter code where there is one, else the three-letter one; both, joined by `-`, for a pair.
        name: English name.
        family: Top-level family; creoles are a family of their own here, as are constructed languages.
        genus: WALS's genus, a group comparable in age to Germanic or Romance.
        script: The script that it is mostly written in.
        region: Where it is mostly spoken, or was before it spread.
        order: Dominant order of subject, object and verb (`SVO`, `SOV`, `VSO`, `none`).
        gib: GiB of text in the pretraining of XLM-R; None for a language that is not in the table.
    """

    code: str
    name: str
    family: str = UNKNOWN
    genus: str = UNKNOWN
    script: str = UNKNOWN
    region: str = UNKNOWN
    order: str = UNKNOWN
    gib: float | None = None

    @property
    def resources(self) -> str:
        """Level of resources by the text that XLM-R saw: `high` from 10 GiB, `middle` from 1, `low` below, `unseen`."""
        if self.gib is None:
            return UNKNOWN
        return "high" if self.gib >= 10 else "middle" if self.gib >= 1 else "low" if self.gib > 0 else "unseen"

    @property
    def is_right_to_left(self) -> bool:
        """Whether its script runs from right to left."""
        return self.script in _RIGHT_TO_LEFT


def language(code: str) -> Language:
    """Facts about a language.

    Args:
        code: ISO 639-1 or 639-3, or a pair such as `en-de` (context in English, question in German), which has the
            facts of its first language. A code that is well formed and not in the table is a language of unknown
            family: the tool serves languages that no table has.

    Raises:
        InputError: If the code has another form.
    """
    if not _CODE.fullmatch(code):
        raise InputError(
            "a language is named wrongly",
            found=repr(code),
            expected="a code of two or three small letters (ISO 639), such as sw or swa, or a pair such as en-de",
        )
    first, _, second = code.partition("-")
    facts = _single(first)
    if not second:
        return facts
    other = _single(second)
    return replace(facts, code=f"{facts.code}-{other.code}", name=f"{facts.name}-{other.name}")


def doubt(code: str) -> str | None:
    """What is doubtful about a code, with the code that may be meant; None for one that data sets usually write.

    A code that is not in the table is no error: there are more languages than in any table.
    """
    doubts = [text for part in code.split("-") if (text := _doubt(part))]
    return "; ".join(doubts) or None


def _doubt(code: str) -> str | None:
    known = _table().get(code)
    if known is not None:
        return f"{code} is {known.name}, whose usual code is {known.code}" if code != known.code else None
    main = {one.code: one for one in _table().values()}
    begins = [one.code for one in main.values() if one.name.lower().startswith(code)]
    alike = get_close_matches(code, list(_table()), n=_SHOWN_GUESSES, cutoff=_ALIKE)
    guesses = list(dict.fromkeys([*begins, *(_table()[one].code for one in alike)]))[:_SHOWN_GUESSES]
    shown = " or ".join(f"{guess} ({main[guess].name})" for guess in guesses)
    asked = f"; did you mean {shown}?" if shown else ""
    return f"{code} is no code of a language that xstilts has facts about{asked}"


def _single(code: str) -> Language:
    return _table().get(code, Language(code, code))


@cache
def _table() -> Mapping[str, Language]:
    """Code or alias -> language."""
    _, *rows = Path(__file__).with_name("languages.tsv").read_text(encoding="utf-8").rstrip("\n").split("\n")
    table = {}
    for row in rows:
        code, aliases, name, family, genus, script, region, order, gib = row.split("\t")
        for one in (code, *aliases.split()):
            table[one] = Language(code, name, family, genus, script, region, order, float(gib))
    return table
