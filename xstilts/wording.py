"""Numbers, intervals and counts in words and tables."""

from __future__ import annotations

from collections.abc import Sequence

MINUS = "\N{MINUS SIGN}"


def number(value: float, signed: bool = False, decimals: int = 1) -> str:
    """A number to one decimal, or as many, with a true minus sign; `signed` puts a plus before gains."""
    rounded = round(value, decimals) + 0.0  # -0.0 becomes 0.0
    return f"{rounded:{'+' if signed and rounded else ''}.{decimals}f}".replace("-", MINUS)


def with_interval(value: float, low: float, high: float, signed: bool = False, decimals: int = 1) -> str:
    """A number and its interval, such as `+1.2 [+0.3, +2.0]`."""
    low_text, high_text = number(low, signed, decimals), number(high, signed, decimals)
    return f"{number(value, signed, decimals)} [{low_text}, {high_text}]"


def p_text(p: float) -> str:
    """A p value: `p = 0.031`, `p < 0.001`."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def lead(value: float, baseline: str) -> str:
    """What the largest of several differences from a baseline is: a gain, or the smallest loss."""
    return f"largest gain over {baseline}" if value > 0 else f"smallest loss against {baseline}"


def listed(names: Sequence[str]) -> str:
    """Names as a sentence lists them: `a, b and c`."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def counted(count: int, noun: str) -> str:
    """A number of things: `1 language`, `3 languages`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
