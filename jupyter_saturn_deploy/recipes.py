"""Saturn's recipes (schema 2025.10.01) <-> models. What Saturn lacks is under `x-jupyter`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from .models.errors import FieldProblem, Invalid
from .models.resources import KINDS, SPECS, Resource, Spec

SCHEMA_VERSION = "2025.10.01"
EXTENSION = "x-jupyter"

_OWN = frozenset(
    "source reference snapshot backend timeout time_zone starting_deadline suspended".split()
)
"""Fields that Saturn lacks."""
_DEFAULTED = ("instance_type", "image")
"""Required by Saturn; here the workspace's own when left out."""
_NULLABLE = frozenset({"starting_deadline"})
"""Null is a value of its own; elsewhere it is the default."""
_WITHOUT_MEANING = frozenset(
    "config_files disk_space extra_packages git_repositories routes scale"
    " secrets shared_folders start_dind start_ssh status token_scope use_spot_instance"
    " viewers".split()
)
"""Saturn's, accepted and named under `warnings` where they are no fields of ours."""
_TOP = frozenset({"schema_version", "type", "spec", "state", "warnings"})
"""`state` and `warnings` are read only: an answer of ours may be sent back as it is."""


def kind_of(body: Any) -> type[Resource[Spec]]:
    """What a recipe describes. Raises `Invalid`."""
    kind = body.get("type") if isinstance(body, dict) else None
    if not isinstance(body, dict):
        raise Invalid.field("", "the body is no JSON object", 'send {"type": "job", "spec": {…}}')
    if not isinstance(kind, str) or kind not in KINDS:
        raise Invalid.field("type", "must be given", f"use {' or '.join(KINDS)}")
    return KINDS[kind]


def parse(
    body: Any,
    *,
    owner: str,
    defaults: Mapping[str, str],
    before: Spec | None = None,
    enforce_unknown: bool = True,
) -> tuple[Spec, list[str]]:
    """The spec a recipe describes, which is of the recipe's kind, and warnings about what has no
    meaning here.

    `before` is that of the resource it replaces: an environment variable given as null keeps its
    value from there. Raises `Invalid` with every problem found.
    """
    made_of = SPECS[kind_of(body).kind]
    spec = _spec_of(body)
    problems: list[FieldProblem] = []
    warnings: list[str] = []
    for key in set(body) - _TOP:
        if enforce_unknown:
            problems.append(FieldProblem(str(key)[:200], "is not known", "leave it out"))
        else:
            warnings.append(f"{str(key)[:200]} is not known and was left out")
    values = _known(spec, made_of, owner, enforce_unknown, problems, warnings)
    for name in _DEFAULTED:
        values.setdefault(name, defaults[name])
    _keep_hidden(values, before, problems)
    try:
        parsed = made_of.model_validate(values)
    except ValidationError as error:
        problems.extend(_problems(error))
    if problems:
        raise Invalid(*problems)
    return parsed, warnings


def merge(body: Any, before: Resource[Spec]) -> dict[str, Any]:
    """A recipe of `before` with the fields of `body["spec"]` put over its own (for PATCH)."""
    changes = _spec_of(body)
    whole = _spec(before.spec, values=True)
    extension = changes.get(EXTENSION) or {}
    if isinstance(extension, dict):
        kept = dict(whole[EXTENSION])
        if extension.get("source", before.spec.source) != before.spec.source:
            # What belongs to the source it had goes with it.
            kept |= {"reference": None, "snapshot": None}
        extension = {**kept, **extension}
    return {"type": before.kind, "spec": {**whole, **changes, EXTENSION: extension}}


def render(resource: Resource[Spec], *, values: bool) -> dict[str, Any]:
    """The recipe of a resource without its state; without `values`, those of environment variables
    are null."""
    return {
        "schema_version": SCHEMA_VERSION,
        "type": resource.kind,
        "spec": {"owner": resource.owner, **_spec(resource.spec, values=values)},
    }


def _spec(spec: Spec, *, values: bool) -> dict[str, Any]:
    names = type(spec).model_fields
    plain = {name: getattr(spec, name) for name in names if name not in _OWN}
    if not values:
        plain["environment_variables"] = dict.fromkeys(spec.environment_variables)
    return {**plain, EXTENSION: {name: getattr(spec, name) for name in names if name in _OWN}}


def _spec_of(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise Invalid.field("", "the body is no JSON object", 'send {"spec": {…}}')
    version = body.get("schema_version")
    if version not in (None, SCHEMA_VERSION):
        raise Invalid.field(
            "schema_version", "is not known", f"use {SCHEMA_VERSION}, or leave it out"
        )
    spec = body.get("spec")
    if not isinstance(spec, dict):
        raise Invalid.field("spec", "must be an object", 'e.g. {"name": …, "command": …}')
    return spec


def _known(
    spec: dict[str, Any],
    made_of: type[Spec],
    owner: str,
    enforce_unknown: bool,
    problems: list[FieldProblem],
    warnings: list[str],
) -> dict[str, Any]:
    """The values that are fields of ours; the rest becomes problems or warnings."""
    values: dict[str, Any] = {}
    extension = spec.get(EXTENSION)
    if extension is not None and not isinstance(extension, dict):
        problems.append(FieldProblem(f"spec.{EXTENSION}", "must be an object", "or leave it out"))
        extension = None
    for path, key, value in [
        *((f"spec.{key}", key, value) for key, value in spec.items() if key != EXTENSION),
        *((f"spec.{EXTENSION}.{key}", key, value) for key, value in (extension or {}).items()),
    ]:
        own = path.startswith(f"spec.{EXTENSION}.")
        if value is None and not (own and key in _NULLABLE):
            continue
        if key in made_of.model_fields and (key in _OWN) == own:
            values[key] = value
        elif not own and key == "owner":
            if value != owner:
                problems.append(FieldProblem(path, "is somebody else", f"use {owner!r} or none"))
        elif not own and key in _WITHOUT_MEANING:
            if value:
                warnings.append(f"{path} is one of Saturn's fields and has no effect here")
        elif enforce_unknown:
            problems.append(
                FieldProblem(path[:200], "is not known", "check its spelling, or leave it out")
            )
        else:
            warnings.append(f"{path[:200]} is not known and was left out")
    return values


def _keep_hidden(values: dict[str, Any], before: Spec | None, problems: list[FieldProblem]) -> None:
    variables = values.get("environment_variables")
    if not isinstance(variables, dict):
        return
    kept = before.environment_variables if before else {}
    values["environment_variables"] = variables = dict(variables)
    for name in [name for name, value in variables.items() if value is None]:
        if name in kept:
            variables[name] = kept[name]
        else:
            del variables[name]
            problems.append(
                FieldProblem(
                    f"spec.environment_variables.{str(name)[:60]}",
                    "has no value to keep",
                    'give it a value; an empty one is ""',
                )
            )


_FIXES = {
    "string_type": "give text in quotes",
    "int_type": "give a whole number",
    "dict_type": "give an object of names and values",
    "missing": "give it",
    "greater_than_equal": "give a larger number",
    "less_than_equal": "give a smaller number",
}


def _problems(error: ValidationError) -> list[FieldProblem]:
    """pydantic's findings in our words. Never holds a value of the user's."""
    found = []
    for item in error.errors(include_url=False, include_context=False, include_input=False):
        place = [str(part) for part in item["loc"]]
        if place and place[0] in _OWN:
            place.insert(0, EXTENSION)
        message, bar, fix = item["msg"].removeprefix("Value error, ").partition(" | ")
        if not bar:
            message = message[:1].lower() + message[1:]
            fix = _FIXES.get(item["type"], "change it so that it fits")
        found.append(FieldProblem(".".join(["spec", *place])[:200], message, fix))
    return found
