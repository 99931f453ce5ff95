from __future__ import annotations

import json
from pathlib import Path

import pytest


def squad(**answers: str) -> str:
    """SQuAD JSON with one question per answer, whose context is the answer between two words."""
    paragraphs = [
        {
            "context": f"so {text} is",
            "qas": [{"id": id_, "question": "?", "answers": [{"text": text, "answer_start": 3}]}],
        }
        for id_, text in answers.items()
    ]
    return json.dumps({"version": "1.1", "data": [{"title": "", "paragraphs": paragraphs}]})


CASES = {
    # 3 of 4 labels.
    "classification": (
        ("xnli", "sw"),
        "entailment\nneutral\ncontradiction\nneutral\n",
        "entailment\nneutral\nneutral\nneutral\n",
        {"accuracy": 75.0},
        4,
    ),
    # The data set's own file as gold: the third column.
    "classification, own gold": (
        ("xnli", "sw"),
        "a\tb\tneutral\nc\td\tentailment\n",
        "neutral\nneutral\n",
        {"accuracy": 50.0},
        2,
    ),
    # 2 of 3 indices.
    "multiple choice": (("xcopa", "et"), "0\n1\n1\n", "0\n0\n1\n", {"accuracy": 200 / 3}, 3),
    # Spans: 2 gold, 1 proposed, 1 right: F1 2 * 1 / 3. Tokens: 3 of 4.
    "tagging": (
        ("panx", "sw"),
        "B-PER\nI-PER\nO\n\nB-LOC\n",
        "B-PER\nI-PER\nO\n\nO\n",
        {"tag_f1": 200 / 3, "token_accuracy": 75.0},
        2,
    ),
    # Articles do not count: the first is exact. Of the second 1 word of 1 proposed is among 2 gold: 2 * 1 / 3.
    "span QA": (
        ("xquad", "de"),
        squad(a="red cat", b="two dogs"),
        '{"b": "dogs", "a": "the Red cat."}',
        {"f1": 100 * (1 + 2 / 3) / 2, "exact_match": 50.0},
        2,
    ),
    # 2 of 3 lines.
    "retrieval": (("tatoeba", "sw"), "0\n1\n2\n", "0\n2\n2\n", {"retrieval_accuracy": 200 / 3}, 3),
    # 3 gold, 4 proposed, 2 right: 2 * 2 / 7. Rows are the sources that either file names: s1 to s4.
    "mining": (
        ("bucc2018", "de"),
        "s1\tt1\ns2\tt2\ns3\tt3\n",
        "s1\tt1\ns2\tt2\ns3\tt9\ns4\tt4\n",
        {"mining_f1": 400 / 7},
        4,
    ),
}


def files(folder: Path, gold: str, predictions: str) -> list[str]:
    """Options that name two files with this content."""
    (folder / "gold").write_text(gold)
    (folder / "predictions").write_text(predictions)
    return ["--gold", str(folder / "gold"), "--predictions", str(folder / "predictions")]


@pytest.mark.parametrize(("of", "gold", "predictions", "expected", "rows"), CASES.values(), ids=CASES)
def test_scores_of_every_kind_are_those_worked_out_by_hand(call, tmp_path, of, gold, predictions, expected, rows):
    task, language = of
    arguments = ["score", task, "--language", language, *files(tmp_path, gold, predictions)]
    called = call(*arguments, "--json")
    assert (called.code, called.err) == (0, "")
    printed = json.loads(called.out)
    assert (printed["task"], printed["language"]) == (task, language)
    scores = {row["metric"]: row["value"] for row in printed["scores"]}
    assert {name: scores[name] for name in expected} == pytest.approx(expected)
    assert {row["examples"] for row in printed["scores"]} == {rows}
    plain = call(*arguments)
    assert plain.code == 0
    for name, value in expected.items():
        assert [line.split()[1] for line in plain.out.splitlines() if line.split()[0] == name] == [f"{value:.2f}"]


WRONG = {
    "a missing answer": (("xquad", "de"), squad(a="x", b="y"), '{"a": "x"}', "missing: 'b' (1 in all)"),
    "an unknown id": (("xquad", "de"), squad(a="x"), '{"a": "x", "z": "y"}', "unknown: 'z' (1 in all)"),
    "an id twice": (("xquad", "de"), squad(a="x"), '{"a": "x", "a": "y"}', "an object has the key 'a' twice"),
    "no JSON": (("xquad", "de"), squad(a="x"), "x\n", "this is not JSON"),
    "too few lines": (("xnli", "sw"), "neutral\nneutral\n", "neutral\n", "found:    1 lines\n  expected: 2"),
    "an unknown label": (("xnli", "sw"), "neutral\n", "neutrl\n", "predictions:1: the label is not of this task"),
    "an index too high": (("tatoeba", "sw"), "0\n1\n", "0\n7\n", "predictions:2: this is no valid index"),
    "a missing source": (("tatoeba", "sw"), "s1\tt1\ns2\tt2\n", "s1\tt1\n", "missing: 's2' (1 in all)"),
    "too few tags": (("panx", "sw"), "O\nO\n", "O\n", "found:    1 tags\n  expected: 2 tags"),
    "too few sentences": (("panx", "sw"), "O\n\nO\n", "O\n", "found:    1 sentences\n  expected: 2"),
    "a line that is no pair": (("bucc2018", "de"), "s1\tt1\n", "s1 t1\n", "predictions:1: a line is not a pair of ids"),
    "an empty file": (("xnli", "sw"), "neutral\n", "", "predictions: the file is empty"),
    "hidden gold": (("xquad", "de"), squad(a=""), '{"a": "x"}', "the gold file holds no gold answers"),
    "an unknown language": (("xnli", "xx"), "neutral\n", "neutral\n", "xnli has no language 'xx'"),
    "an unknown task": (("xnil", "sw"), "neutral\n", "neutral\n", "did you mean 'xnli'?"),
}


@pytest.mark.parametrize(("of", "gold", "predictions", "message"), WRONG.values(), ids=WRONG)
def test_files_that_do_not_fit_are_exit_code_2_and_say_why(call, tmp_path, of, gold, predictions, message):
    task, language = of
    called = call("score", task, "--language", language, *files(tmp_path, gold, predictions))
    assert (called.code, called.out) == (2, "")
    assert called.err.startswith("error: ")
    assert message in called.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["gold", "predictions"]


def test_an_absent_file_is_named(call, tmp_path):
    called = call("score", "xnli", "-l", "sw", "--gold", tmp_path / "gone", "--predictions", tmp_path / "gone")
    assert called.code == 2
    assert f"{tmp_path / 'gone'}: there is no such file" in called.err
