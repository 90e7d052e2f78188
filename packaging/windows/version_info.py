"""The version resource of negato.exe, in the words that PyInstaller reads: one version, made here.

Used by ``negato.spec``; nothing else is told of versions.
"""

from __future__ import annotations

import re

_TEXT = """\
VSVersionInfo(
  ffi=FixedFileInfo(
    filevers={numbers}, prodvers={numbers}, mask=0x3F, flags={flags}, OS=0x40004, fileType=0x1,
    subtype=0x0, date=(0, 0)),
  kids=[
    StringFileInfo([StringTable('040904B0', [
      StringStruct('CompanyName', 'The Negato developers'),
      StringStruct('FileDescription', 'Negato'),
      StringStruct('FileVersion', {version!r}),
      StringStruct('InternalName', 'negato'),
      StringStruct('LegalCopyright', 'The Negato developers. MIT licence.'),
      StringStruct('OriginalFilename', 'negato.exe'),
      StringStruct('ProductName', 'Negato'),
      StringStruct('ProductVersion', {version!r}),
      StringStruct('Comments', 'A DICOM viewer. Not for diagnosis.')])]),
    VarFileInfo([VarStruct('Translation', [0x0409, 1200])])
  ]
)
"""
_PRERELEASE = 0x2  # VS_FF_PRERELEASE


def version_info(version: str) -> str:
    """Give the text of the version resource.

    Parameters
    ----------
    version : str
        As PEP 440 has it, such as 0.1.0 or 1.2.0rc1.
    """
    return _TEXT.format(
        numbers=numbers(version),
        version=version,
        flags=hex(0 if re.fullmatch(r"[0-9.]+", version) else _PRERELEASE),
    )


def numbers(version: str) -> tuple[int, int, int, int]:
    """Give the four numbers that Windows compares; what follows a release's own is 0."""
    release = re.match(r"[0-9]+(?:\.[0-9]+)*", version)
    if release is None:
        raise ValueError(f"no version: {version!r}")
    first, second, third, fourth, *_ = [*map(int, release[0].split(".")), 0, 0, 0, 0]
    return first, second, third, fourth
