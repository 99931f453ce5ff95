"""Tasks of the user's own that are described wrongly, in YAML and in Python."""

from __future__ import annotations

from typing import Any

from errors.catalogue import Case, study

SHOW = "tasks mine --study study.yaml --sample 1"
ROWS = "some text\ta\nmore text\tb\n"
MINE: dict[str, Any] = {
    "kind": "classification",
    "format": "tsv",
    "labels": ["a", "b"],
    "columns": {"text": 0, "label": 1},
    "files": {"en": {"train": "mine.tsv"}},
}
CHOICE = {"kind": "multiple_choice", "labels": None, "columns": {"context": 0, "choices": [1, 2], "label": 3}}


def described(name: str, *says: str, line: bool = True, command: str = SHOW, **changes: Any) -> Case:
    """A task of which some fields are replaced, or left out where None."""
    task = {field: value for field, value in {**MINE, **changes}.items() if value is not None}
    place = ("study.yaml:", "tasks.mine") if line else ()
    text = study(tasks={"mine": task}, targets={"mine": {"evaluate": ["en"]}}, recipes={"direct": []})
    return Case(name, command, (*place, *says), {"study.yaml": text, "mine.tsv": ROWS})


IN_YAML = [
    described("an unknown kind", "tasks.mine.kind", "'classifcation'", "'classification'", kind="classifcation"),
    described("no kind", "tasks.mine", "'kind' is missing", "classification", kind=None),
    described("no format", "'format' is missing", "tsv", format=None),
    described("an unknown format", "tasks.mine.format", "'csv'", "'tsv'", format="csv"),
    described("a format of another kind", "tasks.mine.format", "squad", "tsv, jsonl", format="squad"),
    described("no files", "'files' is missing", "train: train.tsv", files=None),
    described("files without languages", "tasks.mine.files", "'mine.tsv'", "a mapping", files={"train": "mine.tsv"}),
    described("an unknown language", "tasks.mine.files", "'english'", "ISO 639", files={"english": {"train": "mine.tsv"}}),
    described("no as false", "tasks.mine.files", "False", "quotes", files={False: {"train": "mine.tsv"}}),
    described("a file without a name", "tasks.mine.files.en.train", "''", "a path", files={"en": {"train": ""}}),
    described("a file that is a folder", "mini", "not there", line=False, files={"en": {"train": "mini"}}),
    described("a file that is not there", "gone.tsv", "not there", line=False, files={"en": {"train": "gone.tsv"}}),
    described("no labels", "tasks.mine.labels", "needs its labels", "at least two", labels=None),
    described("one label", "tasks.mine.labels", "['a']", "at least two", labels=["a"]),
    described("a label twice", "tasks.mine.labels", "['a', 'b', 'a']", "once", labels=["a", "b", "a"]),
    described("labels that YAML takes for truth", "tasks.mine.labels", "True", "quotes", labels=[True, False]),
    described("no columns", "tasks.mine.columns", "text and label", "columns", columns=None),
    described("an unknown role", "tasks.mine.columns.txt", "'text'", columns={"txt": 0, "label": 1}),
    described("a name without a header", "tasks.mine.columns.text", "'sentence'", "header: true", columns={"text": "sentence", "label": 1}),
    described("a position with a header", "tasks.mine.columns.text", "0", "a name in the header", header=True),
    described("a position below 0", "tasks.mine.columns.label", "-1", "count from 0", columns={"text": 0, "label": -1}),
    described("a text in two columns", "tasks.mine.columns.text", "[0, 1]", "only choices", columns={"text": [0, 1], "label": 1}),
    described("choices in one column", "tasks.mine.columns.choices", "1", "[1, 2, 3]", **{**CHOICE, "columns": {"context": 0, "choices": 1, "label": 2}}),
    described("a wide delimiter", "tasks.mine.delimiter", "'||'", "1", delimiter="||"),
    described("an unknown base of labels", "tasks.mine.label_base", "2", "0 or 1", **CHOICE, label_base=2),
    described("one file of two that are aligned", "tasks.mine.files.en.train", "'mine.tsv'", "[source file, target file]", kind="bitext", format="lines", labels=None, columns=None),
    described("a rate of no masking", "tasks.mine.rate", "masked", "classification", rate=0.3),
    described("a rate of all", "tasks.mine.rate", "1.5", "less than 1", kind="masked_lm", format="text", labels=None, columns=None, rate=1.5),
    described("text beside files", "tasks.mine.text_of", "in place of", kind="masked_lm", text_of="mnli"),
    described("text of an unknown task", "tasks.mine.text_of", "'mnil'", "'mnli'", kind="masked_lm", text_of="mnil", format=None, files=None, labels=None, columns=None),
    described("a language of training without a file", "tasks.mine.train_language", "sw", "train_language: en", train_language="sw"),
    described("a misspelt field", "tasks.mine.lables", "'labels'", lables=["a"]),
    described("an unknown metric", "tasks.mine.metrics", "'acuracy'", "'accuracy'", metrics=["acuracy"]),
    described("a headline that is no metric", "tasks.mine.headline", "'f1'", "accuracy", metrics=["accuracy"], headline=["f1"]),
    described("an unknown trainer", "targets.mine", "'mnil'", "'mnli'", line=False, command="plan study.yaml", trained_on="mnil"),
    described("an evaluated split that is not there", "targets.mine", "'tset'", "train, dev", line=False, command="plan study.yaml", evaluated_on="tset", files={"en": {"train": "mine.tsv", "dev": "mine.tsv"}}),
    described("a dialect of no delimiter", "tasks.mine.delimiter", "line", quoted=True, delimiter="\n"),
    Case("a task that is a list", SHOW, ["study.yaml:", "tasks.mine", "a mapping"], {"study.yaml": study(tasks={"mine": ["a"]})}),
    Case("a name of a task with a space", SHOW, ["study.yaml:", "'my task'", "letters, digits"], {"study.yaml": study(tasks={"my task": MINE})}),
]  # fmt: skip

TASK = '''"""Mine."""
from xstilts.formats.rows import text_row
from xstilts.formats.tsv import tsv
from xstilts.kinds.classification import Classification
from xstilts.data.sources import Files, Hub, Url
from xstilts.task import Task
from xstilts.data.examples import TextExample

def read(paths, drops):
    {body}

TASK = Task("mine", Classification(labels=("a", "b")), "en", (Files("mine.tsv", {reader}, ("train",)),){more})
'''
TABLE = 'tsv(text_row(), {"text": 0, "label": 1})'


def python(name: str, *says: str, body: str = "yield from ()", reader: str = "read", more: str = "") -> Case:
    content = TASK.format(body=body, reader=reader, more=more)
    command = "tasks mine --task-file mine.py --data-dir . --sample 1"
    return Case(name, command, ("mine", *says), {"mine.py": content, "mine.tsv": ROWS})


def plain(name: str, content: str | bytes, *says: str) -> Case:
    return Case(name, "tasks --task-file mine.py", ("mine.py", *says), {"mine.py": content})


IN_PYTHON = [
    Case("no task file", "tasks --task-file gone.py", ["gone.py: there is no such task file", "expected:"]),
    Case("a folder as a task file", "tasks --task-file mini", ["mini: ", "folder", "a Python file"]),
    Case("a study as a task file", "tasks --task-file study.yaml", ["study.yaml: ", "Python", ".py"]),
    Case(
        "a task file of a study that is not there",
        "plan study.yaml",
        ["study.yaml:", "gone.py: there is no such task file"],
        {"study.yaml": study(task_files=["gone.py"])},
    ),
    plain("broken Python", "TASK = (\n", "line 1", "SyntaxError", "TASK = Task(...)"),
    plain("an absent module", "import gone_gone\n", "ModuleNotFoundError", "gone_gone", "mine.py:1: "),
    plain("an error while it is loaded", "x = 1\ny = x / 0\n", "ZeroDivisionError", "mine.py:2: "),
    plain("a file that ends the program", "import sys\nsys.exit(0)\n", "SystemExit", "mine.py:2: "),
    plain("no TASK", "x = 1\n", "defines no task", "TASK = Task(...)"),
    plain("a TASK of another kind", 'TASK = "xnli"\n', "defines no task", "a str", "TASK = Task(...)"),
    plain("not UTF-8", b"# caf\xe9\nTASK = 1\n", "UTF-8"),
    plain("NULs", b"TASK = 1\x00\n", "null"),
    plain("a misspelt field of Task", "from xstilts.task import Task\nTASK = Task(nmae='x')\n", "nmae", "mine.py:2: "),
    plain(
        "an unpinned source",
        "from xstilts.data.sources import Hub\nHub('x', None, ('test',), repository='a/b', revision='main')\n",
        "not pinned", "'main'", "40 hexadecimal",
    ),
    python("a reader that fails", "KeyError", "'text'", "line 10", body='yield {}["text"]'),
    python("a reader of no rows", "is empty", "0 rows"),
    python("a reader that gives None", "no example", "None", "TextExample", body="yield None"),
    python("a reader of another kind of rows", "TokenExample", "TextExample", body="from xstilts.data.examples import TokenExample; yield TokenExample('1', ('a',), ('a',))"),
    python("ids that are not unique", "an id is not unique", "'1'", "mine.tsv", body="yield TextExample('1', 'x', None, 'a'); yield TextExample('1', 'x', None, 'a')"),
    python("an unknown label", "'c'", "one of a, b", body="yield TextExample('1', 'x', None, 'c')"),
    python("a pattern with an unknown field", "{lang}", "{language}", reader=TABLE + ', ("train",)), Files("{lang}.tsv", ' + TABLE),
    python("an unknown metric of a task file", "'acuracy'", "'accuracy'", reader=TABLE, more=', metrics=("acuracy",)'),
]  # fmt: skip

CASES = [*IN_YAML, *IN_PYTHON]
