"""Whom the interface keeps out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from jupyter_server.auth import Authorizer, User
from jupyter_server.serverapp import ServerApp
from tornado.httpclient import HTTPClientError
from tornado.websocket import WebSocketClientConnection

from jupyter_saturn_deploy.control.here import Here
from jupyter_saturn_deploy.identity.owner import Owner
from tests.api.conftest import Api
from tests.api.contract import description

ID = "0" * 32
EVERYWHERE = [
    (method.upper(), path.lstrip("/").format(id=ID, action="start", type=kind, name="a"))
    for path, item in description()["paths"].items()
    for method in item
    for kind in (("job", "deployment") if "{type}" in path else ("",))
    if method != "parameters" and not path.endswith("/follow")
]


class Nobody(Authorizer):
    """May do nothing."""

    def is_authorized(self, handler: Any, user: User, action: str, resource: str) -> bool:
        return False


@pytest.mark.parametrize(("method", "path"), EVERYWHERE)
async def test_without_credentials_there_is_nothing(api: Api, method: str, path: str) -> None:
    header = {"Authorization": ""}
    assert (await api(method, path, headers=header)).status in (401, 403)


@pytest.mark.parametrize(("method", "path"), EVERYWHERE)
async def test_what_the_authorizer_denies_is_denied(
    api: Api, jp_serverapp: ServerApp, method: str, path: str
) -> None:
    jp_serverapp.web_app.settings["authorizer"] = Nobody(parent=jp_serverapp)
    assert (await api(method, path)).status == 403


async def test_following_a_log_needs_credentials_and_the_authorizer(
    api: Api,
    jp_serverapp: ServerApp,
    jp_ws_fetch: Callable[..., Awaitable[WebSocketClientConnection]],
) -> None:
    run = await api.ended(await api.job("a"))
    path = f"saturn-deploy/api/runs/{run['id']}/log/follow"
    with pytest.raises(HTTPClientError) as refused:
        await jp_ws_fetch(path, headers={"Authorization": ""})
    assert refused.value.code == 403
    jp_serverapp.web_app.settings["authorizer"] = Nobody(parent=jp_serverapp)
    with pytest.raises(HTTPClientError) as refused:
        await jp_ws_fetch(path)
    assert refused.value.code == 403


@pytest.mark.parametrize("forged", [f"{ID}.{'A' * 43}", "{id}.{'A' * 43}"])
async def test_a_forged_token_of_a_job_is_401_and_told_nothing(api: Api, forged: str) -> None:
    job_id = await api.job("a")
    token = forged.replace("{id}", job_id).replace("{'A' * 43}", "A" * 43)
    answer = await api("GET", "recipes", headers={"Authorization": f"token {token}"})
    assert answer.status == 401
    assert token not in str(answer.body)


async def test_a_change_by_cookie_needs_the_xsrf_token(api: Api, jp_serverapp: ServerApp) -> None:
    class ByCookie(type(jp_serverapp.identity_provider)):  # type: ignore[misc]
        def get_user(self, handler: Any) -> User:
            return User(username="somebody")

        def is_token_authenticated(self, handler: Any) -> bool:
            return False

    jp_serverapp.web_app.settings["identity_provider"] = ByCookie(parent=jp_serverapp)
    answer = await api("POST", "recipes", {"type": "job"}, headers={"Authorization": ""})
    assert answer.status == 403
    assert "xsrf" in answer.body["message"].lower()


async def test_where_names_mean_something_only_the_owner_gets_in(
    api: Api, jp_serverapp: ServerApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = jp_serverapp.web_app.settings["saturn_deploy"]
    for name, status in (("ana", 200), ("eve", 403)):

        class Named(type(jp_serverapp.identity_provider)):  # type: ignore[misc]
            def get_user(self, handler: Any, name: str = name) -> User:
                return User(username=name)

        jp_serverapp.web_app.settings["identity_provider"] = Named(parent=jp_serverapp)
        jp_serverapp.web_app.settings["saturn_deploy"] = replace(
            services, owner=Owner("ana", compare_names=True)
        )
        assert (await api("GET", "recipes")).status == status, name


async def test_another_owner_s_things_are_not_found(api: Api, jp_serverapp: ServerApp) -> None:
    job_id = await api.job("a", "echo secret")
    run = await api.ended(job_id)
    deployment_id = await api.up("a")
    instance = (await api.state("a"))["x-jupyter"]["instances"][0]
    settings = jp_serverapp.web_app.settings
    services = settings["saturn_deploy"]

    async def here() -> Here:
        return replace(await services.here(), owner="eve")

    settings["saturn_deploy"] = replace(services, owner=Owner("eve", False), here=here)
    theirs = {
        "jobs": [job_id],
        "runs": [run["id"], instance["id"]],
        "deployments": [deployment_id],
    }
    for method, path in EVERYWHERE:
        subject = path.partition("/")[0]
        if subject not in theirs:
            continue
        if path.endswith(("s/stop", "s/delete")):
            ids = theirs[subject]
            done, errors = (await api(method, path, {"ids": ids})).body.values()
            assert done == [] and [error["id"] for error in errors] == ids
        for each in theirs[subject] if ID in path else ():
            answer = await api(method, path.replace(ID, each), {"spec": {}, "revision": 1})
            assert answer.status in (404, 422), path
    assert (await api("GET", "recipes")).body["recipes"] == []
    assert (await api("GET", "runs")).body["runs"] == []
    for each in (run, instance):
        assert (await api("GET", f"active/pods/{each['id']}-1/logs")).status == 404
    settings["saturn_deploy"] = services
    assert (await api.state("a"))["x-jupyter"]["ready"] == 1
    await api.down("a")


async def test_a_token_of_another_owner_s_job_opens_nothing(
    api: Api, jp_serverapp: ServerApp
) -> None:
    job_id = await api.job("a")
    settings = jp_serverapp.web_app.settings
    services = settings["saturn_deploy"]
    header = {"Authorization": f"token {services.tokens.issue(job_id, 1)}"}
    assert (await api("GET", "recipes", headers=header)).status == 200
    settings["saturn_deploy"] = replace(services, owner=Owner("eve", False))
    assert (await api("GET", "recipes", headers=header)).status == 401
