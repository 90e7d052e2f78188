"""The package for Debian and Ubuntu: what dpkg is to know, and the package itself by dpkg-deb.

Menus, MIME types and icons are renewed by the triggers of the packages that own those lists: there
are no scripts of ours.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import libraries
import tree

_REVISION = "1"
_MAINTAINER = "The Negato developers <negato@users.noreply.github.com>"
_DESCRIPTION = """\
viewer for DICOM files, folders and discs
 Opens a folder or a patient CD and shows the first image at once. Scroll,
 window with the mouse, measure, read the header. Every file is shown, or
 counted with the reason why not.
 .
 Not for diagnosis: Negato is not a medical device."""
_COPYRIGHT = """\
{licence}

Negato brings its own Python, Qt and libraries, each under its licence. The texts are in
licences.txt.gz beside this file; those that many packages share are in /usr/share/common-licenses
as well.

{parts}"""
_RULE = "=" * 78  # between the list of parts and the texts


def build(bundle: Path, output: Path) -> Path:
    """Make the package of a bundle in a folder, and give its path."""
    target = output / f"negato_{_version()}_{_architecture()}.deb"
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "negato")
        tree.lay(bundle, root / "usr")
        _document(bundle, root / "usr" / "share")
        _set_modes(root)
        control = root / "DEBIAN"
        control.mkdir(mode=0o755)
        _write(control / "md5sums", _sums(root))
        _write(control / "control", _control(bundle, root))
        command = ["dpkg-deb", "--root-owner-group", "-Zxz", "--build", str(root), str(target)]
        environment = os.environ | {"SOURCE_DATE_EPOCH": str(tree.built_at())}
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
    return target


def _version() -> str:
    return f"{tree.version()}-{_REVISION}"


def _architecture() -> str:
    command = ["dpkg", "--print-architecture"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def _control(bundle: Path, root: Path) -> str:
    files = [path for path in root.rglob("*") if path.is_file() and not path.is_symlink()]
    fields = {
        "Package": "negato",
        "Version": _version(),
        "Architecture": _architecture(),
        "Maintainer": _MAINTAINER,
        "Installed-Size": str(sum(path.stat().st_size for path in files) // 1024),
        "Depends": ", ".join(libraries.depends(bundle)),
        # whose triggers make the associations; a desktop has them
        "Recommends": "desktop-file-utils, hicolor-icon-theme, shared-mime-info",
        "Suggests": "dcmtk",
        "Section": "graphics",
        "Priority": "optional",
        "Description": _DESCRIPTION,
    }
    return "".join(f"{name}: {value}\n" for name, value in fields.items() if value)


def _document(bundle: Path, share: Path) -> None:
    documents = share / "doc" / "negato"
    documents.mkdir(parents=True)
    licences = subprocess.run([bundle / "negato", "--licences"], check=True, capture_output=True)
    told = licences.stdout.decode("utf-8")
    tree.write_gzip(documents / "licences.txt.gz", told)
    own = (tree.ROOT / "LICENSE").read_text(encoding="utf-8").strip()
    parts = told.partition(_RULE)[0].rstrip() + "\n"
    _write(documents / "copyright", _COPYRIGHT.format(licence=own, parts=parts))
    changelog = (tree.ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    tree.write_gzip(documents / "changelog.gz", changelog)
    day = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(tree.built_at()))
    entry = (
        f"negato ({_version()}) unstable; urgency=medium\n\n"
        f"  * Release {tree.version()}: see changelog.gz.\n\n -- {_MAINTAINER}  {day}\n"
    )
    tree.write_gzip(documents / "changelog.Debian.gz", entry)
    overrides = share / "lintian" / "overrides" / "negato"
    overrides.parent.mkdir(parents=True)
    shutil.copyfile(tree.HERE / "lintian-overrides", overrides)


def _set_modes(root: Path) -> None:
    """Have everything readable for all and writable for root, however the builder works."""
    programs = (root / "usr" / "lib" / "negato" / "negato",)
    for path in (root, *root.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path in programs else 0o644)


def _sums(root: Path) -> str:
    lines = []
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.is_symlink():
            checksum = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
            lines.append(f"{checksum}  {path.relative_to(root)}\n")
    return "".join(lines)


def _write(target: Path, text: str) -> None:
    target.write_text(text, encoding="utf-8")
    target.chmod(0o644)
