"""Tasks of the user's own, from the `tasks` section of a study: data in ordinary formats, described in a few lines."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from xstilts.catalogue import Tasks
from xstilts.data.sources import Files, Reader
from xstilts.errors import InputError, nearest
from xstilts.formats.bitext import aligned_lines, translated_lines
from xstilts.formats.conll import conll, conllu
from xstilts.formats.jsonl import jsonl
from xstilts.formats.oddities import noting_oddities
from xstilts.formats.rows import Builder, choice_row, text_row, token_row
from xstilts.formats.squad import squad
from xstilts.formats.text import raw_lines, raw_text_of
from xstilts.formats.tsv import Column, tsv
from xstilts.kinds.base import Kind
from xstilts.kinds.bitext import Bitext
from xstilts.kinds.classification import Classification
from xstilts.kinds.masked_lm import MaskedLM
from xstilts.kinds.multiple_choice import MultipleChoice
from xstilts.kinds.span_qa import SpanQA
from xstilts.kinds.tagging import Tagging
from xstilts.languages import language
from xstilts.task import Task
from xstilts.yaml_input import complaint, quotes_needed

_FORMATS = {
    "classification": ("tsv", "jsonl"),
    "multiple_choice": ("tsv", "jsonl"),
    "tagging": ("conll", "conllu", "jsonl"),
    "span_qa": ("squad",),
    "bitext": ("lines",),
    "masked_lm": ("text", "lines"),
}
_BESIDE_TEXT_OF = {"trained_on", "train_language", "evaluated_on", "license", "cite", "description"}
_CONLL_READER = 2  # 1 read comments and the lines that begin documents as tokens
_UNION_BRANCHES = ("str", "int", "list[str]", "list[int]", "[key]")
_METRICS = {
    "classification": ("accuracy",),
    "multiple_choice": ("accuracy",),
    "tagging": ("tag_f1", "token_accuracy"),
    "span_qa": ("f1", "exact_match", "mlqa_f1", "mlqa_exact_match"),
    "bitext": ("retrieval_accuracy",),
    "masked_lm": ("masked_probability",),
}
_ROLES = {
    "classification": (("text", "label"), ("pair", "id")),
    "multiple_choice": (("context", "choices", "label"), ("id",)),
    "tagging": (("tokens", "tags"), ("id",)),
}


class OwnTask(BaseModel):
    """One entry of `tasks` in a study file."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    kind: Literal["classification", "multiple_choice", "tagging", "span_qa", "bitext", "masked_lm"]
    """How the task meets the encoder."""
    format: Literal["conll", "conllu", "tsv", "jsonl", "squad", "text", "lines"] | None = None
    """Format of the files; `text` has one text per line, `lines` is two such files of which line i matches line i."""
    files: dict[str, dict[str, str | list[str]]] = Field(default_factory=dict)
    """Language -> split -> file, or, for `lines`, the source file and the target file."""
    text_of: str = ""
    """Masked language modeling: a task of the package whose text is taken, in place of files of its own."""
    rate: float = Field(0.15, gt=0, lt=1)
    """Masked language modeling: share of the pieces that are hidden."""
    whole_words: bool = False
    """Masked language modeling: hides words with all their pieces."""
    labels: list[str | int] = Field(default_factory=list)
    """Labels of a classification, or tags of a tagging task, in the order of the head's outputs."""
    columns: dict[str, int | str | list[int] | list[str]] = Field(default_factory=dict)
    """Role -> position from 0, name in the header (tsv), or field (jsonl; dots lead into objects)."""
    header: bool = False
    """Whether the first line of a TSV file names its columns."""
    quoted: bool = False
    """Whether fields of a TSV file stand in double quotes where they need them, as CSV writers do it."""
    delimiter: str = Field(default="\t", min_length=1, max_length=1)
    """What separates the columns of a TSV file."""
    label_base: Literal[0, 1] = 0
    """The number that stands for the first choice of a multiple-choice question."""
    unanswerable: bool = False
    """Whether span QA has questions without an answer."""
    trained_on: str = ""
    """Task whose training set trains this one; its own if left out."""
    train_language: str = "en"
    """Language that is trained on."""
    evaluated_on: str = ""
    """Split that is evaluated: `test` if some language has it, else `dev`."""
    metrics: list[str] = Field(default_factory=list)
    """Metrics; the kind's own if left out."""
    headline: list[str] = Field(default_factory=list)
    """Metrics whose mean is the task's score in averages."""
    license: str = ""
    """License of the data."""
    cite: str = ""
    """Key of the paper."""
    description: str = ""
    """What it is."""

    @property
    def label_names(self) -> tuple[str, ...]:
        """The labels as text; YAML reads an unquoted 0 as a number."""
        return tuple(map(str, self.labels))


def task_from_mapping(name: str, data: Mapping[str, Any], base: Path) -> Task:
    """A task from one entry of a study's `tasks`.

    Args:
        name: Its name in the study.
        data: The entry, with the fields of `OwnTask`.
        base: Folder that relative paths start from: the study file's.

    Raises:
        InputError: If a field is unknown, missing or wrong. Files that are absent are reported when they are read.
    """
    where = f"tasks.{name}"
    own = _validated(data, where)
    _check_consistency(own, where)
    if own.text_of:
        return _text_task(name, own, where)
    read = _reader(own, where)
    if own.kind == "tagging":
        read = noting_oddities(read)
    sources = tuple(
        Files(_patterns(own, files, base, f"{where}.files.{code}.{split}"), read, splits=(split,), languages=code)
        for code, by_split in own.files.items()
        for split, files in by_split.items()
    )
    splits = {split for source in sources for split in source.splits}
    return Task(
        name=name,
        kind=_kind(own),
        languages=" ".join(own.files),
        sources=sources,
        metrics=tuple(own.metrics),
        headline=tuple(own.headline),
        trained_on=own.trained_on,
        train_language=own.train_language,
        version=_reading_version(own),
        evaluated_on=own.evaluated_on or ("dev" if "test" not in splits and "dev" in splits else "test"),
        license=own.license,
        cite=own.cite,
        description=own.description,
    )


def _text_task(name: str, own: OwnTask, where: str) -> Task:
    """Masked language modeling on the text of a task of the package."""
    try:
        task = Tasks()[own.text_of]
    except InputError as error:
        raise InputError(str(error), where=f"{where}.text_of") from None
    given = {field: getattr(own, field) for field in own.model_fields_set & _BESIDE_TEXT_OF}
    return replace(
        task,
        **{"metrics": (), "headline": (), "trained_on": "", "description": "", **given},
        name=name,
        kind=_kind(own),
        sources=tuple(replace(source, read=raw_text_of(source.read)) for source in task.sources),
        sizes={},
        fit=None,
        version=zlib.crc32(f"text of {own.text_of} {task.version}".encode()),
    )


def _reading_version(own: OwnTask) -> int:
    """A number that changes with how the files are read, so that stages that read them otherwise are not taken."""
    reading = own.model_dump(include={"format", "columns", "header", "quoted", "delimiter", "label_base"})
    if own.format == "conll":
        reading["reader"] = _CONLL_READER
    return zlib.crc32(json.dumps(reading, sort_keys=True).encode())


def _validated(data: Mapping[str, Any], where: str) -> OwnTask:
    try:
        return OwnTask.model_validate(dict(data) if isinstance(data, Mapping) else data)
    except ValidationError as error:
        raise _explained(error, where) from None


def _explained(error: ValidationError, where: str) -> InputError:
    first = error.errors()[0]
    # pydantic appends the branch of a union, and a mark for keys, to the place; the user's file has no such level.
    place = ".".join([where, *(str(part) for part in first["loc"] if part not in _UNION_BRANCHES)])
    name = str(first["loc"][-1]) if first["loc"] else ""
    if first["type"] == "extra_forbidden":
        known = list(OwnTask.model_fields)
        return InputError(
            f"unknown field {name!r}", where=place, expected=f"one of {', '.join(known)}", fix=nearest(name, known)
        )
    if first["type"] == "missing":
        return InputError(f"the field {name!r} is missing", where=where, expected=_expected(name))
    what, found, expected = complaint(first)
    return InputError(what, where=place, found=found, expected=expected, fix=quotes_needed(first))


def _expected(field: str, kind: str = "") -> str:
    if field == "files":
        return "files: {en: {train: train.tsv, dev: dev.tsv}, sw: {test: sw.tsv}}"
    choices = tuple(_FORMATS) if field == "kind" else _FORMATS[kind]
    return f"{field}: one of {', '.join(choices)}"


def _check_consistency(own: OwnTask, where: str) -> None:
    if own.text_of:
        others = own.model_fields_set - {"kind", "text_of", "rate", "whole_words"} - _BESIDE_TEXT_OF
        if own.kind != "masked_lm" or others:
            raise InputError(
                "`text_of` is for masked language modeling, and stands in place of format and files",
                where=f"{where}.text_of",
                found=f"kind: {own.kind}" + (f", with {', '.join(sorted(others))}" if others else ""),
                expected="kind: masked_lm, text_of: mnli",
            )
        return
    if own.kind != "masked_lm" and (stray := own.model_fields_set & {"rate", "whole_words"}):
        raise InputError(
            "a field is of masked language modeling alone",
            where=f"{where}.{min(stray)}",
            found=f"kind: {own.kind}",
            fix=f"leave out {min(stray)}, or write kind: masked_lm",
        )
    for field in ("format", "files"):
        if not getattr(own, field):
            raise InputError(f"the field {field!r} is missing", where=where, expected=_expected(field, own.kind))
    if own.format not in _FORMATS[own.kind]:
        raise InputError(
            f"a {own.kind} task cannot be read from this format",
            where=f"{where}.format",
            found=own.format,
            expected=f"one of {', '.join(_FORMATS[own.kind])}",
        )
    if own.kind in ("classification", "tagging") and len(set(own.label_names)) < 2:
        raise InputError(
            f"a {own.kind} task needs its labels",
            where=f"{where}.labels",
            found=own.labels or "nothing",
            expected="all labels in a list, at least two",
        )
    if len(set(own.label_names)) != len(own.labels):
        raise InputError(
            "a label stands twice in the list", where=f"{where}.labels", found=own.labels, expected="each label once"
        )
    _check_metrics(own, where)
    if own.delimiter in '\n\r"':
        raise InputError(
            "lines and quotes cannot separate columns",
            where=f"{where}.delimiter",
            found=repr(own.delimiter),
            expected="a tab, a comma, or another sign",
        )
    _check_languages(own, where)


def _check_metrics(own: OwnTask, where: str) -> None:
    for field in ("metrics", "headline"):
        fitting = tuple(own.metrics) or _METRICS[own.kind] if field == "headline" else _METRICS[own.kind]
        for name in getattr(own, field):
            if name not in fitting:
                raise InputError(
                    f"a {own.kind} task has no such metric",
                    where=f"{where}.{field}",
                    found=repr(name),
                    expected=f"some of {', '.join(fitting)}",
                    fix=nearest(name, list(fitting)),
                )


def _check_languages(own: OwnTask, where: str) -> None:
    for code in own.files:
        try:
            language(code)
        except InputError as error:
            raise InputError(str(error), where=f"{where}.files.{code}") from None
    trained = [code for code, by_split in own.files.items() if "train" in by_split]
    if trained and not own.trained_on and own.train_language not in trained:
        raise InputError(
            "the language that is trained on has no training file",
            where=f"{where}.train_language",
            found=own.train_language,
            expected=f"one of {', '.join(trained)}",
            fix=f"write train_language: {trained[0]}, or name the task that trains this one in trained_on",
        )


def _kind(own: OwnTask) -> Kind:
    match own.kind:
        case "classification":
            return Classification(labels=own.label_names)
        case "multiple_choice":
            return MultipleChoice()
        case "tagging":
            return Tagging(tags=own.label_names)
        case "span_qa":
            return SpanQA(unanswerable=own.unanswerable)
        case "bitext":
            return Bitext()
        case "masked_lm":
            return MaskedLM(rate=own.rate, whole_words=own.whole_words)


def _reader(own: OwnTask, where: str) -> Reader:
    whole: dict[str, Callable[[], Reader]] = {
        "lines": translated_lines if own.kind == "masked_lm" else aligned_lines,
        "text": raw_lines,
        "squad": squad,
        "conllu": conllu,
    }
    if own.format in whole:
        return whole[own.format]()
    columns = _columns(own, f"{where}.columns")
    if own.format == "conll":
        return conll(columns.get("tokens", 0), columns.get("tags", 1))
    builders: dict[str, Builder] = {
        "classification": text_row(),
        "multiple_choice": choice_row(own.label_base),
        "tagging": token_row(),
    }
    build = builders[own.kind]
    if own.format == "jsonl":
        return jsonl(build, columns)
    return tsv(build, columns, header=own.header, quoted=own.quoted, delimiter=own.delimiter)


def _columns(own: OwnTask, where: str) -> dict[str, Any]:
    """The columns, once every role is known, present, and named as the format needs it."""
    needed, optional = _ROLES[own.kind]
    known = [*needed, *optional] if own.format != "conll" else list(needed)
    for role, column in own.columns.items():
        if role not in known:
            raise InputError(
                "there is no such role", where=f"{where}.{role}", expected=", ".join(known), fix=nearest(role, known)
            )
        _check_column(own, role, column, f"{where}.{role}")
    missing = [role for role in needed if role not in own.columns]
    if missing and own.format != "conll":
        raise InputError(
            f"nothing says where {' and '.join(missing)} stand",
            where=where,
            found=", ".join(own.columns) or "nothing",
            expected=f"{', '.join(needed)}; optional: {', '.join(optional)}",
        )
    return dict(own.columns)


def _check_column(own: OwnTask, role: str, column: Column | list[int] | list[str], where: str) -> None:
    by_name = own.format == "jsonl" or own.header
    form = "the name of a field" if own.format == "jsonl" else "a name in the header" if own.header else "a position"
    listed = column if isinstance(column, list) else [column]
    if any(isinstance(one, str) != by_name or (isinstance(one, int) and one < 0) for one in listed):
        fix = None if by_name else "positions count from 0; for names write header: true"
        raise InputError("a column is named wrongly", where=where, found=repr(column), expected=form, fix=fix)
    if isinstance(column, list) and role != "choices":
        raise InputError("only choices may stand in several columns", where=where, found=repr(column), expected=form)
    if role == "choices" and own.format == "tsv" and not isinstance(column, list):
        raise InputError(
            "choices need one column each", where=where, found=repr(column), expected="a list of columns: [1, 2, 3]"
        )


def _patterns(own: OwnTask, files: str | list[str], base: Path, where: str) -> str | tuple[str, ...]:
    """Absolute paths with braces escaped, as `Files` wants them."""
    if own.format == "lines" and (isinstance(files, str) or len(files) != 2):
        raise InputError(
            "aligned lines need two files", where=where, found=repr(files), expected="[source file, target file]"
        )
    if not files or not all(files):
        raise InputError("a file has no name", where=where, found=repr(files), expected="a path")
    paths = [files] if isinstance(files, str) else files
    escaped = tuple(str((base / path).absolute()).replace("{", "{{").replace("}", "}}") for path in paths)
    return escaped[0] if len(escaped) == 1 else escaped
