"""What people do in JupyterLab, in a real browser against a real server."""

from __future__ import annotations

import json
import re

from playwright.sync_api import Locator, Page, expect

from tests.ui.conftest import Lab, picture

COUNTING = """\
import time
for epoch in range(1, 10_000):
    print(f"epoch {epoch}")
    time.sleep(0.2)
"""


def file(page: Page, name: str) -> Locator:
    return page.locator(f'.jp-DirListing-item[title*="{name}"]')


def write(lab: Lab, page: Page, name: str, content: str) -> None:
    """Put a file into the project and wait until the file browser shows it."""
    path = lab.project / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    page.get_by_role("button", name="Refresh the file browser").click()
    page.wait_for_selector(f'.jp-DirListing-item[title*="{name.split("/")[0]}"]')


def run_as_job(page: Page, name: str) -> None:
    file(page, name).click(button="right")
    page.get_by_role("menuitem", name="Run as Job").click()


def show_panel(page: Page) -> None:
    tab = page.locator('.lm-TabBar-tab[data-id="saturn-deploy-sidebar"]')
    if tab.get_attribute("aria-selected") != "true":
        tab.click()


def row(page: Page, name: str) -> Locator:
    return page.locator(f'.jp-Deploy-row[data-job="{name}"]')


def refresh(page: Page) -> None:
    """Look at once, not within ten seconds."""
    page.locator("#saturn-deploy-sidebar").get_by_role("button", name="Refresh jobs").click()


def log(page: Page) -> Locator:
    return page.locator(".jp-Deploy-log:visible")


def test_a_script_becomes_a_job_and_counts_on_after_the_server_s_death(
    lab: Lab, page: Page
) -> None:
    write(lab, page, "train.py", COUNTING)
    run_as_job(page, "train.py")
    expect(row(page, "train")).to_have_accessible_name("train, running")
    expect(page.locator(".jp-Deploy-header-state:visible")).to_have_text("running", timeout=3000)
    expect(log(page)).to_contain_text("epoch 3")
    picture(page, "running")

    lab.kill()
    refresh(page)
    notice = page.locator("#saturn-deploy-sidebar").get_by_role("alert")
    expect(notice).to_contain_text("does not answer")
    lab.start()
    expect(notice).to_have_count(0, timeout=3000)
    [run] = lab("GET", "runs")["runs"]
    assert run["state"] == "running"
    reached = int(lab.bytes("GET", f"runs/{run['id']}/log").split()[-1])
    expect(log(page)).to_contain_text(f"epoch {reached + 5}", timeout=40_000)
    shown = [int(number) for number in re.findall(r"epoch (\d+)", log(page).inner_text())]
    assert shown == list(range(shown[0], shown[0] + len(shown)))

    close = page.get_by_role("button", name="Close", exact=True)
    if close.is_visible():  # JupyterLab's own word on the lost connection
        close.click()
    row(page, "train").get_by_role("button", name="Stop").click()
    expect(row(page, "train")).to_have_accessible_name("train, stopped")
    expect(page.locator(".jp-Deploy-header-state:visible")).to_contain_text("stopped")


def test_what_runs_is_what_the_editor_shows(lab: Lab, page: Page) -> None:
    write(lab, page, "draft.py", "print('as it was')\n")
    file(page, "draft.py").dblclick()
    editor = page.locator(".cm-content:visible")
    editor.click()
    page.keyboard.press("Control+a")
    page.keyboard.type("print('as it is seen')")
    run_as_job(page, "draft.py")
    expect(log(page)).to_contain_text("as it is seen")
    assert "as it is seen" in (lab.project / "draft.py").read_text()


def test_only_scripts_can_be_run(lab: Lab, page: Page) -> None:
    for name, runs in (("a.sh", True), ("a.R", True), ("a.jl", True), ("a.txt", False)):
        write(lab, page, name, "true\n")
        file(page, name).click(button="right")
        page.wait_for_selector(".lm-Menu:visible")
        expect(page.get_by_role("menuitem", name="Run as Job")).to_have_count(int(runs))
        page.keyboard.press("Escape")


def test_running_the_same_script_again_is_another_run_of_the_same_job(lab: Lab, page: Page) -> None:
    write(lab, page, "my script.sh", "echo hello from $0\n")
    for number in (1, 2):
        if number == 2:
            page.locator('.lm-TabBar-tab[data-id="filebrowser"]').click()
        run_as_job(page, "my script.sh")
        expect(row(page, "my-script")).to_have_accessible_name("my-script, completed")
        expect(page.locator(".jp-Deploy-runs tbody tr")).to_have_count(number)
    expect(log(page)).to_contain_text("hello from my script.sh")


def test_an_empty_panel_teaches_and_the_form_is_prefilled(lab: Lab, page: Page) -> None:
    show_panel(page)
    panel = page.locator("#saturn-deploy-sidebar")
    expect(panel).to_contain_text("A job runs a command")
    picture(page, "empty")
    panel.get_by_role("button", name="Create a Job").click()
    expect(page.get_by_label("Size")).to_have_value("this-machine")
    page.get_by_label("Name", exact=True).fill("Not A Name")
    page.get_by_role("textbox", name="Command").fill("echo $GREETING")
    page.get_by_role("button", name="Create", exact=True).click()
    problem = page.locator('.jp-Deploy-field[data-field="spec.name"] .jp-Deploy-problem')
    expect(problem).to_contain_text("lower-case")
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    expect(page.get_by_role("textbox", name="Command")).to_have_value("echo $GREETING")
    picture(page, "form")
    page.get_by_label("Name", exact=True).fill("greet")
    page.get_by_text("Advanced").click()
    page.get_by_label("Start script").fill("export GREETING=hello")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(row(page, "greet")).to_have_accessible_name("greet, stopped")
    row(page, "greet").get_by_role("button", name="Run").click()
    expect(row(page, "greet")).to_have_accessible_name("greet, completed")
    expect(log(page)).to_contain_text("hello")


def test_a_failure_says_why_in_its_row_and_in_a_notification(lab: Lab, page: Page) -> None:
    show_panel(page)
    job_id = lab.job("report", "python -c 'import nonsense_module'")
    lab.run(job_id)
    expect(row(page, "report")).to_contain_text("exit code 1")
    expect(row(page, "report")).to_contain_text("the module nonsense_module is missing from")
    reason = row(page, "report").locator(".jp-Deploy-row-detail")
    assert reason.evaluate("node => node.scrollHeight <= node.clientHeight"), "it is cut off"
    picture(page, "failed")
    page.get_by_role("button", name="Open log").click()
    expect(log(page)).to_contain_text("Traceback")


def test_what_a_log_holds_is_shown_as_text(lab: Lab, page: Page) -> None:
    show_panel(page)
    script = (
        "printf '<img src=x onerror=window.hacked=1> \\033[31mred\\033[0m"
        " \\033]8;;javascript:window.hacked=1\\033\\\\link\\033]8;;\\033\\\\ \\xff\\n';"
        "printf 'one\\rtwo\\n'; seq 1 3000; printf 'the \\342\\200\\256end\\n'"
    )
    run_id = lab.run(lab.job("odd", script))
    lab.until(run_id, "completed")
    row(page, "odd").click()
    expect(log(page)).to_contain_text("end")
    search = page.get_by_label("Search the log")
    search.fill("onerror")
    search.press("Enter")
    first = log(page).locator(".jp-Deploy-line", has_text="onerror")
    expect(first).to_contain_text("<img src=x onerror=window.hacked=1> red link")
    expect(first.locator("span", has_text="red").last).not_to_have_css(
        "color", first.evaluate("line => getComputedStyle(line).color")
    )
    assert log(page).locator("img, a[href^=javascript]").count() == 0
    assert page.evaluate("window.hacked") is None
    expect(log(page).locator(".jp-Deploy-line", has_text="two")).not_to_contain_text("one")
    page.get_by_role("button", name=re.compile("[Tt]ime")).first.click()
    expect(first.locator(".jp-Deploy-line-time")).to_contain_text(re.compile(r"\d\d:\d\d:\d\d"))
    picture(page, "log")


def test_a_form_asks_before_what_was_typed_is_lost_and_is_back_after_a_reload(
    lab: Lab, page: Page
) -> None:
    show_panel(page)
    lab.job("a", "echo before")
    row(page, "a").hover()
    row(page, "a").get_by_role("button", name="Edit").click()
    command = page.get_by_role("textbox", name="Command")
    expect(command).to_have_value("echo before")
    page.wait_for_timeout(1500)  # JupyterLab saves its layout after a moment
    page.reload()
    expect(command).to_have_value("echo before")
    command.fill("echo after")
    cancel = page.locator("form").get_by_role("button", name="Cancel")
    cancel.click()
    dialog = page.locator(".jp-Dialog-content")
    expect(dialog).to_contain_text("not saved")
    dialog.get_by_role("button", name="Cancel").click()
    expect(command).to_have_value("echo after")
    command.fill("echo before")
    cancel.click()
    expect(command).to_have_count(0)


def test_deleting_asks_first_and_names_what_goes(lab: Lab, page: Page) -> None:
    show_panel(page)
    lab.until(lab.run(lab.job("old", "true")), "completed")
    row(page, "old").focus()
    page.keyboard.press("Delete")
    dialog = page.locator(".jp-Dialog-content")
    expect(dialog).to_contain_text("old")
    dialog.get_by_role("button", name="Cancel").click()
    expect(row(page, "old")).to_be_visible()
    row(page, "old").focus()
    page.keyboard.press("Delete")
    dialog.get_by_role("button", name="Delete").click()
    expect(row(page, "old")).to_have_count(0)
    assert lab("GET", "recipes")["recipes"] == []


def test_the_keyboard_reaches_everything_in_the_list(lab: Lab, page: Page) -> None:
    show_panel(page)
    for name in ("a", "b", "c"):
        lab.job(name, "echo by key")
    expect(page.locator(".jp-Deploy-row")).to_have_count(3)
    row(page, "c").focus()  # made last, so it comes first
    page.keyboard.press("ArrowDown")
    expect(row(page, "b")).to_be_focused()
    page.keyboard.press("Space")
    expect(row(page, "b")).to_have_accessible_name("b, completed")
    expect(page.locator(".jp-Deploy-row").first).to_have_accessible_name("b, completed")
    expect(page.locator(".jp-Deploy-spoken")).to_have_text("b: completed")
    expect(row(page, "b")).to_be_focused()
    page.keyboard.press("Enter")
    expect(log(page)).to_contain_text("by key")
    assert all(stop["name"] for stop in tab_stops(page, 25))


def test_the_keyboard_reaches_every_run_and_leaves_the_search(lab: Lab, page: Page) -> None:
    show_panel(page)
    job_id = lab.job("often", "seq 1 99")
    for _ in range(12):
        lab.until(lab.run(job_id), "completed")
    row(page, "often").click()
    runs = page.get_by_role("grid", name="Runs")
    expect(runs.get_by_role("row", selected=True)).to_have_accessible_name(re.compile("Run 12,"))
    runs.get_by_role("row", selected=True).focus()
    page.keyboard.press("End")
    focused = page.locator(":focus")
    expect(focused).to_have_accessible_name(re.compile("Run 1, completed"))
    page.keyboard.press("ArrowUp")
    expect(focused).to_have_accessible_name(re.compile("Run 2, completed"))
    page.keyboard.press("Space")
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    page.get_by_role("button", name="Delete 2 runs…").press("Enter")
    page.locator(".jp-Dialog").get_by_role("button", name="Delete").press("Enter")
    expect(runs.get_by_role("row")).to_have_count(11)

    expect(log(page)).to_contain_text("99")
    page.locator(".jp-Deploy-lines").focus()
    page.keyboard.press("Control+f")
    page.keyboard.type("42")
    page.keyboard.press("Enter")
    expect(log(page).get_by_role("search")).to_contain_text("1 of 1")
    page.keyboard.press("Escape")
    expect(page.locator(".jp-Deploy-lines")).to_be_focused()
    expect(log(page).get_by_label("Search the log")).to_have_value("")


def tab_stops(page: Page, count: int) -> list[dict[str, str]]:
    """What Tab comes by from here on, within the panel: each with its name."""
    stops: list[dict[str, str]] = []
    for _ in range(count):
        page.keyboard.press("Tab")
        stop = page.evaluate(
            """() => {
                let node = document.activeElement;
                if (!node.closest('[class*=jp-Deploy]')) return null;
                const host = node;
                while (node.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
                const isSeen = ({ outlineStyle, boxShadow }) =>
                    outlineStyle !== 'none' || boxShadow !== 'none';
                // A component may draw it around what has the focus inside it.
                const box = node === host ? node : node.closest('.root') ?? node;
                const seen = [node, box].some(part => isSeen(getComputedStyle(part)));
                const name = node.ariaLabel || host.innerText || host.placeholder;
                return { name: name.trim(), tag: node.tagName, seen };
            }"""
        )
        if stop is not None:
            assert stop["seen"], stop
            stops.append(stop)
    return stops


def test_an_edit_reaches_the_job_and_keeps_its_secret_values(lab: Lab, page: Page) -> None:
    show_panel(page)
    lab.job("a", "echo before", environment_variables={"KEY": "s3cret"})
    row(page, "a").hover()
    row(page, "a").get_by_role("button", name="Edit").click()
    page.get_by_role("textbox", name="Command").fill("echo $KEY")
    assert "s3cret" not in page.locator("form").inner_text()
    page.get_by_role("button", name="Save").click()
    row(page, "a").get_by_role("button", name="Run").click()
    expect(log(page)).to_contain_text("s3cret")


def test_after_a_reload_the_job_s_tab_is_back(lab: Lab, page: Page) -> None:
    show_panel(page)
    lab.until(lab.run(lab.job("kept", "echo still here")), "completed")
    row(page, "kept").click()
    expect(log(page)).to_contain_text("still here")
    page.wait_for_timeout(1500)  # JupyterLab saves its layout after a moment
    page.reload()
    expect(log(page)).to_contain_text("still here")


def test_the_status_bar_counts_and_other_projects_can_be_seen(lab: Lab, page: Page) -> None:
    show_panel(page)
    job_id = lab.job("busy", "sleep 1000")
    for _ in range(3):
        lab.run(job_id)
    expect(page.locator(".jp-Deploy-status")).to_contain_text("2")
    expect(row(page, "busy")).to_have_accessible_name("busy, running")
    lab("POST", f"jobs/{job_id}/stop", {})
    expect(row(page, "busy")).to_have_accessible_name("busy, stopped")


def test_in_the_dark_it_can_be_read_too(lab: Lab, page: Page) -> None:
    lab.set("@jupyterlab/apputils-extension/themes", {"theme": "JupyterLab Dark"})
    page.reload()
    lab.until(lab.run(lab.job("night", "seq 1 20; false")), "error")
    show_panel(page)
    row(page, "night").click()
    expect(log(page)).to_contain_text("20")
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", "false")
    page.wait_for_timeout(500)
    picture(page, "dark")
    for part in (".jp-Deploy-row", ".jp-Deploy-log-body", ".jp-Deploy-header"):
        assert brightness(page, part, "color") > 120, part
        assert brightness(page, part, "background-color") < 80, part


def brightness(page: Page, selector: str, prop: str) -> float:
    """Of a colour, 0 to 255; of a transparent background, what is behind it."""
    colour = page.locator(selector).first.evaluate(
        """(node, prop) => {
            let value;
            for (; node; node = node.parentElement) {
                value = getComputedStyle(node)[prop];
                if (!/rgba\\(.*, 0\\)/.test(value)) break;
            }
            return value;
        }""",
        prop,
    )
    red, green, blue = (float(part) for part in re.findall(r"[\d.]+", colour)[:3])
    return (red + green + blue) / 3


def test_a_notebook_runs_as_a_job_and_its_executed_copy_can_be_opened(lab: Lab, page: Page) -> None:
    cells = ["print('loaded')", "[n * n for n in range(4)]", "{}['missing']"]
    write(
        lab,
        page,
        "analysis.ipynb",
        json.dumps(
            {
                "nbformat": 4,
                "nbformat_minor": 5,
                "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
                "cells": [
                    {
                        "id": f"c{number}",
                        "cell_type": "code",
                        "metadata": {},
                        "source": source,
                        "outputs": [],
                        "execution_count": None,
                    }
                    for number, source in enumerate(cells)
                ],
            }
        ),
    )
    run_as_job(page, "analysis.ipynb")
    expect(row(page, "analysis")).to_contain_text("cell 3 of 3: KeyError", timeout=20_000)
    expect(log(page)).to_contain_text("[0, 1, 4, 9]")
    page.get_by_role("button", name="Open the notebook of run 1").click()
    executed = page.locator(".jp-Notebook:visible")
    expect(executed).to_contain_text("[0, 1, 4, 9]")
    expect(executed).to_contain_text("KeyError")
    picture(page, "notebook")
