from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xstilts.data.examples import SentenceExample
from xstilts.errors import InputError
from xstilts.metrics import metric


def sources(**matches: tuple[str, ...]) -> list[SentenceExample]:
    return [SentenceExample(id_, "", "source", targets) for id_, targets in matches.items()]


def test_pairs_are_counted_over_all_source_sentences() -> None:
    rows = sources(s1=("t1",), s2=("t2", "t3"), s3=(), s4=("t4",))
    predictions = [("t1",), {"t2", "t9"}, ["t5"], ()]
    # s1: 1 right of 1, 1 gold. s2: 1 right of 2, 2 gold. s3: a wrong pair, no gold. s4: nothing proposed, 1 gold.
    statistics = metric("mining_f1").statistics(rows, predictions, "de")
    assert statistics.tolist() == [[1, 1, 1], [1, 2, 2], [0, 1, 0], [0, 0, 1]]
    # 2 right of 4 proposed, 4 gold: precision 1/2, recall 1/2.
    assert metric("mining_f1").score(rows, predictions, "de") == 50.0


def test_a_pair_proposed_twice_counts_once() -> None:
    assert metric("mining_f1").statistics(sources(s=("t",)), [["t", "t"]], "de").tolist() == [[1, 1, 1]]


def test_nothing_proposed_scores_zero() -> None:
    assert metric("mining_f1").score(sources(s=("t",)), [()], "de") == 0.0


def test_a_text_is_refused_where_a_list_of_ids_is_wanted() -> None:
    with pytest.raises(InputError) as raised:
        metric("mining_f1").statistics(sources(s=("t",)), ["t"], "de")
    assert str(raised.value) == (
        "row s: a mined prediction is one text\n  found:    't'\n  expected: a list of target ids, possibly empty"
    )


ids = st.integers(0, 4).map(str)
pairs = st.sets(st.tuples(ids, ids), max_size=12)


@given(gold=pairs, proposed=pairs)
def test_f1_equals_that_of_the_sets_of_pairs(gold: set[tuple[str, str]], proposed: set[tuple[str, str]]) -> None:
    rows = [
        SentenceExample(str(at), "", "source", tuple(target for source, target in gold if source == str(at)))
        for at in range(5)
    ]
    predictions = [{target for source, target in proposed if source == row.id} for row in rows]
    right = len(gold & proposed)
    precision, recall = right / max(len(proposed), 1), right / max(len(gold), 1)
    wanted = 200 * precision * recall / (precision + recall) if right else 0.0
    assert metric("mining_f1").score(rows, predictions, "de") == pytest.approx(wanted)
