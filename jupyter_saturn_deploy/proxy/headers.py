"""What of a request an app gets to see, and what of its response a browser does. Pure.

The path door shares Jupyter's origin, so whatever speaks for all of it stays out of both.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, unquote_plus, urlsplit

from tornado.httputil import HTTPHeaders, HTTPInputError

from .apps import Upstream

STICKY = "saturn-deploy-instance"

_HOP_BY_HOP = frozenset(
    "connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer"
    " transfer-encoding upgrade".split()
)
# We say these ourselves, or nobody does ("proxy" is what CGI makes a setting of).
_SAID_BY_US = frozenset("host content-length expect forwarded x-real-ip remote-user proxy".split())
_OURS = ("x-forwarded-", "x-saturn-")
# These bind the whole origin, of which the app has only a part.
_OF_THE_ORIGIN = frozenset(
    "service-worker-allowed clear-site-data strict-transport-security public-key-pins"
    " public-key-pins-report-only alt-svc nel".split()
)
_PROOFS = ("x-xsrftoken", "x-csrftoken")
_COOKIE_PREFIXES = ("jupyterhub-", "username-")


@dataclass(frozen=True)
class Secrets:
    """What in a request is meant for the server alone."""

    cookie: str
    """The name of the login's cookie."""
    tokens: frozenset[str]
    """The server's own, and the one this request came with."""
    is_token: Callable[[str], bool]
    """Whether a text is a token of any resource."""
    xsrf: str | None = None
    """What proves that a page of the server sent this; an app has proofs of its own."""

    def keeps(self, cookie: str) -> bool:
        """Whether a cookie of that name is none of an app's business."""
        return cookie in (self.cookie, "_xsrf", STICKY) or cookie.startswith(_COOKIE_PREFIXES)

    def meant_for_us(self, authorization: str) -> bool:
        """Whether an `Authorization` is."""
        scheme, _, token = authorization.strip().partition(" ")
        if scheme.lower() == "token":
            return True
        token = token.strip()
        return scheme.lower() == "bearer" and (token in self.tokens or self.is_token(token))

    def strip_query(self, query: str) -> str:
        """Without the server's token; everything else letter for letter."""
        if "token" not in unquote_plus(query):
            return query
        kept = []
        for item in query.split("&"):
            name, _, value = item.partition("=")
            told = unquote_plus(value).strip()
            if unquote_plus(name) != "token" or not (told in self.tokens or self.is_token(told)):
                kept.append(item)
        return "&".join(kept)


@dataclass(frozen=True)
class Visit:
    """Who comes by which way."""

    prefix: str
    """The path below which the browser sees the app; no slash at its end."""
    host: str
    """As the browser calls the server."""
    protocol: str
    ip: str
    user: str
    same_origin: bool
    """Whether an `Origin` was found to be the server's own, or one it allows."""
    secrets: Secrets


def target_of(uri: str, visit: Visit) -> str:
    """The path and query an app is asked for: those below the prefix, still percent-encoded."""
    path, mark, query = uri[len(visit.prefix) :].partition("?")
    query = visit.secrets.strip_query(query)
    target = path + mark + query if query or not mark else path
    if not target.isascii():  # a request line has none; they would be sent as other bytes
        target = quote(target.encode("latin1"), safe=string.punctuation)
    return target


def body_length(headers: HTTPHeaders) -> int | None:
    """Bytes of a message's body; -1 when it comes in chunks, None when nothing is said of it.

    Raises HTTPInputError where two readers could see different ends of it.
    """
    length, coding = headers.get("Content-Length"), headers.get("Transfer-Encoding")
    if coding is not None:
        if length is not None or coding.lower() != "chunked":
            raise HTTPInputError(f"unclear length: {coding[:60]!r} and {length!r}")
        return -1
    if length is None:
        return None
    pieces = {piece.strip() for piece in length.split(",")}
    text = pieces.pop()
    if pieces or not re.fullmatch("[0-9]{1,18}", text):
        raise HTTPInputError(f"unclear length: {length[:60]!r}")
    return int(text)


def to_app(headers: HTTPHeaders, visit: Visit, upstream: Upstream) -> HTTPHeaders:
    """A request's headers as the app gets them; of its body nothing is said."""
    named = _named(headers)
    told = HTTPHeaders()
    origin = f"http://localhost:{upstream.port}"
    told["Host"] = origin[len("http://") :]
    for name, value in headers.get_all():
        # Those who make an environment of headers take "_" and "-" for the same.
        plain = name.lower().replace("_", "-")
        if plain in _HOP_BY_HOP or plain in _SAID_BY_US or plain in named:
            continue
        if plain.startswith(_OURS):
            continue
        if plain == "authorization" and visit.secrets.meant_for_us(value):
            continue
        if plain in _PROOFS and value == visit.secrets.xsrf:
            continue
        if plain == "cookie":
            value = _cookies(value, visit.secrets)
        elif plain == "origin" and visit.same_origin:
            value = origin
        elif plain == "referer":
            value = _referer(value, visit, origin)
        if value or plain not in ("cookie", "referer"):
            told.add(name, value)
    told["X-Forwarded-For"] = visit.ip
    told["X-Forwarded-Host"] = visit.host
    told["X-Forwarded-Proto"] = visit.protocol
    told["X-Forwarded-Prefix"] = visit.prefix
    told["X-Saturn-User"] = quote(visit.user, safe=string.punctuation + " ")
    return told


def to_browser(headers: HTTPHeaders, visit: Visit, upstream: Upstream) -> HTTPHeaders:
    """A response's headers as the browser gets them. The length of its body stays."""
    named = _named(headers)
    told = HTTPHeaders()
    for name, value in headers.get_all():
        plain = name.lower()
        if plain in _HOP_BY_HOP or plain in _OF_THE_ORIGIN or plain in named:
            continue
        if plain == "set-cookie":
            confined = _confined(value, visit)
            if confined is not None:
                told.add(name, confined)
        elif plain == "location":
            told.add(name, _location(value, visit.prefix, upstream.port))
        elif plain != "content-length":
            told.add(name, value)
    if "Content-Length" in headers and "content-length" not in named:
        told["Content-Length"] = str(body_length(headers))
    return told


def stays_open(headers: HTTPHeaders) -> bool:
    """Whether who sent these keeps the connection for another request."""
    return "close" not in _named(headers)


def _named(headers: HTTPHeaders) -> frozenset[str]:
    """Headers that are, by `Connection`, for the next hop only."""
    value = headers.get("Connection")
    if value is None:
        return frozenset()
    return frozenset(name.strip().lower().replace("_", "-") for name in value.split(","))


def _cookies(value: str, secrets: Secrets) -> str:
    pieces = (piece.strip() for piece in value.split(";"))
    return "; ".join(
        piece for piece in pieces if piece and not secrets.keeps(piece.partition("=")[0].strip())
    )


def _referer(value: str, visit: Visit, origin: str) -> str:
    """Of a page of the app, as the app calls it; else none."""
    try:
        parts = urlsplit(value)
    except ValueError:
        return ""
    if parts.netloc != visit.host or not parts.path.startswith(visit.prefix + "/"):
        return ""
    return origin + target_of(parts._replace(scheme="", netloc="", fragment="").geturl(), visit)


def _confined(value: str, visit: Visit) -> str | None:
    """A cookie that reaches no further than its app; None where it may not be set at all."""
    pair, *attributes = value.split(";")
    name, equals, _ = pair.partition("=")
    name = name.strip()
    # Without a name its value would be sent as one.
    if not equals or not name or visit.secrets.keeps(name):
        return None
    kept, path = [pair.strip()], ""
    for attribute in attributes:
        key, _, said = attribute.partition("=")
        match key.strip().lower():
            case "domain":
                pass
            case "path":
                path = said.strip()
            case _:
                kept.append(attribute.strip())
    if path.startswith("/"):
        kept.append(f"Path={_below(path, visit.prefix)}")
    return "; ".join(kept)


def _location(value: str, prefix: str, port: int) -> str:
    """Where it leads, seen from the browser."""
    try:
        parts = urlsplit(value)
        here = parts.hostname in ("localhost", "127.0.0.1", "::1") and parts.port == port
    except ValueError:
        return value
    if here and parts.scheme in ("http", "https", ""):
        rest = value.partition("//")[2][len(parts.netloc) :]
        return _below(rest if rest.startswith("/") else f"/{rest}", prefix)
    if value.startswith("/") and not value.startswith("//"):
        return _below(value, prefix)
    return value


def _below(path: str, prefix: str) -> str:
    """An absolute path of the app; it may know the prefix, and have put it there itself."""
    if path == prefix or path.startswith((prefix + "/", prefix + "?")):
        return path
    return prefix + path
