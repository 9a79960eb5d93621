"""Magics in a real notebook: found without settings, shown as tables that keep up."""

from __future__ import annotations

import json
import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.ui.conftest import Lab

pytestmark = pytest.mark.timeout(180)

CELLS = [
    "%load_ext jupyter_saturn_deploy",
    "%%saturn_job from-a-cell --watch\nimport os\nprint('in', os.path.basename(os.getcwd()))",
    "%saturn",
    "%%saturn_job broken --watch\nimport module_that_is_nowhere",
    "%%saturn_job slow\nimport time\ntime.sleep(4)",
    "%saturn run slow",
]


def test_a_cell_is_a_job_and_its_table_lives_in_a_real_notebook(lab: Lab, page: Page) -> None:
    cells = [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": f"c{at}",
            "metadata": {},
            "outputs": [],
            "source": source,
        }
        for at, source in enumerate(CELLS)
    ]
    spec = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = {
        "cells": cells,
        "metadata": {"kernelspec": spec},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    (lab.project / "work.ipynb").write_text(json.dumps(notebook))
    page.dblclick('.jp-DirListing-item[title*="work.ipynb"]')
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    outputs = page.locator(".jp-Notebook .jp-Cell")
    outputs.first.locator(".cm-content").click()
    deadline = time.monotonic() + 40
    # What is run before the kernel is there is forgotten.
    while not re.search(r"\[\d+\]", outputs.first.locator(".jp-InputPrompt").inner_text()):
        assert time.monotonic() < deadline
        page.keyboard.press("Control+Enter")
        page.wait_for_timeout(500)
    for _ in range(4):
        page.keyboard.press("Shift+Enter")
    watched, listed, broken, _, running = (outputs.nth(at) for at in range(1, 6))
    expect(watched.locator(".jp-OutputArea")).to_contain_text("in project", timeout=30_000)
    expect(watched.locator("table")).to_contain_text("completed")
    # A run that was made from a cell stops those that follow when it fails, as an error does.
    expect(listed.locator("table")).to_contain_text("from-a-cell")
    expect(broken.locator(".jp-OutputArea")).to_contain_text(
        "the module module_that_is_nowhere is missing", timeout=30_000
    )
    expect(broken.locator(".jp-OutputArea")).not_to_contain_text("magics.py")
    outputs.nth(4).locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Shift+Enter")
    expect(running.locator("table")).to_contain_text("running", timeout=30_000)
    # Nobody runs the cell again.
    expect(running.locator("table")).to_contain_text("completed", timeout=30_000)
    recipe = lab("GET", "recipes/job/from-a-cell")
    assert recipe["state"]["x-jupyter"]["last_run"]["state"] == "completed"
