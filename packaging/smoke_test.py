"""Try a built Negato: ``python packaging/smoke_test.py dist/negato`` (or any command line of it).

Decodes one file of each transfer syntax in ``codec_samples`` and opens the window, from another
folder, with an empty home and no Python to be found. Needs Python's own library alone. Exits with 1
and a line for each failure.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

SAMPLES = Path(__file__).resolve().parent / "codec_samples"
_SERIES = SAMPLES.parents[1] / "resources" / "sample" / "PT000000" / "ST000000" / "SE000001"
_VALUES = tuple(range(256))  # of each sample
_LOSSLESS_SHA256 = hashlib.sha256(struct.pack("<256H", *_VALUES)).hexdigest()
_OFF_BY = {  # lossy ones, and by how much a value may differ
    "1.2.840.10008.1.2.4.50": 2,
    "1.2.840.10008.1.2.4.51": 2,
    "1.2.840.10008.1.2.4.81": 1,
    "1.2.840.10008.1.2.4.91": 4,
    "1.2.840.10008.1.2.4.112": 4,
}
_CODECS = re.compile(r"imagecodecs|openjp|openjph|charls|jxl|_jpeg8")
_LONGEST_S = 120.0
_NEEDED = ("SYSTEMROOT", "WINDIR", "TEMP", "TMP")  # Windows starts nothing without these


class Failure(Exception):  # noqa: N818  # it is what a check raises, and not an error of ours
    """What does not work."""


class Tried:
    """The Negato under test, run as on a machine that has no Python."""

    def __init__(self, command: Sequence[str], folder: Path) -> None:
        self.command = list(command)
        beside = Path(command[0]).resolve().parent
        self.is_bundle = (beside / "_internal").is_dir() or (beside.parent / "Frameworks").is_dir()
        self.home, self.elsewhere, nowhere = folder / "home", folder / "elsewhere", folder / "path"
        for made in (self.home, self.elsewhere, nowhere):
            made.mkdir()
        kept = {name: os.environ[name] for name in _NEEDED if name in os.environ}
        self.environment = {
            **kept,
            "PATH": str(nowhere),
            "HOME": str(self.home),
            "USERPROFILE": str(self.home),
            "QT_QPA_PLATFORM": "offscreen",
        }

    def run(self, *arguments: str) -> str:
        """Run a command of it, and give what it writes."""
        with self.started(*arguments) as process:
            out, err = process.communicate(timeout=_LONGEST_S)
        if process.returncode:
            told = (err or out).strip()
            raise Failure(f"negato {arguments[0]} ends with {process.returncode}: {told}")
        return out

    @contextmanager
    def started(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """Start it; it is ended with the block."""
        process = subprocess.Popen(
            [*self.command, *arguments],
            cwd=self.elsewhere,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
        )
        with process:
            try:
                yield process
            finally:
                process.kill()


def check_version(tried: Tried) -> str:
    """Start it."""
    told = tried.run("--version").strip()
    if not re.fullmatch(r"negato \d+\.\d+\S*", told):
        raise Failure(f"--version says {told!r}")
    return told


def check_doctor(tried: Tried) -> str:
    """Ask whether each decoder works."""
    codecs = json.loads(tried.run("doctor", "--json"))["Codecs"]
    failing = [f"{uid} {what}" for uid, what in codecs.items() if "FAILS" in what]
    if failing or len(codecs) < len(_OFF_BY):
        raise Failure(f"doctor: {'; '.join(failing) or 'it names too few codecs'}")
    return f"{len(codecs)} codecs"


def check_files(tried: Tried) -> str:
    """Decode all samples, the lossless ones to their exact values."""
    lines = tried.run("check", str(SAMPLES), "--json").splitlines()
    found = {Path(line["path"]).stem: line for line in map(json.loads, lines)}
    missing = {path.stem for path in SAMPLES.iterdir()} - found.keys()
    if missing:
        raise Failure(f"check: no word of {', '.join(sorted(missing))}")
    for uid, line in found.items():
        if line["status"] != "ok":
            raise Failure(f"check: {uid} is in {line['status']}: {line['message']}")
        if uid not in _OFF_BY and line["first_sha256"] != _LOSSLESS_SHA256:
            raise Failure(f"check: {uid} decodes to other values")
    return f"{len(found)} transfer syntaxes"


def check_lossy(tried: Tried) -> str:
    """Decode the lossy samples to about their values."""
    for uid, most in _OFF_BY.items():
        output = tried.elsewhere / "frame.npy"
        tried.run("render", str(SAMPLES / f"{uid}.dcm"), "--npy", str(output))
        furthest = max(abs(a - b) for a, b in zip(_array(output), _VALUES, strict=True))
        if furthest > most:
            raise Failure(f"render: {uid} is off by {furthest}, more than {most}")
    return f"{len(_OFF_BY)} within their bounds"


def check_picture(tried: Tried) -> str:
    """Write a picture."""
    output = tried.elsewhere / "frame.png"
    tried.run("render", str(SAMPLES / "1.2.840.10008.1.2.4.90.dcm"), "-o", str(output))
    if not output.read_bytes().startswith(b"\x89PNG"):
        raise Failure("render: it writes no PNG")
    return f"{output.stat().st_size} bytes"


def check_list(tried: Tried) -> str:
    """List the samples."""
    ledger = json.loads(tried.run("list", str(SAMPLES), "--json"))["ledger"]
    if ledger["shown"] != len(list(SAMPLES.iterdir())):
        raise Failure(f"list: {ledger['shown']} shown of {ledger['seen']}")
    return f"{ledger['shown']} shown"


def check_export(tried: Tried) -> str:
    """Export pictures and volumes by each library that is brought along."""
    starts = {
        "png": b"\x89PNG",
        "tiff": b"II*",
        "webp": b"RIFF",
        "npz": b"PK",
    }
    if tried.is_bundle:  # which brings nibabel
        starts["nifti"] = b"\x1f\x8b"
    for name, start in starts.items():
        output = tried.elsewhere / f"export-{name}"
        tried.run("export", str(_SERIES), "-o", str(output), "--format", name)
        written = [path for path in output.rglob("*") if path.is_file()]
        if not any(path.read_bytes().startswith(start) for path in written):
            raise Failure(f"export: it writes no {name}")
    return ", ".join(starts)


def check_identity(tried: Tried) -> str:
    """De-identify files, and validate what was written."""
    output = tried.elsewhere / "anonymous"
    confirmed = ("--confirm", "burned-in")
    lines = tried.run("anonymize", str(SAMPLES), "-o", str(output), *confirmed, "--json")
    end = json.loads(lines.splitlines()[-1])
    if end["result"] != "done" or end["failed"] or end["written"] != len(list(SAMPLES.iterdir())):
        raise Failure(f"anonymize: {end['message']}")
    with tried.started("validate", str(output), "--json") as process:
        told, err = process.communicate(timeout=_LONGEST_S)
    if process.returncode not in (0, 1):  # 1: there are findings
        raise Failure(f"validate ends with {process.returncode}: {err.strip()}")
    end = json.loads(told.splitlines()[-1])
    if end["result"] != "done":
        raise Failure(f"validate: {end}")
    return f"{len(told.splitlines())} lines of validation"


def check_window(tried: Tried) -> str:
    """Open a file in the window: children read and decode it, and all end when asked to."""
    with tried.started("--new-window", str(SAMPLES / "1.2.840.10008.1.2.4.90.dcm")) as process:
        if sys.platform != "linux":  # where nobody tells of other processes: it stays open
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                return "it stays open (its children are looked at on Linux alone)"
            raise Failure(f"window: it ends with {process.returncode}: {_last_words(process)}")
        _wait(process, lambda: len(_children(process.pid)) > 1, "no child process decodes")
        _wait(process, lambda: _minds_sigterm(process.pid), "it does not mind being ended")
        inside = Path(f"/proc/{process.pid}/maps").read_text(encoding="utf-8", errors="replace")
        if "libQt6Widgets" not in inside or _CODECS.search(inside.replace(str(SAMPLES), "")):
            raise Failure("window: it has no Qt, or decodes by itself")
        children = _children(process.pid)
        process.terminate()
        if process.wait(timeout=_LONGEST_S):
            raise Failure(f"window: it ends with {process.returncode}: {_last_words(process)}")
    _wait(None, lambda: not any(map(_is_there, children)), "children outlive it")
    return f"{len(children)} children, all ended"


def check_home(tried: Tried) -> str:
    """Look at what is left in the home: settings, and no report of a defect."""
    if sys.platform != "linux":  # where the window was killed, and could not clear up
        return "not looked at on this system"
    files = sorted(path for path in tried.home.rglob("*") if path.is_file())
    strange = [path for path in files if not path.name.casefold().startswith("negato.")]
    if strange:
        told = strange[0].read_text(encoding="utf-8", errors="replace")
        raise Failure(f"left in the home: {', '.join(map(str, strange))}\n{told}")
    return ", ".join(path.name for path in files) or "nothing"


def main(arguments: Sequence[str]) -> int:
    """Try everything, say what came of it, and give the exit code."""
    if not arguments:
        sys.stderr.write("smoke_test.py PROGRAM...: the bundle's folder, or a command line\n")
        return 2
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        tried = Tried(_command(arguments), Path(folder).resolve())
        checks: tuple[Callable[[Tried], str], ...] = (
            *(check_version, check_doctor, check_files, check_lossy, check_picture, check_list),
            *(check_export, check_identity, check_window, check_home),
        )
        for check in checks:
            began = time.monotonic()
            try:
                told = f"ok    {(check.__doc__ or '').strip()} ({check(tried)};"
            except (Failure, OSError, ValueError, LookupError, subprocess.TimeoutExpired) as error:
                failed += 1
                told = f"FAILS {error} (after"
            sys.stdout.write(f"{told} {time.monotonic() - began:.1f} s)\n")
    return 1 if failed else 0


def _command(arguments: Sequence[str]) -> list[str]:
    program = Path(arguments[0]).resolve()
    if program.is_dir():
        program /= "negato.exe" if sys.platform == "win32" else "negato"
    return [str(program), *arguments[1:]] if program.exists() else list(arguments)


def _array(path: Path) -> list[int]:
    """Read an array file of NumPy: integers in C order."""
    data = path.read_bytes()
    header = data[10 : 10 + int.from_bytes(data[8:10], "little")].decode("ascii")
    letter = {"'|u1'": "B", "'<u2'": "H"}[re.search(r"'descr': ('[^']+')", header)[1]]  # type: ignore[index]
    body = data[10 + len(header) :]
    return list(struct.unpack(f"<{len(body) // struct.calcsize(letter)}{letter}", body))


def _wait(process: subprocess.Popen[str] | None, until: Callable[[], bool], lacking: str) -> None:
    end = time.monotonic() + _LONGEST_S
    while not until():
        if process is not None and process.poll() is not None:
            raise Failure(f"window: it ends with {process.returncode}: {_last_words(process)}")
        if time.monotonic() > end:
            raise Failure(f"window: {lacking}")
        time.sleep(0.02)


def _children(parent: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, its_parent = path.read_text(encoding="utf-8").rpartition(")")[2].split()[:2]
        except OSError:  # ended meanwhile
            continue
        if int(its_parent) == parent and state != "Z":
            found.append(int(path.parent.name))
    return found


def _minds_sigterm(process_id: int) -> bool:
    status = Path(f"/proc/{process_id}/status").read_text(encoding="utf-8", errors="replace")
    caught = re.search(r"^SigCgt:\s*([0-9a-f]+)", status, re.MULTILINE)
    return caught is not None and bool(int(caught[1], 16) & 1 << signal.SIGTERM - 1)


def _is_there(process_id: int) -> bool:
    return Path(f"/proc/{process_id}").exists()


def _last_words(process: subprocess.Popen[str]) -> str:
    return process.stderr.read().strip() if process.stderr is not None else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
