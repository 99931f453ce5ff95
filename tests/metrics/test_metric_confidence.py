"""Calibration and contrast by hand."""

import numpy as np
import pytest

from xstilts.metrics.confidence import calibration_error, entailment_contrast

LABELS = ("entailment", "neutral", "contradiction")


def test_calibration_error_by_hand():
    # bins of 1/15: 0.95 and 0.97 share the last one, of which half is right: |1.92 - 1| = 0.92; 0.5 is right: 0.5
    error = calibration_error(np.array([0.95, 0.97, 0.5]), np.array([True, False, True]))
    assert error == pytest.approx(100 * (0.92 + 0.5) / 3)


def test_the_last_bin_has_the_confidence_of_one_and_its_neighbor_is_another():
    # 0.9 is in the 14th of 15 bins, 0.95 and 1 in the last: together the errors 0.1, -0.95 and 0 would cancel in part
    error = calibration_error(np.array([0.9, 0.95, 1.0]), np.array([True, False, True]))
    assert error == pytest.approx(100 * (0.1 + 0.95) / 3)


def test_confidence_that_is_earned_has_no_error():
    assert calibration_error(np.array([0.75] * 4), np.array([True, True, True, False])) == pytest.approx(0)
    assert calibration_error(np.ones(3), np.ones(3, dtype=bool)) == 0


def test_contrast_is_the_margin_on_both_sides():
    probabilities = np.array([[0.7, 0.2, 0.1], [0.5, 0.1, 0.4], [0.2, 0.2, 0.6], [0.1, 0.8, 0.1]])
    gold = ["entailment", "entailment", "contradiction", "neutral"]
    # entailed: margins 0.6 and 0.1, mean 0.35; contradicted: 0.4 the other way
    assert entailment_contrast(probabilities, gold, LABELS) == pytest.approx(100 * (0.35 + 0.4) / 2)


def test_pairs_of_the_two_sides_alone_have_a_contrast():
    probabilities = np.array([[0.7, 0.2, 0.1], [0.2, 0.2, 0.6]])
    assert entailment_contrast(probabilities, ["entailment", "contradiction"], LABELS) == pytest.approx(
        50 * (0.6 + 0.4)
    )


def test_certain_inference_has_the_full_contrast():
    assert entailment_contrast(np.eye(3), list(LABELS), LABELS) == 100


@pytest.mark.parametrize(("gold", "labels"), [(["a", "b"], ("a", "b")), (["entailment", "neutral"], LABELS)])
def test_without_both_sides_there_is_no_contrast(gold, labels):
    assert entailment_contrast(np.full((2, len(labels)), 1 / len(labels)), gold, labels) is None
