"""A run as a row of the table, and back."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict, replace
from typing import Any

from ..models.advice import Advice, Change, Fix
from ..models.code import Code, Used
from ..models.resources import DeploymentSpec, JobSpec
from ..models.runs import Execution, Run, RunState, Serving


def columns(run: Run) -> dict[str, object]:
    """The row that a run is written as."""
    execution = run.execution
    return {
        **{name: getattr(run, name) for name in Run.__dataclass_fields__},
        "project": execution.project,
        "state": run.state.value,
        "used": run.used and json.dumps(asdict(run.used)),
        "advice": run.advice and json.dumps(asdict(run.advice)),
        "serving": run.serving and json.dumps(asdict(run.serving)),
        "execution": execution_text(execution),
    }


def execution_text(execution: Execution) -> str:
    """As it is kept."""
    return json.dumps(
        {
            "spec": execution.spec.model_dump(),
            "project": execution.project,
            "prefix": execution.prefix,
            "base_url": execution.base_url,
            "code": asdict(execution.code),
        }
    )


def from_row(row: sqlite3.Row) -> Run:
    """The run that a whole row is of."""
    values = {name: row[name] for name in Run.__dataclass_fields__}
    values["state"] = RunState(row["state"])
    values["pinned"] = bool(row["pinned"])
    values["served"] = bool(row["served"])
    values["used"] = row["used"] and Used(**json.loads(row["used"]))
    values["advice"] = row["advice"] and _advice(json.loads(row["advice"]))
    values["serving"] = row["serving"] and Serving(**json.loads(row["serving"]))
    spec: type[JobSpec | DeploymentSpec] = JobSpec if row["revision"] is None else DeploymentSpec
    values["execution"] = read_execution(row["execution"], spec)
    return Run(**values)


def read_execution(text: str, spec: type[JobSpec | DeploymentSpec]) -> Execution:
    """What `execution_text` wrote."""
    execution = json.loads(text)
    return replace(
        Execution(**execution),
        spec=spec.model_validate(execution["spec"]),
        # A run of an earlier version has none: it was live.
        code=Code(**execution.get("code", {})),
    )


def _advice(values: dict[str, Any]) -> Advice:
    fix = values["fix"]
    return Advice(
        values["sentence"],
        values["do"],
        fix and Fix(fix["label"], Change(fix["kind"]), fix["value"]),
    )
