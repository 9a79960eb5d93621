"""Which code a job runs, what a run ran with and what changed before it, in a real browser."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.api.test_sources import git
from tests.ui.conftest import Lab, picture
from tests.ui.test_panel import file, log, refresh, row, show_panel, write


@pytest.fixture
def repository(lab: Lab) -> Path:
    """The project, in git, with one commit on main that holds a.py."""
    git(lab.project, "init", "-q", "-b", "main")
    (lab.project / "a.py").write_text("print('as committed')\n")
    git(lab.project, "add", ".")
    git(lab.project, "commit", "-qm", "Print a word")
    return lab.project


def new_job(page: Page, name: str, command: str) -> Locator:
    """An open form for a new job."""
    show_panel(page)
    page.locator("#saturn-deploy-sidebar").get_by_role("button", name="New").click()
    page.get_by_role("menuitem", name="Create a Job").click()
    form = page.locator(".jp-Deploy-form:visible")
    form.get_by_label("Name", exact=True).fill(name)
    form.get_by_role("textbox", name="Command").fill(command)
    return form


def section(page: Page, name: str | re.Pattern[str]) -> None:
    page.get_by_role("tab", name=name).click()


def notebook(*cells: str) -> str:
    return json.dumps(
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
    )


def test_a_frozen_copy_stays_as_it_was_until_its_code_is_updated(lab: Lab, page: Page) -> None:
    (lab.project / "word.txt").write_text("first\n")
    (lab.project / ".env").write_text("KEY=s3cret\n")
    form = new_job(page, "frozen", "cat word.txt")
    form.get_by_label("Frozen copy").check()
    expect(form).to_contain_text("To be frozen: 1 file, 1 KB")
    form.get_by_text("1 entry stays behind").click()
    expect(form.locator("li", has_text=".env")).to_contain_text("may hold secrets")
    picture(page, "frozen-form")
    form.get_by_role("button", name="Create and run").click()
    expect(row(page, "frozen")).to_have_accessible_name("frozen, completed")
    top = page.locator(".jp-Deploy-top:visible")
    expect(top).to_contain_text("Frozen just now: 1 file")
    expect(top).to_contain_text("No file changed since.")

    (lab.project / "word.txt").write_text("second\n")
    top.get_by_text("1 file changed since").click()
    expect(top.locator("li")).to_have_text("word.txt changed")
    picture(page, "frozen-job")
    run = top.get_by_role("button", name="Run")
    run.click()
    expect(page.get_by_role("tab", name="Run 2")).to_be_visible()
    expect(row(page, "frozen")).to_have_accessible_name("frozen, completed")
    expect(log(page)).to_contain_text("first")
    top.get_by_role("button", name="Update code").click()
    expect(top).to_contain_text("No file changed since.")
    run.click()
    expect(page.get_by_role("tab", name="Run 3")).to_be_visible()
    expect(log(page)).to_contain_text("second")


def test_an_edit_freezes_anew_only_if_that_was_chosen(lab: Lab, page: Page) -> None:
    (lab.project / "word.txt").write_text("first\n")
    job_id = lab.job("kept", "cat word.txt", **{"x-jupyter": {"source": "snapshot"}})
    before = lab("GET", f"jobs/{job_id}/code")["snapshot"]["digest"]
    (lab.project / "word.txt").write_text("second\n")
    show_panel(page)

    def edit() -> Locator:
        row(page, "kept").hover()
        row(page, "kept").get_by_role("button", name="Edit").click()
        form = page.locator(".jp-Deploy-form:visible")
        expect(form).to_contain_text("1 file changed since")
        return form

    form = edit()
    form.get_by_role("button", name="Update code").click()
    expect(form).to_contain_text("To be frozen: 1 file")
    form.get_by_role("button", name="Keep the copy it has").click()
    form.get_by_role("textbox", name="Command").fill("cat ./word.txt")
    form.get_by_role("button", name="Save").click()
    expect(row(page, "kept")).to_contain_text("cat ./word.txt")
    assert lab("GET", f"jobs/{job_id}/code")["snapshot"]["digest"] == before

    form = edit()
    form.get_by_role("button", name="Update code").click()
    form.get_by_role("button", name="Save").click()
    expect(form).to_have_count(0)
    assert lab("GET", f"jobs/{job_id}/code")["snapshot"]["digest"] != before


def test_freezing_can_be_cancelled_and_the_form_stays_as_it_was(lab: Lab, page: Page) -> None:
    with (lab.project / "zeros.bin").open("wb") as zeros:
        zeros.truncate(900 * 2**20)
    form = new_job(page, "large", "true")
    form.get_by_label("Frozen copy").check()
    form.get_by_text("The largest files").click()
    expect(form.locator("li", has_text="zeros.bin")).to_contain_text("900 MB")
    form.get_by_role("button", name="Create", exact=True).click()
    packing = form.locator(".jp-Deploy-packing")
    expect(packing).to_be_visible()
    picture(page, "packing")
    packing.get_by_role("button", name="Cancel").click()
    expect(packing).to_have_count(0)
    expect(form.get_by_label("Name", exact=True)).to_have_value("large")
    expect(form.get_by_label("Frozen copy")).to_be_checked()
    assert lab("GET", "recipes")["recipes"] == []


def test_what_can_t_be_frozen_is_named_with_a_way_out(lab: Lab, page: Page) -> None:
    (lab.project / "outside").symlink_to("/etc/hostname")
    form = new_job(page, "linked", "true")
    form.get_by_label("Frozen copy").check()
    expect(form.get_by_role("alert")).to_contain_text("outside")
    (lab.project / "outside").unlink()
    form.get_by_role("button", name="Look again").click()
    expect(form.get_by_role("alert")).to_have_count(0)


def test_a_git_reference_says_what_it_means_and_what_it_lacks(
    lab: Lab, repository: Path, page: Page
) -> None:
    (repository / "a.py").write_text("print('as edited')\n")
    form = new_job(page, "of-main", "python a.py")
    form.get_by_label("Git reference").check()
    reference = form.get_by_label("Reference", exact=True)
    reference.fill("nonsense")
    problem = form.locator('[data-field="spec.x-jupyter.reference"] .jp-Deploy-problem')
    expect(problem).to_contain_text("nonsense")
    expect(reference).to_have_attribute("aria-invalid", "true")
    picture(page, "reference-unknown")
    reference.fill("main")
    expect(problem).to_have_count(0)
    expect(form).to_contain_text(f"{git(repository, 'rev-parse', 'main')[:7]} Print a word")
    expect(form).to_contain_text("1 file of the project differs and will not be in the copy: a.py")
    picture(page, "reference")
    form.get_by_role("button", name="Create and run").click()
    expect(log(page)).to_contain_text("as committed")
    section(page, "Run 1")
    expect(page.locator(".jp-Deploy-run")).to_contain_text("git reference main")


def test_without_a_repository_git_can_t_be_chosen_and_the_form_says_why(
    lab: Lab, page: Page
) -> None:
    form = new_job(page, "plain", "true")
    expect(form.get_by_label("Git reference")).to_be_disabled()
    expect(form.get_by_label("Git reference")).to_have_accessible_description(
        re.compile("no git repository.*no .git at or above")
    )
    form.get_by_role("button", name="Create", exact=True).click()
    expect(row(page, "plain")).to_be_visible()
    [recipe] = lab("GET", "recipes")["recipes"]
    assert recipe["spec"]["x-jupyter"]["source"] is None, "nothing was chosen"


def test_where_values_came_from_is_told_to_the_keyboard_too(lab: Lab, page: Page) -> None:
    form = new_job(page, "a", "true")
    expect(form).to_contain_text("from the default kernelspec python3")
    expect(form).to_contain_text(re.compile(r"\d+ packages, fingerprint [0-9a-f]{12}"))
    why = form.locator('[data-field="spec.image"]').get_by_role("button")
    why.focus()
    expect(form.get_by_role("tooltip")).to_contain_text("the setting image is empty")
    expect(why).to_have_accessible_description(re.compile("the setting image is empty"))
    page.keyboard.press("Escape")
    expect(form.get_by_role("tooltip")).to_have_count(0)


def test_what_vanishes_with_the_container_is_installed_by_the_start_script(
    lab: Lab, page: Page
) -> None:
    install = "pip install --quiet duckdb==1.1.0 polars==1.9"

    def in_container(route: Route) -> None:
        """The answer of a server in a container that packages were added to."""
        response = route.fetch()
        answer = response.json()
        packages = [{"name": "duckdb", "version": "1.1.0"}, {"name": "polars", "version": "1.9"}]
        answer["environment"]["drift"] = {
            "since": "2026-01-01T00:00:00Z",
            "packages": packages,
            "install": install,
        }
        route.fulfill(response=response, json=answer)

    page.route(re.compile(r"saturn-deploy/api/workspace"), in_container)
    form = new_job(page, "drifts", "true")
    expect(form).to_contain_text("2 packages were installed since this container started")
    expect(form).to_contain_text("duckdb 1.1.0, polars 1.9")
    form.get_by_role("button", name="Add to the start script").click()
    script = form.get_by_label("Start script")
    expect(script).to_be_in_viewport()
    expect(script).to_have_value(install + "\n")
    expect(form.get_by_role("button", name="Add to the start script")).to_have_count(0)
    picture(page, "drift")
    page.keyboard.press("Control+z")
    expect(script).to_have_value("")
    expect(form.get_by_role("button", name="Add to the start script")).to_be_visible()


def test_a_notebook_s_toolbar_runs_it_as_it_is_seen(lab: Lab, page: Page) -> None:
    write(lab, page, "seen.ipynb", notebook("print('as it was')"))
    file(page, "seen.ipynb").dblclick()
    panel = page.locator(".jp-NotebookPanel:visible")
    panel.locator(".jp-CodeCell .cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("print('as it is seen')")
    panel.locator('[data-jp-item-name="run-as-job"]').get_by_role("button").click()
    expect(row(page, "seen")).to_have_accessible_name("seen, completed", timeout=30_000)
    expect(log(page)).to_contain_text("as it is seen")
    picture(page, "notebook-toolbar")


def test_a_form_made_of_a_file_says_so(lab: Lab, page: Page) -> None:
    write(lab, page, "made.py", "print('made')\n")
    file(page, "made.py").click(button="right")
    page.get_by_role("menuitem", name="Create Job…").click()
    form = page.locator(".jp-Deploy-form:visible")
    expect(form).to_contain_text("Name and command are from made.py.")
    expect(form.get_by_role("textbox", name="Command")).to_have_value("python made.py")


def test_an_open_file_offers_to_run_it(lab: Lab, page: Page) -> None:
    write(lab, page, "open.py", "print('opened')\n")
    file(page, "open.py").dblclick()
    page.locator(".cm-content:visible").click(button="right")
    page.get_by_role("menuitem", name="Run as Job").click()
    expect(log(page)).to_contain_text("opened")


def test_what_changed_before_a_failure_names_the_file(
    lab: Lab, repository: Path, page: Page
) -> None:
    write(lab, page, "report.ipynb", notebook("print('fine')"))
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "Add the report")
    show_panel(page)
    job_id = lab.job("report", "jupyter-saturn-deploy run-notebook report.ipynb")
    lab.until(lab.run(job_id), "completed", seconds=40)
    (repository / "report.ipynb").write_text(notebook("raise ValueError('edited')"))
    lab.until(lab.run(job_id), "error", seconds=40)
    row(page, "report").click()
    top = page.locator(".jp-Deploy-top:visible")
    expect(top).to_contain_text("1 file differs from run 1, which was good.")
    top.get_by_role("button", name="What changed").click()
    details = page.locator(".jp-Deploy-run")
    expect(details.locator("details li", has_text="report.ipynb")).to_contain_text("changed")
    expect(details).to_contain_text(git(repository, "rev-parse", "HEAD"))
    expect(details).to_contain_text("branch main")
    expect(details).to_contain_text("with changes that were not committed")
    picture(page, "what-changed")


def test_what_a_run_takes_is_drawn_and_can_be_read_by_key(lab: Lab, page: Page) -> None:
    show_panel(page)
    busy = "python -c 'while True: pass'"
    run_id = lab.run(lab.job("busy", busy))
    row(page, "busy").click()
    section(page, "Run 1")
    cores = page.get_by_role("slider", name=re.compile("Cores in use.* on average"))
    expect(cores).to_be_visible(timeout=40_000)
    cores.focus()
    page.keyboard.press("Home")
    expect(cores).to_have_attribute("aria-valuetext", re.compile(r"cores? at the beginning"))
    expect(page.get_by_role("slider", name=re.compile("Memory: .* at most"))).to_be_visible()
    picture(page, "metrics")
    lab("POST", f"runs/{run_id}/stop", {})


def test_a_recipe_is_copied_without_the_values_of_its_variables(lab: Lab, page: Page) -> None:
    show_panel(page)
    lab.job("kept", "echo $KEY", environment_variables={"KEY": "s3cret"})
    row(page, "kept").click()
    section(page, "Recipe")
    recipe = page.get_by_label("Recipe of kept as YAML")
    expect(recipe).to_contain_text("command: echo $KEY")
    assert "s3cret" not in recipe.inner_text()
    page.context.grant_permissions(["clipboard-read"])
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.locator(".jp-Deploy-recipe")).to_contain_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()").strip() == recipe.inner_text().strip()
    page.get_by_role("button", name="Show values").click()
    expect(recipe).to_contain_text("s3cret")
    picture(page, "recipe")


def test_a_duplicate_begins_as_the_job_is_under_a_free_name(lab: Lab, page: Page) -> None:
    show_panel(page)
    lab.job("train", "echo $KEY", environment_variables={"KEY": "s3cret"}, retries=2)
    lab.job("train-2", "true")
    refresh(page)
    row(page, "train").click(button="right")
    page.get_by_role("menuitem", name="Duplicate…").click()
    form = page.locator(".jp-Deploy-form:visible")
    expect(form).to_contain_text("Filled from the job “train”.")
    name = form.locator('[data-field="spec.name"] input')
    expect(name).to_have_value("train-3")
    page.wait_for_timeout(1500)  # JupyterLab saves its layout after a moment
    page.reload()
    expect(name).to_have_value("train-3")
    expect(form.get_by_label("Retries")).to_have_value("2")
    form.get_by_role("button", name="Create and run").click()
    expect(log(page)).to_contain_text("s3cret")
