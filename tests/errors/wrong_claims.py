"""Claims that are none, about a finished run; and submissions, stores and results of one that was spoiled."""

from __future__ import annotations

from errors.catalogue import Case


def claimed(name: str, text: str, *says: str) -> Case:
    return Case(name, "claims out --claims c.yaml", says, {"c.yaml": text})


CASES = [
    Case("no claims", "claims out --claims gone.yaml", ["gone.yaml: there is no such file", "claims"]),
    claimed("claims that are a list", "- a\n", "c.yaml", "a list", "name: value"),
    claimed("a misspelt heading", "claim: {a: mean_delta(recipe=qa) > 0}\n", "c.yaml:1", "'claim'", "'claims'"),
    claimed("no comparison", "claims:\n  a: mean_delta(recipe=qa)\n", "c.yaml:2, claims.a: a claim compares", "> 0"),
    claimed("no syntax", "claims:\n  a: mean_delta(recipe=qa >\n", "c.yaml:2, claims.a", "this is no claim", "> 0"),
    claimed("an unknown function", "claims:\n  a: men_delta(recipe=qa) > 0\n", "claims.a", "'men_delta'", "mean_delta"),
    claimed("an unknown recipe", "claims:\n  a: mean_delta(recipe=qu) > 0\n", "claims.a", "'qu'", "one of qa"),
    claimed("an unknown argument", "claims:\n  a: mean_delta(recpe=qa) > 0\n", "claims.a", "'recpe'", "recipe"),
    claimed("code in a claim", "claims:\n  a: __import__('os').getcwd() > 0\n", "claims.a", "cannot hold this"),
    claimed("equality", "claims:\n  a: mean_delta(recipe=qa) == 0\n", "claims.a", ">, >=, < and <="),
    claimed("a product of two", "claims:\n  a: mean_delta(recipe=qa) * mean_delta(recipe=qa) > 0\n", "claims.a", "number"),
    claimed("a division by zero", "claims:\n  a: mean_delta(recipe=qa) / 0 > 0\n", "claims.a", "other than 0"),
    claimed("a claim without end", "claims:\n  a: " + "(" * 5_000 + "\n", "claims.a", "this is no claim"),
    claimed("a claim that is a number", "claims:\n  a: 5\n", "claims.a", "5"),
    claimed("a large number", "claims:\n  a: mean_delta(recipe=qa) > 1" + "0" * 5_000 + "\n", "claims.a"),
    Case("a submission into a folder with something", "submit out mini", ["mini: ", "not empty", "name a new folder"]),
    Case("a submission of no task of XTREME", "submit out new", ["OUT", "XTREME", "xnli"]),
    Case("a submission of an unknown encoder", "submit out new --encoder xlmr", ["'xlmr'", "XTREME"]),
    Case("results without the study's file", "report out", ["out", "study.yaml", "expected"], {"out/study.yaml": None}),
    Case("results beside a broken study", "report out", ["out/study.yaml", "not valid YAML"], {"out/study.yaml": "a: [\n"}),
    Case("results by a broken study", "results out --by family", ["out/study.yaml", "not valid YAML"], {"out/study.yaml": "a: [\n"}),
    Case("results beside a broken plan", "report out", ["out/plan.json:1", "not JSON"], {"out/plan.json": "{"}),
    Case("results beside a broken audit", "report out", ["out/audit.json", "no audit", "to fix:"], {"out/audit.json": "{"}),
]  # fmt: skip
