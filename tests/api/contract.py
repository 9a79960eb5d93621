"""Holds answers against openapi.yaml, the interface's description."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from tornado.httpclient import HTTPResponse

import jupyter_saturn_deploy

DESCRIPTION = Path(jupyter_saturn_deploy.__file__).parent / "api" / "openapi.yaml"
FOR_EVERY_ROUTE = {400, 401, 403, 413, 503}
"""Refusals that the description states once, not at each route: who asks, an unreadable body."""


@cache
def description() -> dict[str, Any]:
    """The parsed openapi.yaml."""
    loaded = yaml.safe_load(DESCRIPTION.read_text())
    assert isinstance(loaded, dict)
    return loaded


def operation(method: str, path: str) -> dict[str, Any]:
    """The description's entry for a request."""
    matching = [
        (template.count("{"), item[method.lower()])
        for template, item in description()["paths"].items()
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), f"/{path}")
        and method.lower() in item
    ]
    assert matching, f"openapi.yaml has no {method} {path}"
    found: dict[str, Any] = min(matching, key=lambda entry: entry[0])[1]
    return found


def conforms(method: str, path: str, response: HTTPResponse) -> Any:
    """The answer's body (JSON, else bytes), which is what the description says."""
    kind = response.headers.get("Content-Type", "")
    if method == "HEAD":
        return b""
    body = json.loads(response.body) if kind.startswith("application/json") else response.body
    declared = operation(method, path)["responses"].get(str(response.code))
    if declared is None:
        assert response.code in FOR_EVERY_ROUTE, (method, path, response.code, body)
        declared = {"$ref": "#/components/responses/Problem"}
    schema = {"$ref": "#/response/content/application~1json/schema"}
    if "$ref" in declared:
        name = declared["$ref"].rsplit("/", 1)[1]
        declared = description()["components"]["responses"][name]
    if "application/json" in declared.get("content", {}) and kind.startswith("application/json"):
        whole = {**description(), "response": declared, **schema}
        Draft202012Validator(whole).validate(body)
    return body
