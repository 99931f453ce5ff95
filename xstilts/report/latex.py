"""A document as LaTeX: one file that `pdflatex` and `bibtex` of a plain TeX Live make into a paper."""

from __future__ import annotations

from collections.abc import Iterable

from xstilts.report.columns import Column
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
    Section,
    Strong,
    Table,
    Text,
)
from xstilts.report.latex_figures import forest, scatter
from xstilts.report.latex_text import latex_row, latex_text

BIBLIOGRAPHY = "references"
_LONG = 30
_PREAMBLE = r"""\documentclass[10pt,a4paper]{article}
\usepackage[T1]{fontenc}
\usepackage{textcomp}
\usepackage{mathpazo}
\usepackage[scaled=0.88]{helvet}
\usepackage[left=2.5cm,right=2.5cm,top=2.3cm,bottom=2.5cm]{geometry}
\usepackage{microtype}
\usepackage{array,booktabs,longtable,graphicx,xcolor}
\usepackage[font=small,labelfont=bf,skip=5pt]{caption}
\usepackage[round]{natbib}
\usepackage{pgfplots}
\usepgfplotslibrary{groupplots}
\pgfplotsset{compat=1.14}
\usepackage[hidelinks]{hyperref}
\renewcommand{\bibfont}{\footnotesize}
\setlength{\bibsep}{2pt plus 0.5pt}
\renewcommand{\sectionautorefname}{Section}
\definecolor{gain}{HTML}{1B6B48}
\definecolor{loss}{HTML}{B03A2E}
\definecolor{open}{HTML}{6E6E6E}
\newcommand{\fitted}[1]{\resizebox{\ifdim\width>\linewidth\linewidth\else\width\fi}{!}{#1}}
\linespread{1.04}
\setlength{\parindent}{0pt}
\setlength{\parskip}{4.5pt plus 1pt}
\setlength{\tabcolsep}{5pt}
\renewcommand{\topfraction}{0.9}
\renewcommand{\bottomfraction}{0.8}
\renewcommand{\textfraction}{0.07}
\renewcommand{\floatpagefraction}{0.8}
\emergencystretch=2em
"""


def latex(document: Document) -> str:
    """The whole file; it names `references.bib`.

    Args:
        document: What it says.
    """
    parts = [
        _PREAMBLE,
        rf"\title{{\vspace{{-1.2cm}}\Large\bfseries {latex_text(document.title)}}}",
        rf"\author{{\small {latex_text(document.subtitle)}}}",
        r"\date{}",
        r"\begin{document}",
        r"\maketitle",
        rf"\begin{{abstract}}\noindent {_text(document.abstract)}\end{{abstract}}",
        "",
        *(_section(section) for section in document.sections),
    ]
    if document.keys:
        parts += [r"\bibliographystyle{plainnat}", rf"\bibliography{{{BIBLIOGRAPHY}}}"]
    return "\n".join([*parts, r"\end{document}", ""])


def _section(section: Section) -> str:
    label = rf"\label{{{section.label}}}" if section.label else ""
    return "\n\n".join([rf"\section{{{latex_text(section.title)}}}{label}", *map(_block, section.blocks), ""])


def _block(block: object) -> str:
    if isinstance(block, Paragraph):
        heading = rf"\textbf{{{latex_text(block.heading)}}}\enspace " if block.heading else ""
        return heading + _text(block.text)
    if isinstance(block, Bullets):
        items = "\n".join(rf"\item {_text(item)}" for item in block.items)
        setting = r"\setlength{\itemsep}{1pt}\setlength{\parskip}{2pt}"
        return f"\\begin{{itemize}}{setting}\n{items}\n\\end{{itemize}}"
    if isinstance(block, Table):
        return _long_table(block) if block.rows > _LONG else _table(block)
    assert isinstance(block, Forest | Scatter)
    picture = forest(block) if isinstance(block, Forest) else scatter(block)
    lines = [r"\begin{figure}[!htbp]", r"\centering", picture, _caption(block.caption, block.label), r"\end{figure}"]
    return "\n".join(lines)


def _text(text: Text) -> str:
    return "".join(map(_inline, text))


def _inline(part: Inline) -> str:
    if isinstance(part, Cite):
        return rf"\citep{{{','.join(part.keys)}}}"
    if isinstance(part, Name):
        return rf"\textsf{{{latex_text(part.text)}}}"
    if isinstance(part, Strong):
        return rf"\textbf{{{latex_text(part.text)}}}"
    if isinstance(part, Ref):
        return rf"\autoref{{{part.label}}}"
    return latex_text(part)


def _caption(caption: Text, label: str) -> str:
    return rf"\caption{{{_text(caption)}}}\label{{{label}}}"


def _table(table: Table) -> str:
    lines = [
        r"\begin{table}[!htbp]",
        r"\centering\footnotesize",
        _caption(table.caption, table.label),
        rf"\fitted{{\begin{{tabular}}{{@{{}}{_columns(table)}@{{}}}}",
        r"\toprule",
        _heading(table),
        r"\midrule",
        *_rows(table),
        r"\bottomrule",
        r"\end{tabular}}",
        r"\end{table}",
    ]
    return "\n".join(lines)


def _long_table(table: Table) -> str:
    head = [r"\toprule", _heading(table), r"\midrule"]
    lines = [
        r"\begingroup\footnotesize",
        rf"\begin{{longtable}}{{@{{}}{_columns(table)}@{{}}}}",
        _caption(table.caption, table.label) + r"\\",
        *head,
        r"\endfirsthead",
        *head,
        r"\endhead",
        r"\bottomrule",
        r"\endfoot",
        *_rows(table),
        r"\end{longtable}",
        r"\endgroup",
    ]
    return "\n".join(lines)


def _columns(table: Table) -> str:
    wide = dict(table.wide)
    return "".join(
        rf">{{\raggedright\arraybackslash}}p{{{wide[place]:.2f}\linewidth}}"
        if place in wide
        else "r"
        if column.numeric
        else "l"
        for place, column in enumerate(table.columns)
    )


def _heading(table: Table) -> str:
    cells = [latex_text(column.title) for column in table.columns]
    if table.upright:
        cells[1:] = [rf"\rotatebox{{90}}{{{cell}}}" for cell in cells[1:]]
    return latex_row(cells)


def _rows(table: Table) -> Iterable[str]:
    breaks = set()
    end = 0
    for size in table.groups[:-1]:
        end += size
        breaks.add(end)
    for place in range(table.rows):
        if place in breaks:
            yield r"\addlinespace"
        elif place and table.wide:
            yield r"\addlinespace[2pt]"
        yield latex_row([_cell(column, place) for column in table.columns])


def _cell(column: Column, place: int) -> str:
    text = latex_text(column.cells[place])
    return rf"\textbf{{{text}}}" if column.directions[place] else text
