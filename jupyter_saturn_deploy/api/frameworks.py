"""What an app's file is made with, and the command that serves it."""

from __future__ import annotations

import asyncio
import os
import re
import unicodedata
from pathlib import Path
from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado import web

from ..frameworks import FRAMEWORKS, command, recognise
from ..models.errors import Invalid, NotFound
from ..models.resources import NAME_LENGTH
from ..sources.shown import shown
from .base import Handler


class FrameworksHandler(Handler):
    """The frameworks, with commands for a file of the project."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        path = self.get_query_argument("path", "", strip=False)
        self.reply(await asyncio.to_thread(_frameworks, self.services.workspace.project, path))


def _frameworks(project: Path, path: str) -> dict[str, Any]:
    path = path and _below(project, path)
    try:
        found = recognise(project / path) if path else None
    except OSError:  # removed just now
        raise NotFound(f"the project has no file {shown(path)}") from None
    return {
        "recognised": found and found.framework,
        "name": _name(path),
        "working_directory": "",
        "frameworks": [
            {
                "id": each.id,
                "label": each.label,
                "first": each.first,
                "command": command(each.id, path, found),
            }
            for each in FRAMEWORKS
        ],
    }


def _below(project: Path, path: str) -> str:
    """The path of a file, relative to the project."""
    whole = os.path.normpath(project / path)
    try:
        real = os.path.realpath(whole, strict=True)
    except (FileNotFoundError, NotADirectoryError):
        real = os.path.realpath(whole)
    except OSError as error:
        raise _wrong(f"can't be read: {error.strerror}", "name another file") from None
    for place in (whole, real):
        if not Path(place).is_relative_to(project):
            raise _wrong(f"{shown(path)} is outside of the project", "name a file of the project")
    if os.path.isdir(real):
        raise _wrong(f"{shown(path)} is a directory", "name the file of the app in it")
    return os.path.relpath(whole, project)


def _wrong(message: str, fix: str) -> Invalid:
    return Invalid.field("path", message, fix)


def _name(path: str) -> str:
    """One that a resource may have, after the file."""
    plain = unicodedata.normalize("NFKD", Path(path).stem).encode("ascii", "ignore").decode()
    name = re.sub("[^a-z0-9]+", "-", plain.lower()).lstrip("-0123456789")
    return name[:NAME_LENGTH].rstrip("-") or "app"


handlers = [(r"/saturn-deploy/api/frameworks", FrameworksHandler)]
