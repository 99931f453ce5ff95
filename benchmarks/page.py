"""The report page of a large study: its size, the time to write it, and the time until a browser shows it.

    python -m benchmarks page

makes a table of 100,000 rows (5 encoders, 20 recipes, 10 targets, 20 languages, 5 seeds), without costs and dev scores,
writes the page and opens it in headless Chromium, where there is one.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import polars as pl

LANGUAGES = tuple("en ar bg de el es et eu fa fi fr he hi id ja ko ru sw tr zh".split())  # noqa: SIM905
EXAMPLES = 40


def long_table(encoders: int = 5, recipes: int = 20, targets: int = 10, seeds: int = 5) -> pl.DataFrame:
    """A row for each encoder, recipe, target, language and seed, with planted effects of the recipes."""
    generator = np.random.default_rng(0)
    columns: dict[str, list[Any]] = {name: [] for name in ("encoder", "recipe", "target", "language", "seed", "stage")}
    statistics = []
    for encoder in range(encoders):
        for recipe in range(recipes):
            for target in range(targets):
                for place, language in enumerate(LANGUAGES):
                    chance = 0.8 - 0.02 * place + 0.01 * (recipe % 5)
                    for seed in range(seeds):
                        right = generator.random(EXAMPLES) < chance
                        statistics.append(np.stack([right, np.ones(EXAMPLES)], axis=1).ravel().tolist())
                        values = (f"encoder-{encoder}", f"recipe-{recipe}" if recipe else "direct", f"target-{target}",
                                  language, seed, f"{len(statistics):024x}")  # fmt: skip
                        for name, value in zip(columns, values, strict=True):
                            columns[name].append(value)
    rows = pl.DataFrame({**columns, "statistics": statistics})
    fixed = {"study": "large", "split": "test", "metric": "accuracy", "gold": "gold", "selection": "source dev"}
    return rows.with_columns(
        *(pl.lit(value).alias(name) for name, value in fixed.items()),
        *(pl.lit(None, kind).alias(name) for name, kind in (("layer", pl.Int64), ("pooling", pl.String),
                                                            ("similarity", pl.String))),
        task=pl.col("target"),
        value=100 * pl.col("statistics").list.gather_every(2).list.mean(),
        examples=pl.lit(EXAMPLES, pl.Int64),
        width=pl.lit(2, pl.Int64),
        headline=pl.lit(True),
        zero_shot=pl.col("language") != "en",
        collapsed=pl.lit(False),
    )  # fmt: skip


def write_page(path: Path, table: pl.DataFrame, draws: int) -> float:
    """Writes the page of a table; the seconds that took."""
    from xstilts.report.contents import Contents
    from xstilts.report.page import write_report

    recipes = {name: [] if name == "direct" else [f"task-{name}"] for name in table["recipe"].unique()}
    began = time.perf_counter()
    write_report(Contents.of(table, {"name": "large", "recipes": recipes}, draws=draws), path)
    return time.perf_counter() - began


def load_seconds(path: Path, rounds: int) -> list[dict[str, float]]:
    """Milliseconds from the request to the first paint and to the end of loading, in new tabs of one browser."""
    from selenium.webdriver import Chrome
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service

    options = Options()
    options.binary_location = shutil.which("chromium") or ""
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1280,900"):
        options.add_argument(argument)
    browser = Chrome(options=options, service=Service(shutil.which("chromedriver")))
    found = []
    try:
        for _ in range(rounds):
            browser.get("about:blank")
            browser.get(path.as_uri())
            found.append(
                browser.execute_async_script(
                    "const done = arguments[0]; requestAnimationFrame(() => setTimeout(() => {"
                    "const paint = performance.getEntriesByName('first-contentful-paint')[0];"
                    "const page = performance.getEntriesByType('navigation')[0];"
                    "done({paint: paint ? paint.startTime : 0, loaded: page.loadEventEnd, ready: performance.now(),"
                    " elements: document.querySelectorAll('*').length}); }, 0))"
                )
            )
    finally:
        browser.quit()
    return found


def report(rounds: int, short: bool = False, draws: int = 200) -> None:
    """Prints size and times."""
    table = long_table()
    print(f"report page of {table.height:,} rows")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.html"
        print(f"  written in       {write_page(path, table, draws):8.1f} s, with {draws} draws")
        print(f"  size             {path.stat().st_size / 2**20:8.2f} MiB")
        if not (shutil.which("chromium") and shutil.which("chromedriver")):
            print("  there is no Chromium with its chromedriver here to open it")
            return
        shown: Sequence[dict[str, float]] = load_seconds(path, rounds)
        print(f"  elements         {shown[0]['elements']:8,.0f}")
        for name, what in (("paint", "first paint"), ("loaded", "loaded"), ("ready", "ready for a click")):
            print(f"  {what:16} {median(one[name] for one in shown) / 1000:8.2f} s (median of {rounds})")
