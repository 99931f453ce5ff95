"""Every command, every piece of Python and every study in README and docs does what its page says."""

from __future__ import annotations

import json
import os
import re
from functools import cache

import pytest
from commands import Reader, assert_printed, dialogue, is_plain_xstilts, logical_lines
from pages import ROOT, Block, inline_tokens, page_names, parse_page, read_page

# Blocks that cannot run in a test, page by page; each says why in a comment above it. One more needs a line here.
NOT_RUN = {
    "CONTRIBUTING.md": 3,
    "README.md": 1,
    "docs/cluster.md": 4,
    "docs/export.md": 4,
    "docs/index.md": 1,
    "docs/own-encoder.md": 1,
    "docs/report.md": 1,
}
PAGES = page_names()


def blocks_of(name: str) -> list[Block]:
    return list(read_page(name).blocks)


@pytest.mark.parametrize("name", PAGES)
def test_a_reader_who_follows_the_page_meets_no_surprise(name, tmp_path, monkeypatch, request):
    page = read_page(name)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("COLUMNS", "100")
    if page.stand_ins:
        request.getfixturevalue("prepare")(tmp_path, page.stand_ins)
    reader = Reader(tmp_path, page.stand_ins, monkeypatch)
    for block in page.blocks:
        if block.language == "json":
            json.loads(block.code)
        if "not run" in block.marks or ("real data" in block.marks and "XSTILTS_DATA" not in os.environ):
            continue
        reader.follow(block)


def test_blocks_that_do_not_run_are_few_and_say_why():
    found = {name: [block for block in blocks_of(name) if "not run" in block.marks] for name in PAGES}
    assert {name: len(blocks) for name, blocks in found.items() if blocks} == NOT_RUN
    for block in (block for blocks in found.values() for block in blocks):
        assert len(block.marks["not run"].split()) >= 2, f"{block.place}: the comment gives no reason"
        assert block.language in ("bash", "python", "yaml"), block.place


@cache
def known_verbs() -> dict[str, set[str]]:
    """Verb, such as `run` or `store gc` -> its options."""
    import typer

    from xstilts.cli import app

    found: dict[str, set[str]] = {}
    for name, command in typer.main.get_command(app).commands.items():
        below = {f"{name} {verb}": each for verb, each in getattr(command, "commands", {}).items()}
        for path, verb in (below or {name: command}).items():
            found[path] = {option for parameter in verb.params for option in parameter.opts} | {"--help"}
    return found


def unknown_words(text: str) -> list[str]:
    """Verbs and options of the `xstilts` commands in a text that the command line does not have."""
    verbs = known_verbs()
    groups = {path.split()[0] for path in verbs if " " in path}
    unknown = []
    for command in re.findall(r"(?:^|[\s/])xstilts ([a-z][^\n`]*)", text):
        first, *others = command.split()
        below = others[0].split("|") if first in groups and others else []
        paths = [f"{first} {verb}" for verb in below] or [first]
        unknown += [path for path in paths if path not in verbs and path not in groups]
        options = re.findall(r"(?<!\S)\[?(--[a-z-]+)", command)
        unknown += [option for option in options if not any(option in verbs.get(path, ()) for path in paths)]
    return unknown


@pytest.mark.parametrize("name", PAGES)
def test_commands_that_are_only_named_exist(name):
    for line, token in inline_tokens(name):
        if token.type == "code_inline":
            assert not unknown_words(token.content), f"{name}:{line}: {token.content}"
    for block in blocks_of(name):
        if "not run" in block.marks:
            assert not unknown_words(
                "\n".join(logical_lines(block.code)) if block.language == "bash" else block.code
            ), block.place


@pytest.mark.parametrize("name", PAGES)
def test_targets_of_make_that_are_named_exist(name):
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    inline = [token.content for _, token in inline_tokens(name) if token.type == "code_inline"]
    for text in [*inline, *(block.code for block in blocks_of(name) if block.language == "bash")]:
        named = re.findall(r"^make ([a-z]+)", text, re.MULTILINE)
        assert set(named) <= targets, f"{name}: {text}"


def test_a_block_without_a_language_is_refused():
    with pytest.raises(ValueError, match=r"a.md:3: a block of no language"):
        parse_page("a.md", "# A\n\n```\nxstilts run\n```\n")


def test_a_mark_that_nobody_knows_and_one_without_a_block_are_refused():
    with pytest.raises(ValueError, match=r"a.md:1: 'skip' is not known"):
        parse_page("a.md", "<!-- test: skip -->\n```bash\nls\n```\n")
    with pytest.raises(ValueError, match=r"no block follows"):
        parse_page("a.md", "<!-- test: not run, no GPU -->\n\n# Title\n\n```bash\nls\n```\n")


def test_code_that_is_only_indented_is_refused():
    with pytest.raises(ValueError, match=r"a.md:3: indented code"):
        parse_page("a.md", "Text\n\n    xstilts run\n")


def test_blocks_know_their_line_their_title_and_their_marks():
    text = "One\n\n<!-- test: not run, needs a GPU -->\n```bash\nls\n```\n\n- item\n\n"
    text += '  ```yaml title="a.yaml"\n  a: 1\n  ```\n'
    first, second = parse_page("a.md", text).blocks
    assert (first.line, first.marks) == (5, {"not run": "needs a GPU"})
    assert (second.line, second.title, second.code, second.marks) == (11, "a.yaml", "a: 1\n", {})


def test_only_a_command_without_pipes_variables_and_wildcards_runs_in_this_process():
    assert is_plain_xstilts("xstilts run s.yaml --set 'seeds=[1]'  # why")
    assert not is_plain_xstilts("xstilts results out --format json | head")
    assert not is_plain_xstilts('xstilts run s.yaml --data-dir "$DATA"')
    assert not is_plain_xstilts("make test")
    assert list(logical_lines("xstilts run \\\n  a  # b\n\n# c\n")) == ["xstilts run    a  # b"]


def test_a_dialogue_has_each_command_with_the_text_below_it():
    assert list(dialogue("$ a 1\nx\ny\n$ b\n", "p")) == [("a 1", "x\ny"), ("b", "")]


def test_a_page_that_shows_another_output_fails():
    assert_printed("a  \n...c\n", "a\nb b c\n\n", "p")
    with pytest.raises(AssertionError, match="this was printed"):
        assert_printed("a\nc\n", "a\nb\n", "p")


def test_a_wrong_option_and_a_wrong_verb_are_found():
    assert unknown_words("xstilts run s.yaml --sead 3") == ["--sead"]
    assert unknown_words("xstilts runs s.yaml") == ["runs"]
    assert unknown_words("xstilts store size|verify|gone") == ["store gone"]
    assert unknown_words(".venv/bin/xstilts store gc --weights --yes") == []


def test_a_failing_command_and_a_wrong_study_fail_the_page(tmp_path, monkeypatch):
    reader = Reader(tmp_path, (), monkeypatch)
    (wrong,) = parse_page("a.md", "```bash\nxstilts plan nowhere.yaml\n```\n").blocks
    with pytest.raises(AssertionError, match=r"a.md:2: xstilts plan nowhere.yaml: exit code 2"):
        reader.follow(wrong)
    (study,) = parse_page("a.md", "```yaml\nname: a\nencoders: {}\nrecipes: {}\ntargets: {}\n```\n").blocks
    with pytest.raises(Exception, match="encoders"):
        reader.follow(study)


def test_python_of_a_page_is_one_session_and_its_errors_name_the_page(tmp_path, monkeypatch):
    reader = Reader(tmp_path, (), monkeypatch)
    text = "```python\na = 2\nprint(a)\n```\n\n<!-- test: output -->\n```text\n2\n```\n\n```python\na / 0\n```\n"
    first, shown, last = parse_page("a.md", text).blocks
    reader.follow(first)
    reader.follow(shown)
    with pytest.raises(ZeroDivisionError) as raised:
        reader.follow(last)
    assert (str(raised.traceback[-1].path), raised.traceback[-1].lineno + 1) == ("a.md", 12)
