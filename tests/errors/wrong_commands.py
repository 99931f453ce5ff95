"""Arguments that are wrong, and folders that are not what a verb needs."""

from __future__ import annotations

import json

from errors.catalogue import Case, study

PREDICTIONS = {
    "gold.tsv": "a\tb\tneutral\nc\td\tentailment\n",
    "right.txt": "neutral\nentailment\n",
    "gold.json": json.dumps({"data": [{"paragraphs": [{"context": "Mr. Juma", "qas": [{"id": "q1", "question": "who?", "answers": [{"text": "Juma", "answer_start": 4}]}]}]}]}),
    "gold.conll": "Juma\tB-PER\nlala\tO\n",
}  # fmt: skip


def typed(name: str, command: str, *says: str) -> Case:
    return Case(name, command, says)


ARGUMENTS = [
    typed("an unknown verb", "rum study.yaml", "'rum'", "run"),
    typed("an unknown option", "run study.yaml --ofline", "--ofline", "--offline"),
    typed("no study", "run", "STUDY"),
    typed("two studies", "plan study.yaml study.yaml", "study.yaml"),
    typed("an option without a value", "run study.yaml --out", "--out"),
    typed("a word for a number", "run study.yaml --checkpoint-minutes often", "--checkpoint-minutes", "often"),
    typed("a negative number", "run study.yaml --gpus-per-stage -1", "--gpus-per-stage", "-1", "0"),
    typed("negative minutes", "run study.yaml --checkpoint-minutes -1", "--checkpoint-minutes", "-1", "0"),
    typed("an unknown executor", "run study.yaml --executor slurm", "--executor", "'slurm'", "'local', 'ray'"),
    typed("a data folder that is not there", "run study.yaml --data-dir gone", "--data-dir", "gone", "a folder"),
    typed("a file as a data folder", "run study.yaml --data-dir study.yaml", "--data-dir", "study.yaml", "a folder"),
    typed("a file as OUT", "run study.yaml --out study.yaml --device cpu", "--out", "study.yaml", "a folder"),
    typed("a file as a store", "run study.yaml --out out --store study.yaml --device cpu", "--store", "study.yaml", "a folder"),
    typed("OUT under a file", "run study.yaml --out study.yaml/out --device cpu", "--out", "study.yaml", "a folder"),
    typed("an unknown format", "results out --format xlsx", "--format", "'xlsx'", "'csv'"),
    typed("an unknown grouping", "results out --by langauge", "--by", "'langauge'", "'language'"),
    typed("no data verb", "data chek", "'chek'", "check"),
    typed("no task to download", "data download", "TASK"),
    typed("an unknown task to download", "data download xnil", "'xnil'", "'xnli'"),
    typed("an unknown task to check", "data check xnil", "'xnil'", "'xnli'"),
    typed("too few rows", "recommend study.yaml --rows 1", "--rows", "1", "2"),
    typed("no seed to recommend with", "recommend study.yaml --seeds 0", "--seeds", "0", "1"),
    Case("nothing to recommend", "recommend study.yaml --out out", ["no intermediate training", "expected:"], {"study.yaml": study(recipes={"direct": []})}),
    typed("a sample of no task", "tasks --sample 1", "--sample", "xstilts tasks NAME"),
    typed("an unknown task to show", "tasks xnil", "'xnil'", "'xnli'"),
    typed("a language that a task has not", "tasks xnli --sample 1 -l xx", "'xx'", "ar bg de"),
    typed("a language of no sample", "tasks xnli -l sw", "--language", "--sample"),
    typed("files that are not there", "tasks xnli --sample 1 -l sw", "xnli, language sw", "--data-dir"),
    typed("a folder of nothing", "tasks xnli --data-dir gone", "--data-dir", "gone", "a folder"),
]  # fmt: skip

RESULTS = [
    *(
        typed(f"{verb} of a folder that is not there", f"{verb} gone", "gone: ", "expected: ", "name the --out of a run")
        for verb in ("status", "results", "report", "claims")
    ),
    *(
        typed(f"{verb} of a folder of something else", f"{verb} mini", "mini: ", "name the --out of a run")
        for verb in ("status", "results", "report", "claims")
    ),
    *(
        Case(f"{verb} of broken results", f"{verb} out", ["out/results.parquet: ", "cannot be read", "run"], {"out/results.parquet": b"PAR1", "out/study.yaml": study()})
        for verb in ("results", "report", "claims")
    ),
    Case("status of a broken plan", "status out", ["out/plan.json:1", "not JSON"], {"out/plan.json": "{"}),
    Case("status of another plan", "status out", ["out/plan.json", "store"], {"out/plan.json": "{}"}),
    Case("status of a plan that is a list", "status out", ["out/plan.json"], {"out/plan.json": "[]"}),
    typed("a submission of nothing", "submit gone new", "gone: there are no results here", "name the --out of a run"),
    typed("no store", "store size --store gone", "--store: there is no such store", "gone", "name the store"),
    typed("a file as a store to look at", "store verify --store study.yaml", "--store", "study.yaml"),
    typed("a store of something else to clean", "store gc mini --store mini", "mini", "plan.json", "name the --out of a run"),
    Case("a store of a broken plan", "store gc out", ["out/plan.json:1", "not JSON", "run the study again"], {"out/plan.json": "{"}),
    typed("no store verb", "store clean", "'clean'", "store --help"),
]  # fmt: skip


def scored(name: str, task: str, gold: str, content: str | bytes | None, *says: str, language: str = "en") -> Case:
    files = {**PREDICTIONS, **({} if content is None else {"p": content})}
    return Case(name, f"score {task} -l {language} --gold {gold} --predictions p", says, files)


SCORES = [
    scored("a task that is not there", "xnil", "gold.tsv", "x\n", "'xnil'", "'xnli'"),
    scored("a language that is not there", "xnli", "gold.tsv", "x\n", "'xx'", "ar bg de", language="xx"),
    scored("no predictions", "xnli", "gold.tsv", None, "p: there is no such file", "expected:"),
    scored("no gold", "xnli", "gone.tsv", "neutral\n", "gone.tsv: there is no such file", "expected:"),
    scored("gold without answers", "xnli", "right.txt", "neutral\n", "differ in number", "1 lines", "2"),
    scored("gold of another task", "xquad", "gold.tsv", "{}", "gold.tsv", "no reader of xquad", "not JSON"),
    scored("too few predictions", "xnli", "gold.tsv", "neutral\n", "p: ", "1 lines", "expected: 2", "this task, language and split"),
    scored("an unknown label predicted", "xnli", "gold.tsv", "neutral\nentail\n", "p:2: ", "'entail'", "did you mean 'entailment'?"),
    scored("a blank prediction", "xnli", "gold.tsv", "\nneutral\nentailment\n", "p:1: ", "blank", "one line per row"),
    scored("empty predictions", "xnli", "gold.tsv", "", "p: the file is empty", "expected:"),
    scored("predictions in Latin-1", "xnli", "gold.tsv", b"neutral\n\xe9\n", "p: ", "not UTF-8", "offset 8", "iconv"),
    scored("answers that are no JSON", "xquad", "gold.json", "Juma\n", "p:1", "not JSON", "question id -> answer text"),
    scored("answers that are a list", "xquad", "gold.json", "[]", "p: ", "a list", "question id -> answer text"),
    scored("an answer twice", "xquad", "gold.json", '{"q1": "a", "q1": "b"}', "p", "'q1' twice", "once"),
    scored("an answer to nothing", "xquad", "gold.json", '{"q1": "Juma", "q2": "x"}', "p", "q2", "expected:"),
    scored("no answer", "xquad", "gold.json", "{}", "p", "q1", "expected:"),
    scored("an answer that is a number", "xquad", "gold.json", '{"q1": 5}', "p", "'q1'", "5", "a text"),
    scored("answers without end", "xquad", "gold.json", '{"q1": ' + "[" * 100_000, "p", "not JSON"),
    scored("too few tags", "panx", "gold.conll", "B-PER\n", "p:1: ", "1 tags", "2 tags"),
    scored("an unknown tag predicted", "panx", "gold.conll", "B-PER\nB-PRE\n", "p:2: ", "'B-PRE'", "did you mean 'B-PER'?"),
    scored("a matching that is no number", "tatoeba", "right.txt", "0\nx\n", "right.txt", "no reader of tatoeba", language="de"),
    scored("masked words", "corpus", "gold.tsv", "x\n", "corpus", "no submission format"),
]  # fmt: skip

CASES = [*ARGUMENTS, *RESULTS, *SCORES]
