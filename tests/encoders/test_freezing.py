"""What is frozen in encoders of several architectures: all that is below the first trained layer, and nothing above."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from transformers import AutoConfig, AutoModel

from xstilts.encoders.encoder import Encoder
from xstilts.encoders.freezing import freeze
from xstilts.encoders.layers import layers_of
from xstilts.errors import InputError

SIZES = {
    **{"vocab_size": 30, "hidden_size": 16, "num_hidden_layers": 3, "num_attention_heads": 2, "intermediate_size": 16},
    **{"max_position_embeddings": 20, "pad_token_id": 0},
}
DISTANCES = {"relative_attention": True, "pos_att_type": ["c2p", "p2c"], "position_biased_input": False}
# Architecture -> its own sizes, and the weights that are neither embeddings nor layers but below them.
OTHERS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "bert": ({}, set()),
    "xlm-roberta": ({}, set()),
    "distilbert": ({"dim": 16, "n_layers": 3, "n_heads": 2, "hidden_dim": 16}, set()),
    "electra": ({"embedding_size": 8}, {"embeddings_project.weight", "embeddings_project.bias"}),
    "deberta-v2": (DISTANCES, {"encoder.rel_embeddings.weight"}),
    "mpnet": ({}, {"encoder.relative_attention_bias.weight"}),
    "modernbert": ({"eos_token_id": 1, "bos_token_id": 1, "cls_token_id": 1, "sep_token_id": 1}, set()),
}


def encoder_of(name: str) -> Encoder:
    torch.manual_seed(0)
    sizes = {**SIZES, **OTHERS.get(name, ({}, set()))[0]}
    model = AutoModel.from_config(AutoConfig.for_model(name, **sizes))
    model.pooler = None
    encoder = Encoder(model.eval())
    encoder.suit(torch.device("cpu"), half=False)
    return encoder


def frozen_in(encoder: Encoder) -> set[str]:
    return {name for name, weight in encoder.model.named_parameters() if not weight.requires_grad}


@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize("name", OTHERS)
def test_all_below_the_first_trained_layer_is_frozen_and_nothing_above(name, layers):
    encoder = encoder_of(name)
    freeze(encoder, layers)
    frozen = frozen_in(encoder)
    names = {id(weight): name for name, weight in encoder.model.named_parameters()}
    parts = [{names[id(weight)] for weight in layer.parameters()} for layer in layers_of(encoder.model)]
    embeddings = {name for name in names.values() if name.startswith("embeddings.")}
    assert frozen - OTHERS[name][1] == set.union(embeddings, *parts[:layers])
    assert OTHERS[name][1] <= frozen
    trained = set(names.values()) - frozen
    assert set().union(*parts[layers:]) <= trained


@pytest.mark.parametrize("name", ["electra", "deberta-v2", "modernbert"])
def test_embeddings_alone_are_what_the_first_layer_gets(name):
    encoder = encoder_of(name)
    freeze(encoder, 0)
    below = {"embeddings_project.weight", "embeddings_project.bias"} if name == "electra" else set()
    assert frozen_in(encoder) == {n for n, _ in encoder.model.named_parameters() if n.startswith("embeddings.")} | below


def test_layers_that_share_their_weights_are_not_frozen_one_by_one():
    encoder = encoder_of("albert")
    with pytest.raises(
        InputError, match=r"frozen_layers: 2, and albert with 0 separate layers(?s:.*)frozen_layers: 0, or none"
    ):
        freeze(encoder, 2)
    assert not frozen_in(encoder)
    freeze(encoder, 0)
    assert frozen_in(encoder) == {n for n, _ in encoder.model.named_parameters() if n.startswith("embeddings.")}
