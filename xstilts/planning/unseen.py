"""What was trained on is not evaluated, nor is what it was translated from; what selected a checkpoint is noted."""

from __future__ import annotations

from xstilts.catalogue import Tasks
from xstilts.errors import InputError
from xstilts.plan import Plan
from xstilts.planning.chain import is_self_supervised
from xstilts.planning.inputs import Inputs
from xstilts.stage import DataRef, TrainedTask, TrainSpec, TranslateSpec


def check_unseen(evaluated: DataRef, trained: str | None, plan: Plan, inputs: Inputs, known_tasks: Tasks) -> None:
    """Checks rows that are evaluated against every stage before; what may be, but must be known, the plan notes.

    Args:
        evaluated: The rows.
        trained: The key of the last stage that trained what is evaluated; none if nothing did.
        plan: Has that stage and those before it.
        inputs: Knows which rows are the same.
        known_tasks: The tasks of the study by name.

    Raises:
        InputError: If a stage trained on one of the rows, or on a translation of one.
    """
    is_text = is_self_supervised(known_tasks[evaluated.task])
    for key in plan.ancestors(trained) if trained else []:
        spec = plan.stages[key].spec
        if isinstance(spec, TranslateSpec) and not is_self_supervised(known_tasks[spec.data.task]):
            _check_untranslated(evaluated, spec, inputs)
        for task in spec.tasks if isinstance(spec, TrainSpec) else ():
            reads = is_self_supervised(known_tasks[task.task]) and not is_text
            _check_untrained(evaluated, task, reads, plan, inputs)


def _check_untrained(evaluated: DataRef, task: TrainedTask, reads: bool, plan: Plan, inputs: Inputs) -> None:
    """Against a task of a stage, which only reads text or learns labels too."""
    name = f"{evaluated.task} {evaluated.language} {evaluated.split}"
    seen = [ref.split for ref in task.train if inputs.share_rows(ref, evaluated)]
    if seen and reads:
        plan.note(f"{name}: {task.task} read the text of rows that are evaluated, not their labels")
    elif seen:
        raise InputError(
            "rows that are evaluated were trained on",
            found=f"{evaluated.task} {evaluated.language}: {evaluated.split}, trained on {', '.join(seen)}"
            + (f" by {task.task}" if task.task != evaluated.task else ""),
            fix="choose disjoint slices, such as train[:90%] and train[90%:]",
        )
    if task.dev is not None and inputs.share_rows(task.dev, evaluated):
        plan.note(
            f"{name}: scored on rows that chose the checkpoint, so a little too high; the zero-shot "
            "languages are not touched by this"
        )


def _check_untranslated(evaluated: DataRef, spec: TranslateSpec, inputs: Inputs) -> None:
    """A translation of rows that are evaluated would give their labels away."""
    shared = [ref for ref in (spec.data, spec.given) if ref is not None and inputs.share_rows(ref, evaluated)]
    if shared:
        raise InputError(
            "rows that are evaluated were trained on in translation",
            found=f"{evaluated.task} {evaluated.language}: {evaluated.split}, translated {shared[0].split}",
            fix="choose disjoint slices, such as train[:90%] and train[90%:]",
        )
