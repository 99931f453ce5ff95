"""From a study to its plan: every stage worked out, and everything that is wrong or not honest found before it runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from xstilts.errors import InputError, nearest
from xstilts.kinds.base import TrainableKind
from xstilts.kinds.bitext import Bitext
from xstilts.kinds.classification import Classification
from xstilts.kinds.masked_lm import MaskedLM
from xstilts.kinds.multiple_choice import MultipleChoice
from xstilts.kinds.tagging import Tagging
from xstilts.languages import doubt, language
from xstilts.plan import Cell, Plan
from xstilts.planning.chain import (
    Chain,
    check_head_serves,
    is_self_supervised,
    same_outputs,
    single_codes,
    trained_head,
)
from xstilts.planning.inputs import Inputs
from xstilts.planning.unseen import check_unseen
from xstilts.settings import Sampling, TrainingSettings
from xstilts.stage import (
    DataRef,
    PredictSpec,
    ScoreSpec,
    Stage,
    TrainedTask,
    TrainSpec,
    TranslateSpec,
)
from xstilts.study import StageSettings, Study, Target, TaskRows
from xstilts.task import Announce, Task
from xstilts.translation.rows import check_translatable

_SHOWN_LANGUAGES = 6
_POOLED = (Classification, MultipleChoice)  # kinds whose heads have a hidden layer

_OWNERS = {
    **dict.fromkeys(MaskedLM.choices, "masked language modeling"),
    **dict.fromkeys(Tagging.choices, "tagging"),
}

HEADLINE_LAYER = 14 / 24
"""Relative depth of the layer that counts for retrieval: jiant takes hidden_states[14] of XLM-R Large's 24."""


def make_plan(
    study: Study,
    data_dir: Path | None,
    offline: bool = False,
    announce: Announce | None = None,
    *,
    draft: bool = False,
) -> Plan:
    """Works out every stage of a study and checks that all of its data and encoders are there.

    Args:
        study: The study.
        data_dir: The folder with the original data files.
        offline: Encoders of the hub are only taken from the local cache.
        announce: Is told which data files are fetched; without it none is.
        draft: Nothing is fetched, and what is not there becomes one of the plan's absences, not an error. Such a plan
            shows what a run would do; it cannot be run.

    Raises:
        InputError: At the first thing that is missing or contradicts itself.
    """
    study, plan = study.within(data_dir), Plan()
    inputs = Inputs(study, data_dir, offline, announce, plan, draft=draft)
    _Planner(study, plan, inputs).work_out()
    return plan


_OF_RETRIEVAL = ("pooling", "similarity", "layer", "tune")


class _Planner:
    def __init__(self, study: Study, plan: Plan, inputs: Inputs) -> None:
        self.study, self.plan, self.inputs = study, plan, inputs

    def work_out(self) -> None:
        """Fills the plan."""
        study = self.study
        _ = study.known_tasks  # the user's own tasks are checked first, and errors in them named as theirs
        self._check_names()
        for name in study.encoders:
            with study.at("encoders", name):
                start = self.inputs.encoder(name)
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
        stages = [stage for recipe in study.recipes.values() for stage in recipe]
        used = {name for stage in stages for name in stage.task_names}
        used |= {stage.mlm.task for stage in stages if stage.mlm is not None}
        for name, target in study.targets.items():
            with study.at("targets", name):
                task = study.known_tasks[target.task or name]
                used.add(task.name if isinstance(task.kind, Bitext) else target.trained_on or task.trainer)
                _check_retrieval(task, target)
        for name in study.task_defaults:
            with study.at("task_defaults", name):
                _ = study.known_tasks[name]
            if name not in used:
                self.plan.note(f"task_defaults.{name} is not used: no stage of this study trains on {name}")
        for name in study.tasks:
            for text in filter(None, map(doubt, study.known_tasks[name].language_codes)):
                self.plan.note(f"tasks.{name}: {text}")

    def _recipe(self, chain: Chain, recipe: str, seed: int) -> Chain:
        for place, settings in enumerate(self.study.recipes[recipe]):
            with self.study.at("recipes", recipe, place):
                uses = {name: self.study.use(name, settings) for name in settings.task_names} | self._mixed_in(settings)
                training = self.study.settings(
                    settings.task or "".join(uses if len(uses) == 1 else ()), settings.training
                )
                chain = self._train(chain, uses, training, settings.mixture, seed, settings.keep_head)
        return chain

    def _mixed_in(self, stage: StageSettings) -> dict[str, TaskRows]:
        """What `mlm` adds to the tasks of a stage."""
        if stage.mlm is None:
            return {}
        task = self.study.known_tasks[stage.mlm.task]
        if not is_self_supervised(task):
            raise InputError(
                f"`mlm` reads raw text, and {task.name} is a {task.kind.name} task",
                expected="a masked_lm task, such as corpus",
                fix="name its text as a task of its own with `text_of`, or mix tasks with `tasks`",
            )
        use = self.study.use(task.name, stage.mlm)
        return {task.name: use if use.dev is not None else use.model_copy(update={"dev": "none"})}

    def _train(
        self,
        chain: Chain,
        uses: dict[str, TaskRows],
        settings: TrainingSettings,
        sampling: Sampling | None,
        seed: int,
        keep_head: bool,
    ) -> Chain:
        tasks = {name: self.study.known_tasks[name] for name in uses}
        for task in tasks.values():
            if not isinstance(task.kind, TrainableKind):
                raise InputError(
                    f"{task.name} has no training: it is evaluated by representations alone",
                    found=f"a {task.kind.name} task",
                    expected="a task of another kind",
                )
        if settings.frozen_layers is not None:
            _check_layer("frozen_layers", settings.frozen_layers, chain.freezable, chain.name)
        if keep_head:
            self._check_kept_head(chain, next(iter(tasks.values())))
        longest = settings.max_length or max(task.kind.max_length for task in tasks.values())
        trained = tuple(self._trained_task(tasks[name], use) for name, use in uses.items())
        spec = TrainSpec(
            encoder=chain.encoder,
            parent=chain.key,
            keep_head=keep_head,
            tasks=trained,
            sampling=sampling.identity() if sampling is not None and len(trained) > 1 else None,
            settings={**settings.identity(), "max_length": longest},
            seed=seed,
            classifier=chain.classifier if any(isinstance(t.kind, _POOLED) for t in tasks.values()) else None,
        )
        labelled, read = (
            {
                ref.language
                for task, known in zip(trained, tasks.values(), strict=True)
                for ref in task.train
                if is_self_supervised(known) is raw
            }
            for raw in (False, True)
        )
        rows = [ref for task in trained for ref in task.train]
        seen = sorted({ref.language + (" translated" if ref.translation else "") for ref in rows})
        shown = "" if seen == ["en"] else f" ({_listed(seen)})"
        shares = (sampling.shares if sampling is not None else None) or {}
        names = [f"{shares[name]:.0%} {name}" if name in shares else name for name in uses]
        path = (*chain.path, "+".join(names) + shown)
        stage = self.plan.add(Stage(spec, f"train {self._title(chain, path, seed)}"))
        return replace(
            chain,
            parent=stage,
            path=path,
            languages=chain.languages | single_codes(labelled),
            read=chain.read | single_codes(read),
        )

    def _title(self, chain: Chain, path: Sequence[str], seed: int) -> str:
        encoder = [chain.name] if len(self.study.encoders) > 1 or not path else []
        return " → ".join([*encoder, *path]) + (f" (seed {seed})" if path else "")

    def _check_kept_head(self, chain: Chain, task: Task) -> None:
        spec = chain.parent.spec if chain.parent else None
        kinds = [t.train[0].kind for t in spec.tasks] if isinstance(spec, TrainSpec) else []
        if [same_outputs(task, kind) for kind in kinds].count(True) != 1:
            raise InputError(
                f"`keep_head` of {task.name}: the stage before has no one head of the same kind and labels",
                found="no stage before" if spec is None else ", ".join(k["kind"] for k in kinds),
                expected=task.kind.name,
            )

    def _trained_task(self, task: Task, use: TaskRows) -> TrainedTask:
        task = _as_used(task, use)
        languages = [task.train_language] if use.languages is None else use.languages
        if not languages and not use.translated:
            raise InputError(
                f"no language of {task.name} is trained on", found="languages: []", expected="at least one language"
            )
        if use.translator is not None and not use.translated:
            raise InputError(
                f"{task.name} has a translator, and nothing for it to translate",
                found=f"translator: {use.translator}",
                expected="the languages to translate into, such as translated: [sw, hi]",
            )
        train = tuple(self.inputs.rows(task, code, use.train or "train") for code in languages)
        train += tuple(self._translated(task, code, use) for code in use.translated or [])
        if use.dev == "none":
            return TrainedTask(task.name, train, None)
        try:
            dev = self.inputs.rows(task, task.train_language, use.dev or "dev")
        except InputError as error:
            raise InputError(
                f"{task.name} has no dev set to select a checkpoint with: {error}\n"
                f"  or:       cut one from the training set: "
                f'task_defaults: {{{task.name}: {{train: "train[:90%]", dev: "train[90%:]"}}}}, or say `dev: none`'
            ) from error
        return TrainedTask(task.name, train, dev)

    def _translated(self, task: Task, code: str, use: TaskRows) -> DataRef:
        """The training rows in another language, made by a stage of their own that is planned here."""
        _ = language(code)
        if language(code).code == language(task.train_language).code:
            raise InputError(
                f"{task.name} is in this language; it cannot be translated into it",
                found=code,
                expected="another language",
            )
        check_translatable(task)
        source = self.inputs.rows(task, task.train_language, use.train or "train")
        model = given = None
        if use.translator is not None:
            model = self.inputs.translator(use.translator, task.train_language, code)
        else:
            try:
                given = self.inputs.rows(task, code, "translated")
            except InputError as error:
                raise InputError(
                    f"{task.name} has no translated rows of {code}: {error}\n"
                    "  or:       name the model that translates them, under `translators` and with `translator`"
                ) from error
        by = f"by {use.translator}" if use.translator is not None else "from its files"
        title = f"translate {task.name} {source.split} into {code} {by}"
        stage = self.plan.add(Stage(TranslateSpec(source, code, model, given), title))
        return source.translated(code, stage.key)

    def _target(self, recipe: str, chain: Chain, name: str, seed: int) -> None:
        target = self.study.targets[name]
        task = self.study.known_tasks[target.task or name]
        if isinstance(task.kind, Bitext):
            self._bitext(recipe, chain, name, target, task, seed)
            return
        trainer = self.study.known_tasks[target.trained_on or task.trainer]
        check_head_serves(task, trainer)
        use = self.study.use(trainer.name, target)
        if target.train == "none":
            head = trained_head(task, trainer, chain, recipe)
        else:
            keep_head = target.keep_head and chain.parent is not None  # direct fine-tuning has none to keep
            training = self.study.settings(trainer.name, target.training)
            chain = self._train(chain, {trainer.name: use}, training, None, seed, keep_head)
            head = trainer.name
        spec = chain.parent.spec if chain.parent else None
        assert isinstance(spec, TrainSpec)
        decoded = TaskRows(constrained_decoding=use.constrained_decoding)  # masking is of training alone
        for code, ref in self._evaluated(_as_used(task, decoded), target):
            check_unseen(ref, chain.key, self.plan, self.inputs, self.study.known_tasks)
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

    def _bitext(self, recipe: str, chain: Chain, name: str, target: Target, task: Task, seed: int) -> None:
        """Retrieval needs no training of its own: the recipe's encoder is used as it is."""
        mining = isinstance(task.kind, Bitext) and task.kind.mining
        settings = self.study.settings(task.name, target.training)
        layer = target.layer
        if layer is None and chain.layers is not None:
            layer = round(HEADLINE_LAYER * chain.layers)
        if layer is not None:
            _check_layer("layer", layer, chain.layers, chain.name)
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
        ref = self.inputs.rows(task, code, split)
        if self.inputs.share_rows(ref, evaluated):
            raise InputError(
                "the threshold of mining would be tuned on what is evaluated",
                found=f"tune: {split}, test: {evaluated.split}",
                expected='disjoint rows, such as tune: "dev[:50%]" and test: "dev[50%:]"',
            )
        return ref

    def _scored(self, predict: PredictSpec, task: Task, chain: Chain, seed: int) -> Stage:
        what = f"{task.name} {predict.data.language} {predict.data.split}"
        by = self._title(chain, chain.path, seed)
        stage = self.plan.add(Stage(predict, f"predict {what} by {by}", by))
        spec = ScoreSpec(parent=stage.key, data=predict.data, metrics=task.metric_names)
        return self.plan.add(Stage(spec, f"score {what} by {by}", by))

    def _evaluated(self, task: Task, target: Target) -> Iterable[tuple[str, DataRef]]:
        """The languages of a target and their rows; what is not asked for by name and not there becomes a note."""
        if isinstance(target.test, dict):
            splits = target.test
            unknown = [code for code in target.evaluate or [] if code not in splits]
            if unknown:
                raise InputError(
                    "a language to evaluate has no split under `test`",
                    found=", ".join(unknown),
                    expected="a split or slice for each: {en: test, sw: dev}",
                )
            codes = splits if target.evaluate is None else target.evaluate
            return [(code, self.inputs.rows(task, code, splits[code])) for code in codes]
        split = target.test or task.evaluated_on
        if target.evaluate is not None:
            return [(code, self.inputs.rows(task, code, split)) for code in target.evaluate]
        return [(code, self.inputs.rows(task, code, split)) for code in self.inputs.present(task, split)]


def _check_layer(field: str, layer: int, most: int | None, encoder: str) -> None:
    if most is not None and layer > most:
        raise InputError(
            f"{encoder} has not so many layers" + (" of their own weights" if most == 0 else ""),
            found=f"{field}: {layer}",
            expected=f"{field}: 0 to {most}" if most else f"{field}: 0",
        )


def _check_retrieval(task: Task, target: Target) -> None:
    """What only retrieval heeds is not said of another task, nor what only mining heeds of one that mines nothing."""
    mining = isinstance(task.kind, Bitext) and task.kind.mining
    alone = {"tune": "mining"} if isinstance(task.kind, Bitext) else dict.fromkeys(_OF_RETRIEVAL, "retrieval")
    for name, owner in {} if mining else alone.items():
        if getattr(target, name) != Target.model_fields[name].default:
            raise InputError(
                f"`{name}` is of {owner} alone",
                found=f"{task.name}, a {task.kind.name} task",
                expected="a target of bitext" if owner == "retrieval" else "a target that mines, such as bucc2018",
                fix=f"leave out `{name}`",
            )


def _as_used(task: Task, use: TaskRows) -> Task:
    """The task with the choices that a stage makes about its kind."""
    said = {name: value for name in _OWNERS if (value := getattr(use, name)) is not None}
    for name in said:
        if name not in task.kind.choices:
            raise InputError(
                f"`{name}` is of {_OWNERS[name]} alone",
                found=f"{task.name}, a {task.kind.name} task",
                fix=f"leave out `{name}`",
            )
    return replace(task, kind=task.kind.as_in({**task.kind.identity(), **said}))


def _listed(codes: Sequence[str]) -> str:
    return ", ".join(codes) if len(codes) <= _SHOWN_LANGUAGES else f"{len(codes)} languages"
