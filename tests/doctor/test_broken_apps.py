"""Apps broken in many ways, each really deployed: told the truth, and mended where an edit can do
it."""

from __future__ import annotations

import json
import os
import re
import socket
import sys
from pathlib import Path

import pytest

from jupyter_saturn_deploy.backends.local import backend
from jupyter_saturn_deploy.backends.local.ports import free_port
from jupyter_saturn_deploy.control import diagnosis
from jupyter_saturn_deploy.doctor import serving
from tests.api.conftest import Api
from tests.doctor.conftest import Apps

pytestmark = pytest.mark.timeout(90)

APP = """
import argparse, http.server, os
options = argparse.ArgumentParser(prog="app")
options.add_argument("--host", default=os.environ["HOST"])
options.add_argument("--port", type=int, default=int(os.environ["PORT"]))
told = options.parse_args()
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(204)
        self.end_headers()
http.server.ThreadingHTTPServer((told.host, told.port), Answer).serve_forever()
"""


def write(api: Api, name: str, text: str, mode: int = 0o644) -> Path:
    path = api.project / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    return path


@pytest.fixture(autouse=True)
def app(api: Api) -> None:
    """One that is well by itself."""
    write(api, "app.py", APP)


@pytest.fixture
def soon_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Says of a start that it is slow after half a second."""
    for module in (backend, diagnosis, serving):
        monkeypatch.setattr(module, "SLOW_START", 0.5)


async def test_an_app_that_is_well_needs_no_advice(apps: Apps) -> None:
    await apps.well(await apps.deploy("python app.py"))


async def test_an_exit_code_comes_with_the_last_words_and_the_restarts(apps: Apps) -> None:
    found = await apps.advised("sleep 0.2; echo the table is empty; exit 3", restarts=1)
    sentence = found["advice"]["sentence"]
    words = r"exited with code 3 after \d\.\d s, restarted 1 time: the table is empty"
    assert re.fullmatch(words, sentence), sentence
    assert found["advice"]["fix"] is None


async def test_one_that_ends_well_should_be_a_job(api: Api, apps: Apps) -> None:
    found = await apps.advised("python -c 'print(\"all rows are written\")'")
    sentence = found["advice"]["sentence"]
    assert sentence.startswith("it ended by itself a")
    assert sentence.endswith(" with exit code 0: this looks like a task that ends")
    assert found["advice"]["fix"] == {"label": "Make it a job", "kind": "make_job", "value": ""}
    assert (await api("POST", f"runs/{found['id']}/fix")).status == 409


async def test_an_app_that_the_command_only_reads_is_to_be_served(api: Api, apps: Apps) -> None:
    write(api, "fastapi.py", "class FastAPI: pass\n")
    write(api, "app.py", "from fastapi import FastAPI\n\napi = FastAPI()\n")
    found = await apps.advised("python app.py")
    words = r"app\.py makes an app \(FastAPI\) that nothing serves: it ended by itself .*"
    assert re.fullmatch(words, found["advice"]["sentence"]), found["advice"]
    assert found["advice"]["fix"]["value"].startswith("python -m uvicorn app:api --host ")


async def test_one_put_into_the_background_is_left_in_front(apps: Apps) -> None:
    found = await apps.advised("python app.py &")
    assert found["advice"]["sentence"].startswith("the command puts the app into the background")
    await apps.well_once_fixed(found)


async def test_a_crash_loop_is_told_with_the_line_of_the_project(api: Api, apps: Apps) -> None:
    write(api, "model.py", "def load():\n    raise ValueError('no model')\n")
    write(api, "app.py", "import model\nmodel.load()\n")
    found = await apps.advised("python app.py", restarts=2)
    assert found["advice"]["sentence"] == "ValueError: no model (model.py, line 2)"


async def test_another_port_is_told_and_mended(apps: Apps) -> None:
    port = free_port()
    found = await apps.advised(f"python app.py --port {port}")
    assert found["ready"]
    assert found["advice"]["sentence"].startswith(
        f"listens on {port}, not on the {found['serving']['given']} it was given as PORT: served"
    )
    await apps.well_once_fixed(found)


async def test_another_port_in_the_code_is_told_with_its_line(api: Api, apps: Apps) -> None:
    port = free_port()
    write(api, "app.py", APP.replace("told.port)", f"{port})"))
    found = await apps.advised("python app.py")
    assert found["advice"]["sentence"].startswith(f"listens on {port}, not on ")
    assert found["advice"]["do"] == "let it listen on the port that PORT names (app.py, line 11)"


async def test_a_loopback_address_of_its_own_is_told_and_mended(apps: Apps) -> None:
    found = await apps.advised("python app.py --host=127.0.0.1")
    assert found["ready"]
    assert "would fail on Kubernetes" in found["advice"]["sentence"]
    mended = await apps.well_once_fixed(found)
    assert mended["command"] == "python app.py --host=${HOST:-0.0.0.0}"


async def test_listening_to_all_is_told_and_mended(apps: Apps) -> None:
    found = await apps.advised("python app.py --host 0.0.0.0")
    assert found["serving"]["beyond"]
    assert found["advice"]["sentence"] == (
        "listens on 0.0.0.0: everybody who reaches this machine can open it without signing in"
    )
    mended = await apps.well_once_fixed(found)
    assert not mended["serving"]["beyond"]


async def test_a_port_that_a_program_has_is_told_and_mended(apps: Apps) -> None:
    with socket.create_server(("127.0.0.1", free_port())) as taken:
        port = taken.getsockname()[1]
        found = await apps.advised(f"python app.py --port {port}")
        sentence = found["advice"]["sentence"]
        assert sentence.startswith(f"port {port} is taken by ")
        assert sentence.endswith(f" (process {os.getpid()})")
        await apps.well_once_fixed(found)


async def test_a_port_that_another_deployment_has_is_told_with_its_name(apps: Apps) -> None:
    port = free_port()
    command = f"python app.py --port {port}"
    first = await apps.deploy(command, name="first")
    await apps.until(first, lambda each: bool(each["ready"]))
    found = await apps.advised(command)
    assert found["advice"]["sentence"] == f"port {port} is taken by the deployment first"


async def test_a_port_that_another_instance_has_is_told(apps: Apps) -> None:
    port = free_port()
    made = await apps.deploy(f"python app.py --port {port}", scale=2)
    sentence = f"port {port} is taken by another instance of this deployment"
    await apps.until(made, lambda each: each["advice"] and each["advice"]["sentence"] == sentence)


async def test_a_module_that_is_nowhere_is_missing(api: Api, apps: Apps) -> None:
    write(api, "app.py", "import nosuchduck\n")
    found = await apps.advised("python app.py")
    assert found["advice"]["sentence"] == f"the module nosuchduck is missing from {sys.prefix}"
    assert found["advice"]["fix"]["value"] == "pip install nosuchduck"


async def test_a_module_that_is_installed_elsewhere_is_found_there(
    api: Api, apps: Apps, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    (other / "lib" / version / "site-packages" / "nosuchduck").mkdir(parents=True)
    (other / "bin").mkdir()
    (other / "bin" / "python").symlink_to(sys.executable)
    kernel = tmp_path / "data" / "kernels" / "ducks"
    kernel.mkdir(parents=True)
    spec = {"argv": [str(other / "bin" / "python")], "display_name": "Ducks", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "data"))
    write(api, "app.py", "import nosuchduck\n")
    found = await apps.advised("python app.py")
    assert found["advice"]["sentence"] == (
        f"the module nosuchduck is missing from {sys.prefix};"
        f" the environment of the kernel ducks, {other}, has it"
    )


async def test_a_command_that_is_nowhere_is_not_found(apps: Apps) -> None:
    found = await apps.advised("nosuchserver run app.py")
    assert found["advice"]["sentence"] == "the command nosuchserver is not found"


async def test_a_file_that_is_not_executable_is_run_by_its_interpreter(apps: Apps) -> None:
    found = await apps.advised("./app.py")
    assert found["advice"]["sentence"] == "./app.py is not executable"
    await apps.well_once_fixed(found)


async def test_a_kill_is_told(apps: Apps) -> None:
    found = await apps.advised("echo loading; kill -9 $$")
    assert found["advice"]["sentence"].startswith("killed by SIGKILL: by whom is not known")


async def test_python_without_memory_says_so(api: Api, apps: Apps) -> None:
    write(api, "app.py", "x = 1\ny = bytearray(1 << 40)\n")
    found = await apps.advised("ulimit -v 4000000; python app.py")
    assert found["advice"]["sentence"].startswith(
        "Python got no more memory at app.py, line 2: MemoryError"
    )


async def test_a_start_script_that_fails_is_told_with_its_last_line(apps: Apps) -> None:
    found = await apps.advised("python app.py", start_script="echo no licence today\nfalse\n")
    assert found["advice"]["sentence"] == (
        "the start script failed with exit code 1: no licence today"
    )


async def test_a_working_directory_that_is_gone_is_left_for_the_project(
    api: Api, apps: Apps
) -> None:
    (api.project / "sub").mkdir()
    made = await apps.deploy("python ../app.py || python app.py", working_directory="sub")
    await apps.well(made)
    await apps.wish(made, "stop")
    (api.project / "sub").rmdir()
    await apps.wish(made, "start")
    found = await apps.advised_again(made)
    assert found["advice"]["sentence"] == (
        "the working directory sub does not exist in the project or can't be entered"
    )
    assert (await api("POST", f"runs/{found['id']}/fix")).status == 200
    await apps.wish(made, "restart")
    await apps.well(made, 3)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="the system has no /dev/full")
async def test_a_full_disk_is_told(api: Api, apps: Apps) -> None:
    write(api, "app.py", "print(1, file=open('/dev/full', 'w'), flush=True)\n")
    found = await apps.advised("python app.py")
    assert found["advice"]["sentence"].startswith("a disk is full: OSError: [Errno 28] No space")


@pytest.mark.usefixtures("soon_slow")
async def test_a_slow_start_is_told_until_it_is_over(api: Api, apps: Apps) -> None:
    write(api, "wait.py", "import os, time\nwhile not os.path.exists('go'): time.sleep(0.01)\n")
    made = await apps.deploy("python wait.py; exec python app.py")
    found = await apps.advised_again(made)
    assert found["advice"]["sentence"].startswith("running for ")
    assert found["advice"]["sentence"].endswith(" s, and listens on nothing yet")
    write(api, "go", "")
    await apps.well(made)


@pytest.mark.usefixtures("soon_slow")
async def test_one_that_hangs_is_told(api: Api, apps: Apps) -> None:
    write(api, "app.py", "import threading\nlock = threading.Lock()\nwith lock: lock.acquire()\n")
    found = await apps.advised("python app.py")
    assert found["state"] == "running" and not found["ready"]
    assert found["advice"]["sentence"].endswith(" s, and listens on nothing yet")


async def test_code_that_cant_be_read_is_told_with_its_line(api: Api, apps: Apps) -> None:
    write(api, "app.py", "x = 1\nif x\n    print(x)\n")
    found = await apps.advised("python app.py")
    assert found["advice"]["sentence"].startswith("app.py, line 2 is no valid Python: expected ':'")


async def test_a_file_that_lies_deeper_is_found_there(api: Api, apps: Apps) -> None:
    (api.project / "web").mkdir()
    (api.project / "app.py").rename(api.project / "web" / "app.py")
    found = await apps.advised("python app.py")
    assert found["advice"]["sentence"] == (
        "there is no file app.py in the project; the project has web/app.py"
    )
    await apps.well_once_fixed(found)


async def test_a_crash_is_told(apps: Apps) -> None:
    found = await apps.advised("python -c 'import os; os.kill(os.getpid(), 11)'")
    assert found["advice"]["sentence"].startswith("a segmentation fault")


async def test_a_misspelt_option_is_told_and_mended(apps: Apps) -> None:
    found = await apps.advised("python app.py --prot=$PORT")
    assert found["advice"]["sentence"] == "there is no option --prot, but --port"
    await apps.well_once_fixed(found)


async def test_a_quote_that_is_not_closed_is_told(apps: Apps) -> None:
    found = await apps.advised('python app.py --host "$HOST')
    assert found["advice"]["sentence"].startswith("the command is no valid shell, line 1: unexpec")
