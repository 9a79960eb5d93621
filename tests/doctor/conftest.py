"""A server whose jobs break."""

from __future__ import annotations

from typing import Any

from tests.api.conftest import Api, api, jp_server_config, state_dir

__all__ = ["api", "jp_server_config", "state_dir"]


async def failed(api: Api, command: str, **spec: Any) -> Any:
    """A run of a new job, which ended as error."""
    run = await api.ended(await api.job("broken", command, **spec))
    assert run["state"] == "error", await api.log(run["id"])
    for text in (run["advice"]["sentence"], run["advice"]["do"]):
        assert 0 < len(text) <= 300 and text.isprintable(), text
    return run


async def well_once_fixed(api: Api, run: Any) -> None:
    """Its fix applied, the job runs well; applied again, nothing changes."""
    assert run["advice"]["fix"] is not None, run["advice"]
    fixed = await api("POST", f"runs/{run['id']}/fix")
    assert fixed.status == 200, fixed
    again = await api("POST", f"runs/{run['id']}/fix")
    assert again.body == fixed.body
    after = await api.ended(run["job_id"])
    assert after["state"] == "completed", (after["advice"], await api.log(after["id"]))
    assert after["advice"] is None
