"""YAML that a person wrote: read safely, with the line of every field, so that errors can name it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from xstilts.errors import InputError, nearest


@dataclass(frozen=True)
class Document:
    """The content of a YAML file and where each field stands."""

    path: Path
    data: dict[str, Any]
    root: yaml.Node | None

    def place(self, field: Sequence[int | str]) -> str:
        """File, line and dotted name of a field; the nearest enclosing one if the field itself is absent."""
        node, line = self.root, 0
        for part in field:
            found = _child(node, part)
            if found is None:
                break
            line, node = found
        name = ".".join(str(part) for part in field)
        return f"{self.path}:{line + 1}" + (f", {name}" if name else "")


def read_yaml(path: Path) -> Document:
    """Reads a YAML file whose top level is a mapping.

    Raises:
        InputError: If it is absent, not UTF-8, not YAML, repeats a key, or has another form.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError("there is no such file", where=path) from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the file cannot be read: {error}", where=path) from error
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else path
        raise InputError(f"not valid YAML: {getattr(error, 'problem', error)}", where=where) from error
    except (ValueError, RecursionError) as error:  # a date that no calendar has; brackets without end
        raise InputError(f"not valid YAML: {error}", where=path) from error
    if not isinstance(data, dict):
        raise InputError("the file is not a mapping of fields", where=path, found=type(data).__name__)
    _refuse_repeated_keys(root, path)
    return Document(path, data, root)


def set_value(data: dict[str, Any], assignment: str) -> None:
    """Carries out `a.b=c` on nested mappings and lists; `c` is YAML. Missing mappings on the way are made.

    Raises:
        InputError: If the assignment has no `=`, or leads through something that is neither mapping nor list.
    """
    path, separator, value = assignment.partition("=")
    if not separator or not path.strip():
        raise InputError("an override has no value", where="--set", found=assignment, expected="field.name=value")
    try:
        parsed = yaml.safe_load(value)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise InputError("an override's value is not YAML", where="--set", found=assignment) from error
    *way, last = path.strip().split(".")
    at: Any = data
    for part in way:
        at = _step(at, part, assignment)
    if isinstance(at, dict):
        at[last] = parsed
    elif isinstance(at, list) and last.isdecimal() and int(last) < len(at):
        at[int(last)] = parsed
    else:
        raise InputError("an override leads nowhere", where="--set", found=assignment)


def _step(at: Any, part: str, assignment: str) -> Any:
    if isinstance(at, dict):
        if at.get(part) is None:
            at[part] = {}
        return at[part]
    if isinstance(at, list) and part.isdecimal() and int(part) < len(at):
        return at[int(part)]
    raise InputError("an override leads nowhere", where="--set", found=assignment)


def explain(
    error: ValidationError, document: Document, model: type[BaseModel], parts: Mapping[str, type[BaseModel]]
) -> InputError:
    """The most telling thing that pydantic found wrong, as one message with its place.

    Args:
        error: What pydantic raised.
        document: Where the data come from.
        model: What they were to become.
        parts: Fields that are plain mappings in the model, and are checked as another model.
    """
    first = _most_telling(error)
    location = [part for part in first["loc"] if _is_field(part)]
    where = document.place(location)
    if first["type"] == "extra_forbidden":
        name = str(location[-1])
        known = sorted(_fields_at(model, location[:-1], parts))
        return InputError(
            f"unknown field {name!r}", where=where, expected=f"one of {', '.join(known)}", fix=nearest(name, known)
        )
    if first["type"] == "missing":
        return InputError(f"the field {location[-1]!r} is missing", where=document.place(location[:-1]))
    message = first["msg"].removeprefix("Value error, ")
    inner = first.get("ctx", {}).get("error")
    if isinstance(inner, ValidationError):
        message = inner.errors()[0]["msg"]
    found = first.get("input")
    return InputError(message, where=where, found=None if isinstance(found, dict) else repr(found))


def _most_telling(error: ValidationError) -> ErrorDetails:
    """A field that nothing knows, for its right name is then missing; else the first error, or the one deepest in it.

    Where a field may have one of several forms, pydantic complains about each; the form that got farthest was meant.
    """
    errors = error.errors()
    unknown = next((one for one in errors if one["type"] == "extra_forbidden"), None)
    if unknown is not None:
        return unknown
    first = [part for part in errors[0]["loc"] if _is_field(part)]
    within = [one for one in errors if [part for part in one["loc"] if _is_field(part)][: len(first)] == first]
    return max(within, key=lambda one: sum(map(_is_field, one["loc"])))


def _is_field(part: int | str) -> bool:
    """Pydantic puts names of union members and validators among the field names; those are not the user's."""
    return isinstance(part, int) or not any(sign in part for sign in "[](")


def _fields_at(model: type[BaseModel], location: Sequence[int | str], parts: Mapping[str, type[BaseModel]]) -> set[str]:
    """Names of the fields of the model that a location leads to."""
    current: Any = model
    for part in location:
        if get_origin(current) is Annotated:
            current = get_args(current)[0]
        if isinstance(current, type) and issubclass(current, BaseModel):
            field = current.model_fields.get(str(part))
            current = parts.get(str(part)) or (field.annotation if field else None)
        else:  # a mapping or a list: whatever the key, the values are alike
            current = next(iter(get_args(current)[-1:]), None)
    found = _model_of(current)
    return set(found.model_fields) if found else set()


def _model_of(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in get_args(annotation):
        if (found := _model_of(argument)) is not None:
            return found
    return None


def _child(node: yaml.Node | None, part: int | str) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(part):
                return key.start_mark.line, value
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part].start_mark.line, node.value[part]
    return None


def _refuse_repeated_keys(node: yaml.Node | None, path: Path) -> None:
    children: list[yaml.Node] = []
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise InputError(f"the key {key.value!r} is repeated", where=f"{path}:{key.start_mark.line + 1}")
                seen.add(key.value)
            children.append(value)
    elif isinstance(node, yaml.SequenceNode):
        children = list(node.value)
    for child in children:
        _refuse_repeated_keys(child, path)
