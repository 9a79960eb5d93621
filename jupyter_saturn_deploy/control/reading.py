"""A recipe is read, and held against what is here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .. import recipes
from ..models.code import LIVE
from ..models.errors import FieldProblem, Invalid
from ..models.resources import JobSpec, Spec
from ..sources.shown import shown
from .code import mismatches
from .here import Here
from .schedule import refusals


def parsed(
    here: Here, recipe: Any, before: Spec | None, enforce_unknown: bool
) -> tuple[Spec, list[str]]:
    """The recipe's spec, held against what is really here, and warnings. Raises `Invalid`."""
    spec, warnings = recipes.parse(
        recipe,
        owner=here.owner,
        defaults={"instance_type": here.size, "image": here.image},
        before=before,
        enforce_unknown=enforce_unknown,
    )
    problems = []
    if spec.instance_type not in here.sizes:
        problems.append(
            FieldProblem(
                "spec.instance_type",
                f"there is no size {spec.instance_type[:60]!r}",
                f"use {', '.join(sorted(here.sizes))}",
            )
        )
    if spec.backend is not None and spec.backend not in here.backends:
        problems.append(
            FieldProblem(
                "spec.x-jupyter.backend",
                f"{spec.backend[:60]!r} is not known",
                f"use {', '.join(here.backends)}, or leave it out",
            )
        )
    problems.extend(mismatches(spec))
    if isinstance(spec, JobSpec):
        problems.extend(refusals(spec))
    problems.extend(_project_problems(here.project))
    problems.extend(_directory_problems(here.project, spec))
    if problems:
        raise Invalid(*problems)
    if spec.image != here.image:
        warnings.append(
            f"spec.image {spec.image[:200]!r} has no effect on the local backend,"
            " which runs on this machine as it is"
        )
    return spec, warnings


def _project_problems(project: Path) -> list[FieldProblem]:
    """The store keeps its path as text."""
    try:
        str(project).encode()
    except UnicodeEncodeError:
        message = f"the path {shown(str(project))} is no valid UTF-8"
        return [FieldProblem("project", message, "rename it, or set project_dir to another")]
    return []


def _directory_problems(project: Path, spec: Spec) -> list[FieldProblem]:
    field = "spec.working_directory"
    try:
        directory = (project / spec.working_directory).resolve()
        if not directory.is_relative_to(project.resolve()):
            return [
                FieldProblem(
                    field,
                    f"lies outside the project {project}",
                    "give a path inside it, relative to it",
                )
            ]
        # A commit or a snapshot may have what the project has not now; the run will tell.
        if spec.source in (None, LIVE) and not directory.is_dir():
            return [
                FieldProblem(
                    field, f"{directory} does not exist or is no directory", "create it first"
                )
            ]
    except (OSError, ValueError, RuntimeError) as error:
        # Too long a name, a loop of links: what the system says is the clearest.
        return [FieldProblem(field, f"can't be used: {error}", "give another path")]
    return []
