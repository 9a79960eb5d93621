"""The launcher alone, in every shell there is here: as in a pod, where nothing else is around."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

import jupyter_saturn_deploy

LAUNCHER = Path(jupyter_saturn_deploy.__file__).with_name("launcher.sh")
SHELLS = [shell for shell in ("bash", "dash", "sh", "busybox") if shutil.which(shell)]
shells = pytest.mark.parametrize("shell", SHELLS)


class Launch:
    def __init__(self, tmp_path: Path, shell: str) -> None:
        self.tmp_path = tmp_path
        self.argv = [shell, "sh"] if shell == "busybox" else [shell]
        self.cause = tmp_path / "cause"

    def start(self, command: str, **more: str) -> subprocess.Popen[str]:
        self.cause.write_bytes(b"")
        environment = {
            "PATH": os.environ["PATH"],
            "SATURN_LAUNCH_DIRECTORY": str(self.tmp_path),
            "SATURN_LAUNCH_COMMAND": command,
            "SATURN_LAUNCH_CAUSE": str(self.cause),
            **{f"SATURN_LAUNCH_{name}": value for name, value in more.items()},
        }
        return subprocess.Popen(
            [*self.argv, str(LAUNCHER)],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, command: str, **more: str) -> tuple[int, str]:
        with self.start(command, **more) as launcher:
            output, _ = launcher.communicate(timeout=20)
            return launcher.returncode, output

    def script(self, content: str) -> str:
        path = self.tmp_path / "start script.sh"
        path.write_text(content)
        return str(path)


@shells
def test_it_ends_with_the_commands_exit_code(tmp_path: Path, shell: str) -> None:
    launch = Launch(tmp_path, shell)
    assert launch.run("pwd; exit 3") == (3, f"{tmp_path}\n")
    assert launch.run("sh -c 'kill -KILL $$'")[0] == 137
    assert launch.run("kill -KILL $$") == (137, "")
    assert launch.cause.read_text() == ""


@shells
def test_it_tells_why_the_command_was_not_run(tmp_path: Path, shell: str) -> None:
    launch = Launch(tmp_path, shell)
    code, output = launch.run("echo ran", DIRECTORY="/no/such/place")
    assert (code, launch.cause.read_text()) == (127, "working-directory\n")
    assert "SD103" in output and "/no/such/place" in output and "ran" not in output
    for script, expected in {"false": 1, "exit 0": 1, "exec sh -c 'exit 4'": 4}.items():
        code, output = launch.run("echo ran", SCRIPT=launch.script(script))
        assert (code, launch.cause.read_text()) == (expected, "start-script\n")
        assert "SD104" in output and "ran" not in output
    assert launch.run("echo ran; false", SCRIPT=launch.script("true"))[0] == 1
    assert launch.cause.read_text() == ""


@shells
def test_term_reaches_every_process_of_the_command_once(tmp_path: Path, shell: str) -> None:
    launch = Launch(tmp_path, shell)
    command = (
        "python3 -uc 'import signal, time\n"
        'signal.signal(signal.SIGTERM, lambda *_: print("TERM"))\n'
        'print("ready")\n'
        "end = time.monotonic() + 0.6\n"
        "while time.monotonic() < end: time.sleep(0.05)\n"
        "raise SystemExit(9)'; echo not reached"
    )
    with launch.start(command) as launcher:
        assert launcher.stdout is not None
        assert launcher.stdout.readline() == "ready\n"
        launcher.send_signal(signal.SIGTERM)
        assert launcher.stdout.read() == "TERM\n"
        assert launcher.wait(10) == 9


@shells
def test_a_command_that_was_stopped_between_two_steps_did_not_end_well(
    tmp_path: Path, shell: str
) -> None:
    launch = Launch(tmp_path, shell)
    with launch.start("echo ready; while :; do :; done") as launcher:
        assert launcher.stdout is not None
        assert launcher.stdout.readline() == "ready\n"
        launcher.send_signal(signal.SIGTERM)
        assert launcher.wait(10) == 143
    assert launch.cause.read_text() == "stopped\n"


@shells
def test_term_at_any_moment_of_the_start_ends_it(tmp_path: Path, shell: str) -> None:
    launch = Launch(tmp_path, shell)
    for milliseconds in range(12):
        # Not `sleep`: a shell that is just starting a program can lose a signal to it.
        with launch.start("while :; do :; done") as launcher:
            time.sleep(milliseconds / 1000)
            launcher.send_signal(signal.SIGTERM)
            try:
                code = launcher.wait(3)
            except subprocess.TimeoutExpired:
                # One time in a thousand bash misses a signal just as it begins to wait.
                assert shell == "bash" or launch.argv == ["sh"]
                launcher.send_signal(signal.SIGTERM)
                code = launcher.wait(3)
            assert code in (143, 1, -signal.SIGTERM)


def test_the_command_can_be_interrupted(tmp_path: Path) -> None:
    """A shell without job control has its background commands ignore SIGINT for good."""
    launch = Launch(tmp_path, "bash")
    interrupt = "import os, signal; os.kill(os.getpid(), signal.SIGINT); print('ignored')"
    code, output = launch.run(f'python3 -c "{interrupt}"')
    assert code == 130 and output.endswith("KeyboardInterrupt\n")


@shells
def test_messages_of_the_shell_have_the_commands_line_numbers(tmp_path: Path, shell: str) -> None:
    launch = Launch(tmp_path, shell)
    assert "line 2" in launch.run("true\nno-such-command")[1]
