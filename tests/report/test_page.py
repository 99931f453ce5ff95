"""The report page: complete, self-contained, escaped, and true to the planted effects."""

import re
from html.parser import HTMLParser

import polars as pl
import pytest

from xstilts.report.charts import layer_chart, nice_ticks
from xstilts.report.contents import Contents
from xstilts.report.page import write_report

STUDY = {"name": "Simulated", "question": "Does it help?", "recipes": {"direct": [], "nli": ["mnli"]}, "seeds": [1, 2]}
HOSTILE = "<script>alert(1)</script>\"'&"
VOID = {"meta"}


class Page(HTMLParser):
    """Collects tags, checks that they nest, and keeps the text outside of style."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.pieces: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.text += data + " "
            self.pieces.add(data.strip())

    def every(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def page(path, table, notes=(), study=STUDY, draws=100) -> Page:
    write_report(Contents.of(table, study, draws=draws, notes=notes), path / "report.html")
    return Page((path / "report.html").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def written(simulated, tmp_path_factory) -> Page:
    return page(tmp_path_factory.mktemp("page"), simulated, ["7 rows left out"], draws=300)


def test_page_has_heading_question_notes_and_configuration(written):
    assert {"Simulated", "Does it help?", "7 rows left out"} <= written.pieces
    assert "recipes:\n  direct: []" in written.text
    assert written.open == []


def test_page_loads_nothing_and_runs_nothing(written):
    names = {name for name, _ in written.tags}
    assert not names & {"script", "img", "link", "iframe", "object"}
    assert all(attributes["href"].startswith("#") for attributes in written.every("a"))
    assert not any(name.startswith("on") for _, attributes in written.tags for name in attributes)


def test_page_is_accessible(written):
    assert written.every("html") == [{"lang": "en"}]
    assert all(header.get("scope") in ("row", "col") for header in written.every("th"))
    assert len(written.every("caption")) == len(written.every("table")) > 8
    assert all(region.get("aria-label") for _, region in written.tags if region.get("role") in ("region", "img"))
    ids = [attributes["id"] for _, attributes in written.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {link["href"][1:] for link in written.every("a")} <= set(ids)


def test_findings_tell_the_planted_effects_in_words(written):
    text = " ".join(written.text.split())
    # planted: nli +4, -3 and +25, so about +8.7 on average; its losses are on panx
    assert re.search(r"nli scores highest zero-shot on average over targets: \d\d\.\d", text)
    assert re.search(r"It gains (8|9)\.\d \[\d+\.\d, \d+\.\d\] points against direct", text)
    assert re.search(r"largest clear loss −\d\.\d \[−\d\.\d, −\d\.\d\] on panx in \w+", text)


def test_cells_whose_interval_includes_zero_are_marked_without_color(written):
    heat = [attributes for attributes in written.every("td") if "heat" in (attributes.get("class") or "")]
    unsure = [cell for cell in heat if "includes zero" in cell["title"]]
    # squad does nothing on panx: 8 languages and the mean, and the mean of panx in the overview
    assert sum("squad" in cell["title"] for cell in unsure) >= 10
    assert all("open" in cell["class"].split() for cell in unsure)
    assert "▲" in written.text
    assert "▼" in written.text


def test_retrieval_is_drawn_by_layer(written):
    assert sum("retrieval_accuracy by layer" in (svg.get("aria-label") or "") for svg in written.every("svg")) == 1
    assert len(written.every("circle")) == 3 * 13


def test_everything_from_data_is_escaped(simulation, tmp_path):
    table = simulation({"nli": HOSTILE, "direct": "direct"}, seeds=(1,), examples=50)
    table = table.with_columns(
        target=pl.when(pl.col("target") == "panx").then(pl.lit(HOSTILE)).otherwise("target"),
        encoder=pl.lit(HOSTILE),
    )
    hostile = page(tmp_path, table, [HOSTILE], {"name": HOSTILE, "question": HOSTILE, HOSTILE: [HOSTILE]}, draws=20)
    assert not hostile.every("script")
    assert hostile.text.count("<script>alert(1)</script>") > 10
    assert hostile.open == []


def test_warnings_name_collapsed_runs_hidden_labels_gaps_and_a_single_seed(simulation, tmp_path):
    table = simulation(seeds=(1,), examples=50)
    lost = (pl.col("recipe") == "nli") & (pl.col("target") == "panx")
    hidden = (pl.col("target") == "xquad") & (pl.col("language") == "th")
    table = table.filter(~((pl.col("recipe") == "squad") & (pl.col("target") == "panx") & (pl.col("language") == "sw")))
    table = table.with_columns(
        collapsed=lost,
        gold=pl.when(hidden).then(pl.lit("hidden")).otherwise("gold"),
        value=pl.when(hidden).then(None).otherwise("value"),
    )
    text = page(tmp_path, table, draws=20).text
    assert "nli on panx, seed 1" in text
    assert "No gold labels, predicted but not scored: xquad, test: th." in text
    assert "Partial: squad on panx has no results for sw" in text
    assert "One seed" in text


def test_an_empty_table_gives_a_page_that_says_so(simulated, tmp_path):
    assert "There are no results yet." in page(tmp_path, simulated.clear()).text


def test_a_table_without_gold_gives_a_page_that_says_so(simulated, tmp_path):
    table = simulated.with_columns(gold=pl.lit("hidden"), value=pl.lit(None, pl.Float64))
    assert "There are no scores yet" in page(tmp_path, table, draws=20).text


def test_several_encoders_have_a_chapter_each(simulation, tmp_path):
    one = simulation(seeds=(1,), examples=50)
    both = pl.concat([one, one.with_columns(encoder=pl.lit("mmbert"))])
    headings = page(tmp_path, both, draws=20).text.split()
    assert headings.count("mmbert") >= 4


def test_the_same_table_gives_the_same_bytes(simulation, tmp_path):
    table = simulation(seeds=(1,), examples=50)
    for name in ("a.html", "b.html"):
        write_report(Contents.of(table, STUDY, draws=20), tmp_path / name)
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "b.html"]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0, 80, [0, 20, 40, 60, 80]), (41.2, 43.9, [41, 42, 43, 44]), (5, 5, None)],
)
def test_ticks_are_round_and_enclose_the_data(low, high, expected):
    ticks = nice_ticks(low, high)
    assert ticks[0] <= low
    assert ticks[-1] >= high
    assert ticks[0] < ticks[-1]
    assert expected is None or ticks == expected


def test_chart_places_points_in_proportion():
    rows = [
        {"recipe": "nli", "layer": layer, "mean": mean, "low": mean, "high": mean, "headline": layer == 2}
        for layer, mean in ((0, 0.0), (1, 40.0), (2, 80.0))
    ]
    chart = layer_chart(rows, {"nli": 0}, "label")
    # x from 44 to 628, y from 226 (0) to 12 (80)
    assert chart.lines[0].points == "44.0,226.0 336.0,119.0 628.0,12.0"
    assert chart.marked == 628.0
