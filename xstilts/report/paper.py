"""The report as a short paper: what a study asked, how it was done, what came out, and what limits it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from xstilts import __version__
from xstilts.analysis.claims import Verdict
from xstilts.durable import write_text
from xstilts.report.bibliography import cited
from xstilts.report.claimed import READ_SO, counts_in_words, estimate_text, power_text, tested, untested_in_words
from xstilts.report.columns import Column
from xstilts.report.contents import Contents
from xstilts.report.document import Block, Bullets, Document, Paragraph, Ref, Section, Strong, Table, Text
from xstilts.report.latex import BIBLIOGRAPHY, latex
from xstilts.report.limitations import Limitation, limitations
from xstilts.report.markdown import markdown
from xstilts.report.method import Method, method_of
from xstilts.report.paper_method import cite, method_section, text_column
from xstilts.report.paper_results import results_section
from xstilts.wording import counted, listed

Form = Literal["markdown", "latex"]


def write_paper(contents: Contents, verdicts: Sequence[Verdict], form: Form, folder: Path) -> Path:
    """Writes the paper, its figures and its bibliography into a folder, each file in one step.

    Args:
        contents: The study.
        verdicts: Claims that were checked.
        form: `markdown` (paper.md with figures as SVG) or `latex` (paper.tex).
        folder: Where to; it is made if it is not there.

    Returns:
        The paper's file.
    """
    document = paper(contents, verdicts)
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / f"{BIBLIOGRAPHY}.bib", "\n".join(entry.bibtex for entry in cited(document.keys)))
    if form == "latex":
        write_text(folder / "paper.tex", latex(document))
        return folder / "paper.tex"
    text, figures = markdown(document)
    for name, figure in figures.items():
        write_text(folder / name, figure)
    write_text(folder / "paper.md", text)
    return folder / "paper.md"


def paper(contents: Contents, verdicts: Sequence[Verdict] = ()) -> Document:
    """The paper as data.

    Args:
        contents: The study.
        verdicts: Claims that were checked; those without tests are only counted.
    """
    method = method_of(contents)
    limits = limitations(contents, method)
    sections = [
        _question(contents, method),
        method_section(contents, method),
        results_section(contents),
        *_claims(verdicts),
        Section("Limitations", (Bullets(tuple(_limitation(limit) for limit in limits)),), "sec:limitations"),
    ]
    title = contents.question or contents.name
    return Document(
        title.rstrip("."),
        f"Study {contents.name}, written by xstilts {__version__} from its results",
        _abstract(contents, method, limits),
        tuple(sections),
    )


def _limitation(limit: Limitation) -> Text:
    return (Strong(f"{limit.topic}."), f" {limit.text}")


def _abstract(contents: Contents, method: Method, limits: Sequence[Limitation]) -> Text:
    answers = contents.answers
    said = answers[0].sentence if answers else "No recipe could be compared with the baseline."
    topics = [limit.topic[:1].lower() + limit.topic[1:] for limit in limits if limit.weighs]
    start = f"{_design(contents, method)} {said}"
    if not topics:
        return (start,)
    return (f"{start} What to hold against this is in ", Ref("sec:limitations"), f": {listed(topics)}.")


def _design(contents: Contents, method: Method) -> str:
    recipes = [name for name in contents.evidence.all_recipes if name != contents.baseline]
    languages = contents.table["language"].n_unique()
    return (
        f"We compare {counted(len(recipes), 'recipe')} of intermediate training with {contents.baseline}"
        f" on {counted(len(method.targets), 'target')} in {counted(languages, 'language')}, with"
        f" {counted(len(method.encoders), 'encoder')} and {counted(len(method.seeds), 'seed')}."
    )


def _question(contents: Contents, method: Method) -> Section:
    asks = f"{contents.question} " if contents.question else ""
    text: Text = (
        f"{asks}A pretrained multilingual encoder may be trained on labelled intermediate tasks before it is trained on"
        " a target task in one language and evaluated in others, to which it transfers without labels",
        *cite("phang-etal-2020-english"),
        f". {_design(contents, method)} ",
        Ref("tab:recipes"),
        " lists the recipes.",
    )
    return Section("Question", (Paragraph(text),))


def _claims(verdicts: Sequence[Verdict]) -> list[Section]:
    found = tested(verdicts)
    if not found:
        return []
    text = f" has what is claimed and what these results say of it: {counts_in_words(verdicts)}. {READ_SO}"
    rest = untested_in_words(verdicts)
    columns = [
        text_column("claim", [verdict.claim.text for verdict in found]),
        Column(
            "verdict",
            [verdict.outcome for verdict in found],
            False,
            [int(one.outcome in ("holds", "fails")) for one in found],
        ),
        text_column("estimate [95 %]", [estimate_text(verdict) for verdict in found], numeric=True),
        text_column("power", [power_text(verdict) for verdict in found], numeric=True),
    ]
    table = Table("tab:claims", ("Claims. Of a claim with several tests: how many hold.",), columns, wide=((0, 0.5),))
    blocks: tuple[Block, ...] = (Paragraph((Ref("tab:claims"), f"{text} {rest}".rstrip())), table)
    return [Section("Claims", blocks)]
