"""The report's word on overlap, and published results beside a study's."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from xstilts.report.contents import Contents
from xstilts.report.overlap import overlap_section
from xstilts.report.page import write_report
from xstilts.report.published import published_tables, reference_table
from xstilts.report.tables import render

STUDY = {"name": "s", "recipes": {"direct": [], "squad": ["squad_v1"]}, "targets": {"xquad": {}}, "task_defaults": {}}
HOSTILE = "<script>alert(1)</script>"


def overlap(share=0.5, use="train", **changes):
    touched = round(1000 * share)
    return {
        **{"seen": "squad_v1 en dev", "use": use, "recipes": ["squad"], "evaluated": "xquad en test"},
        **{"targets": ["xquad"], "rows": 1000, "exact": 0, "normalized": touched, "touched": touched, "share": share},
        "segments": {"context": touched},
        "matches": [
            {
                **{"level": "segment", "evaluated_id": "e1", "evaluated_role": "context", "evaluated_text": "A wall."},
                **{"seen_id": "s1", "seen_role": "context", "seen_text": HOSTILE},
            }
        ],
        **changes,
    }


def audit(*overlaps, study=STUDY):
    return {
        "study": {name: study[name] for name in ("recipes", "targets", "task_defaults")},
        "method": {},
        "seen": [{"name": "squad_v1 en train", "use": "train"}, {"name": "squad_v1 en dev", "use": "dev"}],
        "evaluated": [{"name": "xquad en test"}],
        "overlaps": list(overlaps),
    }


def test_without_an_audit_the_page_says_so_and_claims_nothing():
    section = overlap_section(None, STUDY)
    assert "Nobody has looked" in section.summary
    assert (section.alarm, section.rows) == ("", [])


def test_an_audit_of_other_recipes_is_not_shown():
    other = {**STUDY, "recipes": {"direct": []}}
    section = overlap_section(audit(overlap(), study=other), STUDY)
    assert "of other recipes" in section.summary
    assert (section.alarm, section.rows) == ("", [])


def test_a_clean_audit_says_what_was_compared():
    section = overlap_section(audit(), STUDY)
    assert "Each of 1 evaluated set was compared with each of 2 sets" in section.summary
    assert "is in both" in section.summary
    assert section.alarm == ""


def test_a_contaminated_study_is_warned_of_with_share_and_recipes():
    section = overlap_section(audit(overlap(0.005, seen="mnli en train"), overlap(0.5)), STUDY)
    assert "50.0 % of xquad en test in squad_v1 en dev (recipes: squad)" in section.alarm
    assert "mnli" not in section.alarm
    assert [row.strong for row in section.rows] == [True, False]
    assert section.rows[0].numbers == ("1,000", "500", "50.0 %", "0", "500", "0")


@pytest.mark.parametrize("changes", [{"share": 0.0099}, {"use": "dev"}, {"use": "read"}, {"use": "tune"}])
def test_traces_and_sets_that_gave_no_labels_are_listed_without_a_warning(changes):
    section = overlap_section(audit(overlap(**changes)), STUDY)
    assert section.alarm == ""
    assert len(section.rows) == 1


def pawsx(simulation):
    """The simulated results of the tagging target as if they were those of PAWS-X, complete."""
    rows = simulation(seeds=(1,), examples=2000).filter(pl.col("target") == "panx")
    names = {"ru": "es", "hi": "fr", "tr": "ja", "th": "ko"}
    rows = rows.filter(pl.col("language") != "sw").with_columns(
        pl.col("language").replace(names), target=pl.lit("pawsx"), task=pl.lit("pawsx"), metric=pl.lit("accuracy")
    )
    assert sorted(rows["language"].unique()) == ["de", "en", "es", "fr", "ja", "ko", "zh"]
    return rows


def test_page_warns_at_the_top_and_shows_published_results_beside_the_recipes(simulation, tmp_path):
    path = tmp_path / "report.html"
    write_report(Contents.of(pawsx(simulation), STUDY, draws=50, audit=audit(overlap())), path)
    text = path.read_text(encoding="utf-8")
    assert text.index("Evaluated rows were trained on") < text.index('class="verdict"')
    assert HOSTILE not in text
    assert "&lt;script&gt;" in text
    assert "accuracy, test, mean over de en es fr ja ko zh" in text
    assert "X-STILTs" in text
    assert "README of google-research/multilingual-t5" in text


def test_page_of_other_results_shows_no_published_ones(simulated, tmp_path):
    write_report(Contents.of(simulated, STUDY, draws=20), tmp_path / "report.html")
    assert "Published results" not in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_published_results_as_a_table_name_their_source(simulation):
    from xstilts.analysis.reference import comparisons

    table = pawsx(simulation)
    found = comparisons(table, draws=50)
    (published,) = published_tables(found, "xlmr", "pawsx", "test")
    assert [row[0] for row in published.rows][:4] == ["direct", "nli", "squad", "mT5-XXL"]
    assert published_tables(found, "xlmr", "pawsx", "dev") == []
    assert published_tables(found, "other", "pawsx", "test") == []
    frame = reference_table(found)
    direct = frame.row(0, named=True)
    assert (direct["system"], direct["languages"], direct["source"]) == ("direct", "mean of 7", "this study")
    value = np.mean(table.filter(pl.col("recipe") == "direct")["value"].to_numpy())
    assert direct["score"].startswith(f"{value:.1f} [")
    shown = render(frame, "table", width=160)
    assert "87.7" in shown
    assert "multilingual-t5" in shown
