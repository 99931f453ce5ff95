"""Claims that were checked, in words and numbers: what the page and the paper say of them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from xstilts.analysis.claims import Verdict
from xstilts.report.blocks import Block, Fold, Named, Words
from xstilts.report.columns import ABSENT
from xstilts.report.grids import Cell, Grid, Head
from xstilts.wording import counted, listed, number, with_interval

READ_SO = (
    "A claim holds or fails where the whole 95 % interval is on one side of what it says; power is that of seeing the"
    " claimed size, or a point where none is claimed."
)
"""How a verdict comes about."""
_WORDS = {"holds": ("holds", "hold"), "fails": ("fails", "fail"), "undecided": ("is undecided", "are undecided")}
_SIGNS = {"holds": 1, "fails": -1}


def tested(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """The claims that the study has something of."""
    return [verdict for verdict in verdicts if verdict.rows]


def counts_in_words(verdicts: Sequence[Verdict]) -> str:
    """How many of the tested claims hold, fail, and are undecided: `of 2 claims, 1 holds and 1 is undecided`."""
    found = tested(verdicts)
    counts = {words: sum(verdict.outcome == outcome for verdict in found) for outcome, words in _WORDS.items()}
    said = listed([f"{count} {words[count != 1]}" for words, count in counts.items() if count])
    return f"of {counted(len(found), 'claim')}, {said}"


def untested_in_words(verdicts: Sequence[Verdict]) -> str:
    """How many claims speak of what the study has not; empty if none does."""
    rest = len(verdicts) - len(tested(verdicts))
    speak = "speaks" if rest == 1 else "speak"
    return f"{counted(rest, 'further claim')} {speak} of recipes or targets that the study has not." if rest else ""


def estimate_text(verdict: Verdict) -> str:
    """The estimate with its interval; of several tests, how many hold and how many fail."""
    if len(verdict.rows) == 1:
        row = verdict.rows[0]
        return with_interval(row["estimate"], row["estimate_low"], row["estimate_high"], signed=True)
    held = sum(row["outcome"] == "holds" for row in verdict.rows)
    failed = sum(row["outcome"] == "fails" for row in verdict.rows)
    return f"{held} of {len(verdict.rows)} hold, {failed} fail"


def power_text(verdict: Verdict) -> str:
    """The power, or from the least to the greatest of several tests."""
    powers = sorted(row["power"] for row in verdict.rows if row["power"] is not None)
    if not powers:
        return ABSENT
    least, most = number(powers[0], decimals=2), number(powers[-1], decimals=2)
    return least if least == most else f"{least}–{most}"


def claim_blocks(verdicts: Sequence[Verdict], published: bool) -> list[Block]:
    """The claims for the page: each with its verdict in words, then every test; empty if nothing is tested.

    Args:
        verdicts: Claims that were checked.
        published: Whether they are those of the paper, with its numbers.
    """
    found = tested(verdicts)
    if not found:
        return []
    counts = counts_in_words(verdicts)
    said = [f"{counts[:1].upper()}{counts[1:]}. {READ_SO}"]
    if published:
        said.append(
            "They are what Phang et al. (2020) say of intermediate training. Published sizes are those of XLM-R Large"
            " on the dev sets of XTREME; recipes here are matched by what they train on."
        )
    rows = [(verdict.outcome, _sentence(verdict), _SIGNS.get(verdict.outcome, 0)) for verdict in found]
    blocks: list[Block] = [Words(said), Named(rows), Fold("Every test", [_grid(found)])]
    rest = untested_in_words(verdicts)
    return [*blocks, Words([rest], "quiet")] if rest else blocks


def _sentence(verdict: Verdict) -> str:
    """What is claimed, and the number that speaks for or against it."""
    first, count = verdict.rows[0], len(verdict.rows)
    if count > 1:
        outcomes = [row["outcome"] for row in verdict.rows]
        needed = math.ceil(verdict.claim.needed * count - 1e-9)
        said = f"Of {count} tests {outcomes.count('holds')} hold and {outcomes.count('fails')} fail; the claim needs"
        return f"{verdict.claim.text} {said} {'all' if needed == count else needed}."
    published = "" if first["published"] is None else f"; published {number(first['published'], signed=True)}"
    return f"{verdict.claim.text} Here {estimate_text(verdict)} points, power {power_text(verdict)}{published}."


def _grid(verdicts: Sequence[Verdict]) -> Grid:
    heads = [Head("test"), Head("outcome", numeric=False), Head("estimate", lead=True), Head("published")]
    heads += [Head("size", "the distance from the threshold that power is for, in points"), Head("power")]
    heads += [Head("found at 0.8", "the distance from the threshold that would be found with power 0.8, in points")]
    rows = [
        (
            row["test"],
            [
                Cell(row["outcome"]),
                _estimate(row["estimate"], row["estimate_low"], row["estimate_high"]),
                Cell(ABSENT if row["published"] is None else number(row["published"], signed=True)),
                Cell(number(row["effect"])),
                Cell(number(row["power"], decimals=2)),
                Cell(number(row["detectable"])),
            ],
        )
        for verdict in verdicts
        for row in verdict.rows
    ]
    return Grid("Every comparison, in points, with 95 % interval", heads, rows, words=True)


def _estimate(value: float, low: float, high: float) -> Cell:
    text, bracket, bounds = with_interval(value, low, high, signed=True).partition(" [")
    return Cell(text, f"{bracket.strip()}{bounds}")
