"""The report as a short paper: what it says, and that it compiles."""

import itertools
import shutil
import subprocess
from xml.etree import ElementTree

import polars as pl
import pytest

from xstilts.analysis.claims import Claim, check_claims
from xstilts.records import Records, costs_schema, dev_schema
from xstilts.report.contents import Contents
from xstilts.report.document import Forest, Interval, Point, Scatter, Table
from xstilts.report.figure_layout import label_heights
from xstilts.report.latex import latex
from xstilts.report.limitations import limitations
from xstilts.report.method import method_of
from xstilts.report.paper import paper, write_paper

HOSTILE = "50% of {x} & \\input{y} _is_ $a$ #1 ~ ^ <b>|`"
STUDY = {
    "name": "Simulated_1",
    "question": "Does it help?",
    "encoders": {"xlmr": {"hub": "FacebookAI/xlm-roberta-base"}},
    "recipes": {"direct": [], "nli": ["mnli"], "squad": [{"tasks": ["squad_v1", "mnli"]}]},
    "targets": {"xquad": {}, "panx": {"training": {"learning_rate": 0.001}}, "tatoeba": {}},
    "training": {"epochs": 2.0, "learning_rate": 1e-5, "batch_size": 8},
    "seeds": [1, 2],
}


def contents(table, study=STUDY, **more) -> Contents:
    return Contents.of(table, study, draws=60, **more)


def costs(*rows) -> Records:
    named = dict.fromkeys(costs_schema(), None) | {"kind": "train", "encoder": "xlmr", "seed": 1}
    return Records(
        pl.DataFrame([named | row for row in rows], schema=costs_schema()), pl.DataFrame(schema=dev_schema())
    )


def text_of(document) -> str:
    return latex(document)


def only_table(document, label) -> Table:
    return next(block for block in document.blocks if isinstance(block, Table) and block.label == label)


def column(table, title) -> list[str]:
    return next(column.cells for column in table.columns if column.title.startswith(title))


@pytest.fixture(scope="module")
def plain(simulated):
    return contents(simulated)


def test_the_method_comes_from_the_study(simulated):
    records = costs(
        {"recipe": "nli", "role": "intermediate", "tasks": "mnli", "units": 4000, "parameters": 278_043_648},
        {"recipe": "nli", "role": "intermediate", "tasks": "squad_v1+mnli", "units": 9000},
    )
    method = method_of(contents(simulated, records=records))
    (encoder,) = method.encoders
    assert (encoder.parameters, encoder.cite) == (278_043_648, "conneau-etal-2020-unsupervised")
    assert method.recipes == {
        "direct": (),
        "nli": ("mnli",),
        "squad": ("squad_v1 + mnli (jointly, proportional sampling)",),
    }
    tasks = {task.name: task for task in method.tasks}
    assert tasks["mnli"].trained_rows == (4000,)
    assert tasks["squad_v1"].uses == ("intermediate", "target training")
    assert tasks["squad_v1"].license == "CC-BY-SA-4.0"
    assert tasks["xquad"].evaluated_rows == (400,)
    targets = {target.name: target for target in method.targets}
    assert (targets["xquad"].trained_on, targets["tatoeba"].trained_on) == ("squad_v1", "")
    assert (targets["xquad"].zero_shot, len(targets["xquad"].languages)) == (7, 8)
    assert targets["tatoeba"].layer == 8
    assert method.exceptions == (("panx", "learning rate 0.001"),)
    assert method.synthetic == []


def test_rows_that_the_run_noted_go_before_those_of_stages(simulated):
    data = [{"task": "mnli", "language": "en", "split": "train[:600]", "rows": 600}]
    data += [{"task": "mnli", "language": "en", "split": "dev", "rows": 50}]
    method = method_of(contents(simulated, data=data))
    assert next(task for task in method.tasks if task.name == "mnli").trained_rows == (600,)


def test_the_paper_says_what_was_asked_done_and_found(plain):
    document = paper(plain)
    assert document.title == "Does it help?"
    assert [section.title for section in document.sections] == ["Question", "Method", "Results", "Limitations"]
    text = text_of(document)
    assert "2 recipes of intermediate training with direct on 3 targets in 8 languages" in text
    assert "xlm-roberta-base" in text
    assert "rises over the first 10~\\% of the steps to 1e-5" in text
    assert "Every stage trains for 2 epochs" in text
    assert "Different settings: panx: learning rate 0.001." in text
    assert plain.answers[0].sentence.split(".")[0] in paper(plain).abstract[0]
    overall = only_table(document, "tab:overall")
    assert column(overall, "recipe") == ["direct", "nli", "squad"]
    assert column(overall, "verdict") == ["baseline", "better", "better"]
    targets = only_table(document, "tab:targets")
    delta = next(one for one in targets.columns if one.title.startswith("Δ"))
    recipes = column(targets, "recipe")
    panx = column(targets, "target").index("panx")
    assert recipes[panx : panx + 3] == ["direct", "nli", "squad"]
    assert delta.directions[panx : panx + 3] == [None, -1, 0]  # planted: -5 and 0 points
    assert -6 < float(delta.cells[panx + 1].split()[0].replace("−", "-")) < -4
    assert {"phang-etal-2020-english", "conneau-etal-2020-unsupervised", "artetxe-etal-2020-cross"} <= set(
        document.keys
    )


def test_claims_stand_with_verdict_estimate_and_power(plain):
    said = [
        Claim("a", "NLI helps.", ("mean_delta(recipe=nli) > 0",)),
        Claim(
            "b",
            "NLI helps everywhere.",
            tuple(f"mean_delta(recipe=nli, targets={name}) > 0" for name in ("panx", "xquad")),
        ),
        Claim("c", "Nothing to see.", ()),
    ]
    document = paper(plain, check_claims(plain.evidence, said))
    table = only_table(document, "tab:claims")
    assert column(table, "claim") == ["NLI helps.", "NLI helps everywhere."]
    assert column(table, "verdict") == ["holds", "fails"]
    assert column(table, "estimate")[1] == "1 of 2 hold, 1 fail"
    assert column(table, "estimate")[0].startswith("+9")
    assert "of 2 claims, 1 holds and 1 fails" in text_of(document)
    assert "1 further claim speaks" in text_of(document)


def test_limitations_name_what_the_results_show(simulated):
    broken = (pl.col("recipe") == "nli") & (pl.col("target") == "panx") & (pl.col("seed") == 2)
    hidden = (pl.col("target") == "xquad") & (pl.col("language") == "th")
    oracle = (pl.col("target") == "xquad") & (pl.col("recipe") == "squad")
    table = simulated.with_columns(
        collapsed=broken,
        gold=pl.when(hidden).then(pl.lit("hidden")).otherwise("gold"),
        value=pl.when(hidden).then(None).otherwise("value"),
        selection=pl.when(oracle).then(pl.lit("oracle dev")).otherwise("selection"),
        task=pl.when(pl.col("target") == "tatoeba").then(pl.lit("mini-retrieval")).otherwise("task"),
    )
    notes = ["Missing results, because a stage failed (out_of_memory): x. These are y.", "xquad de test: 5 rows"]
    made = contents(table, notes=notes)
    found = {limit.topic: limit.text for limit in limitations(made, method_of(made))}
    assert list(found) == [
        "Synthetic data",
        "Overlap of data",
        "Collapsed runs",
        "Missing results",
        "Hidden labels",
        "Oracle rows",
        "Notes of the run",
        "Few seeds",
        "Power",
        "Scope",
    ]
    assert "The data of mini-retrieval are synthetic" in found["Synthetic data"]
    assert "nli on panx, 1 of 2 seeds." in found["Collapsed runs"]
    assert "xquad, test: th" in found["Hidden labels"]
    assert "squad on xquad" in found["Oracle rows"]
    assert "out_of_memory" in found["Missing results"]
    assert "power 0.8" in found["Power"]


def test_contamination_is_the_audits(simulated):
    fields = {name: STUDY.get(name) for name in ("recipes", "targets", "task_defaults")}
    overlap = {"use": "train", "share": 0.25, "evaluated": "xquad de test", "seen": "mnli en train", "recipes": ["nli"]}
    overlap |= {"rows": 8, "touched": 2, "exact": 2, "normalized": 2, "segments": {}, "matches": []}
    audit = {"study": fields, "evaluated": [], "seen": [], "overlaps": [overlap]}
    made = contents(simulated, audit=audit)
    found = {limit.topic: limit for limit in limitations(made, method_of(made))}
    assert "25.0 % of xquad de test in mnli en train" in found["Contamination"].text
    clean = contents(simulated, audit={**audit, "overlaps": []})
    found = {limit.topic: limit for limit in limitations(clean, method_of(clean))}
    assert not found["Overlap of data"].weighs


def test_a_study_without_a_comparison_is_still_a_paper(simulation):
    alone = simulation(seeds=(1,), examples=50).filter(pl.col("recipe") == "direct")
    document = paper(contents(alone, {"name": "alone"}))
    assert "No recipe could be compared" in document.abstract[0]
    assert "tab:overall" not in document.numbers
    assert "of unknown size" in text_of(document)


def test_what_comes_from_data_is_escaped(simulation, tmp_path):
    table = simulation(names={"nli": HOSTILE}, seeds=(1, 2), examples=60)
    study = {**STUDY, "question": HOSTILE, "recipes": {"direct": [], HOSTILE: ["mnli"], "squad": ["squad_v1"]}}
    made = contents(table, study)
    text = write_paper(made, (), "latex", tmp_path).read_text("utf-8")
    assert text.isascii()
    assert r"\input{y}" not in text
    assert r"50\% of \{x\} \& \textbackslash{}input\{y\} \_is\_ \$a\$ \#1" in text
    written = write_paper(made, (), "markdown", tmp_path).read_text("utf-8")
    assert "<b>" not in written.replace(r"\<b>", "").replace(f"`{HOSTILE[:-1]}'`", "")
    for figure in tmp_path.glob("*.svg"):
        ElementTree.fromstring(figure.read_text("utf-8"))


def test_markdown_has_its_figures_beside_it_and_lists_its_references(plain, tmp_path):
    path = write_paper(plain, (), "markdown", tmp_path / "new")
    text = path.read_text("utf-8")
    assert sorted(file.name for file in path.parent.iterdir()) == ["figure-1.svg", "paper.md", "references.bib"]
    assert "![Figure 1](figure-1.svg)" in text
    assert "- Philipp Koehn. Statistical Significance Tests for Machine Translation Evaluation." in text
    assert "(Koehn, 2004)" in text
    bib = (path.parent / "references.bib").read_text("utf-8")
    assert bib.count("@") == text.split("## References")[1].count("\n- ")
    svg = ElementTree.fromstring((path.parent / "figure-1.svg").read_text("utf-8"))
    titles = [node.text for node in svg.iter("{http://www.w3.org/2000/svg}title")]
    assert any(title.startswith("squad, xquad: +") for title in titles)
    assert len(titles) == 2 * 4  # two recipes on three targets and over all


def test_figures_show_gain_loss_and_trend():
    pictures = paper_with(
        Forest(
            "f",
            ("c",),
            ("a_b", "c"),
            (("t", (Interval(2, 1, 3), None)), ("u", (Interval(-2, -3, -1), Interval(0.5, -1, 2)))),
        ),
        Scatter(
            "s",
            ("c",),
            "x",
            "y",
            (Point("p", 10.0, Interval(1, 0.5, 2)), Point("q", 100.0, Interval(2, 1, 3))),
            True,
            ((10, 1), (100, 2)),
        ),
    )
    assert pictures.count("color=gain") == 2  # a panel of the one, the points of the other
    assert pictures.count("color=loss") == 1
    assert "(2,1) += (1,0) -= (1,0)" in pictures
    assert r"{a\_b},{c}" in pictures
    assert "xtick={10,100}, log ticks with fixed point" in pictures
    assert "(10,1) (100,2)" in pictures


def paper_with(*blocks) -> str:
    from xstilts.report.document import Document, Section

    return latex(Document("t", "s", ("a",), (Section("r", blocks),)))


def test_names_of_points_do_not_hide_each_other():
    points = [Point(name, 1.0 + place / 100, Interval(5, 0, 10)) for place, name in enumerate("abc")]
    heights = sorted(label_heights([*points, Point("far", 9.0, Interval(5, 0, 10))]))
    assert heights[:2] == [5, 5]  # one of the three, and the one far away
    assert all(b - a > 0.5 for a, b in itertools.pairwise(heights[1:]))


@pytest.mark.skipif(not (shutil.which("pdflatex") and shutil.which("bibtex")), reason="pdflatex or bibtex is not here")
def test_the_paper_compiles_whatever_the_names(simulation, tmp_path):
    table = simulation(names={"nli": HOSTILE, "squad": "[ж中-Yorùbá]"}, seeds=(1, 2), examples=60)
    study = {
        **STUDY,
        "question": f"{HOSTILE} ẹ̀kọ́?",
        "recipes": {"direct": [], HOSTILE: ["mnli"], "[ж中-Yorùbá]": ["squad_v1"]},
    }
    made = contents(table, study)
    said = [Claim("a", HOSTILE, ("mean_delta(recipe='[ж中-Yorùbá]') > 0",))]
    write_paper(made, check_claims(made.evidence, said), "latex", tmp_path)
    latex_call = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "paper.tex"]
    for command in (latex_call, ["bibtex", "paper"], latex_call, latex_call):
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
        assert done.returncode == 0, done.stdout.decode("utf-8", "replace")[-2000:]
    log = (tmp_path / "paper.log").read_text("latin-1")
    assert (tmp_path / "paper.pdf").stat().st_size > 10_000
    assert "undefined" not in log
    assert "Missing character" not in log
