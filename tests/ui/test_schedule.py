"""Schedules as people make, watch and switch them, in a real browser."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from jupyter_saturn_deploy.models.resources import Job
from jupyter_saturn_deploy.models.runs import RunState
from jupyter_saturn_deploy.models.schedule import Outcome, Slot
from jupyter_saturn_deploy.store import resources, runs, slots
from tests.ui.conftest import Lab, picture
from tests.ui.test_code import new_job, section
from tests.ui.test_many import run_of
from tests.ui.test_panel import refresh, row, show_panel

YEARLY = "0 0 1 1 *"


def scheduled(lab: Lab, name: str, schedule: str, command: str = "true", **spec: object) -> str:
    return lab.job(name, command, schedule=schedule, **spec)


def switched_on(page: Page, name: str) -> Locator:
    """The form of a new job that runs on a schedule."""
    form = new_job(page, name, "true")
    form.get_by_label("Run on a schedule").check()
    return form


def spec_of(lab: Lab, name: str) -> dict[str, object]:
    spec: dict[str, object] = lab("GET", f"recipes/job/{name}")["spec"]
    return spec


def problem(form: Locator, field: str) -> Locator:
    return form.locator(f'[data-field="{field}"] .jp-Deploy-problem')


def timeline(page: Page) -> Locator:
    return page.get_by_role("listbox", name=re.compile("Runs over time"))


def test_a_usual_schedule_is_chosen_and_its_next_five_fires_are_shown(lab: Lab, page: Page) -> None:
    form = switched_on(page, "nightly")
    expression = form.get_by_label("Cron expression")
    expect(expression).to_have_value("0 6 * * *")
    expect(form.get_by_text("every day at 06:00, UTC")).to_be_visible()
    expect(form.locator(".jp-Deploy-fires time")).to_have_count(5)
    picture(page, "schedule-daily")

    form.get_by_label("How often").select_option(label="every week")
    expect(expression).to_have_value("0 6 * * 1")
    form.get_by_label("at", exact=True).fill("17:45")
    expect(expression).to_have_value("45 17 * * 1")
    expect(form.get_by_text("at 17:45 on Monday")).to_be_visible()
    expect(form.locator(".jp-Deploy-fires time")).to_have_text([re.compile("^Mon, .*05:45 PM")] * 5)
    expression.fill("30 7 * * MON-FRI")
    expect(form.get_by_label("How often")).to_have_value("weekdays")
    expect(form.get_by_label("at", exact=True)).to_have_value("07:30")

    form.get_by_label("Time zone").fill("Asia/Kathmandu")
    fires = form.locator(".jp-Deploy-fires")
    expect(fires).to_contain_text("07:30 AM")
    expect(fires.get_by_role("columnheader", name="your clock (UTC)")).to_be_visible()
    expect(fires).to_contain_text("01:45 AM")
    expect(fires).to_contain_text(re.compile(r"in \d+ (h|days?|min)"))
    form.get_by_label("Forbid").check()
    form.get_by_text("Advanced").click()
    form.get_by_label("Starting deadline").first.fill("10")
    picture(page, "schedule-zone")
    form.get_by_role("button", name="Create", exact=True).click()

    expect(row(page, "nightly")).to_contain_text(re.compile(r"at 07:30 .* · next in \d+ (h|days?)"))
    spec = spec_of(lab, "nightly")
    assert (spec["schedule"], spec["concurrency_policy"]) == ("30 7 * * MON-FRI", "Forbid")
    assert spec["x-jupyter"] == {
        **spec["x-jupyter"],  # type: ignore[dict-item]
        "time_zone": "Asia/Kathmandu",
        "starting_deadline": 600,
        "suspended": False,
    }
    picture(page, "schedule-row")


def test_a_refused_expression_says_what_to_do_while_it_is_typed(lab: Lab, page: Page) -> None:
    form = switched_on(page, "wrong")
    expression = form.get_by_label("Cron expression")
    expression.click()
    page.keyboard.press("Control+a")
    page.keyboard.type("0 0 6 * * *")
    expect(problem(form, "spec.schedule")).to_contain_text("seconds")
    expect(expression).to_have_attribute("aria-invalid", "true")
    expect(expression).to_be_focused()
    picture(page, "schedule-refused")
    form.get_by_role("button", name="Create", exact=True).click()
    expect(expression).to_be_focused()
    assert lab("GET", "recipes")["recipes"] == []

    page.keyboard.press("Control+a")
    page.keyboard.type("0 6 30 2 *")
    expect(problem(form, "spec.schedule")).to_have_count(0)
    expect(form.get_by_text("This never fires")).to_be_visible()
    expression.fill("0 6 * * *")
    form.get_by_label("Time zone").fill("Mars/Olympus")
    expect(problem(form, "spec.x-jupyter.time_zone")).to_contain_text("Mars/Olympus")
    form.get_by_label("Time zone").fill("Europe/Berlin")
    expect(problem(form, "spec.x-jupyter.time_zone")).to_have_count(0)
    form.get_by_role("button", name="Use mine: UTC").click()
    expect(form.get_by_label("Time zone")).to_have_value("UTC")


def test_a_day_of_a_clock_change_is_marked(lab: Lab, page: Page) -> None:
    form = switched_on(page, "summer")
    form.get_by_label("Cron expression").fill("30 2 28-31 3 *")
    form.get_by_label("Time zone").fill("Europe/Berlin")
    expect(form.locator(".jp-Deploy-fires")).to_contain_text("02:00 to 03:00")
    picture(page, "schedule-clock-change")


@pytest.mark.timeout(120)  # up to a minute until it is due
def test_a_schedule_of_every_minute_fires_and_is_drawn(lab: Lab, page: Page) -> None:
    show_panel(page)
    scheduled(lab, "minutely", "* * * * *", "sleep 1")
    row(page, "minutely").click()
    expect(row(page, "minutely")).to_contain_text("every minute")
    run = page.locator(".jp-Deploy-runs tbody tr[data-run]")
    expect(run).to_have_count(1, timeout=70_000)
    [made] = lab("GET", "runs")["runs"]
    due = datetime.fromisoformat(made["scheduled_for"].replace("Z", "+00:00"))
    began = datetime.fromisoformat(made["created_at"].replace("Z", "+00:00"))
    assert (due.second, made["trigger"]) == (0, "schedule")
    assert 0 <= (began - due).total_seconds() < 5
    expect(run).to_contain_text("schedule")
    expect(run).to_contain_text("completed")

    drawn = timeline(page).get_by_role("option", name=re.compile(r"^Run 1 \(schedule\).*completed"))
    expect(drawn).to_have_count(1)
    section(page, "Run 1")
    due_words = r"schedule, due .*" + f"{due:%I:%M %p}"
    expect(page.locator(".jp-Deploy-run")).to_contain_text(re.compile(due_words))
    section(page, "Overview")
    part = page.get_by_role("region", name="Schedule")
    expect(part).to_contain_text("This Jupyter server starts it")
    expect(part).to_contain_text("jupyter saturn-deploy engine")
    expect(part.locator(".jp-Deploy-fires time")).to_have_count(5)
    expect(part).to_contain_text("started run 1")
    picture(page, "schedule-overview")


def test_a_schedule_is_switched_off_and_on_without_losing_it(lab: Lab, page: Page) -> None:
    show_panel(page)
    scheduled(lab, "yearly", YEARLY)
    refresh(page)
    expect(row(page, "yearly")).to_contain_text(re.compile("next (in|on)"))
    row(page, "yearly").hover()
    row(page, "yearly").get_by_role("button", name="Switch schedule off").click()
    expect(row(page, "yearly")).to_contain_text("· off")
    assert spec_of(lab, "yearly")["x-jupyter"]["suspended"] is True  # type: ignore[index]

    row(page, "yearly").click(button="right")
    expect(page.get_by_role("menuitem", name="Switch Schedule Off")).to_have_count(0)
    page.get_by_role("menuitem", name="Switch Schedule On").click()
    expect(row(page, "yearly")).to_contain_text(re.compile("next (in|on)"))
    row(page, "yearly").click()
    top = page.locator(".jp-Deploy-top:visible")
    top.get_by_role("button", name="Switch schedule off").click()
    expect(top).to_contain_text("· off")
    top.get_by_role("button", name="Edit").click()
    form = page.locator(".jp-Deploy-form:visible")
    expect(form).to_contain_text("This schedule is switched off")
    form.get_by_role("button", name="Switch it on").click()
    form.get_by_role("button", name="Save").click()
    expect(row(page, "yearly")).to_contain_text(re.compile("next (in|on)"))
    assert spec_of(lab, "yearly")["schedule"] == YEARLY


def test_an_extra_run_under_forbid_or_replace_is_asked_about(lab: Lab, page: Page) -> None:
    show_panel(page)
    jobs = {
        policy: scheduled(lab, policy.lower(), YEARLY, "sleep 100", concurrency_policy=policy)
        for policy in ("Allow", "Forbid", "Replace")
    }
    for policy, says in (("Forbid", "wait until both"), ("Replace", "next slot stops both")):
        row(page, policy.lower()).click()
        run = page.locator(".jp-Deploy-top:visible").get_by_role("button", name=re.compile("^Run"))
        run.click()  # nothing is active: nothing is asked
        expect(
            page.locator(".jp-Deploy-top:visible").get_by_role("tab", name="Run 1")
        ).to_be_visible()
        expect(run).to_have_accessible_name("Run again")
        run.click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text(f"({policy})")
        expect(dialog).to_contain_text(says)
        picture(page, f"schedule-asks-{policy.lower()}")
        dialog.get_by_role("button", name="Cancel").click()
        assert len(lab("GET", f"runs?job_id={jobs[policy]}")["runs"]) == 1
        run.click()
        dialog.get_by_role("button", name="Run", exact=True).click()
        expect(
            page.locator(".jp-Deploy-top:visible").get_by_role("tab", name="Run 2")
        ).to_be_visible()
        lab("POST", f"jobs/{jobs[policy]}/stop", {})
        expect(row(page, policy.lower())).to_have_accessible_name(f"{policy.lower()}, stopped")


def test_the_timeline_tells_of_runs_and_what_started_none_by_key(lab: Lab, page: Page) -> None:
    show_panel(page)
    job_id = scheduled(lab, "drawn", YEARLY, "exit $CODE", environment_variables={"CODE": "0"})
    lab.until(lab.run(job_id), "completed")
    lab("PATCH", f"jobs/{job_id}", {"spec": {"environment_variables": {"CODE": "3"}}})
    failed = lab.run(job_id)
    lab.until(failed, "error")
    row(page, "drawn").click()
    expect(timeline(page)).to_have_accessible_name("Runs over time: 2 runs, 1 failed")
    page.get_by_role("group", name="How much of the past").get_by_role("button", name="Day").click()
    timeline(page).focus()
    page.keyboard.press("End")
    words = page.locator(".jp-Deploy-timeline-words")
    expect(words).to_contain_text(re.compile("2 runs, .*1 failed, 1 completed; choose for run 2"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("tab", name="Run 2")).to_be_visible()
    picture(page, "timeline-key")
    page.keyboard.press("Tab")
    expect(words).to_have_text("2 runs1 failed")


def test_a_day_of_a_run_each_minute_is_drawn_in_columns_that_tell_and_open(
    lab: Lab, fill: Callable[..., None], page: Page
) -> None:
    """Each hour's first slot is skipped, its thirtieth missed; one run fails."""
    job_id = scheduled(lab, "busy", "* * * * *", **{"x-jupyter": {"suspended": True}})

    def work(db: sqlite3.Connection) -> None:
        [owner] = db.execute("SELECT owner FROM resources WHERE id = ?", (job_id,)).fetchone()
        job = resources.get(db, owner, job_id, Job)
        first = time.time() // 3600 * 3600 - 23 * 3600
        for minute in range(23 * 60):
            at, place = first + minute * 60, minute % 60
            if place in (0, 30):
                outcome = Outcome.MISSED if place else Outcome.SKIPPED
                slots.put(db, Slot(job_id, at, outcome, "run 4 was still running"))
                continue
            state = RunState.ERROR if place == 40 else RunState.COMPLETED
            run = run_of(job, resources.next_number(db, job_id), at, state)
            run = replace(run, trigger="schedule", scheduled_for=at, ended_at=at + 1 + place / 2)
            runs.insert(db, run)

    fill(work)
    page.reload()
    show_panel(page)
    row(page, "busy").click()
    listed = page.get_by_role("listbox", name="Runs over time: 1,334 runs, 23 failed, 23 slots")
    expect(listed).to_be_visible()
    failed = listed.get_by_role("option", name=re.compile(r"1 failed, \d+ completed; choose"))
    expect(failed).to_have_count(23)
    assert listed.get_by_role("option").count() < 300
    expect(listed.get_by_role("option", name=re.compile("^Skipped"))).to_have_count(23)
    words = page.locator(".jp-Deploy-timeline-words")
    skipped = listed.get_by_role("option", name=re.compile("^Skipped")).nth(5)
    place = skipped.bounding_box()
    assert place
    page.mouse.move(place["x"] + 5, place["y"] + 5)
    expect(words).to_contain_text(re.compile("^Skipped: .*run 4 was still running$"))
    picture(page, "timeline-day")

    chosen = failed.nth(10)
    name = chosen.get_attribute("aria-label") or ""
    number = name.split()[-1]
    chosen.click()
    expect(page.get_by_role("tab", name=f"Run {number}")).to_be_visible()
    expect(chosen).to_have_attribute("aria-selected", "true")


def test_the_panel_says_when_nobody_starts_what_is_due(lab: Lab, page: Page) -> None:
    scheduled(lab, "late", YEARLY)

    def nobody(route: Route) -> None:
        """What a server says whose engine has ended, under JupyterHub."""
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), "engine": None, "culled": True})

    def overdue(route: Route) -> None:
        answer = route.fetch()
        body = answer.json()
        for recipe in body.get("recipes", [body]):
            recipe["state"]["x-jupyter"]["schedule"]["overdue_since"] = "2026-01-01T09:12:00Z"
        route.fulfill(response=answer, json=body)

    page.route(re.compile("saturn-deploy/api/status"), nobody)
    page.route(re.compile("saturn-deploy/api/recipes"), overdue)
    show_panel(page)
    refresh(page)
    expect(row(page, "late")).to_contain_text("overdue since")
    expect(row(page, "late")).to_contain_text("nobody runs schedules now")
    row(page, "late").click()
    section(page, "Overview")
    part = page.get_by_role("region", name="Schedule")
    expect(part).to_contain_text("Nobody starts it now.")
    expect(part).to_contain_text("JupyterHub may end this server when nobody uses it")
    page.context.grant_permissions(["clipboard-read"])
    part.get_by_role("button", name="Copy the command").click()
    expect(part).to_contain_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == "jupyter saturn-deploy engine"
    picture(page, "schedule-nobody")


def test_a_run_that_was_late_says_why(lab: Lab, fill: Callable[..., None], page: Page) -> None:
    job_id = scheduled(lab, "late", YEARLY)
    why = "started 12 s late: run 4 was still running"

    def work(db: sqlite3.Connection) -> None:
        [owner] = db.execute("SELECT owner FROM resources WHERE id = ?", (job_id,)).fetchone()
        job = resources.get(db, owner, job_id, Job)
        due = time.time() - 7200.0005
        number = resources.next_number(db, job_id)
        run = run_of(job, number, due + 12, RunState.COMPLETED)
        runs.insert(db, replace(run, trigger="catch-up", scheduled_for=due))
        slots.put(db, Slot(job_id, due, Outcome.STARTED, why, run_id=run.id))

    fill(work)
    page.reload()
    show_panel(page)
    row(page, "late").click()
    name = re.compile(rf"^Run 1 \(schedule, late\).*{why}$")
    expect(timeline(page).get_by_role("option", name=name)).to_have_count(1)
    section(page, "Run 1")
    expect(page.locator(".jp-Deploy-run")).to_contain_text(why)
    section(page, "Overview")
    expect(page.get_by_role("region", name="Schedule")).to_contain_text(f"run 1 ({why})")
