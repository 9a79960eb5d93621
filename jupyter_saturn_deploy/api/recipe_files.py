"""Files of recipes: applied whole, and those that the project keeps."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado import web

from .. import recipe_files, recipes
from ..control.deployments import Deployments
from ..control.here import Here
from ..control.jobs import Jobs
from ..models.errors import DeployError, FieldProblem, Invalid, NotFound
from ..models.resources import Job
from ..recipe_files import Document, Unreadable
from .base import BODY_LIMIT, Handler

DIRECTORY = ".saturn"
"""Of the project."""
_ENDINGS = (".yaml", ".yml", ".json")
_FILES = 200


class ApplyHandler(Handler):
    """Create or update what a text describes."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        dry_run = self.flag("dry_run", False)
        unknown = self.flag("enforce_unknown", True)
        text = self.text()
        try:
            documents = await asyncio.to_thread(recipe_files.read, text)
        except Unreadable as error:
            raise _refusal(error) from None
        if not documents:
            raise Invalid.field("", "holds no recipe", "e.g. type: job, spec: {name: …}")
        here = await self.services.here()
        results = []
        for document in documents:
            results.append(await self._one(here, document, dry_run=dry_run, unknown=unknown))
            await asyncio.sleep(0)  # one that is refused at once has waited for nothing
        self.reply({"results": results})

    def text(self) -> str:
        """The request's body. 413 when it is too large, 422 when it is no UTF-8."""
        raw = self.request.body
        if len(raw) > BODY_LIMIT:
            raise web.HTTPError(
                413, f"the file is larger than {BODY_LIMIT:,} bytes: split it into several"
            )
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            before = raw[: error.start]
            column = len(before) - (before.rfind(b"\n") + 1) + 1
            raise _refusal(
                Unreadable("is no valid UTF-8", before.count(b"\n") + 1, column)
            ) from None

    async def _one(
        self, here: Here, document: Document, *, dry_run: bool, unknown: bool
    ) -> dict[str, Any]:
        result: dict[str, Any] = {
            "line": document.line,
            **_called(document.body),
            "id": None,
            "warnings": [],
            "errors": [],
        }
        try:
            of_jobs = recipes.kind_of(document.body) is Job
            wishes: Jobs | Deployments = (
                self.services.jobs if of_jobs else self.services.deployments
            )
            wish = wishes.compared if dry_run else wishes.apply
            wished = await wish(here, document.body, enforce_unknown=unknown)
        except DeployError as error:
            problems = getattr(error, "problems", None) or [FieldProblem("", str(error), "")]
            errors = [_placed(document, problem) for problem in problems]
            return {**result, "outcome": "failed", "errors": errors}
        made = wished.resource
        outcome = "created" if wished.created else "updated" if wished.changed else "unchanged"
        if not dry_run and outcome != "unchanged":
            self.audit("create" if wished.created else "edit", f"{made.kind} {made.id}")
        exists = not (dry_run and wished.created)
        return {
            **result,
            "outcome": outcome,
            "id": made.id if exists else None,
            "warnings": wished.warnings,
        }


class RecipeFilesHandler(Handler):
    """The project's files of recipes, by name."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        found = await asyncio.to_thread(_listed, self.services.workspace.project)
        self.reply({"files": found})


class RecipeFileHandler(Handler):
    """One of them, as text."""

    @web.authenticated
    @authorized
    async def get(self, name: str) -> None:
        directory = self.services.workspace.project / DIRECTORY
        text = await asyncio.to_thread(_read, directory, name)
        await self.finish(text, set_content_type="text/plain; charset=utf-8")


def _called(body: Any) -> dict[str, str | None]:
    """Type and name, as far as they can be told."""
    kind = body.get("type") if isinstance(body, dict) else None
    spec = body.get("spec") if isinstance(body, dict) else None
    name = spec.get("name") if isinstance(spec, dict) else None
    return {
        "type": kind if isinstance(kind, str) else None,
        "name": name[:200] if isinstance(name, str) else None,
    }


def _placed(document: Document, problem: FieldProblem) -> dict[str, Any]:
    line, column = document.place(problem.field)
    return {**problem.as_dict(), "line": line, "column": column}


def _refusal(error: Unreadable) -> Invalid:
    where = f"line {error.line}, column {error.column}"
    return Invalid.field(where, error.message, "correct it there")


def _names(directory: Path) -> list[str]:
    try:
        with os.scandir(directory) as entries:
            return sorted(
                entry.name
                for entry in entries
                if entry.name.endswith(_ENDINGS)
                and entry.name.isprintable()
                and entry.is_file(follow_symlinks=False)
            )
    except (FileNotFoundError, NotADirectoryError):
        return []


def _listed(project: Path) -> list[dict[str, Any]]:
    directory = project / DIRECTORY
    found = []
    for name in _names(directory)[:_FILES]:
        shown: dict[str, Any] = {"name": name, "path": f"{DIRECTORY}/{name}"}
        try:
            count = len(recipe_files.read(_read(directory, name)))
            found.append({**shown, "recipes": count, "problem": None})
        except Unreadable as error:
            problem = f"line {error.line}, column {error.column}: {error.message}"
            found.append({**shown, "recipes": None, "problem": problem})
        except (Invalid, NotFound) as error:
            found.append({**shown, "recipes": None, "problem": str(error)})
    return found


def _read(directory: Path, name: str) -> str:
    """The text of one of the directory's own files. Raises `NotFound` or `Invalid`."""
    if name not in _names(directory):
        raise NotFound(f"there is no file {DIRECTORY}/{name[:200]!r} of recipes")
    try:
        # By now it may be something else: to open a pipe waits for who writes to it.
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        file = os.open(directory / name, flags)
        with os.fdopen(file, "rb") as stream:
            raw = stream.read(BODY_LIMIT + 1)
        if len(raw) > BODY_LIMIT:
            raise Invalid.field("name", f"is larger than {BODY_LIMIT:,} bytes", "split it")
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid.field("name", "is no valid UTF-8", "save it as UTF-8") from None
    except OSError as error:
        raise Invalid.field("name", f"can't be read: {error.strerror}", "check it") from None


handlers = [
    (r"/saturn-deploy/api/recipes/apply", ApplyHandler),
    (r"/saturn-deploy/api/recipes/files", RecipeFilesHandler),
    (r"/saturn-deploy/api/recipes/files/([^/]+)", RecipeFileHandler),
]
