"""Jobs and deployments from a notebook: `%load_ext jupyter_saturn_deploy`, then `%saturn?`."""

from __future__ import annotations

import ast
import codecs
import shlex
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics, cell_magic, line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments

from ..client import Client, NoServer, Problem
from .shown import Listing, Resource, Run

_HEADER = "# Written by %%saturn_job; it is written again when that cell is run again.\n"
_SCRIPTS = "saturn_jobs"
_BESIDE = 'export PYTHONPATH="$PWD${PYTHONPATH:+:$PYTHONPATH}"\n'
"""A script finds modules beside itself; a cell finds those beside the notebook."""
_READY_SECONDS = 120.0


class RunFailed(RuntimeError):
    """A run that was waited for has failed: why, and what to do."""

    def __init__(self, run: dict[str, Any]) -> None:
        advice = run["advice"] or {}
        words = advice.get("sentence") or run["sentence"]
        more = f"\n→ {advice['do']}" if advice.get("do") else ""
        super().__init__(f"run {run['number']} of {run['job_name']}: {words}{more}")
        self.run = run

    def _render_traceback_(self) -> list[str]:
        """Where it happened here is of no interest to anybody."""
        return [f"RunFailed: {self}"]


@magics_class
class SaturnMagics(Magics):
    """See `%saturn?` and `%%saturn_job?`."""

    @magic_arguments()
    @argument("name", help="the job's name; it is made, or made to be this")
    @argument("--schedule", help='a cron expression, e.g. "0 6 * * *"')
    @argument("--tz", help="the schedule's time zone, e.g. Europe/Berlin")
    @argument("--size", help="the size of the machine")
    @argument("--retries", type=int, help="attempts after the first one")
    @argument("--env", action="append", default=[], metavar="K=V", help="an environment variable")
    @argument("--watch", action="store_true", help="run it now, and show what it writes")
    @cell_magic
    def saturn_job(self, line: str, cell: str) -> Resource:
        """Make the cell a script of the project, and a job of it that runs with this kernel's
        environment, in its directory.

        The script is `saturn_jobs/NAME.py` beside the notebook. A failure raises `RunFailed`.
        """
        chosen = _arguments(self.saturn_job, line)
        with _in_words():
            client = Client.find()
            spec = _spec(client, chosen, cell)
            made = _put(client, "job", spec)
            if chosen.watch:
                _watched(client, client.start(made))
                made = client.recipe("job", made["spec"]["name"], values=False)
        return Resource(client, made)

    @magic_arguments()
    @argument(
        "action",
        nargs="?",
        default="list",
        choices=["list", "run", "start", "stop", "restart", "logs", "open", "deploy"],
        help="what to do; nothing lists all jobs and deployments of the project",
    )
    @argument("what", nargs="?", help="a name; with `deploy`, an app's file")
    @argument("--wait", action="store_true", help="run: until it has ended, with its output")
    @argument("-f", "--follow", action="store_true", help="logs: as they come")
    @argument("--name", help="deploy: of the deployment")
    @argument("--command", help="deploy: that serves it")
    @argument("--scale", type=int, help="deploy: instances")
    @line_magic
    def saturn(self, line: str) -> Listing | Resource | Run | None:
        """Jobs and deployments: `%saturn`, `%saturn run NAME --wait`, `%saturn logs NAME -f`,
        `%saturn stop NAME`, `%saturn open NAME`, `%saturn deploy app.py`."""
        chosen = _arguments(self.saturn, line)
        if chosen.action != "list" and not chosen.what:
            raise UsageError(f"%saturn {chosen.action} what? Give a name")
        with _in_words():
            client = Client.find()
            act: Callable[[Client, Any], Any] = getattr(self, f"_{chosen.action}")
            result: Listing | Resource | Run | None = act(client, chosen)
            return result

    def _list(self, client: Client, _: Any) -> Listing:
        return Listing(client)

    def _run(self, client: Client, chosen: Any) -> Run:
        job = client.named(chosen.what)
        if job["type"] != "job":
            raise UsageError(f"{chosen.what} is a deployment: %saturn start {chosen.what}")
        run = client.start(job)
        return Run(client, _watched(client, run) if chosen.wait else run)

    def _start(self, client: Client, chosen: Any) -> Resource | Run:
        made = client.named(chosen.what)
        answer = client.start(made)
        return Run(client, answer) if made["type"] == "job" else Resource(client, answer)

    def _stop(self, client: Client, chosen: Any) -> Resource:
        made = client.named(chosen.what)
        client.stop(made)
        return _again(client, made)

    def _restart(self, client: Client, chosen: Any) -> Resource:
        made = client.named(chosen.what)
        client.restart(made)
        return _again(client, made)

    def _open(self, client: Client, chosen: Any) -> Resource:
        return Resource(client, client.named(chosen.what))

    def _logs(self, client: Client, chosen: Any) -> None:
        run = _latest(client, client.named(chosen.what))
        if run is None:
            print(f"{chosen.what} never ran")
        elif chosen.follow:
            _show(client.follow(run["id"], max(run["attempts"][-1]["number"], 1)), run)
        else:
            _show(client.written(run["id"]), run)

    def _deploy(self, client: Client, chosen: Any) -> Resource:
        project = Path(client.workspace()["project"]["value"]).resolve()
        path = Path(chosen.what).resolve()
        if not path.is_relative_to(project):
            raise UsageError(f"{path} is not in the project {project}: deployments serve its files")
        found = client.frameworks(path.relative_to(project).as_posix())
        commands = {each["id"]: each["command"] for each in found["frameworks"]}
        command = chosen.command or commands.get(found["recognised"])
        if command is None:
            raise UsageError(f"what serves {chosen.what} is not known: give it with --command")
        spec = {"name": chosen.name or found["name"], "command": command}
        if not chosen.command:
            spec["working_directory"] = found["working_directory"]
        if chosen.scale is not None:
            spec["scale"] = chosen.scale
        made = _put(client, "deployment", spec)
        act = client.restart if made["state"]["x-jupyter"]["wanted"] else client.start
        return Resource(client, _ready(client, act(made)))


def _arguments(magic: Any, line: str) -> Any:
    """As a shell would split them: IPython itself keeps the quotes."""
    try:
        return magic.parser.parse_args(shlex.split(line))
    except ValueError as error:
        raise UsageError(f"{error}: {line}") from None


def _spec(client: Client, chosen: Any, cell: str) -> dict[str, Any]:
    """The recipe's spec; the script is written."""
    _examined(cell, chosen.name)
    workspace = client.workspace()
    project, here = Path(workspace["project"]["value"]).resolve(), Path.cwd().resolve()
    if not here.is_relative_to(project):
        raise UsageError(f"{here} is not in the project {project}: jobs run its files")
    python = "python" if sys.prefix == workspace["environment"]["value"] else sys.executable
    script = f"{_SCRIPTS}/{chosen.name}.py"
    spec: dict[str, Any] = {
        "name": chosen.name,
        "command": f"{shlex.quote(python)} {shlex.quote(script)}",
        "working_directory": here.relative_to(project).as_posix().removeprefix("."),
        "environment_variables": dict(_variable(text) for text in chosen.env),
        "schedule": chosen.schedule,
        "start_script": _BESIDE,
    }
    if chosen.tz is not None:
        spec["x-jupyter"] = {"time_zone": chosen.tz}
    if chosen.size is not None:
        spec["instance_type"] = chosen.size
    if chosen.retries is not None:
        spec["retries"] = chosen.retries
    _refused(client, spec)
    _write(here / script, cell)
    return spec


def _examined(cell: str, name: str) -> None:
    """A script is plain Python. Raises `UsageError`."""
    try:
        ast.parse(cell, f"{name}.py")
    except SyntaxError as error:
        text = (error.text or "").strip()
        own = text.startswith(("%", "!", "?")) or text.endswith("?")
        why = "is IPython's own and no Python" if own else f"is no Python: {error.msg}"
        raise UsageError(f"line {error.lineno} of the cell {why}: {text}") from None


def _variable(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f"--env takes NAME=VALUE, not {name}")
    return name, value


def _refused(client: Client, spec: dict[str, Any]) -> None:
    """Raises `Problem` for what the server would not take, before anything is written."""
    import json

    [result] = client.apply(json.dumps({"type": "job", "spec": spec}), dry_run=True)
    if result["outcome"] == "failed":
        raise Problem(422, "the job can't be made", result["errors"])


def _write(path: Path, cell: str) -> None:
    """Over what a cell wrote before, never over anything else."""
    if path.is_symlink() or (path.exists() and not path.read_text().startswith(_HEADER)):
        raise UsageError(f"{path} is there already, and not from a cell: choose another name")
    path.parent.mkdir(exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(_HEADER + cell, encoding="utf-8")
    part.replace(path)


def _put(client: Client, kind: str, spec: dict[str, Any]) -> dict[str, Any]:
    """The resource of that name, made or made so."""
    try:
        before = client.recipe(kind, spec["name"], values=False)
    except Problem as problem:
        if problem.status != 404:
            raise
        return client.create(kind, spec)
    return client.edit(before, spec)


def _again(client: Client, made: dict[str, Any]) -> Resource:
    return Resource(client, client.recipe(made["type"], made["spec"]["name"], values=False))


def _latest(client: Client, made: dict[str, Any]) -> dict[str, Any] | None:
    """The run whose log is meant: of a deployment, its newest instance."""
    if made["type"] == "deployment":
        instances = client.instances(made)
        return max(instances, key=lambda each: str(each["id"]), default=None)
    last: dict[str, Any] | None = made["state"]["x-jupyter"]["last_run"]
    return last


def _watched(client: Client, run: dict[str, Any]) -> dict[str, Any]:
    """The run, ended; what it writes is printed meanwhile. Raises `RunFailed`. Interrupted, it
    returns the run as it is then, which goes on."""
    _show(client.follow(run["id"]), run)
    run = client.run(run["id"])
    if run["state"] == "error":
        raise RunFailed(run)
    return run


def _show(pieces: Iterator[bytes], run: dict[str, Any]) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    try:
        for piece in pieces:
            print(decoder.decode(piece), end="", flush=True)
    except KeyboardInterrupt:
        name = run.get("job_name") or run["deployment_name"]
        print(f"\nNo longer watched: it goes on. %saturn stop {name} ends it.")


def _ready(client: Client, made: dict[str, Any]) -> dict[str, Any]:
    """The deployment, once the wished revision serves or is seen to fail."""
    name, sentence = made["spec"]["name"], ""
    deadline = time.monotonic() + _READY_SECONDS
    try:
        while time.monotonic() < deadline:
            made = client.recipe("deployment", name, values=False)
            state = made["state"]["x-jupyter"]
            if state["sentence"] != sentence:
                sentence = state["sentence"]
                print(f"{name}: {sentence}", flush=True)
            failing = state["advice"] and any(each["restarts"] for each in state["instances"])
            if not state["wanted"] or failing or (state["ready"] and not state["rolling"]):
                break
            time.sleep(0.25)
    except KeyboardInterrupt:
        print(f"No longer watched: it goes on. %saturn stop {name} ends it.")
    return made


@contextmanager
def _in_words() -> Iterator[None]:
    """What the user has to know, without where in this file it came up."""
    try:
        yield
    except (NoServer, Problem) as error:
        raise UsageError(str(error)) from None


def load(shell: InteractiveShell) -> None:
    """For `%load_ext`."""
    shell.register_magics(SaturnMagics)
