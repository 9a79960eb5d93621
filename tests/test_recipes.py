"""Saturn's recipes become specs, and back."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from jupyter_saturn_deploy import recipes
from jupyter_saturn_deploy.models.errors import Invalid
from jupyter_saturn_deploy.models.resources import Job, JobSpec

DEFAULTS = {"instance_type": "this-machine", "image": ""}


def parse(spec: object, **more: object) -> tuple[JobSpec, list[str]]:
    body = {"type": "job", "spec": spec}
    return recipes.parse(body, owner="ana", defaults=DEFAULTS, **more)  # type: ignore[arg-type]


def fields(spec: object) -> list[str]:
    with pytest.raises(Invalid) as refused:
        parse(spec)
    assert all(problem.message and problem.fix for problem in refused.value.problems)
    return [problem.field for problem in refused.value.problems]


MINIMAL = {"name": "train", "command": "python train.py"}


def test_name_and_command_are_enough() -> None:
    spec, warnings = parse(MINIMAL)
    assert (spec.instance_type, spec.image, spec.retries) == ("this-machine", "", 0)
    assert warnings == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "Train"}, "spec.name"),
        ({"name": "-a"}, "spec.name"),
        ({"name": "a-"}, "spec.name"),
        ({"name": "a" * 41}, "spec.name"),
        ({"name": "a\n"}, "spec.name"),
        ({"name": 3}, "spec.name"),
        ({"name": None}, "spec.name"),
        ({"command": ""}, "spec.command"),
        ({"command": "a\0b"}, "spec.command"),
        ({"command": "\ud800"}, "spec.command"),
        ({"command": "a" * 70_000}, "spec.command"),
        ({"environment_variables": {"1A": "x"}}, "spec.environment_variables"),
        ({"environment_variables": {"A B": "x"}}, "spec.environment_variables"),
        ({"environment_variables": {"SATURN_TOKEN": "x"}}, "spec.environment_variables"),
        ({"environment_variables": {"JUPYTERHUB_X": "x"}}, "spec.environment_variables"),
        ({"environment_variables": {"A": 1}}, "spec.environment_variables.A"),
        ({"environment_variables": {"A": None}}, "spec.environment_variables.A"),
        ({"environment_variables": ["A"]}, "spec.environment_variables"),
        ({"retries": -1}, "spec.retries"),
        ({"retries": "2"}, "spec.retries"),
        ({"retries": True}, "spec.retries"),
        ({"x-jupyter": {"timeout": 0}}, "spec.x-jupyter.timeout"),
        ({"x-jupyter": {"timeout": 1.5}}, "spec.x-jupyter.timeout"),
        ({"x-jupyter": []}, "spec.x-jupyter"),
        ({"schedule": 6}, "spec.schedule"),
        ({"x-jupyter": {"time_zone": 1}}, "spec.x-jupyter.time_zone"),
        ({"x-jupyter": {"starting_deadline": 0}}, "spec.x-jupyter.starting_deadline"),
        ({"x-jupyter": {"suspended": "no"}}, "spec.x-jupyter.suspended"),
        ({"concurrency_policy": "Never"}, "spec.concurrency_policy"),
        ({"owner": "eve"}, "spec.owner"),
        ({"comand": "x"}, "spec.comand"),
        ({"x-jupyter": {"colour": 1}}, "spec.x-jupyter.colour"),
    ],
)
def test_a_bad_field_is_named_with_a_fix(changes: dict[str, object], field: str) -> None:
    assert fields({**MINIMAL, **changes}) == [field]


def test_every_problem_is_reported_at_once() -> None:
    assert sorted(fields({"name": "A", "retries": -1, "typo": 1})) == [
        "spec.command",
        "spec.name",
        "spec.retries",
        "spec.typo",
    ]


@pytest.mark.parametrize(
    "body", [None, [], "x", 3, {}, {"type": "job"}, {"type": "job", "spec": 1}]
)
def test_what_is_no_recipe_is_refused(body: object) -> None:
    with pytest.raises(Invalid):
        recipes.parse(body, owner="ana", defaults=DEFAULTS)


def test_values_of_environment_variables_never_appear_in_a_refusal() -> None:
    with pytest.raises(Invalid) as refused:
        parse({**MINIMAL, "environment_variables": {"A": "s3cret\0", "B": "s3cret" * 20_000}})
    assert "s3cret" not in str(refused.value)


def test_values_of_a_stored_job_never_appear_in_an_error() -> None:
    stored = {"name": "a", "command": "true", "instance_type": "small", "image": "", "retries": "x"}
    with pytest.raises(ValidationError) as refused:
        JobSpec.model_validate({**stored, "environment_variables": {"A": "s3cret", "1": "s3cret"}})
    assert "s3cret" not in str(refused.value)


def test_a_field_saturn_knows_without_meaning_here_is_a_warning() -> None:
    spec, warnings = parse({**MINIMAL, "secrets": [{"name": "x"}], "scale": None, "viewers": []})
    assert spec.name == "train"
    assert len(warnings) == 1 and "spec.secrets" in warnings[0]


def test_an_unknown_field_is_left_out_when_the_client_says_so() -> None:
    _, warnings = parse({**MINIMAL, "colour": "red"}, enforce_unknown=False)
    assert len(warnings) == 1 and "spec.colour" in warnings[0]


def test_an_answer_of_ours_can_be_sent_back_and_changes_nothing() -> None:
    spec, _ = parse({**MINIMAL, "environment_variables": {"A": "1", "B": ""}, "retries": 2})
    job = Job("0" * 32, "ana", "/p", "local", spec, 1, 0.0, 0.0)
    for values in (True, False):
        body = {**recipes.render(job, values=values), "state": {"id": job.id}}
        again, warnings = recipes.parse(body, owner="ana", defaults=DEFAULTS, before=spec)
        assert again == spec
        assert warnings == []


def test_a_schedule_keeps_all_of_itself_and_no_deadline_is_one_of_its_values() -> None:
    own = {"time_zone": "Europe/Berlin", "starting_deadline": None, "suspended": True}
    schedule = {"schedule": "0 6 * * *", "concurrency_policy": "Forbid", "x-jupyter": own}
    spec, warnings = parse({**MINIMAL, **schedule})
    assert warnings == []
    job = Job("0" * 32, "ana", "/p", "local", spec, 1, 0.0, 0.0)
    rendered = recipes.render(job, values=True)["spec"]
    assert {name: rendered[name] for name in ("schedule", "concurrency_policy")} == {
        "schedule": "0 6 * * *",
        "concurrency_policy": "Forbid",
    }
    assert rendered["x-jupyter"].items() >= own.items()
    again, _ = recipes.parse({"type": "job", "spec": rendered}, owner="ana", defaults=DEFAULTS)
    assert again == spec
    body = recipes.merge({"spec": {"schedule": None}}, job)
    without, _ = recipes.parse(body, owner="ana", defaults=DEFAULTS, before=spec)
    assert (without.schedule, without.starting_deadline) == (None, None)
    plain, _ = parse(MINIMAL)
    assert (plain.starting_deadline, plain.concurrency_policy) == (300, "Allow")


def test_a_list_shows_names_of_environment_variables_without_values() -> None:
    spec, _ = parse({**MINIMAL, "environment_variables": {"A": "s3cret"}})
    job = Job("0" * 32, "ana", "/p", "local", spec, 1, 0.0, 0.0)
    assert recipes.render(job, values=False)["spec"]["environment_variables"] == {"A": None}


def test_a_patch_changes_only_what_it_names() -> None:
    before, _ = parse({**MINIMAL, "retries": 2, "x-jupyter": {"timeout": 60}})
    job = Job("0" * 32, "ana", "/p", "local", before, 1, 0.0, 0.0)
    body = recipes.merge({"spec": {"x-jupyter": {"source": "live"}, "name": "b"}}, job)
    after, _ = recipes.parse(body, owner="ana", defaults=DEFAULTS, before=before)
    assert (after.name, after.retries, after.timeout, after.source) == ("b", 2, 60, "live")
