"""Required attributes: what the modules of the IOD ask for, against what is there. PS3.3 A and C.

Mandatory modules, and others where one of their own attributes shows that they are there. Items
of sequences likewise, on all levels.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from viewer.dicom.elements import DICOMDIR_SOP_CLASS
from viewer.dicom.tags import tag_text
from viewer.dicom.validation.conditions import Context, can_apply, is_required
from viewer.dicom.validation.elements import PER_FRAME_GROUPS, SHARED_GROUPS, DataSet, Element
from viewer.dicom.validation.findings import Collector, quoted
from viewer.dicom.validation.parsing import is_text
from viewer.dicom.validation.tables import Module, Requirement, iod_of, modules_of, requirements

_ORIENTED = re.compile("image-plane|functional-groups|slide")
_SOP_CLASS = 0x00080016
_GROUPS = frozenset((SHARED_GROUPS, PER_FRAME_GROUPS))


def check_required(root: DataSet, stored_class: str, collector: Collector) -> None:
    """Check that the modules of the data set's IOD have their attributes.

    ``stored_class`` is MediaStorageSOPClassUID: a DICOMDIR says nowhere else what it is.
    """
    uid = stored_class if stored_class == DICOMDIR_SOP_CLASS else root.text("SOPClassUID")
    if not uid:
        told = "Without a SOPClassUID nobody can tell what it is."
        collector.add("sop-class-missing", told, tag=_SOP_CLASS, where="SOPClassUID")
        return
    iod = iod_of(uid)
    if iod is None:
        told = f"The SOP Class {quoted(uid)} is none whose attributes are known here."
        collector.add("sop-class-unknown", told, tag=_SOP_CLASS, where="SOPClassUID")
        return
    modules = modules_of(iod)
    has_planes = any(one.is_mandatory and _ORIENTED.search(one.key) for one in modules)
    asked = _Asked(root, collector, has_planes)
    for module in modules:
        if module.is_mandatory or any(tag in root.by_tag for tag in module.evidence):
            asked.of(root, module, module.node, "")


@dataclass(slots=True)
class _Asked:
    """Asks for attributes; those that several modules share, once."""

    root: DataSet
    collector: Collector
    has_planes: bool
    told: set[tuple[int, str]] = field(default_factory=set)

    def of(
        self, here: DataSet, module: Module, node: int, prefix: str, *, in_groups: bool = False
    ) -> None:
        """Ask a data set or an item for what a node requires.

        ``in_groups``: it is an item of functional groups, each of which may be in another one.
        """
        context = Context(here, self.root, module.key, self.has_planes)
        for one in requirements(node):
            element = here.by_tag.get(one.tag)
            if element is None:
                if not in_groups:
                    self._absent(one, context, module, prefix)
                continue
            if one.type in ("1", "1C") and _is_empty(element):
                self._tell(
                    "attribute-empty", one, "must have a value, and is empty", module, prefix
                )
            if one.node is not None and element.items:
                for number, item in enumerate(element.items):
                    below = f"{prefix}{one.keyword}[{number}]."
                    groups = one.tag in _GROUPS and not prefix
                    self.of(item, module, one.node, below, in_groups=groups)

    def _absent(self, one: Requirement, context: Context, module: Module, prefix: str) -> None:
        if not can_apply(one.keyword, context):
            return
        if one.type in ("1", "2"):
            self._tell("attribute-missing", one, "is required, and not there", module, prefix)
        elif one.type in ("1C", "2C") and is_required(one.keyword, context):
            is_code = one.keyword in ("CodeValue", "CodingSchemeDesignator")
            rule = "code-incomplete" if is_code else "attribute-conditional"
            self._tell(rule, one, "is required here, and not there", module, prefix)

    def _tell(self, rule: str, one: Requirement, what: str, module: Module, prefix: str) -> None:
        where = prefix + one.keyword
        if (one.tag, where) in self.told:
            return
        self.told.add((one.tag, where))
        told = f"{one.keyword} {tag_text(one.tag)} {what}: type {one.type} of {module.title}."
        section = module.section
        self.collector.add(rule, told, tag=one.tag, where=where, section=section)


def _is_empty(element: Element) -> bool:
    if element.items is not None:
        return not element.items
    if element.fragments is not None or element.length is None:
        return False
    is_blank = is_text(element.vr) and element.value is not None
    return not element.length or (is_blank and not (element.value or b"").strip(b"\0 "))
