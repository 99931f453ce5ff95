"""YAML that a person wrote: read safely, with the line of every field, so that errors can name it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from xstilts.errors import InputError, nearest

_MOST_VALUES = 100_000
_SHOWN = 200
_BOUNDS = {
    "greater_than": ("greater than", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("less than", "lt"),
    "less_than_equal": ("at most", "le"),
}
_KINDS = {
    "int": "a whole number",
    "float": "a number",
    "finite": "a finite number",
    "string": "a text",
    "bool": "true or false",
    "list": "a list: [a, b]",
    "dict": "a mapping: {name: value}",
    "model": "a mapping: {name: value}",
}
_NAMES = {list: "a list", str: "a text", int: "a number", float: "a number", bool: "true or false"}


@dataclass(frozen=True)
class Document:
    """The content of a YAML file and where each field stands."""

    path: Path
    data: dict[str, Any]
    root: yaml.Node | None
    overridden: list[str] = field(default_factory=list)

    def override(self, assignment: str) -> None:
        """Carries out `a.b=c`, as `set_value` does; errors then name the assignment, not a line.

        Raises:
            InputError: If it cannot be carried out.
        """
        set_value(self.data, assignment)
        self.overridden.append(assignment.partition("=")[0].strip())

    def place(self, parts: Sequence[int | str]) -> str:
        """File, line and dotted name of a field; the nearest enclosing one if the field itself is absent."""
        node, line, known = self.root, 0, True
        for part in parts:
            found = _child(node, part)
            if found is None:
                known = False
                break
            line, node = found
        name = ".".join(str(part) for part in parts)
        for path in self.overridden:
            if f"{name}.".startswith(f"{path}.") or (not known and path.startswith(f"{name}.")):
                return f"--set {name}"
        return f"{self.path}:{line + 1}" + (f", {name}" if name else "")


def read_yaml(path: Path, what: str = "YAML") -> Document:
    """Reads a YAML file whose top level is a mapping.

    Args:
        path: The file.
        what: What the file is to be, for errors.

    Raises:
        InputError: If it is absent, not UTF-8, not YAML, repeats a key, repeats itself by aliases without measure, or
            has another form.
    """
    expected = f"a file of {what}, in UTF-8"
    if not path.is_file():
        problem = "this is a folder" if path.is_dir() else "there is no such file"
        raise InputError(problem, where=path, expected=expected, fix="check the path")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror}", where=path, expected=expected) from error
    except UnicodeDecodeError as error:
        raise InputError(
            "the file is not UTF-8",
            where=path,
            found=f"byte 0x{error.object[error.start]:02x} at offset {error.start:,}",
            expected=expected,
            fix="convert it, for example with iconv -t UTF-8",
        ) from None
    root, data = _parsed(text, path)
    if not isinstance(data, dict):
        found = "an empty file" if data is None else _NAMES.get(type(data), repr(data))
        raise InputError(
            "the file is not a mapping of fields", where=path, found=found, expected="lines of name: value"
        )
    _refuse_repeated_keys(root, path)
    return Document(path, data, root)


def _parsed(text: str, path: Path | str) -> tuple[yaml.Node | None, Any]:
    """The nodes and the data of a YAML text."""
    expected = "YAML: name: value, lists as [a, b], indentation by spaces"
    loader = yaml.SafeLoader("")
    try:
        loader = yaml.SafeLoader(text)
        root = loader.get_single_node()
        if root is not None:
            _refuse_bomb(root, path)
        return root, None if root is None else loader.construct_document(root)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{path}:{mark.line + 1}" if mark else path
        raise InputError(f"not valid YAML: {error.problem}", where=where, expected=expected) from error
    except yaml.YAMLError as error:  # signs that YAML does not allow
        raise InputError(f"not valid YAML: {str(error).splitlines()[0]}", where=path, expected=expected) from error
    except RecursionError as error:
        raise InputError("not valid YAML: it is nested too deeply", where=path, expected=expected) from error
    except (ValueError, OverflowError) as error:  # a date that no calendar has, a number of very many digits
        raise InputError(f"not valid YAML: {error}", where=path, expected=expected) from error
    finally:
        loader.dispose()


def _refuse_bomb(root: yaml.Node, path: Path | str) -> None:
    """Aliases that stand in themselves, or multiply to more than anybody writes, would take all memory."""
    sizes: dict[int, int] = {}
    inside: set[int] = set()

    def size(node: yaml.Node) -> int:
        if not isinstance(node, yaml.CollectionNode):
            return 1
        if id(node) in inside:
            raise InputError(
                "an alias stands in what it is an alias of",
                where=f"{path}:{node.start_mark.line + 1}",
                found="a loop",
                fix="write out what is meant",
            )
        if id(node) not in sizes:
            inside.add(id(node))
            parts = [part for item in node.value for part in (item if isinstance(item, tuple) else (item,))]
            sizes[id(node)] = 1 + sum(map(size, parts))
            inside.remove(id(node))
        return sizes[id(node)]

    if size(root) > _MOST_VALUES:
        raise InputError(
            "there are too many values, counting those that aliases repeat",
            where=path,
            found=f"{size(root):,}" if size(root) < 10**12 else "more than a million millions",
            expected=f"{_MOST_VALUES:,} at most",
            fix="use fewer aliases (*name)",
        )


def set_value(data: dict[str, Any], assignment: str) -> None:
    """Carries out `a.b=c` on nested mappings and lists; `c` is YAML. Missing mappings on the way are made.

    Raises:
        InputError: If the assignment has no `=`, or leads through something that is neither mapping nor list.
    """
    path, separator, value = assignment.partition("=")
    if not separator or not path.strip():
        raise InputError("an override has no value", where="--set", found=repr(assignment), expected="field.name=value")
    _, parsed = _parsed(value, f"--set {assignment}")
    *way, last = path.strip().split(".")
    at: Any = data
    for part in way:
        at = _step(at, part, assignment)
    if isinstance(at, dict):
        at[last] = parsed
    elif isinstance(at, list) and last.isdecimal() and int(last) < len(at):
        at[int(last)] = parsed
    else:
        raise _nowhere(at, assignment)


def _step(at: Any, part: str, assignment: str) -> Any:
    if isinstance(at, dict):
        if at.get(part) is None:
            at[part] = {}
        return at[part]
    if isinstance(at, list) and part.isdecimal() and int(part) < len(at):
        return at[int(part)]
    raise _nowhere(at, assignment)


def _nowhere(at: Any, assignment: str) -> InputError:
    if isinstance(at, list):
        expected = f"a position in a list, 0 to {len(at) - 1}" if at else "a list that is not empty"
    else:
        expected = f"a field that holds others, not {at!r}"
    return InputError("an override leads nowhere", where="--set", found=repr(assignment), expected=expected)


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
        name = str(location[-1])
        return InputError(
            f"the field {name!r} is missing",
            where=document.place(location[:-1]),
            expected=_purpose(_model_at(model, location[:-1], parts), name),
        )
    what, found, expected = complaint(first)
    return InputError(what, where=where, found=found, expected=expected, fix=quotes_needed(first))


def complaint(error: ErrorDetails) -> tuple[str, str | None, str]:
    """What pydantic found wrong with a value, in a user's words: what, found, expected."""
    inner = error.get("ctx", {}).get("error")
    while isinstance(inner, ValidationError):
        error = _most_telling(inner)
        inner = error.get("ctx", {}).get("error")
    kind, context = error["type"], error.get("ctx", {})
    value = error.get("input")
    # A whole mapping says less than the sentence about it.
    found = None if isinstance(value, dict) and value else repr(value)[:_SHOWN]
    if kind == "value_error":
        what, _, expected = error["msg"].removeprefix("Value error, ").partition("; expected ")
        return what, found, expected or "another value"
    if kind in _BOUNDS:
        sign, name = _BOUNDS[kind]
        return "a number is out of range", found, f"{sign} {context[name]}"
    if kind in ("too_short", "too_long", "string_too_short", "string_too_long"):
        least, most = context.get("min_length"), context.get("max_length")
        noun = "signs" if kind.startswith("string") else "entries"
        return f"there are too {'few' if least else 'many'} {noun}", found, f"at least {least}" if least else f"{most}"
    if kind == "literal_error":
        return "there is no such choice", found, str(context["expected"])
    kinds = (start for start in _KINDS if kind.startswith(start))
    expected = _KINDS.get(next(kinds, ""), error["msg"][:1].lower() + error["msg"][1:])
    return "a value is of the wrong kind", found, expected


def quotes_needed(error: ErrorDetails) -> str | None:
    """What to do where YAML took a text for something else: 2024, no, 1e3."""
    is_plain = isinstance(error.get("input"), int | float)
    return (
        "put quotes around it, so that YAML takes it as text" if error["type"] == "string_type" and is_plain else None
    )


def _purpose(model: type[BaseModel] | None, name: str) -> str:
    """What a field is for, from its docstring."""
    described = model.model_fields[name].description if model is not None and name in model.model_fields else None
    return f"{name}: {' '.join(described.split())}" if described else f"{name}: ..."


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
    found = _model_at(model, location, parts)
    return set(found.model_fields) if found else set()


def _model_at(
    model: type[BaseModel], location: Sequence[int | str], parts: Mapping[str, type[BaseModel]]
) -> type[BaseModel] | None:
    current: Any = model
    for part in location:
        if get_origin(current) is Annotated:
            current = get_args(current)[0]
        if isinstance(current, type) and issubclass(current, BaseModel):
            field = current.model_fields.get(str(part))
            current = parts.get(str(part)) or (field.annotation if field else None)
        else:  # a mapping or a list: whatever the key, the values are alike
            current = next(iter(get_args(current)[-1:]), None)
    return _model_of(current)


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
    waiting, known = [node], {id(node)}
    while waiting:
        node = waiting.pop()
        children: list[yaml.Node] = []
        if isinstance(node, yaml.MappingNode):
            seen: dict[str, int] = {}
            for key, value in node.value:
                line = key.start_mark.line + 1
                if isinstance(key, yaml.ScalarNode) and seen.setdefault(key.value, line) != line:
                    raise _repeated(key.value, path, line, seen[key.value])
                children.append(value)
            if len(seen) < sum(isinstance(key, yaml.ScalarNode) for key, _ in node.value):  # on one line
                names = [key.value for key, _ in node.value]
                name = next(name for name in names if names.count(name) > 1)
                raise _repeated(name, path, seen[name], seen[name])
        elif isinstance(node, yaml.SequenceNode):
            children = list(node.value)
        waiting += [child for child in children if id(child) not in known]
        known.update(map(id, children))


def _repeated(name: str, path: Path, line: int, first: int) -> InputError:
    return InputError(
        f"the key {name!r} is repeated",
        where=f"{path}:{line}",
        found=f"the same key in line {first}",
        expected="each key once",
    )
