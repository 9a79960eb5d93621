"""The pages that are shown in an app's place: not there, not ready yet, not answering."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import cache
from html import escape
from http.client import responses
from importlib.resources import files
from string import Template


@dataclass(frozen=True)
class Page:
    """Self-contained: nothing of it is loaded from anywhere."""

    html: str
    policy: str
    """Its Content-Security-Policy: its own script and style, this server's interface, no more."""


def starting(name: str, base_url: str) -> Page:
    """Follows the deployment `name` and shows it when it is ready; offers to start it."""
    return _page(name, "It is not ready yet.", base_url, follows=True)


def problem(status: int, message: str | None) -> Page:
    """What went wrong, in a sentence."""
    return _page(f"{status} {responses.get(status, '')}".strip(), _sentence(message or ""), "/")


def _page(title: str, sentence: str, base_url: str, *, follows: bool = False) -> Page:
    nonce = secrets.token_urlsafe(16)
    html = _template().substitute(
        nonce=nonce,
        title=escape(title),
        name=escape(title),
        base=escape(base_url),
        sentence=escape(sentence),
        script=f'<script nonce="{nonce}">\n{_read("page.js")}</script>' if follows else "",
    )
    policy = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}';"
        " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )
    return Page(html, policy)


def _sentence(message: str) -> str:
    return message[:1].upper() + message[1:] + "." if message else ""


@cache
def _template() -> Template:
    return Template(_read("page.html"))


@cache
def _read(name: str) -> str:
    return (files(__package__) / name).read_text("utf-8")
