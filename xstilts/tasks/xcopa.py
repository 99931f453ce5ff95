"""XCOPA: which of two sentences is the cause or the result of a premise? 11 languages (Ponti et al., 2020).

English COPA trains it; XTREME-R trains on Social IQa before that, which is the recipe `[social_iqa]`. English is
COPA's dev and test, and is not evaluated unless asked for. A test file whose labels are all equal hides them
(XTREME writes 0 everywhere), and gold is hidden.
"""

from xstilts.data.sources import Files, Url
from xstilts.kinds.multiple_choice import MultipleChoice
from xstilts.task import Task
from xstilts.tasks.copa import ARCHIVE, READ, read_test

_TRANSLATED = "et ht id it qu sw ta th tr vi zh"
_GITHUB = (
    "https://raw.githubusercontent.com/cambridgeltl/xcopa/e2e9d7f105a758ee869cd13e0fe251ef93a29840/data/{language}"
)

TASK = Task(
    name="xcopa",
    kind=MultipleChoice(),
    languages=f"en {_TRANSLATED}",
    evaluated=_TRANSLATED,
    trained_on="copa",
    sources=(
        Files("xtreme/xcopa/val-{language}.jsonl", READ, splits=("dev",)),
        Files("xtreme/xcopa/test-{language}.jsonl", read_test, splits=("test",)),
        Files("xtreme/xcopa/test-{language}.derived-labels.jsonl", read_test, splits=("test",)),
        Files("xtreme/xcopa/val.{language}.jsonl", READ, splits=("dev",)),
        Files("xtreme/xcopa/test.{language}.jsonl", read_test, splits=("test",)),
        Files("xcopa/data/{language}/val.{language}.jsonl", READ, splits=("dev",)),
        Files("xcopa/data/{language}/test.{language}.jsonl", read_test, splits=("test",)),
        Url(f"{_GITHUB}/val.{{language}}.jsonl", READ, ("dev",), languages=_TRANSLATED),
        Url(f"{_GITHUB}/test.{{language}}.jsonl", read_test, ("test",), languages=_TRANSLATED),
        Url("COPA/val.jsonl", READ, ("dev",), languages="en", archive=ARCHIVE),
        Url("COPA/test.jsonl", read_test, ("test",), languages="en", archive=ARCHIVE),
    ),
    sizes={"dev": 100, "test": 500},
    license="CC-BY-4.0",
    cite="ponti-etal-2020-xcopa",
)
