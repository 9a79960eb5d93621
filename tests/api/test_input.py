"""What can be sent but makes no sense is refused with a 4xx, and no failure of the server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from tornado.httpclient import HTTPClientError
from tornado.websocket import WebSocketClientConnection

from tests.api.conftest import Api

SURROGATE = rb'"\ud800"'


@pytest.mark.parametrize("text", ["0" * 20 + "9999", "0" * 19 + "9" * 5000, "-1", "٣", "1_0"])
async def test_a_number_of_the_query_is_within_its_range(api: Api, text: str) -> None:
    answer = await api("GET", f"runs?limit={text}")
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, "limit")


@pytest.mark.parametrize(
    ("method", "path", "raw"),
    [
        ("PUT", "recipes", b'{"type": "job", "spec": {"name": %s, "command": "true"}}'),
        ("POST", "recipes", b'{"type": "job", "spec": {"name": %s, "command": "true"}}'),
        ("POST", "recipes", b'{"type": "job", "spec": {"name": "a", "command": %s}}'),
        ("POST", "recipes", b'{"type": "job", "spec": {"name": "a", "command": "true", %s: 1}}'),
        ("POST", "jobs/delete", b'{"ids": [%s]}'),
        ("POST", "runs/delete", b'{"ids": [%s]}'),
    ],
)
async def test_half_a_character_is_refused(api: Api, method: str, path: str, raw: bytes) -> None:
    answer = await api(method, path, raw=raw.replace(b"%s", SURROGATE))
    assert answer.status == 422, answer


async def test_half_a_character_in_an_unknown_field_is_left_out(api: Api) -> None:
    raw = b'{"type": "job", "spec": {"name": "a", "command": "true", %s: 1}}'
    answer = await api("POST", "recipes?enforce_unknown=false", raw=raw.replace(b"%s", SURROGATE))
    assert answer.status == 201
    assert "is not known" in answer.body["warnings"][0]


async def test_a_workspace_with_names_that_are_no_utf_8_is_shown(api: Api) -> None:
    (api.project / ".git").mkdir()
    (api.project / ".git" / "HEAD").write_bytes(b"ref: refs/heads/caf\xe9\n")
    answer = await api("GET", "workspace")
    assert answer.status == 200
    assert answer.body["git"]["value"]["branch"] == "caf\udce9"


async def test_a_refused_websocket_is_told_why_in_json(
    api: Api, jp_ws_fetch: Callable[..., Awaitable[WebSocketClientConnection]]
) -> None:
    run = await api.ended(await api.job("a"))
    with pytest.raises(HTTPClientError) as refused:
        await jp_ws_fetch(f"saturn-deploy/api/runs/{run['id']}/log/follow", params={"offset": "x"})
    assert refused.value.response is not None
    assert refused.value.response.headers["Content-Type"] == "application/json"
