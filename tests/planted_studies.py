"""Whole studies with planted effects: gains by size, number of tasks and group of languages, and a predictor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from simulated import scored, table

from xstilts.records import Records, costs_schema, dev_schema
from xstilts.report.contents import Contents

SEEDS = (1, 2)
SIZES = {"small": 10**6, "middle": 10**7, "large": 10**8}
COSTS = {"stage": "", "kind": "train", "title": "", "encoder": "xlmr", "role": "intermediate", "place": 0}


def right(percent: int) -> list[int]:
    return [1] * percent + [0] * (100 - percent)


def contents(
    study: Mapping[str, Any],
    percents: Mapping[tuple[str, str, str], int],
    costs: Sequence[Mapping[str, Any]] = (),
    dev: Sequence[Mapping[str, Any]] = (),
) -> Contents:
    """Of (encoder, recipe, language) -> percent, on two targets and with two seeds."""
    rows = [
        scored(right(percent), recipe, target, code, seed, encoder=encoder)
        for (encoder, recipe, code), percent in percents.items()
        for target in ("panx", "xquad")
        for seed in SEEDS
    ]
    records = Records(pl.DataFrame(costs, schema=costs_schema()), pl.DataFrame(dev, schema=dev_schema()))
    return Contents.of(table(*rows), study, records, draws=50)


def scaling() -> Contents:
    """Three encoders; the gain grows by four points with each tenfold size."""
    percents = {
        (encoder, recipe, code): 50 + more
        for encoder, gained in {"small": 2, "middle": 6, "large": 10}.items()
        for recipe, more in (("direct", 0), ("nli", gained))
        for code in ("de", "ja", "sw")
    }
    costs = [{"encoder": name, "parameters": size, "stage": "key"} for name, size in SIZES.items()]
    return contents({"name": "scaling", "recipes": {"direct": [], "nli": ["nli"]}}, percents, costs)


def mix() -> Contents:
    """Russian beside English helps languages of the Cyrillic script."""
    recipes = {"direct": [], "english": ["pos"], "mix": [{"task": "pos", "languages": ["en", "ru"]}]}
    gains = {"direct": 0, "english": 5, "mix": 6}
    percents = {
        ("xlmr", recipe, code): 50 + gain + (9 if recipe == "mix" and code in ("bg", "uk") else 0)
        for recipe, gain in gains.items()
        for code in ("en", "de", "bg", "uk", "sw", "hi")
    }
    return contents({"name": "mix", "recipes": recipes}, percents)


def counts() -> Contents:
    """One to three tasks: joint-3 gains most; b costs more than a and gains less."""
    recipes = {"direct": [], "a": ["a"], "b": ["b"], "a-b": ["a", "b"], "joint": [{"tasks": ["a", "b"]}],
               "joint-3": [{"tasks": ["a", "b", "c"]}]}  # fmt: skip
    gains = {"direct": 0, "a": 4, "b": 2, "a-b": 3, "joint": 8, "joint-3": 12}
    pieces = {"a": 1000, "b": 2000, "a-b": 3000, "joint": 3000, "joint-3": 6000}
    costs = [
        {**COSTS, "stage": f"{recipe}/{seed}", "recipe": recipe, "seed": seed, "pieces": count, "steps": count // 10,
         "seconds": 60.0, "tasks": recipe}
        for recipe, count in pieces.items() for seed in SEEDS
    ]  # fmt: skip
    percents = {("xlmr", recipe, code): 50 + gain for recipe, gain in gains.items() for code in ("de", "sw")}
    return contents({"name": "counts", "recipes": recipes}, percents, costs)


def correlation() -> Contents:
    """Six recipes of one task, whose accuracy goes with transfer; dev scores at two steps."""
    recipes = {"direct": [], **{f"n-{at}": [{"task": "n", "train": f"train[:{at}]"}] for at in range(1, 7)}}
    costs = [
        {**COSTS, "stage": f"n-{at}/{seed}", "recipe": f"n-{at}", "seed": seed, "tasks": "n"}
        for at in range(1, 7) for seed in SEEDS
    ]  # fmt: skip
    dev = [
        {"stage": row["stage"], "head": row["stage"], "step": step, "selected": step == 20, "task": "n",
         "metric": metric, "value": 50.0 + 5 * int(row["recipe"][-1]) - 20 + step}
        for row in costs for step in (10, 20) for metric in ("score", "accuracy")
    ]  # fmt: skip
    percents = {("xlmr", recipe, code): 40 + 3 * at for at, recipe in enumerate(recipes) for code in ("de", "sw")}
    return contents({"name": "correlation", "recipes": recipes}, percents, costs, dev)
