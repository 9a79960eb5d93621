"""Requests to one server, and refusals and failures in words."""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException, HTTPMessage
from typing import IO, Any
from urllib.parse import urlencode, urlsplit

JSON = Any
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_TIMEOUT = 60.0


class NoServer(Exception):
    """There is no server, or it doesn't answer. `str(error)` says what was tried."""


class Problem(Exception):
    """The server refused: `status` of HTTP, `message`, and `errors`, a `{field, message, fix}` for
    each field that is to blame. `str(error)` holds all of it, a line for each field."""

    def __init__(self, status: int, message: str, errors: list[dict[str, str]]) -> None:
        super().__init__("\n".join(map(told, errors)) or message)
        self.status = status
        self.message = message
        self.errors = errors


def told(error: Mapping[str, str]) -> str:
    """What is wrong with a field, and what to do."""
    fix = f" ({error['fix']})" if error["fix"] else ""
    return f"{error['field']}: {error['message']}{fix}".removeprefix(": ")


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: the token is for this server alone."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> None:
        return None


class Connection:
    """One server, and a token to act with. Holds nothing open; any thread may use it."""

    def __init__(self, url: str, token: str) -> None:
        """`url` is that of the interface, as in SATURN_BASE_URL. Raises `NoServer` for one, or a
        token, that can't be meant."""
        try:
            parts = urlsplit(url)
            sound = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError:
            sound = False
        # It is not repeated: it may hold a password.
        if not sound or "@" in parts.netloc:
            raise NoServer("the server's address is none like http://localhost:8888/saturn-deploy/")
        if not (token and token.isascii() and token.isprintable()):
            raise NoServer("the server's token holds what no token holds: copy it again")
        self.url = url.rstrip("/") + "/"
        self._token = token
        handlers: list[urllib.request.BaseHandler] = [_Stay()]
        if parts.hostname in _LOOPBACK:
            # No proxy finds this machine's loopback; and the certificate of who listens there is
            # its own, and for another name.
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            handlers.append(urllib.request.ProxyHandler({}))
            handlers.append(urllib.request.HTTPSHandler(context=context))
        self._opener = urllib.request.build_opener(*handlers)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.url!r})"

    def request(
        self,
        method: str,
        path: str,
        body: JSON = None,
        query: Mapping[str, object] | None = None,
        timeout: float = _TIMEOUT,
    ) -> JSON:
        """The JSON answer of `api/<path>`. None in the query leaves its key out. Raises `Problem`
        and `NoServer`."""
        data = None if body is None else json.dumps(body).encode()
        return self.read(self.send(method, path, data, query, timeout=timeout)[0])

    def send(
        self,
        method: str,
        path: str,
        data: bytes | None = None,
        query: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = _TIMEOUT,
    ) -> tuple[bytes, Mapping[str, str]]:
        """The answer and its headers."""
        given = {key: _word(value) for key, value in (query or {}).items() if value is not None}
        request = urllib.request.Request(
            f"{self.url}api/{path}" + (f"?{urlencode(given)}" if given else ""),
            data,
            {"Content-Type": "application/json", **(headers or {})},
            method=method,
        )
        request.add_unredirected_header("Authorization", f"token {self._token}")
        try:
            with self._opener.open(request, timeout=timeout) as response:
                return response.read(), response.headers
        except urllib.error.HTTPError as error:
            with error:
                raise _problem(error) from None
        except urllib.error.URLError as error:
            raise NoServer(f"{self.url} doesn't answer: {error.reason}") from None
        except (OSError, HTTPException) as error:
            why = str(error) or type(error).__name__
            raise NoServer(f"{self.url} broke off its answer: {why}") from None

    def read(self, content: bytes) -> JSON:
        """An answer's JSON."""
        try:
            return json.loads(content)
        except ValueError:
            raise NoServer(f"what answers at {self.url} is no server of saturn-deploy") from None


def _problem(error: urllib.error.HTTPError) -> Problem:
    """What a refusal says, if it is one of ours."""
    if 300 <= error.code < 400:
        return Problem(error.code, "the server sends elsewhere: check its address", [])
    try:
        body = json.loads(error.read())
        message = str(body.get("message") or error.reason)
        errors = [
            {key: str(each.get(key) or "") for key in ("field", "message", "fix")}
            for each in body.get("errors") or []
        ]
    except (OSError, HTTPException, ValueError, AttributeError):
        message, errors = str(error.reason), []
    return Problem(error.code, message, errors)


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
