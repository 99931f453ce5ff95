from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest
import torch

from xstilts.data.examples import ChoiceExample
from xstilts.data.features import Features, Limits
from xstilts.errors import InputError
from xstilts.kinds.multiple_choice import MultipleChoice
from xstilts.training.heads import NormedClassifier

KIND = MultipleChoice()
ENCODER = SimpleNamespace(hidden_size=4, pooling="cls", normed_classifier=None)
EXAMPLES = [
    ChoiceExample("a", "Anna found", ("the lamp", "the bell"), 1),
    ChoiceExample("b", "Who sold", ("red", "old", "baker", "Port", "Lorne"), 4),
    ChoiceExample("c", "Juma aliuza", ("kengele", "kuukuu", "kwa"), 0),
]


@pytest.fixture(scope="module")
def features(tiny_pieces):
    return Features(KIND.encode(EXAMPLES, tiny_pieces, Limits(32)))


def test_a_question_is_one_unit_with_a_row_per_choice(features):
    assert features.unit_bounds.tolist() == [0, 2, 7, 10]
    assert features.column("example").tolist() == [0, 0, 1, 1, 1, 1, 1, 2, 2, 2]
    assert features.column("label").tolist() == [1, 1, 4, 4, 4, 4, 4, 0, 0, 0]


def test_each_row_is_the_context_and_one_choice(features, tiny_pieces):
    context, choice = tiny_pieces.texts(["Who sold", "Port"])
    assert features.ragged("input_ids")[5].tolist() == tiny_pieces.pair(context.ids, choice.ids).ids.tolist()


def test_the_loss_is_the_cross_entropy_over_the_choices_of_each_question(features):
    # As micro_batches puts them: whole questions, in any order.
    rows = np.asarray([7, 8, 9, 0, 1, 2, 3, 4, 5, 6])
    targets = KIND.targets(features, rows, 8, seed=0)
    assert targets["choices"].tolist() == [3, 2, 5]
    assert targets["labels"].tolist() == [0, 1, 4]
    assert KIND.loss_items(targets) == 3
    scores = [[1.0, 2.0, 0.5], [-1.0, 3.0], [0.0, 1.0, -2.0, 0.25, 4.0]]
    by_hand = sum(
        math.log(sum(math.exp(score) for score in question)) - question[right]
        for question, right in zip(scores, [0, 1, 4], strict=True)
    )
    outputs = torch.tensor([[score] for question in scores for score in question])
    head = KIND.head(ENCODER, 0.0)
    loss = head.loss(outputs, {name: torch.from_numpy(array) for name, array in targets.items()})
    assert loss.item() == pytest.approx(by_hand, rel=1e-6)


def test_the_head_has_the_pooling_and_the_hidden_layer_of_the_encoder():
    normed = NormedClassifier("gelu", bias=False, eps=1e-3, norm_bias=False)
    head = KIND.head(SimpleNamespace(hidden_size=4, pooling="mean", normed_classifier=normed), 0.25)
    assert (head.pooling, head.dropout.p, head.norm.eps) == ("mean", 0.25, 1e-3)
    assert tuple(head.projection.weight.shape) == (1, 4)


def test_the_gradient_of_questions_with_fewer_choices_is_finite(features):
    targets = KIND.targets(features, np.arange(10), 8, seed=0)
    outputs = torch.zeros(10, 1, requires_grad=True)
    KIND.head(ENCODER, 0.0).loss(outputs, {name: torch.from_numpy(array) for name, array in targets.items()}).backward()
    # softmax of equal scores minus the right one
    expected = [0.5, -0.5, 0.2, 0.2, 0.2, 0.2, -0.8, -2 / 3, 1 / 3, 1 / 3]
    assert outputs.grad.squeeze(1).tolist() == pytest.approx(expected)


def test_the_best_choice_of_each_question_is_predicted(features):
    scores = [0.0, math.log(3), 5.0, 1.0, 1.0, 1.0, 9.0, -1.0, -2.0, -0.5]
    outputs = [np.asarray([score], dtype=np.float32) for score in scores]
    decoded = KIND.decode(EXAMPLES, features, outputs)
    assert decoded.schema.types == [pa.string(), pa.int64(), pa.list_(pa.float32())]
    table = decoded.to_pylist()
    assert [(row["id"], row["prediction"]) for row in table] == [("a", 1), ("b", 4), ("c", 2)]
    assert [len(row["probabilities"]) for row in table] == [2, 5, 3]
    assert table[0]["probabilities"] == pytest.approx([0.25, 0.75])


def test_hidden_labels_are_minus_one(tiny_pieces):
    table = KIND.encode([ChoiceExample("a", "Anna", ("red", "old"), None)], tiny_pieces, Limits(32))
    assert Features(table).column("label").tolist() == [-1, -1]
    assert table.schema.field("label").type == pa.int32()


UNKNOWN = (
    "a label is not in the task's set\n  found:    {}\n  expected: one of 0, 1\n"
    "  to fix:   correct the row, or the task's labels"
)


@pytest.mark.parametrize(
    ("choices", "label", "message"),
    [
        (("one",), 0, "too few choices\n  found:    1\n  expected: at least 2"),
        (("one", "two"), 2, UNKNOWN.format(2)),
        (("one", "two"), -1, UNKNOWN.format(-1)),
    ],
)
def test_choices_and_labels_that_do_not_fit_are_refused(choices, label, message):
    with pytest.raises(InputError) as raised:
        KIND.check(ChoiceExample("q9", "", choices, label))
    assert str(raised.value) == f"row q9: {message}"


def test_two_choices_and_hidden_labels_are_allowed():
    for label in (0, 1, None):
        KIND.check(ChoiceExample("q9", "", ("one", "two"), label))


def test_confidence_is_that_of_the_choice_that_was_made():
    """Two questions are sure by 0.8, one of them right; one is sure by 0.5 and right: 0.3 * 2/3 + 0.5 * 1/3."""
    table = pa.table({"prediction": [1, 0, 2], "probabilities": [[0.2, 0.8], [0.8, 0.2], [0.25, 0.25, 0.5]]})
    examples = [ChoiceExample(str(at), "", ("x", "y", "z"), label) for at, label in enumerate([1, 1, 2])]
    assert KIND.confidence(examples, table) == {"calibration_error": pytest.approx(100 * (0.2 + 0.5 / 3))}


def test_the_best_constant_answer_is_the_most_frequent_position():
    examples = [ChoiceExample(str(at), "", ("x", "y"), label) for at, label in enumerate([0, 0, 0, 1])]
    assert KIND.constant_predictions(examples) == [0] * 4


def test_a_probe_sees_every_choice_as_right_or_wrong_beside_the_others(features):
    points = KIND.labeled_points(features, np.random.default_rng(0))
    assert points.rows.tolist() == list(range(10))
    assert set(points.positions.tolist()) == {-1}
    assert points.labels.tolist() == [0, 1, 0, 0, 0, 0, 1, 1, 0, 0]
    assert points.relative
