"""Every task of the package reads the files it names: tiny files of made-up text, laid out as the originals are."""

import json
from pathlib import Path

import pytest
from task_specimens import SPECIMENS

from xstilts.catalogue import Tasks
from xstilts.data.examples import (
    Answer,
    ChoiceExample,
    QuestionExample,
    RawTextExample,
    SentenceExample,
    TextExample,
    TokenExample,
)
from xstilts.errors import InputError

TASKS = Tasks()


def _jsonl(*records: dict) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


def _squad(text: str = "two", start: int = 6, **more: object) -> str:
    question = {"id": "q", "question": "how many?", "answers": [{"text": text, "answer_start": start}], **more}
    return json.dumps({"data": [{"paragraphs": [{"context": "He saw two cats", "qas": [question]}]}]})


SPAN = [QuestionExample("q", "how many?", "He saw two cats", (Answer("two", 7),))]
NLI = {"sentence1": "A cat sits.", "sentence2": "An animal sits.", "gold_label": "entailment", "pairID": "p1"}
NLI_ROW = [TextExample("p1", "A cat sits.", "An animal sits.", "entailment")]
SNLI_TSV = 'sentence1\tsentence2\tgold_label\n"A ""cat"" sits."\tA dog.\tcontradiction\n'
TOKENIZED = "neutral\tA cat sits .\tA tom sits .\n"
TOKENIZED_ROW = [TextExample("1", "A cat sits .", "A tom sits .", "neutral")]
CHOICES = [{"label": "A", "text": "sea"}, {"label": "B", "text": "roof"}]
CSQA = {"id": "c", "question": {"stem": "Where do cats sit?", "choices": CHOICES}}
ANLI = {"uid": "u", "context": "A cat sits.", "hypothesis": "A dog sits.", "label": "c", "reason": "x"}
ANLI_FILES = {f"intermediate/anli/{name}/dev.jsonl": _jsonl(ANLI) for name in ("R1", "R2", "R3")}
ANLI_ROWS = [TextExample(f"r{n}-u", "A cat sits.", "A dog sits.", "contradiction") for n in (1, 2, 3)]
XNLI_OFFICIAL = "language\tgold_label\tsentence1\tsentence2\nen\tneutral\tx\ty\nsw\tentailment\tPaka\tMnyama\n"
XCOPA = {"premise": "It rained.", "choice1": "Clouds.", "choice2": "Sun.", "question": "cause", "label": 0, "idx": 4}
CAUSE = "It rained. What was the cause?"
EFFECT = "It rained. What happened as a result?"
AFRIQA = {
    "id": "0",
    "context": "He saw two cats",
    "question_lang": "mangapi?",
    "answer_pivot": {"text": ["two"], "answer_start": [7]},
}
AFRIQA_FILE = "masakhane/afriqa/gold_passages/swa/gold_span_passages.afriqa.swa.en.test.json"
CONLLU = "# sent_id = s\n1\tPaka\t_\tNOUN\t_\t_\t_\t_\t_\t_\n\n"

CASES = [
    ("squad_v1", "en", "train", {"intermediate/squad_v1.1/train-v1.1.json": _squad(start=7)}, SPAN),
    ("squad_v1", "en", "dev", {"intermediate/squad_v1.1/dev-v1.1.minus-xquad.json": _squad(start=7)}, SPAN),
    ("squad_v1", "en", "train", {"train-v1.1.json": _squad(start=7)}, SPAN),
    (
        "squad_v2",
        "en",
        "dev",
        {"squad/dev-v2.0.json": _squad(is_impossible=True)},
        [QuestionExample("q", "how many?", "He saw two cats", ())],
    ),
    (
        "commonsense_qa",
        "en",
        "train",
        {"intermediate/commonsenseqa/train_rand_split.jsonl": _jsonl({**CSQA, "answerKey": "B"})},
        [ChoiceExample("c", "Where do cats sit?", ("sea", "roof"), 1)],
    ),
    (
        "commonsense_qa",
        "en",
        "test",
        {"intermediate/commonsenseqa/test_rand_split_no_answers.jsonl": _jsonl(CSQA)},
        [ChoiceExample("c", "Where do cats sit?", ("sea", "roof"), None)],
    ),
    ("snli", "en", "train", {"snli_1.0_train.jsonl": _jsonl(NLI, {**NLI, "gold_label": "-"})}, NLI_ROW),
    (
        "snli",
        "en",
        "dev",
        {"intermediate/snli/counterfactual/original/dev.tsv": SNLI_TSV},
        [TextExample("1", 'A "cat" sits.', "A dog.", "contradiction")],
    ),
    ("snli", "en", "test_textfooler", {"intermediate/snli/textfooler/snli": TOKENIZED}, TOKENIZED_ROW),
    ("anli", "en", "dev", ANLI_FILES, ANLI_ROWS),
    (
        "anli",
        "en",
        "dev",
        {name.removeprefix("intermediate/anli/"): text for name, text in ANLI_FILES.items()},
        ANLI_ROWS,
    ),
    ("mnli", "en", "dev", {"multinli_1.0/multinli_1.0_dev_matched.jsonl": _jsonl(NLI)}, NLI_ROW),
    (
        "mnli",
        "en",
        "train",
        {"glue/MNLI/train.tsv": 'index\tpairID\tsentence1\tsentence2\tgold_label\n0\tp\tA "b\tc\tneutral\n'},
        [TextExample("p", 'A "b', "c", "neutral")],
    ),
    (
        "mnli",
        "en",
        "train",
        {"xnli/train-en.tsv": '"a ""b"""\tc\tcontradictory\r\n'},
        [TextExample("1", 'a "b"', "c", "contradiction")],
    ),
    ("mnli", "en", "dev_mismatched", {"intermediate/mnli/textfooler/mnli_mismatched": TOKENIZED}, TOKENIZED_ROW),
    ("xnli", "sw", "dev", {"xtreme/xnli/dev-sw.tsv": "a\tb\tneutral\n"}, [TextExample("1", "a", "b", "neutral")]),
    ("xnli", "sw", "test", {"xtreme/xnli/test-sw.tsv": "a\tb\n"}, [TextExample("1", "a", "b", None)]),
    (
        "xnli",
        "sw",
        "test",
        {"xtreme/xnli/test-sw.tsv": "a\tb\n", "xtreme/xnli/test-labels.derived.txt": "neutral\n"},
        [TextExample("1", "a", "b", "neutral")],
    ),
    (
        "xnli",
        "sw",
        "test",
        {"XNLI-1.0/xnli.test.tsv": XNLI_OFFICIAL},
        [TextExample("1", "Paka", "Mnyama", "entailment")],
    ),
    ("pawsx", "en", "train", {"pawsx/train-en.tsv": '"a ""b"""\tc\t1\n'}, [TextExample("1", 'a "b"', "c", "1")]),
    ("pawsx", "fr", "test", {"xtreme/pawsx/test-fr.tsv": "a\tb\n"}, [TextExample("1", "a", "b", None)]),
    (
        "pawsx",
        "fr",
        "test",
        {"xtreme/pawsx/test-fr.tsv": "a\tb\n", "xtreme/pawsx/test-labels.derived.txt": "1\n"},
        [TextExample("1", "a", "b", "1")],
    ),
    (
        "pawsx",
        "de",
        "test",
        {
            "xtreme/pawsx/labelled/test-de.tsv": "id\tsentence1\tsentence2\tlabel\n10\ta\tb\t0\n",
            "xtreme/pawsx/test-de.tsv": "a\tb\n",
            "xtreme/pawsx/test-labels.derived.txt": "1\n",
        },
        [TextExample("1", "a", "b", "0")],
    ),
    (
        "pawsx",
        "ja",
        "dev",
        {"x-final/ja/dev_2k.tsv": "id\tsentence1\tsentence2\tlabel\n10\ta\tb\t0\n"},
        [TextExample("1", "a", "b", "0")],
    ),
    (
        "panx",
        "sw",
        "train",
        {"xtreme/panx/train-sw.tsv": "Juma\tB-PER\nlala\tO\n\n"},
        [TokenExample("1", ("Juma", "lala"), ("B-PER", "O"))],
    ),
    ("panx", "sw", "test", {"xtreme/panx/test-sw.tsv": "Juma\nlala\n"}, [TokenExample("1", ("Juma", "lala"), None)]),
    (
        "panx",
        "sw",
        "test",
        {"panx_dataset/sw-test": "sw:Juma\tB-PER\nsw::\tO\n"},
        [TokenExample("1", ("Juma", ":"), ("B-PER", "O"))],
    ),
    ("udpos", "af", "dev", {"xtreme/udpos/dev-af.tsv": "Kat\tNOUN\n"}, [TokenExample("1", ("Kat",), ("NOUN",))]),
    (
        "udpos",
        "th",
        "test",
        {"xtreme/udpos/ud/UD_Thai-PUD/th_pud-ud-test.conllu": CONLLU},
        [TokenExample("s", ("Paka",), ("NOUN",))],
    ),
    ("udpos", "wo", "test", {"xtreme/udpos/test-wo.tsv": "Muus\n"}, [TokenExample("1", ("Muus",), None)]),
    ("xquad", "th", "test", {"xtreme/xquad/xquad.th.json": _squad(start=7)}, SPAN),
    (
        "mlqa",
        "en-de",
        "dev",
        {"xtreme/mlqa/MLQA_V1/dev/dev-context-en-question-de.json": _squad(start=7)},
        SPAN,
    ),
    (
        "mlqa",
        "de",
        "test",
        {"xtreme/mlqa/MLQA_V1/test/test-context-de-question-de.json": _squad(text="", start=0)},
        [QuestionExample("q", "how many?", "He saw two cats", None)],
    ),
    (
        "tydiqa",
        "sw",
        "train",
        {"xtreme/tydiqa/tydiqa-goldp-v1.1-train/tydiqa.goldp.sw.train.json": _squad(start=7)},
        SPAN,
    ),
    (
        "tydiqa",
        "sw",
        "dev",
        {"xtreme/tydiqa/tydiqa-goldp-v1.1-dev/tydiqa.goldp.sw.dev.json": _squad(text="", start=0)},
        [QuestionExample("q", "how many?", "He saw two cats", None)],
    ),
    ("tydiqa", "fi", "dev", {"tydiqa/tydiqa-goldp-v1.1-dev/tydiqa-goldp-dev-finnish.json": _squad(start=7)}, SPAN),
    (
        "tatoeba",
        "sw",
        "test",
        {"xtreme/tatoeba/sw-en.sw": "paka\n", "xtreme/tatoeba/sw-en.en": "cat\n"},
        [
            SentenceExample("source-1", "paka", "source", ("target-1",)),
            SentenceExample("target-1", "cat", "target", ()),
        ],
    ),
    (
        "bucc2018",
        "fr",
        "dev",
        {
            "bucc2018/fr-en.dev.fr": "f1\tchat\n",
            "bucc2018/fr-en.dev.en": "e1\tcat\n",
            "bucc2018/fr-en.dev.gold": "f1\te1\n",
        },
        [SentenceExample("f1", "chat", "source", ("e1",)), SentenceExample("e1", "cat", "target", ())],
    ),
    (
        "bucc2018",
        "fr",
        "test",
        {"bucc2018/fr-en.test.fr": "f1\tchat\n", "bucc2018/fr-en.test.en": "e1\tcat\n"},
        [SentenceExample("f1", "chat", "source", None), SentenceExample("e1", "cat", "target", ())],
    ),
    (
        "xcopa",
        "sw",
        "dev",
        {"xtreme/xcopa/val-sw.jsonl": _jsonl(XCOPA, {**XCOPA, "question": "effect", "idx": 5})},
        [ChoiceExample("4", CAUSE, ("Clouds.", "Sun."), 0), ChoiceExample("5", EFFECT, ("Clouds.", "Sun."), 0)],
    ),
    (
        "xcopa",
        "en",
        "test",
        {"xcopa/test-en.derived-labels.jsonl": _jsonl(XCOPA, {**XCOPA, "label": 1, "idx": 5})},
        [ChoiceExample("4", CAUSE, ("Clouds.", "Sun."), 0), ChoiceExample("5", CAUSE, ("Clouds.", "Sun."), 1)],
    ),
    (
        "xcopa",
        "sw",
        "test",
        {"xcopa/test.sw.jsonl": _jsonl(XCOPA, {**XCOPA, "idx": 5})},
        [ChoiceExample("4", CAUSE, ("Clouds.", "Sun."), None), ChoiceExample("5", CAUSE, ("Clouds.", "Sun."), None)],
    ),
    (
        "afriqa",
        "swa",
        "test",
        {AFRIQA_FILE: _jsonl(AFRIQA)},
        [QuestionExample("0", "mangapi?", "He saw two cats", (Answer("two", 7),))],
    ),
    (
        "mini-nli",
        "sw",
        "train",
        {"mini/nli/train-sw.tsv": "a\tb\tneutral\n"},
        [TextExample("1", "a", "b", "neutral")],
    ),
    (
        "mini-paraphrase",
        "sw",
        "dev",
        {"mini/paraphrase/dev-sw.tsv": "a\tb\tsame\n"},
        [TextExample("1", "a", "b", "same")],
    ),
    ("mini-text", "sw", "train", {"mini/text/sw.txt": "paka\n"}, [RawTextExample("line-1", "paka")]),
    (
        "mini-parallel",
        "sw",
        "train",
        {"mini/parallel/sw-en.sw": "paka\n", "mini/parallel/sw-en.en": "cat\n"},
        [RawTextExample("line-1", "paka", "cat")],
    ),
    (
        "corpus",
        "sw",
        "train",
        {
            "corpus/sw.txt": "paka\n",
            "corpus/SOURCES.tsv": "language\tsource\tlicense\tfirst_line\tlines\nsw\tx\tCC0-1.0\t1\t1\n",
        },
        [RawTextExample("line-1", "paka")],
    ),
    (
        "mini-choice",
        "sw",
        "test",
        {"mini/choice/test-sw.jsonl": _jsonl({"id": "c", "context": "a", "choices": ["b", "c"], "label": 1})},
        [ChoiceExample("c", "a", ("b", "c"), 1)],
    ),
    ("mini-pos", "sw", "test", {"mini/pos/test-sw.tsv": "Paka\tNOUN\n"}, [TokenExample("1", ("Paka",), ("NOUN",))]),
    ("mini-ner", "sw", "test", {"mini/ner/test-sw.tsv": "Juma\tB-PER\n"}, [TokenExample("1", ("Juma",), ("B-PER",))]),
    ("mini-qa", "sw", "test", {"mini/qa/test-sw.json": _squad(start=7)}, SPAN),
    (
        "mini-qa2",
        "sw",
        "test",
        {"mini/qa2/test-sw.json": _squad(is_impossible=True)},
        [QuestionExample("q", "how many?", "He saw two cats", ())],
    ),
    (
        "mini-retrieval",
        "sw",
        "test",
        {"mini/retrieval/sw-en.sw": "paka\n", "mini/retrieval/sw-en.en": "cat\n"},
        [
            SentenceExample("source-1", "paka", "source", ("target-1",)),
            SentenceExample("target-1", "cat", "target", ()),
        ],
    ),
    (
        "mini-mining",
        "sw",
        "dev",
        {
            "mini/mining/sw-en.dev.sw": "s1\tpaka\n",
            "mini/mining/sw-en.dev.en": "e1\tcat\n",
            "mini/mining/sw-en.dev.gold": "s1\te1\n",
        },
        [SentenceExample("s1", "paka", "source", ("e1",)), SentenceExample("e1", "cat", "target", ())],
    ),
]


def _write(folder: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8", newline="")


@pytest.mark.parametrize("case", [*CASES, *SPECIMENS], ids=lambda case: "-".join(case[:3]))
def test_a_task_reads_its_own_files(tmp_path, case):
    name, language, split, files, expected = case
    _write(tmp_path, files)
    assert list(TASKS[name].load(tmp_path, language, split).examples) == expected


def test_every_task_is_tried_above():
    assert {case[0] for case in [*CASES, *SPECIMENS]} == set(TASKS.names())


def test_mlqa_has_its_seven_languages_first_and_then_all_pairs():
    codes = TASKS["mlqa"].language_codes
    assert set(codes[:7]) == {"ar", "de", "en", "es", "hi", "vi", "zh"}
    assert len(codes) == 49
    assert all("-" in code for code in codes[7:])


def test_tatoeba_hides_gold_where_the_english_side_is_sorted(tmp_path):
    english = [f"sentence {letter}\n" for letter in "abcdefghij"]
    files = {"tatoeba/sw-en.sw": "x\n" * 10, "tatoeba/sw-en.en": "".join(english)}
    _write(tmp_path, files)
    rows = TASKS["tatoeba"].load(tmp_path, "sw", "test").examples
    assert {row.matches for row in rows if row.side == "source"} == {None}
    _write(tmp_path, {**files, "tatoeba/sw-en.en": "".join(reversed(english))})
    rows = TASKS["tatoeba"].load(tmp_path, "sw", "test").examples
    assert [row.matches for row in rows if row.side == "source"] == [(f"target-{n}",) for n in range(1, 11)]


def _answered(text: list[str], start: list[int], context: str | None = "He saw two cats, two") -> dict:
    return {**AFRIQA, "context": context, "answer_pivot": {"text": text, "answer_start": start}}


def test_afriqa_leaves_out_what_its_passage_does_not_answer_and_counts_it(tmp_path):
    records = [
        _answered(["two"], [7]),
        _answered(["two"], [15]),  # nearest: 17, not 7
        _answered(["two"], [11]),  # nearest: 7, not 17
        _answered(["two"], [], context=None),
        _answered(["yes"], [-1]),
        _answered(["two"], [-1]),
        _answered(["Two"], [7]),
        _answered([], []),
    ]
    _write(tmp_path, {AFRIQA_FILE: _jsonl(*records)})
    loaded = TASKS["afriqa"].load(tmp_path, "swa", "test")
    assert [(row.id, row.answers[0].start) for row in loaded.examples] == [("0", 7), ("0#2", 17), ("0#3", 7)]
    assert loaded.notes == [
        "1 row left out: no answer",
        "1 row left out: no passage",
        "1 row left out: the answer is not in the passage",
        "2 rows left out: yes, no, or another answer that is no span of the passage",
        "2 rows repaired: the answer stands elsewhere in the passage than stated",
    ]


def test_wolof_stays_a_language_of_afriqa_whose_absence_is_an_error(tmp_path):
    assert "wol" in TASKS["afriqa"].language_codes
    with pytest.raises(InputError, match=r"gold_span_passages.afriqa.wol.fr.test.json"):
        TASKS["afriqa"].load(tmp_path, "wol", "test")


def test_xcopa_refuses_a_question_that_is_neither_of_its_two(tmp_path):
    _write(tmp_path, {"xcopa/val-sw.jsonl": _jsonl({**XCOPA, "question": "why"})})
    with pytest.raises(InputError, match=r"val-sw.jsonl:1: .*\n.*'why'"):
        TASKS["xcopa"].load(tmp_path, "sw", "dev")


def test_a_label_outside_the_set_is_refused(tmp_path):
    _write(tmp_path, {"xtreme/xnli/dev-sw.tsv": "a\tb\tmaybe\n"})
    with pytest.raises(InputError, match="'maybe'"):
        TASKS["xnli"].load(tmp_path, "sw", "dev")
