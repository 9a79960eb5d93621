"""Files of recipes are read, and what can't be read is told with its place."""

from __future__ import annotations

import json

import pytest

from jupyter_saturn_deploy import recipe_files
from jupyter_saturn_deploy.recipe_files import Unreadable, read

JOB = """\
type: job
spec:
  name: nightly
  command: python run.py
"""


def refusal(text: str) -> Unreadable:
    with pytest.raises(Unreadable) as refused:
        read(text)
    return refused.value


def test_one_recipe_several_documents_and_lists_are_all_files_of_recipes() -> None:
    one = {"type": "job", "spec": {"name": "nightly", "command": "python run.py"}}
    assert [item.body for item in read(JOB)] == [one]
    assert [item.body for item in read(f"---\n{JOB}---\n# nothing\n---\n{JOB}")] == [one, one]
    assert [item.body for item in read(json.dumps([one, one, one]))] == [one, one, one]
    assert read("") == []


def test_each_recipe_and_each_field_has_its_place() -> None:
    first, second = read(f"# a comment\n{JOB}---\n{JOB}")
    assert (first.line, second.line) == (2, 7)
    assert second.place("spec.command") == (10, 3)
    assert second.place("spec.retries") == (9, 3)
    assert second.place("") == (7, 1)


def test_an_older_job_is_one_of_today_s() -> None:
    text = """\
name: nightly
schema_version: 2022.08.01
image_uri: saturn/python:2022
environment_variables: {A: "1"}
job:
  command: python run.py
  instance_type: large
  schedule: "0 6 * * *"
"""
    [document] = read(text)
    assert document.body == {
        "type": "job",
        "spec": {
            "name": "nightly",
            "image": "saturn/python:2022",
            "environment_variables": {"A": "1"},
            "command": "python run.py",
            "instance_type": "large",
            "schedule": "0 6 * * *",
            "retries": 3,
        },
    }
    assert document.place("spec.image") == (3, 1)
    assert document.place("spec.schedule") == (8, 3)


def test_an_older_deployment_keeps_its_instances_and_what_has_no_effect_is_named_later() -> None:
    text = """\
{"name": "dash", "deployment": {"command": "x", "instance_type": "m", "instance_count": 2,
 "subdomain": "dash", "public": true}}
"""
    [document] = read(text)
    assert document.body["type"] == "deployment"
    assert document.body["spec"]["scale"] == 2
    assert document.body["spec"]["routes"] == [{"subdomain": "dash", "public": True}]


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("type: job\nspec: [1, 2\n", 3, 1),
        ("a: 1\nb: !!python/object/apply:os.system [ls]\n", 2, 4),
        ("a: 1\na: 2\n", 2, 1),
        ("a: &a\n  b: *a\n", 1, 4),
        ("a: *nobody\n", 1, 4),
        ("a: 1\nb: \0\n", 2, 4),
        ("a: b: c\n", 1, 5),
    ],
)
def test_what_is_no_yaml_is_told_with_line_and_column(text: str, line: int, column: int) -> None:
    error = refusal(text)
    assert (error.line, error.column) == (line, column), error.message


def test_a_bomb_of_aliases_is_refused_before_it_grows() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    assert "values" in refusal("\n".join(lines)).message


@pytest.mark.parametrize("text", ["[" * 5000, "{a: " * 5000, "- " * 5000 + "x", "[[[" * 11])
def test_what_is_nested_without_end_is_refused(text: str) -> None:
    assert refusal(text).message


def test_a_date_that_there_is_not_is_refused() -> None:
    assert "can't be read" in refusal("a: 2026-13-45\n").message


def test_an_older_recipe_of_both_kinds_is_left_as_it_is_to_be_refused() -> None:
    [document] = read("name: a\njob: {command: x}\ndeployment: {command: y}\n")
    assert "type" not in document.body


def test_reading_yaml_costs_nothing_until_a_file_comes() -> None:
    assert not hasattr(recipe_files, "yaml")


def test_a_file_of_too_many_values_is_given_up_at_the_first_that_is_too_much() -> None:
    """What it would take to hold all of them keeps every other thread waiting."""
    refused = refusal("- a\n" * (2 * recipe_files.NODES))
    assert "values" in refused.message
    assert refused.line == recipe_files.NODES + 1


def test_the_documents_of_a_file_share_its_limit_also_where_aliases_make_them_large() -> None:
    document = "---\na: &a [" + "1," * 90 + "]\nb: [" + "*a," * 80 + "]\n"
    assert len(read(document * 2)) == 2
    assert "values" in refusal(document * 3).message


def test_a_file_holds_no_more_recipes_than_a_page_can_show() -> None:
    assert len(read("--- {a: 1}\n" * recipe_files.RECIPES)) == recipe_files.RECIPES
    refused = refusal("--- {a: 1}\n" * (recipe_files.RECIPES + 1))
    assert "recipes" in refused.message
    assert refused.line == recipe_files.RECIPES + 1


@pytest.mark.parametrize("number", ["1" + ":59" * 100_000, "1" * 100_000, "0x" + "f" * 100_000])
def test_a_number_that_would_take_a_minute_to_read_is_refused(number: str) -> None:
    assert "too long" in refusal(f"a: {number}").message
    assert read(f'a: "{number}"')[0].body == {"a": number}
