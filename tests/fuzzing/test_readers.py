"""Whatever stands in a file: rows that are all accounted for, or one InputError with its place."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from fuzzing.readers import SPECIMENS, read_or_refuse
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from xstilts.errors import InputError
from xstilts.yaml_input import read_yaml

FEW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
MANY = settings(max_examples=3_000, deadline=None, suppress_health_check=list(HealthCheck))
SIGNS = st.sampled_from([
    b"\t", b"\n", b"\r\n", b"\r", b"\n\n", b'"', b'""', b"\x00", b"\xef\xbb\xbf", b"\xff\xfe", b"\xed\xa0\x80", b"\\ud800", b"{", b"}",
    b"[", b"]", b",", b":", b"null", b"true", b"NaN", b"1e999", b"-1", b"99999999999999999999", b" ", b"\xe2\x80\xa8", b"\xc2\x85", b"\x0c",
    b"#", b"1-2", b"1.1", b"ID=", b"(<L ", b"x" * 200_000, b"[" * 3_000, b"9" * 5_000,
])  # fmt: skip


@st.composite
def spoiled(draw: st.DrawFn, content: bytes) -> bytes:
    """A whole file after some changes: cut, pieces removed, doubled, swapped, or strange signs put in."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        stop = draw(st.integers(start, min(len(content), start + 40)))
        match draw(st.integers(0, 5)):
            case 0:
                content = content[:start]
            case 1:
                content = content[:start] + content[stop:]
            case 2:
                content = content[:stop] + content[start:]
            case 3:
                content = content[:start] + draw(SIGNS) + content[stop:]
            case 4:
                content = content[:start] + draw(st.binary(max_size=6)) + content[start:]
            case 5:
                content = content[:start] + draw(st.text(max_size=6)).encode("utf-8", "surrogatepass") + content[stop:]
    return content


def contents(content: bytes) -> st.SearchStrategy[bytes]:
    return st.one_of(spoiled(content), st.binary(max_size=200), st.text(max_size=200).map(lambda t: t.encode("utf-8", "surrogatepass")))  # fmt: skip


def fuzz(name: str, amount: settings) -> None:
    specimen = SPECIMENS[name]
    with tempfile.TemporaryDirectory() as folder:

        @amount
        @given(contents(specimen.content))
        @example(specimen.content.replace(b"\n", b"\r\n"))
        @example(b"\xef\xbb\xbf" + specimen.content)
        @example(specimen.content + b"\x00")
        @example(specimen.content + b"\r")
        @example(specimen.content.partition(b"\n")[0] + b"\n\r")
        @example(b"")
        def run(content: bytes) -> None:
            read_or_refuse(specimen, content, Path(folder))

        run()


@pytest.mark.parametrize("name", SPECIMENS)
def test_a_whole_file_is_read_and_so_it_is_with_other_line_ends_and_a_bom(name, tmp_path):
    specimen = SPECIMENS[name]
    rows = read_or_refuse(specimen, specimen.content, tmp_path)
    assert rows
    if name == "parquet":
        return
    assert read_or_refuse(specimen, b"\xef\xbb\xbf" + specimen.content, tmp_path) == rows
    if name not in ("csv", "broken tsv"):  # a line end within quotes is text
        assert read_or_refuse(specimen, specimen.content.replace(b"\n", b"\r\n"), tmp_path) == rows


@pytest.mark.parametrize("name", SPECIMENS)
def test_every_file_is_read_whole_or_refused(name):
    fuzz(name, FEW)


@pytest.mark.slow
@pytest.mark.parametrize("name", SPECIMENS)
def test_very_many_files_are_read_whole_or_refused(name):
    fuzz(name, MANY)


STUDY = b"name: a\nencoders: {e: {path: x}}\nrecipes: &r\n  direct: []\n  two: [{task: mnli, training: {epochs: 1}}]\ntargets: {xnli: {}}\nother: *r\n"  # fmt: skip


def fuzz_yaml(amount: settings) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "study.yaml"

        @amount
        @given(contents(STUDY))
        def run(content: bytes) -> None:
            path.write_bytes(content)
            try:
                outcome = str(read_yaml(path).path)
            except InputError as error:
                outcome = str(error)
            assert str(path) in outcome

        run()


def test_every_yaml_is_a_mapping_or_refused():
    fuzz_yaml(FEW)


@pytest.mark.slow
def test_very_many_yamls_are_mappings_or_refused():
    fuzz_yaml(MANY)
