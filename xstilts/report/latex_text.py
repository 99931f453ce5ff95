"""Any text as LaTeX that compiles with pdfTeX: nothing in it is a command, and all of it is ASCII."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

_CHARACTERS = {
    **{char: f"\\{char}" for char in "&%$#_{}"},
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "`": r"\textasciigrave{}",
    "\N{MINUS SIGN}": "$-$",
    "Δ": r"$\Delta$",
    "×": r"$\times$",
    "±": r"$\pm$",
    "≥": r"$\geq$",
    "≤": r"$\leq$",
    "→": r"$\to$",
    "µ": r"$\mu$",
    "–": "--",
    "—": "---",
    "…": r"\dots{}",
    "‘": "`",
    "’": "'",
    "“": "``",
    "”": "''",
    "\N{NO-BREAK SPACE}": "~",
    "ß": r"\ss{}",
    "æ": r"\ae{}",
    "Æ": r"\AE{}",
    "ø": r"\o{}",
    "Ø": r"\O{}",
    "œ": r"\oe{}",
    "Œ": r"\OE{}",
    "ł": r"\l{}",
    "Ł": r"\L{}",
    "ı": r"\i{}",
}
_ACCENTS = {
    "\u0300": "`",
    "\u0301": "'",
    "\u0302": "^",
    "\u0303": "~",
    "\u0304": "=",
    "\u0306": "u",
    "\u0307": ".",
    "\u0308": '"',
    "\u030a": "r",
    "\u030b": "H",
    "\u030c": "v",
    "\u0323": "d",
    "\u0327": "c",
    "\u0328": "k",
    "\u0331": "b",
}


def latex_text(text: str, keep: str = "") -> str:
    """Escapes text from data.

    Letters with accents become the accents' commands. What no standard font has, such as other scripts, is written as
    its code points, so that nothing is lost and nothing fails to compile.

    Args:
        text: Any text; line breaks and control characters become spaces.
        keep: Characters to leave as they are.
    """
    found: list[str] = []
    for letter in _letters(unicodedata.normalize("NFC", text)):
        if letter == "-" and found and found[-1] == "-":
            found.append("{}")  # two hyphens would become a dash
        found.append(letter if letter in keep else _one(letter))
    return "".join(found).replace(r" \%", r"~\%")  # a number and its sign stay together


def latex_row(cells: Sequence[str]) -> str:
    """A row of a table, of escaped cells.

    One that begins with a bracket or a star must not become an option of the line break before it.
    """
    text = " & ".join(cells) + r" \\"
    return "{}" + text if text.startswith(("[", "*")) else text


def _letters(text: str) -> list[str]:
    """Characters, each with the accents that follow it."""
    letters: list[str] = []
    for char in text:
        if letters and char in _ACCENTS and letters[-1][0].isalpha():
            letters[-1] += char
        else:
            letters.append(char)
    return letters


def _one(char: str) -> str:
    """A character, and the accents on it, escaped."""
    if char in _CHARACTERS:
        return _CHARACTERS[char]
    if char.isascii():
        return char if char.isprintable() else " "
    base, *marks = list(unicodedata.normalize("NFD", char))
    if marks and base.isascii() and all(mark in _ACCENTS for mark in marks):
        word = {"i": r"\i", "j": r"\j"}.get(base, base) if any(mark != "\u0323" for mark in marks) else base
        for mark in marks:
            word = f"\\{_ACCENTS[mark]}{{{word}}}"
        return word
    if unicodedata.category(char[0]) in ("Zs", "Zl", "Zp", "Cc", "Cf"):
        return " "
    return "".join(rf"\texttt{{[U+{ord(point):04X}]}}" for point in char)
