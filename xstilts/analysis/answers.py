"""The answers that a study's results make possible, the one to its own question first."""

from __future__ import annotations

from collections import Counter

from xstilts.analysis.clusters import mixes, mixes_against_english
from xstilts.analysis.differences import recipe_differences
from xstilts.analysis.evidence import Answer, Evidence
from xstilts.analysis.metric_correlation import metric_correlation
from xstilts.analysis.model_size import model_size
from xstilts.analysis.task_count import task_count

_QUESTIONS = {
    "model size": model_size,
    "mix": mixes_against_english,
    "task count": task_count,
    "metric correlation": metric_correlation,
    "differences": recipe_differences,
}

_TREND = 4  # recipes, at least


def answers(evidence: Evidence) -> list[Answer]:
    """Everything that can be said; first what the study was made for, as its encoders and recipes show it."""
    first = leading_question(evidence)
    order = [first, *(name for name in ("differences", *_QUESTIONS) if name != first)]
    found = [_QUESTIONS[name](evidence) for name in dict.fromkeys(order)]
    return [answer for answer in found if answer is not None]


def leading_question(evidence: Evidence) -> str:
    """What varies in a study: encoders, languages of the same tasks, numbers of tasks, or rows of the same task.

    A kind of variation leads where at least half of the recipes beside the baseline show it; numbers of tasks only
    where there are enough recipes for a trend.
    """
    recipes = {name: evidence.recipes[name] for name in evidence.compared if name in evidence.recipes}
    half = len(recipes) / 2
    if len(evidence.encoders) > 1:
        return "model size"
    if recipes and len(mixes(recipes)) >= half:
        return "mix"
    if len(recipes) >= _TREND and sum(len(recipe.tasks) > 1 for recipe in recipes.values()) >= half:
        return "task count"
    shapes = Counter(recipes.values())
    if recipes and sum(count for count in shapes.values() if count > 1) >= half:
        return "metric correlation"
    return "differences"
