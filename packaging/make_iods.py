"""Write resources/iods.json, what each IOD requires: ``python packaging/make_iods.py``.

Takes the tables that highdicom ships, which its authors derive from DICOM PS3.3 and PS3.4 (MIT
licence; ``pip install highdicom==0.28.2``). Kept are the attributes of type 1, 1C, 2 and 2C, with
the sequences that lead to them. Equal parts are kept once, as numbered nodes.
"""

from __future__ import annotations

import json
from collections import Counter
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

_DESTINATION = Path(__file__).resolve().parent.parent / "resources" / "iods.json"
_REQUIRED = frozenset(("1", "1C", "2", "2C"))


class Nodes:
    """Attribute trees, each different one once."""

    def __init__(self) -> None:
        self.nodes: list[dict[str, str]] = []
        self._numbers: dict[str, int] = {}

    def add(self, tree: dict[str, Any]) -> int | None:
        """Keep a tree; give its number, or None where nothing in it is required."""
        node: dict[str, str] = {}
        for keyword, (kind, below) in tree.items():
            number = self.add(below) if below else None
            if kind in _REQUIRED or number is not None:
                node[keyword] = kind if number is None else f"{kind} {number}"
        if not node:
            return None
        key = json.dumps(node, sort_keys=True)
        if key not in self._numbers:
            self._numbers[key] = len(self.nodes)
            self.nodes.append(node)
        return self._numbers[key]


def tree_of(attributes: list[dict[str, Any]]) -> dict[str, Any]:
    """Give the attributes of a module, each with its type and those in its items."""
    tree: dict[str, Any] = {}
    for attribute in attributes:
        level = tree
        for keyword in attribute["path"]:
            level = level.setdefault(keyword, ["3", {}])[1]
        entry = level.setdefault(attribute["keyword"], ["3", {}])
        entry[0] = attribute["type"] if attribute["type"] in _REQUIRED else "3"
    return tree


def evidence(key: str, keys: list[str], trees: dict[str, dict[str, Any]]) -> list[str]:
    """Give the required attributes of a module that no other module of the IOD has."""
    counts = Counter(keyword for other in set(keys) for keyword in trees.get(other, {}))
    return [
        keyword
        for keyword, (kind, _) in trees.get(key, {}).items()
        if kind in _REQUIRED and counts[keyword] == 1
    ]


def main() -> None:
    """Write the resource."""
    tables = files("highdicom") / "_standard"
    modules, iods, classes = (
        json.loads((tables / f"{name}.json").read_text("utf-8"))
        for name in ("module_attribute_map", "iod_module_map", "sop_class_iod_map")
    )
    trees = {key: tree_of(attributes) for key, attributes in modules.items()}
    nodes = Nodes()
    numbers = {key: nodes.add(tree) for key, tree in sorted(trees.items())}
    shared: dict[str, list[str]] = {}
    of_iods: dict[str, list[str]] = {}
    for iod, parts in sorted(iods.items()):
        keys = [part["key"] for part in parts]
        of_iods[iod] = []
        for part in parts:
            key = part["key"]
            if numbers.get(key) is None:
                continue
            told = key
            if part["usage"] != "M":  # asked for only where it is evidently there
                alone = evidence(key, keys, trees)
                if not alone:
                    continue
                same = shared.setdefault(key, alone)
                told = f"{key} {part['usage']}"
                if same != alone:
                    told += " " + " ".join(alone)
            of_iods[iod].append(told)
    parts = {
        "source": f"highdicom {version('highdicom')}, tables derived from DICOM PS3.3 and PS3.4",
        "edition": "not stated by the source; newest SOP Classes: 1.2.840.10008.5.1.4.1.1.66.8 "
        "(Height Map Segmentation), 1.2.840.10008.5.1.4.1.1.9.100.2",
        "licence": "MIT, (c) MGH Computational Pathology and the highdicom authors",
        "classes": dict(sorted(classes.items())),
        "modules": {key: number for key, number in numbers.items() if number is not None},
        "evidence": shared,
        "iods": of_iods,
    }
    lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in parts.items()]
    told_nodes = ",\n".join(json.dumps(node, separators=(",", ":")) for node in nodes.nodes)
    lines.append(f'"nodes": [\n{told_nodes}\n]')
    _DESTINATION.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
