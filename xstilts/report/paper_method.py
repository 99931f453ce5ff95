"""The method section of a paper, worded from the facts of a study."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xstilts.report.bibliography import known
from xstilts.report.columns import ABSENT, Column
from xstilts.report.contents import Contents
from xstilts.report.document import Block, Cite, Inline, Name, Paragraph, Ref, Section, Table, Text
from xstilts.report.method import EncoderFacts, Method, parameters_text, rows_text
from xstilts.settings import TrainingSettings
from xstilts.wording import counted, listed

_KINDS = {
    "classification": "classification",
    "multiple_choice": "multiple choice",
    "tagging": "tagging",
    "span_qa": "span QA",
    "bitext": "bitext retrieval",
    "ranking": "ranking",
    "masked_lm": "raw text",
}


def text_column(title: str, cells: Sequence[str], numeric: bool = False) -> Column:
    """A column without directions."""
    return Column(title, list(cells), numeric, [None] * len(cells))


def cite(*keys: str) -> Text:
    """A citation with a space before it; nothing if nobody knows the papers."""
    found = known(keys)
    return (" ", Cite(found)) if found else ()


def method_section(contents: Contents, method: Method) -> Section:
    """Encoders, recipes, data, training, evaluation and statistics."""
    blocks: list[Block] = [
        Paragraph(_encoders(method), "Encoders."),
        Paragraph(_recipes(contents, method), "Recipes."),
        _recipe_table(contents, method),
        Paragraph(_data(method), "Data."),
        _data_table(contents, method),
        Paragraph(_training(method), "Training."),
        Paragraph(_evaluation(method), "Evaluation."),
        Paragraph(_statistics(contents, method), "Statistics."),
    ]
    return Section("Method", tuple(blocks))


def _encoders(method: Method) -> Text:
    text: list[Inline] = ["The encoder is " if len(method.encoders) == 1 else "The encoders are "]
    for place, encoder in enumerate(method.encoders):
        joint = "" if place == 0 else ", and " if place == len(method.encoders) - 1 else ", "
        text += [joint, *_encoder(encoder)]
    return (*text, ".")


def _encoder(encoder: EncoderFacts) -> Text:
    source = encoder.source.removeprefix(f"{encoder.name}, ")
    facts = "; ".join(fact for fact in (source, parameters_text(encoder.parameters)) if fact)
    return (Name(encoder.name), f" ({facts})", *cite(encoder.cite))


def _recipes(contents: Contents, method: Method) -> Text:
    baseline = contents.baseline
    stages = method.recipes.get(baseline, ())
    before = "A recipe is what the encoder is trained on before the target. The baseline, "
    does = f", trains on {' → '.join(stages)} first; " if stages else ", trains on the target directly; "
    after = " has all. Stages follow each other from left to right, and only the encoder passes from one to the next."
    return (before, Name(baseline), does, Ref("tab:recipes"), after)


def _recipe_table(contents: Contents, method: Method) -> Table:
    names = list(method.recipes) or contents.evidence.all_recipes
    stages = [" → ".join(method.recipes.get(name, ())) or "(none)" for name in names]
    columns = [text_column("recipe", names), text_column("intermediate stages", stages)]
    wide = ((1, 0.72),) if max(map(len, stages), default=0) > 70 else ()
    return Table("tab:recipes", ("Recipes and their intermediate stages.",), columns, wide)


def _data(method: Method) -> Text:
    text = "All tasks are in "
    text2 = ", with the rows that were read and the license of the data."
    published = known(task.cite for task in method.tasks if not task.synthetic)
    all_made = len(method.synthetic) == len(method.tasks)
    which = "They" if all_made else "Those whose names begin with mini-"
    made: Text = (f" {which} are synthetic and come with xstilts", *cite("xstilts"), ".") if method.synthetic else ()
    others = "The others" if method.synthetic else "They"
    origin: Text = (f" {others} are published data sets", *cite(*published), ".") if published else ()
    own = [task.name for task in method.tasks if not task.synthetic and not known([task.cite])]
    rest = f" The study brings {listed(own)} itself." if own else ""
    return (text, Ref("tab:data"), text2, *made, *origin, rest)


def _data_table(contents: Contents, method: Method) -> Table:
    tasks = method.tasks
    columns = [
        text_column("task", [task.name for task in tasks]),
        text_column("kind", [_KINDS.get(task.kind, task.kind.replace("_", " ") or ABSENT) for task in tasks]),
        text_column("used for", [", ".join(task.uses) for task in tasks]),
        text_column("train", [rows_text(task.trained_rows) or ABSENT for task in tasks], numeric=True),
        text_column("test", [rows_text(task.evaluated_rows) or ABSENT for task in tasks], numeric=True),
        text_column("langs", [str(task.languages or ABSENT) for task in tasks], numeric=True),
        text_column("license", [task.license or "not stated" for task in tasks]),
    ]
    caption = "Data: rows of training, of each language's test set, and languages that are evaluated."
    caption += "" if contents.data else " Of long texts that are trained on, windows are counted."
    return Table("tab:data", (caption,), columns)


def _training(method: Method) -> Text:
    settings = method.training
    text: list[Inline] = [_passes(settings), " with AdamW", *cite("loshchilov-hutter-2019-decoupled")]
    text.append(
        f" on batches of {settings.batch_size}; the learning rate rises over the first {100 * settings.warmup:g} % of"
        f" the steps to {_scientific(settings.learning_rate)} and falls linearly to 0; weight decay is"
        f" {settings.weight_decay:g}, and gradients are clipped to a norm of {settings.max_grad_norm:g}."
    )
    details = []
    if settings.dropout is not None:
        details.append(f"dropout is {settings.dropout:g}")
    if settings.frozen_layers is not None:
        layers = f" and the {counted(settings.frozen_layers, 'layer')} above them" if settings.frozen_layers else ""
        details.append(f"the embeddings{layers} keep the weights that they had")
    if settings.max_length is not None:
        details.append(f"sequences have at most {settings.max_length} pieces")
    if settings.language_exponent is not None:
        details.append(f"languages are drawn in proportion to rows to the power of {settings.language_exponent:g}")
    if settings.patience is not None:
        details.append(f"training stops after {counted(settings.patience, 'evaluation')} without a better dev score")
    if details:
        text.append(f" {_capitalized(', '.join(details))}.")
    text.append(
        f" The dev set is scored {_times(settings.evaluations)} in training, and the best checkpoint is kept. A stage"
        " whose dev score stays at chance"
        + (
            f" is trained again with another seed, up to {_times(settings.collapse_retries)}; if it stays there, it"
            if settings.collapse_retries
            else ""
        )
        + " counts as collapsed and is left out of means."
    )
    if method.exceptions:
        different = "; ".join(f"{where}: {what}" for where, what in method.exceptions)
        text.append(f" Different settings: {different}.")
    text.append(f" Every chain of training is run with {counted(len(method.seeds), 'seed')}")
    text.append(f" ({', '.join(map(str, method.seeds))}).")
    return tuple(text)


def _passes(settings: TrainingSettings) -> str:
    if settings.max_steps is not None:
        return f"Every stage trains for at most {settings.max_steps:,} steps"
    return f"Every stage trains for {settings.epochs:g} epoch{'' if settings.epochs == 1 else 's'}"


def _times(count: int) -> str:
    return "once" if count == 1 else "twice" if count == 2 else f"{count} times"


def _scientific(value: float) -> str:
    """A learning rate, such as `2e-5`."""
    mantissa, exponent = f"{value:.3e}".split("e")
    return f"{float(mantissa):g}e{int(exponent)}" if value < 0.01 else f"{value:g}"


def _capitalized(text: str) -> str:
    return text[:1].upper() + text[1:]


def _evaluation(method: Method) -> Text:
    targets = "; ".join(_target_sentences(method))
    text = (
        "Transfer is zero-shot: a target is trained on labelled rows of its source language alone, and means over"
        " zero-shot languages leave out every language that its recipe or target training saw labels of."
        " Dev rows of the source language choose the checkpoint; nothing is chosen on a target language, and where that"
        f" is not so, rows are marked oracle. A target's score is the mean of its metrics. Targets: {targets}."
    )
    found: list[Inline] = [text]
    metrics = {metric for target in method.targets for metric in target.metrics}
    if "mining_f1" in metrics:
        found += [" Mining scores pairs by their margin", *cite("artetxe-schwenk-2019-margin"), "."]
    return tuple(found)


def _target_sentences(method: Method) -> Iterator[str]:
    groups: dict[tuple[str, ...], list[str]] = {}
    for target in method.targets:
        metrics = " and ".join(metric.replace("_", " ") for metric in target.metrics)
        trained = f"trained on {target.trained_on}" if target.trained_on else "without training"
        layer = "" if target.layer is None else f" at layer {target.layer}"
        languages = counted(len(target.languages), "language")
        shot = "" if target.zero_shot == len(target.languages) else f", {target.zero_shot} of them zero-shot"
        groups.setdefault((trained, f"{metrics}{layer}", target.split, f"{languages}{shot}"), []).append(target.name)
    for (trained, metrics, split, languages), names in groups.items():
        own = all(trained == f"trained on {name}" for name in names)
        how = "trained on its own training set" if own else trained
        yield f"{listed(names)} ({how}) by {metrics} on {split} in {languages}"


def _statistics(contents: Contents, method: Method) -> Text:
    text: list[Inline] = ["Intervals are 95 % intervals over test examples and seeds: "]
    text += [f"{contents.draws:,} bootstrap draws resample the examples", *cite("efron-tibshirani-1993-introduction")]
    text += [
        ", seeds and examples are crossed random effects, and the few seeds' variance enters by computed quantiles"
        if len(method.seeds) > 1
        else "",
        *(cite("welch-1947-generalization", "trickett-welch-1954-comparison") if len(method.seeds) > 1 else ()),
        ". Differences from the baseline are paired on both",
        *cite("koehn-2004-statistical"),
        "; p belongs to the interval and is adjusted",
        *cite("holm-1979-simple"),
        " over the recipes, over the targets of a recipe, and over the languages of a recipe on a target."
        " A difference is better or worse where its interval excludes zero, none only where the 90 % interval lies"
        " within a point on both sides",
        *cite("schuirmann-1987-comparison"),
        ", and undecided otherwise. Power is that of the noncentral t distribution",
        *cite("cohen-1988-statistical", "card-etal-2020-little"),
        "; the detectable difference is the smallest that is found with power 0.8.",
    ]
    return tuple(text)
