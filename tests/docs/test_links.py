"""Links of the pages that are read in the repository too; within the site the strict build follows them."""

from __future__ import annotations

import re
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
from markdown.extensions.toc import slugify, unique
from pages import ROOT, inline_tokens, page_names, tokens

PAGES = page_names()


def links(name: str) -> list[tuple[int, str]]:
    """The targets of a page's links and pictures, each with its line."""
    found = [(line, token.attrs.get("href") or token.attrs.get("src")) for line, token in inline_tokens(name)]
    return [(line, str(target)) for line, target in found if target]


def anchors(name: str) -> set[str]:
    """The anchors of a page's headings, as the site makes them."""
    every = tokens((ROOT / name).read_text(encoding="utf-8"))
    used: set[str] = set()
    for opening, heading in pairwise(every):
        if opening.type == "heading_open":
            text = "".join(child.content for child in heading.children or ())
            unique(slugify(text, "-"), used)
    return used


def external_links() -> list[str]:
    """Every address that some page names, sorted; `python tests/docs/test_links.py` prints them."""
    return sorted({target for name in PAGES for _, target in links(name) if urlsplit(target).scheme})


@pytest.mark.parametrize("name", PAGES)
def test_links_to_files_of_the_repository_lead_somewhere(name):
    for line, target in links(name):
        if urlsplit(target).scheme:
            continue
        path, _, anchor = target.partition("#")
        file = (ROOT / name).parent / path if path else ROOT / name
        made = file.relative_to(ROOT).as_posix() if file.is_relative_to(ROOT) else ""
        if made in MADE_PAGES:
            continue
        assert file.resolve().exists(), f"{name}:{line}: {target}"
        if anchor:
            shown = file.resolve().relative_to(ROOT).as_posix()
            assert anchor in anchors(shown), f"{name}:{line}: {target}; there is {sorted(anchors(shown))}"


# Pages of the site that the build makes; the strict build checks links to them.
MADE_PAGES = {
    f"docs/{page}" for page in ("changelog.md", "contributing.md", "security.md", "nano.md", "reference/cli.md")
}


def test_addresses_are_whole():
    for address in external_links():
        parts = urlsplit(address)
        assert parts.scheme == "https", address
        assert re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", parts.netloc), address
        assert not re.search(r"\s", address), address


if __name__ == "__main__":
    print("\n".join(external_links()))
