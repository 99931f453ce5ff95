"""Tasks whose files come from the hub or a URL, both served on loopback: the folder, the cache, the hub, the URL."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from pathlib import Path

import pytest
from loopback import COMMIT, breaks_after, fails, redirects

from xstilts.catalogue import Tasks
from xstilts.data.download import Patience
from xstilts.data.sources import Drops, Files, Hub, Url
from xstilts.errors import InputError
from xstilts.formats.parquet import parquet
from xstilts.formats.rows import text_row
from xstilts.formats.tsv import tsv
from xstilts.kinds.classification import Classification
from xstilts.task import Task

QUICK = Patience(tries=3, first_wait=0.001, longest_wait=0.002, silence=5.0)
TSV = tsv(text_row(), {"label": 0, "text": 1})
TEXTS = {"en": ["yes", "no"], "sw": ["ndiyo", "hapana"]}
announced: list[str] = []


def lines(language: str) -> bytes:
    return "".join(f"{label}\t{text}\n" for label, text in zip(("good", "bad"), TEXTS[language], strict=True)).encode()


def table(language: str) -> bytes:
    import pyarrow
    from pyarrow.parquet import write_table

    buffer = io.BytesIO()
    write_table(pyarrow.table({"sentence": TEXTS[language], "label": [1, 0]}), buffer)
    return buffer.getvalue()


def archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as zipped:
        for language in TEXTS:
            zipped.writestr(f"set/{language}.tsv", lines(language))
    return buffer.getvalue()


ARCHIVE = archive()


@pytest.fixture
def server(loopback):
    loopback.files["/set.zip"] = ARCHIVE
    for language in TEXTS:
        loopback.files[f"/{language}.tsv"] = lines(language)
    parts = {f"{code}/test-0000{at}-of-00001.parquet": table(code) for at, code in enumerate(TEXTS)}
    loopback.add_dataset("some/set", {"README.md": b"a card", "sw.tsv": lines("sw"), **parts})
    announced.clear()
    return loopback


def hub(pattern: str = "{language}/test-*.parquet", **more) -> Hub:
    read = parquet(text_row(), {"text": "sentence", "label": "label"}, names={"label": ("bad", "good")})
    reader = TSV if pattern.endswith(".tsv") else read
    return Hub(pattern, reader, ("test",), repository="some/set", revision=COMMIT, patience=QUICK, **more)


def zipped(server, sha256: str = hashlib.sha256(ARCHIVE).hexdigest()) -> Url:
    return Url("set/{language}.tsv", TSV, ("test",), archive=f"{server.url}/set.zip", sha256=sha256, patience=QUICK)


def plain(server, **more) -> Url:
    return Url(f"{server.url}/{{language}}.tsv", TSV, ("test",), patience=QUICK, **more)


def task(*sources: Files, rows: int | None = None) -> Task:
    local = Files("set/{language}-{split}.tsv", TSV, ("test",))
    kind = Classification(labels=("good", "bad"))
    return Task("own", kind, "en sw", (local, *sources), sizes={} if rows is None else {"test": rows})


def texts(one: Task, folder: Path | None = None, language: str = "sw") -> list[str]:
    one.find(folder, language, "test", announced.append)
    return [example.text for example in one.load(folder, language, "test").examples]


def visible(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))


def test_the_hub_is_asked_for_what_the_folder_does_not_have(server, tmp_path):
    one = task(hub())
    assert texts(one) == ["ndiyo", "hapana"]
    assert [example.label for example in one.load(None, "sw", "test").examples] == ["good", "bad"]
    assert announced == [
        "fetching own, language sw, split test from hub dataset some/set@0123456789ab: sw/test-*.parquet"
    ]
    asked = len(server.asked)
    assert texts(one) == ["ndiyo", "hapana"]
    assert len(server.asked) == asked
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "sw-test.tsv").write_text("good\tnjema\n")
    assert texts(one, tmp_path) == ["njema"]
    assert one.available(tmp_path, "test") == ("sw",)
    assert one.available(None, "test") == ()


def test_the_list_of_a_commit_is_fetched_once_for_all_languages(server):
    one = task(hub())
    assert [texts(one, language=code) for code in ("en", "sw")] == [["yes", "no"], ["ndiyo", "hapana"]]
    assert server.paths().count(f"/api/datasets/some/set/tree/{COMMIT}") == 1


def test_only_the_pinned_commit_is_asked_for(server):
    texts(task(hub()))
    assert all(COMMIT in path for _, path, _ in server.asked)
    with pytest.raises(InputError, match="not pinned"):
        Hub("a", TSV, ("test",), repository="some/set", revision="main")


def test_files_that_git_holds_are_verified_too(server):
    assert texts(task(hub("{language}.tsv"))) == ["ndiyo", "hapana"]


@pytest.mark.parametrize(
    ("pattern", "name"), [("{language}/test-*.parquet", "sw/test-00001-of-00001.parquet"), ("{language}.tsv", "sw.tsv")]
)
def test_a_file_of_the_hub_with_other_content_is_refused_and_forgotten(server, tmp_path, pattern, name):
    path = f"/datasets/some/set/resolve/{COMMIT}/{name}"
    right = server.files[path]
    server.files[path] = right[:-1] + b"!"
    with pytest.raises(InputError, match=r"(?s)gave a wrong file .*checksum"):
        texts(task(hub(pattern)))
    assert not any(name.endswith((".parquet", ".tsv")) for name in visible(tmp_path / "hub"))
    server.files[path] = right
    assert texts(task(hub(pattern))) == ["ndiyo", "hapana"]


def test_the_hub_may_redirect_break_and_be_busy(server, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE", 50)
    path = f"/datasets/some/set/resolve/{COMMIT}/sw/test-00001-of-00001.parquet"
    server.files["/cdn/blob"] = server.files[path]
    server.troubles[path] = [fails(503), *[redirects("/cdn/blob")] * 4]
    server.troubles["/cdn/blob"] = [breaks_after(100)]
    assert texts(task(hub())) == ["ndiyo", "hapana"]
    fetched = [asked for method, at, asked in server.asked if at == "/cdn/blob" and method == "GET"]
    assert fetched == ["", "bytes=100-"]


def test_a_file_that_the_commit_does_not_have_is_an_error_that_names_it(server):
    with pytest.raises(InputError, match=r"sw/train\.parquet: has no file sw/train\.parquet at this commit"):
        texts(task(hub("{language}/train.parquet")))
    with pytest.raises(InputError, match=r"has no file sw/train-\*\.parquet at this commit"):
        texts(task(hub("{language}/train-*.parquet")))


def test_members_of_an_archive_come_from_one_download(server):
    one = task(zipped(server))
    assert [texts(one, language=code) for code in ("en", "sw")] == [["yes", "no"], ["ndiyo", "hapana"]]
    assert server.paths() == ["/set.zip"]
    assert "set.zip: set/en.tsv" in announced[0]
    assert len(announced) == 1


def test_a_fetched_archive_serves_offline(server):
    one = task(zipped(server))
    assert not one.holds(None, "sw", "test")
    assert one.holds(None, "sw", "test", fetching=True)
    texts(one, language="en")
    assert one.holds(None, "sw", "test")
    assert one.load(None, "sw", "test").found == 2
    assert server.paths() == ["/set.zip"]


def test_the_url_is_tried_when_the_hub_has_nothing(server):
    server.files.pop(f"/api/datasets/some/set/tree/{COMMIT}")
    assert texts(task(hub(), zipped(server))) == ["ndiyo", "hapana"]
    assert [line.partition(" from ")[2] for line in announced] == [
        "hub dataset some/set@0123456789ab: sw/test-*.parquet",
        f"{server.url}/set.zip: set/sw.tsv",
    ]


def test_every_place_and_its_reason_are_named(server, tmp_path):
    server.files.pop(f"/api/datasets/some/set/tree/{COMMIT}")
    server.files.pop("/sw.tsv")
    with pytest.raises(InputError) as raised:
        texts(task(hub(), zipped(server, "0" * 64), plain(server)), tmp_path)
    message = str(raised.value)
    assert f"{tmp_path}: the files of own, language sw, split test are not there" in message
    assert "hub dataset some/set@0123456789ab: sw/test-*.parquet: does not give it: " in message
    assert f"{server.url}/set.zip: set/sw.tsv: has the wrong checksum: SHA-256" in message
    assert f"{server.url}/sw.tsv: answers 404 Not Found" in message
    assert "expected: set/sw-test.tsv" in message
    assert "with --offline" in message
    assert visible(tmp_path / "cache") == []


@pytest.mark.parametrize("variable", [None, "HF_HUB_OFFLINE"])
def test_offline_nothing_is_asked_for_and_every_place_is_named(server, monkeypatch, variable):
    one = task(hub(), plain(server))
    if variable:
        monkeypatch.setenv(variable, "1")
    with pytest.raises(InputError) as raised:
        one.find(None, "sw", "test", announced.append if variable else None)
    message = str(raised.value)
    assert "hub dataset some/set@0123456789ab: sw/test-*.parquet: not fetched" in message
    assert f"{server.url}/sw.tsv: not fetched" in message
    assert ("HF_HUB_OFFLINE is set" in message) == bool(variable)
    assert "xstilts data download own --language sw --split test" in message
    assert "set/sw-test.tsv" in message
    assert server.asked == announced == []
    assert one.holds(None, "sw", "test", fetching=True) is (variable is None)


def test_without_checksum_the_number_of_rows_must_be_right(server, tmp_path):
    assert texts(task(plain(server), rows=2)) == ["ndiyo", "hapana"]
    with pytest.raises(InputError, match="gave 2 rows; the official release has 3"):
        texts(task(plain(server), rows=3), language="en")
    assert visible(tmp_path / "cache") == ["sw.tsv"]


def test_without_checksum_what_cannot_be_read_is_not_kept(server, tmp_path):
    server.files["/sw.tsv"] = b"<html>Please log in</html>"
    with pytest.raises(InputError, match="gave files that cannot be read"):
        texts(task(plain(server), rows=2))
    assert visible(tmp_path / "cache") == []


def test_a_cache_that_cannot_be_written_is_an_error_that_says_so(server, tmp_path):
    (tmp_path / "cache").write_text("a file and no folder")
    with pytest.raises(InputError, match=r"cannot be kept: .*XDG_CACHE_HOME"):
        texts(task(plain(server)))


def test_checksums_go_by_the_name_of_the_file(server):
    right = {f"{code}.tsv": hashlib.sha256(lines(code)).hexdigest() for code in TEXTS}
    assert texts(task(plain(server, sha256=right), rows=99)) == ["ndiyo", "hapana"]
    with pytest.raises(InputError, match="wrong checksum"):
        texts(task(plain(server, sha256={"en.tsv": right["sw.tsv"]})), language="en")


def test_another_checksum_is_another_file(server):
    texts(task(plain(server), rows=2))
    with pytest.raises(InputError, match="wrong checksum"):
        texts(task(plain(server, sha256={"sw.tsv": "0" * 64})))


def test_the_number_of_rows_counts_what_was_asked_for_alone(server):
    one = task(plain(server), rows=2)
    assert one.find(None, "en", "test", announced.append)[1][0].read_bytes() == lines("en")
    assert server.paths() == ["/en.tsv"]


OWN = '''"""A task in files of one label and one text per line; Swahili is on a server."""
from xstilts.formats.rows import text_row
from xstilts.formats.tsv import tsv
from xstilts.kinds.classification import Classification
from xstilts.data.sources import Files, Url
from xstilts.task import Task

READ = tsv(text_row(), {{"label": 0, "text": 1}})
TASK = Task(
    "own",
    Classification(labels=("good", "bad")),
    "en sw fr",
    (
        Files("own/{{language}}-{{split}}.tsv", READ, ("train", "dev", "test")),
        Url("{url}/{{language}}.tsv", READ, ("test",), languages="sw"),
    ),
)
'''


@pytest.fixture
def study(server, tmp_path):
    from tiny_study import tiny_study, write_encoder_files

    (tmp_path / "own.py").write_text(OWN.format(url=server.url))
    write_encoder_files(tmp_path / "encoder")
    (tmp_path / "data" / "own").mkdir(parents=True)
    for at, split in enumerate(("train", "dev", "test")):
        (tmp_path / "data" / "own" / f"en-{split}.tsv").write_text(f"good\tyes {at}\nbad\tno {at}\n")
    return tiny_study(tmp_path, task_files=["own.py"], tasks={}, recipes={"direct": []}, targets={"own": {}})


def test_planning_alone_fetches_nothing_and_says_what_a_run_would_fetch(server, study, tmp_path):
    from xstilts.planning.planner import make_plan

    plan = make_plan(study, tmp_path / "data")
    assert [cell.language for cell in plan.cells] == ["en"]
    assert plan.notes == [
        "own test: no files for sw, fr; not evaluated",
        "own test: a run without --offline fetches sw",
    ]
    assert server.asked == []


def test_a_run_fetches_what_it_needs_while_it_plans(server, study, tmp_path):
    from xstilts.planning.planner import make_plan

    plan = make_plan(study, tmp_path / "data", announce=announced.append)
    assert [cell.language for cell in plan.cells] == ["en", "sw"]
    assert plan.notes == ["own test: no files for fr; not evaluated"]
    assert announced == [f"fetching own, language sw, split test from {server.url}/sw.tsv"]
    assert server.paths() == ["/sw.tsv"]
    assert make_plan(study, tmp_path / "data").notes == plan.notes


def test_a_run_that_cannot_fetch_stops_before_it_begins_and_names_the_way_out(server, study, tmp_path):
    from xstilts.planning.planner import make_plan

    server.files.pop("/sw.tsv")
    with pytest.raises(InputError, match=r"(?s)targets\.own.*sw\.tsv: answers 404 Not Found.*with --offline"):
        make_plan(study, tmp_path / "data", announce=announced.append)


@pytest.mark.parametrize("offline", [True, False])
def test_run_study_fetches_unless_it_is_offline(server, study, tmp_path, monkeypatch, offline):
    from xstilts import running

    class PlannedError(Exception):
        pass

    def stop(*arguments):
        raise PlannedError

    monkeypatch.setattr(running, "check_readable", stop)
    with pytest.raises(PlannedError):
        running.run_study(study, tmp_path / "data", tmp_path / "out", offline=offline, device="cpu")
    assert server.paths() == ([] if offline else ["/sw.tsv"])


def test_every_source_of_the_package_is_pinned_and_verified():
    """By a commit of the hub, a checksum, the number of rows, or a commit of a repository; BUCC is the exception."""
    unverified = set()
    for name in Tasks().names():
        one = Tasks()[name]
        for source in one.sources:
            for split in source.splits if isinstance(source, Url) else ():
                for code in {*one.language_codes, *source.languages.split()}:
                    held = source.paths(code, split) is not None
                    known = source.is_verified(code, split) or one.official_size(code, split) is not None
                    pinned = all(re.search("/[0-9a-f]{40}/", place) for place in source.places(code, split))
                    if held and not known and not pinned:
                        unverified.add(f"{name} {split} {code}")
    assert unverified == {"bucc2018 dev de", "bucc2018 dev fr", "bucc2018 dev ru"} | {
        f"bucc2018 test {code}" for code in ("de", "fr", "ru", "zh")
    }


def test_the_languages_of_tydiqa_are_told_apart_by_their_ids(tmp_path):
    def paragraph(name):
        answers = [{"text": "bell", "answer_start": 4}]
        return {"context": "The bell.", "qas": [{"id": name, "question": "What?", "answers": answers}]}

    names = ("swahili--1-0", "finnish--2-0", "swahili--3-1")
    document = {"data": [{"paragraphs": [paragraph(name)]} for name in names]}
    (tmp_path / "train.json").write_text(json.dumps(document))
    sources = [source for source in Tasks()["tydiqa"].sources if source.paths("sw", "train") and source.in_cache]
    assert [example.id for example in sources[0].read([tmp_path / "train.json"], Drops())] == [names[0], names[2]]
