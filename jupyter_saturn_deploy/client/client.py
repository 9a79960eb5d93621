"""Everything that a server of ours can be asked, as methods."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TypeVar
from urllib.parse import quote

from .connection import JSON, Connection, NoServer, Problem
from .runtimes import runtime_dir, runtimes

FINAL = ("completed", "error", "stopped")
"""States of a run that has ended."""
KINDS = ("job", "deployment")
_ANSWERS_WITHIN = 5.0
_PATIENCE = 30.0
"""Seconds that a server may be away, e.g. to be started again, while a run of it is followed."""
_SHORTEST, _LONGEST = 0.1, 1.0
"""Seconds between two looks at a run."""
_PIECE = 1024 * 1024
_T = TypeVar("_T")


class Client(Connection):
    """One server, and a token to act with. Every method raises `Problem` and `NoServer`."""

    @classmethod
    def find(cls, cwd: str | None = None) -> Client:
        """The server that is meant here: SATURN_BASE_URL and SATURN_TOKEN say it, in every run; or
        it is the one that this kernel is of; or of this machine's servers the one whose project
        holds `cwd`; or the newest."""
        url, token = os.environ.get("SATURN_BASE_URL"), os.environ.get("SATURN_TOKEN")
        if url and token:
            return cls(url, token)
        for runtime in runtimes(cwd or os.getcwd()):
            try:
                client = cls(runtime.url, runtime.token)
                client.request("GET", "status", timeout=_ANSWERS_WITHIN)
                return client
            except (NoServer, Problem):
                continue
        raise NoServer(
            "no Jupyter server with saturn-deploy runs here: SATURN_BASE_URL and SATURN_TOKEN are"
            f" not both set, and no file saturn-deploy-HOST-PID.json in {runtime_dir()} is of one"
            " that answers. Start JupyterLab, or set them"
        )

    def status(self) -> dict[str, JSON]:
        """Who acts on wishes, and what everybody should know."""
        return dict(self.request("GET", "status"))

    def user(self) -> dict[str, JSON]:
        """Who asks."""
        return dict(self.request("GET", "user"))

    def workspace(self) -> dict[str, JSON]:
        """What the server sits on, each value with where it was read."""
        return dict(self.request("GET", "workspace"))

    def frameworks(self, path: str) -> dict[str, JSON]:
        """What an app's file is made with, and the commands that would serve it. `path` is relative
        to the project."""
        return dict(self.request("GET", "frameworks", query={"path": path}))

    def recipes(self, kind: str | None = None, **filters: object) -> Iterator[dict[str, JSON]]:
        """Jobs and deployments, page by page. `filters` are those of the HTTP interface."""
        return self._pages("recipes", {"type": kind, "limit": 500, **filters})

    def recipe(self, kind: str, name: str, **query: object) -> dict[str, JSON]:
        """One job or deployment, with the values of its environment variables."""
        return dict(self.request("GET", f"recipes/{kind}/{_part(name)}", query=query))

    def text(self, kind: str, name: str, **query: object) -> str:
        """A recipe as YAML, to be applied by anybody."""
        path = f"recipes/{kind}/{_part(name)}"
        return self.send("GET", path, query={"format": "yaml", **query})[0].decode()

    def named(self, name: str) -> dict[str, JSON]:
        """The job or deployment of that name, without values of environment variables;
        `job/NAME` and `deployment/NAME` say which. `Problem` where there is none, or both."""
        kind, _, rest = name.partition("/")
        if kind in KINDS and rest:
            return self.recipe(kind, rest, values=False)
        found = []
        for kind in KINDS:
            try:
                found.append(self.recipe(kind, name, values=False))
            except Problem as problem:
                if problem.status != 404:
                    raise
        if len(found) == 1:
            return found[0]
        if found:
            which = f"say job/{name} or deployment/{name}"
            raise Problem(409, f"both a job and a deployment are named {name}: {which}", [])
        raise Problem(404, f"there is no job or deployment {name!r}", [])

    def apply(
        self, text: str | bytes, *, dry_run: bool = False, enforce_unknown: bool = True
    ) -> list[dict[str, JSON]]:
        """Create or update what a text of recipes describes. What became of each:
        `{line, type, name, outcome, id, warnings, errors}`."""
        content, _ = self.send(
            "POST",
            "recipes/apply",
            text.encode() if isinstance(text, str) else text,
            {"dry_run": dry_run, "enforce_unknown": enforce_unknown},
            {"Content-Type": "application/yaml"},
        )
        return list(self.read(content)["results"])

    def create(self, kind: str, spec: Mapping[str, JSON]) -> dict[str, JSON]:
        """A new job or deployment. It is not started."""
        return dict(self.request("POST", "recipes", {"type": kind, "spec": spec}))

    def edit(self, recipe: Mapping[str, JSON], spec: Mapping[str, JSON]) -> dict[str, JSON]:
        """Put the fields of `spec` over those of the job or deployment."""
        return dict(self.request("PATCH", _of(recipe), {"spec": spec}))

    def delete(self, recipe: Mapping[str, JSON]) -> None:
        """With its runs and logs; what runs is stopped."""
        self.request("DELETE", _of(recipe))

    def start(self, recipe: Mapping[str, JSON]) -> dict[str, JSON]:
        """A job's new run; or the deployment, which is to run from now on."""
        return dict(self.request("POST", f"{_of(recipe)}/start", {}))

    def stop(self, recipe: Mapping[str, JSON]) -> dict[str, JSON]:
        """Stop all runs of a job, or a deployment."""
        return dict(self.request("POST", f"{_of(recipe)}/stop", {}))

    def restart(self, recipe: Mapping[str, JSON]) -> dict[str, JSON]:
        """Stop a job's runs and start one, or let an edit reach what runs of a deployment."""
        return dict(self.request("POST", f"{_of(recipe)}/restart", {}))

    def set_schedule(self, job: Mapping[str, JSON], on: bool) -> dict[str, JSON]:
        """Switch a job's schedule on or off."""
        action = "schedule" if on else "unschedule"
        return dict(self.request("POST", f"{_of(job)}/{action}", {}))

    def instances(self, deployment: Mapping[str, JSON]) -> list[dict[str, JSON]]:
        """Those that have not ended, then the latest that have."""
        return list(self.request("GET", f"{_of(deployment)}/instances")["instances"])

    def run(self, run_id: str) -> dict[str, JSON]:
        """One run, or instance of a deployment."""
        return dict(self.request("GET", f"runs/{_part(run_id)}"))

    def runs(
        self, job: Mapping[str, JSON] | None = None, **filters: object
    ) -> Iterator[dict[str, JSON]]:
        """Runs of one job or of all, the newest first, page by page."""
        return self._pages("runs" if job is None else f"{_of(job)}/runs", filters)

    def stop_run(self, run_id: str) -> dict[str, JSON]:
        """Stop one; one that has ended stays as it is."""
        return dict(self.request("POST", f"runs/{_part(run_id)}/stop", {}))

    def log(self, run_id: str, attempt: int | None = None, offset: int = 0) -> bytes:
        """What an attempt (the latest one) wrote so far, from byte `offset` on."""
        return b"".join(self.written(run_id, attempt, offset))

    def written(self, run_id: str, attempt: int | None = None, offset: int = 0) -> Iterator[bytes]:
        """The same in pieces, for a log of any size."""
        while True:
            piece, offset = self._piece(run_id, attempt, offset)
            if not piece:
                return
            yield piece

    def follow(
        self, run_id: str, attempt: int = 1, offset: int = 0, timeout: float | None = None
    ) -> Iterator[bytes]:
        """What a run writes, as it comes, from that attempt on until the run has ended. Raises
        `TimeoutError` after so many seconds."""
        began, pause = time.monotonic(), _SHORTEST
        while True:
            # Looked at before the log: what had ended by then writes nothing more.
            run = _patiently(lambda: self.run(run_id))
            latest = max((tried["number"] for tried in run["attempts"]), default=0)
            while attempt <= latest:
                piece, offset = _patiently(partial(self._piece, run_id, attempt, offset))
                if not piece:
                    break
                yield piece
                pause = _SHORTEST
            if attempt < latest:
                attempt, offset = attempt + 1, 0
            elif run["state"] in FINAL:
                return
            else:
                _not_later(run, began, timeout)
                time.sleep(pause)
                pause = min(pause * 1.3, _LONGEST)

    def wait(self, run_id: str, timeout: float | None = None) -> dict[str, JSON]:
        """The run, once it has ended. Raises `TimeoutError` after so many seconds."""
        began, pause = time.monotonic(), _SHORTEST
        while (run := _patiently(lambda: self.run(run_id)))["state"] not in FINAL:
            _not_later(run, began, timeout)
            time.sleep(pause)
            pause = min(pause * 1.3, _LONGEST)
        return run

    def tokens(self) -> list[dict[str, JSON]]:
        """The tokens that the owner made, without what proves them."""
        return list(self.request("GET", "tokens")["tokens"])

    def create_token(self, name: str) -> dict[str, JSON]:
        """A new one; the only answer that holds `token` itself."""
        return dict(self.request("POST", "tokens", {"name": name}))

    def revoke_token(self, token_id: str) -> None:
        """It opens nothing any more."""
        self.request("DELETE", f"tokens/{_part(token_id)}")

    def _pages(self, path: str, filters: Mapping[str, object]) -> Iterator[dict[str, JSON]]:
        key = None
        while True:
            page = self.request("GET", path, query={**filters, "next_key": key})
            yield from page[path.rpartition("/")[2]]
            key = page["next_key"]
            if key is None:
                return

    def _piece(self, run_id: str, attempt: int | None, offset: int) -> tuple[bytes, int]:
        """The next bytes at `offset`, with a word in place of those that were given back, and where
        to go on; empty where there is nothing more."""
        wanted = {"Range": f"bytes={offset}-{offset + _PIECE - 1}"}
        path = f"runs/{_part(run_id)}/log"
        try:
            piece, headers = self.send("GET", path, query={"attempt": attempt}, headers=wanted)
        except Problem as problem:
            if problem.status != 416:
                raise
            return b"", offset
        end = offset + len(piece)
        first, _, behind = headers.get("X-Log-Hole", "0-0").partition("-")
        hole = range(max(int(first), offset), int(behind))
        if not hole or hole.start >= end:
            return piece, end
        word = b"\n[saturn-deploy] %d bytes were given back\n" % len(hole)
        return (
            piece[: hole.start - offset] + word + piece[hole.stop - offset :],
            max(end, hole.stop),
        )


def _patiently(ask: Callable[[], _T]) -> _T:
    """What `ask` returns; asks again and again while the server is away."""
    began = time.monotonic()
    while True:
        try:
            return ask()
        except NoServer:
            if time.monotonic() - began >= _PATIENCE:
                raise
            time.sleep(_LONGEST / 2)


def _not_later(run: Mapping[str, JSON], began: float, timeout: float | None) -> None:
    if timeout is not None and time.monotonic() - began >= timeout:
        raise TimeoutError(
            f"run {run['number']} of {run['job_name']} goes on after {timeout:g} s:"
            f" {run['sentence']}"
        )


def _of(recipe: Mapping[str, JSON]) -> str:
    return f"{recipe['type']}s/{_part(recipe['state']['id'])}"


def _part(text: str) -> str:
    return quote(text, safe="")
