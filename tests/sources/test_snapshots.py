from __future__ import annotations

import errno
import gzip
import io
import os
import shutil
import signal
import stat
import subprocess
import sys
import tarfile
import threading
import time
from pathlib import Path

import pytest

from jupyter_saturn_deploy.models.code import Snapshot
from jupyter_saturn_deploy.models.errors import Invalid
from jupyter_saturn_deploy.sources import rows
from jupyter_saturn_deploy.sources.errors import Cancelled, SourceError
from jupyter_saturn_deploy.sources.snapshots import Snapshots
from tests.sources.trees import plant

ODD = ["new\nline", "-rf", "ü", "x" * 255, " ", "\udcff\udcfe", "a\\b", "\u202egpj.a"]
LONG = "/".join(["directory"] * 100)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    path = plant(
        tmp_path / "project", {"main.py": "print()", "a/b/c.txt": "", "big": "x" * 700_000}
    )
    settle(path)
    return path


@pytest.fixture
def kept(tmp_path: Path) -> Snapshots:
    return Snapshots(tmp_path / "state")


def settle(project: Path) -> None:
    """As if everything had been written a minute ago."""
    for path in [*project.rglob("*"), project]:
        os.utime(path, (time.time() - 60,) * 2, follow_symlinks=False)


def pack(kept: Snapshots, project: Path) -> Snapshot:
    return kept.pack(project, lambda files, size: None, lambda: False)


def tree(top: Path) -> dict[str, tuple[int, int, str | bytes | None]]:
    """Of all below but parents: mode with type, time (not of directories), content or target."""
    found = {}
    for path in top.rglob("*"):
        info = path.lstat()
        content: str | bytes | None = None
        if path.is_symlink():
            content = os.readlink(path)
        elif path.is_file():
            content = path.read_bytes()
        elif any(path.iterdir()):
            continue
        modified = 0 if path.is_dir() and not path.is_symlink() else info.st_mtime_ns
        found[str(path.relative_to(top))] = (info.st_mode, modified, content)
    return found


def test_the_copy_has_the_same_contents_modes_times_and_links(
    project: Path, kept: Snapshots, tmp_path: Path
) -> None:
    plant(project, {**dict.fromkeys(ODD, "odd"), f"{LONG}/deep": "down there"})
    (project / "main.py").chmod(0o555)
    (project / "a/b/c.txt").chmod(0o400)
    (project / "empty").mkdir(mode=0o500)
    (project / "link").symlink_to("a/b/c.txt")
    (project / "none").symlink_to("\udcff/" + "n" * 200)
    os.utime(project / "main.py", ns=(0, 1_234_567_890_123_456_789))
    snapshot = pack(kept, project)
    kept.unpack(snapshot.digest, tmp_path / "deep" / "copy")
    assert tree(tmp_path / "deep" / "copy") == tree(project)
    assert (snapshot.files, snapshot.project) == (len(ODD) + 6, str(project))
    assert snapshot.bytes == 700_007 + 3 * len(ODD) + 10
    assert kept.get(snapshot.digest) == snapshot


def test_the_digest_goes_by_path_mode_and_content_only(
    project: Path, kept: Snapshots, tmp_path: Path
) -> None:
    first = pack(kept, project).digest
    shutil.copytree(project, tmp_path / "other")
    settle(tmp_path / "other")
    assert pack(Snapshots(tmp_path / "else"), tmp_path / "other").digest == first
    (project / "main.py").chmod(0o755)
    second = pack(kept, project).digest
    (project / "main.py").rename(project / "renamed.py")
    third = pack(kept, project).digest
    (project / "renamed.py").write_text("PRINT()")
    assert len({first, second, third, pack(kept, project).digest}) == 4


def test_an_unchanged_project_is_not_packed_again(project: Path, kept: Snapshots) -> None:
    first = pack(kept, project)
    told: list[tuple[int, int]] = []
    again = kept.pack(project, lambda files, size: told.append((files, size)), lambda: False)
    assert again == first and told == [(first.files, first.bytes)]


def test_a_file_rewritten_at_once_with_the_same_size_is_not_overlooked(
    project: Path, kept: Snapshots
) -> None:
    (project / "main.py").write_text("aaaa")
    times = (project / "main.py").stat().st_mtime_ns
    first = pack(kept, project)
    (project / "main.py").write_text("bbbb")
    os.utime(project / "main.py", ns=(times, times))  # as where times are coarse
    assert pack(kept, project).digest != first.digest


def test_a_touched_project_is_the_same_snapshot_and_known_by_its_new_times(
    project: Path, kept: Snapshots
) -> None:
    first = pack(kept, project)
    os.utime(project / "main.py", (1, 1))
    second = pack(kept, project)
    assert second.digest == first.digest and second.made_at > first.made_at
    assert pack(kept, project) == second


def test_what_changed_since_is_told_and_touched_is_not_changed(
    project: Path, kept: Snapshots
) -> None:
    plant(project, {"gone": "x", "same": "1", "sub/.env": "secret"})
    digest = pack(kept, project).digest
    assert kept.changed(digest, project) == []
    (project / "gone").unlink()
    os.utime(project / "big", (1, 1))
    (project / "a/b/c.txt").chmod(0o755)
    plant(project, {"main.py": "PRINT()", "new": "", "same": "2"})
    assert kept.changed(digest, project) == [
        ("a/b/c.txt", "changed"),
        ("gone", "removed"),
        ("main.py", "changed"),
        ("new", "added"),
        ("same", "changed"),
    ]


def test_the_state_directory_in_the_project_is_not_packed(project: Path, tmp_path: Path) -> None:
    plant(project, {"share/state/store": ""})
    kept = Snapshots(project / "share" / "state")
    digest = pack(kept, project).digest
    assert pack(kept, project).digest == digest
    assert not any("state" in row[0] for row in kept.rows(digest))


def test_what_happens_to_ignored_files_is_no_change(project: Path, kept: Snapshots) -> None:
    plant(project, {".gitignore": "*.log", "logs/1.log": ""})
    settle(project)
    first = pack(kept, project)
    plant(project, {"logs/2.log": ""})
    assert kept.changed(first.digest, project) == []
    assert pack(kept, project) == first


def test_files_are_for_this_user_only(project: Path, kept: Snapshots, tmp_path: Path) -> None:
    pack(kept, project)
    found = list((tmp_path / "state" / "snapshots").iterdir())
    assert len(found) == 2
    assert {stat.S_IMODE(path.stat().st_mode) for path in found} == {0o600}
    assert stat.S_IMODE(found[0].parent.stat().st_mode) == 0o700
    assert kept.held() == (1, sum(path.stat().st_size for path in found))


def test_any_tar_can_read_it(project: Path, kept: Snapshots, tmp_path: Path) -> None:
    plant(project, dict.fromkeys(ODD, "odd") | {f"{LONG}/deep": "down there"})
    digest = pack(kept, project).digest
    (tmp_path / "copy").mkdir()
    path = tmp_path / "state" / "snapshots" / f"{digest}.tar.gz"
    subprocess.run(["tar", "-xzf", path], cwd=tmp_path / "copy", check=True)
    assert (tmp_path / "copy" / LONG / "deep").read_text() == "down there"
    assert sorted(os.listdir(tmp_path / "copy")) == sorted(os.listdir(project))


def test_progress_goes_up_to_all(project: Path, kept: Snapshots) -> None:
    told: list[tuple[int, int]] = []
    snapshot = kept.pack(project, lambda files, size: told.append((files, size)), lambda: False)
    assert len(told) > 2 and told == sorted(told)
    assert told[-1] == (snapshot.files, snapshot.bytes)


def test_packing_is_given_up_when_cancelled_and_leaves_nothing(
    project: Path, kept: Snapshots, tmp_path: Path
) -> None:
    begun: list[int] = []
    with pytest.raises(Cancelled):
        kept.pack(project, lambda files, size: begun.append(files), lambda: bool(begun))
    assert list((tmp_path / "state" / "snapshots").iterdir()) == []


def test_what_can_not_be_packed_is_refused_by_name(project: Path, kept: Snapshots) -> None:
    os.mkfifo(project / "fi\nfo")
    (project / "out").symlink_to("/etc")
    with pytest.raises(Invalid) as refused:
        pack(kept, project)
    assert [problem.field for problem in refused.value.problems] == ["spec.x-jupyter.source"] * 2
    assert "fi\\nfo" in str(refused.value) and "/etc" in str(refused.value)
    for n in range(20):
        os.mkfifo(project / f"{n}")
    with pytest.raises(Invalid) as refused:
        pack(kept, project)
    assert len(refused.value.problems) == 11 and "12 more" in str(refused.value)


class Meanwhile:
    """Does something once packing has begun: asked first before `big` is compressed."""

    def __init__(self, what: object) -> None:
        self.what = what

    def __call__(self) -> bool:
        if callable(self.what):
            self.what()
            self.what = None
        return False


def packed_meanwhile(kept: Snapshots, project: Path, what: object) -> dict[str, int]:
    digest = kept.pack(project, lambda files, size: None, Meanwhile(what)).digest
    return {row[0]: row[1] for row in kept.rows(digest)}


def test_a_file_that_vanishes_meanwhile_is_left_out(project: Path, kept: Snapshots) -> None:
    assert packed_meanwhile(kept, project, (project / "main.py").unlink).keys() == {
        *("a/b/c.txt", "big")
    }


def test_a_file_replaced_meanwhile_is_packed_whole(
    project: Path, kept: Snapshots, tmp_path: Path
) -> None:
    sizes = packed_meanwhile(kept, project, lambda: plant(project, {"main.py": "x" * 1000}))
    assert sizes["main.py"] == 1000


def test_a_file_that_grows_meanwhile_is_cut(project: Path, kept: Snapshots) -> None:
    def grow() -> None:
        with (project / "big").open("a") as file:
            file.write("more")

    assert packed_meanwhile(kept, project, grow)["big"] == 700_000


def test_a_file_that_shrinks_meanwhile_is_a_clear_refusal(
    project: Path, kept: Snapshots, tmp_path: Path
) -> None:
    with pytest.raises(Invalid, match="big: it changed while it was packed"):
        packed_meanwhile(kept, project, lambda: os.truncate(project / "big", 300_000))
    assert list((tmp_path / "state" / "snapshots").iterdir()) == []


@pytest.mark.parametrize("kind", ["fifo", "link", "directory"])
def test_a_file_swapped_for_something_else_is_never_read(
    project: Path, kept: Snapshots, tmp_path: Path, kind: str
) -> None:
    def swap() -> None:
        (project / "main.py").unlink()
        if kind == "fifo":
            os.mkfifo(project / "main.py")
        elif kind == "link":
            (project / "main.py").symlink_to("/etc/passwd")
        else:
            (project / "main.py").mkdir()

    with pytest.raises(Invalid, match=r"main\.py: "):
        packed_meanwhile(kept, project, swap)


def test_a_directory_swapped_for_a_link_is_not_followed(
    project: Path, kept: Snapshots, tmp_path: Path
) -> None:
    plant(tmp_path / "outside", {"file": "secret"})
    plant(project, {"sub/file": "mine"})

    def swap() -> None:
        shutil.rmtree(project / "sub")
        (project / "sub").symlink_to(tmp_path / "outside")

    with pytest.raises(Invalid, match="sub/file: "):
        packed_meanwhile(kept, project, swap)


def test_a_project_growing_beyond_the_cap_meanwhile_is_refused(
    project: Path, kept: Snapshots
) -> None:
    with pytest.raises(Invalid, match="grew beyond 1 GB"):
        packed_meanwhile(kept, project, lambda: os.truncate(project / "main.py", 2 * 1024**3))


def test_a_full_disk_is_told_and_leaves_nothing(project: Path, tmp_path: Path) -> None:
    """In a process of its own, whose files may not grow: writing fails there as on a full disk."""
    program = """if True:
        import os, resource, signal, sys
        from pathlib import Path
        from jupyter_saturn_deploy.sources.snapshots import Snapshots
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
        try:
            Snapshots(Path(sys.argv[2])).pack(Path(sys.argv[1]), lambda f, b: None, lambda: False)
        except Exception as error:
            print(type(error).__name__, error)
        print(os.listdir(Path(sys.argv[2]) / "snapshots"))
    """
    (project / "noise").write_bytes(os.urandom(200_000))
    said = subprocess.run(
        [sys.executable, "-c", program, project, tmp_path / "state"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "SourceError the snapshot can't be kept" in said and "File too large" in said
    assert said.splitlines()[-1] == "[]"


def test_killed_in_the_middle_a_half_is_left_that_is_collected_later(
    project: Path, kept: Snapshots, tmp_path: Path
) -> None:
    program = """if True:
        import sys, time
        from pathlib import Path
        from jupyter_saturn_deploy.sources.snapshots import Snapshots
        def stay(files, size):
            print("packing", flush=True)
            time.sleep(60)
        Snapshots(Path(sys.argv[2])).pack(Path(sys.argv[1]), stay, lambda: False)
    """
    command = [sys.executable, "-c", program, str(project), str(tmp_path / "state")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "packing\n"
        process.send_signal(signal.SIGKILL)
    directory = tmp_path / "state" / "snapshots"
    (half,) = directory.iterdir()
    assert half.suffix == ".part"
    digest = pack(kept, project).digest
    kept.collect([], 3600)
    assert half.exists()
    os.utime(half, (1, 1))
    kept.collect([], 3600)
    assert not half.exists() and kept.get(digest) is not None


def test_only_old_snapshots_that_nobody_needs_go(
    project: Path, kept: Snapshots, tmp_path: Path
) -> None:
    old = pack(kept, project).digest
    needed = pack(kept, plant(project, {"main.py": "2"})).digest
    for path in (tmp_path / "state" / "snapshots").iterdir():
        os.utime(path, (1, 1))
    fresh = pack(kept, plant(project, {"main.py": "3"})).digest
    kept.collect([needed], 3600)
    assert [kept.get(digest) is None for digest in (old, needed, fresh)] == [True, False, False]
    with pytest.raises(SourceError, match="gone"):
        kept.unpack(old, tmp_path / "copy")


def test_asked_for_again_a_snapshot_is_kept_longer(
    project: Path, kept: Snapshots, tmp_path: Path
) -> None:
    digest = pack(kept, project).digest
    for path in (tmp_path / "state" / "snapshots").iterdir():
        os.utime(path, (1, 1))
    assert pack(kept, project).digest == digest
    kept.collect([], 3600)
    assert kept.get(digest) is not None


def test_named_by_somebody_a_snapshot_is_kept_longer(
    project: Path, kept: Snapshots, tmp_path: Path
) -> None:
    digest = pack(kept, project).digest
    for path in (tmp_path / "state" / "snapshots").iterdir():
        os.utime(path, (1, 1))
    assert kept.renewed(digest) == kept.get(digest)
    kept.collect([], 3600)
    assert kept.rows(digest)
    kept.collect([], -1)
    assert kept.renewed(digest) is None


def test_two_may_pack_the_same_at_once(project: Path, kept: Snapshots, tmp_path: Path) -> None:
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(pack(kept, project).digest)) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4 and len(set(found)) == 1
    kept.unpack(found[0], tmp_path / "copy")
    assert tree(tmp_path / "copy") == tree(project)


@pytest.mark.parametrize("digest", ["0" * 64, "", "../../../etc/passwd", "\0"])
def test_a_digest_of_nothing_is_nothing(kept: Snapshots, tmp_path: Path, digest: str) -> None:
    assert kept.get(digest) is None
    with pytest.raises(SourceError, match="gone"):
        kept.unpack(digest, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def member(name: str, content: bytes = b"", **fields: object) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(content), 0o644
    for field, value in fields.items():
        setattr(info, field, value)
    return info, content


MAIN = member("main.py", b"print()")
TAMPERED = {
    "escaping": [member("../evil", b"x"), MAIN],
    "absolute": [member("/tmp/evil", b"x"), MAIN],
    "device": [member("null", type=tarfile.CHRTYPE, devmajor=1, devminor=3), MAIN],
    "fifo": [member("main.py", type=tarfile.FIFOTYPE)],
    "hard link": [member("main.py", type=tarfile.LNKTYPE, linkname="/etc/passwd")],
    "link": [member("main.py", type=tarfile.SYMTYPE, linkname="/etc/passwd")],
    "content": [member("main.py", b"PRINT()")],
    "size": [member("main.py", b"print(1)")],
    "mode": [member("main.py", b"print()", mode=0o4755)],
    "missing": [],
}


@pytest.mark.parametrize("how", TAMPERED)
def test_a_tampered_archive_is_refused_and_nothing_gets_out(
    kept: Snapshots, tmp_path: Path, how: str
) -> None:
    digest = pack(kept, plant(tmp_path / "project", {"main.py": "print()"})).digest
    with tarfile.open(tmp_path / "state/snapshots" / f"{digest}.tar.gz", "w:gz") as tar:
        for info, content in TAMPERED[how]:
            tar.addfile(info, io.BytesIO(content))
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(SourceError, match="damaged"):
        kept.unpack(digest, tmp_path / "into" / "copy")
    assert not any(path.is_symlink() for path in tmp_path.rglob("*"))
    assert {path.name for path in set(tmp_path.rglob("*")) - set(before)} <= {
        *("into", "copy", "main.py")
    }


@pytest.mark.parametrize("path", ["../evil", "/evil", "a/../../evil", "a//b", ""])
def test_a_list_that_leads_out_is_refused_even_if_its_digest_is_right(
    kept: Snapshots, tmp_path: Path, path: str
) -> None:
    found = [
        [path, 0, 0, 0o100644, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"]
    ]
    digest = rows.digest([[path, 0o100644, found[0][4]]])
    directory = tmp_path / "state" / "snapshots"
    directory.mkdir(parents=True)
    head = [["/project", 1, 0, 1.0, None]]
    (directory / f"{digest}.json.gz").write_bytes(b"".join(rows.packed(head + found)))
    with tarfile.open(directory / f"{digest}.tar.gz", "w:gz") as tar:
        tar.addfile(member(path)[0])
    with pytest.raises(SourceError, match="damaged"):
        kept.unpack(digest, tmp_path / "into" / "copy")
    assert not list(tmp_path.rglob("evil"))


def test_damage_anywhere_is_found(project: Path, kept: Snapshots, tmp_path: Path) -> None:
    digest = pack(kept, project).digest
    for suffix in (".tar.gz", ".json.gz"):
        path = tmp_path / "state/snapshots" / f"{digest}{suffix}"
        content = path.read_bytes()
        half = len(content) // 2
        other = bytes([content[half] ^ 0xFF])
        for damaged in (
            content[:half],
            b"",
            content[:half] + other + content[half + 1 :],
            gzip.compress(b"[1, 2]\n" * 100),
        ):
            path.write_bytes(damaged)
            with pytest.raises(SourceError):
                kept.unpack(digest, tmp_path / "copy")
            shutil.rmtree(tmp_path / "copy", ignore_errors=True)
        path.write_bytes(content)
    kept.unpack(digest, tmp_path / "copy")


def test_nothing_is_written_over_what_is_there(
    project: Path, kept: Snapshots, tmp_path: Path
) -> None:
    digest = pack(kept, project).digest
    plant(tmp_path / "copy", {"main.py": "theirs"})
    with pytest.raises(SourceError, match=os.strerror(errno.EEXIST)):
        kept.unpack(digest, tmp_path / "copy")
    assert (tmp_path / "copy" / "main.py").read_text() == "theirs"
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / "a").symlink_to(tmp_path / "copy")
    with pytest.raises(SourceError):
        kept.unpack(digest, tmp_path / "linked")
    assert not (tmp_path / "copy" / "b").exists()
