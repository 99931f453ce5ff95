"""Overlap of made-up sets whose common rows are known."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xstilts.analysis.contamination import Overlap, Part, Use, find_overlaps
from xstilts.analysis.fingerprints import Fingerprints, segments, tokens
from xstilts.catalogue import Tasks
from xstilts.data.examples import (
    Answer,
    ChoiceExample,
    Example,
    QuestionExample,
    RawTextExample,
    SentenceExample,
    TextExample,
    TokenExample,
)

HARBOR = (
    "The old harbor of Lorne was built by fishermen who came from the northern islands. They carried the stones by"
    " hand, and every family gave one summer to the work, until the wall was long enough to hold the winter storms."
)
BAKER = "A baker in the upper town sells seven kinds of bread, but only the dark one is older than the town itself."
CHINESE = "老港口是由北方岛屿来的渔民建造的，他们用双手搬运石头，每个家庭都为这项工作付出了一个夏天。"


def part(rows: Sequence[Example], use: Use = "train", name: str = "some") -> Part:
    return Part(name, "en", use, use, ("recipe",), lambda: rows)


def only(seen: Sequence[Example], evaluated: Sequence[Example], **options: Any) -> Overlap:
    (found,) = find_overlaps([part(seen)], [part(evaluated, "test")], **options)
    return found


def question(id_: str, text: str, context: str) -> QuestionExample:
    return QuestionExample(id_, text, context, (Answer(context[:3], 0),))


def pairs(*texts: tuple[str, str]) -> list[Example]:
    return [TextExample(f"r{at}", text, pair, "x") for at, (text, pair) in enumerate(texts)]


# Texts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The CAT, sat — down!", ["the", "cat", "sat", "down"]),
        ("ﬁne ½ Straße", ["fine", "1", "2", "strasse"]),  # NFKC takes ligatures and fractions apart
        ("हिन्दी में", ["हिन्दी", "में"]),  # vowel signs are part of words
        ("مى\u200cخواهم", ["مىخواهم"]),  # a zero-width non-joiner parts no words
    ],
)
def test_words_are_folded_and_free_of_punctuation(text: str, expected: list[str]) -> None:
    assert tokens(text) == (expected, False)


def test_scripts_without_spaces_are_taken_by_characters() -> None:
    assert tokens("我在北京。") == (["我", "在", "北", "京"], True)
    assert tokens("GPS 在 2010 年") == (["gps", "在", "2010", "年"], False)  # half of the tokens are words
    assert tokens("กข ค") == (["ก", "ข", "ค"], True)


def test_every_kind_of_row_gives_its_texts_with_their_parts() -> None:
    assert segments(TextExample("a", "x", None, None)) == [("text", "x")]
    assert segments(ChoiceExample("a", "c", ("x", "y"), 0)) == [("context", "c"), ("choice", "x"), ("choice", "y")]
    assert segments(TokenExample("a", ("x", "y"), None)) == [("sentence", "x y")]
    assert segments(QuestionExample("a", "q", "c", None)) == [("question", "q"), ("context", "c")]
    assert segments(SentenceExample("a", "x", "source", (), "p")) == [("source", "x"), ("pair", "p")]
    assert segments(RawTextExample("a", "x", "y")) == [("text", "x"), ("translation", "y")]


def test_ngrams_are_counted_within_segments_and_equal_where_words_are() -> None:
    prints = Fingerprints()
    prints.add(["a b c d e f g h i j"])  # 3 n-grams of 8 words
    prints.add(["too short", "z b c d e f g h i", CHINESE.replace("，", "")[:17]])  # none, 2 and 2 of 16 characters
    hashes, owners = prints.ngrams()
    assert owners.tolist() == [0, 0, 0, 2, 2, 3, 3]
    assert len(np.unique(hashes)) == 6
    assert hashes[1] == hashes[4]  # b to i


# Sets


def test_rows_that_are_the_same_are_counted_once_each() -> None:
    seen = pairs(("It rains.", "It is wet."), ("It rains.", "It is dry."))
    found = only(seen, pairs(("It rains.", "It is dry."), ("It snows.", "It is wet.")))
    assert (found.rows, found.exact, found.normalized, found.touched) == (2, 1, 1, 1)
    assert found.share == 0.5
    (match,) = found.matches
    assert (match.level, match.evaluated_id, match.seen_id) == ("row", "r0", "r1")
    assert match.evaluated_text == "It rains. / It is dry."


def test_case_punctuation_and_space_do_not_hide_a_row() -> None:
    found = only(pairs(("We ca n't go there now", "Why?")), pairs(("WE CAN'T GO THERE NOW!", "why")))
    assert (found.exact, found.normalized, found.touched) == (0, 1, 1)


def test_a_paragraph_is_found_under_other_questions_and_other_ids() -> None:
    seen = [question("s0", "Who built it?", HARBOR), question("s1", "What is sold?", BAKER)]
    evaluated = [
        question("e0", "From where did the people come who built the harbor?", HARBOR.upper()),
        question("e1", "How long did each family work?", HARBOR.upper()),
        question("e2", "Who sings?", "Nobody sings in this short text about singing in the rain."),
    ]
    found = only(seen, evaluated)
    assert (found.exact, found.normalized, found.touched) == (0, 2, 2)
    assert found.segments == {"context": 2}
    (match,) = found.matches  # the same paragraph is shown once
    assert (match.level, match.evaluated_role, match.seen_id, match.seen_role) == (
        "segment",
        "context",
        "s0",
        "context",
    )
    assert match.seen_text.endswith("…")
    assert len(match.seen_text) <= 160


def test_a_paragraph_with_a_changed_word_is_a_near_duplicate_and_a_half_new_one_is_not() -> None:
    # 41 words have 34 n-grams of 8; one changed word in the middle spoils 8 of them: 26 of 34 is 76 %.
    changed = HARBOR.replace("summer", "autumn")
    assert len(HARBOR.split()) == 41
    found = only([question("s", "Who built it?", HARBOR)], [question("e", "Who?", changed)])
    assert (found.exact, found.normalized, found.touched, found.segments) == (0, 0, 1, {"context": 1})
    assert found.matches[0].level == "near"
    # Two changed words far apart spoil 16: 18 of 34 is 53 %.
    twice = changed.replace("came", "sailed")
    assert find_overlaps([part([question("s", "?", HARBOR)])], [part([question("e", "?", twice)], "test")]) == []


def test_text_without_spaces_is_compared_by_characters() -> None:
    changed = CHINESE.replace("夏天", "冬天")
    found = only([RawTextExample("s", CHINESE)], [RawTextExample("e", changed)])
    assert (found.normalized, found.touched) == (0, 1)


def test_a_text_is_found_whatever_part_it_plays() -> None:
    seen = [ChoiceExample("s", "What is it?", (BAKER, "Nothing."), 0)]
    found = only(seen, pairs((HARBOR, BAKER)))
    assert found.segments == {"pair": 1}
    assert found.matches[0].seen_role == "choice"


def test_short_texts_in_common_are_no_overlap_unless_they_are_the_whole_row() -> None:
    assert find_overlaps([part(pairs(("Yes.", "a b c d")))], [part(pairs(("Yes.", "e f g h")), "test")]) == []
    words: list[Example] = [TokenExample("t", ("New", "York"), ("B", "I"))]
    assert only(words, words).exact == 1


def test_rows_without_any_text_match_nothing() -> None:
    empty: list[Example] = [TextExample("a", "", None, "x"), TextExample("b", "?!", None, "x")]
    assert find_overlaps([part(empty)], [part([TextExample("c", "", None, "x"), *pairs(("...", "!"))], "test")]) == []


def test_sets_are_compared_pair_by_pair_however_few_are_indexed_at_once() -> None:
    first, second = pairs((HARBOR, "x")), pairs((BAKER, "y"))
    seen = [part(first, name="one"), part([*first, *second], "dev", "two")]
    evaluated = [part(second, "test", "three"), part(first, "test", "four")]
    expected = [("one", "four"), ("two", "three"), ("two", "four")]
    for indexed in (1, 10_000):
        found = find_overlaps(seen, evaluated, indexed=indexed)
        assert [(one.seen.task, one.evaluated.task) for one in found] == expected
        assert [one.exact for one in found] == [1, 1, 1]


@pytest.mark.parametrize(("indexed", "indexes"), [(19, 4), (20, 2), (30, 2), (39, 2), (40, 1)])
def test_as_many_sets_are_indexed_at_once_as_fit(indexed: int, indexes: int) -> None:
    reads: list[str] = []

    def read(name: str) -> Sequence[Example]:
        reads.append(name)
        return [RawTextExample(name, 10 * "a")]

    evaluated = [Part(f"e{at}", "en", "test", "test", (), lambda at=at: read(f"e{at}")) for at in range(4)]
    assert (
        len(find_overlaps([Part("s", "en", "train", "train", (), lambda: read("s"))], evaluated, indexed=indexed)) == 4
    )
    assert [name for name in reads if name != "s"] == ["e0", "e1", "e2", "e3"]
    assert reads.count("s") == indexes


def test_matches_are_found_across_blocks_of_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xstilts.analysis.contamination._BLOCK", 2)
    seen = [*pairs(*((f"This is the sentence number {at}.", "x") for at in range(5))), question("q", "?", HARBOR)]
    evaluated = [*pairs(("This is the sentence number 3.", "x")), question("e", "!", HARBOR)]
    found = only(seen, evaluated)
    assert (found.exact, found.touched) == (1, 2)
    assert [match.seen_id for match in found.matches] == ["r3", "q"]


def test_the_counts_do_not_depend_on_the_seed_of_hashes() -> None:
    script = (
        "from test_contamination import *\n"
        "found = only([question('s', 'Who?', HARBOR)], [question('e', 'x', HARBOR.replace('summer', 'day'))])\n"
        "print(found.touched, found.segments)"
    )
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        environment["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parent), str(Path(__file__).parents[2])])
        done = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, env=environment, check=True
        )
        assert done.stdout == "1 {'context': 1}\n"


# Real files


@pytest.mark.real
def test_english_xquad_shares_no_paragraph_with_squad_train_and_all_with_itself() -> None:
    folder, known = Path(os.environ["XSTILTS_DATA"]), Tasks()

    def real(task: str, split: str, use: Use) -> Part:
        return Part(task, "en", split, use, (), lambda: known[task].load(folder, "en", split).examples)

    seen = [real("squad_v1", "train", "train"), real("xquad", "test", "train")]
    found = find_overlaps(seen, [real("xquad", "test", "test")])
    assert [(one.seen.task, one.rows, one.exact, one.touched, one.segments) for one in found] == [
        ("squad_v1", 1190, 0, 1, {"question": 1}),
        ("xquad", 1190, 1190, 1190, found[1].segments),
    ]


@pytest.mark.real
def test_three_premises_of_english_xnli_are_cut_from_one_of_mnli_and_nothing_else_is_shared() -> None:
    folder, known = Path(os.environ["XSTILTS_DATA"]), Tasks()

    def real(task: str, split: str, use: Use) -> Part:
        return Part(task, "en", split, use, (), lambda: known[task].load(folder, "en", split).examples)

    seen = [real(*name, "train") for name in (("mnli", "dev"), ("mnli", "dev_mismatched"), ("snli", "train"))]
    (found,) = find_overlaps(seen, [real("xnli", "dev", "test")])
    assert (found.seen.name, found.exact, found.normalized) == ("mnli en dev_mismatched", 0, 0)
    assert (found.rows, found.segments) == (2490, {"text": 3})  # the same premise with three hypotheses
    assert "white clouds scattered across a clear, blue sky" in found.matches[0].evaluated_text
