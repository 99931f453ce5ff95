"""What Phang et al. (2020) say of intermediate training, as claims about a study that has their recipes.

Recipes are found by what they train on, not by their names. A claim of which a study has nothing has no tests.
Published sizes are those of XLM-R Large on dev sets, over all languages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from xstilts.analysis.claims import Claim
from xstilts.analysis.evidence import Evidence, Recipe
from xstilts.analysis.significance import MARGIN

SINGLES = {"SQuAD": (("squad_v1", "squad_v2"), 8.2), "MNLI": (("mnli",), 7.5), "HellaSwag": (("hellaswag",), 7.0)}
"""Name -> the tasks that may stand for it, the first one first, and the published gain in the target average."""
ALMOST_EVERY = 0.8
"""Share of the configurations that stands for "almost every" one."""
MANY = 0.5
"""Share of the configurations that stands for "many"."""


def paper_claims(evidence: Evidence) -> list[Claim]:
    """The six claims, with tests for the recipes and targets that the study has."""
    plain = {name: recipe for name, recipe in _compared(evidence) if recipe.is_plain}
    singles = {recipe.tasks[0]: name for name, recipe in plain.items() if recipe.arrangement == "single"}
    joint = max(
        (name for name, recipe in plain.items() if recipe.arrangement == "joint"),
        key=lambda name: len(plain[name].tasks),
        default=None,
    )
    return [
        _single_tasks(singles),
        _all_jointly(joint, singles),
        Claim(
            "retrieval",
            "BUCC and Tatoeba improve with almost every intermediate configuration.",
            _each_improves(evidence, plain, ("bucc2018", "tatoeba")),
            needed=ALMOST_EVERY,
        ),
        Claim(
            "tydiqa",
            "TyDiQA improves with many intermediate tasks.",
            _each_improves(evidence, plain, ("tydiqa",)),
            needed=MANY,
        ),
        Claim(
            "xnli",
            "XNLI does not benefit: no intermediate task improves it by a point.",
            tuple(f"{_delta(*pair)} < {MARGIN:g}" for pair in _pairs(evidence, plain, ("xnli",))),
        ),
        Claim(
            "best",
            "The best model per target improves the average over targets.",
            ("best_delta(languages=all) > 0",) if plain else (),
            published=(5.4,) if plain else (),
        ),
        _no_worse(evidence, "mlm", "continuing multilingual masked language modeling", lambda recipe: recipe.has_text),
        _no_worse(evidence, "translated", "translated intermediate data", lambda recipe: recipe.is_translated),
    ]


def _compared(evidence: Evidence) -> list[tuple[str, Recipe]]:
    return [(name, evidence.recipes[name]) for name in evidence.compared if name in evidence.recipes]


def _single_tasks(singles: dict[str, str]) -> Claim:
    tests, published = [], []
    for tasks, size in SINGLES.values():
        found = next((singles[task] for task in tasks if task in singles), None)
        if found is not None:
            tests.append(f"{_delta(found)} > 0")
            published.append(size)
    text = "SQuAD, MNLI and HellaSwag as intermediate tasks improve the average over targets."
    return Claim("single-tasks", text, tuple(tests), published=tuple(published))


def _all_jointly(joint: str | None, singles: dict[str, str]) -> Claim:
    text = "Training on all intermediate tasks jointly is better than on any one of them."
    if joint is None or not singles:
        return Claim("all-jointly", text, ())
    better = [f"{_delta(joint)} - {_delta(single)} > 0" for single in singles.values()]
    return Claim("all-jointly", text, (f"{_delta(joint)} > 0", *better), published=(8.7,))


def _each_improves(evidence: Evidence, plain: Iterable[str], tasks: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{_delta(*pair)} > 0" for pair in _pairs(evidence, plain, tasks))


def _no_worse(evidence: Evidence, name: str, what: str, differs: Callable[[Recipe], bool]) -> Claim:
    tests = []
    for other, recipe in _compared(evidence):
        if differs(recipe):
            same = [
                plain
                for plain, made in _compared(evidence)
                if made.is_plain and [stage.tasks for stage in made.stages] == [stage.tasks for stage in recipe.stages]
            ]
            tests += [f"{_delta(plain)} - {_delta(other)} > {-MARGIN:g}" for plain in same[:1]]
    text = f"English intermediate training does at least as well, to within a point, as {what}."
    return Claim(f"no-worse-than-{name}", text, tuple(tests))


def _pairs(evidence: Evidence, names: Iterable[str], tasks: Sequence[str]) -> list[tuple[str, str]]:
    """Recipes and targets of these tasks, as far as there is a difference: a run may be missing, or have collapsed."""
    of_tasks = {score.fields["target"]: score.fields["task"] for score in evidence.scores}
    known = {(score.fields["recipe"], score.fields["target"]) for score in evidence.scores if score.delta is not None}
    targets = [target for target, task in of_tasks.items() if task in tasks]
    return [(name, target) for target in targets for name in names if (name, target) in known]


def _delta(recipe: str, target: str | None = None) -> str:
    targets = "" if target is None else f", targets={_quoted(target)}"
    return f"mean_delta(recipe={_quoted(recipe)}{targets}, languages=all)"


def _quoted(name: str) -> str:
    return name if name.isidentifier() else repr(name)
