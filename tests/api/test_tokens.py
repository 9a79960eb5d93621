"""Tokens that the owner makes, and the file by which this machine's tools find the server."""

from __future__ import annotations

import json
import os
import socket
import stat
from pathlib import Path
from typing import Any

import pytest
from jupyter_core.paths import jupyter_runtime_dir
from tornado.httpclient import AsyncHTTPClient

from tests.api.conftest import Api


def bearing(token: str) -> dict[str, Any]:
    return {"headers": {"Authorization": f"token {token}"}}


async def made(api: Api, name: str = "laptop") -> Any:
    answer = await api("POST", "tokens", {"name": name})
    assert answer.status == 201, answer
    return answer.body


async def test_a_token_acts_for_the_owner_until_it_is_revoked(api: Api) -> None:
    token = await made(api)
    recipe = {"type": "job", "spec": {"name": "a", "command": "true"}}
    assert (await api("POST", "recipes", recipe, **bearing(token["token"]))).status == 201
    assert (await api("DELETE", f"tokens/{token['id']}")).status == 200
    assert (await api("GET", "recipes", **bearing(token["token"]))).status == 401
    assert (await api("DELETE", f"tokens/{token['id']}")).status == 404


async def test_tokens_are_listed_with_their_last_use_and_without_what_proves_them(
    api: Api,
) -> None:
    first, second = await made(api, "first"), await made(api, " second ")
    await api("GET", "user", **bearing(first["token"]))
    listed = (await api("GET", "tokens")).body["tokens"]
    assert [item["name"] for item in listed] == ["second", "first"]
    assert [item["last_used_at"] is None for item in listed] == [True, False]
    assert second["token"] not in json.dumps(listed)


async def test_a_token_can_not_make_list_or_revoke_tokens(api: Api) -> None:
    token = await made(api)
    by_token = bearing(token["token"])
    assert (await api("POST", "tokens", {"name": "more"}, **by_token)).status == 403
    assert (await api("GET", "tokens", **by_token)).status == 403
    assert (await api("DELETE", f"tokens/{token['id']}", **by_token)).status == 403


@pytest.mark.parametrize("body", [None, [], {}, {"name": ""}, {"name": 3}, {"name": "a\nb"}])
async def test_a_token_needs_a_name_that_can_be_shown(api: Api, body: Any) -> None:
    assert (await api("POST", "tokens", body)).status in (400, 422)


async def test_the_tools_of_this_machine_find_the_server_and_may_do_everything(
    api: Api,
) -> None:
    path = Path(jupyter_runtime_dir(), f"saturn-deploy-{socket.gethostname()}-{os.getpid()}.json")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    told = json.loads(path.read_bytes())
    assert told["project"] == str(api.project)
    assert (await api("GET", "tokens", **bearing(told["token"]))).status == 200
    headers = {"Authorization": f"token {told['token']}"}
    answer = await AsyncHTTPClient().fetch(f"{told['url']}api/user", headers=headers)
    assert answer.code == 200
