"""Products as a processor with bfloat16 makes them: the product of the rounded operands, rounded."""

import pytest
import torch
from torch.nn import functional

from benchmarks.emulated_bfloat16 import EmulatedBfloat16


def _numbers(*shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(sum(shape)))


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_the_product_of_the_rounded_operands_is_rounded_once(mode: type[torch.no_grad]) -> None:
    states, weights, bias = _numbers(5, 64), _numbers(7, 64), _numbers(7)
    rounded = [value.bfloat16().double() for value in (states, weights, bias)]
    exact = rounded[0] @ rounded[1].T + rounded[2]
    with mode(), EmulatedBfloat16() as emulated, torch.autocast("cpu", dtype=torch.bfloat16):
        made = functional.linear(states, weights, bias)
    assert emulated.made == 1
    assert made.dtype == torch.bfloat16
    assert made.double().sub(exact).abs().max() <= exact.abs().max() * 2**-8  # half a unit in the last of 8 bits


def test_gradients_come_from_such_products_too() -> None:
    weights = _numbers(7, 64).requires_grad_()
    with EmulatedBfloat16() as emulated, torch.autocast("cpu", dtype=torch.bfloat16):
        functional.linear(_numbers(5, 64), weights).float().sum().backward()
    assert emulated.made == 2
    assert weights.grad is not None
    assert weights.grad.equal(_numbers(5, 64).bfloat16().float().sum(0).bfloat16().float().expand(7, 64))


def test_other_products_are_left_alone() -> None:
    left, right = _numbers(3, 4), _numbers(4, 2)
    plain = left @ right
    with EmulatedBfloat16() as emulated:
        assert (left @ right).equal(plain)
    assert emulated.made == 0
