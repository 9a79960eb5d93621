"""Changes in the store become events of the Jupyter server: "look again"."""

from __future__ import annotations

from pathlib import Path

from jupyter_events import EventLogger

from .store.changes import Change

RUN = "https://schema.jupyter.org/jupyter_saturn_deploy/run/v1"
JOB = "https://schema.jupyter.org/jupyter_saturn_deploy/job/v1"


class Events:
    """Emits one event for each change of the owner's jobs and runs."""

    def __init__(self, logger: EventLogger, owner: str) -> None:
        self.logger = logger
        self.owner = owner
        for name in ("run", "job"):
            logger.register_event_schema(Path(__file__).parent / "event_schemas" / f"{name}.yaml")

    def emit(self, changes: list[Change]) -> None:
        """A listener for `engine.follow.Follower`."""
        for change in changes:
            if change.owner == self.owner:
                if change.subject == "run":
                    self._run(change)
                else:
                    self._job(change)

    def _run(self, change: Change) -> None:
        self.logger.emit(
            schema_id=RUN,
            data={
                "run_id": change.id,
                "job_id": change.job_id,
                "job_name": change.name,
                "project": change.project,
                "state": change.change,
                "number": change.number,
                "reason": change.reason,
                "exit_code": change.exit_code,
            },
        )

    def _job(self, change: Change) -> None:
        self.logger.emit(
            schema_id=JOB,
            data={
                "job_id": change.id,
                "name": change.name,
                "project": change.project,
                "change": change.change,
            },
        )
