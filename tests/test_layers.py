"""Layers for the CPU: what torch's own give, up to the rounding that was asked for."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from xstilts.layers import Dropout, HalfLinear, drop_out, stand_in


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


def test_weights_are_rounded_anew_after_each_change():
    torch.manual_seed(0)
    half = HalfLinear(nn.Linear(4, 4, bias=False))
    inputs = torch.eye(4)
    optimizer = torch.optim.AdamW(half.parameters(), lr=0.1, fused=True)
    for change in ("none", "step", "load", "step"):
        if change == "step":
            half(inputs).float().sum().backward()
            optimizer.step()
        elif change == "load":
            half.load_state_dict({"weight": torch.arange(16.0).view(4, 4)})
        for mode in (True, False):
            half.train(mode)
            assert half(inputs).tolist() == half.weight.T.to(torch.bfloat16).tolist()
            assert half(inputs).tolist() == half.weight.T.to(torch.bfloat16).tolist()
        half.train()


@pytest.mark.parametrize("probability", [0.1, 0.5, 0.9])
def test_dropout_drops_its_share_and_keeps_the_mean(probability):
    torch.manual_seed(0)
    values = torch.full((1000, 401), 3.0, requires_grad=True)
    dropped = drop_out(values, probability)
    share = float((dropped == 0).float().mean())
    assert share == pytest.approx(probability, abs=0.004)  # 5 standard errors
    kept = dropped[dropped != 0]
    assert torch.allclose(kept, torch.full_like(kept, 3.0 / (1 - probability)), rtol=1e-4)
    dropped.sum().backward()
    assert torch.equal(values.grad != 0, dropped != 0)


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
