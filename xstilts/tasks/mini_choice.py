"""Mini choice: which of four things comes of a situation.

Made when it is needed, by rules, in every language of `xstilts/mini`; training sets have words and constructions
missing that half of each test set has.
"""

from xstilts.formats.jsonl import jsonl
from xstilts.formats.rows import choice_row
from xstilts.kinds.multiple_choice import MultipleChoice
from xstilts.mini.languages import language_codes
from xstilts.mini.source import made
from xstilts.task import Task

_FIELDS = {"id": "id", "context": "context", "choices": "choices", "label": "label"}

TASK = Task(
    name="mini-choice",
    kind=MultipleChoice(),
    languages=" ".join(language_codes()),
    sources=(made("choice", jsonl(choice_row(), _FIELDS)),),
    license="Apache-2.0",
    cite="xstilts",
)
