"""Causes that only an instance has: a program that ends, a port that is taken or not the given one,
an address that too many or too few reach."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

from ..backends.local.ports import holders
from ..frameworks import FRAMEWORKS, command, recognise
from ..models.advice import Advice, Change, Fix
from ..models.code import LIVE
from ..models.runs import SLOW_START, Reason, Run, RunState
from ..models.words import duration
from ..workspace.files import read
from .addresses import leaves_host, names_host, with_host, with_port
from .case import Case, advise, edit
from .commands import started
from .shell import missing

_SOURCE = 1024 * 1024
"""Bytes of a program that is read for the port it names."""
_TAKEN = re.compile(
    r".*(?:[Aa]ddress (?:is )?already in use|\bEADDRINUSE\b|[Cc]onnection in use"
    r"|[Pp]ort \d+ is (?:already )?(?:in use|not available|taken)|Cannot find empty port).*"
)
_PORT = re.compile(r"(?:[Pp]ort:? |:|', |\", |range: )(\d{2,5})\b")
_NO_APP = re.compile(
    r".*(?:File does not exist|application does not exist|Error: File not found): (\S+\.\w+)\b.*"
)
_LOOPBACK = ("127.0.0.1", "localhost")
_LOCAL = re.compile(r"[\"'](?:127\.0\.0\.1|localhost)[\"']")
_GIVEN = r"\((?P<given>(?:[^()]|\([^()]*\)){0,400})\)"
_BEGINS = (
    (
        r"(?m)^\s*(?:import|from) (?:flask|dash|uvicorn)\b",
        rf"\b(?:app|server|application|uvicorn)\.run(?:_server)?{_GIVEN}",
        "host",
    ),
    (r"(?m)^\s*(?:import|from) gradio\b", rf"\w\.launch{_GIVEN}", "server_name"),
)
"""Libraries that serve on loopback unless told otherwise: how they are imported, how they begin,
and what tells them."""


def port_taken(case: Case) -> Advice | None:
    """Somebody else listens where it wants to."""
    found = case.words.find(_TAKEN)
    if found is None or not case.run.is_instance:
        return None
    told = case.spec.command
    port = _port_of(found[0], told)
    which = f"port {port}" if port else "the port that it wants"
    sentence = f"{which} is taken{_by_whom(case.run, port)}"
    value = with_port(told, port) if port else None
    if value:
        return advise(sentence, "use the port that it is given as PORT", _command(value, "PORT"))
    if "$PORT" in told or "${PORT" in told:
        return advise(sentence, "wait: it is started again, and given another port")
    at = _in_code(case.run, port) if port else ""
    return advise(sentence, f"let it listen on the port that PORT names{at}")


def _port_of(line: str, told: str) -> int | None:
    """That the line is about, or else the only one that the command names."""
    numbers = _PORT.findall(re.sub(r"\[Errno \d+\]|\d+-\d+-\d+|\d+:\d+:\d+", "", line))
    numbers = numbers or re.findall(r"(?:port[= ]|-p[= ]?|:)(\d{4,5})\b", told)
    ports = {int(number) for number in numbers if 0 < int(number) < 65536}
    return ports.pop() if len(ports) == 1 else None


def _by_whom(run: Run, port: int | None) -> str:
    import psutil

    for pid in sorted(holders(port)) if port else ():
        try:
            process = psutil.Process(pid)
            variables = process.environ()
            name = process.name()
        except (psutil.Error, OSError):
            continue
        app = variables.get("SATURN_BASE_PATH", "").rpartition("/")[2]
        if app and app == run.execution.spec.name:
            return " by another instance of this deployment"
        return f" by the deployment {app}" if app else f" by {name} (process {pid})"
    return ""


def no_app(case: Case) -> Advice | None:
    """The file that a server is to serve is not there."""
    found = case.words.find(_NO_APP)
    return missing(case, found[1]) if found and case.run.is_instance else None


def ended_well(case: Case) -> Advice | None:
    """What runs on for good has come to its end, and was content."""
    seen, run = case.seen, case.run
    if not run.is_instance or seen.exit_code != 0 or seen.reason != Reason.EXIT:
        return None
    background = re.fullmatch(r"([^\n]*[^&\s])\s*&\s*", case.spec.command)
    if background:
        return advise(
            "the command puts the app into the background, so it ends at once and the app with it",
            "take away the & at its end",
            edit("Take away the &", Change.COMMAND, background[1]),
        )
    if run.serving is not None:
        return advise(
            f"it served, and ended by itself{case.after} with exit code 0",
            "see the log for what made it end; it is started again",
        )
    return _unserved(case) or advise(
        f"it ended by itself{case.after} with exit code 0: this looks like a task that ends",
        "make it a job; an app has to run on and to listen on the port that PORT names",
        Fix("Make it a job", Change.MAKE_JOB, ""),
    )


def _unserved(case: Case) -> Advice | None:
    """The file makes an app, and the command only runs the file."""
    main, execution = case.started, case.run.execution
    if main is None or main.kind != "python" or execution.code.source != LIVE:
        return None
    found = None
    with suppress(OSError):
        found = recognise(Path(case.files.directory, main.directory, main.path))
    if found is None or (found.framework == "gradio" and found.object is None):
        return None  # that one begins to serve when it is run
    label = next(each.label for each in FRAMEWORKS if each.id == found.framework)
    fix = None
    if case.spec.command.split() == [main.interpreter, main.path]:
        value = command(found.framework, main.path, found)
        fix = edit(f"Serve it as {label}", Change.COMMAND, value)
    return advise(
        f"{main.path} makes an app ({label}) that nothing serves: it ended by itself{case.after}"
        " with exit code 0",
        "start it with the command that serves such an app",
        fix,
    )


def standing(run: Run, now: float) -> Advice | None:
    """On an instance that lives: what is wrong with it, or would be elsewhere.

    `now` in seconds since the epoch. May read the file that the command starts: blocks.
    """
    if run.state is not RunState.RUNNING or run.started_at is None:
        return None
    if run.serving is None:
        return _slow(now - run.started_at)
    return _open_to_all(run) or _another_port(run) or _fixed_to_loopback(run)


def _slow(seconds: float) -> Advice | None:
    if seconds < SLOW_START:
        return None
    return advise(
        f"running for {duration(seconds)}, and listens on nothing yet",
        "see the log for what it waits for; if it serves nothing, make it a job",
    )


def _open_to_all(run: Run) -> Advice | None:
    serving, spec = run.serving, run.execution.spec
    if serving is None or not serving.beyond:
        return None
    value = with_host(spec.command, "0.0.0.0")
    do = "let it listen on the address that HOST names"
    if "HOST" in spec.environment_variables:
        value, do = None, "remove the environment variable HOST, which hides the one it is given"
    at = "" if value else _in_code(run, "0.0.0.0")
    where = "0.0.0.0" if serving.host in ("127.0.0.1", "::1") else serving.host
    return advise(
        f"listens on {where}: everybody who reaches this machine can open it without signing in",
        do + at,
        _command(_with_port_too(run, value), "HOST") if value else None,
    )


def _with_port_too(run: Run, command: str) -> str:
    serving = run.serving
    other = serving is not None and serving.port != serving.given
    return (with_port(command, serving.port) if serving and other else None) or command


def _another_port(run: Run) -> Advice | None:
    serving, spec = run.serving, run.execution.spec
    if serving is None or serving.port == serving.given:
        return None
    value = with_port(spec.command, serving.port)
    do = "let it listen on the port that PORT names"
    if "PORT" in spec.environment_variables:
        value, do = None, "remove the environment variable PORT, which hides the one it is given"
    at = "" if value else _in_code(run, serving.port)
    return advise(
        f"listens on {serving.port}, not on the {serving.given} it was given as PORT: served here"
        " all the same, but it would fail on Kubernetes, where only port 8000 is forwarded",
        do + at,
        _command(value, "PORT") if value else None,
    )


def _fixed_to_loopback(run: Run) -> Advice | None:
    spec = run.execution.spec
    told = [*spec.environment_variables, *re.findall(r"\w+", spec.start_script)]
    if any(name.endswith(("HOST", "ADDRESS")) for name in told):
        return None  # it may well be the right one
    value, at = None, ""
    if names_host(spec.command, *_LOOPBACK) or leaves_host(spec.command):
        value = with_host(spec.command, *_LOOPBACK)
    elif not (at := _without_host(run)):
        return None
    return advise(
        "listens on this machine's own address whatever HOST says: right here, but it would fail"
        " on Kubernetes, where it has to listen on all addresses",
        "let it listen on the address that HOST names" + at,
        _command(value, "HOST") if value else None,
    )


def _command(value: str, name: str) -> Fix | None:
    return edit(f"Use {name} in the command", Change.COMMAND, value)


def _in_code(run: Run, literal: str | int) -> str:
    """` (app.py, line 12)`: the only line of the started file that names it; `""` if there is none
    such, or if the file may be another by now."""
    path, lines = _code(run)
    pattern = re.compile(rf"(?<![\w.]){re.escape(str(literal))}(?![\w.])")
    found = [
        number
        for number, line in enumerate(lines, 1)
        if pattern.search(line) and not line.lstrip().startswith("#")
    ]
    return f" ({path}, line {found[0]})" if len(found) == 1 else ""


def _without_host(run: Run) -> str:
    """Where the started file begins to serve on an address of its own, as `_in_code`."""
    path, lines = _code(run)
    source = "\n".join(lines)
    if "HOST" in source:
        return ""
    for library, begin, host in _BEGINS:
        found = re.search(begin, source) if re.search(library, source) else None
        if found and (host not in found["given"] or _LOCAL.search(found["given"])):
            line = source.count("\n", 0, found.start()) + 1
            return f" ({path}, line {line})"
    return ""


def _code(run: Run) -> tuple[str, list[str]]:
    execution = run.execution
    main = started(execution.spec.command)
    if main is None or execution.code.source != LIVE:
        return "", []
    directory = Path(execution.project, execution.spec.working_directory, main.directory)
    return main.path, (read(directory / main.path, _SOURCE) or "").split("\n")
