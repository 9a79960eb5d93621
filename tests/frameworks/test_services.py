"""Models, Flask, FastAPI and Streamlit, used through the door."""

from __future__ import annotations

import pytest

from tests.frameworks.conftest import Site

FASTAPI = """
from fastapi import FastAPI, WebSocket

api = FastAPI()

@api.get("/predict")
def predict(x: float):
    return {"y": 2 * x}

@api.get("/items/")
def items():
    return ["an item"]

@api.websocket("/echo")
async def echo(socket: WebSocket):
    await socket.accept()
    await socket.send_text("you said " + await socket.receive_text())
"""
FLASK = """
from flask import Flask, redirect, request, url_for

def create_app():
    app = Flask(__name__)

    @app.route("/predict", methods=["GET", "POST"])
    def predict():
        return {"y": 2 * request.values.get("x", 0, float)}

    @app.get("/")
    def index():
        return redirect(url_for("predict", x=2))

    return app
"""
STREAMLIT = """
import streamlit as st

st.button("Go", on_click=lambda: st.session_state.update(clicked=1))
st.write(f"clicked {st.session_state.get('clicked', 0)}")
"""
PATHS = ["main.py", "sub dir/my app.py"]


@pytest.mark.parametrize("framework", ["fastapi", "model"])
async def test_a_fastapi_app_answers(site: Site, framework: str) -> None:
    url = await site.deploy(framework, "sub dir/my api.py", FASTAPI)
    page = await site.page(f"{url}predict?x=1.5")
    assert await page.inner_text("body") == '{"y":3.0}'
    # FastAPI itself sends who forgot the slash to where it believes to be.
    await page.goto(f"{url}items")
    assert (page.url, await page.inner_text("body")) == (f"{url}items/", '["an item"]')
    said = await page.evaluate(
        """url => new Promise((told, failed) => {
            const socket = new WebSocket(url);
            socket.onopen = () => socket.send('hello');
            socket.onmessage = message => told(message.data);
            socket.onerror = failed;
        })""",
        f"{url}echo".replace("http", "ws", 1),
    )
    assert said == "you said hello"


async def test_the_documentation_of_a_fastapi_app_finds_its_description(site: Site) -> None:
    url = await site.deploy("fastapi", "main.py", FASTAPI)
    page = await site.page(f"{url}predict?x=1")
    # The page itself is drawn by scripts from elsewhere, which tests may not reach.
    answer = await page.request.get(f"{url}docs")
    path = url[url.index("/", len("http://")) :]
    assert f"'{path}openapi.json'" in await answer.text()
    described = await (await page.request.get(f"{url}openapi.json")).json()
    assert described["servers"] == [{"url": path.rstrip("/")}]


@pytest.mark.parametrize("framework", ["flask", "model"])
async def test_a_flask_app_answers(site: Site, framework: str) -> None:
    url = await site.deploy(framework, "sub dir/my app.py", FLASK)
    page = await site.page(url)
    assert page.url == f"{url}predict?x=2"
    assert (await page.inner_text("body")).strip() == '{"y":4.0}'
    posted = await page.evaluate(
        """url => fetch(url, {method: 'POST', body: new URLSearchParams({x: 3})})
            .then(answer => answer.json())""",
        f"{url}predict",
    )
    assert posted == {"y": 6.0}


@pytest.mark.parametrize("path", PATHS)
async def test_a_streamlit_app_answers_to_a_click(site: Site, path: str) -> None:
    page = await site.page(await site.deploy("streamlit", path, STREAMLIT))
    await page.get_by_text("clicked 0").wait_for()
    await page.get_by_role("button", name="Go").click()
    await page.get_by_text("clicked 1").wait_for()
