"""`xstilts report` in its three forms, and `xstilts results` on a terminal."""

import shutil
import sys
from pathlib import Path

import pytest

from xstilts.cli.terminal import in_color, line_width


@pytest.fixture
def out(finished, tmp_path) -> Path:
    return Path(shutil.copytree(finished / "out", tmp_path / "out"))


@pytest.mark.parametrize(("form", "name"), [("latex", "paper.tex"), ("markdown", "paper.md")])
def test_a_finished_study_becomes_a_paper(call, out, form, name):
    called = call("report", out, "--format", form)
    assert (called.code, called.out, called.err) == (0, f"{out / 'paper' / name}\n", "")
    text = (out / "paper" / name).read_text("utf-8")
    for title in ("Question", "Method", "Results", "Limitations"):
        assert title in text
    assert (out / "paper" / "references.bib").read_text("utf-8").count("@") > 5


def test_to_names_another_folder_for_every_form(call, out, tmp_path):
    for form, name in (("html", "report.html"), ("latex", "paper.tex")):
        called = call("report", out, "--format", form, "--to", tmp_path / "new" / form)
        assert (called.code, called.out) == (0, f"{tmp_path / 'new' / form / name}\n")
    assert (tmp_path / "new/html/report.html").read_bytes() == (out / "report.html").read_bytes()
    assert not (out / "paper").exists()


def test_claims_of_ones_own_are_in_the_paper_and_on_the_page(call, out, tmp_path):
    recipe = "nli"
    claims = tmp_path / "claims.yaml"
    claims.write_text(
        f"claims: {{mine: {{claim: 'mean_score(recipe=direct) > -1', text: Scores of {recipe} are scores.}}}}"
    )
    assert call("report", out, "--format", "markdown", "--claims", claims).code == 0
    text = (out / "paper/paper.md").read_text("utf-8")
    assert "| Scores of nli are scores. | **holds** |" in text
    assert call("report", out, "--claims", claims).code == 0
    page = (out / "report.html").read_text("utf-8")
    assert '<li class="up"><b>holds</b><span>Scores of nli are scores. Here ' in page
    assert "Phang et al." not in page.split('<section id="claims">')[1].split("</section>")[0]


def test_wrong_options_are_exit_code_2_and_write_nothing(call, out, tmp_path, listing):
    (tmp_path / "file").write_text("x")
    (tmp_path / "odd.yaml").write_text("claims: {odd: mean_delta(recipe=none) > 0}")
    before = listing(tmp_path)
    for options, message in (
        (["--format", "latex", "--to", tmp_path / "file"], "this is no folder"),
        (["--claims", tmp_path / "gone.yaml", "--to", tmp_path / "new"], "gone.yaml"),
        (["--claims", tmp_path / "odd.yaml", "--to", tmp_path / "new"], "there is no recipe 'none'"),
        (["--format", "latex", "--claims", tmp_path / "gone.yaml"], "gone.yaml"),
        (["--format", "pdf"], "pdf"),
    ):
        called = call("report", out, *options)
        assert (called.code, called.out) == (2, "")
        assert message in called.err
    assert listing(tmp_path) == before


def test_no_color_and_dumb_terminals_are_respected(monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "77")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert (in_color(), line_width()) == (True, 77)
    monkeypatch.setenv("NO_COLOR", "1")
    assert not in_color()
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert not in_color()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: False)
    assert (in_color(), line_width()) == (False, 160)
