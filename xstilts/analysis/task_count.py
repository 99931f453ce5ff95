"""How many intermediate tasks? Gain and cost against their number, order, and what a sequence forgets.

Recipes are grouped by how their tasks follow each other (single, joint, in sequence) and by how many there are; where a
study has several recipes of one group, such as random subsets, the group is their mean. A recipe is efficient where
none gains as much for less, or more for as little: the Pareto front, with direct fine-tuning as the free choice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import polars as pl

from xstilts.analysis.critical_values import LEVEL
from xstilts.analysis.evidence import Answer, Evidence, Recipe, gain
from xstilts.analysis.intervals import Estimate, average, combined, estimated
from xstilts.analysis.significance import p_value, verdict
from xstilts.wording import counted, lead, listed, number, with_interval

QUESTION = "How many intermediate tasks, jointly or in sequence?"
_NUMBERS = dict.fromkeys(("delta", "delta_low", "delta_high"), pl.Float64)
_COSTS = ("steps", "pieces", "seconds")
_RECIPES_SCHEMA = {
    **dict.fromkeys(("encoder", "recipe", "arrangement", "tasks"), pl.String),
    "count": pl.Int64,
    **_NUMBERS,
    **dict.fromkeys(_COSTS, pl.Float64),
    "efficient": pl.Boolean,
}
_COUNTS_SCHEMA = {
    **dict.fromkeys(("encoder", "arrangement"), pl.String),
    **dict.fromkeys(("count", "recipes"), pl.Int64),
    **_NUMBERS,
    "spread": pl.Float64,
    **dict.fromkeys(_COSTS, pl.Float64),
}
_TRENDS_SCHEMA = {
    **dict.fromkeys(("encoder", "arrangement"), pl.String),
    **dict.fromkeys(("recipes", "least", "most"), pl.Int64),
    **dict.fromkeys(("slope", "slope_low", "slope_high", "p"), pl.Float64),
}
_PAIRS_SCHEMA = {
    **dict.fromkeys(("encoder", "compares", "recipe", "other", "tasks"), pl.String),
    **_NUMBERS,
    "p": pl.Float64,
    "verdict": pl.String,
}
_FORGETTING_SCHEMA = {
    **dict.fromkeys(("encoder", "recipe", "task", "after_task"), pl.String),
    **dict.fromkeys(("place", "after_place", "seeds"), pl.Int64),
    **dict.fromkeys(("before", "after", "forgotten", "forgotten_low", "forgotten_high"), pl.Float64),
}


def intermediate_costs(evidence: Evidence) -> dict[tuple[str, str], dict[str, float | None]]:
    """(encoder, recipe) -> what its intermediate training took: steps, pieces and seconds, the mean over seeds.

    A cost that a record does not say is None; direct fine-tuning costs nothing.
    """
    costs = evidence.records.costs.filter(pl.col("role") == "intermediate")
    found: dict[tuple[str, str], dict[str, float | None]] = {}
    for (encoder, recipe), rows in costs.partition_by("encoder", "recipe", as_dict=True).items():
        sums = rows.group_by("seed").agg(
            *(pl.when(pl.col(name).null_count() == 0).then(pl.col(name).sum()).alias(name) for name in _COSTS)
        )
        found[str(encoder), str(recipe)] = {
            name: None if sums[name].null_count() else float(np.mean(sums[name].to_list())) for name in _COSTS
        }
    return found


def efficient(gains: Sequence[float], costs: Sequence[float]) -> list[bool]:
    """Which choices are on the Pareto front: no other gains as much for less, or more for as much."""
    choices = list(zip(gains, costs, strict=True))
    return [
        not any(other != mine and other[0] >= mine[0] and other[1] <= mine[1] for other in choices) for mine in choices
    ]


def task_count(evidence: Evidence) -> Answer | None:
    """Gain and cost against the number of tasks; None unless recipes have various numbers of them."""
    recipes = {name: evidence.recipes[name] for name in evidence.compared if name in evidence.recipes}
    recipes = {name: recipe for name, recipe in recipes.items() if recipe.is_plain and recipe.tasks}
    if len({len(recipe.tasks) for recipe in recipes.values()}) < 2:
        return None
    costs = intermediate_costs(evidence)
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in ("recipes", "counts", "trends", "pairs")}
    sentences = []
    for encoder in evidence.encoders:
        gains = {
            name: delta
            for name in recipes
            if (delta := gain(evidence.chosen(encoder=encoder, recipe=name))) is not None
        }
        if not gains:
            continue
        mine = {name: recipes[name] for name in gains}
        rows["recipes"] += _recipe_rows(encoder, mine, gains, costs)
        rows["counts"] += _count_rows(encoder, mine, gains, costs)
        trends = {
            arrangement: trend
            for arrangement in ("joint", "sequence")
            if (trend := count_trend(mine, gains, arrangement)) is not None
        }
        rows["trends"] += [_trend_row(encoder, arrangement, mine, trend) for arrangement, trend in trends.items()]
        rows["pairs"] += _pair_rows(encoder, mine, gains)
        prefix = f"{encoder}: " if len(evidence.encoders) > 1 else ""
        sentences.append(prefix + _sentence(trends, rows["recipes"], encoder, evidence.baseline))
        sentences += _order_sentences([row for row in rows["pairs"] if row["encoder"] == encoder])
    tables = {
        "recipes": pl.DataFrame(rows["recipes"], schema=_RECIPES_SCHEMA),
        "counts": pl.DataFrame(rows["counts"], schema=_COUNTS_SCHEMA),
        "trends": pl.DataFrame(rows["trends"], schema=_TRENDS_SCHEMA),
        "pairs": pl.DataFrame(rows["pairs"], schema=_PAIRS_SCHEMA),
        "forgetting": forgetting_table(evidence),
    }
    sentences += _forgetting_sentences(tables["forgetting"])
    return Answer(QUESTION, " ".join(sentences), tables, _notes(evidence, tables["recipes"]))


def _notes(evidence: Evidence, recipes: pl.DataFrame) -> tuple[str, ...]:
    absent = [name for name, recipe in evidence.recipes.items() if recipe.tasks and name not in evidence.compared]
    unknown = recipes["efficient"].null_count()
    notes = [f"Without results, or collapsed with every seed: {listed(absent)}."] if absent else []
    if unknown:
        notes.append(f"The cost of {counted(unknown, 'recipe')} is not in the records.")
    return tuple(notes)


def count_trend(recipes: Mapping[str, Recipe], gains: Mapping[str, Estimate], arrangement: str) -> Estimate | None:
    """The slope of gain against the number of tasks, in points per further task, by ordinary least squares.

    Single tasks are the beginning of every arrangement. None unless there are two different numbers.
    """
    chosen = [name for name, recipe in recipes.items() if recipe.arrangement in ("single", arrangement)]
    counts = np.asarray([len(recipes[name].tasks) for name in chosen], dtype=np.float64)
    if len(set(counts)) < 2:
        return None
    weights = (counts - counts.mean()) / ((counts - counts.mean()) ** 2).sum()
    return combined([(float(weight), gains[name]) for weight, name in zip(weights, chosen, strict=True)])


def _recipe_rows(
    encoder: str,
    recipes: Mapping[str, Recipe],
    gains: Mapping[str, Estimate],
    costs: Mapping[tuple[str, str], Mapping[str, float | None]],
) -> list[dict[str, Any]]:
    known = {name: cost for name in recipes if (cost := _cost(costs.get((encoder, name), {}))) is not None}
    front = efficient([0.0, *(gains[name].value for name in known)], [0.0, *known.values()])[1:]
    on_front = dict(zip(known, front, strict=True))
    return [
        {
            **{"encoder": encoder, "recipe": name, "arrangement": recipe.arrangement, "tasks": "+".join(recipe.tasks)},
            "count": len(recipe.tasks),
            **_interval(gains[name]),
            **costs.get((encoder, name), {}),
            "efficient": on_front.get(name),
        }
        for name, recipe in recipes.items()
    ]


def _cost(costs: Mapping[str, float | None]) -> float | None:
    """What is weighed against the gain: pieces read in training; steps where the records do not say these."""
    pieces = costs.get("pieces")
    return costs.get("steps") if pieces is None else pieces


def _count_rows(
    encoder: str,
    recipes: Mapping[str, Recipe],
    gains: Mapping[str, Estimate],
    costs: Mapping[tuple[str, str], Mapping[str, float | None]],
) -> list[dict[str, Any]]:
    groups: dict[tuple[str, int], list[str]] = {}
    for name, recipe in recipes.items():
        groups.setdefault((recipe.arrangement, len(recipe.tasks)), []).append(name)
    rows = []
    for (arrangement, count), names in sorted(groups.items(), key=lambda group: (group[0][1], group[0][0])):
        mean = average([gains[name] for name in names])
        assert mean is not None
        spent = [costs.get((encoder, name), {}) for name in names]
        known = {cost: [one.get(cost) for one in spent] for cost in _COSTS}
        rows.append(
            {
                **{"encoder": encoder, "arrangement": arrangement, "count": count, "recipes": len(names)},
                **_interval(mean),
                "spread": float(np.std([gains[name].value for name in names], ddof=1)) if len(names) > 1 else None,
                **{cost: None if None in values else np.mean(values) for cost, values in known.items()},  # type: ignore[arg-type]
            }
        )
    return rows


def _trend_row(encoder: str, arrangement: str, recipes: Mapping[str, Recipe], trend: Estimate) -> dict[str, Any]:
    counts = [len(recipe.tasks) for recipe in recipes.values() if recipe.arrangement in ("single", arrangement)]
    low, high = trend.interval
    return {
        **{"encoder": encoder, "arrangement": arrangement, "recipes": len(counts)},
        **{"least": min(counts), "most": max(counts)},
        **{"slope": trend.value, "slope_low": low, "slope_high": high, "p": p_value(trend)},
    }


def _pair_rows(encoder: str, recipes: Mapping[str, Recipe], gains: Mapping[str, Estimate]) -> list[dict[str, Any]]:
    """Recipes of the same tasks: two orders, or joint against sequence."""
    rows = []
    for name, other in combinations(recipes, 2):
        kinds = {recipes[name].arrangement, recipes[other].arrangement}
        if set(recipes[name].tasks) != set(recipes[other].tasks) or not kinds <= {"joint", "sequence"}:
            continue
        difference = combined([(1.0, gains[name]), (-1.0, gains[other])])
        assert difference is not None
        rows.append(
            {
                **{"encoder": encoder, "compares": "order" if kinds == {"sequence"} else "arrangement"},
                **{"recipe": name, "other": other, "tasks": "+".join(sorted(recipes[name].tasks))},
                **_interval(difference),
                **{"p": p_value(difference), "verdict": verdict(difference)},
            }
        )
    return rows


def _interval(estimate: Estimate) -> dict[str, float]:
    low, high = estimate.interval
    return {"delta": estimate.value, "delta_low": low, "delta_high": high}


def forgetting_table(evidence: Evidence) -> pl.DataFrame:
    """What later stages of a sequence made an encoder forget: dev scores of earlier tasks by their own heads.

    Forgetting is the score right after a task's own stage minus the score after a later one (as in Chaudhry et al.
    2018, without their maximum over stages).

    Returns:
        Columns encoder, recipe, task, place (of its stage in the chain), after_task and after_place (the later stage),
        before, after and forgotten (points, means over seeds), forgotten_low and forgotten_high (95 %, Student's t over
        seeds; null with one), and seeds.
    """
    chain = evidence.records.costs.filter(pl.col("role") == "intermediate")
    chain = chain.select("encoder", "recipe", "seed", "stage", "place", "tasks")
    scores = evidence.records.dev.filter((pl.col("metric") == "score") & pl.col("selected"))
    own = scores.filter(pl.col("stage") == pl.col("head")).select("head", "task", before="value")
    later = scores.filter(pl.col("stage") != pl.col("head")).select("stage", "head", "task", after="value")
    joined = (
        later.join(own, on=["head", "task"])
        .join(chain.rename({"place": "after_place", "tasks": "after_task"}), on="stage")
        .join(chain.rename({"stage": "head"}).drop("tasks"), on=["encoder", "recipe", "seed", "head"])
    )
    names = ("encoder", "recipe", "task", "after_task", "place", "after_place")
    means = joined.group_by(*names).agg(
        pl.col("seed").n_unique().cast(pl.Int64).alias("seeds"),
        pl.col("before", "after").mean(),
        (pl.col("before") - pl.col("after")).mean().alias("forgotten"),
        ((pl.col("before") - pl.col("after")).std() / pl.len().sqrt()).alias("error"),
    )
    width = pl.col("error") * pl.col("seeds").map_elements(_quantile, pl.Float64)
    ends = {"forgotten_low": pl.col("forgotten") - width, "forgotten_high": pl.col("forgotten") + width}
    return means.with_columns(**ends).sort(names).select(*_FORGETTING_SCHEMA)


def _quantile(seeds: int) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(max(seeds - 1, 1), (1 + LEVEL) / 2))


def _sentence(trends: Mapping[str, Estimate], rows: Sequence[Mapping[str, Any]], encoder: str, baseline: str) -> str:
    said = {"joint": "in joint training", "sequence": "in sequence"}
    slopes = [f"by {estimated(trend)} points {said[name]}" for name, trend in trends.items()]
    mine = [row for row in rows if row["encoder"] == encoder]
    best = max(mine, key=lambda row: row["delta"])
    front = [
        f"{row['recipe']} ({number(row['delta'], True)} for {_cost_text(row)})" for row in mine if row["efficient"]
    ]
    cheapest = f" Judged by means, gains are had at the least cost by {listed(front)}." if front else ""
    if not front and all(row["efficient"] is not None for row in mine):
        cheapest = f" Judged by means, no recipe gains anything over {baseline}."
    low, high = number(best["delta_low"], True), number(best["delta_high"], True)
    return (
        (f"Each further task changes the zero-shot gain {listed(slopes)}; the" if slopes else "The")
        + f" {lead(best['delta'], baseline)} is that of {best['recipe']}, {number(best['delta'], True)} [{low}, {high}]"
        + f" points from {counted(best['count'], 'task')}.{cheapest}"
    )


def _cost_text(row: Mapping[str, Any]) -> str:
    """What intermediate training reads, or its steps where that is not known."""
    name = "pieces" if row.get("pieces") is not None else "steps"
    return f"{round(row[name]):,} {name}"


def _order_sentences(pairs: Sequence[Mapping[str, Any]]) -> list[str]:
    """How much the order of the same tasks matters, where it matters most."""
    orders = [pair for pair in pairs if pair["compares"] == "order"]
    if not orders:
        return []
    most = max(orders, key=lambda pair: abs(pair["delta"]))
    found = with_interval(most["delta"], most["delta_low"], most["delta_high"], signed=True)
    return [f"Order matters most in {most['recipe']} against {most['other']}: {found} points ({most['verdict']})."]


def _forgetting_sentences(table: pl.DataFrame) -> list[str]:
    """What is forgotten most by the end of a sequence."""
    if table.is_empty():
        return []
    last = table.filter(pl.col("after_place") == pl.col("after_place").max().over("encoder", "recipe"))
    most = last.sort("forgotten", descending=True).row(0, named=True)
    found = number(-most["forgotten"], True)
    if most["forgotten_low"] is not None:
        found = with_interval(-most["forgotten"], -most["forgotten_high"], -most["forgotten_low"], signed=True)
    return [f"Forgetting is largest in {most['recipe']}: the dev score of {most['task']} changes by {found} points."]
