"""Real series from scan to cache: every frame is there, or says why not."""

from __future__ import annotations

import numpy as np
import pytest
from pydicom.data import get_testdata_file

from tests.workers.stacks import Told
from viewer.dicom.errors import PixelError
from viewer.dicom.frames import read_frame
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.stacks import Stack
from viewer.workers.child_pool import ChildPool
from viewer.workers.decode_service import DecodeService
from viewer.workers.frame_cache import FrameCache
from viewer.workers.scan import scan_in_child

PYDICOM_FILES = [
    "CT_small.dcm",
    "MR_small_RLE.dcm",
    "693_J2KR.dcm",
    "examples_rgb_color.dcm",
    "examples_palette.dcm",
    "examples_ybr_color.dcm",
    "emri_small_jpeg_ls_lossless.dcm",
    "MR_truncated.dcm",
]


def load(paths):
    """Scan, then decode each file as a stack of its own."""
    headers = [
        item
        for batch in scan_in_child(paths)
        for item in batch
        if isinstance(item, InstanceHeader) and item.pixel_data_tag is not None
    ]
    told, cache = Told(), FrameCache(1 << 30)
    pool = ChildPool(processes=2)
    pool.start()
    service = DecodeService(pool, cache, told)
    stacks = []
    try:
        for number, header in enumerate(headers):
            frames = tuple((0, frame) for frame in range(header.number_of_frames or 1))
            stacks.append(Stack(str(number), "image", (header,), frames))
            service.look_at(stacks[-1], 0)
            told.wait(len(frames))
    finally:
        service.close()
        pool.close()
    return stacks, cache


def check_against_direct_reading(stacks, cache):
    for stack in stacks:
        for index in {0, len(stack) - 1}:
            found = cache.get(stack, index)
            try:
                pixels, description = read_frame(*stack.key(index))
            except PixelError:
                assert isinstance(found, PixelError), stack.key(index)
                continue
            assert not isinstance(found, PixelError), found
            assert found[0].dtype == pixels.dtype
            assert np.array_equal(found[0], pixels), stack.key(index)
            assert found[1].vois == description.vois


def test_pydicoms_files_come_through_children_as_they_are_read_directly():
    paths = [get_testdata_file(name, download=False) for name in PYDICOM_FILES]
    paths = [path for path in paths if path is not None]
    stacks, cache = load(paths)
    assert len(stacks) >= len(paths) - 1
    check_against_direct_reading(stacks, cache)


@pytest.mark.parametrize(
    "folder", ["series/mr_localizer_3plane", "multiframe", "photometric", "broken"]
)
def test_corpus_files_come_through_children_as_they_are_read_directly(corpus, folder):
    stacks, cache = load([str(corpus / folder)])
    assert stacks
    check_against_direct_reading(stacks, cache)
