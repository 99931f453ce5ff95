"""The report page: complete, self-contained, escaped, and true to the planted effects."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import polars as pl
import pytest

from xstilts.analysis.claims import check_claims
from xstilts.analysis.paper_claims import paper_claims
from xstilts.report.contents import Contents
from xstilts.report.page import write_report

STUDY = {"name": "Simulated", "question": "Does it help?", "recipes": {"direct": [], "nli": ["mnli"]}, "seeds": [1, 2]}
HOSTILE = "<script>alert(1)</script>\"'&"
VOID = {"meta"}
DRAWN = {"circle", "path", "line", "polyline", "polygon"}


class Page(HTMLParser):
    """Collects tags, checks that they nest, and keeps the text outside of style."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.source = text
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
        if not {"style", "script"} & set(self.open):
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


def test_page_loads_nothing_and_runs_only_its_own_script(written):
    names = {name for name, _ in written.tags}
    assert not names & {"img", "link", "iframe", "object"}
    assert "src" not in {name for _, attributes in written.tags for name in attributes}
    assert all(attributes["href"].startswith("#") for attributes in written.every("a"))
    assert not any(name.startswith("on") for _, attributes in written.tags for name in attributes)
    (script,) = re.findall(r"<script>(.*?)</script>", written.source, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    (policy,) = [tag["content"] for tag in written.every("meta") if "http-equiv" in tag]
    assert policy == f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"


def test_page_is_accessible(written):
    assert [tag["lang"] for tag in written.every("html")] == ["en"]
    assert all(header.get("scope") in ("row", "col") for header in written.every("th"))
    assert len(written.every("caption")) == len(written.every("table")) > 8
    assert all(region.get("aria-label") for _, region in written.tags if region.get("role") in ("region", "img"))
    ids = [attributes["id"] for _, attributes in written.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {link["href"][1:] for link in written.every("a")} <= set(ids)


def test_page_begins_with_the_answer_in_words(written):
    text = " ".join(written.text.split())
    # planted: squad +8, 0 and +15, nli +4, -5 and +27, on average +7.7 and +8.7
    found = re.search(r"The largest gain over direct zero-shot is that of nli, \+(\d\.\d) \[\+\d", text)
    assert found
    assert 8 < float(found[1]) < 10
    assert found.start() < text.index("Recipe by recipe")


def test_findings_tell_the_planted_effects_in_words(written):
    text = " ".join(written.text.split())
    assert re.search(r"nli scores highest zero-shot on average over targets: \d\d\.\d", text)
    assert re.search(r"It gains (8|9)\.\d \[\d+\.\d, \d+\.\d\] points against direct", text)
    assert re.search(r"largest clear loss −\d\.\d \[−\d\.\d, −\d\.\d\] on panx in \w+", text)


def test_findings_count_zero_shot_languages_alone(written, simulated):
    rows = simulated.filter(simulated["zero_shot"] & simulated["headline"] & (simulated["recipe"] == "nli"))
    places = rows.select("target", "language").unique()
    assert 0 < places.height < simulated.select("target", "language").unique().height
    assert f"Of {places.height} pairs of target and language" in " ".join(written.text.split())


def test_cells_say_by_their_class_whether_the_interval_excludes_zero(written):
    classes = [name for cell in written.every("td") for name in (cell.get("class") or "").split()]
    # squad does nothing on panx: 8 languages and the mean, and the mean of panx in the overview
    assert classes.count("o") >= 10
    assert sum(name in {"g1", "g2", "g3", "g4", "g5"} for name in classes) > 20
    assert sum(name in {"l1", "l2", "l3", "l4", "l5"} for name in classes) >= 2


def test_every_cell_of_a_matrix_can_be_traced_to_rows(written, simulated):
    traces = json.loads(written.source.split('id="traces">')[1].split("</script>")[0])
    assert traces["seeds"] == [[1, 2]]
    sets = {(found["encoder"], found["target"]): found for found in traces["sets"]}
    assert list(sets) == [("xlmr", "xquad"), ("xlmr", "panx"), ("xlmr", "tatoeba")]
    # two seeds of two headline metrics, 400 examples, no stages in the simulation
    assert sets["xlmr", "xquad"]["cells"]["squad"]["sw"] == [0, 0, 400, 4, ""]
    # retrieval counts at one of its 13 layers
    assert sets["xlmr", "tatoeba"]["cells"]["nli"]["hi"] == [0, 0, 400, 2, ""]
    assert sets["xlmr", "panx"]["source"] == ["en"]
    matrices = [table for table in written.every("table") if "data-shows" in table]
    assert {table["data-span"] for table in matrices} == {"test set", "targets", "languages"}
    codes = {header["data-code"] for header in written.every("th") if "data-code" in header}
    assert set(simulated["language"]) | {"mean", "0", "1", "2"} == codes


def test_retrieval_is_drawn_by_layer(written):
    labels = [svg.get("aria-label") or "" for svg in written.every("svg")]
    assert sum("retrieval_accuracy by layer" in label for label in labels) == 1
    tips = [attributes["data-tip"] for name, attributes in written.tags if name in DRAWN and "data-tip" in attributes]
    assert sum("layer" in tip for tip in tips) == 3 * 13


def test_everything_from_data_is_escaped(simulation, tmp_path):
    table = simulation({"nli": HOSTILE, "direct": "direct"}, seeds=(1,), examples=50)
    table = table.with_columns(
        target=pl.when(pl.col("target") == "panx").then(pl.lit(HOSTILE)).otherwise("target"),
        encoder=pl.lit(HOSTILE),
    )
    hostile = page(tmp_path, table, [HOSTILE], {"name": HOSTILE, "question": HOSTILE, HOSTILE: [HOSTILE]}, draws=20)
    assert len(hostile.every("script")) == 2  # its own, and the traces
    assert "<script>alert" not in hostile.source
    assert hostile.text.count("<script>alert(1)</script>") > 10
    traces = json.loads(hostile.source.split('id="traces">')[1].split("</script>")[0])
    assert HOSTILE in traces["sets"][0]["cells"]
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


CLAIMED = {"direct": [], "nli": ["mnli"], "squad": ["squad_v1"]}


def test_claims_have_a_chapter_with_the_verdicts_of_the_verb(simulated, tmp_path):
    """Planted: nli gains on average and most on tatoeba; squad gains too, both not on every target."""
    contents = Contents.of(simulated, {**STUDY, "recipes": CLAIMED}, draws=100)
    write_report(contents, tmp_path / "report.html")
    written = Page((tmp_path / "report.html").read_text(encoding="utf-8"))
    chapter = written.source.split('<section id="claims">')[1].split("</section>")[0]
    said = re.findall(r"<li[^>]*><b>(\w+)</b><span>([^<]*)", chapter)
    checked = [one for one in check_claims(contents.evidence, paper_claims(contents.evidence)) if one.rows]
    assert [(outcome, text.split(".")[0]) for outcome, text in said] == [
        (one.outcome, one.claim.text.split(".")[0]) for one in checked
    ]
    outcomes = {one.claim.name: one.outcome for one in checked}
    assert outcomes == {"single-tasks": "holds", "retrieval": "holds", "best": "holds"}
    assert "Of 3 claims, 3 hold." in chapter
    assert "5 further claims speak of recipes or targets that the study has not." in chapter
    assert chapter.count("<tr>") == 1 + sum(len(one.rows) for one in checked)
    assert "#claims" in {link["href"] for link in written.every("a")}


def test_a_study_with_nothing_of_the_claims_has_no_chapter_of_them(simulated, tmp_path):
    mixed = {"nli": [{"task": "mnli", "mlm": {"task": "corpus", "weight": 0.5}}]}
    study = {**STUDY, "recipes": {"direct": [], **mixed, "squad": [{"task": "squad_v1", "translated": ["sw"]}]}}
    assert 'id="claims"' not in page(tmp_path, simulated, study=study, draws=20).source


def test_a_long_warning_is_cut_at_the_top_and_whole_in_the_notes(simulation, tmp_path):
    missing = "; ".join(f"xlmr, squad, panx, seed {seed}: de, ru" for seed in range(50))
    note = f"Missing results, because the run was ended. These are {missing}."
    source = page(tmp_path, simulation(seeds=(1,), examples=20), [note], draws=20).source
    top, rest = source.split('<p class="verdict">')[0], source.split('<section id="notes">')[1]
    shown = re.findall(r"seed (\d+): de, ru", top)
    assert 1 < len(shown) < 8
    assert f"; and {50 - len(shown)} more, which stand under Notes." in top
    assert note in rest


def test_runs_that_collapsed_together_are_one_warning(simulation, tmp_path):
    table = simulation(seeds=(1, 2, 3), examples=20)
    lost = (pl.col("recipe") != "direct") & pl.col("target").is_in(["xquad", "panx"]) & (pl.col("seed") < 3)
    text = page(tmp_path, table.with_columns(collapsed=lost), draws=20).text
    assert "left out of every mean: nli and squad on xquad and panx, seeds 1 and 2 (xlmr)." in text
    assert text.count("Collapsed, ") == 2  # at the top, and under Notes


def test_recipes_say_what_they_train_on(written):
    text = " ".join(written.text.split())
    assert "What each recipe trains on before the target; arrows stand between stages" in text
    assert {"nothing: the encoder as it is", "mnli"} <= written.pieces


def test_an_empty_table_gives_a_page_that_says_so(simulated, tmp_path):
    assert "There are no results yet." in page(tmp_path, simulated.clear()).text


def test_a_table_without_gold_gives_a_page_that_says_so(simulated, tmp_path):
    table = simulated.with_columns(gold=pl.lit("hidden"), value=pl.lit(None, pl.Float64))
    assert "There are no scores yet" in page(tmp_path, table, draws=20).text


def test_several_encoders_have_a_chapter_each(simulation, tmp_path):
    one = simulation(seeds=(1,), examples=50)
    both = pl.concat([one, one.with_columns(encoder=pl.lit("mmbert"))])
    written = page(tmp_path, both, draws=20)
    assert {"xlmr", "mmbert"} <= written.pieces
    assert {"xquad, xlmr", "xquad, mmbert", "panx, mmbert"} <= written.pieces


def test_the_same_table_gives_the_same_bytes(simulation, tmp_path):
    table = simulation(seeds=(1,), examples=50)
    for name in ("a.html", "b.html"):
        write_report(Contents.of(table, STUDY, draws=20), tmp_path / name)
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "b.html"]
