"""What all handlers share: who asks, what is in the body, and errors as JSON."""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from http.client import responses
from typing import Any, cast

from jupyter_server.auth import IdentityProvider, User
from jupyter_server.base.handlers import APIHandler, JupyterHandler
from jupyter_server.extension.handler import ExtensionHandlerMixin
from tornado import web

from ..backends.base import Backend
from ..control.code import Sources
from ..control.deployments import Deployments
from ..control.here import Here
from ..control.jobs import Jobs
from ..control.packing import Packings
from ..control.rehearsal import Rehearsals
from ..control.runs import Runs
from ..engine.engine import Engine
from ..engine.follow import Follower
from ..identity.owner import Owner
from ..identity.tokens import LOCAL, Tokens
from ..models.errors import Conflict, DeployError, FieldProblem, Invalid, NotFound, StoreUnavailable
from ..models.runs import ACTIVE, RunState
from ..sources.records import Records
from ..store import resources, tokens
from ..store.db import Database, Store
from ..workspace import Workspace

AUTH_RESOURCE = "saturn_deploy"
APPS_PATH = "saturn-deploy/apps/"
BODY_LIMIT = 1024 * 1024
"""Bytes: more than the largest recipe that the limits of `models.resources` allow."""
_NOTED = 60.0
"""Seconds between notes of when a token was used last."""
PAGE, PAGE_LIMIT = 25, 500

_STATUS: dict[type[DeployError], int] = {
    Invalid: 422,
    NotFound: 404,
    Conflict: 409,
    StoreUnavailable: 503,
}


@dataclass(frozen=True)
class Services:
    """What the handlers work with; the app makes it."""

    store: Store
    workspace: Workspace
    owner: Owner
    tokens: Tokens
    jobs: Jobs
    deployments: Deployments
    runs: Runs
    sources: Sources
    packings: Packings
    rehearsals: Rehearsals
    records: Records
    engine: Engine
    follower: Follower
    backends: dict[str, Backend]
    here: Callable[[], Awaitable[Here]]


def problem(error: DeployError) -> dict[str, Any]:
    """A refusal: `{message, errors: [{field, message, fix}]}`."""
    problems: Iterable[FieldProblem] = getattr(error, "problems", ())
    return {"message": str(error), "errors": [item.as_dict() for item in problems]}


class _ByToken(IdentityProvider):
    """Stands in for the server's identity provider when a request carries a token of ours."""

    def __init__(self, user: User) -> None:
        super().__init__()
        self._user = user

    def get_user(self, handler: web.RequestHandler) -> User:
        return self._user

    def is_token_authenticated(self, handler: web.RequestHandler) -> bool:
        return True


class Authenticated(ExtensionHandlerMixin, JupyterHandler):
    """A handler that takes a resource's token, or else whom Jupyter takes, if it is the owner."""

    auth_resource = AUTH_RESOURCE
    _by_token: _ByToken | None = None
    _token_of: str | None = None
    """What the request's token is of, if that is one of ours."""

    @property
    def services(self) -> Services:
        """The app's parts."""
        return cast(Services, self.settings["saturn_deploy"])

    @property
    def identity_provider(self) -> IdentityProvider:
        """Ours for a request with a token of ours: no cookie, so no XSRF check either."""
        if self._by_token is not None:
            return self._by_token
        return super().identity_provider

    @property
    def apps_url(self) -> str:
        """Below it are the URLs of deployments, as who asks reaches this server."""
        return f"{self.request.protocol}://{self.request.host}{self.base_url}{APPS_PATH}"

    async def prepare(self, *args: Any, **kwargs: Any) -> None:
        """Find out who asks. 401 for a bad token of ours, 403 for anybody but the owner."""
        scheme, _, token = self.request.headers.get("Authorization", "").partition(" ")
        services = self.services
        token_of = services.tokens.resource_of(token.strip())
        if scheme.lower() in ("token", "bearer") and token_of is not None:
            generation = await self._generation(token_of)
            if generation is None or not services.tokens.valid(token.strip(), generation):
                raise web.HTTPError(401, "the token is not valid, or its resource was deleted")
            self._by_token = _ByToken(User(username=services.owner.name))
            self._token_of = token_of
        await super().prepare(*args, **kwargs)
        user = self.current_user
        if user is not None and self._by_token is None and not services.owner.is_owner(user):
            raise web.HTTPError(403, f"this server belongs to {services.owner.name}")

    async def _generation(self, token_of: str) -> int | None:
        """That a token of it has to be of; None: there is no such thing (any more)."""
        if token_of == LOCAL:
            return 0
        services, now = self.services, time.time()
        owner = services.owner.name

        def work(db: Database) -> tuple[int | None, bool]:
            generation = resources.generation(db, owner, token_of)
            if generation is not None:
                return generation, False
            made = tokens.find(db, owner, token_of)
            if made is None:
                return None, False
            return tokens.GENERATION, now - (made.last_used_at or 0.0) >= _NOTED

        generation, to_note = await services.store.read(work)
        if to_note:
            with suppress(StoreUnavailable):
                await services.store.write(lambda db: tokens.note_used(db, token_of, now))
        return generation

    def only_in_person(self) -> None:
        """403 for what the token of a resource, or one that somebody made, may not do: to make
        another that lives longer."""
        if self._token_of not in (None, LOCAL):
            raise web.HTTPError(403, "a token can't do this: sign in and do it in JupyterLab")

    def send_error(self, status_code: int = 500, **kwargs: Any) -> None:
        """A refusal of ours carries the status of its kind."""
        error = kwargs.get("exc_info", (None, None))[1]
        if isinstance(error, DeployError):
            status_code = next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)
        super().send_error(status_code, **kwargs)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """`{message, errors: [{field, message, fix}]}`."""
        error = kwargs.get("exc_info", (None, None))[1]
        body: dict[str, Any] = {"message": responses.get(status_code, "unknown error")}
        if isinstance(error, DeployError):
            body = problem(error)
        elif isinstance(error, web.HTTPError) and error.log_message:
            body["message"] = error.log_message % error.args
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps({"errors": [], **body}))

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """A refusal is no failure of the server."""
        if not isinstance(value, DeployError):
            super().log_exception(typ, value, tb)


class Handler(Authenticated, APIHandler):
    """A handler that speaks JSON."""

    def reply(self, body: Any, status: int = 200) -> None:
        """Answer with JSON."""
        self.set_status(status)
        self.finish(json.dumps(body))

    def body(self, *, optional: bool = False) -> Any:
        """The request's body, read as JSON. 400 when it is none, 413 when it is too large."""
        raw = self.request.body
        if len(raw) > BODY_LIMIT:
            raise web.HTTPError(413, f"the body is larger than {BODY_LIMIT} bytes: make it smaller")
        if optional and not raw.strip():
            return {}
        try:
            return json.loads(raw)
        except (ValueError, RecursionError):
            raise web.HTTPError(400, "the body is no JSON: send a JSON object") from None

    def page(self) -> tuple[int, str | None]:
        """`limit` and `next_key` of a list."""
        limit = self.number("limit", PAGE, low=1, high=PAGE_LIMIT)
        return limit, self.get_query_argument("next_key", None) or None

    def number(self, name: str, default: int, *, low: int, high: int) -> int:
        """A whole number of the query."""
        text = self.get_query_argument(name, None)
        if text is None or text == "":
            return default
        # Python reads digits of any script, and "1_000"; a query has ASCII digits.
        digits = text.isascii() and text.isdigit() and len(text) <= 20
        if not (digits and low <= int(text) <= high):
            raise Invalid.field(name, "is out of range", f"give a whole number, {low} to {high}")
        return int(text)

    def flag(self, name: str, default: bool) -> bool:
        """A yes or no of the query."""
        text = self.get_query_argument(name, "").lower()
        if text in ("", "1", "true", "yes", "0", "false", "no"):
            return default if text == "" else text in ("1", "true", "yes")
        raise Invalid.field(name, "is neither yes nor no", "give true or false")

    def states(self) -> list[RunState]:
        """`state=a,b` of the query; `active` stands for all active ones."""
        chosen: list[RunState] = []
        for word in filter(None, self.get_query_argument("state", "").split(",")):
            if word == "active":
                chosen.extend(ACTIVE)
            elif word in list(RunState):
                chosen.append(RunState(word))
            else:
                known = ", ".join(RunState)
                raise Invalid.field("state", f"{word[:40]!r} is no state", f"use active, {known}")
        return chosen

    def user_name(self) -> str:
        """Who asks, in a word."""
        if self._by_token is not None or not self.services.owner.compare_names:
            return self.services.owner.name
        return str(self.current_user.username)

    def audit(self, action: str, subject: str) -> None:
        """One line for each change of state: who did what to which id, no values."""
        self.log.info("audit: %s %s %s", self.user_name(), action, subject)
