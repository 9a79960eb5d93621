"""Who is let in, and what the others see.

Pages of an app share Jupyter's origin but know none of its XSRF tokens, so what comes by cookie
and may change something has to come from a page of this origin.
"""

from __future__ import annotations

from typing import Any

from jupyter_server.utils import ensure_async
from tornado import web

from ..api.base import AUTH_RESOURCE, Authenticated
from ..models.errors import DeployError
from . import page
from .forward import CutShort


class Visited(Authenticated):
    """Lets the owner in, and browsers of nobody known to the login."""

    def check_xsrf_cookie(self) -> None:
        """See `_admit`: pages of an app can't know the token."""

    def get_login_url(self) -> str:
        """Where who isn't known is sent; raises 403 for all but the page of a browser."""
        if not self.is_navigation():
            raise web.HTTPError(403, "log in, or send a token")
        return str(super().get_login_url())

    def is_navigation(self) -> bool:
        """Whether a browser wants to show a page."""
        headers = self.request.headers
        return (
            self.request.method in ("GET", "HEAD")
            and "text/html" in headers.get("Accept", "")
            and headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
        )

    async def prepare(self, *args: Any, **kwargs: Any) -> None:
        """Let in whom it belongs to: else a redirect to the login, 401 or 403."""
        await super().prepare(*args, **kwargs)
        if not self._finished:
            self._known()
        if not self._finished:
            await self._admit()

    @web.authenticated
    def _known(self) -> None:
        """Where the server lets anybody in, this doesn't."""

    async def _admit(self) -> None:
        """403 for what the authorizer denies and for what another site's page may have sent."""
        free = self.request.method in ("GET", "HEAD", "OPTIONS")
        websocket = "Upgrade" in self.request.headers
        action = "execute" if websocket else "read" if free else "write"
        allowed = self.authorizer.is_authorized(self, self.current_user, action, AUTH_RESOURCE)
        if not await ensure_async(allowed):
            raise web.HTTPError(403)
        if (websocket or not free) and not (self._by_own_token() or self._from_here()):
            raise web.HTTPError(403, "send it from a page of this server, or with a token")

    def _by_own_token(self) -> bool:
        return self.token_authenticated or bool(self.settings.get("disable_check_xsrf", False))

    def _from_here(self) -> bool:
        """Whether a page of this origin, or of one that the server allows, sent it."""
        headers = self.request.headers
        here = headers.get("Sec-Fetch-Site", "") in ("same-origin", "none")
        if "Origin" not in headers:
            return here
        if "Sec-Fetch-Site" in headers and not (here or self.allow_origin or self.allow_origin_pat):
            return False
        return bool(self.check_origin())

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """A page for who wanted one, JSON for others."""
        error = kwargs.get("exc_info", (None, None))[1]
        if not self.is_navigation():
            super().write_error(status_code, **kwargs)
            return
        message = error.get_message() if isinstance(error, web.HTTPError) else None
        self.show(page.problem(status_code, message))

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Without the address, which may hold the server's token; of a refusal, which the line of
        the request tells, nothing."""
        if not isinstance(value, (web.HTTPError, DeployError, CutShort)):
            self.log.error("Uncaught exception at the door", exc_info=(typ, value, tb))

    def show(self, shown: page.Page) -> None:
        """A page of ours."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Content-Security-Policy", shown.policy)
        self.set_header("Cache-Control", "no-store")
        self.finish(shown.html)
