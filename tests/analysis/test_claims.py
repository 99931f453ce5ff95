"""Claims on tables that were made to satisfy them, to violate them, and to leave them open."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulated import empty_columns, only, scored, table

from xstilts.analysis.claims import Claim, check_claims, claim_tables, read_claims
from xstilts.analysis.evidence import Evidence
from xstilts.analysis.paper_claims import paper_claims
from xstilts.errors import InputError
from xstilts.records import Records, costs_schema, dev_schema

RECIPES: Mapping[str, Any] = {
    "direct": [],
    "mnli": ["mnli"],
    "squad1": ["squad_v1"],
    "hellaswag": ["hellaswag"],
    "all": [{"tasks": ["mnli", "squad_v1", "hellaswag"]}],
    "mnli+mlm": [{"task": "mnli", "mlm": {"task": "corpus"}}],
    "mnli-translated": [{"task": "mnli", "translated": ["sw"]}],
}
TARGETS = {"xnli": ("de", "sw"), "tydiqa": ("fi",), "tatoeba": ("de",), "bucc2018": ("de",)}
NO_RECORDS = Records(pl.DataFrame(schema=costs_schema()), pl.DataFrame(schema=dev_schema()))


def evidence(
    gains: Mapping[str, Mapping[str, int]], noise: int = 0, seeds: int = 3, contrary: Sequence[str] = ()
) -> Evidence:
    """Recipe -> target -> how many more of 200 are right than direct's 100.

    `noise` is how far seeds lie apart; for the `contrary` recipes in the other order.
    """
    rows = [
        scored(
            [1] * (100 + more + (seed - 2) * swing) + [0] * (100 - more - (seed - 2) * swing),
            recipe,
            target=target,
            language=code,
            seed=seed,
        )
        for recipe, by_target in {"direct": {}, **gains}.items()
        for target, codes in TARGETS.items()
        for code in codes
        for seed in range(1, seeds + 1)
        for more in [by_target.get(target, 0)]
        for swing in [0 if recipe == "direct" else -noise if recipe in contrary else noise]
    ]
    return Evidence.of(table(*rows), {"recipes": RECIPES}, NO_RECORDS, draws=200)


EVERYWHERE = dict.fromkeys(TARGETS, 30)
FLAT_XNLI = {**EVERYWHERE, "xnli": 0}
BETTER = {**dict.fromkeys(TARGETS, 60), "xnli": 0}
AS_THE_PAPER = {name: FLAT_XNLI for name in RECIPES if name not in ("direct", "all")} | {"all": BETTER}
WORSE = dict.fromkeys(TARGETS, -30)
OTHER_WAY = {
    "mnli": {**WORSE, "xnli": 20},
    "squad1": WORSE,
    "hellaswag": WORSE,
    "all": dict.fromkeys(TARGETS, -60),
    "mnli+mlm": EVERYWHERE,
    "mnli-translated": EVERYWHERE,
}


def outcomes(study: Evidence) -> dict[str, str]:
    return {verdict.claim.name: verdict.outcome for verdict in check_claims(study, paper_claims(study))}


def test_a_study_that_goes_as_the_paper_says_holds_every_claim():
    assert outcomes(evidence(AS_THE_PAPER)) == {
        "single-tasks": "holds",
        "all-jointly": "holds",
        "retrieval": "holds",
        "tydiqa": "holds",
        "xnli": "holds",
        "best": "holds",
        "no-worse-than-mlm": "holds",
        "no-worse-than-translated": "holds",
    }


def test_a_study_that_goes_the_other_way_fails_every_claim():
    found = outcomes(evidence(OTHER_WAY))
    assert {name for name, outcome in found.items() if outcome != "fails"} == {"best"}  # text and translations gain
    assert outcomes(evidence({"mnli": WORSE}))["best"] == "fails"


def test_a_study_whose_seeds_disagree_leaves_every_claim_open():
    small = {name: dict.fromkeys(TARGETS, 2) for name in RECIPES if name != "direct"}
    study = evidence(
        {**small, "all": dict.fromkeys(TARGETS, 4)}, noise=30, contrary=("all", "mnli+mlm", "mnli-translated")
    )
    assert set(outcomes(study).values()) == {"undecided"}


def test_a_study_without_the_paper_s_tasks_tests_nothing():
    study = evidence({"hellaswag": FLAT_XNLI})
    assert outcomes(study)["single-tasks"] == "holds"  # of the three, the one that is there
    assert outcomes(study)["all-jointly"] == "not tested"
    assert outcomes(study)["no-worse-than-mlm"] == "not tested"


def test_a_study_without_plain_recipes_has_no_best_one():
    rows = [scored([1] * 100 + [0] * 100, recipe) for recipe in ("direct", "mnli+mlm")]
    verdicts = check_claims(of := Evidence.of(table(*rows), {"recipes": RECIPES}, NO_RECORDS, 50), paper_claims(of))
    assert {verdict.outcome for verdict in verdicts} == {"not tested"}


def test_recipes_without_a_result_on_a_target_are_not_tested_there():
    """A run that collapsed or is missing leaves a recipe without a difference on one target; the others count."""
    rows = [
        scored([1] * 100 + [0] * 100, recipe, target=target, collapsed=(recipe, target) == ("mnli", "tatoeba"))
        for recipe in ("direct", "mnli", "squad1")
        for target in ("xnli", "tatoeba")
    ]
    partial = Evidence.of(table(*rows), {"recipes": RECIPES}, NO_RECORDS, draws=50)
    claims = {claim.name: claim.tests for claim in paper_claims(partial)}
    assert claims["retrieval"] == ("mean_delta(recipe=squad1, targets=tatoeba, languages=all) > 0",)
    assert len(claims["xnli"]) == 2
    assert len(check_claims(partial, paper_claims(partial))) == 8


def test_almost_every_is_four_of_five():
    # of two retrieval targets and four recipes, seven of eight improve
    mixed = dict.fromkeys(("squad1", "hellaswag", "all"), FLAT_XNLI)
    assert outcomes(evidence({**mixed, "mnli": {**FLAT_XNLI, "bucc2018": -30}}))["retrieval"] == "holds"
    most = {name: {**FLAT_XNLI, "bucc2018": -30} for name in ("squad1", "hellaswag", "mnli", "all")}
    assert outcomes(evidence(most))["retrieval"] == "fails"


def checked(text: str, study: Evidence | None = None, **more: Any) -> Any:
    """The verdict of one claim of a user's."""
    study = study or evidence({"mnli": {"xnli": 10, "tatoeba": 40}, "all": EVERYWHERE})
    (verdict,) = check_claims(study, [Claim("mine", "what I say", (text,), **more)])
    return verdict


@pytest.mark.parametrize(
    ("text", "estimate", "outcome"),
    [
        ("mean_delta(recipe=mnli, targets=xnli) > 1", 5.0, "holds"),
        ("mean_delta(recipe=mnli, targets=xnli) < 1", 5.0, "fails"),
        ("1 < mean_delta(recipe=mnli, targets=xnli)", -5.0, "holds"),
        ("mean_delta(recipe=mnli, targets=retrieval) > 0", 10.0, "holds"),  # 20 on Tatoeba, 0 on BUCC
        ("mean_delta(recipe=mnli, targets=[xnli, tatoeba]) > 0", 12.5, "holds"),
        ("mean_delta(recipe=mnli) >= 0", 6.25, "holds"),  # 5, 0, 20, 0 over the four targets
        ("mean_score(recipe=direct) > 49", 50.0, "undecided"),
        ("mean_score(recipe=all, family=Uralic) > 50", 65.0, "holds"),
        ("mean_delta(recipe=mnli, family=Uralic) >= 0", 0.0, "holds"),  # Finnish, which TyDiQA alone has
        ("mean_delta(recipe=mnli, family='Indo-European') > 0", 25 / 3, "holds"),  # German: 5, 20 and 0
        ("mean_delta(recipe=mnli, family=[Uralic, 'Niger-Congo']) > 0", 2.5, "holds"),  # 0, and Swahili's 5
        ("mean_delta(recipe=all) - mean_delta(recipe=mnli) > 0", 8.75, "holds"),
        ("2 * mean_delta(recipe=mnli, targets=xnli) - 1 > 1", 10.0, "holds"),
        ("(mean_delta(recipe=mnli, targets=xnli) + 5) / 2 > 3", 2.5, "holds"),
        ("best_delta(targets=[xnli, tatoeba]) > 0", 17.5, "holds"),  # all's 15, mnli's 20
        ("best_delta(recipes=[mnli], targets=xnli) > 0", 5.0, "holds"),
        ("mean_delta(recipe=mnli, languages=[sw]) > 0", 5.0, "holds"),
        (
            "mean_delta(recipe='mnli', targets='xnli', encoder=xlmr) > -mean_delta(recipe=mnli, targets=xnli)",
            10,
            "holds",
        ),
    ],
)
def test_claims_of_users(text, estimate, outcome):
    verdict = checked(text)
    assert verdict.rows[0]["estimate"] == pytest.approx(estimate)
    assert verdict.outcome == outcome


def test_a_range_holds_only_inside():
    assert checked("0 < mean_delta(recipe=mnli, targets=xnli) < 20").outcome == "holds"
    assert checked("-1 < mean_delta(recipe=mnli, targets=xnli) < 1").outcome == "fails"
    assert [row["outcome"] for row in checked("4.9 < mean_delta(recipe=mnli, targets=xnli) < 20").rows] == [
        "undecided",
        "holds",
    ]


def test_nothing_measured_is_exactly_nothing():
    study = evidence({"mnli": {}})
    assert checked("mean_delta(recipe=mnli) >= 0", study).outcome == "holds"
    assert checked("mean_delta(recipe=mnli) > 0", study).outcome == "fails"


def test_power_is_for_the_size_that_is_expected():
    row = checked("mean_delta(recipe=mnli, targets=xnli) > 0", expected=4.0).rows[0]
    assert row["effect"] == 4.0
    wide = checked("mean_delta(recipe=mnli, targets=xnli) > 0", expected=40.0).rows[0]
    assert row["power"] < wide["power"] == pytest.approx(1.0)
    assert row["detectable"] > 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("mean_delta(recipe=mnli)", "a claim compares"),
        ("mean_delta(recipe=mnli) > ", "no claim"),
        ("1 < 2", "nothing measured"),
        ("mean_delta(recipe=mnli) == 0", r"compare with(?s:.*)mean_delta\(recipe=mnli\) == 0"),
        ("mean_delta(recipe=mnly) > 0", "did you mean 'mnli'"),
        ("mean_delta(target=xnli, recipe=mnli) > 0", "did you mean 'targets'"),
        ("mean_delta(recipe=mnli, targets=xnly) > 0", "did you mean 'xnli'"),
        ("mean_delta(recipe=mnli, encoder=bert) > 0", "no encoder 'bert'"),
        ("mean_delta(recipe=mnli, languages=[qaa]) > 0", "no results for this"),
        ("mean_delta(targets=xnli) > 0", "needs a recipe"),
        ("best_delta(recipes=[x]) > 0", "no recipe 'x'"),
        ("mean_delta('mnli') > 0", "cannot hold this"),
        ("median_delta(recipe=mnli) > 0", "no function 'median_delta'"),
        ("mean_delta(recipe=mnli+mlm) > 0", "in quotes"),
        ("mean_delta(recipe=mnli, recipe=all) > 0", "is repeated"),
        ("mean_delta(recipe=mnli) * mean_delta(recipe=all) > 0", "one side of a product"),
        ("mean_delta(recipe=mnli) / 0 > 0", "other than 0"),
        ("__import__('os').system('true') > 0", "cannot hold this"),
        ("open(file='x') > 0", "no function 'open'"),
        ("(lambda: 0)() > 0", "cannot hold this"),
        ("mean_delta(**{'recipe': 'mnli'}) > 0", "has no name"),
        ("x.y > 0", "cannot hold this"),
    ],
)
def test_what_is_no_claim_is_an_input_error(text, message):
    with pytest.raises(InputError, match=message):
        checked(text)


@given(st.text(max_size=40))
def test_any_text_is_a_claim_or_an_input_error(text):
    with pytest.raises(InputError):
        check_claims(STUDY, [Claim("any", "", (text,))])


STUDY = evidence({"mnli": {}}, seeds=1)


def test_claims_are_read_from_yaml(tmp_path):
    (tmp_path / "claims.yaml").write_text(
        "claims:\n  flat: -1 < mean_delta(recipe=mnli) < 1\n"
        "  both:\n    claim: [mean_delta(recipe=mnli) > 0, mean_delta(recipe=all) > 0]\n    text: both gain\n"
        "    needed: 0.5\n    expected: 2\n"
    )
    flat, both = read_claims(tmp_path / "claims.yaml")
    assert (flat.name, flat.text, flat.tests) == ("flat", "-1 < mean_delta(recipe=mnli) < 1", (flat.text,))
    assert (both.text, both.needed, both.expected, len(both.tests)) == ("both gain", 0.5, 2.0, 2)
    assert both.where.startswith(f"{tmp_path / 'claims.yaml'}:3")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("claims: {a: {clam: x}}", "did you mean 'claim'"),
        ("claim: {}", "did you mean 'claims'"),
        ("- a", "no.* mapping"),
    ],
)
def test_a_wrong_file_of_claims_says_what_is_wrong(tmp_path, text, message):
    (tmp_path / "claims.yaml").write_text(text)
    with pytest.raises(InputError, match=message):
        read_claims(tmp_path / "claims.yaml")


def test_a_wrong_claim_in_a_file_is_named_with_its_line(tmp_path):
    (tmp_path / "claims.yaml").write_text("claims:\n  good: mean_delta(recipe=mnli) > 0\n  bad: mean_delta() > 0\n")
    with pytest.raises(InputError, match=r"claims.yaml:3, claims.bad: "):
        check_claims(STUDY, read_claims(tmp_path / "claims.yaml"))


def test_tables_have_a_row_per_claim_and_per_test():
    study = evidence({"mnli": FLAT_XNLI, "squad1": FLAT_XNLI})
    tables = claim_tables(check_claims(study, paper_claims(study)))
    row = only(tables["claims"], claim="single-tasks")
    assert (row["outcome"], row["tests"], row["hold"], row["fail"]) == ("holds", 2, 2, 0)
    assert only(tables["tests"], claim="all-jointly")["test"] is None
    tested = tables["tests"].filter(pl.col("claim") == "single-tasks")
    assert tested["published"].to_list() == [8.2, 7.5]
    assert tested["test_outcome"].to_list() == ["holds", "holds"]
    assert only(tables["claims"], claim="retrieval")["needed"] == 0.8
    assert {name: empty_columns(found) for name, found in tables.items()} == {"claims": [], "tests": []}
