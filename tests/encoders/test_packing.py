"""Packed rows: every piece has the hidden state, and every weight the gradient, that it has with padding."""

from __future__ import annotations

import pytest
import torch
import transformers
from hypothesis import given, settings
from hypothesis import strategies as st

from xstilts.encoders import packing
from xstilts.encoders.encoder import Encoder
from xstilts.encoders.packing import Packing, can_pack, choose_attention, packed_states

SMALL = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 48, "vocab_size": 90}
NO_DROPOUT = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
MODELS = {
    "xlm-roberta": lambda: transformers.XLMRobertaModel(
        transformers.XLMRobertaConfig(**SMALL, **NO_DROPOUT, max_position_embeddings=90), add_pooling_layer=False
    ),
    "xlm-roberta-xl": lambda: transformers.XLMRobertaXLModel(
        transformers.XLMRobertaXLConfig(**SMALL, **NO_DROPOUT, max_position_embeddings=90), add_pooling_layer=False
    ),
    "bert": lambda: transformers.BertModel(
        transformers.BertConfig(**SMALL, **NO_DROPOUT, max_position_embeddings=90), add_pooling_layer=False
    ),
    "modernbert": lambda: transformers.ModernBertModel(
        transformers.ModernBertConfig(
            **SMALL, max_position_embeddings=90, global_attn_every_n_layers=2, local_attention=12, pad_token_id=1
        )
    ),
}


def model_of(name):
    torch.manual_seed(0)
    model = MODELS[name]().eval()
    for parameter in model.parameters():  # of freshly made ones attention is all but even
        if parameter.ndim > 1:
            torch.nn.init.normal_(parameter, std=0.3)
    return model


def inputs_of(lengths, segments=False):
    generator = torch.Generator().manual_seed(sum(lengths))
    mask = (torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]).long()
    pieces = torch.randint(4, 90, mask.shape, generator=generator)
    inputs = {"input_ids": torch.where(mask.bool(), pieces, 1), "attention_mask": mask}
    if segments:
        inputs["token_type_ids"] = torch.randint(0, 2, mask.shape, generator=generator) * mask
    return inputs


@settings(deadline=None)
@given(st.lists(st.integers(1, 30), min_size=1, max_size=12))
def test_what_is_packed_comes_back_to_its_place(lengths):
    mask = (torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]).long()
    values = torch.arange(1, mask.numel() + 1).view(mask.shape) * mask
    rows = Packing(mask)
    packed = rows.pack(values)
    assert packed.shape == (1, sum(lengths))
    assert (packed > 0).all()
    assert rows.unpack(packed.unsqueeze(-1).float()).squeeze(-1).long().tolist() == values.tolist()
    assert [group.stop - group.start for group in rows.groups] == [
        sum(sorted(lengths, reverse=True)[first:last])
        for first, last in packing._cuts(sorted(lengths, reverse=True), 1 << 15)
    ]
    assert all(group.rows == 1 or group.rows * group.width**2 <= 1 << 15 for group in rows.groups)
    assert all(group.rows * group.width <= 1.2 * (group.stop - group.start) for group in rows.groups)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("lengths", [[5], [7, 7, 7], [20, 20], [3, 19, 8, 8, 1, 40], [26, 2, 25, 24], [*[40] * 9, 12]])
def test_states_and_gradients_are_those_of_padded_rows(name, lengths):
    model = model_of(name)
    inputs = inputs_of(lengths, segments=name == "bert")
    weights = torch.randn(len(lengths), max(lengths), 32, generator=torch.Generator().manual_seed(1))
    weights *= inputs["attention_mask"].unsqueeze(-1)

    def loss_and_gradients(states):
        model.zero_grad()
        (states * weights).sum().backward()
        return {part: p.grad.clone() for part, p in model.named_parameters() if p.grad is not None}

    padded = model(**inputs).last_hidden_state
    expected = loss_and_gradients(padded)
    choose_attention(model)
    unpacked = Packing(inputs["attention_mask"]).unpack(packed_states(model, inputs).last_hidden_state)
    found = loss_and_gradients(unpacked)
    real = inputs["attention_mask"].bool()
    torch.testing.assert_close(unpacked[real], padded[real], atol=1e-4, rtol=1e-4)
    assert found.keys() == expected.keys()
    for part, gradient in expected.items():
        torch.testing.assert_close(found[part], gradient, atol=1e-3 * float(gradient.abs().max()) + 1e-4, rtol=1e-3)


def test_long_rows_attend_without_a_matrix(monkeypatch):
    model = model_of("modernbert")
    inputs = inputs_of([40, 33, 6])
    choose_attention(model)
    with torch.no_grad():
        expected = packed_states(model, inputs).last_hidden_state
        monkeypatch.setattr(packing, "_LONG", 8)
        found = packed_states(model, inputs).last_hidden_state
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("name", MODELS)
def test_known_architectures_can_be_packed_and_keep_their_attention(name):
    model = model_of(name)
    packing._SEEN.clear()
    chosen = model.config._attn_implementation
    assert can_pack(model)
    assert model.config._attn_implementation == chosen


def test_an_architecture_whose_rows_would_see_each_other_cannot_be_packed(monkeypatch):
    def sees_all(module, query, key, value, mask, *, packing, scaling, **_):
        states = (query * scaling @ key.transpose(2, 3)).softmax(-1) @ value
        return states.transpose(1, 2), None

    monkeypatch.setattr(packing, "packed_attention", sees_all)
    packing._SEEN.clear()
    assert not can_pack(model_of("xlm-roberta"))
    packing._SEEN.clear()


def test_an_architecture_without_positions_of_its_own_cannot_be_packed():
    config = transformers.DebertaV2Config(**SMALL, relative_attention=True, position_biased_input=False)
    assert not can_pack(transformers.DebertaV2Model(config).eval())


def test_every_layer_is_the_same_with_and_without_padding(tiny_encoder):
    inputs = inputs_of([9, 4, 12])
    padded, packed = Encoder.load(tiny_encoder), Encoder.load(tiny_encoder)
    packed.suit(torch.device("cpu"), half=False)
    assert packed.packs
    padded.model.eval(), packed.model.eval()
    with torch.inference_mode():
        expected = padded.pooled_layers(inputs, ("mean", "cls"))
        found = packed.pooled_layers(inputs, ("mean", "cls"))
    for pooling, layers in expected.items():
        torch.testing.assert_close(found[pooling], layers, atol=1e-5, rtol=1e-4)


def test_the_kernel_for_rows_of_any_lengths_is_asked_for_the_rows_of_the_pack(tiny_encoder, monkeypatch):
    """The kernel runs on GPUs alone; here plain attention over the rows that it was told about stands in for it."""

    def varlen_attn(query, key, value, bounds, of_keys, longest, longest_key, scale):
        assert bounds.dtype == torch.int32
        assert torch.equal(bounds, of_keys)
        assert longest == longest_key == int(bounds.diff().max())
        rows = []
        for first, last in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
            queries, keys, values = (states[first:last].transpose(0, 1) for states in (query, key, value))
            rows.append((torch.softmax(queries @ keys.transpose(1, 2) * scale, dim=-1) @ values).transpose(0, 1))
        return torch.cat(rows)

    monkeypatch.setattr("xstilts.encoders.packing.has_kernel", lambda states: True)
    monkeypatch.setattr("torch.nn.attention.varlen.varlen_attn", varlen_attn)
    model = Encoder.load(tiny_encoder).model.eval()
    mask = (torch.arange(9) < torch.tensor([4, 9, 1])[:, None]).long()
    inputs = {"input_ids": torch.randint(5, 60, mask.shape) * mask + (1 - mask), "attention_mask": mask}
    with torch.no_grad():
        expected = model(**inputs).last_hidden_state * mask.unsqueeze(-1)
        choose_attention(model)
        packing = Packing(mask)
        found = packing.unpack(packed_states(model, inputs, packing).last_hidden_state)
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-4)
