from __future__ import annotations

import json
import shutil


def test_targets_are_ranked_and_the_cost_is_said(call, finished, tmp_path):
    folder = shutil.copytree(finished, tmp_path / "study")
    arguments = (folder / "study.yaml", "--out", folder / "out", "--device", "cpu", "--rows", "12", "--offline")
    called = call("recommend", *arguments)
    assert called.code == 0
    assert "nothing is left to run: the only stage is finished" in called.err, "the recipe was trained by the run"
    header, first, second = (line.split() for line in called.out.splitlines()[1:4])
    assert called.out.startswith("own_nli: 12 samples")
    assert header == ["recipe", "mean", "rank", "LogME", "H-score", "kNN", "probe", "text"]
    assert (first[:2], second[:2]) == (["qa", "1.0"], ["direct", "–"])
    assert "own_bitext: left out: retrieval needs no training" in called.out
    assert "planned training: 1 stages, 3 steps" in called.out
    assert "33% of its steps" in called.out, "of own_qa, and own_nli with and without it"
    assert called.out.endswith(f"kept: {folder / 'out' / 'recommend.json'}\n")
    made = json.loads(call("recommend", *arguments, "--json").out)
    assert made == json.loads((folder / "out" / "recommend.json").read_text())
    assert made["sample"] == {"rows": 12, "seed": 0}


def test_a_study_without_recipes_is_bad_input(call, fresh):
    called = call("recommend", fresh / "study.yaml", "--out", fresh / "out", "--offline")
    assert called.code == 2
    assert "no intermediate training to choose from" in called.err
