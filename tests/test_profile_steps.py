"""The profile of training steps: every operation counts once, and what no operation took is told."""

from __future__ import annotations

import pytest

from benchmarks.profile_steps import OUTSIDE, PRODUCTS, class_of, shares_of


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("aten::addmm", PRODUCTS),
        ("aten::mm", PRODUCTS),
        ("aten::bmm", "attention"),
        ("aten::_fused_adamw_", "clipping and AdamW"),
        ("aten::mul_", "small operations"),
        ("autograd::engine::evaluate_function: AddmmBackward0", "small operations"),
    ],
)
def test_an_operation_is_of_the_class_that_its_name_begins_with(name, kind):
    assert class_of(name) == kind


def test_shares_are_of_the_whole_and_the_rest_is_outside():
    shares = shares_of({"aten::mm": 3.0, "aten::addmm": 2.0, "aten::mul": 1.0, "aten::copy_": 2.5}, whole=10.0)
    assert shares == pytest.approx({PRODUCTS: 0.5, "copies": 0.25, "small operations": 0.1, OUTSIDE: 0.15})
    assert next(iter(shares)) == PRODUCTS
