"""Causes that Python names: by the exception that ended the program."""

from __future__ import annotations

import os
import re
import shlex

from ..models.advice import Advice, Change, Fix
from ..models.runs import Reason
from ..models.words import ending
from ..workspace.hardware import memory_text
from .case import Case, advise, edit
from .modules import Environment, environments, is_module, package_of
from .shell import missing, no_command

_NO_MODULE = re.compile(
    r"(?:ModuleNotFoundError|ImportError): No module named '?([\w.]+)'?"
    r"(?P<hidden>; '[\w.]+' is not a package)?"
)
_NO_MAIN = re.compile(
    r"(\S*python[\d.]*): (?:No module named |Error while finding module specification for )"
    r"'?([\w.]+)'?(?: \(ModuleNotFoundError: .*\))?"
)
_ERRNO = re.compile(
    r"(?:FileNotFoundError|PermissionError|NotADirectoryError|IsADirectoryError):"
    r" \[Errno \d+\] [^:]+: '([^']*)'.*"
)
_CANT_OPEN = re.compile(r"\S*python[\d.]*: can't open file '([^']*)': \[Errno 2\].*")
_NO_NOTEBOOK = re.compile(r"there is no notebook (.+)")
_SYNTAX = re.compile(r"(SyntaxError|IndentationError|TabError): (.*)")


def module(case: Case) -> Advice | None:
    """A module is missing from the environment, or Python doesn't look where it is."""
    main = case.words.find(_NO_MAIN) if not case.words.exception else None
    found = _NO_MODULE.fullmatch(case.words.exception)
    name = main[2] if main else found[1] if found else ""
    if not is_module(name):
        return None
    prefix = case.prefix
    if main and main[1].startswith("/"):
        prefix = os.path.dirname(os.path.dirname(main[1]))
    top = name.partition(".")[0]
    own = case.files.of_module(top)
    here = case.started.path.rpartition("/")[0] if case.started else ""
    if own and here in own:
        return _hidden(os.path.join(here, top), name) if found and found["hidden"] else None
    if own:
        return own_module(case.run.execution.project, top, own)
    environment = Environment(prefix)
    where = f" in {case.words.cell}" if case.words.cell else ""
    if "." in name and environment.has(top):
        return advise(
            f"the module {name} is not in the version of {top} that {prefix} has{where}",
            f"check its name, or install a version of {top} that has it",
        )
    others = [each for each in environments(prefix) if Environment(each[1]).has(name)]
    elsewhere = f"; {others[0][0]}, {others[0][1]}, has it" if others else ""
    fix = install(environment, case.run.execution.prefix, name)
    line = f", or let the start script do it: {fix.value}" if fix else ""
    return advise(
        f"the module {name} is missing from {prefix}{where}{elsewhere}",
        f"install {package_of(name)} in that environment{line}",
        fix,
    )


def _hidden(path: str, name: str) -> Advice:
    return advise(
        f"the project's own {path}.py hides the package that has the module {name}",
        f"rename {path}.py: Python looks beside the program first",
    )


def own_module(project: str, name: str, places: list[str]) -> Advice:
    """A module of the project, in a directory where Python does not look."""
    place = os.path.join(project, places[0])
    line = f'export PYTHONPATH={shlex.quote(place)}"${{PYTHONPATH:+:$PYTHONPATH}}"'
    shown = places[0] or "the project itself"
    return advise(
        f"the module {name} is in {shown}, where Python does not look for it",
        "add that directory to PYTHONPATH in the start script, or start the program from there",
        edit(f"Let Python look in {shown}", Change.START_SCRIPT, line),
    )


def install(environment: Environment, own: str, module: str) -> Fix | None:
    """A line of the start script that brings a module; None: there is no pip."""
    if not environment.can_install:
        return None
    package, prefix = package_of(module), str(environment.prefix)
    pip = "pip"
    if prefix != own or not os.access(os.path.join(prefix, "bin", "pip"), os.X_OK):
        # By its name alone it could be another's.
        pip = f"{shlex.quote(os.path.join(prefix, 'bin', 'python'))} -m pip"
    label = f"Add “pip install {package}” to the start script"
    return edit(label, Change.START_SCRIPT, f"{pip} install {package}")


def file(case: Case) -> Advice | None:
    """A file that is not there, or not for us."""
    cant = case.words.find(_CANT_OPEN) or case.words.find(_NO_NOTEBOOK)
    if cant:
        return missing(case, _as_given(case, cant[1]))
    found = _ERRNO.fullmatch(case.words.exception)
    if not found:
        return None
    path = found[1]
    if case.words.exception.startswith("FileNotFoundError"):
        program = any(frame.endswith("/subprocess.py") for frame, _ in case.words.frames)
        return no_command(case, path) if program and "/" not in path else missing(case, path)
    if not case.words.exception.startswith("PermissionError"):
        return None
    below = case.files.relative(path)
    mode = case.files.mode(path)
    rights = f" (its rights are {mode:o})" if mode is not None else ""
    whose = "of the project " if below is not None else ""
    return advise(
        f"no permission for the file {whose}{below or path}{rights}",
        f"give yourself the right, e.g. chmod u+rw {shlex.quote(below or path)},"
        " or write to $SATURN_OUTPUT_DIR",
    )


def _as_given(case: Case, path: str) -> str:
    """As the command has it: Python tells the whole path."""
    given = case.started.path if case.started else ""
    return given if given and path.endswith(f"/{given}") else path


def memory(case: Case) -> Advice | None:
    """Python asked for memory and got none. Not the kernel's doing."""
    said = case.words.exception
    if not re.match(r"(numpy\.\S*|\w+\.)*_?(Array)?MemoryError\b", said):
        return None
    peak = case.seen.usage.memory_peak if case.seen.usage else None
    held = f"; it held {memory_text(peak)} at its peak" if peak else ""
    where = f" in {case.words.cell}" if case.words.cell else _at(case)
    return advise(
        f"Python got no more memory{where}: {said}{held}",
        "let it hold less at once: parts of the data, smaller types",
    )


def syntax(case: Case) -> Advice | None:
    """Python can't read a file."""
    found = _SYNTAX.fullmatch(case.words.exception)
    if found is None:
        return None
    where = case.words.cell or _place(case) or "the code"
    return advise(
        f"{where} is no valid Python: {found[2]} ({found[1]})",
        f"correct {where}",
    )


def start_script(case: Case) -> Advice | None:
    """It failed, so the command was not run."""
    if case.seen.reason != Reason.START_SCRIPT:
        return None
    how = ending(case.seen.exit_code, case.seen.signal)
    said = f": {case.words.line}" if case.words.line else ", and it wrote nothing"
    return advise(
        f"the start script failed with {how}{said}",
        "correct the start script; the command was not run",
    )


def exception(case: Case) -> Advice | None:
    """Any other."""
    if not case.words.exception:
        return None
    if case.words.cell:
        return advise(case.words.line, f"open the executed notebook at {case.words.cell}")
    place = _place(case)
    return advise(
        case.words.exception + (f" ({place})" if place else ""),
        f"look at {place}; the log shows how it came there" if place else "see the log",
    )


def _place(case: Case) -> str:
    """The innermost line of the project's own code, else of any."""
    shown = [(case.files.relative(path), path, line) for path, line in case.words.frames]
    own = [(below, line) for below, _, line in shown if below and "site-packages" not in below]
    if own:
        return f"{own[-1][0]}, line {own[-1][1]}"
    return f"{shown[-1][1]}, line {shown[-1][2]}" if shown and shown[-1][1][0] != "<" else ""


def _at(case: Case) -> str:
    place = _place(case)
    return f" at {place}" if place else ""
