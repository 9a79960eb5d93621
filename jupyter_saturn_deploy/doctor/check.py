"""Looks at a job before it is made: what would certainly or probably fail. Runs nothing of it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from ..models.advice import Change, Fix
from ..models.resources import TEXT_LIMIT
from ..workspace.files import names, read
from .case import clipped, edit, kernel_of
from .commands import Started, started
from .files import Files
from .modules import Environment, is_module, package_of
from .python import install, own_module
from .shell import by_interpreter

_SECONDS = 0.8
"""For one look by another process."""
_SCRIPT = 256 * 1024
"""Bytes of a shell script that is looked at."""
_NAMED = 3
_LOOK = Path(__file__).with_name("look.py")
_HARMLESS = re.compile(
    r"\s*(#.*|((export|set|(\S*python\S*\s+-m\s+)?(uv\s+)?pip3?\s+install|(conda|mamba)\s+install)"
    r"\s[^;&|]*)?)"
)
"""Lines of a start script that make no files of the project and change no directory."""
_INSTALLS_MORE = re.compile(
    r"\binstall\b.*(\s-r|\s-e|\s--requirement|\s--editable|\s\.|\.\[|\.txt)"
)
_BASH = re.compile(r".*?line (\d+): (.*)")


@dataclass(frozen=True)
class Doubt:
    """Something about one field of a recipe."""

    field: str
    """Dotted path, e.g. `spec.command`."""
    sentence: str
    fix: Fix | None = None


@dataclass(frozen=True)
class Draft:
    """What of a recipe is looked at; `live`: it runs in the project itself."""

    command: str
    start_script: str
    directory: str
    live: bool
    python_path: bool
    """Whether it says itself where modules are looked for."""


def draft_of(spec: Mapping[str, Any]) -> Draft:
    """Of a recipe's spec, valid or not: what is no text that it could be, is none."""

    def text(name: str) -> str:
        value = spec.get(name)
        return value if isinstance(value, str) and len(value) <= TEXT_LIMIT else ""

    extension, variables = spec.get("x-jupyter"), spec.get("environment_variables")
    source = extension.get("source") if isinstance(extension, Mapping) else None
    return Draft(
        command=text("command"),
        start_script=text("start_script"),
        directory=text("working_directory"),
        live=source in (None, "live"),
        python_path=isinstance(variables, Mapping) and "PYTHONPATH" in variables,
    )


def check(draft: Draft, project: Path, prefix: str) -> Iterator[Doubt]:
    """What there is to say, as it is found. Blocks, for about a second at most."""
    commands = (("command", draft.command), ("start_script", draft.start_script))
    for name, text in commands:
        if wrong := _shell(text.encode("utf-8", "replace")):
            words = f"the {name.replace('_', ' ')} is no valid shell, {wrong}"
            yield _about(words, field=f"spec.{name}")
    found = started(draft.command)
    harmless = all(map(_HARMLESS.fullmatch, draft.start_script.splitlines()))
    if found is None or not draft.live or not harmless:
        return
    files = Files(project, os.path.join(draft.directory, found.directory))
    if files.relative(".") is None:
        return
    mode = files.mode(found.path)
    if mode is None:
        yield _missing(files, draft, found)
    elif found.kind == "file" and not mode & 0o111:
        fix = by_interpreter(files, draft.command, found.path)
        yield _about(f"{found.path} is not executable", fix)
    else:
        yield from _inside(files, draft, found, prefix)


def _missing(files: Files, draft: Draft, found: Started) -> Doubt:
    known, fix = files.elsewhere(found.path), None
    if len(known) == 1 and not found.directory:
        place = known[0][: -len(os.path.normpath(found.path))].rstrip("/")
        fix = edit(f"Work in {place}", Change.WORKING_DIRECTORY, place) if place else None
    others = f"; the project has {', '.join(known)}" if known else ""
    where = os.path.join(draft.directory, found.directory).rstrip("/") or "the project"
    return _about(f"there is no file {found.path} in {where}{others}", fix)


def _inside(files: Files, draft: Draft, found: Started, prefix: str) -> Iterator[Doubt]:
    """What the file that is started holds."""
    if found.kind in ("shell", "file") and files.first_line(found.path).endswith("\r"):
        yield _about(f"{found.path} has Windows line endings: save it with LF")
    elif found.kind == "shell":
        script = read(Path(files.directory, found.path), _SCRIPT + 1) or ""
        wrong = _shell(script.encode("utf-8", "replace")) if len(script) <= _SCRIPT else None
        if wrong:
            yield _about(f"{found.path} is no valid shell, {wrong}")
    elif found.kind in ("python", "notebook"):
        yield from _python(files, draft, found, prefix)


def _python(files: Files, draft: Draft, found: Started, prefix: str) -> Iterator[Doubt]:
    own = prefix
    if found.kind == "notebook":
        prefix = kernel_of(files, found.path) or prefix
    elif found.interpreter.startswith("/"):
        prefix = os.path.dirname(os.path.dirname(found.interpreter))
    path = os.path.join(files.directory, found.path)
    looked = _asked([sys.executable, "-I", "-S", str(_LOOK), path])
    if looked is None or looked.returncode:
        return
    seen = json.loads(looked.stdout)
    environment = Environment(prefix)
    if seen["error"] is not None:
        # A newer Python may take what this one does not.
        if environment.minor is None or environment.minor <= sys.version_info.minor:
            line, words = seen["error"]
            yield _about(f"{found.path} is no valid Python, line {line}: {words}")
    elif environment.minor is not None and not draft.python_path:
        beside = {name.partition(".")[0] for name in names(Path(path).parent)}
        missing = [
            module
            for module in filter(is_module, seen["imports"])
            if not environment.has(module) and module.partition(".")[0] not in beside
        ]
        yield from _modules(files, draft, missing, environment, own)


def _modules(
    files: Files, draft: Draft, missing: Iterable[str], environment: Environment, own: str
) -> Iterator[Doubt]:
    """Those that are neither in the environment nor beside the program."""
    said = f"{draft.start_script}\n{draft.command}"
    if _INSTALLS_MORE.search(said) or "PYTHONPATH" in said:
        return  # nobody knows what there will be
    for module in islice(missing, _NAMED):
        top = module.partition(".")[0]
        if re.search(rf"\binstall\b.*\b({re.escape(package_of(module))}|{top})\b", said, re.I):
            continue
        if places := files.of_module(top):
            advice = own_module(str(files.project), top, places)
            yield _about(advice.sentence, advice.fix)
        else:
            words = f"the module {module} is probably missing from {environment.prefix}"
            yield _about(words, install(environment, own, module))


def _shell(script: bytes) -> str | None:
    """What is wrong with it for a shell, which only reads it; None: nothing that is known."""
    bash = shutil.which("bash")
    if bash is None or not script.strip():
        return None
    read = _asked([bash, "--norc", "-n"], script)
    if read is None or read.returncode == 0:
        return None
    found = _BASH.match(read.stderr.decode("utf-8", "replace"))
    return f"line {found[1]}: {found[2]}" if found else None


def _asked(command: list[str], given: bytes = b"") -> subprocess.CompletedProcess[bytes] | None:
    """A process that reads what it is given, without this one's environment; None: it took too
    long."""
    try:
        return subprocess.run(
            command,
            input=given,
            capture_output=True,
            timeout=_SECONDS,
            cwd="/",
            env={"LC_ALL": "C", "PATH": os.defpath},
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None


def _about(words: str, fix: Fix | None = None, field: str = "spec.command") -> Doubt:
    return Doubt(field, clipped(words), fix)
