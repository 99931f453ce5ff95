from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import threading
import unicodedata
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
import torch
from safetensors.torch import load_file, save_file

from xstilts.encoders.encoder import (
    Encoder,
    embedded_encoder,
    encoder_digest,
    encoder_folder,
    load_pieces,
    random_twin,
    weight_files,
)
from xstilts.errors import InputError


@pytest.fixture
def copied(tiny_encoder, tmp_path):
    return Path(shutil.copytree(tiny_encoder, tmp_path / "copy"))


@pytest.fixture(scope="module")
def encoder(tiny_encoder):
    loaded = Encoder.load(tiny_encoder)
    loaded.model.eval()
    return loaded


def padded(width, *rows):
    ids, mask = torch.ones(len(rows), width, dtype=torch.int64), torch.zeros(len(rows), width, dtype=torch.int64)
    for at, row in enumerate(rows):
        ids[at, : len(row)] = torch.tensor(row)
        mask[at, : len(row)] = 1
    return {"input_ids": ids, "attention_mask": mask}


ROWS = [[0, 17, 23, 9, 2], [0, 40, 2]]


def test_every_layer_is_the_mean_of_its_own_real_pieces(encoder):
    with torch.no_grad():
        pooled = encoder.pooled_layers(padded(7, *ROWS), ("mean", "cls"))
        assert pooled["mean"].shape == pooled["cls"].shape == (3, 2, 32)
        for at, row in enumerate(ROWS):
            layers = encoder.model(input_ids=torch.tensor([row]), output_hidden_states=True).hidden_states
            for number, layer in enumerate(layers):
                mean = sum(layer[0, piece] for piece in range(len(row))) / len(row)
                assert torch.allclose(pooled["mean"][number, at], mean, atol=1e-5)
                assert torch.allclose(pooled["cls"][number, at], layer[0, 0], atol=1e-5)


def test_padding_changes_no_representation(encoder):
    with torch.no_grad():
        tight = encoder.pooled_layers(padded(5, *ROWS), ("mean", "cls"))
        wide = encoder.pooled_layers(padded(60, *ROWS), ("mean", "cls"))
    assert all(torch.allclose(tight[name], wide[name], atol=1e-5) for name in tight)


def test_the_last_layer_is_what_heads_get(encoder):
    with torch.no_grad():
        states = encoder.hidden_states(padded(5, *ROWS))
        pooled = encoder.pooled_layers(padded(5, *ROWS), ("cls",))
    assert states.shape == (2, 5, 32)
    assert torch.allclose(states[:, 0], pooled["cls"][-1], atol=1e-6)


def test_an_unknown_pooling_is_refused(encoder):
    with pytest.raises(InputError, match="no such pooling"):
        encoder.pooled_layers(padded(5, *ROWS), ("max",))


def test_a_whole_folder_is_taken(tiny_encoder):
    assert encoder_folder(tiny_encoder) == tiny_encoder


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["config.json"], "no config.json"),
        (["model.safetensors"], "no weights"),
        (["tokenizer.json", "tokenizer_config.json"], "no tokenizer"),
    ],
)
def test_a_folder_that_lacks_something_is_refused(copied, names, message):
    for name in names:
        (copied / name).unlink()
    with pytest.raises(InputError, match=message) as raised:
        encoder_folder(copied)
    assert raised.value.exit_code == 2
    assert str(copied) in str(raised.value)


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match="no such encoder directory"):
        encoder_folder(tmp_path / "nowhere")


def test_pickled_weights_are_never_read(copied):
    (copied / "model.safetensors").rename(copied / "pytorch_model.bin")
    with pytest.raises(InputError, match="pickled weights, as of jiant and of old checkpoints, are not read"):
        encoder_folder(copied)


def test_missing_tensors_are_named(copied):
    tensors = load_file(copied / "model.safetensors")
    del tensors["encoder.layer.1.output.dense.weight"]
    save_file(tensors, copied / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(InputError, match=r"1 tensors are missing, among them encoder.layer.1.output.dense.weight"):
        Encoder.load(copied)


def test_weights_of_another_shape_are_refused(copied):
    config = json.loads((copied / "config.json").read_text())
    (copied / "config.json").write_text(json.dumps({**config, "intermediate_size": 48}))
    with pytest.raises(InputError, match="cannot be loaded"):
        Encoder.load(copied)


@pytest.mark.parametrize("damage", ["cut", "not json"])
def test_damaged_files_are_one_message(copied, damage):
    if damage == "cut":
        whole = (copied / "model.safetensors").read_bytes()
        (copied / "model.safetensors").write_bytes(whole[: len(whole) // 2])
    else:
        (copied / "config.json").write_text("{")
    with pytest.raises(InputError, match="the encoder cannot be loaded") as raised:
        Encoder.load(copied)
    assert raised.value.exit_code == 2


def test_a_damaged_tokenizer_is_one_message(copied):
    (copied / "tokenizer.json").write_text("{")
    with pytest.raises(InputError, match="tokenizer cannot be loaded"):
        load_pieces(copied)


def test_dropout_replaces_every_rate(tiny_encoder):
    model = Encoder.load(tiny_encoder, dropout=0.25).model
    assert (model.config.hidden_dropout_prob, model.config.attention_probs_dropout_prob) == (0.25, 0.25)
    rates = [module.p for module in model.modules() if isinstance(module, torch.nn.Dropout)]
    assert rates
    assert set(rates) == {0.25}


def test_without_a_given_dropout_the_encoder_keeps_its_own(tiny_encoder):
    model = Encoder.load(tiny_encoder).model
    assert {module.p for module in model.modules() if isinstance(module, torch.nn.Dropout)} == {0.0}


def test_a_saved_encoder_has_the_same_weights(encoder, tmp_path):
    encoder.save(tmp_path / "saved")
    again = Encoder.load(tmp_path / "saved").model.state_dict()
    assert all(torch.equal(tensor, again[name]) for name, tensor in encoder.model.state_dict().items())
    assert len(again) == len(encoder.model.state_dict())


def test_positions_are_those_that_can_be_used(encoder):
    assert Encoder.positions(encoder.model.config) == 256


def test_the_digest_is_of_the_content_and_not_of_the_place(tiny_encoder, copied):
    (copied / "README.md").write_text("a card")
    assert encoder_digest(copied) == encoder_digest(tiny_encoder)


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "tokenizer.json"])
def test_the_digest_changes_with_everything_that_changes_a_result(tiny_encoder, copied, name):
    content = bytearray((copied / name).read_bytes())
    content[-20] ^= 1
    (copied / name).write_bytes(content)
    assert encoder_digest(copied) != encoder_digest(tiny_encoder)


def test_weights_in_several_files_count_by_their_index(copied):
    tensors = load_file(copied / "model.safetensors")
    (copied / "model.safetensors").unlink()
    names = sorted(tensors)
    files = {"model-00001-of-00002.safetensors": names[:5], "model-00002-of-00002.safetensors": names[5:]}
    for file, held in files.items():
        save_file({name: tensors[name] for name in held}, copied / file, metadata={"format": "pt"})
    index = {"metadata": {}, "weight_map": {name: file for file, held in files.items() for name in held}}
    (copied / "model.safetensors.index.json").write_text(json.dumps(index))
    assert [path.name for path in weight_files(copied)] == sorted(files)
    loaded = Encoder.load(encoder_folder(copied)).model.state_dict()
    assert all(torch.equal(loaded[name], tensor) for name, tensor in tensors.items())


HUB_SCRIPT = """
import json, os, sys
from xstilts.encoders.encoder import encoder_digest, hub_encoder
from xstilts.errors import InputError
found = {}
for name, (repository, revision, offline) in json.loads(sys.argv[1]).items():
    try:
        folder = hub_encoder(repository, revision, offline)
        found[name] = [sorted(path.name for path in folder.iterdir()), encoder_digest(folder)]
    except InputError as error:
        found[name] = [error.exit_code, str(error)]
print(json.dumps(found))
"""
COMMIT = "c0ffee" * 6 + "abcd"


def git_digest(content):
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


class Hub(BaseHTTPRequestHandler):
    """As much of the hub's protocol as a download needs, for two repositories of plain files."""

    repositories: ClassVar[dict[str, dict[str, bytes]]] = {}

    def do_HEAD(self):
        self.answer(body=False)

    def do_GET(self):
        self.answer(body=True)

    def answer(self, body):
        path = self.path.split("?")[0].strip("/")
        for name, files in self.repositories.items():
            if path in (
                f"api/models/{name}",
                f"api/models/{name}/revision/main",
                f"api/models/{name}/revision/{COMMIT}",
            ):
                siblings = [{"rfilename": file} for file in files]
                self.send(json.dumps({"id": name, "sha": COMMIT, "siblings": siblings}).encode(), body)
                return
            if path == f"api/models/{name}/tree/{COMMIT}":
                tree = [
                    {"type": "file", "path": file, "size": len(content), "oid": git_digest(content)}
                    for file, content in files.items()
                ]
                self.send(json.dumps(tree).encode(), body)
                return
            prefix = f"{name}/resolve/{COMMIT}/"
            if path.startswith(prefix) and (content := files.get(path.removeprefix(prefix))) is not None:
                self.send(content, body, **{"ETag": f'"{git_digest(content)}"', "X-Repo-Commit": COMMIT})
                return
        self.send(
            b"{}", body, 404, **{"X-Error-Code": "RepoNotFound", "X-Error-Message": "there is no such repository"}
        )

    def send(self, content, body, status=200, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if body:
            self.wfile.write(content)

    def log_message(self, *_):
        pass


@pytest.fixture
def hub(tiny_encoder):
    whole = {path.name: path.read_bytes() for path in tiny_encoder.iterdir()}
    extra = {"pytorch_model.bin": b"pickle", "modeling.py": b"raise SystemExit", "onnx/model.safetensors": b"", **whole}
    bare = {"config.json": whole["config.json"], "pytorch_model.bin": b"pickle"}
    Hub.repositories = {"made/whole": extra, "made/pickled": bare}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_encoders_of_the_hub_are_fetched_or_one_message_says_why_not(hub, tiny_encoder, tmp_path):
    asked = {
        "empty cache": ("made/whole", None, True),
        "whole": ("made/whole", None, False),
        "pinned": ("made/whole", COMMIT, False),
        "cached": ("made/whole", None, True),
        "pickled": ("made/pickled", None, False),
        "missing": ("made/missing", "main", False),
        "name": ("no such name!", None, False),
    }
    done = subprocess.run(
        [sys.executable, "-c", HUB_SCRIPT, json.dumps(asked)],
        env={"PATH": "", "HF_ENDPOINT": hub, "HF_HOME": str(tmp_path), "HF_HUB_DISABLE_PROGRESS_BARS": "1"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    # Neither pickles nor code nor other folders come along, and what came is byte for byte what was there.
    whole = [
        ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"],
        encoder_digest(tiny_encoder),
    ]
    assert found["whole"] == found["pinned"] == found["cached"] == whole
    for name in ("empty cache", "missing", "name"):
        code, message = found[name]
        assert (code, name) == (2, name)
        assert f"{asked[name][0]} at main: the encoder cannot be had from the hub" in message
        assert "give its folder as `path`" in message
    assert "RepositoryNotFoundError" in found["missing"][1]
    assert found["pickled"][0] == 2
    assert "no weights" in found["pickled"][1]


def test_a_random_twin_has_the_architecture_and_tokenizer_and_other_weights(tiny_encoder, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    twin = random_twin(tiny_encoder, 3)
    assert twin.is_relative_to(tmp_path)
    assert random_twin(tiny_encoder, 3) == twin
    assert random_twin(tiny_encoder, 4) != twin
    assert load_pieces(twin).digest == load_pieces(tiny_encoder).digest
    ours, theirs = load_file(tiny_encoder / "model.safetensors"), load_file(twin / "model.safetensors")
    assert {name: tensor.shape for name, tensor in ours.items()} == {n: t.shape for n, t in theirs.items()}
    assert not torch.equal(ours["embeddings.word_embeddings.weight"], theirs["embeddings.word_embeddings.weight"])
    shutil.rmtree(twin)
    again = load_file(random_twin(tiny_encoder, 3) / "model.safetensors")
    assert all(torch.equal(theirs[name], again[name]) for name in theirs)


@pytest.mark.parametrize(("name", "millions"), [("nano", 10.2), ("nano-small", 6.2), ("nano-tiny", 3.5)])
def test_the_encoders_of_the_package_load_and_have_their_size(name, millions):
    folder = embedded_encoder(name)
    assert sum(path.stat().st_size for path in folder.iterdir()) < 25e6
    encoder = Encoder.load(folder)
    assert sum(weight.numel() for weight in encoder.model.parameters()) / 1e6 == pytest.approx(millions, abs=0.1)
    assert {weight.dtype for weight in encoder.model.parameters()} == {torch.float32}


def test_an_encoder_that_cannot_be_made_anew_is_an_error_that_names_it(tiny_encoder, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = Path(shutil.copytree(tiny_encoder, tmp_path / "odd"))
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "model_type": "odd"}))
    with pytest.raises(InputError, match=f"{folder}/config.json: the encoder cannot be loaded(?s:.*)an architecture"):
        random_twin(folder, 0)
    assert not list((tmp_path / "cache").rglob("*.safetensors"))


TEXTS = {
    "Latin": "Ọmọ náà ń kàwé; the naïve café.",
    "Cyrillic": "Дети читают книгу.",
    "Arabic": "الأطفال يقرؤون كتابًا.",
    "Hebrew": "הילדים קוראים ספר.",
    "Devanagari": "बच्चे किताब पढ़ रहे हैं।",
    "Han": "孩子们在看书。",
    "Thai": "เด็กๆ อ่านหนังสือ",
    "Khmer, which no training text has": "ក្មេងៗ",
    "Gothic, beyond the basic plane": "𐌰𐌱",
    "emoji": "👩🏽‍🌾 reads",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_no_text_is_unknown_to_nano_and_all_of_it_comes_back(text):
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(embedded_encoder("nano"))
    ids = tokenizer(text)["input_ids"]
    assert tokenizer.unk_token_id not in ids
    assert tokenizer.decode(ids, skip_special_tokens=True) == unicodedata.normalize("NFKC", text)
    assert load_pieces(embedded_encoder("nano")).texts([text])[0].ids.tolist() == ids[1:-1]


def test_an_encoder_says_how_its_classifiers_pool(tiny_encoder):
    assert Encoder.load(tiny_encoder).pooling == "cls"
    assert Encoder.load(embedded_encoder("nano")).pooling == "mean"


def test_a_chinese_word_that_stands_alone_has_the_pieces_that_it_has_in_a_sentence():
    pieces = load_pieces(embedded_encoder("nano"))
    words = pieces.words([["他们", "看", "书"]])[0]
    assert [piece for word in words for piece in word.tolist()] == pieces.texts(["他们看书"])[0].ids.tolist()
