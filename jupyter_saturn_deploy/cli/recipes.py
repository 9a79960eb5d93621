"""Recipes in files become jobs and deployments; the file of an app becomes a deployment."""

from __future__ import annotations

import os
import re
import sys
import time
from argparse import Namespace
from typing import Any

from ..client import Client, Problem
from ..client.connection import told
from . import show

_PLACE = re.compile(r"line (\d+), column (\d+)")
_LOOK_EVERY = 0.3


def apply(arguments: Namespace) -> int:
    """Create or update what files of recipes describe, each by itself."""
    client = Client.find()
    failed, applied = False, []
    for path in arguments.files:
        try:
            results = client.apply(_content(path), dry_run=arguments.dry_run)
        except Problem as problem:
            failed = True
            show.note(*_unreadable(path, problem))
            continue
        except OSError as error:
            failed = True
            show.note(f"{path}: {error.strerror or error}")
            continue
        for result in results:
            failed |= result["outcome"] == "failed"
            applied.append({"file": path, **result})
            _comment(path, result)
            if arguments.output == "table":
                called = f"{result['type'] or '?'}/{result['name'] or '?'}"
                would = " (dry run)" if arguments.dry_run else ""
                show.say(f"{result['outcome']} {called}{would}")
    if arguments.output != "table":
        show.data(arguments.output, applied)
    return 1 if failed else 0


def deploy(arguments: Namespace) -> int:
    """Make or change the deployment of an app's file, and let it serve that."""
    client = Client.find()
    seen = client.frameworks(_in_project(client, arguments.file))
    command = arguments.command or next(
        (each["command"] for each in seen["frameworks"] if each["id"] == seen["recognised"]), None
    )
    if command is None:
        raise Problem(422, f"no framework is recognised in {arguments.file}: say --command", [])
    spec = {"command": command, "working_directory": seen["working_directory"]}
    if arguments.scale is not None:
        spec["scale"] = arguments.scale
    name = arguments.name or seen["name"]
    recipe = _existing(client, name)
    if recipe is None:
        recipe = client.create("deployment", {"name": name, **spec})
        done = "created"
    else:
        recipe = client.edit(recipe, spec)
        done = "updated"
    wanted = recipe["state"]["x-jupyter"]["wanted"]
    recipe = client.restart(recipe) if wanted else client.start(recipe)
    show.note(f"{done} {name}: {command}")
    if arguments.wait and not _served(client, recipe):
        return 1
    show.say(recipe["state"]["url"])
    return 0


def _content(path: str) -> bytes:
    if path == "-":
        return sys.stdin.buffer.read()
    with open(path, "rb") as file:
        return file.read()


def _comment(path: str, result: Any) -> None:
    """What a file's recipe is to be told, to standard error."""
    name = result["name"] or "?"
    for error in result["errors"]:
        show.note(f"{path}:{error['line']}:{error['column']}: {name}: {told(error)}")
    for warning in result["warnings"]:
        show.note(f"{path}:{result['line']}: {name}: warning: {warning}")


def _unreadable(path: str, problem: Problem) -> list[str]:
    """A file none of which was applied, as a line for each thing that is wrong."""
    lines = []
    for error in problem.errors:
        place = _PLACE.fullmatch(error["field"])
        if place is None:
            lines.append(f"{path}: {told(error)}")
        else:
            lines.append(f"{path}:{place[1]}:{place[2]}: {told({**error, 'field': ''})}")
    return lines or [f"{path}: {problem}"]


def _in_project(client: Client, file: str) -> str:
    """A file of this directory, as the server names it; what isn't here is left to the server."""
    project = os.path.realpath(client.status()["project"])
    whole = os.path.abspath(file)
    real = os.path.join(os.path.realpath(os.path.dirname(whole)), os.path.basename(whole))
    if os.path.exists(real) and os.path.commonpath([project, real]) == project:
        return os.path.relpath(real, project)
    return file


def _existing(client: Client, name: str) -> Any:
    try:
        return client.recipe("deployment", name, values=False)
    except Problem as problem:
        if problem.status != 404:
            raise
        return None


def _served(client: Client, recipe: Any) -> bool:
    """Whether what was just started came to serve, alone. Waits until that is clear, and tells each
    step of it."""
    name, said = recipe["spec"]["name"], None
    while True:
        more = recipe["state"]["x-jupyter"]
        if more["sentence"] != said:
            said = more["sentence"]
            show.note(f"{name}: {said}")
        new = [each for each in more["instances"] if each["revision"] == more["revision"]]
        died_twice = any(not each["ready"] and each["restarts"] > 1 for each in new)
        if died_twice or not more["wanted"]:
            if more["advice"] is not None:
                show.complain(more["advice"]["sentence"], more["advice"]["do"])
            return False
        if more["ready"] == sum(each["ready"] for each in new) >= more["scale"]:
            return True
        time.sleep(_LOOK_EVERY)
        recipe = client.recipe("deployment", name, values=False)
