"""Figures as pgfplots, from the numbers themselves."""

from __future__ import annotations

import math
from collections.abc import Sequence

from xstilts.report.columns import direction
from xstilts.report.document import Forest, Interval, Scatter
from xstilts.report.figure_layout import columns_of, label_heights, range_of, x_ticks_of
from xstilts.report.latex_text import latex_text

_WIDTH = 15.8
_ROW = 0.36
_COLORS = {1: "gain", -1: "loss", 0: "open"}
_MARKS = {1: "*", -1: "square*", 0: "o"}


def forest(figure: Forest) -> str:
    """A forest plot: a panel beside the other, each with its own scale."""
    columns = columns_of(len(figure.panels))
    rows = math.ceil(len(figure.panels) / columns)
    names = max(map(len, figure.names), default=0) * 0.155 + 0.3
    width = max(2.0, (_WIDTH - names - 0.55 * (columns - 1) - 0.3) / columns)
    count = len(figure.names)
    labels = ",".join("{" + latex_text(name) + "}" for name in figure.names)
    lines = [
        r"\begin{tikzpicture}",
        r"\begin{groupplot}[",
        rf"  group style={{group size={columns} by {rows}, horizontal sep=0.55cm, vertical sep=1.35cm,"
        r" yticklabels at=edge left},",
        rf"  scale only axis, width={width:.2f}cm, height={max(1.0, _ROW * count + 0.2):.2f}cm,",
        r"  y dir=reverse, " + rf"ymin=0.4, ymax={count + 0.6}, ytick={{{','.join(map(str, range(1, count + 1)))}}},",
        rf"  yticklabels={{{labels}}},",
        r"  tick label style={font=\scriptsize}, title style={font=\footnotesize, yshift=-1.2ex},",
        r"  axis line style={black!35}, tick style={black!35}, ytick style={draw=none},",
        r"  xtick align=outside, xtick pos=bottom,",
        r"  x tick label style={/pgf/number format/.cd, fixed, precision=2},",
        r"  max space between ticks=28, xmajorgrids, grid style={black!9},",
        r"  extra x ticks={0}, extra x tick labels={}, extra x tick style={grid=major, grid style={black!55}}]",
    ]
    for title, intervals in figure.panels:
        low, high = range_of(intervals)
        lines.append(rf"\nextgroupplot[title={{{latex_text(title)}}}, xmin={low:g}, xmax={high:g}]")
        for sign in (1, -1, 0):
            points = [
                _point(one.value, place, one.high - one.value, one.value - one.low, sideways=True)
                for place, one in enumerate(intervals, start=1)
                if one is not None and direction(one.low, one.high) == sign
            ]
            lines += _plot(points, sign, "x")
    return "\n".join([*lines, r"\end{groupplot}", r"\end{tikzpicture}"])


def _plot(points: Sequence[str], sign: int, axis: str) -> list[str]:
    if not points:
        return []
    color = _COLORS[sign]
    style = (
        rf"only marks, mark={_MARKS[sign]}, mark size=1.6pt, color={color}, mark options={{draw={color}, fill="
        rf"{color if sign else 'white'}}}, error bars/.cd, {axis} dir=both, {axis} explicit, error mark=none,"
        rf" error bar style={{line width=0.7pt}}"
    )
    return [rf"\addplot[{style}] coordinates {{{' '.join(points)}}};"]


def _point(x: float, y: float, above: float, below: float, sideways: bool) -> str:
    plus, minus = (f"({above:.5g},0)", f"({below:.5g},0)") if sideways else (f"(0,{above:.5g})", f"(0,{below:.5g})")
    return f"({x:.6g},{y:.6g}) += {plus} -= {minus}"


def scatter(figure: Scatter) -> str:
    """Points with vertical intervals and their names, and a line where there is one."""
    ticks = x_ticks_of(figure)
    lines = [
        r"\begin{tikzpicture}",
        rf"\begin{{axis}}[scale only axis, width=10.5cm, height=5.6cm, xlabel={{{latex_text(figure.x_axis)}}},",
        rf"  ylabel={{{latex_text(figure.y_axis)}}}, " + ("xmode=log, " if figure.logarithmic else ""),
        r"  label style={font=\footnotesize}, tick label style={font=\scriptsize},",
        r"  axis line style={black!35}, tick style={black!35}, ymajorgrids, grid style={black!9}, clip=false,",
        r"  scaled x ticks=false, x tick label style={/pgf/number format/.cd, fixed, 1000 sep={,}},",
        *([rf"  xtick={{{','.join(f'{tick:.4g}' for tick in ticks)}}}, log ticks with fixed point,"] if ticks else []),
        r"  enlarge x limits=0.12, enlarge y limits=0.1]",
    ]
    if figure.line is not None:
        ends = " ".join(f"({x:.6g},{y:.6g})" for x, y in figure.line)
        lines.append(rf"\addplot[no marks, black!55, dashed] coordinates {{{ends}}};")
    for sign in (1, -1, 0):
        points = [
            _point(one.x, one.y.value, one.y.high - one.y.value, one.y.value - one.y.low, sideways=False)
            for one in figure.points
            if _sign(one.y) == sign
        ]
        lines += _plot(points, sign, "y")
    lines += [
        rf"\node[anchor=west, font=\scriptsize, inner sep=4pt] at (axis cs:{one.x:.6g},{height:.6g})"
        rf" {{{latex_text(one.name)}}};"
        for one, height in zip(figure.points, label_heights(figure.points), strict=True)
        if one.name
    ]
    return "\n".join([*lines, r"\end{axis}", r"\end{tikzpicture}"])


def _sign(interval: Interval) -> int:
    return direction(interval.low, interval.high) if interval.low < interval.high else 0
