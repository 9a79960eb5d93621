"""A fix, as an edit of the job as it is now. Pure."""

from __future__ import annotations

from typing import Any

from ..models.advice import Change, Fix
from ..models.errors import Conflict
from ..models.resources import JobSpec


def changes(fix: Fix, ran: JobSpec, now: JobSpec) -> dict[str, Any]:
    """The fields of a recipe's spec to change; none where it was applied before.

    `ran` is the job as it failed. Raises `Conflict` where what was wrong then is another now.
    """
    value = fix.value
    if fix.kind is Change.START_SCRIPT:
        script = now.start_script
        if value in script.splitlines():
            return {}
        between = "\n" if script and not script.endswith("\n") else ""
        return {"start_script": f"{script}{between}{value}\n"}
    if fix.kind is Change.TIMEOUT:
        if now.timeout is None or now.timeout >= int(value):
            return {}
        _same("the timeout", ran.timeout, now.timeout)
        return {"x-jupyter": {"timeout": value}}
    name = fix.kind.value
    if getattr(now, name) == value:
        return {}
    _same(f"the {name.replace('_', ' ')}", getattr(ran, name), getattr(now, name))
    return {name: value}


def _same(what: str, then: object, now: object) -> None:
    if then != now:
        raise Conflict(
            "fix", f"{what} is another now than in that run", "run the job as it is now, or edit it"
        )
