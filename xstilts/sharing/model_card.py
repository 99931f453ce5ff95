"""The card of an exported model: what it is, how it was trained and on what, what it scores, and its limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from xstilts.data.features import Limits
from xstilts.data.sources import Hub
from xstilts.errors import InputError
from xstilts.kinds.base import Kind
from xstilts.languages import language
from xstilts.sharing.trained import Trained, dev_score, kind_from

if TYPE_CHECKING:
    import polars as pl

    from xstilts.task import Task

_PIPELINES = {
    "classification": "text-classification",
    "tagging": "token-classification",
    "span_qa": "question-answering",
    "multiple_choice": "multiple-choice",
    "masked_lm": "fill-mask",
    "ranking": "sentence-similarity",
}
_ENCODER = "feature-extraction"
_HUB_METRICS = {
    "accuracy": "accuracy", "token_accuracy": "accuracy", "tag_f1": "f1", "f1": "f1", "exact_match": "exact_match"
}  # fmt: skip
"""Our metrics -> the hub's names of the same; those that the hub has no name for are left out."""
_OTHER = "other"


def model_card(
    trained: Trained, name: str, auto_class: str, pretrained: str, limits: Limits, pooling: str | None
) -> str:
    """The card as Markdown with YAML front matter, as the Hugging Face hub reads it.

    Args:
        trained: The stage.
        name: The model's name.
        auto_class: The class of `transformers` that loads it.
        pretrained: Name of the pretrained encoder in the study.
        limits: How long texts met it.
        pooling: What stands for a text, of an encoder without a head.
    """
    kind = trained.kind if pooling is None else None
    pipeline = (
        _PIPELINES[kind.name] if kind is not None else _ENCODER if trained.kind is None else "sentence-similarity"
    )
    chain = trained.chain()
    tasks = _tasks(trained, chain)
    scores = _scores(trained)
    front = _front_matter(trained, name, pipeline, pretrained, tasks, chain, scores)
    said = yaml.safe_dump(front, sort_keys=False, allow_unicode=True, width=1000)
    parts = [
        f"---\n{said}---\n",
        f"# {name}\n",
        _opening(trained, kind, pretrained, pooling),
        "## How it was trained\n",
        _recipe(trained, chain, pretrained),
        "## Data\n",
        _data(tasks, chain),
        "## Scores\n",
        _score_text(trained, scores),
        "## Limits\n",
        _limits(trained, chain, scores, limits, pooling),
        "## How to load it\n",
        _loading(name, auto_class, kind, pooling),
    ]
    return "\n".join(parts)


def _tasks(trained: Trained, chain: Sequence[Mapping[str, Any]]) -> dict[str, Task | None]:
    """The tasks of all stages; None where the study's files no longer say what a task is."""
    found: dict[str, Task | None] = {}
    for record in chain:
        for used in record["spec"]["tasks"]:
            try:
                found[used["task"]] = trained.study.known_tasks[used["task"]]
            except InputError:
                found[used["task"]] = None
    return found


def _rows(chain: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [ref for record in chain for used in record["spec"]["tasks"] for ref in used["train"]]


def _scores(trained: Trained) -> pl.DataFrame:
    """A row per metric, target and language that this very stage predicted, with a 95 % interval over examples."""
    import polars as pl

    from xstilts.analysis.summary import summarize
    from xstilts.results import Results

    table = Results.read(trained.out).table if (trained.out / "results.parquet").is_file() else None
    stages = [one.stage for one in trained.scores]
    if table is None or not stages:
        return pl.DataFrame()
    mine = table.filter(pl.col("stage").is_in(stages) & (pl.col("gold") == "gold"))
    # Predictions that several recipes share stand in the table once for each.
    mine = mine.filter(pl.col("layer").is_null() | pl.col("headline"))
    measured = ["target", "task", "language", "split", "metric", "layer", "pooling", "similarity"]
    mine = mine.unique(measured, keep="first", maintain_order=True)
    if not mine.height:
        return pl.DataFrame()
    return summarize(mine.with_columns(collapsed=pl.lit(value=False), recipe=pl.lit("")), baseline="")


def _front_matter(
    trained: Trained,
    name: str,
    pipeline: str,
    pretrained: str,
    tasks: Mapping[str, Task | None],
    chain: Sequence[Mapping[str, Any]],
    scores: pl.DataFrame,
) -> dict[str, Any]:
    codes = [part for ref in _rows(chain) for part in ref["language"].split("-")]
    codes += [part for code in (scores["language"].to_list() if scores.height else []) for part in code.split("-")]
    licenses = {task.license if task is not None else "" for task in tasks.values()}
    source = trained.study.encoders[pretrained]
    # The license of a model hangs on that of its encoder too, which only the encoders of the package tell us.
    shared = licenses == {"Apache-2.0"} and source.embedded is not None
    front: dict[str, Any] = {"language": sorted(dict.fromkeys(codes))}
    front |= {"license": "apache-2.0"} if shared else {"license": _OTHER, "license_name": "see-the-data-below"}
    front |= {"library_name": "transformers", "pipeline_tag": pipeline, "tags": ["xstilts", "cross-lingual-transfer"]}
    if source.hub is not None:
        front["base_model"] = source.hub
    if datasets := _hub_datasets(tasks):
        front["datasets"] = datasets
    if scores.height:
        rows = scores.to_dicts()
        if named := {_HUB_METRICS[row["metric"]] for row in rows if row["metric"] in _HUB_METRICS}:
            front["metrics"] = sorted(named)
        front["model-index"] = [{"name": name, "results": [_result(row, pipeline) for row in rows]}]
    return front


def _hub_datasets(tasks: Mapping[str, Task | None]) -> list[str]:
    sources = (source for task in tasks.values() if task is not None for source in task.sources)
    return sorted({source.repository for source in sources if isinstance(source, Hub)})


def _result(row: Mapping[str, Any], pipeline: str) -> dict[str, Any]:
    return {
        "task": {"type": pipeline},
        "dataset": {
            "name": f"{row['target']}, {language(row['language']).name}",
            "type": row["task"],
            "config": row["language"],
            "split": row["split"],
        },
        "metrics": [
            {
                "type": _HUB_METRICS.get(row["metric"], row["metric"]),
                "value": round(row["mean"], 2),
                "name": f"{row['metric']}, 95 % interval {row['low']:.1f} to {row['high']:.1f}",
            }
        ],
    }


def _opening(trained: Trained, kind: Kind | None, pretrained: str, pooling: str | None) -> str:
    what = "An encoder of texts" if pooling is not None else f"A model for the task `{trained.task}`"
    more = f" ({kind.name.replace('_', ' ')})" if kind is not None else ""
    question = f" The study asked: {trained.study.question}" if trained.study.question else ""
    return (
        f"{what}{more}, trained from `{_origin(trained, pretrained)}` in the study `{trained.study.name}` with"
        f" `xstilts`.{question}\n"
    )


def _origin(trained: Trained, pretrained: str) -> str:
    source = trained.study.encoders[pretrained]
    place = source.hub or source.embedded or Path(str(source.path)).name
    start = f", random weights (seed {source.random_weights})" if source.random_weights is not None else ""
    return f"{place}{f' at {source.revision}' if source.revision else ''}{start}"


def _recipe(trained: Trained, chain: Sequence[Mapping[str, Any]], pretrained: str) -> str:
    lines = [f"1. Start: `{_origin(trained, pretrained)}`."]
    for at, record in enumerate(chain, start=2):
        spec, settings = record["spec"], record["spec"]["settings"]
        names = " and ".join(f"`{used['task']}`" for used in spec["tasks"])
        together = f", drawn {_sampling(spec['sampling'])}" if spec["sampling"] else ""
        training = record.get("training") or {}
        steps = f"{training['steps']:,} steps" if training else f"{settings['epochs']:g} epochs"
        chosen = f"; the weights of step {training['best_step']:,} were kept" if training else ""
        dev = f", with {dev_score(record):.1f} points on dev" if dev_score(record) > float("-inf") else ""
        kept = " It began with the head of the stage before." if spec["keep_head"] else ""
        lines.append(
            f"{at}. Trained on {names}{together}: {steps} of {settings['batch_size']} examples, AdamW with a peak"
            f" learning rate of {settings['learning_rate']:g}, at most {settings['max_length']} pieces, seed"
            f" {spec['seed']}{chosen}{dev}.{kept}"
        )
    return "\n".join(lines) + "\n"


def _sampling(sampling: Mapping[str, Any]) -> str:
    shares = "".join(f", {share:.0%} {task}" for task, share in (sampling.get("shares") or {}).items())
    return f"{sampling['method']}ly{shares}" if sampling["method"] != "temperature" else f"by temperature{shares}"


def _data(tasks: Mapping[str, Task | None], chain: Sequence[Mapping[str, Any]]) -> str:
    lines = ["| data | languages and rows that were trained on | license | what it is |", "|---|---|---|---|"]
    for name, task in tasks.items():
        refs = [ref for ref in _rows(chain) if ref["task"] == name]
        rows = ", ".join(dict.fromkeys(f"{ref['language']} {_split(ref)}" for ref in refs))
        about = _first_line(task.description) if task is not None else ""
        lines.append(f"| {name} | {_cell(rows)} | {_cell((task and task.license) or 'not said')} | {_cell(about)} |")
    return "\n".join(lines) + "\n\nThe license of the pretrained encoder holds too.\n"


def _split(ref: Mapping[str, Any]) -> str:
    return f"{ref['split']}{', translated' if str(ref['digest']).startswith('translate/') else ''}"


def _first_line(text: str) -> str:
    return text.strip().splitlines()[0] if text.strip() else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _score_text(trained: Trained, scores: pl.DataFrame) -> str:
    if not scores.height:
        reached = dev_score(trained.record)
        on_dev = (
            f" On the dev set that chose its weights it has {reached:.1f} points." if reached > float("-inf") else ""
        )
        return f"The study evaluated other models, not this one itself.{on_dev}\n"
    lines = [
        "Points, with 95 % intervals over the examples of the test set, of this one model (one seed).",
        "",
        "| target | language | metric | score | 95 % interval | examples | zero-shot |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in scores.to_dicts():
        code = row["language"]
        measure = f"{row['metric']}, layer {row['layer']}" if row["layer"] is not None else row["metric"]
        lines.append(
            f"| {row['target']} {row['split']} | {language(code).name} ({code}) | {measure} | {row['mean']:.1f} |"
            f" {row['low']:.1f} to {row['high']:.1f} | {row['examples']:,} | {'yes' if row['zero_shot'] else 'no'} |"
        )
    return "\n".join(lines) + "\n"


def _limits(
    trained: Trained, chain: Sequence[Mapping[str, Any]], scores: pl.DataFrame, limits: Limits, pooling: str | None
) -> str:
    codes = list(dict.fromkeys(ref["language"] for ref in _rows(chain) if not _is_raw(ref)))
    lines = [
        f"- Labels were seen in {', '.join(language(code).name for code in codes) or 'no language'} only; in every"
        " other language it works zero-shot, usually worse, and in a language without a score above nobody looked.",
        f"- It read at most {limits.max_length} pieces at a time; longer texts are cut, or read in windows by `xstilts"
        " predict`.",
        "- It repeats what its data holds: the errors, gaps and prejudices of the sources above.",
        "- Scores are of one seed; other seeds of the same recipe differ, see the study's report.",
    ]
    if trained.record.get("collapsed"):
        lines.insert(0, "- **Its training stayed at chance.** It has learned nothing; do not use it.")
    lines[:0] = _synthetic(chain)
    if pooling is not None:
        lines.append(f"- It has no head: a text is the {'mean of its pieces' if pooling == 'mean' else 'first piece'}.")
    return "\n".join(lines) + "\n"


def _synthetic(chain: Sequence[Mapping[str, Any]]) -> list[str]:
    """What is to be said of the embedded suite; a last stage on other data makes the model one for them."""
    synthetic = [any(used["task"].startswith("mini-") for used in record["spec"]["tasks"]) for record in chain]
    if not any(synthetic):
        return []
    when = ": it shows how things work, and is of no other use" if synthetic[-1] else " before its last stage"
    return [f"- **It was trained on synthetic sentences**{when}."]


def _is_raw(ref: Mapping[str, Any]) -> bool:
    return kind_from(ref["kind"]).self_supervised


_TAGGING_WORDS = [
    "",
    "It was trained on the first piece of each word alone, so its tags are to be read there:",
    "",
    "```python",
    "import torch",
    "",
    'words = ["Juma", "anaishi", "Hanoi"]',
    'inputs = tokenizer(words, is_split_into_words=True, return_tensors="pt")',
    "with torch.inference_mode():",
    "    best = model(**inputs).logits[0].argmax(dim=-1).tolist()",
    "tags = {}",
    "for word, tag in zip(inputs.word_ids(), best):",
    "    if word is not None:",
    "        tags.setdefault(word, model.config.id2label[tag])  # the first piece of each word",
    "print(list(zip(words, tags.values())))",
    "```",
    "",
    '`pipeline("token-classification", ..., aggregation_strategy="first")` reads them there too, where spaces stand'
    ' between words; `"simple"` also reads pieces that nobody trained, and gives nonsense.',
]


def _loading(name: str, auto_class: str, kind: Kind | None, pooling: str | None) -> str:
    lines = [
        "```python",
        f"from transformers import AutoTokenizer, {auto_class}",
        "",
        f'tokenizer = AutoTokenizer.from_pretrained("{name}")',
        f'model = {auto_class}.from_pretrained("{name}")',
        "```",
    ]
    if kind is not None and kind.name == "tagging":
        lines += _TAGGING_WORDS
    if kind is not None and kind.name != "masked_lm":
        lines += [
            "",
            "On whole files, with long texts in windows, words put together from their pieces and answers cut out of"
            " their passages as in the study:",
            "",
            "```",
            f"xstilts predict {name} --language sw input.jsonl",
            "```",
        ]
    if pooling is not None:
        lines += ["", f'Sentences as vectors: `SentenceTransformer("{name}")` of sentence-transformers reads it too.']
    return "\n".join(lines) + "\n"
