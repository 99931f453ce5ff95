"""A chain of training: an encoder at some point of a recipe, the languages that it has seen, the heads that it has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from xstilts.errors import InputError
from xstilts.kinds.base import TrainableKind
from xstilts.languages import language
from xstilts.stage import Stage, TrainSpec
from xstilts.task import Task


@dataclass(frozen=True)
class Chain:
    """An encoder at some point of a recipe.

    Attributes:
        name: Its name in the study.
        encoder: Digest of the pretrained encoder.
        layers: Number of its layers; None if the encoder is not there.
        parent: The last training stage.
        path: Names of all training stages.
        languages: Languages of which labelled rows were trained on.
        read: Languages of which raw text was trained on.
        classifier: The architecture whose hidden layer its classifiers have; None for RoBERTa's.
        freezable: How many of its layers can be frozen, as far as that is known.
    """

    name: str
    encoder: str
    layers: int | None
    parent: Stage | None = None
    path: tuple[str, ...] = ()
    languages: frozenset[str] = frozenset()
    read: frozenset[str] = frozenset()
    classifier: str | None = None
    freezable: int | None = None

    def is_zero_shot(self, task: Task, code: str) -> bool:
        """Whether nothing of the language was trained on that counts as gold: labels, or, of raw text, the text.

        Of a pair, of either language.
        """
        seen = self.languages | self.read if is_self_supervised(task) else self.languages
        return any(language(part).code not in seen for part in code.split("-"))

    @property
    def key(self) -> str | None:
        """Key of the last training stage."""
        return self.parent.key if self.parent else None

    @property
    def selection(self) -> str:
        """How the last stage's checkpoint was chosen."""
        if self.parent is None or not isinstance(self.parent.spec, TrainSpec):
            return "untrained"
        return "source dev" if any(task.dev for task in self.parent.spec.tasks) else "last step"

    @property
    def selected_on(self) -> set[str]:
        """Languages whose dev sets chose the last stage's checkpoint."""
        spec = self.parent.spec if self.parent else None
        return {task.dev.language for task in spec.tasks if task.dev} if isinstance(spec, TrainSpec) else set()


def same_outputs(task: Task, kind: dict[str, Any]) -> bool:
    """Whether a head for a kind of this identity has the outputs that the task needs: same kind, same labels."""
    ours = task.kind.identity()
    return all(ours[name] == kind.get(name) for name in ("kind", "labels", "tags") if name in ours)


def trained_head(task: Task, trainer: Task, chain: Chain, recipe: str) -> str:
    """The head of a recipe's last stage that predicts a target as it is: the trainer's own, or the one that fits."""
    spec = chain.parent.spec if chain.parent else None
    trained = [t.task for t in spec.tasks if same_outputs(task, t.train[0].kind)] if isinstance(spec, TrainSpec) else []
    if trainer.name in trained:
        return trainer.name
    if len(trained) == 1:
        return trained[0]
    raise InputError(
        f"`train: none` of {task.name}: the last stage of recipe {recipe} has no one head that predicts it",
        found=", ".join(trained) or "no such head",
        expected=f"a last stage that trains {trainer.name}",
        fix="name the task whose head it is in `trained_on`" if trained else None,
    )


def is_self_supervised(task: Task) -> bool:
    """Whether the task is raw text, whose targets come from the text itself."""
    return isinstance(task.kind, TrainableKind) and task.kind.self_supervised


def single_codes(languages: Iterable[str]) -> frozenset[str]:
    """The single languages of codes and pairs of codes."""
    return frozenset(language(part).code for code in languages for part in code.split("-"))


def check_head_serves(task: Task, trainer: Task) -> None:
    """The head that the trainer trains must give predictions of the target's kind."""
    if not same_outputs(task, trainer.kind.identity()):
        ours, theirs = task.kind.identity(), trainer.kind.identity()
        raise InputError(
            f"{task.name} cannot be predicted by a head that was trained on {trainer.name}",
            found=f"{theirs['kind']} {theirs.get('labels') or theirs.get('tags') or ''}",
            expected=f"{ours['kind']} {ours.get('labels') or ours.get('tags') or ''}",
        )
