"""What the site's own hooks make; `make check` builds all of it strictly."""

from __future__ import annotations

import importlib.util
import re
from types import ModuleType, SimpleNamespace

import pytest
from mkdocs.exceptions import PluginError
from pages import ROOT


@pytest.fixture(scope="module")
def site() -> ModuleType:
    spec = importlib.util.spec_from_file_location("site_hooks", ROOT / "docs" / "_site.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PAGE = SimpleNamespace(file=SimpleNamespace(src_uri="a.md"))


def test_the_reference_has_every_verb_with_its_options(site):
    text = site.command_line_reference()
    headings = re.findall(r"^#+ `xstilts ([a-z ]+)`$", text, re.MULTILINE)
    assert headings[:2] == ["quickstart", "run"]
    assert {"data check", "store gc", "recommend"} <= set(headings)
    run = text.partition("## `xstilts run`")[2].partition("\n## ")[0]
    assert "| <code>STUDY &lt;path&gt;</code> | The study's YAML file. \\[required] |" in run
    assert "<code>--executor &lt;local&#124;ray&gt;</code>" in run


def test_links_of_a_root_file_lead_to_pages_of_the_site(site):
    text = "[a](docs/traps.md#x) [b](CONTRIBUTING.md) [c](https://example.org/x) [d](#here)"
    moved = "[a](traps.md#x) [b](contributing.md) [c](https://example.org/x) [d](#here)"
    assert site._moved_links(text, "CHANGELOG.md") == moved


def test_the_fields_of_a_study_stand_in_the_page_as_the_classes_say_them(site):
    fields = site._fields()
    page = fields.PAGE.read_text(encoding="utf-8")
    assert fields.with_tables(page) == page, "run python docs/_fields.py"
    assert "| `epochs` | `3.0` | Passes over the training rows" in page
    assert "| `kind` | must be said | How the task meets the encoder. |" in page
    assert fields.with_directives(page).count("\n::: xstilts.") == 10
    assert "<!--" not in fields.with_directives(page)


def test_links_to_files_that_a_clone_has_lead_to_the_pages_that_show_them(site):
    text = "[a](../xstilts/nano/CARD.md#data) [b](../CONTRIBUTING.md) [c](traps.md) [d](../xstilts/study.py)"
    linked = "[a](nano.md#data) [b](contributing.md) [c](traps.md) [d](../xstilts/study.py)"
    assert site._linked_to_pages(text, "index.md") == linked
    assert site._linked_to_pages("[b](../../CONTRIBUTING.md)", "reference/study.md") == "[b](../contributing.md)"


def test_a_picture_is_drawn_in_the_page_and_says_what_is_in_it(site):
    config = SimpleNamespace(docs_dir=str(ROOT / "docs"))
    drawn = site.on_page_markdown("![Three phases](pictures/phases.svg)", page=PAGE, config=config, files=None)
    assert drawn.startswith('<figure class="drawing"><svg role="img" aria-label="Three phases" ')
    assert drawn.endswith("</svg></figure>")


@pytest.mark.parametrize(
    "tag",
    [
        '<script src="https://example.org/x.js"></script>',
        '<link rel="stylesheet" href="//example.org/x.css">',
        '<img alt="" src="a.png">',
        '<img src="a.png">',
    ],
)
def test_a_page_that_loads_from_the_network_or_hides_a_picture_is_refused(site, tag):
    with pytest.raises(PluginError, match=r"a\.md"):
        site.on_post_page(f"<p>{tag}</p>", page=PAGE, config=None)


def test_links_that_a_reader_may_follow_are_none_of_its_business(site):
    html = (
        '<a href="https://example.org">x</a><link rel="canonical" href="https://example.org/"><img alt="x" src="a.png">'
    )
    assert site.on_post_page(html, page=PAGE, config=None) == html
