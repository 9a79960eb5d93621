"""Where the files of runs come from: freezing the project, references of its repository, and
which code a job's next run gets."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado import web

from ..control.code import commit_of
from ..control.packing import Packing
from ..models.code import LIVE
from ..models.errors import Invalid
from ..models.resources import KINDS, REFERENCE, Resource, Spec
from ..sources.compare import Change
from ..sources.errors import SourceError
from ..sources.git import GitError, Repository
from ..sources.listing import BYTES_LIMIT, FILES_LIMIT, shown
from ..sources.snapshots import Snapshots
from ..store import resources
from . import shapes
from .base import Handler, problem

_LARGEST = 10
_LEFT_OUT = 200
_CHANGED = 200
_UNCOMMITTED = 20


class PreviewHandler(Handler):
    """What would be packed, what would not and why."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        workspace, snapshots = self.services.workspace, self.services.sources.snapshots
        self.reply(await asyncio.to_thread(_preview, workspace.project, snapshots))


class SnapshotsHandler(Handler):
    """Begin to freeze the project."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        packing = self.services.packings.begin(self.services.workspace.project)
        self.audit("freeze", f"snapshot {packing.id}")
        self.reply(_packing(packing), 202)


class SnapshotHandler(Handler):
    """How far it is; cancel it."""

    @web.authenticated
    @authorized
    async def get(self, packing_id: str) -> None:
        self.reply(_packing(self.services.packings.get(packing_id)))

    @web.authenticated
    @authorized
    async def delete(self, packing_id: str) -> None:
        packing = self.services.packings.cancel(packing_id)
        self.audit("cancel", f"snapshot {packing.id}")
        self.reply(_packing(packing))


class GitHandler(Handler):
    """What a reference of the project's repository means now."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        reference = self.get_query_argument("reference", "")
        if not REFERENCE.fullmatch(reference):
            raise Invalid.field(
                "reference",
                "is no reference of git's",
                "give a branch, a commit hash, or e.g. tags/v1.2.3",
            )
        workspace, sources = self.services.workspace, self.services.sources
        self.reply(await sources.apart(_reference, workspace.project, reference))


class CodeHandler(Handler):
    """Which code the next run of a job, or start of a deployment, gets; and what changed since it
    was frozen."""

    @web.authenticated
    @authorized
    async def get(self, kind: str, resource_id: str) -> None:
        services = self.services
        made = await services.store.read(
            lambda db: resources.get(db, services.owner.name, resource_id, KINDS[kind])
        )
        self.reply(await asyncio.to_thread(_code, made, services.sources.snapshots))


def _preview(project: Path, snapshots: Snapshots) -> dict[str, Any]:
    listing = snapshots.listing(project)
    return {
        "files": listing.files,
        "bytes": listing.bytes,
        "largest": [
            {"path": shown(entry.path), "bytes": entry.size} for entry in listing.largest(_LARGEST)
        ],
        "left_out": [
            {"path": shown(item.path), "reason": item.reason}
            for item in listing.left_out[:_LEFT_OUT]
        ],
        "left_out_count": len(listing.left_out),
        "problems": [
            {"path": shown(item.path), "message": item.message, "fix": item.fix}
            for item in listing.problems[:_LEFT_OUT]
        ],
        "limits": {"files": FILES_LIMIT, "bytes": BYTES_LIMIT},
    }


def _packing(packing: Packing) -> dict[str, Any]:
    return {
        "id": packing.id,
        "state": packing.state,
        "files": packing.files,
        "bytes": packing.bytes,
        "packed_files": packing.packed_files,
        "packed_bytes": packing.packed_bytes,
        "snapshot": packing.snapshot.digest if packing.snapshot else None,
        "problem": problem(packing.problem) if packing.problem else None,
    }


def _reference(project: Path, reference: str) -> dict[str, Any]:
    commit = commit_of(project, reference, "reference")
    try:
        changed = Repository.of(project).differs_from(commit.hash)
    except GitError:
        changed = []
    return {
        "reference": reference,
        **shapes.commit(commit),
        "changed": [shown(path) for path in changed[:_UNCOMMITTED]],
        "changed_count": len(changed),
    }


def _code(made: Resource[Spec], snapshots: Snapshots) -> dict[str, Any]:
    spec = made.spec
    found = snapshots.get(spec.snapshot) if spec.snapshot is not None else None
    changed: list[tuple[str, Change]] = []
    try:
        if found is not None:
            changed = snapshots.changed(found.digest, Path(made.project))
    except SourceError:  # damaged: as good as gone
        found = None
    return {
        "source": spec.source or LIVE,
        "snapshot": found
        and {
            "digest": found.digest,
            "files": found.files,
            "bytes": found.bytes,
            "made_at": shapes.moment(found.made_at),
        },
        "changed": [{"path": shown(path), "change": change} for path, change in changed[:_CHANGED]],
        "changed_count": len(changed),
    }


handlers = [
    (r"/saturn-deploy/api/snapshots/preview", PreviewHandler),
    (r"/saturn-deploy/api/snapshots", SnapshotsHandler),
    (r"/saturn-deploy/api/snapshots/([^/]+)", SnapshotHandler),
    (r"/saturn-deploy/api/git", GitHandler),
    (r"/saturn-deploy/api/(job|deployment)s/([^/]+)/code", CodeHandler),
]
