from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.stats import multivariate_normal, ortho_group
from sklearn.covariance import LedoitWolf

from xstilts.analysis.transferability import (
    _folds,
    estimates,
    h_score,
    log_maximum_evidence,
    neighbor_accuracy,
    probe_accuracy,
    similarity,
)

seeds = st.integers(0, 10_000)


def drawn(seed, samples=40, width=5, classes=3, signal=1.0):
    """Samples around one center per class."""
    generator = np.random.default_rng(seed)
    labels = generator.permutation(np.arange(samples) % classes)
    return signal * generator.normal(size=(classes, width))[labels] + generator.normal(size=(samples, width)), labels


def directions(*degrees):
    return np.stack([[math.cos(math.radians(angle)), math.sin(math.radians(angle))] for angle in degrees])


@pytest.mark.parametrize(("samples", "width"), [(30, 4), (12, 20)])
def test_logme_is_the_greatest_density_of_the_labels_under_any_prior_and_noise(samples, width):
    features, labels = drawn(3, samples, width, signal=2.0)

    def surprise(logarithms, target):
        alpha, beta = np.exp(logarithms)
        covariance = features @ features.T / alpha + np.eye(samples) / beta
        return -multivariate_normal(np.zeros(samples), covariance).logpdf(target)

    targets = [((labels == label).astype(float),) for label in range(3)]
    best = [
        min(minimize(surprise, start, target, "Nelder-Mead").fun for start in ((0, 0), (3, 3))) for target in targets
    ]
    assert log_maximum_evidence(features, labels) == pytest.approx(-np.mean(best) / samples, abs=2e-4)


@settings(deadline=None, max_examples=25)
@given(seed=seeds)
def test_logme_does_not_change_with_a_rotation(seed):
    features, labels = drawn(seed)
    rotation = ortho_group.rvs(5, random_state=seed)
    assert log_maximum_evidence(features @ rotation, labels) == pytest.approx(log_maximum_evidence(features, labels))


def test_logme_is_finite_where_the_features_say_everything_or_nothing():
    labels = np.asarray([0, 1, 0, 1])
    for features in (np.eye(4), np.ones((4, 3)), np.zeros((4, 3))):
        assert math.isfinite(log_maximum_evidence(features, labels))


@pytest.mark.parametrize(
    ("values", "score"),
    [
        ([0, 0, 2, 2], 1.0),  # all variance lies between the classes
        ([-1, 1, 1, 3], 0.5),  # class means 0 and 2: variance 1 of 2
        ([0, 2, 0, 2], 0.0),
        ([5, 5, 5, 5], 0.0),
    ],
)
def test_h_score_of_one_feature_is_the_share_of_variance_between_classes(values, score):
    features = np.asarray(values, dtype=float)[:, None]
    assert h_score(features, np.asarray([0, 0, 1, 1]), shrinkage=0.0) == pytest.approx(score)


@pytest.mark.parametrize("shrinkage", [0.0, 0.3, None])
def test_h_score_is_its_definition(shrinkage):
    features, labels = drawn(1)
    means = np.stack([features[labels == label].mean(axis=0) for label in labels])
    chosen = LedoitWolf().fit(features).shrinkage_ if shrinkage is None else shrinkage
    covariance = np.cov(features.T, bias=True)
    shrunk = (1 - chosen) * covariance + chosen * np.trace(covariance) / 5 * np.eye(5)
    expected = np.trace(np.linalg.inv(shrunk) @ np.cov(means.T, bias=True)) * (1 - chosen)
    assert h_score(features, labels, shrinkage) == pytest.approx(expected)


@settings(deadline=None, max_examples=25)
@given(seed=seeds)
def test_h_score_without_shrinkage_lies_within_bounds_that_no_linear_map_changes(seed):
    features, labels = drawn(seed)
    mapped = features @ (np.random.default_rng(seed).normal(size=(5, 5)) + 5 * np.eye(5)) + 7
    score = h_score(features, labels, shrinkage=0.0)
    assert -1e-9 <= score <= 2 + 1e-9
    assert h_score(mapped, labels, shrinkage=0.0) == pytest.approx(score)


def test_the_nearest_neighbor_votes_and_every_class_counts_the_same():
    features, labels = directions(0, 10, 22, 90, 100), np.asarray([0, 0, 1, 1, 1])
    # The sample at 22 degrees is nearest to the one at 10, of the other class: 2 of 2 and 2 of 3.
    assert neighbor_accuracy(features, labels, neighbors=1) == pytest.approx(100 * (1 + 2 / 3) / 2)
    lengths = np.asarray([1, 9, 0.5, 3, 2])[:, None]
    assert neighbor_accuracy(lengths * features, labels, neighbors=1) == pytest.approx(100 * (1 + 2 / 3) / 2)


def test_the_majority_of_neighbors_wins_and_the_nearest_one_breaks_a_tie():
    features, labels = directions(0, 4, 9, 15), np.asarray([0, 1, 0, 0])
    # With three neighbors each sample is told the majority of the three others; only the one of class 1 is wrong.
    assert neighbor_accuracy(features, labels, neighbors=3) == pytest.approx(50)
    # With two: 0 is told 1 (4 before 9); 4 is told 0; 9 is told 1 (4 before 15); 15 is told 0 (9 before 4).
    assert neighbor_accuracy(features, labels, neighbors=2) == pytest.approx(100 * (1 / 3 + 0) / 2)


def test_no_sample_is_the_neighbor_of_its_own_group():
    features, labels, groups = directions(0, 1, 90, 91), np.asarray([0, 1, 0, 1]), np.asarray([0, 0, 1, 1])
    assert neighbor_accuracy(features, labels, neighbors=1) == 0
    # 0 and 1 are nearest to 90, 90 and 91 are nearest to 1: one of two is right in each class.
    assert neighbor_accuracy(features, labels, groups, neighbors=1) == 50


@settings(deadline=None, max_examples=20)
@given(seed=seeds)
def test_neighbors_are_those_of_a_plain_search(seed):
    features, labels = drawn(seed, samples=30)
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    said = []
    for at in range(30):
        others = sorted((other for other in range(30) if other != at), key=lambda other: -unit[at] @ unit[other])[:5]
        votes = [labels[other] for other in others]
        said.append(max(votes, key=votes.count))
    recalls = [np.mean(np.asarray(said)[labels == label] == label) for label in range(3)]
    assert neighbor_accuracy(features, labels) == pytest.approx(100 * np.mean(recalls))


def test_a_probe_finds_what_is_linear_and_says_half_of_two_classes_where_nothing_is_to_find():
    features, labels = drawn(0, 60, 5, classes=2, signal=20.0)
    assert probe_accuracy(features, labels) == 100
    nothing, rare = np.ones((50, 3)), (np.arange(50) < 10).astype(int)
    assert probe_accuracy(nothing, rare) == 50  # always the frequent class: all of one, none of the other


def test_a_probe_does_not_learn_from_the_group_that_it_is_tested_on():
    generator = np.random.default_rng(0)
    half, signs = generator.normal(size=(60, 100)), generator.integers(0, 2, 60)
    features, labels = np.concatenate([half, -half]), np.concatenate([signs, 1 - signs])
    groups = np.tile(np.arange(60), 2)
    assert probe_accuracy(features, labels) > 75  # the mirror image of a sample gives its class away
    assert abs(probe_accuracy(features, labels, groups) - 50) < 15


@pytest.mark.parametrize(
    ("classes", "asked", "folds"),
    [
        ([0, 1] * 10, 4, 4),
        ([0, 1] * 10, 20, 10),  # as many as the most frequent class has samples
        ([0] * 20, 30, 5),  # as many as there are groups
    ],
)
def test_folds_are_as_many_as_asked_where_there_are_samples_enough(classes, asked, folds):
    numbers = np.asarray(classes)
    groups = np.arange(20) % 5 if numbers.max() == 0 else np.arange(20)
    found = list(_folds(numbers, groups, asked, seed=0))
    assert len(found) == folds
    assert sorted(np.concatenate([test for _, test in found])) == list(range(20))
    for train, test in found:
        assert not set(groups[train]) & set(groups[test])
        assert sorted([*train, *test]) == list(range(20))


def test_better_features_have_larger_estimates_in_all_estimators():
    good, poor = estimates(*drawn(5, 120, signal=3.0)), estimates(*drawn(5, 120, signal=0.3))
    assert all(good[name] > poor[name] for name in good)


def test_where_zero_lies_means_little_to_the_estimates():
    features, labels = drawn(4, 120, signal=2.0)
    centered = features - features.mean(axis=0)
    assert log_maximum_evidence(centered, labels) < -0.4, "nothing in it explains how frequent a class is"
    assert estimates(centered, labels)["logme"] == pytest.approx(estimates(features, labels)["logme"], abs=0.02)


def test_classes_of_one_group_are_left_out_and_one_class_has_no_estimate():
    features, labels = drawn(2, 30)
    groups = np.arange(30)
    more = np.concatenate([features, np.full((2, 5), 50.0)])
    alone = estimates(more, np.append(labels, [3, 3]), np.append(groups, [30, 30]))
    assert alone == estimates(features, labels, groups)
    assert set(estimates(features, np.zeros(30, dtype=int)).values()) == {None}


def test_similarity_is_a_cosine():
    assert similarity(np.asarray([3.0, 4.0]), np.asarray([4.0, 3.0])) == pytest.approx(24 / 25)
    assert similarity(np.asarray([3.0, 4.0]), np.asarray([-8.0, 6.0])) == pytest.approx(0)
