"""Files of predictions and of gold labels in XTREME's submission formats: read strictly, and written.

| kind | format |
|---|---|
| classification | one label per line |
| multiple choice | one index per line, from 0 |
| tagging | one tag per line, or a token and its tag; a blank line between sentences |
| span QA | a JSON object: question id -> answer text |
| bitext | one index of the target side per line, from 0; or lines of source id, tab, target id |
| bitext mining | lines of source id, tab, target id |

Lines stand in the order of the rows. Gold may be the data set's own file, or a file in these formats, which is how
XTREME hands out gold.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from xstilts.data.examples import ChoiceExample, Example, SentenceExample, TextExample, TokenExample
from xstilts.data.sources import Drops, Files
from xstilts.errors import InputError, XstiltsError, nearest
from xstilts.formats.text import parsed_json
from xstilts.kinds.bitext import Bitext
from xstilts.kinds.classification import Classification
from xstilts.kinds.multiple_choice import MultipleChoice
from xstilts.kinds.span_qa import SpanQA
from xstilts.kinds.tagging import Tagging
from xstilts.scoring import (
    Pair,
    ScoredMetric,
    bitext_of_pairs,
    check_ids,
    score_bitext_pairs,
    score_examples,
    scored_side,
)
from xstilts.task import Task

_Line = tuple[int, str]
_T = TypeVar("_T")

# What readers raise at a file that is not theirs, beside InputError (KeyError and UnicodeDecodeError are among these).
_FOREIGN_FILE = (XstiltsError, ValueError, LookupError, TypeError, AttributeError, OSError)


def score_file(task: Task, language: str, gold: Path, predictions: Path) -> list[ScoredMetric]:
    """Scores a file of predictions against a file of gold with the task's metrics.

    Raises:
        InputError: If either file cannot be read, or they do not belong together.
    """
    found = _find_gold(task, language, gold)
    if found.pairs is not None:
        return score_bitext_pairs(task, language, found.pairs, read_pairs(predictions))
    read = read_predictions(task, found.examples, predictions)
    return score_examples(task, found.examples, read, language)


def read_predictions(task: Task, examples: Sequence[Example], path: Path) -> dict[str, Any]:
    """Reads a file of predictions for these rows.

    Args:
        task: Its kind decides the format.
        examples: The rows that were predicted, in the order of the data set; of a bitext both sides.
        path: The file, in UTF-8.

    Returns:
        Row id -> label, index of a choice, tuple of tags, answer text, target id, or tuple of target ids (mining).

    Raises:
        InputError: That names file, line, and what is wrong there.
    """
    kind = task.kind
    if isinstance(kind, SpanQA):
        return _answers(examples, path)
    if isinstance(kind, Bitext):
        return _bitext_predictions(kind, examples, path)
    if isinstance(kind, Tagging):
        return _tag_predictions(kind, examples, path)
    if not isinstance(kind, Classification | MultipleChoice):
        raise InputError(f"predictions of kind {kind.name} have no file format", where=path)
    predictions: dict[str, Any] = {}
    for example, (number, text) in _aligned(examples, _filled_lines(path), path, "lines"):
        where = f"{path}:{number}"
        if isinstance(kind, Classification):
            predictions[example.id] = _one_of(kind.labels, text, "label", where)
        else:
            choices = len(example.choices) if isinstance(example, ChoiceExample) else 0
            predictions[example.id] = _index(text, choices or None, where)
    return predictions


def write_predictions(task: Task, examples: Sequence[Example], predictions: Mapping[str, Any], path: Path) -> None:
    """Writes a file of predictions that `read_predictions` reads.

    Args:
        task: Its kind decides the format.
        examples: The rows, in the order of the data set; of a bitext both sides.
        predictions: As `read_predictions` returns them.
        path: The file.

    Raises:
        InputError: If the kind has no file format, or ids are missing or unknown.
    """
    scored = scored_side(examples)
    check_ids([example.id for example in scored], predictions, where=f"{task.name}, {path.name}")
    kind = task.kind
    aligned = [predictions[example.id] for example in scored]
    if isinstance(kind, SpanQA):
        answers = dict(zip((example.id for example in scored), aligned, strict=True))
        text = json.dumps(answers, ensure_ascii=False, indent=1) + "\n"
    elif isinstance(kind, Tagging):
        text = "\n".join("".join(f"{tag}\n" for tag in tags) for tags in aligned)
    elif isinstance(kind, Bitext) and kind.mining:
        pairs = ((row.id, target) for row, targets in zip(scored, aligned, strict=True) for target in targets)
        text = "".join(f"{source}\t{target}\n" for source, target in pairs)
    elif isinstance(kind, Bitext):
        targets = [row.id for row in examples if isinstance(row, SentenceExample) and row.side == "target"]
        places = {target: place for place, target in enumerate(targets)}
        text = "".join(f"{places[target]}\n" for target in aligned)
    elif isinstance(kind, Classification | MultipleChoice):
        text = "".join(f"{answer}\n" for answer in aligned)
    else:
        raise InputError(f"predictions of kind {kind.name} have no file format", where=path)
    path.write_text(text, encoding="utf-8")


def read_gold(task: Task, language: str, path: Path) -> list[Example]:
    """Reads a file of gold in whichever format of the task it has: the data set's own, or the submission format.

    The first reading in which every row has gold is taken; failing that, the first that works at all. A file in the
    submission format gives rows that have an id (the number of the row, from 0) and gold, and no text.

    Gold pairs of a bitext name only the sentences that have a translation; to score against those, use `score_file` or
    `score_bitext_pairs`.

    Raises:
        InputError: If no reading works; it says what each reader complained about.
    """
    return _find_gold(task, language, path).examples


@dataclass(frozen=True)
class _Gold:
    """Rows with gold; and the pairs they were made from if the file held nothing but pairs of ids."""

    examples: list[Example]
    pairs: list[Pair] | None = None


def _find_gold(task: Task, language: str, path: Path) -> _Gold:
    if language not in task.language_codes:
        raise InputError(
            f"{task.name} has no language {language!r}",
            expected=f"one of {task.languages}",
            fix=nearest(language, list(task.language_codes)),
        )
    read_text(path)
    without_gold: _Gold | None = None
    complaints: list[str] = []
    for source in [*_single_file_sources(task, language), None]:
        name = _reader_name(source) if source else "submission format"
        try:
            gold = _Gold(task.read(source, [path], Drops())) if source else _gold_from_submission(task, path)
        except _FOREIGN_FILE as error:
            complaints.append(f"{name}: {' '.join(str(error).split())}")
            continue
        rows = scored_side(gold.examples)
        if rows and all(row.gold is not None for row in rows):
            return gold
        if rows:
            without_gold = without_gold or gold
        complaints.append(f"{name}: no rows")
    if without_gold is not None:
        return without_gold
    raise InputError(
        f"no reader of {task.name} can read this file as gold",
        where=path,
        found="\n            ".join(dict.fromkeys(complaints)),
        expected="a file of the data set, or gold in the submission format",
    )


def _single_file_sources(task: Task, language: str) -> list[Files]:
    """One source per distinct reader that takes a single file and is for this language.

    A reader may be for one language only: XNLI's original files hold all of them, and each reader picks its own.
    """
    sources: list[Files] = []
    for source in task.sources:
        paths = [source.paths(language, split) for split in source.splits]
        fits = any(found is not None and len(found) == 1 for found in paths)
        if fits and all(source.read != other.read for other in sources):
            sources.append(source)
    return sources


def _reader_name(source: Files) -> str:
    read: Any = getattr(source.read, "func", source.read)  # the function behind a functools.partial
    # Readers are mostly closures; the function that made one has the telling name.
    return str(getattr(read, "__qualname__", type(read).__name__)).partition(".<locals>")[0]


def _gold_from_submission(task: Task, path: Path) -> _Gold:
    kind = task.kind
    if isinstance(kind, Bitext):
        return _bitext_gold(kind, path)
    examples: list[Example] = []
    if isinstance(kind, Tagging):
        for row, lines in enumerate(_sentences(path)):
            tags = _sentence_tags(kind, lines, path)
            examples.append(TokenExample(str(row), ("",) * len(tags), tags))
    elif isinstance(kind, Classification | MultipleChoice):
        for row, (number, text) in enumerate(_filled_lines(path)):
            where = f"{path}:{number}"
            if isinstance(kind, Classification):
                examples.append(TextExample(str(row), "", None, _one_of(kind.labels, text, "label", where)))
            else:
                examples.append(ChoiceExample(str(row), "", (), _index(text, None, where)))
    else:
        raise InputError(f"gold of kind {kind.name} has no submission format", expected="the data set's own file")
    return _Gold(examples)


def _bitext_gold(kind: Bitext, path: Path) -> _Gold:
    lines = _filled_lines(path)
    if kind.mining or "\t" in lines[0][1]:
        pairs = read_pairs(path)
        return _Gold(bitext_of_pairs(pairs), pairs)
    return _Gold(_bitext_from_indices([_index(text, None, f"{path}:{number}") for number, text in lines]))


def read_pairs(path: Path) -> list[Pair]:
    """Reads lines of source id, tab, target id. A pair that stands twice counts once.

    Raises:
        InputError: If a line is not two ids.
    """
    return list(dict.fromkeys(pair for _, pair in _numbered_pairs(path)))


def _numbered_pairs(path: Path) -> Iterator[tuple[int, Pair]]:
    for number, text in _filled_lines(path, may_be_empty=True):
        fields = [part.strip() for part in text.split("\t")]
        if len(fields) != 2 or not all(fields):
            raise InputError(
                "a line is not a pair of ids",
                where=f"{path}:{number}",
                found=repr(text),
                expected="source id, tab, target id",
            )
        yield number, (fields[0], fields[1])


def _bitext_from_indices(matches: Sequence[int]) -> list[Example]:
    """Both sides of a bitext whose gold is an index per line; the target side is taken to be as long, at least."""
    targets = max([len(matches), *(match + 1 for match in matches)])
    return [
        *(SentenceExample(str(row), "", "source", (str(match),)) for row, match in enumerate(matches)),
        *(SentenceExample(str(row), "", "target", ()) for row in range(targets)),
    ]


def _bitext_predictions(kind: Bitext, examples: Sequence[Example], path: Path) -> dict[str, Any]:
    sources = scored_side(examples)
    targets = [row.id for row in examples if isinstance(row, SentenceExample) and row.side == "target"]
    lines = _filled_lines(path, may_be_empty=kind.mining)
    if not kind.mining and "\t" not in lines[0][1]:
        return {
            row.id: targets[_index(text, len(targets), f"{path}:{number}")]
            for row, (number, text) in _aligned(sources, lines, path, "lines")
        }
    proposed = _proposed_pairs({row.id for row in sources}, set(targets), path)
    if kind.mining:
        return {row.id: tuple(proposed.get(row.id, ())) for row in sources}
    check_ids([row.id for row in sources], proposed, where=path)
    for source, found in proposed.items():
        if len(found) > 1:
            raise InputError(f"source {source!r} has two predictions", where=path, found=", ".join(found))
    return {source: found[0] for source, found in proposed.items()}


def _proposed_pairs(sources: set[str], targets: set[str], path: Path) -> dict[str, list[str]]:
    """Source id -> the target ids that the lines of a file give it, each once."""
    proposed: dict[str, dict[str, None]] = {}
    for number, (source, target) in _numbered_pairs(path):
        for id_, known, side in ((source, sources, "source"), (target, targets, "target")):
            if id_ not in known:
                raise InputError(f"the {side} side has no sentence {id_!r}", where=f"{path}:{number}")
        proposed.setdefault(source, {})[target] = None
    return {source: list(found) for source, found in proposed.items()}


def _answers(examples: Sequence[Example], path: Path) -> dict[str, Any]:
    answers = parsed_json(read_text(path), path, expected="a JSON object: question id -> answer text")
    if not isinstance(answers, dict):
        raise InputError(
            "the file is not a JSON object",
            where=path,
            found=f"a {type(answers).__name__}",
            expected="question id -> answer text",
        )
    for id_, answer in answers.items():
        if not isinstance(answer, str):
            raise InputError(
                f"the answer of {id_!r} is not a text", where=path, found=repr(answer)[:60], expected="a text in quotes"
            )
    check_ids([example.id for example in examples], answers, where=path)
    return answers


def _tag_predictions(kind: Tagging, examples: Sequence[Example], path: Path) -> dict[str, Any]:
    predictions = {}
    for row, (example, lines) in enumerate(_aligned(examples, _sentences(path), path, "sentences")):
        assert isinstance(example, TokenExample)
        if len(lines) != len(example.tokens):
            raise InputError(
                f"sentence {row + 1} (row {example.id}) has another number of tags than of tokens",
                where=f"{path}:{lines[0][0]}",
                found=f"{len(lines)} tags",
                expected=f"{len(example.tokens)} tags",
            )
        predictions[example.id] = _sentence_tags(kind, lines, path)
    return predictions


def _sentence_tags(kind: Tagging, lines: Sequence[_Line], path: Path) -> tuple[str, ...]:
    # The tag is the last field: a token may hold spaces.
    return tuple(_one_of(kind.tags, text.split()[-1], "tag", f"{path}:{number}") for number, text in lines)


def _sentences(path: Path) -> list[list[_Line]]:
    """Runs of lines between blank lines."""
    sentences: list[list[_Line]] = [[]]
    for number, text in enumerate(read_text(path).split("\n"), start=1):
        if text.strip():
            sentences[-1].append((number, text))
        elif sentences[-1]:
            sentences.append([])
    return [lines for lines in sentences if lines]


def read_text(path: Path) -> str:
    """The text of a file in UTF-8, with or without a byte order mark.

    Raises:
        InputError: If there is no such file, or other bytes are in it.
    """
    if not path.is_file():
        raise InputError("there is no such file", where=path, expected="a file of gold or of predictions")
    data = path.read_bytes()
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise InputError(
            "the file is not UTF-8",
            where=path,
            found=f"byte 0x{data[error.start]:02x} at offset {error.start}",
            fix="convert the file, for example with iconv -t UTF-8",
        ) from None


def _filled_lines(path: Path, may_be_empty: bool = False) -> list[_Line]:
    """Number and stripped text of each line; blank ones may stand at the end only."""
    # Not splitlines(): only line feeds end lines here, not the separators that Unicode has beside them.
    texts = [text.strip() for text in read_text(path).rstrip().split("\n")]
    if texts == [""]:
        if may_be_empty:
            return []
        raise InputError("the file is empty", where=path, expected="a line for each row")
    if "" in texts:
        raise InputError("a line is blank", where=f"{path}:{texts.index('') + 1}", fix="write one line per row")
    return list(enumerate(texts, start=1))


def _aligned(examples: Sequence[Example], items: Sequence[_T], path: Path, noun: str) -> Iterator[tuple[Example, _T]]:
    if len(items) != len(examples):
        raise InputError(
            "predictions and rows differ in number",
            where=path,
            found=f"{len(items):,} {noun}",
            expected=f"{len(examples):,}",
            fix="check that the predictions are of this task, language and split",
        )
    return zip(examples, items, strict=True)


def _one_of(known: Sequence[str], name: str, noun: str, where: str) -> str:
    if name not in known:
        raise InputError(
            f"the {noun} is not of this task",
            where=where,
            found=repr(name),
            expected=f"one of {', '.join(known)}",
            fix=nearest(name, list(known)),
        )
    return name


def _index(text: str, stop: int | None, where: str) -> int:
    """The text as an index from 0, below `stop` where that is known."""
    index = int(text) if text.isascii() and text.isdigit() else -1
    if index < 0 or (stop is not None and index >= stop):
        raise InputError(
            "this is no valid index",
            where=where,
            found=repr(text),
            expected=f"a number from 0 to {stop - 1}" if stop is not None else "a number from 0",
        )
    return index
