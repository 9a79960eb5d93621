"""The environment a run gets: the kernel's prefix, and nothing of the server's own."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_saturn_deploy.backends.local.environment import run_environment
from jupyter_saturn_deploy.models.runs import Reason, RunState
from tests.backends.contract import opened, text
from tests.backends.local.conftest import TOKEN, ThisMachine

SERVERS = {
    "JUPYTERHUB_API_TOKEN": "hub",
    "JPY_API_TOKEN": "hub",
    "JPY_PARENT_PID": "4711",
    "JPY_SESSION_NAME": "x.ipynb",
    "JUPYTER_TOKEN": "server",
    "JUPYTERHUB_COOKIE_SECRET": "cookie",
    "JUPYTERHUB_CRYPT_KEY": "crypt",
    "CONFIGPROXY_AUTH_TOKEN": "proxy",
    "SATURN_TOKEN": "of another run",
    "SATURN_RUN_ID": "of another run",
    "SATURN_BASE_URL": "http://elsewhere/",
}
HARMLESS = {
    "JUPYTERHUB_USER": "me",
    "JUPYTERHUB_SERVICE_PREFIX": "/user/me/",
    "AWS_SECRET_ACCESS_KEY": "the user's own",
    "JUPYTER_IMAGE": "image:1",
}


def made(place: ThisMachine, base: dict[str, str], **spec: object) -> dict[str, str]:
    return run_environment(place.run("true", **spec), TOKEN, Path("/output"), base)


def test_the_servers_secrets_are_not_handed_on(place: ThisMachine) -> None:
    environment = made(place, SERVERS | HARMLESS)
    assert SERVERS.keys() & environment.keys() == {
        "SATURN_TOKEN",
        "SATURN_RUN_ID",
        "SATURN_BASE_URL",
    }
    assert not set(SERVERS.values()) & set(environment.values())
    assert environment.items() >= HARMLESS.items()
    assert environment["SATURN_TOKEN"] == TOKEN


def test_no_process_of_a_run_sees_the_servers_secrets(
    place: ThisMachine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in SERVERS.items():
        monkeypatch.setenv(name, f"secret-{value}")

    async def scene() -> None:
        run = place.run("cat /proc/$$/environ /proc/$PPID/environ; env")
        async with opened(place) as (backend, journal):
            await backend.start(run)
            await journal.end(run)
            assert "PATH=" in text(backend, run)
            assert "secret-" not in text(backend, run)

    asyncio.run(scene())


def test_a_name_that_is_no_utf_8_arrives_too(place: ThisMachine) -> None:
    async def scene() -> None:
        run = place.run("printf '%s' \"$ODD\"")
        async with opened(place) as (backend, journal):
            await backend.start(run)
            await journal.end(run)
            assert backend.log(run.id, 1).read_bytes() == b"caf\xe9"

    os.environb[b"ODD"] = b"caf\xe9"
    try:
        asyncio.run(scene())
    finally:
        del os.environb[b"ODD"]


def test_lines_are_unbuffered_unless_the_user_says_otherwise(place: ThisMachine) -> None:
    assert made(place, {})["PYTHONUNBUFFERED"] == "1"
    assert made(place, {"PYTHONUNBUFFERED": "0"})["PYTHONUNBUFFERED"] == "0"
    own = {"PYTHONUNBUFFERED": ""}
    assert made(place, {}, environment_variables=own)["PYTHONUNBUFFERED"] == ""


def test_a_venv_is_activated_and_another_one_is_left(place: ThisMachine, tmp_path: Path) -> None:
    prefix = tmp_path / "venv"
    prefix.mkdir()
    (prefix / "pyvenv.cfg").touch()
    place.prefix = str(prefix)
    environment = made(
        place,
        {
            "PATH": f"/old/bin:/opt/conda/envs/o/bin:/opt/conda/bin:{prefix}/bin:/usr/bin:/bin",
            "VIRTUAL_ENV": "/old",
            "VIRTUAL_ENV_PROMPT": "(old)",
            "CONDA_PREFIX": "/opt/conda/envs/o",
            "CONDA_PREFIX_1": "/opt/conda",
            "CONDA_DEFAULT_ENV": "o",
            "CONDA_SHLVL": "2",
            "CONDA_EXE": "/opt/conda/bin/conda",
            "PYTHONHOME": "/old",
        },
    )
    # The server's own comes last: its `jupyter-saturn-deploy` is found from everywhere.
    assert environment["PATH"] == f"{prefix}/bin:/usr/bin:/bin:{Path(sys.executable).parent}"
    assert environment["VIRTUAL_ENV"] == str(prefix)
    assert environment["CONDA_EXE"] == "/opt/conda/bin/conda"
    stale = ("CONDA_PREFIX", "CONDA_PREFIX_1", "CONDA_DEFAULT_ENV", "CONDA_SHLVL", "PYTHONHOME")
    assert not set(stale) & environment.keys()


@pytest.mark.parametrize(
    ("where", "root", "name"),
    [("conda", True, "base"), ("conda/envs/sci", False, "sci"), ("project/env", False, None)],
)
def test_a_conda_environment_is_activated_with_its_scripts(
    place: ThisMachine, tmp_path: Path, where: str, root: bool, name: str | None
) -> None:
    prefix = tmp_path / where
    scripts = prefix / "etc" / "conda" / "activate.d"
    scripts.mkdir(parents=True)
    (prefix / "conda-meta").mkdir()
    (prefix / "bin").mkdir()
    if root:
        (prefix / "condabin").mkdir()
    (scripts / "one.sh").write_text("export ONE=$CONDA_DEFAULT_ENV\n")
    (scripts / "two.sh").write_text('echo "$undefined"; false; export TWO=$ONE-two\n')
    (scripts / "three.fish").write_text("exit 1\n")
    tool = prefix / "bin" / "tool"
    tool.write_text("#!/bin/sh\necho the tool of $CONDA_PREFIX $ONE $TWO $SATURN_ACTIVATE.\n")
    tool.chmod(0o755)
    place.prefix = str(prefix)

    async def scene() -> None:
        run = place.run("tool", start_script="tool")
        async with opened(place) as (backend, journal):
            await backend.start(run)
            assert (await journal.end(run)).exit_code == 0
            said = f"the tool of {prefix} {name or prefix} {name or prefix}-two .\n"
            assert text(backend, run) == f"\n{said}{said}"

    asyncio.run(scene())


def test_the_run_works_in_the_project_even_through_a_link(
    place: ThisMachine, tmp_path: Path
) -> None:
    (place.project / "sub dir").mkdir()
    link = tmp_path / "link"
    link.symlink_to(place.project)

    async def scene() -> None:
        run = place.run('echo "$PWD"; [ -z "${OLDPWD+x}" ]', working_directory="sub dir")
        run = replace(run, execution=replace(run.execution, project=str(link)))
        async with opened(place) as (backend, journal):
            await backend.start(run)
            assert (await journal.end(run)).exit_code == 0
            assert text(backend, run) == f"{link}/sub dir\n"

    asyncio.run(scene())


def test_a_run_whose_environment_is_gone_runs_in_no_other(
    place: ThisMachine, tmp_path: Path
) -> None:
    place.prefix = str(tmp_path / "gone")

    async def scene() -> None:
        run = place.run("echo ran")
        async with opened(place) as (backend, journal):
            await backend.start(run)
            seen = await journal.end(run)
            assert (seen.state, seen.reason) == (RunState.ERROR, Reason.NOT_STARTED)
            assert seen.detail == f"its environment is not there any more: {place.prefix}"

    asyncio.run(scene())
