"""Study files, and values of --set, that are wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from errors.catalogue import Case, study
from tiny_study import TINY

RUN = "run study.yaml --out out --device cpu"
PLAN = "plan study.yaml --out out"


def wrong(wrong_thing: str, says: Sequence[str], /, **changes: Any) -> Case:
    return Case(wrong_thing, RUN, ("study.yaml:", *says), {"study.yaml": study(**changes)})


def written(name: str, content: str | bytes, *says: str) -> Case:
    return Case(name, RUN, says, {"study.yaml": content})


BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)

FILES = [
    Case("a study that is not there", "run gone.yaml", ["gone.yaml: there is no such file", "to fix:"]),
    Case("a folder as a study", "run mini", ["mini: ", "this is a folder", "a study's YAML"]),
    written("not UTF-8", b"name: caf\xe9\n", "study.yaml", "not UTF-8", "0xe9 at offset 9", "to fix:"),
    written("UTF-16", "name: x\n".encode("utf-16"), "study.yaml", "not UTF-8", "iconv"),
    written("not YAML", "name: x\nrecipes: [a, b\n", "study.yaml:3", "not valid YAML", "expected:"),
    written("a tab", "name: x\nrecipes:\n\tdirect: []\n", "study.yaml:3", "not valid YAML", "\\t"),
    written("an empty file", "", "study.yaml", "not a mapping of fields", "an empty file", "name: value"),
    written("a list", "- a\n- b\n", "study.yaml", "not a mapping of fields", "a list"),
    written("a repeated key", "name: x\nseeds: [1]\nname: y\n", "study.yaml:3", "'name' is repeated", "line 1"),
    written("an alias bomb", BOMB, "study.yaml", "too many", "aliases"),
    written("a loop", "a: &a [*a]\n", "study.yaml", "loop"),
    written("a NUL", b"name: \x00\n", "study.yaml", "not valid YAML"),
    written("brackets without end", "a: " + "[" * 5000, "study.yaml", "not valid YAML"),
    written("a Python object", "a: !!python/object/apply:os.system [ls]\n", "study.yaml:1", "not valid YAML"),
    written("a date that is none", "name: 2024-13-45\n", "study.yaml", "not valid YAML", "month"),
    written("two documents", "name: x\n---\nname: y\n", "study.yaml:2", "not valid YAML", "document"),
    written("a list as a key", "[a, b]: 1\n", "study.yaml", "not valid YAML"),
]

SHAPES = [
    wrong("a misspelt field", ["unknown field 'recipe'", "did you mean 'recipes'?"], recipe={}),
    wrong("a missing name", ["the field 'name' is missing", "expected:"], name=None),
    wrong(
        "missing encoders", ["the field 'encoders' is missing", "Name -> where the encoder comes from"], encoders=None
    ),
    wrong("no recipe", ["recipes", "at least 1"], recipes={}),
    wrong("no target", ["targets", "at least 1"], targets={}),
    wrong("a list of targets", ["targets", "found:    ['own_nli']", "a mapping"], targets=["own_nli"]),
    wrong("a name that is a path", ["name", "'../x'", "letters, digits"], name="../x"),
    wrong("a recipe's name with a space", ["recipes", "'my recipe'", "letters, digits"], recipes={"my recipe": []}),
    wrong("a number as a name", ["name", "2024", "a text", "quotes"], name=2024),
    wrong("no seed", ["seeds", "at least 1"], seeds=[]),
    wrong("a seed twice", ["seeds", "a seed stands twice", "[1, 1]"], seeds=[1, 1]),
    wrong("a negative seed", ["seeds.0", "-1", "at least 0"], seeds=[-1]),
    wrong("a word as a seed", ["seeds.0", "'one'", "a whole number"], seeds=["one"]),
    wrong("one seed without brackets", ["seeds", "found:    1", "a list"], seeds=1),
    wrong("a recipe that is a word", ["recipes.qa", "'own_qa'", "a list"], recipes={"qa": "own_qa"}),
    wrong("a baseline that is no recipe", ["baseline", "none", "direct, qa"], baseline="none"),
]

TRAINING = [
    wrong("a misspelt setting", ["training", "learning_rat", "did you mean 'learning_rate'?"], training={"learning_rat": 1}),
    *(
        wrong(f"{field} {value!r}", [f"training.{field}", repr(value), *says], training={**TINY["training"], field: value})
        for field, value, *says in (
            ("batch_size", 0, "greater than 0"),
            ("learning_rate", -1, "greater than 0"),
            ("learning_rate", "2e-5 or so", "a number"),
            ("epochs", 0, "greater than 0"),
            ("warmup", 1, "less than 1"),
            ("dropout", 1.0, "less than 1"),
            ("max_length", 3, "greater than 8"),
            ("precision", "fp16", "'auto', 'bf16' or 'fp32'"),
            ("evaluations", 0, "greater than 0"),
            ("max_steps", 2.5, "a whole number"),
            ("language_exponent", 2, "at most 1"),
        )
    ),
    wrong(
        "a setting of a stage",
        ["recipes.qa.0.training.batch_size", "0", "greater than 0"],
        recipes={"direct": [], "qa": [{"task": "own_qa", "training": {"batch_size": 0}}]},
    ),
]  # fmt: skip

RECIPES = [
    wrong("an unknown task", ["recipes.qa", "there is no task 'own_qu'", "'own_qa'"], recipes={"direct": [], "qa": ["own_qu"]}),
    wrong(
        "task and tasks",
        ["recipes.r.0", "either `task` or `tasks`"],
        recipes={"direct": [], "r": [{"task": "own_qa", "tasks": ["own_nli"]}]},
    ),
    wrong("neither task nor tasks", ["recipes.r.0", "either `task` or `tasks`"], recipes={"direct": [], "r": [{}]}),
    wrong(
        "a task twice in a joint stage",
        ["recipes.r.0", "each only once"],
        recipes={"direct": [], "r": [{"tasks": ["own_qa", "own_qa"]}]},
    ),
    wrong(
        "rows of a joint stage",
        ["recipes.r.0", "whose `train`", "task_defaults: {own_qa"],
        recipes={"direct": [], "r": [{"tasks": ["own_qa", "own_nli"], "train": "train[:4]"}]},
    ),
    wrong(
        "an unknown sampling",
        ["recipes.r.0.sampling", "'propotional'", "'proportional'"],
        recipes={"direct": [], "r": [{"tasks": ["own_qa", "own_nli"], "sampling": "propotional"}]},
    ),
    wrong(
        "a weight of a task that is not there",
        ["recipes.r.0", "a weight per task", "own_qa, own_nli"],
        recipes={"direct": [], "r": [{"tasks": ["own_qa", "own_nli"], "sampling": {"explicit": {"own_ner": 1}}}]},
    ),
    wrong(
        "shares that leave nothing",
        ["recipes.r.0.sampling", "leave no steps"],
        recipes={"direct": [], "r": [{"tasks": ["own_qa", "own_nli"], "sampling": {"method": "uniform", "shares": {"own_qa": 0.6, "own_nli": 0.6}}}]},
    ),
    wrong(
        "a head of another kind",
        ["recipes.r", "keep_head"],
        recipes={"direct": [], "r": ["own_qa", {"task": "own_nli", "keep_head": True}]},
    ),
    wrong(
        "masked language modeling of the stage's own task",
        ["recipes.r.0", "`mlm` is one of the stage's own"],
        recipes={"direct": [], "r": [{"task": "own_qa", "mlm": {"task": "own_qa", "weight": 0.2}}]},
    ),
    wrong(
        "a task that trains nothing",
        ["recipes.r", "own_bitext"],
        recipes={"direct": [], "r": ["own_bitext"]},
    ),
    wrong(
        "a split that is not there",
        ["recipes.r", "own_qa has no split 'trian'", "did you mean 'train'?"],
        recipes={"direct": [], "r": [{"task": "own_qa", "train": "trian"}]},
    ),
    wrong(
        "a language without training rows",
        ["recipes.r", "own_qa", "language sw"],
        recipes={"direct": [], "r": [{"task": "own_qa", "languages": ["sw"]}]},
    ),
    wrong("a default of an unknown task", ["task_defaults", "own_qu", "'own_qa'"], task_defaults={"own_qu": {"train": "train"}}),
    wrong(
        "translations by nobody",
        ["recipes.r", "translator", "'nllb'"],
        recipes={"direct": [], "r": [{"task": "own_nli", "translated": ["sw"], "translator": "nllb"}]},
    ),
    wrong("a translator from nowhere", ["translators.t", "one source", "path: FOLDER"], translators={"t": {}}),
    wrong("a translator's prefix", ["translators.t.prefix", "{lang}"], translators={"t": {"path": "x", "prefix": "{lang}"}}),
    wrong("a translator's pair", ["translators.t.pair", "'english-german'", "en-de"], translators={"t": {"path": "x", "pair": "english-german"}}),
]  # fmt: skip

TARGETS = [
    wrong("an unknown target", ["targets.own_nil", "there is no task 'own_nil'", "'own_nli'"], targets={"own_nil": {}}),
    wrong("a misspelt field of a target", ["targets.own_nli", "'evalute'", "'evaluate'"], targets={"own_nli": {"evalute": ["en"]}}),
    wrong("a split that is none", ["targets.own_nli.test", "'train[90%'", "train[:90%]"], targets={"own_nli": {"test": "train[90%"}}),
    wrong("a slice beyond all", ["targets.own_nli.test", "'test[:200%]'", "100 %"], targets={"own_nli": {"test": "test[:200%]"}}),
    Case("an empty slice", RUN, ["test-de.tsv: own_nli test[:0] of de is empty", "6 rows"], {"study.yaml": study(targets={"own_nli": {"evaluate": ["de"], "test": "test[:0]"}})}),
    wrong("an unknown split", ["targets.own_nli", "no split 'tset'", "did you mean 'test'?"], targets={"own_nli": {"test": "tset"}}),
    wrong("a language that a task has not", ["targets.own_nli", "no language 'fr'", "en de sw"], targets={"own_nli": {"evaluate": ["fr"]}}),
    wrong("a language twice", ["targets.own_nli.evaluate", "a language stands twice"], targets={"own_nli": {"evaluate": ["de", "de"]}}),
    wrong("no language", ["targets.own_nli.evaluate", "at least 1"], targets={"own_nli": {"evaluate": []}}),
    wrong("what was trained on", ["targets.own_nli", "trained on"], targets={"own_nli": {"test": "train", "evaluate": ["en"]}}),
    wrong("an unknown trainer", ["targets.own_nli", "no task 'mnil'", "'mnli'"], targets={"own_nli": {"trained_on": "mnil"}}),
    wrong("no training beside dev", ["targets.own_nli", "expected: no dev"], targets={"own_nli": {"train": "none", "dev": "dev"}}),
    wrong("no training and no head", ["targets.own_nli", "train: none"], targets={"own_nli": {"train": "none"}}),
    wrong("an unknown pooling", ["targets.own_bitext.pooling", "'max'", "'mean' or 'cls'"], targets={"own_bitext": {"pooling": ["max"]}}),
    wrong("an unknown similarity", ["targets.own_bitext.similarity", "'dot'", "'cosine' or 'margin'"], targets={"own_bitext": {"similarity": ["dot"]}}),
    wrong("a layer beyond the last", ["targets.own_bitext", "layer", "99", "0 to 2"], targets={"own_bitext": {"layer": 99}}),
    wrong("a layer of no retrieval", ["targets.own_nli", "layer"], targets={"own_nli": {"layer": 1}}),
    wrong("a threshold of no mining", ["targets.own_bitext", "tune"], targets={"own_bitext": {"tune": "dev"}}),
]  # fmt: skip


def overridden(value: str, *says: str) -> Case:
    return Case(f"--set {value}", f"{RUN} --set '{value}'", says)


OVERRIDES = [
    overridden("seeds", "--set: an override has no value", "'seeds'", "field.name=value"),
    overridden("=1", "--set", "'=1'", "field.name=value"),
    overridden("seeds=[1", "--set seeds=[1", "not valid YAML", "lists as [a, b]"),
    overridden("seeds.5=1", "--set", "leads nowhere", "'seeds.5=1'", "0 to 0"),
    overridden("name.first=x", "--set", "leads nowhere", "'name.first=x'"),
    overridden("recipe.x=[]", "--set recipe", "unknown field 'recipe'", "'recipes'"),
    overridden("training.batch_size=0", "--set training.batch_size", "greater than 0"),
    overridden("targets.own_nli.test=tset", "targets.own_nli", "no split 'tset'"),
]

CASES = [
    *FILES,
    *SHAPES,
    *TRAINING,
    *RECIPES,
    *TARGETS,
    *OVERRIDES,
    Case("a study of which a plan is made", PLAN, ["study.yaml:", "'recipe'"], {"study.yaml": study(recipe={})}),
    Case("a study that is audited", "data audit study.yaml", ["study.yaml:", "'recipe'"], {"study.yaml": study(recipe={})}),
    Case("a study that is recommended for", "recommend study.yaml --out out", ["study.yaml:", "'recipe'"], {"study.yaml": study(recipe={})}),
]  # fmt: skip
