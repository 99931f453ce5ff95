from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from xstilts.data.examples import Answer, ChoiceExample, QuestionExample, RawTextExample, TextExample, TokenExample
from xstilts.data.features import Features, Limits
from xstilts.encoders.encoder import Encoder
from xstilts.kinds.classification import Classification
from xstilts.kinds.masked_lm import MaskedLM
from xstilts.kinds.multiple_choice import MultipleChoice
from xstilts.kinds.span_qa import SpanQA
from xstilts.kinds.tagging import Tagging
from xstilts.settings import Sampling, TrainingSettings
from xstilts.task import Task
from xstilts.training.compute import Compute
from xstilts.training.heads import ChoiceHead, ClassificationHead, SpanHead, TaggingHead
from xstilts.training.loop import TrainingRun
from xstilts.training.training_task import TrainingTask

WORDS = ["Anna", "found", "the", "red", "lamp", "in", "Port", "Lorne", "who", "sold", "old", "bell", "to", "baker"]


def text(at, words):
    return " ".join(WORDS[(at * 5 + word) % len(WORDS)] for word in range(words))


def span(at):
    context = text(at, 6 + 9 * at)
    start = context.index(" ") + 1
    return QuestionExample(str(at), text(at + 1, 3), context, (Answer(context[start:].split()[0], start),))


KINDS = {
    "classification": (
        Classification(labels=("a", "b", "c")),
        [
            TextExample(str(at), text(at, 2 + 3 * at), text(at + 1, 3) if at % 2 else None, "abc"[at % 3])
            for at in range(6)
        ],
    ),
    "multiple_choice": (
        MultipleChoice(),
        [
            ChoiceExample(str(at), text(at, 4), tuple(text(at + c, 1 + c) for c in range(2 + at % 4)), at % 2)
            for at in range(6)
        ],
    ),
    "tagging": (
        Tagging(tags=("O", "B-X", "I-X")),
        [
            TokenExample(
                str(at),
                tuple(text(at, 3 + 8 * at).split()),
                tuple(["O", "B-X", "I-X"][:: 1 + at % 2] * 50)[: 3 + 8 * at],
            )
            for at in range(6)
        ],
    ),
    "span_qa": (SpanQA(), [span(at) for at in range(6)]),
    "masked_lm": (MaskedLM(rate=0.3), [RawTextExample(str(at), text(at, 4 + 7 * at)) for at in range(6)]),
}


def gradients(kind, examples, folder, pieces, budget):
    """Loss and gradient of one step over all units, computed in micro-batches of a budget."""
    features = Features(kind.encode(examples, pieces, Limits(48, 8)))
    encoder = Encoder.load(folder)
    torch.manual_seed(3)
    heads = {"task": kind.head(encoder, 0.0)}
    task = TrainingTask(Task("task", kind, "en", ()), kind, features, (features.units,), None)
    run = TrainingRun(
        encoder,
        heads,
        [task],
        TrainingSettings(precision="fp32", dropout=0.0, max_steps=1),
        Sampling(),
        0,
        Compute(torch.device("cpu"), budget, budget),
        pieces.pad_id,
        Path("unused"),
        1e9,
        lambda done, total, note: None,
    )
    units = np.random.default_rng(0).permutation(features.units)
    loss, _ = run._gradient(task, units, seed=0)
    return loss, {name: p.grad for name, p in run.learner.named_parameters() if p.grad is not None}


@pytest.mark.parametrize("name", KINDS)
def test_a_step_is_the_same_however_it_is_cut_into_micro_batches(name, tiny_encoder, tiny_pieces):
    kind, examples = KINDS[name]
    loss, whole = gradients(kind, examples, tiny_encoder, tiny_pieces, 10**6)
    assert max(grad.abs().max() for grad in whole.values()) > 1e-3
    for budget in (1, 120):
        other_loss, cut = gradients(kind, examples, tiny_encoder, tiny_pieces, budget)
        assert other_loss == pytest.approx(loss, abs=1e-6)
        assert cut.keys() == whole.keys()
        assert max((cut[part] - whole[part]).abs().max().item() for part in whole) < 1e-6


def log_softmax(scores, at):
    return scores[at] - math.log(sum(math.exp(score) for score in scores))


def test_classification_sums_cross_entropies():
    scores, labels = [[1.0, 2.0, 0.0], [0.0, -1.0, 3.0]], [1, 0]
    loss = ClassificationHead(4, 3, 0.0).loss(torch.tensor(scores), {"labels": torch.tensor(labels)})
    expected = -sum(log_softmax(row, label) for row, label in zip(scores, labels, strict=True))
    assert loss.item() == pytest.approx(expected, rel=1e-6)


def test_choices_are_scored_against_those_of_their_own_question():
    batch = {"labels": torch.tensor([1, 0]), "choices": torch.tensor([2, 3])}
    loss = ChoiceHead(4, 0.0).loss(torch.tensor([[1.0], [2.0], [0.5], [0.0], [4.0]]), batch)
    assert loss.item() == pytest.approx(-log_softmax([1.0, 2.0], 1) - log_softmax([0.5, 0.0, 4.0], 0), rel=1e-6)


def test_pieces_without_a_tag_do_not_count():
    outputs = torch.tensor([[[1.0, 0.0], [0.0, 3.0], [7.0, -7.0]], [[2.0, 2.0], [5.0, 1.0], [0.0, 0.0]]])
    batch = {"tags": torch.tensor([[-100, 1, -100], [0, -100, -100]])}
    loss = TaggingHead(4, 2, 0.0).loss(outputs, batch)
    assert loss.item() == pytest.approx(-log_softmax([0.0, 3.0], 1) - log_softmax([2.0, 2.0], 0), rel=1e-6)


def test_spans_are_the_mean_of_start_and_end_over_real_pieces():
    starts, ends = [1.0, 2.0, 50.0], [0.0, 0.5, 50.0]  # the last piece is padding
    batch = {
        "attention_mask": torch.tensor([[1, 1, 0]]),
        "starts": torch.tensor([0]),
        "ends": torch.tensor([1]),
    }
    loss = SpanHead(4, 0.0).loss(torch.tensor([list(zip(starts, ends, strict=True))]), batch)
    assert loss.item() == pytest.approx(-(log_softmax(starts[:2], 0) + log_softmax(ends[:2], 1)) / 2, rel=1e-6)


@pytest.mark.parametrize(
    ("head", "shape", "per_piece"),
    [
        (ClassificationHead(8, 3, 0.1), (2, 3), False),
        (ChoiceHead(8, 0.1), (2, 1), False),
        (TaggingHead(8, 5, 0.1), (2, 7, 5), True),
        (SpanHead(8, 0.1), (2, 7, 2), True),
    ],
)
def test_outputs_have_the_shape_that_prediction_expects(head, shape, per_piece):
    assert head(torch.zeros(2, 7, 8), {}).shape == shape
    assert head.per_piece is per_piece


def test_sequence_heads_look_at_the_first_piece_only():
    head = ClassificationHead(8, 3, 0.0)
    hidden = torch.randn(2, 7, 8, generator=torch.Generator().manual_seed(0))
    changed = hidden.clone()
    changed[:, 1:] = 9.0
    assert torch.equal(head(hidden, {}), head(changed, {}))
    changed[:, 0] = 9.0
    assert not torch.equal(head(hidden, {}), head(changed, {}))


def test_dropout_acts_in_training_only():
    head = TaggingHead(64, 5, 0.5)
    hidden = torch.ones(1, 3, 64)
    head.eval()
    assert torch.equal(head(hidden, {}), head(hidden, {}))
    head.train()
    assert not torch.equal(head(hidden, {}), head(hidden, {}))


def test_a_task_may_have_any_name():
    from xstilts.training.heads import Heads, SpanHead

    heads = Heads({"ner.v2": SpanHead(4, 0.0), "values": SpanHead(4, 0.0)})
    assert heads["values"] is not heads["ner.v2"]
    assert len(heads.state_dict()) == 4


def test_a_classifier_pools_as_it_is_told():
    hidden = torch.tensor([[[1.0, 2.0], [3.0, 6.0], [50.0, 50.0]]])
    batch = {"attention_mask": torch.tensor([[1, 1, 0]])}
    first, mean = ClassificationHead(2, 2, 0.0), ClassificationHead(2, 2, 0.0, pooling="mean")
    mean.load_state_dict(first.state_dict())
    assert torch.equal(mean(hidden, batch), first(torch.tensor([[[2.0, 4.0]]]), batch))
    assert torch.equal(first(hidden, batch), first(torch.tensor([[[1.0, 2.0]]]), batch))


def test_classifiers_of_modernbert_have_its_hidden_layer_and_others_have_robertas(tiny_encoder):
    from xstilts.encoders.encoder import embedded_encoder

    kind = Classification(labels=("a", "b"))
    modern = kind.head(Encoder.load(embedded_encoder("nano-tiny")), 0.0)
    assert sorted(modern.state_dict()) == ["dense.weight", "norm.weight", "projection.bias", "projection.weight"]
    hidden, batch = torch.randn(2, 5, modern.dense.in_features), {"attention_mask": torch.ones(2, 5)}
    inner = torch.nn.functional.gelu(hidden.mean(1) @ modern.dense.weight.T)
    normed = (inner - inner.mean(1, keepdim=True)) / (inner.var(1, unbiased=False, keepdim=True) + 1e-5).sqrt()
    expected = normed @ modern.projection.weight.T + modern.projection.bias
    torch.testing.assert_close(modern(hidden, batch), expected)
    roberta = kind.head(Encoder.load(tiny_encoder), 0.0)
    assert sorted(roberta.state_dict()) == ["dense.bias", "dense.weight", "projection.bias", "projection.weight"]
