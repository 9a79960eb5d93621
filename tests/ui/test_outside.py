"""What leads out of JupyterLab and into it: tokens, files of recipes, cells of notebooks."""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.request
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.ui.conftest import Lab, picture
from tests.ui.test_panel import brightness, file, log, row, show_panel, tab_stops, write

RECIPES = """\
type: job
spec:
  name: nightly
  command: echo from a file
---
type: deployment
spec: {name: dash, command: python app.py}
"""
BROKEN = """\
type: job
spec:
  name: Bad Name
  command: x
  retries: many
"""


def choose(page: Page, name: str) -> None:
    """From the menu beside New."""
    show_panel(page)
    page.get_by_role("button", name="Recipes and access tokens").click()
    page.get_by_role("menuitem", name=name).click()


def keep(lab: Lab, name: str, text: str) -> None:
    """A file of recipes in the project."""
    directory = lab.project / ".saturn"
    directory.mkdir(exist_ok=True)
    (directory / name).write_text(text)


def card(page: Page, path: str) -> Locator:
    return page.get_by_role("region", name=path, exact=True)


def status_with(lab: Lab, token: str) -> int:
    """What an outsider with the token is answered."""
    request = urllib.request.Request(
        f"{lab.url}saturn-deploy/api/recipes", headers={"Authorization": f"token {token}"}
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_a_token_is_named_made_shown_once_and_revoked(lab: Lab, page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    choose(page, "Access Tokens…")
    expect(page.get_by_text("There are no tokens.")).to_be_visible()
    name = page.get_by_label("What a new token is for")
    name.fill("odd\u200bname")
    name.press("Enter")
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(page.locator('.jp-Deploy-field[data-field="name"]')).to_contain_text("use letters")
    expect(name).to_have_value("odd\u200bname")
    name.fill("laptop")
    name.press("Enter")
    made = page.get_by_role("region", name="The token “laptop”")
    expect(made).to_contain_text("it won’t be shown again")
    token = made.get_by_label("Token").input_value()
    lines = made.get_by_label("Lines for a terminal")
    expect(lines).to_contain_text(f"export SATURN_BASE_URL={lab.url}saturn-deploy/")
    expect(lines).to_contain_text(f"export SATURN_TOKEN={token}")
    picture(page, "token")
    made.get_by_role("button", name="Copy", exact=True).click()
    expect(made).to_contain_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == token
    listed = page.get_by_role("row", name="laptop")
    expect(listed).to_contain_text("never")
    assert status_with(lab, token) == 200

    made.get_by_role("button", name="Done").click()
    expect(made).to_have_count(0)
    page.wait_for_timeout(1500)  # JupyterLab saves its layout after a moment
    page.reload()
    expect(listed).to_contain_text("just now")
    assert token not in page.content()

    listed.get_by_role("button", name="Revoke laptop").click()
    dialog = page.locator(".jp-Dialog-content")
    expect(dialog).to_contain_text("Revoke the token “laptop”?")
    expect(dialog).to_contain_text("is refused")
    picture(page, "revoke")
    dialog.get_by_role("button", name="Cancel").click()
    assert status_with(lab, token) == 200
    listed.get_by_role("button", name="Revoke laptop").click()
    dialog.get_by_role("button", name="Revoke").click()
    expect(listed).to_have_count(0)
    assert status_with(lab, token) == 401


def test_without_files_of_recipes_one_learns_what_they_are_and_all_are_applied_at_once(
    lab: Lab, page: Page
) -> None:
    choose(page, "Apply Recipes…")
    expect(page.get_by_text("A recipe describes a job or a deployment")).to_be_visible()
    expect(page.get_by_role("heading", name="no recipe files yet")).to_be_visible()
    picture(page, "no-recipes")
    keep(lab, "example.yaml", page.get_by_label("Example of recipes").inner_text())
    page.get_by_role("button", name="Look again").click()
    expect(card(page, ".saturn/example.yaml")).to_contain_text("2 to create")

    (lab.project / ".saturn" / "example.yaml").unlink()
    for name in ("a", "b"):
        keep(lab, f"{name}.yaml", f"type: job\nspec: {{name: {name}, command: 'true'}}\n")
    page.get_by_role("button", name="Look again").click()
    page.get_by_role("button", name="Apply all 2 files").click()
    for name in ("a", "b"):
        expect(card(page, f".saturn/{name}.yaml")).to_contain_text("1 created")
        expect(row(page, name)).to_be_visible()


def test_files_of_recipes_are_looked_at_before_they_are_applied(lab: Lab, page: Page) -> None:
    keep(lab, "all.yaml", RECIPES)
    keep(lab, "broken.yaml", BROKEN)
    keep(lab, "unreadable.yml", "a: 1\na: [")
    choose(page, "Apply Recipes…")
    broken = card(page, ".saturn/broken.yaml")
    expect(broken).to_contain_text("1 can’t be applied")
    expect(broken).to_contain_text("line 3, column 3")
    expect(broken).to_contain_text("name: Bad Name")
    expect(broken).to_contain_text("line 5, column 3")
    expect(broken.get_by_role("button", name="Apply")).to_be_disabled()
    expect(card(page, ".saturn/unreadable.yml")).to_contain_text("line 2")
    everything = card(page, ".saturn/all.yaml")
    expect(everything).to_contain_text("2 to create")
    assert lab("GET", "recipes")["recipes"] == []
    picture(page, "recipes")

    everything.get_by_role("button", name="Apply").click()
    expect(everything).to_contain_text("2 created")
    expect(row(page, "nightly")).to_be_visible()
    keep(lab, "all.yaml", RECIPES.replace("a file", "an edited file"))
    page.get_by_role("button", name="Look again").click()
    expect(everything).to_contain_text("1 to update · 1 unchanged")
    everything.get_by_role("button", name="Apply").click()
    expect(everything).to_contain_text("1 updated · 1 unchanged")
    spec = lab("GET", "recipes/job/nightly")["spec"]
    assert spec["command"] == "echo from an edited file"
    picture(page, "recipes-applied")
    everything.get_by_role("button", name="nightly").click()
    expect(page.locator(".jp-Deploy-header:visible")).to_contain_text("nightly")


def test_yaml_anywhere_is_looked_at_by_a_right_click(lab: Lab, page: Page) -> None:
    write(lab, page, "jobs.yaml", RECIPES)
    write(lab, page, "notes.txt", "none")
    file(page, "notes.txt").click(button="right")
    page.wait_for_selector(".lm-Menu:visible")
    expect(page.get_by_role("menuitem", name="Apply Recipes…")).to_have_count(0)
    page.keyboard.press("Escape")
    file(page, "jobs.yaml").click(button="right")
    page.get_by_role("menuitem", name="Apply Recipes…").click()
    expect(card(page, "jobs.yaml")).to_contain_text("2 to create")
    card(page, "jobs.yaml").get_by_role("button", name="Apply").click()
    show_panel(page)
    expect(row(page, "nightly")).to_be_visible()


def notebook(*sources: str, kernel: str = "python3") -> str:
    """A notebook of code cells, as text."""
    cells: list[dict[str, Any]] = [
        {
            "id": f"cell-{number}",
            "cell_type": "code",
            "metadata": {},
            "source": source,
            "outputs": [],
            "execution_count": None,
        }
        for number, source in enumerate(sources)
    ]
    spec = {"name": kernel, "display_name": "Python", "language": "python"}
    metadata = {"kernelspec": spec, "language_info": {"name": "python"}}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells})


def opened(lab: Lab, page: Page, text: str) -> Locator:
    """The code cells of a notebook `sub/my work.ipynb`."""
    write(lab, page, "sub/my work.ipynb", text)
    file(page, "sub").dblclick()
    file(page, "my work.ipynb").dblclick()
    cells = page.locator(".jp-Notebook:visible .jp-CodeCell")
    expect(cells.first).to_be_visible()
    return cells


def run_cell(page: Page, cell: Locator) -> None:
    cell.locator(".jp-InputPrompt").click(button="right")
    page.get_by_role("menuitem", name="Run Cell as Job").click()


def test_a_cell_becomes_a_script_and_a_job_of_it(lab: Lab, page: Page) -> None:
    (lab.project / "sub").mkdir()
    (lab.project / "sub" / "beside.py").write_text("WORD = 'found'\n")
    source = "import os, beside\nprint(os.getcwd(), beside.WORD)"
    cells = opened(lab, page, notebook("x = 1", source))
    run_cell(page, cells.nth(1))
    expect(row(page, "my-work-cell-2")).to_have_accessible_name("my-work-cell-2, completed")
    expect(log(page)).to_contain_text(f"{lab.project / 'sub'} found")
    expect(cells.nth(1)).to_be_visible()
    picture(page, "cell")
    script = lab.project / "sub" / "saturn_jobs" / "my work-cell-2.py"
    first, _, rest = script.read_text().split("\n", 2)
    assert first == (
        "# Written by saturn-deploy from my work.ipynb; it is written again when the cell is run"
        " as a job again."
    )
    assert rest == f"{source}\n"
    spec = lab("GET", "recipes/job/my-work-cell-2")["spec"]
    assert spec["command"] == "python 'saturn_jobs/my work-cell-2.py'"
    assert spec["working_directory"] == "sub"

    # What is seen is run, saved or not; the cell keeps its script and its job where it is moved.
    cells.nth(1).locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("print('as it is seen')")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Shift+ArrowUp")
    expect(cells.nth(0)).to_contain_text("as it is seen")
    run_cell(page, cells.nth(0))
    expect(log(page)).to_contain_text("as it is seen")
    assert lab("GET", "recipes/job/my-work-cell-2")["state"]["x-jupyter"]["last_run"]["number"] == 2
    assert [path.name for path in script.parent.iterdir()] == [script.name]


@pytest.fixture
def other_kernel(lab: Lab) -> None:
    """A kernel that says so; a page looks for kernels when it is loaded."""
    python = lab.directory / "other" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nOTHER=yes exec {sys.executable} "$@"\n')
    python.chmod(0o755)
    kernel = lab.directory / "data" / "kernels" / "other" / "kernel.json"
    kernel.parent.mkdir(parents=True)
    argv = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": "Other", "language": "python"}
    kernel.write_text(json.dumps(spec))


def test_a_cell_runs_with_the_python_of_its_notebook_s_kernel(
    lab: Lab, other_kernel: None, page: Page
) -> None:
    source = "import os\nprint('other:', os.environ.get('OTHER'))"
    cells = opened(lab, page, notebook(source, kernel="other"))
    run_cell(page, cells.first)
    expect(log(page)).to_contain_text("other: yes")


def test_a_cell_is_run_as_a_job_from_the_main_menu(lab: Lab, page: Page) -> None:
    entry = page.get_by_role("menuitem", name="Run Cell as Job")
    page.get_by_role("menuitem", name="Run", exact=True).click()
    expect(entry).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("Escape")
    cells = opened(lab, page, notebook("print('from the menu')"))
    cells.first.locator(".jp-InputPrompt").click()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    entry.click()
    expect(log(page)).to_contain_text("from the menu")


def test_a_cell_never_overwrites_what_it_did_not_write(lab: Lab, page: Page) -> None:
    own = lab.project / "sub" / "saturn_jobs" / "my work-cell-1.py"
    own.parent.mkdir(parents=True)
    own.write_text("print('my own')\n")
    cells = opened(lab, page, notebook("print('of the cell')"))
    run_cell(page, cells.first)
    expect(log(page)).to_contain_text("of the cell")
    assert own.read_text() == "print('my own')\n"
    assert "of the cell" in own.with_name("my work-cell-1-2.py").read_text()


def test_a_cell_that_is_no_script_is_refused_with_the_line(lab: Lab, page: Page) -> None:
    refused = {
        "import os\n%matplotlib inline": "Line 2 is a command of IPython’s",
        "!pip install x": "Line 1 runs a shell command",
        "await f()": "Line 1 awaits outside of a function",
        " ": "It is empty.",
    }
    cells = opened(lab, page, notebook(*refused))
    dialog = page.locator(".jp-Dialog-content")
    for number, (source, words) in enumerate(refused.items()):
        run_cell(page, cells.nth(number))
        expect(dialog).to_contain_text(words)
        if source.startswith("import"):
            picture(page, "cell-refused")
        dialog.get_by_role("button").last.click()
        expect(dialog).to_have_count(0)
    assert lab("GET", "recipes")["recipes"] == []
    assert not (lab.project / "sub" / "saturn_jobs").exists()


def test_the_keyboard_reaches_tokens_and_recipes(lab: Lab, page: Page) -> None:
    keep(lab, "broken.yaml", BROKEN)
    show_panel(page)
    more = page.get_by_role("button", name="Recipes and access tokens")
    more.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_label("What a new token is for").focus()
    page.keyboard.type("laptop")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="The token “laptop”")).to_be_focused()
    names = [stop["name"] for stop in tab_stops(page, 6)]
    assert all(names), names
    assert {"Copy", "Copy both lines", "Done"} < set(names)
    choose(page, "Apply Recipes…")
    toggle = card(page, ".saturn/broken.yaml").get_by_role("button", expanded=True)
    toggle.press("Enter")
    expect(page.get_by_text("line 3, column 3")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.get_by_text("line 3, column 3")).to_be_visible()


def test_tokens_and_recipes_can_be_read_in_the_dark(lab: Lab, dark: None, page: Page) -> None:
    keep(lab, "all.yaml", RECIPES)
    keep(lab, "broken.yaml", BROKEN)
    choose(page, "Access Tokens…")
    page.get_by_label("What a new token is for").fill("laptop")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Lines for a terminal")).to_be_visible()
    picture(page, "token-dark")
    for part in (".jp-Deploy-made", ".jp-Deploy-page-table"):
        assert brightness(page, part, "color") > 120, part
        assert brightness(page, part, "background-color") < 80, part
    choose(page, "Apply Recipes…")
    expect(card(page, ".saturn/all.yaml")).to_contain_text("2 to create")
    expect(card(page, ".saturn/broken.yaml")).to_contain_text("line 3")
    picture(page, "recipes-dark")
    for part in (".jp-Deploy-results", ".jp-Deploy-results-error code"):
        assert brightness(page, part, "color") > 120, part
        assert brightness(page, part, "background-color") < 80, part
