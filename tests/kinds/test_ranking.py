"""Ranking: what is a candidate's query, what a step's negatives are, and the loss worked out by hand."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from xstilts.data.examples import SentenceExample
from xstilts.data.features import Features, Limits
from xstilts.data.pieces import Pieces
from xstilts.errors import InputError
from xstilts.kinds.ranking import Ranking
from xstilts.metrics import metric
from xstilts.training.heads import RankingHead


def query(name: str, text: str, *matches: str) -> SentenceExample:
    return SentenceExample(name, text, "source", matches)


def candidate(name: str, text: str, pair: str | None = None) -> SentenceExample:
    return SentenceExample(name, text, "target", (), pair)


ROWS = [
    query("q1", "who ran", "a"),
    query("q2", "who slept", "b"),
    query("q3", "who ran fast", "a"),
    candidate("a", "the dog ran"),
    candidate("b", "the cat slept"),
    candidate("c", "the dog ran"),  # the same text as a
]


@pytest.fixture
def features(tiny_pieces: Pieces) -> Features:
    return Features(Ranking().encode(ROWS, tiny_pieces, Limits(32)))


def test_a_candidate_and_its_queries_are_a_unit_and_every_row_stands_once(features: Features) -> None:
    assert sorted(features.column("example").tolist()) == list(range(6))
    units = dict(zip(features.column("example").tolist(), features.column("unit").tolist(), strict=True))
    assert units[0] == units[2] == units[3]
    assert units[1] == units[4]
    assert features.units == 3


def test_candidates_with_the_same_text_are_both_right(features: Features) -> None:
    order = features.column("example").tolist()
    targets = Ranking().targets(features, np.arange(6), 0, 0)
    relevant = {(ROWS[order[i]].id, ROWS[order[j]].id) for i in range(6) for j in range(6) if targets["relevant"][i, j]}
    assert relevant == {("q1", "a"), ("q1", "c"), ("q3", "a"), ("q3", "c"), ("q2", "b")}
    assert Ranking().loss_items(targets) == 3
    assert Ranking(both_ways=True).loss_items(targets) == 6


def test_the_loss_is_the_cross_entropy_among_the_candidates() -> None:
    head = RankingHead("mean", 0.5, both_ways=False)
    vectors = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])  # a query, its match, another candidate
    batch = {
        "candidates": torch.tensor([False, True, True]),
        "relevant": torch.tensor([[False, True, False], [False] * 3, [False] * 3]),
    }
    expected = -math.log(math.exp(2) / (math.exp(2) + 1))
    assert float(head.loss(vectors, batch)) == pytest.approx(expected)
    head.both_ways = True  # the match sees one query only, so it finds it for certain
    assert float(head.loss(vectors, batch)) == pytest.approx(expected)


def test_padding_takes_no_part_in_the_mean() -> None:
    head = RankingHead("mean", 0.05, both_ways=False)
    hidden = torch.tensor([[[3.0, 0.0], [0.0, 4.0], [9.0, 9.0]]])
    outputs = head(hidden, {"attention_mask": torch.tensor([[1, 1, 0]])})
    assert outputs[0].tolist() == pytest.approx([0.6, 0.8])


def test_the_most_similar_candidates_come_first(features: Features) -> None:
    direction = {"q1": (1, 0), "q2": (0, 1), "q3": (1, 0.1), "a": (1, 0), "b": (0, 1), "c": (0.9, 0.5)}
    unit = {name: np.asarray(v, dtype=np.float32) / np.linalg.norm(v) for name, v in direction.items()}
    outputs = [unit[ROWS[at].id] for at in features.column("example")]
    table = Ranking().decode(ROWS, features, outputs)
    found = dict(zip(table["id"].to_pylist(), table["prediction"].to_pylist(), strict=True))
    assert found == {"q1": ["a", "c", "b"], "q2": ["b", "c", "a"], "q3": ["a", "c", "b"]}


def test_mean_average_precision_sums_the_precision_at_each_match() -> None:
    rows = [query("q", "", "a", "b"), query("r", "", "a")]
    # q: found at places 1 and 3: (1 + 2/3) / 2; r: found at place 2: 1/2
    score = metric("map_at_20").score(rows, [["a", "x", "b"], ["x", "a"]], "en")
    assert score == pytest.approx(100 * ((1 + 2 / 3) / 2 + 1 / 2) / 2)


def test_what_stands_behind_place_twenty_does_not_count() -> None:
    rows = [query("q", "", "a")]
    assert metric("map_at_20").score(rows, [[*map(str, range(20)), "a"]], "en") == 0


def test_a_match_that_is_no_candidate_is_an_error(tiny_pieces: Pieces) -> None:
    with pytest.raises(InputError) as raised:
        Ranking().encode([query("q", "who", "z"), candidate("a", "the dog")], tiny_pieces, Limits(32))
    assert str(raised.value) == ("row q: a query's match is no candidate\n  found:    z\n  expected: a target row's id")


def test_a_long_query_is_cut_earlier_than_a_candidate(tiny_pieces: Pieces) -> None:
    rows = [query("q", "who " * 40, "a"), candidate("a", "dog " * 40)]
    features = Features(Ranking(query_length=8).encode(rows, tiny_pieces, Limits(16)))
    lengths = dict(zip(features.column("example").tolist(), features.lengths.tolist(), strict=True))
    assert lengths == {0: 8, 1: 16}


def test_a_ranking_that_is_a_text_and_a_query_without_a_match() -> None:
    with pytest.raises(InputError) as raised:
        metric("map_at_20").statistics([query("q", "", "a")], ["a"], "en")
    assert str(raised.value) == "row q: a ranking is one text\n  expected: a list of ids, best first"
    assert metric("map_at_20").statistics([query("q", "")], [["a"]], "en").tolist() == [[0.0, 1.0]]


def test_more_matches_than_places_count_as_twenty() -> None:
    matches = [str(at) for at in range(40)]
    assert metric("map_at_20").score([query("q", "", *matches)], [matches], "en") == 100.0


def test_candidates_may_stand_before_and_between_queries_and_need_not_have_any(tiny_pieces: Pieces) -> None:
    rows = [candidate("a", "the dog"), query("q", "who", "a"), candidate("b", "the cat"), query("r", "what")]
    rows.append(query("s", "whom", "b"))
    features = Features(Ranking().encode(rows, tiny_pieces, Limits(16)))
    units = dict(zip(features.column("example").tolist(), features.column("unit").tolist(), strict=True))
    assert units[0] == units[1]
    assert units[2] == units[4]
    assert len({units[0], units[2], units[3]}) == 3, "a query without a match is a unit of its own"


def test_the_cosines_of_what_was_found_are_kept(features: Features) -> None:
    direction = {"q1": (1, 0), "q2": (0, 1), "q3": (1, 0), "a": (1, 0), "b": (0, 1), "c": (0.6, 0.8)}
    outputs = [np.asarray(direction[ROWS[at].id], dtype=np.float32) for at in features.column("example")]
    table = Ranking().decode(ROWS, features, outputs)
    assert table.column_names == ["id", "prediction", "score"]
    assert table["score"].to_pylist()[0] == pytest.approx([1.0, 0.6, 0.0], abs=1e-6)
    assert table["score"].to_pylist()[1] == pytest.approx([1.0, 0.8, 0.0], abs=1e-6)


def test_the_best_constant_answer_are_the_first_twenty_candidates() -> None:
    rows = [query("q", "who", "c0"), *(candidate(f"c{at}", "dog") for at in range(30)), query("r", "what", "c1")]
    first = [f"c{at}" for at in range(20)]
    assert Ranking().constant_predictions(rows) == [first, first]


@pytest.mark.parametrize("temperature", [0.0, -0.05])
def test_what_makes_no_ranking_is_refused(temperature: float) -> None:
    assert Ranking(pooling="cls").pooling == "cls"
    with pytest.raises(InputError) as raised:
        Ranking(temperature=temperature)
    assert str(raised.value) == (
        f"a temperature is not positive\n  found:    {temperature}\n  to fix:   the usual one is 0.05"
    )
    with pytest.raises(InputError) as raised:
        Ranking(pooling="max")
    assert str(raised.value) == "there is no such pooling\n  found:    'max'\n  expected: mean or cls"


def test_the_head_pools_divides_and_looks_as_the_kind_says() -> None:
    head = Ranking(pooling="cls", temperature=0.5, both_ways=True).head(SimpleNamespace(), 0.1)
    assert isinstance(head, RankingHead)
    assert (head.pooling, head.temperature, head.both_ways) == ("cls", 0.5, True)
