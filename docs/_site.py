"""What the site has beside the pages in this folder: root files, the verbs' reference, inline pictures."""

from __future__ import annotations

import html
import importlib.util
import posixpath
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import typer
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from xstilts.cli import app

ROOT = Path(__file__).parent.parent
# Page -> the file of the repository that it shows, where there is one.
ROOT_FILES = {
    "changelog.md": "CHANGELOG.md",
    "contributing.md": "CONTRIBUTING.md",
    "security.md": "SECURITY.md",
    "nano.md": "xstilts/nano/CARD.md",
}
_PICTURE = re.compile(r"!\[(?P<alt>[^]]+)]\((?P<path>pictures/[a-z-]+\.svg)\)")
_LOADING = re.compile(r"<(?:script|link|img|iframe|source|video)\b[^>]*>")
_LINK = re.compile(r"(?P<before>]\()(?P<path>[^)#:]+)(?P<anchor>#[^)]*)?\)")


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Adds the pages that are made."""
    for page, source in ROOT_FILES.items():
        if (ROOT / source).is_file():
            text = (ROOT / source).read_text(encoding="utf-8")
            files.append(File.generated(config, page, content=_moved_links(text, source)))
    files.append(File.generated(config, "reference/cli.md", content=command_line_reference()))
    return files


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Leads links to files of the repository to the pages that show them, and draws pictures inline.

    Inline, they take the colors that the reader chose, light or dark.
    """
    folder = Path(config.docs_dir)
    markdown = _linked_to_pages(_fields().with_directives(markdown), page.file.src_uri)
    return _PICTURE.sub(
        lambda found: _inline((folder / found["path"]).read_text(encoding="utf-8"), found["alt"]), markdown
    )


def on_post_page(output: str, *, page: Page, config: MkDocsConfig) -> str:
    """Refuses a page that takes something from the network, or shows a picture without saying what is in it.

    Raises:
        PluginError: That names the page and the tag.
    """
    for tag in _LOADING.findall(output):
        if re.search(r'\s(?:src|href)="?(?:https?:)?//', tag) and 'rel="canonical"' not in tag:
            raise PluginError(f"{page.file.src_uri}: {tag} loads something from the network")
        if tag.startswith("<img") and not re.search(r'\salt="?[^"\s>]', tag):
            raise PluginError(f"{page.file.src_uri}: {tag} has no text in place of the picture")
    return output


def _fields() -> ModuleType:
    """The module beside this one; hooks are loaded without their folder."""
    spec = importlib.util.spec_from_file_location("_fields", Path(__file__).with_name("_fields.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _linked_to_pages(markdown: str, name: str) -> str:
    """The text of a page; its links lead to files that a clone has, and on the site to the pages that show these."""
    pages = {source: page for page, source in ROOT_FILES.items()}
    folder = posixpath.dirname(name)

    def linked(found: re.Match[str]) -> str:
        source = posixpath.normpath(posixpath.join("docs", folder, found["path"]))
        if source not in pages:
            return found[0]
        return f"{found['before']}{posixpath.relpath(pages[source], folder or '.')}{found['anchor'] or ''})"

    return _LINK.sub(linked, markdown)


def _inline(svg: str, alt: str) -> str:
    opening = f'<svg role="img" aria-label="{alt}" '
    return f'<figure class="drawing">{svg.strip().replace("<svg ", opening, 1)}</figure>'


def _moved_links(text: str, source: str) -> str:
    """The text of a root file with links that start from `docs/`; links to files without a page become plain text."""
    pages = {Path(root): page for page, root in ROOT_FILES.items()}
    folder = Path(source).parent

    def moved(found: re.Match[str]) -> str:
        path = folder / found["path"]
        page = pages.get(path) or (str(path.relative_to("docs")) if path.is_relative_to("docs") else found["path"])
        return f"{found['before']}{page}{found['anchor'] or ''})"

    return _LINK.sub(moved, text)


def command_line_reference() -> str:
    """The reference of all verbs, from what `--help` says."""
    root = typer.main.get_command(app)
    context = root.context_class(root, info_name="xstilts")
    lines = [
        "# Command line",
        "",
        "Made from `xstilts --help` when this site is built.",
        "",
        "| exit code | meaning |",
        "|---|---|",
        "| 0 | done |",
        "| 1 | a run failed |",
        "| 2 | the input is wrong; the message says where, what was found, what was expected |",
        "| 130, 143 | interrupted by Control-C or SIGTERM, after a checkpoint |",
        "",
        *_options(root, context, "Before the verb:"),
    ]
    for name, command in root.commands.items():
        lines += _command(name, command, context, level=2)
    return "\n".join(lines)


def _command(name: str, command: Any, parent: Any, level: int) -> list[str]:
    context = command.context_class(command, info_name=name, parent=parent)
    lines = [f"{'#' * level} `{context.command_path}`", ""]
    verbs = getattr(command, "commands", {})
    if not verbs:
        usage = " ".join(command.get_usage(context).split()).removeprefix("Usage: ")
        lines += ["```text", usage, "```", ""]
    lines += [_prose(command.help or ""), ""]
    if not verbs:
        lines += _options(command, context, "")
    for verb, below in verbs.items():
        lines += _command(verb, below, context, level + 1)
    return lines


def _options(command: Any, context: Any, heading: str) -> list[str]:
    records = [record for parameter in command.get_params(context) if (record := parameter.get_help_record(context))]
    rows = [f"| {_code(left)} | {_cell(_prose(right))} |" for left, right in records if left != "--help"]
    return [heading, "", "| argument or option | meaning |", "|---|---|", *rows, ""] if rows else []


def _prose(help_text: str) -> str:
    """Help as Markdown: the brackets of defaults are text, and pages of these docs are links."""
    linked = re.sub(r"docs/([a-z-]+)\.md", r"[\1](../\1.md)", help_text)
    return re.sub(r"\[(default|required|x[<>])", r"\\[\1", linked)


def _code(text: str) -> str:
    """Code in a table, where a bar would end the cell."""
    return f"<code>{html.escape(text).replace('|', '&#124;')}</code>"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
