from __future__ import annotations

from tiny_study import tiny_study, write_data, write_encoder_files

from xstilts.planning.planner import make_plan


def test_a_part_of_a_plan_is_what_its_goals_hang_on_and_asks_for_nothing_else(tmp_path):
    recipes = {"direct": [], "a": ["own_nli"], "ab": ["own_nli", "own_qa"]}
    write_data(tmp_path)
    write_encoder_files(tmp_path / "encoder")
    plan = make_plan(tiny_study(tmp_path, recipes=recipes, targets={"own_ner": {"evaluate": ["en", "sw"]}}), None)
    key = {stage.title: stage.key for stage in plan.stages.values()}
    first, second = key["train own_nli (seed 1)"], key["train own_nli → own_qa (seed 1)"]
    part = plan.up_to([second, second])
    assert (list(part.stages), part.goals, part.cells) == ([first, second], [second], [])
    assert [stage.key for stage in part.needed(lambda stage: False)] == [first, second]
    assert [stage.key for stage in part.needed(lambda stage: stage.key == first)] == [second]
    assert part.needed(lambda stage: stage.key == second) == []
