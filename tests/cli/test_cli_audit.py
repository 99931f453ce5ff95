"""`xstilts data audit` on a study whose test set holds rows of its training set."""

from __future__ import annotations

import json

import pytest
import yaml
from tiny_study import LABELED, write_own, write_rows, write_study

from xstilts.analysis.audit import read_audit
from xstilts.errors import InputError

PREMISE = "the lamp in the kitchen is red and belongs to the baker"


@pytest.fixture
def study(tmp_path):
    """English training rows, of which one is in the English test set and one, in other letters, in the Swahili one."""
    write_rows(tmp_path / "data")
    own = tmp_path / "data" / "own"
    (own / "own-en-train.txt").write_text(f"a {PREMISE}\nb nobody has seen the bell of the old town\na short one\n")
    (own / "own-en-test.txt").write_text(f"a {PREMISE}\nb another\n")
    (own / "own-en-dev.txt").write_text("a first\nb second\n")
    (own / "own-sw-test.txt").write_text("b Nobody has seen the bell, of the old town!\na x\na y\na z\n")
    (own / "own-fr-test.txt").write_text("a un\nb deux\n")
    write_study(
        tmp_path,
        {
            # No such encoder is anywhere: an audit needs none.
            "encoders": {"large": {"path": "gone"}},
            "tasks": {},
            "task_files": [write_own(tmp_path, **{**LABELED, "more": ""})],
            "recipes": {"direct": []},
            "targets": {"own": {}},
        },
    )
    return tmp_path


def test_overlap_is_counted_per_pair_of_sets(call, study):
    called = call("data", "audit", study / "study.yaml", "--data-dir", study / "data", "--json")
    assert called.code == 0, called.err
    made = json.loads(called.out)
    assert [part["name"] for part in made["seen"]] == ["own en train", "own en dev"]
    assert [part["use"] for part in made["seen"]] == ["train", "dev"]
    assert made["seen"][0] == {
        **{"name": "own en train", "task": "own", "language": "en", "split": "train", "use": "train"},
        **{"recipes": ["direct"], "rows": 3},
    }
    assert made["evaluated"][0] == {
        **{"name": "own en test", "task": "own", "language": "en", "split": "test", "use": "test"},
        "targets": ["own"],
    }
    counts = {
        (one["seen"], one["evaluated"]): (one["rows"], one["exact"], one["normalized"], one["touched"], one["share"])
        for one in made["overlaps"]
    }
    assert counts == {
        ("own en train", "own en test"): (2, 1, 1, 1, 0.5),
        ("own en train", "own sw test"): (4, 0, 1, 1, 0.25),
    }
    found = made["overlaps"][0]
    assert (found["use"], found["recipes"], found["targets"], found["segments"]) == (
        *("train", ["direct"], ["own"]),
        {"text": 1},
    )
    assert found["matches"] == [
        {
            **{"level": "row", "evaluated_id": "0", "evaluated_role": "text", "evaluated_text": PREMISE},
            **{"seen_id": "0", "seen_role": "text", "seen_text": PREMISE},
        }
    ]
    assert "compared own en train: 3 rows" in called.err


def test_findings_are_kept_where_the_report_finds_them(call, study):
    out = study / "out"
    called = call("data", "audit", study / "study.yaml", "--data-dir", study / "data", "--out", out)
    assert called.code == 0, called.err
    assert "! own en test  <-  own en train (trained on)" in called.out
    assert "1 of 2 rows (50.00%): 1 the same, 0 with the same text, 0 near duplicates (text 1)" in called.out
    assert "2 of 6 pairs of sets share something; 2 marked with !" in called.out
    kept = json.loads((out / "audit.json").read_text(encoding="utf-8"))
    assert [one["touched"] for one in kept["overlaps"]] == [1, 1]
    assert kept["study"]["recipes"] == {"direct": []}


AUDIT = {"study": {}, "method": {"contained": 0.7}, "seen": [], "evaluated": [], "overlaps": []}


def test_an_audit_that_was_kept_is_read_again(tmp_path):
    assert read_audit(tmp_path) is None
    (tmp_path / "audit.json").write_text(json.dumps({"version": 1, **AUDIT}))
    assert read_audit(tmp_path) == AUDIT


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (json.dumps({**AUDIT, "version": 2}), "ValueError: version 2"),
        (json.dumps(AUDIT), "KeyError: 'version'"),
        (json.dumps({"version": 1, "study": {}}), "KeyError: 'method'"),
        ("[]", "TypeError: list indices must be integers or slices, not str"),
    ],
)
def test_what_is_no_audit_is_refused(tmp_path, text, found):
    (tmp_path / "audit.json").write_text(text)
    with pytest.raises(InputError) as raised:
        read_audit(tmp_path)
    assert str(raised.value) == (
        f"{tmp_path / 'audit.json'}: this is no audit of this version of the program\n  found:    {found}\n"
        "  to fix:   make it again with `xstilts data audit`, or remove it"
    )


def test_missing_data_is_exit_code_2_and_nothing_is_written(call, study):
    (study / "data" / "own" / "own-en-train.txt").unlink()
    called = call("data", "audit", study / "study.yaml", "--data-dir", study / "data", "--out", study / "out")
    assert called.code == 2
    assert "own-en-train.txt" in called.err
    assert not (study / "out").exists()


def test_rows_that_a_model_translates_are_audited_as_they_were_and_the_model_need_not_be_there(call, study):
    text = (study / "study.yaml").read_text()
    recipe = {"direct": [], "both": [{"task": "own", "translated": ["fr"], "translator": "gone"}]}
    changed = yaml.safe_load(text) | {"recipes": recipe, "translators": {"gone": {"path": "nowhere"}}}
    (study / "study.yaml").write_text(yaml.safe_dump(changed))
    called = call("data", "audit", study / "study.yaml", "--data-dir", study / "data", "--json")
    assert called.code == 0, called.err
    made = json.loads(called.out)
    assert [(part["name"], part["recipes"]) for part in made["seen"]] == [
        ("own en train", ["both", "direct"]),
        ("own en dev", ["both", "direct"]),
    ]
    assert made["study"]["recipes"]["both"][0]["translated"] == ["fr"]
