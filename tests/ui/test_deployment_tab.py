"""A deployment's tab, in a real browser with real little apps."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.ui.conftest import Lab, picture
from tests.ui.test_panel import log, show_panel

SERVE = 'python -m http.server "$PORT" --bind "$HOST"'


def in_service(lab: Lab, name: str, revision: int) -> dict[str, Any]:
    """How it stands, once this revision alone is there, with all its instances."""

    def good(state: dict[str, Any]) -> bool:
        revisions = {each["revision"] for each in state["instances"]}
        return state["ready"] == state["scale"] and revisions == {revision}

    state: dict[str, Any] = lab.until_state(name, good, 30)["x-jupyter"]
    return state


def open_tab(page: Page, name: str) -> Locator:
    """The deployment's tab, opened by its row."""
    show_panel(page)
    row = page.locator(f'.jp-Deploy-row[data-deployment="{name}"]')
    row.locator(".jp-Deploy-row-name").click()
    tab = page.locator(".jp-Deploy-tab:visible")
    expect(tab.locator("h2")).to_have_text(name)
    return tab


def section(tab: Locator, name: str) -> None:
    tab.get_by_role("tab", name=name, exact=True).click()


def test_a_deployment_is_started_opened_restarted_and_rolled_back(lab: Lab, page: Page) -> None:
    (lab.project / "index.html").write_text("<h1>hello</h1>")
    deployment_id = lab.deployment("site", SERVE, scale=2)
    tab = open_tab(page, "site")
    state = tab.locator(".jp-Deploy-header-state")
    expect(state).to_have_text("0/2 never started")
    expect(tab).to_contain_text("A deployment runs, and uses resources, until you stop it.")
    expect(tab).to_contain_text("It was never started.")
    picture(page, "deployment-new")

    tab.get_by_role("button", name="Start").click()
    expect(state).to_have_text("2/2 running")
    expect(tab.locator(".jp-Deploy-header-time")).to_contain_text("for ")
    picture(page, "deployment-overview")
    url = f"{lab.url}saturn-deploy/apps/site/"
    expect(tab.get_by_role("link", name=url)).to_have_attribute("href", url)
    with page.context.expect_page() as opened:
        tab.get_by_role("button", name="Open").click()
    app = opened.value
    expect(app.locator("h1")).to_have_text("hello")
    assert app.url == url
    app.close()

    lab("PATCH", f"deployments/{deployment_id}", {"spec": {"command": f"echo second; {SERVE}"}})
    notice = tab.locator(".jp-Deploy-header-notice")
    expect(notice).to_contain_text("Needs restart")
    expect(notice).to_contain_text("revision 1 runs on as it was")
    picture(page, "deployment-waits")
    notice.get_by_role("button", name="Restart").click()
    in_service(lab, "site", 2)
    expect(notice).to_have_count(0)
    expect(state).to_have_text("2/2 running")

    section(tab, "Revisions")
    rows = tab.get_by_role("grid", name="Revisions").locator("tr[data-key]")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("in service")
    expect(rows.nth(0)).to_contain_text("restarted by")
    expect(rows.nth(0)).to_contain_text("echo second")
    expect(rows.nth(0).get_by_role("button", name="Roll back")).to_have_count(0)
    expect(rows.nth(1)).to_contain_text("the first one")
    rows.nth(1).get_by_text("What going back brings").click()
    brings = rows.nth(1).get_by_role("row", name=re.compile("Command"))
    expect(brings.locator("td").last).to_have_text(SERVE)
    picture(page, "deployment-revisions")
    rows.nth(1).get_by_role("button", name="Roll back").click()
    in_service(lab, "site", 3)
    expect(rows).to_have_count(3)
    expect(rows.nth(0)).to_contain_text("rolled back to 1 by")
    expect(rows.nth(0)).to_contain_text("in service")
    assert lab("GET", "recipes/deployment/site")["spec"]["command"] == SERVE

    section(tab, "Instances")
    grid = tab.get_by_role("grid", name="Instances")
    living = grid.locator("tbody:not(.jp-mod-ended) tr[data-key]")
    expect(living).to_have_count(2)
    expect(grid.locator(".jp-mod-ended tr[data-key]")).to_have_count(4)
    expect(grid.locator(".jp-mod-ended")).to_contain_text("replaced")
    port = in_service(lab, "site", 3)["instances"][0]["serving"]["port"]
    expect(living.first.locator(".jp-mod-port")).to_have_text(str(port))
    expect(living.first.locator(".jp-mod-memory")).to_contain_text("MB")
    picture(page, "deployment-instances")

    tab.get_by_role("button", name="Stop").click()
    page.get_by_role("dialog").get_by_role("button", name="Stop").click()
    expect(state).to_have_text("0/2 stopped")
    expect(tab.get_by_role("button", name="Start")).to_be_visible()
    expect(grid).to_contain_text("No instance runs.")


def test_a_crash_loop_says_why_and_shows_the_log_of_the_life_before(lab: Lab, page: Page) -> None:
    crash = "echo life $SATURN_ATTEMPT; echo words of the dying; python -c 'import nonsense_module'"
    deployment_id = lab.deployment("broken", crash)
    tab = open_tab(page, "broken")
    tab.get_by_role("button", name="Start").click()
    advice = tab.locator(".jp-Deploy-header-failure")
    expect(advice).to_contain_text("The module nonsense_module is missing", ignore_case=True)
    expect(tab.locator(".jp-Deploy-header-sentence")).to_contain_text("ended: exit code 1")
    picture(page, "deployment-broken")
    advice.get_by_role("button", name="Log").click()
    expect(log(page)).to_contain_text("words of the dying")
    lives = tab.get_by_label("Life")
    expect(lives.locator("option")).not_to_have_count(1)
    lives.select_option("1")
    expect(log(page)).to_contain_text("No module named 'nonsense_module'")
    picture(page, "deployment-life")
    section(tab, "Instances")
    [row] = [tab.get_by_role("grid", name="Instances").locator("tr[data-key]")]
    expect(row.locator(".jp-mod-exit")).to_contain_text("exit code 1")
    lab("POST", f"deployments/{deployment_id}/stop", {})
    expect(advice).to_have_count(0)


CHATTY = """\
import http.server, os, sys, threading, time
def talk():
    for number in range(10_000):
        print("word", number, "of", os.environ["PORT"], flush=True)
        time.sleep(0.5)
threading.Thread(target=talk, daemon=True).start()
port = int(sys.argv[1]) if sys.argv[1:] else int(os.environ["PORT"])
http.server.ThreadingHTTPServer(("127.0.0.1", port), http.server.SimpleHTTPRequestHandler
).serve_forever()
"""


def test_the_logs_of_all_instances_are_one_and_one_can_be_replaced(lab: Lab, page: Page) -> None:
    (lab.project / "chatty.py").write_text(CHATTY)
    deployment_id = lab.deployment("chatty", "python chatty.py", scale=2)
    lab("POST", f"deployments/{deployment_id}/start", {})
    first = in_service(lab, "chatty", 1)["instances"]
    tab = open_tab(page, "chatty")
    section(tab, "Logs")
    which = tab.get_by_label("Instance", exact=True)
    which.select_option(label="All instances that run")
    for each in first:
        line = f"r1·{each['instance']} │ word 1 of {each['serving']['given']}"
        expect(log(page)).to_contain_text(line)
    picture(page, "deployment-all-logs")

    section(tab, "Instances")
    tab.get_by_role("button", name="Replace Instance 2 of revision 1").click()
    expect(tab.locator(".jp-mod-ended tr[data-key]")).to_have_count(1)
    before = {each["id"] for each in first}
    [new] = [each for each in in_service(lab, "chatty", 1)["instances"] if each["id"] not in before]
    assert new["instance"] == 2
    expect(log(page)).to_contain_text(f"r1·2 │ word 1 of {new['serving']['given']}")
    rows = tab.get_by_role("grid", name="Instances").locator("tr[data-key]")
    rows.first.focus()
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(rows.nth(1)).to_have_attribute("aria-selected", "true")
    expect(which).to_have_value(new["id"])
    picture(page, "deployment-replaced")

    section(tab, "Metrics")
    expect(tab.get_by_role("slider", name="Memory")).to_be_visible()
    picture(page, "deployment-metrics")
    section(tab, "Recipe")
    expect(tab.locator("pre")).to_contain_text("command: python chatty.py")

    lab("DELETE", f"deployments/{deployment_id}")
    expect(tab).to_contain_text("There is no deployment “chatty” any more.")


def test_an_app_on_another_port_is_noted_and_its_tab_is_back_also_in_the_dark_and_narrow(
    lab: Lab, page: Page
) -> None:
    (lab.project / "chatty.py").write_text(CHATTY)
    name = "a-deployment-with-quite-a-long-name"
    deployment_id = lab.deployment(name, f"python chatty.py {lab.port + 1}")
    lab("POST", f"deployments/{deployment_id}/start", {})
    [instance] = in_service(lab, name, 1)["instances"]
    tab = open_tab(page, name)
    expect(tab.locator(".jp-Deploy-header-failure")).to_contain_text("would fail on Kubernetes")
    section(tab, "Instances")
    note = f"{lab.port + 1} not {instance['serving']['given']}"
    expect(tab.locator(".jp-mod-port").nth(1)).to_have_text(note)
    lab.set("@jupyterlab/apputils-extension/themes", {"theme": "JupyterLab Dark"})
    page.wait_for_timeout(1500)  # JupyterLab saves its layout after a moment
    page.reload()
    expect(tab.locator("h2")).to_have_text(name)
    expect(tab.locator(".jp-Deploy-header-state")).to_have_text("1/1 running")

    lab("PATCH", f"deployments/{deployment_id}", {"spec": {"command": "python chatty.py"}})
    expect(tab.locator(".jp-Deploy-header-notice")).to_contain_text("Needs restart")
    page.locator('.lm-TabBar-tab[data-id="saturn-deploy-sidebar"]').click()
    page.set_viewport_size({"width": 1000, "height": 700})
    picture(page, "deployment-dark")
    page.set_viewport_size({"width": 480, "height": 760})
    for which in ("Overview", "Instances", "Logs", "Revisions", "Metrics", "Recipe"):
        section(tab, which)
        picture(page, f"deployment-narrow-{which.lower()}")
        for part in (".jp-Deploy-top", ".jp-Deploy-upper"):
            beyond = tab.locator(part).evaluate("node => node.scrollWidth - node.clientWidth")
            assert beyond <= 0, (which, part)
