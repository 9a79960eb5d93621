"""How what jobs and deployments have in common looks as JSON."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from ..models.runs import Attempt, Run, RunState, Serving
from ..sources.git import Commit

_PENDING = (RunState.QUEUED, RunState.STARTING, RunState.RETRYING)


def moment(at: float | None) -> str | None:
    """ISO 8601 in UTC, with milliseconds."""
    if at is None:
        return None
    stamp = datetime.fromtimestamp(at, timezone.utc).isoformat(timespec="milliseconds")
    return stamp.replace("+00:00", "Z")


def status(state: RunState) -> str:
    """Saturn's word for a state of ours."""
    return "pending" if state in _PENDING else state.value


def commit(item: Commit) -> dict[str, Any]:
    """One commit."""
    return {
        "commit": item.hash,
        "subject": item.subject,
        "author": item.author,
        "at": moment(item.at),
    }


def attempt(item: Attempt) -> dict[str, Any]:
    """One attempt."""
    return {
        "number": item.number,
        "state": item.state.value,
        "reason": item.reason,
        "exit_code": item.exit_code,
        "signal": item.signal,
        "started_at": moment(item.started_at),
        "ended_at": moment(item.ended_at),
    }


def serving(item: Serving | None) -> dict[str, Any] | None:
    """Where an instance listens."""
    if item is None:
        return None
    return {
        "host": item.host,
        "port": item.port,
        "given": item.given,
        "beyond": item.beyond,
        "at": moment(item.at),
    }


def code(run: Run) -> dict[str, Any]:
    """What a run really ran with."""
    wished, used = run.execution.code, run.used
    return {
        "source": used.source if used else wished.source,
        "reference": wished.reference,
        "snapshot": wished.snapshot,
        "commit": wished.commit or (used.commit if used else None),
        "branch": used.branch if used else None,
        "dirty": used.dirty if used else None,
        "directory": used.directory if used else None,
        "same_path": used.same_path if used else None,
        "environment": run.execution.prefix,
        "packages": used.packages if used else None,
        "size": run.execution.spec.instance_type,
        "image": used.image if used else run.execution.spec.image,
        "image_digest": used.image_digest if used else None,
    }
