"""Runs of jobs and instances of deployments: run, stop, logs."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterable
from typing import Any

from ..client import Client, Problem
from . import show
from .resources import job_named


def run(arguments: Namespace) -> int:
    """Start a job's run; with --wait, its log and its exit code are this command's."""
    if arguments.timeout is not None and not arguments.wait:
        arguments.parser.error("--timeout is for --wait")
    client = Client.find()
    job = job_named(client, arguments.name)
    name = job["spec"]["name"]
    started = client.start(job)
    number = started["number"]
    if not arguments.wait:
        show.say(f"run {number} of {name}: {started['sentence']}")
        show.note(f"its log: jupyter saturn-deploy logs {name} --run {number} -f")
        return 0
    try:
        _pass_on(client.follow(started["id"], timeout=arguments.timeout))
    except (KeyboardInterrupt, TimeoutError) as error:
        show.note(str(error) or f"run {number} of {name} goes on")
        show.note(f"to stop it: jupyter saturn-deploy stop {name} --run {number}")
        return 130 if isinstance(error, KeyboardInterrupt) else 1
    ended = client.run(started["id"])
    show.note(f"run {number} of {name}: {ended['sentence']}")
    if ended["advice"] is not None:
        show.note(ended["advice"]["sentence"], ended["advice"]["do"])
    return _code(ended)


def stop(arguments: Namespace) -> int:
    """Stop all runs of a job or one of them, or a deployment."""
    client = Client.find()
    recipe = client.named(arguments.name)
    name = recipe["spec"]["name"]
    if arguments.run is not None:
        one = client.stop_run(_numbered(client, recipe, arguments.run)["id"])
        show.say(f"run {one['number']} of {name}: {one['sentence']}")
        return 0
    answer = client.stop(recipe)
    if recipe["type"] == "deployment":
        show.say(f"{name}: {answer['state']['x-jupyter']['sentence']}")
    else:
        count = len(answer["stopping"])
        show.say(f"{name}: {count} run{'' if count == 1 else 's'} to stop")
    return 0


def logs(arguments: Namespace) -> int:
    """The log of a run or an instance, as it is or as it grows."""
    client = Client.find()
    recipe = client.named(arguments.name)
    chosen = _chosen(client, recipe, arguments)
    latest = max((tried["number"] for tried in chosen["attempts"]), default=1)
    attempt = arguments.attempt or latest
    if attempt > latest:
        raise Problem(404, f"it has had {latest} attempt{'' if latest == 1 else 's'}", [])
    if arguments.follow:
        _pass_on(client.follow(chosen["id"], attempt))
    else:
        _pass_on(client.written(chosen["id"], attempt))
    return 0


def _chosen(client: Client, recipe: Any, arguments: Namespace) -> Any:
    """The run or instance whose log is asked for: the latest, if none is."""
    name = recipe["spec"]["name"]
    if recipe["type"] == "job":
        if arguments.instance is not None:
            raise Problem(422, f"{name} is a job, which has runs: say --run", [])
        if arguments.run is not None:
            return _numbered(client, recipe, arguments.run)
        latest = next(client.runs(recipe, limit=1), None)
        if latest is None:
            raise Problem(404, f"{name} has not run yet", [])
        return latest
    if arguments.run is not None:
        raise Problem(422, f"{name} is a deployment, which has instances: say --instance", [])
    for instance in client.instances(recipe):
        if arguments.instance in (None, instance["instance"]):
            return instance
    which = "" if arguments.instance is None else f" {arguments.instance}"
    raise Problem(404, f"{name} has no instance{which}", [])


def _numbered(client: Client, recipe: Any, number: int) -> Any:
    name = recipe["spec"]["name"]
    if recipe["type"] != "job":
        raise Problem(422, f"{name} is a deployment: only jobs have runs", [])
    for each in client.runs(recipe, limit=500):
        if each["number"] == number:
            return each
        if each["number"] < number:
            break
    raise Problem(404, f"{name} has no run {number} (any more)", [])


def _pass_on(pieces: Iterable[bytes]) -> None:
    """To standard output, byte by byte as they are."""
    for piece in pieces:
        sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()


def _code(run: Any) -> int:
    """What a shell would say of how it ended."""
    if run["state"] == "completed":
        return 0
    if run["signal"] is not None:
        return 128 + int(run["signal"])
    return int(run["exit_code"] or 1)
