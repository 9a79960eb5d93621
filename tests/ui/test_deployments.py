"""Deployments in the sidebar, in a real browser against a real server."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from jupyter_saturn_deploy.control.resources import with_spec
from jupyter_saturn_deploy.models.resources import Deployment
from jupyter_saturn_deploy.store import resources
from tests.ui.conftest import Lab, picture
from tests.ui.test_panel import brightness, file, row, show_panel, tab_stops, write

SERVES = 'python -m http.server --bind "$HOST" "$PORT"'
MANY = 10_000
PANEL_APP = """\
import panel as pn

pn.Column("# Sales").servable()
"""


def ready(count: int) -> Callable[[Any], bool]:
    return lambda state: bool(state["ready"] == count)


def app(page: Page, name: str) -> Locator:
    """The row of a deployment."""
    return page.locator(f'.jp-Deploy-row[data-deployment="{name}"]')


def choose(page: Page, name: str, item: str) -> None:
    """Choose from the context menu of a deployment's row."""
    app(page, name).click(button="right")
    page.get_by_role("menuitem", name=item).click()


def form(page: Page) -> Locator:
    return page.locator(".jp-Deploy-form:visible")


def panel(page: Page) -> Locator:
    return page.locator("#saturn-deploy-sidebar")


def test_a_deployment_is_started_opened_and_stopped_from_its_row(lab: Lab, page: Page) -> None:
    (lab.project / "index.html").write_text("<h1>The app</h1>")
    show_panel(page)
    expect(panel(page)).to_contain_text("A deployment serves an app of this project")
    picture(page, "deployments-empty")
    lab.deployment("web", SERVES, scale=2)
    web = app(page, "web")
    expect(web).to_have_accessible_name("web, stopped")
    expect(web).to_contain_text("0/2 stopped")
    expect(panel(page)).to_contain_text("Deployments (1)")
    web.get_by_role("button", name="Start").click()
    expect(web).to_contain_text("2/2 running")
    expect(page.locator(".jp-Deploy-spoken")).to_have_text("web: running")
    with page.expect_popup() as popup:
        web.get_by_role("button", name="Open the app").click()
    expect(popup.value.get_by_role("heading", name="The app")).to_be_visible()
    popup.value.close()
    # No event tells of it: that is seen when the list is looked at again.
    panel(page).get_by_role("button", name="Refresh deployments").click()
    expect(web).to_contain_text(re.compile("opened just now by .+"))
    picture(page, "deployments")

    web.hover()
    picture(page, "deployments-hover")
    dialog = page.locator(".jp-Dialog-content")
    web.get_by_role("button", name="Stop").click()
    expect(dialog).to_contain_text("Its 2 instances end, and nobody can open it")
    dialog.get_by_role("button", name="Cancel").click()
    assert lab.until_state("web", lambda state: True)["x-jupyter"]["wanted"]
    web.hover()
    web.get_by_role("button", name="Stop").click()
    dialog.get_by_role("button", name="Stop").click()
    expect(web).to_have_accessible_name("web, stopped")
    lab.until_state("web", lambda state: not state["instances"])

    # One that is not up yet counts, and is stopped without a question.
    lab.deployment("slow", "sleep 1000")
    slow = app(page, "slow")
    slow.get_by_role("button", name="Start").click()
    expect(slow).to_have_accessible_name("slow, starting")
    expect(slow).to_contain_text(re.compile(r"starting \d+(\.\d)? s"))
    slow.get_by_role("button", name="Stop").click()
    expect(slow).to_have_accessible_name("slow, stopped")


def test_one_that_crashes_says_why_in_its_row_and_once_in_a_notification(
    lab: Lab, page: Page
) -> None:
    show_panel(page)
    deployment_id = lab.deployment("web", "python -c 'import nonsense_module'")
    lab("POST", f"deployments/{deployment_id}/start", {})
    web = app(page, "web")
    expect(web).to_have_accessible_name("web, failing")
    expect(web).to_contain_text("revision 1 ended: exit code 1")
    expect(web).to_contain_text("the module nonsense_module is missing from")
    lab.until_state("web", lambda state: any(each["restarts"] >= 2 for each in state["instances"]))
    notice = page.locator(".Toastify__toast", has_text="web is failing")
    expect(notice).to_have_count(1)
    expect(notice).to_contain_text("nonsense_module is missing")
    picture(page, "deployments-failing")
    notice.get_by_role("button", name="Open log").click()
    expect(page.locator(".jp-Deploy-log:visible")).to_contain_text("ModuleNotFoundError")


def test_the_doctors_fix_edits_the_deployment_and_the_restart_is_offered(
    lab: Lab, page: Page
) -> None:
    show_panel(page)
    (lab.project / "sub").mkdir()
    (lab.project / "sub" / "web.py").write_text(
        "import os, http.server as h\n"
        "h.test(h.SimpleHTTPRequestHandler, port=int(os.environ['PORT']), bind='127.0.0.1')\n"
    )
    deployment_id = lab.deployment("web", "python web.py")
    lab("POST", f"deployments/{deployment_id}/start", {})
    web = app(page, "web")
    fix = web.get_by_role("button", name=re.compile("^Work in sub"))
    fix.click()
    expect(fix).to_have_count(0)
    expect(web).to_contain_text("needs restart")
    picture(page, "deployments-fixed")
    page.locator(".Toastify__toast", has_text="is edited").get_by_role(
        "button", name="Restart"
    ).click()
    expect(web).to_have_accessible_name("web, running")
    expect(web).not_to_contain_text("needs restart")
    assert lab("GET", "recipes/deployment/web")["spec"]["working_directory"] == "sub"


def test_what_ends_by_itself_is_made_a_job_with_one_click_and_a_job_a_deployment(
    lab: Lab, page: Page
) -> None:
    show_panel(page)
    lab.job("task", "something else")
    spec = {"environment_variables": {"WORD": "hello"}}
    deployment_id = lab.deployment("task", "echo $WORD", **spec)
    lab("POST", f"deployments/{deployment_id}/start", {})
    app(page, "task").get_by_role("button", name=re.compile("[Jj]ob")).click()
    name = form(page).get_by_label("Name", exact=True).first
    expect(name).to_have_value("task-2")
    expect(form(page).get_by_role("textbox", name="Command")).to_have_value("echo $WORD")
    form(page).get_by_role("button", name="Create and run").click()
    expect(row(page, "task-2")).to_have_accessible_name("task-2, completed")
    expect(page.locator(".jp-Deploy-log:visible")).to_contain_text("hello")

    lab.job("web", SERVES)
    row(page, "web").click(button="right")
    page.get_by_role("menuitem", name="Make It a Deployment").click()
    expect(form(page).get_by_label("Name", exact=True)).to_have_value("web")
    expect(form(page).get_by_role("textbox", name="Command")).to_have_value(SERVES)


def test_an_edit_waits_for_a_restart_and_code_for_its_update(lab: Lab, page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    show_panel(page)
    (lab.project / "index.html").write_text("<h1>Before</h1>")
    deployment_id = lab.deployment("web", SERVES, **{"x-jupyter": {"source": "snapshot"}})
    lab("POST", f"deployments/{deployment_id}/start", {})
    lab.until_state("web", ready(1))
    lab("PATCH", f"deployments/{deployment_id}", {"spec": {"scale": 2}})
    web = app(page, "web")
    expect(web).to_contain_text("needs restart")
    picture(page, "deployments-needs-restart")
    web.get_by_role("button", name="Restart").last.click()
    expect(web).to_contain_text("2/2 running")
    expect(web).not_to_contain_text("needs restart")
    assert lab("GET", "recipes/deployment/web")["state"]["x-jupyter"]["revision"] == 2
    lab.until_state("web", lambda state: not state["rolling"])

    (lab.project / "index.html").write_text("<h1>After</h1>")
    choose(page, "web", "Update Code and Restart")
    lab.until_state("web", lambda state: state["revision"] == 3 and not state["rolling"])
    expect(web).to_have_accessible_name("web, running")
    with page.expect_popup() as popup:
        web.get_by_role("button", name="Open the app").click()
    expect(popup.value.get_by_role("heading", name="After")).to_be_visible()
    popup.value.close()

    # Copied as Python, it is the snippet of the document.
    choose(page, "web", "Copy as Python")
    expect(page.locator(".Toastify__toast", has_text="Copied")).to_be_visible()
    snippet = page.evaluate("navigator.clipboard.readText()")
    url = f"{lab.url}saturn-deploy/apps/web/"
    assert snippet == (
        "import requests\nimport os\n\n"
        f'url = "{url}"\n'
        'SATURN_TOKEN = os.environ["SATURN_TOKEN"]\n'
        "response = requests.get(\n    url,\n"
        '    headers={"Authorization": f"token {SATURN_TOKEN}"}\n)\n'
    )


def test_a_file_is_deployed_as_what_it_is_and_as_the_editor_shows_it(lab: Lab, page: Page) -> None:
    lab.deployment("sales", SERVES)
    write(lab, page, "sales.py", "print('not yet')\n")
    write(lab, page, "notes.txt", "sales\n")
    file(page, "notes.txt").click(button="right")
    page.wait_for_selector(".lm-Menu:visible")
    expect(page.get_by_role("menuitem", name="Deploy as App")).to_have_count(0)
    page.keyboard.press("Escape")

    file(page, "sales.py").dblclick()
    page.locator(".cm-content:visible").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(PANEL_APP)
    file(page, "sales.py").click(button="right")
    picture(page, "deploy-as-app")
    page.get_by_role("menuitem", name="Deploy as App").click()
    expect(form(page).get_by_label("Name", exact=True)).to_have_value("sales-2")
    command = form(page).get_by_role("textbox", name="Command")
    expect(command).to_have_value(re.compile("panel serve sales.py"))
    assert (lab.project / "sales.py").read_text() == PANEL_APP
    picture(page, "deploy-as-app-form")
    page.locator(".lm-TabBar-tab[title*='Path: sales.py']").click()
    page.locator(".cm-content:visible").click(button="right")
    page.get_by_role("menuitem", name="Deploy as App").click()
    expect(command).to_have_value(re.compile("panel serve sales.py"))


def test_the_keyboard_reaches_every_deployment_and_what_can_be_done(lab: Lab, page: Page) -> None:
    show_panel(page)
    for name in ("a", "b", "c"):
        lab.deployment(name, SERVES)
    lab.job("job", "true")
    grid = panel(page).get_by_role("grid", name="Deployments")
    expect(grid.get_by_role("row")).to_have_count(3)
    app(page, "c").focus()  # made last, so it comes first
    page.keyboard.press("ArrowDown")
    expect(app(page, "b")).to_be_focused()
    page.keyboard.press("Space")
    expect(app(page, "b")).to_have_accessible_name("b, running")
    expect(app(page, "b")).to_be_focused()
    page.keyboard.press("Delete")
    dialog = page.locator(".jp-Dialog-content")
    expect(dialog).to_contain_text("Delete deployment “b”?")
    expect(dialog).to_contain_text("its revisions (1 so far)")
    expect(dialog).to_contain_text("Its instance is stopped first.")
    dialog.get_by_role("button", name="Delete").click()
    expect(grid.get_by_role("row")).to_have_count(2)
    panel(page).get_by_role("searchbox").focus()
    assert all(stop["name"] for stop in tab_stops(page, 20))
    app(page, "a").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("tab", name="Revisions")).to_be_visible()

    new = panel(page).get_by_role("button", name="New")
    new.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Create a Job")).to_be_visible()
    picture(page, "new")
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu")).to_have_count(0)
    expect(new).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(form(page)).to_contain_text("Instances")


def test_one_head_filters_both_sections(lab: Lab, page: Page) -> None:
    show_panel(page)
    lab.job("sales-report", "echo 1")
    lab.job("other", "echo 1")
    lab.deployment("sales", SERVES)
    lab.deployment("model", SERVES)
    expect(page.locator(".jp-Deploy-row")).to_have_count(4)
    filter_box = panel(page).get_by_role("searchbox", name="Filter jobs and deployments")
    filter_box.fill("SALES")
    expect(page.locator(".jp-Deploy-row")).to_have_count(2)
    filter_box.fill("nothing")
    expect(panel(page)).to_contain_text("No job has “nothing” in its name or command.")
    expect(panel(page)).to_contain_text("No deployment has “nothing” in its name or command.")
    filter_box.fill("")
    panel(page).get_by_label("Which jobs and deployments to show").select_option("all")
    expect(app(page, "sales")).to_contain_text(f"in {lab.project}")
    expect(row(page, "other")).to_contain_text(f"in {lab.project}")


@pytest.fixture
def many(lab: Lab, fill: Callable[..., None]) -> None:
    """Ten thousand deployments."""
    first = lab.deployment("app-0", SERVES)

    def work(db: sqlite3.Connection) -> None:
        [owner] = db.execute("SELECT owner FROM resources WHERE id = ?", (first,)).fetchone()
        template = resources.get(db, owner, first, Deployment)
        for number in range(1, MANY):
            spec = template.spec.model_copy(update={"name": f"app-{number}"})
            resources.insert(db, replace(with_spec(template, spec), id=f"{number:032x}"))

    fill(work)


def test_ten_thousand_deployments_are_a_list_like_any_other(many: None, page: Page) -> None:
    show_panel(page)
    rows = panel(page).get_by_role("grid", name="Deployments").get_by_role("row")
    rows.first.focus()
    assert rows.count() < 60
    for _ in range(30):
        page.keyboard.press("PageDown")
    expect(panel(page)).to_contain_text(re.compile(r"Deployments \(\d{3,}\+\)"))
    assert rows.count() < 60
    panel(page).get_by_role("searchbox").fill("app-9999")
    expect(rows).to_have_count(1)
    expect(rows).to_have_accessible_name("app-9999, stopped")


@pytest.fixture(params=["JupyterLab Light", "JupyterLab Dark"])
def theme(lab: Lab, request: pytest.FixtureRequest) -> str:
    """That of the page that is loaded then."""
    lab.set("@jupyterlab/apputils-extension/themes", {"theme": request.param})
    return str(request.param)


def test_it_can_be_read_by_day_by_night_and_where_it_is_narrow(
    lab: Lab, theme: str, page: Page
) -> None:
    show_panel(page)
    long_name = "quarterly-revenue-dashboard-of-all-regions"[:40].rstrip("-")
    lab.job("nightly-report", "python report.py")
    for name, command in ((long_name, SERVES), ("broken", "exit 3"), ("model", SERVES)):
        deployment_id = lab.deployment(name, command)
        if name != "model":
            lab("POST", f"deployments/{deployment_id}/start", {})
    expect(app(page, long_name)).to_have_accessible_name(f"{long_name}, running")
    lab(
        "PATCH",
        f"deployments/{lab('GET', f'recipes/deployment/{long_name}')['state']['id']}",
        {"spec": {"scale": 2}},
    )
    expect(app(page, "broken")).to_have_accessible_name("broken, failing")
    expect(app(page, long_name)).to_contain_text("needs restart")
    for toast in page.locator(".jp-Notification-Toast-Close").all():
        toast.click()
    picture(page, f"deployments-{theme.split()[1].lower()}")
    handle = page.locator("#jp-main-split-panel > .lm-SplitPanel-handle:visible").first
    box = handle.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 1, 400)
    page.mouse.down()
    page.mouse.move(100, 400)
    page.mouse.up()
    app(page, long_name).hover()
    width = panel(page).bounding_box()
    assert width is not None and width["width"] <= 260
    picture(page, f"deployments-{theme.split()[1].lower()}-narrow")
    outside = panel(page).evaluate(
        """panel => {
            const { right } = panel.getBoundingClientRect();
            return [...panel.querySelectorAll('button, select, input')]
                .map(node => node.getBoundingClientRect())
                .filter(box => box.width && box.right > right + 0.5).length;
        }"""
    )
    assert outside == 0
    if theme == "JupyterLab Dark":
        assert brightness(page, ".jp-Deploy-row[data-deployment]", "color") > 120
        assert brightness(page, ".jp-Deploy-row[data-deployment]", "background-color") < 80
