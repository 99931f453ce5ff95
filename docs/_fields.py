"""Tables of the fields of a study file, for readers of a clone; on the site mkdocstrings draws the same fields.

`python docs/_fields.py` writes them into `reference/study.md`, each between a comment that holds the directive of
mkdocstrings and one that says `end`. `on_page` puts the directives in their place when the site is built.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import textwrap
from pathlib import Path

PAGE = Path(__file__).parent / "reference" / "study.md"
_BLOCK = re.compile(r"<!-- (?P<directive>::: (?P<name>[\w.]+)[^>]*?) -->\n(?P<table>.*?)<!-- end -->", re.DOTALL)
_MEMBERS = re.compile(r"\bmembers: \[(?P<names>[^]]*)]")


def with_tables(text: str) -> str:
    """The page with its tables made anew."""
    return _BLOCK.sub(
        lambda found: f"<!-- {found['directive']} -->\n\n{_table(found['name'], found['directive'])}\n<!-- end -->",
        text,
    )


def with_directives(text: str) -> str:
    """The page as the site reads it."""
    return _BLOCK.sub(lambda found: found["directive"], text)


def _table(name: str, directive: str) -> str:
    module, _, of = name.rpartition(".")
    described = getattr(importlib.import_module(module), of)
    only = _MEMBERS.search(directive)
    chosen = only["names"].split(", ") if only else None
    source = ast.parse(textwrap.dedent(inspect.getsource(described)))
    (body,) = (node.body for node in source.body if isinstance(node, ast.ClassDef))
    rows = []
    for field, below in zip(body, [*body[1:], None], strict=True):
        if not isinstance(field, ast.AnnAssign) or not isinstance(field.target, ast.Name):
            continue
        is_text = isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant)
        key = field.target.id
        if not is_text or (chosen is not None and key not in chosen):
            continue
        meaning = " ".join(str(below.value.value).split())
        rows.append(f"| `{key}` | {_default(described, key)} | {_cell(meaning)} |")
    about = " ".join((inspect.getdoc(described) or "").split("\n\n")[0].split())
    return "\n".join([about, "", "| field | default | meaning |", "|---|---|---|", *rows, ""])


def _default(described: type, key: str) -> str:
    field = described.model_fields[key]  # type: ignore[attr-defined]
    if field.is_required():
        return "must be said"
    value = field.get_default(call_default_factory=True)
    if value is None or (hasattr(value, "__len__") and not len(value)):
        return "none"
    if hasattr(value, "model_dump"):
        value = value.model_dump(exclude_none=True)
    return f"`{str(value).lower() if isinstance(value, bool) else value}`".replace("\t", "\\t")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
