"""Several data sets as one, of which some parts are in the folder and others on a server on loopback."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from loopback import COMMIT, Server

from xstilts.catalogue import Tasks
from xstilts.data.download import Patience
from xstilts.data.sources import Files, Hub, Url
from xstilts.errors import InputError
from xstilts.formats.assembled import joined
from xstilts.formats.rows import text_row
from xstilts.formats.tsv import tsv
from xstilts.kinds.classification import Classification
from xstilts.task import Task

QUICK = Patience(tries=2, first_wait=0.001, longest_wait=0.002, silence=5.0)
TSV = tsv(text_row(), {"label": 0, "text": 1})
SPLITS = ("train", "dev")


@pytest.fixture
def server(loopback: Server) -> Server:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as zipped:
        for split in SPLITS:
            zipped.writestr(f"set/{split}.tsv", f"good\tpacked {split}\n")
            loopback.files[f"/{split}.tsv"] = f"good\tfar {split}\n".encode()
    loopback.files["/set.zip"] = buffer.getvalue()
    loopback.add_dataset("some/set", {f"{split}.tsv": f"bad\thub {split}\n".encode() for split in SPLITS})
    return loopback


def near(folder: Path, split: str = "train") -> None:
    """Puts the part `near` into a folder."""
    (folder / "near").mkdir(exist_ok=True)
    (folder / f"near/{split}.tsv").write_text(f"bad\tnear {split}\n")


def local(name: str) -> Files:
    return Files(f"{name}/{{split}}.tsv", TSV, SPLITS)


def far(server: Server) -> Url:
    return Url(f"{server.url}/{{split}}.tsv", TSV, SPLITS, patience=QUICK)


def packed(server: Server) -> Url:
    return Url("set/{split}.tsv", TSV, SPLITS, archive=f"{server.url}/set.zip", patience=QUICK)


def on_hub() -> Hub:
    return Hub("{split}.tsv", TSV, SPLITS, repository="some/set", revision=COMMIT, patience=QUICK)


def task(**parts: tuple[Files, ...]) -> Task:
    return Task("both", Classification(labels=("good", "bad")), "en", (joined(parts, SPLITS),))


def rows(one: Task, folder: Path | None, split: str = "train") -> tuple[dict[str, str], list[str]]:
    """Id -> text, and the notes."""
    loaded = one.load(folder, "en", split)
    return {example.id: example.text for example in loaded.examples}, loaded.notes


def test_what_the_folder_lacks_is_fetched_and_what_it_has_is_not(server, tmp_path):
    near(tmp_path)
    one = task(near=(local("near"), on_hub()), far=(local("far"), far(server)))
    announced: list[str] = []
    one.find(tmp_path, "en", "train", announced.append)
    assert announced == [f"fetching both, language en, split train from {server.url}/train.tsv"]
    assert server.paths() == ["/train.tsv"]
    assert rows(one, tmp_path) == ({"near-1": "near train", "far-1": "far train"}, [])
    one.find(tmp_path, "en", "train", announced.append)
    assert (len(announced), len(server.asked)) == (1, 1)


def test_offline_the_parts_that_are_there_are_read_and_the_others_named(server, tmp_path):
    near(tmp_path)
    one = task(near=(local("near"),), far=(far(server),))
    assert rows(one, tmp_path) == ({"near-1": "near train"}, ["not there, and so not among these rows: far"])
    assert server.asked == []
    with pytest.raises(
        InputError, match=r"(?s)split dev are not there.*dev.tsv: not fetched.*expected: near/dev.tsv\n"
    ):
        one.load(tmp_path, "en", "dev")


def test_offline_a_part_in_an_archive_that_was_fetched_is_taken_out_of_it(server, tmp_path):
    near(tmp_path)
    one = task(near=(local("near"),), packed=(packed(server),), far=(far(server),))
    task(packed=(packed(server),)).find(None, "en", "dev", lambda _: None)
    assert server.paths() == ["/set.zip"]
    read, notes = rows(one, tmp_path)
    assert read == {"near-1": "near train", "packed-1": "packed train"}
    assert notes == ["not there, and so not among these rows: far"]
    assert server.paths() == ["/set.zip"]


@pytest.mark.parametrize("hub_has_it", [True, False])
def test_the_sources_of_a_part_are_tried_in_order(server, tmp_path, hub_has_it):
    if not hub_has_it:
        server.files.pop(f"/api/datasets/some/set/tree/{COMMIT}")
    near(tmp_path)
    one = task(near=(local("near"),), other=(local("other"), on_hub(), far(server)))
    announced: list[str] = []
    one.find(tmp_path, "en", "train", announced.append)
    assert announced == ["fetching both, language en, split train from hub dataset some/set@0123456789ab: train.tsv"]
    assert rows(one, tmp_path)[0] == {"near-1": "near train", "other-1": "hub train" if hub_has_it else "far train"}


def test_a_part_that_does_not_come_is_an_error_that_names_it_and_not_a_smaller_set(server, tmp_path):
    server.files.pop("/train.tsv")
    near(tmp_path)
    one = task(near=(local("near"),), far=(far(server),), packed=(packed(server),))
    with pytest.raises(InputError) as raised:
        one.find(tmp_path, "en", "train", lambda _: None)
    message = str(raised.value)
    assert "the files of both, language en, split train are not all there" in message
    assert f"far cannot be had: {server.url}/train.tsv: answers 404 Not Found" in message
    assert "with --offline" in message
    assert rows(one, tmp_path)[1] == ["not there, and so not among these rows: far, packed"]


def test_a_part_that_nobody_offers_is_left_out_with_the_network_too(server, tmp_path):
    near(tmp_path)
    one = task(near=(local("near"),), gone=(local("gone"),), far=(far(server),))
    one.find(tmp_path, "en", "train", lambda _: None)
    assert rows(one, tmp_path) == (
        {"near-1": "near train", "far-1": "far train"},
        ["not there, and so not among these rows: gone"],
    )


def test_parts_in_caches_are_not_in_the_folder(server, tmp_path):
    one = task(far=(far(server),), near=(local("near"),))
    one.find(None, "en", "train", lambda _: None)
    assert one.available(tmp_path, "train") == ()
    near(tmp_path)
    assert one.available(tmp_path, "train") == ("en",)


@pytest.mark.parametrize(
    ("split", "hosts"),
    [
        ("train", ["nlp.stanford.edu", "nyu-mll/multi_nli", "fbaipublicfiles"]),
        ("test", ["nlp.stanford.edu", "fbaipublicfiles"]),
    ],
)
def test_anli_plus_can_fetch_all_of_its_parts(loopback, split, hosts):
    one = Tasks()["anli_plus"]
    assert one.holds(None, "en", split, fetching=True)
    assert not one.holds(None, "en", split)
    places = one.sources[0].fetched_from("en", split, None)
    assert list(dict.fromkeys(next(host for host in hosts if host in place) for place in places)) == hosts
    assert loopback.asked == []
