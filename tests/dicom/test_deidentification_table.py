"""The table of actions is the one that its generator makes, and says where its rows are from."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from viewer.dicom.deidentification.profile import OPTIONS, Profile, actions, profile_of
from viewer.resources import resource

TABLE = json.loads(resource("deidentification.json").read_text("utf-8"))
GENERATOR = Path(__file__).parents[2] / "packaging" / "make_deidentification.py"


def test_the_generator_makes_the_table(tmp_path):
    given = os.environ.get("NEGATO_DEIDENTIFICATION_SOURCES", "").split(os.pathsep)
    if len(given) != 2:
        pytest.skip("NEGATO_DEIDENTIFICATION_SOURCES names no unpacked packages")
    out = tmp_path / "table.json"
    environment = {**os.environ, "PYTHONPATH": str(GENERATOR.parents[1])}
    command = [sys.executable, str(GENERATOR), *given, "-o", str(out)]
    subprocess.run(command, check=True, env=environment)
    assert out.read_text("utf-8") == resource("deidentification.json").read_text("utf-8")


def test_each_row_has_an_action_and_knows_where_its_options_are_from():
    rows = TABLE["attributes"]
    assert len(rows) == 655
    assert {row["basic"] for row in rows.values()} == {
        *("D", "Z", "X", "U", "Z/D", "X/Z", "X/D", "X/Z/D", "X/Z/U*")
    }
    by_rule = [row for row in rows.values() if row.get("options_by_rule")]
    kept = {option for row in by_rule for option in row if option in OPTIONS}
    assert kept == {"retain-uids", "retain-full-dates", "retain-modified-dates"}


@pytest.mark.parametrize(
    ("tag", "action"),
    [
        (0x00100010, "Z"),  # PatientName
        (0x00100020, "D"),  # PatientID
        (0x00080018, "U"),  # SOPInstanceUID
        (0x00081030, "X"),  # StudyDescription
        (0x00080020, "Z"),  # StudyDate
        (0x00081140, "U"),  # ReferencedImageSequence
        (0x00181000, "D"),  # DeviceSerialNumber
    ],
)
def test_actions_are_those_of_the_basic_profile(tag, action):
    assert actions(Profile())[tag] == action


def test_options_change_their_rows_alone():
    basic, dates = actions(Profile()), actions(profile_of("basic,retain-modified-dates"))
    changed = {tag for tag in basic if basic[tag] != dates[tag]}
    assert 0x00080020 in changed
    assert all(dates[tag] == "C" for tag in changed)
    assert 0x00100030 not in changed  # PatientBirthDate
