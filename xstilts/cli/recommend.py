"""`xstilts recommend`: which intermediate training to take for each target, before the targets are trained."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xstilts.cli.options import DataDir, Json, Offline, Out, Overrides, StoreDir, StudyFile

if TYPE_CHECKING:
    from rich.console import Console

_NAMES = {
    "logme": "LogME",
    "h_score": "H-score",
    "knn": "kNN",
    "probe": "probe",
    "similarity": "text",
    "mean_rank": "mean rank",
    "at_random": "at random",
}
_DIGITS = {"logme": 3, "h_score": 2, "knn": 1, "probe": 1, "similarity": 3}


def recommend(
    study: StudyFile,
    data_dir: DataDir = None,
    out: Out = None,
    store: StoreDir = None,
    overrides: Overrides = None,
    rows: Annotated[int, typer.Option(metavar="N", min=2, help="Rows of a task that are looked at, at most.")] = 1000,
    sample_seed: Annotated[int, typer.Option(metavar="SEED", min=0, help="Draws the rows.")] = 0,
    seeds: Annotated[int, typer.Option(metavar="N", min=1, help="How many of the study's seeds are trained.")] = 1,
    offline: Offline = False,
    device: Annotated[str, typer.Option(metavar="DEVICE", help="auto, cpu or cuda.")] = "auto",
    as_json: Json = False,
) -> None:
    """Ranks intermediate training for each target by cheap estimators; trains no target.

    Where OUT has results of the same study, says how well each estimator agrees with them.
    """
    from rich.console import Console

    from xstilts.cli.display import Display
    from xstilts.estimating import Sample
    from xstilts.recommending import FILE, recommend
    from xstilts.running import Places
    from xstilts.study import Study

    loaded = Study.from_yaml(study, overrides or ())
    made = recommend(
        loaded,
        data_dir,
        out,
        store,
        Sample(rows, sample_seed),
        seeds=seeds,
        offline=offline,
        device=device,
        watcher=Display(Console(stderr=True)),
    )
    if as_json:
        typer.echo(json.dumps(made, indent=1, ensure_ascii=False))
        return
    _show(made, Console())
    typer.echo(f"kept: {Places.of(loaded, out, store).out / FILE}")


def _show(made: Mapping[str, Any], console: Console) -> None:
    several = len({target["encoder"] for target in made["targets"]}) > 1
    for target in made["targets"]:
        name = f"{target['encoder']}, {target['target']}" if several else target["target"]
        _show_ranking(f"{name}: {target['samples']:,} samples", target, console)
    for name, reason in made["left_out"].items():
        console.print(f"{name}: left out: {reason}", highlight=False, markup=False, soft_wrap=True)
    if made["agreement"]:
        counts = [sum(row["gain"] is not None for row in target["ranking"]) for target in made["targets"]]
        _show_agreement(made["agreement"], max(counts), console)
        console.print()
    cost = made["cost"]
    mine, whole, ratio = cost["recommend"], cost["study"], cost["ratio"]
    console.print(
        f"planned training: {mine['stages']:,} stages, {mine['steps']:,} steps, {mine['pieces']:,.0f} tokens, against"
        f" {whole['stages']:,}, {whole['steps']:,} and {whole['pieces']:,.0f} of the whole study:"
        f" {ratio['steps']:.0%} of its steps, {ratio['pieces']:.0%} of its tokens;"
        f" {mine['pieces_read']:,} tokens are only read",
        highlight=False,
        soft_wrap=True,
    )


def _show_ranking(title: str, target: Mapping[str, Any], console: Console) -> None:
    from rich.table import Table

    measured = any(row["gain"] is not None for row in target["ranking"])
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    table.add_column("recipe", overflow="fold")
    for column in ("mean rank", *(_NAMES[estimator] for estimator in _DIGITS), *(["gain"] if measured else [])):
        table.add_column(column, justify="right")
    for row in (*target["ranking"], *target["plain"]):
        numbers = [_number(row["estimates"][estimator], digits) for estimator, digits in _DIGITS.items()]
        gain = [_number(row.get("gain"), 1, signed=True)] if measured else []
        table.add_row(row["recipe"], _number(row.get("mean_rank"), 1), *numbers, *gain)
    console.print(table)
    console.print()


def _show_agreement(agreement: Mapping[str, Mapping[str, float | None]], recipes: int, console: Console) -> None:
    from rich.table import Table

    from xstilts.analysis.recommendation import FEWEST

    enough = recipes >= FEWEST
    title = f"agreement with what was measured, mean over targets; n = {recipes} recipes"
    title += "" if enough else ", too few for a rank correlation"
    table = Table(title=title, title_justify="left", box=None)
    for column in ("estimator", *(["Kendall's tau"] if enough else []), "regret at 1", "regret at 3"):
        table.add_column(column, justify="left" if column == "estimator" else "right")
    for name, numbers in agreement.items():
        regrets = [_number(numbers[f"regret_at_{k}"], 1) for k in (1, 3)]
        tau = [_number(numbers["kendall"], 2, signed=True)] if enough else []
        table.add_row(_NAMES[name], *tau, *regrets)
    console.print(table)


def _number(value: float | None, digits: int, signed: bool = False) -> str:
    return "–" if value is None else f"{value:{'+' if signed else ''}.{digits}f}"
