"""Jobs and deployments: list, show, start, stop, restart, delete, schedule."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections import Counter
from typing import Any

from ..client import Client, Problem
from . import show


def list_(arguments: Namespace) -> int:
    """Those of the server's project, or all."""
    client = Client.find()
    project = None if arguments.all else client.status()["project"]
    found = list(client.recipes(arguments.type, project=project))
    if arguments.output in ("json", "yaml"):
        show.data(arguments.output, found)
    elif arguments.output == "name":
        of_name = Counter(recipe["spec"]["name"] for recipe in found)
        for recipe in found:
            name = recipe["spec"]["name"]
            show.say(name if of_name[name] == 1 else f"{recipe['type']}/{name}")
    elif found:
        heads = ["NAME", "TYPE", "STATUS", "LAST", "NEXT", "WHAT"]
        rows = [_row(recipe) for recipe in found]
        if arguments.all:
            heads.append("PROJECT")
            rows = [
                [*row, recipe["state"]["x-jupyter"]["project"]]
                for row, recipe in zip(rows, found, strict=True)
            ]
        show.table(heads, rows)
    else:
        show.note("there is nothing yet: jupyter saturn-deploy apply FILE makes jobs of recipes")
    return 0


def get(arguments: Namespace) -> int:
    """One, with everything."""
    client = Client.find()
    recipe = client.named(arguments.name)
    kind, name, values = recipe["type"], recipe["spec"]["name"], arguments.values
    if arguments.output == "yaml":
        print(client.text(kind, name, values=values), end="")
    elif arguments.output == "json":
        show.data("json", client.recipe(kind, name, values=True) if values else recipe)
    else:
        show.facts(_facts(recipe))
    return 0


def start(arguments: Namespace) -> int:
    """Start a job's run, or put a deployment in service."""
    client = Client.find()
    recipe = client.named(arguments.name)
    return _told(recipe, client.start(recipe))


def restart(arguments: Namespace) -> int:
    """Stop what runs of a job and start it; let an edit reach a deployment."""
    client = Client.find()
    recipe = client.named(arguments.name)
    return _told(recipe, client.restart(recipe))


def delete(arguments: Namespace) -> int:
    """Delete one, when that is what is meant."""
    client = Client.find()
    recipe = client.named(arguments.name)
    called = f"{recipe['type']} {recipe['spec']['name']}"
    if not arguments.yes:
        if not sys.stdin.isatty():
            arguments.parser.error(f"say --yes to delete {called} with all its runs and logs")
        show.note(f"Delete {called} with all its runs and logs? What runs is stopped. [y/N]")
        if sys.stdin.readline().strip().lower() not in ("y", "yes"):
            show.note("nothing was deleted")
            return 1
    client.delete(recipe)
    show.say(f"deleted {called}")
    return 0


def schedule(arguments: Namespace) -> int:
    """Set a job's schedule, switch it on or off, or only tell it."""
    client = Client.find()
    job = job_named(client, arguments.name)
    spec: dict[str, Any] = {}
    if arguments.cron is not None:
        spec["schedule"] = arguments.cron
    if arguments.policy is not None:
        spec["concurrency_policy"] = arguments.policy
    if arguments.tz is not None:
        spec["x-jupyter"] = {"time_zone": arguments.tz}
    if spec:
        client.edit(job, spec)
    if arguments.on is not None:
        client.set_schedule(job, arguments.on)
    job = client.recipe("job", job["spec"]["name"], values=False)
    show.facts([("name", job["spec"]["name"]), *_schedule(job)])
    return 0


def job_named(client: Client, name: str) -> Any:
    """The job of that name, whatever deployment there is. Raises `Problem`."""
    kind, _, rest = name.rpartition("/")
    try:
        if kind in ("", "job"):
            return client.recipe("job", rest, values=False)
    except Problem as problem:
        if problem.status != 404:
            raise
    found = client.named(name)
    raise Problem(404, f"{found['spec']['name']} is a deployment: this is for jobs", [])


def _told(recipe: Any, answer: Any) -> int:
    """What a start or restart came to. Its answer is a run or a deployment."""
    if recipe["type"] == "job":
        show.say(f"run {answer['number']} of {answer['job_name']}: {answer['sentence']}")
        return 0
    show.note(f"{answer['spec']['name']}: {answer['state']['x-jupyter']['sentence']}")
    show.say(answer["state"]["url"])
    return 0


def _row(recipe: Any) -> list[object]:
    state, more = recipe["state"], recipe["state"]["x-jupyter"]
    run = more.get("last_run")
    last = (run["ended_at"] or run["started_at"] or run["created_at"]) if run else None
    return [
        recipe["spec"]["name"],
        recipe["type"],
        state["status"],
        show.when(last or more.get("opened_at")),
        show.when(more.get("next_fire")),
        more["sentence"],
    ]


def _facts(recipe: Any) -> list[tuple[str, object]]:
    spec, state, more = recipe["spec"], recipe["state"], recipe["state"]["x-jupyter"]
    run = more.get("last_run")
    advice = more.get("advice") or (run and run["advice"]) or {}
    told: list[tuple[str, object]] = [
        ("name", spec["name"]),
        ("type", recipe["type"]),
        ("status", state["status"]),
        ("", more["sentence"]),
        ("advice", advice.get("sentence")),
        ("", advice.get("do")),
        ("url", state.get("url")),
        ("description", spec["description"]),
        ("command", spec["command"]),
        ("start script", spec["start_script"]),
        ("directory", spec["working_directory"]),
        ("variables", " ".join(spec["environment_variables"])),
        ("instances", spec.get("scale")),
        ("retries", spec.get("retries")),
        *(_schedule(recipe) if spec.get("schedule") else []),
        ("code", spec["x-jupyter"]["source"]),
        ("last run", run and f"run {run['number']}, {show.when(run['created_at'])}"),
        ("project", more["project"]),
        ("id", state["id"]),
    ]
    return told


def _schedule(job: Any) -> list[tuple[str, object]]:
    spec, more = job["spec"], job["state"]["x-jupyter"]
    if not spec["schedule"]:
        return [("schedule", "none")]
    off = spec["x-jupyter"]["suspended"]
    return [
        ("schedule", f"{spec['schedule']} ({more['schedule']['words']})"),
        ("time zone", more["schedule"]["time_zone"]),
        ("next", "never: it is switched off" if off else show.when(more["next_fire"]) or "never"),
        ("while one runs", spec["concurrency_policy"]),
    ]
