"""A simulated study with planted effects: what the report and the tables must bring to light."""

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

LANGUAGES = ("en", "de", "ru", "hi", "zh", "tr", "th", "sw")
SCHEMA = {
    **dict.fromkeys(("study", "encoder", "recipe", "target", "task", "language", "split"), pl.String),
    "seed": pl.Int64,
    "metric": pl.String,
    "value": pl.Float64,
    "examples": pl.Int64,
    "gold": pl.String,
    "headline": pl.Boolean,
    "zero_shot": pl.Boolean,
    "selection": pl.String,
    "collapsed": pl.Boolean,
    "layer": pl.Int64,
    "pooling": pl.String,
    "similarity": pl.String,
    "stage": pl.String,
    "width": pl.Int64,
    "statistics": pl.List(pl.Float64),
}
# recipe -> points above direct, per target
EFFECTS = {
    "direct": {"xquad": 0, "panx": 0, "tatoeba": 0},
    "nli": {"xquad": 4, "panx": -5, "tatoeba": 27},
    "squad": {"xquad": 8, "panx": 0, "tatoeba": 15},
}


def row(right: np.ndarray, **fields: object) -> dict[str, object]:
    """A row whose metric is the mean of a score per example."""
    statistics = np.stack([right, np.ones_like(right)], axis=1).astype(float)
    names = {"study": "simulated", "encoder": "xlmr", "split": "test", "selection": "source dev", "collapsed": False}
    return {
        **names,
        "value": 100 * float(right.mean()),
        "examples": len(right),
        "gold": "gold",
        "headline": True,
        "stage": "",
        "width": 2,
        "statistics": statistics.ravel().tolist(),
        **fields,
    }


def simulate(names: dict[str, str] | None = None, seeds: tuple[int, ...] = (1, 2), examples: int = 400) -> pl.DataFrame:
    """The long table of three recipes on a QA, a tagging and a retrieval target in eight languages.

    Args:
        names: Recipes to rename.
        seeds: Seeds.
        examples: Examples of each test set.
    """
    rows = []
    for recipe, effects in EFFECTS.items():
        shown = (names or {}).get(recipe, recipe)
        for seed in seeds:
            for place, language in enumerate(LANGUAGES):
                fields = {"recipe": shown, "seed": seed, "language": language, "zero_shot": language != "en"}
                base = 0.8 - 0.05 * place + 0.004 * (seed % 2)
                for target, metrics in {"xquad": ("f1", "exact_match"), "panx": ("token_accuracy",)}.items():
                    # uniforms that all recipes share: rows are paired as on a real test set
                    chance = np.random.default_rng([place, seed, len(target)]).random(examples)
                    shift = effects[target] / 100 * (0 if language == "en" else 1)
                    for offset, metric in enumerate(metrics):
                        right = (chance < base + shift - 0.1 * offset).astype(float)
                        rows.append(row(right, **fields, target=target, task=target, metric=metric))
                if language != "en":
                    rows += _layers(fields, effects["tatoeba"], place, examples)
    return pl.DataFrame(rows, schema=SCHEMA)


def _layers(fields: dict[str, object], effect: float, place: int, examples: int) -> list[dict[str, object]]:
    rows = []
    for layer in range(13):
        hump = 0.5 - 0.008 * (layer - 8) ** 2 - 0.02 * place + effect / 100
        right = (np.random.default_rng([place, layer]).random(examples) < hump).astype(float)
        rows.append(
            row(
                right,
                **fields,
                **{"target": "tatoeba", "task": "tatoeba", "metric": "retrieval_accuracy", "headline": layer == 8},
                **{"layer": layer, "pooling": "mean", "similarity": "cosine", "selection": "untrained"},
            )
        )
    return rows


@pytest.fixture(scope="session")
def simulated() -> pl.DataFrame:
    return simulate()


@pytest.fixture(scope="session")
def simulation() -> Callable[..., pl.DataFrame]:
    return simulate
