"""A fix, as an edit of the resource as it is now. Pure."""

from __future__ import annotations

from typing import Any

from ..models.advice import Change, Fix
from ..models.errors import Conflict
from ..models.resources import Spec


def changes(fix: Fix, ran: Spec, now: Spec) -> dict[str, Any]:
    """The fields of a recipe's spec to change; none where it was applied before.

    `ran` is the resource as it failed. Raises `Conflict` where what was wrong then is another now,
    and where no edit helps.
    """
    value = fix.value
    if fix.kind is Change.MAKE_JOB:
        raise Conflict("fix", "no edit makes a job of it", "make a job of its recipe and delete it")
    if fix.kind is Change.START_SCRIPT:
        script = now.start_script
        if value in script.splitlines():
            return {}
        between = "\n" if script and not script.endswith("\n") else ""
        return {"start_script": f"{script}{between}{value}\n"}
    if fix.kind is Change.TIMEOUT:
        limit = getattr(now, "timeout", None)
        if limit is None or limit >= int(value):
            return {}
        _same("the timeout", getattr(ran, "timeout", None), limit)
        return {"x-jupyter": {"timeout": value}}
    name = fix.kind.value
    if getattr(now, name) == value:
        return {}
    _same(f"the {name.replace('_', ' ')}", getattr(ran, name), getattr(now, name))
    return {name: value}


def _same(what: str, then: object, now: object) -> None:
    if then != now:
        raise Conflict(
            "fix", f"{what} is another now than in that run", "run it as it is now, or edit it"
        )
