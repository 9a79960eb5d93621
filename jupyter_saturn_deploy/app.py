"""The Jupyter server extension and the headless engine: settings, wiring, start, stop."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from jupyter_core.paths import jupyter_data_dir, jupyter_runtime_dir
from jupyter_server.extension.application import ExtensionApp
from traitlets import Dict, Enum, Float, Int, Unicode, default

from . import metrics
from .api import attempts as attempts_api
from .api import deployments as deployments_api
from .api import disk as disk_api
from .api import frameworks as frameworks_api
from .api import jobs as jobs_api
from .api import logs as logs_api
from .api import pods as pods_api
from .api import provenance as provenance_api
from .api import recipe_files as recipe_files_api
from .api import recipes as recipes_api
from .api import rehearsals as rehearsals_api
from .api import runs as runs_api
from .api import schedules as schedules_api
from .api import server as server_api
from .api import sources as sources_api
from .api import tokens as tokens_api
from .api.base import Services
from .backends.base import Backend
from .backends.local.backend import LocalBackend
from .backends.local.rehearse import Stage
from .control.code import Sources
from .control.deployments import Deployments
from .control.here import Here
from .control.jobs import Jobs
from .control.packing import Packings
from .control.rehearsal import Rehearsals
from .control.runs import Runs
from .engine.engine import Engine
from .engine.follow import Follower
from .events import Events
from .identity.owner import Owner
from .identity.runtime import Runtime, write_runtime
from .identity.tokens import LOCAL, Tokens, load_key
from .models.errors import StoreUnavailable
from .models.runs import ACTIVE, Run, RunState
from .proxy import door
from .proxy.rotation import Rotation
from .proxy.upstream import Pool
from .sources.git_process import end_all
from .sources.records import Records
from .sources.snapshots import Snapshots
from .store import runs
from .store.changes import Change
from .store.db import Store
from .workspace import Workspace
from .workspace.environment import PackageReader
from .workspace.hardware import read_hardware
from .workspace.image import read_image

L = TypeVar("L", bound=LocalBackend)


class SaturnDeployApp(ExtensionApp):
    """Jobs and deployments, made from what this server sits on."""

    name = "jupyter_saturn_deploy"
    description = "Runs scripts as jobs and apps as deployments, in the server's own environment."
    load_other_extensions = True

    project_dir = Unicode(
        help="The directory the work lives in. Default: /home/jovyan/project where it exists,"
        " else the server's root directory."
    ).tag(config=True)
    state_dir = Unicode(
        help="Where jobs, runs and logs are kept; a local disk, readable by you alone."
        " Default: saturn_deploy in Jupyter's data directory."
    ).tag(config=True)
    backend = Enum(["local"], "local", help="Where new jobs run.").tag(config=True)
    image = Unicode(help="The image this server runs in, where it can't be found out.").tag(
        config=True
    )
    sizes = Dict(
        help="Sizes to choose from: {name: {cores, memory, gpu, display_name}}."
        " Default: this machine as it is."
    ).tag(config=True)
    max_runs = Int(
        min=1, help="Local runs at once; the rest is queued. Default: the number of cores."
    ).tag(config=True)
    grace = Float(10.0, min=0.0, help="Seconds between TERM and KILL when a run is stopped.").tag(
        config=True
    )

    retention_days = Int(
        30, min=1, help="Days that ended runs and their logs are kept; the last 10 of a job always."
    ).tag(config=True)

    _remembering: asyncio.Task[None] | None = None
    _runtime: Path | None = None

    @default("state_dir")
    def _default_state_dir(self) -> str:
        return os.path.join(jupyter_data_dir(), "saturn_deploy")

    @default("max_runs")
    def _default_max_runs(self) -> int:
        return max(1, int(read_hardware().cores))

    def initialize_settings(self) -> None:
        """Make the parts. Nothing is opened or started yet."""
        server = self.serverapp
        assert server is not None
        self.core = core = Core(self, "server")
        owner = Owner.of_server(server.identity_provider)
        workspace = Workspace(
            project_dir=self.project_dir,
            server_root=server.root_dir,
            image=self.image,
            sizes=self.sizes,
            backend=self.backend,
            kernel_spec_manager=server.kernel_spec_manager,
            kernel_name=server.kernel_manager.default_kernel_name,
        )
        self.sources = sources = Sources(core.snapshots)
        self.packings = Packings(core.snapshots)
        self.rehearsals = Rehearsals(core.store, sources, core.stage, core.records, self.log)
        self.settings["saturn_deploy"] = Services(
            store=core.store,
            workspace=workspace,
            owner=owner,
            tokens=core.tokens,
            jobs=Jobs(core.store, sources),
            deployments=Deployments(core.store, sources),
            runs=Runs(core.store, sources),
            sources=sources,
            packings=self.packings,
            rehearsals=self.rehearsals,
            records=core.records,
            engine=core.engine,
            follower=core.follower,
            backends=core.backends,
            here=lambda: asyncio.to_thread(self._here, owner, workspace),
        )
        self.rotation = Rotation(core.store, core.follower, owner.name, self.log)
        self.pool = Pool(self.rotation)
        self.settings["saturn_deploy_apps"] = door.Door(self.rotation, self.pool)
        assert server.event_logger is not None
        core.follower.listeners.append(Events(server.event_logger, owner.name).emit)

    def _here(self, owner: Owner, workspace: Workspace) -> Here:
        assert self.serverapp is not None
        return Here(
            owner=owner.name,
            project=workspace.project,
            prefix=workspace.prefix,
            image=workspace.image,
            size=workspace.default_size,
            sizes=list(workspace.sizes),
            backend=self.backend,
            backends=list(self.core.backends),
            base_url=self.serverapp.connection_url.rstrip("/") + "/saturn-deploy/",
        )

    def initialize_handlers(self) -> None:
        """Every route."""
        subjects = (
            server_api,
            recipe_files_api,
            recipes_api,
            jobs_api,
            deployments_api,
            runs_api,
            schedules_api,
            attempts_api,
            disk_api,
            provenance_api,
            rehearsals_api,
            sources_api,
            tokens_api,
            frameworks_api,
            logs_api,
            pods_api,
        )
        for subject in subjects:
            self.handlers.extend(subject.handlers)
        self.handlers.extend(door.handlers)
        self.handlers.append((r"/saturn-deploy/api/.*", server_api.NothingHandler))

    async def _start_jupyter_server_extension(self, serverapp: Any) -> None:
        # What the server has loaded by now stays until its end. Without this, the collector goes
        # through all of it again and again and holds the event loop for 100 ms each time.
        gc.freeze()
        self.core.start()
        self.rotation.start()
        await self.rehearsals.open()
        services: Services = self.settings["saturn_deploy"]
        self._remembering = asyncio.create_task(services.jobs.remember(services.here))
        self._runtime = await asyncio.to_thread(self._tell_where, serverapp)

    def _tell_where(self, serverapp: Any) -> Path | None:
        """Notebooks and terminals of this machine find this server without a word of theirs."""
        services: Services = self.settings["saturn_deploy"]
        url = urlsplit(serverapp.connection_url)
        if serverapp.ip in ("", "0.0.0.0", "::"):  # everywhere, and here it is reached by loopback
            host = "[::1]" if ":" in serverapp.ip else "127.0.0.1"
            url = url._replace(netloc=f"{host}:{serverapp.port}")
        try:
            return write_runtime(
                Path(jupyter_runtime_dir()),
                Runtime(
                    url=url.geturl().rstrip("/") + "/saturn-deploy/",
                    token=self.core.tokens.issue(LOCAL, 0),
                    project=str(services.workspace.project),
                    state_dir=str(self.core.state_dir),
                ),
            )
        except (OSError, StoreUnavailable) as error:
            self.log.warning("notebooks and terminals won't find this server: %s", error)
            return None

    def current_activity(self) -> dict[str, Any] | None:
        """Active runs: a culler that asks leaves this server alone while there are some."""
        return {run_id: {} for run_id in self.core.active} or None

    async def stop_extension(self) -> None:
        """End acting; runs go on."""
        if self._remembering is not None:
            self._remembering.cancel()
        if self._runtime is not None:
            self._runtime.unlink(missing_ok=True)
        self.sources.close()
        await self.rotation.stop()
        await self.packings.close()
        await self.rehearsals.close()
        await self.core.stop()


class Core:
    """What acts, in a Jupyter server as well as headless: store, backends, engine."""

    def __init__(
        self, settings: SaturnDeployApp, kind: str, clock: Callable[[], float] = time.time
    ) -> None:
        self.log = settings.log
        self.state_dir = Path(settings.state_dir).expanduser().absolute()
        self.store = Store(self.state_dir / "store.sqlite", self.log)
        self.snapshots = Snapshots(self.state_dir)
        self.records = Records(self.state_dir)
        self.tokens = Tokens(lambda: load_key(self.state_dir))
        reader = PackageReader()

        def local(place: type[L]) -> L:
            return place(
                state_dir=self.state_dir,
                capacity=settings.max_runs,
                grace=settings.grace,
                token_for=self._token,
                packages=lambda prefix: reader.read(prefix).listing,
                image=lambda: read_image(settings.image, os.environ).value,
                log=self.log,
            )

        self.backends: dict[str, Backend] = {"local": local(LocalBackend)}
        self.stage = local(Stage)
        self.follower = Follower(self.store, self.log)
        self.engine = Engine(
            self.store,
            self.follower,
            self.backends,
            self.state_dir,
            kind,
            settings.retention_days,
            self.log,
            clock,
        )
        self.engine.on_step.append(metrics.count_step)
        self.engine.scheduler.on_slot.append(metrics.count_slots)
        self.follower.listeners.append(self._note)
        self.active: dict[str, RunState] = {}
        """Every active run of this state directory, as far as known here."""
        self._counting: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin following and, when it is this process's turn, acting."""
        self.follower.start()
        self.engine.start()
        self._counting = asyncio.get_running_loop().create_task(self._count())

    async def stop(self) -> None:
        """End both. Never waits for a run."""
        if self._counting is not None:
            self._counting.cancel()
            await self.engine.stop()
            await self.follower.stop()
        await asyncio.to_thread(end_all)
        self.store.close()
        if self.active:
            number = len(self.active)
            self.log.warning(
                "%d %s on and will be found again at the next start",
                number,
                "run goes" if number == 1 else "runs go",
            )

    async def _count(self) -> None:
        await self.follower.ready.wait()
        active = await self.store.read(runs.active)
        # What was delivered meanwhile is newer, and was taken note of.
        self.active = {**{run.id: run.state for run in active}, **self.active}
        metrics.show_counts(Counter(self.active.values()))

    def _note(self, changes: list[Change]) -> None:
        for change in changes:
            if change.subject not in ("run", "instance"):
                continue
            if change.change in list(ACTIVE):
                self.active[change.id] = RunState(change.change)
            else:  # ended, or deleted: its end is not told any more
                self.active.pop(change.id, None)
        metrics.show_counts(Counter(self.active.values()))

    def _token(self, run: Run) -> str:
        return self.tokens.issue(run.job_id, run.generation)


async def run_headless(argv: list[str]) -> None:
    """The engine without a Jupyter server, until SIGINT or SIGTERM.

    Reads the settings of `SaturnDeployApp` from the Jupyter server's configuration and `argv`.
    """
    settings = SaturnDeployApp()
    settings.config_file_name = "jupyter_server_config"
    settings.load_config_file()
    settings.parse_command_line(argv)
    settings.log.setLevel(logging.INFO)
    core = Core(settings, "headless")
    ended = asyncio.Event()
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signal_number, ended.set)
    core.start()
    holder = core.engine.holder
    if holder is not None and holder.pid != os.getpid():
        settings.log.info(
            "Process %d (%s) runs the jobs of %s; this one takes over when it ends",
            holder.pid,
            holder.kind,
            core.state_dir,
        )
    await ended.wait()
    await core.stop()
