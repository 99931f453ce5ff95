from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest

from xstilts.data.examples import TextExample, TokenExample
from xstilts.data.features import Features, Limits
from xstilts.data.pieces import Pieces
from xstilts.errors import InputError
from xstilts.kinds.base import LabelError
from xstilts.kinds.classification import Classification
from xstilts.training.heads import NormedClassifier

KIND = Classification(labels=("yes", "maybe", "no"))


def test_single_texts_pairs_and_empty_pairs_are_different_sequences(bert_tokenizer):
    pieces = Pieces(bert_tokenizer)
    texts = [("the cat", None), ("the", "cat"), ("the", "")]
    examples = [TextExample(str(at), text, pair, "no") for at, (text, pair) in enumerate(texts)]
    features = Features(KIND.encode(examples, pieces, Limits(16)))
    names = [bert_tokenizer.convert_ids_to_tokens(features.ragged("input_ids")[at].tolist()) for at in range(3)]
    assert names == [
        ["[CLS]", "the", "cat", "[SEP]"],
        ["[CLS]", "the", "[SEP]", "cat", "[SEP]"],
        ["[CLS]", "the", "[SEP]", "[SEP]"],
    ]
    assert features.ragged("segments")[1].tolist() == [0, 0, 0, 1, 1]


def test_labels_are_numbered_in_the_order_of_the_task_and_hidden_ones_are_minus_one(tiny_pieces):
    examples = [TextExample(str(at), "Anna", None, label) for at, label in enumerate(["no", None, "yes", "maybe"])]
    features = Features(KIND.encode(examples, tiny_pieces, Limits(16)))
    assert features.column("label").tolist() == [2, -1, 0, 1]
    targets = KIND.targets(features, np.asarray([3, 0]), 9, seed=0)
    assert targets["labels"].tolist() == [1, 2]
    assert KIND.loss_items(targets) == 2


def test_labels_are_32_bits(tiny_pieces):
    table = KIND.encode([TextExample("a", "Anna", None, "no")], tiny_pieces, Limits(16))
    assert table.schema.field("label").type == pa.int32()


def test_sequences_fit(tiny_pieces):
    long = "Anna found the red lamp in Port Lorne. " * 10
    examples = [
        TextExample("a", long, long, "no"),
        TextExample("b", long, None, "no"),
        TextExample("c", "x", long, "no"),
    ]
    assert Features(KIND.encode(examples, tiny_pieces, Limits(20))).lengths.tolist() == [20, 20, 20]


def test_the_head_has_the_pooling_and_the_hidden_layer_of_the_encoder():
    normed = NormedClassifier("gelu", bias=False, eps=1e-3, norm_bias=False)
    head = KIND.head(SimpleNamespace(hidden_size=4, pooling="mean", normed_classifier=normed), 0.25)
    assert (head.pooling, head.dropout.p, head.norm.eps) == ("mean", 0.25, 1e-3)
    assert tuple(head.projection.weight.shape) == (3, 4)


def test_the_most_probable_label_is_predicted(tiny_pieces):
    examples = [TextExample(name, "Anna", None, None) for name in ("a", "b")]
    features = Features(KIND.encode(examples, tiny_pieces, Limits(16)))
    logits = [np.log(np.asarray(row, dtype=np.float32)) for row in ([0.1, 0.2, 0.7], [3.0, 1.0, 1.0])]
    decoded = KIND.decode(examples, features, logits)
    assert decoded.schema.types == [pa.string(), pa.string(), pa.list_(pa.float32())]
    table = decoded.to_pylist()
    assert [(row["id"], row["prediction"]) for row in table] == [("a", "no"), ("b", "yes")]
    assert table[0]["probabilities"] == pytest.approx([0.1, 0.2, 0.7])
    assert table[1]["probabilities"] == pytest.approx([0.6, 0.2, 0.2])


def test_huge_logits_do_not_overflow(tiny_pieces):
    examples = [TextExample("a", "Anna", None, None)]
    features = Features(KIND.encode(examples, tiny_pieces, Limits(16)))
    table = KIND.decode(examples, features, [np.asarray([1e4, 1e4, -1e4], dtype=np.float32)])
    assert table["probabilities"].to_pylist()[0] == pytest.approx([0.5, 0.5, 0.0])


def test_a_label_outside_the_set_is_refused():
    KIND.check(TextExample("3", "x", None, None))
    with pytest.raises(InputError) as raised:
        KIND.check(TextExample("row-7", "x", None, "perhaps"))
    assert str(raised.value) == (
        "row row-7: a label is not in the task's set\n  found:    'perhaps'\n  expected: one of yes, maybe, no\n"
        "  to fix:   correct the row, or the task's labels"
    )


def test_the_best_constant_answer_is_the_most_frequent_label():
    examples = [TextExample(str(at), "x", None, label) for at, label in enumerate(["no"] * 6 + ["yes"] * 4)]
    assert KIND.constant_predictions(examples) == ["no"] * 10


def test_a_probe_sees_every_row_with_its_label(tiny_pieces):
    examples = [TextExample(str(at), "Anna", None, label) for at, label in enumerate(["no", "yes"])]
    points = KIND.labeled_points(Features(KIND.encode(examples, tiny_pieces, Limits(16))), np.random.default_rng(0))
    assert (points.rows.tolist(), points.positions.tolist(), points.labels.tolist()) == ([0, 1], [-1, -1], [2, 0])


def test_confidence_is_compared_with_what_was_right():
    """Two rows are sure by 0.8, one of them right; one is sure by 0.5 and right: |0.5 - 0.8| * 2/3 + 0.5 * 1/3."""
    kind = Classification(labels=("yes", "no"))
    examples = [TextExample(str(at), "x", None, label) for at, label in enumerate(["yes", "yes", "no"])]
    table = pa.table({"prediction": ["yes", "no", "no"], "probabilities": [[0.8, 0.2], [0.2, 0.8], [0.5, 0.5]]})
    assert kind.confidence(examples, table) == {"calibration_error": pytest.approx(100 * (0.2 + 0.5 / 3))}


def test_inference_also_says_how_far_entailment_and_contradiction_are_apart():
    kind = Classification(labels=("contradiction", "entailment"))
    examples = [TextExample(label, "x", "y", label) for label in ("entailment", "contradiction")]
    table = pa.table({"prediction": ["entailment", "contradiction"], "probabilities": [[0.1, 0.9], [0.7, 0.3]]})
    # both are right, by 0.9 and 0.7; margins 0.8 and, the other way, 0.4
    expected = {"calibration_error": pytest.approx(100 * (0.1 + 0.3) / 2), "entailment_contrast": pytest.approx(60.0)}
    assert kind.confidence(examples, table) == expected


@pytest.mark.parametrize(
    ("labels", "advised"),
    [
        (["yes", "x", "y", "z"], "3 of 4 labels are unknown"),
        (["yes", "no", "x", "y"], None),  # half of them are known
        (["x", "y", "z"], None),  # too few to say
        (["yes", "x", "y", "z", None], "3 of 4 labels are unknown"),
    ],
)
def test_where_most_labels_are_unknown_the_columns_are_suspected(labels, advised):
    error = LabelError("1", "x", KIND.labels)
    said = error.among([TextExample(str(at), "text", None, label) for at, label in enumerate(labels)])
    assert (said is error) if advised is None else advised in str(said)
    assert "row 1" in str(said)


def test_unknown_labels_of_tokens_are_counted_one_by_one():
    rows = [TokenExample("a", ("u", "v", "w"), ("x", "y", "no")), TokenExample("b", ("u",), ("z",))]
    assert "3 of 4 labels are unknown" in str(LabelError("a", "x", KIND.labels).among(rows))
