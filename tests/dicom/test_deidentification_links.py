"""References between objects lead to their images after de-identification; dciodvfy finds no more.

Objects that are made here refer to real slices; what they refer to is told by pydicom alone.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pydicom
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from tests.dicom.identities import named_ct
from viewer.cli import main
from viewer.dicom.deidentification.keys import Key, read_key

STORAGE = "1.2.840.10008.5.1.4.1.1"
KINDS = {
    "SEG": f"{STORAGE}.66.4",
    "RTSTRUCT": f"{STORAGE}.481.3",
    "RTDOSE": f"{STORAGE}.481.2",
    "RTPLAN": f"{STORAGE}.481.5",
    "PR": f"{STORAGE}.11.1",
    "KO": f"{STORAGE}.88.59",
}
LEADING = ("ReferencedSOPInstanceUID", "ReferencedFrameOfReferenceUID", "SOPInstanceUID")
CONFIRMED = ("--confirm", "burned-in,structured-content")


def read(folder: Path) -> list[Dataset]:
    paths = (path for path in folder.rglob("*") if path.is_file() and path.name != "DICOMDIR")
    return [pydicom.dcmread(path) for path in sorted(paths)]


def uids(dataset: Dataset) -> Iterator[tuple[str, str]]:
    """Give each UID that names an object, a series, a study or a frame of reference."""
    for element in dataset.iterall():
        if element.VR == "UI" and not str(element.value).startswith("1.2.840.10008."):
            yield element.keyword, str(element.value)


def an_object(path: Path, modality: str, images: list[Dataset], **attributes: Any) -> Dataset:
    """Write an object of a kind that refers to images, nested as these objects do."""
    first = images[0]
    made = Dataset()
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made.SOPClassUID, made.SOPInstanceUID = KINDS[modality], generate_uid()
    for keyword in ("PatientName", "PatientID", "StudyInstanceUID", "FrameOfReferenceUID"):
        setattr(made, keyword, first[keyword].value)
    made.SeriesInstanceUID, made.Modality = generate_uid(), modality
    made.BurnedInAnnotation = "NO"
    for keyword, value in attributes.items():
        setattr(made, keyword, value)
    made.save_as(path, enforce_file_format=True)
    return made


def item(**attributes: Any) -> Sequence:
    made = Dataset()
    for keyword, value in attributes.items():
        setattr(made, keyword, value)
    return Sequence([made])


def named(image: Dataset) -> Dataset:
    reference = Dataset()
    reference.ReferencedSOPClassUID = image.SOPClassUID
    reference.ReferencedSOPInstanceUID = image.SOPInstanceUID
    return reference


@pytest.fixture
def linked(tmp_path: Path) -> Path:
    """Give a folder with slices of Jane Doe, and an object of each kind that refers to them."""
    folder = tmp_path / "linked"
    folder.mkdir()
    images = [named_ct(folder / f"ct{n}", InstanceNumber=n + 1) for n in range(3)]
    first = images[0]
    series = item(
        SeriesInstanceUID=first.SeriesInstanceUID,
        ReferencedSOPSequence=Sequence(map(named, images)),
        ReferencedImageSequence=Sequence(map(named, images)),
    )
    contours = item(
        FrameOfReferenceUID=first.FrameOfReferenceUID,
        RTReferencedStudySequence=item(
            ReferencedSOPInstanceUID=first.StudyInstanceUID,
            RTReferencedSeriesSequence=item(
                SeriesInstanceUID=first.SeriesInstanceUID,
                ContourImageSequence=Sequence(map(named, images)),
            ),
        ),
    )
    evidence = item(StudyInstanceUID=first.StudyInstanceUID, ReferencedSeriesSequence=series)
    derived = item(SourceImageSequence=Sequence(map(named, images)))
    structures = an_object(
        folder / "rs", "RTSTRUCT", images, ReferencedFrameOfReferenceSequence=contours
    )
    to_structures = Sequence([named(structures)])
    plan = an_object(folder / "rp", "RTPLAN", images, ReferencedStructureSetSequence=to_structures)
    to_plan = Sequence([named(plan)])
    an_object(folder / "rd", "RTDOSE", images, ReferencedRTPlanSequence=to_plan)
    an_object(
        folder / "seg",
        "SEG",
        images,
        ReferencedSeriesSequence=series,
        PerFrameFunctionalGroupsSequence=item(DerivationImageSequence=derived),
    )
    an_object(folder / "pr", "PR", images, ReferencedSeriesSequence=series)
    an_object(folder / "ko", "KO", images, CurrentRequestedProcedureEvidenceSequence=evidence)
    return folder


def check_links(before: list[Dataset], after: list[Dataset]) -> int:
    """Compare which objects name the same UIDs; give how many references lead to an object."""

    def links(read: list[Dataset]) -> list[tuple[str, str, tuple[str, ...]]]:
        by_uid: dict[str, list[str]] = {}
        for dataset in read:
            for keyword, uid in uids(dataset):
                by_uid.setdefault(uid, []).append(f"{dataset.Modality} {keyword}")
        return sorted(tuple(sorted(places)) for places in by_uid.values())

    assert links(before) == links(after)
    objects = {str(one.SOPInstanceUID) for one in after}
    assert objects.isdisjoint(str(one.SOPInstanceUID) for one in before)
    named = [uid for one in after for key, uid in uids(one) if key == "ReferencedSOPInstanceUID"]
    return sum(uid in objects for uid in named)


def test_objects_of_each_kind_still_lead_to_their_images(linked, tmp_path):
    out = tmp_path / "out"
    assert main(["anonymize", str(linked), "-o", str(out), *CONFIRMED]) == 0
    after = read(out)
    assert {one.Modality for one in after} == {"CT", *KINDS}
    assert check_links(read(linked), after) == 3 * 8 + 2
    assert len({one.FrameOfReferenceUID for one in after}) == 1
    assert len({one.PatientID for one in after}) == 1


def test_patients_are_told_apart_by_issuer_and_are_the_same_in_another_run(tmp_path):
    for number, issuer in enumerate(("North", "South", "North")):
        folder = tmp_path / f"{number}"
        folder.mkdir()
        named_ct(folder / "ct", IssuerOfPatientID=issuer)
    found = []
    for number in range(3):
        out = tmp_path / f"out{number}"
        order = ["-o", str(out), "--key-file", str(tmp_path / "key")]
        profile = ["--profile", "basic,retain-modified-dates"]
        assert main(["anonymize", str(tmp_path / f"{number}"), *order, *profile]) == 0
        (one,) = read(out)
        found.append((one.PatientID, one.StudyDate))
    assert found[0] == found[2]
    assert found[0][0] != found[1][0]
    assert found[0][1] != found[1][1]


@pytest.fixture(scope="module", params=["series/rt_phantom_case", "objects", "lut_overlay"])
def anonymized(request, corpus, tmp_path_factory) -> tuple[Key, list[tuple[Path, Path]]]:
    """Give the key, and files of the corpus with what became of each."""
    folder = tmp_path_factory.mktemp("links")
    out, key_file = folder / "out", str(folder / "key")
    main(
        [
            "anonymize",
            str(corpus / request.param),
            "-o",
            str(out),
            "--key-file",
            key_file,
            *CONFIRMED,
        ]
    )
    key = read_key(key_file, may_make=False)
    sources = {}
    for path in sorted((corpus / request.param).rglob("*")):
        if path.is_file():
            uid = pydicom.dcmread(path, force=True, stop_before_pixels=True).get("SOPInstanceUID")
            sources.setdefault(key.uid(str(uid)), path)
    pairs = []
    for path in sorted((out / "DICOM").rglob("*")):
        if path.is_file():
            made = pydicom.dcmread(path, stop_before_pixels=True)
            pairs.append((sources[str(made.SOPInstanceUID)], path))
    return key, pairs


@pytest.mark.timeout(300)
@pytest.mark.filterwarnings("ignore::UserWarning")  # pydicom's, of what the corpus has
def test_real_objects_still_lead_to_what_they_led_to(anonymized):
    key, pairs = anonymized
    objects = {
        str(pydicom.dcmread(path, stop_before_pixels=True).SOPInstanceUID) for _, path in pairs
    }
    kept = 0
    for source, path in pairs:
        before, after = (
            {uid for name, uid in uids(pydicom.dcmread(one, force=True)) if name in LEADING}
            for one in (source, path)
        )
        assert {key.uid(uid) for uid in before} & objects == after & objects
        assert after <= {key.uid(uid) for uid in before}
        kept += len(after & objects)
    assert kept >= len(pairs)


@pytest.mark.timeout(300)
@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="dciodvfy is not installed")
def test_dciodvfy_finds_no_new_kind_of_error_in_what_is_anonymized(anonymized):
    _, pairs = anonymized
    found = {}
    for source, path in pairs[::2]:
        new = errors_of(path) - errors_of(source)
        if new:
            found[source.name] = sorted(new)
    assert found == {}


def errors_of(path: Path) -> frozenset[str]:
    """Give the errors that dciodvfy tells of a file, without values and numbers."""
    done = subprocess.run(["dciodvfy", str(path)], capture_output=True, timeout=60, check=False)
    told = done.stderr.decode("latin-1").splitlines()
    return frozenset(
        re.sub(r"<[^<>]*\d[^<>]*>|\d+", "N", line) for line in told if line.startswith("Error")
    )
