"""Trained models of a finished run: found by key or by name, with all that is known of how they were trained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from safetensors.torch import load_file

from xstilts.data.features import Limits
from xstilts.durable import damage_of, read_json, read_manifest
from xstilts.encoders.encoder import Encoder, encoder_digest, find_encoder
from xstilts.errors import InputError, nearest
from xstilts.kinds.base import Kind, TrainableKind
from xstilts.kinds.classification import Classification
from xstilts.kinds.masked_lm import MaskedLM
from xstilts.kinds.multiple_choice import MultipleChoice
from xstilts.kinds.ranking import Ranking
from xstilts.kinds.span_qa import SpanQA
from xstilts.kinds.tagging import Tagging
from xstilts.store import MANIFEST, finished_record
from xstilts.training.heads import Head, Heads

if TYPE_CHECKING:
    import polars as pl

    from xstilts.study import Study

_KINDS: tuple[type[TrainableKind], ...] = (Classification, MaskedLM, MultipleChoice, Ranking, SpanQA, Tagging)
_SHOWN = 12


def kind_from(identity: Mapping[str, Any]) -> TrainableKind:
    """The kind that `Kind.identity` described.

    Raises:
        InputError: If there is none of this name, or it has other attributes.
    """
    by_name = {kind.name: kind for kind in _KINDS}
    if identity.get("kind") not in by_name:
        raise InputError("there is no such kind", found=identity.get("kind"), expected=", ".join(by_name))
    kind = by_name[identity["kind"]]
    known = {field.name for field in fields(cast(Any, kind))}
    values = {name: tuple(v) if isinstance(v, list) else v for name, v in identity.items() if name in known}
    try:
        return kind(**values)
    except TypeError as error:
        raise InputError(f"a {kind.name} cannot be made of this: {error}", found=dict(identity)) from None


@dataclass(frozen=True)
class Scored:
    """A score that a run has: of what, and the stage that holds it."""

    encoder: str
    recipe: str
    target: str
    seed: int
    stage: str


@dataclass(frozen=True)
class Trained:
    """A training stage of a finished run.

    Attributes:
        out: The run's folder.
        key: The stage's key.
        record: What its `stage.json` says.
        task: The task whose head is meant; None for the encoder alone.
        scores: What was predicted with it.
    """

    out: Path
    key: str
    record: dict[str, Any]
    task: str | None
    scores: tuple[Scored, ...]

    @property
    def spec(self) -> dict[str, Any]:
        """What the stage did."""
        return cast(dict[str, Any], self.record["spec"])

    @property
    def folder(self) -> Path:
        """The stage's folder in the store."""
        return _store(self.out) / "train" / self.key

    @cached_property
    def study(self) -> Study:
        """The run's study."""
        from xstilts.study import Study

        return Study.from_yaml(self.out / "study.yaml")

    @property
    def kind(self) -> TrainableKind | None:
        """The kind of the head, with its labels; None for the encoder alone."""
        return kind_from(self._trained_task["train"][0]["kind"]) if self.task is not None else None

    @property
    def _trained_task(self) -> dict[str, Any]:
        return next(trained for trained in self.spec["tasks"] if trained["task"] == self.task)

    @property
    def languages(self) -> list[str]:
        """The languages whose labelled rows it was trained on last."""
        return list(dict.fromkeys(ref["language"] for task in self.spec["tasks"] for ref in task["train"]))

    def chain(self) -> list[dict[str, Any]]:
        """The records of all training stages from the pretrained encoder to this one."""
        records = [self.record]
        while (parent := records[0]["spec"]["parent"]) is not None:
            records.insert(0, finished_record(_store(self.out), "train", parent))
        return records

    def pretrained(self, offline: bool = False) -> tuple[str, Path]:
        """The encoder that all began with: its name in the study, and its folder.

        Raises:
            InputError: If it is not there any more.
        """
        for name, source in self.study.encoders.items():
            folder = find_encoder(source, self.study.folder, offline)
            if encoder_digest(folder) == self.spec["encoder"]:
                return name, folder
        raise InputError(
            "the pretrained encoder of this stage is no longer what it was: its tokenizer cannot be told",
            where=self.out / "study.yaml",
            found=", ".join(self.study.encoders),
            fix="put the encoder's files back, or run the study again",
        )

    def load(self, pretrained: Path) -> tuple[Encoder, Head | None]:
        """Encoder and head on the CPU, after every byte was compared with its checksum.

        Args:
            pretrained: Folder of the encoder that all began with.

        Raises:
            InputError: If a file of the stage is damaged.
        """
        if damaged := damage_of(self.folder, MANIFEST):
            raise InputError(
                "a finished stage is damaged", where=self.folder, found=", ".join(damaged), fix="run the study again"
            )
        encoder = Encoder.load(self.folder, config_from=pretrained)
        if self.task is None:
            return encoder, None
        heads = {trained["task"]: kind_from(trained["train"][0]["kind"]) for trained in self.spec["tasks"]}
        made = {task: kind.head(encoder, 0.0) for task, kind in heads.items()}
        Heads(made).load_state_dict(load_file(self.folder / "heads.safetensors"))
        return encoder, made[self.task]

    def limits(self, kind: Kind | None, encoder: Encoder) -> Limits:
        """How long texts met the encoder in training."""
        settings = self.spec["settings"]
        longest = settings["max_length"] or (kind.max_length if kind is not None else Kind.max_length)
        return Limits(min(longest, Encoder.positions(encoder.model.config)), settings["doc_stride"])


def find_trained(out: Path, name: str, task: str | None = None) -> Trained:
    """Finds a training stage of a run.

    Args:
        out: The run's folder.
        name: A key or the beginning of one, of a training stage or of what was predicted with it; or
            `[ENCODER/]RECIPE/TARGET[/SEED]`. Where no seed is said, the one with the best English dev score is taken.
        task: The head that is meant, where the stage has several.

    Raises:
        InputError: If there is none, or more than one.
    """
    store = _store(out)
    if "/" in name:
        scored, key, head = _by_name(out, store, name)
    else:
        key, head = _by_key(out, store, name)
        scored = [one for one in _scores(out) if _predicted_with(store, one.stage)[0] == key]
    record = finished_record(store, "train", key)
    tasks = [trained["task"] for trained in record["spec"]["tasks"]]
    if task is not None and task not in tasks:
        raise InputError(
            f"the stage was not trained on {task}", where=name, expected=", ".join(tasks), fix=nearest(task, tasks)
        )
    chosen = task or head or (tasks[0] if len(tasks) == 1 and "/" not in name else None)
    if chosen is None and "/" not in name:
        raise InputError(
            "the stage has several heads", where=name, found=", ".join(tasks), fix="choose one with --task"
        )
    return Trained(out, key, record, chosen, tuple(scored))


def _by_key(out: Path, store: Path, prefix: str) -> tuple[str, str | None]:
    stages = read_json(out / "plan.json")["stages"]
    found: dict[str, str | None] = {}
    for stage in stages:
        if stage["key"].startswith(prefix):
            key, head = (stage["key"], None) if stage["kind"] == "train" else _predicted_with(store, stage["key"])
            if key is not None:
                found[key] = head or found.get(key)
    if len(found) == 1:
        return found.popitem()
    shown = {stage["key"]: stage["title"] for stage in stages if stage["kind"] == "train" and not (
        found and stage["key"] not in found
    )}  # fmt: skip
    raise InputError(
        f"{'several' if found else 'no'} training stages begin with this key",
        where=prefix,
        found=None if found else f"{len(shown)} training stages",
        expected=_listed([f"{key[:8]}  {title}" for key, title in shown.items()]) + f"\n            or {_FORM}",
    )


_FORM = "RECIPE/TARGET, RECIPE/TARGET/SEED"


def _by_name(out: Path, store: Path, name: str) -> tuple[list[Scored], str, str | None]:
    """The scores of the chain that a name means, its last training stage, and the head that predicted."""
    scores = _scores(out)
    parts = name.split("/")
    fitting = [one for one in scores if any(parts == list(form) for form in _forms(one))]
    chains: dict[tuple[str, str, str, int], list[Scored]] = {}
    for one in fitting:
        chains.setdefault((one.encoder, one.recipe, one.target, one.seed), []).append(one)
    encoders = list(dict.fromkeys(encoder for encoder, *_ in chains))
    if not chains or len(encoders) > 1:
        known = list(dict.fromkeys(f"{one.recipe}/{one.target}" for one in scores))
        seeds = list(dict.fromkeys(str(one.seed) for one in scores))
        known_forms = {"/".join(form) for one in scores for form in _forms(one)}
        if chains:
            known = [f"{encoder}/{name}" for encoder in encoders]
        raise InputError(
            "the study has several encoders with this recipe and target" if chains else "there are no such results",
            where=name,
            expected=f"{_listed(known)}\n            and a seed behind it, or none: {', '.join(seeds)}",
            fix=None if chains else nearest(name, list(known_forms)),
        )
    best: tuple[float, list[Scored], str, str | None] | None = None
    for chain in chains.values():
        key, head = _predicted_with(store, chain[0].stage)
        if key is None:
            raise InputError(
                "nothing was trained for this: it is the pretrained encoder", where=name, fix="name another recipe"
            )
        score = dev_score(finished_record(store, "train", key))
        if best is None or score > best[0]:
            best = (score, chain, key, head)
    assert best is not None
    return best[1:]


def _forms(one: Scored) -> list[tuple[str, ...]]:
    short, seed = (one.recipe, one.target), str(one.seed)
    return [short, (*short, seed), (one.encoder, *short), (one.encoder, *short, seed)]


def dev_score(record: Mapping[str, Any]) -> float:
    """What a training stage reached on its dev sets at the step that was chosen, in points; -inf if it had none."""
    training = record.get("training") or {}
    reached = [one["score"] for one in training.get("evaluations", ()) if one["step"] == training["best_step"]]
    return float(reached[-1]) if reached and reached[-1] is not None else float("-inf")


def _scores(out: Path) -> list[Scored]:
    from xstilts.results import Results

    table: pl.DataFrame = Results.read(out).table
    names = ("encoder", "recipe", "target", "seed", "stage")
    return [Scored(**row) for row in table.select(names).unique(maintain_order=True).iter_rows(named=True)]


def _predicted_with(store: Path, key: str) -> tuple[str | None, str | None]:
    """The training stage, and the head, behind a stage that predicted or scored; None where there is none."""
    for kind in ("score", "predict"):
        record = read_manifest(store / kind / key, MANIFEST)
        if record is not None and kind == "score":
            return _predicted_with(store, record["spec"]["parent"])
        if record is not None:
            return record["spec"]["parent"], record["spec"]["head"]
    return None, None


def _store(out: Path) -> Path:
    path = out / "plan.json"
    if not path.is_file():
        raise InputError(
            "this is not the folder of a run", where=out, expected="plan.json", fix="name the --out of a run"
        )
    return Path(read_json(path)["store"])


def _listed(names: Sequence[str]) -> str:
    more = [f"and {len(names) - _SHOWN} more"] if len(names) > _SHOWN else []
    return "\n            ".join([*names[:_SHOWN], *more])
