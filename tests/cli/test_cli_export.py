"""`xstilts export` and `xstilts predict`, as they are called."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from loopback import fails

from xstilts.sharing.predicting import load_predictor, predict_stream
from xstilts.sharing.unlabeled import read_records

TOKEN = "hf_aVerySecretToken"


@pytest.fixture(scope="module")
def checkpoint(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An exported checkpoint, made once."""
    from xstilts.sharing.export import export
    from xstilts.sharing.trained import find_trained

    folder = tmp_path_factory.mktemp("checkpoints") / "nli"
    export(find_trained(finished / "out", "direct/own_nli"), folder)
    return folder


@pytest.fixture
def unlabeled(finished: Path, tmp_path: Path) -> Path:
    """The German test set without its labels."""
    lines = (finished / "mini/nli/test-de.tsv").read_text(encoding="utf-8").splitlines()
    path = tmp_path / "rows.tsv"
    path.write_text("".join(line.rpartition("\t")[0] + "\n" for line in lines), encoding="utf-8")
    return path


@pytest.fixture
def piped(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Gives the command something to read."""

    def pipe(text: str) -> None:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    return pipe


def test_export_says_what_it_wrote_and_pushes_it_without_showing_the_token(
    call, finished, tmp_path, loopback, monkeypatch
):
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_XET", True)
    loopback.add_model("me/nli")
    done = call("export", finished / "out", "direct/own_nli", tmp_path / "nli", "--push", "me/nli", "--json")
    assert done.code == 0, done.err
    said = json.loads(done.out)
    assert said["auto_class"] == "AutoModelForSequenceClassification"
    assert said["pushed"] == f"{loopback.url}/me/nli"
    assert said["difference"] < 1e-4
    here = {path.name: path.read_bytes() for path in (tmp_path / "nli").iterdir()}
    assert loopback.pushed == here
    assert f"Bearer {TOKEN}" in loopback.tokens
    assert b"me/nli" in here["README.md"]
    assert not any(TOKEN.encode() in content for content in here.values())
    assert TOKEN not in done.out + done.err


def test_a_hub_that_refuses_is_quoted_without_the_token(call, finished, tmp_path, loopback, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    loopback.add_model("me/nli")
    loopback.troubles["/api/repos/create"] = [fails(403, **{"X-Error-Message": f"{TOKEN} may not write"})] * 9
    done = call("export", finished / "out", "direct/own_nli", tmp_path / "nli", "--push", "me/nli")
    assert done.code == 1
    assert "the hub does not take me/nli" in done.err
    assert "the export is whole in" in done.err
    assert TOKEN not in done.out + done.err
    assert (tmp_path / "nli/model.safetensors").is_file()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--push", "nli"], "the repository has no owner"),
        (["--push", "a b/c"], "this is no name of a repository"),
        (["--push", "me/nli"], "there is no token"),
        (["--push", "me/nli", "--offline"], "without a network"),
        (["--private"], "nothing is pushed"),
        (["--task", "own_qa"], "was not trained on own_qa"),
    ],
)
def test_wrong_options_are_named_before_anything_is_written(call, finished, tmp_path, monkeypatch, options, said):
    monkeypatch.setattr("huggingface_hub.get_token", lambda: None)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    done = call("export", finished / "out", "direct/own_nli", tmp_path / "nli", *options)
    assert done.code == 2
    assert said in done.err
    assert list(tmp_path.iterdir()) == []


def test_predictions_are_those_of_the_run_from_its_stage_and_from_its_export(call, finished, checkpoint, unlabeled):
    import polars as pl

    stages = json.loads((finished / "out/plan.json").read_text())["stages"]
    (key,) = [s["key"] for s in stages if s["title"] == "predict own_nli de test by own_nli (seed 1)"]
    stored = pl.read_parquet(finished / "out/../store/predict" / key / "predictions.parquet")
    for model in (checkpoint, finished / "out/direct/own_nli/1"):
        done = call("predict", model, unlabeled, "--task", "own_nli", "--language", "de")
        assert done.code == 0, done.err
        assert done.err == "note: zero-shot: labels were seen in en, not in de\n"
        rows = [json.loads(line) for line in done.out.splitlines()]
        assert [row["prediction"] for row in rows] == stored["prediction"].to_list()
        assert [row["language"] for row in rows] == ["de"] * 6
        for row, probabilities in zip(rows, stored["probabilities"].to_list(), strict=True):
            assert list(row["probabilities"]) == ["entailment", "neutral", "contradiction"]
            assert list(row["probabilities"].values()) == pytest.approx(probabilities, abs=1e-4)


def test_rows_keep_their_own_format(call, checkpoint, unlabeled):
    done = call("predict", checkpoint, unlabeled, "--format", "same")
    given = unlabeled.read_text(encoding="utf-8").splitlines()
    assert [line.rpartition("\t")[0] for line in done.out.splitlines()] == given


def test_what_is_piped_in_is_predicted_up_to_the_line_that_is_broken(call, checkpoint, piped):
    piped('{"text": "a", "pair": "b", "id": "x"}\n{"text": "c"}\n{"txt": "d"}\n{"text": "e"}\n')
    done = call("predict", checkpoint, "-")
    assert done.code == 2
    assert [json.loads(line)["id"] for line in done.out.splitlines()] == ["x", "2"]
    assert done.err.startswith("error: -:3: an object has no field 'text' for text")


def test_rows_are_read_a_block_at_a_time(checkpoint, tmp_path):
    path = tmp_path / "rows.txt"
    path.write_text("Anna found the lamp.\n" * 10)
    predictor, read = load_predictor(checkpoint, device="cpu"), []

    def watched() -> Any:
        for record in read_records(predictor.kind, path, "text", {}):
            read.append(record.where)
            yield record

    blocks = predict_stream(predictor, watched(), 4)
    assert len(next(blocks)) == 4
    assert read == [f"{path}:{line}" for line in range(1, 5)]
    assert [len(block) for block in blocks] == [4, 2]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["{out}", "{rows}"], "this is the folder of a run"),
        (["{out}/direct/own_bitext", "{rows}"], "nothing was trained"),
        (["{out}/qa/own_bitext", "{rows}"], "an encoder without a head"),
        (["{out}/../encoder", "{rows}"], "an encoder without a head"),
        (["{rows}", "{rows}"], "there is no such model"),
        (["{out}/direct/own_nli", "{rows}.gone"], "there is no such file"),
        (["{out}/direct/own_nli", "{rows}", "--language", "Swahili"], "Swahili"),
        (["{out}/direct/own_nli", "{rows}", "--task", "own_qa"], "trained for another task"),
        (["{out}/direct/own_nli", "{rows}", "--input", "squad"], "not read from this format"),
        (["{out}/direct/own_nli", "{rows}", "--columns", "txt=0"], "did you mean 'text'"),
        (["{out}/direct/own_nli", "{rows}", "--columns", "text=7"], "there is no such column"),
        (["{out}/direct/own_nli", "{rows}", "--columns", "pair=1"], "nothing says where text"),
    ],
)
def test_wrong_arguments_are_named(call, finished, unlabeled, arguments, said):
    filled = [argument.format(out=finished / "out", rows=unlabeled) for argument in arguments]
    done = call("predict", *filled)
    assert done.code == 2, done.err
    assert said in done.err
    assert done.out == ""
