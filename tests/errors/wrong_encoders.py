"""Encoders that are not there, not whole, or not what they say; and devices."""

from __future__ import annotations

import json
import pickle
from typing import Any

from errors.catalogue import Case, study
from tiny_study import TINY

RUN = "run study.yaml --out out --device cpu"
SMALL = {"targets": {"own_nli": TINY["targets"]["own_nli"]}, "recipes": {"direct": []}}


def source(name: str, encoder: dict[str, Any], *says: str) -> Case:
    return Case(
        name, RUN, ("study.yaml:", "encoders.e", *says), {"study.yaml": study(encoders={"e": encoder}, **SMALL)}
    )


def spoiled(name: str, *says: str, **files: str | bytes | None) -> Case:
    named = {f"encoder/{file.replace('__', '.')}": content for file, content in files.items()}
    return Case(name, RUN, ("w/encoder", *says), named)


CONFIG = {
    "model_type": "xlm-roberta",
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 1,
    "vocab_size": 9,
}

CASES = [
    source("no source", {}, "one source", "path: FOLDER"),
    source("two sources", {"path": "encoder", "embedded": "nano"}, "one source", "path: FOLDER"),
    source("an unknown embedded encoder", {"embedded": "nona"}, "'nona'", "'nano'"),
    source("a folder that is not there", {"path": "gone"}, "gone: there is no such encoder directory", "a folder"),
    source("a file as a folder", {"path": "study.yaml"}, "no such encoder directory", "a folder"),
    source("a repository that is not cached", {"hub": "nobody/nothing"}, "nobody/nothing", "cannot be had"),
    source("a repository's name that is none", {"hub": "no body/../nothing"}, "no body/../nothing", "cannot be had"),
    source("a negative seed of weights", {"path": "encoder", "random_weights": -1}, "random_weights", "at least 0"),
    source("a misspelt field of an encoder", {"path": "encoder", "random": 1}, "'random'", "random_weights"),
    spoiled("no configuration", "no config.json", "config.json", config__json=None),
    spoiled("a configuration that is no JSON", "config.json", "not JSON", config__json="{"),
    spoiled("a configuration that is a list", "config.json", config__json="[]"),
    spoiled("a configuration in UTF-16", "study.yaml:", "config.json", "JSON in UTF-8", config__json="{}".encode("utf-16")),
    spoiled("a configuration without layers", "how many layers", "num_hidden_layers", config__json='{"model_type": "bert"}'),
    spoiled("an unknown architecture", "cannot be loaded", "code of others is never run", "nosuch", config__json=json.dumps({**CONFIG, "model_type": "nosuch"})),
    spoiled("an architecture of remote code", "cannot be loaded", config__json=json.dumps({**CONFIG, "model_type": "nosuch", "auto_map": {"AutoConfig": "evil.Config", "AutoModel": "evil.Model"}}), evil__py="open('trace', 'w')\n"),
    spoiled("no weights", "no weights", "model.safetensors", model__safetensors=None),
    spoiled("pickled weights", "no weights", "convert them to safetensors", model__safetensors=None, pytorch_model__bin=pickle.dumps({"a": 1})),
    spoiled("weights that are none", "cannot be read", "a whole safetensors file", model__safetensors=b"weights"),
    spoiled("empty weights", "cannot be read", model__safetensors=b""),
    spoiled("weights of nothing", "the weights are empty", model__safetensors=b"\x02\0\0\0\0\0\0\0{}"),
    spoiled("a header without end", "cannot be read", model__safetensors=b"\xff" * 64),
    spoiled("no tokenizer", "no tokenizer", "tokenizer.json", tokenizer__json=None, tokenizer_config__json=None),
    spoiled("a tokenizer that is no JSON", "tokenizer cannot be loaded", tokenizer__json="{"),
    spoiled("a tokenizer of another form", "tokenizer cannot be loaded", tokenizer__json='{"version": "1.0"}'),
    Case("an unknown device", RUN.replace("cpu", "abacus"), ["--device", "abacus", "cpu or cuda"]),
    Case("a device that is not here", RUN.replace("cpu", "cuda:99"), ["--device", "cuda:99"]),
    Case("an embedded encoder of a plan", "plan study.yaml", ["study.yaml:", "'nano-big'", "'nano'"], {"study.yaml": study(encoders={"e": {"embedded": "nano-big"}})}),
    Case("a translator that is not there", RUN, ["study.yaml:", "translators.t", "gone"], {"study.yaml": study(translators={"t": {"path": "gone"}}, recipes={"direct": [{"task": "own_nli", "translated": ["sw"], "translator": "t"}]})}),
]  # fmt: skip
