"""Saturn's three dashboards, used through the door."""

from __future__ import annotations

import json

import pytest

from tests.frameworks.conftest import Site

PATHS = ["app.py", "sub dir/my app.py"]
PANEL = """
import panel as pn

pn.extension()
button = pn.widgets.Button(name="Go")
pn.Column(button, pn.bind(lambda clicks: f"clicked {clicks}", button.param.clicks)).servable()
"""
BOKEH = """
from bokeh.io import curdoc
from bokeh.layouts import column
from bokeh.models import Button, Div

button, shown = Button(label="Go"), Div(text="clicked 0")

def clicked():
    shown.text = "clicked 1"

button.on_click(clicked)
curdoc().add_root(column(button, shown))
"""
VOILA = """
import ipywidgets

button, shown = ipywidgets.Button(description="Go"), ipywidgets.Label("clicked 0")

def clicked(_):
    shown.value = "clicked 1"

button.on_click(clicked)
display(button, shown)
"""


def notebook(code: str) -> str:
    """With one cell."""
    cell = {
        **{"cell_type": "code", "id": "a", "source": code},
        **{"execution_count": None, "metadata": {}, "outputs": []},
    }
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    about = {"metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps({"cells": [cell], **about})


async def clicked(site: Site, url: str) -> None:
    """The button's effect is seen, which only the app's process can bring about."""
    page = await site.page(url)
    await page.get_by_text("clicked 0").wait_for()
    await page.get_by_role("button", name="Go").click()
    await page.get_by_text("clicked 1").wait_for()


@pytest.mark.parametrize("path", PATHS)
async def test_a_panel_dashboard_answers_to_a_click(site: Site, path: str) -> None:
    await clicked(site, await site.deploy("panel", path, PANEL))


async def test_a_notebook_with_panel_answers_to_a_click(site: Site) -> None:
    await clicked(site, await site.deploy("panel", "my app.ipynb", notebook(PANEL)))


@pytest.mark.parametrize("path", PATHS)
async def test_a_bokeh_dashboard_answers_to_a_click(site: Site, path: str) -> None:
    await clicked(site, await site.deploy("bokeh", path, BOKEH))


async def test_a_voila_dashboard_answers_to_a_click(site: Site) -> None:
    await clicked(site, await site.deploy("voila", "sub dir/my app.ipynb", notebook(VOILA)))
