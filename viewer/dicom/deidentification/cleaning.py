"""The actions of the table, done to a data set: D, Z, X, K, C and U. PS3.15 E.3, Table E.1-1a.

Changes elements in place and takes note of each original value that is gone. What is done with
which attribute says `profile`; what stands in for a value, `stand_ins`; what is added of the
de-identification itself, `statements`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from viewer.dicom import values
from viewer.dicom.deidentification import profile as table
from viewer.dicom.deidentification.data_set import Element, Reader, all_elements, vr_in_dictionary
from viewer.dicom.deidentification.keys import Key
from viewer.dicom.deidentification.removed import Removed
from viewer.dicom.deidentification.results import Change
from viewer.dicom.deidentification.stand_ins import (
    DUMMIES,
    DUMMY,
    TEXTS,
    dummy,
    encoded,
    mapped,
    shifted,
)
from viewer.dicom.deidentification.words import (
    bare,
    names_one,
    telling,
    whole_ones,
    without_identity,
    without_words,
    words_of,
)
from viewer.dicom.tag_names import look_up

_CODE_VALUE, _SCHEME, _MEANING = 0x00080100, 0x00080102, 0x00080104
_TAKEN_OUT = "A text that the profile keeps held words of the identity: taken out."
_PATIENT_NAME, _PATIENT_ID = 0x00100010, 0x00100020
_ICON, _CHARACTER_SET, _ZONE = 0x00880200, 0x00080005, 0x00080201
# pictures of a presentation state, drawn by hand as names may be. PS3.3 C.10.5
_DRAWN = frozenset((0x00700009, 0x00700209))
_TEXT_VALUE = 0x0040A160  # of a content item, which Table E.1-1 has go as a whole
# what of codes and devices the profile keeps, which names no patient
NEUTRAL = frozenset((_CODE_VALUE, _SCHEME, _MEANING, 0x00080070, 0x00081090, 0x00181020))
# classes, and what coding schemes, context groups and mappings are called by: no data of a person
_SCHEME_UIDS = frozenset(
    (0x00080016, 0x0008001A, 0x0008001B, 0x00081150, 0x0008010C, 0x00080117, 0x00080118)
)
_TELLING_VRS = frozenset(("DA", "DT", "PN", "UI"))
_LARGE_TEXT = 1 << 20
_IDENTIFIERS = frozenset(("LO", "SH", "ST", "UC", "AE"))
_UNTOUCHED = frozenset(("CS", "DS", "IS", "AS", "TM"))
_OVERLAY_TYPE = 0x60000040
# rows, columns, frames, type, origin, first frame, bits, data: no texts
_OF_OVERLAYS = frozenset((0x10, 0x11, 0x15, 0x40, 0x50, 0x51, 0x100, 0x102, 0x3000))


@dataclass(slots=True)
class Identity:
    """Who it is about, and what stands for them."""

    key: Key
    pseudonym: str
    days: int
    known: tuple[str, ...] = ()  # of the study, from other files
    gone: tuple[bytes, ...] = ()  # values that were found in what was written of this file


@dataclass(slots=True)
class Cleaner:
    """Cleans one data set; ``changes`` and ``removed`` tell what was done."""

    reader: Reader
    profile: table.Profile
    identity: Identity
    tells: str = "nothing"  # of changes: as `results.Order` has it
    count: int = 0
    changes: list[Change] = field(default_factory=list)
    removed: Removed = field(default_factory=Removed)
    warnings: set[str] = field(default_factory=set)
    _encodings: list[str] = field(default_factory=list)
    _creators: dict[int, str] = field(default_factory=dict)  # of the level, by their tags
    _words: frozenset[str] = frozenset()
    _telling: frozenset[str] = frozenset()
    _whole: frozenset[str] = frozenset()  # values of codes that would be the identity itself
    _regions: frozenset[int] = frozenset()  # groups of overlays that are kept

    def clean(self, elements: list[Element]) -> list[Element]:
        """Clean a data set; give the elements that are left."""
        self._encodings = self._character_set(elements) or ["iso8859"]
        every = list(all_elements(elements))
        self._words = words_of((*self._identifying(every), *self.identity.known))
        names = self._texts_of(one for one in every if one.vr == "PN")
        identifiers = self._texts_of(one for one in every if one.tag == _PATIENT_ID)
        self._telling = telling(names, [*identifiers, *self.identity.known])
        self._whole = whole_ones((*names, *identifiers, *self.identity.known))
        if self.profile.has("clean-graphics"):
            self._regions = frozenset(
                one.tag >> 16
                for one in elements
                if one.tag & 0xFF00FFFF == _OVERLAY_TYPE and self._value(one).strip(b"\0 ") == b"R"
            )
        kept = self._level(elements, ())
        self._take_out(kept, ())
        return kept

    def _take_out(self, elements: list[Element], where: tuple[str, ...]) -> bool:
        """Take values that are gone elsewhere out of texts that are kept; say whether one was."""
        gone = (*self.removed.telling, *self.identity.gone)
        was_changed = False
        for element in elements:
            if element.items is not None:
                for number, item in enumerate(element.items):
                    below = (*where, f"{look_up(element.tag).keyword}[{number + 1}]")
                    element.is_changed |= self._take_out(item, below)
                was_changed |= element.is_changed
            elif element.vr in TEXTS and element.tag not in NEUTRAL and element.new is None:
                before = after = self._value(element)
                for value in gone:
                    after = after.replace(value, b"") if value in after else after
                if after != before:
                    after = after.strip() or DUMMY.encode()  # which is valid for each type
                    self._note(element, before, where, "words", after)
                    self._set(element, after)
                    self.warnings.add(_TAKEN_OUT)
                    was_changed = True
        return was_changed

    def _level(self, elements: list[Element], where: tuple[str, ...]) -> list[Element]:
        former = self._encodings, self._creators
        if where:
            self._encodings = self._character_set(elements) or former[0]
        self._creators = {
            one.tag: values.text(self._value(one))
            for one in elements
            if one.tag >> 16 & 1 and 0x10 <= one.tag & 0xFFFF <= 0xFF
        }
        safe = self._safe_private(elements)
        kept = []
        for element in elements:
            if element.tag >> 16 & 1:
                keeps = element.tag in safe
                action = "K" if keeps else "X"
            else:
                action = self._action(element)
            if self._do(action, element, where):
                kept.append(element)
        self._encodings, self._creators = former
        return kept

    def _action(self, element: Element) -> str:
        """Give the action for an element, also for one that the table does not have."""
        tag = element.tag
        if tag >> 16 < 8 or not tag & 0xFFFF or tag >> 16 == 0xFFFC:
            return "-"  # no data: group lengths, padding, what belongs to messages and media
        if table.is_graphics_group(tag):
            return self._graphics_action(tag)
        if tag == _ICON or (tag in _DRAWN and not self.profile.has("clean-graphics")):
            return "X"
        action = table.actions(self.profile).get(tag)
        if action is not None:
            return action
        return "D" if tag == _TEXT_VALUE else self._unlisted(element)

    def _unlisted(self, element: Element) -> str:
        """Give the action for an attribute of no table, by its VR."""
        tag = element.tag
        vr = vr_in_dictionary(tag)
        if not vr:
            return "X"  # nobody knows what it holds
        if element.items is not None:
            return "K"
        if vr == "SQ":
            return "X"  # written as bytes, which nobody looks into
        # as it is written, whatever the dictionary has
        if element.vr in _TELLING_VRS or (element.vr in TEXTS and vr not in _TELLING_VRS):
            vr = element.vr
        if vr in ("DA", "DT"):
            dates = self.profile.dates
            return {"UNMODIFIED": "K", "MODIFIED": "C"}.get(dates, "D")
        if vr == "PN":
            return "D"
        if vr == "UI" and tag not in _SCHEME_UIDS:
            return "K" if self.profile.has("retain-uids") else "U"
        return "words" if vr in (*TEXTS, "UR") and tag not in NEUTRAL else "K"

    def _graphics_action(self, tag: int) -> str:
        """Keep regions of interest alone, and these where graphics are kept. PS3.15 E.3.3."""
        return "K" if tag >> 16 in self._regions and tag & 0xFFFF in _OF_OVERLAYS else "X"

    def _do(self, action: str, element: Element, where: tuple[str, ...]) -> bool:
        """Do an action to an element; say whether it stays."""
        if action == "K":
            self._keep(element, where)
            self._guard_code(element, where)
            return True
        if action == "-":
            return False
        if action == "words":
            return self._guard(element, where)
        if element.items is not None:
            return self._do_sequence(action, element, where)
        before = self._value(element)
        is_date = element.vr in ("DA", "DT", "TM")
        if action == "C" and not is_date and element.vr not in TEXTS:
            action = "X"
        new = self._new_value(action, element, before)
        if new == before.rstrip(b"\0 ") and element.length <= _LARGE_TEXT:
            return True
        self._note(element, before, where, action, new)
        if new is None:
            return False
        self._set(element, new)
        return True

    def _new_value(self, action: str, element: Element, before: bytes) -> bytes | None:
        if action == "X":
            return None
        tag, vr = element.tag, element.vr
        if tag in (_PATIENT_NAME, _PATIENT_ID):
            return self.identity.pseudonym.encode()
        is_empty = not before.strip(b"\0 ") and element.length <= _LARGE_TEXT
        if action == "Z" or is_empty:
            return b""
        if action == "U":
            return mapped(before, self.identity.key)
        if action == "C" and tag == _ZONE:
            return before.strip(b"\0 ")  # days are shifted, not hours
        if action == "C":
            days = self.identity.days
            cleaned = shifted(vr, before, days) if vr in DUMMIES else self._described(before)
            is_needed = table.actions(table.Profile()).get(tag) == "D"  # it may be of type 1
            return cleaned or (dummy(vr, 0, self.identity.key) if is_needed else b"")
        return dummy(vr, len(before), self.identity.key)

    def _do_sequence(self, action: str, element: Element, where: tuple[str, ...]) -> bool:
        if action == "X":
            self._note(element, b"", where, action, None)
            return False
        if action == "Z":
            if element.items:
                self._note(element, b"", where, action, b"")
                element.items, element.is_changed = [], True
            return True
        items = element.items or []
        if action == "D" and any(one.tag == _CODE_VALUE for item in items for one in item):
            self._note(element, b"", where, action, DUMMY.encode())
            element.items, element.is_changed = [_dummy_code()], True
            return True
        self._keep(element, where)
        return True

    def _keep(self, element: Element, where: tuple[str, ...]) -> None:
        if element.items is None:
            return
        items = []
        name = look_up(element.tag).keyword if self.tells != "nothing" else ""
        for number, item in enumerate(element.items):
            below = (*where, f"{name}[{number + 1}]")
            before = self.count
            kept = self._level(item, below)
            if len(kept) != len(item) or self.count != before:
                element.is_changed = True
            element.is_changed |= any(one.is_changed for one in kept)
            items.append(kept)
        element.items = items

    def _guard(self, element: Element, where: tuple[str, ...]) -> bool:
        """Take words of the identity out of a text that the table leaves as it is."""
        if element.length > _LARGE_TEXT:  # longer than is read
            self._note(element, b"", where, "X", None)
            return False
        if not self._telling:
            return True
        before = self._value(element)
        text = values.text(before, self._encodings)
        if not names_one(text, self._telling):
            return True
        new = self._encoded(without_words(text, self._telling)) or DUMMY.encode()
        self._note(element, before, where, "words", new)
        self._set(element, new)
        self.warnings.add(_TAKEN_OUT)
        return True

    def _guard_code(self, element: Element, where: tuple[str, ...]) -> None:
        """Take values out of codes and enumerated values that are the identity as a whole."""
        is_code = element.vr == "CS" or element.tag in NEUTRAL
        if not is_code or not self._whole or element.items is not None:
            return
        before = self._value(element)
        parts = values.text(before, self._encodings).split("\\")
        if self._whole.isdisjoint(bare(part) for part in parts):
            return
        kept = (DUMMY if bare(part) in self._whole else part for part in parts)
        new = self._encoded("\\".join(kept)) or DUMMY.encode()
        self._note(element, before, where, "words", new)
        self._set(element, new)
        self.warnings.add(_TAKEN_OUT)

    def _value(self, element: Element) -> bytes:
        return self.reader.value(element) if element.length <= _LARGE_TEXT else b""

    def _set(self, element: Element, new: bytes) -> None:
        if element.vr == "UN":
            element.vr = vr_in_dictionary(element.tag) or "UN"
        element.new, element.is_changed = new, True

    def _described(self, before: bytes) -> bytes:
        parts = values.text(before, self._encodings).split("\\")
        kept = (without_identity(part, self._words) for part in parts)
        return self._encoded("\\".join(kept).strip("\\"))

    def _encoded(self, text: str) -> bytes:
        return encoded(text, self._encodings)

    def _safe_private(self, elements: list[Element]) -> frozenset[int]:
        """Give the private elements of a level that are known to be safe, with their creators."""
        if not self.profile.has("retain-safe-private"):
            return frozenset()
        safe = set()
        for one in elements:
            place = self._creator(one.tag), one.tag >> 16, one.tag & 0xFF
            if one.tag & 0xFFFF >= 0x1000 and place in table.safe_private():
                safe |= {one.tag, _block(one.tag)}
        return frozenset(safe)

    def _creator(self, tag: int) -> str:
        return self._creators.get(_block(tag), "")

    def _character_set(self, elements: list[Element]) -> list[str]:
        stated = next((one for one in elements if one.tag == _CHARACTER_SET), None)
        if stated is None:
            return []
        return values.encodings_of(values.texts(self._value(stated)))

    def _identifying(self, every: Iterable[Element]) -> list[str]:
        """Give the texts that identify: those of the table that are no descriptions."""
        known = table.actions(table.Profile())
        return self._texts_of(
            one
            for one in every
            if (one.vr == "PN" or (one.tag in known and one.vr in _IDENTIFIERS))
            and one.tag not in table.descriptors()
        )

    def _texts_of(self, elements: Iterable[Element]) -> list[str]:
        return [values.person_name(self._value(one), self._encodings) for one in elements]

    def _note(
        self,
        element: Element,
        before: bytes,
        where: tuple[str, ...],
        action: str,
        new: bytes | None,
    ) -> None:
        gone = all_elements([element]) if element.items is not None else (element,)
        for one in gone:
            if one.items is None:
                self.removed.take(one, self._value(one), self._encodings)
        self.count += 1
        if self.tells == "nothing":
            return
        creator = self._creator(element.tag)
        name = look_up(element.tag, creator).name
        if self.tells == "actions":
            if creator and name == f"[{creator}]":
                name = "Private"  # anything may be written there: no original value is named
            self.changes.append(Change(element.tag, name, where, action))
            return
        shown = _shown(element, before, self._encodings)
        after = None if new is None else _shown(element, new, self._encodings)
        self.changes.append(Change(element.tag, name, where, action, shown, after))


def _block(tag: int) -> int:
    """Give the tag of the private creator that a private element would have."""
    return tag & 0xFFFF0000 | tag >> 8 & 0xFF


def _dummy_code() -> list[Element]:
    parts = ((_CODE_VALUE, "SH", DUMMY), (_SCHEME, "SH", "99NEGATO"), (_MEANING, "LO", "Removed"))
    return [
        Element(tag, vr, 0, 0, 0, new=text.encode(), is_changed=True) for tag, vr, text in parts
    ]


def _shown(element: Element, value: bytes, encodings: Sequence[str]) -> str:
    """Give a value for people."""
    if element.items is not None:
        number = len(element.items)
        return f"{number} item{'s' * (number != 1)}" if not value else values.text(value)
    if element.vr in TEXTS or element.vr in ("UI", "UR", *DUMMIES, *_UNTOUCHED):
        return values.person_name(value, encodings)[:200]
    return f"{len(value)} bytes"
