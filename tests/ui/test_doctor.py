"""The doctor in the panel and in the form, in a real browser."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.ui.conftest import Lab, picture
from tests.ui.test_panel import row, show_panel


def test_a_failed_job_is_fixed_and_run_again_from_its_row(lab: Lab, page: Page) -> None:
    script = lab.project / "go"
    script.write_text("#!/bin/sh\necho went\n")
    script.chmod(0o755)
    show_panel(page)
    job_id = lab.job("trip", "go --now")
    lab.until(lab.run(job_id), "error")
    failed = row(page, "trip")
    expect(failed).to_contain_text("go is a file of the project, and the shell finds it only as")
    expect(failed).to_contain_text("write ./go in the command")
    failed.click()
    header = page.locator(".jp-Deploy-header-failure")
    expect(header).to_contain_text("go is a file of the project")
    picture(page, "advice")
    failed.get_by_role("button", name="Run ./go").click()
    expect(header.get_by_role("button", name="Run again")).to_be_visible()
    failed.get_by_role("button", name="Run again").click()
    expect(failed).to_have_accessible_name("trip, completed")
    expect(header).to_have_count(0)
    expect(failed).to_contain_text("./go --now")


def test_the_form_doubts_what_would_fail_and_still_takes_it(lab: Lab, page: Page) -> None:
    (lab.project / "work").mkdir()
    (lab.project / "work" / "run.py").write_text("print(1)\n")
    show_panel(page)
    page.get_by_role("button", name="Create a Job").first.click()
    page.get_by_label("Name", exact=True).fill("early")
    command = page.get_by_role("textbox", name="Command")
    command.fill("python run.py")
    command.blur()
    doubt = page.locator(".jp-Deploy-doubt")
    expect(doubt).to_contain_text("there is no file run.py in the project")
    command.fill("python other.py")
    expect(doubt).to_have_count(0)
    command.blur()
    expect(doubt).to_contain_text("there is no file other.py in the project")
    command.fill("python run.py")
    command.blur()
    expect(doubt).to_contain_text("work/run.py")
    picture(page, "doubts")
    doubt.get_by_role("button", name="Work in work").click()
    expect(doubt).to_have_count(0)
    page.get_by_role("button", name="Create", exact=True).click()
    expect(row(page, "early")).to_be_visible()
    spec = lab("GET", "recipes/job/early")["spec"]
    assert (spec["command"], spec["working_directory"]) == ("python run.py", "work")
