"""Reports of our own defects: what they say, what they never say, where they end up."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from viewer import __version__, defects, native_crashes

SECRET = "Doe^Jane"
_ROOT = Path(__file__).parents[1]
_POSIX = pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")


@pytest.fixture
def hooks() -> Iterator[None]:
    """Put the interpreter's hooks back as they were."""
    before = sys.excepthook, threading.excepthook, sys.unraisablehook
    yield
    defects.uninstall()
    sys.excepthook, threading.excepthook, sys.unraisablehook = before


@pytest.fixture
def told(hooks: None, tmp_path: Path) -> list[defects.Report]:
    """Install the handler, and give what it tells."""
    reports: list[defects.Report] = []
    defects.install(reports.append, str(tmp_path / "reports"))
    return reports


def fail(name: str) -> None:
    tags = {"PatientName": name}
    raise ValueError(f"no value {tags} in /media/{name}/IM1")


def caught(name: str = SECRET) -> BaseException:
    try:
        fail(name)
    except ValueError as error:
        return error
    raise AssertionError


def test_a_report_says_versions_thread_class_and_place(told: list[defects.Report]) -> None:
    defects.handle(caught())
    (report,) = told
    assert report.title == "ValueError"
    assert f"Negato {__version__}" in report.text
    assert "Python 3." in report.text
    assert "Thread: MainThread" in report.text
    assert "\nValueError\n" in report.text
    assert f"  {__name__}:fail:" in report.text


def test_a_report_holds_no_message_value_or_path(told: list[defects.Report]) -> None:
    try:
        try:
            fail(SECRET)
        except ValueError as error:
            error.add_note(SECRET)
            raise OSError(2, "No such file", f"/media/{SECRET}") from error
    except OSError as error:
        defects.handle(error)
    (report,) = told
    written = Path(report.path).read_text(encoding="utf-8")
    assert written == report.text
    assert "Jane" not in written
    assert "/media" not in written
    assert "No such file" not in written
    assert str(_ROOT) not in written


def test_a_report_names_the_exceptions_before_it_and_beside_it(
    told: list[defects.Report],
) -> None:
    try:
        try:
            fail(SECRET)
        except ValueError:
            raise ExceptionGroup(SECRET, [KeyError(SECRET)])  # noqa: B904  # met while handling
    except ExceptionGroup as error:
        defects.handle(error)
    text = told[0].text
    assert "ExceptionGroup\n" in text
    assert "one of which: KeyError" in text
    assert "met while handling: ValueError" in text
    assert "Jane" not in text


def test_a_defect_is_told_and_written_once_and_counted(
    told: list[defects.Report], tmp_path: Path
) -> None:
    for name in ("a", "b", "c"):
        defects.handle(caught(name))
    log = defects.install(told.append)
    assert len(told) == 1
    assert list(log.counts.values()) == [3]
    assert len(list((tmp_path / "reports").iterdir())) == 1


@_POSIX
def test_only_the_user_may_read_a_report(told: list[defects.Report]) -> None:
    defects.handle(caught())
    path = Path(told[0].path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_newest_ten_reports_are_kept(tmp_path: Path) -> None:
    paths = [defects.keep(f"report {number}", str(tmp_path)) for number in range(13)]
    kept = defects.kept_reports(str(tmp_path))
    assert sorted(kept) == sorted(paths[3:])


def test_a_report_that_cannot_be_written_is_told_all_the_same(hooks: None, tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    reports: list[defects.Report] = []
    defects.install(reports.append, str(tmp_path / "state" / "reports"))
    defects.handle(caught())
    assert reports[0].path == ""
    assert "ValueError" in reports[0].text
    assert "could not be written" in defects.whereabouts(reports[0])


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disc_leaves_no_half_report(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    kept = os.open

    def full(path: str, flags: int, mode: int = 0o777) -> int:
        os.close(kept(path, flags, mode))
        return kept("/dev/full", os.O_WRONLY)

    monkeypatch.setattr(os, "open", full)
    assert defects.keep("text", str(tmp_path)) == ""
    assert not list(tmp_path.iterdir())


def test_an_exception_of_a_thread_is_reported_under_its_name(
    told: list[defects.Report],
) -> None:
    thread = threading.Thread(target=fail, args=(SECRET,), name="worker 7")
    thread.start()
    thread.join()
    assert "Thread: worker 7" in told[0].text


def test_a_thread_that_ends_itself_is_no_defect(told: list[defects.Report]) -> None:
    thread = threading.Thread(target=sys.exit)
    thread.start()
    thread.join()
    assert told == []


def test_an_exception_that_cannot_be_raised_is_reported(told: list[defects.Report]) -> None:
    class Held:
        def __del__(self) -> None:
            fail(SECRET)

    Held().__str__()
    assert told[0].title == "ValueError"


def test_an_endless_recursion_makes_a_short_report(told: list[defects.Report]) -> None:
    def deeper() -> None:
        deeper()

    try:
        deeper()
    except RecursionError as error:
        defects.handle(error)
    assert len(told[0].text.splitlines()) < 60
    assert " more" in told[0].text


def test_paths_below_the_users_folder_are_shortened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/jane")
    monkeypatch.setenv("USERPROFILE", "/home/jane")
    assert defects.shortened(os.path.join("/home/jane", "x")) == os.path.join("~", "x")
    assert defects.shortened("/home/janet/x") == "/home/janet/x"


def run_with_a_defect(
    code: str, state: Path, arguments: tuple[str, ...] = ("list", SECRET)
) -> subprocess.CompletedProcess[str]:
    """Run the command ``list`` with ``code`` in its place."""
    program = (
        "import sys\nfrom viewer.commands import list as command\n"
        f"def run(arguments):\n    tags = arguments.paths\n    {code}\ncommand.run = run\n"
        "from viewer.__main__ import main\nmain()\n"
    )
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env={**os.environ, "XDG_STATE_HOME": str(state), "LOCALAPPDATA": str(state)},
        cwd=_ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    "code",
    [
        "raise ValueError(tags)",
        "raise type('PanicException', (BaseException,), {})(tags)",  # as codecs in Rust do
        "assert not tags, tags",
    ],
)
def test_a_defect_of_a_command_is_one_line_and_exit_code_70(code: str, tmp_path: Path) -> None:
    done = run_with_a_defect(code, tmp_path)
    assert done.returncode == 70
    assert done.stdout == ""
    assert done.stderr.startswith("negato: A defect of Negato (")
    assert "report-" in done.stderr
    assert done.stderr.count("\n") == 1
    assert "Jane" not in done.stderr
    (report,) = tmp_path.rglob("report-*.txt")
    assert "Jane" not in report.read_text(encoding="utf-8")


def test_a_defect_whose_report_cannot_be_written_is_shown(tmp_path: Path) -> None:
    (tmp_path / "negato").write_text("no folder")
    (tmp_path / "Negato").write_text("no folder")
    done = run_with_a_defect("raise ValueError(tags)", tmp_path)
    assert done.returncode == 70
    assert "__main__:run:" in done.stderr
    assert "Jane" not in done.stderr


def test_ctrl_c_is_no_defect(tmp_path: Path) -> None:
    done = run_with_a_defect("raise KeyboardInterrupt", tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def crash(state: Path, code: str = "faulthandler._sigsegv()") -> int:
    program = (
        "import faulthandler, sys\nfrom viewer.native_crashes import CrashFile\n"
        f"file = CrashFile({str(state)!r})\n"
        f"def paint(name):\n    {code}\npaint({SECRET!r})\nfile.close()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=_ROOT, timeout=60, check=False)
    return done.returncode


def test_a_native_crash_is_found_once_at_the_next_start(tmp_path: Path) -> None:
    assert crash(tmp_path) != 0
    (text,) = native_crashes.collect(str(tmp_path))
    assert ":paint:" in text
    assert "Segmentation fault" in text
    assert "Jane" not in text
    assert native_crashes.collect(str(tmp_path)) == []
    (kept,) = defects.kept_reports(str(tmp_path))
    assert Path(kept).read_text(encoding="utf-8") == text


def test_a_process_of_the_same_number_does_not_hide_a_crash(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    crash(tmp_path)
    (path,) = tmp_path.iterdir()
    monkeypatch.setattr(native_crashes.os, "getpid", lambda: int(path.name.split("-")[1]))
    monkeypatch.setattr(native_crashes.faulthandler, "enable", lambda file: None)  # is pytest's
    monkeypatch.setattr(native_crashes.faulthandler, "disable", lambda: None)
    running = native_crashes.CrashFile(str(tmp_path))  # as the only one in a container
    try:
        assert len(native_crashes.collect(str(tmp_path))) == 1
    finally:
        running.close()


def test_a_process_that_ends_as_it_should_leaves_nothing(tmp_path: Path) -> None:
    assert crash(tmp_path, "pass") == 0
    assert not list(tmp_path.iterdir())


def test_the_file_of_a_running_window_is_left_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(native_crashes.faulthandler, "enable", lambda file: None)  # is pytest's
    monkeypatch.setattr(native_crashes.faulthandler, "disable", lambda: None)
    running = native_crashes.CrashFile(str(tmp_path))
    try:
        (path,) = tmp_path.iterdir()
        path.write_text("a crash that is being written")
        assert native_crashes.collect(str(tmp_path)) == []
        assert path.exists()
    finally:
        running.close()
    assert not path.exists()


def test_a_native_crash_names_modules_and_no_folders() -> None:
    written = (
        'Fatal Python error: Aborted\n  File "/home/jane/v/site-packages/numpy/lib/x.py", line 3 '
        'in f\n  File "C:\\Users\\jane\\negato\\viewer\\ui\\app.py", line 5 in run'
    )
    assert native_crashes.readable(written).splitlines()[1:] == [
        "  numpy.lib.x:f:3",
        "  viewer.ui.app:run:5",
    ]
