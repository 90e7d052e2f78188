"""The installer and the resources of Windows, by their text: none of it can run elsewhere."""

from __future__ import annotations

import ast
import os
import re
import runpy
import struct
from pathlib import Path
from xml.etree import ElementTree

import pytest

from viewer import __version__

PACKAGING = Path(__file__).resolve().parents[2] / "packaging"
WINDOWS = PACKAGING / "windows"
PROGRAM = r"{app}\negato.exe"
OPENS = rf'"{PROGRAM}" "%1"'
CLASSES = "Software\\Classes\\"


def sections() -> dict[str, list[str]]:
    """Give the lines of each section of the script; "" is what stands before."""
    found: dict[str, list[str]] = {"": []}
    name = ""
    for line in (WINDOWS / "negato.iss").read_text(encoding="ascii").splitlines():
        if heading := re.fullmatch(r"\[(\w+)\]", line):
            name = heading[1]
            found[name] = []
        elif line and not line.startswith(";"):
            found[name].append(line)
    return found


def parameters(line: str) -> dict[str, str]:
    """Read ``Name: value; Name: "value"``, where a quote in a value is doubled."""
    one = r'(\w+): (?:"((?:[^"]|"")*)"|([^";]+))'
    assert re.fullmatch(rf"{one}(?:; {one})*", line), line
    return {name: quoted.replace('""', '"') or bare for name, quoted, bare in re.findall(one, line)}


def directives() -> dict[str, str]:
    return dict(line.split("=", 1) for line in sections()["Setup"])


def registry() -> list[dict[str, str]]:
    return [parameters(line) for line in sections()["Registry"]]


def values() -> dict[tuple[str, str], str]:
    return {
        (entry["Subkey"], entry["ValueName"]): entry["ValueData"]
        for entry in registry()
        if "ValueType" in entry
    }


def test_the_installer_is_for_one_user_and_says_that_types_have_changed() -> None:
    setup = directives()
    assert setup["PrivilegesRequired"] == "lowest"
    assert setup["ChangesAssociations"] == "yes"
    assert setup["DefaultDirName"] == r"{autopf}\Negato"
    assert setup["ArchitecturesAllowed"] == setup["ArchitecturesInstallIn64BitMode"]
    assert {entry["Root"] for entry in registry()} == {"HKA"}  # HKLM would need elevation


def test_the_version_comes_from_outside() -> None:
    assert __version__ not in "\n".join(line for lines in sections().values() for line in lines[2:])
    assert directives()["AppVersion"] == "{#AppVersion}"
    assert "#ifndef AppVersion" in sections()[""]


@pytest.mark.parametrize("name", ["LicenseFile", "SetupIconFile"])
def test_files_that_the_installer_is_made_of_are_there(name: str) -> None:
    assert (WINDOWS / directives()[name].replace("\\", "/")).is_file()


def test_what_the_build_leaves_is_installed() -> None:
    (files,) = [parameters(line) for line in sections()["Files"]]
    source = os.path.normpath(WINDOWS / files["Source"].replace("\\", "/"))
    assert source == str(PACKAGING.parent / "dist" / "negato" / "*")
    assert {"recursesubdirs", "ignoreversion"} <= set(files["Flags"].split())


@pytest.mark.parametrize("extension", [".dcm", ".dicom"])
def test_dicom_files_are_offered_and_not_taken(extension: str) -> None:
    found = values()
    assert found[CLASSES + extension + r"\OpenWithProgids", "Negato.DICOM"] == ""
    assert (CLASSES + extension, "") not in found  # which would take them from other programs
    assert found[CLASSES + r"Applications\negato.exe\SupportedTypes", extension] == ""
    assert found[r"Software\Negato\Capabilities\FileAssociations", extension] == "Negato.DICOM"


def test_the_system_is_told_where_to_read_what_negato_can_do() -> None:
    where = values()[r"Software\RegisteredApplications", "Negato"]
    assert (where, "ApplicationName") in values()


@pytest.mark.parametrize("kind", ["Directory", "Drive", "Unknown"])
def test_folders_drives_and_files_without_extension_have_a_menu_entry(kind: str) -> None:
    verb = rf"{CLASSES}{kind}\shell\Negato"
    assert values()[verb, ""] == "Open with Negato"
    assert values()[verb, "Icon"] == f"{PROGRAM},0"


def test_every_command_starts_the_program_with_what_was_clicked() -> None:
    commands = {key: data for (key, _), data in values().items() if key.endswith(r"\command")}
    drive = commands.pop(CLASSES + r"Drive\shell\Negato\command")
    assert len(commands) == 4
    assert set(commands.values()) == {OPENS}
    for key in commands:  # one start for each of many
        assert values()[key.removesuffix(r"\command"), "MultiSelectModel"] == "Player"
    assert arguments(drive.replace("%1", "D:\\")) == [PROGRAM, "D:\\\\."]  # which is D:\


def test_a_drive_would_lose_its_end_without_the_dot() -> None:
    assert arguments(OPENS.replace("%1", "D:\\")) == [PROGRAM, 'D:"']


def arguments(line: str) -> list[str]:
    """Split a command line as the C runtime of Windows does, without its rarer rules."""
    found, now, quoted, slashes = [], "", False, 0
    for character in line + " ":
        if character == "\\":
            slashes += 1
            continue
        if character == '"':
            now += "\\" * (slashes // 2)
            if slashes % 2:
                now += '"'
            else:
                quoted = not quoted
        else:
            now += "\\" * slashes
            if character != " " or quoted:
                now += character
            elif now:
                found.append(now)
                now = ""
        slashes = 0
    return [*found, now.strip()] if now.strip() else found


def test_uninstalling_leaves_no_key() -> None:
    entries = registry()
    gone = [e["Subkey"] for e in entries if "uninsdeletekey" in e.get("Flags", "").split()]
    for entry in entries:
        key = entry["Subkey"]
        flags = entry.get("Flags", "").split()
        within = any(key == one or key.startswith(one + "\\") for one in gone)
        assert within or flags in (["uninsdeletevalue"], ["uninsdeletekeyifempty"]), entry
    assert r"Software\Negato" in gone  # where QSettings keeps the settings


def test_keys_of_others_are_removed_only_where_empty_and_after_what_is_in_them() -> None:
    entries = registry()
    shared = [e["Subkey"] for e in entries if e.get("Flags") == "uninsdeletekeyifempty"]
    for place, key in enumerate(shared):  # the uninstaller goes from the last to the first
        assert not any(later in key for later in shared[place + 1 :])
    names = {e["Subkey"] for e in entries}
    made = {key.rpartition("\\")[0] for key in names} - {"Software", "Software\\Classes"}
    owned = tuple(e["Subkey"] for e in entries if e.get("Flags") == "uninsdeletekey")
    assert all(key in shared or key.startswith(owned) for key in made)


def test_crash_reports_are_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    removed = [parameters(line)["Name"] for line in sections()["UninstallDelete"]]
    assert removed == [r"{localappdata}\Negato"]
    defects = (PACKAGING.parent / "viewer" / "defects.py").read_text(encoding="utf-8")
    assert 'os.path.join(local, "Negato", "Reports")' in defects


def test_a_running_window_is_noticed() -> None:
    pipe = (PACKAGING.parent / "viewer" / "windows_pipe.py").read_text(encoding="utf-8")
    assert f'"{directives()["AppMutex"]}"' in pipe


def test_the_manifest_asks_for_long_paths_sharp_pictures_and_no_console() -> None:
    root = ElementTree.parse(WINDOWS / "negato.manifest").getroot()
    assert root.tag == "{urn:schemas-microsoft-com:asm.v1}assembly"
    told = {element.tag.rpartition("}")[2]: element for element in root.iter()}
    assert told["longPathAware"].text == "true"
    assert told["longPathAware"].tag.startswith("{http://schemas.microsoft.com/SMI/2016/")
    assert told["dpiAwareness"].text == "PerMonitorV2"
    assert told["consoleAllocationPolicy"].text == "detached"
    assert told["requestedExecutionLevel"].get("level") == "asInvoker"
    assert told["supportedOS"].get("Id") == "{8e0f7a12-bfb3-4fe8-b9a5-48fd50a15a9a}"


@pytest.mark.parametrize(
    ("version", "numbers", "flags"),
    [("0.1.0", (0, 1, 0, 0), 0), ("1.2", (1, 2, 0, 0), 0), ("1.2.3rc4", (1, 2, 3, 0), 2)],
)
def test_the_program_carries_its_version(
    version: str, numbers: tuple[int, ...], flags: int
) -> None:
    text = runpy.run_path(str(WINDOWS / "version_info.py"))["version_info"](version)
    tree = ast.parse(text, mode="eval")
    given = {
        keyword.arg: ast.literal_eval(keyword.value)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "FixedFileInfo"
        for keyword in call.keywords
    }
    assert given["filevers"] == given["prodvers"] == numbers
    assert given["flags"] == flags
    strings = {
        ast.literal_eval(call.args[0]): ast.literal_eval(call.args[1])
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "StringStruct"
    }
    assert strings["FileVersion"] == strings["ProductVersion"] == version
    assert strings["OriginalFilename"] == "negato.exe"


def test_the_icon_has_the_sizes_that_windows_shows() -> None:
    data = (WINDOWS / "negato.ico").read_bytes()
    _, kind, count = struct.unpack_from("<HHH", data)
    assert kind == 1
    sizes = set()
    for number in range(count):
        side, _, _, _, _, bits, length, offset = struct.unpack_from(
            "<BBBBHHII", data, 6 + 16 * number
        )
        picture = data[offset : offset + length]
        assert len(picture) == length
        assert bits == 32
        size = side or 256
        if picture.startswith(b"\x89PNG"):
            assert struct.unpack_from(">II", picture, 16) == (size, size)
        else:
            assert struct.unpack_from("<Iii", picture) == (40, size, 2 * size)
            assert picture[43] < 128  # a corner, which is hardly drawn on
        sizes.add(size)
    assert {16, 32, 48, 256} <= sizes
