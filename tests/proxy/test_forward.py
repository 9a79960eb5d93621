"""Requests reach the app as they were sent, and its responses come back."""

from __future__ import annotations

import pytest

from tests.proxy.conftest import Site


async def test_path_and_query_arrive_letter_for_letter(site: Site) -> None:
    app = await site.app()
    for below in ("", "?", "?a=%20&b=+&a=2", "b%2Fc/../d//e;f?x=%C3%A9#", "%2e%2e%2f", "//evil"):
        below = below.rstrip("#")
        assert (await site("GET", f"a/{below}")).body == b"hello"
        assert app.seen[-1].target == f"/{below}".removesuffix("?")


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_every_method_passes_with_its_body(site: Site, method: str) -> None:
    app = await site.app()
    assert (await site(method, "a/x", body=b"\0body")).body == b"\0body"
    assert (await site(method, "a/x")).body == b"hello"
    assert [request.start for request in app.seen] == [f"{method} /x HTTP/1.1"] * 2


async def test_a_head_request_gets_the_head_alone(site: Site) -> None:
    await site.app()
    answer = await site("HEAD", "a/")
    assert (answer.status, answer.get("Content-Length")) == (200, "5")
