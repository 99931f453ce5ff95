"""The report page: one self-contained HTML file that works offline.

Python prepares plain values (`chapters.py`), the template lays them out, and everything that comes from data passes its
escaping. Nothing is fetched from elsewhere. The one script is this package's own; the page's security policy names its
hash, so nothing else that looks like a script can run, whatever data hold.
"""

from __future__ import annotations

import base64
import hashlib
import json
from importlib import resources
from pathlib import Path
from typing import Any

from markupsafe import Markup

from xstilts import __version__
from xstilts.durable import write_text
from xstilts.report.blocks import cells_of
from xstilts.report.chapters import chapters_of, facts_of, summary_of
from xstilts.report.contents import Contents
from xstilts.report.grids import LEVELS
from xstilts.report.traces import KEY_LENGTH, traces

MOST_AT_ONCE = 4000
"""Cells that a browser builds when it opens a page. A page with more keeps what is in closed folds as text at first."""
WORTH_KEEPING = 40
"""Cells of the smallest fold that is kept so."""


def write_report(contents: Contents, path: Path) -> None:
    """Writes the page, and its folder if need be; an earlier page stays whole until the new one is complete.

    Args:
        contents: What there is to report.
        path: The HTML file.
    """
    text = page(contents)  # before there is a folder: claims may be wrong
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, text)


def page(contents: Contents) -> str:
    """The page as text."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("xstilts.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    script = _beside("page.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    chapters = chapters_of(contents)
    facts = {**traces(contents.table, contents.test_sets), "baseline": contents.baseline, "key": KEY_LENGTH}
    return environment.get_template("template.html.j2").render(
        name=contents.name,
        question=contents.question,
        facts=facts_of(contents),
        summary=summary_of(contents),
        chapters=chapters,
        kept_from=WORTH_KEEPING if sum(cells_of(one.blocks) for one in chapters) > MOST_AT_ONCE else None,
        traces=_json(facts),
        style=Markup(_beside("page.css")),
        script=Markup(script),
        digest=digest,
        levels=LEVELS,
        version=__version__,
    )


def _beside(name: str) -> str:
    return resources.files("xstilts.report").joinpath(name).read_text(encoding="utf-8")


def _json(data: Any) -> Markup:
    """Data within a script element: no character in it can end the element or begin another."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)
