"""Status, workspace and the description itself."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Awaitable, Callable

import pytest
from tornado.httpclient import HTTPClientError, HTTPResponse

from jupyter_saturn_deploy.app import SaturnDeployApp
from tests.api.conftest import Api
from tests.api.contract import description


async def test_the_status_names_who_acts(api: Api) -> None:
    for _ in range(100):
        status = (await api("GET", "status")).body
        if status["engine"]:
            break
    assert status["engine"] == {"pid": os.getpid(), "kind": "server", "here": True}
    assert status["warnings"] == []
    assert status["version"] >= "2026.02.01"


async def test_the_workspace_says_where_everything_was_read(api: Api) -> None:
    workspace = (await api("GET", "workspace")).body
    assert workspace["project"]["value"] == str(api.project.resolve())
    assert all(item["source"] for item in workspace.values())


async def test_sizes_are_those_of_the_workspace(api: Api) -> None:
    sizes = (await api("GET", "info/servers")).body["sizes"]
    workspace = (await api("GET", "workspace")).body
    assert list(sizes) == [workspace["size"]["value"]]
    assert {"name", "cores", "memory", "gpu", "display_name"} <= set(*map(set, sizes.values()))


async def test_there_is_one_org_and_one_user(api: Api) -> None:
    assert (await api("GET", "orgs")).body["orgs"][0]["is_primary"] is True
    assert (await api("GET", "user")).body["username"]


def test_every_route_is_described_and_every_description_has_its_route() -> None:
    app = SaturnDeployApp()
    app.initialize_handlers()
    handled = set()
    for pattern, handler, *_ in app.handlers:
        prefix, api, path = pattern.partition("/saturn-deploy/api")
        if prefix or not api or path == "/.*":  # the door of deployments; what is no route
            continue
        path = re.sub(r"\([^)]*\)", "{}", path)
        for method in ("get", "head", "post", "put", "patch", "delete"):
            if any(method in vars(cls) for cls in handler.__mro__ if "saturn" in cls.__module__):
                handled.add((path, method))
    described = {
        (re.sub(r"\{\w+\}", "{}", path), method)
        for path, item in description()["paths"].items()
        for method in item
        if method != "parameters"
    }
    assert handled == described


async def test_what_is_no_route_is_a_404_in_json(
    api: Api, jp_fetch: Callable[..., Awaitable[HTTPResponse]]
) -> None:
    with pytest.raises(HTTPClientError) as refused:
        await jp_fetch("saturn-deploy/api/nonsense/here")
    assert refused.value.code == 404
    assert refused.value.response is not None
    assert "nonsense/here" in json.loads(refused.value.response.body)["message"]
