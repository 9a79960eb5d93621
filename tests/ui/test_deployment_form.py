"""The form of deployments, in a real browser."""

from __future__ import annotations

import re
import socket
import time
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.ui.conftest import Lab, picture
from tests.ui.test_panel import brightness, file, show_panel

SERVE = """\
import argparse, http.server
options = argparse.ArgumentParser()
options.add_argument("serve")
options.add_argument("file")
options.add_argument("--address")
options.add_argument("--port", type=int)
given = options.parse_args()
print(f"\\033[32mserving {given.file}\\033[0m at {given.address}", flush=True)
http.server.HTTPServer(
    (given.address, given.port), http.server.SimpleHTTPRequestHandler
).serve_forever()
"""
"""What stands in for Panel: found first, as commands run in the project."""
SERVING = 'exec python -m http.server "$PORT" --bind "$HOST"'


@pytest.fixture
def panel(lab: Lab) -> Path:
    """The file of an app that looks like Panel's, in a project that has one."""
    (lab.project / "panel").mkdir()
    (lab.project / "panel" / "__init__.py").touch()
    (lab.project / "panel" / "__main__.py").write_text(SERVE)
    app = lab.project / "sales.py"
    app.write_text("import panel as pn\n\npn.Column('# Sales').servable()\n")
    return app


def form(page: Page) -> Locator:
    return page.locator(".jp-Deploy-form:visible")


def command(page: Page) -> Locator:
    return form(page).get_by_role("textbox", name="Command")


def button(page: Page, name: str) -> Locator:
    return form(page).get_by_role("button", name=name, exact=True)


def new(page: Page) -> Locator:
    """An open form for a new deployment."""
    show_panel(page)
    panel = page.locator("#saturn-deploy-sidebar")
    panel.get_by_role("button", name="Create a Deployment").click()
    return form(page)


def edit(page: Page, name: str) -> Locator:
    """An open form of a deployment that is there."""
    show_panel(page)
    row = page.locator(f'.jp-Deploy-row[data-deployment="{name}"]')
    row.hover()
    row.get_by_role("button", name="Edit").click()
    return form(page)


def problem(page: Page, field: str) -> Locator:
    return form(page).locator(f'[data-field="{field}"] .jp-Deploy-problem')


def radio(page: Page, name: str) -> Locator:
    return form(page).get_by_role("radio", name=name, exact=True)


def test_a_file_becomes_a_deployment_that_serves(lab: Lab, page: Page, panel: Path) -> None:
    page.get_by_role("button", name="Refresh the file browser").click()
    file(page, "sales.py").click(button="right")
    page.get_by_role("menuitem", name="Deploy as App…").click()
    expect(form(page).get_by_label("Name", exact=True)).to_have_value("sales")
    expect(command(page)).to_have_value(re.compile("^python -m panel serve sales.py "))
    expect(radio(page, "Panel Dashboard")).to_be_checked()
    expect(form(page)).to_contain_text("sales.py looks like Panel Dashboard")
    expect(form(page)).to_contain_text("runs, and uses resources, until you stop it")
    expect(form(page).get_by_label("Frozen copy")).to_be_checked()
    expect(form(page)).to_contain_text("To be frozen: 3 files")
    picture(page, "deployment-form")
    button(page, "Create and start").click()
    expect(form(page)).to_have_count(0)
    state = lab.until_state("sales", lambda state: state["ready"] == 1)
    [instance] = state["x-jupyter"]["instances"]
    assert instance["code"]["source"] == "snapshot"
    assert b"serving sales.py" in lab.bytes("GET", f"runs/{instance['id']}/log")
    expect(page.locator(".jp-Deploy-header:visible")).to_contain_text("sales")


def test_a_radio_button_fills_the_command_but_never_over_what_was_typed(
    lab: Lab, page: Page
) -> None:
    new(page)
    expect(radio(page, "Panel Dashboard")).not_to_be_checked()
    radio(page, "Panel Dashboard").check()
    expect(command(page)).to_have_value(re.compile("^python -m panel serve app.py "))
    page.keyboard.press("ArrowRight")
    expect(radio(page, "Bokeh Dashboard")).to_be_checked()
    expect(command(page)).to_have_value(re.compile("python -m bokeh serve app.py "))

    command(page).fill("python my_server.py")
    expect(radio(page, "Bokeh Dashboard")).not_to_be_checked()
    radio(page, "Voila Dashboard").check()
    expect(command(page)).to_have_value("python my_server.py")
    expect(form(page)).to_contain_text("The command was edited, so it stays.")
    picture(page, "deployment-form-edited")
    button(page, "Keep mine").click()
    expect(radio(page, "Voila Dashboard")).not_to_be_checked()

    button(page, "More…").click()
    radio(page, "Streamlit").check()
    button(page, "Replace the command").press("Enter")
    expect(command(page)).to_have_value(re.compile("^python -m streamlit run app.py "))
    expect(button(page, "Undo")).to_be_focused()
    button(page, "Undo").press("Enter")
    expect(command(page)).to_have_value("python my_server.py")


def test_what_is_wrong_stands_at_its_field(lab: Lab, page: Page) -> None:
    name = new(page).get_by_label("Name", exact=True)
    name.fill("Not A Name")
    command(page).fill(SERVING)
    button(page, "Rehearse").click()
    expect(problem(page, "spec.name")).to_contain_text("lower-case")
    expect(rehearsal(page)).to_have_count(0)

    name.fill("site")
    command(page).fill("")
    form(page).get_by_label("Instances").fill("0")
    button(page, "Create").click()
    # The project is frozen first.
    expect(problem(page, "spec.scale")).to_contain_text("greater than or equal to 1")
    expect(problem(page, "spec.command")).to_contain_text("is empty")
    expect(command(page)).to_be_focused()
    command(page).fill(SERVING)
    form(page).get_by_label("Instances").fill("2")
    form(page).get_by_label("Project as it is").check()
    picture(page, "deployment-form-live")
    button(page, "Create").click()
    expect(form(page)).to_have_count(0)
    made = lab("GET", "recipes/deployment/site")
    assert (made["spec"]["scale"], made["spec"]["x-jupyter"]["source"]) == (2, "live")
    assert not made["state"]["x-jupyter"]["wanted"]


def test_an_edit_waits_for_a_restart_or_brings_it_along_also_after_a_reload(
    lab: Lab, page: Page
) -> None:
    made = lab.deployment("site", SERVING, environment_variables={"KEY": "s3cret"})
    lab("POST", f"deployments/{made}/start", {})
    lab.until_state("site", lambda state: state["ready"] == 1)
    expect(edit(page, "site")).to_contain_text("an edit waits for the next restart")
    command(page).fill(f"true; {SERVING}")
    assert "s3cret" not in form(page).inner_text()
    button(page, "Save").click()
    expect(form(page)).to_have_count(0)
    state = lab("GET", "recipes/deployment/site")["state"]["x-jupyter"]
    assert (state["needs_restart"], state["revision"]) == (True, 1)

    edit(page, "site")
    expect(command(page)).to_have_value(f"true; {SERVING}")
    page.wait_for_timeout(1500)  # JupyterLab saves its layout after a moment
    page.reload()
    expect(command(page)).to_have_value(f"true; {SERVING}")
    expect(form(page)).to_contain_text("Instances")
    command(page).fill(f"true; true; {SERVING}")
    picture(page, "deployment-form-edit")
    button(page, "Save and restart").click()
    expect(form(page)).to_have_count(0)
    lab.until_state("site", lambda state: state["instances"][-1]["ready"] and not state["rolling"])
    made_now = lab("GET", "recipes/deployment/site")
    state = made_now["state"]["x-jupyter"]
    assert (state["needs_restart"], state["revision"]) == (False, 2)
    assert state["instances"][-1]["command"] == f"true; true; {SERVING}"
    assert made_now["spec"]["environment_variables"] == {"KEY": "s3cret"}


def test_a_job_becomes_a_deployment_with_its_variables_which_no_layout_keeps(
    lab: Lab, page: Page
) -> None:
    spec = {"environment_variables": {"KEY": "s3cret"}, "working_directory": "apps"}
    (lab.project / "apps").mkdir()
    lab.job("site", SERVING, start_script="echo begun", **spec)
    show_panel(page)
    page.locator('.jp-Deploy-row[data-job="site"]').click(button="right")
    page.get_by_role("menuitem", name="Make It a Deployment…").click()
    expect(command(page)).to_have_value(SERVING)
    page.wait_for_timeout(1500)  # JupyterLab saves its layout after a moment
    for kept in (lab.directory / "config" / "lab" / "workspaces").iterdir():
        assert SERVING in kept.read_text().replace('\\"', '"')
        assert "s3cret" not in kept.read_text()
    form(page).get_by_text("Advanced").click()
    expect(form(page).get_by_label("Start script")).to_have_value("echo begun")
    button(page, "Create").click()
    expect(form(page)).to_have_count(0)
    made = lab("GET", "recipes/deployment/site")["spec"]
    assert {name: made[name] for name in spec} == spec


def test_the_form_can_be_read_in_the_dark_and_where_there_is_little_room(
    lab: Lab, dark: None, page: Page
) -> None:
    page.set_viewport_size({"width": 700, "height": 900})
    new(page)
    command(page).fill("python my_server.py")
    radio(page, "Panel Dashboard").check()
    expect(form(page)).to_contain_text("The command was edited")
    page.wait_for_timeout(500)
    picture(page, "deployment-form-dark-narrow")
    for part in ("label", "legend", ".jp-Deploy-hint"):
        assert brightness(page, f".jp-Deploy-form {part}", "color") > 120, part
        assert brightness(page, f".jp-Deploy-form {part}", "background-color") < 80, part
    assert form(page).evaluate("node => node.scrollWidth <= node.clientWidth"), "it is cut off"


def rehearsal(page: Page) -> Locator:
    return form(page).get_by_role("region", name="Rehearsal", exact=True)


def test_a_rehearsal_says_that_it_comes_up_and_ends_with_the_form(
    lab: Lab, page: Page, panel: Path
) -> None:
    new(page).get_by_label("Name", exact=True).fill("sales")
    serve = 'exec python -m panel serve sales.py --address "$HOST" --port "$PORT"'
    command(page).fill(f"echo $$ > {lab.directory}/pid; {serve}")
    button(page, "Rehearse").press("Enter")
    expect(rehearsal(page).locator(".jp-Deploy-verdict")).to_have_text(
        re.compile(r"^came up after .*, listens on 127\.0\.0\.1:\d+$")
    )
    expect(rehearsal(page).get_by_role("img", name="completed")).to_have_count(3)
    expect(rehearsal(page)).to_contain_text("serving sales.py at 127.0.0.1")
    expect(button(page, "End the rehearsal")).to_be_focused()
    picture(page, "rehearsal")
    pid = int((lab.directory / "pid").read_text())
    assert psutil.pid_exists(pid)
    assert lab("GET", "recipes")["recipes"] == []

    button(page, "Cancel").click()
    page.locator(".jp-Dialog").get_by_role("button", name="Discard").click()
    expect(form(page)).to_have_count(0)
    deadline = time.monotonic() + 5  # left alone it would go on for longer
    while psutil.pid_exists(pid):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_rehearsal_says_what_is_wrong_and_mends_it_in_the_form_or_makes_it_a_job(
    lab: Lab, page: Page
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    new(page).get_by_label("Name", exact=True).fill("site")
    form(page).get_by_label("Project as it is").check()
    command(page).fill(f'exec python -m http.server {port} --bind "$HOST"')
    button(page, "Rehearse").click()
    expect(rehearsal(page)).to_contain_text(f"listens on {port}, not on the")
    picture(page, "rehearsal-port")
    button(page, "Use PORT in the command").click()
    expect(command(page)).to_have_value(re.compile(r"http\.server \S*PORT"))
    expect(rehearsal(page)).to_contain_text("The form was changed since")
    button(page, "End the rehearsal").click()
    expect(rehearsal(page)).to_contain_text("The rehearsal is over.")
    rehearsal(page).get_by_role("button", name="Rehearse again").click()
    expect(rehearsal(page)).to_contain_text("came up after")
    expect(rehearsal(page)).not_to_contain_text(f"{port}")
    button(page, "End the rehearsal").click()

    command(page).fill("python -c 'import nonsense_module'")
    form(page).locator(".jp-Deploy-rehearsal-bar button").click()
    expect(rehearsal(page)).to_contain_text("the module nonsense_module is missing")
    expect(rehearsal(page).get_by_role("img", name="failed")).to_be_visible()
    expect(rehearsal(page)).to_contain_text("Traceback")
    picture(page, "rehearsal-failed")

    command(page).fill("echo done")
    form(page).get_by_text("Advanced").click()
    form(page).get_by_label("Start script").fill("echo begun")
    form(page).locator(".jp-Deploy-rehearsal-bar button").click()
    rehearsal(page).get_by_role("button", name="Make it a job").click()
    expect(form(page).get_by_role("heading", name="Create a job")).to_be_visible()
    expect(form(page).get_by_label("Name", exact=True)).to_have_value("site")
    expect(command(page)).to_have_value("echo done")
    form(page).get_by_text("Advanced").click()
    expect(form(page).get_by_label("Start script")).to_have_value("echo begun")
