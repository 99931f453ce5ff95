"""Tiny files of made-up rows, laid out as those of the data sets are, and the examples that they hold."""

from __future__ import annotations

import json

from xstilts.data.examples import ChoiceExample, RawTextExample, SentenceExample, TextExample, TokenExample


def as_jsonl(*records: dict) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


STORY = {"context": "Ann ran home.", "question": "Why?", "label": 2}
COSMOS = {"id": "c", **STORY, **{f"answer{n}": text for n, text in enumerate(("sun", "fun", "rain", "none"))}}
COSMOS_CSV = 'id,context,question,answer0,answer1,answer2,answer3,label\r\nc,"Ann ran\nhome, fast.",Why?,a,b,c,d,1\r\n'
SWAG = {"ind": 7, "ctx": "A man sits.", "activity_label": "Sitting", "endings": ["He", "She", "It", "We"], "label": 3}
SWAG_TEXT = "Sitting: A man sits. he\n2\nruns.\nsings.\nstands.\nsleeps.\n"
SOCIAL = {"context": "Ann ran.", "question": "Why?", "answerA": "x", "answerB": "y", "answerC": "z"}
SOCIAL_ROW = [ChoiceExample("1", "Ann ran. Why?", ("x", "y", "z"), 2)]
COPA = {"premise": "It rained.", "choice1": "Clouds.", "choice2": "Mud.", "question": "effect", "idx": 4}
COPA_CONTEXT = "It rained. What happened as a result?"
QQP = "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n"
KAGGLE = '"","id","qid1","qid2","question1","question2","is_duplicate"\n"9",8,1,2,"Why, ""x""?","Who?",1\n'
AUTO = (
    "ID=wsj_0001.7 PARSER=GOLD NUMPARSE=1\n"
    r"(<T S[dcl] 0 2> (<L NP NNP NNP Ann NP>) (<L S[dcl]\NP VBD VBD ran S[dcl]\NP_1 {run.01:rel} [ARG0]>) )"
    "\n"
)
NLI = {"sentence1": "A cat.", "sentence2": "A pet.", "gold_label": "entailment", "pairID": "p"}
ANLI = {"uid": "u", "context": "A cat.", "hypothesis": "A dog.", "label": "c"}


def _squad(**paragraph: object) -> str:
    return json.dumps({"data": [{"paragraphs": [paragraph]}]})


def _retrieval(context: str, breaks: list[list[int]], question: str, start: int) -> str:
    asked = {"id": "q", "question": question, "answers": [{"text": "", "answer_start": start}]}
    return _squad(context=context, sentence_breaks=breaks, qas=[asked])


ELEVEN = ("ar", "de", "el", "en", "es", "hi", "ru", "th", "tr", "vi", "zh")
LAREQA_POOL = {
    f"lareqa/xquad-r/{code}.json": _retrieval("Rain. Sun.", [[0, 5], [6, 10]], "what?", 6) for code in ELEVEN
}
LAREQA_IDS = [f"{code}-1-{place}" for code in ELEVEN for place in (1, 2)]
LAREQA_ROWS = [
    SentenceExample("q", "what?", "source", tuple(name for name in LAREQA_IDS if name.endswith("-2"))),
    *(
        SentenceExample(name, "Rain." if name.endswith("-1") else "Sun.", "target", (), "Rain. Sun.")
        for name in LAREQA_IDS
    ),
]
ANSWERED = {
    "context": "Dr. A. Ray left. He saw two cats.",
    "qas": [{"id": "q", "question": "how many?", "answers": [{"text": "two", "answer_start": 24}]}],
}
MENTION = {"example_id": "m", "entity_id": "Q1", "mention_span": {"start": 10, "end": 13, "text": "Ann"}}
ARTICLE = {
    "language": "ta",
    "text": "It rains. Ann ran\nhome. Fog.",
    "sentence_spans": [{"start": 0, "end": 9}, {"start": 10, "end": 23}, {"start": 24, "end": 28}],
}
ENTITY = {"entity_id": "Q1", "title": "Ann", "description": "A  girl.", "description_language": "en"}
MEWSLI_ROWS = [
    SentenceExample("m", "Ann: { Ann } ran home.", "source", ("Q1",)),
    SentenceExample("Q1", "A girl.", "target", ()),
]
NEWS = 'category\theadline\ttext\turl\nsports\tGoal\t"They ""won""\nat home."\tx\n'

SPECIMENS = [
    (
        "anli_plus",
        "en",
        "dev",
        {
            "snli_1.0_dev.jsonl": as_jsonl(NLI),
            "multinli_1.0/multinli_1.0_dev_matched.jsonl": as_jsonl(NLI),
            **{f"anli_v1.0/{name}/dev.jsonl": as_jsonl(ANLI) for name in ("R1", "R2", "R3")},
        },
        [
            TextExample("snli-p", "A cat.", "A pet.", "entailment"),
            TextExample("mnli-p", "A cat.", "A pet.", "entailment"),
            *(TextExample(f"anli-r{n}-u", "A cat.", "A dog.", "contradiction") for n in (1, 2, 3)),
        ],
    ),
    (
        "qqp",
        "en",
        "dev",
        {"glue/QQP/dev.tsv": f'{QQP}5\t1\t2\tWhat is "x"?\tWhat?\t0\n6\t1\t2\tcut\n\n'},
        [TextExample("5", 'What is "x"?', "What?", "0")],
    ),
    (
        "qqp",
        "en",
        "test",
        {"glue/QQP/test.tsv": "id\tquestion1\tquestion2\n0\tWhy?\tWho?\n"},
        [TextExample("0", "Why?", "Who?", None)],
    ),
    ("qqp", "en", "kaggle", {"quora-question-pairs/train.csv": KAGGLE}, [TextExample("8", 'Why, "x"?', "Who?", "1")]),
    (
        "hellaswag",
        "en",
        "train",
        {"hellaswag/hellaswag_train.jsonl": as_jsonl(SWAG)},
        [ChoiceExample("7", "A man sits.", ("He", "She", "It", "We"), 3)],
    ),
    (
        "hellaswag",
        "en",
        "dev",
        {"intermediate/hellaswag/hellaswag_val_full.txt": SWAG_TEXT},
        [ChoiceExample("1", "A man sits. he", ("runs.", "sings.", "stands.", "sleeps."), 2)],
    ),
    (
        "ccg",
        "en",
        "dev",
        {"ccg/AUTO/00/wsj_0001.auto": AUTO},
        [TokenExample("wsj_0001.7", ("Ann", "ran"), ("NP", r"S[dcl]\NP"))],
    ),
    (
        "cosmos_qa",
        "en",
        "dev",
        {"cosmosqa/valid.csv": COSMOS_CSV},
        [ChoiceExample("c", "Ann ran\nhome, fast. Why?", ("a", "b", "c", "d"), 1)],
    ),
    (
        "cosmos_qa",
        "en",
        "test",
        {"cosmosqa/test.jsonl": as_jsonl({key: value for key, value in COSMOS.items() if key != "label"})},
        [ChoiceExample("c", "Ann ran home. Why?", ("sun", "fun", "rain", "none"), None)],
    ),
    (
        "social_iqa",
        "en",
        "train",
        {"xtreme/siqa/socialIQa_v1.4_trn.jsonl": as_jsonl({**SOCIAL, "correct": "C"})},
        SOCIAL_ROW,
    ),
    (
        "social_iqa",
        "en",
        "dev",
        {"socialiqa-train-dev/dev.jsonl": as_jsonl(SOCIAL), "socialiqa-train-dev/dev-labels.lst": "3\n"},
        SOCIAL_ROW,
    ),
    (
        "copa",
        "en",
        "train",
        {"xcopa/train-en.jsonl": as_jsonl({**COPA, "label": 1})},
        [ChoiceExample("4", COPA_CONTEXT, ("Clouds.", "Mud."), 1)],
    ),
    (
        "copa",
        "en",
        "test",
        {"COPA/test.jsonl": as_jsonl(COPA)},
        [ChoiceExample("4", COPA_CONTEXT, ("Clouds.", "Mud."), None)],
    ),
    (
        "paws",
        "en",
        "dev",
        {"paws/final/dev.tsv": 'id\tsentence1\tsentence2\tlabel\n3\t"a ""b"""\tb a\t0\n'},
        [TextExample("3", 'a "b"', "b a", "0")],
    ),
    ("paws", "en", "train", {"pawsx/train-en.tsv": "a b\tb a\t1\n"}, [TextExample("1", "a b", "b a", "1")]),
    ("lareqa", "th", "test", LAREQA_POOL, LAREQA_ROWS),
    (
        "lareqa",
        "en",
        "train",
        {"squad/train-v1.1.json": _squad(**ANSWERED)},
        [
            SentenceExample("q", "how many?", "source", ("sentence-1",)),
            SentenceExample("sentence-1", "He saw two cats.", "target", (), ANSWERED["context"]),
        ],
    ),
    (
        "mewsli_x",
        "en",
        "train",
        {
            "mewslix/wikipedia_pairs-train.jsonl": as_jsonl(
                {"contextual_mention": {"context": ARTICLE, "mention": MENTION}, "entity": ENTITY}
            )
        },
        MEWSLI_ROWS,
    ),
    (
        "mewsli_x",
        "ta",
        "news_dev",
        {
            "mewslix/wikinews_mentions-dev.jsonl": as_jsonl(
                {"context": ARTICLE, "mentions": [MENTION]},
                {"context": {**ARTICLE, "language": "uk"}, "mentions": [{**MENTION, "example_id": "other"}]},
            ),
            "mewslix/candidate_set_entities.jsonl": as_jsonl(ENTITY),
        },
        MEWSLI_ROWS,
    ),
    (
        "masakhaner",
        "swa",
        "train",
        {"masakhane/masakhaner/v1/swa/train.txt": "Jumatatu B-DATE\nJuma B-PER\n\n"},
        [TokenExample("1", ("Jumatatu", "Juma"), ("B-DATE", "B-PER"))],
    ),
    (
        "masakhaner_v2",
        "zul",
        "test",
        {"MasakhaNER2.0/data/zul/test.txt": "uJuma B-PER\n"},
        [TokenExample("1", ("uJuma",), ("B-PER",))],
    ),
    ("masakhapos", "wol", "dev", {"data/wol/dev.txt": "muus NOUN\n"}, [TokenExample("1", ("muus",), ("NOUN",))]),
    (
        "masakhanews",
        "eng",
        "test",
        {"masakhane/masakhanews/eng/test.tsv": NEWS},
        [TextExample("1", "Goal", 'They "won"\nat home.', "sports")],
    ),
    (
        "afriqa_queries",
        "wol",
        "dev",
        {
            "masakhane/afriqa/queries/wol/queries.afriqa.wol.fr.dev.json": as_jsonl(
                {"id": 0, "question": None, "translated_question": "qui?"},
                {"id": 1, "question": "kan?", "translated_question": "qui ?"},
            )
        },
        [RawTextExample("line-2", "kan?", "qui ?")],
    ),
    (
        "mini-aligned",
        "sw",
        "train",
        {"mini/parallel/sw-en.sw": "paka\n", "mini/parallel/sw-en.en": "cat\n"},
        [
            SentenceExample("source-1", "paka", "source", ("target-1",)),
            SentenceExample("target-1", "cat", "target", ()),
        ],
    ),
    (
        "mini-topic",
        "sw",
        "test",
        {"mini/topic/test-sw.tsv": "Paka anakula.\tfood\n"},
        [TextExample("1", "Paka anakula.", None, "food")],
    ),
]
