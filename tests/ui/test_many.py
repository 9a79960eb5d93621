"""Ten thousand runs and a thousand jobs, in a real browser: they are to feel like ten."""

from __future__ import annotations

import re
import sqlite3
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from jupyter_saturn_deploy.models.code import Used
from jupyter_saturn_deploy.models.resources import Job
from jupyter_saturn_deploy.models.runs import Execution, Run, RunState
from jupyter_saturn_deploy.store import resources, runs
from tests.ui.conftest import Lab, picture
from tests.ui.test_panel import refresh, row, show_panel

RUNS, JOBS, DAYS = 10_000, 1000, 25
FREEZE = 400
"""Milliseconds without a new frame that people notice, also on a busy machine."""
FAILED_ON = date.today() - timedelta(days=5)


def noon(days_ago: int) -> float:
    return (
        datetime.combine(date.today() - timedelta(days=days_ago), datetime.min.time()).timestamp()
        + 43_200
    )


def run_of(job: Job, number: int, at: float, state: RunState) -> Run:
    """A run that has ended; each took another time and memory."""
    return Run(
        id=f"{int(at * 1e9):016x}{number:016x}",
        job_id=job.id,
        number=number,
        owner=job.owner,
        backend=job.backend,
        execution=Execution(job.spec, job.project, sys.prefix, "http://127.0.0.1/"),
        trigger="manual",
        by="ana",
        generation=1,
        created_at=at,
        state=state,
        exit_code=1 if state is RunState.ERROR else 0,
        reason="exit" if state is RunState.ERROR else None,
        detail="ValueError: no rows" if state is RunState.ERROR else None,
        started_at=at + 1,
        ended_at=at + 1 + number % 500,
        attempt=1,
        used=Used("live", job.project, True, commit="a1b2c3d4" * 5, branch="main", dirty=True),
        cpu_seconds=number % 77,
        memory_peak=number * 2**20,
        disk=4096,
        pinned=number % 1000 == 0,
    )


@pytest.fixture
def many_runs(lab: Lab, fill: Callable[..., None]) -> str:
    """A job with ten thousand runs, of which one failed on each day."""
    job_id = lab.job("etl", "echo loaded")
    lab.job("other", "echo other")

    def work(db: sqlite3.Connection) -> None:
        [owner] = db.execute("SELECT owner FROM resources WHERE id = ?", (job_id,)).fetchone()
        job = resources.get(db, owner, job_id, Job)
        step = DAYS * 86_400 / RUNS
        first = noon(DAYS)
        failed: set[date] = set()
        for number in range(1, RUNS + 1):
            at = first + number * step
            day = date.fromtimestamp(at)
            state = RunState.COMPLETED if day in failed else RunState.ERROR
            failed.add(day)
            resources.next_number(db, job.id)
            runs.insert(db, run_of(job, number, at, state))

    fill(work)
    return job_id


@pytest.fixture
def many_jobs(lab: Lab, fill: Callable[..., None]) -> None:
    """A thousand jobs; of every third the last run failed and says why."""
    job_id = lab.job("job-0", "echo 0")

    def work(db: sqlite3.Connection) -> None:
        [owner] = db.execute("SELECT owner FROM resources WHERE id = ?", (job_id,)).fetchone()
        template = resources.get(db, owner, job_id, Job)
        for number in range(1, JOBS):
            spec = template.spec.model_copy(
                update={"name": f"job-{number}", "command": f"echo {number}"}
            )
            job = replace(template, id=f"{number:032x}", spec=spec)
            resources.insert(db, job)
            state = RunState.COMPLETED if number % 3 else RunState.ERROR
            runs.insert(db, run_of(job, 1, noon(1) + number, state))

    fill(work)


def grid(page: Page) -> Locator:
    return page.locator(".jp-Deploy-runs:visible").get_by_role("grid", name="Runs")


def rows(page: Page) -> int:
    return page.locator(".jp-Deploy-runs:visible tr").count()


def count(page: Page) -> Locator:
    return page.locator(".jp-Deploy-total:visible")


def only(page: Page, word: str) -> None:
    page.locator(".jp-Deploy-runs:visible").get_by_role("button", name=word, exact=True).click()


def open_runs(page: Page) -> None:
    show_panel(page)
    page.locator("#saturn-deploy-sidebar").get_by_role("button", name="Runs").click()


def test_of_ten_thousand_runs_last_weeks_failure_is_found_at_once(
    many_runs: str, page: Page
) -> None:
    open_runs(page)
    expect(count(page)).to_have_text("10,000 runs")
    assert rows(page) < 200
    picture(page, "runs")
    began = time.monotonic()
    only(page, "Failed")
    page.get_by_label("Time", exact=True).select_option(FAILED_ON.isoformat())
    expect(count(page)).to_have_text("1 of 10,000 runs")
    failure = grid(page).get_by_role("row", name=re.compile("failed"))
    expect(failure).to_have_count(1)
    assert time.monotonic() - began < 3
    picture(page, "failure-found")
    failure.click()
    expect(page.locator(".jp-Deploy-header:visible h2")).to_have_text("etl")
    expect(page.locator(".jp-Deploy-log:visible")).to_be_visible()


def test_end_and_scrollbar_reach_the_last_of_ten_thousand_without_freezing(
    many_runs: str, page: Page
) -> None:
    show_panel(page)
    row(page, "etl").click()
    expect(count(page)).to_have_text("10,000 runs")
    expect(grid(page)).to_have_attribute("aria-rowcount", str(RUNS + 1))
    watch_frames(page)
    grid(page).get_by_role("row", name=re.compile("Run 10000,")).focus()
    page.keyboard.press("End")
    last = grid(page).get_by_role("row", name=re.compile("Run 1,"))
    expect(last).to_be_focused()
    expect(last).to_have_attribute("aria-rowindex", str(RUNS + 1))
    assert rows(page) < 200
    page.keyboard.press("PageUp")
    expect(page.locator(":focus")).not_to_have_accessible_name(re.compile("Run 1,"))
    expect(page.locator(":focus")).to_have_accessible_name(re.compile(r"Run \d\d?,"))
    page.keyboard.press("Home")
    expect(page.locator(":focus")).to_have_accessible_name(re.compile("Run 10000,"))
    page.keyboard.press("ArrowDown")
    expect(page.locator(":focus")).to_have_accessible_name(re.compile("Run 9999,"))

    # The focus stays with its row while that is out of sight, and while others come.
    scroller = page.locator(".jp-Deploy-upper:visible")
    scroller.evaluate("node => { node.scrollTop = node.scrollHeight / 2; }")
    expect(grid(page).get_by_role("row", name=re.compile(r"Run [45]\d\d\d,")).first).to_be_visible()
    expect(page.locator(":focus")).to_have_accessible_name(re.compile("Run 9999,"))
    assert rows(page) < 200
    assert longest_frame(page) < FREEZE


def test_columns_order_the_runs_and_say_what_they_took(many_runs: str, page: Page) -> None:
    show_panel(page)
    row(page, "etl").click()
    runs = page.locator(".jp-Deploy-runs:visible")
    expect(count(page)).to_have_text("10,000 runs")
    first = runs.locator("tbody tr[data-index='0']")
    started = runs.get_by_role("columnheader", name="Started")
    expect(started).to_have_attribute("aria-sort", "descending")
    started.get_by_role("button").click()
    expect(first).to_have_accessible_name(re.compile("Run 1,"))
    expect(started).to_have_attribute("aria-sort", "ascending")
    memory = runs.get_by_role("columnheader", name="Memory")
    memory.get_by_role("button").click()
    expect(first).to_have_accessible_name(re.compile("Run 10000,"))
    expect(first).to_contain_text("9.8 GB")
    expect(first).to_contain_text("a1b2c3d main")
    expect(first).to_contain_text("changed")
    expect(started).to_have_attribute("aria-sort", "none")
    duration = runs.get_by_role("columnheader", name="Duration")
    duration.get_by_role("button").click()
    expect(first).to_contain_text("8 min 19 s")
    only(page, "Pinned")
    expect(count(page)).to_have_text("10 of 10,000 runs")
    only(page, "Stopped")
    expect(runs).to_contain_text("No runs match")
    runs.get_by_role("button", name="Clear the filters").click()
    expect(count(page)).to_have_text("10,000 runs")


def test_a_pinned_run_stays_pinned(lab: Lab, many_runs: str, page: Page) -> None:
    show_panel(page)
    row(page, "etl").click()
    pin = page.get_by_role("button", name="Pin run 9998")
    pin.focus()
    pin.press("Enter")
    expect(pin).to_have_attribute("aria-pressed", "true")
    [run] = [run for run in lab("GET", "runs?pinned=true")["runs"] if run["number"] == 9998]
    assert run["pinned"]


def test_all_that_match_are_deleted_after_one_question_that_names_what_was_pinned(
    lab: Lab, many_runs: str, page: Page
) -> None:
    show_panel(page)
    row(page, "etl").click()
    runs = page.locator(".jp-Deploy-runs:visible")
    expect(count(page)).to_have_text("10,000 runs")
    page.get_by_label("Select run 10000").click()
    page.get_by_label("Select run 9995").click(modifiers=["Shift"])
    expect(runs).to_contain_text("6 selected")
    picture(page, "selected")
    page.get_by_label("Select all runs that are loaded").click()
    runs.get_by_role("button", name="Select all 10,000 that match").click()
    expect(runs).to_contain_text("10,000 selected")
    runs.get_by_role("button", name="Delete 10,000 runs…").click()
    dialog = page.locator(".jp-Dialog-content")
    expect(dialog).to_contain_text("10 of them are pinned")
    expect(dialog).to_contain_text("run 10000 of etl")
    dialog.get_by_role("button", name="Delete").click()
    expect(runs).to_contain_text(re.compile(r"Deleted [\d,]+ of 10,000"))
    picture(page, "deleting")
    page.locator(".jp-Deploy-chosen").get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Cancelled:").first).to_be_visible()
    left = lab("GET", f"runs?job_id={many_runs}&count=true&limit=1")["total"]
    assert 0 < left < RUNS
    expect(count(page)).to_have_text(f"{left:,} runs")


def test_filters_of_all_runs_are_back_after_a_reload(many_runs: str, page: Page) -> None:
    open_runs(page)
    page.get_by_role("searchbox", name="Filter by job").fill("oth")
    expect(page.locator(".jp-Deploy-runs:visible")).to_contain_text("No runs match")
    page.get_by_role("searchbox", name="Filter by job").fill("et")
    expect(count(page)).to_have_text("10,000 of 10,000 runs")
    page.get_by_label("Time", exact=True).select_option("range")
    page.get_by_label("First day").fill((date.today() - timedelta(days=3)).isoformat())
    page.get_by_label("Last day").fill((date.today() - timedelta(days=2)).isoformat())
    expect(count(page)).to_have_text("800 of 10,000 runs")
    page.wait_for_timeout(1500)  # JupyterLab saves its layout after a moment
    page.reload()
    expect(count(page)).to_have_text("800 of 10,000 runs")
    expect(page.get_by_role("searchbox", name="Filter by job")).to_have_value("et")


def test_a_thousand_jobs_are_a_list_like_any_other(lab: Lab, many_jobs: None, page: Page) -> None:
    show_panel(page)
    shown = page.locator(".jp-Deploy-row")
    expect(row(page, "job-999")).to_be_visible()
    assert shown.count() < 60
    picture(page, "jobs")
    row(page, "job-999").focus()
    watch_frames(page)
    page.keyboard.press("End")
    expect(row(page, "job-1")).to_be_focused(timeout=20_000)
    assert shown.count() < 60
    page.keyboard.press("Home")
    expect(row(page, "job-0")).to_be_focused()  # which was made after the last run
    assert longest_frame(page) < FREEZE
    overlapping = page.evaluate(
        """() => {
            const boxes = [...document.querySelectorAll('.jp-Deploy-row')]
                .map(node => node.getBoundingClientRect()).sort((a, b) => a.top - b.top);
            return boxes.filter((box, at) => at && box.top < boxes[at - 1].bottom - 1).length;
        }"""
    )
    assert overlapping == 0
    page.get_by_role("searchbox", name="Filter jobs").fill("JOB-77")
    expect(row(page, "job-999")).to_have_count(0)
    expect(shown).to_have_count(11)
    page.get_by_role("searchbox", name="Filter jobs").fill("echo 512")
    expect(shown).to_have_count(1)
    expect(row(page, "job-512")).to_be_visible()


def test_chosen_jobs_run_stop_and_go_together(lab: Lab, page: Page) -> None:
    for name in ("a", "b", "c", "d"):
        lab.job(name, "sleep 1000")
    show_panel(page)
    refresh(page)
    panel = page.locator("#saturn-deploy-sidebar")
    row(page, "a").click(modifiers=["Control"])
    row(page, "c").click(modifiers=["Shift"])
    expect(panel).to_contain_text("3 selected")
    picture(page, "jobs-selected")
    panel.get_by_role("button", name="Run those selected").click()
    for name in ("a", "b", "c"):
        expect(row(page, name)).to_have_accessible_name(re.compile("running|queued"))
    expect(row(page, "d")).to_have_accessible_name("d, stopped")
    dialog = page.locator(".jp-Dialog-content")
    panel.get_by_role("button", name="Stop those selected…").click()
    expect(dialog).to_contain_text("Stop 3 runs?")
    dialog.get_by_role("button", name="Stop").click()
    for name in ("a", "b", "c"):
        expect(row(page, name)).to_have_accessible_name(f"{name}, stopped")
    panel.get_by_role("button", name="Delete those selected…").click()
    expect(dialog).to_contain_text(re.compile(r"[abc], [abc] and [abc], with all runs"))
    dialog.get_by_role("button", name="Delete").click()
    expect(page.locator(".jp-Deploy-row")).to_have_count(1)
    assert [job["spec"]["name"] for job in lab("GET", "recipes")["recipes"]] == ["d"]


def test_a_narrow_table_shows_each_value_under_its_heading(lab: Lab, page: Page) -> None:
    lab.until(lab.run(lab.job("a", "echo 1")), "completed")
    open_runs(page)
    for width in (1360, 900, 760):
        page.set_viewport_size({"width": width, "height": 700})
        headings = grid(page).locator("thead th:visible")
        cells = grid(page).locator("tbody tr[data-index='0'] td:visible")
        lefts = "nodes => nodes.map(node => Math.round(node.getBoundingClientRect().left))"
        assert cells.evaluate_all(lefts) == headings.evaluate_all(lefts)


def test_the_panel_says_what_jobs_take_of_the_disk(lab: Lab, page: Page) -> None:
    lab.until(lab.run(lab.job("a", "echo 1")), "completed")
    page.reload()
    show_panel(page)
    disk = page.locator(".jp-Deploy-disk")
    expect(disk).to_have_text(re.compile(r"Runs use [\d.]+ [KM]B · [\d.]+ [GT]B free"))
    picture(page, "disk")


def watch_frames(page: Page) -> None:
    page.evaluate(
        """() => {
            window.longest = 0;
            let last = performance.now();
            const look = now => {
                window.longest = Math.max(window.longest, now - last);
                last = now;
                requestAnimationFrame(look);
            };
            requestAnimationFrame(look);
        }"""
    )


def longest_frame(page: Page) -> float:
    """Milliseconds without a new frame, since they are watched."""
    return float(page.evaluate("window.longest"))
