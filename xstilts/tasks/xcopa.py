"""XCOPA: which of two sentences is the cause or the result of a premise? English and 11 languages (Ponti et al., 2020).

English (COPA, Roemmele et al., 2011) trains. The context is the premise and the question in English words. A
test file whose labels are all equal hides them (XTREME writes 0 everywhere), and gold is hidden.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from xstilts.errors import InputError
from xstilts.examples import ChoiceExample, Example
from xstilts.formats.jsonl import jsonl
from xstilts.formats.rows import Row, choice_row
from xstilts.kinds.multiple_choice import MultipleChoice
from xstilts.sources import Drops, Files
from xstilts.task import Task

_QUESTIONS = {"cause": "What was the cause?", "effect": "What happened as a result?"}
_BUILD = choice_row()


def _ask(row: Row, drops: Drops) -> Example | None:
    question = row.values["question"]
    if question not in _QUESTIONS:
        raise InputError("a row asks something else", where=row.where, found=repr(question), expected="cause or effect")
    context = f"{row.text('premise')} {_QUESTIONS[question]}"
    return _BUILD(replace(row, values={**row.values, "context": context}), drops)


_FIELDS = {
    "premise": "premise",
    "question": "question",
    "choices": ("choice1", "choice2"),
    "label": "label",
    "id": "idx",
}
_READ = jsonl(_ask, _FIELDS, may_hide=("label",))


def read_test(paths: Sequence[Path], drops: Drops) -> Iterator[Example]:
    """Rows, without labels where all rows have the same one."""
    examples = [example for example in _READ(paths, drops) if isinstance(example, ChoiceExample)]
    hidden = len(examples) > 1 and len({example.label for example in examples}) == 1
    yield from (replace(example, label=None) for example in examples) if hidden else examples


TASK = Task(
    name="xcopa",
    kind=MultipleChoice(),
    languages="en et ht id it qu sw ta th tr vi zh",
    sources=(
        Files("xtreme/xcopa/train-{language}.jsonl", _READ, splits=("train",)),
        Files("xtreme/xcopa/val-{language}.jsonl", _READ, splits=("dev",)),
        Files("xtreme/xcopa/test-{language}.jsonl", read_test, splits=("test",)),
        Files("xtreme/xcopa/test-{language}.derived-labels.jsonl", read_test, splits=("test",)),
        Files("xtreme/xcopa/train.{language}.jsonl", _READ, splits=("train",)),
        Files("xtreme/xcopa/val.{language}.jsonl", _READ, splits=("dev",)),
        Files("xtreme/xcopa/test.{language}.jsonl", read_test, splits=("test",)),
    ),
    sizes={"train": {"en": 400}, "dev": 100, "test": 500},
    license="CC-BY-4.0",
    cite="ponti-etal-2020-xcopa",
)
