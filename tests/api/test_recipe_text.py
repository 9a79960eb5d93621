"""A recipe as YAML can be read, kept beside the code, and makes the same job again."""

from __future__ import annotations

import random

import pytest
import yaml

from jupyter_saturn_deploy.api.recipe_text import as_yaml
from jupyter_saturn_deploy.models.resources import Job, JobSpec
from jupyter_saturn_deploy.recipes import parse
from tests.api.conftest import Api

SEPARATED = (
    "\n \n\n \t \r \r\n \x85 \u2028 \u2029 \ufeff \x1b \x7f é 日本 \U0001f600 \ufffe \xa0 a : :b #"
    " - ? { } [ ] , & * ! | > % @ ` ' \" \\ --- \n---\n \n...\n null ~ on 1 0x1f 1_000 1:30"
    " 2026-01-01 1e3 = <<"
)
ODD = [*SEPARATED.split(" "), " ", "  ", ": ", " #", "- ", "? "]


def job(**spec: object) -> Job:
    """With that spec."""
    whole = {"name": "a", "command": "true", "instance_type": "small", "image": "", **spec}
    return Job("1" * 32, "ana", "/p", "local", JobSpec.model_validate(whole), 1, 0.0, 0.0)


def read(text: str) -> JobSpec:
    """What the text describes, to anybody."""
    return parse(
        yaml.safe_load(text), owner="bob", defaults={"instance_type": "", "image": "its own"}
    )[0]


def test_it_is_short_and_scripts_are_as_they_were_written() -> None:
    script = "set -e\nif true; then\n\techo 'é: x' \nfi\n"
    written = as_yaml(
        job(
            command="python train.py",
            start_script=script,
            environment_variables={"N": "1", "EMPTY": ""},
            retries=2,
            timeout=60,
        ),
        values=True,
    )
    assert written == (
        "schema_version: 2025.10.01\n"
        "type: job\n"
        "spec:\n"
        "  name: a\n"
        "  image: ''\n"
        "  instance_type: small\n"
        "  command: python train.py\n"
        "  environment_variables:\n"
        "    N: '1'\n"
        "    EMPTY: ''\n"
        "  start_script: |\n"
        "    set -e\n"
        "    if true; then\n"
        "    \techo 'é: x' \n"
        "    fi\n"
        "  retries: 2\n"
        "  x-jupyter:\n"
        "    timeout: 60\n"
    )


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_in_it_comes_back(seed: int) -> None:
    chance = random.Random(seed)

    def text() -> str:
        return "".join(chance.choices(ODD, k=chance.randrange(12)))

    for _ in range(40):
        made = job(
            command=text() + "x" + text(),
            image=text(),
            instance_type=text(),
            description=text(),
            tags={text(): text() for _ in range(3)},
            environment_variables={"A": text(), "B": text()},
            start_script=text(),
        )
        assert read(as_yaml(made, values=True)) == made.spec


@pytest.mark.parametrize("line", ["echo 1 # é\n", "echo\t1\n", "echo \x851\n", " x", "\U0001f600"])
def test_a_script_as_long_as_can_be_comes_back(line: str) -> None:
    made = job(start_script=line * (64 * 1024 // len(line.encode())))
    assert read(as_yaml(made, values=True)) == made.spec


async def test_what_is_given_makes_the_same_job(api: Api) -> None:
    spec = {
        "description": "a: b\x85c",
        "tags": {"1": "yes", "- x": " "},
        "environment_variables": {"KEY": "s3cret: \u2028", "NUMBER": "0x10"},
        "start_script": " x\n\ty\n",
        "retries": 3,
        "x-jupyter": {"timeout": 9},
    }
    await api.job("a", "echo 1:30\n", **spec)
    before = (await api("GET", "recipes/job/a")).body
    answer = await api("GET", "recipes/job/a?format=yaml")
    assert answer.headers["Content-Type"] == "application/yaml; charset=utf-8"
    again = await api("PUT", "recipes", yaml.safe_load(answer.body.decode()))
    assert again.status == 200
    assert again.body["spec"] == before["spec"]
    assert "owner" not in yaml.safe_load(answer.body.decode())["spec"]


async def test_without_values_none_is_in_it_and_the_job_keeps_its_own(api: Api) -> None:
    await api.job("a", environment_variables={"KEY": "s3cret"})
    answer = await api("GET", "recipes/job/a?format=yaml&values=false")
    assert b"s3cret" not in answer.body and b"KEY: null" in answer.body
    shown = (await api("GET", "recipes/job/a?values=false")).body["spec"]
    assert shown["environment_variables"] == {"KEY": None}
    again = await api("PUT", "recipes", yaml.safe_load(answer.body.decode()))
    assert again.body["spec"]["environment_variables"] == {"KEY": "s3cret"}
    assert (await api("GET", "recipes/job/b?format=yaml")).status == 404
