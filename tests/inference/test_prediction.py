from __future__ import annotations

import numpy as np
import pytest
import torch

from xstilts.data.examples import SentenceExample, TextExample, TokenExample
from xstilts.data.features import Features, Limits
from xstilts.encoders.encoder import Encoder
from xstilts.inference.prediction import Pooled, head_outputs, pooled_representations
from xstilts.kinds.bitext import Bitext
from xstilts.kinds.classification import Classification
from xstilts.kinds.tagging import Tagging
from xstilts.training.compute import Compute

WORDS = ["Anna", "found", "the", "red", "lamp", "in", "Port", "Lorne"]
TEXTS = [" ".join(WORDS[at:] + WORDS * (at * 5 % 4)) for at in range(7)]


def cpu(pieces):
    return Compute(torch.device("cpu"), pieces, pieces)


@pytest.fixture(scope="module")
def encoder(tiny_encoder):
    return Encoder.load(tiny_encoder)


def outputs_of(encoder, kind, features, budget, **options):
    torch.manual_seed(11)
    head = kind.head(encoder, 0.5)
    return head, head_outputs(encoder, head, kind, features, cpu(budget), pad_id=1, precision="fp32", **options)


@pytest.fixture(scope="module")
def labeled(tiny_pieces):
    kind = Classification(labels=("a", "b", "c"))
    examples = [TextExample(str(at), text, None, "abc"[at % 3]) for at, text in enumerate(TEXTS)]
    return kind, Features(kind.encode(examples, tiny_pieces, Limits(64)))


@pytest.mark.parametrize("budget", [1, 60, 10**6])
def test_each_row_has_the_output_that_it_has_alone(encoder, labeled, budget):
    kind, features = labeled
    head, found = outputs_of(encoder, kind, features, budget)
    with torch.no_grad():
        for at, row in enumerate(found.rows):
            ids = torch.from_numpy(features.ragged("input_ids")[at].astype(np.int64))[None]
            alone = head(encoder.hidden_states({"input_ids": ids, "attention_mask": torch.ones_like(ids)}), {})
            assert row == pytest.approx(alone[0].numpy(), abs=1e-5)


@pytest.mark.parametrize("budget", [1, 60])
def test_outputs_per_piece_end_where_the_row_ends(encoder, tiny_pieces, budget):
    kind = Tagging(tags=("O", "X"))
    examples = [TokenExample(str(at), tuple(text.split()), None) for at, text in enumerate(TEXTS)]
    features = Features(kind.encode(examples, tiny_pieces, Limits(20, 4)))
    assert len(features) > len(TEXTS)
    _, found = outputs_of(encoder, kind, features, budget)
    assert [row.shape for row in found.rows] == [(length, 2) for length in features.lengths]
    _, whole = outputs_of(encoder, kind, features, 10**6)
    assert all(row == pytest.approx(other, abs=1e-5) for row, other in zip(found.rows, whole.rows, strict=True))


def test_the_loss_is_the_mean_over_all_rows(encoder, labeled):
    kind, features = labeled
    _, found = outputs_of(encoder, kind, features, 60, with_loss=True)
    losses = []
    for row, label in zip(found.rows, features.column("label"), strict=True):
        exponents = np.exp(row.astype(np.float64))
        losses.append(-np.log(exponents[label] / exponents.sum()))
    assert found.loss == pytest.approx(np.mean(losses), rel=1e-5)
    assert np.isnan(outputs_of(encoder, kind, features, 60)[1].loss)


def test_prediction_switches_dropout_off(tiny_encoder, encoder, labeled):
    kind, features = labeled
    dropping = Encoder.load(tiny_encoder, dropout=0.5)
    dropping.model.train()
    found, plain = (outputs_of(each, kind, features, 10**6)[1].rows for each in (dropping, encoder))
    assert all(np.array_equal(row, other) for row, other in zip(found, plain, strict=True))


def test_progress_counts_rows_up_to_all_of_them(encoder, labeled):
    kind, features = labeled
    seen = []
    outputs_of(encoder, kind, features, 60, progress=lambda done, total, note: seen.append((done, total)))
    assert len(seen) > 1
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})
    assert seen[-1] == (len(TEXTS), len(TEXTS))


@pytest.mark.parametrize("budget", [1, 60])
def test_sentences_are_pooled_in_the_order_of_the_rows(encoder, tiny_pieces, budget):
    examples = [SentenceExample(str(at), text, "source", None) for at, text in enumerate(TEXTS)]
    features = Features(Bitext().encode(examples, tiny_pieces, Limits(64)))
    pooled = pooled_representations(
        encoder, features, cpu(budget), poolings=("mean", "cls"), pad_id=1, precision="fp32"
    )
    assert pooled["mean"].shape == pooled["cls"].shape == (3, len(TEXTS), 32)
    with torch.no_grad():
        for at in range(len(TEXTS)):
            ids = torch.from_numpy(features.ragged("input_ids")[at].astype(np.int64))[None]
            layers = encoder.model(input_ids=ids, output_hidden_states=True).hidden_states
            for number, layer in enumerate(layers):
                assert pooled["mean"][number, at] == pytest.approx(layer[0].mean(0).numpy(), abs=1e-5)
                assert pooled["cls"][number, at] == pytest.approx(layer[0, 0].numpy(), abs=1e-5)


def test_sentences_that_come_again_are_not_pooled_again(encoder, tiny_pieces, monkeypatch):
    def features_of(texts):
        examples = [SentenceExample(str(at), text, "source", None) for at, text in enumerate(texts)]
        return Features(Bitext().encode(examples, tiny_pieces, Limits(64)))

    asked = []
    pool = encoder.pooled_layers
    monkeypatch.setattr(
        encoder, "pooled_layers", lambda batch, poolings: asked.append(len(batch["input_ids"])) or pool(batch, poolings)
    )

    def vectors(texts, known, **changes):
        settings = {"poolings": ("mean",), "pad_id": 1, "precision": "fp32", **changes}
        return pooled_representations(encoder, features_of(texts), cpu(10**6), pooled=known, **settings)

    known = Pooled()
    first = vectors(TEXTS[:4], known)["mean"]
    second = vectors(TEXTS[2:6], known)["mean"]
    assert asked == [4, 2]
    assert np.array_equal(second[:, :2], first[:, 2:])
    assert second == pytest.approx(vectors(TEXTS[2:6], None)["mean"], abs=1e-6)
    vectors(TEXTS[:2], known)  # only the last split is kept
    vectors(TEXTS[:2], known, poolings=("cls",))
    assert asked == [4, 2, 4, 2, 2]
