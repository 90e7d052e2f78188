"""Every action as data: menus, shortcuts and the help on keys are made from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Need = Literal["nothing", "document", "study", "picture", "window", "stack"]


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that a user can do.

    ``needs`` says what must be there for it to be enabled: "window" is a
    picture that can be windowed, "stack" one of several frames.
    """

    id: str
    title: str
    menu: str
    shortcut: str = ""
    needs: Need = "nothing"
    checkable: bool = False
    separated: bool = False  # a separator above it


ACTIONS: tuple[Action, ...] = (
    Action("newWindow", "&New Window", "&File", "Ctrl+N"),
    Action("openFolder", "Open &Folder…", "&File", "Ctrl+O"),
    Action("openFile", "Open F&ile…", "&File", "Ctrl+Shift+O"),
    Action("openDisc", "Open &Disc…", "&File", "Ctrl+D"),
    Action("openSample", "Open &Sample", "&File"),
    Action("closeStudy", "&Close Study", "&File", "Ctrl+W", "study", separated=True),
    Action("closeAll", "Close &All", "&File", "Ctrl+Shift+W", "document"),
    Action("savePng", "Save as &PNG…", "&File", "Ctrl+S", "picture", separated=True),
    Action("makeDisc", "&Make a Disc…", "&File", "Ctrl+M", "study"),
    Action("showLedger", "&Files Seen…", "&File", "Ctrl+L", "document"),
    Action("quit", "&Quit", "&File", "Ctrl+Q", separated=True),
    Action("copyImage", "&Copy Image", "&Edit", "Ctrl+Shift+C", "picture"),
    Action("copyPython", "Copy as P&ython", "&Edit", "", "picture"),
    Action("findTag", "&Find Tag", "&Edit", "Ctrl+F", "document"),
    Action("nextMatch", "Next &Match", "&Edit", "F3", "document"),
    Action("previousMatch", "&Previous Match", "&Edit", "Shift+F3", "document"),
    Action("filterBrowser", "Filter &Series", "&Edit", "Ctrl+E", "document"),
    Action("settings", "&Settings…", "&Edit", "Ctrl+,", separated=True),
    Action("fit", "&Fit to Window", "&View", "F", "picture"),
    Action("smooth", "&Smooth Pixels", "&View", "Ctrl+I", checkable=True),
    Action("texts", "Corner &Texts", "&View", "T", checkable=True),
    Action("overlays", "&Overlays", "&View", "O", checkable=True),
    Action("shutter", "S&hutter", "&View", "U", checkable=True),
    Action("graphics", "&Annotations", "&View", "A", checkable=True),
    Action("nextStack", "&Next Series", "&View", "Ctrl+Right", "document", separated=True),
    Action("previousStack", "&Previous Series", "&View", "Ctrl+Left", "document"),
    Action("play", "P&lay or Stop", "&View", "C", "stack"),
    Action("fullScreen", "F&ull Screen", "&View", "F11", checkable=True, separated=True),
    Action("turnRight", "Turn &Right", "&Image", "R", "picture"),
    Action("turnLeft", "Turn &Left", "&Image", "Shift+R", "picture"),
    Action("mirror", "&Mirror Left to Right", "&Image", "H", "picture"),
    Action("mirrorVertically", "Mirror &Top to Bottom", "&Image", "V", "picture"),
    Action("reset", "Show as the &File Says", "&Image", "Ctrl+R", "picture"),
    Action("savePreset", "&Save Window as Preset…", "&Image", "", "window", separated=True),
    Action("calibrate", "Set Len&gth of Measured Line…", "&Image", "", "picture"),
    Action("explain", "&Why Does It Look Like This?", "&Image", "W", "document", separated=True),
    Action("showTable", "Metadata &Table…", "&Data", "Ctrl+T"),
    Action("showMatrix", "&Series Matrix…", "&Data", "Ctrl+Shift+T", "picture"),
    Action("compareHeaders", "&Compare Headers…", "&Data"),
    Action("validate", "&Validate", "&Data", "", "study"),
    Action("export", "&Export…", "&Data", "Ctrl+Shift+S", "study", separated=True),
    Action("deidentify", "&De-identify…", "&Data", "", "study"),
    Action("showKeys", "&Keys and Mouse", "&Help", "F1"),
    Action("systemInfo", "&System Information…", "&Help", separated=True),
    Action("crashReports", "&Crash Reports…", "&Help"),
    Action("about", "&About Negato", "&Help", separated=True),
)

GESTURES: tuple[tuple[str, str], ...] = (
    ("Click on a series", "show it"),
    ("Left drag", "window: across for width, up and down for centre"),
    ("Shift + left drag", "measure"),
    ("Right drag", "zoom"),
    ("Right click", "menu"),
    ("Middle drag, Space + left drag", "pan"),
    ("Wheel", "scroll through the frames"),
    ("Ctrl + wheel", "zoom at the pointer"),
    ("Double-click", "fit to the window"),
    ("Up, Down", "previous, next frame"),
    ("Page Up, Page Down", "ten frames back, on"),
    ("Home, End", "first, last frame"),
    ("0", "automatic window"),
    ("1 to 9", "the file's windows first, then the presets"),
    ("Escape", "clear the measurement, else leave full screen"),
)


def key_help() -> list[tuple[str, str]]:
    """Give every gesture and shortcut with what it does."""
    shortcuts = [
        (action.shortcut, action.title.replace("&", "").rstrip("…"))
        for action in ACTIONS
        if action.shortcut
    ]
    return [*GESTURES, *shortcuts]
