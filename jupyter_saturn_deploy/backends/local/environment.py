"""The environment of a run: the kernel's, not the server's, and without the server's secrets."""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from ...identity.scrub import scrubbed
from ...models.runs import Run

_OF_AN_ENVIRONMENT = re.compile(
    r"CONDA_(PREFIX|PREFIX_\d+|DEFAULT_ENV|PROMPT_MODIFIER|SHLVL|STACKED_\d+)"
    r"|VIRTUAL_ENV|VIRTUAL_ENV_PROMPT|PYTHONHOME"
)


LOOPBACK = "127.0.0.1"
"""Where an instance is to listen: elsewhere anybody could reach it without signing in."""


def inherited() -> dict[str, str]:
    """This process's environment; bytes that are no UTF-8 as surrogates, whatever the locale."""
    return {
        name.decode("utf-8", "surrogateescape"): value.decode("utf-8", "surrogateescape")
        for name, value in os.environb.items()
    }


def run_environment(
    run: Run, token: str, output: Path, base: Mapping[str, str], port: int | None = None
) -> dict[str, str]:
    """`base` without the server's secrets, the run's prefix activated, and the run's own; an
    instance's tells it to listen on `port`.

    The variables of its spec come exactly as they are; of the rest only the `SATURN_` ones,
    which a spec can't hold, come after them. Raises `FileNotFoundError` where the prefix is gone:
    the programs of another environment would run without a word.
    """
    prefix = Path(run.execution.prefix)
    if not prefix.is_dir():
        raise FileNotFoundError(errno.ENOENT, "its environment is not there any more", str(prefix))
    activated = _activated(scrubbed(base), prefix)
    # A loop with `print` shows its lines at once.
    activated.setdefault("PYTHONUNBUFFERED", "1")
    for_instance = {} if port is None else {"HOST": LOOPBACK, "PORT": str(port)}
    return {
        **activated,
        **for_instance,
        **run.execution.spec.environment_variables,
        "SATURN_TOKEN": token,
        "SATURN_BASE_URL": run.execution.base_url,
        "SATURN_RUN_ID": run.id,
        "SATURN_ATTEMPT": str(run.attempt),
        "SATURN_OUTPUT_DIR": str(output),
        **({} if port is None else {"SATURN_BASE_PATH": _base_path(run)}),
    }


def _base_path(run: Run) -> str:
    """Where a browser sees a deployment: below the API's URL."""
    path = urlsplit(run.execution.base_url).path.rstrip("/")
    return f"{path}/apps/{run.execution.spec.name}"


def is_conda(prefix: Path) -> bool:
    """Whether it is an environment of conda's."""
    return (prefix / "conda-meta").is_dir()


def _activated(environment: Mapping[str, str], prefix: Path) -> dict[str, str]:
    """As `activate` would, without conda's scripts; nothing stays of another environment."""
    stale = {
        str(Path(value, "bin"))
        for name, value in environment.items()
        if value and re.fullmatch(r"CONDA_PREFIX(_\d+)?|VIRTUAL_ENV", name)
    }
    own = str(prefix / "bin")
    path = environment.get("PATH", os.defpath).split(os.pathsep)
    kept = [entry for entry in path if entry not in stale and entry != own]
    # Behind everything else: `jupyter-saturn-deploy run-notebook` is found in any environment.
    kept.append(str(Path(sys.executable).parent))
    result = {k: v for k, v in environment.items() if not _OF_AN_ENVIRONMENT.fullmatch(k)}
    result["PATH"] = os.pathsep.join([own, *kept])
    if is_conda(prefix):
        result["CONDA_PREFIX"] = str(prefix)
        result["CONDA_DEFAULT_ENV"] = _conda_name(prefix)
        result["CONDA_SHLVL"] = "1"
    if (prefix / "pyvenv.cfg").is_file():
        result["VIRTUAL_ENV"] = str(prefix)
    return result


def _conda_name(prefix: Path) -> str:
    """As conda calls it: `base`, the name of one beside the others, else the whole path."""
    if (prefix / "condabin").is_dir():
        return "base"
    return prefix.name if prefix.parent.name == "envs" else str(prefix)
