"""Whom the door keeps out. Nothing of what it refuses reaches the app."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from jupyter_server.auth import Authorizer, User

from jupyter_saturn_deploy.identity.owner import Owner
from tests.proxy.conftest import ANONYMOUS, HANDSHAKE, PAGE, Headers, Site

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
XHR: Headers = [("Accept", "text/html"), ("Sec-Fetch-Mode", "cors")]


class Nobody(Authorizer):
    """May do nothing."""

    def is_authorized(self, handler: Any, user: User, action: str, resource: str) -> bool:
        return False


@pytest.fixture(autouse=True)
def _spared(site: Site, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """An app, which in the end has seen only what was meant to reach it."""
    app = jp_asyncio_loop.run_until_complete(site.app())
    yield
    assert all(b"refused" not in request.body for request in app.seen)
    assert not [request.target for request in app.seen if "refused" in request.target]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", ["a/refused", "a", "none/refused"])
async def test_without_credentials_there_is_nothing(site: Site, method: str, path: str) -> None:
    body = b"refused" if method == "POST" else None
    answer = await site(method, path, [ANONYMOUS], body)
    assert answer.status in (401, 403)
    if method != "HEAD":
        assert "message" in json.loads(answer.body)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", ["a/refused?x=%2F&y", "a?x", "none/"])
async def test_a_browser_of_nobody_known_is_sent_to_the_login_and_back(
    site: Site, method: str, path: str
) -> None:
    answer = await site(method, path, [ANONYMOUS, *PAGE])
    assert answer.status == 302
    login = urlsplit(answer.get("Location") or "")
    assert (login.netloc, login.path) == ("", f"{site.base}login")
    assert parse_qs(login.query)["next"] == [f"{site.base}saturn-deploy/apps/{path}"]


@pytest.mark.parametrize("headers", [XHR, [("Accept", "*/*")], [("Accept", "text/html")]])
async def test_only_a_page_is_sent_to_the_login(site: Site, headers: Headers) -> None:
    method = "POST" if headers == [("Accept", "text/html")] else "GET"
    assert (await site(method, "a/refused", [ANONYMOUS, *headers])).status == 403


async def test_even_where_the_server_lets_anybody_in(site: Site) -> None:
    site.settings["allow_unauthenticated_access"] = True
    for method in METHODS:
        assert (await site(method, "a/refused", [ANONYMOUS])).status == 403
    assert (await site("GET", "a/refused", [ANONYMOUS, *PAGE])).status == 302
    assert (await site("GET", "a/refused", [ANONYMOUS, *HANDSHAKE])).status == 403


async def test_a_websocket_without_credentials_is_refused(site: Site) -> None:
    assert (await site("GET", "a/refused", [ANONYMOUS, *HANDSHAKE])).status == 403


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", ["a/refused", "a", "none/"])
async def test_what_the_authorizer_denies_is_denied(site: Site, method: str, path: str) -> None:
    site.settings["authorizer"] = Nobody(parent=site.serverapp)
    assert (await site(method, path)).status == 403
    assert (await site("GET", path, [*HANDSHAKE])).status == 403


async def test_a_resource_s_token_opens_and_a_forged_one_is_401(site: Site) -> None:
    token = await site.resource_token()
    for scheme in ("token", "Bearer"):
        header = [("Authorization", f"{scheme} {token}")]
        assert (await site("POST", "a/", header, b"body")).body == b"body"
        forged = [("Authorization", f"{scheme} {token[:-3]}AAA")]
        for more in ([], PAGE, HANDSHAKE):
            answer = await site("GET", "a/refused", [*forged, *more])
            assert answer.status == 401
            assert token[:-3].encode() not in answer.body


async def test_where_names_mean_something_only_the_owner_gets_in(site: Site) -> None:
    services = site.settings["saturn_deploy"]
    site.settings["saturn_deploy"] = replace(services, owner=Owner("ana", compare_names=True))
    site.by_cookie("eve")
    for method in METHODS:
        assert (await site(method, "a/refused", site.from_here)).status == 403
    assert (await site("GET", "a/refused", [*HANDSHAKE, *site.from_here])).status == 403
    site.by_cookie("ana")
    assert (await site("POST", "a/", site.from_here)).status == 200


async def test_by_cookie_what_may_change_something_comes_from_a_page_of_this_server(
    site: Site,
) -> None:
    site.by_cookie()
    here = f"http://{site.host}"
    refused: list[Headers] = [
        [],
        [("Origin", "https://else.where")],
        [("Origin", "null")],
        [("Origin", here + "0")],
        [("Origin", here), ("Sec-Fetch-Site", "same-site")],
        [("Origin", "https://else.where"), ("Sec-Fetch-Site", "same-origin")],
        [("Sec-Fetch-Site", "cross-site")],
        [("Referer", here + "/lab")],
    ]
    for headers in refused:
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            assert (await site(method, "a/refused", headers, b"refused")).status == 403, headers
        assert (await site("GET", "a/refused", [*HANDSHAKE, *headers])).status == 403, headers
    allowed: list[Headers] = [
        [("Origin", here)],
        [("Origin", here), ("Sec-Fetch-Site", "same-origin")],
        [("Sec-Fetch-Site", "none")],
    ]
    for headers in allowed:
        assert (await site("POST", "a/", headers, b"x")).body == b"x", headers


async def test_reading_is_free_by_cookie(site: Site) -> None:
    site.by_cookie()
    for method in ("GET", "HEAD", "OPTIONS"):
        assert (await site(method, "a/", [("Sec-Fetch-Site", "cross-site")])).status == 200


async def test_an_origin_that_the_server_allows_may_send(site: Site) -> None:
    site.by_cookie()
    there = [("Origin", "https://else.where"), ("Sec-Fetch-Site", "cross-site")]
    site.settings["allow_origin"] = "https://else.where"
    assert (await site("POST", "a/", there, b"x")).body == b"x"
    assert (await site("POST", "a/refused", [("Origin", "https://not.there")])).status == 403


async def test_by_token_it_may_come_from_anywhere(site: Site) -> None:
    for headers in ([], [("Origin", "https://else.where")], [("Sec-Fetch-Site", "cross-site")]):
        assert (await site("POST", "a/", headers, b"x")).body == b"x"


async def test_an_app_that_isn_t_there_is_404(site: Site) -> None:
    for path in ("none", "none/x", "..%2fa/x", "%2e%2e/x"):
        answer = await site("GET", path)
        assert answer.status == 404, path
        assert json.loads(answer.body)["message"]
        answer = await site("GET", path, PAGE)
        assert answer.status == 404
        assert answer.body.startswith(b"<!doctype html>")
    assert (await site("GET", "none/x", HANDSHAKE)).status == 404


async def test_the_address_without_a_slash_leads_to_the_one_with_it(site: Site) -> None:
    for query in ("", "?x=%20&y"):
        answer = await site("GET", f"a{query}", PAGE)
        assert answer.status == 307
        assert answer.get("Location") == f"{site.base}saturn-deploy/apps/a/{query}"


@pytest.mark.parametrize(
    "target",
    ["http://else.where{door}a/x", "//else.where{door}a/x", "{door}/a/x", "{door}..%2fa/x", "*"],
)
async def test_no_request_line_leads_elsewhere(site: Site, target: str) -> None:
    door = f"{site.base}saturn-deploy/apps/"
    answer = await site("GET", target=target.format(door=door))
    assert answer.status in (400, 404)
    assert site.little[0].seen == []


@pytest.mark.parametrize("below", ["/else.where", "@else.where/", "..%2f..%2flab", "\\else.where"])
async def test_an_odd_path_is_the_app_s_own(site: Site, below: str) -> None:
    assert (await site("GET", f"a/{below}")).status == 200
    (seen,) = site.little[0].seen
    assert seen.target == f"/{below}"
    assert seen.get("Host") == f"localhost:{site.little[0].port}"


@pytest.mark.parametrize("host", ["else.where", "localhost:1", "127.0.0.1:1@else.where", ""])
async def test_an_odd_host_changes_nothing(site: Site, host: str) -> None:
    answer = await site("GET", "a/", [("Host", host)])
    app = site.little[0]
    assert answer.status in (400, 403) or app.seen[0].get("Host") == f"localhost:{app.port}"


async def test_line_ends_in_a_path_or_query_stay_what_they_are(site: Site) -> None:
    target = "x%0d%0aX-Saturn-User:%20eve?y=%0d%0a%0d%0aGET%20/"
    assert (await site("GET", f"a/{target}")).status == 200
    (seen,) = site.little[0].seen
    assert seen.target == f"/{target}"
    assert seen.get("X-Saturn-User") == site.owner


@pytest.mark.parametrize(
    "headers",
    [
        [("Content-Length", "3"), ("Transfer-Encoding", "chunked")],
        [("Content-Length", "3"), ("Content-Length", "4")],
        [("Content-Length", "+3")],
        [("Transfer-Encoding", "gzip, chunked")],
        [("Transfer-Encoding", "chunked"), ("Transfer-Encoding", "chunked")],
    ],
)
async def test_a_body_of_which_two_could_see_different_ends_is_refused(
    site: Site, headers: Headers
) -> None:
    async with site.connected() as (reader, writer):
        head = site.head("POST", f"{site.base}saturn-deploy/apps/a/refused", headers)
        writer.write(head + b"0\r\n\r\n")
        assert b" 400 " in await reader.readline()
    assert site.little[0].seen == []


async def test_no_log_line_holds_a_token(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    site.rotation.put("b")
    for path in ("a/", "a", "b/", "none/", "a/?x"):
        for more in ([], PAGE):
            secret = f"{path}{'&' if '?' in path else '?'}token={site.token}"
            await site("GET", secret, [ANONYMOUS, *more])
            await site("GET", secret + "x", [ANONYMOUS, *more])
    assert "apps/b/" in caplog.text
    assert site.token not in caplog.text
