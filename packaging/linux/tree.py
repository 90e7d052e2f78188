"""The folders of an installed Negato below a prefix, from its program bundle.

``lib/negato`` is the bundle, ``bin/negato`` a link to it, ``share`` what the desktop reads
(``resources/desktop``), with the releases of the changelog in the metainfo, and the manual page.
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
DESKTOP = ROOT / "resources" / "desktop"
_METAINFO = "metainfo/io.github.negato.negato.metainfo.xml"
_VERSION = re.compile(r'^__version__ = "([^"]+)"$', re.MULTILINE)
_RELEASE = re.compile(r"^## \[([0-9][^\]]*)\](?: - ([0-9-]{10}))?", re.MULTILINE)


def version() -> str:
    """Give the version of this source."""
    found = _VERSION.search((ROOT / "viewer" / "__init__.py").read_text(encoding="utf-8"))
    assert found is not None
    return found[1]


def built_at() -> int:
    """Give the time that files and texts are dated with, in seconds: SOURCE_DATE_EPOCH or now."""
    return int(os.environ.get("SOURCE_DATE_EPOCH", time.time()))


def date() -> str:
    """Give the day of `built_at`."""
    return time.strftime("%Y-%m-%d", time.gmtime(built_at()))


def lay(bundle: Path, prefix: Path) -> None:
    """Copy a bundle and what belongs to it below ``prefix``."""
    shutil.copytree(bundle, prefix / "lib" / "negato", symlinks=True)
    (prefix / "bin").mkdir()
    (prefix / "bin" / "negato").symlink_to("../lib/negato/negato")
    shutil.copytree(DESKTOP, prefix / "share")
    written = prefix / "share" / _METAINFO
    written.write_text(metainfo(), encoding="utf-8")
    manual = (HERE / "negato.1").read_text(encoding="utf-8")
    manual = manual.replace("@VERSION@", version()).replace("@DATE@", date())
    write_gzip(prefix / "share" / "man" / "man1" / "negato.1.gz", manual)


def metainfo() -> str:
    """Give the metainfo with the releases of the changelog; the one without a date is today's."""
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    dates = {name: day for name, day in _RELEASE.findall(changelog) if day}
    dates.setdefault(version(), date())
    newest_first = sorted(dates.items(), key=lambda release: release[1], reverse=True)
    releases = [f'    <release version="{name}" date="{day}"/>' for name, day in newest_first]
    listed = "\n".join(["  <releases>", *releases, "  </releases>", "</component>"])
    return (DESKTOP / _METAINFO).read_text(encoding="utf-8").replace("</component>", listed)


def write_gzip(target: Path, text: str) -> None:
    """Write a text as gzip that holds neither name nor time, so that builds can be compared."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(gzip.compress(text.encode("utf-8"), 9, mtime=0))
