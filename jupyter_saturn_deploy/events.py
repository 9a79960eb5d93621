"""Changes in the store become events of the Jupyter server: "look again"."""

from __future__ import annotations

from pathlib import Path

from jupyter_events import EventLogger

from .store.changes import Change

SCHEMA = "https://schema.jupyter.org/jupyter_saturn_deploy/{}/v1"


class Events:
    """Emits one event for each change of the owner's resources, runs and instances."""

    def __init__(self, logger: EventLogger, owner: str) -> None:
        self.logger = logger
        self.owner = owner
        for name in ("job", "run", "deployment", "instance"):
            logger.register_event_schema(Path(__file__).parent / "event_schemas" / f"{name}.yaml")

    def emit(self, changes: list[Change]) -> None:
        """A listener for `engine.follow.Follower`."""
        for change in changes:
            if change.owner == self.owner:
                whole = _of_resource if change.id == change.job_id else _of_run
                self.logger.emit(schema_id=SCHEMA.format(change.subject), data=whole(change))


def _of_resource(change: Change) -> dict[str, object]:
    return {
        f"{change.subject}_id": change.id,
        "name": change.name,
        "project": change.project,
        "change": change.change,
    }


def _of_run(change: Change) -> dict[str, object]:
    resource = "job" if change.subject == "run" else "deployment"
    return {
        "run_id": change.id,
        f"{resource}_id": change.job_id,
        f"{resource}_name": change.name,
        "project": change.project,
        "state": change.change,
        "number": change.number,
        "reason": change.reason,
        "exit_code": change.exit_code,
    }
