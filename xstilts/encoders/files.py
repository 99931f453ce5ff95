"""The files of pretrained models: fetched from the hub, and looked into before anything is loaded."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from xstilts.errors import InputError


def hub_folder(what: str, repository: str, revision: str | None, offline: bool) -> Path:
    """Fetches a model of the Hugging Face hub into its cache; safetensors and tokenizer only, no code.

    Args:
        what: What the model is to the user.
        repository: Its name on the hub.
        revision: Branch, tag or commit; `main` if None.
        offline: Only the cache is looked at.

    Raises:
        InputError: If it cannot be had, with the hub's reason.
    """
    from huggingface_hub import snapshot_download

    try:
        folder = snapshot_download(
            repository,
            revision=revision,
            allow_patterns=["*.json", "*.safetensors", "*.txt", "*.model", "*.spm"],
            ignore_patterns=["*/*"],
            local_files_only=offline or os.environ.get("HF_HUB_OFFLINE") == "1",
        )
    except Exception as error:
        raise InputError(
            f"the {what} cannot be had from the hub",
            where=f"{repository} at {revision or 'main'}",
            found=first_line(error),
            fix="check the name and the network, or download it and give its folder as `path`",
        ) from error
    return Path(folder)


def read_config(folder: Path) -> dict[str, Any]:
    """A model's config.json.

    Raises:
        InputError: If it is no JSON object.
    """
    path = folder / "config.json"
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise InputError(
            "the configuration is not JSON",
            where=path,
            found=error,
            expected="JSON in UTF-8, as save_pretrained writes it",
        ) from None
    if not isinstance(config, dict):
        raise InputError("the configuration is no object", where=path, found=repr(config)[:60], expected="{...}")
    return config


def check_weights(path: Path) -> None:
    """Whether a safetensors file has a whole header and names tensors; they are not read.

    Raises:
        InputError: If not.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "numpy") as file:
            names = list(file.keys())
    except (SafetensorError, OSError) as error:
        raise InputError(
            "the weights cannot be read",
            where=path,
            found=error,
            expected="a whole safetensors file",
            fix="copy it again",
        ) from None
    if not names:
        raise InputError("the weights are empty", where=path, found="no tensor", expected="the encoder's tensors")


def load_config(folder: Path) -> Any:
    """The configuration as `transformers` makes it; never by code that lies beside it.

    Raises:
        InputError: If its architecture is not known.
    """
    import transformers

    try:
        return transformers.AutoConfig.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
    except Exception as error:
        raise InputError(
            "the encoder cannot be loaded",
            where=folder / "config.json",
            found=first_line(error),
            expected="an architecture that this version of transformers knows; code of others is never run",
        ) from error


def load_weights(auto_class: str, folder: Path, **options: Any) -> tuple[Any, Any]:
    """A model in float32 as a class of `transformers` loads it: from safetensors, here, and never by code beside them.

    Args:
        auto_class: Such as `AutoModel`.
        folder: The checkpoint.
        options: Further ones of `from_pretrained`.

    Returns:
        The model, and what `transformers` says of missing and unexpected weights.
    """
    import transformers

    model, report = getattr(transformers, auto_class).from_pretrained(
        folder,
        dtype="float32",
        use_safetensors=True,
        trust_remote_code=False,
        local_files_only=True,
        output_loading_info=True,
        **options,
    )
    return model, report


def first_line(error: Exception) -> str:
    """The kind of an error of a library, and the first line of what it says."""
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0] if lines else ''}"
