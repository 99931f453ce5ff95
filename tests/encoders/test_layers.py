"""Layers for the CPU: what torch's own give, up to the rounding that was asked for."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from xstilts.encoders import attention
from xstilts.encoders.attention import Group, attend
from xstilts.encoders.layers import Dropout, HalfLinear, drop_out, only_above, renew, stand_in, threshold


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("shape", [(6, 8), (2, 3, 8)])
def test_products_and_gradients_are_those_of_autocast(bias, shape):
    torch.manual_seed(0)
    plain = nn.Linear(8, 5, bias=bias)
    half = HalfLinear(plain)
    inputs = torch.randn(shape)
    results = []
    for layer in (plain, half):
        plain.zero_grad()
        fed = inputs.clone().requires_grad_()
        with torch.autocast("cpu", torch.bfloat16):
            outputs = layer(fed)
        outputs.float().square().sum().backward()
        results.append((outputs, fed.grad, *(p.grad.clone() for p in plain.parameters())))
    for expected, found in zip(*results, strict=True):
        assert found.dtype == expected.dtype
        torch.testing.assert_close(found, expected, atol=0.05, rtol=0.02)
    assert results[1][0].dtype == torch.bfloat16


def test_the_parameters_are_those_of_the_layer_that_is_replaced():
    plain = nn.Linear(3, 2)
    half = HalfLinear(plain)
    assert half.weight is plain.weight
    assert list(half.state_dict()) == list(plain.state_dict())


def test_weights_are_rounded_anew_when_they_were_changed():
    torch.manual_seed(0)
    half = HalfLinear(nn.Linear(4, 4, bias=False))
    inputs = torch.eye(4)
    optimizer = torch.optim.AdamW(half.parameters(), lr=0.1, fused=True)
    for _ in range(3):
        for _ in range(2):
            assert half(inputs).tolist() == half.weight.T.to(torch.bfloat16).tolist()
        half(inputs).float().sum().backward()
        optimizer.step()
        renew(nn.Sequential(half))


def test_weights_that_were_rounded_for_inference_can_be_trained():
    half = HalfLinear(nn.Linear(4, 4))
    with torch.inference_mode():
        half(torch.eye(4))
    half(torch.eye(4)).float().sum().backward()
    assert half.weight.grad is not None


def attend_to_rows(queries, keys, values, hidden, dropout):
    """`attend`, of rows that are equally long: [rows, heads, width, size]."""
    rows, heads, width, size = queries.shape
    pieces = [states.transpose(1, 2).reshape(-1, heads, size) for states in (queries, keys, values)]
    bias = None if hidden is None else torch.zeros(hidden.shape).masked_fill(hidden, -torch.inf)
    mixed = attend(*pieces, [(Group(0, rows * width, rows, width, None, None), bias)], 1.0, dropout)
    return mixed.view(rows, width, heads, size).transpose(1, 2)


def plain_attention(queries, keys, values, hidden):
    scores = (queries @ keys.transpose(2, 3)).masked_fill(hidden, -torch.inf)
    return scores.softmax(dim=-1) @ values


@pytest.mark.parametrize("in_cache", [1, 50, 400, 1 << 19])
@pytest.mark.parametrize("masked", [True, False])
def test_attention_in_parts_is_attention(in_cache, masked, monkeypatch):
    monkeypatch.setattr(attention, "_IN_CACHE", in_cache)
    torch.manual_seed(0)
    states = [torch.randn(3, 4, 7, 5, requires_grad=True) for _ in range(3)]
    hidden = torch.zeros(3, 1, 1, 7, dtype=torch.bool)
    if masked:
        hidden[1, ..., 4:] = hidden[2, ..., 1:] = True
    weights = torch.randn(3, 4, 7, 5)
    gradients = []
    mixed = []
    for way in (plain_attention, lambda q, k, v, h: attend_to_rows(q, k, v, h if masked else None, 0.0)):
        mixed.append(way(*states, hidden))
        gradients.append(torch.autograd.grad((mixed[-1] * weights).sum(), states))
    torch.testing.assert_close(mixed[1], mixed[0])
    for found, expected in zip(gradients[1], gradients[0], strict=True):
        torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_attention_drops_probabilities_and_its_gradient_knows_which(dtype, monkeypatch):
    # With keys of 0 all probabilities are 1/width, and with the identity as values the mixed values are what is left.
    monkeypatch.setattr(attention, "_IN_CACHE", 2 * 64 * 64)
    torch.manual_seed(0)
    queries = torch.randn(2, 3, 64, 64).to(dtype).requires_grad_()
    keys = torch.zeros(2, 3, 64, 64, dtype=dtype, requires_grad=True)
    values = torch.eye(64, dtype=dtype).expand(2, 3, 64, 64).clone().requires_grad_()
    mixed = attend_to_rows(queries, keys, values, None, 0.25)
    kept = mixed > 0
    assert float(kept.float().mean()) == pytest.approx(0.75, abs=0.015)
    torch.testing.assert_close(mixed[kept].float(), torch.full((int(kept.sum()),), 1 / 64 / 0.75), rtol=0.01, atol=0.0)
    weights = torch.randn(2, 3, 64, 64).to(dtype)
    (mixed * weights).sum().backward()
    thinned = kept.float() / 64 / 0.75
    expected = thinned.transpose(2, 3) @ weights.float()
    torch.testing.assert_close(values.grad.float(), expected, atol=0.02, rtol=0.02)
    # Of scores s with p = 1/64: dL/ds = p * (g - mean(g)), where g is the gradient of p, 0 where it was dropped.
    of_p = weights.float() * kept / 0.75
    of_scores = (of_p - of_p.mean(dim=-1, keepdim=True)) / 64
    torch.testing.assert_close(
        keys.grad.float(), of_scores.transpose(2, 3) @ queries.detach().float(), atol=0.02, rtol=0.05
    )


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("probability", [0.001, 0.1, 0.5, 0.9])
def test_dropout_drops_its_share_and_keeps_the_mean(probability, dtype):
    torch.manual_seed(0)
    values = torch.full((1000, 401), 3.0, dtype=dtype, requires_grad=True)
    dropped = drop_out(values, probability)
    share = float((dropped == 0).float().mean())
    assert share == pytest.approx(probability, abs=5 * (probability * (1 - probability) / values.numel()) ** 0.5)
    kept = dropped[dropped != 0]
    expected = torch.full_like(kept, 3.0 / (1 - probability))
    assert torch.allclose(kept, expected, rtol=1e-4 if dtype == torch.float32 else 2**-8)
    dropped.sum().backward()
    assert torch.equal(values.grad != 0, dropped != 0)


@pytest.mark.parametrize("probability", [0.001, 0.1, 0.498, 0.499, 0.9])
def test_of_all_patterns_of_sixteen_bits_the_threshold_drops_the_nearest_share(probability):
    every = torch.arange(-(1 << 15), 1 << 15).to(torch.int16).view(torch.bfloat16)
    kept = only_above(threshold(probability, torch.bfloat16), every, torch.ones_like(every))
    # 0 and -0 are equal, so the pattern between them cannot be told from its neighbor.
    assert int((kept == 0).sum()) == pytest.approx(probability * (1 << 16), abs=1)


def test_what_is_dropped_depends_on_the_seed_alone():
    drawn = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        drawn.append(drop_out(torch.ones(100, 7), 0.3))
    assert torch.equal(drawn[0], drawn[1])
    assert not torch.equal(drawn[0], drawn[2])


def test_nothing_is_dropped_at_rest_or_with_probability_0():
    values = torch.ones(5)
    assert Dropout(0.5).eval()(values) is values
    assert Dropout(0.0)(values) is values


def test_a_model_gets_its_layers_replaced_at_every_depth():
    model = nn.Sequential(nn.Linear(2, 2), nn.ModuleDict({"inner": nn.Sequential(nn.Dropout(0.2), nn.Linear(2, 2))}))
    names = list(model.state_dict())
    stand_in(model, half=True)
    assert type(model[0]) is type(model[1]["inner"][1]) is HalfLinear
    assert type(model[1]["inner"][0]) is Dropout
    assert model[1]["inner"][0].p == 0.2
    assert list(model.state_dict()) == names
    plain = nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.1))
    stand_in(plain, half=False)
    assert [type(layer) for layer in plain] == [nn.Linear, Dropout]
