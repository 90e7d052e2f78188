"""What Negato.app says of itself in its Info.plist, besides what PyInstaller writes there.

Used by ``negato.spec``. The system takes from it what Negato opens: DICOM files, unless the user
has chosen another program for these, and on request folders, discs, archives and files of any name.
"""

from __future__ import annotations

import re

IDENTIFIER = "io.github.negato.negato"
DICOM = "org.nema.dicom"
# Qt 6.8 runs from macOS 12 on, the libraries of later ones from 13 on
MINIMUM_SYSTEM = "13.0"

_READS = "Negato reads the images that you open, and changes none."


def info_plist(version: str) -> dict[str, object]:
    """Give the entries for Negato ``version``."""
    release = re.match(r"[0-9]+(?:\.[0-9]+){0,2}", version)
    if release is None:
        raise ValueError(f"no version: {version!r}")
    return {
        "CFBundleIdentifier": IDENTIFIER,
        "CFBundleName": "Negato",
        "CFBundleDisplayName": "Negato",
        "CFBundleShortVersionString": release[0],
        "CFBundleVersion": release[0],
        "CFBundleDevelopmentRegion": "en",
        "CFBundleDocumentTypes": _document_types(),
        "UTImportedTypeDeclarations": [_dicom_type()],
        "LSApplicationCategoryType": "public.app-category.medical",
        "LSBackgroundOnly": False,  # which PyInstaller takes a console program for
        "LSMinimumSystemVersion": MINIMUM_SYSTEM,
        "NSHighResolutionCapable": True,
        "NSHumanReadableCopyright": "The Negato developers. MIT licence. Not for diagnosis.",
        "NSPrincipalClass": "NSApplication",
        "NSRequiresAquaSystemAppearance": False,
        "NSSupportsAutomaticGraphicsSwitching": True,
        "NSDesktopFolderUsageDescription": _READS,
        "NSDocumentsFolderUsageDescription": _READS,
        "NSDownloadsFolderUsageDescription": _READS,
        "NSNetworkVolumesUsageDescription": _READS,
        "NSRemovableVolumesUsageDescription": _READS,
    }


def _document_types() -> list[dict[str, object]]:
    return [
        _opens("DICOM image", "Default", DICOM),
        # a disc is a volume, which is no folder to the system
        _opens("Folder or disc with DICOM images", "Alternate", "public.folder", "public.volume"),
        _opens("Archive with DICOM images", "Alternate", "public.zip-archive"),
        # DICOMDIR, IM000001: on discs, names tell nothing
        _opens("DICOMDIR, or a DICOM image without extension", "Alternate", "public.data"),
    ]


def _opens(name: str, rank: str, *types: str) -> dict[str, object]:
    return {
        "CFBundleTypeName": name,
        "CFBundleTypeRole": "Viewer",
        "LSHandlerRank": rank,
        "LSItemContentTypes": list(types),
    }


def _dicom_type() -> dict[str, object]:
    return {
        "UTTypeIdentifier": DICOM,
        "UTTypeDescription": "DICOM image",
        "UTTypeConformsTo": ["public.data"],
        "UTTypeReferenceURL": "https://www.dicomstandard.org/",
        "UTTypeTagSpecification": {
            "public.filename-extension": ["dcm", "dicom"],
            "public.mime-type": ["application/dicom"],
        },
    }
