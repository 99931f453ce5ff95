"""From a study to its plan: every stage worked out, and everything that is wrong or not honest found before it runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from xstilts.durable import read_json
from xstilts.encoder import embedded_encoder, encoder_digest, encoder_folder, hub_encoder, random_twin
from xstilts.errors import InputError, nearest
from xstilts.kinds.base import TrainableKind
from xstilts.kinds.bitext import Bitext
from xstilts.languages import language
from xstilts.plan import Cell, Plan
from xstilts.sources import content_digest
from xstilts.splits import SplitSlice
from xstilts.stage import DataRef, PredictSpec, ScoreSpec, Stage, TrainedTask, TrainSpec
from xstilts.study import EncoderSource, Study, Target, TaskUse
from xstilts.task import Task

_SHOWN_LANGUAGES = 6

HEADLINE_LAYER = 14 / 24
"""Relative depth of the layer that counts for retrieval: jiant takes hidden_states[14] of XLM-R Large's 24."""


@dataclass(frozen=True)
class _Chain:
    """An encoder at some point of a recipe.

    Attributes:
        name: Its name in the study.
        encoder: Digest of the pretrained encoder.
        layers: Number of its layers.
        parent: The last training stage.
        path: Names of all training stages.
        languages: Languages of which labelled rows were trained on.
        read: Languages of which raw text was trained on.
    """

    name: str
    encoder: str
    layers: int
    parent: Stage | None = None
    path: tuple[str, ...] = ()
    languages: frozenset[str] = frozenset()
    read: frozenset[str] = frozenset()

    def is_zero_shot(self, task: Task, code: str) -> bool:
        """Whether nothing of the language was trained on that counts as gold: labels, or, of raw text, the text.

        Of a pair, of either language.
        """
        seen = self.languages | self.read if _is_self_supervised(task) else self.languages
        return any(language(part).code not in seen for part in code.split("-"))

    @property
    def key(self) -> str | None:
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


def make_plan(study: Study, data_dir: Path | None, offline: bool = False) -> Plan:
    """Works out every stage of a study and checks that all of its data and encoders are there.

    Args:
        study: The study.
        data_dir: The folder with the original data files.
        offline: Encoders of the hub are only taken from the local cache.

    Raises:
        InputError: At the first thing that is missing or contradicts itself.
    """
    return _Planner(study, data_dir, offline).plan


class _Planner:
    def __init__(self, study: Study, data_dir: Path | None, offline: bool) -> None:
        self.study, self.data_dir = study, data_dir
        self.plan = Plan()
        self._counts: dict[tuple[str, str, str], int] = {}
        _ = study.known_tasks  # the user's own tasks are checked first, and errors in them named as theirs
        self._check_names()
        for name, source in study.encoders.items():
            with study.at("encoders", name):
                folder = _encoder(source, study.folder, offline)
                start = _Chain(name, encoder_digest(folder), _layers(folder))
            self.plan.encoders[start.encoder] = folder
            for seed in study.seeds:
                for recipe in study.recipes:
                    chain = self._recipe(start, recipe, seed)
                    for target in study.targets:
                        with study.at("targets", target):
                            self._target(recipe, chain, target, seed)

    def _check_names(self) -> None:
        study = self.study
        if study.baseline not in study.recipes and len(study.recipes) > 1:
            with study.at("baseline"):
                raise InputError(
                    "the baseline is not a recipe of the study",
                    found=study.baseline,
                    expected=f"one of {', '.join(study.recipes)}",
                    fix=nearest(study.baseline, list(study.recipes)) or "add `direct: []` to the recipes",
                )
        used = {name for stages in study.recipes.values() for stage in stages for name in stage.task_names}
        for name, target in study.targets.items():
            with study.at("targets", name):
                task = study.known_tasks[target.task or name]
                used.add(task.name if isinstance(task.kind, Bitext) else target.trained_on or task.trainer)
        for name in study.task_defaults:
            with study.at("task_defaults", name):
                _ = study.known_tasks[name]
            if name not in used:
                self.plan.note(f"task_defaults.{name} is not used: no stage of this study trains on {name}")

    def _recipe(self, chain: _Chain, recipe: str, seed: int) -> _Chain:
        for place, settings in enumerate(self.study.recipes[recipe]):
            uses = {name: self.study.use(name, settings) for name in settings.task_names}
            sampling = settings.sampling.model_dump() if settings.tasks is not None else None
            with self.study.at("recipes", recipe, place):
                chain = self._train(chain, uses, settings.training, sampling, seed, settings.keep_head)
        return chain

    def _train(
        self,
        chain: _Chain,
        uses: dict[str, TaskUse],
        overrides: dict[str, Any],
        sampling: dict[str, Any] | None,
        seed: int,
        keep_head: bool,
    ) -> _Chain:
        tasks = {name: self.study.known_tasks[name] for name in uses}
        for task in tasks.values():
            if not isinstance(task.kind, TrainableKind):
                raise InputError(f"{task.name} has no training: it is evaluated by representations alone")
        if keep_head:
            self._check_kept_head(chain, next(iter(tasks.values())))
        settings = self.study.settings(next(iter(uses)) if len(uses) == 1 else "", overrides)
        longest = settings.max_length or max(task.kind.max_length for task in tasks.values())
        trained = tuple(self._trained_task(tasks[name], use) for name, use in uses.items())
        spec = TrainSpec(
            encoder=chain.encoder,
            parent=chain.key,
            keep_head=keep_head,
            tasks=trained,
            sampling=sampling if len(trained) > 1 else None,
            settings={**settings.model_dump(), "max_length": longest},
            seed=seed,
        )
        labelled, read = (
            {
                ref.language
                for task, known in zip(trained, tasks.values(), strict=True)
                for ref in task.train
                if _is_self_supervised(known) is raw
            }
            for raw in (False, True)
        )
        shown = "" if labelled | read <= {"en"} else f" ({_listed(sorted(labelled | read))})"
        path = (*chain.path, "+".join(uses) + shown)
        stage = self.plan.add(Stage(spec, f"train {self._title(chain, path, seed)}"))
        return replace(
            chain,
            parent=stage,
            path=path,
            languages=chain.languages | _codes(labelled),
            read=chain.read | _codes(read),
        )

    def _title(self, chain: _Chain, path: Sequence[str], seed: int) -> str:
        encoder = [chain.name] if len(self.study.encoders) > 1 or not path else []
        return " → ".join([*encoder, *path]) + (f" (seed {seed})" if path else "")

    def _check_kept_head(self, chain: _Chain, task: Task) -> None:
        spec = chain.parent.spec if chain.parent else None
        kinds = [t.train[0].kind for t in spec.tasks] if isinstance(spec, TrainSpec) else []
        if kinds.count(task.kind.identity()) != 1:
            raise InputError(
                f"`keep_head` of {task.name}: the stage before has no one head of the same kind and labels",
                found="no stage before" if spec is None else ", ".join(k["kind"] for k in kinds),
                expected=task.kind.name,
            )

    def _trained_task(self, task: Task, use: TaskUse) -> TrainedTask:
        languages = use.languages or [task.train_language]
        train = tuple(self._ref(task, code, use.train or "train") for code in languages)
        if use.dev == "none":
            return TrainedTask(task.name, train, None)
        try:
            dev = self._ref(task, task.train_language, use.dev or "dev")
        except InputError as error:
            raise InputError(
                f"{task.name} has no dev set to select a checkpoint with: {error}\n"
                f"  or:       cut one from the training set: "
                f'task_defaults: {{{task.name}: {{train: "train[:90%]", dev: "train[90%:]"}}}}, or say `dev: none`'
            ) from error
        return TrainedTask(task.name, train, dev)

    def _ref(self, task: Task, code: str, split: str) -> DataRef:
        wanted = SplitSlice.parse(split)
        _, paths = task.find(self.data_dir, code, wanted.name)
        return DataRef(task.name, task.version, task.kind.identity(), code, str(wanted), content_digest(paths))

    def _target(self, recipe: str, chain: _Chain, name: str, seed: int) -> None:
        target = self.study.targets[name]
        task = self.study.known_tasks[target.task or name]
        if isinstance(task.kind, Bitext):
            self._bitext(recipe, chain, name, target, task, seed)
            return
        trainer = self.study.known_tasks[target.trained_on or task.trainer]
        _check_head_serves(task, trainer)
        if target.train == "none":
            head = _trained_head(task, trainer, chain, recipe)
        else:
            use = self.study.use(trainer.name, target)
            keep_head = target.keep_head and chain.parent is not None  # direct fine-tuning has none to keep
            chain = self._train(chain, {trainer.name: use}, target.training, None, seed, keep_head)
            head = trainer.name
        spec = chain.parent.spec if chain.parent else None
        assert isinstance(spec, TrainSpec)
        for code, ref in self._evaluated(task, target):
            self._check_unseen(ref, chain)
            predict = PredictSpec(
                encoder=chain.encoder,
                parent=chain.key,
                head=head,
                data=ref,
                max_length=spec.settings["max_length"],
                doc_stride=spec.settings["doc_stride"],
                precision=spec.settings["precision"],
            )
            score = self._scored(predict, task, chain, seed)
            zero_shot = chain.is_zero_shot(task, code)
            cell = Cell(
                chain.name, recipe, name, task.name, code, ref.split, seed, zero_shot,
                "oracle" if zero_shot and code in chain.selected_on else chain.selection, None, None, None, score.key,
            )  # fmt: skip
            self.plan.cells.append(cell)

    def _bitext(self, recipe: str, chain: _Chain, name: str, target: Target, task: Task, seed: int) -> None:
        """Retrieval needs no training of its own: the recipe's encoder is used as it is."""
        mining = isinstance(task.kind, Bitext) and task.kind.mining
        settings = self.study.settings(task.name, target.training)
        layer = round(HEADLINE_LAYER * chain.layers) if target.layer is None else target.layer
        if layer > chain.layers:
            raise InputError(
                "the encoder has no such layer",
                found=layer,
                expected=f"0 to {chain.layers}",
            )
        for code, ref in self._evaluated(task, target):
            predict = PredictSpec(
                encoder=chain.encoder,
                parent=chain.key,
                head=None,
                data=ref,
                max_length=settings.max_length or task.kind.max_length,
                doc_stride=0,
                precision=settings.precision,
                tune=self._tuning(name, target, task, code, ref) if mining else None,
                pooling=tuple(target.pooling),
                similarity=("margin",) if mining else tuple(target.similarity),
            )
            score = self._scored(predict, task, chain, seed)
            zero_shot = chain.is_zero_shot(task, code)
            cell = Cell(
                chain.name, recipe, name, task.name, code, ref.split, seed, zero_shot, chain.selection, layer,
                predict.pooling[0], predict.similarity[0], score.key,
            )  # fmt: skip
            self.plan.cells.append(cell)

    def _tuning(self, name: str, target: Target, task: Task, code: str, evaluated: DataRef) -> DataRef:
        split = target.tune or "dev"
        ref = self._ref(task, code, split)
        if self._shares_rows(ref, evaluated):
            raise InputError(
                "the threshold of mining would be tuned on what is evaluated",
                found=f"tune: {split}, test: {evaluated.split}",
                expected='disjoint rows, such as tune: "dev[:50%]" and test: "dev[50%:]"',
            )
        return ref

    def _scored(self, predict: PredictSpec, task: Task, chain: _Chain, seed: int) -> Stage:
        what = f"{task.name} {predict.data.language} {predict.data.split}"
        by = self._title(chain, chain.path, seed)
        stage = self.plan.add(Stage(predict, f"predict {what} by {by}"))
        spec = ScoreSpec(parent=stage.key, data=predict.data, metrics=task.metric_names)
        return self.plan.add(Stage(spec, f"score {what} by {by}"))

    def _check_unseen(self, evaluated: DataRef, chain: _Chain) -> None:
        """What was trained on is not evaluated; what selected a checkpoint, or was only read, may be, and is noted."""
        name = f"{evaluated.task} {evaluated.language} {evaluated.split}"
        is_text = _is_self_supervised(self.study.known_tasks[evaluated.task])
        for key in self.plan.ancestors(chain.key) if chain.key else []:
            spec = self.plan.stages[key].spec
            for task in spec.tasks if isinstance(spec, TrainSpec) else ():
                seen = [ref.split for ref in task.train if self._shares_rows(ref, evaluated)]
                if seen and _is_self_supervised(self.study.known_tasks[task.task]) and not is_text:
                    self.plan.note(f"{name}: {task.task} read the text of rows that are evaluated, not their labels")
                elif seen:
                    raise InputError(
                        "rows that are evaluated were trained on",
                        found=f"{evaluated.task} {evaluated.language}: {evaluated.split}, trained on {', '.join(seen)}"
                        + (f" by {task.task}" if task.task != evaluated.task else ""),
                        fix="choose disjoint slices, such as train[:90%] and train[90%:]",
                    )
                if task.dev is not None and self._shares_rows(task.dev, evaluated):
                    self.plan.note(
                        f"{name}: scored on rows that chose the checkpoint, so a little too high; the zero-shot "
                        "languages are not touched by this"
                    )

    def _shares_rows(self, ref: DataRef, other: DataRef) -> bool:
        """Whether two slices, of one task or of two that read the same files, have a row in common."""
        if (ref.language, ref.digest) != (other.language, other.digest):
            return False
        mine, theirs = SplitSlice.parse(ref.split), SplitSlice.parse(other.split)
        place = (ref.task, ref.language, mine.name)
        if place not in self._counts:
            self._counts[place] = self.study.known_tasks[ref.task].load(self.data_dir, ref.language, mine.name).found
        return replace(mine, name="rows").overlaps(replace(theirs, name="rows"), self._counts[place])

    def _evaluated(self, task: Task, target: Target) -> Iterable[tuple[str, DataRef]]:
        """The languages of a target and their rows; what is not asked for by name and not there becomes a note."""
        if isinstance(target.test, dict):
            splits = target.test
            unknown = [code for code in target.evaluate or [] if code not in splits]
            if unknown:
                raise InputError("a language to evaluate has no split under `test`", found=", ".join(unknown))
            codes = splits if target.evaluate is None else target.evaluate
            return [(code, self._ref(task, code, splits[code])) for code in codes]
        split = target.test or task.evaluated_on
        if target.evaluate is not None:
            return [(code, self._ref(task, code, split)) for code in target.evaluate]
        name = SplitSlice.parse(split).name
        present = [code for code in task.evaluated_codes if task.holds(self.data_dir, code, name)]
        if not present:
            self._ref(task, task.evaluated_codes[0], split)  # raises, naming every place that was tried
        absent = [code for code in task.evaluated_codes if code not in present]
        if absent:
            self.plan.note(f"{task.name} {name}: no files for {', '.join(absent)}; not evaluated")
        return [(code, self._ref(task, code, split)) for code in present]


def _encoder(source: EncoderSource, folder: Path, offline: bool) -> Path:
    """The directory of an encoder, wherever it comes from."""
    if source.embedded is not None:
        found = embedded_encoder(source.embedded)
    elif source.path is not None:
        found = encoder_folder(folder / Path(source.path).expanduser())
    else:
        found = hub_encoder(str(source.hub), source.revision, offline)
    return found if source.random_weights is None else random_twin(found, source.random_weights)


def _layers(folder: Path) -> int:
    """The number of layers, whatever the architecture calls it."""
    config = read_json(folder / "config.json")
    for name in ("num_hidden_layers", "n_layers", "num_layers"):
        if isinstance(config.get(name), int):
            return int(config[name])
    raise InputError("the configuration does not say how many layers there are", where=folder / "config.json")


def _check_head_serves(task: Task, trainer: Task) -> None:
    """The head that the trainer trains must give predictions of the target's kind."""
    if not _same_outputs(task, trainer.kind.identity()):
        ours, theirs = task.kind.identity(), trainer.kind.identity()
        raise InputError(
            f"{task.name} cannot be predicted by a head that was trained on {trainer.name}",
            found=f"{theirs['kind']} {theirs.get('labels') or theirs.get('tags') or ''}",
            expected=f"{ours['kind']} {ours.get('labels') or ours.get('tags') or ''}",
        )


def _listed(codes: Sequence[str]) -> str:
    return ", ".join(codes) if len(codes) <= _SHOWN_LANGUAGES else f"{len(codes)} languages"


def _same_outputs(task: Task, kind: dict[str, Any]) -> bool:
    ours = task.kind.identity()
    return all(ours[name] == kind.get(name) for name in ("kind", "labels", "tags") if name in ours)


def _trained_head(task: Task, trainer: Task, chain: _Chain, recipe: str) -> str:
    """The head of a recipe's last stage that predicts a target as it is: the trainer's own, or the one that fits."""
    spec = chain.parent.spec if chain.parent else None
    trained = (
        [t.task for t in spec.tasks if _same_outputs(task, t.train[0].kind)] if isinstance(spec, TrainSpec) else []
    )
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


def _is_self_supervised(task: Task) -> bool:
    return isinstance(task.kind, TrainableKind) and task.kind.self_supervised


def _codes(languages: Iterable[str]) -> frozenset[str]:
    """The single languages of codes and pairs of codes."""
    return frozenset(language(part).code for code in languages for part in code.split("-"))
