from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from xstilts.data.examples import Answer, QuestionExample
from xstilts.data.features import Features, Limits
from xstilts.data.pieces import Pieces
from xstilts.errors import InputError
from xstilts.kinds.span_qa import SpanQA, best_spans

KIND = SpanQA(max_answer=1000)
CONTEXTS = st.one_of(
    st.text(min_size=1, max_size=60),
    st.text(alphabet="the cat  Lorne\n中国北京ไทยक़ि e\u0301½\u200b😀👩‍👩‍👧.", min_size=1, max_size=120),
    st.builds(lambda words: "  " + " ".join(words), st.lists(st.sampled_from(["the", "found", "中国"]), max_size=60)),
)
LIMITS = st.builds(Limits, st.integers(24, 60), st.integers(0, 20))


@pytest.fixture(params=["tiny", "xlmr_tokenizer", "bert_tokenizer"], scope="module")
def pieces(request):
    if request.param == "tiny":
        return request.getfixturevalue("tiny_pieces")
    return Pieces(request.getfixturevalue(request.param))


def question(context, *answers, name="q", text="Who sold the bell?"):
    return QuestionExample(name, text, context, tuple(Answer(context[a:b], a) for a, b in answers))


def oracle(features, *, null=0.0):
    """Logits that are highest at the gold start and the gold end of the windows that hold the answer."""
    outputs = []
    for row in range(len(features)):
        logits = np.zeros((int(features.lengths[row]), 2), dtype=np.float32)
        logits[0] = null
        start, end = features.column("start")[row], features.column("end")[row]
        if start > 0:
            logits[start, 0] = logits[end, 1] = 10.0
        outputs.append(logits)
    return outputs


def is_held(features):
    return bool((features.column("start") > 0).any())


@settings(deadline=None, max_examples=120)
@given(context=CONTEXTS, limits=LIMITS, data=st.data())
def test_an_oracle_gives_back_an_answer_that_pieces_can_spell(pieces, context, limits, data):
    (pieced,) = pieces.texts([context])
    assume(len(pieced))
    first = data.draw(st.integers(0, len(pieced) - 1))
    last = data.draw(st.integers(first, min(first + 9, len(pieced) - 1)))
    start, end = int(pieced.starts[first]), int(pieced.ends[last])
    text = context[start:end]
    assume(text.strip())
    # Several pieces may stand for the same characters; then the answer is spelled by all of them.
    touching = (pieced.starts < end) & (pieced.ends > start)
    assume((pieced.starts[touching] >= start).all() and (pieced.ends[touching] <= end).all())
    start += len(text) - len(text.lstrip())
    asked = question(context, (start, start + len(text.strip())))
    KIND.check(asked)
    features = Features(KIND.encode([asked], pieces, limits))
    (row,) = KIND.decode([asked], features, oracle(features)).to_pylist()
    assume(is_held(features))
    assert (row["prediction"], row["start"]) == (text.strip(), start)


@settings(deadline=None, max_examples=120)
@given(context=st.text(alphabet="thecat 中国北京ไทย Lorne.", min_size=1, max_size=80), limits=LIMITS, data=st.data())
def test_an_answer_that_ends_inside_a_piece_is_covered(pieces, context, limits, data):
    start = data.draw(st.integers(0, len(context) - 1))
    end = data.draw(st.integers(start + 1, min(start + 8, len(context))))
    answer = context[start:end].strip()
    assume(answer)
    asked = question(context, (start, end))
    features = Features(KIND.encode([asked], pieces, limits))
    assume(is_held(features))
    (row,) = KIND.decode([asked], features, oracle(features)).to_pylist()
    assert answer in row["prediction"]
    assert row["start"] <= start + context[start:end].index(answer)
    assert context[row["start"] :].startswith(row["prediction"])


@settings(deadline=None, max_examples=80)
@given(context=CONTEXTS, limits=LIMITS, seed=st.integers(0, 1000), most=st.integers(1, 5))
@example(context="", limits=Limits(24), seed=0, most=1)
@example(context=" \n ", limits=Limits(24), seed=0, most=1)
@example(context="\u200b", limits=Limits(24), seed=0, most=1)
def test_whatever_the_logits_every_candidate_is_a_slice_of_the_context(pieces, context, limits, seed, most):
    kind = SpanQA(max_answer=most, n_best=4)
    asked = QuestionExample("q", "the the the the", context, None)
    features = Features(kind.encode([asked], pieces, limits))
    random = np.random.default_rng(seed)
    outputs = [random.normal(size=(int(length), 2)).astype(np.float32) for length in features.lengths]
    for row, logits in enumerate(outputs):
        # The question and the special tokens are far more likely than anything in the context.
        logits[features.ragged("char_starts")[row] < 0] += 100.0
    (row,) = kind.decode([asked], features, outputs).to_pylist()
    assert len(row["n_best"]) <= 4
    for candidate in row["n_best"]:
        text, start = candidate["text"], candidate["start"]
        assert text
        assert context[start : start + len(text)] == text
    scores = [candidate["score"] for candidate in row["n_best"]]
    assert scores == sorted(scores, reverse=True)
    if row["n_best"]:
        assert (row["prediction"], row["start"]) == (row["n_best"][0]["text"], row["n_best"][0]["start"])
    else:
        assert (row["prediction"], row["start"]) == ("", -1)


@settings(deadline=None, max_examples=80)
@given(
    words=st.integers(0, 200), max_length=st.integers(9, 60), doc_stride=st.integers(0, 40), asked=st.integers(0, 90)
)
def test_windows_cover_the_context_and_share_the_stride(tiny_pieces, words, max_length, doc_stride, asked):
    context, text = "lamp " * words, "bell " * asked
    features = Features(
        KIND.encode([QuestionExample("q", text, context, None)], tiny_pieces, Limits(max_length, doc_stride))
    )
    (pieced, questioned) = tiny_pieces.texts([context, text])
    assert features.lengths.max() <= max_length
    windows = []
    for row in range(len(features)):
        starts, ends = features.ragged("char_starts")[row], features.ragged("char_ends")[row]
        inside = starts >= 0
        windows.append(list(zip(starts[inside], ends[inside], strict=True)))
        assert features.ragged("input_ids")[row][inside].tolist() == pieced.ids[pieced_at(pieced, windows[-1])].tolist()
    expected = list(zip(pieced.starts, pieced.ends, strict=True))
    kept = min(len(questioned), 64, (max_length - 4) // 2)
    room = max_length - 4 - kept
    shared = min(doc_stride, room - room // 2)
    for number, window in enumerate(windows[:-1]):
        assert window == expected[number * (room - shared) :][:room]
    covered = windows[0] + [piece for window in windows[1:] for piece in window[shared:]]
    assert covered == expected
    assert (len(windows) == 1) == (len(pieced) <= room)


def pieced_at(pieced, window):
    first = next((at for at in range(len(pieced)) if window and pieced.starts[at] == window[0][0]), 0)
    return slice(first, first + len(window))


def test_an_answer_in_the_last_of_many_windows_is_found(tiny_pieces):
    context = "lamp " * 3000 + "Lorne " + "bell " * 30
    start = context.index("Lorne")
    asked = question(context, (start, start + 5))
    features = Features(KIND.encode([asked], tiny_pieces, Limits(64, 16)))
    assert len(features) > 60
    (row,) = KIND.decode([asked], features, oracle(features)).to_pylist()
    assert (row["prediction"], row["start"]) == ("Lorne", start)
    holding = np.flatnonzero(features.column("start") > 0)
    assert len(holding) in (1, 2)
    for at in holding:
        assert features.ragged("char_ends")[at][features.column("end")[at]] == start + 5


def test_a_window_that_holds_half_an_answer_points_to_the_first_piece(tiny_pieces):
    context = " ".join(["lamp"] * 40)
    asked = question(context, (0, len(context)))
    features = Features(KIND.encode([asked], tiny_pieces, Limits(32, 8)))
    assert not is_held(features)
    assert KIND.targets(features, np.asarray([0, 1]), 32, seed=0)["starts"].tolist() == [0, 0]
    assert KIND.loss_items(KIND.targets(features, np.arange(len(features)), 32, seed=0)) == len(features)


@pytest.mark.parametrize(("last", "windows"), [(15, [0]), (16, [1]), (17, [1])])
def test_a_window_holds_an_answer_up_to_its_last_piece(tiny_pieces, last, windows):
    # 24 less 4 special tokens less the 4 pieces of the question: 16 pieces of context in a window.
    context = " ".join(["lamp"] * 30)
    asked = question(context, (5 * last, 5 * last + 4), text="bell bell bell bell")
    features = Features(KIND.encode([asked], tiny_pieces, Limits(24, 0)))
    assert len(features) == 2
    assert np.flatnonzero(features.column("start") > 0).tolist() == windows


def test_columns_have_the_types_that_are_documented(tiny_pieces):
    schema = KIND.encode([question("the bell", (4, 8))], tiny_pieces, Limits(64)).schema
    assert [str(schema.field(name).type) for name in ("start", "end")] == ["int32", "int32"]
    assert {schema.field(name).type.value_type for name in ("char_starts", "char_ends")} == {pa.int32()}


def test_a_long_question_is_cut(tiny_pieces):
    kind = SpanQA(max_question=5)
    asked = QuestionExample("q", "bell " * 50, "Anna found the lamp.", None)
    features = Features(kind.encode([asked], tiny_pieces, Limits(64)))
    (text, context) = tiny_pieces.texts([asked.question, asked.context])
    assert features.ragged("input_ids")[0].tolist() == tiny_pieces.pair(text.ids[:5], context.ids).ids.tolist()


def test_a_question_never_crowds_the_context_out(tiny_pieces):
    asked = QuestionExample("q", "bell " * 100, "Anna found the lamp.", None)
    features = Features(SpanQA().encode([asked], tiny_pieces, Limits(24)))
    assert all((features.ragged("char_starts")[row] >= 0).sum() > 0 for row in range(len(features)))
    assert len(features) < 4


def spans(starts, ends, **fields):
    """Best spans of a window that is one question piece, one special token, and pieces of one character each."""
    logits = np.stack([np.asarray(starts, dtype=np.float32), np.asarray(ends, dtype=np.float32)], axis=1)
    at = np.arange(len(starts)) - 2
    return best_spans(logits, np.where(at < 0, -1, at), np.where(at < 0, -1, at + 1), SpanQA(**fields))


def test_the_best_span_by_hand():
    # characters:           0  1  2  3
    found = spans([9, 9, 0, 5, 1, 0], [9, 9, 6, 0, 3, 2], max_answer=3)
    assert found[0] == (8.0, 1, 3)
    assert found[1:4] == [(7.0, 1, 4), (6.0, 0, 1), (5.0, 1, 2)]
    assert all(start < end and end - start <= 3 for _, start, end in found)


@pytest.mark.parametrize(("max_answer", "expected"), [(4, (0, 4)), (3, (1, 4)), (1, (3, 4))])
def test_an_answer_is_at_most_as_long_as_allowed(max_answer, expected):
    # The best pair is 0..4; where that is too long, the next best start that may belong to the best end counts.
    best = spans([0, 0, 9, 8, 7, 6], [0, 0, -9, -9, -9, 9], max_answer=max_answer)[0]
    assert (best.start, best.end) == expected


def test_contradicting_starts_and_ends_leave_one_piece():
    (best,) = spans([0, 0, 0, 0, 0, 9], [0, 0, 9, 0, 0, 1], n_best=1)
    assert (best.start, best.end, best.score) == (3, 4, 10.0)


def test_of_equally_likely_pieces_the_first_ones_are_candidates():
    # characters 32 to 63 are likelier than those before, and all alike
    logits = [0] * (2 + 32) + [1] * 32
    found = spans(logits, logits, n_best=2)
    assert {(start, end) for _, start, end in found} <= {(32, 33), (32, 34), (33, 34)}
    assert len(found) == 2


def test_a_window_without_context_has_no_span():
    assert best_spans(np.ones((3, 2), dtype=np.float32), np.full(3, -1), np.full(3, -1), SpanQA()) == []


def windows_of(context, tiny_pieces, limits):
    asked = QuestionExample("q", "Who?", context, ())
    return asked, Features(SpanQA(unanswerable=True).encode([asked], tiny_pieces, limits))


@pytest.mark.parametrize(
    ("nulls", "unanswerable", "expected"),
    [
        ((7.0, 30.0), True, "bell"),  # the first window says: there is an answer
        ((9.0, 30.0), True, ""),  # no answer is likelier than the span (8) in both windows
        ((30.0, 9.0), True, ""),
        ((30.0, 30.0), False, "bell"),  # every question has an answer
    ],
)
def test_no_answer_must_win_in_every_window(tiny_pieces, nulls, unanswerable, expected):
    asked, features = windows_of("bell " + "lamp " * 24, tiny_pieces, Limits(24, 0))
    outputs = [np.zeros((int(length), 2), dtype=np.float32) for length in features.lengths]
    assert len(outputs) == 2
    for logits, null in zip(outputs, nulls, strict=True):
        logits[0] = null / 2
    first = int(np.flatnonzero(features.ragged("char_starts")[0] >= 0)[0])
    outputs[0][first] = 4.0
    (row,) = SpanQA(unanswerable=unanswerable).decode([asked], features, outputs).to_pylist()
    assert row["prediction"] == expected
    assert row["null_score"] == min(nulls)
    assert row["start"] == (0 if expected else -1)
    assert (row["score"], row["n_best"][0]) == (8.0, {"text": "bell", "start": 0, "score": 8.0})


def test_overlapping_windows_propose_a_span_once(tiny_pieces):
    asked, features = windows_of("lamp " * 40, tiny_pieces, Limits(32, 12))
    outputs = [np.zeros((int(length), 2), dtype=np.float32) for length in features.lengths]
    (row,) = KIND.decode([asked], features, outputs).to_pylist()
    ranges = [(candidate["start"], candidate["text"]) for candidate in row["n_best"]]
    assert len(ranges) == len(set(ranges)) == 20


def test_blank_pieces_are_no_answer(tiny_pieces):
    context = "bell   lamp"
    asked, features = windows_of(context, tiny_pieces, Limits(32))
    starts, ends = features.ragged("char_starts")[0], features.ragged("char_ends")[0]
    blank = [at for at in range(len(starts)) if starts[at] >= 0 and not context[starts[at] : ends[at]].strip()]
    assert blank
    logits = np.zeros((len(starts), 2), dtype=np.float32)
    logits[blank] = 9.0
    (row,) = SpanQA(max_answer=1).decode([asked], features, [logits]).to_pylist()
    assert row["prediction"] in ("bell", "lamp")


def test_questions_keep_their_order_and_their_own_windows(tiny_pieces):
    long, short = "lamp " * 60 + "bell", "the bell"
    asked = [question(long, (300, 304), name="b"), question(short, (4, 8), name="a"), question(long, (0, 4), name="c")]
    features = Features(KIND.encode(asked, tiny_pieces, Limits(32, 8)))
    rows = KIND.decode(asked, features, oracle(features)).to_pylist()
    assert [(row["id"], row["prediction"], row["start"]) for row in rows] == [
        ("b", "bell", 300),
        ("a", "bell", 4),
        ("c", "lamp", 0),
    ]


@pytest.mark.parametrize(
    ("answer", "there"),
    [(Answer("bell", 3), "' bel'"), (Answer("bell", -4), "'the '"), (Answer("the bell!", 0), "'the bell'")],
)
def test_an_answer_that_is_not_where_it_says_is_refused(answer, there):
    with pytest.raises(InputError) as raised:
        SpanQA().check(QuestionExample("q3", "", "the bell", (answer,)))
    assert str(raised.value) == (
        f"question q3: an answer is not in the context at its offset\n  found:    {there} at character {answer.start}\n"
        f"  expected: {answer.text!r}\n"
        "  to fix:   offsets count characters of the context from 0; correct answer_start"
    )


def test_only_some_tasks_have_questions_without_an_answer():
    empty = QuestionExample("q3", "", "the bell", ())
    SpanQA(unanswerable=True).check(empty)
    SpanQA().check(QuestionExample("q3", "", "the bell", None))
    with pytest.raises(InputError) as raised:
        SpanQA().check(empty)
    assert str(raised.value) == "question q3: a question has no answer, and the task has only answerable ones"


def test_the_best_constant_answer_is_no_answer():
    empty, full = QuestionExample("a", "", "x", ()), question("x", (0, 1))
    assert SpanQA(unanswerable=True).constant_predictions([empty, full]) == ["", ""]


def test_a_probe_sees_the_ends_of_answers_and_two_other_pieces_of_their_windows(tiny_pieces):
    context = "Anna found the red lamp in Port Lorne."
    held, single = question(context, (11, 23), name="long"), question(context, (0, 1), name="short")
    none = QuestionExample("none", "Who?", context, ())
    features = Features(KIND.encode([held, none, single], tiny_pieces, Limits(60)))
    points = KIND.labeled_points(features, np.random.default_rng(0))
    starts, ends = features.column("start"), features.column("end")
    assert starts[2] == ends[2] > 0, "the short answer is one piece"
    seen = list(zip(points.rows.tolist(), points.labels.tolist(), points.positions.tolist(), strict=True))
    assert seen[:2] == [(0, 0, starts[0]), (0, 1, ends[0])]
    assert [place[:2] for place in seen[2:]] == [(0, 2), (0, 2), (2, 0), (2, 2), (2, 2)]
    inside = features.ragged("char_starts")
    for row, label, position in seen:
        if label == 2:
            assert inside[row][position] >= 0
            assert position not in (starts[row], ends[row])


def test_questions_without_answers_give_a_probe_nothing(tiny_pieces):
    features = Features(KIND.encode([QuestionExample("q", "Who?", "Anna.", ())], tiny_pieces, Limits(40)))
    assert len(KIND.labeled_points(features, np.random.default_rng(0)).rows) == 0
