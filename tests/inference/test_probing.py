from __future__ import annotations

import numpy as np
import pytest
import torch

from xstilts.data.examples import ChoiceExample, SentenceExample, TextExample, TokenExample
from xstilts.data.features import Features, Limits
from xstilts.encoders.encoder import Encoder
from xstilts.inference.probing import drawn_points, point_vectors, sampled_rows, whole_rows
from xstilts.kinds.classification import Classification
from xstilts.kinds.masked_lm import MaskedLM
from xstilts.kinds.multiple_choice import MultipleChoice
from xstilts.kinds.tagging import Tagging
from xstilts.training.compute import Compute

TOKENS = [
    TokenExample("a", ("Anna", "found", "the", "lamp"), ("X", "O", "O", "O")),
    TokenExample("b", ("Juma",), ("X",)),
    TokenExample("c", ("the", "bell", "in", "Lorne"), ("O", "O", "O", "X")),
]


@pytest.fixture(scope="module")
def encoder(tiny_encoder):
    return Encoder.load(tiny_encoder)


def states(encoder, features, row):
    """Hidden states of one row alone, shape [pieces, hidden]."""
    ids = torch.from_numpy(features.ragged("input_ids")[row].astype(np.int64))[None]
    with torch.no_grad():
        return encoder.hidden_states({"input_ids": ids, "attention_mask": torch.ones_like(ids)})[0].numpy()


def vectors(encoder, features, points, budget):
    compute = Compute(torch.device("cpu"), budget, budget)
    return point_vectors(encoder, features, points, compute, pad_id=1, precision="fp32")


@pytest.mark.parametrize("budget", [1, 10**6])
def test_a_point_has_the_state_that_its_row_has_alone(encoder, tiny_pieces, budget):
    kind = Tagging(tags=("O", "X"))
    features = Features(kind.encode(TOKENS, tiny_pieces, Limits(32)))
    points = drawn_points(kind, features, most=100, seed=0)
    found = vectors(encoder, features, points, budget)
    assert len(found) == 9
    for vector, row, position in zip(found, points.rows, points.positions, strict=True):
        assert vector == pytest.approx(states(encoder, features, row)[position], abs=1e-5)


def test_a_whole_row_has_the_mean_of_its_states(encoder, tiny_pieces):
    kind = Classification(labels=("a", "b"))
    texts = ["Anna found the red lamp.", "Juma", "the bell in Port Lorne"]
    examples = [TextExample(str(at), text, None, "ab"[at % 2]) for at, text in enumerate(texts)]
    features = Features(kind.encode(examples, tiny_pieces, Limits(32)))
    points = drawn_points(kind, features, most=100, seed=0)
    found = vectors(encoder, features, points, 10**6)
    assert np.array_equal(found, vectors(encoder, features, whole_rows(features), 10**6))
    for row, vector in enumerate(found):
        assert vector == pytest.approx(states(encoder, features, row).mean(axis=0), abs=1e-5)


def test_choices_are_seen_relative_to_their_question(encoder, tiny_pieces):
    kind = MultipleChoice()
    questions = [ChoiceExample(name, "Who", ("Anna", "Juma", "the baker"), 1) for name in "abcd"]
    features = Features(kind.encode(questions, tiny_pieces, Limits(32)))
    points = drawn_points(kind, features, most=7, seed=0)
    assert len(points.rows) == 6, "two whole questions"
    found = vectors(encoder, features, points, 10**6)
    means = [states(encoder, features, row).mean(axis=0) for row in range(3)]
    for place in range(3):
        expected = means[place] - np.mean(means, axis=0)
        assert found[place] == pytest.approx(expected, abs=1e-5)
        assert found[3 + place] == pytest.approx(expected, abs=1e-5)


def test_points_are_bounded_and_drawn_by_the_seed(tiny_pieces):
    kind = Tagging(tags=("O", "X"))
    features = Features(kind.encode(TOKENS * 5, tiny_pieces, Limits(32)))
    drawn = [drawn_points(kind, features, most=10, seed=seed) for seed in (1, 1, 2)]
    places = [list(zip(points.rows.tolist(), points.positions.tolist(), strict=True)) for points in drawn]
    assert [len(set(place)) for place in places] == [10, 10, 10]
    assert places[0] == places[1] != places[2]


def test_raw_text_has_no_labeled_points(tiny_pieces):
    assert drawn_points(MaskedLM(), Features(MaskedLM().encode([], tiny_pieces, Limits(32))), most=5, seed=0) is None


def test_a_sample_is_bounded_in_order_and_drawn_by_the_seed():
    rows = [TextExample(str(at), "x", None, "a") for at in range(50)]
    first, again, other = (sampled_rows(rows, 10, seed) for seed in (1, 1, 2))
    assert first == again != other
    assert [row.id for row in first] == sorted((row.id for row in first), key=int)
    assert len({row.id for row in first}) == 10
    assert sampled_rows(rows, 60, 1) == rows


def test_sampled_queries_bring_their_matches():
    queries = [SentenceExample(f"q{at}", "x", "source", (f"c{at}",)) for at in range(9)]
    candidates = [SentenceExample(f"c{at}", "x", "target", ()) for at in range(12)]
    sample = sampled_rows([*queries, *candidates], 3, seed=0)
    sources = [row for row in sample if row.side == "source"]
    assert len(sources) == 3
    assert [row.id for row in sample if row.side == "target"] == [row.matches[0] for row in sources]
