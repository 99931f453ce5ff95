"""Pretrained encoders: finding the files, knowing what they are by content, loading them, pooling their layers."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xstilts.data.sources import content_digest
from xstilts.durable import cache_folder, publish_folder, read_manifest
from xstilts.encoders.files import check_weights, first_line, hub_folder, load_config, load_weights, read_config
from xstilts.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray
    from torch import Tensor

    from xstilts.data.pieces import Pieces
    from xstilts.model_sources import EncoderSource
    from xstilts.training.heads import NormedClassifier

_TOKENIZER_FILES = (
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.txt",
    "vocab.json",
    "merges.txt",
    "sentencepiece.bpe.model",
    "spiece.model",
    "tokenizer.model",
)
_POOLINGS = ("mean", "cls")
_PICKLES = (".bin", ".p", ".pt", ".pth")
_UNPICKLE = (
    "pickled weights, as of jiant and of old checkpoints, are not read, since a pickle can run code; convert them to "
    "safetensors with the lines under 'Bring your own encoder' in docs/export.md"
)
# Heads of these come with nearly every pretrained encoder, and nobody misses them.
_PRETRAINING = ("ForMaskedLM", "ForPreTraining", "Model")
_TWIN_MANIFEST = "twin.json"


def find_encoder(source: EncoderSource, base: Path, offline: bool) -> Path:
    """The directory of an encoder, wherever it comes from."""
    if source.embedded is not None:
        found = embedded_encoder(source.embedded)
    elif source.path is not None:
        found = encoder_folder(base / Path(source.path).expanduser())
    else:
        found = hub_encoder(str(source.hub), source.revision, offline)
    return found if source.random_weights is None else random_twin(found, source.random_weights)


def encoder_layers(folder: Path) -> int:
    """The number of layers, whatever the architecture calls it."""
    config = read_config(folder)
    for name in ("num_hidden_layers", "n_layers", "num_layers"):
        if isinstance(config.get(name), int):
            return int(config[name])
    raise InputError(
        "the configuration does not say how many layers there are",
        where=folder / "config.json",
        found=", ".join(config) or "no field",
        expected="num_hidden_layers",
    )


def freezable_layers(folder: Path) -> int:
    """The number of layers that have weights of their own; ALBERT's share theirs."""
    return 0 if "num_hidden_groups" in read_config(folder) else encoder_layers(folder)


def encoder_folder(path: Path) -> Path:
    """A local `transformers` directory, after checking that encoder, weights and tokenizer are in it.

    Raises:
        InputError: If something is missing; weights in pickle files are never read.
    """
    if not path.is_dir():
        raise InputError(
            "there is no such encoder directory", where=path, expected="a folder that save_pretrained wrote, or another"
        )
    pickled = any(child.suffix in _PICKLES for pattern in ("*", "*/*") for child in path.glob(pattern))
    fix = _UNPICKLE if pickled else None
    if not (path / "config.json").is_file():
        raise InputError(
            "the encoder directory has no config.json",
            where=path,
            found=_listing(path),
            expected="config.json",
            fix=fix,
        )
    if not weight_files(path):
        raise InputError(
            "the encoder directory has no weights",
            where=path,
            found=_listing(path),
            expected="model.safetensors",
            fix=fix,
        )
    read_config(path)
    if not any((path / name).is_file() for name in _TOKENIZER_FILES):
        raise InputError(
            "the encoder directory has no tokenizer", where=path, found=_listing(path), expected="tokenizer.json"
        )
    return path


def check_loadable(folder: Path) -> None:
    """Whether configuration and tokenizer are of a kind that can be loaded, and the weights are whole files.

    Raises:
        InputError: If not.
    """
    load_config(folder)
    for weights in weight_files(folder):
        check_weights(weights)
    load_pieces(folder)


def hub_encoder(repository: str, revision: str | None, offline: bool) -> Path:
    """Fetches an encoder of the Hugging Face hub into its cache; safetensors and tokenizer only, no code.

    Raises:
        InputError: If it cannot be had, with the hub's reason.
    """
    return encoder_folder(hub_folder("encoder", repository, revision, offline))


def embedded_encoder(name: str) -> Path:
    """The directory of an encoder that comes with the package."""
    return encoder_folder(Path(str(files("xstilts.nano") / "weights" / name)))


def random_twin(folder: Path, seed: int) -> Path:
    """An encoder of the same architecture and tokenizer with random weights, as training from scratch starts.

    It is kept in the user's cache, under a name that says what made it.

    Raises:
        InputError: If `transformers` cannot make the encoder from its configuration.
    """
    from filelock import FileLock
    from transformers import __version__ as transformers_version

    names = [name for name in ("config.json", *_TOKENIZER_FILES) if (folder / name).is_file()]
    made_from = content_digest([folder / name for name in names]) + transformers_version
    key = hashlib.sha256(made_from.encode()).hexdigest()[:16]
    twin = cache_folder() / "random-encoders" / f"{key}-{seed}"
    twin.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(twin.with_suffix(".lock")):
        if read_manifest(twin, _TWIN_MANIFEST) is None:
            shutil.rmtree(twin, ignore_errors=True)
            _write_random_twin(folder, names, seed, twin)
    return twin


def _write_random_twin(folder: Path, names: list[str], seed: int, twin: Path) -> None:
    import torch
    import transformers

    transformers.utils.logging.disable_progress_bar()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        config = load_config(folder)
        config.dtype = "float32"
        try:
            model = transformers.AutoModel.from_config(config, trust_remote_code=False)
        except Exception as error:
            raise InputError(
                f"the encoder cannot be made: {first_line(error)}",
                where=folder,
            ) from error
    if getattr(model, "pooler", None) is not None:
        model.pooler = None
    with publish_folder(twin, _TWIN_MANIFEST, {"seed": seed}) as draft:
        model.save_pretrained(draft)
        for name in names:
            if name != "config.json":
                shutil.copyfile(folder / name, draft / name)


def copy_tokenizer(folder: Path, target: Path) -> None:
    """Copies the tokenizer of an encoder into another folder, as its files are.

    Args:
        folder: The encoder's directory.
        target: A directory that is there.
    """
    for name in _TOKENIZER_FILES:
        if (folder / name).is_file():
            shutil.copyfile(folder / name, target / name)


def weight_files(path: Path) -> list[Path]:
    """The safetensors files of a directory that belong to the model, in order."""
    index = path / "model.safetensors.index.json"
    if index.is_file():
        try:
            names = sorted(set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError("the index of the weights is broken", where=index, expected="a weight_map") from error
        absent = [name for name in names if not (path / name).is_file()]
        if absent:
            raise InputError("weights are missing", where=path, found=_listing(path), expected=", ".join(absent))
        return [path / name for name in names]
    return [file] if (file := path / "model.safetensors").is_file() else []


def encoder_digest(path: Path) -> str:
    """SHA-256 of everything in the directory that can change a result: configuration, weights, tokenizer."""
    names = ("config.json", *_TOKENIZER_FILES)
    files = [path / name for name in names if (path / name).is_file()]
    digest = hashlib.sha256(content_digest([*files, *weight_files(path)]).encode())
    return digest.hexdigest()


def classifier_of(architecture: str) -> str | None:
    """The architecture whose hidden layer stands in an encoder's classifiers; None for RoBERTa's, the default."""
    return architecture if architecture == "modernbert" else None


def encoder_architecture(folder: Path) -> str:
    """The architecture of an encoder, as its configuration names it; empty if it does not."""
    return str(read_config(folder).get("model_type", ""))


def dropped_head(folder: Path) -> str | None:
    """The class of a checkpoint whose head is left out when its encoder is loaded; None if nothing of worth is."""
    names = [str(name) for name in read_config(folder).get("architectures") or ()]
    return next((name for name in names if not name.endswith(_PRETRAINING)), None)


class Encoder:
    """A loaded encoder.

    Attributes:
        model: The `transformers` model, without pooler or head.
        hidden_size: Width of its hidden states.
        layers: Number of its layers.
        pooling: What stands for a text in its classifiers, by its configuration: `cls` or `mean`.
        packs: Whether it computes rows without their padding.
    """

    def __init__(self, model: Any, folder: Path | None = None) -> None:
        self.model = model
        self.packs = self._trimmed = False
        self._folder = folder
        config = model.config
        self.hidden_size = int(config.hidden_size)
        self.layers = int(config.num_hidden_layers)
        self.pooling = "mean" if getattr(config, "classifier_pooling", "cls") == "mean" else "cls"

    @property
    def norm_eps(self) -> float:
        """What its norms add to the variance."""
        config = self.model.config
        return float(getattr(config, "norm_eps", getattr(config, "layer_norm_eps", 1e-5)))

    @property
    def normed_classifier(self) -> NormedClassifier | None:
        """The hidden layer of its classifiers where its architecture has one with a norm; None for RoBERTa's."""
        from xstilts.training.heads import NormedClassifier

        config = self.model.config
        if classifier_of(config.model_type) is None:
            return None
        return NormedClassifier(config.classifier_activation, config.classifier_bias, config.norm_eps, config.norm_bias)

    @staticmethod
    def positions(config: Any) -> int:
        """The longest sequence that an encoder of this configuration takes, in pieces."""
        # RoBERTa's family numbers positions from padding_idx + 1, so it takes two pieces fewer than its table has.
        offset = 2 if config.model_type in {"roberta", "xlm-roberta", "xlm-roberta-xl", "camembert"} else 0
        return int(getattr(config, "max_position_embeddings", 1 << 30)) - offset

    @classmethod
    def load(cls, folder: Path, dropout: float | None = None, config_from: Path | None = None) -> Encoder:
        """Loads configuration and weights in float32.

        Args:
            folder: A `transformers` directory.
            dropout: Replaces every dropout rate of the configuration.
            config_from: Where the configuration is, if not there: that of a pretrained encoder, whose dropout rates
                a stage may have replaced in its own.

        Raises:
            InputError: If the weights do not fit the configuration.
        """
        from transformers.utils import logging

        logging.disable_progress_bar()
        logging.set_verbosity_error()
        config = load_config(config_from or folder)
        try:
            if dropout is not None:
                for name, value in vars(config).items():
                    if "dropout" in name and isinstance(value, float | int):
                        setattr(config, name, dropout)
            model, report = load_weights("AutoModel", folder, config=config)
        except Exception as error:
            raise InputError(
                "the encoder cannot be loaded",
                where=folder,
                found=first_line(error),
                expected=f"weights of {config.model_type}",
            ) from error
        missing = sorted(name for name in report["missing_keys"] if not name.startswith("pooler."))
        if missing:
            raise InputError(
                "the encoder's weights are incomplete",
                where=folder,
                found=f"{len(missing)} tensors are missing, among them {missing[0]}",
                expected=f"all weights of {config.model_type}",
            )
        if getattr(model, "pooler", None) is not None:
            model.pooler = None
        return cls(model, folder)

    def save(self, folder: Path) -> None:
        """Writes config.json and model.safetensors."""
        self.model.save_pretrained(folder)

    def suit(
        self, device: torch.device, *, half: bool, heads: Iterable[torch.nn.Module] = (), sharded: bool = False
    ) -> None:
        """Moves the encoder and its heads to a device, and has them compute the same faster there.

        Rows go without padding where the architecture allows it; on a CPU layers of ours stand in for torch's.

        Args:
            device: The device.
            half: Products are in bfloat16.
            heads: Modules that take the encoder's hidden states.
            sharded: The encoder will be dealt out to several processes, which moves it; layers that keep rounded
                weights would then keep all of them.
        """
        from xstilts.encoders.layers import stand_in
        from xstilts.encoders.packing import can_pack, choose_attention

        if not sharded:
            self.model.to(device)
        self.packs = can_pack(self.model, half=half)
        if self.packs:
            choose_attention(self.model)
        for head in heads:
            head.to(device)
        if device.type == "cpu":
            stand_in(self.model, half=half and not sharded)
            for head in heads:
                stand_in(head, half=False)

    def trim(self, pieces: NDArray[np.int64]) -> None:
        """Leaves the embeddings of some pieces, ids in ascending order; it must not be asked for others."""
        from xstilts.encoders.trimming import trim

        trim(self.model, pieces)
        self._trimmed = True

    def make_whole(self, shrunk: float) -> None:
        """Undoes `trim`, if it was: the other pieces have what they were loaded with, times a factor."""
        from xstilts.encoders.trimming import make_whole

        if self._trimmed:
            assert self._folder is not None
            make_whole(self.model, weight_files(self._folder), shrunk)
        self._trimmed = False

    def hidden_states(self, inputs: Mapping[str, Tensor]) -> Tensor:
        """Last hidden states, shape [rows, pieces, hidden]."""
        if not self.packs:
            return self.model(**inputs).last_hidden_state  # type: ignore[no-any-return]
        from xstilts.encoders.packing import Packing, packed_states

        packing = Packing(inputs["attention_mask"])
        return packing.unpack(packed_states(self.model, inputs, packing).last_hidden_state)

    def _all_layers(self, inputs: Mapping[str, Tensor]) -> list[Tensor]:
        """Embeddings and the hidden states of every layer, each [rows, pieces, hidden]."""
        if not self.packs:
            return list(self.model(**inputs, output_hidden_states=True).hidden_states)
        from xstilts.encoders.packing import Packing, packed_states

        packing = Packing(inputs["attention_mask"])
        states = packed_states(self.model, inputs, packing, output_hidden_states=True).hidden_states
        return [packing.unpack(layer) for layer in states]

    def pooled_layers(self, inputs: Mapping[str, Tensor], poolings: tuple[str, ...]) -> dict[str, Tensor]:
        """Every layer pooled over the real pieces in one pass: pooling -> float32 [layers + 1, rows, hidden].

        Layer 0 is the embeddings. `mean` averages over all real pieces, special tokens included, as jiant and the
        xtreme scripts do; `cls` takes the first piece.
        """
        import torch

        layers = self._all_layers(inputs)
        mask = inputs["attention_mask"].unsqueeze(-1).float()
        pooled: dict[str, Tensor] = {}
        for pooling in poolings:
            if pooling not in _POOLINGS:
                raise InputError("there is no such pooling", found=pooling, expected=" or ".join(_POOLINGS))
            if pooling == "mean":
                pooled[pooling] = torch.stack([(layer.float() * mask).sum(1) / mask.sum(1) for layer in layers])
            else:
                pooled[pooling] = torch.stack([layer[:, 0].float() for layer in layers])
        return pooled


def load_pieces(folder: Path) -> Pieces:
    """The encoder's own fast tokenizer.

    Raises:
        InputError: If it cannot be loaded or is not a fast one.
    """
    import transformers

    from xstilts.data.pieces import Pieces

    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
    except Exception as error:
        raise InputError(
            "the encoder's tokenizer cannot be loaded",
            where=folder,
            found=first_line(error),
            expected="the files of a fast tokenizer, such as tokenizer.json",
        ) from error
    return Pieces(tokenizer)


def _listing(path: Path) -> str:
    return ", ".join(sorted(child.name for child in path.iterdir())) or "an empty directory"
