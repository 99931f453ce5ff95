from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
import torch

from xstilts.data.examples import SentenceExample
from xstilts.data.features import Features, ragged_column
from xstilts.errors import InputError
from xstilts.inference.retrieval import retrieve
from xstilts.kinds.bitext import Bitext
from xstilts.training.compute import Compute

CPU = Compute(torch.device("cpu"), 8, 8)
NEAR, FAR = (0.98, 0.2, 0.0), (0.0, 0.2, 0.98)


class PlantedEncoder:
    """Represents the sentence whose only piece is p by `planted[pooling][layer][p]`."""

    hidden_size = 3

    def __init__(self, planted):
        self.planted = {name: torch.tensor(layers, dtype=torch.float32) for name, layers in planted.items()}
        self.layers = len(next(iter(planted.values()))) - 1
        self.packs = False
        self.model = torch.nn.Identity()

    def pooled_layers(self, inputs, poolings):
        return {name: self.planted[name][:, inputs["input_ids"][:, 0]] for name in poolings}


def split_of(sources, targets, matches, first_piece=0):
    """Examples s0, s1, ..., t0, t1, ... with one piece each; `matches[i]` are the targets of source i."""
    examples = [SentenceExample(f"s{at}", "", "source", tuple(f"t{t}" for t in matches[at])) for at in range(sources)]
    examples += [SentenceExample(f"t{at}", "", "target", ()) for at in range(targets)]
    rows = sources + targets
    ids = [np.asarray([first_piece + at]) for at in range(rows)]
    unit = pa.array(range(rows), type=pa.int32())
    return examples, Features(pa.table({"input_ids": ragged_column(ids, np.int32), "unit": unit, "example": unit}))


def run(encoder, kind, evaluated, tuning=None, poolings=("mean",), similarities=("cosine",)):
    return retrieve(
        encoder,
        kind,
        evaluated,
        tuning,
        CPU,
        poolings=poolings,
        similarities=similarities,
        pad_id=0,
        precision="fp32",
    )


def found(table, **variant):
    return {
        row["id"]: row["prediction"]
        for row in table.to_pylist()
        if all(row[name] == value for name, value in variant.items())
    }


def test_every_layer_pooling_and_similarity_is_there_with_its_own_neighbors():
    straight, crossed = [NEAR, FAR, NEAR, FAR], [NEAR, FAR, FAR, NEAR]
    encoder = PlantedEncoder({"mean": [straight, crossed], "cls": [crossed, straight]})
    table = run(encoder, Bitext(), split_of(2, 2, [(0,), (1,)]), None, ("mean", "cls"), ("cosine", "margin"))
    assert table.num_rows == 2 * 2 * 2 * 2
    for similarity in ("cosine", "margin"):
        for pooling, layer, right in (("mean", 0, True), ("mean", 1, False), ("cls", 0, False), ("cls", 1, True)):
            expected = {"s0": "t0", "s1": "t1"} if right else {"s0": "t1", "s1": "t0"}
            assert found(table, similarity=similarity, pooling=pooling, layer=layer) == expected


def test_the_score_of_a_neighbor_is_its_cosine():
    encoder = PlantedEncoder({"mean": [[(3, 0, 0), (6, 8, 0), (0, 0, 1)]]})
    table = run(encoder, Bitext(), split_of(1, 2, [(0,)]))
    assert table["score"].to_pylist() == pytest.approx([0.6])


def test_the_margin_passes_over_a_target_that_is_near_to_everything():
    def direction(degrees):
        return np.cos(np.radians(degrees)), np.sin(np.radians(degrees)), 0.0

    encoder = PlantedEncoder({"mean": [[direction(a) for a in (0, 14, 22, 30, 10, -12)]]})
    table = run(encoder, Bitext(), split_of(4, 2, [(1,), (0,), (0,), (0,)]), similarities=("cosine", "margin"))
    assert found(table, similarity="cosine")["s0"] == "t0"
    assert found(table, similarity="margin")["s0"] == "t1"


def mined(tuning_gold, evaluated_gold):
    # Evaluated: s0 and t0 are as like each other as s0 and t0 of the tuning rows, s1 and t1 as s1 and t1 there.
    vectors = [(1, 0, 0), (0, 1, 0.3), (1, 0.1, 0), (0, 1, -0.9)]
    encoder = PlantedEncoder({"mean": [vectors * 2]})
    return run(
        encoder,
        Bitext(mining=True),
        split_of(2, 2, evaluated_gold),
        split_of(2, 2, tuning_gold, first_piece=4),
        similarities=("margin",),
    )


def test_the_threshold_is_chosen_on_the_tuning_rows():
    assert found(mined([(0,), (1,)], [(0,), (1,)])) == {"s0": "t0", "s1": "t1"}
    only_likest = found(mined([(0,), ()], [(0,), (1,)]))
    only_other = found(mined([(), ()], [(0,), (1,)]))
    assert sum(target is not None for target in only_likest.values()) == 1
    assert only_other == {"s0": None, "s1": None}


def test_gold_of_the_evaluated_rows_changes_nothing():
    tuning = [(0,), ()]
    tables = [mined(tuning, gold) for gold in ([(0,), (1,)], [(1,), (0,)], [(), ()])]
    assert tables[0].equals(tables[1])
    assert tables[0].equals(tables[2])


def test_a_threshold_is_chosen_for_each_layer():
    alike, crossed = [(1, 0, 0), (0, 1, 0), (1, 0.1, 0), (0, 1, 0.1)], [(1, 0, 0), (0, 1, 0), (0, 1, 0.1), (1, 0.1, 0)]
    # Of the tuning rows, layer 1 finds no pair right, so that it mines nothing.
    encoder = PlantedEncoder({"mean": [alike * 2, alike + crossed, crossed + alike]})
    table = run(
        encoder,
        Bitext(mining=True),
        split_of(2, 2, [(), ()]),
        split_of(2, 2, [(0,), (1,)], first_piece=4),
        similarities=("margin",),
    )
    assert found(table, layer=0) == {"s0": "t0", "s1": "t1"}
    assert found(table, layer=1) == {"s0": None, "s1": None}
    assert found(table, layer=2) == {"s0": "t1", "s1": "t0"}


@pytest.mark.parametrize("side", ["source", "target"])
def test_a_bitext_without_one_side_is_refused(side):
    examples, features = split_of(2, 1, [(), ()])
    examples = [replace(example, side=side) for example in examples]
    with pytest.raises(InputError, match="one side of a bitext is empty"):
        run(PlantedEncoder({"mean": [[NEAR] * 3]}), Bitext(), (examples, features))
