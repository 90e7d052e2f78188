"""Negato.app, by what it says of itself: none of it can run elsewhere."""

from __future__ import annotations

import plistlib
import runpy
import struct
from pathlib import Path
from typing import Any

import pytest

from viewer import __version__

MACOS = Path(__file__).resolve().parents[2] / "packaging" / "macos"


def info(version: str = __version__) -> dict[str, Any]:
    made = runpy.run_path(str(MACOS / "info_plist.py"))["info_plist"](version)
    return dict(plistlib.loads(plistlib.dumps(made)))  # as it is written


def opened() -> dict[str, dict[str, Any]]:
    """Give the document type for each content type."""
    kinds = info()["CFBundleDocumentTypes"]
    return {name: kind for kind in kinds for name in kind["LSItemContentTypes"]}


@pytest.mark.parametrize(
    "content_type",
    ["org.nema.dicom", "public.folder", "public.volume", "public.zip-archive", "public.data"],
)
def test_what_negato_opens_is_declared(content_type: str) -> None:
    assert opened()[content_type]["CFBundleTypeRole"] == "Viewer"
    assert opened()[content_type]["CFBundleTypeName"]


def test_only_dicom_is_opened_unasked() -> None:
    ranks = {name: kind["LSHandlerRank"] for name, kind in opened().items()}
    assert ranks.pop("org.nema.dicom") == "Default"
    assert set(ranks.values()) == {"Alternate"}


def test_the_type_of_dicom_files_is_known_where_nothing_else_declares_it() -> None:
    (kind,) = info()["UTImportedTypeDeclarations"]
    assert kind["UTTypeIdentifier"] == "org.nema.dicom"
    assert kind["UTTypeTagSpecification"] == {
        "public.filename-extension": ["dcm", "dicom"],
        "public.mime-type": ["application/dicom"],
    }


@pytest.mark.parametrize(
    ("version", "told"), [(__version__, __version__), ("1.2.3rc4", "1.2.3"), ("2.0", "2.0")]
)
def test_the_version_is_told_in_numbers(version: str, told: str) -> None:
    assert info(version)["CFBundleVersion"] == told
    assert info(version)["CFBundleShortVersionString"] == told


def test_it_is_a_program_with_windows() -> None:
    found = info()
    assert found["CFBundleIdentifier"] == "io.github.negato.negato"
    assert found["LSBackgroundOnly"] is False
    assert found["NSHighResolutionCapable"] is True
    assert found["NSRequiresAquaSystemAppearance"] is False
    assert found["LSApplicationCategoryType"] == "public.app-category.medical"


@pytest.mark.parametrize(
    "place", ["DesktopFolder", "DocumentsFolder", "DownloadsFolder", "RemovableVolumes"]
)
def test_the_system_can_say_why_negato_reads_a_place(place: str) -> None:
    assert info()[f"NS{place}UsageDescription"].endswith(".")


def test_the_icon_is_whole() -> None:
    data = (MACOS / "negato.icns").read_bytes()
    assert data[:4] == b"icns"
    assert struct.unpack_from(">I", data, 4) == (len(data),)
    at, sizes = 8, set()
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at + 4)
        assert data[at + 8 : at + 12] == b"\x89PNG"
        sizes.add(struct.unpack_from(">I", data, at + 8 + 16)[0])
        at += length
    assert at == len(data)
    assert sizes == {32, 64, 128, 256, 512, 1024}
