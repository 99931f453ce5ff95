"""`xstilts tasks`: the catalogue, one task, examples of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xstilts.cli.options import DataDir, Json, TaskFile
from xstilts.data.examples import (
    ChoiceExample,
    Example,
    QuestionExample,
    RawTextExample,
    SentenceExample,
    TextExample,
    TokenExample,
)
from xstilts.errors import InputError

if TYPE_CHECKING:
    from xstilts.data.sources import Origin
    from xstilts.task import Task


def tasks(
    name: Annotated[str | None, typer.Argument(help="One task; all unless said.")] = None,
    language: Annotated[str | None, typer.Option("--language", "-l", help="Language of the examples.")] = None,
    split: Annotated[str | None, typer.Option(help="Split of the examples.")] = None,
    sample: Annotated[int, typer.Option(metavar="N", min=0, help="How many examples to show.")] = 0,
    study: Annotated[Path | None, typer.Option(help="A study whose own tasks are known too.")] = None,
    data_dir: DataDir = None,
    task_file: TaskFile = None,
    as_json: Json = False,
) -> None:
    """Lists the tasks, describes one, or shows examples of it."""
    from xstilts.catalogue import Tasks
    from xstilts.data.sources import check_data_dir
    from xstilts.task_file import task_from_file

    known = Tasks(task_from_file(path) for path in task_file or ())
    if study is not None:
        from xstilts.study import Study

        known = known | Study.from_yaml(study).known_tasks
    check_data_dir(data_dir)
    _require_sample(name, language, split, sample)
    if name is None:
        _catalogue([known[each] for each in known.names()], as_json)
    elif sample:
        _examples(known[name], language, split, sample, data_dir, as_json)
    else:
        _describe(known[name], data_dir, as_json)


def _require_sample(name: str | None, language: str | None, split: str | None, sample: int) -> None:
    """What only examples heed must not be said without them.

    Raises:
        InputError: If it is.
    """
    if sample and name is None:
        raise InputError("--sample shows examples of one task, and none is named", fix="xstilts tasks NAME --sample 3")
    given = [option for option, value in (("--language", language), ("--split", split)) if value is not None]
    if given and not sample:
        raise InputError(
            f"{' and '.join(given)} would choose examples, and none are asked for", fix="add --sample and a number"
        )


def _facts(task: Task) -> dict[str, Any]:
    return {
        "name": task.name,
        "kind": task.kind.name,
        "description": task.description,
        "languages": list(task.language_codes),
        "splits": list(task.splits),
        "trained_on": task.trainer,
        "metrics": list(task.metric_names),
        "headline": list(task.headline_names),
        "license": task.license,
        "cite": task.cite,
        "sizes": {split: dict(size) if isinstance(size, Mapping) else size for split, size in task.sizes.items()},
        "sources": [asdict(origin) for origin in _origins(task)],
    }


def _origins(task: Task) -> list[Origin]:
    """What the sources are, in their order; those that differ in their languages alone as one."""
    merged: dict[Origin, list[tuple[str, ...]]] = {}
    for origin in (origin for source in task.sources for origin in source.origins()):
        merged.setdefault(replace(origin, languages=()), []).append(origin.languages)
    return [
        replace(origin, languages=tuple(dict.fromkeys(chain(*languages))) if all(languages) else ())
        for origin, languages in merged.items()
    ]


def _catalogue(found: list[Task], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps([_facts(task) for task in found], indent=1, ensure_ascii=False))
        return
    rows = [_line(task) for task in found]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        typer.echo("  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())


def _line(task: Task) -> tuple[str, ...]:
    """Name, kind, languages, headline metrics, rows of all languages together, kinds of sources, license."""
    count = len(task.language_codes)
    sizes = {split: size for split in ("train", "dev", "test") if (size := task.sizes.get(split)) is not None}
    rows = (
        f"{split} {sum(size.values()) if isinstance(size, Mapping) else size:,}"
        + (" each" if count > 1 and not isinstance(size, Mapping) else "")
        for split, size in sizes.items()
    )
    places = dict.fromkeys(origin.what.rpartition(", ")[2] for origin in _origins(task))
    return (
        task.name,
        task.kind.name,
        task.languages if count == 1 else f"{count} languages",
        ", ".join(task.headline_names),
        ", ".join(rows) or "rows not stated",
        ", ".join(places),
        task.license,
    )


def _describe(task: Task, data_dir: Path | None, as_json: bool) -> None:
    facts = _facts(task)
    if data_dir is not None:
        facts["files"] = {split: list(task.available(data_dir, split)) for split in task.splits}
    if as_json:
        typer.echo(json.dumps(facts, indent=1, ensure_ascii=False))
        return
    typer.echo(f"{task.name}: {task.description}\n")
    for key, value in facts.items():
        if key in ("name", "description", "sources"):
            continue
        if key == "sizes":
            for split, size in value.items():
                counts = size if isinstance(size, dict) else {"": size}
                shown = " ".join(f"{code} {count:,}".strip() for code, count in counts.items())
                typer.echo(f"{f'rows of {split}':15}: {shown}")
        elif key == "files":
            for split, languages in value.items():
                missing = [code for code in task.language_codes if code not in languages]
                made = missing and all(task.holds(data_dir, code, split) for code in missing)
                found = [
                    *languages,
                    *(["(others made when needed)" if languages else "made when needed"] if made else []),
                ]
                typer.echo(f"files of {split:6}: {' '.join(found) or 'none'}")
        else:
            typer.echo(f"{key:15}: {' '.join(value) if isinstance(value, list) else value}")
    typer.echo("sources, in the order in which they are tried:")
    for origin in _origins(task):
        typer.echo(f"  {_shown_origin(origin, task)}")


def _shown_origin(origin: Origin, task: Task) -> str:
    """What a source is, how its files are had, where, and what it holds of the task."""
    partial = origin.languages and set(origin.languages) != set(task.language_codes)
    held = [" ".join(origin.splits), *([" ".join(origin.languages)] if partial else [])]
    return f"{', '.join(filter(None, (origin.what, origin.how)))}: {origin.place} ({'; '.join(held)})"


def _examples(
    task: Task, language: str | None, split: str | None, sample: int, data_dir: Path | None, as_json: bool
) -> None:
    code = language or task.train_language
    if code not in task.language_codes:
        code = task.language_codes[0] if language is None else code
    there = [name for name in task.splits if task.holds(data_dir, code, name)]
    chosen = split or next((name for name in ("train", "dev", "test") if name in there), task.splits[0])
    examples = task.load(data_dir, code, chosen).examples
    for example in examples[:sample]:
        if as_json:
            typer.echo(json.dumps(asdict(example), ensure_ascii=False))
        else:
            typer.echo("\n".join(f"{field:10} {text}" for field, text in _shown(example, examples)) + "\n")


def _shown(example: Example, others: Sequence[Example]) -> Iterator[tuple[str, str]]:
    """Lines of an example with their names, gold marked where it belongs."""
    yield "id", example.id
    match example:
        case RawTextExample():
            yield "text", example.text
            if example.translation is not None:
                yield "translated", example.translation
        case TextExample():
            yield "text", example.text
            if example.pair is not None:
                yield "pair", example.pair
            yield "label", example.label or "hidden"
        case ChoiceExample():
            yield "context", example.context
            for number, choice in enumerate(example.choices):
                yield ("right ->" if number == example.label else "choice"), choice
            if example.label is None:
                yield "right", "hidden"
        case TokenExample():
            yield "tokens", "  ".join(_tagged(example))
        case QuestionExample():
            yield "question", example.question
            yield "context", _with_answers(example)
            yield "answers", _answers(example)
        case SentenceExample():
            yield example.side, example.text
            if example.side == "source":
                yield "matches", _matches(example, others)


def _tagged(example: TokenExample) -> Iterator[str]:
    """Tokens with their tags; those outside of every entity stand alone."""
    for at, token in enumerate(example.tokens):
        tag = "hidden" if example.tags is None else example.tags[at]
        yield token if tag == "O" else f"{token}/{tag}"


def _with_answers(example: QuestionExample) -> str:
    """The context with every answer in double brackets."""
    ends = {(answer.start, answer.start + len(answer.text)) for answer in example.answers or ()}
    marks = {(end, "]]") for _, end in ends} | {(start, "[[") for start, _ in ends}
    context = example.context
    for place, mark in sorted(marks, key=lambda placed: (-placed[0], placed[1])):
        context = context[:place] + mark + context[place:]
    return context


def _answers(example: QuestionExample) -> str:
    if example.answers is None:
        return "hidden"
    return "  ".join(f"{answer.text} (at {answer.start})" for answer in example.answers) or "none in the context"


def _matches(example: SentenceExample, others: Sequence[Example]) -> str:
    if example.matches is None:
        return "hidden"
    texts = {other.id: other.text for other in others if isinstance(other, SentenceExample) and other.side == "target"}
    return "  ".join(f"{texts[name]} ({name})" for name in example.matches) or "none"
