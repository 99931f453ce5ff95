"""An exported checkpoint computes what its stage computed, for somebody who has only `transformers`."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from exported_study import write_run
from huggingface_hub import ModelCard, metadata_load
from safetensors import safe_open

from xstilts.encoders.encoder import Encoder, load_pieces
from xstilts.errors import InputError
from xstilts.kinds.classification import Classification
from xstilts.kinds.masked_lm import MaskedLM
from xstilts.kinds.multiple_choice import MultipleChoice
from xstilts.kinds.span_qa import SpanQA
from xstilts.kinds.tagging import Tagging
from xstilts.sharing.architectures import AUTO_CLASSES, with_head
from xstilts.sharing.export import export
from xstilts.sharing.model_card import _synthetic
from xstilts.sharing.trained import dev_score, find_trained

ROWS = ["Anna found the red lamp in Port Lorne.", "Who sold the old bell?", "Juma aliuza kengele kuukuu."]
OTHERS = ["The lamp is red.", "The bell was sold to the baker.", "Kengele ni kuukuu."]
# What a stranger runs: nothing of this package can be imported.
STRANGER = """
import json, sys, torch, transformers
try:
    import xstilts
except ModuleNotFoundError:
    pass
else:
    raise SystemExit("xstilts is there")
transformers.utils.logging.set_verbosity_error()
asked = json.load(open(sys.argv[1]))
said = {}
for folder, (kind, name) in asked["models"].items():
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model, report = getattr(transformers, name).from_pretrained(folder, output_loading_info=True)
    assert not report["missing_keys"] and not report["unexpected_keys"], (folder, report)
    model.eval()
    pairs = kind in ("classification", "multiple_choice", "span_qa")
    inputs = tokenizer(asked["rows"], asked["others"] if pairs else None, padding=True, return_tensors="pt")
    with torch.inference_mode():
        if kind == "multiple_choice":
            made = model(**{name: tensor.unsqueeze(0) for name, tensor in inputs.items()})
        else:
            made = model(**inputs)
    if kind == "span_qa":
        outputs = torch.stack([made.start_logits, made.end_logits], dim=-1)
    else:
        outputs = made.logits
    said[folder] = {
        "outputs": outputs.tolist(), "mask": inputs["attention_mask"].tolist(), "labels": model.config.id2label,
        "rows": len(model.get_input_embeddings().weight),
    }
json.dump(said, open(sys.argv[2], "w"))
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_run(tmp_path_factory.mktemp("exports"))


def language_model(run: Path, encoder: str) -> str:
    """The key of the stage that trained a language model."""
    stages = json.loads((run / "plan.json").read_text())["stages"]
    (key,) = [stage["key"] for stage in stages if stage["title"] == f"train {encoder} → own_text (seed 1)"]
    return key


def our_outputs(out: Path, name: str) -> list[np.ndarray]:
    """What encoder and head of a stage say of the rows, without padding and one by one."""
    trained = find_trained(out, name)
    _, folder = trained.pretrained()
    encoder, head = trained.load(folder)
    pieces, kind = load_pieces(folder), trained.kind
    texts, others = pieces.texts(ROWS), pieces.texts(OTHERS)
    found = []
    encoder.model.eval()
    head.eval()
    for text, other in zip(texts, others, strict=True):
        paired = isinstance(kind, Classification | MultipleChoice | SpanQA)
        sequence = pieces.pair(text.ids, other.ids) if paired else pieces.single(text.ids)
        ids = torch.from_numpy(sequence.ids.astype("int64"))[None]
        batch = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
        with torch.inference_mode():
            hidden = encoder.model(**batch).last_hidden_state
            if isinstance(kind, MaskedLM):
                features = head.norm(torch.nn.functional.gelu(head.dense(hidden)))
                table = encoder.model.get_input_embeddings().weight
                found.append((features @ table.T + head.bias)[0].numpy())
            else:
                found.append(head(hidden, batch)[0].numpy())
    return found


def test_a_stranger_loads_every_kind_and_gets_the_same_outputs(run, tmp_path):
    names = {
        f"{encoder}-{target}": f"{encoder}/direct/{target}"
        for encoder in ("tiny", "nano")
        for target in ("own_nli", "own_choice", "own_ner", "own_qa")
    } | {f"{encoder}-text": language_model(run, encoder) for encoder in ("tiny", "nano")}
    models = {}
    for folder, name in names.items():
        trained = find_trained(run, name)
        exported = export(trained, tmp_path / folder)
        models[str(tmp_path / folder)] = (trained.kind.name, exported.auto_class)
    assert {name for _, name in models.values()} == set(AUTO_CLASSES.values())
    (tmp_path / "asked.json").write_text(json.dumps({"models": models, "rows": ROWS, "others": OTHERS}))
    command = [sys.executable, "-c", HIDDEN + STRANGER, str(tmp_path / "asked.json"), str(tmp_path / "said.json")]
    done = subprocess.run(command, cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said = json.loads((tmp_path / "said.json").read_text())
    for folder, name in names.items():
        theirs = said[str(tmp_path / folder)]
        ours = our_outputs(run, name)
        outputs = np.asarray(theirs["outputs"])
        if folder.endswith("own_choice"):
            outputs = outputs.reshape(-1, 1)
        for row, (mine, mask) in enumerate(zip(ours, theirs["mask"], strict=True)):
            other = outputs[row][: sum(mask)] if mine.ndim == 2 else outputs[row]
            assert other.shape == mine.shape, folder
            np.testing.assert_allclose(other, mine, rtol=0, atol=1e-4 * float(np.abs(mine).max()), err_msg=folder)
        assert max(np.abs(row).max() for row in ours) > 1e-3, folder  # a head of zeros would prove nothing
    labels = said[str(tmp_path / "nano-own_nli")]["labels"]
    assert list(labels.values()) == ["entailment", "neutral", "contradiction"]
    whole = len(
        Encoder.load(find_trained(run, "tiny/direct/own_nli").pretrained()[1]).model.get_input_embeddings().weight
    )
    assert said[str(tmp_path / "tiny-own_nli")]["rows"] == whole


# A finder before all others that knows nothing of the package, wherever it is installed.
HIDDEN = """
import sys
class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "xstilts":
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Hidden())
"""
ENVIRONMENT = {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1", "PATH": ""}


def test_an_encoder_without_a_head_says_how_its_pieces_become_a_vector(run, tmp_path):
    exported = export(find_trained(run, "tiny/text/own_bitext"), tmp_path / "model")
    assert exported.auto_class == "AutoModel"
    assert exported.task is None
    modules = json.loads((tmp_path / "model/modules.json").read_text())
    assert [module["path"] for module in modules] == ["", "1_Pooling"]
    pooling = json.loads((tmp_path / "model/1_Pooling/config.json").read_text())
    assert pooling["pooling_mode_mean_tokens"]
    assert pooling["word_embedding_dimension"] == 32
    with safe_open(tmp_path / "model/model.safetensors", framework="pt") as exported_weights:
        names = set(exported_weights.keys())
    assert not any(name.startswith(("classifier", "lm_head")) for name in names)


def test_the_head_can_be_left_out(run, tmp_path):
    exported = export(find_trained(run, "nano/direct/own_nli"), tmp_path / "model", encoder_only=True)
    assert exported.auto_class == "AutoModel"
    assert json.loads((tmp_path / "model/config.json").read_text())["architectures"] == ["ModernBertModel"]


def test_the_card_is_one_that_the_hub_reads(run, tmp_path):
    export(find_trained(run, "nano/text/own_ner"), tmp_path / "model", name="me/ner")
    card = ModelCard.load(tmp_path / "model/README.md")
    data: dict[str, Any] = metadata_load(tmp_path / "model/README.md")
    assert data["language"] == ["de", "en"]
    assert data["pipeline_tag"] == "token-classification"
    (index,) = data["model-index"]
    results = {(r["dataset"]["config"], r["metrics"][0]["type"]): r["metrics"][0]["value"] for r in index["results"]}
    hub = {"tag_f1": "f1", "token_accuracy": "accuracy"}
    table = {(code, hub[name]): value for (code, name), value in find_table(run, "nano", "text", "own_ner").items()}
    assert data["metrics"] == ["accuracy", "f1"]
    assert results == {key: pytest.approx(value, abs=0.006) for key, value in table.items()}
    assert len(card.data.eval_results) == 4
    assert "2. Trained on `own_text`: 3 steps" in card.text
    assert "3. Trained on `own_ner`: 3 steps" in card.text
    assert "| own_ner test | German (de) | tag_f1 |" in card.text
    assert "Labels were seen in English only" in card.text
    assert str(run) not in card.content


def find_table(run: Path, encoder: str, recipe: str, target: str) -> dict[tuple[str, str], float]:
    import polars as pl

    table = pl.read_parquet(run / "results.parquet")
    mine = table.filter((pl.col("encoder") == encoder) & (pl.col("recipe") == recipe) & (pl.col("target") == target))
    return {(row["language"], row["metric"]): row["value"] for row in mine.iter_rows(named=True)}


def test_the_intervals_of_the_card_hold_the_scores(run, tmp_path):
    export(find_trained(run, "tiny/direct/own_nli"), tmp_path / "model")
    card = ModelCard.load(tmp_path / "model/README.md")
    rows = [line.split("|") for line in card.text.splitlines() if line.startswith("| own_nli test")]
    assert len(rows) == 2
    for row in rows:
        low, _, high = row[5].strip().partition(" to ")
        assert float(low) <= float(row[4]) <= float(high)


def test_a_filled_folder_is_left_alone(run, tmp_path):
    (tmp_path / "model").mkdir()
    (tmp_path / "model/mine.txt").write_text("mine")
    with pytest.raises(InputError, match="not empty"):
        export(find_trained(run, "tiny/direct/own_nli"), tmp_path / "model")
    assert [path.name for path in (tmp_path / "model").iterdir()] == ["mine.txt"]


def test_a_failure_leaves_nothing(run, tmp_path, monkeypatch):
    monkeypatch.setattr("xstilts.sharing.export.model_card", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        export(find_trained(run, "tiny/direct/own_nli"), tmp_path / "folder/model")
    assert list((tmp_path / "folder").iterdir()) == []


def test_a_damaged_stage_is_not_exported(run, tmp_path):
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(run.parent, copy)
    plan = json.loads((copy / "out/plan.json").read_text())
    (copy / "out/plan.json").write_text(json.dumps({**plan, "store": str(copy / "store")}))
    trained = find_trained(copy / "out", "tiny/direct/own_nli")
    raw = bytearray((trained.folder / "model.safetensors").read_bytes())
    raw[-1] ^= 1
    (trained.folder / "model.safetensors").write_bytes(raw)
    with pytest.raises(InputError, match=r"damaged\n  found:    model.safetensors"):
        export(trained, tmp_path / "model")
    assert not (tmp_path / "model").exists()


def test_an_encoder_of_another_architecture_keeps_its_head_for_itself():
    from transformers import ElectraConfig, ElectraModel

    config = ElectraConfig(
        vocab_size=20, embedding_size=8, hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8
    )
    encoder, kind = Encoder(ElectraModel(config)), Tagging(tags=("a", "b"))
    with pytest.raises(InputError, match=r"(?s)electra.*--encoder-only"):
        with_head(encoder, kind.head(encoder, 0.0), kind)


def test_bert_computes_the_same_too():
    from transformers import BertConfig, BertModel

    config = BertConfig(vocab_size=40, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16)
    ids = torch.arange(5, 15)[None]
    batch = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
    for kind in (Classification(labels=("a", "b", "c")), Tagging(tags=("a", "b")), SpanQA(), MultipleChoice()):
        encoder = Encoder(BertModel(config, add_pooling_layer=False).eval())
        head = kind.head(encoder, 0.0).eval()
        for parameter in head.parameters():
            torch.nn.init.normal_(parameter)
        model = with_head(encoder, head, kind)
        with torch.inference_mode():
            ours = head(encoder.model(**batch).last_hidden_state, batch)
            asked = {k: v[None] for k, v in batch.items()} if isinstance(kind, MultipleChoice) else batch
            said = model(**asked)
        theirs = torch.stack([said.start_logits, said.end_logits], -1) if isinstance(kind, SpanQA) else said.logits
        torch.testing.assert_close(theirs, ours)


def test_norms_with_a_bias_are_undone_too():
    from transformers import ModernBertConfig, ModernBertModel

    config = ModernBertConfig(
        vocab_size=40, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16, norm_bias=True,
        pad_token_id=0,
    )  # fmt: skip
    encoder = Encoder(ModernBertModel(config).eval())
    torch.nn.init.normal_(encoder.model.final_norm.bias)
    torch.nn.init.uniform_(encoder.model.final_norm.weight, 0.5, 2.0)
    kind = Tagging(tags=("a", "b", "c"))
    head = kind.head(encoder, 0.0).eval()
    torch.nn.init.normal_(head.projection.weight)
    model, ids = with_head(encoder, head, kind), torch.arange(5, 15)[None]
    batch = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
    with torch.inference_mode():
        torch.testing.assert_close(
            model(**batch).logits, head(encoder.model(**batch).last_hidden_state, batch), rtol=0, atol=1e-3
        )


def test_of_several_seeds_the_best_on_dev_is_taken(run):
    assert dev_score({"training": {"best_step": 2, "evaluations": [{"step": 2, "score": 7.0}]}}) == 7.0
    assert dev_score({"training": {"best_step": 2, "evaluations": [{"step": 2, "score": None}]}}) == float("-inf")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("direct/own_nli", "several encoders"),
        ("tiny/direct/own_nly", "did you mean 'tiny/direct/own_nli'"),
        ("tiny/direct/own_nli/7", "no such results"),
        ("0123456789", "no training stages begin with this key"),
        ("", "several training stages begin with this key"),
        ("tiny/direct/own_bitext", "nothing was trained"),
    ],
)
def test_what_is_not_there_is_named(run, name, said):
    with pytest.raises(InputError, match=said):
        find_trained(run, name)


def test_a_stage_is_found_by_key_by_name_and_by_what_was_predicted_with_it(run):
    by_name = find_trained(run, "tiny/direct/own_nli/1")
    stages = json.loads((run / "plan.json").read_text())["stages"]
    (score,) = [s["key"] for s in stages if s["title"] == "score own_nli de test by tiny → own_nli (seed 1)"]
    assert find_trained(run, by_name.key[:12]).key == find_trained(run, score).key == by_name.key
    assert find_trained(run, by_name.key[:12]).task == "own_nli"
    with pytest.raises(InputError, match="was not trained on own_ner"):
        find_trained(run, by_name.key, "own_ner")


@pytest.mark.parametrize(
    ("stages", "said"),
    [
        (["mini-nli", "mine"], "- **It was trained on synthetic sentences** before its last stage."),
        (["mine", "mini-ner"], "is of no other use"),
        (["snli", "mine"], None),
    ],
)
def test_only_a_model_that_ends_with_synthetic_data_is_of_no_other_use(stages, said):
    found = _synthetic([{"spec": {"tasks": [{"task": name}]}} for name in stages])
    assert len(found) == (0 if said is None else 1)
    assert said is None or said in found[0]


def test_the_card_of_a_tagger_reads_the_first_piece_of_each_word(run, tmp_path):
    export(find_trained(run, "nano/direct/own_ner"), tmp_path / "model", name=str(tmp_path / "model"))
    _, *blocks = (tmp_path / "model/README.md").read_text().split("```python\n")
    code = "".join(block.partition("```")[0] for block in blocks)
    done = subprocess.run(
        [sys.executable, "-c", HIDDEN + code], env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    pairs = ast.literal_eval(done.stdout)
    assert [word for word, _ in pairs] == ["Juma", "anaishi", "Hanoi"]
    labels = json.loads((tmp_path / "model/config.json").read_text())["label2id"]
    assert {tag for _, tag in pairs} <= set(labels)
