"""Files of data sets of the Hugging Face hub, listed and fetched at a pinned commit and verified; never their code."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from xstilts.data.download import PASSING, PATIENCE, FetchError, Patience, file_sha256, is_hopeless, locked
from xstilts.durable import write_json
from xstilts.errors import InputError, RunError

_TRUE = frozenset({"1", "on", "yes", "true"})
_Result = TypeVar("_Result")


def hub_is_offline() -> bool:
    """Whether the user has said with `HF_HUB_OFFLINE` that nothing is to be fetched."""
    return os.environ.get("HF_HUB_OFFLINE", "").lower() in _TRUE


def fetch_listing(repository: str, revision: str, target: Path, patience: Patience = PATIENCE) -> None:
    """Writes the files of a data set of the hub at one commit as JSON: name -> size and checksum, unless it is there.

    A commit never changes, so its list is fetched once.

    Raises:
        FetchError: If the hub does not give it.
    """
    from huggingface_hub import HfApi
    from huggingface_hub.hf_api import RepoFile

    def listed() -> dict[str, Any]:
        api = HfApi(endpoint=_endpoint())
        tree = api.list_repo_tree(repository, recursive=True, revision=revision, repo_type="dataset")
        return {
            entry.path: {"bytes": entry.size, "sha256": entry.lfs.sha256 if entry.lfs else "", "blob": entry.blob_id}
            for entry in tree
            if isinstance(entry, RepoFile)
        }

    with locked(target):
        if not target.exists():
            write_json(target, _from_hub(listed, patience))


def fetch_from_hub(
    repository: str, revision: str, name: str, expected: Mapping[str, Any], patience: Patience = PATIENCE
) -> Path:
    """Fetches one file of a data set of the hub into the hub's own cache.

    Args:
        repository: `owner/name`.
        revision: The full hash of a commit.
        name: Path of the file in the repository.
        expected: Its entry in the list that `fetch_listing` wrote.
        patience: How long to try.

    Returns:
        The file.

    Raises:
        FetchError: If it cannot be had, or is not what the list says.
    """
    from huggingface_hub import hf_hub_download

    def downloaded() -> Path:
        path = hf_hub_download(
            repository,
            name,
            revision=revision,
            repo_type="dataset",
            cache_dir=hub_cache(),
            endpoint=_endpoint(),
        )
        return Path(path)

    path = _from_hub(downloaded, patience)
    problem = _difference(path, expected)
    if problem:
        path.resolve().unlink()
        path.unlink(missing_ok=True)
        raise FetchError(f"gave a wrong file {name}: {problem}")
    return path


def hub_cache() -> Path:
    """Where the hub's library keeps what it fetched: `$HF_HUB_CACHE`, or `hub` in `$HF_HOME`."""
    from huggingface_hub import constants

    given = os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE")
    home = os.environ.get("HF_HOME")
    return Path(given or (Path(home) / "hub" if home else constants.HF_HUB_CACHE)).expanduser()


def hub_file(repository: str, revision: str, name: str) -> Path:
    """Where the hub's library keeps a file of a data set at a commit."""
    return hub_cache() / f"datasets--{repository.replace('/', '--')}" / "snapshots" / revision / name


def _endpoint() -> str | None:
    return os.environ.get("HF_ENDPOINT") or None


def _from_hub(action: Callable[[], _Result], patience: Patience) -> _Result:
    """Does something with the hub's library, again where its failure may pass."""
    from huggingface_hub.errors import EntryNotFoundError, HfHubHTTPError, LocalEntryNotFoundError, OfflineModeIsEnabled

    for fruitless in range(1, patience.tries + 1):
        try:
            return action()
        except Exception as error:
            cause = error.__cause__ if isinstance(error, LocalEntryNotFoundError) and error.__cause__ else error
            answer = cause.response if isinstance(cause, HfHubHTTPError) else None
            status = answer.status_code if answer is not None else None
            absent = isinstance(cause, EntryNotFoundError) and not isinstance(cause, LocalEntryNotFoundError)
            final = absent or isinstance(cause, OfflineModeIsEnabled) or (status and status not in PASSING)
            if final or fruitless == patience.tries or is_hopeless(cause):
                said = next((line for line in str(cause).splitlines() if line.strip()), "")
                raise FetchError(f"does not give it: {type(cause).__name__}: {said}") from error
            patience.wait(fruitless)
    raise AssertionError("the last try returns or raises")


def _difference(path: Path, expected: Mapping[str, Any]) -> str:
    """What is wrong with a file, measured with the size and checksum that the hub states for its commit."""
    size = path.stat().st_size
    if size != expected["bytes"]:
        return f"{size:,} bytes, expected {expected['bytes']:,}"
    if expected["sha256"]:
        found, stated = file_sha256(path), expected["sha256"]
    else:  # a file that git itself holds is named by the SHA-1 of its header and content
        content = b"blob %d\0" % size + path.read_bytes()
        found, stated = hashlib.sha1(content, usedforsecurity=False).hexdigest(), expected["blob"]
    return "" if found == stated else f"checksum {found}, expected {stated}"


def check_can_push(repository: str, offline: bool) -> None:
    """Before anything is written: the name is one of the hub, there is a network to use, and a token.

    Raises:
        InputError: If not.
    """
    from huggingface_hub import get_token
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]

    try:
        validate_repo_id(repository)
    except HFValidationError as error:
        raise InputError(
            "this is no name of a repository", where="--push", found=repository, expected="OWNER/NAME"
        ) from (error)
    if "/" not in repository:
        raise InputError("the repository has no owner", where="--push", found=repository, expected="OWNER/NAME")
    if offline or hub_is_offline():
        raise InputError(
            "nothing is pushed without a network", where="--push", fix="leave out --offline, and unset HF_HUB_OFFLINE"
        )
    if not get_token():
        raise InputError("there is no token for the hub", where="--push", fix="hf auth login, or set HF_TOKEN")


def push_folder(folder: Path, repository: str, what: str, private: bool = False) -> str:
    """Puts a folder into a repository of models of the hub, which is made if it is not there.

    The token is the one that the hub's library finds; no message holds it.

    Args:
        folder: The folder; nothing else of the repository is removed.
        repository: `owner/name`.
        what: The message of the commit.
        private: A new repository is seen by its owner alone.

    Returns:
        The address of the model.

    Raises:
        RunError: If the hub refuses, with its reason; the folder is still there.
    """
    from huggingface_hub import HfApi, get_token
    from huggingface_hub.utils import disable_progress_bars  # type: ignore[attr-defined]

    disable_progress_bars()
    api = HfApi(endpoint=_endpoint())
    try:
        made = api.create_repo(repository, private=private, exist_ok=True)
        api.upload_folder(folder_path=folder, repo_id=repository, commit_message=f"Export {what}")
    except Exception as error:  # of many kinds, from the hub's library and those below it
        said = next((line for line in str(error).splitlines() if line.strip()), "")
        token = get_token()
        said = said.replace(token, "***") if token else said
        raise RunError(
            f"the hub does not take {repository}: {type(error).__name__}: {said}\n"
            f"  the export is whole in {folder}: hf upload {repository} {folder}"
        ) from None
    return str(made)
