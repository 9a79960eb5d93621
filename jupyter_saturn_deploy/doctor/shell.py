"""Causes that the shell names: what it could not find, could not run, or could not read."""

from __future__ import annotations

import difflib
import os
import re
import shlex
from pathlib import PurePosixPath

from ..models.advice import Advice, Change, Fix
from ..models.runs import Reason
from .case import Case, advise, edit
from .commands import replaced
from .files import Files
from .modules import environments

_SHELL = r"(?:.*?: (?:eval: )?line \d+: |\S*sh: (?:\d+: |\d+: eval: )?|.*?: (?:\d+: )?(?:eval: )?)"
_NOT_FOUND = re.compile(
    rf"{_SHELL}(?:exec: )?(?P<word>[^:]+): (?:command not found|not found)"
    r"|(?:\S*env): [‘'\"]?(?P<env>[^’'\":]+)[’'\"]?: No such file or directory"
)
_DENIED = re.compile(rf"{_SHELL}(?P<word>[^:]+): Permission denied")
_NOT_THERE = re.compile(rf"(?:{_SHELL})?(?P<word>[^:]+): No such file or directory")
_BAD_LINE = re.compile(
    rf"{_SHELL}(?P<word>[^:]+): (?:[^:]+: bad interpreter|cannot execute: required file not found"
    r"|(?P<other>cannot execute binary file|Is a directory)).*"
)
_CARRIAGE_RETURN = re.compile(
    r".*(\$'[^']*\\r'|\^M|\\r)['’]?: (command not found|bad interpreter|No such file).*"
)
_SYNTAX = re.compile(
    r"(?:.*?: )?(?P<where>.*?line \d+|\S*sh: \d+): (?P<what>[Ss]yntax error.*"
    r"|unexpected EOF while .*)"
)
_OPTION = re.compile(
    r".*?(?:No such option:?|unrecognized arguments:|unrecognized option|unknown option|"
    r"invalid option:?) [‘'\"]?(?P<word>--?\w[\w.-]*).*"
)
_PROGRAM = re.compile(r"[\w.+-]+")
_INTERPRETERS = {
    ".py": "python",
    ".sh": "bash",
    ".bash": "bash",
    ".R": "Rscript",
    ".r": "Rscript",
    ".js": "node",
    ".jl": "julia",
    ".pl": "perl",
    ".rb": "ruby",
}


def syntax(case: Case) -> Advice | None:
    """The shell can't read the command, the start script, or a script of the project."""
    found = case.words.find(_SYNTAX)
    if found is None or case.seen.exit_code not in (1, 2):
        return None
    where = "the start script" if case.seen.reason == Reason.START_SCRIPT else "the command"
    script = re.search(r"([^\s:]+\.(?:sh|bash)): line", found[0])
    if script and "start-script.sh" not in script[1]:
        where = script[1]
    line = re.search(r"\d+", found["where"][::-1])
    number = line[0][::-1] if line else "?"
    return advise(
        f"{where} is no valid shell, line {number}: {found['what']}",
        f"correct {where}: quotes and brackets have to be closed, `if` ends with `fi`,"
        " `do` with `done`",
    )


def not_executable(case: Case) -> Advice | None:
    """Found, and can't be run by its own name."""
    if case.seen.exit_code not in (126, 127):
        return None
    if case.words.find(_CARRIAGE_RETURN):
        return _carriage_returns(case, _script(case))
    found = case.words.find(_BAD_LINE)
    if found is not None:
        word = found["word"].strip()
        if found["other"] == "Is a directory":
            return advise(f"{word} is a directory, no program", "name a file in it", None)
        if case.files.first_line(word).endswith("\r"):
            return _carriage_returns(case, word)
        how = "is a program for another system" if found["other"] else "asks in its first line for"
        wanted = (
            ""
            if found["other"]
            else f" {case.files.first_line(word)[2:] or 'a program'}, which is not there"
        )
        return advise(
            f"{word} {how}{wanted}",
            "name the program that is to run it",
            by_interpreter(case.files, case.spec.command, word),
        )
    found = case.words.find(_DENIED)
    if found is None or case.files.mode(found["word"].strip()) is None:
        return None
    word = found["word"].strip()
    return advise(
        f"{word} is not executable",
        f"let its interpreter run it, or make it executable: chmod +x {shlex.quote(word)}",
        by_interpreter(case.files, case.spec.command, word),
    )


def _carriage_returns(case: Case, word: str) -> Advice:
    # Python doesn't mind them; a shell would stumble over the next line.
    fix = by_interpreter(case.files, case.spec.command, word) if word.endswith(".py") else None
    return advise(
        f"{word} has Windows line endings, which the shell takes for part of the words",
        f"save it with Unix line endings (LF), e.g. sed -i 's/\\r$//' {shlex.quote(word)}",
        fix,
    )


def _script(case: Case) -> str:
    if case.seen.reason == Reason.START_SCRIPT:
        return "the start script"
    return case.started.path if case.started else "a script"


def by_interpreter(files: Files, command: str, word: str) -> Fix | None:
    """The command with the interpreter of that file before it."""
    first = files.first_line(word).rstrip("\r").removeprefix("#!").split()
    named = ""
    if files.first_line(word).startswith("#!") and first:
        named = first[1] if len(first) > 1 and first[0].endswith("/env") else first[0]
        named = PurePosixPath(named).name
    named = named or _INTERPRETERS.get(os.path.splitext(word)[1], "")
    by = f"{named} {word.removeprefix('./')}"
    value = replaced(command, word, by) if _PROGRAM.fullmatch(named) else None
    return edit(f"Run it as: {by}", Change.COMMAND, value) if value else None


def not_found(case: Case) -> Advice | None:
    """There is no such command where commands are looked for."""
    if case.seen.exit_code != 127:
        return None
    found = case.words.find(_NOT_FOUND)
    if found is None:
        return None
    return no_command(case, (found["word"] or found["env"]).strip())


def no_command(case: Case, word: str) -> Advice:
    """A program that is not where programs are looked for, and where it is."""
    place = "the start script" if case.seen.reason == Reason.START_SCRIPT else "the command"
    if "/" not in word and case.files.mode(word) is not None:
        return advise(
            f"{word} is a file of the project, and the shell finds it only as ./{word}",
            f"write ./{word} in {place}, or name the program that runs it",
            _as_file(case, word),
        )
    own = case.run.execution.prefix
    for name, prefix in environments(own) if "/" not in word else ():
        path = os.path.join(prefix, "bin", word)
        if os.access(path, os.X_OK):
            value = replaced(case.spec.command, word, shlex.quote(path))
            return advise(
                f"the command {word} is not in {own}, but in {name}, {prefix}",
                f"give its whole path, or install it into {own}",
                edit(f"Use {path}", Change.COMMAND, value) if value else None,
            )
    return advise(
        f"the command {word} is not found",
        f"check its spelling in {place}, or install it in the start script",
    )


def _as_file(case: Case, word: str) -> Fix | None:
    if (case.files.mode(word) or 0) & 0o100:
        value = replaced(case.spec.command, word, f"./{word}")
        return edit(f"Run ./{word}", Change.COMMAND, value) if value else None
    return by_interpreter(case.files, case.spec.command, word)


def no_script(case: Case) -> Advice | None:
    """What the shell is to run is not there."""
    found = case.words.find(_NOT_THERE) if case.seen.exit_code == 127 else None
    return missing(case, found["word"].strip().strip("‘’'")) if found else None


def option(case: Case) -> Advice | None:
    """A program does not know an option that the command gives it."""
    found = case.words.find(_OPTION)
    if found is None:
        return None
    wrong = found["word"]
    known = set(re.findall(r"(?<![\w-])--[a-zA-Z][\w.-]*\w", case.evidence.tail)) - {wrong}
    right = next(iter(difflib.get_close_matches(wrong, sorted(known), 1, 0.75)), "")
    place = re.compile(rf"(?<!\S){re.escape(wrong)}(?=[\s=]|$)")
    fix = None
    if right and len(place.findall(case.spec.command)) == 1:
        value = place.sub(lambda _: right, case.spec.command)
        fix = edit(f"Write {right}", Change.COMMAND, value)
    return advise(
        f"there is no option {wrong}" + (f", but {right}" if right else ""),
        "correct it in the command" if place.search(case.spec.command) else "see the log",
        fix,
    )


def missing(case: Case, path: str) -> Advice:
    """A file that is not there, and where else one of that name is."""
    below = case.files.relative(path)
    known = case.files.elsewhere(path)
    if not known and below is not None:
        known = case.files.elsewhere(below)
    wanted = path if below is None else below
    if not known:
        name = PurePosixPath(path).name
        known = case.files.elsewhere(name) if name else []
        others = f"; the project has {', '.join(known)}" if known else ""
        return advise(
            f"there is no file {wanted}{others}",
            f"check its name in the {'command' if path in case.spec.command else 'code'};"
            f" relative paths begin in {case.spec.working_directory or 'the project'}",
        )
    directory = known[0][: -len(os.path.normpath(path if not os.path.isabs(path) else wanted))]
    directory = directory.rstrip("/")
    fix = None
    if len(known) == 1 and directory and not os.path.isabs(path):
        fix = edit(f"Work in {directory}", Change.WORKING_DIRECTORY, directory)
    return advise(
        f"there is no file {wanted} in {case.spec.working_directory or 'the project'};"
        f" the project has {', '.join(known)}",
        "set the working directory to where the paths begin, or give the path from there",
        fix,
    )
