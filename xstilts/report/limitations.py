"""What a reader must hold against a study's results, as far as the study itself shows it."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from xstilts.analysis.differences import difference_table
from xstilts.analysis.significance import MARGIN
from xstilts.analysis.summary import OVERALL
from xstilts.report.contents import Contents
from xstilts.report.method import Method
from xstilts.wording import counted, listed, number

_MOST = 4


@dataclass(frozen=True)
class Limitation:
    """Something that limits what the results say.

    Attributes:
        topic: In a word or two.
        text: Sentences.
        weighs: Whether it bears on this study's results; not what every study has, or a check that found nothing.
    """

    topic: str
    text: str
    weighs: bool = True


def limitations(contents: Contents, method: Method) -> list[Limitation]:
    """All known limitations, those that weigh most first."""
    found = [
        *_synthetic(method),
        *_overlap(contents),
        *_collapsed(contents),
        *_from_warnings(contents),
        *_seeds(method),
        *_power(contents),
        *_scope(contents),
    ]
    return [limitation for limitation in found if limitation.text]


def _synthetic(method: Method) -> list[Limitation]:
    names = method.synthetic
    if not names:
        return []
    which = "All data are" if len(names) == len(method.tasks) else f"The data of {listed(names)} are"
    text = f"{which} synthetic: sentences of real languages, made by rules about one small world."
    return [Limitation("Synthetic data", f"{text} Nothing here says how large an effect is on natural text.")]


def _overlap(contents: Contents) -> list[Limitation]:
    section = contents.overlap
    if section.alarm:
        return [Limitation("Contamination", section.alarm)]
    was_made = contents.audit is not None and not section.summary.startswith("The audit")
    return [Limitation("Overlap of data", section.summary, weighs=not was_made)]


def _collapsed(contents: Contents) -> list[Limitation]:
    names = ("encoder", "recipe", "target")
    runs = contents.table.select(*names, "seed", "collapsed").group_by(*names, "seed", maintain_order=True)
    counts = (
        runs.agg(pl.col("collapsed").any())
        .group_by(*names, maintain_order=True)
        .agg(pl.col("collapsed").sum(), seeds=pl.len())
        .filter(pl.col("collapsed") > 0)
    )
    several = contents.table["encoder"].n_unique() > 1
    cases = [
        f"{recipe} on {target}{f' ({encoder})' if several else ''}, {collapsed} of {counted(seeds, 'seed')}"
        for encoder, recipe, target, collapsed, seeds in counts.iter_rows()
    ]
    if not cases:
        return []
    text = (
        "Runs that stayed at chance on dev are left out of every mean, and recipes are compared on the seeds that both"
    )
    return [Limitation("Collapsed runs", f"{text} sides have: {'; '.join(cases)}.")]


_TOPICS = {
    "Missing results": "Missing results",
    "No gold": "Hidden labels",
    "Partial": "Missing languages",
    "Not zero-shot": "Oracle rows",
}


def _from_warnings(contents: Contents) -> list[Limitation]:
    """The warnings by their kind, each kind cut to a few; the rest is about the data's files."""
    groups: dict[str, list[str]] = {}
    for warning in contents.warnings:
        if warning.startswith(("One seed", "Collapsed", "task_defaults.")):
            continue  # said elsewhere, or of no effect
        topic = next((topic for start, topic in _TOPICS.items() if warning.startswith(start)), "Notes of the run")
        groups.setdefault(topic, []).append(warning if warning.endswith((".", "!", "?")) else f"{warning}.")
    order = [*_TOPICS.values(), "Notes of the run"]
    return [Limitation(topic, _few(groups[topic])) for topic in order if topic in groups]


def _few(sentences: list[str]) -> str:
    more = len(sentences) - _MOST
    tail = f" There are {counted(more, 'note')} more of this kind, which the page lists." if more > 0 else ""
    return " ".join(sentences[:_MOST]) + tail


def _seeds(method: Method) -> list[Limitation]:
    count = len(method.seeds)
    if count == 1:
        text = "One seed: intervals and tests cover the choice of test examples only, not training again."
    elif count == 2:
        text = "Two seeds: Student's t has one degree of freedom, so intervals are wide and few effects can be found."
    else:
        return []
    return [Limitation("Few seeds", text)]


def _power(contents: Contents) -> list[Limitation]:
    table = difference_table(contents.evidence)
    overall = table.filter(pl.col("target") == OVERALL)
    if overall.is_empty():
        return []
    undecided = overall.filter(pl.col("verdict") == "undecided")
    detectable = overall["detectable"].drop_nulls()
    text = ""
    if undecided.height:
        text += f"Undecided: {undecided.height} of {counted(overall.height, 'comparison')} over all targets. Neither a"
        text += f" difference nor its absence (within {number(MARGIN, decimals=0)} point) is shown there. "
    if len(detectable):
        least, most = float(detectable.min()), float(detectable.max())  # type: ignore[arg-type]
        span = number(least) if number(least) == number(most) else f"{number(least)} to {number(most)}"
        text += f"With these seeds and examples, true differences of {span} points are found with power 0.8;"
        text += " smaller ones are likely to be missed."
    return [Limitation("Power", text.strip())]


def _scope(contents: Contents) -> list[Limitation]:
    encoders, languages = len(contents.evidence.encoders), contents.table["language"].n_unique()
    text = f"Targets and the {counted(languages, 'language')} are taken as given:"
    text += " intervals say nothing about other ones"
    text += f", nor about other encoders than {contents.evidence.encoders[0]}." if encoders == 1 else "."
    return [Limitation("Scope", text, weighs=False)]
