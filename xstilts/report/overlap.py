"""What an audit found, for the page: a warning, a sentence, and a table of the pairs of sets that share something."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xstilts.analysis.audit import CONTAMINATED, audited_fields, is_contaminated
from xstilts.wording import counted

_USES = {"train": "trained on", "read": "read as raw text", "dev": "chose a checkpoint", "tune": "set a threshold"}
_LEVELS = {"row": "same row", "segment": "same text", "near": "near duplicate"}
_SHOWN_PAIRS = 4


@dataclass(frozen=True)
class OverlapRow:
    """One pair of sets.

    Attributes:
        evaluated: The set that is evaluated.
        seen: The set that is learned from, and what for.
        recipes: Who learns from it.
        strong: Whether the pair makes the study contaminated.
        numbers: Evaluated rows; touched and their share; the same; with the same text; near duplicates.
        parts: Which parts of the rows.
        matches: What kind, then id, part and text of either side.
    """

    evaluated: str
    seen: str
    recipes: str
    strong: bool
    numbers: tuple[str, ...]
    parts: str
    matches: list[tuple[str, str, str, str, str]]


@dataclass(frozen=True)
class OverlapSection:
    """The section on overlap.

    Attributes:
        alarm: The warning that heads the page; empty if there is none.
        summary: What was found, in a sentence or two.
        rows: The pairs, the worst first.
    """

    alarm: str
    summary: str
    rows: list[OverlapRow]


def overlap_section(audit: Mapping[str, Any] | None, study: Mapping[str, Any]) -> OverlapSection:
    """The section for an audit of this study, or for none.

    Args:
        audit: What `xstilts.analysis.audit.read_audit` returns.
        study: The effective study, as data.
    """
    how = "xstilts data audit STUDY --out OUT"
    if audit is None:
        return OverlapSection(
            "", f"Nobody has looked yet for rows that are both trained on and evaluated; {how} does.", []
        )
    if audit["study"] != audited_fields(study):
        text = "The audit in this folder is of other recipes, targets or task defaults than this study's, so it is not"
        return OverlapSection("", f"{text} shown; {how} makes one.", [])
    overlaps = sorted(audit["overlaps"], key=lambda one: (not is_contaminated(one), -one["share"]))
    return OverlapSection(_alarm(overlaps), _summary(audit, overlaps), [_row(overlap) for overlap in overlaps])


def _alarm(overlaps: Sequence[Mapping[str, Any]]) -> str:
    strong = [overlap for overlap in overlaps if is_contaminated(overlap)]
    if not strong:
        return ""
    pairs = [
        f"{_percent(one['share'])} of {one['evaluated']} in {one['seen']} (recipes: {', '.join(one['recipes'])})"
        for one in strong[:_SHOWN_PAIRS]
    ]
    more = f"; and {len(strong) - _SHOWN_PAIRS} more pairs of sets" if len(strong) > _SHOWN_PAIRS else ""
    return f"Evaluated rows were trained on: {'; '.join(pairs)}{more}. Scores there may be memory."


def _summary(audit: Mapping[str, Any], overlaps: Sequence[Mapping[str, Any]]) -> str:
    evaluated, seen = len(audit["evaluated"]), len({part["name"] for part in audit["seen"]})
    compared = f"Each of {counted(evaluated, 'evaluated set')} was compared with each of {counted(seen, 'set')} "
    compared += "that the study learned from. "
    if not overlaps:
        return f"{compared}No row, no text and no near duplicate is in both."
    strong = sum(is_contaminated(overlap) for overlap in overlaps)
    if strong:
        share = f"at least {_percent(CONTAMINATED)} of what is evaluated was trained on"
        return f"{compared}In {counted(strong, 'pair')} of sets {share}."
    return f"{compared}None shares as much as {_percent(CONTAMINATED)} of its rows with what was trained on."


def _row(overlap: Mapping[str, Any]) -> OverlapRow:
    return OverlapRow(
        overlap["evaluated"],
        f"{overlap['seen']}, {_USES[overlap['use']]}",
        ", ".join(overlap["recipes"]),
        is_contaminated(overlap),
        (
            f"{overlap['rows']:,}",
            f"{overlap['touched']:,}",
            _percent(overlap["share"]),
            f"{overlap['exact']:,}",
            f"{overlap['normalized'] - overlap['exact']:,}",
            f"{overlap['touched'] - overlap['normalized']:,}",
        ),
        ", ".join(f"{role} {rows:,}" for role, rows in overlap["segments"].items()),
        [
            (
                _LEVELS[match["level"]],
                f"{match['evaluated_id']} ({match['evaluated_role']})",
                match["evaluated_text"],
                f"{match['seen_id']} ({match['seen_role']})",
                match["seen_text"],
            )
            for match in overlap["matches"]
        ],
    )


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %" if share >= 0.001 else "under 0.1 %"
