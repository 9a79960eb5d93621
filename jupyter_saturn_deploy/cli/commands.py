"""Every command and its options."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from typing import Any

from . import completion, here, inside, recipes, resources, runs

_FORMS = ("table", "json", "yaml")


def parser() -> ArgumentParser:
    """Reads a command line to `act`, what does it, and its arguments. A metavar says what an
    argument is: NAME of a job or deployment, JOB, FILE."""
    root = ArgumentParser(
        prog="jupyter saturn-deploy",
        description="Jobs and deployments inside JupyterLab, from the terminal.",
        epilog="Exit codes: 0 good, 1 refused or failed, 2 wrong usage, 3 no server, 130"
        " interrupted; run --wait: the run's own.",
    )
    commands = root.add_subparsers(dest="chosen", required=True, metavar="COMMAND")
    _of_resources(commands)
    _of_runs(commands)
    _of_recipes(commands)
    _of_server(commands)
    shell = _command(commands, "completion", completion.script, "a script that completes words")
    shell.add_argument("shell", choices=completion.SHELLS)
    shell.set_defaults(root=root)
    return root


def _of_resources(commands: Any) -> None:
    one = _command(commands, "list", resources.list_, "jobs and deployments")
    one.add_argument("--type", choices=("job", "deployment"), help="only these")
    one.add_argument("--all", action="store_true", help="those of other projects too")
    _output(one, *_FORMS, "name")
    one = _command(commands, "get", resources.get, "a job or deployment with its settings")
    _name(one)
    _output(one)
    one.add_argument(
        "--values",
        action="store_true",
        help="with the values of environment variables, which may be secret",
    )
    _name(_command(commands, "start", resources.start, "start a job, or a deployment"))
    _name(
        _command(
            commands, "restart", resources.restart, "restart a job, or a deployment as it is now"
        )
    )
    one = _command(commands, "delete", resources.delete, "delete with all its runs and logs")
    _name(one)
    one.add_argument("--yes", action="store_true", help="don't ask")
    one = _command(commands, "schedule", resources.schedule, "when a job is to run")
    _name(one, "JOB")
    one.add_argument("cron", nargs="?", metavar="CRON", help='e.g. "0 6 * * 1-5", or @daily')
    one.add_argument("--tz", metavar="ZONE", help="time zone of its clock, e.g. Europe/Berlin")
    one.add_argument(
        "--policy", choices=("Allow", "Forbid", "Replace"), help="when one is still running"
    )
    switch = one.add_mutually_exclusive_group()
    switch.add_argument("--on", action="store_true", default=None, help="switch it on")
    switch.add_argument("--off", action="store_false", dest="on", default=None, help="or off")


def _of_runs(commands: Any) -> None:
    one = _command(commands, "run", runs.run, "run a job")
    _name(one, "JOB")
    one.add_argument("--wait", action="store_true", help="print its log, exit with its code")
    one.add_argument("--timeout", type=_seconds, metavar="S", help="wait so many seconds at most")
    one = _command(commands, "stop", runs.stop, "stop a job's runs, or a deployment")
    _name(one)
    one.add_argument("--run", type=_count, metavar="N", help="only this run")
    one = _command(commands, "logs", runs.logs, "the log of the latest run, or of an instance")
    _name(one)
    one.add_argument("-f", "--follow", action="store_true", help="and what comes")
    one.add_argument("--attempt", type=_count, metavar="N", help="not the latest")
    one.add_argument("--run", type=_count, metavar="N", help="of a job: not the latest")
    one.add_argument("--instance", type=_count, metavar="N", help="of a deployment: this one")


def _of_recipes(commands: Any) -> None:
    one = _command(commands, "apply", recipes.apply, "create or update what recipes describe")
    one.add_argument("files", nargs="+", metavar="FILE", help="YAML or JSON; - is standard input")
    one.add_argument("--dry-run", action="store_true", help="only say what would be done")
    _output(one)
    one = _command(commands, "deploy", recipes.deploy, "serve an app: a Python file or notebook")
    one.add_argument("file", metavar="FILE", help="of the project")
    one.add_argument("--name", metavar="N", help="of the deployment; else after the file")
    one.add_argument("--command", metavar="C", help="that serves it; else after its framework")
    one.add_argument("--scale", type=_count, metavar="N", help="how many instances")
    one.add_argument("--wait", action="store_true", help="until it serves, or can't")


def _of_server(commands: Any) -> None:
    _output(_command(commands, "workspace", here.workspace, "what the server sits on"))
    token = commands.add_parser("token", help="tokens for use elsewhere")
    tokens = token.add_subparsers(dest="which", required=True, metavar="ACTION")
    one = _command(tokens, "create", here.create_token, "make one, and show it once")
    one.add_argument("purpose", metavar="PURPOSE", help="what it is for")
    _output(_command(tokens, "list", here.list_tokens, "those that were made"))
    one = _command(tokens, "revoke", here.revoke_token, "end one")
    one.add_argument("id", metavar="ID")
    one = _command(
        commands,
        "engine",
        inside.engine,
        "run jobs without a Jupyter server, so that they go on with Jupyter closed",
        epilog="Settings of SaturnDeployApp may follow, e.g. --SaturnDeployApp.max_runs=4; those"
        " of the Jupyter server's configuration apply.",
    )
    one.set_defaults(takes_rest=True)
    one = _command(commands, "run-notebook", inside.run_notebook, "run a notebook, in a job")
    one.add_argument("notebook", metavar="FILE")


def _command(
    commands: Any, name: str, act: Callable[..., int], words: str, **more: str
) -> ArgumentParser:
    one: ArgumentParser = commands.add_parser(
        name, help=words, description=f"{words[0].upper()}{words[1:]}.", **more
    )
    one.set_defaults(act=act, parser=one, takes_rest=False)
    return one


def _name(one: ArgumentParser, metavar: str = "NAME") -> None:
    one.add_argument("name", metavar=metavar, help="job/NAME or deployment/NAME where both exist")


def _output(one: ArgumentParser, *forms: str) -> None:
    one.add_argument("-o", "--output", choices=forms or _FORMS, default="table")


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 10**6):
        raise ArgumentTypeError(f"{text!r} is no number from 1 on")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < 10**9:
        raise ArgumentTypeError(f"{text!r} is no number of seconds")
    return seconds
